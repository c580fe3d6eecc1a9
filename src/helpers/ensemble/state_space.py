"""Log months as the shocks that make them: level, growth, seasons, steps of the level and noise.

``shocks`` are chains x shocks, in the order of :class:`Layout`. ``masks`` are sums x months, one where a month is part
of a known sum.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_TINY = 1e-150  # of the largest month: its square is a number
_MOST_MOVE, _MOST_SEARCH = 2.0, 50  # log points a step and steps of the search for months that give the sums
_CLOSE = 1e-3  # log points from a sum: from here on its months move together


@dataclass(frozen=True)
class Layout:
    """Where the shocks of months stand: one level, one growth, twelve seasons, steps, noise.

    There is one step of the level a month but the first, and one noise a month. ``month`` are calendar months, 1 to 12.
    """

    month: np.ndarray
    masks: np.ndarray

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

    @cached_property
    def _runs(self) -> tuple[np.ndarray, np.ndarray]:
        """All that sums have in common, months x columns, and what the step of each month adds to it, months x months.

        Months in a row of the same sums are a run. Of its steps, sums outside see their mean only, as a column of the
        first; what each adds to that stays within the run.
        """
        run = np.append(0, (self.masks[:, 2:] != self.masks[:, 1:-1]).any(axis=0).cumsum())[: self.count - 1]
        mean, steps = run[:, None] == np.unique(run), self.design[:, self.steps]
        mean = mean / np.sqrt(mean.sum(axis=0))
        own = np.zeros((self.count, self.count))
        own[:, 1:] = steps - steps @ mean @ mean.T
        return np.column_stack([self.design[:, : self.steps.start], steps @ mean]), own

    @cached_property
    def _by_sum(self) -> np.ndarray:
        """The first of :attr:`_runs` for the months of each sum: months x (sums, columns)."""
        return (self.masks.T[:, :, None] * self._runs[0][:, None]).reshape(self.count, -1)

    @cached_property
    def _both(self) -> np.ndarray:
        """Which months two sums share: months x (sums, sums)."""
        return (self.masks[:, None] * self.masks).reshape(-1, self.count).T.astype(float)

    def covers(self, months, total, growth, noise) -> tuple[np.ndarray, ...]:
        """Covariance of the logs of known sums, one a chain: by what lasts, by seasons, by steps, by noise.

        Seasons and steps have variance one, as the level has; ``growth`` is its variance, ``noise`` that of each month.
        """
        lasting, seasons, steps = np.split(self._loadings(months, total), [2, 14], axis=2)
        own = self.overlap((months @ self._runs[1]) ** 2, total) / total[:, None]
        noise = self.overlap(months**2 * noise, total) / total[:, None]
        return lasting * [1, growth] @ lasting.mT, seasons @ seasons.mT, steps @ steps.mT + own, noise

    def cover(self, months, total, variance) -> np.ndarray:
        """The same of all shocks together, at their variances."""
        loadings, step = self._loadings(months, total), variance[:, self.steps.start, None]
        lasting = variance[:, : self.steps.start]
        size = np.column_stack([lasting, step.repeat(loadings.shape[2] - lasting.shape[1], axis=1)])
        own = (months @ self._runs[1]) ** 2 * step + months**2 * variance[:, self.noise]
        return loadings * size[:, None] @ loadings.mT + self.overlap(own, total) / total[:, None]

    def overlap(self, months, total) -> np.ndarray:
        """What months that two sums share are of the first of them, chains x sums x sums."""
        return (months @ self._both).reshape(*total.shape, -1) / total[:, :, None]

    def _loadings(self, months, total) -> np.ndarray:
        return (months @ self._by_sum).reshape(*total.shape, -1) / total[:, :, None]


def find_sums(path, masks) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Months and known sums over the largest month of a chain, and the logs of the sums: chains x months or sums."""
    top = path.max(axis=1, keepdims=True)
    months = np.exp(path - top)
    total = np.maximum(months @ masks.T, _TINY)
    return months, total, np.log(total) + top


def pull(months, total, cover, variance, gap, at) -> tuple[np.ndarray, np.ndarray]:
    """The least change of the shocks that closes the gaps, were the sums linear in them, and what it does to months.

    ``cover`` is the covariance of the logs of sums. No month moves far at once.
    """
    size = np.trace(cover, axis1=1, axis2=2)[:, None, None]
    cover = cover + 1e-12 * size * np.eye(cover.shape[1])  # in a corner, two sums hang on one month
    weights = np.linalg.solve(cover, gap[:, :, None])[:, :, 0]
    change = variance * ((months * ((weights / total) @ at.masks)) @ at.design)
    moved = change @ at.design.T
    part = _MOST_MOVE / np.maximum(np.abs(moved).max(axis=1, keepdims=True), _MOST_MOVE)
    return change * part, moved * part


def move_to_sums(shocks, variance, logs, at, near):
    """The nearest shocks, nearly, in the metric of their variances, whose months give the known sums (Gauss-Newton).

    Returns shocks, months, and which chains came as ``near`` as asked, in logs; where sums cross, a few may run into a
    corner.
    """
    shocks, path = shocks.copy(), shocks @ at.design.T
    far, (months, total, found) = np.arange(len(shocks)), find_sums(path, at.masks)
    for _ in range(_MOST_SEARCH):
        gap = logs[far] - found
        open_ = np.abs(gap).max(axis=1) > max(near, _CLOSE)
        if not open_.any():
            break
        far, months, total, gap = far[open_], months[open_], total[open_], gap[open_]
        own = variance[far]
        change, moved = pull(months, total, at.cover(months, total, own), own, gap, at)
        shocks[far] += change
        path[far] += moved
        months, total, found = find_sums(path[far], at.masks)
    months, total, found = find_sums(path, at.masks)
    for _ in range(2 if near < _CLOSE else 0):  # each squares the gap
        together = at.overlap(months, total) + 1e-12 * np.eye(len(at.masks))
        moved = np.linalg.solve(together, (logs - found)[:, :, None])[:, :, 0].clip(-_MOST_MOVE, _MOST_MOVE) @ at.masks
        shocks[:, at.noise] += moved
        path += moved
        months, total, found = find_sums(path, at.masks)
    return shocks, path, np.abs(logs - found).max(axis=1) <= near
