"""What a report depends on: if no file of it has changed, there is nothing to run; and which code that is."""

import hashlib
import json
import os
import platform
import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from helpers import paths

PACKAGES = ("magnet-outlook", "pandas", "numpy", "seaborn", "statsmodels", "papermill", "mistune", "ipykernel")
MADE_OF = ("notebooks", "src/helpers", "data", "requirements.lock")

_OTHER = {"__pycache__", "carried"}
"""What lies in the package beside its modules: their compiled copies, and the data of an installed package."""


class DamagedError(ValueError):
    """The archive cannot be read; the text says which file of it."""


def chapters() -> list[Path]:
    """The notebooks of the report, in order."""
    return sorted(paths.NOTEBOOKS.glob("[0-9]-*.ipynb"))


def tracked() -> list[Path]:
    """The notebooks of the project: the chapters, and those that no report renders: of lines, and to explore with."""
    return [*chapters(), *paths.NOTEBOOKS.glob("explore.ipynb"), *paths.NOTEBOOKS.glob("lines.ipynb")]


def inputs() -> dict[str, dict[str, str]]:
    """SHA-256 of every file any report is made from, in the groups ``notebooks``, ``helpers``, ``data``, ``lock``.

    Of a notebook its cells count, without outputs. The figures of a day's :func:`archived` parts come to it.
    """
    code = paths.CODE
    modules = [path for path in code.rglob("*") if path.is_file() and not _OTHER & set(path.relative_to(code).parts)]
    tables = [path for path in paths.DATA.glob("*") if path.is_file()]
    return {
        "notebooks": {path.name: cells(path) for path in chapters()},
        "helpers": {path.relative_to(code).as_posix(): sha256(path) for path in sorted(modules)},
        "data": {path.name: sha256(path) for path in sorted(tables)},
        "lock": {paths.LOCK.name: sha256(paths.LOCK)},
    }


def archived(day: date | str) -> dict[str, str]:
    """SHA-256 of every part of the archive that was known by a day, by its place; DamagedError if it cannot be told.

    Only what stands beside the parts is read, so that a run with nothing to do needs no reader of figures.
    """
    return {path.relative_to(paths.archive()).as_posix(): digest for path, digest, _ in _parts(day)}


def made_up(day: date | str) -> bool:
    """Whether any figure of the archive that was known by a day is made up; unread, as `archived`."""
    return any(synthetic for _, _, synthetic in _parts(day))


def _parts(day: date | str) -> Iterator[tuple[Path, str, bool]]:
    """The files of figures known by a day, the SHA-256 of each, and whether they are made up."""
    for path in sorted(paths.archive().glob("*/parts/*.json")):
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            known, digest, synthetic = (about[name] for name in ("day", "sha256", "synthetic"))
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            text = f"{path} cannot be understood ({type(error).__name__}): see `magnets verify --archive`"
            raise DamagedError(text) from None
        if digest and str(known) <= str(day):
            yield path.with_suffix(".parquet"), str(digest), bool(synthetic)


def cells(path: Path) -> str:
    """SHA-256 of what is written in the cells of a notebook, without outputs."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    kept = [[cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])] for cell in found]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()


def fingerprint(parameters: dict, files: dict[str, dict[str, str]], notices: Sequence[str] = ()) -> str:
    """SHA-256 of the parameters as shown, of all files and of notices: the same for the same report."""
    made_from = [parameters, {group: names for group, names in files.items() if names}, *notices]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def changed(before: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> list[str]:
    """The files that differ between two groups of hashes, each with its group."""
    return sorted(
        f"{group}/{name}"
        for group in before
        for name in before[group].keys() | now[group].keys()
        if before[group].get(name) != now[group].get(name)
    )


def seeds() -> dict[str, int]:
    """The seeds that the helpers fix as ``SEED``, by module: all that is random here."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(paths.CODE.rglob("*.py"))}
    found = {path: re.search(r"^SEED = ([\d_]+)$", text, re.M) for path, text in texts.items()}
    return {path.relative_to(paths.CODE).as_posix(): int(hit[1]) for path, hit in found.items() if hit}


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


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
    held = {name: next((one.version for one in distributions(name=name)), None) for name in PACKAGES}
    return {"python": platform.python_version()} | held


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
