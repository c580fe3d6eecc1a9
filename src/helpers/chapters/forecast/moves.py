"""What moves a forecast: its table in words, and what moves it most."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.forecast import roads
from helpers.chapters.forecast.phrases import ends
from helpers.chapters.forecast.tables import caveat, names, spelt_by_year, told
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.data import Vintage, derived
from helpers.ensemble.quantiles import MIDDLE
from helpers.outlook import forecast, growth, moved, targets

KIND = {growth.GENERAL: "yearly series of all kinds", "trade": "yearly series of trade"}
GROWTH = {**KIND, growth.OWN: "its own few levels alone", "none": "none at all"}
HEADS = {
    moved.ANSWER: "nothing: the answer",
    moved.GROWTH: "growth",
    moved.WEIGHTS: "weights of the readings",
    moved.START: "start",
    moved.LICENCES: "licences",
    moved.SUPPLY: "what India makes",
    moved.ROAD: "another road",
}
LEAST_TIMES = 0.05  # as a fraction: less moves nothing


def table(rows: pd.DataFrame, india: Vintage, target: str) -> pd.DataFrame:
    """``moved.moved`` with heads in words: a column of text a year, median in t, of the last with its 80 % interval."""
    periods, shown = list(rows["period"].unique()), []
    for _, one in rows.rename(columns=MIDDLE).groupby(["what", "case"], sort=False):
        long = one.melt("period", [0.5, 0.1, 0.9], var_name="quantile")
        long = long[long["quantile"].eq(0.5) | long["period"].eq(periods[-1])]
        head = {"what is another": _said(one.iloc[0], india, target)} | spelt_by_year(long, periods)
        shown.append(head | {f"{periods[-1]} against the answer, %": 100 * (one["times"].iloc[-1] - 1)})
    return pd.DataFrame(shown)


def most(rows: pd.DataFrame, india: Vintage, target: str) -> Sentence:
    """What moves the last year of ``moved.moved`` most, between which medians the others lie, and where all that is."""
    year = rows["period"].iloc[-1]
    one = rows[rows["period"] == year].dropna(subset="median")
    answer, other = one.iloc[0], one.iloc[1:]
    top = other.loc[np.log(other["times"].astype(float)).abs().idxmax()]  # half as much moves as far as twice as much
    parts = {"now": told(answer), "top": told(top), "year": year, "case": _said(top, india, target)}
    if abs(top["times"] - 1) < LEAST_TIMES:
        text = "Nothing here moves the median of {year} by much: the furthest from {now} is {top} ({case})."
        return sentence(text, **parts)
    inside = words.place(other["median"], answer["low80"], answer["high80"]) == "inside"
    text = "What moves {year} most is {top} in the place of {now} ({case}). "
    text += "All medians here stay" if inside else "Not all medians here stay"
    return sentence(text, "in the 80 % interval of the answer.", **parts)


def grown(india: Vintage, expected: pd.DataFrame) -> Sentence:
    """Which growth the forecasts of both targets take, the weight of each one's own, and the pace of one's median."""
    own = (_own(india, name) for name in targets.with_totals(india))
    return joined(_first(india), *own, _pace(expected, india))


def _first(india: Vintage) -> Sentence:
    """The growth before a target's own: of drivers, of other series, and how the two are weighed."""
    narrow, wide = (growth.taken(india, target.name) for target in (targets.REPM, targets.CUSTOMS))
    taken = {"elsewhere": growth.kinds(india)[growth.GENERAL], "driven": narrow, "mixed": wide}
    parts = {name: derived(_yearly(of.prior.mean), "%", *of.sources) for name, of in taken.items()}
    if narrow.kind != growth.DRIVERS:
        text = "Both targets are taken to grow as {kind} do, by {elsewhere:.1} a year."
        return sentence(text, kind=KIND[growth.GENERAL], elsewhere=parts["elsewhere"])
    text = "Rare-earth magnets are taken to grow as what drives their demand, by {driven:.1} a year. That holds for the"
    text += " rare-earth part of HS 850511, {part} of its weight; for the rest, of which too little of what needs it"
    tail = "can be reckoned, the growth of {kind} does, {elsewhere:.1}: together {mixed:.1}."
    part = words.chance(growth.part(india, targets.CUSTOMS.name))
    return sentence(text, tail, part=part, kind=KIND[growth.GENERAL], **parts)


def _own(india: Vintage, target: str) -> Sentence:
    rows, what = forecast.levels(india, target), targets.TARGETS[target].what
    pace = growth.own(rows["value"])
    if pace is None:
        return sentence("Of {what} a single level is known, which has no growth of its own.", what=what, uses=[rows])
    parts = {"what": what, "own": derived(_yearly(pace), "%", rows)}
    parts |= {"first": words.named(rows.index[0]), "last": words.named(rows.index[-1])}
    parts["weight"] = words.chance(growth.own_weight(rows, growth.taken(india, target)))
    text = "The own growth of {what}, {own:signed} a year from {first} to {last}, weighs {weight} against that by its"
    return sentence(text, "few levels alone.", **parts)


def _pace(table: pd.DataFrame, india: Vintage) -> Sentence | None:
    """By how much the median of the answer rises in a year, licences and what is paid back in it."""
    years = ends(table, india)
    if len(years) == 1:
        return None
    near, far = (forecast.at(table, year, uses=forecast.used(india, table["target"].iloc[0])) for year in years)
    apart = fiscal.centre(far.period) - fiscal.centre(near.period)
    pace = derived(_yearly(np.log(far.value / near.value) / apart), "%", near, far)
    text = "In what is simulated the median of the forecast changes by {change} a year from {first} to {last}."
    return sentence(text, change=words.change(pace), first=near.period, last=far.period)


def in_words(case: str, india: Vintage, target: str) -> str:
    return (roads.SAID | names(india, target) | GROWTH).get(case, case)


def _said(row: pd.Series, india: Vintage, target: str) -> str:
    head, case = HEADS[row["what"]], in_words(row["case"], india, target) + caveat(india, target, row["case"])
    return head if row["what"] == moved.ANSWER else case if case.startswith(head) else f"{head}: {case}"


def _yearly(log_growth: float) -> float:
    """Growth in per cent a year from log points."""
    return float(100 * np.expm1(log_growth))
