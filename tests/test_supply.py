"""Ore, neodymium and oxide: what the tables of chapter 2 say, and what they say next year."""

import shutil

import numpy as np
import pandas as pd
import pytest

from conftest import FROZEN
from helpers.data import vintage
from helpers.methods import oxide
from helpers.outlook import coverage, supply

TARGET = {"publisher": "IREL", "quantity": "neodymium output target", "scope": "other", "scenario": "central"}
MADE = {"area": "IREL", "stage": "separated", "commodity": "Nd", "measure": "output"}
USE = {"area": "IND", "stage": "use", "commodity": "REPM", "measure": "consumption"}
MINE = {"area": "IND", "stage": "mine", "commodity": "REO", "measure": "output"}
OUTLOOK = {"publisher": "Fifth Bureau", "quantity": "India magnet use", "scope": "repm", "scenario": "central"}


@pytest.fixture
def without(tmp_path):
    """A vintage without some lines: ``without("outlooks", ",neodymium output plan,")``."""

    def withdrawn(table, *texts, day="2026-11-22"):
        shutil.copytree(FROZEN, tmp_path / "data", dirs_exist_ok=True)
        path = tmp_path / "data" / f"{table}.csv"
        lines = [line for line in path.read_text().splitlines() if not any(text in line for text in texts)]
        path.write_text("\n".join(lines) + "\n")
        return vintage(day, tmp_path / "data")

    return withdrawn


def test_both_editions_of_world_output_in_2024_are_shown(india):
    world = supply.mine_output(india, "world")
    rows = world[world["period"] == "2024"]
    assert rows["tonnes"].tolist() == [390_000, 380_000, 380_000] and rows["revised"].tolist() == [True, True, False]


def test_a_fiscal_year_of_mine_output_stands_after_the_calendar_year_it_follows(india):
    mined = supply.mine_output(india.adding("production", MINE | {"period": "FY26", "value": 3100.0}))
    assert mined["period"].tolist()[-2:] == ["2025", "FY26"] and mined["tonnes"].iloc[-1] == 3100


def test_a_part_of_a_year_is_no_years_output(india):
    mined = supply.mine_output(india.adding("production", MINE | {"period": "FY26-H1", "value": 1500.0}))
    assert "FY26-H1" not in set(mined["period"])


def test_a_figure_from_memory_never_takes_the_place_of_a_sourced_one(india):
    recalled = MINE | {"period": "2024", "value": 1.0, "status": "unverified", "source": "M0"}
    mined = supply.mine_output(india.adding("production", recalled)).set_index("period").loc["2024"]
    assert mined.set_index("tonnes")["revised"].to_dict() == {1.0: True, 2900.0: False}


def test_target_plan_and_output_of_neodymium_stand_side_by_side(india):
    table = supply.neodymium(india).set_index(["period", "kind"])["tonnes"]
    assert table[("FY26", "target")] == 450 and table[("FY26", "planned")] == 200 and table[("FY25", "made")] == 40
    assert table[("2030", "target")] == 2 * table[("FY26", "target")]


@pytest.mark.parametrize(
    ("made", "over", "outcome"),
    [
        (np.nan, False, "ahead"),
        (np.nan, True, "unknown"),
        (450.0, True, "met"),
        (460.0, False, "met"),
        (520.0, False, "exceeded"),
        (449.0, True, "missed"),
    ],
)
def test_a_target_is_ahead_unknown_exceeded_met_or_missed(made, over, outcome):
    assert supply.state(450.0, made, over=over) == outcome


def test_a_target_is_over_on_the_day_after_its_last_and_not_on_it():
    outcomes = [supply.aims(vintage(day, FROZEN)) for day in ("2026-03-31", "2026-04-01")]
    assert [aims[aims["kind"] == "target"]["state"].iloc[0] for aims in outcomes] == ["ahead", "unknown"]


def test_what_was_made_of_a_target_brings_its_own_source(india):
    made = MADE | {"period": "FY26", "value": 520.0, "status": "reported", "source": "S66"}
    target = supply.current(supply.aims(india.adding("production", made)))
    assert target["made"] == 520 and target["state"] == "exceeded" and target["source"] == "S76 S66"


def test_the_current_target_is_the_newest_that_has_begun(india):
    assert supply.current(supply.aims(india))["period"] == "FY26"
    later = india.adding("outlooks", TARGET | {"period": "FY27", "value": 600.0})
    assert supply.current(supply.aims(later))["period"] == "FY27"
    ahead = supply.aims(india).query("period == '2030'")
    assert supply.current(ahead)["period"] == "2030" and supply.current(ahead.head(0)) is None
    assert supply.furthest(supply.aims(later)).period == "2030" and supply.furthest(ahead.head(0)) is None


