"""A second road to tonnes: what the imports will be worth, over what a kilogram is worth by either side's count.

The first road is the forecast of recorded tonnes (:mod:`forecast`). The two share no tonnes of the suspect year: unit
values of periods that hold its surge are left out, and so are those of a side whose weight is in error.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, ids, sources_of
from helpers.methods.mirror import THEIR
from helpers.outlook import customs, episodes, forecast, limits, mirror, targets, value

OWN, PARTNERS = "as India records", "as partners record"
ROAD, BOTH = "value over unit value", "both roads"
WEIGHTS_ROAD = "weights as recorded"
LEAST_OVERLAP = 0.2
"""Overlap of two distributions below which the two methods are said to disagree."""
_COUNT, _CHANGE, _AVERAGE = "unit_value_count", "unit_value_change", "road_weight"
_POINTS, _UNITS = 1000, 41
"""Points of a distribution of tonnes, and of one of unit values."""
_APART = 1e-9
"""Log points between quantiles that are equal."""
_HEADS = {"median": 0.5, "low80": 0.1, "high80": 0.9}
_REACH = 6.0
"""Standard scores between which two distributions are compared."""


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
    rows = rows.loc[
        [bool(sound) and fiscal.is_year(of) for of, sound in zip(rows["period"], rows["sound"], strict=True)]
    ]
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
        low, high = _ends(dollars) - np.log(known["value"].agg(["max", "min"]).to_numpy())
        grid = np.linspace(low, high, _POINTS)
        below = {}
        for count, row in known.loc[share.index].iterrows():
            years = max(fiscal.centre(period) - fiscal.centre(row["period"]), 0)
            per_kg = np.log(row["value"]) + change["value"].iloc[0] * np.sqrt(years) * _scores(_UNITS)
            below[count] = _share_below(grid[:, None] + per_kg, dollars).mean(axis=1)
        below[ROAD] = sum(share[count] * part for count, part in below.items()) / share.sum()
        for scenario, part in below.items():
            labels = {"horizon": horizon, "period": period, "scenario": scenario}
            values = np.exp(np.interp(dollars.index, part, grid))
            rows.append(pd.DataFrame({"quantile": dollars.index, "value": values}).assign(**labels))
    told = {"as_of": str(india.day), "target": targets.CUSTOMS.name, "model": forecast.SIMULATION}
    table = pd.concat(rows).assign(**told, **worth[["origin", "growth", "counterfactual"]].iloc[0])
    return limits.held(table, india, targets.CUSTOMS.name)[forecast.COLUMNS].reset_index(drop=True)


def together(india: Vintage, first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Both roads averaged quantile by quantile, at the fixed weights of ``data/assumptions.csv``; years both reach.

    An average of quantiles is no wider than its parts are on average, where one of distributions would be wider than
    either (Lichtendahl, Grushka-Cockayne and Winkler 2013).
    """
    weight = india.assumption(_AVERAGE)["value"]
    keys = ["period", "quantile"]
    one = first[first["scenario"] == forecast.MIXTURE].set_index(keys)["value"]
    other = second[second["scenario"] == ROAD].set_index(keys)
    if other.empty or weight.empty:
        return second.iloc[:0]
    mean = weight[WEIGHTS_ROAD] * one + weight[ROAD] * other["value"]
    return other.assign(value=mean, scenario=BOTH).dropna(subset="value").reset_index()[forecast.COLUMNS]


def compared(india: Vintage, first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Both roads side by side, and how much of their distributions is common.

    Parameters
    ----------
    first, second : pd.DataFrame
        ``forecast.expected`` of tonnes, and :func:`expected`.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``, years that both reach: ``median, low80, high80`` of the first, the same of the second
        after ``value_``, of both after ``both_``; ``overlap`` (0 to 1); ``source``.
    """
    average, found = together(india, first, second), {}
    shown = {"": forecast.MIXTURE, "value_": ROAD, "both_": BOTH}
    whole = pd.concat([first, second, average] if len(average) else [second.iloc[:0]])
    whole = whole[whole["scenario"].isin(shown.values())]
    for period in average["period"].unique():
        one = whole[whole["period"] == period].pivot(index="scenario", columns="quantile", values="value")
        row = {f"{name}{head}": one.loc[which, q] for name, which in shown.items() for head, q in _HEADS.items()}
        found[period] = row | {"overlap": overlap(one.loc[forecast.MIXTURE], one.loc[ROAD])}
    columns = [*(f"{name}{head}" for name in shown for head in _HEADS), "overlap"]
    table = pd.DataFrame.from_dict(found, orient="index", columns=columns).rename_axis("period")
    return table.assign(source=ids(used(india), forecast.used(india, targets.CUSTOMS.name)))


def overlap(one: pd.Series, other: pd.Series) -> float:
    """What two distributions have in common, 0 to 1: the area under the lower of their densities.

    Parameters
    ----------
    one, other : pd.Series
        Values, indexed by the levels of their quantiles; gaps are left out. Between levels and beyond the outermost,
        standard scores are linear in the log of the value.
    """
    logs = [np.log(values.dropna().sort_index().clip(lower=np.finfo(float).tiny)) for values in (one, other)]
    logs = [log.cummax() + _APART * np.arange(len(log)) for log in logs]
    ends = np.array([_ends(log) for log in logs])
    grid = np.linspace(ends.min(), ends.max(), _POINTS)
    return float(np.minimum(*(np.diff(_share_below(grid, log)) for log in logs)).sum())


def agree(overlap_: float) -> bool:
    """Whether two methods do not contradict each other: they share, to a hundredth, :data:`LEAST_OVERLAP` or more."""
    return round(overlap_, 2) >= LEAST_OVERLAP


def by_value(india: Vintage) -> dict[str, Quantity]:
    """What the suspect year comes to by its recorded value, by count; empty without such a year or its value."""
    episode, worth = episodes.suspect(india), value.recorded(india)
    if episode is None or episode.year not in worth.index:
        return {}
    dollars = worth.loc[episode.year]
    return {
        count: derived(dollars["usd_m"] / row["value"] * 1000, "t", dollars, row, episode, period=episode.year)
        for count, row in levels(india).iterrows()
    }


def used(india: Vintage) -> frozenset[str]:
    """The sources of everything that the second road is made from."""
    return sources_of(value.used(india), levels(india), *(india.assumption(n) for n in (_CHANGE, _COUNT, _AVERAGE)))


def _share_below(at: np.ndarray, logs: pd.Series) -> np.ndarray:
    """The share below some logs of a distribution whose logs are given by level."""
    from scipy.special import ndtr

    return ndtr(_line(at, logs.to_numpy(), _normal(logs.index.to_numpy(float))))


def _ends(logs: pd.Series) -> np.ndarray:
    """Logs so far out that nothing of a distribution lies beyond."""
    return _line(np.array([-_REACH, _REACH]), _normal(logs.index.to_numpy(float)), logs.to_numpy())


def _scores(count: int) -> np.ndarray:
    """Equally likely points of a standard normal."""
    return _normal((np.arange(count) + 0.5) / count)


def _line(at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Linear between points, and beyond them as between the two outermost."""
    low = y[0] + (at - x[0]) * (y[1] - y[0]) / (x[1] - x[0])
    high = y[-1] + (at - x[-1]) * (y[-1] - y[-2]) / (x[-1] - x[-2])
    return np.where(at < x[0], low, np.where(at > x[-1], high, np.interp(at, x, y)))


def _normal(level: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(level)
