"""Figures arrive, and the same code must then say the right thing: a future of the frozen tables, day by day."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest

from conftest import FROZEN
from helpers import fiscal
from helpers.chapters.forecast import awaited, compared, figures, moves, sentences, tables, weighing
from helpers.chapters.outputs import Figure
from helpers.data import vintage
from helpers.outlook import calendar, episodes, evidence, forecast, licences, moved, others, readings, realtime, targets

BROKEN = re.compile(r"\b(nan|inf|None|NaT)\b|\bt t\b|% %|[{}]")
LAST = 2030
"""The fiscal year to which every forecast here reaches."""
ARRIVES = {
    "2026-12-01": {"FY26": 33_100},
    "2026-12-02": {"FY26-H2": 16_819},
    "2026-12-10": {"2026-04": 2_900, "2026-05": 2_950, "2026-06": 2_800},
    "2027-01-10": {"FY27-H1": 17_500},
    "2027-06-20": {"FY27": 35_900},
    "2028-06-20": {"FY28": 38_500},
}
STARTS = {
    "2026-11-22": "FY26-H1",
    "2026-12-01": "FY26",
    "2026-12-02": "FY26",
    "2026-12-10": "FY27-Q1",
    "2027-01-10": "FY27-H1",
    "2027-06-20": "FY27",
    "2028-06-20": "FY28",
}
"""The newest sound level on each day."""


def import_row(period: str, value: float, published: str, **more: str) -> dict:
    row = {**targets.CUSTOMS.keys, "period": period, "value": float(value), "published": published}
    return row | {"status": "reported", "source": "S66"} | more


TRIED = ("2026-11-22", "2028-06-20")
"""The days on which earlier forecasts are tried too: each costs several forecasts."""


pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture(scope="module")
def future():
    """The frozen tables with everything that arrives, as of a day after all of it."""
    rows = [import_row(p, value, day) for day, found in ARRIVES.items() for p, value in found.items()]
    return vintage("2028-12-31", FROZEN).adding("trade", *rows)


@pytest.fixture(scope="module")
def told(future):
    """What the chapter says on each day; a warning is an error."""
    return {day: tell(future.on(day), trial=day in TRIED) for day in STARTS}


def tell(india, target="customs", trial=False) -> dict:
    """The forecast, everything the chapter says of it, and its tables; nothing may raise or warn."""
    horizon = LAST - fiscal.fiscal_year(targets.totals(india, target).index[-1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = forecast.expected(india, target, horizon)
        other = forecast.beside(india, target, horizon)
        changed = moved.moved(india, table)
        due = calendar.due(india, target)
        tried, theirs = realtime.real_time(india) if trial else pd.DataFrame(), others.others(india)
        said = {
            "answer": sentences.answer(table, india, other),
            "rest": sentences.rest_of_year(table, india),
            "rules": sentences.rules(india),
            "due": awaited.said(due, calendar.effects(india, table, due.head(0)), table, india),
            "moved": weighing.moved(india, target),
            "most": moves.most(changed, india, target),
            "grown": moves.grown(india, table),
            "trial": compared.real_time(tried, india),
            "others": compared.outlooks(table, other, theirs, india),
        }
        paths = forecast.intervals(table)
        drawn = [figures.fan(paths, others.on_scope(theirs, target), india=india)]
        drawn += [figures.readings(paths, india=india), figures.real_time(tried, india=india)]
        drawn += [weighing.weights(evidence.history(india, target), india=india)]
        shown = [tables.starts(table, india, other), tables.scenarios(table, india), tables.models(table, india)]
        shown += [weighing.update(india, target), moves.table(changed, india, target)]
        shown += [awaited.shown(due, calendar.effects(india, table, due.head(0)))]
    return {"india": india, "table": table, "tried": tried, "said": said, "drawn": drawn, "shown": shown}


def words_of(one: dict) -> list[str]:
    drawn = [figure for figure in one["drawn"] if isinstance(figure, Figure)]
    return [s.text for s in one["said"].values()] + [text for figure in drawn for text in (figure.title, figure.alt)]


@pytest.mark.parametrize("day", STARTS)
def test_the_forecast_starts_from_the_newest_sound_level_and_says_so(told, day):
    one = told[day]
    assert episodes.level(one["india"], "customs").period == STARTS[day]
    named = one["shown"][0]["forecast"][1]
    assert STARTS[day].split("-Q")[0] in named and "FY25 left out" in named
    assert episodes.suspect(one["india"]).year == "FY25"


@pytest.mark.parametrize("day", STARTS)
def test_the_answer_is_of_the_year_that_runs_and_of_the_last(told, day):
    running = f"FY{fiscal.fiscal_year(day[:7]) % 100}"
    text = told[day]["said"]["answer"].text
    assert f"in {running} (" in text and f"FY{LAST % 100}" in text


def test_what_is_stale_is_gone_once_the_total_is_there(told):
    before, after = (told[day]["said"] for day in ("2026-11-22", "2026-12-01"))
    assert "FY26 is over, but its total is not in the sources" in before["answer"].text
    for said in after.values():
        assert "is over" not in said.text
    totals = [set(told[day]["shown"][-1].loc[lambda rows: rows["what"].str.startswith("total"), "of"])
              for day in ("2026-11-22", "2026-12-01", "2027-06-20")]  # fmt: skip
    assert totals == [{"FY26"}, {"FY27"}, {"FY28"}], "what has come is due no more"
    assert told["2026-12-01"]["shown"][0]["forecast"][1] == "FY26, FY25 left out"
    assert "Whether FY27 agrees" in after["rest"].text
    assert "FY27-H1 brought 17,500 t" in told["2027-01-10"]["said"]["rest"].text


def test_the_interval_of_a_future_year_does_not_widen_for_getting_more_data(told):
    for scenario, slack in ((forecast.MIXTURE, 1.01), (forecast.LEVEL, 1.02)):
        for year in ("FY29", "FY30"):
            found = [forecast.at(one["table"], year, scenario) for one in told.values()]
            widths = np.array([np.log(one.high / one.low) for one in found])
            assert (widths[1:] <= slack * widths[:-1]).all(), f"{scenario}, {year}: {widths.round(3)}"


def test_the_trial_scores_each_outturn_once_it_is_there(told):
    scored = {day: list(dict.fromkeys(told[day]["tried"]["period"])) for day in TRIED}
    assert list(scored.values()) == [["FY26-H1"], ["FY27-H1", "FY27", "FY28"]]
    for one in (told[day] for day in TRIED):
        newest = one["tried"].iloc[-1]
        assert f"{newest['outturn']:,.0f} t came." in one["drawn"][2].alt


def test_nothing_said_holds_a_gap_or_a_broken_number(told):
    for one in told.values():
        for text in words_of(one):
            assert not BROKEN.search(text), text
            assert "(assumed)" not in text


def test_a_revision_that_takes_the_surge_away_ends_the_readings(future):
    revised = future.on("2026-11-22").adding("trade", import_row("FY25", 35_000, "2026-11-21"))
    one = tell(revised)
    assert episodes.suspect(revised) is None and list(readings.weights(revised).index) == [readings.RECORDED]
    assert set(one["table"]["scenario"]) == {forecast.RECORDED, forecast.LEVEL, forecast.MIXTURE}
    for text in words_of(one):
        text = text.replace("No year of this target is suspect, so there are no readings to weigh.", "")
        assert "reading" not in text and "suspect" not in text and "left out" not in text and "53,748" not in text
    assert "reading_prior" not in set(readings.stated(revised)["assumption"])


def test_a_less_trusted_figure_of_a_new_source_changes_nothing(future, told):
    india = future.on("2026-11-22")
    rival = india.adding("trade", import_row("FY26", 45_000, "2026-11-21", status="unverified"))
    assert tell(rival)["said"]["answer"].text == told["2026-11-22"]["said"]["answer"].text


def test_a_truce_that_is_extended_is_a_row(future):
    india = future.on("2027-03-15")
    row = {"period": "2026-12/2027-11", "regime": "open", "term": "set", "status": "reported", "source": "S86"}
    extended = india.adding("regimes", row | {"published": "2026-12-01"})
    assert str(licences.known_until(india)) == "2026-11" and str(licences.known_until(extended)) == "2027-11"
    assert "partial and reach until November 2026" in sentences.rules(india).text
    assert licences.current(extended) == "open"
    assert "open and reach until November 2027" in (said := tell(extended, "repm")["said"])["rules"].text
    assert "after November 2027 would replace our odds" in said["due"].text


def test_a_row_of_mine_output_for_the_year_leaves_the_forecast_alone(future):
    india = future.on("2026-11-22")
    row = {"area": "IND", "stage": "mine", "commodity": "REO", "measure": "output", "period": "FY26", "value": 3_000.0}
    mined = india.adding("production", row | {"unit": "t REO", "status": "reported", "source": "S66"})
    assert forecast.expected(mined, "repm", 3).equals(forecast.expected(india, "repm", 3))


def test_a_calendar_year_is_a_sum_of_months_and_no_level_to_start_from(future, told):
    before, row = told["2026-11-22"], import_row("2025", 30_000, "2026-11-20")
    more = tell(future.on("2026-11-22").adding("trade", row))
    starts = [
        one["table"][one["table"]["scenario"].isin([forecast.RECORDED, forecast.LEVEL])] for one in (before, more)
    ]
    columns = ["scenario", "model", "period", "quantile"]
    one, other = (rows[rows["quantile"] == 0.5].set_index(columns)["value"] for rows in starts)
    pd.testing.assert_series_equal(one, other)
    assert before["shown"][0]["forecast"].tolist() == more["shown"][0]["forecast"].tolist()
