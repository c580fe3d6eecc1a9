"""Figures that should be one and are not: two sources of a figure, months and their year, lines and their whole.

Only where a live source is one of the two: of curated sources, ``contradictions.csv`` tells.
"""

import itertools
from collections.abc import Iterator

import pandas as pd

from helpers import fiscal
from helpers.data import ASSUMED, UNUSED, Vintage, ids, number, sources_of
from helpers.outlook import customs, mirror

TABLES = ("trade", "production", "drivers", "prices")
ADDING_UP = ("t", "USD m", "INR crore")
LEAST = 1e-4  # of a figure: less is how it was summed
MEASURES = {"value_usd": "value in dollars", "value_inr": "value in rupees"}
FINE = 1000
"""Figures below it are told with a decimal."""
BORDER = "both sides of the border"
COLUMNS = ["topic", "period", "one", "other", "difference", "unit", "percent", "source"]


def contradictions(india: Vintage, feeds: frozenset[str] | None = None) -> pd.DataFrame:
    """Where figures that should agree do not, within their ranges and the rounding of their last digit.

    The same of two sources (the newest of each), months and their year, lines and their code; and both sides' counts.

    Parameters
    ----------
    feeds : frozenset of str, optional
        Ids of the live sources; those of the vintage unless given.

    Returns
    -------
    pd.DataFrame
        ``topic, period, one, other`` (who says it, and what), ``difference`` (of the first from the second), ``unit,
        percent, source``; the furthest apart first, both sides of the border last.
    """
    live = india.feeds if feeds is None else feeds
    every = (_of_two_sources(india, live), _of_years(india), _of_lines(india), _of_borders(india))
    pairs = itertools.chain(*every) if live else ()
    found = [_told(india, *pair) for pair in pairs if live & sources_of(pair[2]["source"], pair[3]["source"])]
    table = pd.DataFrame(found, columns=COLUMNS)
    order = pd.DataFrame({"border": table["topic"].str.startswith(BORDER), "size": -table["percent"].abs()})
    return table.loc[order.sort_values(["border", "size"], kind="stable").index].reset_index(drop=True)


def _of_two_sources(india: Vintage, live: frozenset[str]) -> Iterator[tuple]:
    for name in TABLES:
        rows = india.table(name, vintages=True).dropna(subset="value")
        rows = rows[~rows["status"].isin((*UNUSED, ASSUMED))]
        keys = [*rows.columns[: rows.columns.get_loc("period") + 1], "unit"]
        newest = rows.sort_values("published", kind="stable").drop_duplicates([*keys, "source"], keep="last")
        newest = newest[newest.duplicated(keys, keep=False)]
        for key, rivals in newest.groupby(keys) if len(newest) else ():
            fetched_first = sorted(_best(rivals, live), key=lambda row: not live & sources_of(row))
            for one, other in itertools.combinations(fetched_first, 2):
                if not sources_of(one) & sources_of(other) and _apart(one, other):
                    yield _topic(name, key[:-2]), key[-2], one, other


def _best(rivals: pd.DataFrame, live: frozenset[str]) -> list[pd.Series]:
    """What was fetched, and of the others those that are reported, if any is: a rounding of one is no other figure."""
    rows = [row for _, row in rivals.iterrows()]
    firm = any(row["status"] == "reported" and not live & sources_of(row) for row in rows)
    return [row for row in rows if not firm or row["status"] == "reported" or live & sources_of(row)]


def _of_years(india: Vintage) -> Iterator[tuple]:
    for key, known in _adding_up(india).groupby(["flow", "reporter", "partner", "hs", "measure"]):
        if len(known) <= 12:  # a year and its months are thirteen
            continue
        firm = known.set_index("period")
        for year in filter(fiscal.is_year, firm.index):
            months = fiscal.months(year).astype(str)
            if months.isin(firm.index).all() and _apart(total := _sum(firm.loc[months], "its months"), firm.loc[year]):
                yield _topic("trade", key), year, total, firm.loc[year]


