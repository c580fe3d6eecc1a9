"""Tables of the forecast, and the words for its scenarios, models and judgements."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.rows import headed
from helpers.data import ASSUMED, Quantity, Vintage, derived, ids, number
from helpers.outlook import evidence, forecast, growth, licences, readings, structure, targets
from helpers.outlook.episodes import suspect

READING = {
    readings.ERROR: "an error in the recorded quantity",
    readings.STOCKS: "stock-building that is paid back",
    readings.PERSISTENT: "real demand that persists",
}
STARTS = (forecast.MIXTURE, forecast.LEVEL, forecast.RECORDED)
SHORT = {readings.ERROR: "error", readings.STOCKS: "stock-building", readings.PERSISTENT: "persistent demand"}
EVIDENCE = {
    "evidence_unit_value": "fall of the unit value over the rise in weight",
    "evidence_rest_of_year": "rise left in the rest of the suspect year over that of the surge",
    "evidence_year_after": "rise left since the suspect year over that of the year",
    "evidence_mirror_weight": "rise in weight that the partner does not record over all of it",
    "evidence_mirror_value": "gap to the partner's value over the excess weight at the price of ferrite",
    "evidence_cells": "share of the excess in the few cheapest entries of customs",
}
JUDGEMENT = {
    evidence.PRIOR: "weight of a reading before evidence",
    evidence.RULE: "rule by which evidence counts",
    **{name: f"density of the {what}" for name, what in EVIDENCE.items()},
    "regime_probability": "chance of a licence regime",
    "regime_dose": "share that licences let through",
    "regime_persistence": "chance that a regime holds another year",
    "licensed_share": "China's part of the rare-earth magnets",
    "rare_earth_weight": "weight of a count of rare-earth magnets",
    "rare_earth_scope": "what a count has to be multiplied by",
    "rare_earth_share": "rare-earth share of HS 850511",
    "recovery": "share of lost ground won back",
    "unit_value_count": "weight of a count of unit values",
    "unit_value_change": "change of a unit value in a year",
    "road_weight": "weight of a road to tonnes in their average",
    "driver_weight": "part of the growth of drivers that counts",
    "structure_weight": "weight of what sectors need, by years after the one that runs",
    "supply_chance": "chance of what India makes itself",
    "stock_excess": "part of the excess that was stock",
    "least_left": "least that is left of a month",
    "stock_payback": "months until stocks are paid back",
}


def names(india: Vintage, target: str) -> dict[str, str]:
    """Every scenario of a target's forecast in words, those of its starting points first."""
    parts, episode = targets.part_years(india, target), suspect(india, target)
    last = targets.totals(india, target).iloc[-1]
    recorded, level = f"{last.name} as {'assumed' if last['status'] == ASSUMED else 'recorded'}", last.name
    if parts:
        recorded += ", as if nothing since were known"
        level = f"{words.period(parts[-1].name)} at its yearly rate"
    elif episode and episode.year != last.name:
        recorded = f"totals as recorded, {episode.year} among them"
    starts = {
        forecast.MIXTURE: f"the forecast: {f'readings of {episode.year}' if episode else 'licences'}, weighed",
        forecast.LEVEL: level + (f", {episode.year} left out" if episode else ""),
        forecast.RECORDED: recorded,
    }
    ways = {structure.COUNTED: "use that was counted, carried on"}
    ways |= {structure.SECTORS: "what sectors need, less own make"}
    return starts | READING | ways | {f"licences {of}": f"licences {of} throughout" for of in licences.REGIMES}


def caveat(india: Vintage, target: str, scenario: str) -> str:
    """What has to be said beside the name of a scenario: that growth from its levels is surer than it may be."""
    rows = {forecast.LEVEL: forecast.levels, forecast.RECORDED: targets.totals}.get(scenario)
    narrow = rows is not None and growth.too_steady(rows(india, target), growth.taken(india, target))
    return "; its few levels lie near a line, so the interval is too narrow" if narrow else ""


def starts(table: pd.DataFrame, india: Vintage, other: pd.DataFrame) -> pd.DataFrame:
    """The years that are read out, from the mixture, from each starting point, and for the other target.

    ``table`` and ``other`` are ``forecast.expected`` and ``forecast.beside``.

    Returns
    -------
    pd.DataFrame
        ``forecast``, a column of text a year (median and 80 % interval, t), ``source``.
    """
    periods = forecast.steps(table, india)
    rows = _by_year(table, india, STARTS, periods)
    if len(other):
        what = targets.TARGETS[other["target"].iloc[0]].what
        beside = _by_year(other, india, [forecast.MIXTURE], periods)
        rows = pd.concat([rows, beside.assign(forecast=f"beside it, {what}")])
    return rows.reset_index(drop=True)


