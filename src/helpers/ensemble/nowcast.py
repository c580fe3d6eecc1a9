"""Part-years and irregular periods: what the months must have been, and what the rest of a year will bring.

Sources print years, halves, quarters and months as they please. Here each is taken as the sum it is, as exactly as it
was printed. Monthly log levels are a local level with drift, a season and irregular noise; every simulated path
reproduces every known sum, to its rounding. Where there are two years of plain months, the rest of the year follows
the simple rule that no model has beaten: the mean of the usual share of the year and of year-to-date plus a monthly
forecast.
"""

from collections.abc import Callable
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
BATCHES = 8  # groups of chains that know nothing of each other: what they differ by is the Monte Carlo error
CHAINS, SETTLING, BURN_IN, KEPT = 96, 3, 6, 12  # sweeps; in the first, shocks find their kind at usual variances
FUTURES = 6  # ways in which what a chain has found goes on
LONGEST = 24  # sums that the simulation looks at, the last ones
NOISE, NOISE_WORTH = 0.07, 2.0  # irregular noise of a month in log points, and what that is worth in observations
STEP_WORTH = 1.25
SEASON = 0.10  # standard deviation of a month's season before anything is known of it
STEPS = np.array([1.0, 25.0])  # variance of a month's change of level: usual, large
STEP_SHARES = np.array([0.97, 0.03])
SLIPS = np.array([1.0, 9.0, 100.0])  # variance of a month's noise: usual, large, an outlier
SLIP_SHARES = np.array([0.930, 0.055, 0.015])
_GRID = np.exp(np.linspace(np.log(0.15), np.log(5), 8)) ** 2  # variance relative to its prior


@dataclass(frozen=True)
class Nowcast:
    """Months, years and what made them.

    Attributes
    ----------
    paths : pd.DataFrame
        Simulated months: one row a month (PeriodIndex), one column a path. Known sums, the last 24 of them, hold in
        each, to their rounding. Columns are ``BATCHES`` blocks of one size, each simulated by itself.
    left_out : list of str
        Sums that follow from the others, to rounding.
    rule : str
        How the rest of the year was found, in words.
    """

    paths: pd.DataFrame
    left_out: list
    rule: str

    def total(self, period: str) -> np.ndarray:
        """The sum of a period in every path."""
        return self.paths.loc[fiscal.months(period)].sum().to_numpy()

    def quantiles(self, period: str) -> pd.DataFrame:
        """``value`` and Monte Carlo ``error`` (one standard error, in its unit) of a period's sum, by ``quantile``."""
        total = self.total(period)
        table = {"value": np.quantile(total, QUANTILES), "error": monte_carlo_error(total)}
        return pd.DataFrame(table, pd.Index(QUANTILES, name="quantile"))


def monte_carlo_error(values: np.ndarray, of: Callable[[np.ndarray], np.ndarray] | None = None) -> np.ndarray:
    """One standard error of the quantiles of paths, or of what else ``of`` finds, from the batches they come in.

    Parameters
    ----------
    values : np.ndarray, shape (paths, ...)
        In the order of ``Nowcast.paths``.
    of : callable, optional
        Statistics of some of the paths; their :data:`QUANTILES` unless given.
    """
    found = [of(part) if of else np.quantile(part, QUANTILES) for part in np.split(values, BATCHES)]
    return np.std(found, axis=0, ddof=1) / BATCHES**0.5


