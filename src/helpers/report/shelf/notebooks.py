"""The notebooks as they are committed: run as of a day, with text outputs, without images.

Stored text is what nbval compares with a fresh run; images and the report's payloads would only swell it.
"""

import difflib
import re
from datetime import date
from pathlib import Path

import nbformat

from helpers.chapters.outputs import MIME
from helpers.report.parameters import Parameters
from helpers.report.run.chapter import End, chapters, run_chapter

_AS_OF = re.compile(r'^(as_of: str = )"[\d-]+"', re.M)


class StoreError(RuntimeError):
    """A notebook did not run to its end; nothing was stored."""


def refresh(as_of: date) -> dict[str, list[str]]:
    """Run every notebook with its defaults as of a day and store it.

    Returns
    -------
    dict
        For each notebook the changed lines of its text outputs, ``-`` before and ``+`` after.

    Raises
    ------
    StoreError
        If a notebook fails; those before it are stored.
    """
    return {path.name: _refresh(path, as_of) for path in chapters()}


def stripped(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook without images, payloads, and the timings that tell of one run only."""
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags" and v}
        for output in cell.get("outputs", []):
            if "data" in output:
                output["data"] = {
                    kind: v for kind, v in output["data"].items() if kind != MIME and not kind.startswith("image/")
                }
                output["metadata"] = {}
    notebook.metadata = {k: notebook.metadata[k] for k in ("kernelspec", "language_info")}
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def _refresh(path: Path, as_of: date) -> list[str]:
    notebook = nbformat.read(path, as_version=4)
    before = _texts(notebook)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = _AS_OF.sub(rf'\1"{as_of}"', cell.source)
    chapter = run_chapter(path, Parameters(as_of=as_of))
    if chapter.end is not End.OK:
        raise StoreError(f"notebooks/{path.name} was not stored: {chapter.end.name.lower()}\n{chapter.error}")
    executed = {cell.id: cell for cell in chapter.notebook.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = executed[cell.id].outputs, executed[cell.id].execution_count
    nbformat.write(stripped(notebook), path)
    changes = difflib.unified_diff(before, _texts(notebook), n=0, lineterm="")
    return [line for line in changes if not line.startswith(("---", "+++", ""))]


def _texts(notebook: nbformat.NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.get("data", {}).get("text/plain", output.get("text", "")) for output in outputs]
    return [line for text in texts for line in text.splitlines()]
