"""Make reports: skip what is unchanged, ask the data, run the chapters side by side, publish, tell how each ended.

Nothing heavy is imported where there is nothing to do: such a run ends at once.
"""

import json
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import import_module
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import paths
from helpers.report.job import Chapter, End, Job, Outcome
from helpers.report.parameters import ParameterError, Parameters, for_notebook, shown, today
from helpers.report.run import batch, interrupt, leftovers, limits
from helpers.report.run.chapter import kernel_name, run_chapter
from helpers.report.run.spread import spread
from helpers.report.shelf import archive, publish
from helpers.report.shelf.inputs import DamagedError, archived, changed, chapters, fingerprint, inputs
from helpers.screen.cluster import UnsafeError
from helpers.screen.engine import LOCAL

if TYPE_CHECKING:
    from helpers.data import Vintage

UNFIT = "the data are not fit for a report; nothing was written"


@dataclass(frozen=True)
class _Plan:
    """What is known of a report before its chapters run; or, in ``wrong``, why there is none."""

    seen: dict[Path, str] = field(default_factory=dict)
    shared: dict = field(default_factory=dict)
    india: "Vintage | None" = None
    wrong: str = ""
    end: End = End.BAD_DATA


def reports(
    wanted: list[Parameters],
    root: Path,
    timeout: int = 120,
    jobs: int = 1,
    quiet: bool = False,
    fetch: bool = False,
    notices: tuple[str, ...] = (),
    on: str = LOCAL,
) -> list[Outcome]:
    """Render every chapter for each set of parameters into ``root``.

    Nothing of a report is published unless all its chapters end well; a failure is written under
    ``root/failed``, and the other reports go on.

    Parameters
    ----------
    wanted : list of Parameters
    root : Path
        Folder of the reports; only one run at a time writes there.
    timeout, jobs : int
        Seconds allowed for each cell; how many notebooks run at once. The results are the same for any number.
    quiet, fetch : bool
        Whether to say nothing of progress; to fetch first what is due of live sources. What could not be had is said
        in the report of today.
    notices : tuple of str
        What it has to say if they were asked before.
    on : str
        Where the notebooks run: :func:`helpers.report.run.spread.spread`.

    Returns
    -------
    list of Outcome
        In the order of ``wanted``; a single one where nothing could begin.
    """
    root = root.absolute()
    try:
        if not chapters():
            raise ParameterError("notebooks/ holds no notebook of the report: names begin with a digit and a dash")
        for path in chapters():
            for_notebook(path, wanted[0])
        notices = import_module("helpers.report.live").notices(quiet) if fetch else notices
        with publish.only_run(root), leftovers.settings(), leftovers.archive(paths.archive()):
            return _reports(wanted, root, timeout, jobs, quiet, notices, on)
    except (ParameterError, UnsafeError) as error:
        return [Outcome(End.BAD_PARAMETERS, str(error))]
    except publish.LockedError as error:
        return [Outcome(End.LOCKED, str(error))]
    except OSError as error:
        return [_not_written(error)]


def _reports(
    wanted: list[Parameters], root: Path, timeout: int, jobs: int, quiet: bool, notices: tuple[str, ...], on: str
) -> list[Outcome]:
    try:
        files, known = inputs(), cache(archived)
        asked = [_job(one, files | {"archive": known(one.as_of)}, notices) for one in wanted]
    except DamagedError as error:
        return [Outcome(End.BAD_DATA, f"{error}\n\n{UNFIT}")]
    except OSError as error:
        return [Outcome(End.BAD_DATA, f"{error.filename} cannot be read: {error.strerror}\n\n{UNFIT}")]
    published = {record["inputs"]: record["folder"] for record in archive.records(root)}
    todo = [job for job in asked if job.inputs not in published]
    made = {}
    if todo:
        with leftovers.shared():
            made = dict(zip([job.inputs for job in todo], _make(todo, root, timeout, jobs, quiet, on), strict=True))
    elif not archive.is_current(root):  # a run was killed between the report and the archive
        archive.write(root)
    unchanged = {key: f"unchanged: {root / folder / 'index.html'}" for key, folder in published.items()}
    return [made.get(job.inputs) or Outcome(End.OK, unchanged[job.inputs]) for job in asked]


