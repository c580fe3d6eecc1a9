"""Scores of point and interval forecasts, relative to naive benchmarks; quantile scores are `helpers.ensemble.score`.

Every function works on arrays whose last axis is the horizon; leading axes are series or origins.
`sMAPE` and `OWA` follow the M4 competition (Makridakis et al. 2020), `MASE` Hyndman & Koehler (2006),
interval scores Gneiting & Raftery (2007), and the Diebold-Mariano correction Harvey, Leybourne & Newbold (1997).
"""

import numpy as np


def smape(actual, forecast):
    """Symmetric mean absolute percentage error, 0 to 200, over the last axis; 0 where both are zero."""
    actual, forecast = np.asarray(actual, float), np.asarray(forecast, float)
    size = np.abs(actual) + np.abs(forecast)
    gap = np.abs(actual - forecast)
    return 200 * np.divide(gap, size, out=np.zeros_like(gap), where=size > 0).mean(axis=-1)


def mape(actual, forecast):
    """Mean absolute percentage error over the last axis, in percent of the actual values."""
    return 100 * (np.abs(np.subtract(actual, forecast)) / np.asarray(actual, float)).mean(axis=-1)


def mase(actual, forecast, history, period=1):
    """Mean absolute error in units of the in-sample naive error (seasonal naive if ``period > 1``)."""
    return np.abs(np.subtract(actual, forecast)).mean(axis=-1) / naive_error(history, period)


def naive_error(history, period=1):
    """Mean absolute change over ``period`` steps; NaN for a constant history, which has no scale."""
    history = np.asarray(history, float)
    scale = np.abs(history[..., period:] - history[..., :-period]).mean(axis=-1)
    return np.where(scale > 0, scale, np.nan)


def owa(smape_value, mase_value, benchmark_smape, benchmark_mase):
    """Overall weighted average: mean of relative sMAPE and relative MASE; 1 is as good as the benchmark.

    NaN where the benchmark is perfect.
    """
    return (_ratio(smape_value, benchmark_smape) + _ratio(mase_value, benchmark_mase)) / 2


def interval_score(actual, low, high, coverage):
    """Width plus ``2 / (1 - coverage)`` times the distance outside the interval, per observation."""
    actual, low, high = np.asarray(actual, float), np.asarray(low, float), np.asarray(high, float)
    outside = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    return high - low + 2 / (1 - coverage) * outside


def msis(actual, low, high, history, coverage=0.95, period=1):
    """Mean scaled interval score: the interval score in units of the in-sample naive error."""
    return interval_score(actual, low, high, coverage).mean(axis=-1) / naive_error(history, period)


def coverage(actual, low, high):
    """Share of all observations inside the interval."""
    return float(((np.asarray(actual) >= low) & (np.asarray(actual) <= high)).mean())


def _ratio(value, benchmark):
    return np.asarray(value, float) / np.where(np.asarray(benchmark) > 0, benchmark, np.nan)
