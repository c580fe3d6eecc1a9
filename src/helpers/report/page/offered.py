"""What of an executed notebook a report may pass on: no bulk data of sources that do not allow it, no made-up figures
under the name of real ones.

Drawings and single cited figures stay. Rows that are withheld are gone from the notebook, so no page, file or
spreadsheet that is made of it can hold them.
"""

import copy
import csv
import io
import re
from collections.abc import Mapping, Sequence

from nbformat import NotebookNode

from helpers.chapters import words
from helpers.chapters.outputs import MIME
from helpers.data import Vintage

MOST_ROWS = 12
"""Rows of one table that still count as single cited figures: the months of a year, as a press report names them.

More of them are an extract of the publisher's database, which its terms keep to those who fetch it themselves.
"""

PREFIX = "synthetic-"
"""What the names of files begin with that hold made-up figures."""

_WORDS = re.compile(r"[A-Za-z]+\d+")


def offered(notebook: NotebookNode, india: Vintage) -> NotebookNode:
    """The notebook without what must not be passed on; itself where no live source has said anything."""
    if india.live is None:
        return notebook
    notebook, kept = copy.deepcopy(notebook), restricted(india)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        if shown := output.get("data", {}).get(MIME):
            shown = _shown(shown, kept, india.synthetic)
            others = {"text/plain": shown["withheld"]} if "withheld" in shown else output["data"]
            output["data"] = {**others, MIME: shown}
        elif "text" in output:
            output["text"] = _printed(output["text"], kept)
        elif "text/plain" in output.get("data", {}):
            output["data"]["text/plain"] = _printed(output["data"]["text/plain"], kept)
    return notebook


def restricted(india: Vintage) -> dict[str, tuple[str, str]]:
    """The live sources whose terms forbid to pass on more than single figures: publisher and feed, by id."""
    ids = [one for one in sorted(india.feeds) if india.sources["may_redistribute"].get(one) != "yes"]
    feeds = india.written["feeds"]
    names = dict(zip(feeds.column("source"), feeds.column("feed"), strict=True))
    return {one: (india.publishers([one]) or names[one], names[one]) for one in ids}


def _shown(shown: dict, kept: Mapping[str, tuple], synthetic: bool) -> dict:
    """A payload without the rows that are not to be passed on, and with the reason why they are ``withheld``."""
    place = "text" if shown["kind"] == "file" else "csv"
    if shown["kind"] == "file" and synthetic:
        shown = shown | {"name": f"{PREFIX}{shown['name']}"}
    rows = list(csv.reader(io.StringIO(shown.get(place, ""))))
    ids = _ids(rows, shown.get("sources", ()))
    if not (reason := _reason(ids, kept)):
        return shown
    stay = [line for line, row in enumerate(ids) if row.isdisjoint(kept)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([rows[0], *(rows[1:][line] for line in stay)] if stay else [])
    shown = shown | {place: text.getvalue(), "withheld": reason}
    if table := shown.get("table"):
        shown["table"] = table | {name: [table[name][line] for line in stay] for name in ("rows", "sources")}
    return shown


def _printed(text: str, kept: Mapping[str, tuple]) -> str:
    return _reason([set(_WORDS.findall(line)) for line in text.splitlines()], kept) or text


def _ids(rows: Sequence[list[str]], shared: Sequence[str]) -> list[set[str]]:
    """The sources of each row of a CSV; where its rows do not say, those of all of it."""
    if not rows or "source" not in rows[0]:
        return [set(shared)] * len(rows[1:])
    place = rows[0].index("source")
    return [set(row[place].split()) for row in rows[1:]]


def _reason(rows: Sequence[set[str]], kept: Mapping[str, tuple]) -> str:
    """Why rows are withheld, how many, and where to get them; nothing if they are not."""
    found = [row & kept.keys() for row in rows if not row.isdisjoint(kept)]
    if len(found) <= MOST_ROWS:
        return ""
    publishers, feeds = zip(*(kept[one] for one in sorted(set().union(*found))), strict=True)
    what = f"Data not offered ({len(found)} of {len(rows)} rows)"
    return (
        f"{what}: the terms of {words.listed(publishers)} do not allow it; fetch it yourself with "
        f"`magnets fetch {' '.join(feeds)}`."
    )
