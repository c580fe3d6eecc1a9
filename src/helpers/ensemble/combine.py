"""One point forecast from many smoothers: equal weights, and fewer members when there is less to learn from.

The choice of a single model by its fit was no better than naive on five to ten points. What the shares below are
was chosen on the M1, M3 and Tourism collections, each in turn left out; ``benchmarks/forecast.py`` has the results.
"""

import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.ensemble.lengths import Lengths
from helpers.ensemble.power_trend import power_trend
from helpers.ensemble.smoothers import LONGEST, MOST_LOG_GROWTH, check_values, log_offset, member_forecasts

SHRUNKEN = "shrunken_drift log"
ROBUST = "shrunken_ses_drift log"
ANNUAL = ("drift raw", "ses_drift raw", SHRUNKEN, ROBUST, "dynamic_theta root")
FEW, MANY = 8, 20
SHARES = ((0.65, 0.0, 0.35), (0.0, 0.8, 0.2))
"""Of the shrunken drift, the median of `ANNUAL` and the power trend: up to `FEW` observations, and from `MANY` on."""

HELD_BACK, TIMES = 3, 3  # so many observations at a time are forecast from those before, with `FEW` at least known
LAST, POWER = 0.1, 12  # share of the last value beside the others; power of errors made so that divides the shares

QUARTERS = 4  # a year, of which half the forecast is a power trend; in months that is worse than the others
RECENT = 0.6  # weight of the last year in the mean of recent years to which a recovery returns
SEASONAL = ("ses_drift root", "shrunken_ses_drift log", "damped raw", "damped log", "dynamic_theta root", "theta log")
LEAST_FACTOR = 0.02  # a season that is nearly always zero would blow up the adjusted series


@dataclass(frozen=True)
class Combination:
    """A point forecast and what it was made of.

    Attributes
    ----------
    point : np.ndarray, shape (series, horizon)
        In the unit of the data, never negative.
    forecasts : np.ndarray, shape (series, members, horizon)
        The members' own forecasts, used or not.
    history, seasonal : np.ndarray, shapes (series, n) and (series, horizon)
        The seasonally adjusted observations, and the factors that were put back on the forecasts.
    period : int
        Observations per year.
    lengths : Lengths
    """

    point: np.ndarray
    forecasts: np.ndarray
    history: np.ndarray
    seasonal: np.ndarray
    period: int
    lengths: Lengths

    @cached_property
    def logs(self) -> tuple[np.ndarray, np.ndarray]:
        """Logs of the history, shape (series, n), and what was added before, as `smoothers.log_offset`."""
        offset = log_offset(self.history)
        return np.log(self.history + offset), offset


def combined(
    values: np.ndarray, horizon: int, growth: tuple[float, float], period: int = 1,
    recovery: tuple[float, float, float] | None = None, lean: float = 0.0, lengths: Lengths | None = None,
) -> Combination:  # fmt: skip
    """Combined point forecast.

    Shares go by the number of observations (`SHARES`, linear in between), so that a year more changes little. Where
    three more than `FEW` are known, they go by the errors of each part in what is held back, too, or half of the
    forecast is a `recovered` level, where that is known. With a period above 1 and at least two full years, the mean of
    the seasonal members on multiplicatively adjusted data, of quarters half of it a power trend.

    Parameters
    ----------
    values : array, shape (series, n)
        Not negative, ``n >= 3``.
    horizon, period : int
        Periods ahead, from 1; observations per year: 1, 4 or 12.
    growth, recovery : tuple of float
        Mean and standard deviation of annual growth in log points, the prior of the shrunken members; `recovered`.
    lean : float
        How far, from none to one, a yearly forecast is moved to that of `ROBUST`.
    lengths : optional
        Where series, of years, are of several lengths.

    Raises
    ------
    ValueError
        As in `smoothers.check_values`. A UserWarning says where two years are lacking to adjust for seasons.
    """
    n = (values := check_values(values)).shape[1]
    growth = tuple(g / period for g in growth)
    if period > 1 and n >= 2 * period:
        return _seasonal(values, horizon, growth, period)
    if period > 1:
        warnings.warn(f"{n} observations, {period} a year: too few to adjust for seasons", stacklevel=2)
    lengths = lengths or Lengths((values := values[:, -LONGEST:]).shape[1])
    smooth, parts = _parts(values, horizon, growth, lengths)
    shares = lengths.each(_by_length)[0][..., :-1] if recovery else _shares(values, growth)
    made, point = [smooth, parts[:, 2:3]], np.add.reduce(parts[:, : shares.shape[-1]] * shares[..., None], axis=1)
    if recovery:
        made.append(recovered(values, horizon, recovery, lengths)[:, None])
        point = (point + made[2][:, 0]) / 2
    if lean:
        point += lean * (smooth[:, ANNUAL.index(ROBUST)] - point)
    return Combination(point, np.concatenate(made, axis=1), values, np.ones(point.shape), period, lengths)


