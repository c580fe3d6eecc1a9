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

from helpers.ensemble.lengths import Lengths

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
MEMBERS = tuple(f"{m} {s}" for m in _METHODS for s in _SCALES if s == "log" or not m.startswith("shrunken"))
"""Every ``method scale`` that `member_forecasts` can compute, e.g. ``"theta log"``."""


def member_forecasts(
    values: np.ndarray, horizon: int, members: Sequence[str], growth: tuple[float, float],
    lengths: Lengths | None = None,
) -> np.ndarray:  # fmt: skip
    """Point forecasts of several smoothers.

    Parameters
    ----------
    values : array, shape (series, n)
        Observations in time order, as `check_values` returns them. Only the last 150 are used.
    horizon : int
        Periods ahead, from 1.
    members : sequence of str
        Of `MEMBERS`.
    growth : tuple of float
        Mean and standard deviation, over series, of growth in log points per period: the prior of the
        shrunken members.
    lengths : optional
        Where series are of several lengths.

    Returns
    -------
    np.ndarray, shape (series, members, horizon)
        Same unit as ``values``, never negative.

    Raises
    ------
    ValueError
        Horizon below 1, unknown member.
    """
    if horizon < 1:
        raise ValueError(f"horizon is {horizon}: give a number of periods from 1")
    asked, lengths = _asked(tuple(members)), lengths or Lengths((values := values[:, -LONGEST:]).shape[1])
    if len(values) > _BATCH and lengths.own is None:
        batches = (values[i : i + _BATCH] for i in range(0, len(values), _BATCH))
        return np.concatenate([member_forecasts(batch, horizon, members, growth) for batch in batches])
    offset = log_offset(values)
    scaled = {"raw": values, "root": np.sqrt(values), "log": np.log(values + offset)}
    forecasts, fitted = np.empty((len(values), len(members), horizon)), {}
    for i, (family, grid, every, scale) in enumerate(asked):
        if (fit := fitted.get((family, grid, scale))) is None:
            fit = fitted[family, grid, scale] = _fitted(scaled[scale], horizon, family, grid, growth, lengths)
        forecast = (fit[1][:, None] @ fit[0])[:, 0] if every else fit[0][:, -1]
        if scale == "root":
            forecast = np.maximum(forecast, 0) ** 2
        elif scale == "log":
            last = scaled["log"][:, -1:]
            forecast = np.exp(np.minimum(np.maximum(forecast, last - MOST_LOG_GROWTH), last + MOST_LOG_GROWTH)) - offset
        forecasts[:, i] = forecast
    return np.maximum(forecasts, 0)


