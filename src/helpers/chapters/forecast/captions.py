"""Titles, alternative texts and notes of the figures of chapter 4."""

import numpy as np
import pandas as pd

from helpers.chapters import words
from helpers.chapters.forecast import tables
from helpers.chapters.outputs import Sentence, joined, number, sentence
from helpers.data import ASSUMED, Quantity, Vintage, derived
from helpers.outlook import forecast, targets
from helpers.outlook.episodes import level, suspect

_NARROW = "What is counted, what licences let through and what sectors need matter"
LEAST_GAP = 0.1
"""Medians that differ by less of the smaller one are called alike."""


def fan_words(shown: pd.DataFrame, scenarios: list[str], points: pd.DataFrame, india: Vintage) -> tuple:
    """Title and alternative text of the fans."""
    target, named = shown["target"].iloc[0], tables.names(india, shown["target"].iloc[0])
    end = shown[shown["period"] == shown["period"].iloc[-1]].set_index("scenario").loc[scenarios]
    year, uses = end["period"].iloc[0], {name: forecast.used(india, target, name) for name in scenarios}
    started = suspect(india, target) or forecast.LEVEL in scenarios
    titled = end.loc[_without_what_if(scenarios)]
    medians = {f"m{n}": _kilo(row["median"], uses[name]) for n, (name, row) in enumerate(titled.iterrows())}
    if titled["median"].max() <= (1 + LEAST_GAP) * titled["median"].min():
        alone = "level of {start}" if forecast.LEVEL in scenarios else "recorded total"
        lead = f"Weighed or from the {alone} alone, the middle is"
        medians = dict(sorted(medians.items(), key=lambda item: item[1].value))
        texts = dict.fromkeys(number(quantity.value, 1) for quantity in medians.values())
        text = " to ".join(f"{{{name}:number.1}}" for name in ([*medians] if len(texts) > 1 else [*medians][:1]))
    else:
        what = "What licences let through matters" if target == targets.CUSTOMS.name else _NARROW
        lead = f"{'Where the forecast starts and grows from matters' if started else what}:"
        text = words.listed([f"{{{name}:number.1}}" for name in medians], "or")
    said: dict[str, Quantity | str] = {name: quantity for name, quantity in medians.items() if name in text}
    said |= {"start": level(india, target).period} if "{start}" in lead else {}
    weighed, tail = end.loc[forecast.MIXTURE], ""
    if not np.isnan(weighed["low80"]):
        said |= {name: _kilo(weighed[f"{name}80"], uses[forecast.MIXTURE]) for name in ("low", "high")}
        tail = ", in an 80 % interval of {low:number} to {high:number}"
    title = sentence(f"{lead} {text} thousand tonnes in {{year}}{tail}", year=year, **said)
    spans = [spelt(row, named[name], uses[name]) for name, row in end.iterrows()]
    known, told, parts = tables.rates(india, target), [], {}
    for place, (period, row) in enumerate(known.iterrows()):
        told.append(f"{{k{place}}} {'a year, the rate of' if row['rate'] != row['value'] else 'in'} {{p{place}}}")
        parts |= {f"k{place}": derived(row["rate"], "t", row), f"p{place}": words.period(period)}
    spans.append(sentence(f"Known: {'; '.join(told)}.", **parts))
    theirs = [sentence("Diamonds are outlooks of others.")] if len(points) else []
    for row in newest(points).itertuples():
        value = derived(row.value, "t", row.source)
        theirs.append(sentence("{who} expects {value} in {period}.", who=row.publisher, value=value, period=row.period))
    return title, joined(sentence("Fans with medians and shaded 80 % and 95 % intervals."), *spans, *theirs)


