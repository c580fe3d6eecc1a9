"""Rare-earth magnets: four estimates, their pool, what pairs of them need to agree, and the share of HS 850511."""

import numpy as np
import pandas as pd
import pytest

from conftest import FROZEN
from helpers.outlook import agreement, blend, customs, episodes, forecast, mirror, rare_earths, readings, targets
from helpers.outlook.agreement import CHINA, MAGNETS, PRESS, PRICE, SHIPPED, USE

PRESS_KEYS = MAGNETS | {"measure": "weight"}
USE_KEYS = {"area": "IND", "stage": "use", "commodity": "REPM", "measure": "consumption"}


def china(india, period="2025", **figures):
    return india.adding("trade", SHIPPED | {"period": period, "unit": "t"} | figures)


def press(india, tonnes):
    return india.adding("trade", PRESS_KEYS | {"period": "FY25", "value": tonnes})


def condition(india, smaller, larger, which):
    rows = rare_earths.pairs(india).loc[[(smaller, larger)]]
    return rows[rows["condition"] == which].iloc[0]


def test_each_estimate_stands_with_its_year_range_and_sources(india):
    found = rare_earths.estimates(india)
    assert found["period"].to_dict() == {PRICE: "FY25", PRESS: "FY25", CHINA: "2025", USE: "2025"}
    assert found.loc[PRICE, ["value", "low", "high"]].tolist() == pytest.approx([1539, 1048, 2195], abs=1)
    assert found.loc[CHINA, ["low", "high"]].tolist() == [3100, 5000] and np.isnan(found.loc[CHINA, "value"])
    assert found.loc[[PRESS, USE], "value"].tolist() == [870, 4010]
    assert found["source"].str.len().gt(0).all() and found["weight"].sum() == pytest.approx(1)


def test_one_number_lies_between_the_least_and_the_greatest_estimate(india):
    pool, found = rare_earths.imported(india), rare_earths.estimates(india)
    assert found["pool_low"].min() < pool.low < pool.value < pool.high < found["pool_high"].max()
    assert (round(pool.value, -1), round(pool.low, -1), round(pool.high, -1)) == (2380, 1210, 4690)


def test_the_pool_is_the_weighted_mean_of_the_distribution_functions(india):
    found = rare_earths.estimates(india)
    tonnes, weights = rare_earths._pool(found)
    for at in (1000, 2000, 3000, 4500):
        each = [np.mean(rare_earths._imports(row) <= at) for _, row in found.iterrows()]
        assert weights[tonnes <= at].sum() == pytest.approx(np.dot(found["weight"], each))


def test_an_estimate_of_all_weight_is_the_pool(india):
    names = [PRICE, PRESS, CHINA, USE]
    sure = india.assuming("rare_earth_weight", {name: float(name == PRICE) for name in names})
    found, pool = rare_earths.estimates(sure).loc[PRICE], rare_earths.imported(sure)
    own = found[["pool_low", "pool", "pool_high"]].tolist()
    assert [pool.low, pool.value, pool.high] == pytest.approx(own, rel=1e-3)


def test_ends_of_an_estimate_are_its_90_percent_and_a_triangle_keeps_its_ends():
    ranks = np.array([0.05, 0.5, 0.95])
    assert rare_earths._skewed(1048, 1539, 2195, ranks) == pytest.approx([1048, 1539, 2195])
    drawn = np.random.default_rng(1).triangular(0.9, 1, 4, 200_000)
    assert rare_earths._triangular(0.9, 1, 4, ranks) == pytest.approx(np.quantile(drawn, ranks), rel=0.01)


def test_the_ranks_fill_the_square_as_independent_ones_do():
    for one, other in ((rare_earths.FIGURE, rare_earths.SCOPE), (rare_earths.SCOPE, rare_earths.LEVEL)):
        assert np.sort(one) == pytest.approx((np.arange(2000) + 0.5) / 2000, abs=2e-3)
        joint = np.histogram2d(one, other, bins=10, range=[[0, 1], [0, 1]])[0]
        assert joint.min() >= 12 and joint.max() <= 28


