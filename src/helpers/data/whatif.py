"""Rows that are not public: figures and judgements that somebody puts in the place of published ones."""

import math
from collections.abc import Mapping
from datetime import date
from numbers import Real

from helpers import fiscal
from helpers.data.quantity import ASSUMED
from helpers.data.tables import EMPTY, DataError, Table, day, near


def completed(table: Table, row: Mapping, today: date) -> dict:
    """A row to add with all its columns: assumed unless it says otherwise, in the unit that its key has already.

    Raises
    ------
    DataError
        If a column is unknown, a key column is not given, or no unit can be told.
    """
    if "status" not in table.columns:
        raise DataError(f"data/{table.name}.csv has no figures or judgements that could be assumed")
    if unknown := sorted(set(row) - set(table.columns)):
        raise DataError(f"data/{table.name}.csv has no column {unknown}; it has {list(table.columns)}")
    if missing := [c for c in (*table.keys, "period", "value") if c in table.columns and c not in row]:
        raise DataError(f"a figure to add to {table.name} needs {missing}")
    _numeric({column: row[column] for column, kind in zip(table.columns, table.kinds, strict=True)
              if kind == "number" and column in row})  # fmt: skip
    full = {column: EMPTY.get(kind, "") for column, kind in zip(table.columns, table.kinds, strict=True)}
    full |= {"status": ASSUMED, "source": ASSUMED, "published": today} | dict(row)
    full["published"] = day(full["published"])
    if "period" in row:
        spanned(row["period"])
    if "unit" in table.columns and "unit" not in row:
        key = [row[column] for column in table.keys]
        same = {unit for unit, *its in zip(*map(table.column, ("unit", *table.keys)), strict=True) if its == key}
        if len(same) != 1:
            raise DataError(f"say the unit of {dict(row)}: its key has {sorted(same) or 'no figure yet'}")
        full["unit"] = same.pop()
    return full


def spanned(period: str) -> None:
    """Raise DataError for a period that there is not."""
    try:
        fiscal.span(period)
    except ValueError as error:
        raise DataError(str(error)) from error


def assumed(table: Table, name: str, values: Mapping[str, float | Mapping[str, float]], today: date) -> list[dict]:
    """The rows of an assumption with other values, by segment: a value, or ``value``, ``low`` and ``high``.

    Raises
    ------
    DataError
        If there is no such assumption, or a segment is not one of its.
    """
    every = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    rows = [row for row in every if row["assumption"] == name]
    if unknown := sorted(set(values) - {row["segment"] for row in rows}):
        there = near(unknown[0], {row["segment"] for row in rows}) or near(name, set(table.column("assumption")))
        raise DataError(f"data/assumptions.csv has no {name!r} of {unknown} public on {today}; near it are {there}")
    ours = {"status": ASSUMED, "source": ASSUMED, "published": today, "written": None}
    return [row | ours | _numbers(values[row["segment"]]) for row in rows if row["segment"] in values]


def together(table: Table, rows: list[dict]) -> Table:
    """A table with rows more; an assumed one stands in the place of an earlier assumed one of its key."""
    new = [tuple(row[column] for column in table.columns) for row in rows]
    status = table.columns.index("status")
    again = {key for key, row in table.having(new).keyed() if key and row[status] == ASSUMED}
    kept = [row for key, row in table.keyed() if row[status] != ASSUMED or key not in again]
    return table.having([*kept, *new])


def _numbers(given: float | Mapping[str, float]) -> dict:
    if not isinstance(given, Mapping):
        return _numeric({"value": given, "low": math.nan, "high": math.nan})
    if unknown := sorted(set(given) - {"value", "low", "high"}):
        raise DataError(f"a judgement has no field {unknown}; give value, low and high")
    return _numeric(dict(given))


def _numeric(given: dict) -> dict:
    for field, number in given.items():
        if not isinstance(number, Real):
            raise DataError(f"{field} is {number!r}: give a number, without quotes")
    return given
