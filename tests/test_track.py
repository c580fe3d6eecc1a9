"""The track record: what is scored, how, and that a miss is called a miss."""

import measures
import numpy as np
import pandas as pd
import pytest

from conftest import FROZEN, KEYS
from helpers import fiscal
from helpers.chapters.forecast import sentences as forecast_sentences
from helpers.chapters.track_record import figures, sentences, tables, verdicts
from helpers.data import vintage
from helpers.ensemble import score
from helpers.ensemble.quantiles import QUANTILES
from helpers.outlook import forecast, nearest, realtime, targets, track

ROW = {**KEYS, "status": "reported", "source": "S66"}
WIDE = (0.5, 0.6, 0.7, 0.9, 1.0, 1.1, 1.3, 1.4, 1.5)
"""Quantiles of an even forecast over its median."""
LATER = vintage("2026-12-31", FROZEN)

pytestmark = pytest.mark.usefixtures("sparse")


def said(median, day, period="FY26", by=track.OURS, kind=track.PUBLISHED, shape=WIDE, late=False, run="r"):
    """A forecast by hand."""
    values = dict(zip(QUANTILES, np.array(shape) * median, strict=True))
    return {"kind": kind, "by": by, "run": run, "as_of": day, "target": "customs", "period": period, **values} | {
        "late": late,
        "source": "B4",
    }


def came(value, day="2026-12-10", period="FY26", latest=None):
    rows = [("customs", period, release, v, pd.Timestamp(day), "S66", latest is not None)
            for release, v in ((track.FIRST, value), (track.LATEST, latest or value))]  # fmt: skip
    return pd.DataFrame(rows, columns=["target", "period", "release", "value", "published", "source", "revised"])


def scores(*rows, outturns, india):
    return track.scored(india, pd.DataFrame(list(rows))[track.MADE], outturns)


@pytest.fixture(scope="module")
def now():
    """The frozen tables on a day on which several runs are published."""
    return vintage("2026-11-26", FROZEN)


def test_an_outturn_is_what_a_source_reported_first_and_what_stands(india):
    found = track.outturns(india).query("target == 'customs' and release == 'first'").set_index("period")["value"]
    assert found["FY26-H1"] == 16_281 and not {"FY25-H2", "2024"} & set(found.index), "what we derived is none"
    revised = india.adding("trade", ROW | {"period": "FY26-H1", "value": 18_000.0, "published": "2026-11-20"})
    pair = track.outturns(revised).query("target == 'customs' and period == 'FY26-H1'").set_index("release")
    assert pair["value"].to_dict() == {track.FIRST: 16_281, track.LATEST: 18_000} and pair["revised"].all()
    assumed = india.adding("trade", {**KEYS, "period": "FY26", "value": 1.0})
    assert "FY26" not in set(track.outturns(assumed)["period"])


def test_what_was_made_too_late_is_not_scored_and_a_revision_is_scored_again(now):
    rows = [said(30_000, day, run=day) for day in ("2026-11-22", "2026-12-09", "2026-12-10", "2026-12-11")]
    once = scores(*rows, outturns=came(33_000.0), india=LATER)
    assert sorted(set(once["as_of"])) == ["2026-11-22", "2026-12-09"] and set(once["release"]) == {track.FIRST}
    again = scores(*rows, outturns=came(33_000.0, latest=40_000.0), india=LATER)
    ours = again[again["by"] == track.OURS]
    assert ours.groupby("release")["error"].first().round(2).to_dict() == {track.FIRST: -9.09, track.LATEST: -25.0}
    assert ours.groupby("release")["within"].first().to_dict() == {track.FIRST: True, track.LATEST: False}


WITHDRAWN = [{"published": "2026-11-27"}, {"published": "2026-12-05", "status": "missing", "value": float("nan")}]


