"""The forecasting engine beside published results: ``python benchmarks/forecast.py`` (extra ``bench``).

Growth prior and intervals are learned without the collection, material or years they are judged on. Each line has the
number of series, our figure with its bootstrap error, the least and the goal we set ourselves, whether it was reached,
and the published figure or peer.
"""

import subprocess
import sys
import time

import measures as score
import numpy as np
from calibrate import (
    PERIODS,
    TRADE_HORIZON,
    by_shape,
    collections,
    interval_scores,
    last_points,
    last_value,
    losses_of,
    point_losses,
    trade,
    train,
    train_trade,
    without,
)

from helpers.ensemble import calibrated
from helpers.ensemble.combine import combined
from helpers.ensemble.draws import normal
from helpers.ensemble.quantiles import scores, weighted_quantiles
from helpers.ensemble.score import pinball
from helpers.ensemble.smoothers import member_forecasts

# mean scaled interval score of 95 %: automatic ETS of statsforecast 2.1.1 on the same series
# full length run for this table, short ones as in the project's measurements (at 6 points it is naive)
AUTO_ETS_MSIS = {
    None: {"M1": 60.74, "M3": 28.71, "Tourism": 27.51},
    6: {"M1": 41.4, "M3": 25.2, "Tourism": 22.5},
    10: {"M1": 35.8, "M3": 21.7, "Tourism": 20.1},
}
DECILES = tuple(decile / 10 for decile in range(1, 10))
BANDS = {"80": ((75, 85), (77, 83)), "95": ((92, 97), (93, 97))}
SCUM = ("damped raw", "theta raw", "ses raw", "ses_drift raw")
"""Median of four (Petropoulos & Svetunkov 2020), approximated: damped ETS, Theta, SES for CES, ARIMA(0,1,1) + drift."""

FOLDS = 5
"""Groups of materials, each left out in turn."""


def point(artefact, period=1):
    """The point forecast under an artefact, as a function of values and horizon."""
    return lambda y, h: combined(y, h, artefact["growth"], period, artefact.get("recovery")).point


def line(what, count, ours, least=None, goal=None, published="", error=None, digits=3, below=True):
    """Print one measure beside its targets and say which was reached."""
    sign, shown = (1 if below else -1), round(ours, digits)
    reached = ""
    if least is not None:
        reached = "goal" if sign * shown <= sign * goal else "least" if sign * shown <= sign * least else "MISSED"
    numbers = f"{ours:9.{digits}f}" + (f" ±{error:.{digits}f}" if error is not None else "").ljust(8)
    targets = "".join(f"{x:>8}" if x is not None else f"{'-':>8}" for x in (least, goal))
    print(f"{what:46s}{count:6d}{numbers}{targets}  {reached:7s} {published}", flush=True)


def within(what, count, shares, published=""):
    """Print coverage of 80 % and 95 %, in percent, beside the bands they should lie in."""
    reached = []
    for (least, goal), share in zip(BANDS.values(), shares, strict=True):
        inside = [low <= round(100 * share, 1) <= high for low, high in (goal, least)]
        reached.append("goal" if inside[0] else "least" if inside[1] else "MISSED")
    shown = " / ".join(f"{100 * share:.1f}" for share in shares)
    print(f"{what:46s}{count:6d}  {shown:15s} 75-85 / 92-97  {' / '.join(reached):15s} {published}", flush=True)


def bootstrap(statistic, count, draws=200):
    """Standard error of a statistic of drawn row numbers, series drawn with replacement."""
    rng = np.random.default_rng(1)
    return float(np.std([statistic(rng.integers(0, count, count)) for _ in range(draws)]))


def relative(ours, naive):
    """OWA of losses by series, shape (series, 2), as a function of the rows."""
    return lambda rows: float((np.nanmean(ours[rows], axis=0) / np.nanmean(naive[rows], axis=0)).mean())


def published_rows(yearly):
    """The naive rows that tell whether the metrics are right."""
    print("\nMetrics: naive, beside the published figures")
    for name, published in (("M1", "-"), ("M3", "sMAPE 17.880, MASE 3.172"), ("Tourism", "MAPE 23.61, MASE 3.01")):
        smape, mase = np.nanmean(point_losses(yearly[name], last_value), axis=0)
        ours = f"sMAPE {smape:.3f}, MAPE {np.mean(mape(yearly[name], last_value)):.2f}, MASE {mase:.3f}"
        print(f"{f'{name} yearly, {len(yearly[name])} series':34s}{ours:48s}{published}")


