"""Both sides of the border: whether China's count bears India's out, and what follows from that."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, RED, RULE, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, Sentence, joined, sentence
from helpers.data import Quantity, Vintage, derived, from_row, number
from helpers.methods.mirror import AGREE, LEAST, LIMIT, OWN, QUANTITY, REAL, THEIR, VALUE
from helpers.outlook import customs, mirror

_MEANS = {
    QUANTITY: "the values bear each other out and the weights do not, which is an error of quantity: goods that had "
    "crossed would have been paid for",
    REAL: "weights and values are both apart, which no slip of a weight explains: goods went another way, or were "
    "counted in another year",
    VALUE: "the weights bear each other out and the values do not, which is a matter of prices and not of quantity",
    AGREE: "both bear each other out, so that China's count confirms India's",
}
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
    verdict = "as in all years" if mirror.standing(table.drop(index=row.name)) else row["verdict"]
    title = sentence(
        "For {year} the two counts are {weight:.1} times apart by weight and {value:.1} times by value: {verdict}",
        year=str(row.name), verdict=verdict, **_apart(row),
    )  # fmt: skip
    opening = Sentence("Bars of HS 850511 from China to India by year: India's count above, China's below.")
    alt = joined(opening, *(_counted(row) for _, row in table.iterrows()))
    return finish(drawing, title, alt, table, india=india, note="India's values include freight and insurance.")


def finding(table: pd.DataFrame, *, india: Vintage) -> Sentence:
    """What both sides count, whether that is an error of quantity by rule, whose, and what the excess is worth."""
    year = mirror.subject(india)
    if year is None:
        return words.not_yet(india, "Whether China's count bears out India's")
    row, others = table.loc[year], mirror.usual(table, year)
    said = [_counted(row), _judged(row, others, india)]
    if (fault := mirror.fault(table, year)) and len(others):
        said.append(_whose(row, others.iloc[-1], fault))
    if row["weight_ratio"] > 1 and row["verdict"] in (QUANTITY, REAL):
        said.append(_worth(row, india))
    for _, later in table[table.index > year].iterrows():
        said += [_counted(later), sentence(f"In {{year}} {_MEANS[later['verdict']]}.", year=str(later.name))]
    return joined(*said)


def short(india: Vintage) -> Sentence | None:
    """The finding in two sentences, for the answer; None while it is no error of India's weight."""
    table, year, others = mirror.sides(india), mirror.subject(india), mirror.underlying(india)
    if others is None or not mirror.errs(table, year):
        return None
    row = table.loc[year]
    return sentence(
        "For calendar {year} India records {world}, of which by our reading {never:range} % never came: where it has "
        "{own} from China, China has {their:number}, while the values are {value:.1} times apart. By other counts "
        "{others:range} t came.",
        world=_tonnes(mirror.world(india).loc[year], "own_t"), year=year, never=_never(others, india),
        own=_tonnes(row, "own_t"), their=_tonnes(row, "their_t"), value=_apart(row)["value"], others=others,
    )  # fmt: skip


def level(table: pd.DataFrame, *, india: Vintage) -> Sentence:
    """The tonnes that follow for the year (:func:`helpers.outlook.mirror.level`), beside the newest run-rate."""
    others, year, rates = mirror.underlying(india), mirror.subject(india), customs.run_rates(india)
    if others is None:
        return words.not_yet(india, "What other counts make of India's imports")
    own = sentence(
        "By other counts than its own, India imported {others:range} t in {year}, where it records {own}.",
        others=others, year=year, own=_tonnes(mirror.world(india).loc[year], "own_t"), uses=[table],
    )  # fmt: skip
    if not mirror.errs(mirror.sides(india), year):
        return joined(own, _beside(india, year))
    never = sentence("So {never:range} % of that weight, by our reading, never came.", never=_never(others, india))
    rate = _run_rate(others, rates) if len(rates) else None
    return joined(own, never, _beside(india, year), rate, _month(mirror.months(india), india))


