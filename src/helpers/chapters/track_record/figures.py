"""Figures of the track record."""

import numpy as np
import pandas as pd

from helpers.chapters import words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, PAPER, RED, RULE, canvas, finish, label, once_public, wrap
from helpers.chapters.outputs import Figure, sentence
from helpers.chapters.track_record import sentences, tables, verdicts
from helpers.data import Vintage, derived
from helpers.outlook import track

PANELS = 2  # targets whose calibration is drawn: those with most outturns


@once_public
def path(rows: pd.DataFrame, came: pd.DataFrame, *, india: Vintage) -> Figure:
    """What each vintage said of one period (``track.of_period``), with its interval, and what came."""
    period, target = rows["period"].iloc[0], rows["target"].iloc[0]
    drawing, (ax,) = canvas("thousand tonnes", height=3.6)
    drawn = ((track.BACKCAST, PAPER, MUTED), (track.PUBLISHED, BLUE, BLUE), (track.NEWEST, RED, RED))
    for kind, face, edge in drawn:
        one = rows[rows["kind"] == kind]
        ax.vlines(one.index, one["low80"] / 1000, one["high80"] / 1000, color=edge, lw=2)
        ax.plot(one.index, one["median"] / 1000, "o", ms=7, color=edge, markerfacecolor=face, zorder=4)
        if len(one):
            at = (one.index[0], one["high80"].iloc[0] / 1000)
            label(ax, verdicts.KIND[kind], at, dx=0, dy=8, ha="center", color=edge, fontsize=9)
    outturn = came[(came["period"] == period) & (came["target"] == target)]
    outturn = outturn[(outturn["release"] == track.FIRST) | outturn["revised"]]
    for number, (_, row) in enumerate(outturn.iterrows()):
        ax.axhline(row["value"] / 1000, color=RED, linewidth=1.2, linestyle="-" if number == 0 else "--")
        text = "came" if number == 0 else "revised"
        label(ax, text, (len(rows) - 0.6, row["value"] / 1000), dx=4, dy=8 if number == 0 else -8, color=RED)
    shown = rows.index[:: -int(np.ceil(len(rows) / 8))][::-1]
    ax.set_xticks(shown, [_name(rows.loc[at]) for at in shown], fontsize=8)
    ax.set_xlim(-0.6, len(rows) - 0.4)
    ax.set_ylim(0, 1.15 * max(rows["high80"].max(), outturn["value"].max() if len(outturn) else 0) / 1000)
    last, day = sentences.said(rows.iloc[-1]), words.day(rows["as_of"].iloc[-1])
    text = "A dot and an upright line for each forecast of {period}, in order of days and not to scale; the last,"
    tail = "of {day}, stands at {last}, its line from {last.low:,.0f} to {last.high:,.0f} t."
    alt = sentence(text, tail, period=period, day=day, last=last)
    data = rows[["kind", "run", "as_of", "period", "median", "low80", "high80", "source"]]
    note = "Dots: medians; lines: 80 % intervals; hollow: back-casts. Days in order, not to scale"
    note += "; r2: a second run." if any("\nr2" in _name(rows.loc[at]) for at in shown) else "."
    return finish(drawing, sentences.path(rows, came), alt, data, india=india, note=note, uses=[outturn])


def _name(row: pd.Series) -> str:
    """What a forecast is called, in two lines: the run that published it, or its day; several may be of one day."""
    last = f"\n{verdicts.KIND[track.NEWEST]}" if row["kind"] == track.NEWEST else ""
    return (row["run"] or row["as_of"]).replace("-r", "\nr") + last


@once_public
def calibration(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """The share of outturns under each quantile against its level (``track.calibration``), a panel a target."""
    groups = sentences.groups(table)[:PANELS]
    drawing, axes = canvas("outturns under it, %", panels=len(groups), height=3.8)
    for ax, one in zip(axes, groups, strict=True):
        x = 100 * one["quantile"]
        ax.fill_between(x, 100 * one["low"], 100 * one["high"], color=RULE, linewidth=0)
        ax.plot([0, 100], [0, 100], color=MUTED, linewidth=0.8)
        ax.plot(x, 100 * one["under"], "o-", color=BLUE, markersize=5, clip_on=False, zorder=4)
        row = one.iloc[0]
        named = f"{words.upper(verdicts.WHAT[row['target']])}, {verdicts.KIND[row['kind']]}"
        ax.set_title(f"{wrap(named, 36)}\n{row['outturns']} scored", loc="left", color=MUTED, fontsize=9)
        ax.set(xlim=(0, 100), ylim=(0, 100))
        ax.set_xlabel("quantile, %")
    first = groups[0]
    inside = words.count(int(first["under"].between(first["low"], first["high"]).sum()))
    text = "The share of outturns at or under each quantile against its level, with the band that chance allows;"
    tail = "{inside} of {of} dots of the first panel lie in the band."
    alt = sentence(text, tail, inside=inside, of=words.count(len(first)), uses=[first])
    note = "Line: as it should be; grey: what chance alone allows, 95 %."
    return finish(drawing, sentences.calibrated(table, india), alt, pd.concat(groups), india=india, note=note)


@once_public
def nearest(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """How far each forecaster was off (``nearest.found``), grouped by what was forecast."""
    drawing, (ax,) = canvas("off by, %", height=1.2 + 0.36 * len(table), horizontal=True)
    colours = {track.OURS: BLUE, track.NAIVE: MUTED}
    names = []
    for place, row in enumerate(table.itertuples()):
        colour = colours.get(row.by, GOLD)
        ax.plot([0, row.error], [place, place], color=colour, linewidth=2)
        ax.plot(row.error, place, "o", color=colour, markersize=7 if row.nearest else 5)
        by = verdicts.BY.get(row.by, row.by)
        names.append(wrap(f"{verdicts.WHAT.get(row.series, row.series)}, {words.period(row.period)}: {by}", 34))
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(range(len(table)), names, fontsize=8)
    ax.set_ylim(len(table) - 0.4, -0.6)
    reach = 1.1 * max(table["error"].abs().max(), 1)
    ax.set_xlim(min(0, table["error"].min()) - 0.1 * reach, max(0, table["error"].max()) + 0.1 * reach)
    worst = table.loc[table["error"].abs().idxmax()]
    text = "A line from nought to how far each forecaster was off, per cent of what came; the longest is that of {by},"
    by = verdicts.BY.get(worst["by"], worst["by"])
    alt = sentence(text, "{worst:.1}.", by=by, worst=derived(worst["error"], "%", table))
    note = "Medians against the first release; left of the line: too low."
    return finish(drawing, sentences.nearest(table, india), alt, tables.nearest(table), india=india, note=note)
