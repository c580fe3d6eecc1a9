"""Rare-earth magnets in chapter 1: four estimates as one figure, what each pair needs to agree, one number."""

import numpy as np
import pandas as pd

from helpers.chapters import words
from helpers.chapters.canvas import BLUE, MUTED, PAPER, RED, canvas, finish, label, once_public, wrap
from helpers.chapters.outputs import Figure, Sentence, Table, joined, sentence
from helpers.chapters.rows import between, headed, ranged, spread
from helpers.data import Quantity, Vintage
from helpers.outlook import agreement, rare_earths

NAMES = {  # an estimate as readers say it
    agreement.PRICE: "what the prices of line 85051190 allow",
    agreement.PRESS: "what the press quotes",
    agreement.CHINA: "what China ships on its own line",
    agreement.USE: "what India is said to use",
}


def imported(india: Vintage) -> Sentence:
    """How many rare-earth magnets India imports, and what share of HS 850511 that is: one number, with its range."""
    tonnes, found = rare_earths.imported(india), rare_earths.estimates(india)
    if tonnes is None:
        return words.not_yet(india, "How many rare-earth magnets India imports")
    level = rare_earths.sound(india)
    of = "one estimate" if len(found) == 1 else f"{words.count(len(found))} estimates that disagree"
    return sentence(
        "India imports {tonnes:~3} of rare-earth magnets a year as magnets (80 % interval {tonnes:range~3}),",
        "{share:.1} ({share:range.1}) of the {level}" + (" ({level:range})" if level.low < level.high else ""),
        "in a year of HS 850511. That is pooled from {of}, {names}. More enter inside motors, loudspeakers and",
        "compressors, which customs count elsewhere.",
        tonnes=tonnes, share=rare_earths.share(india), level=level, of=of,
        names=words.listed(NAMES[name] for name in found.index),
    )  # fmt: skip


def agree(table: pd.DataFrame, *, india: Vintage) -> Sentence:
    """Which pairs of :func:`.rare_earths.pairs` hold together, and what the two counts of customs need to."""
    if table.empty:
        return words.not_yet(india, "How two estimates of rare-earth magnets fit")
    each = table.groupby(level=["smaller", "larger"], sort=False)
    meet, fits = each["meet"].first(), each["fits"].agg(lambda found: (found == True).any())  # noqa: E712, None is none
    kinds = {
        "as they stand": meet,
        "under one condition that lies within what is known": ~meet & fits,
        "under none that can be reckoned here": ~meet & ~fits,
    }
    said = [
        f"{kind}: {words.count(int(which.sum()))} ({words.listed(' with '.join(pair) for pair in which.index[which])})"
        for kind, which in kinds.items()
        if which.any()
    ]
    first = sentence("Pairs of estimates that can both hold, {said}.", said="; ".join(said), uses=[table])
    return joined(first, _both_customs(table))


@once_public
def figure(found: pd.DataFrame, *, india: Vintage) -> Figure:
    """Each estimate as published and as it enters the pool, and the pool: :func:`.rare_earths.estimates`."""
    pool = rare_earths.imported(india)
    each = found.sort_values("pool").iterrows()
    rows = [(NAMES[name], row["period"], ranged(row, "t", "value"), row, BLUE) for name, row in each]
    ends = pd.Series({"pool_low": pool.low, "pool": pool.value, "pool_high": pool.high})
    rows.append(("all together", "", pool, ends, RED))
    drawing, (ax,) = canvas("tonnes a year", height=1.0 + 0.55 * len(rows), horizontal=True)
    for place, (_, _, said, row, colour) in enumerate(reversed(rows)):
        ax.hlines(place, row["pool_low"], row["pool_high"], color=colour, linewidth=7, alpha=0.45)
        if colour == BLUE and said.low < said.high:
            ax.hlines(place, said.low, said.high, color=colour, linewidth=1.5)
        at = agreement.middle(row) if colour == BLUE else row["pool"]
        ax.plot(at, place, "o", color=colour, markerfacecolor=PAPER if colour == BLUE else colour, markersize=8)
        text = f"{said:number~3} ({said:range~3})" if said.low < said.high and pd.notna(said.value) else f"{said:~3}"
        label(ax, text, (np.nanmax([row["pool_high"], at, said.high]), place), dx=9, color=colour, behind=True)
    ax.set_xlim(0, max(row["pool_high"] for *_, row, _ in rows) * 1.35)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_yticks(range(len(rows)), [wrap(f"{n} ({p})" if p else n, 30) for n, p, *_ in reversed(rows)])
    ax.axhline(0.5, color=MUTED, linewidth=0.6)
    steps = [sentence("{name}, {year}: {said:~3}.", name=n, year=p, said=q) for n, p, q, *_ in rows[:-1]]
    last = sentence("Together: {pool:~3} (80 % interval {pool:range~3}).", pool=pool)
    opening = Sentence("Bars along an axis of tonnes a year, an estimate each, and one for all of them below.")
    note = "Rings and lines: as published. Bars: as each enters the pool, 80 %."
    shown = found.reset_index().rename(columns={"pool": "pooled"})
    return finish(drawing, _title(found, pool), joined(opening, *steps, last), shown, india=india, note=note)


