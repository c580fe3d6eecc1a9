import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import fiscal
from helpers.data import load
from helpers.ensemble.drift import QUANTILES
from helpers.outlook import forecast, licences, readings

TODAY = "2026-11-22"
DAYS = ["2025-06-30", "2025-10-31", "2025-11-24", "2026-01-31", TODAY]


@pytest.fixture(scope="module")
def made():
    return readings.simulate(TODAY, forecast.prior(TODAY))


@pytest.mark.parametrize("day", DAYS)
def test_weights_and_probabilities_sum_to_one_on_every_day(day):
    for shares in (readings.weights(day), licences.regimes(day)):
        assert shares.sum() == pytest.approx(1) and (shares > 0).all()


def test_weights_change_with_the_evidence_and_not_before():
    before, after = readings.weights("2025-11-23"), readings.weights("2025-11-24")
    assert before[readings.PERSISTENT] > after[readings.PERSISTENT]
    assert (readings.weights("2025-06-30") - 1 / 3).abs().max() < 0.01


@pytest.mark.parametrize("day", DAYS)
def test_no_judgement_is_newer_than_the_day_and_each_says_how_good_its_evidence_is(day):
    rows = readings.stated(day)
    assert (rows["published"] <= day).all() and {"reading_weight", "regime_probability"} < set(rows["assumption"])
    assert (
        rows.loc[rows["assumption"].isin(["reading_weight", "regime_probability"]), "note"]
        .str.contains("evidence (?:weak|medium|strong)")
        .all()
    )


def test_weights_that_do_not_sum_to_one_are_refused(data):
    data(
        "assumptions",
        "FY25 of HS 850511,share,0.7,,,inference,2025-12-31",
        "FY25 of HS 850511,share,0.6,,,inference,2025-12-31",
    )
    with pytest.raises(ValueError, match="reading_weight must be one share for each of"):
        readings.weights(TODAY)


def test_no_judgement_public_is_an_error_that_names_it():
    with pytest.raises(ValueError, match="no row reading_weight public on 2025-01-01"):
        readings.weights("2025-01-01")


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


def test_real_demand_wins_back_lost_ground_at_the_rate_of_the_reference_class():
    sums, last = pd.Series({"FY25": 100.0, "FY26": 50.0}), pd.Period("2026-03", "M")
    index = pd.period_range("2024-04", "2030-03", freq="M")
    table = pd.DataFrame(50 / 12, index=index, columns=range(4000))
    table.loc[fiscal.months("FY25")] = 100 / 12
    recovery = load.assumption(TODAY, "recovery")
    again = readings.years(readings._persistent(table, sums, last, recovery, np.random.default_rng(1)))
    for year, share in ((2027, 0.15), (2028, 0.32), (2029, 0.35), (2030, 0.35)):
        assert np.median(again.loc[year]) == pytest.approx(50 + share * 50, abs=1.5)
    assert np.quantile(again.loc[2027], 0.9) == pytest.approx(50 + 1.01 * 50, abs=4)


def test_stocks_that_are_paid_back_lower_imports_by_the_whole_excess():
    sums, last = pd.Series({"FY25": 100.0}), pd.Period("2025-03", "M")
    table = pd.DataFrame(5.0, index=pd.period_range("2024-04", "2029-03", freq="M"), columns=range(50))
    payback = pd.Series({"value": 24.0, "low": np.nan, "high": np.nan})
    paid = readings._paid_back(table, sums, last, payback, np.random.default_rng(1))
    demand = paid.loc["2028-04"]  # paid back by then
    short = 48 * demand - paid.loc["2025-04":].sum()
    assert (12 * demand + short).to_numpy() == pytest.approx(100)


def test_stocks_built_in_the_surge_last_demand_until_they_are_paid_back():
    sums, last = pd.Series({"FY25": 90.0, "FY25-H1": 60.0}), pd.Period("2025-09", "M")
    table = pd.DataFrame(5.0, index=pd.period_range("2024-04", "2029-03", freq="M"), columns=range(50))
    payback = pd.Series({"value": 24.0, "low": np.nan, "high": np.nan})
    paid = readings._paid_back(table, sums, last, payback, np.random.default_rng(1))
    demand = paid.loc["2028-04"]
    assert demand.between(5, 20 / 3).all() and demand.max() - demand.min() > 1
    brought = 60 + 12 * 5 + paid.loc["2025-10":"2027-09"].sum()  # surge, a year since, two years of payback
    assert brought.to_numpy() == pytest.approx(42 * demand.to_numpy())


def test_closed_licences_take_the_rare_earth_part_only(data):
    shown = {}
    for name, shares in {"open": (1, 0, 0), "closed": (0, 0, 1)}.items():
        for regime, old, new in zip(licences.REGIMES, (0.25, 0.55, 0.2), shares, strict=True):
            row = f"regime_probability,{regime},rare-earth magnets from China,share,"
            current = shown.get("now", {}).get(regime, old)
            data("assumptions", f"{row}{current},,,inference,{TODAY}", f"{row}{new},,,inference,{TODAY}")
            shown.setdefault("now", {})[regime] = new
        made = readings.simulate(TODAY, forecast.prior(TODAY), horizon=3)[readings.ERROR]
        shown[name] = readings.years(made).loc[2028].median()
    share = load.assumption(TODAY, "rare_earth_share")["value"].iloc[0]
    assert 0 < 1 - shown["closed"] / shown["open"] < 1.2 * share


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


def test_nothing_published_later_is_read(data):
    before = readings.simulate("2025-10-31", forecast.prior("2025-10-31"), horizon=2)
    data("trade", ",FY26-H1,t,16281,", ",FY26-H1,t,26281,")
    data("trade", "850511,weight,FY25-H1,t,37002,36586,37427", "850511,weight,FY25-H1,t,27002,26586,37427")
    after = readings.simulate("2025-10-31", forecast.prior("2025-10-31"), horizon=2)
    assert all((before[name] == after[name]).all(axis=None) for name in before)


def test_another_baseline_leaves_out_the_parts_of_the_published_one():
    sums = readings.known_sums(TODAY, 33_000)
    assert sums["FY25"] == 33_000 and not {"FY25-H1", "2024-05/2024-09", "2025-03"} & set(sums.index)
    assert set(readings.known_sums(TODAY, 53_748).index) == set(readings.known_sums(TODAY).index)


def test_without_the_surge_the_year_is_its_value_at_the_old_unit_value_until_its_second_half_is_known():
    early = readings.without_surge(readings.known_sums("2025-06-30"), "2025-06-30")
    assert early["FY25"] == pytest.approx(28_700 * 1744 / 1661)
    late = readings.without_surge(readings.known_sums(TODAY), TODAY)
    assert "FY25" not in late and {"FY25-H2", "2024-04"} <= set(late.index)


def test_quantities_of_the_same_seed_are_the_same(made):
    again = readings.simulate(TODAY, forecast.prior(TODAY))
    assert all((made[name] == again[name]).all(axis=None) for name in readings.READINGS)
    other = readings.simulate(TODAY, forecast.prior(TODAY), seed=2)
    middle = [np.quantile(readings.years(m[readings.ERROR]).loc[2026], QUANTILES) for m in (made, other)]
    assert middle[0] != pytest.approx(middle[1], rel=1e-6) and middle[0] == pytest.approx(middle[1], rel=0.15)
