"""Executed notebooks to self-contained pages: one file each, nothing loaded from elsewhere, nothing unescaped."""

import ast
import base64
import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

import mistune
from jinja2 import Environment, FileSystemLoader
from latex2mathml.converter import convert
from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from helpers import paths
from helpers.chapters.outputs import MIME, together
from helpers.report import parameters
from helpers.report.page import checks, glossary
from helpers.report.page.drawing import address, drawing, last_line
from helpers.report.page.notes import Notes

EXPLORER = "explorer"
SCRIPTS = {"report": ("page",), "chapter": ("page",), EXPLORER: (EXPLORER, "page")}
"""The scripts that pages run, by template: only those of ``template/``."""

SHOWN_BY = "helpers.chapters.outputs."
"""What only shows: it made nothing of a page."""

_MATHS = re.compile(r"(?P<code>```.*?```|`[^`]*`)|\$\$(?P<block>.+?)\$\$|\$(?P<line>[^$\s](?:[^$\n]*[^$\s])?)\$", re.S)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_RANGED = re.compile(r"([\d,.]+) (\([\d,.]+ to [\d,.]+\))")
_QUANTITY = re.compile(r"[\d,.]+ (?:t|million USD)(?= )(?: \(assumed\))?")
_NUMBER = re.compile(r"[+−]?[\d,]+(?:\.\d+)?(?: (?:%|t))?")
_END = re.compile(r"(?<=[.!?])\s(?=[A-Z“])")
_ANSI = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


class PageError(ValueError):
    """A chapter cannot be made into a page; the text names notebook, cell and remedy."""

    def __init__(self, text: str, cell: dict | None = None):
        super().__init__(text)
        self.cell = cell or {}


def payloads(notebook: NotebookNode, kind: str = "", tag: str = "") -> list[dict]:
    """What the cells of an executed notebook, or those with a tag, showed of one kind: answer, sentence, figure ...

    Each has the id of its ``cell``; without a kind all of them are given.
    """
    cells = [cell for cell in notebook.cells if not tag or tag in cell.metadata.get("tags", ())]
    shown = [(cell, output.get("data", {}).get(MIME)) for cell in cells for output in cell.get("outputs", [])]
    return [one | {"cell": cell.get("id", "")} for cell, one in shown if one and kind in ("", one["kind"])]


def origins(notebook: NotebookNode) -> dict[str, list[str]]:
    """By the id of each code cell, the functions of ours that it calls, by their full names, outermost first."""
    known: dict[str, str] = {}
    found = {}
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        with suppress(SyntaxError):
            nodes = list(ast.walk(ast.parse(cell.source)))
            for node in nodes:
                if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "helpers":
                    known |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
            found[cell.get("id", "")] = list(dict.fromkeys(_called(nodes, known)))
    return found


def chapter(name: str, notebook: NotebookNode, frame: dict, failed: dict | None = None) -> str:
    """The page of one chapter, in the :func:`.context.frame` of a report; ``name`` is the stem of its notebook.

    ``failed`` has ``what``, ``error`` and ``cell`` of a chapter that failed: it is shown as far as it came. PageError
    if a cell showed a warning, a traceback, nan, inf or a path of the machine, an image has no alternative text, a fold
    has no heading, or the page is too large, loads something or breaks its policy.
    """
    if not failed and (found := checks.accidents(notebook)):
        said = "\n".join(f"notebooks/{name}.ipynb, {what}" for what, _ in found[:10])
        raise PageError(said, found[0][1])
    unmarked = [] if failed or not frame["synthetic"] else _unmarked(notebook, frame["synthetic"])
    if unmarked:
        raise PageError(f"notebooks/{name}.ipynb shows the figure {unmarked[0]!r}, which does not say that its data "
                        "are made up: draw it with helpers.chapters.canvas")  # fmt: skip
    titles = {chapter["name"]: chapter["title"] for chapter in frame["chapters"]}
    own = {"name": name, "title": titles[name], "cells": notebook.cells, "mime": MIME, "failed": failed,
           "origins": origins(notebook)}  # fmt: skip
    body = rendered("chapter", frame | own)
    return body if failed else _fit(body, f"the page of notebooks/{name}.ipynb", checks.MOST_BYTES)


def _unmarked(notebook: NotebookNode, mark: str) -> list[str]:
    """The titles of figures of which a drawing does not say that its data are made up."""
    word = mark.partition(":")[0]
    drawn = [(one["title"], form) for one in payloads(notebook, "figure") for form in (one["svg"], one["narrow"])]
    return [title for title, form in drawn if form and word not in form]


def plain(template: str, frame: dict) -> str:
    """A page without a notebook: ``report``, ``explorer``, ``glossary``, ``archive`` or ``failure``."""
    body = rendered(template, frame)
    most = checks.MOST_BYTES if template in SCRIPTS else None
    return _fit(body, f"the page {template}", most, checks.CONTROLS if template == EXPLORER else frozenset())


def rendered(template: str, frame: dict) -> str:
    """A page of a frame, with footnotes of its own, the style and the policy; nothing checked."""
    scripts = ("page",) if frame.get("nothing") else SCRIPTS.get(template, ())
    page = frame | {"notes": Notes(frame.get("sources", {})), "policy": policy(*scripts), "terms": glossary.terms()}
    page |= {"style": Markup(_template("style.css")), "scripts": [Markup(_template(f"{name}.js")) for name in scripts]}
    body = _CONTROLS.sub("", _TEMPLATES.get_template(f"{template}.html.j2").render(page=page))
    return glossary.explained(body) if scripts and not frame.get("failure") else body


