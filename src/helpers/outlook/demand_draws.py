"""Draws of demand: every factor from a seed of its own name, so that one of them leaves the others' draws alone.

Units of all sectors share a part of their deviation, so that a total is as uncertain as its parts together and not
less; so do the magnets in a unit, which the same few texts give, and what comes inside motors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from zlib import crc32

import numpy as np

from helpers import fiscal
from helpers.data import Quantity, derived
from helpers.outlook.demand_activity import Units
from helpers.outlook.demand_rows import RARE_EARTH, Factor, Line

SEED = 1
DRAWS = 10_000

_BLOCK = 500
"""Draws over which each factor is spread evenly."""

ENDS = (0.1, 0.5, 0.9)
"""The quantiles that are told: 80 % and the middle."""


@dataclass(frozen=True)
class Model:
    """Everything that draws are made from: lines, fiscal years, and the units of each sector on a path."""

    years: np.ndarray
    lines: tuple[Line, ...]
    units: Mapping[str, Units]
    displaces: Mapping[str, str]
    shared: Mapping[str, float]
    source: str


@dataclass(frozen=True)
class Demand:
    """Draws of tonnes, shape (draws, lines, years), with the lines and years they are of; NaN before the first count.

    ``outside`` is by line the part of them that comes as magnets and not inside motors or modules, (draws, years).
    ``known`` is the last fiscal year in which the units of each line are counted. ``units`` holds those of each sector,
    (draws, years).
    """

    years: np.ndarray
    lines: tuple[Line, ...]
    known: tuple[int, ...]
    tonnes: np.ndarray
    outside: tuple[np.ndarray, ...]
    source: str
    units: Mapping[str, np.ndarray]

    def total(self, *materials: str, bounds: bool, at=slice(None)) -> np.ndarray:
        """The sum over the lines of rare earth, or of some materials, shape (draws, years), with or without bounds.

        ``at`` picks the places of some years.
        """
        wanted = [line.material in (materials or [RARE_EARTH]) and (bounds or not line.bound) for line in self.lines]
        return np.nansum(self.tonnes[..., at][:, wanted], axis=1)

    def at(self, year: int, *materials: str, bounds: bool = True) -> Quantity:
        """Tonnes of a year (80 %): the middle and the low end without the bounds, the high end with them if asked."""
        place = list(self.years).index(year)
        low, middle, high = ends(*(self.total(*materials, bounds=of, at=place) for of in (False, bounds)))
        uses = [self.source, *(line.source for line in self.lines if line.material in (materials or [RARE_EARTH]))]
        return derived(middle, "t", *uses, period=fiscal.year_name(year), low=low, high=high)

    def first(self, count: int) -> "Demand":
        """So many of the draws: what fewer of them would have been."""
        units = {name: of[:count] for name, of in self.units.items()}
        outside = tuple(of[:count] for of in self.outside)
        return replace(self, tonnes=self.tonnes[:count], outside=outside, units=units)

    def __bool__(self) -> bool:
        """Whether a sector is in it that needs rare-earth magnets, and is no bound."""
        return any(line.material == RARE_EARTH and not line.bound for line in self.lines)


def ends(known: np.ndarray, every: np.ndarray) -> tuple[float, float, float]:
    """80 % of draws: low end and middle without bounds, high end with them."""
    low, middle = np.quantile(known, ENDS[:2])
    return low, middle, max(np.quantile(every, ENDS[2]), middle)


def only(of: Model, *years: int) -> Model:
    """The rare-earth magnets of some years that are no bounds."""
    at = np.searchsorted(of.years, years)
    units = {name: replace(own, middle=own.middle[at], scale=own.scale[at]) for name, own in of.units.items()}
    lines = [line.over(at) for line in of.lines if line.material == RARE_EARTH and not line.bound]
    return replace(of, years=of.years[at], lines=tuple(lines), units=units)


def again(of: Model, made: Demand, years: np.ndarray, times: int) -> tuple[np.ndarray, np.ndarray]:
    """Totals of draws without and with bounds, the sector that spreads most drawn so many times beside all others.

    Shape (times x draws, years); the first of them are the totals of ``made`` itself, whose draws come in whole blocks.
    What is common to the sectors stays with each draw, and sectors that take each other's place are drawn together.
    """
    at = np.searchsorted(made.years, years)
    spreads = {line.sector: np.nan_to_num(made.tonnes[:, place, at[-1]]).std() for place, line in enumerate(made.lines)
               if line.material == RARE_EARTH and not line.bound}  # fmt: skip
    near = {max(spreads, key=lambda name: spreads[name])}
    while more := {name for pair in of.displaces.items() if near & set(pair) for name in pair} - near:
        near |= more
    part = only(of, *years)
    lines = tuple(line for line in part.lines if line.sector in near)
    units = {name: own for name, own in part.units.items() if name in near}
    count = len(made.tonnes)
    drawn = draw(replace(part, lines=lines, units=units), count * times, times=times).total(bounds=False)
    less = np.tile(drawn[:count], (times, 1))
    known, every = (np.tile(made.total(bounds=bounds, at=at), (times, 1)) - less + drawn for bounds in (False, True))
    return known, every


def draw(of: Model, draws: int = DRAWS, held: Mapping[str, float] | None = None, times: int = 1) -> Demand:
    """Draws of a model; each factor from a seed of its own name, so that one of them leaves the others' draws alone.

    Parameters
    ----------
    held : mapping, optional
        Factors that are not drawn, by name, at so many standard deviations; ``sector/units`` is that of the units.
    times : int
        How many times over the draws have the same of what is common to a role.
    """
    held = held or {}
    made = {}
    for name, own in of.units.items():
        if own.source:
            score = _score(f"{name}/units", "activity", draws // times, times, of.shared, held)
            made[name] = np.exp(own.middle[:, None] + own.scale[:, None] * score)
    made = _displaced(made, of.displaces)
    tonnes, outside = np.empty((len(of.lines), len(of.years), draws)), []
    for line, product in zip(of.lines, tonnes, strict=True):
        np.multiply(made[line.sector], line.tonnes, out=product)
        for factor in line.factors:
            score = _score(factor.rest_of or factor.name, factor.role, draws // times, times, of.shared, held)
            product *= _between(factor, -score if factor.rest_of else score)
        inside = _between(line.inside, _score(line.inside.name, "inside", draws // times, times, of.shared, held))
        outside.append(np.broadcast_to(1 - inside, product.shape).T)
    known = tuple(of.units[line.sector].known for line in of.lines)
    units = {name: own.T for name, own in made.items()}
    return Demand(of.years, of.lines, known, tonnes.transpose(2, 0, 1), tuple(outside), of.source, units)


def normal(name: str, draws: int) -> np.ndarray:
    """Normal scores from a seed of a name, shape (draws,)."""
    return np.random.default_rng([SEED, crc32(name.encode())]).standard_normal(draws)


def spread(score: np.ndarray) -> np.ndarray:
    """Normal scores with their ranks kept and spread evenly, in every block of :data:`_BLOCK`.

    Sums over draws of what one factor does are then nearly exact (a Latin hypercube), of the first blocks alone too.
    """
    block = _BLOCK if len(score) % _BLOCK == 0 else len(score)
    blocks = score.reshape(-1, block)
    even, found = _places(*blocks.shape), np.empty_like(blocks)
    np.put_along_axis(found, blocks.argsort(axis=1), even, axis=1)
    return found.ravel()


@lru_cache(maxsize=8)
def _places(count: int, block: int) -> np.ndarray:
    """Normal scores that lie evenly, in the order of their size, one row a block."""
    from scipy.special import ndtri

    place = (np.arange(count) + 0.5) * (5**0.5 - 1) / 2 % 1
    return ndtri((np.arange(block) + place[:, None]) / block)


def _score(name: str, role: str, count: int, times: int, shared: Mapping, held: Mapping) -> np.ndarray:
    """Standard normal scores of a factor; where it is held, one score."""
    if name in held:
        return np.full(count * times, float(held[name]))
    return _even(name, role, count, times, shared.get(role, 0.0))


@lru_cache(maxsize=512)
def _even(name: str, role: str, count: int, times: int, loading: float) -> np.ndarray:
    """Scores of a factor, part of them common to its role and so many times the same."""
    own = normal(name, count * times)
    if loading:
        own = loading * np.tile(normal(f"shared {role}", count), times) + np.sqrt(1 - loading**2) * own
    return spread(own)


def _displaced(made: dict[str, np.ndarray], displaces: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Units of a sector less those of the ones that take their place, which are no more than it has."""
    left = dict(made)
    for name, other in displaces.items():
        if name in left and other in left:
            most = np.where(np.isnan(left[other]), np.inf, left[other])
            left[name] = np.minimum(left[name], most)  # before its first count it has none, and takes the place of none
            left[other] = left[other] - np.nan_to_num(left[name])
    return left


def _between(factor: Factor, score: np.ndarray) -> np.ndarray:
    """A factor at standard normal scores: triangular, flat where it has no mode; shape (years or 1, draws or 1)."""
    from scipy.special import ndtr

    ends = factor.low, factor.mode, factor.high
    if all((end == end[0]).all() or np.isnan(end).all() for end in ends):
        ends = tuple(end[:1] for end in ends)
    low, mode, high = (end[:, None] for end in ends)
    if (low == high).all():
        return low
    share, width = ndtr(score), high - low
    if np.isnan(mode).all():
        return low + share * width
    peak = (mode - low) / np.where(width > 0, width, 1)
    rising = low + np.sqrt(share * width * (mode - low))
    falling = high - np.sqrt((1 - share) * width * (high - mode))
    return np.where(share < peak, rising, falling)
