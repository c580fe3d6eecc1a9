"""Figures that follow from others, computed when a vintage is made, so that a change upstream cannot leave them stale.

A row of ``derivations.csv`` names what is computed (a key, in which ``*`` stands for anything, and a pattern of
periods), by which rule, and from which figures: each input is the key with some columns replaced, such as
``measure=weight & partner=world``. A rule is used wherever its inputs are known and no figure as good is published;
what would be more than its whole, or less than nothing, is not computed.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from inspect import signature
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

import pandas as pd

from helpers import fiscal
from helpers.data import relations
from helpers.data.relations import Figure, Series
from helpers.data.tables import DataError
from helpers.methods import intervals
from helpers.methods.intervals import Interval

Key = tuple[str, ...]
Known = dict[str, dict[Key, Series]]
Result = tuple[Key, str, Interval, list[Figure], str]

WHOLE = "world"
"""What stands in the place of a partner or a reporter for all of them."""


class Input(NamedTuple):
    """Where a figure comes from: a table, its key (``None`` for what the target has), and its period if fixed.

    ``*`` in the key stands for all that have figures but the whole itself: the input is their sum.
    """

    table: str
    key: tuple[str | None, ...]
    period: str | None


class Step(NamedTuple):
    """A row of ``derivations.csv``, read."""

    table: str
    key: Key
    period: str
    unit: str
    rank: int
    rule: str
    factor: float
    inputs: tuple[Input, ...]
    note: str
    adds_up: tuple[Key, ...]
    world: int | None
    against: Input | None


@dataclass(frozen=True, eq=False)
class Family:
    """Steps that share figures with no other: of each table the first columns of their keys, ``*`` for any."""

    firsts: Mapping[str, frozenset[str]]
    steps: tuple[Step, ...]


def steps(rows: pd.DataFrame, file: str, keys: Mapping[str, Key], ranks: Mapping[str, int]) -> list[Step]:
    """The rows of a table of rules, in their order.

    Raises
    ------
    DataError
        If a row names a table, a column, a rule or a period that there is not, or computes a figure from itself.
    """
    read = []
    for line, row in enumerate(rows.itertuples(), start=2):
        try:
            key, columns = tuple(row.key.split("/")), keys[row.table]
            itself = Input(row.table, (None,) * len(key), None)
            inputs = tuple(_input(text, row.table, keys) for text in row.inputs.split("; ")) if row.inputs else ()
            against = _input(row.against, row.table, keys) if getattr(row, "against", "") else itself
            if row.rule not in relations.RULES or len(key) != len(columns):
                raise KeyError(row.rule if row.rule not in relations.RULES else f"{row.key} for the columns {columns}")
            signature(relations.RULES[row.rule]).bind(row.period, *(inputs or (itself,)), done=())
            if not set("*?[") & set(row.period or "*"):
                fiscal.span(row.period)
            if not (pd.isna(row.factor) or 0 < row.factor < math.inf):
                raise ValueError(f"factor {row.factor:g} is not above 0")
            alone = all(at(i, key) == (row.table, key) and i.period in (None, row.period) for i in inputs or (itself,))
            if file == "derivations" and row.rule not in relations.OF_PARTS and alone:
                raise ValueError(f"{row.rule} of nothing but the figure itself")
        except (KeyError, TypeError, ValueError) as error:
            said = f"data/{file}.csv line {line} cannot be read: {error}{' is unknown' * isinstance(error, KeyError)}"
            raise DataError(f"{said}\ncorrect the row; rules are {', '.join(relations.RULES)}") from error
        world = columns.index("partner") if "partner" in columns else None
        factor = 1.0 if pd.isna(row.factor) else row.factor
        rank, note = ranks[getattr(row, "status", "derived")], getattr(row, "note", "")
        of = row.table, key, row.period, row.unit, rank, row.rule, factor, inputs or (itself,), note
        read.append(Step(*of, (), world, against))
    sums = {table: tuple(s.key for s in read if s.table == table and s.rule in relations.OF_SUMS) for table in keys}
    return [step._replace(adds_up=sums[step.table]) for step in read]


@lru_cache(maxsize=8)
def families(steps: tuple[Step, ...]) -> list[Family]:
    """Steps in their order, put together so that no figure of a family hangs on one of another."""
    found: list[tuple[list[tuple[str, str]], list[int]]] = []
    for place, step in enumerate(steps):
        names = [(step.table, step.key[0]), *((table, key[0]) for table, key in (at(i, step.key) for i in step.inputs))]
        near = [one for one in found
                if any(a == b and (x == y or "*" in (x, y)) for a, x in one[0] for b, y in names)]  # fmt: skip
        names += [name for one in near for name in one[0]]
        places = sorted([place, *(other for one in near for other in one[1])])
        found = [*(one for one in found if one not in near), (names, places)]
    made = []
    for names, places in sorted(found, key=itemgetter(1)):
        firsts = {table: frozenset(first for name, first in names if name == table) for table, _ in names}
        made.append(Family(firsts, tuple(steps[place] for place in places)))
    return made


def results(known: Known, step: Step, keys: list | None = None, anew: bool = True) -> Iterator[Result]:
    """What a step makes of what is known, also (``anew``) what is there: key, period, range, figures used, and how."""
    for key, inputs in targets(known, step).items() if keys is None else keys:
        series = [_series(known, place, one, step.period) for place, one in zip(inputs, step.inputs, strict=True)]
        alone = len(series[0]) == 1 and step.rule in relations.OF_PARTS
        if alone or not all(series[:2] if step.rule in relations.LAST else series):
            continue
        there = {} if anew else known[step.table].get(key, {})
        done = {period for period, figure in there.items() if figure.rank <= step.rank}
        for period, value, used, said in relations.RULES[step.rule](step.period, *series, done=done):
            if fnmatchcase(period, step.period):
                yield key, period, intervals.scaled(value, step.factor) if step.factor != 1 else value, used, said


def computed(known: Known, derivations: Sequence[Step]) -> dict[str, list[tuple[Key, str, Figure]]]:
    """Everything that follows from what is known, by table, in the order in which it was found.

    The rules are tried in their order until none gives anything new. Growth that was published comes last, the longest
    periods first, and after each the others are tried again: a remainder of published sums is better than a level
    before a rounded growth rate. What is computed is added to ``known``.
    """
    made: dict[str, list[tuple[Key, str, Figure]]] = {}
    found: list[dict[Key, int]] = [{} for _ in derivations]
    waiting: list[dict[int, tuple]] = [{} for _ in derivations]  # what to try, by its place in the order of finding
    affects: dict[tuple[str, Key], list[tuple[int, int, tuple]]] = {}
    looked, again = [0] * len(derivations), True
    while again:
        again = False
        for place, step in enumerate(derivations):
            first = len(known.get(step.inputs[0].table, ()))
            for key, inputs in targets(known, step, looked[place]).items() if looked[place] < first else ():
                if key not in found[place]:
                    number = found[place][key] = len(found[place])
                    waiting[place][number] = key, inputs
                    for one in (*inputs, (step.table, key)):
                        affects.setdefault(one, []).append((place, number, (key, inputs)))
            looked[place] = first
            if not waiting[place]:
                continue
            fresh = [waiting[place][number] for number in sorted(waiting[place])]
            new, last = _new(known, step, fresh), step.rule in relations.LAST
            longest = max((_length(period) for _, period in new), default=0) if last else 0
            if not last or all(_length(period) == longest for _, period in new):
                waiting[place] = {}
            for (key, period), figure in new.items():
                if _length(period) >= longest:
                    known[step.table].setdefault(key, {})[period] = figure
                    made.setdefault(step.table, []).append((key, period, figure))
                    for other, number, touched in affects.get((step.table, key), ()):
                        waiting[other][number] = touched
            again = again or bool(new)
            if new and last:
                break
    return made


def targets(known: Known, step: Step, since: int = 0) -> dict[Key, tuple[tuple[str, Key], ...]]:
    """The keys that a step may give, its own or one for each key of its first input, and where its inputs stand.

    ``since`` is how many keys of that input have been looked at before.
    """
    keys = [step.key]
    if "*" in step.key:
        first = step.inputs[0]
        wanted = [own if part is None else part for own, part in zip(step.key, first.key, strict=True)]
        fresh = _alike(islice(known.get(first.table, {}), since, None), wanted)
        keys = [tuple([has if part == "*" else part for part, has in zip(step.key, key, strict=True)]) for key in fresh]
    return {key: tuple([at(one, key) for one in step.inputs]) for key in keys}


def _new(known: Known, step: Step, keys: list) -> dict[tuple[Key, str], Figure]:
    """What a step gives that is not there yet, by key and period."""
    new: dict[tuple[Key, str], Figure] = {}
    for key, period, value, used, said in results(known, step, keys, anew=False):
        there = known[step.table].get(key, {})
        rank = max([step.rank, *[figure.rank for figure in used]])
        if (key, period) in new or (period in there and there[period].rank <= rank):
            continue
        if _fits(known[step.table], key, period, value, step):
            least, day, source = _behind(used)
            note = f"{step.note}: {said}" if step.note else said
            value = Interval(max(value.low, 0.0), value.value, value.high)
            new[key, period] = Figure(value, step.unit, least and rank, day, source, note, computed=True)
    return new


def at(wanted: Input, key: Key) -> tuple[str, Key]:
    """The table and the key of an input for a target."""
    if None not in wanted.key:
        return wanted.table, wanted.key
    return wanted.table, tuple([has if part is None else part for has, part in zip(key, wanted.key, strict=True)])


def _series(known: Known, place: tuple[str, Key], wanted: Input, period: str) -> Series:
    series = known.get(place[0], {})
    found = _together(series, place[1]) if "*" in wanted.key else series.get(place[1], {})
    if wanted.period is None:
        return found
    return {period: found[wanted.period]} if wanted.period in found else {}


def _together(known: dict[Key, Series], pattern: Key) -> Series:
    """By period, the sum of all figures whose key is like a pattern, without those that are the whole already."""
    found: dict[str, list[Figure]] = {}
    for key in _alike(known, pattern):
        if not any(p == "*" and has == WHOLE for p, has in zip(pattern, key, strict=True)):
            for period, figure in known[key].items():
                found.setdefault(period, []).append(figure)
    return {period: _added(figures) for period, figures in found.items()}


def _added(figures: list[Figure]) -> Figure:
    value, computed = intervals.total(*(one.range for one in figures)), any(one.computed for one in figures)
    return Figure(value, figures[0].unit, *_behind(figures), computed=computed)


def _behind(figures: list[Figure]) -> tuple[int, int, str]:
    """Rank, day and sources of what figures make: as the least sure, but assumed if one is; as the youngest; all."""
    rank = max(ranks) if all(ranks := [one.rank for one in figures]) else 0
    sources = " ".join(sorted({source for one in figures for source in one.source.split()}))
    return rank, max([one.published for one in figures]), sources


def _fits(known: dict[Key, Series], key: Key, period: str, value: Interval, step: Step) -> bool:
    """Whether a figure is possible: not below nothing, a share of at most all, no more than what it is a part of."""
    if value.value < 0 or (step.unit == "%" and value.value > 100):
        return False
    if not _adds_up(key, step.adds_up):
        return True
    if step.world is not None and key[step.world] != "world":
        total = known.get((*key[: step.world], "world", *key[step.world + 1 :]), {}).get(period)
        if total is not None and value.value > total.range.value:
            return False
    own = fiscal.bounds(period)
    for other, figure in known.get(key, {}).items() if own else ():
        theirs = fiscal.bounds(other) if other != period else None
        if theirs and theirs[0] <= own[0] and own[1] <= theirs[1] and value.value > figure.range.value:
            return False
        if theirs and own[0] <= theirs[0] and theirs[1] <= own[1] and value.value < figure.range.value:
            return False
    return True


@lru_cache(maxsize=4096)
def _adds_up(key: Key, patterns: tuple[Key, ...]) -> bool:
    return any(_alike([key], pattern) for pattern in patterns)


def _alike(keys: Iterable[Key], pattern: Sequence[str]) -> list[Key]:
    fixed = [place for place, part in enumerate(pattern) if part != "*"]
    parts = itemgetter(*fixed) if fixed else bool
    wanted = parts(pattern)
    return [key for key in keys if parts(key) == wanted]


def _length(period: str) -> int:
    found = fiscal.bounds(period) if period else None  # assumptions have no period
    return found[1] - found[0] if found else 0


def _input(text: str, table: str, keys: Mapping[str, Key]) -> Input:
    given = dict(part.split("=", 1) for part in text.split(" & "))
    of, period = given.pop("table", table), given.pop("period", None)
    if period is not None:
        fiscal.span(period)
    if unknown := set(given) - set(keys[of]):
        raise KeyError(*unknown)
    if of != table and set(given) != set(keys[of]):
        raise KeyError(f"{of} without all of {keys[of]}")
    return Input(of, tuple(given.get(column) for column in keys[of]), period)