def mape(series, function):
    """Mean absolute percentage error of every series."""
    return np.array([score.mape(xx, f) for (_, xx), f in zip(series, by_shape(series, function), strict=True)])


def for_percentages(artefact):
    """The forecast that percentage errors ask for, lower than the median: that of the density over the value.

    Gneiting (2011), *Journal of the American Statistical Association* 106.
    """

    def lower(quantiles):
        logs = np.log(np.maximum(quantiles, np.finfo(float).tiny))
        values = np.exp(np.interp(scores(400), normal(np.array(calibrated.LEARNED)), logs))
        return weighted_quantiles(values, 1 / values, [0.5])[0]

    def made(values, horizon):
        found = calibrated.forecast_quantiles(values, horizon, artefact=artefact, levels=calibrated.LEARNED)[0]
        return np.apply_along_axis(lower, -1, found)

    return made


def decile_losses(series, artefact):
    """Twice the mean pinball loss over deciles, and the size of the outturn, summed over the horizon, by series."""

    def deciles(values, horizon):
        return calibrated.forecast_quantiles(values, horizon, artefact=artefact, levels=DECILES)[0]

    pairs = list(zip(series, by_shape(series, deciles), strict=True))
    loss = [2 * pinball(xx, q, np.array(DECILES)).mean() * len(xx) for (_, xx), q in pairs]
    return np.array(loss), np.array([np.abs(xx).sum() for (_, xx), _ in pairs])


def yearly_points(yearly, artefacts):
    """Full-length yearly accuracy."""
    targets = {
        "M1": {
            "MASE": (3.43, 3.40, "best library 3.486"),
            "WQL": (0.126, 0.125, "Moirai-large .1260, AutoARIMA .1328"),
        },
        "M3": {
            "sMAPE": (15.5, 15.2, "LGT 15.23, N-BEATS 15.84, DOTM 15.94"),
            "MASE": (2.59, 2.56, "AutoTheta 2.610"),
            "WQL": (0.1275, 0.125, "TimeCopilot .1250, TiRex .1264"),
        },
        "Tourism": {"MASE": (2.58, 2.55, "Theta 2.73"), "MAPE": (22.0, 21.4, "N-BEATS 21.44, Theta 23.45")},
    }
    found, every = [], {}
    for name, series in yearly.items():
        ours, naive = point_losses(series, point(artefacts[name])), point_losses(series, last_value)
        every[name] = relative(ours, naive)
        found.append(every[name](slice(None)))
        loss, size = decile_losses(series, artefacts[name])
        percent, lower = (mape(series, made(artefacts[name])) for made in (point, for_percentages))
        measured = {
            "sMAPE": lambda rows, ours=ours: np.mean(ours[rows, 0]),
            "MASE": lambda rows, ours=ours: np.nanmean(ours[rows, 1]),
            "MAPE of the median": lambda rows, percent=percent: np.mean(percent[rows]),
            "MAPE": lambda rows, lower=lower: np.mean(lower[rows]),
            "WQL": lambda rows, loss=loss, size=size: loss[rows].sum() / size[rows].sum(),
        }
        for key, value in measured.items():
            digits = {"MASE": 3, "WQL": 4}.get(key, 2)
            error = bootstrap(value, len(series))
            told = targets[name].get(key, (None, None, ""))
            line(f"{name} yearly {key}", len(series), float(value(slice(None))), *told, error, digits)
    error = np.sqrt(sum(bootstrap(every[name], len(series)) ** 2 for name, series in yearly.items())) / len(yearly)
    told = "automatic ETS .884, DOT and SCUM .836"
    line(
        "mean OWA over M1, M3, Tourism yearly",
        sum(map(len, yearly.values())),
        np.mean(found),
        0.812,
        0.805,
        told,
        error,
    )


def short_points(yearly, artefacts):
    """Only the last few points of each series, four years ahead, all series pooled."""
    for n, least, goal, peer in (
        (5, 0.864, 0.855, "1.000"),
        (6, 0.846, 0.838, "1.000"),
        (8, 0.832, 0.825, "1.025"),
        (10, 0.822, 0.815, ".966"),
    ):
        short = {name: last_points(series, n, horizon=4) for name, series in yearly.items()}
        ours = np.concatenate([point_losses(series, point(artefacts[name])) for name, series in short.items()])
        naive = np.concatenate([point_losses(series, last_value) for series in short.values()])
        owa = relative(ours, naive)
        error = bootstrap(owa, len(ours))
        line(f"last {n} points, pooled OWA", len(ours), owa(slice(None)), least, goal, f"automatic ETS {peer}", error)


