"""Sentences of what a forecast is set beside: what came, another series, other series in general, other people."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.forecast import tables
from helpers.chapters.forecast.value import often
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import count, spread
from helpers.data import Vintage, derived, from_row, sources_of
from helpers.ensemble import calibrated
from helpers.outlook import forecast, others, readings, targets, value


def coverage(india: Vintage) -> Sentence:
    """How often intervals of the methods that answer held on other series, of which kind these are."""
    held = india.assumption("interval_coverage")
    if held.empty:
        return words.not_yet(india, "How often such intervals hold")
    rows = {name: held[held.index.str.endswith(f"nominal {level} %")] for name, level in _LEVELS.items()}
    drawn = sentence(
        "Growth after the next year, drawn from a handful of totals, was tried on yearly series of forecasting",
        "competitions with only three points known: its 80 % intervals held {eighty:range} % of the outturns and its",
        "95 % intervals {wide:range} %, by collection.",
        **{name: spread(of["value"], "%", of) for name, of in rows.items()},
    )
    none = Sentence(
        "The weights of the readings and of the two ways to rare-earth magnets, and the chances of licences and of "
        "what India makes are judgements and were not tried; nor was growth by drivers."
    )
    return joined(drawn, _of_value(india, held), none)


_LEVELS = {"eighty": 80, "wide": 95}


def _of_value(india: Vintage, uses: pd.DataFrame) -> Sentence | None:
    """How often the intervals of the ensemble held that forecasts the value; None where it does not yet."""
    points = len(value.unbroken(value.history(india)))
    found = calibrated.measured_coverage(value.KIND)
    found = found.assign(points=pd.to_numeric(found["length"], errors="coerce")).dropna(subset="points")
    found = found[found["points"] <= points].sort_values("points")
    if found.empty or points < value.LEAST_YEARS:
        return None
    row, of = found.iloc[-1], sum(calibrated.calibration(value.KIND)["trained_on"]["1"].values())
    text = "How wide intervals of the value are was learned from {of:number} yearly series of {kind}. With"
    text += " {points:number} points known (India's series has {whole:number}), 80 % intervals held {eighty} of later"
    counts = {"of": of, "points": row["points"], "whole": points}
    parts = {name: derived(count, "", uses) for name, count in counts.items()}
    parts |= {name: derived(100 * row[f"coverage_{level}"], "%", uses) for name, level in _LEVELS.items()}
    tail = "years, which they had not seen, {often} they should, and 95 % intervals {wide}."
    return sentence(text, tail, kind=value.KIND, often=often(parts["eighty"].value), **parts)


def real_time(tried: pd.DataFrame, india: Vintage) -> Sentence:
    """How forecasts of earlier days fared (``realtime.real_time``)."""
    if tried.empty:
        return words.not_yet(india, "How earlier forecasts fared")
    mixed = tried[tried["scenario"] == forecast.MIXTURE]
    score = derived(mixed["score"].mean(), "", mixed)
    verdict = {"up": "worse than", "down": "better than", "unchanged": "no better than"}
    proof = "one outturn proves little" if len(set(tried["period"])) == 1 else "so few outturns prove little"
    text = "The 80 % interval of the forecast held {held:number} of {count:number} times, and its interval score was"
    parts = {"held": derived(mixed["within"].sum(), "", mixed), "count": count(mixed), "score": score}
    naive = f"{verdict[words.direction(score.value - 1)]} naive"
    held = sentence(text, "{score:.2} times that of naive, {naive}; {proof}.", naive=naive, proof=proof, **parts)
    return joined(held, _honest(tried, india))


def elsewhere(found: pd.DataFrame, india: Vintage) -> Sentence:
    """How the nowcast fared where the outturn is known (``realtime.elsewhere``)."""
    if found.empty:
        return words.not_yet(india, "How the nowcast fared on China's exports of rare-earth magnets")
    named, said = "80 % interval ", []
    for _, row in found.iterrows():
        said.append(f"{tables.told(row, found)} on {words.day(row['as_of'])} ({named}{tables.told(row, found):range})")
        named = ""
    inside = "inside" if found["within"].all() else "outside" if not found["within"].any() else "only partly inside"
    verdict, missed = f"{inside} what the intervals allowed", found["error"].abs()
    if len(found) > 1:
        verdict += f", and the later day was {'closer' if missed.iloc[-1] < missed.iloc[0] else 'no closer'}"
    text = "The same nowcast put China's exports of rare-earth magnets in {period} at {said}; {came} came, {verdict}."
    came, period = tables.rounded(derived(found["outturn"].iloc[0], "t", found)), found["period"].iloc[0]
    return sentence(text, period=period, said=words.listed(said), came=came, verdict=verdict)


def outlooks(table: pd.DataFrame, other: pd.DataFrame, theirs: pd.DataFrame, india: Vintage) -> Sentence:
    """Others' figures beside ours, on one calendar, for each target of which there are any."""
    parts = [part for part in (table, other) if len(part)]
    told = [_on_scope(part, theirs, india) for part in parts]
    if not any(told) and any(len(others.on_scope(theirs, part["target"].iloc[0])) for part in parts):
        return sentence("No year of others' outlooks is one that this forecast reaches.", uses=[sources_of(theirs)])
    return joined(*told) if any(told) else words.not_yet(india, "How others' outlooks compare")


def _honest(tried: pd.DataFrame, india: Vintage) -> Sentence | None:
    """Which of the trials are back-casts, their judgements having been written later; None if none is."""
    late = tried.loc[tried["backcast"], "as_of"]
    if late.empty:
        return None
    written = words.day(readings.stated(india)["written"].max())
    text = "Those up to {last} are back-casts: of what was public on the day only, by judgements written on {day}."
    return sentence(text, last=words.day(late.max()), day=written)


def _on_scope(table: pd.DataFrame, theirs: pd.DataFrame, india: Vintage) -> Sentence | None:
    """Others' figures on the scope of one forecast for the farthest period both reach; None if there is none."""
    target = table["target"].iloc[0]
    mixed = table[table["scenario"] == forecast.MIXTURE]
    ours = forecast.intervals(mixed).set_index("period")[["median", "low80", "high80"]].dropna()
    theirs = others.on_scope(theirs, target)
    period = others.farthest(theirs, ours)
    if period is None:
        return None
    theirs, own = theirs[theirs["period"] == period], others.on_calendar(ours, period)
    places = {words.place([value], own["low80"], own["high80"]) for value in theirs["value"]}
    lie = words.listed([place for place in ("below", "inside", "above") if place in places], "and some")
    years = list(dict.fromkeys(fiscal.year_name(fiscal.fiscal_year(month)) for month in fiscal.months(period)))
    when = period if fiscal.is_fiscal_year(period) else f"the calendar year {period}"
    when += f", the months of {words.listed(years)} that lie in it," if len(years) > 1 else ""
    parts = {"what": targets.TARGETS[target].what, "mine": tables.told(own, forecast.used(india, target))}
    parts["said"] = words.listed(f"{row['publisher']} {from_row(row)}" for _, row in theirs.iterrows())
    text = "For {period} others expect of India's {what}: {said}. Our forecast for {when} is {mine} (80 % interval"
    tail = f"{{mine:range}}); {'they all lie' if len(places) == 1 else 'some lie'} {lie} its 80 % interval."
    return sentence(text, tail, period=period, when=when, uses=[theirs], **parts)
