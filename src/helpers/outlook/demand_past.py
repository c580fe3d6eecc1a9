"""The past of demand: what the sectors come to, against every count of a whole year, and against what was paid."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import UNUSED, Quantity, Vintage, derived, ids
from helpers.outlook import blend, customs, demand, rare_earths, targets, value
from helpers.outlook.demand_draws import DRAWS, Demand, draw, ends
from helpers.outlook.demand_rows import RARE_EARTH

BACK = 7
"""Years before the last one that ended, of which counts are looked for."""
USE, BARE, CARS, NEED = "use", "bare", "bare, vehicles", "use, vehicles"
"""Of what a count is: all sectors, or those that make vehicles; their whole need, or what comes as magnets."""
TOLD, PLANNED = "makers of vehicles, as magnets", "makers of vehicles, need"
VEHICLES = "vehicles"

_BY_MAKERS = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "REPM", "measure": "weight_auto"}
_NEEDED = {"quantity": "REPM need of the car industry", "unit": "t"}
_PAID = ["line", "likely", "most", "low", "middle", "high", "over", "source"]
_THEN = 2_000
"""Draws of what was public before a count."""


class Range(NamedTuple):
    """The 80 % of the sectors and their middle, tonnes; bounds in the upper end."""

    low: float
    middle: float
    high: float


class Alone(NamedTuple):
    """What one sector would have to hold in a unit for a count to be right alone, beside the ends that are drawn."""

    sector: str
    needed: Quantity
    low: float
    high: float


def backtest(india: Vintage) -> pd.DataFrame:
    """Every count of rare-earth magnets in a whole year beside what the sectors come to, now and on the day before it.

    A calendar year is taken from the two fiscal years around its middle.

    Returns
    -------
    pd.DataFrame
        ``count, what, period, recorded, least, most`` (tonnes and their range), ``middle, low, high`` (tonnes of the
        sectors), ``error`` (of the middle, per cent of what was recorded), ``place`` (of the record: inside the range,
        above, below, or across an end of it), ``then_low, then_middle, then_high, then`` (the same from what was
        public the day before the count was; gaps where nothing could be reckoned), ``late`` (how many factors of these
        are judgements written after the count), ``source``.
    """
    made, rows = of_years(india), []
    for _, row in _records(india).iterrows():
        if not made or not made.years[0] <= fiscal.centre(row["period"]) <= made.years[-1]:
            continue
        span, now = (row["low"], row["value"], row["high"]), around(made, row["period"], row["what"])
        least, most = np.nanmin(span), np.nanmax(span)
        recorded = np.sqrt(least * most) if np.isnan(row["value"]) else row["value"]
        before = india.on(pd.Timestamp(row["published"]).date() - pd.Timedelta(days=1))
        then, late = _then(before, row)
        source = ids(row, made.source, *(line.source for line in made.lines if _in(line, row["what"])))
        rows.append((row["count"], row["what"], row["period"], recorded, least, most, now.middle, now.low, now.high,
                     100 * (now.middle / recorded - 1), place(least, most, now), then.low, then.middle, then.high,
                     place(least, most, then), late, source))  # fmt: skip
    return pd.DataFrame(rows, columns=["count", "what", "period", "recorded", "least", "most", "middle", "low", "high",
                                       "error", "place", "then_low", "then_middle", "then_high", "then", "late",
                                       "source"])  # fmt: skip


def ceilings(india: Vintage) -> pd.DataFrame:
    """The most rare-earth magnets that a year's imports can have paid for, beside what the sectors take as magnets.

    All that was paid, of line 85051190 in a fiscal year and of HS 850511 in a calendar year, over what China was paid
    for a kilogram of rare-earth magnets in the months that are known: no other magnet can have been bought with it.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``, oldest first: ``line``, ``likely, most`` (tonnes, at the mean price and at its 5 %),
        ``low, middle, high`` (of the sectors), ``over`` (per cent of the draws that need more), ``source``.
    """
    made, priors = of_years(india), india.assumption("composition_prior")
    name = "price of rare-earth magnets, spread"
    if not made or name not in priors.index:
        return pd.DataFrame(columns=_PAID)
    paid = {customs.METAL: value.history(india).rename(columns={"usd_m": "value"})}
    paid[customs.OTHER_METAL] = customs.imports(india, "value_usd", hs=customs.OTHER_METAL)
    side, found = np.exp(1.645 * priors.loc[name, "value"]), {}
    for line, table in paid.items():
        for period, row in table.iterrows():
            prices = blend.paid_to_china(india, period)
            if made.years[0] <= fiscal.centre(period) <= made.years[-1] and len(prices) and fiscal.is_year(period):
                likely = 1000 * row["value"] / prices["value"].mean()
                over = 100 * (_draws(made, period, BARE) > likely * side).mean()
                source = ids(row, prices, priors.loc[name], made.source)
                found[period] = [line, likely, likely * side, *around(made, period, BARE), over, source]
    table = pd.DataFrame.from_dict(found, orient="index", columns=_PAID).rename_axis("period")
    return table.loc[sorted(table.index, key=fiscal.centre)]


@targets.remembered
def of_years(india: Vintage, draws: int = DRAWS) -> Demand:
    """Draws of rare-earth magnets in the years of which counts are looked for."""
    of = demand.model(india, "trend", BACK, 1)
    return draw(replace(of, lines=tuple(line for line in of.lines if line.material == RARE_EARTH)), draws)


def alone(made: Demand, row: pd.Series) -> Alone:
    """The largest sector of a count of need (a row of :func:`backtest`), all others at their middle."""
    middles = {at: np.median(_draws(made, row["period"], row["what"], only=at)) for at in range(len(made.lines))}
    solid = [at for at, line in enumerate(made.lines) if _in(line, row["what"]) and not line.bound]
    at = max(solid, key=lambda at: np.nan_to_num(middles[at]))
    line, own, year = made.lines[at], middles[at], int(fiscal.centre(row["period"])) - made.years[0]
    (held,) = [factor for factor in line.factors if factor.role == "intensity"]
    low, mode, high = (float(end[year]) for end in (held.low, held.mode, held.high))
    mean = (low + high) / 2 if np.isnan(mode) else (low + mode + high) / 3
    needed = mean * max(row["recorded"] - row["middle"] + own, 0.0) / own
    return Alone(line.sector, derived(needed, line.unit.partition("/")[0], row, line.source), low, high)


def around(made: Demand, period: str, what: str) -> Range:
    """What the sectors of a count come to in its year; without what is a bound, and the upper end with it."""
    return Range(*ends(*(_draws(made, period, what, bounds=bounds) for bounds in (False, True))))


def place(least: float, most: float, of: Range) -> str:
    """Where a count lies against the range: ``inside``, ``above``, ``below``, ``across`` an end; nothing for gaps."""
    if np.isnan(of.low):
        return ""
    if most < of.low or least > of.high:
        return "below" if most < of.low else "above"
    return "across" if least < of.low or most > of.high else "inside"


def _then(before: Vintage, row: pd.Series) -> tuple[Range, int]:
    """What could be reckoned before a count was public, and how many factors of it were judged later."""
    made = of_years(before, _THEN)
    if not made or not made.years[0] <= fiscal.centre(row["period"]) <= made.years[-1]:
        return Range(np.nan, np.nan, np.nan), 0
    late = before.table("demand")["written"] > pd.Timestamp(before.day)
    return around(made, row["period"], row["what"]), int(late.sum())


def _records(india: Vintage) -> pd.DataFrame:
    """Every count of a whole year: ``count, what, period, value, low, high, published, source``."""
    counts = rare_earths.counted(india).rename(columns={"estimate": "count"})
    counts["what"] = np.where(counts["count"] == rare_earths.USE, USE, BARE)
    told = _told(india.table("trade", vintages=True, **_BY_MAKERS), TOLD, CARS)
    needed = _told(india.table("outlooks", vintages=True, **_NEEDED), PLANNED, NEED)
    whole = pd.concat([counts, told, needed], ignore_index=True)
    return whole.loc[[fiscal.is_year(period) for period in whole["period"]]]


def _told(rows: pd.DataFrame, name: str, what: str) -> pd.DataFrame:
    """What makers of vehicles told of each year: one text, or the ends of several."""
    found = []
    for period, of in rows[~rows["status"].isin(UNUSED)].groupby("period"):
        low, high = of[["value", "low"]].min(axis=None), of[["value", "high"]].max(axis=None)
        found.append((name, what, period, low if low == high else np.nan, low, high, of["published"].min(), ids(of)))
    columns = ["count", "what", "period", "value", "low", "high", "published", "source"]
    return pd.DataFrame(found, columns=columns)


def _in(line, what: str) -> bool:
    """Whether a line is of the sectors that are counted."""
    return line.material == RARE_EARTH and (what in (USE, BARE) or line.activity["unit"] == VEHICLES)


def _draws(made: Demand, period: str, what: str, *, bounds: bool = True, only: int | None = None) -> np.ndarray:
    """Tonnes of a year in every draw; of one line only if asked."""
    centre = fiscal.centre(period)
    first = int(min(np.floor(centre), made.years[-1] - 1)) - made.years[0]
    part, cut = centre - made.years[first], slice(first, first + 2)
    whole = np.zeros((2, len(made.tonnes))).T
    for at, line in enumerate(made.lines):
        if _in(line, what) and (bounds or not line.bound) and only in (None, at):
            tonnes = made.tonnes[:, at, cut] * (made.outside[at][:, cut] if what in (BARE, CARS) else 1.0)
            whole += np.nan_to_num(tonnes)
    return whole @ [1 - part, part]
