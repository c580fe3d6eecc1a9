"""Every line that both sides of the border count: whether HS 850511 stands alone among them."""

import pandas as pd

from helpers.chapters import tips, words
from helpers.chapters.canvas import INK, MUTED, RED, RULE, by_tens, canvas, finish, label, once_public
from helpers.chapters.outputs import Figure, Sentence, joined, sentence
from helpers.chapters.rows import count, spread
from helpers.data import Vintage, derived
from helpers.methods.mirror import LEAST, LIMIT, QUANTITY
from helpers.outlook import customs, mirror


@once_public
def figure(table: pd.DataFrame, *, india: Vintage) -> Figure:
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
    dots = ax.plot(rows["value_ratio"], rows["weight_ratio"], "o", color=MUTED, markersize=5)
    told = {hs: f"HS {hs}: weights {row['weight_ratio']:.2g} times, values {row['value_ratio']:.2g} times"
            for hs, row in rows.iterrows()}  # fmt: skip
    tips.tell(dots, told.values())
    by_tens(ax.xaxis, ax.yaxis)
    ax.set(xlim=ends, ylim=ends, xlabel="values, India's count over China's, log scale")
    for hs, row in _further(rows).iterrows():
        label(ax, f"HS {hs}", (row["value_ratio"], row["weight_ratio"]), color=MUTED, fontsize=9)
    by = {name: rows.loc[customs.METAL, f"{name}_ratio"] for name in ("value", "weight")}
    ours = ax.plot(*by.values(), "o", color=RED, markersize=8, zorder=4)
    tips.tell(ours, [told[customs.METAL]])
    label(ax, f"HS {customs.METAL}", tuple(by.values()), dx=-8, ha="right", color=RED)
    text = "Dots on two logarithmic axes, one for each of {n} six-digit lines that India bought from China in {year}:"
    tail = "values across, weights up. HS 850511 lies at {value:.1} by value and {weight:.1} by weight."
    parts = {name: derived(ratio, "", rows) for name, ratio in by.items()}
    alt = sentence(text, tail, n=count(rows), year=year, **parts)
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
            said.append(sentence(f"Among {who}", text, n=count(group), score=score, limit=derived(LIMIT, "")))
    if len(further):
        most, codes = derived(further["own_t"].max(), "t", further), words.listed(further.index)
        text = "Further out lie {codes}, of each of which India records {most} or less."
        said.append(sentence(text, codes=codes, most=most))
    marks: dict[str, list[str]] = {}
    for other, every in table.drop(index=year, level="period").groupby(level="period"):
        codes = [f"HS {hs}" for _, hs in every.index[every["verdict"] == QUANTITY]]
        marks.setdefault(words.listed(codes) if codes else "none", []).append(other)
    counts = table.groupby(level="period").size()
    for marked, years in marks.items():
        text = "Of {n:range} in {years} the rule marks {marked}."
        said.append(sentence(text, n=spread(counts[years], "", table), years=words.years(years), marked=marked))
    return joined(*said)


def _only(rows: pd.DataFrame, year: str) -> Sentence:
    parts, marked = {"n": count(rows), "year": year}, list(rows.index[rows["verdict"] == QUANTITY])
    if len(rows) < LEAST:
        text = "The lines of {year} known from both sides number {n}, too few to say whether HS 850511 stands alone"
        return sentence(text, **parts)
    if not marked:
        return sentence("No line of {n} in {year} has weights apart while values agree", **parts)
    which = "HS 850511 is not among those, {k} of {n} lines in {year},"
    if customs.METAL in marked:
        which = f"HS 850511 is {'one of {k}' if len(marked) > 1 else 'the only one'} of {{n}} lines in {{year}}"
    parts |= {"k": derived(len(marked), "", rows)} if "{k}" in which else {}
    return sentence(which, "whose weights are apart while their values agree", **parts)


def _further(rows: pd.DataFrame) -> pd.DataFrame:
    """The lines that stand further from the middle of all than HS 850511."""
    scores = rows["among_all"].abs()
    return rows[scores > scores.get(customs.METAL, 0)]
