"""Ask live sources before a report is made, and say in it what could not be had."""

import sys
from collections.abc import Iterable

from helpers.chapters import words
from helpers.data import tables
from helpers.data.sources import fetch, shown
from helpers.report.parameters import today

ENDS = {"offline": "could not be reached", "quota": "took no more questions", "failed": "did not answer as expected"}
"""The ends of a source's turn that a report tells of, in words."""

_SINCE = "figures are those known before"


def notices(quiet: bool = False) -> tuple[str, ...]:
    """Fetch all that is due; what a report of today has to say of the sources that did not answer as they should.

    Whatever happens, the report goes on with what is known. Unless it is to be quiet, a bar shows how far it is on a
    terminal, and stderr gets what each source brought.
    """
    day = words.day(today())
    try:
        with shown.progress(quiet) as tell:
            results = fetch.fetch(tell=tell)
    except Exception as error:  # another run fetches, the disk is full: the report goes on whatever it is
        print(f"nothing was fetched: {error}", file=sys.stderr)
        return (f"Live sources were not asked on {day}; {_SINCE}.",)
    for line in () if quiet else shown.results(results):
        print(line, file=sys.stderr)
    named = {end: [result.feed for result in results if result.ended == end] for end in ENDS}
    return tuple(f"{_listed(feeds)} {ENDS[end]} on {day}; {_SINCE}." for end, feeds in named.items() if feeds)


def _listed(feeds: Iterable[str]) -> str:
    raw = tables.read()
    short = dict(zip(*map(raw["sources"].column, ("id", "short")), strict=True))
    source = dict(zip(*map(raw["feeds"].column, ("feed", "source")), strict=True))
    return words.listed(dict.fromkeys(short.get(source.get(feed, ""), feed) for feed in feeds))
