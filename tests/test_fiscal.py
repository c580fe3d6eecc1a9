from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import fiscal

FORMS = {"FY25": (date(2024, 4, 1), date(2025, 3, 31)), "FY26-H1": (date(2025, 4, 1), date(2025, 9, 30)),
         "FY26-H2": (date(2025, 10, 1), date(2026, 3, 31)), "FY26-Q2": (date(2025, 7, 1), date(2025, 9, 30)),
         "FY24-Q4": (date(2024, 1, 1), date(2024, 3, 31)), "2024": (date(2024, 1, 1), date(2024, 12, 31)),
         "2024-02": (date(2024, 2, 1), date(2024, 2, 29)), "2013-03-31": (date(2013, 3, 31), date(2013, 3, 31)),
         "2024-05/2024-09": (date(2024, 5, 1), date(2024, 9, 30))}  # fmt: skip


@pytest.mark.parametrize("period", FORMS)
def test_each_form_of_period_spans_its_days(period):
    assert fiscal.span(period) == FORMS[period]


@given(st.integers(2001, 2049), st.integers(0, 11), st.integers(1, 36))
def test_naming_months_and_reading_the_name_gives_the_months_back(year, month, count):
    start = fiscal.months(f"{year}-{month + 1:02d}")[0]
    months = fiscal.pd.period_range(start, periods=count, freq="M")
    assert fiscal.months(fiscal.name(months)).equals(months)


def test_the_shortest_name_is_the_one_people_use():
    for period in ("FY25", "FY26-H1", "FY26-Q2", "2024", "2025-04", "2024-05/2024-09"):
        assert fiscal.name(fiscal.months(period)) == period


@pytest.mark.parametrize(
    "wrong",
    ["2024-25", "FY2025", "FY26-H3", "FY26-Q5", "2025-13", "2025-02-30", "April", "", "2025-09/2025-05",
     "2024/2025/2026"],
)  # fmt: skip
def test_an_unknown_period_is_refused(wrong):
    with pytest.raises(ValueError):
        fiscal.span(wrong)


def test_a_day_has_no_months():
    with pytest.raises(ValueError, match="whole months"):
        fiscal.months("2013-03-31")


def test_months_with_a_gap_have_no_name():
    with pytest.raises(ValueError, match="not consecutive"):
        fiscal.name(fiscal.months("FY25").delete(3))


def test_march_and_april_belong_to_different_fiscal_years():
    assert [fiscal.fiscal_year(p) for p in ("2025-03", "2025-04", "FY25", "FY26-H2")] == [2025, 2026, 2025, 2026]


def test_the_centre_of_a_half_is_a_quarter_year_from_that_of_its_year():
    assert (fiscal.centre("FY26"), fiscal.centre("FY26-H1"), fiscal.centre("FY26-H2")) == (2026.0, 2025.75, 2026.25)


@pytest.mark.parametrize(
    ("months", "name"),
    [(("2024-01", 12), "2024"), (("2024-04", 12), "FY25"), (("2024-02", 12), "2024-02/2025-01"),
     (("2024-04", 6), "FY25-H1"), (("2024-10", 6), "FY25-H2"), (("2024-01", 6), "2024-01/2024-06"),
     (("2024-01", 3), "FY24-Q4"), (("2024-02", 3), "2024-02/2024-04")],
)  # fmt: skip
def test_only_whole_years_halves_and_quarters_have_a_name_of_their_own(months, name):
    assert fiscal.name(fiscal.pd.period_range(months[0], periods=months[1], freq="M")) == name


@given(st.integers(2001, 2049), st.integers(0, 11), st.integers(1, 36))
def test_the_bounds_of_a_period_are_those_of_its_months(year, month, count):
    months = fiscal.pd.period_range(f"{year}-{month + 1:02d}", periods=count, freq="M")
    first, after = fiscal.bounds(fiscal.name(months))
    assert (first, after - first) == (year * 12 + month, count) and fiscal.between(first, after) == fiscal.name(months)


def test_days_have_no_bounds_in_months():
    assert fiscal.bounds("2013-03-31") is None and fiscal.bounds("2013-03-01/2013-03-31") is not None


@pytest.mark.parametrize(
    "period", ["FY25", "FY26-H1", "FY26-Q2", "2024", "2024-02", "2024-05/2024-09", "2024-12/2025-01"]
)
def test_the_same_period_a_year_before_begins_twelve_months_earlier(period):
    (first, after), (then, until) = fiscal.bounds(period), fiscal.bounds(fiscal.year_before(period))
    assert (first - then, after - until) == (12, 12)


@pytest.mark.parametrize("period", ["FY00", "1900-01", "2024-02-29", "FY26-H3"])
def test_a_year_before_that_cannot_be_written_is_refused(period):
    with pytest.raises(ValueError):
        fiscal.year_before(period)
