import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ensemble import drift

PRIOR = drift.GrowthPrior(mean=0.06, spread=0.034, sd=0.066, dof=1.25)
LEVELS = pd.Series([12_400.0, 28_700.0, 53_748.0], index=[2021.0, 2024.0, 2025.0])


def test_one_point_alone_gives_the_prior():
    fitted = drift.shrunken_log_drift(LEVELS.iloc[-1:], PRIOR)
    assert (fitted.growth, fitted.growth_se, fitted.sd, fitted.dof) == pytest.approx(
        (PRIOR.mean, PRIOR.spread, PRIOR.sd, PRIOR.dof)
    )


def test_growth_lies_between_prior_and_own():
    own = np.log(LEVELS.iloc[-1] / LEVELS.iloc[0]) / 4
    assert PRIOR.mean < drift.shrunken_log_drift(LEVELS, PRIOR).growth < own


def test_a_planted_growth_is_recovered_from_many_points():
    noise = np.random.default_rng(1).normal(0, 0.05, 400)
    levels = pd.Series(100 * np.exp(np.cumsum(0.11 + noise)), index=np.arange(2000.0, 2400.0))
    fitted = drift.shrunken_log_drift(levels, PRIOR)
    assert fitted.growth == pytest.approx(0.11, abs=0.01) and fitted.sd == pytest.approx(0.05, abs=0.005)


def test_a_gap_of_three_years_counts_as_three_years():
    steady = pd.Series(100 * np.exp(0.1 * np.arange(5)), index=np.arange(2020.0, 2025.0))
    gappy = steady.drop([2021.0, 2022.0])
    full, holes = (drift.shrunken_log_drift(levels, PRIOR) for levels in (steady, gappy))
    wide = drift.GrowthPrior(mean=0.06, spread=100.0, sd=0.066, dof=1.25)
    assert drift.shrunken_log_drift(gappy, wide).growth == pytest.approx(0.1)
    assert holes.sd > full.sd  # fewer steps to learn the spread from


@given(st.floats(0.01, 100), st.floats(1, 1000))
def test_forecasts_scale_with_the_series(factor, level):
    levels = pd.Series([level, 1.3 * level, 1.1 * level], index=[2023.0, 2024.0, 2025.0])
    ahead = np.arange(1, 4)
    once, scaled = (drift.quantiles(drift.shrunken_log_drift(x, PRIOR), ahead) for x in (levels, factor * levels))
    assert scaled == pytest.approx(factor * once)


def test_quantiles_nest_and_widen():
    for model in (drift.shrunken_log_drift, drift.naive):
        values = drift.quantiles(model(LEVELS, PRIOR), np.arange(1, 11))
        assert (np.diff(values, axis=1) > 0).all() and (values > 0).all()
        assert (np.diff(np.log(values[:, -1] / values[:, 0])) > 0).all()


def test_intervals_hold_what_they_promise_on_simulated_walks():
    rng = np.random.default_rng(7)
    inside = []
    for _ in range(2000):
        variance = PRIOR.dof * PRIOR.sd**2 / rng.chisquare(PRIOR.dof)
        growth = rng.normal(PRIOR.mean, PRIOR.spread)
        path = np.exp(np.cumsum(rng.normal(growth, variance**0.5, 5)))
        low, high = drift.quantiles(
            drift.shrunken_log_drift(pd.Series(path[:3], index=[0.0, 1, 2]), PRIOR), [2], (0.1, 0.9)
        )[0]
        inside.append(low <= path[4] <= high)
    assert np.mean(inside) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("wrong", [[], [1.0, 0.0], [1.0, -2.0], [1.0, np.nan]])
def test_levels_that_are_not_positive_are_refused(wrong):
    with pytest.raises(ValueError, match="positive"):
        drift.shrunken_log_drift(pd.Series(wrong, index=np.arange(2020.0, 2020.0 + len(wrong)), dtype=float), PRIOR)


def test_repeated_times_are_refused():
    with pytest.raises(ValueError, match="rise"):
        drift.naive(pd.Series([1.0, 2.0], index=[2020.0, 2020.0]), PRIOR)
