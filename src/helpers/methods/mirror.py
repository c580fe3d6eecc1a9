"""What two countries' counts of one trade say when they are held against each other."""

import numpy as np
import pandas as pd

from helpers.methods.concentration import LIMIT, robust_scores

QUANTITY, REAL, VALUE, AGREE = "quantity error", "both apart", "value apart", "both agree"

OWN, THEIR, OPEN = "own", "their", "open"
MOVED = 1.5
"""A unit value has left its place where it is this many times as high as before, or as low."""

LEAST = 5
"""Lines below which none can stand out from the others."""


def verdict(weight_ratio: float, value_ratio: float, apart: float, together: float) -> str:
    """What it means that one side counts so many times the weight and the value of the other.

    A quantity that really moved moves its value too; a weight that was written wrongly leaves the value alone.

    Parameters
    ----------
    weight_ratio, value_ratio : float
        One side over the other; which is on top makes no difference.
    apart : float
        Weights are apart if one is at least this many times the other.
    together : float
        Values are together if one is at most this many times the other.

    Returns
    -------
    str
        :data:`QUANTITY` (weights apart, values together), :data:`REAL` (both apart), :data:`VALUE` (values apart
        only), :data:`AGREE`.
    """
    weights_apart = abs(np.log(weight_ratio)) >= np.log(apart)
    if abs(np.log(value_ratio)) <= np.log(together):
        return QUANTITY if weights_apart else AGREE
    return REAL if weights_apart else VALUE


def fault(own_change: float, their_change: float) -> str:
    """Whose weight is wrong in an error of quantity: of the side whose unit value alone has left its place.

    Parameters
    ----------
    own_change, their_change : float
        Unit value over that of a time in which both counts agreed.

    Returns
    -------
    str
        :data:`OWN`, :data:`THEIR`, or :data:`OPEN` where both have moved or neither.
    """
    own, their = (abs(np.log(change)) >= np.log(MOVED) for change in (own_change, their_change))
    return OPEN if own == their else OWN if own else THEIR


def outliers(weight_ratio: pd.Series, value_ratio: pd.Series, together: float) -> pd.DataFrame:
    """Lines whose weights are further apart than their values let expect, robustly.

    By ``ln(weight ratio) - ln(value ratio)`` (:func:`helpers.methods.concentration.robust_scores`): once among all
    lines, and once among those alone whose values are together, without the scatter of small and badly matched trades.

    Parameters
    ----------
    weight_ratio, value_ratio : pd.Series
        One side over the other, on one index of lines, all positive.
    together : float
        Values are together if one is at most this many times the other.

    Returns
    -------
    pd.DataFrame
        On the same index: ``log_weight, log_value, together, among_all, among_together`` (standard deviations, missing
        where there are less than :data:`LEAST`; the last also for lines whose values are apart), ``flagged`` (by the
        last, beyond :data:`LIMIT`).
    """
    weight, value = np.log(weight_ratio), np.log(value_ratio)
    near = value.abs() <= np.log(together)
    gap = weight - value
    groups = {"among_all": gap, "among_together": gap[near]}
    scores = {name: robust_scores(one) if len(one) >= LEAST else one * np.nan for name, one in groups.items()}
    table = pd.DataFrame({"log_weight": weight, "log_value": value, "together": near} | scores, index=weight.index)
    return table.assign(flagged=table["among_together"].abs() > LIMIT)
