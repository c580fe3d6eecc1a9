"""Titles, alternative texts and notes of the figures of chapter 4."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.forecast import tables
from helpers.chapters.outputs import Sentence, joined, number, sentence
from helpers.data import ASSUMED, Quantity, Vintage, derived
from helpers.outlook import forecast
from helpers.outlook.episodes import suspect

LEAST_GAP = 0.1
"""Medians that differ by less of the smaller one are called alike."""


def fan_words(shown: pd.DataFrame, scenarios: list[str], points: pd.DataFrame, india: Vintage) -> tuple:
    """Title and alternative text of the fans."""
    target, named = shown["target"].iloc[0], tables.names(india, shown["target"].iloc[0])
    end = shown[shown["period"] == shown["period"].iloc[-1]].set_index("scenario").loc[scenarios]
    year = end["period"].iloc[0]
    medians = {
        f"m{n}": _kilo(row["median"], forecast.used(india, target, name))
        for n, (name, row) in enumerate(end.iterrows())
    }
    alike = end["median"].max() <= (1 + LEAST_GAP) * end["median"].min()
    if len(scenarios) == 1 or alike:
        first = {"m0": medians["m0"], "year": year}
        title = sentence(
            "Wherever the forecast starts, it comes to about {m0:number.1} thousand tonnes in {year}", **first
        )
    else:
        lead = (
            "Where the forecast starts"
            if suspect(india, target) or forecast.LEVEL in scenarios
            else "What licences let through"
        )
        text = words.listed([f"{{m{n}:number.1}}" for n in range(len(scenarios))], "or")
        title = sentence(f"{lead} matters: {text} thousand tonnes in {{year}}", year=year, **medians)
    spans = [spelt(row.rename(None), named[name], forecast.used(india, target, name)) for name, row in end.iterrows()]
    theirs = [
        sentence(
            "{who} expects {value} in {period}.",
            who=row.publisher,
            value=derived(row.value, "t", row.source),
            period=row.period,
        )
        for row in newest(points).itertuples()
    ]
    if theirs:
        theirs.insert(0, sentence("Diamonds are outlooks of others."))
    return title, joined(sentence("Fans with medians and shaded 80 % and 95 % intervals."), *spans, *theirs)


def fan_note(shown: pd.DataFrame, known: pd.DataFrame, top: float, india: Vintage, target: str) -> str:
    episode, level = suspect(india, target), forecast.level(india, target)
    said = ["Dots: yearly totals" + (", hollow if suspect" if episode and episode.year in known.index else "")]
    if known["status"].eq(ASSUMED).any():
        said.append("cross: assumed")
    if level.period not in known.index:
        said.append(f"square: {words.period(level.period)} at its yearly rate")
    said.append("shading: 80 % and 95 % intervals")
    cut = [f"{name} % to {number(shown[column].max() / 1000)}" for name, column in ((80, "high80"), (95, "high95"))
           if shown[column].max() > top]  # fmt: skip
    if cut:
        said.append(f"cut at {number(top / 1000)} thousand t, they reach further ({', '.join(cut)})")
    return "; ".join(said) + "."


def readings_title(near: pd.DataFrame, named: dict[str, str], uses) -> Sentence:
    rows = near[near["scenario"] != forecast.MIXTURE]
    least, most = rows.loc[rows["median"].idxmin()], rows.loc[rows["median"].idxmax()]
    if len(rows) < 2 or most["median"] <= (1 + LEAST_GAP) * least["median"]:
        mixed = near[near["scenario"] == forecast.MIXTURE].iloc[0]
        text = "For {year} every scenario has its median near {mixed:number.1} thousand tonnes"
        return sentence(text, year=mixed["period"], mixed=_kilo(mixed["median"], uses))
    return sentence(
        "For {year} the medians run from {least:number.1} ({low}) to {most:number.1} thousand tonnes ({high})",
        year=least["period"],
        least=_kilo(least["median"], uses),
        most=_kilo(most["median"], uses),
        low=named[least["scenario"]],
        high=named[most["scenario"]],
    )


def trial_words(tried: pd.DataFrame) -> tuple[Sentence, Sentence]:
    newest = tried[tried["period"] == tried["period"].iloc[-1]]
    day = newest["as_of"].iloc[0]
    first = newest[newest["as_of"] == day].set_index("scenario")["median"]
    title = sentence(
        "For {period}, the forecast of {day} said {mixed:number.1}, growth from the last total {recorded:number.1}",
        "thousand tonnes; {came:number.1} came",
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
            said=derived(row.median, "t", row.source, low=row.low80, high=row.high80),
            came=derived(row.outturn, "t", row.source),
        )
        for row in tried.itertuples()
    ]
    return title, joined(sentence("Medians with 80 % intervals beside what was reported."), *rows)


def spelt(row: pd.Series, name: str, uses) -> Sentence:
    said = derived(row["median"], "t", *uses, low=row["low80"], high=row["high80"])
    return sentence("{name}, {year}: {said} (80 % interval {said:range}).", name=name, year=row["period"], said=said)


def newest(points: pd.DataFrame) -> pd.DataFrame:
    """The farthest outlook of each publisher."""
    return points.groupby("publisher", sort=False).tail(1)


def _kilo(value: float, uses) -> Quantity:
    return derived(value / 1000, "thousand t", uses)
