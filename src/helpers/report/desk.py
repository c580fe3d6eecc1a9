"""Verbs of the command ``magnets`` for those who explore; cheap to import: nothing is until it is asked for."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from helpers import paths
from helpers.report.ending import AsOf, told

ASKS_NOBODY = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
"""Settings of a JupyterLab that fetches no news and does not ask whether it may."""


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
    settings = folder.resolve() / ".settings"
    settings.mkdir(exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(ASKS_NOBODY), encoding="utf-8")
    places = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.app_settings_dir={settings}"]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *places, "--LabApp.news_url=None", *arguments])


def explain(
    figure: Annotated[str, typer.Argument(help="A key such as trade/IND/850511/FY25, or what a page shows.")],
    as_of: AsOf = "",
) -> None:
    """Tell what a figure is: its rows, the rule or the functions that made it, its sources.

    FIGURE is the key of a figure of the data; or words of a page, a number as printed there, or the name of a
    function that made something on it: then its chapter is run.

    Examples: magnets explain trade/IND/world/850511/weight/FY25; magnets explain monthly_rates
    """
    from helpers.report import parameters
    from helpers.report.explain import explain

    with told():
        print("\n".join(explain(figure, parameters.parse([], as_of).as_of)))
