"""Which rows were public on a day, and which of several to use."""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from operator import itemgetter

import pandas as pd

from helpers import fiscal
from helpers.data import derive
from helpers.data.quantity import ASSUMED
from helpers.data.relations import Figure
from helpers.data.tables import DATED, DataError, Table, all_sources, first_rows, once
from helpers.methods.intervals import between

STATUSES = (ASSUMED, "reported", "derived", "inference", "estimate", "weak", "unverified", "missing")
"""From the most to the least trusted: rivals of one key are taken in this order."""

UNUSED = ("missing", "unverified")
"""Statuses of what enters no model and no headline."""

RANK = {status: rank for rank, status in enumerate(STATUSES)}


def known(raw: Mapping[str, Table], day: date) -> dict[str, Table]:
    """The dated tables with their rows published by a day, corrected, each with all its sources.

    Raises
    ------
    DataError
        If a correction no longer fits, or a status is unknown.
    """
    tables = {name: raw[name] for name in DATED}
    for name in dict.fromkeys(raw["corrections"].column("table")):
        tables[name] = correct(tables[name], raw["corrections"])
    return {name: _sourced(until(table, day)) for name, table in tables.items()}


def until(table: Table, day: date) -> Table:
    """The rows of a table that were public on a day."""
    place = table.columns.index("published")
    return table.having(row for row in table.rows if row[place] is not None and row[place] <= day)


@once
def choose(table: Table, written: Table | None = None) -> Table:
    """One row a key: the best status, of those the newest.

    What its source has withdrawn is not used. Of a live source only its newest word counts; it never ties with another
    source. An error counts the lines of ``written``, the whole table, where only a part is given.

    Raises
    ------
    DataError
        If two are equally good and neither is a gap, or a status is unknown.
    """
    if not table.keys:
        return table
    status, published, source = map(table.columns.index, ("status", "published", "source"))
    for key, row in table.keyed():
        if row[status] not in RANK:
            said = f"data/{table.name}.csv: status {row[status]!r} of {'/'.join(key)} is unknown"
            raise DataError(f"{said}; use one of {STATUSES}")
    order = {source: place for place, source in enumerate(table.live, start=1)}

    def good(row: tuple) -> tuple[int, int, int]:
        return RANK[row[status]], -row[published].toordinal(), order.get(_own(row[source]), 0)

    chosen, tied = [], set()
    for key, rows in standing(table).rivals().items():
        best, *others = sorted(_newest_words(table, rows), key=good) if len(rows) > 1 else rows
        chosen.append(best)
        if others and best[status] != "missing" and good(best) == good(others[0]):
            tied.add(key)
    if tied:
        written = written or table
        both = written.frame()[[key in tied for key, _ in written.keyed()]]
        raise DataError(
            f"data/{table.name}.csv: two figures of one key are equally good (same status, same date):\n"
            f"{first_rows(both)}\nGive one of them another status, or the date on which it really became public."
        )
    return table.having(chosen)


def standing(table: Table) -> Table:
    """The rows of a table without those that are :func:`withdrawn`."""
    gone = {id(row) for row, _ in _taken_back(table)}
    return table.having(row for row in table.rows if id(row) not in gone) if gone else table


def withdrawn(table: Table) -> Table:
    """The rows that their own source has withdrawn since, by a gap of the same figure, with the day: ``withdrawn``."""
    rows = tuple((*row, day) for row, day in _taken_back(table))
    return Table(table.name, (*table.columns, "withdrawn"), (*table.kinds, "date"), table.keys, rows)


@once
def series(table: Table, places: tuple[int, ...], unverified: bool, free: tuple[str, ...]) -> pd.DataFrame:
    """Some rows of a table by period, oldest first, without gaps and, unless asked for, unverified figures.

    Raises
    ------
    DataError
        If their units differ; ``free`` are the key columns that were left open.
    """
    status, period = table.columns.index("status"), table.columns.index("period")
    found = [place for place in places if table.rows[place][status] not in left_out(unverified)]
    found.sort(key=lambda place: fiscal.span(table.rows[place][period]))
    rows = table.frame().take(found)
    if len(set(rows["unit"])) > 1:
        remedy = f"Say which of {list(free)} is meant." if free else "Give each unit a measure of its own."
        raise DataError(f"data/{table.name}.csv mixes units:\n{first_rows(rows.drop_duplicates('unit'))}\n{remedy}")
    return rows.set_index("period").drop(columns=list(table.keys))


