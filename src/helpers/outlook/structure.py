"""Rare-earth magnets that India has to import, in two ways, and both averaged, under each regime of licences.

The one way carries on the use that was counted; the other is what the sectors need less what India makes itself, as
scenarios have it (:mod:`scenario`). The first leads in the year that runs, the second from some years on.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import DataError, Vintage, sources_of
from helpers.ensemble import drift
from helpers.ensemble.quantiles import weighted_quantiles
from helpers.outlook import demand, demand_draws, growth, licences, rare_earths, scenario, targets
from helpers.outlook.scenario_parts import over

COUNTED, SECTORS, BOTH = "counted use", "needs of sectors", "both ways"
WEIGHT, SUPPLY = "structure_weight", "supply_chance"
PATHS = 8000
DRAWS = 6_000
"""Draws of each scenario; their factors are spread evenly, and scenarios pooled by chance and not by lot."""
TIMES = 16
"""How many times the sector that spreads most is drawn beside each of them: its tail is that of the need."""
_FAR = 0.001
"""Beyond this level no quantile is published, and growth over many years is no number any more."""


def weights(india: Vintage, years: np.ndarray) -> np.ndarray:
    """The weight of what sectors need in some fiscal years, 0-1, by how long after the one that runs they are.

    Between and beyond the rows of ``assumptions.csv`` it is as on a line; nothing while sectors cannot be reckoned.
    """
    rows = india.assumption(WEIGHT)["value"]
    if rows.empty or not demand.demand(india):
        return np.zeros(len(years))
    rows = rows.set_axis([int(segment.split()[0]) for segment in rows.index]).sort_index()
    return np.interp(years - fiscal.fiscal_year(pd.Timestamp(india.day)), rows.index, rows)


def supplies(india: Vintage) -> pd.DataFrame:
    """What India may make itself: scenarios by name, with their ``levers`` and ``chance`` in the forecast.

    A scenario of which something is not public yet has no chance: that of the run-rate is then the greater.

    Raises
    ------
    DataError
        If a chance is that of no scenario or below nought, or they do not sum to one.
    """
    chances, named = india.assumption(SUPPLY)["value"], scenario.named(india, DRAWS)
    strange = [name for name in chances.index if name not in named.index]
    if strange or (len(chances) and ((chances < 0).any() or abs(chances.sum() - 1) > 1e-9)):
        must = f"{SUPPLY} must be chances of scenarios in data/scenarios.csv, summing to one; not there are {strange}"
        raise DataError(f"data/assumptions.csv: {must}, and the chances are {chances.to_dict()}")
    known = chances[[not named.loc[name, "lacking"] for name in chances.index]]
    known[scenario.BASE] = known.get(scenario.BASE, 0.0) + 1 - known.sum()
    return named.loc[known.index, ["levers"]].assign(chance=known)


def allowed(
    india: Vintage, years: np.ndarray, regime: str, needed: np.ndarray, only: str = ""
) -> tuple[np.ndarray, np.ndarray]:
    """What is imported in some fiscal years by what sectors need under a regime: tonnes, draws x years, and weights.

    Every draw is there in each scenario of what India makes, with its chance, or in ``only`` this one: each time with
    other totals of what is ``needed`` (:func:`.demand_draws.again`), of which as much comes as magnets, and as much of
    that is let through, as in the draw itself. Beyond the last year reckoned it grows as drivers are taken to.
    """
    cases = supplies(india).loc[[only] if only else slice(None)]
    free = scenario.run(india, scenario.Levers(licences=regime), count=DRAWS)
    at, tonnes, chances = np.clip(years, *free.years[[0, -1]]) - free.years[0], [], []
    through = 1 - over(free.shortage, free.bare)[:, at]
    totals = needed.reshape(TIMES, DRAWS, len(years))
    for place, (levers, chance) in enumerate(zip(cases["levers"], cases["chance"], strict=True)):
        made = scenario.run(india, levers.model_copy(update={"licences": regime}), count=DRAWS)
        bare = (made.bare + made.scheme + made.recycled)[:, at]
        home, need = (made.scheme + made.surplus + made.recycled)[:, at], made.demand[:, at]
        more = totals[place :: len(cases)] / need
        of = (need - bare) * more + through * np.maximum(bare * more - home, 0)
        tonnes.append(of.reshape(-1, len(years)))
        chances.append(np.full(len(tonnes[-1]), chance / len(tonnes[-1])))
    later = np.exp(growth.taken(india, targets.REPM.name).prior.mean * np.maximum(years - free.years[-1], 0))
    return np.concatenate(tonnes) * later, np.concatenate(chances)


def needs(india: Vintage, years: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Totals of what sectors need in some fiscal years, (times x draws) x years, without bounds, and what bounds add.

    That is how many times higher they are at 90 % with the sectors that no source gives. None while sectors cannot be
    reckoned.
    """
    if not demand.demand(india):
        return None
    made = demand.demand(india).first(DRAWS)
    reckoned, at = np.unique(np.clip(years, made.years[0], made.years[-1]), return_inverse=True)
    totals = demand_draws.again(demand.model(india), made, reckoned, TIMES)
    known, every = (np.quantile(of, demand.ENDS[-1], axis=0) for of in totals)
    return totals[0][:, at], (every / known)[at]


