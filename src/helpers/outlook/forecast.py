"""The annual forecast of a target: from the total as recorded, from the newest sound level, and under each reading.

The table that leaves here is the contract of every forecast in this project, long and tidy:
``as_of, target, origin, horizon, period, scenario, model, quantile, value`` (tonnes a fiscal year).
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, sources_of
from helpers.ensemble import drift
from helpers.ensemble.quantiles import QUANTILES
from helpers.outlook import licences, readings, targets
from helpers.outlook.episodes import suspect

COLUMNS = ["as_of", "target", "origin", "horizon", "period", "scenario", "model", "quantile", "value"]
MODELS = {"shrunken drift": drift.shrunken_log_drift, "naive": drift.naive}
RECORDED, LEVEL, SIMULATION, MIXTURE = "as recorded", "newest level", "simulation", "mixture"
PATHS = 2000
STEPS = (1, 2, 5, 10)
"""Years ahead that are read out."""


def forecast(india: Vintage, target: str = "customs", horizon: int = 10) -> pd.DataFrame:
    """Quantiles of yearly tonnes, ``horizon`` fiscal years ahead, under every scenario and model.

    Scenario ``as recorded`` and, where there is one, ``newest level`` are those of :func:`starting_points`. Then, for
    ``customs``, each reading of the suspect year (:mod:`readings`); for ``repm``, each licence regime held for ever.
    Scenario ``mixture`` weighs these.

    Parameters
    ----------
    india : Vintage
    target : {"customs", "repm"}
        Tonnes under HS 850511; or rare-earth permanent magnets, whose use stands for imports because
        India makes next to none.
    horizon : int
        Fiscal years ahead, from 1.

    Returns
    -------
    pd.DataFrame
        ``COLUMNS``; quantiles are those of ``QUANTILES``.

    Raises
    ------
    ValueError
        If the target is unknown, or has no yearly total in the vintage, or ``horizon`` is below 1.
    """
    if horizon < 1:
        raise ValueError(f"horizon is {horizon}; a forecast reaches at least 1 year ahead")
    known = targets.totals(india, target)["value"]
    year = fiscal.fiscal_year(known.index[-1])
    if target == "customs":
        made = {name: readings.years(months) for name, months in readings.simulate(india, prior(india), horizon).items()}
        origin, weight = targets.newest(india, target).name, readings.weights(india)
    else:
        made = _under_licences(known, year, horizon, india)
        origin, weight = known.index[-1], licences.regimes(india).rename(index="licences {}".format)
    simulated = _simulated(made, weight, year + np.arange(1, horizon + 1)).assign(origin=origin)
    table = pd.concat([starting_points(india, target, horizon), simulated])
    return table.assign(as_of=str(india.day), target=target)[COLUMNS].reset_index(drop=True)


def starting_points(india: Vintage, target: str, horizon: int) -> pd.DataFrame:
    """Paths of each model from each level a forecast may start from.

    ``as recorded`` starts from the yearly totals as they stand. ``newest level`` is there once something later than a
    suspect year is known, be it a total or at least a quarter: it leaves the suspect year out, takes a part-year at
    its yearly rate, and keeps the tonnes already recorded as they are.

    Returns
    -------
    pd.DataFrame
        ``COLUMNS`` without ``as_of`` and ``target``.
    """
    known, part, episode = targets.totals(india, target)["value"], targets.part_year(india, target), suspect(india, target)
    year = fiscal.fiscal_year(known.index[-1])
    frames = [_paths(known, year, known.index[-1], horizon, india, RECORDED)]
    sound = known.drop(episode.year) if episode else known
    if part is not None:
        levels = pd.concat([sound, pd.Series({part.name: part["value"] * 12 / len(fiscal.months(part.name))})])
        frames.append(_paths(levels, year, part.name, horizon, india, LEVEL, part["value"]))
    elif episode and sound.index[-1] == known.index[-1]:
        frames.append(_paths(sound, year, sound.index[-1], horizon, india, LEVEL))
    return pd.concat(frames)


def level(india: Vintage, target: str) -> Quantity:
    """The newest sound level, tonnes a year: a part-year at its yearly rate, else the newest total that is not suspect."""
    part, episode = targets.part_year(india, target), suspect(india, target)
    if part is not None:
        yearly = 12 / len(fiscal.months(part.name))
        low, high = part["low"] * yearly, part["high"] * yearly
        return derived(part["value"] * yearly, part["unit"], part, period=part.name, low=low, high=high)
    known = targets.totals(india, target)
    sound = known.drop(episode.year) if episode and len(known) > 1 else known
    row = sound.iloc[-1]
    return derived(row["value"], row["unit"], row, period=row.name, low=row["low"], high=row["high"])


def used(india: Vintage, target: str) -> frozenset[str]:
    """The sources of everything a forecast of the target is made from."""
    rows = [targets.totals(india, target), targets.part_year(india, target), india.assumption("growth_prior")]
    rows += [india.assumption("regime_probability"), india.assumption("regime_dose"), licences.known(india)]
    if target == "customs":
        rows += [readings.known_sums(india), readings.stated(india), suspect(india)]
    return sources_of(*rows)


def beside(india: Vintage, target: str, horizon: int = 10) -> pd.DataFrame:
    """The forecast of the other target, to stand beside; empty while it has no public total."""
    try:
        return forecast(india, targets.other(target), horizon)
    except ValueError:
        return pd.DataFrame(columns=COLUMNS)


def leading(table: pd.DataFrame) -> pd.DataFrame:
    """A forecast without its benchmark: one model a scenario."""
    return table[table["model"] != "naive"]


def intervals(table: pd.DataFrame) -> pd.DataFrame:
    """A forecast as people read it: one row a scenario, model and period, with median and both intervals.

    Returns
    -------
    pd.DataFrame
        ``scenario, model, period, horizon, median, low80, high80, low95, high95``, tonnes.
    """
    keys = ["scenario", "model", "horizon", "period"]
    wide = table.pivot(index=keys, columns="quantile", values="value")
    wide = wide.loc[pd.MultiIndex.from_frame(table[keys].drop_duplicates())]
    named = {0.5: "median", 0.1: "low80", 0.9: "high80", 0.025: "low95", 0.975: "high95"}
    return wide.reindex(columns=list(named)).rename(columns=named).rename_axis(columns=None).reset_index()


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """The intervals of each scenario's leading model, one, two, five and ten years ahead."""
    rows = intervals(leading(table)).drop(columns=["model", "horizon"])
    return rows[rows["period"].isin(table.loc[table["horizon"].isin(STEPS), "period"])].reset_index(drop=True)


