"""Years of a line that surged, or whose growth is that of its base; how concentrated its newest year is."""

import numpy as np
import pandas as pd

from helpers.screen.rules import Rules
from helpers.screen.series import Block

BEFORE = 3
"""Years whose middle is usual for the next."""

CHANGE = 0.2
"""Log points by which a line changes from year to year without a reason of its own."""

SPREADS = 4
"""Standard deviations that a surge exceeds."""

_AMOUNTS = ["own_t", "own_usd_m", "their_t"]


def entries(block: Block) -> pd.DataFrame:
    """On how many equal entries the value of a line's year rests: ``line, year, entries``; one over the sum of squares.

    Only of lines whose months are known.
    """
    table = pd.DataFrame({"line": block.line[block.series], "year": block.month // 12, "value": block.value})
    sums = table.assign(square=table["value"] ** 2).groupby(["line", "year"]).sum().reset_index()
    return sums.assign(entries=sums["value"] ** 2 / sums["square"])[["line", "year", "entries"]]


def surges(table: pd.DataFrame, entries: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Years in which weight and value of a line are far above the years before, and unit values are not.

    Far is what neither the few entries on which a year rests explain, nor the usual change of a year.

    Parameters
    ----------
    table, entries : pd.DataFrame
        :attr:`helpers.screen.series.Block.totals` and :func:`entries`.

    Returns
    -------
    pd.DataFrame
        The first year of each surge: ``line, year, factor`` (weight over the usual), ``usd_m`` (value above the usual),
        ``theirs`` (the same factor by others' count).
    """
    table = table.merge(entries, on=["line", "year"])
    logs = table.assign(**{name: np.log(table[name].where(table[name] > 0)) for name in _AMOUNTS})
    logs["thin"] = 1 / table["entries"]
    usual = _middle(logs, [*_AMOUNTS, "thin"])
    above = logs[_AMOUNTS] - usual[_AMOUNTS]
    both, spread = above[["own_t", "own_usd_m"]], np.sqrt(logs["thin"] + usual["thin"] + CHANGE**2)
    far = (both > np.log(rules.surge)) & both.gt(SPREADS * spread, axis=0)
    surged = far.all(axis=1) & ((above["own_t"] - above["own_usd_m"]).abs() < np.log(rules.apart))
    first = surged & ~surged.groupby(table["line"]).shift(fill_value=False)
    worth = table["own_usd_m"] - np.exp(usual["own_usd_m"])
    found = table[["line", "year"]].assign(factor=np.exp(above["own_t"]), usd_m=worth, theirs=np.exp(above["their_t"]))
    return found[first].reset_index(drop=True)


def bases(table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Newest growth that a high or a low year before it explains: ``line, year, growth, factor`` (base over usual)."""
    newest = table.groupby("line").tail(BEFORE + 2)
    newest = newest[(newest["own_t"] > 0).groupby(newest["line"]).transform("sum") == BEFORE + 2]
    weight = newest["own_t"].to_numpy().reshape(-1, BEFORE + 2)
    usual, base, now = np.median(weight[:, :BEFORE], axis=1), weight[:, -2], weight[:, -1]
    off, back = np.abs(np.log(base / usual)), np.abs(np.log(now / usual))
    found = newest.groupby("line").tail(1).assign(growth=now / base, factor=base / usual)
    found = found[(off >= np.log(rules.base)) & (back < off / 2)].rename(columns={"own_usd_m": "usd_m"})
    return found[["line", "year", "growth", "factor", "usd_m"]]


def concentrated(block: Block) -> pd.DataFrame:
    """Of the newest year of each line: ``by_weight, by_value`` (Herfindahl index, 0-1), ``first, share`` (by value).

    Where the world is more than the countries that are named, the rest is taken for many: the index is the least.
    """
    own = block.years[block.years["own"]]
    own = own[own["year"] == own.groupby("line")["year"].transform("max")]
    told = own[own["country"] == block.world].set_index("line")[["weight", "value"]]
    own = own[block.countries(own["country"])]
    sums = own.groupby("line")[["weight", "value"]].sum()
    whole = np.fmax(sums, told.reindex(sums.index))
    parts = own[["weight", "value"]] / whole.loc[own["line"]].to_numpy()
    index = (parts**2).groupby(own["line"]).sum().rename(columns={"weight": "by_weight", "value": "by_value"})
    largest = parts["value"].dropna().groupby(own["line"]).idxmax()
    names = block.names[own["country"].loc[largest].to_numpy(int)]
    shares = pd.DataFrame({"first": names, "share": parts["value"].loc[largest].to_numpy()}, index=largest.index)
    return index.join(shares)


def _middle(logs: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The median of the :data:`BEFORE` years before each of its line; nan for the first ones."""
    before = np.stack([logs[names].shift(step).to_numpy(float) for step in range(1, BEFORE + 1)])
    same = logs["line"].to_numpy() == logs["line"].shift(BEFORE).to_numpy()
    return pd.DataFrame(np.where(same[:, None], np.median(before, axis=0), np.nan), logs.index, names)
