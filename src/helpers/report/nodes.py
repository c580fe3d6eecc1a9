"""A YAML file that a person wrote, as nodes that know their lines; nothing of it is made into an object."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

FILE = (".yml", ".yaml")
"""How a value ends that is the path of such a file, which lies beside the one that names it."""

MOST_BYTES = 200_000
TOLD = 10
MOST_NODES = MOST_BYTES // 2
"""Nodes of a document, which has more only if aliases repeat them."""

_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that move the cursor or turn the direction of writing, and halves of characters."""


def composed(path: Path, what: str, most: str = "any needs") -> yaml.Node | None:
    """The document of a file; None if it is empty. Its keys are texts, each given once; no text steers a terminal.

    ValueError if it cannot be read, is no file or no YAML, or has more than :data:`MOST_BYTES`, more than ``most``.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # it might never end
            raise ValueError(f"{what} {path} cannot be read: it is no file")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise ValueError(f"{path.name} is {size:,} bytes, more than {most}")
        document = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is no UTF-8").lower()
        raise ValueError(f"{what} {path} cannot be read: {reason}") from None
    except yaml.MarkedYAMLError as error:
        raise ValueError(f"{path.name} line {error.problem_mark.line + 1}: {error.problem}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"{path.name}: {str(error).partition(chr(10))[0]}") from None
    if document:
        _check(document, path.name, most)
    return document


def line(node: yaml.Node) -> int:
    """Where a node begins, the first line being one."""
    return node.start_mark.line + 1


def texts(node: yaml.Node) -> Any:
    """What nodes hold: mappings and lists of texts as they are written, None where nothing is."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: texts(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [texts(value) for value in node.value]
    return None if node.tag.endswith(":null") else node.value


def told(name: str, problems: Iterable[tuple[int, str]]) -> str:
    """What is wrong in a file of a name, a line each, by the lines on which it stands; of very much the beginning."""
    lines = [f"{name} line {place}: {said}" for place, said in sorted(set(problems))]
    return "\n".join(lines[:TOLD] + ["and more: mend these first"] * (len(lines) > TOLD))


def _check(document: yaml.Node, name: str, most: str) -> None:
    """Refuse what no reader of nodes expects: keys that are none or twice, repetition without end, unseen signs."""
    left, seen = [document], 0
    while left:
        node, seen = left.pop(), seen + 1
        if seen + len(left) > MOST_NODES:
            raise ValueError(f"{name} line {line(node)}: its aliases repeat more than {most}")
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise ValueError(f"{name} line {line(key)}: a key is one word or text")
                if key.value in keys:
                    raise ValueError(f"{name} line {line(key)}: {key.value} is given twice")
                keys.add(key.value)
                left += [key, value]
        elif isinstance(node, yaml.SequenceNode):
            left += node.value
        elif _UNSEEN.search(node.value):
            raise ValueError(f"{name} line {line(node)}: {ascii(node.value)[:99]} has a character that is not printed")
