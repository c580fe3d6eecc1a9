"""Rupees per dollar by two roads: the European Central Bank's rates and Frankfurter's."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from asked import answers, asking, feed, figures, shown, taken
from standin import ecb as bank
from standin import frankfurter as other

from conftest import FROZEN
from helpers import fiscal
from helpers.data.archive import versions
from helpers.data.sources import ecb, frankfurter
from helpers.data.sources.protocol import UnfitError

UNTIL = date(2026, 11, 20)
BANK, OTHER = f"INR per USD/{ecb.BASIS}", f"INR per USD/{frankfurter.BASIS}"


def series(found, module, key):
    return pd.concat([figures(one, module) for one in found]).loc[key]


@pytest.fixture
def euro(httpserver):
    return asking(httpserver, ecb, bank, FROZEN, UNTIL, since="2025-01")


@pytest.fixture
def franks(httpserver):
    return asking(httpserver, frankfurter, other, FROZEN, UNTIL, since="2025-01")


def test_both_currencies_come_in_one_question_a_year(euro):
    found = euro(since="2024-06")
    assert [one.request.question[-18:] for one in found] == [
        "2024-01 to 2024-12", "2025-01 to 2025-12", "2026-01 to 2026-10"]  # fmt: skip
    assert {one.request.path.split("/")[-1] for one in found} == {"D.INR+USD.EUR.SP00.A"}
    assert found[0].request.periods[0] == "2024-01" and found[-1].request.periods[-1] == "2026-10"


def test_a_year_without_a_whole_month_is_not_asked_for():
    asked = list(ecb.requests(feed("ecb"), "2025-01", date(2026, 1, 31), False))
    assert [one.periods[-1] for one in asked] == ["2025-12"]
    assert list(ecb.requests(feed("ecb"), "2026-01", date(2026, 1, 31), False)) == []


def test_monthly_means_give_the_fiscal_years_that_are_known(euro):
    rates = series(euro(since="2023-04"), ecb, BANK)
    known = pd.read_csv(FROZEN / "prices.csv").query(
        "basis == 'fiscal-year mean' and period in ['FY24', 'FY25', 'FY26']"
    )
    for row in known.itertuples():
        months = [str(month) for month in fiscal.months(row.period)]
        assert rates.loc[months, "value"].mean() == pytest.approx(row.value, abs=0.01)
    assert set(rates["unit"]) == {"INR/USD"} and set(rates["status"]) == {"derived"}


def test_a_month_is_the_mean_of_its_days_with_both_rates(euro):
    (answer,) = euro(since="2026-01")
    daily = bank.rates(FROZEN, UNTIL).loc["2026-03-01":"2026-03-31"]
    assert figures(answer, ecb).loc[(BANK, "2026-03"), "value"] == round((daily["INR"] / daily["USD"]).mean(), 4)
    assert figures(answer, ecb).loc[(BANK, "2026-03"), "note"] == f"mean of {len(daily)} days"


def test_the_month_that_is_not_over_has_no_mean(euro):
    (answer,) = euro(since="2026-01", at=datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert max(figures(answer, ecb).loc[BANK].index) == "2026-09"
    (later,) = euro(since="2026-01", at=datetime(2026, 11, 1, 1, tzinfo=UTC))
    assert max(figures(later, ecb).loc[BANK].index) == "2026-10"


@pytest.mark.parametrize(("module", "key"), [(ecb, BANK), (frankfurter, OTHER)])
def test_a_month_that_is_over_counts_though_no_day_was_added(module, key, httpserver, tmp_path):
    standin = bank if module is ecb else other
    standin.install(httpserver, FROZEN, date(2025, 12, 31))
    eve, morning = datetime(2025, 12, 31, 20, tzinfo=UTC), datetime(2026, 1, 1, 8, tzinfo=UTC)
    taken(tmp_path, module, answers(httpserver, module, "2025-01", eve))
    assert max(shown(tmp_path, "prices", key)["period"]) == "2025-11"
    taken(tmp_path, module, answers(httpserver, module, "2025-01", morning), day=1)
    assert max(shown(tmp_path, "prices", key)["period"]) == "2025-12"


def test_days_without_a_rate_are_left_out_of_the_mean(euro):
    (answer,) = euro(fault="empty", since="2026-01")
    assert {"", "NaN"} <= set(pd.read_csv(io.BytesIO(answer.body), dtype=str, keep_default_na=False)["OBS_VALUE"])
    days = bank.rates(FROZEN, UNTIL).loc["2026-01-01":"2026-01-31"]
    note = figures(answer, ecb).loc[(BANK, "2026-01"), "note"]
    assert note != f"mean of {len(days)} days" and int(note.split()[2]) > 0.7 * len(days)


@pytest.mark.parametrize("module", [ecb, frankfurter])
def test_a_month_with_a_week_without_rates_has_no_mean(module, euro, franks):
    (answer,) = (euro if module is ecb else franks)(fault="gap", since="2026-01")
    months = {period for _, period in figures(answer, module).index}
    assert "2026-02" not in months and {"2026-01", "2026-03"} <= months


def test_columns_are_found_by_name_whatever_their_order(euro):
    (plain,) = euro(since="2026-01")
    (answer,) = euro(fault="reordered", since="2026-01")
    assert figures(answer, ecb).equals(figures(plain, ecb))


@pytest.mark.parametrize(("bad", "said"), [("oops", "'oops' is no rate"), ("-1.1", "'-1.1' is no rate")])
def test_a_value_of_the_bank_that_is_no_rate_is_unfit(euro, bad, said):
    (answer,) = euro(since="2026-01")
    row = next(line for line in answer.body.decode().splitlines() if ",2026-03-10," in line)
    cells = row.split(",")
    changed = ",".join([*cells[:7], bad, *cells[8:]])
    with pytest.raises(UnfitError, match=said):
        figures(replace(answer, body=answer.body.replace(row.encode(), changed.encode())), ecb)


def test_a_day_that_comes_twice_or_is_none_is_unfit(euro):
    (answer,) = euro(since="2026-01")
    with pytest.raises(UnfitError, match="two rates"):
        figures(replace(answer, body=answer.body.replace(b"2026-03-10", b"2026-03-11")), ecb)
    with pytest.raises(UnfitError, match="a day that is none"):
        figures(replace(answer, body=answer.body.replace(b"2026-03-10", b"2026-03-32")), ecb)


def test_one_currency_alone_is_unfit(euro):
    (answer,) = euro(since="2026-01")
    lines = [line for line in answer.body.splitlines(keepends=True) if b",USD,EUR," not in line]
    with pytest.raises(UnfitError, match=r"rates of \['INR'\] came"):
        figures(replace(answer, body=b"".join(lines)), ecb)


def test_both_roads_give_the_same_rates(euro, franks):
    there, here = series(euro(), ecb, BANK), series(franks(), frankfurter, OTHER)
    assert list(there.index) == list(here.index) and len(here) == 22
    assert (there["value"] - here["value"]).abs().max() < 0.001


def test_both_versions_of_frankfurter_are_read(franks):
    first = [figures(one, frankfurter) for one in franks()]
    second = [figures(one, frankfurter) for one in franks(version=2)]
    assert [one.equals(two) for one, two in zip(first, second, strict=True)] == [True, True]


def test_one_day_a_week_is_no_month(franks):
    (answer,) = franks(fault="weekly", since="2026-01")
    assert figures(answer, frankfurter).empty


def test_a_value_of_frankfurter_that_is_no_rate_is_unfit_and_none_is_left_out(franks):
    (answer,) = franks(since="2026-01")
    rate = answer.body.split(b'"2026-03-10": {"INR": ')[1].split(b"}")[0]
    for bad in (b'"n/a"', b"0", b"true"):
        with pytest.raises(UnfitError, match="is no rate"):
            figures(replace(answer, body=answer.body.replace(rate, bad)), frankfurter)
    fewer = figures(replace(answer, body=answer.body.replace(rate, b"null")), frankfurter).loc[
        (OTHER, "2026-03"), "note"
    ]
    assert fewer != figures(answer, frankfurter).loc[(OTHER, "2026-03"), "note"]


@pytest.mark.parametrize(("module", "key"), [(ecb, BANK), (frankfurter, OTHER)])
def test_rates_reach_the_archive_and_what_it_shows(module, key, euro, franks, tmp_path):
    ask = euro if module is ecb else franks
    first = taken(tmp_path, module, ask())
    assert (first.new, first.revised) == (22, 0)
    again = taken(tmp_path, module, ask(), day=7)
    assert (again.any, again.unchanged) == (False, 0)  # the same answers: checked, nothing taken
    found = shown(tmp_path, "prices", key)
    assert list(found["period"])[-1] == "2026-10" and set(found["unit"]) == {"INR/USD"}
    assert versions.held(tmp_path).synthetic
