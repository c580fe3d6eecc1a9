"""Draws that are spread evenly, what goes on from them, and how far a quantile of them may be off.

Chains come in batches that know nothing of each other: what the batches differ by is the Monte Carlo error.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

BATCHES = 8  # groups of chains that know nothing of each other: what they differ by is the Monte Carlo error
FUTURES = 4  # ways in which what a chain has found goes on
MORE = 5  # times as many for the rest of the year that has begun
SLIPS = np.array([1.0, 9.0, 100.0])  # variance of a month's noise: usual, large, an outlier
SLIP_SHARES = np.array([0.930, 0.055, 0.015])
USUAL_SLIP = SLIPS[:2] @ SLIP_SHARES[:2]  # without outliers
_CELLS, _GOLDEN = 4096, (5**0.5 - 1) / 2  # multiples of the latter are spread evenly between whole numbers


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


def apart(level: np.ndarray, growth: np.ndarray, step_var: np.ndarray) -> float:
    """How far chains are apart: one standard deviation of the upper bounds that they find, relative to the median.

    Of the 95 % interval of the level five years ahead; all shapes are sweeps x chains x 1.
    """
    middle = level + 60 * growth
    upper = np.exp(middle - np.median(middle) + 1.96 * np.sqrt(60 * step_var))
    return float(upper.mean(axis=0).std())


def go_on(found: dict[str, np.ndarray], future: pd.PeriodIndex, rng: np.random.Generator, futures: int) -> np.ndarray:
    """Log months after the last known one, by the same model, ``futures`` of each draw: months x paths.

    The rest of the year has the distribution of ``MORE`` times as many, whole years that of :func:`_matched`.
    """
    log, first = _ahead(found, future, rng, futures), len(future) % 12
    if first:
        many = _ahead(found, future[:first], rng, MORE * futures)
        rest, wanted = (np.log(np.exp(one).sum(axis=0)).reshape(BATCHES, -1) for one in (log[:first], many))
        wanted.sort(axis=1)
        place = MORE * rest.argsort(axis=1).argsort(axis=1) + MORE // 2
        log[:first] += (np.take_along_axis(wanted, place, axis=1) - rest).ravel()
    return _matched(log, found, future)


def _ahead(found, future, rng, futures) -> np.ndarray:
    later = {name: values.T.repeat(futures, axis=1) for name, values in found.items() if name != "path"}
    level, growth, step, slip = (later[name][0] for name in ("level", "growth", "step_var", "slip_var"))
    step, slip, (steps, slips) = np.sqrt(step), np.sqrt(slip), rng.spawn(2)
    log = np.empty((len(future), len(level)))
    for row, month in zip(log, future.month, strict=True):  # the first ones are the same however many there are
        level += steps.standard_normal(len(level)) * step + growth
        row[:] = level + later["seasons"][month - 1] + slip * _slips(slips.random(len(level)))
    return log


def _slips(place) -> np.ndarray:
    """Noise of months at places from 0 to 1 of its distribution: normals of usual, large and very large variance.

    Linear between points, as ``np.interp`` has it; even cells tell at once between which points most places lie.
    """
    size, below, slope, after = _slip_points()
    at = after.take((place * _CELLS).astype(np.intp))  # the point after the place, or one before that one
    at += place >= below.take(at)
    late = place >= below.take(at)
    at[late] = np.searchsorted(below, place[late], "right")
    at = at.clip(1, len(slope)) - 1
    noise = place - below.take(at)
    noise *= slope.take(at)
    noise += size.take(at)
    return noise


@cache
def _slip_points() -> tuple[np.ndarray, ...]:
    from scipy.special import ndtr

    size = np.sinh(np.linspace(-5, 5, 999))
    below = ndtr(size[:, None] / np.sqrt(SLIPS)) @ SLIP_SHARES
    return size, below, np.diff(size) / np.diff(below), np.searchsorted(below, np.arange(_CELLS) / _CELLS, "right")


def _matched(log, found, future) -> np.ndarray:
    """Log months moved so that each whole fiscal year has the distribution that the draws give it, in every batch.

    Given a draw, a year is lognormal, nearly; with all draws of a batch it is a mixture of such, known without
    simulating. Paths keep their rank in it.
    """
    from scipy.special import ndtr

    skipped, count = len(future) % 12, len(future) // 12
    share = np.kron(np.eye(count), np.full((12, 1), 1 / 12))  # of a month in a year's mean
    weight = np.concatenate([np.tile(share.sum(axis=0), (skipped, 1)), share[::-1].cumsum(axis=0)[::-1]])
    usual, noise = found["slip_var"] * USUAL_SLIP, found["slip_var"] * (SLIPS @ SLIP_SHARES)
    within = found["step_var"] * (143 / 72) + usual * (11 / 12)  # of months about their year: (n² - 1) / 6n
    season = np.log(np.exp(found["seasons"]).sum(axis=1, keepdims=True))
    centre = found["level"] + found["growth"] * weight.sum(axis=0) + season + within / 2
    sd = np.sqrt(found["step_var"] * (weight**2).sum(axis=0) + noise / 12)
    years = np.log(np.exp(log[skipped:]).reshape(count, 12, -1).sum(axis=1)).T
    moved = np.empty_like(years)
    for own, to, c, s in zip(*(np.split(part, BATCHES) for part in (years, moved, centre, sd)), strict=True):
        rank, low, high = own.argsort(axis=0).argsort(axis=0), own.min(axis=0), own.max(axis=0)
        grid = np.linspace(1.3 * low - 0.3 * high, 1.3 * high - 0.3 * low, 64)
        scores = grid[:, None] - c
        scores /= s
        below = normal(ndtr(scores, out=scores).mean(axis=1))
        for year in range(count):
            to[:, year] = np.interp(normal((rank[:, year] + 0.5) / len(own)), below[:, year], grid[:, year])
    log[skipped:] += (moved - years).T.repeat(12, axis=0)
    return log


def even(rng: np.random.Generator, chains: int, count: int) -> np.ndarray:
    """Numbers between 0 and 1, chains x count: each column spread evenly over every batch (a Latin hypercube)."""
    rank = rng.random((BATCHES, chains // BATCHES, count)).argsort(axis=1)
    return ((rank + rng.random(rank.shape)) / rank.shape[1]).reshape(chains, count)


def paired(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of the others goes with each value: of all sizes, evenly, with values of each size."""
    place = values.argsort().argsort() * _GOLDEN % 1
    return others.argsort()[place.argsort().argsort()]


def normal(place: np.ndarray) -> np.ndarray:
    """Standard scores at places from 0 to 1."""
    from scipy.special import ndtri

    return ndtri(np.clip(place, 1e-12, 1 - 1e-12))
