"""Who needs the magnets: units, products, draws; identities, limits, what is planted, what is published."""

import csv
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from conftest import FROZEN
from helpers import fiscal
from helpers.data import DataError, vintage
from helpers.outlook import demand, demand_activity, demand_draws, demand_rows
from helpers.outlook.demand_rows import RARE_EARTH

CARS, ENGINES = "electric cars", "cars with an engine"
COUNT = {"indicator": "ev_registrations", "segment": "4w"}
ROW = {"sector": CARS, "factor": "magnet in a unit", "role": "intensity", "material": RARE_EARTH, "at": "FY25"}
SHARE = ROW | {"role": "share", "factor": "with a rare-earth motor"}
AC_GOAL = {"sector": "room air conditioners", "role": "target", "factor": "target", "material": ""}


@pytest.fixture(scope="module")
def india():
    """What was public on the day on which the sectors were entered, of the frozen tables."""
    return vintage("2026-11-26", FROZEN)


def cell(made, sector, year, material=RARE_EARTH):
    """The draws of one sector and year."""
    (at,) = [n for n, line in enumerate(made.lines) if (line.sector, line.material) == (sector, material)]
    return made.tonnes[:, at, list(made.years).index(year)]


def few(india, path="trend"):
    """As many draws as it takes to hold something in every one."""
    return demand_draws.draw(demand.model(india, path), 1_000)


def mode(row):
    return np.mean([float(row[end] or row["value"]) for end in ("low", "value", "high") if row[end] or row["value"]])


@pytest.mark.parametrize(
    ("unit", "share", "of", "tonnes"),
    [("vehicles", "share", "kg/vehicle", 1e-3), ("units", "%", "g/unit", 1e-8), ("MW", "share", "t/MW", 1.0)],
)
def test_units_multiply_to_tonnes(unit, share, of, tonnes):
    named = {"sector": "x", "factor": "f"}
    rows = [named | {"role": "share", "unit": share}, named | {"role": "intensity", "unit": of}]
    assert demand_rows.tonnes({"sector": "x", "unit": unit}, rows) == pytest.approx(tonnes)


@pytest.mark.parametrize("unit", ["kg/MW", "kg", "vehicle/kg", "share"])
def test_units_that_do_not_make_tonnes_are_refused_with_sector_and_row(india, unit):
    wrong = india.adding("demand", ROW | {"value": 2.0, "unit": unit})
    with pytest.raises(DataError, match=rf"'{CARS}', 'magnet in a unit', is in {unit}, and vehicles times it are no"):
        demand.model(wrong)


@pytest.mark.parametrize(
    ("gone", "role"), [("hybrid cars,intensity", "intensity"), ("lifts,", "activity"), ("lifts,", "intensity")]
)
def test_a_sector_row_removed_is_refused_with_its_name(tmp_path, gone, role):
    shutil.copytree(FROZEN, tmp_path / "data")
    path = tmp_path / "data/demand.csv"
    path.write_text("".join(line for line in path.read_text().splitlines(True) if not line.startswith(gone)))
    with pytest.raises(DataError, match=rf"no {role} of '{gone.split(',')[0]}'"):
        demand.model(vintage("2026-11-26", tmp_path / "data"))


def test_the_codebook_says_how_each_factor_is_drawn():
    with (FROZEN / "demand.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] != "missing"]
    drawn = [
        (row["distribution"], "uniform" if not row["value"] else "triangular" if row["low"] else "fixed")
        for row in rows
    ]
    assert len(rows) > 60 and [one for one in drawn if one[0] != one[1]] == []


def test_what_no_source_gives_is_a_bound_with_a_source_that_would_close_it(india):
    rows = demand_rows.gaps(india)
    assert (rows["closed_by"] != "").all()
    assert india.table("demand").query("status == 'unverified'")["value"].isna().all(), "a range without a middle"


def test_a_product_is_units_times_share_times_magnet(india):
    known = india.adding("drivers", COUNT | {"period": "FY25", "value": 100_000.0})
    known = known.adding("demand", ROW | {"value": 2.0}, SHARE | {"value": 0.5, "unit": "share"})
    assert cell(few(known), CARS, 2025) == pytest.approx(np.full(1_000, 100.0))


@pytest.mark.parametrize(
    "sector", ["electric two-wheelers", CARS, "electric buses", "room air conditioners", "industrial robots"]
)
def test_the_mean_of_a_cell_is_the_product_of_the_means_in_the_file(india, sector):
    made = demand.demand(india)
    units = demand_activity.units(
        india, next(of for of in made.lines if of.sector == sector).activity["series"], made.years
    )
    product, year = np.exp(units.middle[list(made.years).index(2025)]), 2025
    with (FROZEN / "demand.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sector"] == sector and row["material"] in ("", RARE_EARTH)]
    for factor in {row["factor"] for row in rows if row["role"] in ("share", "intensity")}:
        of = [row for row in rows if row["factor"] == factor]
        product *= np.interp(year, [fiscal.centre(row["at"]) for row in of], [mode(row) for row in of])
    assert cell(made, sector, 2025).mean() == pytest.approx(product / 1000, rel=0.03)


