"""What of an executed notebook a report may pass on: no bulk data of sources that do not allow it, no made-up figures
under the name of real ones.

Drawings and single cited figures stay. What is withheld is gone from the notebook, so no page, table or spreadsheet
that is made of it can hold it.
"""

import copy
import csv
import io
import re
from collections.abc import Mapping

from nbformat import NotebookNode

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
    """The notebook with what must not be passed on withheld; itself where there is nothing of that kind."""
    kept = restricted(india)
    if not kept and not india.synthetic:
        return notebook
    notebook = copy.deepcopy(notebook)
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


def restricted(india: Vintage) -> dict[str, str]:
    """The live sources whose terms forbid to pass on more than single figures: what to say instead, by id."""
    known = india.sources
    ids = [one for one in sorted(india.feeds) if known["may_redistribute"].get(one) != "yes"]
    if not ids:
        return {}
    feeds = india.written["feeds"]
    names = dict(zip(feeds.column("source"), feeds.column("feed"), strict=True))
    text = "Data not offered: the terms of {} do not allow it; fetch it yourself with `magnets fetch {}`."
    return {one: text.format(india.publishers([one]) or names[one], names[one]) for one in ids}


def _shown(shown: dict, kept: Mapping[str, str], synthetic: bool) -> dict:
    """A payload without the rows that are not to be passed on."""
    if shown["kind"] == "file" and synthetic:
        shown = shown | {"name": f"{PREFIX}{shown['name']}"}
    text = shown.get("text" if shown["kind"] == "file" else "csv")
    if text and (reason := _reason(_ids(text, shown.get("sources", ())), kept)):
        none = {"text": ""} if shown["kind"] == "file" else {"csv": "", "table": None}
        return shown | none | {"withheld": reason}
    return shown


def _printed(text: str, kept: Mapping[str, str]) -> str:
    return _reason([set(_WORDS.findall(line)) for line in text.splitlines()], kept) or text


def _ids(text: str, shared: list[str]) -> list[set[str]]:
    """The sources of each row of a CSV; where its rows do not say, those of the table, if there is but one."""
    rows = list(csv.DictReader(io.StringIO(text)))
    shared = shared if len(shared) == 1 else ()
    return [set((row.get("source") or "").split() if "source" in row else shared) for row in rows]


def _reason(rows: list[set[str]], kept: Mapping[str, str]) -> str:
    """Why rows are withheld; nothing if they are not."""
    found = [row & kept.keys() for row in rows]
    return " ".join(kept[one] for one in sorted(set().union(*found))) if sum(map(bool, found)) > MOST_ROWS else ""
