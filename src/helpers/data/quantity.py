"""A number that knows its unit, its period, its range, and whose it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

ASSUMED = "assumed"
"""Status and source of a figure that a parameter or a what-if has put in the place of a published one."""

_UNITS = {"USD m": "million USD", "INR crore": "crore rupees", "Mt REO": "million tonnes"}
_UNITS |= dict.fromkeys(("t REO", "t/yr", "t REO/yr"), "t")
_SPEC = re.compile(r"(?P<style>number|range|signed)?(?:\.(?P<decimals>\d)|~(?P<digits>\d))?")


@dataclass(frozen=True)
class Quantity:
    """A figure, or what follows from figures; ``sources`` are those of exactly the rows it was made from.

    In a template it is written by a format: ``{x}`` is ``53,748 t``, ``{x:.2}`` has two decimals, ``{x:~3}`` three
    significant digits; ``{x:number}`` leaves the unit out, ``{x:range}`` is ``36,587 to 37,428``, ``{x:signed}`` has a
    plus or a minus; they combine, as in ``{x:range.1}``. What was put in the place of a figure says so.
    """

    value: float
    unit: str
    period: str = ""
    low: float = float("nan")
    high: float = float("nan")
    status: str = "derived"
    sources: frozenset[str] = frozenset()

    @property
    def assumed(self) -> bool:
        """Whether it is, or follows from, an assumption in the place of a published figure."""
        return self.status == ASSUMED

    def __format__(self, spec: str) -> str:
        wanted = _SPEC.fullmatch(spec)
        if wanted is None:
            raise ValueError(f"a quantity has no format {spec!r}; there are number, range, signed, .2 and ~3")
        if wanted["style"] == "range" or pd.isna(self.value):
            low, high = (self._number(bound, wanted) for bound in (self.low, self.high))
            text = low if low == high else f"{low} to {high}"
        else:
            text = self._number(self.value, wanted)
        if wanted["style"] == "signed" and self.value > 0:
            text = f"+{text}"
        if wanted["style"] not in ("number", "range") and self.unit:
            text = f"{text} {_UNITS.get(self.unit, self.unit)}"
        return f"{text} (assumed)" if self.assumed and wanted["style"] != "range" else text

    def __str__(self) -> str:
        return format(self, "")

    def _number(self, value: float, wanted: re.Match) -> str:
        if wanted["digits"] and value:
            digits = int(wanted["digits"]) - len(f"{abs(value):.0f}")
            return number(round(value, digits), max(digits, 0))
        return number(value, int(wanted["decimals"] or 0))


def derived(
    value: float, unit: str, *uses, period: str = "", low: float = float("nan"), high: float = float("nan")
) -> Quantity:
    """A quantity computed from others (quantities, rows with a column ``source``, or ids), whose sources it carries."""
    status = ASSUMED if ASSUMED in sources_of(*uses) else "derived"
    return Quantity(float(value), unit, period, float(low), float(high), status, sources_of(*uses))


def from_row(row: pd.Series, unit: str = "", column: str = "value", period: str = "") -> Quantity:
    """A row of a table as a quantity; a range belongs to the column ``value`` only, unless ``column`` names another."""
    low, high = (float(row[end]) if column == "value" and end in row else float("nan") for end in ("low", "high"))
    unit, period = unit or row.get("unit", ""), period or str(row.get("period", row.name))
    return Quantity(float(row[column]), unit, period, low, high, row.get("status", "derived"), sources_of(row))


def sources_of(*things) -> frozenset[str]:
    """Ids of the sources of quantities, of rows with a column ``source``, and of ids themselves."""
    found: set[str] = set()
    for thing in things:
        if thing is None:
            continue
        if isinstance(thing, str):
            found |= set(thing.split())
        elif hasattr(thing, "sources"):
            found |= set(thing.sources)
        elif isinstance(thing, pd.DataFrame):
            found |= sources_of(*thing["source"].dropna()) if "source" in thing else set()
        elif isinstance(thing, pd.Series):
            said = thing.get("source")
            found |= sources_of(said if isinstance(said, str) else None)
        elif isinstance(thing, Iterable):
            found |= sources_of(*thing)
        else:
            raise TypeError(f"{thing!r} tells no sources")
    return frozenset(found)


def ids(*things) -> str:
    """The ids that :func:`sources_of` finds, as a column ``source`` holds them."""
    return " ".join(sorted(sources_of(*things)))


def number(value: float, decimals: int = 0) -> str:
    """A number as text, with thousands commas and a real minus; a gap is a dash."""
    if pd.isna(value):
        return "–"
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not float(text.replace(",", "")) else text.replace("-", "−")
