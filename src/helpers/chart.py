"""One function a figure: a table in, a drawing out, its title the finding, its alternative text beside it.

Drawn for paper and screen alike: direct labels instead of legends, grey for context, one colour for the
finding. The page replaces :data:`INK`, :data:`MUTED`, :data:`RULE` and :data:`PAPER` by its own colours,
so that a figure follows the reader's light or dark setting.
"""

import io
import textwrap
from functools import wraps

import matplotlib
import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.show import Figure, Sentence, number

INK, MUTED, RULE, PAPER = "#1d1d1f", "#6b6b70", "#d9d9de", "#fffffe"
BLUE, RED, GOLD = "#2b6cb0", "#c2410c", "#a16207"
UNCERTAIN = ("unverified", "weak", "estimate", "inference")


def _once_public(draw):
    """Say that the figures were not yet public, where there is nothing to draw."""

    @wraps(draw)
    def drawn(table: pd.DataFrame, *args, as_of: str, **options):
        if table.empty:
            return Sentence(f"What this figure shows was not yet public on {as_of}.")
        return draw(table, *args, as_of=as_of, **options)

    return drawn


@_once_public
def monthly_rates(rates: pd.DataFrame, *, as_of: str) -> Figure:
    """Tonnes a month in each known period, the highest marked: ``trade.rates``."""
    peak = rates["t_per_month"].idxmax()
    others = rates.drop(peak)
    fig, ax = _canvas("tonnes a month")
    for period, row in rates.iterrows():
        colour = RED if period == peak else MUTED
        ax.hlines(row["t_per_month"], row["start"], row["end"], color=colour, linewidth=4)
        if row["months"] > 1:
            named = period == peak or row["months"] == 12
            label = (f"{_period_text(period)}\n" if named else "") + number(row["t_per_month"])
            middle = row["start"] + (row["end"] - row["start"]) / 2
            ax.annotate(label, (middle, row["t_per_month"]), xytext=(0, 6), textcoords="offset points", ha="center", color=colour)
    ax.set_ylim(0, rates["t_per_month"].max() * 1.18)
    ratio = rates.loc[peak, "t_per_month"] / others["t_per_month"].max()
    title = f"{_period_text(peak)} ran at {number(ratio, 1)} times the next busiest known period"
    alt = (f"Horizontal bars over time, one for each known period from {_period_text(rates.index[0])} on. All lie between "
           f"{number(others['t_per_month'].min())} and {number(others['t_per_month'].max())} tonnes a month, except "
           f"{_period_text(peak)} at {number(rates.loc[peak, 't_per_month'])}.")
    return _finish(fig, ax, title, alt, rates, as_of, "Reuters, Mint, Indian Express; gaps are not public")


@_once_public
def line_split(lines: pd.DataFrame, *, as_of: str) -> Figure:
    """FY25's weight and value by Indian tariff line: ``trade.lines``."""
    fig, ax = _canvas("share of HS 850511 in FY25, per cent", height=2.7)
    bars = {"Value": "value_share", "Weight": "weight_share"}
    for place, (label, column) in enumerate(bars.items()):
        left = 0.0
        for (name, row), colour in zip(lines.iterrows(), (GOLD, BLUE), strict=True):
            share = row[column] * 100
            ax.barh(place, share, left=left, color=colour, height=0.62)
            amount = f"{number(row['tonnes'])} t" if label == "Weight" else f"{number(row['usd_m'])} m USD"
            ax.text(left + share / 2, place, f"{name.split(maxsplit=1)[1]}\n{amount}", ha="center", va="center", color="white", fontsize=9)
            left += share
    ax.set_yticks(range(len(bars)), bars)
    ax.set_xlim(0, 100)
    ax.grid(False)
    ferrite = lines.iloc[0]
    title = (f"{number(ferrite['weight_share'] * 100)} % of the weight is a line that India calls ferrite cores, "
             f"at {number(ferrite['usd_per_kg'], 2)} USD/kg")
    alt = ("Two stacked bars. By weight " + ", ".join(f"{n} hold {number(r['weight_share'] * 100)} %" for n, r in lines.iterrows())
           + "; by value " + ", ".join(f"{number(r['value_share'] * 100)} %" for _, r in lines.iterrows()) + ".")
    return _finish(fig, ax, title, alt, lines, as_of, "ministry reply of 1 August 2025, Ananta Centre, Reuters; ferrite is the remainder")


