"""Who supplies: concentration, China's exports, slips, and prices."""

import pandas as pd
import pytest

from helpers.chapters.trade import causes, prices, suppliers

EARLY, YEAR = "2025-06-30", "FY25"
CHINA = {**suppliers.CHINA, "partner": "world"}


def test_shares_and_concentration_come_from_all_partners_by_both_counts(india):
    table = suppliers.shares(india)
    rows = india.table("trade").query("hs == '850511' and flow == 'import' and reporter == 'IND' and period == '2024'")
    tonnes = rows[(rows["measure"] == "weight") & (rows["partner"] != "world")]["value"]
    own, their = (table.loc[("2024", side, "t")] for side in ("own", "their"))
    assert own["low"] == pytest.approx(((tonnes / 54452.444) ** 2).sum()) and round(own["low"], 2) == 0.89
    assert own["china"] == pytest.approx(51356.371 / 54452.444) and own["partners"] == (tonnes > 0).sum() == 51
    assert their["china"] == pytest.approx(19259.294 / 20631.36) and round(their["low"], 2) == 0.87
    assert (table["low"] <= table["high"]).all() and (table["high"] - table["low"] < 0.01).all()
    assert table.loc[("2024", "own", "usd_m"), "china"] == pytest.approx(0.829, abs=0.0005)
    assert set(table["source"]) == {"S213"} and len(table) == 8


def test_what_has_no_partner_is_spread_thin_or_one_partner(india):
    keys = {"flow": "import", "reporter": "IND", "hs": "850511", "measure": "weight", "period": "2025"}
    rows = ({**keys, "partner": partner, "value": value} for partner, value in (("world", 100.0), ("CHN", 80.0)))
    row = suppliers.shares(india.adding("trade", *rows)).loc[("2025", "own", "t")]
    assert (row["low"], row["high"]) == pytest.approx((0.64, 0.64 + 0.04)) and row["partners"] == 1


def test_partners_of_a_year_are_the_sums_of_their_months(india):
    keys = {"flow": "import", "reporter": "IND", "hs": "850511", "measure": "weight", "status": "reported"}
    of = {"world": 100.0, "CHN": 80.0, "JPN": 15.0}
    rows = [{**keys, "partner": who, "period": f"2019-{month:02}", "value": value, "source": "S66"}
            for who, value in of.items() for month in range(1, 13)]  # fmt: skip
    years = [{**keys, "partner": who, "period": "2019", "value": 12 * of[who]} for who in ("world", "CHN")]
    row = suppliers.shares(india.adding("trade", *rows, *years)).loc[("2019", "own", "t")]
    assert row["partners"] == 2 and row["china"] == pytest.approx(0.8)
    assert (row["low"], row["high"]) == pytest.approx((0.6625, 0.6625 + 0.0025)) and "S66" in row["source"]
    rows = [row for row in rows if row["partner"] != "world" or row["period"] not in ("2019-05", "2019-06")]
    assert suppliers.shares(india.adding("trade", *rows, *years)).loc[("2019", "own", "t"), "partners"] == 1


def test_a_share_of_a_year_without_a_total_is_not_told(india):
    keys = {"flow": "import", "reporter": "IND", "hs": "850511", "measure": "weight", "period": "2025"}
    assert "2025" not in suppliers.shares(india.adding("trade", {**keys, "partner": "CHN", "value": 1.0})).index
    assert suppliers.shares(india.on(EARLY)).empty


@pytest.mark.parametrize(
    ("own", "their", "words"),
    [(0.6, 0.6, "did not move alike by the two"), (0.6, 0.8, "rose by both"), (0.4, 0.6, "fell by both"),
     (0.5307, 0.7022, "stayed by both")],
)  # fmt: skip
def test_concentration_by_value_moves_as_the_two_counts_have_it(india, own, their, words):
    table = suppliers.shares(india)
    for side, low in (("own", own), ("their", their)):
        table.loc[("2024", side, "usd_m"), ["low", "high"]] = low
    assert words in causes.concentration(table, india=india, year=YEAR).text


def test_a_year_that_one_side_alone_counts_is_not_held_against_two(india):
    keys = {"flow": "import", "reporter": "IND", "hs": "850511", "period": "2025"}
    rows = [{**keys, "partner": partner, "measure": measure, "value": value}
            for measure in ("weight", "value_usd") for partner, value in (("world", 100.0), ("CHN", 80.0))]  # fmt: skip
    more = india.adding("trade", *rows)
    said = causes.concentration(suppliers.shares(more), india=more, year=YEAR).text
    assert "China sold 80 % in 2025" in said and "the two ends are those of partners that are not named" in said
    assert "from 2022 to 2024" in said and "2025." not in said.rpartition("By value")[2]


def test_the_share_of_the_fiscal_year_is_told_before_partners_were_known(india):
    said = causes.concentration(suppliers.shares(india), india=india, year=YEAR)
    assert "By weight China sold 93 to 94 % in 2024; the Herfindahl index is 0.87 to 0.89" in said.text
    assert "By value China sold 82 to 83 % in 2024; the Herfindahl index is 0.67 to 0.69" in said.text
    assert said.sources == ("S01", "S213")
    early = india.on(EARLY)
    assert causes.concentration(suppliers.shares(early), india=early, year=YEAR).text == (
        "China sold India 93 % of the weight in FY25."
    )
    assert "cannot be said" in causes.concentration(suppliers.shares(early), india=early, year="FY22").text


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


def test_volume_rose_by_87_and_value_by_3_per_cent(india):
    growth = prices.growth(india, YEAR)
    assert growth["change"].round(2).to_dict() == {
        "tonnes": 0.87, "crore rupees": 0.05, "rupees a dollar": 0.02, "million USD": 0.03, "USD per kg": -0.45,
    }  # fmt: skip
    rupees, rate, dollars = growth.loc[["crore rupees", "rupees a dollar", "million USD"], "change"] + 1
    assert rupees == pytest.approx(rate * dollars), "the three add up"
    assert growth["after"]["USD per kg"] == pytest.approx(3.84, abs=0.005), "the unit value of the identity"
    assert prices.growth(india.on(EARLY), YEAR).index.tolist() == ["tonnes", "crore rupees"]


def test_neodymium_comes_by_month_in_order(india):
    price = prices.neodymium(india)["usd_per_kg"]
    assert len(price) == 28 and price.index.is_monotonic_increasing and price.iloc[-2] == 126.01
    inside = prices.months_of(prices.neodymium(india), YEAR)["usd_per_kg"]
    assert len(inside) == 12 and inside.mean() == pytest.approx(56.88, abs=0.005)
