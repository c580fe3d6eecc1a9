import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.decomposition import bennet_decomposition, bennet_over_splits

any_input = settings(deadline=None, max_examples=50)
tonnes = st.floats(1e-3, 1e6)
usd_per_kg = st.floats(1e-2, 1e3)

VALUE_FY24 = pd.Series({"85051110": 200.6e6 - 124.77e6, "85051190": 124.77e6})
FY25 = pd.DataFrame(
    {"tonnes": [53_748 - 19_563, 19_563], "value_usd": [206.2e6 - 136.14e6, 136.14e6]}, index=VALUE_FY24.index
)


@st.composite
def two_periods(draw):
    """Up to eight lines in two periods; a line may be absent in one, but the first is in both."""
    count = draw(st.integers(1, 8))
    periods = []
    for _ in range(2):
        present = [True, *draw(st.lists(st.booleans(), min_size=count - 1, max_size=count - 1))]
        figures = draw(st.lists(st.tuples(tonnes, usd_per_kg), min_size=count, max_size=count))
        rows = [
            (weight, weight * price * 1000) if here else (0.0, 0.0)
            for (weight, price), here in zip(figures, present, strict=True)
        ]
        periods.append(pd.DataFrame(rows, columns=["tonnes", "value_usd"]))
    return periods


@any_input
@given(two_periods())
def test_volume_mix_and_price_add_up_to_the_change_of_every_line_and_of_the_total(periods):
    before, after = periods
    terms = bennet_decomposition(before, after)
    change = after["value_usd"] - before["value_usd"]
    scale = max(before["value_usd"].sum(), after["value_usd"].sum())
    assert terms.sum(axis=1).to_numpy() == pytest.approx(change.to_numpy(), abs=1e-9 * scale)
    assert terms.to_numpy().sum() == pytest.approx(change.sum(), abs=1e-9 * scale)


@any_input
@given(two_periods(), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_terms_do_not_depend_on_the_unit_of_weight_and_follow_the_unit_of_value(periods, weight, money):
    before, after = periods
    rescaled = bennet_decomposition(*(period * [weight, money] for period in periods))
    scale = money * max(before["value_usd"].max(), after["value_usd"].max())
    expected = bennet_decomposition(before, after) * money
    # A line may carry a huge mix that another offsets, so the terms themselves set the scale too.
    scale = max(scale, expected.abs().to_numpy().max())
    assert rescaled.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9 * scale)


@any_input
@given(two_periods())
def test_reading_the_periods_backwards_changes_only_the_sign(periods):
    before, after = periods
    forward, backward = bennet_decomposition(before, after), bennet_decomposition(after, before)
    scale = forward.abs().to_numpy().max()
    assert forward.to_numpy() == pytest.approx(-backward.to_numpy(), abs=1e-9 * max(scale, 1e-12))


def test_lines_are_matched_by_name_and_not_by_position():
    before = pd.DataFrame({"tonnes": [10, 20], "value_usd": [50, 60]}, index=["a", "b"])
    after = pd.DataFrame({"tonnes": [30, 5], "value_usd": [90, 40]}, index=["b", "a"])
    pd.testing.assert_frame_equal(
        bennet_decomposition(before, after), bennet_decomposition(before, after.loc[["a", "b"]])
    )


def test_doubling_all_tonnes_at_the_same_unit_values_is_volume_alone():
    before = pd.DataFrame({"tonnes": [10.0, 20.0], "value_usd": [50.0, 60.0]})
    terms = bennet_decomposition(before, before * 2).sum()
    assert terms.to_dict() == pytest.approx({"volume": 110.0, "mix": 0.0, "price": 0.0})


def test_a_line_that_appears_is_mix_and_volume_but_not_price():
    before = pd.DataFrame({"tonnes": [10.0, 0.0], "value_usd": [50.0, 0.0]}, index=["old", "new"])
    after = pd.DataFrame({"tonnes": [10.0, 10.0], "value_usd": [50.0, 30.0]}, index=["old", "new"])
    assert bennet_decomposition(before, after)["price"].to_dict() == {"old": 0.0, "new": 0.0}


def splits(*metal: float) -> pd.DataFrame:
    """The tonnes of FY24 by line, for unit values of line 85051190."""
    tonnes = VALUE_FY24["85051190"] / np.array(metal) / 1000
    return pd.DataFrame({"85051110": 28_590 - tonnes, "85051190": tonnes})


def test_the_published_table_of_fy25_is_reproduced_for_every_split_of_fy24():
    millions = bennet_over_splits(splits(6.0, 6.96, 8.5, 10.0), VALUE_FY24, FY25) / 1e6
    assert millions["volume"].round(1).tolist() == [136.5] * 4
    assert millions["mix"].to_numpy() == pytest.approx([-8.8, -25.7, -24.5, -15.2], abs=0.1)
    assert millions["price"].to_numpy() == pytest.approx([-122.1, -105.2, -106.5, -115.7], abs=0.1)
    assert millions.sum(axis=1).to_numpy() == pytest.approx([5.6] * 4, abs=1e-9)


@any_input
@given(st.floats(4.4, 100.0))
def test_a_split_equals_the_plain_decomposition(unit_value):
    split = splits(unit_value)
    plain = bennet_decomposition(pd.DataFrame({"tonnes": split.iloc[0], "value_usd": VALUE_FY24}), FY25).sum()
    row = bennet_over_splits(split, VALUE_FY24, FY25).iloc[0]
    assert row.to_dict() == pytest.approx(plain.to_dict(), abs=1e-9 * 206.2e6)


def test_three_lines_can_be_swept_at_once():
    value = pd.Series({"a": 10e6, "b": 20e6, "c": 30e6})
    after = pd.DataFrame({"tonnes": [2e3, 3e3, 4e3], "value_usd": [12e6, 18e6, 33e6]}, index=value.index)
    tonnes = pd.DataFrame({"c": [3e3, 2e3], "a": [2e3, 3e3], "b": [5e3, 5e3]})
    assert bennet_over_splits(tonnes, value, after).sum(axis=1).tolist() == pytest.approx([3e6, 3e6])


def test_a_split_that_leaves_a_line_without_tonnes_or_has_other_lines_stops():
    with pytest.raises(ValueError, match="tonnes of every line"):
        bennet_over_splits(splits(8.0, 4.0), VALUE_FY24, FY25)
    with pytest.raises(ValueError, match="same lines"):
        bennet_over_splits(splits(8.0), VALUE_FY24.iloc[:1], FY25)


@pytest.mark.parametrize(
    ("column", "figure"), [("tonnes", -1.0), ("tonnes", np.nan), ("value_usd", np.inf), ("tonnes", 0.0)]
)
def test_an_impossible_figure_stops_and_is_shown(column, figure):
    wrong = FY25.astype(float)
    wrong.loc["85051190", column] = figure
    with pytest.raises(ValueError, match=r"after: figures must be known[\s\S]*85051190"):
        bennet_decomposition(FY25, wrong)
