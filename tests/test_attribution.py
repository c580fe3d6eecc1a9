"""Shapley values: what they must fulfil, a published game, the balance; each lever alone; SALib as referee."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import FROZEN
from helpers.data import vintage
from helpers.outlook import attribution, levers, scenario

FEW, YEAR = 400, 2031
WORTHS = st.lists(st.floats(-1e6, 1e6), min_size=16, max_size=16)
FACTORS = "abcd"


@pytest.fixture(scope="module")
def india():
    return vintage("2026-11-26", FROZEN)


def game(values):
    """A worth of every set of four factors."""
    return lambda chosen: values[sum(1 << FACTORS.index(name) for name in chosen)]


def in_all_orders(worth, factors):
    """What each adds, one order after the other."""
    orders, added = list(permutations(factors)), dict.fromkeys(factors, 0.0)
    for order in orders:
        for place, name in enumerate(order):
            added[name] += (worth(frozenset(order[: place + 1])) - worth(frozenset(order[:place]))) / len(orders)
    return added


@given(WORTHS)
def test_values_sum_to_the_difference_and_are_means_over_all_orders(values):
    worth = game(values)
    found = attribution.shapley(worth, FACTORS)
    assert sum(found.values()) == pytest.approx(values[15] - values[0], rel=1e-9, abs=1e-6)
    assert found == pytest.approx(in_all_orders(worth, FACTORS), rel=1e-9, abs=1e-6)


def test_a_published_game_is_divided_as_published():
    """Two left gloves and one right one: the right one is worth two thirds of the pair."""
    found = attribution.shapley(lambda chosen: float("r" in chosen and len(chosen) > 1), ["l", "m", "r"])
    assert found == pytest.approx({"l": 1 / 6, "m": 1 / 6, "r": 2 / 3})


@pytest.mark.parametrize("quantity", ["imports", "shortage", "oxide_imported"])
@pytest.mark.parametrize(
    ("one", "other"),
    [("", "scheme=1"), ("", "wind_pm_share=0.2; scheme=1; irel_path=planned; japan_exports=off; ev_pace=0.4"),
     ("stock_months=3", "licences=closed; licences_months=30; stock_months=9; recycling=1"),
     ("scheme=1", "scheme=0.5; scheme_delay=24; nd_price=2; intensity=0.8")],
)  # fmt: skip
def test_levers_share_out_the_difference_between_two_scenarios(india, one, other, quantity):
    first, last = levers.made(one), levers.made(other)
    found = attribution.difference(india, first, last, YEAR, quantity, FEW)
    before, after = (np.median(scenario.run(india, of, count=FEW).of(quantity, YEAR)) for of in (first, last))
    assert found["change"].sum() == pytest.approx(after - before, rel=1e-9, abs=1e-9)
    both = {**first.moved, **last.moved}
    assert set(found["lever"]) == {name for name in both if getattr(first, name) != getattr(last, name)}
    assert found["source"].str.len().gt(0).all()
    assert all(getattr(first, row.lever) == row.before for row in found.itertuples()), "none given is no gap"


@pytest.mark.parametrize("base", ["", "scheme=1; stock_months=1"])
def test_the_ends_of_a_lever_are_the_scenarios_with_it_there(india, base):
    rest = levers.made(base)
    found = attribution.tornado(india, YEAR, base=rest, count=FEW)
    for row in found.itertuples():
        for setting, value in ((row.at_low, row.low), (row.at_high, row.high)):
            made = scenario.run(india, levers.made({**rest.model_dump(), row.lever: setting}), count=FEW)
            assert np.median(made.of("imports", YEAR)) == pytest.approx(value, rel=1e-9, abs=1e-9)
        assert row.low <= row.base <= row.high
    widths = found["high"] - found["low"]
    assert widths.is_monotonic_decreasing and not {"scheme_award", "licences_from"} & set(found["lever"])


def test_what_was_not_public_moves_nothing(india):
    found = attribution.tornado(vintage("2025-06-30", FROZEN), 2030, count=FEW)
    assert not {"scheme", "ev_pace", "oxide_source"} & set(found["lever"])


def test_salib_finds_the_same_order_of_levers_and_shares_between_its_own(india):
    """Effects of first and of total order enclose the Shapley value of the variance (Owen 2014)."""
    from SALib.analyze import sobol
    from SALib.sample import sobol as sample

    names = ["ev_pace", "intensity", "rare_earth_free_share", "nd_price"]
    bounds = [[-0.5, 0.5], [0.6, 1.2], [0.0, 0.6], [0.5, 3.0]]
    problem = {"num_vars": len(names), "names": names, "bounds": bounds}
    of = scenario.draws(india, 200).over(slice(6, 7))

    def middle(settings):
        made = scenario.balance(of, levers.made(dict(zip(names, map(float, settings), strict=True))))
        return np.median(made.imports)

    settings = sample.sample(problem, 64, calc_second_order=False, seed=1)
    found = sobol.analyze(problem, np.array([middle(row) for row in settings]), False, seed=1)
    rng = np.random.default_rng(1)
    points = rng.uniform(*np.array(bounds).T, size=(2, 250, len(names)))
    own = np.array([middle(row) for row in points[0]])

    def told(chosen):
        """The part of the variance that some levers tell, by what two points have in common when they share them."""
        kept = [names.index(name) for name in chosen]
        mixed = points[1].copy()
        mixed[:, kept] = points[0][:, kept]
        return np.cov(own, [middle(row) for row in mixed])[0, 1] / own.var() if chosen else 0.0

    shares = attribution.shapley(told, names)
    assert list(np.argsort(found["ST"])) == list(np.argsort([shares[name] for name in names]))
    for place, name in enumerate(names):
        slack = 0.05 + found["S1_conf"][place] + found["ST_conf"][place]
        assert found["S1"][place] - slack <= shares[name] <= found["ST"][place] + slack
