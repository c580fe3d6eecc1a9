"""May a report be made from ``data/``: what ``magnets validate`` asks and ``magnets report`` asks, in one place."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pandas as pd

from helpers import data, fiscal, paths
from helpers.chapters import canvas
from helpers.data import rules
from helpers.data.archive import versions
from helpers.data.identities import identities
from helpers.outlook import demand_rows, scenario, targets
from helpers.report import parameters

QUESTIONS = (
    "each file is as datapackage.json says: its columns, types, codes, keys and sources",
    "each period is one, and was over when its figure became public; nothing became public after today",
    "each figure has a source, which was public by then, and a number inside its own range, or is missing",
    "no two figures of one key are equally good; each correction still meets the figure that it corrects",
    "each scenario moves levers that there are; each sector of demand has its rows, whose units make tonnes",
)
"""What is asked of the tables as they are written, in words."""


def opened() -> data.Vintage:
    """What is public today, once everything has been asked of the tables as they are written.

    DataError with everything wrong and what to do, whatever is wrong: also a file that cannot be read at all.
    """
    with _as_data_error():
        versions.held(paths.archive(), parameters.today())  # what is damaged there is no fault of data/
        rules.require_valid(None, parameters.today())
        india = data.vintage(parameters.today())
        scenario.written(india)
        demand_rows.lines(india, (india.day.year,))
        return india


def require_agreement(india: data.Vintage, target: str = targets.CUSTOMS.name) -> None:
    """Raise DataError if figures that were public on a day do not agree with each other, or none was public.

    So it is, too, where no yearly total of the target was: a forecast has nothing to start from.
    """
    with _as_data_error():
        rules.require_valid(india)
        reported(india)
        try:
            targets.totals(india, target)
        except ValueError as error:
            raise data.DataError(str(error)) from None


def reported(india: data.Vintage) -> pd.DataFrame:
    """Every reported figure of India's magnet imports, but of calendar years; DataError if none was public."""
    rows = india.table("trade", vintages=True)
    for column, wanted in {**targets.CUSTOMS.keys, "status": "reported"}.items():
        rows = rows[rows[column] == wanted]
    rows = rows.loc[[not fiscal.is_calendar_year(period) for period in rows["period"]]]
    if rows.empty:
        raise data.DataError(f"no figure of India's magnet imports was public on {india.day}")
    return rows


def told(day: date) -> Iterator[str]:
    """Ask everything, for people: a line a question."""
    latest = opened()
    yield "Of the files in data/ is asked, and answered well:"
    yield from (f"  {question}" for question in QUESTIONS)
    yield f"Of the figures public on {day}:"
    india = latest.on(day)
    if india.synthetic:
        yield f"  {canvas.SYNTHETIC}"
    require_agreement(india)
    held = identities(india)
    times = Counter(text.partition(": ")[0] for text in held.loc[held["holds"].astype(bool), "identity"])
    yield from (f"  {identity}{f', {count} times' if count > 1 else ''}" for identity, count in times.items())
    if failed := int((~held["holds"]).sum()):
        yield f"Disagreements of live figures with others, shown in a report and no reason to stop it: {failed}."
    yield f"data/ is valid: {len(held) - failed} identities hold within their rounding, {len(india.sources)} sources."


@contextmanager
def _as_data_error() -> Iterator[None]:
    try:
        yield
    except data.DataError:
        raise
    except Exception as error:  # whatever a library says of a file: the data are at fault, not the run
        said = f"data/ cannot be checked: {type(error).__name__}: {error}"
        raise data.DataError(f"{said}\n-> see what `git diff data` says, and take back what is not meant") from error
