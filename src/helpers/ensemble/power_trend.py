"""Growth as a power of the level: a local and global trend between a straight line and compound growth.

``y[t+1] = l[t] + gamma l[t]**rho + lambda b[t]`` with a smoothed level ``l`` and its smoothed change ``b``, after
Smyl et al. (2025), *International Journal of Forecasting* 41 (LGT). Given the smoothing and ``rho``, ``gamma`` and
``lambda`` follow from a ridge regression; fits are averaged over a grid by their likelihood. Errors are taken
relative to the level.
"""

from functools import lru_cache

import numpy as np

from helpers.ensemble.smoothers import LONGEST, MOST_LOG_GROWTH, check_values

GRID = ((0.4, 0.7, 1.0), 0.3, (-0.5, 0.0, 0.5))
"""Smoothing of the level, of its change, and ``rho``: less growth at higher levels, a line, more of it."""

PRIOR = (0.02, 0.05, 0.3)
"""Mean and spread of ``gamma`` for a level of one; spread of ``lambda`` around none."""

_LEAST = 0.01  # of the last value: a smaller one has no relative error


def power_trend(values: np.ndarray, horizon: int, grid: tuple = GRID, prior: tuple = PRIOR) -> np.ndarray:
    """Point forecasts by a power-law trend, for series of one length.

    Parameters
    ----------
    values : array, shape (series, n)
        As in :func:`smoothers.member_forecasts`.
    horizon : int
    grid, prior : tuple
        As `GRID` and `PRIOR`.

    Returns
    -------
    np.ndarray, shape (series, horizon)
        Same unit as ``values``, never negative.
    """
    values = check_values(values)[:, -LONGEST:]
    mean, spread, local = prior
    size = np.maximum(values[:, -1:], 0.05 * values.mean(axis=1, keepdims=True))
    values = np.maximum(np.divide(values, size, out=np.ones_like(values), where=size > 0), _LEAST)
    maps, alpha, rho = _maps(*grid, values.shape[1])
    level, change = (values @ maps).reshape(len(values), 2, len(rho), -1).transpose(1, 0, 2, 3)
    weight = 1 / values[:, None, :-1]
    power = level[..., :-1] ** rho[:, None] * weight  # series, grid, n - 1
    local_change = change[..., :-1] * weight
    gap = (values[:, None, 1:] - level[..., :-1]) * weight
    step = (values[:, 1:] - values[:, :-1]) * weight[:, 0]
    step -= step.sum(axis=1, keepdims=True) / step.shape[1]
    variance = (step * step).sum(axis=1, keepdims=True) / (step.shape[1] - 1) + 1e-6
    ridge, other = variance / spread**2, variance / local**2
    a, b = _product(power, power) + ridge, _product(power, local_change)
    c = _product(local_change, local_change) + other
    p, q = _product(power, gap) + ridge * mean, _product(local_change, gap)
    determinant = a * c - b * b
    gamma, slope = (p * c - q * b) / determinant, (q * a - p * b) / determinant
    left = gap - gamma[..., None] * power - slope[..., None] * local_change
    squares = _product(left, left) + ridge * (gamma - mean) ** 2 + other * slope * slope
    fit = -0.5 * (values.shape[1] - 2) * np.log(squares + 1e-12)
    fit = np.exp(fit - fit.max(axis=1, keepdims=True))
    level, change, ahead = level[..., -1], change[..., -1], np.empty((horizon, *fit.shape))
    for h in range(horizon):
        ahead[h] = np.maximum(level + gamma * level**rho + slope * change, _LEAST)
        moved = alpha * (ahead[h] - level)
        level, change = level + moved, change + grid[1] * (moved - change)
    forecast = (np.minimum(ahead, np.exp(MOST_LOG_GROWTH)) * fit).sum(axis=-1) / fit.sum(axis=-1)
    return forecast.T * size


def _product(one, other):
    """Sums of products along the last axis, faster for a handful of values than a product and its sum."""
    return np.einsum("sgt,sgt->sg", one, other)


@lru_cache(maxsize=256)
def _maps(alphas, beta, rhos, n):
    """Levels, and their smoothed changes, as weights of the observations, with alpha and rho of each grid point.

    The weights have the shape (n, 2 * grid * n), to be multiplied by the observations from the left.
    """
    alpha, rho = (axis.ravel() for axis in np.meshgrid(alphas, rhos, indexing="ij"))
    level, change = np.zeros((2, len(alpha), n, n))
    level[:, 0, 0] = 1
    for t in range(1, n):
        level[:, t] = (1 - alpha[:, None]) * level[:, t - 1]
        level[:, t, t] = alpha
        change[:, t] = (1 - beta) * change[:, t - 1] + beta * (level[:, t] - level[:, t - 1])
    return np.stack([level, change]).reshape(-1, n).T, alpha, rho
