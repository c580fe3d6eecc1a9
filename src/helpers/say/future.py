"""Sentences of chapter 4: the forecast."""

from datetime import date

import pandas as pd

from helpers import load
from helpers.forecast import annual
from helpers.say.words import tonnes
from helpers.show import Sentence, number


def forecast(table: pd.DataFrame, known: pd.Series, model: str = "shrunken drift") -> Sentence:
    """The coming years from each starting point, with intervals: the answer of chapter 4."""
    rows = annual.intervals(table)
    rows = rows[rows["model"] == model]
    what = {"customs": "of magnets (HS 850511)", "repm": "of rare-earth magnets"}[table["target"].iloc[0]]
    paths = {scenario: _near_and_far(path) for scenario, path in rows.groupby("scenario")}
    recorded = f"the {tonnes(known.iloc[-1])} recorded for {known.index[-1]}"
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
        f"{part.name} brought {tonnes(part['value'])}. For the {tonnes(first['median'], -2)} that the recorded total implies, the rest of "
        f"{first['period']} would have to bring {tonnes(rest, -2)}, {number(rest / part['value'], 1)} times as much: the run-rate is the "
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
    return " and ".join(
        f"{tonnes(row['median'], -2)} ({_between80(row)}) in {row['period']}" for _, row in ends.iterrows()
    )


def _between80(row: pd.Series) -> str:
    return f"80 % interval {number(round(row['low80'], -2))} to {number(round(row['high80'], -2))}"
