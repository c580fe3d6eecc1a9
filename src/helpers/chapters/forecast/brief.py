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
from helpers.outlook.episodes import level, suspect

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
ROWS = 5  # judgements that are told
AS_HIGH = 0.9  # of the suspect total, from which on a later one is about as high


def expected(table: pd.DataFrame, india: Vintage, *, explained: bool = False) -> Sentence | None:
    """The fiscal year that runs in one sentence that opens with the tonnes; None of a target without a forecast.

    ``explained`` says which months the year has.
    """
    if table.empty:
        return None
    year, of = forecast.running(table, india), WHAT[table["target"].iloc[0]]
    (found,) = phrases.expected(table, [year], india)
    text, parts = "{tonnes} of {of} are expected to be imported in {year}", {"tonnes": found, "of": of, "year": year}
    if explained:
        text, parts["months"] = f"{text} ({{months}})", phrases.months(year)
    chance = "" if np.isnan(found.low) else "; with a chance of 80 %, {tonnes:range} t"
    return sentence(f"{text}{chance}.", **parts)


def doubted(table: pd.DataFrame, india: Vintage) -> Sentence | None:
    """That a total since the suspect one is as high, which is read as an error all the same; None if it is not so."""
    target = table["target"].iloc[0]
    episode, known = suspect(india, target), targets.totals(india, target)
    if episode is None or target != targets.CUSTOMS.name:
        return None
    newest, year, last = known.iloc[-1], episode.year, table["period"].iloc[-1]
    chance = readings.weights(india).get(readings.ERROR, 0.0)
    alone = forecast.at(table, last, forecast.LEVEL, forecast.used(india, target, forecast.LEVEL))
    high = newest.name != year and newest["value"] >= AS_HIGH * known["value"][year]
    if not high or chance <= 1 / 2 or alone is None:
        return None
    text = "{now} in {then} is {much} in {year}, yet with a chance of {chance} {year} is an error: what speaks for one"
    tail = "is of {year} itself. From the level of {level} alone {last} would come to {alone}."
    parts = {"now": derived(newest["value"], "t", newest), "then": str(newest.name), "year": year, "last": last}
    parts["much"] = "more than" if AS_HIGH * newest["value"] > known["value"][year] else "about as much as"
    parts |= {"level": words.period(level(india, target).period), "alone": tables.rounded(alone)}
    parts["chance"] = words.chance(derived(100 * chance, "%", evidence.table(india)))
    return sentence(text, tail, **parts)


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
    _ahead(ax, path, india)
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
    rows = rest.assign(of=target, tonnes=rest["median"] - answer["median"])[["what", "of", "case", "tonnes", "source"]]
    other = _of_other(beside, year, india)
    rows = _largest(rows[rows["tonnes"].map(_rounded) != 0]).head(ROWS - len(other))
    rows = _largest(pd.concat([rows, other]) if len(other) else rows)
    said = [
        (*_judged(row, target, india), f"{derived(_rounded(row.tonnes), ''):signed}", row.source)
        for row in rows.itertuples()
    ]  # fmt: skip
    return pd.DataFrame(said, columns=["The answer takes", "If instead", f"{year}, t more", "source"])


def _judged(row, target: str, india: Vintage) -> tuple[str, str]:
    """What the answer takes, of the other target with its name before it, and what would be instead."""
    held, instead = HELD.get(row.what, ROAD[row.of]), moves.in_words(row.case, india, row.of)
    if row.what == moved.START:
        held, growth = _started(row.case, row.of, india)
        instead = f"{growth}{instead}"
    return (words.upper(held) if row.of == target else f"{OF[row.of]}: {held}"), instead


def _started(case: str, of: str, india: Vintage) -> tuple[str, str]:
    """What the answer takes in the place of growth from yearly levels, and what to call that growth by, if at all."""
    if of == targets.REPM.name:
        return "Licences and what sectors need are weighed", ""
    episode = suspect(india, of)
    if case == forecast.RECORDED and targets.part_years(india, of):
        return HELD[moved.START], ""
    if case == forecast.RECORDED and episode:
        return f"{episode.year} counts by its readings", ""
    return "Months are simulated" + (f" under each reading of {episode.year}" if episode else ""), "growth from "


def _largest(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("tonnes", key=lambda tonnes: -tonnes.abs(), kind="stable")


def _rounded(tonnes: float) -> float:
    return float(np.sign(tonnes) * tables.rounded(derived(abs(tonnes), "t")).value)


def _of_other(beside: pd.DataFrame, year: str, india: Vintage) -> pd.DataFrame:
    """What the regime that moves the other target most would do to it, and the plan of plants least expected."""
    rows = []
    if len(beside) and year in set(beside["period"]):
        target, answer = beside["target"].iloc[0], forecast.at(beside, year).value
        source, scenarios = ids(forecast.used(india, target)), beside["scenario"].unique()
        regimes = [case for case in scenarios if case.startswith(moved.LICENCES)]
        found = {case: forecast.at(beside, year, case).value - answer for case in regimes}
        if found:
            most = max(found, key=lambda case: abs(found[case]))
            rows.append((moved.LICENCES, target, most, found[most], source))
        plans = structure.supplies(india)["chance"] if structure.SECTORS in scenarios else pd.Series()
        if len(plans) > 1:
            plan = plans.idxmin()
            made = forecast.at(forecast.supplied(india, year, year, plan), year, plan).value
            rows.append((moved.SUPPLY, target, plan, made - answer, source))
    return pd.DataFrame(rows, columns=["what", "of", "case", "tonnes", "source"])


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


def _ahead(ax, path: pd.DataFrame, india: Vintage) -> None:
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
    uses, told = forecast.used(india, path["target"].iloc[0]), path[path["period"].isin(phrases.ends(path, india))]
    expected, newest = [tables.told(row, uses) for _, row in told.iterrows()], known.iloc[-1]
    was = {"was": derived(newest["value"], "t", newest), "then": str(newest.name)}
    text, parts = "From {was} in {then} to {now} expected in {year}", {"now": expected[0], "year": expected[0].period}
    said = [Sentence("A line of expected imports in a band of 80 % beside the totals that are known.")]
    said.append(sentence("The last total known, of {then}, is {was}.", **was))
    if others is not None:
        text += "; by other counts {others:range~3} t came in {count}"
        counted = {"count": others.period, "others": others}
        said.append(sentence("By other counts {others:range~3} t in {count}.", **counted))
        parts |= counted
    for one in expected:
        span = phrases.interval(one, "")
        said.append(sentence("Expected in {year}: {one}{span}.", one=one, year=one.period, span=span))
    return sentence(text, **was, **parts), joined(*said)


def _rows(path: pd.DataFrame, rates: pd.DataFrame, others: Quantity | None) -> pd.DataFrame:
    rows = [("recorded, a year's rate", words.period(period), np.nan, row["rate"], np.nan, row["source"])
            for period, row in rates.iterrows()]  # fmt: skip
    if others is not None:
        rows.append(("by other counts", others.period, others.low, np.nan, others.high, ids(others)))
    rows += [("expected", r["period"], r["low80"], r["median"], r["high80"], "") for _, r in path.iterrows()]
    heads = ["What", "Period", "80 % or range from, t", "Tonnes", "80 % or range to, t", "source"]
    return pd.DataFrame(rows, columns=heads)
