"""What is due when, what of it is late, and what it would do to the forecast: true whatever has arrived."""

import pandas as pd
import pytest

from conftest import FROZEN, KEYS, adding
from helpers.chapters.forecast import awaited
from helpers.data import vintage
from helpers.outlook import calendar, forecast, targets

TOTAL = "total of a fiscal year under HS 850511"
HALF = "first half of a fiscal year under HS 850511"
MONTHS = "months under HS 850511 by tariff line"

pytestmark = pytest.mark.usefixtures("sparse")


def of(found, what):
    return found.set_index("what").loc[what]


def late(found):
    return found.loc[(found["state"] == calendar.LATE) & (found["kind"] == calendar.FIGURE), "what"].tolist()


@pytest.fixture(scope="module")
def narrow(india):
    """The forecast of the narrower target, what is due, and what it would do."""
    table, found = forecast.expected(india, "repm", 5), calendar.due(india, "repm")
    return table, found, calendar.effects(india, table, found)


@pytest.fixture(scope="module")
def wide(india):
    table, found = forecast.expected(india, "customs", 5), calendar.due(india)
    return table, found, calendar.effects(india, table, found)


def test_what_is_late_is_named_with_the_periods_that_lack_and_the_first_day_on_which_they_were_due(india):
    found = calendar.due(india)
    assert of(found, TOTAL)["periods"] == ("FY26",) and str(of(found, TOTAL)["due"].date()) == "2026-06-30"
    months = of(found, MONTHS)["periods"]
    assert (months[0], months[-1], len(months)) == ("2025-10", "2026-08", 11)
    assert of(found, HALF)["state"] == calendar.NEXT and of(found, HALF)["periods"] == ("FY27-H1",)
    assert list(found["state"].drop_duplicates()) == [calendar.LATE, calendar.PASSED, calendar.NEXT, calendar.OPEN]


def test_a_figure_is_late_from_the_day_after_it_was_due(india):
    due = [of(calendar.due(vintage(day, FROZEN)), TOTAL) for day in ("2026-06-30", "2026-07-01")]
    assert [(row["state"], row["periods"]) for row in due] == [(calendar.NEXT, ("FY26",)), (calendar.LATE, ("FY26",))]
    row = {"rule": "FREQ=MONTHLY;BYMONTHDAY=-1", "months": 1, "lag": 0, "table": "trade", "status": "inference"}
    never = india.adding("calendar", row | {"entry": "x", "key": "export/IND/CHN/850511/weight_yoy"})
    assert of(calendar.due(never), "x")["periods"] == ("2026-10",), "what never came is late once"


def test_a_figure_that_arrives_leaves_the_calendar_and_the_next_of_its_kind_enters_it(india):
    came = adding(india, FY26=33_000)
    row = of(calendar.due(came), TOTAL)
    assert row["periods"] == ("FY27",) and row["state"] == calendar.NEXT and str(row["due"].date()) == "2027-06-30"
    assert of(calendar.due(came), MONTHS)["periods"][0] == "2026-04", "a total holds its months"
    assert of(calendar.due(adding(india, FY27_H1=17_000)), TOTAL)["periods"] == ("FY26",), "a later half is no total"


def test_the_same_rules_hold_next_year():
    found = calendar.due(vintage("2028-03-01", FROZEN))
    assert str(of(found, "India's Union Budget")["due"].date()) == "2029-02-01"
    assert of(found, TOTAL)["periods"] == ("FY26", "FY27")


def test_days_that_were_announced_pass_unmet_or_are_followed_by_something_of_their_kind(india):
    end = "Reported new end of the truce between China and the United States"
    later = vintage("2027-02-01", FROZEN)
    assert of(calendar.due(later), end)["state"] == calendar.PASSED
    day = str(of(calendar.due(later), end)["due"].date())
    act = {"period": day, "event": "An act", "kind": "control", "status": "reported", "source": "S38", "published": day}
    met = calendar.due(later.adding("events", act))
    assert end not in set(met["what"]) and calendar.PASSED not in set(met["state"])
    hearsay = calendar.due(later.adding("events", act | {"status": "weak"}))
    assert of(hearsay, end)["state"] == calendar.PASSED
    assert not any("DFARS" in what for what in calendar.due(later)["what"]), "what happens by itself is over"


