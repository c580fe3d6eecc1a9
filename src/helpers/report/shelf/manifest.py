"""The record of a run, ``run.json``: what it was made from, with what, and what it took."""

import re
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from helpers.data import Vintage, tables
from helpers.report.job import Chapter, Job
from helpers.report.page import html
from helpers.report.page.context import command
from helpers.report.parameters import given, shown
from helpers.report.run.chapter import kernel_name
from helpers.report.shelf import version
from helpers.report.shelf.inputs import seeds


def content(
    folder: str, chapters: list[Chapter], job: Job, india: Vintage, answer: str, files: dict[str, str]
) -> dict[str, Any]:
    """Everything about a run that is not a page; times and memory stand here only.

    Parameters
    ----------
    folder : str
        Name of the report's folder.
    chapters : list of Chapter
    job : Job
        Parameters and the hashes of the files the report was made from.
    india : Vintage
        What was public on its day.
    answer : str
        The first sentence of the report.
    files : dict
        SHA-256 of every other file of the folder.
    """
    values = shown(job.parameters)
    return {
        "folder": folder,
        "end": max(chapter.end for chapter in chapters).name.lower(),
        "answer": answer,
        "command": command(given(values)),
        "parameters": values,
        "given": given(values),
        "inputs": job.inputs,
        "data": {name: {"sha256": digest} | _vintage(name, india) for name, digest in job.files["data"].items()},
        "lock": job.files["lock"],
        "code": version.commit() | {group: job.files[group] for group in ("notebooks", "helpers")},
        "seeds": seeds(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "kernel": kernel_name(),
        "versions": version.versions(),
        "chapters": {chapter.name: _chapter(chapter) for chapter in chapters},
        "headers": html.headers().splitlines(),
        "files": files,
    }


def _vintage(file: str, india: Vintage) -> dict:
    """Of a table with dates: how many rows and sources it had on the day, and when its newest row became public."""
    name = file.removesuffix(".csv")
    if name not in tables.DATED:
        return {}
    rows = india.table(name, vintages=True)
    newest = max(pd.to_datetime(rows["published"]).dt.date, default=None)
    named = {source for text in rows.get("source", []) for source in str(text).split()}
    return {"rows": len(rows), "sources": len(named), "newest": newest and str(newest)}


def _chapter(chapter: Chapter) -> dict:
    cells = {
        cell["id"]: round(seconds, 3)
        for cell in chapter.notebook.cells
        if (seconds := cell.metadata.get("papermill", {}).get("duration")) is not None
    }
    kept = {
        "end": chapter.end.name.lower(),
        "seconds": round(chapter.seconds, 2),
        "peak_mb": chapter.peak_mb,
        "cells": cells,
    }
    if chapter.error:
        kept |= {"cell": chapter.cell, "error": re.sub(r"\x1b\[[\d;]*m", "", chapter.error)}
    return kept
