"""What may become a page: self-contained, small, readable without seeing it, and free of accidents."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import unescape
from urllib.parse import urlsplit

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
_HOLDING = {"script", "style", "title"}
"""What holds text in which nothing is a tag, up to its end."""

_NAMED = r"[ \t\n]+([\w:.-]+)(?:=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?"
_ATTRIBUTE = re.compile(_NAMED, re.A)
_ATTRIBUTES = f"((?:{_NAMED.replace('([', '(?:[')})*)[ \\t\\n]*"
_TAG = re.compile(
    rf"<({'|'.join(_HOLDING)}){_ATTRIBUTES}>(.*?)</\1>|<(/?[a-z][\w:-]*){_ATTRIBUTES}/?>", re.S | re.I | re.A
)
"""A tag that every browser takes for this one: its name and its attributes, or those and the text that it holds."""

_LOADS = re.compile(r"@import[^;]*|url\((?!['\"]?#)[^)]*\)")
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
    parts = _TAG.split(html.removeprefix("<!doctype html>"))
    texts, *tags = (parts[place::6] for place in range(6))
    said, count = [], Counter[str]()
    for (holding, of_holding, text, tag, of_tag), times in Counter(zip(*tags, strict=True)).items():
        name, values = (holding or tag).lower(), _values(of_holding or of_tag or "")
        count[name] += times
        said += _of_tag(name, values, _REFUSED - allowed | (set() if holding else _HOLDING))
        said += _of_text(name, values, text) if holding else []
    if broken := re.search("<.*", "".join(texts)):
        said.append(f"has a comment, an instruction or half a tag, {_line(broken[0])[:80]!r}: leave it out")
    if more := count["details"] - count["/details"]:
        said.append(f"has {abs(more)} <details> too {'many' if more > 0 else 'few'}: end each that begins")
    if most and (size := len(html.encode())) > most:
        said.append(f"is {size:,} bytes, over the {most:,} of a page: show fewer rows or figures")
    if count["h1"] != 1:
        said.append(f"has {count['h1']} first headings, not one")
    if count["style"] != 1:
        said.append(f"has {count['style']} style elements; its policy allows the one of the template")
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


def _values(attributes: str) -> dict[str, str]:
    """The attributes of a tag by name, the first of each, as browsers read them."""
    found = [(name.lower(), unescape(a or b or c)) for name, a, b, c in _ATTRIBUTE.findall(attributes)]
    return dict(reversed(found))


def _of_text(tag: str, values: dict[str, str], text: str) -> Iterator[str]:
    """What is wrong with the text of a script, a style or a title."""
    if tag == "script" and values.get("type") != "application/json":  # which is data
        if text not in scripts():
            yield "has a <script>, and pages run none but ours"
    elif "<" in text:
        yield f"has a <{tag}> with a tag in it"
    if tag == "style":
        yield from (f"loads {address} in a style" for address in _LOADS.findall(text))


def _of_tag(tag: str, values: dict[str, str], refused: set[str]) -> Iterator[str]:
    if tag == "link" and values | {"title": ""} == FEED:
        return
    yield from _loads(tag, values)
    if tag in refused:
        yield f"has a <{tag}>, and pages are only to be read"
    for name in values:
        if name.startswith("on"):
            yield f"has the handler {name} in a <{tag}>, and pages run nothing"
        elif name == "style":
            yield f"has a style attribute in a <{tag}>: the page's policy ignores it; give it a class"
    if tag == "img" or values.get("role") == "img":
        text = values.get("alt" if tag == "img" else "aria-label", "").strip()
        if not text or GENERIC.fullmatch(text):
            yield f"has an image whose alternative text is {text!r}: say what it shows"
    if tag == "svg" and "role" not in values and values.get("aria-hidden") != "true":
        yield "has a drawing without an alternative text; draw it with helpers.chapters.canvas"
    if tag == "th" and values.get("scope") not in ("col", "row"):
        yield "has a heading cell without a scope; show tables with helpers.chapters.outputs.Table"


def _loads(tag: str, values: dict[str, str]) -> Iterator[str]:
    loads = {values[name] for name in _LOADING & values.keys()}
    loads |= {values.get("href", "")} if tag not in ("a", "area") else set()
    loads |= {value for value in values.values() if "url(" in value and re.search(r"\burl\((?!['\"]?#)", value)}
    yield from (f"loads {address[:80]}" for address in loads if address and not address.startswith("#"))
    if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
        yield "sends its reader to another page"
    if tag in ("a", "area") and (address := values.get("href", "")):
        kept = "download" in values and address.startswith(_DATA)
        if not kept and urlsplit(address).scheme not in ("", "http", "https"):
            yield f"links to {address[:80]}: only http and https lead out of a page"
        elif re.search(r"[\x00-\x20\"'<>`\\]", address):
            yield f"links to {address[:80]!r}, which is no address"
