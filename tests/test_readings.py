import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import fiscal
from helpers.ensemble import nowcast
from helpers.ensemble.quantiles import QUANTILES
from helpers.outlook import episodes, evidence, forecast, licences, rare_earths, readings, targets

DAYS = ["2025-06-30", "2025-10-31", "2025-11-24", "2026-01-31", "2026-11-22"]


@pytest.fixture(scope="module")
def made(india):
    return readings.simulate(india, forecast.prior(india))


@pytest.fixture(scope="module")
def episode(india):
    return episodes.suspect(india)


@pytest.mark.parametrize("day", DAYS)
def test_weights_and_probabilities_sum_to_one_on_every_day(india, day):
    for shares in (readings.weights(india.on(day)), licences.regimes(india.on(day))):
        assert shares.sum() == pytest.approx(1) and (shares > 0).all()


def test_weights_change_with_the_evidence_and_not_before(india):
    before, after = readings.weights(india.on("2025-11-23")), readings.weights(india.on("2025-11-24"))
    assert before[readings.PERSISTENT] > after[readings.PERSISTENT]


@pytest.mark.parametrize("day", DAYS)
def test_no_judgement_is_newer_than_the_day_and_each_says_how_good_its_evidence_is(india, day):
    rows = readings.stated(india.on(day))
    used = {evidence.PRIOR, evidence.RULE, *evidence.observed(india.on(day)).index, "regime_probability"}
    assert (rows["published"] <= day).all() and used < set(rows["assumption"])
    assert rows.loc[rows["assumption"].isin(used), "note"].str.contains("evidence (?:weak|medium|strong)").all()


def test_weights_that_do_not_sum_to_one_are_refused(india):
    with pytest.raises(ValueError, match="reading_prior must be one share for each of"):
        readings.weights(india.assuming(evidence.PRIOR, {readings.ERROR: 0.6}))


def test_without_a_suspect_year_there_is_one_reading_and_no_weight_is_stated(india):
    sound = episodes.starting_from(india, 33_000)
    assert readings.weights(sound).to_dict() == {readings.RECORDED: 1}
    assert not {evidence.PRIOR, evidence.RULE, "recovery", "stock_payback"} & set(readings.stated(sound)["assumption"])
    assert list(readings.simulate(sound, forecast.prior(sound), horizon=1)) == [readings.RECORDED]


def test_the_narrow_target_states_the_judgements_of_licences_and_of_its_counts_only(india):
    assert readings.stated(india, "repm")["assumption"].str.match("regime_|licensed_|rare_earth_(weight|scope)").all()


def test_known_sums_hold_under_every_reading_that_keeps_them(made):
    for months in made.values():
        assert months.loc[fiscal.months("FY26-H1")].sum().to_numpy() == pytest.approx(16_281)
        assert (months > 0).all(axis=None)
    assert made[readings.PERSISTENT].loc[fiscal.months("FY25")].sum().to_numpy() == pytest.approx(53_748)
    assert made[readings.ERROR].loc[fiscal.months("FY25-H2")].sum().to_numpy() == pytest.approx(16_746)
    assert (made[readings.ERROR].loc[fiscal.months("FY25")].sum() < 45_000).mean() > 0.95


def test_years_are_sums_of_their_months_and_reach_the_horizon(made):
    yearly = readings.years(made[readings.STOCKS])
    assert yearly.loc[2027].to_numpy() == pytest.approx(made[readings.STOCKS].loc["2026-04":"2027-03"].sum().to_numpy())
    assert yearly.index[-1] >= 2035


def test_real_demand_wins_back_lost_ground_at_the_rate_of_the_reference_class(india, episode):
    sums, last = pd.Series({"FY25": 100.0, "FY26": 50.0}), pd.Period("2026-03", "M")
    index = pd.period_range("2024-04", "2030-03", freq="M")
    table = pd.DataFrame(50 / 12, index=index, columns=range(4000))
    table.loc[fiscal.months("FY25")] = 100 / 12
    recovery = india.assumption("recovery")
    again = readings.years(readings._persistent(table, sums, last, recovery, np.random.default_rng(1), episode))
    for year, share in ((2027, 0.15), (2028, 0.32), (2029, 0.35), (2030, 0.35)):
        assert np.median(again.loc[year]) == pytest.approx(50 + share * 50, abs=1.5)
    assert np.quantile(again.loc[2027], 0.9) == pytest.approx(50 + 1.01 * 50, abs=4)


