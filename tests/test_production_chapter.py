"""What chapter 2 says: each verdict made to happen, and every sentence against the numbers it was made from."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import FROZEN
from helpers.chapters.outputs import Figure, Table
from helpers.chapters.production import dependence, figures, ore, sentences, tables, verdicts
from helpers.data import derived, vintage
from helpers.outlook import coverage, supply

SOURCED = {"status": "reported", "source": "S66"}
TARGET = {"publisher": "IREL", "quantity": "neodymium output target", "scope": "other", "scenario": "central"} | SOURCED
PLAN = TARGET | {"quantity": "neodymium output plan"}
MADE = {"area": "IREL", "stage": "separated", "commodity": "Nd", "measure": "output"} | SOURCED
MINE = {"area": "IND", "stage": "mine", "commodity": "REO", "measure": "output"} | SOURCED
USE = {"area": "IND", "stage": "use", "commodity": "REPM", "measure": "consumption"} | SOURCED

pytestmark = pytest.mark.usefixtures("undrawn")


class Said(dict):
    """The chapter's sentences, titles and alternative texts by name, each made when it is asked for."""

    def __init__(self, india):
        expected, aims, need = coverage.expected_use(india), supply.aims(india), supply.scheme_need(india)
        editions, neodymium = supply.mine_output(india), supply.neodymium(india)
        cover = coverage.cover(expected, india)
        self.makers = {
            "answer": lambda: sentences.answer(aims, need, india),
            "cover": lambda: sentences.cover(cover, india),
            "use": lambda: sentences.use(expected, india),
            "scheme": lambda: sentences.scheme(need, india),
            "ore": lambda: sentences.ore(aims, india),
            "plans": lambda: sentences.plans(aims, india),
            "output": lambda: sentences.output(india),
            "news": lambda: sentences.news(india),
            "mining": lambda: ore.mining(india),
            "recalled": lambda: ore.recalled(editions, india),
            "revisions": lambda: ore.revisions(india),
            "japan": lambda: ore.japan(supply.freed_by_stopping_exports(india), india),
            "mine": lambda: figures.mine_output(editions, india=india),
            "need": lambda: figures.oxide_need(need, aims, neodymium, india=india),
            "funnel": lambda: figures.funnel(supply.funnel(india), india=india),
            "covered": lambda: figures.cover(cover, india=india),
        }
        shown = [tables.aims(aims), tables.cover(cover), tables.needs(need, neodymium), tables.editions(editions)]
        shown += [tables.balance(supply.chain_balance(india)), tables.expected_use(expected)]
        self.tables = [Table(table, "Table") for table in [*shown, dependence.indices(india)]]

    def __missing__(self, name):
        made = self.makers[name.split()[0]]()
        if isinstance(made, Figure):
            self |= {f"{name.split()[0]} title": made.title, f"{name.split()[0]} alt": made.alt}
        else:
            self[name] = made.text
        return self[name]

    def all(self):
        """Everything the chapter says, and its tables as one text."""
        figure_names = {"mine", "need", "funnel", "covered"}
        for name in self.makers:
            self[f"{name} title" if name in figure_names else name]
        shown = " ".join(table._repr_mimebundle_()["text/plain"] for table in self.tables)
        return {**self, "tables": shown}


said = Said


def added(india, table, *rows):
    return said(india.adding(table, *rows))


def scaled(india, factor):
    """All outlooks of use for 2030, times a factor."""
    rows = india.table("outlooks").query("scope == 'repm' and period == '2030' and unit == 't'")
    keys = ["publisher", "quantity", "scope", "scenario", "period"]
    return india.adding(
        "outlooks", *(dict(row[keys]) | {"value": row["value"] * factor} | SOURCED for _, row in rows.iterrows())
    )


def test_figures_are_those_printed_before(india):
    texts = said(india).all()
    printed = {
        "answer": ["450 t", "40 t", "1,029 t", "1,500 t", "6,000 t", "2,099 t"],
        "scheme": ["2,099 t", "2,624 t", "3,749 t"],
        "ore": ["580 t", "900 t", "recalled and not verified: less than"],
        "cover": ["11 %", "24 %", "14 %", "25 %", "26 %"],
        "covered title": ["24 to 28 %"],
        "use": ["4,140 t", "7,919 t", "7,360 to 8,520 t"],
        "need title": ["4.7 times"],
        "funnel title": ["26 %"],
        "funnel alt": ["1,403", "252"],
        "mining": ["2,900 t", "0.7 %", "390,000 t", "6.9 million tonnes"],
        "revisions": ["12 %", "7 %", "3 %", "61 %"],
        "japan": ["200 t", "457 t", "1,000 t", "20 %"],
        "tables": ["545", "4,123", "4,157", "6,109", "6,956", "0.999", "0.509", "0.416", "2.824", "2.157", "0.231"],
    }
    missing = [(name, figure) for name, figures in printed.items() for figure in figures if figure not in texts[name]]
    assert missing == []