@pytest.mark.parametrize(("share", "tonnes"), [(0.0, 0.0), (1.0, 221.496)])
def test_no_share_is_no_magnet_and_all_is_all(india, share, tonnes):
    made = few(india.adding("demand", ROW | {"value": 2.0}, SHARE | {"value": share, "unit": "share"}))
    assert np.median(cell(made, CARS, 2025)) == pytest.approx(tonnes, rel=0.01)


def test_triangles_are_drawn_as_they_are_written(india):
    made = demand_draws.draw(
        demand.model(india), held={"electric cars/units": 0.0, f"{CARS}/with a rare-earth motor/NdFeB": 0.0}
    )
    kilos = np.sort(cell(made, CARS, 2025))
    ends = 1000 / 110_748 / (0.9 + 0.05)
    low, middle, high = 0.8, 1.5, 2.0
    for share in (0.1, 0.3, 0.5, 0.8):
        cut = (middle - low) / (high - low)
        want = (
            low + np.sqrt(share * (high - low) * (middle - low))
            if share < cut
            else high - np.sqrt((1 - share) * (high - low) * (high - middle))
        )
        assert np.quantile(kilos, share) * ends == pytest.approx(want, rel=0.01)


@pytest.mark.parametrize("sector", [{"segment": "2w"}, {"segment": "4w"}])
def test_more_electric_vehicles_never_take_less_magnet(india, sector):
    row = COUNT | sector | {"period": "FY25"}
    before = india.figure("drivers", "FY25", indicator=row["indicator"], segment=row["segment"])
    many = india.adding("drivers", row | {"value": 2 * (before.value if before else 1_200_000.0)})
    less = india.adding("drivers", row | {"value": 0.5 * (before.value if before else 1_200_000.0)})
    totals = [few(of).total(bounds=False)[:, 5 - 1] for of in (less, many)]
    assert (totals[1] > totals[0]).all(), "in every draw"


def test_the_way_to_the_targets_only_rises(india):
    totals = [demand_draws.draw(demand.model(india, pace), 500).total(bounds=False)[:, -5] for pace in (0.0, 0.5, 1.0)]
    assert np.median(totals[0]) < np.median(totals[1]) < np.median(totals[2])
    with pytest.raises(ValueError, match="path 'fast' is unknown"):
        demand.model(india, "fast")


def test_a_target_is_met_in_its_year_and_half_the_way_is_half_of_it(india):
    goal = AC_GOAL | {"at": "FY30", "value": 40e6, "unit": "units"}
    of = [demand.model(india.adding("demand", goal), pace) for pace in (0.0, 0.5, 1.0)]
    at = list(of[0].years).index(2030)
    units = [np.exp(one.units["room air conditioners"].middle[at:]) for one in of]
    spread = [one.units["room air conditioners"].scale[at] for one in of]
    assert spread[0] == pytest.approx(2 * spread[1]) and spread[2] == 0, "what is met is not left to chance"
    trend, half, met = (own[0] for own in units)
    assert met == pytest.approx(40e6) and half == pytest.approx(np.sqrt(trend * met))
    assert units[2] / met == pytest.approx(units[0] / trend), "after it what the engine says"


def test_cars_that_are_electric_are_not_counted_again(india):
    known = india.adding(
        "drivers", {"indicator": "auto_production", "segment": "pv", "period": "FY25", "value": 200_000.0}
    )
    assert (cell(few(known), ENGINES, 2025) >= 0).all()
    none = few(india.adding("drivers", COUNT | {"period": "FY25", "value": 1.0}))
    assert (cell(none, ENGINES, 2025) > cell(few(india), ENGINES, 2025)).all()


