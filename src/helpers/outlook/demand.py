"""Who needs the magnets: units a year x part of them with such magnets x magnet in a unit, by sector, as draws.

Every factor is a row of ``demand.csv``. A factor that no source gives is a bound: its sector is in the upper end of a
total and in no middle. How they are drawn: :mod:`.demand_draws`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, ids
from helpers.outlook import coverage, demand_activity, demand_rows, targets
from helpers.outlook.demand_draws import ENDS, Demand, Model, draw, only
from helpers.outlook.demand_rows import RARE_EARTH

PATHS = {"trend": 0.0, "target": 1.0}
"""How far the units ahead are bent from what the engine carries on to the targets of the sectors that have one."""

_BACK, _AHEAD = 5, 10
"""Fiscal years before and after the last one that ended."""
_GROWN = 5
"""Years over which growth is told."""


class Growth(NamedTuple):
    """Growth of the demand for rare-earth magnets ahead, in log points a year: its mean, its standard deviation."""

    mean: float
    spread: float
    source: str


@targets.remembered
def model(india: Vintage, path: str | float = "trend", back: int = _BACK, ahead: int = _AHEAD) -> Model:
    """What demand is drawn from, on a path of units: ``trend``, ``target``, or a part of the way from 0 to 1.

    ``back`` and ``ahead`` are fiscal years before and after the last one that ended.

    Raises
    ------
    DataError
        If a sector lacks a row, or units do not multiply to tonnes.
    ValueError
        If there is no such path.
    """
    pace = PATHS.get(path, path)
    if not isinstance(pace, float) or not 0 <= pace <= 1:
        raise ValueError(f"path {path!r} is unknown; choose one of {sorted(PATHS)}, or a number from 0.0 to 1.0")
    years, rows = span(india, back, ahead), india.table("demand")
    lines = demand_rows.lines(india, tuple(years.tolist()))
    goals = rows[(rows["role"] == "target") & (rows["status"] != "missing")]
    activities = rows[(rows["role"] == "activity") & (rows["status"] != "missing")].set_index("sector")
    units = {name: _units(india, row, years) for name, row in activities.iterrows()}
    for name in units.keys() & set(goals["sector"]) if pace else ():
        units[name] = _bent(india, units[name], goals[goals["sector"] == name].iloc[-1], years, pace)
    displaces = activities.loc[activities["displaces"] != "", "displaces"].to_dict()
    both = ((line, units[line.sector].source) for line in lines)
    seen = tuple(replace(line, source=ids(line.source, source)) for line, source in both if source)
    shared = india.assumption("demand_shared")
    return Model(years, seen, units, displaces, dict(shared["value"]), ids(*shared["source"]))


@targets.remembered
def demand(india: Vintage, path: str | float = "trend") -> Demand:
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
            ends = (np.nan if line.bound else middle, low, high, values.mean())
            rows.append((line.sector, *ends, line.bound, made.known[at], line.source))
    table = pd.DataFrame(rows, columns=["sector", "middle", "low", "high", "mean", "bound", "known", "source"])
    table["share"] = (100 * table["mean"] / table.loc[~table["bound"], "mean"].sum()).mask(table["bound"])
    return table.sort_values(["bound", "mean"], ascending=[True, False]).set_index("sector").drop(columns="mean")


def most(made: Demand, year: int, sectors: Iterable[str]) -> Quantity:
    """Tonnes of rare-earth magnets that nine draws of ten of some sectors together do not exceed."""
    of = [at for at, line in enumerate(made.lines) if line.material == RARE_EARTH and line.sector in set(sectors)]
    whole = made.tonnes[:, of, list(made.years).index(year)].sum(axis=1)
    return derived(np.quantile(whole, ENDS[-1]), "t", *(made.lines[at].source for at in of))


def aimed(made: Demand, met: Demand, india: Vintage) -> list[str]:
    """Sectors that a target of theirs moves; the share of a market that is not counted yet moves none."""
    having = with_target(india)
    both = zip(made.lines, made.tonnes[0], met.tonnes[0], strict=True)  # the first draw, the same of both
    moved = [line.sector for line, trend, goal in both if not np.array_equal(trend, goal, equal_nan=True)]
    return [sector for sector in dict.fromkeys(moved) if sector in having]


def with_target(india: Vintage) -> set[str]:
    """Sectors that have a target."""
    return set(india.table("demand", role="target")["sector"])


def span(india: Vintage, back: int = _BACK, ahead: int = _AHEAD) -> np.ndarray:
    """The fiscal years that are reckoned."""
    ended = fiscal.fiscal_year(pd.Timestamp(india.day)) - 1
    return np.arange(ended - back, ended + ahead + 1)


def base(made: Demand, ended: int) -> int:
    """The newest fiscal year for which sectors with at least half of the rare-earth magnets are counted.

    It is the last one that ``ended`` or the one before it, whatever is counted.
    """
    solid = [line.material == RARE_EARTH and not line.bound for line in made.lines]
    weight = np.nan_to_num(made.tonnes[:, solid, list(made.years).index(ended)].mean(axis=0))
    known = pd.Series(weight, index=np.array(made.known)[solid]).groupby(level=0).sum()
    newest = known.sort_index(ascending=False).cumsum()
    found = newest.index[(newest >= known.sum() / 2).to_numpy()]
    return int(np.clip(found[0] if len(found) else 0, ended - 1, ended))


@targets.remembered
def steps(india: Vintage) -> list[int]:
    """The fiscal years that are shown: the base, the furthest that outlooks of use reach, and ten years on."""
    first, outlooks = base(demand(india), int(span(india)[_BACK])), coverage.expected_use(india)
    furthest = int(outlooks["fiscal_year"].max()) if len(outlooks) else 0
    return [first, furthest if first < furthest < first + _AHEAD else first + _AHEAD // 2, first + _AHEAD]


def tornado(india: Vintage, year: int, path: str | float = "trend", draws: int = 2_000) -> pd.DataFrame:
    """What moves a year: the median total with one factor at its tenth and at nine tenths, the same draws of the rest.

    Returns
    -------
    pd.DataFrame
        ``sector, factor, low, high`` (median tonnes without bounds), ``source``, largest difference first.
    """
    of = only(model(india, path), year)
    names = {f"{line.sector}/units": (line.sector, "units a year", line.source) for line in of.lines}
    for line in of.lines:
        uncertain = [factor for factor in line.factors if factor.low[0] < factor.high[0]]
        names |= {factor.name: (line.sector, factor.name.split("/")[1], line.source) for factor in uncertain}
    rows = []
    for name, (sector, factor, source) in names.items():
        held = [{name: -demand_activity.TENTH}, {name: demand_activity.TENTH}]
        ends = [np.median(draw(of, draws, one).total(bounds=False)) for one in held]
        rows.append((sector, factor, min(ends), max(ends), source))
    rows.sort(key=lambda row: row[2] - row[3])
    return pd.DataFrame(rows, columns=["sector", "factor", "low", "high", "source"])


@targets.remembered
def growth(india: Vintage) -> Growth | None:
    """Growth of the demand for rare-earth magnets from the base year on, in the draws of the trend; bounds left out.

    None while nothing of it can be reckoned.
    """
    of, ended = model(india), int(span(india)[_BACK])
    made = draw(only(of, ended - 1, ended, ended - 1 + _GROWN, ended + _GROWN))
    if not made:
        return None
    first = base(made, ended)
    now, later = (made.total(bounds=False, at=list(made.years).index(year)) for year in (first, first + _GROWN))
    yearly = np.log(later / now) / _GROWN
    return Growth(float(yearly.mean()), float(yearly.std()), ids(made.source, *(line.source for line in made.lines)))


def absent(india: Vintage) -> list[str]:
    """Sectors of which nothing can be reckoned on the day: something of them is a gap, or public only later."""
    there = {line.sector for line in demand(india).lines}
    return [sector for sector in india.written["demand"].codes["sector"] if sector not in there]


def _units(india: Vintage, activity: pd.Series, years: np.ndarray) -> demand_activity.Units:
    """Units of a sector: its series times a number, or that number in every year."""
    if activity["series"]:
        own = demand_activity.units(india, activity["series"], years)
        return replace(own, middle=own.middle + np.log(activity["value"]))
    still = np.full(len(years), np.log(activity["value"]))
    return demand_activity.Units(still, np.zeros(len(years)), int(fiscal.centre(activity["at"])), activity["source"])


def _bent(india: Vintage, own: demand_activity.Units, goal: pd.Series, years: np.ndarray, pace: float):
    """Units ahead bent to a target, by so much of the way on the log scale; with even growth until it, and after it
    what the engine says. On the way to a target that is met nothing is left to chance."""
    if not own.known:
        return own
    at, level = fiscal.centre(goal["at"]), np.log(goal["value"])
    now = demand_activity.units(india, goal["series"], np.array([int(np.floor(at + 0.5))])) if goal["series"] else None
    if (now is not None and not now.known) or at <= own.known:
        return own
    level += now.middle[0] if now is not None else 0.0
    ahead, begin = years > own.known, np.interp(own.known, years, own.middle)
    step = np.clip((years - own.known) / (at - own.known), 0, 1)
    after = np.maximum(own.middle - np.interp(at, years, own.middle), 0) * (years > at)
    met = begin + (level - begin) * step + after
    middle = np.where(ahead, (1 - pace) * own.middle + pace * met, own.middle)
    scale = np.where(ahead, (1 - pace) * own.scale, own.scale)
    return replace(own, middle=middle, scale=scale, source=ids(own.source, goal["source"], now and now.source))