@once_public
def screen(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """Every line of the year, weights against values: :func:`helpers.outlook.mirror.lines`."""
    year = mirror.subject(india)
    rows = table.loc[year]
    drawing, (ax,) = canvas("weights, India's count over China's, log scale", height=4.4)
    ends = rows[["weight_ratio", "value_ratio"]]
    ends = [ends.min(axis=None) / 2, ends.max(axis=None) * 2]
    ax.axvspan(1 / mirror.rule(india, mirror.TOGETHER), mirror.rule(india, mirror.TOGETHER), color=RULE, linewidth=0)
    for ratio in (1 / mirror.rule(india, mirror.APART), mirror.rule(india, mirror.APART)):
        ax.axhline(ratio, color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
    ax.plot(ends, ends, color=RULE, linewidth=0.8)
    ax.plot(rows["value_ratio"], rows["weight_ratio"], "o", color=MUTED, markersize=5)
    ax.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="values, India's count over China's, log scale")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:,g}")
        axis.set_minor_formatter("")
    for hs, row in _further(rows).iterrows():
        label(ax, f"HS {hs}", (row["value_ratio"], row["weight_ratio"]), color=MUTED, fontsize=9)
    by = {name: rows.loc[customs.METAL, f"{name}_ratio"] for name in ("value", "weight")}
    ax.plot(*by.values(), "o", color=RED, markersize=8, zorder=4)
    label(ax, f"HS {customs.METAL}", tuple(by.values()), dx=-8, ha="right", color=RED)
    alt = sentence(
        "Dots on two logarithmic axes, one for each of {n} six-digit lines that India bought from China in {year}: "
        "values across, weights up. HS 850511 lies at {value:.1} by value and {weight:.1} by weight.",
        n=_count(rows), year=year, **{name: derived(ratio, "", rows) for name, ratio in by.items()},
    )  # fmt: skip
    label(ax, "values together", (1, ends[1]), dx=0, dy=-4, ha="center", va="top", color=INK, fontsize=9)
    note = "Weights are apart beyond the dashed lines; on the diagonal unit values agree."
    shown = rows.drop(columns=["excess_t", "excess_usd_m", "gap_usd_m"])
    return finish(drawing, _only(rows, year), alt, shown, india=india, note=note)


def only(table: pd.DataFrame, *, india: Vintage) -> Sentence:
    """Whether other lines show the same, by rule and by a robust test, and what the rule says of other years."""
    year = mirror.subject(india)
    if year is None:
        return words.not_yet(india, "Whether other lines show the same")
    rows = table.loc[year]
    ours, further = rows.loc[customs.METAL], _further(rows)
    said = [sentence("{finding}.", finding=_only(rows, year))]
    text = "its weights stand {score:.1} robust standard deviations from the middle, where the test allows {limit:.1}."
    groups = {"{n} whose values agree": (rows[rows["together"]], "among_together"), "all {n}": (rows, "among_all")}
    for who, (group, column) in groups.items():
        if pd.notna(ours[column]):
            score = derived(abs(ours[column]), "", group)
            said.append(sentence(f"Among {who}", text, n=_count(group), score=score, limit=derived(LIMIT, "")))
    if len(further):
        most, codes = derived(further["own_t"].max(), "t", further), words.listed(further.index)
        text = "Further out lie {codes}, of each of which India records {most} or less."
        said.append(sentence(text, codes=codes, most=most))
    for other in table.index.get_level_values("period").unique().drop(year):
        every = table.loc[other]
        marked = [f"HS {hs}" for hs in every.index[every["verdict"] == QUANTITY]]
        marked = words.listed(marked) if marked else "none"
        said.append(sentence("Of {n} in {year} the rule marks {marked}.", n=_count(every), year=other, marked=marked))
    return joined(*said)


def _counted(row: pd.Series) -> Sentence:
    return sentence(
        "For {year} India records {own} from China, worth {own_usd:.1}; China counts {their} for India, worth "
        "{their_usd:.1}.", year=str(row.name), own=_tonnes(row, "own_t"), their=_tonnes(row, "their_t"),
        own_usd=derived(row["own_usd_m"], "USD m", row), their_usd=derived(row["their_usd_m"], "USD m", row),
    )  # fmt: skip


def _judged(row: pd.Series, others: pd.DataFrame, india: Vintage) -> Sentence:
    said = [sentence("The weights are {weight:.1} times apart, the values {value:.1} times.", **_apart(row))]
    for other, usual in others.iterrows():
        said.append(sentence("In {year} it was {weight:.1} and {value:.1} times.", year=other, **_apart(usual)))
    apart, near = (derived(mirror.rule(india, segment), "", row) for segment in (mirror.APART, mirror.TOGETHER))
    standing = row["verdict"] in (QUANTITY, REAL) and mirror.standing(others)
    rule = sentence(
        "By our rule, in which weights are apart from {apart:.1} times on and values together up to {near:.1},",
        "{means}.",
        apart=apart, near=near, means=_STANDING if standing else _MEANS[row["verdict"]],
    )  # fmt: skip
    return joined(*said, rule)


def _whose(row: pd.Series, usual: pd.Series, fault: str) -> Sentence:
    prices = {
        f"{side}_{when}": derived(price, "USD/kg", of)
        for when, of in (("before", usual), ("now", row))
        for side, price in mirror.unit_values(of).items()
    }
    return sentence(
        "Against {year}, India's unit value went from {own_before:.2} to {own_now:.2} and China's from",
        "{their_before:.2} to {their_now:.2}, so {fault}.", year=str(usual.name), **prices,
        fault={OWN: "the error is India's", THEIR: "the error is China's"}.get(fault, "which of them errs is open"),
    )  # fmt: skip


