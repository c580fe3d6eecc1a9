"""What comes next of many yearly series at once, with the calibrated intervals of series of trade."""

import numpy as np
import pandas as pd

from helpers.ensemble.calibrated import forecast_quantiles
from helpers.screen.series import Block, begins

LEVELS = {"low": 0.1, "middle": 0.5, "high": 0.9}
LEAST = 3
"""Years in a row that a forecast needs."""

ALL = "world"


def ahead(block: Block, horizon: int) -> pd.DataFrame:
    """Values of the home country's imports in coming years: of each line from each country, and of each line.

    Returns
    -------
    pd.DataFrame
        ``hs, partner, year, low, middle, high``: million dollars, the 80 % interval; of those series alone whose
        years are known without a gap up to the newest, :data:`LEAST` of them or more. A whole line's ``partner``
        is ``world``.
    """
    line, country, start, values, newest = runs(block)
    length = np.diff(start)
    told = np.empty((len(length), horizon, len(LEVELS)))
    for n in np.unique(length[length >= LEAST]):
        chosen = np.flatnonzero(length == n)
        matrix = values[start[chosen][:, None] + np.arange(n)]
        told[chosen], _ = forecast_quantiles(matrix, horizon, kind="trade", levels=tuple(LEVELS.values()))
    long = np.flatnonzero(length >= LEAST)
    row, names = np.repeat(long, horizon), np.append(block.names, ALL)
    table = {"hs": block.hs[line[row]], "partner": names[country[row]],
             "year": np.tile(newest + 1 + np.arange(horizon), len(long))}  # fmt: skip
    return pd.DataFrame(table | dict(zip(LEVELS, told[long].reshape(-1, len(LEVELS)).T, strict=True)))


def runs(block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """The years in a row up to the newest, of each line and country and of each line.

    Returns
    -------
    line, country : np.ndarray
        Of each run; the country of a whole line is the number after the last.
    start, values : np.ndarray
        Where each run begins, and where the last one ends; million dollars.
    newest : int
        The year that all runs end with.
    """
    years, totals = block.years, block.totals
    own = (years["own"] & (years["value"] > 0) & block.countries(years["country"])).to_numpy()
    whole = totals["own_usd_m"].notna().to_numpy()
    line, year, values = (np.append(years[one].to_numpy()[own], totals[other].to_numpy()[whole])
                          for one, other in (("line", "line"), ("year", "year"), ("value", "own_usd_m")))  # fmt: skip
    country = np.append(years["country"].to_numpy()[own], np.full(whole.sum(), len(block.names)))
    order = np.lexsort((year, country, line))
    line, country, year, values = line[order], country[order], year[order], values[order]
    newest = int(year.max(initial=0))
    first = begins(line, country)
    size = np.diff(np.append(first, len(year)))
    back = np.repeat(first + size, size) - np.arange(len(year))  # 1: the newest of its series
    kept = year == newest + 1 - back  # before a gap years lie further back
    counts = np.bincount(np.repeat(np.arange(len(size)), size)[kept], minlength=len(size))
    start = np.concatenate([[0], np.cumsum(counts[counts > 0])])
    return line[first[counts > 0]], country[first[counts > 0]], start, values[kept], newest
