"""Sentences of chapter 5: what would change it, and what can India do?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.scenarios import phrases, tables
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import scenario
from helpers.outlook.levers import Levers, made
from helpers.outlook.scenario import Balance

REGIMES = {"open": "all let through", "partial": "part let through", "closed": "hardly any let through"}
_WHAT = "What would change the imports"
_CLOSES = 1e-9  # part of the need below which two sides of a balance are the same number


def answer(of: Mapping[str, Balance], asked: str, year: int, india: Vintage) -> Sentence:
    """What is to import as things go on, what would change it most, and what India can do; all of it conditional."""
    base = of[tables.RUN_RATE]
    if not base.demand.any():
        return joined(words.not_yet(india, _WHAT), answer=True)
    need = scenario.at(india, base, "imports", year)
    text = "As things go on, India needs to import about {need:~2} of rare-earth magnets in {year} (80 % interval"
    first = sentence(text, "{need:range~2} t), as magnets or inside motors.", need=need, year=need.period)
    said = [first, _asked(of, asked, year, india), _markets(of, asked, year, india), _closed(of, year, india)]
    last = Sentence("Each number holds if its scenario does; none of them is a forecast.")
    return joined(*said, _own(of, year, india), last, answer=True)


def lacking(named: pd.DataFrame, asked: tuple[str, Levers], india: Vintage) -> Sentence:
    """Which scenarios cannot be reckoned on the day, and why."""
    gone = named.loc[named["lacking"] != "", "lacking"].to_dict()
    if why := tables.lacking(asked[1], india):
        gone = {asked[0]: why} | gone
    if not gone:
        return sentence("All scenarios can be reckoned from the sources dated up to {day}.", day=words.day(india.day))
    text = "Not reckoned from the sources dated up to {day}, because they do not hold {what}: {names}."
    what = words.listed(dict.fromkeys(one for why in gone.values() for one in why.split(", ")), "or")
    return sentence(text, day=words.day(india.day), what=what, names=words.listed(f"“{name}”" for name in gone))


def closes(of: Balance, india: Vintage) -> Sentence:
    """Whether the two sides of the balance are one number in every draw."""
    count, uses = derived(len(of.demand), ""), [scenario.sources(india, of.levers)]
    years = f"{fiscal.year_name(of.years[0])} to {fiscal.year_name(of.years[-1])}"
    text = "In some of {count} draws the two sides are not the same number, {years}."
    if tables.gap(of) < _CLOSES:
        text = "Both sides are the same number in each of {count} draws and every year, {years}."
    return sentence(text, count=count, years=years, uses=uses)


def waterfall(rows: pd.DataFrame, start: Quantity, end: Quantity, name: str) -> Sentence:
    """What all levers together come to, and which of them does most of that."""
    parts, total = {"name": name, "year": end.period, "start": start}, end.value - start.value
    same = rows[rows["change"] * total > 0]
    if abs(total) < phrases.LEAST * start.value or same.empty:
        return sentence("{start:~2} to import in {year} hardly change with “{name}”", uses=[end], **parts)
    first = same.loc[same["change"].abs().idxmax()]
    part = derived(first["change"], "t", first)
    most = "most" if abs(part.value) >= abs(total) / 2 else "the largest part"
    text = "{start:~2} to import in {year} become {end:~2} with “{name}”, {most} of it by {lever} ({part:signed~2})"
    return sentence(text, lever=tables.SHORT[first["lever"]], part=part, most=most, end=end, **parts)


def regimes(panels: Mapping[str, Balance], year: int, india: Vintage) -> Sentence:
    """What is missing under the regime that lets least through."""
    short = {name: scenario.at(india, of, "shortage", year) for name, of in panels.items()}
    worst = max(short, key=lambda name: short[name].value)
    need, gone = scenario.at(india, panels[worst], "imports", year), short[worst]
    parts = {"need": need, "year": need.period}
    if gone.value < phrases.LEAST * need.value:
        return sentence("Whatever China lets through, little of the {need:~2} to import in {year} is missing", **parts)
    text = "With {regime} by China, {gone:~2} of the {need:~2} to import in {year} do not come"
    return sentence(text, regime=REGIMES[worst], gone=gone, **parts)


def let_in(name: str, of: Balance, year: int, india: Vintage) -> Sentence:
    need, gone = (scenario.at(india, of, quantity, year) for quantity in ("imports", "shortage"))
    parts = {"regime": REGIMES[name], "need": need, "year": need.period, "gone": phrases.left(gone)}
    text = "{regime}: {need:~2} ({need:range~2} t) to import in {year}, of which {gone}"
    return sentence(text, "is missing." if gone.value < 1 else "are missing.", **parts)


def vehicles(of: Balance, year: int, india: Vintage) -> Sentence:
    """How many vehicles lack magnets in the middle of the draws, electric ones and others, as in the tables."""
    electric, other = (np.median(of.of(kind, year)) for kind in ("vehicles", "engines"))
    return phrases.counted(electric, other, scenario.sources(india, of.levers, "vehicles"))


def closed_with(of: Mapping[str, Balance], shut: Balance, year: int, india: Vintage) -> Sentence:
    """What closed licences leave missing, and what still once India does the most that it can."""
    gone = scenario.at(india, shut, "shortage", year)
    if gone.high < 1:
        return sentence("With China's licences closed no rare-earth magnets would be missing in {year}.",
                        year=gone.period, uses=[gone])  # fmt: skip
    parts = {"year": gone.period, "more": " and the levers asked for" if len(shut.levers.moved) > 1 else ""}
    text = "With China's licences closed{more}, {gone:~2} of rare-earth magnets ({gone:range~2} t) would be missing in"
    text += " {year}: shared by all uses alike, {cars} lack theirs."
    if gone.value < 1:
        text = "With China's licences closed{more}, no rare-earth magnets would be missing in {year} in the middle of"
        most = derived(gone.high, "t", gone)
        return sentence(text, "the draws, and in nine of ten no more than {most:~2}.", most=most, **parts)
    first = sentence(text, gone=gone, cars=vehicles(shut, year, india), **parts)
    if (name := tables.best(of, year)) is None:
        return first
    moved = shut.levers.moved | of[name].levers.moved
    if moved == shut.levers.moved:
        return first
    plain = tables.alone_in(year, made(moved), india)
    after = worse = scenario.at(india, plain, "shortage", year)
    bought = plain.oxide_imported.any() and "oxide_source" not in moved
    if bought and not tables.lacking(Levers(oxide_source="under licence"), india):
        bound = tables.alone_in(year, made(moved | {"oxide_source": "under licence"}), india)
        worse = scenario.at(india, bound, "shortage", year)
    story = scenario.named(india)["story"].get(name)
    said = None if story is None else sentence("Its story: {story}", story=story)
    return joined(first, _brought(name, after, worse), said)


def _brought(name: str, after: Quantity, worse: Quantity) -> Sentence:
    """What a scenario brings a shortage to, and what if the oxide of its plants came under the same licences."""
    text, same = "The scenario “{name}” would bring that to", "if the oxide of the plants came under the same licences."
    if max(after.value, worse.value) < 1 <= min(after.high, worse.high) < max(after.high, worse.high):
        most, more = (derived(one.high, "t", one) for one in (after, worse))
        text += " nothing in the middle of the draws, and in nine of ten to no more than {most:~2}, or {more:~2}"
        return sentence(text, same, name=name, most=most, more=more)
    left, other = phrases.left(after), phrases.left(worse)
    if left.text != other.text:
        return sentence(text, "{left}, and to {other}", same, name=name, left=left, other=other)
    even = "." if after is worse else f", even {same}"
    return sentence(text + " {left}" + even, name=name, left=left, uses=[worse])


def _asked(of: Mapping[str, Balance], asked: str, year: int, india: Vintage) -> Sentence | None:
    """What a scenario that was asked for comes to, against the run-rate."""
    if asked not in of or asked == tables.RUN_RATE:
        return None
    need, gone = (scenario.at(india, of[asked], quantity, year) for quantity in ("imports", "shortage"))
    more = _more(tables.change(of[asked], of[tables.RUN_RATE], "imports", year, india), need)
    if gone.value >= 1:
        left = sentence("{gone:~2} of it are not let in", gone=gone)
    else:
        left = Sentence("in the middle of the draws all of it is let in" if gone.high >= 1 else "all of it is let in")
    text = "In the scenario “{name}” it is {need:~2} ({need:range~2} t), {more}, and {left}."
    return sentence(text, name=asked, need=need, more=more, left=left, uses=[gone])


def _markets(of: Mapping[str, Balance], asked: str, year: int, india: Vintage) -> Sentence | None:
    """The scenario that India does not hold and that moves the need most."""
    base, others = of[tables.RUN_RATE], _held_by_others(of)
    found = {name: tables.change(one, base, "imports", year, india) for name, one in others.items() if one is not base}
    name = max(found, key=lambda one: abs(found[one].value), default=asked)
    if name == asked or abs(found[name].value) < phrases.LEAST * np.median(of[name].of("imports", year)):
        return None
    need = scenario.at(india, of[name], "imports", year)
    text = "Of what India does not decide alone, “{name}” moves it most: {more}, to {need:~2} ({need:range~2} t)."
    return sentence(text, name=name, more=_more(found[name], need), need=need)


def _closed(of: Mapping[str, Balance], year: int, india: Vintage) -> Sentence | None:
    """What is missing, and which vehicles, in the scenario of licences in which most is."""
    others = _held_by_others(of)
    name = max(others, key=lambda one: np.median(others[one].of("shortage", year)))
    gone = scenario.at(india, of[name], "shortage", year)
    if gone.value < 1:
        text = "In the middle of the draws no named scenario leaves magnets missing in {year}."
        return sentence(text, year=gone.period, uses=[gone])
    text = "Most is missing in the scenario “{name}”: {gone:~2} ({gone:range~2} t) in {year};"
    text += " shared by all uses alike, {cars} lack theirs."
    return sentence(text, name=name, gone=gone, year=gone.period, cars=vehicles(of[name], year, india))


def _held_by_others(of: Mapping[str, Balance]) -> dict[str, Balance]:
    """The named scenarios that India alone does not bring about, the run-rate among them."""
    return {name: one for name, one in of.items() if not tables.owned(one.levers) and name != tables.ASKED}


def _own(of: Mapping[str, Balance], year: int, india: Vintage) -> Sentence:
    """The most that India can do, and the most that one lever of it does, against what is to import."""
    base = of[tables.RUN_RATE]
    need, name = scenario.at(india, base, "imports", year), tables.best(of, year)
    whole = tables.change(of[name], base, "imports", year, india) if name else None
    if whole is None or whole.value > -phrases.LEAST * need.value:
        text = "Nothing that India can do and that can be reckoned takes much of it in {year}."
        return sentence(text, year=need.period, uses=[need, whole])
    share = words.chance(derived(min(100.0, -100 * whole.value / need.value), "%", whole, need))
    text = "Of what India can do, “{name}” takes most, {taken:~2} ({taken:range~2} t), {share} of it"
    parts = {"name": name, "taken": phrases.taken(whole), "share": share}
    moved = {one: made.levers.moved.items() for one, made in of.items()}
    parts_of = {one: of[one] for one, levers in moved.items() if len(levers) == 1 and levers <= moved[name]}
    one = tables.best(parts_of, year)
    if one in (None, name) or (part := tables.change(of[one], base, "imports", year, india)).value >= 0:
        return sentence(text + ".", **parts)
    text += "; of its parts “{one}” alone takes {part:~2} ({part:range~2} t)."
    return sentence(text, one=one, part=phrases.taken(part), **parts)


def _more(change: Quantity, whole: Quantity) -> Sentence:
    if abs(change.value) < phrases.LEAST * whole.value:
        return Sentence("about as much as at the run-rate", tuple(change.sources))
    size = derived(abs(change.value), "t", change)
    return sentence("{size:~2} {more}", size=size, more="more" if change.value > 0 else "less")
