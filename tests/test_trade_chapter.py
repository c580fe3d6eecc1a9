"""Chapter 1 says what its numbers say: each outcome of each verdict, and any headline figure turned about."""

import re
import shutil
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import AS_OF, FETCHED, FROZEN, KEYS, adding, replace_once
from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.trade import (
    causes,
    figures,
    lines,
    markets,
    prices,
    reconciliation,
    screen,
    sentences,
    suppliers,
    worth,
)
from helpers.chapters.trade import mirror as told
from helpers.data import vintage
from helpers.outlook import agreement, customs, episodes, mirror, rare_earths

LINE = {**KEYS, "hs": customs.OTHER_METAL}
CHINAS = {"flow": "export", "reporter": "CHN", "partner": "IND", "hs": customs.METAL}
HALVES = ("FY25-H1", "FY25-H2", "FY26-H1")

pytestmark = pytest.mark.usefixtures("undrawn")


def with_halves(india, *tonnes):
    """The halves of the suspect year and the one after it, as given."""
    return adding(india, **dict(zip((half.replace("-", "_") for half in HALVES), tonnes, strict=True)))


SAYS = {
    "answer": lambda india, year: sentences.answer(india),
    "imported": lambda india, year: reconciliation.imported(india),
    "agree": lambda india, year: reconciliation.agree(rare_earths.pairs(india), india=india),
    "base": lambda india, year: sentences.base_effect(customs.halves(india), india=india),
    "identity": lambda india, year: sentences.identity(lines.identity(india, year), india=india),
    "growth": lambda india, year: sentences.growth(prices.growth(india, year), india=india, year=year),
    "values": lambda india, year: causes.unit_values(lines.volume_mix_price(india, year), india=india, year=year),
    "concentration": lambda india, year: causes.concentration(suppliers.shares(india), india=india, year=year),
    "worth": lambda india, year: worth.went(told := prices.history(india), prices.decades(told), india=india),
    "cost": lambda india, year: worth.cost(mirror.sides(india), india=india),
    "slips": lambda india, year: causes.out_of_line(suppliers.out_of_line(india), india=india),
    "decision": lambda india, year: causes.decision(india),
    "mirror": lambda india, year: told.finding(mirror.sides(india), india=india),
    "level": lambda india, year: told.level(mirror.level(india), india=india),
    "only": lambda india, year: screen.only(mirror.lines(india), india=india),
    "caveats": causes.caveats,
}
DRAWS = {
    "both": lambda india, year: told.both_sides(mirror.sides(india), india=india),
    "screen": lambda india, year: screen.figure(mirror.lines(india), india=india),
    "rates": lambda india, year: figures.monthly_rates(customs.periods(india), india=india),
    "lines": lambda india, year: figures.line_split(customs.lines(india, year), india=india, year=year),
    "estimates": lambda india, year: reconciliation.figure(rare_earths.estimates(india), india=india),
    "terms": lambda india, year: markets.volume_mix_price(lines.volume_mix_price(india, year), india=india, year=year),
    "china": lambda india, year: markets.china_exports(
        suppliers.china_by_month(india), suppliers.controls(india), india=india
    ),
    "history": lambda india, year: worth.history(
        prices.history(india), prices.growth(india, year), india=india, year=year
    ),
    "metal": lambda india, year: markets.neodymium_price(prices.neodymium(india), india=india, year=year),
}


def say(india, name: str) -> str:
    """A sentence of the chapter, or title and alternative text of a figure."""
    made = (SAYS | DRAWS)[name](india, customs.subject(india))
    return f"{made.title}. {made.alt}" if hasattr(made, "title") else made.text


def test_the_answer_names_total_shape_halves_run_rate_how_much_came_and_rare_earth_magnets(india):
    text = sentences.answer(india).text
    for part in (
        "53,748 t",
        "a spike and not a level",
        "16,746 t",
        "16,281 t in six months",
        "32,562 t a year",
        "49 to 62 % never came",
        "China has 19,259, while the values are 1.1 times apart. By other counts 20,600 to 27,600 t came",
        "about 2,380 t are rare-earth magnets (80 % interval 1,210 to 4,690)",
    ):
        assert part in text
    assert sentences.answer(india).answer and {"S02", "S04", "S213", "S16"} <= set(sentences.answer(india).sources)
    before = sentences.answer(india.on("2026-03-31")).text
    assert "64 % of the recorded weight" in before and "came" not in before