def test_heads_of_tables_are_words_with_units(india):
    heads = [head for table in said(india).tables for head in [*table.data.columns, table.data.index.name]]
    assert [head for head in heads if "_" in head or (head != "source" and head[0].islower())] == []


def test_a_target_whose_year_is_over_reads_as_such(india):
    text = said(india)["answer"]
    assert "was to make 450 t of neodymium in FY26, which has ended; what it made then is not in the sources" in text
    assert "The newest output of neodymium known is 40 t, in FY25" in text


def test_a_target_ahead_reads_as_such():
    texts = said(vintage("2025-10-31", FROZEN))
    assert "is to make 450 t of neodymium in FY26." in texts["answer"]
    assert "No output of neodymium is in the sources dated up to 31 October 2025" in texts["answer"]


@pytest.mark.parametrize(
    ("made", "outcome"), [(900.0, "exceeded, 2.0 times"), (520.0, "exceeded, 1.2"), (450.0, "met"), (300.0, "missed")]
)
def test_a_target_is_told_as_met_or_missed_by_what_was_made(india, made, outcome):
    texts = added(india, "production", MADE | {"period": "FY26", "value": made})
    assert f"made {made:.0f} t of neodymium in FY26: the target of 450 t was {outcome}" in texts["answer"]
    assert "was to make" not in texts["answer"] and "not in the sources" not in texts["answer"]
    assert f"{made:.0f} t were made, more than planned" in texts["plans"]
    assert f"{made:.0f} t is enough, before machining, for" in texts["answer"]
    assert ("900 t in 2030, already reached, is enough" in texts["answer"]) == (made == 900)
    assert f"neodymium made in FY26{', before' if made < 2000 else ''}" in texts["need title"]
    assert (
        texts["funnel title"].startswith("Neodymium made in FY26 is enough") and "targeted" not in texts["funnel alt"]
    )
    assert f"Oxide: made (FY26) {made:.0f}" in texts["funnel alt"]
    share = verdicts.enough(derived(made / 450 * 24.855, "%"))
    assert f"Neodymium as made, then targeted is enough for {share} the use expected for FY26" in texts["cover"]


def test_an_output_after_the_targets_year_is_told_beside_it(india):
    rows = [MADE | {"period": "FY26", "value": 520.0}, MADE | {"period": "FY27", "value": 610.0}]
    text = added(india, "production", *rows)["answer"]
    assert (
        "the target of 450 t was exceeded, 1.2 times. The newest output of neodymium known is 610 t, in FY27." in text
    )


def test_the_use_of_the_figure_is_that_of_its_years_whichever_path_begins_first(india):
    cover = coverage.cover(coverage.expected_use(india), india)
    late = cover[(cover["path"] == "target") | (cover["period"] > "FY28")]
    assert "from 4,140 t in FY26 to 7,919 t in FY31" in figures.cover(late, india=india).alt


def test_the_answer_gives_both_readings_and_bounds_neither(india):
    text = said(india)["answer"]
    assert "1,029 t of magnets if oxide is meant, as is assumed here, and for 1,500 t if metal is" in text
    assert "at most" not in text and "2,099 t to" not in text


def test_oxide_needed_is_told_loss_after_loss_and_what_is_unverified_is_marked(india):
    text = said(india)["scheme"]
    assert "contain 2,099 t of oxide; with the loss from oxide to metal they take 2,624 t" in text
    assert "3,749 t, at a yield that is recalled and not verified" in text
    early = said(vintage("2026-01-31", FROZEN))["scheme"]
    assert "what machining loses is not in the sources dated up to 31 January 2026" in early and "3,749" not in early


@pytest.mark.parametrize(
    ("target", "where"), [(900.0, "is the neodymium"), (10_000.0, "is the magnet plants"), (2_000.0, "Neither the")]
)
def test_the_bottleneck_follows_target_and_plants(india, target, where):
    text = added(india, "outlooks", TARGET | {"period": "2030", "value": target})["answer"]
    assert where in text.split(":")[0] and text.count("bottleneck") == 1, "the finding comes first"


