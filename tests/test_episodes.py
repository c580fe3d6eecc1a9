"""Which year is suspect, since when, and what a given baseline does to it."""

import pytest

from conftest import FROZEN
from helpers.data import vintage
from helpers.outlook import episodes, targets

ROW = {**targets.CUSTOMS.keys, "period": "FY25", "status": "reported", "source": "S66", "published": "2026-11-20"}


def test_the_suspect_year_and_its_surge_are_those_known_on_the_day(india):
    late, early = episodes.suspect(india), episodes.suspect(india.on("2025-10-31"))
    assert (late.year, late.surge, late.before, late.located) == ("FY25", "FY25-H1", "FY24", True)
    assert (early.surge, early.located) == ("FY25", False)
    assert str(late.since) == "2024-10" and episodes.suspect(india, "repm") is None


def test_a_year_that_is_revised_down_is_suspect_no_more(india):
    assert episodes.suspect(india.adding("trade", ROW | {"value": 35_000.0})) is None
    assert episodes.suspect(india.adding("trade", ROW | {"value": episodes.LEAST_SURGE * 28_700.0})).year == "FY25"


def test_a_newer_episode_takes_the_place_of_an_older_one(india):
    grown = india.adding(
        "trade", *(ROW | {"period": p, "value": v} for p, v in (("FY26", 33_000.0), ("FY27", 60_000.0)))
    )
    row = {**targets.CUSTOMS.keys, "episode": "surge of FY27", "year": "FY27", "surge": "", "before": "FY26"}
    newer = grown.adding("episodes", row | {"status": "inference", "source": "S66"})
    assert episodes.suspect(newer).year == "FY27" and episodes.suspect(grown).year == "FY25"


@pytest.mark.parametrize("wrong", [{"surge": "FY24-H1"}, {"surge": "2025-01/2025-06"}, {"before": "FY26"}])
def test_a_row_that_cannot_be_is_ignored(india, wrong):
    later = india.adding("trade", ROW | {"period": "FY26", "value": 20_000.0})
    row = {**targets.CUSTOMS.keys, "episode": "surge of FY25", "year": "FY25", "surge": "", "before": "FY24"}
    row |= {"status": "inference", "source": "S66", "published": "2026-11-21"}
    assert episodes.suspect(later.adding("episodes", row | wrong)) == episodes.suspect(later)
    assert episodes.suspect(later.adding("episodes", row | {"surge": "FY25-Q1"})).surge == "FY25-Q1"


@pytest.mark.parametrize("absent", [{"year": "FY30", "before": "FY25"}, {"before": "FY01"}])
def test_a_row_whose_year_or_year_before_has_no_figure_is_ignored(india, absent):
    row = {**targets.CUSTOMS.keys, "episode": "surge", "year": "FY25", "surge": "", "before": "FY24"}
    row |= {"status": "inference", "source": "S66", "published": "2026-11-21"}
    assert episodes.suspect(india.adding("episodes", row | absent)) == episodes.suspect(india)


def test_no_baseline_or_the_published_one_leaves_the_vintage_as_it_is(india):
    assert episodes.starting_from(india, None) is india and episodes.starting_from(india, 53_748) is india
    assert episodes.given(india) is None


@pytest.mark.parametrize("tonnes", [33_000, 60_000.0])
def test_another_baseline_is_an_assumption_for_the_suspect_year(india, tonnes):
    changed = episodes.starting_from(india, tonnes)
    found = episodes.given(changed)
    assert (found.value, found.period, found.assumed) == (tonnes, "FY25", True)
    assert (episodes.suspect(changed) is None) == (tonnes == 33_000)
    assert targets.totals(changed, "repm").equals(targets.totals(india, "repm"))


def test_a_baseline_can_be_given_again_once_it_has_made_the_year_unsuspicious(india):
    once = episodes.starting_from(india, 33_000)
    assert episodes.given(episodes.starting_from(once, 33_000)).value == 33_000


def test_a_baseline_that_is_none_or_has_no_year_says_so(india):
    for wrong in (0, -5.0, float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            episodes.starting_from(india, wrong)
    with pytest.raises(ValueError, match="no suspect year up to 2025-01-01"):
        episodes.starting_from(vintage("2025-01-01", FROZEN), 33_000)