def test_an_outturn_that_was_withdrawn_is_none():
    rows = (*WITHDRAWN, {"published": "2026-12-10", "value": 33_000.0})
    later = LATER.adding("trade", *(ROW | {"period": "FY26", "value": 330_000.0} | row for row in rows))
    found = [
        track.outturns(of).query("target == 'customs' and period == 'FY26'") for of in (later, later.on("2026-12-09"))
    ]
    assert found[0]["value"].tolist() == [33_000, 33_000] and found[1].empty


@pytest.mark.parametrize(("target", "measure"), [("customs", "weight"), ("value", "value_usd")])
def test_who_had_seen_an_outturn_that_was_withdrawn_is_not_scored(now, target, measure):
    made = [said(30_000, day, run=day) | {"target": target} for day in ("2026-11-26", "2026-12-07")]
    row = ROW | {"measure": measure, "unit": "USD m", "period": "FY26", "value": 1.0}
    for india, days in ((LATER, 2), (LATER.adding("trade", *(row | one for one in WITHDRAWN)), 1)):
        found = scores(*made, outturns=came(33_000.0).assign(target=target), india=india)
        assert sorted(set(found["as_of"])) == ["2026-11-26", "2026-12-07"][:days]


def test_beside_a_published_forecast_stands_naive_as_of_its_day(now):
    found = scores(said(30_000, "2026-11-25"), outturns=came(31_000.0), india=LATER)
    naive = found[found["by"] == track.NAIVE].iloc[0]
    assert naive[0.5] == pytest.approx(53_748) and naive["error"] == pytest.approx(100 * (53_748 / 31_000 - 1))
    row = track.relative(found).iloc[0]
    assert row["score_naive"] == naive["score"] and row["score"] < row["score_naive"]


def test_the_weighted_interval_score_is_that_of_its_median_and_intervals():
    """Bracher et al. 2021, eq. 1: from the interval scores, without pinball losses."""
    rng, levels = np.random.default_rng(5), np.array(QUANTILES)
    for outturn in rng.normal(20, 15, 40):
        q = np.sort(rng.normal(20, 8, len(levels)))
        pairs = [(q[k], q[-1 - k], 2 * levels[k]) for k in range(4)]
        parts = [a / 2 * measures.interval_score(outturn, low, high, 1 - a) for low, high, a in pairs]
        wanted = (0.5 * abs(outturn - q[4]) + sum(parts)) / (4 + 0.5)
        assert score.weighted_interval_score(np.array([outturn]), q[None], levels) == pytest.approx(wanted)


def test_fewer_quantiles_are_scored_and_a_median_alone_is_not():
    rows = pd.DataFrame([said(10.0, "2026-01-01"), said(10.0, "2026-01-02")]).assign(outturn=12.0)
    rows.loc[0, [0.025, 0.05, 0.95, 0.975]] = np.nan
    rows.loc[1, [level for level in QUANTILES if level != 0.5]] = np.nan
    found = realtime.measured(rows)
    five = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    wanted = score.weighted_interval_score(np.array([12.0]), rows.loc[[0], list(five)].to_numpy(float), five)
    assert found["score"].iloc[0] == pytest.approx(wanted) and np.isnan(found["score"].iloc[1])
    assert found["error"].tolist() == pytest.approx([-100 / 6] * 2)


@pytest.mark.parametrize(
    ("held", "count", "low", "high"), [(0, 10, 0, 30.85), (5, 10, 18.71, 81.29), (10, 10, 69.15, 100), (1, 1, 2.5, 100)]
)
def test_the_binomial_interval_is_the_tabulated_one(held, count, low, high):
    assert track.chance(held, count) == pytest.approx((low, high), abs=0.01)