def test_the_share_is_the_pool_over_the_sound_level(india):
    share, level, pool = rare_earths.share(india), rare_earths.sound(india), rare_earths.imported(india)
    assert level.value == episodes.level(india, "customs").value and level.low == mirror.underlying(india).low
    assert 100 * pool.low / level.high < share.low < share.value < share.high < 100 * pool.high / level.low
    certain = india.on("2026-01-31")  # before both sides' counts were public: the level has no range
    over = 100 * rare_earths.imported(certain).value / rare_earths.sound(certain).value
    assert rare_earths.share(certain).value == pytest.approx(over, rel=1e-3)


def test_the_share_of_the_forecast_is_that_share(india):
    share = rare_earths.share(india)
    drawn = rare_earths.shares(india, np.random.default_rng(1).uniform(size=50_000)) * 100
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx([share.low, share.value, share.high], rel=0.02)
    assert drawn.min() > 0 and drawn.max() < 100


@pytest.mark.parametrize("part", [0.0, 0.5])
def test_licences_take_of_the_forecast_what_the_share_says(india, monkeypatch, part):
    monkeypatch.setattr(rare_earths, "shares", lambda _, ranks: np.full(len(ranks), part))
    shut = lambda _, months, paths, *__: {"drawn": np.zeros((len(months), paths)), "current": 1.0}  # noqa: E731
    monkeypatch.setattr(readings, "doses", shut)
    taken = readings.years(readings.simulate(india, forecast.prior(india), 2)[readings.ERROR]).loc[2028]
    monkeypatch.setattr(rare_earths, "shares", lambda _, ranks: np.zeros(len(ranks)))
    free = readings.years(readings.simulate(india, forecast.prior(india), 2)[readings.ERROR]).loc[2028]
    assert (taken / free).to_numpy() == pytest.approx(1 - part)


def test_only_what_was_public_is_pooled(india):
    assert list(rare_earths.estimates(india.on("2025-06-30")).index) == [PRESS]
    assert list(rare_earths.estimates(india.on("2025-10-31")).index) == [PRESS, CHINA]
    assert set(rare_earths.estimates(india.on("2025-12-31")).index) == {PRICE, PRESS, CHINA, USE}
    early = rare_earths.imported(india.on("2025-06-30"))
    assert early.sources == {"S229", "B2"} and early.value < rare_earths.imported(india).value


def test_without_any_estimate_the_share_is_the_stated_one(india):
    none = india.on("2025-06-30").adding("trade", PRESS_KEYS | {"period": "FY25", "value": 0.0, "status": "reported"})
    row = india.assumption("rare_earth_share").iloc[0]
    assert rare_earths.imported(none) is None and rare_earths.pairs(none).empty
    share = rare_earths.share(none)
    assert row["low"] * 100 < share.low < share.value < share.high < row["high"] * 100 and share.sources == {"B2"}


def test_another_press_figure_moves_the_pool_its_way(india):
    less, more = press(india, 300.0), press(india, 3000.0)
    for of in (rare_earths.imported, rare_earths.share):
        assert of(less).value < of(india).value < of(more).value


def test_chinas_line_doubled_no_longer_meets_the_use_and_asks_for_half_the_price(india):
    doubled = china(india, value=7874.0, low=6200.0, high=10_000.0)
    assert condition(india, CHINA, USE, agreement.INSIDE)["meet"]
    left = condition(doubled, USE, CHINA, agreement.LEFT)
    assert not left["meet"] and [left["low"], left["high"]] == [6200 - 4010, 10_000 - 4010]
    before, after = rare_earths.imported(india), rare_earths.imported(doubled)
    assert after.high > 1.8 * before.high and after.value >= before.value, "an outlier widens it; the middle holds"
    before, after = (condition(of, PRICE, CHINA, agreement.PAID)["value"] for of in (india, doubled))
    assert 0.4 < after / before < 0.65


