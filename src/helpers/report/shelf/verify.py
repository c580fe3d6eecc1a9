"""Is a report what its record says, and would it be the same today: every hash again."""

import json
from pathlib import Path

from helpers.report.shelf.inputs import fingerprint, inputs, sha256

_PLACES = {"notebooks": "notebooks/", "helpers": "src/helpers/", "data": "data/", "lock": ""}


def differences(folder: Path) -> list[str]:
    """What differs between a report, its record and the project as it is now; nothing if all is the same.

    Returns
    -------
    list of str
        A line each: files of the report first, then what it was made from.
    """
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        recorded = {
            "notebooks": record["code"]["notebooks"],
            "helpers": record["code"]["helpers"],
            "data": {name: entry["sha256"] for name, entry in record["data"].items()},
            "lock": record["lock"],
        }
        files, parameters, key = dict(record["files"]), record["parameters"], record["inputs"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"{folder / 'run.json'} is no record of a report: {type(error).__name__} {error}"]
    found = {path.name: sha256(path) if path.is_file() else "a folder" for path in folder.iterdir()}
    del found["run.json"]
    lines = _compare("", files, found, "since it was published")
    if fingerprint(parameters, recorded) != key:
        lines.append("run.json: its parameters and hashes are not those it was written with")
    now = inputs()
    for group, place in _PLACES.items():
        lines += _compare(place, recorded[group], now[group], "since the report was made")
    return lines


def _compare(place: str, before: dict[str, str], now: dict[str, str], since: str) -> list[str]:
    lines = []
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            lines.append(f"{place}{name}: gone {since}")
        elif name not in before:
            lines.append(f"{place}{name}: new {since}")
        elif before[name] != now[name]:
            lines.append(f"{place}{name}: changed {since}")
    return lines
