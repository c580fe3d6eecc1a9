"""Run the notebooks, and tell truthfully how each run ended."""

import time
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from nbformat import NotebookNode

from helpers import paths
from helpers.report.parameters import Parameters, for_notebook


class End(IntEnum):
    """How a run ended; the value is the command's exit code."""

    OK = 0
    BAD_PARAMETERS = 2
    BAD_DATA = 3
    CELL_ERROR = 4
    TIMEOUT = 5
    KERNEL_DIED = 6
    LOCKED = 7


@dataclass(frozen=True)
class Chapter:
    """One executed notebook: how it ended, what it showed until then, and how long it took."""

    name: str
    end: End
    notebook: NotebookNode
    seconds: float
    error: str = ""
    cell: int | None = None


def chapters() -> list[Path]:
    """The notebooks of the report, in order."""
    return sorted(paths.NOTEBOOKS.glob("[0-9]-*.ipynb"))


def run_chapter(path: Path, parameters: Parameters, scratch: Path, timeout: int = 120) -> Chapter:
    """Execute one notebook with papermill, from a fresh kernel.

    Parameters
    ----------
    path : Path
        The notebook; it is not written to.
    parameters : Parameters
        Those that the notebook names reach its parameter cell.
    scratch : Path
        Folder for the executed notebook.
    timeout : int
        Seconds allowed for each cell.

    Returns
    -------
    Chapter
        Whatever happened: a failure is an ``end``, not an exception.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    ends = {PapermillExecutionError: End.CELL_ERROR, CellTimeoutError: End.TIMEOUT, DeadKernelError: End.KERNEL_DIED}
    output = scratch / path.name
    started, end, error, cell = time.perf_counter(), End.OK, "", None
    try:
        papermill.execute_notebook(
            str(path),
            str(output),
            for_notebook(path, parameters),
            cwd=str(paths.NOTEBOOKS),
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            execution_timeout=timeout,
        )
    except tuple(ends) as failure:
        end = ends[type(failure)]
        error = str(failure).strip()
        cell = getattr(failure, "exec_count", None)
    return Chapter(path.stem, end, _read(output, path), time.perf_counter() - started, error, cell)


def _read(output: Path, source: Path) -> NotebookNode:
    import nbformat

    return nbformat.read(output if output.exists() else source, as_version=4)
