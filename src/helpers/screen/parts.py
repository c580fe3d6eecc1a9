"""A panel in parts of whole lines, each screened by itself and kept, so that an interrupted run goes on from there.

What is kept is named by a hash of the panel, of the rules and of this room's code: another panel, rule or version
begins anew. A part is a folder of tables that is there whole or not at all.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from helpers.ensemble import calibrated
from helpers.screen import engine, findings, series
from helpers.screen.panel import Panel, database, quoted
from helpers.screen.rules import Rules

ROWS = 250_000
"""Rows of a part, or one line if that has more: what a worker holds at once."""


@dataclass(frozen=True)
class Part:
    """Lines of a panel from one code to another, and where what is found of them is kept."""

    panel: Panel
    rules: Rules
    first: str
    last: str
    place: Path

    @property
    def done(self) -> bool:
        """Whether it is there."""
        return self.place.is_dir()


def plan(panel: Panel, rules: Rules, folder: Path, rows: int = ROWS) -> list[Part]:
    """The parts of a panel, in the order of its lines; they depend on nothing but the panel."""
    sizes = panel.sizes()
    number = ((sizes["rows"].cumsum() - 1) // rows).astype(int)
    home = folder / _key(panel, rules, rows)
    ends = sizes.groupby(number)["hs"].agg(["first", "last"])
    return [Part(panel, rules, first, last, home / f"{first}-{last}") for first, last in ends.to_numpy()]


def screened(
    parts: list[Part], on: str = engine.LOCAL, workers: int | None = None, tell: Callable[[int], None] = lambda n: None
) -> dict[str, pd.DataFrame]:
    """What is found of every part, as tables: each part not yet there is made, where ``on`` says.

    Parameters
    ----------
    tell : callable
        Is told how many parts are there, whenever one comes.

    Returns
    -------
    dict of pd.DataFrame
        ``lines``, ``findings``, ``forecasts``: :func:`helpers.screen.findings.found`.
    """
    todo = [part for part in parts if not part.done]
    home = parts[0].place.parent
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        for left in home.glob(f"{_DRAFT}*"):
            shutil.rmtree(left)
        tell(len(parts) - len(todo))
        for done, _ in enumerate(engine.run(screen, todo, on, workers), start=1):
            tell(len(parts) - len(todo) + done)
    return {name: pd.concat(_kept(parts, name), ignore_index=True) for name in findings.TABLES}


def screen(part: Part) -> str:
    """Screen one part and keep what is found; the same bytes wherever it runs, and however often."""
    if not part.done:
        with tempfile.TemporaryDirectory(prefix=_DRAFT, dir=part.place.parent, ignore_cleanup_errors=True) as draft:
            whole = Path(draft) / "whole"
            whole.mkdir()
            for name, table in findings.found(series.loaded(part.panel, part.first, part.last), part.rules).items():
                _write(table, whole / f"{name}.parquet")
            try:
                whole.replace(part.place)
            except OSError:  # another worker was faster
                if not part.done:
                    raise
    return part.place.name


class BusyError(OSError):
    """Another run makes the same parts."""


_DRAFT = "draft-"


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    lock = FileLock(home / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(f"another run writes to {home}") from None
    with lock:
        yield


def _write(table: pd.DataFrame, path: Path) -> None:
    connection = database()
    connection.register("found", table)
    connection.execute(f"COPY (FROM found) TO '{quoted(path)}' (FORMAT parquet, COMPRESSION zstd)")


def _kept(parts: list[Part], name: str) -> Iterator[pd.DataFrame]:
    for part in parts:
        path = quoted(part.place / f"{name}.parquet")
        yield database().execute(f"FROM read_parquet('{path}')").df()


def _key(panel: Panel, rules: Rules, rows: int) -> str:
    rooms = [Path(__file__).parent, Path(calibrated.__file__).parent]
    code = [path.read_text(encoding="utf-8") for room in rooms for path in sorted(room.glob("*.*")) if path.is_file()]
    return hashlib.sha256(json.dumps([panel.fingerprint, asdict(rules), rows, code]).encode()).hexdigest()[:16]
