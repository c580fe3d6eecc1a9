"""A number knows its unit, its range and whose it is."""

import pandas as pd
import pytest

from helpers.data import ASSUMED, Quantity, derived, from_row, number, sources_of

TONNES = Quantity(53_748.4, "t", "FY25", 53_700, 53_750, "reported", frozenset({"S02"}))


@pytest.mark.parametrize(
    ("spec", "text"),
    [("", "53,748 t"), (".1", "53,748.4 t"), ("~3", "53,700 t"), ("number", "53,748"), ("range", "53,700 to 53,750"),
     ("range.1", "53,700.0 to 53,750.0"), ("signed", "+53,748 t")],
)  # fmt: skip
def test_a_quantity_is_written_as_its_format_says(spec, text):
    assert format(TONNES, spec) == text


def test_an_unknown_format_names_those_there_are():
    with pytest.raises(ValueError, match="there are number, range, signed"):
        format(TONNES, ",.0f")


def test_small_figures_keep_their_significant_digits_and_a_fall_its_minus():
    assert f"{Quantity(2.0511, 'USD/kg'):~3}" == "2.05 USD/kg" and f"{Quantity(-56, '%'):signed}" == "−56 %"


def test_a_range_of_one_number_is_that_number_and_zero_has_no_minus():
    assert f"{Quantity(1, 't', low=1, high=1):range}" == "1" and number(-0.2) == "0" and number(float("nan")) == "–"


def test_what_follows_from_figures_carries_the_sources_of_exactly_those():
    rows = pd.DataFrame({"value": [1.0, 2.0], "source": ["S01 S05b", "S03"]})
    assert derived(1, "t", TONNES, rows).sources == {"S01", "S02", "S03", "S05b"}
    assert derived(1, "t", rows.iloc[1]).sources == {"S03"} and sources_of(None, "S60 S66") == {"S60", "S66"}
    with pytest.raises(TypeError, match="tells no sources"):
        sources_of(3)


def test_what_uses_an_assumption_is_assumed_and_says_so():
    assumed = derived(2, "t", Quantity(1, "t", status=ASSUMED, sources=frozenset({ASSUMED})), TONNES)
    assert assumed.assumed and f"{assumed}" == "2 t (assumed)" and f"{assumed:range}" == "–"


def test_a_row_gives_its_range_with_its_value_only():
    row = pd.Series(
        {"unit": "t", "value": 2.0, "low": 1.0, "high": 3.0, "half": 1.0, "status": "reported", "source": "S01"},
        name="FY25",
    )
    assert from_row(row).low == 1 and from_row(row).period == "FY25"
    assert pd.isna(from_row(row, column="half").low)
