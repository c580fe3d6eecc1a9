"""Rolling-origin backtests: what the engine would have said, beside what came."""

import measures as score
import numpy as np
import pandas as pd

from helpers.ensemble import calibrated
from helpers.ensemble.score import weighted_interval_score
from helpers.ensemble.smoothers import SHORTEST, check_periods

BENCHMARKS = ("naive", "drift")
FEWEST_OWN_ERRORS = round(1 / min(calibrated.LEVELS)) - 1  # 39: the least is then the .025 quantile


def rolling_origin(series, horizon, period=1, first=5, forecaster=None):
    """Forecasts from every origin, with the benchmarks and the outturns.

    Parameters
    ----------
    series : pd.Series
        As in `calibrated.forecast`.
    horizon : int
        Periods ahead; near the end fewer, as far as there are outturns.
    period : int
        Observations per year: 1, 4 or 12.
    first : int
        Observations before the first origin, at least three.
    forecaster : callable, optional
        ``forecaster(history, horizon)`` returning a table with ``horizon, model, quantile, value``; the
        calibrated combination if not given. It only ever sees the observations up to the origin.

    Returns
    -------
    pd.DataFrame
        ``origin, period, horizon, model, quantile, value, outturn``. The benchmarks ``naive`` (seasonal naive
        for ``period > 1``) and ``drift`` have the quantile .5 only.

    Raises
    ------
    ValueError
        As in `calibrated.forecast`, or no observation after the first origin.
    """
    check_periods(series)
    if first < SHORTEST:
        raise ValueError(f"first origin after {first} observations: at least {SHORTEST} are needed")
    if len(series) <= first:
        raise ValueError(f"{len(series)} observations leave no outturn after the first {first}")
    if forecaster is None:

        def forecaster(history, ahead):
            return calibrated.forecast(history, ahead, period).quantiles

    tables = []
    for n in range(first, len(series)):
        history, ahead = series.iloc[:n], min(horizon, len(series) - n)
        made = forecaster(history, ahead)[["horizon", "model", "quantile", "value"]]
        table = pd.concat([made, _benchmarks(history, ahead, period)], ignore_index=True)
        position = n + table["horizon"].to_numpy() - 1
        tables.append(
            table.assign(
                origin=series.index[n - 1],
                period=series.index[position],
                outturn=series.to_numpy(float)[position],
            )
        )
    columns = ["origin", "period", "horizon", "model", "quantile", "value", "outturn"]
    return pd.concat(tables, ignore_index=True)[columns]


def score_table(table, series, period=1):
    """Scores by model and horizon from a rolling-origin table.

    Parameters
    ----------
    table : pd.DataFrame
        From `rolling_origin`.
    series : pd.Series
        The same series: its changes up to each origin are the scale of MASE, RMSSE and MSIS.
    period : int
        Observations per year.

    Returns
    -------
    pd.DataFrame
        One row per ``model, horizon``: ``origins``, ``smape``, ``mase``, ``rmsse``, ``owa`` (against naive),
        ``bias``, ``skill_naive`` and ``skill_drift`` (of the absolute error), ``dm_statistic`` and ``dm_p``
        against naive (NaN with too few origins), ``wis``, ``msis``, and ``coverage_80``, ``coverage_95`` with
        ``_low``, ``_high`` (95 % binomial). Interval scores are NaN for models without quantiles. Origins
        whose history never changed have no scale and drop out of the scaled scores.
    """
    rows = []
    wide = table.pivot_table(
        index=["model", "horizon", "origin", "outturn"], columns="quantile", values="value", observed=True
    )
    scales = _scales(series, period)
    median = wide[0.5].rename("median").reset_index()
    losses = median.assign(loss=(median["median"] - median["outturn"]).abs())
    losses = losses.pivot_table(index=["horizon", "origin"], columns="model", values="loss")
    for (model, horizon), block in wide.groupby(level=["model", "horizon"], sort=False):
        index = block.index
        actual, origin = index.get_level_values("outturn").to_numpy(float), index.get_level_values("origin")
        scale = scales.loc[origin]
        rows.append(
            {
                "model": model,
                "horizon": horizon,
                "origins": len(block),
                **_point_scores(actual, block[0.5].to_numpy(), scale),
                **_relative_scores(losses.loc[horizon], model, horizon),
                **_interval_scores(actual, block, scale["mean_change"].to_numpy()),
            }
        )
    scored = pd.DataFrame(rows)
    naive = scored[scored["model"] == "naive"].set_index("horizon").loc[scored["horizon"]]
    owa = score.owa(
        scored["smape"].to_numpy(),
        scored["mase"].to_numpy(),
        naive["smape"].to_numpy(),
        naive["mase"].to_numpy(),
    )
    scored.insert(scored.columns.get_loc("bias"), "owa", owa)
    return scored.sort_values(["horizon", "model"], ignore_index=True)


