"""How far a forecast can go, how far it is told, and that it has no kinks."""

import numpy as np
import pandas as pd
import pytest

from helpers import fiscal
from helpers.ensemble.quantiles import QUANTILES
from helpers.outlook import episodes, forecast, limits, readings, targets


def test_intervals_are_published_for_five_and_for_ten_years_and_then_none(india):
    rows = forecast.intervals(forecast.leading(forecast.expected(india, "repm", 12))).query("scenario == 'mixture'")
    rows = rows.set_index("horizon")
    told = {name: rows[name].last_valid_index() for name in ("low95", "high95", "low80", "high80", "median")}
    assert told == {"low95": 5, "high95": 5, "low80": 10, "high80": 10, "median": 12}
    far = forecast.at(forecast.expected(india, "repm", 12), "FY37")
    assert far.value > 0 and np.isnan(far.low) and np.isnan(far.high)


@pytest.mark.parametrize("target", targets.TARGETS)
def test_no_quantile_is_above_what_can_be_had(india, target):
    table = forecast.expected(india, target)
    most = limits.most(india, target, tuple(range(2026, 2036)))["tonnes"]
    assert (table["value"] <= table["period"].map(most) + 1e-9).all()
    wild = table.assign(value=table["value"] * 100)
    assert limits.held(wild, india, target)["value"].to_numpy() == pytest.approx(table["period"].map(most).to_numpy())


def test_the_most_is_the_part_of_the_largest_buyer_grown_as_chinas_exports_have(india):
    """Germany had 1,288 of 5,774 t in September 2025, India 418 of 5,577 t in July; its level is 32,562 t a year."""
    most = limits.most(india, "customs", (2025, 2026, 2028))["tonnes"]
    growth = np.log(58_124.87 / 26_943.24) / 9.25  # China's own line, 2016 to FY26
    assert most["FY28"] / most["FY26"] == pytest.approx(np.exp(2 * growth), rel=1e-4)
    assert most["FY26"] == pytest.approx(32_562 * (1_288 / 5_774) / (418 / 5_577) * np.exp(growth / 4), rel=1e-3)


def test_what_has_come_is_not_above_what_can(india):
    row = {**targets.CUSTOMS.keys, "status": "reported", "source": "S66", "published": "2026-11-20"}
    more = india.adding("trade", row | {"period": "FY26-H1", "value": 90_000.0})
    assert limits.most(more, "customs", (2026,))["tonnes"].item() >= 180_000
    past = india.adding("trade", row | {"period": "FY25", "value": 300_000.0, "published": "2026-11-21"})
    assert limits.most(past, "customs", (2025, 2026))["tonnes"].iloc[0] == 300_000


def test_a_higher_level_is_no_higher_limit_as_indias_part_has_risen_with_it(india):
    row = {**targets.CUSTOMS.keys, "status": "reported", "source": "S66", "published": "2026-11-20"}
    high, far = (india.adding("trade", row | {"period": "FY27-H1", "value": value}) for value in (35e3, 150e3))
    years = tuple(range(2026, 2036))
    most = limits.most(india, "customs", years)["tonnes"]
    pd.testing.assert_series_equal(limits.most(high, "customs", years)["tonnes"], most)
    assert limits.most(far, "customs", (2027,))["tonnes"].item() >= 300_000, "what has come can"
    table = forecast.expected(high)
    top = table["period"].map(most)
    bound = set(table.loc[table["value"] >= top - 1e-6, "scenario"])
    assert (table["value"] <= top + 1e-6).all() and {*readings.READINGS, forecast.MIXTURE} <= bound


def test_no_limit_rests_on_a_part_that_was_counted_in_the_suspect_year(india):
    row = limits.CHINA_TO | {"period": "2024-09", "value": 2_000.0, "status": "reported", "source": "S66"}
    more = india.adding("trade", row | {"published": "2026-11-20"})
    level, part = episodes.level(more, "customs"), limits._buyers(more)["part"]
    assert limits._buyers(more)["period"].tolist() == ["2024-09", "2024-09"] and level.period == "FY26-H1"
    assert limits._around(more, "customs", "2024-09") is None and part.iloc[0] == part.iloc[1]
    assert limits.most(more, "customs", (2026,))["tonnes"].item() < 60_000
    year = india.adding("trade", row | targets.CUSTOMS.keys | {"period": "FY26", "value": 40_000.0})
    assert limits._around(year, "customs", "2025-09")[0] == 2 * 16_281, "the shortest sum tells most of a month"


def test_while_chinas_growth_is_not_known_nothing_is_cut(india):
    table = forecast.expected(india, horizon=2)
    early = limits.held(table, india.on("2018-06-30"), "customs")
    assert limits.most(india.on("2018-06-30"), "customs", (2026,)).empty
    pd.testing.assert_frame_equal(early, table)


def test_chinas_growth_is_known_from_years_that_are_far_enough_apart(india):
    trade = india.stored["trade"]
    flows = list(zip(trade.column("flow"), trade.column("partner"), trade.column("period"), trade.rows, strict=True))
    bare = trade.having(row for *key, period, row in flows if key != ["export", "world"] or not fiscal.is_year(period))
    bare = india.having({"trade": bare}, None)  # of which months still make FY26
    for apart, known in ((limits.LEAST_YEARS - 1, False), (limits.LEAST_YEARS, True)):
        row = limits.CHINA | {"period": fiscal.year_name(2026 - apart), "value": 40_000.0}
        assert limits.most(bare.adding("trade", row), "customs", (2026,)).empty != known


def test_use_of_rare_earth_magnets_is_not_above_the_worlds(india):
    rows = india.table("outlooks").query("scope == 'world, element' and quantity == 'world magnet rare-earth demand'")
    assert limits.most(india, "repm", (2030,))["tonnes"].item() > 20_000
    small = india.adding("outlooks", *rows.assign(value=0.3, published="2026-11-20").to_dict("records"))
    assert limits.most(small, "repm", (2030,))["tonnes"].item() == pytest.approx(1_000), "0.3 kt of elements at 30 %"


@pytest.mark.parametrize("day", ["2025-06-30", "2026-11-22"])
def test_quantiles_are_smooth_in_the_horizon(india, day):
    """No kink where simulated months end and years begin; the first year, partly known, aside."""
    table = forecast.expected(india.on(day))
    rows = forecast.leading(table)
    wide = rows.pivot(index="horizon", columns=["scenario", "quantile"], values="value")
    bends = np.log(wide).diff().diff().iloc[3:].abs()
    assert bends["mixture"].max(axis=None) < 0.1 and set(QUANTILES) == set(rows["quantile"])
    if day == str(india.day):  # on earlier days stocks are still paid back, and the end of that is a bend
        assert bends.max(axis=None) < 0.3  # the largest, of persistent demand's lowest quantile, is .23 with many draws


def test_where_chinas_exports_shrink_the_most_stays_as_it_was(india):
    fewer = india.adding("trade", limits.CHINA | {"period": "FY26", "value": 20_000.0, "status": "reported"})
    most = limits.most(fewer, "customs", (2026, 2030))["tonnes"]
    assert most["FY30"] == most["FY26"]
