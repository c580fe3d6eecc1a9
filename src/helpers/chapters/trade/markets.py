"""Figures of chapter 1: where value went, what China ships, what neodymium costs."""

import pandas as pd

from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, RED, canvas, finish, label, name_dates, once_public, wrap
from helpers.chapters.outputs import Figure, number
from helpers.data import Vintage


@once_public
def volume_mix_price(splits: pd.DataFrame, *, india: Vintage) -> Figure:
    """Bennet's three terms for each split of FY24: ``tariff.volume_mix_price``."""
    drawing, (ax,) = canvas(
        "change in value from FY24 to FY25, million USD", height=0.9 + 0.5 * len(splits), horizontal=True
    )
    metal, ferrite = splits.columns[:2]
    for place, (_, row) in enumerate(splits.iloc[::-1].iterrows()):
        ax.barh(place, row["volume"], color=BLUE, height=0.55)
        ax.barh(place, row["price"], color=RED, height=0.55)
        ax.barh(place, row["mix"], left=min(row["price"], 0), color=GOLD, height=0.55)
        label(
            ax, f"volume {number(row['volume'])}", (row["volume"], place), dx=-5, ha="right", color="white", fontsize=9
        )
        label(
            ax, f"price {number(row['price'])}", (row["price"] / 2, place), dx=0, ha="center", color="white", fontsize=9
        )
        label(
            ax,
            f"mix {number(row['mix'])}",
            (row["price"] + min(row["mix"], 0), place),
            dx=-5,
            ha="right",
            color=GOLD,
            fontsize=9,
        )
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(
        range(len(splits)),
        [f"{number(row[metal], 1)} and {number(row[ferrite], 1)}" for _, row in splits.iloc[::-1].iterrows()],
    )
    ax.set_ylabel("FY24 USD/kg assumed:\n85051190 and 85051110", color=MUTED)
    ax.set_xlim(splits["price"].min() - 70, splits["volume"].max() * 1.05)
    worst, least = number(-splits["price"].min()), number(-splits["price"].max())
    title = f"However FY24 is split, lower prices within the lines took back {least} to {worst} of the {number(splits['volume'].mean())} m USD that volume added"
    rows = "; ".join(
        f"at {number(row[metal], 1)} USD/kg volume {number(row['volume'])}, mix {number(row['mix'])}, price {number(row['price'])}"
        for _, row in splits.iterrows()
    )
    alt = f"Bars for each assumed unit value of line 85051190 in FY24, in million USD: {rows}."
    note = "Bennet decomposition."
    return finish(drawing, title, alt, splits, india=india, note=note)


@once_public
def china_exports(months: pd.DataFrame, controls: pd.DataFrame, *, india: Vintage) -> Figure:
    """China's exports of rare-earth magnets by month, with the days on which its rules changed: ``partners``."""
    shown = months[months["month"] >= "2023-01-01"]
    drawing, (ax,) = canvas("tonnes a month")
    run = (shown["month"].dt.year * 12 + shown["month"].dt.month).diff().ne(1).cumsum()
    for _, stretch in shown.groupby(run):
        ax.plot(stretch["month"], stretch["tonnes"], "-o", color=BLUE, markersize=3.5, linewidth=1.8)
    top = shown["tonnes"].max() * 1.32
    inside = controls[controls["start"].between(shown["month"].min(), shown["month"].max())]
    for row in inside.drop_duplicates("start").iloc[[0, -1]].itertuples():
        ax.axvline(row.start, color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
        words = wrap(f"{row.start:%-d %B %Y}: {row.event.removeprefix('China, ').split(':')[0]}", 20)
        label(ax, words, (row.start, top * 0.985), dx=-4, ha="right", va="top", color=MUTED, fontsize=8.5)
    low = shown.loc[shown["tonnes"].idxmin()]
    label(ax, number(low["tonnes"]), (low["month"], low["tonnes"]), dx=0, dy=-12, ha="center", color=RED)
    ax.set_ylim(0, top)
    name_dates(ax)
    before = shown[shown["month"] < low["month"]]["tonnes"].tail(3).max()
    after = shown[(shown["month"] > low["month"]) & (shown["tonnes"] > before)]
    back = f" and passed the level of that spring again in {after['month'].iloc[0]:%B %Y}" if len(after) else ""
    title = f"China's exports of rare-earth magnets fell to {number(low['tonnes'])} t in {low['month']:%B %Y}{back}"
    others = shown["tonnes"].drop(low.name)
    alt = (
        f"A line with gaps from {shown['month'].min():%B %Y} to {shown['month'].max():%B %Y}, tonnes a month to the whole world. "
        f"The lowest month is {low['month']:%B %Y} with {number(low['tonnes'])}; all others lie between {number(others.min())} and "
        f"{number(others.max())}, the last of them at {number(shown['tonnes'].iloc[-1])}."
    )
    note = "Line 85051110 of China's tariff; gaps were not found in print."
    return finish(drawing, title, alt, shown, india=india, note=note)


@once_public
def neodymium_price(prices: pd.DataFrame, *, india: Vintage) -> Figure:
    """Neodymium by month: ``worth.neodymium`` as a table with one column."""
    drawing, (ax,) = canvas("USD per kg", height=3.0)
    line = prices["usd_per_kg"]
    ax.plot(line.index, line, color=BLUE, linewidth=2)
    last = line.iloc[-1]
    label(ax, number(last), (line.index[-1], last), dx=5, color=BLUE)
    ax.set_ylim(0, line.max() * 1.15)
    name_dates(ax)
    fy25 = line["2024-04":"2025-03"].mean()
    title = f"Neodymium was steady near {number(fy25)} USD/kg through FY25 and has since come to {number(last / fy25, 1)} times that"
    alt = (
        f"A line of monthly means from {line.index[0]:%B %Y} to {line.index[-1]:%B %Y}, rising from {number(line.iloc[0])} to "
        f"{number(last)} US dollars per kilogram, with its highest value {number(line.max())}."
    )
    return finish(
        drawing,
        title,
        alt,
        prices,
        india=india,
        note="Neodymium 99.5 %, FOB China; monthly means of daily quotes.",
    )
