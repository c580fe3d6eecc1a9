"""Combination: the rules by length, weights, seasons."""

import numpy as np
import pytest

from helpers.ensemble.combine import ANNUAL, SEASONAL, SHRUNKEN, combined, recovered, seasonal_factors
from helpers.ensemble.power_trend import power_trend
from helpers.ensemble.smoothers import member_forecasts

GROWTH = (0.03, 0.02)
VALUES = np.random.default_rng(11).lognormal(5, 0.2, size=(6, 30))


def test_shares_move_from_the_drift_to_the_median_as_observations_come():
    for n in range(3, 25):
        values = VALUES[:, :n]
        found = combined(values, 3, GROWTH)
        smooth = member_forecasts(values, 3, ANNUAL, GROWTH)
        many = min(max((n - 8) / 12, 0), 1)
        drift, median, power = 0.65 * (1 - many), 0.8 * many, 0.35 - 0.15 * many
        expected = drift * smooth[:, ANNUAL.index(SHRUNKEN)] + median * np.median(smooth, axis=1)
        np.testing.assert_allclose(found.point, expected + power * power_trend(values, 3))


def test_a_recovery_is_half_of_the_forecast_where_it_is_known():
    learned = (0.02, 0.5, 0.3)
    plain, trade = combined(VALUES, 4, GROWTH), combined(VALUES, 4, GROWTH, recovery=learned)
    back = recovered(VALUES, 4, learned)
    np.testing.assert_allclose(trade.point, (plain.point + back) / 2)
    np.testing.assert_allclose(trade.forecasts, np.stack([*plain.forecasts.swapaxes(0, 1), back], axis=1))


def test_a_recovery_grows_returns_and_rebounds_by_what_it_was_told():
    values = np.array([[100.0, 100.0, 50.0]])
    last = np.log(values[0, -1])
    mean = np.log(values[0]) @ np.array([0.16, 0.4, 1]) / 1.56
    np.testing.assert_allclose(np.log(recovered(values, 3, (0.02, 0, 0))[0]), last + 0.02 * np.arange(1, 4))
    np.testing.assert_allclose(np.log(recovered(values, 3, (0, 0.5, 0))[0]), (last + mean) / 2)
    np.testing.assert_allclose(recovered(values, 3, (0, 0, 1)), 100)
    np.testing.assert_allclose(recovered(values[:, ::-1], 3, (0, 0, 1)), 100)  # no fall, nothing to recover


def test_the_combination_lies_between_its_members():
    for n, period in ((6, 1), (15, 1), (30, 12)):
        found = combined(VALUES[:, :n], 5, GROWTH, period)
        assert (found.point >= found.forecasts.min(axis=1) - 1e-9).all()
        assert (found.point <= found.forecasts.max(axis=1) + 1e-9).all()


def test_planted_seasonal_factors_are_recovered_and_continued():
    months = np.arange(61)
    planted = 1 + 0.3 * np.sin(2 * np.pi * np.arange(12) / 12)
    values = (200 * 1.002**months * planted[months % 12])[None]
    np.testing.assert_allclose(seasonal_factors(values, 12)[0], planted, atol=2e-3)
    noisy = values * np.random.default_rng(3).lognormal(0, 0.2, size=61)
    assert seasonal_factors(noisy, 12).mean() == pytest.approx(1, abs=1e-12)
    found = combined(values, 14, GROWTH, 12)
    ahead = np.arange(61, 75)
    np.testing.assert_allclose(found.point, found.forecasts.mean(axis=1))
    assert found.forecasts.shape[1] == len(SEASONAL)
    np.testing.assert_allclose(found.point[0], 200 * 1.002**ahead * planted[ahead % 12], rtol=0.02)


def test_half_of_a_quarterly_forecast_is_a_power_trend():
    found = combined(VALUES[:, :20], 5, GROWTH, 4)
    np.testing.assert_allclose(found.point, found.forecasts[:, :-1].mean(axis=1) / 2 + found.forecasts[:, -1] / 2)
    assert found.forecasts.shape[1] == len(SEASONAL) + 1


def test_factors_are_shrunk_as_far_as_they_may_be_noise():
    walks = 100 + np.cumsum(np.random.default_rng(4).normal(size=(200, 72)), axis=1)
    raw = np.stack([_mean_ratios(row, 12) for row in walks])
    shrunk = seasonal_factors(walks, 12)
    parts = ((shrunk - 1) * (raw - 1)).sum(axis=1) / ((raw - 1) ** 2).sum(axis=1)
    np.testing.assert_allclose(shrunk - 1, parts[:, None] * (raw - 1), atol=1e-12)  # all seasons of a series alike
    assert parts.min() >= 0 and np.median(parts) < 0.5
    planted = 1 + 0.3 * np.sin(2 * np.pi * np.arange(12) / 12)
    np.testing.assert_allclose(seasonal_factors(walks * np.tile(planted, 6), 12).mean(axis=0), planted, atol=0.01)


def test_the_shrinkage_is_that_of_james_and_stein():
    values = np.random.default_rng(5).lognormal(3, 0.1, size=19)
    ratios = _ratios(values, 4)
    raw, within = _mean_ratios(values, 4), [r.var() * len(r) for r in ratios]
    noise = sum(within) / (15 - 4) * np.mean([1 / len(r) for r in ratios])
    none = min(noise / 3 / (((raw - 1) ** 2).sum() / 3), 1)
    np.testing.assert_allclose(seasonal_factors(values, 4)[0], none + (1 - none) * raw)


def test_two_years_cannot_tell_noise_and_keep_their_factors():
    values = np.random.default_rng(6).lognormal(3, 0.2, size=24)
    np.testing.assert_allclose(seasonal_factors(values, 12)[0], _mean_ratios(values, 12))


def _ratios(values, period):
    """Ratios to a centred moving average over a year, by season."""
    half, found = period // 2, [[] for _ in range(period)]
    for t in range(half, len(values) - half):
        middle = (values[t - half : t + half].sum() + values[t - half + 1 : t + half + 1].sum()) / 2 / period
        found[t % period].append(values[t] / middle)
    return [np.array(each) for each in found]


def _mean_ratios(values, period):
    means = np.array([each.mean() for each in _ratios(values, period)])
    return means / means.mean()


def test_less_than_two_years_of_months_are_forecast_with_a_warning():
    with pytest.warns(UserWarning, match="too few to adjust for seasons"):
        found = combined(VALUES[:, :20], 3, GROWTH, 12)
    assert found.forecasts.shape[1] == len(ANNUAL) + 1


def test_the_annual_prior_is_spread_over_the_periods_of_the_year():
    flat = np.full((1, 4), 100.0)
    flat[0, 1] = 110.0  # noisy enough for the prior to matter
    with pytest.warns(UserWarning):
        monthly = combined(flat, 1, (0.12, 0.02), 12)
    yearly = combined(flat, 1, (0.01, 0.02 / 12))
    np.testing.assert_allclose(monthly.point, yearly.point)
