"""Sources as footnotes: numbered in the order in which a page names them, listed at its end in that order."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from helpers.data import ASSUMED

MARKS = {"own": "our judgement", "none": "recalled, not verified"}
"""What is said of sources that nobody else has published, by their terms."""


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
                said.append(f"{mark} {links}" if mark else links)
        if assumed or ASSUMED in ids:
            said.append("our assumption")
        return Markup(f'<sup class="cites">{"; ".join(said)}</sup>' if said else "")

    def linked(self, text: str) -> Markup:
        """A text in which ids of sources have become links to their notes."""
        if self._named is None:
            return escape(text)
        parts, end = [], 0
        for match in self._named.finditer(text):
            ours = self.cite(match[1].split(", ")) if match[1] else self._link(match[2], "note ")
            parts += [escape(text[end : match.start()]), ours]
            end = match.end()
        return Markup("".join([*parts, escape(text[end:])]))

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

    def _link(self, source: str, before: str = "") -> str:
        first = source not in self._numbers
        number = self._numbers.setdefault(source, len(self._numbers) + 1)
        known = self._sources[source]
        who = " ".join(filter(None, [known.get("short"), known.get("date")]))
        name = escape(": ".join(filter(None, [self.mark(source) or who, known.get("title")])))
        begun = f'<a href="#note-{number}"' + (f' id="cited-{number}"' if first else "")
        return f'{begun} title="{name}" aria-label="Note {number}: {name}">{before}{number}</a>'


def _short(links: list[str], numbers: list[int]) -> str:
    """Links in a row; of four and more that follow each other the eye sees the first and the last."""
    parts = []
    for _, run in groupby(range(len(links)), key=lambda place: numbers[place] - place):
        shown = [links[place] for place in run]
        if len(shown) > 3:
            within = ", ".join(["", *shown[1:-1], ""])
            shown = [f'{shown[0]}<span class="within">{within}</span><span class="to">–</span>{shown[-1]}']
        parts += shown
    return ", ".join(parts)


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