def simulate_months(
    sums: pd.Series,
    prior: GrowthPrior,
    *,
    bounds: pd.DataFrame | None = None,
    seed: int = SEED,
    item: str = "",
    years: int = 2,
) -> Nowcast:
    """Distribution of every month and of the years to come from sums of periods, known in any mix.

    The log of a month is :math:`l_t + s_{m(t)} + \\epsilon_t` with :math:`l_t = l_{t-1} + g + \\eta_t`. The
    variances of :math:`\\eta` and :math:`\\epsilon` are averaged over a grid by marginal likelihood; each shock
    has a usual, a large and, in :math:`\\epsilon`, a very large variance (Gibbs sampling), so a freak month does
    not move the trend. Given these, paths are drawn from the prior and moved to the known sums by Gauss-Newton
    steps in the metric of their covariance, until the sums hold. Draws are spread evenly over the chains of a batch
    (Latin hypercube), later months over a lattice. With 24 consecutive plain months and more,
    the rest of the year is then scaled to :func:`part_year.year_to_date`.

    Parameters
    ----------
    sums : pd.Series
        Positive, indexed by period (:mod:`helpers.fiscal`), the most trusted first: a sum that follows from
        those before it is checked against them and left out.
    prior : GrowthPrior
        Yearly growth and its deviations.
    bounds : pd.DataFrame, optional
        ``low, high`` by period: between them a sum lies, likeliest at its value; it is exact where they are missing.
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
    limits = sums.to_frame("value").assign(low=sums, high=sums)
    if bounds is not None:
        limits.update(bounds[["low", "high"]])
    known = tuple((period, *map(float, row)) for period, *row in limits.itertuples())
    return _simulated(known, prior, seed, item, years, CHAINS)


@lru_cache(maxsize=16)  # a mixture by other weights is made of the same paths
def _simulated(known: tuple, prior: GrowthPrior, seed: int, item: str, years: int, chains: int) -> Nowcast:
    limits = pd.DataFrame([row for _, *row in known], [period for period, *_ in known], ["value", "low", "high"])
    sums = limits["value"]
    period_sums.check(sums)
    kept, left_out = period_sums.independent(sums)
    pieces = period_sums.pieces(kept, LONGEST)
    rng = np.random.default_rng(np.random.SeedSequence([seed, *item.encode()]))
    past = pieces.index
    current = fiscal.fiscal_year(past[-1] + 1)
    future = pd.period_range(past[-1] + 1, pd.Period(f"{current + years - 1}-03", "M"), freq="M")
    chains = max(chains // BATCHES, 1) * BATCHES
    found = _simulate(pieces, limits.loc[pieces.periods].to_numpy(), prior, rng, chains)
    paths = np.exp(np.concatenate([found["path"].repeat(FUTURES, axis=0), _ahead(found, future, rng)], axis=1))
    rule = "state-space model on period sums"
    months = part_year.plain_months(sums)
    rest = future[future <= pd.Period(f"{current}-03", "M")]
    if months is not None and len(rest) < 12:
        rule = "mean of three-year share and year-to-date plus monthly forecast; months by state-space model"
        paths = _scale_rest(paths, len(past), len(rest), months)
    paths.flags.writeable = False  # they are handed out again
    return Nowcast(pd.DataFrame(paths.T, index=past.append(future)), left_out, rule)


def _simulate(pieces, limits, prior, rng, chains) -> dict[str, np.ndarray]:
    """Gibbs sampling of months: variances by marginal likelihood, shocks by their kind, paths moved to the sums.

    Returns the log months and what goes on from them, one row a draw, draws of one batch together.
    """
    masks, month = pieces.masks, pieces.index.month.to_numpy()
    at, path = Layout(len(month)), np.tile(pieces.start, (chains, 1))
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
    row, kept, moves = np.column_stack([path, _ends(shocks), step_var, slip_var]), [], 0.0
    for sweep in range(BURN_IN + KEPT):
        logs = np.log(_rounded(pieces.parts, limits, _even(rng, chains, len(limits))))
        loadings, short = find_loadings(path, masks, month), logs - log_sums(path, masks)
        gap = short + times(loadings[:, :, at.noise], path - mean)
        by_rest = spread(loadings[:, :, at.lasting], variance[:, at.lasting])
        by_step = spread(loadings[:, :, at.steps], step_kind)
        by_slip = spread(loadings[:, :, at.noise], slip_kind)
        other = by_rest + slip_var[:, None, None] * by_slip
        if sweep >= SETTLING:  # else a large shock that has found no kind yet would make all variances large
            step_var = _draw_variance(by_step, other, gap, usual_step, STEP_WORTH, rng)
            other = by_rest + step_var[:, None, None] * by_step
            slip_var = _draw_variance(by_slip, other, gap, usual_slip, NOISE_WORTH, rng)
        variance[:, at.steps], variance[:, at.noise] = step_var[:, None] * step_kind, slip_var[:, None] * slip_kind
        drawn = centre + _normal(_even(rng, chains, at.size)) * np.sqrt(variance)
        gap = short + times(loadings[:, :, at.noise], path - to_months(drawn, month))
        drawn += pull(loadings, variance, gap, month)[0]
        keep = sweep >= BURN_IN
        drawn, moved, arrived = move_to_sums(drawn, variance, masks, logs, month, 1e-10 if keep else 0.02)
        moves += arrived.mean() / (BURN_IN + KEPT)
        shocks, path = np.where(arrived[:, None], drawn, shocks), np.where(arrived[:, None], moved, path)
        step_kind = _draw_kind(shocks[:, at.steps], step_var, STEPS, STEP_SHARES, rng)
        slip_kind = _draw_kind(shocks[:, at.noise], slip_var, SLIPS, SLIP_SHARES, rng)
        if keep:
            row = np.where(arrived[:, None], np.column_stack([path, _ends(shocks), step_var, slip_var]), row)
            kept.append(row)
    if moves < 0.5:
        raise ValueError(
            f"paths that give all {len(masks)} sums were found too rarely; look for sums that nearly contradict"
        )
    rows = np.concatenate([np.concatenate(part) for part in zip(*(np.split(one, BATCHES) for one in kept), strict=True)])
    names = {"path": at.count, "level": 1, "growth": 1, "seasons": 12, "step_var": 1, "slip_var": 1}
    return dict(zip(names, np.split(rows, np.cumsum(list(names.values()))[:-1], axis=1), strict=True))


def _ends(shocks) -> np.ndarray:
    """Level of the last month, growth a month, and seasons: what goes on, one row a chain."""
    at = Layout.of(shocks)
    growth = shocks[:, at.growth]
    level = shocks[:, at.level] + growth * (at.count - 1) + shocks[:, at.steps].sum(axis=1, keepdims=True)
    return np.column_stack([level, growth, shocks[:, at.seasons]])


def _ahead(found, future, rng) -> np.ndarray:
    """Log months after the last known one, by the same model, ``FUTURES`` of each draw.

    What the steps of a fiscal year add up to is spread evenly over each batch, on a lattice.
    """
    later = {name: values.repeat(FUTURES, axis=0) for name, values in found.items() if name != "path"}
    shape = len(later["level"]), len(future)
    step, slip = rng.standard_normal((2, *shape))
    years = np.array([fiscal.fiscal_year(month) for month in future])
    blocks = (years[:, None] == np.unique(years)).astype(float)
    blocks /= np.sqrt(blocks.sum(axis=0))
    step += (_normal(_lattice(rng, len(step), blocks.shape[1])) - step @ blocks) @ blocks.T
    step *= np.sqrt(later["step_var"] * rng.choice(STEPS, shape, p=STEP_SHARES))
    slip *= np.sqrt(later["slip_var"] * rng.choice(SLIPS, shape, p=SLIP_SHARES))
    level = later["level"] + np.cumsum(later["growth"] + step, axis=1)
    return level + later["seasons"][:, future.month.to_numpy() - 1] + slip


def _even(rng, chains, count) -> np.ndarray:
    """Numbers between 0 and 1, chains x count: each column spread evenly over every batch (a Latin hypercube)."""
    rank = rng.random((BATCHES, chains // BATCHES, count)).argsort(axis=1)
    return ((rank + rng.random(rank.shape)) / rank.shape[1]).reshape(chains, count)


def _lattice(rng, paths, count) -> np.ndarray:
    """Numbers between 0 and 1, paths x count, that fill the cube evenly in every batch: Kronecker's, shifted."""
    root = 2.0
    for _ in range(40):
        root = (1 + root) ** (1 / (count + 1))
    place = np.arange(1, paths // BATCHES + 1)[:, None] * root ** -np.arange(1.0, count + 1)
    return ((rng.random((BATCHES, 1, count)) + place) % 1).reshape(paths, count)


def _normal(place) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(np.clip(place, 1e-12, 1 - 1e-12))


def _rounded(parts, limits, place) -> np.ndarray:
    """What each piece is if the sums lie at a place, 0 to 1, of the triangles between their bounds, chains x pieces."""
    value, low, high = limits.T
    width = np.maximum(high - low, 1e-300)
    turn = (value - low) / width
    below = low + np.sqrt(place * width * (value - low))
    above = high - np.sqrt((1 - place) * width * (high - value))
    drawn = np.where(high > low, np.where(place < turn, below, above), value) @ parts.T
    usual = parts @ value
    return np.where((drawn > usual / 2).all(axis=1, keepdims=True), drawn, usual)


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
