"""What India's own rare earth can make: ore by edition, neodymium made, planned and targeted, oxide needed."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, from_row, sources_of
from helpers.methods import oxide
from helpers.outlook import targets

KINDS = {"planned": "neodymium output plan", "target": "neodymium output target"}
"""The producer's own plan and the target set for it, by the quantity that ``outlooks.csv`` files them under."""

LEAST_EXCESS = 1.05
"""How many times its aim an output is before it exceeds it."""


def mine_output(india: Vintage, area: str = "IND") -> pd.DataFrame:
    """Mine output of rare-earth oxide in whole years, every edition, so that revisions stay visible.

    Returns
    -------
    pd.DataFrame
        ``period, tonnes`` (contained oxide), ``published, status, source, revised`` (True where a later edition
        takes its place; an unverified figure never takes the place of a sourced one), by year and date.
    """
    rows = india.table("production", vintages=True)
    wanted = (rows["stage"] == "mine") & (rows["area"] == area) & (rows["measure"] == "output")
    rows = rows[wanted & rows["value"].notna() & rows["period"].map(fiscal.is_year)].rename(columns={"value": "tonnes"})
    rows = rows.assign(at=rows["period"].map(fiscal.centre), sourced=rows["status"] != "unverified")
    rows = rows.sort_values(["at", "sourced", "published"], kind="stable")
    rows["revised"] = rows.duplicated("period", keep="last")
    return rows[["period", "tonnes", "published", "status", "source", "revised"]].reset_index(drop=True)


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


def current(aimed: pd.DataFrame, kind: str = "target") -> pd.Series | None:
    """Of :func:`aims`, the newest of a kind whose period has begun, else the first; None if there is none."""
    rows = aimed[aimed["kind"] == kind]
    begun = rows[rows["begun"]]
    return begun.iloc[-1] if len(begun) else rows.iloc[0] if len(rows) else None


def magnet_chain(india: Vintage, machining: bool = False) -> pd.Series:
    """The oxide-to-magnet chain of ``assumptions.csv`` (see ``helpers.methods.oxide``), with its ``source``.

    What is not in the sources is a gap; see :func:`known`. ``machining`` counts the loss of cutting and grinding,
    whose share is an unverified figure.
    """
    content = _assumed(india, "rare_earth_content", "NdFeB magnet")
    loss = _assumed(india, "loss", "oxide to metal")
    machined = _assumed(india, "yield", "machining", unverified=True) if machining else pd.Series({"value": 100.0})
    return pd.Series(
        {
            "ree_share": content["value"] / 100,
            "oxide_factor": oxide.oxide_factors()["Nd"],
            "metal_yield": 1 - loss["value"] / 100,
            "alloy_yield": 1.0,
            "machining_yield": machined["value"] / 100,
            "swarf_recycled": 0.0,
            "source": " ".join(sorted(sources_of(content, loss, machined))),
        }
    )


def known(chain: pd.Series) -> bool:
    """Whether a chain has all its parameters."""
    return not chain.isna().any()


def magnets_from(neodymium: Quantity, chain: pd.Series) -> tuple[Quantity, Quantity]:
    """Magnets that neodymium makes, if it is counted as oxide and if it is counted as metal."""
    made = oxide.magnet_from_oxide(neodymium.value, chain), oxide.magnet_from_metal(neodymium.value, chain)
    return tuple(derived(tonnes, "t", neodymium, chain, period=neodymium.period) for tonnes in made)


def capacity(india: Vintage) -> Quantity | None:
    """Magnets a year that the plants of the scheme are to make; None if it is not in the sources."""
    rows = india.assumption("scheme_capacity").sort_values("published")
    return from_row(rows.iloc[-1], unit="t") if len(rows) else None


def scheme_need(india: Vintage) -> pd.DataFrame:
    """Oxide a year that the magnet scheme takes at full load, loss after loss: each row counts one loss more.

    Returns
    -------
    pd.DataFrame
        Indexed by ``step`` (contained, metal, machining): ``tonnes`` of oxide, ``verified``, ``source``; empty
        until scheme and yields are in the sources.
    """
    magnets, sourced, machined = capacity(india), magnet_chain(india), magnet_chain(india, machining=True)
    rows = {}
    if magnets is not None and known(sourced):
        rows["contained"] = (oxide.contained_oxide(magnets.value, sourced), True, sourced)
        rows["metal"] = (oxide.oxide_for_magnet(magnets.value, sourced), True, sourced)
        if known(machined):
            verified = _verified(india, "yield", "machining")
            rows["machining"] = (oxide.oxide_for_magnet(magnets.value, machined), verified, machined)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["tonnes", "verified", "source"]).rename_axis("step")
    return table.assign(source=[" ".join(sorted(sources_of(magnets, chain))) for chain in table["source"]])


