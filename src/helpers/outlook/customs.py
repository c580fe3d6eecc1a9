"""What customs recorded under HS 850511: years, halves and months that fit each other, and tariff lines."""

import itertools

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.outlook import episodes, targets

METAL, FERRITE, OTHER_METAL, OTHER = "850511", "85051110", "85051190", "85051900"
LINES = {FERRITE: "85051110 ferrite cores", OTHER_METAL: "85051190 other metal magnets"}
_NUMBERS = ["value", "low", "high"]
_ROUGH = ("estimate", "weak", "inference")
_TOLERANCE = 0.02
"""How far the parts of a year may be from its total, as a fraction, before they are parts of another."""


@targets.remembered
def imports(india: Vintage, measure: str = "weight", hs: str = METAL, partner: str = "world") -> pd.DataFrame:
    """India's imports as published, one row a period (:meth:`helpers.data.Vintage.series`), by fiscal years.

    Calendar years are left out: their months are those of two fiscal years, counted again.
    """
    keys = {"flow": "import", "reporter": "IND", "partner": partner, "hs": hs, "measure": measure}
    rows = india.series("trade", **keys).dropna(subset="value")
    return rows.loc[[not fiscal.is_calendar_year(period) for period in rows.index]]


def subject(india: Vintage) -> str:
    """The year that is taken apart: the suspect one, else the newest with tariff lines, else the newest.

    Raises
    ------
    ValueError
        If no yearly total is known.
    """
    years = list(targets.totals(india, "customs").index)
    if suspect := episodes.suspect(india):
        return suspect.year
    split = imports(india, hs=OTHER_METAL).index
    return next((year for year in reversed(years) if year in split), years[-1])


def versions(india: Vintage, year: str) -> pd.DataFrame:
    """Every published version of a year's tonnes under HS 850511, oldest first.

    Returns
    -------
    pd.DataFrame
        ``published, value, low, high`` (tonnes), ``status, source, note``.
    """
    rows = india.table("trade", vintages=True, **targets.CUSTOMS.keys, period=year)
    rows = rows.dropna(subset="value").sort_values(["published", "source"])
    return rows[["published", "value", "low", "high", "status", "source", "note"]].reset_index(drop=True)


@targets.remembered
def periods(india: Vintage) -> pd.DataFrame:
    """Tonnes a month in every known period, the finest that do not overlap.

    What is left of a period once finer ones are taken out of it stands as a period of its own; if it is in two
    pieces, both have its mean rate.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``, oldest first: ``start, end`` (dates), ``months, tonnes, t_per_month, source``.
    """
    return _tiles(_agreeing(india))


@targets.remembered
def halves(india: Vintage) -> pd.DataFrame:
    """Every half-year that is known: as published or derived, as the rest of its year, or as the sum of its months.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``, oldest first: ``unit, value, low, high, t_per_month, status, source``.
    """
    rows = _agreeing(india)
    tiles = _tiles(rows)
    found = {}
    years = [fiscal.fiscal_year(period) for period in rows.index]
    for year in map(fiscal.year_name, range(min(years, default=0), max(years, default=-1) + 1)):
        for one, other in ("12", "21"):
            if (row := _half(f"{year}-H{one}", f"{year}-H{other}", year, rows, tiles)) is not None:
                found[f"{year}-H{one}"] = row
    table = pd.DataFrame.from_dict(found, orient="index", columns=[*_NUMBERS, "status", "source"])
    table = table.rename_axis("period").sort_index().astype(dict.fromkeys(_NUMBERS, float))
    return table.assign(unit="t", t_per_month=table["value"] / 6)


def since(india: Vintage, year: str) -> pd.DataFrame:
    """What has come after a year: the newest yearly total, and the part of a later year that is known.

    Returns
    -------
    pd.DataFrame
        At most two rows, indexed by ``period``: ``months, value`` (tonnes), ``rate`` (tonnes a year), ``source``.
    """
    rows, tiles = _agreeing(india), periods(india)
    years = [p for p in rows.index if fiscal.is_fiscal_year(p) and p > year]
    found = [(p, 12, rows.loc[p, "value"], rows.loc[p, "source"]) for p in years[-1:]]
    later = tiles[tiles["start"] > pd.Timestamp(fiscal.span(found[0][0] if found else year)[1])]
    if len(part := newest_run(later)):
        span = fiscal.name(pd.period_range(part["start"].iloc[0], part["end"].iloc[-1], freq="M"))
        used = rows.loc[span, "source"] if span in rows.index else ids(part)
        found.append((span, int(part["months"].sum()), part["tonnes"].sum(), used))
    table = pd.DataFrame(found, columns=["period", "months", "value", "source"]).set_index("period")
    return table.assign(unit="t", rate=table["value"] * 12 / table["months"])


