"""What differs between two vintages, figure by figure, and every vintage between the two."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from helpers.data.relations import Figure
from helpers.data.tables import Table
from helpers.data.vintage import Vintage

NEW, REVISED, WITHDRAWN, BESIDE, CHANGED = "new", "revised", "withdrawn", "beside", "changed"
"""What happened to a figure: first published; another value; gone; a rival that is not used; rows without figures."""

LIVE = "live"
"""The table of what the archive holds and no table has."""

_SAME = ("note", "written")
"""Columns that nothing is reckoned from."""


class Change(NamedTuple):
    """A figure whose rows differ: the table, its key, its period, what happened, and its values before and after."""

    table: str
    key: tuple[str, ...]
    period: str
    kind: str
    before: Figure | None
    after: Figure | None
    sources: frozenset[str]


class Between:
    """Two vintages, what differs between them, and the vintages in which only some of that has come.

    All of them stand on the later of the two days and on the rules of that vintage, so that no figure is of a day yet
    to come. What is only said otherwise in a note is no change, nor is what is in the tables left out (``but``).

    Attributes
    ----------
    changes : list of Change
        By table, key and period.
    """

    def __init__(self, old: Vintage, new: Vintage, but: Collection[str] = ()):
        self.old, self.new = old, new
        self._later = max(new, old, key=lambda one: one.day)
        self._rows = {name: (_rows(old.stored[name]), _rows(new.stored[name])) for name in new.stored}
        self._figures = old.figures(False), new.figures(False)
        self.changes = [
            self._change(name, key)
            for name, (before, after) in self._rows.items()
            if name not in but
            for key in sorted(before.keys() | after.keys())
            if not _alike(new.stored[name], before.get(key, ()), after.get(key, ()))
        ]
        self._changed: dict[str, set[tuple]] = {}
        for one in self.changes:
            self._changed.setdefault(one.table, set()).add(_whole(one))
        self._keys = {name: list({**self._rows[name][1], **self._rows[name][0]}) for name in self._changed}
        self._calm = {name: new.stored[name] for name in self._rows if name not in self._changed}
        if _parts(old) != _parts(new):
            self.changes.append(Change(LIVE, (), "", NEW, None, None, frozenset()))

    def taking(self, chosen: Iterable[Change]) -> Vintage:
        """The older vintage, of the later day, with some changes."""
        taken: dict[str, set[tuple]] = {}
        for one in chosen:
            taken.setdefault(one.table, set()).add(_whole(one))
        tables = dict(self._calm)
        for name, changed in self._changed.items():
            before, after = self._rows[name]
            come = taken.get(name, set()) | (after.keys() - changed)
            rows = ((after if key in come else before).get(key, ()) for key in self._keys[name])
            tables[name] = self.new.stored[name].having(row for of in rows for row in of)
        return self._later.having(tables, self.new.live if LIVE in taken else self.old.live)

    def _change(self, name: str, key: tuple) -> Change:
        table = self.new.stored[name]
        period = key[-1] if key and "period" in table.columns else ""
        own = key[:-1] if period else key
        before, after = (figures.get(name, {}).get(own, {}).get(period) for figures in self._figures)
        rows = {*self._rows[name][0].get(key, ()), *self._rows[name][1].get(key, ())}
        place = table.columns.index("source") if "source" in table.columns else None
        ids = frozenset() if place is None else frozenset(one for row in rows for one in row[place].split())
        return Change(name, own, period, _kind(table, before, after), before, after, ids)


def _kind(table: Table, before: Figure | None, after: Figure | None) -> str:
    if not table.keys:
        return CHANGED
    if before is None or after is None:
        return BESIDE if before is after else WITHDRAWN if after is None else NEW
    return BESIDE if before.range == after.range and before.unit == after.unit else REVISED


def _whole(change: Change) -> tuple[str, ...]:
    """What names a figure in its table, the period too."""
    return (*change.key, change.period) if change.period else change.key


def _rows(table: Table) -> dict[tuple, tuple]:
    """The rows of each figure; of a table that names none, all of them together."""
    found: dict[tuple, list] = {}
    for key, row in table.keyed() if table.keys else (((), row) for row in table.rows):
        found.setdefault(key, []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _alike(table: Table, before: tuple, after: tuple) -> bool:
    """Whether two groups of rows differ in nothing that is reckoned from, nor in their order."""
    if before == after:
        return True
    kept = [place for place, column in enumerate(table.columns) if column not in _SAME]
    first, second = (sorted(repr([row[place] for place in kept]) for row in rows) for rows in (before, after))
    return first == second


def _parts(india: Vintage) -> Mapping[str, str]:
    return {} if india.live is None else india.live.fingerprint
