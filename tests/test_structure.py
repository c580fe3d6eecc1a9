"""Rare-earth magnets in two ways: what grows them, what each weighs, what licences and India's own make take off."""

import numpy as np
import pandas as pd
import pytest

from helpers.chapters.forecast import roads as told
from helpers.chapters.forecast import sentences
from helpers.data import DataError
from helpers.ensemble.quantiles import QUANTILES, weighted_quantiles
from helpers.outlook import (
    demand,
    demand_draws,
    forecast,
    growth,
    licences,
    pool,
    rare_earths,
    scenario,
    structure,
    targets,
)

YEARS = np.arange(2026, 2040)


@pytest.fixture(scope="module")
def table(india):
    return forecast.expected(india, "repm")


def quantiles(table, scenario, period):
    rows = table[(table["scenario"] == scenario) & (table["period"] == period)]
    return rows.set_index("quantile")["value"]


def test_the_growth_of_a_mixture_is_that_of_its_parts(india, monkeypatch):
    drivers, general = demand.growth(india), growth.kinds(india)["general"].prior
    assert growth.taken(india, "repm").prior.mean == pytest.approx(drivers.mean)
    part = rare_earths.share(india).value / 100
    mixed = growth.taken(india, "customs").prior
    assert mixed.mean == pytest.approx(part * drivers.mean + (1 - part) * general.mean)
    p, spread = rare_earths.shares(india, rare_earths.FIGURE), growth.taken(india, "repm").prior.spread
    within = (p**2 * spread**2 + (1 - p) ** 2 * general.spread**2).mean()
    between = (p * drivers.mean + (1 - p) * general.mean).var()
    assert mixed.spread**2 == pytest.approx(within + between), "the law of total variance"
    half = india.assuming("driver_weight", {"rare-earth part": 0.5})
    assert growth.taken(half, "customs").prior.mean == pytest.approx((mixed.mean + general.mean) / 2)
    sure = demand.Growth(general.mean, 0.0, "B2")
    monkeypatch.setattr(demand, "growth", lambda india: sure)
    monkeypatch.setattr(growth, "taken", growth.taken.__wrapped__)
    assert growth.taken(half, "customs").prior.mean == general.mean, "drivers that grow alike change nothing"
    monkeypatch.setattr(demand, "growth", lambda india: None)
    assert growth.taken(half, "repm").kind == "general"


def test_eighty_per_cent_of_the_growth_taken_are_as_wide_as_those_of_the_drivers(india):
    from scipy.special import ndtri, stdtrit

    prior = growth.taken(india, "repm").prior
    assert prior.spread * stdtrit(prior.dof, 0.9) == pytest.approx(demand.growth(india).spread * ndtri(0.9))


def test_what_sectors_need_weighs_nothing_in_the_year_that_runs_and_all_from_two_years_on(india):
    assert structure.weights(india, np.arange(2026, 2031)).tolist() == [0, 0, 0.5, 1, 1]
    moved = india.assuming("structure_weight", {"0 years on": 0.4})
    assert structure.weights(moved, np.array([2026, 2027, 2028])).tolist() == [0.4, 0.4, 0.5]
    later = india.on("2026-03-31")
    assert structure.weights(later, np.arange(2026, 2029)).tolist() == [0, 0.5, 1]


def test_within_each_regime_the_two_ways_are_averaged_quantile_by_quantile_at_those_weights(india):
    made = structure.paths(india, np.arange(2026, 2031))
    for regime in licences.REGIMES:
        one, other, both = (
            made[way][f"licences {regime}"] for way in (structure.COUNTED, structure.SECTORS, structure.BOTH)
        )
        assert both.loc[2027].to_numpy() == pytest.approx(one.loc[2027].to_numpy())
        assert both.loc[2028].to_numpy() == pytest.approx((one.loc[2028] + other.loc[2028]).to_numpy() / 2)
        assert both.loc[2030].to_numpy() == pytest.approx(other.loc[2030].to_numpy())
        assert (np.diff(both, axis=1) >= 0).all()


def test_the_forecast_is_the_linear_pool_of_the_regimes(india, table):
    chance, tonnes = licences.regimes(india), quantiles(table, "mixture", "FY30")
    made = structure.paths(india, np.arange(2026, 2031))[structure.BOTH]
    for level in (0.1, 0.5, 0.9):
        below = sum(
            chance[name] * (made[f"licences {name}"].loc[2030] <= tonnes[level]).mean() for name in chance.index
        )
        assert below == pytest.approx(level, abs=0.002)


def imported(india, *years, regime="open", only=""):
    """What sectors import in some years: tonnes, and the weight of each."""
    at = np.array(years)
    return structure.allowed(india, at, regime, structure.needs(india, at)[0], only)


