"""Sentences of chapter 1: what customs recorded, and what it holds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import spread
from helpers.chapters.trade import excess, mirror
from helpers.data import Quantity, Vintage, derived, from_row
from helpers.outlook import customs, episodes, rare_earths, targets

_SHAPES = {
    "spike": ", a spike and not a level",
    "again": ", a spike that passed, after which imports rose again, to less than the pace of {year}",
    "regained": ", a spike that passed, after which imports rose above the pace of {year}",
    "level": ", a new level and not a spike",
    "rise": ", the start of a rise",
    "unknown": "; whether that was a spike or a level cannot be said from the sources dated up to {day}",
}
_LEAST_EXPLAINED = 10  # per cent that a half has to change on the year before a part of that change is said
_LEAST_CONTESTED = 0.1  # how far another version of a total is from it, as a fraction, before that is said with it


@dataclass(frozen=True)
class Course:
    """How a suspect year ran: the verdict of :func:`helpers.chapters.words.shape`, its halves, and the newest since."""

    shape: str
    first: Quantity | None
    second: Quantity | None
    newest: Quantity | None


def answer(india: Vintage) -> Sentence:
    """What the headline is, how much came, what entries show, what has come since, and what is rare-earth magnet."""
    year = customs.subject(india)
    said = [_headline(india, year), _contested(india, year), mirror.short(india) or _ferrite(india, year)]
    said += [excess.verdict(india), _misfit_of_lines(india, year), _since(india, year), _rare_earths(india)]
    return joined(*said, answer=True)


def course(india: Vintage) -> Course:
    """How the suspect year ran, as rates: its busier half against the year before, the half after and the newest.

    Without halves the whole year is judged by the year after it and the newest; ``none`` if no year is suspect.
    """
    suspect = episodes.suspect(india)
    if suspect is None:
        return Course("none", None, None, None)
    totals, halves, newest = customs.imports(india)["value"] / 12, customs.halves(india), _newest(india, suspect.year)
    before, year = totals[suspect.before], totals[suspect.year]
    rate = newest.value / len(fiscal.months(newest.period)) if newest else None
    names = [f"{suspect.year}-H1", f"{suspect.year}-H2"]
    if not set(names) <= set(halves.index):
        after = totals.get(fiscal.year_name(fiscal.fiscal_year(suspect.year) + 1), rate)
        return Course(words.shape(before, year, after, rate, year), None, None, newest)
    first, second = (from_row(halves.loc[name]) for name in names)
    busier = names[int(second.value > first.value)]
    rates = halves["t_per_month"]
    after = next(iter(rates[rates.index > busier]), rate)
    return Course(words.shape(before, rates[busier], after, rate, year), first, second, newest)


def _newest(india: Vintage, year: str) -> Quantity | None:
    """What is known after a year and reaches furthest, tonnes: of a total and the half that ends with it, the half."""
    rows, over = pd.concat([customs.halves(india), customs.since(india, year)]), fiscal.span(year)[1]
    spans = [fiscal.span(period) for period in rows.index]
    later = {(end, start): place for place, (start, end) in enumerate(spans) if start > over}
    return from_row(rows.iloc[later[max(later)]]) if later else None


def base_effect(halves: pd.DataFrame, *, india: Vintage) -> Sentence:
    """How much of the newest half's change on the year is left when the half before is the yardstick."""
    known = set(halves.index)
    found = [name for name in halves.index if {customs.half_before(name), fiscal.year_before(name)} <= known]
    if not found:
        return _misfit(halves, india) or words.not_yet(india, "How a half-year compares with the two before it")
    name = found[-1]
    now, before, ago = (halves.loc[n] for n in (name, customs.half_before(name), fiscal.year_before(name)))
    year = derived((now["value"] / ago["value"] - 1) * 100, "%", now, ago)
    printed = india.figure("trade", name, **(targets.CUSTOMS.keys | {"measure": "weight_yoy"}))
    published = printed is not None and abs(printed.value - year.value) < 1
    change, half = printed if published else year, words.named(name)
    step = derived((now["value"] / before["value"] - 1) * 100, "%", now, before)
    share = words.share(np.log(before["value"] / ago["value"]), np.log(now["value"] / ago["value"]))
    if share is None or abs(change.value) < _LEAST_EXPLAINED:
        text = "{half} changed by {change} on the year, and by {step} on the half before."
        return sentence(text, half=half, change=words.change(change), step=words.change(step))
    parts = {"change": change, "half": half, "step": step, "share": derived(share * 100, "%", now, before, ago)}
    text = "Of the published change of" if published else "Of the computed change of"
    text += " {change:signed} on the year in {half}, {share} (in logarithms, in which successive changes add up) had"
    tail = "happened before it began: against the half before it, it changed by {step:signed.1}."
    return sentence(text, tail, **parts)