def test_each_outturn_counts_once_at_a_distance_by_its_last_forecast(now):
    days = {"2026-05-01": 50_000, "2026-11-25": 30_000, "2026-03-01": 40_000}
    rows = [said(median, day, run=day) for day, median in days.items()]
    table = track.by_horizon(track.relative(scores(*rows, outturns=came(30_000.0), india=LATER)))
    by = table.set_index("ahead")
    assert by["outturns"].to_dict() == {0: 1, 1: 1} and by["error"].round(3).to_dict() == {0: 0.0, 1: 33.333}
    assert by["held"].to_dict() == {0: 1, 1: 1} and (by["skill"] < 1).all()


def test_calibration_counts_outturns_under_each_quantile():
    rows = [said(10.0, "2030-01-01", period=f"FY3{n}", run=str(n)) | {"outturn": 5.5 + n} for n in range(10)]
    found = track.calibration(realtime.measured(pd.DataFrame(rows).assign(release=track.FIRST)))
    one = found[found["ahead"] == found["ahead"].max()].set_index("quantile")
    assert found["outturns"].sum() / len(QUANTILES) == 10
    assert ((one["low"] <= one["high"]) & one["under"].between(0, 1)).all()
    merged = realtime.measured(pd.DataFrame(rows).assign(release=track.FIRST)).assign(ahead=1)
    by = track.calibration(merged).set_index("quantile")
    assert by["under"].to_dict() == pytest.approx(
        {0.025: 0, 0.05: 0.1, 0.1: 0.2, 0.25: 0.4, 0.5: 0.5, 0.75: 0.6, 0.9: 0.8, 0.95: 0.9, 0.975: 1.0}
    )
    assert (by.loc[0.5, "low"], by.loc[0.5, "high"]) == (0.2, 0.8)


def test_back_casts_are_the_forecast_as_of_their_days_and_marked(now):
    made = track.backcasts(now)
    assert set(made["kind"]) == {track.BACKCAST, track.NEWEST}
    made = made[made["kind"] == track.BACKCAST]
    assert made["late"].all()
    assert set(made["as_of"]) == {"2025-06-30", "2025-10-31"} and set(made["period"]) == {"FY26-H1", "FY27"}
    ours = made[(made["by"] == track.OURS) & (made["period"] == "FY27")].set_index("as_of")
    for day, row in ours.iterrows():
        table = forecast.expected(now.on(day), "customs", 3)
        assert row[0.5] == pytest.approx(forecast.at(table, "FY27").value, rel=0.02)


def test_the_values_trial_knows_only_what_lies_before(india):
    tried = track.trial(india)
    ours = tried[tried["by"] == track.OURS]
    assert len(ours) == 14 and (ours["ahead"] == 1).all() and ours["score"].notna().all()
    naive = tried[tried["by"] == track.NAIVE]
    assert naive[0.5].iloc[1:].to_numpy() == pytest.approx(naive["outturn"].iloc[:-1].to_numpy())
    assert track.trial(india.on("2025-06-30")).empty


def test_runs_are_published_forecasts_from_their_day_on(now, india):
    assert set(track.published(now)["run"]) >= {"2026-11-22", "2026-11-25-r2", "2026-11-26-r2"}
    assert set(track.published(india)["run"]) == {"2026-11-22"}
    assert track.published(india.on("2026-01-31")).empty
    late = track.published(now).set_index(["run", "period"]).loc[("2026-11-25-r2", "FY27")]
    assert late["as_of"] == "2026-11-26", "it counts from the day on which it was made"


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(10, 79, "narrow"), (81, 100, "wide"), (49, 95, "fits"), (80, 100, "fits")]
)
def test_an_interval_is_called_too_narrow_or_too_wide_only_beyond_chance(low, high, verdict):
    assert verdicts.width(low, high) == verdict