@_once_public
def scope_ladder(scopes: pd.DataFrame, *, as_of: str) -> Figure:
    """What is called magnet imports, from wide to narrow, on a log axis: ``trade.scopes``."""
    fig, ax = _canvas("tonnes a year, log scale", height=0.6 + 0.58 * len(scopes))
    for place, (_, row) in enumerate(scopes.iloc[::-1].iterrows()):
        low, high = row["low"] if pd.notna(row["low"]) else row["tonnes"], row["high"] if pd.notna(row["high"]) else row["tonnes"]
        middle = row["tonnes"] if pd.notna(row["tonnes"]) else np.sqrt(low * high)
        sure = row["status"] not in UNCERTAIN
        ax.hlines(place, low, high, color=BLUE, linewidth=3)
        ax.plot(middle, place, "o", color=BLUE, markerfacecolor=BLUE if sure else PAPER, markersize=8)
        text = number(row["tonnes"]) if pd.notna(row["tonnes"]) else f"{number(low)} to {number(high)}"
        ax.annotate(f"{text} t", (max(high, middle), place), xytext=(9, 0), textcoords="offset points", va="center", color=INK)
    ax.set_xscale("log")
    ax.set_xlim(scopes[["tonnes", "low"]].min(axis=None) / 2, scopes["tonnes"].max() * 4)
    ax.set_ylim(-0.6, len(scopes) - 0.4)
    ax.set_yticks(range(len(scopes)), [_wrap(f"{name} ({row['period']})") for name, row in scopes.iloc[::-1].iterrows()])
    widest, narrowest = scopes.iloc[0], scopes.iloc[-1]
    title = f"One word, {number(widest['tonnes'] / narrowest['tonnes'])} times apart: what “magnet imports” can mean"
    alt = "Dots on a logarithmic axis, from the widest scope to the narrowest: " + "; ".join(
        f"{name} {number(row['tonnes']) if pd.notna(row['tonnes']) else number(row['low']) + ' to ' + number(row['high'])} tonnes"
        for name, row in scopes.iterrows()) + "."
    return _finish(fig, ax, title, alt, scopes, as_of, "Reuters, Ananta Centre, scheme document, Chinese customs via Reuters, CRISIL; hollow: inferred")


@_once_public
def mine_output(editions: pd.DataFrame, *, as_of: str) -> Figure:
    """India's mine output of rare-earth oxide by edition: ``supply.mine_output``."""
    fig, ax = _canvas("tonnes of rare-earth oxide a year", height=3.2)
    current = editions[~editions["revised"]]
    for status, rows in current.groupby(current["status"] == "unverified"):
        ax.plot(rows["year"], rows["tonnes_reo"], "o", color=BLUE, markerfacecolor=PAPER if status else BLUE, markersize=7)
    revised = editions[editions["revised"]]
    ax.plot(revised["year"], revised["tonnes_reo"], "x", color=MUTED, markersize=7)
    for row in revised.itertuples():
        ax.annotate("earlier edition", (row.year, row.tonnes_reo), xytext=(8, 0), textcoords="offset points", va="center", color=MUTED)
    ax.set_ylim(0, editions["tonnes_reo"].max() * 1.25)
    every = current[current["status"] != "unverified"]
    sourced = every.iloc[-1]
    title = (f"India mines about {number(sourced['tonnes_reo'])} t of rare-earth oxide a year: every sourced year since "
             f"{every['year'].min()} lies between {number(every['tonnes_reo'].min())} and {number(every['tonnes_reo'].max())}")
    alt = (f"Dots by year, {current['year'].min()} to {current['year'].max()}, between {number(current['tonnes_reo'].min())} and "
           f"{number(current['tonnes_reo'].max())} tonnes; the last sourced one, {sourced['year']}, is {number(sourced['tonnes_reo'])}. "
           "Hollow dots are recalled values without an opened source.")
    return _finish(fig, ax, title, alt, editions, as_of, "US Geological Survey editions; hollow: unverified; cross: superseded")


@_once_public
def oxide_need(need: pd.DataFrame, *, as_of: str) -> Figure:
    """Oxide for the magnet scheme beside the neodymium made, planned and aimed at: ``supply.scheme_need``."""
    fig, ax = _canvas("tonnes of oxide a year", height=0.6 + 0.36 * len(need))
    for place, (name, row) in enumerate(need.iloc[::-1].iterrows()):
        scheme, sure = name.startswith("Scheme"), "unverified" not in row["basis"]
        colour = RED if scheme else BLUE
        ax.barh(place, row["tonnes_reo"], color=colour if sure else PAPER, edgecolor=colour, linewidth=1.5, height=0.6)
        ax.annotate(number(row["tonnes_reo"]), (row["tonnes_reo"], place), xytext=(5, 0), textcoords="offset points", va="center", color=INK)
    ax.set_yticks(range(len(need)), need.index[::-1])
    ax.set_xlim(0, need["tonnes_reo"].max() * 1.12)
    scheme, target = need["tonnes_reo"].iloc[0], need.filter(like="target", axis=0)["tonnes_reo"]
    title = f"The magnet scheme takes {number(scheme / target.iloc[0], 1)} times the neodymium that India aims at, before any loss"
    alt = "Horizontal bars: " + "; ".join(f"{name} {number(value)} tonnes" for name, value in need["tonnes_reo"].items()) + "."
    return _finish(fig, ax, title, alt, need, as_of, "gazette, Reuters, Business Standard, Heim & Vander Wal 2023; outlined: unverified yield")


