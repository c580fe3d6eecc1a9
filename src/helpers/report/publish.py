"""Into ``reports/<as_of>/``: pages, forecast, record of the run, and the archive of all reports.

A report is built beside its place and moved there when it is whole. Nothing published is overwritten.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path

from helpers import load, paths, trade
from helpers.report import page
from helpers.report.parameters import Parameters, given
from helpers.report.run import Chapter, End

SHORT = {
    "1-trade": "Trade",
    "2-production": "Production",
    "3-demand": "Demand",
    "4-forecast": "Forecast",
    "5-scenarios": "Scenarios",
    "6-track-record": "Track record",
}
LEAD = "4-forecast"
STALE_DAYS = 120


@contextmanager
def only_run(root: Path):
    """Hold the lock of a report folder; raise ``filelock.Timeout`` if another run has it."""
    import filelock

    root.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(root / ".lock", timeout=0):
        yield


def fingerprint(parameters: Parameters, notebooks: list[Path]) -> str:
    """SHA-256 of everything a report depends on: parameters, notebook sources, helpers, data, lock."""
    digest = hashlib.sha256(json.dumps(parameters.model_dump(mode="json"), sort_keys=True).encode())
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        digest.update(json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells]).encode())
    sources = (p for p in (paths.ROOT / "src" / "helpers").rglob("*") if p.is_file() and p.suffix != ".pyc")
    for path in sorted([*sources, *paths.DATA.glob("*"), paths.LOCK]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def unchanged(root: Path, inputs: str) -> Path | None:
    """The published report made from exactly these inputs, if there is one."""
    for record in records(root):
        if record["inputs"] == inputs:
            return root / record["folder"]
    return None


def publish(root: Path, chapters: list[Chapter], parameters: Parameters, inputs: str) -> Path:
    """Write a report whose chapters all ended well, and renew the archive.

    Returns
    -------
    Path
        The folder ``<as_of>``, or ``<as_of>-r2`` and so on if that one is taken.
    """
    folder = _free_folder(root, str(parameters.as_of))
    with _building(root) as scratch:
        frame = _frame(chapters, parameters)
        for chapter in chapters:
            _write(scratch / f"{chapter.name}.html", page.chapter(chapter.name, chapter.notebook, frame))
            for file in page.payloads(chapter.notebook, "file"):
                _write(scratch / file["name"], file["text"])
        front = _front(chapters)
        _write(scratch / "index.html", page.plain("report", frame | front))
        if front["lead"]:
            _write(scratch / "forecast.svg", front["lead"]["svg"])
        record = _record(folder.name, chapters, parameters, inputs)
        _write(scratch / "run.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        scratch.replace(folder)
    write_archive(root)
    return folder


def publish_failure(root: Path, chapters: list[Chapter], parameters: Parameters, inputs: str) -> Path:
    """Write the chapters as far as they came, with a page that names what failed, under ``failed/``."""
    folder = _free_folder(root / "failed", str(parameters.as_of))
    failures = [c for c in chapters if c.end is not End.OK]
    what = {
        End.CELL_ERROR: "a cell raised an error",
        End.TIMEOUT: "a cell ran out of time",
        End.KERNEL_DIED: "the kernel died",
    }
    frame = _frame(chapters, parameters)
    shown = [{"name": c.name, "what": what[c.end], "cell": c.cell, "error": c.error} for c in failures]
    with _building(root) as scratch:
        for chapter in failures:
            _write(scratch / f"{chapter.name}.html", page.chapter(chapter.name, chapter.notebook, frame))
        _write(scratch / "index.html", page.plain("failure", frame | {"failures": shown, "count": len(chapters)}))
        record = _record(folder.name, chapters, parameters, inputs)
        _write(scratch / "run.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        folder.parent.mkdir(exist_ok=True)
        scratch.replace(folder)
    return folder


def records(root: Path) -> list[dict]:
    """The ``run.json`` of every published report, newest first."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in root.glob("*/run.json")]
    return sorted(found, key=lambda record: _rank(record["folder"]), reverse=True)


def write_archive(root: Path) -> Path:
    """Renew ``index.html`` of a report folder from the records below it."""
    target = root / "index.html"
    with tempfile.NamedTemporaryFile("w", dir=root, suffix=".html", delete=False, encoding="utf-8") as scratch:
        scratch.write(page.plain("archive", {"reports": records(root)}))
    Path(scratch.name).chmod(0o644)
    return Path(scratch.name).replace(target)


def _frame(chapters: list[Chapter], parameters: Parameters) -> dict:
    newest = load.newest("trade", parameters.as_of, flow="import", reporter="IND", hs=trade.METAL)
    age = (parameters.as_of - newest["published"].date()).days
    since = f"{newest['published']:%Y-%m-%d}, {age} days earlier"
    text = f"The newest figure of India's magnet imports, {newest['period']}, became public on {since}."
    return {
        "name": "index",
        "home": "index.html",
        "as_of": str(parameters.as_of),
        "chapters": [{"name": c.name, "short": SHORT[c.name], "title": page.title(c.notebook)} for c in chapters],
        "parameters": parameters.model_dump(mode="json"),
        "newest": text,
        "notice": text if age > STALE_DAYS else "",
        "forecast": True,
    }


def _front(chapters: list[Chapter]) -> dict:
    ordered = _lead_first(chapters)
    figures = page.payloads(ordered[0].notebook, "figure")
    return {
        "answers": [
            {"name": c.name, "answer": a["text"]} for c in ordered for a in page.payloads(c.notebook, "answer")
        ],
        "lead": figures[0] if figures else None,
        "sources": page.cited_sources(*(c.notebook for c in chapters)),
    }


def _lead_first(chapters: list[Chapter]) -> list[Chapter]:
    return sorted(chapters, key=lambda chapter: chapter.name != LEAD)


def _record(folder: str, chapters: list[Chapter], parameters: Parameters, inputs: str) -> dict:
    answers = [
        a["text"] for c in sorted(chapters, key=lambda c: c.name != LEAD) for a in page.payloads(c.notebook, "answer")
    ]
    packages = ("magnet-outlook", "pandas", "numpy", "seaborn", "papermill", "nbconvert")
    return {
        "folder": folder,
        "end": max(c.end for c in chapters).name.lower(),
        "answer": answers[0] if answers else "",
        "parameters": parameters.model_dump(mode="json"),
        "given": given(parameters),
        "inputs": inputs,
        "data": {path.name: _sha256(path) for path in sorted(paths.DATA.glob("*.csv"))},
        "lock": _sha256(paths.LOCK),
        "code": _commit(),
        "made": str(date.today()),
        "versions": {name: version(name) for name in packages},
        "chapters": {c.name: {"end": c.end.name.lower(), "seconds": round(c.seconds, 2)} for c in chapters},
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _commit() -> dict:
    def git(*words):
        done = subprocess.run(["git", "-C", str(paths.ROOT), *words], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    status = git("status", "--porcelain", "--untracked-files=no")
    return {"commit": git("rev-parse", "HEAD"), "dirty": None if status is None else bool(status)}


@contextmanager
def _building(root: Path):
    root.mkdir(parents=True, exist_ok=True)
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
    name, _, number = folder.partition("-r")
    return name, int(number or 1)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
