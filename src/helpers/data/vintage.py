"""What was public on a day, as a value: read once, never changed; every what-if is a copy.

A figure carries the day on which it became public, so any past day can be seen again. Rival figures of one key stand
side by side in the files; the one to use is chosen by status, then by date, and never silently between equals.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import derive, tables
from helpers.data.quantity import ASSUMED, Quantity, from_row
from helpers.data.relations import Figure
from helpers.data.tables import DataError, first_rows
from helpers.methods.intervals import between

STATUSES = (ASSUMED, "reported", "derived", "inference", "estimate", "weak", "unverified", "missing")
"""From the most to the least trusted: rivals of one key are taken in this order."""

_RANK = {status: rank for rank, status in enumerate(STATUSES)}
_UNUSED = ("missing", "unverified")


def vintage(as_of: str | date, folder: Path | None = None) -> "Vintage":
    """Everything in ``data/`` that was public on a day, corrections applied, derived figures computed.

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
    day = pd.Timestamp(as_of)
    raw, described = tables.read(folder), tables.describe(folder)
    rows = {name: raw[name] for name in raw}
    for name in set(raw["corrections"]["table"]):
        rows[name] = _correct(rows[name], raw["corrections"], name, tables.key_columns(described[name]))
    known = {name: rows[name][rows[name]["published"] <= day] for name in tables.DATED if name in rows}
    for name, table in known.items():
        if {"source", "note"} <= set(table):
            known[name] = table.assign(source=tables.all_sources(table))
    keys = {name: tables.key_columns(described[name]) for name in known}
    sources = raw["sources"].set_index("id").join(raw["terms"].set_index("id")[["licence", "may_redistribute"]], on="terms")
    fixed = {"sources": sources, "steps": derive.steps(raw.get("derivations"), keys, _RANK)}
    return _made(day.date(), known, keys, fixed)


