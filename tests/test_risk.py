import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.concentration import herfindahl
from helpers.methods.risk import (
    eu_supply_risk,
    geopolrisk,
    governance_risk,
    governance_weighted_herfindahl,
    net_import_reliance,
)

any_input = settings(max_examples=60)
tonnes = st.just(0.0) | st.floats(1e-6, 1e9)  # a gram is the least that anybody weighs
rate = st.floats(0, 1)


def test_us_rare_earth_compounds_in_2025_rely_on_net_imports_for_67_percent():
    # Mineral Commodity Summaries 2026: production 8,900 t, apparent consumption 27,000 t, reliance 67 %.
    net_imports = 27_000 - 8_900
    reliance = net_import_reliance(imports=21_000, exports=21_000 - net_imports, production=8_900)
    assert round(reliance.value, 2) == 0.67


def test_us_tantalum_without_production_relies_on_imports_for_all_of_its_770_tonnes():
    # Mineral Commodity Summaries 2025: no mine since 1959, apparent consumption 770 t, reliance 100 %.
    assert net_import_reliance(imports=770, exports=0, production=0).value == 1


@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_reliance_is_not_computable_where_production_is_unknown(unknown):
    reliance = net_import_reliance(53_748, 100, unknown)
    assert reliance.value is None and reliance.reason == "production unknown"


def test_a_net_exporter_relies_on_less_than_nothing_and_more_exports_than_supply_are_not_computable():
    assert net_import_reliance(10, 60, 100).value == pytest.approx(-1)
    assert net_import_reliance(10, 60, 20).value is None
    assert "do not fit together" in net_import_reliance(10, 60, 20).reason


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
@given(st.lists(st.tuples(st.floats(1e-3, 1e6), st.floats(-2.5, 2.5)), min_size=1, max_size=12), st.floats(1e-3, 1e3))
def test_weighted_concentration_stays_within_its_weights_and_ignores_the_unit(rows, unit):
    suppliers = pd.DataFrame(rows, columns=["tonnes", "wgi"])
    weights = 10 * governance_risk(suppliers["wgi"])
    weighted = governance_weighted_herfindahl(suppliers)
    plain = herfindahl(suppliers["tonnes"])
    assert plain * weights.min() - 1e-9 <= weighted <= plain * weights.max() + 1e-9
    rescaled = suppliers.assign(tonnes=suppliers["tonnes"] * unit)
    assert governance_weighted_herfindahl(rescaled) == pytest.approx(weighted)


def test_a_supplier_without_governance_stops_instead_of_counting_as_average():
    suppliers = pd.DataFrame({"tonnes": [9, 1], "wgi": [-0.3, np.nan]}, index=["CHN", "MMR"])
    with pytest.raises(ValueError, match="MMR"):
        governance_weighted_herfindahl(suppliers)


@pytest.mark.parametrize(
    ("element", "substitution", "published"),
    [("dysprosium", 0.99, 5.6), ("holmium", 1.0, 5.6), ("erbium", 1.0, 5.6), ("gadolinium", 0.59, 3.3)],
)
def test_one_concentration_gives_the_published_risk_of_heavy_rare_earths(element, substitution, published):
    # EU study of 2023, processing, "GS only", recycling input rate 1 %. The table prints the risk and not the
    # concentration; 5.68 is the value that fits, so recycling and substitution are what is tested.
    assert round(eu_supply_risk(5.68, recycling_rate=0.01, substitution_index=substitution), 1) == published, element


def test_supply_risk_is_the_concentration_where_nothing_is_recycled_or_replaced():
    assert eu_supply_risk(4.0) == 4.0


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
        geopolrisk(WORLD, SUPPLIERS.assign(instability=[0.6, np.nan]), 500)


@any_input
@given(
    st.lists(st.tuples(st.floats(1e-3, 1e6), rate), min_size=1, max_size=10), st.floats(0, 1e6), st.floats(1e-3, 1e3)
)
def test_geopolrisk_stays_in_0_to_1_falls_with_production_and_ignores_the_unit(rows, production, unit):
    suppliers = pd.DataFrame(rows, columns=["tonnes", "instability"])
    score = geopolrisk(WORLD, suppliers, production).value
    assert 0 <= score <= herfindahl(WORLD) + 1e-12
    assert geopolrisk(WORLD, suppliers, production + 1).value <= score
    rescaled = suppliers.assign(tonnes=suppliers["tonnes"] * unit)
    assert geopolrisk(WORLD * unit, rescaled, production * unit).value == pytest.approx(score)
