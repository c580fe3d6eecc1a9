"""What a person sees of fetching: progress, what it brought, what would be asked, and what sources there are."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from helpers import paths
from helpers.data import sources, tables
from helpers.data.archive import versions
from helpers.data.sources import fetch, keys, schedule, visit
from helpers.data.sources.protocol import Feed, SourceError
from helpers.data.tables import DataError

MOST = 3
"""Questions or problems of a feed that are told one by one."""

PASSED_ON = {"yes": "may be passed on", "figures": "single figures may be passed on", "no": "not to be passed on"}

WIDE = 160
"""Columns of a table that goes to a file."""

HEADS = ("feed", "what", "last success", "newest", "next expected", "key", "terms")


@contextmanager
def progress(quiet: bool) -> Iterator[visit.Tell]:
    """A bar a feed on a terminal; nothing elsewhere, or if quiet."""
    if quiet or not sys.stderr.isatty():
        yield lambda feed, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=Console(stderr=True)) as bars:
        bar = {}

        def tell(feed: str, done: int, of: int) -> None:
            if feed not in bar:
                bar[feed] = bars.add_task(feed, total=of)
            bars.update(bar[feed], completed=done)

        yield tell


def results(ended: Sequence[visit.Result]) -> Iterator[str]:
    """What a run brought: a line a feed, and under it what went wrong."""
    for one in ended:
        change = one.change
        said = [f"{number:,} {word}" for word, number in vars(change).items() if number]
        said += [f"{one.same:,} answer{'s' * (one.same != 1)} as before"] if one.same else []
        calls = f" ({one.calls:,} call{'s' * (one.calls != 1)})" if one.calls else ""
        if one.ended not in ("new", "nothing new") or not said:
            said = [one.ended, *said]
        yield f"{one.feed:12} {', '.join(said)}{calls}"
        yield from _some([f"  {line}" for text in one.problems for line in text.splitlines()[:1]], "problems")


def plans(planned: Sequence[fetch.Plan]) -> Iterator[str]:
    """What would be asked: a line a feed, and under it its first questions."""
    for one in planned:
        if one.problem:
            yield f"{one.feed:12} would not be asked: {one.problem}"
            continue
        cost = f", up to {one.calls:,} calls, about {_long(one.seconds)}" if one.calls else ""
        yield f"{one.feed:12} {len(one.questions) or 'no'} question{'s' * (len(one.questions) != 1)} due{cost}"
        yield from _some([f"  {question}" for question in one.questions], "questions")


def table(folder: Path | None = None) -> tuple[list[tuple[str, ...]], list[str]]:
    """Rows under :data:`HEADS`, one a feed, and a line for each feed whose last turn did not end well."""
    read = tables.read()
    terms = {row["id"]: row for row in read["terms"].frame().to_dict("records")}
    said = {row["id"]: row["terms"] for row in read["sources"].frame().to_dict("records")}
    place, rows, problems = folder or paths.archive(), [], []
    for feed in sources.feeds().values():
        last = visit.record(place / feed.name)
        rows.append(
            (feed.name, _title(feed), *_state(feed, place), _key(feed), _terms(terms.get(said.get(feed.source))))
        )
        if last.get("problems"):
            at = schedule.day(datetime.fromisoformat(last["at"]))
            problems.append(f"{feed.name}, {at}: {last['ended']}: {last['problems'][-1].splitlines()[0]}")
    return rows, problems


def show(rows: list[tuple[str, ...]], problems: list[str]) -> None:
    """Print the table of sources, and below it what went wrong last."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE)
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for head in HEADS:
        grid.add_column(head, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    console.print(grid)
    for line in problems:
        console.print(f"last problem of {line}", markup=False, soft_wrap=True)


def _title(feed: Feed) -> str:
    try:
        return sources.module(feed).TITLE
    except SourceError:
        return "no module yet"


def _state(feed: Feed, place: Path) -> tuple[str, str, str]:
    """Last success, newest period, and the next that is expected."""
    folder = place / feed.name
    try:
        known = [part.known for part in versions.parts(folder)]
        known += [datetime.fromisoformat(line["at"]) for line in versions.lines(folder / "checked.jsonl")]
        newest = schedule.newest(versions.periods(folder))
        made_up = any(part.synthetic for part in versions.parts(folder))
    except DataError:
        return "the archive cannot be read", "", ""
    next_one = schedule.expected(feed, newest, schedule.day(schedule.now()))
    coming = f"{next_one.period} by {next_one.day}{' (late)' * next_one.late}" if next_one else ""
    success = f"{schedule.day(max(known))}{' (synthetic)' * made_up}" if known else "never"
    return success, newest, coming


def _key(feed: Feed) -> str:
    if not feed.key:
        return "drop files" if feed.dropped else "not needed"
    try:
        return f"{feed.key} set" if keys.key(feed) else f"{feed.key} not set"
    except keys.KeyFileError as error:
        return str(error)


def _terms(row: dict | None) -> str:
    return (
        f"{PASSED_ON.get(row['may_redistribute'], 'ask before passing on')}: {row['licence']}"
        if row
        else "not described"
    )


def _long(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _some(lines: list[str], what: str) -> Iterator[str]:
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield f"  ... and {len(lines) - MOST:,} more {what}"
