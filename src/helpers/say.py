"""Sentences computed from results, so that no number is ever typed into prose."""

from datetime import date

import pandas as pd

from helpers import load, supply, trade
from helpers.forecast import annual
from helpers.show import Sentence, number


def baseline(as_of: str | date) -> Sentence:
    """What the headline tonnage is, and what it is not: the answer of chapter 1."""
    year, halves, lines = trade.imports(as_of).loc["FY25"], trade.halves(as_of), trade.lines(as_of)
    text = f"India recorded {_t(year['value'])} of permanent magnets in FY25 under HS 850511 (source {year['source']})"
    if halves.empty:
        return Sentence(f"{text}; how they were spread over the year was not yet public on {as_of}.", answer=True)
    first, second, now = (halves.loc[half] for half in ("FY25-H1", "FY25-H2", "FY26-H1"))
    text += (
        f", a spike and not a level: {_t(first['tonnes'])} in the first half ({_between(first)}), {_t(second['tonnes'])} in the "
        f"second. FY26 began at {_t(now['tonnes'])} in six months, a run-rate of {_t(2 * now['tonnes'])} a year"
    )
    if not lines.empty:
        text += (
            f". {number(lines['weight_share'].iloc[0] * 100)} % of the weight was ferrite cores, not rare-earth magnets"
        )
    return Sentence(text + ".", answer=True)


def base_effect(as_of: str | date) -> Sentence:
    """How much of the published fall is left when the half before is the yardstick."""
    halves = trade.halves(as_of)
    if halves.empty:
        return Sentence(f"The first half of FY26 was not yet public on {as_of}.")
    fall = trade.imports(as_of, "weight_yoy").loc["FY26-H1", "value"]
    step = (halves.loc["FY26-H1", "tonnes"] / halves.loc["FY25-H2", "tonnes"] - 1) * 100
    return Sentence(
        f"The published change of {number(fall)} % on the year is almost all base effect: against the half before it, the "
        f"first half of FY26 changed by {number(step, 1)} %."
    )


def growth(as_of: str | date) -> Sentence:
    """Volume against value, FY24 to FY25."""
    table = trade.growth(as_of)
    if "USD per kg" not in table.index:
        return Sentence(f"The dollar value of FY25 was not yet public on {as_of}.")
    price = table.loc["USD per kg"]
    return Sentence(
        f"From FY24 to FY25 the tonnes changed by {_signed(table.loc['tonnes', 'change'])} and the dollars by "
        f"{_signed(table.loc['million USD', 'change'])}, so a kilogram went from {number(price['FY24'], 2)} to "
        f"{number(price['FY25'], 2)} USD: no market for magnets did that in a year."
    )


def not_rare_earth(as_of: str | date) -> Sentence:
    """Why the headline cannot be rare-earth magnets: China's whole-world exports against it."""
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110"}
    weight = load.series("trade", as_of, measure="weight", **keys)
    price = load.series("trade", as_of, measure="unit_value", **keys)["value"].dropna()
    scopes = trade.scopes(as_of)
    years = weight[weight.index.str.fullmatch(r"20\d\d")]["value"].dropna()
    if years.empty or len(scopes) < 2:
        return Sentence(f"China's yearly exports of rare-earth magnets were not yet public on {as_of}.")
    period = "2024" if "2024" in years and "2024" in price else years.index[-1]
    unit = f" at about {number(price[period])} USD/kg" if period in price else ""
    india = trade.growth(as_of)["FY25"].get("USD per kg")
    ours = f"; India's headline was worth {number(india, 2)}" if india is not None else ""
    return Sentence(
        f"China sold {_t(years[period])} of rare-earth magnets to the whole world in {period}{unit}{ours}. The narrowest "
        f"count of India's, {scopes.index[-1][0].lower()}{scopes.index[-1][1:]}, is {_t(scopes['tonnes'].iloc[-1])}."
    )


def oxide(as_of: str | date) -> Sentence:
    """Whether Indian neodymium can carry the magnet scheme: the answer of chapter 2."""
    need, neodymium = supply.scheme_need(as_of), supply.neodymium(as_of)
    if neodymium.empty:
        return Sentence(f"No figure on Indian neodymium was public yet on {as_of}.", answer=True)
    target = neodymium[neodymium["kind"] == "target"].iloc[0]
    text = (
        f"India aims at {_t(target['tonnes'])} of neodymium in {target['period']} (source {target['source']}), enough for at most "
        f"{_t(supply.magnets_from(target['tonnes'], as_of))} of magnets before machining loss"
    )
    made = neodymium[neodymium["kind"] == "made"]
    if len(made):
        text += f"; about {_t(made['tonnes'].iloc[-1])} were made in {made['period'].iloc[-1]}"
    if need.empty:
        return Sentence(f"{text}. The magnet scheme was not yet public on {as_of}.", answer=True)
    low, high = need["tonnes_reo"].iloc[0], need["tonnes_reo"].iloc[1]
    return Sentence(
        f"{text}. The scheme of {_t(load.table('assumptions', as_of).set_index('assumption')['value']['scheme_capacity'])} of "
        f"magnets a year takes {_t(low)} to {_t(high)} of oxide: the bottleneck moves upstream.",
        answer=True,
    )


