"""A panel in parts of whole lines, each screened by itself and kept, so that an interrupted run goes on from there.

What is kept is named by hashes of the panel, and of the rules and the code that finds: another panel, rule or version
begins anew. A part is a folder of tables that is there whole or not at all.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from helpers.data import DataError
from helpers.ensemble import calibrated
from helpers.methods import mirror
from helpers.screen import engine, findings, forecasts, series
from helpers.screen.panel import Panel, database, opened, quoted
from helpers.screen.rules import Rules

ROWS = 125_000
"""Rows of a part, or one line if that has more: what a worker holds at once."""


@dataclass(frozen=True)
class Part:
    """Lines of a panel from one code to another, in those of its files that hold any, and where findings are kept."""

    panel: Panel
    whole: series.Whole
    rules: Rules
    first: str
    last: str
    place: Path

    @property
    def done(self) -> bool:
        """Whether it is there."""
        return self.place.is_dir()

    def loaded(self) -> series.Block:
        """Its lines."""
        return series.loaded(self.panel, self.first, self.last, self.whole)


def plan(panel: Panel, rules: Rules, folder: Path, rows: int = ROWS) -> list[Part]:
    """The parts of a panel, in the order of its lines; they depend on nothing but the panel."""
    sizes = panel.sizes()
    if sizes.empty or not sizes["hs"].str.fullmatch(r"\d{2,12}", na=False).all():  # codes also name folders
        raise DataError(f"{panel.folder} has {'lines whose codes are not digits' if len(sizes) else 'no rows'}")
    ends = sizes.groupby("hs")["rows"].sum().cumsum()
    number, whole = sizes["hs"].map((ends - 1) // rows), forecasts.whole(panel, rules.ahead)
    home = folder / f"{panel.fingerprint[:16]}-{_key(rules, rows)}"
    made = []
    for _, of in sizes.groupby(number):
        first, last = of["hs"].iloc[[0, -1]]
        held = replace(panel, files=tuple(map(Path, of["file"].unique())))
        made.append(Part(held, whole, rules, first, last, home / f"{first}-{last}"))
    return made


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
    try:
        lock = FileLock(home / "lock").acquire(timeout=0)
    except Timeout:
        raise BusyError(f"another run writes to {home}") from None
    with lock:
        for left in home.glob(f"{_DRAFT}*"):
            shutil.rmtree(left)
        tell(len(parts) - len(todo))
        for done, _ in enumerate(engine.run(screen, todo, on, workers), start=1):
            tell(len(parts) - len(todo) + done)
    if todo and not home.name.startswith(opened(folder := todo[0].panel.folder).fingerprint[:16]):
        for part in todo:
            shutil.rmtree(part.place, ignore_errors=True)
        raise OSError(f"{folder} changed meanwhile")
    if not all(part.done for part in parts):
        raise OSError(f"workers did not write to {home}: they must see the same folder as this machine")
    return {name: pd.concat(_kept(parts, name), ignore_index=True) for name in findings.TABLES}


def screen(part: Part) -> str:
    """Screen one part and keep what is found; the same bytes wherever it runs, and however often."""
    if not part.done:
        with tempfile.TemporaryDirectory(prefix=_DRAFT, dir=part.place.parent, ignore_cleanup_errors=True) as draft:
            whole = Path(draft) / "whole"
            whole.mkdir()
            for name, table in findings.found(part.loaded(), part.rules).items():
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


def _write(table: pd.DataFrame, path: Path) -> None:
    import duckdb

    connection = database()
    connection.register("found", table)
    try:
        connection.execute(f"COPY (FROM found) TO '{quoted(path)}' (FORMAT parquet, COMPRESSION zstd)")
    except duckdb.IOException:
        raise OSError(f"{path} cannot be written: see that the disk has room") from None


def _kept(parts: list[Part], name: str) -> Iterator[pd.DataFrame]:
    import duckdb

    for part in parts:
        path = part.place / f"{name}.parquet"
        try:
            yield database().execute(f"FROM read_parquet('{quoted(path)}')").df()
        except duckdb.Error:
            raise DataError(f"{path} cannot be read: remove {part.place}, and it is made again") from None


def _key(rules: Rules, rows: int) -> str:
    rooms = [Path(module.__file__ or "").parent for module in (series, calibrated, mirror)]
    code = [path.read_text(encoding="utf-8") for room in rooms for path in sorted(room.glob("*.*")) if path.is_file()]
    return hashlib.sha256(json.dumps([asdict(rules), rows, code]).encode()).hexdigest()[:16]
