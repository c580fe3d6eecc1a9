"""pyproject.toml, environment.yml and the lock say the same; the house keeps its own rules of size."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from conftest import Page
from helpers import data, paths
from helpers.data import sources
from helpers.data.sources import fetch
from helpers.outlook import customs, episodes, targets
from helpers.report.schedule import install

PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WANTED = [Requirement(text) for text in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])]
LOCK = paths.LOCK.read_text(encoding="utf-8")


CONDA = {"python-duckdb": "duckdb"}
"""Names of conda's packages that differ."""


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def test_conda_users_get_the_same_bounds():
    lines = re.findall(r"^  - ([\w-]+)([<>=][^\s#]*)$", (paths.ROOT / "environment.yml").read_text(), re.M)
    conda = {CONDA.get(name, _name(name)): set(bounds.split(",")) for name, bounds in lines}
    assert conda.pop("python") == set(PROJECT["requires-python"].split(","))
    assert conda == {_name(need.name): {str(bound) for bound in need.specifier} for need in WANTED}


@pytest.mark.parametrize("need", WANTED, ids=lambda need: need.name)
def test_the_lock_pins_a_version_within_the_bounds(need):
    pins = re.findall(rf"^{re.escape(_name(need.name))}==([\w.]+)", LOCK, re.M)
    assert pins and all(Version(pin) in need.specifier for pin in pins)


def test_every_pin_has_hashes_and_the_lock_names_no_address():
    pins = re.findall(r"^[\w.-]+==", LOCK, re.M)
    assert len(pins) > 100 and "://" not in LOCK and "--index" not in LOCK
    blocks = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.M)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_browser_has_a_lock_of_its_own_that_agrees_with_the_other():
    text = (paths.ROOT / "requirements-browser.lock").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.M))
    both = dict(re.findall(r"^([\w.-]+)==([\w.]+)", LOCK, re.M))
    assert {"playwright", "axe-playwright-python"} <= pins.keys() and text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text and all(both.get(name, version) == version for name, version in pins.items())


def test_each_dependency_has_a_reason():
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    body = text[text.index("dependencies = [") : text.index("[project.scripts]")]
    entries = [line for line in body.splitlines() if line.strip().startswith('"')]
    assert "playwright" in body, "the tools that only some tests need are explained too"
    assert len(entries) > 15 and all(re.search(r",\s+# \w", line) for line in entries)


def test_ci_runs_the_command_of_the_readme():
    assert "make test" in (paths.ROOT / ".ci" / "run").read_text()
    assert "make test" in (paths.ROOT / "README.md").read_text()


def test_the_readme_quotes_the_answer_of_the_example_report():
    record = next((paths.ROOT / "reports" / "example").glob("*/run.json"))
    answer, readme = json.loads(record.read_text(encoding="utf-8"))["answer"], (paths.ROOT / "README.md").read_text()
    assert answer in readme and f"reports/example/{record.parent.name}/forecast.svg" in readme
    pages = [Page((record.parent / f"{name}.html").read_text(encoding="utf-8")) for name in ("1-trade", "4-forecast")]
    said = readme.partition("<!-- answer -->")[2].partition("<!-- /answer -->")[0]
    quoted = [line.removeprefix("> ") for line in said.splitlines() if line.strip("> ")]
    assert len(quoted) == 2
    bare = [["".join(text.split()) for text in (line, page.text)] for line, page in zip(quoted, pages, strict=True)]
    assert all(line in text for line, text in bare)


def test_the_example_of_the_readme_runs():
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = [code for code in re.findall(r"```python\n(.*?)```", readme, re.S) if "horizon=" in code]
    names: dict = {}
    exec(compile(example, "README.md", "exec"), names)
    assert targets.totals(names["what_if"], "customs").index[-1] == "FY26", "another figure, and a forecast of it"


def test_the_figures_of_the_readme_are_those_computed():
    day = json.loads(next((paths.ROOT / "reports" / "example").glob("*/run.json")).read_text())["parameters"]["as_of"]
    india, readme = data.vintage(day), (paths.ROOT / "README.md").read_text(encoding="utf-8")
    episode = episodes.suspect(india)
    total = targets.totals(india, "customs")["value"][episode.year]
    halves = customs.halves(india)["value"]
    said = [f"{total:,.0f} t", *(f"{halves[f'{episode.year}-H{half}']:,.0f} t" for half in (1, 2))]
    assert [figure for figure in said if figure not in readme] == []


def test_the_readme_tells_what_every_live_source_needs_and_how_a_fetch_may_end():
    said = (paths.ROOT / "README.md").read_text(encoding="utf-8").partition("## Get the newest figures")[2]
    table, _, ends = said.partition("\n## ")[0].partition("\nAll of it takes ")
    feeds = sources.feeds().values()
    wanted = [f"`{feed.name}`" for feed in feeds] + [feed.key for feed in feeds if feed.key]
    wanted += [f"`data/archive/drop/{feed.name}/`" for feed in feeds if feed.dropped]
    assert [words for words in wanted if words not in table] == []
    codes = {fetch.NEW: "something new", fetch.NOTHING: "nothing new", fetch.SOME_FAILED: "a source failed"}
    assert [end for end in codes.items() if "{} {}".format(*end) not in ends] == []
    assert f"{fetch.OFFLINE} no network" in ends


def test_the_workflow_of_the_schedule_is_the_one_that_would_be_written():
    kept = paths.ROOT / ".github/workflows/magnets-schedule.yml"
    assert install.install("github", paths.ROOT / "schedule.yml", "show")[1] == kept.read_text(encoding="utf-8")
