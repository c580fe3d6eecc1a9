"""Figures of chapter 2: what India's own rare earth can make."""

from datetime import date

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, PAPER, RED, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, Sentence, joined, number, sentence
from helpers.chapters.production import tables, verdicts
from helpers.chapters.production.sentences import PATHS, use_moves
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import supply

_COLOURS = {"planned": GOLD, "target": BLUE}
_OUTLINED = "Outlined: a yield that is recalled and not verified."


@once_public
def mine_output(editions: pd.DataFrame, *, india: Vintage) -> Figure:
    """India's mine output of rare-earth oxide by edition: ``supply.mine_output``."""
    drawing, (ax,) = canvas("tonnes of rare-earth oxide a year", height=3.2)
    rows = editions.assign(at=editions["period"].map(_middle), hollow=editions["status"] == "unverified")
    current, superseded = rows[~rows["revised"]], rows[rows["revised"]]
    for hollow, dots in current.groupby("hollow"):
        ax.plot(dots["at"], dots["tonnes"], "o", color=BLUE, markerfacecolor=PAPER if hollow else BLUE, markersize=7)
    ax.plot(superseded["at"], superseded["tonnes"], "x", color=MUTED, markersize=7)
    for row in superseded.itertuples():
        label(ax, "earlier edition", (row.at, row.tonnes), dx=8, color=MUTED)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.xaxis.set_major_formatter("{x:.0f}")
    ax.set_ylim(0, editions["tonnes"].max() * 1.25)
    notes = {"Hollow: recalled and not verified.": current["hollow"].any(), "Cross: superseded.": len(superseded)}
    notes["Fiscal years (FY) stand a quarter later than calendar years."] = (
        rows["period"].map(fiscal.is_fiscal_year).any()
    )
    note = " ".join(text for text, wanted in notes.items() if wanted)
    title, alt = _mined(current), _dots(current)
    return finish(drawing, title, alt, tables.editions(editions), india=india, note=note)


def _mined(current: pd.DataFrame) -> Sentence:
    """Newest sourced output, and where the others lie."""
    sourced = current[~current["hollow"]]
    if sourced.empty:
        return sentence("No Indian mine output of rare earth is from an opened source", uses=[current])
    last, others = sourced.iloc[-1], sourced.iloc[:-1]
    parts = {"last": derived(last["tonnes"], "t", last), "year": last["period"]}
    text = "India mined {last} of rare-earth oxide in {year}"
    if others.empty:
        return sentence(text, **parts)
    span = _spread(others["tonnes"], others)
    parts |= {"span": span, "since": others["period"].iloc[0]}
    match words.place([last["tonnes"]], others["tonnes"].min(), others["tonnes"].max()):
        case "above":
            text += ", more than in any other sourced year since {since}: {span:range} t"
        case "below":
            text += ", less than in any other sourced year since {since}: {span:range} t"
        case _:
            text += "; the other sourced years since {since} have {span:range} t"
    return sentence(text, **parts)


def _dots(current: pd.DataFrame) -> Sentence:
    text = "Dots by year from {first} to {last}, {count:number} of them, at {span:range} tonnes."
    count, span = derived(len(current), ""), _spread(current["tonnes"], current)
    parts = {"first": current["period"].iloc[0], "last": current["period"].iloc[-1], "count": count, "span": span}
    hollow = current[current["hollow"]]
    if hollow.empty:
        return sentence(text, "All are from opened sources.", **parts)
    tail = "Hollow ones, {hollow:number}, are recalled without an opened source."
    return sentence(text, tail, **parts, hollow=derived(len(hollow), "", hollow))


@once_public
def oxide_need(need: pd.DataFrame, aimed: pd.DataFrame, neodymium: pd.DataFrame, *, india: Vintage) -> Figure:
    """Oxide for the magnet scheme beside neodymium made, planned and targeted: ``supply.scheme_need`` and others."""
    bars, target = tables.needs(need, neodymium), supply.current(aimed)
    drawing = _bars(bars, reds=len(need))
    oxide_t = derived(need.loc["contained", "tonnes"], "t", need.loc["contained"])
    if target is None or target["stands"] == 0:
        title = sentence("The magnets of the scheme contain {oxide} of oxide a year, before any loss", oxide=oxide_t)
    else:
        share = derived(100 * oxide_t.value / target["stands"], "%", oxide_t, target)
        what = "made in" if pd.notna(target["made"]) else "targeted for"
        text = "The magnets of the scheme contain {share} the neodymium {what} {period}, before any loss"
        title = sentence(text, share=verdicts.enough(share), what=what, period=target["period"])
    text = "Horizontal bars, tonnes of oxide a year, need of the scheme and neodymium of the producer: {bars}."
    alt = sentence(text, bars=_listed(bars), uses=[bars])
    return finish(drawing, title, alt, bars, india=india, note=_note(need))


@once_public
def funnel(steps: pd.DataFrame, *, india: Vintage) -> Figure:
    """From ore to use in contained oxide, step by step: ``supply.funnel``."""
    bars = tables.funnel(steps)
    drawing = _bars(bars, reds=1, last=True)
    metal, use = steps.loc["metal"], steps.loc["use"]
    share = derived(100 * metal["tonnes"] / use["tonnes"], "%", metal, use)
    what = "made in" if steps["made"].any() else "as targeted for"
    text = "Neodymium {what} {period} is enough, as metal and before machining, for {share} the rare earth"
    tail = "in the magnets that India used in {year}"
    title = sentence(text, tail, what=what, period=metal["period"], share=verdicts.enough(share), year=use["period"])
    alt = sentence("Horizontal bars in contained oxide, from ore to use: {bars}.", bars=_listed(bars), uses=[bars])
    return finish(drawing, title, alt, bars, india=india, note=_note(steps))


