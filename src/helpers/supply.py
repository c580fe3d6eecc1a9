"""What India's own rare earth can make: ore by edition, neodymium made and promised, oxide needed."""

from datetime import date

import numpy as np
import pandas as pd

from helpers import load, oxide


def mine_output(as_of: str | date, area: str = "IND") -> pd.DataFrame:
    """Mine output of rare-earth oxide, every edition by ``as_of``, so that revisions stay visible.

    Returns
    -------
    pd.DataFrame
        ``year`` (int), ``tonnes_reo, published, status, source, revised`` (True where a later edition says
        another figure), sorted by year and date.
    """
    rows = load.table("production", as_of, vintages=True)
    rows = rows[
        (rows["stage"] == "mine") & (rows["area"] == area) & (rows["measure"] == "output") & rows["value"].notna()
    ]
    table = (
        rows.assign(year=rows["period"].astype(int))
        .rename(columns={"value": "tonnes_reo"})
        .sort_values(["year", "published"])
    )
    last = table.groupby("year")["published"].transform("max")
    table["revised"] = table["published"] < last
    return table[["year", "tonnes_reo", "published", "status", "source", "revised"]].reset_index(drop=True)


def neodymium(as_of: str | date) -> pd.DataFrame:
    """IREL's neodymium: what was made, what the company plans, what the government's target is.

    Sources do not say whether metal or oxide is meant.

    Returns
    -------
    pd.DataFrame
        ``period, kind`` (made, planned, target), ``tonnes, status, source``.
    """
    made = load.series("production", as_of, area="IREL", stage="separated", commodity="Nd", measure="output")
    kinds = {"planned": "neodymium output plan", "target": "neodymium output target"}
    tables = [made.assign(kind="made")]
    tables += [
        load.series("outlooks", as_of, publisher="IREL", quantity=quantity).assign(kind=kind)
        for kind, quantity in kinds.items()
    ]
    table = pd.concat(tables).reset_index().rename(columns={"value": "tonnes"})
    return table[["period", "kind", "tonnes", "status", "source"]]


def magnet_chain(as_of: str | date, machining: bool = False) -> pd.Series | None:
    """The oxide-to-magnet chain of ``data/assumptions.csv`` (see ``helpers.oxide``); None if not public yet.

    ``machining`` counts the loss of cutting and grinding, whose share is an unverified figure.
    """
    rows = load.table("assumptions", as_of).set_index(["assumption", "segment"])["value"]
    wanted = [("rare_earth_content", "NdFeB magnet"), ("loss", "oxide to metal")] + machining * [("yield", "machining")]
    if not set(wanted) <= set(rows.index):
        return None
    return pd.Series(
        {
            "ree_share": rows[wanted[0]] / 100,
            "oxide_factor": oxide.oxide_factors()["Nd"],
            "metal_yield": 1 - rows[wanted[1]] / 100,
            "alloy_yield": 1.0,
            "machining_yield": rows[wanted[2]] / 100 if machining else 1.0,
            "swarf_recycled": 0.0,
        }
    )


def scheme_need(as_of: str | date) -> pd.DataFrame:
    """Oxide that the magnet scheme takes at full load, against the neodymium India expects.

    Returns
    -------
    pd.DataFrame
        Indexed by ``item``: ``tonnes_reo`` a year and ``basis``; empty until scheme and yields are public.
    """
    assumptions = load.table("assumptions", as_of).set_index("assumption")["value"]
    chain = magnet_chain(as_of)
    if chain is None or "scheme_capacity" not in assumptions.index:
        return pd.DataFrame({"tonnes_reo": [], "basis": []}, index=pd.Index([], name="item"))
    magnets = assumptions["scheme_capacity"]
    rows = {
        "Scheme: oxide contained in its magnets": (
            oxide.contained_oxide(magnets, chain),
            "rare-earth content, sourced",
        ),
        "Scheme: with the loss from oxide to metal": (oxide.oxide_for_magnet(magnets, chain), "sourced"),
    }
    machined = magnet_chain(as_of, machining=True)
    if machined is not None:
        rows["Scheme: with machining loss too"] = (
            oxide.oxide_for_magnet(magnets, machined),
            "machining yield unverified",
        )
    for row in neodymium(as_of).itertuples():
        rows[f"IREL neodymium, {row.period} {row.kind}"] = (row.tonnes, row.source)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["tonnes_reo", "basis"]).rename_axis("item")


def magnets_from(oxide_tonnes_reo: float, as_of: str | date) -> float:
    """Tonnes of magnet that oxide can make before machining loss; NaN while the yields are not public."""
    chain = magnet_chain(as_of)
    return np.nan if chain is None else oxide.magnet_from_oxide(oxide_tonnes_reo, chain)
