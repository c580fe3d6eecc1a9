"""Sentences of chapter 5: what would change it, and what can India do?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.scenarios import tables
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import scenario
from helpers.outlook.levers import Levers, made
from helpers.outlook.scenario import Balance

REGIMES = {"open": "all let through", "partial": "part let through", "closed": "hardly any let through"}

_WHAT = "What would change the imports"
_LEAST = 0.02
"""Part of what is to import below which a scenario has hardly moved it."""
_CLOSES = 1e-9
"""Part of the need below which two sides of a balance are the same number."""


def answer(of: Mapping[str, Balance], asked: str, year: int, india: Vintage) -> Sentence:
    """What is to import as things go on, what would change it most, and what India can do; all of it conditional."""
    base = of[tables.RUN_RATE]
    if not base.demand.any():
        return joined(words.not_yet(india, _WHAT), answer=True)
    need = scenario.at(india, base, "imports", year)
    text = "As things go on, India needs to import about {need:~2} of rare-earth magnets in {year} (80 % interval"
    first = sentence(text, "{need:range~2} t), as magnets or inside motors.", need=need, year=need.period)
    said = [first, _asked(of, asked, year, india), _markets(of, asked, year, india), _closed(of, year, india)]
    said += [_own(of, year, india), sentence("Each number holds if its scenario does; none of them is a forecast.")]
    return joined(*said, answer=True)


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
    count = derived(len(of.demand), "", scenario.sources(india, of.levers))
    years = f"{fiscal.year_name(of.years[0])} to {fiscal.year_name(of.years[-1])}"
    text = "In some of {count} draws the two sides are not the same number, {years}."
    if tables.gap(of) < _CLOSES:
        text = "Both sides are the same number in each of {count} draws and every year, {years}."
    return sentence(text, count=count, years=years)


def scheme(of: Mapping[str, Balance], year: int, india: Vintage) -> Sentence:
    """When plants take from the imports, and what oxide they need; of the scenario that makes most."""
    name = max(of, key=lambda one: of[one].scheme.sum())
    best, base = (scenario.run(india, one.levers) for one in (of[name], of[tables.RUN_RATE]))
    yearly = [(int(one), tables.change(best, base, "imports", int(one), india)) for one in best.years]
    begun = [one for one, less in yearly if less.value < -_LEAST * scenario.at(india, base, "imports", one).value]
    if not begun:
        return sentence("In no scenario that can be reckoned do plants in India take from the imports.")
    oxide = scenario.at(india, best, "oxide_imported", year)
    made_of = scenario.at(india, best, "oxide_needed", year)
    parts = {"name": name, "first": fiscal.year_name(begun[0]), "year": oxide.period}
    text = "With the plants of India's magnet scheme (“{name}”) imports are lower from {first} on"
    if made_of.value < 1:
        return sentence(text + ". Before the end of {year} they need no oxide.", **parts)
    text += ", in {year} by {less:~2} ({less:range~2} t). The plants then take {needed:~2} of oxide of neodymium and"
    less = _taken(dict(yearly)[year])
    if oxide.value < _LEAST * made_of.value:
        return sentence(text, "praseodymium, all of it Indian.", less=less, needed=made_of, **parts)
    text += " praseodymium, of which {oxide:~2} ({oxide:range~2} t) are imported: oxide takes the place of magnets."
    return sentence(text, less=less, needed=made_of, oxide=oxide, **parts)


def japan(year: int, india: Vintage) -> Sentence:
    """What it brings to sell nothing more to Japan: oxide, and magnets where no other oxide may be used."""
    plants = "scheme=1; irel_path=planned"
    levers = [made(f"{plants}; oxide_source={source}; japan_exports={sold}") for source in ("any", "own")
              for sold in ("on", "off")]  # fmt: skip
    if why := tables.lacking(levers[-1], india):
        return words.not_yet(india, f"What an end of sales to Japan would bring, for want of {why},")
    on, off, own_on, own_off = (tables.alone_in(year, one, india) for one in levers)
    freed, more = (tables.change(new, old, quantity, year, india)
                   for new, old, quantity in ((off, on, "oxide_japan"), (own_off, own_on, "scheme")))  # fmt: skip
    needed = scenario.at(india, on, "oxide_needed", year)
    if freed.value < 1:
        return sentence("What was sold to Japan would make no magnets in {year}: no plant would use it.",
                        year=freed.period, uses=[freed])  # fmt: skip
    share = words.chance(derived(min(100.0, 100 * freed.value / needed.value), "%", freed, needed))
    text = "To sell Japan no more rare earths gives the plants of the scheme {freed:~2} of oxide in {year}"
    text += " ({freed:range~2} t), {share} of what they need."
    parts = {"freed": freed, "share": share, "year": freed.period}
    if more.value < 1:
        return sentence(text, "It makes no magnet more.", uses=[more], **parts)
    text += " Where oxide can be bought elsewhere that makes no magnet more; where plants use Indian oxide only, it"
    return sentence(text, "makes {more:~2} more of them ({more:range~2} t).", more=more, **parts)


def waterfall(rows: pd.DataFrame, start: Quantity, end: Quantity, name: str) -> Sentence:
    """What all levers together come to, and which of them does most of that."""
    parts, total = {"name": _called(name), "year": end.period, "start": start}, end.value - start.value
    same = rows[rows["change"] * total > 0]
    if abs(total) < _LEAST * start.value or same.empty:
        return sentence("{start:~2} to import in {year} hardly change with {name}", uses=[end], **parts)
    first = same.loc[same["change"].abs().idxmax()]
    part = derived(first["change"], "t", first)
    most = "most" if abs(part.value) >= abs(total) / 2 else "the largest part"
    text = "{start:~2} to import in {year} become {end:~2} with {name}, {most} of it by {lever} ({part:signed~2})"
    return sentence(text, lever=tables.SHORT[first["lever"]], part=part, most=most, end=end, **parts)


def regimes(panels: Mapping[str, Balance], year: int, india: Vintage) -> Sentence:
    """What is missing under the regime that lets least through."""
    short = {name: scenario.at(india, of, "shortage", year) for name, of in panels.items()}
    worst = max(short, key=lambda name: short[name].value)
    need, gone = scenario.at(india, panels[worst], "imports", year), short[worst]
    if gone.value < _LEAST * need.value:
        return sentence("Under no licences is much missing of the {need:~2} to import in {year}", need=need,
                        year=need.period)  # fmt: skip
    text = "With {regime} by China, {gone:~2} of the {need:~2} to import in {year} do not come"
    return sentence(text, regime=REGIMES[worst], gone=gone, need=need, year=need.period)


def let_in(name: str, of: Balance, year: int, india: Vintage) -> Sentence:
    """What is needed and what is missing under one regime."""
    need, gone = (scenario.at(india, of, quantity, year) for quantity in ("imports", "shortage"))
    parts = {"regime": REGIMES[name], "need": need, "year": need.period}
    text = "{regime}: {need:~2} ({need:range~2} t) to import in {year}"
    if gone.high < 1:
        return sentence(text + ", of which nothing is missing.", uses=[gone], **parts)
    return sentence(text + ", of which {gone:~2} ({gone:range~2} t) are missing.", gone=gone, **parts)


def vehicles(of: Balance, year: int, india: Vintage) -> Sentence:
    """How many vehicles lack magnets in the middle of the draws, electric ones and cars with an engine."""
    middle = np.median(of.of("vehicles", year) + of.of("engines", year))
    return counted(middle, scenario.sources(india, of.levers, "vehicles"))


def counted(number: float, *uses) -> Sentence:
    """So many vehicles, in millions where they are."""
    large = number >= 1e6
    text = "{count:.1} million vehicles" if large else "{count:~2} vehicles"
    return sentence(text, count=derived(number / 1e6 if large else number, "", *uses))


def closed_with(of: Mapping[str, Balance], shut: Balance, year: int, india: Vintage) -> Sentence:
    """What closed licences leave missing, and what still once India does the most that it can."""
    gone, year_name = scenario.at(india, shut, "shortage", year), fiscal.year_name(year)
    if gone.high < 1:
        return sentence("With China's licences closed no rare-earth magnets would be missing in {year}.",
                        year=year_name, uses=[gone])  # fmt: skip
    parts = {"more": " and the levers asked for held" if len(shut.levers.moved) > 1 else "", "year": year_name}
    if gone.value < 1:
        text = "If China closed its licences{more}, the rare-earth magnets missing in {year} would be {gone}."
        return sentence(text, gone=_left(gone), **parts)
    text = "If China closed its licences{more}, {gone} of rare-earth magnets would be missing in {year}; shared by all"
    first = sentence(text, "uses alike, {cars} would lack theirs.", gone=_left(gone),
                     cars=vehicles(shut, year, india), **parts)  # fmt: skip
    if (name := tables.best(of, year)) is None:
        return first
    moved = shut.levers.moved | of[name].levers.moved
    if moved == shut.levers.moved:
        return first
    after = scenario.at(india, tables.alone_in(year, made(moved), india), "shortage", year)
    text, found = "With “{name}” it would be {after}", _left(after)
    if not of[name].oxide_imported.any() or tables.lacking(Levers(oxide_source="under licence"), india):
        return joined(first, sentence(text + ".", name=name, after=found), _story(name, india))
    bound = tables.alone_in(year, made(moved | {"oxide_source": "under licence"}), india)
    text += "; if oxide for the plants came under the same licences, {worse}."
    worse = _left(scenario.at(india, bound, "shortage", year))
    return joined(first, sentence(text, name=name, after=found, worse=worse), _story(name, india))


def _left(of: Quantity) -> Sentence:
    """What is missing: its middle, or the most of nine cases of ten, or nothing."""
    if of.high < 1:
        return Sentence("nothing", tuple(of.sources))
    if of.value < 1:
        most = f"in nine cases of ten no more than {derived(of.high, 't', of):~2}"
        return Sentence(f"most likely nothing, {most}", tuple(of.sources))
    return sentence("{of:~2} ({of:range~2} t)", of=of)


def _story(name: str, india: Vintage) -> Sentence:
    """What a named scenario holds, in its own words."""
    return sentence("“{name}” means: {story}", name=name, story=scenario.named(india).loc[name, "story"])


def _called(name: str) -> str:
    """A scenario in a sentence: by its name, or as what was asked for."""
    return "what was asked for" if name == tables.ASKED else f"“{name}”"


def _asked(of: Mapping[str, Balance], asked: str, year: int, india: Vintage) -> Sentence | None:
    """What a scenario that was asked for comes to, against the run-rate."""
    if asked not in of or asked == tables.RUN_RATE:
        return None
    need, gone = (scenario.at(india, of[asked], quantity, year) for quantity in ("imports", "shortage"))
    more = tables.change(of[asked], of[tables.RUN_RATE], "imports", year, india)
    text = "With {name} it is {need:~2} ({need:range~2} t), {more}, and {gone:~2} of it are not let in."
    if gone.value < 1:
        text = "With {name} it is {need:~2} ({need:range~2} t), {more}, and all of it is let in."
        return sentence(text, name=_called(asked), need=need, more=_more(more, need), uses=[gone])
    return sentence(text, name=_called(asked), need=need, more=_more(more, need), gone=gone)


def _markets(of: Mapping[str, Balance], asked: str, year: int, india: Vintage) -> Sentence | None:
    """The scenario that India does not hold and that moves the need most."""
    others = {name: one for name, one in of.items() if not tables.owned(one.levers) and name != tables.ASKED}
    found = tables.changes(others, "imports", year, india)
    name = max(found, key=lambda one: abs(found[one].value), default=asked)
    if name == asked or abs(found[name].value) < _LEAST * np.median(of[name].of("imports", year)):
        return None
    need = scenario.at(india, of[name], "imports", year)
    text = "Of what India does not decide alone, “{name}” moves it most: {more}, to {need:~2} ({need:range~2} t)."
    return sentence(text, name=name, more=_more(found[name], need), need=need)


def _closed(of: Mapping[str, Balance], year: int, india: Vintage) -> Sentence | None:
    """What is missing, and which vehicles, in the scenario of licences in which most is."""
    others = {name: one for name, one in of.items() if not tables.owned(one.levers) and name != tables.ASKED}
    name = max(others, key=lambda one: others[one].shortage.sum())
    gone = scenario.at(india, of[name], "shortage", year)
    if gone.value < 1:
        return sentence("In none of them are magnets missing in {year}.", year=gone.period, uses=[gone])
    text = "Most is missing in the scenario “{name}”: {gone:~2} ({gone:range~2} t) in {year};"
    text += " shared by all uses alike, {cars} lack theirs."
    return sentence(text, name=name, gone=gone, year=gone.period, cars=vehicles(of[name], year, india))


def _own(of: Mapping[str, Balance], year: int, india: Vintage) -> Sentence:
    """The most that India can do, and the most that one lever of it does, against what is to import."""
    base = of[tables.RUN_RATE]
    need, name = scenario.at(india, base, "imports", year), tables.best(of, year)
    whole = tables.change(of[name], base, "imports", year, india) if name else None
    if whole is None or whole.value > -_LEAST * need.value:
        return sentence("Nothing that India can do and that can be reckoned takes much of it in {year}.",
                        year=need.period, uses=[need, *filter(None, [whole])])  # fmt: skip
    share = words.chance(derived(min(100.0, -100 * whole.value / need.value), "%", whole, need))
    text = "Of what India can do, “{name}” takes most, {taken:~2} ({taken:range~2} t), {share} of it"
    parts = {"name": name, "taken": _taken(whole), "share": share}
    single = {one: made for one, made in of.items() if tables.owned(made.levers) and len(made.levers.moved) == 1}
    one = tables.best(single, year)
    if one in (None, name) or (part := tables.change(of[one], base, "imports", year, india)).value >= 0:
        return sentence(text + ".", **parts)
    return sentence(text + "; of its parts “{one}” alone takes {part:~2} ({part:range~2} t).", one=one,
                    part=_taken(part), **parts)  # fmt: skip


def _taken(less: Quantity) -> Quantity:
    """A change as what it takes away."""
    return derived(-less.value, "t", less, low=-less.high, high=-less.low)


def _more(change: Quantity, whole: Quantity) -> Sentence:
    """How much more or less, with its range."""
    if abs(change.value) < _LEAST * whole.value:
        return sentence("about as much as at the run-rate", uses=[change])
    size = derived(abs(change.value), "t", change)
    return sentence("{size:~2} {more}", size=size, more="more" if change.value > 0 else "less")
