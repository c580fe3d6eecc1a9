"""Both sides of the border: whether China's count bears India's out, and what follows from that."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.canvas import BLUE, GOLD, MUTED, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, Sentence, joined, sentence
from helpers.chapters.rows import amounts, between, ranged, spread, tonnes
from helpers.data import Quantity, Vintage, derived, from_row, number
from helpers.methods.mirror import AGREE, OWN, QUANTITY, REAL, THEIR, VALUE
from helpers.outlook import customs, mirror, pace

_MEANS = {
    QUANTITY: "the values bear each other out and the weights do not, which is an error of quantity: goods that had "
    "crossed would have been paid for",
    REAL: "weights and values are both apart, which no slip of a weight explains: goods went another way, or were "
    "counted in another year",
    VALUE: "the weights bear each other out and the values do not, which is a matter of prices and not of quantity",
    AGREE: "both bear each other out, so that China's count confirms India's",
}
_LIKEWISE = "In {years} it was {weight_ratio:range.1} and {value_ratio:range.1} times."
_APART = "In {years} the weights were {weight_ratio:range.1} times apart and the values {value_ratio:range.1} times."
_STANDING = "nothing marks the year: weights are apart in every year known, so the two sides count differently"


@once_public
def both_sides(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """Weight and value by both counts, a year above the other: :func:`helpers.outlook.mirror.sides`."""
    names = [f"{side}, {year}" for year in table.index for side in ("India", "China")][::-1]
    drawing, axes = canvas("", panels=2, height=1.1 + 0.34 * len(names), horizontal=True)
    for ax, unit, title in zip(axes, ("t", "usd_m"), ("Weight, tonnes", "Value, million USD"), strict=True):
        values = table[[f"own_{unit}", f"their_{unit}"]].to_numpy().ravel()[::-1]
        for place, value in enumerate(values):
            ax.barh(place, value, color=BLUE if place % 2 else GOLD, height=0.7)
            label(ax, number(value, 0 if unit == "t" else 1), (value, place), dx=4, fontsize=9)
        ax.set_title(title, loc="left", color=MUTED, fontsize=10)
        ax.set_xlim(0, values.max() * 1.3)
        ax.set_xticks([])
    axes[0].set_yticks(range(len(names)), names)
    row = table.loc[mirror.subject(india)]
    others = table.drop(index=row.name)
    verdict = "as in all years" if mirror.standing(others) else row["verdict"]
    text = "For {year} the two counts are {weight:.1} times apart by weight and {value:.1} times by value: {verdict}"
    title = sentence(text, year=str(row.name), verdict=verdict, **_apart(row))
    opening = Sentence("Bars of HS 850511 from China to India by year: India's count above, China's below.")
    alt = joined(opening, _counted(row), _others(others, _APART))
    return finish(drawing, title, alt, table, india=india, note="India's values include freight and insurance.")


def finding(table: pd.DataFrame, *, india: Vintage) -> Sentence:
    """What both sides count, whether that is an error of quantity by rule, whose, and what the excess is worth."""
    year = mirror.subject(india)
    if year is None:
        return words.not_yet(india, "Whether China's count bears out India's")
    row, others = table.loc[year], mirror.usual(table, year)
    said = [_counted(row), _judged(row, others, india)]
    if (fault := mirror.fault(table, year)) and len(others):
        said.append(_whose(row, mirror.reference(others, year), fault))
    if row["weight_ratio"] > 1 and row["verdict"] in (QUANTITY, REAL):
        said.append(_worth(row, india))
    after = table[table.index > year]
    said += [_counted(row) for _, row in after.iterrows()] if len(after) == 1 else []
    for verdict, later in after.groupby("verdict", sort=False):
        said.append(sentence(f"In {{years}} {_MEANS[verdict]}.", years=words.years(later.index), uses=[later]))
    return joined(*said)


def short(india: Vintage) -> Sentence | None:
    """The finding in two sentences, for the answer; None while it is no error of India's weight."""
    table, year, others = mirror.sides(india), mirror.subject(india), mirror.underlying(india)
    if others is None or not mirror.errs(table, year):
        return None
    row, world = table.loc[year], tonnes(mirror.world(india).loc[year], "own_t")
    parts = {"year": year, "world": world, "never": _never(others, india), "others": others}
    parts |= amounts(row, own_t="t", their_t="t") | {"value": _apart(row)["value"]}
    text = "For calendar {year} India records {world}, of which by our reading {never:range} % never came: where it has"
    text += " {own_t} from China, China has {their_t:number}, while the values are {value:.1} times apart."
    return sentence(text, "By other counts {others:range~3} t came.", **parts)


