"""Into ``reports/<as_of>/``: pages, downloads and the record of the run.

A report is built beside its place and moved there when it is whole. Nothing published is overwritten.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.report.job import Chapter, End, Job
from helpers.report.shelf import archive, files
from helpers.report.shelf.inputs import sha256

if TYPE_CHECKING:
    from helpers.data import Vintage

LEAD = "4-forecast"
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
    import filelock

    root.mkdir(parents=True, exist_ok=True)
    holder = root / ".lock-holder"
    try:
        lock = filelock.FileLock(root / ".lock", timeout=0).acquire()
    except filelock.Timeout:
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
    """Write a report whose chapters all ended well; :func:`archive.write` then lists it.

    Parameters
    ----------
    root : Path
        Folder of the reports.
    chapters : list of Chapter
        With their pages.
    job : Job
    frame : dict
        What all pages share.
    india : Vintage
        What was public on the day of the report.

    Returns
    -------
    Path
        The folder ``<as_of>``, or ``<as_of>-r2`` and so on if that one is taken.
    """
    from helpers.report.page import html

    folder = _free_folder(root, frame["as_of"])
    with files.building(root) as scratch:
        for chapter in chapters:
            files.write(scratch / f"{chapter.name}.html", chapter.html)
            for file in html.payloads(chapter.notebook, "file"):
                files.write(scratch / file["name"], file["text"])
        front = _front(chapters) | {"previous": archive.previous(root, folder.name)}
        if front["lead"]:
            files.write(scratch / "forecast.svg", front["lead"]["svg"])
        (scratch / "tables.xlsx").write_bytes(_tables(chapters, job))
        front["downloads"] = sorted(path.name for path in scratch.iterdir() if path.suffix != ".html")
        files.write(scratch / "index.html", html.plain("report", frame | front))
        _record(scratch, folder.name, chapters, job, india)
        files.place(scratch, folder)
    return folder


def publish_failure(root: Path, chapters: list[Chapter], job: Job, frame: dict, india: "Vintage") -> Path:
    """Write the chapters as far as they came, with a page that names what failed, under ``failed/``."""
    from helpers.report.page import html

    folder = _free_folder(root / "failed", frame["as_of"])
    frame = frame | {"failure": True}
    failures = [
        {"name": c.name, "what": WHAT[c.end], "cell": c.cell, "error": c.error} for c in chapters if c.end is not End.OK
    ]
    failed = {failure["name"]: failure for failure in failures}
    with files.building(root) as scratch:
        for chapter in chapters:
            body = html.chapter(chapter.name, chapter.notebook, frame, failed.get(chapter.name) or {"cell": {}})
            files.write(scratch / f"{chapter.name}.html", body)
            for file in html.payloads(chapter.notebook, "file"):
                files.write(scratch / file["name"], file["text"])
        files.write(
            scratch / "index.html", html.plain("failure", frame | {"failures": failures, "count": len(chapters)})
        )
        _record(scratch, folder.name, chapters, job, india)
        folder.parent.mkdir(exist_ok=True)
        files.place(scratch, folder)
    return folder


def _front(chapters: list[Chapter]) -> dict:
    from helpers.report.page import html

    ordered = _lead_first(chapters)
    figures = html.payloads(ordered[0].notebook, "figure")
    answers = [(c.name, shown) for c in ordered for shown in html.payloads(c.notebook, "answer")]
    return {
        "answers": [
            {"name": name, "answer": one["text"], "sources": one["sources"], "assumed": one.get("assumed", False)}
            for name, one in answers
        ],
        "lead": figures[0] if figures else None,
    }


def _lead_first(chapters: list[Chapter]) -> list[Chapter]:
    return sorted(chapters, key=lambda chapter: chapter.name != LEAD)


def _tables(chapters: list[Chapter], job: Job) -> bytes:
    from helpers.report.page import html
    from helpers.report.page.spreadsheet import Sheet, workbook

    sheets = []
    for chapter in chapters:
        for kind, caption, text in (("figure", "title", "csv"), ("table", "caption", "csv"), ("file", "name", "text")):
            for shown in html.payloads(chapter.notebook, kind):
                sheets.append(Sheet(chapter.name, shown[caption], shown[text]))
    return workbook(sheets, job.parameters.as_of)


def _record(scratch: Path, folder: str, chapters: list[Chapter], job: Job, india: "Vintage") -> None:
    from helpers.report.page import html
    from helpers.report.shelf import manifest, record

    answers = [a["text"] for chapter in _lead_first(chapters) for a in html.payloads(chapter.notebook, "answer")]
    hashes = {path.name: sha256(path) for path in sorted(scratch.iterdir())}
    kept = manifest.content(folder, chapters, job, india, answers[0] if answers else "", hashes)
    files.write(scratch / record.NAME, record.written(kept))


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
