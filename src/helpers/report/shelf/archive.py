"""The list of all reports of a folder: their records, and ``index.html``."""

import re
import warnings
from pathlib import Path

from helpers.report.shelf import files, record


def records(root: Path) -> list[dict]:
    """The record of every published report, newest first, with its ``folder``; one that is none is warned of."""
    found = []
    for path in root.glob(f"[!.]*/{record.NAME}"):
        try:
            found.append(record.read(path) | {"folder": path.parent.name})
        except record.RecordError as error:
            warnings.warn(f"{error}; its report is left out of the archive", stacklevel=2)
    return sorted(found, key=lambda known: record.rank(known["folder"]), reverse=True)


def previous(root: Path, folder: str) -> str | None:
    """The folder of the newest report before this one."""
    earlier = [known["folder"] for known in records(root) if record.rank(known["folder"]) < record.rank(folder)]
    return earlier[0] if earlier else None


def is_current(root: Path) -> bool:
    """Does the archive list every report?"""
    target = root / "index.html"
    text = target.read_text(encoding="utf-8") if target.is_file() else ""
    return set(re.findall(r'href="([^"/]+)/index\.html"', text)) == {known["folder"] for known in records(root)}


def write(root: Path) -> Path:
    """Renew ``index.html`` of a report folder from the records below it."""
    from helpers.chapters import canvas
    from helpers.report.page import html

    days: dict[str, list] = {}
    every = records(root)
    for known in every:
        days.setdefault(known["parameters"]["as_of"], []).append(known)
    made_up = canvas.SYNTHETIC if any(known.get("synthetic") for known in every) else ""
    return files.replace(root / "index.html", html.plain("archive", {"days": days, "synthetic": made_up}))
