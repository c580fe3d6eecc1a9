"""The past of demand: counts against sectors, the day before and now; what was paid; what is said of it."""

import numpy as np
import pandas as pd
import pytest

from conftest import FROZEN
from helpers.chapters.demand import past
from helpers.data import vintage
from helpers.outlook import demand_past
from helpers.outlook.demand_past import BARE, CARS, NEED, USE

ENGINES = {"sector": "cars with an engine", "role": "intensity", "factor": "magnet in a unit", "material": "NdFeB"}


@pytest.fixture(scope="module")
def india():
    return vintage("2026-11-26", FROZEN)


@pytest.fixture(scope="module")
def table(india):
    return demand_past.backtest(india)


@pytest.fixture(scope="module")
def paid(india):
    return demand_past.ceilings(india)


def test_each_count_lies_where_it_lies(table):
    assert {(row.what, row.period, row.count): row.place for row in table.itertuples(index=False)} == {
        (BARE, "FY25", "customs price estimate"): "inside", (BARE, "FY25", "press"): "inside",
        (BARE, "2025", "China's line"): "above", (USE, "2025", "stated use"): "inside",
        (CARS, "FY24", demand_past.TOLD): "inside", (CARS, "FY25", demand_past.TOLD): "inside",
        (NEED, "FY26", demand_past.PLANNED): "above",
    }  # fmt: skip
    use = table.set_index("what").loc[USE]
    assert use["error"] == pytest.approx(-21, abs=2)
    assert use[["low", "middle", "high"]].astype(float).round(-2).tolist() == [2600, 3200, 4700]


def test_two_texts_of_one_year_are_the_ends_of_one_count(table):
    row = table[(table["what"] == CARS) & (table["period"] == "FY25")].iloc[0]
    assert (row["least"], row["most"]) == (540, 900) and row["recorded"] == pytest.approx(np.sqrt(540 * 900))
    assert {"S11", "S14"} < set(row["source"].split())


def test_a_calendar_year_is_three_parts_of_one_fiscal_year_and_one_of_the_next(india):
    made = demand_past.of_years(india)
    at, solid = list(made.years).index(2025), [not line.bound for line in made.lines]
    every = np.nansum(made.tonnes[:, solid], axis=1)
    want = np.quantile(0.25 * every[:, at] + 0.75 * every[:, at + 1], 0.5)
    assert demand_past.around(made, "2025", USE).middle == pytest.approx(want, rel=1e-9)


def test_the_makers_of_vehicles_are_held_against_vehicles(india, table):
    made, at = demand_past.of_years(india), 2026 - demand_past.of_years(india).years[0]
    solid = [n for n, line in enumerate(made.lines) if line.activity["unit"] == "vehicles" and not line.bound]
    want = np.median(np.nansum(made.tonnes[:, solid, at], axis=1))
    assert table.set_index("what").loc[NEED, "middle"] == pytest.approx(want)


def test_the_day_before_knows_nothing_of_the_count_nor_of_what_came_with_it(india, table):
    before = demand_past.around(demand_past.of_years(india.on("2025-12-30"), 2_000), "2025", USE)
    use = table.set_index("what").loc[USE]
    assert (use["then_low"], use["then_high"]) == (before.low, before.high) != (use["low"], use["high"])
    early = table[table["period"].eq("FY25") & table["count"].isin(["press", demand_past.TOLD])]
    assert (early["then"] == "").all() and early["then_low"].isna().all(), "no magnet in a unit was public"
    assert use["late"] > 10


def test_what_was_paid_for_is_value_over_price(india, paid):
    price = (81.57 + 83.08) / 2
    assert paid.loc["FY23", "likely"] == pytest.approx(124_730 / price)
    assert paid.loc["FY23", "most"] == pytest.approx(124_730 / price * np.exp(1.645 * 0.15))
    made = demand_past.of_years(india)
    of = np.nansum((made.tonnes * np.stack(made.outside, axis=1))[:, :, 2023 - made.years[0]], axis=1)
    assert paid.loc["FY23", "over"] == pytest.approx(100 * (of > paid.loc["FY23", "most"]).mean())
    assert paid.index.tolist() == ["2019", "2020", "2021", "2022", "FY23", "2023", "FY24", "2024", "FY25"]


def test_a_unit_that_holds_what_is_missing_closes_the_gap(india, table):
    row = table.set_index("what", drop=False).loc[USE]
    of = demand_past.alone(demand_past.of_years(india), row)
    assert of.sector == ENGINES["sector"] and of.low < of.needed.value < of.high and of.needed.unit == "kg"
    more = {"value": of.needed.value, "low": 0.4 * of.needed.value, "high": 1.6 * of.needed.value}
    again = demand_past.backtest(india.adding("demand", ENGINES | {"at": "FY25"} | more)).set_index("what").loc[USE]
    assert again["middle"] == pytest.approx(row["recorded"], rel=0.03)


