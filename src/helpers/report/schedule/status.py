"""One screen of what a scheduler does: the last and the next run of each report, what is late, what fails."""

from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path

from helpers.report.schedule import journal, plan
from helpers.report.schedule.journal import Line
from helpers.report.schedule.plan import Run, Schedule, utc

WELL, FAILING, LATE = 0, 30, 31
"""Exit codes for monitors."""

GRACE = timedelta(minutes=15)
"""How long after its time a run may begin."""

HEADS = ("report", "when", "last", "next", "state")


def status(path: Path) -> tuple[int, list[str]]:
    """The exit code, and lines for people; ValueError if the schedule is none."""
    schedule, now = plan.read(path), utc()
    lines = journal.read(schedule.output)
    due = {run.report: run for run in plan.due(schedule, lines, now)}
    code, rows = WELL, [HEADS]
    for name, report in schedule.reports.items():
        own = [line for line in lines if line.report == name and line.due <= now]
        worst, state = _state(schedule, own, due.get(name), now)
        code = max(code, worst)
        last = next((_last(schedule, line) for line in reversed(journal.ended(own))), "never")
        following = next((_at(schedule, at) for at in report.after(schedule.timezone, now)), "never")
        rows.append((name, report.cron or str(report.rrule), last, following, state))
    wide = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    table = ["  ".join(text.ljust(width) for text, width in zip(row, wide, strict=True)).rstrip() for row in rows]
    return code, [*table, "", f"Times of {schedule.timezone}; the journal is {schedule.output / journal.NAME}"]


def _state(schedule: Schedule, own: list[Line], due: Run | None, now: datetime) -> tuple[int, str]:
    ended = journal.ended(own)
    failing = list(takewhile(lambda line: line.code, reversed(ended)))
    if due and due.starts:
        of, begun = schedule.reports[due.report], own[-1].at
        longest = timedelta(minutes=of.limit * (1 + of.retries), seconds=of.backoff * 2**of.retries)
        if now <= begun + longest + GRACE:
            return WELL, f"running since {_at(schedule, begun)}"
    if due and due.due + GRACE < now:
        return LATE, f"late since {_at(schedule, due.due)}{', begun and not ended' if due.starts else ''}"
    if failing:
        return FAILING, f"failing since {_at(schedule, failing[-1].due)}: {failing[0].end.replace('_', ' ')}"
    return WELL, "due now" if due else "well" if ended else "not run yet"


def _last(schedule: Schedule, last: Line) -> str:
    missed = f", {last.missed} missed before" if last.missed else ""
    return f"{_at(schedule, last.due)} {last.end.replace('_', ' ')}, {last.seconds or 0:.0f} s{missed}"


def _at(schedule: Schedule, at: datetime) -> str:
    return f"{at.astimezone(schedule.timezone):%Y-%m-%d %H:%M}"
