"""What differs between two vintages, figure by figure, and every vintage between the two."""

from collections.abc import Iterable, Mapping
from functools import cached_property
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
    to come. What is only said otherwise in a note is no change.

    Attributes
    ----------
    changes : list of Change
        By table, key and period.
    """

    def __init__(self, old: Vintage, new: Vintage):
        self.old, self.new = old, new
        self._later = max(new, old, key=lambda one: one.day)
        self._rows = {name: (_rows(old.stored[name]), _rows(new.stored[name])) for name in new.stored}
        self.changes = [
            self._change(name, key)
            for name, (before, after) in self._rows.items()
            for key in sorted(before.keys() | after.keys())
            if _told(new.stored[name], before.get(key, ())) != _told(new.stored[name], after.get(key, ()))
        ]
        if _parts(old) != _parts(new):
            self.changes.append(Change(LIVE, (), "", NEW, None, None, frozenset()))

    def taking(self, chosen: Iterable[Change]) -> Vintage:
        """The older vintage, of the later day, with some changes."""
        taken = {(change.table, (*change.key, *([change.period] if change.period else []))) for change in chosen}
        tables = {}
        for name, (before, after) in self._rows.items():
            keys = [*before, *(key for key in after if key not in before)]
            rows = ((after if (name, key) in taken or key in self._same[name] else before).get(key, ()) for key in keys)
            tables[name] = self.new.stored[name].having(row for of in rows for row in of)
        return self._later.having(tables, self.new.live if (LIVE, ()) in taken else self.old.live)

    @cached_property
    def _same(self) -> dict[str, set]:
        """The keys of rows that differ in nothing but what is said of them: taken as the newer vintage has them."""
        changed: dict[str, set] = {name: set() for name in self._rows}
        for one in self.changes:
            if one.table != LIVE:
                changed[one.table].add((*one.key, *([one.period] if one.period else [])))
        return {name: set(after) - changed[name] for name, (_, after) in self._rows.items()}

    def _change(self, name: str, key: tuple) -> Change:
        table = self.new.stored[name]
        period = key[-1] if key and "period" in table.columns else ""
        own = key[:-1] if period else key
        before, after = (of.figures(False).get(name, {}).get(own, {}).get(period) for of in (self.old, self.new))
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


def _rows(table: Table) -> dict[tuple, tuple]:
    """The rows of each figure; of a table that names none, all of them together."""
    found: dict[tuple, list] = {}
    for key, row in table.keyed() if table.keys else (((), row) for row in table.rows):
        found.setdefault(key, []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _told(table: Table, rows: Iterable[tuple]) -> list[str]:
    """What is reckoned from rows, in one order."""
    kept = [place for place, column in enumerate(table.columns) if column not in _SAME]
    return sorted(repr([row[place] for place in kept]) for row in rows)


def _parts(india: Vintage) -> Mapping[str, str]:
    return {} if india.live is None else india.live.fingerprint
