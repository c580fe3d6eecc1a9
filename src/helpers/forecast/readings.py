"""What FY25 was, and what licences allow: one forecast a reading, and their mixture by stated weights.

Three readings of the 53,748 t: the surge was real and demand persists; it was stock-building that is paid back;
it is a quantity error. Under each, the months to the end of the next fiscal year are simulated by ``nowcast``, and
later years grow by ``drift``. Demand is latent: what is recorded is capped, in its rare-earth part, by the licence
regime (:mod:`licences`). Every weight, probability and range is a dated row of ``data/assumptions.csv`` with a rating
of its evidence.
"""

from datetime import date

import numpy as np
import pandas as pd

from helpers import fiscal, load, trade
from helpers.forecast.calibrate import weighted_quantiles
from helpers.forecast.drift import QUANTILES, Drift, GrowthPrior, quantiles, shrunken_log_drift
from helpers.forecast.licences import REGIMES, assumed, doses, shares, triangular
from helpers.forecast.nowcast import nowcast

PERSISTENT, STOCKS, ERROR = "real and persistent", "stock-building, paid back", "quantity error"
READINGS = (PERSISTENT, STOCKS, ERROR)
YEAR, SURGE, AFTER_SURGE = "FY25", "FY25-H1", "2024-10"
COPIES = 3  # later years that each simulated path is given
LEAST_PART = 3  # months of a year that say something of its level
LEAST_LEFT = 0.1  # neither payback nor a further fall takes more than nine tenths of what a month would bring


def weights(as_of: str | date) -> pd.Series:
    """Weight of each reading of FY25, summing to one (rows ``reading_weight``)."""
    return shares(as_of, "reading_weight", READINGS)


@load.sourced
def stated(as_of: str | date) -> pd.DataFrame:
    """Every judgement that enters the mixture, as it stood on ``as_of``.

    Returns
    -------
    pd.DataFrame
        ``assumption, segment, value, low, high, published, source, note``.
    """
    names = {
        "reading_weight": READINGS,
        "regime_probability": REGIMES,
        "regime_dose": REGIMES,
        "regime_persistence": None,
        "rare_earth_share": None,
        "recovery": None,
        "stock_payback": None,
    }
    rows = load.table("assumptions", as_of)
    rows = rows[rows["assumption"].isin(names)]
    order = rows["assumption"].map(list(names).index) * 10 + rows["segment"].map(
        {segment: place for place, segment in enumerate(READINGS + REGIMES)}
    ).fillna(0)
    columns = ["assumption", "segment", "value", "low", "high", "published", "source", "note"]
    return rows.loc[order.sort_values(kind="stable").index, columns].reset_index(drop=True)


def known_sums(as_of: str | date, baseline_t: float | None = None) -> pd.Series:
    """Period sums of HS 850511 by trust: reported before derived, estimates and restatements left out.

    With a ``baseline_t`` other than the published FY25, that year's published parts no longer fit and are left out.
    """
    rows = trade.imports(as_of).dropna(subset="value")
    rows = rows[rows["status"].isin(["reported", "derived"])]
    sums = rows.loc[rows["status"].map(load.STATUSES.index).sort_values(kind="stable").index, "value"]
    if baseline_t is None or YEAR not in sums.index or float(baseline_t) == sums[YEAR]:
        return sums
    inside = [p for p in sums.index if p != YEAR and fiscal.months(p).isin(fiscal.months(YEAR)).all()]
    return sums.drop(inside).where(lambda s: s.index != YEAR, float(baseline_t))


def without_surge(sums: pd.Series, as_of: str | date) -> pd.Series:
    """The sums if FY25's tonnes are an error: those that hold the surge dropped.

    The second half and single months stay. Until they tell of the year, its tonnes are its value at the unit value
    of the year before: FY24's tonnes times the growth of the value in rupees.
    """
    surge = fiscal.months(SURGE)
    doubtful = [p for p in sums.index if len(fiscal.months(p)) > 1 and fiscal.months(p).isin(surge).any()]
    left = sums.drop(doubtful)
    if any(fiscal.fiscal_year(p) == fiscal.fiscal_year(YEAR) and len(fiscal.months(p)) >= 6 for p in left.index):
        return left
    value = trade.imports(as_of, "value_inr")["value"]
    return pd.concat([left, pd.Series({YEAR: sums["FY24"] * value[YEAR] / value["FY24"]})])


