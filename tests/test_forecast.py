"""The annual forecast: its table, its starting points, and what is added to it."""

import numpy as np
import pandas as pd
import pytest

from conftest import FROZEN
from helpers import fiscal
from helpers.chapters.forecast import moves, sentences, tables
from helpers.data import vintage
from helpers.ensemble import drift
from helpers.ensemble.quantiles import QUANTILES
from helpers.outlook import episodes, forecast, growth, licences, limits, moved, others, rare_earths, readings, targets

ROW = {**targets.CUSTOMS.keys, "status": "reported", "source": "S66", "published": "2026-11-20"}

pytestmark = pytest.mark.usefixtures("sparse")


@pytest.fixture(scope="module")
def table(india):
    return forecast.expected(india)


def test_the_table_has_the_columns_of_the_contract_and_no_gaps(table):
    assert list(table.columns) == forecast.COLUMNS
    assert table.notna().all(axis=None) and not table.duplicated(forecast.COLUMNS[:-1]).any()
    assert len(table) == (2 * len(forecast.MODELS) + 4) * (5 * len(QUANTILES) + 5 * 5)
    assert [table["period"].unique()[place] for place in (0, -1)] == ["FY26", "FY35"]


@pytest.mark.parametrize(
    ("day", "target", "horizon"),
    [("2025-06-30", "customs", 3), ("2026-11-22", "customs", 1), ("2026-11-22", "repm", 15)],
)
def test_the_forecast_is_whole_and_its_quantiles_nest(india, day, target, horizon):
    table = forecast.expected(india.on(day), target, horizon)
    wide = table.pivot(index=["scenario", "model", "horizon"], columns="quantile", values="value")
    assert not (wide.diff(axis=1) < 0).any(axis=None) and not (wide <= 0).any(axis=None)
    assert wide[0.5].notna().all() and wide.xs("mixture").loc["simulation", 0.975].notna().sum() == min(horizon, 5)
    assert len(wide.xs("mixture")) == horizon
    assert {*forecast.MODELS, "simulation"} == set(table["model"])


def test_each_reading_and_the_mixture_stand_in_the_table(table):
    assert list(table["scenario"].unique()) == ["as recorded", "newest level", *readings.READINGS, "mixture"]
    medians = forecast.intervals(forecast.leading(table)).pivot(index="period", columns="scenario", values="median")
    each = medians[list(readings.READINGS)]
    assert (medians["mixture"] >= each.min(axis=1)).all() and (medians["mixture"] <= each.max(axis=1)).all()


def test_the_mixture_is_that_of_the_readings_paths(india, table):
    made = readings.simulate(india, forecast.prior(india), 10)
    paths = {name: readings.years(months).loc[2030].to_numpy() for name, months in made.items()}
    mixed = table.query("scenario == 'mixture' and period == 'FY30'")["value"].to_numpy()
    most = limits.most(india, "customs", (2030,))["tonnes"].item()
    assert mixed == pytest.approx(np.minimum(readings.mix(paths, readings.weights(india)), most))


def test_a_reading_of_all_the_weight_is_the_mixture(india):
    sure = readings.taking(india, {name: float(name == readings.ERROR) for name in readings.READINGS})
    table = forecast.expected(sure, horizon=2).set_index("scenario")["value"]
    assert table["mixture"].to_numpy() == pytest.approx(table[readings.ERROR].to_numpy())


def test_licences_order_the_narrow_target_and_the_known_year_is_the_same_under_all(india):
    rows = forecast.intervals(forecast.leading(forecast.expected(india, "repm", 5)))
    rows = rows.set_index(["scenario", "period"])["median"]
    closed, partial, opened = (rows[f"licences {name}"] for name in ("closed", "partial", "open"))
    assert closed["FY30"] < partial["FY30"] < opened["FY30"]
    assert closed["FY30"] < rows["mixture"]["FY30"] < opened["FY30"]
    assert closed["FY26"] == pytest.approx(opened["FY26"])


