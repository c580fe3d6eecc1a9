"""The record of a run, ``run.json``: what it was made from, with what, and what it took; its form, its own hash."""

import hashlib
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from helpers.report.job import Chapter, Job
from helpers.report.parameters import command, given, shown
from helpers.report.run.chapter import kernel_name
from helpers.report.shelf import inputs

if TYPE_CHECKING:
    from helpers.data import Vintage

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

    as_of: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$"), AfterValidator(date.fromisoformat)]


class _Table(BaseModel):
    sha256: _Hash


class _Code(BaseModel):
    notebooks: dict[str, _Hash]
    helpers: dict[str, _Hash]


class _Record(BaseModel):
    """What everybody who reads a record may count on; what else is in it is kept as it is."""

    folder: str
    answer: str
    command: str
    end: str
    parameters: _Parameters
    given: dict[str, str | float | None]
    inputs: _Hash
    data: dict[str, _Table]
    lock: dict[str, _Hash]
    code: _Code
    archive: dict[str, _Hash] = Field(default_factory=dict)
    notices: list[str] = Field(default_factory=list)
    changed: str = ""
    synthetic: bool = False
    chapters: dict[str, _Chapter]
    files: dict[_Name, _Hash]


def read(path: Path) -> dict[str, Any]:
    """A record, checked for its form; RecordError if the file cannot be read, or is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        _Record.model_validate(content, strict=True)
        json.dumps([path.parent.name, content], ensure_ascii=False).encode()  # half a character stops page and feed
        return content
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg'].lower()}"
    except OSError as error:
        why = (error.strerror or str(error)).lower()
    except (ValueError, RecursionError) as error:
        why = f"{type(error).__name__} {error}"
    raise RecordError(f"{path} is no record of a report: {why}")


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


def content(
    folder: str, chapters: list[Chapter], job: Job, india: "Vintage", answer: str, files: dict[str, str]
) -> dict[str, Any]:
    """Everything about a run that is not a page; times and memory stand here only.

    ``answer`` is the first sentence of the report, ``files`` the SHA-256 of every other file of its folder.
    """
    from helpers.report.page import html

    values = shown(job.parameters)
    return {
        "folder": folder,
        "end": max(chapter.end for chapter in chapters).name.lower(),
        "answer": answer,
        "command": command(given(values)),
        "parameters": values,
        "given": given(values),
        "inputs": job.inputs,
        "synthetic": india.synthetic,
        "notices": list(job.notices),
        "data": {name: {"sha256": digest} | _vintage(name, india) for name, digest in job.files["data"].items()},
        "archive": job.files["archive"],
        "lock": job.files["lock"],
        "code": inputs.commit() | {group: job.files[group] for group in ("notebooks", "helpers")},
        "seeds": inputs.seeds(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "kernel": kernel_name(),
        "versions": inputs.versions(),
        "chapters": {chapter.name: _chapter(chapter) for chapter in chapters},
        "headers": html.headers().splitlines(),
        "files": files,
    }


def _vintage(file: str, india: "Vintage") -> dict:
    """Of a table with dates: how many rows and sources it had on the day, and when its newest row became public."""
    from helpers.data import tables

    name = file.removesuffix(".csv")
    if name not in tables.DATED:
        return {}
    rows = india.table(name, vintages=True)
    newest = str(rows["published"].max().date()) if len(rows) else None
    named = {source for text in rows.get("source", []) for source in str(text).split()}
    return {"rows": len(rows), "sources": len(named), "newest": newest}


def _chapter(chapter: Chapter) -> dict:
    took = {cell["id"]: cell.metadata.get("papermill", {}).get("duration") for cell in chapter.notebook.cells}
    cells = {name: round(seconds, 3) for name, seconds in took.items() if seconds is not None}
    kept = {"end": chapter.end.name.lower(), "seconds": round(chapter.seconds, 2), "peak_mb": chapter.peak_mb}
    return kept | {"cells": cells} | ({"cell": chapter.cell, "error": chapter.error} if chapter.error else {})
