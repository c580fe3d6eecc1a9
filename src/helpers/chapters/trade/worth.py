"""What these imports were worth: the value of all known years, and what a tonne cost by whose count."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import tips, words
from helpers.chapters.canvas import BLUE, GOLD, RULE, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, Sentence, joined, sentence
from helpers.data import Quantity, Vintage, derived, number
from helpers.methods.mirror import OWN, THEIR
from helpers.outlook import mirror

_LIKE = 0.1  # how far two unit values may be apart, as a fraction, and be called the same


@once_public
def history(table: pd.DataFrame, growth: pd.DataFrame, *, india: Vintage, year: str) -> Figure:
    """Value by calendar year and China's part, and two fiscal years beside: :func:`.prices.history`, `growth`."""
    drawing, (ax,) = canvas("million USD")
    places = [_place(period) for period in table.index]
    ax.bar(places, table["usd_m"], color=RULE, width=0.8)
    ax.bar(places, table["china_usd_m"].fillna(0), color=BLUE, width=0.8)
    first, last = (_worth(row) for _, row in table.iloc[[0, -1]].iterrows())
    label(ax, last.replace("%", "% from\nChina"), (places[-1] + 0.5, table["usd_m"].iloc[-1] / 2), dx=0, color=BLUE)
    if len(table) > 1:
        label(ax, first, (places[0] - 0.4, table["usd_m"].iloc[0]), dx=0, dy=3, va="bottom", color=BLUE)
    own = growth.reindex(["million USD"]).dropna(subset="after")
    for period, usd in zip((fiscal.year_before(year), year), (*own["before"], *own["after"]), strict=False):
        tips.tell(ax.plot(_place(period), usd, "o", color=GOLD, markersize=6), [f"{period}: {number(usd)} million USD"])
        if period == year:
            label(ax, f"{year}, {number(usd)}", (_place(year), usd), dx=6, dy=5, color=GOLD)
    ax.set_ylim(0, max([table["usd_m"].max(), *own["before"], *own["after"]]) * 1.15)
    ax.set_xlim(places[0] - 1.5, max(places[-1], _place(year)) + 4.5)
    ax.set_xticks(range(int(places[0]), int(places[-1]) + 1), range(int(places[0]), int(places[-1]) + 1))
    heads = {"usd_m": "million USD", "china_usd_m": "of it China's", "china_share": "China's share, %"}
    note = "Calendar years, free on board, from the largest exporters; blue is China's part."
    if len(own):
        note += " Dots: fiscal years as India records them, each at its own middle, a quarter after that of the"
        note += " calendar year in which it begins."
    highest, lowest = (table.loc[table["usd_m"].agg(end)] for end in ("idxmax", "idxmin"))
    parts = {"since": table.index[0], "until": table.index[-1], "top": highest.name, "bottom": lowest.name}
    parts |= {"most": _value(highest), "least": _value(lowest)}
    text = "A bar for each known calendar year from {since} to {until}, and China's part of it. The highest is {top}"
    alt = sentence(text, "with {most:.1}, the lowest {bottom} with {least:.1}.", **parts)
    data = table.drop(columns="listed").rename(columns=heads)
    return finish(drawing, _title(table), alt, data, india=india, note=note, uses=[own])


