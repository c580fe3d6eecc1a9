"""Who needs the magnets: units a year x part of them with such magnets x magnet in a unit, by sector, as draws.

Every factor is a row of ``demand.csv``. A factor that no source gives is a bound: its sector is in the upper end of a
total and in no middle. Units of all sectors share a part of their deviation, so that a total is as uncertain as its
parts together and not less; so do the magnets in a unit, which the same few texts give.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, ids
from helpers.outlook import coverage, demand_activity, demand_rows, targets
from helpers.outlook.demand_rows import RARE_EARTH, Factor, Line

SEED = 1
DRAWS = 10_000
PATHS = {"trend": 0.0, "target": 1.0}
"""How far the units ahead are bent from what the engine carries on to the targets of the sectors that have one."""

ENDS = (0.1, 0.5, 0.9)
TENTH = 1.2816
"""Standard deviations from the middle to a tenth and to nine tenths."""
_BACK, _AHEAD = 5, 10
"""Fiscal years before and after the last one that ended."""


@dataclass(frozen=True)
class Model:
    """Everything that draws are made from: lines, fiscal years, and the units of each sector on a path."""

    years: np.ndarray
    lines: tuple[Line, ...]
    units: Mapping[str, demand_activity.Units]
    displaces: Mapping[str, str]
    shared: Mapping[str, float]
    source: str


@dataclass(frozen=True)
class Demand:
    """Draws of tonnes, shape (draws, lines, years), with the lines and years they are of; NaN before the first count.

    ``bare`` has the same shape: what of them comes as magnets and not inside motors or modules. ``known`` is the last
    fiscal year in which the units of each line are counted.
    """

    years: np.ndarray
    lines: tuple[Line, ...]
    known: tuple[int, ...]
    tonnes: np.ndarray
    bare: np.ndarray
    source: str

    def total(self, material: str = RARE_EARTH, *, bounds: bool, bare: bool = False) -> np.ndarray:
        """The sum over the lines of a material, shape (draws, years), with or without those that are bounds."""
        wanted = [line.material == material and (bounds or not line.bound) for line in self.lines]
        return np.nansum((self.bare if bare else self.tonnes)[:, wanted], axis=1)

    def at(self, year: int, material: str = RARE_EARTH, *, bounds: bool = True, bare: bool = False) -> Quantity:
        """Tonnes of a year (80 %): the middle and the low end without the bounds, the high end with them if asked."""
        place = list(self.years).index(year)
        known, every = (self.total(material, bounds=with_them, bare=bare)[:, place] for with_them in (False, bounds))
        low, middle, _ = np.quantile(known, ENDS)
        high = np.quantile(every, ENDS[-1])
        uses = [self.source, *(line.source for line in self.lines if line.material == material)]
        return derived(middle, "t", *uses, period=fiscal.year_name(year), low=low, high=high)

    def __bool__(self) -> bool:
        """Whether a sector is in it that needs rare-earth magnets, and is no bound."""
        return any(line.material == RARE_EARTH and not line.bound for line in self.lines)


class Growth(NamedTuple):
    """Growth of the demand for rare-earth magnets ahead, in log points a year: its mean, its standard deviation."""

    mean: float
    spread: float
    source: str


def model(india: Vintage, path: str = "trend", years: np.ndarray | None = None) -> Model:
    """What demand is drawn from, on a path of units: ``trend`` or ``target``.

    Raises
    ------
    DataError
        If a sector lacks a row, or units do not multiply to tonnes.
    ValueError
        If there is no such path.
    """
    if path not in PATHS:
        raise ValueError(f"path {path!r} is unknown; choose one of {sorted(PATHS)}")
    years = span(india) if years is None else years
    lines, rows = demand_rows.lines(india, years), india.table("demand")
    goals = rows[(rows["role"] == "target") & (rows["status"] != "missing")]
    activities = rows[(rows["role"] == "activity") & (rows["status"] != "missing")].set_index("sector")
    units = {name: _bent(india, _units(india, row, years), goals[goals["sector"] == name], years, PATHS[path])
             for name, row in activities.iterrows()}  # fmt: skip
    displaces = activities.loc[activities["displaces"] != "", "displaces"].to_dict()
    seen = tuple(
        replace(line, source=ids(line.source, units[line.sector].source))
        for line in lines
        if units[line.sector].source
    )
    shared = india.assumption("demand_shared")
    return Model(years, seen, units, displaces, dict(shared["value"]), ids(*shared["source"]))


def draw(of: Model, draws: int = DRAWS, held: Mapping[str, float] | None = None) -> Demand:
    """Draws of a model; each factor from a seed of its own name, so that one of them leaves the others' draws alone.

    Parameters
    ----------
    held : mapping, optional
        Factors that are not drawn, by name, at so many standard deviations; ``sector/units`` is that of the units.
    """
    held = held or {}
    common = {role: _normal(f"shared {role}", draws) for role in of.shared}
    made = {name: _sampled(units, _score(f"{name}/units", "activity", draws, common, of.shared, held))
            for name, units in of.units.items() if units.source}  # fmt: skip
    made = _displaced(made, of.displaces)
    tonnes = np.empty((draws, len(of.lines), len(of.years)))
    bare = np.empty_like(tonnes)
    for place, line in enumerate(of.lines):
        product = made[line.sector] * line.tonnes
        for factor in line.factors:
            product = product * _between(factor, _score(factor.name, factor.role, draws, common, of.shared, held))
        tonnes[:, place] = product
        inside = _between(line.inside, _score(line.inside.name, "inside", draws, common, of.shared, held))
        np.multiply(product, 1 - inside, out=bare[:, place])
    known = tuple(of.units[line.sector].known for line in of.lines)
    return Demand(of.years, of.lines, known, tonnes, bare, of.source)


@targets.remembered
def demand(india: Vintage, path: str = "trend") -> Demand:
    """Demand by sector on a path, from some years before the last one that ended to ten after it."""
    return draw(model(india, path))


def sectors(made: Demand, year: int, material: str = RARE_EARTH) -> pd.DataFrame:
    """The sectors of a year, largest first, bounds last.

    Returns
    -------
    pd.DataFrame
        Indexed by ``sector``: ``middle, low, high`` (tonnes, 80 %; a bound has no middle), ``share`` (per cent of the
        mean without bounds), ``bound, known`` (the last year counted), ``source``.
    """
    place = list(made.years).index(year)
    rows = []
    for at, line in enumerate(made.lines):
        values = made.tonnes[:, at, place]
        if line.material == material and not np.isnan(values).any():
            low, middle, high = np.quantile(values, ENDS)
            rows.append((line.sector, np.nan if line.bound else middle, low, high, values.mean(), line.bound, made.known[at], line.source))
    table = pd.DataFrame(rows, columns="sector middle low high mean bound known source".split())
    table["share"] = (100 * table["mean"] / table.loc[~table["bound"], "mean"].sum()).mask(table["bound"])
    return table.sort_values(["bound", "mean"], ascending=[True, False]).set_index("sector").drop(columns="mean")


def span(india: Vintage) -> np.ndarray:
    """The fiscal years that are reckoned."""
    ended = fiscal.fiscal_year(pd.Timestamp(india.day)) - 1
    return np.arange(ended - _BACK, ended + _AHEAD + 1)


def base(made: Demand) -> int:
    """The newest fiscal year for which sectors with at least half of the rare-earth magnets are counted.

    It is the last one that ended or the one before it, whatever is counted.
    """
    solid = [line.material == RARE_EARTH and not line.bound for line in made.lines]
    weight = np.nan_to_num(made.tonnes[:, solid, _BACK].mean(axis=0))
    known = pd.Series(weight, index=np.array(made.known)[solid]).groupby(level=0).sum()
    newest = known.sort_index(ascending=False).cumsum()
    found = newest.index[(newest >= known.sum() / 2).to_numpy()]
    return int(np.clip(found[0] if len(found) else 0, made.years[_BACK - 1], made.years[_BACK]))


def steps(india: Vintage) -> list[int]:
    """The fiscal years that are shown: the base, the furthest that outlooks of use reach, and ten years on."""
    first, outlooks = base(demand(india)), coverage.expected_use(india)
    furthest = int(outlooks["fiscal_year"].max()) if len(outlooks) else 0
    return [first, furthest if first < furthest < first + _AHEAD else first + _AHEAD // 2, first + _AHEAD]


def tornado(india: Vintage, year: int, path: str = "trend", draws: int = 2_000) -> pd.DataFrame:
    """What moves a year: the median total with one factor at its tenth and at nine tenths, the same draws of the rest.

    Returns
    -------
    pd.DataFrame
        ``sector, factor, low, high`` (median tonnes without bounds), ``source``, largest difference first.
    """
    of = model(india, path, np.array([year]))
    of = replace(of, lines=tuple(line for line in of.lines if line.material == RARE_EARTH and not line.bound))
    names = {f"{line.sector}/units": (line.sector, "units a year", line.source) for line in of.lines}
    for line in of.lines:
        names |= {f.name: (line.sector, f.name.split("/")[1], line.source) for f in line.factors if f.low[0] < f.high[0]}
    rows = []
    for name, (sector, factor, source) in names.items():
        ends = [np.median(draw(of, draws, {name: side * TENTH}).total(bounds=False)) for side in (-1, 1)]
        rows.append((sector, factor, min(ends), max(ends), source))
    table = pd.DataFrame(rows, columns=["sector", "factor", "low", "high", "source"])
    order = (table["high"] - table["low"]).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def growth(india: Vintage, years: int = 5) -> Growth | None:
    """Growth of the demand for rare-earth magnets from the base year on, in the draws of the trend; bounds left out.

    None while nothing of it can be reckoned.
    """
    made = demand(india)
    if not made:
        return None
    first = base(made) - made.years[0]
    total = made.total(bounds=False)[:, [first, first + years]]
    yearly = np.log(total[:, 1] / total[:, 0]) / years
    return Growth(float(yearly.mean()), float(yearly.std()), ids(made.source, *(line.source for line in made.lines)))


def recorded(india: Vintage) -> pd.DataFrame:
    """What was recorded of rare-earth magnets in whole years beside what the sectors come to: use, and bare imports.

    A calendar year is taken from the two fiscal years around its middle.

    Returns
    -------
    pd.DataFrame
        ``what`` (use, bare), ``period, recorded, middle, low, high`` (tonnes; a bare part is a range), ``error`` (per
        cent of what was recorded), ``inside, source``.
    """
    made, rows = demand(india), []
    bare = india.series("trade", flow="import", reporter="IND", partner="world", hs="REPM", measure="weight")
    for what, known in {"use": targets.sums(india, "repm"), "bare": bare}.items():
        for period, row in known.dropna(subset="value").iterrows():
            centre = fiscal.centre(period)
            if fiscal.is_year(period) and made.years[0] <= centre <= made.years[-1]:
                low, middle, high = _around(made, centre, bare=what == "bare")
                rows.append((what, period, row["value"], middle, low, high, 100 * (middle / row["value"] - 1),
                             low <= row["value"] <= high,
                             ids(row, made.source, *(line.source for line in made.lines))))  # fmt: skip
    return pd.DataFrame(rows, columns="what period recorded middle low high error inside source".split())


def absent(india: Vintage) -> list[str]:
    """Sectors of which nothing can be reckoned on the day: something of them is a gap, or public only later."""
    there = {line.sector for line in demand(india).lines}
    return [sector for sector in india.written["demand"].codes["sector"] if sector not in there]


def _around(made: Demand, centre: float, *, bare: bool) -> np.ndarray:
    """The 80 % and the middle of a moment between two fiscal years."""
    first = int(min(np.floor(centre), made.years[-1] - 1)) - made.years[0]
    part = centre - made.years[first]
    known, every = (made.total(bounds=with_them, bare=bare) for with_them in (False, True))
    known, every = (values[:, first] * (1 - part) + values[:, first + 1] * part for values in (known, every))
    return np.array([*np.quantile(known, ENDS[:2]), np.quantile(every, ENDS[-1])])


def _units(india: Vintage, activity: pd.Series, years: np.ndarray) -> demand_activity.Units:
    """Units of a sector: its series times a number, or that number in every year."""
    if activity["series"]:
        own = demand_activity.units(india, activity["series"], years)
        return replace(own, middle=own.middle + np.log(activity["value"]))
    still = np.full(len(years), np.log(activity["value"]))
    return demand_activity.Units(still, np.zeros(len(years)), int(fiscal.centre(activity["at"])), activity["source"])


def _bent(india: Vintage, own: demand_activity.Units, goals: pd.DataFrame, years: np.ndarray, pace: float):
    """Units ahead bent to a target, by so much of the way on the log scale; with even growth until it, and after it
    what the engine says. On the way to a target that is met nothing is left to chance."""
    if not pace or goals.empty or not own.known:
        return own
    goal = goals.iloc[-1]
    at, level = fiscal.centre(goal["at"]), np.log(goal["value"])
    now = demand_activity.units(india, goal["series"], np.array([int(np.floor(at + 0.5))])) if goal["series"] else None
    if (now is not None and not now.known) or at <= own.known:
        return own
    level += now.middle[0] if now is not None else 0.0
    ahead, begin = years > own.known, np.interp(own.known, years, own.middle)
    step = np.clip((years - own.known) / (at - own.known), 0, 1)
    after = np.maximum(own.middle - np.interp(at, years, own.middle), 0) * (years > at)
    met = begin + (level - begin) * step + after
    source = ids(own.source, goal["source"], now.source if now is not None else "")
    return replace(
        own,
        middle=np.where(ahead, (1 - pace) * own.middle + pace * met, own.middle),
        scale=np.where(ahead, (1 - pace) * own.scale, own.scale),
        source=source,
    )


@lru_cache(maxsize=256)
def _normal(name: str, draws: int) -> np.ndarray:
    return np.random.default_rng([SEED, crc32(name.encode())]).standard_normal((draws, 1))


def _score(name: str, role: str, draws: int, common: Mapping, shared: Mapping, held: Mapping) -> np.ndarray:
    """Standard normal scores of a factor, part of them common to its role; where it is held, one score."""
    if name in held:
        return np.full((draws, 1), float(held[name]))
    own, loading = _normal(name, draws), shared.get(role, 0.0)
    return loading * common[role] + np.sqrt(1 - loading**2) * own if loading else own


def _sampled(units: demand_activity.Units, score: np.ndarray) -> np.ndarray:
    return np.exp(units.middle + units.scale * score)


def _displaced(made: dict[str, np.ndarray], displaces: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Units of a sector less those of the ones that take their place, which are no more than it has."""
    left = dict(made)
    for name, other in displaces.items():
        if name in left and other in left:
            left[name] = np.fmin(left[name], left[other])
            left[other] = left[other] - np.nan_to_num(left[name])
    return left


def _between(factor: Factor, score: np.ndarray) -> np.ndarray:
    """A factor at standard normal scores: triangular, flat where it has no mode; shape (draws, years or 1)."""
    from scipy.special import ndtr

    ends = factor.low, factor.mode, factor.high
    if all((end == end[0]).all() or np.isnan(end).all() for end in ends):
        ends = tuple(end[:1] for end in ends)
    low, mode, high = ends
    if (low == high).all():
        return low[None]
    share, width = ndtr(score), high - low
    if np.isnan(mode).all():
        return low + share * width
    peak = (mode - low) / np.where(width > 0, width, 1)
    rising = low + np.sqrt(share * width * (mode - low))
    falling = high - np.sqrt((1 - share) * width * (high - mode))
    return np.where(share < peak, rising, falling)

