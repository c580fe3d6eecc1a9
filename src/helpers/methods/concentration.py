"""How concentrated supply is, and unit values that cannot be."""

import numpy as np
import pandas as pd

KG_PER_TONNE = 1000
MAD_TO_SD = 1.4826
"""A normal distribution's standard deviation is this many median absolute deviations."""

SLIP_FACTORS = (10.0, 100.0, 1000.0, 1e5)
"""Slips seen in trade figures: misplaced digits, kilogram for tonne, and lakh (100,000)."""


def shares(amounts: pd.Series) -> pd.Series:
    """Each partner's share of the total, 0-1.

    Parameters
    ----------
    amounts : pd.Series
        Tonnes or value per partner, any one unit.

    Returns
    -------
    pd.Series
        On the index of ``amounts``, adding up to 1.

    Raises
    ------
    ValueError
        If a partner is listed twice, an amount is missing or negative, or the total is zero.
    """
    amounts = amounts.astype(float)
    wrong = amounts[~(np.isfinite(amounts) & (amounts >= 0)) | amounts.index.duplicated(keep=False)]
    if len(wrong):
        raise ValueError(f"amounts must be known, none negative, one a partner; offenders:\n{wrong.head()}")
    if amounts.sum() == 0:
        raise ValueError("the total is zero, so there are no shares")
    return amounts / amounts.sum()


def herfindahl(amounts: pd.Series) -> float:
    """Herfindahl-Hirschman index ``HHI = sum s_c^2``, 0-1 (times 10,000 in competition practice).

    Parameters
    ----------
    amounts : pd.Series
        Tonnes or value per partner; trade without a partner is left out.

    References
    ----------
    Hirschman, A. O. (1964). The paternity of an index. American Economic Review 54(5), 761.
    """
    return float((shares(amounts) ** 2).sum())


def flag_unit_values(
    cells: pd.DataFrame, by: list[str], *, k: float = 3.5, least_count: int = 5, least_spread: float = 0.05
) -> pd.DataFrame:
    """Cells whose unit value is out of line with their group, and the slip that would explain each.

    With ``x = ln(value / quantity)``, a cell is flagged if
    ``|x - median(x)| > k * max(1.4826 * MAD(x), least_spread)`` within its group. It gets the slip factor
    nearest to its deviation that brings it back inside. Where ``threshold`` exceeds ln 10, tens go unseen.

    Parameters
    ----------
    cells : pd.DataFrame
        ``tonnes`` and ``value_usd``.
    by : list of str
        Columns that make a group, such as line and partner; pass about 24 months of each.
    k : float
        Robust standard deviations allowed; 3.5 follows Iglewicz and Hoaglin (1993).
    least_count : int
        A group with fewer usable cells is not tested.
    least_spread : float
        Floor of the spread in logs, so that a group of near-identical unit values does not flag rounding.

    Returns
    -------
    pd.DataFrame
        ``cells`` with ``unit_value_usd_per_kg``, ``log_deviation`` (positive: too dear), ``threshold``,
        ``tested``, ``flagged``, ``quantity_factor``: recorded over likely quantity (or likely over recorded
        value); missing where no known slip explains the cell.

    References
    ----------
    Hampel (1974), The influence curve and its role in robust estimation, J. Am. Stat. Assoc. 69(346), 383-393.
    """
    usable = (cells["tonnes"] > 0) & (cells["value_usd"] > 0)
    unit_value = (cells["value_usd"] / cells["tonnes"] / KG_PER_TONNE).where(usable)
    log_value = np.log(unit_value)
    keys = [cells[column] for column in by]
    deviation = log_value - log_value.groupby(keys).transform("median")
    spread = (MAD_TO_SD * deviation.abs().groupby(keys).transform("median")).clip(lower=least_spread)
    tested = usable & (log_value.groupby(keys).transform("count") >= least_count)
    threshold = (k * spread).where(tested)
    flagged = tested & (deviation.abs() > threshold)
    return cells.assign(
        unit_value_usd_per_kg=unit_value,
        log_deviation=deviation,
        threshold=threshold,
        tested=tested,
        flagged=flagged,
        quantity_factor=_likely_slip(deviation, threshold).where(flagged),
    )


def _likely_slip(deviation: pd.Series, threshold: pd.Series) -> pd.Series:
    """The slip factor of the quantity nearest to each deviation, where it leaves less than the threshold."""
    factors = np.array([*SLIP_FACTORS, *(1 / factor for factor in SLIP_FACTORS)])
    left = np.abs(deviation.to_numpy()[:, None] + np.log(factors))
    # A missing deviation has no nearest factor; its distance must lose every comparison.
    left = np.where(np.isnan(left), np.inf, left)
    nearest = left.argmin(axis=1)
    explained = left[np.arange(len(left)), nearest] <= threshold.to_numpy()
    return pd.Series(np.where(explained, factors[nearest], np.nan), index=deviation.index)
