"""The script of the pages in a real browser: tables sort by click and by keyboard, drawings become PNG."""

from pathlib import Path

import pandas as pd
import pytest
from handmade import everything, page
from test_browser import axe, browser, opened, playwright  # noqa: F401

from helpers.chapters.outputs import Table

COLUMNS = {
    "row": ["r1", "r2", "r3", "r4", "r5", "r6"],
    "name": ["b", "A", "c", "", "a10", "a9"],
    "tonnes": ["1,200 (900 to 2,000)", "−30", "34,300 (1 to 2)", "", "+5", "0.5"],
    "period": ["FY26-H1", "FY25", "the second half of FY25", "", "2024", "May–September 2024"],
    "day": ["15 December 2026", "January 2027", "2026-12-14", "", "10 January 2027", "2026"],
    "mixed": ["2 t", "FY25", "about 3", "–", "10 t", "1 t"],
}
ORDERED = {
    "row": ["r1", "r2", "r3", "r4", "r5", "r6"],
    "name": ["A", "a9", "a10", "b", "c", ""],
    "tonnes": ["−30", "0.5", "+5", "1,200 (900 to 2,000)", "34,300 (1 to 2)", ""],
    "period": ["2024", "FY25", "May–September 2024", "the second half of FY25", "FY26-H1", ""],
    "day": ["2026", "2026-12-14", "15 December 2026", "January 2027", "10 January 2027", ""],
    "mixed": ["1 t", "2 t", "10 t", "about 3", "FY25", "–"],
}
CELLS = "(table, place) => [...table.tBodies[0].rows].map(row => row.children[place].textContent.replace(/\\s/g, ' '))"


@pytest.fixture(scope="module")
def made(india, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sorted")
    shown = [Table(pd.DataFrame(COLUMNS), "All kinds"), Table(pd.DataFrame(COLUMNS).head(3), "Too short")]
    body = page(india, *shown, everything(india)[3])
    (folder / "page.html").write_text(body, encoding="utf-8")
    return folder / "page.html"


def cells(page, name):
    return page.locator("table.sorts").first.evaluate(CELLS, list(COLUMNS).index(name))


def test_a_column_sorts_up_down_and_back_by_keyboard_and_empty_cells_stay_last(browser, made):  # noqa: F811
    with opened(browser, made) as (page, asked, said):
        for place, name in list(enumerate(COLUMNS))[1:]:
            head = page.locator("table.sorts th[scope=col]").nth(place)
            button = head.get_by_role("button")
            button.focus()
            page.keyboard.press("Enter")
            assert cells(page, name) == ORDERED[name] and head.get_attribute("aria-sort") == "ascending"
            page.keyboard.press("Space")
            *full, last = ORDERED[name]
            assert cells(page, name) == [*full[::-1], last] and head.get_attribute("aria-sort") == "descending"
            assert button.evaluate("one => document.activeElement === one"), "the focus stays"
            page.keyboard.press("Enter")
            assert cells(page, name) == COLUMNS[name] and head.get_attribute("aria-sort") is None
        assert said == [] and len(asked) == 1


def test_only_one_column_is_sorted_and_short_tables_are_left_alone(browser, made):  # noqa: F811
    with opened(browser, made, color_scheme="light", bypass_csp=True) as (page, _, said):
        heads = page.locator("table.sorts th[scope=col] button")
        heads.nth(0).click()
        heads.nth(1).click()
        assert page.locator("[aria-sort]").count() == 1 and cells(page, "tonnes") == ORDERED["tonnes"]
        assert page.locator("table:not(.sorts) button").count() == 0 and page.locator("table").count() > 2
        assert axe.Axe().run(page).response["violations"] == [] and said == []


def test_without_script_a_table_is_whole_and_shows_no_buttons(browser, made):  # noqa: F811
    with opened(browser, made, java_script_enabled=False) as (page, _, _):
        assert page.locator("button").count() == 0 and page.locator("table.sorts").first.is_visible()
        assert page.locator("table.sorts tbody tr").count() >= 6 and page.get_by_text("SVG").first.is_visible()


def test_a_drawing_is_taken_as_png_under_the_policy(browser, made):  # noqa: F811
    with opened(browser, made, accept_downloads=True) as (page, asked, said):
        with page.expect_download() as started:
            page.locator(".take button").first.click()
        body = Path(started.value.path()).read_bytes()
        assert body[:8] == b"\x89PNG\r\n\x1a\n" and started.value.suggested_filename.endswith(".png")
        width = int.from_bytes(body[16:20], "big")
        assert width > 1000 and said == [] and {url.partition(":")[0] for url in asked} <= {"file", "data"}
