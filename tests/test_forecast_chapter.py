"""Chapter 4: what the annual forecast and its sentences say, as of three days and for both targets."""

import numpy as np
import pandas as pd
import pytest

from helpers import chart, say
from helpers.chapters import outputs
from helpers.outlook import forecast, others, readings, realtime

TODAY = "2026-11-22"
CASES = [
    ("2025-06-30", "customs", 10),
    ("2025-10-31", "customs", 10),
    (TODAY, "customs", 10),
    (TODAY, "customs", 1),
    (TODAY, "repm", 10),
    (TODAY, "repm", 30),
]


@pytest.fixture(scope="module")
def today():
    return forecast.forecast(TODAY)


@pytest.fixture(scope="module")
def tried():
    return realtime.real_time(TODAY)


@pytest.mark.parametrize(("day", "target", "horizon"), CASES)
def test_the_forecast_is_whole_and_its_quantiles_nest(day, target, horizon):
    table = forecast.forecast(day, target, horizon=horizon)
    wide = table.pivot(index=["scenario", "model", "horizon"], columns="quantile", values="value")
    assert (wide.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None) and (wide > 0).all(axis=None)
    assert wide.notna().all(axis=None) and len(wide.xs("mixture")) == horizon
    assert {"naive", "shrunken drift", "simulation"} == set(table["model"])


@pytest.mark.parametrize(("day", "target", "horizon"), CASES)
def test_the_answer_has_its_intervals_and_its_sources(day, target, horizon):
    table, known = forecast.forecast(day, target, horizon=horizon), forecast.totals(day, target)
    answer, rest = say.forecast(table, known), say.starts(table, known, forecast.beside(day, target, horizon)[0])
    period = f"FY{25 + min(2, horizon)}"
    row = forecast.intervals(forecast.leading(table)).set_index(["scenario", "period"]).loc[("mixture", period)]
    assert answer.answer and "80 % interval" in answer.text and f"{known.iloc[-1]:,.0f} t recorded" in rest.text
    assert f"{round(row['median'], -1 if row['median'] < 10_000 else -2):,.0f} t" in answer.text
    assert f"FY{25 + horizon}" in answer.text and "nan" not in answer.text + rest.text
    assert {"B1", "B2"} <= set(answer.sources) and (day == TODAY or "S04" not in answer.sources)


def test_each_reading_and_the_mixture_stand_in_the_table(today):
    assert list(today["scenario"].unique()) == ["as recorded", "run-rate", *readings.READINGS, "mixture"]
    medians = forecast.summary(today).pivot(index="period", columns="scenario", values="median")[list(readings.READINGS)]
    mixed = forecast.summary(today).query("scenario == 'mixture'").set_index("period")["median"]
    assert (mixed >= medians.min(axis=1)).all() and (mixed <= medians.max(axis=1)).all()


def test_the_mixture_is_that_of_the_readings_paths(today):
    made = readings.simulate(TODAY, forecast.prior(TODAY), 53_748, 10)
    paths = {name: readings.years(months).loc[2030].to_numpy() for name, months in made.items()}
    mixed = today.query("scenario == 'mixture' and period == 'FY30'")["value"].to_numpy()
    assert mixed == pytest.approx(readings.mix(paths, readings.weights(TODAY)))


def test_a_reading_of_all_the_weight_is_the_mixture(data):
    for reading, old, new in zip(readings.READINGS, (0.05, 0.25, 0.7), (0, 0, 1), strict=True):
        name = f'"{reading}"' if "," in reading else reading
        row = f"reading_weight,{name},FY25 of HS 850511,share,"
        data("assumptions", f"{row}{old},,,inference,2025-12-31", f"{row}{new},,,inference,2025-12-31")
    table = forecast.forecast(TODAY, horizon=2).set_index("scenario")["value"]
    assert table["mixture"].to_numpy() == pytest.approx(table[readings.ERROR].to_numpy())


def test_licences_order_the_narrow_target_and_the_known_year_is_the_same_under_all():
    rows = forecast.summary(forecast.forecast(TODAY, "repm", horizon=5)).set_index(["scenario", "period"])["median"]
    closed, partial, opened = (rows[f"licences {name}"] for name in ("closed", "partial", "open"))
    assert (
        closed["FY30"] < partial["FY30"] < opened["FY30"] and closed["FY30"] < rows["mixture"]["FY30"] < opened["FY30"]
    )
    assert closed["FY26"] == pytest.approx(opened["FY26"])
    assert opened["FY30"] == pytest.approx(rows["as recorded"]["FY30"], rel=0.01)


