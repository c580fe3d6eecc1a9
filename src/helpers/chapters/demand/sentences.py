"""Sentences of chapter 3: who needs the magnets."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.demand import tables
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import count, ranged
from helpers.data import Vintage, derived, sources_of
from helpers.outlook import demand
from helpers.outlook.demand import Demand

STRATEGIC = ("strategic users (defence, nuclear, space)", "healthcare (magnetic resonance)")
"""Sectors that are small and cannot wait."""

_WHAT = "What magnets India's sectors need"
_LEAST = 0.1  # part by which two ways, or what held and what should, are apart before one is more than the other


def answer(made: Demand, met: Demand, india: Vintage) -> Sentence:
    """What the sectors need now and ahead, who takes how much of it, and what all magnets come to."""
    if not made:
        return joined(words.not_yet(india, _WHAT), answer=True)
    first, later, _ = demand.steps(india)
    now, then = made.at(first), made.at(later)
    change = then.value / now.value - 1
    goes = {"up": "rises to about", "down": "falls to about", "unchanged": "hardly moves, to"}
    text = "By its sectors India needs about {now:~2} of rare-earth magnets in {year} ({now:range~2} t): {shares}."
    said = sentence(text, year=now.period, now=now, shares=shares(made, first))
    text = "As units have moved that {goes} {then:~2} ({then:range~2} t) in {later}."
    ahead = sentence(text, goes=goes[words.direction(change, 0.05)], then=then, later=then.period)
    return joined(said, ahead, targets_met(made, met, later, india), every(made, first), answer=True)


def shares(made: Demand, year: int) -> Sentence:
    """Each large sector with its share of the middle."""
    rows = tables.named(made, year)
    said = (f"{row['sector'][:1].lower()}{row['sector'][1:]} {percent(row)}" for _, row in rows.iterrows())
    return Sentence(words.listed(said), tuple(sorted(sources_of(rows))))


def tonnes(made: Demand, year: int, india: Vintage) -> Sentence:
    """What each large sector needs in a year, and all of them together, with their ranges."""
    if not made:
        return words.not_yet(india, _WHAT)
    rows = demand.sectors(made, year)
    rows = rows[~rows["bound"] & (rows["share"] >= tables.LEAST)].head(tables.MOST)
    rows = rows.sort_values("middle", ascending=False)
    tonnes = {sector: ranged(row, "t", "middle") for sector, row in rows.iterrows()}
    most = words.listed(f"{sector} ({of:~2}; {of:range~2})" for sector, of in tonnes.items())
    whole = made.at(year)
    text = "Of the {whole:~2} of rare-earth magnets that India needs in {year} (80 % interval {whole:range~2} t),"
    return sentence(text, "the most go into {most}.", year=whole.period, whole=whole, most=most, uses=tonnes.values())


def targets_met(made: Demand, met: Demand, year: int, india: Vintage) -> Sentence | None:
    """What the year needs if targets are met, and whose, against the trend; None while none can be reckoned with."""
    if not (aimed := demand.aimed(made, met, india)):
        return None
    trend, goal = made.at(year), met.at(year)
    times = derived(goal.value / trend.value, "", goal, trend)
    text = "If the targets for {names} are met, India needs about {goal:~2} ({goal:range~2} t),"
    parts = {"goal": goal, "names": words.listed(aimed)}
    way = words.direction(times.value - 1, _LEAST)
    if way == "unchanged":
        return sentence(text, "about as much.", **parts)
    tail = "{times:.1} times as much." if way == "up" else "{times:.1} times as much, which is less."
    return sentence(text, tail, times=times, **parts)


def every(made: Demand, year: int) -> Sentence | None:
    """All magnets, as far as ferrite is known."""
    if not made.at(year, "ferrite").value > 0:
        return None
    whole = made.at(year, demand.RARE_EARTH, "ferrite")
    text = "All magnets of the sectors that can be reckoned, ferrite among them, come to about {whole:~2}"
    return sentence(text, "({whole:range~2} t) in {year}.", whole=whole, year=whole.period)


def bounds(made: Demand, india: Vintage) -> Sentence:
    """The sectors that are bounds, those of which nothing can be said, and those that cannot wait."""
    if not made:
        return words.not_yet(india, _WHAT)
    first, absent = demand.steps(india)[0], demand.absent(india)
    rows = demand.sectors(made, first)
    hollow, said = rows[rows["bound"]], []
    if len(hollow):
        text = "Of {names} no source gives what one holds, or how many have it: they are in no middle, and in the upper"
        most = demand.most(made, first, hollow.index)
        tail = "ends, where together they take up to about {most:~2} in nine draws of ten."
        said.append(sentence(text, tail, names=words.listed(hollow.index), most=most))
    if absent:
        said.append(sentence("Of {names} nothing can be reckoned.", names=words.listed(absent)))
    strategic = rows[rows.index.isin(STRATEGIC)]
    if len(strategic):
        whole, most = made.at(first), demand.most(made, first, strategic.index)
        part = words.chance(derived(100 * most.value / whole.value, "%", most, whole))
        text = "{names} come to no more than {most:~2} in nine draws of ten, {part} of the middle."
        said.append(sentence(text, names=words.listed(strategic.index), most=most, part=part))
    return joined(*said) if said else sentence("Every factor of every sector is from a source.", uses=[rows])


def held(trial: pd.DataFrame, india: Vintage) -> Sentence:
    """How often the range of units a year ahead held what came, in hindsight: ``demand_activity.trial``."""
    if trial.empty:
        return words.not_yet(india, "How well units are carried on")
    parts = {"count": count(trial), "hits": derived(trial["inside"].sum(), "", trial)}
    parts["error"] = derived(100 * abs(trial["forecast"] / trial["counted"] - 1).median(), "%", trial)
    verdict = {
        "up": "more than it should",
        "down": "less than it should, so that ranges of the years ahead are rather too narrow",
        "unchanged": "about as it should",
    }[words.direction(trial["inside"].mean() - 0.8, _LEAST)]
    text = "Carried on by one year, in hindsight, units were off by {error} in the middle case; their 80 % range held"
    return sentence(text, "{hits} of {count} counted years, {verdict}.", verdict=verdict, **parts)


def movers(table: pd.DataFrame, year: int) -> Sentence:
    if table.empty:
        return sentence("No factor of {year} is uncertain", year=fiscal.year_name(year))
    row = table.iloc[0]
    text = "What moves the need of {year} most: {sector}, {factor}, {ends:range~2} t"
    return sentence(text, year=fiscal.year_name(year), ends=ranged(row), **row[["sector", "factor"]])


def percent(row: pd.Series) -> Sentence:
    return words.chance(derived(row["share"], "%", row))
