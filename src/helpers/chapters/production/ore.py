"""Sentences of chapter 2 on the ore: what is mined and left, whether it holds what is targeted, what Japan buys."""

import re

import pandas as pd

from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import between, chosen, ranged, tonnes
from helpers.data import Vintage, derived
from helpers.outlook import supply

_DOUBT = "which is recalled and not verified"


def mining(india: Vintage) -> Sentence:
    """India's share of the world's ore in the newest year that one edition has for both, and its reserves."""
    ours, world = (supply.sourced(supply.mine_output(india, area)) for area in ("IND", "world"))
    for table in (ours, world):
        table["editor"] = table["source"].str.split().str[0]
    both = ours.merge(world, on=["period", "editor", "published"], suffixes=("", "_world"))
    if both.empty:
        return joined(words.not_yet(india, "India's share of the world's mine output"), reserves(india))
    row = both.iloc[-1]
    total = derived(row["tonnes_world"], "t", row["source_world"])
    share = words.enough(derived(100 * row["tonnes"] / total.value, "%", row, total))
    text = "In {year} India mined {mined} of rare-earth oxide, {share} the world's {total} in the same edition."
    said = sentence(text, year=row["period"], mined=tonnes(row), share=share, total=total)
    return joined(said, reserves(india))


def reserves(india: Vintage) -> Sentence | None:
    """What the newest edition says of India's reserves: a figure, or that there is none any more."""
    keys = {"area": "IND", "stage": "ground", "commodity": "REO", "measure": "reserves"}
    rows = chosen(india.table("production"), **keys).sort_values("published", kind="stable")
    given = rows[rows["value"].notna()]
    if given.empty:
        return None
    last, ground = rows.iloc[-1], india.figure("production", given["period"].iloc[-1], **keys)
    if last["status"] != "missing":
        return sentence("Its reserves are {ground:.1} of oxide.", ground=ground)
    text = "Its reserves, {ground:.1} of oxide in the edition of {then}, are withdrawn: not available in that of {now}."
    then, now = (_edition(row, india) for row in (given.iloc[-1], last))
    return sentence(text, ground=ground, then=then, now=now, uses=[last])


def _edition(row: pd.Series, india: Vintage) -> str:
    """Which edition a figure is from: what was fetched is dated by that day, and its note names the edition."""
    fetched = row["source"] in india.feeds and re.match(r"(\d{4}) edition", row["note"])
    return fetched[1] if fetched else words.month(row["published"])


def holds(aimed: pd.DataFrame, india: Vintage) -> Sentence:
    """Whether the ore mined, by each count of it, holds the furthest target: ``supply.aims``."""
    aim, held, meanings = supply.furthest(aimed), supply.held(india), supply.meanings(india)
    if aim is None or held.empty or meanings.empty:
        return words.not_yet(india, "Whether the ore mined holds the neodymium targeted")
    need, share = supply.meant(aim, meanings, as_oxide=True), supply.ndpr_share(india)
    text = "{aim} of neodymium come to {need} of oxide, praseodymium with it."
    said = [sentence(text, aim=aim, need=need)]
    tails = {"no": "too little in every meaning", "some": "enough in some meanings", "all": "enough in every meaning"}
    for _, row in held.iterrows():
        verdict = tails[words.holds(row["low"], row["high"], need.low, need.high)]
        text = "The ore mined in {year}, {ore} of oxide by the count of {by}, holds {part} of it: {verdict}."
        parts = {"year": row["period"], "ore": tonnes(row), "by": row["by"], "part": ranged(row)}
        said.append(sentence(text, verdict=verdict, **parts))
    doubt = f", {_DOUBT}" if share.status == "unverified" else ""
    said.append(sentence("That is at {share:range.1} % of the ore{doubt}.", share=share, doubt=doubt))
    return joined(*said)


def revisions(india: Vintage) -> Sentence:
    """How far later editions moved a year's mine output."""
    said, uses = [], []
    for area, measure in (("world", supply.COUNTS[0]), *(("IND", measure) for measure in supply.COUNTS)):
        table = supply.sourced(supply.mine_output(india, area, measure))
        for year, rows in table.groupby("period", sort=False):
            first, last = rows["tonnes"].iloc[[0, -1]]
            if len(rows) > 1 and first > 0 and (way := words.direction(last / first - 1)) != "unchanged":
                change = derived(100 * abs(last / first - 1), "%", rows.iloc[[0, -1]])
                counted = "" if measure == supply.COUNTS[0] else f" by {rows['by'].iloc[-1]}"
                name = "the world" if area == "world" else f"India{counted}"
                said.append(f"that of {name} in {year} {way} by {change}")
                uses.append(change)
    if not said:
        return words.not_yet(india, "How far later editions moved a year's mine output")
    return sentence("From first to last edition mine output moved: {moved}.", moved=words.listed(said), uses=uses)


def japan(india: Vintage) -> Sentence:
    """What stopping exports to Japan buys, in magnets and in cars: ``supply.freed_by_stopping_exports``."""
    freed = supply.freed_by_stopping_exports(india)
    if freed is None:
        return words.not_yet(india, "What stopping exports to Japan frees")
    parts = freed | {"year": freed["sold"].period, "doubt": ","}
    parts["least"] = "more than " if freed["sold"].value == freed["sold"].low else ""
    if freed["share"].status == "unverified":
        parts["doubt"] = f", {_DOUBT},"
    text = "In {year} {least}{sold} of rare earth were sold to Japan, counted here as oxide. If {share:range.1} % of"
    text += " it is neodymium and praseodymium{doubt} stopping these exports makes {magnets} of magnets a year"
    cars = supply.cars_from(freed["magnets"], india)
    if cars is None:
        return sentence(text + ".", **parts)
    known, ends = cars.pop("year"), (cars["cars"].low, cars["cars"].high)
    times = words.enough(between(*(100 * end / known.value for end in ends), "%", cars["cars"], known))
    text += ", enough for the motors of {cars:range} thousand electric cars at {kg:range.1} kg each: {times} the"
    tail = "{known} thousand registered in {registered}."
    return sentence(text, tail, times=times, known=known, registered=known.period, **cars, **parts)
