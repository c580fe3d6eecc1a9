"""What is said of any line: what is recorded, what the screen finds, who supplies, what comes next."""

from helpers.chapters import words
from helpers.chapters.lines import view as seen
from helpers.chapters.lines.view import View
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import amounts, ranged, tonnes
from helpers.data import derived


def answer(view: View) -> Sentence:
    """What is recorded of the newest year, and whether it misleads."""
    row = view.newest
    parts = {"hs": view.hs, "year": row.name, "value": derived(row["own_usd_m"], "USD m", row)}
    text = "Under HS {hs} the imports of {year} are recorded as worth {value:.1}."
    if row["own_t"] > 0:
        text = "Under HS {hs} the imports of {year} are recorded as {tonnes}, worth {value:.1}."
        parts["tonnes"] = tonnes(row, "own_t")
    return joined(sentence(text, **parts), _verdict(view), answer=True)


def _verdict(view: View) -> Sentence:
    own, of = view.ranked[view.ranked["hs"].isin(view.rows["hs"])], view.years
    if own.empty:
        return sentence("By our rules nothing in it misleads.", uses=[of])
    lines = words.listed([f"HS {row.hs} ({row.how})" for row in own.head(_FEW).itertuples()])
    more = f" and {derived(len(own) - _FEW, '', of)} more" if len(own) > _FEW else ""
    return sentence("By our rules these mislead: {lines}{more}.", lines=lines, more=more, uses=[of])


def found(view: View) -> Sentence:
    """How many lines were looked at and how many mislead, faults and others."""
    count, table = len(view.found["lines"]), view.found["findings"]
    n = derived(count, "line" if count == 1 else "lines", view.years)
    if table.empty:
        return sentence("Of {n} looked at none misleads by our rules.", n=n)
    counts = table.groupby("how")["hs"].nunique()
    kinds = [f"{counts[how]:,} {text}" for how, text in _KINDS.items() if how in counts]
    return sentence("Of {n} looked at: {kinds}.", n=n, kinds=words.listed(kinds))


def counts(view: View) -> Sentence:
    """How far both counts of the newest year that both know are apart."""
    both = view.years.dropna()
    if both.empty or not (both.iloc[-1][["own_t", "their_t", "own_usd_m", "their_usd_m"]] > 0).all():
        return words.not_yet(view, "Whether the exporters' count bears this out")
    row = both.iloc[-1]
    ratios = (row[f"own_{unit}"] / row[f"their_{unit}"] for unit in ("t", "usd_m"))
    weight, value = (derived(max(ratio, 1 / ratio), "", row) for ratio in ratios)
    text = "In {year} the importer's count and the exporters' are {weight:.1} times apart by weight and {value:.1}"
    return sentence(text, "times by value.", year=row.name, weight=weight, value=value)


def concentration(view: View) -> Sentence:
    table = seen.suppliers(view)
    if table.empty:
        return words.not_yet(view, "Who supplies")
    first, index = table.iloc[0], derived(((table["share"] / 100) ** 2).sum(), "", table)
    parts = {"year": view.newest.name, "partner": str(first.name), "index": index} | amounts(first, share="%")
    text = "In {year} {share} of the value came from {partner}; the sum of squared shares, Herfindahl's index, is"
    return sentence(text, "{index:.2}, where one is a single supplier.", **parts)


def ahead(view: View) -> Sentence:
    table = seen.ahead(view)
    if table.empty:
        text = "No forecast is made: it needs one line, and three calendar years in a row up to the newest."
        return sentence(text, uses=[view.years])
    row = table.iloc[-1]
    text = "For {year} the forecast is {value:.1}, with 80 % from {value:range.1}."
    return sentence(text, year=str(row.name), value=ranged(row, "USD m", "middle"), uses=[table])


def caveats(view: View) -> Sentence:
    """What a finding is, and what it is not."""
    first, last = view.years.index[[0, -1]]
    text = "A finding is a reason to ask the customs office, and no proof. The figures are those of {first} to {last}."
    return sentence(text, first=first, last=last, uses=[view.years])


_FEW = 3
_KINDS = {
    "quantity": "with a weight that is off by a factor",
    "unit": "with another unit of weight from some month on",
    "base": "whose growth is that of an unusual base",
    "surge": "with a surge that is real",
}
