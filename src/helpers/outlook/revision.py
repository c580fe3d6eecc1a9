"""What moved a forecast between two runs: new, revised and withdrawn figures, judgements, drivers, parameters, model.

Effects are exact Shapley values in the unit of the forecast (Shapley 1953; Shorrocks 2013), of figures within what
they are part of those of Owen (1977): they sum to the change without a rest, whatever the order in which things are
named, and turn their sign when old and new are swapped. Every set of changes is one forecast by the code of today.
That the day is a later one is told apart first, among the parameters. What that code makes of the old inputs, less
what was published of them, is the model's part: old code is not needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.data.changes import BESIDE, REVISED, WITHDRAWN, Between, Change
from helpers.outlook import forecast, headline, targets, value
from helpers.outlook.attribution import cost, owen
from helpers.outlook.episodes import starting_from

FIGURES, REVISIONS, GONE = "new figures", "revised figures", "withdrawn figures"
JUDGEMENTS, DRIVERS, PARAMETERS, MODEL = "judgements", "drivers", "parameters", "model"
PARTS = (FIGURES, REVISIONS, GONE, JUDGEMENTS, DRIVERS, PARAMETERS, MODEL)
"""What a change is split into."""

KEYS = ["target", "period", "quantile", "unit"]
COLUMNS = [*KEYS, "part", "table", "key", "when", "count", "others", "effect", "source"]
ENDS = [*KEYS, "before", "after", "source"]
DAY, OLD_CODE = "day", "code"
"""The keys of what is no row and no parameter: time that passed, and what today's code makes of the old inputs."""

FEW = 5
"""Series or figures of a part that are told apart; the others are one."""

UNREAD = ("forecasts", "events", "contradictions", "calendar")
"""Tables that no forecast is made from: what was forecast, what happened, where sources disagree, what is due."""

_TABLES = dict.fromkeys(("assumptions", "episodes", "regimes"), JUDGEMENTS)
_TABLES |= dict.fromkeys(("drivers", "demand", "prices"), DRIVERS)
_KINDS = {REVISED: REVISIONS, WITHDRAWN: GONE}
_SETTINGS = ("target", "horizon", "baseline_t")
Key = tuple[str, float]
Values = Mapping[Key, float]
"""A forecast by period and quantile."""

_ROUNDED = 1e-9
"""How far a published value may be from the forecast of today's code, as a fraction, to be the same, written down."""


@dataclass(frozen=True)
class State:
    """What a forecast is made of, and, if it was, what was published of it (:data:`headline.COLUMNS`)."""

    india: Vintage
    target: str = targets.CUSTOMS.name
    horizon: int = 10
    baseline_t: float | None = None
    published: pd.DataFrame | None = field(default=None, compare=False)


class Revision(NamedTuple):
    """What moved a forecast: ``table`` has :data:`COLUMNS`, the ``effect`` of each thing on each quantile; ``ends`` has
    :data:`ENDS`. Quantiles that only one run has are left out.
    """

    table: pd.DataFrame
    ends: pd.DataFrame


class _Cluster(NamedTuple):
    """Changes that come together: of one series, if ``key`` names it, and so many ``others``."""

    part: str
    table: str
    key: str
    when: str
    changes: tuple[Change | str, ...]
    others: int = 0

    def told(self) -> tuple[tuple, str]:
        """What a row says of it before its effect, and after."""
        changes = [one for one in self.changes if isinstance(one, Change)]
        about = self.part, self.table, self.key, self.when, len(changes), self.others
        return about, ids(frozenset().union(*(one.sources for one in changes)))


def years(state: State, target: str) -> list[str]:
    """The fiscal years of which it forecasts a target, or published it; none while there is no total to start from."""
    if state.published is not None or target == value.NAME:
        known = value.expected(state.india) if state.published is None else state.published
        return [*dict.fromkeys(known.loc[known["target"] == target, "period"])]
    if not {target, state.target} <= set(targets.with_totals(state.india)):
        return []
    last, asked = (fiscal.fiscal_year(targets.totals(state.india, of).index[-1]) for of in (target, state.target))
    return [*map(fiscal.year_name, range(last + 1, asked + state.horizon + 1))]


