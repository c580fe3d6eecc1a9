"""Tell people what happened, each of them once: by the addresses in ``MAGNETS_ALERT_<NAME>``, whatever kind they are.

What there is to tell follows from the journal alone, so nothing is forgotten by a call that is killed; and that
somebody is told is written there before it is done, so nobody is told twice. Who could not be reached is told by a
later call, three times at most. An address is a secret: no journal, message or error has it.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from helpers.patience import at_most
from helpers.report.job import End
from helpers.report.schedule import journal, news
from helpers.report.schedule.journal import Line
from helpers.report.schedule.plan import Schedule, utc

TRIES = 3
PATIENCE = 10
"""Seconds for each step of the address that is told of every call that went well."""

LONGEST = 60
"""Seconds for anybody, from beginning to end: an answer may come so slowly that no step of it takes long."""

ALIVE = "MAGNETS_ALIVE_URL"


@dataclass(frozen=True)
class Event:
    """Something to tell: what kind, of which report's run; ``what`` is the folder or the source that it is about."""

    kind: str
    line: Line
    what: str = ""

    @property
    def name(self) -> str:
        """What tells it from all other events."""
        return f"{self.kind} {self.what or f'{self.line.report} {self.line.due:%Y-%m-%dT%H:%MZ}'}"


def variable(channel: str) -> str:
    """Where the address of somebody stands."""
    return f"MAGNETS_ALERT_{channel}"


def events(lines: Sequence[Line], now: datetime) -> Iterator[Event]:
    """What there is to tell of the newest run of each report, whoever was told of it."""
    for name in dict.fromkeys(line.report for line in journal.ended(lines, now=now)):
        *earlier, last = journal.ended(lines, name, now)
        if last.code:
            yield Event("failure", last)
        elif earlier and earlier[-1].code:
            yield Event("recovery", last)
        if last.end != "unchanged":
            yield from (Event("report", last, folder) for folder in last.reports)
        yield from (Event("late", last, source) for source in last.late)


def deliver(schedule: Schedule) -> list[str]:
    """Tell what is to be told; who could not be reached, by name and in words."""
    wrong, lines = [], [line for line in journal.read(schedule.output) if line.report in schedule.reports]
    told = {
        (event.name, to): event for event in events(lines, utc()) for to in schedule.told(event.line.report, event.kind)
    }
    for (name, channel), event in told.items():
        said = [line.said for line in lines if (line.event, line.to) == (name, channel)]
        failed = said.count("not sent")
        if said.count("alert") > failed or failed >= TRIES:
            continue
        if not (address := os.environ.get(variable(channel), "").strip()):
            wrong.append(f"{variable(channel)} is not set: nobody is told of {name}")
            continue
        title, body = message(schedule, event)
        about = {"report": event.line.report, "due": event.line.due, "event": name, "to": channel}
        journal.append(schedule.output, Line(at=utc(), said="alert", **about))
        if not send(address, title, body):
            journal.append(schedule.output, Line(at=utc(), said="not sent", **about))
            wrong.append(f"{channel} could not be told of {name}")
    return wrong


def message(schedule: Schedule, event: Event) -> tuple[str, str]:
    """Title and text; of what went wrong only names, for errors may hold anything."""
    line, root = event.line, schedule.output
    at = f"{line.due.astimezone(schedule.timezone):%Y-%m-%d %H:%M} ({schedule.timezone})"
    run = f"It was due on {at}, as of {line.as_of}."
    match event.kind:
        case "failure":
            failed = End.OK < line.code < End.LOCKED and (root / "failed" / str(line.as_of)).is_dir()
            see = [f"What it showed until then: {_place(schedule, f'failed/{line.as_of}')}"] if failed else []
            tries = f"after {line.tries} tries: " if line.tries > 1 else ""
            said = [f"{tries}{line.end.replace('_', ' ')}.".capitalize(), run, *see,
                    "Try it again, as of the same day: magnets schedule run --again"]  # fmt: skip
            return f"Magnet outlook: {line.report} failed", "\n".join(said)
        case "recovery":
            return f"Magnet outlook: {line.report} works again", f"The run before failed, this one ended well. {run}"
        case "late":
            text = f"{event.what}: this period should have come by {line.as_of}, and has not."
            return f"Magnet outlook: {event.what} is late", text
    said = [*news.told(root, event.what), run, _place(schedule, f"{event.what}/index.html")]
    return f"Magnet outlook: new report {event.what}", "\n\n".join(said)


def send(address: str, title: str, body: str) -> bool:
    """Send a message, and say whether it was taken; errors are not shown, for they may hold the address."""
    import logging

    import apprise

    logging.getLogger("apprise").disabled = True
    one = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, service_timeout=0))  # no pool that outlives us

    def told() -> str:
        sent = one.add(address) and one.notify(body, title=title, body_format=apprise.NotifyFormat.TEXT)
        return "" if sent else "refused"

    return not _wrong(told)


def alive() -> list[str]:
    """Tell the address that waits for it that a call went well; what is wrong if it does not answer."""
    if not (address := os.environ.get(ALIVE, "").strip()):
        return []
    import httpx

    def told() -> str:
        with httpx.stream("GET", address, timeout=PATIENCE, follow_redirects=True) as answer:
            answer.raise_for_status()
        return ""

    wrong = _wrong(told)
    return [f"the address in {ALIVE} did not answer ({wrong})"] if wrong else []


def _wrong(tell: Callable[[], str]) -> str:
    """Why somebody could not be told, in a word, and nothing if they were; whatever was raised may hold the address."""
    try:
        return at_most(LONGEST, tell)
    except TimeoutError:
        return "no end"
    except Exception as error:
        return type(error).__name__


def _place(schedule: Schedule, path: str) -> str:
    return f"{schedule.address.rstrip('/')}/{path}" if schedule.address else str(Path(schedule.output, path))
