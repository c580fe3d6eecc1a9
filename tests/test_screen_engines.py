"""The same results everywhere: here, in processes and on Dask, however many workers, whichever are killed."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from datetime import date
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import killed
import panel as made_up
import pytest
from test_report_ends import GOOD

from conftest import AS_OF
from helpers import paths
from helpers.chapters.lines import view
from helpers.data import DataError
from helpers.report import lines
from helpers.report.job import End
from helpers.report.run import spread
from helpers.screen import cluster, engine, parts
from helpers.screen.rules import Rules

ADDRESSES = ["tcp://10.0.0.1:8786", "tcp://far:8786", "tcp://0.0.0.0:8786", "tcp://[::]:8786", "ucx://h:1",
             "https://far:8786", "tcp://127.0.0.1", "tls://far", "anything", "tcp://127.0.0.1.evil.org:1"]  # fmt: skip


ROWS = 7_000
"""Rows of a part: the panel has several parts."""


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    """Lines with as many series as tell how far they lean."""
    return made_up.made(tmp_path_factory.mktemp("screen") / "panel", lines=16, seed=104, share=0.02)


@pytest.fixture(scope="module")
def serial(synthetic, tmp_path_factory):
    """What is found in this process, and where its parts are kept."""
    todo = parts.plan(synthetic, Rules(), tmp_path_factory.mktemp("serial"), ROWS)
    assert len(todo) > 3 and todo[0].whole.lean
    return parts.screened(todo), todo


def same(one, other):
    """Whether two runs found the same, to the byte."""
    return [file.read_bytes() for part in one for file in sorted(part.place.iterdir())] == [
        file.read_bytes() for part in other for file in sorted(part.place.iterdir())
    ]


@pytest.fixture(scope="module")
def running():
    """A cluster that somebody else has begun, with two workers."""
    dask = pytest.importorskip("dask.distributed")
    from dask import config

    with config.set(cluster.SETTINGS), dask.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", protocol="tcp://", dashboard_address="127.0.0.1:0",
        memory_limit=0, silence_logs=50,
    ) as begun:  # fmt: skip
        yield begun


def test_processes_find_the_same(serial, synthetic, tmp_path):
    todo = parts.plan(synthetic, Rules(), tmp_path, ROWS)
    found = parts.screened(todo, "processes", 2)
    assert all(found[name].equals(serial[0][name]) for name in found)
    assert same(todo, serial[1])


def test_of_two_workers_one_that_is_killed_loses_nothing(running, serial, synthetic, tmp_path):
    todo = parts.plan(synthetic, Rules(), tmp_path, ROWS)

    def kill():
        while not any(part.done for part in todo):
            time.sleep(0.01)
        nanny = next(iter(running.workers.values()))
        os.kill(nanny.process.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    parts.screened(todo, running.scheduler_address)
    killer.join(30)
    assert same(todo, serial[1])


def test_one_worker_of_an_existing_cluster_finds_the_same(running, serial, synthetic, tmp_path):
    running.scale(1)
    deadline = time.monotonic() + 30
    while len(running.scheduler.workers) != 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    todo = parts.plan(synthetic, Rules(), tmp_path, ROWS)
    parts.screened(todo, running.scheduler_address)
    assert same(todo, serial[1])
    assert running.status.name == "running", "it is left as it was"


def test_a_cluster_that_loses_its_workers_over_and_over_is_an_error_and_the_end_of_a_notebook(monkeypatch):
    distributed = pytest.importorskip("dask.distributed")

    def lost():
        raise distributed.KilledWorker("task", SimpleNamespace(address="here"), 5)

    future = SimpleNamespace(done=lambda: True, result=lost, cancel=lambda: None, release=lambda: None)
    client = SimpleNamespace(submit=lambda *asked, **how: future, map=lambda *asked, **how: [future], nthreads=dict)
    monkeypatch.setattr(cluster, "client", lambda on, count: nullcontext(client))
    monkeypatch.setattr(distributed, "as_completed", iter)
    with pytest.raises(engine.LostError, match="over and over"):
        list(engine.run(abs, [1], "dask"))
    with spread.spread("dask", 1) as run:
        chapter = run(paths.NOTEBOOKS / lines.NOTEBOOK, lines.LineParameters(as_of=AS_OF), 60)
    assert chapter.end is End.KERNEL_DIED
    assert "lost its workers" in chapter.error


@pytest.mark.parametrize(
    ("workers", "tasks", "most"), [(2, 30, 1), (2, 101, 2), (2, 9_000, engine.MOST), (0, 300, 1), (3, 2, 1)]
)
def test_workers_of_a_cluster_are_given_several_tasks_at_a_time_where_there_are_many(monkeypatch, workers, tasks, most):
    distributed, sizes = pytest.importorskip("dask.distributed"), []

    def future(do, some):
        sizes.append(len(some))
        return SimpleNamespace(result=lambda: do(some), release=lambda: None)

    client = SimpleNamespace(map=lambda do, every, **how: [future(do, some) for some in every],
                             nthreads=lambda: dict.fromkeys(range(workers), 1))  # fmt: skip
    monkeypatch.setattr(cluster, "client", lambda on, count: nullcontext(client))
    monkeypatch.setattr(distributed, "as_completed", iter)
    assert list(engine.run(abs, range(-tasks, 0), "dask")) == list(range(tasks, 0, -1))
    assert max(sizes) == most


def test_processes_that_are_killed_are_begun_anew(tmp_path):
    assert sorted(engine.run(killed.once, [(n, str(tmp_path)) for n in range(5)], "processes", 2)) == [0, 1, 2, 3, 4]


def test_processes_that_are_killed_again_and_again_are_an_error_that_says_so():
    with pytest.raises(engine.LostError, match="killed 3 times"):
        list(engine.run(killed.always, [1], "processes", 1))


def test_a_run_that_is_killed_goes_on_from_the_parts_that_are_finished(serial, synthetic, tmp_path):
    todo = parts.plan(synthetic, Rules(), tmp_path, ROWS)
    code = (
        "import sys; from pathlib import Path; from helpers.screen import panel, parts; from helpers.screen.rules "
        "import Rules; folder, out = map(Path, sys.argv[1:]); "
        f"parts.screened(parts.plan(panel.opened(folder), Rules(), out, {ROWS}))"
    )
    where = os.environ | {"PYTHONPATH": str(paths.CODE.parent)}
    run = subprocess.Popen([sys.executable, "-c", code, str(synthetic.folder), str(tmp_path)], env=where)
    while sum(part.done for part in todo) < 2:
        assert run.poll() is None
        time.sleep(0.005)
    run.kill()
    run.wait()
    kept = {part.place: part.place.stat().st_mtime_ns for part in todo if part.done}
    assert 0 < len(kept) < len(todo)
    told = []
    parts.screened(todo, tell=told.append)
    assert told[0] == len(kept)
    assert {place: place.stat().st_mtime_ns for place in kept} == kept
    assert same(todo, serial[1])
    assert not list(todo[0].place.parent.glob("draft-*"))


def test_two_runs_do_not_meet_in_one_folder(serial, synthetic, tmp_path):
    from filelock import FileLock

    todo = parts.plan(synthetic, Rules(), tmp_path, ROWS)
    todo[0].place.parent.mkdir(parents=True)
    with FileLock(todo[0].place.parent / "lock"), pytest.raises(parts.BusyError, match="another run"):
        parts.screened(todo)


def test_a_page_a_line_is_the_same_from_a_worker_and_one_that_fails_or_is_not_there_says_why(running, tmp_path):
    day = date.fromisoformat(AS_OF)
    missing, *here = lines.made("851,850511", None, day, tmp_path / "here")
    assert missing.end is End.BAD_PARAMETERS
    assert "the project's tables have no line 851: of 23 the nearest are 850511, 85051110;" in missing.text
    there = lines.made("850511,85051110", None, day, tmp_path / "there", jobs=2, on=running.scheduler_address)
    assert [outcome.end for outcome in (*here, *there)] == [End.OK, End.OK, End.CELL_ERROR]
    assert "line 85051110, cell 3: DataError: of 85051110 the panel holds no whole year" in there[1].text
    pages = [(tmp_path / place / "lines/850511.html").read_bytes() for place in ("here", "there")]
    told = [re.findall(rb"HS (\d+)</a>", page) for page in pages]
    assert b"851" not in told[0] and b"85051110" in told[1]
    assert _main(pages[0]) == _main(pages[1])


def test_without_a_panel_no_line_is_made(tmp_path):
    (none,) = lines.made("850511", tmp_path / "none", date.fromisoformat(AS_OF), tmp_path)
    assert (none.end, "holds no panel" in none.text) == (End.BAD_DATA, True)


@pytest.mark.parametrize(
    ("hs", "said"), [("8505, 77", "no line 77: of 23"), ("all,8505", "give codes"), (" ,", "give codes")]
)
def test_a_notebook_asked_for_lines_that_are_not_there_says_so(india, hs, said):
    with pytest.raises(DataError, match=said):
        view.looked(india, "", hs)


def test_a_grid_of_reports_over_workers_ends_and_is_recorded_as_on_one_machine(workshop):
    pytest.importorskip("dask.distributed")
    workshop.write_notebooks(good=GOOD, bad=["1 / (as_of != '2025-06-30')"])
    (workshop.root / "grid.yml").write_text(f"- as_of: [2025-06-30, {AS_OF}]\n")
    told, kept = {}, {}
    for on, jobs in {"dask": "1", "local": "2"}.items():
        done = workshop.magnets("report", "--grid", "grid.yml", "--output", on, "--on", on, "--jobs", jobs, code=4)
        assert "ZeroDivisionError" in done.stderr, done.stdout + done.stderr
        told[on] = done.stdout.replace(on, ""), sorted(line.partition(",")[0] for line in done.stderr.splitlines())
        pages = [workshop.root / on / "index.html", *(workshop.root / on / AS_OF).glob("*.html")]
        kept[on] = {str(path.relative_to(workshop.root / on)): path.read_bytes() for path in pages}
    assert len(kept["dask"]) == 5, "two chapters, the report, its glossary, the list of reports"
    assert kept["dask"] == kept["local"]
    assert told["dask"][0] == told["local"][0]
    assert (workshop.root / "dask/failed/2025-06-30/index.html").exists()


def _main(page):
    return page[page.index(b"<main") : page.index(b"</main>")]


@pytest.mark.parametrize(("asked", "end"), [("85x", End.BAD_PARAMETERS), ("850511", End.BAD_PARAMETERS)])
def test_a_page_a_line_needs_a_code_and_a_safe_address(asked, end, tmp_path):
    (told,) = lines.made(asked, None, date.fromisoformat(AS_OF), tmp_path, on="tcp://far:8786")
    assert told.end == end


@pytest.mark.parametrize("on", ADDRESSES)
def test_an_address_where_others_could_listen_is_refused(on):
    with pytest.raises(cluster.UnsafeError, match=r"--on"):
        next(engine.run(killed.once, [], on))


@pytest.mark.parametrize("on", ["tcp://127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786", "tls://far:8786"])
def test_loopback_and_encryption_are_let_through(on):
    assert cluster.require_safe(on) is None


def test_a_cluster_begun_here_is_encrypted_and_listens_on_loopback_alone():
    pytest.importorskip("dask.distributed")
    import psutil
    from dask import config

    with cluster.client("dask", 1) as client:
        assert client.scheduler.address.startswith("tls://127.0.0.1:")
        here = psutil.Process()
        listening = [
            connection.laddr.ip
            for process in [here, *here.children(recursive=True)]
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert client.submit(os.getpid).result() != here.pid
        kept = [client.submit(os.getenv, f"MALLOC_{name}_THRESHOLD_").result() for name in ("TRIM", "MMAP")]
        rested = client.submit(config.get, "distributed.admin.tick.interval").result()
    assert rested == cluster.SETTINGS["distributed.admin.tick.interval"] == "1s", "workers rest where nothing is asked"
    assert all(int(size) >= 32 << 20 for size in kept), "memory of an array is used for the next one"
    assert listening
    assert set(listening) <= {"127.0.0.1", "::1"}


def test_jobs_of_slurm_keep_what_is_set_and_show_their_pages_to_this_machine_alone(monkeypatch):
    pytest.importorskip("dask.distributed")
    from dask import config

    asked = {}
    fake = ModuleType("dask_jobqueue")
    fake.SLURMCluster, fake.__spec__ = asked.update, ModuleSpec("dask_jobqueue", None)
    monkeypatch.setitem(sys.modules, "dask_jobqueue", fake)
    with config.set({"jobqueue.slurm.job-script-prologue": ["module load python"]}):
        cluster._slurm(3)
    assert asked["protocol"] == "tls://"
    assert asked["job_script_prologue"][0] == "module load python"
    assert asked["scheduler_options"]["dashboard_address"] == asked["worker_extra_args"][-1] == "127.0.0.1:0"


def test_without_dask_it_runs_locally_and_says_so(monkeypatch, capsys):
    monkeypatch.setattr(cluster, "available", lambda: False)
    assert list(engine.run(abs, [-1, -2], "dask", 1)) == [1, 2]
    assert "Dask is not installed" in capsys.readouterr().err


def test_the_environment_is_as_it_was_once_workers_have_begun(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    before = dict(os.environ)
    with engine.one_thread():
        assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
    assert dict(os.environ) == before


def test_nothing_is_unpickled_from_files():
    code = [path.read_text(encoding="utf-8") for path in (paths.CODE / "screen").glob("*.py")]
    assert not any(word in text for text in code for word in ("pickle", "joblib", "np.load", "shelve", "eval("))
