"""A year known in part: the year-to-date rule and the nowcast on real monthly series, beside simpler rules and bounds.

Run ``python benchmarks/nowcast.py`` with the extra ``bench``. The last twelve months of each series are the year;
three, six or nine of them are known. Prints the mean absolute log error of each rule, the coverage of the
intervals with an error scale learned on the other collections only, that scale learned on all (``coefficients`` of
``ensemble/part_year.json``), and what became of yearly series that lost 35 % in a year.

``python benchmarks/nowcast.py india [series] [seed]`` gives the nowcast what customs gave of India (``PATTERN``) on
as many series, drawn from all three collections, and prints its errors, coverage and interval scores, in logs.
Bounds: the year begun not above twice the half; the year after within 2 % of the best simple rule; coverage 75-87 and
92-98; 95 % score of the year after at most .90; no upper bound above 6 medians.
"""

import sys
import time

import numpy as np
import pandas as pd
from calibrate import collections
from scipy.special import stdtrit

from helpers import fiscal
from helpers.ensemble import part_year
from helpers.ensemble.drift import GrowthPrior, shrunken_log_drift
from helpers.ensemble.nowcast import simulate_months

MOST = 150  # months of history, as in the smoothers
TARGETS = {3: (None, None), 6: (4.0, 3.6), 9: (None, None)}
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
PATTERN = ("FY21", "FY24", "FY25", "2022", "FY26-H1", "2024-03", "2024-04", "2025-03", "2025-04")
MONTHS = pd.period_range("2020-04", "2027-03", freq="M")  # what the last months of each series are called
PRIOR = GrowthPrior(mean=0.03, spread=0.02, sd=0.066, dof=1.25)  # rows growth_prior of data/assumptions.csv
PUBLISHED = {3: "5.8", 6: "3.6", 9: "2.0"}  # the same rule in this project's evidence, on 2,033 series


def cases(known, every=1):
    """For each collection: log errors of the rules and the features of the error, one row a series."""
    found = {}
    for name, series in collections(12).items():
        rows = []
        for x, xx in series[::every]:
            values = np.concatenate([x, xx])[-MOST - 12 :]
            if len(values) < 48 or values.min() <= 0:
                continue
            history, year = values[: len(values) - 12 + known], values[-12:].sum()
            done, by_share, by_forecast, features = part_year.year_routes(history, known)
            last = history[-known - 12 : -known]
            rules = (
                done * 12 / known,
                done * last.sum() / last[:known].sum(),
                by_share,
                by_forecast,
                (by_share + by_forecast) / 2,
            )
            rows.append([*np.log(year / np.array(rules)), *features])
        found[name] = np.array(rows)
    return found


def error_scale(rows):
    """Coefficients of the log scale for Student's t: median regression by weights, then the tail matched at 80 %."""
    features, errors = rows[:, 5:], np.abs(rows[:, 4])
    size = np.log(np.maximum(errors, 1e-3))
    coefficients = np.linalg.lstsq(features, size, rcond=None)[0]
    standard = errors / np.exp(features @ coefficients)
    coefficients[0] += np.log(np.quantile(standard, 0.8) / stdtrit(part_year.learned()["freedom"], 0.9))
    return coefficients


def coverage(rows, coefficients):
    """Share of years inside the 80 % and the 95 % interval."""
    standard = np.abs(rows[:, 4]) / np.exp(rows[:, 5:] @ coefficients)
    return [float((standard <= stdtrit(part_year.learned()["freedom"], q)).mean()) for q in (0.9, 0.975)]


def collapses(fall=0.35):
    """Share of the lost ground won back one to three years after the first yearly fall by ``fall`` of a series."""
    rows = []
    for series in collections(1).values():
        for x, xx in series:
            values = np.concatenate([x, xx])
            if values.min() <= 0:
                continue
            for t in range(1, len(values)):
                if values[t] <= (1 - fall) * values[t - 1]:
                    after = np.full(3, np.nan)
                    later = values[t + 1 : t + 4]
                    after[: len(later)] = (later - values[t]) / (values[t - 1] - values[t])
                    rows.append(after)
                    break
    return np.array(rows)


def jumps(calm=0.15):
    """Log changes on the year of half-years, after a half that changed by less than ``calm``, and their next ones."""
    rows = []
    for series in collections(12).values():
        for values in map(np.concatenate, series):
            halves = np.log(values[len(values) % 6 :].reshape(-1, 6).sum(axis=1).clip(min=1e-9))
            yearly = halves[2:] - halves[:-2]
            rows += [one[1::2] for one in np.lib.stride_tricks.sliding_window_view(yearly, 4) if abs(one[0]) < calm]
    return np.array(rows)


