"""Two roads to the tonnes of a target side by side, and what they share."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.forecast.phrases import ends
from helpers.chapters.forecast.tables import rounded, spelt_by_year, told
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import headed
from helpers.data import Vintage, derived, ids, number
from helpers.outlook import episodes, forecast, pool, roads, structure, targets
from helpers.outlook.pool import Pair

SAID = {
    roads.ROAD: "value over unit value, both counts weighed",
    roads.OWN: "over the unit value as India records",
    roads.PARTNERS: "over the unit value as partners record",
    roads.BOTH: "both roads averaged, quantile by quantile",
    structure.COUNTED: "use that was counted, carried on",
    structure.SECTORS: "what sectors need, less what India makes",
}
TOLD = {
    forecast.MIXTURE: "weights as recorded",
    roads.ROAD: "value over unit value",
    structure.COUNTED: "use that was counted",
    structure.SECTORS: "what sectors need",
}
_FIRST = {targets.CUSTOMS.name: "weights as recorded, the forecast above", targets.REPM.name: "the forecast: both"}
"""The mixture of a target, which is one of its roads, or both."""


def unit_values(india: Vintage) -> pd.DataFrame:
    """``roads.unit_values`` with heads in words, newest sound years marked."""
    rows, taken = roads.unit_values(india), roads.levels(india)["period"].to_dict()
    use = rows["count"].map(taken).eq(rows["period"]).map({True: "taken", False: ""})
    use = use.where(rows["sound"].astype(bool), "left out")
    shown = rows.assign(period=rows["period"].map(words.period), use=use)
    heads = {"count": "counted", "period": "period", "value": "USD per kg", "low": "from", "high": "to", "use": "use"}
    return headed(shown, heads)


def side_by_side(pair: Pair, india: Vintage, *parts: pd.DataFrame) -> pd.DataFrame:
    """Tonnes of the years that are read out by each road and by both; and what they share.

    ``parts`` are what the second road weighs, in ``forecast.COLUMNS``.

    Returns
    -------
    pd.DataFrame
        ``road``, a column of text a year (median and 80 % interval, t), ``source``; no third number for roads that
        disagree and have none; empty while there is no second.
    """
    common = pool.compared(pair)
    if common.empty:
        return pd.DataFrame(columns=["road", "source"])
    periods = [period for period in forecast.steps(pair.first, india) if period in common.index]
    every = pd.concat([pair.first, pair.second, *parts, pair.both]).drop_duplicates(forecast.COLUMNS[:-1])
    said = {forecast.MIXTURE: _FIRST[pair.first["target"].iloc[0]]} | SAID
    rows = [{"road": said[name]} | spelt_by_year(one, periods) for name, one in every.groupby("scenario", sort=False)]
    if not _leads(pair):
        rows[-1] |= {f"{period}, t": "–" for period in periods if _apart(common.loc[period])}
    shared = {f"{period}, t": f"{number(100 * common.loc[period, 'overlap'])} %" for period in periods}
    return pd.DataFrame([*rows, {"road": "what the two roads share"} | shared]).assign(source=ids(pair.sources))


def verdict(pair: Pair, india: Vintage) -> Sentence:
    """Whether two methods agree on the year that runs, the last, and where not; and what both say together."""
    common = pool.compared(pair)
    if common.empty:
        return words.not_yet(india, "What a second road to tonnes would give")
    running, last = forecast.running(pair.first, india), common.index[-1]
    apart = [year for year in forecast.steps(pair.first, india) if year in common.index and _apart(common.loc[year])]
    wanted = {running if running in common.index else common.index[0], last, *apart}
    years = [year for year in common.index if year in wanted]
    third = _weighed(pair, india) if _leads(pair) else _together(common.loc[last], apart, years)
    return joined(*(_of_year(common.loc[year], pair) for year in years), third)


def per_kg(india: Vintage) -> Sentence:
    """Which unit value each count gives, what came after it, and what is left out."""
    rows, taken = roads.unit_values(india), roads.levels(india)
    if taken.empty:
        return words.not_yet(india, "What a kilogram was worth in a year without a surge")
    sound, said, uses = rows["sound"].astype(bool), [], []
    for count, row in taken.iterrows():
        newest = rows[(rows["count"] == count) & sound].iloc[-1]
        later = ""
        if newest["period"] != row["period"]:
            later = f" (the newest figure is {_usd(newest)}, of {words.period(newest['period'])})"
        said.append(f"{_usd(row)} in {row['period']} {count}{later}")
        uses += [row, newest] if later else [row]
    first = sentence("The unit value was {said}.", said=words.listed(said), uses=uses)
    out = rows[~sound & rows["period"].map(fiscal.is_year)]
    if out.empty:
        return first
    left = words.listed(f"{_usd(row)} in {row['period']}" for _, row in out.iterrows())
    text = "Left out, as their weights are the ones in question: {left}."
    return joined(first, sentence(text, left=left, uses=[out]))


def _usd(row: pd.Series) -> str:
    return f"{derived(row['value'], 'USD/kg', row):.2}"


def disagreement(pair: Pair, india: Vintage) -> Sentence | None:
    """For the answer: the one or the other, of the years that it reads out; None where both roads agree."""
    common = pool.compared(pair)
    said = ends(pair.first, india) if len(common) else []
    years = [year for year in said if year in common.index and _apart(common.loc[year])]
    return joined(*(_of_year(common.loc[year], pair) for year in years)) if years else None


def implied(india: Vintage) -> Sentence | None:
    """What the suspect year comes to by its recorded value; None while no year is suspect or its value unknown."""
    episode, found = episodes.suspect(india), roads.by_value(india)
    if episode is None or not found:
        return None
    whole = targets.totals(india, targets.CUSTOMS.name).loc[episode.year]
    recorded, tonnes = derived(whole["value"], "t", whole), list(found.values())
    said = words.listed(f"{rounded(of)} at the unit value {count}" for count, of in found.items())
    place = {"above": "more than that", "below": "less than that", "inside": "as by value", "across": "between the two"}
    verdict = place[_against(recorded.value, [of.value for of in tonnes])]
    text = "By its value alone {year} would have held {said}; recorded were {recorded}, {verdict}."
    return sentence(text, year=episode.year, said=said, recorded=recorded, verdict=verdict, uses=tonnes)


def _apart(row: pd.Series) -> bool:
    return not pool.agree(row["overlap"])


def _leads(pair: Pair) -> bool:
    """Whether both roads together are the forecast itself."""
    return forecast.MIXTURE in set(pair.both["scenario"])


def _of_year(row: pd.Series, pair: Pair) -> Sentence:
    first, second = (told(row, prefix=pool.PREFIX[name]) for name in ("first", "second"))
    one, other = (TOLD[road["scenario"].iloc[0]] for road in (pair.first, pair.second))
    end = "two methods disagree, {first} or {second}" if _apart(row) else "the two do not contradict each other"
    return sentence(
        f"{{year}} by {one}: {{first}} (80 % interval {{first:range}}); by {other}: {{second}} ({{second:range}}).",
        f"The distributions share {{shared}}: {end}.",
        year=row.name, first=first, second=second, shared=words.chance(derived(100 * row["overlap"], "%", row)),
    )  # fmt: skip


def _together(row: pd.Series, apart: list[str], years: list[str]) -> Sentence:
    if len(apart) == len(years):
        return sentence("An average of two that disagree would be a third that neither supports: none is given here.")
    if row.name in apart:
        return sentence("For {year} no average is given.", year=row.name, uses=[row])
    text = "At fixed weights, quantile by quantile, both together give {both} in {year} (80 % interval {both:range})."
    return sentence(text, both=told(row, prefix="both_"), year=row.name)


def _weighed(pair: Pair, india: Vintage) -> Sentence:
    periods, rule = list(pair.both["period"].unique()), india.assumption(structure.WEIGHT)
    years = [fiscal.fiscal_year(period) for period in periods]
    shares = pd.Series(structure.weights(india, np.array(years)), periods)
    steps = shares[shares.ne(shares.shift())]
    since, on = "from" if len(steps) > 1 else "in", " on" if len(periods) > 1 else ""
    said = words.listed(f"{derived(100 * share, '%', rule)} {since} {period}{on}" for period, share in steps.items())
    text = "In the forecast, an average quantile by quantile, {other} weighs {said}. These weights are our judgement,"
    other = TOLD[pair.second["scenario"].iloc[0]]
    weights = sentence(text, "written before any outturn.", other=other, said=said, uses=[rule])
    return joined(weights, _passage(pool.compared(pair).join(shares.rename("share"))))


def _passage(common: pd.DataFrame) -> Sentence | None:
    """That the forecast moves as neither way does, where it passes from one to the other; None where it does not."""
    whole = common.index[common["share"] == common["share"].max()]
    before = common.index[common["share"] == common["share"].min()]
    before = before[before < whole[0]]
    if before.empty:
        return None
    first, last = common.loc[before[-1]], common.loc[whole[0]]
    moved, one, other = (last[name] - first[name] for name in ("both_median", "median", "other_median"))
    if moved * one >= 0 or moved * other >= 0:
        return None
    text = "That the forecast {falls} from {first} in {before} to {last} in {after} is the passage from one way"
    parts = {"falls": "falls" if moved < 0 else "rises", "rises": "rises" if moved < 0 else "falls"}
    parts |= {name: told(row, prefix="both_") for name, row in (("first", first), ("last", last))}
    tail = "to the other, each of which {rises} meanwhile."
    return sentence(text, tail, before=first.name, after=last.name, **parts)


def _against(recorded: float, found: list[float], near: float = 0.1) -> str:
    if recorded > max(found) * (1 + near):
        return "above"
    if recorded < min(found) * (1 - near):
        return "below"
    return "inside" if any(abs(recorded / one - 1) <= near for one in found) else "across"
