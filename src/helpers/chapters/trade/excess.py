"""Where the excess of a suspect year sits, by line, partner and month: what the rule for such entries makes of it."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.canvas import GOLD, INK, MUTED, RED, RULE, by_tens, canvas, finish, label
from helpers.chapters.outputs import Figure, Sentence, Table, sentence
from helpers.chapters.rows import amounts, count, headed
from helpers.data import Vintage, derived
from helpers.methods import composition
from helpers.outlook import cells, customs, mirror

READS = {
    composition.ERROR: "is an error or a reclassification",
    composition.SURGE: "is one of real ferrite",
    composition.UNDECIDED: "stays unexplained",
}
_BOTH_SIDES = {
    composition.ERROR: ", as both sides' counts of {year} have it",
    composition.SURGE: "; both sides' counts of {year} speak against that",
}
_COLOURS = {"cheap": RED, "ferrite": GOLD, "other": MUTED}
_MOST = 10


def verdict(india: Vintage) -> Sentence | None:
    """What the rule makes of the entries, and whether both sides' counts agree; None while there are no entries."""
    found = cells.verdict(india)
    if found is None:
        return None
    text = "By our rule for monthly entries of customs, a line from a partner in a month, the surge {reading}: the few"
    text += " cheapest of {count} hold {cheap} of the excess, those at the price of ferrite {ferrite}"
    parts, year, counts = _parts(found, india), mirror.subject(india), mirror.sides(india)
    if year is not None and mirror.errs(counts, year) and found.reading in _BOTH_SIDES:
        text += _BOTH_SIDES[found.reading]
        parts |= {"year": year, "uses": [counts]}
    return sentence(f"{text}.", reading=READS[found.reading], **parts)


def figure(found: pd.DataFrame, *, india: Vintage) -> Figure | Sentence:
    """Each entry with an excess by its unit value: ``cells.surge``; a sentence while there are none."""
    if found.empty:
        return sentence("Where the excess sits cannot be shown before there are entries by line, partner and month.")
    rule, known = composition.RULE, cells.verdict(india)
    entries = known.evidence
    if entries.empty:
        return sentence("None of {count} entries is above what is usual.", count=count(found))
    drawing, (ax,) = canvas("tonnes above usual")
    by_tens(ax.xaxis)
    ax.set_xlabel("USD a kilogram, log scale")
    ax.axvline(rule.cheap_below, color=RED, linewidth=0.9, linestyle=(0, (3, 3)))
    ax.axvspan(rule.ferrite_low, rule.ferrite_high, color=RULE, linewidth=0)
    for band, rows in entries.groupby("band"):
        ax.plot(rows["unit_value_usd_per_kg"], rows["excess_tonnes"], "o", color=_COLOURS[band], markersize=5, zorder=4)
    top = entries["excess_tonnes"].max()
    ax.set_ylim(0, top * 1.25)
    low, high = entries["unit_value_usd_per_kg"].min(), entries["unit_value_usd_per_kg"].max()
    ax.set_xlim(min(low, rule.cheap_below) / 1.5, max(high, rule.ferrite_high) * 1.5)
    ticks = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
    ax.set_xticks([tick for tick in ticks if ax.get_xlim()[0] <= tick <= high * 1.5])
    label(ax, "cheaper than\nany magnet", (rule.cheap_below, top * 1.2), dx=-4, ha="right", color=RED, fontsize=9)
    label(ax, "ferrite", (rule.ferrite_low, top * 1.2), dx=2, color=GOLD, fontsize=9)
    first = entries.iloc[0]
    name = f"{first['partner']}, {words.period(first['period'])}"
    label(ax, name, (first["unit_value_usd_per_kg"], first["excess_tonnes"]), color=INK, fontsize=9)
    alt, data = _alt(known, india), _heads(entries)
    return finish(drawing, _title(known, india), alt, data, india=india, note="One dot an entry.")


def largest(found: pd.DataFrame, *, india: Vintage) -> Table | Sentence:
    """The entries with most of the excess; a sentence while there are none."""
    if found.empty or cells.verdict(india).evidence.empty:
        return Sentence("Nor can the entries with most of it be listed.")
    shown = _heads(cells.verdict(india).evidence.head(_MOST))
    decimals = {"tonnes": 0, "usual, t": 0, "USD a kilogram": 2, "share of the excess, %": 1}
    return Table(shown, "Entries with most of the excess, by line, partner and month", decimals)


def _heads(entries: pd.DataFrame) -> pd.DataFrame:
    named = {"hs": entries["hs"].map(customs.LINES), "period": entries["period"].map(words.period)}
    shown = entries.assign(share=entries["excess_share"] * 100, **named)
    heads = {"hs": "line", "partner": "partner", "period": "month", "tonnes": "tonnes", "baseline_tonnes": "usual, t"}
    heads |= {"unit_value_usd_per_kg": "USD a kilogram", "share": "share of the excess, %"}
    return headed(shown, heads).reset_index(drop=True)


def _parts(found: composition.Verdict, india: Vintage) -> dict:
    entries = cells.surge(india)
    shares = {"cheap": found.cheap_share, "ferrite": found.ferrite_share}
    parts = {name: derived(share * 100, "%", entries) for name, share in shares.items()}
    return parts | {"count": derived(len(found.evidence), "", entries)}


def _title(found: composition.Verdict, india: Vintage) -> Sentence:
    rule, parts, bands = composition.RULE, _parts(found, india), found.evidence["band"]
    if found.reading == composition.ERROR:
        text, few = "{few} entries at less than {below:.1} hold {cheap} of the excess", (bands == "cheap").sum()
        below = derived(rule.cheap_below, "USD/kg")
        return sentence(text, few=words.count(min(rule.few_cells, few)), below=below, cheap=parts["cheap"])
    if found.reading == composition.SURGE:
        many = derived((bands == "ferrite").sum(), "", cells.surge(india))
        text = "{ferrite} of the excess is spread over {many} entries at the price of ferrite"
        return sentence(text, ferrite=parts["ferrite"], many=many)
    text = "The excess is neither in a few cheap entries ({cheap}) nor spread over many of ferrite ({ferrite})"
    return sentence(text, cheap=parts["cheap"], ferrite=parts["ferrite"])


def _alt(found: composition.Verdict, india: Vintage) -> Sentence:
    first, rows = found.evidence.iloc[0], cells.surge(india)
    months = pd.PeriodIndex(found.evidence["period"], freq="M").sort_values().unique()
    when = words.period(fiscal.name(pd.period_range(months[0], months[-1], freq="M")))
    text = "A dot for each of {count} entries above usual in {when}: unit value across, on a logarithmic axis, tonnes"
    parts = {"count": derived(len(found.evidence), "", rows), "when": words.named(when)}
    parts |= {"line": customs.LINES[first["hs"]], "partner": first["partner"], "month": words.period(first["period"])}
    parts |= amounts(first, tonnes="t", baseline_tonnes="t", unit_value_usd_per_kg="USD/kg")
    largest = "above usual up. The largest is {line} from {partner} in {month}: {tonnes} where {baseline_tonnes} is"
    return sentence(text, largest, "usual, at {unit_value_usd_per_kg:.2}.", **parts)
