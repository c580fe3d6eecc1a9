"""The factors of demand as rows of ``demand.csv``: which there must be, and whether their units make tonnes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import UNUSED, DataError, Vintage, ids
from helpers.outlook import targets

RARE_EARTH = "NdFeB"

_MASS = {"t": 1.0, "kg": 1e-3, "g": 1e-6}
"""Tonnes of a unit of mass."""
_SHARES = {"share": 1.0, "%": 0.01}
_NEEDED = ("activity", "intensity")
_ROLES = (*_NEEDED, "share", "inside")


@dataclass(frozen=True)
class Factor:
    """One factor of a product, by fiscal year: its ends and its mode, and how it is drawn.

    ``bound`` tells that no source gives it: a range without a middle. ``rest_of`` names the factor that it is what is
    left of: where that one is high, it is low.
    """

    name: str
    role: str
    low: np.ndarray
    mode: np.ndarray
    high: np.ndarray
    bound: bool
    rest_of: str = ""


@dataclass(frozen=True)
class Line:
    """Magnets of one material in one sector: units x shares x magnet in a unit x ``tonnes`` (of a unit of mass).

    ``unit`` is that of the magnet in a unit, such as ``kg/vehicle``.
    """

    sector: str
    material: str
    activity: Mapping
    factors: tuple[Factor, ...]
    inside: Factor
    tonnes: float
    unit: str
    source: str

    def over(self, at: np.ndarray) -> "Line":
        """The same of some of its years."""
        cut = [replace(of, low=of.low[at], mode=of.mode[at], high=of.high[at]) for of in (*self.factors, self.inside)]
        return replace(self, factors=tuple(cut[:-1]), inside=cut[-1])

    @property
    def bound(self) -> bool:
        """Whether a factor of it is a bound only."""
        return any(factor.bound for factor in self.factors)


@targets.remembered
def lines(india: Vintage, years: tuple[int, ...]) -> list[Line]:
    """Every product that can be formed on the day, in the order of the sectors.

    Raises
    ------
    DataError
        If a sector lacks a row, or units do not multiply to tonnes; with the sector and the row.
    """
    sectors = india.written["demand"].codes["sector"]
    require_whole(india.written["demand"].frame(), sectors)
    rows = [row for row in india.table("demand").to_dict("records") if row["status"] != "missing"]
    found = []
    for sector in sectors:
        of = {role: [row for row in rows if (row["sector"], row["role"]) == (sector, role)] for role in _ROLES}
        for material in dict.fromkeys(row["material"] for row in of["intensity"]):
            mine = {role: [row for row in of[role] if row["material"] in (material, "")] for role in _ROLES}
            if of["activity"] and mine["share"]:
                found.append(_line(of["activity"][0], material, mine, np.array(years)))
    return found


def require_whole(rows: pd.DataFrame, sectors: list[str]) -> None:
    """Refuse a table in which a sector has no activity or no intensity, if only as a gap."""
    there = set(zip(rows["sector"], rows["role"], strict=True))
    if gone := [f"{role} of {sector!r}" for sector in sectors for role in _NEEDED if (sector, role) not in there]:
        remedy = "write one of status missing, or take the sector out of the list in data/datapackage.json"
        raise DataError(f"data/demand.csv has no {', no '.join(gone)}; restore the row, {remedy}")


def tonnes(activity: Mapping, factors: Iterable[Mapping]) -> float:
    """What a product of the units of some rows comes to, in tonnes: ``vehicles x share x kg/vehicle`` to 0.001.

    Raises
    ------
    DataError
        If the units do not multiply to a mass, with the sector and the row.
    """
    made, mass = activity["unit"], 1.0
    for row in factors:
        above, _, below = row["unit"].partition("/")
        if row["role"] == "share" and row["unit"] in _SHARES:
            mass *= _SHARES[row["unit"]]
        elif row["role"] == "intensity" and above in _MASS and below and below in (made, made.removesuffix("s")):
            mass, made = mass * _MASS[above], ""
        else:
            said = f"data/demand.csv: {row['sector']!r}, {row['factor']!r}, is in {row['unit']}, and {activity['unit']}"
            raise DataError(f"{said} times it are no tonnes; correct its unit, or that of the activity")
    if made:
        raise DataError(f"data/demand.csv: {activity['sector']!r} has no magnet in a unit; add the row")
    return mass


def series(india: Vintage) -> list[str]:
    """The series that count units of a sector, each once."""
    return [of for of in india.table("demand", role="activity")["series"].unique() if of]


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


def _line(activity: dict, material: str, rows: dict[str, list[dict]], years: np.ndarray) -> Line:
    sector, named = activity["sector"], {}
    for row in (*rows["share"], *rows["intensity"]):
        named.setdefault((row["role"], row["factor"], row["material"]), []).append(row)
    factors = [_factor(f"{sector}/{name}/{of}", role, one, years) for (role, name, of), one in named.items()]
    left = [one[0]["displaces"] and f"{sector}/{one[0]['displaces']}/{RARE_EARTH}" for one in named.values()]
    factors = [replace(factor, rest_of=of) for factor, of in zip(factors, left, strict=True)]
    inside = _factor(f"{sector}/inside/{material}", "inside", rows["inside"], years)
    mass, unit = tonnes(activity, [one[0] for one in named.values()]), rows["intensity"][0]["unit"]
    source = ids(*(row["source"] for role in _ROLES for row in rows[role]))
    return Line(sector, material, activity, tuple(factors), inside, mass, unit, source)


def _factor(name: str, role: str, rows: list[dict], years: np.ndarray) -> Factor:
    """The rows of a factor over the years: even between two of them, held before the first and after the last."""
    if not rows:  # of what nothing is said, anything between nothing and all
        return Factor(name, role, np.zeros(len(years)), np.full(len(years), np.nan), np.ones(len(years)), True)
    rows = sorted(rows, key=lambda row: fiscal.centre(row["at"]))
    places = [fiscal.centre(row["at"]) for row in rows]
    low, high = ([row["value"] if isnan(row[end]) else row[end] for row in rows] for end in ("low", "high"))
    middle = [(a + b) / 2 if isnan(row["value"]) else row["value"] for row, a, b in zip(rows, low, high, strict=True)]
    over = [np.interp(years, places, ends) for ends in (low, middle, high)]
    if all(isnan(row["value"]) for row in rows):  # as likely anywhere between its ends
        over[1] = np.full(len(years), np.nan)
    return Factor(name, role, *over, bound=any(row["status"] == "unverified" for row in rows))
