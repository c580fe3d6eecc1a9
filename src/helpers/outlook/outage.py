"""A partner out for some months: how long stocks last, and what is not built; held against the stop of licences.

Stocks go first. What is missing beyond them is lost, but for the part whose place others take in time: other origins,
imported motors, magnets that need no licence. Makers may make up later for what they lose; that is not reckoned here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, ids
from helpers.outlook import licences, scenario, targets
from helpers.outlook.demand_draws import DRAWS, ENDS, ends
from helpers.outlook.levers import Levers
from helpers.outlook.scenario_balance import LOST, integral, price, wanted
from helpers.outlook.scenario_draws import drawn, judged
from helpers.outlook.scenario_parts import over

CHINA = "CHN"
FIRST = "from the rules to the first output lost"
_WEEKS = 12 / 52
"""Months of a week."""
_HALVINGS = 40
_UNITS = {"missing": "t", "lost": "t"} | {name: scenario.UNITS[name] for name in ("rupees", *LOST)}


@dataclass(frozen=True)
class Stop:
    """A partner out, by draw: ``rate`` (months of need that do not come in a month), ``stock`` (months of need), and
    when others begin to take the place, how long that takes, and how much in the end."""

    rate: np.ndarray
    stock: np.ndarray
    lag: np.ndarray
    length: np.ndarray
    most: np.ndarray
    source: str

    def lack(self, months: float | np.ndarray) -> np.ndarray:
        """Months of need that have not come after some months, less what others took the place of."""
        return self.rate * (months - self.most * integral(months - self.lag, self.length))


def outage(
    india: Vintage,
    partner: str = CHINA,
    part: float = 1.0,
    months: float = 6.0,
    levers: Levers = scenario.RUN_RATE,
    count: int = DRAWS,
) -> pd.DataFrame:
    """What India loses when a part of a partner's rare-earth magnets does not come for some months.

    With the partner's part :math:`c` of the magnets imported as such, the part :math:`x` of them that does not come,
    and the part :math:`k(t)` whose place others have taken, the lack after :math:`t` months of need is
    :math:`c x \\int (1 - k)`, and what exceeds the stock is lost.

    Returns
    -------
    pd.DataFrame
        Indexed by ``quantity``: ``unit, low, middle, high`` (80 %), ``source``, of ``lasts`` (months until stocks are
        used up, no longer than the outage), ``covered`` (chance in per cent that they outlast it), ``missing`` (tonnes
        that do not come), ``lost`` (tonnes that nothing takes the place of), ``rupees`` (crore, what those cost),
        ``vehicles``, ``engines`` and ``turbines`` that are not built for want of them.

    Raises
    ------
    ValueError
        If ``part`` is no share, or ``months`` are below nought.
    """
    if not 0 <= part <= 1 or not months >= 0:
        raise ValueError(f"part={part!r}, months={months!r}: write a share from 0 to 1, and months from 0 on")
    stop = _stop(india, partner, part, count)
    stop = replace(stop, stock=stop.stock + levers.stock_months)
    lasts = _until(lambda time: stop.lack(time) - stop.stock, months, count)
    lost = np.maximum(stop.lack(months) - stop.stock, 0)
    rows = {"lasts": ("months", *np.quantile(lasts, ENDS)), "covered": ("%", *[100 * np.mean(lost <= 0)] * 3)}
    known, every = (_amounts(india, levers, stop.rate * months, lost, bounds) for bounds in (False, True))
    for name, unit in _UNITS.items():
        rows[name] = (unit, *ends(known[name], every[name]))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["unit", "low", "middle", "high"])
    table["source"] = ids(scenario.sources(india, levers, count=count), stop.source)
    table.loc["rupees", "source"] = ids(scenario.sources(india, levers, "rupees", count=count), stop.source)
    return table.rename_axis("quantity")


def cover(india: Vintage, count: int) -> tuple[np.ndarray, str]:
    """Stocks in months of need: from the least to the most that was told, and likeliest what fits the stop of licences.

    Until it could be told what fits, the middle of what was told.
    """
    (low, value, high), told = _told(india)
    fits = trial(india).reindex(["stock that fits"]).dropna(subset="seen")
    value = fits["seen"].iloc[0] if len(fits) else value
    row = pd.Series({"low": min(low, value), "value": value, "high": max(high, value)})
    return drawn(row, count, "outage cover")[:, 0], ids(told, *fits["source"])


def arrivals(india: Vintage) -> pd.DataFrame:
    """What came from China in the months since its licences began, over the newest month before, at most all of it.

    Of months in which what it sent to India is not known, what it sent to all.

    Returns
    -------
    pd.DataFrame
        Indexed by ``month`` (pd.Period): ``share``, ``to`` (the partner counted), ``source``; up to the last month of
        an unbroken row, or the first in which all came again; empty where there is none.
    """
    rules = licences.rules(india)
    begun = rules.index[rules.ne("open")]
    found: dict[pd.Period, tuple] = {}
    for partner in ("world", "IND") if len(begun) else ():
        rows = india.series("trade", flow="export", reporter=CHINA, partner=partner, hs="85051110", measure="weight")
        rows = rows[rows.index.str.fullmatch(r"\d{4}-\d\d")].dropna(subset="value")
        rows.index = pd.PeriodIndex(rows.index, freq="M")
        before = rows[rows.index < begun[0]].tail(1)
        for month, row in rows[rows.index >= begun[0]].iterrows() if len(before) else ():
            found[month] = (min(row["value"] / before["value"].iloc[0], 1.0), partner, ids(row, before))
    table = pd.DataFrame.from_dict(found, orient="index", columns=["share", "to", "source"]).rename_axis("month")
    months = [begun[0] + step for step in range(len(found))] if len(begun) else []
    whole = [month for place, month in enumerate(months) if set(months[: place + 1]) <= set(found)]
    table = table.reindex(whole)
    return table[table["share"].lt(1).cummin().shift(fill_value=True)]


@targets.remembered
def trial(india: Vintage) -> pd.DataFrame:
    """The stop of licences in hindsight: what the stocks that firms told of would have led to, and what was seen.

    Returns
    -------
    pd.DataFrame
        Indexed by ``what``: ``unit, least, middle, most`` (with the least, the middle and the largest stock told),
        ``seen``, ``miss`` (seen less middle), ``source``. A loss that would not have come at all is a gap; the
        output of the half-year is its change on a year before, had all else stood still. Empty until both arrivals and
        what was seen are public.
    """
    came, seen, (stocks, told) = arrivals(india), india.assumption("outage_seen"), _told(india)
    columns = ["unit", "least", "middle", "most", "seen", "miss", "source"]
    first, length = (seen.index == name for name in (FIRST, "length of the loss"))
    onset = seen.loc[first, "value"].sum() * _WEEKS
    if came.empty or not first.any() or np.isnan(stocks).any() or onset > len(came):
        return pd.DataFrame(columns=columns, index=pd.Index([], name="what"))
    china = licences.assumed(india, licences.LICENSED).iloc[0]
    lack = np.append(0, china["value"] * (1 - came["share"]).cumsum())
    source = ids(came, told, china, seen[first | length])
    fits = float(np.interp(onset, np.arange(len(lack)), lack))
    rows = {"first loss": ("months", *np.interp(stocks, lack, range(len(lack)), right=np.nan), onset)}
    rows["stock that fits"] = ("months", *stocks, fits)
    if length.any():
        lost = [max(lack[-1] - stock, 0) for stock in stocks]
        worst = seen.loc[seen.index == "output lost at worst", "value"] / 100
        hit = float(worst.iloc[0] * seen.loc[length, "value"].iloc[0] * _WEEKS) if len(worst) else np.nan
        rows["need lost by the maker hit hardest"] = ("months", *lost, hit)
    grown = _grown(india, came.index[0])
    if grown is not None:
        moved = (100 / 6 * min(stock - lack[-1], 0) for stock in stocks)
        rows["output of the half-year"] = ("%", *moved, grown.value)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns[:5]).rename_axis("what")
    return table.assign(miss=table["seen"] - table["middle"], source=ids(source, grown))


def _grown(india: Vintage, month: pd.Period) -> Quantity | None:
    """By how much more electric two-wheelers were registered in the half-year of a month than a year before."""
    rows = india.series("drivers", indicator="ev_registrations", segment="2w")
    half = f"{fiscal.year_name(fiscal.fiscal_year(month))}-H{1 if (month.month - 4) % 12 < 6 else 2}"
    before = fiscal.year_before(half)
    if half not in rows.index or before not in rows.index:
        return None
    return derived(100 * (rows["value"][half] / rows["value"][before] - 1), "%", rows.loc[[half, before]], period=half)


def _told(india: Vintage) -> tuple[tuple[float, float, float], pd.DataFrame]:
    """The least, the middle and the largest stock that was told, in months, and the rows that tell of them."""
    rows = india.assumption("outage_cover")
    low, high = rows["low"].fillna(rows["value"]).min() * _WEEKS, rows["high"].fillna(rows["value"]).max() * _WEEKS
    return (low, (low + high) / 2, high), rows


def _share(india: Vintage, partner: str, count: int) -> tuple[np.ndarray, str]:
    """A partner's part of the rare-earth magnets imported: China's is judged; others have theirs of the rest, by
    weight of metal magnets in the newest calendar year."""
    china = licences.assumed(india, licences.LICENSED)
    of_china = drawn(china.iloc[0], count, "china")[:, 0]
    if partner == CHINA:
        return of_china, ids(china)
    keys = {"flow": "import", "reporter": "IND", "hs": "850511", "measure": "weight"}
    rows = {name: india.series("trade", partner=name, **keys) for name in (partner, CHINA, "world")}
    years = [year for year in rows["world"].index if fiscal.is_calendar_year(year) and year in rows[CHINA].index]
    if not years:
        raise ValueError(f"imports of metal magnets by partner were not public on {india.day}; ask for a later day")
    at = {name: of["value"].get(years[-1], 0.0) for name, of in rows.items()}
    used = (of.loc[[years[-1]]] for of in rows.values() if years[-1] in of.index)
    return (1 - of_china) * at[partner] / (at["world"] - at[CHINA]), ids(china, *used)


def _stop(india: Vintage, partner: str, part: float, count: int) -> Stop:
    rows = licences.assumed(india, "outage_replaced")
    names = ("months until it begins", "months from its beginning to its full size", "part in the end")
    replaced = [drawn(judged(rows, name), count, f"outage {name}")[:, 0] for name in names]
    (share, shared), (stock, stocked) = _share(india, partner, count), cover(india, count)
    return Stop(share * part, stock, *replaced, source=ids(rows, shared, stocked))


def _amounts(india: Vintage, levers: Levers, missing: np.ndarray, lost: np.ndarray, bounds: bool) -> dict:
    """What months of need come to in the year of the day, by draw: what does not come, and what is lost."""
    every = scenario.draws(india, len(lost))
    of = scenario.in_year(india, int(np.floor(every.day)) + 1, len(lost))
    need, made = wanted(of, levers, bounds), scenario.balance(of, levers, bounds)
    monthly = (made.bare + made.stock)[:, 0] / 12
    part = over(lost * monthly, need.bare[:, 0])
    found = {"missing": missing * monthly, "lost": lost * monthly, "rupees": lost * monthly * price(of, levers)[:, 0]}
    return found | {name: need.units[kind][:, 0] * part for name, kind in LOST.items()}


def _until(beyond: Callable, months: float, count: int) -> np.ndarray:
    """The months after which something that only grows is above nought, at most ``months``; by halving."""
    low, high = np.zeros(count), np.full(count, float(months))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        over = beyond(middle) > 0
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return high
