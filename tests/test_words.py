"""Every outcome of the rules that turn numbers into words."""

import pytest

from helpers.chapters import words
from helpers.data import Quantity, derived


@pytest.mark.parametrize(
    ("before", "during", "after", "said"),
    [(2, 2.9, 9, "none"), (2, 6, None, "unknown"), (2, 6, float("nan"), "unknown"), (2, 6, 3, "spike"),
     (2, 6, 5, "level"), (2, 6, 9, "rise")],
)  # fmt: skip
def test_a_period_is_a_spike_a_level_a_rise_nothing_or_not_known(before, during, after, said):
    assert words.shape(before, during, after) == said


@pytest.mark.parametrize(
    ("after", "newest", "said"),
    [
        (3, 3, "spike"),
        (3, 4.4, "spike"),
        (3, 4.5, "again"),
        (3, 4.6, "regained"),
        (4, 4.6, "regained"),
        (3, 9, "regained"),
        (5, 3, "spike"),
        (5, 5, "level"),
        (9, 5, "level"),
        (5, 9, "rise"),
    ],
)
def test_the_newest_rate_has_a_say_too_and_so_has_that_of_the_year(after, newest, said):
    assert words.shape(2, 6, after, newest, 4.5) == said


@pytest.mark.parametrize(("value", "said"), [(0.4, "hardly anything"), (-0.4, "hardly anything"), (-3, "−3 %")])
def test_a_change_that_prints_as_nothing_is_told_in_words(value, said):
    assert str(words.change(derived(value, "%"))) == said


@pytest.mark.parametrize(("change", "said"), [(0.1, "up"), (-0.1, "down"), (0.001, "unchanged"), (-0.001, "unchanged")])
def test_a_change_has_a_direction(change, said):
    assert words.direction(change) == said


@pytest.mark.parametrize(
    ("values", "said"), [([3, 4], "above"), ([-1, 0], "below"), ([1.2, 2], "inside"), ([0, 1.5], "across")]
)
def test_values_lie_above_below_inside_or_across_a_range(values, said):
    assert words.place(values, 1, 2) == said


@pytest.mark.parametrize(("low", "high", "said"), [(50, 54, "steady"), (50, 56, "moved"), (50, 50, "steady")])
def test_a_tenth_between_lowest_and_highest_is_a_move(low, high, said):
    assert words.steadiness(low, high) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(1, 4, 0.25), (-1, 4, None), (5, 4, None), (0, 0, None), (-1, -2, 0.5)]
)
def test_a_share_is_between_nothing_and_all_or_there_is_none(part, whole, said):
    assert words.share(part, whole) == said


def test_ranges_overlap_or_do_not():
    assert words.overlap((1, 2), (2, 3)) and words.overlap((1, 9), (2, 3)) and not words.overlap((1, 2), (2.1, 3))


@pytest.mark.parametrize(
    ("period", "said"),
    [("FY25", "FY25"), ("FY26-H1", "the first half of FY26"), ("FY26-H2", "the second half of FY26"),
     ("FY26-Q3", "the third quarter of FY26"), ("2025-04", "April 2025"), ("2024-05/2024-09", "May–September 2024"),
     ("2024-10/2025-02", "October 2024–February 2025"), ("2025-04-04", "4 April 2025"),
     ("2025-08-18/2025-08-19", "18 August 2025–19 August 2025")],
)  # fmt: skip
def test_a_period_inside_a_sentence_reads_as_people_say_it(period, said):
    assert words.named(period) == said


def test_small_numbers_are_words_and_lists_have_an_and():
    assert words.count(6) == "six" and words.count(13) == "13"
    assert words.listed(["a"]) == "a" and words.listed(["a", "b", "c"], "or") == "a, b or c"


def test_what_is_missing_is_missing_from_the_sources_and_not_from_the_world(india):
    assert words.not_yet(india, "It").text == "It cannot be said from the sources dated up to 22 November 2026."


@pytest.mark.parametrize(
    ("weight", "said"),
    [(0.0, "0 %"), (0.3, "under 1 %"), (1.2, "1 %"), (99.0, "99 %"), (99.7, "more than 99 %"), (100.0, "100 %")],
)
def test_what_is_nearly_certain_is_not_told_as_certain(weight, said):
    assert words.chance(Quantity(weight, "%")).text == said


def test_years_in_a_row_are_one_span():
    assert words.years(["2018", "2019", "2020", "2022", "2023"]) == "2018 to 2020, 2022 and 2023"
    assert words.years(["2024"]) == "2024"
