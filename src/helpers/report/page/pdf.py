"""A published report as one PDF, printed by the Chromium that is there: tagged, with bookmarks and page numbers.

It lies beside the folder of the report, outside its record: what a browser prints depends on its version and on the
fonts of the machine, and the pages of a report do not.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from markupsafe import Markup

from helpers.chapters import words
from helpers.report.job import End, Outcome
from helpers.report.page import html
from helpers.report.shelf import archive, files, publish, record
from helpers.report.shelf.inputs import sha256

SECONDS = 180
"""How long one pass may take; there are two, for the contents name pages that only the first can tell."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
          "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")  # fmt: skip
_PLAYWRIGHT = {"darwin": "Library/Caches/ms-playwright", "win32": "AppData/Local/ms-playwright"}
_ARGUMENTS = [
    "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-breakpad",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", "--export-tagged-pdf",
    "--generate-pdf-document-outline",
]  # fmt: skip

_IDS = re.compile(r'(?<=\sid=")|(?<=\shref="#)|(?<=\burl\(#)|(?<=\sfor=")|(?<=\saria-labelledby=")')
_MAIN = re.compile(r'<main id="main"(?: class="([\w ]+)")?>(.*)</main>', re.S)
_SECTION = r'<section aria-labelledby="{}">.*?</section>'
_NOTES, _LINKS = re.compile(r'<td class="notes">.*?</td>', re.S), re.compile(r"</?a\b[^>]*>")
"""Notes of a table's rows, whose links alone would make up much of a PDF: their numbers stay."""
_NODES = re.compile(rb"\bnode\d{8}\b")
_DATES = re.compile(rb"/(?:CreationDate|ModDate) ?\(D:[^)]*\)")


class PrintError(RuntimeError):
    """There is no PDF; the text says why, and what to do."""


def browser() -> str:
    """The Chromium that is there: on PATH, else what playwright has installed; PrintError if there is none."""
    usual = Path.home() / _PLAYWRIGHT.get(sys.platform, ".cache/ms-playwright")
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or usual)
    own = [path for path in sorted(cache.glob("chromium*/*/*")) if re.fullmatch(r"(chrome|headless).*", path.name)]
    found = next(filter(None, map(shutil.which, [*_NAMES, *map(str, reversed(own))])), None)
    if found is None:
        raise PrintError("--pdf needs Chromium or Chrome, and none is on PATH: install the package chromium, "
                         "or `playwright install chromium`")  # fmt: skip
    return found


def printed(make: Callable[[], list[Outcome]], root: Path) -> list[Outcome]:
    """What ``make`` makes in ``root``, and of each report that ended well a PDF, named in its outcome.

    Where there is no browser nothing is made; what was published stays if it cannot be printed, and a PDF that is there
    is not printed again.
    """
    try:
        browser()
    except PrintError as error:
        return [Outcome(End.BAD_PARAMETERS, f"{error}; nothing was done")]
    outcomes = make()
    told = {one: _beside(root, one) if one.end is End.OK else one for one in dict.fromkeys(outcomes)}
    return [told[one] for one in outcomes]


def _beside(root: Path, outcome: Outcome) -> Outcome:
    page = Path(outcome.text.removeprefix("unchanged: "))
    try:
        with publish.only_run(root):
            target = page.parent.with_name(f"{page.parent.name}.pdf")
            if not (target.is_file() and target.read_bytes().endswith(_mark(page.parent))):
                write(page.parent)
            if not archive.is_current(root):
                archive.write(root)
        return Outcome(End.OK, f"{outcome.text}\n{target}")
    except (PrintError, publish.LockedError, OSError, ValueError) as error:  # also a page that is no text any more
        return Outcome(End.NOT_WRITTEN, f"{page} is published, but could not be printed: {error}; run it again")


def write(folder: Path) -> Path:
    """Print a published report to ``<folder>.pdf`` beside it, whole or not at all.

    PrintError if the browser is not there, does not end in time or prints nothing.
    """
    with files.building(folder.parent) as scratch:
        printed = scratch / "paper.pdf"
        _print(document(folder), printed)
        if numbers := pages(printed.read_bytes()):
            _print(document(folder, numbers), printed)
        target = folder.with_name(f"{folder.name}.pdf")
        printed.write_bytes(undated(printed.read_bytes()) + _mark(folder))
        printed.replace(target)
    return target


