"""Lines of a panel as arrays: one run of months for each line and country, sorted, so that a sum is always the same."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from helpers.data import DataError
from helpers.screen.panel import NOBODY, OURS, Panel, database

_TIMES = 1_000_000
"""More than any time: a calendar year, or year and month in six digits."""

_MONTHLY = _TIMES // 100
"""From here on a time is a month."""

_YEARS = ("own", "line", "country", "year", "weight", "value")


@dataclass(frozen=True)
class Whole:
    """What each part of a panel takes from the whole of it.

    ``own, their`` are the first calendar years whose months are not all there yet, by the home country's count and by
    others'; ``newest`` is the last year of the own count; ``names`` are those of countries; ``lean`` is that of
    :func:`helpers.ensemble.combine.combined`.
    """

    own: int
    their: int
    newest: int
    names: tuple[str, ...]
    lean: float = 0.0


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
    others : dict of np.ndarray
        As :attr:`years`: those that are given, of both sides, and the sums of the other side's months.
    whole : Whole
    """

    hs: np.ndarray
    names: np.ndarray
    line: np.ndarray
    country: np.ndarray
    start: np.ndarray
    month: np.ndarray
    weight: np.ndarray
    value: np.ndarray
    others: dict[str, np.ndarray]
    whole: Whole

    @cached_property
    def series(self) -> np.ndarray:
        """The number of the series of each entry."""
        return np.repeat(np.arange(len(self.line)), np.diff(self.start))

    @cached_property
    def years(self) -> pd.DataFrame:
        """``own`` (whose count), ``line, country, year, weight, value``: sums of months where a year is not given."""
        return pd.DataFrame(self.yearly)

    @cached_property
    def totals(self) -> pd.DataFrame:
        """A line from all countries by year, by both counts; a row of the world stands before the sum of countries.

        ``line, year, own_t, own_usd_m, their_t, their_usd_m``, sorted.
        """
        return pd.DataFrame(self.sums)

    @cached_property
    def yearly(self) -> dict[str, np.ndarray]:
        """The columns of :attr:`years`."""
        line, country = self.line[self.series], self.country[self.series]
        summed = _summed(True, self.whole.own, line, country, self.month, self.weight, self.value)
        table = {name: np.concatenate([of, summed[name]]) for name, of in self.others.items()}
        own, line, country, year, *_ = table.values()
        _, kept = np.unique(_keyed(own, line, country, year, len(self.hs), len(self.names)), return_index=True)
        return {name: of[kept] for name, of in table.items()}

    @cached_property
    def sums(self) -> dict[str, np.ndarray]:
        """The columns of :attr:`totals`."""
        own, line, country, year, *said = self.yearly.values()
        first, world = year.min(initial=self.whole.newest), country == self.world
        shape = (2, len(self.hs), year.max(initial=first) - first + 1)
        cell = (own * shape[1] + line) * shape[2] + year - first
        at = np.nonzero(np.bincount(cell, minlength=np.prod(shape)).reshape(shape)[1])
        table = {"line": at[0], "year": at[1] + first}
        for unit, told in zip(("t", "usd_m"), said, strict=True):
            parts, whole, sums = ~world & ~np.isnan(told), world & (told > 0), np.full(shape, np.nan)
            sums.flat[cell[parts]] = np.bincount(cell[parts], told[parts])[cell[parts]]
            sums.flat[cell[whole]] = told[whole]
            table |= {f"own_{unit}": sums[1][at], f"their_{unit}": sums[0][at]}
        return table

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


