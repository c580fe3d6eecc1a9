"""Read the archive: what was known on a day, the newest version of each figure, and every version of one.

The figures lie in Parquet files that are only ever added; DuckDB reads them in the process, without a server.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pandas as pd
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from helpers.data.tables import DataError

if TYPE_CHECKING:
    import duckdb

IN_INDIA = timedelta(hours=5, minutes=30)
"""From UTC: a figure counts from the day it is there."""

REMEDY = "see `magnets verify --archive`, and fetch a source anew once its folder is deleted"

STORED = {  # the columns of a part and their types; moments are in UTC, and the day that counts is that in India
    "table": "VARCHAR", "key": "VARCHAR", "period": "VARCHAR", "unit": "VARCHAR", "value": "DOUBLE", "low": "DOUBLE",
    "high": "DOUBLE", "status": "VARCHAR", "published": "DATE", "note": "VARCHAR", "answer": "VARCHAR",
    "valid_from": "TIMESTAMP", "synthetic": "BOOLEAN",
}  # fmt: skip
FIGURES = tuple(STORED)[:10]
"""The columns that say a figure."""


Form = TypeVar("Form", bound=BaseModel)


class Part(BaseModel, frozen=True):
    """A file of figures that became known together, or a run that brought none (``sha256`` is empty)."""

    path: Path = Path()
    source: str
    known: AwareDatetime = Field(validation_alias="valid_from")
    day: date
    sha256: str
    synthetic: bool
    answers: tuple[str, ...]


class Repeat(BaseModel):
    """A line of ``checked.jsonl``: a question had the same answer again."""

    question: str
    at: AwareDatetime


@dataclass(frozen=True)
class View:
    """What an archive held on a day: names of its parts; figures are read when they are asked for."""

    folder: Path
    parts: tuple[Part, ...]

    @property
    def synthetic(self) -> bool:
        """Whether any figure in it is made up, for a demonstration or a test."""
        return any(part.synthetic for part in self.parts)

    @property
    def fingerprint(self) -> dict[str, str]:
        """SHA-256 of each part, by its place in the archive."""
        return {part.path.relative_to(self.folder).as_posix(): part.sha256 for part in self.parts}

    def until(self, day: date) -> "View":
        """What it held on an earlier day."""
        return View(self.folder, tuple(part for part in self.parts if part.day <= day))

    def figures(self, patterns: Mapping[str, list[tuple[str, str]]]) -> list[tuple]:
        """Every version of the figures whose table and key fit, one a day: the last of that day.

        ``patterns`` are tables and patterns of keys by source; ``*`` stands for anything but a slash. Of each figure
        ``source``, then :data:`FIGURES` with ``published`` the day on which it was known here.
        """
        found = []
        for (source, day), parts in _by(self.parts, "source", "day").items():
            rows = _read(parts, *_fitting(patterns[source])) if source in patterns else []
            found += [(source, *row[:8], day, row[9]) for row in rows]
        return found

    def detail(self, table: str, key: str) -> list[tuple]:
        """The newest version of every figure of a table whose key fits a pattern, of every source: as `figures`."""
        found = []
        for (source,), parts in _by(self.parts, "source").items():
            rows = _read(parts, *_fitting([(table, key)]))
            found += [(source, *row[:8], row[10], row[9]) for row in rows]
        return found


def held(folder: Path, day: date | None = None) -> View | None:
    """What an archive held on a day, or holds now; None where there is no figure."""
    found = [part for place in sorted(folder.glob("*/parts")) for part in parts(place.parent) if part.sha256]
    found = [part for part in found if day is None or part.day <= day]
    return View(folder, tuple(sorted(found, key=lambda part: (part.known, part.path)))) if found else None


def parts(folder: Path) -> list[Part]:
    """The parts of a source, oldest first."""
    sides = sorted((folder / "parts").glob("*.json"))
    return [side(path, Part).model_copy(update={"path": path.with_suffix(".parquet")}) for path in sides]


def side(path: Path, form: type[Form]) -> Form:
    """What stands beside an answer or a part; a DataError where that cannot be understood."""
    try:
        return form.model_validate(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(path, error) from error


def damaged(path: Path | str, error: Exception) -> DataError:
    """What to say of a file of the archive that is not as it was written."""
    why = type(error).__name__
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        why = ": ".join([*map(str, first["loc"]), first["msg"]])
    return DataError(f"{path} cannot be understood ({why}); {REMEDY}")


def newest(folder: Path) -> pd.DataFrame:
    """The newest version of every figure of a source: the columns :data:`FIGURES`, one row a table, key and period."""
    found = [part for part in parts(folder) if part.sha256]
    return pd.DataFrame([row[:10] for row in _read(found)], columns=list(FIGURES)).astype(_TYPES)


def periods(folder: Path) -> list[str]:
    """Every period of which a source ever had a figure."""
    return [period for (period,) in _asked(parts(folder), "SELECT DISTINCT period", "WHERE status != 'missing'")]


def history(view: View, table: str, words: list[str]) -> list[tuple]:
    """Every version of the figures of a table whose key and period hold some words.

    Of each the source, :data:`FIGURES` with the publisher's own day and a note that says if it is made up, then when it
    was known here and the answer.
    """
    where = " AND ".join(['"table" = ?', *["contains('/' || key || '/' || period || '/', ?)" for _ in words]])
    asked, found = [table, *(f"/{word}/" for word in words)], []
    for (source,), parts in _by(view.parts, "source").items():
        rows = _read(parts, f"WHERE {where}", asked, latest=False)
        found += [(source, *row[:9], f"SYNTHETIC {row[9]}".strip() if row[13] else row[9], *row[11:13]) for row in rows]
    return found


def marks(part: Part) -> set[bool]:
    """Whether its figures are made up, as they themselves say."""
    return {row[-1] for row in _read([part])}


def write(rows: pd.DataFrame, path: Path) -> str:
    """Write a part so that it is there whole or not at all; its SHA-256."""
    import duckdb

    draft = path.with_name(f"{path.name}.tmp")
    with _database() as connection:
        connection.register("rows", rows.assign(published=pd.to_datetime(rows["published"])))
        columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in STORED.items())
        try:
            connection.execute(f"COPY (SELECT {columns} FROM rows ORDER BY {_FIGURE}) TO '{_quoted(draft)}' "
                               "(FORMAT parquet, COMPRESSION zstd)")  # fmt: skip
        except duckdb.IOException as error:  # a full disk, a folder that cannot be written
            raise OSError(f"{path} cannot be written: {error}") from error
    with draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    draft.replace(path)
    return digest


def repeats(folder: Path) -> list[Repeat]:
    """When questions of a source had the same answer again, by the whole lines of ``checked.jsonl``."""
    path, found = folder / "checked.jsonl", []
    try:
        for line in path.read_bytes().split(b"\n")[:-1] if path.exists() else []:
            found.append(Repeat.model_validate(json.loads(line)))
    except OSError as error:
        raise damaged(path, error) from error
    except (ValueError, RecursionError) as error:
        raise damaged(f"{path}, line {len(found) + 1}", error) from error
    return found


@cache
def _memory() -> "duckdb.DuckDBPyConnection":
    """The database of this process: nothing is in it, it only reads and writes files."""
    import duckdb

    return duckdb.connect(config={"threads": 2})


def _database() -> "duckdb.DuckDBPyConnection":
    """A cursor of its own, so that threads do not meet."""
    return _memory().cursor()


def _by(parts: Iterable[Part], *names: str) -> dict[tuple, list[Part]]:
    found: dict[tuple, list[Part]] = {}
    for part in parts:
        found.setdefault(tuple(getattr(part, name) for name in names), []).append(part)
    return found


_DAY = "CAST(valid_from + INTERVAL 330 MINUTE AS DATE)"
_TYPES = {"value": float, "low": float, "high": float}
_FIGURE = '"table", key, period'


def _read(parts: list[Part], where: str = "", words: list[str] | None = None, latest: bool = True) -> list[tuple]:
    """Rows of some parts: :data:`FIGURES`, the day and the moment each was known, its answer, if it is made up."""
    columns = ", ".join([*(f'"{name}"' for name in FIGURES), _DAY, "valid_from", "answer", "synthetic"])
    last = f"QUALIFY row_number() OVER (PARTITION BY {_FIGURE} ORDER BY valid_from DESC) = 1" if latest else ""
    return _asked(parts, f"SELECT {columns}", f"{where} {last} ORDER BY {_FIGURE}, valid_from", words)


def _asked(parts: list[Part], select: str, rest: str, words: list[str] | None = None) -> list[tuple]:
    """What DuckDB answers to a question about the files of some parts; nothing if they have no figure."""
    files = ", ".join(f"'{_quoted(part.path)}'" for part in parts if part.sha256)
    if not files:
        return []
    import duckdb

    try:
        return _database().execute(f"{select} FROM read_parquet([{files}]) {rest}", words or []).fetchall()
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise DataError(f"the archive in {parts[0].path.parents[2]} cannot be read: {said}; {REMEDY}") from error


def _fitting(wanted: list[tuple[str, str]]) -> tuple[str, list[str]]:
    """A condition for tables and patterns of keys, and its words; ``*`` and ``?`` are anything but a slash.

    What stands before the first of them lets DuckDB skip most of a file, whose rows are sorted.
    """
    parts, words = [], []
    for table, key in wanted:
        plain = re.match(r"[^*?]*", key)[0]
        like = re.escape(key).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
        fits = "key = ?" if plain == key else "key >= ? AND key < ? AND regexp_full_match(key, ?)"
        parts.append(f'("table" = ? AND {fits})')
        words += [table, key] if plain == key else [table, plain, f"{plain}\U0010ffff", like]
    return f"WHERE {' OR '.join(parts)}", words


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
