"""Do figures agree with each other: parts with their totals, levels with their growth, each within its rounding.

Every identity is a row of ``identities.csv``: what a rule makes of some figures must equal another, or be at most
another. A key or a period with ``*`` covers every series and every year, and compares published figures only; a row
without also compares what is computed from others.
"""

import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pandas as pd

from helpers.data import derive
from helpers.data.relations import Figure
from helpers.data.tables import Table, once
from helpers.data.vintage import Vintage
from helpers.methods.intervals import Interval, between

COLUMNS = ["identity", "computed", "published", "allowed", "unit", "holds", "source"]
_SLACK = 1e-9
MOST_ALLOWED = 0.1
"""An identity that allows more than this part of what it compares says nothing."""


def identities(india: Vintage) -> pd.DataFrame:
    """What must hold, computed and published, what rounding allows between the two, and whether it holds.

    An identity whose figures were not all public on the day of the vintage is left out, and one with a figure that was
    assumed, or that is older than a revision of another.
    """
    return pd.DataFrame([row for row, _ in judged(india)], columns=COLUMNS).drop_duplicates(ignore_index=True)


def judged(india: Vintage) -> Iterator[tuple[tuple, list[Figure]]]:
    """The rows of :func:`identities`, each with the figures that it compares."""
    known = rounded(india)
    for check, step in india.checks:
        yield from _judged(compared(known[check["figures"]], check, step), check, step)


def compared(known: derive.Known, check: dict, step: derive.Step) -> list[tuple]:
    """What the rule of one check makes of the figures, each with what it is compared with: the last of the tuple."""
    pairs = []
    for key, period, computed, used, _ in derive.results(known, step):
        table, against = derive.at(step.against, key)
        other = known.get(table, {}).get(against, {}).get(period)
        if not pd.isna(check["published"]):
            other = Figure(between(check["published"]), step.unit, 1, 0, "")
        if other is not None and not any(one is other for one in used):
            pairs.append((key, period, computed, used, other))
    return pairs


def unfit(india: Vintage) -> list[tuple]:
    """Rows of ``identities.csv`` that name what no figure has, or allow too much: file, row, problem, remedy."""
    found, figures = [], rounded(india)
    for line, (check, step) in enumerate(india.checks, start=2):
        named = [(step.table, step.key), *((one.table, one.key) for one in (*step.inputs, step.against))]
        parts = [(table, *part) for table, key in named for part in zip(india.written[table].keys, key, strict=True)]
        unknown = [part for table, column, part in parts if part not in {None, "*"} | india.values(table, column)]
        pairs, allowed = compared(figures[check["figures"]], check, step), check["allowed"]
        if unknown:
            problem, remedy = f"names what no figure has: {', '.join(unknown)}", "correct the key, inputs or against"
        elif allowed < 0 or allowed > MOST_ALLOWED * max((abs(one.range.value) for *_, one in pairs), default=math.inf):
            problem, remedy = f"allows {allowed:,.10g}", "allow 0 or more, and less than a tenth of what is compared"
        else:
            continue
        found.append(("identities.csv", f"line {line}: {check['identity']}", problem, remedy))
    return found


def idle(india: Vintage) -> list[tuple]:
    """Rows without ``*`` that compare nothing, now or on a day on which a figure of theirs was published."""
    found = []
    for line, (check, step) in enumerate(india.checks, start=2):
        if set("*?") & set(check["key"] + check["period"]):
            continue
        named = {(step.table, step.key), *(derive.at(one, step.key) for one in (*step.inputs, step.against))}
        days = {day for table, key in named for day in _days(india.written[table], key) if day <= india.day}
        vintages = (india if day == india.day else india.on(day) for day in (india.day, *sorted(days, reverse=True)))
        if not any(compared(rounded(one)[check["figures"]], check, step) for one in vintages):
            text, remedy = f"line {line}: {check['identity']}", "correct the row, or delete it"
            found.append(("identities.csv", text, "compares no figures on any day", remedy))
    return found


def _days(table: Table, key: derive.Key) -> list[date]:
    published = table.columns.index("published")
    return [row[published] for _, row in table.keyed() if row[: len(key)] == key and row[published]]


def live(india: Vintage, figures: list[Figure]) -> bool:
    """Whether one of some figures is of a live source, or computed from one that is."""
    return any(not india.feeds.isdisjoint(one.source.split()) for one in figures)


def places(india: Vintage, figures: list[Figure]) -> str:
    """Where figures stand in the files, as text; nothing of those that were computed, corrected or added."""
    wanted = {(one.range.value, one.published, one.source.partition(" ")[0]) for one in figures if not one.computed}
    found = []
    for name, table in india.written.items():
        if {"value", "published"} <= set(table.columns):
            cells = zip(*map(table.column, ("value", "published", "source")), strict=True)
            rows = [(value, day and day.toordinal(), source) for value, day, source in cells]
            lines = [str(line) for line, row in enumerate(rows, start=2) if row in wanted]
            found += [f"{name}.csv line {', '.join(lines)}"] if lines else []
    return f"\nsee data/{' and data/'.join(found)}" if found else ""


def _judged(pairs: list[tuple], check: dict, step: derive.Step) -> Iterator[tuple[tuple, list[Figure]]]:
    fixed = not pd.isna(check["published"])
    for key, period, computed, used, other in pairs:
        until = math.inf if pd.isna(check["as_of"]) else check["as_of"].toordinal()
        if fixed and any(one.published > until for one in used):
            continue
        since = max((one.published for one in (other, *used) if one.revised), default=0)
        if any(one.rank == 0 or 0 < one.published < since for one in (other, *used)):
            continue  # not of one state of knowledge: one is assumed, or older than a revision of another
        slack = 0.0 if pd.isna(check["allowed"]) else check["allowed"]
        allowed = _allowed(computed, other.range) + slack
        gap = computed.value - other.range.value
        holds = (gap if check["relation"] == "at most" else abs(gap)) <= allowed + _SLACK * abs(other.range.value)
        many = set("*?") & set(check["key"] + check["period"])
        name = check["identity"] if not many else f"{check['identity']}: {'/'.join(key)}, {period}"
        sources = {one for figure in (other, *used) for one in figure.source.split()}
        row = (name, computed.value, other.range.value, allowed, step.unit, holds, " ".join(sorted(sources)))
        yield row, [other, *used]


def _allowed(computed: Interval, published: Interval) -> float:
    if computed.value >= published.value:
        return computed.value - computed.low + published.high - published.value
    return computed.high - computed.value + published.value - published.low


@once
def rounded(india: Vintage) -> dict[str, derive.Known]:
    """Figures that were printed without a range with that of their last digit; what was computed has its own."""
    found: dict[str, derive.Known] = {}
    for of in ("published", "all"):
        known = {table: keyed.items() for table, keyed in india.figures(computed=of == "all").items()}
        found[of] = {table: {key: {period: _printed(one) for period, one in series.items()} for key, series in keyed}
                     for table, keyed in known.items()}  # fmt: skip
    return found


def _printed(figure: Figure) -> Figure:
    if not figure.range.exact or figure.computed:
        return figure
    value = figure.range.value
    half = 0.5 * 10.0 ** min(0, int(Decimal(repr(value)).normalize().as_tuple().exponent))
    return figure._replace(range=Interval(value - half, value, value + half))