@_once_public
def fan(intervals: pd.DataFrame, known: pd.Series, *, as_of: str, model: str = "shrunken drift") -> Figure:
    """Both starting points of a forecast as fans beside each other, with the totals known: ``annual.intervals``."""
    shown = intervals[intervals["model"] == model]
    scenarios = list(dict.fromkeys(shown["scenario"]))
    fig, axes = _canvas("thousand tonnes a fiscal year", panels=len(scenarios), height=3.9)
    years = known.index.map(fiscal.centre)
    top = max(shown["median"].max() * 1.9, known.max() * 1.2) / 1000
    for ax, scenario in zip(axes, scenarios, strict=True):
        rows = shown[shown["scenario"] == scenario]
        at = rows["period"].map(fiscal.centre)
        ax.fill_between(at, rows["low95"] / 1000, (rows["high95"] / 1000).clip(upper=top), color=BLUE, alpha=0.13, linewidth=0)
        ax.fill_between(at, rows["low80"] / 1000, (rows["high80"] / 1000).clip(upper=top), color=BLUE, alpha=0.25, linewidth=0)
        ax.plot(at, rows["median"] / 1000, color=BLUE, linewidth=2)
        used = slice(None) if "recorded" in scenario else slice(None, -1)
        ax.plot(years, known / 1000, "o", color=INK, markerfacecolor=PAPER, markersize=5)
        ax.plot(years[used], known[used] / 1000, "o", color=INK, markersize=5)
        ax.set_title(f"from the {'total ' if 'recorded' in scenario else ''}{scenario}", loc="left", color=MUTED, fontsize=10)
        last = rows.iloc[-1]
        ax.annotate(f"{number(last['median'] / 1000)}", (at.iloc[-1], last["median"] / 1000), xytext=(4, 0), textcoords="offset points", va="center", color=BLUE)
        ax.set_ylim(0, top)
        ticks = np.arange(int(years.min()), int(at.max()) + 1, 2 if len(at) < 6 else 4)
        ax.set_xticks(ticks, [fiscal.year_name(int(t)) for t in ticks])
    end = shown[shown["horizon"] == shown["horizon"].max()].set_index("scenario")
    period = end["period"].iloc[0]
    title = f"Where the forecast starts matters more than how it grows: {period} from " + " or ".join(
        f"{number(end.loc[s, 'median'] / 1000)}" for s in scenarios) + " thousand tonnes"
    if len(scenarios) == 1:
        title = f"From {number(known.iloc[-1])} t the median reaches {number(end['median'].iloc[0] / 1000)} thousand tonnes in {period}"
    alt = "Fan charts with medians and shaded 80 and 95 per cent intervals. " + " ".join(
        f"From the {'total ' if 'recorded' in s else ''}{s}, {period} has the median {number(end.loc[s, 'median'])} tonnes and the 80 per cent interval "
        f"{number(end.loc[s, 'low80'])} to {number(end.loc[s, 'high80'])}." for s in scenarios)
    return _finish(fig, axes[0], title, alt, shown, as_of, "data/trade.csv. Dots: published totals, hollow if left out; shading: 80 % and 95 % prediction intervals, cut at the top")


def _canvas(unit: str, panels: int = 1, height: float = 3.6):
    import seaborn as sns
    from matplotlib.figure import Figure as Canvas

    style = sns.axes_style("whitegrid") | {
        "axes.edgecolor": RULE, "grid.color": RULE, "text.color": INK, "axes.labelcolor": MUTED, "xtick.color": MUTED, "ytick.color": INK,
        "axes.facecolor": PAPER, "figure.facecolor": PAPER, "font.size": 10, "axes.labelsize": 10, "xtick.bottom": True, "grid.linewidth": 0.6,
    }
    with matplotlib.rc_context(style):
        canvas = Canvas(figsize=(7.4, height), layout="constrained")
        axes = np.atleast_1d(canvas.subplots(1, panels, sharey=True))
    sns.despine(canvas, left=True)
    horizontal = unit.startswith(("share", "tonnes a year", "tonnes of oxide"))
    for ax in axes:
        ax.grid(visible=False, axis="y" if horizontal else "x")
        (ax.set_xlabel if horizontal else ax.set_ylabel)(unit if ax is axes[0] else "")
    return canvas, axes if panels > 1 else axes[0]


def _finish(fig, ax, title: str, alt: str, data: pd.DataFrame, as_of: str, source: str) -> Figure:
    fig.supxlabel(_wrap(f"Source: {source}. As of {as_of}.", 100), x=0.0, ha="left", fontsize=8, color=MUTED)
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):
        buffer = io.StringIO()
        fig.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    return Figure(svg[svg.index("<svg") :], title, alt, data)


def _period_text(period: str) -> str:
    first, _, last = period.partition("/")
    if not last and len(first) != 7:
        return period
    start, end = pd.Period(first, "M"), pd.Period(last or first, "M")
    if start == end:
        return start.strftime("%B %Y")
    return f"{start.strftime('%B')}–{end.strftime('%B %Y')}" if start.year == end.year else f"{start.strftime('%B %Y')}–{end.strftime('%B %Y')}"


def _wrap(text: str, width: int = 34) -> str:
    return "\n".join(textwrap.wrap(text, width))
