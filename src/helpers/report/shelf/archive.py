"""The list of all reports of a folder: their records, and ``index.html`` and ``feed.xml``."""

import json
import re
import uuid
import warnings
from collections import Counter
from collections.abc import Set
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from xml.etree import ElementTree

from helpers.report.parameters import plain
from helpers.report.shelf import files, record

FILTERS = 8
"""Settings by which the page can be narrowed down at most: its style has as many."""

DEFAULT = "as by default"
FEED = "feed.xml"
TITLE = "India magnet outlook"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def records(root: Path) -> list[dict]:
    """The record of every published report, newest first, with its ``folder``; one that is none is warned of."""
    found = []
    for path in root.glob(f"[!.]*/{record.NAME}"):
        try:
            found.append(record.read(path) | {"folder": path.parent.name})
        except record.RecordError as error:
            warnings.warn(f"{error}; its report is left out of the archive", stacklevel=2)
    return sorted(found, key=lambda known: record.rank(known["folder"]), reverse=True)


def question(parameters: dict) -> str:
    """What a report asked, whatever its day."""
    return json.dumps(parameters | {"as_of": ""}, sort_keys=True)


def before(every: list[dict], folder: str, parameters: dict, synthetic: bool) -> dict | None:
    """The report before one: of those whose folder comes before, the newest that asked the same; else the newest.

    Made-up figures are compared with such only.
    """
    alike = [one for one in every if one.get("synthetic", False) == synthetic]
    earlier = [one for one in alike if record.rank(one["folder"]) < record.rank(folder)]
    asked = question(parameters)
    return next((one for one in earlier if question(one["parameters"]) == asked), next(iter(earlier), None))


def is_current(root: Path) -> bool:
    """Do the page and the feed list every report, and the page every PDF?"""
    every, page = records(root), _read(root / "index.html")
    ends = (r"/index\.html", r"\.pdf")
    listed = [{unquote(name) for name in re.findall(rf'href="([^"/]+){end}"', page)} for end in ends]
    there = [{known["folder"] for known in every}, _pdfs(root, every)]
    return listed == there and _read(root / FEED) == feed(every)


def write(root: Path) -> Path:
    """Renew ``feed.xml`` and ``index.html`` of a report folder from the records below it."""
    from helpers.report.page import html

    every = records(root)
    files.replace(root / FEED, feed(every))
    return files.replace(root / "index.html", html.plain("archive", frame(every, _pdfs(root, every))))


def frame(every: list[dict], with_pdf: Set[str] = frozenset()) -> dict[str, Any]:
    """What the page shows of records, newest first: reports by month, each with what narrows the list down to it."""
    from helpers.chapters import canvas, words

    alike = _before(every)
    asked = {known["folder"]: settings(known) or [DEFAULT] for known in every}
    common = Counter(name for names in asked.values() for name in names).most_common()
    kept = {name: f"p{number}" for number, (name, _) in enumerate(common[:FILTERS], start=1)} if len(common) > 1 else {}
    months: dict[str, list[dict]] = {}
    days = set()
    for known in every:
        day, folder = known["parameters"]["as_of"], known["folder"]
        months.setdefault(words.month(day), []).append({
            "folder": folder, "before": alike[folder], "pdf": folder in with_pdf,
            "anchor": f"day-{day}" if day not in days else "",
            "settings": settings(known),
            "classes": [kept[name] for name in asked[folder] if name in kept],
            "answer": short(known["answer"]), "changed": known.get("changed", ""),
        })  # fmt: skip
        days.add(day)
    filters = [{"id": kept[name], "name": name, "count": count} for name, count in common if name in kept]
    made_up = canvas.SYNTHETIC if any(known.get("synthetic") for known in every) else ""
    return {"months": months, "filters": filters, "count": len(every), "rare": len(common) > FILTERS,
            "synthetic": made_up, "feed": FEED}  # fmt: skip


def _before(every: list[dict]) -> dict[str, str]:
    """For each report the folder of the one before it that asked the same."""
    last: dict[tuple, str] = {}
    found = {}
    for known in reversed(every):
        asked = question(known["parameters"]), known.get("synthetic", False)
        found[known["folder"]] = last.get(asked, "")
        last[asked] = known["folder"]
    return found


def _pdfs(root: Path, every: list[dict]) -> set[str]:
    """The folders beside which there is a PDF."""
    return {known["folder"] for known in every if (root / f"{known['folder']}.pdf").is_file()}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def feed(every: list[dict]) -> str:
    """The reports as an Atom feed (RFC 4287): an entry a report, what was made last first.

    Ids follow from the hash of a record, so they name no machine, and the same report has the same one wherever its
    folder is moved to; links are relative to the feed.
    """
    kind = "synthetic" if any(known.get("synthetic") for known in every) else "real"
    made = sorted(every, key=lambda known: (_moment(known), record.rank(known["folder"])), reverse=True)
    top = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en-GB"})
    _add(top, "title", f"{'SYNTHETIC: ' if kind == 'synthetic' else ''}{TITLE}")
    _add(top, "subtitle", "How many tonnes of magnets will India import? A new entry for each new report.")
    _add(top, "id", _urn(f"feed of {kind} reports"))
    _add(top, "updated", _moment(made[0]).isoformat() if made else _NEVER.isoformat())
    ElementTree.SubElement(top, "link", rel="self", type="application/atom+xml", href=FEED)
    ElementTree.SubElement(top, "link", rel="alternate", type="text/html", href="index.html")
    _add(ElementTree.SubElement(top, "author"), "name", TITLE)
    for known in made:
        _entry(ElementTree.SubElement(top, "entry"), known)
    ElementTree.indent(top, "")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(top, encoding="unicode")}\n'


def short(answer: str) -> str:
    """The first sentence of an answer."""
    return re.split(r"(?<=[.?!])\s+(?=[A-Z])", answer, maxsplit=1)[0]


def settings(known: dict) -> list[str]:
    """What a report was asked for instead of the defaults, each in words."""
    return [f"{name} = {plain(value)}" for name, value in known["given"].items() if name != "as_of"]


def _entry(entry: ElementTree.Element, known: dict) -> None:
    _add(entry, "title", f"{' · '.join([known['folder'], *settings(known)])}: {short(known['answer'])}")
    _add(entry, "id", _urn(known.get(record.OWN) or record.digest(known)))
    _add(entry, "updated", _moment(known).isoformat())
    page = f"{quote(known['folder'])}/index.html"
    ElementTree.SubElement(entry, "link", rel="alternate", type="text/html", href=page)
    _add(entry, "summary", "\n\n".join(filter(None, [known["answer"], known.get("changed", "")])))


def _add(parent: ElementTree.Element, name: str, said: str) -> None:
    ElementTree.SubElement(parent, name).text = _CONTROLS.sub("", said)


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"magnet-outlook {name}").urn


def _moment(known: dict) -> datetime:
    """When a report was made; of a record that does not say, its day; else long ago."""
    for said in (known.get("made"), known["parameters"]["as_of"]):
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(str(said))
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _NEVER
