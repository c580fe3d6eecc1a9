"""What may become a page: self-contained, small, readable without seeing it, and free of accidents."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError, ParserCreate

from nbformat import NotebookNode

from helpers import paths
from helpers.chapters.outputs import MIME

MOST_BYTES = 1_500_000
GENERIC = re.compile(
    r"(no description.*|untitled|(a |the )?(image|picture|figure|plot|chart|graph|diagram)s?\W*\d*\W*)", re.I
)

CONTROLS = frozenset({"button", "select"})
"""What only the explorer may have."""

FEED = {"rel": "alternate", "type": "application/atom+xml", "title": "", "href": "feed.xml"}
"""A link that browsers offer to subscribe to, and load nothing for."""

_LOADING = {"src", "srcset", "poster", "data", "background", "xlink:href", "formaction", "action", "ping", "manifest"}
_REFUSED = {"iframe", "frame", "object", "embed", "form", "base", "link", "foreignobject", "animate", "set",
            "animatetransform", "animatemotion", "audio", "video", "button", "textarea", "select",
            "xmp", "noscript", "noembed", "noframes", "plaintext", "template"}  # fmt: skip
_DRAWINGS = re.compile(r"(<svg\b.*?</svg>)", re.S)
_DATA = "data:text/csv;charset=utf-8,", "data:image/svg+xml;charset=utf-8,"

_ACCIDENTS = {
    re.compile(r"\b[A-Z]\w+Warning\b|\bWarning:"): "a warning: mend what it warns of",
    re.compile(r"Traceback \(most recent call last\)"): "a traceback: mend the error",
    re.compile(r"(?<![\w./:])/(?:home|root|tmp|Users|usr|opt|var|srv|mnt|work|private)/[\w.@-]+|site-packages"
               r"|\b[A-Z]:\\+\w+|ipykernel_\d+|<ipython-input"): "a path of this machine: print names, not paths",
    re.compile(r"<[^<>]* at 0x[0-9a-f]{6,}>"): "an object by its address in memory: end the cell with what to show",
    re.compile(r"(?<![\w.-])[+−-]?(?:nan|inf)(?![\w-])"): "a number that is none: say what is not known",
}  # fmt: skip
_GAPS = re.compile(r"(?<![\w.-])(?:NaN|NaT)(?![\w-])")


@cache
def scripts() -> frozenset[str]:
    """The scripts that pages may run: those of the templates, to the letter."""
    return frozenset(path.read_text(encoding="utf-8") for path in paths.TEMPLATE.glob("*.js"))


def accidents(notebook: NotebookNode) -> list[tuple[str, dict]]:
    """What cells showed and no reader should see, each in words and with the ``number`` and ``id`` of its cell."""
    found = []
    for number, cell in enumerate(notebook.cells, start=1):
        where = {"number": number, "id": cell.get("id")}
        found += [(f"cell {number} {what}", where) for output in cell.get("outputs", []) for what in _of(output)]
        if "details" in cell.metadata.get("tags", []) and not re.match(r"### +\S", cell.source):
            said = f"cell {number} is tagged details, but no text that begins with a heading ('### ...') to open it by"
            found.append((said, where))
    return found


def problems(html: str, most: int | None = MOST_BYTES, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Everything that keeps a page of at most so many bytes from being published, in words; nothing if it is fit."""
    found = _Reader(allowed)
    for place, part in enumerate(_DRAWINGS.split(html)):
        whole = place % 2 and not found.rawdata and not found.cdata_elem  # not within a tag, a comment or a title
        found.draw(part) if whole else found.feed(part)
    said = found.said
    if found.open:
        said.append(f"has {abs(found.open)} <details> too {'many' if found.open > 0 else 'few'}: end each that begins")
    if found.rawdata.strip():
        said.append(f"ends inside a tag or a comment: {_line(found.rawdata)[:80]!r}")
    if most and (size := len(html.encode())) > most:
        said.append(f"is {size:,} bytes, over the {most:,} of a page: show fewer rows or figures")
    if found.count.get("h1") != 1:
        said.append(f"has {found.count.get('h1', 0)} first headings, not one")
    if found.count.get("style", 0) != 1:
        said.append(f"has {found.count.get('style', 0)} style elements; its policy allows the one of the template")
    for style in re.findall(r"<style>(.*?)</style>", html, re.S):
        loads = re.findall(r"@import[^;]*|url\((?!['\"]?#)[^)]*\)", style)
        said += [f"loads {address} in a style" for address in loads]
    return list(dict.fromkeys(said))


