"""Notebooks as a run leaves them, made by hand: a cell for each thing shown."""

import json
from functools import cache

import nbformat
import numpy as np

from helpers import data
from helpers.chapters import canvas
from helpers.chapters.outputs import Download, Figure, Table, sentence
from helpers.outlook import customs
from helpers.report.job import Chapter, End
from helpers.report.page import context, html
from helpers.report.parameters import Parameters
from helpers.report.shelf import publish

TEXT = """# What is *imported*?

Who buys **magnets** should read on; 80 % intervals, $x = \\frac{a}{b}$, and a [link](https://example.org).

$$y = \\sum_i x_i^2$$"""


def executed(*shown, stdout: str = "", stderr: str = "", text: str = TEXT) -> nbformat.NotebookNode:
    """A notebook of one text and a code cell for each thing shown; the last cell prints what is given."""
    cells = [nbformat.v4.new_markdown_cell(text, id="c0")]
    for number, thing in enumerate(shown, start=1):
        bundle = thing._repr_mimebundle_() if hasattr(thing, "_repr_mimebundle_") else {"text/plain": str(thing)}
        output = nbformat.v4.new_output("display_data", data=json.loads(json.dumps(bundle)))
        cells.append(nbformat.v4.new_code_cell("shown < 'this'", id=f"c{number}", outputs=[output], execution_count=1))
    printed = [
        nbformat.v4.new_output("stream", name=n, text=t) for n, t in (("stdout", stdout), ("stderr", stderr)) if t
    ]
    return nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell("print()", id="last", outputs=printed)])


def frame(india, **given) -> dict:
    """What all pages share, as of the day of a vintage."""
    return context.frame(Parameters(as_of=india.day, **given), india)


def page(india, *shown, **options) -> str:
    """The page of a chapter that shows these things."""
    shared = frame(india)
    return html.chapter(shared["chapters"][0]["name"], executed(*shown, **options), shared)


def first_page(india, *shown, changed=None, tags=None, **given) -> str:
    """The first page of a report whose chapters answer alike, the last of which hands over what else is shown.

    ``tags`` are those of what is handed over, by its kind.
    """
    shared = frame(india, **given) | {"changed": changed}
    names = [chapter["name"] for chapter in shared["chapters"]]
    plain = executed(*(one for one in shown if getattr(one, "answer", False)))
    handing = executed(*shown)
    tags = tags or {"sentence": "brief-means", "table": "brief-judgements"}
    for cell in handing.cells:
        for output in cell.get("outputs", []):
            kind = output.get("data", {}).get(html.MIME, {}).get("kind")
            cell.metadata["tags"] = [tags[kind]] if kind in tags else []
    done = [Chapter(name, End.OK, handing if name == names[-1] else plain, 1.0) for name in names]
    front = publish.brief(done)
    front["figures"] = front["figures"] or html.payloads(handing, "figure")[:1]
    return html.plain("report", shared | front | {"previous": None, "downloads": ["forecast.svg", "tables.xlsx"]})


@cache
def everything(india) -> list:
    """An answer, a sentence, figures of one and of three panels, a table and a file."""
    imports = customs.imports(india).tail(6)
    year = data.from_row(imports.iloc[0])
    judged = data.derived(30000, "t", "B2", year)
    return [
        sentence("India imported {year} of magnets (HS 850511), and we judge {judged}.", year=year, judged=judged,
                 answer=True),
        sentence("A range of {share:range} % stands beside it.", share=data.derived(26, "%", year, low=24, high=28)),
        panels(india),
        bars(india),
        Table(
            imports[["value", "published", "source"]].rename(columns={"value": "imports, t"}),
            "Imports of magnets, tonnes",
        ),
        Download("imports.csv", imports),
    ]  # fmt: skip


def panels(india) -> Figure:
    """A figure of three panels, the last of which answers."""
    imports = customs.imports(india).tail(4)
    drawing, axes = canvas.canvas("thousand tonnes", panels=3)
    for ax, name in zip(axes, ("recorded", "run-rate", "mixture"), strict=True):
        ax.fill_between([1, 2, 3], [1, 2, 1], [2, 4, 3], color=canvas.BLUE, alpha=0.2, linewidth=0)
        ax.plot([1, 2, 3], [1, 3, 2], "o-", color=canvas.BLUE)
        canvas.label(ax, "2.0", (3, 2), color=canvas.BLUE)
        ax.set_title(name, loc="left", color=canvas.MUTED, fontsize=10)
    size = data.derived(2, "thousand tonnes", imports)
    title = sentence("The mixture ends at {size}", size=size)
    alt = sentence("Three lines with shaded intervals; the mixture, on the right, ends at {size}.", size=size)
    return canvas.finish(drawing, title, alt, imports, india=india, note="Shading: 80 % intervals.", first=-1)


def bars(india) -> Figure:
    """Two stacked bars."""
    imports = customs.imports(india).tail(2)
    drawing, (ax,) = canvas.canvas("share, per cent", height=2.7, horizontal=True)
    for place, share in enumerate((16, 64)):
        ax.barh(place, share, color=canvas.GOLD)
        ax.barh(place, 100 - share, left=share, color=canvas.BLUE)
    ax.set_yticks(np.arange(2), ["Value", "Weight"])
    ax.set_xlim(0, 100)
    share = data.derived(64, "%", imports)
    title = sentence("{share} of the weight is ferrite cores", share=share)
    alt = sentence("Two stacked bars of value and weight; ferrite cores are {share} of the weight.", share=share)
    return canvas.finish(drawing, title, alt, imports, india=india)
