"""Forecasts as they would have been made on earlier days, beside what was reported later."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import STATUSES, Vintage
from helpers.ensemble.nowcast import simulate_months
from helpers.outlook import readings, targets
from helpers.outlook.forecast import LEVEL, MIXTURE, RECORDED, prior, starting_points

MOST_OUTTURNS = 3
LEAST_MONTHS = 6
READ = {"median": 0.5, "low80": 0.1, "high80": 0.9}
CHINA = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110", "measure": "weight"}
"""China's exports of rare-earth magnets: its own line 85051110, not India's."""


def outturns(india: Vintage) -> pd.DataFrame:
    """Reported sums of HS 850511, of at least half a year, that could be forecast before they were over, newest last.

    Returns
    -------
    pd.DataFrame
        As ``india.series`` gives them, with ``days``: the first day on which a forecast was possible, and the last end
        of a month before the sum was published.
    """
    rows = targets.sums(india, "customs")
    first = min(rows.loc[[fiscal.is_year(p) for p in rows.index], "published"], default=pd.NaT)
    enough = [
        row["status"] == "reported" and len(fiscal.months(p)) >= LEAST_MONTHS and pd.Timestamp(fiscal.span(p)[1]) > first
        for p, row in rows.iterrows()
    ]
    tried = rows[enough].sort_values("published").tail(MOST_OUTTURNS)
    ends = [(day - pd.offsets.MonthEnd()).date() for day in tried["published"]]
    return tried.assign(days=[(first.date(), end) if end > first.date() else (first.date(),) for end in ends])


def real_time(india: Vintage) -> pd.DataFrame:
    """What would have been said of each outturn on earlier days, beside what was reported later.

    Of a yearly forecast the part is taken. The weights of the mixture may have been written down later than those
    days, from what was public on them: column ``written``.

    Returns
    -------
    pd.DataFrame
        ``period, as_of, scenario, median, low80, high80, outturn, error`` (per cent of the outturn), ``within`` (the
        80 % interval), ``backcast`` (a judgement in it was written after the day), ``source`` (of the outturn); empty
        until there is an outturn.
    """
    columns = ["period", "as_of", "scenario", *READ]
    tried = outturns(india)
    rows = []
    for day in sorted({day for days in tried["days"] for day in days}):
        then = india.on(day)
        wanted = {period: row["value"] for period, row in tried.iterrows() if day in row["days"]}
        said = _said(then, list(wanted))
        late = (readings.stated(then)["written"] > pd.Timestamp(day)).any()
        rows += [(period, str(day), scenario, *values, wanted[period], late) for period, scenario, *values in said]
    found = pd.DataFrame(rows, columns=[*columns, "outturn", "backcast"])
    found = found.assign(source=found["period"].map(tried["source"]))
    within = (found["low80"] <= found["outturn"]) & (found["outturn"] <= found["high80"])
    found = found.assign(error=100 * (found["median"] / found["outturn"] - 1), within=within)
    order = found["period"].map({period: place for place, period in enumerate(tried.index)})
    return found.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def elsewhere(india: Vintage) -> pd.DataFrame:
    """The nowcast on a series whose outturn is known: China's exports of rare-earth magnets, its last fiscal year.

    As of the end of June and of October of that year, from the sums since two calendar years before its end.

    Returns
    -------
    pd.DataFrame
        ``period, as_of, median, low80, high80, naive`` (the year before, as nowcast), ``outturn, error`` (per cent),
        ``source``; empty until an outturn is public.
    """
    columns = ["period", "as_of", *READ, "naive"]
    known = india.series("trade", **CHINA).dropna(subset="value")
    years = [p for p in known.index if fiscal.is_fiscal_year(p)]
    rows = []
    for day in _days_in(years[-1]) if years else []:
        sums = india.on(day).series("trade", **CHINA).dropna(subset="value")
        year = fiscal.fiscal_year(years[-1])
        sums = sums.loc[sums["status"].map(STATUSES.index).sort_values(kind="stable").index, "value"]
        sums = sums[[fiscal.span(period)[0].year >= year - 2 for period in sums.index]]
        if sums.empty:
            continue
        now = simulate_months(sums, prior(india.on(day)), item=f"China {day}")
        before = fiscal.year_name(year - 1)
        rows.append((years[-1], day, *np.quantile(now.total(years[-1]), list(READ.values())), np.median(now.total(before))))
    found = pd.DataFrame(rows, columns=columns)
    if found.empty:
        return found.assign(outturn=[], error=[], source=[])
    outturn = known.loc[years[-1]]
    found = found.assign(outturn=outturn["value"], source=outturn["source"])
    return found.assign(error=100 * (found["median"] / found["outturn"] - 1))


def _days_in(year: str) -> list[str]:
    start = fiscal.months(year)[0]
    return [str((start + ahead).end_time.date()) for ahead in (2, 6)]


def _said(then: Vintage, periods: list[str]) -> list[tuple]:
    """Median and interval of each period by each scenario, as known on a day."""
    last = fiscal.fiscal_year(targets.totals(then, "customs").index[-1])
    years = {period: fiscal.fiscal_year(period) for period in periods}
    horizon = max(1, max(years.values()) - last)
    points = starting_points(then, "customs", horizon)
    made = readings.simulate(then, prior(then), horizon)
    rows = []
    for period, year in years.items():
        share = len(fiscal.months(period)) / 12
        for scenario, model, name in ((RECORDED, None, RECORDED), (RECORDED, "naive", "naive"), (LEVEL, None, LEVEL)):
            fits = (points["model"] == "naive") == (model == "naive")
            one = points[fits & (points["scenario"] == scenario) & (points["period"] == fiscal.year_name(year))]
            if len(one):
                values = one.set_index("quantile")["value"] * share
                rows.append((period, name, *(values[q] for q in READ.values())))
        sums = {name: months.loc[fiscal.months(period)].sum().to_numpy() for name, months in made.items()}
        each = {name: pd.Series({name: 1.0}) for name in sums} | {MIXTURE: readings.weights(then)}
        for name, weight in each.items():
            values = readings.mix({k: sums[k] for k in weight.index}, weight, tuple(READ.values()))
            rows.append((period, name, *values))
    return rows
