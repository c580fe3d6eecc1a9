"""A notebook checks its own parameters: by the schema of the command and in its words, whoever runs it."""

import subprocess
import sys

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from conftest import AS_OF
from helpers.report import parameters
from helpers.report.run.chapter import kernel_name

CELL = f"""as_of: str = "{AS_OF}"  # day as of which the data are read
target: str = "customs"  # customs or repm
baseline_t: float = None  # tonnes to start from
horizon: int = 10  # fiscal years ahead"""
CHECK = "from helpers.report import parameters; parameters.check(globals())"
WRONG = {
    "out of range": ({"horizon": 100}, "parameter horizon=100: it must be an integer from 1 to 30"),
    "of another type": ({"horizon": "abc"}, "parameter horizon=abc: it must be an integer from 1 to 30"),
    "a number as text": ({"horizon": "5"}, "parameter horizon='5': write 5"),
    "too great": ({"baseline_t": 1e9}, "parameter baseline_t=1000000000.0: it must be a number from 1000 to 1000000"),
    "too small": ({"baseline_t": 1e-9}, "parameter baseline_t=1e-09: it must be a number from 1000 to 1000000"),
    "no number": ({"baseline_t": float("nan")}, "baseline_t=nan: it must be a number from 1000 to 1000000"),
    "a target that is none": ({"target": "tons"}, "parameter target=tons: it must be customs or repm"),
    "of another target": ({"baseline_t": 33000, "target": "repm"}, "baseline_t replaces a figure of target customs"),
    "a typo": ({"horzon": 5}, "unknown parameter 'horzon'; there are as_of, target, baseline_t, horizon"),
    "a day to come": ({"as_of": "9999-12-31"}, "parameter as_of=9999-12-31: this day is yet to come"),
    "no day": ({"as_of": "soon"}, "parameter as_of=soon: write the day as YYYY-MM-DD"),
    "seconds": ({"as_of": 1764547200.0}, "parameter as_of=1764547200.0: write the day as YYYY-MM-DD"),
}  # fmt: skip


def injected(values):
    """What a kernel holds after papermill has put these values into it."""
    lines = ["# Parameters", *(f"{name} = {value!r}" for name, value in values.items())]
    return {"as_of": AS_OF, "target": "customs", "baseline_t": None, "horizon": 10} | values | {
        "In": ["", CELL, "\n".join(lines)], "parameters": parameters, "_": "", "exit": print,
    }  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_parameter_stops_the_notebook_in_the_words_of_the_command(case):
    values, said = WRONG[case]
    with pytest.raises(parameters.ParameterError) as error:
        parameters.check(injected({"as_of": AS_OF} | values))
    assert said in str(error.value)
    if all(isinstance(value, str | int | float) and value != "5" for value in values.values()):
        words = [f"{name}={value}" for name, value in values.items()]
        with pytest.raises(parameters.ParameterError) as told:
            parameters.parse(words, "" if "as_of" in values else AS_OF)
        assert str(told.value).partition("(")[0].partition("[")[0][:40] == str(error.value)[:40]


def test_parameters_without_a_day_would_be_read_as_of_the_stored_one():
    with pytest.raises(parameters.ParameterError, match="as_of is not given beside horizon"):
        parameters.check(injected({"horizon": 5}))


@pytest.mark.parametrize(
    "values",
    [{"as_of": AS_OF}, {"as_of": "2025-06-30", "horizon": 5, "baseline_t": 33000},
     {"as_of": AS_OF, "baseline_t": 33000.5}, {"as_of": AS_OF, "baseline_t": None}, {"as_of": AS_OF, "target": "repm"}],
)  # fmt: skip
def test_right_parameters_pass(values):
    assert parameters.check(injected(values)) is None


def test_a_cell_that_is_run_again_later_does_not_mind_what_the_notebook_has_made_since():
    later = injected({"as_of": AS_OF}) | {"india": object(), "imports": [1], "forecast": {}}
    later["In"] += ["india = 1", "# Parameters of the model\n1 +"]
    assert parameters.check(later) is None


def test_without_a_history_the_values_alone_are_checked():
    assert parameters.check({"as_of": AS_OF, "horizon": 3}) is None
    with pytest.raises(parameters.ParameterError, match="horizon=31"):
        parameters.check({"as_of": AS_OF, "horizon": 31})


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A small notebook with every parameter."""
    path = tmp_path_factory.mktemp("notebook") / "small.ipynb"
    cells = [
        nbformat.v4.new_code_cell(CELL, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(CHECK),
        nbformat.v4.new_code_cell("import sys\nsorted({'nbconvert', 'papermill', 'yaml'} & set(sys.modules)), horizon"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}), path)
    return path


def run(notebook, tmp_path, **values):
    out = tmp_path / "out.ipynb"
    return papermill.execute_notebook(notebook, out, values, kernel_name=kernel_name(), progress_bar=False)


@pytest.mark.filterwarnings("ignore:Passed unknown parameter")
def test_stock_papermill_is_stopped_by_the_notebook(notebook, tmp_path):
    for values, said in [
        ({"as_of": AS_OF, "horzon": 5}, "unknown parameter 'horzon'"),
        ({"horizon": 5}, "as_of is not given beside horizon"),
    ]:
        with pytest.raises(PapermillExecutionError, match=said) as error:
            run(notebook, tmp_path, **values)
        assert error.value.ename == "ParameterError"
    done = run(notebook, tmp_path, as_of=AS_OF, horizon=5)
    assert done.cells[-1].outputs[0].data["text/plain"] == "([], 5)", "and nothing heavy was imported to check"


def test_a_notebook_run_as_it_is_passes(notebook, tmp_path):
    assert run(notebook, tmp_path).cells[-1].outputs[0].data["text/plain"] == "([], 10)"


def test_checking_is_cheap():
    heavy = "{'pandas', 'numpy', 'nbformat', 'nbconvert', 'papermill', 'jupyter_client', 'yaml', 'typer'}"
    code = f"import sys; {CHECK.replace('globals()', repr({'as_of': AS_OF}))}; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