@pytest.mark.parametrize("name", ["run-rate", "scheme on time"])
def test_a_draw_with_its_own_need_imports_what_the_balance_says_under_every_regime(india, name):
    for regime in ("open", "closed"):
        levers = structure.supplies(india).loc[name, "levers"].model_copy(update={"licences": regime})
        made = scenario.run(india, levers, count=structure.DRAWS)
        tonnes, _ = imported(india, 2029, 2034, regime=regime, only=name)
        for place, year in enumerate((2029, 2034)):
            assert tonnes[: structure.DRAWS, place] == pytest.approx(made.of("allowed", year), abs=1e-6)


def test_the_tail_of_the_need_hangs_less_on_the_seed_than_that_of_its_draws_alone(india, monkeypatch):
    at, of, found = np.array([2030]), demand.model(india), []
    for seed in range(1, 6):
        monkeypatch.setattr(demand_draws, "SEED", seed)
        demand_draws._even.cache_clear()
        made = demand_draws.draw(demand_draws.only(of, 2030), structure.DRAWS)
        many = demand_draws.again(of, made, at, structure.TIMES)[0]
        assert many[: structure.DRAWS] == pytest.approx(made.total(bounds=False))
        found.append([np.quantile(part, 0.975) for part in (many[: structure.DRAWS], many)])
    demand_draws._even.cache_clear()
    alone, many = np.std(found, axis=0)
    assert many < alone / 2


def test_what_sectors_need_is_the_balance_of_the_scenarios_by_their_chance(india):
    none = {"run-rate": 1.0, "scheme half": 0.0, "scheme late": 0.0, "scheme on time": 0.0}
    alone = india.assuming("supply_chance", none)
    made = scenario.run(alone, scenario.Levers(licences="open"), count=structure.DRAWS)
    tonnes, chance = imported(alone, 2031)
    assert tonnes[chance > 0, 0][: structure.DRAWS] == pytest.approx(made.of("allowed", 2031))
    built = india.assuming("supply_chance", none | {"run-rate": 0.0, "scheme on time": 1.0})
    whole = [imported(of, 2033) for of in (alone, india, built)]
    none, half, full = (weighted_quantiles(tonnes[:, 0], chance, [0.5])[0] for tonnes, chance in whole)
    assert full < half < none
    tonnes, chance = whole[1]
    assert chance.sum() == pytest.approx(1) and len(chance) == structure.TIMES * structure.DRAWS


def test_scenarios_that_need_what_is_not_public_have_no_chance(india, monkeypatch):
    assert structure.supplies(india)["chance"].sum() == pytest.approx(1)
    named = scenario.named(india)
    gone = named.assign(lacking=np.where(named.index.str.startswith("scheme"), "no capacity", ""))
    monkeypatch.setattr(scenario, "named", lambda *_: gone)
    assert structure.supplies(india)["chance"].to_dict() == {"run-rate": pytest.approx(1)}


@pytest.mark.parametrize("chances", [{"scheme on time": 0.8}, {"run-rate": 0.7, "scheme half": -0.0001}])
def test_chances_that_are_none_are_refused(india, chances):
    with pytest.raises(DataError, match="supply_chance must be chances of scenarios"):
        structure.supplies(india.assuming("supply_chance", chances))


def test_the_chance_of_a_scenario_that_is_gone_is_refused(india, monkeypatch):
    named = scenario.named(india).drop(index="scheme late")
    monkeypatch.setattr(scenario, "named", lambda *_: named)
    with pytest.raises(DataError, match="'scheme late'"):
        structure.supplies(india)


def test_sectors_that_no_source_gives_are_in_the_upper_quantiles_and_in_no_middle(india, table):
    at, levels = np.array([2030]), np.array([0.1, 0.5, 0.7, 0.9, 0.95])
    (tonnes, chance), adds = imported(india, 2030), structure.needs(india, at)[1][0] - 1
    made = structure.paths(india, at)[structure.SECTORS]["licences open"].loc[2030]
    more = (
        made.to_numpy()[(levels * structure.PATHS).astype(int)] / weighted_quantiles(tonnes[:, 0], chance, levels) - 1
    )
    assert more == pytest.approx(np.array([0, 0, adds / 2, adds, adds]), abs=2e-3) and adds > 0.02


def test_beyond_the_years_reckoned_what_is_needed_grows_as_drivers_are_taken_to(india):
    made, _ = imported(india, *YEARS)
    step = np.exp(growth.taken(india, "repm").prior.mean)
    assert made[:, -1] / made[:, -2] == pytest.approx(step) and made.shape[1] == len(YEARS)


def test_licences_act_on_what_comes_as_magnets_only(india):
    shut = india.assuming("licensed_share", {"all origins": 1.0}).assuming("regime_dose", {"closed": 1e-9})
    made = structure.paths(shut, np.array([2029]))
    for way in (structure.COUNTED, structure.SECTORS):
        closed, free = (made[way][f"licences {name}"].loc[2029].median() for name in ("closed", "open"))
        assert 0.15 < closed / free < 0.65, "what comes inside motors needs no licence"


