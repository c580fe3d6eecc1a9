"""One point forecast from many smoothers: equal weights, and fewer members when there is less to learn from.

Equal weights are not a shortcut: weights learned on other collections gained nothing over them, and the
choice of a single model by its fit was no better than naive on five to ten points.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from helpers.ensemble.smoothers import check_values, member_forecasts

SHRUNKEN = "shrunken_drift log"
ANNUAL = ("drift raw", "ses_drift raw", SHRUNKEN, "shrunken_ses_drift log", "dynamic_theta root")
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
    members : tuple of str
    weights : np.ndarray, shape (members,)
        Share of each member in the mean, or its vote in the median; they sum to one.
    rule : str
        How the members were put together, in words.
    history, seasonal : np.ndarray, shapes (series, n) and (series, horizon)
        The seasonally adjusted observations, and the factors that were put back on the forecasts.
    period : int
        Observations per year.
    kind, learned_from : str, int
        Kind and number of the series that the intervals around it were learned from; none yet.
    """

    point: np.ndarray
    forecasts: np.ndarray
    members: tuple
    weights: np.ndarray
    rule: str
    history: np.ndarray
    seasonal: np.ndarray
    period: int
    kind: str = ""
    learned_from: int = 0


def combined(values, horizon, growth, period=1):
    """Combined point forecast for series of one length.

    Below 5 observations the shrunken log-drift alone; from 5 to 9 half of it and half the median of the
    annual members; from 10 the median of the annual members. With a period above 1 and at least two full
    years, the mean of the seasonal members on multiplicatively adjusted data.

    Parameters
    ----------
    values : array, shape (series, n)
        Not negative, ``n >= 3``.
    horizon : int
        Periods ahead, from 1.
    growth : tuple of float
        Mean and standard deviation of annual growth in log points, the prior of the shrunken members.
    period : int
        Observations per year: 1, 4 or 12.

    Returns
    -------
    Combination

    Raises
    ------
    ValueError
        As in `smoothers.member_forecasts`. A UserWarning says where two years are lacking to adjust for seasons.
    """
    values = check_values(values)
    n = values.shape[1]
    growth = tuple(g / period for g in growth)
    if period > 1 and n >= 2 * period:
        return _seasonal(values, horizon, growth, period)
    if period > 1:
        warnings.warn(f"{n} observations, {period} a year: too few to adjust for seasons", stacklevel=2)
    forecasts = member_forecasts(values, horizon, ANNUAL, growth)
    shrunken = ANNUAL.index(SHRUNKEN)
    alone = np.eye(len(ANNUAL))[shrunken]
    equal = np.full(len(ANNUAL), 1 / len(ANNUAL))
    if n < 5:
        point, weights, rule = forecasts[:, shrunken], alone, "shrunken log-drift alone"
    elif n < 10:
        point = (forecasts[:, shrunken] + np.median(forecasts, axis=1)) / 2
        weights, rule = (alone + equal) / 2, "half shrunken log-drift, half median"
    else:
        point, weights, rule = np.median(forecasts, axis=1), equal, "median"
    return Combination(point, forecasts, ANNUAL, weights, rule, values, np.ones_like(point), period)


def seasonal_factors(values, period):
    """Multiplicative seasonal factors by classical decomposition, 1 where no seasonality is found.

    A series is seasonal if its autocorrelation at lag ``period`` is significant at 90 % (Bartlett's formula).

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
    values = check_values(values)
    n = values.shape[1]
    factors = np.ones((len(values), period))
    if period == 1 or n < 2 * period:
        return factors
    seasonal = _is_seasonal(values, period)
    window = np.ones(period + 1 - period % 2) / period
    if period % 2 == 0:
        window[[0, -1]] /= 2
    for i in np.flatnonzero(seasonal):
        middle = np.convolve(values[i], window, mode="valid")
        ratio = np.full(n, np.nan)
        inner = slice(period // 2, period // 2 + len(middle))
        ratio[inner] = np.divide(values[i, inner], middle, out=np.ones_like(middle), where=middle > 0)
        raw = np.array([np.nanmean(ratio[j::period]) for j in range(period)])
        factors[i] = np.maximum(raw / raw.mean(), LEAST_FACTOR)
    return factors


def _seasonal(values, horizon, growth, period):
    n = values.shape[1]
    factors = seasonal_factors(values, period)
    history = values / factors[:, np.arange(n) % period]
    ahead = factors[:, (n + np.arange(horizon)) % period]
    forecasts = member_forecasts(history, horizon, SEASONAL, growth) * ahead[:, None]
    weights = np.full(len(SEASONAL), 1 / len(SEASONAL))
    rule = "mean, multiplicative seasonal adjustment"
    return Combination(forecasts.mean(axis=1), forecasts, SEASONAL, weights, rule, history, ahead, period)


def _is_seasonal(values, period):
    deviation = values - values.mean(axis=1, keepdims=True)
    variance = np.maximum((deviation**2).sum(axis=1), np.finfo(float).tiny)
    correlation = np.stack(
        [(deviation[:, lag:] * deviation[:, :-lag]).sum(axis=1) / variance for lag in range(1, period + 1)]
    )
    limit = 1.645 * np.sqrt((1 + 2 * (correlation[:-1] ** 2).sum(axis=0)) / values.shape[1])
    return np.abs(correlation[-1]) > limit
