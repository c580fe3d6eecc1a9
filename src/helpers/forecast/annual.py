"""The annual forecast of a target: from the total as recorded, and from the rate since.

The table that leaves here is the contract of every forecast in this project, long and tidy:
``as_of, target, origin, horizon, period, scenario, model, quantile, value`` (tonnes a fiscal year).
"""

from datetime import date

import numpy as np
import pandas as pd

from helpers import fiscal, load
from helpers.forecast import drift

COLUMNS = ["as_of", "target", "origin", "horizon", "period", "scenario", "model", "quantile", "value"]
MODELS = {"shrunken drift": drift.shrunken_log_drift, "naive": drift.naive}

_SERIES = {
    "customs": (
        "trade",
        {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"},
    ),
    "repm": ("production", {"area": "IND", "stage": "use", "commodity": "REPM", "measure": "consumption"}),
}


def forecast(
    as_of: str | date, target: str = "customs", baseline_t: float | None = None, horizon: int = 10
) -> pd.DataFrame:
    """Quantiles of yearly tonnes, ``horizon`` fiscal years ahead, under every scenario and model.

    Scenario ``as recorded`` starts from the yearly totals. Scenario ``run-rate`` is there once a part of a
    later year of at least a quarter is public: it leaves the last total out, takes the part at its yearly
    rate instead, and keeps the tonnes already recorded as they are.

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
    tables = [_paths(known, fiscal.fiscal_year(last), last, horizon, as_of, {"scenario": "as recorded"})]
    part = part_year(as_of, target, after=last)
    if part is not None:
        share = len(fiscal.months(part.name)) / 12
        levels = pd.concat([known.iloc[:-1], pd.Series({part.name: part["value"] / share})])
        tables.append(
            _paths(levels, fiscal.fiscal_year(last), part.name, horizon, as_of, {"scenario": "run-rate"}, part["value"])
        )
    return pd.concat(tables).assign(as_of=str(as_of), target=target)[COLUMNS].reset_index(drop=True)


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
    wide = table.pivot(index=["scenario", "model", "horizon", "period"], columns="quantile", values="value")
    named = {0.5: "median", 0.1: "low80", 0.9: "high80", 0.025: "low95", 0.975: "high95"}
    return wide[list(named)].rename(columns=named).rename_axis(columns=None).reset_index()


def prior(as_of: str | date) -> drift.GrowthPrior:
    """The growth prior of ``data/assumptions.csv``."""
    rows = load.table("assumptions", as_of)
    rows = rows[rows["assumption"] == "growth_prior"]
    return drift.GrowthPrior(**rows.set_index("segment")["value"])


def _paths(levels, year, origin, horizon, as_of, labels, known_tonnes=None) -> pd.DataFrame:
    times = levels.set_axis(levels.index.map(fiscal.centre))
    years = year + np.arange(1, horizon + 1)
    ahead = years - times.index[-1]
    frames = []
    for model, fit in MODELS.items():
        fitted = fit(times, prior(as_of))
        values = drift.quantiles(fitted, ahead)
        if known_tonnes is not None:  # the part of the first year that is already recorded stays as it is
            done = known_tonnes / fitted.level
            values[0] = known_tonnes + (1 - done) * drift.quantiles(fitted, np.array([0.5]))[0]
        frame = pd.DataFrame(values, columns=drift.QUANTILES, index=pd.RangeIndex(1, horizon + 1, name="horizon"))
        long = frame.rename_axis(columns="quantile").stack().rename("value").reset_index()
        periods = dict(enumerate(map(fiscal.year_name, years), start=1))
        frames.append(long.assign(period=long["horizon"].map(periods), model=model, origin=origin, **labels))
    return pd.concat(frames)
