"""What is to be made when: ``schedule.yml``, checked whole; and which runs are due, by that, a journal and the time."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

import yaml
from cronsim import CronSim
from dateutil.rrule import rrulestr
from dateutil.tz import resolve_imaginary
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from helpers.report import grid
from helpers.report.nodes import FILE, composed, texts, told
from helpers.report.nodes import line as line_of
from helpers.report.parameters import Parameters, explain, today
from helpers.report.schedule import journal
from helpers.report.schedule.journal import Line

INDIA = ZoneInfo("Asia/Kolkata")
MOST_MISSED = 1000
"""Missed times that are counted."""

BEGINNING = datetime(2000, 1, 3) + timedelta(weeks=1250)
"""A Monday, from which a rule counts that has no DTSTART, such as every second week; nothing is due before it. It is
not long ago, for all times since are gone through."""

_FINE = ("HOURLY", "MINUTELY", "SECONDLY")

Event = Literal["failure", "recovery", "report", "late"]


def _beside(path: Path, info: ValidationInfo) -> Path:
    return (info.context or Path()) / path


def _asked(values: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
    if "as_of" in values:
        raise ValueError("a report is as of the day on which it is due, not of one that is given")
    return {name: str(_beside(Path(value), info)) if str(value).endswith(FILE) else value
            for name, value in values.items()}  # fmt: skip


_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
_Channel = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
_Beside = Annotated[Path, AfterValidator(_beside)]
Alerts = dict[_Channel, tuple[Event, ...]]


class Report(BaseModel):
    """A report, or a grid of them, that is made again and again; files that it names lie beside the schedule.

    It is due by five fields of cron or by an RRULE, by the clock on the wall of a time zone. Where that clock skips an
    hour, what was due in it is due when it goes on; where it shows an hour twice, it is due once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cron: str | None = Field(default=None, description="minute, hour, day of the month, month, day of the week")
    rrule: str | None = Field(default=None, description="FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=18")
    parameters: Annotated[dict[str, Any], AfterValidator(_asked)] = Field(
        default={}, description="as for magnets report -p; as_of is the day it is due"
    )
    grid: _Beside | None = Field(default=None, description="a grid file")
    fetch: bool = Field(default=False, description="whether to fetch first what is due of live sources")
    pdf: bool = Field(default=False, description="whether to print each report as a PDF beside its folder")
    retries: int = Field(default=2, ge=0, le=10, description="how often a run that fails is tried again")
    backoff: float = Field(default=60, ge=0, le=3600, description="seconds before the first retry; then twice as many")
    limit: float = Field(default=60, gt=0, le=1440, description="minutes that one try may take")
    keep: Annotated[int, Field(ge=1)] | Literal["all"] = Field(
        default=90, description="days for which every report is kept; then the last of each month, and what was scored"
    )
    alerts: Alerts | None = Field(default=None, description="who is told of what, if others than of all reports")

    def wanted(self, as_of: date) -> list[Parameters]:
        """The sets of parameters as of a day."""
        if self.grid is None:
            return [Parameters(as_of=as_of, **self.parameters)]
        return grid.read(self.grid, {"as_of": str(as_of)} | self.parameters)

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


class Schedule(BaseModel):
    """Which reports are made when, where they go and who is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: ZoneInfo = Field(description="whose clock the times mean, such as Asia/Kolkata")
    output: _Beside = Field(default=Path("reports"), description="folder of the reports", validate_default=True)
    address: str = Field(default="", description="where readers find that folder, for links in alerts")
    alerts: Alerts = Field(default={}, description="who is told of what; MAIL is the address in MAGNETS_ALERT_MAIL")
    reports: dict[_Name, Report] = Field(min_length=1)

    def told(self, name: str, event: str) -> list[str]:
        """Who is told of an event of a report."""
        own = self.reports[name].alerts
        return [channel for channel, events in (self.alerts if own is None else own).items() if event in events]

    @property
    def channels(self) -> list[str]:
        """Everybody who is told of something."""
        found = [self.alerts, *(report.alerts or {} for report in self.reports.values())]
        return list(dict.fromkeys(name for alerts in found for name in alerts))


@dataclass(frozen=True)
class Run:
    """A report that is to be made now: when it was due, and the day that it is as of whenever it is made.

    ``missed`` times before it were not made and will not be; ``starts`` of it ended without a word.
    """

    report: str
    due: datetime
    as_of: date
    missed: int = 0
    starts: int = 0


def due(schedule: Schedule, known: Sequence[Line], now: datetime, again: bool = False) -> list[Run]:
    """The runs that are due: of each report at most one, for the newest of the times that are over.

    With ``again`` what failed last is due once more, as of its own day. Lines of the journal for a time that is yet to
    come were written by a clock that was wrong, and are not read.
    """
    found = []
    for name, report in schedule.reports.items():
        lines = [line for line in known if line.report == name and line.due <= now]
        last = next(reversed(journal.ended(lines)), None)
        at = report.latest(schedule.timezone, now)
        if last and (at is None or at <= last.due):
            at = last.due if again and last.code else None
        if at:
            said = [line.said for line in lines if line.due == at and not line.event]
            starts = len(list(takewhile(lambda one: one == "begun", reversed(said))))
            between = takewhile(at.__gt__, report.after(schedule.timezone, last.due) if last else ())
            missed = sum(1 for _ in islice(between, MOST_MISSED))
            found.append(Run(name, at, as_of(schedule, at), missed, starts))
    return found


def as_of(schedule: Schedule, at: datetime) -> date:
    """The day of a report that is due at a moment: in the schedule's zone, or in India if it is a day behind."""
    return min(at.astimezone(zone).date() for zone in (schedule.timezone, INDIA))


def read(path: Path) -> Schedule:
    """A schedule, checked whole; ValueError with ``file line n: field: ...`` for everything wrong in it."""
    document = composed(path, "the schedule", "a schedule needs")
    if not isinstance(document, yaml.MappingNode):
        raise ValueError(f"{path.name} line 1: a schedule has timezone and reports")
    try:
        schedule = Schedule.model_validate(texts(document), context=path.absolute().parent)
        problems = list(_questions(schedule, document))
    except ValidationError as error:
        problems = [(_line(document, one["loc"]), _told(one)) for one in error.errors()]
    if problems:
        raise ValueError(told(path.name, problems))
    return schedule


def _questions(schedule: Schedule, document: yaml.Node) -> Iterator[tuple[int, str]]:
    """What is wrong with the parameters and grids, which have a schema of their own."""
    for name, report in schedule.reports.items():
        try:
            report.wanted(today())
        except ValidationError as error:
            place = ("reports", name, "parameters")
            for field, text in explain(error):
                yield _line(document, (*place, field)), f"{'.'.join(place)}: {text}"
        except ValueError as error:
            yield _line(document, ("reports", name, "grid")), f"reports.{name}.grid: {error}"


def _told(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"] if part != "[key]")
    said = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if problem["type"] == "extra_forbidden":
        model = Report if problem["loc"][0] == "reports" else Schedule
        said = f"unknown field; there are {', '.join(model.model_fields)}"
    return f"{place}: {said[:1].lower()}{said[1:]}"


def _line(node: yaml.Node, place: Sequence[int | str]) -> int:
    """The line on which a field stands, or what is nearest to it above."""
    found = line_of(node)
    for part in place:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if pair is None:
                break
            found, node = line_of(pair[0]), pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            found = line_of(node)
    return found


def _on_the_wall(wall: datetime | None, zone: ZoneInfo):
    return wall and resolve_imaginary(wall.replace(tzinfo=zone))


def utc() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)
