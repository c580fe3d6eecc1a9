"""The files of ``data/`` as they are written: typed by ``datapackage.json``, nothing chosen or corrected."""

import csv
import json
import math
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import paths

DATED = (
    "trade",
    "production",
    "drivers",
    "prices",
    "assumptions",
    "outlooks",
    "events",
    "contradictions",
    "episodes",
    "regimes",
)
"""Tables whose rows became public on a day."""

SOURCE_ID = re.compile(r"\b[BMS]\d{1,3}[a-z]?\b")
"""What the id of a source looks like, wherever it stands."""

_WITH = re.compile(rf"\bwith ({SOURCE_ID.pattern}(?:(?:, | and ){SOURCE_ID.pattern})*)")


class DataError(ValueError):
    """Something in ``data/`` is wrong; the text says which file, which rows and what to do."""


class Table(NamedTuple):
    """Rows of plain values: text, numbers (NaN where a cell is empty) and days (None), in the order of ``columns``."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[tuple, ...]

    def column(self, name: str) -> list:
        """The cells of one column."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def key(self) -> tuple[int, ...]:
        """The places of the columns that name a figure, its period among them."""
        return tuple(map(self.columns.index, (*self.keys, *(["period"] if "period" in self.columns else []))))

    def keyed(self) -> list[tuple[tuple, tuple]]:
        """Each row with what names its figure, its period last if it has one."""
        places = self.key()
        return [(tuple([row[place] for place in places]), row) for row in self.rows]

    def having(self, rows: Iterable[tuple]) -> "Table":
        """The same table with other rows."""
        return self._replace(rows=tuple(rows))

    def frame(self) -> pd.DataFrame:
        """The rows as pandas has them: float, text and Timestamp columns."""
        cells = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        types = {"number": "float64", "date": "datetime64[us]"}
        described = zip(self.columns, self.kinds, cells, strict=True)
        return pd.DataFrame({name: pd.Series(list(of), dtype=types.get(kind, "str")) for name, kind, of in described})


def read(folder: Path | None = None) -> dict[str, Table]:
    """All tables by name.

    Parameters
    ----------
    folder : Path, optional
        The project's ``data/`` unless given.

    Raises
    ------
    DataError
        If a file is missing, cannot be read, or has other columns than ``datapackage.json`` declares.
    """
    folder = folder or paths.DATA
    path = folder / "datapackage.json"
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        described = {
            one["name"]: (one["path"], [(field["name"], field["type"]) for field in one["schema"]["fields"]])
            for one in package["resources"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"data/datapackage.json cannot be read ({error}); restore it from the last commit") from error
    return {name: _read(folder / file, name, fields) for name, (file, fields) in described.items()}


def day(of: str | date) -> date:
    """A day, however it is given."""
    return pd.Timestamp(of).date()


def all_sources(source: str, note: str) -> str:
    """The ids behind a row: that of its column ``source``, and those that its note adds as ``with S05b and S60``."""
    if "with" not in note:
        return source
    return " ".join(dict.fromkeys([*source.split(), *SOURCE_ID.findall(" ".join(_WITH.findall(note)))]))


def remedied(text: str) -> tuple[str, str]:
    """An error's text, and what it says at its end of what to do."""
    problem, _, remedy = text.rpartition("\n" if "\n" in text else "; ")
    return problem or text, remedy


def first_rows(rows: pd.DataFrame, most: int = 5) -> str:
    """The first rows of a table as text for an error, with their line in the file."""
    text = rows.head(most).assign(line=rows.index[:most] + 2).set_index("line")
    text = text.drop(columns=[c for c in ("note", "title") if c in text])
    rest = f"\n... and {len(rows) - most} more" if len(rows) > most else ""
    return text.to_string(na_rep="") + rest


def _read(path: Path, name: str, fields: list[tuple[str, str]]) -> Table:
    columns, kinds = zip(*fields, strict=True)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            head, *lines = [line for line in csv.reader(file, strict=True) if line] or [[]]
        if odd := [place for place, line in enumerate(lines, start=2) if len(line) != len(head)]:
            raise ValueError(f"line {odd[0]} has {len(lines[odd[0] - 2])} cells instead of {len(head)}")
        cells = list(zip(*lines, strict=True)) or [()] * len(head)
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"data/{path.name} cannot be read: {error}; restore it from the last commit") from error
    if tuple(head) != columns:
        raise DataError(f"data/{path.name} has the columns {head}; datapackage.json declares {list(columns)}")
    typed = [map(_TYPED.get(kind, str), of) for kind, of in zip(kinds, cells, strict=True)]
    end = "period" if "period" in columns else "unit"
    keys = columns[: columns.index(end)] if name in DATED and "unit" in columns else ()
    return Table(name, columns, kinds, keys, tuple(zip(*typed, strict=True)))


def _number(cell: str) -> float:
    """A cell as a number; what cannot be read is missing here, and a problem for ``rules``."""
    try:
        return float(cell) if cell else math.nan
    except ValueError:
        return math.nan


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


_TYPED = {"number": _number, "date": _day}
