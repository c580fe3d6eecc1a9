"""Tables of chapter 5: scenarios in three years, what moves them, the balance; heads in words and units."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters.rows import headed
from helpers.data import Quantity, Vintage, derived, ids, number
from helpers.outlook import demand, levers, scenario
from helpers.outlook.demand_draws import ENDS
from helpers.outlook.levers import Levers
from helpers.outlook.scenario import UNITS, Balance

RUN_RATE, ASKED = scenario.BASE, "asked for"
"""The scenario in which nothing is moved, and the name of one that has none."""

OWN = {
    "rare_earth_free_share", "wind_pm_share", "recycling", "scheme", "scheme_award", "scheme_delay", "irel_path",
    "japan_exports", "oxide_source", "stock_months",
}  # fmt: skip
"""Levers that India's state and firms hold; the others are those of markets and of other states."""

SHORT = {  # levers in few words, for figures
    "ev_pace": "pace of electric vehicles",
    "intensity": "magnet in a unit",
    "rare_earth_free_share": "motors without rare earths",
    "wind_pm_share": "turbines with magnets",
    "nd_price": "price of neodymium",
    "recycling": "old magnets used again",
    "scheme": "plants of the scheme",
    "scheme_award": "day of their award",
    "scheme_delay": "their delay",
    "irel_path": "neodymium made in India",
    "japan_exports": "rare earths sold to Japan",
    "oxide_source": "oxide for the plants",
    "licences": "China's licences",
    "licences_from": "first day of these licences",
    "licences_months": "months of these licences",
    "stock_months": "stocks",
}

STEPS = {
    "imports": "To import, t",
    "shortage": "Not let in, t",
    "oxide_imported": "Oxide to import, t",
    "rupees": "Cost, crore rupees",
    "vehicles": "Electric vehicles without magnets",
    "engines": "Other vehicles without magnets",
}
_OUTAGE = {
    "lasts": "Stocks last, months",
    "missing": "Not come, t",
    "lost": "Lost, t",
    "rupees": "Worth, crore rupees",
    "vehicles": "Electric vehicles not built",
    "engines": "Other vehicles not built",
}
DECIMALS = {head: int(name == "lasts") for name, head in _OUTAGE.items()}  # of the table of closures
_SETTINGS = ("before", "after", "at_low", "at_high")
_BALANCE = {
    "demand": "Need of all sectors",
    "scheme": "less what plants of the scheme make for it",
    "recycled": "less what is won from old magnets",
    "stock": "less what is drawn from stocks",
    "imports": "is to import, as magnets or inside motors",
    "allowed": "of it China's licences let through",
    "shortage": "and this is missing",
}


def years(india: Vintage) -> list[int]:
    """The fiscal years that are shown: that of the day, and what chapter 3 looks ahead to."""
    now = fiscal.fiscal_year(pd.Timestamp(india.day))
    return sorted({now, *(year for year in demand.steps(india) if year > now)})


def asked(text: str, named: pd.DataFrame) -> tuple[str, Levers]:
    """The name and the levers of a scenario that is given by its name, or by its levers."""
    return (text, named.loc[text, "levers"]) if text in named.index else (ASKED, levers.made(text))


def balances(named: pd.DataFrame, asked: tuple[str, Levers], india: Vintage) -> dict[str, Balance]:
    """The balance of every scenario that can be reckoned on the day, and of the one that is asked for.

    In the years that are shown, where no stock is carried from year to year.
    """
    of = named.loc[named["lacking"] == "", "levers"].to_dict()
    of |= {} if lacking(asked[1], india) else dict([asked])
    draws = scenario.draws(india)
    shown = draws.over(np.isin(draws.years, years(india)))
    return {name: scenario.balance(draws if moved.stock_months else shown, moved) for name, moved in of.items()}


def alone_in(year: int, moved: Levers, india: Vintage) -> Balance:
    return scenario.balance(scenario.in_year(india, year, stock=bool(moved.stock_months)), moved)


def panels(moved: Levers, regimes: Iterable[str], india: Vintage) -> dict[str, Balance]:
    """The balance under each regime of licences, for good and from the first month on whose rules are not known."""
    held = {"licences_from": None, "licences_months": None}
    return {one: scenario.run(india, moved.model_copy(update=held | {"licences": one})) for one in regimes}


def stocked(moved: Levers, months: int) -> Levers:
    """The same levers with so many months more in stock."""
    return moved.model_copy(update={"stock_months": moved.stock_months + months})


def lacking(moved: Levers, india: Vintage) -> str:
    """What is not public on the day that some levers need; nothing if they can be reckoned."""
    gone = scenario.draws(india).lacking
    return ", ".join(dict.fromkeys(gone[name] for name in moved.moved if name in gone))


def change(of: Balance, base: Balance, quantity: str, year: int, india: Vintage) -> Quantity:
    """How much more than in another scenario: of the middles, and 80 % draw by draw, the same ones behind both."""
    one, other = of.of(quantity, year), base.of(quantity, year)
    middle, (low, _, high) = np.median(one) - np.median(other), np.quantile(one - other, ENDS)
    uses = [scenario.sources(india, each.levers, quantity) for each in (of, base)]
    ends = {"low": min(low, middle), "high": max(high, middle)}
    return derived(middle, UNITS[quantity], *uses, period=fiscal.year_name(year), **ends)


