"""Everything that is uncertain or read from a row in a scenario, drawn once: no lever appears here.

Each factor has a seed of its own name, so that what is moved later leaves every draw alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import DataError, Vintage, ids
from helpers.methods import oxide
from helpers.outlook import blend, demand, demand_draws, licences, supply
from helpers.outlook.demand_rows import RARE_EARTH
from helpers.outlook.scenario_parts import OTHER, VEHICLE, Part, parts

_BEFORE = 2
"""Years that ended and are carried along: a calendar year lies between them."""
_KG, _CRORE = 1000, 1e7


@dataclass(frozen=True)
class Draws:
    """What scenarios are reckoned from; numbers by draw have the shape (draws, 1), those by year (years,).

    A time is a fiscal year and its part: 2025.0 is the end of FY25. ``lacking`` tells by lever what is not public that
    it needs; ``sources`` by topic where the rest comes from.
    """

    years: np.ndarray
    day: float
    parts: tuple[Part, ...]
    dose: Mapping[str, np.ndarray]
    china: np.ndarray
    heavy: np.ndarray
    ruled: Mapping[str, np.ndarray]
    known: float
    current: str
    capacity: float
    build: np.ndarray
    ramp: np.ndarray
    kept: np.ndarray
    ore: np.ndarray
    sold: np.ndarray
    separated: Mapping[str, np.ndarray]
    won: Mapping[str, np.ndarray]
    years_until: Mapping[str, np.ndarray]
    response: Mapping[str, np.ndarray]
    passed: np.ndarray
    price: np.ndarray
    lacking: Mapping[str, str]
    sources: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.china)

    def over(self, at: slice | np.ndarray) -> "Draws":
        """The same draws of some of the years."""
        return _cut(self, at, len(self.years))


def draws(india: Vintage, count: int = demand_draws.DRAWS) -> Draws:
    """All randomness and every row of the scenarios of a day."""
    return _draws(india, count)


@lru_cache(maxsize=4)
def _draws(india: Vintage, count: int) -> Draws:
    made = demand.demand(india).first(count)
    ended = fiscal.fiscal_year(pd.Timestamp(india.day)) - 1
    at = slice(int(np.searchsorted(made.years, ended)) + 1 - _BEFORE, None)
    years = made.years[at]
    found: dict[str, Any] = {"years": years, "day": moment(india.day), "parts": parts(india, made, at, ended)}
    sources = {"demand": ids(made.source, *(line.source for line in made.lines if line.material == RARE_EARTH))}
    moved = any(part.shift.any() for part in found["parts"])
    lacking = {} if moved else {"ev_pace": "a target for electric vehicles"}
    for part in (_licences, _plants, _ore, _recycling, _prices):
        more, said, gone = part(india, years, count)
        found, sources, lacking = found | more, sources | said, lacking | gone
    return Draws(**found, lacking=lacking, sources=sources)


def _cut(of: Any, at: slice | np.ndarray, years: int) -> Any:
    """Some of the years of whatever has them as its last axis."""
    if isinstance(of, np.ndarray):
        return np.ascontiguousarray(of[..., at]) if of.shape[-1] == years else of
    if isinstance(of, Mapping):
        return {name: _cut(one, at, years) for name, one in of.items()}
    if isinstance(of, tuple):
        return tuple(_cut(one, at, years) for one in of)
    if isinstance(of, Part | Draws):
        return replace(of, **{one.name: _cut(getattr(of, one.name), at, years) for one in fields(of)})
    return of


def moment(day: date) -> float:
    """A day as a fiscal year and its part: the end of FY25 is 2025.0."""
    begun = fiscal.fiscal_year(pd.Timestamp(day)) - 1
    first, last = fiscal.span(fiscal.year_name(begun + 1))
    return begun + (day - first).days / ((last - first).days + 1)


def _licences(india: Vintage, years: np.ndarray, count: int) -> tuple[dict, dict, dict]:
    rows, rules = licences.assumed(india, "regime_dose"), licences.rules(india)
    share, heavy = india.assumption(licences.LICENSED), india.assumption("heavy_part")
    dose = {name: drawn(rows.loc[name], count, f"dose {name}") for name in licences.REGIMES}
    ruled = {name: np.zeros(len(years)) for name in licences.REGIMES}
    for month, regime in rules.items():
        first, after = (moment(of.start_time.date()) for of in (month, month + 1))
        ruled[regime] += (years == np.floor(first) + 1) * (after - first)
    known = moment((rules.index[-1] + 1).start_time.date())
    found = {"dose": dose, "ruled": ruled, "known": known, "current": licences.current(india)}
    found["china"] = drawn(share.iloc[0], count, "china")
    found["heavy"] = drawn(judged(heavy, "with dysprosium or terbium"), count, "heavy")
    return found, {"licences": ids(rows, share, licences.known(india)), "heavy": ids(heavy)}, {}


def _plants(india: Vintage, years: np.ndarray, count: int) -> tuple[dict, dict, dict]:
    capacity, timing = supply.capacity(india), india.assumption("scheme_timing")
    names = ("from award to first output", "from first to full output")
    build, ramp = (drawn(judged(timing, name), count, f"scheme {name}") / 12 if len(timing) else np.ones((count, 1))
                   for name in names)  # fmt: skip
    chain, cut = supply.magnet_chain(india), supply.machined(india)
    per = oxide.magnet_from_oxide(1.0, chain)
    machined = pd.Series({"low": cut.low, "value": cut.value, "high": cut.high}) / 100
    kept = per * (drawn(machined, count, "machining") if cut.low < cut.high else np.full((count, 1), machined["value"]))
    gone = {} if capacity is not None and len(timing) else {"scheme": "the capacity of a magnet scheme"}
    found = {"capacity": 0.0 if gone else capacity.value, "build": build, "ramp": ramp, "kept": kept}
    return found, {"scheme": ids(capacity, timing), "chain": ids(chain, cut)}, gone


def _ore(india: Vintage, years: np.ndarray, count: int) -> tuple[dict, dict, dict]:
    held, share, made = supply.held(india), supply.ndpr_share(india), supply.neodymium(india)
    sold = india.series("trade", flow="export", reporter="IND", partner="JPN", hs="RE all", measure="weight")
    means, meant = _meant(india, count)
    paths = {kind: _path(made, kind, years) * means for kind in ("made", *supply.KINDS)}
    said = {"ore": ids(held, share), "japan": ids(sold.tail(1)), "irel": ids(made, meant)}
    if held.empty or share is None:
        ours = ("japan_exports", "irel_path", "oxide_source")
        nothing = np.zeros((count, 1))
        gone = dict.fromkeys(ours, "the part of neodymium in India's ore")
        return {"ore": nothing, "sold": nothing, "separated": paths}, said, gone
    ore = _even(held["low"].min(), held["high"].max(), count, "ore")
    tonnes = sold["value"].fillna(sold["low"]).dropna().tail(1).sum()
    part = _even(share.low, share.high, count, "share") / 100
    return {"ore": ore, "sold": np.minimum(part * tonnes, ore), "separated": paths}, said, {}


def _recycling(india: Vintage, years: np.ndarray, count: int) -> tuple[dict, dict, dict]:
    plans, until = india.assumption("recycling"), india.assumption("recycling_months")
    months, (means, meant) = india.assumption("lever_months"), _meant(india, count)
    tonnes = {name: plans["value"].get(f"neodymium from magnets, {name}", 0.0) for name in ("made", "planned")}
    years_until = {"technology": np.full((1, 1), judged(months, "technology")["value"] / 12)}
    years_until |= {"exports": np.full((1, 1), judged(months, "exports ended in steps")["value"] / 12)}
    years_until |= {"recycling": drawn(judged(until, "until a plan is reached"), count, "recycling") / 12}
    found = {"won": {name: of * means for name, of in tonnes.items()}, "years_until": years_until}
    gone = {"recycling": "a plan of recyclers"} if plans.empty else {}
    return found, {"recycling": ids(plans, until, meant), "phase": ids(months)}, gone


def _meant(india: Vintage, count: int) -> tuple[np.ndarray, pd.DataFrame]:
    """Oxide of neodymium and praseodymium that a tonne called neodymium may be, as likely any of what it may mean."""
    meant = supply.meanings(india)
    return _even(meant["oxide"].min(), meant["oxide"].max(), count, "meaning"), meant


def _path(made: pd.DataFrame, kind: str, years: np.ndarray) -> np.ndarray:
    """Tonnes of neodymium by year: what was made, and what is said of later years, each held until the next figure."""
    rows = made[made["kind"].isin(["made", kind])]
    if rows.empty:
        return np.zeros(len(years))
    rows = rows.assign(at=rows["period"].map(fiscal.centre)).sort_values("kind", key=lambda of: of != "made")
    rows = rows.drop_duplicates("at").sort_values("at")
    place = np.searchsorted(rows["at"].to_numpy(), years, side="right") - 1
    return rows["tonnes"].to_numpy()[np.maximum(place, 0)]


def _prices(india: Vintage, years: np.ndarray, count: int) -> tuple[dict, dict, dict]:
    response, passed = india.assumption("price_response"), india.assumption("price_pass")
    rate = india.series("prices", item="INR per USD", basis="fiscal-year mean").tail(1)
    paid = blend.paid_to_china(india, fiscal.year_name(int(years[_BEFORE - 1])))
    spread = india.assumption("composition_prior").loc[["price of rare-earth magnets, spread"]]
    known = len(rate) and len(paid)
    median = paid["value"].mean() * rate["value"].iloc[0] * _KG / _CRORE if known else np.nan
    price = median * np.exp(spread["value"].iloc[0] * demand_draws.normal("price of magnets", count)[:, None])
    names = {VEHICLE: "vehicles", OTHER: "all other uses"}
    of = {kind: drawn(judged(response, name), count, f"response {name}") for kind, name in names.items()}
    found = {"response": of, "passed": drawn(judged(passed, "neodymium in a magnet"), count, "passed"), "price": price}
    return found, {"price": ids(paid, rate, spread), "response": ids(response), "passed": ids(passed)}, {}


def judged(rows: pd.DataFrame, segment: str) -> pd.Series:
    """A row of an assumption by its segment; a DataError that names it where there is none."""
    if segment in rows.index:
        return rows.loc[segment]
    raise DataError(f"data/assumptions.csv has no row for {segment!r} on this day; restore it, or ask for a later day")


def drawn(row: pd.Series, count: int, name: str) -> np.ndarray:
    """Draws of a row between its ends, shape (draws, 1), from a seed of a name."""
    rng = np.random.default_rng([demand_draws.SEED, *name.encode()])
    return licences.triangular(row, count, rng)[:, None]


def _even(low: float, high: float, count: int, name: str) -> np.ndarray:
    rng = np.random.default_rng([demand_draws.SEED, *name.encode()])
    return rng.uniform(low, high, count)[:, None]
