"""What India's own rare earth can make: ore by edition, neodymium made and promised, oxide needed."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage
from helpers.methods import oxide

YEARS = range(2026, 2032)
USE_OUTLOOKS = ("India REPM consumption", "India REPM demand", "India NdFeB demand")


def mine_output(india: Vintage, area: str = "IND") -> pd.DataFrame:
    """Mine output of rare-earth oxide, every edition by ``as_of``, so that revisions stay visible.

    Returns
    -------
    pd.DataFrame
        ``year`` (int), ``tonnes_reo, published, status, source, revised`` (True where a later edition says
        another figure), sorted by year and date.
    """
    rows = india.table("production", vintages=True)
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


def neodymium(india: Vintage) -> pd.DataFrame:
    """IREL's neodymium: what was made, what the company plans, what the government's target is.

    Sources do not say whether metal or oxide is meant.

    Returns
    -------
    pd.DataFrame
        ``period, kind`` (made, planned, target), ``tonnes, status, source``.
    """
    made = india.series("production", area="IREL", stage="separated", commodity="Nd", measure="output")
    kinds = {"planned": "neodymium output plan", "target": "neodymium output target"}
    tables = [made.assign(kind="made")]
    tables += [
        india.series("outlooks", publisher="IREL", quantity=quantity).assign(kind=kind)
        for kind, quantity in kinds.items()
    ]
    table = pd.concat(tables).reset_index().rename(columns={"value": "tonnes"})
    return table[["period", "kind", "tonnes", "status", "source"]]


def magnet_chain(india: Vintage, machining: bool = False) -> pd.Series | None:
    """The oxide-to-magnet chain of ``data/assumptions.csv`` (see ``helpers.methods.oxide``); None if not public yet.

    ``machining`` counts the loss of cutting and grinding, whose share is an unverified figure.
    """
    content = india.assumption("rare_earth_content")["value"].get("NdFeB magnet")
    loss = india.assumption("loss")["value"].get("oxide to metal")
    machined = india.assumption("yield", unverified=True)["value"].get("machining") if machining else 100.0
    if content is None or loss is None or machined is None:
        return None
    return pd.Series(
        {
            "ree_share": content / 100,
            "oxide_factor": oxide.oxide_factors()["Nd"],
            "metal_yield": 1 - loss / 100,
            "alloy_yield": 1.0,
            "machining_yield": machined / 100,
            "swarf_recycled": 0.0,
        }
    )


def scheme_need(india: Vintage) -> pd.DataFrame:
    """Oxide that the magnet scheme takes at full load, against the neodymium India expects.

    Returns
    -------
    pd.DataFrame
        Indexed by ``item``: ``tonnes_reo`` a year and ``basis``; empty until scheme and yields are public.
    """
    capacity = india.assumption("scheme_capacity")["value"]
    chain = magnet_chain(india)
    if chain is None or capacity.empty:
        return pd.DataFrame({"tonnes_reo": [], "basis": []}, index=pd.Index([], name="item"))
    magnets = capacity.iloc[0]
    rows = {
        "Scheme: oxide contained in its magnets": (
            oxide.contained_oxide(magnets, chain),
            "rare-earth content, sourced",
        ),
        "Scheme: with the loss from oxide to metal": (oxide.oxide_for_magnet(magnets, chain), "sourced"),
    }
    machined = magnet_chain(india, machining=True)
    if machined is not None:
        rows["Scheme: with machining loss too"] = (
            oxide.oxide_for_magnet(magnets, machined),
            "machining yield unverified",
        )
    for row in neodymium(india).itertuples():
        rows[f"IREL neodymium, {row.period} {row.kind}"] = (row.tonnes, row.source)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["tonnes_reo", "basis"]).rename_axis("item")


def magnets_from(oxide_tonnes_reo, india: Vintage):
    """Tonnes of magnet that oxide (a number or a Series) makes before machining loss; NaN until yields are public."""
    chain = magnet_chain(india)
    return np.nan if chain is None else oxide.magnet_from_oxide(oxide_tonnes_reo, chain)


def chain_balance(india: Vintage, period: str = "FY26") -> pd.DataFrame:
    """From the target of neodymium, taken as oxide, to magnets: what each step takes in, gives and loses.

    Machining is counted at its unverified yield, as the last step; see ``helpers.methods.oxide.process_balance``.
    """
    chain = magnet_chain(india, machining=True)
    chain = magnet_chain(india) if chain is None else chain
    target = neodymium(india).query("kind == 'target' and period == @period")["tonnes"]
    if chain is None or target.empty:
        return pd.DataFrame(
            columns=["input", "returned", "product", "recovered", "loss"], index=pd.Index([], name="step")
        )
    return oxide.process_balance(target.iloc[0], chain)


def use_of_magnets(india: Vintage, years: range = YEARS) -> pd.DataFrame:
    """Use of rare-earth magnets by fiscal year: between each publisher's two years, growth is taken as even.

    Returns
    -------
    pd.DataFrame
        Fiscal years as rows (int), publishers as columns, tonnes; empty until an outlook is public.
    """
    paths = {}
    outlooks = india.table("outlooks")
    outlooks = outlooks[outlooks["quantity"].isin(USE_OUTLOOKS) & (outlooks["unit"] == "t") & outlooks["value"].notna()]
    base = outlooks[outlooks["period"] == "2025"]["value"].mean()
    for publisher, rows in outlooks.groupby("publisher"):
        ends = rows.set_index("period")["value"]
        if "2030" not in ends or not np.isfinite(ends.get("2025", base)):
            continue
        first, last = fiscal.centre("2025"), fiscal.centre("2030")
        growth = np.log(ends["2030"] / ends.get("2025", base)) / (last - first)
        paths[publisher] = {year: ends.get("2025", base) * np.exp(growth * (year - first)) for year in years}
    return pd.DataFrame(paths, index=pd.Index(years, name="fiscal_year") if paths else None)


def cover(india: Vintage) -> pd.DataFrame:
    """Share of India's use of rare-earth magnets that its own neodymium could make, at most.

    Two paths of neodymium, the producer's plan and the government's target; years between two of their points
    are interpolated evenly, years after the last keep it. Machining loss, unverified, is left out: hence at
    most. The range is that of the published outlooks of use.

    Returns
    -------
    pd.DataFrame
        ``path, period, oxide, magnets`` (tonnes a year), ``use, use_low, use_high``, and ``share, share_low,
        share_high`` (0-1); empty until outlook, plan or target are public.
    """
    use, points = use_of_magnets(india), neodymium(india)
    frames = []
    for path, kind in (("as planned", "planned"), ("as aimed at", "target")):
        known = points[points["kind"] == kind]
        if use.empty or known.empty:
            continue
        oxide_t = np.interp(use.index, known["period"].map(fiscal.centre), known["tonnes"])
        low, high = use.min(axis=1).to_numpy(), use.max(axis=1).to_numpy()
        table = pd.DataFrame({"path": path, "period": [fiscal.year_name(y) for y in use.index], "oxide": oxide_t})
        table["magnets"] = magnets_from(table["oxide"], india)
        table = table.assign(use=np.sqrt(low * high), use_low=low, use_high=high)
        shares = {"share": "use", "share_low": "use_high", "share_high": "use_low"}
        frames.append(table.assign(**{name: table["magnets"] / table[over] for name, over in shares.items()}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def freed_by_stopping_exports(india: Vintage) -> pd.Series | None:
    """What the rare earth sold to Japan could make instead: ``oxide``, its ``ndpr`` and ``magnets``, tonnes a year.

    The share of neodymium and praseodymium is an unverified figure, so this enters no answer.
    """
    keys = {"flow": "export", "reporter": "IND", "partner": "JPN", "hs": "RE all", "measure": "weight"}
    sold = india.figure("trade", "2024", **keys)
    rows = india.assumption("rare_earth_content", unverified=True)
    share = rows[rows["material"] == "NdPr"]["value"]
    if sold is None or share.empty:
        return None
    ndpr = sold["low"] * share.iloc[0] / 100
    return pd.Series({"oxide": sold["low"], "ndpr": ndpr, "magnets": magnets_from(ndpr, india)})


def funnel(india: Vintage, period: str = "FY26") -> pd.DataFrame:
    """From ore to magnet to use in one unit, contained oxide: how much is left at each step.

    Returns
    -------
    pd.DataFrame
        Indexed by ``step``: ``tonnes_reo`` a year and ``basis``; empty until target and use are public.
    """
    mined, target = mine_output(india), neodymium(india).query("kind == 'target' and period == @period")["tonnes"]
    use = india.figure("production", "2025", area="IND", stage="use", commodity="REPM", measure="consumption")
    sourced, machined = magnet_chain(india), magnet_chain(india, machining=True)
    mined = mined[mined["status"] != "unverified"]
    if mined.empty or target.empty or use is None or sourced is None or machined is None:
        return pd.DataFrame({"tonnes_reo": [], "basis": []}, index=pd.Index([], name="step"))
    oxide_t = target.iloc[0]
    rows = {
        "Ore: all rare earths mined": (mined["tonnes_reo"].iloc[-1], f"{mined['year'].iloc[-1]}"),
        f"Oxide: neodymium aimed at for {period}": (oxide_t, "target"),
        "Metal: after reduction": (oxide_t * sourced["metal_yield"], "sourced yield"),
        "Magnet: after machining": (oxide_t * sourced["metal_yield"] * machined["machining_yield"], "unverified yield"),
        "Use: in the magnets that India uses": (oxide.contained_oxide(use["value"], sourced), "2025"),
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["tonnes_reo", "basis"]).rename_axis("step")
