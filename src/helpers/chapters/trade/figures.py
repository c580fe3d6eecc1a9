"""Figures of chapter 1: what customs recorded."""

import numpy as np
import pandas as pd

from helpers.chapters.canvas import BLUE, GOLD, MUTED, PAPER, RED, canvas, finish, label, once_public, period_text, wrap
from helpers.chapters.outputs import Figure, number
from helpers.data import Vintage

INFERRED = ("unverified", "weak", "estimate", "inference")


@once_public
def monthly_rates(rates: pd.DataFrame, *, india: Vintage) -> Figure:
    """Tonnes a month in each known period, the highest marked: ``trade.rates``."""
    peak, others = rates["t_per_month"].idxmax(), rates["t_per_month"].sort_values().iloc[:-1]
    drawing, (ax,) = canvas("tonnes a month")
    for period, row in rates.iterrows():
        rate, colour = row["t_per_month"], RED if period == peak else MUTED
        ax.hlines(rate, row["start"], row["end"], color=colour, linewidth=4)
        if row["months"] > 1:
            name = f"{period_text(period)}\n" if period == peak or row["months"] == 12 else ""
            middle = row["start"] + (row["end"] - row["start"]) / 2
            text = f"{name}{number(rate)}"
            label(ax, text, (middle, rate), dx=0, dy=6, ha="center", va="bottom", color=colour)
    ax.set_ylim(0, rates["t_per_month"].max() * 1.18)
    top = rates.loc[peak, "t_per_month"]
    title = f"{period_text(peak)} ran at {number(top / others.max(), 1)} times the next busiest known period"
    alt = (
        f"Horizontal bars over time, one for each known period from {period_text(rates.index[0])} on. All lie between "
        f"{number(others.min())} and {number(others.max())} tonnes a month, except {period_text(peak)} at {number(top)}."
    )
    note = "Gaps were not found in print."
    return finish(drawing, title, alt, rates, india=india, note=note)


@once_public
def line_split(lines: pd.DataFrame, *, india: Vintage) -> Figure:
    """FY25's weight and value by Indian tariff line: ``trade.lines``."""
    drawing, (ax,) = canvas("share of HS 850511 in FY25, per cent", height=2.7, horizontal=True)
    bars = {"Value": ("value_share", "usd_m", "m USD"), "Weight": ("weight_share", "tonnes", "t")}
    for place, (share, amount, unit) in enumerate(bars.values()):
        left = 0.0
        for (name, row), colour in zip(lines.iterrows(), (GOLD, BLUE), strict=True):
            width = row[share] * 100
            ax.barh(place, width, left=left, color=colour, height=0.62)
            text = f"{name.split(maxsplit=1)[1]}\n{number(row[amount])} {unit}"
            ax.text(left + width / 2, place, text, ha="center", va="center", color="white", fontsize=9)
            left += width
    ax.set_yticks(range(len(bars)), bars)
    ax.set_xlim(0, 100)
    ax.grid(False)
    ferrite = lines.iloc[0]
    title = (
        f"{number(ferrite['weight_share'] * 100)} % of the weight is a line that India calls ferrite cores, "
        f"at {number(ferrite['usd_per_kg'], 2)} USD/kg"
    )
    weights = " and ".join(f"{name} {number(row['weight_share'] * 100)} %" for name, row in lines.iterrows())
    values = " and ".join(f"{number(row['value_share'] * 100)} %" for _, row in lines.iterrows())
    alt = f"Two stacked bars. Of the weight, {weights}; of the value, {values} in the same order."
    note = "Ferrite is the remainder."
    return finish(drawing, title, alt, lines, india=india, note=note)


@once_public
def scope_ladder(scopes: pd.DataFrame, *, india: Vintage) -> Figure:
    """What is called magnet imports, from wide to narrow, on a log axis: ``trade.scopes``."""
    drawing, (ax,) = canvas("tonnes a year, log scale", height=0.6 + 0.58 * len(scopes), horizontal=True)
    low, high = scopes["low"].fillna(scopes["tonnes"]), scopes["high"].fillna(scopes["tonnes"])
    middle = scopes["tonnes"].fillna(np.sqrt(low * high))
    said = [number(row["tonnes"]) if pd.notna(row["tonnes"]) else f"{number(row['low'])} to {number(row['high'])}"
            for _, row in scopes.iterrows()]  # fmt: skip
    for place, scope in enumerate(reversed(scopes.index)):
        hollow = scopes.loc[scope, "status"] in INFERRED
        ax.hlines(place, low[scope], high[scope], color=BLUE, linewidth=3)
        ax.plot(middle[scope], place, "o", color=BLUE, markerfacecolor=PAPER if hollow else BLUE, markersize=8)
        label(ax, f"{said[len(scopes) - 1 - place]} t", (max(high[scope], middle[scope]), place), dx=9)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:,g}")
    ax.xaxis.set_minor_formatter("")
    ax.set_xlim(low.min() / 2, high.max() * 4)
    ax.set_ylim(-0.6, len(scopes) - 0.4)
    names = [wrap(f"{scope} ({row['period']})") for scope, row in scopes.iloc[::-1].iterrows()]
    ax.set_yticks(range(len(scopes)), names)
    apart = number(middle.iloc[0] / middle.iloc[-1])
    title = f"One word, {apart} times apart: what “magnet imports” can mean"
    steps = "; ".join(f"{scope} {text} tonnes" for scope, text in zip(scopes.index, said, strict=True))
    alt = f"Dots on a logarithmic axis, from the widest scope to the narrowest: {steps}."
    note = "Hollow: inferred."
    return finish(drawing, title, alt, scopes, india=india, note=note)
