"""What comes next of many yearly series at once, with the calibrated intervals of series of trade."""

import numpy as np
import pandas as pd

from helpers.ensemble.calibrated import forecast_quantiles
from helpers.screen.panel import NOBODY

LEVELS = {"low": 0.1, "middle": 0.5, "high": 0.9}
LEAST = 3
"""Years in a row that a forecast needs."""

TOTAL = "world"


def ahead(years: pd.DataFrame, home: str, horizon: int) -> pd.DataFrame:
    """Values of the home country's imports in coming years: of each line from each country, and of each line.

    Parameters
    ----------
    years : pd.DataFrame
        As in :class:`helpers.screen.series.Block`.
    horizon : int
        Years ahead of the newest year of the panel.

    Returns
    -------
    pd.DataFrame
        ``hs, partner, year, low, middle, high``: million dollars, the 80 % interval; of those series alone whose
        years are known without a gap up to the newest, :data:`LEAST` of them or more.
    """
    keys, start, values, newest = runs(years, home)
    length, found = np.diff(start), []
    for n in np.unique(length[length >= LEAST]):
        chosen = np.flatnonzero(length == n)
        matrix = values[start[chosen][:, None] + np.arange(n)]
        quantiles, _ = forecast_quantiles(matrix, horizon, kind="trade", levels=tuple(LEVELS.values()))
        table = keys.iloc[np.repeat(chosen, horizon)].reset_index(drop=True)
        told = dict(zip(LEVELS, quantiles.reshape(-1, len(LEVELS)).T, strict=True))
        found.append(table.assign(year=np.tile(newest + 1 + np.arange(horizon), len(chosen)), **told))
    if not found:
        return pd.DataFrame(columns=["hs", "partner", "year", *LEVELS])
    return pd.concat(found).sort_values(["hs", "partner", "year"], ignore_index=True)


def runs(years: pd.DataFrame, home: str) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, int]:
    """The years in a row up to the newest, of each line and country and of each line: keys, starts, values, newest."""
    own = years[(years["flow"] == "import") & (years["reporter"] == home) & (years["value"] > 0)]
    own = own.assign(year=own["year"].astype(int))[["hs", "partner", "year", "value"]]
    table = pd.concat([own[~own["partner"].isin(NOBODY)], totals(own)])
    table = table.sort_values(["hs", "partner", "year"], ignore_index=True)
    newest = int(table["year"].max()) if len(table) else 0
    group = table.groupby(["hs", "partner"], sort=False).ngroup().to_numpy()
    year, size = table["year"].to_numpy(), np.bincount(group) if len(group) else np.zeros(0, int)
    place = np.arange(len(table)) - np.repeat(np.cumsum(size) - size, size)
    kept = year - place == np.repeat(newest - size + 1, size)  # before a gap years lie further back
    keys = table.loc[kept, ["hs", "partner"]].drop_duplicates().reset_index(drop=True)
    counts = np.unique(group[kept], return_counts=True)[1]
    return keys, np.concatenate([[0], np.cumsum(counts)]), table.loc[kept, "value"].to_numpy(), newest


def totals(own: pd.DataFrame) -> pd.DataFrame:
    """Each line from all countries by year: as given where there is a row of the world, else the sum of countries."""
    parts = own[~own["partner"].isin(["world", "group"])].groupby(["hs", "year"], as_index=False)["value"].sum()
    told = own[own["partner"] == "world"][["hs", "year", "value"]]
    both = pd.concat([told, parts]).drop_duplicates(["hs", "year"])
    return both.assign(partner=TOTAL)
