"""What comes next of many yearly series at once, with the calibrated intervals of series of trade."""

import numpy as np
import pandas as pd

from helpers.ensemble.calibrated import forecast_quantiles
from helpers.screen.series import Block

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
    line, country, length, values, newest = runs(block)
    told = np.empty((len(length), horizon, len(LEVELS)))
    for n in np.unique(length[length >= LEAST]):
        chosen = length == n
        told[chosen], _ = forecast_quantiles(values[chosen, -n:], horizon, kind="trade", levels=tuple(LEVELS.values()))
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
        Of each series; the country of a whole line is the number after the last.
    length, values : np.ndarray
        How many years in a row it has up to the newest; million dollars by year up to it, nan where unknown.
    newest : int
        The last year.
    """
    years, totals = block.years, block.totals
    own = (years["own"] & (years["value"] > 0) & block.countries(years["country"])).to_numpy()
    whole = totals["own_usd_m"].notna().to_numpy()
    line, year, value = (np.append(years[one].to_numpy()[own], totals[other].to_numpy()[whole])
                         for one, other in (("line", "line"), ("year", "year"), ("value", "own_usd_m")))  # fmt: skip
    many = len(block.names)
    country = np.append(years["country"].to_numpy()[own], np.full(whole.sum(), many))
    of, row = np.unique(line * (many + 1) + country, return_inverse=True)
    newest = int(year.max(initial=0))
    values = np.full((len(of), newest - int(year.min(initial=newest)) + 1), np.nan)
    values[row, year - newest - 1] = value
    length = np.logical_and.accumulate(~np.isnan(values[:, ::-1]), axis=1).sum(axis=1)
    return *np.divmod(of, many + 1), length, values, newest
