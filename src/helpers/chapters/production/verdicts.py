"""Verdicts of chapter 2: how far something goes, what holds magnets back, which way a share moves."""

from helpers.chapters import words
from helpers.chapters.outputs import Sentence, sentence
from helpers.data import Quantity, derived

LEAST_MOVE = 0.1
"""A share that moves by less than this part of itself hardly moves."""


def extent(low: float, high: float) -> str:
    """Whether a share in per cent is ``part`` of the whole, ``all`` of it and more, or lies ``across`` the whole."""
    if high <= 100:
        return "part"
    return "all" if low >= 100 else "across"


def enough(share: Quantity, *, ranged: bool = False) -> Sentence:
    """A share in per cent as words before what it is a share of: ``25 % of``, ``0.7 to 1.3 times``, ``1.3 times``.

    ``ranged`` says its range instead of its value.
    """
    low, high = (share.low, share.high) if ranged else (share.value, share.value)
    times = derived(high / 100, "", share, low=low / 100, high=high / 100)
    part = derived(high, "%", share, low=low, high=high)
    places = 0 if low >= 1 else 1
    match extent(low, high):
        case "part":
            return sentence(f"{{share:range.{places}}} % of" if ranged else f"{{share:.{places}}} of", share=part)
        case _:
            fine = 1 if low >= 10 else 2
            return sentence(f"{{times:range.{fine}}} times" if ranged else "{times:.1} times", times=times)


def bottleneck(low: float, high: float, capacity: float) -> str:
    """What holds magnets back, of the magnets that neodymium can make (a range) and those that plants can.

    Returns
    -------
    str
        ``upstream`` (there is less neodymium than the plants take), ``downstream`` (there is more), ``none`` (the
        capacity lies inside the range).
    """
    if high < capacity:
        return "upstream"
    return "downstream" if low > capacity else "none"


def peaks(first: float, highest: float, last: float) -> bool:
    """Whether a share rises to its highest and then falls."""
    return moves(first, highest) == "rises" and moves(highest, last) == "falls"


def moves(first: float, last: float, least: float = LEAST_MOVE) -> str:
    """``rises``, ``falls`` or ``hardly moves``: the later of two figures against the earlier."""
    return {"up": "rises", "down": "falls", "unchanged": "hardly moves"}[words.direction(_change(first, last), least)]


def against(one: float, other: float) -> str:
    """Whether one figure is ``below``, ``above`` or the ``same`` as another."""
    return {"up": "above", "down": "below", "unchanged": "same"}[words.direction(_change(other, one))]


def _change(first: float, last: float) -> float:
    """As a fraction of the first, or of the last where the first is nothing."""
    return (last - first) / (first if first > 0 else max(first, last, 1.0))
