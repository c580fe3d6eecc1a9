import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.concentration import herfindahl
from helpers.methods.risk import (
    eu_supply_risk,
    geopolitical_import_risk,
    geopolrisk,
    governance_risk,
    governance_weighted_herfindahl,
    net_import_reliance,
)

any_input = settings(deadline=None, max_examples=60)
tonnes = st.just(0.0) | st.floats(1e-6, 1e9)  # a gram is the least that anybody weighs
rate = st.floats(0, 1)
index = st.floats(0, 12)


def stage(name="processing", **values):
    defaults = {
        "global_hhi": np.nan,
        "sourcing_hhi": np.nan,
        "import_reliance": np.nan,
        "recycling_rate": 0.0,
        "substitution_index": 1.0,
    }
    return pd.DataFrame(defaults | values, index=[name])


def test_us_rare_earth_compounds_in_2025_rely_on_net_imports_for_67_percent():
    # Mineral Commodity Summaries 2026: production 8,900 t, apparent consumption 27,000 t, reliance 67 %.
    net_imports = 27_000 - 8_900
    reliance = net_import_reliance(imports=21_000, exports=21_000 - net_imports, production=8_900)
    assert round(reliance.value, 2) == 0.67
    assert reliance.reason == ""


def test_us_tantalum_without_production_relies_on_imports_for_all_of_its_770_tonnes():
    # Mineral Commodity Summaries 2025: no mine since 1959, apparent consumption 770 t, reliance 100 %.
    assert net_import_reliance(imports=770, exports=0, production=0).value == 1


@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_reliance_is_not_computable_where_production_is_unknown(unknown):
    reliance = net_import_reliance(53_748, 100, unknown)
    assert reliance.value is None and reliance.reason == "production unknown"


def test_a_net_exporter_is_named():
    assert net_import_reliance(10, 60, 100).reason == "net exporter"
    assert net_import_reliance(10, 60, 100).value == pytest.approx(-1)


def test_more_exports_than_supply_is_not_computable():
    assert net_import_reliance(10, 60, 20).value is None
    assert "do not fit together" in net_import_reliance(10, 60, 20).reason


def test_stocks_released_count_as_imports():
    assert net_import_reliance(50, 0, 50, stock_release=50).value == pytest.approx(2 / 3)


def test_negative_production_stops():
    with pytest.raises(ValueError, match="cannot be negative"):
        net_import_reliance(10, 0, -1)


@any_input
@given(tonnes, tonnes, tonnes, st.floats(1e-3, 1e3))
def test_reliance_never_exceeds_one_and_does_not_depend_on_the_unit(imports, exports, production, unit):
    reliance = net_import_reliance(imports, exports, production)
    rescaled = net_import_reliance(imports * unit, exports * unit, production * unit)
    if reliance.value is None:
        assert "do not fit together" in reliance.reason
        return
    assert reliance.value <= 1 + 1e-9
    # Near-total re-export leaves a consumption that rounding alone decides.
    if production + imports - exports > 1e-6 * (production + imports + exports):
        assert rescaled.value == pytest.approx(reliance.value, rel=1e-6, abs=1e-6)


def test_governance_from_weakest_to_strongest_is_a_risk_from_one_to_zero():
    assert governance_risk([-2.5, 0.0, 2.5]).tolist() == [1.0, 0.5, 0.0]
    with pytest.raises(ValueError, match="must be known"):
        governance_risk([0.3, np.nan])
    with pytest.raises(ValueError, match=r"near -2.5 to 2.5"):
        governance_risk([62.0])


@any_input
@given(
    st.lists(st.tuples(st.floats(1e-3, 1e6), st.floats(-2.5, 2.5), st.floats(0.5, 2)), min_size=1, max_size=12),
    st.floats(1e-3, 1e3),
)
def test_weighted_concentration_stays_within_its_weights_and_ignores_the_unit(rows, unit):
    suppliers = pd.DataFrame(rows, columns=["tonnes", "wgi", "trade_factor"])
    weights = 10 * governance_risk(suppliers["wgi"]) * suppliers["trade_factor"]
    weighted = governance_weighted_herfindahl(suppliers)
    plain = herfindahl(suppliers["tonnes"])
    assert plain * weights.min() - 1e-9 <= weighted <= plain * weights.max() + 1e-9
    rescaled = suppliers.assign(tonnes=suppliers["tonnes"] * unit)
    assert governance_weighted_herfindahl(rescaled) == pytest.approx(weighted)


def test_a_supplier_without_governance_or_trade_factor_stops_instead_of_counting_as_average():
    suppliers = pd.DataFrame({"tonnes": [9, 1], "wgi": [-0.3, np.nan], "trade_factor": 1.0}, index=["CHN", "MMR"])
    with pytest.raises(ValueError, match="MMR"):
        governance_weighted_herfindahl(suppliers)
    with pytest.raises(ValueError, match="trade factors"):
        governance_weighted_herfindahl(suppliers.assign(wgi=0.0, trade_factor=[1.0, np.nan]))


