"""Sources as footnotes: numbered in the order in which a page names them, listed at its end in that order."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from helpers.data import ASSUMED

MARKS = {"own": "our judgement", "none": "recalled, not verified"}
"""What is said of sources that nobody else has published, by their terms."""

_LINK = Markup('<a href="#note-{n}"{id} title="{name}" aria-label="Note {n}: {name}">{text}</a>')


class Notes:
    """The footnotes of one page; ``sources`` are by id, with the columns of ``sources.csv`` and of its terms."""

    def __init__(self, sources: Mapping[str, dict]):
        self._sources = sources
        self._numbers: dict[str, int] = {}
        ids = "|".join(sorted(map(re.escape, sources), key=len, reverse=True))
        self._named = re.compile(rf"\s?\(((?:{ids})(?:, (?:{ids}))*)\)|\b({ids})\b") if ids else None

    def cite(self, ids: Iterable[str], assumed: bool = False) -> Markup:
        """Links to the notes of some sources; ours say that they are ours."""
        ids = sorted(dict.fromkeys(ids), key=lambda one: self._numbers.get(one, len(self._sources)))
        said = []
        for mark in ("", *MARKS.values()):
            if named := [i for i in ids if i in self._sources and self.mark(i) == mark]:
                links = _short([self._link(i) for i in named], [self._numbers[i] for i in named])
                said.append(Markup("{} {}").format(mark, links) if mark else links)
        if assumed or ASSUMED in ids:
            said.append(Markup("our assumption"))
        return Markup('<sup class="cites">{}</sup>').format(Markup("; ").join(said)) if said else Markup("")

    def linked(self, text: str) -> Markup:
        """A text in which ids of sources have become links to their notes."""
        if self._named is None:
            return escape(text)
        parts, end = [], 0
        for match in self._named.finditer(text):
            ours = self.cite(match[1].split(", ")) if match[1] else self._link(match[2], "note ")
            parts += [escape(text[end : match.start()]), ours]
            end = match.end()
        return Markup("").join([*parts, escape(text[end:])])

    def mark(self, source: str) -> str:
        """``our judgement`` or ``recalled, not verified``; nothing of what somebody has published."""
        return MARKS.get(self._sources.get(source, {}).get("terms", ""), "")

    @property
    def listed(self) -> list[dict]:
        """The sources named so far, in order, each with ``number``, ``id``, ``mark`` and a safe ``link``."""
        return [
            self._sources[i]
            | {"id": i, "number": n, "mark": self.mark(i), "link": link(self._sources[i].get("url", ""))}
            for i, n in self._numbers.items()
        ]

    def _link(self, source: str, before: str = "") -> Markup:
        first = source not in self._numbers
        number = self._numbers.setdefault(source, len(self._numbers) + 1)
        known = self._sources[source]
        who = " ".join(filter(None, [known.get("short"), known.get("date")]))
        name = ": ".join(filter(None, [self.mark(source) or who, known.get("title")]))
        anchor = Markup(' id="cited-{}"').format(number) if first else Markup("")
        return _LINK.format(n=number, id=anchor, name=name, text=f"{before}{number}")


def _short(links: list[Markup], numbers: list[int]) -> Markup:
    """Links in a row; of four and more that follow each other the eye sees the first and the last."""
    parts = []
    for _, run in groupby(range(len(links)), key=lambda place: numbers[place] - place):
        shown = [links[place] for place in run]
        if len(shown) > 3:
            within = Markup('<span class="within">{}</span><span class="to">–</span>')
            shown = [shown[0] + within.format(Markup(", ").join(["", *shown[1:-1], ""])) + shown[-1]]
        parts += shown
    return Markup(", ").join(parts)


def link(address: str) -> str:
    """The first word of an address if a browser may be sent there, else nothing."""
    first = address.split()[0] if address.split() else ""
    if re.search(r"[\x00-\x20\x7f\"'<>`\\]", first):
        return ""
    try:
        parts = urlsplit(first)
    except ValueError:
        return ""
    return first if parts.scheme in ("http", "https") and parts.hostname else ""
