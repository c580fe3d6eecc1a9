"""What others expect of magnets, each on its own scope."""

import pandas as pd

from helpers import fiscal
from helpers.data import Vintage

OTHER = "other"
LEFT_OUT = ("weak", "unverified", "missing")
"""Statuses of outlooks that are not shown: of vendors, recalled, or not found."""


def others(india: Vintage) -> pd.DataFrame:
    """What others expect of magnets, each with its scope and the growth a year it implies.

    Returns
    -------
    pd.DataFrame
        ``publisher, quantity, scenario, scope, period, unit, value, growth`` (per cent a year since the publisher's
        base year, a gap where it names none), ``status, source``; weak, unverified and missing rows are left out.
    """
    rows = india.table("outlooks").dropna(subset="value")
    rows = rows[(rows["scope"] != OTHER) & ~rows["status"].isin(LEFT_OUT)].copy()
    time = rows["period"].map(fiscal.centre)
    base = rows.assign(time=time).sort_values("time").groupby(["publisher", "quantity", "scenario"])
    gap = time - base["time"].transform("first")
    growth = (rows["value"] / base["value"].transform("first")) ** (1 / gap.where(gap > 0)) - 1
    columns = ["publisher", "quantity", "scenario", "scope", "period", "unit", "value", "growth", "status", "source"]
    rows = rows.assign(growth=100 * growth.where(gap > 0)).sort_values(["scope", "publisher", "quantity", "period"])
    return rows[columns].reset_index(drop=True)


def on_scope(theirs: pd.DataFrame, target: str) -> pd.DataFrame:
    """The outlooks of others that are of a target, and of nothing wider or narrower."""
    return theirs[(theirs["scope"] == target) & (theirs["unit"] == "t")]


def on_calendar(rows: pd.DataFrame, period: str) -> pd.Series | None:
    """Yearly figures by fiscal year, read at another period of whole months: each year by the months it shares with it.

    A calendar year holds three months of the fiscal year of its name and nine of the next.

    Parameters
    ----------
    rows : pd.DataFrame
        Tonnes, indexed by fiscal year.

    Returns
    -------
    pd.Series or None
        By column, tonnes a year; None if a fiscal year of the period is not in ``rows``.
    """
    years = pd.Series([fiscal.year_name(fiscal.fiscal_year(month)) for month in fiscal.months(period)])
    shares = years.value_counts(normalize=True)
    if not shares.index.isin(rows.index).all():
        return None
    return rows.loc[shares.index].mul(shares, axis=0).sum()


def farthest(theirs: pd.DataFrame, rows: pd.DataFrame) -> str | None:
    """The farthest period of others' outlooks that yearly figures by fiscal year reach, whole years only."""
    periods = [p for p in theirs["period"].unique() if fiscal.is_year(p) and on_calendar(rows, p) is not None]
    return max(periods, key=fiscal.centre, default=None)