@pytest.mark.parametrize(
    ("held", "words"),
    [(3, "three of ten times, too narrow"), (10, "ten of ten times, as it should"), (40, "of 40 times, too wide")],
)
def test_intervals_are_judged_in_words(held, words):
    count = max(held, 10)
    rows = [
        said(10.0, f"20{n + 10}-12-31", period=str(2011 + n), run=str(n)) | {"outturn": 10.0 if n < held else 30.0}
        for n in range(count)
    ]
    tried = realtime.measured(pd.DataFrame(rows).assign(release=track.FIRST, kind=track.TRIAL))
    assert words in sentences.intervals(tried).text and "naive" not in sentences.intervals(tried).text
    assert sentences.intervals(tried.iloc[:0]) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (52_000.0, "a miss, above the interval, its median 42.3 % too low; so far off is rarer"),
        (19_000.0, "a miss, below the interval, its median 57.9 % too high; so far off is rarer"),
        (35_000.0, "inside the interval, its median 14.3 % too low."),
        (27_000.0, "inside the interval, its median 11.1 % too high."),
        (
            30_300.0,
            "inside the interval, its median 1.0 % too low; nine in ten such forecasts would be farther off: luck",
        ),
        (30_030.0, "inside the interval, at its median; nine in ten"),
    ],
)
def test_a_miss_is_called_a_miss_and_luck_luck(now, value, words):
    found = scores(said(30_000, "2026-11-25"), outturns=came(value), india=LATER)
    text = sentences.answer(found, pd.DataFrame([said(30_000, "2026-11-25")]), found.iloc[:0], now).text
    assert "Our last published forecast of FY26, of 25 November 2026, was 30,000 t" in text and words in text


@pytest.mark.parametrize(
    ("first", "latest", "words"),
    [
        (31_000.0, 45_000.0, "and no longer inside its interval"),
        (45_000.0, 31_000.0, "and now inside its interval"),
        (31_000.0, 33_000.0, "as before inside its interval"),
        (45_000.0, 46_000.0, "still outside its interval"),
    ],
)
def test_a_revision_is_told(now, first, latest, words):
    found = scores(said(30_000, "2026-11-25"), outturns=came(first, latest=latest), india=LATER)
    text = sentences.revised(found[found["by"] == track.OURS]).text
    assert f"from {first:,.0f} t to {latest:,.0f} t" in text and words in text
    assert ": its last published forecast, of 25 November 2026, is then" in text
    assert sentences.revised(found[found["release"] == track.FIRST]) is None
    back = said(90_000, "2026-10-31", kind=track.BACKCAST)
    both = scores(said(30_000, "2026-11-25"), back, outturns=came(first, latest=latest), india=LATER)
    assert words in sentences.revised(both[both["by"] == track.OURS]).text, "a forecast is held against itself"
    alone = both[both["kind"] == track.BACKCAST]
    assert ": its last back-cast, of 31 October 2026, is then" in sentences.revised(alone).text


def test_without_an_outturn_it_says_so_and_shows_back_casts_only(now):
    back = {"day": "2026-06-01", "period": "FY26-H1", "kind": track.BACKCAST}
    rows = [said(30_000, "2026-11-25"), said(16_000, late=True, **back), said(20_000, by=track.NAIVE, **back)]
    made = pd.DataFrame(rows)
    found = scores(*made.to_dict("records"), outturns=came(16_281.0, period="FY26-H1"), india=LATER)
    text = sentences.answer(found, made, found.iloc[:0], now).text
    assert text.startswith("One forecast of ours was published on 25 November 2026, and nothing of what it forecast")
    assert "As of 1 June 2026 the programme of today, whose judgements were written later, would have said" in text
    brief = sentences.overall(track.relative(found), made, now).text
    assert "outturn yet; a back-cast of the one figure that came (with judgements written later) was 1.7 % off" in brief
    assert ", with what came inside the 80 % interval, better than naive" in brief and "one outturn proves" in brief
    assert "on average" not in brief, "one is no average"
    assert "No forecast of ours had been published by" in sentences.overall(found.iloc[:0], made.iloc[:0], now).text
    half = LATER.adding("trade", ROW | {"period": "FY26-H2", "value": 16_800.0, "published": "2026-12-10"})
    text = sentences.answer(found, made, found.iloc[:0], half).text
    assert "and nothing of what it forecast has been reported since (FY26 is known as a sum alone), in" in text
    gone = LATER.adding("trade", *(ROW | {"period": "FY26", "value": 33_000.0} | more for more in WITHDRAWN))
    text = sentences.answer(found, made, found.iloc[:0], gone).text
    assert "and nothing of what it forecast has come to stay (FY26 was withdrawn), in" in text
    overdue = forecast_sentences.overdue(pd.DataFrame({"target": "customs", "period": ["FY26", "FY27"]}), gone).text
    assert overdue.startswith("FY26 is over, but its total, withdrawn since, is not in the sources dated up to")