@dataclass(frozen=True, eq=False, repr=False)
class Vintage:
    """What was public on a day.

    Attributes
    ----------
    day : datetime.date
    published : mapping of str to pd.DataFrame
        Every row of a table public by then, and what follows from them, before one is chosen; use :meth:`table` and
        :meth:`series`.
    """

    day: date
    published: Mapping[str, pd.DataFrame]
    _stored: Mapping[str, pd.DataFrame]
    _chosen: Mapping[str, pd.DataFrame]
    _keys: Mapping[str, tuple[str, ...]]
    _fixed: Mapping[str, object]
    _seen: dict = field(default_factory=dict)

    def table(self, name: str, vintages: bool = False) -> pd.DataFrame:
        """A table with the row to use of each key; with ``vintages``, every row published by the day.

        Rows whose status is ``missing`` stay, without a value.
        """
        of = self.published if vintages else self._chosen
        if name not in of:
            raise DataError(f"data/ has no dated table {name!r}; it has {sorted(of)}")
        return of[name].copy()

    def series(self, name: str, *, unverified: bool = False, **keys: str) -> pd.DataFrame:
        """The figures of one key over its periods, oldest first, without gaps and unverified rows.

        ``india.series("trade", flow="import", reporter="IND", partner="world", hs="850511", measure="weight")`` gives one
        row a period, indexed by ``period``: ``unit, value, low, high, status, published, source, note``.

        Raises
        ------
        DataError
            If a key is not one of the table's, or the units of the figures differ.
        """
        asked = (name, unverified, *sorted(keys.items()))
        if asked not in self._seen:
            self._seen[asked] = self._series(name, unverified, keys)
        return self._seen[asked].copy()

    def figure(self, name: str, period: str, *, unverified: bool = False, **keys: str) -> Quantity | None:
        """One figure with its unit, range, status and source; None while it is not public or not known."""
        rows = self.series(name, unverified=unverified, **keys)
        return from_row(rows.loc[period]) if period in rows.index else None

    def assumption(self, name: str, unverified: bool = False) -> pd.DataFrame:
        """The rows of one assumption, indexed by ``segment``; unverified ones only if asked for."""
        rows = self._chosen["assumptions"]
        dropped = ["missing"] if unverified else list(_UNUSED)
        rows = rows[(rows["assumption"] == name) & ~rows["status"].isin(dropped)]
        return rows.set_index("segment").drop(columns="assumption")

    @property
    def sources(self) -> pd.DataFrame:
        """All sources, indexed by ``id``, with the terms of their publisher (``licence``, ``may_redistribute``)."""
        return self._fixed["sources"].copy()

    def on(self, day: str | date) -> "Vintage":
        """The vintage of an earlier day: nothing in it was published later.

        Raises
        ------
        ValueError
            If ``day`` is after the day of this vintage: what became public since is not in it.
        """
        earlier = pd.Timestamp(day)
        if earlier.date() > self.day:
            raise ValueError(f"{earlier.date()} is after {self.day}, and what became public since is not in this vintage")
        known = {name: rows[rows["published"] <= earlier] for name, rows in self._stored.items()}
        return _made(earlier.date(), known, self._keys, self._fixed)

    def adding(self, name: str, *rows: Mapping) -> "Vintage":
        """A copy with figures that are not public yet: what if this were published?

        A row names the key columns, ``period`` and ``value``. Unless it says otherwise it is ``assumed``, stands before
        every published figure of its key, and has the unit that its key has already.

        Raises
        ------
        DataError
            If a column or a period is unknown, a key column is not given, or no unit can be told.
        """
        new = pd.DataFrame([self._complete(name, row) for row in rows]).astype(self.published[name].dtypes.to_dict())
        return self._with(name, pd.concat([self._stored[name], new], ignore_index=True))

    def assuming(self, name: str, values: Mapping[str, float | Mapping[str, float]]) -> "Vintage":
        """A copy with other judgements, by segment: a value, or ``value``, ``low`` and ``high``.

        Raises
        ------
        DataError
            If there is no such assumption, or a segment is not one of its.
        """
        rows = self._chosen["assumptions"]
        rows = rows[rows["assumption"] == name]
        if unknown := sorted(set(values) - set(rows["segment"])):
            raise DataError(
                f"data/assumptions.csv has no {name!r} of {unknown} public on {self.day}; "
                f"it has {sorted(rows['segment']) or sorted(set(self._chosen['assumptions']['assumption']))}"
            )
        new = rows[rows["segment"].isin(values)].assign(status=ASSUMED, source=ASSUMED, published=pd.Timestamp(self.day))
        for index, row in new.iterrows():
            given = values[row["segment"]]
            given = given if isinstance(given, Mapping) else {"value": given, "low": np.nan, "high": np.nan}
            new.loc[index, list(given)] = list(given.values())
        same = self._stored["assumptions"]
        replaced = (same["assumption"] == name) & same["segment"].isin(values) & (same["status"] == ASSUMED)
        return self._with("assumptions", pd.concat([same[~replaced], new], ignore_index=True))

    def disagreements(self, *ids: str) -> pd.DataFrame:
        """Where sources disagree and what is done about it: the named rows of ``contradictions.csv``, by ``id``."""
        rows = self._chosen["contradictions"].set_index("id")
        return rows.loc[[i for i in ids if i in rows.index], ["topic", "one", "other", "treatment"]]

    def publishers(self, ids: Iterable[str], most: int = 5) -> str:
        """Who stands behind some sources, in a few words: ``Reuters, Mint, Indian Express``."""
        names = list(dict.fromkeys(n for n in self._fixed["sources"]["short"].reindex(sorted(ids)) if isinstance(n, str) and n))
        return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of what is in it: the same for the same figures, whatever the day."""
        digest = hashlib.sha256()
        for name in sorted(self.published):
            rows = self.published[name].astype("str")
            digest.update(name.encode())
            digest.update(np.sort(pd.util.hash_pandas_object(rows, index=False).to_numpy()).tobytes())
        return digest.hexdigest()

    def __hash__(self) -> int:
        return int(self.fingerprint[:15], 16)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vintage) and self.fingerprint == other.fingerprint

    def __repr__(self) -> str:
        rows = sum(map(len, self.published.values()))
        return f"<what was public on {self.day}: {rows:,} rows, {self.fingerprint[:12]}>"

    def _series(self, name: str, unverified: bool, keys: Mapping[str, str]) -> pd.DataFrame:
        known = self._keys.get(name, ())
        if unknown := sorted(set(keys) - set(known)):
            raise DataError(f"data/{name}.csv has no key column {unknown}; its keys are {known}")
        rows = self._chosen[name]
        wanted = ~rows["status"].isin(["missing"] if unverified else _UNUSED)
        for column, value in keys.items():
            wanted &= rows[column] == value
        rows = rows[wanted]
        if rows["unit"].nunique() > 1:
            raise DataError(
                f"data/{name}.csv mixes units for {dict(keys)}:\n{first_rows(rows)}\nGive each unit a measure of its own."
            )
        order = rows["period"].map(fiscal.span)
        return rows.loc[order.sort_values(kind="stable").index].set_index("period").drop(columns=list(known))

    def _complete(self, name: str, row: Mapping) -> dict:
        of = self.published[name]
        if unknown := sorted(set(row) - set(of.columns)):
            raise DataError(f"data/{name}.csv has no column {unknown}; it has {list(of.columns)}")
        keys = self._keys[name]
        if missing := [c for c in (*keys, "period", "value") if c in of.columns and c not in row]:
            raise DataError(f"a figure to add to {name} needs {missing}")
        if "period" in row:
            fiscal.span(row["period"])
        full = {c: np.nan if pd.api.types.is_numeric_dtype(of[c]) else "" for c in of.columns}
        full |= {"status": ASSUMED, "source": ASSUMED, "published": pd.Timestamp(self.day)}
        if "unit" in of.columns and "unit" not in row:
            same = of[np.logical_and.reduce([of[c] == row[c] for c in keys])]["unit"].unique()
            if len(same) != 1:
                raise DataError(f"say the unit of {dict(row)}: its key has {sorted(same) or 'no figure yet'}")
            full["unit"] = same[0]
        full |= row
        return full | {"published": pd.Timestamp(full["published"])}

    def _with(self, name: str, rows: pd.DataFrame) -> "Vintage":
        return _made(self.day, {**self._stored, name: rows}, self._keys, self._fixed)


def _made(day: date, stored: Mapping[str, pd.DataFrame], keys: Mapping[str, tuple], fixed: Mapping[str, object]) -> Vintage:
    """A vintage of rows: one row of each key chosen, and what follows from those computed."""
    stored = {name: rows.reset_index(drop=True) for name, rows in stored.items()}
    chosen = {name: _choose(rows, name, keys[name]) for name, rows in stored.items()}
    published = dict(stored)
    for name, rows in _computed(chosen, keys, fixed["steps"]).items():
        replaced = pd.concat([rows.assign(_new=True), chosen[name].assign(_new=False)], ignore_index=True)
        replaced = replaced.drop_duplicates(_key(replaced, keys[name])).sort_values("_new", kind="stable")
        chosen[name] = replaced.drop(columns="_new").reset_index(drop=True)
        published[name] = pd.concat([stored[name], rows], ignore_index=True)
    return Vintage(day, *map(MappingProxyType, (published, stored, chosen, keys, fixed)))


def _computed(chosen: Mapping[str, pd.DataFrame], keys: Mapping[str, tuple], steps: list) -> dict[str, pd.DataFrame]:
    """The rows that follow from the chosen ones, by table."""
    known: dict[str, dict] = {}
    for name in {step.table for step in steps} | {one.table for step in steps for one in step.inputs}:
        rows = chosen[name]
        rows = rows[~rows["status"].isin(_UNUSED) & rows["value"].notna()]
        periods = rows["period"] if "period" in rows else [""] * len(rows)
        columns = [rows[c].tolist() for c in ("value", "low", "high", "unit", "status", "source")]
        days = rows["published"].to_numpy().astype("int64").tolist()
        table: dict = known.setdefault(name, {})
        for key, period, day, value, low, high, unit, status, source in zip(
            zip(*(rows[c].tolist() for c in keys[name]), strict=True), periods, days, *columns, strict=True
        ):
            figure = Figure(between(value, low, high), unit, _RANK[status], day, source)
            table.setdefault(key, {})[period] = figure
    made = derive.computed(known, steps)
    return {name: _rows(found, chosen[name], keys[name]) for name, found in made.items() if found}


def _rows(found: list, like: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    columns = dict(zip(keys, zip(*(key for key, _, _ in found), strict=True), strict=True))
    if "period" in like:
        columns["period"] = [period for _, period, _ in found]
    figures = [figure for _, _, figure in found]
    columns["value"] = [figure.range.value for figure in figures]
    columns["low"] = [np.nan if figure.range.exact else figure.range.low for figure in figures]
    columns["high"] = [np.nan if figure.range.exact else figure.range.high for figure in figures]
    columns |= {name: [getattr(figure, name) for figure in figures] for name in ("unit", "source", "note")}
    columns["status"] = [STATUSES[figure.rank] for figure in figures]
    columns["published"] = np.array([figure.published for figure in figures]).astype(like["published"].dtype.str)
    return pd.DataFrame(columns).reindex(columns=like.columns).astype(like.dtypes.to_dict())


def _key(rows: pd.DataFrame, keys: tuple[str, ...]) -> list[str]:
    return [*keys, *(["period"] if "period" in rows else [])]


def _choose(rows: pd.DataFrame, name: str, keys: tuple[str, ...]) -> pd.DataFrame:
    if not keys:
        return rows.reset_index(drop=True)
    same = rows.groupby(_key(rows, keys), sort=False).ngroup().to_numpy()
    rank = rows["status"].map(_RANK).to_numpy()
    age = -rows["published"].to_numpy().astype("int64")
    order = np.lexsort((age, rank, same))
    first = np.r_[True, np.diff(same[order]) != 0]
    tied = ~first & (np.diff(rank[order], prepend=-1) == 0) & (np.diff(age[order], prepend=0) == 0)
    tied &= np.r_[False, first[:-1]]  # as good as the first of its key
    if tied.any():
        both = np.flatnonzero(np.isin(same, same[order[tied]]))
        raise DataError(
            f"data/{name}.csv: two figures of one key are equally good (same status, same date):\n"
            f"{first_rows(rows.iloc[both])}\nGive one of them another status, or the date on which it really became public."
        )
    return rows.iloc[np.sort(order[first])].reset_index(drop=True)


def _correct(rows: pd.DataFrame, corrections: pd.DataFrame, name: str, keys: tuple[str, ...]) -> pd.DataFrame:
    first, *others = keys
    joined = rows[first].str.cat([rows[column] for column in others], sep="/")
    rows = rows.copy()
    for line, fix in corrections[corrections["table"] == name].iterrows():
        hit = (joined == fix["key"]) & (rows["period"] == fix["period"]) & (rows["source"] == fix["source"])
        if not (hit & (rows["value"] == fix["published_value"])).sum() == hit.sum() == 1:
            raise DataError(
                f"data/corrections.csv line {line + 2} corrects {fix['published_value']:,.10g} in data/{name}.csv, "
                f"but the published figure is another now:\n{first_rows(rows[hit])}\n"
                "Check the source: update the correction, or delete it if the publisher has mended the figure."
            )
        rows.loc[hit, "value"] = fix["corrected_value"]
        rows.loc[hit, "note"] = f"corrected from {fix['published_value']:,.10g}: {fix['reason']}"
    return rows
