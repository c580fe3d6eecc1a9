"""The World Bank's two sources: estimates of governance, and prices of metals."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from asked import answers, asking, feed, figures, shown, taken, way
from standin import pinksheet as sheet
from standin import worldbank as bank

from conftest import FROZEN
from helpers.data.sources import pinksheet, worldbank
from helpers.data.sources.protocol import UnfitError

LAST, COPPER = "2026-10", "Copper/World Bank monthly mean"


@pytest.fixture
def governance(httpserver):
    ask = asking(httpserver, worldbank, bank, FROZEN)
    return lambda **how: ask(**how)[0]


@pytest.fixture
def prices(httpserver):
    ask = asking(httpserver, pinksheet, sheet, last=LAST)
    return lambda **how: ask(**how)[0]


def test_the_mean_of_six_estimates_is_the_one_that_is_curated(governance):
    curated = pd.read_csv(FROZEN / "assumptions.csv").query("assumption == 'governance'")
    found = figures(governance(), worldbank)
    for row in curated.itertuples():
        figure = found.loc[(f"governance/{row.segment}/{row.material}", "")]
        assert (figure["value"], figure["unit"], figure["status"]) == (row.value, row.unit, "derived")
    assert set(feed("worldbank").asked("countries")) == set(curated["segment"])


def test_the_publishers_day_is_that_of_its_last_update(governance):
    answer = governance(lastupdated="2026-09-30")
    assert {str(day) for day in figures(answer, worldbank)["published"]} == {"2026-09-30"}


def test_an_estimate_that_is_not_known_yet_leaves_its_year_out(governance):
    found = figures(governance(fault="null"), worldbank).index.get_level_values("key")
    assert "governance/CHN/mean of six estimates, 2023" in found
    assert "governance/CHN/mean of six estimates, 2024" not in found


def test_all_rows_come_in_one_page_however_many_there_are(governance):
    answer = governance(since="1996-01")
    assert json.loads(answer.body)[0]["pages"] == 1 and len(json.loads(answer.body)[1]) == 17 * 6 * 10 > 1000


def test_years_of_which_nothing_is_known_are_no_error(governance):
    assert figures(governance(since="2025-01"), worldbank).empty


def test_a_value_that_comes_twice_is_unfit(governance):
    answer = governance()
    about, rows = json.loads(answer.body)
    with pytest.raises(UnfitError, match="two values"):
        worldbank.rows(replace(answer, body=json.dumps([about, [*rows, rows[0]]]).encode()))


def test_a_new_date_without_new_figures_is_no_new_answer(governance, tmp_path):
    first = taken(tmp_path, worldbank, [governance(lastupdated="2025-10-15")])
    assert first.new == 17 * 7
    later = governance(lastupdated="2026-02-01")
    assert not taken(tmp_path, worldbank, [later], day=30).any
    assert len(list((tmp_path / "worldbank" / "answers").glob("*.json"))) == 1
    drop = ["published"]
    before = figures(governance(lastupdated="2025-10-15"), worldbank).drop(columns=drop)
    assert figures(later, worldbank).drop(columns=drop).equals(before)
    found = shown(tmp_path, "assumptions", "governance/IND/*")
    assert list(found["key"])[-1].endswith("2024") and set(found["period"]) == {""}


def test_prices_come_from_the_workbook_that_the_page_links_to(prices, tmp_path):
    first = taken(tmp_path, pinksheet, [prices(edition="0350012021", last="2026-09")])
    second = taken(tmp_path, pinksheet, [prices(edition="0050012026", last="2026-09")], day=14)
    assert first.new == 2 * 105 and not second.any  # another address, the same workbook
    found = shown(tmp_path, "prices", COPPER)
    assert (found["period"].iloc[0], found["period"].iloc[-1]) == ("2018-01", "2026-09")


def test_dollars_a_tonne_become_dollars_a_kilogram(prices):
    found = figures(prices(), pinksheet)
    table = sheet.prices(LAST)
    assert found.loc[(COPPER, "2024-05"), "value"] == round(table.loc["2024-05", "Copper"] / 1000, 6)
    assert set(found["unit"]) == {"USD/kg"} and {str(day) for day in found["published"]} == {"2026-11-04"}
    assert {key for key, _ in found.index} == {COPPER, "Nickel/World Bank monthly mean"}


def test_a_name_with_spaces_and_asterisks_is_found(httpserver):
    sheet.install(httpserver, LAST)
    of = replace(feed("pinksheet"), asks="items=Rubber,_TSR20")
    (answer,) = answers(httpserver, pinksheet, "2026-01", of=of)
    found = figures(answer, pinksheet).loc["Rubber, TSR20/World Bank monthly mean", "value"]
    assert found.loc["2026-01"] == sheet.prices(LAST).loc["2026-01", "Rubber, TSR20 **"]


def test_months_with_an_ellipsis_are_not_known(prices):
    found = figures(prices(fault="gaps"), pinksheet).loc[COPPER]
    assert 80 < len(found) < 106 and found["value"].gt(0).all()


def test_a_link_to_another_host_is_handed_on_whole_for_the_transport_to_judge(httpserver):
    sheet.install(httpserver, fault="elsewhere")
    (request,) = pinksheet.requests(feed("pinksheet"), "2018-01", pd.Timestamp("2026-11-25").date(), False)
    assert pinksheet.prepare(request, way(httpserver)).path.startswith("https://elsewhere.example/en/doc/")
    assert feed("pinksheet").asked("hosts") == ["thedocs.worldbank.org"]