@pytest.mark.parametrize(
    ("naive", "words"), [(60_000, "better than naive"), (30_100, "no better than naive"), (33_000, "worse than naive")]
)
def test_skill_is_told_as_it_is(now, naive, words):
    tried = pd.DataFrame([said(30.0, "2012-12-31", "2013"), said(naive / 1000, "2012-12-31", "2013", track.NAIVE)])
    tried = realtime.measured(tried.assign(release=track.FIRST, kind=track.TRIAL, outturn=33.5))
    assert f": {words}." in sentences.intervals(tried).text, "of the value too"
    rows = [
        said(30_000, "2026-01-01", kind=track.BACKCAST),
        said(naive, "2026-01-01", by=track.NAIVE, kind=track.BACKCAST),
    ]
    found = track.relative(scores(*rows, outturns=came(33_000.0), india=LATER))
    assert words in sentences.overall(found, pd.DataFrame(rows), now).text
    assert verdicts.skilled(np.nan) == "unknown"
    assert sentences.overall(found, pd.DataFrame(rows), now).text.startswith("No forecast was published yet; a back")
    alone = sentences.overall(found.assign(score_naive=np.nan), pd.DataFrame(rows), now).text
    assert "naive" not in alone and "the one figure that came was 9.1 % off, with what came inside the 80 %" in alone


def test_of_several_outturns_none_inside_is_called_none(now):
    rows = [said(30_000, "2026-11-25", period) for period in ("FY26", "FY27")]
    outturns = pd.concat([came(80_000.0), came(90_000.0, period="FY27")], ignore_index=True)
    found = track.relative(scores(*rows, outturns=outturns, india=LATER))
    text = sentences.overall(found, pd.DataFrame(rows), now).text
    assert "off on average (naive " in text and ", with none of two inside the 80 % interval" in text
    back = [row | {"kind": track.BACKCAST, "late": row["period"] == "FY26"} for row in rows]
    found = track.relative(scores(*back, outturns=outturns, india=LATER))
    text = sentences.overall(found, pd.DataFrame(back), now).text
    assert "back-casts (some with judgements written later) were" in text, "not all of them"


@pytest.mark.parametrize(
    ("medians", "words"),
    [
        ((30_000, 34_000), "was raised from 30,000 t to 34,000 t in two vintages, the last of 21 November 2026"),
        ((34_000, 33_000, 30_000), "was lowered from 34,000 t to 30,000 t in three vintages"),
        ((30_000, 30_100), "hardly moved, from 30,000 t to 30,100 t"),
        ((30_000,), "one vintage is there"),
    ],
)
def test_the_path_of_a_years_forecast_is_told_and_drawn(now, medians, words, undrawn):
    made = pd.DataFrame([said(m, f"2026-11-2{n}", "FY27") for n, m in enumerate(medians)])
    rows = track.of_period(made, "FY27")
    nothing = came(1.0).iloc[:0]
    assert words in figures.path(rows, nothing, india=now).title
    known = figures.path(rows, came(52_000.0, period="FY27", latest=51_000.0), india=now)
    assert known.title.endswith("; 51,000 t came") and "S66" in known.sources and "B4" in known.sources


