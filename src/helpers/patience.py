"""Wait for something so long and no longer: an answer may come a drop at a time, below every other limit."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def at_most(seconds: float, do: Callable[[], T]) -> T:
    """What a function gives or raises; TimeoutError if it takes longer, and then it is left to itself."""
    came: Future[T] = Future()

    def run() -> None:
        try:
            came.set_result(do())
        except BaseException as error:
            came.set_exception(error)

    threading.Thread(target=run, daemon=True).start()  # no pool, whose threads would be waited for at the end
    return came.result(seconds)
