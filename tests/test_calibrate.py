"""Calibrated quantiles: coherence, coverage of simulated walks, faults."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from calibrate import best_prior, fit_error_model, least_absolute, windows
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.ensemble import calibrated
from helpers.ensemble.combine import combined
from helpers.ensemble.quantiles import QUANTILES, weighted_quantiles

IMPORTS = np.array([28_000.0, 28_700.0, 53_748.0])


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
    fast = calibrated.fast(combination).repeat(horizon)
    model = fit_error_model(features, errors, horizons, np.ones(len(errors)), fast, rows=horizon)
    return {"kind": "walks", "trained_on": {"1": {"walks": 2000}}, "growth": [0.03, 0.02], "periods": {"1": model}}


@pytest.mark.parametrize("n", [6, 12])
def test_two_thousand_simulated_walks_are_covered_within_three_points(n):
    artefact = learned_from(walks(2000, n + 4, seed=1), 4)
    middles = [row[calibrated.LEARNED.index(0.5)] for row in artefact["periods"]["1"]["quantiles"]]
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


@settings(max_examples=60)
@given(st.lists(st.floats(0, 1e6).map(lambda v: round(v, 2)), min_size=3, max_size=24), st.integers(1, 12),
       st.sampled_from([1, 4, 12]))  # fmt: skip
@pytest.mark.filterwarnings("ignore:.*too few to adjust")
def test_quantiles_nest_and_are_never_negative_whatever_the_series(values, horizon, period):
    quantiles, combination = calibrated.forecast_quantiles(values, horizon, period)
    assert np.isfinite(quantiles).all()
    assert (quantiles >= 0).all()
    assert (np.diff(quantiles, axis=-1) >= 0).all()
    assert np.isfinite(combination.point).all()


@pytest.mark.parametrize("kind", ["general", "trade"])
def test_deciles_are_learned_and_agree_with_the_published_quantiles(kind):
    deciles = tuple(decile / 10 for decile in range(1, 10))
    values = walks(30, 9, 6, sd=0.3)
    found = calibrated.forecast_quantiles(values, 6, kind=kind, levels=deciles)[0]
    published = calibrated.forecast_quantiles(values, 6, kind=kind)[0]
    assert (np.diff(found, axis=-1) > 0).all()
    np.testing.assert_array_equal(found[..., [0, 4, 8]], published[..., [2, 4, 6]])
    assert ((found[..., 2] > published[..., 3]) & (found[..., 6] < published[..., 5])).all()


@pytest.mark.parametrize("known", [np.full(20, 11), np.arange(20) // 2 + 3, np.repeat([3, 4, 9], [1, 18, 1])])
def test_many_series_at_once_are_forecast_as_one_by_one(known):
    values = walks(20, 14, 7)
    values[[4, 5], [-3, -2]] = values[6, -3:] = 0
    alone = [
        calibrated.forecast_quantiles(row[-n:], 5, kind="trade", lean=0.5)[0]
        for row, n in zip(values, known, strict=True)
    ]
    values[np.arange(14) < 14 - known[:, None]] = np.nan
    together = calibrated.forecast_quantiles(values, 5, kind="trade", lean=0.5, known=known)[0]
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-9)
    if known[0] < known[-1]:
        with pytest.raises(ValueError, match="rise"):
            calibrated.forecast_quantiles(values, 5, kind="trade", known=known[::-1])
    for wrong in (known - known[0] + 2, known[-1:], known + 12):
        with pytest.raises(ValueError, match="from 3 up to 14 at most, one for each of 20 series"):
            calibrated.forecast_quantiles(values, 5, kind="trade", known=wrong)
    for kind, message in (("trade", "not a finite number"), ("general", "a kind that recovers")):
        with pytest.raises(ValueError, match=message):
            calibrated.forecast_quantiles(values, 5, kind=kind, known=known + 1)


def test_series_that_are_too_long_count_by_their_last_values_beside_shorter_ones():
    values = walks(2, calibrated.LONGEST + 10, 9)
    alone = [calibrated.forecast_quantiles(row[None, -n:], 2, kind="trade")[0][0]
             for row, n in zip(values, (40, values.shape[1]), strict=True)]  # fmt: skip
    together = calibrated.forecast_quantiles(values, 2, kind="trade", known=np.array([40, values.shape[1]]))[0]
    np.testing.assert_allclose(together, alone, rtol=1e-9)


def test_the_spread_of_growth_is_its_standard_deviation():
    values = walks(3, 12, 4)
    found = calibrated.error_features(combined(values, 2, (0.03, 0.02)))[:, 0, 1]
    np.testing.assert_allclose(found, np.log(np.diff(np.log(values)).std(axis=1, ddof=1)))


def test_quantiles_are_smooth_in_the_horizon():
    for kind in ("general", "trade"):
        found = np.log(calibrated.forecast_quantiles(walks(30, 20, 8), 10, kind=kind)[0])
        around = found - found[..., [4]]
        assert np.abs(np.diff(around, 2, axis=1)).max() < 0.25 * np.abs(around).max()


def test_a_series_that_grows_fast_has_intervals_of_another_shape():
    slow, quick = 100 * 1.05 ** np.arange(9.0), 100 * 1.2 ** np.arange(9.0)
    model = calibrated.calibration("general")
    plain = copy.deepcopy(model)
    plain["periods"]["1"]["fast"] = [1, 1]
    for values, changed in ((slow, False), (quick, True)):
        made = [calibrated.forecast_quantiles(values, 1, artefact=artefact)[0][0, 0] for artefact in (model, plain)]
        assert (made[0][0] < made[1][0]) == changed
        assert made[0][4] == made[1][4]


def planted(fast):
    """An artefact whose errors are the same for every series: twice as wide two years ahead as one."""
    quantiles = np.outer([1.0, 2.0], np.array(calibrated.LEARNED) - 0.5)
    model = {"coefficients": np.zeros(len(calibrated.FEATURES)), "quantiles": quantiles, "fast": fast}
    return {"kind": "planted", "growth": (0.03, 0.02), "periods": {"1": model}}


def test_each_year_ahead_has_its_own_quantiles_and_only_fast_series_those_of_fast_ones():
    slow, quick = 100 * 1.05 ** np.arange(9.0), 100 * 1.2 ** np.arange(9.0)
    for values, below in ((slow, 1), (quick, 1.5)):
        quantiles, made = calibrated.forecast_quantiles(values, 3, artefact=planted((1.5, 1.0)))
        ends = np.log(quantiles[0][:, [0, -1]] / made.point[0][:, None])
        np.testing.assert_allclose(ends, np.outer([0.475, 0.95, 0.95], [-below, 1]))


def test_fast_is_measured_a_year_whatever_the_period():
    made = [combined(100 * 1.04 ** np.arange(12.0), 1, (0.03, 0.02), period) for period in (1, 4)]
    assert [calibrated.fast(one).item() for one in made] == [0, 1]


def test_a_median_regression_finds_what_was_planted_among_outliers():
    rng = np.random.default_rng(5)
    features = rng.normal(size=(2000, 2))
    actual = features @ [0.5, -2] + rng.standard_t(1.5, 2000) * 0.1
    np.testing.assert_allclose(least_absolute(features, actual, np.ones(2000)), [0.5, -2], atol=0.02)


def test_a_ridge_draws_coefficients_to_none_as_a_share_of_the_variance_of_their_features():
    rng = np.random.default_rng(6)
    features, weights, one = np.ones((500, 2)), rng.uniform(1, 3, 500), np.ones(500, int)
    features[:, 1] = rng.normal(4, 2, 500)
    errors = np.exp(-3 + 0.5 * features[:, 1]) * rng.choice([-1, 1], 500)
    mean = np.average(features[:, 1], weights=weights)
    for ridge, slope in ((0, 0.5), (0.25, 0.4)):
        found = fit_error_model(features, errors, one, weights, 0 * one, 1, ridge)["coefficients"]
        np.testing.assert_allclose(found, [-3 + (0.5 - slope) * mean, slope])


def test_a_prior_of_growth_is_the_mean_of_those_that_noise_cannot_tell_apart():
    losses = [{(0.02, 0.03): 0.9, (0.04, 0.03): 0.905, (0.06, 0.03): 0.95}]
    assert best_prior(losses) == [0.03, 0.03]


def test_windows_end_before_the_outturns_and_outturns_before_the_last_column():
    years = np.arange(2002.0, 2025)[None]
    made = windows(years, 4, first=13, last=20)
    assert [(x[0], x[-1], xx[0], xx[-1]) for x, xx in made] == [(y - 4, y - 1, y, y + 4) for y in (2015, 2016, 2017)]


def test_a_change_of_unit_changes_only_the_unit():
    tonnes = calibrated.forecast_quantiles(IMPORTS, 5)[0]
    kilograms = calibrated.forecast_quantiles(1000 * IMPORTS, 5)[0]
    np.testing.assert_allclose(kilograms, 1000 * tonnes, rtol=1e-9)


def test_the_middle_quantile_is_the_combined_point_forecast():
    for values in (walks(5, 15, 4), np.array([9000.0, 30, 20, 10])):
        quantiles, combination = calibrated.forecast_quantiles(values, 6)
        np.testing.assert_allclose(quantiles[..., QUANTILES.index(0.5)], combination.point)


def test_intervals_widen_with_the_horizon_and_a_constant_past_still_has_one():
    found = calibrated.forecast_quantiles(IMPORTS, 10)[0][0]
    ratio = found[:, QUANTILES.index(0.9)] / found[:, QUANTILES.index(0.1)]
    assert ratio[0] > 1.2
    assert ratio[9] > ratio[4] > ratio[0]
    constant = calibrated.forecast_quantiles(np.full(8, 50.0), 1)[0][0, 0]
    assert constant[-1] > constant[0]


def test_the_artefact_in_the_package_fits_this_code():
    artefact = json.loads(Path(calibrated.__file__).with_name("calibration.json").read_text())
    assert tuple(artefact["levels"]) == calibrated.LEARNED
    assert tuple(artefact["features"]) == calibrated.FEATURES
    for kind in artefact["kinds"].values():
        for model in kind["periods"].values():
            assert len(model["coefficients"]) == len(calibrated.FEATURES)
            assert (np.diff(model["quantiles"], axis=1) > 0).all()
    for named in artefact["kinds"]["general"]["held_out"]["1"].values():
        assert 0.93 <= named["all"]["coverage_95"] <= 0.97
        assert 0.75 <= named["all"]["coverage_80"] <= 0.86


def test_intervals_learned_from_trade_are_wider_than_those_from_series_in_general():
    kinds = ("general", "trade")
    assert [sum(calibrated.calibration(kind)["trained_on"]["1"].values()) for kind in kinds] == [1344, 1037]
    general, trade = (calibrated.forecast_quantiles(IMPORTS, 2, kind=kind)[0][0, 1] for kind in kinds)
    assert trade[6] / trade[2] > 1.5 * general[6] / general[2]
    with pytest.raises(ValueError, match="kind 'magnets': there is general, trade"):
        calibrated.forecast_quantiles(IMPORTS, 2, kind="magnets")
    with pytest.raises(ValueError, match="no trade calibration for period 12"):
        calibrated.forecast_quantiles(IMPORTS, 2, 12, kind="trade")


def test_measured_coverage_has_a_row_for_each_collection_and_length():
    found = calibrated.measured_coverage("general").set_index(["collection", "length"])
    assert {c for c, _ in found.index} == {"M1", "M3", "Tourism"}
    assert {n for _, n in found.index} == {"all", "3", "4", "5", "6", "8", "10"}
    assert calibrated.measured_coverage("trade")["collection"].unique().tolist() == ["Trade"]
    assert found["coverage_95"].between(0.8, 1).all()
    assert (found["coverage_80"] < found["coverage_95"]).all()


def test_weighted_quantiles_ignore_what_has_no_weight_and_split_ties_evenly():
    values, weights = np.array([3.0, 1.0, 2.0, 99.0]), np.array([1.0, 1.0, 1.0, 0.0])
    np.testing.assert_allclose(weighted_quantiles(values, weights, (0.5, 1 / 6)), [2, 1])


def test_a_period_without_calibration_is_refused():
    with pytest.raises(ValueError, match="no general calibration for period 2"):
        calibrated.forecast_quantiles(IMPORTS, 1, period=2)
