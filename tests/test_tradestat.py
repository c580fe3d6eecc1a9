"""TradeStat: a form read before it is filled in, pages that are what was asked for, and the way to a vintage."""

import shutil
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from asked import feed, taken, way
from standin import comtrade
from standin import tradestat as standin

from conftest import FROZEN
from helpers import fiscal
from helpers.data import vintage
from helpers.data.archive import versions
from helpers.data.archive.store import Change, Shelf
from helpers.data.sources import spellings, tradestat
from helpers.data.sources.protocol import COLUMNS, UnfitError
from helpers.methods import composition

TODAY = date(2026, 11, 22)
TABLE = FROZEN / "trade.csv"
ASKS = "lines=85051110 85051190; flows=import"


def questions(today=TODAY, since="2018-01", asks=ASKS):
    return list(tradestat.requests(replace(feed("tradestat"), asks=asks), since, today, False))


def question(line="85051110", kind="weight", month="2024-08"):
    (found,) = [q for q in questions() if q.question.startswith(f"import of {line}, {kind}, ") and month in q.periods]
    return found


@pytest.fixture
def asked(httpserver):
    """Ask a stand-in, which may have a fault."""

    def answer(request=None, **options):
        httpserver.clear()
        standin.install(httpserver, FROZEN, **{"today": TODAY} | options)
        ask = way(httpserver)
        return ask(tradestat.prepare(request or question(), ask))

    return answer


def figures(answer):
    return tradestat.rows(answer)


def value(found, partner, period="2024-08", line="85051110", kind="weight"):
    key = f"import/IND/{partner}/{line}/{kind}"
    return found[(found["key"] == key) & (found["period"] == period)]["value"].item()


def test_every_month_is_asked_once_with_the_year_before_and_a_question_stays_the_same():
    asked = questions(asks="lines=85051110; flows=import; kinds=weight")
    periods = [period for request in asked for period in request.periods]
    assert set(map(str, pd.period_range("2018-01", "2026-09", freq="M"))) <= set(periods)
    assert len({request.question for request in asked}) == len(asked) == len(periods) / 2
    assert {period[:4] for period in periods if periods.count(period) > 1} == {"2024"}  # for the newest of 2025
    later = {request.question for request in questions(date(2027, 3, 2), asks="lines=85051110; flows=import")}
    assert {request.question for request in asked if "2025-" not in request.periods[1]} <= later
    assert asked[-1].question == "import of 85051110, weight, 2025-09 and 2026-09"
    assert asked[-1].keys == ("import/IND/*/85051110/weight",)


def test_the_form_is_read_first_and_its_options_are_found_by_their_text(httpserver):
    standin.install(httpserver, FROZEN, "renumbered", today=TODAY)
    ask = way(httpserver)
    filled = tradestat.prepare(question(), ask)
    assert filled.form == {
        "_token": standin.TOKEN, "cwacimHSCODE": "85051110", "cwacimMonth": "8", "cwacimYear": "2024",
        "cwacimReportVal": "3", "cwacimReportYear": "1",
    }  # fmt: skip
    assert filled.context["option"] == "Quantity" and filled.question == question().question
    assert value(figures(ask(filled)), "CHN") > 1000


def test_a_post_without_the_forms_token_is_refused(httpserver):
    standin.install(httpserver, FROZEN, today=TODAY)
    assert way(httpserver)(replace(question(), form={"cwacimHSCODE": "85051110"})).status == 419


def test_a_form_without_a_token_is_no_form(asked):
    with pytest.raises(UnfitError, match="no hidden field _token"):
        asked(fault="no token")


def test_a_form_that_offers_no_such_kind_is_refused(httpserver, monkeypatch):
    monkeypatch.setitem(standin.OPTIONS, "weight", ("2", "Number of bills"))
    standin.install(httpserver, FROZEN, today=TODAY)
    with pytest.raises(UnfitError, match=r"offers .*Number of bills.* not one 'quantity'"):
        tradestat.prepare(question(), way(httpserver))


