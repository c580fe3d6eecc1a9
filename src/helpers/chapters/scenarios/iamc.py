"""Scenarios in the format of the Integrated Assessment Modeling Consortium, as pyam and its like read it.

A row a variable, a column a year. A fiscal year is the calendar year in which it ends. The ends and the middle of an
interval are variables of their own, as is the custom there: ``...|10.0th Percentile``.
"""

import pandas as pd

from helpers import __version__

MODEL = f"India magnet outlook {__version__}"
REGION = "India"
ENDS = {"low": "10.0th Percentile", "middle": "50.0th Percentile", "high": "90.0th Percentile"}
UNITS = {"t": "t/yr", "INR crore": "crore INR/yr"}


def iamc(rows: pd.DataFrame, variables: dict[str, str]) -> pd.DataFrame:
    """Tidy rows of scenarios as a wide table.

    Parameters
    ----------
    rows : pd.DataFrame
        ``scenario, fiscal_year, quantity, unit, low, middle, high``.
    variables : dict
        The variable of each quantity; the parts of a variable are parted by ``|``.

    Returns
    -------
    pd.DataFrame
        ``Model, Scenario, Region, Variable, Unit``, then a column a year, named by the year in which it ends.
    """
    long = rows.melt(["scenario", "fiscal_year", "quantity", "unit"], list(ENDS), "end")
    long["Variable"] = long["quantity"].map(variables) + "|" + long["end"].map(ENDS)
    long["Unit"] = long["unit"].map(UNITS).fillna(long["unit"])
    keys = ["Scenario", "Variable", "Unit"]
    wide = long.rename(columns={"scenario": "Scenario"}).pivot(index=keys, columns="fiscal_year", values="value")
    wide = wide.rename(columns=str).rename_axis(columns=None).reset_index()
    wide.insert(0, "Model", MODEL)
    wide.insert(2, "Region", REGION)
    return wide