@pytest.mark.parametrize("regime", licences.REGIMES)
def test_a_regime_held_as_observed_reproduces_the_base_year(india, regime):
    """Without growth, under one regime before, in and after the base year, what came is what is forecast."""
    row = {"period": "2024-01/2034-12", "regime": regime, "term": "set", "status": "reported", "source": "S86"}
    held = india.adding("regimes", row | {"published": "2026-11-21"})
    held = held.assuming("growth_prior", {"mean": 0.0, "spread": 1e-6, "sd": 1e-6, "dof": 50.0})
    held = held.assuming("driver_weight", {"rare-earth part": 0.0})
    rows = (
        forecast.expected(held, "repm", 5).query("scenario == 'counted use'").set_index(["period", "quantile"])["value"]
    )
    base = targets.totals(india, "repm").iloc[-1]
    said = rare_earths.used(held, base, np.array([0.1, 0.5, 0.9]), 0.0)
    for year in ("FY26", "FY30"):
        assert rows[year][[0.1, 0.5, 0.9]].to_numpy() == pytest.approx(said, rel=0.005)
    assert said[1] == pytest.approx(base["value"], rel=0.01)


def test_a_base_year_under_licences_comes_back_in_the_months_it_held(india):
    base = pd.PeriodIndex(fiscal.months("2025"))
    for dose, then in licences.since(india, "2025", base, 400).values():
        factor = dose / then
        assert factor.mean(axis=0) == pytest.approx(1)
        assert (factor[:3] >= 1).all() and (factor[3:] <= 1).all(), "free until April, licensed since"


def test_the_base_year_is_as_uncertain_as_its_counts_and_an_assumed_one_is_sure(india):
    rows = forecast.intervals(forecast.leading(forecast.expected(india, "repm", 1))).set_index("scenario")
    mixed = rows.loc["mixture"]
    assert mixed["low80"] < 2_000 < 4_010 < 6_500 < mixed["high80"] and 3_500 < mixed["median"] < 4_100
    sure = india.adding("production", targets.REPM.keys | {"period": "2025", "value": 4_010.0})
    narrow = forecast.at(forecast.expected(sure, "repm", 1), "FY26")
    assert narrow.high / narrow.low < 1.4 < 3 < mixed["high80"] / mixed["low80"]
    assert {"S33", "S05", "S229"} <= forecast.used(india, "repm")
    later = india.adding("production", targets.REPM.keys | {"period": "FY30", "value": 6_000.0, "status": "estimate",
                                                            "source": "S16", "published": "2026-11-21"})  # fmt: skip
    base = targets.totals(later, "repm").iloc[-1]
    low, middle, high = rare_earths.used(later, base, np.array([0.1, 0.5, 0.9]), 0.03)
    assert low < 0.6 * 6_000 and high > 1.2 * 6_000 and 3_000 < middle < 8_000, "older counts still say how unsure"


def test_the_forecast_names_the_growth_that_it_takes(india, table):
    taken, found = growth.taken(india, "customs"), growth.kinds(india)
    assert set(table["growth"]) == {"drivers"} == {taken.kind} and taken.prior == forecast.prior(india)
    assert list(found) == ["general", "trade"]
    undriven = india.assuming("driver_weight", {"rare-earth part": 0.0})
    assert found["general"] == growth.taken(undriven, "customs") == growth.taken(undriven, "repm")
    assert found["trade"].prior.sd > found["general"].prior.sd and found["trade"].sources == {"B3"}
    assert list(growth.kinds(india.on("2025-06-30"))) == ["general"]


@pytest.mark.parametrize(("half", "speaks"), [(16_281.0, True), (27_000.0, False), (45_000.0, True), (None, False)])
def test_a_scenario_that_the_public_half_speaks_against_is_a_counterfactual(india, half, speaks):
    """The total that growth makes is far above what a half of 16,281 t lets expect, and below what 45,000 t do."""
    known = india.on("2025-11-23") if half is None else india
    if half not in (None, 16_281.0):
        known = india.adding("trade", ROW | {"period": "FY26-H1", "value": half})
    flags = forecast.expected(known, horizon=1).groupby("scenario")["counterfactual"].agg(["min", "max"])
    assert flags.loc[forecast.RECORDED].tolist() == [speaks, speaks]
    assert not flags.drop(forecast.RECORDED).any(axis=None)


def test_growth_from_a_sound_total_is_no_counterfactual_for_being_faster_than_any_half_on_record(india):
    usual = episodes.starting_from(india, 33_000.0)
    table = forecast.expected(usual, horizon=1)
    assert not table["counterfactual"].any() and not forecast.contradicted(table, usual, "customs")


