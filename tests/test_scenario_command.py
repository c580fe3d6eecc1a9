"""Scenarios by name, by file, on one line: checked whole; one lever gives one number wherever it is moved."""

import shlex

import pytest

from conftest import AS_OF, FROZEN
from helpers import paths
from helpers.outlook.levers import Levers
from helpers.report import parameters
from helpers.report.grid import read as grid
from helpers.report.scenario import files


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


def test_a_file_without_a_name_has_that_of_itself(written):
    assert files.asked(written("levers: {scheme: 1}", "slow start.yaml")).name == "slow start"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("levers:\n  scheme: 2\n", "mine.yml line 2: lever scheme='2': write a number from 0 to 1"),
        ("levers:\n  schem: 1\n", "mine.yml line 2: lever schem='1': there is no such lever; near it are scheme"),
        ("levers:\n  licences: shut\n", "line 2: lever licences='shut': choose one of current, open, partial, closed"),
        ("levers:\n  licences_from: soon\n", "line 2: lever licences_from='soon': write the day as YYYY-MM-DD"),
        ("levers:\n  scheme: 1\n  scheme: 0\n", "line 3: scheme is given twice"),
        ("levers:\n  scheme: [0, 1]\n", "line 2: scheme needs one value"),
        ("levers:\n  scheme:\n", "line 2: scheme needs one value"),
        ("name: x\nlevers:\n  scheme: 1\n", "line 1: there is no key 'name'; there are scenario, story, levers"),
        ("scenario: x\n", "mine.yml line 1: below `levers:` stand lines such as"),
        ("levers: scheme\n", "mine.yml line 1: below `levers:` stand lines such as"),
        ("- scheme: 1\n", "line 1: a scenario is `key: value` lines"),
        ("", "line 1: a scenario is `key: value` lines"),
        ("levers: {scheme: 1\n", "mine.yml line 2: "),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_told_with_line_field_and_remedy(written, text, said):
    with pytest.raises(ValueError) as error:
        files.asked(written(text))
    assert said in str(error.value)


def test_everything_wrong_is_told_at_once(written):
    with pytest.raises(ValueError) as error:
        files.asked(written("story: a\nstory: b\nlevers:\n  scheme: 2\n  ev_pace: x\n"))
    assert [line.partition(":")[0] for line in str(error.value).splitlines()] == [
        f"mine.yml line {place}" for place in (2, 4, 5)
    ]


def test_a_file_that_is_not_there_or_is_none_is_told(tmp_path):
    with pytest.raises(ValueError, match="the scenario file .*none.yml cannot be read: no such file or directory"):
        files.asked(str(tmp_path / "none.yml"))
    (tmp_path / "big.yml").write_text("a: b\n" * 50_000)
    with pytest.raises(ValueError, match="big.yml is 250,000 bytes, more than a scenario needs"):
        files.asked(str(tmp_path / "big.yml"))


def test_an_unknown_name_tells_the_names_and_the_other_ways():
    with pytest.raises(ValueError, match=r"no scenario 'fast EVs'; there are run-rate, .*, the path of a file"):
        files.asked("fast EVs")


def test_a_report_keeps_what_a_file_says_and_not_where_it_lies(written):
    kept = parameters.parse([f"scenario={written(MINE)}"], AS_OF).scenario
    assert kept == "scheme=0.5; japan_exports=off; licences_from=2027-04-01"
    assert parameters.parse([f"scenario={kept}"], AS_OF).scenario == kept
    assert parameters.parse(["scenario=scheme = 0"], AS_OF).scenario == "run-rate", "no lever is moved"
    assert parameters.parse(["scenario=EVs fast"], AS_OF).scenario == "EVs fast"


def test_a_wrong_scenario_is_refused_in_the_words_of_the_parameters(written):
    with pytest.raises(parameters.ParameterError, match="parameter scenario=EVs: there is no scenario 'EVs'; there"):
        parameters.parse(["scenario=EVs"], AS_OF)
    with pytest.raises(parameters.ParameterError, match=r"scenario=scheme=2: scheme='2': write a number from 0 to 1"):
        parameters.parse(["scenario=scheme=2"], AS_OF)
    written("- scenario: [run-rate, mine.yml]\n- scenario: mine.yml\n", "grid.yml")
    written("levers:\n  scheme: 3\n")
    with pytest.raises(parameters.ParameterError, match="grid.yml line 1: parameter scenario=mine.yml: mine.yml line 2"):
        grid(paths.Path("grid.yml"), {"as_of": AS_OF})


def test_a_grid_holds_scenarios_by_name_and_by_file(written):
    written("- scenario: [run-rate, EVs fast, mine.yml, ev_pace=1; scheme=1]\n", "grid.yml")
    written(MINE)
    kept = [one.scenario for one in grid(paths.Path("grid.yml"), {"as_of": AS_OF})]
    assert kept[:2] == ["run-rate", "EVs fast"] and kept[2].startswith("scheme=0.5") and kept[3] == "ev_pace=1.0; scheme=1.0"


def test_the_command_that_makes_a_report_again_can_be_typed():
    kept = parameters.parse(["scenario=scheme=1;japan_exports=off"], AS_OF)
    words = shlex.split(parameters.command(parameters.given(parameters.shown(kept))))
    assert words[:4] == ["magnets", "report", "--as-of", AS_OF]
    assert parameters.parse([words[5]], AS_OF) == kept
