"""With a hundred months by line and partner, every chapter deepens by itself, and tells a slip from a surge."""

import shutil
import warnings

import numpy as np
import pandas as pd
import pytest
import synthetic
from test_archive import took
from test_notebooks_in_time import BROKEN
from test_trade_chapter import DRAWS, SAYS, check, say

from conftest import FROZEN, adding
from helpers import fiscal
from helpers.chapters.forecast import compared, moves, weighing
from helpers.chapters.forecast import figures as fans
from helpers.chapters.forecast import sentences as outlooks
from helpers.chapters.outputs import Figure, Sentence, Table
from helpers.chapters.trade import causes, excess, figures, sentences, tables
from helpers.data import vintage
from helpers.data.sources.protocol import Request
from helpers.ensemble import nowcast
from helpers.methods import composition
from helpers.outlook import cells, customs, episodes, evidence, forecast, moved, readings, realtime, seasons, targets

READS = {"slip": composition.ERROR, "surge": composition.SURGE, "neither": composition.UNDECIDED}
SAID = {"slip": "the surge is an error or a reclassification", "surge": "the surge is one of real ferrite",
        "neither": "the surge stays unexplained"}  # fmt: skip

pytestmark = pytest.mark.usefixtures("undrawn", "sparse")


@pytest.fixture(scope="module")
def told(india):
    """The vintage with each story."""
    return {story: synthetic.adding(india, story) for story in READS}


def test_made_up_months_fit_every_published_total_and_each_other(india, told):
    known, usd = customs.imports(india), customs.imports(india, "value_usd")["value"]
    for india_with in told.values():
        made = customs.imports(india_with)["value"]
        for period in known.index[known["status"] == "reported"]:
            if (months := fiscal.months(period).astype(str)).isin(made.index).all():
                assert made[months].sum() == pytest.approx(known.loc[period, "value"], rel=1e-4)
        worth = customs.imports(india_with, "value_usd")["value"]
        assert worth[fiscal.months("FY25").astype(str)].sum() == pytest.approx(usd["FY25"], rel=0.01)
        lines = [customs.imports(india_with, hs=hs)["value"] for hs in customs.LINES]
        assert sum(line["2024-06"] for line in lines) == pytest.approx(made["2024-06"])


@pytest.mark.parametrize("story", READS)
def test_the_rule_tells_a_slip_from_a_surge_and_leaves_open_what_is_neither(told, story):
    assert cells.verdict(told[story]).reading == READS[story]
    answer, decision = sentences.answer(told[story]).text, causes.decision(told[story]).text
    for text in (answer, decision):
        assert SAID[story] in text and sum(said in text for said in SAID.values()) == 1
    assert "waits for" not in decision


def test_both_sides_counts_are_said_to_agree_or_to_speak_against_it(told):
    assert "as both sides' counts of 2024 have it" in say(told["slip"], "decision")
    assert "both sides' counts of 2024 speak against that" in say(told["surge"], "decision")
    assert "both sides' counts" not in say(told["neither"], "decision")


def test_entries_move_the_weights_of_the_readings_in_opposite_ways(told, totals):
    before = readings.weights(totals)
    slip, surge = (readings.weights(told[story]) for story in ("slip", "surge"))
    assert slip[evidence.ERROR] > before[evidence.ERROR] > surge[evidence.ERROR]
    for reading in (evidence.PERSISTENT, evidence.STOCKS):
        assert slip[reading] < before[reading] < surge[reading]
    observed = {story: evidence.observed(told[story]).loc["evidence_cells"] for story in told}
    assert observed["slip"]["observed"] > 0.7 and observed["surge"]["observed"] < 0.1
    assert observed["slip"]["period"] == "FY25-H1" and observed["slip"]["part"] == 1


