"""Figures of chapter 1: what customs recorded."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, PAPER, RED, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, Sentence, sentence
from helpers.data import derived, number

BEHIND = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.5}
"""A patch of paper behind a label, so that no rule strikes it."""


@once_public
def monthly_rates(rates: pd.DataFrame, *, india) -> Figure:
    """Tonnes a month in each known period, the highest marked: :func:`helpers.outlook.customs.periods`."""
    peak = rates["t_per_month"].idxmax()
    drawing, (ax,) = canvas("tonnes a month")
    before, above = pd.Timestamp.min, True
    for period, row in rates.iterrows():
        rate, colour = row["t_per_month"], RED if period == peak else MUTED
        ax.hlines(rate, row["start"], row["end"], color=colour, linewidth=4, zorder=4)
        if row["months"] > 1 or period == peak:
            name = f"{words.period(period)}\n" if period == peak or row["months"] == 12 else ""
            middle = row["start"] + (row["end"] - row["start"]) / 2
            near = before > middle - pd.DateOffset(months=12)  # labels of neighbours go to the two sides of their bars
            above, before = period == peak or not (near and above), middle
            style = {"ha": "center", "va": "bottom" if above else "top", "color": colour, "bbox": BEHIND}
            label(ax, f"{name}{number(rate)}", (middle, rate), dx=0, dy=6 if above else -6, **style)
    ax.set_ylim(0, rates["t_per_month"].max() * 1.25)
    shown = rates.assign(tonnes_a_month=rates["t_per_month"]).drop(columns="t_per_month")
    note = "Gaps were not found in print."
    return finish(drawing, _peak_title(rates, peak), _peak_alt(rates, peak), shown, india=india, note=note)


@once_public
def line_split(lines: pd.DataFrame, *, india, year: str) -> Figure:
    """A year's weight and value by Indian tariff line: :func:`helpers.outlook.customs.lines`."""
    drawing, (ax,) = canvas(f"share of HS 850511 in {year}, per cent", height=3.0, horizontal=True)
    bars = {"Value": ("value_share", "usd_m", "m USD"), "Weight": ("weight_share", "tonnes", "t")}
    for place, (share, amount, unit) in enumerate(bars.values()):
        left = 0.0
        for (name, row), colour in zip(lines.iterrows(), (GOLD, BLUE), strict=True):
            width = row[share] * 100
            ax.barh(place, width, left=left, color=colour, height=0.36)
            text = f"{name.split(maxsplit=1)[1]}, {number(row[amount])} {unit}"
            first = left == 0
            at = (left if first else 100, place + 0.22)
            label(ax, text, at, dx=0, dy=2, ha="left" if first else "right", va="bottom", color=INK, fontsize=9)
            left += width
    ax.set_yticks(range(len(bars)), bars)
    ax.set_ylim(-0.4, 1.6)
    ax.set_xlim(0, 100)
    ax.grid(False)
    ferrite, metal = lines.iloc[0], lines.iloc[1]
    title = sentence(
        "{share} of the weight is a line that India calls ferrite cores, at {price:.2}",
        share=_percent(ferrite, "weight_share"),
        price=derived(ferrite["usd_per_kg"], "USD/kg", ferrite),
    )
    alt = sentence(
        "Two stacked bars. Of the weight, line {first} has {a} and line {second} {b}; of the value, {c} and {d} in "
        "the same order.", first=lines.index[0], second=lines.index[1],
        a=_percent(ferrite, "weight_share"), b=_percent(metal, "weight_share"),
        c=_percent(ferrite, "value_share"), d=_percent(metal, "value_share"),
    )  # fmt: skip
    return finish(drawing, title, alt, lines, india=india, note="Ferrite is the remainder.")


def _peak_title(rates: pd.DataFrame, peak: str) -> Sentence:
    others = rates.drop(index=peak)
    top = derived(rates.loc[peak, "t_per_month"], "t", rates.loc[peak])
    if others.empty:
        return sentence("Only {peak} is known, at {top} a month", peak=words.named(peak), top=top)
    second = others["t_per_month"].idxmax()
    beside = derived(others.loc[second, "t_per_month"], "t", others.loc[second])
    if words.steadiness(beside.value, top.value) == "steady":
        return sentence(
            "No known period stands out: {peak} ran at {top} a month, {second} at {beside}",
            peak=words.named(peak), top=top, second=words.named(second), beside=beside,
        )  # fmt: skip
    times = derived(top.value / beside.value, "", rates)
    return sentence("{peak} ran at {times:.1} times the next busiest known period", peak=words.named(peak), times=times)


def _peak_alt(rates: pd.DataFrame, peak: str) -> Sentence:
    top = derived(rates.loc[peak, "t_per_month"], "t", rates.loc[peak])
    text = (
        "Horizontal bars over time, one for each known period from {first} on. The busiest is {peak} at {top} a month"
    )
    parts = {"first": words.named(rates.index[0]), "peak": words.named(peak), "top": top}
    others = rates["t_per_month"].drop(peak)
    if others.empty:
        return sentence(f"{text}.", **parts)
    lie = derived(others.mean(), "t", rates, low=others.min(), high=others.max())
    return sentence(f"{text}; the others lie at {{lie:range}}.", lie=lie, **parts)


def _percent(row: pd.Series, column: str):
    return derived(row[column] * 100, "%", row)
