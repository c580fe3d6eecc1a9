"""Scenarios in the format of the Integrated Assessment Modeling Consortium, as pyam and its like read it.

A row a variable, a column a year. A fiscal year is the calendar year in which it ends. The ends and the middle of an
interval are variables of their own, as is the custom there: ``...|10.0th Percentile``.
"""

import pandas as pd

from helpers import __version__
from helpers.data import Vintage

REGION = "India"
ENDS = {"low": "10.0th Percentile", "middle": "50.0th Percentile", "high": "90.0th Percentile"}
UNITS = {"t": "t/yr", "INR crore": "crore INR/yr", "vehicles": "vehicles/yr", "MW": "MW/yr"}
VARIABLES = {
    "demand": "Demand|Rare-Earth Magnet",
    "scheme": "Production|Rare-Earth Magnet|Scheme",
    "surplus": "Production|Rare-Earth Magnet|Surplus",
    "recycled": "Production|Rare-Earth Magnet|Recycled",
    "stock": "Stock Draw|Rare-Earth Magnet",
    "imports": "Imports|Rare-Earth Magnet",
    "bare": "Imports|Rare-Earth Magnet|Bare",
    "allowed": "Imports|Rare-Earth Magnet|Licensed",
    "shortage": "Shortage|Rare-Earth Magnet",
    "oxide_needed": "Demand|NdPr Oxide",
    "oxide_own": "Supply|NdPr Oxide|Domestic",
    "oxide_japan": "Supply|NdPr Oxide|Withheld from Japan",
    "oxide_imported": "Imports|NdPr Oxide",
    "oxide_ore": "Production|NdPr Oxide|In Ore",
    "oxide_sold": "Exports|NdPr Oxide|Japan",
    "oxide_unused": "Production|NdPr Oxide|Unused",
    "rupees": "Expenditure|Imports|Rare-Earth Magnet",
    "vehicles": "Shortage|Electric Vehicle",
    "engines": "Shortage|Car with Engine",
    "turbines": "Shortage|Wind Turbine",
}


def iamc(rows: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    """``scenario.table`` as a wide table: ``Model, Scenario, Region, Variable, Unit``, then a column a year.

    A year is named by that in which it ends; a quantity that is known in no year has no row.
    """
    long = rows.melt(["scenario", "fiscal_year", "quantity", "unit"], list(ENDS), "end").dropna(subset=["value"])
    long["Variable"] = long["quantity"].map(VARIABLES) + "|" + long["end"].map(ENDS)
    long = long.assign(Unit=long["unit"].map(UNITS)).rename(columns={"scenario": "Scenario"})
    wide = long.pivot(index=["Scenario", "Variable", "Unit"], columns="fiscal_year", values="value")
    wide = wide.rename(columns=str).rename_axis(columns=None).reset_index()
    wide.insert(0, "Model", f"India magnet outlook {__version__}, as of {india.day}")
    wide.insert(2, "Region", REGION)
    return wide
