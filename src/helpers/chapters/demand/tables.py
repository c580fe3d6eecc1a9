"""Tables of chapter 3: heads in words and units, the sources beside each row."""

import numpy as np
import pandas as pd

from helpers.data import Vintage, ids, number
from helpers.outlook import demand, demand_rows
from helpers.outlook.demand import RARE_EARTH, Demand, Model

LEAST = 5
"""Per cent of the whole below which a sector is not named in a sentence or a stack."""
MOST = 4
"""Sectors that a sentence or a stack names."""

_MATERIALS = {RARE_EARTH: "rare earth", "ferrite": "ferrite"}
_RECORDS = {"use": "Use, all sectors", "bare": "Imports as magnets"}


def sectors(made: Demand, year: int, material: str = RARE_EARTH) -> pd.DataFrame:
    """``demand.sectors`` for readers."""
    table = demand.sectors(made, year, material)
    table = table.assign(known=[f"FY{last % 100:02d}" for last in table["known"]])
    heads = {"low": "Lowest, t", "middle": "Middle, t", "high": "Highest, t", "share": "Share of the middle, %"}
    heads |= {"bound": "A bound only", "known": "Units counted to"}
    return table.rename(columns=heads)[[*heads.values(), "source"]].rename_axis("Sector")


def factors(of: Model, year: int) -> pd.DataFrame:
    """What the tonnes of a year are multiplied from: one row a sector and material."""
    place, rows = list(of.years).index(year), []
    for line in of.lines:
        units = np.exp(of.units[line.sector].middle[place])
        if np.isnan(units):
            continue
        shares = [f"{name.name.split('/')[1]}: {_ends(name, place, 100)} %" for name in line.factors if name.role == "share"]
        (kilos,) = [factor for factor in line.factors if factor.role == "intensity"]
        rows.append((line.sector, _MATERIALS[line.material], units, line.activity["unit"], "; ".join(shares),
                     f"{_ends(kilos, place)} {line.unit.partition('/')[0]}", line.source))  # fmt: skip
    heads = ["Sector", "Magnets", "Units a year, before others take their place", "Counted in", "Part of them"]
    table = pd.DataFrame(rows, columns=[*heads, "Magnet in a unit", "source"])
    return table.set_index("Sector")


def gaps(india: Vintage) -> pd.DataFrame:
    """``demand_rows.gaps`` for readers."""
    table = demand_rows.gaps(india)
    said = table["status"].map({"unverified": "a bound of ours", "missing": "not found"})
    ends = [f"{number(low, 2)} to {number(high, 2)}" if low == low else "–"
            for low, high in zip(table["low"], table["high"], strict=True)]  # fmt: skip
    table = table.assign(said=said, ends=ends, closed_by=table["closed_by"].replace("", "–"))
    heads = {"sector": "Sector", "factor": "What is not known", "said": "Stands as", "ends": "Bounds", "unit": "Unit"}
    heads |= {"closed_by": "What would tell"}
    return table.rename(columns=heads)[[*heads.values(), "source"]].set_index("Sector")


def records(table: pd.DataFrame) -> pd.DataFrame:
    """``demand.recorded`` for readers; of what comes as magnets the sectors give a range only."""
    table = table.assign(what=table["what"].map(_RECORDS), middle=table["middle"].mask(table["what"] == "bare"))
    table["error"] = table["error"].mask(table["middle"].isna())
    heads = {"what": "What", "period": "Year", "recorded": "Recorded, t", "low": "Sectors, lowest, t"}
    heads |= {"middle": "Sectors, middle, t", "high": "Sectors, highest, t", "error": "Middle against record, %"}
    heads |= {"inside": "Record inside the range"}
    return table.rename(columns=heads)[[*heads.values(), "source"]].set_index("What")


def named(made: Demand, year: int) -> pd.DataFrame:
    """The sectors that a sentence or a stack names, and one row for all others: ``sector, share, source``."""
    table = demand.sectors(made, year)
    table = table[~table["bound"]]
    large = table[table["share"] >= LEAST].head(MOST)
    rest = table.drop(large.index)
    rows = large.reset_index()[["sector", "share", "source"]]
    if rest.empty:
        return rows
    return pd.concat([rows, pd.DataFrame([("all others", rest["share"].sum(), ids(*rest["source"]))], columns=rows.columns)],
                     ignore_index=True)  # fmt: skip


def _ends(factor: demand_rows.Factor, place: int, times: float = 1.0) -> str:
    low, mode, high = (times * end[place] for end in (factor.low, factor.mode, factor.high))
    places = 2 if high < 10 and times == 1 else 0
    ends = f"{number(low, places)} to {number(high, places)}"
    if low == high:
        return number(low, places)
    return ends if np.isnan(mode) or factor.bound else f"{number(mode, places)} ({ends})"
