"""A folder a kernel for its connection, removed afterwards: by its run, or by the next one if that was killed."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "magnets-kernel-"
FRESH = 60
"""Seconds for which a folder may be without a lock: it has only just been made."""


@contextmanager
def kernel_folder() -> Iterator[Path]:
    """A folder that only this user can enter, and that is locked as long as this process lives."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with FileLock(folder / "lock"):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def settings() -> Iterator[None]:
    """A folder for what libraries keep in the home of the user, while a run lasts, where that cannot be written to."""
    missing = {"MPLCONFIGDIR", "IPYTHONDIR"} - os.environ.keys()
    if not missing or os.access(Path.home(), os.W_OK):
        yield
        return
    with kernel_folder() as folder:
        os.environ |= dict.fromkeys(missing, str(folder))
        try:
            yield
        finally:
            for name in missing:
                del os.environ[name]


@contextmanager
def archive(place: Path, name: str = "MAGNETS_ARCHIVE") -> Iterator[None]:
    """One archive of live sources, also for the kernels that begin in it, whose working folder is another."""
    before = os.environ.get(name)
    os.environ[name] = str(place.absolute())
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


@contextmanager
def shared() -> Iterator[None]:
    """A folder for what the notebooks of a run have in common."""
    with kernel_folder() as folder, archive(folder, "MAGNETS_SHARED"):
        yield


def sweep() -> None:
    """Remove this user's folders of kernels whose run is no more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else's, or gone meanwhile
            if folder.is_symlink() or (hasattr(os, "getuid") and folder.stat().st_uid != os.getuid()):
                continue
            if not (folder / "lock").exists() and time.time() - folder.stat().st_mtime < FRESH:
                continue
            with suppress(Timeout), FileLock(folder / "lock", timeout=0):
                shutil.rmtree(folder)
