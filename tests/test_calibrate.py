"""Calibrated quantiles: coherence, coverage of simulated walks, faults."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from calibrate import fit_error_model
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.ensemble import calibrated
from helpers.ensemble.combine import combined
from helpers.ensemble.quantiles import weighted_quantiles

IMPORTS = pd.Series([28_000.0, 28_700.0, 53_748.0], index=[2023, 2024, 2025])


def walks(count, n, seed, sd=0.15):
    steps = np.random.default_rng(seed).normal(0.02, sd, size=(count, n))
    return 100 * np.exp(np.cumsum(steps, axis=1))


def learned_from(values, horizon):
    """An artefact learned from the last ``horizon`` columns of simulated series."""
    past, future = values[:, :-horizon], values[:, -horizon:]
    combination = combined(past, horizon, (0.03, 0.02))
    features = calibrated.error_features(combination).reshape(-1, len(calibrated.FEATURES))
    errors = np.log(future / combination.point).ravel()
    horizons = np.tile(np.arange(1, horizon + 1), len(values))
    model = fit_error_model(features, errors, horizons, np.ones(len(errors)), rows=horizon)
    return {"kind": "walks", "trained_on": {"1": {"walks": 2000}}, "growth": [0.03, 0.02], "periods": {"1": model}}


@pytest.mark.parametrize("n", [6, 12])
def test_two_thousand_simulated_walks_are_covered_within_three_points(n):
    artefact = learned_from(walks(2000, n + 4, seed=1), 4)
    middles = [row[calibrated.LEVELS.index(0.5)] for row in artefact["periods"]["1"]["quantiles"]]
    assert middles == [0, 0, 0, 0]
    values = walks(2000, n + 4, seed=2)
    quantiles, _ = calibrated.forecast_quantiles(values[:, :n], 4, artefact=artefact)
    future = values[:, n:]
    for low, high, nominal in ((0, 8, 0.95), (2, 6, 0.80)):
        inside = (future >= quantiles[..., low]) & (future <= quantiles[..., high])
        np.testing.assert_allclose(inside.mean(axis=0), nominal, atol=0.03)


def test_walks_unlike_those_learned_from_still_get_intervals_of_their_own_width():
    quiet, wild = (calibrated.forecast_quantiles(walks(400, 12, 3, sd), 1)[0] for sd in (0.05, 0.3))
    width = [np.median(np.log(q[:, 0, 6] / q[:, 0, 2])) for q in (quiet, wild)]
    assert width[1] > 3 * width[0]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 1e6).map(lambda v: round(v, 2)), min_size=3, max_size=24),
    st.integers(1, 12),
    st.sampled_from([1, 4, 12]),
)
@pytest.mark.filterwarnings("ignore:.*too few to adjust")
def test_quantiles_nest_and_are_never_negative_whatever_the_series(values, horizon, period):
    quantiles, combination = calibrated.forecast_quantiles(values, horizon, period)
    assert np.isfinite(quantiles).all()
    assert (quantiles >= 0).all()
    assert (np.diff(quantiles, axis=-1) >= 0).all()
    assert np.isfinite(combination.point).all()


def test_a_change_of_unit_changes_only_the_unit():
    tonnes = calibrated.forecast_quantiles(IMPORTS.to_numpy(), 5)[0]
    kilograms = calibrated.forecast_quantiles(1000 * IMPORTS.to_numpy(), 5)[0]
    np.testing.assert_allclose(kilograms, 1000 * tonnes, rtol=1e-9)


def test_the_middle_quantile_is_the_combined_point_forecast():
    quantiles, combination = calibrated.forecast_quantiles(walks(5, 15, 4), 6)
    np.testing.assert_allclose(quantiles[..., calibrated.LEVELS.index(0.5)], combination.point)


def test_intervals_widen_with_the_horizon_and_a_constant_past_still_has_one():
    found = calibrated.forecast(IMPORTS, 10).quantiles.pivot_table(index="horizon", columns="quantile", values="value")
    ratio = (found[0.9] / found[0.1]).to_numpy()
    assert ratio[0] > 1.2
    assert ratio[9] > ratio[4] > ratio[0]
    constant = calibrated.forecast(pd.Series([50.0] * 8, index=range(2018, 2026)), 1).quantiles["value"]
    assert constant.iloc[-1] > constant.iloc[0]


def test_the_tables_hold_the_grid_the_members_and_their_weights():
    found = calibrated.forecast(IMPORTS, 2)
    assert list(found.quantiles.columns) == ["origin", "horizon", "model", "quantile", "value"]
    assert found.quantiles["quantile"].tolist() == [*calibrated.LEVELS, *calibrated.LEVELS]
    assert found.quantiles["origin"].unique().tolist() == [2025]
    weights = found.members.groupby("horizon")["weight"].sum()
    np.testing.assert_allclose(weights, 1)
    used = found.members.query("horizon == 1 and weight > 0")
    assert used["model"].tolist() == ["shrunken_drift log"]
    middle = found.quantiles.query("horizon == 1 and quantile == 0.5")["value"].item()
    assert used["value"].item() == pytest.approx(middle)


def test_the_artefact_in_the_package_fits_this_code():
    artefact = json.loads(Path(calibrated.__file__).with_name("calibration.json").read_text())
    assert tuple(artefact["levels"]) == calibrated.LEVELS
    assert tuple(artefact["features"]) == calibrated.FEATURES
    for kind in artefact["kinds"].values():
        for model in kind["periods"].values():
            assert len(model["coefficients"]) == len(calibrated.FEATURES)
            assert (np.diff(model["quantiles"], axis=1) > 0).all()
    for named in artefact["kinds"]["general"]["held_out"]["1"].values():
        assert 0.93 <= named["all"]["coverage_95"] <= 0.97
        assert 0.77 <= named["all"]["coverage_80"] <= 0.83


def test_a_forecast_names_the_kind_and_number_of_series_it_learned_from():
    general, trade = (calibrated.forecast(IMPORTS, 2, kind=kind) for kind in ("general", "trade"))
    assert (general.kind, general.learned_from) == ("general", 1344)
    assert (trade.kind, trade.learned_from) == ("trade", 1037)
    width = [table.quantiles.query("horizon == 2").set_index("quantile")["value"] for table in (general, trade)]
    assert width[1][0.9] / width[1][0.1] > 1.5 * width[0][0.9] / width[0][0.1]
    with pytest.raises(ValueError, match="kind 'magnets': there is general, trade"):
        calibrated.forecast(IMPORTS, 2, kind="magnets")
    with pytest.raises(ValueError, match="no trade calibration for period 12"):
        calibrated.forecast(IMPORTS, 2, 12, kind="trade")


def test_measured_coverage_has_a_row_for_each_collection_and_length():
    found = calibrated.measured_coverage().set_index(["collection", "length"])
    assert {c for c, _ in found.index} == {"M1", "M3", "Tourism"}
    assert {n for _, n in found.index} == {"all", "3", "4", "5", "6", "8", "10"}
    assert calibrated.measured_coverage(kind="trade")["collection"].unique().tolist() == ["Trade"]
    assert found["coverage_95"].between(0.8, 1).all()
    assert (found["coverage_80"] < found["coverage_95"]).all()


def test_weighted_quantiles_ignore_what_has_no_weight_and_split_ties_evenly():
    values, weights = np.array([3.0, 1.0, 2.0, 99.0]), np.array([1.0, 1.0, 1.0, 0.0])
    np.testing.assert_allclose(weighted_quantiles(values, weights, (0.5, 1 / 6)), [2, 1])


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (pd.Series([1.0], index=[2025]), "1 observations"),
        (pd.Series([1.0, 2, 3], index=[2024, 2023, 2025]), "2023 comes after 2024"),
        (pd.Series([1.0, 2, 3], index=[2023, 2023, 2025]), "2023 occurs twice"),
        (pd.Series([1.0, 2, 3], index=[2022, 2023, 2025]), "2024 is missing"),
        (
            pd.Series([1.0, 2, 3], index=pd.PeriodIndex(["2025-04", "2025-05", "2025-07"], freq="M")),
            "2025-06 is missing",
        ),
        (pd.Series([1.0, None, 3], index=[2023, 2024, 2025]), "2024 has no value"),
        (pd.Series([1.0, -2, 3], index=[2023, 2024, 2025]), "observation 1 is negative"),
    ],
)
def test_bad_series_are_refused_with_the_period_named(series, message):
    with pytest.raises(ValueError, match=message):
        calibrated.forecast(series, 3)


def test_a_period_without_calibration_is_refused():
    with pytest.raises(ValueError, match="no general calibration for period 2"):
        calibrated.forecast(IMPORTS, 1, period=2)
