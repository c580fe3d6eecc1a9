"""Years of a line that surged, or whose growth is that of its base; how concentrated its newest year is."""

import numpy as np
import pandas as pd

from helpers.screen.forecasts import TOTAL
from helpers.screen.panel import NOBODY
from helpers.screen.rules import Rules
from helpers.screen.series import Block

BEFORE = 3
"""Years whose middle is usual for the next."""

CHANGE = 0.2
"""Log points by which a line changes from year to year without a reason of its own."""

SPREADS = 4
"""Standard deviations that a surge exceeds."""


def totals(years: pd.DataFrame, home: str) -> pd.DataFrame:
    """A line from all countries by year, by the home country's count and by others': ``hs, year, own_t, own_usd_m,
    their_t, their_usd_m``; a row of the world stands before the sum of countries."""
    own = years[(years["flow"] == "import") & (years["reporter"] == home)].rename(columns={"partner": "country"})
    their = years[(years["flow"] == "export") & (years["partner"] == home)].rename(columns={"reporter": "country"})
    both = []
    for side, rows in (("own", own), ("their", their)):
        parts = rows[~rows["country"].isin([TOTAL, "group"])]
        parts = parts.groupby(["hs", "year"])[["weight", "value"]].sum(min_count=1)
        told = rows[rows["country"] == TOTAL].set_index(["hs", "year"])[["weight", "value"]]
        table = told.where(told > 0).combine_first(parts) if len(told) else parts
        both.append(table.rename(columns={"weight": f"{side}_t", "value": f"{side}_usd_m"}))
    table = both[0].join(both[1]).reset_index()
    return table.assign(year=table["year"].astype(int)).sort_values(["hs", "year"], ignore_index=True)


def entries(block: Block) -> pd.DataFrame:
    """On how many equal entries the value of a line's year rests: ``hs, year, entries``; one over the sum of squares."""
    table = pd.DataFrame({"line": block.line[block.series], "year": block.month // 12, "value": block.value})
    sums = table.assign(square=table["value"] ** 2).groupby(["line", "year"]).sum().reset_index()
    names = block.keys["hs"].drop_duplicates().to_numpy()
    return sums.assign(hs=names[sums["line"]], entries=sums["value"] ** 2 / sums["square"])[["hs", "year", "entries"]]


def surges(table: pd.DataFrame, entries: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Years in which weight and value of a line are far above the years before, and unit values are not.

    Far is what neither the few entries on which a year rests explain, nor the usual change of a year.

    Returns
    -------
    pd.DataFrame
        The first year of each surge: ``hs, year, factor`` (weight over the usual), ``usd_m`` (value above the usual),
        ``theirs`` (the same factor by others' count).
    """
    table = table.merge(entries, on=["hs", "year"])
    logs = table.assign(**{name: np.log(table[name].where(table[name] > 0)) for name in _AMOUNTS})
    logs["thin"] = 1 / table["entries"]
    lines = logs.groupby("hs", sort=False)
    usual = {name: lines[name].transform(lambda of: of.shift().rolling(BEFORE, min_periods=BEFORE).median())
             for name in [*_AMOUNTS, "thin"]}  # fmt: skip
    above = pd.DataFrame({name: logs[name] - usual[name] for name in _AMOUNTS})
    spread = np.sqrt(logs["thin"] + usual["thin"] + CHANGE**2)
    far = (above[["own_t", "own_usd_m"]] > np.log(rules.surge)) & above[["own_t", "own_usd_m"]].gt(SPREADS * spread, axis=0)
    surged = far.all(axis=1) & ((above["own_t"] - above["own_usd_m"]).abs() < np.log(rules.apart))
    first = surged & ~surged.groupby(table["hs"]).shift(fill_value=False)
    worth = table["own_usd_m"] - np.exp(usual["own_usd_m"])
    found = table[["hs", "year"]].assign(factor=np.exp(above["own_t"]), usd_m=worth, theirs=np.exp(above["their_t"]))
    return found[first].reset_index(drop=True)


def bases(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Newest growth that a high or a low year before it explains: ``hs, year, growth, factor`` (base over usual)."""
    newest = table.groupby("hs").tail(BEFORE + 2)
    rows = []
    for hs, of in newest.groupby("hs"):
        weight = of["own_t"].to_numpy()
        if len(of) < BEFORE + 2 or not (weight > 0).all():
            continue
        usual, base, now = np.median(weight[:BEFORE]), weight[-2], weight[-1]
        factor, growth = base / usual, now / base
        back = abs(np.log(now / usual)) < abs(np.log(factor)) / 2
        if abs(np.log(factor)) >= np.log(rules.base) and back:
            rows.append((hs, of["year"].iloc[-1], growth, factor, of["own_usd_m"].iloc[-1]))
    return pd.DataFrame(rows, columns=["hs", "year", "growth", "factor", "usd_m"])


def concentrated(years: pd.DataFrame, home: str) -> pd.DataFrame:
    """Of the newest year of each line: ``by_weight, by_value`` (Herfindahl index, 0-1), ``first, share`` (by value).

    Where the world is more than the countries that are named, the rest is taken for many: the index is the least.
    """
    own = years[(years["flow"] == "import") & (years["reporter"] == home)]
    own = own[own["year"] == own.groupby("hs")["year"].transform("max")]
    told = own[own["partner"] == TOTAL].set_index("hs")[["weight", "value"]]
    own = own[~own["partner"].isin(NOBODY)]
    sums = own.groupby("hs")[["weight", "value"]].sum()
    whole = np.fmax(sums, told.reindex(sums.index))
    parts = own[["weight", "value"]] / whole.loc[own["hs"]].to_numpy()
    index = (parts**2).groupby(own["hs"]).sum().rename(columns={"weight": "by_weight", "value": "by_value"})
    largest = parts["value"].groupby(own["hs"]).idxmax().dropna()
    shares = pd.DataFrame({"first": own["partner"].loc[largest].to_numpy(),
                           "share": parts["value"].loc[largest].to_numpy()}, index=largest.index)  # fmt: skip
    return index.join(shares)


_AMOUNTS = ["own_t", "own_usd_m", "their_t"]
