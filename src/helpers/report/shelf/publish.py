"""Into ``reports/<as_of>/``: pages, downloads and the record of the run.

A report is built beside its place and moved there when it is whole. Nothing published is overwritten.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from helpers.report import parameters
from helpers.report.job import Chapter, End, Job
from helpers.report.shelf import archive, files, record
from helpers.report.shelf.inputs import sha256

if TYPE_CHECKING:
    from helpers.data import Vintage

LEAD = "4-forecast"
"""The chapter that answers the report's question, and gives it its figure."""

FINDING = "1-trade"
"""The chapter whose answer stands before that: what the number is that the question begins from."""

SLOTS = ("means", "judgements", "calendar", "record")
"""Where the first page shows what cells hand to it, by what follows ``brief-`` in their tags."""

WHAT = {
    End.CELL_ERROR: "a cell raised an error",
    End.TIMEOUT: "a cell ran out of time",
    End.KERNEL_DIED: "the kernel died",
}


class LockedError(RuntimeError):
    """Another run writes to the folder; the text says who, and since when."""


@contextmanager
def only_run(root: Path) -> Iterator[None]:
    """Hold the lock of a report folder, without what killed runs left behind; raise LockedError if it is taken."""
    root.mkdir(parents=True, exist_ok=True)
    holder = root / ".lock-holder"
    try:
        lock = FileLock(root / ".lock", timeout=0).acquire()
    except Timeout:
        raise LockedError(f"another run is writing to {root}{_holder(holder)}; wait for it to end") from None
    with lock:
        files.sweep(root)
        files.sweep(root / "failed")
        since = datetime.now(UTC).isoformat(timespec="seconds")
        files.replace(holder, json.dumps({"pid": os.getpid(), "since": since}))
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)


def publish(root: Path, chapters: list[Chapter], job: Job, frame: dict, india: "Vintage") -> Path:
    """Write a report whose chapters, with their pages, all ended well; :func:`archive.write` then lists it.

    ``frame`` is what all pages share. It goes to ``<as_of>``, or to ``<as_of>-r2`` and so on if that one is taken.
    """
    from helpers.data import kept
    from helpers.report import changed
    from helpers.report.page import explorer, html

    folder, asked = _free_folder(root, frame["as_of"]), parameters.shown(job.parameters)
    before = archive.before(archive.records(root), folder.name, asked, india.synthetic)
    with files.building(root) as scratch:
        shown, moved = brief(chapters), changed.changed(root, before, job, india, chapters)
        _write(scratch, _offered(chapters))
        if shown["figures"]:
            _write(scratch, {"forecast.svg": shown["figures"][0]["svg"]})
        (scratch / "tables.xlsx").write_bytes(_tables(chapters, job, frame["synthetic"]))
        (scratch / kept.NAME).write_bytes(kept.packed())
        shown |= {
            "changed": moved,
            "downloads": sorted(path.name for path in scratch.iterdir() if path.suffix != ".html"),
            "previous": before and before["folder"],
        }
        front, glossary = frame | shown, frame | {"name": "glossary"}
        _write(scratch, {"index.html": html.plain("report", front), "glossary.html": html.plain("glossary", glossary)})
        if frame["explorer"]:
            own = explorer.content(india) | {"name": html.EXPLORER}
            _write(scratch, {"explorer.html": html.plain(html.EXPLORER, frame | own)})
        _record(scratch, folder.name, chapters, job, india, moved)
        files.place(scratch, folder)
    return folder