@pytest.mark.parametrize(("second", "told"), [("", False), ("2026-11-12", False), ("2026-11-26", True)])
def test_a_second_run_of_a_day_is_explained_where_one_is_shown(now, second, told, undrawn, monkeypatch):
    days, notes, finish = [f"2026-11-{day}" for day in range(10, 27)], [], figures.finish
    rows = [said(3e4, day, "FY27", run=f"{day}-r2" if day == second else day) for day in days]
    monkeypatch.setattr(figures, "finish", lambda *args, **more: notes.append(more["note"]) or finish(*args, **more))
    figures.path(track.of_period(pd.DataFrame(rows), "FY27"), came(1.0).iloc[:0], india=now)
    assert ("not to scale; r2: a second run." in notes[0]) == told and "r2" not in notes[0].replace(
        "; r2: a second", ""
    )


def test_calibration_says_what_chance_allows(now, undrawn):
    rows = [said(10.0, f"20{n + 10}-12-31", period=str(2011 + n), run=str(n)) | {"outturn": 30.0} for n in range(14)]
    bad = track.calibration(realtime.measured(pd.DataFrame(rows).assign(release=track.FIRST)))
    assert "quantiles is not what chance allows" in figures.calibration(bad, india=now).title
    one = track.calibration(realtime.measured(pd.DataFrame(rows[:1]).assign(release=track.FIRST)))
    assert "nothing can be told yet" in figures.calibration(one, india=now).title
    met = track.calibration(realtime.measured(pd.DataFrame([rows[0] | {"outturn": 10.0, "release": track.FIRST}])))
    assert met.set_index("quantile")["under"][0.5] == 1, "what came at a quantile is at or under it"
    fine = track.calibration(track.trial(now))
    assert "each quantile is within what chance allows" in figures.calibration(fine, india=now).title


def test_who_was_nearest_is_computed_for_the_same_series_and_period(now):
    found = scores(said(30_000, "2026-11-25"), outturns=came(31_000.0), india=LATER)
    table = nearest.found(now, found)
    ours = table[table["series"] == "customs"].set_index("by")
    assert ours["nearest"].to_dict() == {"ours": True, "naive": False}
    exports = table[table["series"] == "China rare-earth magnet exports"].set_index("by")
    assert exports.loc["SMM", "error"] == pytest.approx(100 * (49_000 / 57_392 - 1))
    assert exports["nearest"].sum() == 1 and exports.loc["naive", "nearest"] and "ours" in exports.index
    smm = now.table("outlooks").query("publisher == 'SMM' and status == 'reported'").iloc[0].to_dict()
    day = now.series("trade", **realtime.CHINA).loc["2025", "published"]
    hindsight = now.adding("outlooks", smm | {"publisher": "late", "published": str(day.date())})
    assert "late" not in set(nearest.found(hindsight, found)["by"]), "what was said after the figure is no forecast"
    early = nearest.found(now.on("2026-01-10"), found.iloc[:0])
    assert early.empty, "before the outturn nobody is compared"
    said_so = sentences.nearest(table, now).text
    assert "Of two figures that came" in said_so and "ours to none" not in said_so
    assert "ours to none" in sentences.nearest(table[table["series"] != "customs"], now).text
    assert set(tables.nearest(table)["by"]) == {"our forecast", "naive", "SMM"}


def test_outlooks_whose_figure_is_awaited_are_named(now):
    assert "IREL (neodymium output plan, FY27)" in sentences.waiting(nearest.waiting(now), now).text
    told = {"area": "IREL", "stage": "separated", "commodity": "Nd", "measure": "output", "unit": "t"}
    more = now.adding("production", told | {"period": "FY27", "value": 90.0, "status": "reported", "source": "S66"})
    assert "FY27" not in sentences.waiting(nearest.waiting(more), now).text
    assert sentences.waiting(nearest.waiting(now).iloc[:0], now) is None


