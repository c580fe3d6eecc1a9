"""What notebooks of one run have in common: reckoned by the first that asks for it, read by the others."""

import json
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import wraps
from hashlib import sha256
from os import getpid

import numpy as np
from filelock import FileLock

from helpers import paths
from helpers.data.vintage import Vintage


def shared(of_vintage: Callable) -> Callable:
    """A function of a vintage and plain values, had once a run of the same of them; what it gives, JSON can hold."""

    @wraps(of_vintage)
    def had(india: Vintage, *args: object) -> object:
        if not (folder := paths.shared()):
            return of_vintage(india, *args)
        asked = of_vintage.__module__, of_vintage.__qualname__, args, _spelt(india)
        place = folder / sha256(repr(asked).encode()).hexdigest()
        with ExitStack() as turn:
            with suppress(OSError):  # where there is no room each reckons it for itself
                turn.enter_context(FileLock(f"{place}.lock"))  # who asks meanwhile waits
                return json.loads(place.read_text(encoding="utf-8"))
            found = of_vintage(india, *args)
            with suppress(OSError):
                own = place.with_suffix(f".{getpid()}")
                own.write_text(json.dumps(found, default=np.ndarray.tolist), encoding="utf-8")
                own.replace(place)
        return found

    return had


def _spelt(india: Vintage) -> str:
    """What is the same for the same figures and rules of a day, in every process."""
    day, tables, rules, heard, believed = india.content()
    rows = [(name, count, sorted(map(repr, of))) for name, count, of in tables]
    return repr((day, rows, [family.steps for family in rules], heard, believed))