@once
def assumption(table: Table, name: str, unverified: bool) -> pd.DataFrame:
    """The rows of an assumption by segment: told once of a table, whatever vintages hold it."""
    status = table.columns.index("status")
    found = [at for at in table.places({"assumption": name}) if table.rows[at][status] not in left_out(unverified)]
    return table.frame().take(found).set_index("segment").drop(columns="assumption")


def left_out(unverified: bool) -> tuple[str, ...]:
    """The statuses that a series leaves out."""
    return ("missing",) if unverified else UNUSED


@once
def _taken_back(table: Table) -> list[tuple[tuple, date]]:
    """Rows that a later gap of their source withdraws, a live one's on their own day too, and the day of the gap."""
    if not table.keys:
        return []
    source, published, status = map(table.columns.index, ("source", "published", "status"))
    found = []
    for rows in table.rivals().values():
        if len(rows) == 1 or all(row[status] != "missing" for row in rows):
            continue
        every = enumerate((_own(row[source]), row) for row in rows)
        words = [(own, (row[published], place * (own in table.live)), row) for place, (own, row) in every]
        gaps = [(own, when) for own, when, row in words if row[status] == "missing"]
        for own, when, row in words:
            later = [gap for of, gap in gaps if of == own and gap > when]
            if later and row[status] != "missing":
                found.append((row, min(later)[0]))
    return found


def _newest_words(table: Table, rows: list[tuple]) -> Iterable[tuple]:
    """Some rows without those that their source, a live one, has since replaced."""
    source, published = map(table.columns.index, ("source", "published"))
    kept: dict[str | int, tuple] = {}
    for place, row in enumerate(rows):
        word = of if (of := _own(row[source])) in table.live else place
        if word not in kept or kept[word][published] <= row[published]:
            kept[word] = row
    return kept.values()


def _own(source: str) -> str:
    """Whose a figure is, of all the sources that stand behind it: the first."""
    return source.partition(" ")[0]


def figures(chosen: Mapping[str, Table], stored: Mapping[str, Table]) -> derive.Known:
    """The figures of the chosen rows as rules see them, by table, key and period; gaps and unverified ones left out.

    From the rows as ``stored`` it is told which were computed, and which stood in the place of one before.
    """
    found: derive.Known = {}
    for name, table in chosen.items():
        if not table.keys:
            continue
        written, gone = stored[name].rivals(), {id(row) for row, _ in _taken_back(stored[name])}
        series: dict[tuple, dict[str, Figure]] = found.setdefault(name, {})
        for key, row in table.keyed():
            one = figure(table, row)
            if one is None:
                continue
            if row not in (rivals := written.get(key, [])):
                one = one._replace(computed=True)
            elif len(rivals) > 1:
                before = [was._replace(gone=id(row) in gone) for row in rivals if (was := figure(table, row))]
                one = _with_those_before(one, before)
            own, period = (key[:-1], key[-1]) if "period" in table.columns else (key, "")
            series.setdefault(own, {})[period] = one
    return found


def followed(stored: Mapping[str, Table], families: list[derive.Family]) -> tuple[dict, dict]:
    """Every table with the rows that follow from the chosen ones: all that stand, and those to use.

    What follows is computed once for the same rows, whatever vintages hold them; only the last are remembered.
    """
    for table in stored.values():
        choose(table)
    made: dict[str, list[Table]] = {}
    for family in families:
        for new in _following(family, *(_part(stored[name], firsts) for name, firsts in family.firsts.items())):
            made.setdefault(new.name, []).append(new)
    both = {name: _with(of, *made[name]) if name in made else (standing(of), choose(of)) for name, of in stored.items()}
    return tuple({name: of[place] for name, of in both.items()} for place in (0, 1))


