"""Ask live sources before a report is made, and say in it what could not be had."""

from collections.abc import Callable

from helpers.chapters import words
from helpers.data import tables
from helpers.report.parameters import today

_SINCE = "figures are those known before"


def notices(tell: Callable[[str], object]) -> list[str]:
    """Fetch all that is due; what a report of today has to say of the sources that did not answer as they should.

    Whatever happens, the report goes on with what is known.

    Parameters
    ----------
    tell : callable
        Gets a line for each step.
    """
    from helpers.data.sources import fetch

    day = words.day(today())
    try:
        results = fetch.fetch(tell=tell)
    except Exception as error:  # another run fetches, the disk is full: the report goes on whatever it is
        tell(f"nothing was fetched: {error}")
        return [f"Live sources were not asked on {day}; {_SINCE}."]
    failed = [result for result in results if result.problems]
    for result in failed:
        tell("\n".join(result.problems))
    away = [result for result in failed if result.ended == OFFLINE]
    if away and len(away) == len(results):
        return [f"No live source could be reached on {day}; {_SINCE}."]
    ends = {"could not be reached": away, "did not answer as expected": [one for one in failed if one not in away]}
    return [f"{_named(of)} {what} on {day}; {_SINCE}." for what, of in ends.items() if of]


OFFLINE = "offline"
"""How `fetch` calls the end of a source whose host cannot be reached."""


def _named(results: list) -> str:
    rows = tables.read()["sources"]
    short = dict(zip(rows.column("id"), rows.column("short"), strict=True))
    return words.listed([short.get(result.feed.source) or result.feed.name for result in results])
