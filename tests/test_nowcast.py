import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import fiscal
from helpers.ensemble import draws, nowcast
from helpers.ensemble.drift import GrowthPrior
from helpers.ensemble.nowcast import simulate_months
from helpers.ensemble.part_year import year_routes, year_to_date
from helpers.ensemble.quantiles import QUANTILES
from helpers.ensemble.state_space import Layout, move_to_sums, pull

PRIOR = GrowthPrior(mean=0.03, spread=0.02, sd=0.066, dof=1.25)
MIXED = pd.Series({"FY24": 28_700.0, "FY25": 53_748.0, "FY26-H1": 16_281.0, "2025-04": 3_064.0, "FY25-H1": 37_002.0})
FREAK = pd.Series({"FY21": 12_400.0, "FY24": 28_700.0, "2024-04": 7_000.0, "2024-05": 7_000.0})
YEARS = ("FY26", "FY27")


@pytest.fixture(scope="module", autouse=True)
def _few():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nowcast, "CHAINS", 40)
        yield


def _months(values, start="2020-04"):
    index = pd.period_range(start, periods=len(values), freq="M")
    return pd.Series(values, index=index.astype(str))


def _held(sums, now, but=()):
    for period, value in sums.drop(list(but)).items():
        assert now.total(period) == pytest.approx(value, rel=1e-9), period


def _quantiles(year, seed=1, sums=MIXED, **of):
    """Quantiles of a year, and one standard error of each."""
    total = simulate_months(sums, PRIOR, seed=seed, **of).total(year)
    return np.quantile(total, QUANTILES), draws.monte_carlo_error(total, lambda part: np.quantile(part, QUANTILES))


def test_known_sums_hold_in_every_path():
    now = simulate_months(MIXED, PRIOR)
    assert (now.paths > 0).all(axis=None)
    _held(MIXED, now)


def test_every_sweep_that_is_kept_finds_paths_of_its_own():
    found = simulate_months(MIXED, PRIOR).paths.iloc[0]
    assert found.nunique() > (1 - 0.5 / nowcast.KEPT) * nowcast.CHAINS * nowcast.KEPT


@pytest.mark.parametrize("differ", [0.0, 10.0])
def test_only_sweeps_in_which_the_sums_hold_are_kept(monkeypatch, differ):
    def sweeps(pieces, *_):
        keep = False
        for sweep in itertools.count():
            keep = yield np.full((nowcast.BATCHES, len(pieces.index) + 16), sweep if keep else np.nan)

    monkeypatch.setattr(nowcast, "_sweeps", sweeps)
    monkeypatch.setattr(nowcast, "apart", lambda *_: differ)
    found = nowcast._simulate(SimpleNamespace(index=range(3)), None, PRIOR, None, nowcast.BATCHES, 1.0)["level"]
    assert np.isfinite(found).all() and len(np.unique(found)) == len(found) / nowcast.BATCHES


@settings(max_examples=8)
@given(
    st.lists(st.floats(10, 1000), min_size=12, max_size=12),
    st.sets(st.sampled_from(["FY25-H1", "FY25-Q3", "2024-04", "2024-05", "2024", "2024-12/2025-02"]), min_size=1),
)
def test_any_mix_of_sums_of_the_same_months_holds(year, periods):
    before = pd.Series(50.0, index=pd.period_range("2024-01", "2024-03", freq="M"))
    truth = pd.concat([before, pd.Series(year, index=pd.period_range("2024-04", "2025-03", freq="M"))])
    sums = pd.Series({p: truth[truth.index.isin(fiscal.months(p))].sum() for p in ["FY25", *sorted(periods)]})
    now = simulate_months(sums, PRIOR)
    _held(sums, now)


def test_months_add_up_to_their_years_and_the_rest_to_what_is_missing():
    now = simulate_months(MIXED, PRIOR, years=3)
    assert now.total("FY26") == pytest.approx(16_281 + now.total("2025-10/2026-03"))
    assert now.paths.index[-1] == pd.Period("2028-03")