@pytest.mark.parametrize(
    ("halves", "shape"),
    [
        ((37002, 16746, 16281), "a spike and not a level"),
        ((29000, 24748, 29000), "a new level and not a spike"),
        ((14537, 39211, 16281), "a spike and not a level"),
        ((14537, 39211, 39000), "a new level and not a spike"),
        ((15000, 38748, 60000), "the start of a rise"),
        ((44002, 9746, 16281), "a spike that passed, after which imports rose again, to less than the pace of FY25"),
        ((37002, 16746, 40000), "a spike that passed, after which imports rose above the pace of FY25"),
    ],
)
def test_the_suspect_year_is_a_spike_passed_or_not_a_level_or_the_start_of_a_rise(india, halves, shape):
    text = sentences.answer(with_halves(india, *halves)).text
    assert f"{shape}: " in text
    assert sum(other in text for other in ("a spike and", "a spike that", "a new level", "start of a rise")) == 1
    assert "a spike and" in sentences.answer(adding(with_halves(india, 29000, 24748, 24000), FY27=12000)).text


@pytest.mark.parametrize("came", [{"FY26": 45000}, {"FY26_H2": 28719}, {"FY26": 45000, "FY27": 80000}])
def test_a_half_year_that_runs_above_the_suspect_year_is_not_hidden_by_the_year_that_holds_it(india, came):
    text = sentences.answer(adding(india, **came)).text
    told = "16,746 t in the second" + ("." if "FY27" in came else ", 28,719 t in the second half of FY26.")
    assert "a spike that passed, after which imports rose above the pace of FY25: 37,002 t" in text and told in text


def test_without_halves_the_shape_is_unknown_or_told_by_the_years_after(india):
    early = india.on("2025-10-31")
    assert "whether that was a spike or a level cannot be said" in sentences.answer(early).text
    assert "a spike and not a level. FY26 came to 30,000 t" in sentences.answer(adding(early, FY26=30000)).text
    assert "a new level and not a spike. FY26" in sentences.answer(adding(early, FY26=50000)).text
    again = sentences.answer(adding(early, FY26=30000, FY27=50000)).text
    assert "rose again, to less than the pace of FY25. FY27 came to 50,000 t" in again
    assert "rose above the pace of FY25. FY27" in sentences.answer(adding(early, FY26=30000, FY27=60000)).text


def test_a_year_that_stands_out_no_more_is_said_to_be_no_surge(india):
    text = sentences.answer(india.adding("trade", {**KEYS, "period": "FY25", "value": 33000.0})).text
    assert "33,000 t (assumed)" in text and "no surge" in text and "spike" not in text
    revised = sentences.answer(adding(india, FY25=35000)).text
    assert "35,000 t of permanent magnets" in revised and "no surge" in revised and "assumed" not in revised


def test_what_has_come_since_is_the_newest(india):
    year = sentences.answer(adding(india, FY26=36000)).text
    assert "FY26 came to 36,000 t, −33 % on FY25." in year and "first half of FY26" not in year
    both = sentences.answer(adding(india, FY26=36000, FY27_H1=18000)).text
    assert "FY26 came to" in both and "The first half of FY27 brought 18,000 t" in both
    later = sentences.answer(adding(india, FY26=36000, FY27=33000, FY28=90000)).text
    assert "FY28 came to 90,000 t, +67 % on FY25." in later and "FY27" not in later
    assert "FY26 came to 53,900 t, hardly a change on FY25." in sentences.answer(adding(india, FY26=53900)).text
    assert "No total and no half-year after FY25" in sentences.answer(india.on("2025-06-30")).text


def test_lines_that_do_not_fit_are_said_not_to(india):
    assert "do not fit this total" in sentences.answer(adding(india, FY25=19000)).text


def test_a_base_effect_is_a_share_only_where_it_is_one(india):
    assert "97 % (in logarithms" in say(india, "base") and "published change of −56 %" in say(india, "base")
    for halves in ((29000, 24748, 29000), (14537, 39211, 16281), (37002, 16746, 40000)):
        text = sentences.base_effect(customs.halves(with_halves(india, *halves)), india=india).text
        assert "logarithms" not in text and "on the half before" in text
    same = sentences.base_effect(customs.halves(with_halves(india, 29000, 24748, 29000)), india=india).text
    assert same.endswith("changed by hardly anything on the year, and by +17 % on the half before.")
    small = customs.halves(with_halves(india, 17500, 16746, 16281))
    assert "logarithms" not in sentences.base_effect(small, india=india).text, "-7 % is too little to be shared out"


