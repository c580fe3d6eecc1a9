import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.concentration import LIMIT, herfindahl, robust_scores, shares

any_input = settings(max_examples=60)
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


@settings(max_examples=30)
@given(st.integers(0, 23), st.sampled_from([0.1, 0.01, 10.0, 100.0, 1e5]), st.floats(1e-6, 1e6), st.integers(0, 20))
def test_an_injected_slip_is_caught_in_any_unit(month, slip, unit, seed):
    logs = pd.Series(0.2 * np.random.default_rng(seed).standard_normal(24))
    logs[month] = np.log(slip)
    scores = robust_scores(logs)
    assert abs(scores[month]) > LIMIT
    assert robust_scores(logs + np.log(unit)).to_numpy() == pytest.approx(scores.to_numpy(), abs=1e-6)


def test_clean_months_are_rarely_flagged_and_a_fifth_wrong_does_not_hide_the_slips():
    logs = pd.DataFrame(0.2 * np.random.default_rng(3).standard_normal((24, 80)))
    assert (logs.apply(robust_scores).abs() > LIMIT).mean(axis=None) < 0.01
    slipped = logs.index % 5 == 0
    found = logs.add(np.where(slipped, np.log(100), 0), axis=0).apply(robust_scores).abs() > LIMIT
    assert found[slipped].all(axis=None) and found[~slipped].mean(axis=None) < 0.01


def test_near_identical_numbers_are_measured_by_the_least_spread():
    assert robust_scores(pd.Series([0.0, 0.0, 0.001, 0.1])).iloc[-1] == pytest.approx(0.0995 / 0.05)
