"""What a person sees of fetching: progress, what it brought, what would be asked, and what sources there are."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from helpers import paths
from helpers.data import sources, tables
from helpers.data.archive import versions as kept
from helpers.data.history import history
from helpers.data.sources import dropped, fetch, keys, schedule, visit
from helpers.data.sources.protocol import Feed, SourceError
from helpers.data.tables import DataError

MOST = 3
"""Questions or problems of a feed that are told one by one."""

PASSED_ON = {"figures": "single figures", "no": "not in bulk"}
"""What may be passed on of a source whose terms do not allow all of it; data/terms.csv has them in full."""

WELL = (fetch.NEW, fetch.NOTHING)
"""Ends of a run that went well."""

WIDE = 160
"""Columns of a table that goes to a file."""

OFFLINE = "no network: no source can be reached; what was kept before is as it was, fetch again with a network"

HEADS = ("feed", "what", "last success", "newest", "next expected", "key", "terms")


@contextmanager
def progress(quiet: bool) -> Iterator[visit.Tell]:
    """A bar for each thing that is told of, on a terminal; nothing elsewhere, or if quiet."""
    if quiet or not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bars:
        bar = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in bar:
                bar[what] = bars.add_task(what, total=of)
            bars.update(bar[what], completed=done)

        yield tell


def fetched(names: Sequence[str], since: str, accept: bool, quiet: bool, dry: bool) -> tuple[int, list[str]]:
    """Fetch, or if ``dry`` only see what would be asked; the exit code and the lines to print, also where it cannot."""
    try:
        if dry:
            return fetch.NEW, list(plans(fetch.plan(names, since=since)))
        with progress(quiet) as tell:
            ended = fetch.fetch(names, since=since, accept=accept, tell=tell)
        end = fetch.code(ended)
        return end, [*results(ended), *([OFFLINE] if end == fetch.OFFLINE else [])]
    except SourceError as error:
        return 2, [str(error)]
    except DataError as error:
        return 3, [str(error)]
    except fetch.LockedError as error:
        return 7, [str(error)]
    except OSError as error:
        return 1, [f"the archive cannot be written ({error}); what came before is kept"]


def results(ended: Sequence[visit.Result]) -> Iterator[str]:
    """What a run brought: a line a feed, and under it what went wrong."""
    for one in ended:
        change = one.change
        said = [f"{number:,} {word}" for word, number in vars(change).items() if number]
        said += [f"{_many(one.same, 'answer')} as before"] if one.same else []
        calls = f" ({_many(one.calls, 'call')})" if one.calls else ""
        if one.ended not in ("new", "nothing new"):
            said = [one.ended, *said]
        yield f"{one.feed:12} {', '.join(said) or _nothing(one.feed)}{calls}"
        yield from _some([text.splitlines()[0] for text in one.problems])


def plans(planned: Sequence[fetch.Plan]) -> Iterator[str]:
    """What would be asked: a line a feed, under it its first questions, and what all of it takes."""
    for one in planned:
        if one.problem:
            yield f"{one.feed:12} would not be asked: {one.problem}"
            continue
        if sources.feeds()[one.feed].dropped:
            due = f"{_many(len(one.questions), 'file')} to read"
        else:
            cost = f", up to {_many(one.calls, 'call')}, about {_long(one.seconds)}" if one.calls else ""
            due = f"{len(one.questions) or 'no'} question{'s' * (len(one.questions) != 1)} due{cost}"
        due = due if one.questions else _nothing(one.feed, due)
        yield f"{one.feed:12} {due}"
        yield from _some(one.questions)
    if len(planned) > 1:
        calls, seconds = sum(one.calls for one in planned), sum(one.seconds for one in planned)
        yield f"{'in all':12} up to {_many(calls, 'call')}, about {_long(seconds)}"


def versions(table: str, figure: str) -> list[str]:
    """The lines of a figure's history."""
    found = history(table, figure)
    found["published"] = found["published"].fillna("")
    return found.to_string(index=False, na_rep="", float_format="{:,.10g}".format).splitlines()


def table(folder: Path | None = None) -> tuple[list[tuple[str, ...]], list[str]]:
    """Rows under :data:`HEADS`, one a feed, and lines below them: where files go, and what did not end well last."""
    read = tables.read()
    terms = {row["id"]: row for row in read["terms"].frame().to_dict("records")}
    by = {row["id"]: row["terms"] for row in read["sources"].frame().to_dict("records")}
    place, rows, files, problems = folder or paths.archive(), [], [], []
    for feed in sources.feeds().values():
        last = visit.record(place / feed.name)
        try:
            state = _state(feed, place)
        except DataError as error:
            state = "the archive cannot be read", "", ""
            problems.append(f"{feed.name}: {error}")
        own = terms.get(by.get(feed.source))
        passed_on = PASSED_ON.get(own["may_redistribute"], own["licence"]) if own else "not described"
        rows.append((feed.name, _title(feed), *state, _key(feed), passed_on))
        if feed.dropped:
            files.append(f"{feed.name} reads files in {dropped.drop(place, feed)}/: {feed.note}")
        if not last and (record := place / feed.name / visit.RECORD).exists():
            problems.append(f"{record} cannot be understood; delete it, and the next fetch writes it anew")
        if last and last.problems:
            said = last.problems[-1].partition("\n")[0]
            problems.append(f"last problem of {feed.name}, {schedule.day(last.at)}: {last.ended}: {said}")
    return rows, [*files, *problems]


def show(rows: list[tuple[str, ...]], below: list[str]) -> None:
    """Print the table of sources, and the lines below it."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE)
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for head in HEADS:
        grid.add_column(head, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    console.print(grid)
    for line in below:
        console.print(line, markup=False, soft_wrap=True)


def _title(feed: Feed) -> str:
    try:
        return sources.module(feed).TITLE
    except SourceError:
        return "no module yet"


def _state(feed: Feed, place: Path) -> tuple[str, str, str]:
    """Last success, newest period, and the next that is expected."""
    folder = place / feed.name
    parts = kept.parts(folder)
    known = [*(part.known for part in parts), *(repeat.at for repeat in kept.repeats(folder))]
    newest = schedule.newest(kept.periods(folder))
    made_up = any(part.synthetic for part in parts)
    next_one = schedule.expected(feed, newest, schedule.day(schedule.now()))
    coming = f"{next_one.period} by {next_one.day}{' (late)' * next_one.late}" if next_one else ""
    success = f"{schedule.day(max(known))}{' (synthetic)' * made_up}" if known else "never"
    return success, newest, coming


def _key(feed: Feed) -> str:
    if not feed.key:
        return "a file, see below" if feed.dropped else "not needed"
    try:
        return f"{feed.key} set" if keys.key(feed) else f"{feed.key} not set"
    except keys.KeyFileError as error:
        return str(error)


def _nothing(name: str, else_: str = "nothing new") -> str:
    """Why a feed has nothing to tell: of files, that there are none."""
    feed, place = sources.feeds()[name], paths.archive()
    if not feed.dropped or dropped.names(place, feed):
        return else_
    return f"no file in {dropped.drop(place, feed)}/: {feed.note}"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _long(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:MOST])
    if len(lines) > MOST:
        yield f"  ... and {len(lines) - MOST:,} more"
