"""A second road to tonnes, value over unit value: which unit values count, what both share, what is said."""

import math
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from test_notebooks_in_time import BROKEN

from helpers.chapters.forecast import roads as told
from helpers.ensemble.quantiles import QUANTILES, normal, overlap, share_below
from helpers.outlook import forecast, limits, pool, roads, value

KEYS = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "status": "reported", "source": "S66"}
VALUE_ROADS = [told.SAID[name] for name in (roads.ROAD, roads.OWN, roads.PARTNERS, roads.BOTH)]

pytestmark = pytest.mark.usefixtures("sparse")


def adding(india, *rows):
    """Figures of HS 850511 as published: measure, period and value."""
    return india.adding("trade", *({**KEYS, "measure": m, "period": p, "value": float(v)} for m, p, v in rows))


@pytest.fixture(scope="module")
def table(india):
    return forecast.expected(india)


@pytest.fixture(scope="module")
def second(india):
    return roads.expected(india, value.expected(india))


def scaled(second, times):
    """The second road at another level."""
    return second.assign(value=second["value"] * times)


def test_two_normal_distributions_share_what_the_closed_form_says():
    scores = pd.Series(normal(np.array(QUANTILES)), QUANTILES)
    for apart in (0, 0.5, 2, 4):
        shared = overlap(np.exp(scores), np.exp(scores + apart))
        assert shared == pytest.approx(math.erfc(apart / 2 / math.sqrt(2)), abs=1e-4)
    assert overlap(np.exp(scores), np.exp(scores + 40)) < 1e-6
    inner = np.exp(scores[[0.1, 0.25, 0.5, 0.75, 0.9]])
    assert overlap(inner, np.exp(scores + 0.5)) == pytest.approx(math.erfc(0.25 / math.sqrt(2)), abs=1e-4)
    narrow = overlap(np.exp(scores), np.exp(scores / 100))
    assert 0 < narrow < 0.05 and narrow == pytest.approx(overlap(np.exp(scores / 100), np.exp(scores)))
    with np.errstate(all="raise"):
        share = share_below(np.array([0.0, 1.0]), scores.clip(upper=0.5))
    assert share == pytest.approx([0.5, 1])


def test_unit_values_of_the_surge_are_left_out_and_the_newest_sound_year_is_taken(india):
    rows = roads.unit_values(india).set_index(["count", "period"])["sound"]
    assert not rows[roads.OWN][["FY25", "2024", "2024-04"]].any(), "they share months with the surge"
    assert rows[roads.OWN][["2022", "FY24", "2024-03", "2025-03"]].all() and rows[roads.PARTNERS].all()
    assert roads.levels(india)["period"].to_dict() == {roads.OWN: "FY24", roads.PARTNERS: "2024"}
    usual = adding(india, ("weight", "FY25", 33000))
    assert roads.levels(usual).loc[roads.OWN, "period"] == "FY25", "no year is suspect any more"
    later = adding(india, ("weight", "FY26", 36000), ("value_usd", "FY26", 240))
    assert roads.levels(later).loc[roads.OWN, ["period", "value"]].tolist() == ["FY26", pytest.approx(240 / 36)]
    partner = {**KEYS, "partner": "CHN", "measure": "weight"}
    shipped = {**KEYS, "flow": "export", "reporter": "CHN", "partner": "IND", "measure": "weight"}
    wrong = india.adding(
        "trade", {**partner, "period": "2024", "value": 20800.0}, {**shipped, "period": "2024", "value": 9e3}
    )
    theirs = roads.unit_values(wrong).set_index(["count", "period"])["sound"][roads.PARTNERS]
    assert not theirs["2024"] and theirs["2022"], "the partner's weight of that year is in error"


def test_tonnes_are_dollars_over_dollars_a_kilogram_where_that_is_certain(india):
    sure = india.assuming("unit_value_change", {"a year": 1e-9})
    worth = value.expected(sure)
    made = roads.expected(sure, worth).set_index(["scenario", "period", "quantile"])["value"]
    dollars = worth.set_index(["period", "quantile"])["value"]
    top = limits.most(sure, "customs", tuple(range(2026, 2036)))["tonnes"]
    for count, row in roads.levels(sure).iterrows():
        found = made[count]
        plain = (dollars / row["value"] * 1000).reindex(found.index)
        plain = np.minimum(plain, top.reindex(plain.index.get_level_values("period")).to_numpy())
        assert found.to_numpy() == pytest.approx(plain.to_numpy(), rel=0.002)
    alone = sure.assuming("unit_value_count", {roads.OWN: 1.0, roads.PARTNERS: 0.0})
    only = roads.expected(alone, worth).set_index(["scenario", "period", "quantile"])["value"]
    assert only[roads.ROAD].to_numpy() == pytest.approx(only[roads.OWN].to_numpy(), rel=1e-9)


