"""Lines of a panel as arrays: one run of months for each line and country, sorted, so that a sum is always the same."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.data import DataError
from helpers.screen.panel import NOBODY, Panel

_MONTHS = "CAST(period[1:4] AS INTEGER) * 12 + CAST(period[6:7] AS INTEGER) - 1"
_YEARS = ["own", "line", "country", "year"]
_SIDES = {True: ("flow = 'import' AND reporter = ?", "partner"), False: ("flow = 'export' AND partner = ?", "reporter")}


@dataclass(frozen=True)
class Block:
    """Some lines of a panel: the home country's months by line and country, and both sides' calendar years.

    Attributes
    ----------
    hs, names : np.ndarray
        Codes of lines and of countries, sorted; elsewhere both are numbers, of their places here.
    line, country : np.ndarray
        Of each series of months.
    start : np.ndarray
        Where each series begins, and where the last one ends, shape (series + 1,).
    month, weight, value : np.ndarray
        Of every entry: months since the year nought, tonnes (nan where unknown), million dollars; sorted by series
        and month.
    others : pd.DataFrame
        As :attr:`years`: those that are given, of both sides, and the sums of the other side's months.
    """

    hs: np.ndarray
    names: np.ndarray
    line: np.ndarray
    country: np.ndarray
    start: np.ndarray
    month: np.ndarray
    weight: np.ndarray
    value: np.ndarray
    others: pd.DataFrame

    @cached_property
    def series(self) -> np.ndarray:
        """The number of the series of each entry."""
        return np.repeat(np.arange(len(self.line)), np.diff(self.start))

    @cached_property
    def years(self) -> pd.DataFrame:
        """``own`` (whose count), ``line, country, year, weight, value``: sums of months where a year is not given."""
        summed = _summed(self.line, self.country, self.series, self.month, self.weight, self.value)
        table = pd.concat([self.others, summed.assign(own=True)], ignore_index=True).astype(_KINDS)
        return table.sort_values(_YEARS, kind="stable").drop_duplicates(_YEARS).reset_index(drop=True)[_YEARS + _SAID]

    @cached_property
    def totals(self) -> pd.DataFrame:
        """A line from all countries by year, by both counts; a row of the world stands before the sum of countries.

        ``line, year, own_t, own_usd_m, their_t, their_usd_m``, sorted.
        """
        both = []
        for side, own in (("own", True), ("their", False)):
            rows = self.years[self.years["own"] == own]
            world = rows["country"] == self.world
            parts = rows[~world].groupby(["line", "year"])[_SAID].sum(min_count=1)
            told = rows[world].set_index(["line", "year"])[_SAID]
            table = told.where(told > 0).combine_first(parts) if len(told) else parts
            both.append(table.rename(columns={"weight": f"{side}_t", "value": f"{side}_usd_m"}))
        return both[0].join(both[1]).astype(float).reset_index().sort_values(["line", "year"], ignore_index=True)

    @cached_property
    def world(self) -> int:
        """The number of what stands for all countries; one that no country has where it is not there."""
        return int(np.searchsorted(self.names, "world")) if "world" in self.names else -1

    def countries(self, numbers: np.ndarray | pd.Series) -> np.ndarray:
        """Which of some numbers are those of countries."""
        return ~np.isin(self.names, NOBODY)[np.asarray(numbers)]

    def entries(self, line: int) -> slice:
        """The entries of a line."""
        ends = np.searchsorted(self.line, [line, line + 1])
        return slice(*self.start[ends])


_SAID = ["weight", "value"]
_KINDS = {"own": bool, "line": int, "country": int, "year": int, "weight": float, "value": float}


def loaded(panel: Panel, first: str, last: str) -> Block:
    """The lines of a panel from one code to another."""
    asked = [of(panel, own, first, last) for of in (_months, _given) for own in (True, False)]
    hs, lines = _numbered([rows["hs"] for rows in asked])
    names, countries = _numbered([rows["country"] for rows in asked])
    found = [{**rows, "line": line, "country": country}
             for rows, line, country in zip(asked, lines, countries, strict=True)]  # fmt: skip
    years = ["line", "country", "time", *_SAID]
    others = [pd.DataFrame({name: found[side][name] for name in years}).rename(columns={"time": "year"}).assign(own=own)
              for side, own in ((2, True), (3, False))]  # fmt: skip
    for rows in found:
        _require_once(rows, hs, names)
    line, country, start, *entries = _arrays(found[1])
    series = np.repeat(np.arange(len(line)), np.diff(start))
    others.append(_summed(line, country, series, *entries).assign(own=False))
    line, country, start, month, weight, value = _arrays(found[0])
    return Block(hs, names, line, country, start, month, weight, value, pd.concat(others, ignore_index=True))


def _require_once(rows: dict[str, np.ndarray], hs: np.ndarray, names: np.ndarray) -> None:
    """Stop at two figures for one line, country and period: which of them counts nobody has said."""
    same = np.all([np.diff(rows[name]) == 0 for name in ("line", "country", "time")], axis=0)
    if same.any():
        row = int(same.argmax())
        line, country = hs[rows["line"][row]], names[rows["country"][row]]
        raise DataError(f"the panel has two figures for one period of {line} with {country}: leave one of them out")


def _given(panel: Panel, own: bool, first: str, last: str) -> dict[str, np.ndarray]:
    return _asked(panel, own, "CAST(period AS INTEGER)", "length(period) = 4", first, last)


def _numbered(columns: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """What there is in some columns, sorted, and the number of it in each place."""
    numbers, names = pd.factorize(np.concatenate(columns), sort=True)
    return names, np.split(numbers, np.cumsum([len(column) for column in columns])[:-1])


def _months(panel: Panel, own: bool, first: str, last: str) -> dict[str, np.ndarray]:
    country = _SIDES[own][1]
    where = f"length(period) = 7 AND {country} NOT IN {NOBODY} AND value > 0 AND isfinite(value)"
    return _asked(panel, own, _MONTHS, where, first, last)


def _asked(panel: Panel, own: bool, time: str, where: str, first: str, last: str) -> dict[str, np.ndarray]:
    side, country = _SIDES[own]
    found = panel.ask(
        f"SELECT hs, {country} AS country, CAST({time} AS BIGINT) AS time, weight, value FROM panel "
        f"WHERE hs BETWEEN ? AND ? AND {side} AND {where} AND {country} IS NOT NULL ORDER BY hs, country, time",
        [first, last, panel.home],
        threads=1,
    ).fetchnumpy()
    for name in _SAID:
        known = np.ma.filled(found[name], np.nan)
        found[name] = np.where(np.isfinite(known) & (known >= 0), known, np.nan)
    return {name: np.asarray(column) for name, column in found.items()}


def _arrays(found: dict[str, np.ndarray]) -> tuple:
    """Line and country of each series, where it begins, and of each entry month, weight and value."""
    line, country = found["line"], found["country"]
    new = np.flatnonzero((np.diff(line, prepend=-1) != 0) | (np.diff(country, prepend=-1) != 0))
    weight = np.where(found["weight"] > 0, found["weight"], np.nan)
    return line[new], country[new], np.append(new, len(line)), found["time"], weight, found["value"]


def _summed(line: np.ndarray, country: np.ndarray, series: np.ndarray, month: np.ndarray, weight: np.ndarray,
            value: np.ndarray) -> pd.DataFrame:  # fmt: skip
    """Whole calendar years by line and country: those that the lines reach the end of."""
    year = month // 12
    new = np.flatnonzero((np.diff(series, prepend=-1) != 0) | (np.diff(year, prepend=-1) != 0))
    if not len(new):
        return pd.DataFrame(columns=["line", "country", "year", *_SAID]).astype({"year": int})
    sums = {"weight": np.add.reduceat(np.nan_to_num(weight), new), "value": np.add.reduceat(value, new)}
    table = pd.DataFrame({"line": line[series[new]], "country": country[series[new]], "year": year[new], **sums})
    return table[table["year"] < (month.max() + 1) // 12]