@cache
def policy(*scripts: str) -> str:
    """What a page asks its browser to enforce: it loads nothing, and runs at most these scripts of ours."""

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    style, runs = hashed(_template("style.css")), " ".join(hashed(_template(f"{name}.js")) for name in scripts)
    loads = f"default-src 'none'; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
    return f"{loads}; script-src {runs}" if runs else loads


def headers() -> str:
    """The headers that a server should send with the pages, a line each; they are the same for all of them."""
    lines = [
        f"Content-Security-Policy: {policy(*SCRIPTS[EXPLORER])}; frame-ancestors 'self'",
        "X-Content-Type-Options: nosniff",
    ]
    return "\n".join([*lines, "Referrer-Policy: no-referrer", ""])


def maths(markdown: str) -> str:
    """Markdown with ``$...$`` and ``$$...$$`` as MathML, which browsers draw without a script; code stays as it is."""

    def element(match: re.Match) -> str:
        if match["code"]:
            return match[0]
        try:
            return convert(match["block"] or match["line"], display="block" if match["block"] else "inline")
        except Exception as error:  # it has an exception for each way of being wrong
            raise PageError(f"{match[0]} is no formula that can be set ({type(error).__name__})") from None

    return _MATHS.sub(element, markdown)


def slug(text: str) -> str:
    """A text as part of a file name or id."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]


def _called(nodes: list[ast.AST], known: dict[str, str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call):
            head, dot, rest = ast.unparse(node.func).partition(".")
            if head in known and "(" not in rest and not f"{known[head]}.".startswith(SHOWN_BY):
                yield known[head] + dot + rest


def _fit(body: str, what: str, most: int | None, allowed: frozenset[str] = frozenset()) -> str:
    if wrong := checks.problems(body, most, allowed):
        raise PageError("\n".join(f"{what} {problem}" for problem in wrong))
    return body


def _markdown(source: str) -> Markup:
    """A Markdown cell of a notebook of ours, formulas set."""
    parts = re.split(r"(<[^>]*>)", _MARKDOWN(maths(source)))
    return Markup("".join(part if part.startswith("<") else together(part) for part in parts))


def _row_notes(table: dict) -> list[list[str]]:
    """The sources that each row of a table has beyond those that all rows share; nothing where no row has any."""
    shared = set.intersection(*map(set, table["sources"])) if table["sources"] else set()
    own = [[one for one in ids if one not in shared] for ids in table["sources"]]
    return own if any(own) else []


def _clause(text: str) -> str:
    """What a text says first, up to a colon or the end of its first sentence, without what stands in brackets."""
    first = re.sub(r" \([^()]*\)", "", re.split(_END, text)[0])
    return f"{first.partition(': ')[0].rstrip('.')}."


def _large(text: str) -> tuple[str, str]:
    """The quantity that a sentence opens with, and the rest of it."""
    found = _QUANTITY.match(text)
    return (found[0], text[found.end() :]) if found else ("", text)


def _kinds(table: dict) -> list[str]:
    """The kind of each column; one of texts that are all numbers counts as one of numbers."""
    return [
        "number" if all(_NUMBER.fullmatch(cell) for cell in cells if cell) and any(cells) and not column["head"]
        else column["kind"]
        for column, cells in zip(table["columns"], zip(*table["rows"], strict=True), strict=True)
    ]  # fmt: skip


def _ranged(cell: str) -> Markup:
    """A number with its range, the range in an element of its own, so that a phone may break it; else nothing."""
    match = _RANGED.fullmatch(cell)
    return Markup("{} <span>{}</span>").format(*match.groups()) if match else Markup("")


def _shared_notes(shown: dict) -> list[str]:
    """The sources of a table that do not stand beside its rows."""
    own = {one for ids in _row_notes(shown["table"]) for one in ids}
    return [one for one in shown["sources"] if one not in own]


class _Renderer(mistune.HTMLRenderer):
    def heading(self, text: str, level: int, **attributes: object) -> str:
        return f'<h{level} id="{slug(text)}">{text}</h{level}>\n'


_PYTHON, _COLOURED = PythonLexer(), HtmlFormatter()
_MARKDOWN = mistune.create_markdown(renderer=_Renderer(escape=False), plugins=["table", "strikethrough"])


def _code(source: str) -> Markup:
    return Markup(highlight(source, _PYTHON, _COLOURED))


@cache
def _template(name: str) -> str:
    return (paths.TEMPLATE / name).read_text(encoding="utf-8")


_TEMPLATES = Environment(loader=FileSystemLoader(paths.TEMPLATE), autoescape=True)
_TEMPLATES.filters |= {
    "kinds": _kinds, "address": address, "clause": _clause, "large": _large, "last_line": last_line,
    "code": cache(_code), "drawing": drawing, "slug": slug, "together": together,
    "markdown": cache(_markdown), "ranged": _ranged, "row_notes": _row_notes, "shared_notes": _shared_notes,
    "plain": parameters.plain, "without_ansi": lambda text: _ANSI.sub("", text),
}  # fmt: skip
