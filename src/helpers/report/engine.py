"""The papermill engine of the report: private transport, nothing saved half-way, a witness of every run."""

import socket
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

from helpers import paths

NAME = "magnets"
STOCK = "python3"

_STOCK_ARGUMENTS = ["--HistoryManager.hist_file=:memory:"]  # kernels side by side would share one file


@dataclass
class Watch:
    """What is known of a run, however it ends: the notebook with its outputs so far, the kernel's peak memory."""

    notebook: NotebookNode | None = None
    peak_mb: float | None = None


class QuietEngine(Engine):
    """Runs a notebook in ``notebooks/`` without changing the folder of this process, so that many can run at once."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, watch, start_timeout, execution_timeout, **_):
        with TemporaryDirectory(prefix="kernel-") as folder:  # only this user can enter it
            watch.notebook = nb_man.nb
            client = PapermillNotebookClient(
                nb_man,
                kernel_name=kernel_name,
                timeout=execution_timeout,
                startup_timeout=start_timeout,
                shutdown_kernel="immediate",
                extra_arguments=_STOCK_ARGUMENTS if kernel_name == STOCK else [],
                resources={"metadata": {"path": str(paths.NOTEBOOKS)}},
            )
            client.km = _manager(kernel_name, Path(folder))
            client.on_cell_executed = lambda **_: _measure(client.km, watch)
            loop = ensure_event_loop()  # of this thread, which ends after some notebooks
            try:
                return client.execute()
            finally:
                loop.close()


def _manager(kernel_name: str, folder: Path) -> AsyncKernelManager:
    """A kernel that talks over Unix sockets; the warm one brings its own."""
    manager = AsyncKernelManager(kernel_name=kernel_name, connection_file=str(folder / "connection.json"))
    if kernel_name == STOCK and hasattr(socket, "AF_UNIX"):
        manager.transport, manager.ip = "ipc", str(folder / "kernel")
    return manager


def _measure(manager: AsyncKernelManager, watch: Watch) -> None:
    """Peak memory of the kernel's process so far, where the system tells it."""
    try:
        status = Path(f"/proc/{manager.provisioner.pid}/status").read_text()
    except OSError:
        return
    peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    watch.peak_mb = round(int(peaks[0]) / 1024, 1) if peaks else None


papermill_engines.register(NAME, QuietEngine)
