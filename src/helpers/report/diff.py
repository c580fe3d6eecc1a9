"""The verb ``magnets diff``: what moved the forecast between two reports, or between two days."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from helpers import paths
from helpers.report.ending import stop

if TYPE_CHECKING:
    import pandas as pd

    from helpers.outlook.revision import Revision, State

TOLD = ("headline.csv", "synthetic-headline.csv", "forecast.csv", "synthetic-forecast.csv")
"""The files of a report that hold what it published, the best first."""


class DiffError(ValueError):
    """Two reports cannot be compared; the text says which folder or file, and what to do."""


class Side(NamedTuple):
    """One of the two: its day, what its forecast is made of, and what a reader must know of how that was had."""

    day: str
    state: "State"
    notes: tuple[str, ...] = ()
    instead: "State | None" = None


def diff(
    old: Annotated[str, typer.Argument(metavar="A", help="The earlier report: its folder, or its day.")],
    new: Annotated[str, typer.Argument(metavar="B", help="The later one.")],
    target: Annotated[str, typer.Option(help="customs, repm or value.", show_default="the target of B")] = "",
    period: Annotated[str, typer.Option(help="A fiscal year that both have.", show_default="the one that runs")] = "",
    csv: Annotated[Path | None, typer.Option(help="Write every target, year and quantile as a tidy CSV.")] = None,
    output: Annotated[Path, typer.Option(help="Folder of the reports that are named by their day.")] = paths.REPORTS,
    forecasts: Annotated[int, typer.Option(min=2, help="The more are allowed, the more figures are named.")] = 32,
) -> None:
    """Tell what moved the forecast between two reports: figures, judgements, drivers, parameters, the model.

    A and B are folders of reports, or days: the report of that day, else what was public on it. Each effect is the
    mean over all orders in which things could have come, so that they add up to the change. It takes a second or two
    for each forecast it needs: 4 to 32 of them, as much as has changed.

    Ends with 0 (told, also if nothing changed), 1 (the CSV cannot be written), 2 (no such report, day, target or
    year), 3 (data not valid).

    Examples: magnets diff reports/2026-10-31 reports/2026-11-26; magnets diff 2026-10-31 2026-11-26 --period FY28;
    magnets diff 2026-06-30 2026-11-26 --target repm --csv moved.csv
    """
    from helpers.data import DataError

    try:
        lines, table = told(old, new, target, period, output, forecasts, every=csv is not None)
        if csv:
            csv.write_text(table, encoding="utf-8")
    except DiffError as error:
        stop(error, 2)
    except DataError as error:
        stop(f"{error}\n\nthe data are not fit for a comparison", 3)
    except (ValueError, LookupError, ArithmeticError, TypeError, MemoryError) as error:
        stop(f"{old} and {new} cannot be compared ({error}): name other reports or days", 2)
    except OSError as error:
        stop(f"{error.filename or csv} cannot be written: {error.strerror}; name another file with --csv", 1)
    print("\n".join(lines))


def told(
    old: str, new: str, target: str, period: str, root: Path, most: int, every: bool = False
) -> tuple[list[str], str]:
    """What the verb prints, and its CSV: of all targets if ``every``, else of one."""
    from helpers.chapters import outputs
    from helpers.chapters import revision as words
    from helpers.outlook import headline
    from helpers.outlook.revision import years

    sides = side(old, root), side(new, root)
    target = target or sides[1].state.target
    if target not in headline.UNITS:
        raise DiffError(f"--target {target}: choose one of {', '.join(headline.UNITS)}")
    both = {one: [year for year in years(sides[0].state, one) if year in years(sides[1].state, one)]
            for one in headline.UNITS}  # fmt: skip
    if not both[target]:
        there = " or ".join(f"--target {one}" for one in both if both[one])
        raise DiffError(f"{old} and {new} have no year of {target} in common: choose {there or 'later days'}")
    if period and period not in both[target]:
        raise DiffError(f"--period {period}: both have {', '.join(both[target])}")
    found, notes = revised(*sides, list(headline.UNITS) if every else [target], most)
    ends, table = (of[of["target"] == target] for of in (found.ends, found.table))
    period = period or words.year(ends, sides[1].state.india)
    unit = ends["unit"].iloc[0]
    rows = words.listed(table, period, unit).drop(columns="source")
    shown = outputs.written(rows, 1)
    said = [str(words.since(ends, period, sides[0].day, table)), "", shown.to_string(index=False), *notes]
    return said, outputs.csv(found.table)


def side(name: str, root: Path) -> Side:
    """A report by its folder or its day; or a day of which there is no report.

    Raises
    ------
    DiffError
        If there is no such report, or a file of it cannot be read.
    """
    for folder in (Path(name), root / name):
        if folder.is_dir():
            return of_report(folder)
    from helpers import data
    from helpers.outlook.revision import State
    from helpers.report import parameters

    try:
        day = parameters.parse([], name).as_of
    except parameters.ParameterError as error:
        there = sorted(path.parent.name for path in root.glob("[!.]*/run.json"))
        have = f"{root} has {', '.join(there[-5:])}" if there else f"{root} has no report"
        raise DiffError(f"{name} is no folder of a report, and no day: {error}; {have}") from None
    return Side(str(day), State(data.vintage(day)), (f"No report of {day} is in {root}: it is what was public then.",))


def of_report(folder: Path) -> Side:
    """What a report published, and the inputs it was made from as far as they can be had."""
    from helpers import data
    from helpers.data import kept
    from helpers.outlook.revision import State
    from helpers.report.shelf import record
    from helpers.report.shelf.inputs import archived, sha256

    try:
        known = record.read(folder / record.NAME)
    except record.RecordError as error:
        raise DiffError(f"{error}; name a folder that `magnets report` made") from None
    asked, made = known["parameters"], date.fromisoformat(str(known.get("made", known["parameters"]["as_of"]))[:10])
    settings = {name: asked[name] for name in ("target", "horizon", "baseline_t") if name in asked}
    settings["published"] = published(folder)
    day, notes = (
        asked["as_of"],
        [f"{folder.name} is synthetic: its figures are made up."] if known.get("synthetic") else [],
    )
    there = [name for name in (*TOLD, kept.NAME) if (folder / name).is_file()]
    other = [name for name in there if sha256(folder / name) != known["files"].get(name)]
    notes += [f"{name} of {folder.name} is not as it was published: `magnets verify` says more." for name in other]
    today = kept.unlearnt(data.vintage(day), made)
    india = today
    if kept.NAME in other:
        notes.append(f"Today's tables as of {day} stand in for those of {folder.name}.")
    elif kept.NAME in there:
        try:
            india = kept.unpacked(folder / kept.NAME, day)
        except (ValueError, LookupError, TypeError) as error:
            notes.append(f"{error}. Today's tables as of {day} stand in for those of {folder.name}.")
    else:
        notes.append(f"{folder.name} keeps no tables: today's as of {day} stand in, and what is corrected in them "
                     "since counts as model.")  # fmt: skip
    if known.get("archive", {}) != archived(day):
        notes.append(f"What live sources had said by {day} is not here as it was for {folder.name}: that part counts "
                     "as model.")  # fmt: skip
    return Side(day, State(india, **settings), tuple(notes), State(today, **settings))


def published(folder: Path) -> "pd.DataFrame":
    """What a report published of its forecast, from the first of :data:`TOLD` that it has."""
    import pandas as pd

    from helpers.outlook import headline

    for name in TOLD:
        if (folder / name).is_file():
            try:
                table = pd.read_csv(folder / name)
                return headline.told(table) if "scenario" in table else table[headline.COLUMNS]
            except (OSError, ValueError, KeyError) as error:
                text = f"{folder / name} cannot be read ({error}): make the report anew, or compare another"
                raise DiffError(text) from None
    raise DiffError(f"{folder} has none of {', '.join(TOLD[::2])}: make the report anew, or compare another")


def revised(old: Side, new: Side, only: list[str], most: int) -> "tuple[Revision, list[str]]":
    """The revision between two reports, and what a reader must know of it.

    Where today's code cannot reckon with the tables that a report keeps, today's tables as of its day stand in.
    """
    from helpers.outlook import revision

    notes = [*dict.fromkeys([*old.notes, *new.notes])]
    try:
        return revision.between(old.state, new.state, only, most), notes
    except (ValueError, LookupError, ArithmeticError, TypeError) as error:
        if old.instead is None or new.instead is None:
            raise
        notes.append(f"Today's code cannot reckon with all tables that are kept ({type(error).__name__}: {error}): "
                     "today's as of their days stand in.")  # fmt: skip
        return revision.between(old.instead, new.instead, only, most), notes