@once
def _part(table: Table, firsts: frozenset[str]) -> Table:
    """The rows whose key begins with one of some words, or all."""
    return table if "*" in firsts else table.having(row for row in table.rows if row[0] in firsts)


@lru_cache(maxsize=32)
def _following(family: derive.Family, *parts: Table) -> list[Table]:
    """The rows that follow from others, as tables."""
    stored = {one.name: one for one in parts}
    made = derive.computed(figures({name: choose(table) for name, table in stored.items()}, stored), family.steps)
    return [stored[name].having(_row(stored[name], *one) for one in of) for name, of in made.items() if of]


@lru_cache(maxsize=32)
def _with(table: Table, *more: Table) -> tuple[Table, Table]:
    """The rows of a table that stand, and the chosen ones, with what was computed where it is better than they are."""
    new = [row for one in more for row in one.rows]
    better = {key for one in more for key, _ in one.keyed()}
    kept = (row for key, row in choose(table).keyed() if key not in better)
    return table.having([*standing(table).rows, *new]), table.having([*kept, *new])


def figure(table: Table, row: tuple) -> Figure | None:
    """A row as rules see it; None without a value, and where it is not to be used."""
    value, low, high, unit, status, published, source = _places(table.columns)(row)
    if value != value or status in UNUSED:
        return None
    return Figure(between(value, low, high), unit, RANK[status], published.toordinal(), source)


@lru_cache
def _places(columns: tuple[str, ...]) -> itemgetter:
    return itemgetter(*map(columns.index, ("value", "low", "high", "unit", "status", "published", "source")))


def _with_those_before(figure: Figure, rivals: list[Figure]) -> Figure:
    """A figure with the one that was used until it was published, and so on."""
    older = [one for one in rivals if one.published < figure.published]
    if not older:
        return figure
    best = min(older, key=lambda one: (one.rank, -one.published))
    return figure._replace(before=_with_those_before(best, older))


def _row(table: Table, key: tuple[str, ...], period: str, figure: Figure) -> tuple:
    cells: dict[str, object] = {**dict(zip(table.keys, key, strict=True)), "period": period, "unit": figure.unit}
    low, value, high = figure.range
    if figure.range.exact:  # nan itself, as tables read have it: the same rows computed twice are equal
        low = high = math.nan
    cells |= {"value": value, "low": low, "high": high, "status": STATUSES[figure.rank]}
    cells |= {"published": date.fromordinal(figure.published), "written": None}
    cells |= {"source": figure.source, "note": figure.note}
    return tuple([cells.get(column, "") for column in table.columns])


def _sourced(table: Table) -> Table:
    if "source" not in table.columns or "note" not in table.columns:
        return table
    source, note = table.columns.index("source"), table.columns.index("note")
    return table.having((*row[:source], all_sources(row[source], row[note]), *row[source + 1 :]) for row in table.rows)


def correct(table: Table, corrections: Table) -> Table:
    """A table as written with the corrections that are of it; a DataError if one no longer fits."""
    of = {column: table.columns.index(column) for column in table.columns}
    rows = list(table.rows)
    for line, cells in enumerate(corrections.rows, start=2):
        fix = dict(zip(corrections.columns, cells, strict=True))
        if fix["table"] != table.name:
            continue
        named = (*fix["key"].split("/"), fix["period"])
        hit = [i for i, (key, row) in enumerate(table.keyed()) if key == named and row[of["source"]] == fix["source"]]
        if len(hit) != 1 or rows[hit[0]][of["value"]] != fix["published_value"]:
            shown = first_rows(table.having(rows[i] for i in hit).frame()) if hit else "there is no such row"
            raise DataError(
                f"data/corrections.csv line {line} corrects {fix['published_value']:,.10g} in data/{table.name}.csv, "
                f"but the published figure is another now:\n{shown}\n"
                "Check the source: update the correction, or delete it if the publisher has mended the figure."
            )
        mended = list(rows[hit[0]])
        mended[of["value"]] = fix["corrected_value"]
        mended[of["note"]] = f"corrected from {fix['published_value']:,.10g}: {fix['reason']}"
        rows[hit[0]] = tuple(mended)
    return table.having(rows)
