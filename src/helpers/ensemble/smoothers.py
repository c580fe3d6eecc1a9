"""Exponential smoothers and Theta methods for short series, as linear maps.

For fixed parameters every method here is linear in the observations and in its initial states,
``e = A y - B x0``. The initial states that minimise ``e'e`` are linear in ``y`` again, so residuals and
forecasts are matrix products. The maps depend only on the length and the parameter grid: they are built
once per length and serve every series of that length. Parameters are averaged over the grid with weights
proportional to ``SSE ** (-(n - k) / 2)``, the concentrated Gaussian likelihood, not picked: on five to
fifty points the best grid point is mostly luck.

References: Hyndman et al. (2008), *Forecasting with Exponential Smoothing*; Fiorucci et al. (2016),
*International Journal of Forecasting* 32 (Theta models); Hyndman & Billah (2003) (SES with drift).
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

SHORTEST = 3
LONGEST = 150  # older observations are left out: they cost n² and say little about the next years
MOST_LOG_GROWTH = 3.0  # a log forecast stays within this many log points of the last value
_TINY = np.finfo(float).tiny
_BATCH = 256  # series at a time, so that the candidates of all grid points fit in memory

_ALPHA = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
_COARSE_ALPHA = (0.05, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0)  # beside other parameters: as accurate, twice as fast
_THETA = (1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 50.0)
_BETA_SHARE = (0.0, 0.05, 0.15, 0.4)
_PHI = (0.85, 0.92, 0.97)

_DRIFT = tuple((a, 0.0, 1.0) for a in _ALPHA)  # the last is the drift of a random walk

# method: (family, parameter grid, whether all of it or the last point); columns of the grid are alpha, beta, phi for a
# trend and alpha, theta for a Theta
_METHODS = {
    "ses": ("trend", tuple((a, 0.0, 0.0) for a in _ALPHA), True),
    "drift": ("trend", _DRIFT, False),
    "ses_drift": ("trend", _DRIFT, True),
    "damped": ("trend", tuple((a, a * b, p) for a in _COARSE_ALPHA for b in _BETA_SHARE for p in _PHI), True),
    "theta": ("theta", tuple((a, 2.0) for a in _ALPHA), True),
    "dynamic_theta": ("dynamic", tuple((a, t) for a in _COARSE_ALPHA for t in _THETA), True),
    "shrunken_drift": ("shrunken", _DRIFT, False),
    "shrunken_ses_drift": ("shrunken", _DRIFT, True),
}
_SCALES = ("raw", "root", "log")
_NAMES = tuple(f"{m} {s}" for m in _METHODS for s in _SCALES if s == "log" or not m.startswith("shrunken"))


def member_names() -> list[str]:
    """Every ``method scale`` pair that `member_forecasts` can compute, e.g. ``"theta log"``."""
    return list(_NAMES)


def member_forecasts(
    values: np.ndarray, horizon: int, members: Sequence[str], growth: tuple[float, float]
) -> np.ndarray:
    """Point forecasts of several smoothers for series of one length.

    Parameters
    ----------
    values : array, shape (series, n)
        Observations in time order, not negative, ``n >= 3``. Only the last 150 are used.
    horizon : int
        Periods ahead, from 1.
    members : sequence of str
        Names from `member_names`.
    growth : tuple of float
        Mean and standard deviation, over series, of growth in log points per period: the prior of the
        shrunken members.

    Returns
    -------
    np.ndarray, shape (series, members, horizon)
        Same unit as ``values``, never negative.

    Raises
    ------
    ValueError
        Fewer than three observations, NaN, infinite or negative values, horizon below 1, unknown member.
    """
    values = check_values(values)[:, -LONGEST:]
    if horizon < 1:
        raise ValueError(f"horizon is {horizon}: give a number of periods from 1")
    if unknown := sorted(set(members).difference(_NAMES)):
        raise ValueError(f"unknown members {unknown}: choose from {member_names()}")
    if len(values) > _BATCH:
        batches = (values[i : i + _BATCH] for i in range(0, len(values), _BATCH))
        return np.concatenate([member_forecasts(batch, horizon, members, growth) for batch in batches])
    offset = log_offset(values)
    scaled = {"raw": values, "root": np.sqrt(values), "log": np.log(values + offset)}
    forecasts, fitted = np.empty((len(values), len(members), horizon)), {}
    for i, (method, scale) in enumerate(map(str.split, members)):
        family, grid, every = _METHODS[method]
        if (fit := fitted.get((family, grid, scale))) is None:
            fit = fitted[family, grid, scale] = _fitted(scaled[scale], horizon, family, grid, growth)
        forecast = np.einsum("sg,sgh->sh", fit[1], fit[0]) if every else fit[0][:, -1]
        if scale == "root":
            forecast = np.maximum(forecast, 0) ** 2
        elif scale == "log":
            last = scaled["log"][:, -1:]
            forecast = np.exp(np.minimum(np.maximum(forecast, last - MOST_LOG_GROWTH), last + MOST_LOG_GROWTH)) - offset
        forecasts[:, i] = forecast
    return np.maximum(forecasts, 0)


def linear_maps(family: str, grid: tuple, n: int, horizon: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Residuals and forecasts as matrices to be applied to the observations.

    Parameters
    ----------
    family : {"trend", "theta", "dynamic"}
        Damped trend; Theta around the line through all observations; Theta around the line so far.
    grid : tuple of tuples
        ``(alpha, beta, phi)`` for a trend, ``(alpha, theta)`` otherwise.
    n, horizon : int

    Returns
    -------
    residual : np.ndarray, shape (grid * n, n)
        One-step errors with the initial states that make their squares least.
    forecast : np.ndarray, shape (grid * horizon, n)
    states : int
        Number of initial states.
    """
    build = _maps_of_short if n <= 40 else _maps_of_long
    return build(family, grid, n, horizon)


