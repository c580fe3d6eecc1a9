"""What customs recorded: halves, periods, rates and lines, as figures arrive, change and disappear."""

import numpy as np
import pandas as pd
import pytest

from conftest import KEYS, adding
from helpers import fiscal
from helpers.outlook import customs, pace, targets

EARLY, BEFORE = "2025-06-30", "2025-10-31"
SURGE = "2024-05/2024-09"


def test_the_halves_follow_from_the_published_fall_and_the_total(india):
    halves = customs.halves(india)
    assert halves["value"].to_dict() == pytest.approx({"FY25-H1": 37002, "FY25-H2": 16746, "FY26-H1": 16281}, abs=0.5)
    assert halves.loc["FY25-H1", ["low", "high"]].tolist() == pytest.approx([36587, 37428], abs=1)
    assert (halves["low"] <= halves["value"]).all() and (halves["value"] <= halves["high"]).all()
    assert halves["t_per_month"].to_dict() == pytest.approx(
        {"FY25-H1": 6167, "FY25-H2": 2791, "FY26-H1": 2713.5}, abs=0.5
    )


def test_five_months_run_at_more_than_twice_any_other_known_period(india):
    rates = customs.periods(india)["t_per_month"]
    assert rates[SURGE] == pytest.approx(7073, abs=0.5) and rates.drop(SURGE).max() == 3064


@pytest.mark.parametrize(
    "more",
    [{}, {"FY26": 36000}, {"FY26": 36000, "FY27_H1": 18000, "2026_10": 3000}, {"2025_10": 2900, "2025_12": 3100}],
)
def test_known_periods_do_not_overlap_and_none_is_lost(india, more):
    later = adding(india, **more) if more else india
    tiles = customs.periods(later)
    assert (tiles["end"].to_numpy()[:-1] < tiles["start"].to_numpy()[1:]).all()
    known = targets.sums(later, "customs")
    for period, value in known["value"].items():
        start, end = (pd.Timestamp(day) for day in fiscal.span(period))
        inside = tiles[(tiles["start"] >= start) & (tiles["end"] <= end)]
        assert inside["months"].sum() == len(fiscal.months(period)), period
        assert inside["tonnes"].sum() == pytest.approx(value, rel=1e-4), period


def test_the_rest_of_a_period_in_two_pieces_has_its_mean_rate(india):
    tiles = customs.periods(adding(india, FY26=36000, **{"2025_12": 3000}))
    rest = tiles.loc[["2025-10/2025-11", "FY26-Q4"], "t_per_month"]
    assert rest.to_list() == pytest.approx([(36000 - 16281 - 3000) / 5] * 2)


def test_a_new_total_gives_the_half_that_was_missing(india):
    halves = customs.halves(adding(india, FY26=36000))
    assert halves.loc["FY26-H2", "value"] == pytest.approx(36000 - 16281)
    assert halves.loc["FY26-H2", "source"] == "S04 S66"


def test_the_next_half_is_the_first_that_is_not_known_after_the_newest_total(india):
    assert [customs.next_half(india.on(day)) for day in ("2025-06-30", "2026-11-22")] == ["FY26-H1", "FY26-H2"]
    for period in ("FY26", "FY26-H2"):
        assert customs.next_half(india.adding("trade", KEYS | {"period": period, "value": 33_000})) == "FY27-H1"
    later = india.adding("trade", KEYS | {"period": "FY27-H1", "value": 10_000})
    assert customs.next_half(later) == "FY26-H2", "the one that is missing first"


def test_six_months_make_a_half(india):
    months = {f"2025_{m}": 3000 for m in (10, 11, 12)} | {f"2026_0{m}": 3100 for m in (1, 2, 3)}
    assert customs.halves(adding(india, **months)).loc["FY26-H2", "value"] == 18300


