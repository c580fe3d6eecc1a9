"""How dependent India is, by several indices side by side, each with what it could not know."""

import pandas as pd

from helpers.data import Vintage
from helpers.methods import concentration, risk
from helpers.outlook import customs

METALS = {"flow": "import", "reporter": "IND", "hs": "RE metals", "measure": "weight"}


def indices(india: Vintage) -> pd.DataFrame:
    """Indices of dependence, those that cannot be computed with the reason instead of a number.

    Recycling and substitution are given no credit, so the European supply risks are upper bounds. Governance
    is the mean of the World Bank's six estimates.

    Returns
    -------
    pd.DataFrame
        ``index, of, value, reading``: which index, of what, its value (NaN if not computable) and what to read
        into it.
    """
    mined, suppliers = world_mining(india), metal_suppliers(india)
    rows = [
        ("Net import reliance", "HS 850511, all metal magnets", _metal_magnets(india), ""),
        ("Net import reliance", "rare-earth magnets", _magnet_reliance(india), ""),
        ("Herfindahl index", "world mine output", _herfindahl(mined), "by country"),
        ("Herfindahl index", "India's imports of rare-earth metals", _herfindahl(suppliers), "by country"),
    ]
    rows += [
        ("European supply risk", of, stage, "upper bound; critical from 1")
        for of, stage in _supply_risks(mined, suppliers).items()
    ]
    rows.append(
        ("GeoPolRisk", "rare-earth metals", _geopolrisk(mined, suppliers), "upper bound: own production set to zero")
    )
    table = pd.DataFrame(rows, columns=["index", "of", "indicator", "note"])
    table["value"] = [float("nan") if i.value is None else i.value for i in table["indicator"]]
    reasons = [i.reason if i.value is not None else f"not computable: {i.reason}" for i in table["indicator"]]
    table["reading"] = [reason if reason else note for reason, note in zip(reasons, table["note"], strict=True)]
    return table[["index", "of", "value", "reading"]]


def world_mining(india: Vintage) -> pd.DataFrame:
    """Mine output of the latest year with at least five countries: ``tonnes`` and ``wgi`` by country."""
    rows = india.table("production")
    rows = rows[(rows["stage"] == "mine") & ~rows["area"].isin(["world", "other", "IREL"]) & rows["value"].notna()]
    rows = rows[rows["status"] != "unverified"]
    counts = rows.groupby("period")["area"].nunique()
    years = counts[counts >= 5].index
    latest = rows[rows["period"] == (years.max() if len(years) else "")]
    return _with_governance(latest.set_index("area")["value"], india)


def metal_suppliers(india: Vintage) -> pd.DataFrame:
    """India's imports of rare-earth metals in FY24, the one year published by country: ``tonnes``, ``wgi``."""
    rows = india.table("trade")
    for column, wanted in METALS.items():
        rows = rows[rows[column] == wanted]
    rows = rows[(rows["period"] == "FY24") & (rows["partner"] != "world")]
    return _with_governance(rows.set_index("partner")["value"], india)


def _with_governance(tonnes: pd.Series, india) -> pd.DataFrame:
    wgi = india.assumption("governance")["value"]
    table = pd.DataFrame({"tonnes": tonnes, "wgi": wgi.reindex(tonnes.index)})
    return table.assign(trade_factor=1.0, instability=risk.governance_risk(table["wgi"].dropna()))


def _metal_magnets(india) -> risk.Indicator:
    sold = [
        india.figure("trade", "FY25", flow="export", reporter="IND", partner="world", hs=hs, measure="weight")
        for hs in (customs.FERRITE, customs.OTHER_METAL)
    ]
    exports = None if any(row is None for row in sold) else sum(row["value"] for row in sold)
    return risk.net_import_reliance(customs.imports(india)["value"].get("FY25"), exports, None)


def _magnet_reliance(india) -> risk.Indicator:
    use = india.figure("production", "2025", area="IND", stage="use", commodity="REPM", measure="consumption")
    plant = india.figure("production", "2024", area="IREL", stage="magnet", commodity="SmCo", measure="capacity")
    if use is None or plant is None:
        return risk.Indicator(None, f"use was not yet public on {india.day}")
    found = risk.net_import_reliance(use["value"] - plant["value"], 0.0, plant["value"])
    return risk.Indicator(found.value, "production taken as the capacity of the only plant")


def _herfindahl(table: pd.DataFrame) -> risk.Indicator:
    if table.empty:
        return risk.Indicator(None, "not public yet")
    return risk.Indicator(concentration.herfindahl(table["tonnes"]))


def _supply_risks(mined: pd.DataFrame, suppliers: pd.DataFrame) -> dict[str, risk.Indicator]:
    weighted = [risk.governance_weighted_herfindahl(t) if len(t) else float("nan") for t in (mined, suppliers)]
    stages = pd.DataFrame(
        {
            "global_hhi": [weighted[0], float("nan")],
            "sourcing_hhi": [float("nan"), weighted[1]],
            "import_reliance": 1.0,
            "recycling_rate": 0.0,
            "substitution_index": 1.0,
        },
        index=["mining, by world output", "rare-earth metals, by India's sources"],
    )
    known = stages[stages[["global_hhi", "sourcing_hhi"]].notna().any(axis=1)]
    found = risk.eu_supply_risk(known)["supply_risk"] if len(known) else pd.Series(dtype=float)
    missing = risk.Indicator(None, "not public yet")
    return {stage: risk.Indicator(found[stage]) if stage in found.index else missing for stage in stages.index}


def _geopolrisk(mined: pd.DataFrame, suppliers: pd.DataFrame) -> risk.Indicator:
    if mined.empty or suppliers.empty:
        return risk.Indicator(None, "not public yet")
    return risk.geopolrisk(mined["tonnes"], suppliers[["tonnes", "instability"]], 0.0)