def test_one_sum_alone_grows_as_the_prior_does():
    now = simulate_months(pd.Series({"FY25": 12_000.0}), PRIOR)
    assert now.total("FY25") == pytest.approx(12_000)
    assert np.median(now.total("FY26")) == pytest.approx(12_000 * np.exp(0.03), rel=0.05)


def test_a_sum_that_follows_from_others_is_left_out_if_it_agrees_to_rounding():
    halves = pd.Series({"FY25": 100_000.0, "FY25-H1": 60_000.0, "FY25-H2": 40_020.0})
    now = simulate_months(halves, PRIOR)
    assert now.total("FY25-H2") == pytest.approx(40_000)


@pytest.mark.parametrize(
    ("sums", "named"),
    [
        ({"FY25": 100.0, "FY25-H1": 60.0, "FY25-H2": 45.0}, "FY25-H2 is given as 45, but FY25, FY25-H1 make it 40"),
        ({"FY25": 100.0, "FY25-H1": 120.0}, "FY25 is 100, less than its parts FY25-H1 with 120"),
        ({"FY25": 100.0, "2024-04/2024-09": 60.0, "FY25-H1": 61.0}, "FY25-H1 is given as 61"),
        ({"2024": 10.0, "FY25": 100.0, "2025-01/2025-03": 80.0}, "no positive months give"),
    ],
)
def test_sums_that_contradict_each_other_are_named(sums, named):
    with pytest.raises(ValueError, match="contradict each other") as error:
        simulate_months(pd.Series(sums), PRIOR)
    assert named in str(error.value)


def test_sums_fit_where_positive_months_give_them():
    assert nowcast.period_sums.fit(MIXED)
    assert not nowcast.period_sums.fit(pd.Series({"FY25": 100.0, "FY25-H1": 120.0}))


@pytest.mark.parametrize("wrong", [0.0, -5.0, np.nan, np.inf])
def test_sums_that_are_not_positive_are_refused(wrong):
    with pytest.raises(ValueError, match="positive"):
        simulate_months(pd.Series({"FY24": 10.0, "FY25": wrong}), PRIOR)


def test_no_sum_and_a_repeated_period_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        simulate_months(pd.Series(dtype=float), PRIOR)
    with pytest.raises(ValueError, match="FY25 is given twice"):
        simulate_months(pd.Series([1.0, 2.0], index=["FY25", "FY25"]), PRIOR)


def test_a_planted_level_shift_moves_the_years_to_come_to_the_new_level():
    values = 100 * np.exp(np.random.default_rng(3).normal(0, 0.03, 22))
    values[12:] *= 2
    now = simulate_months(_months(values), PRIOR)
    assert np.median(now.total("FY23")) == pytest.approx(2400, rel=0.1)


def test_one_freak_month_does_not_move_the_year():
    steady = 100 * np.exp(np.random.default_rng(4).normal(0, 0.03, 20))
    freak = steady.copy()
    freak[15] *= 5
    calm, odd = (np.median(simulate_months(_months(v), PRIOR).total("FY23")) for v in (steady, freak))
    assert odd == pytest.approx(calm, rel=0.05)


def test_the_more_the_last_half_year_brought_the_more_is_expected_and_later_months_tell_a_freak_from_a_level():
    def ahead(half, **later):
        sums = pd.Series({"FY24": 28_700.0, "FY25": 30_000.0, "FY26-H1": 16_000.0, "FY26-H2": half, **later})
        return np.median(simulate_months(sums, PRIOR).total("FY27"))

    jumps = [17_000.0, 24_000.0, 34_000.0, 48_000.0]
    risen = [ahead(half) for half in jumps]
    assert (np.diff(risen) > 0).all() and risen[-1] > 1.3 * jumps[-1]
    assert ahead(34_000.0, **{"2026-04/2026-06": 8_500.0, "2026-07": 2_800.0}) < 1.2 * risen[0]


def test_a_constant_series_stays_where_it_is():
    for count in (14, 40):
        now = simulate_months(_months(np.full(count, 250.0)), PRIOR)
        year = fiscal.year_name(fiscal.fiscal_year(str(now.paths.index[count])))
        assert np.median(now.total(year)) == pytest.approx(3000, rel=0.05)


