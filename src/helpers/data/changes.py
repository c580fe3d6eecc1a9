"""What differs between two vintages, figure by figure, and every vintage between the two."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from helpers.data import public
from helpers.data.tables import Table
from helpers.data.vintage import Vintage

NEW, REVISED, WITHDRAWN, BESIDE, CHANGED = "new", "revised", "withdrawn", "beside", "changed"
"""What happened to a figure: first published; another value; gone; a rival that is not used; rows without figures."""

LIVE = "live"
"""The table of what the archive holds and no table has."""

_SAME = ("note", "written")
"""Columns that nothing is reckoned from."""


@dataclass(frozen=True, eq=False)
class Change:
    """A figure whose rows differ: the table, its key, its period, what happened, and who says so."""

    table: str
    key: tuple[str, ...]
    period: str
    kind: str
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
        self._tables: dict[str, _Table] = {}
        for name, table in new.stored.items():
            if name not in but and old.stored[name].content() != table.content():
                self._tables[name] = _Table(old.stored[name], table)
        self.changes = [change for _, table in sorted(self._tables.items()) for change in table.changes.values()]
        self._live = Change(LIVE, (), "", NEW, frozenset())
        self.changes += [self._live] if _parts(old) != _parts(new) else []

    def taking(self, chosen: Iterable[object]) -> Vintage:
        """The older vintage, of the later day, with some changes."""
        taken = frozenset(chosen)
        tables = {name: table.taking(taken) for name, table in self._tables.items()}
        live = self.new.live if self._live in taken else self.old.live
        return self._later.having({**self.new.stored, **tables}, live)


class _Table:
    """A table before and after, by figure, and the tables that lie between the two, each made once."""

    def __init__(self, old: Table, new: Table):
        self.new, self._before, self._after = new, old.rivals(), new.rivals()
        places, differ = new.key(), old.content()[2] ^ new.content()[2]
        apart = {tuple([row[place] for place in places]) for row in differ} if new.keys else {()}
        used = [dict(public.choose(table).keyed()) for table in (old, new)] if new.keys else []
        self.changes = {}
        for key in sorted(apart):
            before, after = self._before.get(key, []), self._after.get(key, [])
            if not _alike(new, before, after):
                self.changes[key] = _change(new, key, before + after, [of.get(key) for of in used])
        self._made = {frozenset(): old, frozenset(self.changes.values()): new}

    def taking(self, chosen: frozenset[object]) -> Table:
        taken = chosen.intersection(self.changes.values())
        if taken not in self._made:
            stays = {key for key, one in self.changes.items() if one not in taken}
            rows = ((self._before if key in stays else self._after).get(key, ()) for key in self._after | self._before)
            self._made[taken] = self.new.having(chain.from_iterable(rows))
        return self._made[taken]


def _change(table: Table, key: tuple, rows: list[tuple], used: list[tuple | None]) -> Change:
    """What happened to a figure: by all its rows, and by the one used before and after."""
    period = key[-1] if key and "period" in table.columns else ""
    said = table.columns.index("source") if "source" in table.columns else None
    sources = frozenset() if said is None else frozenset(" ".join([row[said] for row in rows]).split())
    return Change(table.name, key[:-1] if period else key, period, _kind(table, used), sources)


def _kind(table: Table, used: list[tuple | None]) -> str:
    if not used:
        return CHANGED
    before, after = [None if row is None else public.figure(table, row) for row in used]
    if before is None or after is None:
        return BESIDE if before is after else WITHDRAWN if after is None else NEW
    return BESIDE if before.range == after.range and before.unit == after.unit else REVISED


def _alike(table: Table, before: list[tuple], after: list[tuple]) -> bool:
    """Whether two groups of rows differ in nothing that is reckoned from, nor in their order."""
    if len(before) != len(after):
        return False
    kept = [place for place, column in enumerate(table.columns) if column not in _SAME]
    first, second = (sorted(repr([row[place] for place in kept]) for row in rows) for rows in (before, after))
    return first == second


def _parts(india: Vintage) -> Mapping[str, str]:
    return {} if india.live is None else india.live.fingerprint
