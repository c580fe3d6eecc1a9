"""Log months as the shocks that make them: level, growth, seasons, steps of the level and noise.

``shocks`` are chains x shocks, in the order of :class:`Layout`. ``month`` are calendar months, 1 to 12; ``masks`` are
sums x months, one where a month is part of a known sum.
"""

from dataclasses import dataclass

import numpy as np

_TINY = np.finfo(float).tiny
_MOST_MOVE, _MOST_SEARCH = 2.0, 50  # log points a step and steps of the search for months that give the sums


@dataclass(frozen=True)
class Layout:
    """Where the shocks of ``count`` months stand: one level, one growth, twelve seasons, steps, noise.

    There is one step of the level a month but the first, and one noise a month.
    """

    count: int

    @property
    def size(self) -> int:
        """How many shocks there are."""
        return 13 + 2 * self.count

    @property
    def level(self) -> slice:
        return slice(0, 1)

    @property
    def growth(self) -> slice:
        return slice(1, 2)

    @property
    def seasons(self) -> slice:
        return slice(2, 14)

    @property
    def steps(self) -> slice:
        return slice(14, 13 + self.count)

    @property
    def noise(self) -> slice:
        return slice(13 + self.count, self.size)

    @classmethod
    def of(cls, shocks: np.ndarray) -> "Layout":
        """The layout of given shocks."""
        return cls((shocks.shape[-1] - 13) // 2)


def to_months(shocks, month) -> np.ndarray:
    """Log months from level, growth, seasons, steps and noise."""
    at = Layout(len(month))
    path = shocks[:, at.level] + shocks[:, at.growth] * np.arange(at.count)
    path += shocks[:, at.seasons][:, month - 1] + shocks[:, at.noise]
    path[:, 1:] += np.cumsum(shocks[:, at.steps], axis=1)
    return path


def log_sums(path, masks) -> np.ndarray:
    """The log of each known sum, chains x sums."""
    top = path.max(axis=1, keepdims=True)
    return np.log(np.maximum(np.exp(path - top) @ masks.T, _TINY)) + top


def find_loadings(path, masks, month) -> np.ndarray:
    """What each shock does to the log of each known sum, chains x sums x shocks."""
    at = Layout(len(month))
    found = np.empty((len(path), len(masks), at.size))
    shares = found[:, :, at.noise]
    np.multiply(np.exp(path - path.max(axis=1, keepdims=True))[:, None], masks, out=shares)
    shares /= np.maximum(shares.sum(axis=2, keepdims=True), _TINY)
    found[:, :, at.level] = 1
    found[:, :, at.growth] = (shares @ np.arange(at.count))[:, :, None]
    found[:, :, at.seasons] = shares @ np.eye(12)[month - 1]
    np.cumsum(shares[:, :, :0:-1], axis=2, out=found[:, :, at.steps][:, :, ::-1])
    return found


def spread(loadings, variance) -> np.ndarray:
    """Covariance of the known sums, one a chain, were they linear in the shocks."""
    return (loadings * variance[:, None]) @ loadings.mT


def times(loadings, shocks) -> np.ndarray:
    """What shocks come to in each known sum, chains x sums."""
    return (loadings @ shocks[:, :, None])[:, :, 0]


def pull(loadings, variance, gap, month) -> tuple[np.ndarray, np.ndarray]:
    """The least change of the shocks that closes the gaps, were the sums linear in them, and what it does to months.

    No month moves far at once.
    """
    cover = spread(loadings, variance)
    size = np.trace(cover, axis1=1, axis2=2)[:, None, None]
    cover += 1e-12 * size * np.eye(cover.shape[1])  # in a corner, two sums hang on one month
    weights = np.linalg.solve(cover, gap[:, :, None])
    change = variance * (loadings.mT @ weights)[:, :, 0]
    moved = to_months(change, month)
    part = _MOST_MOVE / np.maximum(np.abs(moved).max(axis=1, keepdims=True), _MOST_MOVE)
    return change * part, moved * part


def move_to_sums(shocks, variance, masks, logs, month, near):
    """The nearest shocks, in the metric of their variances, whose months give the known sums (Gauss-Newton).

    Returns shocks, months, and which chains came as ``near`` as asked, in logs; where sums cross, a few may run into a
    corner.
    """
    shocks, path = shocks.copy(), to_months(shocks, month)
    far, gap = np.arange(len(shocks)), logs - log_sums(path, masks)
    for _ in range(_MOST_SEARCH):
        open_ = np.abs(gap).max(axis=1) > near
        if not open_.any():
            break
        far, gap = far[open_], gap[open_]
        change, moved = pull(find_loadings(path[far], masks, month), variance[far], gap, month)
        shocks[far] += change
        path[far] += moved
        gap = logs[far] - log_sums(path[far], masks)
    arrived = np.abs(log_sums(path, masks) - logs).max(axis=1) <= near
    return shocks, path, arrived