def test_the_need_of_the_scheme_is_its_oxide_over_its_losses(india):
    need = supply.oxide_for(supply.capacity(india), india)
    contained = 6000 * 0.30 * (1 + 3 * 15.999 / (2 * 144.242))
    assert [need.low, need.high] == pytest.approx([contained / 0.8 / 0.75, contained / 0.8 / 0.60])
    early = vintage("2026-01-31", FROZEN)
    before = supply.oxide_for(supply.capacity(early), early)
    assert before.low == before.high == pytest.approx(contained / 0.8) and need.sources == {"M0", "S82", "S95"}
    assert supply.capacity(vintage("2025-11-25", FROZEN)) is None


def test_a_tonne_of_neodymium_makes_what_its_meaning_and_its_losses_give(india):
    table, factor = supply.meanings(india), 1 + 3 * 15.999 / (2 * 144.242)
    both, alone = 1.0, 25.5 / 20.0
    oxide = [both, both * factor / 0.8, alone, alone * factor / 0.8]
    assert table["oxide"].tolist() == pytest.approx(oxide)
    assert table["high"].tolist() == pytest.approx([tonnes * 0.8 / (0.30 * factor) for tonnes in oxide])
    assert (table["low"] / table["high"]).tolist() == pytest.approx([0.6] * 4)
    made = supply.meant(supply.capacity(india), table)
    assert [made.low, made.high] == pytest.approx([6000 * table["low"].min(), 6000 * table["high"].max()])


def test_metal_and_neodymium_alone_make_more_and_machining_takes_nothing_while_its_loss_is_not_known():
    table = supply.meanings(vintage("2026-03-31", FROZEN))
    assert list(table.index) == ["oxide of both", "metal of both"] and (table["low"] == table["high"]).all()
    assert table.loc["metal of both", "high"] == pytest.approx(1 / 0.30)


def test_a_yield_without_a_range_is_its_own_range(india):
    kept = supply.machined(india.assuming("yield", {"machining": 65.0}))
    assert (kept.low, kept.high) == (65, 65)


def test_the_ore_holds_a_share_of_each_count(india):
    held = supply.held(india.on("2026-11-22"))
    assert held["by"].tolist() == ["USGS"] and held[["low", "high"]].iloc[0].tolist() == pytest.approx([580, 739.5])
    today = supply.held(vintage("2026-11-25", FROZEN)).set_index("by").loc["BGS"]
    assert [today["low"], today["high"]] == pytest.approx([840, 1071]) and today["period"] == "2024"
    assert supply.held(vintage("2026-03-31", FROZEN)).empty


def test_oxide_that_is_read_step_by_step_is_what_a_tonne_of_it_makes(india):
    chain = supply.magnet_chain(india, machining=True)
    made = supply.balance(india)["product"].iloc[-1]
    assert made == pytest.approx(oxide.contained_oxide(oxide.magnet_from_oxide(100.0, chain), chain))
    assert supply.balance(vintage("2025-10-31", FROZEN)).empty


def test_stopping_exports_is_counted_from_the_newest_sales(india):
    freed, chain = supply.freed_by_stopping_exports(india), supply.magnet_chain(india)
    assert freed["sold"].value == freed["sold"].low == 1000
    ends = [oxide.magnet_from_oxide(1000 * share, chain) * kept for share, kept in ((0.20, 0.6), (0.255, 1.0))]
    assert [freed["magnets"].low, freed["magnets"].high] == pytest.approx(ends)
    sales = {"flow": "export", "reporter": "IND", "partner": "JPN", "hs": "RE all", "measure": "weight"}
    later = supply.freed_by_stopping_exports(india.adding("trade", sales | {"period": "2025", "value": 500.0}))
    assert later["sold"].period == "2025" and later["magnets"].high == pytest.approx(ends[1] / 2)


def test_cars_are_the_fewest_magnets_over_the_most_a_motor_takes_and_the_other_way_round(india):
    magnets = supply.freed_by_stopping_exports(india)["magnets"]
    found = supply.cars_from(magnets, india)
    assert (found["kg"].low, found["kg"].high) == (0.8, 3.0)
    assert [found["cars"].low, found["cars"].high] == pytest.approx([magnets.low / 3.0, magnets.high / 0.8])


