"""Figures of chapter 1: where value went, what China ships, what neodymium costs."""

import re

import pandas as pd

from helpers.chapters import tips, words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, RED, canvas, finish, label, name_dates, once_public, wrap
from helpers.chapters.outputs import Figure, Sentence, joined, sentence
from helpers.chapters.rows import amounts, between, spread, tonnes
from helpers.chapters.trade import prices as worth
from helpers.chapters.trade import suppliers
from helpers.data import Vintage, derived, number

TERMS = {"volume": "volume", "mix": "shift\nbetween lines", "price": "unit values\nwithin lines"}
_HEADS = {"metal": "85051190, USD/kg before", "ferrite": "85051110, USD/kg before"}
_HEADS |= {f"{term}_{end}": f"{term} {head}" for term in TERMS for end, head in (("low", "from"), ("high", "to"))}
_READ = " Every split of the year before that fits its totals: left of the dotted line there is none. Drawn while"
_READ += " neither line is dearer than rare-earth magnets were; beyond, unit values took away more. Bands: rounding of"
_READ += " the totals."


@once_public
def volume_mix_price(splits: pd.DataFrame, *, india: Vintage, year: str) -> Figure:
    """Bennet's three terms over all splits of the year before: :func:`.lines.volume_mix_price`."""
    drawing, (ax,) = canvas("million USD", height=3.6)
    shown = splits[splits["plausible"]].drop(columns="plausible")
    many, cases = len(shown) > 1, [shown.iloc[0], shown.loc[shown["price"].idxmax()], shown.iloc[-1]]
    for term, colour in (("volume", BLUE), ("mix", GOLD), ("price", RED)):
        bounds = shown[f"{term}_low"], shown[f"{term}_high"]
        ax.fill_between(shown["metal"], *bounds, color=colour, alpha=0.25, linewidth=0)
        ax.plot(shown["metal"], shown[term], "-" if many else "o", color=colour, linewidth=2)
        label(ax, TERMS[term], (shown["metal"].iloc[-1], shown[term].iloc[-1]), dx=5, color=colour)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:,g}")
    ax.set_xticks([step * ten for ten in (1, 10, 100) for step in (1, 2, 5)])
    ax.set_xticks([], minor=True)
    ax.set_xlim(shown["metal"].min() / 1.6, shown["metal"].max() * 1.9)
    ax.set_xlabel("USD/kg of line 85051190, assumed" if many else "USD/kg")
    ax.margins(y=0.12)
    note = "Bennet's decomposition, which leaves no remainder."
    if many:
        at, bound = (cases[1]["metal"], cases[1]["price"]), shown["metal_from"].iloc[0]
        tips.tell(ax.plot(*at, "o", color=RED, markersize=6), [f"mildest: {number(at[1])} million USD"])
        label(ax, f"mildest: {number(at[1])}", at, dx=-6, dy=-12, color=RED)
        ax.axvline(bound, color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
        label(ax, number(bound, 2), (bound, shown["price_low"].min()), dx=-4, ha="right", color=MUTED)
        note += _READ
    text = "Three {shape} over the unit value that line 85051190 may have had before {year}, in million USD: volume,"
    shape = "bands" if many else "points"
    told = [sentence(text, "mix between the lines, and unit values within them.", year=year, shape=shape)]
    for row in cases[: len(shown)]:
        text = "At {metal:.1}: volume {volume:number}, mix {mix:number}, unit values {price:number}."
        metal = derived(row["metal"], "USD/kg", row["source_before"])
        told.append(sentence(text, metal=metal, **amounts(row, **dict.fromkeys(TERMS, "USD m"))))
    data = shown.drop(columns=["metal_from", "ferrite_from", "source_before"], errors="ignore").rename(columns=_HEADS)
    return finish(drawing, _value_title(splits), joined(*told), data, india=india, note=note)


@once_public
def china_exports(months: pd.DataFrame, controls: pd.DataFrame, *, india: Vintage) -> Figure:
    """China's exports of rare-earth magnets by month, with the days on which its rules changed."""
    shown = suppliers.newest_months(months)
    drawing, (ax,) = canvas("tonnes a month")
    run = (shown["month"].dt.year * 12 + shown["month"].dt.month).diff().ne(1).cumsum()
    for _, stretch in shown.groupby(run):
        ax.plot(stretch["month"], stretch["tonnes"], "-o", color=BLUE, markersize=3.5, linewidth=1.8)
    top = shown["tonnes"].max() * 1.4
    inside = controls[controls["start"].between(shown["month"].min(), shown["month"].max())]
    for start in inside["start"].unique():
        ax.axvline(start, color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
    days = inside.drop_duplicates("start")
    for row, side in zip(days.iloc[[0, -1][: len(days)]].itertuples(), ("right", "left"), strict=False):
        text = wrap(f"{words.period(row.period)}: {re.split('[:;]', row.event)[0]}", 18)
        style = {"ha": side, "va": "top", "color": MUTED, "fontsize": 8.5, "behind": True}
        label(ax, text, (row.start, top * 0.985), dx=-5 if side == "right" else 5, **style)
    if len(days) > 1:
        ax.set_xlim(right=max(shown["month"].iloc[-1], days["start"].iloc[-1] + pd.DateOffset(months=9)))
    low = suppliers.trough(shown, inside)
    at = (shown.loc[low.month, "month"], low.tonnes)
    label(ax, number(low.tonnes), at, dx=-3, dy=-6, ha="left", va="top", color=RED, behind=True)
    ax.set_ylim(0, top)
    name_dates(ax)
    note = "Line 85051110 of China's tariff; gaps were not found in print. Dotted: its rules changed."
    if len(days) > 2:
        note += " Only the first and the last change are named."
    title, alt = _trough_title(shown, low), _trough_alt(shown, low)
    return finish(drawing, title, alt, shown, india=india, note=note, uses=[inside])


@once_public
def neodymium_price(prices: pd.DataFrame, *, india: Vintage, year: str) -> Figure:
    """Neodymium by month: :func:`helpers.chapters.trade.prices.neodymium`."""
    drawing, (ax,) = canvas("USD per kg", height=3.0)
    line = prices["usd_per_kg"]
    drawn = ax.plot(line.index, line, color=BLUE, linewidth=2)
    tips.tell(drawn, [f"{words.month(line.index[-1])}: {number(line.iloc[-1], 1)} USD per kg"])
    label(ax, number(line.iloc[-1]), (line.index[-1], line.iloc[-1]), dx=5, color=BLUE)
    ax.set_ylim(0, line.max() * 1.15)
    name_dates(ax)
    first, last = (derived(line.iloc[place], "USD/kg", prices.iloc[place]) for place in (0, -1))
    verdict = {"up": "rising", "down": "falling", "unchanged": "hardly changing"}
    parts = {"start": words.month(line.index[0]), "end": words.month(line.index[-1]), "first": first, "last": last}
    parts["verdict"] = verdict[words.direction(last.value / first.value - 1, 0.05)]
    text = "A line of monthly means from {start} to {end}, {verdict} from {first} to {last}, with its highest value"
    top = derived(line.max(), "USD/kg", prices.loc[line.idxmax()])
    alt = sentence(text, "at {top}.", top=top, **parts)
    note = "Neodymium of 99.5 % purity, free on board in China; monthly means of daily quotes."
    return finish(drawing, _price_title(prices, year), alt, prices, india=india, note=note)


def _value_title(splits: pd.DataFrame) -> Sentence:
    shown, volume = splits[splits["plausible"]], splits["volume"].mean()
    more = "added" if volume >= 0 else "took away"
    parts = {"volume": spread(abs(splits[["volume_low", "volume_high"]].iloc[0]), "USD m", splits), "more": more}
    text, least = "Volume {more} {volume:range} million USD;", splits["price_high"].max()
    if len(splits) == 1:
        did, price = "took away" if least < 0 else "added", derived(abs(least), "USD m", splits)
        return sentence(text, "unit values within the lines {did} {price}", did=did, price=price, **parts)
    if least < 0:
        tail = "lower unit values within the lines took away at least {least}, whichever split fits the totals"
        return sentence(text, tail, least=derived(-least, "USD m", splits), **parts)
    did = between(shown["price_low"].min(), shown["price_high"].max(), "USD m", splits)
    tail = "unit values within the lines did {did:range} million USD: how, the totals do not tell"
    return sentence(text, tail, did=did, **parts)


def _trough_title(shown: pd.DataFrame, low: suppliers.Trough) -> Sentence:
    parts = {"tonnes": tonnes(shown.loc[low.month]), "month": words.period(low.month)}
    if not low.fell:
        return sentence("China's exports of rare-earth magnets were lowest in {month}, at {tonnes}", **parts)
    text = "China's exports of rare-earth magnets fell to {tonnes} in {month}"
    parts |= {"before": derived(low.before, "t", shown), "when": low.when}
    if low.last:
        return sentence(f"{text}, from a mean of {{before}} in the months {{when}}", **parts)
    if not low.back:
        return sentence(f"{text} and have not been back at the mean of the months {{when}}, {{before}}", **parts)
    text += " and were back above the mean of the months {when}, {before}, in {back}"
    return sentence(text, back=words.period(low.back), **parts)


def _trough_alt(shown: pd.DataFrame, low: suppliers.Trough) -> Sentence:
    others, (first, last) = shown["tonnes"].drop(low.month), (words.period(shown.index[at]) for at in (0, -1))
    text = "A line with gaps from {first} to {last}, tonnes a month to the whole world. The lowest month is {month}"
    parts = {"month": words.period(low.month), "tonnes": tonnes(shown.loc[low.month])}
    said = [sentence(text, "with {tonnes}.", first=first, last=last, **parts)]
    if len(others):
        said.append(sentence("The others lie at {lie:range}.", lie=spread(others, "t", shown)))
    if low.highest:
        highest, month = tonnes(shown.loc[low.highest]), words.period(low.highest)
        later = shown[shown["month"] > shown.loc[low.month, "month"]]["tonnes"]
        again = "was reached again" if (later >= highest.value).any() else "was not reached again"
        text = "The highest of the twelve months {when}, {month} with {highest}, {again}."
        said.append(sentence(text, when=low.when, month=month, highest=highest, again=again))
    if not low.last:
        said.append(sentence("The newest stands at {newest}.", newest=tonnes(shown.iloc[-1])))
    return joined(*said)


def _price_title(prices: pd.DataFrame, year: str) -> Sentence:
    inside, last = worth.months_of(prices, year)["usd_per_kg"], prices.iloc[-1]
    newest = derived(last["usd_per_kg"], "USD/kg", last)
    if inside.empty:
        return sentence("Neodymium stood at {newest} in {month}", newest=newest, month=words.month(prices.index[-1]))
    rows = prices.loc[inside.index]
    mean = spread(inside, "USD/kg", rows)
    if words.steadiness(inside.min(), inside.max()) == "steady":
        text, parts = "Neodymium was steady near {mean} through {year}", {"mean": mean, "year": year}
    else:
        text = "Neodymium moved between {low:number} and {high} in {year}"
        parts = {"low": derived(mean.low, "USD/kg", rows), "high": derived(mean.high, "USD/kg", rows), "year": year}
    if prices.index[-1] == inside.index[-1]:
        return sentence(text, uses=[rows], **parts)
    ratio = newest.value / mean.value
    if words.direction(ratio - 1, 0.05) == "unchanged":
        text += " and stood where its mean was in {month}"
        return sentence(text, uses=[rows, last], month=words.month(prices.index[-1]), **parts)
    times = derived(ratio, "", rows, last)
    text += " and stood at {times:.1} times its mean in {month}"
    return sentence(text, times=times, month=words.month(prices.index[-1]), **parts)
