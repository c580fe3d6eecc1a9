"""Sentences of chapter 2: what India's own rare earth can make."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.production import verdicts
from helpers.chapters.production.tables import tonnes
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import coverage, supply

PATHS = {"planned": "planned", "target": "targeted"}
"""How a path of neodymium is called in a sentence: neodymium as planned, as targeted."""


def answer(aimed: pd.DataFrame, need: pd.DataFrame, india: Vintage) -> Sentence:
    """Whether Indian neodymium can carry the magnet scheme: ``supply.aims``, ``supply.scheme_need``."""
    contained = scheme(need.iloc[:1], india) if len(need) else None
    return joined(bottleneck(aimed, india), target(aimed, india), magnets(aimed, india), contained, answer=True)


def target(aimed: pd.DataFrame, india: Vintage) -> Sentence:
    """The current target of neodymium and what became of it by the day."""
    row, day, newest = supply.current(aimed), words.day(india.day), output(india)
    if row is None:
        text = "No target of Indian neodymium is in the sources dated up to {day}."
        return joined(sentence(text, day=day), newest)
    parts = {"aim": tonnes(row), "period": row["period"]}
    match row["state"]:
        case "ahead":
            said = sentence("India's producer IREL is to make {aim} of neodymium in {period}.", **parts)
        case "unknown":
            text = "India's producer IREL was to make {aim} of neodymium in {period}, which has ended;"
            said = sentence(text, "what it made then is not in the sources dated up to {day}.", day=day, **parts)
        case outcome:
            text = "India's producer IREL made {made} of neodymium in {period}: the target of {aim} was {outcome}"
            if outcome == "exceeded":
                text += ", {times:.1} times"
                parts["times"] = derived(row["made"] / row["tonnes"], "", row)
            said = sentence(text + ".", made=tonnes(row, "made"), outcome=outcome, **parts)
            newest = None if _made(india)["period"].iloc[-1] == row["period"] else newest
    return joined(said, newest)


def output(india: Vintage) -> Sentence:
    """The newest output of neodymium there is."""
    rows = _made(india)
    if rows.empty:
        return sentence("No output of neodymium is in the sources dated up to {day}.", day=words.day(india.day))
    made = tonnes(rows.iloc[-1])
    return sentence("The newest output of neodymium known is {made}, in {period}.", made=made, period=made.period)


def magnets(aimed: pd.DataFrame, india: Vintage) -> Sentence | None:
    """What the current target, or what was made of it, is enough for, as oxide and as metal."""
    row, chain = supply.current(aimed), supply.magnet_chain(india)
    if row is None:
        return None
    if not supply.known(chain):
        return words.not_yet(india, "What magnets that is enough for")
    base = tonnes(row, "stands")
    as_oxide, as_metal = supply.magnets_from(base, chain)
    text = "{base} is enough, before machining, for {oxide} of magnets if oxide is meant, as is assumed here, and for"
    return sentence(text, "{metal} if metal is.", base=base, oxide=as_oxide, metal=as_metal)


def scheme(need: pd.DataFrame, india: Vintage) -> Sentence:
    """The oxide that the magnet scheme takes, loss after loss: ``supply.scheme_need``."""
    capacity = supply.capacity(india)
    if capacity is None:
        return sentence(
            "The capacity of the magnet scheme is not in the sources dated up to {day}.", day=words.day(india.day)
        )
    if need.empty:
        return words.not_yet(india, "How much oxide the magnet scheme takes")
    steps = {step: tonnes(row) for step, row in need.iterrows()}
    if "metal" not in steps:
        return sentence(
            "The magnets of the scheme contain {contained} of oxide a year, before any loss.", **steps, uses=[capacity]
        )
    text, parts = "The magnets of the scheme, {capacity} a year, contain {contained} of oxide", {"capacity": capacity}
    parts |= steps
    text += "; with the loss from oxide to metal"
    if "machining" not in steps:
        tail = "they take {metal}; what machining loses is not in the sources dated up to {day}."
        return sentence(text, tail, **parts, day=words.day(india.day))
    tail = "" if need.loc["machining", "verified"] else ", at a yield that is recalled and not verified"
    text += " they take {metal}, and with the loss in machining too {machining}" + tail + "."
    return sentence(text, **parts)


def bottleneck(aimed: pd.DataFrame, india: Vintage) -> Sentence | None:
    """Whether the furthest target of neodymium makes fewer or more magnets than the plants of the scheme could."""
    rows, chain, capacity = aimed[aimed["kind"] == "target"], supply.magnet_chain(india), supply.capacity(india)
    if rows.empty or capacity is None or not supply.known(chain):
        return None
    aim = tonnes(rows.iloc[-1])
    low, high = supply.magnets_from(aim, chain)
    made = derived(low.value, "t", low, low=low.value, high=high.value)
    which, most = "furthest target" if len(rows) > 1 else "target", _made(india)["tonnes"].max()
    reached = ", already reached," if most >= aim.value else ","
    said = {
        "upstream": "The bottleneck is the neodymium, not the magnet plants of the scheme",
        "downstream": "The bottleneck is the magnet plants of the scheme, not the neodymium",
        "none": "Neither the neodymium nor the magnet plants of the scheme are clearly the bottleneck",
    }[verdicts.bottleneck(low.value, high.value, capacity.value)]
    text = "the {which}, {aim} in {period}{reached} is enough for {made:range} t of magnets before machining, and the"
    tail, parts = "plants are to make {capacity} a year.", {"capacity": capacity, "made": made, "reached": reached}
    return sentence(f"{said}:", text, tail, which=which, aim=aim, period=aim.period, **parts)


def ore(aimed: pd.DataFrame, india: Vintage) -> Sentence:
    """Whether the ore that is mined holds the neodymium of the furthest target: ``supply.aims``."""
    rows, mined, share = aimed[aimed["kind"] == "target"], supply.mine_output(india), supply.ndpr_share(india)
    mined = mined[mined["status"] != "unverified"]
    if rows.empty or mined.empty or share is None:
        return words.not_yet(india, "Whether the ore mined holds the neodymium targeted")
    whole, aim = tonnes(mined.iloc[-1]), tonnes(rows.iloc[-1])
    held = derived(whole.value * share.value / 100, "t", whole, share)
    parts = {"whole": whole, "share": share, "aim": aim, "held": held}
    verdict = {"below": "less than", "above": "more than", "same": "about"}[verdicts.against(held.value, aim.value)]
    text = "The ore mined in {year}, {whole} of oxide, holds {held} of neodymium and praseodymium if they are {share}"
    doubt = ", which is recalled and not verified" if share.status == "unverified" else ""
    return sentence(
        text,
        f"of it{doubt}: {verdict} the {{aim}} of neodymium targeted for {{period}}.",
        year=whole.period,
        period=aim.period,
        **parts,
    )


def plans(aimed: pd.DataFrame, india: Vintage) -> Sentence:
    """Plan and target of the same year against each other, and against what was made: ``supply.aims``."""
    kinds = {kind: aimed[aimed["kind"] == kind].set_index("period", drop=False) for kind in PATHS}
    plans, targets = kinds["planned"], kinds["target"]
    if plans.empty:
        return sentence("No plan of neodymium is in the sources dated up to {day}.", day=words.day(india.day))
    said = [_plan(row, targets.loc[year] if year in targets.index else None, india) for year, row in plans.iterrows()]
    return joined(*said)


def _plan(plan: pd.Series, aim: pd.Series | None, india: Vintage) -> Sentence:
    parts = {"period": plan["period"], "plan": tonnes(plan)}
    if aim is None:
        text = "For {period} the producer's plan is {plan}, without a target of that year"
    else:
        parts["aim"] = tonnes(aim)
        text = "For {period} the producer's plan, {plan}, is the same as the target, {aim}"
        if verdicts.against(plan["tonnes"], aim["tonnes"]) != "same":
            share = derived(100 * plan["tonnes"] / aim["tonnes"], "%", plan, aim)
            parts["share"] = verdicts.enough(share)
            text = "For {period} the producer's plan, {plan}, is {share} the target, {aim}"
    tail = {
        "ahead": ".",
        "unknown": "; the year has ended, and its output is not in the sources dated up to {day}.",
        "met": "; {made} were made, so the plan was met.",
        "exceeded": "; {made} were made, more than planned.",
        "missed": "; {made} were made, less than planned.",
    }[plan["state"]]
    if plan["state"] == "unknown":
        parts["day"] = words.day(india.day)
    elif plan["state"] != "ahead":
        parts["made"] = tonnes(plan, "made")
    return sentence(text + tail, **parts)


def news(india: Vintage) -> Sentence:
    """The newest step of the scheme that the sources tell of."""
    rows = india.table("events")
    rows = rows[(rows["kind"] == "scheme") & ~rows["status"].isin(["missing", "unverified"])]
    if rows.empty:
        return sentence("No step of a magnet scheme is in the sources dated up to {day}.", day=words.day(india.day))
    order = rows["period"].map(lambda period: fiscal.span(period)[0])
    row = rows.loc[order.sort_values(kind="stable").index[-1]]
    when = words.period(row["period"])
    effect = f" ({row['effect']})" if isinstance(row["effect"], str) and row["effect"] else ""
    text = "The newest step of India's programmes in the sources dated up to {day} is of {when}: {event}{effect}."
    parts = {"day": words.day(india.day), "when": when, "event": row["event"], "effect": effect}
    return sentence(text, "What followed is not in them.", **parts, uses=[row])


def use(expected: pd.DataFrame, india: Vintage) -> Sentence:
    """Which way the expected use of rare-earth magnets goes: ``coverage.expected_use``."""
    if expected.empty:
        return words.not_yet(india, "How the use of rare-earth magnets is expected to move")
    years = coverage.use_range(expected)
    return use_moves(years.assign(period=[fiscal.year_name(year) for year in years.index]))


def use_moves(years: pd.DataFrame) -> Sentence:
    """The same of a table with ``period, use, use_low, use_high, source``."""
    years = years.loc[years["period"].map(fiscal.centre).sort_values(kind="stable").index]
    first, last = years.iloc[0], years.iloc[-1]
    start, end = (derived(row["use"], "t", row, low=row["use_low"], high=row["use_high"]) for row in (first, last))
    parts = {"start": start, "from_year": first["period"]}
    if first["period"] == last["period"]:
        return sentence("India is expected to use {start} of rare-earth magnets in {from_year}.", **parts)
    parts |= {"end": end, "to_year": last["period"]}
    tail = "{start} in {from_year} to {end} in {to_year}"
    tail += "." if f"{end:range}" == f"{end:number}" else "; the outlooks end at {end:range} t."
    way, text = verdicts.moves(start.value, end.value), "Expected use of rare-earth magnets {way}"
    if way == "hardly moves":
        return sentence(text + ": {start} in {from_year} and {end} in {to_year}.", way=way, **parts)
    return sentence(text + " from", tail, way=way, **parts)


def cover(table: pd.DataFrame, india: Vintage) -> Sentence:
    """How far Indian neodymium goes against Indian use of rare-earth magnets: ``coverage.cover``."""
    if table.empty:
        return words.not_yet(india, "How far Indian neodymium goes against the use of rare-earth magnets")
    said = [_path(name, rows) for name, rows in table.groupby("path", sort=False)]
    tail = sentence("All of this is before machining.")
    return joined(*said, tail)


def _path(name: str, rows: pd.DataFrame) -> Sentence:
    first, last = rows.iloc[0], rows.iloc[-1]
    start, end = (verdicts.enough(_percent(row)) for row in (first, last))
    metal = derived(last["share_metal"], "%", last)
    made = "made, then " if first["made"] and not last["made"] else ""
    parts = {"path": made + PATHS[name], "start": start, "from_year": first["period"], "metal": verdicts.enough(metal)}
    text = "Neodymium as {path} is enough for {start} the use expected for {from_year}"
    if first["period"] == last["period"]:
        return sentence(text + " (counted as metal, {metal} it).", **parts)
    parts["to_year"] = last["period"]
    if start.text == end.text:
        return sentence(text + " and as much in {to_year} (counted as metal, {metal} it).", **parts, uses=[end])
    top = rows.loc[rows["share"].idxmax()]
    if verdicts.peaks(first["share"], top["share"], last["share"]):
        parts |= {"high": verdicts.enough(_percent(top)), "high_year": top["period"]}
        final = top["period"] == rows.loc[~rows["held"], "period"].iloc[-1]
        text += ", {high} that for {high_year}" + (", the last {last} year," if final else "") + " and {end} that for"
        text += " {to_year}" + (" if nothing is added" if last["held"] else "") + " (counted as metal, {metal} it)."
        return sentence(text, **parts, end=end, **({"last": PATHS[name]} if final else {}))
    way = verdicts.moves(first["share"], last["share"])
    text += " and {end} that for {to_year} (counted as metal, {metal} it): the share {way}."
    return sentence(text, **parts, end=end, way=way)


def _made(india: Vintage) -> pd.DataFrame:
    table = supply.neodymium(india)
    return table[table["kind"] == "made"]


def _percent(row: pd.Series) -> Quantity:
    return derived(row["share"], "%", row, period=row["period"], low=row["share_low"], high=row["share_high"])
