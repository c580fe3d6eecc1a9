"""Log months as the shocks that make them: level, growth, seasons, steps of the level and noise.

``shocks`` are chains x shocks, in that order: one, one, twelve, one a month but the first, one a month. ``month``
are calendar months, 1 to 12; ``masks`` are sums x months, one where a month is part of a known sum.
"""

import numpy as np

_TINY = np.finfo(float).tiny
_MOST_MOVE, _MOST_SEARCH = 2.0, 50  # log points a step and steps of the search for months that give the sums


def to_months(shocks, month) -> np.ndarray:
    """Log months from level, growth, seasons, steps and noise."""
    count = len(month)
    path = shocks[:, :1] + shocks[:, 1:2] * np.arange(count) + shocks[:, 1 + month] + shocks[:, 13 + count :]
    path[:, 1:] += np.cumsum(shocks[:, 14 : 13 + count], axis=1)
    return path


def log_sums(path, masks) -> np.ndarray:
    """The log of each known sum, chains x sums."""
    top = path.max(axis=1, keepdims=True)
    return np.log(np.maximum(np.exp(path - top) @ masks.T, _TINY)) + top


def find_loadings(path, masks, month) -> np.ndarray:
    """What each shock does to the log of each known sum, chains x sums x shocks."""
    count = len(month)
    found = np.empty((len(path), len(masks), 13 + 2 * count))
    shares = found[:, :, 13 + count :]
    np.multiply(np.exp(path - path.max(axis=1, keepdims=True))[:, None], masks, out=shares)
    shares /= np.maximum(shares.sum(axis=2, keepdims=True), _TINY)
    found[:, :, 0] = 1
    found[:, :, 1] = shares @ np.arange(count)
    found[:, :, 2:14] = shares @ np.eye(12)[month - 1]
    np.cumsum(shares[:, :, :0:-1], axis=2, out=found[:, :, 12 + count : 13 : -1])
    return found


def spread(loadings, variance) -> np.ndarray:
    """Covariance of the known sums, one a chain, were they linear in the shocks."""
    return (loadings * variance[:, None]) @ loadings.mT


def times(loadings, shocks) -> np.ndarray:
    """What shocks come to in each known sum, chains x sums."""
    return (loadings @ shocks[:, :, None])[:, :, 0]


def pull(loadings, variance, gap, month) -> np.ndarray:
    """The least change of the shocks that closes the gaps, were the sums linear in them; no month moves far at once."""
    cover = spread(loadings, variance)
    size = np.trace(cover, axis1=1, axis2=2)[:, None, None]
    cover += 1e-12 * size * np.eye(cover.shape[1])  # in a corner, two sums hang on one month
    weights = np.linalg.solve(cover, gap[:, :, None])
    change = variance * (loadings.mT @ weights)[:, :, 0]
    move = np.abs(to_months(change, month)).max(axis=1, keepdims=True)
    return change * np.minimum(1, _MOST_MOVE / np.maximum(move, _MOST_MOVE))


def move_to_sums(shocks, variance, masks, logs, month):
    """The nearest shocks, in the metric of their variances, whose months give the known sums (Gauss-Newton).

    Returns shocks, months, and which chains arrived; where sums cross, a few may run into a corner.
    """
    shocks, path = shocks.copy(), to_months(shocks, month)
    far, gap = np.arange(len(shocks)), logs - log_sums(path, masks)
    for _ in range(_MOST_SEARCH):
        open_ = np.abs(gap).max(axis=1) > 1e-12
        if not open_.any():
            break
        far, gap = far[open_], gap[open_]
        moved = shocks[far] + pull(find_loadings(path[far], masks, month), variance[far], gap, month)
        shocks[far], path[far] = moved, (near := to_months(moved, month))
        gap = logs - log_sums(near, masks)
    arrived = np.abs(log_sums(path, masks) - logs).max(axis=1) < 1e-10
    return shocks, path, arrived
