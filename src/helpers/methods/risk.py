"""How dependent an economy is: net import reliance, the European supply risk, and GeoPolRisk side by side.

Each answers another question, so they may disagree: whether goods come from abroad; how concentrated and how
well governed their origin is, at the worst stage; how unstable the countries are that they come from.
The European equation was checked against two independent open implementations and the published results, not
against the text of the guideline.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.methods.concentration import herfindahl, shares

SUPPLY_RISK_THRESHOLD = 1.0
"""A material is critical in the European assessment from this supply risk, if economically important too."""


@dataclass(frozen=True)
class Indicator:
    """A number, or the reason why there is none.

    Attributes
    ----------
    value : float or None
        None if it cannot be computed.
    reason : str
        Why there is no value, or what to read into the value; empty if it speaks for itself.
    """

    value: float | None
    reason: str = ""


def net_import_reliance(
    imports: float | None, exports: float | None, production: float | None, stock_release: float = 0.0
) -> Indicator:
    """Net imports as a share of apparent consumption, as the US Geological Survey defines it.

    ``NIR = (M - X + S) / (P + M - X + S)`` with imports ``M``, exports ``X``, production from ores and from
    scrap ``P``, and stocks released ``S`` (positive when stocks fall).

    Parameters
    ----------
    imports, exports : float or None
        Tonnes; None if unknown.
    production : float or None
        Tonnes, primary and secondary; None or NaN if unknown.
    stock_release : float
        Tonnes; the default counts stocks as unchanged.

    Returns
    -------
    Indicator
        At most 1; without a value where production or another term is unknown or nothing is consumed; zero or
        less for a net exporter (printed "E" by the publisher), with that as the reason.

    Raises
    ------
    ValueError
        If imports, exports or production are negative.

    References
    ----------
    US Geological Survey, Mineral Commodity Summaries, appendix B.
    """
    terms = {"imports": imports, "exports": exports, "production": production, "stock change": stock_release}
    unknown = _unknown_terms(terms)
    if unknown:
        return unknown
    _check_not_negative(imports=imports, exports=exports, production=production)
    net_imports = imports - exports + stock_release
    consumption = production + net_imports
    if consumption <= 0:
        return Indicator(None, "apparent consumption is not positive: the figures do not fit together")
    return Indicator(net_imports / consumption, "" if net_imports > 0 else "net exporter")


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
    """Concentration weighted by governance and trade restrictions: ``sum_c s_c^2 * g_c * t_c``, 0 upwards.

    Parameters
    ----------
    suppliers : pd.DataFrame
        One row per country: ``tonnes``; ``wgi``, the mean of the six estimates, ``g_c`` being ten times its
        `governance_risk`; ``trade_factor``, ``t_c``, above 1 under export restrictions, below 1 inside the
        union.

    Raises
    ------
    ValueError
        If a country lacks its governance estimate or trade factor: there is no neutral stand-in.
    """
    factor = suppliers["trade_factor"].astype(float)
    wrong = factor[~(factor > 0)]
    if len(wrong):
        raise ValueError(f"trade factors must be known and positive; first offenders:\n{wrong.head()}")
    weight = 10 * governance_risk(suppliers["wgi"]) * factor
    return float((shares(suppliers["tonnes"]) ** 2 * weight).sum())


def eu_supply_risk(stages: pd.DataFrame) -> pd.DataFrame:
    """European supply risk of each stage; the highest is the material's.

    ``SR = [H_global * IR/2 + H_sourcing * (1 - IR/2)] * (1 - EoL_RIR) * SI_SR`` where ``H`` is
    `governance_weighted_herfindahl`. Where one of the two is unknown the other stands alone, as in the
    published tables ("GS only", "EU only").

    Parameters
    ----------
    stages : pd.DataFrame
        One row per stage, such as extraction and processing: ``global_hhi``, ``sourcing_hhi`` (NaN if
        unknown), ``import_reliance`` (needed if both are known), ``recycling_rate`` (end-of-life recycling
        input rate), ``substitution_index``, the last three 0-1.

    Returns
    -------
    pd.DataFrame
        On the stages: ``supply_used``, ``supply_risk`` (NaN where neither index is known), ``bottleneck``
        (the stage with the highest), ``above_threshold`` (at least 1.0).

    Raises
    ------
    ValueError
        If a rate is missing or outside 0-1, or no stage can be computed.

    References
    ----------
    Blengini, G. A. et al. (2017). EU methodology for critical raw materials assessment. Resources Policy 53,
    12-19, doi 10.1016/j.resourpol.2017.05.008.
    """
    _check_stages(stages)
    worldwide, sourcing = stages["global_hhi"], stages["sourcing_hhi"]
    weight = stages["import_reliance"] / 2
    blended = (worldwide * weight + sourcing * (1 - weight)).fillna(worldwide).fillna(sourcing)
    risk = blended * (1 - stages["recycling_rate"]) * stages["substitution_index"]
    used = np.select(
        [worldwide.notna() & sourcing.notna(), worldwide.notna(), sourcing.notna()],
        ["global and sourcing", "global only", "sourcing only"],
        "none",
    )
    return pd.DataFrame(
        {
            "supply_used": used,
            "supply_risk": risk,
            "bottleneck": risk == risk.max(),
            "above_threshold": risk >= SUPPLY_RISK_THRESHOLD,
        },
        index=stages.index,
    )


def geopolitical_import_risk(suppliers: pd.DataFrame, production: float | None) -> Indicator:
    """Imports weighted by the instability of their origin, ``sum_i g_i f_i / (P + F)``, 0-1.

    Parameters
    ----------
    suppliers : pd.DataFrame
        One row per origin: ``tonnes`` imported, ``f_i`` (sum ``F``), and ``instability``, ``g_i``, 0-1.
    production : float or None
        Domestic production ``P``, tonnes; None or NaN if unknown.

    Returns
    -------
    Indicator
        Without a value if production is unknown or there is no supply at all.

    Raises
    ------
    ValueError
        If a country lacks its instability or tonnes, or a figure is out of range.
    """
    unknown = _unknown_terms({"production": production})
    if unknown:
        return unknown
    _check_not_negative(production=production)
    tonnes, instability = suppliers["tonnes"].astype(float), suppliers["instability"].astype(float)
    valid = instability.between(0, 1) & (tonnes >= 0) & np.isfinite(tonnes)
    if not valid.all():
        raise ValueError(f"need tonnes and an instability in 0-1; offenders:\n{suppliers[~valid].head()}")
    supply = production + tonnes.sum()
    if supply == 0:
        return Indicator(None, "neither imports nor production")
    return Indicator(float((instability * tonnes).sum() / supply))


def geopolrisk(world_production: pd.Series, suppliers: pd.DataFrame, production: float | None) -> Indicator:
    """GeoPolRisk score: concentration of world production times `geopolitical_import_risk`, 0-1.

    ``GeoPolRisk = HHI * sum_i g_i f_i / (P + F)``. Left out: the price and the copper reference of the
    life-cycle characterisation factor.

    Parameters
    ----------
    world_production : pd.Series
        Tonnes by producing country.
    suppliers, production
        See `geopolitical_import_risk`.

    Returns
    -------
    Indicator

    References
    ----------
    Koyamparambath, A. et al. (2024). Spatially and temporally differentiated characterization factors for
    supply risk of abiotic resources in life cycle assessment. Resources, Conservation and Recycling 209,
    107801.
    """
    import_risk = geopolitical_import_risk(suppliers, production)
    if import_risk.value is None:
        return import_risk
    return Indicator(herfindahl(world_production) * import_risk.value)


def _unknown_terms(terms: Mapping[str, float | None]) -> Indicator | None:
    """An indicator without value naming the unknown terms, or None if all are known."""
    unknown = [name for name, tonnes in terms.items() if tonnes is None or not np.isfinite(tonnes)]
    return Indicator(None, f"{' and '.join(unknown)} unknown") if unknown else None


def _check_not_negative(**terms: float) -> None:
    wrong = {name: tonnes for name, tonnes in terms.items() if tonnes < 0}
    if wrong:
        raise ValueError(f"tonnes cannot be negative: {wrong}")


def _check_stages(stages: pd.DataFrame) -> None:
    rates = stages[["recycling_rate", "substitution_index"]].astype(float)
    valid = ((rates >= 0) & (rates <= 1)).all(axis=1)
    both = stages["global_hhi"].notna() & stages["sourcing_hhi"].notna()
    valid &= stages["import_reliance"].between(0, 1) | (~both & stages["import_reliance"].isna())
    valid &= ~(stages[["global_hhi", "sourcing_hhi"]] < 0).any(axis=1)
    if stages[["global_hhi", "sourcing_hhi"]].isna().all(axis=None):
        raise ValueError(f"no stage has a concentration index:\n{stages}")
    if not valid.all():
        raise ValueError(f"rates lie in 0-1, indices are not negative; offenders:\n{stages[~valid].head()}")