@pytest.mark.parametrize(
    ("element", "substitution", "published"),
    [("dysprosium", 0.99, 5.6), ("holmium", 1.0, 5.6), ("erbium", 1.0, 5.6), ("gadolinium", 0.59, 3.3)],
)
def test_one_concentration_gives_the_published_risk_of_heavy_rare_earths(element, substitution, published):
    # EU study of 2023, processing, "GS only", recycling input rate 1 %. The table prints the risk and not the
    # concentration; 5.68 is the value that fits, so recycling and substitution are what is tested.
    risk = eu_supply_risk(stage(element, global_hhi=5.68, recycling_rate=0.01, substitution_index=substitution))
    assert round(risk.loc[element, "supply_risk"], 1) == published
    assert risk.loc[element, "supply_used"] == "global only"


def test_full_import_reliance_weighs_world_and_own_suppliers_equally_and_none_ignores_the_world():
    both = {"global_hhi": 6.0, "sourcing_hhi": 2.0}
    assert eu_supply_risk(stage(**both, import_reliance=1.0))["supply_risk"].item() == pytest.approx(4.0)
    assert eu_supply_risk(stage(**both, import_reliance=0.0))["supply_risk"].item() == pytest.approx(2.0)


def test_the_worst_stage_is_the_bottleneck():
    stages = pd.concat(
        [
            stage("extraction", global_hhi=3.0, sourcing_hhi=5.0, import_reliance=0.8, recycling_rate=0.01),
            stage("processing", global_hhi=5.7, recycling_rate=0.01),
            stage("magnets"),
        ]
    )
    risk = eu_supply_risk(stages)
    assert risk["supply_used"].tolist() == ["global and sourcing", "global only", "none"]
    assert risk["bottleneck"].tolist() == [False, True, False]
    assert risk["above_threshold"].tolist() == [True, True, False]
    assert np.isnan(risk.loc["magnets", "supply_risk"])


@any_input
@given(index, index, rate, rate, rate)
def test_supply_risk_lies_between_its_two_concentrations_and_falls_with_recycling(
    worldwide, sourcing, reliance, recycling, substitution
):
    values = {"global_hhi": worldwide, "sourcing_hhi": sourcing, "import_reliance": reliance}
    full = eu_supply_risk(stage(**values))["supply_risk"].item()
    assert min(worldwide, sourcing) - 1e-9 <= full <= max(worldwide, sourcing) + 1e-9
    filtered = stage(**values, recycling_rate=recycling, substitution_index=substitution)
    assert eu_supply_risk(filtered)["supply_risk"].item() <= full + 1e-9


def test_a_stage_with_both_indices_but_no_import_reliance_or_no_index_at_all_stops():
    with pytest.raises(ValueError, match="rates lie in 0-1"):
        eu_supply_risk(stage(global_hhi=3.0, sourcing_hhi=5.0))
    with pytest.raises(ValueError, match="no stage has"):
        eu_supply_risk(stage())


SUPPLIERS = pd.DataFrame({"tonnes": [1500.0, 500.0], "instability": [0.6, 0.2]}, index=["CHN", "JPN"])
WORLD = pd.Series([50.0, 10.0, 10.0, 10.0, 10.0, 10.0])


def test_the_worked_example_of_the_geopolrisk_package_is_reproduced():
    # Weighted imports 1,000 of 2,000 t, production 500 t, concentration 0.3: score 0.3 * 1000 / 2500.
    assert herfindahl(WORLD) == pytest.approx(0.3)
    assert geopolrisk(WORLD, SUPPLIERS, production=500).value == pytest.approx(0.12, abs=1e-12)


def test_geopolrisk_is_not_computable_without_production_or_supply():
    assert geopolrisk(WORLD, SUPPLIERS, None).reason == "production unknown"
    assert geopolrisk(WORLD, SUPPLIERS.assign(tonnes=0.0), 0).value is None


def test_an_origin_without_instability_stops_instead_of_counting_as_one_half():
    with pytest.raises(ValueError, match="JPN"):
        geopolitical_import_risk(SUPPLIERS.assign(instability=[0.6, np.nan]), 500)


@any_input
@given(
    st.lists(st.tuples(st.floats(1e-3, 1e6), rate), min_size=1, max_size=10),
    st.floats(0, 1e6),
    st.floats(1e-3, 1e3),
)
def test_geopolrisk_stays_in_0_to_1_falls_with_production_and_ignores_the_unit(rows, production, unit):
    suppliers = pd.DataFrame(rows, columns=["tonnes", "instability"])
    score = geopolrisk(WORLD, suppliers, production).value
    assert 0 <= score <= herfindahl(WORLD) + 1e-12
    assert geopolrisk(WORLD, suppliers, production + 1).value <= score
    rescaled = suppliers.assign(tonnes=suppliers["tonnes"] * unit)
    assert geopolrisk(WORLD * unit, rescaled, production * unit).value == pytest.approx(score)
