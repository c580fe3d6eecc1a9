"""Files and folders that are there whole or not at all, also after a power cut; modes as the umask says.

What is being written has a name that begins with ``.building-``; the next run removes what is left of it.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BUILDING = ".building-"


@contextmanager
def building(root: Path) -> Iterator[Path]:
    """A new folder beside its later place; :func:`place` moves it there, else it is removed."""
    scratch = root / f"{BUILDING}{secrets.token_hex(6)}"
    scratch.mkdir()
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def place(scratch: Path, folder: Path) -> None:
    """Move a folder to its place, with all that is in it on the disk before its name is."""
    for path in scratch.iterdir():
        _onto_disk(path)
    _onto_disk(scratch)
    scratch.rename(folder)
    with suppress(OSError):  # it is there, and what is told must not be that it is not
        _onto_disk(folder.parent)


def replace(target: Path, text: str) -> Path:
    """Write a file in the place of another, which stays whole until this one is; a link is replaced, not followed."""
    scratch = target.with_name(f"{BUILDING}{secrets.token_hex(6)}")
    try:
        scratch.write_text(text, encoding="utf-8")
        _onto_disk(scratch)
        scratch.replace(target)
        with suppress(OSError):
            _onto_disk(target.parent)
        return target
    except OSError as error:
        error.filename = str(target)  # nobody knows the other name, and a full disk has none
        raise
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)


def sweep(root: Path) -> None:
    """Remove what killed runs were building; of a link the link."""
    for left in root.glob(f"{BUILDING}*"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()


def _onto_disk(path: Path) -> None:
    with suppress(PermissionError):  # Windows opens no folder
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