def test_what_is_scored_next_is_told(now):
    made = pd.DataFrame([said(30_000, "2026-11-25", period) for period in ("FY26", "FY27", "FY28")])
    nothing = came(1.0).iloc[:0]
    assert track.due(made, nothing) == ["FY26", "FY27", "FY28"]
    said_so = sentences.due(made, nothing, now).text
    assert said_so == "Next to be scored is FY26, which is over: its total is awaited; after that FY27, which runs."
    assert sentences.due(made, came(31_000.0), now).text == "Next to be scored is FY27, which runs."
    half = now.adding("trade", ROW | {"period": "FY26-H2", "value": 16_800.0})
    assert not len(track.outturns(half).query("period == 'FY26'")), "what we summed is no outturn"
    told = "FY26, which is over: its total is known as a sum and scored once reported; after that FY27, which runs."
    assert sentences.due(made, nothing, half).text == f"Next to be scored is {told}"
    later = sentences.due(made, nothing, vintage("2027-05-01", FROZEN)).text
    assert "are FY26 and FY27, which are over: their totals are awaited; after that FY28" in later
    assert "cannot be said" in sentences.due(made[made["period"] == "FY28"], nothing, now).text
    supposed = track.supposing(now, made, nothing, 0.9)
    assert supposed.figure("trade", "FY26", **KEYS).value == pytest.approx(27_000)
    assert track.supposing(now, made.iloc[:0], nothing, 0.9) is now


def test_the_record_grows_with_the_years(now, undrawn):
    india = vintage("2027-08-01", FROZEN)
    for period, value, day in (("FY26", 31_000.0, "2026-12-10"), ("FY27", 52_000.0, "2027-06-30")):
        india = india.adding("trade", ROW | {"period": period, "value": value, "published": day})
    made, outturns = track.published(india), track.outturns(india)
    found = track.scored(india, made, outturns)
    assert set(found["period"]) == {"FY26", "FY27"} and found["as_of"].nunique() == 3
    text = sentences.answer(found, made, found.iloc[:0], india).text
    assert "of FY27, of 26 November 2026" in text and "a miss, above the interval" in text
    brief = sentences.overall(track.relative(found), made, india).text
    assert brief.startswith("Our published forecasts were") and ", with one of two inside" in brief
    rows = track.of_period(pd.concat([made, track.backcasts(now)]), "FY27")
    names = [figures._name(row) for _, row in rows.iterrows()]
    assert not rows["as_of"].is_unique and len(set(names)) == len(names), "of several of a day each has its name"
    running = fiscal.year_name(fiscal.fiscal_year(india.day))
    assert "of FY28" in figures.path(track.of_period(made, running), outturns, india=india).title
    assert list(tables.runs(made, running)["run"])[-1] == "2026-11-26-r2"


def test_the_newest_forecast_of_the_running_year_is_that_of_the_day(india):
    running = fiscal.year_name(fiscal.fiscal_year(india.day))
    rows = track.of_period(track.backcasts(india), running)
    assert rows["kind"].tolist() == [*[track.BACKCAST] * (len(rows) - 1), track.NEWEST] and len(rows) > 1
    ahead = fiscal.fiscal_year(running) - fiscal.fiscal_year(targets.totals(india, "customs").index[-1])
    told = forecast.at(forecast.expected(india, "customs", ahead), running)
    assert rows["median"].iloc[-1] == pytest.approx(told.value) and rows["as_of"].iloc[-1] == str(india.day)


def test_a_run_with_a_parameter_moved_is_not_among_the_published_forecasts(india, monkeypatch):
    rows = india.table("forecasts")
    apart = rows.assign(run="apart", given="baseline_t=33000")
    monkeypatch.setattr(type(india), "table", lambda self, name, **more: pd.concat([rows, apart], ignore_index=True))
    found = track.published(india)
    assert len(found) and "apart" not in set(found["run"])
