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
) -> tuple[np.ndarray, Combination]:
    """Calibrated quantiles for series of one length.

    Parameters
    ----------
    values : array, shape (series, n)
        Observations in time order, one a period without gaps, not negative; at least three.
    horizon : int
        Periods ahead, from 1.
    period : int
        Observations per year: 1, 4 or 12.
    kind : str
        Of the series that the calibration was learned from: ``general`` or ``trade`` (yearly only).
    artefact : dict, optional
        Calibration of one kind, as made by ``benchmarks/calibrate.py``; that of ``kind`` beside this file if not given.
    levels : tuple of float
        Any of `LEARNED`, rising.

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
    combination = combined(values, horizon, artefact["growth"], period, artefact.get("recovery"))
    offset = log_offset(values)
    least = (values[:, -1:] + offset) * np.exp(-MOST_LOG_ERROR)
    level = np.maximum(combination.point + offset, least)
    quantiles = level[..., None] * np.exp(_log_errors(combination, known[str(period)], levels)) - offset[..., None]
    if offset.any():
        quantiles[(values == 0).all(axis=1)] = 0
    return np.maximum(quantiles, 0), combination


def error_features(combination: Combination) -> np.ndarray:
    """What is known at the origin about the size of the coming errors; columns are `FEATURES`.

    Parameters
    ----------
    combination : Combination

    Returns
    -------
    np.ndarray, shape (series, horizon, features)
    """
    history, seasonal = combination.history, combination.seasonal
    offset = log_offset(history)
    logs = np.log(history + offset)
    point = np.log(combination.point / seasonal + offset + _TINY)
    members = np.log(combination.forecasts / seasonal[:, None] + offset[..., None] + _TINY)
    move = np.minimum(np.abs(point - logs[:, -1:]), MOST_LOG_ERROR)
    size = np.maximum(history.mean(axis=1), _TINY)
    n = history.shape[1]
    long = max(1, min(max(combination.period, 2), n - 2))  # a year, or two periods
    growth_sd = _log_floor(_sd(logs[:, 1:] - logs[:, :-1], 1))[:, None]
    disagreement = _log_floor(np.minimum(_sd(members.transpose(0, 2, 1)), MOST_LOG_ERROR))
    log_horizon = np.log(np.arange(1, point.shape[1] + 1))
    inverse = (n < 8) / (n - 2) ** 2  # a handful of points tells little about its own spread
    columns = (
        1.0,
        growth_sd,
        _log_floor(_sd(history[:, 1:] - history[:, :-1], 1) / size)[:, None],
        log_horizon,
        disagreement,
        np.log(LEAST_VARIABILITY + move),
        np.log(n),
        growth_sd * growth_sd,
        growth_sd * log_horizon,
        _log_floor(_sd(logs[:, long:] - logs[:, :-long]))[:, None],
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
    history = combination.history
    ends = np.log(history[:, [0, -1]] + log_offset(history))
    own = (ends[:, 1] - ends[:, 0]) * combination.period / (history.shape[1] - 1)
    return np.minimum(np.maximum((own - FAST[0]) / (FAST[1] - FAST[0]), 0), 1)


def measured_coverage(kind: str) -> pd.DataFrame:
    """How often the intervals of yearly series held on series, or in years, that the calibration had not seen.

    Parameters
    ----------
    kind : str
        ``general`` or ``trade``.

    Returns
    -------
    pd.DataFrame
        ``collection, length, coverage_95, coverage_80, msis``; length is ``all`` for the whole series, or the
        number of last observations that were used.
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
    standard = np.asarray(model["quantiles"])[:, [LEARNED.index(level) for level in levels]]
    standard = standard[np.minimum(np.arange(scale.shape[1]), len(standard) - 1)]
    standard = standard * (1 + fast(combination)[:, None, None] * (np.where(standard < 0, *model["fast"]) - 1))
    return np.minimum(np.maximum(scale[..., None] * standard, -MOST_LOG_ERROR), MOST_LOG_ERROR)


@lru_cache(maxsize=1)
def _load():
    return json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))


def _sd(values, lost=0):
    """Standard deviation along the last axis, as ``values.std`` with ``ddof`` but faster for a handful of values."""
    count = values.shape[-1]
    centred = values - values.sum(axis=-1, keepdims=True) / count
    return np.sqrt((centred * centred).sum(axis=-1) / (count - lost))


def _log_floor(values):
    return np.log(np.maximum(values, LEAST_VARIABILITY))
