"""One source's turn in a run: ask what is due, keep each answer as it came, then take the figures of what was kept."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

import pandas as pd

from helpers import __version__
from helpers.data.archive import versions
from helpers.data.archive.store import Change, Shelf, checked
from helpers.data.sources import address, dropped, keys, module, schedule, transport
from helpers.data.sources.bodies import UnfitAnswerError, plain, unfit
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
    State,
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

    Raises
    ------
    SourceError
        If it was set back by more than a day: figures would get a wrong day for ever.
    """

    def __init__(self, last: datetime):
        self.last = last
        if (shown := schedule.now()) + timedelta(days=1) < last:
            raise SourceError(
                f"the clock of this machine says {shown:%Y-%m-%d %H:%M}, but the archive has answers of "
                f"{last:%Y-%m-%d %H:%M}; set the clock right (if it was wrong then, delete the source's folder)"
            )

    def __call__(self) -> datetime:
        self.last = max(schedule.now(), self.last + timedelta(microseconds=1))
        return self.last


def visit(feed: Feed, place: Path, since: str, synthetic: bool, accept: bool, paces: dict, tell: Tell) -> Result:
    """Give a source its turn; what came is kept and taken, however the turn ends.

    Raises
    ------
    KeyboardInterrupt, OSError
        After what came until then was taken, as far as that is possible.
    """
    folder, ended, until, calls, keyed = place / feed.name, "", None, 0, bool(keys.key(feed))
    failed = set(record(folder).get("failed", []))
    try:
        resting(feed, folder)
        source = module(feed)
        shelf = Shelf(folder, feed.name, synthetic)
        state = shelf.state()
        turn = _Turn(feed, source, shelf, Clock(_latest(folder, state)))
        if feed.dropped or due(feed, source, state, since, place):
            versions.periods(folder)  # a damaged archive is told before anything is asked
    except QuotaError as error:
        return Result(feed.name, "quota", problems=(str(error),))
    except (SourceError, DataError) as error:
        result = Result(feed.name, "failed", problems=(str(error),))
        return _recorded(folder, result, failed, None, keyed) if folder.is_dir() else result
    try:
        _take(turn, accept=False)  # what a run that was killed had kept
        turn.problems.clear()  # told at the end, unless another answer comes until then
        todo = due(feed, source, state, since, place)
        if feed.dropped:
            _ask_all(turn, lambda request: dropped.answer(place, feed, request, synthetic), todo, tell)
        elif todo:
            recently = sum(at > schedule.now() - timedelta(days=1) for at in state.asked.values())
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


def _latest(folder: Path, state: State) -> datetime:
    """A second after all that is in the archive of a source: there, times are of whole seconds."""
    known = [*state.asked.values(), *(part.known for part in versions.parts(folder))]
    return max(known, default=datetime.min.replace(tzinfo=UTC)) + timedelta(seconds=1)


def due(feed: Feed, source: Source, state: State, since: str, place: Path) -> list[Request]:
    """The questions that are due, those last that failed before; for a feed of files, all files that lie there."""
    if feed.dropped:
        return [cast(Any, source).dropped(name) for name in dropped.names(place, feed)]
    today = schedule.day(schedule.now())
    try:
        every = list(source.requests(feed, since, today, bool(keys.key(feed))))
        asked = getattr(source, "due", schedule.due)(feed, every, state, today)
    except (LookupError, TypeError, ValueError) as error:
        raise SourceError(f"{feed.name}: no question can be made ({error}); see its row in data/feeds.csv") from error
    failed = set(record(place / feed.name).get("failed", []))
    return sorted(asked, key=lambda request: request.question in failed)


def record(folder: Path) -> dict:
    """How the last turn of a source ended; nothing if it had none, or that cannot be read."""
    try:
        about = versions.side(folder / RECORD, "at", "ended", "problems", "until", "keyed", "failed")
        times = [datetime.fromisoformat(at).tzinfo for at in (about["at"], about["until"] or about["at"])]
        return about if all(times) else {}
    except (TypeError, ValueError):  # DataError is one
        return {}


def resting(feed: Feed, folder: Path) -> None:
    """Raise QuotaError as long as the source said that it wants no calls."""
    last = record(folder)
    if (until := last.get("until")) and last["keyed"] == bool(keys.key(feed)):
        at, shown = datetime.fromisoformat(until), schedule.now()
        if shown < at < shown + timedelta(days=2):
            raise QuotaError(f"{feed.name}: its quota is used up; go on after "
                             f"{at.astimezone(schedule.INDIA):%Y-%m-%d %H:%M} in India", at)  # fmt: skip


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
            turn.problems.append(str(error))
            turn.failed.append(request.question)
            row += 1
            if isinstance(error, UnfitAnswerError) and error.answer.body:
                turn.shelf.refuse(replace(error.answer, fetched=turn.clock()), str(error))
        if row >= PATIENCE:
            raise SourceError(f"{turn.feed.name}: {row} questions failed in a row; left alone, {len(todo) - done} open")
        tell(turn.feed.name, done, len(todo))


def _ask(turn: _Turn, ask: Ask, request: Request) -> None:
    """Put a question, see that its answer gives figures, and keep it."""
    if hasattr(turn.source, "prepare"):
        request = _prepared(turn.source, ask, request)
    answer, volatile = replace(ask(request), fetched=turn.clock()), getattr(turn.source, "VOLATILE", b"")
    if not turn.shelf.holds(answer, volatile):
        turn.rows[request.question] = _figures(turn.source, answer)
    more = {"address": address(turn.feed), "terms": turn.feed.source, "client": f"magnets {__version__}"}
    turn.same += not turn.shelf.keep(answer, volatile, **more)
    turn.answered.add(request.question)


def _prepared(source: Any, ask: Ask, request: Request) -> Request:
    """The question to ask in the end; SourceError, whatever is wrong with the answer that it depends on."""
    try:
        return source.prepare(request, ask)
    except (SourceError, OSError):
        raise
    except Exception as error:  # a form that a module does not expect must not end the run
        said = f"{type(error).__name__}: {error}"
        raise UnfitError(f"{request.question}: what {source.TITLE} says of it has not the form that it had ({said})"
                         ) from error  # fmt: skip


def _figures(source: Source, answer: Answer) -> pd.DataFrame:
    """The figures of an answer; UnfitAnswerError, whatever is wrong with it."""
    try:
        day = schedule.day(answer.fetched or schedule.now())
        return checked(source.rows(source.parse(answer), answer), answer.request, day)
    except UnfitError as error:
        raise error if isinstance(error, UnfitAnswerError) else UnfitAnswerError(str(error), answer) from error
    except Exception as error:  # a format that a module does not expect must not end the run
        said = f"{type(error).__name__}: {error}"
        raise unfit(answer, f"it has not the form that {source.TITLE} had ({said})") from error


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
            turn.problems.append(str(error))
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
    about = {
        "at": schedule.now().isoformat(timespec="seconds"),
        "ended": result.ended,
        "problems": result.problems,
        "until": until and until.isoformat(timespec="seconds"),
        "keyed": keyed,
        "failed": sorted(failed),
    }
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{RECORD}.tmp"
    draft.write_text(json.dumps(about, indent=1), encoding="utf-8")
    draft.replace(folder / RECORD)
    return result
