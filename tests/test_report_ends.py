"""How a run ends when something is wrong: each end caused for real, told truthfully, and nothing published."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event

import pandas as pd
import psutil
import pytest

from conftest import AS_OF, Page, contents, done, write_notebook
from helpers import STOPPED, paths
from helpers.chapters import outputs
from helpers.data import DataError
from helpers.report import gate, pipeline
from helpers.report.job import End
from helpers.report.page import html
from helpers.report.parameters import Parameters
from helpers.report.run import batch, chapter
from helpers.report.shelf import publish

GOOD = ["print('so far')", "1 + 1"]
PATIENCE = 5
"""Seconds for a cell: what does not sleep has to end by then on a busy machine too."""
ENDS = {
    "raises": ("1 / 0", 4, "ZeroDivisionError: division by zero"),
    "leaves": ("import sys; sys.exit(0)", 4, "the cell called sys.exit(0): the notebook stopped here"),
    "sleeps": ("import time; time.sleep(60)", 5, f"the cell was still running after {PATIENCE} seconds"),
    "dies": ("import os; os.kill(os.getpid(), 9)", 6, "the kernel ended before the cell did"),
    "draws": ("import matplotlib.pyplot as plt; plt.plot([1]); plt.show()", 4, "an image without an alternative text"),
}


@pytest.fixture(autouse=True, scope="module")
def _fresh(workshop):
    yield
    workshop.write_notebooks(good=GOOD)


@pytest.mark.parametrize("name", ["raises", "leaves", "sleeps", "dies"])
def test_a_failed_chapter_has_its_own_end_and_touches_nothing_published(notebooks, unasked, tmp_path, capfd, name):
    cell, code, error = ENDS[name]
    root = tmp_path / "reports"
    small = write_notebook(notebooks / "1-bad.ipynb", *GOOD)
    assert pipeline.reports([Parameters(as_of="2025-06-30")], root)[0].end is End.OK
    before = contents(root)
    small.unlink()
    write_notebook(notebooks / "1-bad.ipynb", "print('so far')", cell, "print('never')")
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], root, timeout=PATIENCE)
    assert outcome.end == code and "1-bad, cell 4: " in outcome.text and error in outcome.text
    assert "Task was destroyed" not in capfd.readouterr().err
    after = contents(root)
    assert {file: after[file] for file in after if file.parts[0] != "failed"} == before, "neither report nor archive"
    folder = root / "failed" / AS_OF
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))["chapters"]["1-bad"]
    assert record["end"] == End(code).name.lower() and record["cell"] == {"number": 4, "id": "c03"}
    assert error in record["error"]
    shown = Page(folder / "1-bad.html")
    printed = {word.strip() for word in shown.words}
    assert "so far" in printed and "never" not in printed, "the outputs so far and no more"
    assert "This cell failed" in shown.text and publish.WHAT[End(code)] in Page(folder / "index.html").text


def test_a_batch_goes_on_after_failures_and_ends_with_the_worst(workshop):
    ends = {name: ENDS[name] for name in ("sleeps", "draws")}
    bad = {name: ["print('so far')", cell] for name, (cell, _, _) in ends.items()}
    workshop.write_notebooks(good=GOOD, **bad, last=GOOD)
    (workshop.root / "grid.yml").write_text(f"- as_of: [2025-06-30, {AS_OF}]\n- as_of: 1999-01-01\n")
    words = ["report", "--grid", "grid.yml", "--output", "batch", "--timeout", str(PATIENCE), "--jobs", "4"]
    done = workshop.magnets(*words, code=5)
    assert "no figure of India's magnet imports was public on 1999-01-01" in done.stderr
    for day in (AS_OF, "2025-06-30"):
        record = json.loads((workshop.root / f"batch/failed/{day}/run.json").read_text(encoding="utf-8"))
        told = {name[2:]: chapter for name, chapter in record["chapters"].items()}
        assert {name: chapter["end"] for name, chapter in told.items()} == {"good": "ok", "last": "ok"} | {
            name: End(code).name.lower() for name, (_, code, _) in ends.items()
        }
        assert all(text in told[name]["error"] for name, (_, _, text) in ends.items())
    assert not (workshop.root / "batch/index.html").exists()


def test_chapters_that_get_the_same_parameters_run_once_for_a_whole_grid(quick, notebooks, tmp_path, monkeypatch):
    path = write_notebook(notebooks / "2-horizon.ipynb", "1")
    path.write_text(path.read_text().replace('are read"', 'are read\\nhorizon: int = 10  # years"'))
    begun = []

    def take(path, parameters, timeout):
        begun.append((path.stem, parameters.horizon))
        return done(path.stem)

    monkeypatch.setattr("helpers.report.pipeline.run_chapter", take)
    outcomes = pipeline.reports([Parameters(as_of=AS_OF, horizon=n) for n in (3, 4)], tmp_path)
    assert [outcome.end for outcome in outcomes] == [End.OK, End.OK]
    assert sorted(begun) == [("1-small", 3), ("2-horizon", 3), ("2-horizon", 4)]
    pages = [Page(Path(outcome.text).with_name("1-small.html")).text for outcome in outcomes]
    assert ["horizon = 3" in page for page in pages] == [True, False] != ["horizon = 4" in page for page in pages]


def test_an_interrupted_run_ends_at_once_with_its_kernels_and_publishes_nothing(workshop):
    (workshop.root / "begun").unlink(missing_ok=True)
    workshop.write_notebooks(
        long=["import os, time, pathlib\npathlib.Path('../begun').write_text(str(os.getpid())); time.sleep(120)"]
    )
    command = "from helpers.__main__ import main; main()"
    words = ["report", "--as-of", AS_OF, "--output", "interrupted"]
    run = subprocess.Popen(
        [sys.executable, "-c", command, *words], cwd=workshop.root, env=workshop.environment(),
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not (begun := workshop.root / "begun").exists() or not begun.read_text():
            assert time.monotonic() < deadline and run.poll() is None
            time.sleep(0.05)
        for _ in range(20):  # whoever is impatient presses it again
            run.send_signal(signal.SIGINT)
            time.sleep(0.02)
        _, said = run.communicate(timeout=30)
    finally:
        run.kill()
    assert run.returncode == 130 and said == STOPPED, said
    assert {path.name for path in (workshop.root / "interrupted").iterdir()} == {".lock"}
    kernel, deadline = int(begun.read_text()), time.monotonic() + 30
    while psutil.pid_exists(kernel) and time.monotonic() < deadline:
        time.sleep(0.05)  # the parent of the kernels has to see its end
    assert not psutil.pid_exists(kernel)


HEADLINE = ",FY25,t,53748,53700,53748,"
WRONG = {
    "a total that contradicts its parts": (HEADLINE, ",FY25,t,35748,35700,35748,"),
    "a lever that there is not": ("scenarios", "scheme=1; rare_earth_free_share=0.5;", "scheme=1; free_share=0.5;"),
    "a sector without a row": ("demand", "lifts,intensity,", "lifts,lifetime,"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_whatever_is_wrong_with_the_data_ends_report_and_validate_alike(notebooks, data, tmp_path, monkeypatch, fault):
    write_notebook(notebooks / "1-small.ipynb", "1")
    monkeypatch.setattr("helpers.report.pipeline.wake", lambda: None)
    *table, old, new = WRONG[fault]
    data(*(table or ["trade"]), old, new)
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path / "reports")
    assert outcome.end is End.BAD_DATA and outcome.text.endswith(pipeline.UNFIT), outcome.text
    with pytest.raises(DataError) as said:
        list(gate.told(date.fromisoformat(AS_OF)))
    assert str(said.value) in outcome.text


def test_chapters_begin_while_the_data_are_asked_and_are_told_only_of_data_that_are_fit(
    quick, notebooks, tmp_path, monkeypatch, capsys
):
    write_notebook(notebooks / "2-more.ipynb", "1")
    begun, seen = Event(), []

    def run(path, parameters, timeout):
        seen.append(path.stem)
        begun.set()
        return done(path.stem)

    def opened():
        assert begun.wait(20), "a chapter begins before it is known whether the data are fit"
        raise DataError("data/trade.csv: a figure contradicts another")

    monkeypatch.setattr(gate, "opened", opened)
    monkeypatch.setattr("helpers.report.pipeline.run_chapter", run)
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path / "reports", jobs=1)
    assert outcome.end is End.BAD_DATA and outcome.text.startswith("data/trade.csv: a figure contradicts")
    assert capsys.readouterr().err == "" and len(seen) == 1, "what has not begun by then does not begin"
    assert {path.name for path in (tmp_path / "reports").iterdir()} <= {".lock"}


def test_of_a_day_without_figures_no_chapter_begins_once_that_is_known(quick, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "helpers.report.pipeline.run_chapter", lambda path, asked, _: seen.append(str(asked.as_of)) or done(path.stem)
    )
    days = [Parameters(as_of=AS_OF), Parameters(as_of="2015-01-01")]
    assert [one.end for one in pipeline.reports(days, tmp_path / "reports", jobs=1)] == [End.OK, End.BAD_DATA]
    assert seen == [AS_OF]


def test_a_day_without_a_figure_of_imports_is_refused_by_report_and_validate_alike(quick, tmp_path):
    (outcome,) = pipeline.reports([Parameters(as_of="2015-01-01")], tmp_path / "reports")
    with pytest.raises(DataError, match="no figure of India's magnet imports was public on 2015-01-01") as said:
        list(gate.told(date(2015, 1, 1)))
    assert outcome.end is End.BAD_DATA and str(said.value) in outcome.text


def test_a_target_without_a_yearly_total_on_the_day_is_refused_before_a_cell_runs(quick, tmp_path):
    (outcome,) = pipeline.reports([Parameters(as_of="2025-06-30", target="repm")], tmp_path / "reports")
    assert outcome.end is End.BAD_DATA and "no yearly total of target 'repm' was public on 2025-06-30" in outcome.text
    assert not (tmp_path / "reports" / "failed").exists()


def test_a_package_of_data_that_cannot_be_read_publishes_nothing(notebooks, data, tmp_path, monkeypatch):
    write_notebook(notebooks / "1-small.ipynb", "1")
    monkeypatch.setattr("helpers.report.pipeline.wake", lambda: None)
    (paths.DATA / "datapackage.json").write_text('{"name": "cut off')
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path / "reports")
    assert outcome.end is End.BAD_DATA and "data/datapackage.json: cannot be read" in outcome.text
    assert "nothing was written" in outcome.text


def test_a_home_that_cannot_be_written_to_is_no_news_and_leaves_nothing_behind(workshop, tmp_path):
    workshop.write_notebooks(small=["import matplotlib.pyplot"])
    scratch, home = tmp_path / "scratch", {"HOME": "/proc/none", "JUPYTER_RUNTIME_DIR": "/proc/none/runtime"}
    scratch.mkdir()
    code = "import os; del os.environ['IPYTHONDIR']; from helpers.cli import main; main()"
    words = ["report", "--as-of", AS_OF, "--output", str(tmp_path / "homeless")]
    done = workshop.run("-c", code, *words, TMPDIR=str(scratch), **home)
    said = [line for line in done.stderr.splitlines() if "not a warm one" not in line]
    assert len(said) == 1 and said[0].startswith("1-small: ok, ") and "Errno" not in done.stderr, done.stderr
    assert list(scratch.iterdir()) == []


def test_a_second_run_says_who_holds_the_lock_and_since_when(workshop, tmp_path):
    with publish.only_run(tmp_path):
        done = workshop.magnets("report", "--output", str(tmp_path), code=7)
    assert f"another run is writing to {tmp_path}: process {os.getpid()}, since {date.today().year}-" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {".lock"}


def test_what_a_killed_run_left_behind_is_swept(tmp_path):
    for left in (tmp_path / ".building-x", tmp_path / "failed/.building-y"):
        left.mkdir(parents=True)
        (left / "half.html").write_text("half")
    (tmp_path / ".building-z.html").write_text("half")
    (tmp_path / ".lock-holder").write_text("{half")
    with publish.only_run(tmp_path):
        assert {path.name for path in tmp_path.iterdir()} == {"failed", ".lock", ".lock-holder"}
    assert list((tmp_path / "failed").iterdir()) == []


@pytest.fixture
def disk(tmp_path):
    """A file system of its own, of 1 MB: ``disk("ro")`` and ``disk("rw")`` change how it is mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.name == "nt" or os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a file system")
    try:
        yield folder, lambda way: subprocess.run(["mount", "-o", f"remount,{way}", str(folder)], check=True)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("left", [0, 4, 12, 20, 28, 40])
