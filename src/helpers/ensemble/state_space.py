"""Log months as the shocks that make them: level, growth, seasons, steps of the level and noise.

``shocks`` are chains x shocks, in the order of :class:`Layout`. ``masks`` are sums x months, one where a month is part
of a known sum.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_TINY = np.finfo(float).tiny
_MOST_MOVE, _MOST_SEARCH = 2.0, 50  # log points a step and steps of the search for months that give the sums
_CLOSE = 1e-3  # log points from a sum: from here on its months move together


@dataclass(frozen=True)
class Layout:
    """Where the shocks of months stand: one level, one growth, twelve seasons, steps, noise.

    There is one step of the level a month but the first, and one noise a month. ``month`` are calendar months, 1 to 12.
    """

    month: np.ndarray

    @property
    def count(self) -> int:
        """How many months there are."""
        return len(self.month)

    @property
    def lasting(self) -> slice:
        """The level and the growth."""
        return slice(0, 2)

    @property
    def seasons(self) -> slice:
        return slice(2, 14)

    @property
    def steps(self) -> slice:
        return slice(14, 13 + self.count)

    @property
    def noise(self) -> slice:
        return slice(13 + self.count, 13 + 2 * self.count)

    @cached_property
    def design(self) -> np.ndarray:
        """What each shock adds to each log month: months x shocks."""
        at = np.arange(self.count)
        every = np.ones(self.count), at, np.eye(12)[self.month - 1], at[:, None] > at[:-1], np.eye(self.count)
        return np.column_stack(every)

    def covers(self, shares, growth, noise) -> tuple[np.ndarray, ...]:
        """Covariance of the logs of known sums, one a chain: by what lasts, by seasons, by steps, by noise.

        Seasons and steps have variance one, as the level has; ``growth`` is its variance, ``noise`` that of each month.
        """
        lasting, seasons = (shares @ self.design[:, part] for part in (self.lasting, self.seasons))
        steps = shares[:, :, :0:-1].cumsum(axis=2)  # a step moves its month and all after it
        fixed = lasting * [1, growth] @ lasting.mT
        return fixed, seasons @ seasons.mT, steps @ steps.mT, shares * noise[:, None] @ shares.mT

    def cover(self, shares, variance) -> np.ndarray:
        """The same of all shocks together, at their variances."""
        fixed, seasons, steps, noise = self.covers(shares, variance[0, 1], variance[:, self.noise])
        season, step = (variance[:, part.start, None, None] for part in (self.seasons, self.steps))
        return fixed + season * seasons + step * steps + noise


def log_sums(path, masks) -> np.ndarray:
    """The log of each known sum, chains x sums."""
    top = path.max(axis=1, keepdims=True)
    return np.log(np.maximum(np.exp(path - top) @ masks.T, _TINY)) + top


def find_shares(path, masks) -> np.ndarray:
    """What each month is of each known sum, chains x sums x months: as it moves, so does the log of the sum."""
    months = np.exp(path - path.max(axis=1, keepdims=True))
    shares = months[:, None] * masks
    shares /= np.maximum(months @ masks.T, _TINY)[:, :, None]
    return shares


def times(shares, path) -> np.ndarray:
    """How far the logs of the known sums move with the log months, chains x sums."""
    return (shares @ path[:, :, None])[:, :, 0]


def pull(shares, cover, variance, gap, at) -> tuple[np.ndarray, np.ndarray]:
    """The least change of the shocks that closes the gaps, were the sums linear in them, and what it does to months.

    ``cover`` is the covariance of the logs of sums. No month moves far at once.
    """
    size = np.trace(cover, axis1=1, axis2=2)[:, None, None]
    cover = cover + 1e-12 * size * np.eye(cover.shape[1])  # in a corner, two sums hang on one month
    weights = np.linalg.solve(cover, gap[:, :, None])
    change = variance * ((shares.mT @ weights)[:, :, 0] @ at.design)
    moved = change @ at.design.T
    part = _MOST_MOVE / np.maximum(np.abs(moved).max(axis=1, keepdims=True), _MOST_MOVE)
    return change * part, moved * part


def move_to_sums(shocks, variance, masks, logs, at, near):
    """The nearest shocks, nearly, in the metric of their variances, whose months give the known sums (Gauss-Newton).

    Returns shocks, months, and which chains came as ``near`` as asked, in logs; where sums cross, a few may run into a
    corner.
    """
    shocks, path = shocks.copy(), shocks @ at.design.T
    far, gap = np.arange(len(shocks)), logs - log_sums(path, masks)
    for _ in range(_MOST_SEARCH):
        open_ = np.abs(gap).max(axis=1) > max(near, _CLOSE)
        if not open_.any():
            break
        far, gap = far[open_], gap[open_]
        shares, own = find_shares(path[far], masks), variance[far]
        change, moved = pull(shares, at.cover(shares, own), own, gap, at)
        shocks[far] += change
        path[far] += moved
        gap = logs[far] - log_sums(path[far], masks)
    gap = logs - log_sums(path, masks)
    for _ in range(2 if near < _CLOSE else 0):  # each squares the gap
        together = find_shares(path, masks) @ masks.T + 1e-12 * np.eye(len(masks))
        moved = np.linalg.solve(together, gap[:, :, None])[:, :, 0].clip(-_MOST_MOVE, _MOST_MOVE) @ masks
        shocks[:, at.noise] += moved
        path += moved
        gap = logs - log_sums(path, masks)
    return shocks, path, np.abs(gap).max(axis=1) <= near
