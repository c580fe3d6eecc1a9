"""The annual forecast of a target: from the total as recorded, from the newest sound level, and under each reading.

The table that leaves here is the contract of every forecast in this project, long and tidy:
``as_of, target, origin, horizon, period, scenario, model, growth, counterfactual, quantile, value`` (tonnes a fiscal
year): ``growth`` is of which kind of series, ``counterfactual`` whether what is public of a year speaks against the
scenario. Quantiles are published as far as :mod:`.limits` says, and none is above what can be had.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, sources_of
from helpers.ensemble import drift
from helpers.ensemble.quantiles import QUANTILES
from helpers.outlook import evidence, growth, licences, limits, pool, readings, structure, targets
from helpers.outlook.episodes import sound, suspect

_KEYS = ["as_of", "target", "origin", "horizon", "period", "scenario", "model"]
COLUMNS = [*_KEYS, "growth", "counterfactual", "quantile", "value"]
NAIVE, SIMULATION = "naive", "simulation"
MODELS: dict[str, Callable[[pd.Series, drift.GrowthPrior], drift.Drift]] = {
    "shrunken drift": drift.shrunken_log_drift,
    NAIVE: drift.naive,
}
"""Every model: a function of yearly levels and the growth prior. The first leads; ``naive`` is the benchmark."""

NAMED = {0.5: "median", 0.1: "low80", 0.9: "high80", 0.025: "low95", 0.975: "high95"}
"""Columns of a forecast as people read it, by quantile."""
RECORDED, LEVEL, MIXTURE = "as recorded", "newest level", "mixture"
STEPS = 5
"""Years ahead of which is told what moves a forecast, beside the one that runs."""


@targets.remembered
def expected(india: Vintage, target: str = "customs", horizon: int = 10) -> pd.DataFrame:
    """Quantiles of yearly tonnes, ``horizon`` fiscal years ahead, under every scenario and model.

    Scenario ``as recorded`` and, where there is one, ``newest level`` are those of :func:`starting_points`. Then, for
    ``customs``, each reading of the suspect year (:mod:`readings`); for ``repm``, each licence regime held for ever.
    Scenario ``mixture`` weighs these: regimes are pooled linearly (Stone 1961), because they are apart. Beside it stand
    for ``repm`` the two ways that each regime averages (:mod:`structure`).

    Parameters
    ----------
    india : Vintage
    target : {"customs", "repm"}
        Tonnes under HS 850511; or rare-earth permanent magnets, as magnets or inside motors, that have to be imported.
    horizon : int
        Fiscal years ahead, from 1.

    Returns
    -------
    pd.DataFrame
        ``COLUMNS``; of ``QUANTILES`` those that are published (:func:`.limits.published`).

    Raises
    ------
    ValueError
        If the target is unknown, or has no yearly total in the vintage, or ``horizon`` is below 1.
    """
    if horizon < 1:
        raise ValueError(f"horizon is {horizon}; a forecast reaches at least 1 year ahead")
    known = targets.totals(india, target)["value"]
    years = fiscal.fiscal_year(known.index[-1]) + np.arange(1, horizon + 1)
    if target == "customs":
        origin, weight = targets.newest(india, target).name, readings.weights(india)
        simulated = [_simulated(readings.yearly(india, prior(india), horizon), weight, years)]
    else:
        origin, weight = known.index[-1], licences.regimes(india).rename(index="licences {}".format)
        ways = structure.paths(india, years)
        simulated = [_simulated(ways.pop(structure.BOTH), weight, years)]
        simulated += [_pooled(made, weight, years).assign(scenario=way) for way, made in ways.items()]
    table = pd.concat([starting_points(india, target, horizon), *(rows.assign(origin=origin) for rows in simulated)])
    speaks = table["scenario"].isin([RECORDED] if contradicted(table, india, target) else [])
    kind = growth.taken(india, target).kind
    table = table.assign(as_of=str(india.day), target=target, growth=kind, counterfactual=speaks)
    return limits.published(limits.held(table, india, target))[COLUMNS].reset_index(drop=True)


def contradicted(table: pd.DataFrame, india: Vintage, target: str) -> bool:
    """Whether what is public of the year begun speaks against growth from the totals as recorded.

    So it does if the median of that growth is outside the mixture's 95 % interval of the year, in which every path
    holds what is public.
    """
    if targets.part_year(india, target) is None:
        return False
    values = leading(table[table["horizon"] == 1]).set_index(["scenario", "quantile"])["value"]
    return not values[MIXTURE, QUANTILES[0]] <= values[RECORDED, 0.5] <= values[MIXTURE, QUANTILES[-1]]


def starting_points(india: Vintage, target: str, horizon: int) -> pd.DataFrame:
    """Paths of each model from each level a forecast may start from.

    ``as recorded`` starts from the yearly totals as they stand. ``newest level`` is there once something later than a
    suspect year is known, be it a total or at least a quarter: it leaves the suspect year out, takes a part-year at
    its yearly rate, and keeps the tonnes already recorded as they are.

    Returns
    -------
    pd.DataFrame
        ``COLUMNS`` without ``as_of``, ``target``, ``growth`` and ``counterfactual``.
    """
    known, parts = targets.totals(india, target)["value"], targets.part_years(india, target)
    own, taken = levels(india, target)["value"], prior(india, target)
    year, path = fiscal.fiscal_year(known.index[-1]), []
    frames = [_paths(known, year, known.index[-1], horizon, prior(_until_total(india, target), target), RECORDED)]
    for before, part in enumerate(parts[:horizon]):
        more = _paths(own[: part.name], year + before, part.name, horizon - before, taken, LEVEL, part["value"])
        path = [one[one["horizon"] <= before] for one in path] + [more.assign(horizon=more["horizon"] + before)]
    if not parts and 0 < len(own) < len(known) and own.index[-1] == known.index[-1]:
        path = [_paths(own, year, own.index[-1], horizon, taken, LEVEL)]
    return pd.concat([*frames, *path])


def levels(india: Vintage, target: str) -> pd.DataFrame:
    """A target's own yearly levels: its sound totals, and parts of years since at their rate; ``value, source``."""
    rows = sound(india, target)[["value", "source"]]
    for part in targets.part_years(india, target):
        rows.loc[part.name] = [part["value"] * 12 / len(fiscal.months(part.name)), part["source"]]
    return rows


