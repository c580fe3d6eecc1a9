"""The levers in the widget manager of VS Code's notebooks, with a live kernel: see ``make test-vscode``.

VS Code's Jupyter extension shows widgets by ``@vscode/jupyter-ipywidgets8``, of which ``VSCODE_WIDGETS`` is the script.
It is loaded here into an empty page, and given a kernel as the extension gives it one. VS Code itself does not run: a
map of names stands for its requirejs, and ``eval`` for its renderer of scripts, which the buttons that copy need.
"""

import os
from pathlib import Path

import nbformat
import pytest
from test_browser import browser  # noqa: F401
from test_lab import STOCK, WARM, _area, _built, _numbers, _until, lab  # noqa: F401

SCRIPT = Path(os.environ["VSCODE_WIDGETS"])
SHOW = """async ({kernel, cells}) => {
  const connection = await jupyterapp.serviceManager.kernels.startNew({name: kernel}, {handleComms: true});
  await connection.info;
  document.body.replaceChildren(document.createElement("main"));
  document.body.style.overflow = "auto";
  const node = document.querySelector("main"), loader = {widgetsRegisteredInRequireJs: new Set()};
  const known = {}, found = ([name], done, not) => name in known ? done(known[name]()) : not(new Error(name));
  Object.assign(window, {failed: [], define: (name, make) => (known[name] = make), requirejs: found});
  loader.errorHandler = (...what) => failed.push(String(what));
  loader.loadWidgetScript = name => Promise.reject(new Error(`${name} is not among VS Code's own`));
  loader.successHandler = () => {};
  (await import("/vscode/ipywidgets.js")).activate();
  vscIPyWidgets8.load();
  const manager = new vscIPyWidgets.WidgetManager(connection, node, loader, () => {});
  manager.registerMimeRenderer("application/javascript", async ({data}) => eval(data["application/javascript"]));
  let shown;
  for (const code of cells) {
    const future = connection.requestExecute({code});
    future.onIOPub = ({content, header}) => {
      if (header.msg_type === "error") failed.push(content.traceback.join("\\n"));
      shown = content.data?.["application/vnd.jupyter.widget-view+json"] ?? shown;
    };
    await future.done;
  }
  const view = await manager.create_view(await manager.get_model(shown.model_id), {el: node});
  await manager.display_view(shown, view, {node});
  return failed;
}"""


@pytest.fixture(params=[WARM, STOCK])
def page(lab, browser, request):  # noqa: F811
    """A page with nothing on it but what VS Code's widget manager shows."""
    made, address, _ = lab
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.route("**/vscode/ipywidgets.js", lambda route: route.fulfill(path=SCRIPT, content_type="text/javascript"))
    page.goto(f"{address}/lab?token=only-here&reset")
    page.wait_for_function("window.jupyterapp?.serviceManager?.isReady")
    cells = nbformat.read(made.root / "notebooks/explore.ipynb", as_version=4).cells
    moved = {"kernel": request.param, "cells": [cell.source for cell in cells]}
    assert page.evaluate(SHOW, moved) == []
    page.locator(".widget-slider").first.wait_for()
    yield page
    context.close()


def test_levers_are_moved_followed_copied_and_reset(page):
    shown = page.locator(".widget-html table")
    at_first = _numbers(shown.inner_text())
    assert len(at_first) == 18 and "As things go on" in page.locator("p[role=status]").inner_text()
    _built(page)
    page.get_by_text("With these levers").wait_for()
    page.locator(".widget-dropdown", has_text="China's licences").locator("select").select_option("closed")
    page.wait_for_function("[...document.querySelectorAll('textarea')].some(t => t.value.includes('licences=closed'))")
    assert "--set scheme=1 --set licences=closed" in _area(page, "command").input_value()
    assert _numbers(shown.inner_text()) != at_first
    assert page.locator("[role=img][aria-label^='Lines with'] svg").is_visible()
    page.get_by_role("button", name="copy as command").click()
    _until(lambda: page.evaluate("navigator.clipboard.readText()") == _area(page, "command").input_value())
    page.get_by_role("button", name="reset").click()
    page.wait_for_function("[...document.querySelectorAll('textarea')].every(t => !t.value.includes('licences'))")
    assert _numbers(shown.inner_text()) == at_first
    assert page.evaluate("failed") == []
