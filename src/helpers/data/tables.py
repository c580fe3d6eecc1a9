"""The files of ``data/`` as they are written: typed by ``datapackage.json``, nothing chosen or corrected."""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import pandas as pd

from helpers import paths
from helpers.data import form

DATED = (
    "trade", "production", "drivers", "demand", "prices", "assumptions", "outlooks", "events", "contradictions",
    "episodes", "regimes", "calendar", "forecasts",
)  # fmt: skip
"""Tables whose rows became public on a day."""

FIXED = ("sources", "terms", "feeds", "corrections", "derivations", "identities", "scenarios")
"""Tables without such a day."""

SOURCE_ID = re.compile(r"\b[BMS]\d{1,3}[a-z]?\b")
"""What the id of a source looks like, wherever it stands."""

EMPTY = {"number": math.nan, "date": None}
"""What an empty cell is, by the kind of its column; text elsewhere."""

_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITH = re.compile(rf"\bwith ({SOURCE_ID.pattern}(?:(?:, | and ){SOURCE_ID.pattern})*)")


Method = TypeVar("Method", bound=Callable)


class DataError(ValueError):
    """Something in ``data/`` is wrong; the text says which file, which rows and what to do."""


def once(method: Method) -> Method:
    """Make a method, or a function, of what never changes keep in its ``_seen`` what it gave; copy what goes out."""

    @wraps(method)
    def remembered(self, *args, **keys):
        asked = (method.__name__, *args, *sorted(keys.items()))
        if asked not in self._seen:
            self._seen[asked] = method(self, *args, **keys)
        return self._seen[asked]

    return cast(Method, remembered)


@dataclass(frozen=True, repr=False)
class Table:
    """Rows of plain values: text, numbers (NaN where a cell is empty) and days (None), in the order of ``columns``.

    ``codes`` are what ``datapackage.json`` names as possible in a column, whether a row has it or not; ``live`` the
    sources that are asked again and again, in the order in which they are believed when nothing else decides.
    """

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[tuple, ...]
    codes: Mapping[str, list[str]] = field(default_factory=dict, compare=False)
    live: tuple[str, ...] = ()
    _seen: dict = field(default_factory=dict, init=False, compare=False)

    def column(self, name: str) -> list:
        """The cells of one column."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def key(self) -> tuple[int, ...]:
        """The places of the columns that name a figure, its period among them."""
        return tuple(map(self.columns.index, (*self.keys, *(["period"] if "period" in self.columns else []))))

    @once
    def keyed(self) -> list[tuple[tuple, tuple]]:
        """Each row with what names its figure, its period last if it has one."""
        places = self.key()
        return [(tuple([row[place] for place in places]), row) for row in self.rows]

    @once
    def rivals(self) -> dict[tuple, list[tuple]]:
        """All rows of each figure, by what names it; of a table that names none, all of them together."""
        found: dict[tuple, list[tuple]] = {}
        for key, row in self.keyed() if self.keys else (((), row) for row in self.rows):
            found.setdefault(key, []).append(row)
        return found

    def places(self, keys: Mapping[str, str]) -> list[int]:
        """Where the rows are whose columns hold what is given."""
        columns = tuple(sorted(keys))
        return list(self._places_by(columns).get(tuple([keys[column] for column in columns]), []))

    @once
    def _places_by(self, columns: tuple[str, ...]) -> dict[tuple, list[int]]:
        wanted, found = [self.columns.index(column) for column in columns], {}
        for place, row in enumerate(self.rows):
            found.setdefault(tuple([row[at] for at in wanted]), []).append(place)
        return found

    def having(self, rows: Iterable[tuple]) -> "Table":
        """The same table with other rows."""
        return Table(self.name, self.columns, self.kinds, self.keys, tuple(rows), self.codes, self.live)

    @once
    def content(self) -> tuple[str, int, frozenset]:
        """What is the same for the same rows, whatever their order."""
        return self.name, len(self.rows), frozenset(self.rows)

    @once
    def __hash__(self) -> int:
        return hash(self.content())

    @once
    def frame(self) -> pd.DataFrame:
        """The rows as pandas has them: float, text and Timestamp columns; whoever changes a cell copies it first."""
        cells = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        types = {"number": "float64", "date": "datetime64[us]"}
        described = zip(self.columns, self.kinds, cells, strict=True)
        return pd.DataFrame({name: np.array(of, types[kind]) if kind in types else pd.array(of, "str")
                             for name, kind, of in described})  # fmt: skip


def read(folder: Path | None = None, *names: str) -> dict[str, Table]:
    """All tables by name, or some.

    Parameters
    ----------
    folder : Path, optional
        The project's ``data/`` unless given.
    *names : str
        The tables to read; all if there is none.

    Raises
    ------
    DataError
        If a file is missing, cannot be read, or has other columns than ``datapackage.json`` declares.
    """
    folder = folder or paths.DATA
    fields = {one["name"]: {of["name"]: of for of in one["schema"]["fields"]} for one in described(folder)["resources"]}
    return {name: _read(folder / f"{name}.csv", name, fields[name]) for name in names or fields}


def required(folder: Path | None = None) -> dict[str, Table]:
    """All tables by name; a DataError, too, if ``datapackage.json`` has not all that there must be."""
    raw = read(folder)
    if missing := sorted({*DATED, *FIXED} - set(raw)):
        raise DataError(f"data/datapackage.json declares no {', '.join(missing)}; restore it from the last commit")
    return raw


def described(folder: Path) -> dict:
    """What ``datapackage.json`` says; a DataError if it cannot be read, or has not the form that is reckoned with."""
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        problem = form.misfit(package, {*DATED, *FIXED})
    except (OSError, ValueError, RecursionError) as error:
        problem = str(error)
    if problem:
        raise DataError(f"data/datapackage.json cannot be read: {problem}; restore it from the last commit")
    return package


def day(of: str | date) -> date:
    """A day, given as ``YYYY-MM-DD`` or as a date; a DataError for anything else."""
    if isinstance(of, date):
        return pd.Timestamp(of).date()
    if isinstance(of, str) and (found := _day(of)):
        return found
    raise DataError(f"{of!r} is no day; write it as YYYY-MM-DD, or give a datetime.date")


def all_sources(source: str, note: str) -> str:
    """The ids behind a row: that of its column ``source``, and those that its note adds as ``with S05b and S60``."""
    if "with" not in note:
        return source
    return " ".join(dict.fromkeys([*source.split(), *SOURCE_ID.findall(" ".join(_WITH.findall(note)))]))


def remedied(text: str) -> tuple[str, str]:
    """An error's text, and what it says at its end of what to do."""
    problem, _, remedy = text.rpartition("\n" if "\n" in text else "; ")
    return problem or text, remedy


