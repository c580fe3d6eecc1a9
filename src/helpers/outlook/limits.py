"""How far a forecast can go and is told: the most that can be had in a year, and the quantiles that are published."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.outlook import agreement, rare_earths, targets

REACH = {0.025: 5, 0.05: 5, 0.1: 10, 0.25: 10}
"""Years ahead for which a quantile, and its opposite, is published: 95 % intervals for five, 80 % for ten."""

CHINA = agreement.SHIPPED | {"partner": "world"}
"""China's exports of rare-earth magnets: its own line of that number."""

LEAST_YEARS = 3
"""Years between the first and the last year of China's exports from which their growth is known."""


def published(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a forecast that are published; beyond ten years the medians of its scenarios alone."""
    tail = np.minimum(table["quantile"], 1 - table["quantile"]).round(6)
    return table[table["horizon"] <= tail.map(REACH).fillna(np.inf)]


@targets.remembered
def most(india: Vintage, target: str, years: tuple[int, ...]) -> pd.DataFrame:
    """The most tonnes that a target can come to in each fiscal year; empty while China's growth is not known.

    India's highest year on record is what China's exports and India's highest share of them made, with what others
    sold; it grows as China's exports have. Use of rare-earth magnets is not above the world's either.

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
    exports = exports[[fiscal.is_year(period) for period in exports.index]]
    at = exports.index.map(fiscal.centre)
    if len(exports) < 2 or at[-1] - at[0] < LEAST_YEARS:
        return pd.DataFrame(columns=["tonnes", "source"]).rename_axis("period")
    growth = np.log(exports["value"].iloc[-1] / exports["value"].iloc[0]) / (at[-1] - at[0])
    record = _record(india, target)
    since = np.maximum(np.array(years) - record["at"], 0)
    tonnes = record["tonnes"] * np.exp(max(growth, 0) * since)
    uses = [record["source"], exports.iloc[[0, -1]]]
    if target == targets.REPM.name and len(world := _world(india)) > 1:
        tonnes = np.minimum(tonnes, np.interp(years, world["at"], world["tonnes"]))
        uses.append(world)
    index = pd.Index([fiscal.year_name(year) for year in years], name="period")
    return pd.DataFrame({"tonnes": tonnes, "source": ids(*uses)}, index)


def held(table: pd.DataFrame, india: Vintage, target: str) -> pd.DataFrame:
    """A forecast of which no quantile is above :func:`most`: who wants more gets that."""
    bound = most(india, target, tuple(sorted({fiscal.fiscal_year(period) for period in table["period"]})))
    top = table["period"].map(bound["tonnes"]).astype(float).fillna(np.inf)
    return table.assign(value=np.minimum(table["value"], top))


def _record(india: Vintage, target: str) -> pd.Series:
    """India's highest year on record, calendar years too: ``tonnes, at, source``; of use, the highest end of any count."""
    of, part = targets.target(target), targets.part_year(india, target)
    rows = india.series(of.table, **of.keys).dropna(subset="value")
    rows = rows[[fiscal.is_year(period) for period in rows.index]]
    found = [(row["value"], fiscal.centre(period), row["source"]) for period, row in rows.iterrows()]
    if part is not None:
        found.append((part["value"] * 12 / len(fiscal.months(part.name)), fiscal.centre(part.name), part["source"]))
    if target == targets.REPM.name:
        found += rare_earths.highest(india, targets.totals(india, target).iloc[-1])
    return pd.DataFrame(found, columns=["tonnes", "at", "source"]).sort_values("tonnes", kind="stable").iloc[-1]


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
