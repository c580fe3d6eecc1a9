"""The forecasting engine beside published results: ``python benchmarks/forecast.py`` (extra ``bench``).

Growth prior and intervals are learned without the collection they are judged on. Each line prints our
figure, the least and the goal we set ourselves, the published figure or peer, and whether it was reached.
"""

import subprocess
import sys
import time

import measures as score
import numpy as np
from calibrate import PERIODS, by_shape, collections, interval_scores, last_points, train, without

from helpers.ensemble import calibrated
from helpers.ensemble.combine import combined

# mean scaled interval score of 95 %: automatic ETS of statsforecast 2.1.1 on the same series
# full length run for this table, short ones as in the project's measurements (at 6 points it is naive)
AUTO_ETS_MSIS = {
    None: {"M1": 60.74, "M3": 28.71, "Tourism": 27.51},
    6: {"M1": 41.4, "M3": 25.2, "Tourism": 22.5},
    10: {"M1": 35.8, "M3": 21.7, "Tourism": 20.1},
}


def naive(values, horizon):
    """The last value, again and again."""
    return values[:, -1:].repeat(horizon, axis=1)


def point_forecast(artefact, period=1):
    """The point forecast under an artefact, as a function of values and horizon."""
    return lambda values, horizon: combined(values, horizon, artefact["growth"], period).point


def point_scores(series, function, period=1):
    """Mean sMAPE and mean MASE over series; a constant history has no MASE."""
    made = by_shape(series, function)
    pairs = list(zip(series, made, strict=True))
    return (
        float(np.mean([score.smape(xx, f) for (_, xx), f in pairs])),
        float(np.nanmean([score.mase(xx, f, x, period) for (x, xx), f in pairs])),
    )


def line(what, ours, least, goal, published, worse_above=True, digits=3):
    """Print one measure beside its targets and say which was reached."""
    sign = 1 if worse_above else -1
    shown = round(ours, digits)
    reached = "goal" if sign * shown <= sign * goal else "least" if sign * shown <= sign * least else "MISSED"
    print(f"{what:44s}{ours:9.{digits}f}{least:9.{digits}f}{goal:9.{digits}f}  {reached:7s} {published}")


def within(what, ours, least, goal, published=""):
    """Print one coverage, in percent, beside the bands it should lie in."""
    shown = round(100 * ours, 1)
    reached = "goal" if goal[0] <= shown <= goal[1] else "least" if least[0] <= shown <= least[1] else "MISSED"
    bands = f"{least[0]}-{least[1]}".rjust(9) + f"{goal[0]}-{goal[1]}".rjust(9)
    print(f"{what:44s}{shown:9.1f}{bands}  {reached:7s} {published}")


def published_rows(yearly):
    """The naive rows that tell whether the metrics are right."""
    print("\nMetrics: naive, beside the published figures")
    for name, published in (
        ("M1", "-"),
        ("M3", "sMAPE 17.880, MASE 3.172"),
        ("Tourism", "MAPE 23.61, MASE 3.01"),
    ):
        mean_smape, mean_mase = point_scores(yearly[name], naive)
        made = by_shape(yearly[name], naive)
        mape = np.mean([score.mape(xx, f) for (_, xx), f in zip(yearly[name], made, strict=True)])
        ours = f"sMAPE {mean_smape:.3f}, MAPE {mape:.2f}, MASE {mean_mase:.3f}"
        print(f"{f'{name} yearly, {len(yearly[name])} series':34s}{ours:48s}{published}")


def yearly_points(yearly, artefacts):
    """Full-length yearly accuracy."""
    relative, found = [], {}
    for name, series in yearly.items():
        found[name] = point_scores(series, point_forecast(artefacts[name]))
        relative.append(score.owa(*found[name], *point_scores(series, naive)))
        triple = f"{found[name][0]:9.3f} / {found[name][1]:.3f} / {relative[-1]:.3f}"
        print(f"{name + ' yearly: sMAPE / MASE / OWA':44s}{triple}")
    line(
        "mean OWA over M1, M3, Tourism yearly",
        float(np.mean(relative)),
        0.825,
        0.815,
        "automatic ETS .884, DOT and SCUM .836",
    )
    line("M3 yearly sMAPE", found["M3"][0], 15.8, 15.6, "best entry 16.424, Theta 16.974", digits=2)
    line("M3 yearly MASE", found["M3"][1], 2.60, 2.56, "best entry 2.625, Theta 2.806", digits=2)
    line(
        "Tourism yearly MASE, h 1-4",
        found["Tourism"][1],
        2.63,
        2.60,
        "Theta 2.73, ETS 3.00, naive 3.01",
        digits=2,
    )


def short_points(yearly, artefacts):
    """Only the last few points of each series, four years ahead, all series pooled."""
    for n, least, goal, peer in (
        (5, None, None, "1.000"),
        (6, 0.89, 0.88, "1.000"),
        (8, 0.87, 0.86, "1.025"),
        (10, None, None, ".966"),
    ):
        ours, theirs = [], []
        for name, series in yearly.items():
            short = last_points(series, n, horizon=4)
            ours.append((len(short), *point_scores(short, point_forecast(artefacts[name]))))
            theirs.append((len(short), *point_scores(short, naive)))
        pooled = [np.average(np.array(t)[:, 1:], axis=0, weights=np.array(t)[:, 0]) for t in (ours, theirs)]
        value = float(score.owa(*pooled[0], *pooled[1]))
        told = f"automatic ETS {peer}"
        if least is None:
            print(f"{f'last {n} points, pooled OWA':44s}{value:9.3f}{'-':>9s}{'-':>9s}  {'':7s} {told}")
        else:
            line(f"last {n} points, pooled OWA", value, least, goal, told)


