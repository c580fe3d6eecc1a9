"""What is due when: figures and acts that are awaited, what of them is late, and what each would do to the forecast.

What comes again and again is a rule in ``calendar.csv``, a day that was announced is a row of ``events.csv``, and how
far licences are known stands in ``regimes.csv``: next year needs no other code, and no row but of what is new.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import pandas as pd
from dateutil.rrule import rrulestr

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.outlook import cells, episodes, forecast, licences, readings, targets
from helpers.outlook.others import LEFT_OUT

LATE, NEXT, OPEN, PASSED = "late", "to come", "no day named", "passed"
FIGURE, DAY, AWAITED, RULES, ENTRIES = "figure", "day", "awaited", "rules", "entries"
"""What is due: figures, a day that was announced, something without a day, rules of licences, entries of customs."""
COLUMNS = ["what", "kind", "periods", "due", "state", "series", "source"]
"""What is known of each, before it is told what of it comes next and whether it enters the forecast of a target."""
AHEAD = 400
"""Days ahead that are looked through."""
YEAR = 12
MEASURED = 2
"""Figures whose effect is measured, each by a forecast; that of the rules is beside them."""


def due(india: Vintage, target: str = targets.CUSTOMS.name) -> pd.DataFrame:
    """What is due on a day, the late first: of figures all that are late, or the next.

    A figure is late once its day is over and neither it nor one as long that ends later is in the vintage. A day that
    was announced has passed unmet if nothing of its kind has become public since; what happens by itself is gone.

    Returns
    -------
    pd.DataFrame
        ``what``, ``kind`` (:data:`FIGURE` and the like), ``periods`` (of figures, a tuple), ``due`` (a day; NaT if none
        is named), ``state`` (:data:`LATE`, :data:`PASSED`, :data:`NEXT`, :data:`OPEN`), ``series`` (table and key of
        the figures), ``source``, ``ahead, ahead_of`` (day and periods of what comes next of it, be it late or not),
        ``enters`` (whether the forecast of the target is made of it).
    """
    others = [row for row in (*_announced(india), _rules(india), _of_surge(india, target)) if row]
    others = [(*row, row[3] if row[4] == NEXT else None, row[2]) for row in others]
    found = pd.DataFrame([*_entries(india), *others], columns=[*COLUMNS, "ahead", "ahead_of"])
    found[["due", "ahead"]] = found[["due", "ahead"]].apply(pd.to_datetime)
    drivers = {f"drivers/{name}" for names in india.table("demand")["series"] for name in names.split()}
    own = targets.target(target).series
    found["enters"] = found["series"].isin({own, *drivers}) | found["kind"].isin([RULES, ENTRIES])
    rank = found["state"].map({LATE: 0, PASSED: 1, NEXT: 2, OPEN: 3})
    return found.assign(rank=rank).sort_values(["rank", "due", "what"]).drop(columns="rank").reset_index(drop=True)


def effects(india: Vintage, table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """What rows of :func:`due` that enter a forecast would do to the width of its 80 % interval, each alone.

    Its figures are added at the median of what is expected of them, to a copy of the vintage, and the forecast is made
    again; rules of licences are those that are likeliest, for a year. Years are the one that runs and the fifth. Of
    figures, sums of fiscal years are measured first, and single months, which are worth more than they, last. A figure
    is no news of a year that it makes known, nor of one whose total is due before it.

    Parameters
    ----------
    table, found : pd.DataFrame
        ``forecast.expected`` and :func:`due` of the vintage.

    Returns
    -------
    pd.DataFrame
        ``row`` (the label in ``found``), ``period``, ``before, after`` (tonnes from the 10 to the 90 % quantile; a gap
        where it is no news), ``months`` (how many of the year it holds), ``low, expected, high`` (of what is added,
        tonnes; gaps for rules), ``source``.
    """
    target, horizon = table["target"].iloc[0], table["period"].nunique()
    years = forecast.near(table, india)
    before, used, made, measured = _widths(table), ids(forecast.used(india, target)), [], _measured(found, target)
    wanted = [period for periods in measured.loc[measured["kind"] == FIGURE, "periods"] for period in periods]
    every = expected(india, target, wanted, horizon) if wanted else pd.DataFrame()
    known_by = {year: _outturn(india, target, year) for year in years}
    for label, row in measured.iterrows():
        figures = every.loc[list(row["periods"])] if row["kind"] == FIGURE else pd.DataFrame()
        changed = _with_rules(india) if row["kind"] == RULES else _with(india, target, figures["median"])
        reach = horizon if row["kind"] == RULES else min(forecast.STEPS, horizon)
        after = _widths(forecast.expected(changed, target, reach))
        ends = figures.iloc[0] if len(figures) == 1 else [float("nan")] * 3
        for year in years:
            known = pd.Timestamp(india.day) <= known_by[year] < row["due"]
            held = sum(fiscal.months(period).isin(fiscal.months(year)).sum() for period in figures.index)
            width = float("nan") if known else after.get(year, float("nan"))
            made.append((label, year, before[year], width, held, *ends, used))
    columns = ["row", "period", "before", "after", "months", "low", "expected", "high", "source"]
    return pd.DataFrame(made, columns=columns)


def expected(india: Vintage, target: str, periods: Iterable[str], horizon: int = 10) -> pd.DataFrame:
    """``low, median, high`` of what some periods come to, tonnes: 10, 50 and 90 % of the simulated months."""
    made, weight = readings.simulate(india, forecast.prior(india, target), horizon), readings.weights(india)
    found = {}
    for period in periods:
        sums = {name: months.loc[fiscal.months(period)].sum().to_numpy() for name, months in made.items()}
        found[period] = readings.mix(sums, weight, (0.1, 0.5, 0.9))
    return pd.DataFrame.from_dict(found, orient="index", columns=["low", "median", "high"])


def _entries(india: Vintage) -> list[tuple]:
    """What ``calendar.csv`` says, a row an entry; what had no day and has come is gone."""
    found, today = [], india.day
    for row, lag in _ruled(india):
        if not row.rule:
            found += [(row.entry, AWAITED, (), None, OPEN, "", row.source, None, ())] if row.status == "missing" else []
            continue
        known = _newest(india, row)
        days = _days(row.rule, (known or today - timedelta(days=AHEAD)) + timedelta(days=1), today)
        late = [day for day in days if row.table and day + lag < today]  # an act is not late: it comes again
        late = late if known else late[-1:]
        coming = [day for day in days if day + lag >= today][:1]
        if wanted := late or coming:
            periods, then = (tuple(_period(day, row.months) for day in days) if row.table else ()
                             for days in (wanted, coming))  # fmt: skip
            series, ahead = f"{row.table}/{row.key}".strip("/"), coming[0] + lag if coming else None
            said = row.entry, FIGURE if row.table else DAY, periods, wanted[0] + lag, LATE if late else NEXT
            found.append((*said, series, row.source, ahead, then))
    return found


def _ruled(india: Vintage) -> Iterator[tuple]:
    """The newest row of each entry of ``calendar.csv``, and how long after its day it is due."""
    rows = india.table("calendar").sort_values("published", kind="stable").drop_duplicates("entry", keep="last")
    lags = india.written["feeds"].frame().set_index("feed")["lag"]
    for row in rows.itertuples():
        yield row, timedelta(days=int(lags[row.feed] if row.feed else row.lag)) if row.rule else None


def _outturn(india: Vintage, target: str, year: str) -> pd.Timestamp:
    """The day by which the total of a fiscal year is due; NaT if no rule tells."""
    own, end = targets.target(target).series, fiscal.span(year)[1]
    rules = ((row, lag) for row, lag in _ruled(india) if row.rule and f"{row.table}/{row.key}" == own)
    due = (end + lag for row, lag in rules if row.months == YEAR and end in _days(row.rule, end, end))
    return pd.Timestamp(next(due, None))


def _announced(india: Vintage) -> list[tuple]:
    """Days that were announced beforehand: those to come, and of each kind the last that has passed unmet."""
    rows = india.table("events").sort_values("published", kind="stable")
    rows = rows.assign(start=[pd.Timestamp(fiscal.span(period)[0]) for period in rows["period"]])
    ahead = rows[rows["start"] > rows["published"]].drop_duplicates(["start", "kind"], keep="last")
    sure = rows[~rows["status"].isin(LEFT_OUT)]
    today = pd.Timestamp(india.day)
    coming = ahead[ahead["start"] >= today].itertuples()
    found = [(row.event, DAY, (), row.start, NEXT, "", row.source) for row in coming]
    past = ahead[(ahead["start"] < today) & (ahead["kind"] != "other")].sort_values("start")
    for row in past.drop_duplicates("kind", keep="last").itertuples():
        since = sure[(sure["kind"] == row.kind) & (sure["published"] >= row.start)]
        found += [(row.event, DAY, (), row.start, PASSED, "", row.source)] if since.empty else []
    return found


def _rules(india: Vintage) -> tuple:
    """The end of the last rules of licences that are known."""
    until, rows = licences.known_until(india), licences.known(india)
    last = rows.loc[[until in fiscal.months(period) for period in rows["period"]]].iloc[-1]
    end, source = until.end_time.date(), ids(rows)
    state = OPEN if last["term"] == "open" else LATE if end < india.day else NEXT
    return "rules of China's licences", RULES, (str(until),), None if state == OPEN else end, state, "regimes", source


def _of_surge(india: Vintage, target: str) -> tuple | None:
    """Entries of customs in the surge of a suspect year, as long as there are none."""
    episode = episodes.suspect(india, target)
    if episode is None or cells.verdict(india) is not None:
        return None
    return "entries by line, partner and month", ENTRIES, (episode.surge,), None, OPEN, "", ids(episode)


def _newest(india: Vintage, row) -> date | None:
    """The last day of what is known of a series in periods as long as those that are due, or longer."""
    if not row.table:
        return None
    keys = dict(zip(india.written[row.table].keys, row.key.split("/"), strict=True))
    rows = india.series(row.table, **keys).dropna(subset="value")
    ends = [fiscal.span(p)[1] for p in rows.index if (of := fiscal.bounds(p)) and of[1] - of[0] >= row.months]
    return max(ends, default=None)


def _days(rule: str, first: date, today: date) -> list[date]:
    start, end = pd.Timestamp(first).to_pydatetime(), pd.Timestamp(today + timedelta(days=AHEAD)).to_pydatetime()
    return [day.date() for day in rrulestr(rule, dtstart=start).between(start, end, inc=True)]


def _period(end: date, months: float) -> str:
    after = end.year * YEAR + end.month
    return fiscal.between(after - int(months), after)


def _measured(found: pd.DataFrame, target: str) -> pd.DataFrame:
    """The rules of licences, and the figures of a target that are measured."""
    figures = found[found["series"] == targets.target(target).series]
    firsts = [periods[0] for periods in figures["periods"]]
    last = [(len(fiscal.months(period)) == 1, fiscal.is_calendar_year(period)) for period in firsts]
    ranked = sorted(range(len(last)), key=last.__getitem__)[:MEASURED]
    return pd.concat([figures.iloc[ranked], found[found["kind"] == RULES]])


def _with(india: Vintage, target: str, tonnes: pd.Series) -> Vintage:
    """The vintage with figures of a target as if they were reported."""
    of = targets.target(target)
    shared = {**of.keys, "status": "reported"}
    return india.adding(of.table, *({**shared, "period": name, "value": float(of)} for name, of in tonnes.items()))


def _with_rules(india: Vintage) -> Vintage:
    """The vintage with the likeliest rules of licences for the year after those known."""
    first = licences.known_until(india) + 1
    after = max(first, pd.Timestamp(india.day).to_period("M"))
    row = {"period": f"{first}/{after + YEAR - 1}", "term": "set", "status": "reported"}
    return india.adding("regimes", row | {"regime": licences.regimes(india).idxmax()})


def _widths(table: pd.DataFrame) -> dict[str, float]:
    """The width of the 80 % interval of each year that has one."""
    wide = forecast.intervals(table[table["scenario"] == forecast.MIXTURE]).set_index("period")
    return (wide["high80"] - wide["low80"]).dropna().to_dict()
