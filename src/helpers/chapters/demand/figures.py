"""Figures of chapter 3: who needs the magnets."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import tips, words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, PAPER, RED, RULE, canvas, finish, label, once_public
from helpers.chapters.demand import sentences, tables
from helpers.chapters.outputs import Figure, Sentence, joined, sentence
from helpers.chapters.rows import between, count, ranged, tonnes
from helpers.data import Vintage, derived, ids, number
from helpers.outlook import demand, demand_past, others
from helpers.outlook.demand import Demand

_COLOURS = (BLUE, GOLD, RED, MUTED)
SURE = 2  # digits of what sectors need that the draws support
_SHOWN = 8  # factors of the tornado


@once_public
def years(made: Demand, met: Demand, *, india: Vintage) -> Figure:
    """The sectors of three years on the trend and, ahead, if targets are met; outlooks of others beside them."""
    (first, *ahead), aimed = demand.steps(india), demand.aimed(made, met, india)
    wanted = [(first, "", made)]
    for year in ahead:
        wanted.append((year, "trend", made))
        wanted += [(year, "targets", met)] if aimed else []
    theirs = _theirs(india, [first, *ahead])
    drawing, (ax,) = canvas("thousand tonnes of rare-earth magnets", height=4.2)
    order = list(tables.named(made, ahead[0])["sector"])
    colours = dict(zip(order, [*_COLOURS[: len(order) - 1], RULE], strict=True))
    rows = [_stack(ax, place, of, year, colours) for place, (year, _, of) in enumerate(wanted)]
    for row in theirs.itertuples():
        at = next(place for place, (year, *_) in enumerate(wanted) if year == row.fiscal_year)
        said = f"{row.publisher}, {row.period}: {number(row.value)} t"
        tips.tell(ax.plot(at - 0.36, row.value / 1000, "D", color=INK, markersize=5), [said])
    top = 1.08 * max(row[2] for row in rows) / 1000
    _beside(ax, rows[-1][1], len(wanted) - 0.72, top)
    names = [f"{fiscal.year_name(year)}\n{path}".strip() for year, path, _ in wanted]
    ax.set_xticks(range(len(wanted)), names)
    ax.set_xlim(-0.6, len(wanted) - 0.4 + 1.0)
    ax.set_ylim(0, top)
    table = pd.concat([row[0] for row in rows], ignore_index=True)
    table["Path"] = [path or "counted" for _, path, _ in wanted]
    note = "Line: 80 % of the draws; outlined above it: with the sectors that are bounds."
    note += " Diamonds: outlooks of others." if len(theirs) else ""
    title, alt = _grown(made, met if aimed else None, first, ahead[0], india), _told(wanted, theirs)
    return finish(drawing, title, alt, table, india=india, note=note, uses=[theirs], digits=SURE)


def _stack(ax, place: int, of: Demand, year: int, colours: dict) -> tuple:
    """One bar, its shares from the bottom; gives back its row of data, the middles of its segments and its top."""
    rows = demand.sectors(of, year)
    share = rows.loc[~rows["bound"], "share"]
    every, known = of.at(year), of.at(year, bounds=False)
    named = {name: share.get(name, 0.0) for name in list(colours)[:-1]}
    parts = named | {list(colours)[-1]: 100 - sum(named.values())}
    bottom, marks = 0.0, []
    for name, part in parts.items():
        height = every.value * part / 100
        bar = ax.bar(place, height / 1000, bottom=bottom / 1000, width=0.56, color=colours[name], linewidth=0)
        tips.tell(bar, [f"{name}, {every.period}: {derived(height, 't'):~2}"])
        marks.append((name, bottom + height / 2))
        bottom += height
    ax.plot([place, place], [known.low / 1000, known.high / 1000], color=INK, linewidth=1.5)
    ax.bar(place, (every.high - known.high) / 1000, bottom=known.high / 1000, width=0.12, color=PAPER, edgecolor=INK)
    data = {"Year": every.period, "Lowest, t": every.low, "Middle, t": every.value, "Highest, t": every.high}
    data |= {f"{name}, t": every.value * part / 100 for name, part in parts.items()}
    return pd.DataFrame([data | {"source": ids(every)}]), marks, every.high


def _beside(ax, marks: list[tuple], at: float, top: float) -> None:
    """Names of segments beside them, from the bottom, none on another."""
    least = 0.0
    for name, height in marks:
        height = max(height / 1000, least)
        label(ax, name, (at, height), dx=4, fontsize=9)
        least = height + top / 16


def _theirs(india: Vintage, wanted: list[int]) -> pd.DataFrame:
    """Outlooks of others on rare-earth magnets in India that stand nearest to one of some fiscal years."""
    rows = others.on_scope(others.others(india), "repm")
    near = pd.Series([int(np.floor(fiscal.centre(period) + 0.5)) for period in rows["period"]], rows.index, int)
    near -= ~near.isin(wanted) & (near - 1).isin(wanted)
    return rows.assign(fiscal_year=near)[near.isin(wanted)]


def _grown(made: Demand, met: Demand | None, first: int, later: int, india: Vintage) -> Sentence:
    """What is needed now and later, on the trend and if targets are met, of how many sectors."""
    now, then = made.at(first), made.at(later)
    parts = {"now": now, "year": now.period, "then": then, "later": then.period}
    text = "India's sectors need about {now:~2} of rare-earth magnets in {year}, {then:~2} in {later}"
    if met is None:
        return sentence(text, **parts)
    aimed, every = len(demand.aimed(made, met, india)), len(demand.with_target(india))
    which = "targets" if aimed == every else f"the targets of {words.count(aimed)} of {words.count(every)} sectors"
    return sentence(text + ", and {goal:~2} if {which} are met", goal=met.at(later), which=which, **parts)


def _told(wanted: list, theirs: pd.DataFrame) -> Sentence:
    said = [sentence("Bars stacked by sector, with ranges, in tonnes of rare-earth magnets.")]
    for year, path, of in wanted:
        whole, path = of.at(year), f", {path}" if path else ""
        text = "{year}{path}: {whole:~2} ({whole:range~2} t)."
        said.append(sentence(text, year=whole.period, path=path, whole=whole))
    if len(theirs):
        span = between(theirs["value"].min(), theirs["value"].max(), "t", theirs)
        said.append(sentence("Diamonds, outlooks of others, at {span}.", span=span))
    return joined(*said)


@once_public
def each(made: Demand, *, india: Vintage) -> Figure:
    """Every sector now and ahead: a dot at its middle and its range; a hollow bar where it is a bound."""
    first, later, _ = demand.steps(india)
    both = {year: demand.sectors(made, year) for year in (first, later)}
    order = list(both[first].index[::-1])
    unit = "tonnes a year, each step ten times the one before"
    drawing, axes = canvas(unit, panels=2, height=0.9 + 0.25 * len(order), horizontal=True)
    for ax, (year, rows) in zip(axes, both.items(), strict=True):
        for place, name in enumerate(order):
            low, middle, high = rows.loc[name, ["low", "middle", "high"]]
            if rows.loc[name, "bound"]:
                ax.barh(place, high - low, left=low, height=0.5, color=PAPER, edgecolor=MUTED, linewidth=1.2)
            else:
                ax.plot([low, high], [place, place], color=BLUE, linewidth=2)
                ax.plot(middle, place, "o", color=BLUE, markersize=6)
        ax.set_title(fiscal.year_name(year), loc="left", color=MUTED, fontsize=10)
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter("{x:,g}")
        ax.minorticks_off()
        ax.set_xlim(1, 2 * max(table["high"].max() for table in both.values()))
    axes[0].set_yticks(range(len(order)), order)
    year, rows = fiscal.year_name(first), both[first]
    text = "{name} take the largest part of India's rare-earth magnets in {year}, {share}"
    title = sentence(text, name=rows.index[0], year=year, share=sentences.percent(rows.iloc[0]))
    known = rows[~rows["bound"]]
    said = "; ".join(f"{words.upper(name)} {tonnes(row, 'middle'):~2}" for name, row in known.iterrows())
    text = "Dots and ranges by sector on a scale of tens, hollow bars for bounds. In {year}: {said}."
    alt = sentence(text, year=year, said=said, uses=[known])
    data = pd.concat([tables.sectors(made, year).reset_index().assign(Year=fiscal.year_name(year)) for year in both])
    note = "Line: 80 % of the draws. Hollow: a factor of it is a bound that no source gives; it has no middle."
    return finish(drawing, title, alt, data, india=india, note=note, digits=SURE)


@once_public
def tornado(table: pd.DataFrame, made: Demand, year: int, *, india: Vintage) -> Figure:
    """What moves a year: the median with one factor at a tenth and at nine tenths: ``demand.tornado``."""
    rows = table.head(_SHOWN)[::-1]
    middle = np.median(made.total(bounds=False)[:, list(made.years).index(year)])
    drawing, (ax,) = canvas("tonnes of rare-earth magnets", height=0.9 + 0.32 * len(rows), horizontal=True)
    colours = [MUTED] * (len(rows) - 1) + [BLUE]  # the one that moves it most stands on top
    ax.barh(range(len(rows)), rows["high"] - rows["low"], left=rows["low"], height=0.6, color=colours)
    ax.axvline(middle, color=INK, linewidth=1)
    ax.set_yticks(range(len(rows)), [f"{row.sector}: {row.factor}" for row in rows.itertuples()])
    ax.set_xlim(0, 1.1 * rows["high"].max())
    said = [
        f"{words.upper(row['factor'])}, {row['sector']}: {ranged(row):range~2} t" for _, row in rows[::-1].iterrows()
    ]
    text = "Bars of the median of {year} with one factor low and high: {said}."
    alt = sentence(text, year=fiscal.year_name(year), said="; ".join(said), uses=[rows])
    note = "Each bar: one factor at its tenth and at nine tenths, all others drawn the same. Line: the median;"
    note += " no bounds."
    data = rows[::-1].rename(columns={"sector": "Sector", "factor": "Factor", "low": "Lowest, t", "high": "Highest, t"})
    return finish(drawing, sentences.movers(table, year), alt, data, india=india, note=note, digits=SURE)


@once_public
def reconciled(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """What was counted, need and bare imports, against what the sectors come to: ``demand_past.backtest``."""
    drawing, (ax,) = canvas("tonnes of rare-earth magnets", height=1.1 + 0.5 * len(table), horizontal=True)
    shown = tables.records(table)
    names = [f"{name}{tables.AS_MAGNETS.get(row['Of'], '')}, {row['Year']}" for name, row in shown.iterrows()]
    style = {"height": 0.5, "color": PAPER, "edgecolor": BLUE, "linewidth": 1.5}
    for place, (_, row) in enumerate(table[::-1].iterrows()):
        ax.barh(place, row["high"] - row["low"], left=row["low"], **style)
        if row["what"] in (demand_past.USE, demand_past.NEED):
            ax.plot([row["middle"]] * 2, [place - 0.25, place + 0.25], color=BLUE, linewidth=3)
        ax.plot([row["least"], row["most"]], [place, place], color=RED, linewidth=2)
        ax.plot(row["recorded"], place, "D", color=RED, markersize=6)
    ax.set_yticks(range(len(table)), names[::-1])
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlim(0, 1.08 * max(table["high"].max(), table["most"].max()))
    hits = derived((table["place"] == "inside").sum(), "", table)
    text = "What sectors come to holds {hits} of {count} counts of rare-earth magnets"
    title = sentence(text, hits=hits, count=count(table))
    said = [f"{words.upper(name)}: recorded {tonnes(row, 'recorded')}, sectors {ranged(row):range~2} t"
            for name, (_, row) in zip(names, table.iterrows(), strict=True)]  # fmt: skip
    text = "Diamonds at what was counted, on bars from the sectors: {said}."
    alt = sentence(text, said="; ".join(said), uses=[table])
    note = "Bar: 80 % of the draws of the sectors, its upper end with bounds; stroke: their middle. Diamond: counted."
    return finish(drawing, title, alt, shown.reset_index(), india=india, note=note)


@once_public
def paid(table: pd.DataFrame, made: Demand, *, india: Vintage) -> Figure:
    """What the sectors take as magnets by year, against what imports can have paid for: ``demand_past.ceilings``."""
    drawing, (ax,) = canvas("thousand tonnes of rare-earth magnets", height=3.4)
    years = np.arange(made.years[0], fiscal.centre(table.index[-1]) + 1).astype(int)
    ends = [demand_past.around(made, fiscal.year_name(year), demand_past.BARE) for year in years]
    low, high = ([getattr(of, end) / 1000 for of in ends] for end in ("low", "high"))
    ax.fill_between(years, low, high, color=BLUE, alpha=0.25, linewidth=0)
    label(ax, "may come as magnets", (years[-1], low[-1]), dx=-4, dy=8, fontsize=9, ha="right")
    for (line, rows), marker in zip(table.groupby("line"), "vD", strict=False):
        at = [fiscal.centre(period) for period in rows.index]
        ax.plot(at, rows["most"] / 1000, marker, color=RED, markersize=6)
        name, end = f"paid for at most, HS {line}", (at[-1], rows["most"].iloc[-1] / 1000)
        label(ax, name, end, dx=-8, dy=0, fontsize=9, color=RED, ha="right", va="center")
    ax.set_xticks(years, [fiscal.year_name(year) for year in years])
    ax.set_ylim(0, 1.12 * max(*high, table["most"].max() / 1000))
    inside = derived((table["high"] <= table["most"]).sum(), "", table)
    text = "Imports can have paid for all that sectors may take as magnets in {inside} of {count} years"
    title = sentence(text, inside=inside, count=count(table))
    said = [f"{period}: at most {tonnes(row, 'most'):~2}, sectors {ranged(row):range~2} t"
            for period, row in table.iterrows()]  # fmt: skip
    text = "A band of what may come as magnets, and marks at what was paid for at most: {said}."
    alt = sentence(text, said="; ".join(said), uses=[table])
    note = "Band: 80 % of the draws. Mark: value of the imports over the low end of what China was paid a kilogram."
    return finish(drawing, title, alt, tables.paid(table).reset_index(), india=india, note=note)