def test_a_page_becomes_figures_of_two_months_by_country_and_in_all(asked):
    found = figures(asked())
    assert tuple(found.columns) == COLUMNS and set(found["period"]) == {"2023-08", "2024-08"}
    held = standin.lines(FROZEN, "", TODAY)
    held = held[(held["line"] == "85051110") & (held["month"] == pd.Period("2024-08", "M"))].set_index("partner")
    assert value(found, "CHN") == pytest.approx(held.loc["CHN", "weight"], abs=1e-5)
    assert value(found, "world") == pytest.approx(held["weight"].sum(), abs=1e-4)
    parts = found[(found["period"] == "2024-08") & ~found["key"].str.contains("world")]
    assert parts["value"].sum() == pytest.approx(value(found, "world"), abs=1e-3)
    assert set(found["unit"]) == {"t"} and set(found["published"]) == {date(2026, 10, 13)}
    assert set(found["note"]) == {"printed in KGS, revised", "printed in KGS, final"}
    assert (found["value"] > 0).all() and set(found["status"]) == {"reported"}


@pytest.mark.parametrize("kind, unit", [("value_usd", "USD m"), ("value_inr", "INR crore")])
def test_values_stay_as_they_are_printed(asked, kind, unit):
    found = figures(asked(question(kind=kind)))
    assert set(found["unit"]) == {unit} and set(found["note"]) == {"revised", "final"}
    amount = value(found, "world", kind=kind)
    assert amount == round(amount, 2) and (10 < amount < 500 if kind == "value_inr" else 1 < amount < 20)


def test_tonnes_and_kilograms_give_the_same_figures_and_say_which_was_printed(asked):
    kilograms, tonnes = figures(asked()), figures(asked(unit="TON"))
    assert value(tonnes, "world") == pytest.approx(value(kilograms, "world"), abs=0.01)
    assert set(tonnes["note"]) == {"printed in TON, revised", "printed in TON, final"}


def test_commas_may_stand_as_in_lakhs(asked):
    lakhs, millions = asked(), asked(digits="million")
    assert tradestat.parse(lakhs)["printed"].str.fullmatch(r"\d{1,2}(,\d\d)+,\d{3}\.\d\d").any()
    pd.testing.assert_frame_equal(figures(lakhs), figures(millions))


def test_a_total_of_fewer_cells_is_read_from_the_right(asked):
    pd.testing.assert_frame_equal(figures(asked(fault="short")), figures(asked()))


REFUSED = {"export": "a page of the other flow, export", "export by its title": "a page of the other flow, export",
           "other line": "the page is of line 85061110", "years": "the columns are .*Aug-2022.* not those two months",
           "unit": "the unit is NOS, known are KGS, TON",
           "country": "no country is known as 'CHINA PEOPLES REP'; add the spelling to spellings.csv",
           "no total": "the page has 0 totals", "two totals": "the page has 2 totals",
           "no table": "no table of countries came, but 'Monthly Export Import", "text": "is no number",
           "long row": "a row has 9 cells under 8 columns", "shifted": "its countries sum to .*, its total is",
           "cut": "its countries sum to .*, its total is",
           "kinds": "the page shows 'US [$] Million', asked was 'Quantity'",
           "silent kinds": "which can hardly be Quantity",
           "expired": "no table of countries came, but 'Page Expired 419"}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_a_page_that_is_not_what_was_asked_for_is_refused(asked, fault):
    with pytest.raises(UnfitError, match=REFUSED[fault]):
        figures(asked(fault=fault))


def test_a_quantity_that_stands_for_a_value_is_refused(asked):
    with pytest.raises(UnfitError, match=r"which can hardly be US [$] Million"):
        figures(asked(question(kind="value_usd"), fault="silent kinds"))


def test_no_record_is_no_figure_and_not_nought(asked):
    page = asked(replace(question(), periods=("2029-08", "2030-08"), context=question().context | {"month": "2030-08"}))
    assert b"No record found" in page.body
    found = figures(page)
    assert found.empty and tuple(found.columns) == COLUMNS


def test_a_month_that_is_not_there_yet_has_no_figures(asked):
    found = figures(asked(fault="unpublished"))
    assert set(found["period"]) == {"2023-08"}


def test_a_page_is_the_same_whatever_its_token_and_the_day_of_its_report(asked, tmp_path):
    answer = asked()
    other = answer.body.replace(standin.TOKEN.encode(), b"another").replace(standin.DATED.encode(), b"23 Nov 2026")
    shelf = Shelf(tmp_path / "tradestat", "tradestat", True)
    kept = [shelf.keep(one, tradestat.VOLATILE) for one in (answer, replace(answer, body=other))]
    assert kept == [True, False] and other != answer.body


