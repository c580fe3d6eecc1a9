"""Forecasts as they would have been made on earlier days, beside what was reported later."""

from datetime import date

import numpy as np
import pandas as pd

from helpers import fiscal, load, trade
from helpers.forecast import annual, drift, readings
from helpers.forecast.nowcast import nowcast

EARLIER_DAYS = ("2025-06-30", "2025-10-31")
HALF = "FY26-H1"


@load.sourced
def real_time(as_of: str | date) -> pd.DataFrame:
    """What would have been said of April to September 2025 on earlier days, beside what was reported later.

    Of a yearly forecast the half is taken. The weights of the mixture were written down later than those days,
    from what was public on them.

    Returns
    -------
    pd.DataFrame
        ``as_of, scenario, median, low80, high80, outturn, error`` (per cent of the outturn), ``within`` (the 80 %
        interval); empty until the outturn is public.
    """
    columns = ["as_of", "scenario", "median", "low80", "high80", "outturn", "error", "within"]
    outturn = trade.imports(as_of)["value"].get(HALF)
    if outturn is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for day in EARLIER_DAYS:
        known, growth = annual.totals(day), annual.prior(day)
        for model, fit in annual.MODELS.items():
            fitted = fit(known.set_axis(known.index.map(fiscal.centre)), growth)
            name = "naive" if model == "naive" else "as recorded"
            rows.append((day, name, *drift.quantiles(fitted, [1.0], (0.5, 0.1, 0.9))[0] / 2))
        made = readings.simulate(day, growth, horizon=1)
        halves = {name: months.loc[fiscal.months(HALF)].sum().to_numpy() for name, months in made.items()}
        each = {name: pd.Series({name: 1.0}) for name in halves} | {annual.MIXTURE: readings.weights(day)}
        for name, weight in each.items():
            rows.append((day, name, *readings.mix({k: halves[k] for k in weight.index}, weight, (0.5, 0.1, 0.9))))
    found = pd.DataFrame(rows, columns=columns[:5]).assign(outturn=outturn)
    within = (found["low80"] <= found["outturn"]) & (found["outturn"] <= found["high80"])
    return found.assign(error=100 * (found["median"] / found["outturn"] - 1), within=within)


@load.sourced
def elsewhere(as_of: str | date) -> pd.DataFrame:
    """The nowcast on a series whose outturn is known: China's exports of rare-earth magnets in FY26.

    From the sums since 2024, before which too few months were printed.

    Returns
    -------
    pd.DataFrame
        ``as_of, median, low80, high80, naive`` (the year before, as nowcast), ``outturn, error`` (per cent);
        empty until the outturn is public.
    """
    columns = ["as_of", "median", "low80", "high80", "naive", "outturn", "error"]
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110", "measure": "weight"}
    outturn = load.figure("trade", as_of, "FY26", **keys)
    if outturn is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for day in EARLIER_DAYS:
        known = load.series("trade", day, **keys).dropna(subset="value")
        known = known.loc[known["status"].map(load.STATUSES.index).sort_values(kind="stable").index, "value"]
        known = known[[fiscal.span(period)[0].year >= 2024 for period in known.index]]
        now = nowcast(known, annual.prior(day), item=f"China {day}")
        rows.append((day, *np.quantile(now.total("FY26"), (0.5, 0.1, 0.9)), np.median(now.total("FY25"))))
    found = pd.DataFrame(rows, columns=columns[:5]).assign(outturn=outturn["value"])
    return found.assign(error=100 * (found["median"] / found["outturn"] - 1))
