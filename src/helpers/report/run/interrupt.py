"""Ctrl-C that cannot get lost.

Python raises it wherever it happens to be, in the middle of an import or in a callback whose errors it drops, and
then it is gone. Here it is also noted, and a run looks at the note before it does anything that lasts.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Note:
    """A handler of SIGINT: raises KeyboardInterrupt at the first, and remembers that it did."""

    def __init__(self) -> None:
        self.seen = False
        self.ending = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        before, self.seen = self.seen, True
        if not (before or self.ending):
            raise KeyboardInterrupt


@contextmanager
def noted() -> Iterator[None]:
    """Note Ctrl-C in the body, which has to run in the main thread; raise it at the end if it got lost."""
    note = Note()
    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if note.seen:
            raise KeyboardInterrupt


def check() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was pressed, whatever became of it."""
    note = signal.getsignal(signal.SIGINT)
    if isinstance(note, Note) and note.seen:
        raise KeyboardInterrupt


def end() -> None:
    """From now on Ctrl-C is noted only: what runs is already being ended, and is not to be left half done."""
    note = signal.getsignal(signal.SIGINT)
    if isinstance(note, Note):
        note.ending = True