def test_an_award_without_a_day_is_awaited_until_a_row_says_that_it_came(india):
    award = "award of India's magnet scheme"
    assert of(calendar.due(india), award)["state"] == calendar.OPEN
    row = {"entry": award, "status": "reported", "source": "S82", "published": "2026-11-20"}
    assert award not in set(calendar.due(india.adding("calendar", row))["what"])


def test_rules_of_licences_are_due_when_those_known_end_and_late_after_it(india):
    states = [of(calendar.due(vintage(day, FROZEN)), "rules of China's licences")["state"]
              for day in ("2025-06-30", "2026-11-22", "2026-12-01")]  # fmt: skip
    assert states == [calendar.OPEN, calendar.NEXT, calendar.LATE]


@pytest.mark.parametrize("target", ["customs", "repm"])
def test_what_does_not_enter_a_forecast_leaves_it_as_it_is(india, target, request):
    table, found, _ = request.getfixturevalue("wide" if target == "customs" else "narrow")
    with_all, added = india, 0
    for row in found[(found["kind"] == calendar.FIGURE) & ~found["enters"]].itertuples():
        name, _, key = row.series.partition("/")
        keys = dict(zip(india.written[name].keys, key.split("/"), strict=True))
        rows = india.series(name, **keys).dropna(subset="value")
        new = {**keys, "status": "reported", "unit": rows["unit"].iloc[-1], "value": 1.3 * rows["value"].iloc[-1]}
        with_all = with_all.adding(name, *(new | {"period": period} for period in row.periods))
        added += len(row.periods)
    assert added and forecast.expected(with_all, target, 5).equals(table)


def test_an_effect_is_that_of_the_figure_at_the_middle_of_what_is_expected(india, wide):
    table, found, effects = wide
    rows = effects[effects["row"] == found.index[found["what"] == TOTAL][0]].set_index("period")
    assert list(rows.index) == ["FY27", "FY30"]
    expected = forecast.at(table, "FY26")
    assert rows["expected"].iloc[0] == pytest.approx(expected.value, rel=0.002)
    came = forecast.expected(adding(india, FY26=rows["expected"].iloc[0]), "customs", 5)
    at = {year: forecast.at(came, year) for year in rows.index}
    assert rows["after"].to_dict() == pytest.approx({year: of.high - of.low for year, of in at.items()})
    assert (rows["after"] < rows["before"]).all()


def test_the_table_says_what_each_would_do_and_the_sentence_what_most_would(wide, india):
    table, found, effects = wide
    shown = awaited.shown(found, effects).set_index("what")["width of the 80 % interval"]
    expected = effects["expected"][effects["row"] == found.index[found["what"] == TOTAL][0]].iloc[0]
    assert shown[TOTAL].startswith(f"at {round(expected, -2):,.0f} t: FY27 −") and shown[MONTHS] == awaited.UNMEASURED
    assert (
        shown["award of India's magnet scheme"] == awaited.NONE
        and "FY27 by less than 2 %" in shown["rules of China's licences"]
    )
    text = awaited.said(found, effects, table, india).text
    assert text.startswith("Four figures that the forecast is made of are late by our calendar, the longest the months")
    by = awaited.shown(found, effects).set_index("what")["due by"]
    assert by[MONTHS] == "from 30 December 2025 on" and by[TOTAL] == "30 June 2026", "of many months the first is told"
    assert "due since 30 December 2025." in text
    assert "most would change with the first half of a fiscal year under HS 850511 (FY27-H1), at the 16," in text
    assert "Scheduled end of the one-year suspension (10 November 2026)" in text and "would hardly change" in text
    assert "FY25-H1 by tariff line would tell how much of FY25 was real" in text


