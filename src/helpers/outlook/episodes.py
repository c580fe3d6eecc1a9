"""Which published period is suspect, since when, and what was typical before: rows of ``episodes.csv``."""

from dataclasses import dataclass

import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, sources_of
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


@targets.remembered
def suspect(india: Vintage, target: str = "customs") -> Episode | None:
    """The newest suspect year of a target; None if there is none, or its figure no longer stands out.

    A year that is revised to, or assumed at, less than :data:`LEAST_SURGE` times the year before is suspect no more.
    """
    rows, figures = _known(india, target), targets.sums(india, target)["value"]
    if rows.empty or figures[rows.iloc[-1]["year"]] < LEAST_SURGE * figures[rows.iloc[-1]["before"]]:
        return None
    row = rows.iloc[-1]
    return Episode(row["year"], row["surge"] or row["year"], row["before"], bool(row["surge"]), sources_of(row))


def sound(india: Vintage, target: str) -> pd.DataFrame:
    """The yearly totals of a target without its suspect year."""
    known, episode = targets.totals(india, target), suspect(india, target)
    return known.drop(episode.year) if episode else known


def level(india: Vintage, target: str) -> Quantity:
    """The newest sound level, tonnes a year: a part-year at its rate, else the newest total that is not suspect."""
    if parts := targets.part_years(india, target):
        part = parts[-1]
        yearly = 12 / len(fiscal.months(part.name))
        low, high = part["low"] * yearly, part["high"] * yearly
        return derived(part["value"] * yearly, part["unit"], part, period=part.name, low=low, high=high)
    known, clean = targets.totals(india, target), sound(india, target)
    row = (clean if len(clean) else known).iloc[-1]
    return derived(row["value"], row["unit"], row, period=row.name, low=row["low"], high=row["high"])


def starting_from(india: Vintage, baseline_t: float | None) -> Vintage:
    """The vintage with other tonnes for the newest year of ``episodes.csv``, as an assumption; itself for None.

    The published tonnes are no assumption: with them, too, it is the vintage itself.

    Raises
    ------
    ValueError
        If the tonnes are not positive, or no such year was public on the day.
    """
    if baseline_t is None:
        return india
    rows, of = _known(india, targets.CUSTOMS.name), targets.CUSTOMS
    if not baseline_t > 0:
        above = "tonnes to start from are above 0, or None for the published ones"
        raise ValueError(f"baseline_t is {baseline_t}; {above}")
    if rows.empty:
        none = f"data/episodes.csv has no suspect year up to {india.day}"
        raise ValueError(f"baseline_t is {baseline_t:,.10g}, but {none}")
    year = rows.iloc[-1]["year"]
    if targets.sums(india, of.name).loc[year, "value"] == baseline_t:
        return india
    return india.adding(of.table, {**of.keys, "period": year, "value": float(baseline_t)})


def given(india: Vintage) -> Quantity | None:
    """The tonnes that :func:`starting_from` has put in the place of published ones; None if it has not."""
    rows = _known(india, targets.CUSTOMS.name)
    if rows.empty:
        return None
    figure = india.figure(targets.CUSTOMS.table, rows.iloc[-1]["year"], **targets.CUSTOMS.keys)
    return figure if figure is not None and figure.assumed else None


def _known(india: Vintage, target: str) -> pd.DataFrame:
    """The episodes of a target whose year and year before have figures, newest last.

    A row whose surge lies outside its year, or whose year before is not before it, is ignored.
    """
    rows, keys, periods = india.table("episodes"), targets.target(target).keys, set(targets.sums(india, target).index)
    found = []
    for at, row in enumerate(rows.to_dict("records")):
        own = periods.issuperset([row["year"], row["before"]]) and all(row.get(key) == keys[key] for key in keys)
        within = fiscal.months(row["surge"] or row["year"]).isin(fiscal.months(row["year"])).all()
        year, before = fiscal.fiscal_year(row["year"]), fiscal.fiscal_year(row["before"])
        if own and within and before < year:
            found.append((year, row["published"], at))
    return rows.iloc[[at for *_, at in sorted(found)]]