def test_a_small_scheme_does_not_lie_behind_a_bottleneck_upstream(india):
    texts = said(india.assuming("scheme_capacity", dict.fromkeys(india.assumption("scheme_capacity").index, 600.0)))
    assert "The bottleneck is the magnet plants" in texts["answer"]
    assert "contain 47 % (assumed) of the neodymium" in texts["need title"]


@pytest.mark.parametrize(
    ("factor", "way", "share"), [(0.3, "falls", "rises"), (1.0, "rises", "hardly moves"), (3.0, "rises", "falls")]
)
def test_use_and_shares_go_the_way_of_the_outlooks(india, factor, way, share):
    texts = said(scaled(india, factor))
    assert f"magnets {way} from" in texts["use"] and f"magnets {way} from" in texts["covered alt"]
    assert texts["cover"].split("targeted")[1].startswith(" is enough") and f"the share {share}" in texts["cover"]


def test_a_share_that_rises_and_falls_again_is_told_by_its_highest(india):
    text = said(india)["cover"]
    assert "11 % of the use expected for FY26, 24 % of that for FY27, the last planned year, and 14 % of that" in text
    assert "for FY31 if nothing is added" in text and text.endswith("All of this is before machining.")
    assert [verdicts.peaks(*path) for path in ((10, 20, 15), (10, 20, 19.5), (10, 10.5, 5))] == [True, False, False]


def test_what_the_ore_holds_is_set_against_the_furthest_target(india):
    rich = MINE | {"period": "2025", "value": 9000.0}
    assert "holds 1,800 t" in added(india, "production", rich)["ore"]
    assert "more than the 900 t of neodymium targeted for 2030" in added(india, "production", rich)["ore"]
    assert "about the 580 t" in added(india, "outlooks", TARGET | {"period": "2030", "value": 580.0})["ore"]


def test_a_recalled_year_has_no_edition(india):
    shown = tables.editions(supply.mine_output(india))
    recalled = shown["Status"] == "unverified"
    assert recalled.any() and ((shown["Edition of"] == "–") == recalled).all()


def test_use_that_hardly_moves_is_told_so(india):
    assert "magnets hardly moves: " in said(scaled(india, 0.5))["use"]


def test_more_than_all_of_the_use_is_told_in_times(india):
    texts = added(india, "outlooks", *(TARGET | {"period": p, "value": v} for p, v in [("FY26", 5e3), ("2030", 1e4)]))
    assert "enough for 2.8 times the use expected for FY26 and 2.9 times that for FY31" in texts["cover"]
    assert "for 2.7 to 3.1 times the rare-earth magnets" in texts["covered title"]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (200.0, "200 t, is 44 % of the target, 450 t"),
        (900.0, "2.0 times the target"),
        (450.0, "the same as the target"),
    ],
)
def test_plan_and_target_of_a_year_are_set_against_each_other(india, plan, words):
    assert words in added(india, "outlooks", PLAN | {"period": "FY26", "value": plan})["plans"]


def test_a_plan_that_was_not_reached_is_told(india):
    assert (
        "150 t were made, less than planned"
        in added(india, "production", MADE | {"period": "FY26", "value": 150.0})["plans"]
    )


def test_the_higher_path_is_the_one_that_is_higher(india):
    assert said(india)["covered title"].startswith("Neodymium as targeted, the higher of two paths,")
    plan = added(india, "outlooks", PLAN | {"period": "FY27", "value": 5000.0})
    assert plan["covered title"].startswith("Neodymium as planned, the higher of two paths,")
    same = added(india, "outlooks", PLAN | {"period": "FY27", "value": 900.0})
    assert "higher" not in same["covered title"]


@pytest.mark.parametrize(
    ("mined", "words"),
    [(9000.0, "more than in any other"), (100.0, "less than in any other"), (2950.0, "the other sourced")],
)
def test_a_fiscal_year_of_ore_is_placed_among_the_others(india, mined, words):
    texts = added(india, "production", MINE | {"period": "FY26", "value": mined})
    assert f"India mined {mined:,.0f} t of rare-earth oxide in FY26" in texts["mine title"]
    assert words in texts["mine title"] and "In 2025 India mined 2,900 t" in texts["mining"]


def test_shares_of_the_world_are_of_one_edition_or_say_both(india):
    assert (
        "0.7 % of the world's 390,000 t in the same edition; a later edition puts the world at 380,000 t"
        in said(vintage("2026-03-31", FROZEN))["mining"]
    )
    own = MINE | {"period": "2025", "value": 2900.0}
    assert "0.7 % of the world's 390,000 t in another edition" in added(india, "production", own)["mining"]
    one_publisher = own | {"source": "S216", "published": "2026-06-30"}
    assert "0.7 % of the world's 390,000 t in another edition" in added(india, "production", one_publisher)["mining"]
    assert "0.7 % of the world's 390,000 t in the same edition." in said(india)["mining"]


