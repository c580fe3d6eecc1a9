"""What India's own rare earth can make: ore by edition, neodymium by year, magnets by what a figure may mean."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, from_row, ids
from helpers.methods import oxide

KINDS = {"planned": "neodymium output plan", "target": "neodymium output target"}
"""The producer's own plan and the target set for it, by the quantity that ``outlooks.csv`` files them under."""

COUNTS = ("output", "output_bgs")
"""What is mined, as each of two publishers counts it: measures of ``production.csv``."""

LEAST_EXCESS = 1.05
"""How many times its aim an output is before it exceeds it."""

_TOGETHER = "oxide mined in India"
_APART = [f"{name} in {_TOGETHER}" for name in ("neodymium", "praseodymium")]
_CARS = {"indicator": "ev_registrations", "segment": "4w"}


def mine_output(india: Vintage, area: str = "IND", measure: str = COUNTS[0]) -> pd.DataFrame:
    """Mine output of rare-earth oxide in whole years, every edition, so that revisions stay visible.

    Returns
    -------
    pd.DataFrame
        ``period, tonnes`` (contained oxide), ``by`` (publisher), ``published, status, source, revised`` (True where a
        later edition takes its place; an unverified figure never takes the place of a sourced one), by year and date.
    """
    rows = india.table("production", vintages=True, stage="mine", area=area, measure=measure)
    whole = rows["value"].notna() & rows["period"].map(fiscal.is_year).astype(bool)
    rows = rows[whole].rename(columns={"value": "tonnes"})
    rows = rows.assign(at=rows["period"].map(fiscal.centre), sourced=rows["status"] != "unverified")
    rows = rows.sort_values(["at", "sourced", "published"], kind="stable")
    rows["revised"] = rows.duplicated("period", keep="last")
    rows["by"] = rows["source"].map({of: india.publishers(of.split()) for of in rows["source"].unique()})
    return rows[["period", "tonnes", "by", "published", "status", "source", "revised"]].reset_index(drop=True)


def held(india: Vintage) -> pd.DataFrame:
    """Neodymium and praseodymium in the ore mined, as oxide, by the newest count of each publisher.

    Returns
    -------
    pd.DataFrame
        ``by, period, tonnes`` (all rare earths), ``low, high`` (of them neodymium and praseodymium), ``source``; empty
        until their share is in the sources.
    """
    share, rows = ndpr_share(india), [mine_output(india, measure=measure) for measure in COUNTS]
    newest = pd.concat([sourced(count).tail(1) for count in rows])
    if share is None:
        return newest.head(0)
    ends = {end: newest["tonnes"] * getattr(share, end) / 100 for end in ("low", "high")}
    source = [ids(of, share) for of in newest["source"]]
    return newest.assign(**ends, source=source)[["by", "period", "tonnes", "low", "high", "source"]]


def sourced(editions: pd.DataFrame) -> pd.DataFrame:
    """Of :func:`mine_output`, what does not rest on memory."""
    return editions[editions["status"] != "unverified"]


def neodymium(india: Vintage) -> pd.DataFrame:
    """IREL's neodymium by year: what was made, what the company plans, what its target is.

    The figures are of neodymium, without a word on whether metal or oxide is meant.

    Returns
    -------
    pd.DataFrame
        ``period, kind`` (made, planned, target), ``tonnes, status, source``.
    """
    made = india.series("production", area="IREL", stage="separated", commodity="Nd", measure="output")
    tables = {"made": made}
    tables |= {kind: india.series("outlooks", publisher="IREL", quantity=name) for kind, name in KINDS.items()}
    table = pd.concat([rows.reset_index().assign(kind=kind) for kind, rows in tables.items()])
    said = (table["value"] > 0) | ((table["kind"] == "made") & (table["value"] == 0))
    table = table[said & table["period"].map(fiscal.is_year).astype(bool)]
    table = table.rename(columns={"value": "tonnes"}).reset_index(drop=True)
    return table[["period", "kind", "tonnes", "status", "source"]]


def aims(india: Vintage) -> pd.DataFrame:
    """What was planned and targeted, and what became of it by the day of the vintage.

    Returns
    -------
    pd.DataFrame
        ``period, kind, tonnes, made`` (a gap while not in the sources), ``stands`` (what was made, else the aim),
        ``begun`` (whether its period has begun), ``state`` (see :func:`state`), ``status``, ``source`` (of both).
    """
    table = neodymium(india)
    made = table[table["kind"] == "made"].set_index("period")
    table = table[table["kind"] != "made"].reset_index(drop=True)
    table["made"] = table["period"].map(made["tonnes"]).astype(float)
    table["stands"] = table["made"].fillna(table["tonnes"])
    spans = [fiscal.span(period) for period in table["period"]]
    table["begun"] = [start <= india.day for start, _ in spans]
    judged = zip(table["tonnes"], table["made"], spans, strict=True)
    table["state"] = [state(aim, came, over=end < india.day) for aim, came, (_, end) in judged]
    table["source"] = table["source"].str.cat(table["period"].map(made["source"]), sep=" ", na_rep="").str.strip()
    return table[["period", "kind", "tonnes", "made", "stands", "begun", "state", "status", "source"]]


