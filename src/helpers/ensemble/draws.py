"""Draws that are spread evenly, what goes on from them, and how far a quantile of them may be off.

Chains come in batches that know nothing of each other: what the batches differ by is the Monte Carlo error.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

BATCHES = 8  # groups of chains that know nothing of each other: what they differ by is the Monte Carlo error
FUTURES = 4  # ways in which what a chain has found goes on
SLIPS = np.array([1.0, 9.0, 100.0])  # variance of a month's noise: usual, large, an outlier
SLIP_SHARES = np.array([0.930, 0.055, 0.015])
_CELLS = 4096


def monte_carlo_error(values: np.ndarray, of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """One standard error of what ``of`` finds in paths, from the batches they come in.

    Parameters
    ----------
    values : np.ndarray, shape (paths, ...)
        In the order of ``Nowcast.paths``.
    of : callable
        Statistics of some of the paths.
    """
    found = [of(part) for part in np.split(values, BATCHES)]
    return np.std(found, axis=0, ddof=1) / BATCHES**0.5


def go_on(found: dict, future: pd.PeriodIndex, rng: np.random.Generator) -> np.ndarray:
    """Log months after the last known one, by the same model, ``FUTURES`` of each draw."""
    names = ("start", "growth", "seasons", "step_var", "slip_var")
    start, growth, seasons, step_var, slip_var = (found[name].repeat(FUTURES, axis=0) for name in names)
    shape, first = (len(growth), len(future)), len(future) % 12
    log = rng.standard_normal(shape)
    log *= np.sqrt(step_var)
    log += growth
    np.cumsum(log, axis=1, out=log)
    log += start[:, 1:] - seasons.mean(axis=1, keepdims=True)
    log += seasons[:, future.month.to_numpy() - 1]
    rest = log[:, : max(first, 1)].mean(axis=1)
    place = rng.random(shape)
    place[:, :first] = even(rng, shape[0], first)
    log += np.sqrt(slip_var) * _slips(place)
    return _matched(log, rest, found, future)


def _slips(place) -> np.ndarray:
    """Noise of months at places from 0 to 1 of its distribution: normals of usual, large and very large variance.

    Linear between points, as ``np.interp`` has it; even cells tell at once between which points most places lie.
    """
    from scipy.special import ndtr

    size = np.sinh(np.linspace(-5, 5, 999))
    below = ndtr(size[:, None] / np.sqrt(SLIPS)) @ SLIP_SHARES
    slope, after = np.diff(size) / np.diff(below), np.searchsorted(below, np.arange(_CELLS) / _CELLS, "right")
    at = after.take((place * _CELLS).astype(np.intp))  # the point after the place, or one before that one
    at += place >= below.take(at)
    late = place >= below.take(at)
    at[late] = np.searchsorted(below, place[late], "right")
    at = at.clip(1, len(slope)) - 1
    noise = place - below.take(at)
    noise *= slope.take(at)
    noise += size.take(at)
    return noise


def _matched(log, rest, found, future) -> np.ndarray:
    """Log months moved so that the rest of a year and each whole one have the distribution that is expected of them.

    Given variances, what goes on from the last month is normal, nearly, and a year lognormal; of all draws of a batch
    it is a mixture of such, known without simulating. Paths keep their rank in it.
    """
    first, usual, noise = len(future) % 12, *(found["slip_var"] * (SLIPS[:n] @ SLIP_SHARES[:n]) for n in (2, 3))
    season = found["seasons"]
    year = np.log(np.exp(season).sum(axis=1)) - season.mean(axis=1)
    year += (found["step_var"] * (143 / 72) + usual * (11 / 12))[:, 0] / 2  # of months about their year: (n² - 1) / 6n
    off = np.split(found["off"], BATCHES)
    found["mean"] += np.concatenate([np.broadcast_to(part.mean(axis=0), part.shape) for part in off])
    for begin in range(first - 12 if first else 0, len(future), 12):
        months, count = slice(max(begin, 0), begin + 12), min(begin + 12, 12)
        load = np.array([begin < 0, begin >= 0, months.start + (count + 1) / 2])
        steps = months.start + (count + 1) * (2 * count + 1) / (6 * count)
        var = found["cover"].reshape(-1, 3, 3) @ load @ load + found["step_var"][:, 0] * steps
        own, centre = rest, found["mean"] @ load
        if begin >= 0:
            own, centre = np.log(np.exp(log[:, months]).sum(axis=1)), centre + year
            var += noise[:, 0] / 12
        for to, *parts in zip(*(np.split(part, BATCHES) for part in (log[:, months], own, centre, var)), strict=True):
            to += _moves(*parts)[:, None]
    return log


def _moves(own, centre, var) -> np.ndarray:
    """How far each value has to go to keep its rank in a mixture of normals."""
    from scipy.special import ndtr

    low, high = own.min(), own.max()
    grid = np.linspace(1.3 * low - 0.3 * high, 1.3 * high - 0.3 * low, 50)
    below = normal(ndtr((grid[:, None] - centre) / np.sqrt(var)).mean(axis=1))
    rank = own.argsort().argsort()
    return np.interp(normal((rank + 0.5) / len(own)), below, grid) - own


def even(rng: np.random.Generator, chains: int, count: int) -> np.ndarray:
    """Numbers between 0 and 1, chains x count: each column spread evenly over every batch (a Latin hypercube)."""
    rank = rng.random((BATCHES, chains // BATCHES, count)).argsort(axis=1)
    return ((rank + rng.random(rank.shape)) / rank.shape[1]).reshape(chains, count)


def normal(place: np.ndarray) -> np.ndarray:
    """Normal deviates at places from 0 to 1."""
    from scipy.special import ndtri

    return ndtri(np.clip(place, 1e-12, 1 - 1e-12))
