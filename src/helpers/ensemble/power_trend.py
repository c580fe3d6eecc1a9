"""Growth as a power of the level: a local and global trend between a straight line and compound growth.

``y[t+1] = l[t] + gamma l[t]**rho + lambda b[t]`` with a smoothed level ``l`` and its smoothed change ``b``, after
Smyl et al. (2025), *International Journal of Forecasting* 41 (LGT). Given the smoothing and ``rho``, ``gamma`` and
``lambda`` follow from a ridge regression; fits are averaged over a grid by their likelihood. Errors are taken
relative to the level.
"""

import math
from functools import lru_cache

import numpy as np

from helpers.ensemble.lengths import Lengths
from helpers.ensemble.smoothers import LONGEST, MOST_LOG_GROWTH, likelihood, noise

GRID = ((0.4, 0.7, 1.0), 0.3, (-0.5, 0.0, 0.5))
"""Smoothing of the level, of its change, and ``rho``: less growth at higher levels, a line, more of it."""

PRIOR = (0.02, 0.05, 0.3)
"""Mean and spread of ``gamma`` for a level of one; spread of ``lambda`` around none."""

_LEAST = 0.01  # of the last value: a smaller one has no relative error
_MOST = math.exp(MOST_LOG_GROWTH)
_TINY = np.finfo(float).tiny


def power_trend(
    values: np.ndarray, horizon: int, grid: tuple = GRID, prior: tuple = PRIOR, lengths: Lengths | None = None
) -> np.ndarray:
    """Point forecasts by a power-law trend.

    Parameters
    ----------
    values : array, shape (series, n)
        As `smoothers.check_values` returns them.
    horizon : int
    grid, prior : tuple
        As `GRID` and `PRIOR`.
    lengths : optional
        Where series are of several lengths.

    Returns
    -------
    np.ndarray, shape (series, horizon)
        Same unit as ``values``, never negative.
    """
    values = values[:, -LONGEST:]
    lengths = lengths or Lengths(values.shape[1])
    (mean, spread, local), (alpha, rho) = prior, _points(grid)
    size = np.maximum(values[:, -1:], 0.05 * np.add.reduce(lengths.nought(values), axis=1, keepdims=True) / lengths.n)
    values = np.maximum(values / np.maximum(size, _TINY), _LEAST)
    made = lengths.times(values, lambda n: _maps(grid, n), 3 * len(alpha), empty=1.0)
    made = made.reshape(len(values), 3, len(alpha), -1)
    level, change, ahead = made[:, 0, :, -1], made[:, 1, :, -1], np.empty((horizon, len(values), len(alpha)))
    known, weight = made[..., :-1], lengths.nought(1 / values[:, :-1])
    known[:, 0] **= rho[:, None]
    known *= weight[:, None, None]
    power, local_change, gap = known.transpose(1, 0, 2, 3)  # series, grid, n - 1
    variance = noise((values[:, 1:] - values[:, :-1]) * weight, lengths)
    ridge, other = variance / spread**2, variance / local**2
    (a, b, p), (_, c, q) = np.vecdot(known[:, :2, None], known[:, None]).transpose(1, 2, 0, 3)
    a, c, p = a + ridge, c + other, p + ridge * mean
    determinant = a * c - b * b
    gamma, slope = (p * c - q * b) / determinant, (q * a - p * b) / determinant
    left = gap - gamma[..., None] * power - slope[..., None] * local_change
    squares = np.vecdot(left, left) + ridge * (gamma - mean) ** 2 + other * slope * slope
    fit = likelihood(squares + 1e-12, lengths.n - 2)
    change = slope * change
    pace, kept = grid[1] * slope, 1 - grid[1]
    for h in range(horizon):
        now = np.maximum(level + gamma * level**rho + change, _LEAST, out=ahead[h])
        moved = alpha * (now - level)
        level, change = level + moved, kept * change + pace * moved
    return np.vecdot(np.minimum(ahead, _MOST), fit).T * size


@lru_cache
def _points(grid):
    """Smoothing of the level and ``rho`` of each grid point."""
    return [axis.ravel() for axis in np.meshgrid(grid[0], grid[2], indexing="ij")]


@lru_cache(maxsize=256)
def _maps(grid, n):
    """Levels, their smoothed changes, and how far the next value is above, at each grid point.

    As weights of the observations, to be multiplied by these from the left: shape (n, 3 * grid * n).
    """
    (alpha, _), beta = _points(grid), grid[1]
    level, change = np.zeros((2, len(alpha), n, n))
    level[:, 0, 0] = 1
    for t in range(1, n):
        level[:, t] = (1 - alpha[:, None]) * level[:, t - 1]
        level[:, t, t] = alpha
        change[:, t] = (1 - beta) * change[:, t - 1] + beta * (level[:, t] - level[:, t - 1])
    gap = np.eye(n, k=1) - level  # of the last there is none: what stands there is not used
    return np.stack([level, change, gap]).reshape(-1, n).T
