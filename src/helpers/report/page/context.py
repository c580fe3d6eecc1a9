"""What all pages of one report share: its day, its parameters, its chapters, its sources, and how it was made."""

import json
from collections.abc import Sequence
from pathlib import Path

from helpers import __version__, fiscal, paths
from helpers.chapters import canvas, words
from helpers.data import Vintage, number
from helpers.outlook import episodes, targets
from helpers.report import gate
from helpers.report.parameters import Parameters, command, defaults, given, plain, shown
from helpers.report.shelf.inputs import chapters, commit

STALE_DAYS = 120

SCENARIOS = "5-scenarios"
"""The chapter beside which the explorer stands."""


def frame(parameters: Parameters, india: Vintage, notices: Sequence[str] = ()) -> dict:
    """The values that the templates fill in; the same for the same inputs and commit.

    ``notices``, of the sources that were asked before, stand above others. DataError if no figure of India's magnet
    imports was public on the day.
    """
    text, old = _newest(india)
    values = shown(parameters)
    asked, year = given(values), fiscal.year_name(fiscal.fiscal_year(india.day))
    return {
        "name": "index",
        "home": "index.html",
        "as_of": str(india.day),
        "chapters": [{"name": path.stem, "short": short(path.stem), "title": _title(path)} for path in chapters()],
        "explorer": SCENARIOS if any(path.stem == SCENARIOS for path in chapters()) else "",
        "given": asked,
        "defaults": {name: value for name, value in values.items() if name not in asked},
        "assumed": assumed(asked, india),
        "newest": text,
        "notices": [*notices, *([old] if old else []), *_backcast(india)],
        "stale": bool(old),
        "synthetic": canvas.SYNTHETIC if india.synthetic else "",
        "year": f"{year} is the fiscal year from {_ends(year)}.",
        "sources": india.sources.fillna("").to_dict("index"),
        "code": code_text(),
        "command": command(asked),
    }


def short(name: str) -> str:
    """A chapter's name in the navigation: ``6-track-record`` is Track record."""
    return name.partition("-")[2].replace("-", " ").capitalize()


def assumed(asked: dict, india: Vintage) -> str:
    """What was asked for instead of the defaults, in words; a parameter in tonnes takes the place of a figure."""
    said = []
    for name, value in asked.items():
        default = defaults().get(name)
        if name.endswith("_t"):
            published = _baseline(india) if default is None else default
            instead = f"an assumption instead of the published {number(published)} t"
            said.append(f"{name.removesuffix('_t')} {number(value)} t, {instead}")
        elif name != "as_of":
            said.append(f"{name.replace('_', ' ')} {plain(value)} instead of {plain(default)}")
    return f"With {'; with '.join(said)}." if said else ""


def code_text() -> str:
    """The commit in words."""
    if not paths.CLONE:
        return f"Code: the installed package magnet-outlook {__version__}."
    known = commit()
    if known["commit"] is None:
        return "The code is in no version control."
    changes = ", with changes that are not in it" if known["dirty"] else ""
    return f"Code: commit {known['commit'][:12]}{changes}."


def _newest(india: Vintage) -> tuple[str, str]:
    """Which figure of imports became public last, and, if that is old, a notice of it; both in words."""
    rows = gate.reported(india)
    published = rows["published"].max()
    rows = rows[rows["published"] == published]
    period = max(rows["period"], key=lambda text: fiscal.span(text)[1])
    age = (india.day - published.date()).days
    before = f"{number(age)} {'day' if age == 1 else 'days'} before this report" if age else "the day of this report"
    how = "was fetched" if rows["source"].isin(india.feeds).all() else "became public"
    old = f"These figures are old. The newest of India's imports, for {words.period(period)}, {how} {before}."
    spelt = f"{period} ({_ends(period)})" if period.startswith("FY") else words.period(period)
    text = f"The newest figure of India's magnet imports, for {spelt}, {how} on {words.day(published)}, {before}."
    return text, old if age > STALE_DAYS else ""


def _baseline(india: Vintage) -> float:
    """The published tonnes from which a forecast starts: of the suspect year, or of the last where none is suspect."""
    totals, episode = targets.totals(india, targets.CUSTOMS.name)["value"], episodes.suspect(india)
    return totals[episode.year] if episode else totals.iloc[-1]


def _backcast(india: Vintage) -> list[str]:
    """What a reader of a past day must know: that judgements were written later, how many and when."""
    later = india.backcast["written"]
    if later.empty:
        return []
    what, was = ("judgement", "was") if len(later) == 1 else ("judgements", "were")
    return [
        f"A back-cast: the figures are those public on {words.day(india.day)}, but {number(len(later))} {what} behind "
        f"this report {was} written later, up to {words.day(later.max())}. It could not have been written like this "
        "on its day."
    ]


def _ends(period: str) -> str:
    """The first and the last month of a period."""
    return " to ".join(words.month(month) for month in fiscal.months(period)[[0, -1]])


def _title(path: Path) -> str:
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
    return "".join(first).splitlines()[0].removeprefix("# ").strip()