def mining(as_of: str | date) -> Sentence:
    """India's share of the world's ore, and its share of the reserves."""
    india, world = (supply.mine_output(as_of, area) for area in ("IND", "world"))
    both = sorted(set(india[india["status"] != "unverified"]["year"]) & set(world["year"]))
    if not both:
        return Sentence(f"No year with both an Indian and a world figure was public yet on {as_of}.")
    year = both[-1]
    ours, total = (t[t["year"] == year].iloc[-1] for t in (india, world))
    reserves = load.series("production", as_of, area="IND", stage="ground", commodity="REO", measure="reserves")[
        "value"
    ]
    ground = f", on reserves of {number(reserves.iloc[-1], 1)} million tonnes" if len(reserves) else ""
    return Sentence(
        f"In {year} India mined {_t(ours['tonnes_reo'])} of rare-earth oxide, {number(ours['tonnes_reo'] / total['tonnes_reo'] * 100, 1)} % "
        f"of the world's {_t(total['tonnes_reo'])}{ground}."
    )


def forecast(table: pd.DataFrame, known: pd.Series, model: str = "shrunken drift") -> Sentence:
    """The coming years from each starting point, with intervals: the answer of chapter 4."""
    rows = annual.intervals(table)
    rows = rows[rows["model"] == model]
    what = {"customs": "of magnets (HS 850511)", "repm": "of rare-earth magnets"}[table["target"].iloc[0]]
    paths = {scenario: _near_and_far(path) for scenario, path in rows.groupby("scenario")}
    recorded = f"the {_t(known.iloc[-1])} recorded for {known.index[-1]}"
    if "run-rate" not in paths:
        return Sentence(
            f"From {recorded}, India will import {paths['as recorded'].replace(' t (', f' t {what} (', 1)}.",
            answer=True,
        )
    return Sentence(
        f"At its rate since April 2025, India will import {paths['run-rate'].replace(' t (', f' t {what} (', 1)}. "
        f"Growth from {recorded} would give {paths['as recorded']}.",
        answer=True,
    )


def second_half_needed(table: pd.DataFrame, as_of: str | date) -> Sentence:
    """What the rest of the year would have to bring for the forecast from the recorded total to come true."""
    rows = annual.intervals(table)
    first = rows[(rows["scenario"] == "as recorded") & (rows["model"] == "shrunken drift")].iloc[0]
    part = annual.part_year(as_of, table["target"].iloc[0], table["origin"].iloc[0])
    if part is None:
        return Sentence(
            f"No part of {first['period']} was public yet on {as_of}: nothing speaks against the recorded total so far."
        )
    rest = first["median"] - part["value"]
    return Sentence(
        f"{part.name} brought {_t(part['value'])}. For the {_t(first['median'], -2)} that the recorded total implies, the rest of "
        f"{first['period']} would have to bring {_t(rest, -2)}, {number(rest / part['value'], 1)} times as much: the run-rate is the "
        "better start."
    )


def coverage(as_of: str | date) -> Sentence:
    """How often such intervals held on other series, since this one is too short to be tested."""
    rows = load.table("assumptions", as_of)
    rows = rows[rows["assumption"] == "interval_coverage"].set_index("segment")["value"]
    shares = {nominal: rows[rows.index.str.endswith(f"nominal {nominal} %")] for nominal in (80, 95)}
    text = " and ".join(
        f"{nominal} % intervals held {number(s.min())} to {number(s.max())} % of the outturns"
        for nominal, s in shares.items()
    )
    return Sentence(
        f"Too short to be tested on itself. On the yearly series of three forecasting competitions with only three points known, "
        f"{text}, by collection (source B1)."
    )


def _near_and_far(path: pd.DataFrame) -> str:
    ends = path.iloc[[min(1, len(path) - 1), -1]].drop_duplicates("period")
    return " and ".join(f"{_t(row['median'], -2)} ({_between80(row)}) in {row['period']}" for _, row in ends.iterrows())


def _t(value: float, decimals: int = 0) -> str:
    return f"{number(round(value, decimals) if decimals < 0 else value)} t"


def _between(row: pd.Series) -> str:
    return f"{number(row['low'])} to {number(row['high'])}"


def _between80(row: pd.Series) -> str:
    return f"80 % interval {number(round(row['low80'], -2))} to {number(round(row['high80'], -2))}"


def _signed(fraction: float) -> str:
    return f"{'+' if fraction > 0 else ''}{number(fraction * 100)} %"