def test_some_months_of_the_surge_are_a_part_of_the_evidence(india):
    rows = [row for row in synthetic.rows(india) if "2023-03" < row["period"] < "2024-07" or row["period"] > "2024-09"]
    assert evidence.observed(india.adding("trade", *rows)).loc["evidence_cells", "part"] == pytest.approx(3 / 6)
    alone = india.adding("trade", *(row for row in rows if row["period"] == "2024-06"))
    assert cells.verdict(alone) and "evidence_cells" not in evidence.observed(alone).index, "nothing usual is known"


def test_what_is_usual_is_the_year_around_the_surge_with_nothing_where_a_partner_is_not_named(india):
    keys = {"flow": "import", "reporter": "IND", "hs": customs.FERRITE, "status": "reported", "source": "S66"}
    figures_of = {("CHN", "2018-04"): 9, ("CHN", "2024-02"): 100, ("CHN", "2024-03"): 300, ("JPN", "2024-03"): 50,
                  ("CHN", "2024-06"): 5000, ("JPN", "2024-06"): 80}  # fmt: skip
    rows = [
        {**keys, "partner": who, "period": month, "measure": measure, "value": float(value), "unit": unit}
        for (who, month), value in figures_of.items()
        for measure, unit in (("weight", "t"), ("value_usd", "USD m"))
    ]
    found = cells.surge(india.adding("trade", *rows)).set_index("partner")["baseline_tonnes"]
    assert found.to_dict() == {"CHN": 200, "JPN": 25}, "2018 is too long ago, and Japan had nothing in February"


@pytest.mark.parametrize("story", READS)
def test_where_the_excess_sits_is_drawn_and_listed(told, story):
    found = cells.surge(told[story])
    drawn, listed = excess.figure(found, india=told[story]), excess.largest(found, india=told[story])
    assert isinstance(drawn, Figure) and isinstance(listed, Table)
    said = {"slip": "Five entries at less than 1.2 USD/kg hold", "surge": "entries at the price of ferrite",
            "neither": "neither in a few cheap entries"}  # fmt: skip
    assert said[story] in drawn.title and drawn.sources
    shares = listed.data["share of the excess, %"]
    assert shares.is_monotonic_decreasing and 0 < shares.sum() <= 100
    assert listed.data.loc[0, "tonnes"] > listed.data.loc[0, "usual, t"]


def test_without_entries_their_figure_is_a_sentence_and_there_is_no_table(india, totals):
    for one in (india, totals):
        found = cells.surge(one)
        assert isinstance(excess.figure(found, india=one), Sentence)
        assert isinstance(excess.largest(found, india=one), Sentence)
        assert excess.verdict(one) is None and "our rule" not in sentences.answer(one).text.lower()


@pytest.mark.parametrize("story", READS)
def test_every_sentence_of_the_trade_chapter_can_be_said(told, story):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in SAYS | DRAWS:
            check(name, say(told[story], name))


@pytest.mark.parametrize("story", ["slip", "surge"])
def test_every_sentence_of_the_forecast_can_be_said(told, story):
    india, of = told[story], "customs"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = forecast.expected(india, horizon=4)
        made = [outlooks.answer(table, india), outlooks.rest_of_year(table, india), outlooks.season(india, of)]
        made += [weighing.moved(india, of), moves.grown(india, table), moves.most(moved.moved(india, table), india, of)]
        paths, history = forecast.intervals(table), evidence.history(india, of)
        drawn = [fans.fan(paths, india=india), fans.readings(paths, india=india),
                 weighing.weights(history, india=india)]  # fmt: skip
    said = [one.text for one in made] + [text for one in drawn for text in (one.title, one.alt)]
    assert not [text for text in said if BROKEN.search(text) or "(assumed)" in text]
    assert story != "slip" or "(error more than 99 %, stock-building under 1 %" in said[0]


def test_a_hundred_months_are_a_line_with_the_means_of_years_and_the_run_of_the_surge_is_one(india, totals):
    drawn = figures.monthly_rates(customs.periods(totals), india=totals)
    assert len(drawn.data) == 100 and "May–September 2024 ran at" in drawn.title
    assert "the mean of each whole fiscal year" in drawn.alt and "7,073 t a month" in drawn.alt
    few = figures.monthly_rates(customs.periods(india), india=india)
    assert "Horizontal bars" in few.alt and len(few.data) == len(customs.periods(india))
    calm = customs.periods(totals).loc["2018-04":"2021-12"]
    assert "No known period stands out" in figures.monthly_rates(calm, india=totals).title


