"""Both counts of a trade, year by year: in which years the home country's weight has left its usual place alone."""

import numpy as np
import pandas as pd

from helpers.methods import mirror
from helpers.screen.series import Block

SIDES = ["own_t", "their_t", "own_usd_m", "their_usd_m"]


def years(block: Block) -> pd.DataFrame:
    """What both sides count of calendar years, by line and country.

    Returns
    -------
    pd.DataFrame
        ``line, country, year`` and :data:`SIDES`, where all four are known and none is nought.
    """
    rows = block.years[block.countries(block.years["country"])]
    keys = ["line", "country", "year"]
    own, their = (rows.loc[rows["own"] == side, [*keys, "weight", "value"]] for side in (True, False))
    both = own.merge(their, on=keys, suffixes=("_own", "_their")).set_axis(
        [*keys, "own_t", "own_usd_m", "their_t", "their_usd_m"], axis=1
    )[[*keys, *SIDES]]
    return both[(both[SIDES] > 0).all(axis=1)].sort_values(keys, ignore_index=True)


def compared(both: pd.DataFrame) -> pd.DataFrame:
    """How far weights, values and unit values of a year lie from their usual place: the median of the other years.

    Returns
    -------
    pd.DataFrame
        The rows of :func:`years` with ``weight, value`` (log ratios, own over theirs), ``weight_change, value_change``,
        ``own_change, their_change`` (of unit values), nan where there is no other year.
    """
    logs = np.log(both[SIDES].astype(float))
    table = both.assign(weight=logs["own_t"] - logs["their_t"], value=logs["own_usd_m"] - logs["their_usd_m"])
    measures = {
        "weight_change": table["weight"], "value_change": table["value"],
        "own_change": logs["own_usd_m"] - logs["own_t"], "their_change": logs["their_usd_m"] - logs["their_t"],
    }  # fmt: skip
    group = both.groupby(["line", "country"]).ngroup().to_numpy()
    year, names = pd.factorize(both["year"], sort=True)
    found = {name: of - _of_others(of.to_numpy(), group, year, len(names)) for name, of in measures.items()}
    return table.assign(**found)


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
    found = table[marked]  # one year alone does not say what is usual, and its change is nan
    changes = zip(np.exp(found["own_change"]), np.exp(found["their_change"]), strict=True)
    return found.assign(side=[mirror.fault(own, their) for own, their in changes])


def _of_others(values: np.ndarray, group: np.ndarray, year: np.ndarray, years: int) -> np.ndarray:
    """The median of the other years of each row's group; nan where there is none."""
    wide = np.full((group.max(initial=-1) + 1, years), np.nan)
    wide[group, year] = values
    ordered = np.column_stack([np.sort(wide, axis=1), np.full(len(wide), np.nan)])
    place = np.argsort(np.argsort(wide, axis=1), axis=1)[group, year]
    rest = np.bincount(group, minlength=len(wide))[group] - 1
    ends = []
    for at in ((rest - 1) // 2, rest // 2):  # places among the others; those from one's own place on lie one further
        ends.append(ordered[group, np.where(rest > 0, at + (at >= place), -1)])
    return (ends[0] + ends[1]) / 2
