"""A panel of trade: every line by partner and period, in Parquet files sorted by line, read by DuckDB in the process.

A folder with ``panel.json`` and one or more Parquet files of :data:`COLUMNS`. The home country's own count is
its imports (``flow`` import, ``reporter`` home); what others count is their exports to it (``flow`` export,
``partner`` home). Periods are months or calendar years, as in the dated tables; nothing is interpolated.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.data import UNUSED, DataError, Vintage, ids

if TYPE_CHECKING:
    import duckdb

COLUMNS = {
    "hs": "VARCHAR", "flow": "VARCHAR", "reporter": "VARCHAR", "partner": "VARCHAR", "period": "VARCHAR",
    "weight": "DOUBLE", "value": "DOUBLE", "source": "VARCHAR",
}  # fmt: skip
"""Of a panel and their types: ``weight`` in tonnes, ``value`` in million dollars, ``source`` the id of who says so."""

GROUP = 30 * 2048
"""Rows that lie together in a file: what is read at least for one line."""

OURS = "CASE flow WHEN 'import' THEN reporter WHEN 'export' THEN partner END = ?"
"""Rows of the home country's imports by either count, in a question."""

NOBODY = ("world", "nes", "group")
"""Partners that are no country: a total is never a row among its parts."""


@dataclass(frozen=True)
class Panel:
    """A folder of trade by line, partner and period, with what is known of it."""

    folder: Path
    home: str
    synthetic: bool
    files: tuple[Path, ...] = field(repr=False)
    """Parquet files that are read."""
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Publishers by the id of their source."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its files and of what it says of itself: the same for the same panel, wherever it lies."""
        whole = hashlib.sha256()
        for path in [*self.files, self.folder / "panel.json"]:
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        return whole.hexdigest()

    def ask(self, select: str, words: Iterable = (), threads: int | None = None) -> "duckdb.DuckDBPyConnection":
        """What DuckDB answers to a question in which ``panel`` stands for the rows, not yet fetched.

        With one thread where each of many workers asks for its own part: else the first takes every core.

        Raises
        ------
        DataError
            If a file cannot be read or has other columns.
        """
        import duckdb

        files = ", ".join(f"'{quoted(path)}'" for path in self.files)
        rows = f"WITH panel AS (SELECT {', '.join(COLUMNS)}, filename FROM read_parquet([{files}]))"
        try:
            return database(threads).execute(f"{rows} {select}", list(words))
        except duckdb.Error as error:
            raise DataError(f"{self.folder} is no panel that can be read: {str(error).splitlines()[0]}") from error

    def sizes(self) -> pd.DataFrame:
        """How many rows each line has in each file: ``hs, file, rows``, by line."""
        return self.ask("SELECT hs, filename AS file, count(*) AS rows FROM panel GROUP BY ALL ORDER BY ALL").df()

    def lines(self) -> list[str]:
        """The codes of lines that the home country imports, by its own count or others'."""
        asked = f"SELECT DISTINCT hs FROM panel WHERE {OURS} AND hs IS NOT NULL ORDER BY hs"
        return [hs for (hs,) in self.ask(asked, [self.home]).fetchall()]

    def history(self, lines: Iterable[str]) -> pd.DataFrame:
        """Every row of the lines whose code is, or begins with, one of some codes: the columns of the panel."""
        codes = list(lines)
        fits = " OR ".join(["hs >= ? AND hs < ?"] * len(codes)) or "true"
        words = [word for code in codes for word in (code, f"{code}\U0010ffff")]
        return self.ask(f"SELECT {', '.join(COLUMNS)} FROM panel WHERE {fits} ORDER BY ALL", words).df()

    def concentration(self) -> pd.DataFrame:
        """Herfindahl index of every line and period by the home country's own count, 0-1.

        Returns
        -------
        pd.DataFrame
            ``hs, period, partners, by_weight, by_value``, sorted; trade without a partner is left out.
        """
        return self.ask(
            "SELECT hs, period, count(*) AS partners, sum(weight * weight) / pow(sum(weight), 2) AS by_weight, "
            "sum(value * value) / pow(sum(value), 2) AS by_value FROM panel "
            "WHERE flow = 'import' AND reporter = ? AND partner NOT IN ('world', 'nes', 'group') "
            "GROUP BY hs, period ORDER BY hs, period",
            [self.home],
        ).df()