def conformal(quantiles, past):
    """Intervals from a series' own past errors, at the horizons where it has enough of them.

    Parameters
    ----------
    quantiles : pd.DataFrame
        ``quantiles`` of a `calibrated.Forecast`.
    past : pd.DataFrame
        From `rolling_origin` for the same series: its median is compared with the outturn.

    Returns
    -------
    pd.DataFrame
        ``quantiles`` with a column ``interval``: ``own errors``, where there were 39 origins, or ``learned``.
    """
    past = past[(past["quantile"] == 0.5) & (past["value"] > 0) & (past["outturn"] > 0)]
    errors = np.log(past["outturn"] / past["value"])
    own = quantiles.assign(interval="learned")
    for (horizon, model), index in own.groupby(["horizon", "model"]).groups.items():
        mine = errors[(past["horizon"] == horizon) & (past["model"] == model)]
        if len(mine) < FEWEST_OWN_ERRORS:
            continue
        block = own.loc[index].sort_values("quantile")
        middle = block.loc[block["quantile"] == 0.5, "value"].item()
        own.loc[block.index, "value"] = middle * np.exp(conformal_quantiles(mine))
        own.loc[block.index, "interval"] = "own errors"
    return own


def conformal_quantiles(errors):
    """Finite-sample quantiles of past errors, by rank.

    The level-q quantile is the ``(m + 1) q``-th smallest of m errors, rounded outwards.

    Parameters
    ----------
    errors : array, shape (origins,)
        Log errors of one horizon, from a rolling origin.

    Returns
    -------
    np.ndarray, shape (levels,)

    Raises
    ------
    ValueError
        Fewer origins than the outermost quantile needs (39 for .025).
    """
    errors = np.sort(np.asarray(errors, float))
    if len(errors) < FEWEST_OWN_ERRORS:
        raise ValueError(f"{len(errors)} past errors: the outer quantiles need {FEWEST_OWN_ERRORS}")
    rank = (len(errors) + 1) * np.array(calibrated.LEVELS)
    rank = np.where(np.array(calibrated.LEVELS) < 0.5, np.floor(rank + 1e-9), np.ceil(rank - 1e-9)).astype(int)
    return errors[rank - 1]


def _benchmarks(history, horizon, period):
    values = history.to_numpy(float)
    season = period if len(values) >= period else 1
    naive = values[len(values) - season + np.arange(horizon) % season]
    drift = values[-1] + (values[-1] - values[0]) / (len(values) - 1) * np.arange(1, horizon + 1)
    return pd.DataFrame(
        {
            "horizon": np.tile(np.arange(1, horizon + 1), 2),
            "model": np.repeat(BENCHMARKS, horizon),
            "quantile": 0.5,
            "value": np.concatenate([naive, np.maximum(drift, 0)]),
        }
    )


def _scales(series, period):
    """Mean absolute and root mean squared change up to each origin; NaN where nothing changed."""
    lag = period if len(series) > period else 1
    change = series.astype(float).diff(lag)
    scales = pd.DataFrame(
        {
            "mean_change": change.abs().expanding().mean(),
            "root_change": np.sqrt((change**2).expanding().mean()),
        }
    )
    return scales.where(scales > 0)


def _point_scores(actual, forecast, scale):
    gap = forecast - actual
    mean_change, root_change = scale["mean_change"].to_numpy(), scale["root_change"].to_numpy()
    return {
        "smape": score.smape(actual, forecast).item(),
        "mase": _mean(np.abs(gap) / mean_change),
        "rmsse": np.sqrt(_mean((gap / root_change) ** 2)),
        "bias": _mean(gap / mean_change),
    }


def _relative_scores(losses, model, horizon):
    mean = losses.mean()
    found = {f"skill_{name}": float(score.skill(mean[model], mean[name])) for name in BENCHMARKS}
    try:
        test = score.diebold_mariano(losses[model], losses["naive"], horizon)
    except ValueError:  # too few origins or equal losses: nothing to test
        test = {"statistic": np.nan, "p_value": np.nan}
    return {**found, "dm_statistic": test["statistic"], "dm_p": test["p_value"]}


def _interval_scores(actual, block, mean_change):
    quantiles = block.dropna(axis=1, how="all")
    found = {"wis": np.nan, "msis": np.nan}
    for name, low, high in (("coverage_80", 0.1, 0.9), ("coverage_95", 0.025, 0.975)):
        if not {low, high} <= set(quantiles):
            found |= {name: np.nan, f"{name}_low": np.nan, f"{name}_high": np.nan}
            continue
        share = score.coverage(actual, quantiles[low].to_numpy(), quantiles[high].to_numpy())
        found |= {name: share["coverage"], f"{name}_low": share["low"], f"{name}_high": share["high"]}
    if {0.025, 0.975} <= set(quantiles):
        levels = quantiles.columns.to_numpy(float)
        found["wis"] = float(weighted_interval_score(actual, quantiles.to_numpy(), levels))
        width = score.interval_score(actual, quantiles[0.025].to_numpy(), quantiles[0.975].to_numpy(), 0.95)
        found["msis"] = _mean(width / mean_change)
    return found


def _mean(values):
    """Mean without NaN; NaN, without a warning, if nothing is left."""
    kept = values[~np.isnan(values)]
    return kept.mean() if len(kept) else np.nan
