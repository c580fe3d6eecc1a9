"""One source's turn in a run: ask what is due, keep each answer as it came, then take the figures of what was kept."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

import pandas as pd
from pydantic import AwareDatetime, BaseModel

from helpers import __version__
from helpers.data.archive import versions
from helpers.data.archive.store import Change, Shelf, checked, put
from helpers.data.sources import address, dropped, keys, module, schedule, transport
from helpers.data.sources.bodies import check, plain
from helpers.data.sources.protocol import (
    COLUMNS,
    Answer,
    Ask,
    Feed,
    OfflineError,
    QuotaError,
    Request,
    Source,
    SourceError,
    UnfitError,
)
from helpers.data.tables import DataError

PATIENCE = 5
"""Failures in a row after which a source is left alone; what failed is asked last when it is asked again."""

RECORD = "last.json"
"""Beside what a source answered: how its last turn ended."""

Ended = Literal["new", "nothing new", "failed", "offline", "quota"]
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Result:
    """How a turn ended: what changed, calls, answers that were as before, what went wrong."""

    feed: str
    ended: Ended
    change: Change = field(default_factory=Change)
    calls: int = 0
    same: int = 0
    problems: tuple[str, ...] = ()


class Last(BaseModel):
    """How a turn ended, as it is written down: ``until`` is for a key, or for none (``keyed``)."""

    at: AwareDatetime
    ended: Ended
    problems: tuple[str, ...]
    until: AwareDatetime | None
    keyed: bool
    failed: tuple[str, ...]


@dataclass
class _Turn:
    """What a turn has so far: the figures of its answers, by question, and what became of them."""

    feed: Feed
    source: Source
    shelf: Shelf
    clock: "Clock"
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    change: Change = field(default_factory=Change)
    same: int = 0


class Clock:
    """The time, always after what is in the archive already, even where the machine's clock was set back a little.

    SourceError if it was set back by more than a day: figures would get a wrong day for ever.
    """

    def __init__(self, shelf: Shelf):
        self.last = max([shelf.last, *shelf.asked.values()]) + timedelta(seconds=1)  # there, of whole seconds
        if schedule.now() + timedelta(days=1) < self.last:
            raise SourceError(f"the clock here says {schedule.shown(schedule.now())}, but the archive has answers "
                              f"of {schedule.shown(self.last)}; set the clock right (if it was wrong then, delete the "
                              "source's folder)")  # fmt: skip

    def __call__(self) -> datetime:
        self.last = max(schedule.now(), self.last + timedelta(microseconds=1))
        return self.last


def visit(feed: Feed, place: Path, since: str, synthetic: bool, accept: bool, paces: dict, tell: Tell) -> Result:
    """Give a source its turn; what came is kept and taken, however the turn ends, also by Ctrl-C or a full disk."""
    folder, ended, until, calls, keyed = place / feed.name, "", None, 0, bool(keys.key(feed))
    last = record(folder)
    failed = set(last.failed) if last else set()
    try:
        source, shelf, todo = ready(feed, place, since, synthetic)
        turn = _Turn(feed, source, shelf, Clock(shelf))
        if todo:
            versions.periods(folder)  # a damaged archive is told before anything is asked
    except QuotaError as error:
        return Result(feed.name, "quota", problems=(str(error),))
    except (SourceError, DataError) as error:
        result = Result(feed.name, "failed", problems=(str(error),))
        return _recorded(folder, result, failed, None, keyed) if folder.is_dir() else result
    try:
        _take(turn, accept=False)  # what a run that was killed had kept
        turn.problems.clear()  # told at the end, unless another answer comes until then
        if feed.dropped:
            _ask_all(turn, lambda request: dropped.answer(place, feed, request, synthetic), todo, tell)
        elif todo:
            recently = sum(at > schedule.now() - timedelta(days=1) for at in shelf.asked.values())
            header = getattr(source, "KEY_HEADER", "")
            with transport.Line(feed, header, tuple(feed.asked("hosts")), recently, paces) as line:
                try:
                    _ask_all(turn, line, todo, tell)
                finally:
                    calls = line.calls
    except (OfflineError, QuotaError) as error:
        ended, until = ("quota", error.until) if isinstance(error, QuotaError) else ("offline", None)
        turn.problems.append(str(error))
    except (SourceError, DataError) as error:
        turn.problems.append(str(error))
    finally:
        _take(turn, accept)
    ended = ended or ("failed" if turn.problems else "new" if turn.change.any else "nothing new")
    result = Result(feed.name, ended, turn.change, calls, turn.same, tuple(dict.fromkeys(map(plain, turn.problems))))
    return _recorded(folder, result, failed - turn.answered | set(turn.failed), until, keyed)


def ready(feed: Feed, place: Path, since: str, synthetic: bool) -> tuple[Source, Shelf, list[Request]]:
    """A source, its archive, and what it is to be asked now, last what failed before; of a feed of files all there are.

    QuotaError as long as the source said that it wants no calls; SourceError or DataError if it cannot be asked.
    """
    last = record(place / feed.name)
    if last and last.until and last.keyed == bool(keys.key(feed)):
        now = schedule.now()
        if now < last.until < now + timedelta(days=2):
            raise QuotaError(f"its quota is used up; go on after {schedule.shown(last.until)}")
    source, shelf = module(feed), Shelf(place / feed.name, feed.name, synthetic)
    if feed.dropped:
        return source, shelf, [cast(Any, source).dropped(name) for name in dropped.names(place, feed)]
    today = schedule.day(schedule.now())
    try:
        every = source.requests(feed, since, today, bool(keys.key(feed)))
        due = schedule.due(feed, every, shelf.asked, today)
    except (LookupError, TypeError, ValueError) as error:
        raise SourceError(f"no question can be made ({error}); see its row in data/feeds.csv") from error
    return source, shelf, sorted(due, key=lambda request: last is not None and request.question in last.failed)


def record(folder: Path) -> Last | None:
    """How the last turn of a source ended; None if it had none, or that cannot be read."""
    try:
        return versions.side(folder / RECORD, Last)
    except DataError:
        return None


def _ask_all(turn: _Turn, ask: Ask, todo: list[Request], tell: Tell) -> None:
    row = 0
    tell(turn.feed.name, 0, len(todo))
    for done, request in enumerate(todo, start=1):
        try:
            _ask(turn, ask, request)
            row = 0
        except (OfflineError, QuotaError, transport.DeniedError):
            raise
        except SourceError as error:
            turn.problems.append(f"{request.question}: {error}")
            turn.failed.append(request.question)
            row += 1
        if row >= PATIENCE:
            raise SourceError(f"{row} questions failed in a row; left alone, {len(todo) - done} open")
        tell(turn.feed.name, done, len(todo))


def _ask(turn: _Turn, ask: Ask, request: Request) -> None:
    """Put a question, see that its answer gives figures, and keep it; what is unfit is kept aside."""

    def asked(request: Request) -> Answer:
        answer = replace(ask(request), fetched=turn.clock())
        with _kept_aside(turn, answer):
            check(answer)
        return answer

    if prepare := getattr(turn.source, "prepare", None):
        with _known_form(turn.source):
            request = prepare(request, asked)
    answer, volatile = asked(request), getattr(turn.source, "VOLATILE", b"")
    if not turn.shelf.holds(answer, volatile):
        with _kept_aside(turn, answer):
            turn.rows[request.question] = _figures(turn.source, answer)
    more = {"address": address(turn.feed), "terms": turn.feed.source, "client": f"magnets {__version__}"}
    turn.same += not turn.shelf.keep(answer, volatile, **more)
    turn.answered.add(request.question)


@contextmanager
def _kept_aside(turn: _Turn, answer: Answer) -> Iterator[None]:
    try:
        yield
    except UnfitError as error:
        if answer.body:
            turn.shelf.refuse(answer, str(error))
        raise


@contextmanager
def _known_form(source: Source) -> Iterator[None]:
    """UnfitError where an answer has a form that a module does not expect, whatever that raises: the run goes on."""
    try:
        yield
    except (SourceError, OSError):
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise UnfitError(f"the answer has not the form that {source.TITLE} had ({said})") from error


def _figures(source: Source, answer: Answer) -> pd.DataFrame:
    """The figures of an answer; UnfitError, whatever is wrong with it."""
    with _known_form(source):
        day = schedule.day(answer.fetched or schedule.now())
        return checked(source.rows(answer), day)


def _take(turn: _Turn, accept: bool) -> None:
    """Take the figures of what was kept; of several answers to a question only the last counts."""
    try:
        kept = list(turn.shelf.pending())
    except DataError as error:
        turn.problems.append(str(error))
        return
    last = {answer.request.question: name for name, answer in kept}
    found = {}
    for name, answer in kept:
        question = answer.request.question
        try:
            if last[question] != name:
                found[name] = (replace(answer.request, keys=()), pd.DataFrame(columns=list(COLUMNS)))
            else:
                rows = turn.rows[question] if question in turn.rows else _figures(turn.source, answer)
                found[name] = (answer.request, rows)
        except UnfitError as error:
            turn.problems.append(f"{question}: {error}")
    turns = [found] if found else []
    while turns:
        some = turns.pop(0)
        try:
            turn.change += turn.shelf.take(some, turn.clock(), accept)
        except UnfitError as error:
            if len(some) == 1:
                turn.problems.append(str(error))
            else:
                turns += [{name: one} for name, one in some.items()]


def _recorded(folder: Path, result: Result, failed: Iterable[str], until: datetime | None, keyed: bool) -> Result:
    """Write down how a turn ended, for the next one and for whoever asks; gives the result on."""
    at, until = (moment and moment.replace(microsecond=0) for moment in (schedule.now(), until))
    ended, problems = result.ended, result.problems
    last = Last(at=at, ended=ended, problems=problems, until=until, keyed=keyed, failed=tuple(sorted(failed)))
    folder.mkdir(parents=True, exist_ok=True)
    put(folder / RECORD, json.dumps(last.model_dump(), indent=1, default=str).encode())
    return result
