"""What travels through a report: what is asked, how its chapters ended, what to tell."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from helpers.report.parameters import Parameters

if TYPE_CHECKING:
    from nbformat import NotebookNode  # a second of imports, which a run with nothing to do can spare


class End(IntEnum):
    """How a run ended; the value is the command's exit code, and the worst of several is the greatest."""

    OK = 0
    NOT_WRITTEN = 1
    BAD_PARAMETERS = 2
    BAD_DATA = 3
    CELL_ERROR = 4
    TIMEOUT = 5
    KERNEL_DIED = 6
    LOCKED = 7


@dataclass(frozen=True)
class Job:
    """A report to make: its parameters, the files it is made from, the hash of both.

    ``notices`` is what its readers must know of the sources that were asked before; the hash is also of that.
    """

    parameters: Parameters
    files: dict[str, dict[str, str]]
    inputs: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """One executed notebook: how it ended, what it showed until then, what it took.

    ``cell`` is the one that failed: its number in the notebook, from 1, and its id.
    """

    name: str
    end: End
    notebook: "NotebookNode"
    seconds: float
    peak_mb: float | None = None
    error: str = ""
    cell: dict = field(default_factory=dict)
    html: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a report ended, and what to tell."""

    end: End
    text: str
