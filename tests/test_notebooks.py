"""The mechanical rules of the notebooks, and that nbval compares what they print by number."""

import ast
import json
import re
from datetime import date

import nbformat
import pytest
from by_number import Output

from conftest import write_notebook
from helpers import paths
from helpers.chapters.outputs import MIME
from helpers.report import parameters
from helpers.report.shelf import inputs, notebooks

NOTEBOOKS = inputs.chapters()
HEADINGS = ["The answer", "What we know", "How it was made", "How good it has been", "What would change it"]
HEADINGS += ["Data and caveats"]
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


def test_the_third_cell_checks_imports_and_reads_the_vintage_and_the_next_code_answers(notebook):
    third, fourth = _code(notebook)[1:3]
    lines = third.source.splitlines()
    assert lines[:2] == ["from helpers.report import parameters", "parameters.check(globals())"]
    imports = lines[2 : lines.index("")]
    assert imports[0].startswith("from helpers import data")
    assert all(line.startswith("from helpers") for line in imports)
    assert lines[lines.index("") + 1] == "india = data.vintage(as_of)"
    assert fourth.outputs[0].data["text/markdown"].startswith("**"), "the answer is a computed sentence"


MONTHS = "January|February|March|April|June|July|August|September|October|November|December"
TOLD = {
    "a digit": re.compile(r"\d"),
    "a month": re.compile(rf"\b(?:{MONTHS})\b|\bMay (?=\d)|\b(?:in|of|since|until|from|to|by) May\b"),
    "a fiscal year": re.compile(r"\bFY\b"),
    "a state of affairs": re.compile(
        r"\b(?:not yet|so far|currently|nowadays|at present|today|recently|will have|(?:is|are) due|(?:this|last) year"
        r"|suspect now|until now|to date|still|soon|latest)\b",
        re.I,
    ),
}
CODES = re.compile(r"\bHS \d{4,8}\b|\b\d{8}\b|\b[68]-digit\b|\b80 %|\$[^$]*\$")


def told(text):
    """What a Markdown cell says that only a computed sentence may say."""
    return [f"{what}: {hit[0]!r}" for what, form in TOLD.items() if (hit := form.search(CODES.sub("", text)))]


def test_markdown_asks_and_explains_and_says_nothing_that_will_change(notebook):
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    title, _, rest = cells[0].partition("\n")
    cells[0] = title.replace("53,748 t", "") + rest
    assert [said for cell in cells for said in told(cell)] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("About 36,000 t came.", "a digit: '3'"), ("It rose in March.", "a month: 'March'"),
     ("It rose in May.", "a month: 'in May'"), ("May it rise?", None),
     ("Since FY is short for fiscal year.", "a fiscal year: 'FY'"),
     ("The total is not yet public.", "a state of affairs: 'not yet'"),
     ("It is suspect now.", "a state of affairs: 'suspect now'"),
     ("By then customs will have published it.", "a state of affairs: 'will have'"),
     ("HS 850511 splits into 85051110 and 85051190; 8-digit lines; 80 % intervals; $x_1$.", None),
     ("The rule is fixed beforehand.", None)],
)  # fmt: skip
def test_what_markdown_may_not_say_is_seen(text, said):
    assert told(text) == ([said] if said else [])


