"""Fetch what is due, of all sources or some, one after another; tell before what that would be.

Only one run works on an archive. One that is stopped, killed or refused goes on where it was with the next.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from helpers import paths
from helpers.data import sources
from helpers.data.sources import keys, schedule, visit
from helpers.data.sources.protocol import Feed, SourceError
from helpers.data.sources.visit import Result, Tell
from helpers.data.tables import DataError

YEARS = 3
"""How many years back questions begin, unless a month is given."""

NEW, NOTHING, SOME_FAILED, OFFLINE = 0, 20, 21, 22
"""How a run ended, as exit codes."""


class LockedError(RuntimeError):
    """Another run works on this archive."""


@dataclass(frozen=True)
class Plan:
    """What a feed would be asked now, in at most how many calls and about how many seconds; or why it would not."""

    feed: str
    questions: tuple[str, ...] = ()
    calls: int = 0
    seconds: float = 0.0
    problem: str = ""


def fetch(
    names: Sequence[str] = (),
    folder: Path | None = None,
    since: str = "",
    accept: bool = False,
    tell: Tell = lambda feed, done, of: None,
) -> list[Result]:
    """Fetch what is due of some feeds, or of all.

    ``since`` is the first month to ask about, January three years ago unless given; ``accept`` says to believe answers
    that lack more than half of the figures that were there before; ``tell`` gets the name of a feed, how many of its
    questions are done, and how many there are.

    SourceError if there is no such feed or month, ``MAGNETS_<FEED>_URL`` is no address, or a key cannot be read;
    LockedError if another run works on the archive; OSError if it cannot be written.
    """
    known, place, paces = sources.feeds(), folder or paths.archive(), dict[str, float]()
    feeds, since, synthetic = _chosen(names, known), _month(since), sources.synthetic(known)
    with _alone(place):
        return [visit.visit(feed, place, since, synthetic, accept, paces, tell) for feed in feeds]


def plan(names: Sequence[str] = (), folder: Path | None = None, since: str = "") -> list[Plan]:
    """What `fetch` would ask now; nothing is asked, and nothing is written."""
    known, place = sources.feeds(), folder or paths.archive()
    feeds, since, synthetic = _chosen(names, known), _month(since), sources.synthetic(known)
    with _alone(place) if place.is_dir() else nullcontext():
        return [_planned(feed, place, since, synthetic) for feed in feeds]


def code(results: Sequence[Result]) -> int:
    """The exit code of a run: nothing new is not a failure, and no network is not a source's."""
    ends = [result.ended for result in results]
    asked = [result.ended for result in results if result.ended != "nothing new" or result.calls]
    if asked and set(asked) == {"offline"}:
        return OFFLINE
    if {"failed", "offline", "quota"} & set(ends):
        return SOME_FAILED
    return NEW if "new" in ends else NOTHING


def _planned(feed: Feed, place: Path, since: str, synthetic: bool) -> Plan:
    try:
        source, _, due = visit.ready(feed, place, since, synthetic)
    except (SourceError, DataError) as error:
        return Plan(feed.name, problem=str(error))
    calls = 0 if feed.dropped else len(due) * (2 if hasattr(source, "prepare") else 1)
    return Plan(feed.name, tuple(request.question for request in due), calls, calls * feed.pause)


def _chosen(names: Sequence[str], known: dict[str, Feed]) -> list[Feed]:
    if unknown := [name for name in names if name not in known]:
        raise SourceError(f"there is no source {unknown[0]!r}; there are {', '.join(known)}")
    feeds = [feed for feed in known.values() if not names or feed.name in names]
    for feed in feeds:
        keys.key(feed)
    return feeds


def _month(since: str) -> str:
    today = schedule.day(schedule.now())
    if not since:
        return f"{today.year - YEARS}-01"
    if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", since) or since > f"{today:%Y-%m}":
        raise SourceError(f"{since!r} is no month up to this one; write it as YYYY-MM")
    return since


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    place.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(place / ".lock", timeout=0):
            yield
    except Timeout:
        raise LockedError(f"another run fetches into {place}; wait until it has ended, then fetch again") from None
