"""Figures of chapter 5: what moves the need for imports, what licences let through, how long stocks last."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import tips, words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, RED, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, joined, sentence
from helpers.chapters.rows import headed
from helpers.chapters.scenarios import closures, sentences, tables
from helpers.data import Vintage, derived, ids
from helpers.outlook import scenario
from helpers.outlook.demand_draws import ENDS
from helpers.outlook.scenario import Balance

SURE = 3  # digits that the draws support


@once_public
def waterfall(rows: pd.DataFrame, made: Mapping[str, Balance], name: str, year: int, *, india: Vintage) -> Figure:
    """The imports needed at the run-rate, what each lever adds or takes, and those in another scenario.

    ``rows`` are ``lever, change, source`` that sum to the difference: ``attribution.difference``.
    """
    start, end = (scenario.at(india, of, "imports", year) for of in (made[tables.RUN_RATE], made[name]))
    rows = rows.assign(change=rows["change"].where(rows["change"].abs() >= 0.5, 0.0))  # no signed nought
    rows = rows.reindex(rows["change"].sort_values(key=lambda of: -of.abs(), kind="stable").index)
    names = [tables.RUN_RATE, *(tables.SHORT[lever] for lever in rows["lever"]), name]
    edges = np.cumsum([start.value, *rows["change"]]) / 1000
    drawing, (ax,) = canvas("thousand tonnes to import a year", height=1.1 + 0.36 * len(names), horizontal=True)
    for place, (tonnes, edge) in enumerate(zip(rows["change"], edges[1:], strict=True), start=1):
        before = edge - tonnes / 1000
        bar = ax.barh(place, tonnes / 1000, left=before, height=0.62, color=BLUE if tonnes < 0 else RED)
        change = f"{derived(float(f'{tonnes:.{SURE}g}'), 't'):signed}"
        tips.tell(bar, [f"{names[place]}: {change}"])
        label(ax, change, (max(before, edge), place), fontsize=9)
    for place, of in ((0, start), (len(names) - 1, end)):
        ax.barh(place, of.value / 1000, height=0.62, color=MUTED)
        ax.plot([of.low / 1000, of.high / 1000], [place, place], color=INK, linewidth=1.5)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(0, 1.15 * max(start.high, end.high, 1000 * edges.max()) / 1000)
    title = sentences.waterfall(rows, start, end, name)
    parts, uses = {"start": start, "year": start.period, "name": name}, [end, rows]
    text = "Two bars of {start} to import in {year}, at the run-rate and in the scenario {name}: no lever moves it."
    if rows["change"].abs().max() >= 1:
        text = "Bars from {start} to import in {year} at the run-rate to {end} in the scenario {name}: {parts}."
        moved = [f"{words.upper(tables.SHORT[row['lever']])} {derived(row['change'], 't', row):signed}"
                 for _, row in rows.iterrows()]  # fmt: skip
        parts |= {"end": end, "parts": "; ".join(moved)}
    alt = sentence(text, uses=uses, **parts)
    data = pd.DataFrame({"Lever": names, "Tonnes": [start.value, *rows["change"], end.value]})
    data["source"] = [ids(start), *rows["source"], ids(end)]
    note = "Each bar: a lever's part, averaged over all orders of moving them; they sum to the difference. Line: 80 %."
    return finish(drawing, title, alt, data, india=india, note=note, digits=SURE)


@once_public
def cover(stop: pd.DataFrame, held: Mapping[float, pd.DataFrame], months: int, *, india: Vintage) -> Figure:
    """How long stocks last, by the length of a closure of China: ``outage.outage``, ``held`` with months more."""
    drawing, (ax,) = canvas("months until stocks are used up", height=3.4)
    length = np.linspace(0, months, 4 * months + 1)
    ax.plot(length, length, "--", color=MUTED, linewidth=1.2)
    label(ax, "the closure", (months, months), color=MUTED, fontsize=9)
    low, high = (np.minimum(length, stop.loc["lasts", end]) for end in ("low", "high"))
    ax.fill_between(length, low, high, color=BLUE, alpha=0.25, linewidth=0)
    rows = [("stocks as held", stop.loc["lasts"])]
    rows += [(f"{more:g} months more", table.loc["lasts"]) for more, table in held.items()]
    for name, row in rows:
        lasts, first = np.minimum(length, row["middle"]), name == "stocks as held"
        ax.plot(length, lasts, color=BLUE if first else GOLD, linewidth=2 if first else 1.6)
        label(ax, name, (months, lasts[-1]), color=BLUE if first else GOLD, fontsize=9)
    ax.set_xlabel("months in which nothing comes from China")
    ax.set_xlim(0, months)
    ax.set_ylim(0, months)
    title, alt = closures.cover(stop, held, months), closures.covers(rows, months)
    heads = {"stocks": "Stocks", "low": "Last, lowest, months", "middle": "Middle, months", "high": "Highest, months"}
    data = headed(pd.DataFrame([{**row, "stocks": name} for name, row in rows]), heads)
    note = "Below the dashed line output is lost. Band: 80 % of the draws."
    return finish(drawing, title, alt, data, india=india, note=note, digits=SURE)


def regimes(panels: Mapping[str, Balance], year: int, *, india: Vintage) -> Figure:
    """What is to be imported and what licences let through, a panel a regime: never mixed into one tail."""
    drawing, axes = canvas("thousand tonnes a year", panels=len(panels), height=3.4)
    frames = []
    for ax, (name, of) in zip(axes, panels.items(), strict=True):
        at = of.years
        need, came = (np.quantile(values, ENDS, axis=0) / 1000 for values in (of.imports, of.allowed))
        ax.fill_between(at, need[0], need[2], color=MUTED, alpha=0.16, linewidth=0)
        ax.fill_between(at, came[0], came[2], color=BLUE, alpha=0.25, linewidth=0)
        ax.plot(at, need[1], color=MUTED, linewidth=1.6)
        ax.plot(at, came[1], color=BLUE, linewidth=2)
        ax.set_title(sentences.REGIMES[name], loc="left", color=MUTED, fontsize=10)
        ax.set_xticks(at[::2], [fiscal.year_name(one) for one in at[::2]])
        columns = {f"{what}, {end}, t": 1000 * row for what, rows in (("Needed", need), ("Let in", came))
                   for end, row in zip(("lowest", "middle", "highest"), rows, strict=True)}  # fmt: skip
        head = {"Licences": sentences.REGIMES[name], "Year": [fiscal.year_name(one) for one in at]}
        frames.append(pd.DataFrame(head | columns).assign(source=scenario.sources(india, of.levers, "shortage")))
    axes[0].set_ylim(0)
    label(axes[-1], "needed", (at[-1], need[1, -1]), dx=4, color=MUTED, fontsize=9)
    label(axes[-1], "let in", (at[-1], came[1, -1]), dx=4, color=BLUE, fontsize=9)
    alt = joined(*(sentences.let_in(name, of, year, india) for name, of in panels.items()))
    note = "Bands: 80 % of the draws, without the sectors that no source gives."
    title = sentences.regimes(panels, year, india)
    return finish(drawing, title, alt, pd.concat(frames), india=india, note=note, first=len(panels) - 1, digits=SURE)
