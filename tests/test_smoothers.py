"""Smoothers: equivalences with textbook recursions, planted values, equivariance, faults."""

import numpy as np
import pytest

from helpers.ensemble import smoothers
from helpers.ensemble.smoothers import MEMBERS, check_values, linear_maps, log_offset, member_forecasts

GROWTH = (0.03, 0.02)
SERIES = np.array([112.0, 118.0, 132.0, 129.0, 121.0, 135.0, 148.0, 148.0, 136.0, 119.0, 104.0, 118.0])


def forecast(values, member, horizon=4):
    return member_forecasts(check_values(values), horizon, (member,), GROWTH)[:, 0]


def holt_errors_and_forecast(y, alpha, beta, phi, level, slope, horizon):
    errors = []
    for observed in y:
        expected = level + phi * slope
        errors.append(observed - expected)
        level, slope = expected + alpha * errors[-1], phi * slope + beta * errors[-1]
    return np.array(errors), level + slope * np.cumsum(phi ** np.arange(1, horizon + 1))


def least_squares_start(errors_of):
    """The initial states with the least squared errors, for errors that are affine in the states."""
    zero = errors_of(0.0, 0.0)
    slopes = np.stack([errors_of(1.0, 0.0) - zero, errors_of(0.0, 1.0) - zero], axis=1)
    return np.linalg.lstsq(-slopes, zero, rcond=None)[0]


@pytest.mark.parametrize("phi", [1.0, 0.9])
def test_the_trend_map_is_holt_damped_or_not_from_its_best_initial_states(phi):
    alpha, beta = 0.4, 0.1
    made = SERIES @ linear_maps("trend", ((alpha, beta, phi),), len(SERIES), 3)
    start = least_squares_start(
        lambda level, slope: holt_errors_and_forecast(SERIES, alpha, beta, phi, level, slope, 3)[0]
    )
    errors, expected = holt_errors_and_forecast(SERIES, alpha, beta, phi, *start, 3)
    np.testing.assert_allclose(made[:-3], errors, atol=1e-9)
    np.testing.assert_allclose(made[-3:], expected, rtol=1e-10)


def test_a_theta_of_one_and_a_trend_without_slope_are_both_simple_exponential_smoothing():
    trend = SERIES @ linear_maps("trend", ((0.3, 0.0, 0.0),), len(SERIES), 2)
    for family in ("theta", "dynamic"):
        theta = SERIES @ linear_maps(family, ((0.3, 1.0),), len(SERIES), 2)
        np.testing.assert_allclose(theta, trend, rtol=1e-10, atol=1e-9)


def test_theta_is_half_the_regression_line_and_half_ses_of_the_line_with_doubled_curvature():
    alpha, n = 0.35, len(SERIES)
    slope, intercept = np.polyfit(np.arange(1, n + 1), SERIES, 1)
    line = intercept + slope * np.arange(1, n + 4)
    doubled = 2 * SERIES - line[:n]

    def errors_of(level, _):
        errors = []
        for t in range(n):
            errors.append(SERIES[t] - (level + line[t]) / 2)
            level += alpha * (doubled[t] - level)
        return np.array(errors)

    level = least_squares_start(errors_of)[0]
    for t in range(n):
        level += alpha * (doubled[t] - level)
    found = (SERIES @ linear_maps("theta", ((alpha, 2.0),), n, 3))[-3:]
    np.testing.assert_allclose(found, (level + line[n:]) / 2, rtol=1e-10)


def test_drift_and_shrunken_drift_have_their_closed_forms():
    steps = np.arange(1, 5)
    slope = (SERIES[-1] - SERIES[0]) / (len(SERIES) - 1)
    np.testing.assert_allclose(forecast(SERIES, "drift raw")[0], SERIES[-1] + slope * steps)
    growth = np.diff(np.log(SERIES))
    noise = growth.var(ddof=1) + 1e-6
    share = GROWTH[1] ** 2 / (GROWTH[1] ** 2 + noise / len(growth))
    drift = GROWTH[0] + (growth.mean() - GROWTH[0]) * share
    np.testing.assert_allclose(forecast(SERIES, "shrunken_drift log")[0], SERIES[-1] * np.exp(drift * steps))


