"""Two roads to the same tonnes: both at stated weights, quantile by quantile, and how much they have in common."""

from dataclasses import dataclass

import pandas as pd

from helpers.data import ids
from helpers.ensemble.quantiles import MIDDLE, overlap

LEAST_OVERLAP = 0.2
"""Overlap of two distributions below which the two methods are said to disagree."""

PREFIX = {"first": "", "second": "other_", "both": "both_"}
"""What the columns of each road begin with."""

_KEYS = ["period", "quantile"]


@dataclass(frozen=True)
class Pair:
    """Two roads to the tonnes of a target, and both together: one scenario each, in ``forecast.COLUMNS``."""

    first: pd.DataFrame
    second: pd.DataFrame
    both: pd.DataFrame
    sources: frozenset[str]


def averaged(first: pd.DataFrame, second: pd.DataFrame, weight: float) -> pd.DataFrame:
    """Both roads averaged quantile by quantile, the second at a weight, in the years that both reach.

    An average of quantiles is no wider than its parts are on average, where one of distributions would be wider than
    either (Lichtendahl, Grushka-Cockayne and Winkler 2013).
    """
    one, other = first.set_index(_KEYS)["value"], second.set_index(_KEYS)
    mean = (1 - weight) * one + weight * other["value"]
    return other.assign(value=mean).dropna(subset="value").reset_index()[[*second.columns]]


def compared(pair: Pair) -> pd.DataFrame:
    """Both roads side by side, and how much of their distributions is common.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``, years of which both have an interval: ``median, low80, high80`` of the first, the same
        of the second and of both after :data:`PREFIX`; ``overlap`` (0 to 1); ``source``.
    """
    wide = {name: getattr(pair, name).pivot(index="period", columns="quantile", values="value") for name in PREFIX}
    found = {}
    for period in pair.both["period"].unique():
        rows = {name: of.loc[period] for name, of in wide.items() if period in of.index}
        if len(rows) == len(PREFIX) and all(pd.notna(rows[name][MIDDLE["low80"]]) for name in PREFIX):
            row = {f"{PREFIX[name]}{head}": of[at] for name, of in rows.items() for head, at in MIDDLE.items()}
            found[period] = row | {"overlap": overlap(rows["first"], rows["second"])}
    columns = [*(f"{before}{head}" for before in PREFIX.values() for head in MIDDLE), "overlap"]
    table = pd.DataFrame.from_dict(found, orient="index", columns=columns).rename_axis("period")
    return table.assign(source=ids(pair.sources))


def agree(overlap_: float) -> bool:
    """Whether two methods do not contradict each other: they share, to a hundredth, :data:`LEAST_OVERLAP` or more."""
    return round(overlap_, 2) >= LEAST_OVERLAP
