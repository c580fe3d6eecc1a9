"""What the tariff lines hold: identities, all splits of the year before, and the rare-earth part."""

import numpy as np
import pytest

from helpers.chapters.trade import lines
from helpers.outlook import cells, customs, targets

EARLY, YEAR = "2025-06-30", "FY25"
KEYS = dict(targets.CUSTOMS.keys)


def test_the_press_series_and_line_85051900_make_the_figure_for_both(india):
    steps = lines.identity(india, YEAR)
    ours, printed = steps.loc["850511 and 85051900, value"], steps.loc["850511 and 850519, value as printed"]
    assert printed["low"] <= ours["low"] <= ours["value"] <= ours["high"] <= printed["high"]
    assert ours["value"] == pytest.approx(290.9, abs=0.05) and ours["source"] == "S01 S05b S60"


def test_each_step_carries_its_rounding_and_its_sources(india):
    steps = lines.identity(india, YEAR)
    assert (steps["low"] <= steps["value"]).all() and (steps["value"] <= steps["high"]).all()
    ferrite = steps.loc["85051110, tonnes"]
    assert ferrite["value"] == pytest.approx(34184.95, abs=0.01)
    assert [ferrite["low"], ferrite["high"]] == pytest.approx([34125.57, 34196.31], abs=0.01)
    assert steps.loc["85051190, unit value", "value"] == pytest.approx(6.96, abs=0.005)
    assert steps.loc["85051110, unit value", "value"] == pytest.approx(2.05, abs=0.005)
    assert steps["source"].str.len().gt(0).all()


def test_the_range_of_a_quotient_holds_every_quotient():
    rng = np.random.default_rng(3)
    top, bottom = np.array([10.0, 8, 12]), np.array([4.0, 3, 5])
    drawn = rng.uniform(8, 12, 1000) / rng.uniform(3, 5, 1000)
    value, low, high = lines._divide(top, bottom)
    assert low <= drawn.min() and drawn.max() <= high and value == 2.5


def test_volume_mix_and_price_explain_the_whole_change_for_every_split(india):
    splits = lines.volume_mix_price(india, YEAR)
    assert splits[["volume", "mix", "price"]].sum(axis=1).to_numpy() == pytest.approx(splits["change"].to_numpy())
    assert splits["volume"].round().eq(136).all()
    before, after = customs.values(india, ["FY24", "FY25"])["usd_m"]
    assert splits["change"].to_numpy() == pytest.approx(after - before), "both years by one route"
    assert after - before == pytest.approx(5.6, abs=0.01)


def test_splits_reach_from_the_bound_that_the_totals_set_to_where_a_line_has_hardly_any_tonnes(india):
    splits = lines.volume_mix_price(india, YEAR)
    assert splits["metal_from"].iloc[0] == pytest.approx(124.77 / 28.7), "about 4.35 USD/kg"
    assert splits["metal_from"].iloc[0] < splits["metal"].iloc[0] < 4.4 and splits["metal"].iloc[-1] > 800
    dearest, plausible = lines.paid_to_china(india, "FY24")["value"].mean(), splits[splits["plausible"]]
    assert plausible["ferrite"].iloc[0] == pytest.approx(dearest) == plausible["metal"].iloc[-1]
    mix, price = (np.interp([5, 20], splits["metal"], splits[term]) for term in ("mix", "price"))
    assert mix == pytest.approx([108, 65], abs=1) and price == pytest.approx([-238, -195], abs=1), "either way of 7.5"
    assert (splits["ferrite"] > splits["ferrite_from"]).all()


