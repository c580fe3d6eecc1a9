"""What a scheduler did: JSON lines in the folder of its reports, each on the disk before anything follows from it.

Three kinds of lines tell of a run: ``begun``, then ``ended`` with its end, or ``put off`` if it was only too early. Two
tell of alerts: ``alert`` before one is sent, ``not sent`` if it could not be. A line that a power cut tore is none.
"""

import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

NAME = "journal.jsonl"
Said = Literal["begun", "ended", "put off", "alert", "not sent"]


class BusyError(RuntimeError):
    """Another call is at work on a folder."""


class Line(BaseModel):
    """A line; ``late`` are the sources of which a period did not come in time, ``reports`` new folders."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    at: AwareDatetime
    said: Said
    report: str
    due: AwareDatetime
    as_of: date | None = None
    end: str = ""
    code: int = 0
    seconds: float | None = None
    reports: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    tries: int = 0
    missed: int = 0
    event: str = ""
    to: str = ""


def read(root: Path) -> list[Line]:
    """The lines of a folder's journal, oldest first; one that is none is warned of and left out."""
    try:
        text = (root / NAME).read_bytes()
    except FileNotFoundError:
        return []
    found = []
    for number, raw in enumerate(text[: text.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            found.append(Line.model_validate_json(raw))
        except ValidationError:
            warnings.warn(f"{root / NAME} line {number} is none of a journal, and is left out", stacklevel=2)
    return found


def ended(lines: Iterable[Line], report: str, now: datetime) -> list[Line]:
    """How the runs of a report ended, in the order in which they were due.

    A time that is yet to come was written by a clock that was wrong, and is left out.
    """
    found = (line for line in lines if line.said == "ended" and line.report == report and line.due <= now)
    return sorted(found, key=lambda line: line.due)


def append(root: Path, line: Line) -> None:
    """Add a line, in the place of a torn one; it is whole and on the disk, or is none and there is an OSError."""
    raw = line.model_dump_json(exclude_defaults=True).encode() + b"\n"
    descriptor = os.open(root / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        end = _whole(descriptor)
        os.ftruncate(descriptor, end)
        os.lseek(descriptor, end, os.SEEK_SET)
        if os.write(descriptor, raw) < len(raw):
            raise OSError(f"{NAME}: the disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def alone(root: Path, wait: float) -> Iterator[None]:
    """Be the only scheduler of a folder; raise BusyError if another is at work for longer than some seconds."""
    import filelock

    root.mkdir(parents=True, exist_ok=True)
    try:
        lock = filelock.FileLock(root / ".schedule.lock", timeout=wait).acquire()
    except filelock.Timeout:
        raise BusyError(f"another `magnets schedule run` is at work on {root}") from None
    with lock:
        yield


def stamp(at: datetime) -> datetime:
    """A moment as a journal has it: to the second."""
    return at.replace(microsecond=0)


def _whole(descriptor: int) -> int:
    """Where the last whole line ends."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    while end > 0:
        begin = max(0, end - 4096)
        os.lseek(descriptor, begin, os.SEEK_SET)
        if (found := os.read(descriptor, end - begin).rfind(b"\n")) >= 0:
            return begin + found + 1
        end = begin
    return 0
