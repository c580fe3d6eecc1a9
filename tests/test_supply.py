import pytest

from helpers import say
from helpers.outlook import supply

TODAY = "2026-11-22"


def test_both_editions_of_world_output_in_2024_are_shown():
    world = supply.mine_output(TODAY, "world")
    rows = world[world["year"] == 2024]
    assert rows["tonnes_reo"].tolist() == [390_000, 380_000] and rows["revised"].tolist() == [True, False]


def test_target_plan_and_output_of_neodymium_stand_side_by_side():
    table = supply.neodymium(TODAY).set_index(["period", "kind"])["tonnes"]
    assert table[("FY26", "target")] == 450 and table[("FY26", "planned")] == 200 and table[("FY25", "made")] == 40
    assert table[("2030", "target")] == 2 * table[("FY26", "target")]


def test_the_scheme_needs_two_to_four_thousand_tonnes_of_oxide():
    need = supply.scheme_need(TODAY)["tonnes_reo"].filter(like="Scheme")
    assert (
        need.is_monotonic_increasing
        and need.iloc[0] == pytest.approx(2100, abs=5)
        and need.iloc[-1] == pytest.approx(3750, abs=5)
    )


def test_an_unverified_yield_stays_out_of_the_answer():
    need = supply.scheme_need(TODAY)
    unverified = need[need["basis"].str.contains("unverified")]["tonnes_reo"]
    assert len(unverified) == 1 and f"{unverified.iloc[0]:,.0f}" not in say.oxide(TODAY).text


def test_the_scheme_is_not_known_before_its_approval():
    assert supply.scheme_need("2025-11-25").empty
    assert "scheme was not yet public" in say.oxide("2025-06-30").text


def test_magnets_and_oxide_convert_back():
    tonnes = supply.magnets_from(450, TODAY)
    chain = supply.magnet_chain(TODAY)
    assert supply.oxide.oxide_for_magnet(tonnes, chain) == pytest.approx(450)
