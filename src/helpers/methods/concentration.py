"""How concentrated supply is, and how far numbers lie from their middle."""

import numpy as np
import pandas as pd

MAD_TO_SD = 1.4826
"""A normal distribution's standard deviation is this many median absolute deviations."""

LIMIT = 3.5
"""Robust standard deviations that are allowed, after Iglewicz and Hoaglin (1993)."""


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

    ``amounts``: tonnes or value per partner; trade without a partner is left out.

    References
    ----------
    Hirschman, A. O. (1964). The paternity of an index. American Economic Review 54(5), 761.
    """
    return float((shares(amounts) ** 2).sum())


def robust_scores(logs: pd.Series, least_spread: float = 0.05) -> pd.Series:
    """How far numbers lie from their middle: ``(x - median(x)) / max(1.4826 MAD(x), least_spread)``.

    The floor keeps near-identical numbers, of which rounding is the only scatter, from being flagged.

    References
    ----------
    Hampel (1974), The influence curve and its role in robust estimation, J. Am. Stat. Assoc. 69(346), 383-393.
    """
    away = logs - logs.median()
    return away / max(MAD_TO_SD * away.abs().median(), least_spread)
