"""Rare-earth oxide contained in magnets, and the magnets that a given amount of oxide can make.

All steps are counted in contained oxide (``tonnes_reo``), so that mass closes although the oxygen itself
leaves at reduction. A *chain* is a pd.Series of parameters:

================  ====================================================================================
ree_share         rare-earth metal in the finished magnet, share of weight
oxide_factor      tonnes of oxide per tonne of metal, from `oxide_factors`
metal_yield       rare earth leaving oxide-to-metal reduction, share of what enters
alloy_yield       the same for alloying and casting
machining_yield   rare earth in finished magnets, share of what enters pressing, sintering and machining
swarf_recycled    share of the machining loss that returns as oxide to the start
================  ====================================================================================
"""

from typing import TypeVar

import numpy as np
import pandas as pd

Tonnes = TypeVar("Tonnes", float, pd.Series)

CHAIN = ("ree_share", "oxide_factor", "metal_yield", "alloy_yield", "machining_yield", "swarf_recycled")

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
    """Tonnes of oxide per tonne of element, ``1 + n_O m_O / (n_M m_M)``.

    Returns
    -------
    pd.Series
        On the element symbols; Pr as Pr6O11, Tb as Tb4O7, Ce as CeO2, the others as M2O3.
    """
    metal = ELEMENTS["metal_atoms"] * ELEMENTS["atomic_mass"]
    return (1 + ELEMENTS["oxygen_atoms"] * OXYGEN_MASS / metal).rename("oxide_factor")


def contained_oxide(magnet_tonnes: Tonnes, chain: pd.Series) -> Tonnes:
    """Oxide equivalent of the rare earth in finished magnets: ``magnet * ree_share * oxide_factor``.

    Parameters
    ----------
    magnet_tonnes : float or pd.Series
        Tonnes of magnets.
    chain : pd.Series
        See the module's first lines.

    Returns
    -------
    float or pd.Series
        Tonnes of rare-earth oxide.
    """
    return magnet_tonnes * chain["ree_share"] * chain["oxide_factor"]


def oxide_for_magnet(magnet_tonnes: Tonnes, chain: pd.Series) -> Tonnes:
    """Fresh oxide needed for finished magnets, once swarf has been recycled.

    Of all oxide used, the share ``q = y_metal y_alloy (1 - y_machining) swarf_recycled`` comes back, so in
    a steady state ``oxide = contained (1 - q) / (y_metal y_alloy y_machining)``.

    Parameters
    ----------
    magnet_tonnes : float or pd.Series
        Tonnes of magnets.
    chain : pd.Series
        See the module's first lines.

    Returns
    -------
    float or pd.Series
        Tonnes of rare-earth oxide.

    References
    ----------
    Heim, J. W. and Vander Wal, R. L. (2023). NdFeB permanent magnet uses, projected growth rates and Nd
    plus Dy demands across end-use sectors through 2050: a review. Minerals 13(10), 1274.
    """
    return contained_oxide(magnet_tonnes, chain) / _product_per_oxide(chain)


def magnet_from_oxide(oxide_tonnes_reo: Tonnes, chain: pd.Series) -> Tonnes:
    """Tonnes of finished magnets that fresh oxide can make: the inverse of `oxide_for_magnet`.

    Only what the oxide contains counts: 450 t of neodymium-praseodymium oxide makes magnets whose
    ``ree_share`` is their neodymium and praseodymium.

    Parameters
    ----------
    oxide_tonnes_reo : float or pd.Series
        Tonnes of rare-earth oxide.
    chain : pd.Series
        See the module's first lines.

    Returns
    -------
    float or pd.Series
        Tonnes of magnets.
    """
    return oxide_tonnes_reo * _product_per_oxide(chain) / contained_oxide(1.0, chain)


