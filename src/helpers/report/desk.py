"""Verbs of the command ``magnets`` for those who explore; cheap to import: nothing is until it is asked for."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from helpers import paths

QUIET = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
)
"""JupyterLab asks nobody for news."""


def lab(
    arguments: Annotated[list[str], typer.Argument(help="What JupyterLab is given, after `--`.")] = [],  # noqa: B006
    folder: Annotated[Path, typer.Option(help="Folder of the copies.")] = paths.LAB,
) -> None:
    """Open JupyterLab on copies of the notebooks: what you change and what it saves is yours, and tracked nowhere.

    A copy that you have not changed follows its notebook; one that you have changed stays as you left it.
    """
    from helpers.report.shelf import notebooks

    for line in notebooks.copied(folder):
        print(line, file=sys.stderr)
    sys.stdout.flush()
    place = f"--ServerApp.root_dir={folder.resolve()}"
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", place, *QUIET, *arguments])
