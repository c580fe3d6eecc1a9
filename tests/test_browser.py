"""Every page in a real browser: nothing asked of a network, no error, no barrier, all of it by keyboard.

``make test-browser`` installs what this needs; without it these tests are skipped.
"""

import shutil
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from conftest import AS_OF
from helpers.report.shelf.inputs import chapters

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if BROWSER is None:
    pytest.skip("no Chromium on this machine: `make test-browser` says how to get it", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: `make test-browser` installs it")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: `make test-browser` installs it")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = ["archive", "index", *(path.stem for path in chapters()), "failed", "failed chapter"]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1200, "height": 900}


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=BROWSER, args=ARGUMENTS, timeout=60_000)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def files(rendered, workshop):
    """The path of every page by its name."""
    reports = rendered[0].root / "reports"
    workshop.write_notebooks(bad=["print('so far ' * 100)", "1 / 0"])
    workshop.magnets("report", "--as-of", AS_OF, "--output", "browser", code=4)
    failed = workshop.root / "browser/failed" / AS_OF
    fixed = {
        "archive": reports / "index.html",
        "failed": failed / "index.html",
        "failed chapter": failed / "1-bad.html",
    }
    return fixed | {name: reports / AS_OF / f"{name}.html" for name in PAGES if name not in fixed}


@pytest.fixture(params=PAGES)
def file(files, request) -> Path:
    return files[request.param]


@contextmanager
def opened(browser, file, **options):
    """A page, and all it asked for or complained of."""
    context = browser.new_context(**options)
    page, asked, said = context.new_page(), [], []
    page.set_default_timeout(20_000)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        page.goto(file.as_uri())
        yield page, asked, said
    finally:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_asks_for_nothing_complains_of_nothing_and_has_no_barrier(browser, file, scheme):
    with opened(browser, file, color_scheme=scheme, viewport=DESK) as (page, asked, said):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = axe.Axe().run(page).response["violations"]
        serious = [
            (rule["id"], [node["target"] for node in rule["nodes"]][:3])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
        assert serious == [] and said == []
        assert {url.partition(":")[0] for url in asked} <= {"file", "data"} and len(asked) >= 1


def test_links_of_a_page_lead_somewhere(browser, file):
    with opened(browser, file) as (page, _, _):
        for link in page.eval_on_selector_all("a", "links => links.map(link => link.href)"):
            parts = urlsplit(link)
            if parts.scheme == "file":
                target = Path(unquote(parts.path))
                assert target.exists(), link
                assert not parts.fragment or f'id="{parts.fragment}"' in target.read_text(encoding="utf-8"), link
            else:
                assert parts.scheme in ("https", "http", "data"), link


def test_a_phone_scrolls_no_page_sideways_and_tables_by_keyboard(browser, file):
    with opened(browser, file, viewport=PHONE) as (page, _, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        wide = [
            box
            for box in page.query_selector_all("[role=region], pre")
            if box.evaluate(
                "box => box.scrollWidth > box.clientWidth + 2 && getComputedStyle(box).overflowX !== 'visible'"
            )
        ]
        for box in wide[:4]:
            box.focus()
            assert box.evaluate("box => document.activeElement === box"), box.evaluate(
                "box => box.outerHTML.slice(0, 200)"
            )
            page.keyboard.press("ArrowRight")
            page.wait_for_function("box => box.scrollLeft > 0", arg=box)


def test_folds_open_and_close_by_keyboard_and_the_first_key_skips_to_the_text(browser, file):
    with opened(browser, file, viewport=DESK) as (page, _, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.locator(".skip").bounding_box()["height"] > 10, "it can be seen while it has the focus"
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")
        for fold in page.query_selector_all("details")[:3]:
            before = fold.evaluate("fold => fold.open")
            fold.query_selector("summary").focus()
            for key, opens in (("Enter", not before), ("Space", before)):
                page.keyboard.press(key)
                assert fold.evaluate("fold => fold.open") is opens


def test_a_page_on_paper_shows_no_controls(browser, files):
    with opened(browser, files["1-trade"]) as (page, _, _):
        page.emulate_media(media="print")
        assert not page.locator("nav").first.is_visible() and not page.locator("details.code").first.is_visible()
        assert page.locator("figure svg").first.is_visible() and page.locator("footer").is_visible()
