"""Figures of chapter 4: the forecast."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, PAPER, RED, canvas, finish, label, once_public, wrap
from helpers.chapters.forecast import tables
from helpers.chapters.forecast.captions import fan_note, fan_words, newest, readings_title, spelt, trial_words
from helpers.chapters.outputs import Figure, joined, number, sentence
from helpers.data import ASSUMED, Quantity, Vintage, ids
from helpers.outlook import episodes, forecast, targets
from helpers.outlook.episodes import suspect

_STARTS = (forecast.MIXTURE, forecast.LEVEL, forecast.RECORDED)


@once_public
def fan(intervals: pd.DataFrame, theirs: pd.DataFrame | None = None, *, india: Vintage) -> Figure:
    """The mixture first, then each starting point, as fans over the known totals, on one scale.

    ``intervals`` is ``forecast.intervals``; ``theirs`` are outlooks of others on the same scope, drawn on the mixture.
    """
    target = intervals["target"].iloc[0]
    shown = forecast.leading(intervals)
    scenarios = [name for name in _STARTS if name in set(shown["scenario"])]
    shown = shown[shown["scenario"].isin(scenarios)]
    known = targets.totals(india, target)
    points = _their_points(theirs, known, shown)
    top = _top(shown, known, episodes.level(india, target), points)
    drawing, axes = canvas("thousand tonnes a fiscal year", panels=len(scenarios), height=3.9)
    named = tables.names(india, target)
    for ax, scenario in zip(axes, scenarios, strict=True):
        _bands(ax, shown[shown["scenario"] == scenario], top)
        _known(ax, known, india, target, square=scenario != forecast.RECORDED)
        ax.set_title(wrap(named[scenario], 30), loc="left", color=MUTED, fontsize=9)
        ax.set_ylim(0, top / 1000)
        _years(ax, [*known.index.map(fiscal.centre), *shown["period"].map(fiscal.centre)])
    _diamonds(axes[0], points, top)
    title, alt = fan_words(shown, scenarios, points, india)
    data = pd.concat([_named(shown, named), _marks(known, points, india, target)], ignore_index=True)
    uses = [forecast.used(india, target, scenario) for scenario in scenarios]
    note = fan_note(shown, known, top, india, target)
    return finish(drawing, title, alt, data, india=india, note=note, uses=uses)


@once_public
def readings(intervals: pd.DataFrame, *, india: Vintage) -> Figure:
    """The year that runs and the last one under every scenario: medians with both intervals, the mixture last."""
    target, shown = intervals["target"].iloc[0], forecast.leading(intervals)
    periods = list(dict.fromkeys([forecast.running(shown, india), shown["period"].iloc[-1]]))
    named = tables.names(india, target)
    scenarios = [name for name in shown["scenario"].unique() if name != forecast.MIXTURE] + [forecast.MIXTURE]
    drawing, axes = canvas("thousand tonnes", panels=len(periods), height=3.8, horizontal=True)
    for ax, period in zip(axes, periods, strict=True):
        one = shown[shown["period"] == period].set_index("scenario").loc[scenarios]
        _ranges(ax, one[["median", "low80", "high80", "low95", "high95"]] / 1000, scenarios)
        ax.set_title(period, loc="left", color=MUTED, fontsize=10)
        ax.set_xlim(0, one[["median", "high80"]].max(axis=None) / 1000 * 1.1)
    axes[0].set_yticks(range(len(scenarios)), [wrap(named[name], 24) for name in scenarios], fontsize=8)
    axes[0].set_ylim(len(scenarios) - 0.5, -0.9)
    wanted = shown[shown["period"].isin(periods)]
    uses = forecast.used(india, target)
    title = readings_title(shown[shown["period"] == periods[0]], named, uses)
    alt = joined(
        sentence("Medians with 80 % and 95 % intervals of every scenario."),
        *(spelt(row, named[row["scenario"]], uses) for _, row in wanted.iterrows()),
    )
    note = "Thick: 80 % interval, thin: 95 %, cut at the right."
    return finish(drawing, title, alt, _named(wanted, named), india=india, note=note, uses=[uses])


@once_public
def real_time(tried: pd.DataFrame, *, india: Vintage) -> Figure:
    """Forecasts made on earlier days beside what came, a panel an outturn and day (``realtime.real_time``)."""
    panels = [key for key, _ in tried.groupby(["period", "as_of"], sort=False)]
    names = [name for name in dict.fromkeys(tried["scenario"]) if name != forecast.MIXTURE] + [forecast.MIXTURE]
    drawing, axes = canvas("thousand tonnes", panels=len(panels), height=3.9, horizontal=True)
    for ax, (period, day) in zip(axes, panels, strict=True):
        one = tried[(tried["period"] == period) & (tried["as_of"] == day)].set_index("scenario")
        ax.axvline(one["outturn"].iloc[0] / 1000, color=RED, linewidth=1.2)
        _ranges(ax, one[["median", "low80", "high80"]] / 1000, names, small=len(panels) > 3)
        named = wrap(words.period(period), 12) if len(panels) > 3 else words.period(period)
        ax.set_title(f"{named}\non {day}", loc="left", color=MUTED, fontsize=8)
        ax.set_xlim(0, tried.loc[tried["period"] == period, "high80"].max() / 1000 * 1.02)
        ax.locator_params(axis="x", nbins=4 if len(panels) < 4 else 2)
    axes[0].set_yticks(range(len(names)), [wrap(tables.trial_name(name), 18) for name in names], fontsize=8)
    axes[0].set_ylim(len(names) - 0.5, -0.9)
    title, alt = trial_words(tried)
    note = "Each as of the earlier day; lines: 80 % intervals; upright line: what came."
    return finish(drawing, title, alt, tables.real_time(tried, india), india=india, note=note)


def _bands(ax, path: pd.DataFrame, top: float) -> None:
    """Median and both intervals of one scenario."""
    at = path["period"].map(fiscal.centre)
    for low, high, alpha in (("low95", "high95", 0.13), ("low80", "high80", 0.25)):
        ax.fill_between(at, path[low] / 1000, path[high].clip(upper=top) / 1000, color=BLUE, alpha=alpha, linewidth=0)
    ax.plot(at, path["median"] / 1000, color=BLUE, linewidth=2)
    if len(path) == 1:  # a band of one year has no width
        for low, high, width, alpha in (("low95", "high95", 1, 0.6), ("low80", "high80", 4, 0.4)):
            ax.vlines(at, path[low] / 1000, path[high] / 1000, color=BLUE, linewidth=width, alpha=alpha)
        ax.plot(at, path["median"] / 1000, "o", color=BLUE, markersize=5)
    end = path["median"].iloc[-1]
    label(ax, _thousands(end), (at.iloc[-1], end / 1000), dx=-2, dy=8, ha="right", color=BLUE, fontsize=9)


def _known(ax, known: pd.DataFrame, india: Vintage, target: str, square: bool) -> None:
    """Totals as dots, hollow if suspect, a cross if assumed; the part of a year since as a square."""
    episode, level = suspect(india, target), episodes.level(india, target)
    for period, row in known.iterrows():
        hollow, assumed = episode is not None and period == episode.year, row["status"] == ASSUMED
        style = {"color": RED if assumed else INK, "markerfacecolor": PAPER if hollow else None, "markersize": 5}
        ax.plot(fiscal.centre(period), row["value"] / 1000, "X" if assumed else "o", zorder=4, **style)
    if square and level.period not in known.index:
        ax.plot(fiscal.centre(level.period), level.value / 1000, "s", color=INK, markersize=5, zorder=4)


def _top(shown: pd.DataFrame, known: pd.DataFrame, level: Quantity, points: pd.DataFrame) -> float:
    """The upper end of the scale: what is known or said, every median, and the mixture's 80 % interval."""
    mixed = shown[shown["scenario"] == forecast.MIXTURE]
    said = [known["value"].max(), level.value, shown["median"].max(), points["value"].max()]
    return max(1.15 * max(value for value in said if not pd.isna(value)), 1.03 * mixed["high80"].max())