@targets.remembered
def used(india: Vintage, target: str, scenario: str = MIXTURE) -> frozenset[str]:
    """The sources of everything that a scenario of the forecast is made from."""
    grown = growth.taken(india, target).sources
    if scenario == RECORDED:
        return sources_of(targets.totals(india, target), *grown)
    if scenario == LEVEL:
        return sources_of(sound(india, target), *targets.part_years(india, target), *grown, suspect(india, target))
    rows = [readings.stated(india, target), licences.known(india)]
    if target == "customs":
        rows += [*grown, targets.totals(india, target), targets.known_sums(india)]
        rows += [evidence.table(india), suspect(india)]
    else:
        way = scenario if scenario in (structure.COUNTED, structure.SECTORS) else structure.BOTH
        rows.append(structure.used(india, way))
    return sources_of(*rows)


def beside(india: Vintage, target: str, horizon: int = 10) -> pd.DataFrame:
    """The forecast of the other target to the same last year; empty while it has no public total before that."""
    other = targets.other(target)
    if not {target, other} <= set(targets.with_totals(india)):
        return pd.DataFrame(columns=COLUMNS)
    ends = [fiscal.fiscal_year(targets.totals(india, name).index[-1]) for name in (target, other)]
    ahead = ends[0] + horizon - ends[1]
    return expected(india, other, ahead) if ahead > 0 else pd.DataFrame(columns=COLUMNS)


def ways(india: Vintage, table: pd.DataFrame) -> pool.Pair:
    """The two ways of a forecast of rare-earth magnets, and their average, which it is (:mod:`structure`).

    Empty while sectors cannot be reckoned, or without the forecast.
    """
    first, second = (table[table["scenario"] == way] for way in (structure.COUNTED, structure.SECTORS))
    both = table[table["scenario"] == MIXTURE] if len(second) else second
    return pool.Pair(first, second, both, used(india, targets.REPM.name) if len(second) else frozenset())


def supplied(india: Vintage, first: str, last: str, only: str) -> pd.DataFrame:
    """The forecast of rare-earth magnets of some years if one scenario of what India makes were certain."""
    years = np.arange(fiscal.fiscal_year(first), fiscal.fiscal_year(last) + 1)
    weight = licences.regimes(india).rename(index="licences {}".format)
    return _pooled(structure.paths(india, years, only)[structure.BOTH], weight, years).assign(scenario=only)


def leading(table: pd.DataFrame) -> pd.DataFrame:
    """A forecast, or its intervals, by the model that leads: one model a scenario."""
    return table[table["model"].isin([next(iter(MODELS)), SIMULATION])]


def by_quantile(values: Sequence, years: np.ndarray) -> pd.DataFrame:
    """Values of fiscal years, years x :data:`QUANTILES`, as rows: ``horizon`` (from 1), ``period, quantile, value``."""
    count, steps = len(QUANTILES), np.arange(len(years))
    labels = {"horizon": steps.repeat(count) + 1, "period": np.repeat([*map(fiscal.year_name, years)], count)}
    return pd.DataFrame({**labels, "quantile": QUANTILES * len(years), "value": np.ravel(values)})


