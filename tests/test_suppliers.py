"""Who supplies: concentration, China's exports, slips, and prices."""

import pandas as pd
import pytest

from helpers.chapters.trade import prices, suppliers

EARLY, YEAR = "2025-06-30", "FY25"
CHINA = {**suppliers.CHINA, "partner": "world"}


def test_chinas_share_bounds_the_concentration(india):
    table = suppliers.dependence_on_china(india, YEAR)
    weight = table.loc[("850511", "weight")]
    assert weight["hhi_low"] == pytest.approx(0.93**2) and weight["hhi_high"] == pytest.approx(0.93**2 + 0.07**2)
    assert table.loc[("85051190", "value"), "cr1"] == pytest.approx(110.68 / 136.14)
    assert (table["hhi_low"] <= table["hhi_high"]).all() and table["cr1"].between(0, 1).all()
    assert weight["source"] == "S01" and table.loc[("85051190", "value"), "source"] == "S05b"


def test_a_share_above_the_whole_is_no_share(india):
    keys = {"flow": "import", "reporter": "IND", "partner": "CHN", "hs": "85051190", "measure": "value_usd"}
    table = suppliers.dependence_on_china(india.adding("trade", {**keys, "period": YEAR, "value": 200.0}), YEAR)
    assert ("85051190", "value") not in table.index


def test_chinas_months_are_those_of_the_world_total_only(india):
    months = suppliers.china_by_month(india)
    assert months["tonnes"].idxmin() == "2017-02" or months["tonnes"].min() == 1238
    assert months.filter(like="2025-", axis=0)["tonnes"].sum() == 57392


def months(*tonnes: float) -> pd.DataFrame:
    index = pd.period_range("2025-01", periods=len(tonnes), freq="M")
    return pd.DataFrame({"month": index.to_timestamp(), "tonnes": tonnes}, index=index.astype(str))


NONE = pd.DataFrame({"start": pd.to_datetime([])})


def test_a_trough_under_new_rules_is_held_against_the_months_before_them():
    rules = pd.DataFrame({"start": pd.to_datetime(["2025-03-04", "2025-08-01"])})
    fell = suppliers.trough(months(5000, 5400, 2000, 1000, 4000, 5300), rules)
    assert (fell.month, fell.before, fell.back) == ("2025-04", 5200, "2025-06") and "rules changed" in fell.when


def test_the_lowest_month_is_told_by_what_was_before_and_after():
    fell = suppliers.trough(months(4000, 6000, 1000, 3000, 5000), NONE)
    assert (fell.month, fell.before, fell.highest, fell.back) == ("2025-03", 5000, "2025-02", "2025-05")
    assert fell.fell and not fell.last
    assert suppliers.trough(months(4000, 6000, 1000, 3000), NONE).back == ""
    assert suppliers.trough(months(4000, 6000, 1000), NONE).last
    assert not suppliers.trough(months(4000, 4100, 3900, 4200), NONE).fell
    first = suppliers.trough(months(1000, 4000), NONE)
    assert not first.fell and first.highest == ""


def test_the_window_moves_with_the_newest_month(india):
    assert suppliers.newest_months(suppliers.china_by_month(india)).index[0] == "2023-08"
    later = india.adding("trade", {**CHINA, "period": "2026-10", "value": 5000.0})
    shown = suppliers.newest_months(suppliers.china_by_month(later))
    assert shown.index[-1] == "2026-10" and shown.index[0] == "2023-12"


def test_destinations_keep_gaps_and_leave_out_weak_pages(india):
    table = suppliers.destinations(india)
    assert table.loc["2025-12", "JPN"] == 280 and table["KOR"].isna().sum() > 5
    assert table.loc["2025-12", "source"] == "S28 S31"


def test_the_quantity_slip_of_fy20_is_found_and_nothing_else(india):
    tested = suppliers.out_of_line(india)
    assert tested.loc[tested["flagged"], ["line", "period"]].to_numpy().tolist() == [["85051110", "FY20"]]
    assert suppliers.out_of_line(india.on(EARLY)).empty


def test_controls_are_those_events_that_are_marked_so_in_order(india):
    assert suppliers.controls(india)["start"].is_monotonic_increasing
    assert suppliers.controls(india.on(EARLY))["period"].tolist() == ["2025-04-04"]
    new = {"period": "2026-11-11", "event": "Suspension extended", "kind": "control", "effect": "", "note": ""}
    later = india.adding("events", {**new, "status": "reported", "source": "S71"})
    assert suppliers.controls(later).iloc[-1][["event", "source"]].tolist() == ["Suspension extended", "S71"]


def test_growth_in_rupees_dollars_and_tonnes_adds_up_in_logs(india):
    bridge = prices.growth_bridge(india, YEAR)["log_change"]
    assert bridge["value_inr"] == pytest.approx(bridge["tonnes"] + bridge["unit_value_usd"] + bridge["inr_per_usd"])
    assert bridge["value_usd"] == pytest.approx(bridge["value_inr"] - bridge["inr_per_usd"])
    assert prices.growth_bridge(india.on(EARLY), YEAR).empty


def test_volume_rose_by_87_and_value_by_3_per_cent(india):
    growth = prices.growth(india, YEAR)
    assert growth["change"].round(2).to_dict() == {"tonnes": 0.87, "million USD": 0.03, "USD per kg": -0.45}
    assert growth["after"]["USD per kg"] == pytest.approx(3.84, abs=0.005), "the unit value of the identity"
    assert prices.growth(india.on(EARLY), YEAR).index.tolist() == ["tonnes"]


def test_neodymium_comes_by_month_in_order(india):
    price = prices.neodymium(india)["usd_per_kg"]
    assert len(price) == 28 and price.index.is_monotonic_increasing and price.iloc[-2] == 126.01
    inside = prices.months_of(prices.neodymium(india), YEAR)["usd_per_kg"]
    assert len(inside) == 12 and inside.mean() == pytest.approx(56.88, abs=0.005)
