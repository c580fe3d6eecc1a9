"""``make demo``: made-up publishers on this machine, eight years fetched from them, and a report made of what came."""

import argparse
import importlib
import logging
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

from pytest_httpserver import HTTPServer

from helpers import paths
from helpers.data import sources
from helpers.data.sources import fetch, shown

YEARS, FEWER, KEY = 8, {"tradestat": 4}, "made-up-key"
"""How many years are fetched: of TradeStat, which has a page a month and line, those that the surge is held against."""

SLIPPING = ("comtrade", "tradestat")
"""Publishers of the months of the surge."""


def main() -> int:
    """Start the publishers, fetch, render, and say where the page is."""
    asked = argparse.ArgumentParser(prog="make demo", description=__doc__)
    asked.add_argument("--slip", choices=("few", "spread"), default="few",
                       help="the surge: a slip of quantity in few entries, or real and spread")  # fmt: skip
    asked.add_argument("--folder", type=Path, default=paths.REPORTS / "demo", help="made anew each time")
    wanted = asked.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    if wanted.folder.exists() and {path.name for path in wanted.folder.iterdir()} - {"archive", "report"}:
        asked.error(f"{wanted.folder} has other things than a demonstration, which is made anew: name another folder")
    shutil.rmtree(wanted.folder, ignore_errors=True)
    os.environ["MAGNETS_ARCHIVE"] = str(wanted.folder / "archive")
    known = {
        name: replace(feed, pause=0, calls=1e6)
        for name, feed in sources.feeds().items()
        if find_spec(f"standin.{name}")
    }
    began = time.monotonic()
    with ExitStack() as open_, mock.patch.object(sources, "feeds", lambda: known):
        for name, feed in known.items():
            publisher = importlib.import_module(f"standin.{name}")
            if feed.dropped:
                publisher.drop(wanted.folder / "archive/drop" / name)
                continue
            server = open_.enter_context(HTTPServer(threaded=True))
            publisher.install(server, **_options(name, wanted.slip))
            os.environ[f"MAGNETS_{name.upper()}_URL"] = server.url_for("").rstrip("/")
            if feed.key:
                os.environ[feed.key] = KEY
        print(f"{len(known)} made-up publishers answer on this machine; fetching {YEARS} years", flush=True)
        with shown.progress(False) as tell:
            ended = [one for name in known for one in fetch.fetch([name], since=_since(name), tell=tell)]
    print("\n".join(shown.results(ended)))
    print(f"fetched in {time.monotonic() - began:.0f} s; now the report", flush=True)
    if fetch.code(ended) != fetch.NEW:
        return fetch.code(ended)
    command = [sys.executable, "-m", "helpers", "report", "--output", str(wanted.folder / "report")]
    code = subprocess.run(command, check=False).returncode
    print(f"more: MAGNETS_ARCHIVE={wanted.folder / 'archive'} {Path(sys.prefix) / 'bin/magnets'} sources")
    return code


def _options(name: str, slip: str) -> dict:
    return ({"slip": slip} if name in SLIPPING else {}) | ({"key": KEY} if name == "comtrade" else {})


def _since(name: str) -> str:
    return f"{time.localtime().tm_year - FEWER.get(name, YEARS)}-01"


if __name__ == "__main__":
    sys.exit(main())
