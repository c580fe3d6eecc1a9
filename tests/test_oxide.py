import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.oxide import (
    check_balance,
    contained_oxide,
    magnet_from_oxide,
    oxide_factors,
    oxide_for_magnet,
    process_balance,
)

any_input = settings(deadline=None, max_examples=60)
share = st.floats(0.01, 1)

CHAIN = pd.Series(
    {
        "ree_share": 0.30,
        "oxide_factor": 1.17,
        "metal_yield": 0.80,
        "alloy_yield": 1.0,
        "machining_yield": 0.70,
        "swarf_recycled": 0.0,
    }
)


@st.composite
def chains(draw):
    values = {name: draw(share) for name in ("ree_share", "metal_yield", "alloy_yield", "machining_yield")}
    return pd.Series(values | {"oxide_factor": draw(st.floats(1, 1.3)), "swarf_recycled": draw(st.floats(0, 1))})


def test_oxide_factors_equal_their_atomic_masses_to_four_decimals():
    published = {
        "Nd": 1.1664, "Pr": 1.2082, "Dy": 1.1477, "Tb": 1.1762,
        "Sm": 1.1596, "Ce": 1.2284, "La": 1.1728, "Y": 1.2699,
    }  # fmt: skip
    assert oxide_factors().round(4).to_dict() == published


@pytest.mark.parametrize(
    ("magnets", "metal", "contained", "with_metal_yield", "with_machining"),
    [(700, 210, 246, 307, 439), (1540, 462, 540, 676, 965), (6000, 1800, 2106, 2633, 3760)],
)
def test_the_worked_cases_are_reproduced(magnets, metal, contained, with_metal_yield, with_machining):
    assert magnets * CHAIN["ree_share"] == pytest.approx(metal, abs=1)
    assert contained_oxide(magnets, CHAIN) == pytest.approx(contained, abs=1)
    unmachined = CHAIN.copy()
    unmachined["machining_yield"] = 1.0
    assert oxide_for_magnet(magnets, unmachined) == pytest.approx(with_metal_yield, abs=1)
    assert oxide_for_magnet(magnets, CHAIN) == pytest.approx(with_machining, abs=1)


def test_all_recorded_tonnes_read_as_rare_earth_magnets_would_contain_18865_t_of_oxide():
    assert contained_oxide(53_748, CHAIN) == pytest.approx(18_865, abs=1)


@any_input
@given(chains(), st.floats(1e-3, 1e6))
def test_oxide_to_magnet_and_back_returns_the_same_tonnes(chain, tonnes):
    assert magnet_from_oxide(oxide_for_magnet(tonnes, chain), chain) == pytest.approx(tonnes)


@any_input
@given(chains(), st.floats(1e-3, 1e6))
def test_mass_closes_at_every_step_and_from_end_to_end(chain, oxide):
    balance = process_balance(oxide, chain)
    gap = balance["input"] + balance["returned"] - balance[["product", "recovered", "loss"]].sum(axis=1)
    assert gap.abs().max() <= 1e-9 * balance["product"].max()
    made = balance.loc["machining", "product"]
    assert made + balance["loss"].sum() == pytest.approx(oxide)
    assert made == pytest.approx(contained_oxide(magnet_from_oxide(oxide, chain), chain))


def test_metal_makes_more_magnets_than_as_much_oxide_and_nothing_of_it_is_lost_in_reduction():
    unmachined = CHAIN.copy()
    unmachined["machining_yield"] = 1.0
    metal = 450 * unmachined["oxide_factor"] / unmachined["metal_yield"]
    assert magnet_from_oxide(metal, unmachined) == pytest.approx(450 / 0.30)
    assert magnet_from_oxide(450, unmachined) == pytest.approx(450 * 0.80 / (0.30 * 1.17))


@any_input
@given(chains(), st.floats(1e-3, 1e6))
def test_metal_is_worth_the_oxide_that_reduction_took_for_it(chain, metal):
    oxide = metal * chain["oxide_factor"] / chain["metal_yield"]
    reduced = process_balance(oxide, chain).loc["metal"]
    fresh = reduced["product"] * oxide / reduced["input"]
    assert fresh == pytest.approx(metal * chain["oxide_factor"])


@any_input
@given(chains(), st.floats(1e-3, 1e3))
def test_magnets_scale_with_oxide(chain, factor):
    assert magnet_from_oxide(450 * factor, chain) == pytest.approx(factor * magnet_from_oxide(450, chain))


@any_input
@given(chains(), st.sampled_from(["metal_yield", "alloy_yield", "machining_yield", "swarf_recycled"]))
def test_a_better_yield_or_more_recycling_never_needs_more_oxide(chain, name):
    better = chain.copy()
    better[name] = (chain[name] + 1) / 2
    assert oxide_for_magnet(6000, better) <= oxide_for_magnet(6000, chain) * (1 + 1e-12)


def test_full_swarf_recycling_leaves_only_the_losses_of_metal_and_alloy():
    full = CHAIN.copy()
    full["swarf_recycled"] = 1.0
    balance = process_balance(100.0, full)
    assert balance.loc["machining", "loss"] == 0
    # Of 100 t fed 80 become metal, 24 of them swarf that returns: 100 t fresh feed 100/0.76 t.
    assert balance.loc["oxide", "product"] == pytest.approx(100 / 0.76)


@pytest.mark.parametrize(
    ("step", "column"),
    [("metal", "loss"), ("alloy", "product"), ("machining", "recovered"), ("oxide", "input")],
)
def test_a_step_that_creates_or_loses_mass_unseen_stops(step, column):
    balance = process_balance(450.0, CHAIN)
    balance.loc[step, column] += 1e-3
    with pytest.raises(ValueError, match="mass is not conserved"):
        check_balance(balance)


def test_mass_that_vanishes_between_two_steps_stops():
    balance = process_balance(450.0, CHAIN)
    balance.loc["alloy", ["input", "product"]] -= 10.0
    with pytest.raises(ValueError, match=r"not conserved at \['alloy', 'machining'\]"):
        check_balance(balance)


def test_swarf_that_is_recovered_but_not_returned_stops():
    chain = CHAIN.copy()
    chain["swarf_recycled"] = 0.5
    balance = process_balance(450.0, chain)
    balance.loc["oxide", ["input", "returned"]] = [balance.loc["oxide", "product"], 0.0]
    with pytest.raises(ValueError, match="not what is returned"):
        check_balance(balance)


def test_a_chain_without_a_parameter_or_with_an_impossible_yield_stops():
    with pytest.raises(ValueError, match="alloy_yield"):
        oxide_for_magnet(700, CHAIN.drop("alloy_yield"))
    impossible = CHAIN.copy()
    impossible["metal_yield"] = 1.2
    with pytest.raises(ValueError, match=r"lie in \(0, 1\]"):
        magnet_from_oxide(450, impossible)
