"""Combination: the rules by length, weights, seasons."""

import numpy as np
import pytest

from helpers.ensemble.combine import ANNUAL, SEASONAL, SHRUNKEN, combined, seasonal_factors
from helpers.ensemble.smoothers import member_forecasts

GROWTH = (0.03, 0.02)
VALUES = np.random.default_rng(11).lognormal(5, 0.2, size=(6, 30))


def test_the_rule_depends_on_the_number_of_observations():
    for n in range(3, 13):
        found = combined(VALUES[:, :n], 3, GROWTH)
        shrunken = member_forecasts(VALUES[:, :n], 3, (SHRUNKEN,), GROWTH)[:, 0]
        median = np.median(member_forecasts(VALUES[:, :n], 3, ANNUAL, GROWTH), axis=1)
        expected = shrunken if n < 5 else (shrunken + median) / 2 if n < 10 else median
        np.testing.assert_allclose(found.point, expected)


@pytest.mark.parametrize(("n", "share"), [(4, 1.0), (7, 0.5 + 0.5 / 5), (10, 1 / 5)])
def test_members_and_weights_are_in_the_output_and_sum_to_one(n, share):
    found = combined(VALUES[:, :n], 2, GROWTH)
    assert found.members == ANNUAL
    assert found.weights.sum() == pytest.approx(1)
    assert found.weights[ANNUAL.index(SHRUNKEN)] == pytest.approx(share)
    assert found.forecasts.shape == (6, len(ANNUAL), 2)


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
    assert found.members == SEASONAL
    np.testing.assert_allclose(found.point[0], 200 * 1.002**ahead * planted[ahead % 12], rtol=0.02)


def test_a_series_without_seasons_is_left_alone():
    walk = 100 + np.cumsum(np.random.default_rng(4).normal(size=(1, 72)), axis=1)
    np.testing.assert_array_equal(seasonal_factors(walk, 12), 1)


def test_less_than_two_years_of_months_are_forecast_with_a_warning():
    with pytest.warns(UserWarning, match="too few to adjust for seasons"):
        found = combined(VALUES[:, :20], 3, GROWTH, 12)
    assert found.members == ANNUAL


def test_the_annual_prior_is_spread_over_the_periods_of_the_year():
    flat = np.full((1, 4), 100.0)
    flat[0, 1] = 110.0  # noisy enough for the prior to matter
    with pytest.warns(UserWarning):
        monthly = combined(flat, 1, (0.12, 0.02), 12)
    yearly = combined(flat, 1, (0.01, 0.02 / 12))
    np.testing.assert_allclose(monthly.point, yearly.point)
