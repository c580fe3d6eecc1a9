"""Arithmetic of figures with a range: the range of a result holds every value that its inputs allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods import intervals
from helpers.methods.intervals import Interval, between

numbers = st.floats(-1e6, 1e6)
ranges = st.tuples(numbers, numbers, numbers).map(lambda three: Interval(*sorted(three)))
places = st.floats(0, 1)


@given(ranges, ranges, places, places)
def test_whatever_lies_in_the_inputs_lies_in_the_result(one, other, here, there):
    a, b = (r.low + (r.high - r.low) * place for r, place in ((one, here), (other, there)))
    slack = 1e-9 * (1 + abs(a) + abs(b)) ** 2
    for result, value in (
        (intervals.total(one, other), a + b),
        (intervals.less(one, other), a - b),
        (intervals.times(one, other), a * b),
        (intervals.mean(one, other), (a + b) / 2),
    ):
        assert result.low - slack <= value <= result.high + slack
        assert result.low - slack <= result.value <= result.high + slack


def test_a_fall_rounded_to_a_whole_per_cent_gives_the_published_range_of_the_half_before():
    before = intervals.over(between(16_281), between(0.44, 0.435, 0.445))
    assert [round(bound) for bound in before] == [36_587, 37_002, 37_428]


def test_a_divisor_that_may_be_zero_is_refused():
    with pytest.raises(ZeroDivisionError, match="may be zero"):
        intervals.over(between(1), between(1, -1, 2))


def test_a_missing_bound_is_the_figure_itself():
    assert between(3) == (3, 3, 3) and between(3).exact and between(3, 2) == (2, 3, 3)
