"""What a suspect year was, and what licences allow: one forecast a reading, and their mixture by weight.

Three readings of the year's tonnes: the surge was real and demand persists; it was stock-building that is paid back;
it is a quantity error. Under each, the months of this and of later years are simulated by ``nowcast`` from all
sums that are known, to their rounding. Demand is latent: what is recorded is capped, in its rare-earth part, by the
licence regime (:mod:`licences`). The weights follow from a prior and the evidence (:mod:`evidence`); every prior,
probability and range is a dated row of ``data/assumptions.csv``. Where no year is suspect there is one reading: as
recorded.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage
from helpers.ensemble.draws import monte_carlo_error, normal, paired
from helpers.ensemble.drift import GrowthPrior
from helpers.ensemble.nowcast import simulate_months
from helpers.ensemble.quantiles import QUANTILES, raised, weighted_quantiles
from helpers.outlook import evidence, rare_earths, targets
from helpers.outlook.episodes import LEAST_SURGE, Episode, suspect
from helpers.outlook.evidence import ERROR, PERSISTENT, READINGS, STOCKS
from helpers.outlook.licences import CURRENT, DRAWN, LICENSED, REGIMES, assumed, doses, known_until, triangular
from helpers.outlook.rare_earths import SHARE

RECORDED = "recorded figures, continued"
SEED = 1
LEAST, EXCESS = "least_left", "stock_excess"
"""What neither payback nor a further fall takes of a month; how much of a year's excess is stocks, if not located."""
_STEADY = 5  # years that are always simulated, those of 95 % intervals: paths do not hang on how many are asked for


class _Past(NamedTuple):
    """What a reading knows: the sums and their last month, the suspect year, and the least that is left of a month."""

    sums: pd.Series
    last: pd.Period
    episode: Episode
    least: float


def weights(india: Vintage) -> pd.Series:
    """Weight of each reading of the suspect year after all evidence (:mod:`evidence`); one reading if none is."""
    rows = evidence.table(india)
    if rows.empty:
        return pd.Series({RECORDED: 1.0})
    return pd.Series({name: rows[column].iloc[-1] for name, column in evidence.WEIGHTS.items()})


def taking(india: Vintage, weight: dict[str, float]) -> Vintage:
    """The vintage with these weights of the readings, by the name of each, whatever the evidence says."""
    return india.assuming(evidence.PRIOR, weight).assuming(evidence.RULE, {"tempering": 0.0})


def reweighed(india: Vintage, target: str, prior: GrowthPrior, horizon: int = 10) -> pd.DataFrame:
    """The mixture of a target under other weights of its readings: what all evidence makes of them, and without it.

    Returns
    -------
    pd.DataFrame
        ``weighting, period``, a column each reading with its weight, ``median, low80, high80`` (tonnes a fiscal year);
        empty where no year of it is suspect.
    """
    columns = ["weighting", "period", *READINGS, "median", "low80", "high80"]
    if suspect(india, target) is None:
        return pd.DataFrame(columns=columns)
    ranked, before = weights(india).sort_values(kind="stable"), evidence.table(india).iloc[0]
    taken = {
        "all evidence": ranked,
        "the prior alone": pd.Series({name: before[column] for name, column in evidence.WEIGHTS.items()}),
        "equal weights": pd.Series(1 / len(READINGS), list(READINGS)),
        "the likeliest for the least likely": pd.Series(ranked.to_numpy()[::-1], ranked.index),
    }
    made, last = yearly(india, prior, horizon), fiscal.fiscal_year(targets.totals(india, target).index[-1])
    found = []
    for year in range(last + 1, last + 1 + horizon):
        paths = {reading: table.loc[year].to_numpy() for reading, table in made.items()}
        found += [(name, fiscal.year_name(year), *weight[list(READINGS)], *mix(paths, weight, (0.5, 0.1, 0.9)))
                  for name, weight in taken.items()]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


