"""Figures that should be one and are not: who contradicts whom, and what is no contradiction."""

import pandas as pd
import pytest
import synthetic

from conftest import KEYS, adding
from helpers.chapters.trade import causes, sentences, tables
from helpers.outlook import customs, episodes, rivals

LIVE = frozenset({"S66"})


def test_what_no_live_source_gave_is_no_contradiction(india, totals):
    assert rivals.contradictions(india, frozenset()).empty and rivals.contradictions(totals, frozenset({"S67"})).empty
    said = causes.contradicted(rivals.contradictions(india, frozenset())).text
    assert "contradicts another" in said and "no pair" in tables.rivals(rivals.contradictions(india, frozenset())).text


def test_two_sources_of_one_figure_contradict_beyond_their_rounding(india):
    near, far = (rivals.contradictions(adding(india, **{"2025_04": value}), LIVE) for value in (3064.4, 3080))
    assert near.empty and far.loc[0, "percent"] == pytest.approx(100 * (3080 / 3064 - 1))
    assert far.loc[0, "period"] == "2025-04" and {"S03", "S66"} <= set(far.loc[0, "source"].split())
    assert "for April 2025" in causes.contradicted(far).text and len(tables.rivals(far).data) == 1


def test_a_rounding_of_a_reported_figure_is_no_other_figure(india):
    found = rivals.contradictions(adding(india, FY25=60_000), LIVE)
    assert found["period"].tolist() == ["FY25"] and "53,748" in found.loc[0, "other"]
    answer = sentences.answer(adding(india, FY25=60_000)).text
    assert "Other published versions of that total have 53,000 to 53,748 t." in answer
    assert "Other published versions" not in sentences.answer(adding(india, FY25=53_800)).text
    assert "Other published versions" not in sentences.answer(episodes.starting_from(india, 80_000)).text


def test_the_newest_of_a_source_counts(india):
    row = {**KEYS, "period": "2025-04", "status": "reported", "source": "S66"}
    revised = india.adding("trade", row | {"value": 3500.0, "published": "2026-10-01"})
    revised = revised.adding("trade", row | {"value": 3064.0, "published": "2026-11-01"})
    assert rivals.contradictions(revised, LIVE).empty


def test_months_contradict_their_year_and_lines_their_whole(india, totals):
    found = rivals.contradictions(adding(totals, FY24=31_000), LIVE)
    year = found[found["one"].str.startswith("its months")].set_index("period").loc["FY24"]
    assert year["percent"] == pytest.approx(100 * (28_700 / 31_000 - 1), abs=0.01)
    rows = [
        row for row in synthetic.rows(india) if row["partner"] == "world" and row["period"] in ("2023-07", "2023-08")
    ]
    for row in rows:
        wrong = row["hs"] == customs.FERRITE and row["measure"] == "weight" and row["period"] == "2023-07"
        row["value"] *= 10 if wrong else 1
    lines = rivals.contradictions(india.adding("trade", *rows), LIVE)
    assert lines[lines["one"].str.startswith("its lines")]["period"].tolist() == ["2023-07"]


def test_both_sides_of_the_border_stand_last_and_are_not_counted(totals):
    found = rivals.contradictions(adding(totals, FY24=29_000), LIVE)
    border = found["topic"].str.startswith(rivals.BORDER)
    assert border.any() and not border.all() and border.is_monotonic_increasing
    assert found.loc[border, "percent"].abs().max() > found.loc[~border, "percent"].abs().max()
    assert causes.contradicted(found[~border].iloc[:1]).text.startswith("A figure that was fetched contradicts another")
    assert "2 times; furthest" in causes.contradicted(pd.concat([found[~border].iloc[:1]] * 2)).text
    assert "contradicts another" in causes.contradicted(found[border]).text


def test_two_figures_of_one_publisher_are_told_apart(india):
    again = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}
    firm = [again | {"period": "2016-05", "status": "reported", "value": value, "source": source, "published": day}
            for value, source, day in ((1200.0, "S67", "2026-10-02"), (1100.0, "S68", "2026-10-01"))]  # fmt: skip
    found = rivals.contradictions(india.adding("trade", *firm), frozenset({"S67"})).loc[0]
    assert found["topic"] == "imports of IND from world, HS 850511, weight"
    assert (found["one"], found["other"]) == ("USGS, fetched: 1,200", "USGS: 1,100")
