"""Sentences of chapter 2: what India's own rare earth can make."""

import pandas as pd

from helpers.chapters.outputs import Sentence, number
from helpers.chapters.words import tonnes
from helpers.data import Vintage
from helpers.outlook import supply


def oxide(india: Vintage) -> Sentence:
    """Whether Indian neodymium can carry the magnet scheme: the answer of chapter 2."""
    need, neodymium = supply.scheme_need(india), supply.neodymium(india)
    if neodymium.empty:
        return Sentence(f"No figure on Indian neodymium was public yet on {india.day}.", answer=True)
    target = neodymium[neodymium["kind"] == "target"].iloc[0]
    text = (
        f"India aims at {tonnes(target['tonnes'])} of neodymium in {target['period']} (source {target['source']}), enough for at most "
        f"{tonnes(supply.magnets_from(target['tonnes'], india))} of magnets before machining loss"
    )
    made = neodymium[neodymium["kind"] == "made"]
    if len(made):
        text += f"; about {tonnes(made['tonnes'].iloc[-1])} were made in {made['period'].iloc[-1]}"
    if need.empty:
        return Sentence(f"{text}. The magnet scheme was not yet public on {india.day}.", answer=True)
    low, high = need["tonnes_reo"].iloc[0], need["tonnes_reo"].iloc[1]
    return Sentence(
        f"{text}. The scheme of {tonnes(india.assumption('scheme_capacity')['value'].iloc[0])} of "
        f"magnets a year takes {tonnes(low)} to {tonnes(high)} of oxide: the bottleneck moves upstream.",
        answer=True,
    )


def mining(india: Vintage) -> Sentence:
    """India's share of the world's ore, and its share of the reserves."""
    india, world = (supply.mine_output(india, area) for area in ("IND", "world"))
    both = sorted(set(india[india["status"] != "unverified"]["year"]) & set(world["year"]))
    if not both:
        return Sentence(f"No year with both an Indian and a world figure was public yet on {india.day}.")
    year = both[-1]
    ours, total = (t[t["year"] == year].iloc[-1] for t in (india, world))
    reserves = india.series("production", area="IND", stage="ground", commodity="REO", measure="reserves")[
        "value"
    ]
    ground = f", on reserves of {number(reserves.iloc[-1], 1)} million tonnes" if len(reserves) else ""
    return Sentence(
        f"In {year} India mined {tonnes(ours['tonnes_reo'])} of rare-earth oxide, {number(ours['tonnes_reo'] / total['tonnes_reo'] * 100, 1)} % "
        f"of the world's {tonnes(total['tonnes_reo'])}{ground}."
    )


def cover(table: pd.DataFrame, india: Vintage) -> Sentence:
    """How far Indian neodymium goes against Indian use of rare-earth magnets: ``supply.cover``."""
    if table.empty:
        return Sentence(f"No outlook for the use of rare-earth magnets was public yet on {india.day}.")
    last = table[table["period"] == table["period"].max()].set_index("path")["share"] * 100
    first = table[table["period"] == table["period"].min()].set_index("path")["share"] * 100
    parts = [
        f"{path}, at most {number(first[path])} % of the use in {table['period'].min()} and {number(last[path])} % in {table['period'].max()}"
        for path in last.index
    ]
    return Sentence(
        f"With neodymium {'; '.join(parts)}. Use grows as fast as the target does, and the share hardly moves."
    )


def japan(india: Vintage) -> Sentence:
    """What stopping exports to Japan frees, marked as resting on an unverified share."""
    freed = supply.freed_by_stopping_exports(india)
    if freed is None:
        return Sentence(
            f"What stopping exports to Japan would free could not be computed from what was public on {india.day}."
        )
    return Sentence(
        f"Stopping exports to Japan would free more than {tonnes(freed['oxide'])} of rare earth a year. If {number(freed['ndpr'] / freed['oxide'] * 100)} % of it is neodymium and praseodymium, "
        f"which is recalled and not verified, that is {tonnes(freed['ndpr'])} of oxide, for at most {tonnes(freed['magnets'])} of magnets."
    )


def revisions(india: Vintage) -> Sentence:
    """How far later editions moved a year's mine output."""
    moved = []
    for area, name in (("world", "the world"), ("IND", "India")):
        editions = supply.mine_output(india, area)
        editions = editions[editions["status"] != "unverified"]
        first, last = (editions.groupby("year")["tonnes_reo"].agg(which) for which in ("first", "last"))
        change = (last / first - 1)[editions.groupby("year").size() > 1]
        moved += [f"{name}'s {year} by {number(value * 100)} %" for year, value in change.items()]
    if not moved:
        return Sentence(f"No year with two editions was public yet on {india.day}.")
    return Sentence(f"Later editions moved {', '.join(moved)}: a figure without its edition is not one figure.")
