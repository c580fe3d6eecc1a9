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
from helpers.ensemble.lengths import Lengths
from helpers.ensemble.quantiles import QUANTILES
from helpers.ensemble.smoothers import LONGEST, SHORTEST, check_values, log_offset

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
    values: np.ndarray, horizon: int, period: int = 1, kind: str = "general", artefact: dict | None = None,
    levels: tuple = QUANTILES, lean: float = 0.0, known: np.ndarray | None = None,
) -> tuple[np.ndarray, Combination]:  # fmt: skip
    """Calibrated quantiles of many series.

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
    known : array, shape (series,), optional
        How many of the last values of a series are its observations, rising; all if not given. Of ``trade`` alone.

    Returns
    -------
    np.ndarray, shape (series, horizon, levels)
        At ``levels``, in the unit of ``values``, increasing and not negative.
    Combination
        The point forecast and its members.

    Raises
    ------
    ValueError
        Fewer than three observations, NaN, negative values; no calibration for a kind or a period; lengths that fall.
    """
    artefact = calibration(kind) if artefact is None else artefact
    if str(period) not in (models := artefact["periods"]):
        raise ValueError(f"no {artefact['kind']} calibration for period {period}: there is {', '.join(models)}")
    if known is not None and not (period == 1 and "recovery" in artefact):
        raise ValueError("series of several lengths are forecast by year only, and by a kind that recovers")
    values, lengths = (values, None) if known is None else Lengths.several(values, known, SHORTEST, LONGEST)
    values = check_values(values)[:, -LONGEST:]
    combination = combined(values, horizon, artefact["growth"], period, artefact.get("recovery"), lean, lengths)
    offset = log_offset(values)
    least = (values[:, -1:] + offset) * math.exp(-MOST_LOG_ERROR)
    level = np.maximum(combination.point + offset, least)
    quantiles = level[..., None] * np.exp(_log_errors(combination, models[str(period)], levels)) - offset[..., None]
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
    seasonal, lengths, n = combination.seasonal, combination.lengths, combination.lengths.n
    point = np.log(combination.point / seasonal + offset + _TINY)
    members = np.log(combination.forecasts / seasonal[:, None] + offset[..., None] + _TINY)
    members -= np.add.reduce(members, axis=1, keepdims=True) / members.shape[1]
    spread = np.sqrt(np.add.reduce(members * members, axis=1) / members.shape[1])
    disagreement = np.log(np.minimum(np.maximum(spread, LEAST_VARIABILITY), MOST_LOG_ERROR))
    move = np.minimum(np.abs(point - logs[:, -1:]), MOST_LOG_ERROR)
    size = np.maximum(np.add.reduce(lengths.nought(history), axis=1, keepdims=True) / n, _TINY)
    changes = lengths.times(np.array([logs, history / size]), lambda n: _changes(n, combination.period), 2)
    spreads = np.log(np.maximum(np.sqrt(np.vecdot(changes, changes)), LEAST_VARIABILITY))
    growth_sd = spreads[0, :, :1]
    log_horizon = np.log(np.arange(1, point.shape[1] + 1))
    inverse = (n < 8) / (n - 2) ** 2  # a handful of points tells little about its own spread
    columns = (
        1.0,
        growth_sd,
        spreads[1, :, :1],
        log_horizon,
        disagreement,
        np.log(LEAST_VARIABILITY + move),
        np.log(n),
        growth_sd * growth_sd,
        growth_sd * log_horizon,
        spreads[0, :, 1:],
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
    own = (logs[:, -1:] - logs[:, :1]) * (combination.period / (combination.lengths.n - 1))
    return np.minimum(np.maximum((own[:, 0] - FAST[0]) / (FAST[1] - FAST[0]), 0), 1)


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
    """Changes over one period, and over a year or two periods, whose squares add up to their variance.

    As weights of the observations, shape (n, 2 * n).
    """
    far = max(1, min(max(period, 2), n - 2))
    maps = np.zeros((n, 2, n))
    for i, (lag, freedom) in enumerate(((1, n - 2), (far, n - far))):
        change = np.eye(n)[:, lag:] - np.eye(n)[:, :-lag]
        maps[:, i, lag:] = (change - change.mean(axis=1, keepdims=True)) / freedom**0.5
    return maps.reshape(n, -1)


@lru_cache(maxsize=1)
def _load():
    read = json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))
    for model in (model for kind in read["kinds"].values() for model in kind["periods"].values()):
        model |= {name: np.array(model[name]) for name in ("coefficients", "quantiles")}
    return read
