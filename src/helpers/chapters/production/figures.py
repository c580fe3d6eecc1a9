"""Figures of chapter 2: what India's own rare earth can make."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.canvas import BLUE, GOLD, MUTED, PAPER, RED, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, Sentence, joined, sentence
from helpers.chapters.production import tables
from helpers.chapters.production.sentences import PATHS, share_of_use
from helpers.chapters.rows import between, count, ranged, tonnes
from helpers.data import Vintage
from helpers.outlook import supply

_COLOURS = {"planned": GOLD, "target": BLUE, "ore": MUTED, "neodymium": BLUE, "need": RED}


@once_public
def mine_output(editions: pd.DataFrame, rival: pd.DataFrame, *, india: Vintage) -> Figure:
    """India's mine output of rare-earth oxide by edition, as two publishers count it: ``supply.mine_output``."""
    drawing, (ax,) = canvas("tonnes of rare-earth oxide a year", height=3.2)
    both = pd.concat([editions.assign(colour=BLUE), rival.assign(colour=GOLD)], ignore_index=True)
    rows = both.assign(at=both["period"].map(fiscal.centre) - 0.75, hollow=both["status"] == "unverified")
    current = rows[~rows["revised"]]
    crossed = supply.sourced(rows.drop_duplicates(["period", "tonnes", "colour"], keep="last").query("revised"))
    for (hollow, colour), dots in current.groupby(["hollow", "colour"]):
        face = PAPER if hollow else colour
        ax.plot(dots["at"], dots["tonnes"], "o", color=colour, markerfacecolor=face, markersize=7)
    ax.plot(crossed["at"], crossed["tonnes"], "x", color=MUTED, markersize=7)
    newest = current[~current["hollow"]].drop_duplicates("colour", keep="last")
    for row in newest.itertuples():
        label(ax, row.by, (row.at, row.tonnes), dx=9, color=row.colour)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.xaxis.set_major_formatter("{x:.0f}")
    ax.set_xlim(right=rows["at"].max() + 0.12 * (rows["at"].max() - rows["at"].min() + 1))
    ax.set_ylim(0, both["tonnes"].max() * 1.25)
    notes = ["Hollow: recalled and not verified."] if current["hollow"].any() else []
    notes += ["Cross: superseded."] if len(crossed) else []
    note = " ".join([*notes, _calendar(rows["period"])])
    counts = [f"{tonnes(row)} in {row['period']} by the count of {row['by']}" for _, row in newest.iterrows()]
    title = sentence("No Indian mine output of rare earth is from an opened source")
    if counts:
        title = sentence("India mined, of rare-earth oxide, {said}", said=words.listed(counts), uses=[newest])
    return finish(drawing, title, _dots(current), tables.editions(both), india=india, note=note)


def _dots(current: pd.DataFrame) -> Sentence:
    years = sorted(current["period"], key=fiscal.centre)
    parts = {"count": count(current), "hollow": count(current[current["hollow"]])}
    parts["span"] = between(current["tonnes"].min(), current["tonnes"].max(), "t", current)
    text = "Dots by year from {first} to {last}, {count:number} of them, at {span} of oxide;"
    return sentence(text, "{hollow:number} are hollow.", first=years[0], last=years[-1], **parts)


@once_public
def chain(bars: pd.DataFrame, aimed: pd.DataFrame, *, india: Vintage) -> Figure:
    """From ore to need in oxide of neodymium and praseodymium, each as a range: ``tables.chain``."""
    drawing, (ax,) = canvas("tonnes of oxide a year", height=0.9 + 0.38 * len(bars), horizontal=True)
    said = []
    for place, (item, row) in enumerate(bars[::-1].iterrows()):
        (least, most), style = row.iloc[:2], {"edgecolor": _COLOURS[row["Stage"]], "linewidth": 1.5, "height": 0.6}
        ax.barh(place, least, color=_COLOURS[row["Stage"]], **style)
        ax.barh(place, most - least, left=least, color=PAPER, **style)
        label(ax, f"{between(least, most, '')}", (most, place), dx=5)
        said.insert(0, f"{item} {between(least, most, '')}")
    ax.set_yticks(range(len(bars)), bars.index[::-1])
    ax.set_xlim(0, bars.iloc[:, 1].max() * 1.2)
    text = "Horizontal bars, tonnes of oxide a year, from ore to need: {said}."
    alt = sentence(text, said="; ".join(said), uses=[bars])
    note = "Outlined: what depends on the meaning, on the ore's content, on machining or on what is imported."
    note = f"{note} {_calendar(aimed['period'])}".strip()
    return finish(drawing, _needed(bars, aimed), alt, bars.drop(columns="Stage"), india=india, note=note)