def publish_failure(root: Path, chapters: list[Chapter], job: Job, frame: dict, india: "Vintage") -> Path:
    """Write the chapters as far as they came, with a page that names what failed, under ``failed/``."""
    from helpers.report.page import html

    folder = _free_folder(root / "failed", frame["as_of"])
    frame = frame | {"failure": True}
    failed = [{"name": c.name, "what": WHAT[c.end], "cell": c.cell, "error": c.error} for c in chapters if c.end]
    of = {one["name"]: one for one in failed}
    paged = [replace(c, html=html.chapter(c.name, c.notebook, frame, of.get(c.name, {"cell": {}}))) for c in chapters]
    index = html.plain("failure", frame | {"failures": failed, "count": len(chapters)})
    with files.building(root) as scratch:
        _write(scratch, _offered(paged) | {"index.html": index})
        _record(scratch, folder.name, chapters, job, india)
        folder.parent.mkdir(exist_ok=True)
        files.place(scratch, folder)
    return folder


def _write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _offered(chapters: list[Chapter]) -> dict[str, str]:
    """The pages of chapters, and the files that they offer but those of which all is withheld, by name."""
    texts = {file["name"]: file["text"] for _, file in _shown(chapters, "file") if file["text"]}
    return texts | {f"{chapter.name}.html": chapter.html for chapter in chapters}


def brief(chapters: list[Chapter]) -> dict:
    """What the first page shows: the ``answers`` of all chapters, and what cells hand to it by their tags.

    ``front``, the sentences of cells tagged ``brief-answer``; else the first answers of :data:`FINDING` and
    :data:`LEAD`. ``figures`` of cells tagged ``brief-figure``; else the first of :data:`LEAD`. :data:`SLOTS`: whatever
    is tagged so. Each has the ``name`` of its chapter and the ``cell`` that shows it.
    """
    lead = sorted(chapters, key=lambda chapter: chapter.name != LEAD)
    answers = _tagged(lead, "", "answer")
    firsts = [next((one for one in answers if one["name"] == name), None) for name in (FINDING, LEAD)]
    figures = _tagged(lead[:1], "", "figure")[:1]
    return {
        "answers": answers,
        "front": _tagged(lead, "brief-answer", "sentence") or [one for one in firsts if one] or answers[:1],
        "figures": _tagged(lead, "brief-figure", "figure") or figures,
        **{slot: _tagged(chapters, f"brief-{slot}") for slot in SLOTS},
    }


def _shown(chapters: list[Chapter], kind: str, tag: str = "") -> list[tuple[str, dict]]:
    """What cells with a tag, or any, show of one kind, or of any, each with the name of its chapter."""
    from helpers.report.page import html

    return [(c.name, one) for c in chapters for one in html.payloads(c.notebook, kind, tag)]


def _tagged(chapters: list[Chapter], tag: str, kind: str = "") -> list[dict]:
    return [one | {"name": name} for name, one in _shown(chapters, kind, tag)]


def _tables(chapters: list[Chapter], job: Job, synthetic: str) -> bytes:
    from helpers.report.page.spreadsheet import Sheet, workbook

    kinds = (("figure", "title", "csv"), ("table", "caption", "csv"), ("file", "name", "text"))
    sheets = [
        Sheet(name, one[caption], one[text], one.get("withheld", ""))
        for chapter in chapters for kind, caption, text in kinds for name, one in _shown([chapter], kind)
    ]  # fmt: skip
    return workbook(sheets, job.parameters.as_of, synthetic)


def _record(
    scratch: Path, folder: str, chapters: list[Chapter], job: Job, india: "Vintage", moved: dict | None = None
) -> None:
    answer = next((one["text"] for one in brief(chapters)["answers"]), "")
    answer = f"SYNTHETIC: {answer}" if india.synthetic else answer
    hashes = {path.name: sha256(path) for path in sorted(scratch.iterdir())}
    text = moved["sentence"]["text"] if moved and moved["previous"] else ""
    whole = record.content(folder, chapters, job, india, answer, hashes) | {"changed": text}
    _write(scratch, {record.NAME: record.written(whole)})


def _holder(path: Path) -> str:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return f": process {held['pid']}, since {held['since']}"
    except (OSError, ValueError, KeyError):
        return ""


def _free_folder(root: Path, name: str) -> Path:
    number = 1
    while os.path.lexists(folder := root / (name if number == 1 else f"{name}-r{number}")):
        number += 1
    return folder
