"""Every page in a real browser: nothing asked of a network, no error, no barrier, all of it by keyboard.

``make test-browser`` installs what this needs; without it these tests are skipped.
"""

import shutil
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from handmade import everything, first_page, page

from conftest import AS_OF, write_notebook
from helpers import paths
from helpers.report import pipeline
from helpers.report.job import End
from helpers.report.page import html
from helpers.report.parameters import Parameters
from helpers.report.shelf.inputs import chapters

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if BROWSER is None:
    pytest.skip("no Chromium on this machine: `make test-browser` says how to get it", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: `make test-browser` installs it")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: `make test-browser` installs it")

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--in-process-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", "--process-per-site"]  # fmt: skip
PAGES = ["archive", "index", *(path.stem for path in chapters()), "glossary", "failed", "failed chapter"]
FORMS = ["archive", "index", "1-trade", "glossary", "failed", "failed chapter"]
"""A page of each template."""
ONCE = ["archive", "glossary", "failed", "failed chapter"]
"""Those that are looked at in every state; of the others those made by hand are, which hold all that a page may."""
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that hang on the colours of a page: nine tenths of axe's time."""
ONE_OF_EACH = """() => {
  const seen = new Set();
  for (const e of document.querySelectorAll("body *")) {
    const words = [...e.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    let path = "";
    for (let up = e; words.length && up; up = up.parentElement) path += `>${up.tagName}.${up.getAttribute("class")}`;
    if (seen.has(path)) words.forEach(word => word.remove());
    seen.add(path);
  }
  document.querySelectorAll("tbody tr").forEach(row => row.textContent.trim() || row.remove());
}"""
"""Leaves the first of all texts that lie in the same elements with the same classes: the others have its colours."""
ONE_ROW_OF_EACH = """() => {
  const told = ["class", "role", "scope", "type"], seen = new Set();
  const written = one => one.name + (told.includes(one.name) ? one.value : "");
  const shape = e => [e.tagName, ...[...e.attributes].map(written), ...[...e.children].map(shape)].join();
  for (const e of document.querySelectorAll("tbody tr, svg *:not(defs *)")) {
    const path = shape(e) + e.parentElement.closest("[class]")?.getAttribute("class");
    if (seen.has(path)) e.remove();
    seen.add(path);
  }
}"""
"""Leaves the first of all rows, and of all marks of drawings, that have the same elements and attributes in them."""
LEAST = 4.5
CONTRAST = """least => {
  const parsed = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const over = (top, below, share) => below.map((one, n) => one + (top[n] - one) * share);
  const light = rgb => {
    const linear = one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = rgb.map(one => linear(one / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const share = (element, of) => {
    let found = of;
    for (let up = element; up; up = up.parentElement) found *= +getComputedStyle(up).opacity;
    return found;
  };
  const painted = (element, base) => {
    const style = getComputedStyle(element), drawn = element instanceof SVGGeometryElement;
    const paint = !drawn ? style.backgroundColor : style.fill !== "none" ? style.fill : style.stroke;
    const rgba = parsed(paint), of = drawn ? +(style.fill !== "none" ? style.fillOpacity : style.strokeOpacity) : 1;
    return rgba.length < 3 ? base : over(rgba, base, share(element, of * (rgba[3] ?? 1)));
  };
  const behind = (element, box) => {
    let stack = [];
    for (let up = element; up; up = up.parentElement) stack.push(up);
    if (element.closest("svg")) {
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2], all = document.elementsFromPoint(x, y);
      const shapes = all.slice(all.indexOf(element) + 1).filter(one => one instanceof SVGGeometryElement);
      stack = [...shapes, ...stack.filter(one => !(one instanceof SVGElement))];
    }
    return stack.reverse().reduce((base, one) => painted(one, base), [255, 255, 255]);
  };
  const found = new Set(), range = document.createRange();  // one: each is kept up with whatever is removed later
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement, style = getComputedStyle(element);
    if (!node.data.trim() || element.closest("script, style, :disabled, .skip, .hidden")) continue;
    const drawing = element.closest("svg");
    if (drawing && drawing.getBoundingClientRect().width) element.scrollIntoView({ block: "center", inline: "center" });
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) continue;
    seen += 1;
    const rim = drawing && style.stroke !== "none" && parseFloat(style.strokeWidth) > 1;
    const base = rim ? parsed(style.stroke) : behind(element, box);
    const ink = parsed(drawing ? style.fill : style.color);
    const seenAs = over(ink, base, share(element, (ink[3] ?? 1) * (drawing ? +style.fillOpacity : 1)));
    const [a, b] = [light(seenAs), light(base)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const where = `${element.tagName}.${element.getAttribute("class")} ${node.data.trim().slice(0, 30)}`;
    if (contrast < least) found.add(`${contrast.toFixed(1)} ${where}`);
  }
  return seen ? [...found] : ["no text was seen"];
}"""
"""The contrast of every text with what is rendered behind it, shapes of a drawing too, by the formula of WCAG."""
WIDE = """() => [...document.querySelectorAll("[role=region], pre")].filter(
  box => box.scrollWidth > box.clientWidth + 2 && getComputedStyle(box).overflowX !== "visible")"""