def intervals(table: pd.DataFrame) -> pd.DataFrame:
    """A forecast as people read it: one row a scenario, model and period, with median and both intervals.

    Returns
    -------
    pd.DataFrame
        ``target, scenario, model, horizon, period, median, low80, high80, low95, high95``, tonnes; gaps in the years
        for which an interval is not published.
    """
    keys = ["target", "scenario", "model", "horizon", "period"]
    wide = table.pivot(index=keys, columns="quantile", values="value")
    wide = wide.loc[pd.MultiIndex.from_frame(table[keys].drop_duplicates())]
    return wide.reindex(columns=list(NAMED)).rename(columns=NAMED).rename_axis(columns=None).reset_index()


def at(table: pd.DataFrame, period: str, scenario: str = MIXTURE, uses: Iterable = ()) -> Quantity | None:
    """Median and 80 % interval of a year under a scenario by its leading model; None if the forecast has it not.

    The interval is a gap beyond the years for which it is published.
    """
    rows = leading(table)
    rows = rows[(rows["period"] == period) & (rows["scenario"] == scenario)].set_index("quantile")["value"]
    if rows.empty:
        return None
    low, high = (rows.get(level, np.nan) for level in (0.1, 0.9))
    return derived(rows[0.5], "t", *uses, period=period, low=low, high=high)


def steps(table: pd.DataFrame, india: Vintage) -> list[str]:
    """The years of a forecast that are read out: its first, the one that runs, five years ahead, and its last."""
    periods = list(table["period"].unique())
    return [period for period in periods if period in {periods[0], *near(table, india), periods[-1]}]


def near(table: pd.DataFrame, india: Vintage) -> list[str]:
    """The year of a forecast that runs, and its fifth, or last before that; one if they are the same."""
    return list(dict.fromkeys([running(table, india), [*table["period"].unique()][:STEPS][-1]]))


def running(table: pd.DataFrame, india: Vintage) -> str:
    """The fiscal year of a forecast that runs on the day, else the nearest it has."""
    periods = list(table["period"].unique())
    now = fiscal.fiscal_year(pd.Timestamp(india.day))
    return min(periods, key=lambda period: abs(fiscal.fiscal_year(period) - now))


def prior(india: Vintage, target: str = "customs") -> drift.GrowthPrior:
    """The growth prior that is taken for a target (:mod:`.growth`)."""
    return growth.taken(india, target).prior


def _until_total(india: Vintage, target: str) -> Vintage:
    """The vintage without what is known of a target after its last yearly total."""
    of, end = targets.target(target), fiscal.span(targets.totals(india, target).index[-1])[1]
    table = india.stored[of.table]
    own, at = set(table.places(dict(of.keys))), table.columns.index("period")
    kept = [row for place, row in enumerate(table.rows) if place not in own or fiscal.span(row[at])[1] <= end]
    return india.having({of.table: table.having(kept)}, india.live) if len(kept) < len(table.rows) else india


def _paths(levels, year, origin, horizon, prior_, scenario, known_tonnes=None) -> pd.DataFrame:
    times = levels.set_axis(levels.index.map(fiscal.centre))
    years = year + np.arange(1, horizon + 1)
    ahead = years - times.index[-1]
    frames = []
    for model, fit in MODELS.items():
        fitted = fit(times, prior_)
        values = drift.quantiles(fitted, ahead)
        if known_tonnes is not None:  # the part of the first year that is already recorded stays as it is
            done = known_tonnes / fitted.level
            values[0] = known_tonnes + (1 - done) * drift.quantiles(fitted, np.array([0.5]))[0]
        frames.append(by_quantile(values, years).assign(model=model, origin=origin, scenario=scenario))
    return pd.concat(frames)


def _simulated(made: dict[str, pd.DataFrame], weight: pd.Series, years: np.ndarray) -> pd.DataFrame:
    """Quantiles of the paths of each scenario, if there are several, and of their mixture."""
    every = {name: pd.Series({name: 1.0}) for name in weight.index if len(weight) > 1} | {MIXTURE: weight}
    return pd.concat([_pooled(made, one, years).assign(scenario=name) for name, one in every.items()])


def _pooled(made: dict[str, pd.DataFrame], weight: pd.Series, years: np.ndarray) -> pd.DataFrame:
    """Quantiles of all paths together, those of each scenario by its weight."""
    values = [readings.mix({name: made[name].loc[year].to_numpy() for name in weight.index}, weight) for year in years]
    return by_quantile(values, years).assign(model=SIMULATION)
