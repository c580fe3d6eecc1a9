"""How far a forecast can go and is told: the most that can be had in a year, and the quantiles that are published."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import UNUSED, Vintage, ids
from helpers.outlook import agreement, episodes, evidence, rare_earths, targets

REACH = {0.025: 5, 0.05: 5, 0.1: 10, 0.25: 10}
"""Years ahead for which a quantile, and its opposite, is published: 95 % intervals for five, 80 % for ten."""

CHINA_TO = agreement.SHIPPED
CHINA = CHINA_TO | {"partner": "world"}
"""China's exports of rare-earth magnets: its own line of that number."""

LEAST_YEARS = 3
"""Years between the first and the last year of China's exports from which their growth is known."""


def published(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a forecast that are published; beyond ten years the medians of its scenarios alone."""
    tail = np.minimum(table["quantile"], 1 - table["quantile"]).round(6)
    return table[table["horizon"] <= tail.map(REACH).fillna(np.inf)]


@targets.remembered
def most(india: Vintage, target: str, years: tuple[int, ...]) -> pd.DataFrame:
    """The most tonnes that a target can come to in each fiscal year; empty while it is not known.

    It is at most the highest on record, or what it was when India had its highest part of China's exports, times the
    part of the largest buyer over that; and it grows as China's exports have. Use of rare-earth magnets is not above
    the world's either.

    Parameters
    ----------
    india : Vintage
    target : {"customs", "repm"}
    years : tuple of int
        Fiscal years.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``: ``tonnes``, ``source``.
    """
    exports = india.series("trade", **CHINA).dropna(subset="value")
    exports = exports.loc[[fiscal.is_year(period) for period in exports.index]]
    at = exports.index.map(fiscal.centre)
    buyers = _buyers(india)
    if len(exports) < 2 or at[-1] - at[0] < LEAST_YEARS or buyers.empty:
        return pd.DataFrame(columns=["tonnes", "source"]).rename_axis("period")
    growth = np.log(exports["value"].iloc[-1] / exports["value"].iloc[0]) / (at[-1] - at[0])
    record = _record(india, target, buyers)
    since = np.maximum(np.array(years) - record["at"], 0)
    tonnes = record["tonnes"] * np.exp(max(growth, 0) * since)
    uses = [record["source"], exports.iloc[[0, -1]], buyers]
    if target == targets.REPM.name and len(world := _world(india)) > 1:
        tonnes = np.minimum(tonnes, np.interp(years, world["at"], world["tonnes"]))
        uses.append(world)
    index = pd.Index([fiscal.year_name(year) for year in years], name="period")
    return pd.DataFrame({"tonnes": tonnes, "source": ids(*uses)}, index)


def held(table: pd.DataFrame, india: Vintage, target: str, columns: Iterable[str] = ("value",)) -> pd.DataFrame:
    """A forecast of which no quantile is above :func:`most`: who wants more gets that."""
    bound = most(india, target, tuple(sorted({fiscal.fiscal_year(period) for period in table["period"]})))
    top = table["period"].map(bound["tonnes"]).astype(float).fillna(np.inf)
    return table.assign(**{name: np.minimum(table[name], top) for name in columns})


def _record(india: Vintage, target: str, buyers: pd.DataFrame) -> pd.Series:
    """India's highest level, or that of its part some times: ``tonnes, at, source``; of use, the most of any count."""
    rows, newest = targets.sums(india, target), episodes.level(india, target)
    found = [(row["value"], fiscal.centre(p), row["source"]) for p, row in rows.iterrows() if fiscal.is_year(p)]
    found.append((newest.value, fiscal.centre(newest.period), ids(newest)))
    tonnes, *then = _around(india, target, buyers["period"].iloc[0]) or found[-1]
    found.append((tonnes * buyers["part"].iloc[1] / buyers["part"].iloc[0], *then))
    if target == targets.REPM.name:
        found += rare_earths.highest(india)
    return pd.DataFrame(found, columns=["tonnes", "at", "source"]).sort_values("tonnes", kind="stable").iloc[-1]


def _around(india: Vintage, target: str, period: str) -> tuple | None:
    """The shortest sum of half a year or more that holds a period, at its yearly rate, unless its year is suspect."""
    rows, episode, inside = targets.sums(india, target), episodes.suspect(india, target), fiscal.months(period)
    long = {p: len(months) for p in rows.index if inside.isin(months := fiscal.months(p)).all()}
    long = {p: count for p, count in long.items() if count >= evidence.HALF}
    if not long or (episode and inside.isin(fiscal.months(episode.year)).any()):
        return None
    name = min(long, key=long.__getitem__)
    return rows.loc[name, "value"] * 12 / long[name], fiscal.centre(name), rows.loc[name, "source"]


def _buyers(india: Vintage) -> pd.DataFrame:
    """India's highest part of China's exports and the highest of any country: two rows with ``part``, or none."""
    rows = india.table("trade", **{key: CHINA[key] for key in ("flow", "reporter", "hs", "measure")})
    rows = rows[rows["value"].notna() & ~rows["status"].isin(UNUSED)]
    world = rows[rows["partner"] == "world"].drop_duplicates("period").set_index("period")["value"]
    rows = rows[rows["partner"] != "world"].assign(part=lambda each: each["value"] / each["period"].map(world))
    rows = rows.dropna(subset="part")
    own = rows[rows["partner"] == CHINA_TO["partner"]]
    return own if own.empty else rows.loc[[own["part"].idxmax(), rows["part"].idxmax()]]


def _world(india: Vintage) -> pd.DataFrame:
    """The world's rare-earth magnets as the element in them over its content: ``at, tonnes, source``, oldest first."""
    content = india.assumption("rare_earth_content").query("index == 'NdFeB magnet'")
    rows = india.table("outlooks").dropna(subset="value")
    rows = rows[(rows["scope"] == "world, element") & rows["quantity"].str.startswith("world magnet")]
    if rows.empty or content.empty:
        return pd.DataFrame(columns=["at", "tonnes", "source"])
    factor = {"kt": 1e5, "t": 100}
    tonnes = rows["value"] * rows["unit"].map(factor) / content["value"].iloc[0]
    made = pd.DataFrame({"at": rows["period"].map(fiscal.centre), "tonnes": tonnes, "source": ids(rows, content)})
    return made.groupby("at", as_index=False).agg({"tonnes": "max", "source": "first"}).sort_values("at")
