"""Forecasts as they would have been made on earlier days, beside what was reported later."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import STATUSES, Vintage, ids, sources_of
from helpers.data.shared import shared
from helpers.ensemble import score
from helpers.ensemble.nowcast import simulate_months
from helpers.ensemble.quantiles import MIDDLE, QUANTILES, share_below
from helpers.outlook import evidence, growth, readings, targets
from helpers.outlook.forecast import LEVEL, MIXTURE, NAIVE, RECORDED, leading, prior, starting_points
from helpers.outlook.limits import CHINA

MOST_OUTTURNS = 3
LEAST_MONTHS = 6


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
    rows = rows[rows["status"] == "reported"]
    long = [len(fiscal.months(p)) >= LEAST_MONTHS and pd.Timestamp(fiscal.span(p)[1]) > first for p in rows.index]
    tried = rows.loc[long].sort_values("published").tail(MOST_OUTTURNS)
    ends = [(day - pd.offsets.MonthEnd()).date() for day in tried["published"]]
    return tried.assign(days=[(first.date(), end) if end > first.date() else (first.date(),) for end in ends])


def backcasts(india: Vintage) -> pd.DataFrame:
    """What the programme of today says as of earlier days, of each outturn and of the fiscal year that runs.

    The days are those on which an outturn could be forecast (:func:`outturns`), and that of the vintage for the year
    that runs; no others: each costs seconds. Of a
    yearly forecast the part is taken. The weights of the mixture may have been written down later than those days,
    from what was public on them: column ``backcast``.

    Returns
    -------
    pd.DataFrame
        ``period, as_of, scenario``, a column a quantile, ``backcast`` (a judgement in it was written after the day),
        ``source``; empty until there is an outturn.
    """
    return _made(india, outturns(india), {india.day})


def real_time(india: Vintage) -> pd.DataFrame:
    """The :func:`backcasts` of each outturn beside what was reported later.

    Returns
    -------
    pd.DataFrame
        ``period, as_of, scenario, median, low80, high80, outturn, error`` (per cent of the outturn), ``within`` (the
        80 % interval), ``score`` (weighted interval score over that of naive on the same day, below 1 is better),
        ``backcast``, ``source``; empty until there is an outturn.
    """
    tried = outturns(india)
    made = _made(india, tried)
    days = tried["days"].to_dict()
    due = np.array([date.fromisoformat(row.as_of) in days.get(row.period, ()) for row in made.itertuples()], bool)
    found = made[due].sort_values("period", kind="stable", key=tried.index.get_indexer)
    found = found.assign(outturn=found["period"].map(tried["value"]).astype(float))
    found["source"] = [ids(row["source"], tried.loc[row["period"]]) for _, row in found.iterrows()]
    found = measured(found)
    naive = found["score"].where(found["scenario"] == NAIVE).groupby([found["period"], found["as_of"]]).transform("max")
    found["score"] /= naive
    kept = ["period", "as_of", "scenario", *MIDDLE, "outturn", "error", "within", "score", "backcast", "source"]
    return found.rename(columns={q: name for name, q in MIDDLE.items()})[kept].reset_index(drop=True)


def measured(rows: pd.DataFrame) -> pd.DataFrame:
    """Forecasts with what came of them (``period, as_of, outturn``, a column a quantile), and how good they were.

    Returns
    -------
    pd.DataFrame
        Those with ``ahead`` (years to the end of the period, begun ones whole; 0 once it is over), ``error`` (per
        cent), ``within`` (the 80 % interval), ``score`` (weighted interval score), ``closeness`` (the chance, by the
        forecast itself, of being at least as near).
    """
    came = rows["outturn"].to_numpy(float)
    both = [*zip(came, rows[list(QUANTILES)].to_numpy(float), strict=True)]
    low, middle, high = (rows[MIDDLE[name]].to_numpy(float) for name in ("low80", "median", "high80"))
    left = pd.to_datetime([fiscal.span(period)[1] for period in rows["period"]]) - pd.to_datetime(rows["as_of"])
    found: dict[str, object] = {"ahead": [max(0, int(np.ceil(days / 366))) for days in left.dt.days]}
    found |= {"error": 100 * (middle / came - 1), "within": (low <= came) & (came <= high)}
    found |= {"score": np.array([_wis(*one) for one in both], float), "closeness": [_closeness(*one) for one in both]}
    return rows.assign(**found).reset_index(drop=True)


def elsewhere(india: Vintage, period: str = "", before: date | None = None) -> pd.DataFrame:
    """The nowcast on a series whose outturn is known: China's exports of rare-earth magnets, its last fiscal year.

    As of the ends of the third and the seventh month of that year, from the sums since two calendar years before its
    end; or of another ``period`` of twelve months, or as of the last of these days ``before`` one only.

    Returns
    -------
    pd.DataFrame
        ``period, as_of, median, low80, high80, outturn, error`` (per cent), ``within``, ``source``; empty until an
        outturn is public.
    """
    known = india.series("trade", **CHINA).dropna(subset="value")
    years = [p for p in known.index if (p == period if period else fiscal.is_fiscal_year(p))]
    rows = []
    ends = [(fiscal.months(last)[0] + ahead).end_time.date() for last in years[-1:] for ahead in (2, 6)]
    ends = [day for day in ends if day < before][-1:] if before else ends
    for day in (day for day in ends if day < india.day):
        then, year = india.on(day), fiscal.span(years[-1])[1].year
        sums = then.series("trade", **CHINA).dropna(subset="value")
        sums = sums.loc[sums["status"].map(STATUSES.index).sort_values(kind="stable").index]
        sums = sums.loc[[fiscal.span(period)[0].year >= year - 2 for period in sums.index]]
        if sums.empty:
            continue
        prior_, came = growth.kinds(then)[growth.GENERAL].prior, known.loc[years[-1]]
        now = simulate_months(sums["value"], prior_, item=f"China {day}").total(years[-1])
        said = np.quantile(now, list(MIDDLE.values()))
        rows.append((years[-1], str(day), *said, came["value"], ids(sums, came)))
    found = pd.DataFrame(rows, columns=["period", "as_of", *MIDDLE, "outturn", "source"])
    within = (found["low80"] <= found["outturn"]) & (found["outturn"] <= found["high80"])
    return found.assign(error=100 * (found["median"] / found["outturn"] - 1), within=within)


def _made(india: Vintage, tried: pd.DataFrame, more: Iterable[date] = ()) -> pd.DataFrame:
    """:func:`backcasts` of the days on which outturns could be forecast, and of some more."""
    running, rows = fiscal.year_name(fiscal.fiscal_year(india.day)), []
    for day in sorted({day for days in tried["days"] for day in days}.union(more)):
        then = india.on(day)
        due = [period for period, days in tried["days"].items() if day in days]
        late = bool((readings.stated(then)["written"] > pd.Timestamp(day)).any())
        sources = sources_of(targets.known_sums(then), readings.stated(then), evidence.table(then))
        for period, scenario, values in _said(then, list(dict.fromkeys([*due, running]))):
            rows.append((period, str(day), scenario, *values, late, ids(sources)))
    return pd.DataFrame(rows, columns=["period", "as_of", "scenario", *QUANTILES, "backcast", "source"])


def _wis(came: float, values: np.ndarray) -> float:
    """The weighted interval score over the quantiles that there are; a gap where there is only a median."""
    there = ~np.isnan(values)
    if there.sum() < len(MIDDLE):
        return np.nan
    return float(score.weighted_interval_score(np.array([came]), values[there][None], np.array(QUANTILES)[there]))


def _closeness(came: float, values: np.ndarray) -> float:
    said = pd.Series(values, QUANTILES).dropna()
    if len(said) < len(MIDDLE) or came <= 0:
        return np.nan
    logs, middle = np.log(said), np.log(said[MIDDLE["median"]])
    ends = middle + abs(np.log(came) - middle) * np.array([-1, 1])
    return float(np.diff(share_below(ends, logs))[0])


@shared
def _said(then: Vintage, periods: list[str]) -> list[tuple[str, str, np.ndarray]]:
    """The quantiles of each period by each scenario, as known on a day."""
    last = fiscal.fiscal_year(targets.totals(then, "customs").index[-1])
    years = {period: fiscal.fiscal_year(period) for period in periods}
    horizon = max(1, max(years.values()) - last)
    points = starting_points(then, "customs", horizon)
    lead = leading(points)
    others = points[~points["model"].isin(lead["model"]) & (points["scenario"] == RECORDED)]
    named = {name: lead[lead["scenario"] == name] for name in (RECORDED, LEVEL)} | dict(tuple(others.groupby("model")))
    made = readings.simulate(then, prior(then), horizon)
    rows = []
    for period, year in years.items():
        share = len(fiscal.months(period)) / 12
        for name, table in named.items():
            one = table[table["period"] == fiscal.year_name(year)]
            if len(one):
                rows.append((period, name, one.set_index("quantile")["value"].loc[list(QUANTILES)].to_numpy() * share))
        sums = {name: months.loc[fiscal.months(period)].sum().to_numpy() for name, months in made.items()}
        each = {name: pd.Series({name: 1.0}) for name in sums if len(sums) > 1} | {MIXTURE: readings.weights(then)}
        for name, weight in each.items():
            rows.append((period, name, readings.mix({k: sums[k] for k in weight.index}, weight)))
    return rows
