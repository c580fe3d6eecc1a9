"""Is a report what its record says, and would it be the same today: every hash again, the record's own included.

It shows accidents, not forgery: who rewrites a page can rewrite its record.
"""

import html
import re
from collections.abc import Mapping
from pathlib import Path

from helpers.report.parameters import command, given
from helpers.report.shelf import record
from helpers.report.shelf.inputs import DamagedError, archived, fingerprint, has, inputs, seeds, sha256

_LINK = "a link"
_PLACES = {"notebooks": "notebooks/", "helpers": "src/helpers/", "data": "data/", "archive": "archive/", "lock": ""}


def differences(folder: Path, project: bool = True) -> list[str]:
    """What differs between a report, its record and the project as it is now; nothing if all is the same.

    A line each: files of the report, its record, then, if ``project`` is asked, the data, code and lock it was made of.
    """
    try:
        known = record.read(folder / record.NAME)
        text = (folder / record.NAME).read_bytes().decode()
        found = {
            path.name: _LINK if path.is_symlink() else sha256(path) if path.is_file() else "a folder"
            for path in folder.iterdir()
        }
        now = inputs() | {"archive": archived(known["parameters"]["as_of"])}
    except (record.RecordError, DamagedError) as error:
        return [str(error)]
    except OSError as error:
        return [f"{error.filename} cannot be read: {error.strerror}"]
    own = found.pop(record.NAME)
    recorded = {group: known["code"][group] for group in ("notebooks", "helpers")}
    recorded |= {"archive": known.get("archive", {}), "lock": known["lock"]}
    recorded["data"] = {name: table["sha256"] for name, table in known["data"].items()}
    key, asked = fingerprint(known["parameters"], recorded, known.get("notices", [])), given(known["parameters"])
    wrong = {
        "its parameters and hashes are not those it was written with": key != known["inputs"],
        "what was given is not what differs from the defaults": asked != known["given"],
        "its command is not that of its parameters": command(asked) != known["command"],
        "its commit is none of this clone": not has(known["code"].get("commit")),
        # also a name that stands in it twice
        "changed since it was published": text != record.written(known) or own == _LINK,
        f"was published as {known['folder']}, and its folder has another name":
            known["folder"] != folder.resolve().name,
        "its answer is not that of index.html": _answer(folder) not in (None, known["answer"]),
    }  # fmt: skip
    lines = _compare("", known["files"], found, "since it was published")
    lines += [f"{record.NAME}: {said}" for said, so in wrong.items() if so]
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


def _answer(folder: Path) -> str | None:
    """What the first page says in its head, where it does."""
    page = folder / "index.html"
    text = page.read_text(encoding="utf-8", errors="replace") if page.is_file() else ""
    found = re.search(r'<meta name="description" content="([^"]*)">', text)
    return html.unescape(found[1]) if found else None


def _compare(place: str, before: Mapping[str, str], now: Mapping[str, str], since: str) -> list[str]:
    other = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    how = {name: "gone" if name not in now else "changed" if name in before else "new" for name in other}
    return [f"{place}{name}: {said} {since}" for name, said in how.items()]
