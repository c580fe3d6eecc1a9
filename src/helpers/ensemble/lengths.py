"""Series of several lengths in one array, aligned at their ends, so that one step of arithmetic serves them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass
class Lengths:
    """How many of its last columns are observations of each row.

    Attributes
    ----------
    n : int or np.ndarray, shape (series, 1)
        The same for all, or rising from row to row.
    spans, own : optional
        Each length and its rows; one where there is an observation and nought before, shape (series, columns). None
        if all are of one length.
    """

    n: int | np.ndarray
    spans: tuple[tuple[int, slice], ...] = ()
    own: np.ndarray | None = None

    @classmethod
    def several(cls, values: np.ndarray, known: np.ndarray, least: int, most: int) -> tuple[np.ndarray, Self]:
        """Lengths that rise from row to row, and the values with the first of each row in place of what is not known.

        Of more than ``most`` observations the last ones are taken.

        Raises
        ------
        ValueError
            If the lengths do not rise, are not one a row, or are below ``least`` or more than the columns.
        """
        known = np.minimum(known, most)
        ends = np.flatnonzero(step := np.diff(known)) + 1
        if len(known) != len(values) or (step < 0).any() or ((known < least) | (known > values.shape[1])).any():
            said = f"must rise from {least} up to {values.shape[1]} at most, one for each of {len(values)} series"
            raise ValueError(f"lengths {known.tolist()} {said}")
        values = values[:, -known[-1] :]
        if not len(ends):
            return values, cls(values.shape[1])
        begin = values.shape[1] - known[:, None]
        own = np.arange(values.shape[1]) >= begin
        spans = zip(known[[0, *ends]].tolist(), map(slice, [0, *ends], [*ends, len(known)]), strict=True)
        return np.where(own, values, np.take_along_axis(values, begin, 1)), cls(known[:, None], tuple(spans), own * 1.0)

    def nought(self, values: np.ndarray) -> np.ndarray:
        """Values, or what lies between one and the next, with nought before the first observation."""
        return values if self.own is None else values * self.own[:, : values.shape[1]]

    def each(self, of: Callable[[int], Sequence[np.ndarray]]) -> Sequence[np.ndarray]:
        """What is the same for all rows of one length."""
        if self.own is None:
            return of(self.n)
        told = [of(n) for n, _ in self.spans]
        count = [rows.stop - rows.start for _, rows in self.spans]
        return [np.repeat(every, count, axis=0) for every in zip(*told, strict=True)]

    def times(self, values: np.ndarray, maps: Callable[[int], np.ndarray], count: int, empty: float = 0.0
              ) -> np.ndarray:  # fmt: skip
        """Observations times the maps for their number, shape (..., series, count, columns): aligned at the end."""
        if self.own is None:
            return (values @ maps(self.n)).reshape(*values.shape[:-1], count, -1)
        parts = [values[..., rows, -n:] @ maps(n) for n, rows in self.spans]
        made = np.full((*values.shape[:-1], count, parts[-1].shape[-1] // count), empty)
        for part, (_, rows) in zip(parts, self.spans, strict=True):
            made[..., rows, :, -(part.shape[-1] // count) :] = part.reshape(*part.shape[:-1], count, -1)
        return made