def simulate(
    as_of: str | date, prior: GrowthPrior, baseline_t: float | None = None, horizon: int = 10, seed: int = 1
) -> dict[str, pd.DataFrame]:
    """Months of ``customs`` in tonnes under each reading, one column a path; known sums hold in each.

    With the months :math:`x_t` simulated from the sums as recorded, or without the surge :math:`u_t`:

    - real and persistent: :math:`x_t`, and from the year after the fall on at
      :math:`L + \\rho_h (P - L)` a year, with :math:`P` FY25, :math:`L` FY26 and :math:`\\rho_h` the share of
      lost ground that others recovered (rows ``recovery``), the same rank in all years;
    - stock-building: :math:`f u_t - (1 - p) E / n` until the rest of the excess :math:`E` is paid back after
      :math:`n` months. The share :math:`p` paid back so far is unknown, uniform from 0 to 1, and with it the demand
      :math:`f` that the months since the surge stand for;
    - quantity error: :math:`u_t`.

    All times the licence factor :math:`(1 - s (1 - d_t)) / (1 - s (1 - d_0))` with the rare-earth share :math:`s`
    and the dose :math:`d` that a regime lets through.

    Returns
    -------
    dict
        Reading to a table of months (PeriodIndex) by paths.
    """
    sums = known_sums(as_of, baseline_t)
    last = max(fiscal.months(p)[-1] for p in sums.index)
    rng = np.random.default_rng(np.random.SeedSequence([seed, *b"customs readings"]))
    recovery = assumed(as_of, "recovery")
    total = max(fiscal.fiscal_year(p) for p in sums.index if fiscal.is_fiscal_year(p))
    end = total + max(horizon, len(recovery) + 1)
    recorded, clean = (
        _extend(nowcast(known, prior, seed=seed, item=item).paths, known, last, prior, end, rng)
        for item, known in (("as recorded", sums), ("without surge", without_surge(sums, as_of)))
    )
    made = {
        PERSISTENT: _persistent(recorded, sums, last, recovery, rng),
        STOCKS: _paid_back(clean, sums, last, assumed(as_of, "stock_payback").iloc[0], rng),
        ERROR: clean,
    }
    share = triangular(assumed(as_of, "rare_earth_share").iloc[0], clean.shape[1], rng)
    dose = doses(as_of, clean.index, clean.shape[1], seed)
    factor = (1 - share * (1 - dose["mixture"])) / (1 - share * (1 - dose["partial"]))
    factor[clean.index <= last] = 1
    return {name: table * factor for name, table in made.items()}


