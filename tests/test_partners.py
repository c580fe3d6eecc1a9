import pytest

from helpers import say
from helpers.chapters.production import dependence
from helpers.chapters.trade import prices, suppliers
from helpers.outlook import supply

TODAY, EARLY = "2026-11-22", "2025-06-30"


def test_chinas_share_bounds_the_concentration():
    table = suppliers.dependence_on_china(TODAY)
    weight = table.loc[("850511", "weight")]
    assert weight["hhi_low"] == pytest.approx(0.93**2) and weight["hhi_high"] == pytest.approx(0.93**2 + 0.07**2)
    assert table.loc[("85051190", "value"), "cr1"] == pytest.approx(110.68 / 136.14)
    assert (table["hhi_low"] <= table["hhi_high"]).all() and table["cr1"].between(0, 1).all()


def test_chinas_months_are_those_of_the_world_total_only():
    months = suppliers.china_by_month(TODAY)
    assert months["tonnes"].idxmin() == "2025-05" and months.loc["2025-05", "tonnes"] == 1238
    assert months.filter(like="2025-", axis=0)["tonnes"].sum() == 57392


def test_destinations_keep_gaps_and_leave_out_weak_pages():
    table = suppliers.destinations(TODAY)
    assert table.loc["2025-12", "JPN"] == 280 and table["KOR"].isna().sum() > 5


def test_the_quantity_slip_of_fy20_is_found_and_nothing_else():
    tested = suppliers.out_of_line(TODAY)
    assert tested.loc[tested["flagged"], ["line", "period"]].to_numpy().tolist() == [["85051110", "FY20"]]


def test_controls_are_listed_in_order():
    assert suppliers.controls(TODAY)["start"].is_monotonic_increasing
    assert suppliers.controls(EARLY)["period"].tolist() == ["2025-04-04"]


def test_growth_in_rupees_dollars_and_tonnes_adds_up_in_logs():
    bridge = prices.growth_bridge(TODAY)["log_change"]
    assert bridge["value_inr"] == pytest.approx(bridge["tonnes"] + bridge["unit_value_usd"] + bridge["inr_per_usd"])
    assert bridge["value_usd"] == pytest.approx(bridge["value_inr"] - bridge["inr_per_usd"])
    assert prices.growth_bridge(EARLY).empty


def test_neodymium_comes_by_month_in_order():
    price = prices.neodymium(TODAY)["usd_per_kg"]
    assert len(price) == 28 and price.index.is_monotonic_increasing and price.iloc[-2] == 126.01


def test_an_index_without_its_terms_says_so_instead_of_a_number():
    table = dependence.indices(TODAY)
    metal = table[table["of"].str.startswith("HS 850511")].iloc[0]
    assert metal["value"] != metal["value"] and metal["reading"] == "not computable: production unknown"
    assert table["value"].drop(metal.name).between(0, 10).all()


def test_indices_disagree_and_are_shown_side_by_side():
    table = dependence.indices(TODAY).set_index(["index", "of"])["value"]
    assert table[("Net import reliance", "rare-earth magnets")] > 0.99
    assert table[("Herfindahl index", "India's imports of rare-earth metals")] == pytest.approx(0.4158, abs=1e-4)
    assert (table.loc["European supply risk"] > 1).all() and table[("GeoPolRisk", "rare-earth metals")] < 0.3


def test_indices_of_an_earlier_day_use_only_what_was_public():
    table = dependence.indices(EARLY)
    assert table["reading"].str.startswith("not computable").sum() >= 4


def test_neodymium_covers_a_quarter_of_use_at_most():
    table = supply.cover(TODAY)
    assert (table["share_low"] <= table["share"]).all() and (table["share"] <= table["share_high"]).all()
    assert table.groupby("path")["period"].agg(["first", "last"]).to_numpy().tolist() == [["FY26", "FY31"]] * 2
    aimed = table[table["path"] == "as aimed at"]
    assert aimed["oxide"].iloc[0] == 450 and aimed["oxide"].iloc[-1] == 900 and aimed["share"].max() < 0.3


def test_the_funnel_narrows_from_ore_to_magnet_and_falls_short_of_use():
    steps = supply.funnel(TODAY)["tonnes_reo"]
    assert steps.iloc[:4].is_monotonic_decreasing and steps.iloc[3] < steps.iloc[2] < steps.iloc[-1]
    assert steps.iloc[2] == pytest.approx(360) and steps.iloc[-1] == pytest.approx(1403, abs=1)


def test_use_passes_through_the_published_years():
    use = supply.use_of_magnets(TODAY, years=[2025.75, 2030.75])
    assert use["MHI scheme"].tolist() == pytest.approx([4010, 8220])


def test_mass_closes_from_oxide_to_magnet():
    balance = supply.chain_balance(TODAY)
    assert balance["input"].iloc[0] == 450 == pytest.approx(balance["loss"].sum() + balance["product"].iloc[-1])


def test_what_rests_on_an_unverified_share_says_so():
    assert "not verified" in say.japan(TODAY).text and supply.freed_by_stopping_exports(EARLY) is None


def test_every_sentence_of_the_chapters_can_be_said_of_any_day():
    for day in ("2025-06-30", "2025-10-31", "2025-12-31", TODAY):
        for sentence in (say.concentration, say.out_of_line, say.three_growths, say.mining, say.japan, say.revisions):
            assert sentence(day).text.endswith(".")
        assert say.cover(supply.cover(day), day).text.endswith(".")