@once_public
def cover(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """Magnets that Indian neodymium can make, as oxide and as metal, against expected use: ``coverage.cover``."""
    drawing, (ax,) = canvas("thousand tonnes of magnets a year", height=3.7)
    years = sorted(table["period"].unique(), key=fiscal.centre)
    use = table.drop_duplicates("period").set_index("period").loc[years]
    ax.fill_between(
        range(len(years)), use["use_low"] / 1000, use["use_high"] / 1000, color=MUTED, alpha=0.3, linewidth=0
    )
    ax.plot(range(len(years)), use["use"] / 1000, color=MUTED, linewidth=1.2)
    ends = [(use["use"].iloc[-1] / 1000, "expected use")]
    for path, rows in table.groupby("path", sort=False):
        at = [years.index(period) for period in rows["period"]]
        for column, style, read in (("magnets", "-", "oxide"), ("magnets_metal", ":", "metal")):
            ax.plot(at, rows[column] / 1000, style, color=_COLOURS[path], linewidth=2.2)
            ends.append((rows[column].iloc[-1] / 1000, f"{PATHS[path]}, if {read}"))
    top = max(use["use_high"].max(), table["magnets_metal"].max()) / 1000 * 1.08
    for height, (value, text) in zip(_apart([value for value, _ in ends], top / 15), ends, strict=True):
        label(ax, f"{number(value, 1)} {text}", (len(years) - 1, height), color=INK)
    ax.set_xticks(range(len(years)), years)
    ax.set_xlim(-0.2, max(len(years) - 1, 0) + 0.32 * max(len(years) - 1, 1))
    ax.set_ylim(0, max(top, 1.08 * max(_apart([value for value, _ in ends], top / 15))))
    note = "Solid: neodymium counted as oxide; dotted: as metal. Band: the outlooks of use. Loss in machining left out."
    if table["held"].any():
        note += " After the last figure of a path it is drawn level."
    return finish(drawing, _covered(table), _lines(table), tables.cover(table), india=india, note=note)


def _covered(table: pd.DataFrame) -> Sentence:
    """The share of use that the higher path reaches in the last year."""
    last = table[table["period"] == table["period"].iloc[-1]].sort_values("share", kind="stable")
    best = last.iloc[-1]
    share = derived(best["share"], "%", best, low=best["share_low"], high=best["share_high"])
    which = ", the higher of two paths," if len(last) > 1 and verdicts.moves(*last["share"]) == "rises" else ""
    text = "Neodymium as {path}{which} is enough, counted as oxide, for {share} the rare-earth magnets"
    parts = {"path": PATHS[best["path"]], "which": which, "share": verdicts.enough(share, ranged=True)}
    return sentence(text, "that India is expected to use in {year}", **parts, year=best["period"])


def _lines(table: pd.DataFrame) -> Sentence:
    ends = table.groupby("path", sort=False).tail(1)
    said = [sentence("Lines by fiscal year."), use_moves(table)]
    text = "Neodymium as {path} allows {oxide} of magnets in {year} if it is oxide and {metal} if it is metal."
    for _, row in ends.iterrows():
        made = {
            name: derived(row[column], "t", row) for name, column in (("oxide", "magnets"), ("metal", "magnets_metal"))
        }
        said.append(sentence(text, path=PATHS[row["path"]], year=row["period"], **made))
    return joined(*said)


def _bars(bars: pd.DataFrame, reds: int, last: bool = False):
    """Horizontal bars, the first (or the last) of them red, those that rest on an unverified yield outlined."""
    tonnes = bars.iloc[:, 0]
    drawing, (ax,) = canvas(bars.columns[0].lower(), height=0.9 + 0.38 * len(bars), horizontal=True)
    for place, (value, basis) in enumerate(zip(tonnes[::-1], bars["Status"][::-1], strict=True)):
        red = place < reds if last else place >= len(bars) - reds
        colour = RED if red else BLUE
        face = PAPER if "unverified" in basis else colour
        ax.barh(place, value, color=face, edgecolor=colour, linewidth=1.5, height=0.6)
        label(ax, number(value), (value, place), dx=5)
    ax.set_yticks(range(len(bars)), bars.index[::-1])
    ax.set_xlim(0, tonnes.max() * 1.12)
    return drawing


def _note(steps: pd.DataFrame) -> str:
    return "Neodymium is counted as oxide." + ("" if steps["verified"].all() else f" {_OUTLINED}")


def _listed(bars: pd.DataFrame) -> str:
    marks = ["" if "unverified" not in basis else " (unverified)" for basis in bars["Status"]]
    return "; ".join(
        f"{name} {number(value)}{mark}" for (name, value), mark in zip(bars.iloc[:, 0].items(), marks, strict=True)
    )


def _spread(values: pd.Series, rows: pd.DataFrame) -> Quantity:
    return derived(values.iloc[-1], "t", rows, low=values.min(), high=values.max())


def _apart(values: list[float], least: float) -> list[float]:
    """Heights for labels that stand at these values, or as little above them as keeps the labels apart."""
    heights = dict.fromkeys(range(len(values)), 0.0)
    floor = float("-inf")
    for place in sorted(heights, key=values.__getitem__):
        heights[place] = floor = max(values[place], floor + least)
    return list(heights.values())


def _middle(period: str) -> float:
    """The middle of a period in calendar years, a whole number for a calendar year."""
    start, end = fiscal.span(period)
    middle = date.fromordinal((start.toordinal() + end.toordinal() + 1) // 2)
    return round(middle.year + middle.timetuple().tm_yday / 366 - 0.5, 2)
