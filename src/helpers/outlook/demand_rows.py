"""The factors of demand as rows of ``demand.csv``: which there must be, and whether their units make tonnes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import DataError, Vintage, ids
from helpers.data.public import UNUSED

RARE_EARTH = "NdFeB"

_MASS = {"t": 1.0, "kg": 1e-3, "g": 1e-6}
"""Tonnes of a unit of mass."""
_SHARES = {"share": 1.0, "%": 0.01}
_NEEDED = ("activity", "intensity")


@dataclass(frozen=True)
class Factor:
    """One factor of a product, by fiscal year: its ends and its mode, and how it is drawn.

    ``bound`` tells that no source gives it: a range without a middle.
    """

    name: str
    role: str
    low: np.ndarray
    mode: np.ndarray
    high: np.ndarray
    bound: bool


@dataclass(frozen=True)
class Line:
    """Magnets of one material in one sector: units x shares x magnet in a unit x ``tonnes`` (of a unit of mass).

    ``unit`` is that of the magnet in a unit, such as ``kg/vehicle``.
    """

    sector: str
    material: str
    activity: pd.Series
    factors: tuple[Factor, ...]
    inside: Factor
    tonnes: float
    unit: str
    source: str

    @property
    def bound(self) -> bool:
        """Whether a factor of it is a bound only."""
        return any(factor.bound for factor in self.factors)


def lines(india: Vintage, years: np.ndarray) -> list[Line]:
    """Every product that can be formed on the day, in the order of the sectors.

    Raises
    ------
    DataError
        If a sector lacks a row, or units do not multiply to tonnes; it names the sector and the row.
    """
    sectors = india.written["demand"].codes["sector"]
    require_whole(india.written["demand"].frame(), sectors)
    rows = india.table("demand")
    rows = rows[rows["status"] != "missing"]
    found = []
    for sector in sectors:
        of = rows[rows["sector"] == sector]
        activity = of[of["role"] == "activity"]
        for material in of.loc[of["role"] == "intensity", "material"].unique() if len(activity) else ():
            mine = of[of["role"].isin(["share", "intensity"]) & of["material"].isin([material, ""])]
            if "share" in set(mine["role"]):
                inside = of[(of["role"] == "inside") & (of["material"] == material)]
                found.append(_line(activity.iloc[0], material, mine, inside, years))
    return found


def require_whole(rows: pd.DataFrame, sectors: list[str]) -> None:
    """Refuse a table in which a sector has no activity or no intensity, if only as a gap."""
    there = set(zip(rows["sector"], rows["role"], strict=True))
    if gone := [f"{role} of {sector!r}" for sector in sectors for role in _NEEDED if (sector, role) not in there]:
        raise DataError(
            f"data/demand.csv has no {', no '.join(gone)}; restore the row, write one of status missing, or take the "
            "sector out of the list in data/datapackage.json"
        )


def tonnes(activity: pd.Series, factors: pd.DataFrame) -> float:
    """What a product of the units of some rows comes to, in tonnes: ``vehicles x share x kg/vehicle`` to 0.001.

    Raises
    ------
    DataError
        If the units do not multiply to a mass, with the sector and the row.
    """
    made, mass = activity["unit"], None
    for row in factors.drop_duplicates(["role", "factor"]).to_dict("records"):
        above, _, below = row["unit"].partition("/")
        if row["role"] == "share" and row["unit"] in _SHARES:
            mass = (mass or 1.0) * _SHARES[row["unit"]]
        elif row["role"] == "intensity" and above in _MASS and below and below in (made, made.removesuffix("s")):
            mass, made = (mass or 1.0) * _MASS[above], ""
        else:
            raise DataError(
                f"data/demand.csv: {row['sector']!r}, {row['factor']!r}, is in {row['unit']}, and {activity['unit']} "
                "times it are no tonnes; correct its unit, or that of the activity"
            )
    if made:
        raise DataError(f"data/demand.csv: {activity['sector']!r} has no magnet in a unit; add the row")
    return float(mass)


def series(india: Vintage) -> list[str]:
    """The series that count units of a sector, each once."""
    rows = india.table("demand")
    return list(rows.loc[(rows["role"] == "activity") & (rows["series"] != ""), "series"].unique())


def gaps(india: Vintage) -> pd.DataFrame:
    """What no source gives: bounds and missing rows, with the public source that would close each.

    Returns
    -------
    pd.DataFrame
        ``sector, factor, unit, low, high, status, closed_by, note, source``.
    """
    rows = india.table("demand")
    rows = rows[rows["status"].isin(UNUSED)]
    return rows[["sector", "factor", "unit", "low", "high", "status", "closed_by", "note", "source"]]


def _line(activity: pd.Series, material: str, rows: pd.DataFrame, inside: pd.DataFrame, years: np.ndarray) -> Line:
    sector = activity["sector"]
    factors = [
        _factor(f"{sector}/{name}/{of}", role, one, years)
        for (role, name, of), one in rows.groupby(["role", "factor", "material"], sort=False)
    ]
    part = _factor(f"{sector}/inside/{material}", "inside", inside, years)
    source = ids(*rows["source"], *inside["source"])
    unit = rows.loc[rows["role"] == "intensity", "unit"].iloc[0]
    return Line(sector, material, activity, tuple(factors), part, tonnes(activity, rows), unit, source)


def _factor(name: str, role: str, rows: pd.DataFrame, years: np.ndarray) -> Factor:
    """The rows of a factor over the years: even between two of them, held before the first and after the last."""
    if rows.empty:  # of what nothing is said, anything between nothing and all
        return Factor(name, role, np.zeros(len(years)), np.full(len(years), 0.5), np.ones(len(years)), True)
    rows = rows.assign(place=rows["at"].map(fiscal.centre)).sort_values("place")
    ends = {end: rows[end].fillna(rows["value"]) for end in ("low", "high")}
    mode = rows["value"].fillna((ends["low"] + ends["high"]) / 2)
    over = [np.interp(years, rows["place"], column) for column in (ends["low"], mode, ends["high"])]
    flat = not (rows["distribution"] == "triangular").any() and len(rows) == 1 and rows["value"].isna().all()
    return Factor(name, role, over[0], np.full(len(years), np.nan) if flat else over[1], over[2],
                  bool((rows["status"] == "unverified").any()))  # fmt: skip
