"""A year known in part: the year-to-date rule on real monthly series, beside simpler rules and its targets.

Run ``python benchmarks/nowcast.py`` with the extra ``bench``. The last twelve months of each series are the year;
three, six or nine of them are known. Prints the mean absolute log error of each rule, the coverage of the
intervals with an error scale learned on the other collections only, that scale learned on all (``coefficients`` of
``ensemble/part_year.json``), and what became of yearly series that lost 35 % in a year.
"""

import numpy as np
from calibrate import collections
from scipy.special import stdtrit

from helpers.ensemble import part_year

MOST = 150  # months of history, as in the smoothers
TARGETS = {3: (None, None), 6: (4.0, 3.6), 9: (None, None)}
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


def main():
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
    after = collapses()
    print(f"\n{len(after)} first falls of 35 % and more: share of the lost ground recovered after 1, 2, 3 years")
    for q in (0.1, 0.5, 0.9):
        print(f"{q:13.0%}" + "".join(f"{v:8.2f}" for v in np.nanquantile(after, q, axis=0)))


if __name__ == "__main__":
    main()