def _of(output: dict) -> Iterator[str]:
    data = output.get("data", {})
    shown = data.get(MIME)
    if output.get("name") == "stderr" and output.get("text", "").strip():
        yield f"wrote to stderr: {_line(output['text'])!r}; a page shows no warnings, mend what it warns of"
    alt = shown.get("alt", "described") if shown else ""
    if any(kind.startswith("image/") for kind in data) and (not alt.strip() or GENERIC.fullmatch(alt.strip())):
        yield "shows an image without an alternative text: draw it with helpers.chapters.canvas, which asks for one"
    text = "\n".join(_said(shown) if shown else [output.get("text", ""), data.get("text/plain", "")])
    for accident, remedy in _ACCIDENTS.items():
        if match := accident.search(text):
            yield f"shows {_line(text[max(0, match.start() - 40) : match.end() + 40])!r}, {remedy}"
    if str(paths.ROOT) in text:
        yield "shows the folder of this project: print names, not paths"
    if shown and (match := _GAPS.search(text)):
        yield f"shows {match[0]!r}: say what is not known, or leave the cell of the table empty"


def _said(shown: dict) -> list[str]:
    """All text of a payload that a reader may come to see."""
    table = shown.get("table") or {"rows": [], "columns": []}
    cells = [cell for row in table["rows"] for cell in row]
    heads = [column["name"] for column in table["columns"]]
    drawn = re.findall(r">([^<>]+)<", shown.get("svg", "") + shown.get("narrow", ""))
    written = [shown.get(name, "") for name in ("title", "alt", "caption", "text", "csv")]
    return [*written, *heads, *cells, *drawn]


def _line(text: str) -> str:
    return " ".join(text.split())[:160]


class _Reader(HTMLParser):
    def __init__(self, allowed: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.refused = _REFUSED - allowed
        self.said, self.count, self.open = [], {}, 0
        self.script: str | None = None

    def handle_starttag(self, tag: str, attributes: Iterable[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        self.open += tag == "details"
        values = {name.lower(): value or "" for name, value in attributes}
        if tag == "link" and {**values, "title": ""} == FEED:
            return
        self._loads(tag, values)
        if tag == "script" and values.get("type") != "application/json":  # which is data
            self.script = ""
        if tag in self.refused:
            self.said.append(f"has a <{tag}>, and pages are only to be read")
        for name in values:
            if name.startswith("on"):
                self.said.append(f"has the handler {name} in a <{tag}>, and pages run nothing")
            elif name == "style":
                self.said.append(f"has a style attribute in a <{tag}>: the page's policy ignores it; give it a class")
        if tag == "img" or values.get("role") == "img":
            text = values.get("alt" if tag == "img" else "aria-label", "").strip()
            if not text or GENERIC.fullmatch(text):
                self.said.append(f"has an image whose alternative text is {text!r}: say what it shows")
        if tag == "svg" and "role" not in values and values.get("aria-hidden") != "true":
            self.said.append("has a drawing without an alternative text; draw it with helpers.chapters.canvas")
        if tag == "th" and values.get("scope") not in ("col", "row"):
            self.said.append("has a heading cell without a scope; show tables with helpers.chapters.outputs.Table")

    def handle_data(self, data: str) -> None:
        if self.script is not None:
            self.script += data

    def handle_endtag(self, tag: str) -> None:
        self.open -= tag == "details"
        if tag == "script" and self.script not in (None, *scripts()):
            self.said.append("has a <script>, and pages run none but ours")
        if tag == "script":
            self.script = None

    def handle_comment(self, data: str) -> None:
        """Browsers and parsers differ on where such things end: what one of them skips, another one may run."""
        self.said.append(f"has a comment or an instruction: {_line(data)[:80]!r}; say it in the text, or leave it out")

    handle_pi = unknown_decl = handle_comment

    def draw(self, svg: str) -> None:
        """Read a drawing, which is XML: most elements of a page are in drawings, and this reads them faster."""
        parser = ParserCreate()
        parser.CommentHandler = self.handle_comment
        parser.ProcessingInstructionHandler = lambda target, data: self.handle_comment(f"{target} {data}")
        parser.StartCdataSectionHandler = lambda: self.handle_comment("CDATA")
        parser.StartElementHandler = lambda tag, attributes: self.handle_starttag(tag.lower(), attributes.items())
        parser.EndElementHandler = lambda tag: self.handle_endtag(tag.lower())
        try:
            parser.Parse(svg, True)
        except ExpatError as error:
            said = f"has a drawing that is no well-formed SVG ({error}); draw it with helpers.chapters.canvas"
            self.said.append(said)

    def _loads(self, tag: str, values: dict[str, str]) -> None:
        loads = {values[name] for name in _LOADING & values.keys()}
        loads |= {values.get("href", "")} if tag not in ("a", "area") else set()
        loads |= {value for value in values.values() if "url(" in value and re.search(r"\burl\((?!['\"]?#)", value)}
        self.said += [f"loads {address[:80]}" for address in loads if address and not address.startswith("#")]
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.said.append("sends its reader to another page")
        if tag in ("a", "area") and (address := values.get("href", "")):
            kept = "download" in values and address.startswith(_DATA)
            if not kept and urlsplit(address).scheme not in ("", "http", "https"):
                self.said.append(f"links to {address[:80]}: only http and https lead out of a page")
            elif re.search(r"[\x00-\x20\"'<>`\\]", address):
                self.said.append(f"links to {address[:80]!r}, which is no address")
