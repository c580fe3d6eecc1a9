"""One report or a grid of them: skip what is unchanged, make the rest, tell how each ended.

Nothing heavy is imported here: a run that has nothing to do ends at once.
"""

from dataclasses import dataclass
from pathlib import Path

from helpers.report.parameters import ParameterError, Parameters, for_notebook
from helpers.report.run.chapter import End
from helpers.report.shelf import publish
from helpers.report.shelf.inputs import chapters, fingerprint, inputs


@dataclass(frozen=True)
class Outcome:
    """How a report ended, and what to tell."""

    end: End
    text: str


@dataclass(frozen=True)
class Job:
    """A report to make: its parameters, the files it is made from, and the hash of both."""

    parameters: Parameters
    files: dict[str, dict[str, str]]
    inputs: str


def reports(wanted: list[Parameters], root: Path, timeout: int = 120, jobs: int = 1) -> list[Outcome]:
    """Render every chapter for each set of parameters into ``root``.

    Nothing of a report is published unless all its chapters end well; a failure is written under
    ``root/failed``, and the other reports go on.

    Parameters
    ----------
    wanted : list of Parameters
    root : Path
        Folder of the reports; only one run at a time writes there.
    timeout : int
        Seconds allowed for each cell.
    jobs : int
        How many notebooks run at once. The results are the same for any number.

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
        with publish.only_run(root):
            return _reports(wanted, root, timeout, jobs)
    except ParameterError as error:
        return [Outcome(End.BAD_PARAMETERS, str(error))]
    except publish.LockedError as error:
        return [Outcome(End.LOCKED, str(error))]
    except OSError as error:
        return [not_written(error)]


def not_written(error: OSError) -> Outcome:
    """What to tell when the disk refuses."""
    place = f" ({error.filename})" if error.filename else ""
    text = f"could not write: {error.strerror or error}{place}; what was published before is untouched"
    return Outcome(End.NOT_WRITTEN, text)


def _reports(wanted: list[Parameters], root: Path, timeout: int, jobs: int) -> list[Outcome]:
    files = inputs()
    asked = [Job(parameters, files, fingerprint(parameters, files)) for parameters in wanted]
    published = {record["inputs"]: record["folder"] for record in publish.records(root)}
    todo = [job for job in asked if job.inputs not in published]
    made = {}
    if todo:
        from helpers.report import pipeline

        made = dict(zip([job.inputs for job in todo], pipeline.make(todo, root, timeout, jobs), strict=True))
    elif not publish.archive_is_current(root):  # a run was killed between the report and the archive
        publish.write_archive(root)
    unchanged = {key: f"unchanged: {root / folder / 'index.html'}" for key, folder in published.items()}
    return [made.get(job.inputs) or Outcome(End.OK, unchanged[job.inputs]) for job in asked]
