"""The lines of a panel that are meant, with what is known of them and what the screen finds."""

import tempfile
from bisect import bisect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from helpers.data import DataError, Vintage, ids, sources_of
from helpers.screen import findings, forecasts, panel, parts, ranked, series
from helpers.screen.panel import NOBODY, Panel
from helpers.screen.rules import Rules

EVERY = "all"  # what is asked for to see the whole ranked table, and of the lines the first of it


@dataclass(frozen=True)
class View:
    """Some lines of a panel: their rows, their years, and what is found; what a figure asks of a vintage, too.

    ``hs`` are codes of the lines or what they begin with, as given: ``850511`` or ``8505,2846``; ``rows`` have the
    columns of the panel; ``years``, by ``year``, ``own_t, own_usd_m, their_t, their_usd_m`` of all these lines and
    ``source``; ``found`` is :func:`helpers.screen.findings.found`, of every line where ``all`` is asked for.
    """

    hs: str
    day: date
    synthetic: bool
    rows: pd.DataFrame = field(repr=False)
    years: pd.DataFrame = field(repr=False)
    found: dict[str, pd.DataFrame] = field(repr=False)
    names: dict[str, str] = field(repr=False)
    home: str = "IND"

    def publishers(self, sources: Iterable[str]) -> str:
        """Who stands behind some sources, in a few words."""
        return ", ".join(dict.fromkeys(self.names.get(one, one) for one in sorted(sources))) or "the panel"

    @property
    def newest(self) -> pd.Series:
        """The newest year that the home country counts."""
        return self.years.dropna(subset="own_usd_m").iloc[-1]

    @property
    def ranked(self) -> pd.DataFrame:
        """:func:`helpers.screen.ranked.ranked` of what is found."""
        return ranked.ranked(self.found)


def looked(india: Vintage, folder: str, hs: str) -> View:
    """Look at some lines: ``hs`` are codes or what they begin with, with commas between, or ``all``.

    ``folder`` is that of a panel; the tables of the vintage if it is empty. A ``DataError`` if the panel cannot be read
    or has no such line.
    """
    with _held(india, folder) as held:
        return _seen(india, held, hs, folder)


def absent(india: Vintage, folder: str, codes: Iterable[str]) -> dict[str, str]:
    """Which of some codes no line begins with, and what is there instead; folder as of :func:`looked`."""
    with _held(india, folder) as held:
        return _absent(held, [code for code in codes if code != EVERY], folder)


def _absent(held: Panel, codes: Iterable[str], folder: str) -> dict[str, str]:
    """What to say of each code that no line begins with, with the two lines before and after it."""
    where, more = f"the panel in {folder} has", ""
    if not folder:
        where, more = "the project's tables have", "; a panel may have it"
    said, there = {}, held.lines()
    for code in codes:
        if not any(hs.startswith(code) for hs in there):
            place = bisect(there, code)
            near = ", ".join(there[max(place - 2, 0) : place + 2])
            said[code] = f"{where} no line {code}: of {len(there)} the nearest are {near}{more}"
    return said


@contextmanager
def _held(india: Vintage, folder: str) -> Iterator[Panel]:
    """The panel in a folder, or that of the tables of a vintage while it is looked at."""
    if folder:
        yield panel.opened(Path(folder))
        return
    with tempfile.TemporaryDirectory() as made:
        yield panel.of(india, Path(made) / "panel")


def _seen(india: Vintage, held: Panel, hs: str, folder: str) -> View:
    rules, found = Rules.of(india), {}
    if hs == EVERY:
        found = parts.screened(parts.plan(held, rules, held.folder / "screen"))
        worst = ranked.ranked(found)
        hs = (worst if len(worst) else found["lines"])["hs"].iloc[0]
    codes = [code.strip() for code in hs.split(",") if code.strip()]
    if not codes or not all(map(str.isdigit, codes)):
        raise DataError(f"{hs!r}: give codes of lines or what they begin with, or {EVERY!r}")
    if missing := _absent(held, codes, folder):
        raise DataError("; ".join(missing.values()))
    rows = held.history(codes)
    own, their = rows["reporter"] == held.home, rows["partner"] == held.home
    rows = rows[(own & (rows["flow"] == "import")) | (their & (rows["flow"] == "export"))]
    of = rows["hs"].drop_duplicates()
    whole = forecasts.whole(held, rules.ahead)
    ends = [(line, line) for line in of] if len(codes) > 1 else [(of.iloc[0], of.iloc[-1])]
    blocks = [series.loaded(held, *between, whole) for between in ends]
    if not found:
        told = [findings.found(block, rules) for block in blocks]
        found = {name: pd.concat([one[name] for one in told], ignore_index=True) for name in findings.TABLES}
    years = _years(blocks, rows)
    if years["own_usd_m"].dropna().empty:
        raise DataError(f"of {hs} the panel holds no whole year of {held.home}'s own count")
    names = {one: india.publishers([one]) for one in sources_of(*rows["source"].dropna())} | dict(held.names)
    return View(hs, india.day, held.synthetic or india.synthetic, rows, years, found, names, held.home)


def _years(blocks: list[series.Block], rows: pd.DataFrame) -> pd.DataFrame:
    whole = pd.concat([block.totals for block in blocks])
    table = whole.groupby("year")[["own_t", "own_usd_m", "their_t", "their_usd_m"]].sum(min_count=1)
    source = rows.assign(year=rows["period"].str[:4].astype(int)).groupby("year")["source"]
    return table.assign(source=source.agg(lambda of: ids(*of.dropna()))).rename(index=str)


def suppliers(view: View) -> pd.DataFrame:
    """Countries of the newest year by value: ``usd_m, t, share`` (per cent, of all), ``source``; largest first."""
    year = view.newest.name
    rows = view.rows[(view.rows["flow"] == "import") & (view.rows["reporter"] == view.home)]
    rows = rows[~rows["partner"].isin(NOBODY) & (rows["period"].str[:4] == year)]
    given = rows["period"].str.len() == 4
    rows = rows[given] if given.any() else rows
    table = rows.groupby("partner").agg(
        usd_m=("value", "sum"), t=("weight", "sum"), source=("source", lambda of: ids(*of.dropna()))
    )
    table = table.assign(share=table["usd_m"] / max(view.newest["own_usd_m"], table["usd_m"].sum()) * 100)
    return table.sort_values("usd_m", ascending=False, kind="stable")[["usd_m", "t", "share", "source"]]


def ahead(view: View) -> pd.DataFrame:
    """What comes next, by ``year``: ``low, middle, high`` in million dollars, ``source``; of one line, or nothing."""
    codes, table = set(view.rows["hs"]), view.found["forecasts"]
    table = table[table["hs"].isin(codes) & (table["partner"] == forecasts.ALL) & (len(codes) == 1)]
    table = table.assign(year=table["year"].astype(str), source=ids(*view.years["source"]))
    return table.set_index("year")[[*forecasts.LEVELS, "source"]]


def faults(view: View) -> pd.DataFrame:
    """The ranked table with heads that readers see."""
    heads = {"hs": "line", "how": "how it misleads", "usd_m": "at stake, million USD", "evidence": "evidence"}
    return view.ranked[list(heads)].rename(columns=heads)