@pytest.mark.parametrize("total", [33000, 500000])
def test_parts_that_contradict_an_assumed_total_are_left_out(india, total):
    tiles = customs.periods(india.adding("trade", {**KEYS, "period": "FY25", "value": float(total)}))
    inside = tiles[(tiles["start"] >= "2024-04-01") & (tiles["end"] <= "2025-03-31")]
    assert inside["tonnes"].sum() == pytest.approx(total) and inside["months"].sum() == 12
    assert (inside["tonnes"] > 0).all()


def test_a_total_a_trifle_below_its_known_half_leaves_no_negative_rest(india):
    later = adding(india, FY26=16200)
    assert (customs.periods(later)["tonnes"] > 0).all() and (customs.halves(later)["value"] > 0).all()


def test_what_has_come_since_is_the_newest_total_and_the_part_of_a_later_year(india):
    def since(**more):
        table = customs.since(adding(india, **more) if more else india, "FY25")
        return table[["months", "rate"]].round().to_records().tolist()

    assert since() == [("FY26-H1", 6, 32562)]
    assert since(**{"2025_10": 2900}) == [("2025-04/2025-10", 7, 32882)]
    assert since(FY26=36000) == [("FY26", 12, 36000)]
    assert since(FY26=36000, FY27_H1=18000) == [("FY26", 12, 36000), ("FY27-H1", 6, 36000)]
    assert since(FY26=36000, **{"2026_04": 3000}) == [("FY26", 12, 36000)], "one month says nothing of a year"


def test_a_year_that_follows_nothing_has_nothing_after_it(india):
    assert customs.since(india.on(BEFORE), "FY25").empty and customs.halves(india.on(BEFORE)).empty


def test_the_run_rate_has_three_reckonings_and_follows_the_newest_half(india):
    table = pace.run_rates(india)
    assert table["value"].tolist() == pytest.approx([32562, 33027, 32279], abs=1)
    assert table.loc["FY25-H2 and FY26-H1", ["low", "high"]].tolist() == pytest.approx([32601, 33442], abs=1)
    later = pace.run_rates(adding(india, FY26=36000))
    assert later.index.tolist() == ["twice FY26-H2", "FY26-H1 and FY26-H2"]
    assert later["value"].tolist() == pytest.approx([2 * 19719, 36000])
    assert pace.run_rates(india.on(EARLY)).empty
    year = pace.run_rates(adding(india, FY26=36000, FY27=18000))
    assert year["value"].tolist() == [18000, 18000], "a half of the year before is the newest rate no more"
    assert len(pace.run_rates(adding(india, **{"2026_09": 3000, "2026_10": 3000}))) == 3, "two months take nothing away"


def test_months_after_the_newest_half_have_their_own_run_rate(india):
    some = {f"2025_{month}": 3000 for month in (10, 11, 12)}
    assert len(pace.run_rates(adding(india, **{"2025_10": 3000, "2025_11": 3000}))) == 3, "two months say nothing"
    after_a_gap = pace.run_rates(adding(india, **{"2025_11": 3000, "2025_12": 3000, "2026_01": 3000}))
    assert after_a_gap["value"].iloc[-1] == 36_000
    table = pace.run_rates(adding(india, **some))
    assert table.loc["the months since, at a yearly rate", "value"] == 36_000
    assert "the newest twelve months" not in table.index, "January and February 2025 are known with others only"
    months = {f"2025_0{month}": 2700 for month in range(4, 10)} | {f"2025_0{month}": 2800 for month in (1, 2, 3)}
    twelve = pace.run_rates(adding(india, **months, **some)).loc["the newest twelve months", "value"]
    assert twelve == pytest.approx(3 * 2800 + 6 * 2700 + 3 * 3000)


