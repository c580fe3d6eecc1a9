"""The record of a report, ``run.json``, as it is read again: its form, and the hash of its own content."""

import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

NAME = "run.json"
OWN = "record"
"""The field that holds the hash of all the others."""

_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Name = Annotated[str, Field(pattern=r"^[^/\\]+$")]


class RecordError(ValueError):
    """A file is no record of a report; the text says which, and why."""


class _Chapter(BaseModel):
    seconds: float
    end: str


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="allow")

    as_of: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]


class _Table(BaseModel):
    sha256: _Hash


class _Code(BaseModel):
    notebooks: dict[str, _Hash]
    helpers: dict[str, _Hash]


class _Record(BaseModel):
    """What everybody who reads a record may count on; what else is in it is kept as it is."""

    answer: str
    command: str
    end: str
    parameters: _Parameters
    given: dict[str, str | float | None]
    inputs: _Hash
    data: dict[str, _Table]
    lock: dict[str, _Hash]
    code: _Code
    chapters: dict[str, _Chapter]
    files: dict[_Name, _Hash]


def read(path: Path) -> dict[str, Any]:
    """A record, checked for its form.

    Raises
    ------
    RecordError
        If the file cannot be read, or is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        _Record.model_validate(content, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise RecordError(f"{path} is no record of a report: {place}: {first['msg'].lower()}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise RecordError(f"{path} is no record of a report: {type(error).__name__} {error}") from None
    return content


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of everything in a record but this hash itself."""
    kept = {name: value for name, value in content.items() if name != OWN}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def written(content: dict[str, Any]) -> str:
    """A record as the text of its file, with its own hash as the last field."""
    return json.dumps(content | {OWN: digest(content)}, indent=1, ensure_ascii=False) + "\n"


def rank(folder: str) -> tuple[str, int]:
    """What orders the folders of reports: the day, then the number after ``-r``."""
    found = re.fullmatch(r"(.+)-r(\d+)", folder, re.S)
    return (found[1], int(found[2])) if found else (folder, 1)
