"""When something is due: five fields of cron or an RRULE, by the clock on the wall of a time zone.

Where that clock skips an hour, what was due in it is due when it goes on; where it shows an hour twice, it is due once.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from cronsim import CronSim
from dateutil.rrule import rrulestr
from dateutil.tz import resolve_imaginary
from pydantic import BaseModel, ConfigDict, Field, model_validator

BEGINNING = datetime(2000, 1, 3) + timedelta(weeks=1250)
"""A Monday, from which a rule counts that has no DTSTART, such as every second week; nothing is due before it. It is
not long ago, for all times since are gone through."""

_FINE = ("HOURLY", "MINUTELY", "SECONDLY")


class Timed(BaseModel):
    """Something that is due again and again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cron: str | None = Field(default=None, description="minute, hour, day of the month, month, day of the week")
    rrule: str | None = Field(default=None, description="FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=18")

    @model_validator(mode="after")
    def _is_due(self) -> Self:
        if (self.cron is None) == (self.rrule is None):
            raise ValueError("a report needs either cron or rrule")
        if self.cron is not None and len(self.cron.split()) != 5:
            raise ValueError("cron has five fields: minute, hour, day of the month, month, day of the week")
        if self.rrule is not None and any(f"FREQ={word}" in self.rrule.upper() for word in _FINE):
            raise ValueError("the shortest FREQ is DAILY: say the hours as BYHOUR=7,19")
        if self.rrule is not None and re.search(r"INTERVAL=(?!0*[1-9])", self.rrule, re.I):  # of 0 there is no end
            raise ValueError("an INTERVAL is 1 or more")
        rule = repr(self.cron or self.rrule)
        try:
            found = next(self.after(ZoneInfo("UTC"), BEGINNING.replace(tzinfo=UTC)), None)
        except Exception as error:  # of two libraries
            raise ValueError(f"{rule} is no rule: {str(error)[:1].lower()}{str(error)[1:]}") from None
        if not found:
            raise ValueError(f"{rule} is never due")
        return self

    def latest(self, zone: ZoneInfo, now: datetime) -> datetime | None:
        """The newest time up to now at which it was due, in UTC; None if there was none."""
        if self.cron:
            minute = (now.astimezone(UTC) + timedelta(minutes=1)).replace(second=0, microsecond=0)
            found = next(CronSim(self.cron, minute.astimezone(zone), reverse=True), None)
        else:
            rule, wall = self._rule(), now.astimezone(zone).replace(tzinfo=None)
            found = _on_the_wall(rule.before(wall, inc=True), zone)
            if found and found > now:  # the clock skipped it, and goes on with it later
                found = _on_the_wall(rule.before(rule.before(wall, inc=True)), zone)
        return found and found.astimezone(UTC)

    def after(self, zone: ZoneInfo, then: datetime) -> Iterator[datetime]:
        """The times after a moment at which it is due, in UTC."""
        if self.cron:
            yield from (at.astimezone(UTC) for at in CronSim(self.cron, then.astimezone(zone)))
        else:
            walls = self._rule().xafter(then.astimezone(zone).replace(tzinfo=None))
            yield from (at.astimezone(UTC) for wall in walls if (at := _on_the_wall(wall, zone)) > then)

    def _rule(self):
        return rrulestr(self.rrule, dtstart=BEGINNING)


def _on_the_wall(wall: datetime | None, zone: ZoneInfo):
    return wall and resolve_imaginary(wall.replace(tzinfo=zone))
