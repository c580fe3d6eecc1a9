"""Words that a page explains: a link from where each first stands to the glossary, which says what it means."""

import csv
import re
from functools import cache
from typing import NamedTuple

from markupsafe import Markup

from helpers import paths

PAGE = "glossary.html"

_SHUT = re.compile(
    r"<(a|button|caption|code|dl|figcaption|h[1-6]|label|math|nav|pre|script|select|summary|svg|th)\b.*?</\1>|<[^>]*>",
    re.S,
)
"""What is no running text: it is left as it is."""

_LINK = Markup('<a class="term" href="{page}#{id}" title="{meaning}">{text}</a>')


class Term(NamedTuple):
    """A word, the ``pattern`` by which a text has it, and what it means."""

    term: str
    pattern: str
    meaning: str

    @property
    def id(self) -> str:
        """Where it stands in the glossary."""
        return re.sub(r"[^a-z0-9]+", "-", self.term.lower()).strip("-")


@cache
def terms() -> tuple[Term, ...]:
    """All that the glossary explains, by name."""
    with (paths.TEMPLATE / "glossary.csv").open(encoding="utf-8", newline="") as file:
        found = [Term(**row) for row in csv.DictReader(file)]
    return tuple(sorted(found, key=lambda one: one.term.lower()))


def explained(page: str) -> str:
    """A page whose text links each word of the glossary, where it first stands, to what it means."""
    before, opening, rest = page.partition("<main ")
    main, closing, after = rest.partition("</main>")
    left = {f"t{place}": one for place, one in enumerate(terms())}

    def link(match: re.Match) -> str:
        one = left.pop(str(match.lastgroup), None)
        return str(_LINK.format(page=PAGE, id=one.id, meaning=one.meaning, text=Markup(match[0]))) if one else match[0]

    parts, end = [], 0
    for shut in _SHUT.finditer(main):
        parts += [_any().sub(link, main[end : shut.start()]) if left else main[end : shut.start()], shut[0]]
        end = shut.end()
    return "".join([before, opening, *parts, _any().sub(link, main[end:]), closing, after])


@cache
def _any() -> re.Pattern:
    said = (f"(?P<t{place}>{one.pattern})".replace(" ", r"[ \u00a0]") for place, one in enumerate(terms()))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(said)})(?![\w-])")
