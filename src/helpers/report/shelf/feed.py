"""The reports as an Atom feed (RFC 4287): an entry a report, the same for as long as it is there."""

import re
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree import ElementTree

from helpers.report.parameters import plain
from helpers.report.shelf import record

NAME = "feed.xml"
TITLE = "India magnet outlook"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def text(every: list[dict]) -> str:
    """The feed of some records, what was made last first.

    Ids follow from the hash of a record, so they name no machine, and the same report has the same one wherever its
    folder is moved to; links are relative to the feed.
    """
    kind = "synthetic" if any(known.get("synthetic") for known in every) else "real"
    made = sorted(every, key=lambda known: (_moment(known), record.rank(known["folder"])), reverse=True)
    feed = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en-GB"})
    _add(feed, "title", f"{'SYNTHETIC: ' if kind == 'synthetic' else ''}{TITLE}")
    _add(feed, "subtitle", "How many tonnes of magnets will India import? A new entry for each new report.")
    _add(feed, "id", _urn(f"feed of {kind} reports"))
    _add(feed, "updated", _moment(made[0]).isoformat() if made else _NEVER.isoformat())
    ElementTree.SubElement(feed, "link", rel="self", type="application/atom+xml", href=NAME)
    ElementTree.SubElement(feed, "link", rel="alternate", type="text/html", href="index.html")
    _add(ElementTree.SubElement(feed, "author"), "name", TITLE)
    for known in made:
        _entry(ElementTree.SubElement(feed, "entry"), known)
    ElementTree.indent(feed, "")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(feed, encoding="unicode")}\n'


def short(answer: str) -> str:
    """The first sentence of an answer."""
    return re.split(r"(?<=[.?!])\s+(?=[A-Z])", answer, maxsplit=1)[0]


def settings(known: dict) -> list[str]:
    """What a report was asked for instead of the defaults, each in words."""
    return [f"{name} = {plain(value)}" for name, value in known["given"].items() if name != "as_of"]


def _entry(entry: ElementTree.Element, known: dict) -> None:
    _add(entry, "title", f"{' · '.join([known['folder'], *settings(known)])}: {short(known['answer'])}")
    _add(entry, "id", _urn(known.get(record.OWN) or record.digest(known)))
    _add(entry, "updated", _moment(known).isoformat())
    page = f"{quote(known['folder'])}/index.html"
    ElementTree.SubElement(entry, "link", rel="alternate", type="text/html", href=page)
    _add(entry, "summary", "\n\n".join(filter(None, [known["answer"], known.get("changed", "")])))


def _add(parent: ElementTree.Element, name: str, said: str) -> None:
    ElementTree.SubElement(parent, name).text = _CONTROLS.sub("", said)


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"magnet-outlook {name}").urn


def _moment(known: dict) -> datetime:
    """When a report was made; of a record that does not say, its day; else long ago."""
    for said in (known.get("made"), known["parameters"]["as_of"]):
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(str(said))
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _NEVER