def test_reserves_that_an_edition_withdraws_are_told_as_withdrawn(india):
    assert "Its reserves are 6.9 million tonnes of oxide." in said(vintage("2026-03-31", FROZEN))["mining"]
    assert "oxide in an earlier edition, are withdrawn in that of May 2026." in said(india)["mining"]
    again = MINE | {"stage": "ground", "measure": "reserves", "period": "2026", "value": 5.0, "unit": "Mt REO"}
    assert "Its reserves are 5.0 million tonnes of oxide." in added(india, "production", again)["mining"]


def test_revisions_say_their_direction(india):
    text = said(india)["revisions"]
    assert "that of the world in 2024 down by 3 %" in text and "that of India in 2018 up by 61 %" in text


def test_the_newest_step_of_the_scheme_is_the_newest_event(india):
    assert "of 13 August 2026" in said(india)["news"] and "no award seen" in said(india)["news"]
    event = {"period": "2026-10-01", "event": "Scheme awarded to five firms", "kind": "scheme"} | SOURCED
    text = added(india, "events", event)["news"]
    assert "of 1 October 2026: Scheme awarded to five firms" in text and "no award seen" not in text


def test_exact_sales_to_japan_are_not_more_than_they_are(india):
    assert "more than 1,000 t" in said(india)["japan"]
    sales = {"flow": "export", "reporter": "IND", "partner": "JPN", "hs": "RE all", "measure": "weight"}
    text = added(india, "trade", sales | {"period": "2025", "value": 500.0} | SOURCED)["japan"]
    assert "In 2025 500 t of rare earth" in text and "more than" not in text and "not verified" in text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (24, 28, "24 to 28 % of"),
        (25, 25.2, "25 % of"),
        (90, 130, "0.9 to 1.3 times"),
        (3, 130, "0.03 to 1.30 times"),
        (110, 130, "1.1 to 1.3 times"),
    ],
)
def test_a_share_is_a_part_or_a_multiple_or_between(low, high, words):
    share = derived((low + high) / 2, "%", low=low, high=high)
    assert verdicts.enough(share, ranged=True).text == words


def test_a_small_share_is_not_nothing():
    assert verdicts.enough(derived(0.76, "%")).text == "0.8 % of"


@pytest.mark.parametrize(
    ("low", "high", "where"), [(1, 5, "upstream"), (7, 9, "downstream"), (5, 7, "none"), (6, 7, "none")]
)
def test_a_bottleneck_lies_on_one_side_or_on_none(low, high, where):
    assert verdicts.bottleneck(low, high, 6) == where


@pytest.mark.parametrize(
    ("first", "last", "way"),
    [(10, 12, "rises"), (10, 8, "falls"), (10, 10.5, "hardly moves"), (0, 5, "rises"), (0, 0, "hardly moves")],
)
def test_a_share_rises_falls_or_hardly_moves(first, last, way):
    assert verdicts.moves(first, last) == way


def test_sources_are_those_of_the_numbers_said_and_of_every_series_drawn(india):
    expected = coverage.expected_use(india)
    assert sentences.use(expected, india).sources == ("S15", "S16", "S17b")
    assert sentences.plans(supply.aims(india), india).sources == ("S76", "S77")
    drawn = figures.cover(coverage.cover(expected, india), india=india)
    assert set(drawn.sources) == {"S15", "S16", "S17b", "S76", "S77", "S95"}


def test_what_is_assumed_says_so(india):
    row = {key: value for key, value in TARGET.items() if key not in SOURCED} | {"period": "FY26", "value": 700.0}
    assert "was to make 700 t (assumed) of neodymium" in added(india, "outlooks", row)["answer"]


@pytest.mark.parametrize("day", ["2024-06-30", "2025-06-30", "2025-10-31", "2026-01-31", "2026-11-22"])
def test_nothing_stops_and_nothing_is_odd_on_earlier_days(day):
    assert_plain(said(vintage(day, FROZEN)).all())


NEXT_YEAR = [
    ("production", MINE | {"period": "FY26", "value": 3100.0}),
    ("production", MADE | {"period": "FY26", "value": 520.0}),
    ("production", USE | {"period": "2026", "value": 4600.0}),
    ("production", USE | {"period": "2030", "value": 8600.0}),
    ("outlooks", TARGET | {"period": "FY28", "value": 800.0}),
    ("outlooks", TARGET | {"period": "FY36", "value": 2800.0}),
]


