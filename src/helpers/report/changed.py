"""What a report says of the one before it in its folder: a sentence, a figure and a table."""

import io
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from helpers.chapters import revision as words
from helpers.chapters.outputs import MIME, Figure, Sentence, Table, joined
from helpers.chapters.words import day as written
from helpers.data import ASSUMED, Vintage
from helpers.outlook.revision import State
from helpers.report import diff
from helpers.report.job import Chapter, Job
from helpers.report.page import html
from helpers.report.parameters import Parameters

MOST = 8
"""Forecasts that a report makes to tell what moved: the fewer, the more figures are put together."""


def changed(root: Path, before: dict | None, job: Job, india: Vintage, chapters: list[Chapter]) -> dict | None:
    """What moved the forecast since the report :func:`.archive.before`, as cells show it; None without a forecast.

    Payloads ``sentence``, ``figure`` and ``table``, the latter two None where nothing moved; ``previous``, the folder
    that this is compared with. Nothing is reckoned where the forecast has not moved.
    """
    told = _headline(chapters)
    if told is None:
        return None
    if before is None:
        return _shown("", words.FIRST)
    name, day, target = before["folder"], before["parameters"]["as_of"], job.parameters.target
    try:
        earlier = diff.published(root / name)
        ends = _ends(earlier, told, job.parameters)
        if ends.empty:
            return _shown(name, words.apart(day, target))
        period = words.year(ends, india)
        moved = words.moved(ends, period)
        things = _reckoned(root / name, job, india, told, period) if moved else (words.since(ends, period, day),)
        return _shown(name, joined(things[0], words.beside(earlier, told, target, period, day, india)), *things[1:])
    except (ValueError, LookupError, ArithmeticError, TypeError, OSError) as error:  # it must not cost the report
        return _shown(name, words.unknown(day, f"{type(error).__name__}: {error}"))


def _reckoned(folder: Path, job: Job, india: Vintage, told: pd.DataFrame, period: str) -> tuple:
    """Sentence, figure and table of what moved the forecast of a year."""
    asked, old = job.parameters, diff.of_report(folder)
    new = diff.Side(str(asked.as_of), State(india, asked.target, asked.horizon, asked.baseline_t, told))
    found, _ = diff.revised(old, new, [asked.target], MOST)
    rows = words.listed(found.table, period, found.ends["unit"].iloc[0])
    return (
        words.since(found.ends, period, old.day, found.table),
        words.bars(found.ends, found.table, period, old.day, india=india),
        Table(rows, f"What moved the forecast of {period} since the report of {written(old.day)}", 0),
    )


def _headline(chapters: list[Chapter]) -> pd.DataFrame | None:
    """What the chapters of a report publish of its forecast."""
    files = (file for chapter in chapters for file in html.payloads(chapter.notebook, "file"))
    text = next((file["text"] for file in files if file["name"].endswith("headline.csv")), "")
    return pd.read_csv(io.StringIO(text)) if text else None


def _ends(before: pd.DataFrame, after: pd.DataFrame, asked: Parameters) -> pd.DataFrame:
    """What both publish of the target, as a revision has it."""
    keys = ["target", "period", "quantile", "unit"]
    both = before.rename(columns={"value": "before"}).merge(after.rename(columns={"value": "after"}), on=keys)
    source = "" if asked.baseline_t is None else ASSUMED
    return both.loc[both["target"] == asked.target, [*keys, "before", "after"]].assign(source=source)


def _shown(previous: str, *things: Sentence | Figure | Table) -> dict:
    """Payloads of a sentence and, if there are any, of a figure and a table."""
    payloads = [thing._repr_mimebundle_()[MIME] for thing in things]
    return {"previous": previous, **dict(zip_longest(("sentence", "figure", "table"), payloads))}