def test_the_mildest_split_is_the_mildest_of_all_that_are_feasible(india, monkeypatch):
    coarse = lines.volume_mix_price(india, YEAR)
    assert coarse["price"].max() == pytest.approx(-102.8, abs=0.05)
    assert coarse["price_high"].max() == pytest.approx(-95.4, abs=0.05), "by the rounding of the totals"
    assert ((coarse["price_low"] <= coarse["price"]) & (coarse["price"] <= coarse["price_high"])).all()
    monkeypatch.setattr(lines, "SPLITS", 4000)
    fine = lines.volume_mix_price(india, YEAR)
    for end in ("price", "price_high"):
        assert coarse[end].max() == pytest.approx(fine[end].max(), abs=0.05)
    assert coarse["mix"].min() == pytest.approx(fine["mix"].min(), abs=0.05)
    assert fine["price"].max() == fine.loc[fine["plausible"], "price"].max()
    away = fine["price"].diff().to_numpy()[1:]
    assert (np.diff(np.sign(away)) <= 0).all(), "one greatest value, falling on both sides"


def test_the_mildest_split_recomputes_by_hand(india):
    tonnes, usd, metal = 28.7, 1660.952381 * 10 / 82.779, 124.77  # thousand tonnes and million USD of FY24
    now_t, now_usd = np.array([34.18495, 19.56305]), np.array([1744 * 10 / 84.5555 - 136.14, 136.14])
    of_metal = np.linspace(0.2, 28.6, 20_000)
    then_t = np.column_stack([tonnes - of_metal, of_metal])
    then, now = np.array([usd - metal, metal]) / then_t, now_usd / now_t
    shares = (then_t / tonnes + now_t / now_t.sum()) / 2
    price = (tonnes + now_t.sum()) / 2 * (shares * (now - then)).sum(axis=1)
    splits = lines.volume_mix_price(india, YEAR)
    mild = splits.loc[splits["price"].idxmax()]
    assert mild["price"] == pytest.approx(price.max(), abs=0.05)
    assert mild["metal"] == pytest.approx(then[price.argmax(), 1], abs=0.1)


def test_a_year_before_that_is_known_by_line_leaves_nothing_to_assume(india):
    keys = {**KEYS, "hs": customs.OTHER_METAL, "period": "FY24"}
    known = india.adding("trade", {**keys, "value": 18000.0, "unit": "t"})
    splits = lines.volume_mix_price(known, YEAR)
    assert len(splits) == 1 and splits["metal"].iloc[0] == pytest.approx(124.77 / 18)
    assert splits[["volume", "mix", "price"]].sum(axis=1).iloc[0] == pytest.approx(5.6, abs=0.01)


def test_totals_that_allow_no_split_give_none(india):
    assert lines.volume_mix_price(india.adding("trade", {**KEYS, "period": "FY24", "value": 900.0}), YEAR).empty


def test_what_rests_on_the_lines_waits_for_them(india):
    assert all(lines.volume_mix_price(india.on(day), YEAR).empty for day in (EARLY, "2025-12-30"))
    assert len(lines.volume_mix_price(india.on("2025-12-31"), YEAR))


def test_identity_shows_only_what_was_public(india):
    assert list(lines.identity(india.on(EARLY), YEAR).index) == ["850511, tonnes"]


def test_monthly_cells_of_the_surge_stand_beside_what_is_usual(india):
    assert cells.surge(india).empty
    found = cells.surge(india.adding("trade", *monthly({"2024-06": (9000, 4.5), "2024-03": (1000, 2.0)})))
    assert found[["hs", "partner", "period"]].to_numpy().tolist() == [["85051110", "CHN", "2024-06"]]
    assert found[["tonnes", "value_usd", "baseline_tonnes"]].to_numpy().tolist() == [[9000, 4.5e6, 1000]]


def monthly(months: dict) -> list[dict]:
    """Rows of ferrite cores from China by month: tonnes and million USD."""
    keys = {"flow": "import", "reporter": "IND", "partner": "CHN", "hs": customs.FERRITE}
    return [
        {**keys, "measure": measure, "period": month, "value": float(value), "unit": unit}
        for month, both in months.items()
        for measure, value, unit in zip(("weight", "value_usd"), both, ("t", "USD m"), strict=True)
    ]