def test_both_ways_and_what_they_share_are_said(india, table):
    pair = forecast.ways(india, table)
    common, text = pool.compared(pair), told.verdict(pair, india).text
    assert common["overlap"].between(pool.LEAST_OVERLAP, 1).all()
    assert list(common.index) == [f"FY{n}" for n in range(26, 36)]
    assert text.count("do not contradict each other") == 2 and "by what sectors need: " in text
    assert "before any outturn. That the forecast falls from " in text
    assert "weighs 0 % from FY26 on, 50 % from FY28 on and 100 % from FY29 on" in text
    shown = told.side_by_side(pair, india)
    assert shown["road"].tolist()[2:] == ["the forecast: both", "what the two roads share"]
    assert told.disagreement(pair, india) is None


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [(1.0, 1.0, "falls from 4,000 t in FY27 to 3,150 t in FY29 is the passage from one way to the other, each of which "
      "rises meanwhile."), (-1.0, 1.0, None), (1.0, -1.0, None), (0.0, 0.0, None)],
)  # fmt: skip
def test_a_step_from_one_way_to_the_other_is_no_move_of_either(first, second, said):
    years, share = [f"FY{n}" for n in range(26, 31)], np.array([0, 0, 0.5, 1, 1])
    ways = {"median": 4000 + 100 * first * np.arange(-1, 4), "other_median": 3000 + 50 * second * np.arange(5)}
    ways["both_median"] = (1 - share) * ways["median"] + share * ways["other_median"]
    common = pd.DataFrame(ways, years).assign(share=share, both_low80=1.0, both_high80=9e4, source="S01")
    found = told._passage(common)
    assert (found is None) if said is None else said in found.text
    assert told._passage(common.assign(share=0.5)) is None


def test_where_the_two_ways_share_less_than_a_fifth_the_answer_names_both(india, table):
    far = table.assign(value=table["value"].where(table["scenario"] != structure.SECTORS, table["value"] * 30))
    pair = forecast.ways(india, far)
    assert pool.agree(pool.LEAST_OVERLAP) and not pool.agree(pool.LEAST_OVERLAP - 0.01)
    said, shown = told.disagreement(pair, india).text, told.side_by_side(pair, india)
    assert said.count("two methods disagree, ") == 2 and said.startswith("FY27 by use that was counted")
    assert not shown.isin(["–"]).any(axis=None), "the forecast stands: it is what is answered"


def test_without_drivers_counted_use_stands_alone(india, monkeypatch):
    monkeypatch.setattr(demand, "demand", lambda *_: None)
    made = structure.paths(india, np.arange(2026, 2031))
    assert set(made) == {structure.COUNTED, structure.BOTH} and structure.needs(india, YEARS) is None
    alone = forecast.expected.__wrapped__(india, "repm", 3)  # not to be remembered by the tests that follow
    assert forecast.ways(india, alone).both.empty and told.side_by_side(forecast.ways(india, alone), india).empty
    assert "cannot be said" in told.verdict(forecast.ways(india, alone), india).text
    assert told.disagreement(forecast.ways(india, alone), india) is None


@pytest.mark.parametrize("horizon", [1, 12])
def test_the_two_ways_are_whole_over_any_horizon(india, horizon):
    rows = forecast.expected(india, "repm", horizon)
    assert np.isfinite(rows["value"]).all() and len(pool.compared(forecast.ways(india, rows))) == min(horizon, 10)
    assert rows["scenario"].nunique() == 7 and set(rows["quantile"]) == set(QUANTILES)
    text = told.verdict(forecast.ways(india, rows), india).text
    assert ("what sectors need weighs 0 % in FY26." in text) is (horizon == 1), "over one year one weight is said"


def test_what_india_may_make_is_said_with_the_chance_of_each_scenario_the_likeliest_first(india):
    text = sentences.own_make(india)
    assert "“run-rate” with 40 %, “scheme half” with 30 %, “scheme late” with 20 % and “scheme on" in text.text
    assert "B2" in text.sources
    none = {"run-rate": 1.0, "scheme half": 0.0, "scheme late": 0.0, "scheme on time": 0.0}
    sure = sentences.own_make(india.assuming("supply_chance", none)).text
    assert "“run-rate” with 100 %" in sure and "half" not in sure
    assert "cannot be said" in sentences.own_make(india.on("2025-06-30")).text


def test_the_key_step_in_the_notebook_is_the_growth_that_the_forecast_takes(india):
    import json

    from helpers import fiscal, paths
    from helpers.ensemble import drift

    cells = json.loads((paths.NOTEBOOKS / "4-forecast.ipynb").read_text(encoding="utf-8"))["cells"]
    (step,) = ("".join(cell["source"]) for cell in cells if cell.get("id") == "growth-step")
    totals = targets.totals(india, "customs")
    levels = totals["value"].set_axis(totals.index.map(fiscal.centre))
    told = {"india": india, "target": "customs", "totals": totals, "levels": levels, "np": np, "pd": pd}
    exec(step.rpartition("\n")[0], told | {"growth": growth}, told)
    fitted = drift.shrunken_log_drift(levels, growth.taken(india, "customs").prior)
    assert told["parts"]["growth taken"] == pytest.approx(fitted.growth, abs=1e-12)
