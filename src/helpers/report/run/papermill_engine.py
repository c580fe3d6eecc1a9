"""The papermill engine of the report: private transport, nothing saved half-way, a witness of every run."""

import asyncio
import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from traitlets import Type

from helpers import paths
from helpers.report.run import leftovers

NAME = "magnets"
STOCK = "python3"

_STOCK_ARGUMENTS = ["--HistoryManager.hist_file=:memory:"]  # kernels side by side would share one file


_running: set[AsyncKernelManager] = set()


@dataclass
class Watch:
    """What is known of a run, however it ends: the notebook with its outputs so far, the kernel's peak memory."""

    notebook: NotebookNode | None = None
    peak_mb: float | None = None


class PromptClient(AsyncKernelClient):
    """Ready once the kernel has answered on both channels; jupyter_client would listen on for another 0.2 seconds.

    What arrives late is no harm: nbclient drops messages that are not about its own requests.
    """

    async def wait_for_ready(self, timeout: float | None = 60) -> None:
        timeout = 60 if timeout is None else timeout
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            self.kernel_info()
            with suppress(Empty):
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)  # else it listened too late, and asks again
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel ended before its first reply")
        raise RuntimeError(f"the kernel did not reply in {timeout:.0f} seconds")


class PromptManager(AsyncKernelManager):
    """Kills a kernel that is no longer needed, without interrupting it first: that would make it print an error."""

    client_factory = Type(PromptClient)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        if now and self.provisioner:
            await self.provisioner.kill()
        await super().shutdown_kernel(now, restart)


class QuietEngine(Engine):
    """Runs a notebook in ``notebooks/`` without changing the folder of this process, so that many can run at once."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, watch, start_timeout, execution_timeout, **_):
        with leftovers.kernel_folder() as folder:
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
            client.km = manager = _manager(kernel_name, folder)
            _running.add(manager)
            client.on_cell_executed = lambda **_: _measure(client.km, watch)
            loop = ensure_event_loop()  # of this thread, which ends after some notebooks
            try:
                return client.execute()
            finally:
                _running.discard(manager)
                _close(loop)


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Close a loop with what a cell out of time has left waiting in it, which would complain otherwise."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()


def kill_all() -> None:
    """End every kernel that has begun, and what it started, so that the threads that wait for them end too.

    Each once: later its number may be that of another process.
    """
    for manager in list(_running):
        if pid := getattr(manager.provisioner, "pid", None):
            _running.discard(manager)
            for kill in (getattr(os, "killpg", os.kill), os.kill):  # one just forked leads no group yet
                with suppress(OSError):
                    kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _manager(kernel_name: str, folder: Path) -> PromptManager:
    """A kernel that talks over Unix sockets; the warm one brings its own."""
    manager = PromptManager(kernel_name=kernel_name, connection_file=str(folder / "connection.json"))
    if kernel_name == STOCK and hasattr(socket, "AF_UNIX"):
        manager.transport, manager.ip = "ipc", str(folder / "kernel")
    return manager


def _measure(manager: PromptManager, watch: Watch) -> None:
    """Peak memory of the kernel's process so far, where the system tells it."""
    try:
        status = Path(f"/proc/{getattr(manager.provisioner, 'pid', None)}/status").read_text()
    except OSError:
        return
    peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    watch.peak_mb = round(int(peaks[0]) / 1024, 1) if peaks else None


papermill_engines.register(NAME, QuietEngine)