def test_an_uncertain_unit_value_widens_the_second_road_and_leaves_its_middle(india, second):
    wider = india.assuming("unit_value_change", {"a year": 0.3})
    one = second[second["scenario"] == roads.OWN].pivot(index="period", columns="quantile", values="value")
    other = roads.expected(wider, value.expected(wider)).query("scenario == @roads.OWN")
    other = other.pivot(index="period", columns="quantile", values="value")
    assert (other[0.9] / other[0.1] > 1.1 * one[0.9] / one[0.1]).all()
    assert (other[0.5] / one[0.5]).to_numpy() == pytest.approx(1, abs=0.05)


def test_quantiles_of_the_second_road_do_not_cross(second):
    wide = second.pivot(index=["scenario", "period"], columns="quantile", values="value")[list(QUANTILES)]
    steps = np.diff(wide, axis=1)
    assert ((steps >= 0) | np.isnan(steps)).all() and len(wide) == 30
    assert wide[0.025].notna().sum() == 15 and wide[0.1].notna().all(), "as far as the value is published"


def test_no_quantile_of_the_second_road_is_above_what_can_be_had(india, second):
    worth = value.expected(india)
    dear = roads.expected(india, worth.assign(value=worth["value"] * 1000))
    top = limits.most(india, "customs", tuple(range(2026, 2036)))["tonnes"]
    assert (dear["value"] <= dear["period"].map(top) + 1e-6).all() and (second["value"] <= dear["value"]).all()


def test_both_roads_are_averaged_quantile_by_quantile_at_weights_that_are_rows(india, table, second):
    mixed = table[table["scenario"] == forecast.MIXTURE].set_index(["period", "quantile"])["value"]
    other = second[second["scenario"] == roads.ROAD].set_index(["period", "quantile"])["value"]
    both = roads.pair(india, table, second).both.set_index(["period", "quantile"])["value"]
    assert both.to_numpy() == pytest.approx(((mixed + other) / 2).reindex(both.index).to_numpy())
    first = india.assuming("road_weight", {"weights as recorded": 1.0, roads.ROAD: 0.0})
    alone = roads.pair(first, table, second).both.set_index(["period", "quantile"])["value"]
    assert alone.to_numpy() == pytest.approx(mixed.reindex(alone.index).to_numpy())


def test_where_they_share_enough_the_two_do_not_contradict_each_other(india, table, second):
    common = pool.compared(roads.pair(india, table, second))
    assert common["overlap"].between(pool.LEAST_OVERLAP, 1).all() and common.index[-1] == "FY35"
    assert [pool.agree(pool.LEAST_OVERLAP - less) for less in (0.006, 0.004, 0.0)] == [False, True, True]
    text = told.verdict(roads.pair(india, table, second), india).text
    assert text.count("the two do not contradict each other") == 2 and "both together give" in text
    assert told.disagreement(roads.pair(india, table, second), india) is None


def test_where_they_share_less_than_a_fifth_the_one_or_the_other_is_said_and_no_average(india, table, second):
    far = scaled(second, 0.05)
    assert (pool.compared(roads.pair(india, table, far))["overlap"] < pool.LEAST_OVERLAP).all()
    text = told.verdict(roads.pair(india, table, far), india).text
    assert len(re.findall(r"two methods disagree, [\d,]+ t or [\d,]+ t\.", text)) == 4
    assert "none is given here" in text and "both together" not in text
    assert "two methods disagree" in told.disagreement(roads.pair(india, table, far), india).text


