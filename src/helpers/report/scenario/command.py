"""The verb ``magnets scenario``: list, run, compare; thin, and nothing heavy is imported to refuse a word."""

from pathlib import Path
from typing import Annotated

import typer

from helpers.report.ending import AsOf, day, told, with_list

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
                  help="What would change the imports of rare-earth magnets, and what India can do.")  # fmt: skip

SET = Annotated[
    list[str], typer.Option("--set", metavar="LEVER=VALUE", help="Move a lever, see below. Repeat as needed.")
]


def _levers() -> list[tuple[str, str]]:
    from helpers.chapters.scenarios import tables

    return [(name, f"{span}; run-rate {usual}: {said}") for name, said, span, usual in tables.described().itertuples()]


WITH_LEVERS = with_list("Levers, as --set LEVER=VALUE or in a scenario file", _levers)


@app.command("list", cls=WITH_LEVERS)
def list_(as_of: AsOf = "") -> None:
    """Tell the named scenarios, each with its story and its levers; the levers themselves stand below this help."""
    from helpers.report.scenario import shown

    with told():
        print("\n".join(shown.listed(day(as_of))), flush=True)


@app.command(cls=WITH_LEVERS)
def run(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="[NAME|FILE]...", help="Scenarios by name or file.", show_default="all named")
    ] = [],  # noqa: B006
    lever: SET = [],  # noqa: B006
    as_of: AsOf = "",
    csv: Annotated[Path | None, typer.Option(help="Write every year and quantity as a tidy CSV.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write the table and the tidy rows as a spreadsheet.")] = None,
    iamc: Annotated[Path | None, typer.Option(help="Write the tidy rows in the IAMC format, as pyam reads it.")] = None,
) -> None:
    """Reckon scenarios: tonnes to import, oxide, crore rupees and vehicles at risk in three fiscal years.

    A scenario file is YAML; what it does not name stays as in the run-rate:

    \b
    scenario: half the plants, fast vehicles
    story: Half of the plants are built while the targets for vehicles are met.
    levers:
      ev_pace: 1
      scheme: half

    A scenario is conditional: it says what follows if its levers are so, and is never scored as a forecast.
    Ends with 0, 1 (a file cannot be written), 2 (no such scenario, lever or day), 3 (data not valid).

    Examples: magnets scenario run; magnets scenario run run-rate --set ev_pace=1 --csv tidy.csv;
    magnets scenario run mine.yml --as-of 2025-06-30 --iamc iamc.csv
    """
    from helpers.report.scenario import shown

    files = {kind: path for kind, path in (("csv", csv), ("xlsx", xlsx), ("iamc", iamc)) if path}
    with told():
        print("\n".join(shown.reckoned(scenarios, lever, day(as_of), files)), flush=True)


@app.command(cls=WITH_LEVERS)
def compare(
    one: Annotated[str, typer.Argument(metavar="A", help="A scenario by name or file.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    lever: SET = [],  # noqa: B006
    as_of: AsOf = "",
) -> None:
    """Tell what parts two scenarios, lever by lever: the parts sum exactly to the difference (Shapley).

    --set moves levers of B. Ends as `magnets scenario run` does.

    Example: magnets scenario compare run-rate run-rate --set ev_pace=1 --set scheme=none
    """
    from helpers.report.scenario import shown

    with told():
        print("\n".join(shown.compared(one, other, lever, day(as_of))), flush=True)
