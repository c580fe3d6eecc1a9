"""Both counts of a trade, year by year: in which years the home country's weight has left its usual place alone."""

import numpy as np
import pandas as pd

from helpers.methods import mirror

SIDES = ["own_t", "their_t", "own_usd_m", "their_usd_m"]


def years(rows: pd.DataFrame, home: str) -> pd.DataFrame:
    """What both sides count of calendar years, by line and country; a year of months is their sum.

    Parameters
    ----------
    rows : pd.DataFrame
        ``hs, flow, reporter, partner, year, weight, value`` of calendar years.

    Returns
    -------
    pd.DataFrame
        ``hs, country, year`` and :data:`SIDES`, where all four are known and none is nought.
    """
    own = rows[(rows["flow"] == "import") & (rows["reporter"] == home)].rename(columns={"partner": "country"})
    their = rows[(rows["flow"] == "export") & (rows["partner"] == home)].rename(columns={"reporter": "country"})
    keys = ["hs", "country", "year"]
    both = own[[*keys, "weight", "value"]].merge(
        their[[*keys, "weight", "value"]], on=keys, suffixes=("_own", "_their")
    )
    named = {"weight_own": "own_t", "weight_their": "their_t", "value_own": "own_usd_m", "value_their": "their_usd_m"}
    both = both.rename(columns=named)[[*keys, *SIDES]]
    return both[(both[SIDES] > 0).all(axis=1)].sort_values(keys, ignore_index=True)


def compared(both: pd.DataFrame) -> pd.DataFrame:
    """How far weights, values and unit values of a year lie from their usual place: the median of the other years.

    Returns
    -------
    pd.DataFrame
        The rows of :func:`years` with ``weight, value`` (log ratios, own over theirs), ``weight_change, value_change``
        (from the other years; from nought where there is no other year), ``own_change, their_change`` (of unit values),
        ``others`` (how many other years there are).
    """
    logs = np.log(both[SIDES])
    table = both.assign(weight=logs["own_t"] - logs["their_t"], value=logs["own_usd_m"] - logs["their_usd_m"])
    measures = {
        "weight_change": table["weight"], "value_change": table["value"],
        "own_change": logs["own_usd_m"] - logs["own_t"], "their_change": logs["their_usd_m"] - logs["their_t"],
    }  # fmt: skip
    group, _ = pd.factorize(pd.MultiIndex.from_frame(both[["hs", "country"]]))
    year, names = pd.factorize(both["year"], sort=True)
    found = {name: of - _of_others(of.to_numpy(), group, year, len(names)) for name, of in measures.items()}
    others = np.bincount(group, minlength=group.max(initial=-1) + 1)[group] - 1
    lonely = others == 0
    found |= {name: found[name].where(~lonely, measures[name]) for name in ("weight_change", "value_change")}
    return table.assign(**found, others=others)


def errors(table: pd.DataFrame, apart: float, together: float) -> pd.DataFrame:
    """Years in which weights are apart and have come apart while values stayed together: errors of quantity.

    The same rule as :func:`helpers.methods.mirror.verdict`, asked twice: of the two counts, and of how they usually
    compare; what is apart in every year is another way of counting.

    Returns
    -------
    pd.DataFrame
        Those rows of :func:`compared`, with ``side``: whose weight (:func:`helpers.methods.mirror.fault`).
    """
    wide, near = np.log(apart), np.log(together)
    marked = (table["weight"].abs() >= wide) & (table["weight_change"].abs() >= wide)
    marked &= (table["value"].abs() <= near) & (table["value_change"].abs() <= near)
    found = table[marked]
    changes = zip(np.exp(found["own_change"]), np.exp(found["their_change"]), found["others"], strict=True)
    return found.assign(side=[mirror.fault(own, their) if others else mirror.OPEN for own, their, others in changes])


def _of_others(values: np.ndarray, group: np.ndarray, year: np.ndarray, years: int) -> np.ndarray:
    """The median of the other years of each row's group; nan where there is none."""
    wide = np.full((group.max(initial=-1) + 1, years), np.nan)
    wide[group, year] = values
    middle = np.full_like(wide, np.nan)
    for place in range(years):
        rest = np.sort(np.delete(wide, place, axis=1), axis=1)  # what is missing comes last
        known = (~np.isnan(rest)).sum(axis=1)
        some = known > 0
        rows, count = np.flatnonzero(some), known[some]
        middle[some, place] = (rest[rows, (count - 1) // 2] + rest[rows, count // 2]) / 2
    return middle[group, year]
