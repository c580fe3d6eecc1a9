"""What is found of some lines: which of them mislead and how, what is known of each, what comes next."""

import numpy as np
import pandas as pd

from helpers.screen import forecasts, mirrored, months, yearly
from helpers.screen.panel import NOBODY
from helpers.screen.rules import Rules
from helpers.screen.series import Block

TABLES = ("lines", "findings", "forecasts")
QUANTITY, UNIT, SURGE, BASE = "quantity", "unit", "surge", "base"
"""How a line misleads: a weight written wrongly; another unit from some month on; a surge that is real; growth over a
year that was high or low."""

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
    stepped = stepped[stepped["likelier"] > rules.unlikely]
    even = months.without(block, months.NONE, stepped)
    slipped = _slips(even, rules)
    mended = months.without(even, slipped, stepped[:0])
    table = yearly.totals(mended.years, block.home)
    rows = [
        _of_both(_compared(mended), table, rules),
        slipped.assign(how=QUANTITY, start=_month(slipped["start"]), end=_month(slipped["end"]), side="own"),
        _of_steps(stepped, table),
        _of_surges(yearly.surges(table, yearly.entries(mended), rules)),
        _of_bases(yearly.bases(table, rules)),
    ]
    findings = pd.concat([one for one in rows if len(one)] or [pd.DataFrame(columns=COLUMNS)])[COLUMNS]
    findings = findings.astype(_TYPES).sort_values(["hs", "start", "how", "partner"], ignore_index=True)
    return {
        "lines": _lines(yearly.totals(block.years, block.home), yearly.concentrated(block.years, block.home)),
        "findings": findings,
        "forecasts": forecasts.ahead(block.years, block.home, rules.ahead),
    }


def _of_both(compared: pd.DataFrame, table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Errors of quantity that two counts of a year show by themselves."""
    off = mirrored.errors(compared, rules.apart, rules.together)
    likely = off["their_t"] * np.exp(off["weight"] - off["weight_change"])
    off = off.assign(excess=off["own_t"] - likely, factor=off["own_t"] / likely, year=off["year"].astype(int))
    off = _material(off, table, rules)
    return off.assign(partner=off["country"], how=QUANTITY, start=off["year"].astype(str), end=off["year"].astype(str),
                      likelier=np.nan, mirror="confirms")  # fmt: skip


def _slips(block: Block, rules: Rules) -> pd.DataFrame:
    """Slips by month: as likely as unit values and the other count make them together."""
    runs, compared, table = months.slips(block, rules), _compared(block), yearly.totals(block.years, block.home)
    runs["year"] = runs["start"] // 12
    other = compared.assign(year=compared["year"].astype(int)).rename(columns={"country": "partner"})
    other = other[["hs", "partner", "year", "own_t", "weight_change"]]
    runs = runs.merge(other, on=["hs", "partner", "year"], how="left")
    of_year = runs["excess"] * _part_in_year(runs)
    swollen = np.log(runs["own_t"] / (runs["own_t"] - of_year).where(lambda rest: rest > 0))
    support = _support(runs["weight_change"], swollen)
    runs = runs.assign(mirror=np.select([support > 1, support < -1], ["confirms", "contradicts"], "silent"))
    runs["likelier"] += support
    return _material(runs[runs["likelier"] > rules.unlikely], table, rules)


def _compared(block: Block) -> pd.DataFrame:
    return mirrored.compared(mirrored.years(block.years[~_of_nobody(block.years)], block.home))


def _of_steps(steps: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    steps = steps.assign(year=steps["start"] // 12)
    steps = steps.merge(table[["hs", "year", "own_usd_m"]], on=["hs", "year"], how="left")
    return steps.assign(partner="", how=UNIT, start=_month(steps["start"]), end="", side="own",
                        usd_m=steps["own_usd_m"].fillna(0.0), mirror="silent")  # fmt: skip


def _of_surges(found: pd.DataFrame) -> pd.DataFrame:
    borne = np.select(
        [found["theirs"] > np.sqrt(found["factor"]), found["theirs"].notna()], ["confirms", "contradicts"], "silent"
    )
    return found.assign(
        partner="", how=SURGE, start=found["year"].astype(str), end="", side="", likelier=np.nan, mirror=borne
    )


def _of_bases(found: pd.DataFrame) -> pd.DataFrame:
    return found.assign(
        partner="", how=BASE, start=found["year"].astype(str), end="", side="", likelier=np.nan, mirror="silent"
    )


def _material(off: pd.DataFrame, table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Those whose line's year is another by the error, with what it would be worth at the year's unit value."""
    whole = table[["hs", "year", "own_t", "own_usd_m"]].rename(columns={"own_t": "line_t", "own_usd_m": "line_usd_m"})
    off = off.merge(whole, on=["hs", "year"], how="left")
    likely = off["line_t"] - off["excess"] * (_part_in_year(off) if "end" in off else 1.0)
    times = np.abs(np.log(off["line_t"] / likely.where(likely > 0)))
    worth = np.abs(off["excess"]) * off["line_usd_m"] / likely
    return off.assign(usd_m=worth)[times.fillna(np.inf) >= np.log(rules.material)]


def _part_in_year(runs: pd.DataFrame) -> pd.Series:
    """The part of a run of months that lies in the year in which it begins."""
    months_in = np.minimum(runs["end"], runs["start"] // 12 * 12 + 11) - runs["start"] + 1
    return months_in / (runs["end"] - runs["start"] + 1)


def _support(change: pd.Series, swollen: pd.Series) -> pd.Series:
    """How much likelier the other count makes a slip: its ratio has moved as the slip would move it, or has not."""
    gain = (change**2 - (change - swollen) ** 2) / (2 * MIRROR_SPREAD**2)
    return gain.clip(-MOST_SUPPORT, MOST_SUPPORT).fillna(0.0)


def _lines(table: pd.DataFrame, concentrated: pd.DataFrame) -> pd.DataFrame:
    before = table.groupby("hs")[["own_t", "own_usd_m", "year"]].shift()
    newest = table.assign(
        growth_t=table["own_t"] / before["own_t"], growth_usd=table["own_usd_m"] / before["own_usd_m"]
    )
    growth = ["growth_t", "growth_usd"]
    newest[growth] = (
        newest[growth].where((table["year"] - before["year"]).eq(1), axis=0) if len(table) else newest[growth]
    )
    newest = newest.groupby("hs").tail(1).join(concentrated, on="hs")
    return newest[["hs", "year", "own_t", "own_usd_m", *growth, *concentrated.columns]].reset_index(drop=True)


def _of_nobody(years: pd.DataFrame) -> pd.Series:
    return years["partner"].isin(NOBODY) | years["reporter"].isin(NOBODY)


def _month(numbers: pd.Series) -> pd.Series:
    return (numbers // 12).astype(str) + "-" + (numbers % 12 + 1).astype(str).str.zfill(2)


MIRROR_SPREAD = 0.25
"""Log points by which two counts of a year differ from their usual ratio without a fault."""

MOST_SUPPORT = 12.0
"""The other count decides no more than this."""

_TYPES = {"usd_m": float, "likelier": float, "factor": float}