def test_every_spelling_is_one_country_and_those_of_trade_are_known():
    known = spellings.partners("tradestat")
    assert len(known) > 190 and known["CHINA P RP"] == "CHN" and known["KOREA RP"] == "KOR"
    assert known["NAMIBIA"] == "NAM"
    told = pd.read_csv(TABLE, keep_default_na=False)
    assert set(told.loc[told["reporter"] == "IND", "partner"]) - {"world"} <= set(known.values())


def test_a_vintage_has_the_lines_from_the_day_on_which_they_were_fetched(httpserver, tmp_path):
    tables = tmp_path / "data"
    shutil.copytree(FROZEN, tables)
    standin.install(httpserver, FROZEN, today=TODAY)
    ask = way(httpserver)
    wanted = [question(line, kind) for line in ("85051110", "85051190") for kind in tradestat.KINDS]
    change = taken(tables / "archive", tradestat, [ask(tradestat.prepare(request, ask)) for request in wanted])
    assert change.new > 300
    before, after = vintage("2026-11-24", tables), vintage("2026-11-25", tables)
    keys = {"flow": "import", "reporter": "IND", "measure": "weight"}
    assert before.figure("trade", "2024-08", **keys, partner="world", hs="85051110") is None
    both = [after.figure("trade", "2024-08", **keys, partner="world", hs=hs).value for hs in ("85051110", "85051190")]
    heading = comtrade.months(FROZEN, "", TODAY).query("flow == 'import' and reporter == 'IND' and hs == '850511'")
    heading = heading[heading["month"] == pd.Period("2024-08", "M")]
    assert sum(both) == pytest.approx(heading["weight"].sum(), abs=0.01) and after.synthetic
    cells = after.detail("trade", **keys, partner="*", hs="85051110")
    assert (cells["period"] == "2024-08").sum() > 20


def test_the_same_page_again_changes_nothing_and_a_revised_one_is_a_version(asked, tmp_path):
    first = taken(tmp_path, tradestat, [asked()])
    assert taken(tmp_path, tradestat, [asked(digits="million")], day=1) == Change(unchanged=first.new)
    third = taken(tmp_path, tradestat, [asked(fault="revised")], day=2)
    assert third.revised > 10
    told = versions.history(versions.held(tmp_path), "trade", ["import/IND/world/85051110/weight", "2023-08"])
    assert len(told) == 2


@pytest.mark.parametrize("line", ["85051110", "85051190"])
def test_the_stand_in_adds_up_to_what_trade_csv_has(line):
    held = standin.lines(FROZEN, "", TODAY)
    year = held[(held["line"] == line) & held["month"].isin(fiscal.months("FY25"))]
    expected = {"85051110": (34_185, 69.86), "85051190": (19_563, 136.14)}[line]
    assert year[["weight", "value"]].sum().tolist() == pytest.approx(expected, rel=1e-4)
    if line == "85051190":
        china = year[year["partner"] == "CHN"]
        assert china[["weight", "value"]].sum().tolist() == pytest.approx([17_685, 110.68], rel=1e-4)


@pytest.mark.parametrize(
    "slip, reading", [("few", composition.ERROR), ("spread", composition.SURGE), ("", composition.UNDECIDED)]
)
def test_the_planted_months_are_read_as_they_were_planted(slip, reading):
    held = standin.lines(FROZEN, slip, TODAY)
    cells = held[held["line"].isin(["85051110", "85051190"])].rename(columns={"weight": "tonnes"})
    cells = cells.assign(value_usd=cells["value"] * 1e6)
    inside, cell = cells["month"].isin(fiscal.months("FY25-H1")), ["line", "partner"]
    usual = cells[~inside].groupby(cell)["tonnes"].mean().rename("baseline_tonnes")
    found = composition.explain_excess(cells[inside].join(usual, on=cell).fillna({"baseline_tonnes": 0.0}))
    assert found.reading == reading
    if slip == "few":
        cheap = found.evidence[(found.evidence["band"] == "cheap") & (found.evidence["excess_share"] > 0.001)]
        assert set(cheap["line"]) == {"85051110"} and len(cheap) <= 5 and cheap["excess_share"].sum() >= 0.7
