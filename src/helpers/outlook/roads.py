"""A second road to tonnes: what the imports will be worth, over what a kilogram is worth by either side's count.

The first road is the forecast of recorded tonnes (:mod:`forecast`). The two share no tonnes of the suspect year: unit
values of periods that hold its surge are left out, and so are those of a side whose weight is in error.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, ids, sources_of
from helpers.ensemble import quantiles
from helpers.methods.mirror import THEIR
from helpers.outlook import customs, episodes, forecast, limits, mirror, pool, targets, value

OWN, PARTNERS = "as India records", "as partners record"
ROAD, BOTH = "value over unit value", "both roads"
_COUNT, _CHANGE, _AVERAGE = "unit_value_count", "unit_value_change", "road_weight"
_UNITS = 41
"""Points of a distribution of unit values."""


@targets.remembered
def unit_values(india: Vintage) -> pd.DataFrame:
    """USD per kg of HS 850511 by both sides' counts, oldest first.

    Returns
    -------
    pd.DataFrame
        ``count`` (:data:`OWN`, :data:`PARTNERS`: all that export to India, else China), ``period, value, low, high,
        sound`` (False where the period shares months with the surge of the suspect year, or the partner's weight is in
        error), ``source``.
    """
    keys = {"hs": customs.METAL, "measure": "unit_value"}
    own = india.series("trade", flow="import", reporter="IND", partner="world", **keys)
    sent = (india.series("trade", flow="export", reporter=who, partner="IND", **keys) for who in ("world", "CHN"))
    theirs = next((rows for rows in sent if rows["value"].notna().any()), own.iloc[:0])
    episode, sides = episodes.suspect(india), mirror.sides(india)
    surge = fiscal.months(episode.surge) if episode else fiscal.months(own.index[0])[:0] if len(own) else ()
    wrong = {year for year in sides.index if mirror.fault(sides, year) == THEIR}
    found = []
    for count, rows in ((OWN, own), (PARTNERS, theirs)):
        rows = rows[rows["value"] > 0].reset_index()[["period", "value", "low", "high", "source"]]
        months = [fiscal.months(period) for period in rows["period"]]
        clear = [not held.isin(surge).any() for held in months] if count == OWN else ~rows["period"].isin(wrong)
        used = [ids(one, episode) for one in rows["source"]] if count == OWN else rows["source"]
        order = [held[-1] for held in months]
        found.append(rows.assign(count=count, sound=clear, source=used, last=order).sort_values("last", kind="stable"))
    columns = ["count", "period", "value", "low", "high", "sound", "source"]
    return pd.concat(found)[columns].reset_index(drop=True)


def levels(india: Vintage) -> pd.DataFrame:
    """The newest sound year of each count: ``period, value, source``, indexed by ``count``."""
    rows = unit_values(india)
    rows = rows[rows["sound"].astype(bool) & rows["period"].map(fiscal.is_year).astype(bool)]
    return rows.drop_duplicates("count", keep="last").set_index("count")[["period", "value", "source"]]


def expected(india: Vintage, worth: pd.DataFrame) -> pd.DataFrame:
    """Tonnes a fiscal year by the second road: the forecast of value over each unit value, and both by weight.

    A unit value wanders from its newest sound year on, by the yearly change of ``data/assumptions.csv`` in logs,
    independently of the value. That is wider than the truth if both move together.

    Parameters
    ----------
    worth : pd.DataFrame
        ``value.expected``.

    Returns
    -------
    pd.DataFrame
        ``forecast.COLUMNS``; scenarios :data:`OWN`, :data:`PARTNERS` and, weighing them, :data:`ROAD`; no quantile is
        above what can be had (:func:`limits.held`); empty while neither unit value nor the judgements were public.
    """
    known, change, share = levels(india), india.assumption(_CHANGE), india.assumption(_COUNT)["value"]
    share = share[share.index.isin(known.index)]
    if worth.empty or change.empty or not share.sum() > 0:
        return pd.DataFrame(columns=forecast.COLUMNS)
    rows = []
    for (period, horizon), one in worth.groupby(["period", "horizon"], sort=False):
        dollars = np.log(one.set_index("quantile")["value"].sort_index() * 1000)
        low, high = quantiles.far_ends(dollars) - np.log(known["value"].agg(["max", "min"]).to_numpy())
        grid = np.linspace(low, high, quantiles.POINTS)
        below = {}
        for count, row in known.loc[share.index].iterrows():
            years = max(fiscal.centre(period) - fiscal.centre(row["period"]), 0)
            per_kg = np.log(row["value"]) + change["value"].iloc[0] * np.sqrt(years) * quantiles.scores(_UNITS)
            below[count] = quantiles.share_below(grid[:, None] + per_kg, dollars).mean(axis=1)
        below[ROAD] = sum(share[count] * part for count, part in below.items()) / share.sum()
        for scenario, part in below.items():
            labels = {"horizon": horizon, "period": period, "scenario": scenario}
            values = np.exp(np.interp(dollars.index, part, grid))
            rows.append(pd.DataFrame({"quantile": dollars.index, "value": values}).assign(**labels))
    told = {"as_of": str(india.day), "target": targets.CUSTOMS.name, "model": forecast.SIMULATION}
    table = pd.concat(rows).assign(**told, **worth[["origin", "growth", "counterfactual"]].iloc[0])
    return limits.held(table, india, targets.CUSTOMS.name)[forecast.COLUMNS].reset_index(drop=True)


def pair(india: Vintage, first: pd.DataFrame, second: pd.DataFrame) -> pool.Pair:
    """Both roads, and their average at the fixed weights of ``data/assumptions.csv``; empty while there is no second.

    ``first`` is ``forecast.expected`` of tonnes, ``second`` :func:`expected`.
    """
    weight = india.assumption(_AVERAGE)["value"]
    first, other = first[first["scenario"] == forecast.MIXTURE], second[second["scenario"] == ROAD]
    if other.empty or weight.empty:
        first = first.iloc[:0]
    both = pool.averaged(first, other, weight.get(ROAD, np.nan)).assign(scenario=BOTH)
    return pool.Pair(first, other, both, used(india) | forecast.used(india, targets.CUSTOMS.name))


def by_value(india: Vintage) -> dict[str, Quantity]:
    """What the suspect year comes to by its recorded value, by count; empty without such a year or its value."""
    episode, worth = episodes.suspect(india), value.recorded(india)
    if episode is None or episode.year not in worth.index:
        return {}
    dollars, found = worth.loc[episode.year], {}
    for count, row in levels(india).iterrows():
        tonnes = dollars["usd_m"] / row["value"] * 1000
        found[count] = derived(tonnes, "t", dollars, row, episode, period=episode.year)
    return found


def used(india: Vintage) -> frozenset[str]:
    """The sources of everything that the second road is made from."""
    return sources_of(value.used(india), levels(india), *(india.assumption(n) for n in (_CHANGE, _COUNT, _AVERAGE)))