def level(table: pd.DataFrame, *, india: Vintage) -> Sentence:
    """The tonnes that follow for the year (:func:`helpers.outlook.mirror.level`), beside the newest run-rate."""
    others, year, rates = mirror.underlying(india), mirror.subject(india), pace.run_rates(india)
    if others is None:
        return words.not_yet(india, "What other counts make of India's imports")
    text = "By other counts than its own, India imported {others:range~3} t in {year}, where it records {own}."
    own = sentence(text, others=others, year=year, own=tonnes(mirror.world(india).loc[year], "own_t"), uses=[table])
    if not mirror.errs(mirror.sides(india), year):
        return joined(own, _beside(india, year))
    never = sentence("So {never:range} % of that weight, by our reading, never came.", never=_never(others, india))
    rate = _run_rate(others, rates) if len(rates) else None
    return joined(own, never, _beside(india, year), rate, _month(mirror.months(india), india))


def _counted(row: pd.Series) -> Sentence:
    text = "For {year} India records {own_t} from China, worth {own_usd_m:.1}; China counts {their_t} for India, worth"
    parts = amounts(row, own_t="t", their_t="t", own_usd_m="USD m", their_usd_m="USD m")
    return sentence(text, "{their_usd_m:.1}.", year=str(row.name), **parts)


def _judged(row: pd.Series, others: pd.DataFrame, india: Vintage) -> Sentence:
    said = [sentence("The weights are {weight:.1} times apart, the values {value:.1} times.", **_apart(row))]
    said.append(_others(others))
    apart, near = (derived(mirror.rule(india, segment), "", row) for segment in (mirror.APART, mirror.TOGETHER))
    standing = row["verdict"] in (QUANTITY, REAL) and mirror.standing(others)
    means = _STANDING if standing else _MEANS[row["verdict"]]
    text = "By our rule, in which weights are apart from {apart:.1} times on and values together up to {near:.1},"
    return joined(*said, sentence(text, "{means}.", apart=apart, near=near, means=means))


def _others(rows: pd.DataFrame, text: str = _LIKEWISE) -> Sentence | None:
    """How far the two counts are apart in other years, from the least to the most."""
    if rows.empty:
        return None
    apart = {f"{name}_ratio": rows[f"{name}_ratio"].pipe(lambda ratio: ratio.where(ratio > 1, 1 / ratio))
             for name in ("weight", "value")}  # fmt: skip
    parts = {name: spread(of, "", rows) for name, of in apart.items()}
    return sentence(text, years=words.years(rows.index), **parts)


def _whose(row: pd.Series, usual: pd.Series, fault: str) -> Sentence:
    prices = {
        f"{side}_{when}": derived(price, "USD/kg", of)
        for when, of in (("before", usual), ("now", row))
        for side, price in mirror.unit_values(of).items()
    }
    whose = {OWN: "the error is India's", THEIR: "the error is China's"}.get(fault, "which of them errs is open")
    text = "India's unit value is {own_now:.2} where it was {own_before:.2} in {year}, and China's {their_now:.2} where"
    return sentence(text, "it was {their_before:.2}, so {fault}.", year=str(usual.name), fault=whose, **prices)


