"""What is forecast, and where its figures stand."""

from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from helpers import fiscal
from helpers.data import Vintage

LEAST_PART = 3
"""Months that say something of a year's level."""


@dataclass(frozen=True)
class Target:
    """A series to forecast: its name, what it is in words, and the keys of its figures."""

    name: str
    what: str
    table: str
    keys: MappingProxyType


CUSTOMS = Target(
    "customs",
    "magnets under HS 850511",
    "trade",
    MappingProxyType({"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}),
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
    """All figures of a target by period, as ``india.series`` gives them, gaps left out."""
    wanted = target(name)
    return india.series(wanted.table, **wanted.keys).dropna(subset="value")


def totals(india: Vintage, name: str) -> pd.DataFrame:
    """Its yearly figures, oldest first; a ValueError if there is none."""
    rows = sums(india, name)
    known = rows[[fiscal.is_year(period) for period in rows.index]]
    if known.empty:
        raise ValueError(f"no yearly total of target {name!r} was public on {india.day}; ask for a later day")
    return known


def part_year(india: Vintage, name: str) -> pd.Series | None:
    """The longest published part, at least a quarter, of the fiscal year that follows the last yearly total."""
    rows, last = sums(india, name), totals(india, name).index[-1]
    start = fiscal.span(fiscal.year_name(fiscal.fiscal_year(last) + 1))[0]
    parts = [p for p in rows.index if fiscal.span(p)[0] == start and LEAST_PART <= len(fiscal.months(p)) < 12]
    return rows.loc[max(parts, key=lambda p: len(fiscal.months(p)))] if parts else None


def newest(india: Vintage, name: str) -> pd.Series:
    """The figure of a target that reaches furthest: of those, the longest period."""
    rows = sums(india, name)
    return rows.loc[max(rows.index, key=lambda p: (fiscal.span(p)[1], -fiscal.span(p)[0].toordinal()))]
