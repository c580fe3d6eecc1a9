"""A page for each of some lines of a panel, from one notebook: `notebooks/lines.ipynb`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from pydantic import Field, ValidationError

from helpers import paths
from helpers.chapters import canvas
from helpers.chapters.lines import view
from helpers.data import DataError, vintage
from helpers.report.job import Chapter, End, Outcome
from helpers.report.page import context, html, offered
from helpers.report.parameters import ParameterError, Parameters
from helpers.report.run import leftovers
from helpers.report.run.spread import spread
from helpers.report.shelf import files, publish
from helpers.screen.cluster import UnsafeError
from helpers.screen.panel import opened

NOTEBOOK = "lines.ipynb"
_CODES = r"^(all|\d{2,8}(\s*,\s*\d{2,8})*)$"


class LineParameters(Parameters):
    """What the notebook of lines can be asked for."""

    hs: str = Field(default="850511", pattern=_CODES, description="codes of lines, or all")
    panel: str = Field(default="", description="folder of a panel of trade")


def made(
    lines: str, panel: Path | None, as_of: date, output: Path, timeout: int = 120, jobs: int = 1, on: str = "local"
) -> list[Outcome]:
    """Render a page a line into ``<output>/lines``; what was there under its name is replaced when it is whole.

    ``lines`` are codes of lines or what they begin with, with commas between, a page each; ``all`` is the ranked table.
    ``panel`` is a folder; the project's tables if not given. An outcome a page, in the order of ``lines``.
    """
    root = output.absolute() / "lines"
    held = str(panel.absolute()) if panel else ""
    try:
        wanted = [LineParameters(as_of=as_of, hs=hs.strip(), panel=held) for hs in dict.fromkeys(lines.split(","))]
        absent = view.absent(vintage(as_of), held, [one.hs for one in wanted])
        there = [one for one in wanted if one.hs not in absent]
        with publish.only_run(root), leftovers.settings(), leftovers.archive(paths.archive()):
            with spread(on, jobs) as run, ThreadPoolExecutor(jobs) as pool:
                told = list(pool.map(lambda one: run(paths.NOTEBOOKS / NOTEBOOK, one, timeout), there))
            done = dict(zip((one.hs for one in there), told, strict=True))
            return [_page(root, done[one.hs], one, there) if one.hs in done else
                    Outcome(End.BAD_PARAMETERS, f"--lines: {absent[one.hs]}") for one in wanted]  # fmt: skip
    except ValidationError:
        return [Outcome(End.BAD_PARAMETERS, f"--lines {lines!r}: write codes such as 850511,2846 or `all`")]
    except (ParameterError, UnsafeError) as error:
        return [Outcome(End.BAD_PARAMETERS, str(error))]
    except DataError as error:
        return [Outcome(End.BAD_DATA, str(error))]
    except publish.LockedError as error:
        return [Outcome(End.LOCKED, str(error))]
    except OSError as error:
        return [Outcome(End.NOT_WRITTEN, f"could not write: {error.strerror or error}")]


def _page(root: Path, chapter: Chapter, asked: LineParameters, wanted: list[LineParameters]) -> Outcome:
    if chapter.end is not End.OK:
        cell = f", cell {chapter.cell['number']}" if chapter.cell.get("number") else ""
        return Outcome(chapter.end, f"line {asked.hs}{cell}: {chapter.error}")
    india = vintage(asked.as_of)
    shared = context.frame(Parameters(as_of=asked.as_of), india)
    titles = {one.hs: "Every line" if one.hs == "all" else f"HS {one.hs}" for one in wanted}
    synthetic = bool(asked.panel) and opened(Path(asked.panel)).synthetic
    which = " ".join([f"--lines {','.join(titles)}", *(["--panel PANEL"] if asked.panel else [])])
    shared |= {
        "name": asked.hs, "home": f"{wanted[0].hs}.html", "notices": [], "stale": False, "newest": "",
        "chapters": [{"name": hs, "short": title, "title": title} for hs, title in titles.items()],
        "command": f"magnets report --as-of {asked.as_of} {which}",
        "synthetic": canvas.SYNTHETIC if synthetic else shared["synthetic"],
    }  # fmt: skip
    try:
        body = html.chapter(asked.hs, offered.offered(chapter.notebook, india), shared)
    except html.PageError as error:
        return Outcome(End.CELL_ERROR, str(error))
    files.replace(root / "glossary.html", html.plain("glossary", shared | {"name": "glossary"}))
    return Outcome(End.OK, str(files.replace(root / f"{asked.hs}.html", body)))
