"""Combination: the rules by length, weights, seasons."""

import numpy as np
import pytest

from helpers.ensemble.combine import ANNUAL, ROBUST, SEASONAL, SHRUNKEN, combined, recovered, seasonal_factors
from helpers.ensemble.power_trend import power_trend
from helpers.ensemble.smoothers import member_forecasts

GROWTH = (0.03, 0.02)
VALUES = np.random.default_rng(11).lognormal(5, 0.2, size=(6, 30))


def parts(values, horizon):
    smooth = member_forecasts(values, horizon, ANNUAL, GROWTH)
    trend, last = power_trend(values, horizon), np.repeat(values[:, -1:], horizon, axis=1)
    return np.stack([smooth[:, ANNUAL.index(SHRUNKEN)], np.median(smooth, axis=1), trend, last])


def by_length(n):
    many = min(max((n - 8) / 12, 0), 1)
    return np.array([0.65 * (1 - many), 0.8 * many, 0.35 - 0.15 * many])


def test_shares_move_from_the_drift_to_the_median_as_observations_come():
    for n in range(3, 11):
        found = combined(VALUES[:, :n], 3, GROWTH)
        np.testing.assert_allclose(found.point, np.tensordot(by_length(n), parts(VALUES[:, :n], 3)[:3], 1))


def test_shares_fall_by_the_errors_of_each_part_in_what_is_held_back_three_at_a_time():
    for n in range(11, 25):
        times = min((n - 8) // 3, 3)
        known, errors = n - 3 * times, np.zeros((4, len(VALUES)))
        for start in range(0, 3 * times, 3):
            ahead = parts(VALUES[:, start : start + known], 3)
            errors += np.abs(ahead - VALUES[:, start + known : start + known + 3]).sum(axis=2)
        shares = np.append(by_length(n), 0.1)[:, None] * (errors / errors.mean(axis=0)) ** (-4 * times)
        expected = np.einsum("ps,psh->sh", shares / shares.sum(axis=0), parts(VALUES[:, :n], 3))
        np.testing.assert_allclose(combined(VALUES[:, :n], 3, GROWTH).point, expected)


def test_a_recovery_is_half_of_the_forecast_where_it_is_known():
    learned = (0.02, 0.5, 0.3)
    plain, trade = combined(VALUES, 4, GROWTH), combined(VALUES, 4, GROWTH, recovery=learned)
    back = recovered(VALUES, 4, learned)
    np.testing.assert_allclose(trade.point, (np.tensordot(by_length(30), parts(VALUES, 4)[:3], 1) + back) / 2)
    np.testing.assert_allclose(trade.forecasts, np.stack([*plain.forecasts.swapaxes(0, 1), back], axis=1))


def test_a_forecast_leans_to_the_robust_member_as_far_as_is_asked():
    for learned in (None, (0.02, 0.5, 0.3)):
        none, some, all_ = (combined(VALUES, 4, GROWTH, recovery=learned, lean=lean).point for lean in (0, 0.25, 1))
        np.testing.assert_allclose(some, 0.75 * none + 0.25 * all_)
        np.testing.assert_allclose(all_, member_forecasts(VALUES, 4, [ROBUST], GROWTH)[:, 0])


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


@pytest.mark.parametrize(("n", "period"), [(19, 4), (61, 12), (24, 12)])
def test_factors_are_mean_ratios_shrunk_by_james_and_stein_where_years_tell_a_spread(n, period):
    values, half = np.random.default_rng(5).lognormal(3, 0.1, size=n), period // 2
    found = [[] for _ in range(period)]
    for t in range(half, n - half):
        middle = (values[t - half : t + half].mean() + values[t - half + 1 : t + half + 1].mean()) / 2
        found[t % period].append(values[t] / middle)
    means = np.array([np.mean(season) for season in found])
    spread = sum(np.var(season) * len(season) for season in found) / max(n - 2 * period, 1)
    noise = spread * np.mean([1 / len(season) for season in found])
    means /= means.mean()
    none = min((period - 3) / (period - 1) * noise / means.var(ddof=1), 1)
    assert (none > 0) == (n > 2 * period)
    np.testing.assert_allclose(seasonal_factors(values, period)[0], none + (1 - none) * means)


def test_a_series_without_seasons_is_nearly_left_alone():
    walks = 100 + np.cumsum(np.random.default_rng(4).normal(size=(200, 72)), axis=1)
    assert np.abs(seasonal_factors(walks, 12) - 1).mean() < 0.0015  # .0035 as they stand


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
