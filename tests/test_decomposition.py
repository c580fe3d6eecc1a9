import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.decomposition import bennet

any_input = settings(max_examples=50)
tonnes = st.floats(1e-3, 1e6)
usd_per_kg = st.floats(1e-2, 1e3)

VALUE_FY24 = pd.Series({"85051110": 200.6e6 - 124.77e6, "85051190": 124.77e6})
FY25 = pd.DataFrame(
    {"tonnes": [53_748 - 19_563, 19_563], "value_usd": [206.2e6 - 136.14e6, 136.14e6]}, index=VALUE_FY24.index
)


@st.composite
def two_periods(draw):
    """Up to eight lines in two periods."""
    count = draw(st.integers(1, 8))
    figures = [draw(st.lists(st.tuples(tonnes, usd_per_kg), min_size=count, max_size=count)) for _ in range(2)]
    periods = (pd.DataFrame(rows, columns=["tonnes", "price"]) for rows in figures)
    return [rows[["tonnes"]].assign(value_usd=rows["tonnes"] * rows["price"] * 1000) for rows in periods]


def plain(before, after):
    """The terms of one split, the earlier period as it is."""
    return bennet(before["tonnes"].to_frame().T, before["value_usd"], after).iloc[0]


@any_input
@given(two_periods())
def test_volume_mix_and_price_add_up_to_the_change_and_backwards_only_the_sign_differs(periods):
    before, after = periods
    terms, scale = plain(before, after), max(period["value_usd"].sum() for period in periods)
    assert terms.sum() == pytest.approx(after["value_usd"].sum() - before["value_usd"].sum(), abs=1e-9 * scale)
    size = max(terms.abs().max(), scale)
    assert terms.to_numpy() == pytest.approx(-plain(after, before).to_numpy(), abs=1e-9 * size)


@any_input
@given(two_periods(), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_terms_do_not_depend_on_the_unit_of_weight_and_follow_the_unit_of_value(periods, weight, money):
    rescaled, expected = plain(*(period * [weight, money] for period in periods)), plain(*periods) * money
    scale = max(money * max(period["value_usd"].sum() for period in periods), expected.abs().max())
    assert rescaled.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9 * scale)


def test_lines_are_matched_by_name_and_not_by_position():
    before = pd.DataFrame({"tonnes": [10, 20], "value_usd": [50, 60]}, index=["a", "b"])
    after = pd.DataFrame({"tonnes": [30, 5], "value_usd": [90, 40]}, index=["b", "a"])
    assert plain(before, after).tolist() == plain(before, after.loc[["a", "b"]]).tolist()


def test_one_worked_example_term_by_term():
    before = pd.DataFrame({"tonnes": [10.0, 30.0], "value_usd": [50.0, 60.0]}, index=["a", "b"])
    after = pd.DataFrame({"tonnes": [30.0, 30.0], "value_usd": [180.0, 90.0]}, index=["a", "b"])
    # Shares 1/4, 3/4 then 1/2, 1/2; unit values 5, 2 then 6, 3; 40 then 60 tonnes.
    volume = 20 * ((5 / 4 + 6 / 2) + (2 * 3 / 4 + 3 / 2)) / 2
    mix, price = 50 * (5.5 * 0.25 - 2.5 * 0.25), 50 * (0.375 + 0.625)
    assert plain(before, after).to_dict() == pytest.approx({"volume": volume, "mix": mix, "price": price})


def test_doubling_all_tonnes_at_the_same_unit_values_is_volume_alone():
    before = pd.DataFrame({"tonnes": [10.0, 20.0], "value_usd": [50.0, 60.0]})
    assert plain(before, before * 2).to_dict() == pytest.approx({"volume": 110.0, "mix": 0.0, "price": 0.0})


def splits(*metal: float) -> pd.DataFrame:
    """The tonnes of FY24 by line, for unit values of line 85051190."""
    tonnes = VALUE_FY24["85051190"] / np.array(metal) / 1000
    return pd.DataFrame({"85051110": 28_590 - tonnes, "85051190": tonnes})


def test_the_published_table_of_fy25_is_reproduced_for_every_split_of_fy24():
    millions = bennet(splits(6.0, 6.96, 8.5, 10.0), VALUE_FY24, FY25) / 1e6
    assert millions["volume"].round(1).tolist() == [136.5] * 4
    assert millions["mix"].to_numpy() == pytest.approx([-8.8, -25.7, -24.5, -15.2], abs=0.1)
    assert millions["price"].to_numpy() == pytest.approx([-122.1, -105.2, -106.5, -115.7], abs=0.1)
    assert millions.sum(axis=1).to_numpy() == pytest.approx([5.6] * 4, abs=1e-9)


def test_three_lines_can_be_swept_at_once():
    value = pd.Series({"a": 10e6, "b": 20e6, "c": 30e6})
    after = pd.DataFrame({"tonnes": [2e3, 3e3, 4e3], "value_usd": [12e6, 18e6, 33e6]}, index=value.index)
    tonnes = pd.DataFrame({"c": [3e3, 2e3], "a": [2e3, 3e3], "b": [5e3, 5e3]})
    assert bennet(tonnes, value, after).sum(axis=1).tolist() == pytest.approx([3e6, 3e6])


def test_a_split_that_leaves_a_line_without_tonnes_or_has_other_lines_stops():
    with pytest.raises(ValueError, match="above zero"):
        bennet(splits(8.0, 4.0), VALUE_FY24, FY25)
    with pytest.raises(ValueError, match="same lines"):
        bennet(splits(8.0), VALUE_FY24.iloc[:1], FY25)


@pytest.mark.parametrize(
    ("column", "figure"), [("tonnes", -1.0), ("tonnes", np.nan), ("value_usd", np.inf), ("tonnes", 0.0)]
)
def test_an_impossible_figure_stops_and_is_shown(column, figure):
    wrong = FY25.astype(float)
    wrong.loc["85051190", column] = figure
    with pytest.raises(ValueError, match=r"figures must be known[\s\S]*85051190"):
        plain(FY25, wrong)
