"""Scenarios by name, by file, on one line: checked whole; one lever gives one number wherever it is moved."""

import io
import os
import shlex
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from conftest import AS_OF, FROZEN
from helpers import data, paths
from helpers.cli import app
from helpers.data import vintage
from helpers.outlook import levers, scenario
from helpers.outlook.levers import Levers
from helpers.report import parameters
from helpers.report.grid import read as grid
from helpers.report.scenario import files

LATE = "2026-11-26"
NOTEBOOK = paths.NOTEBOOKS / "5-scenarios.ipynb"


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    """The frozen tables in the place of those of the day."""
    monkeypatch.setattr(paths, "DATA", FROZEN)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a scenario file into the working folder; gives back its name."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="mine.yml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


MINE = """scenario: half the plants
story: Half of them,
  and nothing for Japan.
levers:
  scheme: 0.5
  japan_exports: off  # YAML would read false
  licences_from: 2027-04-01
"""


def test_a_file_says_what_is_moved_and_all_else_stays(written):
    found = files.asked(written(MINE))
    assert found[:2] == ("half the plants", "Half of them, and nothing for Japan.")
    assert found.levers == Levers(scheme=0.5, japan_exports="off", licences_from="2027-04-01")


@pytest.mark.parametrize(
    ("text", "said"),
    [("levers:\n  scheme: 2\n", "mine.yml line 2: lever scheme='2': write a number from 0 to 1"),
     ("levers:\n  scheme: 1\n  scheme: 0\n", "line 3: scheme is given twice"),
     ("levers:\n  scheme: [0, 1]\n", "line 2: scheme needs one value"),
     ("levers:\n  scheme:\n", "line 2: scheme needs one value"),
     ("name: x\nlevers:\n  scheme: 1\n", "line 1: there is no key 'name'; there are scenario, story, levers"),
     ("scenario: x\n", "mine.yml line 1: below `levers:` stand lines such as"),
     ("levers: scheme\n", "mine.yml line 1: below `levers:` stand lines such as"),
     ("- scheme: 1\n", "line 1: a scenario is `key: value` lines"), ("", "line 1: a scenario is `key: value` lines"),
     ("levers: {scheme: 1\n", "mine.yml line 2: ")],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_told_with_line_field_and_remedy(written, text, said):
    with pytest.raises(ValueError) as error:
        files.asked(written(text))
    assert said in str(error.value)


def test_everything_wrong_is_told_at_once(written):
    with pytest.raises(ValueError) as error:
        files.asked(written("story: a\nname: b\nlevers:\n  scheme: 2\n  ev_pace: x\n"))
    places = [line.partition(":")[0] for line in str(error.value).splitlines()]
    assert places == [f"mine.yml line {place}" for place in (2, 4, 5)]


def test_a_report_keeps_what_a_file_says_and_not_where_it_lies(written):
    kept = parameters.parse([f"scenario={written(MINE)}"], AS_OF).scenario
    assert kept == "scheme=0.5; japan_exports=off; licences_from=2027-04-01"
    assert parameters.parse([f"scenario={kept}"], AS_OF).scenario == kept
    assert parameters.parse([f"scenario={written('levers: {scheme: 0}')}"], AS_OF).scenario == "run-rate"
    assert files.asked("mine.yml").name == "mine"
    assert parameters.parse(["scenario=EVs fast"], AS_OF).scenario == "EVs fast"


def test_a_wrong_scenario_is_refused_in_the_words_of_the_parameters(written):
    with pytest.raises(parameters.ParameterError, match="parameter scenario=EVs: there is no scenario 'EVs'; there"):
        parameters.parse(["scenario=EVs"], AS_OF)
    with pytest.raises(parameters.ParameterError, match=r"scenario=scheme=2: scheme='2': write a number from 0 to 1"):
        parameters.parse(["scenario=scheme=2"], AS_OF)
    written("- scenario: [run-rate, mine.yml]\n- scenario: mine.yml\n", "grid.yml")
    written("levers:\n  scheme: 3\n")
    said = r"grid.yml line 1: parameter scenario=mine.yml: mine.yml line 2"
    with pytest.raises(parameters.ParameterError, match=said):
        grid(Path("grid.yml"), {"as_of": AS_OF})


def test_a_grid_holds_scenarios_by_name_and_by_file(written):
    written("- scenario: [run-rate, EVs fast, mine.yml, ev_pace=1; scheme=1]\n", "grid.yml")
    written(MINE)
    kept = [one.scenario for one in grid(Path("grid.yml"), {"as_of": AS_OF})]
    assert kept[:2] == ["run-rate", "EVs fast"] and kept[2].startswith("scheme=0.5")
    assert kept[3] == "ev_pace=1; scheme=1"


def test_the_command_that_makes_a_report_again_can_be_typed():
    kept = parameters.parse(["scenario=scheme=1;japan_exports=off"], AS_OF)
    words = shlex.split(parameters.command(parameters.given(parameters.shown(kept))))
    assert words[:4] == ["magnets", "report", "--as-of", AS_OF]
    assert parameters.parse([words[5]], AS_OF) == kept


@pytest.fixture(scope="module")
def told():
    """What the command says and writes of one scenario that is asked for by a lever."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(paths, "DATA", FROZEN)
        files_of = {kind: Path(folder) / f"out.{kind}" for kind in ("csv", "xlsx", "iamc")}
        words = [word for kind, path in files_of.items() for word in (f"--{kind}", str(path))]
        done = CliRunner().invoke(app, ["scenario", "run", "run-rate", "--set", "scheme=0.4", "--as-of", LATE, *words])
        assert done.exit_code == 0, done.output
        yield done.stdout, {kind: path.read_bytes() for kind, path in files_of.items()}


def tidy(told):
    rows = pd.read_csv(io.BytesIO(told[1]["csv"]))
    return rows.set_index(["fiscal_year", "quantity"])


def test_one_lever_gives_one_number_in_notebook_command_and_grid(told, written, monkeypatch):
    india = vintage(LATE, FROZEN)
    monkeypatch.setattr(data, "vintage", lambda as_of: india)
    written(f"- {{as_of: {LATE}, scenario: mine.yml}}\n", "grid.yml")
    written("levers:\n  scheme: 0.4\n")
    (asked,) = grid(Path("grid.yml"), {})
    injected = parameters.for_notebook(NOTEBOOK, asked)
    names = {}
    for source in [cell.source for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "code"][:6]:
        exec(source.replace("parameters.check(globals())", ""), names)
        names |= {"scenario": injected["scenario"]}
    shown = names["steps"].set_index(["scenario", "fiscal_year", "quantity"]).loc["asked for"]
    command = tidy(told).loc[shown.index]
    for end in ("low", "middle", "high"):
        np.testing.assert_allclose(shown[end], command[end], rtol=1e-9, atol=1e-9)
    page = scenario.at(india, scenario.run(india, levers.made(asked.scenario)), "imports", 2031)
    assert page.value == pytest.approx(command.loc[(2031, "imports"), "middle"], rel=1e-9)
    usual = scenario.at(india, scenario.run(india), "imports", 2031)
    assert page.value < usual.value - 100, "the lever moves it"


def test_what_the_command_prints_is_what_it_writes(told):
    printed, written_ = told
    row = tidy(told).loc[(2031, "imports")]
    assert f"{row['middle']:,.0f} ({row['low']:,.0f} to {row['high']:,.0f})" in printed
    assert "run-rate with scheme=0.4" in printed and "no forecast, and is not scored" in printed
    assert "Both sides are the same number in each of 10,000 draws" in printed
    assert "no magnet plant" not in printed, "the story is of the run-rate"
    wide = pd.read_csv(io.BytesIO(written_["iamc"])).set_index("Variable")
    assert wide.loc["Imports|Rare-Earth Magnet|50.0th Percentile", "2031"] == pytest.approx(row["middle"], rel=1e-9)
    assert zipfile.ZipFile(io.BytesIO(written_["xlsx"])).testzip() is None


def test_what_parts_two_scenarios_sums_to_their_difference():
    words = ["scenario", "compare", "run-rate", "EVs fast", "--set", "scheme=1", "--as-of", LATE]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    found = {line.rpartition("  ")[0].strip(): line.rpartition("  ")[2] for line in done.stdout.splitlines()}
    number = {name: float(text.split(" ")[0].replace(",", "").replace("−", "-"))
              for name, text in found.items() if text[-1:].isdigit() or text.endswith(")")}  # fmt: skip
    parts = [value for name, value in number.items() if ": " in name]
    assert len(parts) == 2 and sum(parts) == pytest.approx(number["together"], abs=2)
    assert number["EVs fast with scheme=1"] - number["run-rate"] == pytest.approx(number["together"], abs=2)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["run", "none"], 2, "there is no scenario 'none'; there are run-rate, controls back"),
        (["run", "run-rate", "--set", "scheme=2"], 2, "scheme='2': write a number from 0 to 1"),
        (["run", "run-rate", "--set", "scheme"], 2, "write each lever once, as lever=value"),
        (["run", "scheme late", "--as-of", "2025-06-30"], 2, "not public on the day of the data is, for scheme"),
        (["run", "none.yml"], 2, "the scenario file none.yml cannot be read: no such file or directory"),
        (["run", "run-rate", "--as-of", "9999-12-31"], 2, "parameter as_of=9999-12-31: this day is yet to come"),
        (["run", "run-rate", "--csv", "none/x.csv"], 1, "none/x.csv cannot be written or read: No such file"),
    ],
)  # fmt: skip
def test_a_wrong_word_ends_the_command_with_what_to_do(words, code, said):
    done = CliRunner().invoke(app, ["scenario", *words])
    assert done.exit_code == code and said in done.stderr and not done.stdout


@pytest.mark.parametrize("verb", ["run", "compare"])
def test_two_scenarios_of_one_name_are_not_taken_for_one(written, verb):
    words = [verb, written(MINE), written(MINE.replace("0.5", "1"), "other.yml")]
    done = CliRunner().invoke(app, ["scenario", *words, "--as-of", LATE])
    assert (done.exit_code, done.stderr) == (
        2, "two scenarios are called 'half the plants': give one of them another name\n"
    )  # fmt: skip
    done = CliRunner().invoke(app, ["scenario", "run", "run-rate", "--csv", "a.csv", "--iamc", "a.csv"])
    assert (done.exit_code, done.stderr) == (2, "each kind of file needs a path of its own\n")


HOSTILE = {
    "levers: {scheme: 1}\n? [a]\n: 1\n": "mine.yml line 2: a key is one word or text",
    "&a {levers: *a}": "mine.yml line 1: its aliases repeat more than a scenario needs",
    "k0: &k0 {b: 1}\n" + "".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 9)}]\n" for n in range(1, 9)):
        "mine.yml line 1: its aliases repeat more than a scenario needs",
    'levers: {scheme: 1}\nscenario: "\\e[31m"': r"mine.yml line 2: '\x1b[31m' has a character that is not printed",
    'levers: {scheme: 1}\nscenario: "\\u202efdp"': r"mine.yml line 2: '\u202efdp' has a character that is not printed",
    "levers: {scheme: 1}\0": "mine.yml: unacceptable character #x0000: special characters are not allowed",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_file_that_would_never_end_or_would_steer_a_terminal_is_refused(written, text):
    with pytest.raises(ValueError) as error:
        files.asked(written(text))
    assert str(error.value) == HOSTILE[text]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe in a folder is of Unix")
def test_a_pipe_or_a_device_is_no_file(written):
    os.mkfifo("pipe.yml")
    Path("zero.yml").symlink_to("/dev/zero")
    for name in ("pipe.yml", "zero.yml"):
        with pytest.raises(ValueError, match=f"{name} cannot be read: it is no file"):
            files.asked(name)


def test_a_file_that_a_grid_names_lies_beside_the_grid(written, monkeypatch, tmp_path):
    written(MINE)
    written("- scenario: mine.yml\n", "grid.yml")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (one,) = grid(Path("..", "grid.yml"), {"as_of": AS_OF})
    assert one.scenario.startswith("scheme=0.5")


def test_the_list_tells_stories_levers_and_what_cannot_be_reckoned():
    done = CliRunner().invoke(app, ["scenario", "list", "--as-of", "2025-06-30"])
    assert "and come two years late.\n  scheme=1; scheme_delay=24\n  not on" in done.stdout
    assert "run-rate\n" in done.stdout and "no lever is moved" in done.stdout


def test_help_teaches_every_lever():
    text = " ".join(CliRunner().invoke(app, ["scenario", "run", "--help"], env={"COLUMNS": "200"}).stdout.split())
    assert all(f"{name} " in text for name in Levers.model_fields)
    assert "scheme 0 to 1 share; run-rate 0: plants of the magnet scheme" in text
    assert "magnets scenario run mine.yml --as-of 2025-06-30 --iamc iamc.csv" in text and "3 (data not valid)" in text
