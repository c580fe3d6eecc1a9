"""Scores of point and interval forecasts, relative to naive benchmarks; quantile scores are `helpers.ensemble.score`.

Every function works on arrays whose last axis is the horizon; leading axes are series or origins.
`sMAPE` and `OWA` follow the M4 competition (Makridakis et al. 2020), `MASE` Hyndman & Koehler (2006),
interval scores Gneiting & Raftery (2007), and the Diebold-Mariano correction Harvey, Leybourne & Newbold (1997).
"""

import math

import numpy as np
from scipy.special import stdtr


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


def rmsse(actual, forecast, history, period=1):
    """Root mean squared error in units of the in-sample root mean squared naive error."""
    history = np.asarray(history, float)
    scale = ((history[..., period:] - history[..., :-period]) ** 2).mean(axis=-1)
    return np.sqrt(_ratio((np.subtract(actual, forecast) ** 2).mean(axis=-1), scale))


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


def bias(actual, forecast, history, period=1):
    """Mean of forecast minus actual in units of the in-sample naive error: positive is too high."""
    return np.subtract(forecast, actual).mean(axis=-1) / naive_error(history, period)


def skill(loss, benchmark_loss):
    """Share of the benchmark's loss that was saved: 0 is no better, 1 is perfect; NaN if there was none."""
    return 1 - _ratio(loss, benchmark_loss)


def interval_score(actual, low, high, coverage):
    """Width plus ``2 / (1 - coverage)`` times the distance outside the interval, per observation."""
    actual, low, high = np.asarray(actual, float), np.asarray(low, float), np.asarray(high, float)
    outside = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    return high - low + 2 / (1 - coverage) * outside


def msis(actual, low, high, history, coverage=0.95, period=1):
    """Mean scaled interval score: the interval score in units of the in-sample naive error."""
    return interval_score(actual, low, high, coverage).mean(axis=-1) / naive_error(history, period)


def coverage(actual, low, high):
    """Share of all observations inside the interval, with its 95 % Wilson binomial interval.

    Returns
    -------
    dict
        ``coverage, low, high, count``. Observations of one series are dependent, so the binomial interval is
        too narrow where several horizons of a series are pooled.
    """
    inside = (np.asarray(actual) >= low) & (np.asarray(actual) <= high)
    count, share, z = inside.size, inside.mean(), 1.959964
    centre = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return {"coverage": float(share), "low": centre - half, "high": centre + half, "count": count}


def diebold_mariano(loss, benchmark_loss, horizon=1):
    """Diebold-Mariano test of equal accuracy with the small-sample correction.

    Parameters
    ----------
    loss, benchmark_loss : array, shape (origins,)
        Losses of two forecasts of the same observations, in time order.
    horizon : int
        Steps ahead: autocovariances up to ``horizon - 1`` enter the variance.

    Returns
    -------
    dict
        ``statistic`` (negative: the first forecast is better), ``p_value`` (two-sided, Student t with
        ``count - 1`` degrees of freedom), ``count``.

    Raises
    ------
    ValueError
        Fewer observations than ``horizon + 2``, or losses that never differ.
    """
    difference = np.asarray(loss, float) - np.asarray(benchmark_loss, float)
    count = len(difference)
    if count < horizon + 2:
        raise ValueError(f"{count} loss differences: horizon {horizon} needs at least {horizon + 2}")
    centred = difference - difference.mean()
    variance = centred @ centred / count
    if variance <= 1e-24 * (1 + np.abs(difference).max()) ** 2:
        raise ValueError("the losses differ by a constant: there is no variance to test against")
    longrun = variance + 2 * sum(centred[k:] @ centred[:-k] / count for k in range(1, horizon))
    if longrun <= 0:  # too few observations for the autocovariances: fall back to the plain variance
        longrun = variance
    correction = math.sqrt((count + 1 - 2 * horizon + horizon * (horizon - 1) / count) / count)
    statistic = correction * difference.mean() / math.sqrt(longrun / count)
    return {"statistic": statistic, "p_value": float(2 * stdtr(count - 1, -abs(statistic))), "count": count}


def _ratio(value, benchmark):
    return np.asarray(value, float) / np.where(np.asarray(benchmark) > 0, benchmark, np.nan)
