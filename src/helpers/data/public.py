"""Which rows were public on a day, and which of several to use."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from helpers.data import derive
from helpers.data.quantity import ASSUMED
from helpers.data.relations import Figure
from helpers.data.tables import DATED, DataError, Table, all_sources, first_rows
from helpers.methods.intervals import between

STATUSES = (ASSUMED, "reported", "derived", "inference", "estimate", "weak", "unverified", "missing")
"""From the most to the least trusted: rivals of one key are taken in this order."""

UNUSED = ("missing", "unverified")
"""Statuses of what enters no model and no headline."""

REVISION = 0.01
"""Two figures of one key that differ by more, as a fraction, are not the same figure rounded anew."""

RANK = {status: rank for rank, status in enumerate(STATUSES)}


def known(raw: Mapping[str, Table], day: date) -> dict[str, Table]:
    """The dated tables with their rows published by a day, corrected, each with all its sources.

    Raises
    ------
    DataError
        If a correction no longer fits, or a status is unknown.
    """
    tables = {name: raw[name] for name in DATED if name in raw}
    for name in dict.fromkeys(raw["corrections"].column("table")):
        tables[name] = _correct(tables[name], raw["corrections"])
    return {name: _sourced(until(table, day)) for name, table in tables.items()}


def until(table: Table, day: date) -> Table:
    """The rows of a table that were public on a day."""
    place = table.columns.index("published")
    return table.having(row for row in table.rows if row[place] is not None and row[place] <= day)


def choose(table: Table) -> Table:
    """One row a key: the best status, of those the newest.

    Raises
    ------
    DataError
        If two are equally good, or a status is unknown.
    """
    if not table.keys:
        return table
    places, status, published = table.key(), table.columns.index("status"), table.columns.index("published")
    best: dict[tuple, tuple] = {}
    tied: dict[tuple, tuple] = {}
    for row in table.rows:
        key = tuple(row[place] for place in places)
        if row[status] not in RANK:
            raise DataError(
                f"data/{table.name}.csv: status {row[status]!r} of {'/'.join(key)} is unknown; use one of {STATUSES}"
            )
        good = (RANK[row[status]], -row[published].toordinal())
        if key not in best or good < best[key][0]:
            best[key] = good, row
        elif good == best[key][0]:
            tied[key] = good, row
    wrong = [key for key, (good, _) in tied.items() if best[key][0] == good]
    if wrong:
        rows = table.frame()
        both = [tuple(row[place] for place in places) in wrong for row in table.rows]
        raise DataError(
            f"data/{table.name}.csv: two figures of one key are equally good (same status, same date):\n"
            f"{first_rows(rows[both])}\nGive one of them another status, or the date on which it really became public."
        )
    return table.having(row for _, row in best.values())


def revised(table: Table) -> set[tuple]:
    """The keys, with their periods, whose figure has replaced one as good that differed by more than rounding."""
    of = {column: place for place, column in enumerate(table.columns)}
    best = {tuple(row[place] for place in table.key()): row for row in choose(table).rows}
    found = set()
    for row in table.rows:
        key = tuple(row[place] for place in table.key())
        now, before = best[key][of["value"]], row[of["value"]]
        if RANK[row[of["status"]]] <= RANK[best[key][of["status"]]] and abs(now - before) > REVISION * abs(before):
            found.add(key)
    return found


def figures(chosen: Mapping[str, Table], stored: Mapping[str, Table] = MappingProxyType({})) -> derive.Known:
    """The figures of the chosen rows as rules see them, by table, key and period; gaps and unverified ones left out.

    Where the rows as ``stored`` are given, it is told which figures were computed and which revised.
    """
    found: derive.Known = {}
    for name, table in chosen.items():
        if "value" not in table.columns:
            continue
        keys = [table.columns.index(column) for column in table.keys]
        of = {column: place for place, column in enumerate(table.columns)}
        series: dict[tuple, dict[str, Figure]] = found.setdefault(name, {})
        places, replacing = table.key(), revised(stored[name]) if name in stored else set()
        written = set(map(id, stored[name].rows)) if name in stored else set()
        for row in table.rows:
            value = row[of["value"]]
            if value != value or row[of["status"]] in UNUSED:
                continue
            figure = Figure(
                between(value, row[of["low"]], row[of["high"]]),
                row[of["unit"]],
                RANK[row[of["status"]]],
                row[of["published"]].toordinal(),
                row[of["source"]],
                computed=bool(written) and id(row) not in written,
                revised=bool(replacing) and tuple(row[place] for place in places) in replacing,
            )
            series.setdefault(tuple(row[key] for key in keys), {})[row[of["period"]] if "period" in of else ""] = figure
    return found


def computed(chosen: Mapping[str, Table], steps: list[derive.Step]) -> dict[str, Table]:
    """The rows that follow from the chosen ones, by table, as rows of these."""
    needed = {step.table for step in steps} | {one.table for step in steps for one in step.inputs}
    made = derive.computed(figures({name: chosen[name] for name in chosen if name in needed}), steps)
    return {
        name: chosen[name].having(_row(chosen[name], *one) for one in found) for name, found in made.items() if found
    }


def replaced(chosen: Table, new: Table) -> Table:
    """The chosen rows with those that were computed in the place of the ones they are better than."""
    places = chosen.key()
    keys = {tuple(row[place] for place in places) for row in new.rows}
    return chosen.having(
        [*(row for row in chosen.rows if tuple(row[place] for place in places) not in keys), *new.rows]
    )


def _row(table: Table, key: tuple[str, ...], period: str, figure: Figure) -> tuple:
    nan = float("nan")
    cells = dict(zip(table.keys, key, strict=True)) | {
        "period": period,
        "unit": figure.unit,
        "value": figure.range.value,
        "low": nan if figure.range.exact else figure.range.low,
        "high": nan if figure.range.exact else figure.range.high,
        "status": STATUSES[figure.rank],
        "published": date.fromordinal(figure.published),
        "written": None,
        "source": figure.source,
        "note": figure.note,
    }
    return tuple(cells[column] for column in table.columns)


def _sourced(table: Table) -> Table:
    if "source" not in table.columns or "note" not in table.columns:
        return table
    source, note = table.columns.index("source"), table.columns.index("note")
    return table.having((*row[:source], all_sources(row[source], row[note]), *row[source + 1 :]) for row in table.rows)


def _correct(table: Table, corrections: Table) -> Table:
    of = {column: table.columns.index(column) for column in table.columns}
    rows = list(table.rows)
    for line, cells in enumerate(corrections.rows, start=2):
        fix = dict(zip(corrections.columns, cells, strict=True))
        if fix["table"] != table.name:
            continue
        named = (*fix["key"].split("/"), fix["period"])
        hit = [
            i for i, row in enumerate(rows)
            if row[of["source"]] == fix["source"] and tuple(row[place] for place in table.key()) == named
        ]  # fmt: skip
        if len(hit) != 1 or rows[hit[0]][of["value"]] != fix["published_value"]:
            shown = first_rows(table.having(rows[i] for i in hit).frame()) if hit else "there is no such row"
            raise DataError(
                f"data/corrections.csv line {line} corrects {fix['published_value']:,.10g} in data/{table.name}.csv, "
                f"but the published figure is another now:\n{shown}\n"
                "Check the source: update the correction, or delete it if the publisher has mended the figure."
            )
        mended = list(rows[hit[0]])
        mended[of["value"]] = fix["corrected_value"]
        mended[of["note"]] = f"corrected from {fix['published_value']:,.10g}: {fix['reason']}"
        rows[hit[0]] = tuple(mended)
    return table.having(rows)
