"""Is a report what its record says, and would it be the same today: every hash again, the record's own included."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.report.parameters import given
from helpers.report.shelf import record
from helpers.report.shelf.inputs import fingerprint, inputs, seeds, sha256

_PLACES = {"notebooks": "notebooks/", "helpers": "src/helpers/", "data": "data/", "lock": ""}


def differences(folder: Path) -> list[str]:
    """What differs between a report, its record and the project as it is now; nothing if all is the same.

    Returns
    -------
    list of str
        A line each: files of the report first, then its record, then what it was made from.
    """
    try:
        known = record.read(folder / record.NAME)
        found = {path.name: sha256(path) if path.is_file() else "a folder" for path in folder.iterdir()}
        now = inputs()
    except record.RecordError as error:
        return [str(error)]
    except OSError as error:
        return [f"{error.filename} cannot be read: {error.strerror}"]
    del found[record.NAME]
    recorded = {
        "notebooks": known["code"]["notebooks"],
        "helpers": known["code"]["helpers"],
        "data": {name: table["sha256"] for name, table in known["data"].items()},
        "lock": known["lock"],
    }
    lines = _compare("", known["files"], found, "since it was published") + _record(known, recorded)
    for group, place in _PLACES.items():
        lines += _compare(place, recorded[group], now[group], "since the report was made")
    if recorded["helpers"] == now["helpers"] and known.get("seeds") != seeds():
        lines.append(f"{record.NAME}: its seeds are not those of the code")
    return lines


def _record(known: Mapping[str, Any], recorded: Mapping[str, Any]) -> list[str]:
    """What in a record does not agree with the rest of it."""
    lines = []
    if known.get(record.OWN) != record.digest(dict(known)):
        lines.append(f"{record.NAME}: changed since it was published")
    if fingerprint(dict(known["parameters"]), dict(recorded)) != known["inputs"]:
        lines.append(f"{record.NAME}: its parameters and hashes are not those it was written with")
    if given(known["parameters"]) != known["given"]:
        lines.append(f"{record.NAME}: what was given is not what differs from the defaults")
    return lines


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
