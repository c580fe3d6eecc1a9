"""The only reader of ``data/``: each table as it was known on a day.

A figure carries the day on which it became public, so any past day can be seen again.
Rival figures of one key stand side by side in the files; the one to use is chosen by status,
then by date, and never silently between equals.
"""

import json
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import is_dataclass, replace
from datetime import date
from functools import cache, wraps
from pathlib import Path

import pandas as pd

from helpers import fiscal, paths

STATUSES = ("reported", "derived", "inference", "estimate", "weak", "unverified", "missing")
"""From the most to the least trusted: rivals of one key are taken in this order."""


_used: ContextVar[set | None] = ContextVar("sources used", default=None)


class DataError(ValueError):
    """Something in ``data/`` is wrong; the text says which file, which rows and what to do."""


def table(name: str, as_of: str | date, vintages: bool = False) -> pd.DataFrame:
    """A table of ``data/`` as it was public on a day, corrections applied.

    Parameters
    ----------
    name : str
        A table with dates of publication: ``trade``, ``production``, ``drivers``, ``prices``, ``assumptions``,
        ``outlooks``, ``events`` or ``contradictions``.
    as_of : str or datetime.date
        Nothing published later is returned.
    vintages : bool
        All rows published by then, instead of the one to use of each key.

    Returns
    -------
    pd.DataFrame
        The columns of the file, in its order. Rows whose status is ``missing`` stay, without a value.

    Raises
    ------
    DataError
        If a correction no longer fits, or two rows of a key are equally good.
    """
    return _known(name, pd.Timestamp(as_of), vintages, _stamp(name)).copy()


def series(name: str, as_of: str | date, *, unverified: bool = False, **keys: str) -> pd.DataFrame:
    """The figures of one key over its periods, oldest first, without gaps and unverified rows.

    ``series("trade", "2026-11-22", flow="import", reporter="IND", partner="world", hs="850511",
    measure="weight")`` gives one row a period, indexed by ``period``, with the columns ``value``,
    ``low``, ``high``, ``unit``, ``status``, ``published``, ``source``, ``note``.

    Raises
    ------
    DataError
        If a key is not one of the table's, or the units of the figures differ.
    """
    rows = _series(name, as_of, unverified, keys)
    return cite(rows)


def figure(name: str, as_of: str | date, period: str, **keys: str) -> pd.Series | None:
    """One figure with its unit, range, status and source; None while it is not public or not known."""
    rows = _series(name, as_of, True, keys)
    if period not in rows.index:
        return None
    return cite(rows.loc[[period]]).iloc[0]


