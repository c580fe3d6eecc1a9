"""Everything that is uncertain or read from a row in a scenario, drawn once: no lever appears here.

Each factor has a seed of its own name, so that what is moved later leaves every draw alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.methods import oxide
from helpers.outlook import blend, demand, demand_draws, licences, supply, targets
from helpers.outlook.demand_rows import RARE_EARTH
from helpers.outlook.scenario_parts import OTHER, VEHICLE, Part, parts

_BEFORE = 2
"""Years that ended and are carried along: a calendar year lies between them."""


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

    def over(self, at: slice) -> "Draws":
        """The same draws of some of the years."""
        return _cut(self, at, len(self.years))


@targets.remembered
def draws(india: Vintage, count: int = demand_draws.DRAWS) -> Draws:
    """All randomness and every row of the scenarios of a day."""
    whole = count == demand_draws.DRAWS
    made = demand.demand(india) if whole else demand_draws.draw(demand.model(india), count)
    ended = fiscal.fiscal_year(pd.Timestamp(india.day)) - 1
    at = slice(int(np.searchsorted(made.years, ended)) + 1 - _BEFORE, None)
    years = made.years[at]
    found: dict[str, Any] = {"years": years, "day": moment(india.day), "parts": parts(india, made, at)}
    sources = {"demand": ids(made.source, *(line.source for line in made.lines if line.material == RARE_EARTH))}
    moved = any(part.shift.any() for part in found["parts"])
    lacking = {} if moved else {"ev_pace": "a target for electric vehicles"}
    for part in (_licences, _plants, _ore, _prices):
        more, said, gone = part(india, years, count)
        found, sources, lacking = found | more, sources | said, lacking | gone
    return Draws(**found, lacking=lacking, sources=sources)


def _cut(of: Any, at: slice, years: int) -> Any:
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


def moment(day) -> float:
    """A day as a fiscal year and its part: the end of FY25 is 2025.0."""
    begun = fiscal.fiscal_year(pd.Timestamp(day)) - 1
    first, last = fiscal.span(fiscal.year_name(begun + 1))
    return begun + (day - first).days / ((last - first).days + 1)


def _licences(india: Vintage, years: np.ndarray, count: int) -> tuple[dict, dict, dict]:
    rows, rules = licences.assumed(india, "regime_dose"), licences.rules(india)
    of = india.assumption(licences.LICENSED), india.assumption("heavy_part")
    dose = {name: drawn(rows.loc[name], count, f"dose {name}") for name in licences.REGIMES}
    ruled = {name: np.zeros(len(years)) for name in licences.REGIMES}
    for month, regime in rules.items():
        first, after = (moment(of.start_time.date()) for of in (month, month + 1))
        ruled[regime] += (years == np.floor(first) + 1) * (after - first)
    known = moment((rules.index[-1] + 1).start_time.date())
    found = {"dose": dose, "ruled": ruled, "known": known, "current": licences.current(india)}
    found |= {"china": drawn(of[0].iloc[0], count, "china"), "heavy": drawn(of[1].iloc[0], count, "heavy")}
    return found, {"licences": ids(rows, of[0], licences.known(india)), "heavy": ids(of[1])}, {}


def _plants(india: Vintage, years: np.ndarray, count: int) -> tuple[dict, dict, dict]:
    capacity, timing = supply.capacity(india), india.assumption("scheme_timing")
    months = [
        timing.loc[name] if name in timing.index else None
        for name in ("from award to first output", "from first to full output")
    ]
    build, ramp = (
        np.ones((count, 1)) if row is None else drawn(row, count, f"scheme {row.name}") / 12 for row in months
    )
    chain, cut = supply.magnet_chain(india), supply.machined(india)
    per = oxide.magnet_from_oxide(1.0, chain)
    machined = pd.Series({"low": cut.low, "value": cut.value, "high": cut.high}) / 100
    kept = per * (drawn(machined, count, "machining") if cut.low < cut.high else np.full((count, 1), machined["value"]))
    gone = {} if capacity is not None and len(timing) else {"scheme": "the capacity of a magnet scheme"}
    found = {"capacity": 0.0 if gone else capacity.value, "build": build, "ramp": ramp, "kept": kept}
    return found, {"scheme": ids(capacity, timing), "chain": ids(chain, cut)}, gone


def _ore(india: Vintage, years: np.ndarray, count: int) -> tuple[dict, dict, dict]:
    held, meant, share = supply.held(india), supply.meanings(india), supply.ndpr_share(india)
    sold = india.series("trade", flow="export", reporter="IND", partner="JPN", hs="RE all", measure="weight")
    made, plans = supply.neodymium(india), india.assumption("recycling")
    months, until = india.assumption("lever_months"), india.assumption("recycling_months")
    means = _even(meant["oxide"].min(), meant["oxide"].max(), count, "meaning")
    paths = {kind: _path(made, kind, years) for kind in ("made", *supply.KINDS)}
    ours = ("japan_exports", "irel_path", "oxide_source")
    gone = {} if len(held) else dict.fromkeys(ours, "the part of neodymium in India's ore")
    ore = _even(held["low"].min(), held["high"].max(), count, "ore") if len(held) else np.zeros((count, 1))
    part = _even(share.low, share.high, count, "share") / 100 if share is not None else np.zeros((count, 1))
    tonnes = sold["value"].fillna(sold["low"]).dropna()
    recycled = {
        name: plans.loc[f"neodymium from magnets, {name}", "value"] * means if len(plans) else np.zeros((count, 1))
        for name in ("made", "planned")
    }
    if plans.empty:
        gone["recycling"] = "a plan of recyclers"
    found = {"ore": ore, "sold": np.minimum(part * (tonnes.iloc[-1] if len(tonnes) else 0.0), ore)}
    found |= {"separated": {kind: path * means for kind, path in paths.items()}, "won": recycled}
    found["years_until"] = {"technology": np.full((1, 1), months.loc["technology", "value"] / 12),
                            "exports": np.full((1, 1), months.loc["exports ended in steps", "value"] / 12),
                            "recycling": drawn(until.iloc[0], count, "recycling") / 12}  # fmt: skip
    said = {
        "ore": ids(held, share),
        "japan": ids(sold.tail(1)),
        "irel": ids(made, meant),
        "recycling": ids(plans, until, meant),
        "phase": ids(months),
    }
    return found, said, gone


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
    last = fiscal.year_name(int(years[_BEFORE - 1]))
    paid, spread = (
        blend.paid_to_china(india, last),
        india.assumption("composition_prior").loc[["price of rare-earth magnets, spread"]],
    )
    if rate.empty or paid.empty:
        price, gone = np.full((count, 1), np.nan), {}
    else:
        median = paid["value"].mean() * rate["value"].iloc[0] * 1000 / 1e7
        price, gone = median * np.exp(spread["value"].iloc[0] * demand_draws.normal("price of magnets", count)), {}
    of = {
        kind: drawn(response.loc[name], count, f"response {name}")
        for kind, name in ((VEHICLE, "vehicles"), (OTHER, "all other uses"))
    }
    found = {"response": of, "passed": drawn(passed.iloc[0], count, "passed"), "price": price}
    return found, {"price": ids(paid, rate, spread), "response": ids(response), "passed": ids(passed)}, gone


def drawn(row: pd.Series, count: int, name: str) -> np.ndarray:
    rng = np.random.default_rng([demand_draws.SEED, *name.encode()])
    return licences.triangular(row, count, rng)[:, None]


def _even(low: float, high: float, count: int, name: str) -> np.ndarray:
    rng = np.random.default_rng([demand_draws.SEED, *name.encode()])
    return rng.uniform(low, high, count)[:, None]
