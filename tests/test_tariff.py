import numpy as np
import pytest

from helpers import say
from helpers.chapters.trade import lines
from helpers.outlook import customs

TODAY, EARLY = "2026-11-22", "2025-06-30"


def test_the_press_series_and_line_85051900_make_the_banks_figure():
    steps = lines.identity(TODAY)
    ours, bank = steps.loc["850511 + 850519, value"], steps.loc["the same, as SBI has it"]
    assert bank["low"] <= ours["low"] <= ours["value"] <= ours["high"] <= bank["high"]
    assert ours["value"] == pytest.approx(290.9, abs=0.05)


def test_each_step_carries_its_rounding():
    steps = lines.identity(TODAY)
    assert (steps["low"] <= steps["value"]).all() and (steps["value"] <= steps["high"]).all()
    ferrite = steps.loc["85051110, tonnes"]
    assert round(ferrite["value"]) == 34185 and ferrite["high"] - ferrite["low"] == pytest.approx(48 + 22.7, abs=0.5)
    assert steps.loc["85051190, unit value", "value"] == pytest.approx(6.96, abs=0.005)
    assert steps.loc["85051110, unit value", "value"] == pytest.approx(2.05, abs=0.005)


def test_the_range_of_a_quotient_holds_every_quotient():
    rng = np.random.default_rng(3)
    top, bottom = np.array([10.0, 8, 12]), np.array([4.0, 3, 5])
    drawn = rng.uniform(8, 12, 1000) / rng.uniform(3, 5, 1000)
    value, low, high = lines._divide(top, bottom)
    assert low <= drawn.min() and drawn.max() <= high and value == 2.5


def test_volume_mix_and_price_explain_the_whole_change_for_every_split():
    splits = lines.volume_mix_price(TODAY)
    assert len(splits) == 4
    assert splits[["volume", "mix", "price"]].sum(axis=1).to_numpy() == pytest.approx(splits["change"].to_numpy())
    assert splits["volume"].round().eq(136).all() and splits["price"].between(-121, -103).all()


def test_one_and_a_half_thousand_tonnes_are_rare_earth_magnets():
    part = lines.rare_earth_part(TODAY)
    assert part.loc[0.5, "tonnes"] == pytest.approx(1540, abs=30)
    assert 1000 < part.loc[0.05, "tonnes"] < 1100 and 2150 < part.loc[0.95, "tonnes"] < 2300
    assert part["share"].between(0.015, 0.045).all()


def test_the_estimate_is_the_same_each_time():
    assert lines.rare_earth_part(TODAY).equals(lines.rare_earth_part(TODAY))


def test_the_ladder_holds_the_estimate_in_its_place():
    ladder = lines.scopes(TODAY)
    place = list(ladder.index).index("Rare-earth magnets within HS 850511, our estimate")
    assert len(ladder) == 6 and place == 4 and ladder.iloc[place]["status"] == "inference"


@pytest.mark.parametrize("compute", [lines.volume_mix_price, lines.rare_earth_part])
def test_what_rests_on_the_lines_waits_for_them(compute):
    assert compute(EARLY).empty and compute("2025-12-30").empty and len(compute("2025-12-31"))


def test_identity_shows_only_what_was_public():
    assert list(lines.identity(EARLY).index) == ["850511, tonnes"]


def test_sentences_carry_their_ranges_and_say_what_was_unknown():
    assert "1,050 to 2,190" in say.rare_earth_part(TODAY).text and "8 to 20 %" in say.price_fall(TODAY).text
    for sentence in (say.identity, say.price_fall, say.rare_earth_part):
        assert f"public on {EARLY}" in sentence(EARLY).text or f"public yet on {EARLY}" in sentence(EARLY).text


def test_the_decision_rule_is_the_one_that_the_function_applies():
    text = say.decision_rule().text
    for part in ("70 %", "5 entries", "1.2 USD/kg", "30 entries", "1.8 to 2.4"):
        assert part in text


def test_a_run_rate_has_three_reckonings_in_31_to_34_thousand_tonnes():
    table = customs.run_rates(TODAY)
    assert len(table) == 3 and table[["low", "high"]].stack().between(31_000, 34_000).all()


def test_the_base_effect_is_almost_all_of_the_fall():
    assert customs.base_effect(TODAY) == pytest.approx(0.966, abs=0.001) and np.isnan(customs.base_effect(EARLY))
