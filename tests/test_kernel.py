"""Warm kernels: real kernels, real signals, real parents; all bounded in time and ended by the tests."""

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from filelock import FileLock
from jupyter_client.kernelspec import get_kernel_spec
from jupyter_client.manager import start_new_kernel
from nbclient.exceptions import DeadKernelError

from helpers import data
from helpers.kernel import provisioner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels need Linux")

CLIENT = """
import sys, time
from jupyter_client.manager import start_new_kernel
print("ready", flush=True)
sys.stdin.read()
manager, client = start_new_kernel(kernel_name="magnets")
client.execute("import subprocess; subprocess.Popen(['sleep', '60'])", reply=True, timeout=30)
print(manager.provisioner.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module", autouse=True)
def runtime():
    """A runtime folder of our own, hence parents of our own, which end with it."""
    with pytest.MonkeyPatch.context() as patch:
        folder = Path(tempfile.mkdtemp(prefix="warm-"))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        yield folder
        for log in folder.rglob("*.log"):
            if (words := log.read_text().split())[:1] == ["parent"]:
                end(int(words[1]))
        shutil.rmtree(folder)


@pytest.fixture
def light(tmp_path, monkeypatch):
    """Parents that load no more than a kernel needs, and are there in a moment."""
    text, few = provisioner.PARENT.read_text(), 'STACK = ("ipykernel.kernelapp", "numpy")\n'
    monkeypatch.setattr(provisioner, "PARENT", tmp_path / "parent.py")
    provisioner.PARENT.write_text(re.sub(r"^STACK = .*?^\)\n", few, text, flags=re.S | re.M))


def end(pid):
    if psutil.pid_exists(pid):
        os.kill(pid, signal.SIGTERM)
        until(lambda: gone(pid))


def gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def client_process():
    """A client in a process of its own, all imports done, that starts a kernel when its input ends."""
    client = subprocess.Popen([sys.executable, "-c", CLIENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert client.stdout.readline() == "ready\n"
    return client


@contextmanager
def kernel(**options):
    manager, client = start_new_kernel(kernel_name="magnets", **options)
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def ask(client, expression, setup=""):
    """The value of an expression in a kernel."""
    reply = client.execute(setup, user_expressions={"answer": expression}, reply=True, timeout=30)["content"]
    assert reply["status"] == "ok", reply
    return ast.literal_eval(reply["user_expressions"]["answer"]["data"]["text/plain"])


def parent_of_a_new_kernel():
    with kernel() as (_, client):
        return ask(client, "os.getppid()", "import os")


def exit_code(manager):
    until(lambda: not manager.is_alive())
    return manager.provisioner.process.wait()


def notebook(path, *cells):
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)
    return path


def test_a_notebook_sees_its_folder_and_environment_and_is_warm(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("ANSWER", "fünf\nZeilen")
    cell = "import os, sys\nprint(os.getcwd(), [os.environ['ANSWER']], 'statsmodels.api' in sys.modules)"
    source = notebook(tmp_path / "in.ipynb", cell, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    done = papermill.execute_notebook(
        source, tmp_path / "out.ipynb", kernel_name="magnets", cwd=tmp_path, progress_bar=False
    )
    assert done.cells[0].outputs[0].text == f"{tmp_path} ['fünf\\nZeilen'] True\n"
    assert "image/png" in done.cells[1].outputs[0].data
    out, err = capfd.readouterr()
    stopped = "[IPKernelApp] ERROR | KeyboardInterrupt caught in kernel.\n"  # papermill may be early to end its kernel
    assert (out, err.replace(stopped, "")) == ("", "")


def test_papermill_learns_that_a_kernel_was_killed(tmp_path):
    source = notebook(tmp_path / "in.ipynb", "import os\nos.kill(os.getpid(), 9)")
    with pytest.raises(DeadKernelError):
        papermill.execute_notebook(source, tmp_path / "out.ipynb", kernel_name="magnets", progress_bar=False)


@pytest.mark.parametrize(("last_words", "code"), [("os.kill(os.getpid(), 9)", -9), ("os._exit(3)", 3)])
def test_the_exit_code_of_a_kernel_is_the_one_it_ended_with(last_words, code, runtime):
    with kernel() as (manager, client):
        client.execute(f"import os; {last_words}")
        assert exit_code(manager) == code
    assert list((runtime / "magnets").glob("*-*")) == []


def test_a_kernel_asked_to_shut_down_ends_by_itself():
    with kernel() as (manager, client):
        process = manager.provisioner.process
        client.shutdown(reply=True, timeout=30)
        assert exit_code(manager) == 0
        assert gone(process.pid)


def test_an_interrupt_stops_the_cell_and_not_the_kernel():
    with kernel() as (manager, client):
        cell = "import time; print('now', flush=True); time.sleep(60)"
        request = client.execute(cell, stop_on_error=False)
        while client.get_iopub_msg(timeout=30)["msg_type"] != "stream":
            pass
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=30)
        assert reply["parent_header"]["msg_id"] == request
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert ask(client, "1 + 1") == 2


@pytest.mark.parametrize("now", [True, False])
def test_a_restart_is_another_process_with_a_fresh_namespace(now):
    with kernel() as (manager, client):
        first = ask(client, "os.getpid()", "import os; left_over = 1")
        manager.restart_kernel(now=now)
        client.wait_for_ready(timeout=30)
        assert ask(client, "'left_over' in globals()") is False
        assert ask(client, "os.getpid()", "import os") == manager.provisioner.pid != first
        until(lambda: gone(first))


def test_helpers_is_not_preloaded_and_an_edit_is_seen_by_the_next_kernel(tmp_path):
    module = tmp_path / "edited.py"
    for version in ("before", "and after"):
        module.write_text(f"version = {version!r}")
        with kernel(cwd=str(tmp_path)) as (_, client):
            assert ask(client, "'helpers' in sys.modules", "import sys") is False
            assert ask(client, "edited.version", "import edited") == version


def test_a_kernel_starts_as_a_stock_one_would_and_with_its_own_random_numbers():
    seen = []
    for _ in range(2):
        with kernel() as (_, client):
            setup = "import random, signal, sys, matplotlib, numpy, pandas"
            assert ask(client, "pandas.get_option('display.max_columns')", setup) == 20  # 0 in a terminal
            assert ask(client, "matplotlib.get_backend()") == "module://matplotlib_inline.backend_inline"
            assert ask(client, "signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL") is True
            assert ask(client, "[sys.argv[0][-22:], sys.path.count('')]") == ["/ipykernel_launcher.py", 1]
            seen += ask(client, "[random.random(), float(numpy.random.random())]")
    assert len(set(seen)) == 4


def test_completion_offers_what_a_module_of_ours_defines_and_not_what_it_imports():
    with kernel() as (_, client):
        setup = (
            "import json, helpers.data as data; from helpers.outlook import customs; india = data.vintage('2026-11-22')"
        )
        ask(client, "customs.METAL", setup)
        offered = {
            of: {name.rpartition(".")[2] for name in client.complete(of, reply=True, timeout=30)["content"]["matches"]}
            for of in ("customs.", "data.", "json.", "india.")
        }
    assert {"METAL", "imports", "halves"} <= offered["customs."]
    assert not {"np", "pd", "fiscal", "Vintage", "targets", "sources_of"} & offered["customs."]
    assert offered["data."] == set(data.__all__) and {"load", "JSONDecoder"} <= offered["json."]
    assert {"series", "adding", "assuming", "on"} <= offered["india."]


def test_no_port_is_opened_and_the_sockets_are_the_users_own():
    with kernel() as (manager, _):
        info = json.loads(Path(manager.connection_file).read_text())
        assert info["transport"] == "ipc"
        assert Path(info["ip"]).parent.stat().st_mode & 0o777 == 0o700
        assert psutil.Process(manager.provisioner.pid).net_connections("inet") == []


def test_what_a_fork_of_the_notebook_prints_arrives():
    with kernel() as (_, client):
        client.execute("import os\nif not os.fork():\n  print('child', end='', flush=True)\n  os._exit(0)")
        assert any(client.get_iopub_msg(timeout=30)["content"].get("text") == "child" for _ in range(20))


def test_a_kernel_and_what_it_started_end_with_its_client_and_leave_no_file(runtime):
    parent_of_a_new_kernel()  # so that what is there afterwards was there before
    before = set(runtime.rglob("*"))
    with client_process() as client:
        client.stdin.close()
        pid = int(client.stdout.readline())
        family = [pid, *(child.pid for child in psutil.Process(pid).children())]
        assert len(family) == 2 and not any(map(gone, family))
        client.kill()
    until(lambda: all(map(gone, family)) and set(runtime.rglob("*")) == before)


def test_what_a_kernel_started_ends_with_it_however_it_ends():
    with kernel() as (manager, client):
        started = ask(client, "sleep.pid", "import os, subprocess; sleep = subprocess.Popen(['sleep', '60'])")
        client.execute("os._exit(3)")
        assert exit_code(manager) == 3
        until(lambda: gone(started))


def test_a_kernel_ends_with_its_parent_and_the_next_one_gets_a_new_parent(light):
    with kernel() as (manager, client):
        parent = ask(client, "os.getppid()", "import os")
        client.execute("sum(range(10**10))")  # minutes of C code that no thread of the kernel could end
        os.kill(parent, signal.SIGKILL)
        assert exit_code(manager) == -9
        until(lambda: gone(manager.provisioner.pid))
    assert parent_of_a_new_kernel() != parent


def test_clients_at_once_share_one_parent_which_ends_when_idle(tmp_path, monkeypatch, runtime):
    specification = tmp_path / "kernels" / "magnets" / "kernel.json"
    specification.parent.mkdir(parents=True)
    content = get_kernel_spec("magnets").to_dict()
    content["metadata"]["kernel_provisioner"]["config"] = {"idle_seconds": 1}
    specification.write_text(json.dumps(content))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    before = set(runtime.rglob("*.log"))
    clients = [client_process() for _ in range(2)]
    try:
        (runtime / "magnets").mkdir(mode=0o700, exist_ok=True)
        with FileLock(runtime / "magnets" / "parent.lock"):
            for client in clients:
                client.stdin.close()
            time.sleep(0.5)  # both have found no parent and wait for the lock
            assert set(runtime.rglob("*.log")) == before
        parents = {psutil.Process(int(client.stdout.readline())).ppid() for client in clients}
    finally:
        for client in clients:
            client.kill()
            client.wait()
            client.stdout.close()
    assert len(parents) == 1
    until(lambda: gone(*parents))


def test_sockets_that_nobody_listens_to_are_removed_by_the_next_run(runtime):
    folder = runtime / "magnets"
    folder.mkdir(mode=0o700, exist_ok=True)
    names = {"killed-1", "killed-forks", "fresh-1", "listening-1"}
    with socket.socket(socket.AF_UNIX) as listener:
        for name in names:
            bound = listener if name == "listening-1" else socket.socket(socket.AF_UNIX)
            bound.bind(str(folder / name))
            if bound is not listener:
                bound.close()
            if name != "fresh-1":
                os.utime(folder / name, (0, 0))
        listener.listen()
        provisioner.sweep()
        assert names & {path.name for path in folder.iterdir()} == {"fresh-1", "listening-1"}
    for name in ("fresh-1", "listening-1"):
        (folder / name).unlink()


def test_old_logs_of_parents_that_ended_are_removed_by_the_next_run(runtime):
    folder = runtime / "magnets"
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in ("ended.log", "recent.log", "listening.log"):
        (folder / name).write_text("parent")
    for name in ("ended.log", "listening.log"):
        os.utime(folder / name, (0, 0))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "listening"))
        listener.listen()
        provisioner.sweep()
        left = {path.name for path in folder.glob("*.log")}
    assert left >= {"recent.log", "listening.log"} and "ended.log" not in left
    for name in ("recent.log", "listening.log", "listening"):
        (folder / name).unlink()


def test_another_lock_means_another_parent_and_one_woken_beforehand_is_the_one_that_forks(
    tmp_path, monkeypatch, runtime, light
):
    lock = shutil.copy(provisioner.LOCK, tmp_path / "requirements.lock")
    before = parent_of_a_new_kernel()
    monkeypatch.setattr(provisioner, "LOCK", lock)
    assert parent_of_a_new_kernel() == before
    logs = set(runtime.rglob("*.log"))
    lock.write_text(lock.read_text() + "# another\n")
    provisioner.wake()
    (log,) = set(runtime.rglob("*.log")) - logs
    provisioner.wake()
    until(log.read_text)  # it has begun to listen
    said, woken = log.read_text().split(), parent_of_a_new_kernel()
    assert woken != before and said == ["parent", str(woken)]
    assert set(runtime.rglob("*.log")) == {*logs, log}


def test_where_nothing_can_be_forked_a_stock_kernel_talks_encrypted_and_says_why_once(monkeypatch, capfd):
    monkeypatch.delattr(os, "fork")
    for _ in range(2):
        with kernel() as (manager, client):
            assert ask(client, "'pandas' in sys.modules", "import sys") is False
            info = json.loads(Path(manager.connection_file).read_text())
            assert info["transport"] == "tcp" and info["curve_secretkey"]
    assert capfd.readouterr().err.splitlines() == [
        "magnets: starting the stock ipykernel, not a warm one: "
        "only Linux can fork an interpreter with everything loaded"
    ]


def test_if_the_parent_cannot_start_a_stock_kernel_does_and_names_the_log(tmp_path, monkeypatch, light, capfd):
    (tmp_path / "numpy.py").write_text("raise ImportError('broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with kernel() as (manager, client):
        assert ask(client, "'pandas' in sys.modules", "import sys") is False
        assert manager.transport == "ipc"
    (line,) = capfd.readouterr().err.splitlines()
    assert "not a warm one: the parent process ended" in line
    assert "ImportError: broken" in Path(line.split()[-1]).read_text()
