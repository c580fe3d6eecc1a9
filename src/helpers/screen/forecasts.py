"""What comes next of many yearly series at once, with the calibrated intervals of series of trade."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.ensemble.calibrated import forecast_quantiles
from helpers.ensemble.combine import ANNUAL, ROBUST
from helpers.screen.panel import Panel
from helpers.screen.series import Block, Whole, loaded, reach

LEVELS = {"low": 0.1, "middle": 0.5, "high": 0.9}
LEAST = 3
"""Years in a row that a forecast needs."""

ALL = "world"
KIND = "trade"
AT_ONCE = 384
"""Series that are forecast in one call: what they are reckoned with stays near the processor."""

LEANS = np.linspace(0, 1, 5)
LINES, FEWEST = 60, 500
"""Lines of a panel that are asked how far it leans, and series that can tell."""


def ahead(block: Block, horizon: int) -> pd.DataFrame:
    """Values of the home country's imports in coming years: of each line from each country, and of each line.

    Returns
    -------
    pd.DataFrame
        ``hs, partner, year, low, middle, high``: million dollars, the 80 % interval; of those series alone whose
        years are known without a gap up to the newest, :data:`LEAST` of them or more. A whole line's ``partner``
        is ``world``.
    """
    line, country, length, values = runs(block)
    told = np.empty((len(length), horizon, len(LEVELS)))
    order = np.argsort(length, kind="stable")[np.sum(length < LEAST) :]
    for rows in (order[at : at + AT_ONCE] for at in range(0, len(order), AT_ONCE)):
        told[rows], _ = forecast_quantiles(
            values[rows], horizon, kind=KIND, levels=tuple(LEVELS.values()), lean=block.whole.lean, known=length[rows]
        )
    long = np.flatnonzero(length >= LEAST)
    row, names = np.repeat(long, horizon), np.append(block.names, ALL)
    table = {"hs": block.hs[line[row]], "partner": names[country[row]],
             "year": np.tile(block.whole.newest + 1 + np.arange(horizon), len(long))}  # fmt: skip
    return pd.DataFrame(table | dict(zip(LEVELS, told[long].reshape(-1, len(LEVELS)).T, strict=True)))


def whole(panel: Panel, horizon: int) -> Whole:
    """How far a panel reaches, and how far it leans by some of its lines, which their codes alone choose."""
    found: dict[int, list] = {}
    known = reach(panel)
    for hs in sorted(panel.lines(), key=lambda hs: hashlib.sha256(hs.encode()).digest())[:LINES]:
        *_, length, values = runs(loaded(panel, hs, hs, known))
        for n in np.unique(length[length >= horizon + LEAST]):
            found.setdefault(n, []).append(values[length == n, -n:])
    return replace(known, lean=lean(map(np.concatenate, found.values()), horizon))


def lean(seen: Iterable[np.ndarray], horizon: int) -> float:
    """Which of :data:`LEANS` was best in the last years of some series: the least symmetric relative error.

    ``seen`` has arrays of shape (series, n), positive; of fewer than :data:`FEWEST` series it is none.
    """
    errors = [np.empty((len(LEANS), 0))]
    for values in seen:
        _, made = forecast_quantiles(values[:, :-horizon], horizon, kind=KIND)
        robust, actual = made.forecasts[:, ANNUAL.index(ROBUST)], values[:, -horizon:]
        points = made.point + LEANS[:, None, None] * (robust - made.point)
        off = np.abs(points - actual) / np.maximum(points + actual, np.finfo(float).tiny)
        errors.append(off.mean(axis=2))
    every = np.concatenate(errors, axis=1)
    return float(LEANS[every.mean(axis=1).argmin()]) if every.shape[1] >= FEWEST else 0.0


def runs(block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The years in a row up to the newest of the panel, of each line and country and of each line.

    Returns
    -------
    line, country : np.ndarray
        Of each series; the country of a whole line is the number after the last.
    length, values : np.ndarray
        How many years in a row it has up to the newest; million dollars by year up to it, nan where unknown.
    """
    years, totals, newest, many = block.yearly, block.sums, block.whole.newest, len(block.names)
    own = years["own"] & (years["value"] > 0) & block.countries(years["country"])
    whole = ~np.isnan(totals["own_usd_m"]) & (totals["year"] <= newest)
    line, year, value = (np.append(years[one][own], totals[other][whole])
                         for one, other in (("line", "line"), ("year", "year"), ("value", "own_usd_m")))  # fmt: skip
    country = np.append(years["country"][own], np.full(whole.sum(), many))
    of, row = np.unique(line * (many + 1) + country, return_inverse=True)
    values = np.full((len(of), newest - int(year.min(initial=newest)) + 1), np.nan)
    values[row, year - newest - 1] = value
    length = np.logical_and.accumulate(~np.isnan(values[:, ::-1]), axis=1).sum(axis=1)
    return *np.divmod(of, many + 1), length, values
