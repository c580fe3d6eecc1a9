"""Arithmetic of figures with a range: what is certain of a result when each input may lie anywhere in its own range.

An interval is ``(low, value, high)``. Inputs are taken as independent, so a figure that enters twice gives a range that
is too wide, never too narrow (Moore, Kearfott and Cloud 2009, *Introduction to Interval Analysis*, ch. 2).
"""

import math
from typing import NamedTuple


class Interval(NamedTuple):
    """A figure between two bounds; all three are the same where it is exact."""

    low: float
    value: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether it has no range."""
        return self.low == self.value == self.high


def between(value: float, low: float = math.nan, high: float = math.nan) -> Interval:
    """A figure with its bounds; a bound that is missing (NaN) is the figure itself."""
    return Interval(value if math.isnan(low) else low, value, value if math.isnan(high) else high)


def total(*parts: Interval) -> Interval:
    """The sum of figures."""
    return Interval(*(math.fsum(bounds) for bounds in zip(*parts, strict=True)))


def less(whole: Interval, part: Interval, *parts: Interval) -> Interval:
    """A figure less others: ``low`` is the least whole less the most of each part."""
    taken = total(part, *parts)
    return Interval(whole.low - taken.high, whole.value - taken.value, whole.high - taken.low)


def times(one: Interval, other: Interval) -> Interval:
    """The product of two figures of any sign."""
    corners = one.low * other.low, one.low * other.high, one.high * other.low, one.high * other.high
    return Interval(min(corners), one.value * other.value, max(corners))


def over(one: Interval, other: Interval) -> Interval:
    """The quotient of two figures.

    Raises
    ------
    ZeroDivisionError
        If the divisor may be zero.
    """
    if other.low <= 0 <= other.high:
        raise ZeroDivisionError(f"a divisor between {other.low} and {other.high} may be zero")
    return times(one, Interval(1 / other.high, 1 / other.value, 1 / other.low))


def mean(*figures: Interval) -> Interval:
    """The mean of figures."""
    return Interval(*(bound / len(figures) for bound in total(*figures)))


def scaled(figure: Interval, factor: float) -> Interval:
    """A figure times a number without error."""
    return times(figure, between(factor))