def test_a_full_disk_is_a_clear_error_and_loses_nothing(quick, disk, left):
    folder, _ = disk
    root = folder / "reports"
    assert pipeline.reports([Parameters(as_of=AS_OF)], root)[0].end is End.OK
    before, filler = contents(root), folder / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    os.truncate(filler, filler.stat().st_size - 1024 * left)
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF, horizon=3)], root)
    assert outcome.end is End.NOT_WRITTEN
    assert "No space left on device" in outcome.text and "untouched" in outcome.text
    after = contents(root)
    assert {name: after[name] for name in before} == before and not any(".building" in str(name) for name in after)
    filler.unlink()
    assert pipeline.reports([Parameters(as_of=AS_OF, horizon=3)], root)[0].end is End.OK
    assert f"{AS_OF}-r2/index.html" in (root / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_may_only_be_read_is_a_clear_error_and_loses_nothing(quick, disk):
    folder, remount = disk
    root = folder / "reports"
    assert pipeline.reports([Parameters(as_of=AS_OF)], root)[0].end is End.OK
    before = contents(root)
    remount("ro")
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF, horizon=3)], root)
    assert outcome.end is End.NOT_WRITTEN and "Read-only file system" in outcome.text and contents(root) == before
    remount("rw")
    assert pipeline.reports([Parameters(as_of=AS_OF, horizon=3)], root)[0].end is End.OK


