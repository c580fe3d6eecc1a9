"""Is a folder of tables fit to be used: against its descriptor, against itself, against the day.

Every problem is a row ``file, rows, problem, remedy``; nothing here changes anything.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import fiscal, paths
from helpers.data import awaited, chain, descriptor, judgements, public, tables
from helpers.data.identities import idle, judged, live, places, unfit
from helpers.data.tables import DataError
from helpers.data.vintage import Vintage, vintage

COLUMNS = ["file", "rows", "problem", "remedy"]

Problem = tuple[pd.Series, str, str]
"""Which rows are wrong, what is wrong with them, and what to do."""


def problems(folder: Path | None = None, today: date | None = None) -> pd.DataFrame:
    """Everything wrong with a folder of tables, the project's unless given: one row a problem, none if all is well.

    ``file`` (of ``data/``), ``rows`` (the first offenders, as text), ``problem``, ``remedy``. No figure can have been
    published after ``today``, if that is given.
    """
    folder = folder or paths.DATA
    found = descriptor.forbidden(folder)
    if not found:  # what follows needs typed tables
        read = tables.read(folder)
        raw = {name: table.frame() for name, table in read.items()}
        units = descriptor.units(folder)
        for name in tables.DATED:
            for rule in (_named, _dates, _numbers):
                found += _told(name, raw[name], rule(name, raw[name], raw, units))
        found += _told("assumptions", raw["assumptions"], judgements.shares(raw["assumptions"], units))
        found += judgements.lacking(raw["assumptions"], units)
        found += _told("assumptions", raw["assumptions"], judgements.odd(raw["assumptions"], units))
        found += _told("regimes", raw["regimes"], _overlaps(raw["regimes"]))
        found += _told("episodes", raw["episodes"], _episodes(raw["episodes"]))
        found += _told("calendar", raw["calendar"], awaited.odd(raw, read))
        for name in ("derivations", "identities"):
            rows = raw[name]
            known = [u in units.get(of, {}).get("all", [u]) for of, u in zip(rows["table"], rows["unit"], strict=True)]
            wrong = ~pd.Series(known, index=rows.index, dtype=bool)
            found += _told(name, rows, [(wrong, "unknown units", "write a unit of the table that the row is of")])
        found += chain.broken(folder)
        found += _future(raw, today)
        found += _readable(folder, _latest(folder), units, bool(found))
    return pd.DataFrame(found, columns=COLUMNS)


def require_valid(of: Vintage | Path | None = None, today: date | None = None) -> None:
    """Raise a DataError with everything wrong with a folder of tables, rules and identities both, and each remedy.

    Identities are those of ``today``; of a vintage only its own are asked.
    """
    found = pd.DataFrame(columns=COLUMNS) if isinstance(of, Vintage) else problems(of, today)
    if found.empty:
        india = of if isinstance(of, Vintage) else vintage(today or _latest(of), of)
        found = contradictions(india)
        if found.empty and not isinstance(of, Vintage):
            found = pd.DataFrame(idle(india), columns=COLUMNS)
    if len(found):
        raise DataError(told(found))


def contradictions(india: Vintage) -> pd.DataFrame:
    """The identities that do not hold, as problems; not those with a figure of a live source.

    What a live source says is there to be shown, also where it contradicts others; nobody here can correct it.
    """
    rows = []
    for of, figures in judged(india):
        name, value, published, allowed, unit, holds, source = of
        if not holds and not live(india, figures):
            text = f"{name}: {value:,.10g} against {published:,.10g} {unit}, {allowed:,.3g} allowed ({source})"
            text += places(india, figures)
            remedy = "correct the figure that is wrong, give it its range, or add the revision that explains it"
            rows.append(("identities.csv", text, "figures contradict each other", remedy))
    return pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(ignore_index=True)


def told(found: pd.DataFrame) -> str:
    """Problems as text, with their remedies."""
    return "\n\n".join(f"data/{p.file}: {p.problem}\n{p.rows}\n-> {p.remedy}" for p in found.itertuples())


def _told(name: str, rows: pd.DataFrame, found: Iterator[Problem] | tuple) -> list[tuple]:
    return [(f"{name}.csv", tables.first_rows(rows[wrong]), *said) for wrong, *said in found if wrong.any()]


def _named(_: str, rows: pd.DataFrame, raw: Mapping, __: Mapping) -> Iterator[Problem]:
    """Sources and contradictions that a note names: known, and no younger than the figure."""
    if "note" not in rows:
        return
    since = raw["sources"].set_index("id")["public_since"]
    ids = rows["note"].map(tables.SOURCE_ID.findall)
    known = set(since.index)
    unknown = ids.map(lambda named: set(named) - known)
    problem = f"notes name sources that are not in sources.csv: {', '.join(sorted(set().union(*unknown)))}"
    yield unknown.map(bool), problem, "correct the id, or add the source"
    told = ids + rows["note"].str.findall(r"\bcontradictions (C\d+)\b")
    days = pd.concat([since, raw["contradictions"].set_index("id")["published"]]).dropna().to_dict()
    latest = [max((days[one] for one in named if one in days), default=pd.NaT) for named in told]
    later = pd.Series(latest, rows.index, dtype="datetime64[us]") > rows["published"]
    remedy = "give the figure the later date, or take the later source out of its note"
    yield later, "notes name what became public only later", remedy


def _dates(name: str, rows: pd.DataFrame, raw: Mapping, __: Mapping) -> Iterator[Problem]:
    """Periods that exist, and days of publication that are possible."""
    for column in (c for c in ("period", "year", "surge", "before") if c in rows):
        spans = rows[column].map(_span)
        unknown = spans.isna() & ~((column == "surge") & (rows[column] == ""))
        yield unknown, "unknown periods", "write FY25, FY26-H1, FY26-Q2, 2024, 2025-04, 2013-03-31 or first/last"
        if name in ("regimes", "episodes"):
            days = [bool(span) and fiscal.bounds(of) is None for span, of in zip(spans, rows[column], strict=True)]
            yield pd.Series(days, rows.index), "periods not made of whole months", "write months: 2025-04/2025-09"
    if "period" in rows and name not in ("regimes", chain.NAME):
        spans = rows["period"].map(_span)
        ends = pd.to_datetime(spans.map(lambda span: span[1] if isinstance(span, tuple) else pd.NaT))
        early = (name not in ("outlooks", "events")) & (rows["status"] != "missing") & (rows["published"] < ends)
        remedy = "correct the period or the date; plans belong in outlooks.csv"
        yield early, "published before the period was over", remedy
    if "source" in rows:
        since = rows["source"].map(raw["sources"].set_index("id")["public_since"])
        late = ("value" in rows) & (rows["published"] < since)
        yield since.isna(), "no date of publication", "give public_since in data/sources.csv"
        yield late, "figures older than their source", "correct published, or public_since in data/sources.csv"
    yield rows["published"].isna(), "no date of publication", "give the day on which the figure became public"
    if "written" in rows:
        undated = rows["status"].eq("inference") & rows["written"].isna()
        yield undated, "judgements without the day on which they were written", "give written"
        yield rows["written"] < rows["published"], "written before it could be used", "correct written or published"


def _numbers(name: str, rows: pd.DataFrame, raw: Mapping, units: Mapping) -> Iterator[Problem]:
    """Values that are possible, within their ranges, in one unit a key, and as sure as their source."""
    if "low" not in rows:
        return
    numbers, (value, low, high) = rows[["value", "low", "high"]], (rows[c] for c in ("value", "low", "high"))
    least, signed = numbers.min(axis=1), rows["unit"].isin(units[name]["signed"])
    yield np.isinf(numbers).any(axis=1), "figures without end", "write the number that was published"
    below, nought = ~signed & (least < 0), ~signed & (least == 0) & (not units[name]["zero"])
    yield below, "negative amounts", "correct the sign, or allow it for the unit in data/datapackage.json"
    remedy = "leave the row out if there was none, or give the status missing if it is not known"
    yield nought, "amounts of zero", remedy
    yield (value < low) | (value > high) | (low > high), "values outside their own range", "correct value, low or high"
    half = (low == high) | (value.notna() & (low.isna() != high.isna()))
    yield half, "a range with one end only, or of no width", "give low and high, or leave both empty"
    empty, missing = numbers.isna().all(axis=1), rows["status"] == "missing"
    yield empty & ~missing, "figures without a number", "give a value or a range, or the status missing"
    yield missing & value.notna(), "missing figures with a number", "give the status the number deserves"
    recalled = rows["source"].map(raw["sources"].set_index("id")["terms"]).eq("none")
    better = ~rows["status"].isin(["unverified", "missing"])
    yield recalled & better, "recalled figures with a better status than unverified", "name the source"
    keys = list(rows.columns[: rows.columns.get_loc("period" if "period" in rows else "unit")])
    several = rows.groupby(keys)["unit"].transform("nunique") > 1
    yield several & ("period" in rows), "two units for one key", "give each unit a measure of its own"


def _overlaps(rows: pd.DataFrame) -> Iterator[Problem]:
    """Months that two rows published together, of one term, give to different regimes."""
    spans = rows["period"].map(_span)
    said = [*zip(spans, zip(rows["published"], rows["term"], strict=True), rows["regime"], strict=True)]
    wrong = [
        any(a and b and a[0] <= b[1] and b[0] <= a[1] and same == also and regime != other for b, also, other in said)
        for a, same, regime in said
    ]
    remedy = "end the one where the other begins, or give the newer one the later day of publication"
    yield pd.Series(wrong, index=rows.index), "two regimes for the same months", remedy


def _episodes(rows: pd.DataFrame) -> Iterator[Problem]:
    """A suspect fiscal year, its surge inside it, and a typical year before it."""
    years = rows[["year", "before"]].map(fiscal.is_fiscal_year).all(axis=1)
    yield ~years, "year or before is no fiscal year", "write FY25 for April 2024 to March 2025"
    year, surge, before = (rows[column].map(_span) for column in ("year", "surge", "before"))
    outside = [bool(y and s and not y[0] <= s[0] <= s[1] <= y[1]) for y, s in zip(year, surge, strict=True)]
    late = [bool(y and b and b[1] >= y[0]) for y, b in zip(year, before, strict=True)]
    yield pd.Series(outside, rows.index), "a surge outside its year", "name a part of the year, or leave it empty"
    yield pd.Series(late, rows.index), "a typical year that is not before the suspect one", "correct before or year"


def _future(raw: Mapping[str, pd.DataFrame], today: date | None) -> list[tuple]:
    if today is None:
        return []
    found = []
    for name in tables.DATED:
        days = [column for column in ("published", "written") if column in raw[name]]
        late = (raw[name][days] > pd.Timestamp(today)).any(axis=1)
        remedy = "correct the day: what is not public yet is a what-if (`india.adding`) or a row of outlooks.csv"
        found += _told(name, raw[name], [(late, f"published after today, {today}", remedy)])
    return found


def _readable(folder: Path, today: date, units: Mapping, faulty: bool) -> list[tuple]:
    """Corrections that do not fit, rules that cannot be read, and two figures that were equally good on some day."""
    errors, found = [], []
    try:
        india = vintage(today, folder)
        found = [*_corrected(india, units), *unfit(india)]
    except DataError as error:
        errors.append(error)
    except ValueError:
        if not faulty:  # what was found so far, such as a period that there is not, stops the rest
            raise
    for table in (table for name, table in tables.read(folder).items() if name in tables.DATED and table.keys):
        of = zip(table.column("published"), table.column("status"), table.keyed(), strict=True)
        rivals = Counter((day, status, key) for day, status, (key, _) in of)
        for day in sorted({day for (day, *_), count in rivals.items() if count > 1}):
            try:
                public.choose(public.until(table, day), table)
            except DataError as error:
                errors.append(error)
    return found + [tables.told(text) for text in dict.fromkeys(map(str, errors))]


def _corrected(india: Vintage, units: Mapping) -> list[tuple]:
    """The numbers that corrections put in the place of published ones, held to the same rules."""
    found = []
    sources = {"sources": india.sources.reset_index()}
    for name in dict.fromkeys(india.written["corrections"].column("table")):
        rows = public.correct(india.written[name], india.written["corrections"]).frame()
        rows = rows[rows["note"].str.startswith("corrected from")]
        for wrong, problem, remedy in _numbers(name, rows, sources, units):
            if wrong.any():
                text = f"corrections put {problem} into data/{name}.csv"
                found.append(("corrections.csv", tables.first_rows(rows[wrong]), text, remedy))
    return found


def _latest(folder: Path | None) -> date:
    raw = tables.read(folder)
    return max(day for name in tables.DATED for day in raw[name].column("published") if day is not None)


def _span(period: str) -> tuple[date, date] | None:
    try:
        return fiscal.span(period)
    except ValueError:
        return None
