"""The verb ``magnets ledger``: published forecasts listed, appended and passed on; it is never rewritten.

A report's own run does not write here: a person (or a schedule) appends a report once it is published.
"""

import csv
import shutil
import tempfile
from datetime import date, datetime
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import typer

from helpers import paths
from helpers.report.ending import day, stop, told

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
                  help="Our forecasts as published (data/forecasts.csv): listed, appended, passed on.")  # fmt: skip

HEADLINE = "headline.csv"
LATEST = 7
"""Days after its own day by which a forecast must have been made: what was made later is a back-cast."""


class RefusedError(ValueError):
    """A report does not belong into the ledger; the text says why."""


@app.command("list")
def list_() -> None:
    """Tell every published run: its day, when it was made, what it forecasts, and the end of its chain."""
    with told():
        print("\n".join(listed(paths.DATA)))


@app.command()
def add(
    report: Annotated[Path, typer.Argument(help="A published report, a folder of reports/.")],
    apart: Annotated[
        bool, typer.Option("--apart", help="Keep it though a parameter was moved: apart, and never scored.")
    ] = False,
) -> None:
    """Append the forecast of a published report; exit code 2 if it does not belong here, and why.

    Refused are: a report that is there already, a synthetic or failed one, one that is not as its record says, one
    made long after its own day (a back-cast), and, unless kept apart, one with a parameter moved.
    """
    with told():
        print(appended(report, paths.DATA, apart))


@app.command()
def export(
    hubverse: Annotated[Path | None, typer.Option(metavar="DIR", help="A hub in the hubverse layout.")] = None,
    boe: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV for the Bank of England's forecast_evaluation.")
    ] = None,
) -> None:
    """Write the ledger in the formats of others; what a format cannot hold is said."""
    from helpers import data
    from helpers.report import exports

    if hubverse is None and boe is None:
        stop("say where to: --hubverse DIR or --boe FILE", 2)
    with told():
        for write, place in ((exports.hubverse, hubverse), (exports.boe, boe)):
            if place is not None:
                print("\n".join(write(data.vintage(day("")), place)))


def listed(folder: Path) -> list[str]:
    """A line a run, oldest first."""
    from helpers.data import chain, tables

    tables.read(folder, chain.NAME)
    head, rows = chain.cells(folder / f"{chain.NAME}.csv")
    runs: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        runs.setdefault(row[0], []).append(dict(zip(head, row, strict=True)))
    lines = []
    for run, block in runs.items():
        first, periods = block[0], sorted({row["period"] for row in block})
        what = ", ".join(dict.fromkeys(row["target"] for row in block))
        apart = f", apart: {first['given']}" if first["given"] else ""
        lines.append(f"{run}: made {first['published']}, {what}, {periods[0]} to {periods[-1]}, {len(block)} rows, "
                     f"chain {block[-1][chain.FIELD][:12]}{apart}")  # fmt: skip
    return lines


def appended(report: Path, folder: Path, apart: bool = False) -> str:
    """Append a report's forecast to the ledger of a folder; what was done, in words.

    RefusedError if the report does not belong there, or the ledger itself is not whole; DataError if it cannot be read.
    """
    from filelock import FileLock

    from helpers.data import chain, tables
    from helpers.report.shelf import files

    known, body = _taken(report, apart)
    ledger = folder / f"{chain.NAME}.csv"
    with FileLock(folder.parent / ".forecasts.lock"):
        files.sweep(folder)
        tables.read(folder, chain.NAME)
        if wrong := chain.broken(folder):
            raise RefusedError(f"data/{chain.NAME}.csv: {wrong[0][2]}; {wrong[0][3]}")
        head, rows = chain.cells(ledger)
        block = _block(known, body, head, rows)
        text = chain.written([head, *rows, *chain.linked(block, rows[-1][-1])])
        if unfit := _unfit(folder, ledger.name, text):
            raise RefusedError(f"{unfit}\n{report / HEADLINE} is not fit for it: nothing was appended")
        files.replace(ledger, text)
    return f"{block[0][0]}: {len(block)} rows appended to data/{chain.NAME}.csv"


