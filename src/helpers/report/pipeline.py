"""Make reports: validate the data, run the chapters side by side, turn them into pages, publish."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from helpers.data import load, rules
from helpers.kernel.provisioner import wake
from helpers.report.job import Job, Outcome, not_written
from helpers.report.page import html
from helpers.report.page.context import frame
from helpers.report.parameters import for_notebook
from helpers.report.run.chapter import Chapter, End, kernel_name, run_chapter
from helpers.report.shelf import publish
from helpers.report.shelf.inputs import chapters, inputs


def make(jobs: list[Job], root: Path, timeout: int, threads: int) -> list[Outcome]:
    """Run and publish reports; those of invalid data or a failed chapter tell so, the others go on.

    Reports are published in the order of ``jobs``, whichever chapter ends first. A chapter that would get the
    same parameters in several of them runs once.
    """
    if kernel_name() == "magnets":
        wake()  # its parent has imported the stack by the time the data are found valid
    try:
        rules.require_valid()
    except load.DataError as error:
        return [Outcome(End.BAD_DATA, f"{error}\n\nthe data are not fit for a report; nothing was written")] * len(jobs)
    notebooks = _longest_first(chapters(), root)
    plans = [_plan(job, notebooks) for job in jobs]
    todo: dict[str, tuple[Path, Job]] = {}
    for job, (_, seen) in zip(jobs, plans, strict=True):
        for path, key in seen.items():
            todo.setdefault(key, (path, job))
    with _progress(len(todo)) as tell, ThreadPoolExecutor(threads) as pool:

        def run(path: Path, job: Job) -> Chapter:
            chapter = run_chapter(path, job.parameters, timeout)
            tell(chapter if len(jobs) == 1 else replace(chapter, name=_named(chapter, job)))
            return chapter

        running: dict[str, Future] = {}
        try:
            running |= {key: pool.submit(run, path, job) for key, (path, job) in todo.items()}
            return [
                _finish(job, root, shared, [running[seen[path]] for path in sorted(seen)])
                for job, (shared, seen) in zip(jobs, plans, strict=True)
            ]
        except BaseException:
            _stop(pool, running)
            raise


def _stop(pool: ThreadPoolExecutor, running: dict[str, Future]) -> None:
    """Begin no more chapters and end those that run, also one whose kernel is only starting."""
    from helpers.report.run import papermill_engine

    pool.shutdown(wait=False, cancel_futures=True)
    while not all(chapter.done() for chapter in running.values()):
        papermill_engine.kill_all()
        wait(running.values(), timeout=0.1)


def _longest_first(notebooks: list[Path], root: Path) -> list[Path]:
    """By the seconds each took in the newest report: begun last, the longest would keep one core waiting for it.

    Of those that no report has, the last goes first: later chapters build on more.
    """
    newest = next(iter(publish.records(root)), {"chapters": {}})["chapters"]
    seconds = {name: chapter["seconds"] for name, chapter in newest.items()}
    return sorted(notebooks, key=lambda path: (seconds.get(path.stem, float("inf")), path.stem), reverse=True)


def _plan(job: Job, notebooks: list[Path]) -> tuple[dict | str, dict[Path, str]]:
    """What all pages of a report share, and for each notebook what it gets to see; or why there is no report."""
    try:
        shared = frame(job.parameters)
    except load.DataError as error:
        return str(error), {}
    return shared, {path: json.dumps([path.name, for_notebook(path, job.parameters)]) for path in notebooks}


def _finish(job: Job, root: Path, shared: dict | str, running: list[Future]) -> Outcome:
    if isinstance(shared, str):
        return Outcome(End.BAD_DATA, f"{shared}\nnothing was written")
    worst = End.CELL_ERROR
    try:
        done = [_with_page(chapter.result(), shared) for chapter in running]
        worst = max(chapter.end for chapter in done)
        if changed := _changed(job.files, inputs()):
            text = f"{', '.join(changed[:5])} changed while the report was made; nothing was written: run it again"
            return Outcome(End.BAD_DATA, text)
        if worst is End.OK:
            return _archived(root, publish.publish(root, done, job, shared) / "index.html")
        folder = publish.publish_failure(root, done, job, shared)
    except OSError as error:
        return not_written(error)
    except Exception as error:  # whatever a library could not do with this report: the others go on
        reason = str(error) if isinstance(error, html.PageError) else f"{type(error).__name__}: {error}"
        return Outcome(max(worst, End.CELL_ERROR), f"{reason}\nnothing was published")
    lines = [f"{c.name}{_in_cell(c)}: {c.error}" for c in done if c.end is not End.OK]
    return Outcome(worst, "\n".join([*lines, f"see {folder / 'index.html'}"]))


def _archived(root: Path, published: Path) -> Outcome:
    try:
        publish.write_archive(root)
    except OSError as error:
        reason = f"{error.strerror or error} ({error.filename or root})"
        return Outcome(End.NOT_WRITTEN, f"{published} is published, but could not be listed: {reason}; run it again")
    return Outcome(End.OK, str(published))


def _in_cell(chapter: Chapter) -> str:
    return f", cell {chapter.cell['number']}" if chapter.cell.get("number") else ""


def _with_page(chapter: Chapter, shared: dict) -> Chapter:
    """The chapter with its page, or failed if what it shows cannot be one."""
    if chapter.end is not End.OK:
        return chapter
    try:
        return replace(chapter, html=html.chapter(chapter.name, chapter.notebook, shared))
    except html.PageError as error:
        return replace(chapter, end=End.CELL_ERROR, error=str(error), cell=error.cell)


def _changed(before: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> list[str]:
    return sorted(
        f"{group}/{name}"
        for group in before
        for name in before[group].keys() | now[group].keys()
        if before[group].get(name) != now[group].get(name)
    )


def _named(chapter: Chapter, job: Job) -> str:
    """A chapter's name where several reports are made."""
    return f"{job.parameters.as_of} {job.inputs[:6]} {chapter.name}"


@contextmanager
def _progress(total: int) -> Iterator:
    """A bar on a terminal, a plain line a chapter elsewhere."""
    if not sys.stderr.isatty():

        def line(chapter: Chapter) -> None:
            with suppress(OSError):  # nobody reads on
                print(
                    f"{chapter.name}: {chapter.end.name.lower()}, {chapter.seconds:.1f} s", file=sys.stderr, flush=True
                )

        yield line
        return
    from rich.progress import Progress

    with Progress(transient=True) as bar:
        task = bar.add_task("chapters", total=total)
        yield lambda chapter: bar.update(task, advance=1, description=chapter.name)
