"""How dependent India is, by several indices side by side, each with its years and with what it could not know."""

from dataclasses import dataclass

import pandas as pd

from helpers import fiscal
from helpers.chapters.rows import chosen
from helpers.data import UNUSED, Vintage, ids, sources_of
from helpers.methods import concentration, risk
from helpers.outlook import rare_earths, targets

METAL_LINES = ("85051110", "85051190")  # the national lines of HS 850511
LEAST_COUNTRIES = 5  # countries that an edition must name to say something of the world's mining
LEAST_KNOWN = 0.9  # share of India's imports that must be known by country to say something of their concentration


Row = tuple[str, str, str, risk.Indicator, str, str]
"""Index, of what, years, its value or why there is none, how to read it, sources."""
NONE = "not in the sources"


@dataclass(frozen=True)
class Origin:
    """Tonnes by country with governance, the years of both and their sources; ``note`` if they cannot be weighed."""

    table: pd.DataFrame
    period: str = ""
    governance: str = ""
    sources: frozenset[str] = frozenset()
    governed: frozenset[str] = frozenset()
    note: str = ""

    @property
    def years(self) -> str:
        return f"{self.period}, governance {self.governance}" if self.governance else self.period


def indices(india: Vintage) -> pd.DataFrame:
    """Indices of dependence, those that cannot be computed with the reason instead of a number.

    Recycling and substitution are given no credit, so the European supply risks are upper bounds. By ``Index``: ``Of,
    Years, Value`` (a gap if not computable), ``How to read it``, ``source``.
    """
    mined, metals = world_mining(india), metal_suppliers(india)
    rows = [
        _metal_magnets(india),
        _magnet_reliance(india),
        _herfindahl("world mine output", mined),
        _herfindahl("India's imports of rare-earth metals", metals),
        _supply_risk("mining, by world output", mined, "global"),
        _supply_risk("rare-earth metals, by India's sources", metals, "sourcing"),
        _geopolrisk(mined, metals),
    ]
    table = pd.DataFrame(rows, columns=["Index", "Of", "Years", "Value", "How to read it", "source"])
    lacking = {at: of.reason for at, of in table["Value"].items() if of.value is None}
    table["Value"] = [float("nan") if of.value is None else of.value for of in table["Value"]]
    table.loc[list(lacking), "How to read it"] = [f"not computable: {reason}" for reason in lacking.values()]
    return table.set_index("Index")


def world_mining(india: Vintage) -> Origin:
    """Mine output by country, of the newest year that one edition gives for enough countries."""
    rows = chosen(india.table("production", vintages=True), stage="mine", measure="output")
    rows = rows[rows["area"].str.fullmatch("[A-Z]{3}") & rows["value"].notna() & (rows["status"] != "unverified")]
    keys = ["period", "published", rows["source"].str.split().str[0]]
    editions = {of: edition for of, edition in rows.groupby(keys) if edition["area"].nunique() >= LEAST_COUNTRIES}
    if not editions:
        return Origin(pd.DataFrame())
    newest = max(editions, key=lambda of: (fiscal.span(of[0]), of[1]))  # of two of a day the first
    return _weighed(editions[newest].set_index("area"), newest[0], india)


def metal_suppliers(india: Vintage) -> Origin:
    """India's imports of rare-earth metals by country, of the newest year in which enough of them is known so."""
    rows = chosen(india.table("trade"), flow="import", reporter="IND", hs="RE metals", measure="weight")
    rows = rows[rows["value"].notna() & ~rows["status"].isin(UNUSED)]
    totals, parts = chosen(rows, partner="world").set_index("period")["value"], rows[rows["partner"] != "world"]
    known = (parts.groupby("period")["value"].sum() / totals).dropna()
    years = sorted(known[known >= LEAST_KNOWN].index, key=fiscal.span)
    if not years:
        return Origin(pd.DataFrame())
    return _weighed(parts[parts["period"] == years[-1]].set_index("partner"), years[-1], india)


