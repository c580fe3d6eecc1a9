"""Tables of ``outlook`` as chapter 2 shows them: heads in words and units, the sources beside each row."""

import pandas as pd

from helpers import fiscal
from helpers.chapters.rows import headed, ranged, tonnes
from helpers.data import Vintage, from_row, ids
from helpers.outlook import rare_earths, supply, targets

STEPS = {"metal": "From oxide to metal", "machining": "Cut and ground to magnets"}
KINDS = {"made": "made", "planned": "planned", "target": "targeted"}
STATES = {"ahead": "year not over", "unknown": "over; output not in the sources"}
FEWEST, MOST = "Fewest magnets, t", "Most magnets, t"


def editions(table: pd.DataFrame) -> pd.DataFrame:
    """``supply.mine_output`` for readers; what is recalled has no publisher and no edition."""
    recalled = table["status"] == "unverified"
    day = table["published"].dt.strftime("%Y-%m-%d").mask(recalled, "–")
    heads = {"period": "Year", "by": "By", "tonnes": "Mined, t of oxide", "published": "Edition of"}
    heads |= {"status": "Status", "revised": "Superseded by a later edition"}
    return headed(table.assign(by=table["by"].mask(recalled, "–"), published=day), heads).set_index("Year")


def aims(table: pd.DataFrame, meanings: pd.DataFrame) -> pd.DataFrame:
    """``supply.aims`` for readers, with the magnets that each makes: ``supply.meanings``."""
    table = table.assign(kind=table["kind"].map(KINDS), state=table["state"].replace(STATES))
    heads = {"period": "Year", "kind": "Neodymium", "tonnes": "Aim, t", "made": "Made, t", "state": "Outcome"}
    if len(meanings):
        made = [supply.meant(tonnes(row, "stands"), meanings) for _, row in table.iterrows()]
        table = table.assign(low=[of.low for of in made], high=[of.high for of in made])
        heads |= {"low": FEWEST, "high": MOST}
    return headed(table, heads).set_index("Year")


def meanings(table: pd.DataFrame) -> pd.DataFrame:
    """``supply.meanings`` for readers."""
    heads = {"oxide": "Oxide of both, t", "low": "Magnets, most lost in machining, t"}
    heads["high"] = "Magnets, nothing lost in machining, t"
    return headed(table, heads).rename_axis("Neodymium means")


def chain(india: Vintage) -> pd.DataFrame:
    """From ore to use in oxide of neodymium and praseodymium: what is mined, made, aimed at, used, and to be made.

    By item: ``Lowest, t a year``, ``Highest, t a year``, ``Stage`` (ore, neodymium, need), ``source``; empty until the
    yields are in the sources.
    """
    meant, use, rows = supply.meanings(india), targets.sums(india, "repm"), []
    if meant.empty:
        return pd.DataFrame()
    for _, ore in supply.held(india).iterrows():
        rows.append((f"In the ore by {ore['by']}, {ore['period']}", "ore", ranged(ore)))
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
    heads = {"input": "Enters, t of oxide", "product": "Leaves, t of oxide", "loss": "Lost, t of oxide"}
    return headed(table.rename(STEPS), heads).rename_axis("Step")


def expected_use(table: pd.DataFrame) -> pd.DataFrame:
    """``coverage.expected_use`` for readers: publishers side by side."""
    wide = table.pivot(index="fiscal_year", columns="publisher", values="tonnes").rename(columns="{}, t".format)
    wide = wide.assign(source=table.groupby("fiscal_year")["source"].agg(" ".join)).rename(fiscal.year_name)
    return wide.rename_axis(index="Fiscal year", columns=None)


def cover(table: pd.DataFrame) -> pd.DataFrame:
    """``coverage.cover`` for readers."""
    if table.empty:
        return table
    heads = {"path": "Neodymium as", "period": "Fiscal year", "neodymium": "Neodymium, t", "low": FEWEST, "high": MOST}
    heads |= {"use_low": "Expected use, lowest, t", "use_high": "Expected use, highest, t"}
    heads |= {"share_low": "Share of use, lowest, %", "share_high": "Share of use, highest, %"}
    heads["held"] = "After the path's last figure"
    return headed(table.assign(path=table["path"].map(KINDS)), heads).set_index("Neodymium as")


def disagreements(india: Vintage) -> pd.DataFrame:
    """Where sources disagree on neodymium, on mine output and on reserves."""
    heads = {"topic": "Topic", "one": "One figure", "other": "The other", "treatment": "What is done here"}
    return india.disagreements("C11", "C12", "C13", "C30", "C31").rename(columns=heads).set_index("Topic")
