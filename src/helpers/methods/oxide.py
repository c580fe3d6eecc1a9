"""Rare-earth oxide contained in magnets, and the magnets that a given amount of oxide can make.

All steps are counted in contained oxide, so that mass closes although the oxygen itself leaves at reduction. A *chain*
is a pd.Series of parameters:

================  ====================================================================================
ree_share         rare-earth metal in the finished magnet, share of weight
oxide_factor      tonnes of oxide per tonne of metal, from `oxide_factors`
metal_yield       rare earth leaving oxide-to-metal reduction, share of what enters
machining_yield   rare earth in finished magnets, share of what enters pressing, sintering and machining
================  ====================================================================================
"""

from typing import TypeVar

import pandas as pd

Tonnes = TypeVar("Tonnes", float, pd.Series)

OXYGEN_MASS = 15.999
ELEMENTS = pd.DataFrame(
    {
        "atomic_mass": [138.90547, 140.116, 140.90766, 144.242, 150.36, 158.925354, 162.500, 88.905838],
        "metal_atoms": [2, 1, 6, 2, 2, 4, 2, 2],
        "oxygen_atoms": [3, 2, 11, 3, 3, 7, 3, 3],
    },
    index=pd.Index(["La", "Ce", "Pr", "Nd", "Sm", "Tb", "Dy", "Y"], name="element"),
)
"""Standard atomic masses (IUPAC 2021) and the oxide in which each element is traded."""


def oxide_factors() -> pd.Series:
    """Tonnes of oxide per tonne of element, ``1 + n_O m_O / (n_M m_M)``: Pr6O11, Tb4O7, CeO2, the others M2O3."""
    metal = ELEMENTS["metal_atoms"] * ELEMENTS["atomic_mass"]
    return (1 + ELEMENTS["oxygen_atoms"] * OXYGEN_MASS / metal).rename("oxide_factor")


def contained_oxide(magnet_tonnes: Tonnes, chain: pd.Series) -> Tonnes:
    """Oxide equivalent of the rare earth in finished magnets: ``magnet * ree_share * oxide_factor``."""
    return magnet_tonnes * chain["ree_share"] * chain["oxide_factor"]


def oxide_for_magnet(magnet_tonnes: Tonnes, chain: pd.Series) -> Tonnes:
    """Oxide needed for finished magnets, ``contained / (y_metal y_machining)``; nothing lost is used again.

    References
    ----------
    Heim, J. W. and Vander Wal, R. L. (2023). NdFeB permanent magnet uses, projected growth rates and Nd
    plus Dy demands across end-use sectors through 2050: a review. Minerals 13(10), 1274.
    """
    return contained_oxide(magnet_tonnes, chain) / _kept(chain)


def magnet_from_oxide(oxide_tonnes: Tonnes, chain: pd.Series) -> Tonnes:
    """Tonnes of finished magnets that oxide can make: the inverse of `oxide_for_magnet`.

    Only what the oxide contains counts: 450 t of neodymium-praseodymium oxide makes magnets whose
    ``ree_share`` is their neodymium and praseodymium.
    """
    return oxide_tonnes * _kept(chain) / contained_oxide(1.0, chain)


def process_balance(oxide_tonnes: float, chain: pd.Series) -> pd.DataFrame:
    """What enters and leaves each step (``metal``, ``machining``), and what is lost: ``input, product, loss``."""
    _kept(chain)
    metal = oxide_tonnes * chain["metal_yield"]
    steps = {"metal": (oxide_tonnes, metal), "machining": (metal, metal * chain["machining_yield"])}
    table = pd.DataFrame.from_dict(steps, orient="index", columns=["input", "product"]).rename_axis("step")
    return table.assign(loss=table["input"] - table["product"])


def _kept(chain: pd.Series) -> float:
    """The part of the oxide that ends in finished magnets; a ValueError if a parameter cannot be."""
    shares = chain[["ree_share", "metal_yield", "machining_yield"]].astype(float)
    if not shares.between(0, 1, inclusive="right").all() or not chain["oxide_factor"] >= 1:
        raise ValueError(f"yields and ree_share lie in (0, 1], oxide_factor from 1; got\n{chain}")
    return chain["metal_yield"] * chain["machining_yield"]
