import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.composition import ERROR, SURGE, UNDECIDED, Rule, explain_excess, simulate_repm_tonnes

any_input = settings(max_examples=50)

FY25 = pd.DataFrame(
    {"tonnes": [34_185.0, 19_563.0], "unit_value_usd_per_kg": [2.05, 6.96], "other_low": 2.5, "other_high": 4.5},
    index=["85051110", "85051190"],
)
PRIOR = {"repm_median": 45.0, "repm_log_sd": 0.15, "draws": 20_000, "seed": 11}


def test_fy25_holds_one_to_two_and_a_third_kilotonnes_of_rare_earth_magnets_none_of_them_at_the_price_of_ferrite():
    tonnes = simulate_repm_tonnes(FY25, **PRIOR)
    assert tonnes["85051190"].quantile([0.05, 0.5, 0.95]).to_numpy() == pytest.approx([1000, 1540, 2300], abs=150)
    assert (tonnes["85051110"] == 0).all()


@any_input
@given(st.floats(0, 1), st.floats(1, 1e5))
def test_a_planted_share_is_recovered_when_prices_are_known(share, tonnes):
    blend = pd.DataFrame(
        {"tonnes": [tonnes], "unit_value_usd_per_kg": [share * 45 + (1 - share) * 3], "other_low": 3.0,
         "other_high": 3.0}
    )  # fmt: skip
    drawn = simulate_repm_tonnes(blend, repm_median=45, repm_log_sd=0, draws=3, seed=1)
    assert drawn[0].tolist() == pytest.approx([share * tonnes] * 3, abs=1e-9 * tonnes)


@any_input
@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 500)), min_size=1, max_size=5), st.integers(0, 99))
def test_a_line_never_holds_less_than_nothing_or_more_than_its_weight(rows, seed):
    lines = pd.DataFrame(rows, columns=["tonnes", "unit_value_usd_per_kg"])
    lines = lines.assign(other_low=2.5, other_high=4.5)
    drawn = simulate_repm_tonnes(lines, repm_median=45, repm_log_sd=0.15, draws=200, seed=seed)
    assert ((drawn >= 0) & (drawn <= lines["tonnes"])).all(axis=None)