def test_expected_use_starts_at_the_newest_known_and_ends_with_the_last_outlook(india):
    assert coverage.expected_use(india)["fiscal_year"].agg(["min", "max"]).tolist() == [2026, 2031]
    known = india.adding("production", USE | {"period": "2026", "value": 4500.0})
    assert coverage.expected_use(known)["fiscal_year"].agg(["min", "max"]).tolist() == [2027, 2031]
    further = india.adding("outlooks", OUTLOOK | {"period": "FY35", "unit": "t", "value": 12_000.0})
    assert coverage.expected_use(further)["fiscal_year"].max() == 2035


def test_an_outlook_is_one_by_its_scope_whatever_it_is_called(india):
    row = OUTLOOK | {"period": "FY31", "unit": "t", "value": 9000.0}
    expected = coverage.expected_use(india.adding("outlooks", row))
    theirs = expected[expected["publisher"] == "Fifth Bureau"].set_index("fiscal_year")["tonnes"]
    assert theirs[2031] == pytest.approx(9000)
    other = coverage.expected_use(india.adding("outlooks", row | {"scope": "cars only"}))
    assert "Fifth Bureau" not in set(other["publisher"])


def test_an_outlook_without_growth_is_left_out(india):
    expected = coverage.expected_use(
        india.adding("outlooks", OUTLOOK | {"period": "2025", "unit": "t", "value": 9000.0})
    )
    assert "Fifth Bureau" not in set(expected["publisher"])


def test_growth_between_two_figures_is_even(india):
    expected = coverage.expected_use(india).query("publisher == 'Financial Express'")["tonnes"]
    ratios = expected.to_numpy()[1:] / expected.to_numpy()[:-1]
    assert ratios == pytest.approx(2 ** (1 / 5))


def test_a_share_is_the_fewest_magnets_over_the_highest_use_and_the_most_over_the_lowest(india):
    table, meanings = coverage.cover(coverage.expected_use(india), india), supply.meanings(india)
    assert (100 * table["low"] / table["use_high"]).tolist() == pytest.approx(table["share_low"].tolist())
    assert (100 * table["high"] / table["use_low"]).tolist() == pytest.approx(table["share_high"].tolist())
    assert table[table["held"]]["period"].tolist() == ["FY28", "FY29", "FY30", "FY31"]
    assert (table["high"] / table["neodymium"]).tolist() == pytest.approx([meanings["high"].max()] * len(table))


def test_a_path_does_not_begin_before_its_first_figure(without):
    india = without("outlooks", "neodymium output target,other,central,FY26", "output plan,other,central,FY26")
    table = coverage.cover(coverage.expected_use(india), india)
    assert table.groupby("path")["period"].first().to_dict() == {"planned": "FY27"}, "twice what is gone is gone"


@pytest.mark.parametrize(
    ("table", "texts"),
    [
        ("outlooks", ["IREL,"]),
        ("outlooks", [",repm,"]),
        ("assumptions", ["loss,oxide to metal"]),
        ("assumptions", ["rare_earth_content,"]),
        ("assumptions", ["scheme_capacity"]),
        ("production", ["IND,use,", "IREL,separated"]),
        ("production", [",mine,"]),
    ],
)
def test_what_is_withdrawn_is_missing_and_nothing_stops(without, table, texts):
    india = without(table, *texts)
    expected = coverage.expected_use(india)
    frames = [supply.aims(india), supply.meanings(india), supply.held(india), coverage.cover(expected, india)]
    frames += [supply.mine_output(india), supply.balance(india), expected]
    frames += [supply.neodymium(india).query("kind == 'made'")]
    assert any(frame.empty for frame in frames) or supply.capacity(india) is None


def test_tables_of_the_vintage_are_not_modified(india):
    before = india.table("production")
    supply.mine_output(india), supply.aims(india), coverage.expected_use(india)
    pd.testing.assert_frame_equal(before, india.table("production"))


def test_an_outlook_goes_on_to_the_nearest_fiscal_year_at_both_ends():
    own = pd.DataFrame({"at": [2025.5, 2027.5], "value": [100.0, 400.0], "source": "S66"})
    path = coverage._path("theirs", own, own.head(1), np.arange(2024, 2030)).set_index("fiscal_year")["tonnes"]
    assert path.to_dict() == pytest.approx(
        {2025: 50 * 2**0.5, 2026: 100 * 2**0.5, 2027: 200 * 2**0.5, 2028: 400 * 2**0.5}
    )