def test_a_revision_that_the_published_change_contradicts_is_said_to_do_so(india):
    text = say(adding(india, FY25=35000), "base")
    assert "−56 %" in text and "the total of FY25, 35,000 t, do not fit" in text and "37,002 t" in text


def test_growth_is_as_published_where_the_totals_allow_it(india):
    assert "+88 % as published (+87 % from the two totals)" in say(india, "growth")
    assert "as published" not in say(adding(india, FY25=60000), "growth")
    assert "6.99 USD/kg to 3.84 USD/kg" in say(india, "growth"), "one route, as the identity has it"
    assert "by +5 % in rupees, of which the price of a dollar made +2 %" in say(india, "growth")
    assert "What both years were worth in dollars is not" in say(india.on("2025-06-30"), "growth")


def test_values_that_meet_tell_the_code_and_values_that_do_not_leave_it_open(india):
    assert "within rounding" in say(india, "identity") and "that State Bank of India has" in say(india, "identity")
    other = adding(india, {**KEYS, "hs": lines.BOTH, "measure": "value_usd"}, FY25=350)
    assert "and not the 350 million USD" in say(other, "identity") and "it is open" in say(other, "identity")
    dear = adding(india, {**KEYS, "measure": "value_inr"}, FY25=4744)
    assert "it is open which codes" in say(dear, "identity")


def test_a_change_of_unit_value_is_a_fall_or_a_rise_within_the_lines_or_between_them(india):
    text = say(india, "values")
    assert "Over every split of FY24 that fits its totals, unit values within the lines took away at least 95" in text
    assert "the fall in unit value happened within the lines" in text
    assert "mildest case line 85051190 stood at 7.46 and ferrite cores at 6.34" in text and "did −103 million" in text
    assert "at 4.55 and 59.23 USD/kg, −737 million USD" in text
    assert "they would have cost 2.55 USD/kg; in FY25 they cost 2.05 USD/kg, so they fell in every split" in text
    dear = adding(india, {**KEYS, "measure": "value_inr"}, FY24=1661, FY25=9000)
    assert "the rise in unit value" in say(dear, "values") and "Three explanations" not in say(dear, "values")
    assert "lines or between them is open" in say(dear, "values") and "their direction is open" in say(dear, "values")
    assert "their direction is open" in say(adding(india, FY25=44000), "values")


def test_once_the_year_before_is_known_by_line_its_one_split_is_told(india):
    known = say(adding(india, LINE, FY24=18000), "values")
    assert "By line in both years, FY24 being the earlier" in known and "mildest" not in known
    assert "Ferrite cores went from 7.09 USD/kg in FY24 to 2.05 USD/kg in FY25" in known


def test_the_explanations_are_open_or_both_sides_point_to_one_of_them_or_do_not(india):
    assert "Both sides' figures of 2024 point to the last" in say(india, "values")
    assert "They are open" in say(india.on("2026-08-15"), "values")
    double = adding(india, {**CHINAS, "measure": "weight"}, **{"2024": 2 * 19259})
    assert "Both sides' figures of 2024 do not point to the last" in say(double, "values")
    half = adding(india, {**CHINAS, "measure": "weight"}, **{"2022": 9800})
    assert "point to a wrong quantity, and not to whose" in say(half, "values")


@pytest.mark.parametrize(("since", "ahead"), [("2025-03-31", " ahead of an anti-dumping duty"), ("2025-04-01", "")])
def test_only_a_duty_that_the_year_saw_may_be_what_goods_came_ahead_of(tmp_path, since, ahead):
    shutil.copytree(FROZEN, tmp_path / "data", ignore=FETCHED)
    replace_once(tmp_path / "data/events.csv", '2025-03-18,"Anti', f'{since},"Anti')
    text = say(vintage(AS_OF, tmp_path / "data"), "values")
    assert f"would do: cheap goods moved into the line{ahead}, cheap ferrite really surged" in text


def test_what_two_estimates_need_to_hold_both_is_told_in_the_unit_of_the_condition(india):
    takes = reconciliation.pairs(rare_earths.pairs(india)).data["it takes"]
    assert [takes[at].split(" (")[0] for at in (0, 1, 4, 10)] == ["23.5 USD/kg", "56.5 %", "649 % a year", "2,400 t"]


PRESS = {**agreement.MAGNETS, "measure": "weight"}
NO_PRESS = {**PRESS, "period": "FY25", "value": 0.0}


def shipped(india, low, high):
    """China's line to India at another range."""
    row = {**agreement.SHIPPED, "period": "2025", "unit": "t", "value": (low * high) ** 0.5, "low": low, "high": high}
    return india.adding("trade", row)


