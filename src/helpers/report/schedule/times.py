"""When something is due: five fields of cron or an RRULE, by the clock on the wall of a time zone.

Where that clock skips an hour, what was due in it is due when it goes on; where it shows an hour twice, it is due once.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

MOST = 1000
"""Missed times that are counted one by one."""

_FINE = ("HOURLY", "MINUTELY", "SECONDLY")


def problem(cron: str | None, rrule: str | None, start: date) -> str:
    """What is wrong with a rule, in words; nothing if it is one."""
    if (cron is None) == (rrule is None):
        return "a report needs either cron or rrule"
    if cron is not None and len(cron.split()) != 5:
        return "cron has five fields: minute, hour, day of the month, month, day of the week"
    if rrule is not None and any(f"FREQ={word}" in rrule.upper() for word in _FINE):
        return "the shortest FREQ is DAILY: say the hours as BYHOUR=7,19"
    if rrule is not None and re.search(r"INTERVAL=(?!0*[1-9])", rrule, re.I):  # of 0 it would be looked for for ever
        return "an INTERVAL is 1 or more"
    try:
        found = next(after(cron, rrule, start, ZoneInfo("UTC"), datetime.combine(start, time(), UTC)), None)
    except Exception as error:  # of two libraries
        return f"{cron or rrule!r} is no rule: {str(error)[:1].lower()}{str(error)[1:]}"
    return "" if found else f"{cron or rrule!r} is never due"


def latest(cron: str | None, rrule: str | None, start: date, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The newest time up to now at which something was due, in UTC; None if there was none since ``start``."""
    if cron:
        from cronsim import CronSim

        minute = (now.astimezone(UTC) + timedelta(minutes=1)).replace(second=0, microsecond=0)
        found = next(CronSim(cron, minute.astimezone(zone), reverse=True), None)
    else:
        rule, wall = _rule(rrule, start), now.astimezone(zone).replace(tzinfo=None)
        found = _on_the_wall(rule.before(wall, inc=True), zone)
        if found and found > now:  # the clock skipped it, and goes on with it later
            found = _on_the_wall(rule.before(rule.before(wall, inc=True)), zone)
    return found.astimezone(UTC) if found and found.date() >= start else None


def after(cron: str | None, rrule: str | None, start: date, zone: ZoneInfo, then: datetime) -> Iterator[datetime]:
    """The times after another one, in UTC."""
    then = max(then, datetime.combine(start, time(), zone) - timedelta(seconds=1))
    if cron:
        from cronsim import CronSim

        yield from (at.astimezone(UTC) for at in CronSim(cron, then.astimezone(zone)))
    else:
        for wall in _rule(rrule, start).xafter(then.astimezone(zone).replace(tzinfo=None)):
            if (at := _on_the_wall(wall, zone)) > then:
                yield at.astimezone(UTC)


def between(times: Iterator[datetime], until: datetime) -> int:
    """How many of some times there are up to a moment, of very many the first :data:`MOST`."""
    return sum(1 for _ in islice(takewhile(lambda at: at <= until, times), MOST))


def _rule(rrule: str | None, start: date):
    from dateutil.rrule import rrulestr

    return rrulestr(rrule, dtstart=datetime.combine(start, time()))


def _on_the_wall(wall: datetime | None, zone: ZoneInfo):
    from dateutil.tz import resolve_imaginary

    return wall and resolve_imaginary(wall.replace(tzinfo=zone))