def pairs(table: pd.DataFrame) -> Table:
    """What must be true, alone, for two estimates to hold both."""
    shown = table.reset_index()
    said = [ranged(row, row["unit"], "value") for _, row in shown.iterrows()]
    shown["takes"] = [f"{q:~3}" + (f" ({q:range~3})" if q.low < q.high else "") for q in said]
    known = [between(low, high, "") for low, high in shown[["usual_low", "usual_high"]].to_numpy()]
    shown["known"] = ["–" if pd.isna(q.low) else f"{q:range~3}" for q in known]
    shown["fits"] = shown["fits"].map({True: "yes", False: "no"}).fillna("–")
    shown["meet"] = shown["meet"].map({True: "meet", False: "apart"})
    heads = {"smaller": "smaller", "larger": "larger", "meet": "as they stand", "condition": "both hold if"}
    heads |= {"takes": "it takes", "known": "known of it", "fits": "fits"}
    return Table(headed(shown, heads), "What two estimates need to hold both, each row alone")


def estimates(found: pd.DataFrame) -> Table:
    """The estimates with the judgements that make one number of them."""
    heads = {"period": "of", "value": "tonnes", "low": "from, t", "high": "to, t", "scope": "times"}
    heads |= {"scope_low": "times from", "scope_high": "times to", "weight": "weight", "note": "note"}
    decimals = {"tonnes": 0, "from, t": 0, "to, t": 0, "times": 1, "times from": 2, "times to": 2, "weight": 1}
    caption = "Estimates of rare-earth magnets a year, what makes imports of each, and its weight"
    return Table(headed(found, heads), caption, decimals)


def _both_customs(table: pd.DataFrame) -> Sentence | None:
    """What India's count by price and China's count need, told as long as they do not meet."""
    both = {agreement.PRICE, agreement.CHINA}
    rows = table.loc[[set(pair) == both for pair in table.index]].set_index("condition")
    if rows.empty or rows["meet"].any() or agreement.PAID not in rows.index:
        return None
    needed = {name: ranged(row, row["unit"], "value") for name, row in rows.iterrows()}
    text = "For both counts of customs to hold, India would have paid China {paid:~3} ({paid:range~3})"
    parts, usual = {"paid": needed[agreement.PAID]}, rows.loc[agreement.PAID, ["usual_low", "usual_high"]]
    if agreement.CHINAS in needed:
        text += ", by China's own value {own:~3} ({own:range~3})"
        parts["own"] = needed[agreement.CHINAS]
    if usual.notna().all():
        text += ", where the world paid {world:range~3}"
        parts["world"] = spread(usual, "USD/kg", rows)
    if agreement.CODES in needed:
        text += "; or {codes:~3} ({codes:range~3}) would have come in under other codes"
        parts["codes"] = needed[agreement.CODES]
    return sentence(text + ".", **parts)


def _title(found: pd.DataFrame, pool: Quantity) -> Sentence:
    if len(found) == 1:
        return sentence("The one estimate of India's rare-earth magnets makes {pool:~3} a year of imports", pool=pool)
    lie = spread(found.apply(agreement.middle, axis=1), "t", found)
    text = "Estimates of India's rare-earth magnets lie at {lie:range~3} t a year; together they make {pool:~3}"
    return sentence(text, lie=lie, pool=pool)
