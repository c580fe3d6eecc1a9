"""Can the rows of ``calendar.csv`` be reckoned with: rules that name days, and series that there are."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

import pandas as pd
from dateutil.rrule import rrulestr

from helpers.data import tables

_RULE = re.compile(r"FREQ=(YEARLY|MONTHLY)(?=.*;BY(MONTH)?DAY=)(;BY(MONTH|MONTHDAY|DAY|SETPOS)=[-+\dA-Z,]+)+")
"""No end, number or step: days are looked for from where the figures that are known end, which moves."""

_SOME = 24
_LONGEST = 3660


def odd(raw: Mapping[str, pd.DataFrame], described: Mapping[str, tables.Table]) -> Iterator[tuple[pd.Series, str, str]]:
    """Which rows are wrong, what is wrong with them, and what to do."""
    rows = raw["calendar"]
    ruled, days = rows["rule"] != "", rows["rule"].map(_days)
    remedy = "write FREQ=YEARLY or MONTHLY with BYMONTHDAY or BYDAY, such as FREQ=MONTHLY;BYMONTHDAY=-1"
    yield ruled & ~days.map(bool), "rules that name no day", f"{remedy}; a newer row of the entry ends it"
    yield ~rows["feed"].isin(["", *raw["feeds"]["feed"]]), "feeds that are not in feeds.csv", "correct feed"
    lag = (rows["feed"] == "") & ~rows["lag"].between(0, _LONGEST)
    yield ruled & lag, "days without a lag", f"give feed, or lag in days (0 to {_LONGEST})"
    figures = ruled & (rows["table"] != "")
    keys = [len(described[name].keys) if name in described else 0 for name in rows["table"]]
    other = pd.Series([count == 0 for count in keys], rows.index) | (rows["key"].str.count("/") + 1 != keys)
    yield figures & other, "series that no table can have", "name the table, and its keys in their order with / between"
    yield figures & ~rows["months"].isin(range(1, 13)), "periods of no length", "give months, 1 to 12"
    within = days.map(lambda of: any((day + pd.Timedelta(days=1)).day != 1 for day in of))
    yield figures & within, "periods that end within a month", "give the last day of the period: BYMONTHDAY=-1"


def _days(rule: str) -> list[pd.Timestamp]:
    """The first days of a rule; none if it cannot be read."""
    if not _RULE.fullmatch(rule):
        return []
    try:
        return [*islice(rrulestr(rule, dtstart=pd.Timestamp(2000, 1, 1).to_pydatetime()), _SOME)]
    except (ValueError, TypeError, KeyError):
        return []