def seasonal_points(quarterly, monthly, artefacts):
    """Seasonal series: M3 quarterly and monthly."""
    for period, named, told in (
        (4, quarterly, ((8.96, 8.85, "Theta 8.96"), (1.07, 1.05, ""))),
        (12, monthly, ((13.4, 13.3, "best entry: Theta 13.892"), (0.834, 0.825, "best entry: ForecastPro .848"))),
    ):
        losses = point_losses(named["M3"], point(artefacts["M3"], period), period)
        for column, key in enumerate(("sMAPE", "MASE")):
            error = bootstrap(lambda rows, x=losses[:, column]: np.nanmean(x[rows]), len(losses))
            ours = float(np.nanmean(losses[:, column]))
            line(f"M3 {PERIODS[period]} {key}", len(losses), ours, *told[column], error, 3 if column else 2)


def intervals(by_period, artefacts):
    """Coverage of each collection held out, also on few points and where a series grows fast; interval scores."""
    for n in (None, 3, 4, 6):
        for name, series in by_period[1].items():
            judged = series if n is None else last_points(series, n, horizon=4)
            found = interval_scores(judged, artefacts[name])
            label = f"{name} {'yearly' if n is None else f'last {n}'}: coverage 80 / 95"
            within(label, len(judged), (found["coverage_80"], found["coverage_95"]))
    pooled = []
    for name, series in by_period[1].items():
        judged = [(x, xx) for x, xx in series if x[0] > 0 and np.log(x[-1] / x[0]) > np.log(1.15) * (len(x) - 1)]
        found = interval_scores(judged, artefacts[name])
        pooled.append((len(judged), found["coverage_80"], found["coverage_95"]))
    shares = np.average(np.array(pooled)[:, 1:], axis=0, weights=np.array(pooled)[:, 0])
    told = ", ".join(f"{100 * eighty:.0f} / {100 * wide:.0f}" for _, eighty, wide in pooled)
    within("own growth over 15 % a year, pooled", sum(p[0] for p in pooled), shares, f"by collection {told}")
    for n, peers in AUTO_ETS_MSIS.items():
        ratios = []
        for name, series in by_period[1].items():
            judged = series if n is None else last_points(series, n, horizon=4)
            ratios.append(interval_scores(judged, artefacts[name])["msis"] / peers[name])
        told = "M1, M3, Tourism " + ", ".join(f"{ratio:.2f}" for ratio in ratios)
        label = f"MSIS to automatic ETS, {'full length' if n is None else f'last {n} points'}"
        line(label, len(by_period[1]), float(np.mean(ratios)), 0.68, 0.65, told, digits=2)
    for period in (4, 12):
        for name, series in by_period[period].items():
            found = interval_scores(series, artefacts[name], period)
            label = f"{name} {PERIODS[period]}: coverage 80 / 95"
            within(label, len(series), (found["coverage_80"], found["coverage_95"]), f"MSIS {found['msis']:.2f}")


def trade_rows(table):
    """Imports of raw materials: accuracy and coverage over all origins, by material and by time left out."""
    values, materials = table.to_numpy(), table.index.get_level_values("material")
    growth = np.diff(np.log(values), axis=1)
    standard = (growth - growth.mean(axis=1, keepdims=True)) / growth.std(axis=1, keepdims=True)
    shocks = np.linalg.eigvalsh(standard.T @ standard)
    alike = (standard.sum(axis=0) ** 2).mean() / len(standard)
    independent = shocks.sum() ** 2 / (shocks**2).sum()
    print(f"\nTrade: {growth.shape[1]} years of growth hold {independent:.1f} independent shocks;")
    print(f"a year's mean over {len(values)} series varies as that of {len(values) / alike:.0f} independent ones")
    group = materials.factorize()[0] % FOLDS
    folds = [train_trade(values[group != fold]) for fold in range(FOLDS)]
    seen = 14
    earlier = train_trade(values, last=seen)
    whole = train_trade(values)
    print("recovery (growth a year, pull, rebound):", np.round(whole["recovery"], 3), "early years:", end=" ")
    print(np.round(earlier["recovery"], 3), "growth prior", whole["growth"])
    for n, owas in ((8, (0.97, 0.95)), (4, (0.99, 0.97))):
        origins = range(n, values.shape[1] - TRADE_HORIZON + 1)
        by_material = np.concatenate(
            [_by_origin(values[group == k], n, origins, folds[k]) for k in range(FOLDS)], axis=1
        )
        late = range(max(n, seen), values.shape[1] - TRADE_HORIZON + 1)
        by_time = _by_origin(values, n, late, earlier)
        order = np.concatenate([np.flatnonzero(group == k) for k in range(FOLDS)])
        ours = _trade_owa(by_material)
        names = materials.to_numpy()[order]
        each = np.unique(names)

        def drawn(rows, made=by_material, names=names, each=each):
            return _trade_owa(made[:, np.concatenate([np.flatnonzero(names == each[row]) for row in rows])])

        error = bootstrap(drawn, len(each), 50)
        scum = _trade_owa(by_material, 2)
        told = f"SCUM, approximated, {scum:.3f}; late origins learned from early years {_trade_owa(by_time):.3f}"
        line(f"Trade, {n} points: OWA, {len(origins)} origins", len(values), ours, *owas, told, error)
        for label, made in (("materials left out", by_material), ("later years", by_time)):
            shares = made[..., 6:8].mean(axis=(0, 1))
            spread = made[..., 6].mean(axis=1)
            within(
                f"Trade, {n} points: coverage, {label}",
                len(values),
                shares,
                f"80 %: {100 * spread.min():.0f}-{100 * spread.max():.0f}",
            )