def told(text: str) -> tuple[str, str, str, str]:
    """What a DataError says as a problem of ``rules``: its file, no rows, what is wrong, what to do."""
    file, _, said = text.removeprefix("data/").partition(" ")
    return file.rstrip(":"), "", *remedied(said)


def first_rows(rows: pd.DataFrame, most: int = 5) -> str:
    """The first rows of a table as text for an error, with their line in the file."""
    text = rows.head(most).assign(line=rows.index[:most] + 2).set_index("line")
    text = text.drop(columns=[c for c in ("note", "title") if c in text])
    rest = f"\n... and {len(rows) - most} more" if len(rows) > most else ""
    return text.to_string(na_rep="") + rest


def near(word: object, words: Iterable[str]) -> list[str]:
    """The few of some words that are nearest to one, or the first of them where none is near."""
    return get_close_matches(str(word), sorted(words), 5, 0.5) or sorted(words)[:20]


def _read(path: Path, name: str, fields: dict[str, dict]) -> Table:
    columns, kinds = tuple(fields), tuple(field["type"] for field in fields.values())
    rows = lines(path)
    if blank := [line for line, row in rows.items() if not "".join(row).strip()]:
        raise DataError(f"data/{path.name} cannot be read: line {blank[0]} is blank; delete the line")
    head = rows.pop(1, [])
    if tuple(head) != columns:
        said = f"has the columns {head}, datapackage.json declares {list(columns)}"
        raise DataError(f"data/{path.name} {said}; correct the header, with commas between its cells")
    if odd := [line for line, row in rows.items() if len(row) != len(head)]:
        few, many = "add the missing cell (a comma at the end)", "put a cell that holds commas in quotes"
        count = len(rows[odd[0]])
        said = f"line {odd[0]} has {count} cells instead of {len(head)}; {few if count < len(head) else many}"
        raise DataError(f"data/{path.name} cannot be read: {said}")
    if not rows and name != "corrections":
        raise DataError(f"data/{path.name} has no row but its header; restore it from the last commit")
    cells = list(zip(*rows.values(), strict=True)) or [()] * len(head)
    typed = [map(_TYPED.get(kind, str), of) for kind, of in zip(kinds, cells, strict=True)]
    end = "period" if "period" in columns else "unit"
    keys = columns[: columns.index(end)] if name in DATED and {"unit", "status"} <= {*columns} else ()
    named = {of: field.get("names", field.get("constraints", {}).get("enum", [])) for of, field in fields.items()}
    return Table(name, columns, kinds, keys, tuple(zip(*typed, strict=True)), named)


def lines(path: Path) -> dict[int, list[str]]:
    """The rows of a file, its head among them, by the line in which each begins."""
    read: dict[int, list[str]] = {}
    line = 1
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Excel begins its files with a mark
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        for row in reader:
            read[line], line = row, reader.line_num + 1
    except UnicodeDecodeError as error:
        line = 1 + error.object.count(b"\n", 0, error.start)
        said = f"data/{path.name} cannot be read: line {line} is not in UTF-8; save the file as UTF-8"
        raise DataError(said) from error
    except csv.Error as error:
        said = f"line {line}: {error}"
        raise DataError(f"data/{path.name} cannot be read: {said}; close the quote, or double one in a cell") from error
    except (OSError, ValueError) as error:
        raise DataError(f"data/{path.name} cannot be read: {error}; restore it from the last commit") from error
    return read


def _number(cell: str) -> float:
    """A cell as a number; what cannot be read is missing here, and a problem for ``descriptor``."""
    return float(cell) if cell and _PLAIN.fullmatch(cell) else math.nan


@lru_cache(maxsize=4096)
def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if _ISO.fullmatch(cell) else None
    except ValueError:
        return None


def unreadable(folder: Path) -> list[tuple[str, int, str, str]]:
    """Cells that are no number in plain digits, or hold a character that nobody sees: file, line, cell, problem."""
    found = []
    for name, table in read(folder).items():
        for line, row in lines(folder / f"{name}.csv").items():
            for kind, cell in zip(table.kinds, row, strict=True) if line > 1 else ():
                if kind == "number" and cell and not _PLAIN.fullmatch(cell):
                    found.append((f"{name}.csv", line, repr(cell), "Type Error: a number is not in plain digits"))
                elif not cell.isprintable():
                    found.append((f"{name}.csv", line, repr(cell), "a cell holds a character that nobody sees"))
    return found


_TYPED: dict[str, Callable[[str], object]] = {"number": _number, "date": _day}
