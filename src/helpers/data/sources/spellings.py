"""How publishers write countries (``spellings.csv``: a row a country, a column a feed), months and numbers."""

import csv
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pandas as pd

from helpers.data.sources.protocol import UnfitError

FILE = Path(__file__).with_name("spellings.csv")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@cache
def partners(feed: str) -> dict[str, str]:
    """The partner by the name or the code that a feed prints: ISO 3166 alpha-3, ``world``, ``nes`` (of no country)."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {text: row["partner"] for row in csv.DictReader(file) for text in row[feed].split(" | ") if text}


def countries(feed: str, printed: Iterable[str]) -> list[str]:
    """The partner of each name that a feed printed; UnfitError if the list has not all of them."""
    known, names = partners(feed), [*printed]
    if strange := sorted(set(names) - set(known)):
        said = f"no country is known as {', '.join(map(repr, strange))}; add the spelling to {FILE.name} beside"
        raise UnfitError(f"{said} {Path(__file__).name}, in the row of the partner it stands for")
    return [known[name] for name in names]


def month(name: str, year: str) -> str:
    """A month such as ``2025-04``, from the first three letters of its English name; empty if it is none."""
    return f"{year}-{MONTHS.index(name.lower()) + 1:02d}" if name.lower() in MONTHS else ""


def each(column: pd.Series, read: Callable[[str], object]) -> pd.Series:
    """What the cells of a column say; UnfitError with the row, by the column's index, of one that cannot be read."""
    found = []
    for row, cell in column.items():
        try:
            found.append(read(cell))
        except UnfitError as error:
            raise UnfitError(f"row {row}: {error}; correct the cell, or save the file again") from None
    return pd.Series(found, column.index)


def number(printed: str) -> float:
    """A number with commas anywhere, as in lakhs; nothing, a dash and NA are none, nan."""
    if printed.upper() in ("", "-", "NA", "N/A"):
        return float("nan")
    if not re.fullmatch(r"\d[\d,]*(\.\d+)?", printed):
        raise UnfitError(f"{printed!r} is no number")
    return float(printed.replace(",", ""))
