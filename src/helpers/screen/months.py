"""Months whose unit value tells of a weight that was written wrongly, and steps of a whole line's unit value."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.methods.concentration import MAD_TO_SD
from helpers.screen.rules import Rules
from helpers.screen.series import Block

FACTORS = (10.0, 100.0, 1000.0, 100_000.0)
"""By which quantities slip: a place or two, kilograms for tonnes, lakhs."""

WINDOW = 25
"""Entries whose middle is usual for the one among them: two years of months."""

LEAST = 6
"""Entries that a series needs for any of them to stand out."""

LEAST_SPREAD = 0.1
TAIL = 8
"""Degrees of freedom of Student's distribution of what is usual: odd months are more frequent than normal ones."""

LOOSE = 1.5
"""Log points from which on an entry is looked at; a slip of ten is 2.3."""

BESIDE = 3
"""Months between two entries that follow each other, at most; twice as many between two of one slip."""

AROUND = 12
"""Months before and after a step that are compared."""

SEEN = 3
"""Entries that a series needs on either side of a step to speak of it."""


def residuals(block: Block) -> pd.DataFrame:
    """How far each entry lies from the middle of those around it in its series, in robust standard deviations too.

    Returns
    -------
    pd.DataFrame
        A row an entry: ``weight, value, unit`` (log points), ``weight_sd, value_sd, unit_sd`` (of the series), nan
        where a weight is missing or a series is short.
    """
    logs = {"weight": np.log(block.weight), "value": np.log(block.value)}
    logs["unit"] = logs["value"] - logs["weight"]
    size = np.diff(block.start)
    first = np.repeat(block.start[:-1], size)
    place = np.arange(len(block.month)) - first
    count = np.repeat(size, size)
    begin = np.clip(place - WINDOW // 2, 0, np.maximum(count - WINDOW, 0))
    around = first[:, None] + (begin[:, None] + np.arange(WINDOW)) % count[:, None]  # short series go round
    found = {}
    for name, of in logs.items():
        whole = np.where(np.isnan(of), 0.0, of)
        away = np.where(np.isnan(of) | (count < LEAST), np.nan, whole - np.median(whole[around], axis=1))
        found[name] = away
        found[f"{name}_sd"] = _spread(away, block.series)[block.series]
    return pd.DataFrame(found)


def slips(block: Block, rules: Rules) -> pd.DataFrame:
    """Runs of entries whose weight is off by one of :data:`FACTORS` while their value is usual.

    Returns
    -------
    pd.DataFrame
        ``line, country, start, end`` (months since the year nought), ``entries, factor`` (recorded over likely),
        ``likelier`` (than chance, natural logarithm), ``year`` and ``excess`` (tonnes too many, of its worst year),
        ``series``.
    """
    table = residuals(block)
    off = np.flatnonzero(table["unit"].abs() >= LOOSE)
    one = table.iloc[off].assign(series=block.series[off], month=block.month[off], tonnes=block.weight[off])
    one["up"] = one["unit"] < 0
    fits = np.stack([_likelier(one, np.log(factor)) for factor in FACTORS], axis=1)
    one["factor"], one["likelier"] = np.array(FACTORS)[fits.argmax(axis=1)], fits.max(axis=1)
    same = ["series", "up", "factor"]
    one = one[one["likelier"] > 0].sort_values([*same, "month"])
    apart = (one[same] != one[same].shift()).any(axis=1) | (one["month"].diff() > 2 * BESIDE)
    one["excess"] = one["tonnes"] * (1 - np.where(one["up"], 1 / one["factor"], one["factor"]))
    one["run"], one["year"] = apart.cumsum(), one["month"] // 12
    runs = one.groupby("run").agg(
        series=("series", "first"), start=("month", "min"), end=("month", "max"), entries=("month", "size"),
        factor=("factor", "first"), up=("up", "first"), likelier=("likelier", "sum"),
    )  # fmt: skip
    worst = one.groupby(["run", "year"])["excess"].sum().reset_index().sort_values("excess", key=np.abs, kind="stable")
    runs = runs.join(worst.groupby("run").tail(1).set_index("run"))
    runs["factor"] = np.where(runs["up"], runs["factor"], 1 / runs["factor"])
    series = runs["series"].to_numpy(int)
    return runs.drop(columns="up").reset_index(drop=True).assign(line=block.line[series], country=block.country[series])


def steps(block: Block, rules: Rules) -> pd.DataFrame:
    """Months from which on the unit value of a whole line, whatever the country, is another.

    Returns
    -------
    pd.DataFrame
        ``line, start`` (month), ``factor`` (weight after over before, at one value), ``entries`` (series that
        have both sides), ``likelier``.
    """
    unit = np.log(block.value) - np.log(block.weight)
    near = (np.diff(block.series, prepend=-1) == 0) & (np.diff(block.month, prepend=0) <= BESIDE)
    change = np.where(near, np.diff(unit, prepend=np.nan), np.nan)
    moved = pd.DataFrame({"line": block.line[block.series], "month": block.month, "change": change}).dropna()
    middle = moved.groupby(["line", "month"])["change"].agg(["median", "size"]).reset_index()
    wide = middle[(middle["median"].abs() >= np.log(rules.step)) & (middle["size"] >= 2)]
    found = [_step(block, unit, line, month) for line, month in zip(wide["line"], wide["month"], strict=True)]
    table = pd.DataFrame(found, columns=["line", "start", "factor", "entries", "likelier"])
    wide_enough = np.abs(np.log(table["factor"].astype(float))) >= np.log(rules.step)
    table = _strongest(table[wide_enough & (table["likelier"] > rules.unlikely)])
    starts = [_begun(block, unit, line, start) for line, start in zip(table["line"], table["start"], strict=True)]
    return table.assign(start=np.array(starts, int))


def without(block: Block, found: pd.DataFrame) -> Block:
    """The lines with weights as they would be without some :func:`slips`, or without some :func:`steps`."""
    weight, one = block.weight.copy(), "series" in found  # a step is one of all series, and has no end
    for row in found.itertuples():
        rows = slice(*block.start[[row.series, row.series + 1]]) if one else block.entries(row.line)
        off = (block.month[rows] >= row.start) & (block.month[rows] <= (row.end if one else np.inf))
        weight[rows][off] /= row.factor
    return replace(block, weight=weight)


def _step(block: Block, unit: np.ndarray, line: int, month: int) -> tuple:
    """How the unit values of the series of a line compare, the year before a month and the year from it on."""
    both = _around(block, unit, line, month)
    both = both[(both["size_before"] >= SEEN) & (both["size_after"] >= SEEN)]
    change = (both["median_after"] - both["median_before"]).to_numpy()
    if len(change) < 2:
        return line, month, 1.0, len(change), 0.0
    size = np.median(change)
    spread = max(MAD_TO_SD * np.median(np.abs(change - size)), LEAST_SPREAD)
    likelier = (_log_t(change, spread, size) - _log_t(change, spread)).sum()
    return line, month, float(np.exp(-size)), len(change), float(likelier)


def _around(block: Block, unit: np.ndarray, line: int, month: int) -> pd.DataFrame:
    """Median and number of the unit values of each series of a line, the year before a month and the year from it."""
    rows = block.entries(line)
    table = pd.DataFrame({"series": block.series[rows], "unit": unit[rows], "month": block.month[rows] - month})
    table = table[(table["month"] >= -AROUND) & (table["month"] < AROUND)].dropna()
    sides = [table[(table["month"] >= 0) == after].groupby("series")["unit"].agg(["median", "size"])
             for after in (False, True)]  # fmt: skip
    return sides[0].add_suffix("_before").join(sides[1].add_suffix("_after"), how="inner")


def _begun(block: Block, unit: np.ndarray, line: int, month: int) -> int:
    """The month, near one, that parts the unit values of a line best into those before and those after a step."""
    both, rows = _around(block, unit, line, month), block.entries(line)
    table = pd.DataFrame({"series": block.series[rows], "unit": unit[rows], "month": block.month[rows]})
    table = table[(table["month"] - month).abs() <= 2 * BESIDE].dropna().join(both, on="series", how="inner")
    before, after = ((table["unit"] - table[f"median_{side}"]).abs() for side in ("before", "after"))
    tried = range(month - BESIDE, month + BESIDE + 1)
    return min(tried, key=lambda one: (np.where(table["month"] < one, before, after).sum(), abs(one - month)))


def _strongest(table: pd.DataFrame) -> pd.DataFrame:
    """Of steps of a line within a year of each other the likeliest."""
    kept = []
    for _, of_line in table.sort_values("likelier", ascending=False).groupby("line", sort=True):
        taken: list = []
        for row in of_line.itertuples():
            if all(abs(row.start - other.start) > AROUND for other in taken):
                taken.append(row)
        kept += [row.Index for row in taken]
    return table.loc[sorted(kept)].reset_index(drop=True)


def _likelier(one: pd.DataFrame, log_factor: float) -> np.ndarray:
    """How much likelier a weight off by a factor is than an odd unit value, and than a value off by it; the lesser.

    Logarithms of densities; a weight written wrongly leaves its value where it is.
    """
    off = np.where(one["up"], log_factor, -log_factor)
    usual = _log_t(one["unit"], one["unit_sd"])
    slipped = _log_t(one["unit"], one["unit_sd"], -off)
    by_weight = _log_t(one["weight"], one["weight_sd"], off) + _log_t(one["value"], one["value_sd"])
    by_value = _log_t(one["weight"], one["weight_sd"]) + _log_t(one["value"], one["value_sd"], -off)
    return np.minimum(slipped - usual, slipped - usual + by_weight - by_value)


def _log_t(of: np.ndarray | pd.Series, spread: np.ndarray | pd.Series | float, middle: object = 0.0) -> np.ndarray:
    """Logarithm of Student's density, but for what is the same for all."""
    return -(TAIL + 1) / 2 * np.log1p(((np.asarray(of) - middle) / spread) ** 2 / TAIL) - np.log(spread)


def _spread(away: np.ndarray, series: np.ndarray) -> np.ndarray:
    """Robust standard deviation of each series: from the median of what lies away from its middle."""
    return np.maximum(MAD_TO_SD * pd.Series(np.abs(away)).groupby(series).median().to_numpy(), LEAST_SPREAD)