@any_input
@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_the_estimate_does_not_depend_on_the_currency_and_follows_the_unit_of_weight(money, weight):
    money_columns = ["unit_value_usd_per_kg", "other_low", "other_high"]
    rescaled = FY25.assign(tonnes=FY25["tonnes"] * weight, **{c: FY25[c] * money for c in money_columns})
    options = PRIOR | {"draws": 100}
    drawn = simulate_repm_tonnes(rescaled, **options | {"repm_median": 45 * money})
    expected = simulate_repm_tonnes(FY25, **options) * weight
    pd.testing.assert_frame_equal(drawn, expected, rtol=1e-9)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others():
    first, again = (simulate_repm_tonnes(FY25, **PRIOR) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(simulate_repm_tonnes(FY25, **PRIOR | {"seed": 12}))


def test_cutting_a_line_into_partners_does_not_narrow_the_interval():
    halves = pd.concat([FY25.assign(tonnes=FY25["tonnes"] / 2)] * 2, keys=["China", "others"])
    whole = simulate_repm_tonnes(FY25, **PRIOR).sum(axis=1)
    pd.testing.assert_series_equal(simulate_repm_tonnes(halves, **PRIOR).sum(axis=1), whole, rtol=1e-12)


def test_priors_that_overlap_stop():
    with pytest.raises(ValueError, match="priors overlap"):
        simulate_repm_tonnes(FY25.assign(other_high=60.0), **PRIOR)


def test_a_missing_unit_value_stops_and_is_shown():
    with pytest.raises(ValueError, match="85051190"):
        simulate_repm_tonnes(FY25.assign(unit_value_usd_per_kg=[2.05, float("nan")]), **PRIOR)


def monthly_cells(excess, unit_value, baseline=100.0):
    """One cell per entry of ``excess`` (tonnes above a common baseline), all at the unit values given."""
    cells = pd.DataFrame({"excess": excess, "unit_value": unit_value}).astype(float)
    tonnes = baseline + cells["excess"]
    return pd.DataFrame(
        {"tonnes": tonnes, "value_usd": tonnes * cells["unit_value"] * 1000, "baseline_tonnes": baseline}
    )


def test_a_few_cheap_cells_with_most_of_the_excess_are_an_error():
    cells = monthly_cells([5000, 4000, 3000, *[50] * 40], [0.4, 0.5, 0.9, *[2.0] * 40])
    verdict = explain_excess(cells)
    assert verdict.reading == ERROR
    assert verdict.evidence["excess_tonnes"].tolist()[:3] == [5000, 4000, 3000]
    assert verdict.cheap_share == pytest.approx(12 / 14)


@pytest.mark.parametrize(
    ("count", "price", "reading"), [(60, 2.1, SURGE), (30, 2.1, UNDECIDED), (60, 0.8, UNDECIDED), (60, 45.0, UNDECIDED)]
)
def test_only_an_excess_of_many_cells_at_the_price_of_ferrite_is_a_surge(count, price, reading):
    assert explain_excess(monthly_cells([400] * count, [price] * count)).reading == reading


@pytest.mark.parametrize(("largest", "reading"), [(700.0, ERROR), (690.0, UNDECIDED)])
def test_the_error_rule_turns_at_seventy_percent_of_the_excess(largest, reading):
    cells = monthly_cells([largest, 1000 - largest], [0.5, 6.0])
    assert explain_excess(cells).reading == reading


def test_the_thresholds_are_those_of_the_rule():
    cells = monthly_cells([700.0, 300.0], [0.5, 6.0])
    assert explain_excess(cells).reading == ERROR
    assert explain_excess(cells, Rule(excess_share=0.8)).reading == UNDECIDED
    assert explain_excess(cells, Rule(cheap_below=0.4)).reading == UNDECIDED
    surge = monthly_cells([400] * 60, [2.1] * 60)
    assert (
        explain_excess(surge, Rule(many_cells=60)).reading
        == UNDECIDED
        == explain_excess(surge, Rule(ferrite_high=2.0)).reading
    )


@pytest.mark.parametrize(("count", "reading"), [(43, UNDECIDED), (45, SURGE)])
def test_the_surge_rule_needs_more_than_thirty_cells_for_seventy_percent(count, reading):
    # Of 43 equal cells 31 make 72 %, but 30 make only 69.8 %; five larger ones bring it below.
    excess = [110] * 5 + [100] * (count - 5)
    assert explain_excess(monthly_cells(excess, [2.0] * count)).reading == reading


@any_input
@given(st.lists(st.tuples(st.floats(-90, 1e4), st.floats(0.1, 60)), min_size=1, max_size=60), st.randoms())
def test_the_verdict_does_not_depend_on_the_order_of_cells_and_shares_add_up(rows, random):
    cells = monthly_cells(*zip(*rows, strict=True))
    verdict = explain_excess(cells)
    order = list(cells.index)
    random.shuffle(order)
    assert explain_excess(cells.loc[order]).reading == verdict.reading
    if len(verdict.evidence):
        assert verdict.evidence["excess_share"].sum() == pytest.approx(1)
        assert (verdict.evidence["excess_share"] > 0).all()


def test_no_excess_is_undecided():
    verdict = explain_excess(monthly_cells([0, -10], [2.0, 2.0]))
    assert verdict.reading == UNDECIDED
    assert verdict.evidence.empty and verdict.cheap_share == verdict.ferrite_share == 0


def test_a_cell_without_a_baseline_stops():
    cells = monthly_cells([10.0], [2.0]).assign(baseline_tonnes=float("nan"))
    with pytest.raises(ValueError, match="figures must be known"):
        explain_excess(cells)