def test_what_is_not_counted_yet_takes_the_place_of_nothing(india):
    made = few(india)
    units, year = {name: np.median(of, axis=0) for name, of in made.units.items()}, list(made.years).index(2024)
    assert np.isnan(units["hybrid cars"][year]) and units[CARS][year] == pytest.approx(90_966, rel=0.01)
    assert units[ENGINES][year] == pytest.approx(4_902_000 - 90_966, rel=0.01)
    alone = demand_draws._displaced({"a": np.array([2.0, 2.0]), "b": np.array([np.nan, 1.0])}, {"a": "b"})
    assert alone["a"].tolist() == [2.0, 1.0], "nor is it less while the other is not counted"


def test_what_is_common_to_sectors_widens_their_total(india):
    spread = []
    for loading in (0.0, 0.5, 0.9):
        total = few(india.assuming("demand_shared", {"activity": loading, "intensity": 0.0})).total(bounds=False)
        spread.append(np.log(total[:, -1]).std())
    assert spread[0] < spread[1] < spread[2]


def test_each_factor_has_a_seed_of_its_own(india):
    before, after = few(india), few(india.adding("demand", ROW | {"value": 9.0}))
    same = [n for n, line in enumerate(before.lines) if line.sector != CARS]
    assert np.array_equal(before.tonnes[:, same], after.tonnes[:, same], equal_nan=True)
    assert not np.array_equal(cell(before, CARS, 2025), cell(after, CARS, 2025))
    assert np.array_equal(before.tonnes, few(india).tonnes, equal_nan=True)


def test_factors_that_share_nothing_are_independent(india):
    of = replace(demand.model(india), shared={})
    made = demand_draws.draw(of)
    apart = [
        n
        for n, line in enumerate(made.lines)
        if line.material == RARE_EARTH and line.sector not in of.displaces.values()
    ]
    ranks = made.tonnes[:, apart, 10].argsort(axis=0).argsort(axis=0)
    related = np.corrcoef(ranks, rowvar=False) - np.eye(len(apart))
    assert len(apart) > 10 and abs(related).max() < 0.06


def test_a_bound_moves_the_upper_end_and_nothing_else(india):
    row = {"sector": "wind turbines", "role": "share", "factor": "with permanent magnets", "material": RARE_EARTH}
    row |= {"at": "FY25", "value": np.nan, "low": 0.0, "high": 1.0, "unit": "share", "status": "unverified",
            "published": "2026-11-26"}  # fmt: skip
    before, after = (demand.demand(of).at(2025) for of in (india, india.adding("demand", row)))
    assert (after.value, after.low) == (before.value, before.low) and after.high > 1.1 * before.high


def test_two_rotors_are_all_the_compressors_in_every_draw(india):
    kilo = {"sector": "room air conditioners", "role": "intensity", "factor": "magnet in a unit", "at": "FY25"}
    for material in (RARE_EARTH, "ferrite"):
        india = india.adding("demand", kilo | {"material": material, "value": 1.0})
    name = "room air conditioners"
    made = demand_draws.draw(demand.model(india), 500, {f"{name}/units": 0.0, f"{name}/with an inverter/": 0.0})
    one, other = (cell(made, name, 2025, material) for material in (RARE_EARTH, "ferrite"))
    assert one.std() > 100 and np.allclose(one + other, (one + other)[0])


def test_ends_of_a_sum_are_those_of_its_draws(india):
    made, place = demand.demand(india), 4
    hollow = [n for n, line in enumerate(made.lines) if line.material == RARE_EARTH and line.bound]
    names = [made.lines[n].sector for n in hollow]
    whole = np.quantile(sum(made.tonnes[:, n, place] for n in hollow), 0.9)
    assert demand.most(made, 2025, names).value == pytest.approx(whole)
    assert whole < 0.9 * demand.sectors(made, 2025)["high"][names].sum(), "they are not all high at once"
    parts = made.tonnes[:, [n for n, line in enumerate(made.lines) if not line.bound], place].sum(axis=1)
    both = made.at(2025, RARE_EARTH, "ferrite", bounds=False)
    assert (both.low, both.value, both.high) == pytest.approx(np.quantile(parts, [0.1, 0.5, 0.9]))


