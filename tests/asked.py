"""Ask a stand-in what a source asks, and take the answers into an archive: the way of `fetch` without waiting."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pandas as pd

from conftest import FROZEN
from helpers.data import sources
from helpers.data.archive import versions
from helpers.data.archive.store import Change, Shelf
from helpers.data.sources.protocol import Answer, Feed, Request

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def feed(name: str) -> Feed:
    """A row of the frozen ``feeds.csv``."""
    return sources.feeds(FROZEN)[name]


def way(server, at: datetime = NOON, **headers: str):
    """A way to a stand-in, as the transport is one: a question gives its answer, and cookies are kept."""
    client = httpx.Client(timeout=10, verify=False, trust_env=False, headers=headers)

    def ask(request: Request) -> Answer:
        address = request.path if "://" in request.path else server.url_for(request.path)
        how = ("POST", "data", request.form) if request.form else ("GET", "params", request.params)
        came = client.request(how[0], address, **{how[1]: dict(how[2]) or None})
        return Answer(request, came.content, came.status_code, dict(came.headers), at)

    return ask


def answers(server, module, since: str = "2018-01", at: datetime = NOON, of: Feed | None = None) -> list[Answer]:
    """What a stand-in answers to every question of a source."""
    of = of or feed(module.__name__.split(".")[-1])
    prepare, ask = getattr(module, "prepare", lambda request, _: request), way(server, at)
    return [ask(prepare(request, ask)) for request in module.requests(of, since, at.date(), False)]


def asking(server, module, standin, *args, since: str = "2018-01", of: Feed | None = None, **usual):
    """Ask a stand-in whatever its source asks, each time with other options of it."""

    def ask(since: str = since, at: datetime = NOON, **options) -> list[Answer]:
        server.clear()
        standin.install(server, *args, **usual | options)
        return answers(server, module, since, at, of)

    return ask


def figures(answer: Answer, module):
    """The figures of an answer, by key and period."""
    return module.rows(answer).set_index(["key", "period"])


def taken(folder: Path, module, found: list[Answer], day: float = 0) -> Change:
    """Keep answers in an archive and take their figures, some days later."""
    name, at = module.__name__.split(".")[-1], NOON + timedelta(days=day)
    shelf = Shelf(folder / name, name, True)
    for answer in found:
        shelf.keep(replace(answer, fetched=at), getattr(module, "VOLATILE", b""))
    waiting = list(shelf.pending())
    return shelf.take({key: (one.request, module.rows(one)) for key, one in waiting}, at)


def shown(folder: Path, table: str, key: str) -> pd.DataFrame:
    """What an archive shows of the figures whose key fits: the newest version of each."""
    return pd.DataFrame(versions.held(folder).detail(table, key), columns=["feed", *versions.FIGURES])


def told(folder: Path, table: str, *words: str) -> pd.DataFrame:
    """Every version of the figures whose key and period hold some words."""
    rows = versions.history(versions.held(folder), table, list(words))
    return pd.DataFrame(rows, columns=["feed", *versions.FIGURES, "known", "answer"])
