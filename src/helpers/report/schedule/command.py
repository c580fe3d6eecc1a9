"""``magnets schedule``: thin, one function a verb."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from helpers import paths
from helpers.report.ending import told

schedule = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make reports by the clock.")

SCHEDULE = (paths.ROOT if paths.CLONE else Path()) / "schedule.yml"
File = Annotated[Path, typer.Option("--file", "-f", help="The schedule.")]


@schedule.command()
def run(
    file: File = SCHEDULE,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait if another call is at work.")] = 0,
    again: Annotated[bool, typer.Option("--again", help="Try what failed last once more, as of its own day.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something went wrong.")] = False,
) -> None:
    """Do what is due, and end; safe to call every minute.

    Ends with 0 (done, unchanged, or nothing is due), 1 (the folder cannot be written), 2 (no valid schedule or grid),
    3 to 6 (a report failed, as of `magnets report`, with the worst), 7 (another call is at work), 8 (somebody could
    not be told), 130 (stopped with Ctrl-C).
    """
    from helpers.report.schedule.run import run

    with told():
        code, lines = run(file, wait, again)
    if not quiet or code not in (0, 7):
        print("\n".join(lines), file=sys.stderr if code else sys.stdout)
    raise typer.Exit(code)


@schedule.command()
def status(file: File = SCHEDULE) -> None:
    """Tell of each report its last and next run, what is late and what fails.

    Ends with 0 (all is well), 30 (some report fails), 31 (some run is late: nobody calls `magnets schedule run`),
    1 (the journal cannot be read), 2 (no valid schedule).
    """
    from helpers.report.schedule import status

    with told():
        code, lines = status.status(file)
    print("\n".join(lines))
    raise typer.Exit(code)


@schedule.command()
def install(
    systemd: Annotated[bool, typer.Option("--systemd", help="Units of this user: a service and a timer.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="Lines in the crontab of this user.")] = False,
    github: Annotated[bool, typer.Option("--github", help="A workflow beside the schedule.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Only print what would be written, and where.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take away what was written.")] = False,
    file: File = SCHEDULE,
) -> None:
    """Have the machine call `magnets schedule run`: write the files of its own scheduler."""
    from helpers.report.schedule import install

    chosen = [kind for kind, wanted in (("systemd", systemd), ("cron", cron), ("github", github)) if wanted]
    if len(chosen) != 1 or (show and remove):
        raise typer.BadParameter("say one of --systemd, --cron and --github, and at most one of --show and --remove")
    with told():
        lines = install.install(chosen[0], file, "show" if show else "remove" if remove else "write")
    print("\n".join(lines))
