"""Phrases that sentences of chapter 5 share: so many vehicles, and what is left missing."""

from helpers.chapters import words
from helpers.chapters.outputs import Sentence, sentence
from helpers.data import Quantity, derived, sources_of

LEAST = 0.02  # part of what is to import below which a scenario has hardly moved it


def counted(electric: float, other: float, *uses) -> Sentence:
    """So many electric vehicles and so many others, in millions where they are."""
    kinds = {"electric": electric, "other": other}
    parts = [_many(number, f"{kind} vehicles", *uses) for kind, number in kinds.items() if number >= 1]
    return Sentence(words.listed(one.text for one in parts) or "no vehicles", tuple(sorted(sources_of(*uses, *parts))))


def counted_within(electric: Quantity, other: Quantity) -> Sentence:
    """:func:`counted`, each kind with the range that holds 80 % of the draws."""
    told = []
    for of, kind in ((electric, "electric vehicles"), (other, "other vehicles")):
        if of.high >= 1:
            low, high = (_many(end, "", of).text.strip() for end in (of.low, of.high))
            kind = "others" if told else kind
            middle = _many(of.value, kind, of).text if of.value >= 1 else f"no {kind}"
            told.append(f"{middle} ({low} to {high})")
    return Sentence(words.listed(told) or "no vehicles", tuple(sorted(sources_of(electric, other))))


def left(of: Quantity) -> Sentence:
    """What is left missing: its middle, or the most of nine draws of ten, or nothing."""
    if of.high < 1:
        return Sentence("nothing", tuple(of.sources))
    if of.value < 1:
        most = f"no more than {derived(of.high, 't', of):~2}"
        return Sentence(f"nothing in the middle of the draws (in nine of ten {most})", tuple(of.sources))
    return sentence("{of:~2} ({of:range~2} t)", of=of)


def taken(less: Quantity) -> Quantity:
    """A change as what it takes away."""
    return derived(-less.value, "t", less, low=-less.high, high=-less.low)


def _many(number: float, what: str, *uses) -> Sentence:
    if number >= 1e6:
        return sentence("{count:.1}", count=derived(number / 1e6, f"million {what}", *uses))
    return sentence("{count:~2}", count=derived(number, what, *uses))