def _their_points(theirs: pd.DataFrame | None, known: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Outlooks of others from the last known total on, up to the last year drawn, oldest first."""
    if theirs is None or theirs.empty:
        return pd.DataFrame(columns=["publisher", "period", "value", "source"]).astype({"value": float})
    at = theirs["period"].map(fiscal.centre)
    first, last = known.index.map(fiscal.centre).max(), shown["period"].map(fiscal.centre).max()
    return theirs[(at > first) & (at <= last + 1)].assign(at=at).sort_values("at")


def _diamonds(ax, points: pd.DataFrame, top: float) -> None:
    """Outlooks of others with their publishers' names, none over another."""
    for row in points.itertuples():
        ax.plot(row.at, row.value / 1000, "D", color=GOLD, markersize=4, zorder=5)
    at, lines = -np.inf, 1
    for row in newest(points).sort_values("value").itertuples():
        name = wrap(row.publisher, 24)
        at = max(row.value, at + 0.035 * top * (lines + name.count("\n") + 1))
        lines = name.count("\n") + 1
        label(ax, name, (row.at, at / 1000), dx=-6, ha="right", color=GOLD, fontsize=8)


def _marks(known: pd.DataFrame, points: pd.DataFrame, india: Vintage, target: str) -> pd.DataFrame:
    """What is drawn beside the fans, with its sources, as rows of the figure's data."""
    level = episodes.level(india, target)
    kind = {"reported": "published total", "estimate": "estimated total", ASSUMED: "assumed total"}
    rows = [(kind.get(r["status"], f"{r['status']} total"), p, r["value"], r["source"]) for p, r in known.iterrows()]
    if level.period not in known.index:
        rows.append(("at its yearly rate", words.period(level.period), level.value, ids(level)))
    rows += [(row.publisher, row.period, row.value, row.source) for row in points.itertuples()]
    return pd.DataFrame(rows, columns=["what", "period", "known or said, t", "source"])


def _named(rows: pd.DataFrame, named: dict[str, str]) -> pd.DataFrame:
    """Intervals with heads and scenarios in words."""
    shown = rows.assign(what=rows["scenario"].map(named))
    return shown[["what", "period", *tables.HEADS]].rename(columns=tables.HEADS)


def _ranges(ax, rows: pd.DataFrame, names: list[str], small: bool = False) -> None:
    """One line a scenario: median, thick 80 % and, where there is one, thin 95 % interval."""
    for place, name in enumerate(names):
        if name not in rows.index:
            continue
        row, colour = rows.loc[name], BLUE if name == forecast.MIXTURE else MUTED
        if "low95" in row:
            ax.plot([row["low95"], row["high95"]], [place, place], color=colour, linewidth=1, alpha=0.6)
        ax.plot(
            [row["low80"], row["high80"]], [place, place], color=colour, linewidth=4, alpha=0.4, solid_capstyle="butt"
        )
        ax.plot(row["median"], place, "o", color=colour, markersize=5)
        if not small or name == forecast.MIXTURE:
            box = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}
            at, text = (row["median"], place), number(row["median"], 1)
            label(ax, text, at, dx=0, dy=9, ha="center", fontsize=8, color=colour, bbox=box, zorder=6)


def _years(ax, at: list[float]) -> None:
    first, last = int(min(at)), int(max(at))
    ticks = np.arange(last, first - 1, -max(1, -(-(last - first) // 3)))
    ax.set_xticks(ticks, [fiscal.year_name(int(tick)) for tick in ticks])


def _thousands(value: float) -> str:
    return number(value / 1000, 1)