def _taken(report: Path, apart: bool) -> tuple[dict, list[dict[str, str]]]:
    """The record of a report and the rows of its headline; RefusedError if it does not belong into the ledger."""
    from helpers.data.archive.versions import IN_INDIA
    from helpers.report.shelf import record, verify

    if lines := verify.differences(report, project=False):
        raise RefusedError("\n".join([*lines, f"{report} is not as it was published: nothing was appended"]))
    known = record.read(report / record.NAME)
    if known["synthetic"]:
        raise RefusedError(f"{report} is synthetic: its figures are made up")
    if known["end"] != "ok" or HEADLINE not in known["files"]:
        raise RefusedError(f"{report} ended as {known['end']} and offers no {HEADLINE}: it published no forecast")
    moved = _moved(known)
    if moved and not apart:
        raise RefusedError(f"{report} has {moved}: say --apart to keep it apart from the standing forecast")
    try:
        known["published"] = (datetime.fromisoformat(known["made"]) + IN_INDIA).date()
    except (KeyError, TypeError, ValueError, OverflowError):
        raise RefusedError(f"{report / record.NAME} does not say when the report was made") from None
    late = (known["published"] - date.fromisoformat(known["parameters"]["as_of"])).days
    if late > LATEST:
        raise RefusedError(f"{report} was made {late} days after its own day: it is a back-cast, and chapter "
                           "6 computes those itself")  # fmt: skip
    return known, _forecast(report / HEADLINE)


def _forecast(path: Path) -> list[dict[str, str]]:
    from helpers.outlook import headline

    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [*csv.DictReader(file, strict=True)]
    except (ValueError, csv.Error) as error:
        raise RefusedError(f"{path} cannot be read ({error}): nothing was appended") from None
    if not rows or any([*row] != headline.COLUMNS or None in row.values() for row in rows):
        raise RefusedError(f"{path} has not the columns {', '.join(headline.COLUMNS)}: nothing was appended")
    return rows


def _unfit(folder: Path, name: str, text: str) -> str:
    """What a file of tables would have wrong if it held a text; nothing is ever taken out of a ledger again."""
    from helpers.data import rules

    with tempfile.TemporaryDirectory() as scratch:
        for path in folder.iterdir():
            if path.is_file():
                shutil.copy(path, scratch)
        (Path(scratch) / name).write_text(text, encoding="utf-8")
        found = rules.problems(Path(scratch))
    return rules.told(found[found["file"] == name])


def _block(known: dict, body: list[dict[str, str]], head: list[str], rows: list[list[str]]) -> list[list[str]]:
    """The rows to append, without their chain, in the order of the file; RefusedError if they are there already."""
    there = [dict(zip(head, row, strict=True)) for row in rows]
    as_of = known["parameters"]["as_of"]
    own = {"as_of": as_of, "published": str(known["published"]), "given": _moved(known)}
    own |= {"code": (known["code"].get("commit") or "")[:12], "source": there[-1]["source"]}
    said = itemgetter("given", "target", "period", "quantile", "value")
    runs: dict[str, set[tuple]] = {}
    for row in there:
        if row["as_of"] == as_of:
            runs.setdefault(row["run"], set()).add(said(row))
    new = {said(own | row) for row in body}
    if same := [run for run, block in runs.items() if block == new]:
        raise RefusedError(f"the forecast of {as_of} is there already, as run {same[0]}")
    own["run"] = f"{as_of}-r{len(runs) + 1}" if runs else as_of
    return [[(own | row)[name] for name in head[:-1]] for row in body]


def _moved(known: dict) -> str:
    """The parameters of a run that were moved, as text; the day is none."""
    return "; ".join(f"{name}={value}" for name, value in sorted(known["given"].items()) if name != "as_of")