"""What is wider than its box, and scrolls in it."""
SCRIPT = axe.Axe().axe_script
NARROW = {"width": 320, "height": 800}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1200, "height": 900}


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=BROWSER, args=ARGUMENTS, timeout=60_000)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def files(rendered, tmp_path_factory):
    """The path of every page by its name."""
    reports, folder = rendered[0].root / "reports", tmp_path_factory.mktemp("failed")
    write_notebook(folder / "1-bad.ipynb", "print('so far ' * 100)", "1 / 0")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "NOTEBOOKS", folder)
        patch.setattr("helpers.data.rules.require_valid", lambda *_: None)
        assert pipeline.reports([Parameters(as_of=AS_OF)], folder)[0].end is End.CELL_ERROR
    failed = folder / "failed" / AS_OF
    fixed = {
        "failed": failed / "index.html",
        "failed chapter": failed / "1-bad.html",
        "archive": reports / "index.html",
    }
    return fixed | {name: reports / AS_OF / f"{name}.html" for name in PAGES if name not in fixed}


@pytest.fixture(scope="module")
def made(india, tmp_path_factory):
    """A first page and a chapter by hand, with everything that a page may show."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "index.html").write_text(first_page(india, *everything(india)), encoding="utf-8")
    (folder / "chapter.html").write_text(page(india, *everything(india), stdout="so far"), encoding="utf-8")
    return folder


context = cache(lambda browser, **options: browser.new_context(**options))
"""Pages that are asked for alike lie in one: most of their time is that of a process which begins."""


@contextmanager
def opened(browser, file, strict="", viewport=DESK, **options):
    """A page, and all it asked for or complained of; under this name from a server that sends its headers if given."""
    page, asked, said = context(browser, **options).new_page(), [], []
    page.set_viewport_size(viewport)
    page.set_default_timeout(20_000)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    headers = dict(line.split(": ", 1) for line in html.headers().splitlines())
    answer = {"path": file, "headers": headers, "content_type": "text/html; charset=utf-8"}
    page.route("http://reports.test/**", lambda route: route.fulfill(**answer))
    try:
        page.goto(f"http://reports.test/{strict}" if strict else file.as_uri())
        yield page, asked, said
    finally:
        page.close()


def barriers(page, every=True) -> list:
    """What keeps people from reading a page, of whatever weight, in the states of it, each with the state.

    Narrow, its folds closed and open; light and dark, the contrast of every text; by every rule but those of colours,
    one of all rows and of all marks that are made alike. With ``every`` state by these rules all of it at once, too,
    and on paper, its tables sorted, narrow and by the rules of colours.
    """
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    folds = page.query_selector_all("details:not([open])")
    found = sideways(page, "folds closed") + turned(page, folds, True) + sideways(page, "folds open")
    page.set_viewport_size(DESK)
    for scheme, background in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(22, 22, 24)")):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == background
        found += faint(page, scheme)
    page.evaluate(SCRIPT)
    if every:
        return found + broken(page, "folds open") + more_barriers(page, folds)
    page.evaluate(ONE_ROW_OF_EACH)
    return found + broken(page, "folds open")


def more_barriers(page, folds) -> list:
    """Those of the states that pages of one template have in common."""
    page.emulate_media(color_scheme="light", media="print")
    found = faint(page, "print")
    page.evaluate(ONE_ROW_OF_EACH)
    found += broken(page, "print")
    page.emulate_media(media="screen")
    if page.evaluate("[...document.querySelectorAll('.sorts th:first-child button')].map(b => b.click())"):
        assert page.locator("[aria-sort]").count()
        found += broken(page, "tables sorted")
    page.set_viewport_size(NARROW)
    found += turned(page, folds, False) + broken(page, "320 px") + turned(page, folds, True)
    page.set_viewport_size(DESK)
    page.evaluate(ONE_OF_EACH)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += broken(page, scheme, {"runOnly": COLOURS})
    return found


def sideways(page, state) -> list:
    return [(state, "scrolls sideways")] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []


def turned(page, folds, opened) -> list:
    page.evaluate("([folds, opened]) => folds.forEach(fold => { fold.open = opened; })", [folds, opened])
    return []


def broken(page, state, options=None) -> list:
    """The rules of axe that a page breaks, with where."""
    options = options or {"rules": {rule: {"enabled": False} for rule in COLOURS}}
    run = "options => axe.run(options).then(found => found.violations)"  # what passes is long, and read by nobody
    said = page.evaluate(run, options | {"resultTypes": ["violations"]})
    return [(state, rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in said]


def faint(page, state) -> list:
    """The texts of a page whose contrast with what is behind them is too low."""
    return [(state, "contrast", one) for one in page.evaluate(CONTRAST, LEAST)]


def by_keyboard(page):
    """The first key skips to the text, folds open and close, and what is wider than a phone scrolls in its box."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["height"] > 10, "it can be seen while it has the focus"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    for fold in page.query_selector_all("details")[:3]:
        before = fold.evaluate("fold => fold.open")
        fold.query_selector("summary").focus()
        for key, opens in (("Enter", not before), ("Space", before)):
            page.keyboard.press(key)
            assert fold.evaluate("fold => fold.open") is opens
    page.set_viewport_size(PHONE)
    assert sideways(page, "folds closed") == []
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert sideways(page, "folds open") == []
    wide = page.evaluate_handle(WIDE)
    for place in range(min(4, wide.evaluate("boxes => boxes.length"))):
        box = wide.get_property(str(place)).as_element()
        box.focus()
        assert box.evaluate("box => document.activeElement === box"), box.evaluate("box => box.outerHTML")[:200]
        page.keyboard.press("ArrowRight")
        page.wait_for_function("box => box.scrollLeft > 0", arg=box)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_complains_of_nothing_is_read_by_keyboard_and_has_no_barrier(browser, files, name):
    with opened(browser, files[name], color_scheme="light", bypass_csp=True) as (page, asked, said):
        folds = page.query_selector_all("details:not([open])")
        if name in FORMS:
            by_keyboard(page)
        turned(page, folds, False)
        assert barriers(page, every=name in ONCE) == [] and said == []
        assert {url.partition(":")[0] for url in asked} <= {"file", "data"} and len(asked) >= 1