def newest_run(tiles: pd.DataFrame) -> pd.DataFrame:
    """The last of :func:`periods` that follow each other within a fiscal year and are a quarter or more together."""
    years = tiles["start"].map(fiscal.fiscal_year)
    begins = (tiles["start"] != tiles["end"].shift() + pd.Timedelta(days=1)) | (years != years.shift())
    runs = begins.cumsum()
    long = runs[tiles["months"].groupby(runs).transform("sum") >= targets.LEAST_PART]
    return tiles[runs == long.max()]


def lines(india: Vintage, year: str, dollars: pd.DataFrame | None = None) -> pd.DataFrame:
    """A year's HS 850511 by Indian tariff line: one as derived from China's share, the other as the rest.

    Parameters
    ----------
    dollars : pd.DataFrame, optional
        Its value, if it has to be on the basis of another year too: see :func:`values`.

    Returns
    -------
    pd.DataFrame
        Indexed by the line's code and text: ``tonnes, usd_m, usd_per_kg, weight_share, value_share, source``; empty
        unless both lines are known, fit into the total and add up to it.
    """
    total, dollars = imports(india), values(india, [year]) if dollars is None else dollars
    metal, metal_usd = imports(india, hs=OTHER_METAL), imports(india, "value_usd", hs=OTHER_METAL)
    columns = ["tonnes", "usd_m", "usd_per_kg", "weight_share", "value_share", "source"]
    unknown = pd.DataFrame(columns=columns, index=pd.Index([], name="line"))
    if not all(year in table.index for table in (total, dollars, metal, metal_usd)):
        return unknown
    whole = np.array([total.loc[year, "value"], dollars.loc[year, "usd_m"]])
    part = np.array([metal.loc[year, "value"], metal_usd.loc[year, "value"]])
    table = pd.DataFrame([whole - part, part], columns=columns[:2], index=pd.Index(LINES.values(), name="line"))
    if (table <= 0).any(axis=None):
        return unknown
    own, shares = ids(metal.loc[year], metal_usd.loc[year]), table / table.sum()
    table["usd_per_kg"] = table["usd_m"] / table["tonnes"] * 1000
    table[["weight_share", "value_share"]] = shares
    return table.assign(source=[ids(own, total.loc[year], dollars.loc[year]), own])


def values(india: Vintage, years: list[str]) -> pd.DataFrame:
    """Million dollars of HS 850511 in some years, all by one route.

    Rupees at each fiscal year's mean rate where both are known of every year; else the dollars that were printed. A
    single year is valued by the route that serves the year before it too, if there is one, so that its value is the
    same alone and in comparison.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``: ``usd_m, low, high`` (of the rounding), ``route, source``; empty if one of the years is
        known by neither route.
    """
    rupees, printed = imports(india, "value_inr"), imports(india, "value_usd")
    rate = india.series("prices", item="INR per USD", basis="fiscal-year mean")
    crore = 10 / rate["value"]  # a crore is ten million
    changed = rupees[_NUMBERS].mul(crore, axis=0).dropna(subset="value")
    routes = {"rupees at the year's mean rate": (changed, (rupees, rate)), "dollars as printed": (printed, (printed,))}
    index = pd.Index(years, name="period")
    for wanted in (index.union([fiscal.year_before(years[0])]) if len(years) == 1 else index, index):
        for route, (dollars, used) in routes.items():
            if wanted.isin(dollars.index).all():
                source = [ids(*(rows.loc[year] for rows in used)) for year in years]
                told = dollars.loc[index, _NUMBERS].rename(columns={"value": "usd_m"})
                return told.assign(route=route, source=source)
    return pd.DataFrame(columns=["usd_m", "low", "high", "route", "source"], index=index[:0])


def half_before(name: str) -> str:
    """``FY24-H2`` for ``FY25-H1``."""
    return fiscal.name(fiscal.months(name) - 6)


