"""Is a report what its record says, and would it be the same today: every hash again, the record's own included.

It shows accidents, not forgery: who rewrites a page can rewrite its record.
"""

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.report.parameters import command, given
from helpers.report.shelf import record, version
from helpers.report.shelf.inputs import DamagedError, archived, fingerprint, inputs, seeds, sha256

_LINK = "a link"
_PLACES = {"notebooks": "notebooks/", "helpers": "src/helpers/", "data": "data/", "archive": "archive/", "lock": ""}


def differences(folder: Path, project: bool = True) -> list[str]:
    """What differs between a report, its record and the project as it is now; nothing if all is the same.

    A line each: files of the report, its record, then, if ``project`` is asked, the data, code and lock it was made of.
    """
    try:
        known = record.read(folder / record.NAME)
        text = (folder / record.NAME).read_bytes().decode()
        found = {path.name: _held(path) for path in folder.iterdir()}
        now = inputs() | {"archive": archived(known["parameters"]["as_of"])}
    except (record.RecordError, DamagedError) as error:
        return [str(error)]
    except OSError as error:
        return [f"{error.filename} cannot be read: {error.strerror}"]
    own = found.pop(record.NAME)
    recorded = {
        "notebooks": known["code"]["notebooks"],
        "helpers": known["code"]["helpers"],
        "data": {name: table["sha256"] for name, table in known["data"].items()},
        "archive": known.get("archive", {}),
        "lock": known["lock"],
    }
    lines = _compare("", known["files"], found, "since it was published") + _record(known, recorded)
    if text != record.written(known) or own == _LINK:  # also a name that stands in it twice
        lines.append(f"{record.NAME}: changed since it was published")
    if known["folder"] != folder.resolve().name:
        lines.append(f"{record.NAME}: was published as {known['folder']}, and its folder has another name")
    if known["end"] == "ok" and _answer(folder) not in (None, known["answer"]):
        lines.append(f"{record.NAME}: its answer is not that of index.html")
    for group, place in _PLACES.items() if project else ():
        lines += _compare(place, recorded[group], now[group], "since the report was made")
    if project and recorded["helpers"] == now["helpers"] and known.get("seeds") != seeds():
        lines.append(f"{record.NAME}: its seeds are not those of the code")
    return lines


def archive_problems(folder: Path) -> list[str]:
    """What of an archive of live sources is not as it was kept, a line each; nothing if all of it is."""
    if not folder.is_dir():
        return [f"there is no archive at {folder}: `magnets fetch` begins one"]
    from helpers.data.archive import check

    lines = check.problems(folder)
    return [*lines, "-> restore it from a copy, or delete the folder of the source and fetch it anew"] if lines else []


def _record(known: Mapping[str, Any], recorded: Mapping[str, Any]) -> list[str]:
    """What in a record does not agree with the rest of it."""
    lines = []
    if fingerprint(dict(known["parameters"]), dict(recorded), known.get("notices", [])) != known["inputs"]:
        lines.append(f"{record.NAME}: its parameters and hashes are not those it was written with")
    if given(known["parameters"]) != known["given"]:
        lines.append(f"{record.NAME}: what was given is not what differs from the defaults")
    if command(given(known["parameters"])) != known["command"]:
        lines.append(f"{record.NAME}: its command is not that of its parameters")
    if not version.has(known["code"].get("commit")):
        lines.append(f"{record.NAME}: its commit is none of this clone")
    return lines


def _held(path: Path) -> str:
    return _LINK if path.is_symlink() else sha256(path) if path.is_file() else "a folder"


def _answer(folder: Path) -> str | None:
    """What the first page says in its head, where it does."""
    page = folder / "index.html"
    text = page.read_text(encoding="utf-8", errors="replace") if page.is_file() else ""
    found = re.search(r'<meta name="description" content="([^"]*)">', text)
    return html.unescape(found[1]) if found else None


def _compare(place: str, before: Mapping[str, str], now: Mapping[str, str], since: str) -> list[str]:
    lines = []
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            lines.append(f"{place}{name}: gone {since}")
        elif name not in before:
            lines.append(f"{place}{name}: new {since}")
        elif before[name] != now[name]:
            lines.append(f"{place}{name}: changed {since}")
    return lines