def scenarios(table: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    """The years that are read out under every reading or regime and weighed, as :func:`starts` gives them."""
    order = [name for name in names(india, table["target"].iloc[0]) if name not in STARTS]
    return _by_year(table, india, [*order, forecast.MIXTURE], forecast.steps(table, india))


def models(table: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    """The naive benchmark, and what else stands beside the model that leads, from each start, as :func:`starts`."""
    named, periods = names(india, table["target"].iloc[0]), forecast.steps(table, india)
    rows = []
    for scenario in (forecast.LEVEL, forecast.RECORDED):
        for model in [*forecast.MODELS][1:]:
            one = table[(table["scenario"] == scenario) & (table["model"] == model)]
            if len(one):
                rows.append({"model": model, "start": named[scenario], **spelt_by_year(one, periods)})
    return pd.DataFrame(rows)


def judgements(india: Vintage, target: str) -> pd.DataFrame:
    """The judgements of the mixture in words: from when what they rest on was known, and when they were written."""
    rows = readings.stated(india, target)
    said = rows["assumption"].map(lambda name: JUDGEMENT.get(name, name.replace("_", " ")))
    case = rows["segment"].map(lambda name: READING.get(name, name))
    shown = rows.assign(assumption=said, segment=case, value=[_ranged(row) for row in rows.itertuples()])
    heads = {"assumption": "judgement", "segment": "case", "value": "value", "published": "known from"}
    return headed(shown, heads | {"written": "written on", "note": "evidence"})


HEADS = {"median": "median, t", "low80": "80 % from, t", "high80": "80 % to, t"}
HEADS |= {"low95": "95 % from, t", "high95": "95 % to, t"}


def real_time(tried: pd.DataFrame) -> pd.DataFrame:
    """``realtime.real_time`` with column heads in words."""
    shown = tried.assign(period=tried["period"].map(words.period), scenario=tried["scenario"].map(trial_name))
    heads = {"period": "of", "as_of": "on", "scenario": "forecast", "outturn": "came, t", "error": "off by, %"}
    heads |= {"within": "inside 80 %", "score": "interval score, naive = 1", "backcast": "back-cast"}
    return shown.rename(columns=HEADS | heads)


def trial_name(scenario: str) -> str:
    """A scenario of the real-time trial in words, whatever is known since."""
    plain = {forecast.RECORDED: "last total as recorded", forecast.LEVEL: "newest level"}
    return (plain | {forecast.MIXTURE: "the forecast"} | READING).get(scenario, scenario)


def outlooks(theirs: pd.DataFrame) -> pd.DataFrame:
    """``others.others`` on the scope of a target, with column heads in words."""
    heads = {"quantity": "what", "value": "expected", "growth": "growth since its base year, % a year"}
    scopes = {name: target.what for name, target in targets.TARGETS.items()}
    shown = theirs[theirs["scope"].isin(scopes)].drop(columns=["scenario", "unit"], errors="ignore")
    return shown.assign(scope=shown["scope"].replace(scopes)).rename(columns=heads | {"value": "expected, t"})


def rates(india: Vintage, target: str) -> pd.DataFrame:
    """The yearly totals, the halves and the part of a year since, by period, with ``rate`` (t a year), oldest first."""
    rows, part = targets.sums(india, target), targets.part_year(india, target)
    rows = rows[[fiscal.is_year(period) or len(fiscal.months(period)) == 6 for period in rows.index]]
    rows = rows if part is None or part.name in rows.index else pd.concat([rows, part.to_frame().T])
    rows = rows.assign(rate=[row["value"] * 12 / len(fiscal.months(p)) for p, row in rows.iterrows()])
    return rows.astype({"value": float, "rate": float}).loc[sorted(rows.index, key=fiscal.centre)]


def rounded(quantity: Quantity) -> Quantity:
    """A forecast as it is said: to three digits, as far as the number of paths supports."""
    value, low, high = (_round(bound) for bound in (quantity.value, quantity.low, quantity.high))
    return replace(quantity, value=value, low=low, high=high)


def told(row: pd.Series, uses=None, *, prefix: str = "") -> Quantity:
    """A row of intervals as its forecast is said, of columns that begin so; its own sources unless others are given."""
    middle, low, high = (row[f"{prefix}{name}"] for name in ("median", "low80", "high80"))
    uses = row if uses is None else uses
    return rounded(derived(middle, "t", uses, period=row.get("period", ""), low=low, high=high))


def spelt_by_year(one: pd.DataFrame, periods: list[str]) -> dict[str, str]:
    """Median and 80 % interval, where it is published, of each year as text; a dash where a forecast does not reach."""
    values, texts = one.set_index(["period", "quantile"])["value"], {}
    for period in periods:
        middle, low, high = (_round(values.get((period, level), np.nan)) for level in (0.5, 0.1, 0.9))
        span = "" if pd.isna(low) else f" ({number(low)} to {number(high)})"
        texts[f"{period}, t"] = f"{number(middle)}{span}"
    return texts


def _ranged(row) -> str:
    """A judgement with its range, where it has one."""
    span = "" if pd.isna(row.low) else f" ({number(row.low, 2)} to {number(row.high, 2)})"
    return f"{number(row.value, 2)}{span}"


def _round(value: float) -> float:
    places = -3 if value >= 1e5 else -2 if value >= 1e4 else -1 if value >= 100 else 0
    return value if pd.isna(value) else round(value, places)


def _by_year(table: pd.DataFrame, india: Vintage, wanted: Iterable[str], periods: list[str]) -> pd.DataFrame:
    target, found = table["target"].iloc[0], dict(tuple(forecast.leading(table).groupby("scenario")))
    named, rows = names(india, target), []
    for scenario in [name for name in wanted if name in found]:
        name = named[scenario] + (": a counterfactual" if found[scenario]["counterfactual"].any() else "")
        name += caveat(india, target, scenario)
        source = ids(forecast.used(india, target, scenario))
        rows.append({"forecast": name, **spelt_by_year(found[scenario], periods), "source": source})
    return pd.DataFrame(rows)
