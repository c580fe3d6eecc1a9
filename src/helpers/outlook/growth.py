"""How a forecast grows: the growth that is taken for a target, and where it comes from.

Rare-earth magnets grow as the drivers of their demand do (:func:`.demand.growth`), the rest of HS 850511 as yearly
series in general, until more of what needs ferrite can be reckoned.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, sources_of
from helpers.ensemble import drift
from helpers.outlook import demand, rare_earths, targets
from helpers.outlook.rare_earths import FIGURE, shares

GENERAL, OWN, DRIVERS = "general", "own", "drivers"
_ROWS, _WEIGHT = "growth_prior", "driver_weight"
_RARE = 4
"""Standard deviations of growth from which, in the model itself, 80 % intervals hold a third of what comes."""


@dataclass(frozen=True)
class Growth:
    """Yearly growth in logs before a target's own is known, of which kind of series, and the sources of it."""

    kind: str
    prior: drift.GrowthPrior
    sources: frozenset[str]


def kinds(india: Vintage) -> dict[str, Growth]:
    """The growth that other series had, by kind: ``general`` (row ``growth_prior``), and each ``growth_prior_KIND``."""
    names = india.table("assumptions")["assumption"].unique()
    found = {name.removeprefix(_ROWS).removeprefix("_") or GENERAL: name for name in names if name.startswith(_ROWS)}
    rows = {kind: india.assumption(name) for kind, name in found.items()}
    return {kind: Growth(kind, drift.GrowthPrior(**of["value"]), sources_of(of)) for kind, of in rows.items()}


@targets.remembered
def taken(india: Vintage, target: str) -> Growth:
    r"""The growth of a target: that of drivers in its rare-earth part, and of yearly series in general in the rest.

    With the part :math:`p`, times what drivers weigh in it (row ``driver_weight``), the mean is
    :math:`\bar p \mu_d + (1 - \bar p) \mu_g` at the median of the part, and the variance
    :math:`E[p^2] \tau_d^2 + E[(1 - p)^2] \tau_g^2 + (\mu_d - \mu_g)^2 \mathrm{Var}\,p`. How a single year deviates is
    as in general, in the tails too: :math:`\tau_d` is such that 80 % of that Student's t are as wide as those of the
    draws of drivers. All of it is as in general while nothing of them can be reckoned.
    """
    from scipy.special import ndtri, stdtrit

    general, drivers, weight = kinds(india)[GENERAL], demand.growth(india), india.assumption(_WEIGHT)
    if drivers is None or not weight["value"].sum() > 0:
        return general
    whole, known = part(india, target), general.prior
    p = weight["value"].iloc[0] * (shares(india, FIGURE) if target == targets.CUSTOMS.name else np.ones(1))
    gap, middle = drivers.mean - known.mean, weight["value"].iloc[0] * whole.value / 100
    spread = drivers.spread * ndtri(0.9) / stdtrit(known.dof, 0.9)
    variance = (p**2).mean() * spread**2 + ((1 - p) ** 2).mean() * known.spread**2 + gap**2 * p.var()
    prior = drift.GrowthPrior(float(known.mean + middle * gap), float(variance**0.5), known.sd, known.dof)
    return Growth(DRIVERS, prior, sources_of(drivers.source, *general.sources, whole, weight))


def part(india: Vintage, target: str) -> Quantity:
    """The part of a target that grows as the drivers of rare-earth magnets do, per cent of its weight."""
    return rare_earths.share(india) if target == targets.CUSTOMS.name else Quantity(100.0, "%")


def own(levels: pd.Series) -> float | None:
    """Growth of the levels themselves, log points a year, by the centres of their periods; None for a single one."""
    if len(levels) < 2:
        return None
    times = levels.index.map(fiscal.centre)
    return float(np.log(levels.iloc[-1] / levels.iloc[0]) / (times[-1] - times[0]))


def own_weight(rows: pd.DataFrame, growth: Growth) -> Quantity:
    """The weight of a target's own growth against that of other series, per cent; none for a single level.

    ``rows`` are yearly figures, indexed by period, with ``value`` and ``source``.
    """
    share = 1 - (_fitted(rows, growth).growth_se / growth.prior.spread) ** 2 if len(rows) > 1 else 0.0
    return derived(100 * share, "%", rows, *growth.sources)


def too_steady(rows: pd.DataFrame, growth: Growth) -> bool:
    """Whether yearly figures hold to a growth that hardly any series has, so that their interval is too narrow.

    How years deviate is told from their own growth alone: were it that of others, they would deviate far more.
    """
    prior, grown = growth.prior, own(rows["value"])
    if grown is None:
        return False
    years = fiscal.centre(rows.index[-1]) - fiscal.centre(rows.index[0])
    return bool(abs(grown - prior.mean) > _RARE * np.hypot(prior.spread, _fitted(rows, growth).sd / years**0.5))


def _fitted(rows: pd.DataFrame, growth: Growth) -> drift.Drift:
    times = rows["value"].set_axis(rows.index.map(fiscal.centre)).astype(float)
    return drift.shrunken_log_drift(times, growth.prior)
