"""Part-years and irregular periods: what the months must have been, and what the rest of a year will bring.

Sources print years, halves, quarters and months as they please. Here each is taken as the sum it is, as exactly as it
was printed. Monthly log levels are a local level with drift, a season and irregular noise; every simulated path
reproduces every known sum, to its rounding. Where there are two years of plain months, the rest of the year follows
the simple rule that no model has beaten: the mean of the usual share of the year and of year-to-date plus a monthly
forecast.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.ensemble import part_year, period_sums
from helpers.ensemble.draws import BATCHES, FUTURES, SLIP_SHARES, SLIPS, USUAL_SLIP, apart, even, go_on, normal
from helpers.ensemble.drift import GrowthPrior
from helpers.ensemble.state_space import Layout, find_sums, move_to_sums, pull

SEED = 1
CHAINS, SETTLING, BURN_IN, KEPT = 160, 3, 8, 12  # sweeps; in the first, shocks find their kind at usual variances
AIM, LONGER, MOST = 0.13, 5, 6  # how far chains may be apart; how many times longer is worth while; sweeps a draw
LONGEST = 24  # sums that the simulation looks at, the last ones; before them, years
# What follows was chosen on 200 series of M1, M3 and Tourism known as India's are: ``benchmarks/nowcast.py india``.
SEASON, NOISE = 0.08, 0.08  # standard deviations of a month's season and of its irregular noise, log points
WORTH = (1.0, 3.0, 2.0)  # observations that the usual size of seasons, of steps of the level and of noise is worth
_GRID = np.exp(np.linspace(np.log(0.2), np.log(4), 7)) ** 2  # variance relative to its prior


@dataclass(frozen=True)
class Nowcast:
    """Months, years and what made them.

    Attributes
    ----------
    paths : pd.DataFrame
        Simulated months: one row a month (PeriodIndex), one column a path, in ``BATCHES`` blocks of one size that know
        nothing of each other. Known sums, the last 24 and the years before, hold in each, to their rounding.
    """

    paths: pd.DataFrame

    def total(self, period: str) -> np.ndarray:
        """The sum of a period in every path."""
        return self.paths.loc[fiscal.months(period)].sum().to_numpy()


def simulate_months(
    sums: pd.Series,
    prior: GrowthPrior,
    *,
    bounds: pd.DataFrame | None = None,
    seed: int = SEED,
    item: str = "",
    years: int = 2,
    share: float = 1.0,
) -> Nowcast:
    """Distribution of every month and of the years to come from sums of periods, known in any mix.

    The log of a month is :math:`l_t + s_{m(t)} + \\epsilon_t` with :math:`l_t = l_{t-1} + g + \\eta_t`. The
    variances of :math:`\\eta` and :math:`\\epsilon` are averaged over a grid by marginal likelihood; each shock
    of :math:`\\epsilon` has a usual, a large and a very large variance (Gibbs sampling), so a freak month does not
    move the trend. Given these, paths are drawn from the prior and moved to the known sums by Gauss-Newton
    steps in the metric of their covariance, until the sums hold. A last sum of several months has no freak in
    it: of half-years rises mostly stay, falls in part (``jumps`` of the benchmark). Draws are spread evenly over a
    batch of chains (Latin hypercube); later years have the distribution that these give (:mod:`draws`). From 24
    consecutive plain months on, the rest of the year is scaled to :func:`part_year.year_to_date`.

    Parameters
    ----------
    sums : pd.Series
        Positive, by period (:mod:`helpers.fiscal`), the most trusted first; what follows from others is checked.
    prior : GrowthPrior
        Yearly growth and its deviations.
    bounds : pd.DataFrame, optional
        ``low, high`` by period: between them a sum lies, likeliest at its value; it is exact where they are missing.
    seed, item : int, str
        Paths depend on these two only, never on what else is computed beside them.
    years : int
        Fiscal years ahead, counting the current one, which is the first not wholly known.
    share : float
        Of the paths in the mixture they are for, to a power of four: the less, the less exact they need be.

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
    return _simulated(known, prior, seed, item, years, CHAINS, round(-math.log(max(share, 1e-3), 4)))


