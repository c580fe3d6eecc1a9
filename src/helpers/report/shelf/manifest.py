"""The record of a run, ``run.json``: what it was made from, with what, and what it took."""

import platform
import re
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import pandas as pd

from helpers.data import load
from helpers.report.job import Job
from helpers.report.page.context import command, commit
from helpers.report.parameters import given, shown
from helpers.report.run.chapter import Chapter, kernel_name
from helpers.report.shelf.inputs import seeds

PACKAGES = ("magnet-outlook", "pandas", "numpy", "seaborn", "statsmodels", "papermill", "nbconvert", "ipykernel")


def record(folder: str, chapters: list[Chapter], job: Job, answer: str, files: dict[str, str]) -> dict:
    """Everything about a run that is not a page; times and memory stand here only.

    Parameters
    ----------
    folder : str
        Name of the report's folder.
    chapters : list of Chapter
    job : Job
        Parameters and the hashes of the files the report was made from.
    answer : str
        The first sentence of the report.
    files : dict
        SHA-256 of every other file of the folder.
    """
    return {
        "folder": folder,
        "end": max(chapter.end for chapter in chapters).name.lower(),
        "answer": answer,
        "command": command(given(job.parameters)),
        "parameters": shown(job.parameters),
        "given": given(job.parameters),
        "inputs": job.inputs,
        "data": {name: {"sha256": digest} | _vintage(name, job) for name, digest in job.files["data"].items()},
        "lock": job.files["lock"],
        "code": commit() | {group: job.files[group] for group in ("notebooks", "helpers")},
        "seeds": seeds(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "kernel": kernel_name(),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "chapters": {chapter.name: _chapter(chapter) for chapter in chapters},
        "files": files,
    }


def _vintage(name: str, job: Job) -> dict:
    """Of a table with dates: how many sources it names and when its newest figure became public, by ``as_of``."""
    stem, _, kind = name.rpartition(".")
    if kind != "csv":
        return {}
    try:
        rows = load.raw(stem)
    except load.DataError:  # a file that datapackage.json does not name
        return {}
    if not {"published", "source"} <= set(rows.columns):
        return {"rows": len(rows)}
    rows = rows[rows["published"] <= pd.Timestamp(job.parameters.as_of)]
    newest = rows["published"].max()
    return {
        "rows": len(rows),
        "sources": rows["source"].nunique(),
        "newest": None if pd.isna(newest) else str(newest.date()),
    }


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


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
