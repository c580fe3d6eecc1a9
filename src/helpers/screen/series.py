"""Lines of a panel as arrays: one run of months for each line and country, sorted, so that a sum is always the same."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.screen.panel import NOBODY, Panel

_MONTHS = "CAST(period[1:4] AS INTEGER) * 12 + CAST(period[6:7] AS INTEGER) - 1"
_YEARS = ["hs", "flow", "reporter", "partner", "year"]


@dataclass(frozen=True)
class Block:
    """Some lines of a panel: the home country's months by line and country, and both sides' calendar years.

    Attributes
    ----------
    keys : pd.DataFrame
        ``hs, partner`` of each series.
    start : np.ndarray
        Where each series begins, and where the last one ends, shape (series + 1,).
    month, weight, value : np.ndarray
        Of every entry: months since the year nought, tonnes, million dollars; sorted by series and month.
    others : pd.DataFrame
        Calendar years: those that are given, of both sides, and the sums of the other side's months.
    """

    home: str
    keys: pd.DataFrame
    start: np.ndarray
    month: np.ndarray
    weight: np.ndarray
    value: np.ndarray
    others: pd.DataFrame

    @cached_property
    def years(self) -> pd.DataFrame:
        """``hs, flow, reporter, partner, year, weight, value``: both sides, sums of months where a year is not given."""
        own = _summed((self.keys, self.start, self.month, self.weight, self.value))
        both = [self.others, own.assign(flow="import", reporter=self.home)]
        table = pd.concat(both, ignore_index=True).drop_duplicates(_YEARS)  # what is given comes first
        table = table.sort_values(_YEARS, ignore_index=True).astype({"weight": float, "value": float})
        return table[[*_YEARS, "weight", "value"]]

    @cached_property
    def series(self) -> np.ndarray:
        """The number of the series of each entry."""
        return np.repeat(np.arange(len(self.keys)), np.diff(self.start))

    @cached_property
    def line(self) -> np.ndarray:
        """The number of the line of each series, lines in the order of their codes."""
        return pd.factorize(self.keys["hs"])[0]


def loaded(panel: Panel, first: str, last: str) -> Block:
    """The lines of a panel from one code to another."""
    months = _months(panel, "flow = 'import' AND reporter = ?", "partner", first, last)
    theirs = _months(panel, "flow = 'export' AND partner = ?", "reporter", first, last)
    their = _summed(theirs).rename(columns={"partner": "reporter"}).assign(flow="export", partner=panel.home)
    given = panel.ask(
        "SELECT hs, flow, reporter, partner, period AS year, weight, value FROM panel WHERE hs BETWEEN ? AND ? "
        "AND length(period) = 4 AND (reporter = ? OR partner = ?) ORDER BY ALL",
        [first, last, panel.home, panel.home],
    ).df()
    return Block(panel.home, *months, pd.concat([given, their], ignore_index=True))


def _months(panel: Panel, side: str, country: str, first: str, last: str) -> tuple:
    found = panel.ask(
        f"SELECT hs, {country} AS partner, {_MONTHS} AS month, weight, value FROM panel "
        f"WHERE hs BETWEEN ? AND ? AND {side} AND length(period) = 7 AND {country} NOT IN {NOBODY} "
        "AND coalesce(value, 0) > 0 ORDER BY hs, partner, month",
        [first, last, panel.home],
    ).fetchnumpy()
    found = {name: np.ma.filled(column, np.nan) if name in ("weight", "value") else np.asarray(column)
             for name, column in found.items()}  # fmt: skip
    hs, partner = found["hs"], found["partner"]
    new = np.flatnonzero((hs[1:] != hs[:-1]) | (partner[1:] != partner[:-1])) + 1
    start = np.concatenate([[0], new, [len(hs)]]) if len(hs) else np.zeros(1, int)
    keys = pd.DataFrame({"hs": hs[start[:-1]], "partner": partner[start[:-1]]})
    weight = np.where(found["weight"] > 0, found["weight"], np.nan)
    return keys, start, found["month"].astype(np.int64), weight, found["value"]


def _summed(months: tuple) -> pd.DataFrame:
    """Whole calendar years by line and country: a year that the panel holds up to December."""
    keys, start, month, weight, value = months
    if not len(month):
        return pd.DataFrame(columns=["hs", "partner", "year", "weight", "value"])
    series, year = np.repeat(np.arange(len(keys)), np.diff(start)), month // 12
    new = np.flatnonzero((np.diff(series) != 0) | (np.diff(year) != 0)) + 1
    first = np.concatenate([[0], new])
    sums = {name: np.add.reduceat(of, first) for name, of in (("weight", np.nan_to_num(weight)), ("value", value))}
    table = keys.iloc[series[first]].reset_index(drop=True).assign(year=year[first], **sums)
    table = table[table["year"] < (month.max() + 1) // 12]
    return table.assign(year=table["year"].astype(str))