def test_earlier_days_are_judged_by_what_was_reported_and_nothing_else(tried):
    assert set(tried["outturn"]) == {16_281} and set(tried["as_of"]) == set(realtime.EARLIER_DAYS)
    assert tried["error"].to_numpy() == pytest.approx(tried["median"].to_numpy() / 162.81 - 100)
    assert (tried["within"] == ((tried["low80"] <= 16_281) & (tried["high80"] >= 16_281))).all()
    errors = tried.set_index(["as_of", "scenario"])["error"].abs()
    assert all(errors[day]["mixture"] < errors[day]["naive"] for day in realtime.EARLIER_DAYS)


def test_earlier_days_do_not_see_the_outturn(tried, data):
    data("trade", ",FY26-H1,t,16281,", ",FY26-H1,t,18281,")
    again = realtime.real_time(TODAY)
    assert (again["outturn"] == 18_281).all()
    pd.testing.assert_frame_equal(again[["median", "low80", "high80"]], tried[["median", "low80", "high80"]])


def test_before_the_outturn_there_is_nothing_to_judge():
    assert realtime.real_time("2025-10-31").empty and realtime.elsewhere("2025-10-31").empty
    for sentence in (say.real_time, say.elsewhere):
        assert "was public yet on 2025-10-31" in sentence(pd.DataFrame(), "2025-10-31").text
    assert isinstance(chart.real_time(realtime.real_time("2025-10-31"), as_of="2025-10-31"), outputs.Sentence)


def test_the_nowcast_elsewhere_is_scored_against_the_year_that_came():
    table = realtime.elsewhere(TODAY).set_index("as_of")
    assert set(table["outturn"]) == {58_125} and abs(table.loc["2025-10-31", "error"]) < 10
    assert (table["low80"] < table["median"]).all() and (table["low80"] <= 58_125).all()


def test_outlooks_keep_their_scope_and_their_growth():
    theirs = others.others(TODAY)
    growth = theirs.set_index(["publisher", "period"])["growth"]
    assert growth["MHI scheme", "2030"] == pytest.approx(100 * ((8220 / 4010) ** (1 / 5) - 1))
    assert np.isnan(growth["MHI scheme", "2025"]) and np.isnan(growth["Primus Partners", "2030"]).all()
    narrow = others.on_scope(theirs, pd.DataFrame({"target": ["repm"]}))
    assert set(narrow["unit"]) == {"t"} and set(narrow.loc[narrow["period"] == "2030", "value"]) == {7150, 8000, 8220}
    assert others.on_scope(theirs, pd.DataFrame({"target": ["customs"]})).empty
    assert others.others("2025-06-30")["publisher"].eq("IEA GCMO 2024").all()


@pytest.mark.parametrize(("day", "target", "horizon"), CASES)
def test_the_figures_are_drawn(day, target, horizon):
    table = forecast.intervals(forecast.forecast(day, target, horizon=horizon))
    theirs = others.on_scope(others.others(day), pd.DataFrame({"target": [target]}))
    for figure in (chart.fan(table, forecast.totals(day, target), theirs, as_of=day), chart.readings(table, as_of=day)):
        assert day in figure.svg and "per cent interval" in figure.alt and table["median"].iloc[0] > 0
    if target == "repm" and horizon > 4:
        assert (
            "Primus Partners expects 7,150 tonnes in 2030"
            in chart.fan(table, forecast.totals(day, target), theirs, as_of=day).alt
        )


def test_the_rest_of_the_year_is_never_said_to_be_negative():
    table = forecast.forecast(TODAY, baseline_t=1000, horizon=1)
    assert "more than the" in say.second_half_needed(table, TODAY).text


def test_the_sentence_of_judgements_follows_the_table():
    assert "quantity error, 70 %" in say.judgements(TODAY, "customs").text
    assert (
        "readings" not in say.judgements(TODAY, "repm").text
        and "After June 2025" in say.judgements("2025-06-30", "repm").text
    )


def test_a_new_yearly_total_moves_the_origin_and_leaves_the_readings_whole(data):
    row = "import,IND,world,850511,weight,FY26,t,"
    data("trade", f"{row},,,missing,2026-11-22,M0,", f"{row}33000,,,reported,2026-11-20,S04,")
    table = forecast.forecast(TODAY, horizon=6)
    assert table["period"].unique().tolist() == [f"FY{year}" for year in range(27, 33)]
    assert {"mixture", *readings.READINGS} < set(table["scenario"]) and "run-rate" not in set(table["scenario"])
    assert "33,000 t recorded for FY26" in say.starts(table, forecast.totals(TODAY), pd.DataFrame()).text
