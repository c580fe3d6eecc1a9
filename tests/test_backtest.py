"""Rolling origin: nothing sees the future, and the scores say who was better."""

import numpy as np
import pandas as pd
import pytest
from backtest import conformal, conformal_quantiles, rolling_origin, score_table

from helpers.ensemble import calibrated

SERIES = pd.Series(100 * np.exp(np.cumsum(np.random.default_rng(7).normal(0.05, 0.1, 18))), index=range(2008, 2026))


def oracle(history, horizon):
    """Knows the outturns of SERIES: the same value at every quantile."""
    start = len(history)
    return pd.DataFrame(
        [(h, "oracle", q, SERIES.iloc[start + h - 1]) for h in range(1, horizon + 1) for q in calibrated.LEVELS],
        columns=["horizon", "model", "quantile", "value"],
    )


def test_changing_the_future_leaves_earlier_forecasts_as_they_were():
    changed = SERIES.copy()
    changed.loc[2020:] *= 3
    before = rolling_origin(SERIES, 3).query("origin < 2020")
    after = rolling_origin(changed, 3).query("origin < 2020")
    pd.testing.assert_frame_equal(before.drop(columns="outturn"), after.drop(columns="outturn"))
    assert (before["outturn"] != after["outturn"]).any()


def test_every_forecast_is_beside_the_outturn_of_its_own_period():
    table = rolling_origin(SERIES, 4)
    assert (table["period"] == table["origin"] + table["horizon"]).all()
    assert (table["outturn"].to_numpy() == SERIES.loc[table["period"]].to_numpy()).all()
    assert table["origin"].min() == 2012
    assert table["period"].max() == 2025


def test_the_benchmarks_are_the_last_value_and_the_line_through_first_and_last():
    table = rolling_origin(SERIES, 2).query("origin == 2015 and horizon == 2").set_index("model")["value"]
    assert table["naive"] == SERIES.loc[2015]
    slope = (SERIES.loc[2015] - SERIES.loc[2008]) / 7
    assert table["drift"] == pytest.approx(SERIES.loc[2015] + 2 * slope)


def test_naive_scores_one_against_itself_and_the_oracle_scores_perfectly():
    scores = score_table(rolling_origin(SERIES, 3, forecaster=oracle), SERIES).set_index(["model", "horizon"])
    naive, best = scores.loc["naive"], scores.loc["oracle"]
    assert naive["owa"].tolist() == [1, 1, 1]
    assert naive["skill_naive"].tolist() == [0, 0, 0]
    assert naive["dm_p"].isna().all()
    for column in ("smape", "mase", "rmsse", "bias", "owa", "wis", "msis"):
        np.testing.assert_allclose(best[column], 0)
    assert best["skill_naive"].tolist() == [1, 1, 1]
    assert (best["dm_statistic"] < 0).all()
    assert best["coverage_95"].tolist() == [1, 1, 1]
    assert (best["coverage_95_low"] < 1).all()


def test_errors_are_scaled_by_the_changes_known_at_the_origin():
    scores = score_table(rolling_origin(SERIES, 1, first=16), SERIES).set_index("model")
    expected = [abs(SERIES.iloc[n] - SERIES.iloc[n - 1]) / SERIES.iloc[:n].diff().abs().mean() for n in (16, 17)]
    assert scores.loc["naive", "mase"] == pytest.approx(np.mean(expected))
    assert scores.loc["naive", "origins"] == 2


def test_seasonal_series_are_judged_against_the_same_season_a_year_before():
    months = pd.period_range("2018-04", periods=48, freq="M")
    series = pd.Series(100 + 40 * np.sin(np.arange(48) * np.pi / 6) + np.arange(48), index=months)
    table = rolling_origin(series, 2, period=12, first=46)
    naive = table.query("model == 'naive' and horizon == 2 and origin == @months[45]")
    assert naive["value"].item() == series.iloc[35]
    scores = score_table(table, series, period=12).set_index(["model", "horizon"])
    assert scores.loc[("combination", 1), "mase"] < scores.loc[("naive", 1), "mase"]


def test_a_constant_series_is_scored_without_a_scale_or_a_warning():
    series = pd.Series(50.0, index=range(2015, 2026))
    scores = score_table(rolling_origin(series, 1), series).set_index("model")
    assert np.isnan(scores.loc["combination", "mase"])
    assert scores.loc["naive", "smape"] == 0


def test_conformal_quantiles_cover_the_next_error_exactly_as_often_as_promised():
    errors = np.random.default_rng(9).standard_t(3, size=(20_000, 40))
    edges = np.array([conformal_quantiles(row[:39])[[0, 2, 6, 8]] for row in errors])
    last = errors[:, -1]
    assert ((last >= edges[:, 0]) & (last <= edges[:, 3])).mean() == pytest.approx(0.95, abs=0.01)
    assert ((last >= edges[:, 1]) & (last <= edges[:, 2])).mean() == pytest.approx(0.80, abs=0.01)
    with pytest.raises(ValueError, match="need 39"):
        conformal_quantiles(errors[0, :38])


def test_own_errors_take_over_only_at_horizons_with_39_origins():
    quantiles = calibrated.forecast(SERIES, 2).quantiles
    errors = np.linspace(-0.2, 0.2, 39)
    past = pd.DataFrame(
        {
            "horizon": [1] * 39 + [2] * 38,
            "model": "combination",
            "quantile": 0.5,
            "value": 100.0,
            "outturn": 100 * np.exp(np.concatenate([errors, errors[1:]])),
        }
    )
    found = conformal(quantiles, past)
    near, far = found.query("horizon == 1"), found.query("horizon == 2")
    middle = quantiles.query("horizon == 1 and quantile == 0.5")["value"].item()
    np.testing.assert_allclose(near["value"].iloc[[0, 4, 8]], middle * np.exp([-0.2, 0, 0.2]))
    assert set(near["interval"]) == {"own errors"}
    assert set(far["interval"]) == {"learned"}
    np.testing.assert_array_equal(far["value"], quantiles.query("horizon == 2")["value"])


def test_impossible_backtests_are_refused():
    with pytest.raises(ValueError, match="leave no outturn"):
        rolling_origin(SERIES.iloc[:5], 1)
    with pytest.raises(ValueError, match="at least 3"):
        rolling_origin(SERIES, 1, first=2)
    with pytest.raises(ValueError, match="comes after"):
        rolling_origin(SERIES.iloc[::-1], 1)
