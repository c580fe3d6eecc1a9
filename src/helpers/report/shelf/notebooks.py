"""The notebooks as they are committed: run as of a day, with text outputs, without images.

Stored text is what nbval compares with a fresh run; images and the report's payloads would only swell it.
"""

import difflib
import json
import re
import tempfile
from datetime import date
from pathlib import Path

import nbformat

from helpers.chapters import words
from helpers.chapters.outputs import MIME
from helpers.report.job import End
from helpers.report.lines import NOTEBOOK, LineParameters
from helpers.report.parameters import Parameters
from helpers.report.run import leftovers
from helpers.report.run.chapter import kernel_name, run_chapter
from helpers.report.shelf import inputs

LANGUAGE = {"name": "python", "file_extension": ".py"}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
OF_ONE_RUN = (MIME, "application/vnd.jupyter.widget-view+json")
"""What of an output means something to the run only that made it: payloads, and levers to move."""

_AS_OF = re.compile(r'^(as_of: str = )"([\d-]+)"', re.M)


class StoreError(RuntimeError):
    """A notebook did not run to its end; nothing was stored."""


def refresh(as_of: date) -> dict[str, list[str]]:
    """Run every notebook with its defaults as of a day, and store those that say anything new but the day.

    What is committed holds curated figures only: an archive of live sources is left out, as it is in no clone, and some
    of its terms forbid to pass it on.

    Of each notebook the changed lines of its text outputs, ``-`` before and ``+`` after; ``=`` says that only code or
    form changed. StoreError if a notebook fails; nothing is stored.
    """
    with leftovers.settings(), tempfile.TemporaryDirectory() as empty, leftovers.archive(Path(empty)):
        made = {path: _run(path, as_of) for path in inputs.tracked()}
    changes = {path: _changes(nbformat.read(path, as_version=4), notebook) for path, notebook in made.items()}
    for path in (path for path, lines in changes.items() if lines):
        nbformat.write(made[path], path)
    return {path.name: lines for path, lines in changes.items()}


def problems(path: Path) -> list[str]:
    """What a notebook should not be committed with: images, payloads, timings, other metadata; nothing if it is fit."""
    try:
        stored = nbformat.read(path, as_version=4)
        kept = stripped(nbformat.read(path, as_version=4))
    except Exception as error:  # nbformat and json have one for each way of being wrong
        return [f"notebooks/{path.name} is not a notebook: {type(error).__name__}"]
    said = [
        f"notebooks/{path.name} cell {number} holds images, payloads or metadata that belong to one run only"
        for number, (cell, wanted) in enumerate(zip(stored.cells, kept.cells, strict=True), start=1)
        if cell != wanted
    ]
    if stored.metadata != kept.metadata:
        said.append(f"notebooks/{path.name} has metadata other than its kernel and language")
    return said


def copied(folder: Path) -> list[str]:
    """Copies of the notebooks to work in, so that nothing JupyterLab saves is tracked; lines on those that stay behind.

    A copy whose cells are as they were copied follows its notebook. One in which somebody has changed a cell is
    theirs: it stays as it is, for ever.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = []
    for path in inputs.tracked():
        copy, now = folder / path.name, inputs.cells(path)
        before = _copied_from(copy)
        if before == now:
            continue
        if before == "" or (copy.exists() and inputs.cells(copy) not in (before, now)):
            said.append(f"{copy} is as you left it; {path.name} has changed since: rename yours to get the new one")
        else:
            notebook = nbformat.read(path, as_version=4)
            notebook.metadata |= {"magnets": {"copied": now}, "kernelspec": KERNEL | {"name": kernel_name()}}
            nbformat.write(notebook, copy)
    return said


def _copied_from(copy: Path) -> str | None:
    """What the cells were of which a copy was made; nothing of one that cannot be read, None where there is no copy."""
    if not copy.exists():
        return None
    try:
        return str(nbformat.read(copy, as_version=4).metadata["magnets"]["copied"])
    except Exception:  # as above
        return ""


def stripped(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook without images, payloads, and the timings that tell of one run only."""
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags" and v}
        for output in cell.get("outputs", []):
            if "data" in output:
                for kind in [one for one in output["data"] if one in OF_ONE_RUN or one.startswith("image/")]:
                    del output["data"][kind]
                output["metadata"] = {}
    kernel = notebook.metadata.get("kernelspec", KERNEL)
    notebook.metadata = nbformat.from_dict({"kernelspec": kernel, "language_info": LANGUAGE})
    return notebook


def _run(path: Path, as_of: date) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = _AS_OF.sub(rf'\1"{as_of}"', cell.source)
    schema = LineParameters if path.name == NOTEBOOK else Parameters
    chapter = run_chapter(path, schema(as_of=as_of))
    if chapter.end is not End.OK:
        raise StoreError(f"notebooks/{path.name} was not stored: {chapter.end.name.lower()}\n{chapter.error}")
    executed = {cell.id: cell for cell in chapter.notebook.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = executed[cell.id].outputs, executed[cell.id].execution_count
    return stripped(notebook)


def _changes(before: nbformat.NotebookNode, after: nbformat.NotebookNode) -> list[str]:
    """The changed lines, where more than the days differ as of which the two were run."""
    sources = [cell.source for notebook in (before, after) for cell in notebook.cells]
    found = [date.fromisoformat(match[2]) for source in sources for match in _AS_OF.finditer(source)]
    days = re.compile("|".join(form for day in found for form in (str(day), words.day(day))) or r"\Z")
    old, new = _texts(before), _texts(after)
    masked = [[days.sub("", line) for line in lines] for lines in (old, new)]
    said = []
    for tag, *(a, b, c, d) in difflib.SequenceMatcher(None, masked[0], masked[1], autojunk=False).get_opcodes():
        if tag != "equal":
            said += [f"-{line}" for line in old[a:b]] + [f"+{line}" for line in new[c:d]]
    same = days.sub("", json.dumps(before, sort_keys=True)) == days.sub("", json.dumps(after, sort_keys=True))
    return said or ([] if same else ["= nothing but code or form"])


def _texts(notebook: nbformat.NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.get("data", {}).get("text/plain", output.get("text", "")) for output in outputs]
    return [line for text in texts for line in text.splitlines()]