def reach(panel: Panel) -> Whole:
    """How far a panel reaches."""
    words = ["", "\U0010ffff", panel.home]
    names = panel.ask(f"SELECT DISTINCT country FROM ({_ASKED}) WHERE country IS NOT NULL", words).fetchall()
    told = panel.ask(
        f"SELECT DISTINCT own, time FROM ({_ASKED}) WHERE country IS NOT NULL AND value > 0 AND isfinite(value) "
        f"AND (time < {_MONTHLY} OR country NOT IN {NOBODY})", words).fetchall()  # fmt: skip
    own, time = np.array(told, int).reshape(-1, 2).T
    monthly = time >= _MONTHLY
    over = np.where(monthly, time // 100 * 12 + time % 100, 0) // 12
    their_end, own_end = (int(over[own == side].max(initial=0)) for side in (0, 1))
    year = np.where(monthly, time // 100, time)
    known = (own == 1) & (~monthly | (year < own_end))
    return Whole(own_end, their_end, int(year[known].max(initial=0)), tuple(sorted(name for (name,) in names)))


def loaded(panel: Panel, first: str, last: str, whole: Whole) -> Block:
    """The lines of a panel from one code to another.

    Raises
    ------
    DataError
        If there are two figures for one line, country and period: which of them counts nobody has said.
    """
    asked = (
        f"SELECT own, time, weight, value, CAST('1' || hs AS BIGINT) AS hs, hash(country) AS country FROM ({_ASKED})"
    )
    found = panel.ask(asked, [first, last, panel.home], threads=1).fetchnumpy()
    line, hs = _coded(found["hs"], lambda number: str(number)[1:])
    country, names = _coded(found["country"], _hashed(whole.names).get)
    time, own = np.asarray(found["time"], int), np.asarray(found["own"])
    monthly = time >= _MONTHLY
    weight, value = _known(found["weight"], monthly), _known(found["value"], monthly)
    nobody = (country < 0) | monthly & (np.isnan(value) | np.isin([*names, ""], NOBODY)[country])
    key = _keyed(np.where(nobody, -1, 2 * monthly + own), line, country, time, len(hs), len(names))
    order = np.argsort(key, kind="stable")[nobody.sum() :]
    if (same := np.diff(key[order]) == 0).any():
        row = order[same.argmax()]
        raise DataError(f"the panel has two figures for one period of {hs[line[row]]} with {names[country[row]]}: "
                        "leave one of them out")  # fmt: skip
    time = np.where(monthly, time // 100 * 12 + time % 100 - 1, time)
    given, theirs = np.sum(~monthly & ~nobody), np.sum(~(monthly & own) & ~nobody)
    own, line, country, time, weight, value = (of[order] for of in (own, line, country, time, weight, value))
    summed = _summed(False, whole.their, *(of[given:theirs] for of in (line, country, time, weight, value)))
    told = (of[:given] for of in (own, line, country, time, weight, value))
    others = {name: np.append(of, summed[name]) for name, of in zip(_YEARS, told, strict=True)}
    line, country, time, weight, value = (of[theirs:] for of in (line, country, time, weight, value))
    new = _begins(line, country)
    return Block(hs, names, line[new], country[new], np.append(new, len(line)), time, weight, value, others, whole)


def _coded(column: np.ndarray, of: Callable[[int], str | None]) -> tuple[np.ndarray, np.ndarray]:
    """Numbers that stand for words by their places among these, sorted; -1 for what is none."""
    number, found = pd.factorize(np.asarray(column))
    words = [of(one) for one in found.tolist()]
    known = sorted(word for word in words if word is not None)
    place = {word: at for at, word in enumerate(known)} | {None: -1}
    return np.array([place[word] for word in words], int)[number], np.array(known, object)


@cache
def _hashed(names: tuple[str, ...]) -> dict[int, str]:
    """Names by what DuckDB has in their place: a word of each row would take most of the time of reading."""
    told = database().execute("SELECT hash(name), name FROM (SELECT unnest(?) AS name)", [list(names)])
    return dict(told.fetchall())


def _begins(*columns: np.ndarray) -> np.ndarray:
    """The rows with which something new begins in any of some columns."""
    return np.flatnonzero(np.any([np.diff(of, prepend=-1) != 0 for of in columns], axis=0))


_ASKED = f"""
    SELECT hs, flow = 'import' AS own, CASE flow WHEN 'import' THEN partner ELSE reporter END AS country,
        CAST(replace(period, '-', '') AS INTEGER) AS time, weight, value
    FROM panel WHERE hs BETWEEN ? AND ? AND length(period) IN (4, 7) AND {OURS}"""


def _known(column: np.ndarray, monthly: np.ndarray) -> np.ndarray:
    """Figures that can be, nan for the others; nought of a month is not known."""
    known = np.asarray(np.ma.filled(column, np.nan), float)
    return np.where(np.isfinite(known) & (known >= 0) & ~(monthly & (known == 0)), known, np.nan)


def _keyed(kind: np.ndarray, line: np.ndarray, country: np.ndarray, time: np.ndarray, lines: int, countries: int
           ) -> np.ndarray:  # fmt: skip
    """A number for each row, in the order of kind, line, country and time."""
    return ((kind * lines + line) * countries + country) * _TIMES + time


def _summed(own: bool, until: int, line: np.ndarray, country: np.ndarray, month: np.ndarray, weight: np.ndarray,
            value: np.ndarray) -> dict[str, np.ndarray]:  # fmt: skip
    """Whole calendar years by line and country, of sorted months: those before one."""
    year = month // 12
    new = _begins(line, country, year)
    sums = [np.add.reduceat(of, new) if len(new) else of for of in (np.nan_to_num(weight), value)]
    whole = year[new] < until
    columns = (np.full(len(new), own), line[new], country[new], year[new], *sums)
    return {name: of[whole] for name, of in zip(_YEARS, columns, strict=True)}
