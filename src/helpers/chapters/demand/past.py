"""Sentences of chapter 3 on its past: sectors against what was counted and what was paid."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import between, count, ranged, tonnes
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import demand_past, rare_earths
from helpers.outlook.demand_draws import Demand
from helpers.outlook.demand_past import BARE, CARS, NEED, USE

PLACES = {"inside": "inside", "above": "above", "below": "below", "across": "partly outside"}
_AGAINST_ALL = {"above": "and above all that sectors need", "below": "though below all that sectors need"}
_AS_ALL = "and as much as all that sectors need, as if next to nothing came inside motors and other goods"
_COUNTS = {rare_earths.PRICE: "the customs price estimate", rare_earths.PRESS: "the press"}
_NEEDS = {
    USE: "The use stated for {period}, {stated}, lies {place} the range of the sectors, {span:range~2} t;",
    NEED: "The need that makers of vehicles told for {period}, {stated}, lies {place} the range of those sectors,"
    " {span:range~2} t;",
}
_RIGHT, _SELDOM = 0.8, 0.05
"""Part of the counts that a right range holds, and the chance under which so few of them are no chance."""


def coverage(table: pd.DataFrame, india: Vintage) -> Sentence:
    """How many counts the ranges hold, and whether chance allows that: ``demand_past.backtest``."""
    if table.empty:
        return words.not_yet(india, "Whether what sectors come to agrees with what was recorded")
    from scipy.stats import binom

    hits = (table["place"] == "inside").sum()
    chance = float(binom.cdf(hits, len(table), _RIGHT))
    parts = {"hits": derived(hits, "", table), "count": count(table)}
    parts["years"] = words.listed(dict.fromkeys(sorted(table["period"], key=fiscal.centre)))
    text = "The 80 % ranges of the sectors hold {hits} of {count} counts of whole years ({years});"
    if hits == len(table):
        return sentence(text, "so few counts cannot tell whether they are too wide.", **parts)
    tail = "right ranges would hold so few or fewer in {chance} of cases, which says nothing against them."
    if chance < _SELDOM:
        tail = "right ranges would hold so few of counts that have nothing in common in {chance} of cases: too narrow."
    return sentence(text, tail, chance=words.chance(derived(100 * chance, "%", table)), **parts)


def recorded(table: pd.DataFrame) -> Sentence | None:
    """Each count against what the sectors come to: ``demand_past.backtest``."""
    needs = [_need(row) for _, row in table[table["what"].isin(_NEEDS)].iterrows()]
    bare = [_bare(of, what) for what, of in table.groupby("what", sort=False) if what not in _NEEDS]
    return joined(*needs, *bare) if len(table) else None


def tension(table: pd.DataFrame, made: Demand, india: Vintage) -> Sentence | None:
    """What it would take for a count to be right that the sectors do not hold."""
    if table.empty:
        return None
    above = table[table["what"].isin([BARE, CARS]) & (table["place"] == "above")]
    said = [_more(row, made, india) for _, row in above.iterrows()]
    if above.empty:
        said.append(sentence("No count of magnets imported as such is above what sectors may take.", uses=[table]))
    for _, row in table[table["what"].isin(_NEEDS)].iterrows():
        if words.direction(row["error"] / 100, 0.05) != "unchanged":
            said.append(_alone(row, made))
    return joined(*said)


def then(table: pd.DataFrame) -> Sentence | None:
    """What the day before each count could have said of it."""
    if table.empty:
        return None
    able = table[table["then"] != ""]
    if able.empty:
        return sentence("Of no count could the sectors be reckoned before it was public.", uses=[table])
    hits, late = (able["then"] == "inside").sum(), able["late"].max()
    parts = {"able": derived(len(able), "", table), "count": count(table), "hits": "none"}
    if hits:
        parts["hits"] = derived(hits, "", table)
    text = "From what was public the day before, {able} of {count} counts could have been reckoned, and the range held"
    tail = "{hits} of them."
    if late:
        tail = "{hits} of them; up to {late} of their factors this project judged only later, so that it is hindsight."
        parts["late"] = derived(late, "", table)
    return sentence(text, tail, **parts)


def paid(table: pd.DataFrame, india: Vintage) -> Sentence:
    """Whether imports can have paid for what the sectors take as magnets: ``demand_past.ceilings``."""
    if table.empty:
        return words.not_yet(india, "Whether imports can have paid for what the sectors take as magnets")
    text = "Of {years} imports are known by their value. At what China was paid for rare-earth magnets that bought at"
    worst = table.loc[(table["high"] / table["most"]).idxmax()]
    calendar = [period for period in table.index if fiscal.is_calendar_year(period)]
    spans = [words.years(calendar)] if calendar else []
    every = words.listed([*spans, *(period for period in table.index if period not in calendar)])
    parts = {"years": every, "year": worst.name, "of": tonnes(worst, "most")}
    short = table[table["low"] > table["most"]]
    if len(short):
        tail = "most {of:~2} in {year}; in {short} that is less than the sectors take at least: they come to too much."
        parts["short"] = words.listed(short.index)
    elif (table["high"] <= table["most"]).all():
        tail = "most {of:~2} in {year}, the tightest of them, and in each more than the sectors may take as such."
    else:
        tail = "most {of:~2} in {year}, the tightest of them: {over} of the draws need more, and cannot be right there."
        parts["over"] = words.chance(derived(worst["over"], "%", worst))
    return sentence(text, tail, **parts, uses=[table])


def untested(table: pd.DataFrame, made: Demand) -> Sentence | None:
    """The years of which no count is there, and which public figures would be one."""
    if not made:
        return None
    counted = {int(fiscal.centre(period) + 0.5) for period in table["period"]}
    years = [year for year in made.years[:-1] if year not in counted]
    parts = {"years": words.years(years, fiscal.year_name)} if years else {}
    return sentence(
        "Of {years} no count of rare-earth magnets is in the sources." if years else "Each year has a count.",
        "No source splits a year by sector, so that no sector is tested alone. China's exports of rare-earth magnets",
        "to India, each month of each year, and India's imports of motors by line and country would be such tests.",
        **parts,
        uses=[made.source],
    )


def _need(row: pd.Series) -> Sentence:
    stated, middle, span = _said(row)
    text = _NEEDS[row["what"]]
    parts = {"period": row["period"], "stated": stated, "span": span, "middle": middle, "place": PLACES[row["place"]]}
    more = words.direction(row["error"] / 100, 0.05)
    if more == "unchanged":
        return sentence(text, "their middle, {middle:~2}, agrees with it.", **parts)
    parts |= {"way": {"up": "above", "down": "below"}[more], "gap": derived(abs(row["error"]), "%", row)}
    return sentence(text, "their middle, {middle:~2}, is {gap} {way} it.", **parts)


def _bare(rows: pd.DataFrame, what: str) -> Sentence:
    """What came as magnets by each count, against what the sectors may take as such."""
    said = []
    for _, row in rows.iterrows():
        by = f" by {_COUNTS.get(row['count'], row['count'])}" if what == BARE else ""
        said.append(f"{_said(row)[0]}{by} in {row['period']} ({PLACES[row['place']]})")
    text = "Those of vehicles may take {span:range~2} t as magnets; their makers told of imports of {listed}."
    if what == BARE:
        text = "As magnets, and not inside motors and other goods, the sectors may take {span:range~2} t; imported as"
        text += " such were {listed}."
    span = between(rows["low"].min(), rows["high"].max(), "t", rows)
    return sentence(text, span=span, listed=words.listed(said))


def _more(row: pd.Series, made: Demand, india: Vintage) -> Sentence:
    """A count of magnets that is above what the sectors may take as such, and what that may mean."""
    stated, _, span = _said(row)
    need = demand_past.around(made, row["period"], USE if row["what"] == BARE else NEED)
    parts = {"count": _COUNTS.get(row["count"], row["count"]), "period": row["period"], "stated": stated, "span": span}
    parts |= {"gap": derived(row["least"] - row["high"], "t", row), "whole": between(need.low, need.high, "t", row)}
    against = demand_past.place(row["least"], row["most"], demand_past.Range(*need))
    said = [sentence(
        "What came by {count} in {period}, {stated}, is at least {gap:~2} above the {span:range~2} t that may come as",
        "magnets,", _AGAINST_ALL.get(against, _AS_ALL), "({whole:range~2} t). Otherwise part went into stock or",
        "sectors that cannot be reckoned, or a unit holds more than is drawn.", **parts,
    )]  # fmt: skip
    yields = india.assumption("yield")
    if "block to magnet" in yields.index:
        cut = yields.loc["block to magnet"]
        left = (row["least"] * cut["low"] / 100, row["most"] * cut["high"] / 100)
        does = "fits" if words.overlap(left, (row["low"], row["high"])) else "does not fit"
        text = "Had all of it been blocks, of which cutting leaves {part:range} %, it would be {left:range~2} t"
        of = {"part": ranged(cut, "%"), "left": between(*left, "t", row, cut)}
        said.append(sentence(text, "of magnets, which {does} the sectors.", does=does, **of))
    return joined(*said)


def _alone(row: pd.Series, made: Demand) -> Sentence:
    of = demand_past.alone(made, row)
    verdict = words.place([of.needed.value], of.low, of.high)
    where = {"inside": "inside", "above": "more than", "below": "less than"}[verdict]
    drawn = between(of.low, of.high, of.needed.unit, of.needed)
    parts = {"stated": _said(row)[0], "period": row["period"], "sector": of.sector, "needed": of.needed}
    text = "If {sector} alone made up the difference to the {stated:~2} of {period}, each would hold {needed:.2},"
    return sentence(text, "{where} the {drawn:range.2} that is drawn.", where=where, drawn=drawn, **parts)


def _said(row: pd.Series) -> tuple[Quantity, Quantity, Quantity]:
    stated = tonnes(row, "recorded")
    if row["least"] < row["most"]:
        stated = ranged(row, low="least", high="most")
    return stated, tonnes(row, "middle"), ranged(row)
