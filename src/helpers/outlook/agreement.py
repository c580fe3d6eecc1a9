"""What must be true for two estimates of rare-earth magnets to hold both: prices, parts, codes and growth, as numbers.

Each condition stands beside what is known of the same thing; where the two ranges meet, the condition fits.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.outlook import blend, customs

PRICE, PRESS, CHINA, USE = "customs price estimate", "press", "China's line", "stated use"
MAGNETS = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "REPM"}
SHIPPED = {"flow": "export", "reporter": "CHN", "partner": "IND", "hs": customs.FERRITE, "measure": "weight"}
"""China's exports of rare-earth magnets to India: its own line of that number, not India's."""

PAID = "India paid for the larger, out of the value in which the smaller was found"
CHINAS = "India paid for China's tonnes, out of China's own value of HS 850511"
CODES = "came in under other Indian codes"
INSIDE = "part of the use that came inside motors and other goods"
PART = "part of the larger that the smaller counts"
LEFT = "was bought and not used in the country"
GROWTH = "growth from the earlier to the later year"
LEAST_APART = 0.5
"""Years between two figures from which growth can part them."""
REST = ("85051900", "85059000")
"""Indian codes of other magnets and of parts."""

Range = tuple[float, float, float]
"""Low end, middle and high end."""


def middle(row: pd.Series) -> float:
    """Tonnes of an estimate; the geometric middle where only a range is known."""
    return float(row["value"] if pd.notna(row["value"]) else np.sqrt(row["low"] * row["high"]))


def ends(row: pd.Series) -> tuple[float, float, float]:
    """Low end, middle and high end of an estimate; all the same where it has no range."""
    at = middle(row)
    return (at, at, at) if pd.isna(row["low"]) else (float(row["low"]), at, float(row["high"]))


def conditions(india: Vintage, one: pd.Series, other: pd.Series) -> list[tuple]:
    """Condition, unit, range, what is usual, and what was used, of a smaller and a larger estimate."""
    small, large, spans = ends(one), ends(other), (one["period"], other["period"])
    paid, found = _price(india, spans[0]), []
    value = _value(india, one, other.name)
    if value is not None:
        found.append((PAID, "USD/kg", _left(value, large, india), paid[0], [value, *paid[1]]))
    if {one.name, other.name} == {PRICE, CHINA} and (china := _chinas_value(india)) is not None:
        tonnes = large if other.name == CHINA else small
        found.append((CHINAS, "USD/kg", _left(china, tonnes, india), paid[0], [china, *paid[1]]))
    gap, nothing = (max(large[0] - small[2], 0.0), large[1] - small[1], large[2] - small[0]), (np.nan, np.nan)
    if (one.name, other.name) == (PRICE, CHINA):
        rest = _rest(india, spans[0])
        usual = (0.0, rest["usd_m"] * 1000 / paid[0][0]) if len(rest) else nothing
        found.append((CODES, "t", gap, usual, [rest, *paid[1]]))
    scope = india.assumption("rare_earth_scope")
    if other.name == USE:
        inside = (100 * (1 - other["scope_high"]), 100 * (1 - other["scope_low"]))
        found.append((INSIDE, "%", _share(large, small, less=True), inside, [scope]))
    elif one.name in (PRESS, CHINA):
        usual = (100 / one["scope_high"], min(100 / one["scope_low"], 100))
        found.append((PART, "%", _share(large, small), usual, [scope]))
    elif one.name == USE:
        found.append((LEFT, "t", gap, nothing, []))
    years = fiscal.centre(spans[1]) - fiscal.centre(spans[0])
    if abs(years) >= LEAST_APART:
        ratios = (large[0] / small[2], large[1] / small[1], large[2] / small[0])
        growth = sorted(100 * (ratio ** (1 / years) - 1) for ratio in ratios)
        found.append((GROWTH, "% a year", tuple(growth), *_usual_growth(india)))
    return found


def _share(whole: Range, part: Range, *, less: bool = False) -> Range:
    """A part of a whole, or what is left of it, per cent, kept between none and all."""
    shares = [100 * min(a / b, 1) for a, b in ((part[0], whole[2]), (part[1], whole[1]), (part[2], whole[0]))]
    return tuple(100 - share for share in reversed(shares)) if less else tuple(shares)


def _value(india: Vintage, one: pd.Series, larger: str) -> pd.Series | None:
    """In what the smaller estimate was found: ``tonnes`` of all goods there (none of the press), ``usd_m, source``."""
    year = one["period"]
    if one.name == PRESS:
        rupees = india.figure("trade", year, measure="value_inr", **MAGNETS)
        rate = india.figure("prices", year, item="INR per USD", basis="fiscal-year mean")
        if rupees is None or rate is None:
            return None
        return _worth(0.0, rupees.value * 10 / rate.value, rupees, rate)
    if one.name != PRICE:
        return None
    partner = "CHN" if larger == CHINA else "world"
    rows = [customs.imports(india, of, customs.OTHER_METAL, partner) for of in ("weight", "value_usd")]
    tonnes, usd_m = (table.loc[year] for table in rows)
    return _worth(tonnes["value"], usd_m["value"], tonnes, usd_m)


def _chinas_value(india: Vintage) -> pd.Series | None:
    """What China itself records of HS 850511 to India, of the newest calendar year with weight and value."""
    keys = SHIPPED | {"hs": customs.METAL}
    rows = (india.series("trade", **keys | {"measure": of}) for of in ("weight", "value_usd"))
    tonnes, usd_m = (table.dropna(subset="value") for table in rows)  # of some only a range is known
    years = [p for p in tonnes.index if fiscal.is_calendar_year(p) and p in usd_m.index]
    if not years:
        return None
    both = tonnes.loc[years[-1]], usd_m.loc[years[-1]]
    return _worth(both[0]["value"], both[1]["value"], *both)


def _worth(tonnes: float, usd_m: float, *used) -> pd.Series:
    return pd.Series({"tonnes": tonnes, "usd_m": usd_m, "source": ids(*used)})


def _left(value: pd.Series, tonnes: Range, india: Vintage) -> Range:
    """USD per kg that a value leaves for some tonnes, once the other goods in it have cost what such goods cost."""
    cost = blend.others_cost(india)
    others = (0.0, 0.0) if cost is None else (cost["low"], cost["high"])

    def price(of: float, other: float) -> float:
        return max(value["usd_m"] * 1000 - max(value["tonnes"] - of, 0) * other, 0) / of

    low, at, high = tonnes
    prices = [price(of, other) for of in (low, high) for other in others]
    return min(prices), price(at, sum(others) / 2), max(prices)


def _price(india: Vintage, year: str) -> tuple[tuple[float, float], list]:
    """What China was paid for rare-earth magnets, 90 %, and what says so."""
    paid, priors = blend.paid_to_china(india, year), india.assumption("composition_prior")
    name = "price of rare-earth magnets, spread"
    if paid.empty or name not in priors.index:
        return (np.nan, np.nan), []
    side = np.exp(1.645 * priors.loc[name, "value"])
    return (paid["value"].mean() / side, paid["value"].mean() * side), [paid, priors.loc[name]]


def _rest(india: Vintage, year: str) -> pd.DataFrame | pd.Series:
    """What India recorded from China under other codes of magnets and parts: ``usd_m, source``; empty if nothing."""
    rows = [customs.imports(india, "value_usd", hs=hs, partner="CHN") for hs in REST]
    known = [table.loc[[year]] for table in rows if year in table.index]
    return _worth(np.nan, sum(row["value"].sum() for row in known), *known) if known else pd.DataFrame()


def _usual_growth(india: Vintage) -> tuple[tuple[float, float], list]:
    """The least and the greatest change from one year to the next of China's exports of rare-earth magnets."""
    rows = india.series("trade", **SHIPPED | {"partner": "world"}).dropna(subset="value")
    rows = rows.loc[[fiscal.is_calendar_year(period) for period in rows.index]]
    steps = 100 * rows["value"].pct_change()[np.diff(rows.index.astype(int), prepend=0) == 1]
    return (steps.min(), steps.max()), [rows]
