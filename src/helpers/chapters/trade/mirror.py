"""Both sides of the border: whether the other country's count bears India's out, and what follows from that."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, RED, RULE, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, Sentence, Table, joined, sentence
from helpers.data import Quantity, Vintage, derived, number
from helpers.methods.mirror import AGREE, QUANTITY, REAL, VALUE
from helpers.outlook import customs, mirror

_MEANS = {
    QUANTITY: "the values bear each other out and the weights do not, which is an error of quantity: goods that had "
    "crossed would have been paid for",
    REAL: "weights and values are both apart, which no slip of a weight explains: goods went another way or were "
    "counted in another year",
    VALUE: "the weights bear each other out and the values do not, which is a matter of prices and not of quantity",
    AGREE: "both bear each other out, so that China's count confirms India's",
}
_TITLES = {
    QUANTITY: "The two counts of {year} are {weight:.1} times apart by weight, and {value:.1} times by value",
    REAL: "The two counts of {year} are apart by weight and by value: {weight:.1} and {value:.1} times",
    VALUE: "The two counts of {year} agree on weight within {weight:.1} times; values are {value:.1} times apart",
    AGREE: "The two counts of {year} agree: within {weight:.1} times by weight and {value:.1} times by value",
}
_SIDES = {"own": ("India, from China", BLUE), "their": ("China, to India", GOLD)}


@once_public
def both_sides(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """Weight and value by both counts, a year above the other: :func:`helpers.outlook.mirror.sides`."""
    drawing, axes = canvas("", panels=2, height=1.1 + 0.75 * len(table), horizontal=True)
    for ax, unit, title in zip(axes, ("t", "usd_m"), ("Weight, tonnes", "Value, million USD"), strict=True):
        for place, (_, row) in enumerate(table.iloc[::-1].iterrows()):
            for above, (side, (_, colour)) in zip((0.2, -0.2), _SIDES.items(), strict=True):
                ax.barh(place + above, row[f"{side}_{unit}"], color=colour, height=0.36)
                text = number(row[f"{side}_{unit}"], 0 if unit == "t" else 1)
                label(ax, text, (row[f"{side}_{unit}"], place + above), dx=4, fontsize=9)
        ax.set_title(title, loc="left", color=MUTED, fontsize=10)
        ax.set_xlim(0, table[[f"own_{unit}", f"their_{unit}"]].max(axis=None) * 1.3)
        ax.set_xticks([])
        ax.grid(False)
    for above, (name, _) in zip((0.2, -0.2), _SIDES.values(), strict=True):
        label(axes[0], name, (0, len(table) - 1 + above), dx=4, color="white", fontsize=9)
    axes[0].set_yticks(range(len(table)), table.index[::-1])
    axes[0].set_ylim(-0.5, len(table) - 0.5)
    year = mirror.subject(india)
    title = sentence(_TITLES[table.loc[year, "verdict"]], year=year, **_apart(table.loc[year]))
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
    if row["verdict"] == QUANTITY and len(others) and not _standing(others):
        said.append(_whose(row, others.iloc[-1]))
    if row["weight_ratio"] > 1:
        said.append(_worth(row, india))
    for _, later in table[table.index > year].iterrows():
        said += [_counted(later), sentence(f"In {{year}} {_MEANS[later['verdict']]}.", year=str(later.name))]
    return joined(*said)


def short(india: Vintage) -> Sentence | None:
    """The finding in one sentence, for the answer; None while there is none."""
    table, year = mirror.sides(india), mirror.subject(india)
    if year is None:
        return None
    row, level = table.loc[year], mirror.underlying(india)
    if row["verdict"] != QUANTITY or _standing(mirror.usual(table, year)) or level is None:
        return joined(_counted(row), _judged(row, mirror.usual(table, year), india))
    own, their = (_tonnes(row, f"{side}_t") for side in _SIDES)
    return sentence(
        "Most of the surge was weight without value: in {year} India records {own} from China and China {their} to "
        "India, while the values are {value:.1} times apart; by other counts {level:range} t came in that year in all.",
        year=year, own=own, their=their, value=_apart(row)["value"], level=level,
    )  # fmt: skip


def levels(table: pd.DataFrame, year: str | None) -> Table:
    """What came in all, without India's weight from China: :func:`helpers.outlook.mirror.level`."""
    caption = f"What India imported under HS 850511 in {year or 'that year'}, by other counts than its own, tonnes"
    return Table(table[["value", "source"]].rename(columns={"value": "tonnes"}), caption, decimals=0)