@pytest.mark.parametrize("name", ["index", "chapter"])
def test_everything_that_a_page_may_show_has_no_barrier(browser, made, name):
    with opened(browser, made / f"{name}.html", color_scheme="light", bypass_csp=True) as (page, _, _):
        if name == "chapter":
            page.locator("#code").check()
        assert barriers(page) == []


@pytest.mark.parametrize("name", ["index", "chapter"])
def test_a_page_is_whole_under_its_own_policy_and_that_of_a_strict_server(browser, made, name):
    with opened(browser, made / f"{name}.html", strict="x.html") as (page, _, said):
        assert said == []
        colour = page.locator(".stroke-blue").first.evaluate("e => getComputedStyle(e).stroke")
        assert colour == "rgb(43, 108, 176)", "figures have the colours of the style"
        assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p id=x style=\"color: red\">x</p>')")
        assert page.locator("#x").evaluate("e => getComputedStyle(e).color") != "rgb(255, 0, 0)" and said, "enforced"


def test_tables_and_the_drawing_are_downloaded_under_the_policy(browser, made):
    with opened(browser, made / "chapter.html", accept_downloads=True) as (page, _, said):
        with page.expect_download() as started:
            page.locator("a[download$='.csv'][href^='data:']").last.click()
        text = Path(started.value.path()).read_text()
        assert text.startswith("period,") and started.value.suggested_filename.endswith(".csv") and said == []
    with opened(browser, made / "index.html", accept_downloads=True) as (page, _, said):
        with page.expect_download() as started:
            page.locator("a[download='forecast.svg']").click()
        assert Path(started.value.path()).read_text().startswith("<svg") and said == []
        assert started.value.suggested_filename == "forecast.svg"