def test_stocks_that_are_paid_back_lower_imports_by_the_whole_excess(india):
    sums, last = pd.Series({"FY25": 100.0}), pd.Period("2025-03", "M")
    table = pd.DataFrame(5.0, index=pd.period_range("2024-04", "2029-03", freq="M"), columns=range(50))
    payback = pd.Series({"value": 24.0, "low": np.nan, "high": np.nan})
    early = episodes.suspect(india.on("2025-06-30"))  # where in the year the surge lies is not known yet
    paid = readings._paid_back(table, sums, last, payback, np.random.default_rng(1), early)
    demand = paid.loc["2028-04"]  # paid back by then
    short = 48 * demand - paid.loc["2025-04":].sum()
    assert (12 * demand + short).to_numpy() == pytest.approx(100)


def test_stocks_built_in_the_surge_last_demand_until_they_are_paid_back(episode):
    sums, last = pd.Series({"FY25": 90.0, "FY25-H1": 60.0}), pd.Period("2025-09", "M")
    table = pd.DataFrame(5.0, index=pd.period_range("2024-04", "2029-03", freq="M"), columns=range(50))
    payback = pd.Series({"value": 24.0, "low": np.nan, "high": np.nan})
    paid = readings._paid_back(table, sums, last, payback, np.random.default_rng(1), episode)
    demand = paid.loc["2028-04"]
    assert demand.between(5, 20 / 3).all() and demand.max() - demand.min() > 1
    brought = 60 + 12 * 5 + paid.loc["2025-10":"2027-09"].sum()  # surge, a year since, two years of payback
    assert brought.to_numpy() == pytest.approx(42 * demand.to_numpy())


def test_closed_licences_take_the_rare_earth_part_only(india):
    shown = {}
    for name in ("open", "closed"):
        sure = india.assuming("regime_probability", {regime: float(regime == name) for regime in licences.REGIMES})
        made = readings.simulate(sure, forecast.prior(sure), horizon=3)[readings.ERROR]
        shown[name] = readings.years(made).loc[2028].median()
    share = rare_earths.share(india).value / 100
    assert 0 < 1 - shown["closed"] / shown["open"] < 1.2 * share


def test_other_weights_are_those_asked_for_and_mix_the_same_paths(india):
    rows = readings.reweighed(india, "customs", forecast.prior(india), 2).set_index(["weighting", "period"])
    weight = rows.xs("FY27", level="period")[list(readings.READINGS)].astype(float)
    assert weight.sum(axis=1).to_numpy() == pytest.approx(1) and len(rows) == 8
    assert weight.loc["all evidence"].to_dict() == pytest.approx(readings.weights(india).to_dict())
    assert weight.loc["the prior alone"].tolist() == [0.4, 0.3, 0.3]
    assert weight.loc["equal weights"].to_numpy() == pytest.approx(1 / 3)
    turned = weight.loc["the likeliest for the least likely"]
    assert turned[readings.PERSISTENT] == weight.loc["all evidence", readings.ERROR] > 0.9
    for name in weight.index:
        taken = forecast.expected(readings.taking(india, weight.loc[name].to_dict()), horizon=2)
        said = forecast.at(taken, "FY27")
        assert [said.value, said.low, said.high] == pytest.approx(rows.loc[name, "FY27"].iloc[-3:].tolist())
    assert readings.reweighed(india, "repm", forecast.prior(india)).empty