def test_the_tariff_lines_add_up_to_the_total(india):
    lines = customs.lines(india, "FY25")
    assert lines["tonnes"].tolist() == pytest.approx([34185, 19563], abs=0.5)
    assert lines["usd_m"].round(1).tolist() == [70.1, 136.1] and lines["usd_per_kg"].round(2).tolist() == [2.05, 6.96]
    assert lines[["weight_share", "value_share"]].sum().tolist() == pytest.approx([1, 1])
    assert lines["tonnes"].sum() == pytest.approx(53748)


def test_lines_that_do_not_fit_the_total_are_not_told_apart(india):
    assert customs.lines(adding(india, FY25=19000), "FY25").empty
    assert customs.lines(india.on(EARLY), "FY25").empty


def test_both_years_are_valued_by_one_route(india):
    rupees = customs.values(india, ["FY24", "FY25"])
    assert set(rupees["route"]) == {"rupees at the year's mean rate"} and rupees["usd_m"].tolist() == pytest.approx(
        [200.65, 206.26], abs=0.01
    )
    dollars = customs.values(india.on("2026-01-31"), ["FY24", "FY25"])
    assert dollars["route"].unique().tolist() == ["dollars as printed"]
    assert dollars["usd_m"].tolist() == pytest.approx([200.2, 206.0], abs=0.25)
    assert customs.values(india, ["FY23", "FY25"]).empty
    older = india.adding("trade", {**KEYS, "measure": "value_usd", "period": "FY23", "value": 190.0})
    pair = customs.values(older, ["FY23", "FY24"])
    assert customs.values(older, ["FY24"]).equals(pair.loc[["FY24"]]), "a year alone is worth what it is in comparison"


def test_all_versions_of_a_total_are_kept_in_order(india):
    versions = customs.versions(india, "FY25")
    assert versions["value"].tolist() == [53700, 53748, 53740, 53000] and versions["published"].is_monotonic_increasing


def test_the_year_taken_apart_is_the_suspect_one_or_the_newest_with_lines_or_the_newest(india):
    assert customs.subject(adding(india, FY26=36000)) == "FY25"
    assert customs.subject(adding(india, FY25=35000, FY26=36000)) == "FY25"
    unsuspicious = adding(india.on("2025-07-01"), FY25=35000)
    assert customs.subject(adding(unsuspicious, FY26=36000)) == "FY26"


def test_a_figure_that_is_withdrawn_is_missing_and_nothing_breaks(india):
    gone = india.adding("trade", {**KEYS, "period": "FY26-H1", "value": np.nan})
    assert "FY26-H1" not in customs.imports(gone).index
    assert "FY26-H1" not in customs.periods(gone).index and not customs.halves(gone).isna().any(axis=None)


def test_calendar_years_other_partners_and_other_reporters_change_nothing_of_fiscal_years(india):
    world = [{**KEYS, "period": year, "value": value} for year, value in (("2023", 9e4), ("2025", 3e4), ("2026", 9e5))]
    partner = [{**KEYS, "partner": "DEU", "period": period, "value": 100.0} for period in ("FY25", "2025")]
    theirs = {**KEYS, "flow": "export", "reporter": "DEU", "partner": "IND", "period": "FY26", "value": 1e5}
    more = india.adding("trade", *(row | {"status": "reported", "source": "S66"} for row in [*world, *partner, theirs]))
    for of in (customs.imports, customs.periods, customs.halves, pace.run_rates, lambda v: customs.since(v, "FY25")):
        pd.testing.assert_frame_equal(of(more), of(india))
    assert targets.totals(more, "customs").index.tolist() == ["FY21", "FY24", "FY25"]
    assert customs.values(more, ["FY24", "FY25"]).equals(customs.values(india, ["FY24", "FY25"]))


def test_a_calendar_year_stays_a_year_where_a_series_is_told_in_them(india):
    assert targets.totals(india, "repm").index.tolist() == ["2025"]


def test_no_figures_are_still_a_table_with_its_columns(india):
    early = india.on("2024-12-31")
    assert customs.imports(early).empty and "value" in customs.imports(early) and targets.sums(early, "customs").empty