def test_chains_that_differ_much_go_on_until_bounds_are_sharp_and_do_not_hang_on_the_start(monkeypatch):
    value, error = _quantiles("FY29", sums=FREAK, years=5)
    assert error.max() < 0.03 * value[4]
    _held(FREAK, simulate_months(FREAK, PRIOR, years=5))
    monkeypatch.setattr(nowcast, "BURN_IN", 60)
    settled, beside = _quantiles("FY29", sums=FREAK, years=5, item="settled")
    assert (np.abs(value - settled) < 4 * np.hypot(error, beside)).all()


def test_chains_go_on_the_longer_the_more_their_paths_count(monkeypatch):
    monkeypatch.setattr(nowcast, "move_to_sums", lambda *a: sweeps.append(a[-1]) or move_to_sums(*a))
    lengths = []
    for sums, share in ((FREAK, 1.0), (FREAK, 0.05), (FREAK, 0.001), (MIXED, 1.0)):
        sweeps = []
        simulate_months(sums, PRIOR, years=5, item="counted", share=share)
        lengths.append(len(sweeps))
    assert lengths[0] > lengths[1] > lengths[2] == lengths[3] == nowcast.BURN_IN + nowcast.KEPT


def test_quantiles_nest():
    now = simulate_months(MIXED, PRIOR)
    for period in ("2025-12", "FY26", "FY27", "2025-10/2026-03"):
        assert (np.diff(np.quantile(now.total(period), QUANTILES)) > 0).all(), period


def test_two_seeds_agree_within_the_stated_monte_carlo_error():
    seeds = [[_quantiles(year, seed) for seed in (1, 2, 3)] for year in YEARS]
    apart = [(one[0] - other[0]) / np.hypot(one[1], other[1]) for one, *others in seeds for other in others]
    assert 0.5 < np.sqrt(np.mean(np.square(apart))) < 2 and np.abs(apart).max() < 5  # 1 and 3, but for 8 batches


def test_the_monte_carlo_error_of_each_quantile_is_small():
    for year in YEARS:
        value, error = _quantiles(year)
        assert error.max() < 0.025 * value[4] and error[1:7].max() < 0.015 * value[4]


def test_upper_bounds_stay_within_six_medians():
    for sums in (MIXED, pd.Series({"FY21": 12_000.0, "FY24": 28_000.0, "FY25": 54_000.0, "FY26-H1": 9_000.0})):
        now = simulate_months(sums, PRIOR, years=5)
        assert (
            max(
                np.quantile(now.total(f"FY{year}"), 0.975) / np.median(now.total(f"FY{year}")) for year in range(26, 31)
            )
            < 6
        )


def test_a_sum_that_is_rounded_is_held_only_to_its_rounding():
    sums = pd.Series({"FY24": 28_700.0, "FY25": 30_000.0, "FY25-H1": 15_000.0})
    bounds = pd.DataFrame({"low": [28_590.0, np.nan], "high": [29_370.0, np.nan]}, ["FY24", "FY25"])
    now = simulate_months(sums, PRIOR, bounds=bounds)
    rounded = now.total("FY24")
    assert 28_590 <= rounded.min() < 28_700 < 29_300 < rounded.max() <= 29_370
    _held(sums, now, but=["FY24"])
    width = np.ptp(np.quantile(now.total("FY26"), [0.1, 0.9]))
    assert width == pytest.approx(np.ptp(np.quantile(simulate_months(sums, PRIOR).total("FY26"), [0.1, 0.9])), rel=0.1)


def test_later_years_repeat_neither_the_noise_nor_the_outliers_of_the_year_before():
    now = simulate_months(MIXED, PRIOR, years=4)
    months = np.log(now.paths.loc["2027-04":"2029-03"].to_numpy())
    noise = np.diff(months, n=2, axis=0)  # of a month about its neighbours
    alike = np.mean([np.corrcoef(noise[k], noise[k + 12])[0, 1] for k in range(10)])
    season = np.mean([np.corrcoef(noise[k], noise[k + 11])[0, 1] for k in range(10)])
    assert alike < 0.7 and alike > season  # the season returns, the noise does not


