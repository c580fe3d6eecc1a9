"""A figure's drawing for a page: in the reader's colours, with its alternative text and ids of its own."""

import re

from markupsafe import Markup

from helpers.chapters import canvas, svg

COLOURS = {getattr(canvas, name.upper()): name for name in ("ink", "muted", "rule", "paper", "blue", "red", "gold")}
"""Classes of the page's style, ``fill-ink`` and ``stroke-ink``, in the place of colours: they follow light and dark."""


def drawing(shown: dict, prefix: str) -> Markup:
    """A figure as one drawing, or as two of which a page shows the one that fits.

    Parameters
    ----------
    shown : dict
        Payload of the figure.
    prefix : str
        What the ids in it begin with, so that those of two figures differ.
    """
    wide = _themed(shown["svg"], shown["alt"], prefix, "wide" if shown.get("narrow") else "")
    narrow = _themed(shown["narrow"], shown["alt"], f"{prefix}-n", "narrow") if shown.get("narrow") else ""
    return Markup(wide + narrow)


def _themed(text: str, alt: str, prefix: str, kind: str) -> str:
    root = svg.parsed(text)
    for element in root.iter():
        classes = [
            f"{part}-{COLOURS[element.attrib.pop(part)]}" for part in ("fill", "stroke") if element.get(part) in COLOURS
        ]
        if classes:
            element.set("class", " ".join(classes))
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