@targets.remembered
def stated(india: Vintage, target: str = "customs") -> pd.DataFrame:
    """Every judgement that enters the mixture of a target, as it stood on the day; the rare-earth share as pooled.

    Returns
    -------
    pd.DataFrame
        ``assumption, segment, value, low, high, published, written, source, note``.
    """
    names = ["driver_weight", "regime_probability", "regime_dose", LICENSED]
    if target == "customs":
        names += ["regime_persistence", SHARE]
        if suspect(india) is not None:
            weighing = [evidence.PRIOR, evidence.RULE, *evidence.observed(india).index]
            names = [*weighing, *names, "recovery", "stock_payback", EXCESS, LEAST]
    else:
        names += [rare_earths.WEIGHT, rare_earths.SCOPED, "structure_weight", "supply_chance"]
    rows = india.table("assumptions")
    rows = rows[rows["assumption"].isin(names) & (rows["assumption"] != SHARE)]
    rows = pd.concat([rows, rare_earths.stated(india)], ignore_index=True) if SHARE in names else rows
    within = {segment: place for place, segment in enumerate(READINGS + REGIMES)}
    order = rows["assumption"].map(names.index) * 10 + rows["segment"].map(within).fillna(0)
    columns = ["assumption", "segment", "value", "low", "high", "published", "written", "source", "note"]
    return rows.loc[order.sort_values(kind="stable").index, columns].reset_index(drop=True)


def without_surge(sums: pd.Series, india: Vintage, episode: Episode) -> pd.Series:
    """The sums if the suspect tonnes are an error: those that hold the surge dropped.

    Of its single months, those go that stand out from a usual month as the year does from a usual year; the other half
    stays. Until it tells of the year, its tonnes are its value at the unit value of the typical year before: that
    year's tonnes times the growth of the value in rupees.
    """
    surge, whole = fiscal.months(episode.surge), fiscal.months(episode.year)
    usual = sums[episode.before] / len(fiscal.months(episode.before))
    sure = [p for p in sums.index if len(fiscal.months(p)) == 1 and sums[p] < LEAST_SURGE * usual]
    left = sums[[p in sure or not fiscal.months(p).isin(surge).any() for p in sums.index]]
    if any(fiscal.months(p).isin(whole).sum() >= evidence.HALF for p in left.index):
        return left
    value = india.series(targets.CUSTOMS.table, **targets.CUSTOMS.keys | {"measure": "value_inr"})["value"]
    growth = value[episode.year] / value[episode.before]
    return pd.concat([left, pd.Series({episode.year: sums[episode.before] * growth})])


