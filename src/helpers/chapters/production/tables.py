"""Tables of ``outlook`` as chapter 2 shows them: heads in words and units, the sources beside each row."""

import pandas as pd

from helpers.data import Quantity, Vintage, derived

STEPS = {
    "ore": "Ore: all rare earths",
    "oxide": "Oxide: targeted",
    "metal": "Metal: reduced",
    "machining": "Magnet: machined",
    "use": "Use: in magnets",
}
NEEDS = {
    "contained": "Scheme: oxide contained",
    "metal": "Scheme: with loss to metal",
    "machining": "Scheme: with machining too",
}
KINDS = {"made": "made", "planned": "planned", "target": "targeted"}
STATES = {"ahead": "year not over", "unknown": "over; output not in the sources", "met": "met", "missed": "missed"}
STATES |= {"exceeded": "exceeded"}
_EDITIONS = {
    "period": "Year",
    "tonnes": "Mined, t of oxide",
    "published": "Edition of",
    "status": "Status",
    "revised": "Superseded by a later edition",
}
_COVER = {
    "path": "Neodymium as",
    "period": "Fiscal year",
    "neodymium": "Neodymium, t",
    "magnets": "Magnets if it is oxide, t",
    "magnets_metal": "Magnets if it is metal, t",
    "use": "Expected use, t",
    "use_low": "Expected use, lowest, t",
    "use_high": "Expected use, highest, t",
    "share": "Share of use if oxide, %",
    "share_low": "Share of the highest use, %",
    "share_high": "Share of the lowest use, %",
    "share_metal": "Share of use if metal, %",
    "held": "After the path's last figure",
}

PLACES = {head: int("%" in head) for head in _COVER.values()}
"""Decimals of :func:`cover`: one for shares, none for tonnes."""


def tonnes(row: pd.Series, column: str = "tonnes") -> Quantity:
    """Tonnes of a row as a quantity with the sources of the row."""
    return derived(row[column], "t", row, period=row.get("period", ""))


def editions(table: pd.DataFrame) -> pd.DataFrame:
    """``supply.mine_output`` for readers; what is recalled has no edition."""
    return _headed(table.assign(published=table["published"].mask(table["status"] == "unverified", "–")), _EDITIONS)


def aims(table: pd.DataFrame) -> pd.DataFrame:
    """``supply.aims`` for readers."""
    table = table.assign(kind=table["kind"].map(KINDS), state=table["state"].map(STATES))
    heads = {"period": "Year", "kind": "Neodymium", "tonnes": "Aim, t", "made": "Made, t", "state": "Outcome"}
    return _headed(table, heads)


def neodymium(table: pd.DataFrame) -> pd.DataFrame:
    """``supply.neodymium`` with the magnets that it makes, as oxide and as metal, for readers."""
    heads = {"period": "Year", "kind": "Neodymium", "tonnes": "Tonnes", "as_oxide": "Magnets if it is oxide, t"}
    table = table.assign(kind=table["kind"].map(KINDS))
    return _headed(table, heads | {"as_metal": "Magnets if it is metal, t", "status": "Status"})


def needs(need: pd.DataFrame, neodymium: pd.DataFrame) -> pd.DataFrame:
    """Oxide for the scheme, step by step, and neodymium beside it: ``supply.scheme_need``, ``supply.neodymium``."""
    steps = pd.DataFrame(
        {
            "item": [NEEDS[step] for step in need.index],
            "tonnes": need["tonnes"].to_numpy(),
            "basis": [_doubt(known) for known in need["verified"]],
            "source": need["source"].to_numpy(),
        }
    )
    own = neodymium.assign(item="IREL, " + neodymium["period"] + " " + neodymium["kind"].map(KINDS).fillna(""))
    both = pd.concat([steps, own.rename(columns={"status": "basis"})], ignore_index=True)
    return _headed(
        both,
        {"item": "Need of the scheme, and IREL's neodymium", "tonnes": "Tonnes of oxide a year", "basis": "Status"},
    )


def funnel(steps: pd.DataFrame) -> pd.DataFrame:
    """``supply.funnel`` for readers."""
    names = STEPS | ({"oxide": "Oxide: made"} if steps["made"].any() else {})
    named = [f"{names[step]} ({period})" for step, period in steps["period"].items()]
    table = steps.assign(step=named, basis=[_doubt(known) for known in steps["verified"]])
    return _headed(table, {"step": "Step", "tonnes": "Tonnes of oxide contained, a year", "basis": "Status"})


def balance(table: pd.DataFrame) -> pd.DataFrame:
    """``supply.chain_balance`` for readers."""
    named = [STEPS[step] for step in table.index]
    table = table.assign(step=named, basis=[_doubt(known) for known in table["verified"]])
    heads = {"step": "Step", "input": "Enters, t of oxide", "product": "Leaves, t of oxide", "loss": "Lost, t of oxide"}
    return _headed(table, heads | {"basis": "Status"})


def expected_use(table: pd.DataFrame) -> pd.DataFrame:
    """``coverage.expected_use`` for readers: publishers side by side."""
    sources = table.groupby("fiscal_year")["source"].agg(" ".join)
    wide = table.pivot(index="fiscal_year", columns="publisher", values="tonnes")
    wide.index = [f"FY{year % 100:02d}" for year in wide.index]
    return (
        wide.rename(columns=lambda name: f"{name}, t")
        .rename_axis("Fiscal year")
        .rename_axis(None, axis=1)
        .assign(source=sources.to_numpy())
    )


def cover(table: pd.DataFrame) -> pd.DataFrame:
    """``coverage.cover`` for readers."""
    return _headed(table.assign(path=table["path"].map(KINDS)), _COVER) if len(table) else table


def disagreements(india: Vintage) -> pd.DataFrame:
    """Where sources disagree on neodymium and on mine output."""
    heads = {"topic": "Topic", "one": "One figure", "other": "The other", "treatment": "What is done here"}
    return india.disagreements("C11", "C12", "C13").rename(columns=heads).set_index("Topic")


def _doubt(verified: bool) -> str:
    return "sourced" if verified else "unverified yield"


def _headed(table: pd.DataFrame, heads: dict[str, str]) -> pd.DataFrame:
    """The columns to show under their heads, the first of them naming the row, and the sources."""
    table = table[[*heads, "source"]].rename(columns=heads)
    return table.set_index(next(iter(heads.values())))