def chain_balance(india: Vintage) -> pd.DataFrame:
    """From the current target of neodymium, or what was made of it, as oxide to magnets: what steps take and lose.

    Returns
    -------
    pd.DataFrame
        Indexed by ``step`` (oxide, metal, machining): ``input, product, loss``, tonnes of contained oxide, and
        ``verified, source``. Alloying has no loss of its own in the sources; machining is left out while none is.
    """
    target, sourced, machined = current(aims(india)), magnet_chain(india), magnet_chain(india, machining=True)
    if target is None or not known(sourced):
        return pd.DataFrame(columns=["input", "product", "loss", "verified", "source"]).rename_axis("step")
    table = oxide.process_balance(target["stands"], machined if known(machined) else sourced)
    table = table.loc[["oxide", "metal", *(["machining"] if known(machined) else [])]]
    uses = {"oxide": [target], "metal": [target, sourced], "machining": [target, machined]}
    return table[["input", "product", "loss"]].assign(
        verified=[step != "machining" or _verified(india, "yield", "machining") for step in table.index],
        source=[" ".join(sorted(sources_of(*uses[step]))) for step in table.index],
    )


def funnel(india: Vintage) -> pd.DataFrame:
    """From ore to use in one unit, contained oxide: how much of the current target is left at each step.

    Returns
    -------
    pd.DataFrame
        Indexed by ``step`` (ore, oxide, metal, machining, use): ``tonnes, period, verified, source``, ``made`` (whether
        the target's year has an output, which then stands for it); empty until all is in the sources.
    """
    mined, balance, use = mine_output(india), chain_balance(india), targets.sums(india, "repm")
    mined = mined[mined["status"] != "unverified"]
    if mined.empty or balance.empty or use.empty:
        return pd.DataFrame(columns=["tonnes", "period", "verified", "source"]).rename_axis("step")
    ore, used, chain = mined.iloc[-1], from_row(use.iloc[-1]), magnet_chain(india)
    steps = balance.rename(columns={"product": "tonnes"}).assign(period=current(aims(india))["period"])
    ends = pd.DataFrame(
        {
            "tonnes": [ore["tonnes"], oxide.contained_oxide(used.value, chain)],
            "period": [ore["period"], used.period],
            "verified": True,
            "source": [ore["source"], " ".join(sorted(sources_of(used, chain)))],
        },
        index=["ore", "use"],
    )
    table = pd.concat([ends, steps]).loc[["ore", *steps.index, "use"], list(ends)].rename_axis("step")
    return table.assign(made=pd.notna(current(aims(india))["made"]))


def freed_by_stopping_exports(india: Vintage) -> dict[str, Quantity] | None:
    """What the rare earth sold to Japan could make instead: ``sold``, ``share`` (%), ``ndpr`` and ``magnets``.

    Where only a lower bound of the sales is published, that is taken. The share of neodymium and praseodymium
    in Indian oxide is an unverified figure.
    """
    sold = india.series("trade", flow="export", reporter="IND", partner="JPN", hs="RE all", measure="weight")
    share, chain = ndpr_share(india), magnet_chain(india)
    tonnes = sold["value"].fillna(sold["low"]).dropna()
    if tonnes.empty or share is None or not known(chain):
        return None
    row = sold.loc[tonnes.index[-1]]
    oxide_sold = derived(tonnes.iloc[-1], "t", row, period=tonnes.index[-1], low=row["low"])
    ndpr = derived(oxide_sold.value * share.value / 100, "t", oxide_sold, share)
    return {"sold": oxide_sold, "share": share, "ndpr": ndpr, "magnets": magnets_from(ndpr, chain)[0]}


def ndpr_share(india: Vintage) -> Quantity | None:
    """Per cent of neodymium and praseodymium in Indian rare-earth oxide, an unverified figure."""
    rows = india.assumption("rare_earth_content", unverified=True)
    rows = rows[rows["material"] == "NdPr"]
    return from_row(rows.iloc[0], unit="%") if len(rows) else None


def _assumed(india: Vintage, name: str, segment: str, unverified: bool = False) -> pd.Series:
    """A row of an assumption, or a gap."""
    rows = india.assumption(name, unverified=unverified)
    return rows.loc[segment] if segment in rows.index else pd.Series({"value": np.nan})


def _verified(india: Vintage, name: str, segment: str) -> bool:
    return segment in india.assumption(name).index
