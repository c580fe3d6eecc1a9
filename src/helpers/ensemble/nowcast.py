"""Part-years and irregular periods: what the months must have been, and what the rest of a year will bring.

Sources print years, halves, quarters and months as they please. Here each is taken as the sum it is. Monthly
log levels are a local level with drift, a season and irregular noise; every simulated path reproduces every
known sum. Where there are two years of plain months, the rest of the year follows the simple rule that no
model has beaten: the mean of the usual share of the year and of year-to-date plus a monthly forecast.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.ensemble import part_year, period_sums
from helpers.ensemble.drift import GrowthPrior
from helpers.ensemble.quantiles import QUANTILES
from helpers.ensemble.state_space import Layout, find_loadings, log_sums, move_to_sums, pull, spread, times, to_months

SEED = 1
CHAINS, SETTLING, BURN_IN, KEPT = 60, 4, 8, 15  # sweeps; in the first, shocks find their kind at usual variances
LONGEST = 24  # sums that the simulation looks at, the last ones
NOISE, NOISE_WORTH = 0.07, 2.0  # irregular noise of a month in log points, and what that is worth in observations
SEASON = 0.10  # standard deviation of a month's season before anything is known of it
STEPS = np.array([1.0, 25.0, 900.0])  # variance of a month's change of level: usual, large, a shift
STEP_SHARES = np.array([0.966, 0.030, 0.004])  # a shift every twenty years
SLIPS = np.array([1.0, 9.0, 100.0])  # variance of a month's noise: usual, large, an outlier
SLIP_SHARES = np.array([0.930, 0.055, 0.015])
_GRID = np.exp(np.linspace(np.log(0.15), np.log(25), 10)) ** 2  # variance relative to its prior


@dataclass(frozen=True)
class Nowcast:
    """Months, years and what made them.

    Attributes
    ----------
    paths : pd.DataFrame
        Simulated months: one row a month (PeriodIndex), one column a path. Known sums, the last 24 of them, hold in
        each.
    quantiles : pd.DataFrame
        ``period, quantile, value``: every month, the current and the next fiscal year, and ``rest`` of the
        current one, written ``2025-10/2026-03``.
    interventions : pd.DataFrame
        ``month, kind`` (level shift or outlier), ``probability, log_size`` where the probability is at least a
        tenth.
    left_out : list of str
        Sums that follow from the others, to rounding.
    rule : str
        How the rest of the year was found, in words.
    """

    paths: pd.DataFrame
    quantiles: pd.DataFrame
    interventions: pd.DataFrame
    left_out: list
    rule: str

    def total(self, period: str) -> np.ndarray:
        """The sum of a period in every path."""
        return self.paths.loc[fiscal.months(period)].sum().to_numpy()


def simulate_months(
    sums: pd.Series, prior: GrowthPrior, *, seed: int = SEED, item: str = "", years: int = 2
) -> Nowcast:
    """Distribution of every month and of the years to come from sums of periods, known in any mix.

    The log of a month is :math:`l_t + s_{m(t)} + \\epsilon_t` with :math:`l_t = l_{t-1} + g + \\eta_t`. The
    variances of :math:`\\eta` and :math:`\\epsilon` are averaged over a grid by marginal likelihood; each shock
    has a usual, a large and a very large variance (Gibbs sampling), so a shift of level or a freak month does
    not move the trend. Given these, paths are drawn from the prior and moved to the known sums by Gauss-Newton
    steps in the metric of their covariance, until the sums hold. With 24 consecutive plain months and more,
    the rest of the year is then scaled to :func:`part_year.year_to_date`.

    Parameters
    ----------
    sums : pd.Series
        Positive, indexed by period (:mod:`helpers.fiscal`), the most trusted first: a sum that follows from
        those before it is checked against them and left out.
    prior : GrowthPrior
        Yearly growth and its deviations.
    seed, item : int, str
        Paths depend on these two only, never on what else is computed beside them.
    years : int
        Fiscal years ahead, counting the current one, which is the first not wholly known.

    Returns
    -------
    Nowcast

    Raises
    ------
    ValueError
        No sum, a sum that is not positive, a period given twice, or sums that contradict each other.
    """
    return _simulated(tuple(sums.items()), prior, seed, item, years, CHAINS)


@lru_cache(maxsize=16)  # a mixture by other weights is made of the same paths
def _simulated(known: tuple, prior: GrowthPrior, seed: int, item: str, years: int, chains: int) -> Nowcast:
    sums = pd.Series([value for _, value in known], [period for period, _ in known], dtype=float)
    period_sums.check(sums)
    kept, left_out = period_sums.independent(sums)
    masks, values, start, past = period_sums.pieces(kept, LONGEST)
    rng = np.random.default_rng(np.random.SeedSequence([seed, *item.encode()]))
    current = fiscal.fiscal_year(past[-1] + 1)
    future = pd.period_range(past[-1] + 1, pd.Period(f"{current + years - 1}-03", "M"), freq="M")
    paths, shifts, slips = _simulate(masks, np.log(values), start, past, future, prior, rng, chains)
    rule = "state-space model on period sums"
    months = part_year.plain_months(sums)
    rest = future[future <= pd.Period(f"{current}-03", "M")]
    if months is not None and len(rest) < 12:
        rule = "mean of three-year share and year-to-date plus monthly forecast; months by state-space model"
        paths = _scale_rest(paths, len(past), len(rest), months)
    paths.flags.writeable = False  # they are handed out again
    table = pd.DataFrame(paths.T, index=past.append(future))
    interventions = pd.concat([_found(shifts, past, "level shift"), _found(slips, past, "outlier")])
    return Nowcast(table, _quantiles(table, rest), interventions.reset_index(drop=True), left_out, rule)


def _simulate(masks, logs, start, past, future, prior, rng, chains):
    """Gibbs sampling of months: variances by marginal likelihood, shocks by their kind, paths moved to the sums.

    Returns paths x months, and for level shifts and for outliers: probability by month, and probability times size.
    """
    month, ahead, at = past.month.to_numpy(), future.month.to_numpy(), Layout(len(past))
    path = np.tile(start, (chains, 1))
    centre = np.zeros(at.size)
    centre[at.level], centre[at.growth] = path[0, masks.any(axis=0)][0], prior.mean / 12
    mean = to_months(centre[None], month)[0]
    shocks = np.tile(centre, (chains, 1))
    shocks[:, at.noise] += path - mean
    variance = np.ones((chains, at.size))
    variance[:, at.growth], variance[:, at.seasons] = (prior.spread / 12) ** 2, SEASON**2
    usual_step, usual_slip = prior.sd**2 / 12, NOISE**2
    step_kind, slip_kind = np.ones((chains, at.count - 1)), np.ones((chains, at.count))
    step_var, slip_var = np.full(chains, usual_step), np.full(chains, usual_slip)
    kept, shifts, slips, moves = [], np.zeros((2, at.count)), np.zeros((2, at.count)), 0.0
    for sweep in range(BURN_IN + KEPT):
        loadings, short = find_loadings(path, masks, month), logs - log_sums(path, masks)
        gap = short + times(loadings[:, :, at.noise], path - mean)
        by_rest = spread(loadings[:, :, at.lasting], variance[:, at.lasting])
        by_step = spread(loadings[:, :, at.steps], step_kind)
        by_slip = spread(loadings[:, :, at.noise], slip_kind)
        other = by_rest + slip_var[:, None, None] * by_slip
        if sweep >= SETTLING:  # else a shift that no shock has taken yet would make all variances large
            step_var = _draw_variance(by_step, other, gap, usual_step, prior.dof, rng)
            other = by_rest + step_var[:, None, None] * by_step
            slip_var = _draw_variance(by_slip, other, gap, usual_slip, NOISE_WORTH, rng)
        variance[:, at.steps], variance[:, at.noise] = step_var[:, None] * step_kind, slip_var[:, None] * slip_kind
        drawn = centre + rng.standard_normal(variance.shape) * np.sqrt(variance)
        gap = short + times(loadings[:, :, at.noise], path - to_months(drawn, month))
        drawn += pull(loadings, variance, gap, month)[0]
        drawn, moved, arrived = move_to_sums(drawn, variance, masks, logs, month)
        moves += arrived.mean() / (BURN_IN + KEPT)
        shocks, path = np.where(arrived[:, None], drawn, shocks), np.where(arrived[:, None], moved, path)
        step_kind = _draw_kind(shocks[:, at.steps], step_var, STEPS, STEP_SHARES, rng)
        slip_kind = _draw_kind(shocks[:, at.noise], slip_var, SLIPS, SLIP_SHARES, rng)
        if sweep >= BURN_IN:
            later = _ahead(shocks, step_var, slip_var, ahead, rng)
            kept.append(np.exp(np.concatenate([path, later], axis=1)))
            far = step_kind == STEPS[-1]
            shifts[:, 1:] += far.sum(axis=0), (shocks[:, at.steps] * far).sum(axis=0)
            far = slip_kind == SLIPS[-1]
            slips += far.sum(axis=0), (shocks[:, at.noise] * far).sum(axis=0)
    if moves < 0.5:
        raise ValueError(
            f"paths that give all {len(logs)} sums were found too rarely; look for sums that nearly contradict"
        )
    return np.concatenate(kept), shifts / (chains * KEPT), slips / (chains * KEPT)


def _ahead(shocks, step_var, slip_var, month, rng) -> np.ndarray:
    """Log months after the last known one, by the same model."""
    chains, count, at = len(shocks), len(month), Layout.of(shocks)
    growth, season = shocks[:, at.growth], shocks[:, at.seasons][:, month - 1]
    level = shocks[:, at.level] + growth * (at.count - 1) + shocks[:, at.steps].sum(axis=1, keepdims=True)
    step = rng.standard_normal((chains, count)) * np.sqrt(
        step_var[:, None] * rng.choice(STEPS, (chains, count), p=STEP_SHARES)
    )
    slip = rng.standard_normal((chains, count)) * np.sqrt(
        slip_var[:, None] * rng.choice(SLIPS, (chains, count), p=SLIP_SHARES)
    )
    return level + np.cumsum(growth + step, axis=1) + season + slip


def _draw_variance(part, other, gap, centre, worth, rng) -> np.ndarray:
    """One variance a chain, by its prior and the likelihood of the known sums, linearised at the path."""
    grid = centre * _GRID
    count = gap.shape[1]
    framed = np.zeros((2, len(gap), count + 1, count + 1))
    framed[:, :, :count, :count] = part, other
    framed[1, :, count, :count] = gap  # the root's last row is then the gap scaled by the root of the rest
    framed[1, :, count, count] = 1e200
    cover = grid[:, None, None] * framed[0, :, None]
    cover += framed[1, :, None]
    root = np.linalg.cholesky(cover)
    size = np.diagonal(root, axis1=2, axis2=3)[:, :, :count]
    fit = -np.log(size).sum(axis=2) - (root[:, :, count, :count] ** 2).sum(axis=2) / 2
    return grid[_pick(fit - worth / 2 * (np.log(_GRID) + 1 / _GRID), rng)]


def _draw_kind(shock, usual, kinds, shares, rng) -> np.ndarray:
    variance = usual[:, None, None] * kinds
    odds = np.log(shares) - np.log(variance) / 2 - shock[:, :, None] ** 2 / variance / 2
    return kinds[_pick(odds, rng)]


def _pick(odds, rng) -> np.ndarray:
    """One choice along the last axis, by log odds: the largest after Gumbel noise (`rng.gumbel` is slower)."""
    return (odds - np.log(-np.log(1 - rng.random(odds.shape)))).argmax(axis=-1)


def _found(moments, index, kind) -> pd.DataFrame:
    probability, size = moments
    likely = probability >= 0.1
    sizes = np.divide(size, probability, out=np.zeros_like(size), where=likely)
    return pd.DataFrame(
        {
            "month": index[likely].astype(str),
            "kind": kind,
            "probability": probability[likely],
            "log_size": sizes[likely],
        }
    )


def _scale_rest(paths, past, rest, months) -> np.ndarray:
    """Paths whose unknown months of this and the next years follow the distribution of the year-to-date rule."""
    year = part_year.year_to_date(months)
    amounts = paths[:, past : past + rest].sum(axis=1)
    done = months.iloc[rest - 12 :].sum()
    rank = (amounts.argsort().argsort() + 0.5) / len(amounts)
    wanted = np.interp(rank, year.index, np.maximum(year.to_numpy() - done, 1e-6 * done))
    paths = paths.copy()
    paths[:, past:] *= (wanted / amounts)[:, None]
    return paths


def _quantiles(paths, rest) -> pd.DataFrame:
    totals = {str(month): row for month, row in zip(paths.index, paths.to_numpy(), strict=True)}
    totals[f"{rest[0]}/{rest[-1]}"] = paths.loc[rest].sum().to_numpy()
    current = fiscal.fiscal_year(rest[0])
    for year in (current, current + 1):
        months = fiscal.months(fiscal.year_name(year))
        if months[0] >= paths.index[0] and months[-1] <= paths.index[-1]:
            totals[fiscal.year_name(year)] = paths.loc[months].sum().to_numpy()
    rows = [
        (period, quantile, value)
        for period, total in totals.items()
        for quantile, value in zip(QUANTILES, np.quantile(total, QUANTILES), strict=True)
    ]
    return pd.DataFrame(rows, columns=["period", "quantile", "value"])
