"""The mechanical rules of the notebooks, and that nbval compares what they print by number."""

import ast
import json
import re

import nbformat
import pytest
from by_number import RELATIVE, Output

from helpers.chapters.outputs import MIME
from helpers.report import parameters
from helpers.report.run.chapter import chapter
from helpers.report.shelf import notebooks

NOTEBOOKS = chapter.chapters()
HEADINGS = [
    "The answer",
    "What we know",
    "How it was made",
    "How good it has been",
    "What would change it",
    "Data and caveats",
]
BANNED = ["read_csv", "sys.path", "filterwarnings", "import requests", "today()", "now()", "open(", "random"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def _code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks_to_check():
    assert [path.stem for path in NOTEBOOKS][:2] == ["1-trade", "2-production"]


def test_the_first_cell_asks_a_question(notebook):
    lines = notebook.cells[0].source.splitlines()
    assert notebook.cells[0].cell_type == "markdown" and re.fullmatch(r"# .+\?", lines[0])
    assert len(re.findall(r"[.?!](?:\s|$)", " ".join(lines[1:]))) == 2, (
        "two sentences: why it matters, who should read on"
    )


def test_the_second_cell_holds_literal_parameters_one_a_line(notebook):
    cell = notebook.cells[1]
    assert cell.metadata.get("tags") == ["parameters"]
    for line in cell.source.splitlines():
        assert re.fullmatch(r"[a-z_]+: \w+ = [^=]+  # [^=]+", line), line


def test_the_third_cell_imports_and_the_next_code_answers(notebook):
    first, second = _code(notebook)[1:3]
    assert first.source.startswith("from helpers import")
    assert second.source.startswith("say.") and MIME not in second.outputs[0].data
    assert second.outputs[0].data["text/markdown"].startswith("**"), "the answer is a computed sentence"


def test_headings_stand_in_their_order(notebook):
    found = [
        line[3:]
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ")
    ]
    assert found == [heading for heading in HEADINGS if heading in found] and {"The answer", "Data and caveats"} <= set(
        found
    )


def test_code_cells_are_short_and_hold_no_logic(notebook):
    for cell in _code(notebook):
        assert len(cell.source.splitlines()) <= 10
        nodes = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not nodes & {ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda}
        assert not any(word in cell.source for word in BANNED) and not cell.source.lstrip().startswith(("!", "%"))


def test_text_outputs_are_stored_and_images_and_payloads_are_not(notebook):
    shown = [output for cell in _code(notebook) for output in cell.outputs]
    assert len(shown) >= 6 and all("text/plain" in output.get("data", {}) for output in shown)
    assert not any(kind.startswith("image/") or kind == MIME for output in shown for kind in output.data)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small(path):
    assert path.stat().st_size < 100_000


def test_the_schema_and_the_parameter_cells_agree():
    fields = parameters.Parameters.model_fields
    seen = {}
    for path in NOTEBOOKS:
        for name, default in parameters.signature(path).items():
            assert name in fields, f"{path.name} has a parameter {name} that the schema lacks"
            assert name == "as_of" or default == fields[name].default, f"{path.name}: {name}"
            seen[name] = default
    assert set(seen) == set(fields)


def test_all_notebooks_were_stored_as_of_the_same_day():
    assert len({parameters.signature(path)["as_of"] for path in NOTEBOOKS}) == 1


def test_storing_strips_images_payloads_and_timings():
    data = {"text/plain": "x", "image/png": "…", "image/svg+xml": "…", MIME: {"kind": "figure"}}
    cell = nbformat.v4.new_code_cell(
        "x", execution_count=3, metadata={"tags": ["parameters"], "papermill": {"duration": 1}}
    )
    cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=3)]
    notebook = nbformat.v4.new_notebook(
        cells=[cell],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python"},
            "language_info": {"name": "python"},
            "papermill": {},
        },
    )
    kept = notebooks.stripped(notebook)
    assert dict(kept.cells[0].outputs[0].data) == {"text/plain": "x"} and kept.cells[0].execution_count == 3
    assert dict(kept.cells[0].metadata) == {"tags": ["parameters"]} and set(kept.metadata) == {
        "kernelspec",
        "language_info",
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("53,748 t in FY25", "53,748 t in FY25", True),
        ("0.30000000000000004", "0.3", True),
        ("53748.0000001 t", "53,748 t", True),
        ("a  table\n  of 1.5", "a table of 1.5", True),
        ("53,748 t", "54,285 t", False),
        ("53,748 t", "53,749 t", False),
        ("−2.8 %", "2.8 %", False),
        ("53,748 t", "53,748 kg", False),
        ("1 and 2", "1", False),
        ("-1", "−1", True),
    ],
)
def test_outputs_are_compared_by_words_and_numbers_on_both_sides(ours, theirs, same):
    assert (Output(ours) == theirs) is same and (Output(theirs) == ours) is same
    assert (Output(ours) != theirs) is not same


def test_noise_passes_and_one_per_cent_does_not():
    assert Output(f"{53748 * (1 + 1e-9)}") == "53748" and Output(f"{53748 * 1.01}") != "53748" and RELATIVE < 1e-5


@pytest.mark.parametrize(("factor", "code"), [(1 + 1e-9, 0), (1.01, 1)])
def test_nbval_lets_noise_pass_and_fails_on_one_per_cent_of_the_headline(project, factor, code):
    project.edit("data/trade.csv", ",FY25,t,53748,53700,53748,", f",FY25,t,{53748 * factor!r},53700,53748,")
    for other in ("2-production", "4-forecast"):
        (project.root / "notebooks" / f"{other}.ipynb").unlink()
    done = project.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "notebooks", code=code)
    assert ("failed" in done.stdout) is bool(code)
    assert code == 0 or "54,285" in done.stdout


def test_changing_one_figure_by_hand_changes_the_stored_sentence(project):
    project.edit("data/trade.csv", ",FY26-H1,t,16281,", ",FY26-H1,t,16282,")
    done = project.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "notebooks/1-trade.ipynb", code=1)
    assert "16,282 t in six months" in done.stdout


def test_a_notebook_is_json_that_ends_in_one_newline():
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert text.endswith("}\n") and json.loads(text)["nbformat"] == 4
