"""What the first page says of the forecast: a sentence a target, one figure, and what its judgements are worth."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, PAPER, canvas, finish, label, once_public, wrap
from helpers.chapters.forecast import moves, phrases, tables
from helpers.chapters.outputs import Figure, Sentence, joined, number, sentence
from helpers.data import Quantity, Vintage, derived, ids
from helpers.outlook import evidence, forecast, mirror, moved, readings, structure, targets
from helpers.outlook.episodes import suspect

WHAT = {
    targets.CUSTOMS.name: "magnets of all kinds (HS 850511)",
    targets.REPM.name: "rare-earth magnets (bare or inside motors)",
}
OF = {targets.CUSTOMS.name: "All magnets", targets.REPM.name: "Rare-earth magnets"}
HELD = {
    moved.START: "The newest level is the start",
    moved.GROWTH: "Imports grow as other series do",
    moved.WEIGHTS: "The evidence says how a year is read",
    moved.LICENCES: "each regime of licences by its chance",
    moved.SUPPLY: "each plan of India's plants by its chance",
}
"""What the answer rests on, by what is another in :func:`moved.moved`."""
ROAD = {
    targets.CUSTOMS.name: "Weights lead, not values",
    targets.REPM.name: "What was counted leads first, sectors later",
}
ROWS = 5
"""Judgements that are told."""
AS_HIGH = 0.9
"""Of the suspect total, from which on a later one is about as high."""


def expected(table: pd.DataFrame, india: Vintage, *, explained: bool = False) -> Sentence | None:
    """The fiscal year that runs in one sentence that opens with the tonnes; None of a target without a forecast.

    ``explained`` says which months the year has.
    """
    if table.empty:
        return None
    year, of = forecast.running(table, india), WHAT[table["target"].iloc[0]]
    found = phrases.expected(table, [year], india)[year]
    when, parts = ("{year} ({months})", {"months": phrases.months(year)}) if explained else ("{year}", {})
    chance = "" if np.isnan(found.low) else "; with a chance of 80 %, {tonnes:range} t"
    text = f"{{tonnes}} of {{of}} are expected to be imported in {when}{chance}."
    return sentence(text, tonnes=found, of=of, year=year, **parts)


def doubted(table: pd.DataFrame, india: Vintage) -> Sentence | None:
    """That a total since the suspect one is as high, which is read as an error all the same; None if it is not so."""
    target = table["target"].iloc[0]
    episode, known = suspect(india, target), targets.totals(india, target)
    if episode is None or target != targets.CUSTOMS.name:
        return None
    newest, chance, last = known.iloc[-1], readings.weights(india).get(readings.ERROR, 0.0), table["period"].iloc[-1]
    alone = forecast.at(table, last, forecast.LEVEL, forecast.used(india, target, forecast.LEVEL))
    high = newest.name != episode.year and newest["value"] >= AS_HIGH * known["value"][episode.year]
    if not high or chance <= 1 / 2 or alone is None:
        return None
    text = "{now} in {then} is about as much as in {year} or more, yet with a chance of {chance} {year} is an error:"
    return sentence(
        text, "what speaks for one is of {year} itself. From the level of {then} alone {last} would come to {alone}.",
        now=derived(newest["value"], "t", newest), then=str(newest.name), year=episode.year, last=last,
        chance=words.chance(derived(100 * chance, "%", evidence.table(india))), alone=tables.rounded(alone),
    )  # fmt: skip


@once_public
def outlook(intervals: pd.DataFrame, *, india: Vintage) -> Figure:
    """What was recorded, what other counts make of it, and what is expected: ``forecast.intervals``."""
    target, rows = intervals["target"].iloc[0], forecast.leading(intervals)
    path = rows[rows["scenario"] == forecast.MIXTURE]
    known, rates = targets.totals(india, target), tables.rates(india, target)
    others = mirror.underlying(india) if target == targets.CUSTOMS.name else None
    drawing, (ax,) = canvas("thousand tonnes a fiscal year", height=3.5)
    tops = [1.12 * rates["rate"].max(), 1.12 * known["value"].max(), 1.03 * path[["median", "high80"]].max(axis=None)]
    top = max(tops) / 1000
    ax.set_ylim(0, top)
    _recorded(ax, known, rates, india, target)
    if others is not None:
        at = fiscal.centre(others.period)
        ax.vlines(at, others.low / 1000, others.high / 1000, color=GOLD, linewidth=5, zorder=4)
        label(ax, f"{others.period} by\nother counts", (at, others.low / 1000), dx=0, dy=-4, va="top", ha="center",
              color=GOLD, fontsize=9)  # fmt: skip
    _ahead(ax, path, india, top)
    first = int(min(fiscal.centre(period) for period in rates.index))
    last = fiscal.fiscal_year(path["period"].iloc[-1])
    ticks = np.arange(last, first, -max(1, -(-(last - first) // 6)))[::-1]
    ax.set_xticks(ticks, [fiscal.year_name(int(tick)) for tick in ticks])
    title, alt = _said(path, known, others, india)
    note = "Dots: yearly totals. Steps: parts of years, at their yearly rate. Band: 80 % interval."
    return finish(drawing, title, alt, _rows(path, rates, others), india=india, note=note,
                  uses=[forecast.used(india, target)])  # fmt: skip


def judgements(changed: pd.DataFrame, beside: pd.DataFrame, india: Vintage, target: str) -> pd.DataFrame:
    """What the answer rests on, what would be instead, and what that moves the median by, the most first.

    Parameters
    ----------
    changed : pd.DataFrame
        ``moved.moved`` of the target; of each kind of judgement the case that moves it most counts.
    beside : pd.DataFrame
        ``forecast.beside``, the forecast of the other target, under each regime of licences.
    """
    year = changed["period"].iloc[-1]
    here = changed[changed["period"] == year].dropna(subset="median")
    answer, rest = here.iloc[0], here.iloc[1:]
    far = np.log(rest["times"].astype(float)).abs()
    rest = rest.loc[far.groupby(rest["what"], sort=False).idxmax()]
    own = [(row["what"], target, row["case"], row["median"] - answer["median"], row["source"])
           for _, row in rest.iterrows()]  # fmt: skip
    other = _of_other(beside, year, india)
    own = sorted((row for row in own if _rounded(row[3]).value), key=_size)[: ROWS - len(other)]
    said = [
        (_held(what, of, target), moves.in_words(case, india, of), f"{_rounded(tonnes):signed}"[:-2], source)
        for what, of, case, tonnes, source in sorted([*own, *other], key=_size)
    ]
    return pd.DataFrame(said, columns=["The answer takes", "If instead", f"{year}, t more", "source"])


def _held(what: str, of: str, target: str) -> str:
    """What the answer takes; of the other target with its name before it."""
    said = HELD.get(what, ROAD[of])
    return said[0].upper() + said[1:] if of == target else f"{OF[of]}: {said}"


def _size(row: tuple) -> float:
    return -abs(row[3])


def _rounded(tonnes: float) -> Quantity:
    return derived(np.sign(tonnes) * tables.rounded(derived(abs(tonnes), "t")).value, "t")


def _of_other(beside: pd.DataFrame, year: str, india: Vintage) -> list[tuple]:
    """What the regime that moves the other target most would do to it, and the plan of plants least expected."""
    if beside.empty or year not in set(beside["period"]):
        return []
    target = beside["target"].iloc[0]
    uses, answer = forecast.used(india, target), forecast.at(beside, year)
    found = {}
    for case in beside["scenario"].unique():
        if case.startswith(moved.LICENCES):
            found[case] = forecast.at(beside, year, case).value - answer.value
    rows = []
    if found:
        most = max(found, key=lambda case: abs(found[case]))
        rows.append((moved.LICENCES, target, most, found[most], ids(uses)))
    plans = structure.supplies(india)["chance"] if structure.SECTORS in set(beside["scenario"]) else pd.Series()
    if len(plans) > 1:
        plan = plans.idxmin()
        made = forecast.at(forecast.supplied(india, year, year, plan), year, plan)
        rows.append((moved.SUPPLY, target, plan, made.value - answer.value, ids(uses)))
    return rows


def _recorded(ax, known: pd.DataFrame, rates: pd.DataFrame, india: Vintage, target: str) -> None:
    """Totals as dots, the suspect one hollow and named; parts of years as grey steps at their yearly rate."""
    for period, row in rates[~rates.index.isin(known.index)].iterrows():
        half, at = len(fiscal.months(period)) / 24, fiscal.centre(period)
        ax.hlines(row["rate"] / 1000, at - half, at + half, color=MUTED, linewidth=2.5)
    episode = suspect(india, target)
    for period, value in known["value"].items():
        hollow = episode is not None and period == episode.year
        at = fiscal.centre(period), value / 1000
        ax.plot(*at, "o", color=INK, markerfacecolor=PAPER if hollow else INK, markersize=5, zorder=5)
        if hollow or (episode is None and period == known.index[-1]):
            text = f"{number(value / 1000, 1)} in {period}" + (",\nsuspect" if hollow else "")
            label(ax, text, at, dx=-8, ha="right", fontsize=9)


def _ahead(ax, path: pd.DataFrame, india: Vintage, top: float) -> None:
    """The median with its 80 % band; the year that runs and the last one by their tonnes."""
    at = path["period"].map(fiscal.centre)
    ax.fill_between(at, path["low80"] / 1000, path["high80"] / 1000, color=BLUE, alpha=0.22, linewidth=0)
    ax.plot(at, path["median"] / 1000, "-" if len(path) > 1 else "o", color=BLUE, linewidth=2)
    running, last = forecast.running(path, india), path.iloc[-1]
    now = path[path["period"] == running].iloc[0]
    label(ax, wrap(f"{number(last['median'] / 1000, 1)} in {last['period']}", 9),
          (at.iloc[-1], last["median"] / 1000), color=BLUE, fontsize=9)  # fmt: skip
    if running != last["period"]:
        where = fiscal.centre(running), now["median"] / 1000
        ax.plot(*where, "o", color=BLUE, markersize=5, zorder=5)
        label(ax, f"{number(now['median'] / 1000, 1)} in {running}", where, dx=4, dy=14, color=BLUE, fontsize=9)


def _said(path: pd.DataFrame, known: pd.DataFrame, others: Quantity | None, india: Vintage) -> tuple:
    """Title and alternative text."""
    target = path["target"].iloc[0]
    uses = forecast.used(india, target)
    now, last = (forecast_of(path, year, uses) for year in (forecast.running(path, india), path["period"].iloc[-1]))
    newest = known.iloc[-1]
    was = derived(newest["value"], "t", newest)
    text = "From {was} in {then} to {now} expected in {year}"
    parts = {"was": was, "then": str(newest.name), "now": now, "year": now.period}
    told = [sentence("The last total known, of {then}, is {was}.", was=was, then=str(newest.name))]
    if others is not None:
        text += "; by other counts {others:range~3} t came in {count}"
        parts |= {"count": others.period, "others": others}
        told.append(sentence("By other counts {others:range~3} t in {count}.", others=others, count=others.period))
    for one in dict.fromkeys((now, last)):
        low = "" if np.isnan(one.low) else " ({one:range})"
        told.append(sentence(f"Expected in {{year}}: {{one}}{low}.", one=one, year=one.period))
    opening = Sentence("A line of expected imports in a band of 80 % beside the totals that are known.")
    return sentence(text, **parts), joined(opening, *told)


def forecast_of(path: pd.DataFrame, year: str, uses) -> Quantity:
    """A year of a path of intervals, as it is said."""
    row = path[path["period"] == year].iloc[0]
    return tables.rounded(derived(row["median"], "t", *uses, period=year, low=row["low80"], high=row["high80"]))


def _rows(path: pd.DataFrame, rates: pd.DataFrame, others: Quantity | None) -> pd.DataFrame:
    """What is drawn, as the data of the figure."""
    rows = [("recorded, a year's rate", words.period(p), np.nan, r["rate"], np.nan, r["source"])
            for p, r in rates.iterrows()]  # fmt: skip
    if others is not None:
        rows.append(("by other counts", others.period, others.low, np.nan, others.high, ids(others)))
    rows += [("expected", r["period"], r["low80"], r["median"], r["high80"], "") for _, r in path.iterrows()]
    return pd.DataFrame(
        rows, columns=["What", "Period", "80 % or range from, t", "Tonnes", "80 % or range to, t", "source"]
    )
