"""Verdicts of chapter 2: how far something goes, whether one range holds another, which way a figure moves."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.outputs import Sentence, sentence
from helpers.chapters.rows import between
from helpers.data import Quantity

LEAST_MOVE = 0.1  # a share that moves by less than this part of itself hardly moves


def enough(share: Quantity) -> Sentence:
    """A share in per cent, or its range, as words before what it is a share of: ``25 % of``, ``0.7 to 1.3 times``."""
    low, high = (share.low, share.high) if pd.isna(share.value) else (share.value, share.value)
    if high <= 100:
        return sentence(f"{{part:.{0 if low >= 1 else 1}}} of", part=between(low, high, "%", share))
    return sentence(f"{{times:.{1 if low >= 10 else 2}}}", times=between(low / 100, high / 100, "times", share))


def holds(low: float, high: float, least: float, most: float) -> str:
    """Whether one range holds another: in ``no`` meaning, in ``all`` of them, or in ``some`` (the ranges overlap)."""
    if high < least:
        return "no"
    return "all" if low > most else "some"


def moves(first: float, last: float) -> str:
    """``rises``, ``falls`` or ``hardly moves``: the later of two figures against the earlier."""
    way = words.direction(_change(first, last), LEAST_MOVE)
    return {"up": "rises", "down": "falls", "unchanged": "hardly moves"}[way]


def against(one: float, other: float) -> str:
    """Whether one figure is ``below``, ``above`` or the ``same`` as another."""
    return {"up": "above", "down": "below", "unchanged": "same"}[words.direction(_change(other, one))]


def _change(first: float, last: float) -> float:
    """As a fraction of the first, or of the last where the first is nothing."""
    return (last - first) / (first if first > 0 else max(first, last, 1.0))