def document(folder: Path, numbers: dict[str, int] | None = None) -> str:
    """All pages of a report as one: a cover, the contents with page ``numbers`` by name, the brief, the chapters."""
    known = record.read(folder / record.NAME)
    names = ["index", *sorted(name.removesuffix(".html") for name in known["files"] if name.endswith(".html"))]
    names = [name for name in dict.fromkeys(names) if name != html.EXPLORER]
    texts = {name: (folder / f"{name}.html").read_text(encoding="utf-8") for name in names}
    parts = [_part(name, text, names) for name, text in texts.items()]
    question, parts[0]["title"] = parts[0]["title"], "In brief"
    made = re.search(_SECTION.format("record"), texts["index"], re.S)
    own = {
        "day": words.day(known["parameters"]["as_of"]), "question": question, "parts": parts, "numbers": numbers or {},
        "made": Markup(_own("made", made[0], names)) if made else "", "known": known,
    }  # fmt: skip
    return html.rendered("paper", own)


def _part(name: str, text: str, names: list[str]) -> dict:
    """A page without its frame: title, what is below it, and the sources that it names."""
    main = _MAIN.search(text)
    title = main and re.search(r"<h1[^>]*>(.*?)</h1>", main[2], re.S)
    if not main or not title:
        raise PrintError(f"{name}.html has no heading or no body: it is not as it was published")
    kind, body = main.groups()
    sources = re.search(_SECTION.format("sources"), text, re.S)
    rest = body.replace(title[0], "", 1) + (sources[0] if sources and "<details" not in sources[0] else "")
    return {"name": name, "title": Markup(title[1]), "body": Markup(_own(name, rest, names)), "kind": kind or ""}


def _own(name: str, body: str, names: list[str]) -> str:
    """A page's text with ids that no other page has; links to pages lead within, those to files nowhere."""
    body = _IDS.sub(f"{name}-", body).replace("<figure", '<figure role="group"')  # what it holds has the text instead
    for other in names:
        body = body.replace(f' href="{other}.html"', f' href="#{other}"')
        body = body.replace(f' href="{other}.html#', f' href="#{other}-')
    body = re.sub(rf'<p>[^<]*<a href="{html.EXPLORER}.html">[^<]*</a>[^<]*</p>', "", body)  # nothing moves on paper
    body = _NOTES.sub(lambda cell: _LINKS.sub("", cell[0]), body)
    return re.sub(r'\shref="(?!#|https?:)[^"]*"', "", body)


def pages(printed: bytes) -> dict[str, int]:
    """On which page of a PDF each of its named places is; nothing of a PDF that is written otherwise."""
    numbers = re.findall(rb"\n(\d+) 0 obj\n<</Type /Page\b", printed)  # written in their order
    order = {number: place for place, number in enumerate(sorted(numbers, key=int), start=1)}
    named = re.findall(rb"/([\w-]+) ?\[(\d+) 0 R /XYZ", printed)
    return {name.decode(): order[page] for name, page in named if page in order}


def undated(printed: bytes) -> bytes:
    """A PDF that does not say when it was printed, and whose elements are counted from one, not as its browser did.

    So the same browser makes the same bytes of the same report.
    """
    ranks = {name: b"node%08d" % place for place, name in enumerate(sorted(set(_NODES.findall(printed))), start=1)}
    return _NODES.sub(lambda found: ranks[found[0]], _DATES.sub(lambda found: b" " * len(found[0]), printed))


def _mark(folder: Path) -> bytes:
    """A last line, which is no part of what a PDF shows: of which report it is."""
    return f"% {record.NAME} {sha256(folder / record.NAME)}\n".encode()


def _print(text: str, target: Path) -> None:
    chromium, page = browser(), target.with_suffix(".html")
    page.write_text(text, encoding="utf-8")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    place = [f"--user-data-dir={page.with_name('profile')}", f"--print-to-pdf={target}", page.as_uri()]
    target.unlink(missing_ok=True)
    with page.with_name("said.txt").open("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen([chromium, *_ARGUMENTS, *root, *place], stdin=subprocess.DEVNULL, stdout=said,
                                   stderr=said, start_new_session=True)  # fmt: skip
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise PrintError(f"{chromium} did not print within {SECONDS} s") from None
        finally:
            with suppress(OSError):  # all of it has ended
                os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
            process.wait()
        whole = target.is_file() and re.fullmatch(rb"%PDF-.*%%EOF\s*", target.read_bytes(), re.S)
        if process.returncode or not whole:
            said.seek(0)
            last = [line for line in said.read().splitlines() if line.strip()][-1:]
            raise PrintError(" ".join([f"{chromium} printed no PDF (exit code {process.returncode})", *last]))