def test_intervals_hold_what_they_promise_on_simulated_halves():
    rng = np.random.default_rng(11)
    inside = []
    for trial in range(40):
        level = np.log(1000) + np.cumsum(rng.normal(0.03 / 12, 0.066 / 12**0.5, 48))
        truth = pd.Series(
            np.exp(level + rng.normal(0, 0.07, 48)), index=pd.period_range("2021-04", periods=48, freq="M")
        )
        known = ["FY22", "FY23", "FY24-H1", "FY24-H2", "FY25-H1"]
        sums = pd.Series({p: truth[truth.index.isin(fiscal.months(p))].sum() for p in known})
        low, high = np.quantile(simulate_months(sums, PRIOR, item=str(trial)).total("FY25"), [0.1, 0.9])
        inside.append(low <= truth[-12:].sum() <= high)
    assert 0.65 <= np.mean(inside) <= 0.97  # 40 trials, binomial


def test_seeds_reproduce_whatever_is_computed_beside():
    def draw(item, seed=1):
        nowcast._simulated.cache_clear()
        return simulate_months(MIXED, PRIOR, item=item, seed=seed).paths.to_numpy()

    alone = draw("b")
    draw("a")
    assert (draw("b") == alone).all() and not np.allclose(draw("a"), alone) and not np.allclose(draw("b", 2), alone)


def test_with_two_years_of_months_the_year_follows_the_year_to_date_rule():
    season = np.tile([0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8, 0.7], 5)[:54]
    months = _months(100 * season * np.exp(np.random.default_rng(5).normal(0, 0.02, 54)))
    now = simulate_months(months, PRIOR)
    rule = year_to_date(pd.Series(months.to_numpy(), index=pd.PeriodIndex(months.index, freq="M")))
    assert np.quantile(now.total("FY25"), [0.1, 0.5, 0.9]) == pytest.approx(rule[[0.1, 0.5, 0.9]].to_numpy(), rel=0.002)
    assert rule[0.5] == pytest.approx(1200, rel=0.02) and rule[0.9] / rule[0.1] < 1.1
    _held(months[-24:], now)


def test_the_year_to_date_rule_needs_two_years_without_a_gap_and_a_part_of_a_year():
    months = pd.Series(10.0, index=pd.period_range("2020-04", periods=30, freq="M"))
    for wrong in (months[:20], months.drop(pd.Period("2021-01", "M")), months[:24]):
        with pytest.raises(ValueError, match="year-to-date needs 24"):
            year_to_date(wrong)


def test_the_usual_share_of_a_year_is_that_of_the_last_three():
    years = [np.repeat([first, 10.0], 6) for first in (90.0, 40.0, 10.0, 10.0, 10.0)]
    done, by_share, *_ = year_routes(np.concatenate([*years, np.full(6, 12.0)]), 6)
    assert (done, by_share) == pytest.approx((72, 144))


def test_a_year_is_never_below_what_is_already_recorded():
    values = np.exp(np.random.default_rng(4).normal(0, 1, 47))
    months = pd.Series(values, index=pd.period_range("2020-04", periods=47, freq="M"))
    year, done = year_to_date(months), values[-11:].sum()
    assert year.min() == pytest.approx(done) and year[0.9] > done


def test_every_shock_has_one_place():
    at = Layout(np.arange(1, 8), np.ones((1, 7)))
    places = [np.arange(at.design.shape[1])[part] for part in (at.lasting, at.seasons, at.steps, at.noise)]
    assert np.concatenate(places).tolist() == list(range(27)) and [len(p) for p in places] == [2, 12, 6, 7]


