"""What was public on a day, as a value: read once, never changed; every what-if is a copy.

A figure carries the day on which it became public, so any past day can be seen again. Rival figures of one key stand
side by side in the files; the one to use is chosen by status, then by date, and never silently between equals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from inspect import Signature
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from helpers import paths
from helpers.data import derive, judgements, live, public, tables, whatif
from helpers.data.live import View
from helpers.data.public import RANK, STATUSES
from helpers.data.quantity import Quantity, from_row
from helpers.data.tables import DataError, Table, near, once

__all__ = ["STATUSES", "Vintage", "vintage"]


def vintage(as_of: str | date, folder: Path | None = None) -> "Vintage":
    """Everything in ``data/`` and its archive that was public on a day, corrections applied, derived figures computed.

    Parameters
    ----------
    as_of : str or datetime.date
        Nothing published later is in it.
    folder : Path, optional
        Another folder of the same tables; the project's ``data/`` unless given.

    Raises
    ------
    DataError
        If a file cannot be read, a correction no longer fits, or two rows of a key are equally good.
    """
    raw, day = tables.required(folder), tables.day(as_of)
    keys = {name: raw[name].keys for name in tables.DATED}
    steps, rules = (derive.steps(raw[name].frame(), name, keys, RANK) for name in ("derivations", "identities"))
    checks = tuple(zip(raw["identities"].frame().to_dict("records"), rules, strict=True))
    terms = raw["terms"].frame().set_index("id")[["licence", "may_redistribute"]]
    sources = raw["sources"].frame().set_index("id").join(terms, on="terms")
    families = derive.families(tuple(steps))
    fixed = {"sources": sources, "families": families, "checks": checks, "written": MappingProxyType(raw)}
    known, view = public.known(raw, day), live.held_by(paths.archive(folder), day, raw["feeds"])
    return _made(day, live.entering(known, view, raw["feeds"]) if view else known, fixed, view)


@dataclass(frozen=True, eq=False, repr=False)
class Vintage:
    """What was public on a day: made by ``data.vintage("2026-11-22")``, never by hand.

    - ``table(name)``, ``series(name, **keys)``, ``figure(name, period, **keys)``, ``assumption(name)``: what is in it
    - ``withdrawn(name)``: what stood in it on an earlier day and was taken back; ``on(day)``: the vintage of that day
    - ``adding(name, *rows)``, ``assuming(name, values)``: a copy with other figures or judgements
    - ``sources``, ``publishers(ids)``, ``disagreements(*ids)``, ``backcast``: who says so, and when

    Attributes
    ----------
    day : datetime.date
    stored : mapping
        Each dated table as it was public, rivals side by side, without what follows from others.
    live : View, optional
        What the archive of live sources held on the day.
    """

    __signature__ = Signature()
    day: date
    stored: Mapping[str, Table]
    _published: Mapping[str, Table]
    _chosen: Mapping[str, Table]
    _fixed: Mapping[str, object]
    live: View | None = None
    _seen: dict = field(default_factory=dict, init=False)

    def table(self, name: str, vintages: bool = False, **cells: str) -> pd.DataFrame:
        """A table with the row to use of each key; with ``vintages``, every row that still stands on the day.

        Only rows that hold ``cells``, by column. What follows from other figures stands at the end. Rows whose status
        is ``missing`` stay, without a value; what they withdraw is in :meth:`withdrawn`.
        """
        return _rows(_of(self._published if vintages else self._chosen, name), cells)

    def withdrawn(self, name: str, **cells: str) -> pd.DataFrame:
        """The rows that their own source had withdrawn by the day, with ``withdrawn``, the day on which it did."""
        return _rows(public.withdrawn(_of(self.stored, name)), cells)

    def series(self, name: str, *, unverified: bool = False, **keys: str) -> pd.DataFrame:
        """The figures of one key over its periods, oldest first, without gaps and unverified rows.

        ``india.series("trade", flow="import", reporter="IND", partner="world", hs="850511", measure="weight")`` gives
        one row a period, indexed by ``period``: ``unit, value, low, high, status, published, source, note``.

        Raises
        ------
        DataError
            If a key or its value is in no row of any day, keys are missing, or the units of the figures differ.
        """
        return self._series(name, unverified, **keys).copy()

    def detail(self, name: str, **keys: str) -> pd.DataFrame:
        """Every figure that fits, in the tables and in the archive: also what is too much for the tables.

        ``india.detail("trade", flow="import", reporter="IND", hs="8505????", measure="weight")`` gives months of all
        partners; ``*`` and ``?`` stand for any characters. One row a key and period, the one to use.
        """
        return live.detail(self._chosen[name], self.live, self.written["feeds"], keys)

    @property
    def feeds(self) -> frozenset[str]:
        """The sources that are asked again and again (``data/feeds.csv``)."""
        return frozenset(self.written["feeds"].column("source"))

    @property
    def synthetic(self) -> bool:
        """Whether any of its figures is made up, for a demonstration."""
        return self.live is not None and self.live.synthetic

    def figure(self, name: str, period: str, *, unverified: bool = False, **keys: str) -> Quantity | None:
        """One figure with its unit, range, status and source; None while not public; DataError for what is misspelt."""
        whatif.spanned(period)
        rows = self.series(name, unverified=unverified, **keys)
        return from_row(rows.loc[period]) if period in rows.index else None

    def assumption(self, name: str, unverified: bool = False) -> pd.DataFrame:
        """The rows of one assumption, indexed by ``segment``; unverified ones only if asked for."""
        self._known("assumptions", "assumption", name)
        return public.assumption(self._chosen["assumptions"], name, unverified).copy()

    @property
    def sources(self) -> pd.DataFrame:
        """All sources, indexed by ``id``, with the terms of their publisher (``licence``, ``may_redistribute``)."""
        return self._fixed["sources"].copy()

    @once
    def figures(self, computed: bool = True) -> derive.Known:
        """The figures to use as rules see them, by table, key and period; without what follows from others if asked."""
        of = {name: self._chosen[name] if computed else public.choose(table) for name, table in self.stored.items()}
        return public.figures(of, self.stored)

    @property
    def checks(self) -> tuple[tuple[dict, derive.Step], ...]:
        """The rows of ``identities.csv``: as written, and as a rule."""
        return self._fixed["checks"]

    @property
    def written(self) -> Mapping[str, Table]:
        """The tables as they stand in the files, of all days, nothing chosen or corrected."""
        return self._fixed["written"]

    @once
    def values(self, name: str, column: str) -> set[str]:
        """What may stand in a column: in the files on any day, among the rows added, by a rule, or by the codebook."""
        table = self.written[name]
        found = {*table.column(column), *self._published[name].column(column), *table.codes.get(column, ())}
        if column in table.keys:
            steps = (step for family in self._fixed["families"] for step in family.steps if step.table == name)
            found |= {step.key[table.keys.index(column)] for step in steps} - {"*"}
        return found

    @property
    def backcast(self) -> pd.DataFrame:
        """The judgements in it that were written after its day: ``table, key, published, written``.

        Where there are any, what is made of the vintage is no forecast of that day but a back-cast.
        """
        return judgements.late(self._chosen, self.day)

    @once
    def on(self, day: str | date) -> "Vintage":
        """The vintage of an earlier day: nothing in it was published later.

        Raises
        ------
        ValueError
            If ``day`` is after the day of this vintage: what became public since is not in it.
        """
        earlier = tables.day(day)
        if earlier > self.day:
            raise ValueError(f"{earlier} is after {self.day}, and what became public since is not in this vintage")
        known = {name: public.until(table, earlier) for name, table in self.stored.items()}
        return _made(earlier, known, self._fixed, self.live and self.live.until(earlier))

    def having(self, tables: Mapping[str, Table], view: View | None) -> "Vintage":
        """A copy of the same day with other rows in some tables and another view of the archive."""
        return _made(self.day, {**self.stored, **tables}, self._fixed, view)

    def adding(self, name: str, *rows: Mapping) -> "Vintage":
        """A copy with figures that are not public yet: what if this were published?

        A row names the key columns, ``period`` and ``value``. Unless it says otherwise it is ``assumed``, stands before
        every published figure of its key, and has the unit that its key has already. What follows from other figures
        follows from it.

        Raises
        ------
        DataError
            If a column or a period is unknown, a key column is not given, or no unit can be told.
        """
        more = [whatif.completed(_of(self._published, name), row, self.day) for row in rows]
        return self.having({name: whatif.together(self.stored[name], more)}, self.live)

    def assuming(self, name: str, values: Mapping[str, float | Mapping[str, float]]) -> "Vintage":
        """A copy with other judgements, by segment: a value, or ``value``, ``low`` and ``high``.

        Raises
        ------
        DataError
            If there is no such assumption, or a segment is not one of its.
        """
        new = whatif.assumed(self._chosen["assumptions"], name, values, self.day)
        return self.having({"assumptions": whatif.together(self.stored["assumptions"], new)}, self.live)

    def disagreements(self, *ids: str) -> pd.DataFrame:
        """Where sources disagree and what is done about it: the named rows of ``contradictions.csv``, by ``id``."""
        for one in ids:
            self._known("contradictions", "id", one)
        rows = self.table("contradictions").set_index("id")
        return rows.loc[[i for i in ids if i in rows.index], ["topic", "one", "other", "treatment"]]

    def publishers(self, ids: Iterable[str], most: int = 5) -> str:
        """Who stands behind some sources, in a few words: ``Reuters, Mint, Indian Express``."""
        shorts = self._fixed["sources"]["short"].reindex(sorted(ids))
        names = list(dict.fromkeys(name for name in shorts.dropna() if name))
        return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")

    @once
    def content(self) -> tuple:
        """What is the same for the same figures and rules of a day, whatever the order of their rows.

        Of the archive count its files: the rows that enter no table are not read for it.
        """
        heard, rules = self.live.fingerprint if self.live else {}, self._fixed["families"]
        believed = heard and self.written["feeds"].rows
        return self.day, [table.content() for table in self.stored.values()], rules, heard, believed

    @once
    def __hash__(self) -> int:
        return hash((self.day, *self.stored.values()))

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Vintage) and self.content() == other.content())

    def __repr__(self) -> str:
        rows = sum(len(table.rows) for table in self._published.values())
        return f"<what was public on {self.day}: {rows:,} rows>"

    @once
    def _series(self, name: str, unverified: bool, **keys: str) -> pd.DataFrame:
        table = _of(self._chosen, name)
        if unknown := sorted(set(keys) - set(table.keys)):
            raise DataError(f"data/{name}.csv has no key column {unknown}; its keys are {table.keys}")
        missing = [key for key in table.keys if key not in keys]
        if missing and not keys:
            raise DataError(f"a series of data/{name}.csv needs its keys: {', '.join(missing)}")
        places, key = table.places(keys), "/".join(str(keys.get(column, "")) for column in table.keys)
        if self.live and not missing and not live.enters(self.written["feeds"], name, key):
            rows = self.detail(name, **keys)
            table, places = table.having(rows.itertuples(index=False, name=None)), range(len(rows))
        for column, value in keys.items() if not places else ():
            self._known(name, column, value)
        return public.series(table, tuple(places), unverified, tuple(missing))

    def _known(self, name: str, column: str, value: object) -> None:
        """Raise DataError for a value that may not stand in a column: it is misspelt, not merely not public yet."""
        if value not in (values := self.values(name, column)):
            raise DataError(f"data/{name}.csv has no {column} {value!r} on any day; near it are {near(value, values)}")


def _of(tables: Mapping[str, Table], name: str) -> Table:
    if name not in tables:
        raise DataError(f"data/ has no dated table {name!r}; it has {sorted(tables)}")
    return tables[name]


def _rows(table: Table, cells: Mapping[str, str]) -> pd.DataFrame:
    """The rows of a table that hold some cells, by column, or all of them."""
    if unknown := sorted(set(cells) - set(table.columns)):
        raise DataError(f"data/{table.name}.csv has no column {unknown}; it has {table.columns}")
    return table.frame().take(table.places(cells)) if cells else table.frame().copy()


def _made(day: date, stored: Mapping[str, Table], fixed: Mapping[str, object], view: View | None) -> Vintage:
    """A vintage of rows: one row of each key chosen, and what follows from those computed."""
    published, chosen = public.followed(stored, fixed["families"])
    return Vintage(day, *map(MappingProxyType, (stored, published, chosen, fixed)), live=view)
