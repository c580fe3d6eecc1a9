"""Log months as the shocks that make them: level, growth, seasons, steps of the level and noise.

``shocks`` are chains x shocks, in the order of :class:`Layout`. ``masks`` are sums x months, one where a month is part
of a known sum.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_MOST_MOVE, _MOST_SEARCH = 2.0, 50  # log points a step and steps of the search for months that give the sums
_CLOSE = 1e-3  # log points from a sum: from here on its months move together


@dataclass(frozen=True)
class Layout:
    """Where the shocks of months stand: one level, one growth, twelve seasons, steps, noise.

    There is one step of the level a month but the first, and one noise a month. ``month`` are calendar months, 1 to 12;
    level and growth are ``lasting``.
    """

    month: np.ndarray
    masks: np.ndarray
    lasting, seasons = slice(0, 2), slice(2, 14)

    @property
    def count(self) -> int:
        """How many months there are."""
        return len(self.month)

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
    def runs(self) -> tuple[np.ndarray, ...]:
        """What sums have in common and what each has for itself, by runs: months in a row that are in the same sums.

        Of the steps in a run, sums outside see only the mean.

        Returns
        -------
        common, own : np.ndarray
            Level, growth, seasons and mean steps, months x columns; what steps add to them, which no other run sees.
        cover : np.ndarray
            Covariance of months by the latter.
        each, both : np.ndarray
            ``common`` for the months of each sum, months x (sums, columns); 1 for those of two, months x (sums, sums).
        """
        run = np.append(0, (self.masks[:, 2:] != self.masks[:, 1:-1]).any(axis=0).cumsum())[: self.count - 1]
        mean, steps = run[:, None] == np.unique(run), self.design[:, self.steps]
        mean = mean / np.sqrt(mean.sum(axis=0))
        own = np.zeros((self.count, self.count))
        own[:, 1:] = steps - steps @ mean @ mean.T
        common = np.column_stack([self.design[:, : self.steps.start], steps @ mean])
        parts = common, self.masks.T.astype(float)
        each, both = ((parts[1][:, :, None] * part[:, None]).reshape(self.count, -1) for part in parts)
        return common, own, own @ own.T, each, both

    def covers(self, months, total, growth, noise) -> tuple[np.ndarray, ...]:
        """Covariance of the logs of known sums, one a chain: by what lasts, by seasons, by steps, by noise.

        Seasons and steps have variance one, as the level has; ``growth`` is its variance, ``noise`` that of each month.
        """
        loadings = (months @ self.runs[3]).reshape(*total.shape, -1) / total[:, :, None]
        lasting, seasons, steps = np.split(loadings, [2, 14], axis=2)
        own = self.overlap((months @ self.runs[1]) ** 2, total) / total[:, None]
        noise = self.overlap(months**2 * noise, total) / total[:, None]
        return lasting * [1, growth] @ lasting.mT, seasons @ seasons.mT, steps @ steps.mT + own, noise

    def sizes(self, variance) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Variances of the common columns of :attr:`runs`, of a step and of noise, from those of shocks."""
        lasting, step = variance[:, : self.steps.start], variance[:, self.steps.start, None]
        return np.column_stack([lasting, *[step] * (len(self.runs[0].T) - 14)]), step, variance[:, self.noise]

    def cover(self, months, total, sizes) -> np.ndarray:
        """The covariance by all shocks together, at their variances (:meth:`sizes`)."""
        loadings, (common, step, noise) = (months @ self.runs[3]).reshape(*total.shape, -1), sizes
        own = self.overlap((months @ self.runs[1]) ** 2 * step + months**2 * noise, total)
        return (loadings * common[:, None] @ loadings.mT / total[:, :, None] + own) / total[:, None]

    def overlap(self, months, total) -> np.ndarray:
        """What months that two sums share are of the first of them, chains x sums x sums."""
        return (months @ self.runs[4]).reshape(*total.shape, -1) / total[:, :, None]


def find_sums(path, masks) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Months, known sums and their logs, chains x months or sums."""
    months = np.exp(path)
    total = months @ masks.T
    return months, total, np.log(total)


def pull(months, total, cover, sizes, gap, at) -> tuple[np.ndarray, np.ndarray]:
    """The least change of the shocks that closes the gaps, were the sums linear in them: its force, and log months.

    Shocks change by their variance times ``force @ at.design``. ``cover`` is the covariance of the logs of sums. No
    month moves far at once.
    """
    diagonal = np.einsum("kii->ki", cover)
    diagonal += 1e-12 * diagonal.sum(axis=1, keepdims=True)  # in a corner, two sums hang on one month
    weights = np.linalg.solve(cover, gap[:, :, None])[:, :, 0]
    force, (common, step, noise) = months * ((weights / total) @ at.masks), sizes
    moved = force @ at.runs[0] * common @ at.runs[0].T + step * (force @ at.runs[2]) + noise * force
    part = _MOST_MOVE / np.maximum(np.abs(moved).max(axis=1, keepdims=True), _MOST_MOVE)
    return force * part, moved * part


def move_to_sums(force, path, sizes, logs, at, near):
    """The nearest shocks, nearly, in the metric of their variances, whose months give the known sums (Gauss-Newton).

    Moves log months in place, and with them the force on shocks (:func:`pull`); at last months move by noise alone.
    Returns which chains came as ``near`` as asked, in logs; where sums cross, a few may run into a corner.
    """
    far = np.arange(len(path))
    for _ in range(_MOST_SEARCH):
        months, total, found = find_sums(path[far], at.masks)
        gap = logs[far] - found
        open_ = (np.abs(gap) > max(near, _CLOSE)).any(axis=1)
        if not open_.any():
            break
        far, months, total = far[open_], months[open_], total[open_]
        own = [size[far] for size in sizes]
        more, moved = pull(months, total, at.cover(months, total, own), own, gap[open_], at)
        force[far] += more
        path[far] += moved
    for _ in range(2 if near < _CLOSE else 0):  # each squares the gap
        months, total, found = find_sums(path, at.masks)
        together = at.overlap(months, total) + 1e-12 * np.eye(len(at.masks))
        path += np.linalg.solve(together, (logs - found)[:, :, None])[:, :, 0].clip(-_MOST_MOVE, _MOST_MOVE) @ at.masks
    return np.abs(logs - find_sums(path, at.masks)[2]).max(axis=1) <= near
