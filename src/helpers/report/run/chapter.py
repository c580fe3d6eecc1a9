"""Run a notebook, and tell truthfully how the run ended.

papermill reports a dead kernel, a cell out of time and ``sys.exit(0)`` as completed; here the exception and
the cells decide, never a flag in the notebook.
"""

import json
import re
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.report.job import Chapter, End
from helpers.report.parameters import Parameters, for_notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

MOST_ERROR = 20_000  # characters of an error that are told


@cache
def kernel_name() -> str:
    """The kernel of the report: the warm one where it is installed, else the stock one."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        KernelSpecManager().get_kernel_spec("magnets")
        return "magnets"
    except NoSuchKernel:
        return "python3"


def run_chapter(path: Path, parameters: Parameters, timeout: int = 120) -> Chapter:
    """Execute one notebook with papermill, from a fresh kernel; the file is not written to.

    Parameters
    ----------
    path : Path
    parameters : Parameters
        Those that the notebook names reach its parameter cell.
    timeout : int
        Seconds allowed for each cell.

    Returns
    -------
    Chapter
        Whatever happened: a failure is an ``end``, not an exception.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillExecutionError

    from helpers.report.run import papermill_engine

    watch = papermill_engine.Watch()
    started, end, error = time.perf_counter(), End.OK, ""
    try:
        papermill.execute_notebook(
            str(path),
            None,
            for_notebook(path, parameters),
            engine_name=papermill_engine.NAME,
            kernel_name=kernel_name(),
            language="python",
            progress_bar=False,
            execution_timeout=timeout,
            watch=watch,
        )
    except PapermillExecutionError as failure:
        end, error = End.CELL_ERROR, f"{failure.ename}: {failure.evalue}"
    except CellTimeoutError:
        end, error = End.TIMEOUT, f"the cell was still running after {timeout} seconds and was stopped"
    except RuntimeError as failure:  # DeadKernelError is one, a kernel that does not answer is another
        reason = str(failure).strip().partition("\n")[0]
        end, error = End.KERNEL_DIED, f"the kernel ended before the cell did ({reason})"
    seconds = time.perf_counter() - started
    notebook = watch.notebook or _source(path)
    notebook.cells = [c for c in notebook.cells if "papermill-error-cell-tag" not in c.metadata.get("tags", [])]
    if end is End.OK and (left := _left_early(notebook)):
        end, error = End.CELL_ERROR, left
    cell = {} if end is End.OK else _failed_cell(notebook, path)
    return Chapter(path.stem, end, notebook, seconds, watch.peak_mb, _told(error), cell)


def failed(path: Path, error: str) -> Chapter:
    """The end of a notebook whose kernel is gone with all that it showed."""
    return Chapter(path.stem, End.KERNEL_DIED, _source(path), 0.0, error=error)


def _told(error: str) -> str:
    """An error in plain characters, and not too many."""
    error = re.sub(r"\x1b\[[\d;]*m", "", error)
    return error if len(error) <= MOST_ERROR else f"{error[:MOST_ERROR]} … ({len(error):,} characters)"


def _left_early(notebook: "NotebookNode") -> str:
    """Why a notebook that papermill calls complete is not."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "error":
                call = f"sys.exit({output.evalue})" if output.ename == "SystemExit" else output.ename
                return f"the cell called {call}: the notebook stopped here, and what follows was not run"
    return "" if all(cell.execution_count for cell in code) else "a cell was not run, though nothing failed"


def _failed_cell(notebook: "NotebookNode", path: Path) -> dict:
    started = [c for c in notebook.cells if c.cell_type == "code" and c.metadata.get("papermill", {}).get("start_time")]
    wrong = [c for c in started if any(output.output_type == "error" for output in c.outputs)]
    cell = (wrong[:1] or started[-1:] or [None])[0]
    if cell is None:
        return {}
    ids = [known.get("id") for known in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    number = ids.index(cell["id"]) + 1 if cell["id"] in ids else None  # papermill's own cell of parameters
    return {"number": number, "id": cell["id"]}


def _source(path: Path) -> "NotebookNode":
    """A notebook that never started: without the outputs stored from another run."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook
