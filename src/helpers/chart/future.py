"""Figures of chapter 4: the forecast."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chart.canvas import BLUE, INK, MUTED, PAPER, canvas, finish, label, once_public
from helpers.show import Figure, number


@once_public
def fan(intervals: pd.DataFrame, known: pd.Series, *, as_of: str, model: str = "shrunken drift") -> Figure:
    """Both starting points of a forecast as fans beside each other, with the totals known: ``annual.intervals``."""
    shown = intervals[intervals["model"] == model]
    scenarios = list(dict.fromkeys(shown["scenario"]))
    drawing, axes = canvas("thousand tonnes a fiscal year", panels=len(scenarios), height=3.9)
    top = max(shown["median"].max() * 1.9, known.max() * 1.2)
    for ax, scenario in zip(axes, scenarios, strict=True):
        _one_fan(ax, shown[shown["scenario"] == scenario], known, top, left_out=scenario == "run-rate")
        ax.set_title(f"from {_start(scenario)}", loc="left", color=MUTED, fontsize=10)
    end = shown[shown["horizon"] == shown["horizon"].max()].set_index("scenario")
    period, ends = end["period"].iloc[0], " or ".join(number(end.loc[s, "median"] / 1000) for s in scenarios)
    title = f"Where the forecast starts matters more than how it grows: {ends} thousand tonnes in {period}"
    if len(scenarios) == 1:
        title = f"From {number(known.iloc[-1])} t the median reaches {ends} thousand tonnes in {period}"
    spans = " ".join(
        f"From {_start(s)}, {period} has the median {number(end.loc[s, 'median'])} tonnes and the 80 per cent interval "
        f"{number(end.loc[s, 'low80'])} to {number(end.loc[s, 'high80'])}."
        for s in scenarios
    )
    alt = f"Fan charts with medians and shaded 80 and 95 per cent intervals. {spans}"
    source = (
        "data/trade.csv. Dots: published totals, hollow if left out; shading: 80 % and 95 % intervals, cut at the top"
    )
    return finish(drawing, title, alt, shown, as_of=as_of, source=source)


def _one_fan(ax, path: pd.DataFrame, known: pd.Series, top: float, left_out: bool) -> None:
    at, years = path["period"].map(fiscal.centre), known.index.map(fiscal.centre)
    for low, high, alpha in (("low95", "high95", 0.13), ("low80", "high80", 0.25)):
        upper = path[high].clip(upper=top)
        ax.fill_between(at, path[low] / 1000, upper / 1000, color=BLUE, alpha=alpha, linewidth=0)
    ax.plot(at, path["median"] / 1000, color=BLUE, linewidth=2)
    ax.plot(years, known / 1000, "o", color=INK, markerfacecolor=PAPER, markersize=5)
    used = slice(None, -1 if left_out else None)
    ax.plot(years[used], known.iloc[used] / 1000, "o", color=INK, markersize=5)
    label(ax, number(path["median"].iloc[-1] / 1000), (at.iloc[-1], path["median"].iloc[-1] / 1000), dx=4, color=BLUE)
    ax.set_ylim(0, top / 1000)
    ticks = np.arange(int(years.min()), int(at.max()) + 1, 2 if len(at) < 6 else 4)
    ax.set_xticks(ticks, [fiscal.year_name(int(tick)) for tick in ticks])


def _start(scenario: str) -> str:
    return {"as recorded": "the total as recorded", "run-rate": "the run-rate"}[scenario]