def test_a_weight_of_china_of_which_only_a_range_is_known_gives_no_price(india):
    newer = {"period": "2025", "unit": "t", "value": float("nan"), "low": 19_000, "high": 19_500}
    ranged = india.adding("trade", SHIPPED | {"hs": customs.METAL} | newer)
    ranged = ranged.adding(
        "trade", SHIPPED | {"hs": customs.METAL, "measure": "value_usd", "period": "2025", "value": 150}
    )
    row = condition(ranged, PRICE, CHINA, agreement.CHINAS)
    assert row["value"] == condition(india, PRICE, CHINA, agreement.CHINAS)["value"]


def test_an_estimate_withdrawn_leaves_its_weight_to_the_others(india):
    gone = india.adding("production", USE_KEYS | {"period": "2025", "value": 0.0})
    found = rare_earths.estimates(gone)
    assert list(found.index) == [PRICE, PRESS, CHINA]
    assert not any(USE in pair for pair in rare_earths.pairs(gone).index)
    assert rare_earths.share(gone).low > 0


@pytest.mark.parametrize("factor", [0.1, 0.5, 10.0])
def test_a_line_worth_far_less_or_more_leaves_none_or_all_of_its_tonnes(india, factor):
    keys = {**MAGNETS, "hs": customs.OTHER_METAL, "measure": "value_usd", "period": "FY25"}
    rows = [keys | {"partner": partner, "value": usd * factor} for partner, usd in (("world", 136.14), ("CHN", 110.68))]
    turned = india.adding("trade", *rows)
    found, row = rare_earths.pairs(turned), rare_earths.estimates(turned).loc[PRICE]
    assert rare_earths.LEAST <= row["low"] <= row["value"] <= row["high"] <= 19_563.1
    assert np.isfinite(found[["low", "value", "high"]]).all(axis=None) and rare_earths.share(turned).high <= 100


def test_a_newer_year_of_chinas_line_takes_the_place_of_the_older(india):
    newer = china(india, "2026-01/2026-03", value=900.0)  # no whole year
    assert rare_earths.estimates(newer).loc[CHINA, "period"] == "2025"
    told = china(india.adding("trade"), "2026", value=4200.0)
    assert rare_earths.estimates(told).loc[CHINA, ["period", "value"]].tolist() == ["2026", 4200]
    months = [SHIPPED | {"period": f"2026-0{month}", "value": 300.0 + month, "unit": "t"} for month in (1, 2, 4)]
    row = rare_earths.estimates(india.adding("trade", *months)).loc[CHINA]
    assert row["period"] == "2026" and [row["low"], row["high"]] == [12 * 301, 12 * 304]
    assert rare_earths.estimates(india.adding("trade", *months[:2])).loc[CHINA, "period"] == "2025"


def test_what_chinas_tonnes_would_have_cost_is_what_the_line_leaves_for_them(india):
    row = condition(india, PRICE, CHINA, agreement.PAID)
    keys = {"hs": customs.OTHER_METAL, "partner": "CHN"}
    tonnes, usd_m = (customs.imports(india, of, **keys).loc["FY25", "value"] for of in ("weight", "value_usd"))
    at = (3100 * 5000) ** 0.5
    assert row["value"] == pytest.approx((usd_m * 1000 - (tonnes - at) * 3.5) / at)
    assert row["low"] == pytest.approx((usd_m * 1000 - (tonnes - 5000) * 4.5) / 5000)
    assert row["high"] == pytest.approx((usd_m * 1000 - (tonnes - 3100) * 2.5) / 3100)
    assert row["high"] < row["usual_low"] and not row["fits"]


