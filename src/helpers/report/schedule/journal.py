"""What a scheduler did: JSON lines in the folder of its reports, each on the disk before anything follows from it.

Three kinds of lines tell of a run: ``begun``, then ``ended`` with its end, or ``put off`` if it was only too early. Two
tell of alerts: ``alert`` before one is sent, ``not sent`` if it could not be. A line that a power cut tore is none.
"""

import os
import warnings
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

NAME = "journal.jsonl"
Said = Literal["begun", "ended", "put off", "alert", "not sent"]


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


def ended(lines: Sequence[Line], report: str | None = None, now: datetime | None = None) -> list[Line]:
    """How runs ended, of one report or of all, in the order in which they were due.

    A time that is yet to come was written by a clock that was wrong, and is left out.
    """
    found = (line for line in lines if line.said == "ended" and report in (None, line.report))
    return sorted((line for line in found if now is None or line.due <= now), key=lambda line: line.due)


def append(root: Path, line: Line) -> Line:
    """Add a line, in the place of a torn one; it is whole and on the disk, or is none and there is an OSError."""
    raw = line.model_dump_json(exclude_defaults=True).encode() + b"\n"
    with (root / NAME).open("a+b", buffering=0) as file:
        file.seek(0)
        file.truncate(file.readall().rfind(b"\n") + 1)
        if file.write(raw) < len(raw):
            raise OSError(f"{NAME}: the disk is full")
        os.fsync(file.fileno())
    return line
