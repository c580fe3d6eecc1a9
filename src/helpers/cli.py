"""The command ``magnets``: thin, one function a verb."""

import gc
import os
import signal
import sys
import warnings
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpers import STOPPED, __version__, paths
from helpers.report import desk
from helpers.report.diff import diff
from helpers.report.ending import AsOf, day, stop, told, with_list
from helpers.report.ledger import app as ledger
from helpers.report.scenario.command import app as scenario
from helpers.report.schedule.command import schedule

if TYPE_CHECKING:
    from helpers.report.parameters import Parameters

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
                  help="India's magnet imports: public figures in, a dated report out.")  # fmt: skip

app.add_typer(schedule, name="schedule")

CORES, INTERRUPTED = os.cpu_count() or 1, 130

FIRST = (
    "First fetch what is due of live sources; whatever fails, the report goes on and says so. What is fetched is known "
    "from this day on: a report as of an earlier day has none of it."
)


def _parameters() -> list[tuple[str, str]]:
    from helpers.report import parameters

    return parameters.described()


def _names(incomplete: str) -> list[str]:
    from helpers.report import parameters

    return [f"{name}=" for name in parameters.Parameters.model_fields if name.startswith(incomplete)]


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"magnets {__version__}")
        raise typer.Exit


@app.callback()
def magnets(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """India's magnet imports: public figures in, a dated report out."""
    if not paths.DATA.is_dir() or not paths.NOTEBOOKS.is_dir():
        stop("magnets needs data/ and notebooks/: run it in a clone of the project, or install a wheel built by pip", 1)


_Given = Annotated[
    list[str],
    typer.Option(
        "-p",
        "--parameter",
        metavar="NAME=VALUE",
        help="Set a parameter, see below. Repeat as needed.",
        autocompletion=_names,
    ),
]
_Grid = Annotated[
    Path | None, typer.Option(help="A YAML file: one report for each entry and each combination of the lists in it.")
]
_Jobs = Annotated[int, typer.Option(min=1, help="Notebooks that run at once.", show_default="cores")]


@app.command(cls=with_list("Parameters, as -p NAME=VALUE or in a grid file", _parameters))
def report(
    parameter: _Given = [],  # noqa: B006
    as_of: AsOf = "",
    grid: _Grid = None,
    output: Annotated[Path, typer.Option(help="Folder of the reports.")] = paths.REPORTS,
    timeout: Annotated[int, typer.Option(min=1, help="Seconds allowed for each cell.")] = 120,
    jobs: _Jobs = CORES,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something went wrong.")] = False,
    fetch: Annotated[bool, typer.Option("--fetch", help=FIRST)] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also as a PDF, beside its folder; needs Chromium.")] = False,
    on: desk.On = "local",
    lines: desk.Lines = "",
    panel: desk.OfPanel = None,
) -> None:
    """Run every notebook and write a dated report.

    Ends with 0 (published, or unchanged), 1 (the folder cannot be written), 2 (bad parameters, or no
    browser for --pdf), 3 (data not valid), 4 (a cell failed), 5 (a cell ran out of time), 6 (a kernel died),
    7 (another run holds the lock), 130 (stopped with Ctrl-C); of several reports, with the worst.

    Examples: magnets report; magnets report --fetch; magnets report --as-of 2025-06-30;
    magnets report -p baseline_t=33000 -p horizon=5;
    magnets report --grid grid.yml, where grid.yml holds `- baseline_t: [as published, 33000]`
    """
    with told():
        wanted = _wanted(parameter, as_of, grid)
    if lines:
        from helpers.report.lines import made

        if pdf:
            stop("--pdf prints reports, and --lines makes pages of another kind", 2)
        make = partial(made, lines, panel, wanted[0].as_of, output, timeout, jobs, on)
    else:
        from helpers.report.pipeline import reports

        make = partial(reports, wanted, output, timeout=timeout, jobs=jobs, quiet=quiet, fetch=fetch, on=on)
    if pdf:
        from helpers.report.page.pdf import printed

        make = partial(printed, make, output.absolute())
    outcomes = make()
    for outcome in dict.fromkeys(outcomes):  # invalid data are the same news for every report of a grid
        if outcome.end or not quiet:
            print(outcome.text, file=sys.stderr if outcome.end else sys.stdout)
    raise typer.Exit(max(int(outcome.end) for outcome in outcomes))


@app.command()
def verify(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A report, such as reports/2026-11-22; with --archive another archive than the usual one."),
    ] = None,
    archive: Annotated[bool, typer.Option("--archive", help="The archive of live sources, not a report.")] = False,
) -> None:
    """Compare a report with its record, and the record with the project; exit code 1 if anything differs.

    It shows accidents, not forgery: who rewrites a page can rewrite its record too.
    """
    from helpers.report.shelf import verify

    if archive:
        folder, well = folder or paths.archive(), "every answer and every figure is as it was kept"
        lines = verify.archive_problems(folder)
    elif folder:
        well = "every page and file is as published; data, code and lock are those it was made from"
        lines = verify.differences(folder)
    else:
        stop("name the report to verify, such as reports/2026-11-22, or say --archive", 2)
    if lines:
        stop("\n".join(lines), 1)
    print(f"{folder}: {well}")


