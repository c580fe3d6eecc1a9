"""How quantities are written in sentences."""

import pandas as pd

from helpers.show import number


def tonnes(value: float, decimals: int = 0) -> str:
    """``16,281 t``; ``decimals`` of -2 rounds to hundreds."""
    return f"{number(round(value, decimals) if decimals < 0 else value)} t"


def between(row: pd.Series) -> str:
    """``36,587 to 37,428``, from the columns ``low`` and ``high``."""
    return f"{number(row['low'])} to {number(row['high'])}"


def signed(fraction: float) -> str:
    """``+87 %``."""
    return f"{'+' if fraction > 0 else ''}{number(fraction * 100)} %"