def _worth(row: pd.Series, india: Vintage) -> Sentence:
    ferrite, gap = india.assumption(mirror.RULE).loc[mirror.FERRITE], row["gap_usd_m"]
    low, high = (row["excess_t"] * ferrite[end] / 1000 for end in ("low", "high"))
    where, parts = words.place([gap], low, high), {}
    text = {
        "above": "so the excess would be of dearer goods than that",
        "inside": "so the excess may be real, and of that kind",
        "below": "so none of it was paid for",
    }[where]
    if where == "below" and gap > 0:
        text, parts = "so at most {most} of it can have been goods", {"most": derived(gap / low * 100, "%", row)}
    return sentence(
        "Even as ferrite, the cheapest kind, at {price:range.1} USD/kg the excess of {excess} would be worth",
        f"{{worth:range}} million USD; the values differ by {{gap}}, {text}.",
        price=derived(ferrite["value"], "USD/kg", ferrite, low=ferrite["low"], high=ferrite["high"]),
        excess=_tonnes(row, "excess_t"), worth=derived(row["excess_usd_m"], "USD m", row, low=low, high=high),
        gap=derived(gap, "USD m", row), **parts,
    )  # fmt: skip


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
    return sentence(
        "{fiscal}, which has {shared} months in common with it, records {total} ({less:signed} against it).",
        fiscal=fiscal_year, shared=words.count(shared), total=from_row(total),
        less=derived(total["value"] - row["own_t"], "t", total, row),
    )  # fmt: skip


def _run_rate(level: Quantity, rates: pd.DataFrame) -> Sentence:
    low, high = rates["low"].min(), rates["high"].max()
    where = words.place([level.low, level.high], low, high)
    ends = {
        "below": "lies above that: trade grew since, or the rate still carries part of the error",
        "above": "lies below that: trade shrank since",
        "inside": "holds all of that, and needs no correction",
        "across": "overlaps that, and need not carry the error",
    }
    rate = derived(rates["value"].mean(), "t", rates, low=low, high=high)
    return sentence(f"The newest run-rate, {{rate:range}} t a year, {ends[where]}.", rate=rate, uses=[level])


def _month(months: pd.DataFrame, india: Vintage) -> Sentence | None:
    """The newest month that exporters tell, beside India's rate around it and the usual ratio of the two."""
    usual = mirror.usual(mirror.sides(india), mirror.subject(india)).index
    world = mirror.world(india).reindex(usual).dropna(subset="weight_ratio")
    if months.empty or world.empty:
        return None
    row, before = months.iloc[-1], world.iloc[-1]
    low, high = before["weight_ratio"], row["weight_ratio"]
    more = words.steadiness(low, high) == "moved"
    return sentence(
        "For {month} all exporters report {their}, while India's count runs at {own} a month in {around}: {ratio:.1} "
        "times as much, where in {year} it was {before:.1} times, so that count {verdict}.",
        month=words.period(str(row.name)), their=_tonnes(row, "their_t"), own=_tonnes(row, "own_t"),
        around=words.named(row["around"]), ratio=derived(high, "", row), year=str(before.name),
        before=derived(low, "", before),
        verdict="seems to carry part of the error" if more else "carries no more than is usual",
    )  # fmt: skip


def _only(rows: pd.DataFrame, year: str) -> Sentence:
    if len(rows) < LEAST:
        text = "The lines of {year} known from both sides number {n}, too few to say whether HS 850511 stands alone"
        return sentence(text, n=_count(rows), year=year)
    marked = list(rows.index[rows["verdict"] == QUANTITY])
    if not marked:
        text = "No line of {n} in {year} has weights apart while values agree"
        return sentence(text, n=_count(rows), year=year)
    which = "HS 850511 is not among those, {k} of {n} lines in {year},"
    if customs.METAL in marked:
        which = f"HS 850511 is {'one of {k}' if len(marked) > 1 else 'the only one'} of {{n}} lines in {{year}}"
    parts = {"k": derived(len(marked), "", rows)} if "{k}" in which else {}
    return sentence(which, "whose weights are apart while their values agree", n=_count(rows), year=year, **parts)


def _further(rows: pd.DataFrame) -> pd.DataFrame:
    """The lines that stand further from the middle of all than HS 850511."""
    scores = rows["among_all"].abs()
    return rows[scores > scores.get(customs.METAL, 0)]


def _apart(row: pd.Series) -> dict[str, Quantity]:
    ratios = {"weight": row["weight_ratio"], "value": row["value_ratio"]}
    return {name: derived(max(ratio, 1 / ratio), "", row) for name, ratio in ratios.items()}


def _tonnes(row: pd.Series, column: str) -> Quantity:
    return derived(row[column], "t", row)


def _count(rows: pd.DataFrame) -> Quantity:
    return derived(len(rows), "", rows)
