"""Which questions are due again, and which period should come next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from helpers import fiscal
from helpers.data.sources.protocol import Feed, Request

SETTLED = 10
"""How many times as long a question rests once its periods are settled."""

INDIA = timezone(timedelta(hours=5, minutes=30))


@dataclass(frozen=True)
class Expected:
    """The period that should come next, the day on which it should be there, and whether that is over."""

    period: str
    day: date
    late: bool


def due(feed: Feed, requests: Iterable[Request], asked: Mapping[str, datetime], today: date) -> list[Request]:
    """The questions that were never ``asked``, or so long ago that their answer may have changed.

    That is ``feed.every`` days, and ten times as many once all periods of a question ended more than ``feed.settled``
    days ago. A question that was asked after today, by a wrong clock, is due.
    """
    return [request for request in requests if _is_due(feed, request, asked.get(request.question), today)]


def expected(feed: Feed, newest: str, today: date) -> Expected | None:
    """The period after the newest one, as long as that; None if there is no newest, or its form has no next."""
    try:
        end = fiscal.span(newest)[1]
        bounds = fiscal.bounds(newest)
        period = fiscal.between(bounds[1], 2 * bounds[1] - bounds[0]) if bounds else str(end + timedelta(days=1))
        day = fiscal.span(period)[1] + timedelta(days=feed.lag)
    except (ValueError, OverflowError):
        return None
    return Expected(period, day, today > day)


def newest(periods: Iterable[str]) -> str:
    """The period that ends last, of several the shortest; empty if there is none."""
    known = {period: fiscal.span(period) for period in periods if _is_period(period)}
    return max(known, key=lambda period: (known[period][1], known[period][0]), default="")


def now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


def day(at: datetime) -> date:
    """The day that it is in India at a moment."""
    return at.astimezone(INDIA).date()


def shown(at: datetime) -> str:
    """A moment as people read it."""
    return f"{at.astimezone(INDIA):%Y-%m-%d %H:%M} in India"


def _is_due(feed: Feed, request: Request, asked: datetime | None, today: date) -> bool:
    if asked is None or day(asked) > today:
        return True
    ends = [fiscal.span(period)[1] for period in request.periods if _is_period(period)]
    settled = len(ends) > 0 and (today - max(ends)).days > feed.settled
    return (today - day(asked)).days >= feed.every * (SETTLED if settled else 1)


def _is_period(period: str) -> bool:
    try:
        return bool(fiscal.span(period))
    except ValueError:
        return False