def test_rare_earth_imports_are_told_with_their_share_and_with_the_estimates_they_rest_on(india):
    text = say(india, "imported")
    assert "imports 2,380 t of rare-earth magnets" in text and "four estimates that disagree" in text
    share = rare_earths.share(india)
    assert f"{share:.1} ({share:range.1}) of the 32,562 t (20,631 to 32,562)" in text
    all_of_it = say(adding(india, FY26=53_748), "imported")
    assert "of the 53,748 t (20,631 to 53,748) in a year" in all_of_it, "no figure above its range"
    early = say(india.on("2025-06-30"), "imported")
    assert "pooled from one estimate, what the press quotes." in early
    none = india.on("2025-06-30").adding("trade", NO_PRESS)
    assert say(none, "imported").startswith("How many rare-earth magnets India imports cannot be said")
    assert say(none, "agree").startswith("How two estimates of rare-earth magnets fit cannot be said")
    assert say(none, "estimates").startswith("What this figure shows cannot be said")


def test_pairs_hold_as_they_stand_under_a_condition_or_under_none(india):
    text = say(india, "agree")
    assert "as they stand: one (China's line with stated use); under one condition" in text
    assert "under none that can be reckoned here: one (press with stated use)" in text
    low = shipped(india, 1100.0, 2000.0)
    assert "China's line with customs price estimate" in say(low, "agree").split("; under")[0]
    near = india.adding("trade", {**PRESS, "period": "FY25", "value": 1900.0})
    assert "under none" not in say(near, "agree")


def test_two_counts_of_customs_say_what_they_need_until_they_meet(india):
    text = say(india, "agree")
    assert "India would have paid China 15.9 USD/kg (10.7 to 23.9), by China's own value 24.5 USD/kg" in text
    assert "where the world paid 36.8 to 60.3; or 2,400 t (905 to 3,950) would have come in under other codes" in text
    assert "For both counts" not in say(shipped(india, 1100.0, 2000.0), "agree")
    assert "by China's own value" not in say(india.on("2026-06-30"), "agree")


def test_the_title_of_the_estimates_tells_how_far_they_lie_apart(india):
    assert "lie at 870 to 4,010 t a year; together they make 2,380 t" in say(india, "estimates")
    assert "The one estimate" in say(india.on("2025-06-30"), "estimates")


def test_a_rule_waits_for_monthly_figures_and_is_applied_once_they_come(india):
    assert "It waits for the monthly figures by line of May–September 2024" in say(india, "decision")
    assert "70 %" in say(india, "decision") and "1.8 to 2.4 USD/kg" in say(india, "decision")
    rows = {"flow": "import", "reporter": "IND", "partner": "CHN", "hs": customs.FERRITE, "period": "2024-06"}

    def cell(tonnes, usd_m):
        return india.adding("trade", {**rows, "measure": "weight", "value": tonnes, "unit": "t"},
                            {**rows, "measure": "value_usd", "value": usd_m, "unit": "USD m"})  # fmt: skip

    assert "an error or a reclassification: the few" in say(cell(20000.0, 10.0), "decision")
    assert "stays unexplained" in say(cell(20000.0, 42.0), "decision")
    assert "No year is suspect" in say(adding(india, FY25=35000), "decision")
    assert "cannot be said" in say(india.on("2025-06-30"), "decision")


def test_a_real_surge_of_ferrite_is_told_as_one(india):
    rows = [
        {"flow": "import", "reporter": "IND", "partner": partner, "hs": customs.FERRITE, "period": f"2024-0{month}",
         "measure": measure, "value": value, "unit": unit}
        for partner in ("CHN", "JPN", "KOR", "VNM", "DEU", "USA", "MYS", "THA")
        for month in range(4, 10)
        for measure, value, unit in (("weight", 500.0, "t"), ("value_usd", 1.05, "USD m"))
    ]  # fmt: skip
    assert "one of real ferrite" in say(india.adding("trade", *rows), "decision")


def test_gaps_are_those_of_the_sources_and_end_when_they_are_filled(india):
    assert "no total of FY22, FY23 or FY26 is in the sources dated up to 22 November 2026" in say(india, "caveats")
    assert "first half of FY26, known since 24 November 2025" in say(india, "caveats")
    full = adding(india, FY22=15000, FY23=21000, FY26=36000)
    assert "The totals of all years from FY21 to FY26 are in the sources" in say(full, "caveats")
    assert "FY25 is attributed to Reuters, read in copies where the list of sources says so" in say(india, "caveats")
    assert "is an assumption" in say(india.adding("trade", {**KEYS, "period": "FY25", "value": 33000.0}), "caveats")


