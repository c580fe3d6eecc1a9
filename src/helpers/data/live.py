"""What of the archive is in a vintage: rows that enter its tables, and all the rest when it is asked for."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd

from helpers.data import public
from helpers.data.archive.versions import FIGURES, View, held
from helpers.data.tables import DATED, DataError, Table

__all__ = ["View", "detail", "entering", "held_by"]


def held_by(folder: Path, day: date, feeds: Table) -> View | None:
    """What an archive held on a day, of the feeds there are; None where there is no figure."""
    view, _ = held(folder, day), wanted(feeds)
    if view and (strange := sorted({part.source for part in view.parts} - set(feeds.column("feed")))):
        raise DataError(f"{folder} has figures of {', '.join(strange)}, which data/feeds.csv does not name; "
                        "add the row, or delete the folder")  # fmt: skip
    return view


def entering(stored: Mapping[str, Table], view: View, feeds: Table) -> dict[str, Table]:
    """The tables with what ``feeds.csv`` lets in of the archive: every version, dated by the day it was known here."""
    source = dict(zip(feeds.column("feed"), feeds.column("source"), strict=True))
    rows: dict[str, list[tuple]] = {}
    for feed, table, *figure in view.figures(wanted(feeds)):
        rows.setdefault(table, []).append(_row(stored[table], figure, source[feed]))
    live = tuple(source.values())
    more = {name: stored[name].having([*stored[name].rows, *new]) for name, new in rows.items()}
    return {**stored, **{name: replace(table, live=live) for name, table in more.items()}}


def wanted(feeds: Table) -> dict[str, list[tuple[str, str]]]:
    """Which figures of each feed enter the tables, as table and pattern of keys; a DataError for what is neither."""
    entered = zip(feeds.column("feed"), feeds.column("enters"), strict=True)
    return {feed: [_pattern(text) for text in texts.split("; ")] for feed, texts in entered}


def detail(table: Table, view: View | None, feeds: Table, keys: Mapping[str, str]) -> pd.DataFrame:
    """Every figure of the chosen rows and of the archive whose key fits, the one to use of each key and period.

    ``keys`` are what key columns must be: text, with ``*`` and ``?`` for any characters but a slash.
    """
    if unknown := sorted(set(keys) - set(table.keys)):
        raise DataError(f"data/{table.name}.csv has no key column {unknown}; its keys are {table.keys}")
    exact = {column: value for column, value in keys.items() if not set("*?") & set(value)}
    near = table.having(table.rows[place] for place in table.places(exact))
    open_ = [(near.columns.index(column), value) for column, value in keys.items() if column not in exact]
    near = near.having(row for row in near.rows if all(fnmatchcase(row[at], pattern) for at, pattern in open_))
    if view is not None:
        sources = dict(zip(feeds.column("feed"), feeds.column("source"), strict=True))
        held = view.detail(table.name, "/".join(keys.get(column, "*") for column in table.keys))
        rows = (_row(table, figure, sources[feed]) for feed, _, *figure in held)
        near = public.choose(replace(near, rows=(*near.rows, *rows), live=tuple(sources.values())))
    return near.frame()


def enters(feeds: Table, table: str, key: str) -> bool:
    """Whether all that any feed has of a key enters the tables."""
    return any(name == table and fnmatchcase(key, pattern) for of in wanted(feeds).values() for name, pattern in of)


def _row(table: Table, figure: list, source: str) -> tuple:
    key, *rest = figure
    cells = dict(zip(table.keys, key.split("/"), strict=True)) | dict(zip(FIGURES[2:], rest, strict=True))
    numbers = {name: math.nan if cells[name] is None else cells[name] for name in ("value", "low", "high")}
    cells |= numbers | {"source": source, "written": None, "note": cells["note"] or ""}
    return tuple(cells[column] for column in table.columns)


def _pattern(text: str) -> tuple[str, str]:
    table, _, key = text.partition(":")
    if table in DATED and key:
        return table, key
    raise DataError(f"data/feeds.csv: enters has {text!r}; write `table:key pattern`, such as trade:import/IND/*/*/*")
