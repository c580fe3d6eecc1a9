"""What a report can be asked for: checked whole, by line and field, before anything starts."""

import pytest
from typer.testing import CliRunner

from conftest import write_notebook
from helpers import paths
from helpers.cli import app
from helpers.report.grid import read
from helpers.report.parameters import ParameterError, Parameters, for_notebook, given, parse, shown
from helpers.report.shelf import inputs

DAY = "2026-11-22"


@pytest.mark.parametrize(
    ("words", "said"),
    [(["-p", "basline_t=1"], "unknown parameter 'basline_t'; there are as_of, target, baseline_t, horizon"),
     (["-p", "horizon"], "not of the form name=value"), (["--as-of", "yesterday"], "parameter as_of=yesterday"),
     (["--grid", "grid.yml"], "grid.yml line 50: parameter horizon=99"),
     (["--grid", "none.yml"], "the grid file none.yml cannot be read: no such file or directory\n"),
     (["-p", "horizon=5", "-p", "horizon=6"], "parameter horizon is given twice"),
     (["-p", f"as_of={DAY}", "--as-of", "2025-06-30"], "parameter as_of is given twice")],
)  # fmt: skip
def test_wrong_parameters_are_refused_before_anything_is_written(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    lines = ["- horizon: 5", *(f"- baseline_t: {n}" for n in range(1001, 1049)), "- horizon: 99"]
    (tmp_path / "grid.yml").write_text("\n".join(lines))
    done = CliRunner().invoke(app, ["report", "--output", "refused", *words])
    assert done.exit_code == 2 and said in done.stderr and not (tmp_path / "refused").exists()


def grid(folder, text):
    path = folder / "grid.yml"
    path.write_text(text, encoding="utf-8")
    return read(path, {"as_of": DAY, "horizon": "7"})


def test_a_list_of_values_makes_a_report_of_each_combination(tmp_path):
    wanted = grid(
        tmp_path,
        "- as_of: [2025-06-30, 2026-11-22]\n  baseline_t: [as published, 33000]\n- {target: repm, horizon: 3}\n",
    )
    values = [(str(p.as_of), p.baseline_t, p.target, p.horizon) for p in wanted]
    assert values == [("2025-06-30", None, "customs", 7), ("2025-06-30", 33000, "customs", 7),
                      ("2026-11-22", None, "customs", 7), ("2026-11-22", 33000, "customs", 7),
                      (DAY, None, "repm", 3)]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- horizon: 5\n- horizon: [1, 2, 99]\n", r"line 2: parameter horizon=99: it must be an integer from 1 to 30"),
        ("- horizon:\n    - 5\n    - ten\n", "line 3: parameter horizon=ten"),
        ("- horizon: 5\n  horizon: 6\n", "line 2: horizon is given twice"),
        ("- horizn: 5\n- as_of: soon\n", "line 1: unknown parameter 'horizn'.*\n.*line 2: parameter as_of=soon"),
        ("- horizon: {a: 1}\n", "line 1: parameter horizon needs a value"),
        ("- target:\n", "line 1: parameter target=: it must be customs or repm"),
        ("- 5\n", "line 1: an entry is"),
        ("horizon: 5\n", "line 1: a grid is a list"),
        ("", "line 1: a grid is a list"),
        ("- horizon: [5\n", "line 2: expected"),
        ("- horizon: 7\n- horizon: 7\n", "line 2: the same report as in line 1"),
        ("- horizon: &a 7\n- *b\n", "line 2: found undefined alias"),
        (
            f"- {{horizon: [{','.join(['1'] * 40)}], baseline_t: [{','.join(['1'] * 40)}]}}",
            "line 1: this entry makes 1600",
        ),
    ],
)
def test_a_wrong_grid_is_refused_with_line_and_field(tmp_path, text, said):
    with pytest.raises(ValueError, match=f"grid.yml {said}"):
        grid(tmp_path, text)


def test_given_are_the_parameters_that_differ_from_their_default():
    assert given(shown(parse(["horizon=10", "baseline_t=33000"], DAY))) == {"as_of": DAY, "baseline_t": 33000}


def test_a_notebook_with_a_parameter_outside_the_schema_is_refused(tmp_path):
    path = write_notebook(tmp_path / "1-x.ipynb")
    path.write_text(path.read_text().replace("as_of: str", "when: str"))
    with pytest.raises(ParameterError, match="parameters that no schema checks: when"):
        for_notebook(path, Parameters(as_of=DAY))


def test_help_teaches_every_parameter():
    text = " ".join(CliRunner().invoke(app, ["report", "--help"], env={"COLUMNS": "200"}).stdout.split())
    assert "magnets report -p baseline_t=33000" in text and "7 (another run holds the lock)" in text
    parts = ["as_of date; set by --as-of", "target customs or repm; default customs",
             "baseline_t number from 1000 to 1000000; default as published",
             "horizon integer from 1 to 30; default 10: fiscal years ahead"]  # fmt: skip
    for part in parts:
        assert part in text, part


def test_wrong_data_end_the_command_with_file_rows_and_remedy(data, tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.report.pipeline.wake", lambda: None)
    data("trade", ",FY26-H1,t,16281,", ",FY26-H1,t,-16281,")
    done = CliRunner().invoke(app, ["report", "--output", str(tmp_path / "reports")])
    assert done.exit_code == 3 and "data/trade.csv: negative amounts" in done.stderr
    assert "-16281" in done.stderr and "correct the sign" in done.stderr
    asked = CliRunner().invoke(app, ["validate"])
    assert (asked.exit_code, asked.stdout) == (3, "") and "correct the sign" in asked.stderr
    assert [path.name for path in (tmp_path / "reports").iterdir()] == [".lock"]


def test_the_key_of_a_report_changes_with_every_input_and_with_nothing_else(tmp_path, monkeypatch):
    import json
    import shutil

    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("src", "data", "notebooks"):
        shutil.copytree(paths.ROOT / folder, tmp_path / folder, ignore=ignore)
    shutil.copy(paths.LOCK, tmp_path)
    places = {"ROOT": "", "CODE": "src/helpers", "DATA": "data", "NOTEBOOKS": "notebooks", "LOCK": paths.LOCK.name}
    for name, path in places.items():
        monkeypatch.setattr(paths, name, tmp_path / path)

    def key(**values):
        return inputs.fingerprint(shown(Parameters(as_of=DAY, **values)), inputs.inputs())

    seen = [key(), key(horizon=9), inputs.fingerprint(shown(Parameters(as_of="2026-11-21")), inputs.inputs())]
    code = ("src/helpers/fiscal.py", "src/helpers/report/page/template/style.css")
    for file in ("data/prices.csv", *code, "requirements.lock"):
        text = (tmp_path / file).read_bytes()
        (tmp_path / file).write_bytes(text + b"\n")
        seen.append(key())
        (tmp_path / file).write_bytes(text)
    notebook = tmp_path / "notebooks/1-trade.ipynb"
    text = notebook.read_text(encoding="utf-8")
    for change in ("source", "tags", "outputs"):
        content = json.loads(text)
        cell = next(c for c in content["cells"] if c["cell_type"] == "code")
        if change == "tags":
            cell["metadata"]["tags"] = []
        else:
            cell[change] = ["horizon: int = 3"] if change == "source" else []
        notebook.write_text(json.dumps(content), encoding="utf-8")
        seen.append(key())
    assert len(set(seen[:-1])) == len(seen) - 1 and seen[-1] == seen[0], "stored outputs are no input"
