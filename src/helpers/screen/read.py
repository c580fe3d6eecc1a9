"""A panel from what publishers offer: files of UN Comtrade (bulk or saved answers) and BACI, and the archive.

DuckDB reads CSV, compressed or not, and Parquet; codes stay text, so that none loses its leading nought.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from helpers.data import DataError
from helpers.data.archive.versions import View
from helpers.data.sources.comtrade import FLOWS, TOTALS
from helpers.data.sources.spellings import partners
from helpers.screen import panel
from helpers.screen.panel import Panel, database, quoted

COMTRADE = ["reporterCode", "partnerCode", "flowCode", "cmdCode", "period", "netWgt", "primaryValue"]
BACI = ["t", "i", "j", "k", "v", "q"]

_MANY = ("group", "world")
_KEYS = "hs, flow, reporter, partner, period"
_SUMS = f"SELECT {_KEYS}, sum(weight) AS weight, sum(value) AS value, any_value(source) AS source FROM"


def files(paths: Iterable[Path], folder: Path, home: str = "IND") -> Panel:
    """The panel of files of one publisher or several; each is told by its columns.

    Comtrade's rows that are a part of another (second partner, procedure, transport) are left out. BACI has one
    reconciled count, which is taken for the importer's own, in its calendar years.

    Raises
    ------
    DataError
        If a file cannot be read, or its columns are of neither.
    """
    connection, queries = database(), {}
    codes = pd.DataFrame(partners("comtrade").items(), columns=["code", "iso"])
    connection.register("codes", codes)
    for number, path in enumerate(paths):
        if path.resolve().parent == folder.resolve():
            raise DataError(f"{path} lies where the panel is to be made: move it, or choose another --output")
        columns = _columns(connection, path)
        if set(COMTRADE) <= set(columns):
            queries[f"{number:05d}"] = _comtrade(path, columns, home)
        elif set(BACI) <= set(columns):
            queries[f"{number:05d}"] = _baci(path, home)
        else:
            raise DataError(f"{path} is no file of Comtrade ({', '.join(COMTRADE)}) or BACI ({', '.join(BACI)})")
    return panel.write(folder, queries, home, False, {}, connection)


def archived(view: View, folder: Path, home: str = "IND") -> Panel:
    """The panel of what an archive of live sources held on a day: the newest version of each figure of trade."""
    parts = ", ".join(f"'{quoted(part.path)}'" for part in view.parts)
    newest = (
        f"SELECT string_split(key, '/') AS key, period, value, valid_from FROM read_parquet([{parts}]) "
        "WHERE \"table\" = 'trade' AND regexp_full_match(period, '\\d{4}(-\\d\\d)?') "
        "QUALIFY row_number() OVER (PARTITION BY key, period ORDER BY valid_from DESC) = 1 AND status != 'missing'"
    )
    query = (
        "SELECT key[4] AS hs, key[1] AS flow, key[2] AS reporter, key[3] AS partner, period, "
        "max(value) FILTER (key[5] = 'weight') AS weight, max(value) FILTER (key[5] = 'value_usd') AS value, "
        f"'' AS source FROM ({newest}) GROUP BY ALL"
    )
    return panel.write(folder, {"archive": query}, home, view.synthetic, {})


def _comtrade(path: Path, columns: list[str], home: str) -> str:
    whole = " AND ".join(f"CAST({name} AS VARCHAR) = '{value}'" for name, value in TOTALS.items() if name in columns)
    flows = " ".join(f"WHEN '{code}' THEN '{flow}'" for code, flow in FLOWS.items())
    return (
        f"{_SUMS} (SELECT cmdCode AS hs, CASE flowCode {flows} END AS flow, r.iso AS reporter, p.iso AS partner, "
        "CASE length(period) WHEN 6 THEN period[1:4] || '-' || period[5:6] ELSE period END AS period, "
        "nullif(CAST(netWgt AS DOUBLE), 0) / 1000 AS weight, CAST(primaryValue AS DOUBLE) / 1e6 AS value, '' AS source "
        f"FROM {_read(path)} JOIN codes r ON r.code = reporterCode JOIN codes p ON p.code = partnerCode "
        f"WHERE {whole or 'true'} AND regexp_full_match(cmdCode, '\\d{{6,8}}') AND p.iso != 'group') "
        f"WHERE (flow = 'import' AND reporter = '{home}') OR (flow = 'export' AND partner = '{home}') GROUP BY {_KEYS}"
    )


def _baci(path: Path, home: str) -> str:
    return (
        f"{_SUMS} (SELECT k AS hs, 'import' AS flow, r.iso AS reporter, p.iso AS partner, t AS period, "
        "try_cast(trim(q) AS DOUBLE) AS weight, CAST(v AS DOUBLE) / 1000 AS value, '' AS source "
        f"FROM {_read(path)} JOIN codes r ON r.code = j JOIN codes p ON p.code = i "
        f"WHERE r.iso = '{home}' AND p.iso NOT IN {_MANY}) GROUP BY {_KEYS}"
    )


def _read(path: Path) -> str:
    if path.suffix == ".parquet":
        return f"(SELECT COLUMNS(*)::VARCHAR FROM read_parquet('{quoted(path)}'))"
    return f"read_csv('{quoted(path)}', all_varchar = true, header = true)"


def _columns(connection, path: Path) -> list[str]:
    import duckdb

    try:
        return connection.execute(f"SELECT * FROM {_read(path)} LIMIT 0").df().columns.to_list()
    except duckdb.Error as error:
        raise DataError(f"{path} cannot be read: {str(error).splitlines()[0]}") from error
