"""A figure's drawing for a page: in the reader's colours, with its alternative text and ids of its own."""

import re
from urllib.parse import quote
from xml.etree.ElementTree import Element

from markupsafe import Markup

from helpers.chapters import canvas, svg, words

COLOURS = {getattr(canvas, name.upper()): name for name in ("ink", "muted", "rule", "paper", "blue", "red", "gold")}
"""Classes of the page's style, ``fill-ink`` and ``stroke-ink``, in the place of colours: they follow light and dark."""

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d(?=\.$)")
_SOURCE, _KEPT = "Source: ", "/:=;,()+*!@$?~|[]{}^"
"""What the last line of a drawing holds; what an address may hold as it is."""


def drawing(shown: dict, prefix: str) -> Markup:
    """The payload of a figure as one drawing, or as two of which a page shows the one that fits, without last lines.

    The ids in it begin with ``prefix``, so that those of two figures differ.
    """
    wide = _themed(shown["svg"], shown["alt"], prefix, "wide" if shown.get("narrow") else "")
    narrow = _themed(shown["narrow"], shown["alt"], f"{prefix}-n", "narrow") if shown.get("narrow") else ""
    return Markup(wide + narrow)


def last_line(text: str) -> str:
    """What a drawing says at its foot: how to read it, who published what it shows, and the day; for a page to say."""
    said = _parted(svg.parsed(text))
    return _DAY.sub(lambda found: words.day(found[0]).replace(" ", "\N{NO-BREAK SPACE}"), said)


def address(text: str) -> str:
    """A drawing as an address that a page may carry, as short as that can be."""
    return f"data:image/svg+xml;charset=utf-8,{quote(text, safe=_KEPT)}"


def _parted(root: Element) -> str:
    """Take the last line out of a drawing, with the room below the rest that it stood in; nothing if it has none."""
    for parent in [*root.iter("g")][::-1]:
        for group in parent.findall("g"):
            lines = group.findall("text")
            said = " ".join("".join(line.itertext()) for line in lines)
            if canvas.SYNTHETIC in said:  # a drawing says so wherever it goes
                return said
            if _SOURCE in said:
                parent.remove(group)
                place = re.findall(r"[\d.]+", lines[0].get("transform", "")) or [lines[0].get("x"), lines[0].get("y")]
                x, y, width, _ = root.get("viewBox", "").split()
                size = float(re.sub(r"[a-z]+$", "", lines[0].get("font-size", "8")))
                root.set("viewBox", f"{x} {y} {width} {float(place[1]) - 1.2 * size:.2f}")
                return said
    return ""


def _themed(text: str, alt: str, prefix: str, kind: str) -> str:
    root = svg.parsed(text)
    _parted(root)
    for element in root.iter():
        drawn = [part for part in ("fill", "stroke") if element.get(part) in COLOURS]
        if drawn:
            element.set("class", " ".join(f"{part}-{COLOURS[element.attrib.pop(part)]}" for part in drawn))
        element.attrib.pop("font-family", None)
        for name, value in element.attrib.items():
            if name == "id":
                element.set(name, f"{prefix}-{value}")
            elif "#" in value:
                element.set(name, re.sub(r"^(url\()?#", rf"\g<1>#{prefix}-", value))
    root.attrib = {"viewBox": root.get("viewBox", ""), "role": "img", "aria-label": alt, "stroke-linejoin": "round"}
    if kind:
        root.set("class", kind)
    return svg.written(root)
