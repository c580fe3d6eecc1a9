"""Periods as public sources print them, to months and back.

Indian fiscal years run from April to March and are named by the year they end: FY25 is
April 2024 to March 2025. A period is one of

========================  ==========================================
``FY25``                  fiscal year
``FY26-H1``, ``FY26-Q2``  its halves (H1 is April-September) and quarters
``2024``                  calendar year
``2025-04``               month
``2013-03-31``            day: a stock or a quotation on that day
``2024-05/2024-09``       first and last month, day or year of anything else
========================  ==========================================
"""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

import pandas as pd

_FORMS = re.compile(
    r"FY(?P<fy>\d\d)(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])))?"
    r"|(?P<year>(?:19|20)\d\d)(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-3]\d))?)?"
)


@lru_cache(maxsize=4096)
def span(period: str) -> tuple[date, date]:
    """First and last day of a period, both included; ValueError if it is none of those, or ends before it begins."""
    first, slash, last = str(period).partition("/")
    if slash:
        start, end = span(first)[0], span(last)[1]
        if "/" in last or end < start:
            raise ValueError(f"period {period!r} ends before it begins or has more than two parts")
        return start, end
    match = _FORMS.fullmatch(first)
    if match is None:
        raise ValueError(
            f"unknown period {period!r}; write FY25, FY26-H1, FY26-Q2, 2024, 2025-04, 2013-03-31 "
            "or first/last such as 2024-05/2024-09"
        )
    return _span(**match.groupdict())


def months(period: str) -> pd.PeriodIndex:
    """The months of a period, in order; ValueError if it is unknown, or not made of whole months."""
    if found := bounds(period):
        return _months(*found)
    raise ValueError(f"period {period!r} is not made of whole months")


def name(index: pd.PeriodIndex) -> str:
    """The shortest name of consecutive months: the inverse of :func:`months`; ValueError if they are not, or none."""
    if len(index) == 0 or (index.asi8[-1] - index.asi8[0] != len(index) - 1) or not index.is_monotonic_increasing:
        raise ValueError(f"months are not consecutive: {list(map(str, index[:5]))}")
    first = index[0].year * 12 + index[0].month - 1
    return between(first, first + len(index))


@lru_cache(maxsize=4096)
def bounds(period: str) -> tuple[int, int] | None:
    """First month of a period and the month after its last, counted from January of year 0; None for days.

    A period holds another if it begins no later and ends no earlier, and two follow each other if the one ends where
    the other begins.
    """
    start, end = span(period)
    first, after = start.year * 12 + start.month - 1, end.year * 12 + end.month
    return (first, after) if (start, end) == _days(first, after) else None


def between(first: int, after: int) -> str:
    """The shortest name of the months between two bounds: the inverse of :func:`bounds`."""
    count, offset = after - first, (first - 3) % 12
    if count == 1:
        return _month(first)
    if count == 12 and first % 12 == 0:
        return str(first // 12)
    year = year_name((first + 9) // 12)
    if count == 12 and offset == 0:
        return year
    if count == 6 and offset % 6 == 0:
        return f"{year}-H{offset // 6 + 1}"
    if count == 3 and offset % 3 == 0:
        return f"{year}-Q{offset // 3 + 1}"
    return f"{_month(first)}/{_month(after - 1)}"


@lru_cache(maxsize=4096)
def year_before(period: str) -> str:
    """The same period a year earlier, written in the same form: ``FY25-H1`` for ``FY26-H1``.

    ValueError if the period is unknown, or begins before the first year that can be written.
    """
    span(period)
    earlier = "/".join(_year_less(part) for part in str(period).split("/"))
    span(earlier)
    return earlier


def fiscal_year(when) -> int:
    """The fiscal year, as an int named by its end, in which a month, a day or a fiscal period lies.

    ``fiscal_year("2024-04") == fiscal_year("FY25") == 2025``.
    """
    start = when if hasattr(when, "month") else span(when)[0]
    return start.year + (start.month >= 4)


def centre(period: str) -> float:
    """The middle of a period in fiscal years: 2025.0 for FY25, 2025.75 for the first half of FY26."""
    start, end = span(period)
    middle = start.toordinal() + (end.toordinal() + 1 - start.toordinal()) / 2
    year = fiscal_year(period)
    april = date(year - 1, 4, 1).toordinal()
    return round(year - 0.5 + (middle - april) / (date(year, 4, 1).toordinal() - april), 2)


def year_name(year: int) -> str:
    """``2025`` to ``"FY25"``."""
    return f"FY{year % 100:02d}"


def is_fiscal_year(period: str) -> bool:
    """Whether a period is a whole fiscal year written as one."""
    return re.fullmatch(r"FY\d\d", str(period)) is not None


def is_calendar_year(period: str) -> bool:
    """Whether a period is a whole calendar year written as one."""
    return re.fullmatch(r"(19|20)\d\d", str(period)) is not None


def is_year(period: str) -> bool:
    """Whether a period is a whole year written as one, fiscal or calendar."""
    return is_fiscal_year(period) or is_calendar_year(period)


def _year_less(part: str) -> str:
    if not part.startswith("FY"):
        return f"{int(part[:4]) - 1}{part[4:]}"
    if part[2:4] == "00":
        raise ValueError(f"no fiscal year before {part} can be written")
    return f"FY{int(part[2:4]) - 1:02d}{part[4:]}"


def _span(fy, half, quarter, year, month, day) -> tuple[date, date]:
    if day:
        return (date(int(year), int(month), int(day)),) * 2
    if fy:
        count = 6 if half else 3 if quarter else 12
        first = (1999 + int(fy)) * 12 + 3 + count * (int(half or quarter or 1) - 1)
    else:
        count = 1 if month else 12
        first = int(year) * 12 + int(month or 1) - 1
    return _days(first, first + count)


def _days(first: int, after: int) -> tuple[date, date]:
    """First and last day of the months between two bounds."""
    year, month = divmod(after - 1, 12)
    return date(first // 12, first % 12 + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])


def _month(place: int) -> str:
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


@lru_cache(maxsize=4096)
def _months(first: int, after: int) -> pd.PeriodIndex:
    return pd.period_range(_month(first), periods=after - first, freq="M")