def test_the_naive_forecast_stays_at_the_baseline(india):
    points = forecast.starting_points(episodes.starting_from(india, 50_000), "customs", 5)
    flat = points.query("scenario == 'as recorded' and model == 'naive' and quantile == 0.5")["value"]
    assert flat.to_numpy() == pytest.approx(50_000)


def test_what_is_already_recorded_of_a_year_is_kept(table):
    assert (table.query("scenario == 'newest level' and horizon == 1")["value"] > 16_281).all()


def test_the_newest_level_is_there_once_something_later_than_the_suspect_year_is(india):
    def scenarios(day):
        return set(forecast.starting_points(india.on(day), "customs", 1)["scenario"])

    assert scenarios("2025-11-23") == {"as recorded"} and scenarios("2025-11-24") == {"as recorded", "newest level"}


def test_a_sound_total_after_the_suspect_year_is_kept_and_the_suspect_one_left_out(india):
    later = india.adding("trade", ROW | {"period": "FY26", "value": 33_100.0})
    assert list(episodes.sound(later, "customs").index) == ["FY21", "FY24", "FY26"]
    assert episodes.level(later, "customs").period == "FY26"
    half = later.adding("trade", ROW | {"period": "FY27-H1", "value": 17_500.0})
    assert (episodes.level(half, "customs").period, episodes.level(half, "customs").value) == ("FY27-H1", 35_000)
    assert list(episodes.sound(half, "customs").index) == ["FY21", "FY24", "FY26"]


def test_months_that_follow_a_half_lengthen_what_is_known_of_the_year(india):
    more = india.adding("trade", ROW | {"period": "2025-10", "value": 2_719.0})
    part = targets.part_year(more, "customs")
    assert (part.name, part["value"], part["source"]) == ("2025-04/2025-10", 19_000, "S04 S66")
    few = india.on("2025-07-31")
    assert targets.part_year(few, "customs") is None  # April alone
    for months, known in ((2, False), (3, True)):
        more = [ROW | {"period": f"2025-{month:02}", "value": 2_719.0} for month in range(5, 4 + months)]
        assert (targets.part_year(few.adding("trade", *more), "customs") is not None) == known
    gap = india.adding("trade", ROW | {"period": "2025-11", "value": 2_719.0})
    assert targets.part_year(gap, "customs").name == "FY26-H1"


def test_the_other_target_reaches_the_same_last_year(india):
    later = india.adding("trade", ROW | {"period": "FY26", "value": 33_100.0})
    assert forecast.beside(later, "customs", 3)["period"].iloc[-1] == "FY29"
    assert forecast.beside(later, "repm", 1).empty and forecast.beside(india.on("2025-06-30"), "customs", 3).empty


def test_the_running_year_is_that_of_the_day_or_the_nearest_there_is(india, table):
    assert forecast.running(table, india) == "FY27" and forecast.running(table, india.on("2025-06-30")) == "FY26"
    assert forecast.running(table[table["horizon"] == 1], india) == "FY26"
    assert forecast.steps(table, india) == ["FY26", "FY27", "FY30", "FY35"]


def test_sources_are_those_of_the_scenario(india):
    recorded, level = (forecast.used(india, "customs", name) for name in (forecast.RECORDED, forecast.LEVEL))
    grown = growth.taken(india, "customs").sources
    assert recorded == {"S01", "S02", *grown} and "S02" not in level and "S04" in level
    pooled, before = (forecast.used(of, "customs") for of in (india, india.on("2025-10-31")))
    assert "S16" in pooled and "S16" not in before, "the rare-earth share rests on stated use once that is public"
    assert "S16" in forecast.used(india, "repm")


def test_a_third_model_stands_beside_the_naive_benchmark_everywhere(india, monkeypatch):
    monkeypatch.setitem(forecast.MODELS, "half the level", lambda levels, prior: drift.naive(levels / 2, prior))
    table = forecast.expected(india, horizon=2)
    half = table.query("model == 'half the level' and quantile == 0.5").set_index("scenario")["value"]
    assert half["as recorded"].to_numpy() == pytest.approx(53_748 / 2)
    lead = forecast.leading(table)
    assert "half the level" not in set(lead["model"]) and not lead.duplicated(["scenario", "period", "quantile"]).any()


