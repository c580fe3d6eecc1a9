"""The files of ``data/`` as they are written: typed by ``datapackage.json``, nothing chosen or corrected."""

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from helpers import paths

DATED = ("trade", "production", "drivers", "prices", "assumptions", "outlooks", "events", "contradictions", "episodes", "regimes")
"""Tables whose rows became public on a day."""


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
        rows = pd.read_csv(folder / description["path"], dtype="str", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(f"data/{description['path']} cannot be read: {error}; restore it from the last commit") from error
    if list(rows.columns) != columns(description):
        raise DataError(f"data/{name}.csv has the columns {list(rows.columns)}; datapackage.json declares others")
    for field in fields:
        column = field["name"]
        if field["type"] == "number":
            rows[column] = pd.to_numeric(rows[column].replace("", None), errors="coerce").where(rows[column] != "")
        elif field["type"] == "date":
            rows[column] = pd.to_datetime(rows[column], format="ISO8601", errors="coerce")
    return rows
