"""What a live source is: what is due, which questions to ask, what an answer holds, which figures follow.

A source is a module with the names of :class:`Source`; everything else (waiting, keys, retries, keeping) is done for
it by `transport`, `fetch` and the archive. A module only knows its publisher's format, and fails loudly when that is
not what it knows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import nan
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

import pandas as pd

from helpers.data.archive.versions import FIGURES

COLUMNS = FIGURES
"""What a figure of an answer has: the table and the key of the house, the rest as in the dated tables.

``key`` is the key columns of the table joined by ``/``, such as ``import/IND/CHN/850511/weight``; ``published`` is the
publisher's own day, if it names one, as a ``datetime.date`` or None.
"""


_USUAL = {"period": "", "low": nan, "high": nan, "status": "reported", "published": None, "note": ""}


class SourceError(ValueError):
    """A source did not answer, or not as it should; the text says what was asked, what came, and what to do."""


class UnfitError(SourceError):
    """An answer came that cannot be used: it is kept aside, and nothing of it becomes a figure."""


class QuotaError(SourceError):
    """The source wants no more calls for now; ``until`` says when it will, if it said so."""

    def __init__(self, text: str, until: datetime | None = None):
        super().__init__(text)
        self.until = until


class OfflineError(SourceError):
    """No network: the source's host cannot be reached at all."""


@dataclass(frozen=True)
class Feed:
    """A row of ``data/feeds.csv``: where a source is and how it wants to be asked.

    ``pause`` is seconds between calls, ``calls`` how many a day, ``key`` the environment variable of its key, ``every``
    the days after which a question is asked again, ``settled`` the days after the end of a period from which on that
    is ten times as long, ``lag`` the days after the end of a period until its figures come, ``asks`` what the module
    asks for, ``enters`` which of its figures enter the tables, as ``table:key pattern; table:key pattern``.
    """

    name: str
    source: str
    address: str
    pause: float
    calls: float
    key: str
    every: float
    settled: float
    lag: float
    asks: str
    enters: str
    note: str

    def asked(self, name: str) -> list[str]:
        """The words that ``asks`` gives to a name, as in ``lines=850511 850519; reporters=IND CHN``."""
        said = dict(part.split("=", 1) for part in self.asks.split("; ") if part)
        return said[name].split() if name in said else []

    @property
    def dropped(self) -> bool:
        """Whether a person downloads its files and drops them into a folder: it has no address to ask."""
        return not self.address


@dataclass(frozen=True)
class Request:
    """One question to a source, without its key.

    ``question`` says it in words that never change: ``months of 2024, reporter 699``. ``path`` is below
    the address of the feed; for a file that a person drops, its name. ``kind`` is what the body must be: json, csv,
    html, xlsx or zip. ``form`` are fields that are sent by POST if there are any. ``keys`` and ``periods`` (none: all)
    are patterns of the figures that a complete answer holds: those of them that it held before and holds no more have
    been withdrawn. ``context`` is what `rows` needs to know beside the answer; it is kept with it.
    """

    question: str
    path: str
    kind: str = "json"
    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came: the raw body, and what is known of it."""

    request: Request
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fetched: datetime | None = None


def figures(table: str, rows: pd.DataFrame | Iterable[Mapping]) -> pd.DataFrame:
    """Rows with :data:`COLUMNS`: reported, without range, day and note where they do not say otherwise."""
    told = pd.DataFrame(rows)
    told = told.assign(table=table, **{name: usual for name, usual in _USUAL.items() if name not in told})
    return told.reindex(columns=list(COLUMNS)).astype({"value": float, "low": float, "high": float})


def addressed(address: str, request: Request) -> Request:
    """The question put to a whole address that an answer named."""
    link = urlsplit(address)
    path = link._replace(query="", fragment="").geturl()
    return replace(request, path=path, params=dict(parse_qsl(link.query)))


Ask = Callable[[Request], Answer]
"""Puts a question and gives its answer: a source uses it where one question depends on the answer to another."""


class Source(Protocol):
    """What a module of this folder has; of a feed of files, ``dropped`` in the place of ``requests``.

    If need be also ``VOLATILE``, a pattern of what changes in its answers from call to call and means nothing;
    ``KEY_HEADER``, the name of the header that takes the key; and, where one question depends on another's answer,
    ``prepare(request: Request, ask: Ask) -> Request``.
    """

    TITLE: str
    """Whose figures, in a few words."""

    def requests(self, feed: Feed, since: str, today: date, keyed: bool) -> Iterable[Request]:
        """Every question there is from a month (``2018-01``) up to a day; with or without a key."""

    def rows(self, answer: Answer) -> pd.DataFrame:
        """The figures of an answer, with :data:`COLUMNS`; UnfitError if it is not what was asked for."""
