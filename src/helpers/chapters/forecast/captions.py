"""Titles, alternative texts and notes of the figures of chapter 4."""

import numpy as np
import pandas as pd

from helpers.chapters import words
from helpers.chapters.forecast import tables
from helpers.chapters.forecast.phrases import interval
from helpers.chapters.outputs import Sentence, joined, number, sentence
from helpers.data import ASSUMED, Quantity, Vintage, derived
from helpers.outlook import forecast, targets
from helpers.outlook.episodes import level, suspect

_NARROW = "What is counted, what licences let through and what sectors need matter"
LEAST_GAP = 0.1  # medians that differ by less of the smaller one are called alike


def fan_words(shown: pd.DataFrame, scenarios: list[str], points: pd.DataFrame, india: Vintage) -> tuple:
    target, end = shown["target"].iloc[0], shown[shown["period"] == shown["period"].iloc[-1]].set_index("scenario")
    named, uses = tables.names(india, target), {name: forecast.used(india, target, name) for name in scenarios}
    title = _fan_title(end.loc[scenarios], target, uses, india)
    said = [Sentence("Fans with medians and shaded 80 % and 95 % intervals.")]
    said += [spelt(end.loc[name], named[name], uses[name]) for name in scenarios]
    known = tables.rates(india, target)
    told = [
        f"{derived(row['rate'], 't', row)} {'a year, the rate of' if row['rate'] != row['value'] else 'in'} "
        f"{words.period(period)}"
        for period, row in known.iterrows()
    ]
    said.append(sentence("Known: {told}.", told="; ".join(told), uses=[known]))
    said += [Sentence("Diamonds are outlooks of others.")] if len(points) else []
    for _, row in newest(points).iterrows():
        text, value = "{publisher} expects {value} in {period}.", derived(row["value"], "t", row)
        said.append(sentence(text, value=value, **row[["publisher", "period"]]))
    return title, joined(*said)


def _fan_title(end: pd.DataFrame, target: str, uses: dict, india: Vintage) -> Sentence:
    """What the scenarios of a fan come to at its end, and whether it matters from where it starts."""
    titled = end.loc[_without_what_if(list(end.index))]
    medians = [_kilo(row["median"], uses[name]) for name, row in titled.iterrows()]
    parts: dict[str, Quantity | str] = {"year": end["period"].iloc[0]}
    if titled["median"].max() <= (1 + LEAST_GAP) * titled["median"].min():
        lead = "Weighed or from the recorded total alone, the middle is"
        if forecast.LEVEL in end.index:
            lead = "Weighed or from the level of {start} alone, the middle is"
            parts["start"] = words.period(level(india, target).period)
        medians = sorted(medians, key=lambda of: of.value)
        medians = medians if len({f"{of:number.1}" for of in medians}) > 1 else medians[:1]
        lie = " to ".join(f"{of:number.1}" for of in medians)
    else:
        what = "What licences let through matters" if target == targets.CUSTOMS.name else _NARROW
        started = suspect(india, target) or forecast.LEVEL in end.index
        lead = f"{'Where the forecast starts and grows from matters' if started else what}:"
        lie = words.listed([f"{of:number.1}" for of in medians], "or")
    text, weighed = f"{lead} {{lie}} thousand tonnes in {{year}}", end.loc[forecast.MIXTURE]
    if not np.isnan(weighed["low80"]):
        text += ", in an 80 % interval of {low:number} to {high:number}"
        parts |= {name: _kilo(weighed[f"{name}80"], uses[forecast.MIXTURE]) for name in ("low", "high")}
    return sentence(text, lie=lie, uses=medians, **parts)


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
    first, row = newest[newest["as_of"] == newest["as_of"].iloc[0]].set_index("scenario")["median"], newest.iloc[0]
    kind = "a back-cast" if row["backcast"] else "the forecast"
    text = "For {period}, {kind} of {day} said {mixed:number.1}, growth from the last total {recorded:number.1}"
    tonnes = {"mixed": first[forecast.MIXTURE], "recorded": first[forecast.RECORDED], "came": row["outturn"]}
    parts = {name: _kilo(value, newest) for name, value in tonnes.items()}
    when = {"period": words.period(row["period"]), "day": words.day(row["as_of"])}
    title = sentence(text, "thousand tonnes; {came:number.1} came", kind=kind, **when, **parts)
    said = [Sentence("Medians with 80 % intervals beside what was reported.")]
    for _, row in tried.iterrows():
        when = {"period": words.period(row["period"]), "day": words.day(row["as_of"])}
        made = {"said": tables.told(row), "came": derived(row["outturn"], "t", row)}
        text = "{name}, of {period} on {day}: {said} ({said:range}); {came} came."
        said.append(sentence(text, name=tables.trial_name(row["scenario"]), **when, **made))
    return title, joined(*said)


def spelt(row: pd.Series, name: str, uses) -> Sentence:
    said = tables.told(row, uses)
    return sentence("{name}, {year}: {said}{span}.", name=name, year=row["period"], said=said, span=interval(said))


def newest(points: pd.DataFrame) -> pd.DataFrame:
    """The farthest outlook of each publisher."""
    return points.groupby("publisher", sort=False).tail(1)


def _kilo(value: float, uses) -> Quantity:
    return derived(value / 1000, "thousand t", uses)
