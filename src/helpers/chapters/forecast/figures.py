"""Figures of chapter 4: the forecast."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, PAPER, RED, canvas, finish, label, once_public, wrap
from helpers.chapters.outputs import Figure, number
from helpers.data import Vintage

_PANELS = {
    "as recorded": "from the total as recorded",
    "run-rate": "from the run-rate",
    "mixture": "mixture, weighted",
}


@once_public
def fan(intervals: pd.DataFrame, known: pd.Series, outlooks: pd.DataFrame | None = None, *, india: Vintage) -> Figure:
    """The starting points of a forecast and their mixture as fans beside each other, with the totals known.

    ``intervals`` is ``annual.intervals``; ``outlooks`` are those of others on the same scope, drawn on the mixture.
    """
    shown = intervals[intervals["scenario"].isin(_PANELS) & (intervals["model"] != "naive")]
    scenarios = [name for name in _PANELS if name in set(shown["scenario"])]
    drawing, axes = canvas("thousand tonnes a fiscal year", panels=len(scenarios), height=3.9)
    top = max(shown["median"].max() * 1.9, known.max() * 1.2)
    for ax, scenario in zip(axes, scenarios, strict=True):
        _one_fan(ax, shown[shown["scenario"] == scenario], known, top, left_out=scenario == "run-rate")
        ax.set_title(_PANELS[scenario], loc="left", color=MUTED, fontsize=10)
    theirs = _their_points(axes[-1], outlooks, shown["period"].map(fiscal.centre).max())
    end = shown[shown["horizon"] == shown["horizon"].max()].set_index("scenario").loc[scenarios]
    ends = [_thousands(value) for value in end["median"]]
    period, several = end["period"].iloc[0], f"{', '.join(ends[:-1])} or {ends[-1]}"
    title = f"Where the forecast starts matters: {several} thousand tonnes in {period}"
    if "licences open" in set(intervals["scenario"]):
        title = f"With licences as assumed, {ends[-1]} thousand tonnes in {period} instead of {ends[0]}"
    spans = " ".join(
        f"{_PANELS[name].capitalize()}, {period} has the median {number(row['median'])} tonnes and the 80 per cent interval "
        f"{number(row['low80'])} to {number(row['high80'])}."
        for name, row in end.iterrows()
    )
    alt = f"Fan charts with medians and shaded 80 and 95 per cent intervals. {spans}{theirs}"
    note = "Dots: published totals, hollow if left out; shading: 80 % and 95 % intervals, cut at the top."
    return finish(drawing, title, alt, shown, india=india, note=note)


@once_public
def readings(intervals: pd.DataFrame, *, india: Vintage) -> Figure:
    """Two years under every scenario: medians with both intervals, the mixture last (``annual.intervals``)."""
    shown = intervals[intervals["model"] != "naive"]
    horizons = sorted({min(2, shown["horizon"].max()), shown["horizon"].max()})
    scenarios = [name for name in shown["scenario"].unique() if name != "mixture"] + ["mixture"]
    drawing, axes = canvas("thousand tonnes", panels=len(horizons), height=3.8, horizontal=True)
    for ax, horizon in zip(axes, horizons, strict=True):
        one = (
            shown[shown["horizon"] == horizon]
            .set_index("scenario")
            .loc[scenarios][["median", "low80", "high80", "low95", "high95"]]
            / 1000
        )
        _ranges(ax, one, ["mixture"])
        ax.set_title(shown.loc[shown["horizon"] == horizon, "period"].iloc[0], loc="left", color=MUTED, fontsize=10)
        ax.set_xlim(0, one["high80"].max() * 1.5)
    axes[0].set_yticks(range(len(scenarios)), [wrap(name, 18) for name in scenarios])
    axes[0].set_ylim(len(scenarios) - 0.5, -0.9)
    near = shown[(shown["horizon"] == horizons[0]) & (shown["scenario"] != "mixture")]
    least, most = near.loc[near["median"].idxmin()], near.loc[near["median"].idxmax()]
    title = (
        f"For {least['period']} the medians run from {_thousands(least['median'])} ({least['scenario']}) "
        f"to {_thousands(most['median'])} thousand tonnes ({most['scenario']})"
    )
    alt = "Medians with 80 and 95 per cent intervals for each scenario. " + " ".join(
        f"{row['scenario'].capitalize()}, {row['period']}: {number(row['median'])} tonnes, {number(row['low80'])} to {number(row['high80'])}."
        for _, row in shown[shown["horizon"].isin(horizons)].iterrows()
    )
    note = "Thick: 80 % interval, thin: 95 %, cut at the right."
    return finish(drawing, title, alt, shown[shown["horizon"].isin(horizons)], india=india, note=note)


@once_public
def real_time(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """Forecasts of April to September 2025 made on earlier days beside what was reported (``trial.real_time``)."""
    days, outturn = table["as_of"].unique(), table["outturn"].iloc[0]
    names = list(dict.fromkeys(table["scenario"]))
    drawing, axes = canvas("thousand tonnes in April to September 2025", panels=len(days), height=3.8, horizontal=True)
    for ax, day in zip(axes, days, strict=True):
        one = table[table["as_of"] == day].set_index("scenario").loc[names, ["median", "low80", "high80"]] / 1000
        _ranges(ax, one, ["mixture"])
        ax.axvline(outturn / 1000, color=RED, linewidth=1.2)
        ax.set_title(f"as of {day}", loc="left", color=MUTED, fontsize=10)
        ax.set_xlim(0, table["high80"].max() / 1000 * 1.02)
    label(axes[0], f"reported: {number(outturn)} t", (outturn / 1000, -0.95), dx=3, color=RED, fontsize=9)
    axes[0].set_yticks(range(len(names)), [wrap(name, 18) for name in names])
    axes[0].set_ylim(len(names) - 0.5, -1.3)
    first = table[table["as_of"] == days[0]].set_index("scenario")["median"]
    title = (
        f"On {days[0]} the mixture said {_thousands(first['mixture'])}, growth from the recorded total "
        f"{_thousands(first['as recorded'])} thousand tonnes; {_thousands(outturn)} came"
    )
    alt = f"Medians with 80 per cent intervals beside the {number(outturn)} tonnes reported. " + " ".join(
        f"{row['scenario'].capitalize()} on {row['india']}: {number(row['median'])}, {number(row['low80'])} to {number(row['high80'])}."
        for _, row in table.iterrows()
    )
    note = "Each as of the earlier day; lines: 80 % intervals."
    return finish(drawing, title, alt, table, india=india, note=note)


def _one_fan(ax, path: pd.DataFrame, known: pd.Series, top: float, left_out: bool) -> None:
    at, years = path["period"].map(fiscal.centre), known.index.map(fiscal.centre)
    for low, high, alpha in (("low95", "high95", 0.13), ("low80", "high80", 0.25)):
        upper = path[high].clip(upper=top)
        ax.fill_between(at, path[low] / 1000, upper / 1000, color=BLUE, alpha=alpha, linewidth=0)
    ax.plot(at, path["median"] / 1000, color=BLUE, linewidth=2)
    if len(path) == 1:  # a band of one year has no width
        ax.vlines(at, path["low95"] / 1000, path["high95"] / 1000, color=BLUE, linewidth=1, alpha=0.6)
        ax.vlines(at, path["low80"] / 1000, path["high80"] / 1000, color=BLUE, linewidth=4, alpha=0.4)
        ax.plot(at, path["median"] / 1000, "o", color=BLUE, markersize=5)
    ax.plot(years, known / 1000, "o", color=INK, markerfacecolor=PAPER, markersize=5)
    used = slice(None, -1 if left_out else None)
    ax.plot(years[used], known.iloc[used] / 1000, "o", color=INK, markersize=5)
    end = path["median"].iloc[-1]
    label(ax, _thousands(end), (at.iloc[-1], end / 1000), dx=4, color=BLUE)
    ax.set_ylim(0, top / 1000)
    first, last = int(min(years.min(), at.min())), int(at.max())
    ticks = np.arange(last, first - 1, -max(1, -(-(last - first) // 3)))
    ax.set_xticks(ticks, [fiscal.year_name(int(tick)) for tick in ticks])


def _their_points(ax, outlooks, last: float) -> str:
    """Outlooks of others as diamonds with the publisher's name; what to add to the alternative text."""
    if outlooks is None or outlooks.empty:
        return ""
    drawn = outlooks[outlooks["period"].map(fiscal.centre) <= last + 1]
    for row in drawn.itertuples():
        ax.plot(fiscal.centre(row.period), row.value / 1000, "D", color=GOLD, markersize=4)
    far = drawn.sort_values("value").groupby("publisher").tail(1)
    for row in far.itertuples():
        label(
            ax, row.publisher, (fiscal.centre(row.period), row.value / 1000), dx=-5, ha="right", color=GOLD, fontsize=8
        )
    said = " ".join(f"{row.publisher} expects {number(row.value)} tonnes in {row.period}." for row in far.itertuples())
    return f" Diamonds are outlooks of others. {said}"


def _ranges(ax, rows: pd.DataFrame, marked: list) -> None:
    """One line a row: median, thick 80 % and, where there is one, thin 95 % interval."""
    for place, (name, row) in enumerate(rows.iterrows()):
        colour = BLUE if name in marked else MUTED
        if "low95" in rows:
            ax.plot([row["low95"], row["high95"]], [place, place], color=colour, linewidth=1, alpha=0.6)
        ax.plot(
            [row["low80"], row["high80"]], [place, place], color=colour, linewidth=4, alpha=0.4, solid_capstyle="butt"
        )
        ax.plot(row["median"], place, "o", color=colour, markersize=5)
        label(ax, number(row["median"], 1), (row["median"], place), dx=0, dy=9, ha="center", fontsize=8, color=colour)


def _thousands(value: float) -> str:
    return number(value / 1000, 1)