def cite(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as they are, their sources noted for the function around that is :func:`sourced`."""
    if (used := _used.get()) is not None:
        used |= set(rows["source"])
    return rows


def sourced(function: Callable) -> Callable:
    """Make a function say which sources it drew from: those of all figures it read on the way.

    A table gets them as ``attrs["sources"]``, a sentence or figure in its field ``sources``; a table with a
    column ``source`` adds those.
    """

    @wraps(function)
    def wrapped(*args, **options):
        outer, mine = _used.get(), set()
        token = _used.set(mine)
        try:
            result = function(*args, **options)
        finally:
            _used.reset(token)
        if isinstance(result, pd.DataFrame):
            mine |= set(result["source"].dropna()) if "source" in result else set()
            result.attrs["sources"] = sorted(mine)
        elif is_dataclass(result):
            result = replace(result, sources=tuple(sorted(mine - {"M0"})))  # a sentence says what is not verified
        if outer is not None:
            outer |= mine
        return result

    return wrapped


def sources() -> pd.DataFrame:
    """All sources, indexed by ``id``, with the terms of their publisher (``licence``, ``may_redistribute``)."""
    return _sources(_stamp("sources"), _stamp("terms")).copy()


def publishers(ids: list[str], most: int = 5) -> str:
    """Who stands behind some sources, in a few words: ``Reuters, Mint, Indian Express``."""
    known = sources()["publisher"].reindex(ids)
    first = [re.split(r" \(|;| / | via |, | copies| news\.| CG-| \d{6}", name)[0].strip() for name in known if name]
    names = dict.fromkeys(first)
    shown = [name[0].upper() + name[1:] for name in names]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def assumption(as_of: str | date, name: str, unverified: bool = False) -> pd.DataFrame:
    """The rows of one assumption, indexed by ``segment``; unverified ones only if asked for."""
    rows = table("assumptions", as_of)
    rows = rows[(rows["assumption"] == name) & (unverified | ~rows["status"].isin(["missing", "unverified"]))]
    return cite(rows).set_index("segment").drop(columns="assumption")


def disagreements(as_of: str | date, *ids: str) -> pd.DataFrame:
    """Where sources disagree and what is done about it: the named rows of ``contradictions.csv``, by ``id``."""
    rows = table("contradictions", as_of).set_index("id")
    return rows.loc[[i for i in ids if i in rows.index], ["topic", "one", "other", "treatment"]]


def newest(name: str, as_of: str | date, **keys: str) -> pd.Series:
    """The row that became public last by ``as_of``, of those reported by a source under these keys."""
    rows = table(name, as_of, vintages=True)
    rows = rows[rows["status"] == "reported"]
    for column, wanted in keys.items():
        rows = rows[rows[column] == wanted]
    return rows.loc[rows["published"].idxmax()]


def key_columns(name: str) -> tuple[str, ...]:
    """The columns that name a figure, before its period, unit and value."""
    columns = [field["name"] for field in _resource(name)["schema"]["fields"]]
    return tuple(columns[: columns.index("period" if "period" in columns else "unit")])


def raw(name: str) -> pd.DataFrame:
    """A file of ``data/`` as it is written, typed by ``datapackage.json``, nothing chosen or corrected."""
    path = paths.DATA / _resource(name)["path"]
    return _read(name, path, path.stat().st_mtime_ns).copy()


def show(rows: pd.DataFrame, most: int = 5) -> str:
    """The first rows of a table as text for an error, with their line in the file."""
    text = rows.head(most).assign(line=rows.index[:most] + 2).set_index("line")
    text = text.drop(columns=[c for c in ("note", "title") if c in text])
    rest = f"\n... and {len(rows) - most} more" if len(rows) > most else ""
    return text.to_string(na_rep="") + rest


@cache
def _known(name: str, as_of: pd.Timestamp, vintages: bool, _unchanged: tuple) -> pd.DataFrame:
    rows = raw(name)
    if name in _corrected_tables():
        rows = _correct(rows, name)
    rows = rows[rows["published"] <= as_of]
    return rows.reset_index(drop=True) if vintages else _choose(rows, name)


def _stamp(name: str) -> tuple:
    """What tells that neither a table nor its corrections nor its description have changed."""
    files = (_resource(name)["path"], "corrections.csv", "datapackage.json")
    return tuple((path, path.stat().st_mtime_ns) for path in (paths.DATA / file for file in files))


@cache
def _sources(*_unchanged: tuple) -> pd.DataFrame:
    terms = raw("terms").set_index("id")[["licence", "may_redistribute"]]
    return raw("sources").set_index("id").join(terms, on="terms")


@cache
def _read(name: str, path: Path, _modified: int) -> pd.DataFrame:
    fields = _resource(name)["schema"]["fields"]
    numbers = [field["name"] for field in fields if field["type"] == "number"]
    dates = [field["name"] for field in fields if field["type"] == "date"]
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    if list(rows.columns) != [field["name"] for field in fields]:
        raise DataError(f"data/{name}.csv has the columns {list(rows.columns)}; datapackage.json declares others")
    for column in numbers:
        rows[column] = pd.to_numeric(rows[column].replace("", None), errors="coerce").where(rows[column] != "")
    for column in dates:
        rows[column] = pd.to_datetime(rows[column], format="ISO8601", errors="coerce")
    return rows


def _series(name: str, as_of, unverified: bool, keys: dict) -> pd.DataFrame:
    return _selected(name, pd.Timestamp(as_of), unverified, frozenset(keys.items()), _stamp(name)).copy()


@cache
def _selected(name: str, as_of: pd.Timestamp, unverified: bool, keys: frozenset, _unchanged: tuple) -> pd.DataFrame:
    known = key_columns(name)
    if unknown := sorted({column for column, _ in keys} - set(known)):
        raise DataError(f"data/{name}.csv has no key column {unknown}; its keys are {known}")
    rows = table(name, as_of)
    wanted = ~rows["status"].isin(["missing"] if unverified else ["missing", "unverified"])
    for column, value in keys:
        wanted &= rows[column] == value
    rows = rows[wanted]
    if len(rows["unit"].unique()) > 1:
        raise DataError(
            f"data/{name}.csv mixes units for {dict(keys)}:\n{show(rows)}\nGive each unit a measure of its own."
        )
    order = rows["period"].map(fiscal.span)
    return rows.loc[order.sort_values(kind="stable").index].set_index("period").drop(columns=list(known))


def _choose(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    if "unit" not in rows:
        return rows.reset_index(drop=True)
    keys = [*key_columns(name), *(["period"] if "period" in rows else [])]
    rank = rows["status"].map(STATUSES.index)
    ordered = rows.assign(_rank=rank).sort_values(["_rank", "published"], ascending=[True, False], kind="stable")
    best = ordered.groupby(keys, sort=False).head(1)
    rivals = ordered.merge(best[[*keys, "_rank", "published"]], on=[*keys, "_rank", "published"])
    if len(rivals) > len(best):
        tied = rows[rows.set_index(keys).index.isin(rivals[rivals.duplicated(keys)].set_index(keys).index)]
        raise DataError(
            f"data/{name}.csv: two figures of one key are equally good (same status, same date):\n"
            f"{show(tied)}\nGive one of them another status, or the date on which it really became public."
        )
    return best.drop(columns="_rank").sort_index().reset_index(drop=True)


def _correct(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    corrections = raw("corrections")
    first, *others = key_columns(name)
    joined = rows[first].str.cat([rows[column] for column in others], sep="/")
    for line, fix in corrections[corrections["table"] == name].iterrows():
        hit = (joined == fix["key"]) & (rows["period"] == fix["period"]) & (rows["source"] == fix["source"])
        if not (hit & (rows["value"] == fix["published_value"])).sum() == hit.sum() == 1:
            raise DataError(
                f"data/corrections.csv line {line + 2} corrects {fix['published_value']:,.10g} in data/{name}.csv, "
                f"but the published figure is another now:\n{show(rows[hit])}\n"
                "Check the source: update the correction, or delete it if the publisher has mended the figure."
            )
        rows.loc[hit, "value"] = fix["corrected_value"]
        rows.loc[hit, "note"] = f"corrected from {fix['published_value']:,.10g}: {fix['reason']}"
    return rows


def _corrected_tables() -> set[str]:
    return set(raw("corrections")["table"])


@cache
def _resources(path: Path, _modified: int) -> dict[str, dict]:
    package = json.loads(path.read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def _resource(name: str) -> dict:
    path = paths.DATA / "datapackage.json"
    known = _resources(path, path.stat().st_mtime_ns)
    if name not in known:
        raise DataError(f"data/ has no table {name!r}; it has {sorted(known)}")
    return known[name]
