"""What moved a forecast between two reports: one sentence, one figure, one table."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.canvas import BLUE, INK, MUTED, RED, canvas, finish, label, wrap
from helpers.chapters.outputs import Figure, Sentence, joined, sentence
from helpers.chapters.rows import headed
from helpers.data import Quantity, Vintage, derived, ids
from helpers.outlook import revision, structure, targets, value

FIRST = Sentence("This is the first report in this folder.")
LEAST = 0.005  # the change of a median, as a fraction of it, below which a forecast is said to stay
MOST, SMALL = 4, 0.1  # things that a sentence names; the smallest of them, as a fraction of the largest
MIDDLE, ENDS = 0.5, (0.1, 0.9)
NOTHING = 1e-6  # an effect that is none but of the order in which numbers are added
_UNIT = {"t": "tonnes a year", "USD m": "million USD a year"}
_WHAT = {name: target.what for name, target in targets.TARGETS.items()} | {value.NAME: "the value of HS 850511"}
_SETTINGS = {"target": "another target", "horizon": "another horizon", "baseline_t": "another tonnage to start from"}
_NAMED = {
    revision.FIGURES: ("the new figure of {of}", "new figures of {of}", "new figures"),
    revision.REVISIONS: ("the revised figure of {of}", "revised figures of {of}", "revised figures"),
    revision.GONE: ("the withdrawn figure of {of}", "withdrawn figures of {of}", "withdrawn figures"),
    revision.JUDGEMENTS: ("our judgement on {of}", "our judgements on {of}", "judgements of ours"),
    revision.DRIVERS: ("the driver {of}", "the drivers {of}", "figures of what drives demand"),
}


def year(ends: pd.DataFrame, india: Vintage) -> str:
    """The fiscal year to speak of: the one that runs on the day, or the nearest that both forecasts have."""
    now = fiscal.fiscal_year(pd.Timestamp(india.day))
    return min(ends["period"].unique(), key=lambda period: abs(fiscal.fiscal_year(period) - now))


def moved(ends: pd.DataFrame, period: str) -> bool:
    """Whether median or 80 % interval of a year changed by more than :data:`LEAST` of the median."""
    rows = ends[(ends["period"] == period) & ends["quantile"].isin([MIDDLE, *ENDS])]
    middle = rows.loc[rows["quantile"] == MIDDLE, "before"].iloc[0]
    return bool(((rows["after"] - rows["before"]).abs() >= LEAST * abs(middle)).any())


def since(ends: pd.DataFrame, period: str, day: str, table: pd.DataFrame | None = None) -> Sentence:
    """By how much the forecast of a year moved since the report of a day, and what that is due to.

    ``ends`` are those of a revision, of one target; its ``table`` is needed where it :func:`moved`.
    """
    target, (before, after) = ends["target"].iloc[0], _middles(ends, period)
    head = {"day": words.day(day), "what": _WHAT[target], "year": period, "now": after}
    same = f"{before:~3}" == f"{after:~3}"
    stayed = "has stayed at {now:~3}" if same else "has hardly moved, from {was:~3} to {now:~3}"
    was = {} if same else {"was": before}
    if not moved(ends, period) or table is None:
        return sentence(f"Since the report of {{day}}, the forecast of {{what}} for {{year}} {stayed}.", **head, **was)
    parts = causes(table, period)
    change = derived(after.value - before.value, after.unit, *parts["source"])
    if (went := words.direction(change.value / before.value, LEAST)) == "unchanged":
        went, head = f"{stayed}, but its interval has moved", head | was
    else:
        went, head["by"] = f"is {went} {{by:~2}} to {{now:~3}}", derived(abs(change.value), change.unit, change)
    only = set(parts["part"])
    if only <= {revision.MODEL}:
        why = "for the model alone: the code, its rules or what it fits are other ones"
    elif only <= {revision.PARAMETERS}:
        why, head["which"] = "for its parameters alone: {which}", words.listed(parts["what"])
    else:
        few = _few(parts)
        each = (f"{derived(row.median, after.unit, row.source):signed~2} from {row.what}" for row in few.itertuples())
        why, head["causes"], head["uses"] = "{causes}", words.listed(each), [few]
    return sentence(f"Since the report of {{day}}, the forecast of {{what}} for {{year}} {went}: {why}.", **head)


def beside(
    then: pd.DataFrame, now: pd.DataFrame, target: str, period: str, day: str, india: Vintage
) -> Sentence | None:
    """What became of the forecasts of other targets in tonnes than that of a report; None where they have stayed.

    Of rare-earth magnets also how much more or less what was counted weighs in it, as years come nearer. ``then`` and
    ``now`` are what both reports publish (``headline.COLUMNS``), ``day`` that of the earlier.
    """
    said = []
    for other in targets.TARGETS:
        rows = [of[(of["target"] == other) & (of["period"] == period)] for of in (then, now)]
        before, after = (
            [derived(row["value"], row["unit"]) for _, row in of[of["quantile"] == MIDDLE].iterrows()] for of in rows
        )
        if other == target or not (before or after):
            continue
        if not before:
            said.append(sentence("A forecast of {what} for {year} is new.", what=_WHAT[other], year=period))
        elif not after:
            said.append(sentence("No forecast is made of {what} any more.", what=_WHAT[other]))
        else:
            said.append(_became(other, before[0], after[0], period, day, india))
    return joined(*said) if any(said) else None


def _became(other: str, before: Quantity, after: Quantity, period: str, day: str, india: Vintage) -> Sentence | None:
    went = words.direction(after.value / before.value - 1, LEAST)
    if went == "unchanged" or f"{before:~3}" == f"{after:~3}":
        return None
    text, parts = "That of {what} is {went} from {before:~3} to {after:~3}", {"before": before, "after": after}
    if other == targets.REPM.name and turned(day, india.day):
        year = np.array([fiscal.fiscal_year(period)])
        then, now = (
            derived(100 * (1 - structure.weights(at, year)[0]), "%", at.assumption(structure.WEIGHT))
            for at in (india.on(day), india)
        )
        if f"{then}" != f"{now}":
            text += "; with the new fiscal year what was counted weighs {now} in it, before {then}"
            parts |= {"now": now, "then": then}
    return sentence(text + ".", what=_WHAT[other], went=went, **parts)


def turned(day: object, later: object) -> bool:
    """Whether another fiscal year has begun, by which the two ways to rare-earth magnets are weighed otherwise."""
    return fiscal.fiscal_year(pd.Timestamp(day)) != fiscal.fiscal_year(pd.Timestamp(later))


def apart(day: str, target: str) -> Sentence:
    """What to say where two reports have no year in common."""
    text = "The report of {day} has no forecast of {what} for a year of this one."
    return sentence(text, day=words.day(day), what=_WHAT[target])


def unknown(day: str, why: str) -> Sentence:
    """What to say where it cannot be told what moved a forecast."""
    text = "What moved the forecast since the report of {day} cannot be told here: {why}."
    return sentence(text, day=words.day(day), why=why)


def causes(table: pd.DataFrame, period: str) -> pd.DataFrame:
    """What moved a year, largest first: ``part, what, low80, median, high80, source``; what moves nothing is left out.

    In the unit of the target; ``low80`` and ``high80`` are effects on the ends of the interval.
    """
    rows = table[(table["period"] == period) & table["quantile"].isin([MIDDLE, *ENDS])]
    rows = rows.assign(what=[called(row) for row in rows.itertuples()])
    keys = ["part", "what", "source"]
    wide = rows.pivot_table(index=keys, columns="quantile", values="effect", aggfunc="sum", sort=False)
    wide = wide.reindex(columns=[ENDS[0], MIDDLE, ENDS[1]])
    wide = wide[(wide.abs() > NOTHING).any(axis=1)].set_axis(["low80", "median", "high80"], axis=1).reset_index()
    return wide.sort_values("median", key=lambda of: -of.abs(), kind="stable", ignore_index=True)


def called(row) -> str:
    if row.key == revision.DAY:
        first, last = row.when.split("/")
        if row.target == targets.REPM.name and turned(first, last):
            return f"the fiscal year that began by {words.day(last)}, with which the weights of the two ways roll"
        return f"the day, {words.day(last)} instead of {words.day(first)}"
    if row.key == revision.OLD_CODE:
        return "the model: code, rules and what is fitted"
    if row.part == revision.PARAMETERS:
        return _SETTINGS[row.key]
    one, several, others = _NAMED[row.part]
    if not row.table:
        return f"{words.count(row.count)} other {others}"
    when = f" for {row.when if ' to ' in row.when else words.named(row.when)}" if row.when else ""
    named = f"{_series(row)}{when}"
    if row.others:
        return f"{words.count(row.count)} {others}" + (f" (among them {named})" if _own(row) else "")
    return (one if row.count == 1 else several).format(of=named)


def bars(ends: pd.DataFrame, table: pd.DataFrame, period: str, day: str, *, india: Vintage) -> Figure:
    """The median before, what moved it, and the median now: a bar each, their sum without a rest."""
    (before, after), shown = _middles(ends, period), _few(causes(table, period))
    names, effects = [f"report of {words.day(day)}", *shown["what"], "this report"], shown["median"].to_numpy()
    edges = np.cumsum([before.value, *effects])
    drawing, (ax,) = canvas(f"{_UNIT[after.unit]}, median of {period}", height=1.1 + 0.42 * len(names), horizontal=True)
    for place, (effect, edge) in enumerate(zip(effects, edges[1:], strict=True), start=1):
        ax.barh(place, effect, left=edge - effect, height=0.62, color=BLUE if effect < 0 else RED)
        ax.plot([edge, edge], [place, place + 1], color=MUTED, linewidth=0.8)
        label(ax, f"{derived(effect, after.unit):signed~2}", (max(edge - effect, edge), place), fontsize=9)
    ax.plot([before.value] * 2, [0, 1], color=MUTED, linewidth=0.8)
    for place, of in ((0, before), (len(names) - 1, after)):
        ax.plot(of.value, place, "o", color=INK, markersize=7)
        label(ax, f"{of:~3}", (of.value, place), dx=9, fontsize=9)
    ax.set_yticks(range(len(names)), [wrap(name, 40) for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    room = 0.15 * (edges.max() - edges.min() or 1)
    ax.set_xlim(edges.min() - room, edges.max() + 2 * room)
    said = "; ".join(f"{what} {derived(effect, after.unit):signed~2}"
                     for what, effect in zip(shown["what"], effects, strict=True))  # fmt: skip
    alt = sentence("Bars from a median of {before:~3} in the report of {day} to {after:~3} in this one: {said}.",
                   before=before, after=after, day=words.day(day), said=said, uses=[*shown["source"]])  # fmt: skip
    data = pd.DataFrame({"What": names, f"Median or effect on it, {after.unit}": [before.value, *effects, after.value]})
    data["source"] = [ids(before), *shown["source"], ids(after)]
    note = "Each bar: a part of the change, averaged over all orders in which things could have come; they add up."
    return finish(drawing, _finding(ends, shown, period), alt, data, india=india, note=note)


def _finding(ends: pd.DataFrame, shown: pd.DataFrame, period: str) -> Sentence:
    """What a figure of some causes finds: whether one of them is most of the change."""
    before, after = _middles(ends, period)
    change, first = after.value - before.value, shown.iloc[0]
    part = derived(first["median"], after.unit, first["source"])
    of = {"year": period, "what": first["what"], "uses": [part]}
    if words.direction(change / before.value, LEAST) == "unchanged":
        text = "The median for {year} has stayed; the largest part, {part:signed~2}, is from {what}"
        return sentence(text, part=part, **of)
    of["by"] = derived(change, after.unit, *shown["source"])
    if part.value / change < 0:
        text = "The median for {year} has moved by {by:signed~2}, against the largest part, {part:signed~2} from {what}"
        return sentence(text, part=part, **of)
    share = "most of it" if part.value / change > MIDDLE else "the largest part of it"
    return sentence("The median for {year} has moved by {by:signed~2}, {share} from {what}", share=share, **of)


def listed(table: pd.DataFrame, period: str, unit: str) -> pd.DataFrame:
    """:func:`causes` as readers see them, all of them, with their sum."""
    parts = causes(table, period)
    ends = {"low80": f"lower end of 80 %, {unit}", "median": f"median, {unit}", "high80": f"upper end of 80 %, {unit}"}
    whole = {"part": "all", "what": "together", "source": ids(*parts["source"]), **parts[list(ends)].sum()}
    rows = pd.concat([parts, pd.DataFrame([whole])], ignore_index=True)
    return headed(rows, {"part": "part", "what": "what"} | ends)


def _middles(ends: pd.DataFrame, period: str) -> tuple[Quantity, Quantity]:
    row = ends[(ends["period"] == period) & (ends["quantile"] == MIDDLE)].iloc[0]
    before, after = derived(row["before"], row["unit"]), derived(row["after"], row["unit"], row, period=period)
    return before, after


def _few(parts: pd.DataFrame) -> pd.DataFrame:
    """The largest of what moved a year, and the others as one."""
    least = SMALL * parts["median"].abs().max()
    count = min(int((parts["median"].abs() >= least).sum()), MOST)
    few, others = parts.iloc[:count], parts.iloc[count:]
    if others.empty or not others["median"].abs().sum() > NOTHING:
        return few
    if len(others) > 1:
        rest = {"part": "", "what": "all else", "median": others["median"].sum(), "source": ids(*others["source"])}
        others = pd.DataFrame([rest])
    return pd.concat([few, others], ignore_index=True)


def _own(row) -> targets.Target | None:
    """The target whose series moved, if it is one."""
    key = row.table, tuple(row.key.split("/"))
    return next((of for of in targets.TARGETS.values() if (of.table, tuple(of.keys.values())) == key), None)


def _series(row) -> str:
    if target := _own(row):
        return f"{target.what} into India" if target.fiscal else f"{target.what} used in India"
    return row.key.replace("/", " ").replace("_", " ") or row.table
