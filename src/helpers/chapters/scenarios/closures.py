"""Sentences of chapter 5 on a closure: how long stocks last, what is lost, how such a reckoning did once."""

from collections.abc import Mapping

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import ranged
from helpers.chapters.scenarios.phrases import counted
from helpers.data import Quantity, Vintage, derived, sources_of


def cover(stop: pd.DataFrame, held: Mapping[float, pd.DataFrame], months: int) -> Sentence:
    """How long stocks last, as held and with the most more that is shown."""
    most = max(held)
    lasts, longer = (_whole(table.loc["lasts"], months) for table in (stop, held[most]))
    text = "Stocks last {lasts} if nothing comes from China; with {more} more, {longer}"
    return sentence(text, lasts=lasts, more=derived(most, "months"), longer=longer)


def covers(rows: list[tuple[str, pd.Series]], months: int) -> Sentence:
    """How long each stock lasts, with its range."""
    said = []
    for name, row in rows:
        lasts, text = _middle(row), "{name} {lasts:.1} ({lasts:range.1})"
        if not row["low"] < row["high"]:
            lasts, text = _whole(row, months), "{name} {lasts}"
        said.append(sentence(text, name=name, lasts=lasts))
    text = "Lines of months until stocks are used up, by the length of a closure of up to {months}: {said}."
    return sentence(text, months=derived(months, "months"), said=joined(*said, by="; "))


def lost(found: Mapping[int, pd.DataFrame], india: Vintage) -> Sentence:
    """What the longest of some closures costs."""
    months = max(found)
    table = found[months]
    long = derived(months, "months")
    if table.loc["lost", "high"] < 1:
        return sentence("Stocks and others outlast {months} without China.", months=long, uses=[table.loc["lost"]])
    cars = counted(*table.loc[["vehicles", "engines"], "middle"], table.loc[["vehicles", "engines"]])
    text = "{months} without anything from China would leave {gone:~2} ({gone:range~2} t) unmet at the need of {year}:"
    text += " shared by all uses alike, {cars} would not be built"
    year = fiscal.year_name(fiscal.fiscal_year(pd.Timestamp(india.day)))
    parts = {"months": long, "gone": _middle(table.loc["lost"]), "cars": cars, "year": year}
    if pd.isna(table.loc["rupees", "middle"]):
        return sentence(text + ".", **parts)
    return sentence(text + ", for magnets worth {worth:~2}.", worth=_middle(table.loc["rupees"]), **parts)


def trial(rows: pd.DataFrame, india: Vintage) -> Sentence:
    """The first output lost in the stop of licences, reckoned and seen, how far off that is; and the half-year."""
    if "first loss" not in rows.index or pd.isna(rows.loc["first loss", ["middle", "seen"]]).any():
        return words.not_yet(india, "How well the reckoning of a closure does")
    row = rows.loc["first loss"]
    half = _half(rows.loc["output of the half-year"]) if "output of the half-year" in rows.index else None
    middle, seen, miss = (derived(value, "months", row) for value in (row["middle"], row["seen"], abs(row["miss"])))
    text = "With the stocks that firms told of, the stop of licences would have cost output after {middle:.1};"
    text += " the maker that told of it lost some after {seen:.1},"
    tail = {
        "up": "{miss:.1} later: stocks were larger than told, or less was missing.",
        "down": "{miss:.1} earlier: stocks were smaller than told, or more was missing.",
        "unchanged": "which agrees.",
    }[words.direction(row["miss"] / row["seen"], 0.1)]
    parts = {"miss": miss} if "{miss" in tail else {}
    return joined(sentence(text, tail, middle=middle, seen=seen, uses=[miss], **parts), half)


def _half(row: pd.Series) -> Sentence:
    """What the stop alone would have made of a half-year, and what was counted."""
    alone, seen = (derived(row[name], "%", row) for name in ("middle", "seen"))
    verdict = {
        "up": "growth, or makers that were not hit, hid it",
        "down": "more than the stop held them back",
        "unchanged": "which agrees",
    }[words.direction(row["miss"] / 100, 0.02)]
    text = "By itself it would have moved the electric two-wheelers of that half-year by {alone:signed}; registered"
    return sentence(text, "were {seen:signed} on a year before: {verdict}.", alone=alone, seen=seen, verdict=verdict)


def _middle(row: pd.Series) -> Quantity:
    return ranged(row, row["unit"], "middle")


def _whole(row: pd.Series, months: int) -> Sentence:
    """How long, or that it is all of the time that is shown."""
    if row["middle"] >= months:
        return Sentence(f"all of {derived(months, 'months')}", tuple(sorted(sources_of(row))))
    return sentence("{lasts:.1}", lasts=_middle(row))