def test_the_table_of_totals_keeps_years_halves_and_the_newest_months(india, totals):
    shown = tables.totals(customs.imports(totals)).data
    assert len(shown) < 50 and {"FY24", "FY25-H1", "2026-07"} <= set(shown.index) and "2024-06" not in shown.index
    assert len(tables.totals(customs.imports(india)).data) == len(customs.imports(india))


def test_a_season_is_named_only_where_months_tell_one(india, totals, monkeypatch):
    assert seasons.pattern(india).empty and "too few to tell a season" in outlooks.season(india, "customs").text
    found = seasons.pattern(totals)["times"]
    assert len(found) == 12 and found[2] < 0.9 < 1 < found[1]
    assert "The months tell a season" in outlooks.season(totals, "customs").text
    monkeypatch.setattr(synthetic, "SEASON", np.ones(12))
    none = synthetic.adding(india, cells=False, seed=2)
    assert seasons.pattern(none).empty and "No season is found in the 10" in outlooks.season(none, "customs").text
    flat = pd.DataFrame({"value": 3000.0, "source": "S66"}, pd.period_range("2014-01", "2023-12", freq="M").astype(str))
    monkeypatch.setattr(seasons, "months", lambda *_: flat)
    assert seasons.pattern.__wrapped__(india).empty, "months that are all the same tell none"
    told = flat.assign(value=1 + fiscal.months("2014-01/2023-12").month).head(12 * (seasons.LEAST_YEARS + 1))
    for rows, months in ((told, 12), (told.iloc[1:], 0)):
        monkeypatch.setattr(seasons, "months", lambda *_, rows=rows: rows)
        assert len(seasons.pattern.__wrapped__(india, "repm")) == months


def test_months_that_nearly_make_a_total_stand_for_it_and_those_that_do_not_go(totals):
    near = targets.known_sums(adding(totals, FY25=53_100))["value"]
    assert near["FY25"] == pytest.approx(53_748, abs=2) and "2024-06" in near.index
    far = targets.known_sums(adding(totals, FY25=43_100))["value"]
    assert far["FY25"] == 43_100 and "2024-06" not in far.index and "2023-06" in far.index
    for sums in (near, far):
        nowcast.period_sums.independent(sums)  # raises where sums contradict each other


def test_if_the_tonnes_are_an_error_the_months_that_stand_out_go_and_the_others_stay(totals):
    left = readings.without_surge(targets.known_sums(totals)["value"], totals, episodes.suspect(totals))
    assert "2024-04" in left.index and "FY25-H2" in left.index
    assert not {"2024-05", "2024-09", "FY25", "FY25-H1", "FY25-Q2"} & set(left.index)


def test_months_narrow_the_interval_of_the_year_that_runs(india, totals):
    for year, slack in (("FY27", 1.0), ("FY28", 1.1)):
        before, after = (forecast.at(forecast.expected(one, horizon=3), year) for one in (india, totals))
        assert np.log(after.high / after.low) < slack * np.log(before.high / before.low)


def test_the_year_that_runs_lies_in_its_interval_about_as_often_as_promised(india):
    inside = []
    for seed in range(4):
        rows = synthetic.rows(india, seed=seed, count=108, last="2027-03", cells=False)
        year = set(fiscal.months("FY27").astype(str))
        truth = sum(row["value"] for row in rows if row["measure"] == "weight" and row["period"] in year)
        known = india.adding("trade", *(row for row in rows if row["period"] <= synthetic.LAST))
        now = forecast.at(forecast.expected(known, horizon=2), "FY27")
        inside.append(now.low <= truth <= now.high)
    assert sum(inside) >= 3, inside


