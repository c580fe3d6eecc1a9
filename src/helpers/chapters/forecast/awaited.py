"""What is due, what is late, and what it would do to the forecast: in a sentence and a table."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.forecast.tables import rounded
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.data import Quantity, Vintage, derived, number
from helpers.outlook import calendar, episodes

LEAST = 2
"""Per cent by which a width changes at least before it is said to."""
NONE = "does not enter the forecast"
_STATES = {calendar.PASSED: "passed, and what followed is not in the sources"}
UNMEASURED = "enters the forecast, not measured"


def said(found: pd.DataFrame, effects: pd.DataFrame, table: pd.DataFrame, india: Vintage) -> Sentence:
    """What of the forecast's inputs is late, which would change it most, what comes next, and what passed unmet.

    ``found`` and ``effects`` are ``calendar.due`` and ``calendar.effects``, ``table`` is ``forecast.expected``.
    """
    late = found[found["enters"] & (found["state"] == calendar.LATE) & (found["kind"] == calendar.FIGURE)]
    if late.empty:
        first = sentence("Of the figures that the forecast is made of, none is late by our calendar.", uses=[found])
    else:
        oldest = late.iloc[0]
        text = "Late by our calendar: the {what} ({of}), due since {day}."
        if len(late) > 1:
            text = "{count} figures that the forecast is made of are late by our calendar, the longest the {what} "
            text += "({of}), due since {day}."
        parts = {"count": words.count(len(late))} if len(late) > 1 else {}
        named = {"what": oldest["what"], "of": _of(oldest), "day": words.day(oldest["due"])}
        first = sentence(text, uses=[late], **named, **parts)
    more = [_rules(row, effects[effects["row"] == at]) for at, row in found[found["kind"] == calendar.RULES].iterrows()]
    return joined(
        first, _most(effects, found), _next(found, india), _passed(found), *more, _entries(found, table, india)
    )


def shown(found: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """The calendar with heads in words: what, of which period, due by when, and what it would do; what does most first.

    Among those whose effect is not measured the forecast's own inputs come first, then what is due first.
    """
    most = (effects["after"] / effects["before"] - 1).abs().groupby(effects["row"]).max()
    rank = most.reindex(found.index).fillna(0.0) + found["enters"]
    found = found.loc[rank.sort_values(ascending=False, kind="stable").index]
    return pd.DataFrame(
        {
            "what": found["what"],
            "of": [_of(row) for row in found.itertuples()],
            "due by": [_by(row) for row in found.itertuples()],
            "state": found["state"].replace(_STATES),
            "width of the 80 % interval": [
                _effect(row, effects[effects["row"] == row.Index]) for row in found.itertuples()
            ],
            "source": found["source"],
        }
    )


def _most(effects: pd.DataFrame, found: pd.DataFrame) -> Sentence | None:
    """Which of what was measured changes the last year's width most, and the widths with it."""
    if effects.empty:
        return None
    change = effects["after"] / effects["before"] - 1
    top = change[effects["period"] == effects["period"].iloc[-1]].abs().idxmax()
    if change.abs().max() < LEAST / 100:
        text = "Nothing whose effect was measured would change the width of an 80 % interval by {least} or more."
        return sentence(text, least=derived(LEAST, "%"), uses=[effects])
    rows = effects[effects["row"] == effects.loc[top, "row"]].reset_index(drop=True)
    of, expected = found.loc[rows.loc[0, "row"]], rows.loc[0, "expected"]
    each, parts = [], {}
    for n, row in rows.iterrows():
        parts |= {f"y{n}": row["period"]}
        if row["after"] == 0:
            each.append(f"{{y{n}}} would be known")
            continue
        each.append(f"the 80 % interval of {{y{n}}} would be {{after{n}}} wide in the place of {{before{n}}}")
        parts |= {f"{end}{n}": _tonnes(row, end) for end in ("before", "after")}
    at = ", at the {expected:~3} expected of it" if pd.notna(expected) else ""
    parts |= {"expected": derived(expected, "t", effects)} if at else {}
    text = f"Of what was measured, most would change with the {{what}} ({{of}}){at}: {words.listed(each)}."
    return sentence(text, what=of["what"], of=_of(of), **parts)


def _next(found: pd.DataFrame, india: Vintage) -> Sentence:
    coming = found[found["state"] == calendar.NEXT]
    if coming.empty:
        return sentence(
            "Of what is to come no day is named in the sources dated up to {day}.", day=words.day(india.day)
        )
    row = coming.iloc[0]
    of = f" ({_of(row)})" if row["periods"] else ""
    return sentence("Next, by {day}: {what}{of}.", day=words.day(row["due"]), what=row["what"], of=of, uses=[row])


def _passed(found: pd.DataFrame) -> Sentence | None:
    rows = found[found["state"] == calendar.PASSED]
    if rows.empty:
        return None
    parts = {f"p{n}": f"{row.what} ({words.day(row.due)})" for n, row in enumerate(rows.itertuples())}
    one = len(rows) == 1
    text = f"Passed without anything of {'its' if one else 'their'} kind in the sources since: "
    return sentence(text + "; ".join(f"{{{name}}}" for name in parts) + ".", **parts, uses=[rows])


def _rules(row: pd.Series, effects: pd.DataFrame) -> Sentence:
    """What later rules of licences would take the place of, and what the likeliest of them would do."""
    change = (effects["after"] / effects["before"] - 1).abs()
    text = "The rules of China's licences {of} would replace our odds"
    if len(effects) and change.max() < LEAST / 100:
        text += "; the likeliest of them, kept for a year, would hardly change the width of the interval"
    return sentence(f"{text}.", of=_of(row), uses=[row, *([effects] if len(effects) else [])])


def _entries(found: pd.DataFrame, table: pd.DataFrame, india: Vintage) -> Sentence | None:
    """What the entries of a suspect year would tell; None where there is none, or they are there."""
    episode = episodes.suspect(india, table["target"].iloc[0])
    if episode is None or calendar.ENTRIES not in set(found["kind"]):
        return None
    text = "Monthly figures of {surge} by tariff line would tell how much of {year} was real."
    return sentence(text, surge=words.period(episode.surge), year=episode.year, uses=[episode])


def _of(row) -> str:
    """The periods of a row in words."""
    if not row.periods:
        return ""
    if row.kind == calendar.RULES:
        return f"after {words.period(row.periods[0])}"
    return words.period("/".join(dict.fromkeys([row.periods[0], row.periods[-1]])))


def _by(row) -> str:
    """The day by which something is due; of several periods that of the first."""
    if pd.isna(row.due):
        return "–"
    return f"from {words.day(row.due)} on" if len(row.periods) > 1 else words.day(row.due)


def _effect(row, rows: pd.DataFrame) -> str:
    if rows.empty:
        return UNMEASURED if row.enters else NONE
    each = [f"{one.period} {_went(one)}" for one in rows.itertuples()]
    at = rows["expected"].iloc[0]
    return (f"at {number(rounded(Quantity(at, 't')).value)} t: " if pd.notna(at) else "") + ", ".join(each)


def _went(row) -> str:
    change = 100 * (row.after / row.before - 1)
    if row.after == 0:
        return "known"
    return f"{Quantity(change, '%'):signed}" if abs(change) >= LEAST else f"by less than {LEAST} %"


def _tonnes(row: pd.Series, column: str) -> Quantity:
    return rounded(derived(row[column], "t", row))
