"""Rows of tables as sentences and readers take them: as quantities in their units, and under heads in words."""

from collections.abc import Mapping

import pandas as pd

from helpers.data import Quantity, derived


def amounts(row: pd.Series, **units: str) -> dict[str, Quantity]:
    """Columns of a row as quantities, each in its unit: ``amounts(row, tonnes="t", share="%")``."""
    return {name: derived(row[name], unit, row) for name, unit in units.items()}


def tonnes(row: pd.Series, column: str = "tonnes") -> Quantity:
    """A column of a row in tonnes, of the period of that row."""
    return derived(row[column], "t", row, period=row.get("period", ""))


def ranged(row: pd.Series, unit: str = "t", value: str = "", *, low: str = "low", high: str = "high") -> Quantity:
    """What lies from one column of a row to another, with the value of a third if it has one."""
    return derived(row[value] if value else float("nan"), unit, row, low=row[low], high=row[high])


def between(low: float, high: float, unit: str, *uses) -> Quantity:
    """What lies from one number to another, and has no middle."""
    return derived(float("nan"), unit, *uses, low=low, high=high)


def spread(values: pd.Series, unit: str, *uses) -> Quantity:
    """From the least to the greatest of some values, around their mean."""
    return derived(values.mean(), unit, *uses, low=values.min(), high=values.max())


def count(rows: pd.DataFrame) -> Quantity:
    return derived(len(rows), "", rows)


def chosen(table: pd.DataFrame, **keys: str) -> pd.DataFrame:
    """The rows of a table that have these values in these columns."""
    return table[(table[list(keys)] == pd.Series(keys)).all(axis=1)]


def headed(table: pd.DataFrame, heads: Mapping[str, str]) -> pd.DataFrame:
    """The columns to show under their heads, and the sources where there are any."""
    return table[[*heads, *table.columns.intersection(["source"])]].rename(columns=heads)
