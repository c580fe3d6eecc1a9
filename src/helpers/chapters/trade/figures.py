"""Figures of chapter 1: what customs recorded."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import tips, words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, RED, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, Sentence, sentence
from helpers.chapters.rows import spread, tonnes
from helpers.data import derived, ids, number

MANY = 24  # from so many single months on, they are a line
LEAST_ROOM = 0.2  # how high the lowest month stands, as a fraction of the highest, for a name to have room below it
LEAST_NAMED = 0.1  # by what fraction the mean of a year is away from that of the last one named before it is named too
AROUND = 24  # months before and after the busiest one from which what is usual is taken


@once_public
def monthly_rates(rates: pd.DataFrame, *, india) -> Figure:
    """Tonnes a month in each known period, the highest marked: :func:`helpers.outlook.customs.periods`."""
    merged = _with_a_run(rates)
    peak = merged["t_per_month"].idxmax()
    drawing, (ax,) = canvas("tonnes a month")
    many = (rates["months"] == 1).sum() >= MANY
    if many:
        _line(ax, rates, merged.loc[peak])
    _bars(ax, merged[(merged["months"] > 1) | (merged.index == peak)] if many else merged, peak)
    ax.set_ylim(0, rates["t_per_month"].max() * 1.25)
    shown = rates.assign(tonnes_a_month=rates["t_per_month"]).drop(columns="t_per_month")
    note = "Gaps were not found in print." + (" Level lines: means of fiscal years." if many else "")
    return finish(drawing, _peak_title(merged, peak), _peak_alt(merged, peak, many), shown, india=india, note=note)


@once_public
def line_split(lines: pd.DataFrame, *, india, year: str) -> Figure:
    """A year's weight and value by Indian tariff line: :func:`helpers.outlook.customs.lines`."""
    drawing, (ax,) = canvas(f"share of HS 850511 in {year}, per cent", height=3.0, horizontal=True)
    bars = {"Value": ("value_share", "usd_m", "m USD"), "Weight": ("weight_share", "tonnes", "t")}
    for place, (share, amount, unit) in enumerate(bars.values()):
        left = 0.0
        for (name, row), colour in zip(lines.iterrows(), (GOLD, BLUE), strict=True):
            width = row[share] * 100
            text = f"{name.split(maxsplit=1)[1]}, {number(row[amount])} {unit}"
            tips.tell(ax.barh(place, width, left=left, color=colour, height=0.36), [f"{text}: {number(width)} %"])
            first = left == 0
            at = (left if first else 100, place + 0.22)
            label(ax, text, at, dx=0, dy=2, ha="left" if first else "right", va="bottom", color=INK, fontsize=9)
            left += width
    ax.set_yticks(range(len(bars)), bars)
    ax.set_ylim(-0.4, 1.6)
    ax.set_xlim(0, 100)
    ax.grid(False)
    (first, ferrite), (second, metal) = lines.iterrows()
    of_weight, of_value = ([derived(row[f"{of}_share"] * 100, "%", row) for row in (ferrite, metal)]
                           for of in ("weight", "value"))  # fmt: skip
    parts = dict(zip("abcd", of_weight + of_value, strict=True)) | {"first": first, "second": second}
    text = "{share} of the weight is a line that India calls ferrite cores, at {price:.2}"
    title = sentence(text, share=parts["a"], price=derived(ferrite["usd_per_kg"], "USD/kg", ferrite))
    text = "Two stacked bars. Of the weight, line {first} has {a} and line {second} {b}; of the value, {c} and {d} in"
    alt = sentence(text, "the same order.", **parts)
    return finish(drawing, title, alt, lines, india=india, note="Ferrite is the remainder.")


def _bars(ax, rates: pd.DataFrame, peak: str) -> None:
    """A bar for each period at its rate, over its time."""
    before, above = pd.Timestamp.min, True
    for period, row in rates.iterrows():
        rate, colour = row["t_per_month"], RED if period == peak else MUTED
        ax.hlines(rate, row["start"], row["end"], color=colour, linewidth=4, zorder=4)
        if row["months"] > 1 or period == peak:
            name = f"{words.period(period)}\n" if period == peak or row["months"] == 12 else ""
            middle = row["start"] + (row["end"] - row["start"]) / 2
            near = before > middle - pd.DateOffset(months=12)  # labels of neighbours go to the two sides of their bars
            above, before = period == peak or not (near and above), middle
            style = {"ha": "center", "va": "bottom" if above else "top", "color": colour, "behind": True}
            label(ax, f"{name}{number(rate)}", (middle, rate), dx=0, dy=6 if above else -6, **style)