def between(old: State, new: State, only: Iterable[str] = headline.UNITS, most: int = 64) -> Revision:
    """The change of every quantile that both forecasts publish, split into :data:`PARTS`.

    Parameters
    ----------
    old, new : State
    only : iterable of str
        Targets: ``customs``, ``repm``, ``value``.
    most : int
        Forecasts of a target that may be made: the fewer, the more figures are put together.
    """
    of, rows, ends = Between(old.india, new.india, UNREAD), [], []
    for target in only:
        known = _values(old.india, old, target), _values(new.india, new, target)
        before, after = (_published(state, one, target) for state, one in zip((old, new), known, strict=True))
        keys = [key for key in before if all(key in other for other in (after, *known))]
        if not keys:
            continue
        made = _Game(of, old, new, target, keys)
        found, (was, then, now, tells) = made.split(most), (_at(one, keys) for one in (before, *known, after))
        found[_Cluster(MODEL, "", OLD_CODE, "", ())] = (tells - now) + (then - was)
        first, last = made.worth([]), made.worth(one for changes in made.parts.values() for one in changes)
        found[_Cluster(PARAMETERS, "", DAY, f"{old.india.day}/{new.india.day}", ())] = first - then + now - last
        unit, uses = headline.UNITS[target], ids(_used(starting_from(new.india, new.baseline_t), target))
        for cluster, effects in found.items():
            told, source = cluster.told()
            rows += [(target, *key, unit, *told, *effect, source)
                     for key, *effect in zip(keys, effects.tolist(), strict=True)]  # fmt: skip
        ends += [(target, *key, unit, before[key], after[key], uses) for key in keys]
    return Revision(pd.DataFrame(rows, columns=COLUMNS), pd.DataFrame(ends, columns=ENDS))


class _Game:
    """The forecasts of one target with some of the changes, each made once."""

    def __init__(self, of: Between, old: State, new: State, target: str, keys: list[Key]):
        self.of, self.old, self.new, self.target, self.keys = of, old, new, target, keys
        self.parts: dict[str, list[Change | str]] = {}
        for change in of.changes:
            self.parts.setdefault(part(change), []).append(change)
        if differ := [name for name in _SETTINGS if getattr(old, name) != getattr(new, name)]:
            self.parts[PARAMETERS] = list(differ)
        self.found: dict[frozenset, np.ndarray] = {}

    def worth(self, chosen: Iterable[Change | str]) -> np.ndarray:
        """The forecast with some changes, and the old settings where they are not among them."""
        chosen = frozenset(chosen)
        if chosen not in self.found:
            settings = {name: getattr(self.new if name in chosen else self.old, name) for name in _SETTINGS}
            india = self.of.taking(chosen)
            self.found[chosen] = _at(_values(india, State(india, **settings), self.target), self.keys)
        return self.found[chosen]

    def split(self, most: int) -> dict[_Cluster, np.ndarray]:
        """The effect of each cluster of changes."""
        clusters = self._clusters(self._moving(), most)
        groups: dict[str, list[int]] = {}
        for place, cluster in enumerate(clusters):
            groups.setdefault(cluster.part, []).append(place)
        effects = owen(lambda places: self.worth(one for place in places for one in clusters[place].changes), groups)
        return {cluster: effects[place] for place, cluster in enumerate(clusters)}

    def _moving(self) -> dict[str, list]:
        """The parts without those that move nothing: neither where they come first nor where they come last."""

        def worth(names: frozenset) -> np.ndarray:
            return self.worth(change for name in names for change in self.parts[name])

        whole = frozenset(self.parts)
        idle = {
            name for name in whole
            if np.array_equal(worth(frozenset({name})), worth(frozenset()))
            and np.array_equal(worth(whole - {name}), worth(whole))
        }  # fmt: skip
        if idle and not np.array_equal(worth(whole - idle), worth(whole)):
            idle = set()
        return {name: changes for name, changes in self.parts.items() if name not in idle}

    def _clusters(self, parts: dict[str, list], most: int) -> list[_Cluster]:
        used = frozenset().union(*(_used(state.india, self.target) for state in (self.old, self.new)))
        series = {name: _series(name, changes, self.target, used) for name, changes in parts.items()}
        sizes = dict.fromkeys(series, 1)
        for name in sorted(series, key=PARTS.index):
            while sizes[name] < min(len(series[name]), FEW) and cost(sizes | {name: sizes[name] + 1}) <= most:
                sizes[name] += 1
        return [one for name, rows in series.items() for one in _first(rows, sizes[name])]


