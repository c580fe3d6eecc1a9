"""What counts as apart, as together, as worth telling: the thresholds of a screen, as a value."""

from dataclasses import dataclass
from typing import Self

from helpers.data import Vintage


@dataclass(frozen=True)
class Rules:
    """Thresholds of a screen; ratios, unless said otherwise.

    Attributes
    ----------
    apart, together : float
        Weights are apart from so many times on, values together up to so many: the rule for both counts.
    material : float
        A line's year is told when what is wrong makes it this many times as high, or as low.
    unlikely : float
        How much likelier a fault must be than chance, natural logarithm: of twenty million entries one has a fault.
    step : float
        A unit value has stepped from this many times on.
    surge : float
        A year is a surge from so many times the median of the years before on.
    base : float
        A base is high or low from so many times the usual on.
    ahead : int
        Years of a forecast.
    """

    apart: float = 2.0
    together: float = 1.3
    material: float = 1.1
    unlikely: float = 17.0
    step: float = 1.8
    surge: float = 2.5
    base: float = 1.5
    ahead: int = 3

    @classmethod
    def of(cls, india: Vintage) -> Self:
        """With the thresholds of both counts as the table of assumptions has them."""
        known = india.assumption("mirror_rule")["value"]
        return cls(apart=float(known["weights apart from"]), together=float(known["values together up to"]))