def owned(moved: Levers) -> bool:
    """Whether India alone moves these levers, and moves one."""
    return bool(moved.moved) and moved.moved.keys() <= OWN


def best(made: Mapping[str, Balance], year: int) -> str | None:
    """Of the named scenarios that India alone can bring about, the one with least to import; None without one."""
    own = {name: np.median(of.of("imports", year)) for name, of in made.items() if owned(of.levers) and name != ASKED}
    return min(own, key=own.get) if own else None


def shown(made: Mapping[str, Balance], asked: tuple[str, Levers]) -> str:
    """The scenario asked for, or the run-rate where that cannot be reckoned on the day."""
    return asked[0] if asked[0] in made else RUN_RATE


def aim(made: Mapping[str, Balance], name: str, year: int) -> str:
    """The scenario that is taken apart: one that moves levers, or the best that India can do if there is that."""
    return name if made[name].levers.moved else best(made, year) or RUN_RATE


def steps(rows: pd.DataFrame) -> pd.DataFrame:
    """``scenario.table`` for readers: medians, and the 80 % of what is to import."""
    rows = rows[rows["quantity"].isin(STEPS)].set_index(["scenario", "fiscal_year", "quantity"])
    wide, ends = rows["middle"].unstack(sort=False)[list(STEPS)], rows.xs("imports", level="quantity")
    wide["imports"] = [f"{number(of.middle)} ({number(of.low)} to {number(of.high)})" for of in ends.itertuples()]
    wide = wide.round({"vehicles": -3, "engines": -3})
    wide["source"] = rows["source"].groupby(level=[0, 1], sort=False).agg(lambda of: ids(*of))
    wide = wide.rename(columns=STEPS).reset_index().rename(columns={"scenario": "Scenario", "fiscal_year": "Year"})
    return wide.assign(Year=wide["Year"].map(fiscal.year_name)).set_index("Scenario").rename_axis(columns=None)


def balance(of: Balance, wanted: list[int], india: Vintage) -> pd.DataFrame:
    """The identity in means, which sum as draws do."""
    columns = {fiscal.year_name(year): [of.of(name, year).mean() for name in _BALANCE] for year in wanted}
    table = pd.DataFrame(columns, index=pd.Index(_BALANCE.values(), name="Tonnes of rare-earth magnets"))
    return table.assign(source=[scenario.sources(india, of.levers, name) for name in _BALANCE])


def gap(of: Balance) -> float:
    """The furthest that the two sides of the identity are apart in any draw and year, over the largest need."""
    net = of.demand - of.scheme - of.recycled - of.stock
    apart = max(np.abs(net - of.imports).max(), np.abs(np.maximum(of.imports - of.allowed, 0) - of.shortage).max())
    return float(apart / of.demand.max())


def parts(rows: pd.DataFrame) -> pd.DataFrame:
    """``attribution.difference`` for readers."""
    return _by_lever(rows, {"before": "From", "after": "To", "change": "Tonnes more"})


def alone(rows: pd.DataFrame) -> pd.DataFrame:
    """``attribution.tornado`` for readers; levers that move nothing are left out."""
    heads = {"at_low": "Least at", "low": "Least, t", "at_high": "Most at", "high": "Most, t"}
    return _by_lever(rows[rows["high"] - rows["low"] >= 1], heads)


def outages(found: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    """``outage.outage`` of some lengths for readers: the middle of each quantity, by months."""
    rows = {months: table["middle"] for months, table in found.items()}
    wide = pd.DataFrame(rows).T[list(_OUTAGE)].round({"vehicles": -3, "engines": -3}).rename(columns=_OUTAGE)
    wide["source"] = [ids(*table["source"]) for table in found.values()]
    return wide.rename_axis(index="Months", columns=None)


def trial(rows: pd.DataFrame) -> pd.DataFrame:
    """``outage.trial`` for readers."""
    heads = {"unit": "Unit", "least": "Least stock", "middle": "Middle", "most": "Largest", "seen": "Seen"}
    return headed(rows, heads | {"miss": "Miss"}).rename_axis("Reckoned")


def described() -> pd.DataFrame:
    table = levers.described()
    span = [" or ".join(row.choices) or (f"{row.low or 0:g} to {row.high:g}" if pd.notna(row.high) else "a day")
            for row in table.itertuples()]  # fmt: skip
    span = [f"{one} {unit}" if unit not in ("", "day") else one for one, unit in zip(span, table["unit"], strict=True)]
    table = table.assign(span=span, default=[_said(value) for value in table["default"]])
    heads = {"meaning": "What it moves", "span": "What it may be", "default": "Run-rate"}
    return headed(table, heads).rename_axis("Lever")


def stories(named: pd.DataFrame) -> pd.DataFrame:
    moved = [str(of) or "none" for of in named["levers"]]
    return pd.DataFrame({"Story": named["story"], "Levers moved": moved}).rename_axis("Scenario")


def _by_lever(rows: pd.DataFrame, heads: Mapping[str, str]) -> pd.DataFrame:
    """Rows by lever, levers and their settings in few words."""
    said = {name: [_said(value) for value in rows[name]] for name in heads if name in _SETTINGS}
    return headed(rows.assign(**said), heads).set_index(rows["lever"].map(SHORT).rename("Lever"))


def _said(value: object) -> str:
    return "none given" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
