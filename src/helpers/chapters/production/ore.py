"""Sentences of chapter 2 on the ore: what is mined, by which edition, and what is sold to Japan."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, sentence
from helpers.chapters.production import verdicts
from helpers.chapters.production.tables import tonnes
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import supply


def mining(india: Vintage) -> Sentence:
    """India's share of the world's ore, both of one edition where there is one, and its reserves."""
    ours, world = (_sourced(supply.mine_output(india, area)) for area in ("IND", "world"))
    years = [period for period in ours["period"].unique() if (world["period"] == period).any()]
    if not years:
        return words.not_yet(india, "India's share of the world's mine output")
    ours, world = ours[ours["period"] == years[-1]], world[world["period"] == years[-1]]
    one = ours.iloc[-1]
    editor = one["source"].split()[0]
    same = world[(world["source"].str.split().str[0] == editor) & (world["published"] == one["published"])]
    total = (same if len(same) else world).iloc[-1]
    parts = {"year": years[-1], "mined": tonnes(one), "total": tonnes(total), "share": _share(one, total)}
    text = "In {year} India mined {mined} of rare-earth oxide, {share} the world's {total}"
    text += " in the same edition" if len(same) else " in another edition"
    newest = world.iloc[-1]
    if newest["tonnes"] != total["tonnes"]:
        text += "; a later edition puts the world at {later} ({of_later} it)"
        parts |= {"later": tonnes(newest), "of_later": _share(one, newest)}
    keys = {"area": "IND", "stage": "ground", "commodity": "REO", "measure": "reserves"}
    ground = india.series("production", **keys)["value"].dropna()
    if len(ground):
        parts["ground"] = india.figure("production", ground.index[-1], **keys)
        gone = _withdrawn(india, keys, ground.index[-1])
        text += (
            ". Its reserves are {ground:.1} of oxide"
            if gone.empty
            else (". Its reserves, {ground:.1} of oxide in an earlier edition, are withdrawn in that of {edition}")
        )
        parts |= {} if gone.empty else {"edition": words.month(gone["published"].iloc[-1].to_period("M"))}
        return sentence(text + ".", **parts, uses=[gone])
    return sentence(text + ".", **parts)


def _withdrawn(india: Vintage, keys: dict[str, str], last: str) -> pd.DataFrame:
    """The rows of a series that name no figure any more for a period after the last that has one."""
    rows = india.table("production")
    for column, wanted in keys.items():
        rows = rows[rows[column] == wanted]
    later = [fiscal.span(period) > fiscal.span(last) for period in rows["period"]]
    return rows.loc[[new and status == "missing" for new, status in zip(later, rows["status"], strict=True)]]


def recalled(editions: pd.DataFrame, india: Vintage) -> Sentence:
    """Which years of mine output rest on memory only: ``supply.mine_output``."""
    rows = editions[(editions["status"] == "unverified") & ~editions["revised"]]
    if rows.empty:
        return sentence("Every year of Indian mine output shown is from an opened source.", uses=[editions])
    text = (
        "India's mine output of {years} is recalled and not verified: hollow in the figure, and in no other sentence."
    )
    return sentence(text, years=_runs(list(rows["period"])), uses=[rows])


def revisions(india: Vintage) -> Sentence:
    """How far later editions moved a year's mine output."""
    said, uses = [], []
    for area, name in (("world", "the world"), ("IND", "India")):
        for year, rows in _sourced(supply.mine_output(india, area)).groupby("period", sort=False):
            first, last = rows["tonnes"].iloc[[0, -1]]
            if len(rows) > 1 and first > 0:
                change = derived(100 * abs(last / first - 1), "%", rows.iloc[[0, -1]])
                way = {"above": f"up by {change}", "below": f"down by {change}", "same": "not at all"}
                said.append(f"that of {name} in {year} {way[verdicts.against(last, first)]}")
                uses.append(change)
    if not said:
        return words.not_yet(india, "How far later editions moved a year's mine output")
    return sentence("From first to last edition mine output moved: {moved}.", moved=words.listed(said), uses=uses)


def japan(freed: dict[str, Quantity] | None, india: Vintage) -> Sentence:
    """What stopping exports to Japan frees, marked as resting on an unverified share: ``freed_by_stopping_exports``."""
    if freed is None:
        return words.not_yet(india, "What stopping exports to Japan frees")
    least = "more than " if freed["sold"].value == freed["sold"].low else ""
    doubt = " which is recalled and not verified," if freed["share"].status == "unverified" else ""
    text = (
        "In {year} {least}{sold} of rare earth were sold to Japan, counted here as oxide. If {share} of it is neodymium"
    )
    tail = "and praseodymium,{doubt} stopping these exports frees {ndpr} of their oxide a year, enough for {magnets} of"
    parts = {name: freed[name] for name in ("sold", "share", "ndpr", "magnets")}
    year = freed["sold"].period
    return sentence(text, tail, "magnets before machining.", year=year, least=least, doubt=doubt, **parts)


def _share(part: pd.Series, whole: pd.Series) -> Sentence:
    return verdicts.enough(derived(100 * part["tonnes"] / whole["tonnes"], "%", part, whole))


def _sourced(editions: pd.DataFrame) -> pd.DataFrame:
    return editions[editions["status"] != "unverified"]


def _runs(years: list[str]) -> str:
    """Years in words, those in a row as one: ``2000 to 2013, 2021 and 2022``."""
    runs: list[list[str]] = []
    for year in years:
        if runs and fiscal.centre(year) - fiscal.centre(runs[-1][-1]) <= 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return words.listed([run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs])
