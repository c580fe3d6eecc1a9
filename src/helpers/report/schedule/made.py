"""One report that is due: skipped if it says nothing new, tried again if it fails, stopped if it takes too long."""

import _thread
import os
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from helpers.report import pipeline
from helpers.report.job import End, Outcome
from helpers.report.parameters import Parameters
from helpers.report.run import interrupt
from helpers.report.schedule import news
from helpers.report.schedule.plan import Report, Run
from helpers.report.shelf.inputs import DamagedError

UNCHANGED = "unchanged"
LONGEST = 3600
"""Seconds between two tries at most."""

FOR_GOOD = (End.OK, End.BAD_PARAMETERS, End.LOCKED)
"""Ends that are the same a minute later; a folder that is locked is left to the next call."""


@dataclass(frozen=True)
class Made:
    """How it ended, in one word and as a code; the folders that are new, or else that say the same; how many tries."""

    end: str
    code: int = 0
    reports: tuple[str, ...] = ()
    tries: int = 1
    text: str = ""


def made(report: Report, run: Run, root: Path, known: Collection[str], notices: Callable[[], tuple[str, ...]]) -> Made:
    """Make the reports of a run into ``root``.

    ``known`` are the folders of reports that the journal names: what is there beside them, a run that was killed made.
    ``notices`` fetches, and gives what readers must know of it.
    """
    try:
        wanted = report.wanted(run.as_of)
    except ValueError as error:
        return Made("bad_parameters", int(End.BAD_PARAMETERS), text=str(error))
    said = notices() if report.fetch else ()
    same: dict[Parameters, str] = {}
    with suppress(DamagedError, OSError):  # then the pipeline says it better
        same |= {one: folder for one in wanted if (folder := news.unchanged(root, one))}
    rest = [one for one in wanted if one not in same]
    new = dict.fromkeys(folder for folder in same.values() if run.starts and folder not in known)
    outcomes: list[Outcome] = []
    make = partial(pipeline.reports, rest, root, jobs=os.cpu_count() or 1, quiet=True, notices=said)
    if report.pdf:
        from helpers.report.page import pdf

        make = partial(pdf.printed, make, root)
    tries = 0
    for tries in range(1, report.retries + 2) if rest else ():
        if tries > 1:
            time.sleep(min(LONGEST, report.backoff * 2 ** (tries - 2)))
        outcomes = _within(report.limit, make)
        killed = run.starts > 0 or tries > 1
        for outcome in outcomes:
            found = killed and _folder(outcome) not in known if outcome.text.startswith(UNCHANGED) else True
            new |= {_folder(outcome): None} if found and outcome.end is End.OK else {}
        if all(outcome.end in FOR_GOOD for outcome in outcomes):
            break
    worst = max((outcome.end for outcome in outcomes), default=End.OK)
    end = worst.name.lower() if worst else "published" if new else UNCHANGED
    folders = new if worst or new else dict.fromkeys([*same.values(), *map(_folder, outcomes)])
    text = "\n".join(dict.fromkeys(outcome.text for outcome in outcomes if outcome.end))
    return Made(end, int(worst), tuple(folders), tries, text)


def _folder(outcome: Outcome) -> str:
    return Path(outcome.text.removeprefix(f"{UNCHANGED}: ").partition("\n")[0]).parent.name


def _within(minutes: float, make: Callable[[], list[Outcome]]) -> list[Outcome]:
    """What is made within a time; else it is stopped, as by Ctrl-C, and nothing of it is published."""
    over = time.monotonic() + minutes * 60
    timer = threading.Timer(minutes * 60, _thread.interrupt_main)
    timer.daemon = True
    try:
        with interrupt.noted():
            timer.start()
            try:
                return make()
            finally:
                timer.cancel()
    except KeyboardInterrupt:
        if time.monotonic() < over:  # a person pressed it
            raise
        return [Outcome(End.TIMEOUT, f"it was not done within {minutes:g} minutes")]
