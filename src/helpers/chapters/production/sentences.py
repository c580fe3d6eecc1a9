"""Sentences of chapter 2: what India's own rare earth can make."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.production import ore
from helpers.chapters.rows import ranged, tonnes
from helpers.data import UNUSED, Vintage, derived
from helpers.outlook import coverage, supply

PATHS = {"planned": "planned", "target": "targeted"}
"""How a path of neodymium is called in a sentence: neodymium as planned, as targeted."""

_FORMS = ("oxide", "metal")


def answer(aimed: pd.DataFrame, india: Vintage) -> Sentence:
    """Whether Indian neodymium can carry the magnet scheme, and whether the ore can: ``supply.aims``."""
    said = bottleneck(aimed, india), target(aimed, india), magnets(aimed, india), ore.holds(aimed, india)
    return joined(*said, answer=True)


def target(aimed: pd.DataFrame, india: Vintage) -> Sentence:
    """The current target of neodymium and what became of it by the day."""
    row, day, newest = supply.current(aimed), words.day(india.day), output(india)
    if row is None:
        text = "No target of Indian neodymium is in the sources dated up to {day}."
        return joined(sentence(text, day=day), newest)
    parts = {"aim": tonnes(row), "period": row["period"]}
    plans = aimed[(aimed["kind"] == "planned") & (aimed["period"] == row["period"])]
    planned = ""
    if len(plans) and plans.iloc[-1]["tonnes"] != row["tonnes"] and row["state"] in ("ahead", "unknown"):
        planned, parts["plan"] = ", {plan} by its own plan", tonnes(plans.iloc[-1])
    match row["state"]:
        case "ahead":
            text = f"India's producer IREL is to make {{aim}} of neodymium in {{period}}{planned}."
            said = sentence(text, **parts)
        case "unknown":
            text = f"In {{period}}, which has ended, India's producer IREL was to make {{aim}} of neodymium{planned};"
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
    rows = _made(india)
    if rows.empty:
        return sentence("No output of neodymium is in the sources dated up to {day}.", day=words.day(india.day))
    made = tonnes(rows.iloc[-1])
    return sentence("The newest output of neodymium known is {made}, in {period}.", made=made, period=made.period)


def magnets(aimed: pd.DataFrame, india: Vintage) -> Sentence | None:
    """What the current target, or what was made of it, makes: a range over what it may mean."""
    row, meanings = supply.current(aimed), supply.meanings(india)
    if row is None:
        return None
    if meanings.empty:
        return words.not_yet(india, "What magnets that makes")
    base = tonnes(row, "stands")
    unsaid = "oxide or metal" + (", with praseodymium or without" if len(meanings) > len(_FORMS) else "")
    cut = "before machining" if supply.machined(india).status == "missing" else "with much or nothing lost in machining"
    verb = "would make" if pd.isna(row["made"]) else "make"
    text = "{base} {verb} {made} of magnets, a range of meanings and not of chance: {unsaid}, {cut}."
    return sentence(text, base=base, verb=verb, made=supply.meant(base, meanings), unsaid=unsaid, cut=cut)


def bottleneck(aimed: pd.DataFrame, india: Vintage) -> Sentence | None:
    """Whether the furthest target of neodymium makes fewer or more magnets than the plants of the scheme could."""
    aim, meanings, capacity = supply.furthest(aimed), supply.meanings(india), supply.capacity(india)
    if aim is None or capacity is None or meanings.empty:
        return None
    made = supply.meant(aim, meanings)
    reached = ", already reached," if _made(india)["tonnes"].max() >= aim.value else ","
    said = {
        "no": "The bottleneck is the neodymium, not the magnet plants of the scheme",
        "all": "The bottleneck is the magnet plants of the scheme, not the neodymium",
        "some": "Neither the neodymium nor the magnet plants of the scheme are clearly the bottleneck",
    }[words.holds(made.low, made.high, capacity.value, capacity.value)]
    parts = {"aim": aim, "period": aim.period, "made": made, "capacity": capacity, "reached": reached}
    text = "the furthest target, {aim} in {period}{reached} makes {made} of magnets, by what it may mean,"
    return sentence(f"{said}:", text, "and the plants are to make {capacity} a year.", **parts)


def scheme(aimed: pd.DataFrame, india: Vintage) -> Sentence:
    """The oxide that the magnet scheme takes, and that of the bidders who are promised some, against the target."""
    capacity = supply.capacity(india)
    need = capacity and supply.oxide_for(capacity, india)
    if not need:
        return words.not_yet(india, "How much oxide the magnet scheme takes")
    cut = supply.machined(india)
    doubt = {"missing": ", before machining", "unverified": "; what machining loses is recalled and not verified"}
    text = "The magnets of the scheme, {capacity} a year, take {need} of oxide{doubt}."
    said = sentence(text, capacity=capacity, need=need, doubt=doubt.get(cut.status, ""))
    promised, aim = supply.promised(india), supply.furthest(aimed)
    if promised is None or aim is None:
        return said
    some, every = promised
    share = derived(capacity.value * some.value / every.value, "t", capacity, some, every)
    theirs, comes = supply.oxide_for(share, india), supply.meant(aim, supply.meanings(india), as_oxide=True)
    verdict = words.holds(comes.low, comes.high, theirs.low, theirs.high)
    tail = {"no": "less than that in every meaning", "some": "that much in some meanings", "all": "more than that"}
    text = "IREL's oxide is promised to {some} of {every} bidders. Equal plants of these take {theirs}; the furthest"
    parts = {"some": words.count(int(some.value)), "every": words.count(int(every.value)), "theirs": theirs}
    last = "target, {aim} in {period}, comes to {comes}, {verdict}."
    parts |= {"aim": aim, "period": aim.period, "comes": comes, "verdict": tail[verdict]}
    return joined(said, sentence(text, last, **parts))


def news(india: Vintage) -> Sentence:
    """The newest step of the scheme that the sources tell of."""
    rows = india.table("events")
    order = rows["period"].map(lambda period: fiscal.span(period)[0])
    order = order[(rows["kind"] == "scheme") & ~rows["status"].isin(UNUSED) & (order <= india.day)]
    if order.empty:
        return sentence("No step of a magnet scheme is in the sources dated up to {day}.", day=words.day(india.day))
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
    start, end = (ranged(years.iloc[at], "t", "use", low="use_low", high="use_high") for at in (0, -1))
    parts = {"start": start, "first": fiscal.year_name(years.index[0])}
    if len(years) == 1:
        return sentence("India is expected to use {start:range} t of rare-earth magnets in {first}.", **parts)
    paths = expected.groupby("publisher")["tonnes"]
    ways = {words.moves(path.iloc[0], path.iloc[-1]) for _, path in paths}
    way = words.moves(start.value, end.value)
    if {"rises", "falls"} <= ways:
        way = "rises by some outlooks and falls by others"
    text = "Expected use of rare-earth magnets {way}, from {start:range} t in {first} to {end:range} t in {last}."
    return sentence(text, way=way, end=end, last=fiscal.year_name(years.index[-1]), **parts)


def cover(table: pd.DataFrame, india: Vintage) -> Sentence:
    """How far Indian neodymium goes against Indian use of rare-earth magnets: ``coverage.cover``."""
    if table.empty:
        return words.not_yet(india, "How far Indian neodymium goes against the use of rare-earth magnets")
    said = []
    for name, rows in table.groupby("path", sort=False):
        first, last = rows.iloc[0], rows.iloc[-1]
        made = "made, then " if first["made"] and not last["made"] else ""
        parts = {"path": made + PATHS[name], "start": share_of_use(first), "from_year": first["period"]}
        text = "Neodymium as {path} is enough, by what it may mean, for {start} the use expected for {from_year}"
        if len(rows) > 1:
            text += " and {end} that for {to_year}" + (" if nothing is added" if last["held"] else "")
            parts |= {"end": share_of_use(last), "to_year": last["period"]}
        said.append(sentence(text + ".", **parts))
    return joined(*said)


def share_of_use(row: pd.Series) -> Sentence:
    """A row of ``coverage.cover`` as words: ``7 to 28 % of``."""
    return words.enough(ranged(row, "%", low="share_low", high="share_high"))


def _made(india: Vintage) -> pd.DataFrame:
    table = supply.neodymium(india)
    return table[table["kind"] == "made"]
