"""What magnets and their metal cost: growth in tonnes and dollars, neodymium, the rupee."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters.trade.lines import year_before
from helpers.data import Vintage, sources_of
from helpers.methods import decomposition
from helpers.outlook import customs


def neodymium(india: Vintage) -> pd.DataFrame:
    """Neodymium, 99.5 %, FOB China: monthly means of daily quotes, ``usd_per_kg, source`` indexed by ``month``."""
    rows = india.series("prices", item="Nd 99.5 %", basis="FOB China, mean of daily quotes").dropna(subset="value")
    rows = rows[rows.index.str.fullmatch(r"\d{4}-\d\d")]
    table = rows[["value", "source"]].rename(columns={"value": "usd_per_kg"})
    return table.set_axis(pd.DatetimeIndex(pd.to_datetime(rows.index))).rename_axis("month")


def months_of(prices: pd.DataFrame, year: str) -> pd.DataFrame:
    """The rows of a table by month that lie in a fiscal year."""
    start, end = fiscal.span(year)
    return prices[(prices.index >= pd.Timestamp(start)) & (prices.index <= pd.Timestamp(end))]


def growth(india: Vintage, year: str) -> pd.DataFrame:
    """From the year before to a year, in tonnes, dollars and dollars a kilogram.

    Returns
    -------
    pd.DataFrame
        Indexed by quantity: ``before, after, change`` (a fraction), ``low, high`` (of the change of tonnes, from the
        rounding of both years), ``source``; empty until both years' tonnes are known, and of tonnes only until both
        values are.
    """
    weight, pair = customs.imports(india), [year_before(year), year]
    columns = ["before", "after", "change", "low", "high", "source"]
    if not set(pair) <= set(weight.index):
        return pd.DataFrame(columns=columns, index=pd.Index([], name="quantity"))
    before, after = (weight.loc[y] for y in pair)
    low, high = (weight.loc[pair, bound].fillna(weight.loc[pair, "value"]).to_numpy(float) for bound in ("low", "high"))
    tonnes = [before["value"], after["value"]]
    used = sources_of(before, after)
    rows = {"tonnes": [*tonnes, low[1] / high[0] - 1, high[1] / low[0] - 1, used]}
    dollars = customs.values(india, pair)
    if len(dollars):
        usd, used_usd = dollars["usd_m"].to_list(), sources_of(dollars)
        rows["million USD"] = [*usd, np.nan, np.nan, used_usd]
        per_kg = [u / t * 1000 for u, t in zip(usd, tonnes, strict=True)]
        rows["USD per kg"] = [*per_kg, np.nan, np.nan, used | used_usd]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["before", "after", "low", "high", "source"])
    table["source"] = [" ".join(sorted(ids)) for ids in table["source"]]
    return table.assign(change=table["after"] / table["before"] - 1)[columns].rename_axis("quantity")


def growth_bridge(india: Vintage, year: str) -> pd.DataFrame:
    """Growth from the year before in rupees, dollars and tonnes, which add up in logs.

    Returns
    -------
    pd.DataFrame
        Indexed by quantity: ``log_change, per_cent, source``; empty until tonnes, rupees and rates are known.
    """
    tables = {
        "tonnes": customs.imports(india),
        "value_inr": customs.imports(india, "value_inr"),
        "inr_per_usd": india.series("prices", item="INR per USD", basis="fiscal-year mean"),
    }
    pair = [year_before(year), year]
    if not all(set(pair) <= set(rows.index) for rows in tables.values()):
        return pd.DataFrame(columns=["log_change", "per_cent", "source"], index=pd.Index([], name="quantity"))
    levels = pd.DataFrame({name: rows.loc[pair, "value"] for name, rows in tables.items()})
    change = decomposition.log_growth_bridge(levels).iloc[0].drop("since").astype(float)
    used = {name: sources_of(rows.loc[pair]) for name, rows in tables.items()}
    used |= {"value_usd": used["value_inr"] | used["inr_per_usd"], "unit_value_inr": used["tonnes"] | used["value_inr"]}
    used["unit_value_usd"] = used["value_usd"] | used["tonnes"]
    table = pd.DataFrame({"log_change": change, "per_cent": np.expm1(change) * 100}).rename_axis("quantity")
    return table.assign(source=[" ".join(sorted(used[name])) for name in table.index])