def _misfit(halves: pd.DataFrame, india: Vintage) -> Sentence | None:
    """A published change on the year that would make the half a year ago more than the total of its year."""
    printed = india.series("trade", **(targets.CUSTOMS.keys | {"measure": "weight_yoy"})).dropna(subset="value")
    known = [name for name in halves.index if name in printed.index]
    if not known or (year := fiscal.year_before(known[-1][:4])) not in customs.imports(india).index:
        return None
    change, total = from_row(printed.loc[known[-1]]), from_row(customs.imports(india).loc[year])
    now = from_row(halves.loc[known[-1]])
    ago = derived(now.value / max(1 + change.value / 100, 1e-9), "t", now, change)
    if ago.value < total.value:
        return None
    parts = {"change": change, "half": words.named(known[-1]), "year": year, "total": total, "ago": ago}
    text = "The change of {change:signed} on the year published for {half} and the total of {year}, {total}, do not"
    return sentence(text, "fit: by that change, half of {year} alone had {ago}.", **parts)


def growth(table: pd.DataFrame, *, india: Vintage, year: str) -> Sentence:
    """Volume against value, from the year before: tonnes, rupees, dollars and dollars a kilogram."""
    if table.empty:
        return words.not_yet(india, f"How {year} compares with the year before")
    earlier = fiscal.year_before(year)
    changed = {name: words.change(derived(row["change"] * 100, "%", row)) for name, row in table.iterrows()}
    parts = {"before": earlier, "year": year, "tonnes": changed["tonnes"]}
    text = "From {before} to {year} the tonnes changed by {tonnes}."
    if (printed := published_growth(table, india=india, year=year)) is not None:
        text = "From {before} to {year} the tonnes changed by {printed:signed} as published"
        text += " ({tonnes} from the two totals)."
        parts["printed"] = printed
    said = [sentence(text, **parts)]
    if {"crore rupees", "rupees a dollar"} <= set(table.index):
        text = "Their value changed by {rupees} in rupees, of which the price of a dollar made {rate}."
        said.append(sentence(text, rupees=changed["crore rupees"], rate=changed["rupees a dollar"]))
    if "USD per kg" not in table.index:
        text = "What both years were worth in dollars is not in the sources dated up to {day}."
        return joined(*said, sentence(text, day=words.day(india.day)))
    price, dollars = table.loc["USD per kg"], customs.values(india, [earlier, year])
    old = derived(price["before"], "USD/kg", customs.imports(india).loc[earlier], dollars.loc[earlier])
    parts = {"old": old, "new": derived(price["after"], "USD/kg", price), "route": dollars["route"].iloc[0]}
    parts |= {"dollars": changed["million USD"], "kg": changed["USD per kg"]}
    text = "In dollars their value changed by {dollars} ({route}), so a kilogram went from {old:.2} to {new:.2}, a"
    return joined(*said, sentence(text, "change of {kg}.", **parts))


def published_growth(table: pd.DataFrame, *, india: Vintage, year: str) -> Quantity | None:
    """The growth of tonnes as published, where the published totals allow it within their rounding."""
    printed = india.figure("trade", year, **(targets.CUSTOMS.keys | {"measure": "weight_yoy"}))
    if printed is None or "tonnes" not in table.index:
        return None
    low, high = (bound if pd.notna(bound) else printed.value for bound in (printed.low, printed.high))
    ours = table.loc["tonnes", ["low", "high"]] * 100
    return printed if words.overlap((low, high), (ours["low"], ours["high"])) else None


def identity(steps: pd.DataFrame, *, india: Vintage) -> Sentence:
    """Which code the press series is: two values that meet within rounding, or do not."""
    wanted = ["850511 and 85051900, value", "850511 and 850519, value as printed"]
    if not set(wanted) <= set(steps.index):
        return words.not_yet(india, "Which tariff code stands behind the headline")
    ours, printed = (from_row(steps.loc[step]) for step in wanted)
    text = "The rupee value and line 85051900 together make {ours:.1} ({ours:range.1}),"
    parts = {"ours": ours, "printed": printed, "publisher": india.publishers(printed.sources)}
    if words.overlap((ours.low, ours.high), (printed.low, printed.high)):
        meets = "which is, within rounding, the {printed} that {publisher} has for rare-earth magnets: so the headline"
        return sentence(text, meets, "is all of HS 850511, and that figure is 850511 and 850519 together.", **parts)
    apart = "and not the {printed} that {publisher} has for rare-earth magnets ({gap:signed}): so it is open which"
    parts["gap"] = derived((printed.value / ours.value - 1) * 100, "%", printed, ours)
    return sentence(text, apart, "codes stand behind the headline and that figure.", **parts)