def _needed(bars: pd.DataFrame, aimed: pd.DataFrame) -> Sentence:
    """What the last need takes against the oxide that the furthest target comes to."""
    needs, aims = bars[bars["Stage"] == "need"], bars[bars.index.str.endswith(tables.KINDS["target"])]
    if needs.empty or aims.empty:
        return sentence("From ore to need, in oxide of neodymium and praseodymium", uses=[bars])
    need, aim = needs.iloc[-1], aims.iloc[-1]
    least, most = 100 * need.iloc[0] / aim.iloc[1], 100 * need.iloc[1] / aim.iloc[0]
    share = words.enough(between(least, most, "%", need, aim))
    text = "{what} take {share} the oxide that the neodymium targeted for {year} comes to"
    return sentence(text, what=needs.index[-1].removeprefix("For "), share=share, year=supply.furthest(aimed).period)


@once_public
def cover(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """Magnets that Indian neodymium can make, over all its meanings, against expected use: ``coverage.cover``."""
    drawing, (ax,) = canvas("thousand tonnes of magnets a year", height=3.7)
    years = sorted(table["period"].unique(), key=fiscal.centre)
    use = table.drop_duplicates("period").set_index("period").loc[years]
    low, high = use["use_low"] / 1000, use["use_high"] / 1000
    ax.fill_between(range(len(years)), low, high, color=MUTED, alpha=0.3, linewidth=0)
    beside = len(years) - 0.75
    label(ax, "expected use", (beside, high.iloc[-1]))
    for place, (path, rows) in enumerate(table.groupby("path", sort=False)):
        for row in rows.itertuples():
            at, width = years.index(row.period) + 0.22 * place - 0.11, 0.18
            face = PAPER if row.held else _COLOURS[path]
            ends = {"bottom": row.low / 1000, "height": (row.high - row.low) / 1000}
            ax.bar(at, width=width, color=face, edgecolor=_COLOURS[path], linewidth=1.5, **ends)
        height = row.high if path == "target" else row.low
        label(ax, f"as {PATHS[path]}", (beside, height / 1000), color=_COLOURS[path])
    ax.set_xticks(range(len(years)), years)
    ax.set_xlim(-0.5, max(len(years) - 1, 0) + 0.25 * max(len(years) - 1, 2))
    ax.set_ylim(0, 1.08 * max(high.max(), table["high"].max() / 1000))
    note = "Bars: from the fewest to the most magnets, by what neodymium may mean and what machining loses."
    note += " Years are fiscal years; a figure of a calendar year counts at its middle."
    if table["held"].any():
        note += " Outlined: after the last figure of a path."
    last = table[table["period"] == table["period"].iloc[-1]]
    best = last.sort_values("high", kind="stable").iloc[-1]
    text = "Neodymium as {path} is enough for {share} the rare-earth magnets that India is expected to use in {year}"
    title = sentence(text, path=PATHS[best["path"]], share=share_of_use(best), year=best["period"])
    return finish(drawing, title, _bars(last), tables.cover(table), india=india, note=note)


def _bars(last: pd.DataFrame) -> Sentence:
    used = between(last["use_low"].min(), last["use_high"].max(), "t", last)
    text = "Bars by fiscal year and a band of expected use, {used} in {year}."
    said = [sentence(text, used=used, year=last["period"].iloc[0])]
    for _, row in last.iterrows():
        text = "Neodymium as {path} makes {made} of magnets in that year."
        said.append(sentence(text, path=PATHS[row["path"]], made=ranged(row)))
    return joined(*said)


def _calendar(periods: pd.Series) -> str:
    """How to read years of two kinds side by side, where there are both."""
    fiscals = periods.map(fiscal.is_fiscal_year)
    return "" if fiscals.all() or not fiscals.any() else "FY: April to March; other years are calendar years."
