"""Indices of dependence: their years, their editions, and what they cannot know."""

import pytest

from conftest import FROZEN
from helpers.chapters.production import dependence
from helpers.data import vintage
from helpers.outlook import rare_earths

METALS = {"flow": "import", "reporter": "IND", "hs": "RE metals", "measure": "weight"}
OTHERS = ("DEU", "EST", "FRA", "JPN", "KOR")
PLANT = {"area": "IREL", "stage": "magnet", "commodity": "SmCo", "measure": "capacity"}


def _row(table, index, of):
    return table[(table.index == index) & (table["Of"] == of)].iloc[0]


def test_indices_are_those_of_the_published_figures(india):
    values = dependence.indices(india)["Value"].round(3).tolist()
    assert values[1:] == [0.999, 0.509, 0.416, 2.824, 2.157, 0.231] and values[0] != values[0]


def test_each_index_says_its_years_and_names_the_rows_it_used(india):
    table = dependence.indices(india)
    metals = _row(table, "European supply risk", "rare-earth metals, by India's sources")
    assert metals["Years"] == "FY24, governance 2022" and metals["source"].split()[0] == "S112"
    assert "S112" not in _row(table, "Herfindahl index", "world mine output")["source"].split()
    assert (table["Years"] != "").all()


def test_reliance_on_rare_earth_magnets_is_imports_over_imports_and_plants(india):
    names, bought = ("Net import reliance", "rare-earth magnets"), rare_earths.imported(india)
    row = _row(dependence.indices(india), *names)
    assert row["Value"] == pytest.approx(bought.value / (bought.value + 3)) and "inside motors" in row["How to read it"]
    assert bought.sources < set(row["source"].split())
    large = dependence.indices(india.adding("production", PLANT | {"period": "2025", "value": 9000.0}))
    assert _row(large, *names)["Value"] < 0.5 and "plants 2025" in _row(large, *names)["Years"]


def test_the_world_is_read_from_one_edition_that_names_enough_countries(india):
    assert [dependence.world_mining(india.on(day)).period for day in ("2026-05-26", "2026-05-27")] == ["2024", "2025"]
    rows = [("AUS", 29_000.0), ("CHN", 270_000.0), ("USA", 51_000.0), ("IND", 2_900.0), ("BRA", 100.0)]
    keys = {"stage": "mine", "commodity": "REO", "measure": "output", "period": "2026", "unit": "t REO"}
    added = [keys | {"area": area, "value": tonnes, "source": "S71", "status": "reported"} for area, tonnes in rows]
    mined = dependence.world_mining(india.adding("production", *added))
    assert mined.period == "2026" and len(mined.table) == 5 and "S70" not in mined.sources
    other = [keys | {"area": area, "value": 1.0, "source": "S72", "status": "reported"} for area in OTHERS]
    assert dependence.world_mining(india.adding("production", *added, *other)).sources == mined.sources


def test_suppliers_are_of_the_newest_year_that_is_known_by_country(india):
    one = METALS | {"partner": "CHN", "period": "FY25", "value": 660.0}
    assert dependence.metal_suppliers(india.adding("trade", one)).period == "FY24"
    rest = METALS | {"partner": "JPN", "period": "FY25", "value": 404.0}
    assert dependence.metal_suppliers(india.adding("trade", one, rest)).period == "FY25"


def test_a_supplier_without_governance_leaves_the_index_without_a_number(india):
    new = METALS | {"partner": "EST", "period": "FY25", "unit": "t", "value": 1064.0}
    table = dependence.indices(india.adding("trade", new))
    row = _row(table, "European supply risk", "rare-earth metals, by India's sources")
    assert row["Value"] != row["Value"] and row["How to read it"] == "not computable: no governance estimate of EST"
    assert _row(table, "Herfindahl index", "India's imports of rare-earth metals")["Value"] == 1


def test_a_risk_below_the_threshold_is_not_told_as_above_it(india):
    segments = india.assumption("governance").index
    safe = dependence.indices(india.assuming("governance", dict.fromkeys(segments, 2.4)))
    row = _row(safe, "European supply risk", "mining, by world output")
    assert row["Value"] < 1 and "below 1" in row["How to read it"]
    assert "at least 1" in _row(dependence.indices(india), "European supply risk", row["Of"])["How to read it"]


@pytest.mark.parametrize("day", ["2025-06-30", "2025-10-31", "2026-01-31"])
def test_an_early_day_has_reasons_in_the_place_of_numbers(day):
    table = dependence.indices(vintage(day, FROZEN))
    assert table[table["Value"].isna()]["How to read it"].str.startswith("not computable: ").all()
    assert len(table) == 7
