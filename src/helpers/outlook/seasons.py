"""Whether the months of a target tell a season, and which."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.outlook import episodes, targets

LEAST_YEARS = 3
CHANCE = 0.01
"""How rarely months without a season would look as seasonal, before one is said to be found."""


@targets.remembered
def pattern(india: Vintage, target: str = "customs") -> pd.DataFrame:
    """What each calendar month usually has over the mean month around it, if months tell a season; empty if not.

    Over the mean of the twelve months around it, the two ends counted half; months of a suspect surge, and those whose
    mean it swells, are left out. The test is Kruskal's and Wallis's, on ranks, so that one freak month moves little.

    Returns
    -------
    pd.DataFrame
        Indexed by calendar month, 1 to 12: ``times`` (the median), ``years``, ``source``.
    """
    from scipy.stats import kruskal

    rows, suspect = months(india, target), episodes.suspect(india, target)
    none = pd.DataFrame(columns=["times", "years", "source"], index=pd.RangeIndex(0, name="month"))
    if len(rows) < 12 * (LEAST_YEARS + 1):
        return none
    values = rows["value"].set_axis(pd.PeriodIndex(rows.index, freq="M")).astype(float)
    values = values.reindex(pd.period_range(values.index[0], values.index[-1], freq="M"))
    if suspect is not None:
        values[values.index.isin(fiscal.months(suspect.surge))] = np.nan
    around = (values.rolling(12).mean().shift(-5) + values.rolling(12).mean().shift(-6)) / 2
    ratio = (values / around).dropna()
    groups = ratio.groupby(ratio.index.month)
    few = groups.ngroups < 12 or groups.size().min() < LEAST_YEARS or ratio.eq(ratio.iloc[0]).all()
    if few or kruskal(*(of for _, of in groups)).pvalue > CHANCE:
        return none
    table = pd.DataFrame({"times": groups.median(), "years": groups.size()}).rename_axis("month")
    return table.assign(source=ids(rows))


def months(india: Vintage, target: str) -> pd.DataFrame:
    """The single months that are known of a target."""
    rows = targets.sums(india, target)
    return rows.loc[[fiscal.months(period).size == 1 for period in rows.index]]