@pytest.mark.parametrize("count", range(1, len(NEXT_YEAR) + 1))
def test_next_years_figures_leave_nothing_stale(india, count):
    for table, row in NEXT_YEAR[:count]:
        india = india.adding(table, row)
    texts = said(india).all()
    assert_plain(texts)
    assert ("was to make" in texts["answer"]) is (count < 2)
    assert ("from 4,140 t in FY26" in texts["use"]) is (count < 3)
    assert ("in FY36" in texts["answer"]) is (count == 6)


FACTOR = st.sampled_from([0.1, 0.5, 1.0, 2.0, 10.0])


@settings(max_examples=6)
@given(
    now=FACTOR, later=FACTOR, plan=FACTOR, use=FACTOR, plants=FACTOR, mined=FACTOR,
    loss=st.sampled_from([1.0, 20.0, 80.0]), made=st.sampled_from([None, 0.0, 45.0, 450.0, 4500.0]),
)  # fmt: skip
@example(now=10.0, later=0.1, plan=10.0, use=0.1, plants=0.1, mined=10.0, loss=1.0, made=4500.0)
@example(now=0.1, later=10.0, plan=0.1, use=10.0, plants=10.0, mined=0.1, loss=80.0, made=None)
def test_words_agree_with_numbers_whatever_the_rows(now, later, plan, use, plants, mined, loss, made):
    india = scaled(vintage("2026-11-22", FROZEN), use)
    aims = [(TARGET, "FY26", 450 * now), (TARGET, "2030", 900 * later), (PLAN, "FY27", 500 * plan)]
    india = india.adding("outlooks", *(keys | {"period": period, "value": value} for keys, period, value in aims))
    outputs = [(MINE, 2900 * mined), (MADE, made)]
    rows = (keys | {"period": "FY26", "value": value} for keys, value in outputs if value is not None)
    india = india.adding("production", *rows)
    capacity = dict.fromkeys(india.assumption("scheme_capacity").index, 6000 * plants)
    india = india.assuming("scheme_capacity", capacity).assuming("loss", {"oxide to metal": loss})
    texts = {name: text.replace(" (assumed)", "") for name, text in said(india).all().items()}
    assert_plain(texts)
    assert_targets(f"{texts['answer']} {texts['scheme']}", 450 * now, made, 6000 * plants)
    assert_moves(texts)


def assert_plain(texts):
    for name, text in texts.items():
        assert (
            not re.search(r"\b(nan|inf|None|NaN)\b|at most|%\s*%|\bt t\b|tonnes tonnes|  +(?=\w)", text)
            or name == "tables"
        )
        assert not re.search(r"\bnan\b|\binf\b", text), (name, text)
        for low, high in re.findall(r"([\d,.]+) to ([\d,.]+)", text if name != "tables" else ""):
            assert low != high, (name, text)
        if name not in ("revisions", "tables", "news"):
            assert all(float(share) <= 100 for share in re.findall(r"([\d.]+) %", text)), (name, text)


def assert_targets(text, target, made, plants):
    if made is None:
        assert f"was to make {target:,.0f} t" in text
    else:
        outcome = "exceeded" if made >= 1.05 * target else "met" if made >= target else "missed"
        assert f"the target of {target:,.0f} t was {outcome}" in text
    low, high = map(figure, re.search(r"enough for ([\d,]+) to ([\d,]+) t of magnets before machining", text).groups())
    where = "is the neodymium" if high < plants else "is the magnet plants" if low > plants else "Neither the"
    assert where in text
    contained, metal, machined = (
        figure(re.search(pattern, text)[1])
        for pattern in (r"contain ([\d,]+) t of oxide", r"metal they take ([\d,]+) t", r"machining too ([\d,]+) t")
    )
    assert contained <= metal <= machined


def assert_moves(texts):
    for text in (texts["use"], texts["covered alt"]):
        way, start, end = re.search(
            r"magnets (rises|falls|hardly moves)\D+([\d,]+) t in FY26 \w+ ([\d,]+) t", text
        ).groups()
        assert way == verdicts.moves(figure(start), figure(end))
    amount = r"([\d.]+ (?:%|times))(?: of)?"
    pattern = rf"is enough for {amount} the use expected for FY\d\d and {amount}.*?the share (\w+)"
    for start, end, way in re.findall(pattern, texts["cover"]):
        change = share(end) - share(start)
        assert {"rises": change > 0, "falls": change < 0, "hardly": abs(change) <= 0.15 * share(start) + 1}[way]


def figure(text):
    return float(text.replace(",", ""))


def share(text):
    value, unit = text.split()
    return float(value) * (100 if unit == "times" else 1)
