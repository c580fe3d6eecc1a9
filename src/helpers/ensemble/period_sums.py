"""Known sums of periods made ready for a model: independent, without the sums inside them, and possible.

Sources print a year, its halves and some of its months side by side. A sum that follows from others is checked and
left out; of the rest each becomes what it adds, and contradictions are errors that name the sums.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import fiscal

TOLERANCE = 0.001  # rounding of printed sums: what two routes to one figure may differ by


def check(sums: pd.Series) -> None:
    """Raise a ValueError for no sum, sums that are not positive, and periods given twice."""
    if len(sums) == 0:
        raise ValueError("nothing is known: give at least one sum")
    wrong = sums[~(sums > 0) | ~np.isfinite(sums)]
    if len(wrong):
        raise ValueError(f"sums must be positive numbers: {wrong.head().to_dict()}; leave a period without imports out")
    if sums.index.has_duplicates:
        raise ValueError(f"period {sums.index[sums.index.duplicated()][0]} is given twice: keep one row a period")


def independent(sums: pd.Series) -> pd.Series:
    """The sums that do not follow from those before them.

    Raises
    ------
    ValueError
        If a sum differs by more than rounding from what those before it make of it.
    """
    rows, values = _masks(sums.index).astype(float), sums.to_numpy()
    basis, kept = np.zeros((0, rows.shape[1])), []
    for i, (period, row) in enumerate(zip(sums.index, rows, strict=True)):
        rest = row - basis.T @ (basis @ row)
        rest -= basis.T @ (basis @ rest)
        if (size := (rest @ rest) ** 0.5) > 1e-6:
            basis = np.vstack([basis, rest / size])
            kept.append(i)
            continue
        parts = np.linalg.lstsq(rows[kept].T, row, rcond=None)[0]
        used = np.abs(parts) > 1e-6
        implied = parts @ values[kept]
        if abs(implied - values[i]) > TOLERANCE * max(values[i], values[kept][used].max()):
            names = [sums.index[k] for k, u in zip(kept, used, strict=True) if u]
            raise ValueError(
                f"sums contradict each other: {period} is given as {values[i]:,.10g}, "
                f"but {', '.join(names)} make it {implied:,.10g}; correct one of them or leave it out"
            )
    return sums.iloc[kept]


def bounds(period: str) -> tuple[int, int]:
    """The first month of a period and the one after its last."""
    found = fiscal.bounds(period)
    if found is None:
        raise ValueError(f"period {period!r} of a sum is not made of whole months")
    return found


def count(period: str) -> int:
    """How many months a period has."""
    first, after = bounds(period)
    return after - first


@dataclass(frozen=True)
class Pieces:
    """Each sum without the known sums inside it, over all months from the first known to the last.

    Attributes
    ----------
    sums : pd.Series
        By period, as used.
    parts : np.ndarray, shape (pieces, sums)
        One for the sum that a piece is left of, minus one for those inside it: times the sums, it gives the pieces.
    masks : np.ndarray of bool, shape (pieces, months)
    start : np.ndarray, shape (months,)
        Log months that give all sums; gaps take the nearest known month.
    index : pd.PeriodIndex
    """

    sums: pd.Series
    parts: np.ndarray
    masks: np.ndarray
    start: np.ndarray
    index: pd.PeriodIndex


def pieces(kept: pd.Series, most: int) -> Pieces:
    """Known sums as a model takes them.

    Parameters
    ----------
    kept : pd.Series
        Independent sums by period.
    most : int
        Only the last so many are used as they are; before them, whole fiscal years.

    Raises
    ------
    ValueError
        If no positive months give the sums.
    """
    kept = _coarser(kept, most)
    kept = kept[sorted(kept.index, key=count)]
    masks, parts, months = _apart(kept)
    known = np.flatnonzero(masks.any(axis=0))
    nearest = known[np.abs(np.arange(masks.shape[1])[:, None] - known).argmin(axis=1)]
    index = pd.period_range(min(fiscal.months(period)[0] for period in kept.index), periods=len(months), freq="M")
    return Pieces(kept, parts, masks, np.log(months[nearest]), index)


def fit(sums: pd.Series) -> bool:
    """Whether there are positive months that give some sums, to rounding."""
    try:
        kept = independent(sums)
        _apart(kept.iloc[np.argsort([count(period) for period in kept.index], kind="stable")])
    except ValueError:
        return False
    return True


def _apart(kept: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums, the shortest first, without those inside them: masks and parts of :class:`Pieces`, and possible months."""
    names = list(kept.index)
    masks, values, parts = _masks(names), kept.to_numpy(float, copy=True), np.eye(len(names))
    for place, (period, whole) in enumerate(kept.items()):
        mask, inside = masks[place], []
        for other in sorted(range(place), key=lambda piece: -masks[piece].sum()):
            if (masks[other] <= mask).all():
                mask &= ~masks[other]
                values[place] -= values[other]
                parts[place] -= parts[other]
                inside.append(names[other])
        if values[place] <= 0:
            raise ValueError(
                f"sums contradict each other: {period} is {whole:,.10g}, less than its parts {', '.join(inside)} with "
                f"{whole - values[place]:,.10g}; correct one of them or leave it out"
            )
    if masks.sum(axis=0).max() > 1:
        return masks, parts, _months_of_crossing(masks, values, names)
    return masks, parts, values @ (masks / masks.sum(axis=1, keepdims=True))  # each sum spread evenly


def _masks(periods: Iterable[str]) -> np.ndarray:
    """Which months each period holds, of all from the first to the last: periods x months."""
    first, after = np.array([bounds(period) for period in periods]).T[:, :, None]
    months = np.arange(first.min(), after.max())
    return (first <= months) & (months < after)


def _coarser(kept: pd.Series, most: int) -> pd.Series:
    """The last sums, and the fiscal years that end before them, known as such or made of months."""
    order = sorted(kept.index, key=lambda p: (bounds(p)[1], -count(p)))
    late, early = kept[order[-most:]], kept[order[:-most]]
    if early.empty:
        return late
    begun = min(fiscal.months(period)[0] for period in late.index)
    years = {}
    for year in {fiscal.year_name(fiscal.fiscal_year(month)) for p in early.index for month in fiscal.months(p)}:
        months = fiscal.months(year)
        single = months.astype(str)
        if months[-1] < begun and (year in early.index or single.isin(early.index).all()):
            years[year] = early[year] if year in early.index else early[single].sum()
    return pd.concat([pd.Series(years, dtype=float).sort_index(), late])


def _months_of_crossing(masks, values, names) -> np.ndarray:
    """Positive months that give sums which cross, such as calendar and fiscal years: the least as large as can be."""
    from scipy.optimize import linprog

    def solve(rows):
        count = masks.shape[1]
        found = linprog(
            np.append(np.zeros(count), -1.0),
            A_ub=np.column_stack([-np.eye(count), np.ones(count)]),
            b_ub=np.zeros(count),
            A_eq=np.column_stack([masks[rows], np.zeros(len(rows))]),
            b_eq=values[rows],
            bounds=[(0, None)] * count + [(None, values.min())],
        )
        return found.x[:-1] if found.status == 0 and found.x[-1] > 1e-9 * values.min() else None

    rows = list(range(len(names)))
    months = solve(rows)
    if months is not None:
        return months
    for row in list(rows):
        without = [other for other in rows if other != row]
        if solve(without) is None:
            rows = without
    raise ValueError(
        f"sums contradict each other: no positive months give {', '.join(names[row] for row in rows)} together; "
        "correct one of them or leave it out"
    )
