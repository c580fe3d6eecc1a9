"""The command: its words, its ends, and what it survives."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from standin import gacc as customs
from typer.testing import CliRunner

from conftest import AS_OF, FROZEN
from helpers import STOPPED, __version__, paths
from helpers.cli import _names, app
from helpers.report import parameters
from helpers.report.run import interrupt, leftovers

MAGNETS = "from helpers.cli import main; main()"


def magnets(*words, cwd=None, **env):
    return subprocess.run(
        [sys.executable, "-c", MAGNETS, *words], capture_output=True, text=True, cwd=cwd, timeout=120,
        env=os.environ | {"COLUMNS": "200"} | env,
    )  # fmt: skip


def test_it_says_which_version_it_is():
    assert magnets("--version").stdout == f"magnets {__version__}\n"


def test_it_completes_its_words_in_a_shell():
    assert "--install-completion" in CliRunner().invoke(app, ["--help"]).stdout
    assert _names("ho") == ["horizon="] and len(_names("")) == len(parameters.Parameters.model_fields)


@pytest.mark.parametrize("day", ["garbage", "1764547200.0", "1764547200", "9999-12-31", "2026-02-30"])
@pytest.mark.parametrize("verb", ["validate", "report"])
def test_a_day_that_is_none_or_yet_to_come_is_refused_in_words(verb, day, tmp_path):
    words = ["--output", str(tmp_path / "reports"), "--quiet"] if verb == "report" else []
    done = CliRunner().invoke(app, [verb, "--as-of", day, *words])
    assert done.exit_code == 2 and done.stderr.startswith(f"parameter as_of={day}: "), done.stderr
    assert not (tmp_path / "reports").exists()


def test_today_is_the_day_in_india():
    assert abs((parameters.today() - parameters.date.fromtimestamp(time.time())).days) <= 1
    assert parameters.parse([], str(parameters.today())).as_of == parameters.today()


def test_a_hundred_thousand_wrong_entries_are_refused_briefly(tmp_path):
    def told(count):
        (tmp_path / "grid.yml").write_text("- horizon: 99\n" * count)
        done = CliRunner().invoke(
            app, ["report", "--grid", str(tmp_path / "grid.yml"), "--output", str(tmp_path / "x")]
        )
        assert done.exit_code == 2 and not (tmp_path / "x").exists()
        return done.stderr.splitlines()

    assert "is 1,400,000 bytes, more than the 1000 reports need" in told(100_000)[-1]
    lines = told(5_000)
    assert len(lines) == 11 and lines[-1] == "and more: mend these first"
    assert lines[9].startswith("grid.yml line 10: parameter horizon=99")


def test_a_character_that_the_terminal_has_not_ends_no_run():
    done = magnets(
        "validate", "--as-of", "−", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii"
    )
    assert done.returncode == 2 and "parameter as_of=" in done.stderr and "Traceback" not in done.stderr


SWALLOWED = """
import gc, os, signal, weakref
from helpers import cli
from helpers.report import pipeline

class Thing: pass
thing = Thing()
note = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGINT))

def lose():  # the callback's KeyboardInterrupt goes nowhere, as in the middle of an import
    global thing
    del thing
    gc.collect()

pipeline.wake = lose
cli.main()
"""


def test_ctrl_c_that_python_loses_still_ends_the_run(workshop):
    workshop.write_notebooks(small=["1 + 1"])
    done = workshop.run("-c", SWALLOWED, "report", "--as-of", "2025-06-30", "--output", "lost", code=130)
    assert done.stderr.splitlines()[-1].startswith("stopped; ")
    assert {path.name for path in (workshop.root / "lost").iterdir()} == {".lock"}


EARLY = """
import builtins, os, signal, sys
from helpers.__main__ import main
load = builtins.__import__

def interrupt(name, *rest):
    if name == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGINT)
    return load(name, *rest)

