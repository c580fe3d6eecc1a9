import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import few_chains
from helpers import fiscal
from helpers.ensemble import nowcast
from helpers.ensemble.draws import BATCHES, monte_carlo_error
from helpers.ensemble.quantiles import QUANTILES, raised
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


def test_paths_are_as_exact_as_the_weight_of_the_readings_that_they_are_for(india, monkeypatch):
    weight, found, made_by = readings.weights(india), {}, readings.simulate_months
    monkeypatch.setattr(readings, "simulate_months", lambda *of, **how: found.update(
        {how["item"]: how["share"]}) or made_by(*of, **how))  # fmt: skip
    readings.simulate(india, forecast.prior(india))
    real = weight[readings.PERSISTENT]
    assert found == {"as recorded": real, "without surge": pytest.approx(1 - real)} and real != 0.5


def test_paths_are_the_same_however_far_ahead_is_asked(india, made):
    near = readings.simulate(india, forecast.prior(india), 1)
    for name, months in near.items():
        pd.testing.assert_frame_equal(made[name].loc[months.index], months)
    assert len(near[readings.ERROR]) < len(made[readings.ERROR])


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


def test_the_narrow_target_states_the_judgements_of_licences_of_its_counts_and_of_its_two_ways_only(india):
    assert (
        readings.stated(india, "repm")["assumption"]
        .str.match("regime_|licensed_|rare_earth_(weight|scope)|(driver|structure)_w|supply_c")
        .all()
    )


def test_known_sums_hold_under_every_reading_that_keeps_them(made):
    for months in made.values():
        assert months.loc[fiscal.months("FY26-H1")].sum().to_numpy() == pytest.approx(16_281)
        assert (months > 0).all(axis=None)
    year = made[readings.PERSISTENT].loc[fiscal.months("FY25")].sum()
    assert year.between(53_700, 53_748).all() and year.max() > year.min(), "as exactly as it was printed"
    half = made[readings.ERROR].loc[fiscal.months("FY25-H2")].sum()
    assert half.between(16_320, 17_162).all() and half.max() - half.min() > 300
    assert made[readings.ERROR].loc[fiscal.months("2022")].sum().to_numpy() == pytest.approx(23_990)
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
    rng = np.random.default_rng(1)
    past = readings._Past(sums, last, episode, 0.1)
    again = readings.years(readings._persistent(table, table / 10, past, recovery, 0.1, rng))
    for year, share in ((2027, 0.15), (2028, 0.32), (2029, 0.35), (2030, 0.35)):
        assert np.median(again.loc[year]) == pytest.approx(50 + share * 50, abs=1.5)
    assert np.quantile(again.loc[2027], 0.9) == pytest.approx(50 + 1.01 * 50, abs=4)


@pytest.mark.parametrize("total", [20, 30, 36, 45, 60])
def test_demand_that_persists_is_no_less_than_without_the_surge_and_not_much_surer(india, total, monkeypatch):
    few_chains(monkeypatch, 40)
    found, keys = {}, {**targets.CUSTOMS.keys, "status": "reported", "source": "S66"}
    for half in (None, 10, 20, 35):
        figures = {"FY26": total} | ({"FY27-H1": half} if half else {})
        known = india.adding("trade", *(keys | {"period": p, "value": 1e3 * v} for p, v in figures.items()))
        made = readings.yearly(known, forecast.prior(known), 4)
        for year in (2027, 2028, 2030):
            real, error = (made[name].loc[year].to_numpy() for name in (readings.PERSISTENT, readings.ERROR))
            slack = np.hypot(*(monte_carlo_error(one, np.median) for one in (real, error)))
            assert np.median(real) > np.median(error) - 2 * slack, (half, year)
            own, others = (np.log(np.quantile(one, 0.9) / np.quantile(one, 0.1)) for one in (real, error))
            assert own > 0.75 * others, "what is won back of a small loss is surer than a usual year, and not far surer"
            found[half, year] = own
        told = forecast.expected(known, horizon=3).pivot(
            index=["scenario", "model", "period"], columns="quantile", values="value"
        )
        assert not (told.diff(axis=1) < 0).any(axis=None)
    assert max(found[half, 2027] for half in (10, 20, 35)) < 1.1 * found[None, 2027]