@lru_cache(maxsize=16)  # a mixture by other weights is made of the same paths
def _simulated(known: tuple, prior: GrowthPrior, seed: int, item: str, years: int, chains: int, less: int) -> Nowcast:
    limits = pd.DataFrame([row for _, *row in known], [period for period, *_ in known], ["value", "low", "high"])
    sums = limits["value"]
    period_sums.check(sums)
    pieces = period_sums.pieces(period_sums.independent(sums), LONGEST)
    rng = np.random.default_rng(np.random.SeedSequence([seed, *item.encode()]))
    past = pieces.index
    current = fiscal.fiscal_year(past[-1] + 1)
    future = pd.period_range(past[-1] + 1, pd.Period(f"{current + years - 1}-03", "M"), freq="M")
    chains = max(chains // BATCHES, 1) * BATCHES
    limits = limits.reindex(pieces.sums.index).apply(lambda column: column.fillna(pieces.sums))
    found = _simulate(pieces, limits.to_numpy(), prior, rng, chains, AIM * 1.35**less)
    paths = np.empty((len(past) + len(future), chains * KEPT * FUTURES))
    futures = paths.shape[1] // len(found["path"])
    paths[: len(past)] = np.exp(found["path"]).T.repeat(futures, axis=1)
    np.exp(go_on(found, future, rng, futures), out=paths[len(past) :])
    months = part_year.plain_months(sums)
    rest = future[future <= pd.Period(f"{current}-03", "M")]
    if months is not None and len(rest) < 12:
        _scale_rest(paths[len(past) :], len(rest), months)
    paths.flags.writeable = False  # they are handed out again
    return Nowcast(pd.DataFrame(paths, index=past.append(future)))


def _simulate(pieces, limits, prior, rng, chains, aim) -> dict[str, np.ndarray]:
    """The log months and what goes on from them, one row a draw, draws of one batch together.

    Chains that differ much in what they find go on, the longer the more they differ; what they found first is dropped.
    """
    sweeps = _sweeps(pieces, limits, prior, rng, chains)
    names = {"path": len(pieces.index), "level": 1, "growth": 1, "seasons": 12, "step_var": 1, "slip_var": 1}
    ends = np.cumsum(list(names.values()))[:-1]
    next(sweeps)
    kept = [sweeps.send(sweep >= BURN_IN) for sweep in range(1, BURN_IN + KEPT)][BURN_IN - 1 :]
    _, level, growth, _, step_var, _ = np.split(np.stack(kept), ends, axis=2)
    longer = (apart(level, growth, step_var) / aim) ** 2
    if longer > LONGER:
        every = min(math.ceil(longer / FUTURES), MOST)
        kept = [sweeps.send(sweep % every == 0) for sweep in range(1, every * KEPT * FUTURES + 1)][every - 1 :: every]
    batches = zip(*(np.split(one, BATCHES) for one in kept), strict=True)
    rows = np.concatenate([np.concatenate(part) for part in batches])
    return dict(zip(names, np.split(rows, ends, axis=1), strict=True))


def _sweeps(pieces, limits, prior, rng, chains) -> Generator[np.ndarray, bool, None]:
    """Gibbs sampling of months: variances by marginal likelihood, shocks by their kind, paths moved to the sums.

    Each sweep gives log months and what goes on from them, one row a chain; it is told whether the next is kept, in
    which the sums hold to their rounding.
    """
    at = Layout(pieces.index.month.to_numpy(), masks := pieces.masks.astype(float))
    path = np.tile(pieces.start, (chains, 1))
    centre = np.zeros(at.design.shape[1])
    centre[at.lasting] = path[0, masks.any(axis=0)][0], prior.mean / 12
    mean = at.design @ centre
    shocks = np.tile(centre, (chains, 1))
    shocks[:, at.noise] += path - mean
    variance = np.ones((chains, len(centre)))
    variance[:, at.lasting] = 1, (prior.spread / 12) ** 2
    usual = np.array([SEASON**2, prior.sd**2 / 12, NOISE**2])  # variances of seasons, steps and noise
    late = masks[masks[:, -1] > 0].any(axis=0)
    told = ~late | (late.sum() == 1)  # months in which a freak is told from a new level
    scale, slip_kind = usual.repeat(chains).reshape(3, chains), np.tile(np.where(told, 1, USUAL_SLIP), (chains, 1))
    row, moves, keep = np.column_stack([path, _ends(shocks, at), *scale[1:]]), 0.0, False
    for sweep in count():
        logs = np.log(_rounded(pieces.parts, limits, even(rng, chains, len(limits))))
        months, total, sums = find_sums(path, masks)
        covers = at.covers(months, total, variance[0, 1], slip_kind)
        fixed, *made = (np.ascontiguousarray(cover.transpose(1, 2, 0)) for cover in covers)
        gap = logs - sums + months * (path - mean) @ masks.T / total
        for which in range(3) if sweep >= SETTLING else ():  # before, a large shock would make all variances large
            other = fixed + sum(scale[k] * made[k] for k in range(3) if k != which)
            scale[which] = _draw_variance(made[which], other, gap, usual[which], WORTH[which], rng)
        season, step, noise = scale[:, :, None]
        variance[:, at.seasons], variance[:, at.steps], variance[:, at.noise] = season, step, noise * slip_kind
        drawn = centre + normal(even(rng, chains, len(centre))) * np.sqrt(variance)
        ahead, sizes = drawn @ at.design.T, at.sizes(variance)
        gap = logs - sums + months * (path - ahead) @ masks.T / total
        cover = fixed + sum(size * of for size, of in zip(scale, made, strict=True))
        force, moved = pull(months, total, cover.transpose(2, 0, 1), sizes, gap, at)
        moved += ahead
        arrived = move_to_sums(force, moved, sizes, logs, at, 1e-10 if keep else 1e-3)
        drawn += variance * (force @ at.design)
        drawn[:, at.noise] += moved - drawn @ at.design.T
        moves += arrived.mean() / (BURN_IN + KEPT)
        shocks, path = np.where(arrived[:, None], drawn, shocks), np.where(arrived[:, None], moved, path)
        slip_kind[:, told] = _draw_kind(shocks[:, at.noise][:, told], scale[2], rng)
        if keep:
            row = np.where(arrived[:, None], np.column_stack([path, _ends(shocks, at), *scale[1:]]), row)
        if sweep + 1 == BURN_IN + KEPT and moves < 0.5:
            raise ValueError(
                f"paths that give all {len(masks)} sums were found too rarely; look for sums that nearly contradict"
            )
        keep = yield row


def _ends(shocks, at) -> np.ndarray:
    """Level of the last month, growth a month, and seasons: what goes on, one row a chain."""
    level, growth = shocks[:, at.lasting].T
    level = level + growth * (at.count - 1) + shocks[:, at.steps].sum(axis=1)
    return np.column_stack([level, growth, shocks[:, at.seasons]])


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
    """One variance a chain, by its prior and the likelihood of the known sums, linearised at the path.

    The likelihoods come by elimination, of all chains and variances at once, which stand on the last two axes.
    """
    grid, fit, above = centre * _GRID, 0.0, []
    for place, (own, beside) in enumerate(zip(part, other, strict=True)):
        row = np.empty((len(part) - place + 1, len(grid), len(gap)))
        np.multiply(own[place:, None], grid[:, None], out=row[:-1])
        row[:-1] += beside[place:, None]
        row[-1] = gap[:, place]
        for before, ratio in above:
            row -= ratio[-len(row)] * before[-len(row) :]
        above.append((row, row / row[0]))
        fit = fit - np.log(row[0]) / 2 - row[-1] * above[-1][1][-1] / 2
    odds = fit - worth / 2 * (np.log(_GRID) + 1 / _GRID)[:, None]
    return grid[_pick(odds, even(rng, len(gap), 1)[:, 0])]


def _draw_kind(shock, usual, rng) -> np.ndarray:
    part = -0.5 / SLIPS[:, None, None] / usual[:, None]  # of the square
    odds = np.log(SLIP_SHARES[:, None, None]) + np.log(-part) / 2 + shock**2 * part
    return SLIPS[_pick(odds, rng.random(shock.shape))]


def _pick(odds, place) -> np.ndarray:
    """One choice along the first axis, by log odds: the one that holds a place from 0 to 1."""
    share = np.exp(odds - odds.max(axis=0))
    for before, one in pairwise(share):
        one += before
    return (share < place * share[-1]).sum(axis=0)


def _scale_rest(ahead, rest, months) -> None:
    """Scale the unknown months of this and the next years to the distribution of the year-to-date rule."""
    year = part_year.year_to_date(months)
    amounts = ahead[:rest].sum(axis=0)
    done = months.iloc[rest - 12 :].sum()
    rank = (amounts.argsort().argsort() + 0.5) / len(amounts)
    wanted = np.interp(rank, year.index, np.maximum(year.to_numpy() - done, 1e-6 * done))
    ahead *= wanted / amounts