def _by_origin(values, n, origins, artefact):
    """By origin and series: sMAPE, MASE of ours, naive, SCUM; shares inside 80 %, 95 %. NaN where all were equal."""
    found = []
    for origin in origins:
        past, future = values[:, origin - n : origin], values[:, origin : origin + TRADE_HORIZON]
        quantiles, made = calibrated.forecast_quantiles(past, TRADE_HORIZON, artefact=artefact)
        scum = np.median(member_forecasts(past, TRADE_HORIZON, SCUM, (0.0, 1.0)), axis=1)
        columns = [
            measure
            for point in (made.point, last_value(past, TRADE_HORIZON), scum)
            for measure in (score.smape(future, point), score.mase(future, point, past))
        ]
        for low, high in ((2, 6), (0, 8)):
            columns.append(((future >= quantiles[..., low]) & (future <= quantiles[..., high])).mean(axis=1))
        found.append(np.stack(columns, axis=1))
    return np.stack(found)


def _trade_owa(made, model=0):
    """OWA to naive, mean over origins."""
    mean = np.nanmean(made[..., :6], axis=1)
    return float((mean[:, 2 * model : 2 * model + 2] / mean[:, 2:4]).mean())


def speed(yearly):
    """All members, combination and intervals, one series at a time and batched; and the import."""
    artefact = calibrated.calibration("general")
    series = [s for named in yearly.values() for s in named]
    for label, groups, least, goal in (("batched by length", None, 0.2, 0.1), ("one call a series", 1, 0.5, 0.3)):
        start = time.process_time()  # of this process: others on the machine do not count
        if groups is None:
            by_shape(series, lambda y, h: calibrated.forecast_quantiles(y, h, artefact=artefact)[0])
        else:
            for x, xx in series:
                calibrated.forecast_quantiles(x, len(xx), artefact=artefact)
        taken = 1e3 * (time.process_time() - start) / len(series)
        line(
            f"ms a yearly series, {label}",
            len(series),
            taken,
            least,
            goal,
            "automatic ETS 2.9, statsmodels 37",
            digits=2,
        )
    code = (
        "import sys, time; t = time.perf_counter();"
        "import helpers.outlook.forecast;"
        "print(time.perf_counter() - t, any(m in sys.modules for m in ('statsmodels', 'scipy', 'seaborn')))"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5)]
    seconds, heavy = zip(*(run.stdout.split() for run in runs), strict=True)
    told = f"statsmodels, scipy or seaborn imported: {heavy[0]}"
    line(
        "import helpers.outlook.forecast, s, median",
        5,
        float(np.median(np.array(seconds, float))),
        0.7,
        0.5,
        told,
        digits=2,
    )


def main():
    """Print every measure; nothing is written."""
    start = time.perf_counter()
    by_period, imports = {period: collections(period) for period in PERIODS}, trade()
    yearly = by_period[1]
    published_rows(yearly)
    losses = losses_of(by_period, imports.to_numpy())
    artefacts = {name: train(*without(by_period, losses, name)) for name in yearly}
    print("growth prior learned without", {k: tuple(v["growth"]) for k, v in artefacts.items()})
    print(
        f"\n{'measure':46s}{'series':>6s}{'ours':>9s}{'error':>8s}{'least':>8s}{'goal':>8s}  reached published or peer"
    )
    speed(yearly)
    yearly_points(yearly, artefacts)
    short_points(yearly, artefacts)
    seasonal_points(by_period[4], by_period[12], artefacts)
    intervals(by_period, artefacts)
    trade_rows(imports)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
