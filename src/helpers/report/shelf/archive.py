"""The list of all reports of a folder: their records, and ``index.html`` and ``feed.xml``."""

import json
import re
import warnings
from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from helpers.report.shelf import feed, files, record

FILTERS = 8
"""Settings by which the page can be narrowed down at most: its style has as many."""

DEFAULT = "as by default"


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
    return listed == there and _read(root / feed.NAME) == feed.text(every)


def write(root: Path) -> Path:
    """Renew ``feed.xml`` and ``index.html`` of a report folder from the records below it."""
    from helpers.report.page import html

    every = records(root)
    files.replace(root / feed.NAME, feed.text(every))
    return files.replace(root / "index.html", html.plain("archive", frame(every, _pdfs(root, every))))


def frame(every: list[dict], with_pdf: Set[str] = frozenset()) -> dict[str, Any]:
    """What the page shows of records, newest first: reports by month, each with what narrows the list down to it."""
    from helpers.chapters import canvas, words

    alike = _before(every)
    settings = {known["folder"]: feed.settings(known) or [DEFAULT] for known in every}
    common = Counter(name for names in settings.values() for name in names).most_common()
    kept = {name: f"p{number}" for number, (name, _) in enumerate(common[:FILTERS], start=1)} if len(common) > 1 else {}
    months: dict[str, list[dict]] = {}
    days = set()
    for known in every:
        day, folder = known["parameters"]["as_of"], known["folder"]
        months.setdefault(words.month(day), []).append({
            "folder": folder, "before": alike[folder], "pdf": folder in with_pdf,
            "anchor": f"day-{day}" if day not in days else "",
            "settings": feed.settings(known),
            "classes": [kept[name] for name in settings[folder] if name in kept],
            "answer": feed.short(known["answer"]), "changed": known.get("changed", ""),
        })  # fmt: skip
        days.add(day)
    filters = [{"id": kept[name], "name": name, "count": count} for name, count in common if name in kept]
    made_up = canvas.SYNTHETIC if any(known.get("synthetic") for known in every) else ""
    return {"months": months, "filters": filters, "count": len(every), "rare": len(common) > FILTERS,
            "synthetic": made_up, "feed": feed.NAME}  # fmt: skip


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
