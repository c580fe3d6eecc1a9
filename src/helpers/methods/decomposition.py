"""Where a change in import value came from: tonnes, mix of lines, unit values."""

import numpy as np
import pandas as pd


def bennet(tonnes_before: pd.DataFrame, value_before: pd.Series, after: pd.DataFrame) -> pd.DataFrame:
    """Split the change in value into volume, mix and unit value, without a residual.

    With total tonnes ``Q``, share of weight ``s_k`` and unit value ``u_k`` of line ``k``, and bars for the
    mean of the two periods::

        volume = dQ       * sum_k mean(s_k u_k)
        mix    = mean(Q) * sum_k mean(u_k) * ds_k
        price  = mean(Q) * sum_k mean(s_k) * du_k

    The columns name the cause as the field does: "price" is the change of unit values within lines, which may
    be a change of what the line contains.

    ``tonnes_before``: earlier period: a row for each split of its tonnes that is tried, one column per line.
    ``value_before``: its value by line, in any one currency and scale. ``after``: later period: one row per line,
    ``tonnes`` and ``value_usd``.

    ``volume, mix, price`` of all lines together in the unit of value, on the rows of ``tonnes_before``; a ValueError if
    the lines differ, or a figure is missing or not above zero.

    References
    ----------
    Bennet, T. L. (1920). The theory of measurement of changes in cost of living. Journal of the Royal
    Statistical Society 83(3), 455-462.
    """
    lines = value_before.index
    if not all(i.is_unique and set(i) == set(lines) for i in (lines, tonnes_before.columns, after.index)):
        raise ValueError(f"both periods need the same lines, each once: {list(lines)} and {list(after.index)}")
    figures = [tonnes_before[lines], value_before, after.loc[lines, "tonnes"], after.loc[lines, "value_usd"]]
    before, value, tonnes_after, value_after = (table.to_numpy(float) for table in figures)
    if not all(np.all((table > 0) & np.isfinite(table)) for table in (before, value, tonnes_after, value_after)):
        raise ValueError(f"figures must be known and above zero:\n{tonnes_before.head()}\n{value_before}\n{after}")
    total, total_after = before.sum(axis=1, keepdims=True), tonnes_after.sum()
    share, share_after = before / total, tonnes_after / total_after
    unit, unit_after = value / before, value_after / tonnes_after
    mean = (total + total_after) / 2
    terms = {
        "volume": (total_after - total) * (share * unit + share_after * unit_after) / 2,
        "mix": mean * (unit + unit_after) / 2 * (share_after - share),
        "price": mean * (share + share_after) / 2 * (unit_after - unit),
    }
    return pd.DataFrame({name: term.sum(axis=1) for name, term in terms.items()}, index=tonnes_before.index)