def state(aim: float, made: float, *, over: bool) -> str:
    """What became of an aim: ``exceeded``, ``met``, ``missed``; without output ``ahead`` or, once over, ``unknown``."""
    if pd.isna(made):
        return "unknown" if over else "ahead"
    if made >= LEAST_EXCESS * aim:
        return "exceeded"
    return "met" if made >= aim else "missed"


def current(aimed: pd.DataFrame) -> pd.Series | None:
    """Of :func:`aims`, the newest target whose period has begun, else the first; None if there is none."""
    rows = aimed[aimed["kind"] == "target"]
    begun = rows[rows["begun"]]
    return begun.iloc[-1] if len(begun) else rows.iloc[0] if len(rows) else None


def furthest(aimed: pd.DataFrame) -> Quantity | None:
    """Of :func:`aims`, the target of the latest year; None if there is none."""
    rows = aimed[aimed["kind"] == "target"]
    return from_row(rows.iloc[-1], "t", column="tonnes") if len(rows) else None


def magnet_chain(india: Vintage, machining: bool = False) -> pd.Series:
    """The oxide-to-magnet chain of ``assumptions.csv`` (see ``helpers.methods.oxide``), with its ``source``.

    What is not in the sources is a gap; see :func:`known`. ``machining`` counts the loss of cutting and grinding,
    whose share is an unverified figure.
    """
    content = _assumed(india, "rare_earth_content", "NdFeB magnet")
    loss = _assumed(india, "loss", "oxide to metal")
    machined = _assumed(india, "yield", "machining") if machining else pd.Series({"value": 100.0})
    chain = {"ree_share": content["value"] / 100, "oxide_factor": oxide.oxide_factors()["Nd"]}
    chain |= {"metal_yield": 1 - loss["value"] / 100, "machining_yield": machined["value"] / 100}
    return pd.Series(chain | {"source": ids(content, loss, machined)})


def known(chain: pd.Series) -> bool:
    """Whether a chain has all its parameters."""
    return not chain.isna().any()


def meanings(india: Vintage) -> pd.DataFrame:
    """What a tonne that is called neodymium may mean, and what it makes then: bounds, none more likely than another.

    Oxide or metal; neodymium and praseodymium together, or neodymium alone beside the praseodymium of its ore.

    Returns
    -------
    pd.DataFrame
        Indexed by meaning: ``oxide`` (tonnes of oxide of both that it comes to), ``low, high`` (tonnes of magnets, with
        the highest loss in machining and with all of it used again; alike until that loss is in the sources),
        ``source``. Empty until the yields are; neodymium alone stands there once the ore's composition is.
    """
    chain, cut = magnet_chain(india), machined(india)
    parts = [_assumed(india, "rare_earth_content", segment) for segment in _APART]
    alone = parts[0]["value"] / sum(part["value"] for part in parts)
    if not known(chain):
        return pd.DataFrame(columns=["oxide", "low", "high", "source"])
    metal = chain["oxide_factor"] / chain["metal_yield"]
    rows = {"oxide of both": 1.0, "metal of both": metal}
    rows |= {"oxide of neodymium alone": 1 / alone, "metal of neodymium alone": metal / alone}
    table = pd.DataFrame({"oxide": rows}).dropna()
    table["high"] = oxide.magnet_from_oxide(table["oxide"], chain)
    table["low"] = table["high"] * cut.low / 100
    return table[["oxide", "low", "high"]].assign(source=ids(chain, cut, *parts))


def meant(neodymium: Quantity, meanings: pd.DataFrame, as_oxide: bool = False) -> Quantity:
    """Tonnes of magnets that neodymium makes, or of oxide that it comes to: a range over all its :func:`meanings`."""
    low, high = ("oxide", "oxide") if as_oxide else ("low", "high")
    ends = {"low": neodymium.value * meanings[low].min(), "high": neodymium.value * meanings[high].max()}
    return derived(np.nan, "t", neodymium, meanings, period=neodymium.period, **ends)


def capacity(india: Vintage) -> Quantity | None:
    """Magnets a year that the plants of the scheme are to make; None if it is not in the sources."""
    rows = india.assumption("scheme_capacity").sort_values("published")
    return from_row(rows.iloc[-1], unit="t") if len(rows) else None