def test_a_magnet_in_a_unit_has_a_range_unless_one_was_weighed():
    with (FROZEN / "demand.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["role"] == "intensity" and row["distribution"] == "fixed"]
    assert [row["sector"] for row in rows] == ["earphones", "industrial robots"]


def test_only_targets_that_can_be_reckoned_with_are_met(india):
    early = india.on("2025-10-31")  # a share of two-wheelers is a target by then, and these are not counted
    aimed = [demand.aimed(few(of), few(of, "target"), of) for of in (early, india)]
    assert aimed[0] == ["electric buses", "room air conditioners"]
    assert {"electric two-wheelers", CARS, "wind turbines", "electric buses"} < set(aimed[1])
    assert ENGINES not in aimed[1]
    over = india.adding("drivers", COUNT | {"segment": "bus", "period": "FY27", "value": 9_000.0})
    assert "electric buses" not in demand.aimed(few(over), few(over, "target"), over), "its year is counted"


def test_a_share_is_that_of_all_that_is_no_bound(india):
    rows = demand.sectors(demand.demand(india), 2025)
    assert rows["share"].sum() == pytest.approx(100)
    assert rows.loc[rows["bound"], ["middle", "share"]].isna().all(axis=None)
    assert rows.index[0] == ENGINES and not rows["bound"].iloc[0] and rows["bound"].iloc[-1]


def test_a_calendar_year_stands_at_its_middle_and_the_first_name_is_believed(india):
    rows = demand_activity.counted(india, "ev_registrations/3w ev_sales_fada/3w")
    assert rows.loc[2024, "value"] == pytest.approx(632_641) and not rows.loc[2025, "direct"]
    assert rows.loc[2024, "high"] >= rows.loc[2024, "value"]
    assert rows.loc[2026, "value"] == pytest.approx(831_000)


def test_the_first_draws_are_cut_from_all_that_is_drawn(india):
    made = demand.demand(india)
    few = made.first(8)
    assert np.array_equal(few.tonnes, made.tonnes[:8], equal_nan=True)
    assert all(np.array_equal(cut, whole[:8]) for cut, whole in zip(few.outside, made.outside, strict=True))
    assert all(np.array_equal(few.units[name], of[:8], equal_nan=True) for name, of in made.units.items())


def test_a_rival_without_a_number_widens_nothing_and_one_with_a_number_does(india):
    weak = {"indicator": "auto_production", "segment": "pv", "period": "FY24", "status": "weak", "source": "S66"}
    series, ends = "auto_production/pv", ["low", "value", "high"]
    known, gap, twice = (
        demand_activity.counted(of, series).loc[2024, ends].astype(float)
        for of in (india, *(india.adding("drivers", weak | {"value": value}) for value in (np.nan, 1e7)))
    )
    assert gap.equals(known) and twice.to_list() == pytest.approx([known["low"], known["value"], 1e7])


def test_units_ahead_begin_where_counts_end_and_spread_with_time(india):
    units = demand_activity.units(india, "auto_production/pv", np.arange(2021, 2036))
    assert units.known == 2025 and np.exp(units.middle[4]) == pytest.approx(5_061_000)
    assert (np.diff(units.scale[4:]) > 0).all() and units.scale[:5].max() == 0


def test_a_year_of_several_counts_is_as_wide_as_they_are_apart(india):
    units = demand_activity.units(india, "room_ac_sales/total", np.array([2025]))
    assert np.exp(units.middle[0]) == pytest.approx(12.25e6)
    assert units.scale[0] == pytest.approx(np.log(13 / 12.25) / 1.645), "13 million by another count, at 95 %"


def test_a_factor_of_which_one_year_is_a_bound_is_a_bound(india):
    row = {"sector": "room air conditioners", "role": "share", "factor": "with an inverter", "material": ""}
    row |= {"at": "FY29", "value": np.nan, "low": 0.5, "high": 1.0, "unit": "share", "status": "unverified"}
    lines = demand.model(india.adding("demand", row | {"published": "2026-11-26"})).lines
    assert all(line.bound for line in lines if line.sector == "room air conditioners")


def test_months_from_the_start_of_a_year_are_its_yearly_rate(india):
    series, years = "ev_registrations/2w ev_sales_jmk/2w ev_sales_fada/2w", np.array([2026, 2027, 2028])
    units = demand_activity.units(india, series, years)
    assert units.known == 2026 and np.exp(units.middle[1]) == pytest.approx(3 * 681_614)
    early = demand_activity.units(india.on("2026-06-30"), series, years)
    assert np.exp(early.middle[1]) < 1.8e6 and early.scale[1] > units.scale[1] > 0, "carried on, and less is known"


def test_months_beyond_a_whole_year_leave_that_year_what_its_months_make(india):
    months = pd.period_range("2025-04", "2026-08", freq="M").astype(str)
    for number, month in enumerate(months, start=1):
        key = {"indicator": "ev_registrations", "segment": "bus"}
        india = india.adding("drivers", key | {"period": month, "value": 100.0 * number})
    units = demand_activity.units(india, "ev_registrations/bus ev_sales_jmk/bus", np.array([2026, 2027]))
    made = 100 * sum(range(1, 13))  # a longer part that is counted, too, takes the place of its months
    assert np.exp(units.middle[0]) == pytest.approx(made, rel=0.03) and units.scale[0] == 0 < units.scale[1]


def test_a_year_that_is_published_moves_the_base(india):
    assert demand.steps(india) == [2025, 2031, 2035]
    later = india.adding("drivers", {"indicator": "auto_production", "segment": "pv", "period": "FY26", "value": 5.3e6})
    assert demand.steps(later) == [2026, 2031, 2036]


def test_one_factor_at_a_time_moves_the_median_both_ways(india):
    table = demand.tornado(india, 2031)
    middle = np.median(demand.demand(india).total(bounds=False)[:, 10])
    assert (table["low"] <= table["high"]).all() and (table["low"] < 1.05 * middle).all()
    assert (table["high"] > 0.95 * middle).all()
    assert (table["high"] - table["low"]).is_monotonic_decreasing and len(table) > 15
    assert table.loc[0, ["sector", "factor"]].tolist() == ["electric two-wheelers", "units a year"]


def test_growth_is_that_of_the_draws(india):
    total = demand.demand(india).total(bounds=False)
    found = demand.growth(india)
    assert found.mean == pytest.approx(np.log(total[:, 9] / total[:, 4]).mean() / 5)
    assert 0 < found.mean < 0.2 and 0 < found.spread < 0.2 and "S44" in found.source.split()
    assert demand.growth(vintage("2024-06-30", FROZEN)) is None


def test_a_trial_forecasts_counted_years_only_from_those_before_them(india):
    series = demand_rows.series(india)
    table = demand_activity.trial(india, series)
    assert len(table) > 40 and table["inside"].mean() == pytest.approx(0.67, abs=0.1)
    more = demand_activity.trial(india.adding("drivers", COUNT | {"period": "FY26", "value": 9e6}), series)
    both = table.merge(more, on=["series", "period"], suffixes=("", "_more")).query("period != 'FY26'")
    assert np.allclose(both["forecast"], both["forecast_more"])


@pytest.mark.parametrize("day", ["2024-06-30", "2025-06-30", "2026-01-31"])
def test_earlier_days_say_which_sectors_cannot_be_reckoned(day):
    india = vintage(day, FROZEN)
    made = demand.demand(india)
    assert {*demand.absent(india), *(line.sector for line in made.lines)} == set(
        india.written["demand"].codes["sector"]
    )
    assert bool(made) is (day > "2025")


def test_half_of_the_draws_say_the_same(india):
    of = demand.model(india)
    many, half = demand_draws.draw(of).at(2031), demand_draws.draw(of, 5_000).at(2031)
    assert half.value == pytest.approx(many.value, rel=0.03)


def test_scores_keep_their_ranks_and_are_spread_evenly_in_every_block():
    rough = np.random.default_rng(3).standard_normal(2_000)
    even = demand_draws.spread(rough)
    for first in range(0, 2_000, 500):
        of, one = even[first : first + 500], rough[first : first + 500]
        assert (of.argsort() == one.argsort()).all() and abs(of.mean()) < 0.01
        assert of.std() == pytest.approx(1, abs=0.02)
    assert abs(even.mean()) < abs(rough.mean()) / 10 and len(np.unique(even)) == 2_000
