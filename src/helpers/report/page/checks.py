"""What may become a page: self-contained, small, readable without seeing it. Checked on the finished HTML."""

import re
from html.parser import HTMLParser

MOST_BYTES = 1_500_000
GENERIC = re.compile(
    r"(no description.*|untitled|(a |the )?(image|picture|figure|plot|chart|graph|diagram)s?\W*\d*\W*)", re.I
)

_LOADING = {"src", "srcset", "poster", "data", "background", "xlink:href"}


def problems(html: str, most: int | None = MOST_BYTES) -> list[str]:
    """Everything that keeps a page of at most so many bytes from being published, in words; nothing if it is fit."""
    found = _Reader()
    found.feed(html)
    said = found.said
    if most and (size := len(html.encode())) > most:
        said.append(f"is {size:,} bytes, over the {most:,} of a page: show fewer rows or figures")
    if found.count.get("h1") != 1:
        said.append(f"has {found.count.get('h1', 0)} first headings, not one")
    styles = found.styles + [match[1] for match in re.finditer(r"<style>(.*?)</style>", html, re.S)]
    for style in styles:
        said += [
            f"loads {address} in a style"
            for address in re.findall(r"@import[^;]*|url\((?!['\"]?(?:#|data:))[^)]*\)", style)
        ]
    return said


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said, self.styles, self.count = [], [], {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        values = {name: value or "" for name, value in attributes}
        self.styles.append(values.get("style", ""))
        loads = {values[name] for name in _LOADING & values.keys()}
        loads |= {values.get("href", "")} if tag in ("link", "use", "image", "base") else set()
        for address in loads:
            if address and not address.startswith(("#", "data:")):
                self.said.append(f"loads {address[:80]}")
        if tag in ("script", "iframe", "object", "embed", "form"):
            self.said.append(f"has a <{tag}>, and pages are only to be read")
        if tag == "img" or values.get("role") == "img":
            text = values.get("alt" if tag == "img" else "aria-label", "").strip()
            if not text or GENERIC.fullmatch(text):
                self.said.append(f"has an image whose alternative text is {text!r}: say what it shows")
        if tag == "svg" and "role" not in values and values.get("aria-hidden") != "true":
            self.said.append("has a drawing without an alternative text; draw it with a function of helpers.chart")
        if tag == "th" and values.get("scope") not in ("col", "row"):
            self.said.append("has a heading cell without a scope; show tables with show.Table")
