"""Executed notebooks to self-contained pages: one file each, nothing loaded from elsewhere."""

import re
from functools import cache
from html import escape

from nbformat import NotebookNode

from helpers import paths
from helpers.chapters import canvas
from helpers.chapters.outputs import MIME
from helpers.data import load
from helpers.report import parameters
from helpers.report.page import checks

THEME = {canvas.INK: "--ink", canvas.MUTED: "--muted", canvas.RULE: "--rule", canvas.PAPER: "--paper",
         canvas.BLUE: "--blue", canvas.RED: "--red", canvas.GOLD: "--gold"}  # fmt: skip

CITING = ("answer", "sentence", "figure", "table")

_SOURCE = re.compile(r"\b(?:[SM]\d{1,3}[a-z]?|B\d)\b")

_MATHS = re.compile(r"(?P<code>```.*?```|`[^`]*`)|\$\$(?P<block>.+?)\$\$|\$(?P<line>[^$\s](?:[^$\n]*[^$\s])?)\$", re.S)


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
        If an image has no alternative text, or the page is too large or loads something from elsewhere.
    """
    if not failed:
        _require_alternative_texts(name, notebook)
    titles = {chapter["name"]: chapter["title"] for chapter in frame["chapters"]}
    page = frame | {
        "name": name,
        "title": titles[name],
        "mime": MIME,
        "sources": cited_sources([p for kind in CITING for p in payloads(notebook, kind)]),
        "failed": failed,
        "style": _style(),
    }
    body, _ = _exporter().from_notebook_node(notebook, resources={"page": page})
    if not failed and (wrong := checks.problems(body)):
        raise PageError("\n".join(f"the page of notebooks/{name}.ipynb {problem}" for problem in wrong))
    return body


def plain(template: str, frame: dict) -> str:
    """A page without a notebook: ``report``, ``archive`` or ``failure``."""
    body = _exporter().environment.get_template(f"{template}.html.j2").render(page=frame | {"style": _style()})
    if wrong := checks.problems(body, most=checks.MOST_BYTES if template == "report" else None):
        raise PageError("\n".join(f"the page {template} {problem}" for problem in wrong))
    return body


def cited_sources(shown: list[dict]) -> list[dict]:
    """The sources that payloads name or drew from, in the order of ``data/sources.csv``."""
    known = load.sources()
    text = " ".join(str({key: value for key, value in payload.items() if key != "svg"}) for payload in shown)
    rows = known[known.index.isin(set(_SOURCE.findall(text)))].reset_index().to_dict("records")
    return [row | {"link": row["url"].split()[0] if row["url"].startswith("http") else ""} for row in rows]


def drawing(payload: dict) -> str:
    """A figure's SVG for the page: in the reader's colours, with its alternative text and ids of its own."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", payload["svg"], flags=re.S)
    for colour, variable in THEME.items():
        svg = svg.replace(colour, f"var({variable})")
    prefix = slug(payload["title"])[:24]
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r'(url\(|href=")#', rf"\g<1>#{prefix}-", svg)
    opening = (
        r'<svg viewBox="\1" role="img" aria-label="' + escape(payload["alt"]).replace("\\", "") + '" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    svg = re.sub(r'^<svg[^>]*viewBox="([^"]+)"[^>]*>', opening, svg, count=1)
    return svg


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


def together(html: str) -> str:
    """Text whose numbers are not parted from their units at the end of a line."""
    return re.sub(r"(?<=\d) (?=(?:t|kt|USD|million)\b|%)", "\N{NO-BREAK SPACE}", html)


def slug(text: str) -> str:
    """A text as part of a file name or id."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]


def _cites(ids: list[str]) -> str:
    """Links to the sources that a sentence, table or figure drew from."""
    links = " ".join(f'<a class="cite" href="#{i}">{i}</a>' for i in ids)
    return f'<span class="cites"><span class="hidden">Sources: </span>{links}</span>' if ids else ""


def _cited(html: str) -> str:
    known = set(load.sources().index)
    link = lambda m: f'<a class="cite" href="#{m[0]}">{m[0]}</a>' if m[0] in known else m[0]  # noqa: E731
    return re.sub(r"(<[^>]*>)|" + _SOURCE.pattern, lambda m: m[1] or link(m), html)


def _require_alternative_texts(name: str, notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            alt = data[MIME].get("alt", "described") if MIME in data else ""
            if any(kind.startswith("image/") for kind in data) and (
                not alt.strip() or checks.GENERIC.fullmatch(alt.strip())
            ):
                raise PageError(
                    f"notebooks/{name}.ipynb shows an image without an alternative text; "
                    "draw it with a function of helpers.chart, which has one",
                    {"number": number, "id": cell.get("id")},
                )


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
    exporter.register_filter("highlight_code", Highlight2HTML(pygments_lexer="python", parent=exporter))
    exporter.environment.filters |= {
        "cited": _cited, "cites": _cites, "drawing": drawing, "slug": slug, "together": together,
        "sentence": lambda text: together(escape(text)),
        "anchored": lambda html: re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", html),
        "maths": maths, "plain": parameters.plain,
    }  # fmt: skip
    return exporter


@cache
def _style() -> str:
    return (paths.TEMPLATE / "style.css").read_text(encoding="utf-8")