def went(table: pd.DataFrame, decades: pd.DataFrame, *, india: Vintage) -> Sentence:
    """How the value of all known years went, by decade, and China's part of it."""
    if table.empty:
        return words.not_yet(india, "What these imports were worth over the years")
    first, last = table.iloc[0], table.iloc[-1]
    said = [sentence("In {year} the imports were worth {to:.1}.", year=last.name, to=_value(last))]
    if len(decades):
        went = words.went(last["usd_m"] / first["usd_m"] - 1)
        steps = words.listed(f"{words.change(derived(row['growth'], '%', row))} a year to {row['until']}"
                             for _, row in decades.iterrows())  # fmt: skip
        text = "From {since} to {until} their value {went} from {of:number.1} to {to:.1}: {steps}."
        parts = {"since": first.name, "until": last.name, "of": _value(first), "to": _value(last)}
        said = [sentence(text, went=went, steps=steps, uses=[decades], **parts)]
    years = {str(year) for year in range(int(first.name), int(last.name))}
    if gaps := sorted(years - set(table.index)):
        said.append(sentence("No value of {gaps} is in the sources.", gaps=words.listed(gaps, "or")))
    said.append(_chinas_part(table.dropna(subset="china_share")))
    for year, row in table.dropna(subset="listed").tail(1).iterrows():
        text, part = "These are the flows from the largest exporters, {part} of all in {year}.", row["listed"] * 100
        said.append(sentence(text, part=derived(part, "%", row), year=year))
    return joined(*said)


def cost(sides: pd.DataFrame, *, india: Vintage) -> Sentence:
    """What a kilogram from China cost by China's count, or by India's where China's weight is the one in error."""
    if sides.empty:
        return words.not_yet(india, "What a tonne from China cost")
    first, last = sides.iloc[0], sides.iloc[-1]
    fault = mirror.fault(sides, last.name)
    side, whose = (OWN, "India's") if fault == THEIR else (THEIR, "China's")
    then, now = (derived(mirror.unit_values(row)[side], "USD/kg", row) for row in (first, last))
    text = "By {whose} count{sound} a kilogram from China was worth {now:.2} in {year}"
    parts = {"whose": whose, "sound": ", the one without the error," if fault in (OWN, THEIR) else "", "now": now}
    if len(sides) == 1:
        return sentence(f"{text}.", year=last.name, **parts)
    moved = words.direction(now.value / then.value - 1, _LIKE)
    went = {"up": "became dearer", "down": "became cheaper", "unchanged": "cost about the same"}[moved]
    parts |= {"year": last.name, "first": first.name, "then": then, "went": went}
    return sentence(f"{text} and {{then:.2}} in {{first}}, so a tonne {{went}}.", uses=[sides], **parts)


def _chinas_part(known: pd.DataFrame) -> Sentence | None:
    if known.empty:
        return None
    first, last = known.iloc[0], known.iloc[-1]
    to = derived(last["china_share"], "%", last)
    if len(known) == 1:
        return sentence("China's part was {to}.", to=to)
    top = ", the largest of all years" if last["china_share"] >= known["china_share"].max() else ""
    went = words.went((last["china_share"] - first["china_share"]) / 100, 0.02)
    of, text = derived(first["china_share"], "%", first), "China's part {went} from {of} to {to}{top}."
    return sentence(text, went=went, of=of, to=to, top=top, uses=[known] if top else [])


def _title(table: pd.DataFrame) -> Sentence:
    first, last = table.iloc[0], table.iloc[-1]
    if len(table) == 1:
        return sentence("Only {year} is known, at {usd:.1}", year=last.name, usd=_value(last))
    times = last["usd_m"] / first["usd_m"]
    text = "India's imports of metal magnets were worth {times:.1} times as much in {until} as in {since}"
    parts = {"times": derived(times, "", first, last), "since": first.name, "until": last.name}
    share = table["china_share"].dropna()
    if last.name not in share.index:
        return sentence(text, **parts)
    return sentence(text + ", {share} of it China's", share=derived(share.iloc[-1], "%", last), **parts)


def _value(row: pd.Series) -> Quantity:
    return derived(row["usd_m"], "USD m", row)


def _worth(row: pd.Series) -> str:
    return number(row["usd_m"]) + ("" if pd.isna(row["china_share"]) else f",\n{number(row['china_share'])} %")


def _place(period: str) -> float:
    """Where a period's middle lies among those of calendar years: of 2024 at 2024, of FY25 at 2024.25."""
    return fiscal.centre(period) - 0.75