def test_the_more_is_known_of_the_year_after_the_fall_the_less_others_tell_of_it(india, episode):
    sums, index = pd.Series({"FY25": 100.0, "FY26": 50.0}), pd.period_range("2024-04", "2030-03", freq="M")
    table, moved = pd.DataFrame(50 / 12, index=index, columns=range(800)), []
    table.loc[fiscal.months("FY25")] = 100 / 12
    for last in ("2026-03", "2026-06", "2026-09", "2027-03"):
        past = readings._Past(sums, pd.Period(last, "M"), episode, 0.1)
        rng = np.random.default_rng(1)
        made = readings._persistent(table, table / 10, past, india.assumption("recovery"), 0.1, rng)
        assert made[:last].equals(table[:last]), "what is known stays"
        moved.append(np.log(made.loc["2028-01"] / table.loc["2028-01"]).std())
    assert moved[1] == pytest.approx(moved[0] / 2) and moved[0] > 0.1 and moved[2:] == [0, 0]


def test_paths_are_raised_by_rank_within_their_batch():
    paths = np.tile([2.0, 1.0], (1, BATCHES))
    least = np.ones_like(paths)
    least[:, :2] = 3, 9
    made = raised(paths, least)
    assert made[0, :2].tolist() == [9, 3] and (made[:, 2:] == paths[:, 2:]).all()


def test_stocks_that_are_paid_back_lower_imports_by_the_whole_excess(india):
    sums, last = pd.Series({"FY25": 100.0}), pd.Period("2025-03", "M")
    table = pd.DataFrame(5.0, index=pd.period_range("2024-04", "2029-03", freq="M"), columns=range(50))
    payback = pd.Series({"value": 24.0, "low": np.nan, "high": np.nan})
    early = episodes.suspect(india.on("2025-06-30"))  # where in the year the surge lies is not known yet
    excess, past = pd.Series({"value": 0.75, "low": 0.5, "high": 1.0}), readings._Past(sums, last, early, 0.1)
    paid = readings._paid_back(table, past, payback, excess, np.random.default_rng(1))
    demand = paid.loc["2028-04"]  # paid back by then
    short = 48 * demand - paid.loc["2025-04":].sum()
    assert (12 * demand + short).to_numpy() == pytest.approx(100)


def test_stocks_built_in_the_surge_last_demand_until_they_are_paid_back_and_the_clock_runs_from_the_surge(episode):
    sums, last = pd.Series({"FY25": 90.0, "FY25-H1": 60.0}), pd.Period("2025-09", "M")
    past = readings._Past(sums, last, episode, 0.1)
    table = pd.DataFrame(5.0, index=pd.period_range("2024-04", "2029-03", freq="M"), columns=range(50))
    for months in (24, 36):  # of them, twelve have gone
        payback = pd.Series({"value": float(months), "low": np.nan, "high": np.nan})
        paid = readings._paid_back(table, past, payback, None, np.random.default_rng(1))
        demand = paid.loc["2028-04"].to_numpy()
        part = 12 / months
        assert demand == pytest.approx((60 + 60 * part) / (12 + 6 * part))
        ends = fiscal.months("2024-10/2025-09")[0] + months - 1
        brought = (
            60 + 12 * 5 + paid.loc["2025-10":ends].sum().to_numpy()
        )  # the surge, a year since, the rest of payback
        assert brought == pytest.approx((6 + months) * demand)
        assert paid.loc[ends + 1].to_numpy() == pytest.approx(demand)
    over = pd.Series({"value": 11.0, "low": np.nan, "high": 11.0})
    assert readings._paid_back(table, past, over, None, np.random.default_rng(1)).equals(table)


