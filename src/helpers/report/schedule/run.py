"""Do what is due, and end: safe to call at any time, any number of times, and to kill at any moment.

A run is written down before it begins and when it has ended. One that ended without a word is begun again by the next
call; what it had published is found, not made twice. Where nothing can be written down, nothing is begun or sent.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from helpers.report.job import End
from helpers.report.schedule import alerts, journal, plan
from helpers.report.schedule.journal import Line, Said
from helpers.report.schedule.plan import Run, Schedule, utc

LOCK = ".schedule.lock"
STARTS = 3
"""How often a run is begun that ends without a word each time."""

NOT_TOLD = 8
"""The exit code of a call after which somebody could not be told."""


def run(path: Path, wait: float = 0, again: bool = False) -> tuple[int, list[str]]:
    """Do what is due by a schedule; the exit code, the worst end of a report, and lines to print.

    Another call is waited for so many seconds. ``again`` tries once more what failed last, as of its own day.
    """
    schedule = plan.read(path)
    try:
        schedule.output.mkdir(parents=True, exist_ok=True)
        with FileLock(schedule.output / LOCK, timeout=wait):
            return _run(schedule, again)
    except Timeout:
        return int(End.LOCKED), [f"another `magnets schedule run` is at work on {schedule.output}"]
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        return int(End.NOT_WRITTEN), [f"could not write: {error.strerror or error}{place}; what is due stays due"]


def _run(schedule: Schedule, again: bool) -> tuple[int, list[str]]:
    @cache
    def notices() -> tuple[str, ...]:
        from helpers.report import live

        return live.notices(quiet=True)

    told, wrong, worst = [], alerts.deliver(schedule), 0
    for one in plan.due(schedule, journal.read(schedule.output), utc(), again):
        line, text = _one(schedule, one, notices)
        folders = f": {', '.join(str(schedule.output / folder) for folder in line.reports)}" if line.reports else ""
        told += [f"{line.report} as of {line.as_of}: {line.end.replace('_', ' ')}{folders}", *text.splitlines()]
        worst = max(worst, line.code)
        wrong += alerts.deliver(schedule)
    lines = journal.read(schedule.output)
    failing = any(line.code for name in schedule.reports for line in journal.ended(lines, name, utc())[-1:])
    if not (worst or wrong or failing):
        wrong = alerts.alive()
    if not (told or wrong):
        told = ["nothing is due; `magnets schedule status` tells what is next"]
    return worst or (NOT_TOLD if wrong else 0), [*told, *dict.fromkeys(wrong)]


def _one(schedule: Schedule, one: Run, notices: Callable[[], tuple[str, ...]]) -> tuple[Line, str]:
    """Make one report, between two lines of the journal; the second of them, and what went wrong in words."""
    from helpers.report.schedule import keep, news
    from helpers.report.schedule.made import Made, made
    from helpers.report.shelf.publish import LockedError

    root, begun = schedule.output, time.monotonic()

    def note(said: Said, **more: Any) -> Line:
        return journal.append(root, Line(at=utc(), said=said, report=one.report, due=one.due, as_of=one.as_of, **more))

    done = Made("killed", int(End.KERNEL_DIED))
    if one.starts < STARTS:
        known = {folder for line in journal.ended(journal.read(root)) for folder in line.reports}
        note("begun")
        try:
            done = made(schedule.reports[one.report], one, root, known, notices)
        except KeyboardInterrupt:
            note("put off")
            raise
    late: tuple[str, ...] = ()
    with suppress(ValueError):  # the archive cannot be read: the report said so
        late = tuple(news.late(one.as_of)) if schedule.told(one.report, "late") else ()
    line = note(
        "put off" if done.code == End.LOCKED else "ended", end=done.end, code=done.code, tries=done.tries,
        seconds=round(time.monotonic() - begun, 1), reports=done.reports, missed=one.missed, late=late,
    )  # fmt: skip
    if not done.code:
        with suppress(LockedError):  # there is time
            keep.thin(schedule, utc().astimezone(schedule.timezone).date())
    return line, done.text
