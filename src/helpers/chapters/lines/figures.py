"""A line in three figures: both counts by year and what comes next, who supplies, what a kilogram was worth."""

import numpy as np
import pandas as pd

from helpers.chapters.canvas import BLUE, GOLD, MUTED, RED, RULE, by_tens, canvas, finish, label
from helpers.chapters.lines import sentences
from helpers.chapters.lines import view as seen
from helpers.chapters.lines.view import View
from helpers.chapters.outputs import Figure, Sentence, sentence
from helpers.data import derived, number
from helpers.screen.findings import QUANTITY


def counts(view: View) -> Figure:
    """Weight and value by year, by both counts; the value with its forecast."""
    table, ahead = view.years, seen.ahead(view)
    drawing, axes = canvas("", panels=2, height=3.4)
    x, later = (np.array([int(year) for year in of.index]) for of in (table, ahead))
    titles = {"t": "Weight, tonnes, log scale", "usd_m": "Value, million USD, log scale"}
    for ax, (unit, title) in zip(axes, titles.items(), strict=True):
        ax.plot(x, table[f"their_{unit}"].where(lambda of: of > 0), "o-", color=GOLD, markersize=4, linewidth=1)
        ax.plot(x, table[f"own_{unit}"].where(lambda of: of > 0), "o-", color=BLUE, markersize=4, linewidth=1.5)
        by_tens(ax.yaxis)
        ax.set_title(title, loc="left", color=MUTED, fontsize=10)
        ax.tick_params(axis="y", labelleft=True)
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.xaxis.set_major_formatter("{x:.0f}")
    if len(ahead):
        axes[1].fill_between(later, ahead["low"], ahead["high"], color=BLUE, alpha=0.15, linewidth=0)
        axes[1].plot(later, ahead["middle"], "--", color=BLUE, linewidth=1)
    label(axes[0], "own count", (x[-1], view.newest["own_t"]), dx=-4, dy=9, ha="right", color=BLUE, fontsize=9)
    first, last = table.index[[0, -1]]
    text = "Two panels, weight and value of HS {hs} by calendar year from {first} to {last}, by the importer's own"
    tail = "count and by the exporters', on logarithmic axes."
    alt = sentence(text, tail, hs=view.hs, first=first, last=last, uses=[table])
    note = "Blue: the importer's own count, dashed and shaded its forecast with 80 %; brown: what exporters count."
    return finish(drawing, sentences.counts(view), alt, table, india=view, note=note, uses=[ahead])


def suppliers(view: View) -> Figure | Sentence:
    table = seen.suppliers(view).head(8)
    if table.empty:
        return sentences.concentration(view)
    drawing, (ax,) = canvas("share of the value, %", height=0.9 + 0.3 * len(table), horizontal=True)
    rows = table[::-1]
    ax.barh(range(len(rows)), rows["share"], color=[RULE] * (len(rows) - 1) + [BLUE], height=0.7)
    for place, share in enumerate(rows["share"]):
        label(ax, number(share, 1), (share, place), dx=4, fontsize=9)
    ax.set_yticks(range(len(rows)), rows.index)
    ax.set_xlim(0, rows["share"].max() * 1.15)
    text = "Bars of the largest suppliers of HS {hs} in {year} by value; the longest is {first} with {share:.1}."
    parts = {"hs": view.hs, "year": view.newest.name, "first": str(table.index[0])}
    alt = sentence(text, share=derived(table["share"].iloc[0], "%", table), **parts)
    return finish(drawing, sentences.concentration(view), alt, table, india=view)


def worth(view: View) -> Figure | Sentence:
    """What a kilogram was worth, an entry a dot; entries whose weight is off are red."""
    rows = _entries(view)
    rows = rows[rows["weight is off"] | rows["partner"].isin(seen.suppliers(view).index[:_FIRST])]
    if rows.empty:
        return sentence("What a kilogram was worth cannot be drawn: no weights are known.", uses=[view.years])
    drawing, (ax,) = canvas("USD per kg, log scale", height=3.4)
    for off, color, size in ((False, MUTED, 2), (True, RED, 6)):
        some = rows[rows["weight is off"] == off]
        ax.plot(some["time"], some["USD per kg"], "o", color=color, markersize=size, alpha=1 if off else 0.4)
    by_tens(ax.yaxis)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.xaxis.set_major_formatter("{x:.0f}")
    n, off = (derived(count, "", view.years) for count in (len(rows), rows["weight is off"].sum()))
    title = sentence("Of {n} entries the weight of {off} is off by a factor", n=n, off=off)
    text = "A dot for each of {n} entries of HS {hs}, a country in a period, at what a kilogram of it was worth, on a"
    alt = sentence(text, "logarithmic axis; entries whose weight is off are red.", n=n, hs=view.hs)
    note, data = "The ten largest suppliers of the newest year, and what is red.", rows.drop(columns="time").tail(_MOST)
    return finish(drawing, title, alt, data, india=view, uses=[view.years], note=note)


def _entries(view: View) -> pd.DataFrame:
    """Entries of the importer's own count with a weight; which of them a finding names."""
    rows = view.rows[(view.rows["flow"] == "import") & (view.rows["reporter"] == view.home)]
    rows = rows[(rows["partner"] != "world") & (rows["weight"] > 0) & (rows["value"] > 0)]
    found = view.found["findings"]
    found = found[(found["how"] == QUANTITY) & found["hs"].isin(set(rows["hs"]))]
    off = pd.Series(False, rows.index)
    for one in found.itertuples():
        when = rows["period"].str[: len(one.start)]
        off |= (rows["hs"] == one.hs) & (rows["partner"] == one.partner) & (when >= one.start) & (when <= one.end)
    month = pd.to_numeric(rows["period"].str[5:7], errors="coerce").fillna(_MIDDLE)
    table = rows[["hs", "partner", "period", "source"]].rename(columns={"hs": "line"})
    price = rows["value"] / rows["weight"] * 1000
    time = rows["period"].str[:4].astype(int) + (month - 0.5) / 12
    return table.assign(**{"USD per kg": price, "weight is off": off, "time": time})


_MIDDLE = 6.5
_FIRST = 10
_MOST = 500  # entries whose data a figure offers: the newest
