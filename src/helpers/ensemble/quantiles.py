"""The grid of quantiles of every published forecast, those of samples, and what two of them have in common."""

import numpy as np
import pandas as pd

from helpers.ensemble.draws import BATCHES, normal

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""0.1 to 0.9 is the 80 % interval, 0.025 to 0.975 the 95 % interval."""

MIDDLE = {"median": 0.5, "low80": 0.1, "high80": 0.9}
"""What people read first of a forecast: names of columns, and their quantiles."""


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, levels=QUANTILES) -> np.ndarray:
    """Quantiles of a weighted sample, linear between the middles of the weight steps."""
    order = np.argsort(values)
    steps = weights[order] / weights.sum()
    return np.interp(levels, np.cumsum(steps) - steps / 2, values[order])


def raised(paths: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Months x paths, raised until no sum is below that of the same rank of others; batches of paths stay apart."""
    own, other = (months.sum(axis=0).reshape(BATCHES, -1) for months in (paths, least))
    other = np.take_along_axis(np.sort(other, axis=1), own.argsort(axis=1).argsort(axis=1), axis=1)
    return paths * np.maximum(other / own, 1).ravel()


POINTS = 1000
"""Points of a distribution that is compared with another."""
_APART = 1e-9  # log points between quantiles that are equal
_REACH = 6.0  # standard scores between which two distributions are compared


def overlap(one: pd.Series, other: pd.Series) -> float:
    """What two distributions have in common, 0 to 1: the area under the lower of their densities.

    Parameters
    ----------
    one, other : pd.Series
        Values, indexed by the levels of their quantiles; gaps are left out. Between levels and beyond the outermost,
        standard scores are linear in the log of the value.
    """
    logs = [np.log(values.dropna().sort_index().clip(lower=np.finfo(float).tiny)) for values in (one, other)]
    ends = np.array([far_ends(log) for log in logs])
    grid = np.linspace(ends.min(), ends.max(), POINTS)
    return float(np.minimum(*(np.diff(share_below(grid, log)) for log in logs)).sum())


def share_below(at: np.ndarray, logs: pd.Series) -> np.ndarray:
    """The share below some logs of a distribution whose logs are given by level."""
    from scipy.special import ndtr

    return ndtr(_line(at, _rising(logs), normal(logs.index.to_numpy(float))))


def far_ends(logs: pd.Series) -> np.ndarray:
    """Logs so far out that nothing of a distribution lies beyond."""
    return _line(np.array([-_REACH, _REACH]), normal(logs.index.to_numpy(float)), _rising(logs))


def _rising(logs: pd.Series) -> np.ndarray:
    """Logs of which none equals the one before, as those of a limit do."""
    return logs.cummax().to_numpy() + _APART * np.arange(len(logs))


def scores(count: int) -> np.ndarray:
    """Equally likely points of a standard normal."""
    return normal((np.arange(count) + 0.5) / count)


def _line(at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Linear between points, and beyond them as between the two outermost."""
    low = y[0] + (at - x[0]) * (y[1] - y[0]) / (x[1] - x[0])
    high = y[-1] + (at - x[-1]) * (y[-1] - y[-2]) / (x[-1] - x[-2])
    return np.where(at < x[0], low, np.where(at > x[-1], high, np.interp(at, x, y)))
