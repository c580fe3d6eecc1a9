"""Figures of chapter 4: the forecast."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import tips, words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, PAPER, RED, canvas, finish, label, once_public, wrap
from helpers.chapters.forecast import tables
from helpers.chapters.forecast.captions import fan_note, fan_words, newest, readings_title, spelt, trial_words
from helpers.chapters.forecast.phrases import ends
from helpers.chapters.outputs import Figure, Sentence, joined
from helpers.chapters.rows import headed
from helpers.data import ASSUMED, Vintage, number
from helpers.outlook import forecast, targets
from helpers.outlook.episodes import suspect

SURE = 3  # digits of a forecast that its paths support
_NAMED = 3  # parts of years that are named in the fan: the newest
_LEFT = 0.5  # the part of the fan, from the left, in which an outlook has its name to its right
_HIGH = 1.2  # times the newest rate above which a part of a year has its name above it, else below


@once_public
def fan(intervals: pd.DataFrame, theirs: pd.DataFrame | None = None, *, india: Vintage) -> Figure:
    """The mixture as a fan over what is known, with the median from each starting point alone.

    ``intervals`` is ``forecast.intervals``; ``theirs`` are outlooks of others on the same scope.
    """
    target = intervals["target"].iloc[0]
    shown = forecast.leading(intervals)
    scenarios = [name for name in tables.STARTS if name in set(shown["scenario"])]
    shown, named = shown[shown["scenario"].isin(scenarios)], tables.names(india, target)
    known, rates = targets.totals(india, target), tables.rates(india, target)
    points = _their_points(theirs, known, shown)
    top = _top(shown, rates, points)
    drawing, (ax,) = canvas("thousand tonnes a fiscal year", height=4.4)
    ax.set_ylim(0, top / 1000)
    _bands(ax, shown[shown["scenario"] == forecast.MIXTURE], top)
    _starts(ax, shown, scenarios)
    _known(ax, known, rates, india, target)
    _years(ax, [*known.index.map(fiscal.centre), *shown["period"].map(fiscal.centre)])
    _diamonds(ax, points)
    title, alt = fan_words(shown, scenarios, points, india)
    data = pd.concat([_named(shown, named), _marks(known, rates, points)], ignore_index=True)
    uses = [forecast.used(india, target, scenario) for scenario in scenarios]
    note = fan_note(shown, known, top, india, target)
    sure = dict.fromkeys(tables.HEADS.values(), SURE)
    return finish(drawing, title, alt, data, india=india, note=note, uses=uses, digits=sure)


@once_public
def readings(intervals: pd.DataFrame, *, india: Vintage) -> Figure:
    """The year that runs and the last one under every scenario: medians with both intervals, the mixture last."""
    target, shown = intervals["target"].iloc[0], forecast.leading(intervals)
    periods, named = ends(shown, india), tables.names(india, target)
    scenarios = [name for name in shown["scenario"].unique() if name != forecast.MIXTURE] + [forecast.MIXTURE]
    drawing, axes = canvas("thousand tonnes", panels=len(periods), height=3.8, horizontal=True)
    for ax, period in zip(axes, periods, strict=True):
        one = shown[shown["period"] == period].set_index("scenario").loc[scenarios]
        _ranges(ax, one[["median", "low80", "high80", "low95", "high95"]] / 1000, scenarios)
        ax.set_title(period, loc="left", color=MUTED, fontsize=10)
        ax.set_xlim(0, one[["median", "high80"]].max(axis=None) / 1000 * 1.1)
    _name_rows(axes[0], [wrap(named[name], 24) for name in scenarios])
    wanted, uses = shown[shown["period"].isin(periods)], forecast.used(india, target)
    title = readings_title(shown[shown["period"] == periods[0]], named, uses)
    opening = Sentence("Medians with 80 % and 95 % intervals of every scenario.")
    alt = joined(opening, *(spelt(row, named[row["scenario"]], uses) for _, row in wanted.iterrows()))
    note = "Thick: 80 % interval, thin: 95 %, cut at the right."
    return finish(drawing, title, alt, _named(wanted, named), india=india, note=note, uses=[uses], digits=SURE)


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
    _name_rows(axes[0], [wrap(tables.trial_name(name), 18) for name in names])
    title, alt = trial_words(tried)
    note = "Each as of the earlier day; lines: 80 % intervals; upright line: what came."
    sure = dict.fromkeys(tables.HEADS.values(), SURE)
    return finish(drawing, title, alt, tables.real_time(tried), india=india, note=note, digits=sure)


def _bands(ax, path: pd.DataFrame, top: float) -> None:
    """Median and both intervals of one scenario."""
    at = path["period"].map(fiscal.centre)
    for low, high, alpha in (("low95", "high95", 0.13), ("low80", "high80", 0.25)):
        ax.fill_between(at, path[low] / 1000, path[high].clip(upper=top) / 1000, color=BLUE, alpha=alpha, linewidth=0)
    last = f"the forecast, {path['period'].iloc[-1]}: {_thousands(path['median'].iloc[-1])} thousand tonnes"
    tips.tell(ax.plot(at, path["median"] / 1000, color=BLUE, linewidth=2), [last])
    if len(path) == 1:  # a band of one year has no width
        for low, high, width, alpha in (("low95", "high95", 1, 0.6), ("low80", "high80", 4, 0.4)):
            ax.vlines(at, path[low] / 1000, path[high] / 1000, color=BLUE, linewidth=width, alpha=alpha)
        ax.plot(at, path["median"] / 1000, "o", color=BLUE, markersize=5)


def _starts(ax, shown: pd.DataFrame, scenarios: list[str]) -> None:
    """The end of every median by name, and the medians of the starting points, dashed."""
    last = shown.groupby("scenario")["median"].last().loc[scenarios].sort_values()
    for name, end in last.items():
        path, mixed = shown[shown["scenario"] == name], name == forecast.MIXTURE
        colour, x = BLUE if mixed else MUTED, path["period"].map(fiscal.centre)
        if not mixed:
            ax.plot(x, path["median"] / 1000, "--" if len(path) > 1 else "_", color=colour, linewidth=1.2)
        text = f"{_thousands(end)} {wrap(tables.trial_name(name), 12)}"
        label(ax, text, (x.iloc[-1], end / 1000), color=colour, fontsize=8)


def _known(ax, known: pd.DataFrame, rates: pd.DataFrame, india: Vintage, target: str) -> None:
    """Totals as dots, hollow if suspect, a cross if assumed; parts of years as steps at their yearly rate, by name."""
    episode = suspect(india, target)
    for period, row in known.iterrows():
        hollow, assumed = episode is not None and period == episode.year, row["status"] == ASSUMED
        style = {"color": RED if assumed else INK, "markerfacecolor": PAPER if hollow else None, "markersize": 5}
        dot = ax.plot(fiscal.centre(period), row["value"] / 1000, "X" if assumed else "o", zorder=4, **style)
        tips.tell(dot, [f"{period}: {number(row['value'])} t"])
    parts = rates[~rates.index.isin(known.index)]
    for period, rate in parts["rate"].items():
        half, at = len(fiscal.months(period)) / 24, fiscal.centre(period)
        step = ax.hlines(rate / 1000, at - half, at + half, color=INK, linewidth=3, zorder=4)
        tips.tell(step, [f"{words.period(period)}: {number(rate)} t a year, its rate"])
    texts = {p: f"{words.period(p)}: {_thousands(rate)}" for p, rate in parts["rate"].tail(_NAMED).items()}
    for period in [p for p in texts if parts.loc[p, "rate"] > _HIGH * parts["rate"].iloc[-1]]:
        at = fiscal.centre(period), parts.loc[period, "rate"] / 1000
        label(ax, texts.pop(period), at, dx=0, dy=9, ha="center", fontsize=8)
    if texts:
        at = fiscal.centre(next(iter(texts))), parts.loc[[*texts], "rate"].min() / 1000
        label(ax, "\n".join(texts.values()), at, dx=0, dy=-8, va="top", fontsize=8)


def _top(shown: pd.DataFrame, rates: pd.DataFrame, points: pd.DataFrame) -> float:
    """The upper end of the scale: what is known or said, every median, and the mixture's 80 % interval."""
    mixed = shown[shown["scenario"] == forecast.MIXTURE]
    said = [rates["rate"].max(), shown["median"].max(), points["value"].max()]
    return max(1.15 * max(value for value in said if not pd.isna(value)), 1.03 * mixed["high80"].max())


def _their_points(theirs: pd.DataFrame | None, known: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Outlooks of others from the last known total on, up to the last year drawn, oldest first."""
    if theirs is None or theirs.empty:
        return pd.DataFrame(columns=["publisher", "period", "value", "source"]).astype({"value": float})
    at = theirs["period"].map(fiscal.centre)
    first, last = known.index.map(fiscal.centre).max(), shown["period"].map(fiscal.centre).max()
    return theirs.assign(at=at)[(at > first) & (at <= last + 1)].sort_values("at")


def _diamonds(ax, points: pd.DataFrame) -> None:
    """Outlooks of others with their publishers' names, none over another."""
    for row in points.itertuples():
        said = f"{row.publisher}, {row.period}: {number(row.value)} t"
        tips.tell(ax.plot(row.at, row.value / 1000, "D", color=GOLD, markersize=4, zorder=5), [said])
    for row in newest(points).sort_values("value").itertuples():
        first, last = ax.get_xlim()
        side = {"dx": 6, "ha": "left"} if row.at < first + _LEFT * (last - first) else {"dx": -6, "ha": "right"}
        label(ax, wrap(row.publisher, 24), (row.at, row.value / 1000), color=GOLD, fontsize=8, **side)


def _marks(known: pd.DataFrame, rates: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """What is drawn beside the fan, with its sources, as rows of the figure's data."""
    kind = {"reported": "published total", "estimate": "estimated total", ASSUMED: "assumed total"}
    rows = [(kind.get(r["status"], f"{r['status']} total"), p, r["value"], r["source"]) for p, r in known.iterrows()]
    parts = rates[~rates.index.isin(known.index)]
    rows += [("at its yearly rate", words.period(p), r["rate"], r["source"]) for p, r in parts.iterrows()]
    rows += [(row.publisher, row.period, row.value, row.source) for row in points.itertuples()]
    return pd.DataFrame(rows, columns=["what", "period", "known or said, t", "source"])


def _named(rows: pd.DataFrame, named: dict[str, str]) -> pd.DataFrame:
    heads = {"what": "what", "period": "period"} | tables.HEADS
    return headed(rows.assign(what=rows["scenario"].map(named)), heads)


def _ranges(ax, rows: pd.DataFrame, names: list[str], small: bool = False) -> None:
    """One line a scenario: median, thick 80 % and, where there is one, thin 95 % interval."""
    for place, name in enumerate(names):
        if name not in rows.index:
            continue
        row, colour = rows.loc[name], BLUE if name == forecast.MIXTURE else MUTED
        if "low95" in row:
            ax.plot([row["low95"], row["high95"]], [place, place], color=colour, linewidth=1, alpha=0.6)
        ends, look = [row["low80"], row["high80"]], {"linewidth": 4, "alpha": 0.4, "solid_capstyle": "butt"}
        ax.plot(ends, [place, place], color=colour, **look)
        ax.plot(row["median"], place, "o", color=colour, markersize=5)
        if not small or name == forecast.MIXTURE:
            box = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}
            style = {"ha": "center", "fontsize": 8, "color": colour, "bbox": box, "zorder": 6}
            label(ax, number(row["median"], 1), (row["median"], place), dx=0, dy=9, **style)


def _name_rows(ax, names: list[str]) -> None:
    ax.set_yticks(range(len(names)), names, fontsize=8)
    ax.set_ylim(len(names) - 0.5, -0.9)


def _years(ax, at: list[float]) -> None:
    first, last = int(min(at)), int(max(at))
    ticks = np.arange(last, first - 1, -max(1, -(-(last - first) // 6)))[::-1]
    ax.set_xticks(ticks, [fiscal.year_name(int(tick)) for tick in ticks])


def _thousands(value: float) -> str:
    return number(value / 1000, 1)
