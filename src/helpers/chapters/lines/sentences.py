"""What is said of any line: what is recorded, what the screen finds, who supplies, what comes next."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.lines import view as seen
from helpers.chapters.lines.view import View
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.data import derived


def answer(view: View) -> Sentence:
    """What is recorded of the newest year, and whether it misleads."""
    row = view.newest
    text = "Under HS {hs} the imports of {year} are recorded as {tonnes}, worth {value:.1}"
    parts = {"tonnes": derived(row["own_t"], "t", row)} if row["own_t"] > 0 else {}
    text = text if parts else text.replace("{tonnes}, worth ", "worth ")
    told = sentence(f"{text}.", hs=view.hs, year=row.name, value=derived(row["own_usd_m"], "USD m", row), **parts)
    return joined(told, _verdict(view), answer=True)


def _verdict(view: View) -> Sentence:
    own = view.ranked[view.ranked["hs"].isin(view.rows["hs"])]
    of = view.years
    if own.empty:
        return sentence("By our rules nothing in it misleads.", uses=[of])
    lines = words.listed([f"HS {row.hs} ({row.how})" for row in own.head(_FEW).itertuples()])
    more = {"more": derived(len(own) - _FEW, "", of)} if len(own) > _FEW else {}
    return sentence(
        f"By our rules these mislead: {{lines}}{' and {more} more' if more else ''}.", lines=lines, **more, uses=[of]
    )


def found(view: View) -> Sentence:
    """How many lines were looked at and how many mislead, faults and others."""
    lines, table = view.found["lines"], view.found["findings"]
    if table.empty:
        return sentence("Of {n} looked at none misleads by our rules.", n=_lines(len(lines), view), uses=[view.years])
    counts = table.groupby("how")["hs"].nunique()
    kinds = [f"{counts[how]:,} {text}" for how, text in _KINDS.items() if how in counts]
    return sentence(
        "Of {n} looked at: {kinds}.", n=_lines(len(lines), view), kinds=words.listed(kinds), uses=[view.years]
    )


def counts(view: View) -> Sentence:
    """How far both counts of the newest year that both know are apart."""
    both = view.years.dropna()
    if both.empty or not (both.iloc[-1][["own_t", "their_t", "own_usd_m", "their_usd_m"]] > 0).all():
        return words.not_yet(view, "Whether the exporters' count bears this out")
    row = both.iloc[-1]
    ratios = {name: max(row[f"own_{unit}"] / row[f"their_{unit}"], row[f"their_{unit}"] / row[f"own_{unit}"])
              for name, unit in (("weight", "t"), ("value", "usd_m"))}  # fmt: skip
    return sentence(
        "In {year} the importer's count and the exporters' are {weight:.1} times apart by weight and {value:.1} times "
        "by value.",
        year=row.name, **{name: derived(ratio, "", row) for name, ratio in ratios.items()},
    )  # fmt: skip


def concentration(view: View) -> Sentence:
    """Who supplies most, and how concentrated supply is."""
    table = seen.suppliers(view)
    if table.empty:
        return words.not_yet(view, "Who supplies")
    first, index = table.iloc[0], ((table["share"] / 100) ** 2).sum()
    return sentence(
        "In {year} {share} of the value came from {partner}; the sum of squared shares, Herfindahl's index, is "
        "{index:.2}, where one is a single supplier.",
        year=view.newest.name, share=derived(first["share"], "%", first), partner=str(first.name),
        index=derived(index, "", table),
    )  # fmt: skip


def ahead(view: View) -> Sentence:
    """The value of the years to come."""
    table = seen.ahead(view)
    if table.empty:
        text = "No forecast is made: it needs one line, and three calendar years in a row up to the newest."
        return sentence(text, uses=[view.years])
    row = table.iloc[-1]
    return sentence(
        "For {year} the forecast is {value:.1}, with 80 % from {value:range.1}.",
        year=str(row.name), value=derived(row["middle"], "USD m", table, low=row["low"], high=row["high"]),
    )  # fmt: skip


def caveats(view: View) -> Sentence:
    """What a finding is, and what it is not."""
    years: pd.DataFrame = view.years
    return sentence(
        "A finding is a reason to ask the customs office, and no proof. The figures are those of {first} to {last}.",
        first=years.index[0], last=years.index[-1], uses=[years],
    )  # fmt: skip


def _lines(count: int, view: View):
    return derived(count, "line" if count == 1 else "lines", view.years)


_FEW = 3
_KINDS = {
    "quantity": "with a weight that is off by a factor",
    "unit": "with another unit of weight from some month on",
    "base": "whose growth is that of an unusual base",
    "surge": "with a surge that is real",
}