def opened(folder: Path) -> Panel:
    """The panel in a folder.

    Raises
    ------
    DataError
        If there is none, or what it says of itself cannot be understood.
    """
    try:
        about = json.loads((folder / "panel.json").read_text(encoding="utf-8"))
        files = tuple(sorted(folder.absolute().glob("*.parquet")))
        made = Panel(folder.absolute(), str(about["home"]), bool(about["synthetic"]), files, dict(about["names"]))
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise DataError(
            f"{folder} holds no panel ({type(error).__name__}); give `magnets screen` files to make one"
        ) from error
    if not made.files:
        raise DataError(f"{folder} holds no Parquet file")
    return made


def write(
    folder: Path,
    rows: Mapping[str, str],
    home: str,
    synthetic: bool,
    names: Mapping[str, str],
    connection: "duckdb.DuckDBPyConnection | None" = None,
) -> Panel:
    """Make a panel of what DuckDB reads: a file for each name, of rows in any order.

    Parameters
    ----------
    rows : mapping
        A query with :data:`COLUMNS` by the name of the file.
    connection : optional
        Where what the queries name is registered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="draft-", dir=folder) as draft:
        for name, query in rows.items():
            ordered = f"SELECT * FROM ({query}) ORDER BY hs, flow, reporter, partner, period"
            keep(connection or database(), ordered, Path(draft) / f"{name}.parquet")
        (folder / "panel.json").unlink(missing_ok=True)  # a folder without it is no panel: what follows is not at once
        for left in folder.glob("*.parquet*"):  # of an earlier panel
            left.unlink()
        for path in Path(draft).iterdir():
            path.replace(folder / path.name)
    describe(folder, home, synthetic, names)
    return opened(folder)


def keep(connection: "duckdb.DuckDBPyConnection", ordered: str, path: Path) -> None:
    """Write a file of a panel, there whole or not at all, of a query that gives its rows in order."""
    import duckdb

    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in COLUMNS.items())
    draft = path.with_name(f"{path.name}.tmp")
    copied = f"COPY (SELECT {columns} FROM ({ordered})) TO '{quoted(draft)}' "
    try:
        connection.execute(f"{copied} (FORMAT parquet, ROW_GROUP_SIZE {GROUP})")
    except duckdb.Error as error:
        raise DataError(f"no panel can be made of this: {str(error).splitlines()[0]}") from error
    draft.replace(path)


def describe(folder: Path, home: str, synthetic: bool, names: Mapping[str, str]) -> None:
    """Say what a folder of files is: a panel."""
    about = {"home": home, "synthetic": synthetic, "names": dict(names)}
    (folder / "panel.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def of(india: Vintage, folder: Path, home: str = "IND") -> Panel:
    """The panel of what a vintage's table of trade holds by month or calendar year and by country."""
    rows = india.table("trade")
    rows = rows[rows["measure"].isin(["weight", "value_usd"]) & rows["value"].notna()]
    rows = rows[rows["period"].str.fullmatch(r"\d{4}(-\d\d)?") & ~rows["status"].isin(UNUSED)]
    rows = rows[rows["hs"].str.fullmatch(r"\d{6}|\d{8}")]
    keys = ["hs", "flow", "reporter", "partner", "period"]
    wide = rows.pivot(index=keys, columns="measure", values="value").rename_axis(columns=None)
    wide = wide.rename(columns={"value_usd": "value"}).reindex(columns=["weight", "value"])
    wide = wide.join(rows.groupby(keys)["source"].agg(lambda of: ids(*of)))
    names = {one: india.publishers([one]) for one in sorted(set(" ".join(wide["source"]).split()))}
    connection = database()
    connection.register("of_vintage", wide.reset_index())
    return write(folder, {"trade": "FROM of_vintage"}, home, india.synthetic, names, connection)


def quoted(path: Path) -> str:
    """A path inside a question to DuckDB."""
    return str(path).replace("'", "''")


def database(threads: int | None = None) -> "duckdb.DuckDBPyConnection":
    """A cursor of a database of this process, in which is nothing: it only reads and writes files."""
    return _memory(threads).cursor()


@cache
def _memory(threads: int | None) -> "duckdb.DuckDBPyConnection":
    import duckdb

    made = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    return made.execute(f"SET threads = {threads}") if threads else made
