"""What the readings of a suspect year weigh: the update, and what moved it."""

import numpy as np
import pandas as pd

from helpers.chapters import tips, words
from helpers.chapters.canvas import BLUE, GOLD, RED, canvas, finish, label, name_dates
from helpers.chapters.forecast.tables import EVIDENCE, READING, SHORT
from helpers.chapters.outputs import Figure, Sentence, joined, sentence
from helpers.data import Vintage, derived
from helpers.outlook import evidence
from helpers.outlook.episodes import suspect

NONE = sentence("No year of this target is suspect, so there are no readings to weigh.")
DECIMALS = {"observed": 2, "Bayes factor of an error": 1}
for _short in SHORT.values():
    DECIMALS |= {f"fits {_short} (best: 1)": 2, f"{_short} after it, %": 0}


def update(india: Vintage, target: str) -> pd.DataFrame:
    """How evidence moved the weights of the readings (``evidence.table``), with column heads in words."""
    rows = evidence.table(india).iloc[: None if suspect(india, target) else 0]
    names = rows["evidence"].replace(EVIDENCE | {"prior": "before any evidence"})
    shown = pd.DataFrame({"evidence": names, "of": rows["period"].map(words.period), "observed": rows["observed"]})
    for name, short in SHORT.items():
        shown[f"fits {short} (best: 1)"] = rows[evidence.FITS[name]].where(rows["observed"].notna())
    shown["Bayes factor of an error"] = rows["Bayes factor"]
    for name, short in SHORT.items():
        shown[f"{short} after it, %"] = _column(rows[evidence.WEIGHTS[name]])
    return shown.assign(**{"known since": rows["published"], "source": rows["source"]})


def moved(india: Vintage, target: str) -> Sentence:
    """From which weight to which the evidence brought the likeliest reading, and what of that is judgement."""
    episode, rows = suspect(india, target), evidence.table(india)
    if episode is None:
        return NONE
    found, last = rows.iloc[1:], rows.iloc[-1]
    if found.empty:
        text = "No evidence on what {year} was is in the sources dated up to {day}: the prior, our judgement, stands."
        return sentence(text, year=episode.year, day=words.day(india.day), uses=[rows])
    best = max(evidence.WEIGHTS, key=lambda name: last[evidence.WEIGHTS[name]])
    before, now = (words.chance(derived(100 * row[evidence.WEIGHTS[best]], "%", rows)) for row in (rows.iloc[0], last))
    for_error = (found["Bayes factor"] > 1).sum()
    share = {len(found): "all of it speaks", 0: "none of it speaks"}.get(for_error, "part of it speaks")
    top = found.loc[np.log(found["Bayes factor"]).abs().idxmax()]
    times = derived(np.exp(abs(np.log(top["Bayes factor"]))), "", top)
    sides = ("an error", "the next reading") if top["Bayes factor"] > 1 else ("another reading", "an error")
    parts = {"year": episode.year, "reading": READING[best], "before": before, "now": now, "share": share}
    parts |= {"last": words.day(last["published"]), "what": EVIDENCE[top["evidence"]], "times": times}
    parts |= {"period": words.period(top["period"]), "observed": derived(top["observed"], "", top)}
    return sentence(
        "That {year} is {reading} had {before} of the weight before any evidence and has {now} after",
        "what was known by {last}; {share} for an error. What counts most is the {what} ({period}), {observed:.2}:",
        f"{{times:.1}} times as likely under {sides[0]} as under {sides[1]}. The prior and the densities are our",
        "judgement, written from what each reading says; what is observed is data.",
        **parts,
    )


def weights(history: pd.DataFrame, *, india: Vintage) -> Figure | Sentence:
    """The weight of each reading since the first day on which there was evidence (``evidence.history``)."""
    if history.empty:
        return NONE
    drawing, (ax,) = canvas("weight, per cent", height=2.8)
    days, shares = [*history.index, pd.Timestamp(india.day)], 100 * history[list(SHORT)].astype(float)
    colours = dict(zip(SHORT, (BLUE, GOLD, RED), strict=True))
    for name, share in shares.iloc[-1].sort_values(kind="stable").items():
        line = ax.step(days, [*shares[name], share], where="post", color=colours[name], linewidth=2)
        tips.tell(line, [f"{SHORT[name]}, {words.day(days[-1])}: {words.percent(share)} %"])
        label(ax, f"{SHORT[name]} {words.percent(share)} %", (days[-1], share), color=colours[name], fontsize=9)
    ax.set_ylim(0, 100)
    name_dates(ax)
    title, alt = _said(shares.assign(source=history["source"]))
    shown = shares.rename(columns={name: f"{short}, %" for name, short in SHORT.items()})
    shown = shown.reset_index().assign(source=history["source"].array)
    return finish(drawing, title, alt, shown, india=india, note="Steps: days on which evidence became known.")


def _said(shares: pd.DataFrame) -> tuple[Sentence, Sentence]:
    """Title and alternative text of the weights, in per cent by day and reading."""
    best = shares[list(SHORT)].iloc[-1].idxmax()
    first, now = (words.chance(derived(row[best], "%", row)) for _, row in shares.iloc[[0, -1]].iterrows())
    text, begun = "{name} weighs {now}", {}
    if len(shares) > 1:
        text, begun = f"{text}, after {{first}} on {{day}}", {"first": first, "day": words.day(shares.index[0])}
    title = sentence(text, name=READING[best].capitalize(), now=now, **begun)
    said = [Sentence("The weight of each reading, in steps.")]
    for day, row in shares.iterrows():
        each = (f"{short} {words.chance(derived(row[name], '%', row))}" for name, short in SHORT.items())
        said.append(sentence("From {day}: {each}.", day=words.day(day), each=words.listed(each), uses=[row]))
    return title, joined(*said)


def _column(weights: pd.Series) -> pd.Series:
    """Weights in per cent, as text where one is nearly all or nothing and not quite."""
    percent = 100 * weights.astype(float)
    near = ((percent > 0) & (percent < 1)) | ((percent > 99) & (percent < 100))
    return percent.map(words.percent) if near.any() else percent
