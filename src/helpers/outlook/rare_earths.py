"""India's imports of rare-earth magnets: four estimates that disagree, one number, and what share of HS 850511 it is.

Each estimate counts something else: what the prices of line 85051190 allow, what the press quotes, what China counts on
its own line of rare-earth magnets, what India is said to use. A row ``rare_earth_scope`` of ``assumptions.csv`` turns
each into magnets imported as magnets, a row ``rare_earth_weight`` says how much it counts.
"""

import itertools

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import ASSUMED, Quantity, Vintage, derived, ids
from helpers.ensemble.draws import normal
from helpers.ensemble.quantiles import weighted_quantiles
from helpers.outlook import agreement, blend, customs, episodes, mirror, targets
from helpers.outlook.agreement import CHINA, MAGNETS, PRESS, PRICE, SHIPPED, USE, ends, middle

NEAR = 2
"""Years between two figures that may still be held against each other."""

LEAST = 1.0
"""Tonnes below which a price leaves none: logarithms have no nought."""

COUNT = 2000
FIGURE, SCOPE, LEVEL = (((np.arange(COUNT) + 0.5) * step) % 1 for step in (1 / COUNT, 5**0.5 / 2, 2**0.5))
"""Ranks at which three distributions are read together, evenly and without a seed: a lattice (Niederreiter 1992)."""

_NUMBERS = ["value", "low", "high"]
_COLUMNS = [*_NUMBERS, "published", "source", "note"]
WEIGHT, SCOPED = "rare_earth_weight", "rare_earth_scope"
SHARE = "rare_earth_share"
"""The assumption that stands for the share while no estimate of the tonnes is public."""


@targets.remembered
def counted(india: Vintage) -> pd.DataFrame:
    """Every count of a whole year that has begun, each estimate from its oldest year to its newest.

    Returns
    -------
    pd.DataFrame
        ``estimate, period, value, low, high`` (as of :func:`estimates`), ``published, source, note``.
    """
    figures = {PRICE: _by_price(india), PRESS: india.series("trade", measure="weight", **MAGNETS)}
    figures |= {CHINA: _by_year(india.series("trade", **SHIPPED)), USE: targets.sums(india, "repm")}
    columns = ["estimate", "period", *_COLUMNS]
    found = [_years(india, rows).assign(estimate=name)[columns] for name, rows in figures.items()]
    table = pd.concat([rows for rows in found if len(rows)] or found[:1], ignore_index=True)
    return table.astype(dict.fromkeys(_NUMBERS, float))


@targets.remembered
def estimates(india: Vintage) -> pd.DataFrame:
    """What is public of India's rare-earth magnets a year, each of the newest year it is known for.

    Returns
    -------
    pd.DataFrame
        Indexed by ``estimate``, of the four those that are public: ``period, value, low, high`` (tonnes; 90 %
        of the customs price estimate, else as printed; ``value`` is a gap where only a range is), ``weight``,
        ``scope, scope_low, scope_high`` (what it has to be multiplied by), ``pool, pool_low, pool_high`` (median and
        80 % of the product, which enters the pool), ``source``, ``note``.
    """
    found = counted(india)
    table = found.groupby("estimate", sort=False).tail(1).set_index("estimate")[["period", *_NUMBERS, "source", "note"]]
    scope = india.assumption(SCOPED).reindex(table.index)[_NUMBERS].fillna(1.0)
    table[["scope", "scope_low", "scope_high"]] = scope
    table["weight"] = india.assumption(WEIGHT).reindex(table.index)["value"]
    at = [np.quantile(_imports(row), (0.1, 0.5, 0.9)) for _, row in table.iterrows()]
    table[["pool_low", "pool", "pool_high"]] = np.reshape(at, (-1, 3))
    return table


def pairs(india: Vintage) -> pd.DataFrame:
    """For each pair of estimates, what would have to be true, alone, for both to hold (:mod:`.agreement`).

    Returns
    -------
    pd.DataFrame
        Indexed by ``smaller, larger``: ``meet`` (whether their ranges do, as they stand), ``condition``, ``value, low,
        high, unit``; ``usual_low, usual_high`` (what is known of the same thing, gaps if nothing is) and ``fits``
        (whether the two ranges meet; None without one); ``source``.
    """
    found, rows = estimates(india), []
    for smaller, larger in itertools.combinations(sorted(found.index, key=lambda name: middle(found.loc[name])), 2):
        one, other = found.loc[smaller], found.loc[larger]
        meet = ends(one)[2] >= ends(other)[0]
        for condition, unit, (low, value, high), usual, used in agreement.conditions(india, one, other):
            fits = None if np.isnan(usual[0]) else bool(low <= usual[1] and usual[0] <= high)
            of = ids(one, other, *used)
            rows.append((smaller, larger, meet, condition, value, low, high, unit, *usual, fits, of))
    keys = ["smaller", "larger"]
    columns = [*keys, "meet", "condition", *_NUMBERS, "unit", "usual_low", "usual_high", "fits", "source"]
    return pd.DataFrame(rows, columns=columns).set_index(keys)


