"""What the command line asks of the screen: ``magnets screen``, and of ``magnets report`` a page a line."""

from pathlib import Path
from typing import Annotated

import typer

from helpers import paths
from helpers.report.ending import AsOf, stop, told

On = Annotated[
    str, typer.Option(help="Where: local, processes, dask, slurm, or a scheduler such as tls://scheduler:8786.")
]
Lines = Annotated[
    str, typer.Option(metavar="HS,HS", help="Instead a page a line, of a panel of trade; `all`: its ranked table.")
]
OfPanel = Annotated[
    Path | None, typer.Option(help="Folder of the panel of --lines.", show_default="the project's tables")
]


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
    from helpers.report import parameters, screened
    from helpers.screen import engine

    with told():
        try:
            day = parameters.parse([], as_of).as_of
            said = screened.screen(panel, str(day), on, workers, output, top, quiet)
        except (OSError, engine.LostError) as error:
            stop(f"the screen was not finished: {error}; run it again, and it goes on from what is there", 1)
    if not quiet:
        print("\n".join(said))
