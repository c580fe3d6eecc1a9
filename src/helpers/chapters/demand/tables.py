"""Tables of chapter 3: heads in words and units, the sources beside each row."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters.rows import headed
from helpers.data import Vintage, ids, number
from helpers.outlook import demand, demand_past, demand_rows
from helpers.outlook.demand import RARE_EARTH, Demand, Model

LEAST = 5  # per cent of the whole below which a sector is not named in a sentence or a stack
MOST = 4  # sectors that a sentence or a stack names
_MATERIALS = {RARE_EARTH: "rare earth", "ferrite": "ferrite"}
OF = {demand_past.USE: "all sectors", demand_past.BARE: "as magnets", demand_past.CARS: "as magnets, vehicles"}
OF |= {demand_past.NEED: "vehicles"}
AS_MAGNETS = {OF[demand_past.BARE]: ", as magnets"}
PLACES = {"inside": "inside", "above": "above", "below": "below", "across": "in part", "": "–"}


def sectors(made: Demand, year: int, material: str = RARE_EARTH) -> pd.DataFrame:
    """``demand.sectors`` for readers."""
    table = demand.sectors(made, year, material)
    heads = {"low": "Lowest, t", "middle": "Middle, t", "high": "Highest, t", "share": "Share of the middle, %"}
    heads |= {"bound": "A bound only", "known": "Units counted to"}
    return headed(table.assign(known=table["known"].map(fiscal.year_name)), heads).rename_axis("Sector")


def factors(of: Model, year: int) -> pd.DataFrame:
    """What the tonnes of a year are multiplied from: one row a sector and material."""
    place, rows = list(of.years).index(year), []
    for line in of.lines:
        units = np.exp(of.units[line.sector].middle[place])
        if np.isnan(units):
            continue
        shares = [
            f"{name.name.split('/')[1]}: {_ends(name, place, 100)} %" for name in line.factors if name.role == "share"
        ]
        (kilos,) = [factor for factor in line.factors if factor.role == "intensity"]
        rows.append((line.sector, _MATERIALS[line.material], _rounded(units), line.activity["unit"], "; ".join(shares),
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
    table = table.assign(said=said, ends=ends, closed_by=table["closed_by"].replace("", "–")).set_index("sector")
    heads = {"factor": "What is not known", "said": "Stands as", "ends": "Bounds", "unit": "Unit"}
    return headed(table, heads | {"closed_by": "What would tell"}).rename_axis("Sector")


def records(table: pd.DataFrame) -> pd.DataFrame:
    """``demand_past.backtest`` for readers; of what comes as magnets the sectors give a range only."""
    bare = table["what"].isin([demand_past.BARE, demand_past.CARS])
    table = table.assign(middle=table["middle"].mask(bare), error=table["error"].mask(bare), what=table["what"].map(OF))
    table = table.assign(place=table["place"].map(PLACES), then=table["then"].map(PLACES))
    heads = {"count": "Count", "what": "Of", "period": "Year", "recorded": "Recorded, t", "low": "Sectors, lowest, t"}
    heads |= {"middle": "Sectors, middle, t", "high": "Sectors, highest, t", "error": "Middle against record, %"}
    heads |= {"place": "Record in the range", "then_low": "Reckoned the day before, lowest, t"}
    heads |= {"then_high": "Reckoned the day before, highest, t", "then": "Record in that range"}
    return headed(table, heads).set_index("Count")


def paid(table: pd.DataFrame) -> pd.DataFrame:
    """``demand_past.ceilings`` for readers."""
    heads = {"line": "Tariff line", "likely": "Paid for at the mean price, t", "most": "Paid for at most, t"}
    heads |= {"low": "Sectors, lowest, t", "high": "Sectors, highest, t", "over": "Draws that need more, %"}
    return headed(table, heads).rename_axis("Year")


def units(of: Model, goal: Model, wanted: list[int]) -> pd.DataFrame:
    """Units a year of each sector: as counted or carried on, and if targets are met; a gap where they are the same."""
    rows, at = [], [list(of.years).index(year) for year in wanted]
    for name, own in of.units.items():
        if own.source:
            met = goal.units[name]
            bent = np.where(met.middle[at] == own.middle[at], np.nan, np.exp(met.middle[at]))
            counts = *_rounded(np.exp(own.middle[at])), *_rounded(bent[1:])
            rows.append((name, fiscal.year_name(own.known), *counts, ids(own.source, met.source)))
    names = [fiscal.year_name(year) for year in wanted]
    heads = ["Sector", "Counted to", *names, *(f"{name}, targets met" for name in names[1:]), "source"]
    return pd.DataFrame(rows, columns=heads).set_index("Sector")


def named(made: Demand, year: int) -> pd.DataFrame:
    """The sectors that a sentence or a stack names, and one row for all others: ``sector, share, source``."""
    table = demand.sectors(made, year)
    table = table[~table["bound"]]
    large = table[table["share"] >= LEAST].head(MOST)
    rest = table.drop(large.index)
    rows = large.reset_index()[["sector", "share", "source"]]
    if rest.empty:
        return rows
    rows.loc[len(rows)] = ["all others", rest["share"].sum(), ids(*rest["source"])]
    return rows


def _rounded(units: np.ndarray) -> np.ndarray:
    """Three digits of units, of which most are reckoned and none is known to the last."""
    step = 10.0 ** (np.floor(np.log10(units)) - 2)
    return np.round(units / step) * step


def _ends(factor: demand_rows.Factor, place: int, times: float = 1.0) -> str:
    low, mode, high = (times * end[place] for end in (factor.low, factor.mode, factor.high))
    places = 2 if high < 10 and times == 1 else 0
    ends = f"{number(low, places)} to {number(high, places)}"
    if low == high:
        return number(low, places)
    return ends if np.isnan(mode) or factor.bound else f"{number(mode, places)} ({ends})"
