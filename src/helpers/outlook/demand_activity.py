"""Units of a sector by fiscal year: as they were counted, and as the engine of short series carries them on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import ASSUMED, UNUSED, Vintage, ids
from helpers.ensemble import combine, drift
from helpers.outlook import targets

RECENT = 8
"""Years that are carried on: with fewer the ranges of :func:`trial` hold still less of what came."""

_LEAST = 3
"""Years that the combination of smoothers needs; of fewer the prior growth is used."""
_REACH = 0.5
"""Years before its first and after its last figure for which a series still stands."""
_ENDS = ["value", "low", "high"]
_KEYS = ["indicator", "segment", "period"]
TENTH = 1.2816
"""Standard deviations from the middle to a tenth and to nine tenths."""
_NINETY = 1.645
"""Standard deviations at the end of 90 %, which a printed range, or that of several counts, is taken for."""


@dataclass(frozen=True)
class Units:
    """Units a year, by fiscal year.

    Attributes
    ----------
    middle, scale : np.ndarray, shape (years,)
        Log of the middle, NaN before the first figure; standard deviation about it, on the log scale.
    known : int
        The last fiscal year that is counted, 0 where none is.
    source : str
    """

    middle: np.ndarray
    scale: np.ndarray
    known: int
    source: str


class Point(NamedTuple):
    """A whole year of a series: its middle in fiscal years, units, their ends, whether it is assumed, its sources."""

    at: float
    value: float
    low: float
    high: float
    alone: bool
    source: str


class Begun(NamedTuple):
    """A year of which some months are counted: its yearly rate, nought where none are; how many months; the sources."""

    rate: float
    months: int
    source: str


@targets.remembered
def counted(india: Vintage, series: str) -> pd.DataFrame:
    """What is counted of a series by fiscal year: the first of its names that has the year.

    A year that no fiscal-year figure gives moves evenly, in per cent, between the figures around it; a calendar year
    stands at its middle. The range is that printed, and that of all counts of the year.

    Parameters
    ----------
    series : str
        ``indicator/segment`` of ``drivers.csv``, several in the order in which they are believed.

    Returns
    -------
    pd.DataFrame
        Indexed by ``fiscal_year`` (int): ``value, low, high``, ``direct`` (a figure of that year), ``source``; empty
        while nothing is public.
    """
    best: dict[float, Point] = {}
    for point in (point for name in series.split() for point in _named(india, name)):
        first = best.setdefault(point.at, point)
        if not first.alone:  # what is assumed stands in the place of all counts
            best[point.at] = first._replace(low=min(first.low, point.low), high=max(first.high, point.high))
    points = [best[at] for at in sorted(best)]
    if not points:
        return pd.DataFrame(columns=["value", "low", "high", "direct", "source"])
    at = np.array([point.at for point in points])
    years = np.arange(int(np.ceil(at[0] - _REACH)), int(np.floor(at[-1] + _REACH)) + 1)
    ends = {end: np.log([getattr(point, end) for point in points]) for end in ("value", "low", "high")}
    found = {end: np.exp(np.interp(years, at, logs)) for end, logs in ends.items()}
    direct = np.isin(years, at)
    near = [np.argsort(abs(at - year))[: 1 if exact else 2] for year, exact in zip(years, direct, strict=True)]
    table = pd.DataFrame(found, index=pd.Index(years, name="fiscal_year"))
    return table.assign(direct=direct, source=[ids(*(points[place].source for place in places)) for places in near])


def units(india: Vintage, series: str, years: np.ndarray) -> Units:
    """Units of some fiscal years: as counted, after that by the combination of smoothers.

    Of a year of which some months from its start are counted their yearly rate stands. The spread ahead is that of a
    log-drift shrunk towards what other yearly series show: ``h sd**2 + (h se)**2``, from the last month counted on.
    """
    rows, prior = counted(india, series), growth_prior(india)
    middle, scale = np.full(len(years), np.nan), np.zeros(len(years))
    if rows.empty:
        return Units(middle, scale, 0, "")
    known, last = np.isin(years, rows.index), int(rows.index[-1])
    inside = rows.loc[years[known]]
    middle[known] = np.log(inside["value"])
    wider = np.maximum(np.log(inside["high"] / inside["value"]), np.log(inside["value"] / inside["low"]))
    scale[known] = wider / _NINETY
    recent, begun = rows.tail(RECENT), _begun(india, series.split(), last + 1)
    if (steps := years[years > last] - last).size:
        fitted = drift.shrunken_log_drift(recent["value"].set_axis(recent.index.astype(float)), prior)
        levels = np.append(recent["value"], begun.rate or [])
        path = np.append(levels[len(recent) :], _carried(levels, int(steps.max()), prior))
        middle[years > last] = np.log(path[steps - 1])
        span = steps - begun.months / 12
        scale[years > last] = np.sqrt(span * fitted.sd**2 + (span * fitted.growth_se) ** 2)
    return Units(middle, scale, last, ids(*recent["source"], begun.source, growth_rows(india)))


def growth_rows(india: Vintage) -> pd.DataFrame:
    """The rows of the prior of growth."""
    return india.assumption("growth_prior")


def growth_prior(india: Vintage) -> drift.GrowthPrior:
    """What yearly series elsewhere say of growth."""
    return drift.GrowthPrior(**growth_rows(india)["value"])


def trial(india: Vintage, series: Iterable[str], least: int = 6) -> pd.DataFrame:
    """One year ahead in hindsight: each counted year forecast from those before it, as published today.

    Revised figures stand in the place of the first ones, so it is kinder than a forecast of that day would have been.

    Returns
    -------
    pd.DataFrame
        ``series, period, counted, forecast, low, high`` (80 %), ``inside, source``, of series of ``least`` years.
    """
    found = []
    for name in series:
        rows, prior = counted(india, name), growth_prior(india)
        for end in range(max(least, len(rows) - RECENT) - 1, len(rows)):
            before, value = rows.iloc[:end].tail(RECENT), rows["value"].iloc[end]
            if not rows["direct"].iloc[end]:
                continue
            fitted = drift.shrunken_log_drift(before["value"].set_axis(before.index.astype(float)), prior)
            middle = _carried(before["value"].to_numpy(), 1, prior)[0]
            low, high = middle * np.exp(np.array([-TENTH, TENTH]) * np.hypot(fitted.sd, fitted.growth_se))
            found.append((name, fiscal.year_name(int(rows.index[end])), value, middle, low, high, low <= value <= high,
                          ids(*before["source"], rows["source"].iloc[end])))  # fmt: skip
    return pd.DataFrame(found, columns=["series", "period", "counted", "forecast", "low", "high", "inside", "source"])


def _carried(values: np.ndarray, horizon: int, prior: drift.GrowthPrior) -> np.ndarray:
    if len(values) < _LEAST:
        return values[-1] * np.exp(prior.mean * np.arange(1, horizon + 1))
    return combine.combined(values[None], horizon, (prior.mean, prior.spread)).point[0]


def _begun(india: Vintage, names: list[str], year: int) -> Begun:
    """What is counted of a year from its start on, by the first series that has enough months of it."""
    start = fiscal.bounds(f"{fiscal.year_name(year)}-Q1")[0]
    for name in names:
        at, total, used, parts = start, 0.0, [], _parts(india).get(name, {})
        while at in parts and parts[at][0] - start <= 12:
            at, value, source = parts[at]
            total, used = total + value, [*used, source]
        if at - start >= targets.LEAST_PART:
            return Begun(total * 12 / (at - start), at - start, ids(*used))
    return Begun(0.0, 0, "")


@targets.remembered
def _parts(india: Vintage) -> dict[str, dict[int, tuple]]:
    """Parts of years by series and first month, the longest of each: the month after it, units, source."""
    rows, found = india.table("drivers"), {}
    rows = rows[~rows["status"].isin(UNUSED) & (rows["value"] > 0)]
    for row in rows.itertuples():
        first, after = fiscal.bounds(row.period) or (0, 0)
        if 0 < after - first < 12:
            parts = found.setdefault(f"{row.indicator}/{row.segment}", {})
            parts[first] = max(parts.get(first, (0, 0.0, "")), (after, row.value, row.source))
    return found


def _named(india: Vintage, name: str) -> list[Point]:
    """The whole years of a series; none while not public, and a DataError that says what is misspelt."""
    every, (indicator, _, segment) = _every(india), name.partition("/")
    if name not in every:
        india.series("drivers", indicator=indicator, segment=segment)
    return every.get(name, [])


@targets.remembered
def _every(india: Vintage) -> dict[str, list[Point]]:
    """The whole years of every series: the figure to use, and the ends of all that sources last said of the year."""
    told = india.table("drivers", vintages=True)
    told = told[~told["status"].isin(UNUSED)].sort_values("published", kind="stable")
    told = told.drop_duplicates([*_KEYS, "source"], keep="last")
    told = told.assign(least=told[_ENDS].min(axis=1), most=told[_ENDS].max(axis=1))
    ends = told.groupby(_KEYS, as_index=False).agg({"least": "min", "most": "max"})
    rows, found = india.table("drivers").merge(ends, on=_KEYS, how="left"), {}
    rows = rows[~rows["status"].isin(UNUSED) & rows["period"].map(fiscal.is_year) & (rows[_ENDS].min(axis=1) > 0)]
    rows["value"] = rows["value"].fillna(np.sqrt(rows["low"] * rows["high"]))
    for row in rows.itertuples():
        alone = row.status == ASSUMED
        span = (np.nanmin((row.value, row.low)), np.nanmax((row.value, row.high))) if alone else (row.least, row.most)
        point = Point(fiscal.centre(row.period), row.value, *span, alone, row.source)
        found.setdefault(f"{row.indicator}/{row.segment}", []).append(point)
    return found
