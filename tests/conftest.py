"""Copies of the project that a test may damage."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from helpers import paths

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A copy of ``data/`` in the place of the real one: ``data(table, old, new)`` edits a file once."""
    folder = tmp_path / "data"
    shutil.copytree(paths.DATA, folder)
    monkeypatch.setattr(paths, "DATA", folder)
    return lambda table, old, new: replace_once(folder / f"{table}.csv", old, new)


@pytest.fixture
def project(tmp_path):
    """A copy of the project's files whose Python processes are refused any network but this machine's."""
    return Project(copy_project(tmp_path / "project"))


def copy_project(root: Path) -> Path:
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for folder in ("src", "data", "notebooks", "tests"):
        shutil.copytree(paths.ROOT / folder, root / folder, ignore=ignore)
    for file in ("pyproject.toml", "requirements.lock", "conftest.py"):
        shutil.copy(paths.ROOT / file, root)
    return root


class Project:
    """A project folder of its own; every process started in it is refused any network but this machine's."""

    def __init__(self, root: Path):
        self.root = root

    def run(self, *command: str, code: int | None = 0, **env: str) -> subprocess.CompletedProcess:
        offline = Path(__file__).parent / "offline"
        path = os.pathsep.join([str(offline), str(self.root / "src")])
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=300,
            env=os.environ
            | {"PYTHONPATH": path, "OFFLINE_LOG": str(self.root / "refused.txt"), "COLUMNS": "200"}
            | env,
        )
        assert code is None or done.returncode == code, (
            f"exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        )
        return done

    def magnets(self, *words: str, code: int | None = 0, **env: str) -> subprocess.CompletedProcess:
        return self.run("-c", "from helpers.cli import main; main()", *words, code=code, **env)

    def edit(self, file: str, old: str, new: str) -> None:
        replace_once(self.root / file, old, new)


def replace_once(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