def test_slips_are_listed_or_said_to_be_none(india):
    assert "flags 1. Exports of 85051110 in FY20, 8,174 t" in say(india, "slips")
    keys = {"flow": "export", "reporter": "IND", "partner": "world", "hs": customs.FERRITE, "measure": "weight"}
    assert "flags none" in say(adding(india, keys, FY20=2130), "slips")


def test_titles_of_rates_name_the_busiest_period_or_say_that_none_stands_out(india):
    assert "May–September 2024 ran at 2.3 times" in say(india, "rates")
    even = customs.periods(india).assign(t_per_month=1000.0)
    assert "No known period stands out" in figures.monthly_rates(even, india=india).title
    assert "Only" in figures.monthly_rates(customs.periods(india).iloc[:1], india=india).title


def test_the_title_of_the_terms_follows_the_sign_in_every_split(india):
    splits = lines.volume_mix_price(india, "FY25")

    def title(**terms):
        return markets.volume_mix_price(splits.assign(**terms), india=india, year="FY25").title

    assert "Volume added 130 to 137 million USD; lower unit values within the lines took away at least 95" in title()
    even = np.linspace(-50, 50, len(splits))
    assert "the totals do not tell" in title(price=even, price_low=even - 1, price_high=even + 1)
    away = {name: -splits[name] for name in ("volume", "volume_low", "volume_high")}
    assert "Volume took away 130 to 137" in title(**away)


def test_the_title_of_chinas_exports_tells_the_trough_and_whether_it_was_made_good(india):
    assert "fell to 1,238 t in May 2025 and were back above" in say(india, "china")
    assert "the mean of the months before China's rules changed, 5,072 t, in July 2025" in say(india, "china")
    assert "January 2025 with 6,357 t, was not reached again" in say(india, "china")
    keys = {**suppliers.CHINA, "partner": "world"}
    newest = say(adding(india, keys, **{"2026_08": 900}), "china")
    assert "fell to 900 t in August 2026, from a mean" in newest and "newest stands" not in newest
    assert "have not been back" in say(adding(india.on("2025-07-31"), keys, **{"2025_07": 3000}), "china")
    flat = suppliers.china_by_month(india).assign(tonnes=5000.0)
    assert "were lowest" in markets.china_exports(flat, suppliers.controls(india), india=india).title
    assert (
        "S38" in markets.china_exports(suppliers.china_by_month(india), suppliers.controls(india), india=india).sources
    ), "the lines drawn have sources too"


def test_neodymium_is_steady_or_moves_and_rises_or_falls(india):
    assert "moved between 51 and 62 USD/kg in FY25 and stood at 2.1 times its mean in April 2026" in say(india, "metal")
    assert "rising from" in say(india, "metal")
    table = prices.neodymium(india)

    def title(**change):
        return markets.neodymium_price(table.assign(**change), india=india, year="FY25")

    assert "steady near 57" in title(usd_per_kg=57.0).title
    assert "stood where its mean was in" in title(usd_per_kg=57.0).title
    assert "hardly changing" in title(usd_per_kg=57.0).alt
    assert "falling from" in title(usd_per_kg=table["usd_per_kg"][::-1].to_numpy()).alt
    assert "stood at" in markets.neodymium_price(table, india=india, year="FY20").title


def test_sources_are_those_of_what_is_said(india):
    later = adding(india, FY26=36000)
    growth = sentences.growth(prices.growth(later, "FY25"), india=later, year="FY25")
    assert growth.sources == ("S01", "S02", "S60")
    assert "S66" in sentences.answer(later).sources


HEADLINES = {"total": (KEYS, "FY25"), "year before": (KEYS, "FY24"), "half": (KEYS, "FY26-H1"),
             "share": ({**KEYS, "partner": "CHN", "measure": "weight_share"}, "FY25"),
             "rupees": ({**KEYS, "measure": "value_inr"}, "FY25"), "line": ({**LINE, "measure": "value_usd"}, "FY25"),
             "line from China": ({**LINE, "partner": "CHN", "measure": "value_usd"}, "FY25"),
             "line weight": (LINE, "FY25"), "value of a year": ({**KEYS, "measure": "value_fob_listed"}, "2024"),
             "China's weight": ({**CHINAS, "measure": "weight"}, "2024"),
             "both codes": ({**KEYS, "hs": lines.BOTH, "measure": "value_usd"}, "FY25"),
             "shipped": ({**suppliers.CHINA, "partner": "world"}, "2026-03")}  # fmt: skip


