"""Live sources: what publishers answer over the network, or what a person downloads, made into figures of the house.

- `protocol`: what a source is: its feed, its questions, answers, errors
- `transport`: ask over the network: pace, patience, limits; `keys`: the keys that some sources want
- `schedule`: which questions are due, which period should come next
- `fetch`: ask what is due, keep the answers, take their figures; `shown`: what a person sees of it
- a module a publisher, with the name of its row in ``data/feeds.csv``: only that knows the publisher's format

A new source is a row of ``data/feeds.csv``, one of ``data/sources.csv``, and a module with the names of
`protocol.Source`; nothing else names it.
"""

import importlib
import math
import os
from importlib.util import find_spec
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from helpers.data import tables
from helpers.data.sources.protocol import Feed, Source, SourceError

_NUMBERS = {"pause": 0.0, "calls": math.inf, "every": 0.0, "settled": math.inf, "lag": 0.0}
"""Numbers of a feed, and what an empty cell says."""


def feeds(folder: Path | None = None) -> dict[str, Feed]:
    """The rows of ``feeds.csv`` by name, in their order; DataError if they are not as they should be."""
    rows = tables.read(folder, "feeds")["feeds"]
    return {row[0]: _feed(dict(zip(rows.columns, row, strict=True))) for row in rows.rows}


def module(feed: Feed) -> Source:
    """The module that knows a feed's format, imported now; SourceError if there is none, or it is not a source."""
    name = f"{__name__}.{feed.name}"
    if not feed.name.isidentifier() or find_spec(name) is None:
        raise SourceError(f"there is no module src/helpers/data/sources/{feed.name}.py; write it, or "
                          "take the row out of data/feeds.csv")  # fmt: skip
    found = importlib.import_module(name)
    wanted = ["TITLE", "rows", "dropped" if feed.dropped else "requests"]
    if lacking := [word for word in wanted if not hasattr(found, word)]:
        raise SourceError(f"its module has no {', '.join(lacking)}; see protocol.Source")
    return cast(Source, found)


def address(feed: Feed) -> str:
    """Where a feed is asked: its address, or the one that ``MAGNETS_<FEED>_URL`` puts in its place.

    SourceError if that is none that can be asked, or holds a name or a password, which would be kept with the answers.
    """
    name = f"MAGNETS_{feed.name.upper()}_URL"
    given = os.environ.get(name, "").strip()
    try:
        parts = urlsplit(given)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    if given and (not whole or "@" in parts.netloc or parts.query or parts.fragment):
        raise SourceError(f"{name} is no address to ask: write it as https://host/path, without a name, a password or "
                          "a question, or unset it")  # fmt: skip
    return (given or feed.address).rstrip("/")


def synthetic(known: dict[str, Feed]) -> bool:
    """Whether any feed is asked at another address than its own: then all that comes is made up."""
    return any(address(feed) != feed.address.rstrip("/") for feed in known.values())


def _feed(row: dict) -> Feed:
    numbers = {name: empty if math.isnan(row[name]) else row[name] for name, empty in _NUMBERS.items()}
    return Feed(name=row.pop("feed"), **row | numbers)
