"""Verbs of the command ``magnets`` for those who explore; cheap to import: nothing is until it is asked for."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from helpers import paths
from helpers.report.ending import AsOf, day, stop, told

ASKS_NOBODY = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
"""Settings of a JupyterLab that fetches no news and does not ask whether it may."""

On = Annotated[
    str, typer.Option(help="Where: local, processes, dask, slurm, or a scheduler such as tls://scheduler:8786.")
]
Lines = Annotated[
    str, typer.Option(metavar="HS,HS", help="Instead a page a line, of a panel of trade; `all`: its ranked table.")
]
OfPanel = Annotated[
    Path | None, typer.Option(help="Folder of the panel of --lines.", show_default="the project's tables")
]


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
    from helpers.report.explain import explain

    with told():
        print("\n".join(explain(figure, day(as_of))))


def screen(
    panel: Annotated[
        list[Path],
        typer.Argument(
            help="A folder with a panel, or files of Comtrade or BACI.", show_default="the archive or the tables"
        ),
    ] = [],  # noqa: B006
    on: On = "local",
    workers: Annotated[int | None, typer.Option(min=1, help="How many are begun.", show_default="cores")] = None,
    output: Annotated[Path, typer.Option(help="Folder of what is found.")] = paths.REPORTS / "screen",
    as_of: AsOf = "",
    top: Annotated[int, typer.Option(min=1, help="Lines that are told; all are kept.")] = 20,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something went wrong.")] = False,
) -> None:
    """Look through every line of a panel of trade: which of them mislead, and how, the worst first.

    What is found of finished parts is kept beside the panel, and an interrupted run goes on from there. Ends with 0
    (screened), 1 (it cannot be written, or workers were killed again and again), 2 (bad options), 3 (the panel or
    data/ cannot be read), 130 (stopped with Ctrl-C).

    Examples: magnets screen; magnets screen panel --on processes; magnets screen BACI.csv --on dask --workers 2
    """
    from helpers.report import screened
    from helpers.screen import engine

    with told():
        try:
            said = screened.screen(panel, str(day(as_of)), on, workers, output, top, quiet)
        except (OSError, engine.LostError) as error:
            stop(f"the screen was not finished: {error}; run it again, and it goes on from what is there", 1)
    if not quiet:
        print("\n".join(said))