def paths(india: Vintage, years: np.ndarray, only: str = "") -> dict[str, dict[str, pd.DataFrame]]:
    """Tonnes imported by way and regime, fiscal years x :data:`PATHS`, rising along each year.

    Licences act on what comes as magnets, and of the use that was counted only by their difference from those of its
    year (:func:`.licences.since`). :data:`BOTH` averages the two quantile by quantile under each regime. In upper
    quantiles of what sectors need are those that no source gives too: from the middle to 90 % that rises to what they
    add there, so that a bound is in the range and in no middle.
    """
    base, place = targets.totals(india, targets.REPM.name).iloc[-1], (np.arange(PATHS) + 0.5) / PATHS
    months = pd.period_range(f"{years[0] - 1}-04", f"{years[-1]}-03", freq="M")
    counted, bare = _counted(india, years, place), rare_earths.bare(india, place * PATHS * 2**0.5 % 1)
    share, need, rise = weights(india, years)[:, None], needs(india, years), np.clip((place - 0.5) / 0.4, 0, 1)
    made: dict[str, dict[str, pd.DataFrame]] = {COUNTED: {}, BOTH: {}, SECTORS: {}}
    for regime, (dose, then) in licences.since(india, base.name, months, PATHS).items():
        ahead = 1 - bare * (1 - dose.reshape(len(years), 12, PATHS).mean(axis=1))
        values = both = np.sort(counted * ahead / (1 - bare * (1 - then)), axis=1)
        name = f"licences {regime}"
        if need is not None:
            tonnes, chance = allowed(india, years, regime, need[0], only)
            other = np.stack([weighted_quantiles(of, chance, place) for of in tonnes.T])
            other *= 1 + rise * (need[1] - 1)[:, None]
            both = (1 - share) * values + share * other
            made[SECTORS][name] = pd.DataFrame(other, years)
        made[COUNTED][name], made[BOTH][name] = pd.DataFrame(values, years), pd.DataFrame(both, years)
    return {way: of for way, of in made.items() if of}


def used(india: Vintage, way: str = BOTH) -> frozenset[str]:
    """The sources of everything that a way is made from, licences apart."""
    grown = growth.taken(india, targets.REPM.name).sources
    known = [targets.totals(india, targets.REPM.name), rare_earths.estimates(india), *grown]
    ways: dict[str, list] = {COUNTED: known, SECTORS: []}
    if demand.demand(india):
        cases = supplies(india)["levers"]
        ways[SECTORS] = [scenario.sources(india, levers, "allowed", count=DRAWS) for levers in cases]
        ways[SECTORS] += [india.assumption(SUPPLY), india.assumption(WEIGHT)]
    return sources_of(*(rows for name in ways if way in (name, BOTH) for rows in ways[name]))


def _counted(india: Vintage, years: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Use by shrunken log-drift from the base year as reconciled, years x paths, before licences."""
    known, prior = targets.totals(india, targets.REPM.name), growth.taken(india, targets.REPM.name).prior
    base, times = known.iloc[-1], known["value"].set_axis(known.index.map(fiscal.centre))
    fitted = drift.shrunken_log_drift(times, prior)
    grown = drift.quantiles(fitted, years - times.index[-1], place.clip(_FAR, 1 - _FAR)) / fitted.level
    ranks = place * PATHS * 5**0.5 / 2 % 1  # of demand and of the base year they fill the square evenly, without a seed
    return grown * rare_earths.used(india, base, ranks, prior.mean)