def next_half(india: Vintage) -> str:
    """The first half-year after the newest total that is not known."""
    last, known = fiscal.fiscal_year(targets.totals(india, "customs").index[-1]), set(halves(india).index)
    names = (f"{fiscal.year_name(year)}-H{half}" for year in itertools.count(last + 1) for half in "12")
    return next(name for name in names if name not in known)


@targets.remembered
def _agreeing(india: Vintage) -> pd.DataFrame:
    """The figures that agree: where parts contradict a total, what was derived goes first, then all parts of it."""
    rows = imports(india)
    rows = rows[~rows["status"].isin(_ROUGH) & (rows["value"] > 0)]
    spans, values, status = {p: _span(p) for p in rows.index}, rows["value"].to_dict(), rows["status"].to_dict()
    for whole in sorted(spans, key=lambda p: -len(spans[p])):
        for firm in (("assumed", "reported"), ()):
            inside = [p for p in spans if whole in spans and p != whole and spans[p] <= spans[whole]]
            parts = _partition({p: (spans[p], values[p]) for p in inside})
            months = sum(len(span) for span, _, _ in parts)
            share = sum(tonnes for _, tonnes, _ in parts) / values[whole]
            if share < 1 + _TOLERANCE and (share > 1 - _TOLERANCE or whole not in spans or months < len(spans[whole])):
                break
            spans = {p: span for p, span in spans.items() if p not in inside or status[p] in firm}
    return rows.loc[list(spans)]


def _tiles(rows: pd.DataFrame) -> pd.DataFrame:
    found, source = [], rows["source"]
    for months, tonnes, used in _partition({p: (_span(p), value) for p, value in rows["value"].items()}):
        period = fiscal.between(months[0], months[-1] + 1)
        ends = map(pd.Timestamp, fiscal.span(period))
        found.append((period, *ends, len(months), tonnes, ids(*source[list(used)])))
    columns = ["period", "start", "end", "months", "tonnes", "source"]
    table = pd.DataFrame(found, columns=columns).set_index("period")
    table.insert(4, "t_per_month", table["tonnes"] / table["months"])
    return table.sort_values("start")


def _partition(figures: dict[str, tuple[frozenset[int], float]]) -> list[tuple[list[int], float, set[str]]]:
    """Months, tonnes and the figures used of the finest pieces that do not overlap."""
    taken: list[tuple[list[int], float, set[str]]] = []
    for period in sorted(figures, key=lambda p: (len(figures[p][0]), min(figures[p][0]))):
        span, value = figures[period]
        inside = [piece for piece in taken if not span.isdisjoint(piece[0])]
        free = sorted(span.difference(*(piece[0] for piece in inside)))
        left = value - sum(tonnes for _, tonnes, _ in inside)
        if not free or left <= 0 or not all(span.issuperset(piece[0]) for piece in inside):
            continue
        used = {period}.union(*(names for _, _, names in inside))
        breaks = [0, *(n for n in range(1, len(free)) if free[n] > free[n - 1] + 1), len(free)]
        for first, last in itertools.pairwise(breaks):
            taken.append((free[first:last], left * (last - first) / len(free), used))
    return taken


def _span(period: str) -> frozenset[int]:
    start, end = fiscal.span(period)
    return frozenset(range(start.year * 12 + start.month - 1, end.year * 12 + end.month))


def _half(name: str, beside: str, year: str, rows: pd.DataFrame, tiles: pd.DataFrame) -> list | None:
    if name in rows.index:
        row = rows.loc[name]
        return [row["value"], *row[["low", "high"]].fillna(row["value"]), row["status"], row["source"]]
    if year in rows.index and beside in rows.index and rows.loc[year, "value"] > rows.loc[beside, "value"]:
        whole, part = rows.loc[year], rows.loc[beside]
        low, high = part[["low", "high"]].fillna(part["value"])
        left = [whole["value"] - part["value"], whole["value"] - high, whole["value"] - low]
        return [*left, "derived", ids(whole, part)]
    inside = tiles[(tiles["start"] >= str(fiscal.span(name)[0])) & (tiles["end"] <= str(fiscal.span(name)[1]))]
    if inside["months"].sum() < 6:
        return None
    return [*[inside["tonnes"].sum()] * 3, "derived", ids(inside)]
