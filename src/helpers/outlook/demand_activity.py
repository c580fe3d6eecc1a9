"""Units of a sector by fiscal year: as they were counted, and as the engine of short series carries them on."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
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
_READ = ["indicator", "segment", "period", *_ENDS, "status", "source"]
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
    return _by_year(_points(india, series)).copy(deep=False)


def _points(india: Vintage, series: str) -> tuple[Point, ...]:
    """What is counted of a series, oldest first, each with the range of all counts."""
    best: dict[float, Point] = {}
    for point in (point for name in series.split() for point in _named(india, name)):
        first = best.setdefault(point.at, point)
        if not first.alone:  # what is assumed stands in the place of all counts
            best[point.at] = first._replace(low=min(first.low, point.low), high=max(first.high, point.high))
    return tuple(best[at] for at in sorted(best))


@lru_cache(maxsize=256)
def _by_year(points: tuple[Point, ...]) -> pd.DataFrame:
    if not points:
        return pd.DataFrame(columns=[*_ENDS, "direct", "source"], index=pd.RangeIndex(0, name="fiscal_year"))
    at = np.array([point.at for point in points])
    years = np.arange(int(np.ceil(at[0] - _REACH)), int(np.floor(at[-1] + _REACH)) + 1)
    ends = {end: np.log([getattr(point, end) for point in points]) for end in _ENDS}
    direct = np.isin(years, at)
    near = [np.argsort(abs(at - year))[: 1 if exact else 2] for year, exact in zip(years, direct, strict=True)]
    source = [ids(*(points[place].source for place in places)) for places in near]
    table = pd.DataFrame({end: np.exp(np.interp(years, at, logs)) for end, logs in ends.items()}, years)
    return table.assign(direct=direct, source=source).rename_axis("fiscal_year")


def units(india: Vintage, series: str, years: np.ndarray) -> Units:
    """Units of some fiscal years: as counted, after that by the combination of smoothers.

    Of a year of which some months from its start are counted their yearly rate stands. The spread ahead is that of a
    log-drift shrunk towards what other yearly series show: ``h sd**2 + (h se)**2``, from the last month counted on.
    """
    rows = _by_year(points := _points(india, series))
    begun = _begun(india, series.split(), int(rows.index[-1]) + 1) if points else (0.0, 0, "")
    return _carried_on(points, *begun, *_prior(india), tuple(years.tolist()))


@lru_cache(maxsize=512)
def _carried_on(points: tuple[Point, ...], rate: float, months: int, begun: str, prior: drift.GrowthPrior, told: str,
                over: tuple[int, ...]) -> Units:  # fmt: skip
    """Units made of the same figures are the same, whatever vintages hold them."""
    rows, years = _by_year(points), np.array(over)
    middle, scale = np.full(len(years), np.nan), np.zeros(len(years))
    if rows.empty:
        return Units(middle, scale, 0, "")
    known, last, (value, low, high) = np.isin(years, rows.index), int(rows.index[-1]), rows[_ENDS].to_numpy().T
    at = np.searchsorted(rows.index, years[known])
    middle[known] = np.log(value[at])
    scale[known] = np.log(np.maximum(high / value, value / low)[at]) / _NINETY
    recent = value[-RECENT:]
    if (steps := years[years > last] - last).size:
        fitted = drift.shrunken_log_drift(pd.Series(recent, rows.index[-RECENT:].astype(float)), prior)
        levels = np.append(recent, rate or [])
        path = np.append(levels[len(recent) :], _carried(tuple(levels), int(steps.max()), prior))
        middle[years > last] = np.log(path[steps - 1])
        span = steps - months / 12
        scale[years > last] = np.sqrt(span * fitted.sd**2 + (span * fitted.growth_se) ** 2)
    return Units(middle, scale, last, ids(rows.tail(RECENT), begun, told))


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
        rows, (prior, _) = counted(india, name), _prior(india)
        for end in range(max(least, len(rows) - RECENT) - 1, len(rows)):
            before, value = rows.iloc[:end].tail(RECENT), rows["value"].iloc[end]
            if not rows["direct"].iloc[end]:
                continue
            fitted = drift.shrunken_log_drift(before["value"].set_axis(before.index.astype(float)), prior)
            middle = _carried(tuple(before["value"]), 1, prior)[0]
            low, high = middle * np.exp(np.array([-TENTH, TENTH]) * np.hypot(fitted.sd, fitted.growth_se))
            found.append((name, fiscal.year_name(int(rows.index[end])), value, middle, low, high, low <= value <= high,
                          ids(*before["source"], rows["source"].iloc[end])))  # fmt: skip
    return pd.DataFrame(found, columns=["series", "period", "counted", "forecast", "low", "high", "inside", "source"])


@targets.remembered
def _prior(india: Vintage) -> tuple[drift.GrowthPrior, str]:
    """What yearly series elsewhere say of growth, and who says so."""
    rows = india.assumption("growth_prior")
    return drift.GrowthPrior(**rows["value"]), ids(rows)


@lru_cache(maxsize=256)
def _carried(values: tuple[float, ...], horizon: int, prior: drift.GrowthPrior) -> np.ndarray:
    if len(values) < _LEAST:
        return values[-1] * np.exp(prior.mean * np.arange(1, horizon + 1))
    return combine.combined(np.array([values]), horizon, (prior.mean, prior.spread)).point[0]


def _begun(india: Vintage, names: list[str], year: int) -> tuple[float, int, str]:
    """The yearly rate of a year begun, by the first series with enough months of it (nought without), months, sources.

    Only months from its start on count.
    """
    start = fiscal.bounds(f"{fiscal.year_name(year)}-Q1")[0]
    for name in names:
        at, total, used, parts = start, 0.0, [], _parts(india).get(name, {})
        while at in parts and parts[at][0] - start <= 12:
            at, value, source = parts[at]
            total, used = total + value, [*used, source]
        if at - start >= targets.LEAST_PART:
            return total * 12 / (at - start), at - start, ids(*used)
    return 0.0, 0, ""


@targets.remembered
def _parts(india: Vintage) -> dict[str, dict[int, tuple]]:
    """Parts of years by series and first month, the longest of each: the month after it, units, source."""
    rows, found = india.table("drivers"), {}
    rows = rows.loc[~rows["status"].isin(UNUSED) & (rows["value"] > 0), _READ]
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
    said: dict[tuple, dict[str, list[float]]] = {}
    for row in india.table("drivers", vintages=True).sort_values("published", kind="stable")[_READ].itertuples():
        if row.status not in UNUSED:
            said.setdefault((row.indicator, row.segment, row.period), {})[row.source] = _known(row)
    found: dict[str, list[Point]] = {}
    for row in india.table("drivers")[_READ].itertuples():
        own, alone = _known(row), row.status == ASSUMED
        if row.status in UNUSED or not fiscal.is_year(row.period) or not min(own, default=0) > 0:
            continue
        value = np.sqrt(row.low * row.high) if np.isnan(row.value) else row.value
        every = [own] if alone else [of for of in said[row.indicator, row.segment, row.period].values() if of]
        span = min(map(min, every)), max(map(max, every))
        point = Point(fiscal.centre(row.period), value, *span, alone, row.source)
        found.setdefault(f"{row.indicator}/{row.segment}", []).append(point)
    return found


def _known(row) -> list[float]:
    """The numbers of a row: its middle and its ends, gaps left out."""
    return [end for end in (row.value, row.low, row.high) if not np.isnan(end)]