def _worth(row: pd.Series, india: Vintage) -> Sentence:
    ferrite, gap = india.assumption(mirror.RULE).loc[mirror.FERRITE], row["gap_usd_m"]
    low, high = (row["excess_t"] * ferrite[end] / 1000 for end in ("low", "high"))
    where = words.place([gap], low, high)
    so = {
        "above": "so the excess would be of dearer goods than that.",
        "inside": "so the excess may be real, and of that kind.",
        "below": "so none of it was paid for.",
    }[where]
    parts = {"price": ranged(ferrite, "USD/kg"), "worth": between(low, high, "USD m", row)}
    parts |= amounts(row, excess_t="t", gap_usd_m="USD m")
    if where == "below" and gap > 0:
        so, parts["most"] = "so at most {most} of it can have been goods.", derived(gap / low * 100, "%", row)
    text = "Even as ferrite, the cheapest kind, at {price:range.1} USD/kg the excess of {excess_t} would be worth"
    return sentence(text, "{worth:range} million USD; the values differ by {gap_usd_m},", so, **parts)


def _never(others: Quantity, india: Vintage) -> Quantity:
    """Per cent of India's weight of the year that is not in the other counts."""
    row = mirror.world(india).loc[others.period]
    low, high = (max(1 - end / row["own_t"], 0) * 100 for end in (others.high, others.low))
    return derived((low + high) / 2, "%", row, others, low=low, high=high)


def _beside(india: Vintage, year: str) -> Sentence | None:
    """The fiscal year that is taken apart in this chapter, beside the calendar year that is known from both sides."""
    fiscal_year, row = customs.subject(india), mirror.world(india).loc[year]
    shared = len(fiscal.months(fiscal_year).intersection(fiscal.months(year)))
    if not shared:
        return None
    total = customs.imports(india).loc[fiscal_year]
    parts = {"total": from_row(total), "less": derived(total["value"] - row["own_t"], "t", total, row)}
    text = "{fiscal}, which has {shared} months in common with it, records {total} ({less:signed} against it)."
    return sentence(text, fiscal=fiscal_year, shared=words.count(shared), **parts)


def _run_rate(level: Quantity, rates: pd.DataFrame) -> Sentence:
    low, high = rates["low"].min(), rates["high"].max()
    where = words.place([level.low, level.high], low, high)
    ends = {
        "below": "lies above what other counts have: trade grew since, or the rate still carries part of the error",
        "above": "lies below what other counts have: trade shrank since",
        "inside": "holds all that other counts have, and needs no correction",
        "across": "overlaps what other counts have, and need not carry the error",
    }
    text = "The newest run-rate, {rate:range} t a year, {where}."
    return sentence(text, rate=between(low, high, "t", rates), where=ends[where], uses=[level])


def _month(months: pd.DataFrame, india: Vintage) -> Sentence | None:
    """The newest month that exporters tell, beside India's rate around it and the usual ratio of the two."""
    usual = mirror.usual(mirror.sides(india), mirror.subject(india)).index
    world = mirror.world(india).reindex(usual).dropna(subset="weight_ratio")
    if months.empty or world.empty:
        return None
    row, before = months.iloc[-1], mirror.reference(world, mirror.subject(india))
    low, high = before["weight_ratio"], row["weight_ratio"]
    text, when = "For {month} all exporters report {their_t}, while India's count has {own_t}:", {}
    if row["around"] != row.name:
        text = "For {month} all exporters report {their_t}, while India's count runs at {own_t} a month in {around}:"
        when["around"] = words.named(row["around"])
    tail = "{weight_ratio:.1} times as much, where in {year} it was {before:.1} times, so that count {verdict}."
    more = words.steadiness(low, high) == "moved"
    verdict = "seems to carry part of the error" if more else "carries no more than is usual"
    when |= {"month": words.period(str(row.name)), "year": str(before.name)}
    parts = amounts(row, their_t="t", own_t="t", weight_ratio="") | {"before": derived(low, "", before)}
    return sentence(text, tail, verdict=verdict, **when, **parts)


def _apart(row: pd.Series) -> dict[str, Quantity]:
    ratios = {"weight": row["weight_ratio"], "value": row["value_ratio"]}
    return {name: derived(max(ratio, 1 / ratio), "", row) for name, ratio in ratios.items()}