def simulate(india: Vintage, prior: GrowthPrior, horizon: int = 10, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Months of ``customs`` in tonnes under each reading, one column a path; known sums hold in each.

    With the months :math:`x_t` simulated from the sums as recorded, or without the surge :math:`u_t`:

    - real and persistent: :math:`x_t`, moved in the years after the fall to :math:`L + \\rho_h (P - L)`, :math:`P` the
      suspect year, :math:`L` the one after it and :math:`\\rho_h` what others won back (rows ``recovery``), by rank;
      the less, the more is known of the first, up to half a year; no year is, by rank, below that of :math:`u_t`;
    - stock-building: :math:`f u_t - E / n` until the excess :math:`E` is paid back, :math:`n` months after the surge
      (row ``stock_payback``). What is paid so far follows from the months gone, and from it the demand :math:`f` that
      they stand for;
    - quantity error: :math:`u_t`.

    All times the licence factor :math:`(1 - s (1 - d_t)) / (1 - s (1 - d_0))` with the rare-earth share :math:`s`
    (:func:`.rare_earths.shares`) and the dose :math:`d` that a regime lets through, :math:`d_0` that of the present.

    Returns
    -------
    dict
        Reading to a table of months (PeriodIndex) by paths.
    """
    rows, episode, recovery = targets.known_sums(india), suspect(india), assumed(india, "recovery")
    sums, last = rows["value"], max(fiscal.months(p)[-1] for p in rows.index)
    rng = np.random.default_rng(np.random.SeedSequence([seed, *b"customs readings"]))
    total = max(fiscal.fiscal_year(p) for p in sums.index if fiscal.is_fiscal_year(p))
    end = total + max(horizon, _STEADY, len(recovery) + 1)
    known = [("as recorded", sums, real := weights(india).get(PERSISTENT, 1.0))]
    known += [("without surge", without_surge(sums, india, episode), 1 - real)] if episode else []
    of = {"prior": prior, "seed": seed, "years": end - fiscal.fiscal_year(last + 1) + 1}
    base = [simulate_months(s, bounds=_rounding(rows, s), item=i, share=w, **of).paths for i, s, w in known]
    recorded, clean, made = base[0], base[-1], {RECORDED: base[0]}
    if episode is not None:
        payback, excess, least = (assumed(india, name).iloc[0] for name in ("stock_payback", EXCESS, LEAST))
        past = _Past(sums, last, episode, least["value"])
        made = {PERSISTENT: _persistent(recorded, clean, past, recovery, prior.sd, rng)}
        made |= {STOCKS: _paid_back(clean, past, payback, excess, rng), ERROR: clean}
    share, ruled, each = rare_earths.shares(india, rng.uniform(size=clean.shape[1])), known_until(india), recorded.index
    turns = each[(each > min(last, ruled)) & ((each.month == 4) | (each <= ruled + 1))]
    dose = doses(india, turns, clean.shape[1], (DRAWN, CURRENT), seed)
    factor = (1 - share * (1 - dose[DRAWN])) / (1 - share * (1 - dose[CURRENT]))  # the same from turn to turn
    far = pd.Period(f"{total + _STEADY - 1}-04", "M")
    return {name: _licensed(table, last, turns, factor, far) for name, table in made.items()}


@lru_cache(maxsize=4)
def yearly(india: Vintage, prior: GrowthPrior, horizon: int = 10) -> dict[str, pd.DataFrame]:
    """:func:`simulate` in fiscal years."""
    return {name: years(months) for name, months in simulate(india, prior, horizon).items()}


def years(table: pd.DataFrame) -> pd.DataFrame:
    """Fiscal years in the place of months, whole ones only."""
    skipped, count = (4 - table.index[0].month) % 12, len(table)
    first, count = fiscal.fiscal_year(table.index[0] + skipped), (count - skipped) // 12
    sums = table.to_numpy()[skipped : skipped + 12 * count].reshape(count, 12, -1).sum(axis=1)
    return pd.DataFrame(sums, pd.RangeIndex(first, first + count, name="year"), table.columns)


def mix(made: dict[str, np.ndarray], weight: pd.Series, probabilities=QUANTILES) -> np.ndarray:
    """Quantiles of the mixture: of all paths together, each with its reading's weight over their number.

    Parameters
    ----------
    made : dict
        Reading to values, one a path.
    weight : pd.Series
        By reading, summing to one.

    Raises
    ------
    ValueError
        If the weights are negative, do not sum to one, or lack a reading.
    """
    if set(weight.index) != set(made) or (weight < 0).any() or abs(weight.sum() - 1) > 1e-9:
        raise ValueError(f"weights of {sorted(made)} must sum to one: {weight.to_dict()}")
    weight = weight[weight > 0]
    values = np.concatenate([made[name] for name in weight.index])
    each = np.concatenate([np.full(len(made[name]), weight[name] / len(made[name])) for name in weight.index])
    return weighted_quantiles(values, each, probabilities)


def precision(india: Vintage, prior: GrowthPrior, horizon: int = 10) -> pd.DataFrame:
    """Monte Carlo error of the mixture: ``period, quantile, error``, one standard error in per cent of the median."""
    weight, made, rows = weights(india), yearly(india, prior, horizon), []
    last = fiscal.fiscal_year(targets.totals(india, targets.CUSTOMS.name).index[-1])
    for year in range(last + 1, last + 1 + horizon):
        paths = {name: table.loc[year].to_numpy() for name, table in made.items()}
        error = 100 * monte_carlo(paths, weight) / mix(paths, weight, [0.5])
        rows += zip([fiscal.year_name(year)] * len(QUANTILES), QUANTILES, error, strict=True)
    return pd.DataFrame(rows, columns=["period", "quantile", "error"])


def monte_carlo(made: dict[str, np.ndarray], weight: pd.Series) -> np.ndarray:
    """One standard error of each quantile of :func:`mix`, from batches of paths that know nothing of each other."""
    stacked = np.column_stack([made[name] for name in weight.index])
    return monte_carlo_error(stacked, lambda part: mix(dict(zip(weight.index, part.T, strict=True)), weight))


def _rounding(rows: pd.DataFrame, sums: pd.Series) -> pd.DataFrame:
    """The bounds of the sums that stand as they were published."""
    same = rows.reindex(sums.index)
    return same.loc[same["value"].eq(sums) & same["value"].between(same["low"], same["high"]), ["low", "high"]]


def _persistent(table, clean, past, recovery, usual, rng) -> pd.DataFrame:
    """Months as recorded, scaled from the year after the fall on to the share of lost ground won back.

    A fall below the ``usual`` change of a year, in logs, scales them in part. Shares are a normal of two halves.
    """
    annual, fall = years(table), fiscal.fiscal_year(past.episode.year) + 1
    if past.last < pd.Period(f"{fall - 1}-04", "M") or fall not in annual.index:
        return table  # no fall is known yet, or it is history
    fallen = annual.loc[fall]
    lost = np.maximum(past.sums[past.episode.year] - fallen, 0)
    since = min(max((past.last - pd.Period(f"{fall}-03", "M")).n, 0), evidence.HALF)
    part = min(np.log1p(np.median(lost / fallen)) / usual, 1) * (1 - since / evidence.HALF)
    score = normal(rng.uniform(0.01, 0.99, table.shape[1])) / normal(0.9)
    made, factor = table.to_numpy(copy=True), 1.0
    for year in annual.index[annual.index >= max(fall + 1, fiscal.fiscal_year(past.last + 1))]:
        if year <= fall + len(recovery):
            low, value, high = recovery.iloc[year - fall - 1][["low", "value", "high"]]
            level = fallen + (value + score * np.where(score < 0, value - low, high - value)) * lost
            level = np.maximum(level, past.least * fallen)
            factor = np.where(lost > 1e-6, level / annual.loc[year], 1) ** part  # less than a gram is rounding
        begin = pd.Period(f"{year - 1}-04", "M")
        months = table.index.slice_indexer(max(begin, past.last + 1), begin + 11)
        made[months] = raised(made[months] * factor, clean.loc[table.index[months]].to_numpy())
    return pd.DataFrame(made, table.index)


def _paid_back(table, past, payback, excess, rng) -> pd.DataFrame:
    """Months of demand without the surge, higher by what stocks have covered since, less what is still to be paid.

    The clock runs from the surge: of the months until all is paid back, those gone have paid their part.
    """
    paths, of, since = table.shape[1], past.episode, table[past.episode.since : past.last]
    elapsed, whole = max((past.last - of.since).n + 1, 0), fiscal.months(of.year)
    if elapsed > payback["high"]:
        return table  # all is paid back
    months = np.maximum(np.rint(triangular(payback, paths, rng)), 1)
    paid = np.minimum(elapsed / months, 1)
    if of.located and of.surge in past.sums.index and len(since):
        count = len(fiscal.months(of.surge))
        run, surge = since.mean().to_numpy(), past.sums[of.surge] / count
        demand = (elapsed * run + count * paid * surge) / (elapsed + count * paid)
        factor, built = np.maximum(demand / run, 1), count * np.maximum(surge - demand, 0)
    elif not whole.isin(table.index).all():
        return table  # what the year held beside the surge is not known
    else:
        year, recorded = table.loc[whole].sum().to_numpy(), past.sums[of.year]
        built = np.maximum(recorded - year, 0) * triangular(excess, paths, rng)
        factor = np.maximum((recorded - built) / year, past.least)
    made, known = table.to_numpy(copy=True), (table.index <= past.last).sum()
    made[known:] *= factor
    wanted = made[known : known + max(int(months.max()) - elapsed, 0)]
    place = np.arange(1, len(wanted) + 1)[:, None] + elapsed
    wanted[:] = np.maximum(wanted - built / months * (place <= months), past.least * wanted)
    return pd.DataFrame(made, table.index)


def _licensed(table, last, turns, factor, far) -> pd.DataFrame:
    """Months of which those after the last known one are multiplied by the factor of the turn that they follow.

    Factors fall evenly on paths of all sizes in the year that begins ``far`` ahead.
    """
    factor = factor[:, paired(table[far : far + 11].to_numpy().sum(axis=0), factor[(turns <= far).sum() - 1])]
    made, known = table.to_numpy(copy=True), int((table.index <= last).sum())
    begin = np.maximum(turns.asi8 - last.ordinal - 1, 0) + known
    for first, after, row in zip(begin, [*begin[1:], None], factor, strict=True):
        made[first:after] *= row
    return pd.DataFrame(made, table.index)
