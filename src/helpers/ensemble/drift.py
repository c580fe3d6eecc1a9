"""Growth from very few points: shrunken log-drift, and the naive benchmark beside it.

Three annual totals say little about growth and less about its spread. Both are therefore drawn
towards what thousands of other yearly series show, the prior, and the intervals are as wide as
that ignorance. The drift is the shrinkage estimator whose accuracy at five to eight points led
all models compared in this project's evidence; its prior is measured by ``benchmarks/growth_prior.py``.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.ensemble.quantiles import QUANTILES


@dataclass(frozen=True)
class GrowthPrior:
    """What yearly series elsewhere say of log growth, a year.

    ``mean`` and ``spread`` are the mean and the standard deviation of growth across series; ``sd`` is a
    typical year's deviation from a series' own growth, worth ``dof`` observations.
    """

    mean: float
    spread: float
    sd: float
    dof: float


@dataclass(frozen=True)
class Drift:
    """A fitted random walk with drift on logs: level at the origin, growth a year with its standard
    error, standard deviation of a year's deviation, degrees of freedom of that deviation."""

    level: float
    growth: float
    growth_se: float
    sd: float
    dof: float


def shrunken_log_drift(levels: pd.Series, prior: GrowthPrior) -> Drift:
    """Growth and spread of a short series, each shrunk towards the prior.

    With log steps :math:`d_i` over :math:`k_i` years and :math:`n = \\sum k_i`, growth is
    :math:`\\mu_0 + (\\bar g - \\mu_0)\\,\\tau^2 / (\\tau^2 + \\sigma^2 / n)`, :math:`\\bar g = \\sum d_i / n`, and
    :math:`\\sigma^2 = (\\nu_0 s_0^2 + \\sum (d_i - k_i \\bar g)^2 / k_i) / (\\nu_0 + m - 1)` over :math:`m` steps.
    One point alone gives the prior.

    Parameters
    ----------
    levels : pd.Series
        Yearly rates in tonnes, indexed by the centre of their period in fiscal years: 2025.0 is FY25,
        2025.75 the first half of FY26 at its yearly rate. Gaps are allowed.
    prior : GrowthPrior

    Returns
    -------
    Drift

    Raises
    ------
    ValueError
        If a level is not positive, or the times do not rise.
    """
    steps, gaps = _steps(levels)
    years = gaps.sum()
    own = steps.sum() / years if len(steps) else prior.mean
    squares = ((steps - gaps * own) ** 2 / gaps).sum() if len(steps) else 0.0
    dof = prior.dof + max(len(steps) - 1, 0)
    variance = (prior.dof * prior.sd**2 + squares) / dof
    precision = 1 / prior.spread**2 + years / variance
    growth = prior.mean + (own - prior.mean) * (years / variance) / precision
    return Drift(float(levels.iloc[-1]), growth, precision**-0.5, variance**0.5, dof)


def naive(levels: pd.Series, prior: GrowthPrior) -> Drift:
    """The benchmark: the last level for ever, with the spread of its steps around no growth at all."""
    steps, gaps = _steps(levels)
    dof = prior.dof + len(steps)
    spread = prior.dof * (prior.sd**2 + prior.mean**2 + prior.spread**2) + (steps**2 / gaps).sum()
    return Drift(float(levels.iloc[-1]), 0.0, 0.0, (spread / dof) ** 0.5, dof)


def quantiles(drift: Drift, ahead: np.ndarray, probabilities=QUANTILES) -> np.ndarray:
    """Quantiles of the yearly rate some years after the origin.

    Student's t on the log scale: the variance ``h`` years ahead is ``h sd**2 + (h growth_se)**2``.

    Parameters
    ----------
    drift : Drift
    ahead : array of float, shape (n,)
        Years after the origin.
    probabilities : sequence of float, length q

    Returns
    -------
    array, shape (n, q)
        In the unit of the levels, rising along the second axis.
    """
    from scipy.special import stdtrit

    ahead = np.asarray(ahead, dtype=float)[:, None]
    scale = np.sqrt(ahead * drift.sd**2 + (ahead * drift.growth_se) ** 2)
    return drift.level * np.exp(ahead * drift.growth + scale * stdtrit(drift.dof, np.asarray(probabilities)))


def _steps(levels: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    values, times = levels.to_numpy(dtype=float), levels.index.to_numpy(dtype=float)
    if len(values) == 0 or not (values > 0).all():
        raise ValueError(f"levels must be positive numbers, at least one: {values.tolist()}")
    gaps = np.diff(times)
    if not (gaps > 0).all():
        raise ValueError(f"times must rise, without repeats: {times.tolist()}")
    return np.diff(np.log(values)), gaps
