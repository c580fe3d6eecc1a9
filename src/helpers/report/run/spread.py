"""Notebooks on the workers of a Dask cluster, each with warm kernels of its own machine; without one, here."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path

from helpers import paths
from helpers.report.job import Chapter
from helpers.report.parameters import Parameters
from helpers.report.run import interrupt, leftovers
from helpers.report.run.chapter import failed, run_chapter
from helpers.screen import cluster, engine

Run = Callable[[Path, Parameters, int], Chapter]


@contextmanager
def spread(on: str, workers: int, here: Run = run_chapter) -> Iterator[Run]:
    """A function that runs a chapter and waits for it: where ``on`` says, as :func:`helpers.screen.engine.run`.

    A worker that is killed costs its notebook's time: another begins it anew. What is not Dask runs here.

    Raises
    ------
    UnsafeError
        If the address is one at which others could listen or send code.
    """
    if on in (engine.LOCAL, engine.PROCESSES) or not engine.with_dask(on):
        yield here
        return
    from dask.distributed import KilledWorker

    with engine.one_thread(), cluster.client(on, workers) as client:

        def run(path: Path, parameters: Parameters, timeout: int) -> Chapter:
            name = path.relative_to(paths.NOTEBOOKS).as_posix()
            asked = client.submit(_there, name, parameters, timeout, os.environ.get("MAGNETS_ARCHIVE", ""), pure=False)
            try:
                while not asked.done():  # what is done is fetched without a time limit, which would break it off
                    interrupt.check()
                    time.sleep(0.05)
                return asked.result()
            except (KilledWorker, CancelledError) as error:
                return failed(path, f"the cluster lost its workers ({type(error).__name__})")
            finally:
                asked.cancel()

        yield run


def _there(name: str, parameters: Parameters, timeout: int, archive: str) -> Chapter:
    """On a worker: its own copy of the notebook, the archive of the one who asks."""
    with leftovers.settings(), leftovers.archive(Path(archive) if archive else paths.archive()):
        return run_chapter(paths.NOTEBOOKS / name, parameters, timeout)
