"""A YAML file that a person wrote, as nodes that know their lines; nothing of it is made into an object."""

from pathlib import Path

import yaml

MOST_BYTES = 200_000


def composed(path: Path, what: str, most: str = "any needs") -> yaml.Node | None:
    """The document of a file; None if it is empty.

    Raises
    ------
    ValueError
        If it cannot be read, is no YAML, or has more than :data:`MOST_BYTES`, which is more than ``most``.
    """
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise ValueError(f"{path.name} is {size:,} bytes, more than {most}")
        return yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is no UTF-8").lower()
        raise ValueError(f"{what} {path} cannot be read: {reason}") from None
    except yaml.MarkedYAMLError as error:
        raise ValueError(f"{path.name} line {error.problem_mark.line + 1}: {error.problem}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def line(node: yaml.Node) -> int:
    """Where a node begins, the first line being one."""
    return node.start_mark.line + 1