@pytest.mark.parametrize(("member", "freedom"), [("ses_drift raw", 10), ("shrunken_ses_drift log", 11)])
def test_points_of_a_grid_weigh_by_the_likelihood_of_their_errors(member, freedom):
    raw = member.endswith("raw")
    values = SERIES if raw else np.log(SERIES)
    kappa = 0.0 if raw else (np.diff(values).var(ddof=1) + 1e-6) / GROWTH[1] ** 2
    squares, ahead = [], []
    for alpha, beta, phi in smoothers._DRIFT:

        def errors_of(level, slope, of=(alpha, beta, phi)):
            return np.append(
                holt_errors_and_forecast(values, *of, level, slope, 4)[0], kappa**0.5 * (slope - GROWTH[0])
            )

        start = least_squares_start(errors_of)
        squares.append((errors_of(*start) ** 2).sum())
        ahead.append(holt_errors_and_forecast(values, alpha, beta, phi, *start, 4)[1])
    weight = np.array(squares) ** (-freedom / 2)
    expected = weight @ np.array(ahead) / weight.sum()
    np.testing.assert_allclose(forecast(SERIES, member)[0], expected if raw else np.exp(expected), rtol=1e-6)


def test_a_line_and_a_constant_growth_rate_are_continued_exactly():
    years = np.arange(1, 21)
    line, growing = 50 + 3.0 * years, 50 * 1.07**years
    for method in ("drift", "ses_drift"):
        np.testing.assert_allclose(forecast(line, f"{method} raw")[0], 50 + 3.0 * np.arange(21, 25))
        np.testing.assert_allclose(forecast(growing, f"{method} log")[0], 50 * 1.07 ** np.arange(21, 25))


def test_the_planted_smoothing_parameter_and_drift_are_recovered():
    rng = np.random.default_rng(5)
    alpha, drift, n = 0.3, 2.0, 150
    level = np.full(200, 400.0)
    values = np.empty((200, n))
    for t in range(n):
        noise = rng.normal(0, 10, 200)
        values[:, t] = level + drift + noise
        level = level + drift + alpha * noise
    gap = forecast(values, "ses_drift raw", 1)[:, 0] - (level + drift)
    naive_gap = values[:, -1] - (level + drift)
    assert np.abs(gap).mean() < 1.5  # noise has a standard deviation of 10
    assert np.abs(naive_gap).mean() > 5


@pytest.mark.parametrize("member", MEMBERS)
def test_a_change_of_unit_changes_only_the_unit(member):
    np.testing.assert_allclose(forecast(1000 * SERIES, member), 1000 * forecast(SERIES, member), rtol=1e-6)


@pytest.mark.parametrize("member", [m for m in MEMBERS if m.endswith("raw")])
def test_a_constant_added_to_the_series_is_added_to_raw_forecasts(member):
    shifted = forecast(SERIES + 500, member)
    np.testing.assert_allclose(shifted, forecast(SERIES, member) + 500, rtol=1e-7)


@pytest.mark.parametrize("member", MEMBERS)
def test_a_constant_series_stays_constant_and_three_points_are_enough(member):
    np.testing.assert_allclose(forecast(np.full(9, 70.0), member), 70.0, rtol=2e-3)
    three = forecast(np.array([28_700.0, 30_100.0, 53_748.0]), member)
    assert np.isfinite(three).all()
    assert (three >= 0).all()


def test_zeros_and_collapses_give_finite_forecasts_that_are_not_negative():
    values = np.array([[0.0, 4, 9, 2, 0, 1], [0, 0, 0, 0, 0, 0], [900, 500, 200, 50, 10, 1]])
    found = member_forecasts(values, 6, MEMBERS, GROWTH)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert found[1].max() < 0.01
    np.testing.assert_allclose(log_offset(values)[:, 0], [0.5, 1.0, 0.0])


def test_a_batch_gives_what_one_series_at_a_time_gives():
    values = np.random.default_rng(1).lognormal(3, 0.3, size=(4, 11))
    together = member_forecasts(values, 3, MEMBERS, GROWTH)
    alone = np.concatenate([member_forecasts(row[None], 3, MEMBERS, GROWTH) for row in values])
    np.testing.assert_allclose(together, alone, rtol=1e-9)


@pytest.mark.parametrize(
    ("values", "message"),
    [([5.0], "1 observations"), ([5.0, 6.0], "at least 3"),
     ([1.0, np.nan, 3.0, 4.0], "observation 1 is not a finite number"),
     ([1.0, 2.0, -3.0], "observation 2 is negative")],
)  # fmt: skip
def test_bad_observations_are_refused_with_their_place(values, message):
    with pytest.raises(ValueError, match=message):
        check_values(np.array(values))


def test_an_unknown_member_and_a_horizon_of_zero_are_refused():
    with pytest.raises(ValueError, match="unknown members"):
        forecast(SERIES, "oracle raw")
    with pytest.raises(ValueError, match="horizon is 0"):
        forecast(SERIES, "drift raw", 0)


def test_members_asked_together_are_those_asked_alone():
    together = member_forecasts(SERIES[None], 3, MEMBERS, GROWTH)[0]
    np.testing.assert_array_equal(together, np.concatenate([forecast(SERIES, name, 3) for name in MEMBERS]))
