"""How dependent an economy is: net import reliance, the European supply risk, and GeoPolRisk side by side.

Each answers another question, so they may disagree: whether goods come from abroad; how concentrated and how
well governed their origin is, at the worst stage; how unstable the countries are that they come from.
The European equation was checked against two independent open implementations and the published results, not
against the text of the guideline.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.methods.concentration import herfindahl, shares

SUPPLY_RISK_THRESHOLD = 1.0
"""A material is critical in the European assessment from this supply risk, if economically important too."""


@dataclass(frozen=True)
class Indicator:
    """A number, or None and the reason why there is none."""

    value: float | None
    reason: str = ""


def net_import_reliance(imports: float | None, exports: float | None, production: float | None) -> Indicator:
    """Net imports as a share of apparent consumption, as the US Geological Survey defines it.

    ``NIR = (M - X) / (P + M - X)`` with imports ``M``, exports ``X`` and production from ores and from scrap ``P``, in
    tonnes, None or NaN if unknown; stocks are taken as unchanged. At most 1; zero or less for a net exporter.

    References
    ----------
    US Geological Survey, Mineral Commodity Summaries, appendix B.
    """
    unknown = _unknown(imports=imports, exports=exports, production=production)
    if unknown:
        return unknown
    consumption = production + imports - exports
    if consumption <= 0:
        return Indicator(None, "apparent consumption is not positive: the figures do not fit together")
    return Indicator((imports - exports) / consumption)


def governance_risk(wgi: Iterable[float]) -> pd.Series:
    """World Bank governance estimate (-2.5 weak to 2.5 strong) turned into a risk: ``(2.5 - wgi) / 5``, 0-1.

    The European index uses ten times this, on the mean of the six estimates; GeoPolRisk uses the estimate
    for political stability. The 0-100 score that the World Bank also publishes does not fit here.

    Raises
    ------
    ValueError
        If an estimate is missing or far outside its scale. Values just beyond 2.5 are cut.
    """
    wgi = pd.Series(wgi, dtype=float)
    wrong = wgi[~(wgi.abs() <= 3.5)]
    if len(wrong):
        raise ValueError(f"governance estimates must be known, near -2.5 to 2.5; offenders:\n{wrong.head()}")
    return ((2.5 - wgi) / 5).clip(0, 1)


def governance_weighted_herfindahl(suppliers: pd.DataFrame) -> float:
    """Concentration weighted by governance, ``sum_c s_c^2 * g_c``, 0-10.

    ``suppliers`` has a row per country: ``tonnes``; ``wgi``, the mean of the six estimates, ``g_c`` being ten times its
    `governance_risk`, for which there is no neutral stand-in. Trade restrictions, a further factor, are left out.
    """
    return float((shares(suppliers["tonnes"]) ** 2 * 10 * governance_risk(suppliers["wgi"])).sum())


def eu_supply_risk(hhi: float, *, recycling_rate: float = 0.0, substitution_index: float = 1.0) -> float:
    """European supply risk of a stage for which one `governance_weighted_herfindahl` is known; the highest counts.

    ``SR = H * (1 - EoL_RIR) * SI_SR``, as in the published tables where only the world's suppliers are known, or only
    one's own ("GS only", "EU only"); where both are, ``H`` is their mean weighted by import reliance.

    ``hhi``: the one that is known. ``recycling_rate, substitution_index``: 0-1; by default neither takes anything off
    the risk.

    References
    ----------
    Blengini, G. A. et al. (2017). EU methodology for critical raw materials assessment. Resources Policy 53,
    12-19, doi 10.1016/j.resourpol.2017.05.008.
    """
    return hhi * (1 - recycling_rate) * substitution_index


def geopolrisk(world_production: pd.Series, suppliers: pd.DataFrame, production: float | None) -> Indicator:
    """GeoPolRisk score: how concentrated the world's production is, times how unstable the origin of imports, 0-1.

    ``GeoPolRisk = HHI * sum_i g_i f_i / (P + F)``. Left out: the price and the copper reference of the
    life-cycle characterisation factor.

    ``world_production``: tonnes by producing country. ``suppliers``: one row per origin: ``tonnes`` imported, ``f_i``
    (sum ``F``), and ``instability``, ``g_i``, 0-1. ``production``: domestic production ``P``, tonnes; without a value
    if unknown.

    References
    ----------
    Koyamparambath, A. et al. (2024). Spatially and temporally differentiated characterization factors for
    supply risk of abiotic resources in life cycle assessment. Resources, Conservation and Recycling 209,
    107801.
    """
    if unknown := _unknown(production=production):
        return unknown
    tonnes, instability = suppliers["tonnes"].astype(float), suppliers["instability"].astype(float)
    valid = instability.between(0, 1) & (tonnes >= 0) & np.isfinite(tonnes)
    if not valid.all():
        raise ValueError(f"need tonnes and an instability in 0-1; offenders:\n{suppliers[~valid].head()}")
    supply = production + tonnes.sum()
    if supply == 0:
        return Indicator(None, "neither imports nor production")
    return Indicator(float(herfindahl(world_production) * (instability * tonnes).sum() / supply))


def _unknown(**terms: float | None) -> Indicator | None:
    """An indicator without value naming the unknown terms, or None if all are known; a ValueError below nought."""
    known = {name: tonnes for name, tonnes in terms.items() if tonnes is not None and np.isfinite(tonnes)}
    unknown = [name for name in terms if name not in known]
    if any(tonnes < 0 for tonnes in known.values()):
        raise ValueError(f"tonnes cannot be negative: {terms}")
    return Indicator(None, f"{' and '.join(unknown)} unknown") if unknown else None
