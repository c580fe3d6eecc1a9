"""Is there anything new since the last report that asked the same; what; and what should be there and is not."""

import csv
from datetime import date
from pathlib import Path

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
    question, today = archive.question(shown(asked)), str(asked.as_of)
    up_to = [one for one in archive.records(root) if one["parameters"]["as_of"] <= today]
    last = next((one for one in up_to if archive.question(one["parameters"]) == question), None)
    if last is None or (day := last["parameters"]["as_of"])[:7] != today[:7]:
        return None
    files = inputs() | {"archive": archived(asked.as_of)}
    same = fingerprint(last["parameters"], files, last.get("notices", ())) == last["inputs"]
    return last["folder"] if same and not _became_public(day, today) else None


def told(root: Path, folder: str) -> list[str]:
    """The answer of a report, and what moved it since the one before."""
    known = next((one for one in archive.records(root) if one["folder"] == folder), None)
    return [text for text in (known["answer"], known.get("changed")) if text] if known else []


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


def _became_public(after: str, until: str) -> bool:
    """Whether any row of ``data/`` counts only from a day after one and up to another."""
    for path in paths.DATA.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            places = [number for number, name in enumerate(next(rows, [])) if name in DATES]
            if places and any(after < row[place] <= until for row in rows for place in places if place < len(row)):
                return True
    return False
