"""Where many pieces of work are done: here, in processes, or on a Dask cluster; the results are the same.

``run(do, tasks, on)`` calls a function of one argument for each task and gives the results as they come. The function
is one of a module and depends on its argument alone; a worker that is killed costs nothing but the time, as its task is
done again by another.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

from helpers.screen import cluster

LOCAL, PROCESSES = "local", "processes"
TURNS, MOST = 20, 8
"""Times that a worker of a cluster is given work, each with so many tasks at most: a time costs the scheduler 5 ms."""
TRIES = 3
"""How many times in a row processes may be killed before anything is finished, until that is an error."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Linear algebra on one thread a process: no number depends on how many cores there are."""


class LostError(RuntimeError):
    """Workers were killed again and again before they finished anything; what was finished is kept."""


def run(do: Callable[[Any], Any], tasks: Sequence, on: str = LOCAL, workers: int | None = None) -> Iterator:
    """Results in the order in which they come.

    Parameters
    ----------
    do : callable
        A function of a module, which a worker imports by its name.
    tasks : sequence
        What it is called with, one at a time.
    on : str
        ``local`` (this process), ``processes``, ``dask`` (a cluster of this machine), ``slurm``, or the address
        of a running scheduler: see :func:`helpers.screen.cluster.client`.
    workers : int, optional
        How many, where they are begun here; as many as cores if not given.

    Raises
    ------
    UnsafeError
        If the address is one at which others could listen or send code.
    LostError
    """
    count = workers or os.cpu_count() or 1
    if on not in (LOCAL, PROCESSES):
        if with_dask(on):
            yield from _on_dask(do, tasks, on, min(count, len(tasks))) if tasks else ()
            return
        on = PROCESSES if count > 1 else LOCAL
    yield from map(do, tasks) if on == LOCAL else _in_processes(do, tasks, count)


def with_dask(on: str) -> bool:
    """Whether Dask is there to do what is asked; says so where it is not.

    Raises
    ------
    UnsafeError
        If the address is one at which others could listen or send code.
    """
    cluster.require_safe(on)
    if not (there := cluster.available()):
        print("Dask is not installed (pip install 'magnet-outlook[scale]'): this runs locally", file=sys.stderr)
    return there


def _in_processes(do: Callable, tasks: Iterable, count: int) -> Iterator:
    """In processes that are begun anew when one of them is killed."""
    left, tried = dict(enumerate(tasks)), 0
    while left:
        tried += 1
        with one_thread(), ProcessPoolExecutor(min(count, len(left)), mp_context=get_context("spawn")) as pool:
            running = {pool.submit(do, task): number for number, task in left.items()}
            try:
                for future in as_completed(running):
                    result = future.result()
                    del left[running[future]]
                    tried = 0
                    yield result
            except BrokenProcessPool:
                if tried == TRIES:
                    raise LostError(f"processes were killed {TRIES} times before any finished its work; "
                                    "is there memory enough? Fewer --workers need less") from None  # fmt: skip
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _on_dask(do: Callable, tasks: Sequence, on: str, count: int) -> Iterator:
    from dask.distributed import KilledWorker, as_completed

    with cluster.client(on, count) as client:
        there = sum(client.nthreads().values()) or len(tasks)
        size = min(max(len(tasks) // (TURNS * there), 1), MOST)
        some = [tasks[at : at + size] for at in range(0, len(tasks), size)]
        try:
            for future in as_completed(client.map(partial(_each, do), some, pure=False)):
                yield from future.result()
                future.release()
        except (KilledWorker, CancelledError) as error:
            raise LostError(f"the cluster lost its workers over and over ({type(error).__name__}); is there memory "
                            "enough? See its dashboard or its logs") from None  # fmt: skip


def _each(do: Callable, tasks: Sequence) -> list:
    return [do(task) for task in tasks]


@contextmanager
def one_thread() -> Iterator[None]:
    """The environment in which workers begin: linear algebra on one thread."""
    before = dict(os.environ)
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name in ONE_THREAD:
            os.environ.pop(name)
        os.environ.update(before)
