"""Which published period is suspect, since when, and what was typical before: rows of ``episodes.csv``."""

from dataclasses import dataclass

import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, sources_of
from helpers.outlook import targets

LEAST_SURGE = 1.5
"""A year is suspect as long as it stands this many times above the typical year before it."""


@dataclass(frozen=True)
class Episode:
    """A suspect fiscal year.

    Attributes
    ----------
    year : str
        The fiscal year.
    surge : str
        The part of it that holds what is suspect; the year itself while that is not known.
    before : str
        The last typical year before it.
    located : bool
        Whether the surge is narrower than the year.
    sources : frozenset of str
    """

    year: str
    surge: str
    before: str
    located: bool
    sources: frozenset[str]

    @property
    def since(self) -> pd.Period:
        """The first month after the surge."""
        return fiscal.months(self.surge)[-1] + 1


def suspect(india: Vintage, target: str = "customs") -> Episode | None:
    """The newest suspect year of a target; None if there is none, or its figure no longer stands out.

    A year that is revised to, or assumed at, less than :data:`LEAST_SURGE` times the year before is suspect no more.
    """
    of = targets.target(target)
    rows = india.table("episodes")
    for key, value in of.keys.items():
        if key not in rows:
            return None
        rows = rows[rows[key] == value]
    figures = targets.sums(india, target)["value"]
    rows = rows[rows["year"].isin(figures.index) & rows["before"].isin(figures.index)]
    if rows.empty:
        return None
    order = rows["year"].map(fiscal.fiscal_year)
    row = rows.assign(_year=order).sort_values(["_year", "published"]).iloc[-1]
    if figures[row["year"]] < LEAST_SURGE * figures[row["before"]]:
        return None
    return Episode(row["year"], row["surge"] or row["year"], row["before"], bool(row["surge"]), sources_of(row))