def test_two_seeds_agree_within_the_stated_monte_carlo_error_and_it_is_small(india, made):
    weight, other = readings.weights(india), readings.simulate(india, forecast.prior(india), seed=readings.SEED + 1)
    apart = []
    for year in (2026, 2027, 2028, 2030):
        both = [{name: readings.years(m).loc[year].to_numpy() for name, m in table.items()} for table in (made, other)]
        said, errors = zip(
            *((readings.mix(one, weight), readings.monte_carlo(one, weight)) for one in both), strict=True
        )
        apart += list((said[0] - said[1]) / np.hypot(*errors))
        assert (np.mean(errors, axis=0)[1:-1] < 0.015 * np.median(both[0][readings.ERROR])).all()
    assert np.sqrt(np.mean(np.square(apart))) < 2 and np.abs(apart).max() < 5


def test_the_monte_carlo_error_is_told_for_every_year_and_quantile(india, made):
    told = readings.precision(india, forecast.prior(india)).set_index(["period", "quantile"])["error"]
    one = {name: readings.years(months).loc[2027].to_numpy() for name, months in made.items()}
    error = readings.monte_carlo(one, readings.weights(india)) / readings.mix(one, readings.weights(india), [0.5])
    assert told["FY27"].to_numpy() == pytest.approx(100 * error) and len(told) == 10 * len(QUANTILES)
    assert told["FY27"].max() < 1.5 and told.unstack()[[0.1, 0.25, 0.5, 0.75, 0.9]].loc[:"FY30"].max(axis=None) < 1.5


def test_no_published_upper_bound_is_beyond_six_medians(india):
    for day in DAYS[::2]:
        table = forecast.intervals(forecast.expected(india.on(day)))
        table = table[table["model"] == forecast.SIMULATION]
        assert (table["high80"] < 6 * table["median"]).all() and not (table["high95"] > 6 * table["median"]).any(), day


@pytest.mark.parametrize(
    ("figures", "year"),
    [
        ({"FY26-H2": 16_500.0}, "FY27"),
        ({"2025-10": 2_750.0, "2025-11": 2_700.0, "2025-12": 2_800.0}, "FY26"),
        ({"2023": 27_000.0}, "FY27"),
    ],
)
def test_adding_data_never_widens_the_interval_of_the_same_year_by_more_than_a_tenth(india, figures, year, monkeypatch):
    few_chains(monkeypatch, 40)
    keys = {**targets.CUSTOMS.keys, "status": "reported", "source": "S66"}
    more = india.adding("trade", *(keys | {"period": period, "value": value} for period, value in figures.items()))
    before, after = (forecast.at(forecast.expected(one, horizon=3), year) for one in (india, more))
    assert np.log(after.high / after.low) < 1.1 * np.log(before.high / before.low)


def test_calendar_years_are_known_sums_that_give_way_to_a_year_put_in_the_place_of_another(india):
    assert {"2022", "2024"} <= set(targets.known_sums(india).index)
    assert not {"2022", "2024"} & set(targets.sums(india, "customs").index), "no further years of the target"
    keys = {**targets.CUSTOMS.keys, "status": "reported", "source": "S66"}
    revised = india.adding("trade", keys | {"period": "FY25", "value": 35_000.0, "published": "2026-11-22"})
    for one in (episodes.starting_from(india, 33_000), revised):
        known = targets.known_sums(one)
        assert "2024" not in known.index and "2022" in known.index
    wrong = india.adding("trade", keys | {"period": "2025", "value": 9_000.0})
    assert "2025" not in targets.known_sums(wrong).index, "less than its half-year"


def test_closed_licences_take_the_rare_earth_part_only(india, monkeypatch):
    few_chains(monkeypatch, 16)
    shown = {}
    for name in ("open", "closed"):
        sure = india.assuming("regime_probability", {regime: float(regime == name) for regime in licences.REGIMES})
        made = readings.simulate(sure, forecast.prior(sure), horizon=3)[readings.ERROR]
        shown[name] = readings.years(made).loc[2028].median()
    share = rare_earths.share(india).value / 100
    assert 0 < 1 - shown["closed"] / shown["open"] < 1.2 * share


