"""Into ``reports/<as_of>/``: pages, downloads, record of the run, and the archive of all reports.

A report is built beside its place and moved there when it is whole. Nothing published is overwritten.
What a killed run leaves behind has a name that begins with ``.building-``; the next run removes it.
"""

import json
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from helpers.report.run.chapter import Chapter, End
from helpers.report.shelf.inputs import sha256

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
        for left in [*root.glob(".building-*"), *(root / "failed").glob(".building-*")]:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        since = datetime.now(UTC).isoformat(timespec="seconds")
        holder.write_text(json.dumps({"pid": os.getpid(), "since": since}), encoding="utf-8")
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)


def publish(root: Path, chapters: list[Chapter], job, frame: dict) -> Path:
    """Write a report whose chapters all ended well; :func:`write_archive` then lists it.

    Parameters
    ----------
    root : Path
        Folder of the reports.
    chapters : list of Chapter
        With their pages.
    job : helpers.report.job.Job
    frame : dict
        What all pages share.

    Returns
    -------
    Path
        The folder ``<as_of>``, or ``<as_of>-r2`` and so on if that one is taken.
    """
    from helpers.report.page import html

    folder = _free_folder(root, frame["as_of"])
    with _building(root) as scratch:
        for chapter in chapters:
            _write(scratch / f"{chapter.name}.html", chapter.html)
            for file in html.payloads(chapter.notebook, "file"):
                _write(scratch / file["name"], file["text"])
        front = _front(chapters) | {"previous": _previous(root, folder.name)}
        if front["lead"]:
            _write(scratch / "forecast.svg", front["lead"]["svg"])
        (scratch / "tables.xlsx").write_bytes(_tables(chapters, job))
        front["downloads"] = sorted(path.name for path in scratch.iterdir() if path.suffix != ".html")
        _write(scratch / "index.html", html.plain("report", frame | front))
        _record(scratch, folder.name, chapters, job)
        scratch.replace(folder)
    return folder


def publish_failure(root: Path, chapters: list[Chapter], job, frame: dict) -> Path:
    """Write the chapters as far as they came, with a page that names what failed, under ``failed/``."""
    from helpers.report.page import html

    folder = _free_folder(root / "failed", frame["as_of"])
    frame = frame | {"failure": True}
    failures = [
        {"name": c.name, "what": WHAT[c.end], "cell": c.cell, "error": c.error} for c in chapters if c.end is not End.OK
    ]
    failed = {failure["name"]: failure for failure in failures}
    with _building(root) as scratch:
        for chapter in chapters:
            body = html.chapter(chapter.name, chapter.notebook, frame, failed.get(chapter.name) or {"cell": {}})
            _write(scratch / f"{chapter.name}.html", body)
            for file in html.payloads(chapter.notebook, "file"):
                _write(scratch / file["name"], file["text"])
        _write(scratch / "index.html", html.plain("failure", frame | {"failures": failures, "count": len(chapters)}))
        _record(scratch, folder.name, chapters, job)
        folder.parent.mkdir(exist_ok=True)
        scratch.replace(folder)
    return folder


def records(root: Path) -> list[dict]:
    """The ``run.json`` of every published report, newest first; one that cannot be read is warned of."""
    found = []
    for path in root.glob("[!.]*/run.json"):
        try:
            record = json.loads(path.read_text(encoding="utf-8")) | {"folder": path.parent.name}
            record["inputs"], record["given"].items(), record["answer"], record["parameters"]["as_of"]
            [chapter["seconds"] + 0 for chapter in record["chapters"].values()]
        except (ValueError, KeyError, TypeError, AttributeError):
            warnings.warn(f"{path} is no record of a report; its report is left out of the archive", stacklevel=2)
            continue
        found.append(record)
    return sorted(found, key=lambda record: _rank(record["folder"]), reverse=True)


def archive_is_current(root: Path) -> bool:
    """Does the archive list every report?"""
    target = root / "index.html"
    text = target.read_text(encoding="utf-8") if target.exists() else ""
    return set(re.findall(r'href="([^"/]+)/index\.html"', text)) == {record["folder"] for record in records(root)}


def write_archive(root: Path) -> Path:
    """Renew ``index.html`` of a report folder from the records below it."""
    from helpers.report.page import html

    days: dict[str, list] = {}
    for record in records(root):
        days.setdefault(record["parameters"]["as_of"], []).append(record)
    text = html.plain("archive", {"days": days})
    handle, name = tempfile.mkstemp(prefix=".building-", suffix=".html", dir=root)
    os.close(handle)
    scratch = Path(name)
    try:
        _write(scratch, text)
        scratch.chmod(0o644)
        return scratch.replace(root / "index.html")
    finally:
        scratch.unlink(missing_ok=True)


def _front(chapters: list[Chapter]) -> dict:
    from helpers.report.page import html

    ordered = _lead_first(chapters)
    figures = html.payloads(ordered[0].notebook, "figure")
    answers = [(c.name, shown) for c in ordered for shown in html.payloads(c.notebook, "answer")]
    return {
        "answers": [{"name": name, "answer": a["text"], "sources": a["sources"]} for name, a in answers],
        "lead": figures[0] if figures else None,
        "sources": html.cited_sources([*(shown for _, shown in answers), *figures[:1]]),
    }


def _lead_first(chapters: list[Chapter]) -> list[Chapter]:
    return sorted(chapters, key=lambda chapter: chapter.name != LEAD)


def _previous(root: Path, folder: str) -> str | None:
    earlier = [record["folder"] for record in records(root) if _rank(record["folder"]) < _rank(folder)]
    return earlier[0] if earlier else None


def _tables(chapters: list[Chapter], job) -> bytes:
    from helpers.report.page import html
    from helpers.report.page.spreadsheet import Sheet, workbook

    sheets = []
    for chapter in chapters:
        for kind, caption, text in (("figure", "title", "csv"), ("table", "caption", "csv"), ("file", "name", "text")):
            for shown in html.payloads(chapter.notebook, kind):
                sheets.append(Sheet(chapter.name, shown[caption], shown[text]))
    return workbook(sheets, job.parameters.as_of)


def _record(scratch: Path, folder: str, chapters: list[Chapter], job) -> None:
    from helpers.report.page import html
    from helpers.report.shelf.manifest import record

    answers = [a["text"] for chapter in _lead_first(chapters) for a in html.payloads(chapter.notebook, "answer")]
    files = {path.name: sha256(path) for path in sorted(scratch.iterdir())}
    kept = record(folder, chapters, job, answers[0] if answers else "", files)
    _write(scratch / "run.json", json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def _holder(path: Path) -> str:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return f": process {held['pid']}, since {held['since']}"
    except (OSError, ValueError, KeyError):
        return ""


@contextmanager
def _building(root: Path) -> Iterator[Path]:
    scratch = Path(tempfile.mkdtemp(prefix=".building-", dir=root))
    scratch.chmod(0o755)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _free_folder(root: Path, name: str) -> Path:
    number = 1
    while (folder := root / (name if number == 1 else f"{name}-r{number}")).exists():
        number += 1
    return folder


def _rank(folder: str) -> tuple[str, int]:
    name, number = re.fullmatch(r"(.*?)(?:-r(\d+))?", folder).groups()
    return name, int(number or 1)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