def test_the_chapter_that_took_longest_last_time_begins_first(quick, notebooks, tmp_path, monkeypatch):
    begun, takes = [], {"1-small": 0.5, "2-long": 9.0, "3-new": 10.0}

    def take(path, parameters, timeout):
        begun.append(path.stem)
        return replace(done(path.stem), seconds=takes[path.stem])

    monkeypatch.setattr("helpers.report.pipeline.run_chapter", take)
    monkeypatch.setattr(paths, "REPORTS", tmp_path)
    write_notebook(notebooks / "2-long.ipynb", *GOOD, "1\n" * 1000)
    root = tmp_path / "example"
    assert pipeline.reports([Parameters(as_of=AS_OF)], root)[0].end is End.OK
    write_notebook(notebooks / "3-new.ipynb", "1")
    assert pipeline.reports([Parameters(as_of=AS_OF)], root)[0].end is End.OK
    assert begun == ["2-long", "1-small", "3-new", "2-long", "1-small"], "without one the largest, then the unknown"
    record = json.loads((root / f"{AS_OF}-r2/run.json").read_text(encoding="utf-8"))
    assert list(record["chapters"]) == sorted(takes), "told in the order of reading"
    assert pipeline.reports([Parameters(as_of=AS_OF)], tmp_path / "first")[0].end is End.OK
    assert begun[-3:] == ["3-new", "2-long", "1-small"], "of a folder without any, those of the example"