@pytest.mark.parametrize("name", ["index", "chapter"])
def test_a_phone_shows_the_answers_panel_first_and_no_figure_is_scrolled_sideways(browser, made, name):
    with opened(browser, made / f"{name}.html", viewport=PHONE) as (page, _, _):
        for drawing in page.query_selector_all(".drawing.fits"):
            assert drawing.evaluate("box => box.scrollWidth <= box.clientWidth")
        narrow = page.locator(".drawing .narrow").first
        assert narrow.is_visible() and not page.locator(".drawing .wide").first.is_visible()
        tops = {n: narrow.get_by_text(n, exact=True).bounding_box()["y"] for n in ("mixture", "recorded", "run-rate")}
        assert min(tops, key=tops.get) == "mixture"
        sizes = narrow.evaluate("d => [...d.querySelectorAll('text')].map(t => t.getBoundingClientRect().height)")
        assert min(sizes) > 8, "no text is too small to be read"
        page.set_viewport_size(DESK)
        fits, other = (".wide", ".narrow") if name == "chapter" else (".narrow", ".wide")  # the brief has two columns
        assert page.locator(f".drawing {fits}").first.is_visible()
        assert not page.locator(f".drawing {other}").first.is_visible()


def test_one_switch_shows_and_hides_the_code_by_keyboard_and_a_note_leads_to_its_source_and_back(browser, made):
    with opened(browser, made / "chapter.html") as (page, _, _):
        code = page.locator(".code")
        assert code.count() > 3 and not any(one.is_visible() for one in code.all())
        page.locator("#code").focus()
        page.keyboard.press("Space")
        assert all(one.is_visible() for one in code.all())
        page.emulate_media(media="print")
        assert not any(one.is_visible() for one in [*code.all(), *page.locator(".switch").all()])
        page.emulate_media(media="screen")
        page.locator("#code").focus()
        page.keyboard.press("Space")
        assert not any(one.is_visible() for one in code.all())
        note = page.locator(".answer .cites a").first
        assert note.get_attribute("title")
        note.click()
        page.wait_for_url("**#note-1")
        assert page.locator("#note-1").is_visible()
        page.locator("#note-1 .back").click()
        page.wait_for_url("**#cited-1")
        assert page.url.endswith("#cited-1")


def test_a_chapter_shows_on_paper_what_is_folded_up_and_no_controls_and_on_a_phone_years_beside_each_other(
    browser, files
):
    paper = {"width": 673, "height": 900}  # A4 without its margins
    with opened(browser, files["4-forecast"], viewport=paper) as (page, _, _):
        tables = page.locator(".fold > .table table")
        assert tables.count() > 3 and not tables.first.is_visible() and page.locator("nav").first.is_visible()
        page.emulate_media(media="print")
        assert all(table.is_visible() for table in tables.all())
        assert page.evaluate("document.documentElement.scrollWidth") <= paper["width"]
        assert not page.locator("nav").first.is_visible() and not page.locator(".switch").first.is_visible()
        assert page.locator("figure svg").first.is_visible() and page.locator("footer").is_visible()
        page.emulate_media(media="screen")
        assert not tables.first.is_visible(), "on a screen they stay closed"
        page.set_viewport_size(PHONE)
        boxes = [one.bounding_box() for one in page.locator("tr:has(> .range)").first.locator(".range").all()[:3]]
        assert all(box["x"] + box["width"] <= PHONE["width"] for box in boxes), "three of them without scrolling"
        page.set_viewport_size(DESK)
        many = page.locator(".within").first
        assert many.bounding_box()["width"] < 2, "of many notes those between the first and the last"
        many.locator("a").first.focus()
        assert many.bounding_box()["width"] > 20, "show when one of them is reached"
        page.goto(page.url + "#" + many.locator("a[id]").first.get_attribute("id"))
        assert many.bounding_box()["width"] > 20, "the way back from a source leads there too"