def test_headings_stand_in_their_order(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = re.findall(r"^## (.*)$", text, re.M)
    assert found == [heading for heading in HEADINGS if heading in found] and {HEADINGS[0], HEADINGS[-1]} <= {*found}


def test_code_cells_are_short_and_hold_no_logic(notebook):
    for cell in _code(notebook):
        assert len(cell.source.splitlines()) <= 10
        nodes = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not nodes & {ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda}
        assert not any(word in cell.source for word in BANNED) and not cell.source.lstrip().startswith(("!", "%"))


def _kind(data):
    """At least one of each kind is what a chapter shows."""
    return "figure" if data["text/plain"].startswith("Figure: ") else "table" if "text/html" in data else "sentence"


def test_text_outputs_are_stored_and_images_and_payloads_are_not(notebook):
    shown = [output for cell in _code(notebook) for output in cell.outputs]
    assert all("text/plain" in output.get("data", {}) for output in shown)
    assert {_kind(output.data) for output in shown} == {"sentence", "table", "figure"}
    assert not any(kind.startswith("image/") or kind == MIME for output in shown for kind in output.data)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small(path):
    assert path.stat().st_size < 170_000


def test_the_schema_and_the_parameter_cells_agree():
    fields = parameters.Parameters.model_fields
    seen = {}
    for path in NOTEBOOKS:
        for name, default in parameters.signature(path).items():
            assert name in fields, f"{path.name} has a parameter {name} that the schema lacks"
            assert name == "as_of" or default == fields[name].default, f"{path.name}: {name}"
            seen[name] = default
    assert set(seen) == set(fields)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_stored_notebook_is_fit_to_be_committed(path):
    assert notebooks.problems(path) == []


def test_what_belongs_to_one_run_only_is_not_committed(tmp_path):
    path = write_notebook(tmp_path / "1-x.ipynb", "1")
    nbformat.write(notebooks.stripped(nbformat.read(path, as_version=4)), path)
    assert notebooks.problems(path) == []
    dirty = nbformat.read(path, as_version=4)
    dirty.cells[2].metadata["execution"] = {"iopub.status.busy": "2026-11-25T12:00:00Z"}
    dirty.metadata["language_info"]["version"] = "3.11.7"
    nbformat.write(dirty, path)
    cell, metadata = notebooks.problems(path)
    assert "1-x.ipynb cell 3 holds images, payloads or metadata" in cell
    assert "metadata other than its kernel" in metadata
    path.write_text("{")
    assert "is not a notebook" in notebooks.problems(path)[0]


SAYS_THE_DAY = """from helpers.chapters import words
import datetime
print("dated up to", words.day(datetime.date.fromisoformat(as_of)) + ",", as_of + "; judged 2026-11-20")"""


def test_files_stay_as_they_are_where_nothing_but_the_day_differs(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path)
    files = [
        write_notebook(tmp_path / "1-one.ipynb", "'always the same'", SAYS_THE_DAY),
        write_notebook(tmp_path / "2-other.ipynb", "1"),
    ]
    assert notebooks.refresh(date(2026, 11, 20))["1-one.ipynb"] == [
        "+'always the same'",
        "+dated up to 20 November 2026, 2026-11-20; judged 2026-11-20",
    ]
    stored = [path.read_bytes() for path in files]
    assert all(b"2026-11-20" in text for text in stored)
    assert notebooks.refresh(date(2026, 11, 21)) == {"1-one.ipynb": [], "2-other.ipynb": []}
    assert [path.read_bytes() for path in files] == stored
    text = files[1].read_text(encoding="utf-8").replace('"text/plain": [\n       "1"', '"text/plain": [\n       "3"')
    files[1].write_text(text.replace('"text/plain": "1"', '"text/plain": "3"'), encoding="utf-8")
    assert notebooks.refresh(date(2026, 11, 21)) == {"1-one.ipynb": [], "2-other.ipynb": ["-3", "+1"]}
    assert files[0].read_bytes() == stored[0] and b"2026-11-21" in files[1].read_bytes(), "no noise in the others"
    write_notebook(files[1], "1 / 0")
    before = [path.read_bytes() for path in files]
    with pytest.raises(notebooks.StoreError, match=r"2-other.ipynb was not stored: cell_error"):
        notebooks.refresh(date(2026, 11, 22))
    assert [path.read_bytes() for path in files] == before


def test_storing_strips_images_payloads_and_timings():
    data = {"text/plain": "x", "image/png": "…", "image/svg+xml": "…", MIME: {"kind": "figure"}}
    cell = nbformat.v4.new_code_cell(
        "x", execution_count=3, metadata={"tags": ["parameters"], "papermill": {"duration": 1}}
    )
    cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=3)]
    notebook = nbformat.v4.new_notebook(
        cells=[cell],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python"},
                  "language_info": {"name": "python", "version": "3.11.7"}, "papermill": {}},
    )  # fmt: skip
    kept = notebooks.stripped(notebook)
    assert kept.metadata["language_info"] == {"name": "python", "file_extension": ".py"}, "`--to script` writes .py"
    assert dict(kept.cells[0].outputs[0].data) == {"text/plain": "x"} and kept.cells[0].execution_count == 3
    assert dict(kept.cells[0].metadata) == {"tags": ["parameters"]}
    assert set(kept.metadata) == {
        "kernelspec",
        "language_info",
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [("53,748 t in FY25", "53,748 t in FY25", True), ("0.30000000000000004", "0.3", True),
     ("53748.0000001 t", "53,748 t", True), ("a  table\n  of 1.5", "a table of 1.5", True),
     ("53,748 t", "54,285 t", False), ("53,748 t", "53,749 t", False), ("−2.8 %", "2.8 %", False),
     ("53,748 t", "53,748 kg", False), ("1 and 2", "1", False), ("-1", "−1", True)],
)  # fmt: skip
def test_outputs_are_compared_by_words_and_numbers_on_both_sides(ours, theirs, same):
    assert (Output(ours) == theirs) is same and (Output(theirs) == ours) is same
    assert (Output(ours) != theirs) is not same


READS = """from helpers import data
imports = {{"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}}
float(data.vintage(as_of).figure("trade", "{}", **imports).value)"""


def test_nbval_lets_noise_pass_and_fails_where_a_figure_is_changed_by_hand(workshop):
    workshop.write_notebooks(noise=[READS.format("FY25")], changed=[READS.format("FY26-H1")])
    noise, changed = (workshop.root / f"notebooks/{name}.ipynb" for name in ("1-noise", "2-changed"))
    for path, stored in ((noise, "53,748.0"), (changed, "16282.0")):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[2].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": stored})]
        notebook.cells[2].execution_count = 1
        nbformat.write(notebook, path)
    table = workshop.root / "data/trade.csv"
    before = table.read_bytes()
    try:
        workshop.edit("data/trade.csv", ",FY25,t,53748,53700,53748,", f",FY25,t,{53748 * (1 + 1e-9)!r},53700,53748,")
        done = workshop.run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(noise), str(changed), code=1)
    finally:
        table.write_bytes(before)
    assert "1 failed, 3 passed" in done.stdout and "16282.0" in done.stdout and "16281.0" in done.stdout
    assert "FAILED notebooks/2-changed.ipynb::Cell 1" in done.stdout


def test_a_notebook_is_json_that_ends_in_one_newline():
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert text.endswith("}\n") and json.loads(text)["nbformat"] == 4
