"""Which figures an archive takes: those that the tables of the house could hold, whatever a publisher answers.

What is let in once stands in every vintage from then on; a figure that cannot be read there would stop all reports.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import fiscal, paths
from helpers.data import descriptor, tables
from helpers.data.public import STATUSES

_TEXTS = ("table", "key", "period", "unit", "status", "note")
_NUMBERS = ["value", "low", "high"]


def faults(rows: pd.DataFrame, day: date) -> Iterator[str]:
    """What keeps figures that came on a day from being taken, each in words with the first offender.

    Units, signs and keys are those of ``datapackage.json``; a period has to be over.
    """
    for column in _TEXTS:
        yield from _said(f"a {column} that is no plain text", rows[column], _plain)
    yield from _said("a status that there is not", rows["status"], STATUSES[1:].__contains__)
    known, units = _codebook(paths.DATA)
    for name, own in rows.groupby("table", sort=False):
        if name not in tables.DATED or not known[name].keys:
            yield f"a table that there is not: {name!r}"
            continue
        least, most = len(known[name].keys), day if "period" in known[name].columns else None
        yield from _said("a key of other parts", own["key"], _fits, least)
        yield from _said("a period that is none, or not over", own["period"], _over, most)
        yield from _said("an unknown unit", own["unit"], units[name]["all"].__contains__)
        signed = own["unit"].isin(units[name]["signed"])
        yield from _numbers(own, signed)


@cache
def _codebook(folder: Path) -> tuple[dict[str, tables.Table], dict[str, dict]]:
    """The tables and their units: read once, as a run has hundreds of answers."""
    return tables.read(folder), descriptor.units(folder)


def _numbers(rows: pd.DataFrame, signed: pd.Series) -> Iterator[str]:
    try:
        numbers = rows[_NUMBERS].astype(float)
    except (TypeError, ValueError) as error:
        yield f"a value that is no number ({error})"
        return
    value, low, high, gone = *(numbers[name] for name in _NUMBERS), rows["status"] == "missing"
    for what, wrong in {
        "a value without end": np.isinf(numbers).any(axis=1),
        "a negative amount": ~signed & (numbers.min(axis=1) < 0),
        "a value outside its own range": (value < low) | (value > high) | (low > high),
        "no number, or one where the status is missing": value.isna() & low.isna() & ~gone | value.notna() & gone,
    }.items():
        if wrong.any():
            yield f"{what}: {rows[wrong].iloc[0][['key', 'period', 'value', 'unit', 'status']].tolist()}"
    if odd := [day for day in rows["published"].drop_duplicates() if not (pd.isna(day) or isinstance(day, date))]:
        yield f"a day of publication that is none: {odd[0]!r}"


def _said(what: str, column: pd.Series, right: Callable[..., bool], *limits: object) -> Iterator[str]:
    if odd := [text for text in column.drop_duplicates() if not right(text, *limits)]:
        yield f"{what}: {odd[0]!r}"


def _plain(text: object) -> bool:
    return isinstance(text, str) and text.isprintable()


def _fits(key: str, parts: int) -> bool:
    return len(key.split("/")) == parts and all(key.split("/")) and not set("*?") & set(key)


def _over(period: str, day: date | None) -> bool:
    """Whether a period is one and was over; where a table has no periods, whether it is empty."""
    try:
        return not period if day is None else fiscal.span(period)[1] <= day
    except ValueError:
        return False