def simulate_demand(fitted: Drift, ahead: np.ndarray, paths: int, seed: int = 1) -> np.ndarray:
    """Yearly demand from a fitted drift, years x paths: a path keeps its rank in every year."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, *b"demand"]))
    return quantiles(fitted, ahead, rng.permutation((np.arange(paths) + 0.5) / paths))


def years(table: pd.DataFrame) -> pd.DataFrame:
    """Fiscal years in the place of months, whole ones only."""
    year = table.index.year + (table.index.month >= 4)
    whole = pd.Series(1, index=table.index).groupby(year).transform("sum").to_numpy() == 12
    return table[whole].groupby(year[whole]).sum().rename_axis("year")


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


def _extend(table, sums, last, prior, end, rng) -> pd.DataFrame:
    """The months simulated, and those of later years: the last year's, grown by a shrunken log-drift.

    The drift is fitted to yearly totals, and to the current year once three of its months are known. Its variance
    and growth are drawn once a path, its steps every year.
    """
    table = pd.concat([table] * COPIES, axis=1, ignore_index=True)
    annual, first, current = years(table), fiscal.fiscal_year(YEAR), fiscal.fiscal_year(last + 1)
    known = {fiscal.fiscal_year(p) for p in sums.index if fiscal.is_fiscal_year(p)} | {first}
    if (last - pd.Period(f"{current - 1}-03", "M")).n >= LEAST_PART:
        known.add(current)
    levels = annual.loc[[year for year in sorted(known) if year in annual.index]].median(axis=1)
    fitted = shrunken_log_drift(levels.set_axis(levels.index.astype(float)), prior)
    paths, count = table.shape[1], max(end - annual.index[-1], 0)
    sd = fitted.sd * np.sqrt(fitted.dof / rng.chisquare(fitted.dof, paths))
    growth = fitted.growth + fitted.growth_se * sd / fitted.sd * rng.standard_normal(paths)
    grown = np.exp(np.cumsum(growth + sd * rng.standard_normal((count, paths)), axis=0))
    months = pd.period_range(table.index[-1] + 1, periods=12 * count, freq="M")
    later = np.tile(table.iloc[-12:].to_numpy(), (count, 1)) * np.repeat(grown, 12, axis=0)
    return pd.concat([table, pd.DataFrame(later, index=months, columns=table.columns)])


def _persistent(table, sums, last, recovery, rng) -> pd.DataFrame:
    """Months as recorded, scaled from the year after the fall on to the share of lost ground won back."""
    annual = years(table)
    fall = fiscal.fiscal_year(YEAR) + 1
    if last < pd.Period(f"{fall - 1}-04", "M"):
        return table  # no fall is known yet
    lost = np.maximum(sums[YEAR] - annual.loc[fall], 0)
    rank = rng.uniform(0.01, 0.99, table.shape[1])
    factor = pd.DataFrame(1.0, index=annual.index, columns=table.columns)
    for after, (_, row) in enumerate(recovery.iterrows(), start=1):
        level = annual.loc[fall] + _two_sided(row, rank) * lost
        least = LEAST_LEFT * annual.loc[fall]
        factor.loc[fall + after] = np.where(lost > 0, np.maximum(level, least) / annual.loc[fall + after], 1)
    later = factor.index > fall + len(recovery)
    factor.loc[later] = factor.loc[fall + len(recovery)].to_numpy()
    return table * _by_month(factor, table.index, last)


def _paid_back(table, sums, last, payback, rng) -> pd.DataFrame:
    """Months of demand without the surge, higher by what stocks have covered since, less what is still to be paid."""
    paths, future = table.shape[1], table.index > last
    since = (table.index >= pd.Period(AFTER_SURGE, "M")) & ~future
    year = table.loc[fiscal.months(YEAR)].sum().to_numpy()
    if SURGE in sums.index and since.any():
        paid = rng.uniform(0, 1, paths)
        run, surge = table[since].mean().to_numpy(), sums[SURGE] / 6
        demand = (since.sum() * run + 6 * paid * surge) / (since.sum() + 6 * paid)
        factor, left = np.maximum(demand / run, 1), (1 - paid) * 6 * np.maximum(surge - demand, 0)
    else:
        excess = np.maximum(sums[YEAR] - year, 0) * rng.uniform(0.5, 1, paths)
        factor, left = np.maximum((sums[YEAR] - excess) / year, LEAST_LEFT), excess
    months = np.rint(triangular(payback, paths, rng))
    place = np.arange(1, future.sum() + 1)[:, None]
    wanted = table[future].to_numpy() * factor
    table = table.copy()
    table.loc[future] = np.maximum(wanted - left / months * (place <= months), LEAST_LEFT * wanted)
    return table


def _by_month(factor, months, last) -> np.ndarray:
    """A yearly factor on each month after the last known one, months x paths."""
    table = factor.reindex(months.year + (months.month >= 4)).to_numpy()
    return np.where((months > last)[:, None] & ~np.isnan(table), table, 1)


def _two_sided(row, rank) -> np.ndarray:
    """Quantiles of a normal of two halves through a row's low, value and high at 0.1, 0.5 and 0.9."""
    from scipy.special import ndtri

    side = np.where(rank < 0.5, row["value"] - row["low"], row["high"] - row["value"])
    return row["value"] + side * ndtri(rank) / ndtri(0.9)
