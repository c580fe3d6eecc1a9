"""The tables a report was made from, in one file that anyone can open, and the vintage they were."""

import io
import zipfile
import zlib
from datetime import date
from pathlib import Path

from helpers import paths
from helpers.data import live, public, tables
from helpers.data.tables import EMPTY, DataError, Table
from helpers.data.vintage import Vintage, vintage

NAME = "data.zip"
"""The file of a report. What live sources said is not in it: their terms may keep it to those who fetch it."""

_BEGAN = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it, so that the same tables are the same bytes."""

_DAMAGED = zipfile.BadZipFile, zlib.error
_LARGEST = 2**26
"""Bytes of all files in it; more are not of this project, and may be more than a machine holds."""


def packed(folder: Path | None = None) -> bytes:
    """The tables of ``data/`` and what describes them; the same bytes for the same tables."""
    folder, made = folder or paths.DATA, io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for path in sorted([*folder.glob("*.csv"), folder / "datapackage.json"]):
            file.writestr(zipfile.ZipInfo(path.name, _BEGAN), path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


def unpacked(path: Path, day: str | date, folder: Path | None = None) -> Vintage:
    """The vintage of a day of the tables in a file, by the rules and with the live sources of today's ``data/``.

    Columns and tables that are new since are as today's code needs them: empty, and as they were public on the day.
    A DataError if the file cannot be read, or its rows cannot be those of tables any more.
    """
    then = vintage(day, folder)
    try:
        with zipfile.ZipFile(path) as file:
            if sum(one.file_size for one in file.infolist()) > _LARGEST:
                raise zipfile.BadZipFile("it is too large to be tables")
        raw = tables.read(zipfile.Path(path))
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    except (OSError, EOFError, RuntimeError, TypeError, ValueError, LookupError, *_DAMAGED) as error:
        raise DataError(f"{path} cannot be read ({error}); copy it anew from where the report was made") from error
    there = {name: raw[name] for name in (*tables.DATED, "corrections") if name in raw}
    every = public.known({**then.written, **there}, then.day)
    rows = {name: _shaped(every[name], then.stored[name]) for name in tables.DATED if name in there}
    rows = {**then.stored, **rows}
    return then.having(live.entering(rows, then.live, then.written["feeds"]) if then.live else rows, then.live)


def unlearnt(india: Vintage, day: date) -> Vintage:
    """The vintage without judgements written after a day, where an earlier word of the same stands in the tables."""
    rows = {}
    for name, table in india.stored.items():
        if "written" in table.columns and table.keys:
            place = table.columns.index("written")
            every = table.rivals().values()
            early = ([row for row in of if row[place] is None or row[place] <= day] for of in every)
            rows[name] = table.having(row for some, of in zip(early, every, strict=True) for row in some or of)
    return india.having(rows, india.live)


def _shaped(table: Table, form: Table) -> Table:
    """Rows in the columns of today, new ones empty; a DataError where what names a figure has changed."""
    if table.columns == form.columns:
        return form.having(table.rows)
    if table.keys != form.keys:
        raise DataError(f"data/{form.name}.csv names its figures by {form.keys}, and then did by {table.keys}")
    at = {column: place for place, column in enumerate(table.columns)}
    empty = [EMPTY.get(kind, "") for kind in form.kinds]
    cells = [(at.get(column), gap) for column, gap in zip(form.columns, empty, strict=True)]
    return form.having(tuple(gap if place is None else row[place] for place, gap in cells) for row in table.rows)