def imported(india: Vintage) -> Quantity | None:
    """Rare-earth magnets that India imports as magnets, tonnes a year: median and 80 % interval of the pool.

    A linear pool (Stone 1961): every estimate that is public, times its scope, counts by its weight over the weights
    of those that are. None while none is public.
    """
    found = estimates(india)
    if found.empty:
        return None
    tonnes, weights = _pool(found)
    low, value, high = weighted_quantiles(tonnes, weights, (0.1, 0.5, 0.9))
    return derived(value, "t", found, _judged(india), low=low, high=high)


def used(india: Vintage, base: pd.Series, ranks: np.ndarray, yearly: float) -> np.ndarray:
    """Quantiles at some ranks of what a year's use of rare-earth magnets was, tonnes.

    A log-normal of two halves through the 5, 50 and 95 % points of the pool, as use: what the estimates say of magnets
    imported as magnets is divided by the part of the use that comes so (the scope of stated use); stated use stands as
    it is. Estimates of other years grow to the base. An assumed base stands alone.

    Parameters
    ----------
    india : Vintage
    base : pd.Series
        The yearly figure, of ``targets.totals(india, "repm")``.
    ranks : array
        From 0 to 1.
    yearly : float
        Growth in log points a year.
    """
    found = estimates(india)
    if base["status"] == ASSUMED or USE not in found.index:
        return np.full(ranks.shape, float(base["value"]))
    scope = bare(india, LEVEL)
    grown = np.exp([yearly * (fiscal.centre(base.name) - fiscal.centre(period)) for period in found["period"]])
    of = [_skewed(*ends(row), FIGURE) if name == USE else _imports(row) / scope for name, row in found.iterrows()]
    weight = np.repeat(found["weight"].to_numpy(), COUNT)
    low, value, high = weighted_quantiles(np.ravel(np.array(of) * grown[:, None]), weight, (0.05, 0.5, 0.95))
    return _skewed(low, value, high, ranks)


def bare(india: Vintage, ranks: np.ndarray) -> np.ndarray:
    """Quantiles at some ranks of the part of the use that comes as magnets, 0-1: the scope of stated use."""
    scope = india.assumption(SCOPED)
    if USE not in scope.index:
        return np.ones(ranks.shape)
    low, value, high = scope.loc[USE, ["low", "value", "high"]]
    return _triangular(low, value, high, ranks)


def highest(india: Vintage) -> list[tuple]:
    """The most use that each count of imports allows: tonnes, time, sources."""
    found = estimates(india)
    if USE not in found.index:
        return []
    use, rest = found.loc[USE], found.drop(index=USE)
    most = rest.apply(lambda row: ends(row)[2] * row["scope_high"] / use["scope_low"], axis=1)
    return [(most[name], fiscal.centre(row["period"]), ids(row, use)) for name, row in rest.iterrows()]


@targets.remembered
def sound(india: Vintage) -> Quantity:
    """What a year of HS 850511 holds, tonnes: the newest sound level, its range as far as both sides' counts say."""
    level, counted = episodes.level(india, "customs"), mirror.underlying(india)
    if counted is None or abs(fiscal.centre(counted.period) - fiscal.centre(level.period)) > NEAR:
        return level
    low, _, high = ends(pd.Series(vars(level)))
    low, high = min(low, counted.low), max(high, counted.high)
    return derived(level.value, "t", level, counted, period=level.period, low=low, high=high)


@targets.remembered
def share(india: Vintage) -> Quantity:
    """The part of HS 850511 that is rare-earth magnet, per cent of the weight of :func:`sound`: median and 80 %."""
    low, value, high = 100 * shares(india, np.array([0.1, 0.5, 0.9]))
    found = estimates(india)
    used = [found, _judged(india), sound(india)] if len(found) else [india.assumption(SHARE)]
    return derived(value, "%", *used, low=low, high=high)


def shares(india: Vintage, ranks: np.ndarray) -> np.ndarray:
    """Quantiles of that part at some ranks, 0-1 of the weight: the pool over the level, each in its own range.

    While no estimate is public, those of the row ``rare_earth_share``.
    """
    found = estimates(india)
    if found.empty:
        row = india.assumption(SHARE).iloc[0]
        return _triangular(row["low"], row["value"], row["high"], ranks)
    parts, weights = _parts(india)
    return weighted_quantiles(parts, weights, ranks)


