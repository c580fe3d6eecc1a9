"""Do what is due, and end: safe to call at any time, any number of times, and to kill at any moment.

A run is written down before it begins and when it has ended. One that ended without a word is begun again by the next
call; what it had published is found, not made twice. Where nothing can be written down, nothing is begun or sent.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from helpers.report.job import End
from helpers.report.schedule import alerts, journal, plan
from helpers.report.schedule.journal import Line, Said
from helpers.report.schedule.plan import Run, Schedule, utc

STARTS = 3
"""How often a run is begun that ends without a word each time."""

NOT_TOLD = 8
"""The exit code of a call after which somebody could not be told."""


def run(path: Path, wait: float = 0, quiet: bool = False, again: bool = False) -> tuple[int, list[str]]:
    """Do what is due by a schedule; the exit code, the worst end of a report, and lines to print.

    Another call is waited for so many seconds. ``again`` tries once more what failed last, as of its own day.
    """
    schedule = plan.read(path)
    try:
        with journal.alone(schedule.root, wait):
            return _run(schedule, quiet, again)
    except journal.BusyError as error:
        return int(End.LOCKED), [] if quiet else [str(error)]
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        return int(End.NOT_WRITTEN), [f"could not write: {error.strerror or error}{place}; what is due stays due"]


def _run(schedule: Schedule, quiet: bool, again: bool) -> tuple[int, list[str]]:
    @cache
    def notices() -> tuple[str, ...]:
        from helpers.report import live

        return live.notices(quiet)

    wrong, worst = alerts.deliver(schedule, journal.read(schedule.root)), 0
    told: list[str] = []
    seen: set[tuple[str, datetime]] = set()
    while runs := [one for one in _due(schedule, again) if (one.report, one.due) not in seen]:
        for one in runs:
            seen.add((one.report, one.due))
            line, text = _one(schedule, one, notices)
            worst = max(worst, line.code)
            told += [_said(schedule, line), *text.splitlines()] if line.code or not quiet else []
            wrong += alerts.deliver(schedule, journal.read(schedule.root))
        again = False
    if not (worst or wrong) and not _failing(schedule):
        wrong = alerts.alive()
    if not (told or wrong or quiet):
        told = [f"nothing is due; next {when}" for when in _next(schedule)]
    return worst or (NOT_TOLD if wrong else 0), [*told, *dict.fromkeys(wrong)]


def _due(schedule: Schedule, again: bool) -> list[Run]:
    return plan.due(schedule, journal.read(schedule.root), utc(), again)


def _one(schedule: Schedule, one: Run, notices: Callable[[], tuple[str, ...]]) -> tuple[Line, str]:
    """Make one report, between two lines of the journal; the second of them, and what went wrong in words."""
    from helpers.report.schedule.made import Made, made

    root, begun = schedule.root, time.monotonic()

    def note(said: Said, **more: Any) -> Line:
        line = Line(at=journal.stamp(utc()), said=said, report=one.report, due=one.due, as_of=one.as_of, **more)
        journal.append(root, line)
        return line

    done = Made("killed", int(End.KERNEL_DIED))
    if one.starts < STARTS:
        known = {folder for line in journal.read(root) if line.said == "ended" for folder in line.reports}
        note("begun")
        try:
            done = made(schedule.reports[one.report], one, schedule.folder, root, known, notices)
        except KeyboardInterrupt:
            note("put off")
            raise
    line = note(
        "put off" if done.code == End.LOCKED else "ended", end=done.end, code=done.code, tries=done.tries,
        seconds=round(time.monotonic() - begun, 1), reports=done.reports, missed=one.missed, late=_late(schedule, one),
    )  # fmt: skip
    if not done.code:
        _thinned(schedule)
    return line, done.text


def _late(schedule: Schedule, one: Run) -> tuple[str, ...]:
    if not schedule.told(one.report, "late"):
        return ()
    from helpers.report.schedule import news

    try:
        return tuple(news.late(one.as_of))
    except ValueError:  # the archive cannot be read: the report said so
        return ()


def _thinned(schedule: Schedule) -> None:
    from helpers.report.schedule import keep
    from helpers.report.shelf.publish import LockedError

    with suppress(LockedError):  # there is time
        keep.thin(schedule, journal.read(schedule.root), utc().astimezone(schedule.zone).date())


def _failing(schedule: Schedule) -> bool:
    lines, now = journal.read(schedule.root), utc()
    return any(line.code for name in schedule.reports for line in journal.ended(lines, name, now)[-1:])


def _said(schedule: Schedule, line: Line) -> str:
    where = f": {', '.join(str(schedule.root / folder) for folder in line.reports)}" if line.reports else ""
    return f"{line.report} as of {line.as_of}: {line.end.replace('_', ' ')}{where}"


def _next(schedule: Schedule) -> Iterator[str]:
    coming = [(at, name) for name, report in schedule.reports.items()
              if (at := next(report.after(schedule.zone, utc()), None))]  # fmt: skip
    if coming:
        at, name = min(coming)
        yield f"{name}, {at.astimezone(schedule.zone):%Y-%m-%d %H:%M} ({schedule.timezone})"
