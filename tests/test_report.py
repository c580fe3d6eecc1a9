"""A real report, rendered once without a network: its folder, its pages, its record."""

import json
import shutil

import pytest

from conftest import AS_OF, Page, contents
from helpers import paths
from helpers.report.shelf.inputs import chapters

CHAPTERS = [path.stem for path in chapters()]
PAGES = ["index", *CHAPTERS]
TWICE = ["2-production", "5-scenarios"]
"""Chapters that are made once more; of these one is made anew for another scenario."""


@pytest.fixture(scope="module")
def folder(rendered):
    return rendered[0].root / "reports" / AS_OF


@pytest.fixture(scope="module")
def record(folder):
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def test_the_command_ends_by_printing_the_path_of_the_page(rendered):
    _, done = rendered
    assert done.stdout.splitlines()[-1].endswith(f"reports/{AS_OF}/index.html")
    lines = [line for line in done.stderr.splitlines() if ": ok, " in line]
    assert sorted(line.split(":")[0] for line in lines) == CHAPTERS, "plain lines where there is no terminal"


def test_no_process_of_the_run_asked_for_another_machine(rendered):
    project, _ = rendered
    assert not (project.root / "refused.txt").exists()
    probe = project.run("-c", "import socket; socket.create_connection(('192.0.2.1', 80), 1)", code=1)
    assert "no network in tests" in probe.stderr and (project.root / "refused.txt").exists(), "the guard works"


def test_the_folder_holds_pages_downloads_record_and_nothing_half_made(rendered, folder):
    names = {path.name for path in folder.iterdir()}
    more = {"forecast.csv", "headline.csv", "scenarios.csv", "value-trial.csv", "track-record.csv", "forecast.svg"}
    more |= {"tables.xlsx", "data.zip", "glossary.html", "run.json"}
    assert names == {f"{name}.html" for name in PAGES} | more | {"explorer.html"}
    left = {path.name for path in folder.parent.iterdir() if path.name != AS_OF}
    assert left == {"index.html", "feed.xml", ".lock"}


def test_the_forecast_is_a_long_table(folder):
    lines = (folder / "forecast.csv").read_text().splitlines()
    keys = "as_of,target,origin,horizon,period,scenario,model"
    assert lines[0] == f"{keys},growth,counterfactual,quantile,value,unit" and len(lines) > 300


def test_the_record_tells_given_from_default_and_what_the_report_was_made_from(record):
    assert record["given"] == {"as_of": AS_OF} and record["parameters"]["baseline_t"] is None
    assert record["end"] == "ok" and record["command"] == f"magnets report --as-of {AS_OF}"
    trade = record["data"]["trade.csv"]
    assert len(trade["sha256"]) == 64 and trade["sources"] > 10 and "2025-06-30" < trade["newest"] <= AS_OF
    assert len(record["lock"]["requirements.lock"]) == 64 and "data/vintage.py" in record["code"]["helpers"]
    assert {"commit", "dirty", "notebooks"} <= record["code"].keys() and record["versions"]["pandas"]
    for chapter in record["chapters"].values():
        assert chapter["seconds"] > 0 and (chapter["peak_mb"] or 50) > 40 and len(chapter["cells"]) > 5


def test_verify_finds_nothing_in_a_fresh_report_and_names_whatever_differs(rendered, folder):
    project, _ = rendered
    assert "as published" in project.magnets("verify", f"reports/{AS_OF}").stdout
    changes = {
        folder / "1-trade.html": "1-trade.html: changed since it was published",
        project.root / "src/helpers/fiscal.py": "src/helpers/fiscal.py: changed since the report was made",
        project.root / "data/prices.csv": "data/prices.csv: changed since the report was made",
        project.root / "requirements.lock": "requirements.lock: changed since the report was made",
    }
    before = {path: path.read_bytes() for path in changes}
    try:
        for path, text in before.items():
            path.write_bytes(text + b"\n")
        (folder / "extra.txt").write_text("")
        done = project.magnets("verify", f"reports/{AS_OF}", code=1)
        page, *rest = changes.values()
        assert done.stderr.splitlines() == [page, "extra.txt: new since it was published", *rest]
    finally:
        (folder / "extra.txt").unlink()
        for path, text in before.items():
            path.write_bytes(text)
    assert "is no record of a report" in project.magnets("verify", "data", code=1).stderr


@pytest.fixture(scope="module")
def again(workshop):
    """A grid of two chapters in a folder of its own, what the command said, and the same command once more."""
    workshop.write_notebooks()
    for name in TWICE:
        shutil.copy(paths.NOTEBOOKS / f"{name}.ipynb", workshop.root / "notebooks")
    grid = f"- as_of: {AS_OF}\n- {{as_of: {AS_OF}, scenario: EVs fast}}\n"
    (workshop.root / "grid.yml").write_text(grid)
    words = ["report", "--grid", "grid.yml", "--output", "again", "--jobs"]
    return workshop.root / "again", workshop.magnets(*words, "2"), lambda: workshop.magnets(*words, "1")


def main_of(page):
    return page.read_bytes().partition(b"<main")[2].partition(b"</main>")[0]


def test_rendering_the_same_inputs_twice_gives_the_same_bytes_in_any_locale_and_zone(again, folder):
    for name in TWICE:
        assert b"<svg" in main_of(folder / f"{name}.html")
        assert main_of(folder / f"{name}.html") == main_of(again[0] / AS_OF / f"{name}.html"), name
    for name in ("scenarios.csv", "data.zip"):
        assert (folder / name).read_bytes() == (again[0] / AS_OF / name).read_bytes(), name


def test_a_grid_makes_a_report_of_each_entry_and_a_second_run_none(again):
    root, done, once_more = again
    assert sorted(line.split(" ")[2].split(":")[0] for line in done.stderr.splitlines()) == [*TWICE, TWICE[1]]
    names = [AS_OF, f"{AS_OF}-r2"]
    assert [line.split("/")[-2] for line in done.stdout.splitlines()] == names
    before = contents(root)
    unchanged = once_more()
    assert [line.split("/")[-2] for line in unchanged.stdout.splitlines()] == names and ": ok, " not in unchanged.stderr
    assert all(line.startswith("unchanged: ") for line in unchanged.stdout.splitlines())
    assert contents(root) == before, "nothing published is touched"
    second = root / f"{AS_OF}-r2"
    assert "In the scenario “EVs fast” it is" in Page(second / "5-scenarios.html").text
    first = Page(second / "index.html")
    assert "scenario EVs fast instead of run-rate" in first.text
    assert [a["href"] for a in first.all("a") if a.get("rel") == "prev"] == [f"../{AS_OF}/index.html"]
    archive = Page(root / "index.html")
    links = [a["href"] for a in archive.all("a")][2:]
    assert links == [f"{AS_OF}-r2/index.html", f"{AS_OF}/index.html"]
