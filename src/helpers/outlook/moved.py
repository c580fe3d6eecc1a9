"""What moves a forecast: other growth, other weights of readings, the surge year in or out, each regime, each road."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.ensemble import drift
from helpers.ensemble.quantiles import MIDDLE
from helpers.outlook import forecast, growth, limits, readings, structure, targets
from helpers.outlook.episodes import suspect

ANSWER, GROWTH, WEIGHTS, START, LICENCES, ROAD = "answer", "growth", "weights", "start", "licences", "road"
SUPPLY = "supply"
"""What is another than in the answer."""
_KINDS = dict.fromkeys((forecast.RECORDED, forecast.LEVEL), START)
_KINDS |= dict.fromkeys((structure.COUNTED, structure.SECTORS), ROAD)


def moved(india: Vintage, table: pd.DataFrame, *roads: pd.DataFrame) -> pd.DataFrame:
    """Median and 80 % interval of the year that runs and of the fifth year under other judgements, one at a time.

    Nothing is simulated anew but the paths that other weights mix. Other growth moves the median as it moves that of
    growth from :func:`.forecast.levels`, and takes its own variance of logs in the place of the variance of the growth
    taken; of rare-earth magnets that is so as far as counted use weighs.

    Parameters
    ----------
    india : Vintage
    table : pd.DataFrame
        ``forecast.expected``.
    roads : pd.DataFrame
        Forecasts of the same by other roads, in ``forecast.COLUMNS``, one model a scenario.

    Returns
    -------
    pd.DataFrame
        ``what`` (:data:`ANSWER` and what is another), ``case``, ``period, median, low80, high80`` (tonnes), ``times``
        (the median over that of the answer), ``source``; the answer first.
    """
    target, horizon, years = table["target"].iloc[0], table["period"].nunique(), forecast.near(table, india)
    answer = _read(table, forecast.MIXTURE, years)
    uses = forecast.used(india, target)
    found = [_told(ANSWER, forecast.MIXTURE, answer, ids(uses)), *_growths(india, target, answer, ids(uses))]
    if suspect(india, target):
        weighed = readings.reweighed(india, target, forecast.prior(india), horizon).set_index("period")
        for case, rows in weighed.groupby("weighting", sort=False):
            found.append(_told(WEIGHTS, case, rows.loc[years, [*MIDDLE]], ids(uses)))
        found = [rows for rows in found if rows["case"].iloc[0] != "all evidence"]
    for case in table["scenario"].unique():
        if what := _KINDS.get(case, LICENCES if case.startswith(LICENCES) else ""):
            found.append(_told(what, case, _read(table, case, years), ids(forecast.used(india, target, case))))
    for case in structure.supplies(india).index if structure.SECTORS in set(table["scenario"]) else ():
        made = forecast.supplied(india, years[0], years[-1], case)
        found.append(_told(SUPPLY, case, _read(made, case, years), ids(uses)))
    for road in roads:
        for case in road["scenario"].unique():
            found.append(_told(ROAD, case, _read(road, case, years), ids(uses)))
    rows = limits.held(pd.concat(found, ignore_index=True), india, target, MIDDLE)
    first = rows[rows["what"] == ANSWER].set_index("period")["median"]
    rows["times"] = rows["median"] / rows["period"].map(first)
    return rows[["what", "case", "period", *MIDDLE, "times", "source"]]


def _growths(india: Vintage, target: str, answer: pd.DataFrame, uses: str) -> list[pd.DataFrame]:
    """The answer under each other growth that is known, none of other series (the target's own), and none at all."""
    taken, rows = growth.taken(india, target), forecast.levels(india, target)
    times = rows["value"].set_axis(rows.index.map(fiscal.centre)).astype(float)
    others = {kind: one for kind, one in growth.kinds(india).items() if kind != taken.kind}
    priors = {kind: one.prior for kind, one in others.items()}
    if len(times) > 1:
        priors[growth.OWN] = drift.GrowthPrior(taken.prior.mean, np.inf, taken.prior.sd, taken.prior.dof)
    priors["none"] = drift.GrowthPrior(0.0, 1e-9, taken.prior.sd, taken.prior.dof)
    years = answer.index.map(fiscal.fiscal_year).to_numpy()
    share = 1 - structure.weights(india, years)[:, None] if target == targets.REPM.name else 1.0
    ahead = np.array([fiscal.centre(year) for year in answer.index]) - times.index[-1]
    before = np.log(drift.quantiles(drift.shrunken_log_drift(times, taken.prior), ahead, tuple(MIDDLE.values())))
    found, logs = [], np.log(answer[[*MIDDLE]].to_numpy(dtype=float))
    for case, prior in priors.items():
        after = np.log(drift.quantiles(drift.shrunken_log_drift(times, prior), ahead, tuple(MIDDLE.values())))
        spread = (_squares(logs) + share * (_squares(after) - _squares(before))).clip(min=0) ** 0.5 * [0, -1, 1]
        made = np.exp(logs[:, :1] + share * (after[:, :1] - before[:, :1]) + spread)
        sources = ids(uses, *(others[case].sources if case in others else ()))
        found.append(_told(GROWTH, case, pd.DataFrame(made, answer.index, [*MIDDLE]), sources))
    return found


def _squares(logs: np.ndarray) -> np.ndarray:
    """Squared distances from the median, the first column."""
    return (logs - logs[:, :1]) ** 2


def _read(table: pd.DataFrame, scenario: str, years: list[str]) -> pd.DataFrame:
    """Median and 80 % interval of some years, as far as a forecast has them, under a scenario by its leading model."""
    rows = forecast.leading(table)
    rows = rows[(rows["scenario"] == scenario) & rows["period"].isin(years)]
    wide = rows.pivot(index="period", columns="quantile", values="value").reindex(columns=[*MIDDLE.values()])
    wide = wide.loc[[year for year in years if year in wide.index]].set_axis([*MIDDLE], axis=1)
    return wide.rename_axis(columns=None)


def _told(what: str, case: str, rows: pd.DataFrame, source: str) -> pd.DataFrame:
    return rows.rename_axis("period").reset_index().assign(what=what, case=case, source=source)
