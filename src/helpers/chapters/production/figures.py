"""Figures of chapter 2: what India's own rare earth can make."""

import pandas as pd

from helpers.chapters.canvas import BLUE, GOLD, MUTED, PAPER, RED, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, number
from helpers.data import Vintage


@once_public
def mine_output(editions: pd.DataFrame, *, india: Vintage) -> Figure:
    """India's mine output of rare-earth oxide by edition: ``supply.mine_output``."""
    drawing, (ax,) = canvas("tonnes of rare-earth oxide a year", height=3.2)
    current, superseded = editions[~editions["revised"]], editions[editions["revised"]]
    unverified = current["status"] == "unverified"
    for hollow, rows in current.groupby(unverified):
        face = PAPER if hollow else BLUE
        ax.plot(rows["year"], rows["tonnes_reo"], "o", color=BLUE, markerfacecolor=face, markersize=7)
    ax.plot(superseded["year"], superseded["tonnes_reo"], "x", color=MUTED, markersize=7)
    for row in superseded.itertuples():
        label(ax, "earlier edition", (row.year, row.tonnes_reo), dx=8, color=MUTED)
    ax.set_ylim(0, editions["tonnes_reo"].max() * 1.25)
    sourced = current[~unverified]
    last, low, high = sourced.iloc[-1], number(sourced["tonnes_reo"].min()), number(sourced["tonnes_reo"].max())
    title = (
        f"India mines about {number(last['tonnes_reo'])} t of rare-earth oxide a year: every sourced year since "
        f"{sourced['year'].min()} lies between {low} and {high}"
    )
    alt = (
        f"Dots by year from {current['year'].min()} to {current['year'].max()}, all between "
        f"{number(current['tonnes_reo'].min())} and {number(current['tonnes_reo'].max())} tonnes; the last sourced one, "
        f"{last['year']}, is {number(last['tonnes_reo'])}. Hollow dots are recalled values without an opened source."
    )
    note = "Hollow: unverified; cross: superseded."
    return finish(drawing, title, alt, editions, india=india, note=note)


@once_public
def oxide_need(need: pd.DataFrame, *, india: Vintage) -> Figure:
    """Oxide for the magnet scheme beside the neodymium made, planned and aimed at: ``supply.scheme_need``."""
    drawing, (ax,) = canvas("tonnes of oxide a year", height=0.6 + 0.36 * len(need), horizontal=True)
    for place, (name, row) in enumerate(need.iloc[::-1].iterrows()):
        colour = RED if name.startswith("Scheme") else BLUE
        face = PAPER if "unverified" in row["basis"] else colour
        ax.barh(place, row["tonnes_reo"], color=face, edgecolor=colour, linewidth=1.5, height=0.6)
        label(ax, number(row["tonnes_reo"]), (row["tonnes_reo"], place), dx=5)
    ax.set_yticks(range(len(need)), need.index[::-1])
    ax.set_xlim(0, need["tonnes_reo"].max() * 1.12)
    target = need["tonnes_reo"].filter(like="target")
    times = number(need["tonnes_reo"].iloc[0] / target.iloc[0], 1)
    period = target.index[0].split()[2]
    title = f"The magnet scheme takes {times} times the neodymium that India aims at for {period}, before any loss"
    bars = "; ".join(f"{name} {number(value)} tonnes" for name, value in need["tonnes_reo"].items())
    note = "Outlined: unverified yield."
    return finish(drawing, title, f"Horizontal bars: {bars}.", need, india=india, note=note)


@once_public
def funnel(steps: pd.DataFrame, *, india: Vintage) -> Figure:
    """From ore to use in contained oxide, step by step: ``supply.funnel``."""
    drawing, (ax,) = canvas("tonnes of oxide contained, a year", height=0.8 + 0.42 * len(steps), horizontal=True)
    for place, (_, row) in enumerate(steps.iloc[::-1].iterrows()):
        colour = RED if place == 0 else BLUE
        face = PAPER if "unverified" in row["basis"] else colour
        ax.barh(place, row["tonnes_reo"], color=face, edgecolor=colour, linewidth=1.5, height=0.6)
        label(ax, number(row["tonnes_reo"]), (row["tonnes_reo"], place), dx=5)
    ax.set_yticks(range(len(steps)), steps.index[::-1])
    ax.set_xlim(0, steps["tonnes_reo"].max() * 1.1)
    metal, use = steps["tonnes_reo"].iloc[2], steps["tonnes_reo"].iloc[-1]
    title = f"Of the rare earth that India's magnets contain, its own target would supply {number(metal / use * 100)} % as metal, before machining"
    bars = "; ".join(f"{step} {number(value)} tonnes" for step, value in steps["tonnes_reo"].items())
    alt = f"Horizontal bars in contained oxide, from ore to use: {bars}."
    note = "Outlined: unverified yield."
    return finish(drawing, title, alt, steps, india=india, note=note)


@once_public
def cover(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """Magnets that Indian neodymium can make at most, against the use that is expected: ``supply.cover``."""
    drawing, (ax,) = canvas("thousand tonnes a year", height=3.5)
    colours = {"as planned": GOLD, "as aimed at": BLUE}
    for path, rows in table.groupby("path", sort=False):
        at = range(len(rows))
        ax.plot(at, rows["magnets"] / 1000, color=colours[path], linewidth=2.2)
        end = rows["magnets"].iloc[-1] / 1000
        label(ax, f"{number(end, 1)} {path}", (len(rows) - 1, end), dx=6, color=colours[path])
    ax.fill_between(at, rows["use_low"] / 1000, rows["use_high"] / 1000, color=MUTED, alpha=0.3, linewidth=0)
    ax.plot(at, rows["use"] / 1000, color=MUTED, linewidth=1.2)
    label(ax, f"expected use\n{number(rows['use_low'].iloc[-1] / 1000, 1)} to {number(rows['use_high'].iloc[-1] / 1000, 1)}",
          (len(rows) - 1, rows["use"].iloc[-1] / 1000), color=MUTED)  # fmt: skip
    ax.set_xticks(list(at), rows["period"])
    ax.set_xlim(-0.2, len(rows) + 0.15)
    ax.set_ylim(0, table["use_high"].max() / 1000 * 1.1)
    last = table[table["period"] == rows["period"].iloc[-1]].set_index("path")
    best = last.loc[last["share"].idxmax()]
    title = (
        f"Even if the target is met, Indian neodymium makes at most {number(best['share_low'] * 100)} to {number(best['share_high'] * 100)} % "
        f"of the rare-earth magnets that India is expected to use in {best['period']}"
    )
    ends = "; ".join(f"neodymium {path} allows {number(row['magnets'])} tonnes" for path, row in last.iterrows())
    alt = (
        f"Lines from {rows['period'].iloc[0]} to {rows['period'].iloc[-1]}. Expected use rises from {number(rows['use'].iloc[0])} to "
        f"{number(rows['use'].iloc[-1])} tonnes a year; at the end, {ends}."
    )
    note = "Loss in machining left out."
    return finish(drawing, title, alt, table, india=india, note=note)
