"""The annual forecast of a target: from the total as recorded, from the rate since, and under each reading.

The table that leaves here is the contract of every forecast in this project, long and tidy:
``as_of, target, origin, horizon, period, scenario, model, quantile, value`` (tonnes a fiscal year).
"""

from datetime import date

import numpy as np
import pandas as pd

from helpers import fiscal, load
from helpers.forecast import drift, licences, readings

COLUMNS = ["as_of", "target", "origin", "horizon", "period", "scenario", "model", "quantile", "value"]
MODELS = {"shrunken drift": drift.shrunken_log_drift, "naive": drift.naive}
SIMULATION, MIXTURE = "simulation", "mixture"
TARGETS = {"customs": "magnets (HS 850511)", "repm": "rare-earth magnets"}
PATHS = 2000
STEPS = (1, 2, 5, 10)
"""Years ahead that are read out."""
_SERIES = {
    "customs": (
        "trade",
        {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"},
    ),
    "repm": ("production", {"area": "IND", "stage": "use", "commodity": "REPM", "measure": "consumption"}),
}


@load.sourced
def forecast(
    as_of: str | date, target: str = "customs", baseline_t: float | None = None, horizon: int = 10
) -> pd.DataFrame:
    """Quantiles of yearly tonnes, ``horizon`` fiscal years ahead, under every scenario and model.

    Scenario ``as recorded`` starts from the yearly totals. Scenario ``run-rate`` is there once a part of a
    later year of at least a quarter is public: it leaves the last total out, takes the part at its yearly
    rate instead, and keeps the tonnes already recorded as they are. Then, for ``customs``, each reading of
    FY25 (:mod:`readings`); for ``repm``, each licence regime held for ever. Scenario ``mixture`` weighs these.

    Parameters
    ----------
    as_of : str or date
        Nothing published later is used.
    target : {"customs", "repm"}
        Tonnes under HS 850511; or rare-earth permanent magnets, whose use stands for imports because
        India makes next to none.
    baseline_t : float, optional
        Tonnes of FY25 to start from, instead of the published figure; target customs only.
    horizon : int
        Fiscal years ahead, from 1.

    Returns
    -------
    pd.DataFrame
        ``COLUMNS``; quantiles are those of ``drift.QUANTILES``.

    Raises
    ------
    ValueError
        If the target is unknown, or has no yearly total public by ``as_of``, or ``horizon`` is below 1.
    """
    if horizon < 1:
        raise ValueError(f"horizon is {horizon}; a forecast reaches at least 1 year ahead")
    known = totals(as_of, target, baseline_t)
    last = known.index[-1]
    year = fiscal.fiscal_year(last)
    tables = [_paths(known, year, last, horizon, as_of, {"scenario": "as recorded"})]
    part = part_year(as_of, target, after=last)
    if part is not None:
        share = len(fiscal.months(part.name)) / 12
        levels = pd.concat([known.iloc[:-1], pd.Series({part.name: part["value"] / share})])
        tables.append(_paths(levels, year, part.name, horizon, as_of, {"scenario": "run-rate"}, part["value"]))
    if target == "customs":
        made = readings.simulate(as_of, prior(as_of), baseline_t, horizon)
        made = {name: readings.years(months) for name, months in made.items()}
        sums = readings.known_sums(as_of, baseline_t).index
        origin, weight = max(sums, key=lambda period: fiscal.span(period)[1]), readings.weights(as_of)
    else:
        made = _under_licences(known, year, horizon, as_of)
        origin, weight = last, licences.regimes(as_of).rename(index="licences {}".format)
    tables.append(_simulated(made, weight, year + np.arange(1, horizon + 1)).assign(origin=origin))
    return pd.concat(tables).assign(as_of=str(as_of), target=target)[COLUMNS].reset_index(drop=True)


def beside(as_of: str | date, target: str, horizon: int = 10) -> tuple[pd.DataFrame, pd.Series]:
    """The forecast of the other target and its totals, to stand beside; both empty while it has no public total."""
    other = next(name for name in TARGETS if name != target)
    try:
        known = totals(as_of, other)
    except ValueError:
        return pd.DataFrame(columns=COLUMNS), pd.Series(dtype=float)
    return forecast(as_of, other, horizon=horizon), known


def leading(table: pd.DataFrame) -> pd.DataFrame:
    """A forecast without its benchmark: one model a scenario."""
    return table[table["model"] != "naive"]


def totals(as_of: str | date, target: str = "customs", baseline_t: float | None = None) -> pd.Series:
    """Yearly tonnes public by ``as_of``, indexed by period, with ``baseline_t`` in the place of FY25."""
    if target not in _SERIES:
        raise ValueError(f"target {target!r} is unknown; choose one of {sorted(_SERIES)}")
    table, keys = _SERIES[target]
    known = load.series(table, as_of, **keys)["value"].dropna()
    known = known[[fiscal.is_fiscal_year(period) or len(period) == 4 for period in known.index]]
    if target == "customs" and baseline_t is not None and "FY25" in known.index:
        known = known.where(known.index != "FY25", float(baseline_t))
    if known.empty:
        raise ValueError(f"no yearly total of target {target!r} was public on {as_of}; ask for a later day")
    return known


def part_year(as_of: str | date, target: str, after: str) -> pd.Series | None:
    """The longest published part, at least a quarter, of the fiscal year that follows the period ``after``."""
    table, keys = _SERIES[target]
    rows = load.series(table, as_of, **keys).dropna(subset="value")
    start = fiscal.span(fiscal.year_name(fiscal.fiscal_year(after) + 1))[0]
    parts = [p for p in rows.index if fiscal.span(p)[0] == start and 3 <= len(fiscal.months(p)) < 12]
    return rows.loc[max(parts, key=lambda p: len(fiscal.months(p)))] if parts else None


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
    found = wide.reindex(columns=list(named)).rename(columns=named).rename_axis(columns=None).reset_index()
    found.attrs = table.attrs
    return found


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """The intervals of each scenario's leading model, one, two, five and ten years ahead."""
    rows = intervals(leading(table)).drop(columns=["model", "horizon"])
    return rows[rows["period"].isin(table.loc[table["horizon"].isin(STEPS), "period"])].reset_index(drop=True)


def prior(as_of: str | date) -> drift.GrowthPrior:
    """The growth prior of ``data/assumptions.csv``."""
    return drift.GrowthPrior(**load.assumption(as_of, "growth_prior")["value"])


def _paths(levels, year, origin, horizon, as_of, labels, known_tonnes=None) -> pd.DataFrame:
    times = levels.set_axis(levels.index.map(fiscal.centre))
    years = year + np.arange(1, horizon + 1)
    ahead = years - times.index[-1]
    frames = []
    growth = prior(as_of)
    for model, fit in MODELS.items():
        fitted = fit(times, growth)
        values = drift.quantiles(fitted, ahead)
        if known_tonnes is not None:  # the part of the first year that is already recorded stays as it is
            done = known_tonnes / fitted.level
            values[0] = known_tonnes + (1 - done) * drift.quantiles(fitted, np.array([0.5]))[0]
        frame = pd.DataFrame(values, columns=drift.QUANTILES, index=pd.RangeIndex(1, horizon + 1, name="horizon"))
        long = frame.rename_axis(columns="quantile").stack().rename("value").reset_index()
        periods = dict(enumerate(map(fiscal.year_name, years), start=1))
        frames.append(long.assign(period=long["horizon"].map(periods), model=model, origin=origin, **labels))
    return pd.concat(frames)


def _under_licences(known, year, horizon, as_of) -> dict[str, pd.DataFrame]:
    """Demand by shrunken log-drift, as much of it as each regime, held for ever or drawn, lets through."""
    times = known.set_axis(known.index.map(fiscal.centre))
    fitted = drift.shrunken_log_drift(times, prior(as_of))
    ahead = year + np.arange(1, horizon + 1)
    demand = readings.simulate_demand(fitted, ahead - times.index[-1], PATHS)
    months = pd.period_range(f"{year}-04", f"{year + horizon}-03", freq="M")
    return {
        name if name == MIXTURE else f"licences {name}": pd.DataFrame(
            demand * dose.reshape(horizon, 12, PATHS).mean(axis=1), index=ahead
        )
        for name, dose in licences.doses(as_of, months, PATHS).items()
    }


def _simulated(made, weight, ahead) -> pd.DataFrame:
    """Quantiles of each scenario's paths, and of their mixture: its own paths if it has any, else all by weight."""
    frames = []
    for scenario in [*weight.index, MIXTURE]:
        one = weight if scenario == MIXTURE and MIXTURE not in made else pd.Series({scenario: 1.0})
        for step, year in enumerate(ahead, start=1):
            values = readings.mix({name: made[name].loc[year].to_numpy() for name in one.index}, one)
            labels = {"horizon": step, "period": fiscal.year_name(year), "scenario": scenario, "model": SIMULATION}
            frames.append(pd.DataFrame({"quantile": drift.QUANTILES, "value": values}).assign(**labels))
    return pd.concat(frames)
