"""What is to be made when: ``schedule.yml``, checked whole; and which runs are due, by that, a journal and the time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from helpers.report import grid
from helpers.report.nodes import composed, told
from helpers.report.nodes import line as line_of
from helpers.report.parameters import ParameterError, Parameters, explain, today
from helpers.report.schedule import journal, times
from helpers.report.schedule.journal import Line

BEGINNING = date(2000, 1, 1)
INDIA = ZoneInfo("Asia/Kolkata")

Event = Literal["failure", "recovery", "report", "late"]


class ScheduleError(ValueError):
    """A schedule is not one; a line ``file line n: field: ...`` for everything wrong in it."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; write it as Asia/Kolkata") from None
    return name


_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
_Channel = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
Alerts = dict[_Channel, tuple[Event, ...]]


class Report(BaseModel):
    """A report, or a grid of them, that is made again and again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cron: str | None = Field(default=None, description="minute, hour, day of the month, month, day of the week")
    rrule: str | None = Field(default=None, description="FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=18")
    start: date = Field(default=BEGINNING, description="the day from which a rule counts, and before which none is due")
    parameters: dict[str, Any] = Field(default={}, description="as for magnets report -p; as_of is the day it is due")
    grid: Path | None = Field(default=None, description="a grid file, from the folder of the schedule")
    fetch: bool = Field(default=False, description="whether to fetch first what is due of live sources")
    retries: int = Field(default=2, ge=0, le=10, description="how often a run that fails is tried again")
    backoff: float = Field(default=60, ge=0, le=3600, description="seconds before the first retry; then twice as many")
    limit: float = Field(default=60, gt=0, le=1440, description="minutes that one try may take")
    keep: Annotated[int, Field(ge=1)] | Literal["all"] = Field(
        default=90, description="days for which every report is kept; then the last of each month, and what was scored"
    )
    alerts: Alerts | None = Field(default=None, description="who is told of what, if others than of all reports")

    @model_validator(mode="after")
    def _timed(self) -> Self:
        if said := times.problem(self.cron, self.rrule, self.start):
            raise ValueError(said)
        return self

    def latest(self, zone: ZoneInfo, now: datetime) -> datetime | None:
        """When it was due last."""
        return times.latest(self.cron, self.rrule, self.start, zone, now)

    def after(self, zone: ZoneInfo, then: datetime) -> Iterator[datetime]:
        """When it is due after a moment."""
        return times.after(self.cron, self.rrule, self.start, zone, then)

    def wanted(self, as_of: date, folder: Path) -> list[Parameters]:
        """The sets of parameters as of a day; files that they name lie where the schedule does."""
        values = {name: str(folder / value) if str(value).endswith(grid.FILE) else value
                  for name, value in self.parameters.items()}  # fmt: skip
        if self.grid is None:
            return [Parameters(as_of=as_of, **values)]
        return grid.read(folder / self.grid, {"as_of": str(as_of)} | values)


class Schedule(BaseModel):
    """Which reports are made when, where they go and who is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: Annotated[str, AfterValidator(_zone)] = Field(description="whose clock the times mean")
    output: Path = Field(default=Path("reports"), description="folder of the reports, from that of the schedule")
    address: str = Field(default="", description="where readers find that folder, for links in alerts")
    alerts: Alerts = Field(default={}, description="who is told of what; MAIL is the address in MAGNETS_ALERT_MAIL")
    reports: dict[_Name, Report] = Field(min_length=1)
    _folder: Path = PrivateAttr(Path())

    def model_post_init(self, context: Any) -> None:
        """Note where the file lies."""
        self._folder = context or Path()

    @property
    def folder(self) -> Path:
        """The folder of the schedule."""
        return self._folder

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)

    @property
    def root(self) -> Path:
        """The folder of the reports."""
        return self.folder / self.output

    def told(self, name: str, event: str) -> list[str]:
        """Who is told of an event of a report; of a report that is no more in the schedule, nobody."""
        report = self.reports.get(name)
        alerts = self.alerts if report is None or report.alerts is None else report.alerts
        return [channel for channel, events in alerts.items() if report and event in events]

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
        ended = journal.ended(lines, name, now)[-1:]
        at = report.latest(schedule.zone, now)
        if at is None or (ended and at <= ended[0].due):
            if not (again and ended and ended[0].code):
                continue
            at = ended[0].due
        starts = 0
        for line in lines:
            if line.due == at and line.said in ("begun", "put off", "ended"):
                starts = starts + 1 if line.said == "begun" else 0
        missed = times.between(report.after(schedule.zone, ended[0].due), at) - 1 if ended else 0
        found.append(Run(name, at, as_of(schedule, at), max(missed, 0), starts))
    return found


def as_of(schedule: Schedule, at: datetime) -> date:
    """The day of a report that is due at a moment: in the schedule's zone, or in India if it is a day behind."""
    return min(at.astimezone(schedule.zone).date(), at.astimezone(INDIA).date())


def read(path: Path) -> Schedule:
    """A schedule, checked whole.

    Raises
    ------
    ScheduleError
        With a line for everything wrong in the file.
    """
    try:
        document = composed(path, "the schedule", "a schedule needs")
        if not isinstance(document, yaml.MappingNode):
            raise ValueError(f"{path.name} line 1: a schedule has timezone and reports")
        values = _values(document, path.name)
    except ValueError as error:
        raise ScheduleError(str(error)) from None
    problems = list(_twice(document))
    try:
        schedule = Schedule.model_validate(values, context=path.absolute().parent)
        problems += _questions(schedule, document)
    except ValidationError as error:
        problems += [(_line(document, one["loc"]), _told(one)) for one in error.errors()]
    if problems:
        raise ScheduleError(told(path.name, problems))
    return schedule


def _questions(schedule: Schedule, document: yaml.Node) -> Iterator[tuple[int, str]]:
    """What is wrong with the parameters and grids, which have a schema of their own."""
    for name, report in schedule.reports.items():
        place = ("reports", name, "parameters")
        if "as_of" in report.parameters:
            line = _line(document, (*place, "as_of"))
            yield line, f"{'.'.join(place)}.as_of: a report is as of the day on which it is due"
            continue
        try:
            report.wanted(today(), schedule.folder)
        except ValidationError as error:
            for field, text in explain(error):
                yield _line(document, (*place, field)), f"{'.'.join(place)}: {text}"
        except ParameterError as error:
            yield _line(document, ("reports", name, "grid")), f"reports.{name}.grid: {error}"


class _Made(yaml.constructor.SafeConstructor):
    """What nodes mean, and which of them is being read."""

    at: yaml.Node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        self.at = node
        return super().construct_object(node, deep)


def _values(document: yaml.Node, name: str) -> Any:
    """What a document means; a ValueError with the line of what means nothing, such as 2026-02-30."""
    made = _Made()
    try:
        return made.construct_document(document)
    except (ValueError, yaml.MarkedYAMLError) as error:
        said = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error)
        raise ValueError(f"{name} line {line_of(made.at)}: {said}") from None


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


def _twice(node: yaml.Node) -> Iterator[tuple[int, str]]:
    """Fields that are given twice, of which YAML would take the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield line_of(key), f"{key.value} is given twice"
            seen.add(key.value)
            yield from _twice(value)


def utc() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)
