"""Power-law trend: what it contains as special cases, and what it does with odd series."""

import numpy as np
import pytest

from helpers.ensemble.power_trend import power_trend

LOOSE = (0.0, 1e6, 1e-9)  # growth as the series has it, no local trend
TIME, AHEAD = np.arange(12.0), np.arange(12.0, 17.0)
NOISY = np.random.default_rng(2).lognormal(3, 0.3, size=(40, 14))


@pytest.mark.parametrize(
    ("rho", "series"), [(0.0, lambda t: 50 + 3 * t), (1.0, lambda t: 50 * 1.07**t)], ids=["a line", "compound growth"]
)
def test_a_level_followed_at_once_continues_a_line_and_compound_growth(rho, series):
    found = power_trend(series(TIME)[None], 5, grid=((1.0,), 0.3, (rho,)), prior=LOOSE)
    np.testing.assert_allclose(found[0], series(AHEAD), rtol=1e-6)


def test_growth_between_a_line_and_compound_lies_between_them():
    line, between, compound = (
        power_trend(50 * 1.07 ** TIME[None], 9, grid=((1.0,), 0.3, (rho,)), prior=LOOSE)[0, -1]
        for rho in (0.0, 0.5, 1.0)
    )
    assert line < between < compound


def test_without_growth_and_local_trend_it_is_the_smoothed_level():
    none = (0.0, 1e-9, 1e-9)
    np.testing.assert_allclose(
        power_trend(NOISY, 4, grid=((1.0,), 0.3, (0.0,)), prior=none), NOISY[:, -1:].repeat(4, 1)
    )
    level = NOISY[:, 0]
    for column in NOISY.T[1:]:
        level = 0.4 * column + 0.6 * level
    smoothed = power_trend(NOISY, 4, grid=((0.4,), 0.3, (0.0,)), prior=none)
    np.testing.assert_allclose(smoothed, level[:, None].repeat(4, 1))


def test_what_the_prior_is_sure_of_is_what_the_forecast_grows_by():
    sure = (0.02, 1e-9, 1e-9)
    found = power_trend(NOISY, 3, grid=((1.0,), 0.3, (0.0,)), prior=sure)
    np.testing.assert_allclose(found, NOISY[:, -1:] * [1.02, 1.04, 1.06])


def test_a_local_trend_goes_on_as_it_is_smoothed():
    values, change = NOISY[0], np.zeros(14)
    for year in range(1, 14):
        change[year] = 0.7 * change[year - 1] + 0.3 * (values[year] - values[year - 1])
    before, gap = change[:-1] / values[:-1], np.diff(values) / values[:-1]
    slope, level, trend, expected = before @ gap / (before @ before), values[-1], change[-1], []
    for _ in range(3):
        level, trend = level + slope * trend, 0.7 * trend + 0.3 * slope * trend
        expected.append(level)
    found = power_trend(values[None], 3, grid=((1.0,), 0.3, (0.0,)), prior=(0.0, 1e-9, 1e6))
    np.testing.assert_allclose(found[0], expected)


def test_a_level_that_follows_slowly_still_grows_as_fast_as_the_line():
    found = power_trend(500 + 3 * np.arange(60.0)[None], 6, grid=((0.4,), 0.3, (0.0,)), prior=LOOSE)
    np.testing.assert_allclose(np.diff(found), 3, rtol=0.1)


def test_many_series_at_once_are_forecast_as_one_by_one_and_in_any_unit():
    together = power_trend(NOISY, 6)
    np.testing.assert_allclose(together, np.concatenate([power_trend(row[None], 6) for row in NOISY]))
    np.testing.assert_allclose(power_trend(1000 * NOISY, 6), 1000 * together)


def test_zeros_and_explosions_stay_within_bounds():
    odd = np.array([[0.0] * 6, [5, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 5], [1, 3, 10, 40, 150, 900]])
    found = power_trend(odd, 30)
    assert np.isfinite(found).all() and (found >= 0).all()
    np.testing.assert_array_equal(found[0], 0)
    assert (found[3] <= 900 * np.exp(3)).all()