def _weighed(rows: pd.DataFrame, period: str, india: Vintage) -> Origin:
    """Tonnes by country with the governance of each."""
    wgi = india.assumption("governance").sort_values("material", kind="stable")  # its end is the year
    wgi = wgi[~wgi.index.duplicated(keep="last")].reindex(rows.index)
    table = pd.DataFrame({"tonnes": rows["value"], "wgi": wgi["value"]})
    if lacking := sorted(table.index[table["wgi"].isna()]):
        return Origin(table, period, sources=sources_of(rows), note=f"no governance estimate of {', '.join(lacking)}")
    table["instability"] = risk.governance_risk(table["wgi"])
    when = " and ".join(sorted({material.rpartition(", ")[2] for material in wgi["material"]}))
    return Origin(table, period, when, sources_of(rows), sources_of(wgi))


def _metal_magnets(india: Vintage) -> Row:
    names = "Net import reliance", "HS 850511, all metal magnets"
    bought = targets.sums(india, "customs")
    bought = bought.loc[[fiscal.is_fiscal_year(period) for period in bought.index]]
    if bought.empty:
        return *names, "", risk.Indicator(None, "imports not in the sources"), "", ""
    year = bought.index[-1]
    made = chosen(india.table("production"), area="IND", stage="magnet", measure="output", period=year)
    made = made[~made["status"].isin(UNUSED)]
    keys = {"flow": "export", "reporter": "IND", "partner": "world", "measure": "weight"}
    sold = [india.figure("trade", year, hs=hs, **keys) for hs in METAL_LINES]
    exports = None if None in sold else sum(figure.value for figure in sold)
    output = made["value"].sum() if len(made) else None
    found = risk.net_import_reliance(bought["value"].iloc[-1], exports, output)
    return *names, year, found, "", ids(bought.iloc[-1], made, *sold)


def _magnet_reliance(india: Vintage) -> Row:
    names = "Net import reliance", "rare-earth magnets"
    bought, plants = rare_earths.imported(india), chosen(india.table("production"), stage="magnet", measure="capacity")
    plants = plants[~plants["status"].isin(UNUSED) & plants["value"].notna()]
    plants = plants.loc[plants["period"].map(fiscal.centre).sort_values().index]
    plants = plants.drop_duplicates(["area", "commodity"], keep="last")
    if bought is None or plants.empty:
        lacking = "imports" if bought is None else "production"
        return *names, "", risk.Indicator(None, f"{lacking} not in the sources"), "", ""
    found = risk.net_import_reliance(bought.value, 0.0, plants["value"].sum())
    years = f"imports a year, plants {' and '.join(sorted(set(plants['period'])))}"
    note = "imports as magnets, without those inside motors, at the middle of their range; production is taken as the"
    note += " capacity of the known plants; exports, which are not in the sources, as none"
    return *names, years, found, note, ids(bought, plants)


def _herfindahl(of: str, origin: Origin) -> Row:
    found = risk.Indicator(None, NONE)
    if len(origin.table):
        found = risk.Indicator(concentration.herfindahl(origin.table["tonnes"]))
    return "Herfindahl index", of, origin.period, found, "by country; from 0 to 1, one supplier", ids(origin)


def _supply_risk(of: str, origin: Origin, whose: str) -> Row:
    names = "European supply risk", of, origin.years
    if origin.table.empty or origin.note:
        return *names, risk.Indicator(None, origin.note or NONE), "", _ids(origin)
    found = risk.eu_supply_risk(risk.governance_weighted_herfindahl(origin.table))
    threshold = risk.SUPPLY_RISK_THRESHOLD
    side = f"at least {threshold:g}" if found >= threshold else f"below {threshold:g}"
    note = f"upper bound, no credit for recycling and substitution; {whose} only; {side}, from which a material that"
    return *names, risk.Indicator(found), f"{note} matters to the economy counts as critical", _ids(origin)


def _geopolrisk(mined: Origin, metals: Origin) -> Row:
    names = "GeoPolRisk", "rare-earth metals", f"mining {mined.years}; imports {metals.years}".strip(" ;")
    lacking = mined.note or metals.note
    if mined.table.empty or metals.table.empty or lacking:
        return *names[:2], "", risk.Indicator(None, lacking or NONE), "", _ids(mined, metals)
    found = risk.geopolrisk(mined.table["tonnes"], metals.table[["tonnes", "instability"]], 0.0)
    note = "upper bound, own production set to zero; defined on political stability alone, computed here on the mean of"
    return *names, found, f"{note} the six governance estimates", _ids(mined, metals)


def _ids(*origins: Origin) -> str:
    return ids(*origins, *(origin.governed for origin in origins))
