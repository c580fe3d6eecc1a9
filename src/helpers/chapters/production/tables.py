"""Tables of ``outlook`` as chapter 2 shows them: heads in words and units, the sources beside each row."""

import pandas as pd

from helpers.data import Quantity, Vintage, derived, from_row, ids
from helpers.outlook import rare_earths, supply, targets

STEPS = {"metal": "From oxide to metal", "machining": "Cut and ground to magnets"}
KINDS = {"made": "made", "planned": "planned", "target": "targeted"}
STATES = {"ahead": "year not over", "unknown": "over; output not in the sources", "met": "met", "missed": "missed"}
STATES |= {"exceeded": "exceeded"}
_EDITIONS = {
    "period": "Year",
    "by": "By",
    "tonnes": "Mined, t of oxide",
    "published": "Edition of",
    "status": "Status",
    "revised": "Superseded by a later edition",
}
_COVER = {
    "path": "Neodymium as",
    "period": "Fiscal year",
    "neodymium": "Neodymium, t",
    "low": "Fewest magnets, t",
    "high": "Most magnets, t",
    "use_low": "Expected use, lowest, t",
    "use_high": "Expected use, highest, t",
    "share_low": "Share of use, lowest, %",
    "share_high": "Share of use, highest, %",
    "held": "After the path's last figure",
}


def tonnes(row: pd.Series, column: str = "tonnes") -> Quantity:
    """Tonnes of a row as a quantity with the sources of the row."""
    return derived(row[column], "t", row, period=row.get("period", ""))


def editions(table: pd.DataFrame) -> pd.DataFrame:
    """``supply.mine_output`` for readers; what is recalled has no publisher and no edition."""
    recalled = table["status"] == "unverified"
    named = {"by": table["by"], "published": table["published"].dt.strftime("%Y-%m-%d")}
    return _headed(table.assign(**{head: column.mask(recalled, "–") for head, column in named.items()}), _EDITIONS)


def aims(table: pd.DataFrame, meanings: pd.DataFrame) -> pd.DataFrame:
    """``supply.aims`` for readers, with the magnets that each makes: ``supply.meanings``."""
    table = table.assign(kind=table["kind"].map(KINDS), state=table["state"].map(STATES))
    heads = {"period": "Year", "kind": "Neodymium", "tonnes": "Aim, t", "made": "Made, t", "state": "Outcome"}
    if len(meanings):
        made = [supply.meant(tonnes(row, "stands"), meanings) for _, row in table.iterrows()]
        table = table.assign(low=[of.low for of in made], high=[of.high for of in made])
        heads |= {"low": "Fewest magnets, t", "high": "Most magnets, t"}
    return _headed(table, heads)


def meanings(table: pd.DataFrame) -> pd.DataFrame:
    """``supply.meanings`` for readers."""
    heads = {"meaning": "Neodymium means", "oxide": "Oxide of both, t"}
    heads |= {"low": "Magnets, most lost in machining, t", "high": "Magnets, nothing lost in machining, t"}
    return _headed(table.rename_axis("meaning").reset_index(), heads)


def chain(aimed: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    """From ore to use in oxide of neodymium and praseodymium: what is mined, made, aimed at, used, and to be made.

    Returns
    -------
    pd.DataFrame
        Indexed by item: ``Lowest, t a year, Highest, t a year, Stage`` (ore, neodymium, need), ``source``; empty until
        the yields are in the sources.
    """
    meant, use, rows = supply.meanings(india), targets.sums(india, "repm"), []
    if meant.empty:
        return pd.DataFrame()
    for _, ore in supply.held(india).iterrows():
        part = derived(float("nan"), "t", ore, low=ore["low"], high=ore["high"])
        rows.append((f"In the ore by {ore['by']}, {ore['period']}", "ore", part))
    for _, row in supply.neodymium(india).iterrows():
        oxide = supply.meant(tonnes(row), meant, as_oxide=True)
        rows.append((f"IREL, {row['period']} {KINDS[row['kind']]}", "neodymium", oxide))
    needs = {"For the magnets imported": rare_earths.imported(india)}
    needs |= {f"For the magnets used, {period}": from_row(row) for period, row in use.tail(1).iterrows()}
    needs["For the magnets of the scheme"] = supply.capacity(india)
    rows += [(item, "need", supply.oxide_for(of, india)) for item, of in needs.items() if of is not None]
    items = [(item, of.low, of.high, stage, ids(of)) for item, stage, of in rows]
    heads = ["Oxide of neodymium and praseodymium", "Lowest, t a year", "Highest, t a year", "Stage", "source"]
    return pd.DataFrame(items, columns=heads).set_index(heads[0])


def balance(table: pd.DataFrame) -> pd.DataFrame:
    """``supply.balance`` for readers."""
    heads = {"step": "Step", "input": "Enters, t of oxide", "product": "Leaves, t of oxide", "loss": "Lost, t of oxide"}
    return _headed(table.assign(step=[STEPS[step] for step in table.index]), heads)


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
    """Where sources disagree on neodymium, on mine output and on reserves."""
    heads = {"topic": "Topic", "one": "One figure", "other": "The other", "treatment": "What is done here"}
    return india.disagreements("C11", "C12", "C13", "C30", "C31").rename(columns=heads).set_index("Topic")


def _headed(table: pd.DataFrame, heads: dict[str, str]) -> pd.DataFrame:
    """The columns to show under their heads, the first of them naming the row, and the sources."""
    table = table[[*heads, "source"]].rename(columns=heads)
    return table.set_index(next(iter(heads.values())))