def linear_maps(family: str, grid: tuple, n: int, horizon: int) -> np.ndarray:
    """Residuals and forecasts as a matrix to be applied to the observations.

    Parameters
    ----------
    family : {"trend", "theta", "dynamic"}
        Damped trend; Theta around the line through all observations; Theta around the line so far.
    grid : tuple of tuples
        ``(alpha, beta, phi)`` for a trend, ``(alpha, theta)`` otherwise.
    n, horizon : int

    Returns
    -------
    np.ndarray, shape (n, grid * (n + horizon))
        One-step errors, with the initial states that make their squares least, and forecasts of each point of the grid.
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


def noise(growth: np.ndarray, lengths: Lengths) -> np.ndarray:
    """Variance of one-period growth of each series, shape (series, 1), never none; it is nought before the first."""
    growth = lengths.nought(growth - np.add.reduce(growth, axis=1, keepdims=True) / (lengths.n - 1))
    return np.vecdot(growth, growth)[:, None] / (lengths.n - 2) + 1e-6


def likelihood(squares: np.ndarray, freedom: int | np.ndarray) -> np.ndarray:
    """Weights of the points of a grid by their squared errors, shape (series, grid): the sum is one."""
    log = -0.5 * freedom * np.log(squares)
    weight = np.exp(log - np.maximum.reduce(log, axis=1, keepdims=True))
    return weight / np.add.reduce(weight, axis=1, keepdims=True)


@lru_cache
def _asked(members):
    """Family, grid, whether all of it, and scale of each member."""
    if unknown := sorted(set(members).difference(MEMBERS)):
        raise ValueError(f"unknown members {unknown}: choose from {', '.join(MEMBERS)}")
    return [(*_METHODS[method], scale) for method, scale in map(str.split, members)]


def _fitted(values, horizon, family, grid, growth, lengths):
    """Forecasts of every point of a grid, shape (series, grid, horizon), and the weight of each by its likelihood."""
    if family == "shrunken":
        ahead, squares = _shrunken(values, horizon, grid, growth, lengths)
    else:
        made = lengths.times(values, lambda n: linear_maps(family, grid, n, horizon), len(grid))
        ahead, errors = made[..., -horizon:], made[..., :-horizon]
        squares = np.vecdot(errors, errors)
    squares += (1e-12 * np.vecdot(values, values) + _TINY)[:, None]
    return ahead, likelihood(squares, lengths.n - (2 if family == "trend" else 1))


def _build_maps(family, grid, n, horizon):
    if family == "trend":
        inside, ahead = _trend_rows(grid, n, horizon)
    else:
        inside, ahead = _theta_rows(grid, n, horizon, dynamic=family == "dynamic")
    observed, initial = inside[:, :, :n], -inside[:, :, n:]
    # a pseudo-inverse, because a state without influence (phi = 0, alpha = 1) must come out as zero
    start = np.linalg.pinv(initial, rcond=1e-9) @ observed
    residual = observed - initial @ start
    forecast = ahead[:, :, :n] + ahead[:, :, n:] @ start
    return np.concatenate([residual, forecast], axis=1).reshape(-1, n).T


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


def _shrunken(values, horizon, grid, growth, lengths):
    """SES with a drift drawn towards the prior growth; with alpha = 1, shrunken random-walk drift.

    Forecasts, shape (series, grid, horizon), and squared errors with the penalty, shape (series, grid).
    The penalty ``kappa (b - mean)^2`` with ``kappa = s^2 / sd^2`` gives, for alpha = 1, the posterior mean
    ``mean + (g - mean) sd^2 / (sd^2 + s^2 / (n - 1))``; s^2 is the variance of one-period growth.
    """
    mean, sd = growth
    kappa = noise(values[:, 1:] - values[:, :-1], lengths) / sd**2
    made = lengths.times(values, lambda n: _shrunken_maps(grid, n, horizon)[0], len(grid))
    ahead, squared = lengths.each(lambda n: _shrunken_maps(grid, n, horizon)[1:])
    errors, told = made[..., : -horizon - 1], made[..., -1]
    drawn = kappa * mean
    told += drawn
    slope = told / (squared + kappa)
    squares = np.vecdot(errors, errors) + drawn * mean - slope * told
    return made[..., -horizon - 1 : -1] + slope[..., None] * ahead, squares


@lru_cache(maxsize=256)
def _shrunken_maps(grid, n, horizon):
    """Errors, forecasts and what speaks for a slope, as in `linear_maps` with the best level but without slope.

    What a slope of one adds to forecasts, shape (grid, horizon), and the squares of what it adds to errors.
    """
    rows = np.concatenate(_trend_rows(grid, n, horizon), axis=1)
    level, rows = rows[..., n : n + 1], np.delete(rows, n, axis=2)
    start = level[:, :n].transpose(0, 2, 1)
    rows = rows - level * (start @ rows[:, :n] / (start @ level[:, :n]))
    observed, slope = rows[..., :n], rows[..., n]
    told = -slope[:, None, :n] @ observed[:, :n]
    maps = np.concatenate([observed, told], axis=1).reshape(-1, n).T
    return maps, slope[:, n:], np.vecdot(slope[:, :n], slope[:, :n])
