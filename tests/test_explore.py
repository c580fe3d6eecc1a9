"""What helps to explore: a notebook of examples, copies to work in, what a name or a figure is."""

import ast

import nbformat
import pytest

from conftest import write_notebook
from helpers import paths
from helpers.report.shelf import inputs, notebooks

EXPLORE = paths.NOTEBOOKS / "explore.ipynb"


@pytest.fixture(scope="module")
def explore():
    return nbformat.read(EXPLORE, as_version=4)


def test_the_notebook_to_explore_with_is_stored_and_tested_but_no_chapter():
    assert EXPLORE in inputs.tracked() and EXPLORE not in inputs.chapters()
    assert EXPLORE.name not in inputs.inputs()["notebooks"], "a report does not become another by it"
    assert notebooks.problems(EXPLORE) == [] and EXPLORE.stat().st_size < 60_000


def test_its_examples_use_each_library_for_what_it_is_there_for(explore):
    code = "\n".join(cell.source for cell in explore.cells if cell.cell_type == "code")
    called = {node.attr for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Attribute)}
    assert {"groupby", "relplot", "displot", "lmplot", "ols", "series", "adding", "assuming", "on"} <= called


def test_its_cells_are_short_and_its_figures_leave_text(explore):
    for cell in explore.cells:
        assert cell.cell_type == "markdown" or len(cell.source.splitlines()) <= 10
    shown = [output for cell in explore.cells for output in cell.get("outputs", [])]
    assert sum(output.get("data", {}).get("text/plain", "").startswith("<Figure size") for output in shown) >= 4


@pytest.fixture
def copies(notebooks, tmp_path):
    """A notebook, and where its copy goes."""
    return write_notebook(notebooks / "1-one.ipynb", "1"), tmp_path / "lab/1-one.ipynb"


def rewritten(path, source):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source = source
    nbformat.write(notebook, path)


def test_an_untouched_copy_follows_its_notebook(copies):
    path, copy = copies
    assert notebooks.copied(copy.parent) == [] and nbformat.read(copy, as_version=4).cells[2].source == "1"
    ran = nbformat.read(copy, as_version=4)
    ran.cells[2].outputs, ran.cells[2].execution_count = [nbformat.v4.new_output("stream", text="1")], 7
    nbformat.write(ran, copy)
    rewritten(path, "2")
    assert notebooks.copied(copy.parent) == [], "to run it is no change"
    assert nbformat.read(copy, as_version=4).cells[2].source == "2"


def test_a_copy_that_somebody_has_changed_stays_and_the_notebook_too(copies):
    path, copy = copies
    notebooks.copied(copy.parent)
    before = path.read_bytes()
    rewritten(copy, "india.figure('mine')")
    assert notebooks.copied(copy.parent) == [] and path.read_bytes() == before
    rewritten(path, "2")
    theirs = copy.read_bytes()
    (said,) = notebooks.copied(copy.parent)
    assert "is as you left it" in said and copy.read_bytes() == theirs
    copy.write_text("{")
    (said,) = notebooks.copied(copy.parent)
    assert "is as you left it" in said and copy.read_text() == "{"
