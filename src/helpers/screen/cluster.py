"""A Dask cluster that nobody else can reach: an existing one over TLS or on this machine, or one begun here.

Who can talk to a scheduler can run code as its user. So a connection to another machine is
encrypted and both ends show certificates, and a cluster begun here listens on loopback only, with certificates that
are made for it and kept in memory.
"""

import importlib.util
import ipaddress
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from dask.distributed import Client

HERE, SLURM = "dask", "slurm"
LOST = 5
"""How many workers may die over one piece of work before it is taken for the cause."""


class UnsafeError(ValueError):
    """An address at which others could send code, or that is none; the text says what to write instead."""


def available() -> bool:
    """Whether Dask's distributed scheduler is installed."""
    return importlib.util.find_spec("distributed") is not None


def require_safe(on: str) -> None:
    """Stop at an address that is neither on this machine nor encrypted.

    Raises
    ------
    UnsafeError
    """
    if on in (HERE, SLURM):
        return
    told = urlsplit(on)
    try:
        port = told.port
    except ValueError:
        port = None
    if told.scheme not in ("tcp", "tls") or not told.hostname or not port:
        raise UnsafeError(f"--on {on!r}: it is local, processes, dask, slurm, or an address such as "
                          "tls://scheduler:8786")  # fmt: skip
    if told.scheme == "tcp" and not _loopback(told.hostname):
        raise UnsafeError(
            f"--on {on}: tcp:// is plain, and whoever can reach that port can run code; begin the scheduler with "
            f"--tls-ca-file, --tls-cert and --tls-key and write tls://{told.netloc}, or tunnel to it and write "
            f"tcp://127.0.0.1:{port}"
        )


@contextmanager
def client(on: str, workers: int) -> Iterator["Client"]:
    """A client of a cluster: an existing one is used as it is and left as it was.

    Parameters
    ----------
    on : str
        ``dask``: begin one here; ``slurm``: ask a queue for one, as dask-jobqueue's own settings say; else the address
        of a scheduler. For ``tls://`` the certificates are those of Dask's settings (``distributed.comm.tls``).
    workers : int
        How many to begin, where any is.
    """
    from dask import config
    from dask.distributed import Client, Security

    require_safe(on)
    with config.set(SETTINGS):
        if on not in (HERE, SLURM):
            if on.startswith("tls:") and not Security().get_connection_args("client")["ssl_context"]:
                raise UnsafeError(f"--on {on} needs certificates: distributed.comm.tls in Dask's settings says which")
            try:
                found = Client(on, timeout="30s")
            except OSError as error:
                raise UnsafeError(f"--on {on}: no scheduler answers there ({error})") from None
            with found:
                _tell(found)
                yield found
            return
        with (_slurm if on == SLURM else _here)(workers) as begun, Client(begun) as found:
            require_safe(begun.scheduler_address)
            _tell(found)
            yield found


SETTINGS = {
    "distributed.scheduler.allowed-failures": LOST,
    "distributed.worker.daemon": False,  # a report's kernels are its children
    "distributed.admin.large-graph-warning-threshold": "1GB",
    "distributed.worker.profile.enabled": False,  # a sample of what runs, a hundred times a second: nobody looks at it
    "distributed.admin.tick.interval": "1s",  # fifty times a second each process asks whether it is late: 8 % of a core
    # Dask gives memory back after each array, and the next one's pages are made anew: a fifth of a worker's time
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": str(32 << 20),
}


def _here(workers: int):
    """Processes of this machine on loopback, with certificates of their own where they can be made."""
    from dask.distributed import LocalCluster, Security

    encrypted = importlib.util.find_spec("cryptography") is not None
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address="127.0.0.1:0", memory_limit=0,
        security=Security.temporary() if encrypted else None,
        protocol="tls://" if encrypted else "tcp://", silence_logs=50,
    )  # fmt: skip


def _slurm(workers: int):
    """Jobs of a SLURM queue, as ``jobqueue.slurm`` in Dask's settings describes them; their pages on loopback.

    Their certificates lie in the working folder while the cluster lasts, in files that this user alone can read.
    """
    if not importlib.util.find_spec("dask_jobqueue"):
        raise UnsafeError("--on slurm needs dask-jobqueue: pip install 'dask-jobqueue>=0.9'")
    from dask import config
    from dask.distributed import Security
    from dask_jobqueue import SLURMCluster

    told, local = config.get("jobqueue.slurm", {}), "127.0.0.1:0"
    return SLURMCluster(
        n_workers=workers, protocol="tls://", security=Security.temporary(), shared_temp_directory=".",
        job_script_prologue=[*(told.get("job-script-prologue") or []), "export OMP_NUM_THREADS=1"],
        worker_extra_args=[*(told.get("worker-extra-args") or []), "--dashboard-address", local],
        scheduler_options={**(told.get("scheduler-options") or {}), "dashboard_address": local},
    )  # fmt: skip


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(re.sub(r"%.*", "", host)).is_loopback
    except ValueError:
        return False


def _tell(found: "Client") -> None:
    if sys.stderr.isatty() and importlib.util.find_spec("bokeh"):
        print(f"dashboard: {found.dashboard_link}", file=sys.stderr)
