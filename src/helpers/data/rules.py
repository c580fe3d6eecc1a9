"""Is ``data/`` fit to be used: against its descriptor, against itself, against published totals.

Every problem is a row ``file, rows, problem, remedy``; nothing here changes anything.
"""

from datetime import date
from pathlib import Path

import pandas as pd

from helpers import fiscal, paths
from helpers.data import tables
from helpers.data.identities import identities
from helpers.data.tables import DataError
from helpers.data.vintage import Vintage, vintage

COLUMNS = ["file", "rows", "problem", "remedy"]
TONNAGE = {"t", "t REO", "Mt", "Mt REO", "t/yr", "t REO/yr", "kt"}


def problems(folder: Path | None = None, today: date | None = None) -> pd.DataFrame:
    """Everything wrong with a folder of tables, one row a problem, none if all is well.

    Parameters
    ----------
    folder : Path, optional
        The project's ``data/`` unless given.
    today : datetime.date, optional
        Nothing can have been published later; not asked where it is not given.

    Returns
    -------
    pd.DataFrame
        ``file`` (of ``data/``), ``rows`` (the first offenders, as text), ``problem``, ``remedy``.
    """
    found = _package(folder or paths.DATA)
    if not found:  # the checks below need typed tables
        raw = tables.read(folder)
        for name in tables.DATED:
            found += _rows(raw, name)
        try:
            vintage(date.max.replace(year=2261), folder)
        except DataError as error:
            found.append(("", "", str(error), "see above"))
    return pd.DataFrame(found, columns=COLUMNS)


def require_valid(of: Vintage | Path | None = None, today: date | None = None) -> None:
    """Raise one error with everything wrong, rules and identities both; of a vintage, only its identities.

    Raises
    ------
    DataError
        With every problem and its remedy.
    """
    found = pd.DataFrame(columns=COLUMNS) if isinstance(of, Vintage) else problems(of, today)
    texts = [f"data/{p.file}: {p.problem}\n{p.rows}\n-> {p.remedy}" for p in found.itertuples()]
    if not texts:
        broken = identities(of if isinstance(of, Vintage) else vintage(today or date.today(), of)).query("not holds")
        texts = [f"{row.identity}: {row.computed:,.6g} against {row.published:,.6g} {row.unit}" for row in broken.itertuples()]
    if texts:
        raise DataError("\n\n".join(texts))


def _package(folder: Path) -> list[tuple]:
    from frictionless import FrictionlessException, Package, system

    try:
        with system.use_context(trusted=True):
            report = Package(str(folder / "datapackage.json")).validate()
    except FrictionlessException as error:
        return [("datapackage.json", "", f"cannot be read: {error}", "restore it from the last commit")]
    found = []
    for task in report.tasks:
        file = f"{task.name}.csv"
        found += [
            (
                file,
                f"line {error.row_number}: {_cells(error)}" if hasattr(error, "row_number") else "",
                f"{error.title}: {error.note}",
                _remedy(error, task.name),
            )
            for error in task.errors[:5]
        ]
    return found + [("datapackage.json", "", error.title, error.note) for error in report.errors]


def _cells(error) -> str:
    return ", ".join(str(cell) for cell in error.cells if cell not in (None, ""))


def _remedy(error, table: str) -> str:
    return {
        "foreign-key": "write an id that data/sources.csv has, or add the source there first",
        "primary-key": "delete one of the two rows, or tell them apart by date or source",
        "constraint-error": f"correct the cell, or allow the value in data/datapackage.json ({table})",
        "type-error": "write a plain number (no thousands comma) or a date such as 2026-11-22",
    }.get(error.type, "compare the file with data/datapackage.json")


def _rows(raw: dict[str, pd.DataFrame], name: str) -> list[tuple]:
    rows, found = raw[name], []

    def report(wrong, problem, remedy):
        if wrong.any():
            found.append((f"{name}.csv", tables.first_rows(rows[wrong]), problem, remedy))

    known = set(raw["sources"]["id"])
    named = rows["note"].map(lambda note: set(tables.SOURCE_ID.findall(note)) - known)
    report(
        named.map(bool),
        f"notes name sources that are not in sources.csv: {sorted(set().union(*named))}",
        "correct the id, or add the source",
    )
    if "period" in rows:
        spans = rows["period"].map(_span)
        report(spans.isna(), "unknown periods", "write FY25, FY26-H1, FY26-Q2, 2024, 2025-04, 2013-03-31 or first/last")
        observed = name not in ("outlooks", "events") and (rows["status"] != "missing")
        ends = pd.to_datetime(spans.map(lambda s: s[1] if isinstance(s, tuple) else pd.NaT))
        report(
            observed & (rows["published"] < ends),
            "published before the period was over",
            "correct the period or the date; plans belong in outlooks.csv",
        )
    since = rows["source"].map(raw["sources"].set_index("id")["public_since"])
    report(
        rows["published"].isna() | since.isna(),
        "no date of publication",
        "give the day on which the figure became public",
    )
    report(
        ("value" in rows.columns) & (rows["published"] < since),
        "figures older than their source",
        "correct published, or public_since in data/sources.csv",
    )
    if "value" in rows:
        value, low, high = rows["value"], rows["low"], rows["high"]
        report(
            rows["unit"].isin(TONNAGE) & (rows[["value", "low", "high"]].min(axis=1) < 0),
            "negative tonnages",
            "correct the sign",
        )
        report(
            (value < low) | (value > high) | (low > high),
            "values outside their own range",
            "correct value, low or high",
        )
        empty = rows[["value", "low", "high"]].isna().all(axis=1)
        report(
            empty & (rows["status"] != "missing"),
            "figures without a number",
            "give a value or a range, or the status missing",
        )
        report(
            ~empty & (rows["status"] == "missing") & value.notna(),
            "missing figures with a number",
            "give the status the number deserves",
        )
        report(
            (rows["source"] == "M0") & ~rows["status"].isin(["unverified", "missing"]),
            "recalled figures with a better status than unverified",
            "name the source",
        )
    return found


def _span(period: str):
    try:
        return fiscal.span(period)
    except ValueError:
        return None
