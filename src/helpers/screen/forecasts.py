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
    keys, start, values, newest = runs(block)
    length, found = np.diff(start), []
    for n in np.unique(length[length >= LEAST]):
        chosen = np.flatnonzero(length == n)
        matrix = values[start[chosen][:, None] + np.arange(n)]
        quantiles, _ = forecast_quantiles(matrix, horizon, kind="trade", levels=tuple(LEVELS.values()))
        told = dict(zip(LEVELS, quantiles.reshape(-1, len(LEVELS)).T, strict=True))
        table = keys.iloc[np.repeat(chosen, horizon)].reset_index(drop=True)
        found.append(table.assign(year=np.tile(newest + 1 + np.arange(horizon), len(chosen)), **told))
    if not found:
        return pd.DataFrame(columns=["hs", "partner", "year", *LEVELS])
    table = pd.concat(found).sort_values(["line", "country", "year"], ignore_index=True)
    names = np.append(block.names, ALL)[table["country"]]
    return table.assign(hs=block.hs[table["line"]], partner=names)[["hs", "partner", "year", *LEVELS]]


def runs(block: Block) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, int]:
    """The years in a row up to the newest, of each line and country and of each line: keys, starts, values, newest.

    The country of a whole line is the number after the last.
    """
    own = block.years[block.years["own"] & (block.years["value"] > 0)]
    whole = block.totals[["line", "year", "own_usd_m"]].rename(columns={"own_usd_m": "value"}).dropna()
    parts = own.loc[block.countries(own["country"]), ["line", "country", "year", "value"]]
    table = pd.concat([parts, whole.assign(country=len(block.names))]).sort_values(["line", "country", "year"])
    newest = int(table["year"].max()) if len(table) else 0
    line, country, year = (table[name].to_numpy() for name in ("line", "country", "year"))
    first = np.flatnonzero((np.diff(line, prepend=-1) != 0) | (np.diff(country, prepend=-1) != 0))
    size = np.diff(np.append(first, len(table)))
    place, group = np.arange(len(table)) - np.repeat(first, size), np.repeat(np.arange(len(size)), size)
    kept = year - place == np.repeat(newest - size + 1, size)  # before a gap years lie further back
    counts = np.bincount(group[kept], minlength=len(size))
    keys = pd.DataFrame({"line": line[first], "country": country[first]})[counts > 0].reset_index(drop=True)
    return keys, np.concatenate([[0], np.cumsum(counts[counts > 0])]), table["value"].to_numpy()[kept], newest
