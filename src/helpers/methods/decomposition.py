"""Where a change in import value came from: tonnes, mix of lines, unit values."""

import numpy as np
import pandas as pd


def bennet_decomposition(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Split the change in value into volume, mix and unit value, line by line and without a residual.

    With total tonnes ``Q``, share of weight ``s_k`` and unit value ``u_k`` of line ``k``, and bars for the
    mean of the two periods::

        volume_k = dQ     * mean(s_k u_k)
        mix_k    = mean(Q) * mean(u_k) * ds_k
        price_k  = mean(Q) * mean(s_k) * du_k

    A row adds up to the change of that line; the columns add up to the three terms for all lines. The
    columns name the cause as the field does: "price" is the change of unit values within lines, which may
    be a change of what the line contains.

    Parameters
    ----------
    before, after : pd.DataFrame
        One row per line, the same lines in both; columns ``tonnes`` and ``value_usd`` (any one currency and
        scale will do). A line absent in one period has zero in both columns; it is given its other
        period's unit value, so that its arrival counts as mix and not as price.

    Returns
    -------
    pd.DataFrame
        ``volume``, ``mix``, ``price`` in the unit of ``value_usd``, on the lines of ``before``.

    Raises
    ------
    ValueError
        If the lines differ, a figure is missing or negative, a line has value without tonnes, or a period
        has no tonnes at all.

    References
    ----------
    Bennet, T. L. (1920). The theory of measurement of changes in cost of living. Journal of the Royal
    Statistical Society 83(3), 455-462.
    """
    _check_same_lines(before, after)
    _check_period("before", before)
    _check_period("after", after)
    terms = _bennet_terms(*_arrays(before), *_arrays(after.reindex(before.index)))
    return pd.DataFrame(terms, index=before.index)


def bennet_over_splits(tonnes_before: pd.DataFrame, value_before: pd.Series, after: pd.DataFrame) -> pd.DataFrame:
    """Repeat the Bennet decomposition for assumed tonnes of the earlier period, whose values by line are known.

    Parameters
    ----------
    tonnes_before : pd.DataFrame
        One row per split, one column per line, all above zero.
    value_before : pd.Series
        Value by line in the earlier period.
    after : pd.DataFrame
        Later period: one row per line, ``tonnes`` and ``value_usd``, as in :func:`bennet_decomposition`.

    Returns
    -------
    pd.DataFrame
        ``volume, mix, price`` of all lines together, on the rows of ``tonnes_before``.

    Raises
    ------
    ValueError
        If the lines differ, or a split leaves a line without tonnes.
    """
    _check_same_lines(value_before, after)
    _check_period("after", after)
    tonnes = tonnes_before[value_before.index]
    if len(wrong := tonnes[~(tonnes > 0).all(axis=1)]):
        raise ValueError(f"each split needs tonnes of every line; first offenders:\n{wrong.head()}")
    values = np.broadcast_to(value_before.to_numpy(float), tonnes.shape)
    terms = _bennet_terms(tonnes.to_numpy(float), values, *_arrays(after.reindex(value_before.index)))
    return pd.DataFrame({name: term.sum(axis=-1) for name, term in terms.items()}, index=tonnes.index)


def _bennet_terms(
    tonnes_before: np.ndarray, value_before: np.ndarray, tonnes_after: np.ndarray, value_after: np.ndarray
) -> dict[str, np.ndarray]:
    """The three terms as arrays; the last axis is the line, leading axes broadcast (splits)."""
    total_before = tonnes_before.sum(axis=-1, keepdims=True)
    total_after = tonnes_after.sum(axis=-1, keepdims=True)
    share_before, share_after = tonnes_before / total_before, tonnes_after / total_after
    unit_before = _unit_value(value_before, tonnes_before, value_after, tonnes_after)
    unit_after = _unit_value(value_after, tonnes_after, value_before, tonnes_before)
    mean_total = (total_before + total_after) / 2
    contribution = (share_before * unit_before + share_after * unit_after) / 2
    return {
        "volume": (total_after - total_before) * contribution,
        "mix": mean_total * (unit_before + unit_after) / 2 * (share_after - share_before),
        "price": mean_total * (share_before + share_after) / 2 * (unit_after - unit_before),
    }


def _arrays(lines: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return lines["tonnes"].to_numpy(float), lines["value_usd"].to_numpy(float)


def _unit_value(value: np.ndarray, tonnes: np.ndarray, other_value: np.ndarray, other_tonnes: np.ndarray) -> np.ndarray:
    """Value per tonne; a line without tonnes borrows the other period's, one without either has none."""
    nothing = np.zeros(np.broadcast(value, other_value).shape)
    borrowed = np.divide(other_value, other_tonnes, out=nothing, where=other_tonnes > 0)
    return np.divide(value, tonnes, out=borrowed, where=tonnes > 0)


def _check_same_lines(before: pd.DataFrame | pd.Series, after: pd.DataFrame) -> None:
    if not before.index.is_unique or not after.index.is_unique or set(before.index) != set(after.index):
        raise ValueError(f"both periods need the same lines, each once: {list(before.index)} and {list(after.index)}")


def _check_period(name: str, lines: pd.DataFrame) -> None:
    figures = lines[["tonnes", "value_usd"]].astype(float)
    valid = np.isfinite(figures).all(axis=1) & (figures >= 0).all(axis=1)
    valid &= (figures["tonnes"] > 0) | (figures["value_usd"] == 0)
    if not valid.all():
        raise ValueError(
            f"{name}: figures must be known, not negative, and without value where there are no "
            f"tonnes; first offenders:\n{figures[~valid].head()}"
        )
    if figures["tonnes"].sum() == 0:
        raise ValueError(f"{name}: no tonnes at all, so shares are undefined")