def _job(parameters: Parameters, files: dict[str, dict[str, str]], notices: tuple[str, ...]) -> Job:
    """A report to make; only that of today is one of the figures that were just asked for."""
    said = notices if parameters.as_of == today() else ()
    return Job(parameters, files, fingerprint(shown(parameters), files, said), said)


def _make(jobs: list[Job], root: Path, timeout: int, threads: int, quiet: bool, on: str) -> list[Outcome]:
    """Run and publish reports; those of invalid data or a failed chapter tell so, the others go on.

    Reports are published in the order of ``jobs``, whichever chapter ends first. A chapter that would get the
    same parameters in several of them runs once.
    """
    if short := limits.too_few_files(min(threads, len(jobs) * len(chapters()))):
        return [Outcome(End.NOT_WRITTEN, short)] * len(jobs)
    leftovers.sweep()
    wake()
    from helpers.data import DataError

    interrupt.check()  # imports may swallow Ctrl-C
    notebooks = _longest_first(chapters(), root)
    wanted = [{path: _key(path, job) for path in notebooks} for job in jobs]
    todo: dict[str, tuple[Path, Job]] = {}
    for job, seen in zip(jobs, wanted, strict=True):
        for path, key in seen.items():
            todo.setdefault(key, (path, job))
    fit: Future[set[str]] = Future()  # the chapters of data that are; none is told of before that is known
    with batch.progress(len(todo), quiet) as tell, spread(on, threads, run_chapter) as run_there:

        def run(key: str, path: Path, job: Job) -> Chapter:
            if fit.done() and key not in fit.result():
                raise CancelledError
            chapter = run_there(path, job.parameters, timeout)
            interrupt.check()  # its end is none of its own
            of = f"{job.parameters.as_of} {job.inputs[:6]} " if len(jobs) > 1 else ""
            if key in fit.result():
                tell(replace(chapter, name=f"{of}{chapter.name}"))
            return chapter

        work = {key: partial(run, key, *of) for key, of in todo.items()}
        try:
            with batch.side_by_side(work, threads) as ended:  # they begin while the data are asked
                plans = _asked(jobs, wanted, root, fit)
                return [_finish(job, root, plan, ended) for job, plan in zip(jobs, plans, strict=True)]
        except DataError as error:
            return [Outcome(End.BAD_DATA, f"{error}\n\n{UNFIT}")] * len(jobs)


def _key(path: Path, job: Job) -> str:
    """The same for chapters that show the same: a notebook, and what it gets of the parameters."""
    return json.dumps([path.name, for_notebook(path, job.parameters)])


def _asked(jobs: list[Job], wanted: list[dict[Path, str]], root: Path, fit: "Future[set[str]]") -> list[_Plan]:
    """The plans of data that are fit, and their chapters in ``fit``, whatever happens; a DataError if they are not."""
    from helpers.report import gate

    plans: list[_Plan] = []
    try:
        plans = _plans(jobs, wanted, gate.opened(), root)
    finally:
        fit.set_result({key for plan in plans for key in plan.seen.values()})
    return plans


def wake() -> None:
    """Start the parent of warm kernels: it imports the stack while the data are read and checked.

    What asks it for them is imported here: beside the check, each would hold up the other.
    """
    if kernel_name() == "magnets":
        from helpers.kernel import provisioner

        provisioner.wake()
    import_module("helpers.report.run.papermill_engine")


def _longest_first(notebooks: list[Path], root: Path) -> list[Path]:
    """By the seconds each took in the newest report: begun last, the longest would keep one core waiting for it.

    In a folder without any it is the example's; of those that no report has, the one with the most to show goes first.
    """
    known = [*archive.records(root), *archive.records(paths.REPORTS / "example")]
    newest: dict[str, dict] = next(iter(known), {"chapters": {}})["chapters"]
    seconds = {name: chapter["seconds"] for name, chapter in newest.items()}
    return sorted(notebooks, key=lambda path: (seconds.get(path.stem, inf), path.stat().st_size), reverse=True)


