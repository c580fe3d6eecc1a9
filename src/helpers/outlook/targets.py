"""What is forecast, and where its figures stand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from types import MappingProxyType

import pandas as pd

from helpers import fiscal
from helpers.data import ASSUMED, STATUSES, Vintage, ids
from helpers.ensemble import period_sums
from helpers.ensemble.period_sums import bounds, count

LEAST_PART = 3
"""Months that say something of a year's level."""
_REVISED = 0.02
"""How far reported parts may be from a reported whole, as a fraction, before they are parts of another."""


def remembered(of_vintage: Callable) -> Callable:
    """A function of a vintage that is computed once for each vintage; tables are handed out as copies (on write)."""
    found = lru_cache(maxsize=256)(of_vintage)

    @wraps(of_vintage)
    def again(*args: object, **kwargs: object) -> object:
        value = found(*args, **kwargs)
        return value.copy(deep=False) if isinstance(value, pd.DataFrame | pd.Series) else value

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

    @property
    def series(self) -> str:
        """Table and key of its figures, as one text."""
        return "/".join([self.table, *self.keys.values()])


_IMPORTS = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}
_USE = {"area": "IND", "stage": "use", "commodity": "REPM", "measure": "consumption"}
CUSTOMS = Target("customs", "magnets under HS 850511", "trade", MappingProxyType(_IMPORTS), fiscal=True)
REPM = Target("repm", "rare-earth magnets", "production", MappingProxyType(_USE))
TARGETS = {target.name: target for target in (CUSTOMS, REPM)}


def target(name: str) -> Target:
    """A target by name; a ValueError that lists those there are."""
    if name not in TARGETS:
        raise ValueError(f"target {name!r} is unknown; choose one of {sorted(TARGETS)}")
    return TARGETS[name]


def other(name: str) -> str:
    """The target that stands beside this one."""
    return next(beside for beside in TARGETS if beside != target(name).name)


@remembered
def sums(india: Vintage, name: str) -> pd.DataFrame:
    """All figures of a target by period, as ``india.series`` gives them, gaps left out.

    Of a target whose years are fiscal, calendar years are left out too.
    """
    wanted = target(name)
    rows = _figures(india, wanted)
    return rows.loc[[not (wanted.fiscal and fiscal.is_calendar_year(period)) for period in rows.index]]


@remembered
def known_sums(india: Vintage) -> pd.DataFrame:
    """Period sums of HS 850511, to the tonne, by trust: reported before derived, estimates and restatements left out.

    Derived parts of a year whose total is assumed, or was revised after them, no longer fit it and are left out, and
    so is every derived sum that contradicts a reported one. A reported sum that its reported parts make by a few per
    cent another is what they make; where they are further off, they go. Calendar years, another count of the same
    months, come last: one that shares months with a year that was replaced, or fits no months of the others, goes.
    """
    rows = _figures(india, CUSTOMS)
    rows = rows[rows["status"].isin([ASSUMED, "reported", "derived"])]
    rows = rows.loc[rows["status"].map(STATUSES.index).sort_values(kind="stable").index]
    wanted = {**CUSTOMS.keys, "status": "reported"}
    reported = pd.concat([india.table("trade", vintages=True, **wanted), india.withdrawn("trade", **wanted)])
    for period in [p for p in rows.index if fiscal.is_fiscal_year(p) and _replaced(reported, rows.loc[p])]:
        whole, total = fiscal.months(period), rows.loc[period]
        across = [p for p in rows.index if fiscal.is_calendar_year(p) and fiscal.months(p).isin(whole).any()]
        firm = total["status"] == ASSUMED
        rows = rows.drop([p for p in across if firm or rows.loc[p, "published"] <= total["published"]])
        inside = [p for p in rows.index if p != period and fiscal.months(p).isin(whole).all()]
        older = rows.loc[inside, "status"].eq("derived") & (rows.loc[inside, "published"] <= total["published"])
        stale = rows.loc[inside, "status"].ne(ASSUMED) if firm else older
        rows = rows.drop(stale.index[stale])
    return _fitting(_settled(rows.assign(value=rows["value"].round())))


def _figures(india: Vintage, wanted: Target) -> pd.DataFrame:
    return india.series(wanted.table, **wanted.keys).dropna(subset="value")


@remembered
def totals(india: Vintage, name: str) -> pd.DataFrame:
    """Its yearly figures, oldest first; a ValueError if there is none."""
    rows = sums(india, name)
    known = rows.loc[[fiscal.is_year(period) for period in rows.index]]
    if known.empty:
        raise ValueError(f"no yearly total of target {name!r} was public on {india.day}; ask for a later day")
    return known


def with_totals(india: Vintage) -> list[str]:
    """The targets that have a yearly figure."""
    return [name for name in TARGETS if any(map(fiscal.is_year, sums(india, name).index))]


def part_year(india: Vintage, name: str) -> pd.Series | None:
    """What is known, at least a quarter from its start on, of the fiscal year that follows the last yearly total."""
    return next(iter(part_years(india, name)), None)


@remembered
def part_years(india: Vintage, name: str) -> tuple[pd.Series, ...]:
    """Of that year and, while its total is missing, of those that follow it without a gap, oldest first."""
    found, year = [], fiscal.fiscal_year(totals(india, name).index[-1])
    while (part := _part_of(india, name, year + 1)) is not None:
        found.append(part)
        year += 1
    return tuple(found)


