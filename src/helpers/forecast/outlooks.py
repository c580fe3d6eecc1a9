"""What others expect of magnets, each on its own scope."""

from datetime import date

import pandas as pd

from helpers import fiscal, load

SCOPES = {
    "India REPM consumption": "repm",
    "India REPM demand": "repm",
    "India NdFeB demand": "repm",
    "REPM imports for cars": "cars only",
    "world NdFeB demand": "world",
    "world magnet rare-earth demand": "world, element",
    "cleantech magnet rare-earth demand": "world, element",
    "wind neodymium demand": "world, element",
}
"""The scope of each quantity: only a target's own scope stands in its figure."""


@load.sourced
def others(as_of: str | date) -> pd.DataFrame:
    """What others expect of magnets, each with its scope and the growth a year it implies.

    Returns
    -------
    pd.DataFrame
        ``publisher, quantity, scenario, scope, period, unit, value, growth`` (per cent a year since the publisher's
        base year, a gap where it names none), ``source``; unverified and missing rows are left out.
    """
    rows = load.table("outlooks", as_of).dropna(subset="value")
    rows = rows[rows["quantity"].isin(SCOPES) & (rows["status"] == "reported")].copy()
    rows["scope"] = rows["quantity"].map(SCOPES)
    time = rows["period"].map(fiscal.centre)
    base = rows.assign(time=time).sort_values("time").groupby(["publisher", "quantity", "scenario"])
    gap = time - base["time"].transform("first")
    growth = (rows["value"] / base["value"].transform("first")) ** (1 / gap.where(gap > 0)) - 1
    columns = ["publisher", "quantity", "scenario", "scope", "period", "unit", "value", "growth", "source"]
    rows = rows.assign(growth=100 * growth.where(gap > 0)).sort_values(["scope", "publisher", "quantity", "period"])
    return rows[columns].reset_index(drop=True)


def on_scope(theirs: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The outlooks of others that are of the target of a forecast, and of nothing wider or narrower."""
    return theirs[theirs["scope"].isin(table["target"])]