def test_a_count_of_another_year_stands_beside_the_first(india):
    keys = {"area": "IND", "stage": "use", "commodity": "REPM", "measure": "consumption", "status": "reported"}
    more = india.adding("production", keys | {"period": "2024", "value": 3500.0, "source": "S66"})
    rows = demand_past.backtest(more).query("what == 'use'")
    assert rows["period"].tolist() == ["2024", "2025"]


@pytest.mark.parametrize(
    ("hits", "count", "verdict"),
    [(7, 7, "too wide."), (5, 7, "says nothing against them."), (2, 7, "too narrow."), (0, 1, "against")],
)
def test_ranges_hold_as_many_as_chance_allows_or_fewer(india, table, hits, count, verdict):
    rows = table.head(count).assign(place=["inside" if n < hits else "above" for n in range(count)])
    text = past.coverage(rows, india).text
    assert f"hold {hits} of {count} counts" in text and verdict in text
    assert "cannot be said from the sources" in past.coverage(table.head(0), india).text


@pytest.mark.parametrize(
    ("place", "error", "verdict"),
    [("inside", 0.0, "inside the range of the sectors"), ("above", -30.0, "is 30 % below it"),
     ("below", 40.0, "is 40 % above it"), ("across", 2.0, "partly outside"), ("inside", 2.0, "agrees with it")],
)  # fmt: skip
def test_a_record_lies_where_the_table_says(table, place, error, verdict):
    text = past.recorded(table[table["what"] == USE].assign(place=place, error=error)).text
    assert verdict in text and "as magnets" not in text
    assert past.recorded(table.head(0)) is None


@pytest.mark.parametrize(
    ("least", "most", "verdict"),
    [(3_100.0, 5_000.0, "as much as all that sectors need"), (9_000.0, 9_900.0, "above all that sectors need"),
     (3_100.0, 3_200.0, "which fits the sectors"), (9_000.0, 9_901.0, "which does not fit the sectors")],
)  # fmt: skip
def test_more_than_may_come_as_magnets_is_taken_apart(india, table, least, most, verdict):
    row = table[table["count"] == "China's line"].assign(least=least, most=most)
    assert verdict in past.tension(row, demand_past.of_years(india), india).text


@pytest.mark.parametrize(
    ("recorded", "verdict"), [(4010.0, "inside the"), (9000.0, "more than the"), (2000.0, "less than the")]
)
def test_one_sector_alone_would_hold_a_magnet_that_is_drawn_or_not(india, table, recorded, verdict):
    row = table[table["what"] == USE].assign(recorded=recorded, least=recorded, most=recorded)
    row["error"] = 100 * (row["middle"] / recorded - 1)
    text = past.tension(row, demand_past.of_years(india), india).text
    assert f"{verdict} 0.10 to 0.47 that is drawn." in text and "No count of magnets" in text
    agreed = past.tension(row.assign(error=1.0), demand_past.of_years(india), india).text
    assert "each would hold" not in agreed


def test_what_was_known_before_is_counted_and_called_hindsight(table):
    text = past.then(table).text
    assert "5 of 7 counts could have been reckoned" in text and text.endswith("hindsight.")
    assert past.then(table.assign(late=0)).text.endswith("held 4 of them.")
    assert "held none of them" in past.then(table.assign(then="above")).text
    assert past.then(table.assign(then="")).text.startswith("Of no count") and past.then(table.head(0)) is None


@pytest.mark.parametrize(
    ("high", "low", "verdict"),
    [(1.0, 1.0, "12 % of the draws"), (0.1, 0.1, "in each more than"), (9.0, 9.0, "FY23, FY24 and FY25 that is less")],
)
def test_imports_pay_for_all_some_or_too_little(india, paid, high, low, verdict):
    text = past.paid(paid.assign(high=paid["high"] * high, low=paid["low"] * low), india).text
    assert verdict in text and text.startswith("Of 2019 to 2024, FY23, FY24 and FY25 imports")
    assert ("come to too much" in text) is (low > 1)
    assert "cannot be said from" in past.paid(paid.head(0), india).text


def test_years_without_a_count_are_named(india, table):
    made = demand_past.of_years(india)
    assert past.untested(table, made).text.startswith("Of FY19 to FY23 no count")
    gap = table.assign(period=table["period"].replace("FY24", "FY21"))
    spans = past.untested(gap[gap["period"].isin(["FY21", "FY25"])], made).text
    assert spans.startswith("Of FY19, FY20, FY22 to FY24"), "a span holds no year that was counted"
    both = pd.concat([table, *(table.head(1).assign(period=f"FY{year}") for year in range(19, 24))])
    assert past.untested(both, made).text.startswith("Each year has a count.")


@pytest.mark.parametrize(
    ("least", "most", "where"), [(1, 2, "below"), (8, 9, "above"), (4, 5, "inside"), (2, 4, "across"), (5, 9, "across")]
)
def test_a_count_is_placed_by_both_its_ends(least, most, where):
    assert demand_past.place(least, most, demand_past.Range(3.0, 4.0, 7.0)) == where
    assert demand_past.place(least, most, demand_past.Range(np.nan, np.nan, np.nan)) == ""