def test_the_sentence_is_true_with_nothing_late_one_thing_late_and_nothing_to_come(narrow, india):
    table, found, effects = narrow
    none = found[~found["enters"]]
    text = awaited.said(none, effects.head(0), table, india).text
    assert text.startswith("Of the figures that the forecast is made of, none is late") and "measured" not in text
    one = found[found["enters"]]
    assert awaited.said(one, effects, table, india).text.startswith("Late by our calendar: the months of electric")
    assert "Nothing whose effect was measured would change" in awaited.said(one, effects, table, india).text
    assert "no day is named" in awaited.said(found.assign(ahead=pd.NaT), effects.head(0), table, india).text


def test_the_total_of_the_year_that_is_asked_for_is_no_news_of_it_and_a_part_is_named_as_one(india):
    came = adding(india, FY26=33_000)
    table, found = forecast.expected(came, "customs", 5), calendar.due(came)
    effects = calendar.effects(came, table, found)
    own = effects[effects["row"] == found.index[found["what"] == TOTAL][0]].set_index("period")
    assert own["after"].notna().to_dict() == {"FY27": False, "FY31": True}
    shown = awaited.shown(found, effects).set_index("what")["width of the 80 % interval"]
    assert ": FY27 has its outturn, FY31 −" in shown[TOTAL] and ": FY27 −" in shown[HALF]
    text = awaited.said(found, effects, table, came).text
    assert "most would change with the first half" in text and "FY27 would be known" not in text
    assert "the 80 % interval of FY27, of which it holds six months, would be" in text and "of FY31 would be" in text
    calendar_year = awaited.said(found, effects.assign(months=9), table, came).text
    assert "interval of FY31, of which it holds nine months, would be" in calendar_year


def test_a_figure_that_is_due_after_the_total_of_a_year_does_not_narrow_that_year(india):
    came = adding(india, FY26=33_000, FY27_H1=17_500)
    table, found = forecast.expected(came, "customs", 5), calendar.due(came)
    effects = calendar.effects(came, table, found)
    shown = awaited.shown(found, effects).set_index("what")["width of the 80 % interval"]
    assert of(found, HALF)["periods"] == ("FY28-H1",) and ": the total of FY27 is due before, FY31 −" in shown[HALF]
    text = awaited.said(found, effects, table, came).text
    assert "(FY28-H1), at the" in text and "of it: the 80 % interval of FY31 would be" in text
    near = calendar.effects(india, forecast.expected(india, "customs", 1), (due := calendar.due(india)))
    news = near.set_index(due.loc[near["row"], "what"])["after"].notna()
    assert news[HALF] and not news[TOTAL], "a total that is late may come after what is due now"


def test_what_comes_next_is_told_of_what_is_late_too():
    later = vintage("2027-04-15", FROZEN)
    found = calendar.due(later)
    assert of(found, TOTAL)["periods"] == ("FY26",) and of(found, TOTAL)["ahead_of"] == ("FY27",)
    assert str(of(found, TOTAL)["ahead"].date()) == "2027-06-30"
    table = forecast.expected(later, "customs", 3)
    text = awaited.said(found, calendar.effects(later, table, found.head(0)), table, later).text
    assert "Next, by 20 April 2027: months of China's exports of rare-earth magnets (March 2027)." in text


def test_entries_and_rules_are_gone_once_they_are_there(india, narrow):
    revised = adding(india, FY25=33_000)
    assert calendar.ENTRIES not in set(calendar.due(revised)["kind"])
    assert calendar.ENTRIES not in set(narrow[1]["kind"]), "no year of that target is suspect"
    row = {"period": "2026-12/2027-11", "regime": "open", "term": "set", "status": "reported", "source": "S86"}
    extended = calendar.due(india.adding("regimes", row | {"published": "2026-11-20"}))
    assert of(extended, "rules of China's licences")["periods"] == ("2027-11",)
    assert pd.Timestamp("2027-11-30") == of(extended, "rules of China's licences")["due"]


def test_before_there_are_rules_for_a_figure_the_calendar_has_none_of_it():
    assert HALF not in set(calendar.due(vintage("2025-10-31", FROZEN))["what"])
    assert dict(targets.CUSTOMS.keys) == KEYS