def level(table: pd.DataFrame, *, india: Vintage) -> Sentence:
    """The tonnes that follow for the year, beside what India records and beside the newest run-rate."""
    low_high, rates, year = mirror.underlying(india), customs.run_rates(india), mirror.subject(india)
    if low_high is None:
        return words.not_yet(india, "What other counts make of India's imports")
    world = _world(india, year)
    said = [
        sentence(
            "By other counts than its own, India imported {level:range} t in {year}, where it records {own}.",
            level=low_high, year=year, own=_tonnes(world, "own_t"), uses=[table],
        )
    ]  # fmt: skip
    if len(rates):
        said += [_run_rate(low_high, rates), _month(mirror.months(india), india, year)]
    return joined(*said)


@once_public
def screen(table: pd.DataFrame, *, india: Vintage) -> Figure:
    """Every line of the year, weights against values: :func:`helpers.outlook.mirror.lines`."""
    year = mirror.subject(india)
    rows = table.loc[year]
    drawing, (ax,) = canvas("weights, India's count over China's, log scale", height=4.4)
    apart, near = (mirror.rule(india, segment) for segment in ("weights apart from", "values together up to"))
    ax.axvspan(1 / near, near, color=RULE, alpha=0.45, linewidth=0)
    for ratio in (1 / apart, apart):
        ax.axhline(ratio, color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
    ends = rows[["weight_ratio", "value_ratio"]]
    ends = [ends.min(axis=None) / 2, ends.max(axis=None) * 2.5]
    ax.plot(ends, ends, color=RULE, linewidth=0.8)
    for hs, row in rows.iterrows():
        ours = hs == customs.METAL
        at = (row["value_ratio"], row["weight_ratio"])
        ax.plot(*at, "o", color=RED if ours else MUTED, markersize=8 if ours else 5, zorder=4 if ours else 3)
        if ours or row["verdict"] in (QUANTITY, REAL):
            label(ax, f"HS {hs}" if ours else hs, at, color=RED if ours else MUTED, fontsize=10 if ours else 8.5)
    for axis, setter in ((ax.xaxis, ax.set_xscale), (ax.yaxis, ax.set_yscale)):
        setter("log")
        axis.set_major_formatter("{x:,g}")
        axis.set_minor_formatter("")
    ax.set_xlim(*ends)
    ax.set_ylim(*ends)
    ax.set_xlabel("values, India's count over China's, log scale")
    label(ax, "values\ntogether", (1, ends[0]), dx=0, dy=4, ha="center", va="bottom", color=INK, fontsize=8.5)
    note = "Grey: values together; dashed: beyond them weights are apart; on the diagonal unit values agree."
    alt = joined(
        sentence(
            "Dots on two logarithmic axes, one for each of {n} six-digit lines that India bought from China in "
            "{year}: values across, weights up.", n=_count(rows), year=year,
        ),
        None if customs.METAL not in rows.index else sentence(
            "HS 850511 lies at {value:.1} by value and {weight:.1} by weight.", weight=_ratio(rows, "weight_ratio"),
            value=_ratio(rows, "value_ratio"),
        ),
    )  # fmt: skip
    shown = rows.drop(columns=["excess_t", "excess_usd_m", "gap_usd_m"])
    return finish(drawing, _only(rows, year), alt, shown, india=india, note=note)


def only(table: pd.DataFrame, *, india: Vintage) -> Sentence:
    """Whether other lines show the same, by rule and by a robust test, and what the rule says of other years."""
    year = mirror.subject(india)
    if table.empty or customs.METAL not in table.loc[year].index:
        return words.not_yet(india, "Whether other lines show the same")
    rows = table.loc[year]
    ours, near = rows.loc[customs.METAL], rows[rows["together"]]
    further = rows[rows["among_all"].abs() > abs(ours["among_all"])]
    said = [sentence("{finding}.", finding=_only(rows, year))]
    if ours["together"]:
        verdict = "far out" if ours["flagged"] else "not out of line"
        said.append(
            sentence(
                "Among the {near} whose values agree, the gap between its weights is {score:.1} robust standard "
                f"deviations from the usual one, {verdict}.",
                near=_count(near), score=derived(abs(ours["among_together"]), "", near),
            )
        )  # fmt: skip
    told = "Among all lines it is {score:.1}"
    parts = {"score": derived(abs(ours["among_all"]), "", rows)}
    if len(further):
        told += ", and {further} lie further out, of which India records at most {most:~2} each"
        parts |= {
            "further": words.listed(further.index),
            "most": derived(further["own_t"].max(), "t", further),
        }
    said.append(sentence(f"{told}.", **parts))
    for other in table.index.get_level_values("period").unique().drop(year):
        said.append(_elsewhere(table.loc[other], other))
    return joined(*said)


def _counted(row: pd.Series) -> Sentence:
    return sentence(
        "For {year} India records {own} from China, worth {own_usd:.1}; China records {their} to India, worth "
        "{their_usd:.1}.", year=str(row.name), own=_tonnes(row, "own_t"), their=_tonnes(row, "their_t"),
        own_usd=derived(row["own_usd_m"], "USD m", row), their_usd=derived(row["their_usd_m"], "USD m", row),
    )  # fmt: skip


def _judged(row: pd.Series, others: pd.DataFrame, india: Vintage) -> Sentence:
    apart, near = (mirror.rule(india, segment) for segment in ("weights apart from", "values together up to"))
    said = [sentence("The weights are {weight:.1} times apart, the values {value:.1} times.", **_apart(row))]
    for other, usual in others.iterrows():
        said.append(sentence("In {year} it was {weight:.1} and {value:.1} times.", year=other, **_apart(usual)))
    rule = "By our rule, in which weights are apart from {apart:.1} times on and values together up to {near:.1}, "
    means = _MEANS[row["verdict"]]
    if row["verdict"] in (QUANTITY, REAL) and _standing(others):
        means = "nothing marks {year}: weights are apart in every year known, so the two sides count differently"
    parts = {"apart": derived(apart, "", row), "near": derived(near, "", row)}
    parts |= {"year": str(row.name)} if "{year}" in means else {}
    return joined(*said, sentence(f"{rule}{means}.", **parts))


def _standing(others: pd.DataFrame) -> bool:
    """Whether weights are apart in all other years too."""
    return len(others) > 0 and not others["verdict"].isin([VALUE, AGREE]).any()


def _whose(row: pd.Series, usual: pd.Series) -> Sentence:
    prices = {
        f"{side}_{when}": derived(of[f"{side}_usd_m"] / of[f"{side}_t"] * 1000, "USD/kg", of)
        for side in _SIDES
        for when, of in (("before", usual), ("now", row))
    }
    moved = {
        side: words.steadiness(*sorted([prices[f"{side}_before"].value, prices[f"{side}_now"].value]), words.LEAST_SHAPE)
        for side in _SIDES
    }
    verdict = "which of them errs is open"
    if moved["own"] != moved["their"]:
        verdict = "so the error is India's" if moved["own"] == "moved" else "so the error is China's"
    return sentence(
        "Against {year}, India's unit value went from {own_before:.2} to {own_now:.2} and China's from "
        f"{{their_before:.2}} to {{their_now:.2}}; {verdict}.",
        year=str(usual.name),
        **prices,
    )


def _worth(row: pd.Series, india: Vintage) -> Sentence:
    ferrite = india.assumption("mirror_rule").loc["price of ferrite"]
    worth = {end: row["excess_t"] * ferrite[end] / 1000 for end in ("value", "low", "high")}
    gap = row["gap_usd_m"]
    where = words.place([gap], worth["low"], worth["high"])
    ends = {
        "above": "so the excess would be of dearer goods than that",
        "inside": "so the excess may be real, and of that kind",
        "below": "so at most {most} of the excess can have been goods" if gap > 0 else "so none of it was paid for",
    }
    parts = {"most": derived(gap / worth["low"] * 100, "%", row)} if gap > 0 and where == "below" else {}
    return sentence(
        "Even as ferrite, the cheapest kind, at {price:range.1} USD/kg the excess of {excess} would be worth {worth:range} "
        f"million USD; the values differ by {{gap}}, {ends[where]}.",
        price=derived(ferrite["value"], "USD/kg", ferrite, low=ferrite["low"], high=ferrite["high"]),
        excess=_tonnes(row, "excess_t"),
        worth=derived(worth["value"], "USD m", row, low=worth["low"], high=worth["high"]),
        gap=derived(gap, "USD m", row),
        **parts,
    )


def _run_rate(level: Quantity, rates: pd.DataFrame) -> Sentence:
    low, high = rates["low"].min(), rates["high"].max()
    rate = derived(rates["value"].mean(), "t", rates, low=low, high=high)
    where = words.place([level.low, level.high], low, high)
    ends = {
        "below": "is above all of it: trade grew since, or the rate still carries part of the error",
        "above": "is below all of it: trade shrank since",
        "inside": "holds all of it: the rate needs no correction",
        "across": "overlaps it: the rate need not carry the error",
    }
    return sentence(f"The run-rate of the newest halves, {{rate:range}} t a year, {ends[where]}.", rate=rate, uses=[level])


def _month(months: pd.DataFrame, india: Vintage, year: str) -> Sentence | None:
    if months.empty:
        return None
    row, usual = months.iloc[-1], mirror.usual(mirror.sides(india), year)
    if usual.empty:
        return None
    world = _world(india, usual.index[-1])
    before = derived(world["own_t"] / world["their_t"], "", world)
    beside = sentence(
        "For {month} all exporters report {their}; India's count runs at {own} a month in {around}, {ratio:.1} times as "
        "much.",
        month=words.period(str(row.name)), their=_tonnes(row, "their_t"), own=_tonnes(row, "own_t"),
        around=words.named(row["around"]), ratio=derived(row["weight_ratio"], "", row),
    )  # fmt: skip
    verdict = "so it seems to carry part of the error"
    if row["weight_ratio"] <= before.value or words.steadiness(before.value, row["weight_ratio"]) == "steady":
        verdict = "so it carries no more than is usual"
    return joined(
        beside, sentence(f"In {{year}} it was {{before:.1}} times, {verdict}.", year=usual.index[-1], before=before)
    )


def _only(rows: pd.DataFrame, year: str) -> Sentence:
    marked = list(rows.index[rows["verdict"] == QUANTITY])
    parts = {"n": _count(rows), "year": year}
    end = "of {n} lines in {year} whose weights are apart while the values agree"
    if customs.METAL not in marked:
        return sentence(f"HS 850511 is not among the {{k}} {end}", k=derived(len(marked), "", rows), **parts)
    if len(marked) == 1:
        return sentence(f"HS 850511 is the only one {end}", **parts)
    return sentence(f"HS 850511 is one of {{k}}, {end}", k=derived(len(marked), "", rows), **parts)


def _elsewhere(rows: pd.DataFrame, year: str) -> Sentence:
    marked = list(rows.index[rows["verdict"] == QUANTITY])
    return sentence(
        "In {year} the rule marks {marked} of {n}.", year=year, n=_count(rows),
        marked=words.listed(f"HS {hs}" for hs in marked) if marked else "none",
    )  # fmt: skip


def _world(india: Vintage, year: str) -> pd.Series:
    every = mirror.counted(india)
    return every[(every["hs"] == customs.METAL) & (every["partner"] == "world")].set_index("period").loc[year]


def _apart(row: pd.Series) -> dict[str, Quantity]:
    ratios = {"weight": row["weight_ratio"], "value": row["value_ratio"]}
    return {name: derived(max(ratio, 1 / ratio), "", row) for name, ratio in ratios.items()}


def _tonnes(row: pd.Series, column: str) -> Quantity:
    return derived(row[column], "t", row)


def _ratio(rows: pd.DataFrame, column: str) -> Quantity:
    return derived(rows.loc[customs.METAL, column], "", rows.loc[customs.METAL])


def _count(rows: pd.DataFrame) -> Quantity:
    return derived(len(rows), "", rows)
