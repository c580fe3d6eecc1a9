"""The explorer in a real browser: the script reckons as Python does, and everybody can use it."""

import base64
import random
import shlex
from datetime import date, timedelta
from itertools import pairwise
from urllib.parse import quote

import numpy as np
import pytest
from handmade import frame
from test_browser import barriers, browser, opened, playwright  # noqa: F401

from helpers.outlook import levers, scenario
from helpers.report.page import explorer, html
from helpers.report.scenario import files

SETTINGS, DRAWS = 150, 16
STATE = "#scheme=1;licences=closed;ev_pace=0.5"


@pytest.fixture(scope="module")
def pages(india, tmp_path_factory):
    """The page as it is published, and one with few draws, of which all can be compared."""
    folder = tmp_path_factory.mktemp("explorer")
    for name, count in (("explorer", explorer.COUNT), ("few", DRAWS)):
        body = html.plain(html.EXPLORER, frame(india) | explorer.content(india, count))
        (folder / f"{name}.html").write_text(body, encoding="utf-8")
    return folder


@pytest.fixture
def page(browser, pages):  # noqa: F811
    with opened(browser, pages / "explorer.html") as (page, asked, said):
        yield page
        assert said == [] and {url.partition(":")[0] for url in asked} == {"file"}


def settings(count):
    """Levers moved at random, some of them left alone, within the bounds of the schema."""
    chance, table = random.Random(1), levers.described()
    for _ in range(count):
        moved = {}
        for lever in table.itertuples():
            if chance.random() < 0.6:
                day = str(date(2020, 1, 1) + timedelta(chance.randrange(20 * 365)))
                number = chance.uniform(lever.low, lever.high) if lever.high == lever.high else day
                moved[lever.Index] = chance.choice(lever.choices) if lever.choices else number
        yield levers.made(moved)


def test_the_script_reckons_as_python_does_in_every_draw_of_many_settings(browser, pages, india):  # noqa: F811
    draws = explorer.unpacked(explorer.packed(scenario.draws(india), DRAWS))
    asked = list(settings(SETTINGS))
    assert len(set(asked)) == SETTINGS
    with opened(browser, pages / "few.html") as (page, _, said):
        names = page.evaluate("Object.keys(page.shown)")
        script = """settings => settings.map(levers => {
          const { made, sectors } = balances(draws, levers);
          const all = made.flatMap(of => Object.values(of)).concat(sectors);
          const bytes = new Uint8Array(Float64Array.from(all.flatMap(of => [...of])).buffer);
          return btoa(bytes.reduce((text, one) => text + String.fromCharCode(one), ""));
        })"""
        found = page.evaluate(script, [one.model_dump(mode="json") for one in asked])
        assert said == []
    shape = (-1, DRAWS, len(draws.years))
    for one, text in zip(asked, found, strict=True):
        numbers = np.frombuffer(base64.b64decode(text), "<f8").reshape(shape)
        own = [scenario.balance(draws, one, bounds) for bounds in (False, True)]
        wanted = np.array([getattr(of, name) for of in own for name in names])
        np.testing.assert_allclose(numbers[: len(wanted)], wanted, rtol=1e-9, atol=1e-9, err_msg=str(one))
        parts = numbers[len(wanted) :].sum(axis=0)
        np.testing.assert_allclose(parts, own[1].demand, rtol=1e-9, err_msg="sectors make up the need")


def test_the_page_prints_what_python_reckons_from_the_same_draws(page, pages, india):
    draws = explorer.unpacked(explorer.packed(scenario.draws(india), explorer.COUNT))
    page.goto(page.url.partition("#")[0] + STATE + ";year=FY33")
    moved = levers.made(STATE[1:])
    for of, which in ((moved, "now"), (levers.Levers(), "base")):
        both = [scenario.balance(draws, of, bounds) for bounds in (False, True)]
        for quantity in ("imports", "shortage", "vehicles"):
            need = explorer.ends(*(made.of(quantity, 2033) for made in both), 2033)
            said = page.locator(f"[data-say='{which} {quantity} both']").last.text_content()
            assert said == f"{need:~2} ({need:range~2})"


