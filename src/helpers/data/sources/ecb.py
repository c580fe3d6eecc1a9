"""Reference rates of the European Central Bank: rupees and dollars per euro, day by day, for rupees per dollar.

A rate is not revised as a rule; with ``includeHistory=true`` the bank would also give every earlier version of it
(``ACTION``, ``VALID_FROM``, ``VALID_TO``), which is not asked for: a figure counts from the day on which it came here.
"""

import io
from collections.abc import Iterator
from datetime import date

import pandas as pd

from helpers.data.sources import bodies
from helpers.data.sources.protocol import Answer, Feed, Request, UnfitError, figures

TITLE = "euro reference exchange rates"

BASIS = "ECB reference rate, monthly mean"
LONGEST_GAP = 5
"""Days from one rate to the next in a whole month, at Easter the most; a month with a longer gap has no mean."""

_NEEDED = {"FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "TIME_PERIOD", "OBS_VALUE", "UNIT_MULT"}
_SAME = {"FREQ": "D", "CURRENCY_DENOM": "EUR", "EXR_TYPE": "SP00", "UNIT_MULT": "0"}


def requests(feed: Feed, since: str, today: date, keyed: bool) -> Iterator[Request]:
    """Both currencies in one question a year, for every year of which a month is over.

    When another month is over the question is another: the days can be the same as before, their means are not.
    """
    quote, base = feed.asked("currencies")
    for year, months in whole_years(since, today).items():
        yield Request(
            question=f"{quote} and {base} per euro, {months[0]} to {months[-1]}",
            path=f"/service/data/EXR/D.{quote}+{base}.EUR.SP00.A",
            kind="csv",
            params={"startPeriod": f"{year}-01-01", "endPeriod": f"{year}-12-31", "format": "csvdata"},
            keys=(f"{quote} per {base}/{BASIS}",),
            periods=months,
            context={"quote": quote, "base": base},
        )


def rows(answer: Answer) -> pd.DataFrame:
    """Rupees per dollar of each whole month: the mean over the days on which both have a rate."""
    quote, base = (answer.request.context[name] for name in ("quote", "base"))
    table = pd.read_csv(io.StringIO(bodies.text(answer)), dtype=str, keep_default_na=False)
    if lacking := sorted(_NEEDED - set(table.columns)):
        there = list(table.columns)[:40]
        raise UnfitError(f"the columns {lacking} are not among {there}; if they were renamed, adapt ecb.py")
    for column, wanted in _SAME.items():
        if other := sorted(set(table[column]) - {wanted}):
            raise UnfitError(f"{column} is {other[:3]}, not {wanted}: these are not the rates asked for")
    if len(table) and (came := sorted(set(table["CURRENCY"]))) != sorted([quote, base]):
        raise UnfitError(f"rates of {came} came, {sorted([quote, base])} were asked for")
    given = table[~table["OBS_VALUE"].str.strip().isin(["", "NaN"])]
    values = pd.to_numeric(given["OBS_VALUE"], errors="coerce")
    if (wrong := given[values.isna() | (values <= 0)]["OBS_VALUE"]).size:
        raise UnfitError(f"{wrong.iloc[0]!r} is no rate")
    if given.duplicated(["TIME_PERIOD", "CURRENCY"]).any():
        raise UnfitError("a day has two rates of one currency")
    wide = given.assign(rate=values).pivot(index="TIME_PERIOD", columns="CURRENCY", values="rate")
    wide = wide.reindex(columns=[quote, base]).dropna()
    return monthly(wide[quote] / wide[base], BASIS, answer)


def whole_years(since: str, today: date) -> dict[int, tuple[str, ...]]:
    """The months from January of a month's year to the last that is over, by their years."""
    months = pd.period_range(f"{since[:4]}-01", pd.Period(today, "M") - 1, freq="M")
    return {year: tuple(str(month) for month in months[months.year == year]) for year in sorted(set(months.year))}


def monthly(daily: pd.Series, basis: str, answer: Answer) -> pd.DataFrame:
    """Figures of the means of rates by day, ``2024-04-01``, for the months asked for that have no long gap."""
    quote, base = (answer.request.context[name] for name in ("quote", "base"))
    try:
        daily = daily.set_axis(pd.to_datetime(daily.index, format="%Y-%m-%d")).sort_index()
    except ValueError as error:
        raise UnfitError(f"a day that is none: {error}") from error
    made, shared = [], {"key": f"{quote} per {base}/{basis}", "unit": f"{quote}/{base}", "status": "derived"}
    for period, days in daily.groupby(daily.index.to_period("M")):
        ends = pd.Series([period.start_time - pd.Timedelta(days=1), *days.index, (period + 1).start_time])
        if str(period) in answer.request.periods and ends.diff().dt.days.max() <= LONGEST_GAP:
            mean, note = round(float(days.mean()), 4), f"mean of {len(days)} days"
            made.append(shared | {"period": str(period), "value": mean, "note": note})
    return figures("prices", made)
