"""Is there anything new since the last report that asked the same; what; and what should be there and is not."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.report.parameters import Parameters, shown
from helpers.report.shelf import archive
from helpers.report.shelf.inputs import archived, fingerprint, inputs

DATES = ("published", "written")
"""Columns of ``data/`` that say from which day a row counts."""


def unchanged(root: Path, asked: Parameters) -> str | None:
    """The folder of the report that another as of this day would only repeat; None if there is something new.

    It asked the same in the same month, was made from the same code, tables and archive, and no row has become public
    between its day and this one. A report of a new month is new: which month runs is part of what a forecast knows.
    """
    last = before(archive.records(root), shown(asked), str(asked.as_of))
    if last is None or last["parameters"]["as_of"][:7] != str(asked.as_of)[:7]:
        return None
    files, day = inputs() | {"archive": archived(asked.as_of)}, last["parameters"]["as_of"]
    same = fingerprint(last["parameters"], files, last.get("notices", ())) == last["inputs"]
    return last["folder"] if same and not _became_public(day, str(asked.as_of)) else None


def before(records: list[dict], parameters: dict, until: str) -> dict | None:
    """The newest of some records that asked the same, apart from its day, up to a day."""
    asked, up_to = archive.question(parameters), [one for one in records if one["parameters"]["as_of"] <= until]
    return next((one for one in up_to if archive.question(one["parameters"]) == asked), None)


def told(root: Path, folder: str) -> list[str]:
    """The answer of a report, and what has changed since the one before that asked the same."""
    records = archive.records(root)
    record = next((known for known in records if known["folder"] == folder), None)
    if record is None:
        return []
    earlier = [known for known in records if known.get("made", "") < record.get("made", "")]
    last = before(earlier, record["parameters"], record["parameters"]["as_of"])
    if last is None:
        return [record["answer"], "It is the first report that asks this."]
    same = record["answer"] == last["answer"]
    said = "The answer is the same as in" if same else f"Before: {last['answer']}\nThat was"
    return [record["answer"], f"{said} report {last['folder']}.", *_differences(last, record)]


def late(day: date) -> list[str]:
    """Sources of the archive with a period that should be there by a day and is not, such as ``ecb 2026-10``."""
    if not any(paths.archive().glob("*/parts/*.json")):
        return []
    from helpers.data import sources
    from helpers.data.archive import versions
    from helpers.data.sources import schedule

    found = []
    for name, feed in sources.feeds().items():
        folder = paths.archive() / name
        if any(folder.glob("parts/*.json")):
            expected = schedule.expected(feed, schedule.newest(versions.periods(folder)), day)
            found += [f"{name} {expected.period}"] if expected and expected.late else []
    return found


def _differences(last: dict[str, Any], record: dict[str, Any]) -> Iterator[str]:
    """Lines that say which tables, sources, code and versions are others than in an earlier report."""
    rows = []
    for name, table in record["data"].items():
        known = last["data"].get(name, {})
        if table != known and name.endswith(".csv"):
            more = table.get("rows", 0) - known.get("rows", 0)
            rows.append(f"{name.removesuffix('.csv')} ({more:+} rows)" if more else name.removesuffix(".csv"))
    new = Counter(place.partition("/")[0] for place in record["archive"].keys() - last.get("archive", {}).keys())
    parts = [f"{source} ({number} new)" for source, number in sorted(new.items())]
    if rows:
        yield f"Tables that changed: {', '.join(sorted(rows))}."
    if parts:
        yield f"Sources that brought something: {', '.join(parts)}."
    if any(record["code"][name] != last["code"][name] for name in ("notebooks", "helpers")):
        yield "The code changed."
    if record["lock"] != last["lock"]:
        yield "The versions of packages changed."


def _became_public(after: str, until: str) -> bool:
    """Whether any row of ``data/`` counts only from a day after one and up to another."""
    for path in paths.DATA.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            places = [number for number, name in enumerate(next(rows, [])) if name in DATES]
            if places and any(after < row[place] <= until for row in rows for place in places if place < len(row)):
                return True
    return False