@app.command()
def validate(as_of: AsOf = "") -> None:
    """Ask of data/ all that a report asks before it is made; one screen, exit code 3 if it fails."""
    from helpers.report import gate

    with told():
        for line in gate.told(day(as_of)):
            print(line)


@app.command()
def history(
    table: Annotated[str, typer.Argument(help="A table of figures, such as trade.")],
    figure: Annotated[str, typer.Argument(help="Words of its key and its period, such as IND/850511/2024-05.")],
) -> None:
    """Print every version of a figure: what was said, by whom, and since when it is known here."""
    from helpers.data import DataError
    from helpers.data.sources import shown

    try:
        print("\n".join(shown.versions(table, figure)))
    except DataError as error:
        stop(str(error), 2)


@app.command()
def notebooks(
    check: Annotated[
        bool, typer.Option("--check", help="Run nothing; only tell what should not be committed.")
    ] = False,
) -> None:
    """Run the notebooks as of today, store their text outputs, and show what changed."""
    from helpers.report import parameters
    from helpers.report.shelf import inputs, notebooks

    if check:
        if found := [line for path in inputs.tracked() for line in notebooks.problems(path)]:
            stop("\n".join([*found, "-> `magnets notebooks` stores them as they should be"]), 1)
        return
    try:
        stored = notebooks.refresh(parameters.today())
    except notebooks.StoreError as error:
        stop(str(error), 1)
    for name, changes in stored.items():
        print(f"{name}: {'changed' if changes else 'unchanged'}")
        for line in changes:
            print(f"  {line}")


@app.command()
def fetch(
    names: Annotated[list[str], typer.Argument(help="Sources, see `magnets sources`.", show_default="all")] = [],  # noqa: B006
    since: Annotated[
        str, typer.Option(metavar="YYYY-MM", help="First month to ask about.", show_default="January three years ago")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be asked.")] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Believe a source that has withdrawn most of its figures.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something went wrong.")] = False,
) -> None:
    """Fetch official figures that are due into the archive; what came is kept, however it ends.

    Ends with 0 (something new), 20 (nothing new), 21 (some source failed, or its quota is used up; what came is
    kept), 22 (no network), 1 (the archive cannot be written), 2 (no such source or month, or a key cannot be read),
    3 (data/ cannot be read), 7 (another run fetches), 130 (stopped with Ctrl-C). Which keys are wanted, and where
    files go that a person downloads: see `magnets sources`.

    Examples: magnets fetch; magnets fetch comtrade --since 2018-01; magnets fetch --dry-run
    """
    from helpers.data.sources import shown

    try:
        end, lines = shown.fetched(names, since, accept, quiet, dry_run)
    except KeyboardInterrupt:
        print("what came until then is kept; the next fetch goes on from there", file=sys.stderr)
        raise
    wrong = end not in shown.WELL
    if dry_run or wrong or not quiet:
        print("\n".join(lines), file=sys.stderr if wrong else sys.stdout)
    raise typer.Exit(end)


@app.command()
def sources() -> None:
    """Tell what sources there are: last success, newest and next period, key, terms, what went wrong."""
    from helpers.data.sources import shown

    with told():
        shown.show(*shown.table())


app.add_typer(scenario, name="scenario")
app.add_typer(ledger, name="ledger")
for verb in (desk.lab, desk.explain, desk.screen, diff):
    app.command()(verb)


def main() -> None:
    """The entry point: Ctrl-C is not lost, no character of a name ends a run, a warning is a line."""
    from helpers.report.run import interrupt

    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as workers have it: sums in another order end in other digits
    gc.set_threshold(50_000, 20, 20)  # as in a warm kernel: tables are many objects, few of which are garbage
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    warnings.showwarning = lambda message, *_: print(f"warning: {message}", file=sys.stderr)
    try:
        with interrupt.noted():
            app()
    except KeyboardInterrupt:  # also what Typer has made of it
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print(STOPPED, end="", file=sys.stderr)
        sys.exit(INTERRUPTED)


def _wanted(given: list[str], as_of: str, grid: Path | None) -> "list[Parameters]":
    from helpers.report import parameters

    if grid is None:
        return [parameters.parse(given, as_of)]
    from helpers.report.grid import read

    return read(grid, parameters.named(given, as_of))