def check_values(values: np.ndarray) -> np.ndarray:
    """The values as a float array of shape (series, n), or a ValueError that shows the first offender."""
    values = np.atleast_2d(np.asarray(values, dtype=float))
    if values.shape[1] < SHORTEST:
        raise ValueError(f"{values.shape[1]} observations: a forecast needs at least {SHORTEST}")
    if values.size and values.min() >= 0 and values.max() < np.inf:  # as nearly always; false with NaN
        return values
    for fault, where in (("not a finite number", ~np.isfinite(values)), ("negative", values < 0)):
        if where.any():
            series, position = np.argwhere(where)[0]
            raise ValueError(
                f"series {series}, observation {position} is {fault} ({values[series, position]}): "
                "leave the period out or correct it before forecasting"
            )
    return values


def log_offset(values: np.ndarray) -> np.ndarray:
    """What to add before taking logs, shape (series, 1): half the least positive value if a zero occurs."""
    if values.all():
        return np.zeros((len(values), 1))
    zero = (values == 0).any(axis=1, keepdims=True)
    smallest = np.where(values > 0, values, np.inf).min(axis=1, keepdims=True)
    return np.where(zero, np.where(np.isfinite(smallest), smallest / 2, 1.0), 0.0)


def _fitted(values, horizon, family, grid, growth):
    """Forecasts of every point of a grid, shape (series, grid, horizon), and the weight of each by its likelihood."""
    n = values.shape[1]
    if family == "shrunken":
        squares, candidates, freedom = _shrunken(values, horizon, grid, growth)
    else:
        residual, ahead, states = linear_maps(family, grid, n, horizon)
        errors = (values @ residual.T).reshape(len(values), len(grid), n)
        squares = np.einsum("sgt,sgt->sg", errors, errors)
        candidates = (values @ ahead.T).reshape(len(values), len(grid), horizon)
        freedom = n - states
    floor = 1e-12 * (values * values).sum(axis=1, keepdims=True) + _TINY
    likelihood = -0.5 * freedom * np.log(squares + floor)
    weight = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    return candidates, weight / weight.sum(axis=1, keepdims=True)


def _build_maps(family, grid, n, horizon):
    if family == "trend":
        inside, ahead = _trend_rows(grid, n, horizon)
    else:
        inside, ahead = _theta_rows(grid, n, horizon, dynamic=family == "dynamic")
    states = inside.shape[2] - n
    observed, initial = inside[:, :, :n], -inside[:, :, n:]
    # a pseudo-inverse, because a state without influence (phi = 0, alpha = 1) must come out as zero
    start = np.linalg.pinv(initial, rcond=1e-9) @ observed
    residual = observed - initial @ start
    forecast = ahead[:, :, :n] + ahead[:, :, n:] @ start
    return residual.reshape(-1, n), forecast.reshape(-1, n), states


_maps_of_short = lru_cache(maxsize=256)(_build_maps)  # at most 1 MB each
_maps_of_long = lru_cache(maxsize=16)(_build_maps)  # up to 15 MB each