def test_the_other_conditions_are_parts_tonnes_and_growth(india):
    inside = condition(india, PRICE, USE, agreement.INSIDE)
    price = rare_earths.estimates(india).loc[PRICE]
    assert inside["value"] == pytest.approx(100 * (1 - price["value"] / 4010)) and inside["fits"]
    assert inside[["usual_low", "usual_high"]].tolist() == pytest.approx([0, 60])
    codes = condition(india, PRICE, CHINA, agreement.CODES)
    assert codes["value"] == pytest.approx((3100 * 5000) ** 0.5 - price["value"])
    part = condition(india, PRESS, CHINA, agreement.PART)
    assert [part["low"], part["high"]] == pytest.approx([100 * 870 / 5000, 100 * 870 / 3100])
    growth = condition(india, PRESS, USE, agreement.GROWTH)
    assert growth["value"] == pytest.approx(100 * ((4010 / 870) ** (4 / 3) - 1)) and not growth["fits"]
    own = condition(india, PRICE, CHINA, agreement.CHINAS)
    assert own["value"] > condition(india, PRICE, CHINA, agreement.PAID)["value"] and "S213" in own["source"]


def test_no_part_leaves_none_to_all_and_no_price_falls_below_nothing(india):
    for tonnes in (1.0, 200_000.0):
        told = press(india, tonnes)
        rows = rare_earths.pairs(told)
        assert len(rows.index.unique()) == 6, "no pair goes without a condition"
        parts = rows[rows["unit"] == "%"]
        assert parts[["low", "value", "high"]].stack().between(0, 100).all()
        assert (rows[rows["unit"] == "USD/kg"][["low", "value", "high"]] >= 0).all(axis=None)
        assert (rows["low"] <= rows["value"]).all() and (rows["value"] <= rows["high"]).all()
        assert rare_earths.share(told).high <= 100


def test_one_and_a_half_thousand_tonnes_are_rare_earth_magnets_by_price(india):
    part = blend.rare_earth_part(india, "FY25")
    assert part.loc[0.5, "tonnes"] == pytest.approx(1539, abs=1)
    assert part.loc[[0.05, 0.95], "tonnes"].tolist() == pytest.approx([1048, 2195], abs=1)
    assert part.equals(blend.rare_earth_part(india, "FY25"))
    assert blend.rare_earth_part(india.on("2025-12-30"), "FY25").empty


def test_prices_that_do_not_tell_rare_earth_magnets_apart_give_no_part(india):
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110", "measure": "unit_value"}
    months = [f"2024-{month:02}" for month in range(4, 13)] + ["2025-01", "2025-02", "2025-03"]
    cheap = india.adding("trade", *({**keys, "period": month, "value": 4.0} for month in months))
    assert blend.rare_earth_part(cheap, "FY25").empty and PRICE not in rare_earths.estimates(cheap).index
    wide = india.assuming("composition_prior", {"price of rare-earth magnets, spread": 0.48})  # 47.1 e^-2.4 is 4.3
    assert blend.rare_earth_part(wide, "FY25").empty, "prices within five standard deviations of others are theirs"


def test_months_of_a_year_are_its_price_else_the_newest_before(india):
    assert blend.paid_to_china(india, "FY25").index.tolist() == ["2024-07", "2024-08", "2024-09", "2024-10"]
    assert blend.paid_to_china(india, "FY27").index.tolist() == ["2024-10"]
    assert blend.paid_to_china(india, "FY10").empty, "a later month is none of that year"