def part(change: Change) -> str:
    """What a change is part of."""
    return _TABLES.get(change.table) or _KINDS.get(change.kind, FIGURES)


def _series(name: str, changes: list, target: str, used: frozenset[str]) -> list[_Cluster]:
    """The changes of a part by series, those of the target by figure; what is likeliest to matter first."""
    if name == PARAMETERS:
        return [_Cluster(name, "", one, "", (one,)) for one in changes]
    of = targets.TARGETS.get(target, targets.CUSTOMS)
    own = of.table, tuple(of.keys.values())
    found: dict[tuple, list[Change]] = {}
    for one in changes:
        found.setdefault((one.table, one.key, one.period if (one.table, one.key) == own else ""), []).append(one)
    ranked = sorted(found, key=lambda it: (it[:2] != own, _place(found[it], it[2], used), it))
    return [_Cluster(name, table, "/".join(key), _when(found[table, key, period]), tuple(found[table, key, period]))
            for table, key, period in ranked]  # fmt: skip


def _place(changes: list[Change], period: str, used: frozenset[str]) -> tuple[int, ...]:
    """What puts a series before others: of the target new values, and the latest; else how much of it is used."""
    if period:
        return (changes[0].kind == BESIDE, -fiscal.span(period)[1].toordinal())
    return (-sum([not used.isdisjoint(one.sources) for one in changes]),)


def _first(series: list[_Cluster], size: int) -> list[_Cluster]:
    """The first of some series, and the others as one; where there is but one, it has the name of the first."""
    if len(series) <= size:
        return series
    rest = tuple(change for one in series[size - 1 :] for change in one.changes)
    if size == 1:
        return [series[0]._replace(changes=rest, others=len(rest) - len(series[0].changes))]
    return [*series[: size - 1], _Cluster(series[0].part, "", "", "", rest, len(rest))]


def _when(changes: Sequence[Change]) -> str:
    periods = sorted({one.period for one in changes if one.period}, key=fiscal.span)
    return periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}" if periods else ""


def _values(india: Vintage, state: State, target: str) -> Values:
    return _forecast(starting_from(india, state.baseline_t), target, state.target, state.horizon)


@targets.remembered
def _forecast(india: Vintage, target: str, asked: str, horizon: int) -> Values:
    """One target of what a report publishes."""
    if target == value.NAME:
        table = value.expected(india)
    else:
        table = (forecast.expected if target == asked else forecast.beside)(india, asked, horizon)
    return _read(headline.told(table))


def _read(table: pd.DataFrame) -> Values:
    return {(row.period, row.quantile): float(row.value) for row in table.itertuples()}


def _at(values: Values, keys: list[Key]) -> np.ndarray:
    return np.array([values.get(key, np.nan) for key in keys])


def _published(state: State, known: Values, target: str) -> Values:
    """What was published of a target; today's value where it is the same, written with fewer digits."""
    if state.published is None:
        return known
    told = _read(state.published[state.published["target"] == target])
    same = {key: now for key, now in known.items() if abs(told.get(key, np.nan) - now) <= _ROUNDED * abs(now)}
    return {**told, **same}


def _used(india: Vintage, target: str) -> frozenset[str]:
    try:
        return value.used(india) if target == value.NAME else forecast.used(india, target)
    except ValueError:  # it has no yearly total yet
        return frozenset()
