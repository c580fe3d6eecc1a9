"""The command ``magnets``: thin, one function a verb."""

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

from helpers import paths

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
                  help="India's magnet imports: public figures in, a dated report out.")  # fmt: skip


class WithParameters(TyperCommand):
    """A command whose help ends with the parameters of a report."""

    def format_epilog(self, ctx, formatter) -> None:
        from helpers.report import parameters

        with formatter.section("Parameters, as -p NAME=VALUE or in a grid file"):
            formatter.write_dl(parameters.described())


@app.command(cls=WithParameters)
def report(
    parameter: Annotated[
        list[str],
        typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Set a parameter, see below. Repeat as needed."),
    ] = [],  # noqa: B006
    as_of: Annotated[
        str, typer.Option(help="Use only figures public on this day, YYYY-MM-DD.", show_default="today")
    ] = "",
    grid: Annotated[
        Path | None,
        typer.Option(help="A YAML file: one report for each entry and each combination of the lists in it."),
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder of the reports.")] = paths.REPORTS,
    timeout: Annotated[int, typer.Option(min=1, help="Seconds allowed for each cell.")] = 120,
    jobs: Annotated[int, typer.Option(min=1, help="Notebooks that run at once.", show_default="cores")] = (
        os.cpu_count() or 1
    ),
) -> None:
    """Run every notebook and write a dated report.

    Ends with 0 (published, or unchanged), 1 (the folder cannot be written), 2 (bad parameters),
    3 (data not valid), 4 (a cell failed), 5 (a cell ran out of time), 6 (a kernel died),
    7 (another run holds the lock), 130 (stopped with Ctrl-C); of several reports, with the worst.

    Examples: magnets report; magnets report --as-of 2025-06-30; magnets report -p baseline_t=33000 -p horizon=5;
    magnets report --grid grid.yml, where grid.yml holds `- baseline_t: [53748, 33000]`
    """
    from helpers.report import parameters

    try:
        common = parameters.named(parameter, as_of or str(date.today()))
        if grid is None:
            wanted = [parameters.parse(parameter, common["as_of"])]
        else:
            from helpers.report.grid import read

            wanted = read(grid, common)
    except parameters.ParameterError as error:
        _stop(str(error), 2)
    from helpers.report import job

    try:
        outcomes = job.reports(wanted, output, timeout=timeout, jobs=jobs)
    except KeyboardInterrupt:
        _stop("stopped; reports that were not finished were not written", 130)
    for outcome in dict.fromkeys(outcomes):  # invalid data are the same news for every report of a grid
        print(outcome.text, file=sys.stderr if outcome.end else sys.stdout)
    raise typer.Exit(max(int(outcome.end) for outcome in outcomes))


@app.command()
def verify(folder: Annotated[Path, typer.Argument(help="A report, such as reports/2026-11-22.")]) -> None:
    """Compare a report with its record, and the record with the project; exit code 1 if anything differs."""
    from helpers.report.shelf import verify

    if lines := verify.differences(folder):
        _stop("\n".join(lines), 1)
    print(f"{folder}: every page and file is as published; data, code and lock are those it was made from")


@app.command()
def validate(
    as_of: Annotated[
        str, typer.Option(help="Check identities with what was public on this day.", show_default="today")
    ] = "",
) -> None:
    """Check data/ against its descriptor, itself and published totals; one screen, exit code 3 if it fails."""
    from helpers.data import load, rules

    found = rules.problems()
    for problem in found.itertuples():
        print(f"\ndata/{problem.file}: {problem.problem}\n{problem.rows}\n-> {problem.remedy}")
    if len(found):
        _stop(f"\n{len(found)} problems: the data are not fit for a report.", 3)
    for name in rules.DATED:
        rows = load.raw(name)
        print(f"{name:<12} {len(rows):>4} rows, newest published {rows['published'].max():%Y-%m-%d}")
    identities = rules.identities(as_of or str(date.today()))
    print()
    for row in identities.itertuples():
        verdict = "holds" if row.holds else "FAILS"
        figures = f"{row.computed:,.2f} against {row.published:,.2f} ± {row.allowed:,.2f} {row.unit}"
        print(f"{verdict}  {row.identity}: {figures}")
    if not identities["holds"].all():
        _stop("\nA total does not match its parts.", 3)
    print(f"\ndata/ is valid: {len(identities)} identities hold, {len(load.raw('sources'))} sources.")


@app.command()
def notebooks() -> None:
    """Run the notebooks as of today, store their text outputs, and show what changed."""
    from helpers.report.shelf import notebooks

    for name, changes in notebooks.refresh(datetime.now().date()).items():
        print(f"{name}: {'unchanged' if not changes else 'changed'}")
        for line in changes:
            print(f"  {line}")


def main() -> None:
    app()


def _stop(text: str, code: int) -> None:
    print(text, file=sys.stderr)
    raise typer.Exit(int(code))
