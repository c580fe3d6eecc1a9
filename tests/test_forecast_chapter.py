"""Chapter 4: what its sentences, titles and tables say, every outcome once, and that it agrees with the numbers."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import FROZEN
from helpers.chapters.forecast import compared, figures, moves, phrases, sentences, tables, weighing
from helpers.chapters.outputs import Sentence
from helpers.data import derived, vintage
from helpers.ensemble import drift
from helpers.outlook import (
    episodes,
    evidence,
    forecast,
    growth,
    moved,
    others,
    rare_earths,
    readings,
    realtime,
    targets,
)

ROW = {**targets.CUSTOMS.keys, "status": "reported", "source": "S66", "published": "2026-11-20"}
BROKEN = re.compile(r"\b(nan|inf|None|NaT)\b|\bt t\b|% %|[{}]|_")

pytestmark = pytest.mark.usefixtures("sparse")


@pytest.fixture(scope="module")
def table(india):
    return forecast.expected(india)


@pytest.fixture(scope="module")
def narrow(india):
    return forecast.expected(india, "repm")


@pytest.fixture(scope="module")
def tried(india):
    return realtime.real_time(india)


@pytest.fixture(scope="module")
def changed(india, table):
    return moved.moved(india, table)


def test_the_answer_has_its_intervals_its_readings_and_its_sources(india, table, narrow):
    answer = sentences.answer(table, india, narrow)
    near, far, beside = (
        tables.rounded(forecast.at(*of)) for of in ((table, "FY27"), (table, "FY35"), (narrow, "FY27"))
    )
    assert answer.answer and answer.text.startswith(f"India is expected to import {near} of magnets under HS 850511 in")
    assert f"in FY27 (April 2026 to March 2027; 80 % interval {near:range}) and {far} ({far:range}) in" in answer.text
    assert (
        "The forecast weighs three readings of FY25 (error 95 %, stock-building 3 %, persistent demand 1 %) and"
        in answer.text
    )
    assert f"inside motors among them: {beside} (80 % interval {beside:range}) in FY27; as bare" in answer.text
    assert "FY26 is over, but its total is not in the sources dated up to 22 November 2026: it is still" in answer.text
    assert {"B1", "B2", "S02", "S04", "S16"} <= set(answer.sources) and "S213" in answer.sources
    bare = sentences.answer(narrow, india)
    assert "reading" not in bare.text and "S16" in bare.sources and "S02" not in bare.sources
    assert f"All magnets under HS 850511: {near}" in sentences.answer(narrow, india, table).text
    apart = sentences.answer(table, india, narrow, Sentence("Two methods disagree.", ("S03",)))
    assert "a year come in. Two methods disagree. FY26 is over" in apart.text and "S03" in apart.sources


@pytest.mark.parametrize(("factor", "said"), [(0.5, "is 0.5 times"), (0.9, None), (1.2, None), (2.0, "is 2.1 times")])
def test_a_forecast_far_from_the_newest_level_is_explained(india, table, factor, said):
    found = sentences.far_from_level(table.assign(value=table["value"] * factor), india)
    assert (found is None) == (said is None) and (
        said is None or f"FY27 {said} the newest level, 32,562 t" in found.text
    )


def test_weights_that_say_less_are_said_with_fewer_words(india):
    two = readings.taking(india, {readings.ERROR: 0.5, readings.STOCKS: 0.5, readings.PERSISTENT: 0})
    one = readings.taking(india, {readings.ERROR: 1, readings.STOCKS: 0, readings.PERSISTENT: 0})
    assert phrases.weighed(two, "customs").text.startswith("weighs two readings")
    assert phrases.weighed(one, "customs").text.startswith("reads FY25 as an error in the recorded quantity with")


def test_what_is_known_later_turns_the_recorded_total_into_a_what_if(india, table):
    named = tables.starts(table, india, pd.DataFrame())["forecast"].tolist()
    assert named[1:] == [
        "FY26-H1 at its yearly rate, FY25 left out",
        "FY25 as recorded, as if nothing since were known: a counterfactual",
    ]
    early = india.on("2025-06-30")
    named = tables.starts(forecast.expected(early, horizon=2), early, pd.DataFrame())["forecast"].tolist()
    assert named == ["the forecast: readings of FY25, weighed", "FY25 as recorded"]


def test_the_other_target_is_read_by_year_and_not_by_step(india, narrow):
    more = india.adding("trade", ROW | {"period": "FY26", "value": 33_100.0})
    ahead = forecast.expected(more, horizon=2)
    assert "FY26, FY25 left out" in tables.starts(ahead, more, narrow)["forecast"].tolist()
    beside = tables.rounded(forecast.at(narrow, "FY27"))
    assert f"inside motors among them: {beside} (80 % inte" in sentences.answer(ahead, more, narrow).text


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"FY26-H1": 16_281.0}, "speaks against it"),
        ({"FY26-H1": 27_000.0}, "inside the 80 % interval of that growth: it does not contradict it"),
        ({"FY26-H1": 45_000.0}, "above the 80 % interval of that growth: what has come since runs ahead of it"),
        ({"FY26-H1": 70_000.0}, "70,000 t, more than the 56,300 t that the totals as recorded imply for FY26"),
        ({"FY26": 33_100.0}, "Whether FY27 agrees with the totals before it cannot be said"),
        ({"FY26-H1": 16_281.0, "FY27-H1": 30_000.0}, "At the pace so far, 32,562 t a year, it ends below the 80 %"),
    ],
)
def test_the_rest_of_the_year_is_judged_by_where_it_would_end(india, rows, said):
    changed = india.adding("trade", *(ROW | {"period": p, "value": v} for p, v in rows.items()))
    last = 2026 if "FY26" in rows else 2025
    points = forecast.starting_points(changed, "customs", 1).assign(target="customs", as_of="")
    assert points["period"].iloc[0] == f"FY{last % 100 + 1}"
    text = sentences.rest_of_year(points, changed).text
    assert said in text
    if "speaks" in said:
        rest = tables.rounded(
            derived(points.query("model == 'shrunken drift' and quantile == 0.5")["value"].iloc[0] - 16281, "t")
        )
        assert f"would have had to bring {rest}, 2.5 times as much a month" in text
        flagged = points.assign(counterfactual=True)
        assert (
            "against it. So growth from those totals is a counterfactual by"
            in sentences.rest_of_year(flagged, changed).text
        )
    elif "inside" in said:
        flagged = points.assign(counterfactual=True)
        assert "Yet its median is outside the 95 % interval" in sentences.rest_of_year(flagged, changed).text


def test_rules_are_said_as_they_stand_on_the_day(india):
    said = sentences.rules(india).text
    assert "in the sources are partial and reach until November 2026" in said and "our judgement" in said
    assert "reach until June 2025" in sentences.rules(india.on("2025-06-30")).text


def test_a_given_baseline_is_called_an_assumption_wherever_it_enters(india):
    given = episodes.starting_from(india, 33_000)
    table = forecast.expected(given, horizon=2)
    answer = sentences.answer(table, given)
    assert "33,000 t (assumed) for FY25" in answer.text and "assumed" in answer.sources
    assert "reading" not in answer.text
    fan = figures.fan(forecast.intervals(table), india=given)
    assert "cross: assumed" in fan.svg and "hollow" not in fan.svg and "assumed" in fan.sources
    assert "FY25 as assumed" in fan.alt and "53,748" not in fan.alt + fan.title + answer.text
    assert "has no effect" in sentences.given(given, "repm").text and sentences.given(india, "repm") is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1.1, 1.2, 1.3), "they all lie above its"),
        ((-0.1, -0.1, -0.1), "they all lie below its"),
        ((0.2, 0.5, 0.9), "they all lie inside its"),
        ((0.5, 0.9, 1.1), "some lie inside and some above its"),
        ((-0.1, 1.1, 1.1), "some lie below and some above its"),
    ],
)
def test_outlooks_of_others_lie_where_the_numbers_say(india, narrow, values, said):
    theirs = others.on_scope(others.others(india), "repm")
    ours = forecast.intervals(narrow[narrow["scenario"] == forecast.MIXTURE]).set_index("period")
    own = others.on_calendar(ours[["median", "low80", "high80"]], "2030")
    at = pd.Series(own["low80"] + pd.Series(values) * (own["high80"] - own["low80"]))
    theirs.loc[theirs["period"] == "2030", "value"] = at.to_numpy()
    told = compared.outlooks(narrow, pd.DataFrame(), theirs, india)
    assert f"{said} 80 % interval" in told.text and "the months of FY30 and FY31 that lie in it" in told.text
    assert {"S15", "S16", "S17b"} <= set(told.sources)


def test_no_outlook_at_all_is_said(india, narrow):
    early = india.on("2025-06-30")
    told = compared.outlooks(forecast.starting_points(early, "customs", 1).assign(target="customs"), pd.DataFrame(),
                             others.others(early), early)  # fmt: skip
    assert told.text.startswith("How others' outlooks compare cannot be said")


@pytest.mark.parametrize(
    ("scores", "within", "said"),
    [
        ([0.3, 0.5], [True, True], "held 2 of 2 times, and its interval score was 0.40 times that of naive, better"),
        (
            [1.0, 1.0],
            [True, False],
            "held 1 of 2 times, and its interval score was 1.00 times that of naive, no better",
        ),
        ([1.4, 1.4], [False, False], "held 0 of 2 times, and its interval score was 1.40 times that of naive, worse"),
    ],
)
def test_the_trial_is_judged_by_its_score(india, tried, scores, within, said):
    rows = tried.copy()
    mixed = rows["scenario"] == forecast.MIXTURE
    rows.loc[mixed, "score"], rows.loc[mixed, "within"] = scores, within
    assert said in compared.real_time(rows, india).text


def test_the_trial_says_its_outturn_its_days_and_what_is_a_back_cast(india, tried):
    told = compared.real_time(tried, india)
    assert "one outturn proves little" in told.text and "up to 31 October 2025 are back-casts" in told.text
    assert "back-cast" not in compared.real_time(tried.assign(backcast=False), india).text
    assert "cannot be said from the sources dated up to" in compared.real_time(tried.iloc[:0], india).text


@pytest.mark.parametrize(
    ("within", "errors", "said"),
    [
        ([True, True], [-50.0, -4.0], "inside what the intervals allowed, and the later day was closer"),
        ([False, True], [4.0, -30.0], "only partly inside what the intervals allowed, and the later day was no closer"),
        ([False, False], [-50.0, 40.0], "outside what the intervals allowed, and the later day was closer"),
    ],
)
def test_the_nowcast_elsewhere_is_judged_by_rule(india, within, errors, said):
    rows = realtime.elsewhere(india).assign(within=within, error=errors)
    assert said in compared.elsewhere(rows, india).text
    assert "later day" not in compared.elsewhere(rows.iloc[:1], india).text


def test_coverage_is_said_of_what_it_was_measured_on(india):
    text = compared.coverage(india).text
    assert re.search(
        r"its 80 % intervals held \d\d to \d\d % of the outturns and its 95 % intervals \d\d to \d\d %", text
    )
    assert (
        re.search(r"learned from [\d,]+ yearly series of trade. With \d+ points known", text)
        and "which they had not seen, less often than they should, and" in text
        and "judgements and were not tried; nor" in text
    )
    assert "series of trade" not in compared.coverage(india.on("2025-06-30")).text


@pytest.mark.parametrize(
    ("change", "best", "said"),
    [
        (None, "an error in the recorded quantity", "all of it speaks for an error. What counts most is the rise in"),
        ({"FY26-H1": 30_000.0}, "an error in the recorded quantity", "part of it speaks for an error"),
        ("mirror", "real demand that persists", "none of it speaks for an error"),
    ],
)
def test_what_evidence_made_of_the_weights_is_said(india, change, best, said):
    if change == "mirror":  # value follows weight, nothing falls, and China's figure is the same
        rows = [{"measure": "value_inr", "period": "FY25", "value": 3_000.0, "unit": "INR crore"}]
        rows += [{"period": "FY26-H1", "value": 26_000.0}, {"measure": "weight_yoy", "period": "FY26-H1", "value": 0.1}]
        rows += [{"flow": "export", "reporter": "CHN", "partner": "IND", "period": "2024", "value": 45_000.0}]
    else:
        rows = [{"period": period, "value": value} for period, value in (change or {}).items()]
    changed = india.adding("trade", *(ROW | row for row in rows)) if rows else india
    told = weighing.moved(changed, "customs")
    assert f"That FY25 is {best} had " in told.text and said in told.text and not BROKEN.search(told.text)
    assert "The prior and the densities are our judgement" in told.text and "B2" in told.sources
    sides = "under another reading as under an error" if change else "under an error as under the next reading"
    assert sides in told.text or change == {"FY26-H1": 30_000.0}


def test_without_evidence_the_prior_is_said_to_stand(india, monkeypatch):
    monkeypatch.setattr(evidence, "_EVIDENCES", {})
    bare = india.adding("trade", ROW | {"period": "FY20", "value": 9_000.0, "published": "2025-06-30"})
    told = weighing.moved(bare, "customs")
    assert told.text.startswith("No evidence on what FY25 was is in the sources dated up to 22 November 2026")
    assert "weighs 40 %" in weighing.weights(evidence.history(bare), india=bare).title
    assert len(weighing.update(bare, "customs")) == 1


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ({}, "What moves FY30 most is "),
        (1.01, "Nothing here moves the median of FY30 by much: the furthest from "),
        (1.2, "All medians here stay in the 80 % interval of the answer"),
        (9.0, "Not all medians here stay in the 80 % interval of the answer"),
    ],
)
def test_what_moves_the_answer_most_is_said(india, table, changed, times, said):
    rows = changed.copy()
    if times:
        now = rows["period"].map(rows[rows["what"] == moved.ANSWER].set_index("period")["median"])
        rows["times"] = (rows["what"] == moved.ANSWER).map({True: 1.0, False: times})
        rows["median"] = now * rows["times"]
    text = moves.most(rows, india, "customs").text
    assert said in text and (times or text.split(" (growth")[0].endswith(f"of {forecast.at(table, 'FY30'):~3}"))


def test_half_as_much_moves_the_answer_as_far_as_twice_as_much(india, changed):
    rows = changed.copy()
    rows.loc[rows["case"] == "none", "times"], rows.loc[rows["case"] == "own", "times"] = 0.4, 1.7
    assert "(growth: none at all)" in moves.most(rows[rows["what"].isin(["answer", "growth"])], india, "customs").text


def test_the_growth_that_both_targets_take_is_said_with_the_weight_of_their_own(india, table):
    text = moves.grown(india, table).text
    drivers, mixed = (100 * np.expm1(growth.taken(india, target).prior.mean) for target in ("repm", "customs"))
    assert (
        f"as what drives their demand, by {drivers:.1f} % a year" in text and f"3.0 %: together {mixed:.1f} %" in text
    )
    assert f"part of HS 850511, {rare_earths.share(india):.0} of" in text and "weighs 7 % against that" in text
    undriven = india.assuming("driver_weight", {"rare-earth part": 0.0})
    assert (
        "Both targets are taken to grow as yearly series of all kinds do, by 3.0 %" in moves.grown(undriven, table).text
    )
    near, far = (forecast.at(table, year).value for year in ("FY27", "FY35"))
    pace = f"changes by +{100 * (far / near) ** (1 / 8) - 100:.0f} % a year from FY27 to FY35"
    assert "Of rare-earth magnets a single level is known" in text and pace in text
    assert "the median" not in moves.grown(india, table[table["period"] == "FY27"]).text
    assert "single level" not in moves.grown(india.on("2025-06-30"), table).text


def test_without_a_suspect_year_nothing_is_weighed(india, narrow):
    assert weighing.moved(india, "repm") == weighing.NONE and weighing.update(india, "repm").empty
    assert weighing.weights(evidence.history(india, "repm"), india=india) == weighing.NONE


def test_the_weights_are_drawn_from_the_first_evidence_to_the_day(india):
    one = weighing.weights(evidence.history(india), india=india)
    assert one.title == "An error in the recorded quantity weighs 95 %, after 50 % on 30 June 2025"
    assert "From 24 November 2025: error 77 %, stock-building 16 % and persistent demand 8 %." in one.alt
    assert {"S01", "S04", "S213", "B2"} <= set(one.sources)
    first = weighing.weights(evidence.history(india.on("2025-06-30")), india=india.on("2025-06-30"))
    assert first.title == "An error in the recorded quantity weighs 50 %"


def test_the_fans_draw_what_is_known_and_cite_it(india, table, narrow):
    fan = figures.fan(forecast.intervals(table), india=india)
    written = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", fan.svg))
    assert "hollow if suspect; steps: parts of years at their yearly rate; dashed: from one start alone" in written
    assert all(part in written for part in ("FY25-H1: 74.0", "FY25-H2: 33.5", "FY26-H1: 32.6"))
    rates = fan.data.set_index("period")["known or said, t"].dropna()
    assert rates["FY26-H1"] == 2 * 16_281 and rates["FY25-H1"] + rates["FY25-H2"] == 2 * rates["FY25"]
    assert re.fullmatch(
        r"Weighed or from the level of FY26-H1 alone, the middle is [\d.]+ to [\d.]+ thousand tonnes in FY35, "
        r"in an 80 % interval of \d+ to \d+",
        fan.title,
    )
    last = tables.rounded(forecast.at(table, "FY35"))
    assert f"weighed, FY35: {last} (80 % interval {last:range})." in fan.alt, "no more digits than draws support"
    assert fan.alt.index("readings of FY25, weighed") < fan.alt.index("FY25 as recorded, as if")  # the answer first
    assert {"S01", "S02", "S04"} <= set(fan.sources)
    theirs = others.on_scope(others.others(india), "repm")
    bare = figures.fan(forecast.intervals(narrow), theirs, india=india)
    assert "what licences let through and what sectors need matter: " in bare.title and {"S15", "S16", "S17b"} <= set(
        bare.sources
    )
    assert {"estimated total"} < set(bare.data["what"]) and "published total" in set(fan.data["what"])
    assert "Financial Express expects 8,000 t in 2030" in bare.alt and "4,000 t" not in bare.alt


def test_a_forecast_that_ends_before_others_do_says_so_and_draws_none_of_theirs(india, table, narrow):
    theirs, near = others.others(india), narrow[narrow["horizon"] <= 3]
    fan = figures.fan(forecast.intervals(near), others.on_scope(theirs, "repm"), india=india)
    assert "Diamonds" not in fan.alt and "outlook" not in " ".join(map(str, fan.data.iloc[:, 0]))
    said = compared.outlooks(table[table["horizon"] <= 3], near, theirs, india).text
    assert said == "No year of others' outlooks is one that this forecast reaches."


def test_a_publisher_is_quoted_with_its_newest_outlook_and_not_its_largest(india, narrow):
    theirs = others.on_scope(others.others(india), "repm")
    lower = theirs.assign(value=theirs["value"].where(theirs["period"] != "2030", 1_174.0))
    alt = figures.fan(forecast.intervals(narrow), lower, india=india).alt
    assert "Financial Express expects 1,174 t in 2030" in alt and "expects 4,000 t" not in alt


def test_titles_say_so_where_scenarios_agree(india, table):
    paths = forecast.intervals(table)
    level = paths[paths["scenario"] == forecast.LEVEL].set_index(["model", "period"])
    alike = paths.copy()
    for column in ("median", "low80", "high80", "low95", "high95"):
        alike[column] = [level.loc[("shrunken drift", p), column] for p in paths["period"]]
    title = figures.fan(alike, india=india).title
    assert "the level of FY26-H1 alone, the middle is 50.1 thousand tonnes in FY35, in an 80 %" in title
    months = [{**ROW, "period": f"2026-0{month}", "value": 2_800} for month in (4, 5, 6, 7)]
    assert "the level of April–July 2026 alone" in figures.fan(alike, india=india.adding("trade", *months)).title
    bare = figures.fan(alike.assign(low80=float("nan"), high80=float("nan")), india=india).title
    assert bare.endswith("the middle is 50.1 thousand tonnes in FY35")
    assert "the medians for FY27 are 34.5 thousand tonnes" in figures.readings(alike, india=india).title
    title = r"With what is known since, the medians for FY27 run from [\d.]+ \(an error in the recorded quantity\) to"
    assert re.match(title, figures.readings(paths, india=india).title)
    apart = paths.assign(median=paths["median"].where(paths["scenario"] != forecast.MIXTURE, 40_000.0))
    title = figures.fan(apart, india=india).title
    assert title.startswith("Where the forecast starts and grows from matters: 40.0 or 50.1 thousand")


def test_the_trial_has_a_panel_for_each_outturn_and_day(india, tried):
    one = figures.real_time(tried, india=india)
    later = tried.assign(period="FY27-H1", as_of=tried["as_of"].str.replace("2025", "2026"))
    two = figures.real_time(pd.concat([tried, later], ignore_index=True), india=india)
    assert [text in two.svg for text in ("on 2025-06-30", "on 2026-10-31", "FY27-H1")] == [True] * 3
    assert re.match(r"For FY26-H1, a back-cast of 30 June 2025 said 1[\d.]+, growth", one.title)
    assert "For FY27-H1" in two.title
    assert "the forecast of" in figures.real_time(tried.assign(backcast=False), india=india).title
    assert isinstance(figures.real_time(tried.iloc[:0], india=india), Sentence)


def test_tables_have_heads_in_words(india, table, tried, changed):
    shown = [tables.starts(table, india, pd.DataFrame()), tables.scenarios(table, india), tables.models(table, india)]
    shown += [tables.judgements(india, "customs"), tables.real_time(tried)]
    shown += [tables.outlooks(others.others(india)), figures.fan(forecast.intervals(table), india=india).data]
    shown += [weighing.update(india, "customs"), moves.table(changed, india, "customs")]
    for one in shown:
        assert not [name for name in one.columns if "_" in str(name) or re.search(r"\d(low|high)|low\d", str(name))]
    near = tables.rounded(forecast.at(table, "FY27"))
    assert shown[0].loc[0, "FY27, t"] == f"{near:number} ({near:range})" and "FY35, t" in shown[0]
    assert {"known from", "written on"} < set(shown[3].columns)


def test_a_third_model_stands_in_every_table_and_breaks_no_sentence(india, monkeypatch):
    monkeypatch.setitem(forecast.MODELS, "half the level", lambda levels, prior: drift.naive(levels / 2, prior))
    table, tried = forecast.expected(india, horizon=2), realtime.real_time(india)
    assert tables.models(table, india)["model"].tolist() == 2 * list(forecast.MODELS)[1:]
    assert "half the level" in set(tables.real_time(tried)["forecast"])
    assert f"import {tables.rounded(forecast.at(table, 'FY27'))} of" in sentences.answer(table, india).text
    said = [sentences.rest_of_year(table, india)]
    assert not any(BROKEN.search(one.text) for one in [*said, compared.real_time(tried, india)])
    paths = forecast.intervals(table)
    drawn = [
        figures.fan(paths, india=india),
        figures.readings(paths, india=india),
        figures.real_time(tried, india=india),
    ]
    assert all("half the level" not in figure.title for figure in drawn) and "half the level" in drawn[2].svg


@settings(max_examples=3)
@given(
    total=st.sampled_from([5_374.8, 30_000.0, 43_000.0, 53_748.0, 60_000.0, 537_480.0]),
    half=st.sampled_from([4_000.0, 16_281.0, 26_874.0, 40_000.0, 162_810.0]),
)
def test_whatever_the_headline_the_words_agree_with_the_numbers(undrawn, total, half):
    rows = [ROW | {"period": "FY25", "value": total}, ROW | {"period": "FY26-H1", "value": half}]
    india = vintage("2026-11-22", FROZEN).adding("trade", *rows)
    table = forecast.expected(india, horizon=2)
    suspect = episodes.suspect(india)
    assert (suspect is not None) == (total >= episodes.LEAST_SURGE * 28_700)
    answer, rest = sentences.answer(table, india), sentences.rest_of_year(table, india)
    paths = forecast.intervals(table)
    fan, one = figures.fan(paths, india=india), figures.readings(paths, india=india)
    said = [answer.text, rest.text, fan.title, fan.alt, one.title, one.alt]
    assert not [text for text in said if BROKEN.search(text)]
    assert ("readings of FY25" in answer.text) == (suspect is not None)
    implied = forecast.at(table, "FY26", forecast.RECORDED)
    outcome = {"more than": half >= implied.value, "speaks against": 2 * half < implied.low <= implied.value}
    for words, true in outcome.items():
        assert (words in rest.text) == true, (words, rest.text)


def test_calendar_years_that_the_months_hold_are_told(india):
    text = sentences.calendar_years(india, "customs").text
    assert "draws: 23,990 t in 2022 and 54,452 t in 2024 (where a reading leaves the surge out" in text
    revised = india.adding("trade", ROW | {"period": "FY25", "value": 35_000.0})
    assert sentences.calendar_years(revised, "customs").text.endswith("draws: 23,990 t in 2022.")
    assert sentences.calendar_years(india, "repm") is None
    assert sentences.calendar_years(india.on("2025-06-30"), "customs") is None


@pytest.mark.parametrize(("times", "said"), [(1, "the last is not sure."), (0.03, "all are sure.")])
def test_by_how_much_other_draws_would_move_what_is_told_is_said(india, table, narrow, monkeypatch, times, said):
    errors = readings.precision(india, forecast.prior(india))
    errors["error"] *= times
    monkeypatch.setattr(readings, "precision", lambda *args: errors)
    text = sentences.drawn_anew(table, india).text
    found = re.search(r"FY27 would move by some ([\d.]+) %, and .* by some ([\d.]+) % .* by some ([\d.]+) %", text)
    middle, usual, most = map(float, found.groups())
    assert 0 < middle <= usual <= most + 0.05 and text.endswith(said) and not BROKEN.search(text)
    assert "was not measured" in sentences.drawn_anew(narrow, india).text


def test_the_largest_of_many_noisy_errors_is_not_told_as_the_largest_error(india, table, monkeypatch):
    errors = readings.precision(india, forecast.prior(india)).assign(error=0.3)
    at = errors["period"].eq("FY28") & errors["quantile"].eq(0.9)
    unpublished = errors["period"].eq("FY35") & errors["quantile"].eq(0.975)
    noisy = errors.assign(error=errors["error"].mask(at, 0.9).mask(unpublished, 99.0))
    monkeypatch.setattr(readings, "precision", lambda *args: noisy)
    text = sentences.drawn_anew(table, india).text
    assert f"by some {((8 * 0.3**2 + 0.9**2) / 9) ** 0.5:.1f} % (pooled" in text


def test_rounding_keeps_the_order_of_an_interval():
    quantity = forecast.derived(9_996.0, "t", low=9_994.0, high=10_049.0)
    shown = tables.rounded(quantity)
    assert shown.low <= shown.value <= shown.high and tables.rounded(replace(quantity, value=99.6)).value == 100


def test_how_far_intervals_reach_is_said_where_the_forecast_reaches_further(india):
    far, near = (forecast.expected(india, horizon=years) for years in (14, 10))
    assert "An 80 % interval is given up to FY35 and no further" in sentences.answer(far, india).text
    assert "no further" not in sentences.answer(near, india).text
