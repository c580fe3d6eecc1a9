"""Scenarios as people ask for them: by name, by file, or by levers on one line, as a report keeps them."""

import csv
from pathlib import Path
from typing import NamedTuple

import yaml

from helpers import paths
from helpers.outlook import levers
from helpers.outlook.levers import LeverError, Levers
from helpers.report.nodes import FILE, composed, line, told

KEYS = ("scenario", "story", "levers")


class Scenario(NamedTuple):
    """What somebody asked for: its name, its story in one sentence, its levers."""

    name: str
    story: str
    levers: Levers


def asked(text: str) -> Scenario:
    """A scenario by its name, by the path of a file, or by its levers; ValueError, with what is allowed, if none is."""
    if text.endswith(FILE):
        return read(Path(text))
    if "=" in text:
        return Scenario(text, "", levers.made(text))
    if text not in (known := named()):
        raise ValueError(f"there is no scenario {text!r}; there are {', '.join(known)}, the path of a file that ends "
                         f"in {FILE[0]}, or levers such as `scheme=1; japan_exports=off`")  # fmt: skip
    return known[text]


def meant(text: str) -> str:
    """A scenario as a report keeps it: as it is given, but what a file says in the place of a file."""
    found = asked(text.strip())
    return (str(found.levers) or next(iter(named()))) if text.endswith(FILE) else text.strip()


def named() -> dict[str, Scenario]:
    """The scenarios of ``data/scenarios.csv``, read alone, so that a wrong word is refused at once."""
    with (paths.DATA / "scenarios.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {row["scenario"]: Scenario(row["scenario"], row["story"], levers.made(row["levers"])) for row in rows}


def read(path: Path) -> Scenario:
    """A scenario file; ValueError with a line ``file line n: ...`` for everything wrong in it."""
    document, keys = composed(path, "the scenario file", "a scenario needs"), ", ".join(KEYS)
    if not isinstance(document, yaml.MappingNode):
        raise ValueError(f"{path.name} line 1: a scenario is `key: value` lines with the keys {keys}")
    wrong = [(line(key), f"there is no key {key.value!r}; there are {keys}") for key, _ in document.value
             if key.value not in KEYS]  # fmt: skip
    fields = {key.value: node for key, node in document.value if key.value in KEYS}
    given, moved = fields.pop("levers", document), dict[str, yaml.Node]()
    if given is document or not isinstance(given, yaml.MappingNode):
        wrong.append((line(given), "below `levers:` stand lines such as `  scheme: 0.5`, one a lever"))
    else:
        moved = {key.value: node for key, node in given.value}
    for name, node in (fields | moved).items():
        try:
            if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
                wrong.append((line(node), f"{name} needs one value"))
            elif name in moved:
                levers.made({name: node.value})
        except LeverError as error:
            wrong.append((line(node), f"lever {error}"))
    if wrong:
        raise ValueError(told(path.name, wrong))
    said = {name: " ".join(node.value.split()) for name, node in fields.items()}
    values = {name: node.value for name, node in moved.items()}
    return Scenario(said.get("scenario", path.stem), said.get("story", ""), levers.made(values))
