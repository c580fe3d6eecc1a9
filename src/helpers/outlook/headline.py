"""The forecast in one small table: what of every target is published and can be scored, compared and passed on."""

import pandas as pd

from helpers.data import Vintage
from helpers.outlook import forecast, targets, value

COLUMNS = ["target", "period", "horizon", "quantile", "unit", "value"]
UNITS = {targets.CUSTOMS.name: "t", targets.REPM.name: "t", value.NAME: "USD m"}
"""The unit of each target's quantiles."""
WHAT = {name: target.what for name, target in targets.TARGETS.items()} | {value.NAME: "the value of the imports"}
"""Targets in words."""


def told(*tables: pd.DataFrame) -> pd.DataFrame:
    """The quantiles that answer, of forecasts in ``forecast.COLUMNS``: the mixture's, or those of the only scenario.

    Returns
    -------
    pd.DataFrame
        :data:`COLUMNS`, a row a target, fiscal year and published quantile; in ``unit``, a fiscal year.
    """
    answers = [table[table["scenario"].isin([forecast.MIXTURE, value.SCENARIO])] for table in tables if len(table)]
    if not answers:
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.concat(answers, ignore_index=True)
    return rows.assign(unit=rows["target"].map(UNITS))[COLUMNS]


def expected(india: Vintage, target: str = targets.CUSTOMS.name, horizon: int = 10) -> pd.DataFrame:
    """:func:`told` of a vintage: its forecast of ``target``, of the other one to the same year, and of the value."""
    tonnes = (of(india, target, horizon) for of in (forecast.expected, forecast.beside))
    return told(*tonnes, value.expected(india))