@settings(max_examples=4)
@given(st.sampled_from(sorted(HEADLINES)), st.sampled_from([0.1, 0.6, 0.97, 1.0, 1.04, 1.6, 10.0]))
def test_any_headline_figure_may_turn_and_every_sentence_agrees_with_it(india, name, factor):
    keys, period = HEADLINES[name]
    value = india.figure("trade", period, **keys).value * factor
    turned = adding(india, keys, **{period: min(value, 100) if "share" in name else value})
    agrees(turned)


@settings(max_examples=2)
@given(st.sampled_from([-90.0, -56.0, -3.0, 0.0, 12.0, 300.0]), st.sampled_from([0.3, 1.0, 2.2]))
def test_any_fall_of_the_newest_half_and_any_price_of_neodymium_is_told_as_it_is(india, change, factor):
    now, total = 16281.0, 53748.0
    first = now / (1 + change / 100)
    halves = {"FY25_H1": first, "FY25_H2": max(total - first, 1.0)}
    turned = adding(adding(india, **halves), {**KEYS, "measure": "weight_yoy"}, FY26_H1=change)
    keys = {"item": "Nd 99.5 %", "basis": "FOB China, mean of daily quotes", "period": "2026-04"}
    row = {**keys, "value": 56.88 * factor, "status": "reported", "source": "S66"}
    agrees(turned.adding("prices", row))


def agrees(india) -> None:
    """Every text against numbers computed here by themselves."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        texts = {name: say(india, name) for name in SAYS | DRAWS}
    for name, text in texts.items():
        check(name, text)
    year = customs.subject(india)
    assert ("no surge" in texts["answer"]) == (episodes.suspect(india) is None)
    if (rates := customs.halves(india)["t_per_month"]).index.isin(HALVES).sum() == len(HALVES):
        first, second, after = rates[list(HALVES)]
        busy, then = (first, second) if first >= second else (second, after)
        assert (", a spike" in texts["answer"]) == (episodes.suspect(india) is not None and busy >= 1.5 * then)
    growth = prices.growth(india, year)
    if len(lines.volume_mix_price(india, year)) and abs(growth.loc["USD per kg", "change"]) > 0.05:
        verdict = "fall" if growth.loc["USD per kg", "change"] < 0 else "rise"
        assert f"the {verdict} in unit value" in texts["values"]
    steps = lines.identity(india, year)
    ours, both = (steps.loc[s] for s in ("850511 and 85051900, value", "850511 and 850519, value as printed"))
    meets = ours["low"] <= both["high"] and both["low"] <= ours["high"]
    assert ("so the headline is all of" in texts["identity"]) == meets
    metal = prices.neodymium(india)["usd_per_kg"]
    assert ("rising" in texts["metal"]) == (metal.iloc[-1] >= 1.05 * metal.iloc[0])
    assert words.named(customs.periods(india)["t_per_month"].idxmax()) in texts["rates"]
    assert fiscal.is_fiscal_year(year)


def check(name: str, text: str) -> None:
    """What no text may hold, whatever the figures."""
    assert not re.search(r"\bnan\b|\binf\b|None|Warning|\{|\}|  | [,.;:](?= )", text), (name, text)
    assert not re.search(r"(\bt\b|%|USD/kg|million USD) \1(?!\w)", text), (name, "doubled unit", text)
    assert not re.search(r"([\d.,]+) to \1(?![\d.,])", text), (name, "from x to x", text)
    for share in re.findall(r"(?<![+−\d.,])([\d,]+(?:\.\d+)?) % (?:of|\(in)", text):
        assert float(share.replace(",", "")) <= 100, (name, "over 100 %", text)


def test_no_sentence_changes_because_a_calendar_year_or_another_reporter_is_told(india):
    keys = dict(KEYS)
    rows = [keys | {"period": "2025", "value": 3e4}, keys | {"period": "2023", "value": 9e4}]
    rows += [keys | {"period": "2025", "value": 500.0, "measure": "value_usd"}]
    rows += [keys | {"period": "2025", "value": 5e3, "flow": "export", "reporter": "DEU", "partner": "IND"}]
    more = india.adding("trade", *(row | {"status": "reported", "source": "S66"} for row in rows))
    assert [name for name in SAYS | DRAWS if say(more, name) != say(india, name)] == []