def test_other_weights_are_those_asked_for_and_mix_the_same_paths(india, monkeypatch):
    few_chains(monkeypatch, 16)
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


def test_quantities_of_the_same_seed_are_the_same(india, monkeypatch):
    few_chains(monkeypatch, 16)
    made = readings.simulate(india, forecast.prior(india))
    nowcast._simulated.cache_clear()
    again = readings.simulate(india, forecast.prior(india))
    assert all((made[name] == again[name]).all(axis=None) for name in readings.READINGS)
    other = readings.simulate(india, forecast.prior(india), seed=readings.SEED + 1)
    middle = [np.quantile(readings.years(m[readings.ERROR]).loc[2026], QUANTILES) for m in (made, other)]
    assert middle[0] != pytest.approx(middle[1], rel=1e-6) and middle[0] == pytest.approx(middle[1], rel=0.15)


def test_licences_that_stay_as_they_are_leave_the_months_as_they_are(india, monkeypatch):
    few_chains(monkeypatch, 16)
    same = india.assuming("regime_probability", {"open": 0.0, "partial": 1.0, "closed": 0.0})
    none = india.assuming("licensed_share", {"all origins": 0.0})
    made, free = (readings.simulate(one, forecast.prior(one), 2) for one in (same, none))
    for name, table in made.items():
        np.testing.assert_allclose(table, free[name])


@pytest.mark.parametrize("figures", [{}, {"FY27": 44_000, "FY28": 47_000}])
def test_each_month_ahead_has_the_licences_drawn_for_it_also_where_figures_reach_beyond_known_rules(
    india, figures, monkeypatch
):
    few_chains(monkeypatch, 8)
    monkeypatch.setattr(rare_earths, "shares", lambda _, ranks: np.ones(len(ranks)))
    monkeypatch.setattr(readings, "paired", lambda _, doses: np.arange(len(doses)))
    known = india.adding("trade", *({**targets.CUSTOMS.keys, "period": p, "value": v} for p, v in figures.items()))
    none = known.assuming("licensed_share", {"all origins": 0.0})
    made, free = (readings.simulate(one, forecast.prior(one), 3)[readings.ERROR] for one in (known, none))
    dose = licences.doses(known, made.index, made.shape[1], (licences.DRAWN, licences.CURRENT), readings.SEED)
    ahead = (made.index > max(fiscal.months(period)[-1] for period in targets.known_sums(known).index))[:, None]
    want = np.where(ahead, dose[licences.DRAWN] / dose[licences.CURRENT], 1)
    np.testing.assert_allclose(made / free, want)


def test_paths_are_paired_with_the_licences_of_the_year_in_which_they_are_compared(monkeypatch):
    monkeypatch.setattr(readings, "paired", lambda _, doses: doses.argsort())
    months = pd.period_range("2026-01", periods=24, freq="M")
    factor = np.array([[0.1, 0.2], [0.4, 0.3]])
    made = readings._licensed(pd.DataFrame(1.0, months, [0, 1]), months[1], months[[2, 6]], factor, months[6])
    assert made.iloc[[0, 2, 6]].to_numpy().tolist() == [[1, 1], [0.2, 0.1], [0.3, 0.4]]


def test_a_year_that_is_nearly_the_suspect_one_again_has_lost_nearly_nothing(india, monkeypatch):
    few_chains(monkeypatch, 16)
    suspect = targets.known_sums(india)["value"][episodes.suspect(india).year]
    less, same, more = (
        readings.years(readings.simulate(one, forecast.prior(one), 3)[readings.PERSISTENT]).loc[2027:]
        for one in (india.adding("trade", {**targets.CUSTOMS.keys, "period": "FY26", "value": suspect + apart})
                    for apart in (-1, 0, 1))
    )  # fmt: skip
    for share in (0.1, 0.5, 0.9):
        want = pytest.approx(more.quantile(share, axis=1).tolist(), rel=0.01)
        assert less.quantile(share, axis=1).tolist() == want == same.quantile(share, axis=1).tolist()
