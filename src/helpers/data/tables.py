"""The files of ``data/`` as they are written: typed by ``datapackage.json``, nothing chosen or corrected."""

import csv
import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd

from helpers import paths

DATED = ("trade", "production", "drivers", "prices", "assumptions", "outlooks", "events", "contradictions", "episodes", "regimes")
"""Tables whose rows became public on a day."""


SOURCE_ID = re.compile(r"\b[A-Z]\d{1,3}[a-z]?\b")
"""What the id of a source looks like, wherever it stands."""

_WITH = re.compile(rf"\bwith ({SOURCE_ID.pattern}(?:(?:, | and ){SOURCE_ID.pattern})*)")


class DataError(ValueError):
    """Something in ``data/`` is wrong; the text says which file, which rows and what to do."""


def read(folder: Path | None = None, names: Iterable[str] | None = None) -> dict[str, pd.DataFrame]:
    """Tables by name, all of them unless ``names`` are given.

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
    described = describe(folder)
    return {name: _read(folder, described, name) for name in (names or described)}


def describe(folder: Path | None = None) -> dict[str, dict]:
    """What ``datapackage.json`` says of each table, by name."""
    path = (folder or paths.DATA) / "datapackage.json"
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        return {resource["name"]: resource for resource in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"data/datapackage.json cannot be read ({error}); restore it from the last commit"
        ) from error


def columns(description: dict) -> list[str]:
    """The columns of a table, in order."""
    return [field["name"] for field in description["schema"]["fields"]]


def key_columns(description: dict) -> tuple[str, ...]:
    """The columns that name a figure, before its period, unit and value; none where a table has no figures."""
    names = columns(description)
    if "unit" not in names:
        return ()
    return tuple(names[: names.index("period" if "period" in names else "unit")])


def all_sources(rows: pd.DataFrame) -> pd.Series:
    """The ids behind each row: that of its column ``source``, and those that its note adds as ``with S05b and S60``."""
    added = rows["note"].map(lambda note: SOURCE_ID.findall(" ".join(_WITH.findall(note))) if "with" in note else [])
    return pd.Series(
        [" ".join(dict.fromkeys([*source.split(), *more])) for source, more in zip(rows["source"], added, strict=True)],
        index=rows.index,
        dtype="str",
    )


def first_rows(rows: pd.DataFrame, most: int = 5) -> str:
    """The first rows of a table as text for an error, with their line in the file."""
    text = rows.head(most).assign(line=rows.index[:most] + 2).set_index("line")
    text = text.drop(columns=[c for c in ("note", "title") if c in text])
    rest = f"\n... and {len(rows) - most} more" if len(rows) > most else ""
    return text.to_string(na_rep="") + rest


def _read(folder: Path, described: dict[str, dict], name: str) -> pd.DataFrame:
    if name not in described:
        raise DataError(f"data/ has no table {name!r}; it has {sorted(described)}")
    description = described[name]
    fields = description["schema"]["fields"]
    try:
        with (folder / description["path"]).open(encoding="utf-8", newline="") as file:
            head, *lines = [line for line in csv.reader(file, strict=True) if line]
        cells = dict(zip(head, zip(*lines, strict=True), strict=True)) if lines else {column: () for column in head}
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"data/{description['path']} cannot be read: {error}; restore it from the last commit") from error
    if head != columns(description):
        raise DataError(f"data/{name}.csv has the columns {head}; datapackage.json declares {columns(description)}")
    return pd.DataFrame({field["name"]: _typed(cells[field["name"]], field["type"]) for field in fields})


def _typed(cells: tuple[str, ...], kind: str) -> pd.Series:
    """Cells as numbers, days or text; what cannot be read is missing here, and a problem for ``rules``."""
    if kind == "number":
        return pd.Series(list(map(_number, cells)), dtype="float64")
    if kind == "date":
        days = {cell: _day(cell) for cell in set(cells)}
        return pd.Series([days[cell] for cell in cells], dtype="datetime64[us]")
    return pd.Series(list(cells), dtype="str")


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _day(cell: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(date.fromisoformat(cell))
    except ValueError:
        return pd.NaT