def test_where_they_disagree_on_one_year_only_the_average_of_the_other_is_given(india, table, second):
    near = second["period"] == "FY27"
    far = second.assign(value=second["value"].where(~near, second["value"] * 0.1))
    text = told.verdict(roads.pair(india, table, far), india).text
    assert "two methods disagree" in text and "both together give" in text and "in FY35 (80" in text
    last = second["period"] == "FY35"
    far = second.assign(value=second["value"].where(~last, second["value"] * 0.01))
    text = told.verdict(roads.pair(india, table, far), india).text
    assert "For FY35 no average is given" in text
    first = second.assign(value=second["value"].where(second["period"] != "FY26", second["value"] * 0.1))
    pair = roads.pair(india, table, first)
    text, shown = told.verdict(pair, india).text, told.side_by_side(pair, india, first).set_index("road")
    assert text.startswith("FY26 by weights") and text.count("two methods disagree") == 1
    assert shown.loc[told.SAID[roads.BOTH], ["FY26, t", "FY27, t"]].eq("–").tolist() == [True, False]
    assert told.disagreement(roads.pair(india, table, first), india) is None


def test_the_table_shows_each_road_each_unit_value_and_what_they_share(india, table, second):
    shown = told.side_by_side(roads.pair(india, table, second), india, second)
    assert shown["road"].tolist() == ["weights as recorded, the forecast above", *VALUE_ROADS,
                                      "what the two roads share"]  # fmt: skip
    assert shown["FY35, t"].iloc[-1].endswith(" %") and shown["source"].str.len().gt(0).all()
    assert told.unit_values(india)["use"].tolist().count("taken") == 2


@pytest.mark.parametrize(("tonnes", "said"), [(53748, "more than that"), (45000, "more than that")])
def test_the_suspect_year_is_set_beside_what_its_value_would_buy(india, tonnes, said):
    other = adding(india, ("weight", "FY25", tonnes))
    dollars = value.recorded(other).loc["FY25", "usd_m"]
    found = roads.by_value(other)
    assert found[roads.OWN].value == pytest.approx(dollars / roads.levels(other).loc[roads.OWN, "value"] * 1000)
    assert said in told.implied(other).text


@pytest.mark.parametrize(
    ("recorded", "place"), [(50, "above"), (5, "below"), (21, "inside"), (25, "across"), (29, "inside")]
)
def test_a_weight_is_above_below_at_or_between_what_values_give(recorded, place):
    assert told._against(recorded, [20, 30]) == place


def test_which_unit_values_are_taken_and_which_are_left_out_is_said(india):
    text = told.per_kg(india).text
    assert "6.99 USD/kg in FY24 as India records (the newest figure is 5.76 USD/kg, of April 2025)" in text
    assert "and 8.89 USD/kg in 2024 as partners record" in text
    assert text.endswith("the ones in question: 3.65 USD/kg in 2024 and 3.84 USD/kg in FY25.")
    usual = adding(india, ("weight", "FY25", 33000)).adding(
        "trade", {**KEYS, "measure": "weight", "period": "2024", "value": 3e4}
    )
    assert "Left out" not in told.per_kg(usual).text and "6.25 USD/kg in FY25" in told.per_kg(usual).text
    assert "cannot be said" in told.per_kg(india.on("2025-06-30")).text


def test_without_a_suspect_year_its_value_is_not_asked_for(india):
    usual = adding(india, ("weight", "FY25", 33000))
    assert told.implied(usual) is None and roads.by_value(usual) == {}


@pytest.mark.parametrize("day", ["2025-06-30", "2026-01-31", "2026-08-15"])
def test_before_the_values_were_public_the_section_says_so(india, table, day):
    early = india.on(day)
    made = roads.expected(early, value.expected(early))
    assert made.empty and pool.compared(roads.pair(early, table, made)).empty
    assert "cannot be said from the sources dated up to" in told.verdict(roads.pair(early, table, made), early).text
    pair = roads.pair(early, table, made)
    assert told.side_by_side(pair, early, made).empty and told.disagreement(pair, early) is None


def test_new_figures_arrive_and_nothing_breaks(india):
    rows = [("weight", "FY26", 36000), ("weight", "FY27", 37000), ("value_usd", "FY26", 150)]
    later = adding(india, *rows, ("value_usd", "2025", 230))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first = forecast.expected(later)
        made = roads.expected(later, value.expected(later))
        said = [told.verdict(roads.pair(later, first, made), later), told.implied(later)]
        shown = told.side_by_side(roads.pair(later, first, made), later, made)
    assert [one.text for one in said if BROKEN.search(one.text)] == []
    assert len(shown) == 6 and set(pool.compared(roads.pair(later, first, made)).index) <= set(first["period"])
