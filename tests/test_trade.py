import pandas as pd
import pytest

from helpers import say
from helpers.outlook import customs

TODAY, BEFORE = "2026-11-22", "2025-10-31"


def test_the_halves_of_fy25_follow_from_the_published_fall():
    halves = customs.halves(TODAY)
    assert halves["tonnes"].round().to_dict() == {"FY25-H1": 37002, "FY25-H2": 16746, "FY26-H1": 16281}
    assert halves.loc["FY25-H1", ["low", "high"]].round().tolist() == [36587, 37428]
    assert (halves["low"] <= halves["tonnes"]).all() and (halves["tonnes"] <= halves["high"]).all()
    assert halves["tonnes"].iloc[:2].sum() == pytest.approx(53748)


def test_may_to_september_2024_is_three_times_the_five_months_after_it():
    rates = customs.rates(TODAY)["t_per_month"]
    assert round(rates["2024-05/2024-09"]) == 7073
    assert rates.drop("2024-05/2024-09").max() == 3064


def test_known_periods_do_not_overlap_and_sum_to_the_year():
    rates = customs.rates(TODAY)
    assert (rates["end"].to_numpy()[:-1] < rates["start"].to_numpy()[1:]).all()
    fy25 = rates[(rates["start"] >= "2024-04-01") & (rates["end"] <= "2025-03-31")]
    assert fy25["months"].sum() == 12 and fy25["tonnes"].sum() == pytest.approx(53748)


def test_the_tariff_lines_are_those_of_the_ministry_reply():
    lines = customs.lines(TODAY)
    assert lines["tonnes"].round().tolist() == [34185, 19563]
    assert lines["usd_m"].round(1).tolist() == [70.1, 136.1]
    assert lines["usd_per_kg"].round(2).tolist() == [2.05, 6.96]
    assert lines[["weight_share", "value_share"]].sum().tolist() == pytest.approx([1, 1])
    assert round(lines["weight_share"].iloc[0], 2) == 0.64


def test_volume_rose_by_87_and_value_by_3_per_cent():
    growth = customs.growth(TODAY)
    assert growth["change"].round(2).to_dict() == {"tonnes": 0.87, "million USD": 0.03, "USD per kg": -0.45}


def test_all_versions_of_the_baseline_are_kept_in_order():
    versions = customs.baseline(TODAY)
    assert versions["value"].tolist() == [53700, 53748, 53740, 53000]
    assert versions["published"].is_monotonic_increasing


def test_scopes_go_from_wide_to_narrow():
    scopes = customs.scopes(TODAY)
    middle = scopes["tonnes"].fillna((scopes["low"] + scopes["high"]) / 2)
    assert len(scopes) == 5 and middle.drop("Rare-earth magnets shipped by China to India").is_monotonic_decreasing


@pytest.mark.parametrize("compute", [customs.halves, customs.lines])
def test_what_was_not_public_yet_is_not_there(compute):
    assert isinstance(compute(BEFORE), pd.DataFrame) and compute(BEFORE).empty


def test_sentences_say_what_was_not_yet_known():
    assert "not yet public on 2025-10-31" in say.baseline(BEFORE).text
    assert "not yet public on 2025-10-31" in say.base_effect(BEFORE).text
    assert "not yet public on 2025-06-30" in say.growth("2025-06-30").text


def test_the_answer_names_total_source_halves_and_run_rate():
    text = say.baseline(TODAY).text
    for part in ("53,748 t", "S02", "37,002 t", "16,746 t", "32,562 t", "64 %"):
        assert part in text


def test_a_changed_figure_changes_the_sentence(data):
    before = say.baseline(TODAY).text
    data("trade", "import,IND,world,850511,weight,FY26-H1,t,16281,", "import,IND,world,850511,weight,FY26-H1,t,16444,")
    assert say.baseline(TODAY).text != before and "16,444 t" in say.baseline(TODAY).text