def _headline(india: Vintage, year: str) -> Sentence:
    total = india.figure("trade", year, **targets.CUSTOMS.keys)
    text = "India recorded {total} of permanent magnets in {year} under HS 850511, the international tariff code of"
    text += " metal magnets"
    ran, parts = course(india), {"total": total, "year": year}
    if ran.shape == "none":
        return _unsuspicious(india, text, parts)
    text += _SHAPES[ran.shape]
    if ran.shape == "unknown":
        parts["day"] = words.day(india.day)
    if ran.first is None:
        return sentence(f"{text}.", uses=[ran.newest], **parts)
    ranged = " ({first:range})" if ran.first.low < ran.first.high else ""
    text += f": {{first}} in the first half{ranged}, {{second}} in the second"
    if ran.shape in ("again", "regained") and ran.newest.period not in customs.since(india, year).index:
        text, then = f"{text}, {{newest}} in {{then}}", words.named(ran.newest.period)
        parts |= {"newest": ran.newest, "then": then}
    return sentence(f"{text}.", first=ran.first, second=ran.second, uses=[ran.newest], **parts)


def _contested(india: Vintage, year: str) -> Sentence | None:
    """Other published versions of the year's total, where one is far from it; None if none is."""
    total, known = india.figure("trade", year, **targets.CUSTOMS.keys), customs.versions(india, year)
    far = known[(known["value"] / total.value - 1).abs() > _LEAST_CONTESTED]
    if far.empty or total.assumed:
        return None
    values = spread(far["value"], "t", far)
    return sentence("Other published versions of that total have {values:range} t.", values=values)


def _unsuspicious(india: Vintage, text: str, parts: dict) -> Sentence:
    weight, earlier = customs.imports(india), fiscal.year_before(parts["year"])
    if earlier not in weight.index:
        return sentence(f"{text}.", **parts)
    before = from_row(weight.loc[earlier])
    change = derived((parts["total"].value / before.value - 1) * 100, "%", parts["total"], before)
    verdict = ": no surge" if parts["total"].value < episodes.LEAST_SURGE * before.value else ""
    text += f", {{change}} on the {{before}} of {{earlier}}{verdict}."
    change = words.change(change, "hardly a change")
    return sentence(text, change=change, before=before, earlier=earlier, **parts)


def _since(india: Vintage, year: str) -> Sentence:
    later, total = customs.since(india, year), india.figure("trade", year, **targets.CUSTOMS.keys)
    said = []
    for period, row in later.iterrows():
        value = from_row(row)
        if row["months"] == 12:
            change = derived((value.value / total.value - 1) * 100, "%", value, total)
            text, change = "{period} came to {value}, {change} on {year}.", words.change(change, "hardly a change")
            said.append(sentence(text, period=period, value=value, change=change, year=year))
        else:
            text = "{period} brought {value} in {months} months, a run-rate of {rate} a year."
            parts = {"months": words.count(row["months"]), "rate": from_row(row, unit="t", column="rate")}
            said.append(sentence(text, period=words.named(period), value=value, **parts))
    if said:
        return joined(*said)
    text = "No total and no half-year after {year} is in the sources dated up to {day}."
    return sentence(text, year=year, day=words.day(india.day))


def _rare_earths(india: Vintage) -> Sentence | None:
    tonnes = rare_earths.imported(india)
    if tonnes is None:
        return None
    text = "Of what comes in a year, about {tonnes:~3} are rare-earth magnets (80 % interval {tonnes:range~3})."
    return sentence(text, tonnes=tonnes)


def _ferrite(india: Vintage, year: str) -> Sentence | None:
    split = customs.lines(india, year)
    if split.empty:
        return None
    text = "{share} of the recorded weight of {year} stands in a line that India calls ferrite cores, not rare-earth"
    return sentence(text, "magnets.", share=derived(split["weight_share"].iloc[0] * 100, "%", split), year=year)


def _misfit_of_lines(india: Vintage, year: str) -> Sentence | None:
    metal = india.figure("trade", year, **(targets.CUSTOMS.keys | {"hs": customs.OTHER_METAL}))
    total = india.figure("trade", year, **targets.CUSTOMS.keys)
    if metal is None or metal.value < total.value:
        return None
    text = "Line 85051190 alone has {metal} in {year}, so the tariff lines do not fit this total."
    return sentence(text, metal=metal, year=year)