def fan_note(shown: pd.DataFrame, known: pd.DataFrame, top: float, india: Vintage, target: str) -> str:
    episode = suspect(india, target)
    said = ["Dots: yearly totals" + (", hollow if suspect" if episode and episode.year in known.index else "")]
    if known["status"].eq(ASSUMED).any():
        said.append("cross: assumed")
    if (tables.rates(india, target).index.difference(known.index)).size:
        said.append("steps: parts of years at their yearly rate")
    mixed = shown[shown["scenario"] == forecast.MIXTURE]
    wide, last = mixed.dropna(subset="high95")["period"], mixed["period"].iloc[-1]
    until = f" to {wide.iloc[-1]}" if len(wide) and wide.iloc[-1] != last else ""
    said += ["dashed: from one start alone", f"shading: 80 % intervals, and 95 %{until}"]
    far = {share: mixed[f"high{share}"].max() for share in (80, 95)}
    cut = [f"{share} % to {number(high / 1000)}" for share, high in far.items() if high > top]
    if cut:
        said.append(f"cut at {number(top / 1000)} thousand t, they reach further ({', '.join(cut)})")
    return "; ".join(said) + "."


def readings_title(near: pd.DataFrame, named: dict[str, str], uses) -> Sentence:
    rows = near.set_index("scenario")["median"]
    kept = rows.loc[_without_what_if(list(rows.index))]
    lead = "The" if len(kept) == len(rows) else "With what is known since, the"
    kept = kept.drop(forecast.MIXTURE) if len(kept) > 2 else kept
    parts = {"year": near["period"].iloc[0], "least": _kilo(kept.min(), uses)}
    if number(kept.min() / 1000, 1) == number(kept.max() / 1000, 1):
        return sentence(f"{lead} medians for {{year}} are {{least:number.1}} thousand tonnes", **parts)
    parts |= {"most": _kilo(kept.max(), uses), "low": named[kept.idxmin()], "high": named[kept.idxmax()]}
    text = "medians for {year} run from {least:number.1} ({low}) to {most:number.1} thousand tonnes ({high})"
    return sentence(lead, text, **parts)


def _without_what_if(scenarios: list[str]) -> list[str]:
    """The scenarios without the total as recorded where something newer is known: that would be a what-if."""
    return [name for name in scenarios if name != forecast.RECORDED or forecast.LEVEL not in scenarios]


def trial_words(tried: pd.DataFrame) -> tuple[Sentence, Sentence]:
    newest = tried[tried["period"] == tried["period"].iloc[-1]]
    day = newest["as_of"].iloc[0]
    first = newest[newest["as_of"] == day].set_index("scenario")["median"]
    title = sentence(
        "For {period}, {kind} of {day} said {mixed:number.1}, growth from the last total {recorded:number.1}",
        "thousand tonnes; {came:number.1} came",
        kind="a back-cast" if newest["backcast"].iloc[0] else "the forecast",
        period=words.period(newest["period"].iloc[0]),
        day=words.day(day),
        mixed=_kilo(first[forecast.MIXTURE], newest),
        recorded=_kilo(first[forecast.RECORDED], newest),
        came=_kilo(newest["outturn"].iloc[0], newest),
    )
    rows = [
        sentence(
            "{name}, of {period} on {day}: {said} ({said:range}); {came} came.",
            name=tables.trial_name(row.scenario),
            period=words.period(row.period),
            day=words.day(row.as_of),
            said=tables.rounded(derived(row.median, "t", row.source, low=row.low80, high=row.high80)),
            came=derived(row.outturn, "t", row.source),
        )
        for row in tried.itertuples()
    ]
    return title, joined(sentence("Medians with 80 % intervals beside what was reported."), *rows)


def spelt(row: pd.Series, name: str, uses) -> Sentence:
    said = tables.rounded(derived(row["median"], "t", *uses, low=row["low80"], high=row["high80"]))
    span = "" if pd.isna(said.low) else " (80 % interval {said:range})"
    return sentence(f"{{name}}, {{year}}: {{said}}{span}.", name=name, year=row["period"], said=said)


def newest(points: pd.DataFrame) -> pd.DataFrame:
    """The farthest outlook of each publisher."""
    return points.groupby("publisher", sort=False).tail(1)


def _kilo(value: float, uses) -> Quantity:
    return derived(value / 1000, "thousand t", uses)