def test_a_lever_is_moved_by_keyboard_and_what_follows_is_said(page):
    before = page.locator("#answer").inner_text()
    assert before.startswith("As things go on")
    page.locator("#lever-scheme").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert page.locator("#is-scheme").inner_text() == "8 %"
    assert page.locator("#lever-scheme").get_attribute("aria-valuetext") == "8 %"
    after = page.locator("#answer").inner_text()
    assert after.startswith("Under these levers") and after != before
    playwright.expect(page.locator("#told")).to_have_text(after)
    assert page.url.endswith("#scheme=0.08;year=FY31")
    page.locator("#year").focus()
    page.keyboard.press("ArrowLeft")
    assert "in FY30" in page.locator("#answer").inner_text()
    page.locator("#reset").press("Enter")
    assert page.locator("#answer").inner_text() == before and page.locator("#is-scheme").inner_text() == "0 %"


def test_a_link_gives_the_state_back_and_tells_what_cannot_be(page):
    page.goto(page.url.partition("#")[0] + "#scheme=1;oxide_source=under%20licence;wind_pm_share=0.25;year=FY34")
    assert page.locator("#lever-oxide_source").input_value() == "under licence"
    assert (
        page.locator("#given-wind_pm_share").is_checked() and page.locator("#is-wind_pm_share").inner_text() == "25 %"
    )
    assert "in FY34" in page.locator("#answer").inner_text() and not page.locator("#wrong").inner_text()
    state = page.locator("#answer").inner_text()
    page.wait_for_url("**;year=FY34")
    page.reload()
    assert page.locator("#answer").inner_text() == state
    page.goto(page.url.partition("#")[0] + "#scheme=7;licences=ajar;sheme=1;japan_exports=off")
    said = page.locator("#wrong").inner_text()
    assert all(name in said for name in ("scheme", "licences", "sheme")) and "japan_exports" not in said
    assert page.locator("#command").inner_text().count("--set") == 1
    page.goto(page.url.partition("#")[0] + "#scheme=%ff")
    assert page.locator("#answer").inner_text().startswith("As things go on")
    page.locator("#named").select_option(label="scheme late")
    assert "scheme_delay: 24" in page.locator("#file").inner_text()


def test_the_command_and_the_file_hold_the_levers_of_the_state(page, tmp_path):
    text = "scheme=0.5;oxide_source=under licence;japan_exports=off;scheme_award=2027-03-01"
    page.goto(page.url.partition("#")[0] + "#" + quote(text, safe="=;"))
    words = shlex.split(page.locator("#command").inner_text())
    assert words[:4] == ["magnets", "scenario", "run", "run-rate"] and words[-2:] == ["--as-of", "2026-11-22"]
    sets = [word for before, word in pairwise(words) if before == "--set"]
    (tmp_path / "mine.yml").write_text(page.locator("#file").text_content(), encoding="utf-8")
    assert levers.made("; ".join(sets)) == levers.made(text) == files.read(tmp_path / "mine.yml").levers
    page.locator("[data-copy=file]").click()
    playwright.expect(page.locator("#copied")).not_to_be_empty()
    page.locator("#reset").click()
    (tmp_path / "none.yml").write_text(page.locator("#file").text_content(), encoding="utf-8")
    assert files.read(tmp_path / "none.yml").levers == levers.Levers()


def test_without_a_script_the_named_scenarios_stand_there_and_no_dead_lever(browser, pages):  # noqa: F811
    with opened(browser, pages / "explorer.html", java_script_enabled=False) as (page, _, said):
        assert page.get_by_role("link", name="scheme on time").is_visible() and page.locator("#without").is_visible()
        assert not page.locator("#explorer").is_visible() and said == []


def test_the_explorer_with_its_levers_moved_has_no_barrier_and_paper_keeps_its_state(browser, pages):  # noqa: F811
    view = {"color_scheme": "light", "bypass_csp": True}
    with opened(browser, pages / "explorer.html", **view) as (page, _, said):
        page.goto(page.url + STATE)
        page.emulate_media(media="print")
        assert "Under these levers" in page.locator("#answer").inner_text()
        assert page.locator("#drawing .fill-blue").first.is_visible()
        assert page.locator("#is-scheme").inner_text() == "100 %"
        assert "--set scheme=1" in page.locator("#command").inner_text()
        assert not page.locator("#reset").is_visible() and not page.locator("[data-copy]").first.is_visible()
        page.emulate_media(media="screen")
        assert barriers(page) == [] and said == []


def test_it_is_whole_under_the_headers_of_a_strict_server_and_no_other_script_runs(browser, pages):  # noqa: F811
    with opened(browser, pages / "explorer.html", strict=f"explorer.html{STATE}") as (page, _, said):
        assert "Under these levers" in page.locator("#answer").inner_text() and said == []
        page.evaluate(
            "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)"
        )
        assert page.evaluate("window.ran") is None and said
