"""Forecasts with prediction intervals learned from other collections of series.

A series of three to fifteen points cannot tell how wrong its forecasts will be; thousands of other short
series can. The log of the absolute log error is regressed on what is visible at the origin (past
variability, how far the members disagree, how far the forecast moves, horizon, length); errors divided by
that scale are pooled, and their signed quantiles by horizon are put around the combined point forecast,
which is the middle quantile.
There are two kinds of series: ``general`` (the yearly, quarterly and monthly ones of forecasting competitions) and
``trade`` (yearly values of imports), which jump more and together. `calibration.json` holds one calibration for each;
``benchmarks/calibrate.py`` writes it.
"""

import json
import math
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.ensemble.combine import Combination, combined
from helpers.ensemble.quantiles import QUANTILES
from helpers.ensemble.smoothers import LONGEST, check_values, log_offset

LEARNED = tuple(sorted({*QUANTILES, *(decile / 10 for decile in range(1, 10))}))
FAST = (0.07, 0.14)  # own growth a year, log points: from here on errors have another shape, fully at 15 %
FEATURES = (
    "one",
    "log_sd_growth",
    "log_relative_sd_change",
    "log_horizon",
    "log_disagreement",
    "log_move",
    "log_length",
    "log_sd_growth_squared",
    "log_sd_growth_by_log_horizon",
    "log_sd_long_growth",
    "inverse_squared_length",
    "log_sd_growth_by_inverse_squared_length",
    "log_disagreement_by_inverse_squared_length",
)
LEAST_VARIABILITY = 0.01  # a constant past is not a certain future
_TINY = np.finfo(float).tiny
MOST_LOG_ERROR = 5.0  # no quantile is further than this many log points from the point forecast


def forecast_quantiles(
    values: np.ndarray,
    horizon: int,
    period: int = 1,
    kind: str = "general",
    artefact: dict | None = None,
    levels: tuple = QUANTILES,
    lean: float = 0.0,
) -> tuple[np.ndarray, Combination]:
    """Calibrated quantiles for series of one length.

    Parameters
    ----------
    values : array, shape (series, n)
        Observations in time order, one a period without gaps, not negative; at least three.
    horizon, period : int
        Periods ahead, from 1; observations per year: 1, 4 or 12.
    kind : str
        Of the series that the calibration was learned from: ``general`` or ``trade`` (yearly only).
    artefact : dict, optional
        Calibration of one kind, as made by ``benchmarks/calibrate.py``; that of ``kind`` beside this file if not given.
    levels : tuple of float
        Any of `LEARNED`, rising.
    lean : float
        As of `combine.combined`.

    Returns
    -------
    np.ndarray, shape (series, horizon, levels)
        At ``levels``, in the unit of ``values``, increasing and not negative.
    Combination
        The point forecast and its members.

    Raises
    ------
    ValueError
        Fewer than three observations, NaN, negative values; no calibration for a kind or a period.
    """
    artefact = calibration(kind) if artefact is None else artefact
    if str(period) not in (known := artefact["periods"]):
        raise ValueError(f"no {artefact['kind']} calibration for period {period}: there is {', '.join(known)}")
    values = check_values(values)[:, -LONGEST:]
    combination = combined(values, horizon, artefact["growth"], period, artefact.get("recovery"), lean)
    offset = log_offset(values)
    least = (values[:, -1:] + offset) * np.exp(-MOST_LOG_ERROR)
    level = np.maximum(combination.point + offset, least)
    quantiles = level[..., None] * np.exp(_log_errors(combination, known[str(period)], levels)) - offset[..., None]
    if offset.any():
        quantiles[(values == 0).all(axis=1)] = 0
    return np.maximum(quantiles, 0), combination