def oxide_for(magnets: Quantity, india: Vintage) -> Quantity | None:
    """Oxide that magnets take with the loss to metal and the range of that in machining, once this is in the sources.

    None until the yields are. A range of magnets widens that of the oxide.
    """
    chain, cut = magnet_chain(india), machined(india)
    if not known(chain):
        return None
    least, most = (magnets.value if np.isnan(end) else end for end in (magnets.low, magnets.high))
    ends = {"low": oxide.oxide_for_magnet(least, chain) * 100 / cut.high}
    ends["high"] = oxide.oxide_for_magnet(most, chain) * 100 / cut.low
    return derived(np.nan, "t", magnets, chain, cut, period=magnets.period, **ends)


def machined(india: Vintage) -> Quantity:
    """Per cent of the rare earth that machining leaves in a magnet, as a range; all while no loss is in the sources."""
    row = _assumed(india, "yield", "machining")
    if pd.isna(row["value"]):
        return Quantity(100.0, "%", low=100.0, high=100.0, status="missing")
    ends = {end: row["value"] if pd.isna(row[end]) else row[end] for end in ("low", "high")}
    return replace(from_row(row, "%"), **ends)


def promised(india: Vintage) -> tuple[Quantity, Quantity] | None:
    """How many bidders of the scheme are promised oxide, and how many are chosen; None until both are known."""
    rows = india.assumption("scheme_bidders")
    if not {"promised oxide", "chosen"} <= set(rows.index):
        return None
    return from_row(rows.loc["promised oxide"], unit=""), from_row(rows.loc["chosen"], unit="")


def balance(india: Vintage, tonnes: float = 100.0) -> pd.DataFrame:
    """What oxide comes to, step by step: ``input, product, loss``, tonnes of contained oxide, and ``source``.

    Alloying has no loss of its own in the sources; empty until all losses are there.
    """
    chain = magnet_chain(india, machining=True)
    if not known(chain):
        return pd.DataFrame(columns=["input", "product", "loss", "source"])
    return oxide.process_balance(tonnes, chain).assign(source=[magnet_chain(india)["source"], chain["source"]])


def freed_by_stopping_exports(india: Vintage) -> dict[str, Quantity] | None:
    """What the rare earth sold to Japan could make instead: ``sold``, ``share`` (%) of it, and ``magnets``, a range.

    Where only a lower bound of the sales is published, that is taken.
    """
    sold = india.series("trade", flow="export", reporter="IND", partner="JPN", hs="RE all", measure="weight")
    share, chain, cut = ndpr_share(india), magnet_chain(india), machined(india)
    tonnes = sold["value"].fillna(sold["low"]).dropna()
    if tonnes.empty or share is None or not known(chain):
        return None
    row = sold.loc[tonnes.index[-1]]
    each = tonnes.iloc[-1] / 100 * oxide.magnet_from_oxide(1.0, chain)
    ends = {"low": each * share.low * cut.low / 100, "high": each * share.high}
    given = derived(tonnes.iloc[-1], "t", row, period=tonnes.index[-1], low=row["low"])
    return {"sold": given, "share": share, "magnets": derived(np.nan, "t", row, share, chain, cut, **ends)}


def cars_from(magnets: Quantity, india: Vintage) -> dict[str, Quantity] | None:
    """Electric cars whose motors magnets are enough for, in thousands: ``cars`` and ``kg`` each, ranges.

    With them ``year``, those registered in the newest year known. None until both are in the sources.
    """
    motors, years = india.assumption("magnet_intensity"), india.series("drivers", **_CARS)
    motors, years = motors[motors.index == "ev_car"], years.loc[[fiscal.is_year(period) for period in years.index]]
    if motors.empty or years.empty:
        return None
    least, most = motors[["value", "low"]].min(axis=None), motors[["value", "high"]].max(axis=None)
    year = from_row(years.iloc[-1])
    return {
        "kg": derived(np.nan, "kg", motors, low=least, high=most),
        "cars": derived(np.nan, "", magnets, motors, low=magnets.low / most, high=magnets.high / least),
        "year": derived(year.value / 1000, "", year, period=year.period),
    }


def ndpr_share(india: Vintage) -> Quantity | None:
    """Per cent of neodymium and praseodymium in Indian rare-earth oxide: the range of the figures there are."""
    both, *parts = (_assumed(india, "rare_earth_content", segment) for segment in (_TOGETHER, *_APART))
    shares = pd.Series([both["value"], sum(part["value"] for part in parts)]).dropna()
    if shares.empty:
        return None
    share = derived(np.nan, "%", both, *parts, low=shares.min(), high=shares.max())
    doubtful = any(part.get("status") == "unverified" for part in (both, *parts))
    return replace(share, status="unverified") if doubtful and not share.assumed else share


def _assumed(india: Vintage, name: str, segment: str) -> pd.Series:
    """A row of an assumption, unverified ones too, or a gap."""
    rows = india.assumption(name, unverified=True)
    return rows.loc[segment] if segment in rows.index else pd.Series({"value": np.nan})