def test_chapters_are_had_as_each_ends_and_once_more_by_another_report():
    ended = Event()
    work = {"long": lambda: ended.wait(PATIENCE) and done("long"), "short": lambda: done("short")}
    with batch.side_by_side(work, 2) as as_they_end:
        found = as_they_end(["long", "short"])
        assert next(found).name == "short"
        ended.set()
        assert next(found).name == "long" and [one.name for one in as_they_end(["short"])] == ["short"]


def test_a_kernel_that_is_no_longer_needed_is_not_interrupted_first(notebooks, monkeypatch):
    from jupyter_client.provisioning import LocalProvisioner

    sent, send = [], LocalProvisioner.send_signal

    async def witness(self, signum):
        sent.append((signum, self.process is not None and self.process.poll() is None))
        await send(self, signum)

    monkeypatch.setattr(LocalProvisioner, "send_signal", witness)
    path = write_notebook(notebooks / "1-small.ipynb", "1")
    assert chapter.run_chapter(path, Parameters(as_of=AS_OF)).end is End.OK
    assert [signum for signum, alive in sent if alive] == [signal.SIGKILL], "an interrupt would print an error"


def table_of(value):
    """A chapter that ended well and shows a table with one number."""
    import nbformat

    shown = outputs.Table(pd.DataFrame({"x": [1.0, value]}), "A ratio, per cent")._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", shown)])
    return replace(done(), notebook=nbformat.v4.new_notebook(cells=[*done().notebook.cells, cell]))