builtins.__import__ = interrupt
main()
"""


@pytest.mark.parametrize("module", ["helpers.cli", "typer", "warnings"])
def test_ctrl_c_while_modules_are_imported_is_one_line(module):
    done = subprocess.run([sys.executable, "-c", EARLY, module], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (130, "") and done.stderr == STOPPED


def test_ctrl_c_is_noted_raised_again_and_held_back_while_ending():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupt.noted():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()
        signal.raise_signal(signal.SIGINT)  # a second time: what runs is being ended already
    with pytest.raises(KeyboardInterrupt), interrupt.noted():
        interrupt.end()
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert interrupt.check() is None, "no note, no interrupt"


def test_folders_of_kernels_whose_run_was_killed_are_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code = "from helpers.report.run import leftovers\nwith leftovers.kernel_folder(): print(), input()"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    ) as run:  # fmt: skip
        assert run.stdout.readline() == b"\n", "it has its lock, and not only the file"
        found = list(tmp_path.glob("magnets-kernel-*/lock"))
        (tmp_path / "magnets-kernel-link").symlink_to(found[0].parent)
        (tmp_path / "magnets-kernel-new").mkdir()
        old = tmp_path / "magnets-kernel-old"
        old.mkdir()
        os.utime(old, (0, 0))
        leftovers.sweep()
        left = {path.name for path in tmp_path.iterdir()}
        assert left == {found[0].parent.name, "magnets-kernel-link", "magnets-kernel-new"}, (
            "a run that lives keeps its own"
        )
        run.kill()
    leftovers.sweep()
    assert {path.name for path in tmp_path.iterdir()} == {"magnets-kernel-link", "magnets-kernel-new"}


def test_without_data_it_says_in_a_line_what_it_needs(tmp_path):
    shutil.copytree(paths.CODE, tmp_path / "helpers", ignore=shutil.ignore_patterns("__pycache__", "carried"))
    done = magnets("validate", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "magnets needs data/ and notebooks/" in done.stderr


def test_one_screen_says_what_was_asked_and_that_it_holds():
    done = CliRunner().invoke(app, ["validate"])
    lines = done.stdout.splitlines()
    assert done.exit_code == 0 and len(lines) <= 40, done.stderr
    assert "each period is one, and was over when its figure became public" in done.stdout
    assert "FAILS" not in done.stdout
    assert lines[-1].startswith("data/ is valid: ") and f"public on {parameters.today()}:" in done.stdout
    assert str(parameters.today()) > AS_OF


@pytest.fixture
def archive(tmp_path, monkeypatch):
    monkeypatch.setenv("MAGNETS_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(paths, "DATA", FROZEN)
    return tmp_path / "archive"


@pytest.mark.parametrize(
    "words, code", [(["fetch", "gacc"], 20), (["fetch", "gacc", "--dry-run"], 0), (["sources"], 0)]
)
def test_who_has_to_drop_a_file_is_told_where_and_how_to_call_it(archive, words, code):
    done = CliRunner().invoke(app, words)
    said = " ".join(done.output.split())
    assert done.exit_code == code and f"{archive}/drop/gacc/: tables that a person downloads" in said
    assert "export-all-..." in said and "customs and names" in said


def test_the_history_of_a_figure_says_that_it_is_made_up(archive, monkeypatch):
    monkeypatch.setenv("MAGNETS_ECB_URL", "http://127.0.0.1:9")  # one feed at another host makes all of it synthetic
    customs.drop(archive / "drop/gacc", FROZEN)
    assert CliRunner().invoke(app, ["fetch", "gacc"]).exit_code == 0
    said = CliRunner().invoke(app, ["history", "trade", "export/CHN/IND/85051110/weight/2025-07"]).stdout
    curated, live = said.splitlines()[1:]
    assert "SYNTHETIC" in live and "SYNTHETIC" not in curated and "None" not in said


@pytest.mark.parametrize("words", [["fetch", "--dry-run"], ["scenario", "list"]])
def test_a_reader_that_closes_the_pipe_is_no_fault_of_a_file(archive, words):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-c", MAGNETS, *words], stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert done.returncode == 1 and done.stderr == b""


def test_without_a_network_a_fetch_says_so_once_and_names_no_source_twice(archive, monkeypatch):
    for name in ("ECB", "FRANKFURTER"):
        monkeypatch.setenv(f"MAGNETS_{name}_URL", "http://127.0.0.1:9")
    done = CliRunner().invoke(app, ["fetch", "ecb", "frankfurter"])
    assert done.exit_code == 22 and done.stderr.count("no network: no source can be reached") == 1
    assert done.stderr.count("ecb") == done.stderr.count("frankfurter") == 1


def test_linear_algebra_has_one_thread_before_it_is_loaded():
    told = "print(os.environ['OMP_NUM_THREADS'], 'numpy' in sys.modules)"
    code = f"import os, sys; from helpers import cli; cli.app = lambda: {told}; cli.main()"
    env = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60)
    assert done.stdout == "1 False\n", done.stderr