@targets.remembered
def stated(india: Vintage) -> pd.DataFrame:
    """The share as a row of ``assumptions.csv``, 0-1, dated by the judgements that it rests on."""
    found, rows = estimates(india), _judged(india)
    if found.empty:
        return india.table("assumptions", assumption=SHARE)
    of = share(india)
    note = f"{of:.1} ({of:range.1}), pooled over what is public of the tonnes, as in chapter 1"
    row: dict[str, object] = {"assumption": SHARE, "segment": "HS 850511", "material": "tonnes", "unit": "share"}
    row |= {"value": of.value / 100, "low": of.low / 100, "high": of.high / 100, "status": "derived", "note": note}
    row |= {"published": rows["published"].max(), "written": rows["written"].max()}
    return pd.DataFrame([row | {"source": ids(of)}])


@targets.remembered
def _parts(india: Vintage) -> tuple[np.ndarray, np.ndarray]:
    """The pool over the level of HS 850511, 0-1, and the weights."""
    found = estimates(india)
    tonnes, weights = _pool(found)
    level = _triangular(*ends(pd.Series(vars(sound(india)))), LEVEL)
    return np.minimum(tonnes / np.tile(level, len(found)), 1), weights


def _by_price(india: Vintage) -> pd.DataFrame:
    keys = [(measure, partner) for measure in ("weight", "value_usd") for partner in ("world", "CHN")]
    tables, found = [customs.imports(india, measure, customs.OTHER_METAL, partner) for measure, partner in keys], {}
    note = "tonnes of line 85051190 that its unit value leaves for rare-earth magnets"
    for year in filter(fiscal.is_fiscal_year, tables[-2].index):
        part = blend.rare_earth_part(india, year)
        if len(part):
            tonnes = part.loc[[0.5, 0.05, 0.95], "tonnes"].clip(lower=LEAST)
            public = max(table.loc[year, "published"] for table in tables)
            found[year] = [*tonnes, public, part["source"].iloc[0], note]
    return pd.DataFrame.from_dict(found, orient="index", columns=_COLUMNS).rename_axis("period")


def _by_year(rows: pd.DataFrame) -> pd.DataFrame:
    """Figures by calendar year; a year of which only some months are known, at their least and greatest yearly rate."""
    months = rows[rows.index.str.fullmatch(r"\d{4}-\d\d") & rows["value"].notna()]
    whole, found = rows[rows[_NUMBERS].notna().any(axis=1)], {}
    for year, known in months.groupby(months.index.str[:4]):
        if year not in whole.index and len(known) >= targets.LEAST_PART:
            rates = [12 * known["value"].min(), 12 * known["value"].max()]
            note = "its known months at a yearly rate, the least and the greatest"
            found[year] = [np.nan, *rates, known["published"].max(), ids(known), note]
    parts = pd.DataFrame.from_dict(found, orient="index", columns=_COLUMNS).rename_axis("period")
    table = pd.concat([part for part in (whole[_COLUMNS], parts) if len(part)] or [parts])
    return table.loc[sorted(table.index, key=fiscal.centre)]


def _years(india: Vintage, rows: pd.DataFrame) -> pd.DataFrame:
    """The whole years that have begun, with a positive figure or a range."""
    rows = rows[rows[_NUMBERS].max(axis=1) > 0]
    begun = [fiscal.is_year(p) and fiscal.span(p)[0] <= india.day for p in rows.index]
    return rows.loc[begun].rename_axis("period").reset_index()


def _pool(found: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Tonnes of the pool and their weights, which sum to one."""
    tonnes = np.concatenate([_imports(row) for _, row in found.iterrows()])
    return tonnes, np.repeat((found["weight"] / found["weight"].sum() / COUNT).to_numpy(), COUNT)


def _imports(row: pd.Series) -> np.ndarray:
    """An estimate times its scope, at ranks of both."""
    return _skewed(*ends(row), FIGURE) * _triangular(row["scope_low"], row["scope"], row["scope_high"], SCOPE)


def _skewed(low: float, value: float, high: float, ranks: np.ndarray) -> np.ndarray:
    """Quantiles of a log-normal of two halves, with 90 % between its ends."""
    side = np.where(ranks < 0.5, value / low, high / value)
    return value * side ** (normal(ranks) / normal(np.array(0.95)))


def _triangular(low: float, value: float, high: float, ranks: np.ndarray) -> np.ndarray:
    """Quantiles of a triangle from ``low`` to ``high`` with its top at ``value``."""
    if low == high:
        return np.full(ranks.shape, value)
    left = low + np.sqrt(ranks * (high - low) * (value - low))
    right = high - np.sqrt((1 - ranks) * (high - low) * (high - value))
    return np.where(ranks < (value - low) / (high - low), left, right)


def _judged(india: Vintage) -> pd.DataFrame:
    """The judgements on the estimates that are public."""
    rows = india.table("assumptions")
    return rows[rows["assumption"].isin([WEIGHT, SCOPED]) & rows["segment"].isin(estimates(india).index)]
