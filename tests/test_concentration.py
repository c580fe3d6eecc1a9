import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.concentration import flag_unit_values, herfindahl, shares

any_input = settings(deadline=None, max_examples=60)
amounts = st.lists(st.floats(1e-3, 1e9), min_size=2, max_size=15).map(pd.Series)


@any_input
@given(st.lists(st.floats(0, 1e15), min_size=1, max_size=15).map(pd.Series))
def test_shares_lie_in_0_to_1_and_sum_to_1_for_any_amounts(partners):
    if partners.sum() == 0:
        with pytest.raises(ValueError, match="total is zero"):
            shares(partners)
        return
    assert shares(partners).between(0, 1).all()
    assert shares(partners).sum() == pytest.approx(1, rel=1e-9)


@any_input
@given(amounts, st.floats(1e-3, 1e3))
def test_concentration_does_not_depend_on_the_unit(partners, unit):
    assert herfindahl(partners * unit) == pytest.approx(herfindahl(partners))


@any_input
@given(amounts)
def test_indices_stay_between_equal_shares_and_monopoly(partners):
    assert 1 / len(partners) - 1e-12 <= herfindahl(partners) <= 1 + 1e-12
    assert herfindahl(partners) <= shares(partners).max() + 1e-12


def test_the_worked_example_of_the_us_department_of_justice_is_2600_points():
    assert herfindahl(pd.Series([30, 30, 20, 20])) * 10_000 == pytest.approx(2600)


@pytest.mark.parametrize("wrong", [[-1.0, 2.0], [np.nan, 2.0], [np.inf, 2.0]])
def test_an_amount_that_cannot_be_stops(wrong):
    with pytest.raises(ValueError, match="amounts must be known"):
        shares(pd.Series(wrong))


def test_a_partner_listed_twice_stops():
    with pytest.raises(ValueError, match="one a partner"):
        shares(pd.Series([1.0, 2.0], index=["CHN", "CHN"]))


def two_years(seed=3, log_sd=0.2):
    """24 months of two lines from two partners at steady but noisy unit values."""
    months = pd.period_range("2023-04", periods=24, freq="M").astype(str)
    cells = pd.MultiIndex.from_product(
        [["85051110", "85051190"], ["CHN", "JPN"], months], names=["hs", "partner", "period"]
    ).to_frame(index=False)
    rng = np.random.default_rng(seed)
    price = cells["hs"].map({"85051110": 2.0, "85051190": 7.0}) * np.exp(log_sd * rng.standard_normal(len(cells)))
    tonnes = 500 * np.exp(0.5 * rng.standard_normal(len(cells)))
    return cells.assign(tonnes=tonnes, value_usd=tonnes * price * 1000)


BY = ["hs", "partner"]


@settings(deadline=None, max_examples=30)
@given(
    st.integers(0, 95),
    st.sampled_from([10.0, 100.0, 1e5]),
    st.sampled_from(["tonnes", "value_usd"]),
    st.booleans(),
    st.integers(0, 20),
)
def test_an_injected_slip_of_10_or_100_or_a_lakh_is_caught_and_its_factor_suggested(row, slip, column, too_high, seed):
    cells = two_years(seed)
    price = 2.0 if cells.loc[row, "hs"] == "85051110" else 7.0
    cells.loc[row, "value_usd"] = cells.loc[row, "tonnes"] * price * 1000
    factor = slip if too_high else 1 / slip
    cells.loc[row, column] *= factor
    flagged = flag_unit_values(cells, BY).loc[row]
    assert flagged["flagged"]
    assert flagged["quantity_factor"] == pytest.approx(factor if column == "tonnes" else 1 / factor)


def test_clean_months_are_rarely_flagged_and_never_given_a_slip():
    flagged = pd.concat([flag_unit_values(two_years(seed), BY) for seed in range(20)])
    assert flagged["flagged"].mean() < 0.01
    assert flagged["quantity_factor"].isna().all()


def test_a_fifth_of_all_months_wrong_does_not_hide_the_slips():
    cells = two_years()
    slipped = cells.index % 5 == 0
    cells.loc[slipped, "tonnes"] *= 100
    flagged = flag_unit_values(cells, BY)
    assert (flagged["flagged"] == slipped).all()
    assert (flagged.loc[slipped, "quantity_factor"] == 100).all()


@any_input
@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_flags_do_not_depend_on_the_units_of_weight_and_value(weight, money):
    cells = two_years()
    cells.loc[7, "tonnes"] *= 10
    rescaled = cells.assign(tonnes=cells["tonnes"] * weight, value_usd=cells["value_usd"] * money)
    columns = ["tested", "flagged", "quantity_factor"]
    pd.testing.assert_frame_equal(flag_unit_values(rescaled, BY)[columns], flag_unit_values(cells, BY)[columns])


def test_a_dear_month_that_no_slip_explains_is_flagged_without_a_factor():
    cells = two_years(log_sd=0.02)
    cells.loc[7, "value_usd"] *= 3
    flagged = flag_unit_values(cells, BY).loc[7]
    assert flagged["flagged"]
    assert np.isnan(flagged["quantity_factor"])


def test_months_without_tonnes_and_short_groups_are_not_tested():
    cells = two_years()
    cells.loc[0, "tonnes"] = 0.0
    cells.loc[1, "value_usd"] = np.nan
    flagged = flag_unit_values(cells, BY)
    assert not flagged.loc[[0, 1], ["tested", "flagged"]].any(axis=None)
    assert flagged.loc[2:, "tested"].all()
    assert not flag_unit_values(cells.loc[2:5], BY)["tested"].any()


def test_the_cells_given_are_left_as_they_were():
    cells = two_years()
    before = cells.copy()
    flag_unit_values(cells, BY)
    pd.testing.assert_frame_equal(cells, before)
