import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.oxide import contained_oxide, magnet_from_oxide, oxide_factors, oxide_for_magnet, process_balance

any_input = settings(max_examples=60)
share = st.floats(0.01, 1)

CHAIN = pd.Series({"ree_share": 0.30, "oxide_factor": 1.17, "metal_yield": 0.80, "machining_yield": 0.70})
UNMACHINED = pd.Series({**CHAIN, "machining_yield": 1.0})


@st.composite
def chains(draw):
    values = {name: draw(share) for name in ("ree_share", "metal_yield", "machining_yield")}
    return pd.Series(values | {"oxide_factor": draw(st.floats(1, 1.3))})


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
    assert oxide_for_magnet(magnets, UNMACHINED) == pytest.approx(with_metal_yield, abs=1)
    assert oxide_for_magnet(magnets, CHAIN) == pytest.approx(with_machining, abs=1)


@any_input
@given(chains(), st.floats(1e-3, 1e6))
def test_oxide_to_magnet_and_back_returns_the_same_tonnes(chain, tonnes):
    assert magnet_from_oxide(oxide_for_magnet(tonnes, chain), chain) == pytest.approx(tonnes)


@any_input
@given(chains(), st.floats(1e-3, 1e6))
def test_mass_closes_at_every_step_and_from_end_to_end(chain, oxide):
    balance = process_balance(oxide, chain)
    assert balance["input"].tolist() == [oxide, balance.loc["metal", "product"]]
    assert (balance["loss"] >= 0).all()
    made = balance.loc["machining", "product"]
    assert made + balance["loss"].sum() == pytest.approx(oxide)
    assert made == pytest.approx(contained_oxide(magnet_from_oxide(oxide, chain), chain))


def test_metal_makes_more_magnets_than_as_much_oxide_and_nothing_of_it_is_lost_in_reduction():
    metal = 450 * UNMACHINED["oxide_factor"] / UNMACHINED["metal_yield"]
    assert magnet_from_oxide(metal, UNMACHINED) == pytest.approx(450 / 0.30)
    assert magnet_from_oxide(450, UNMACHINED) == pytest.approx(450 * 0.80 / (0.30 * 1.17))


@any_input
@given(chains(), st.sampled_from(["metal_yield", "machining_yield"]))
def test_a_better_yield_never_needs_more_oxide(chain, name):
    better = chain.copy()
    better[name] = (chain[name] + 1) / 2
    assert oxide_for_magnet(6000, better) <= oxide_for_magnet(6000, chain) * (1 + 1e-12)


def test_a_chain_without_a_parameter_or_with_an_impossible_yield_stops():
    with pytest.raises(KeyError, match="metal_yield"):
        oxide_for_magnet(700, CHAIN.drop("metal_yield"))
    for wrong in ({"metal_yield": 1.2}, {"machining_yield": 0.0}, {"oxide_factor": 0.9}):
        for count in (magnet_from_oxide, oxide_for_magnet, process_balance):
            with pytest.raises(ValueError, match=r"lie in \(0, 1\]"):
                count(450, pd.Series({**CHAIN, **wrong}))
