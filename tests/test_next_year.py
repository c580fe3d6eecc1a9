"""Figures arrive, and the same code must then say the right thing: a future of the frozen tables, day by day."""

import numpy as np
import pandas as pd
import pytest
from played import AFTER, ARRIVES, MINE, SOUND, known, played
from test_notebooks_in_time import REVISED

from conftest import AS_OF
from helpers import fiscal
from helpers.chapters.forecast import awaited, sentences, tables
from helpers.outlook import calendar, episodes, forecast, licences, readings, targets

LAST = 2030
"""The fiscal year to which every forecast here reaches."""
STARTS = dict(zip([AS_OF, *ARRIVES], ["FY26-H1", "FY26", "FY26", "FY27-Q1", "FY27-H1", "FY27", "FY28"], strict=True))
"""The newest sound level on each day."""


def import_row(period: str, value: float, published: str, **more: str) -> dict:
    row = {**targets.CUSTOMS.keys, "period": period, "value": float(value), "published": published}
    return row | {"status": "reported", "source": "S66"} | more


def said(state, *kinds):
    """What chapter 4 says in a state."""
    return played(state, "4-forecast").text(*kinds)


def outlook(india):
    """The forecast up to :data:`LAST`, what the answer says of it, and where it starts."""
    table = forecast.expected(india, horizon=LAST - fiscal.fiscal_year(targets.totals(india, "customs").index[-1]))
    starts = tables.starts(table, india, table.head(0))["forecast"].tolist()
    return {"india": india, "table": table, "answer": sentences.answer(table, india).text, "starts": starts}


@pytest.fixture(scope="module")
def told(sparse):
    """What is expected on each day."""
    return {day: outlook(known(day)) for day in STARTS}


@pytest.mark.parametrize("day", STARTS)
def test_the_forecast_starts_from_the_newest_sound_level_and_is_of_the_year_that_runs_and_of_the_last(told, day):
    one = told[day]
    assert episodes.level(one["india"], "customs").period == STARTS[day]
    named = one["starts"][1]
    assert STARTS[day].split("-Q")[0] in named and "FY25 left out" in named
    assert episodes.suspect(one["india"]).year == "FY25"
    running = f"FY{fiscal.fiscal_year(day[:7]) % 100}"
    assert f"in {running} (" in one["answer"] and f"FY{LAST % 100}" in one["answer"]


def test_what_is_stale_is_gone_once_the_total_is_there(told):
    after = said("2026-12-01")
    assert "FY26 is over, but its total is not in the sources" in said(AS_OF) and "is over" not in after
    assert told["2026-12-01"]["starts"][1] == "FY26, FY25 left out"
    assert "Whether FY27 agrees" in after and "FY27-H1 brought 17,500 t" in said("2027-01-10")
    totals = []
    for one in (told[day] for day in (AS_OF, "2026-12-01", "2027-06-20")):
        due = calendar.due(one["india"])
        rows = awaited.shown(due, calendar.effects(one["india"], one["table"], due.head(0)))
        totals.append(set(rows.loc[rows["what"].str.startswith("total"), "of"]))
    assert totals == [{"FY26"}, {"FY27"}, {"FY28"}], "what has come is due no more"


def test_what_the_sentence_says_would_change_most_is_the_first_of_the_calendar(told):
    india, table = told["2027-01-10"]["india"], told["2027-01-10"]["table"]
    due = calendar.due(india)
    effects = calendar.effects(india, table, due)
    first, text = awaited.shown(due, effects).iloc[0], awaited.said(due, effects, table, india).text
    assert f"most would change with the {first['what']} ({first['of']})" in text


def test_the_interval_of_a_future_year_does_not_widen_for_getting_more_data(told):
    for scenario, slack in ((forecast.MIXTURE, 1.01), (forecast.LEVEL, 1.02)):
        for year in ("FY29", "FY30"):
            found = [forecast.at(one["table"], year, scenario) for one in told.values()]
            widths = np.array([np.log(one.high / one.low) for one in found])
            assert (widths[1:] <= slack * widths[:-1]).all(), f"{scenario}, {year}: {widths.round(3)}"
    before, *after = [forecast.at(one["table"], "FY27") for day, one in told.items() if day < "2027-06"]
    assert all(one.high / one.low < (before.high / before.low) ** 1.1 for one in after), "of the year that runs too"


@pytest.mark.parametrize(("day", "scored"), [(AS_OF, ["FY26-H1"]), (AFTER[-1], ["FY27-H1", "FY27", "FY28"])])
def test_the_trial_scores_each_outturn_once_it_is_there(day, scored):
    tried = played(day, "4-forecast").names["tried"]
    assert list(dict.fromkeys(tried["period"])) == scored
    assert f"{tried.iloc[-1]['outturn']:,.0f} t came." in said(day)


def test_a_revision_that_takes_the_surge_away_ends_the_readings():
    revised, table = known(REVISED), played(REVISED, "4-forecast").names["table"]
    assert episodes.suspect(revised) is None and list(readings.weights(revised).index) == [readings.RECORDED]
    assert set(table["scenario"]) == {forecast.RECORDED, forecast.LEVEL, forecast.MIXTURE}
    text = said(REVISED).replace("No year of this target is suspect, so there are no readings to weigh.", "")
    assert [word for word in ("suspect", "left out", "53,748") if word in text] == []
    assert "reading" not in said(REVISED, "answer", "figure")
    assert "reading_prior" not in set(readings.stated(revised)["assumption"])


def test_a_less_trusted_figure_of_a_new_source_changes_nothing(told):
    india = known(AS_OF)
    rival = india.adding("trade", import_row("FY26", 45_000, "2026-11-21", status="unverified"))
    assert outlook(rival)["answer"] == told[AS_OF]["answer"]


def test_a_truce_that_is_extended_is_a_row():
    india = known("2027-03-15")
    row = {"period": "2026-12/2027-11", "regime": "open", "term": "set", "status": "reported", "source": "S86"}
    extended = india.adding("regimes", row | {"published": "2026-12-01"})
    assert str(licences.known_until(india)) == "2026-11" and str(licences.known_until(extended)) == "2027-11"
    assert "partial and reach until November 2026" in sentences.rules(india).text
    assert licences.current(extended) == "open"
    assert "open and reach until November 2027" in sentences.rules(extended).text
    due, table = calendar.due(extended, "repm"), forecast.expected(extended, "repm", 1)
    told = awaited.said(due, calendar.effects(extended, table, due.head(0)), table, extended)
    assert "after November 2027 would replace our odds" in told.text


def test_a_row_of_mine_output_for_the_year_leaves_the_forecast_alone():
    india = known(AS_OF)
    mined = india.adding("production", {**MINE, **SOUND, "period": "FY26", "value": 3_000.0})
    assert forecast.expected(mined, "repm", 3).equals(forecast.expected(india, "repm", 3))


def test_a_calendar_year_is_a_sum_of_months_and_no_level_to_start_from(told):
    before, more = told[AS_OF], outlook(known(AS_OF).adding("trade", import_row("2025", 30_000, "2026-11-20")))
    columns = ["scenario", "model", "period", "quantile"]
    one, two = (
        rows[rows["scenario"].isin([forecast.RECORDED, forecast.LEVEL]) & (rows["quantile"] == 0.5)]
        .set_index(columns)["value"] for rows in (before["table"], more["table"])
    )  # fmt: skip
    pd.testing.assert_series_equal(one, two)
    assert before["starts"] == more["starts"]