def _of_lines(india: Vintage) -> Iterator[tuple]:
    rows, keys = _adding_up(india), ["flow", "reporter", "partner", "measure", "period"]
    own = (rows["flow"] == "import") & (rows["reporter"] == "IND")
    rows = rows[own & rows["hs"].isin([customs.METAL, *customs.LINES])]
    rows = rows[rows.groupby(keys)["hs"].transform("nunique") == 1 + len(customs.LINES)]
    for (*start, measure, period), known in rows.groupby(keys) if len(rows) else ():
        of = known.set_index("hs")
        if _apart(total := _sum(of.loc[list(customs.LINES)], "its lines"), of.loc[customs.METAL]):
            yield _topic("trade", (*start, customs.METAL, measure)), period, total, of.loc[customs.METAL]


def _of_borders(india: Vintage) -> Iterator[tuple]:
    years, months = mirror.counted(india), mirror.months(india)
    years = years[years["hs"] == customs.METAL]
    months = months[months["around"] == months.index].reset_index().assign(partner="world")
    weight, value = ("t", "own_t", "their_t"), ("USD m", "own_usd_m", "their_usd_m")
    for rows, (unit, own, their) in ((years, weight), (years, value), (months, weight)):
        for _, row in rows[(rows[own] > 0) & (rows[their] > 0)].iterrows():
            sides = (pd.Series({"who": who, "value": row[side], "unit": unit, "source": row["source"]})
                     for who, side in (("India", own), (row["partner"], their)))  # fmt: skip
            yield f"{BORDER}, HS {customs.METAL}, {row['partner']}", row["period"], *sides


def _adding_up(india: Vintage) -> pd.DataFrame:
    rows = india.table("trade").dropna(subset="value").query("status in ['reported', 'estimate']")
    return rows[rows["unit"].isin(ADDING_UP)]


def _sum(parts: pd.DataFrame, who: str) -> pd.Series:
    low, high = zip(*(_range(row) for _, row in parts.iterrows()), strict=True)
    figures = {"value": parts["value"].sum(), "low": sum(low), "high": sum(high), "unit": parts["unit"].iloc[0]}
    return pd.Series({"who": who, **figures, "source": ids(parts)})


def _apart(one: pd.Series, other: pd.Series) -> bool:
    (low, high), (least, most) = _range(one), _range(other)
    return max(low - most, least - high) > LEAST * abs(other["value"])


def _range(row: pd.Series) -> tuple[float, float]:
    """A figure's own range, else what prints like it: half a unit of its last digit either way."""
    if row[["low", "high"]].notna().all():
        return row["low"], row["high"]
    half = 0.5 / 10 ** len(f"{row['value']:.10g}".partition(".")[2])
    return row["value"] - half, row["value"] + half


def _topic(table: str, key: tuple) -> str:
    if table != "trade":
        return ", ".join(str(part).replace("_", " ") for part in key)
    flow, reporter, partner, hs, measure = key
    what = MEASURES.get(measure, measure.replace("_", " "))
    return f"{flow}s of {reporter} {'from' if flow == 'import' else 'to'} {partner}, HS {hs}, {what}"


def _told(india: Vintage, topic: str, period: str, one: pd.Series, other: pd.Series) -> tuple:
    places = int(max(abs(row["value"]) for row in (one, other)) < FINE)
    who = [row.get("who") or india.publishers(sources_of(row), 2) for row in (one, other)]
    who[0] += ", fetched" * (who[0] == who[1])
    said = [f"{name}: {number(row['value'], places)}" for name, row in zip(who, (one, other), strict=True)]
    gap = one["value"] - other["value"]
    percent = 100 * gap / other["value"] if other["value"] else float("nan")
    return topic, period, *said, gap, one["unit"], percent, ids(one, other)
