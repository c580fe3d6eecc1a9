"""The explorer as it is made: what it carries, what it may run, and what it says without its script."""

import html as entities
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from handmade import first_page, frame, page
from markupsafe import escape

from conftest import FROZEN
from helpers.data import vintage
from helpers.outlook import levers, scenario
from helpers.report.page import checks, context, explorer, html


@pytest.fixture(scope="module")
def made(india):
    """The page of the frozen tables."""
    return html.plain(html.EXPLORER, frame(india) | explorer.content(india) | {"explorer": "5-scenarios"})


@pytest.fixture(scope="module")
def carried(made):
    return json.loads(re.search(r'id="data">(.*?)</script>', made, re.S)[1])


def test_fewer_and_shorter_draws_say_what_all_of_them_say(india, carried):
    every, few = scenario.draws(india), explorer.unpacked(carried["draws"])
    assert len(few) == explorer.COUNT < len(every)
    assert [part.sector for part in few.parts] == [part.sector for part in every.parts]
    for moved in ("", "scheme=1; licences=closed; ev_pace=1; wind_pm_share=0.5"):
        one, other = (scenario.balance(of, levers.made(moved)) for of in (every, few))
        for quantity in ("demand", "imports", "scheme", "shortage", "rupees", "engines"):
            wanted, found = (np.quantile(getattr(of, quantity)[:, -1], (0.1, 0.5, 0.9)) for of in (one, other))
            assert np.abs(found - wanted).max() <= 0.06 * wanted[-1], (quantity, moved)


def test_a_page_is_small_and_runs_its_own_script_only(made, india):
    assert len(made.encode()) < 1_500_000 and checks.problems(made, allowed=checks.CONTROLS) == []
    assert {"has a <select>, and pages are only to be read"} <= set(checks.problems(made))
    assert checks.problems(made.replace("const MONTHS", "const months"), allowed=checks.CONTROLS) == [
        "has a <script>, and pages run none but ours"
    ]
    policy = entities.unescape(re.search(r'Policy" content="([^"]*)"', made)[1])
    assert policy == html.policy("explorer", "page") and policy in html.headers() and "unsafe" not in policy
    assert "script-src" not in html.policy() and html.policy("page") in entities.unescape(first_page(india))


def test_named_scenarios_stand_in_a_table_with_a_link_to_their_levers(made, india):
    rows = explorer.content(india)["rows"]
    assert [row["name"] for row in rows] == list(scenario.named(india).index)
    for row in rows:
        assert f'<a href="#{row["link"]}">{row["name"]}</a>' in made and escape(row["story"]) in made
        assert levers.made(row["text"].replace(";", "; ")) == scenario.named(india).loc[row["name"], "levers"]
    need = scenario.at(india, scenario.run(india), "imports", 2031)
    assert abs(rows[0]["cells"][1].value / need.value - 1) < 0.02


def test_every_lever_of_the_schema_is_an_input_with_its_bounds(made):
    for lever in levers.described().itertuples():
        control = re.search(rf"<(input|select)[^>]* name=\"{lever.Index}\"[^>]*>(.*?</select>)?", made)[0]
        assert f'for="lever-{lever.Index}"' in made and f'id="about-{lever.Index}"' in made
        if lever.choices:
            assert re.findall("<option>([^<]*)", control) == list(lever.choices)
        elif lever.high == lever.high:
            assert f'min="{lever.low}" max="{lever.high}"' in control
            assert ("given-" + lever.Index in made) == (lever.default is None or lever.default != lever.default)
        else:
            assert 'type="date"' in control


def test_on_a_day_that_lacks_something_the_lever_says_so_and_its_scenarios_too():
    early = vintage("2025-06-30", FROZEN)
    content = explorer.content(early)
    body = html.plain(html.EXPLORER, frame(early) | content)
    lacking = scenario.draws(early).lacking
    assert lacking
    for name, what in lacking.items():
        control = re.search(rf"<(?:input|select)[^>]* name=\"{name}\"[^>]*>", body)[0]
        assert "disabled data-lacking" in control and f"Cannot be moved: {escape(what)} was not public" in body
    gone = [row for row in content["rows"] if row["lacking"]]
    assert gone and all(row["text"] not in content["carried"]["stories"] and not row["cells"] for row in gone)
    assert body.count("Not reckoned: ") == len(gone)


def test_without_any_demand_the_page_says_what_it_lacks(india, monkeypatch):
    none = replace(scenario.draws(india), parts=())
    monkeypatch.setattr(scenario, "draws", lambda *_: none)
    content = explorer.content.__wrapped__(india)
    body = html.plain(html.EXPLORER, frame(india) | content)
    assert set(content) == {"nothing"} and content["nothing"] in body and body.count("<script") == 1
    assert html.policy("page").replace("'", "&#39;") in body, "levers that are not there run no script"


def test_the_brief_and_the_chapter_lead_to_the_explorer_where_there_is_one(india, monkeypatch):
    assert first_page(india).count('href="explorer.html"') == 2 and page(india).count('href="explorer.html"') == 1
    monkeypatch.setattr(context, "SCENARIOS", "9-none")
    assert "explorer.html" not in first_page(india) + page(india)
