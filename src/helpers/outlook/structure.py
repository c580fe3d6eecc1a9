"""Rare-earth magnets that India has to import, in two ways, and both averaged, under each regime of licences.

The one way carries on the use that was counted; the other is what the sectors need less what India makes itself. The
first leads in the year that runs, the second from some years on, by the rows ``structure_weight``.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, sources_of
from helpers.ensemble import drift
from helpers.outlook import demand, growth, licences, rare_earths, targets

COUNTED, SECTORS, BOTH = "counted use", "needs of sectors", "both ways"
PATHS = 8000
_FAR = 0.001
"""Beyond this level no quantile is published, and growth over many years is no number any more."""
WEIGHT = "structure_weight"


def weights(india: Vintage, years: np.ndarray) -> np.ndarray:
    """The weight of what sectors need in some fiscal years, 0-1, by how long after the one that runs they are.

    Between and beyond the rows of ``assumptions.csv`` it is as on a line; nothing while sectors cannot be reckoned.
    """
    rows = india.assumption(WEIGHT)["value"]
    if rows.empty or needed(india, years) is None:
        return np.zeros(len(years))
    ahead = rows.index.str.partition(" ").get_level_values(0).astype(int)
    rows = rows.set_axis(ahead).sort_index()
    return np.interp(years - fiscal.fiscal_year(pd.Timestamp(india.day)), rows.index, rows)


def needed(india: Vintage, years: np.ndarray) -> np.ndarray | None:
    """Draws of what has to be imported in some fiscal years if licences let all through, tonnes, draws x years.

    Beyond the last year that is reckoned each draw grows as drivers are taken to. None while nothing is.
    """
    made = demand.demand(india)
    if not made:
        return None
    known, last = made.total(bounds=False), int(made.years[-1])
    later = np.exp(growth.taken(india, targets.REPM.name).prior.mean * np.maximum(years - last, 0))
    return known[:, np.clip(years, made.years[0], last) - made.years[0]] * later


def paths(india: Vintage, years: np.ndarray) -> dict[str, dict[str, pd.DataFrame]]:
    """Tonnes imported by way and regime, fiscal years x :data:`PATHS`, rising along each year.

    Of the use that was counted only the difference of licences from those of its year is taken
    (:func:`.licences.since`); of what sectors need, all that licences keep out. :data:`BOTH` averages the two quantile
    by quantile under each regime.
    """
    base, months = targets.totals(india, targets.REPM.name).iloc[-1], _months(years)
    place = (np.arange(PATHS) + 0.5) / PATHS
    counted, need, share = _counted(india, years, place), needed(india, years), weights(india, years)[:, None]
    need = need if need is None else np.quantile(need, place, axis=0).T
    made: dict[str, dict[str, pd.DataFrame]] = {COUNTED: {}, SECTORS: {}, BOTH: {}}
    for regime, (dose, then) in licences.since(india, base.name, months, PATHS).items():
        ahead = dose.reshape(len(years), 12, PATHS).mean(axis=1)
        name, one = f"licences {regime}", np.sort(counted * ahead / then, axis=1)
        other = one if need is None else np.sort(need * ahead, axis=1)
        every = {COUNTED: one, SECTORS: other, BOTH: (1 - share) * one + share * other}
        for way, values in every.items():
            made[way][name] = pd.DataFrame(values, years)
    return made if need is not None else {way: made[way] for way in (COUNTED, BOTH)}


def used(india: Vintage, way: str = BOTH) -> frozenset[str]:
    """The sources of everything that a way is made from, licences apart."""
    made = demand.demand(india)
    ways = {
        COUNTED: [targets.totals(india, targets.REPM.name), rare_earths.estimates(india), *_grown(india)],
        SECTORS: [made.source, *(line.source for line in made.lines if line.material == demand.RARE_EARTH)],
    }
    return sources_of(*(rows for name in ways if way in (name, BOTH) for rows in ways[name]))


def _counted(india: Vintage, years: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Use by shrunken log-drift from the base year as reconciled, years x paths, before licences."""
    known, prior = targets.totals(india, targets.REPM.name), growth.taken(india, targets.REPM.name).prior
    base, times = known.iloc[-1], known["value"].set_axis(known.index.map(fiscal.centre))
    fitted = drift.shrunken_log_drift(times, prior)
    grown = drift.quantiles(fitted, years - times.index[-1], place.clip(_FAR, 1 - _FAR)) / fitted.level
    ranks = place * PATHS * 5**0.5 / 2 % 1  # of demand and of the base year they fill the square evenly, without a seed
    return grown * rare_earths.used(india, base, ranks, prior.mean)


def _grown(india: Vintage) -> frozenset[str]:
    return growth.taken(india, targets.REPM.name).sources


def _months(years: np.ndarray) -> pd.PeriodIndex:
    return pd.period_range(f"{years[0] - 1}-04", f"{years[-1]}-03", freq="M")
