"""Phrases that sentences of chapter 5 share: so many vehicles, and what is left missing."""

from helpers.chapters import words
from helpers.chapters.outputs import Sentence, sentence
from helpers.data import Quantity, derived, sources_of

LEAST = 0.02  # part of what is to import below which a scenario has hardly moved it


def counted(electric: float, other: float, *uses) -> Sentence:
    """So many electric vehicles and so many others, in millions where they are."""
    kinds = {"electric vehicles": electric, "other vehicles": other}
    told = words.listed(_many(number, kind, *uses) for kind, number in kinds.items() if number >= 1)
    return Sentence(told or "no vehicles", tuple(sorted(sources_of(*uses))))


def counted_within(electric: Quantity, other: Quantity) -> Sentence:
    """:func:`counted`, each kind with the range that holds 80 % of the draws."""
    told = []
    for of, kind in ((electric, "electric vehicles"), (other, "other vehicles")):
        if of.high >= 1:
            kind = "others" if told else kind
            middle = _many(of.value, kind, of) if of.value >= 1 else f"no {kind}"
            told.append(f"{middle} ({_many(of.low, '', of)} to {_many(of.high, '', of)})")
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


def _many(number: float, what: str, *uses) -> str:
    if number >= 1e6:
        return f"{derived(number / 1e6, f'million {what}'.strip(), *uses):.1}"
    return f"{derived(number, what, *uses):~2}"
