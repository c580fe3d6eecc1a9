"""One report from first check to last page: validate, run the chapters, publish."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpers import load, validate
from helpers.report import publish
from helpers.report.parameters import Parameters
from helpers.report.run import Chapter, End, chapters, run_chapter


@dataclass(frozen=True)
class Outcome:
    """How a report ended, and what to tell."""

    end: End
    text: str


def report(parameters: Parameters, root: Path, timeout: int = 120) -> Outcome:
    """Render every chapter for one set of parameters into ``root``.

    Nothing is published unless all chapters end well; a failure is written under ``root/failed``.
    """
    from filelock import Timeout

    try:
        with publish.only_run(root):
            return _report(parameters, root, timeout)
    except Timeout:
        return Outcome(End.LOCKED, f"another run is writing to {root}; wait for it to end")
    except load.DataError as error:
        return Outcome(End.BAD_DATA, f"{error}\n\nthe data are not fit for a report; nothing was written")


def _report(parameters: Parameters, root: Path, timeout: int) -> Outcome:
    notebooks = chapters()
    inputs = publish.fingerprint(parameters, notebooks)
    if (published := publish.unchanged(root, inputs)) is not None:
        return Outcome(End.OK, f"unchanged: {published / 'index.html'}")
    validate.require_valid()
    with tempfile.TemporaryDirectory() as scratch, _progress(len(notebooks)) as tell:
        done: list[Chapter] = []
        for path in notebooks:
            done.append(run_chapter(path, parameters, Path(scratch), timeout))
            tell(done[-1])
    worst = max(chapter.end for chapter in done)
    if worst is End.OK:
        folder = publish.publish(root, done, parameters, inputs)
        return Outcome(End.OK, str(folder / "index.html"))
    folder = publish.publish_failure(root, done, parameters, inputs)
    first = next(chapter for chapter in done if chapter.end is worst)
    return Outcome(
        worst,
        f"{first.name}: {first.error.splitlines()[-1] if first.error else worst.name}\nsee {folder / 'index.html'}",
    )


@contextmanager
def _progress(total: int) -> Iterator:
    """A bar on a terminal, a plain line a chapter elsewhere."""
    if not sys.stderr.isatty():
        yield lambda chapter: print(
            f"{chapter.name}: {chapter.end.name.lower()}, {chapter.seconds:.1f} s", file=sys.stderr
        )
        return
    from rich.progress import Progress

    with Progress(transient=True) as bar:
        task = bar.add_task("chapters", total=total)
        yield lambda chapter: bar.update(task, advance=1, description=chapter.name)