def intervals(yearly, artefacts):
    """Coverage and interval score of each collection held out, at full length and on 6 and 10 points."""
    bands = {"coverage_95": ((91, 98), (93, 97)), "coverage_80": ((75, 85), (77, 83))}
    for n, peers in AUTO_ETS_MSIS.items():
        ratios = []
        for name, series in yearly.items():
            judged = series if n is None else last_points(series, n, horizon=4)
            found = interval_scores(judged, artefacts[name])
            label = f"{name} yearly" if n is None else f"{name} last {n}"
            for key, (least, goal) in bands.items():
                within(f"{label}: coverage of {key[-2:]} %, held out", found[key], least, goal)
            ratios.append(found["msis"] / peers[name])
            told = f"automatic ETS {peers[name]}, ratio {ratios[-1]:.2f}"
            print(f"{label + ': MSIS':44s}{found['msis']:9.2f}{'':27s}{told}")
        label = "full length" if n is None else f"last {n} points"
        line(
            f"MSIS relative to automatic ETS, {label}",
            float(np.mean(ratios)),
            0.85,
            0.75,
            "mean over collections",
            digits=2,
        )


def very_short_intervals(yearly, artefacts):
    """Coverage on three and four points, where no target was set but the magnet series live."""
    for n in (3, 4):
        for name, series in yearly.items():
            found = interval_scores(last_points(series, n, horizon=4), artefacts[name])
            shares = f"{100 * found['coverage_95']:9.1f} / {100 * found['coverage_80']:.1f}"
            print(f"{f'{name} last {n}: coverage of 95 % / 80 %':44s}{shares}")


def monthly_points(monthly, quarterly, artefacts):
    """Seasonal series: M3 monthly and quarterly."""
    found = point_scores(monthly["M3"], point_forecast(artefacts["M3"], 12), 12)
    line("M3 monthly sMAPE", found[0], 13.9, 13.6, "best entry: Theta 13.892", digits=2)
    line("M3 monthly MASE", found[1], 0.85, 0.835, "best entry: ForecastPro .848")
    found = point_scores(quarterly["M3"], point_forecast(artefacts["M3"], 4), 4)
    print(f"{'M3 quarterly sMAPE / MASE':44s}{found[0]:9.3f} / {found[1]:.3f}")
    for period, named in ((4, quarterly), (12, monthly)):
        for name, series in named.items():
            got = interval_scores(series, artefacts[name], period)
            print(
                f"{f'{name} {PERIODS[period]}: coverage 95 / 80, MSIS':44s}"
                f"{100 * got['coverage_95']:9.1f} / {100 * got['coverage_80']:.1f} / {got['msis']:.2f}"
            )


def speed(yearly):
    """All members, combination and intervals, one series at a time and batched; and the import."""
    artefact = calibrated.calibration("general")
    series = [s for named in yearly.values() for s in named]
    for label, groups in (("batched by length", None), ("one call a series", 1)):
        start = time.perf_counter()
        if groups is None:
            by_shape(series, lambda y, h: calibrated.forecast_quantiles(y, h, 1, artefact=artefact)[0])
        else:
            for x, xx in series:
                calibrated.forecast_quantiles(x, len(xx), 1, artefact=artefact)
        taken = 1e3 * (time.perf_counter() - start) / len(series)
        line(f"ms a yearly series, {label}", taken, 1.5, 0.5, "automatic ETS 2.9, statsmodels 37", digits=2)
    code = (
        "import sys, time; t = time.perf_counter();"
        "import helpers.outlook.forecast;"
        "print(time.perf_counter() - t, any(m in sys.modules for m in ('statsmodels', 'scipy', 'seaborn')))"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5)]
    seconds, heavy = zip(*(run.stdout.split() for run in runs), strict=True)
    line(
        "import helpers.outlook.forecast, s, median of 5",
        float(np.median(np.array(seconds, float))),
        0.7,
        0.5,
        f"statsmodels, scipy or seaborn imported: {heavy[0]}",
        digits=2,
    )


def main():
    """Print every measure; nothing is written."""
    start = time.perf_counter()
    yearly, quarterly, monthly = (collections(period) for period in PERIODS)
    published_rows(yearly)
    by_period = {1: yearly, 4: quarterly, 12: monthly}
    artefacts = {name: train(without(by_period, name)) for name in yearly}
    print(f"{'growth prior learned without':44s}", {k: tuple(v["growth"]) for k, v in artefacts.items()})
    print(f"\n{'measure':44s}{'ours':>9s}{'least':>9s}{'goal':>9s}  reached published or peer")
    speed(yearly)
    yearly_points(yearly, artefacts)
    short_points(yearly, artefacts)
    intervals(yearly, artefacts)
    very_short_intervals(yearly, artefacts)
    monthly_points(monthly, quarterly, artefacts)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