def test_an_infinite_number_is_no_report(quick, tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.report.pipeline.run_chapter", lambda *_: table_of(float("inf")))
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)
    assert outcome.end is End.CELL_ERROR and "say what is not known" in outcome.text
    assert not (tmp_path / AS_OF).exists()


def test_what_a_library_cannot_do_fails_its_report_and_no_other(quick, notebooks, tmp_path, monkeypatch):
    path = notebooks / "1-small.ipynb"
    path.write_text(path.read_text().replace('are read"', 'are read\\nhorizon: int = 10  # years"'))

    def take(path, parameters, timeout):
        return replace(done(path.stem), notebook=None if parameters.horizon == 4 else done().notebook)

    monkeypatch.setattr("helpers.report.pipeline.run_chapter", take)
    outcomes = pipeline.reports([Parameters(as_of=AS_OF, horizon=n) for n in (3, 4, 5)], tmp_path)
    assert [outcome.end for outcome in outcomes] == [End.OK, End.CELL_ERROR, End.OK]
    assert "AttributeError: " in outcomes[1].text and "nothing was published" in outcomes[1].text


def test_a_formula_that_cannot_be_set_is_named(quick, tmp_path, monkeypatch):
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# What?\n\n$\\left( x$")])
    monkeypatch.setattr("helpers.report.pipeline.run_chapter", lambda *_: replace(done(), notebook=notebook))
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)
    assert outcome.end is End.CELL_ERROR and "$\\left( x$ is no formula that can be set" in outcome.text


def test_a_report_that_is_published_but_not_listed_is_told_so(quick, tmp_path):
    (tmp_path / "index.html").mkdir()
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)
    assert outcome.end is End.NOT_WRITTEN
    assert f"{AS_OF}/index.html is published, but could not be listed" in outcome.text
    (tmp_path / "index.html").rmdir()
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)
    assert outcome.text.startswith("unchanged: ")
    assert f'href="{AS_OF}/index.html"' in (tmp_path / "index.html").read_text()


def test_a_report_that_was_moved_or_deleted_is_listed_where_it_is_or_not_at_all(quick, tmp_path):
    pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)
    (tmp_path / AS_OF).rename(tmp_path / "kept")
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)
    assert outcome.text == f"unchanged: {tmp_path / 'kept' / 'index.html'}"
    assert [link["href"] for link in Page(tmp_path / "index.html").all("a")][1:] == ["feed.xml", "kept/index.html"]
    shutil.rmtree(tmp_path / "kept")
    assert pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)[0].text == str(tmp_path / AS_OF / "index.html")


