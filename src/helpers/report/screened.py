"""What the command ``magnets screen`` does and says."""

from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.chapters import outputs
from helpers.data import DataError, Vintage, vintage
from helpers.data.archive import versions
from helpers.data.sources.shown import progress
from helpers.report.shelf import files as shelf
from helpers.screen import panel, parts, ranked, read
from helpers.screen.panel import Panel
from helpers.screen.rules import Rules

MARK = "SYNTHETIC: made-up figures for a demonstration; nothing here is a finding"


def screen(
    files: list[Path], as_of: str, on: str, workers: int | None, output: Path, top: int, quiet: bool
) -> list[str]:
    """Screen a panel, keep what is found beside it, and tell the first lines of it.

    ``files`` are a folder with a panel, or files of a publisher; if none, the archive, else the project's own tables.
    """
    india = vintage(as_of)
    held = opened(files, india, output / "panel")
    todo = parts.plan(held, Rules.of(india), held.folder / "screen")
    with progress(quiet) as tell:
        found = parts.screened(todo, on, workers, lambda done: tell("parts of whole lines", done, len(todo)))
    if found["lines"].empty:
        raise DataError(f"{held.folder} has no whole year that {held.home} counts")
    table = ranked.ranked(found)
    output.mkdir(parents=True, exist_ok=True)
    for name, rows in {**found, "ranked": table}.items():
        shelf.replace(output / f"{name}.csv", outputs.csv(rows))
    told = lines(table.head(top), len(found["lines"]), len(table))
    return [*([MARK] if held.synthetic else []), *told, str(output / "ranked.csv")]


def opened(files: list[Path], india: Vintage, made: Path) -> Panel:
    """The panel that is meant: one that is there, or one made of files, of the archive, of the project's tables."""
    if len(files) == 1 and (files[0] / "panel.json").is_file():
        return panel.opened(files[0])
    if files:
        return read.files(files, made)
    archive = versions.held(paths.archive(), india.day)
    return read.archived(archive, made) if archive else panel.of(india, made)


def lines(table: pd.DataFrame, of: int, all_: int) -> list[str]:
    """A ranked table as lines of text."""
    if table.empty:
        return [f"none of {of:,} lines misleads by these rules"]
    told = [f"{all_:,} of {of:,} lines; the first {len(table)}:" if all_ > len(table) else f"{all_:,} of {of:,} lines:"]
    return told + [f"{rank:>4}  {row.hs:<8}  {row.how}: {row.evidence}" for rank, row in table.iterrows()]