def test_trials_of_earlier_days_and_weights_by_day_come_from_months_too(india):
    rows, days = synthetic.rows(india, cells=False), ["2025-09-20", "2026-05-20", "2026-09-20"]
    for row in rows:
        ended = pd.Period(row["period"], "M").end_time
        row["published"] = next(day for day in days if ended < pd.Timestamp(day))
    month_by_month = india.adding("trade", *rows)
    tried = realtime.real_time(month_by_month)
    assert not BROKEN.search(compared.real_time(tried, month_by_month).text)
    assert len(tried) and np.isfinite(tried[["median", "low80", "high80", "error"]].to_numpy(float)).all()
    history = evidence.history(month_by_month)
    assert pd.Timestamp("2026-05-20") in history.index, "a quarter was whole"
    assert history[list(evidence.READINGS)].sum(axis=1).to_numpy() == pytest.approx(1)


def test_months_with_gaps_leave_the_newest_run_of_a_quarter(totals, india):
    gone = ("2025-10", "2025-11", "2026-05")
    rows = [row for row in synthetic.rows(india, cells=False) if row["period"] not in gone]
    later = customs.since(india.adding("trade", *rows), "FY25")
    assert later.index.tolist() == ["2025-12/2026-03"] and later["months"].tolist() == [4]
    assert customs.since(totals, "FY25").index.tolist() == ["FY26", "2026-04/2026-07"]


def test_names_of_years_do_not_meet_each_other_or_the_axis(totals, monkeypatch):
    names = {}
    monkeypatch.setattr(figures, "label", lambda _, text, *__, dy, **___: names.update({text.split()[0]: dy}))
    periods = customs.periods(totals)
    figures.monthly_rates(periods, india=totals)
    assert "FY20" in names and "FY21" not in names, "a year like the one before is not named"
    assert names["FY25"] == 0 and names["FY26"] < 0
    periods.loc["2024-06", "t_per_month"] *= 5
    figures.monthly_rates(periods, india=totals)
    assert names["FY25"] > 20 and names["FY26"] > 0, "there is no room below"


def test_entries_of_partners_are_read_from_the_archive_as_of_the_day_they_were_known(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(FROZEN, folder)
    for days, (measure, unit, values) in enumerate(
        [("weight", "t", {"2024-03": 20, "2024-06": 900}), ("value_usd", "USD m", {"2024-03": 0.1, "2024-06": 0.2})]
    ):
        key = f"import/IND/VNM/{customs.FERRITE}/{measure}"
        took(folder / "archive", values, days, "tradestat", key=key, unit=unit, request=Request(measure, path="/"))
    found = cells.surge(vintage("2026-11-22", folder))
    shown = found[["partner", "period", "tonnes", "baseline_tonnes"]]
    assert shown.to_numpy().tolist() == [["VNM", "2024-06", 900, 20]]
    assert set(found["source"]) == {"S251"} and found["published"].dt.day.tolist() == [2]
    assert cells.surge(vintage("2026-11-01", folder)).empty


def test_what_lies_before_the_last_sums_counts_as_years(told, monkeypatch):
    monkeypatch.setattr(nowcast, "LONGEST", 16)
    made = readings.simulate(told["slip"], forecast.prior(told["slip"]), 10, seed=2)
    error, stocks, lasts = (
        readings.years(made[name]).median(axis=1) for name in (evidence.ERROR, evidence.STOCKS, evidence.PERSISTENT)
    )
    known = targets.known_sums(told["slip"])["value"]
    assert error[2024] == pytest.approx(known["FY24"], rel=0.03)
    assert lasts[2025] == pytest.approx(known["FY25"], rel=0.01)
    assert error.index[0] < 2020 and stocks[2031] > 0.95 * error[2031] and lasts[2027] != error[2027]


def test_months_of_the_world_wait_for_the_lines_of_the_whole_surge(totals):
    assert "waits for the monthly figures by line of the first half of FY25" in causes.decision(totals).text