def test_an_error_of_any_length_has_its_page(notebooks, unasked, tmp_path):
    write_notebook(notebooks / "1-long.ipynb", "raise ValueError('x' * 2_000_000)")
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)
    assert outcome.end is End.CELL_ERROR and len(outcome.text) < 30_000 and "1-long, cell 3: ValueError" in outcome.text
    assert (tmp_path / "failed" / AS_OF / "index.html").stat().st_size < 50_000


def test_a_folder_that_cannot_be_written_is_a_clear_error(quick, tmp_path):
    (tmp_path / "file").write_text("")
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path / "file" / "reports")
    assert outcome.end is End.NOT_WRITTEN and "could not write: Not a directory" in outcome.text


def test_a_report_without_notebooks_is_refused(notebooks, tmp_path):
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path / "reports")
    assert outcome.end is End.BAD_PARAMETERS and "holds no notebook" in outcome.text
    assert not (tmp_path / "reports").exists()


def test_files_that_change_while_a_report_is_made_keep_it_from_being_published(quick, tmp_path, monkeypatch):
    def edit(path, parameters, timeout):
        path.write_text(path.read_text().replace('"1"', '"2"'))
        return done(path.stem)

    monkeypatch.setattr("helpers.report.pipeline.run_chapter", edit)
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path / "reports")
    assert outcome.end is End.BAD_DATA and "notebooks/1-small.ipynb changed while the report was made" in outcome.text
    assert [path.name for path in (tmp_path / "reports").iterdir()] == [".lock"]


def test_figures_that_are_old_are_announced(quick, tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.report.parameters.today", lambda: date(2030, 1, 1))
    parameters = [Parameters(as_of="2030-01-01"), Parameters(as_of="2025-07-01")]
    assert [outcome.end for outcome in pipeline.reports(parameters, tmp_path)] == [End.OK, End.OK]
    old, new = (Page(tmp_path / f"{p.as_of}/index.html") for p in parameters)
    assert "These figures are old." in old.text and "These figures are old." not in new.text


def test_an_archive_that_lags_behind_is_renewed_by_a_run_with_nothing_to_do(quick, tmp_path):
    pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)
    archive = tmp_path / "index.html"
    text = archive.read_text(encoding="utf-8")
    archive.unlink()
    (outcome,) = pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)
    assert outcome.text.startswith("unchanged: ") and archive.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("record", ["{", "[]", '{"inputs": "1", "given": {}}', '{"folder": "x-rz", "inputs": 1}'])
def test_a_report_folder_with_a_broken_record_is_warned_of_and_left_alone(quick, tmp_path, record):
    (tmp_path / "2020-01-01").mkdir()
    (tmp_path / "2020-01-01/run.json").write_text(record)
    with pytest.warns(UserWarning, match="is no record of a report"):
        assert pipeline.reports([Parameters(as_of=AS_OF)], tmp_path)[0].end is End.OK


def test_the_warm_kernel_is_used_where_it_is_installed_else_the_stock_one(monkeypatch):
    from jupyter_client import kernelspec

    monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", lambda self, name: name)
    chapter.kernel_name.cache_clear()
    assert chapter.kernel_name() == "magnets"

    def missing(self, name):
        raise kernelspec.NoSuchKernel(name)

    monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", missing)
    chapter.kernel_name.cache_clear()
    assert chapter.kernel_name() == "python3"
    chapter.kernel_name.cache_clear()


def test_a_number_stays_with_its_unit():
    assert html.together("53,748 t of 12 %, 3 tonnes") == "53,748\u00a0t of 12\u00a0%, 3 tonnes"


def test_formulas_become_mathml_and_code_and_prices_stay():
    page = html.maths("Growth is $g = 1$.\n\n$$x^2$$\n\n`$a$` costs $5 or 6 $.")
    assert page.count("<math") == 2 and 'display="block"' in page and "`$a$` costs $5 or 6 $." in page