def prior(india: Vintage) -> drift.GrowthPrior:
    """The growth prior of ``data/assumptions.csv``."""
    return drift.GrowthPrior(**india.assumption("growth_prior")["value"])


def _paths(levels, year, origin, horizon, india, scenario, known_tonnes=None) -> pd.DataFrame:
    times = levels.set_axis(levels.index.map(fiscal.centre))
    years = year + np.arange(1, horizon + 1)
    ahead = years - times.index[-1]
    frames = []
    growth = prior(india)
    for model, fit in MODELS.items():
        fitted = fit(times, growth)
        values = drift.quantiles(fitted, ahead)
        if known_tonnes is not None:  # the part of the first year that is already recorded stays as it is
            done = known_tonnes / fitted.level
            values[0] = known_tonnes + (1 - done) * drift.quantiles(fitted, np.array([0.5]))[0]
        frame = pd.DataFrame(values, columns=QUANTILES, index=pd.RangeIndex(1, horizon + 1, name="horizon"))
        long = frame.rename_axis(columns="quantile").stack().rename("value").reset_index()
        periods = dict(enumerate(map(fiscal.year_name, years), start=1))
        frames.append(long.assign(period=long["horizon"].map(periods), model=model, origin=origin, scenario=scenario))
    return pd.concat(frames)


def _under_licences(known, year, horizon, india) -> dict[str, pd.DataFrame]:
    """Demand by shrunken log-drift, as much of it as each regime, held for ever or drawn, lets through."""
    times = known.set_axis(known.index.map(fiscal.centre))
    fitted = drift.shrunken_log_drift(times, prior(india))
    ahead = year + np.arange(1, horizon + 1)
    demand = readings.simulate_demand(fitted, ahead - times.index[-1], PATHS)
    months = pd.period_range(f"{year}-04", f"{year + horizon}-03", freq="M")
    dose = licences.doses(india, months, PATHS)
    return {
        name if name == MIXTURE else f"licences {name}": pd.DataFrame(
            demand * dose[name].reshape(horizon, 12, PATHS).mean(axis=1), index=ahead
        )
        for name in (*licences.REGIMES, MIXTURE)
    }


def _simulated(made, weight, ahead) -> pd.DataFrame:
    """Quantiles of each scenario's paths, and of their mixture: its own paths if it has any, else all by weight."""
    frames = []
    for scenario in [*weight.index, MIXTURE]:
        one = weight if scenario == MIXTURE and MIXTURE not in made else pd.Series({scenario: 1.0})
        for step, year in enumerate(ahead, start=1):
            values = readings.mix({name: made[name].loc[year].to_numpy() for name in one.index}, one)
            labels = {"horizon": step, "period": fiscal.year_name(year), "scenario": scenario, "model": SIMULATION}
            frames.append(pd.DataFrame({"quantile": QUANTILES, "value": values}).assign(**labels))
    return pd.concat(frames)
