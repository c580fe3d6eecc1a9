"""What is found of some lines: which of them mislead and how, what is known of each, what comes next."""

import numpy as np
import pandas as pd

from helpers.screen import forecasts, mirrored, months, yearly
from helpers.screen.rules import Rules
from helpers.screen.series import Block

TABLES = ("lines", "findings", "forecasts")
QUANTITY, UNIT, SURGE, BASE = "quantity", "unit", "surge", "base"
"""How a line misleads: a weight written wrongly; another unit from some month on; a surge that is real; growth over a
year that was high or low."""

HOWS = (QUANTITY, UNIT, BASE, SURGE)
COLUMNS = ["hs", "partner", "how", "start", "end", "factor", "side", "usd_m", "likelier", "mirror"]


def found(block: Block, rules: Rules) -> dict[str, pd.DataFrame]:
    """The tables of a part of a panel.

    Returns
    -------
    dict of pd.DataFrame
        ``lines``: ``hs, year, own_t, own_usd_m`` of the newest year, ``growth_t, growth_usd`` (over the year before),
        ``by_weight, by_value, first, share``. ``findings``: :data:`COLUMNS`; ``factor`` is what is recorded over what
        is likely, ``usd_m`` what the difference would be worth, ``side`` whose count errs, ``mirror`` whether the other
        count bears it out. ``forecasts``: :func:`helpers.screen.forecasts.ahead`.
    """
    stepped = months.steps(block, rules)
    even = months.without(block, stepped)
    slipped = _slips(even, rules)
    mended = months.without(even, slipped)
    table = mended.totals
    rows = [
        _of_both(mirrored.compared(mirrored.years(mended)), table, rules),
        slipped.assign(how=QUANTITY, start=_month(slipped["start"]), end=_month(slipped["end"]), side="own"),
        _of_steps(stepped, table),
        _of_surges(yearly.surges(table, yearly.entries(mended), rules)),
        yearly.bases(table, rules).assign(how=BASE),
    ]
    rows = [_named(one, block) for one in rows if len(one)] or [pd.DataFrame(columns=COLUMNS)]
    findings = pd.concat(rows).astype(_TYPES).sort_values(["hs", "start", "how", "partner"], ignore_index=True)
    return {"lines": _lines(block), "findings": findings, "forecasts": forecasts.ahead(block, rules.ahead)}


def _of_both(compared: pd.DataFrame, table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Errors of quantity that two counts of a year show by themselves."""
    off = mirrored.errors(compared, rules.apart, rules.together)
    likely = off["their_t"] * np.exp(off["weight"] - off["weight_change"])
    off, times = _at_stake(off.assign(excess=off["own_t"] - likely, factor=off["own_t"] / likely), table)
    off = off[times >= np.log(rules.material)]
    return off.assign(how=QUANTITY, end=off["year"].astype(str), mirror="confirms")


def _slips(block: Block, rules: Rules) -> pd.DataFrame:
    """Slips by month: as likely as unit values and the other count make them together."""
    runs, compared = months.slips(block, rules), mirrored.compared(mirrored.years(block))
    keys = ["line", "country", "year"]
    runs = runs.merge(compared[[*keys, "own_t", "weight_change"]], on=keys, how="left")
    swollen = np.log(runs["own_t"] / (runs["own_t"] - runs["excess"]).where(lambda rest: rest > 0))
    support = _support(runs["weight_change"], swollen)
    runs = runs.assign(mirror=np.select([support > 1, support < -1], ["confirms", "contradicts"], "silent"))
    runs["likelier"] += support
    return _at_stake(runs[runs["likelier"] > rules.unlikely], block.totals)[0]


def _of_steps(steps: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    steps = steps.assign(year=steps["start"] // 12)
    steps = steps.merge(table[["line", "year", "own_usd_m"]], on=["line", "year"], how="left")
    return steps.assign(how=UNIT, start=_month(steps["start"]), side="own", usd_m=steps["own_usd_m"].fillna(0.0))


def _of_surges(found: pd.DataFrame) -> pd.DataFrame:
    borne = [found["theirs"] > np.sqrt(found["factor"]), found["theirs"].notna()]
    return found.assign(how=SURGE, mirror=np.select(borne, ["confirms", "contradicts"], "silent"))


def _named(found: pd.DataFrame, block: Block) -> pd.DataFrame:
    partner = block.names[found["country"].to_numpy(int)] if "country" in found else ""
    usual = {"start": found["year"].astype(str), "end": "", "side": "", "likelier": np.nan, "mirror": "silent"}
    usual |= {"hs": block.hs[found["line"].to_numpy(int)], "partner": partner}
    return pd.DataFrame(usual).assign(**found[[name for name in COLUMNS if name in found]])[COLUMNS]


def _at_stake(off: pd.DataFrame, table: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """What an error would be worth at the unit value of its line and year, and by how much it changes that (log)."""
    whole = table[["line", "year", "own_t", "own_usd_m"]].rename(columns={"own_t": "line_t", "own_usd_m": "line_usd_m"})
    off = off.merge(whole, on=["line", "year"], how="left")
    likely = off["line_t"] - off["excess"]
    off = off.assign(usd_m=np.abs(off["excess"]) * off["line_usd_m"] / likely)
    return off, np.abs(np.log(off["line_t"] / likely))


def _support(change: pd.Series, swollen: pd.Series) -> pd.Series:
    """How much likelier the other count makes a slip: its ratio has moved as the slip would move it, or has not."""
    gain = (change**2 - (change - swollen) ** 2) / (2 * MIRROR_SPREAD**2)
    return gain.clip(-MOST_SUPPORT, MOST_SUPPORT).fillna(0.0)


def _lines(block: Block) -> pd.DataFrame:
    table = block.totals
    before = table.groupby("line")[["own_t", "own_usd_m", "year"]].shift()
    follows = (table["year"] - before["year"]) == 1
    growth = {name: (table[f"own_{unit}"] / before[f"own_{unit}"]).where(follows)
              for name, unit in (("growth_t", "t"), ("growth_usd", "usd_m"))}  # fmt: skip
    newest = table.assign(hs=block.hs[table["line"].to_numpy(int)], **growth).groupby("line").tail(1)
    named = newest.join(yearly.concentrated(block), on="line")
    return named[["hs", "year", "own_t", "own_usd_m", *growth, *_CONCENTRATED]].reset_index(drop=True)


def _month(numbers: pd.Series) -> pd.Series:
    return (numbers // 12).astype(str) + "-" + (numbers % 12 + 1).astype(str).str.zfill(2)


MIRROR_SPREAD = 0.25
"""Log points by which two counts of a year differ from their usual ratio without a fault."""

MOST_SUPPORT = 12.0
"""The other count decides no more than this."""

_TYPES = {"usd_m": float, "likelier": float, "factor": float}
_CONCENTRATED = ["by_weight", "by_value", "first", "share"]
