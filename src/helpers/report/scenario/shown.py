"""What ``magnets scenario`` says and writes: lines for people, files for what they use."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from helpers import data, fiscal
from helpers.chapters.outputs import csv
from helpers.chapters.scenarios import sentences, tables
from helpers.chapters.scenarios.iamc import iamc
from helpers.data import Vintage, number
from helpers.outlook import attribution, demand, levers, scenario
from helpers.outlook.scenario import Balance
from helpers.report.page.spreadsheet import Sheet, workbook
from helpers.report.scenario import files
from helpers.report.scenario.files import Scenario

CONDITIONAL = "A scenario says what follows if its levers are so. It is no forecast, and is not scored."


def listed(day: date) -> list[str]:
    """The named scenarios with their stories and levers, those that cannot be reckoned on the day with the reason."""
    rows = scenario.named(data.vintage(day))
    lines = []
    for name, row in rows.iterrows():
        lines += [name, f"  {row['story']}", f"  {str(row['levers']) or 'no lever is moved'}"]
        lines += [f"  not on {day}: {row['lacking']} is not in the sources"] if row["lacking"] else []
    return [*lines, "", f"{CONDITIONAL} The levers: magnets scenario run --help"]


def reckoned(wanted: Sequence[str], moved: Sequence[str], day: date, to: Mapping[str, Path]) -> list[str]:
    """Scenarios in three years; every year and quantity goes to files, by kind ``csv``, ``xlsx``, ``iamc``.

    ValueError if a scenario or a lever is wrong, or needs what is not public on the day.
    """
    if len({path.absolute() for path in to.values()}) < len(to):
        raise ValueError("each kind of file needs a path of its own")
    india = data.vintage(day)
    found = _apart([_with(files.asked(text), moved) for text in wanted])
    if not wanted:
        rows = scenario.named(india)
        rows = rows[rows["lacking"] == ""]
        found = [_with(Scenario(name, row["story"], row["levers"]), moved) for name, row in rows.iterrows()]
    made = {one.name: scenario.run(india, one.levers) for one in found}
    if to:
        _write(made, india, to)
    rows = scenario.table(india, made, tables.years(india))
    lines = [f"Rare-earth magnets of India as of {day}: the middle and 80 % of the draws", ""]
    for one in found:
        lines += [one.name, *([f"  {one.story}"] if one.story else []), *_block(rows[rows["scenario"] == one.name]), ""]
    closed = sentences.closes(made[found[0].name], india).text
    return [*lines, closed, CONDITIONAL, *(f"written: {path}" for path in to.values())]


def compared(one: str, other: str, moved: Sequence[str], day: date) -> list[str]:
    """What parts two scenarios in the middle one of the years that are shown, lever by lever."""
    india = data.vintage(day)
    first, second = files.asked(one), _with(files.asked(other), moved)
    _apart([first, second])
    year = demand.steps(india)[1]
    ends = {of.name: scenario.at(india, scenario.run(india, of.levers), "imports", year) for of in (first, second)}
    rows = attribution.difference(india, first.levers, second.levers, year)
    parts = tables.parts(rows)
    said = {f"{lever}: {row['From']} to {row['To']}": row["Tonnes more"] for lever, row in parts.iterrows()}
    wide = max(map(len, [*ends, *said, "together"]))
    lines = [f"Rare-earth magnets to import in {fiscal.year_name(year)} as of {day}, t", ""]
    lines += [f"{name:<{wide}}  {of:number} ({of:range})" for name, of in ends.items()]
    lines += ["", *(f"{name:<{wide}}  {_signed(tonnes)}" for name, tonnes in said.items())]
    lines += [f"{'together':<{wide}}  {_signed(rows['change'].sum())}", ""]
    return [*lines, "Each part is the mean over all orders in which the levers can be moved (Shapley).", CONDITIONAL]


def _apart(found: Sequence[Scenario]) -> list[Scenario]:
    """Scenarios by names that tell them apart, each once; a ValueError if two that differ have one name."""
    known: dict[str, Scenario] = {}
    for one in found:
        if known.setdefault(one.name, one).levers != one.levers:
            raise ValueError(f"two scenarios are called {one.name!r}: give one of them another name")
    return list(known.values())


def _with(of: Scenario, moved: Sequence[str]) -> Scenario:
    if not moved:
        return of
    on_top = levers.made(f"{levers.SEPARATOR} ".join(moved))
    given = {text.partition("=")[0].strip() for text in moved}
    values = of.levers.model_dump() | {name: getattr(on_top, name) for name in given}
    return Scenario(f"{of.name} with {', '.join(moved)}", "", levers.made(values))


def _block(rows: pd.DataFrame) -> list[str]:
    """The quantities of one scenario, a line each, a column a year."""
    names = [fiscal.year_name(year) for year in dict.fromkeys(rows["fiscal_year"])]
    cells = {"": names}
    for quantity, head in tables.STEPS.items():
        of = rows[rows["quantity"] == quantity]
        cells[head] = [f"{number(row.middle)} ({number(row.low)} to {number(row.high)})" for row in of.itertuples()]
    heads, widths = max(map(len, cells)), [max(map(len, column)) for column in zip(*cells.values(), strict=True)]
    return [
        "  ".join([f"  {head:<{heads}}", *(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))])
        for head, row in cells.items()
    ]


def _write(made: Mapping[str, Balance], india: Vintage, to: Mapping[str, Path]) -> None:
    """Every year and quantity of some scenarios as files."""
    years = [int(year) for year in next(iter(made.values())).years]
    rows = scenario.table(india, made, years)
    for kind, path in to.items():
        if kind == "xlsx":
            steps = tables.steps(rows[rows["fiscal_year"].isin(tables.years(india))])
            sheets = {"Scenarios in three years": steps, "Every year and quantity": rows, "Levers": tables.described()}
            path.write_bytes(
                workbook([Sheet("scenario", caption, csv(of)) for caption, of in sheets.items()], india.day)
            )
        else:
            text = csv(rows if kind == "csv" else iamc(rows, india))
            path.write_text(text, encoding="utf-8")


def _signed(tonnes: float) -> str:
    return f"{'+' if tonnes >= 0.5 else ''}{number(tonnes)}"