@lru_cache(maxsize=64)
def _trend_rows(grid, n, horizon):
    """Damped-trend recursion: one-step errors and forecasts as functionals of (y, level0, slope0).

    ``mu = l + phi b``, ``l' = mu + alpha e``, ``b' = phi b + beta e``.
    """
    alpha, beta, phi = (column[:, None] for column in np.array(grid).T)
    level, slope = np.zeros((2, len(grid), n + 2))
    level[:, n] = slope[:, n + 1] = 1
    errors = np.empty((len(grid), n, n + 2))
    for t in range(n):
        expected = level + phi * slope
        error = -expected
        error[:, t] += 1
        errors[:, t] = error
        level, slope = expected + alpha * error, phi * slope + beta * error
    damping = np.cumsum(phi ** np.arange(1, horizon + 1), axis=1)[:, :, None]
    return errors, level[:, None] + damping * slope[:, None]


def _theta_rows(grid, n, horizon, dynamic):
    """Theta recursion: one-step errors and forecasts as functionals of (y, level0).

    ``mu_t = l + (1 - 1/theta) ((1 - alpha)^t a + (1 - (1 - alpha)^(t + 1)) / alpha b)`` with t from 0 and
    the line ``a + b t`` fitted to all observations, or, if dynamic, to those before t (before any, their
    mean, so that adding a constant to ``y`` adds it to the forecast).
    """
    alpha, theta = (column[:, None] for column in np.array(grid).T)
    level = np.zeros((len(grid), n + 1))
    level[:, n] = 1
    known = np.zeros((n + horizon, len(grid), n + 1))
    known[np.arange(n), :, np.arange(n)] = 1
    errors, ahead = np.empty((len(grid), n, n + 1)), np.empty((len(grid), horizon, n + 1))
    total = trend = np.zeros_like(level)  # running sums of y and t y
    whole = _line(known[:n].sum(axis=0), np.tensordot(np.arange(1, n + 1), known[:n], 1), n)
    for t in range(n + horizon):
        if not dynamic:
            intercept, slope = whole
        elif t == 0:
            intercept, slope = known[:n].mean(axis=0), 0.0
        else:
            intercept, slope = _line(total, trend, t)
        remainder = (1 - alpha) ** t
        line = remainder * intercept + (1 - remainder * (1 - alpha)) / alpha * slope
        expected = level + (1 - 1 / theta) * line
        if t < n:
            errors[:, t] = known[t] - expected
        else:
            ahead[:, t - n] = known[t] = expected
        level = level + alpha * (known[t] - level)
        total, trend = total + known[t], trend + (t + 1) * known[t]
    return errors, ahead


def _line(total, trend, count):
    """Least-squares intercept and slope against 1..count from the sums of y and t y."""
    if count < 2:
        return total, np.zeros_like(total)
    middle = (count + 1) / 2
    slope = (trend - middle * total) / (count * (count**2 - 1) / 12)
    return total / count - middle * slope, slope


def _shrunken(values, horizon, grid, growth):
    """SES with a drift drawn towards the prior growth; with alpha = 1, shrunken random-walk drift.

    The penalty ``kappa (b - mean)^2`` with ``kappa = s^2 / sd^2`` gives, for alpha = 1, the posterior mean
    ``mean + (g - mean) sd^2 / (sd^2 + s^2 / (n - 1))``; s^2 is the variance of one-period growth.
    """
    mean, sd = growth
    observed, initial, normal, ahead = _shrunken_maps(grid, values.shape[1], horizon)
    target = values @ observed  # grid, series, n
    steps = values[:, 1:] - values[:, :-1]
    steps = steps - steps.sum(axis=1, keepdims=True) / steps.shape[1]
    kappa = ((steps * steps).sum(axis=1) / (steps.shape[1] - 1) + 1e-6) / sd**2
    first, second = (target @ initial).transpose(2, 0, 1)
    second = second + kappa * mean
    (level, both), (_, slope) = normal
    slope = slope + kappa
    start = np.empty((*first.shape, 2))
    start[..., 0] = slope * first - both * second
    start[..., 1] = level * second - both * first
    start /= (level * slope - both * both)[..., None]
    errors = target - start @ initial.transpose(0, 2, 1)
    squares = (errors * errors).sum(axis=2) + kappa * (start[..., 1] - mean) ** 2
    forecast = values @ ahead[0] + start @ ahead[1]
    return squares.T, forecast.transpose(1, 0, 2), values.shape[1] - 1


@lru_cache(maxsize=256)
def _shrunken_maps(grid, n, horizon):
    """What of `_shrunken` does not depend on the observations: maps, and the normal matrix, shape (2, 2, grid, 1)."""
    inside, ahead = (rows.transpose(0, 2, 1) for rows in _trend_rows(grid, n, horizon))
    initial = -inside[:, n:].transpose(0, 2, 1)
    normal = (initial.transpose(0, 2, 1) @ initial).transpose(1, 2, 0)[..., None]
    return np.ascontiguousarray(inside[:, :n]), initial, normal, (ahead[:, :n], ahead[:, n:])
