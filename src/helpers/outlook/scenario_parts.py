"""Who needs rare-earth magnets, in parts that levers move apart: on the trend, and how far the targets are ahead."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from helpers.data import Vintage
from helpers.outlook import demand, demand_draws
from helpers.outlook.demand_activity import Units
from helpers.outlook.demand_rows import RARE_EARTH, Line

TRACTION, VEHICLE, TURBINE, OTHER = "traction", "vehicle", "turbine", "other"
_MOTOR = "with a rare-earth motor"
_CAPACITY, _ELECTRIC = "MW", "ev_"


def _none() -> np.ndarray:
    return np.zeros((1, 1))


@dataclass(frozen=True)
class Part:
    """Rare-earth magnets of a sector, or of several whose levers are the same: arrays (draws, years).

    ``tonnes`` on the trend, and ``outside``, the part of them that comes as magnets and not inside motors; ``units`` a
    year and ``fitted``, those of them with such magnets; ``shift`` is how far the targets are ahead of the trend, in
    logs; ``whole`` is what it would be if every unit had magnets; ``bound`` tells that no source gives it.
    """

    sector: str
    kind: str
    bound: bool
    tonnes: np.ndarray
    outside: np.ndarray
    units: np.ndarray = field(default_factory=_none)
    fitted: np.ndarray = field(default_factory=_none)
    shift: np.ndarray = field(default_factory=_none)
    whole: np.ndarray = field(default_factory=_none)
    displaces: str = ""


def parts(india: Vintage, made: demand_draws.Demand, at: slice, ended: int) -> tuple[Part, ...]:
    """The parts of a demand on the trend, of some of its years; none is ahead of the trend in a year that ended."""
    of, aimed, goals = demand.model(india), demand.with_target(india), demand.model(india, "target").units
    lines = {line.sector: (place, line) for place, line in enumerate(made.lines) if line.material == RARE_EARTH}
    told = [line for _, line in lines.values() if _kind(line) != OTHER]
    share = _only(of, len(made.tonnes), told, "share")
    each = _only(of, len(made.tonnes), [line for line in told if _kind(line) == TURBINE], "intensity")
    found: list[Part] = []
    for sector, (place, line) in lines.items():
        tonnes = np.nan_to_num(made.tonnes[:, place, at])
        part = Part(sector, _kind(line), line.bound, tonnes, made.outside[place][:, at])
        if part.kind != OTHER:
            units = np.nan_to_num(made.units[sector][:, at])
            fitted = units * share[sector][:, at]
            part = replace(part, units=units, fitted=fitted, displaces=_displaced(of, sector))
        if part.kind == TURBINE:
            part = replace(part, whole=part.units * each[sector][:, at] * line.tonnes)
        if part.kind == TRACTION and sector in aimed:
            left = made.units[part.displaces][:, at] if part.displaces else np.inf
            shift = _shift(part.units, goals[sector], left, at)
            part = replace(part, shift=np.where(made.years[at] > ended, shift, 0.0))
        found.append(part)
    return tuple(_together(found))


def _only(of: demand_draws.Model, count: int, lines: Iterable[Line], role: str) -> dict[str, np.ndarray]:
    """By sector, the product of the factors of a role, with the draws that they have in the demand."""
    kept = [replace(line, factors=tuple(one for one in line.factors if one.role == role)) for line in lines]
    one = Units(np.zeros(len(of.years)), np.zeros(len(of.years)), 0, "one unit")
    single = replace(of, lines=tuple(kept), units={line.sector: one for line in kept}, displaces={})
    drawn = demand_draws.draw(single, count).tonnes
    return {line.sector: drawn[:, place] / line.tonnes for place, line in enumerate(kept)}


def _kind(line: Line) -> str:
    if any(factor.name.split("/")[1] == _MOTOR for factor in line.factors):
        return TRACTION
    unit = line.activity["unit"]
    return TURBINE if unit == _CAPACITY else VEHICLE if unit == "vehicles" else OTHER


def _displaced(of: demand_draws.Model, sector: str) -> str:
    """The sector whose units a sector takes away; none where both are parts of one count of electric vehicles."""
    other = of.displaces.get(sector, "")
    line = next((line for line in of.lines if line.sector == other), None)
    return "" if line is None or line.activity["series"].startswith(_ELECTRIC) else other


def _shift(units: np.ndarray, goal: Units, left: np.ndarray | float, at: slice) -> np.ndarray:
    """Logs from the trend up to the target, at least nought and no more than the units there are."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = goal.middle[at] - np.log(units)
        ahead = np.minimum(ahead, np.log1p(np.maximum(left, 0) / units))
    ahead[:, goal.scale[at] > 0] = 0
    return np.maximum(np.nan_to_num(ahead, posinf=0, neginf=0), 0)


def _together(parts: list[Part]) -> list[Part]:
    """Parts of which no lever and no count tells more than a sum, by whether they are bounds."""
    single = [part for part in parts if part.kind != OTHER]
    for bound in (False, True):
        same = [part for part in parts if part.kind == OTHER and part.bound == bound]
        if same:
            tonnes, bare = sum(part.tonnes for part in same), sum(part.tonnes * part.outside for part in same)
            single.append(Part("", OTHER, bound, tonnes, over(bare, tonnes)))
    return single


def over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A part of a whole, 0-1; nothing of nothing."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
