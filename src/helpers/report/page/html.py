"""Executed notebooks to self-contained pages: one file each, nothing loaded from elsewhere, nothing unescaped."""

import base64
import hashlib
import re
from functools import cache

from markupsafe import Markup
from nbformat import NotebookNode

from helpers import paths
from helpers.chapters.outputs import MIME, together
from helpers.report import parameters
from helpers.report.page import checks
from helpers.report.page.drawing import drawing
from helpers.report.page.notes import Notes

_MATHS = re.compile(r"(?P<code>```.*?```|`[^`]*`)|\$\$(?P<block>.+?)\$\$|\$(?P<line>[^$\s](?:[^$\n]*[^$\s])?)\$", re.S)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_ANSI = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


class PageError(ValueError):
    """A chapter cannot be made into a page; the text names notebook, cell and remedy."""

    def __init__(self, text: str, cell: dict | None = None):
        super().__init__(text)
        self.cell = cell or {}


def payloads(notebook: NotebookNode, kind: str) -> list[dict]:
    """What the cells of an executed notebook showed of one kind: answer, sentence, figure, table, file."""
    shown = [output.get("data", {}).get(MIME) for cell in notebook.cells for output in cell.get("outputs", [])]
    return [payload for payload in shown if payload and payload["kind"] == kind]


def chapter(name: str, notebook: NotebookNode, frame: dict, failed: dict | None = None) -> str:
    """The page of one chapter.

    Parameters
    ----------
    name : str
        Stem of the notebook.
    notebook : NotebookNode
        Executed, complete or as far as it came.
    frame : dict
        What all pages share: :func:`helpers.report.page.context.frame`.
    failed : dict, optional
        ``what``, ``error`` and ``cell`` of a chapter that failed: it is shown as far as it came.

    Raises
    ------
    PageError
        If a cell showed a warning, a traceback, nan, inf or a path of the machine, an image has no alternative text,
        or the page is too large, loads something or breaks its policy.
    """
    if not failed and (found := checks.accidents(notebook)):
        said = "\n".join(f"notebooks/{name}.ipynb, {what}" for what, _ in found[:10])
        raise PageError(said, found[0][1])
    titles = {chapter["name"]: chapter["title"] for chapter in frame["chapters"]}
    page = _page(frame) | {"name": name, "title": titles[name], "mime": MIME, "failed": failed}
    body, _ = _exporter().from_notebook_node(notebook, resources={"page": page})
    return _fit(body, f"the page of notebooks/{name}.ipynb", None if failed else checks.MOST_BYTES, bool(failed))


def plain(template: str, frame: dict) -> str:
    """A page without a notebook: ``report``, ``archive`` or ``failure``."""
    body = _exporter().environment.get_template(f"{template}.html.j2").render(page=_page(frame))
    return _fit(body, f"the page {template}", checks.MOST_BYTES if template == "report" else None)


@cache
def policy() -> str:
    """What a page asks its browser to enforce, and a server may repeat: it loads nothing and runs nothing."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def headers() -> str:
    """The headers that a server should send with the pages, a line each."""
    lines = [f"Content-Security-Policy: {policy()}; frame-ancestors 'self'", "X-Content-Type-Options: nosniff"]
    return "\n".join([*lines, "Referrer-Policy: no-referrer", ""])


def maths(markdown: str) -> str:
    """Markdown with ``$...$`` and ``$$...$$`` as MathML, which browsers draw without a script; code stays as it is."""

    def element(match: re.Match) -> str:
        if match["code"]:
            return match[0]
        from latex2mathml.converter import convert

        try:
            return convert(match["block"] or match["line"], display="block" if match["block"] else "inline")
        except Exception as error:  # it has an exception for each way of being wrong
            raise PageError(f"{match[0]} is no formula that can be set ({type(error).__name__})") from None

    return _MATHS.sub(element, markdown)


def slug(text: str) -> str:
    """A text as part of a file name or id."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]


def _page(frame: dict) -> dict:
    """A frame with the footnotes of one page, the style and the policy."""
    return frame | {"notes": Notes(frame.get("sources", {})), "style": Markup(_style()), "policy": policy()}


def _fit(body: str, what: str, most: int | None, failed: bool = False) -> str:
    body = _CONTROLS.sub("", body)
    wrong = checks.problems(body, most)
    if wrong and not failed:
        raise PageError("\n".join(f"{what} {problem}" for problem in wrong))
    return body


def _markdown(source: str) -> Markup:
    """A Markdown cell of a notebook of ours, formulas set, headings without links to themselves."""
    from nbconvert.filters import markdown2html

    html = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", markdown2html(maths(source)))
    parts = re.split(r"(<[^>]*>)", html)
    return Markup("".join(part if part.startswith("<") else together(part) for part in parts))


def _row_notes(table: dict) -> list[list[str]]:
    """The sources that each row of a table has beyond those that all rows share; nothing where no row has any."""
    shared = set.intersection(*map(set, table["sources"])) if table["sources"] else set()
    own = [[one for one in ids if one not in shared] for ids in table["sources"]]
    return own if any(own) else []


def _shared_notes(shown: dict) -> list[str]:
    """The sources of a table that do not stand beside its rows."""
    own = {one for ids in _row_notes(shown["table"]) for one in ids}
    return [one for one in shown["sources"] if one not in own]


@cache
def _exporter():
    from nbconvert import HTMLExporter
    from nbconvert.exporters import TemplateExporter
    from nbconvert.filters import Highlight2HTML

    class PageExporter(HTMLExporter):
        def from_notebook_node(self, nb, resources=None, **options):
            """What the template makes is the page: no second parse in search of images without a text."""
            return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **options)

    exporter = PageExporter(
        template_name="template", extra_template_basedirs=[str(paths.TEMPLATE.parent)], default_preprocessors=[]
    )
    highlight = Highlight2HTML(pygments_lexer="python", parent=exporter)
    exporter.environment.autoescape = True
    exporter.environment.filters |= {
        "code": lambda source: Markup(highlight(source)), "drawing": drawing, "slug": slug, "together": together,
        "markdown": _markdown, "row_notes": _row_notes, "shared_notes": _shared_notes, "plain": parameters.plain,
        "without_ansi": lambda text: _ANSI.sub("", text),
    }  # fmt: skip
    return exporter


@cache
def _style() -> str:
    return (paths.TEMPLATE / "style.css").read_text(encoding="utf-8")