def _line(ax, rates: pd.DataFrame, peak: pd.Series) -> None:
    """Single months as one line, broken where one is missing, and the mean of each fiscal year that is known whole."""
    single = rates[rates["months"] == 1]
    month = pd.PeriodIndex(single.index, freq="M")
    line = single["t_per_month"].set_axis(month).reindex(pd.period_range(month[0], month[-1], freq="M"))
    ax.plot(line.index.to_timestamp() + pd.Timedelta(days=14), line, color=MUTED, linewidth=1.1, zorder=3)
    room = line[line.index > pd.Period(peak["end"], "M")].min() >= LEAST_ROOM * line.max()
    named = float("inf")
    for year, values in line.groupby(line.index.year + (line.index.month >= 4)):
        if values.notna().sum() < 12:
            continue
        start, end = (pd.Timestamp(edge) for edge in fiscal.span(fiscal.year_name(year)))
        ax.hlines(values.mean(), start, end, color=BLUE, linewidth=2.5, zorder=4)
        name, mean = fiscal.year_name(year), values.mean()
        if start <= peak["start"] <= end:  # the peak stands on it
            label(ax, f"{name} {number(mean)}", (end, mean), dx=4, dy=0 if room else 26, color=BLUE, fontsize=9)
        elif abs(mean / named - 1) >= LEAST_NAMED:  # so that names do not meet on a phone
            named, after = mean, room and start > peak["start"]
            side, at, dy = ("top", values.min(), -6) if after else ("bottom", values.max(), 6)
            style, middle = {"ha": "center", "va": side, "color": BLUE, "fontsize": 9}, start + (end - start) / 2
            label(ax, f"{name}\n{number(mean)}", (middle, at), dx=0, dy=dy, **style)


def _with_a_run(rates: pd.DataFrame) -> pd.DataFrame:
    """The periods with the busiest single month and those beside it that stand out as it does made one."""
    peak = rates["t_per_month"].idxmax()
    if rates.loc[peak, "months"] > 1:
        return rates
    single = rates[rates["months"] == 1]
    month = pd.PeriodIndex(single.index, freq="M")
    top = pd.Period(peak, "M")
    near = single["t_per_month"][(month >= top - AROUND) & (month <= top + AROUND)]
    out = set(month[(single["t_per_month"] >= words.LEAST_SHAPE * near.median()).to_numpy()])
    first = last = top
    while first - 1 in out:
        first -= 1
    while last + 1 in out:
        last += 1
    if first == last:
        return rates
    run = pd.period_range(first, last, freq="M")
    held = rates.loc[run.astype(str)]
    row = {"start": held["start"].iloc[0], "end": held["end"].iloc[-1], "months": len(run)}
    row |= {"tonnes": held["tonnes"].sum(), "t_per_month": held["tonnes"].sum() / len(run), "source": ids(held)}
    made = pd.DataFrame([row], index=pd.Index([fiscal.name(run)], name=rates.index.name))
    return pd.concat([rates.drop(held.index), made]).sort_values("start")


def _peak_title(rates: pd.DataFrame, peak: str) -> Sentence:
    others, name, top = rates.drop(index=peak), words.named(peak), tonnes(rates.loc[peak], "t_per_month")
    if others.empty:
        return sentence("Only {peak} is known, at {top} a month", peak=name, top=top)
    second = others["t_per_month"].idxmax()
    beside = tonnes(others.loc[second], "t_per_month")
    if words.steadiness(beside.value, top.value) == "steady":
        text = "No known period stands out: {peak} ran at {top} a month, {second} at {beside}"
        return sentence(text, peak=name, top=top, second=words.named(second), beside=beside)
    times = derived(top.value / beside.value, "", rates)
    return sentence("{peak} ran at {times:.1} times the next busiest known period", peak=name, times=times)


def _peak_alt(rates: pd.DataFrame, peak: str, many: bool) -> Sentence:
    text = "Horizontal bars over time, one for each known period from {first} on."
    if many:
        text = "A line over the months that are known from {first} on, and a bar at the mean of each whole fiscal year."
    text += " The busiest is {peak} at {top} a month"
    parts = {"first": words.named(rates.index[0]), "peak": words.named(peak)}
    parts["top"] = tonnes(rates.loc[peak], "t_per_month")
    others = rates["t_per_month"].drop(peak)
    if others.empty:
        return sentence(f"{text}.", **parts)
    return sentence(f"{text}; the others lie at {{lie:range}}.", lie=spread(others, "t", rates), **parts)
