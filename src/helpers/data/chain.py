"""A table that only grows: each row carries a hash over the one before, so that none is changed or lost unseen.

The ``chain`` of a row is SHA-256 over three lines: the chain of the row before (nothing for the first), how many rows
its run has, and the row as it stands in the file, without its chain. The count shows rows that are lost at the end.
A whole run lost at the end leaves a shorter table that is whole; that is for the history of the files to show.
"""

import csv
import hashlib
import io
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

NAME = "forecasts"
"""The table of published forecasts."""

FIELD = "chain"


def linked(rows: Iterable[Iterable[str]], before: str = "") -> list[list[str]]:
    """Rows of text, those of a run together and its name first, each with its chain added at the end."""
    found = []
    for _, run in groupby(([*row] for row in rows), key=lambda row: row[0]):
        whole = [*run]
        for row in whole:
            before = hashlib.sha256(f"{before}\n{len(whole)}\n{written([row])}".encode()).hexdigest()
            found.append([*row, before])
    return found


def written(rows: Iterable[Iterable[str]]) -> str:
    """Rows as lines of the file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def cells(path: Path) -> tuple[list[str], list[list[str]]]:
    """The head and the rows of a file, as text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = [row for row in csv.reader(file, strict=True) if row]
    return head, rows


def broken(folder: Path) -> list[tuple]:
    """The first row that is not what was appended, as a problem of ``rules``: ``file, rows, problem, remedy``."""
    _, rows = cells(folder / f"{NAME}.csv")
    for line, (row, wanted) in enumerate(zip(rows, linked(row[:-1] for row in rows), strict=True), start=2):
        if row[-1] != wanted[-1]:
            problem = (f"what was appended has changed: from this row of run {row[0]} on the chain does not hold; "
                       "the row was changed, or one of its run or just before it was changed, added or "
                       "removed")  # fmt: skip
            remedy = (f"restore the rows from the last commit (git checkout data/{NAME}.csv); a published forecast is "
                      "never corrected, and a new one is appended by `magnets ledger add`")  # fmt: skip
            return [(f"{NAME}.csv", f"line {line}: {', '.join(row[:-1])}", problem, remedy)]
    return []
