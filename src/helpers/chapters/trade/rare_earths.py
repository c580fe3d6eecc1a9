"""Sentences of chapter 1: how much of the headline is rare-earth magnet."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.data import Quantity, Vintage, derived, from_row
from helpers.outlook import customs

_NEAR = 2
"""Years between two figures that may still be held against each other."""


def rare_earth_part(part: pd.DataFrame, *, india: Vintage, year: str) -> Sentence:
    """How much of a year is rare-earth magnet, by its price, and how that fits what the forecast reckons with."""
    if part.empty:
        return words.not_yet(india, f"How much of {year} is rare-earth magnet, by its price,")
    (median, low, high), total = part.loc[[0.5, 0.05, 0.95], "tonnes"], customs.imports(india).loc[year]
    tonnes = derived(median, "t", part, low=low, high=high)
    median, low, high = part.loc[[0.5, 0.05, 0.95], "share"] * 100
    share = derived(median, "%", part, total, low=low, high=high)
    own = sentence(
        "By its price, {tonnes} of the weight of {year} are rare-earth magnets (90 % interval {tonnes:range~3}), "
        "{share} of the headline ({share:range.1} %). More enter inside motors, speakers and compressors, which "
        "customs count elsewhere.",
        tonnes=tonnes, share=share, year=year,
    )  # fmt: skip
    return joined(own, _other_share(india, share))


def scopes(table: pd.DataFrame, *, india: Vintage, year: str) -> Sentence:
    """Why the headline is not rare-earth magnets: China's exports to the world beside it, and what India counts."""
    return joined(_china_beside(india, year), _narrowest(table, india=india), _mirror(table))


def _other_share(india: Vintage, ours: Quantity) -> Sentence | None:
    rows = india.assumption("rare_earth_share")
    if "HS 850511" not in rows.index:
        return None
    row = rows.loc["HS 850511"]
    theirs = derived(row["value"] * 100, "%", row, low=row["low"] * 100, high=row["high"] * 100)
    where = words.place([theirs.value], ours.low, ours.high)
    if where == "inside":
        return sentence("The forecast reckons with {theirs}, inside this interval.", theirs=theirs)
    return sentence(
        "The forecast reckons with {theirs} ({theirs:range}), from published use and not from prices: {where} this",
        "interval, and not reconciled with it.", theirs=theirs, where=where,
    )  # fmt: skip


def _china_beside(india: Vintage, year: str) -> Sentence:
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": customs.FERRITE}
    weight = india.series("trade", measure="weight", **keys).dropna(subset="value")
    price = india.series("trade", measure="unit_value", **keys).dropna(subset="value")
    years = [p for p in weight.index if fiscal.is_year(p) and not fiscal.is_fiscal_year(p)]
    years = [p for p in years if abs(fiscal.centre(p) - fiscal.centre(year)) <= _NEAR]
    priced = [p for p in years if p in price.index]
    if not years:
        return words.not_yet(india, f"What China sold of rare-earth magnets in a year near {year}")
    period = (priced or years)[-1]
    sold = from_row(weight.loc[period])
    if not priced or customs.values(india, [year]).empty:
        return sentence(
            "China sold {sold} of rare-earth magnets to the whole world in {period}.", sold=sold, period=period
        )
    total, dollars = customs.imports(india).loc[year], customs.values(india, [year]).loc[year]
    ours = derived(dollars["usd_m"] / total["value"] * 1000, "USD/kg", total, dollars)
    theirs = from_row(price.loc[period])
    cheap = words.shape(ours.value, theirs.value, None) == "unknown"
    return sentence(
        "China sold {sold} of rare-earth magnets to the whole world in {period} at about {theirs}; India's headline "
        "of {year} was worth {ours:.2}, {verdict}.",
        sold=sold, period=period, theirs=theirs, ours=ours, year=year,
        verdict="so most of it is something cheaper" if cheap else "so its price does not tell it from them",
    )  # fmt: skip


def _narrowest(table: pd.DataFrame, *, india: Vintage) -> Sentence | None:
    if len(table) < 2:
        return None
    scope, row = table.index[-1], table.iloc[-1]
    name = scope[0].lower() + scope[1:] if not scope.startswith("HS") else scope
    return sentence(
        "The narrowest count, {name} in {period}, is {tonnes}.",
        name=name, period=row["period"], tonnes=derived(row["tonnes"], "t", row, low=row["low"], high=row["high"]),
    )  # fmt: skip


def _mirror(table: pd.DataFrame) -> Sentence | None:
    names = [
        "Rare-earth magnets shipped to India, from China's count",
        "Rare-earth magnets within HS 850511, our estimate",
    ]
    if not set(names) <= set(table.index):
        return None
    china, ours = table.loc[names[0]], table.loc[names[1]]
    low, high = china[["low", "high"]].fillna(china["tonnes"])
    where = words.place([low, high], ours["low"], ours["high"])
    lies = {"above": "lies above", "below": "lies below", "inside": "lies within", "across": "overlaps"}[where]
    gap = ": the two do not agree, and nothing here explains the gap." if where == "above" else "."
    text = "China's count of rare-earth magnets shipped to India, {china} in {period}, {lies}"
    if china["status"] == "inference":
        text, gap = (
            "China's known months would make {china} shipped to India in {period}, by our reckoning: that {lies}",
            ".",
        )
    return sentence(
        text, "what we find in India's figures ({ours:range~3})" + gap,
        period=china["period"], lies=lies,
        china=derived(china["tonnes"], "t", china, low=low, high=high),
        ours=derived(ours["tonnes"], "t", ours, low=ours["low"], high=ours["high"]),
    )  # fmt: skip
