"""Verdicts and directions: small rules that turn numbers into words, each with a test for every outcome."""

from collections.abc import Callable, Iterable

import pandas as pd

from helpers.chapters.outputs import Sentence, sentence
from helpers.chapters.rows import between
from helpers.data import Quantity, Vintage, number

LEAST_SHAPE = 1.5  # how many times above its neighbours a period stands before it is called a spike
LEAST_MOVE = 0.1  # a share that moves by less than this part of itself hardly moves
LEAST_CHANGE = 0.5  # per cent below which a change prints as nothing


def shape(before: float, during: float, after: float | None, newest: float | None = None, year: float = 0.0) -> str:
    """What a period is against the one before, the one after and the newest, as rates; ``year`` is that of its year.

    ``none`` (no more than usual), ``unknown`` (nothing after it is known), ``spike`` (it came back), ``again`` (it came
    back, then rose again), ``regained`` (it came back, then rose above its year), ``level`` (it stayed), ``rise`` (it
    rose further).
    """
    if during < LEAST_SHAPE * before:
        return "none"
    if after is None or pd.isna(after):
        return "unknown"
    newest = after if newest is None else newest
    if during >= LEAST_SHAPE * after:
        return "regained" if newest > (year or during) else "again" if newest >= LEAST_SHAPE * after else "spike"
    if newest >= LEAST_SHAPE * during:
        return "rise"
    return "spike" if during >= LEAST_SHAPE * newest else "level"


def direction(change: float, least: float = 0.005) -> str:
    """``up``, ``down`` or ``unchanged``, of a change as a fraction; less than ``least`` is no change."""
    if abs(change) < least:
        return "unchanged"
    return "up" if change > 0 else "down"


def went(change: float, least: float = 0.05) -> str:
    """``rose``, ``fell`` or ``hardly moved``, of a change as a fraction."""
    return {"up": "rose", "down": "fell", "unchanged": "hardly moved"}[direction(change, least)]


def change(of: Quantity, none: str = "hardly anything") -> Sentence:
    """A change in per cent with its sign, or words where it would print as nothing."""
    return Sentence(f"{of:signed}" if abs(of.value) >= LEAST_CHANGE else none, tuple(of.sources))


def chance(of: Quantity) -> Sentence:
    """A weight or a chance in per cent; of what is not certain, no more than all and no less than nothing."""
    return Sentence(f"{percent(of.value)} %" if 0 < of.value < 1 or 99 < of.value < 100 else f"{of}", tuple(of.sources))


def percent(value: float) -> str:
    """The number of :func:`chance`."""
    return "under 1" if 0 < value < 1 else "more than 99" if 99 < value < 100 else number(value)


def place(values: Iterable[float], low: float, high: float) -> str:
    """Where values lie against a range: all ``above``, all ``below``, all ``inside``, or ``across`` it."""
    values = list(values)
    if min(values) > high:
        return "above"
    if max(values) < low:
        return "below"
    return "inside" if min(values) >= low and max(values) <= high else "across"


def listed(words: Iterable[str], last: str = "and") -> str:
    """``a, b and c``; nothing of none."""
    words = list(words)
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def years(of: Iterable[str | int], name: Callable[[int], str] = str) -> str:
    """Years by their names, those in a row as one span: ``2018 to 2020, 2022 and 2023``."""
    runs: list[list[int]] = []
    for year in map(int, of):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    named = [[name(year) for year in run] for run in runs]
    return listed(text for run in named for text in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else run))


def day(when) -> str:
    """``22 November 2026``, in English whatever the locale."""
    moment = pd.Timestamp(when)
    return f"{moment.day} {moment.month_name()} {moment.year}"


def month(when) -> str:
    """``November 2026``, in English whatever the locale."""
    moment = when.to_timestamp() if isinstance(when, pd.Period) else pd.Timestamp(when)
    return f"{moment.month_name()} {moment.year}"


def period(text: str) -> str:
    """A period as readers say it: ``2024-05/2024-09`` is May–September 2024, ``2025-04-04`` is 4 April 2025."""
    first, _, last = text.partition("/")
    if len(first) == 10:
        return f"{day(first)}–{day(last)}" if last else day(first)
    if len(first) != 7 or first.startswith("FY"):
        return text
    start, end = pd.Period(first, "M"), pd.Period(last or first, "M")
    if start == end:
        return month(start)
    names = start.to_timestamp().month_name() if start.year == end.year else month(start)
    return f"{names}–{month(end)}"


def named(text: str) -> str:
    """A period inside a sentence: ``the first half of FY26``, ``FY25``, ``May–September 2024``."""
    if text[:2] == "FY" and "-H" in text:
        return f"the {'first' if text[-1] == '1' else 'second'} half of {text[:4]}"
    if text[:2] == "FY" and "-Q" in text:
        return f"the {('first', 'second', 'third', 'fourth')[int(text[-1]) - 1]} quarter of {text[:4]}"
    return period(text)


def count(number: int) -> str:
    """A small number in words: ``six``; digits from thirteen on."""
    small = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    return small[number] if number < len(small) else f"{number:,}"


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def several(number: int, what: str) -> str:
    """So many things in words: ``one figure``, ``six figures``."""
    return f"{count(number)} {what if number == 1 else what + 's'}"


def steadiness(low: float, high: float) -> str:
    """``steady`` or ``moved``: whether the highest of some values is at least a tenth above the lowest."""
    return "moved" if high >= 1.1 * low else "steady"


def share(part: float, whole: float) -> float | None:
    """A part as a share of a whole, 0-1; None where it is none: another sign, more than the whole, or no whole."""
    if not whole or not 0 <= part / whole <= 1:
        return None
    return part / whole


def overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two ranges ``(low, high)`` have a value in common."""
    return one[0] <= other[1] and other[0] <= one[1]


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
    """``rises``, ``falls`` or ``hardly moves``: the later of two figures against the earlier, if that is anything."""
    way = direction((last - first) / (first if first > 0 else max(first, last, 1.0)), LEAST_MOVE)
    return {"up": "rises", "down": "falls", "unchanged": "hardly moves"}[way]


def not_yet(india: Vintage, what: str) -> Sentence:
    """What to say where figures are missing: of our sources, not of the world."""
    return sentence("{what} cannot be said from the sources dated up to {day}.", what=what, day=day(india.day))