def indian(count=200, seed=1):
    """For the year begun and the year after: the truth, ours at five levels, and the simple rules, one row a series."""
    drawn = [
        values[-len(MONTHS) :]
        for series in collections(12).values()
        for values in map(np.concatenate, series)
        if len(values) >= len(MONTHS) and values[-len(MONTHS) :].min() > 0
    ]
    rows = {"FY26": [], "FY27": []}
    for place in np.random.default_rng(seed).permutation(len(drawn))[:count]:
        truth = pd.Series(drawn[place], MONTHS)
        sums = pd.Series({period: truth[fiscal.months(period)].sum() for period in PATTERN})
        now = simulate_months(sums, PRIOR, item=str(place))
        level, last = 2 * sums["FY26-H1"], sums["FY25"]
        yearly = pd.Series([sums["FY21"], sums["FY24"], last, level], [2021.0, 2024.0, 2025.0, 2025.75])
        for ahead, (year, found) in enumerate(rows.items()):
            drift = shrunken_log_drift(yearly, PRIOR)
            simple = {
                "twice the half": level,
                "the last year": last,
                "the mean of both": (level * last) ** 0.5,
                "shrunken drift": level * np.exp((0.25 + ahead) * drift.growth),
            }
            own = np.quantile(now.total(year), LEVELS)
            found.append({"truth": truth[fiscal.months(year)].sum()} | dict(zip(LEVELS, own, strict=True)) | simple)
    return {year: pd.DataFrame(found) for year, found in rows.items()}


def print_indian(count, seed):
    """Errors, coverage, interval scores and the largest upper bound on India's pattern."""
    begun = time.perf_counter()
    found = indian(count, seed)
    print(f"{count} series of India's pattern, seed {seed}, {(time.perf_counter() - begun) / count:.2f} s a series")
    for year, rows in found.items():
        logs = np.log(rows)
        errors = logs.drop(columns=["truth", *(level for level in LEVELS if level != 0.5)]).sub(logs["truth"], axis=0)
        print(f"\n{year}: mean absolute error, log points x 100; bootstrap error of ours less that of twice the half")
        errors = errors.abs().rename(columns={0.5: "ours"}) * 100
        print("".join(f"  {name}: {value:.2f}" for name, value in errors.mean().items()), end="")
        apart = (errors["ours"] - errors["twice the half"]).to_numpy()
        rng = np.random.default_rng(1)
        print(f"  ({rng.choice(apart, (1000, len(apart))).mean(axis=1).std():.2f})")
        for low, high in ((0.1, 0.9), (0.025, 0.975)):
            under, over = (logs[low] - logs["truth"]).clip(lower=0), (logs["truth"] - logs[high]).clip(lower=0)
            inside, size = ((under + over) == 0).mean(), logs[high] - logs[low] + (under + over) / low
            print(f"  {high - low:.0%}: coverage {inside:.1%}, interval score {size.mean():.3f}")
        print(f"  largest ratio of the upper bound to the median {np.exp((logs[0.975] - logs[0.5]).max()):.2f}")


def main():
    if sys.argv[1:2] == ["india"]:
        return print_indian(*map(int, (sys.argv[2:] + ["200", "1"][len(sys.argv) - 2 :])))
    print("Mean absolute log error, per cent")
    print(f"{'months known':>13s}{'series':>8s}{'annualise':>11s}{'last share':>11s}{'3-y share':>11s}", end="")
    print(f"{'YTD+model':>11s}{'mean':>7s}{'p90':>7s}{'least':>7s}{'goal':>7s}  evidence")
    pooled = {}
    for known, (least, goal) in TARGETS.items():
        found = cases(known)
        rows = np.concatenate(list(found.values()))
        for name, part in found.items():
            pooled.setdefault(name, []).append(part)
        errors = np.abs(rows[:, :5]).mean(axis=0) * 100
        print(f"{known:13d}{len(rows):8d}" + "".join(f"{e:11.2f}" for e in errors[:4]), end="")
        print(f"{errors[4]:7.2f}{np.quantile(np.abs(rows[:, 4]), 0.9) * 100:7.2f}", end="")
        print(f"{least or '-':>7}{goal or '-':>7}  {PUBLISHED[known]}")
    print("\nCoverage, error scale learned on the other collections")
    pooled = {name: np.concatenate(parts) for name, parts in pooled.items()}
    for name, rows in pooled.items():
        others = np.concatenate([part for other, part in pooled.items() if other != name])
        inside = coverage(rows, error_scale(others))
        print(f"{name:>13s}{len(rows):8d}   80 %: {inside[0]:.3f}   95 %: {inside[1]:.3f}")
    scale = error_scale(np.concatenate(list(pooled.values())))
    print("\ncoefficients of ensemble/part_year.json:", tuple(float(value) for value in scale.round(3)))
    first, later = jumps().T
    for least, most in ((0.2, 0.5), (0.5, 1.5), (-0.5, -0.2), (-1.5, -0.5)):
        some = (least <= first) & (first < most)
        kept = np.quantile(1 + later[some] / first[some], (0.1, 0.5, 0.9)).round(2)
        print(f"{some.sum()} half-years changed by {least} to {most} logs: kept a year later, 10, 50, 90 %: {kept}")
    after = collapses()
    print(f"\n{len(after)} first falls of 35 % and more: share of the lost ground recovered after 1, 2, 3 years")
    for q in (0.1, 0.5, 0.9):
        print(f"{q:13.0%}" + "".join(f"{v:8.2f}" for v in np.nanquantile(after, q, axis=0)))


if __name__ == "__main__":
    main()
