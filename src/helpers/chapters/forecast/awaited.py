"""What is due, what is late, and what it would do to the forecast: in a sentence and a table."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.forecast.tables import rounded
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import headed
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import calendar, episodes

LEAST = 2  # per cent by which a width changes at least before it is said to
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
        oldest, text = late.iloc[0], "Late by our calendar: the {what} ({of}), due since {day}."
        parts = {"what": oldest["what"], "of": _of(oldest), "day": words.day(oldest["due"])}
        if len(late) > 1:
            text = "{count} figures that the forecast is made of are late by our calendar, the longest the {what}"
            text, parts["count"] = f"{text} ({{of}}), due since {{day}}.", words.count(len(late))
        first = sentence(text, uses=[late], **parts)
    told = [first, _most(effects, found), _next(found, india), _passed(found)]
    rules = found[found["kind"] == calendar.RULES]
    told += [_rules(row, effects[effects["row"] == at]) for at, row in rules.iterrows()]
    return joined(*told, _entries(found, table, india))


def shown(found: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """The calendar with heads in words: what, of which period, due by when, and what it would do; what does most first.

    Among those whose effect is not measured the forecast's own inputs come first, then what is due first.
    """
    found = found.loc[(_changes(effects, found) + found["enters"]).sort_values(ascending=False, kind="stable").index]
    said = {
        "of": [_of(row) for row in found.itertuples()],
        "due": [_by(row) for row in found.itertuples()],
        "state": found["state"].replace(_STATES),
        "effect": [_effect(row, effects[effects["row"] == row.Index]) for row in found.itertuples()],
    }
    heads = {"what": "what", "of": "of", "due": "due by", "state": "state", "effect": "width of the 80 % interval"}
    return headed(found.assign(**said), heads)


def _changes(effects: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """The most by which each changes a width, as a share of it; none where not measured, or no news."""
    return (effects["after"] / effects["before"] - 1).abs().groupby(effects["row"]).max().reindex(found.index).fillna(0)


def _most(effects: pd.DataFrame, found: pd.DataFrame) -> Sentence | None:
    """Which of what was measured changes a width most, and the widths with it: the first of :func:`shown`."""
    if effects.empty:
        return None
    change = _changes(effects, found)
    if change.max() < LEAST / 100:
        text = "Nothing whose effect was measured would change the width of an 80 % interval by {least} or more."
        return sentence(text, least=derived(LEAST, "%"), uses=[effects])
    rows, of = effects[effects["row"] == change.idxmax()].dropna(subset="after"), found.loc[change.idxmax()]
    expected, each = rows["expected"].iloc[0], []
    for _, row in rows.iterrows():
        after, before = (rounded(derived(row[end], "t", row)) for end in ("after", "before"))
        part = f", of which it holds {words.several(row['months'], 'month')}," if row["months"] else ""
        each.append(f"the 80 % interval of {row['period']}{part} would be {after} wide in the place of {before}")
    text = "Of what was measured, most would change with the {what} ({of}){at}: {each}."
    parts = {"what": of["what"], "of": _of(of), "at": "", "each": words.listed(each)}
    if pd.notna(expected):
        parts["at"] = sentence(", at the {expected:~3} expected of it", expected=derived(expected, "t", effects))
    return sentence(text, uses=[rows], **parts)


def _next(found: pd.DataFrame, india: Vintage) -> Sentence:
    coming = found.dropna(subset="ahead").sort_values("ahead", kind="stable")
    if coming.empty:
        text = "Of what is to come no day is named in the sources dated up to {day}."
        return sentence(text, day=words.day(india.day))
    row = coming.iloc[0]
    of = f" ({_of(row, row['ahead_of'])})" if row["ahead_of"] else ""
    return sentence("Next, by {day}: {what}{of}.", day=words.day(row["ahead"]), what=row["what"], of=of, uses=[row])


def _passed(found: pd.DataFrame) -> Sentence | None:
    rows = found[found["state"] == calendar.PASSED]
    if rows.empty:
        return None
    said = "; ".join(f"{row.what} ({words.day(row.due)})" for row in rows.itertuples())
    text = "Passed without anything of {their} kind in the sources since: {said}."
    return sentence(text, their="its" if len(rows) == 1 else "their", said=said, uses=[rows])


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


def _of(row, periods: tuple[str, ...] | None = None) -> str:
    """The periods of a row, or others of its kind, in words."""
    periods = periods or row.periods
    if not periods:
        return ""
    if row.kind == calendar.RULES:
        return f"after {words.period(periods[0])}"
    return words.period("/".join(dict.fromkeys([periods[0], periods[-1]])))


def _by(row) -> str:
    """The day by which something is due; of several periods that of the first."""
    if pd.isna(row.due):
        return "–"
    return f"from {words.day(row.due)} on" if len(row.periods) > 1 else words.day(row.due)


def _effect(row, rows: pd.DataFrame) -> str:
    if rows.empty:
        return UNMEASURED if row.enters else NONE
    expected = rows["expected"].iloc[0]
    at = "" if pd.isna(expected) else f"at {rounded(Quantity(expected, 't'))}: "
    return at + ", ".join(_went(one) for one in rows.itertuples())


def _went(row) -> str:
    change = 100 * (row.after / row.before - 1)
    if pd.isna(change):
        return f"{row.period} has its outturn" if row.months else f"the total of {row.period} is due before"
    return f"{row.period} " + (f"{Quantity(change, '%'):signed}" if abs(change) >= LEAST else f"by less than {LEAST} %")
