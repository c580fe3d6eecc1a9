"""Entries of customs, one a line, partner and month: the surge of a suspect year beside what is usual around it."""

import pandas as pd

from helpers import fiscal
from helpers.data import UNUSED, Vintage, ids
from helpers.methods import composition
from helpers.outlook import customs, episodes, targets

KEYS = ["hs", "partner", "period"]
NEAR = 12
"""Months before and after the surge from which what is usual is taken."""


@targets.remembered
def surge(india: Vintage) -> pd.DataFrame:
    """Monthly figures by line and partner inside the surge, beside what was usual outside it.

    Usual is the mean month of the same line and partner in the year before the surge and the year after it, else of all
    months outside it; a month of which the line is known and this partner is not had nothing from it.

    Returns
    -------
    pd.DataFrame
        ``hs, partner, period, tonnes, value_usd`` (USD), ``baseline_tonnes, published, source``; empty while there are
        none.
    """
    columns = [*KEYS, "tonnes", "value_usd", "baseline_tonnes", "published", "source"]
    suspect, known = episodes.suspect(india), entries(india)
    if suspect is None or known.empty:
        return pd.DataFrame(columns=columns)
    month = pd.PeriodIndex(known["period"], freq="M")
    within = fiscal.months(suspect.surge)
    inside = month.isin(within)
    near = ~inside & (month >= within[0] - NEAR) & (month <= within[-1] + NEAR)
    outside = known[near if near.any() else ~inside]
    usual = outside.groupby(["hs", "partner"])["tonnes"].sum() / outside.groupby("hs")["period"].nunique()
    found = known[inside].join(usual.rename("baseline_tonnes"), on=["hs", "partner"]).fillna({"baseline_tonnes": 0.0})
    return found[columns].reset_index(drop=True)


@targets.remembered
def entries(india: Vintage) -> pd.DataFrame:
    """Every entry of India's two lines of HS 850511 of which weight and value are known: as :func:`surge`."""
    rows = india.detail("trade", flow="import", reporter="IND", partner="*", hs="8505????", measure="*")
    rows = rows[rows["hs"].isin(customs.LINES) & (rows["partner"] != "world") & rows["value"].notna()]
    rows = rows[rows["period"].str.fullmatch(r"\d{4}-\d\d") & ~rows["status"].isin(UNUSED)]
    of = {measure: rows[rows["measure"] == measure] for measure in ("weight", "value_usd")}
    both = of["weight"].merge(of["value_usd"], on=KEYS, suffixes=("", "_usd"))
    both = both.assign(tonnes=both["value"], value_usd=both["value_usd"] * 1e6)
    both["published"] = both[["published", "published_usd"]].max(axis=1)
    both["source"] = [ids(*pair) for pair in zip(both["source"], both["source_usd"], strict=True)]
    return both[[*KEYS, "tonnes", "value_usd", "published", "source"]]


@targets.remembered
def verdict(india: Vintage) -> composition.Verdict | None:
    """What the entries of the surge show by the rule (:func:`helpers.methods.composition.explain_excess`)."""
    found = surge(india)
    return None if found.empty else composition.explain_excess(found)
