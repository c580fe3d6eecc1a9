"""Which code made a report: its commit, whether anything differs from it, and the versions of what it stands on."""

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

from helpers import paths

PACKAGES = ("magnet-outlook", "pandas", "numpy", "seaborn", "statsmodels", "papermill", "mistune", "ipykernel")
MADE_OF = ("notebooks", "src/helpers", "data", "requirements.lock")


@cache
def commit() -> dict:
    """``commit`` and ``dirty``, whether anything a report is made from differs from it; None where there is no git.

    Also in a clone that belongs to somebody else, which git by itself refuses to look at.
    """
    status = _git("status", "--porcelain", "--", *MADE_OF)
    return {"commit": _git("rev-parse", "HEAD"), "dirty": None if status is None else bool(status)}


def has(known: str | None) -> bool:
    """Is a commit one of this clone, as far as can be told: not without git, nor in a clone without its history."""
    if known is None or _git("rev-parse", "--is-shallow-repository") != "false":
        return True
    return _git("cat-file", "-e", f"{known}^{{commit}}") is not None


def versions() -> dict[str, str | None]:
    """Versions of Python and of the packages that numbers and pages depend on."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def _git(*words: str) -> str | None:
    if not paths.CLONE:
        return None
    command = ["git", "-c", "safe.directory=*", "-C", str(paths.ROOT), *words]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=False,
            env=os.environ | {"GIT_OPTIONAL_LOCKS": "0"},
        )  # fmt: skip
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(name: str) -> str | None:
    try:
        return installed(name)
    except PackageNotFoundError:
        return None
