"""matplotlib's drawings without styles: what is drawn, in attributes that a strict content policy lets through."""

import re
from xml.etree import ElementTree

HALO = "halo"  # the id that matplotlib writes around a text which stands out from the lines behind it

TIP, PART = "tip:", " ¦ "
"""What the id of a group begins with that says what its marks are, and what parts the texts of several marks."""

_NAMESPACE = "http://www.w3.org/2000/svg"
_LEFT_OUT = {"white-space", "font-variant", "font-stretch"}
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_COORDINATES = ("d", "x", "y", "width", "height", "points", "transform", "x1", "x2", "y1", "y2")


def parsed(svg: str, keep: tuple[str, ...] = ()) -> ElementTree.Element:
    """A drawing as a tree whose names have no prefix; metadata and unused ids are left out, unless they begin so.

    A ``ValueError`` if it is no well-formed drawing.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ValueError(f"a drawing is no well-formed SVG ({error})") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    for parent in root.iter():
        for child in list(parent):
            if child.tag in ("metadata", "style") or (child.tag == "defs" and child.find("style") is not None):
                parent.remove(child)
    used = set(re.findall(r'(?:url\(|href=")#([\w.-]+)', svg))
    styled = "style=" in svg or _NUMBER.search(svg)
    for element in root.iter():
        if styled:
            _without_style(element)
        if element.get("id") not in used and not element.get("id", "").startswith(keep):
            element.attrib.pop("id", None)
    root.set("stroke-linejoin", "round")  # what matplotlib says in the style element left out above
    return root


def written(root: ElementTree.Element) -> str:
    """The tree as text, in a namespace of its own."""
    root.set("xmlns", _NAMESPACE)
    return re.sub(r">\s*\n\s*<", "><", ElementTree.tostring(root, encoding="unicode")).strip()


def plain(svg: str, paper: str) -> str:
    """A drawing of matplotlib with presentation attributes for styles; a rim of ``paper`` around its marked texts.

    What is said of marks (:data:`TIP`) becomes their ``title``.
    """
    root = parsed(svg, keep=(HALO, TIP))
    for group in [group for group in root.iter("g") if group.get("id", "").startswith(TIP)]:
        _titled(group, group.attrib.pop("id").removeprefix(TIP).split(PART))
    for group in root.iterfind(f".//g[@id='{HALO}']"):
        del group.attrib["id"]
        for text in group.iter("text"):
            text.attrib |= {"paint-order": "stroke", "stroke": paper, "stroke-width": "3"}
    return written(root)


def _titled(group: ElementTree.Element, said: list[str]) -> None:
    """Give the marks of a group their texts, one each, or the group its only one."""
    marks = [use for part in group.iter("g") for use in part.findall("use")]
    for mark, text in zip([group] if len(said) == 1 else marks, said, strict=False):
        title = ElementTree.Element("title")
        title.text = text
        mark.insert(0, title)


def _without_style(element: ElementTree.Element) -> None:
    """Its style as presentation attributes, and coordinates to a hundredth of a point."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, colon, value = (part.strip() for part in declaration.partition(":"))
        if colon and name not in _LEFT_OUT:
            element.set(name, "DejaVu Sans, sans-serif" if name == "font-family" else value)
    for name in _COORDINATES:
        if name in element.attrib:
            rounded = _NUMBER.sub(lambda number: f"{float(number[0]):.2f}", element.get(name))
            element.set(name, " ".join(rounded.split()))
    if re.match(r"rotate\(-?0 ", element.get("transform", "")):
        del element.attrib["transform"]
