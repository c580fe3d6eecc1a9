"""Many reports from one file: each entry is a set of parameters, a list of values means one report of each.

::

    - as_of: [2025-06-30, 2026-11-22]
      baseline_t: [as published, 33000]
    - target: repm

The whole file is checked before anything runs; of what is wrong the first lines are told.
"""

from itertools import product
from math import prod
from pathlib import Path

import yaml
from pydantic import ValidationError

from helpers.report.nodes import FILE, TOLD, composed, line, told
from helpers.report.parameters import ParameterError, Parameters, explain

MOST = 1000


def read(path: Path, common: dict[str, str]) -> list[Parameters]:
    """The sets of parameters in a grid file, in its order; ``common`` are values for what an entry does not name.

    ValueError with a line ``file line n: ...`` for everything wrong in the file, each naming its field.
    """
    document = composed(path, "the grid file", f"the {MOST} reports need that are the most")
    if not isinstance(document, yaml.SequenceNode) or not document.value:
        raise ParameterError(f"{path.name} line 1: a grid is a list of entries such as `- horizon: [5, 10]`")
    wanted: dict[Parameters, int] = {}
    problems: list[tuple[int, str]] = []
    for entry in document.value:
        problems += _entry(entry, common, wanted, path.parent)
        if len(wanted) > MOST:
            raise ParameterError(f"{path.name} line {line(entry)}: this makes more than {MOST} reports")
        if len(problems) > TOLD:
            break
    if problems:
        raise ParameterError(told(path.name, problems))
    return list(wanted)


def _entry(
    entry: yaml.Node, common: dict[str, str], wanted: dict[Parameters, int], folder: Path
) -> list[tuple[int, str]]:
    """Add the reports of an entry to ``wanted``, its files from ``folder``; return its problems with their lines."""
    if not isinstance(entry, yaml.MappingNode):
        return [(line(entry), "an entry is `name: value` lines, one a parameter")]
    choices, problems = {}, []
    for key, node in entry.value:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not items or not all(isinstance(item, yaml.ScalarNode) for item in [key, *items]):
            problems.append((line(key), f"parameter {key.value} needs a value or a list of values"))
        choices[key.value] = items
    if problems:
        return problems
    if (sizes := prod(map(len, choices.values()))) > MOST:
        return [(line(entry), f"this entry makes {sizes} reports; {MOST} are the most")]
    for chosen in product(*choices.values()):
        nodes = dict(zip(choices, chosen, strict=True))
        texts = {name: node.value for name, node in nodes.items()}
        given = {name: str(folder / text) if text.endswith(FILE) else text for name, text in texts.items()}
        try:
            parameters = Parameters(**common | given)
        except ValidationError as error:
            problems += [(line(nodes.get(name, entry)), text) for name, text in explain(error)]
            continue
        if parameters in wanted:
            problems.append((line(entry), f"the same report as in line {wanted[parameters]}"))
        wanted.setdefault(parameters, line(entry))
    return sorted(set(problems))
