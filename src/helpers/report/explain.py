"""What a figure is, whether a figure of the data or something that a page shows."""

import inspect
import re
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import nbformat

from helpers import data, paths
from helpers.data.explained import explained
from helpers.report.job import End
from helpers.report.page.html import origins, payloads
from helpers.report.parameters import Parameters
from helpers.report.run.chapter import run_chapter
from helpers.report.shelf import inputs

MOST, ROWS = 3, 12
"""Cells that are explained one by one, and rows of a figure or table that are shown."""


def explain(figure: str, as_of: date) -> list[str]:
    """Lines on a figure: what it is, its rows, the functions that made it, its sources; ValueError if there is none.

    ``figure`` is the key of a figure of the data, such as ``trade/IND/850511/FY25``; or some words of a page,
    a number as it is printed, or the name of a function. The chapter is then run as of the day.
    """
    india = data.vintage(as_of)
    table, _, rest = figure.partition("/")
    if table in india.written and rest:
        return explained(india, table, rest)
    places = list(_places(figure))
    if not places:
        raise ValueError(f"no notebook shows {figure!r}; name a figure of the data as trade/IND/850511/FY25, or words, "
                         "a number as printed, or a function of what a chapter shows")  # fmt: skip
    if len(places) > MOST:
        head = f"{len(places)} cells show {figure!r}; name one by its chapter and id:"
        return [head, *(f"  {path.stem} {cell.id}: {_text(cell.outputs[0])[:90]} ({', '.join(names[:1])})"
                        for path, cell, names in places)]  # fmt: skip
    fresh = {path: _payloads(path, as_of) for path in dict.fromkeys(path for path, _, _ in places)}
    return [line for path, cell, made in places for line in _lines(india, path, cell, made, fresh[path])]


def _places(words: str) -> Iterator[tuple[Path, nbformat.NotebookNode, list[str]]]:
    """The cells of the chapters whose stored text or whose functions fit, with the functions."""
    wanted = re.compile(rf"(?<![\w,.]){re.escape(' '.join(words.split()))}(?!\w)", re.I)
    for path in inputs.chapters():
        notebook = nbformat.read(path, as_version=4)
        made = origins(notebook)
        for cell in notebook.cells:
            shown = " ".join(_text(output) for output in cell.get("outputs", []))
            names = made.get(cell.id, [])
            meant = words == f"{path.stem} {cell.id}" or any(name.endswith(words) for name in names)
            if shown and (meant or wanted.search(shown)):
                yield path, cell, names


def _text(output: nbformat.NotebookNode) -> str:
    return " ".join(str(output.get("data", {}).get("text/plain", "")).split())


def _payloads(path: Path, as_of: date) -> list[dict]:
    chapter = run_chapter(path, Parameters(as_of=as_of))
    if chapter.end is not End.OK:
        raise ValueError(f"notebooks/{path.name} did not run to its end: {chapter.error}")
    return payloads(chapter.notebook)


def _lines(
    india: data.Vintage, path: Path, cell: nbformat.NotebookNode, names: list[str], fresh: list[dict]
) -> Iterator[str]:
    yield f"notebooks/{path.name}, cell {cell.id}, as of {india.day}"
    yield from (f"  {function(name)}" for name in names)
    for shown in (one for one in fresh if one["cell"] == cell.id):
        yield f"  {shown['kind']}: {shown.get('title') or shown.get('caption') or shown.get('text', '').strip()}"
        if shown.get("alt"):
            yield f"  {shown['alt']}"
        rows = shown.get("csv", "").splitlines()
        yield from (f"    {row}" for row in rows[: ROWS + 1])
        if len(rows) > ROWS + 1:
            yield f"    and {len(rows) - ROWS - 1} rows more"
        for one, source in india.sources.loc[india.sources.index.isin(shown.get("sources", []))].iterrows():
            yield f"  {one}: {source['title']}, {source['publisher']}. {source['url']}".rstrip()


def function(name: str) -> str:
    """A function by its full name: what it is, and where it stands."""
    module, _, last = name.rpartition(".")
    try:
        of = inspect.unwrap(getattr(import_module(module), last))
        place = Path(inspect.getsourcefile(of) or "").relative_to(paths.CODE)
        said = (inspect.getdoc(of) or "").partition("\n")[0]
        return f"{name} (src/helpers/{place}, line {inspect.getsourcelines(of)[1]}): {said}"
    except (ImportError, AttributeError, TypeError, ValueError, OSError):  # a method, or what an edit has renamed
        return name
