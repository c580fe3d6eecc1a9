"""Forecasts of earlier days beside what came: judged by it, and blind to it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from helpers.ensemble import drift, score
from helpers.outlook import forecast, realtime, targets

ROW = {**targets.CUSTOMS.keys, "status": "reported", "source": "S66"}

pytestmark = pytest.mark.usefixtures("sparse")


@pytest.fixture(scope="module")
def tried(india):
    return realtime.real_time(india)


def test_outturns_and_their_days_are_found_and_not_listed(india):
    found = realtime.outturns(india)
    assert list(found.index) == ["FY26-H1"]
    assert [str(day) for day in found["days"].iloc[0]] == ["2025-06-30", "2025-10-31"]
    assert realtime.outturns(india.on("2019-06-01")).empty
    soon = india.on("2025-07-15").adding("trade", ROW | {"period": "FY26-H1", "value": 16_281.0})
    assert [*map(str, realtime.outturns(soon)["days"].iloc[-1])] == ["2025-06-30"], "the first day was the last"
    more = india.adding("trade", ROW | {"period": "FY26", "value": 33_100.0, "published": "2026-07-10"})
    assert list(realtime.outturns(more).index) == ["FY26-H1", "FY26"]
    assert str(realtime.outturns(more)["days"].iloc[-1][-1]) == "2026-06-30"


def test_earlier_days_are_judged_by_what_was_reported_and_nothing_else(tried):
    assert set(tried["outturn"]) == {16_281} and set(tried["as_of"]) == {"2025-06-30", "2025-10-31"}
    assert tried["error"].to_numpy() == pytest.approx(tried["median"].to_numpy() / 162.81 - 100)
    assert (tried["within"] == ((tried["low80"] <= 16_281) & (tried["high80"] >= 16_281))).all()


def test_the_score_is_that_of_all_quantiles_over_that_of_naive(tried):
    by = tried.set_index(["scenario", "as_of"])["score"]
    assert (by["naive"] == 1).all() and (by["mixture"] < 1).all() and (by["as recorded"] > 1).all()
    levels = np.array([0.1, 0.5, 0.9])
    near, far = (score.weighted_interval_score([10.0], np.array([[9.0, 10, 11]]) + gap, levels) for gap in (0, 5))
    assert near < far


def test_earlier_days_do_not_see_the_outturn(tried, india):
    row = ROW | {"period": "FY26-H1", "value": 18_281.0, "published": "2025-11-25"}
    again = realtime.real_time(india.adding("trade", row))
    assert (again["outturn"] == 18_281).all()
    first = tried[tried["as_of"] == "2025-06-30"][["median", "low80", "high80"]]
    pd.testing.assert_frame_equal(again[again["as_of"] == "2025-06-30"][first.columns].reset_index(drop=True), first)


def test_judgements_written_after_the_day_make_it_a_back_cast(tried):
    assert tried["backcast"].all() and tried["source"].str.contains("S04").all()
    assert tried["source"].str.contains("B2").all()


def test_the_year_that_runs_is_said_as_the_forecast_of_the_day_says_it(india):
    then = india.on("2025-10-31")
    said = realtime.backcasts(then).set_index(["period", "scenario"]).loc[("FY26", forecast.MIXTURE)]
    one = forecast.at(forecast.expected(then), "FY26")
    assert [said[level] for level in (0.1, 0.5, 0.9)] == pytest.approx([one.low, one.value, one.high], rel=1e-9)


def test_before_the_outturn_there_is_nothing_to_judge(india):
    assert realtime.real_time(india.on("2025-10-31")).empty and realtime.elsewhere(india.on("2025-10-31")).empty


def test_a_day_on_which_the_year_elsewhere_was_over_says_nothing_of_it_beforehand(india):
    told = {day: india.on(day).adding("trade", {**realtime.CHINA, "period": "FY26", "value": 60_000.0})
            for day in ("2025-06-30", "2025-07-01")}  # fmt: skip
    assert [len(realtime.elsewhere(of)) for of in told.values()] == [0, 1]


def test_the_nowcast_elsewhere_is_scored_against_the_year_that_came(india):
    table = realtime.elsewhere(india).set_index("as_of")
    last = realtime.elsewhere(india, table["period"].iloc[0], date.fromisoformat(table.index[-1]))
    assert list(last["as_of"]) == [table.index[0]], "as of the last day before one"
    assert table["outturn"].to_numpy() == pytest.approx(58_125, abs=1) and abs(table.loc["2025-10-31", "error"]) < 10
    held = (table["low80"] <= table["outturn"]) & (table["outturn"] <= table["high80"])
    assert table["within"].tolist() == held.tolist() and table.loc["2025-10-31", "within"]


def test_a_third_model_is_tried_beside_the_naive_benchmark(india, monkeypatch):
    monkeypatch.setitem(forecast.MODELS, "half the level", lambda levels, prior: drift.naive(levels / 2, prior))
    said = realtime.real_time(india)
    by = said.set_index(["scenario", "as_of"])["median"]
    assert by["half the level", "2025-06-30"] == pytest.approx(53_748 / 4)
    assert not said.duplicated(["period", "as_of", "scenario"]).any()
