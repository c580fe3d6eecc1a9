"""The levers in a real JupyterLab, moved in a real browser: one Lab on loopback for all tests, ended by them.

``make test-browser`` installs what this needs; without it these tests are skipped.
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import nbformat
import pytest
from test_browser import browser  # noqa: F401
from typer.testing import CliRunner

from conftest import AS_OF, Project, contents
from helpers.cli import app
from helpers.report.scenario import files

NUMBERS = re.compile(r"[\d,.]+ \([\d,.]+ to [\d,.]+\)")
WARM, STOCK = "magnets", "python3"
RUN_ALL = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
CLEAR = "window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
SAVE = "window.jupyterapp.commands.execute('docmanager:save')"


def _short(path):
    """The notebook to explore with, without its examples: parameters, vintage and levers."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id in ("c01", "c02", "l1")]
    notebook.cells[0].source = re.sub(r'"[\d-]+"', f'"{AS_OF}"', notebook.cells[0].source)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A project, the address of a Lab on its copies, and what its tracked notebooks were before."""
    with Project.copied(tmp_path_factory.mktemp("lab") / "project") as made, socket.socket() as free:
        for path in (made.root / "notebooks").glob("[0-9]*.ipynb"):
            path.unlink()
        _short(made.root / "notebooks/explore.ipynb")
        before = contents(made.root / "notebooks")
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
        options += ["--IdentityProvider.token=only-here", "--LabApp.expose_app_in_browser=True"]
        folders = {f"JUPYTER{name}_DIR": str(made.runtime / name.lower()) for name in
                   ("_CONFIG", "_DATA", "LAB_SETTINGS", "LAB_WORKSPACES")}  # fmt: skip
        words = [sys.executable, "-c", "from helpers.cli import main; main()", "lab", "--", *options]
        server = subprocess.Popen(words, cwd=made.root, env=made.environment() | folders, start_new_session=True)
        try:
            address = f"http://127.0.0.1:{port}"
            _until(lambda: urllib.request.urlopen(f"{address}/api?token=only-here", timeout=2).status == 200)
            yield made, address, before
        finally:
            server.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                server.wait(timeout=15)
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def _until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError):
            if condition():
                return
        time.sleep(0.2)
    raise AssertionError("not in time")


@pytest.fixture
def page(lab, browser):  # noqa: F811
    """The levers, shown by a kernel."""
    _, address, _ = lab
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/lab/tree/explore.ipynb?token=only-here&reset")
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'")
    page.evaluate(RUN_ALL)
    page.locator(".widget-slider").first.wait_for()
    yield page
    context.close()


def _numbers(text):
    return NUMBERS.findall(text)


def _area(page, name):
    return page.locator(".widget-textarea", has_text=name).locator("textarea")


def _built(page):
    """Build all plants of the scheme, by the keyboard."""
    handle = page.locator(".widget-slider", has_text="plants of the scheme").locator(".noUi-handle")
    handle.focus()
    handle.press("End")


def _kernel(page):
    return page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.name")


def test_levers_are_moved_followed_exported_and_reset_and_a_stock_kernel_follows_them_too(lab, page):
    made, _, before = lab
    shown = page.locator(".widget-html table")
    at_first = _numbers(shown.inner_text())
    assert _kernel(page) == WARM, "copies start warm where that kernel is installed"
    _built(page)
    page.locator(".widget-dropdown", has_text="China's licences").locator("select").select_option("closed")
    page.wait_for_function("[...document.querySelectorAll('textarea')].some(t => t.value.includes('licences=closed'))")
    asked = _area(page, "command").input_value()
    assert asked == f"magnets scenario run run-rate --set scheme=1 --set licences=closed --as-of {AS_OF}"
    moved = _numbers(shown.inner_text())
    assert moved != at_first and len(moved) == len(at_first) == 18
    done = CliRunner().invoke(app, shlex.split(asked)[1:], env={"COLUMNS": "200"})
    assert _numbers(done.stdout) == moved, "the command says what the table shows"
    assert moved[1].partition(" ")[0] in page.locator("p[role=status]").inner_text()
    assert page.locator("[role=img][aria-label^='Lines with'] svg").is_visible()
    assert page.get_by_text("Would you like to get notified").count() == 0, "nobody is asked to fetch news"

    page.get_by_role("button", name="copy as scenario file").click()
    _until(lambda: page.evaluate("navigator.clipboard.readText()") == _area(page, "scenario file").input_value())
    file = made.root / "mine.yml"
    file.write_text(page.evaluate("navigator.clipboard.readText()"), encoding="utf-8")
    assert files.read(file).levers.moved == {"scheme": 1.0, "licences": "closed"}

    page.get_by_role("button", name="reset").click()
    page.wait_for_function("[...document.querySelectorAll('textarea')].every(t => !t.value.includes('licences'))")
    assert _numbers(shown.inner_text()) == at_first
    copy = made.root / "lab/explore.ipynb"
    saved = copy.read_bytes()
    page.evaluate(SAVE)
    _until(lambda: copy.read_bytes() != saved)
    assert contents(made.root / "notebooks") == before, "what Lab saves dirties no tracked notebook"

    page.evaluate(CLEAR)
    page.evaluate(f"window.jupyterapp.shell.currentWidget.sessionContext.changeKernel({{name: '{STOCK}'}})")
    page.locator(".widget-slider").first.wait_for(state="detached")
    page.evaluate(RUN_ALL)
    page.locator(".widget-slider").first.wait_for()
    assert _kernel(page) == STOCK and "As things go on" in page.locator("p[role=status]").inner_text()
    _built(page)
    page.get_by_text("With these levers").wait_for()
