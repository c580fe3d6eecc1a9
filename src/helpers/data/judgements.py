"""Assumptions that rules reckon with: shares that make one, every segment there, numbers in bounds."""

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd

from helpers.data.public import UNUSED
from helpers.data.tables import Table


def shares(rows: pd.DataFrame, units: Mapping) -> Iterator[tuple]:
    """Weights and probabilities: from none to all, and together one, on every day on which one was published."""
    for name in units["assumptions"]["sum_to_one"]:
        ours = _of(rows, name)
        for day in sorted(set(ours["published"].dropna())):
            then = ours[ours["published"] <= day].sort_values("published", kind="stable").groupby("segment").tail(1)
            wrong = abs(then["value"].sum() - 1) > 1e-9 or not then["value"].between(0, 1).all()
            mask = pd.Series(wrong & rows.index.isin(then.index), index=rows.index)
            yield mask, f"{name} does not sum to one on {day.date()}", "correct the shares: each 0 to 1, together one"


def lacking(rows: pd.DataFrame, units: Mapping) -> Iterator[tuple]:
    """Segments without a row from the first day on: ``file, rows, problem, remedy``."""
    for name, need in units["assumptions"]["needed"].items():
        ours = _of(rows, name)
        first = ours.loc[ours["published"] == ours["published"].min(), "segment"]
        if gone := [segment for segment in need["segments"] if segment not in set(first)]:
            remedy = f"write one row for each, public from the same day: {', '.join(need['segments'])}"
            yield "assumptions.csv", "", f"{name} has no row for {', '.join(gone)} on its first day", remedy


def odd(rows: pd.DataFrame, units: Mapping) -> Iterator[tuple]:
    """Numbers that nothing can be reckoned with: which rows, what is wrong with them, and what to do."""
    for name, need in units["assumptions"]["needed"].items():
        ours, least, most = _of(rows, name), need.get("least", -np.inf), need.get("most", np.inf)
        outside = (ours[["value", "low", "high"]] < least) | (ours[["value", "low", "high"]] > most)
        value, above = ours["value"], ours["unit"].map(need.get("above", {})).fillna(-np.inf)
        inside = (ours["low"] < value) & (value < ours["high"]) & (ours["low"] > above)
        wrong = [
            (outside.any(axis=1), f"{name} is not from {least} to {most}", "correct value, low or high"),
            (~(value > above), f"{name} is missing or too small", "write more than 1 for a ratio, else more than 0"),
        ]
        if need.get("ranged"):
            remedy = "give low, value and high, each more than the one before"
            wrong.append((~inside, f"{name} without a range about its value", remedy))
        yield from ((mask.reindex(rows.index, fill_value=False), *said) for mask, *said in wrong)


def _of(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows[(rows["assumption"] == name) & ~rows["status"].isin(UNUSED)]


def late(chosen: Mapping[str, Table], day: date) -> pd.DataFrame:
    """The judgements that were written after a day: ``table, key, published, written``."""
    found = []
    for name, table in chosen.items():
        if "written" in table.columns:
            rows = table.frame()
            rows = rows[rows["written"] > pd.Timestamp(day)]
            named = rows[list(table.columns[: max(1, len(table.keys))])].agg("/".join, axis=1) if len(rows) else ""
            found.append(rows[["published", "written"]].assign(table=name, key=named))
    columns = ["table", "key", "published", "written"]
    found = [rows for rows in found if len(rows)]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)
