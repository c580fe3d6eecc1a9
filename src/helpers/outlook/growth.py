"""How a forecast grows: the growth that is taken for a target, and where it comes from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, sources_of
from helpers.ensemble import drift

GENERAL, OWN = "general", "own"
_ROWS = "growth_prior"


@dataclass(frozen=True)
class Growth:
    """Yearly growth in logs before a target's own is known, of which kind of series, and the sources of it.

    What a target needs from drivers is this too: their growth as ``prior.mean``, how sure they are as ``spread``.
    """

    kind: str
    prior: drift.GrowthPrior
    sources: frozenset[str]


def kinds(india: Vintage) -> dict[str, Growth]:
    """The growth that other series had, by kind: ``general`` (row ``growth_prior``), and each ``growth_prior_KIND``."""
    names = india.table("assumptions")["assumption"].unique()
    found = {name.removeprefix(_ROWS).removeprefix("_") or GENERAL: name for name in names if name.startswith(_ROWS)}
    rows = {kind: india.assumption(name) for kind, name in found.items()}
    return {kind: Growth(kind, drift.GrowthPrior(**of["value"]), sources_of(of)) for kind, of in rows.items()}


def taken(india: Vintage) -> Growth:
    """The growth of every forecast here, until that of drivers is known."""
    return kinds(india)[GENERAL]


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
    times = rows["value"].set_axis(rows.index.map(fiscal.centre)).astype(float)
    fitted = drift.shrunken_log_drift(times, growth.prior)
    share = 1 - (fitted.growth_se / growth.prior.spread) ** 2 if len(rows) > 1 else 0.0
    return derived(100 * share, "%", rows, *growth.sources)