def process_balance(oxide_tonnes_reo: float, chain: pd.Series) -> pd.DataFrame:
    """Every step from fresh oxide to finished magnet: what enters, leaves, returns and is lost.

    Parameters
    ----------
    oxide_tonnes_reo : float
        Fresh oxide a year, tonnes.
    chain : pd.Series
        See the module's first lines.

    Returns
    -------
    pd.DataFrame
        One row per step (``oxide``, ``metal``, ``alloy``, ``machining``), in tonnes of contained oxide:
        ``input``, ``returned`` (swarf added to the input), ``product``, ``recovered`` (swarf sent back),
        ``loss``. Each product is the next input; each row closes.

    Raises
    ------
    ValueError
        If a step does not conserve mass (see `check_balance`) or the chain is invalid.
    """
    _check_chain(chain)
    fed = oxide_tonnes_reo / (1 - _returning_share(chain))
    metal = fed * chain["metal_yield"]
    alloy = metal * chain["alloy_yield"]
    magnet = alloy * chain["machining_yield"]
    swarf = alloy - magnet
    recovered = swarf * chain["swarf_recycled"]
    balance = pd.DataFrame(
        [
            ("oxide", oxide_tonnes_reo, recovered, fed, 0.0, 0.0),
            ("metal", fed, 0.0, metal, 0.0, fed - metal),
            ("alloy", metal, 0.0, alloy, 0.0, metal - alloy),
            ("machining", alloy, 0.0, magnet, recovered, swarf - recovered),
        ],
        columns=["step", "input", "returned", "product", "recovered", "loss"],
    ).set_index("step")
    check_balance(balance)
    return balance


def check_balance(balance: pd.DataFrame, tolerance: float = 1e-9) -> None:
    """Stop unless ``input + returned = product + recovered + loss`` at each step and across all of them.

    Parameters
    ----------
    balance : pd.DataFrame
        As from `process_balance`.
    tolerance : float
        Largest gap allowed, relative to what enters the step.

    Raises
    ------
    ValueError
        Showing the steps that do not close, that lose less than nothing, or whose product is not the next
        step's input; or if what is recovered is not what is returned.
    """
    entering = balance["input"] + balance["returned"]
    gap = entering - balance["product"] - balance["recovered"] - balance["loss"]
    handed_on = (balance["product"].shift() - balance["input"]).fillna(0.0)
    slack = tolerance * entering.abs()
    wrong = balance[(gap.abs() > slack) | (handed_on.abs() > slack) | (balance.min(axis=1) < -slack)]
    if len(wrong):
        raise ValueError(f"mass is not conserved at {list(wrong.index)}:\n{wrong}")
    if abs(balance["recovered"].sum() - balance["returned"].sum()) > slack.max():
        raise ValueError(f"recovered swarf is not what is returned:\n{balance}")


def _product_per_oxide(chain: pd.Series) -> float:
    """Contained oxide in finished magnets per tonne of fresh oxide, in a steady state of recycling."""
    _check_chain(chain)
    kept = chain["metal_yield"] * chain["alloy_yield"] * chain["machining_yield"]
    return kept / (1 - _returning_share(chain))


def _returning_share(chain: pd.Series) -> float:
    """Share of all oxide fed that comes back as recycled swarf."""
    reaching = chain["metal_yield"] * chain["alloy_yield"]
    return reaching * (1 - chain["machining_yield"]) * chain["swarf_recycled"]


def _check_chain(chain: pd.Series) -> None:
    missing = [name for name in CHAIN if name not in chain]
    if missing:
        raise ValueError(f"the chain lacks {missing}; it needs {list(CHAIN)}")
    shares = ["ree_share", "metal_yield", "alloy_yield", "machining_yield"]
    possible = all(np.all((chain[name] > 0) & (chain[name] <= 1)) for name in shares)
    possible &= bool(np.all((chain["swarf_recycled"] >= 0) & (chain["swarf_recycled"] <= 1)))
    if not possible or not np.all(chain["oxide_factor"] >= 1):
        raise ValueError(
            f"yields and ree_share lie in (0, 1], swarf_recycled in 0-1, oxide_factor from 1; got\n{chain}"
        )