def _part_of(india: Vintage, name: str, year: int) -> pd.Series | None:
    """The longest published sum from April on and, where months or quarters follow it without a gap, those added."""
    rows, months = sums(india, name), fiscal.months(fiscal.year_name(year))
    pieces: list[str] = []
    known = 0
    while known < len(months):
        start = months[known].start_time.date()
        fits = {p: len(fiscal.months(p)) for p in rows.index if fiscal.span(p)[0] == start}
        fits = {p: held for p, held in fits.items() if known + held < len(months)}
        if not fits:
            break
        pieces.append(max(fits, key=lambda p: fits[p]))
        known += fits[pieces[-1]]
    if known < LEAST_PART:
        return None
    return rows.loc[pieces[0]] if len(pieces) == 1 else _added(rows.loc[pieces], fiscal.name(months[:known]))


def newest(india: Vintage, name: str) -> pd.Series:
    """The figure of a target that reaches furthest: of those, the longest period; a ValueError if there is none."""
    rows = sums(india, name)
    if rows.empty:
        raise ValueError(f"no figure of target {name!r} was public on {india.day}: data/{TARGETS[name].table}.csv has "
                         f"none of {TARGETS[name].series} by then; ask for a later day, or add one")  # fmt: skip
    return rows.loc[max(rows.index, key=lambda p: (fiscal.span(p)[1], -fiscal.span(p)[0].toordinal()))]


def _added(rows: pd.DataFrame, period: str) -> pd.Series:
    """Consecutive sums as one, with the bounds and the sources of all."""
    low, high = (rows[bound].fillna(rows["value"]).sum() for bound in ("low", "high"))
    row = rows.iloc[-1].copy()
    row["value"], row["low"], row["high"] = rows["value"].sum(), low, high
    row["status"] = ASSUMED if rows["status"].eq(ASSUMED).any() else "derived"
    row["published"], row["source"] = rows["published"].max(), ids(rows)
    return row.rename(period)


def _settled(rows: pd.DataFrame) -> pd.DataFrame:
    """Firm sums that fit each other: a whole that its parts nearly make is what they make, else they are left out."""
    firm = ~_last(rows)
    values, kept = rows.loc[firm, "value"].to_dict(), {}
    for period in sorted(values, key=lambda p: (count(p), p)):
        inside = [p for p in kept if _within(p, period)]
        tilings = [_tiling(period, sorted(inside, key=count, reverse=longest)) for longest in (False, True)]
        made = [sum(kept[p] for p in tiling) for tiling in tilings if tiling]
        if made and abs(made[0] - values[period]) > _REVISED * values[period]:
            kept = {p: value for p, value in kept.items() if p not in inside}
        elif made and abs(made[0] - values[period]) > period_sums.TOLERANCE * values[period]:
            values[period] = made[0]
        kept[period] = values[period]
    rows = rows[~firm | rows.index.isin(kept)]
    return rows.assign(value=[kept.get(p, v) for p, v in rows["value"].items()])


def _fitting(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without derived sums and calendar years that contradict those before: what made them has changed."""
    late, values = _last(rows), rows["value"]
    kept, following = list(rows.index[~late]), []
    single = {period for period in kept if count(period) == 1}
    for period in sorted(rows.index[late], key=fiscal.is_calendar_year):
        months = fiscal.months(period).astype(str)
        if single.issuperset(months):  # what it adds is nothing, so that it need not be tried with the others
            if abs(values[months].sum() / values[period] - 1) <= period_sums.TOLERANCE:
                following.append(period)
            continue
        if _fit(*values[[*kept, period]].items()):
            kept.append(period)
    rows = rows[rows.index.isin([*kept, *following])]
    return rows.loc[sorted(rows.index, key=fiscal.is_calendar_year)]


@lru_cache(maxsize=256)
def _fit(*sums: tuple[str, float]) -> bool:
    return period_sums.fit(pd.Series(dict(sums)))


def _last(rows: pd.DataFrame) -> pd.Series:
    """Whether each sum must fit those of more trust: the derived ones, and calendar years."""
    calendar = pd.Series([fiscal.is_calendar_year(period) for period in rows.index], rows.index, dtype=bool)
    return rows["status"].eq("derived") | calendar


def _tiling(period: str, parts: list[str]) -> list[str]:
    """The first parts that do not overlap, if they make up the whole of a period; else none."""
    taken: list[tuple[int, int]] = []
    found = []
    for part in parts:
        first, after = bounds(part)
        if all(after <= begun or first >= ended for begun, ended in taken):
            taken.append((first, after))
            found.append(part)
    first, after = bounds(period)
    return found if sum(ended - begun for begun, ended in taken) == after - first else []


def _within(part: str, whole: str) -> bool:
    (first, after), (begun, ended) = bounds(part), bounds(whole)
    return part != whole and begun <= first and after <= ended


def _replaced(reported: pd.DataFrame, row: pd.Series) -> bool:
    """Whether a figure is assumed, or stands in the place of an earlier one of its period, withdrawn or not."""
    rows = reported[(reported["period"] == row.name) & (reported["published"] < row["published"])]
    return row["status"] == ASSUMED or bool((rows["value"] != row["value"]).any())