@given(st.lists(st.floats(1, 1e6), min_size=3, max_size=200), st.floats(0.05, 0.9))
def test_a_mixture_of_equal_readings_is_the_reading(values, weight):
    values = np.array(values)
    one = readings.mix({"a": values}, pd.Series({"a": 1.0}))
    # a reading twice is a sample in which every path stands twice
    twice = readings.mix({"a": np.repeat(values, 2)}, pd.Series({"a": 1.0}))
    both = readings.mix({"a": values, "b": values}, pd.Series({"a": 0.5, "b": 0.5}))
    assert both == pytest.approx(twice)
    uneven = readings.mix({"a": values, "b": values}, pd.Series({"a": weight, "b": 1 - weight}))
    gap = np.diff(np.sort(values)).max()
    assert np.abs(uneven - one).max() <= gap + 1e-9 and (np.diff(both) >= 0).all()


def test_a_mixture_of_far_readings_has_two_humps_and_weights_move_its_quantiles():
    low, high = np.full(500, 10.0), np.full(500, 100.0)
    even = readings.mix({"low": low, "high": high}, pd.Series({"low": 0.5, "high": 0.5}), (0.1, 0.4, 0.6, 0.9))
    assert even.tolist() == [10, 10, 100, 100]
    tilted = readings.mix({"low": low, "high": high}, pd.Series({"low": 0.8, "high": 0.2}), (0.1, 0.6, 0.9))
    assert tilted.tolist() == [10, 10, 100]


@pytest.mark.parametrize("weight", [{"a": 0.5, "b": 0.4}, {"a": 1.2, "b": -0.2}, {"a": 1.0}])
def test_a_mixture_refuses_weights_that_are_none(weight):
    with pytest.raises(ValueError, match="sum to one"):
        readings.mix({"a": np.ones(3), "b": np.ones(3)}, pd.Series(weight))


def test_nothing_published_later_is_read(india):
    keys = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}
    row = keys | {"period": "FY26-H1", "value": 26_281.0, "published": "2025-11-24", "source": "S66"}
    before, after = india.on("2025-10-31"), india.adding("trade", row).on("2025-10-31")
    assert before == after and targets.known_sums(before).equals(targets.known_sums(after))


def test_another_baseline_leaves_out_the_parts_of_the_published_one(india):
    sums = targets.known_sums(episodes.starting_from(india, 33_000))
    assert sums.loc["FY25", "value"] == 33_000 and not {"FY25-H1", "2024-05/2024-09", "2025-03"} & set(sums.index)
    assert set(targets.known_sums(episodes.starting_from(india, 53_748)).index) == set(targets.known_sums(india).index)


def test_a_derived_sum_that_contradicts_a_reported_one_is_left_out(india):
    keys = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}
    rows = {"2025-04/2025-08": 20_000.0, "2025-04/2025-07": 11_000.0}
    new = [keys | {"period": p, "value": v, "status": "derived", "source": "S66"} for p, v in rows.items()]
    kept = set(targets.known_sums(india.adding("trade", *new)).index)
    assert "2025-04/2025-07" in kept and "2025-04/2025-08" not in kept  # no part can hold more than its half


def test_without_the_surge_the_year_is_its_value_at_the_old_unit_value_until_its_second_half_is_known(india):
    then = india.on("2025-06-30")
    early = readings.without_surge(targets.known_sums(then)["value"], then, episodes.suspect(then))
    assert early["FY25"] == pytest.approx(28_700 * 1744 / 1661, rel=1e-4)
    late = readings.without_surge(targets.known_sums(india)["value"], india, episodes.suspect(india))
    assert "FY25" not in late and {"FY25-H2", "2024-04"} <= set(late.index)


def test_quantities_of_the_same_seed_are_the_same(india, made):
    nowcast._simulated.cache_clear()
    again = readings.simulate(india, forecast.prior(india))
    assert all((made[name] == again[name]).all(axis=None) for name in readings.READINGS)
    other = readings.simulate(india, forecast.prior(india), seed=readings.SEED + 1)
    middle = [np.quantile(readings.years(m[readings.ERROR]).loc[2026], QUANTILES) for m in (made, other)]
    assert middle[0] != pytest.approx(middle[1], rel=1e-6) and middle[0] == pytest.approx(middle[1], rel=0.15)
