"""Is ``data/`` fit to be used: against its descriptor, against itself, against published totals.

Every problem is a row ``file, rows, problem, remedy``; nothing here changes anything.
"""

import re
from datetime import date

import numpy as np
import pandas as pd

from helpers import fiscal, paths
from helpers.data import load

OBSERVATIONS = ("trade", "production", "drivers", "prices", "assumptions", "outlooks")
DATED = (*OBSERVATIONS, "events")
TONNAGE = {"t", "t REO", "Mt", "Mt REO", "t/yr", "t REO/yr", "kt"}
FAR_FUTURE = date(9999, 12, 31)

_SOURCE_ID = re.compile(r"\b[SB]\d{1,3}[a-z]?\b")


def problems() -> pd.DataFrame:
    """Everything wrong with ``data/``, one row a problem, none if all is well.

    Returns
    -------
    pd.DataFrame
        ``file`` (of ``data/``), ``rows`` (the first offenders, as text), ``problem``, ``remedy``.
    """
    found = _package()
    if not found:  # the checks below need typed tables
        for name in DATED:
            found += _rows(name)
        found += _readable()
    return pd.DataFrame(found, columns=["file", "rows", "problem", "remedy"])


def require_valid() -> None:
    """Raise :class:`helpers.data.load.DataError` with every problem and remedy, if there is one."""
    found = problems()
    if len(found):
        raise load.DataError(
            "\n\n".join(f"data/{p.file}: {p.problem}\n{p.rows}\n-> {p.remedy}" for p in found.itertuples())
        )


def identities(as_of: str | date) -> pd.DataFrame:
    """Parts against published totals, each within its rounding; only what was public by ``as_of``.

    Returns
    -------
    pd.DataFrame
        ``identity`` (what must hold), ``computed``, ``published``, ``allowed`` (what rounding allows between
        the two), ``unit``, ``holds``. An identity whose figures were not all public yet is left out.
    """
    halves = {half: _figure(as_of, "850511", half) for half in ("FY25-H1", "FY25-H2", "FY26-H1")}
    year, april, summer = (_figure(as_of, "850511", period) for period in ("FY25", "2024-04", "2024-05/2024-09"))
    fall = _figure(as_of, "850511", "FY26-H1", "weight_yoy")
    line, ferrite = _figure(as_of, "85051190", "FY25"), _figure(as_of, "85051110", "FY25")
    china = _figure(as_of, "85051190", "FY25", partner="CHN")
    share = _figure(as_of, "85051190", "FY25", "weight_share", partner="CHN")
    dollars = {
        hs: _figure(as_of, hs, "FY25", "value_usd")
        for hs in ("850511", "85051190", "85051110", "85051900", "850511+850519")
    }
    value = _figure(as_of, "850511", "FY25", "value_inr") * 10 / _rupee(as_of)  # a crore is ten million
    china_months, china_year = _china_2025(as_of)
    now, before = halves["FY26-H1"], halves["FY25-H2"]
    rows = [
        (
            "value of FY25 in rupees, at the year's exchange rate, is the value in dollars",
            value,
            dollars["850511"],
            0.5,
            "USD m",
        ),
        (
            "850511 + 85051900 is what SBI reports: the press series is HS 850511",
            value + dollars["85051900"],
            dollars["850511+850519"],
            0.5,
            "USD m",
        ),
        ("85051190 is China's tonnes over China's share", china / share * 100, line, line * 0.0006, "t"),
        ("85051110 is the rest of 850511 by weight", year - line, ferrite, 1, "t"),
        ("85051110 is the rest of 850511 by value", value - dollars["85051190"], dollars["85051110"], 0.02, "USD m"),
        ("FY25-H1 is FY26-H1 before the published fall", now / (1 + fall / 100), halves["FY25-H1"], 426, "t"),
        ("FY25 is the sum of its halves", halves["FY25-H1"] + before, year, 1, "t"),
        ("FY25-H1 is April plus May to September", april + summer, halves["FY25-H1"], 1, "t"),
        ("FY26-H1 is 2.8 % below the half before it", (now / before - 1) * 100, -2.8, 0.05, "%"),
        ("twice FY26-H1, the run-rate, is 31 to 34 thousand tonnes", 2 * now, 32_500, 1_500, "t"),
        ("China's twelve months of 2025 sum to its year", china_months, china_year, 0.5, "t"),
    ]
    table = pd.DataFrame(rows, columns=["identity", "computed", "published", "allowed", "unit"]).dropna()
    table["holds"] = (table["computed"] - table["published"]).abs() <= table["allowed"] + 1e-9
    return table.reset_index(drop=True)


def _figure(as_of, hs: str, period: str, measure: str = "weight", partner: str = "world") -> float:
    keys = {"flow": "import", "reporter": "IND", "partner": partner, "hs": hs, "measure": measure}
    found = load.figure("trade", as_of, period, **keys)
    return np.nan if found is None else found["value"]


def _rupee(as_of) -> float:
    found = load.figure("prices", as_of, "FY25", item="INR per USD", basis="fiscal-year mean")
    return np.nan if found is None else found["value"]


def _china_2025(as_of) -> tuple[float, float]:
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110", "measure": "weight"}
    exports = load.series("trade", as_of, **keys)["value"]
    months = exports[exports.index.str.fullmatch(r"2025-\d\d")]
    return months.sum() if len(months) == 12 else np.nan, exports.get("2025", np.nan)


def _package() -> list[tuple]:
    from frictionless import FrictionlessException, Package, system

    try:
        with system.use_context(trusted=True):
            report = Package(str(paths.DATA / "datapackage.json")).validate()
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


def _rows(name: str) -> list[tuple]:
    rows, found = load.raw(name), []

    def report(wrong, problem, remedy):
        if wrong.any():
            found.append((f"{name}.csv", load.show(rows[wrong]), problem, remedy))

    known = set(load.raw("sources")["id"])
    named = rows["note"].map(lambda note: set(_SOURCE_ID.findall(note)) - known)
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
    since = rows["source"].map(load.raw("sources").set_index("id")["public_since"])
    report(
        rows["published"].isna() | since.isna(),
        "no date of publication",
        "give the day on which the figure became public",
    )
    report(
        (name in OBSERVATIONS) & (rows["published"] < since),
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


def _readable() -> list[tuple]:
    found = []
    for name in DATED:
        try:
            load.table(name, FAR_FUTURE)
        except load.DataError as error:
            found.append((f"{name}.csv", "", str(error), "see above"))
    return found


def _span(period: str):
    try:
        return fiscal.span(period)
    except ValueError:
        return None
