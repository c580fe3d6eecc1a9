"""Scores against closed forms, worked examples and tabulated values."""

import measures
import numpy as np
import pytest

from helpers.ensemble import score

HISTORY = np.array([10.0, 12.0, 9.0, 13.0])  # mean absolute change 3


def test_point_scores_have_their_worked_values():
    actual, forecast = np.array([100.0, 120.0]), np.array([110.0, 110.0])
    assert measures.smape(actual, forecast) == pytest.approx(200 * (10 / 210 + 10 / 230) / 2)
    assert measures.mape(actual, forecast) == pytest.approx(100 * (10 / 100 + 10 / 120) / 2)
    assert measures.mase(actual, forecast, HISTORY) == pytest.approx(10 / 3)


def test_the_naive_forecast_of_its_own_history_has_a_mase_of_one():
    values = np.random.default_rng(2).normal(100, 10, 41)
    actual, naive = values[1:], values[:-1]
    assert measures.mase(actual, naive, values) == pytest.approx(1)
    assert measures.mase(values[4:], values[:-4], values, period=4) == pytest.approx(1)


def test_two_zeros_are_no_error_and_a_constant_history_has_no_scale():
    assert measures.smape([0.0], [0.0]) == 0
    assert np.isnan(measures.mase([1.0], [2.0], [3.0, 3.0, 3.0]))


def test_owa_is_neutral_for_the_benchmark_itself():
    assert measures.owa(15.0, 3.0, 15.0, 3.0) == 1
    assert measures.owa(13.176, 2.980, 16.342, 3.974) == pytest.approx(0.778, abs=5e-4)  # M4 yearly, published


def test_the_interval_score_is_the_pinball_loss_of_its_two_ends():
    rng = np.random.default_rng(3)
    actual, low, high = rng.normal(size=50), rng.normal(-2, 0.1, 50), rng.normal(2, 0.1, 50)
    ends = score.pinball(actual, np.stack([low, high], axis=-1), (0.025, 0.975))
    mean = measures.interval_score(actual, low, high, 0.95).mean()
    assert mean == pytest.approx(2 / 0.05 * ends.sum())


def test_the_interval_score_charges_misses_on_either_side():
    found = measures.interval_score([5.0, 0.0, 12.0], 1.0, 10.0, 0.8)
    np.testing.assert_allclose(found, [9, 9 + 10 * 1, 9 + 10 * 2])
    assert measures.msis([5.0, 0.0, 12.0], 1.0, 10.0, HISTORY, 0.8) == pytest.approx((9 + 19 + 29) / 9)


def test_the_weighted_interval_score_of_a_point_mass_is_its_absolute_error():
    quantiles = np.full((4, 9), 7.0)
    levels = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
    found = score.weighted_interval_score(np.array([7.0, 8.0, 5.0, 7.0]), quantiles, levels)
    assert found == pytest.approx(3 / 4)


def test_the_true_quantiles_score_better_than_narrow_ones():
    sample = np.random.default_rng(8).normal(size=20_000)
    levels = np.array([0.1, 0.5, 0.9])
    right, narrow = np.array([-1.2816, 0, 1.2816]), np.array([-0.6, 0, 0.6])
    scores = [score.weighted_interval_score(sample, np.tile(q, (20_000, 1)), levels) for q in (right, narrow)]
    assert scores[0] < scores[1]


def test_coverage_is_the_share_inside_ends_included():
    assert measures.coverage(np.array([-1.0, 0, 1, 1.1]), -1.0, 1.0) == 0.75