def test_the_numbers_recompute_from_the_files_by_random_draws_alone(india):
    """Plain pandas and numpy: nothing of the package but what it says."""
    trade, judged = (pd.read_csv(FROZEN / f"{name}.csv") for name in ("trade", "assumptions"))

    def cell(hs, measure, partner="world", period="FY25", flow="import", reporter="IND"):
        keys = {"flow": flow, "reporter": reporter, "partner": partner, "hs": hs, "measure": measure, "period": period}
        rows = trade[(trade[list(keys)] == pd.Series(keys)).all(axis=1)].sort_values("published")
        return rows[rows["source"] != "M0"]["value"].iloc[-1]

    rng, count = np.random.default_rng(7), 400_000
    china, usd = cell("85051190", "weight", "CHN"), cell("85051190", "value_usd", "CHN")
    rest = china / cell("85051190", "weight_share", "CHN") * 100 - china
    rest_usd = cell("85051190", "value_usd") - usd
    months = ["2024-07", "2024-08", "2024-09", "2024-10"]
    mean = np.mean([cell("85051110", "unit_value", period=m, flow="export", reporter="CHN") for m in months])
    paid, other = mean * np.exp(0.15 * rng.standard_normal(count)), rng.uniform(2.5, 4.5, count)
    priced = sum(
        t * np.clip((1000 * v / t - other) / (paid - other), 0, 1) for t, v in ((china, usd), (rest, rest_usd))
    )
    low, high = 3100, 5000  # two equal halves of a log-normal, 90 % between them
    shipped = (low * high) ** 0.5 * np.exp(np.log(high / low) / 2 / 1.645 * rng.standard_normal(count))
    scope = judged[judged["assumption"] == "rare_earth_scope"].set_index("segment")[["low", "value", "high"]]
    times = {name: rng.triangular(*row, count) for name, row in scope.iterrows()}
    pool = [priced, 870 * times[PRESS], shipped * times[CHINA], 4010 * times[USE]]
    weight = judged[judged["assumption"] == "rare_earth_weight"].set_index("segment")["value"]
    which = rng.choice(4, count, p=weight[[PRICE, PRESS, CHINA, USE]])
    drawn = np.choose(which, pool)
    ours = rare_earths.imported(india)
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx([ours.low, ours.value, ours.high], rel=0.01)
    level = rng.triangular(20_631.36, 32_562, 32_562.001, count)
    share = rare_earths.share(india)
    assert np.quantile(100 * drawn / level, [0.1, 0.5, 0.9]) == pytest.approx(
        [share.low, share.value, share.high], rel=0.015
    )


def test_counts_of_a_year_long_past_do_not_widen_the_level(india):
    later = india.adding("trade", MAGNETS | {"hs": customs.METAL, "measure": "weight", "period": "FY28", "value": 3e4})
    assert rare_earths.sound(india).low < rare_earths.sound(india).high
    assert rare_earths.sound(later).value == 3e4 and np.isnan(rare_earths.sound(later).low)


def test_the_usual_price_is_what_the_world_paid_and_its_90_percent(india):
    row, paid = condition(india, PRICE, CHINA, agreement.PAID), blend.paid_to_china(india, "FY25")["value"].mean()
    assert row["usual_low"] * row["usual_high"] == pytest.approx(paid**2)
    assert row["usual_high"] / row["usual_low"] == pytest.approx(np.exp(2 * 1.645 * 0.15))


def test_only_years_in_a_row_tell_the_usual_growth(india):
    far = india.adding("trade", SHIPPED | {"partner": "world", "period": "2035", "value": 1e7})
    usual = [condition(of, PRICE, CHINA, agreement.GROWTH)[["usual_low", "usual_high"]].tolist() for of in (india, far)]
    assert usual[0] == usual[1]


def test_growth_is_reckoned_between_figures_of_two_times_only(india):
    found = rare_earths.estimates(india)
    for period, there in (("FY26", False), ("FY27", True)):
        later = found.loc[USE].copy()
        later["period"] = period
        conditions = [name for name, *_ in agreement.conditions(india, found.loc[CHINA], later)]
        assert (agreement.GROWTH in conditions) == there
    *_, early = agreement.conditions(india.on("2015-01-01"), found.loc[CHINA], later)
    assert early[0] == agreement.GROWTH and np.isnan(early[3]).all(), "before any year of China's exports is public"


@pytest.mark.parametrize(("day", "known"), [("2026-03-31", False), ("2026-04-01", True)])
def test_a_year_is_counted_from_its_first_day_on(india, day, known):
    row = {**targets.REPM.keys, "period": "FY27", "value": 4_000.0, "unit": "t"}
    assert ("FY27" in set(rare_earths.counted(india.on(day).adding("production", row))["period"])) == known
