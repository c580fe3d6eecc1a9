"""What is forecast, and where its figures stand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from types import MappingProxyType

import pandas as pd

from helpers import fiscal
from helpers.data import ASSUMED, Vintage, sources_of

LEAST_PART = 3
"""Months that say something of a year's level."""


def remembered(of_vintage: Callable) -> Callable:
    """A function of a vintage that is computed once for each vintage; tables are handed out as copies."""
    found = lru_cache(maxsize=256)(of_vintage)

    @wraps(of_vintage)
    def again(*args: object, **kwargs: object) -> object:
        value = found(*args, **kwargs)
        return value.copy() if isinstance(value, pd.DataFrame | pd.Series) else value

    return again


@dataclass(frozen=True)
class Target:
    """A series to forecast: its name, what it is in words, the keys of its figures, and whether its years are fiscal.

    Calendar years of a series whose years are fiscal are another count of the same months, and no further years of it.
    """

    name: str
    what: str
    table: str
    keys: MappingProxyType
    fiscal: bool = False


CUSTOMS = Target(
    "customs",
    "magnets under HS 850511",
    "trade",
    MappingProxyType({"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}),
    fiscal=True,
)
REPM = Target(
    "repm",
    "rare-earth magnets",
    "production",
    MappingProxyType({"area": "IND", "stage": "use", "commodity": "REPM", "measure": "consumption"}),
)
TARGETS = {target.name: target for target in (CUSTOMS, REPM)}


def target(name: str) -> Target:
    """A target by name; a ValueError that lists those there are."""
    if name not in TARGETS:
        raise ValueError(f"target {name!r} is unknown; choose one of {sorted(TARGETS)}")
    return TARGETS[name]


def other(name: str) -> str:
    """The target that stands beside this one."""
    return next(beside for beside in TARGETS if beside != target(name).name)


def sums(india: Vintage, name: str) -> pd.DataFrame:
    """All figures of a target by period, as ``india.series`` gives them, gaps left out.

    Of a target whose years are fiscal, calendar years are left out too.
    """
    wanted = target(name)
    rows = india.series(wanted.table, **wanted.keys).dropna(subset="value")
    return rows.loc[[not (wanted.fiscal and fiscal.is_calendar_year(period)) for period in rows.index]]


@remembered
def totals(india: Vintage, name: str) -> pd.DataFrame:
    """Its yearly figures, oldest first; a ValueError if there is none."""
    rows = sums(india, name)
    known = rows[[fiscal.is_year(period) for period in rows.index]]
    if known.empty:
        raise ValueError(f"no yearly total of target {name!r} was public on {india.day}; ask for a later day")
    return known


@remembered
def part_year(india: Vintage, name: str) -> pd.Series | None:
    """What is known, at least a quarter from its start on, of the fiscal year that follows the last yearly total.

    The longest published sum from April on and, where months or quarters follow it without a gap, those added.
    """
    rows, last = sums(india, name), totals(india, name).index[-1]
    months = fiscal.months(fiscal.year_name(fiscal.fiscal_year(last) + 1))
    pieces: list[str] = []
    known = 0
    while known < len(months):
        start = months[known].start_time.date()
        fits = {p: len(fiscal.months(p)) for p in rows.index if fiscal.span(p)[0] == start}
        fits = {p: count for p, count in fits.items() if known + count < len(months)}
        if not fits:
            break
        pieces.append(max(fits, key=lambda p: fits[p]))
        known += fits[pieces[-1]]
    if known < LEAST_PART:
        return None
    return rows.loc[pieces[0]] if len(pieces) == 1 else _added(rows.loc[pieces], fiscal.name(months[:known]))


def newest(india: Vintage, name: str) -> pd.Series:
    """The figure of a target that reaches furthest: of those, the longest period."""
    rows = sums(india, name)
    return rows.loc[max(rows.index, key=lambda p: (fiscal.span(p)[1], -fiscal.span(p)[0].toordinal()))]


def _added(rows: pd.DataFrame, period: str) -> pd.Series:
    """Consecutive sums as one, with the bounds and the sources of all."""
    low, high = (rows[bound].fillna(rows["value"]).sum() for bound in ("low", "high"))
    row = rows.iloc[-1].copy()
    row["value"], row["low"], row["high"] = rows["value"].sum(), low, high
    row["status"] = ASSUMED if rows["status"].eq(ASSUMED).any() else "derived"
    row["published"], row["source"] = rows["published"].max(), " ".join(sorted(sources_of(rows)))
    return row.rename(period)
