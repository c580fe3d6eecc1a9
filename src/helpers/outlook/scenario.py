"""What would be if: the levers of a scenario, the balance of magnets that follows, and the scenarios that have a name.

A scenario is conditional: it says what would follow from its levers, not how likely they are, and is never scored.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import product

import pandas as pd

from helpers import fiscal
from helpers.data import DataError, Quantity, Vintage, derived, ids
from helpers.outlook import levers as schema
from helpers.outlook.demand_draws import DRAWS, ends
from helpers.outlook.levers import LeverError, Levers
from helpers.outlook.scenario_balance import HEAVY, UNITS, Balance, balance
from helpers.outlook.scenario_draws import Draws, draws

__all__ = ["UNITS", "Balance", "Draws", "at", "balance", "draws", "in_year", "named", "run", "sources", "table"]

_BEHIND = {
    "ev_pace": "demand", "intensity": "phase", "rare_earth_free_share": "phase", "wind_pm_share": "demand phase",
    "nd_price": "response", "recycling": "recycling", "scheme": "scheme chain", "scheme_award": "scheme",
    "scheme_delay": "scheme", "irel_path": "irel ore", "japan_exports": "japan ore phase",
    "oxide_source": "irel japan ore", "licences": "licences heavy", "licences_from": "licences",
    "licences_months": "licences", "stock_months": "licences",
}  # fmt: skip
"""Which rows a lever rests on, by the topics of the draws."""
_WANTED = ("ev_pace", "intensity", "rare_earth_free_share", "wind_pm_share", "nd_price")
_LICENSED = ("allowed", "shortage", "vehicles", "engines", "turbines")
RUN_RATE, BASE = Levers(), "run-rate"
"""Nothing moved, and its name."""


@lru_cache(maxsize=8)
def run(india: Vintage, levers: Levers = RUN_RATE, bounds: bool = False, count: int = DRAWS) -> Balance:
    """The balance of a day under some levers; with ``bounds`` those sectors too that no source gives."""
    return balance(draws(india, count), levers, bounds)


def named(india: Vintage, count: int = DRAWS) -> pd.DataFrame:
    """The scenarios of ``data/scenarios.csv``.

    Returns
    -------
    pd.DataFrame
        Indexed by ``scenario``: ``story`` (a sentence), ``levers`` (:class:`.levers.Levers`), ``lacking`` (what is not
        public on the day that it needs; empty where it can be reckoned).

    Raises
    ------
    DataError
        As :func:`written`.
    """
    lacking, found = draws(india, count).lacking, []
    for name, (story, of) in written(india).items():
        gone = dict.fromkeys(lacking[name] for name in of.moved if name in lacking)
        found.append((name, story, of, ", ".join(gone)))
    return pd.DataFrame(found, columns=["scenario", "story", "levers", "lacking"]).set_index("scenario")


def written(india: Vintage) -> dict[str, tuple[str, Levers]]:
    """Story and levers of each scenario, whatever is public.

    Raises
    ------
    DataError
        If a row names no lever or gives one what it cannot be; with the row, the lever and the remedy. Or if the
        run-rate is not there, with which all others are compared.
    """
    found = {}
    for line, (name, story, levers) in enumerate(india.written["scenarios"].rows, start=2):
        try:
            found[name] = story, schema.made(levers)
        except LeverError as error:
            said = str(error).replace("\n", "; ")
            raise DataError(f"data/scenarios.csv, line {line}, scenario {name!r}: {said}") from None
    if BASE not in found or found[BASE][1].moved:
        raise DataError(f"data/scenarios.csv has no {BASE!r} without levers: restore it, others are compared with it")
    return found


def at(india: Vintage, made: Balance, quantity: str, year: int) -> Quantity:
    """A quantity of a fiscal year (80 %): the middle and the low end without bounds, the high end with them."""
    every = _bounded(india, made.levers, year, len(made.demand))
    low, middle, high = ends(made.of(quantity, year), every.of(quantity, year))
    source = sources(india, made.levers, quantity, count=len(made.demand))
    return derived(middle, UNITS[quantity], source, period=fiscal.year_name(year), low=low, high=high)


def table(
    india: Vintage, balances: Mapping[str, Balance], years: list[int], quantities: Iterable[str] = UNITS
) -> pd.DataFrame:
    """Scenarios side by side, one row a scenario, year and quantity.

    Returns
    -------
    pd.DataFrame
        ``scenario, fiscal_year, quantity, unit, low, middle, high`` (80 %), ``source``.
    """
    columns = ["scenario", "fiscal_year", "quantity", "unit", "low", "middle", "high", "source"]
    rows = []
    for (name, made), year, quantity in product(balances.items(), years, quantities):
        of = at(india, made, quantity, year)
        rows.append((name, year, quantity, of.unit, of.low, of.value, of.high, " ".join(sorted(of.sources))))
    return pd.DataFrame(rows, columns=columns)


@lru_cache(maxsize=8)
def in_year(india: Vintage, year: int, count: int = DRAWS, stock: bool = False) -> Draws:
    """The draws of one year; with a stock, which years before it use up, of those up to it."""
    of = draws(india, count)
    place = list(of.years).index(year)
    return of.over(slice(0 if stock else place, place + 1))


@lru_cache(maxsize=8)
def _bounded(india: Vintage, levers: Levers, year: int, count: int) -> Balance:
    """A year with the sectors that no source gives: for the upper end of a range. A stock links all years."""
    if levers.stock_months:
        return run(india, levers, True, count)
    return balance(in_year(india, year, count), levers, bounds=True)


def sources(india: Vintage, levers: Levers, quantity: str = "imports", lever: str = "", count: int = DRAWS) -> str:
    """The ids behind a quantity under some levers, and behind one lever that is moved."""
    oxide, made = quantity.startswith("oxide"), bool(levers.scheme)
    used = [] if oxide else [name for name in levers.moved if name in _WANTED]
    topics = set() if oxide else {"demand"}
    if quantity not in ("demand", "oxide_ore", "oxide_sold"):
        topics |= {"scheme", "chain"} if made else set()
        topics |= set() if oxide else {"recycling", "chain"}
    if oxide or (made and levers.oxide_source == "own" and quantity != "demand"):
        used += ["irel_path", "japan_exports"]
    if quantity in _LICENSED or levers.stock_months or (made and levers.oxide_source == "under licence"):
        used.append("licences" if levers.licences == HEAVY else "licences_from")
    topics |= {topic for name in (*used, *lever.split()) for topic in _BEHIND[name].split()}
    topics |= {"price", "passed"} if quantity == "rupees" else set()
    return ids(*(draws(india, count).sources[topic] for topic in sorted(topics)))
