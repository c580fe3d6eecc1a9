"""Which old reports stay: all of some days, then the last of each month, and all by which a forecast is scored."""

from collections.abc import Mapping
from datetime import date, timedelta

from helpers.report.schedule import journal
from helpers.report.schedule.plan import Schedule
from helpers.report.shelf import archive, files, publish

GONE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>This report is not kept</title>
<p>This report is not kept. <a href="../index.html">All that are</a></p></html>
"""


def removable(records: list[dict], made: Mapping[str, int], today: date) -> list[str]:
    """The folders of reports that need not be kept.

    A forecast is scored when a figure comes that it was made without. So the first report with a figure of trade more
    than the one before stays, and that one too, whose forecast the figure is held against. ``records`` are of all
    reports, newest first; ``made`` says for how many days each that a schedule made is kept in any case, and what
    anybody else made stays.
    """
    scored: set[str] = set()
    last_of_month: dict[str, str] = {}
    newest: dict[str, dict] = {}
    for known in reversed(records):
        folder, question = known["folder"], archive.question(known["parameters"])
        before = newest.get(question)
        if before and _figures(before) != _figures(known):
            scored |= {before["folder"], folder}
        newest[question] = known
        last_of_month[question + known["parameters"]["as_of"][:7]] = folder
    stay = scored | set(last_of_month.values())
    return [
        known["folder"] for known in records
        if known["folder"] in made and known["folder"] not in stay
        and date.fromisoformat(known["parameters"]["as_of"]) < today - timedelta(days=made[known["folder"]])
    ]  # fmt: skip


def thin(schedule: Schedule, today: date) -> list[str]:
    """Remove what need not be kept, whole or not at all, and list what is there; the folders that are gone."""
    root, made = schedule.output, dict[str, int]()
    for line in journal.ended(journal.read(root)):
        if line.end != "unchanged" and line.report in schedule.reports:
            keep = schedule.reports[line.report].keep
            made |= dict.fromkeys(line.reports, keep) if isinstance(keep, int) else {}
    gone = removable(archive.records(root), made, today)
    if gone or not archive.is_current(root):
        with publish.only_run(root):
            for folder in gone:
                with files.building(root) as scratch:  # links to it still lead somewhere, its name is not used again
                    (scratch / "index.html").write_text(GONE, encoding="utf-8")
                    (root / folder).rename(root / f"{files.BUILDING}{folder}")
                    files.place(scratch, root / folder)
                (root / f"{folder}.pdf").unlink(missing_ok=True)
            files.sweep(root)
            archive.write(root)
    return gone


def _figures(record: dict) -> tuple:
    """What tells whether a report knows more figures of trade than another."""
    trade = record["data"].get("trade.csv", {})
    return trade.get("rows"), trade.get("newest")