def error_features(combination: Combination) -> np.ndarray:
    """What is known at the origin about the size of the coming errors; columns are `FEATURES`.

    Returns
    -------
    np.ndarray, shape (series, horizon, features)
    """
    history, (logs, offset) = combination.history, combination.logs
    seasonal, (count, n) = combination.seasonal, history.shape
    point = np.log(combination.point / seasonal + offset + _TINY)
    members = np.log(combination.forecasts / seasonal[:, None] + offset[..., None] + _TINY)
    members -= np.add.reduce(members, axis=1, keepdims=True) / members.shape[1]
    spread = np.sqrt(np.add.reduce(members * members, axis=1) / members.shape[1])
    disagreement = np.log(np.minimum(np.maximum(spread, LEAST_VARIABILITY), MOST_LOG_ERROR))
    move = np.minimum(np.abs(point - logs[:, -1:]), MOST_LOG_ERROR)
    size = np.maximum(np.add.reduce(history, axis=1, keepdims=True) / n, _TINY)
    maps, starts, freedom = _changes(n, combination.period)
    changes = np.concatenate([logs, history / size]) @ maps
    spreads = np.sqrt(np.add.reduceat(changes * changes, starts, axis=1) / freedom)
    spreads = np.log(np.maximum(spreads, LEAST_VARIABILITY))
    growth_sd = spreads[:count, :1]
    log_horizon = np.log(np.arange(1, point.shape[1] + 1))
    inverse = (n < 8) / (n - 2) ** 2  # a handful of points tells little about its own spread
    columns = (
        1.0,
        growth_sd,
        spreads[count:, :1],
        log_horizon,
        disagreement,
        np.log(LEAST_VARIABILITY + move),
        math.log(n),
        growth_sd * growth_sd,
        growth_sd * log_horizon,
        spreads[:count, 1:],
        inverse,
        growth_sd * inverse,
        disagreement * inverse,
    )
    features = np.empty((*point.shape, len(FEATURES)))
    for i, column in enumerate(columns):
        features[..., i] = column
    return features


def fast(combination: Combination) -> np.ndarray:
    """How far a series is one that grows fast by itself, shape (series,): 0 up to 7 % a year, 1 from 15 %."""
    logs, _ = combination.logs
    own = (logs[:, -1] - logs[:, 0]) * (combination.period / (logs.shape[1] - 1))
    return np.minimum(np.maximum((own - FAST[0]) / (FAST[1] - FAST[0]), 0), 1)


def measured_coverage(kind: str) -> pd.DataFrame:
    """How often the intervals of yearly series held on series, or in years, that the calibration had not seen.

    ``collection, length, coverage_95, coverage_80, msis``; length is ``all`` for the whole series, or the number of
    last observations that were used.
    """
    measured = calibration(kind)["held_out"]["1"]
    return pd.DataFrame(
        [
            {"collection": collection, "length": length, **found}
            for collection, by_length in measured.items()
            for length, found in by_length.items()
        ]
    )


def calibration(kind: str) -> dict:
    """What was learned from one kind of series: how many they were, prior of growth, one error model per period.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    kinds = _load()["kinds"]
    if kind not in kinds:
        raise ValueError(f"no calibration for series of kind {kind!r}: there is {', '.join(kinds)}")
    return kinds[kind]


def _log_errors(combination, model, levels):
    """What the errors of each series may be, by horizon and level, shape (series, horizon, levels)."""
    scale = np.exp(error_features(combination) @ np.asarray(model["coefficients"]))
    quantiles = np.asarray(model["quantiles"])
    standard = quantiles[_places(scale.shape[1], len(quantiles), levels)]
    of_fast = standard * np.where(standard < 0, *model["fast"])
    standard = standard + fast(combination)[:, None, None] * (of_fast - standard)
    return np.minimum(np.maximum(scale[..., None] * standard, -MOST_LOG_ERROR), MOST_LOG_ERROR)


@lru_cache
def _places(horizon, rows, levels):
    """Where the quantiles of each period ahead stand in a table of so many rows: the last holds for all later ones."""
    return np.ix_(np.minimum(np.arange(horizon), rows - 1), [LEARNED.index(level) for level in levels])


@lru_cache
def _changes(n, period):
    """Changes over one period, and a year or two periods, less their mean, as weights; their starts and divisors."""
    far = max(1, min(max(period, 2), n - 2))
    changes = [np.eye(n)[:, lag:] - np.eye(n)[:, :-lag] for lag in (1, far)]
    maps = np.concatenate([change - change.mean(axis=1, keepdims=True) for change in changes], axis=1)
    return maps, (0, n - 1), np.array([n - 2, n - far])


@lru_cache(maxsize=1)
def _load():
    read = json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))
    for model in (model for kind in read["kinds"].values() for model in kind["periods"].values()):
        model |= {name: np.array(model[name]) for name in ("coefficients", "quantiles")}
    return read