def _parts(values, horizon, growth, lengths):
    """Forecasts of `ANNUAL`, shape (series, members, horizon), and those that `SHARES` and `LAST` are of."""
    smooth = member_forecasts(values, horizon, ANNUAL, growth, lengths)
    parts = np.empty((len(values), 4, horizon))
    parts[:, 0], parts[:, 1] = smooth[:, ANNUAL.index(SHRUNKEN)], np.sort(smooth, axis=1)[:, len(ANNUAL) // 2]
    parts[:, 2], parts[:, 3] = power_trend(values, horizon, lengths=lengths), values[:, -1:]
    return smooth, parts


def _shares(values, growth):
    """Of each part, by length and by its errors in what is held back from it; shape (series, parts) or (parts,)."""
    (shares,), rows = _by_length(values.shape[1]), _held_back(values.shape[1])
    if not (times := len(rows)):
        return shares[:-1]
    pieces = values[:, rows].reshape(-1, rows.shape[1])
    before, then = pieces[:, :-HELD_BACK], pieces[:, None, -HELD_BACK:]
    gaps = np.abs(_parts(before, HELD_BACK, growth, Lengths(before.shape[1]))[1] - then)
    errors = np.add.reduce(gaps.reshape(len(values), times, -1, HELD_BACK), axis=(1, 3)) + np.finfo(float).tiny
    errors *= errors.shape[1] / np.add.reduce(errors, axis=1, keepdims=True)
    shares = shares * np.maximum(errors, 0.02) ** (-POWER * times / TIMES)
    return shares / np.add.reduce(shares, axis=1, keepdims=True)


@lru_cache
def _by_length(n):
    """`SHARES` and `LAST`, shape (parts,)."""
    few, more = np.array(SHARES)
    return [np.append(few + min(max((n - FEW) / (MANY - FEW), 0), 1) * (more - few), LAST)]


@lru_cache
def _held_back(n):
    """Places of each piece that is held back behind those before it, shape (pieces, places)."""
    times = min(max((n - FEW) // HELD_BACK, 0), TIMES)
    return np.arange(n - (times - 1) * HELD_BACK) + HELD_BACK * np.arange(times)[:, None]


def recovered(
    values: np.ndarray, horizon: int, recovery: tuple[float, float, float], lengths: Lengths | None = None
) -> np.ndarray:
    """The last level, partly returned to the recent mean and partly recovered from a fall, then growing.

    ``log y[T+h] = l[T] + g h + pull (m - l[T]) + rebound max(l[T-1] - l[T], 0)`` with ``m`` the mean of ``l = log y``
    under weights that fall by ``1 - RECENT`` a year. ``recovery`` is growth a year, pull and rebound, as learned from
    series of one kind by ``benchmarks/calibrate.py``; the result has shape (series, horizon).
    """
    growth, pull, rebound = recovery
    offset = log_offset(values)
    logs, gap, fall = pulls(values + offset, lengths)
    move = growth * np.arange(1, horizon + 1) + (pull * gap + rebound * fall)[:, None]
    ahead = logs[:, -1:] + np.minimum(np.maximum(move, -MOST_LOG_GROWTH), MOST_LOG_GROWTH)
    return np.maximum(np.exp(ahead) - offset, 0)


def pulls(values: np.ndarray, lengths: Lengths | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logs of positive values, and for each series how far the recent mean is above the last, and how far that fell.

    Log points; shapes (series, n), (series,) and (series,).
    """
    logs = np.log(values[:, -LONGEST:])
    weights = (lengths or Lengths(logs.shape[1])).nought((1 - RECENT) ** np.arange(logs.shape[1])[None, ::-1])
    middle = np.vecdot(logs, weights) / np.add.reduce(weights, axis=1)
    return logs, middle - logs[:, -1], np.maximum(logs[:, -2] - logs[:, -1], 0)


def seasonal_factors(values: np.ndarray, period: int) -> np.ndarray:
    """Multiplicative seasonal factors by classical decomposition, each drawn towards none as far as it may be noise.

    The mean ratio of a season to its moving average is shrunk towards 1 by
    :math:`w = (p - 3) / (p - 1) \\, V / S`, at most 1, with :math:`S` the variance of the :math:`p` means and
    :math:`V` that which the spread of the ratios within seasons gives a mean (James & Stein; Miller & Williams 2003,
    *International Journal of Forecasting* 19). From two years alone no spread can be told, and nothing is shrunk.

    Parameters
    ----------
    values : array, shape (series, n)
    period : int
        Observations per year; fewer than two years give ones.

    Returns
    -------
    np.ndarray, shape (series, period)
        Factors with mean 1; column j belongs to observations j, j + period, ...
    """
    n = (values := check_values(values)).shape[1]
    if period == 1 or n < 2 * period:
        return np.ones((len(values), period))
    window = np.ones(period + 1 - period % 2) / period
    if period % 2 == 0:
        window[[0, -1]] /= 2
    middle = sliding_window_view(values, len(window), axis=1) @ window
    first, count = period // 2, middle.shape[1]
    ratio = np.divide(values[:, first : first + count], middle, out=np.ones_like(middle), where=middle > 0)
    season = np.arange(first, first + count) % period
    share = (season[:, None] == np.arange(period)) / np.bincount(season, minlength=period)
    means = ratio @ share
    within = ((ratio - means[:, season]) ** 2).sum(axis=1) / max(count - period, 1)
    noise = within * (share**2).sum(axis=0).mean()  # of a mean of so many ratios
    means /= means.mean(axis=1, keepdims=True)
    signal = np.maximum(((means - 1) ** 2).sum(axis=1) / (period - 1), np.finfo(float).tiny)
    none = np.minimum((period - 3) / (period - 1) * noise / signal, 1)[:, None]
    return np.maximum(none + (1 - none) * means, LEAST_FACTOR)


def _seasonal(values, horizon, growth, period):
    n = values.shape[1]
    factors = seasonal_factors(values, period)
    history = values / factors[:, np.arange(n) % period]
    ahead = factors[:, (n + np.arange(horizon)) % period]
    forecasts = member_forecasts(history, horizon, SEASONAL, growth)
    weights = np.full(len(SEASONAL), 1 / len(SEASONAL))
    if period == QUARTERS:
        forecasts = np.concatenate([forecasts, power_trend(history, horizon)[:, None]], axis=1)
        weights = np.append(weights, 1) / 2
    forecasts = forecasts * ahead[:, None]
    return Combination(np.einsum("smh,m->sh", forecasts, weights), forecasts, history, ahead, period, Lengths(n))