def _plans(jobs: list[Job], wanted: list[dict[Path, str]], latest: "Vintage", root: Path) -> list[_Plan]:
    """A plan a report; whether figures agree is asked once, of however many days they are those that were public.

    A folder holds reports of real figures or of synthetic ones: whichever came first.
    """
    from helpers.data import DataError
    from helpers.report import gate
    from helpers.report.page.context import frame

    on, agreed = cache(latest.on), set()
    kinds = {bool(known.get("synthetic")) for known in archive.records(root)}
    plans = []
    for job, seen in zip(jobs, wanted, strict=True):
        try:
            india = on(job.parameters.as_of)
            if (asked := (india, job.parameters.target)) not in agreed:
                gate.require_agreement(*asked)
                agreed.add(asked)
            shared = frame(job.parameters, india, job.notices)
        except DataError as error:
            plans.append(_Plan(wrong=f"{error}\nnothing was written"))
            continue
        if kinds - {india.synthetic}:
            plans.append(_Plan(wrong=_other_kind(root, india.synthetic), end=End.NOT_WRITTEN))
            continue
        kinds.add(india.synthetic)
        plans.append(_Plan(seen, shared, india))
    return plans


def _other_kind(root: Path, synthetic: bool) -> str:
    held, new = ("real", "synthetic") if synthetic else ("synthetic", "real")
    return f"{root} holds reports of {held} figures and takes none of {new} ones: choose another folder with --output"


def _finish(job: Job, root: Path, plan: _Plan, ended: batch.Ended) -> Outcome:
    """A report published, its pages made as its chapters end, and before that what needs none of them."""
    from helpers.report.page import explorer

    if plan.india is None:
        return Outcome(plan.end, plan.wrong)
    worst = End.CELL_ERROR
    try:
        if plan.shared["explorer"]:
            with suppress(Exception):  # it is told when the report is published
                explorer.content(plan.india)
        import_module("helpers.report.changed")  # which publishing needs
        done = [_with_page(chapter, plan.shared, plan.india) for chapter in ended(plan.seen.values())]
        done.sort(key=lambda chapter: chapter.name)
        worst = max(chapter.end for chapter in done)
        if other := changed(job.files, inputs() | {"archive": archived(job.parameters.as_of)}):
            text = f"{', '.join(other[:5])} changed while the report was made; nothing was written: run it again"
            return Outcome(End.BAD_DATA, text)
        interrupt.check()
        if worst is End.OK:
            return _listed(root, publish.publish(root, done, job, plan.shared, plan.india) / "index.html")
        folder = publish.publish_failure(root, done, job, plan.shared, plan.india)
    except OSError as error:
        return _not_written(error)
    except Exception as error:  # whatever a library could not do with this report: the others go on
        reason = str(error) if type(error).__name__ == "PageError" else f"{type(error).__name__}: {error}"
        return Outcome(max(worst, End.CELL_ERROR), f"{reason}\nnothing was published")
    cells = {c.name: f", cell {number}" for c in done if (number := c.cell.get("number"))}
    lines = [f"{c.name}{cells.get(c.name, '')}: {c.error}" for c in done if c.end is not End.OK]
    return Outcome(worst, "\n".join([*lines, f"see {folder / 'index.html'}"]))


def _listed(root: Path, published: Path) -> Outcome:
    try:
        archive.write(root)
    except Exception as error:  # the report is there, whatever is wrong with the list
        reason = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__}: {error}"
        text = f"{published} is published, but could not be listed in {root / 'index.html'}: {reason}; run it again"
        return Outcome(End.NOT_WRITTEN, text)
    return Outcome(End.OK, str(published))


def _not_written(error: OSError) -> Outcome:
    """What to tell when the disk refuses."""
    place = f" ({error.filename})" if error.filename else ""
    text = f"could not write: {error.strerror or error}{place}; what was published before is untouched"
    return Outcome(End.NOT_WRITTEN, text)


def _with_page(chapter: Chapter, shared: dict, india: "Vintage") -> Chapter:
    """The chapter with what may be offered of it and its page, or failed if what it shows cannot be one."""
    from helpers.report.page import html, offered

    chapter = replace(chapter, notebook=offered.offered(chapter.notebook, india))
    if chapter.end is not End.OK:
        return chapter
    try:
        return replace(chapter, html=html.chapter(chapter.name, chapter.notebook, shared))
    except html.PageError as error:
        return replace(chapter, end=End.CELL_ERROR, error=str(error), cell=error.cell)
