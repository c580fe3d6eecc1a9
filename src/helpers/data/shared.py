"""What notebooks of one run have in common: reckoned by the first that asks for it, read by the others."""

import json
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import wraps
from hashlib import sha256
from pathlib import Path

import numpy as np
from filelock import FileLock

from helpers.data.vintage import Vintage


def shared(of_vintage: Callable) -> Callable:
    """A function of a vintage and plain values, had once a run of the same of them; what it gives, JSON can hold."""

    @wraps(of_vintage)
    def had(india: Vintage, *args: object) -> object:
        if not (folder := os.environ.get("MAGNETS_SHARED")):
            return of_vintage(india, *args)
        day, tables, rules, *live = india.content()
        rows = [(name, count, sorted(map(repr, told))) for name, count, told in tables]  # the same in every process
        of = of_vintage.__module__, of_vintage.__qualname__, args
        asked = of, day, rows, [family.steps for family in rules], live
        place = Path(folder, sha256(repr(asked).encode()).hexdigest())
        with ExitStack() as turn:
            with suppress(OSError, ValueError):  # where there is no room each reckons it for itself
                turn.enter_context(FileLock(f"{place}.lock"))  # who asks meanwhile waits
                return json.loads(place.read_text(encoding="utf-8"))
            told = json.dumps(of_vintage(india, *args), default=np.ndarray.tolist)
            with suppress(OSError):
                part = place.with_suffix(".part")
                part.write_text(told, encoding="utf-8")
                part.replace(place)
            return json.loads(told)

    return had