def test_any_row_of_the_assumptions_is_a_lever(india):
    lever = {"assumption": "my_lever", "segment": "all", "value": 1.0, "unit": "share", "status": "inference"}
    mine = india.adding("assumptions", lever | {"material": "", "source": "B2"})
    pulled = mine.assuming("my_lever", {"all": 0.5})
    assert pulled.assumption("my_lever")["value"].item() == 0.5 and mine.assumption("my_lever")["value"].item() == 1


def test_a_lever_that_is_pulled_moves_the_forecast_and_is_called_assumed(india):
    faster = india.assuming("growth_prior", {"mean": 0.10})
    slow, fast = (forecast.expected(one, "repm", 3) for one in (india, faster))
    assert forecast.at(fast, "FY28").value > forecast.at(slow, "FY28").value
    assert "assumed" in forecast.used(faster, "repm") and "assumed" not in forecast.used(india, "repm")


def test_a_calendar_year_is_read_from_the_fiscal_years_it_lies_in():
    rows = pd.DataFrame({"median": [100.0, 200.0]}, index=["FY30", "FY31"])
    assert others.on_calendar(rows, "2030")["median"] == pytest.approx(0.25 * 100 + 0.75 * 200)
    assert others.on_calendar(rows, "FY30")["median"] == 100
    assert others.on_calendar(rows, "2031") is None and others.on_calendar(rows, "2029") is None
    theirs = pd.DataFrame({"period": ["2025", "2030", "FY30", "2040"]})
    assert others.farthest(theirs, rows) == "2030" and others.farthest(theirs.iloc[:1], rows) is None


def test_outlooks_keep_their_scope_and_their_growth(india):
    theirs = others.others(india)
    growth = theirs[theirs["unit"] == "t"].set_index("value")["growth"]
    assert growth[8220] == pytest.approx(100 * ((8220 / 4010) ** (1 / 5) - 1))
    assert np.isnan(growth[4010]) and np.isnan(growth[7150])
    narrow = others.on_scope(theirs, "repm")
    assert set(narrow["unit"]) == {"t"} and set(narrow.loc[narrow["period"] == "2030", "value"]) == {7150, 8000, 8220}
    assert others.on_scope(theirs, "customs").empty
    assert others.others(india.on("2025-06-30"))["publisher"].eq("IEA GCMO 2024").all()


@pytest.mark.parametrize(
    ("day", "options", "said"),
    [
        ("2026-11-22", {"target": "tons"}, "unknown; choose one of"),
        ("2026-11-22", {"horizon": 0}, "at least 1"),
        ("2020-01-01", {}, "no yearly total"),
    ],
)
def test_an_impossible_forecast_says_why(day, options, said):
    with pytest.raises(ValueError, match=said):
        forecast.expected(vintage(day, FROZEN), **options)


def test_two_seeds_of_licences_agree(india, monkeypatch):
    said = []
    for seed in (1, 2):
        monkeypatch.setattr(licences.doses, "__defaults__", (licences.REGIMES, seed))
        table = forecast.intervals(forecast.expected(india, "repm", 10)).query("scenario == 'mixture'")
        said.append(table[["median", "low80", "high80"]].to_numpy())
    apart = np.abs(said[0] - said[1]) / said[0][:, :1]
    assert apart[:, 0].max() < 0.03 and apart.max() < 0.08


def test_of_a_year_of_which_nine_months_are_known_only_the_other_three_are_forecast(india):
    more = india.adding("trade", ROW | {"period": "2025-04/2025-12", "value": 24_000.0})
    rows = forecast.starting_points(more, "customs", 1).query("scenario == 'newest level'")
    levels = forecast.levels(more, "customs")["value"].rename(fiscal.centre)
    rest = drift.quantiles(drift.naive(levels, forecast.prior(more)), [0.5])[0] / 4  # its centre, after the other's
    assert rest[4] == pytest.approx(8_000)
    assert rows.query("model == 'naive'")["value"].to_numpy() == pytest.approx(24_000 + rest)


@pytest.mark.parametrize(("median", "said"), [(29_000, True), (31_000, False), (41_000, True)])
def test_a_median_outside_what_the_mixture_allows_is_contradicted_once_a_part_is_public(india, median, said):
    values = {("as recorded", 0.5): median, ("mixture", 0.025): 30_000, ("mixture", 0.975): 40_000}
    table = pd.DataFrame([(*key, value) for key, value in values.items()], columns=["scenario", "quantile", "value"])
    table = table.assign(horizon=1, model=forecast.SIMULATION)
    assert forecast.contradicted(table, india, "customs") is said
    assert not forecast.contradicted(table, india.on("2025-06-30"), "customs")


