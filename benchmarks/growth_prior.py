"""The prior of ``helpers.ensemble.drift``, measured on yearly competition series, and how far it can be trusted.

Run with ``make bench``. Prints the prior of all competitions together (the rows ``growth_prior`` of
``data/assumptions.csv``), that of yearly imports alone, and, for each collection with a prior fitted on the other
competitions, how often the intervals held the outturn when only the last three points before the origin were known
(``interval_coverage``), and the error relative to naive (``error_against_naive``).

Mean and spread of growth are those that forecast best from few points, not the moments of the collections: growth
among their series is twice as high as a forecast of it should be.
"""

import numpy as np
import pandas as pd
from calibrate import MEANS, SPREADS, collections, trade, windows
from scipy.special import polygamma

from helpers.ensemble.drift import GrowthPrior, naive, quantiles, shrunken_log_drift

KNOWN = 3


def measure(groups: list[list]) -> GrowthPrior:
    """Moments of a year's deviation from a series' own growth, and the growth that forecasts best."""
    steps = [np.diff(np.log(x)) for series in groups for x, _ in series]
    steps = [step for step in steps if len(step) >= 5 and step.var() > 0]
    count, variance = np.array([len(step) for step in steps]), np.array([s.var(ddof=1) for s in steps])
    excess = np.log(variance).var() - polygamma(1, (count - 1) / 2).mean()
    dof = 2 * _inverse_trigamma(max(excess, 0.05))
    # the mean of log s2 is log sd2 plus two digamma terms: of the series' length, and of the prior's dof
    shift = (polygamma(0, (count - 1) / 2) - np.log((count - 1) / 2)).mean() - (polygamma(0, dof / 2) - np.log(dof / 2))
    sd = float(np.exp((np.log(variance).mean() - shift) / 2))
    priors = [GrowthPrior(mean, spread, sd, dof) for mean in MEANS for spread in SPREADS]
    return min(priors, key=lambda prior: np.mean([against_naive(series, prior) for series in groups]))


def against_naive(series: list, prior: GrowthPrior) -> float:
    """Mean absolute log error of the median over that of naive, over three and five known points."""
    return float(np.mean([_median_error(series, prior, known) for known in (KNOWN, 5)]))


def _median_error(series: list, prior: GrowthPrior, known: int) -> float:
    errors = []
    for past, future in series:
        if len(past) < known:
            continue
        levels = pd.Series(past[-known:], index=np.arange(known, dtype=float))
        growth = shrunken_log_drift(levels, prior).growth
        change, ahead = np.log(future / past[-1]), np.arange(1, len(future) + 1)
        errors.append((np.abs(change - growth * ahead).mean(), np.abs(change).mean()))
    ours, naives = np.mean(errors, axis=0)
    return ours / naives


def coverage(series: list, prior: GrowthPrior, model) -> pd.DataFrame:
    """Share of outturns inside the 80 % and 95 % intervals by horizon, with the median's mean log error."""
    rows = []
    for past, future in series:
        levels = pd.Series(past[-KNOWN:], index=np.arange(KNOWN, dtype=float))
        ahead = np.arange(1, len(future) + 1)
        q = quantiles(model(levels, prior), ahead, (0.025, 0.1, 0.5, 0.9, 0.975))
        rows += zip(
            ahead,
            (q[:, 1] <= future) & (future <= q[:, 3]),
            (q[:, 0] <= future) & (future <= q[:, 4]),
            np.abs(np.log(future / q[:, 2])),
            strict=True,
        )
    table = pd.DataFrame(rows, columns=["horizon", "80 %", "95 %", "mean |log error|"])
    return table.groupby("horizon").mean()


def main() -> None:
    data = {name: [(x, xx) for x, xx in s if min(x.min(), xx.min()) > 0] for name, s in collections().items()}
    imports = windows(trade().to_numpy(), 14)[::20]
    print("prior, all competitions:", measure(list(data.values())))
    print("prior, trade alone:", measure([imports]))
    for name, series in (data | {"Trade": imports}).items():
        prior = measure([other for key, other in data.items() if key != name])
        print(f"\n{name}: {len(series)} series, prior from the others {prior}")
        tables = {model.__name__: coverage(series, prior, model) for model in (shrunken_log_drift, naive)}
        print(pd.concat(tables, axis=1).round(3).to_string())
        held = tables["shrunken_log_drift"].mean()
        print(f"held {held['80 %']:.1%} and {held['95 %']:.1%}; error with three points ", end="")
        print(f"{_median_error(series, prior, KNOWN):.2f} of naive, five {_median_error(series, prior, 5):.2f}")


def _inverse_trigamma(value: float) -> float:
    x = 0.5 + 1 / value
    for _ in range(50):
        x += polygamma(1, x) * (1 - polygamma(1, x) / value) / polygamma(2, x)
    return float(x)


if __name__ == "__main__":
    main()