def test_what_goes_on_is_the_level_of_the_last_month_with_its_growth():
    at = Layout(np.arange(1, 6), np.ones((1, 5)))
    shocks = np.zeros((1, at.design.shape[1]))
    shocks[:, at.lasting], shocks[:, at.steps] = [4, 0.5], [0, 1, 0, 2]
    level, growth = nowcast._ends(shocks, at)[0, :2]
    assert level == (shocks @ at.design.T)[0, -1] == 9 and growth == 0.5


def test_sums_covary_and_are_pulled_as_by_the_shocks_they_are_made_of():
    rng = np.random.default_rng(2)
    masks = np.zeros((3, 10))
    masks[0, [0, 1, 7, 8]] = masks[1, 2:6] = masks[2, 5:8] = 1  # a hole, and crossings
    at, months, variance = Layout(np.arange(3, 13), masks), rng.random((3, 10)), rng.random((3, 33))
    variance[:, at.lasting], variance[:, at.seasons], variance[:, at.steps] = (1, 0.3), 0.2, rng.random((3, 1))
    total, sizes, gap = months @ masks.T, at.sizes(variance), rng.random((3, 3)) / 10
    loadings = months[:, None] * masks / total[:, :, None] @ at.design
    cover = at.cover(months, total, sizes)
    assert cover == pytest.approx(loadings * variance[:, None] @ loadings.mT)
    fixed, *made = at.covers(months, total, 0.3, variance[:, at.noise])
    assert cover == pytest.approx(fixed + 0.2 * made[0] + sizes[1][:, None] * made[1] + made[2])
    force, moved = pull(months, total, cover, sizes, gap, at)
    change = variance * (force @ at.design)
    assert moved == pytest.approx(change @ at.design.T)
    assert (loadings @ change[:, :, None])[:, :, 0] == pytest.approx(gap)


def test_pairs_are_of_all_sizes_wherever_they_are_looked_at():
    values, others = np.random.default_rng(1).random((2, 6000))
    pairs = draws.paired(values, others)
    assert sorted(pairs) == list(range(6000))
    means = others[pairs][values.argsort()].reshape(100, 60).mean(axis=1)
    assert means.std() < 0.2 * others.std() / 60**0.5  # by chance it would be once


def _found(count):
    found = {"path": 0.0, "level": 0.0, "growth": 0.01, "step_var": 0.02, "slip_var": 0.005}
    return {name: np.full((count, 1), value) for name, value in found.items()} | {"seasons": np.zeros((count, 12))}


def test_the_rest_of_a_year_is_as_sharp_as_that_of_many_more_draws():
    ahead = pd.period_range("2025-10", periods=18, freq="M")
    made = [
        [np.quantile(np.exp(of(_found(80), ahead, np.random.default_rng(seed), 4))[:6].sum(axis=0), 0.9)
         for seed in range(40)]
        for of in (draws.go_on, draws._ahead)
    ]  # fmt: skip
    middle, sharp = np.mean(made, axis=1), np.std(made, axis=1)
    assert sharp[0] < 0.75 * sharp[1] and middle[0] == pytest.approx(middle[1], abs=sharp[1])
    logs = [of(_found(80), ahead, np.random.default_rng(1), 4) for of in (draws.go_on, draws._ahead)]
    rests = [np.exp(log[:6]).sum(axis=0).reshape(draws.BATCHES, -1).argsort(axis=1) for log in logs]
    np.testing.assert_array_equal(*rests, "a path keeps its place among the others")


def test_a_year_ahead_has_the_distribution_of_its_months_simulated_one_by_one():
    rng, count = np.random.default_rng(3), 40_000
    made = np.exp(draws.go_on(_found(800), pd.period_range("2025-04", periods=12, freq="M"), rng, 4)).sum(axis=0)
    slip = rng.normal(size=(count, 12)) * np.sqrt(0.005 * rng.choice(draws.SLIPS, (count, 12), p=draws.SLIP_SHARES))
    plain = np.exp(np.cumsum(rng.normal(0.01, 0.02**0.5, (count, 12)), axis=1) + slip).sum(axis=1)
    shares = [0.1, 0.5, 0.9]
    assert np.quantile(made, shares) == pytest.approx(np.quantile(plain, shares), rel=0.02)