def test_while_a_total_is_missing_the_newest_part_of_a_later_year_is_the_newest_level(india):
    more = india.adding("trade", ROW | {"period": "FY27-H1", "value": 20_000.0})
    assert [part.name for part in targets.part_years(more, "customs")] == ["FY26-H1", "FY27-H1"]
    assert episodes.level(more, "customs").value == pytest.approx(40_000.0)
    rows = forecast.starting_points(more, "customs", 3).query("scenario == 'newest level' and quantile == 0.5")
    before = forecast.starting_points(india, "customs", 3).query("scenario == 'newest level' and quantile == 0.5")
    medians, old = (of[of["model"] == "naive"].set_index("period")["value"] for of in (rows, before))
    assert medians["FY26"] == pytest.approx(old["FY26"]), "what is known of the year itself stays"
    assert medians["FY27"] == pytest.approx(40_000.0) and medians["FY28"] == pytest.approx(40_000.0)
    assert len(forecast.starting_points(more, "customs", 1).query("scenario == 'newest level'")["period"].unique()) == 1
    later = india.adding("trade", ROW | {"period": "FY28-H1", "value": 20_000.0})
    assert [part.name for part in targets.part_years(later, "customs")] == ["FY26-H1"], "a gap lies between"


@pytest.mark.parametrize("half", [10_000.0, 35_000.0])
def test_as_if_nothing_since_were_known_is_the_same_whatever_is_known_since(india, half):
    one, other = (
        table[table["scenario"] == forecast.RECORDED].drop(columns=["origin", "counterfactual"])
        for table in map(forecast.expected, (india, india.adding("trade", ROW | {"period": "FY27-H1", "value": half})))
    )
    pd.testing.assert_frame_equal(one, other)
    across = india.adding("trade", ROW | {"period": "2025", "value": half})
    assert forecast._until_total(across, "customs") == forecast._until_total(india, "customs")
    early = forecast.starting_points(india.on("2025-11-23"), "customs", 2).query("model == 'naive'")["value"]
    late = forecast.starting_points(india.on("2025-11-24"), "customs", 2).query("model == 'naive'")["value"]
    assert late.iloc[: len(early)].tolist() == pytest.approx(early.tolist()), "nor does the half on the day it came"


@pytest.mark.parametrize(("total", "narrow"), [(33_100.0, False), (45_000.0, True)])
def test_levels_that_hold_to_a_growth_that_none_else_has_are_called_too_sure(india, total, narrow):
    known = india.adding("trade", ROW | {"period": "FY26", "value": total})
    rows, taken = forecast.levels(known, "customs"), growth.taken(known, "customs")
    assert growth.too_steady(rows, taken) == narrow and not growth.too_steady(rows.tail(1), taken)
    table = forecast.expected(known, horizon=2)
    shown = [*tables.starts(table, known, table.head(0))["forecast"]]
    shown += [*moves.table(moved.moved(known, table), known, "customs")["what is another"]]
    said = [name for name in shown if "FY26, FY25 left out" in name]
    assert len(said) == 2 and all(name.endswith("the interval is too narrow") == narrow for name in said)
    assert sum("too narrow" in name for name in shown) == 2 * narrow


def test_totals_as_recorded_that_lie_near_a_line_are_called_too_sure_wherever_they_judge(india):
    known = india.adding("trade", ROW | {"period": "FY25", "value": 35_000.0})
    table = forecast.expected(known, horizon=2)
    shown = tables.starts(table, known, table.head(0)).set_index("forecast").index
    assert [name.split(",")[0] for name in shown if "too narrow" in name] == ["FY25 as recorded"]
    judged = "speaks against it; its few levels lie near a line, so the interval is too narrow."
    assert judged in sentences.rest_of_year(table, known).text


def test_tables_and_quantiles_of_the_newest_level_have_each_year_once(india):
    more = india.adding("trade", ROW | {"period": "FY27-H1", "value": 20_000.0})
    table = forecast.expected(more, horizon=4)
    assert not table.duplicated(forecast.COLUMNS[:-1]).any() and table.notna().all(axis=None)
