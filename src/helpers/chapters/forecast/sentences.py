"""Sentences of chapter 4: the forecast."""

import pandas as pd

from helpers.chapters.outputs import Sentence, number
from helpers.chapters.words import signed, tonnes
from helpers.data import Vintage
from helpers.outlook import forecast, licences, readings


def forecast(table: pd.DataFrame, known: pd.Series) -> Sentence:
    """Two of the coming years with their intervals, from the mixture: the answer of chapter 4.

    ``table`` is ``forecast.forecast``, ``known`` its totals.
    """
    rows = forecast.intervals(forecast.leading(table))
    target = table["target"].iloc[0]
    over = (
        "three readings of FY25 and of China's licences" if target == "customs" else "what China's licences may allow"
    )
    mixed = _path(rows, "mixture")
    ends = _years(mixed, sorted({min(2, len(mixed)), len(mixed)}), forecast.TARGETS[target])
    sources = tuple(sorted({*_sources(table), *known.attrs.get("sources", ())}))
    return Sentence(f"India is expected to import {ends}, weighed over {over}.", answer=True, sources=sources)


def starts(table: pd.DataFrame, known: pd.Series, beside: pd.DataFrame) -> Sentence:
    """The years between, each starting point alone, and the other target.

    ``beside`` is the forecast of the other target, if public.
    """
    rows = forecast.intervals(forecast.leading(table))
    mixed = _path(rows, "mixture")
    ends = sorted({min(2, len(mixed)), len(mixed)})
    between = [step for step in forecast.STEPS if step <= len(mixed) and step not in ends]
    text = f"The same weighing gives {_years(mixed, between)}. " if between else ""
    recorded = f"growth from the {tonnes(known.iloc[-1])} recorded for {known.index[-1]}"
    given = _years(_path(rows, "as recorded"), ends)
    if "run-rate" in set(rows["scenario"]):
        text += f"From the run-rate alone it is {_years(_path(rows, 'run-rate'), ends)}; {recorded} would give {given}."
    else:
        text += f"{recorded.replace('growth', 'Growth', 1)} alone would give {given}."
    if len(beside):
        other = forecast.intervals(forecast.leading(beside))
        what = forecast.TARGETS[beside["target"].iloc[0]]
        text += f" Beside it stand {_years(_path(other, 'mixture'), ends, what)}."
    return Sentence(text, sources=_sources(table, beside))


def second_half_needed(table: pd.DataFrame, india: Vintage) -> Sentence:
    """What the rest of the year would have to bring for the forecast from the recorded total to come true."""
    first = _path(forecast.intervals(forecast.leading(table)), "as recorded").iloc[0]
    part = forecast.part_year(india, table["target"].iloc[0], after=table["origin"].iloc[0])
    if part is None:
        return Sentence(
            f"No quarter of {first['period']} was public yet on {india.day}: there is no run-rate to set beside the recorded total."
        )
    rest = first["median"] - part["value"]
    if rest <= 0:
        return Sentence(
            f"{part.name} alone brought {tonnes(part['value'])}, more than the {tonnes(first['median'], -2)} that the recorded total implies for the year."
        )
    return Sentence(
        f"{part.name} brought {tonnes(part['value'])}. For the {tonnes(first['median'], -2)} that the recorded total implies, the rest of "
        f"{first['period']} would have to bring {tonnes(rest, -2)}, {number(rest / part['value'], 1)} times as much: the run-rate is the "
        "better start."
    )


def judgements(india: Vintage, target: str) -> Sentence:
    """The weights of the mixture in words."""
    chances = ", ".join(f"{name} with {number(p * 100)} %" for name, p in licences.regimes(india).items())
    known_until = min(pd.Timestamp(india).to_period("M"), licences.KNOWN_UNTIL)
    capped = (
        f"After {known_until:%B %Y}, China's licences are taken to be {chances}. "
        "These are judgements, dated and rated in the table; change a row and every figure here follows."
    )
    if target != "customs":
        return Sentence(capped)
    by_weight = readings.weights(india).sort_values(ascending=False)
    read = "; ".join(f"{name}, {number(w * 100)} %" for name, w in by_weight.items())
    return Sentence(f"FY25 is read in three ways: {read}. {capped}")


def coverage(india: Vintage) -> Sentence:
    """How often such intervals held on other series, since this one is too short to be tested."""
    held = india.assumption("interval_coverage")["value"]
    shares = {nominal: held[held.index.str.endswith(f"nominal {nominal} %")] for nominal in (80, 95)}
    text = " and ".join(
        f"{nominal} % intervals held {number(s.min())} to {number(s.max())} % of the outturns"
        for nominal, s in shares.items()
    )
    ratio = india.assumption("error_against_naive")["value"]
    few, more = (ratio[ratio.index.str.contains(word)] for word in ("three", "five"))
    return Sentence(
        f"Too short to be tested on itself. On the yearly series of three forecasting competitions with only three points known, {text}, "
        f"by collection. The error of the median was {number(few.min(), 2)} to {number(few.max(), 2)} of that of naive; with five points, "
        f"{number(more.min(), 2)} to {number(more.max(), 2)} (source B1)."
    )


def real_time(table: pd.DataFrame, india: Vintage) -> Sentence:
    """How the earlier days' forecasts of April to September 2025 fared (``trial.real_time``)."""
    if table.empty:
        return Sentence(f"No outturn to compare with was public yet on {india.day}.")
    errors = table.pivot(index="scenario", columns="as_of", values="error")
    days = list(errors.columns)
    said = "; ".join(
        f"{name} by {' and '.join(signed(errors.loc[name, day] / 100) for day in days)}"
        for name in ("mixture", "as recorded", "naive")
    )
    mixed = table[table["scenario"] == "mixture"]
    return Sentence(
        f"Forecasts made on {' and '.join(days)} were off the outturn of April to September 2025: {said}. The 80 % interval of the mixture held the outturn "
        f"{mixed['within'].sum()} times out of {len(mixed)}. One outturn proves little, and the weights were written down after it, though only "
        "from what was public on those days.",
        sources=_sources(table),
    )


def elsewhere(table: pd.DataFrame, india: Vintage) -> Sentence:
    """How the nowcast fared where the outturn is known (``trial.elsewhere``)."""
    if table.empty:
        return Sentence(f"No second series with a known outturn was public yet on {india.day}.")
    said = " and ".join(
        f"{tonnes(row['median'], -2)} on {row['india']} (80 % interval {_thousands(row['low80'])} to {_thousands(row['high80'])})"
        for _, row in table.iterrows()
    )
    return Sentence(
        f"The same nowcast put China's exports of rare-earth magnets in FY26 at {said}; {tonnes(table['outturn'].iloc[0], -2)} came. "
        "In June it took the trough of a few weeks for a new level: a shift at the very end of a series is a guess.",
        sources=_sources(table),
    )


def outlooks(table: pd.DataFrame, beside: pd.DataFrame, theirs: pd.DataFrame, india: Vintage) -> Sentence:
    """Others' figures for rare-earth magnets in 2030 beside ours, whichever of the two targets that is."""
    theirs = theirs[(theirs["scope"] == "repm") & (theirs["period"] == "2030")]
    both = [forecast.intervals(forecast.leading(part)) for part in (table, beside) if set(part["target"]) == {"repm"}]
    ours = [row for rows in both for _, row in _path(rows, "mixture").iterrows() if row["period"] == "FY30"]
    if theirs.empty or not ours:
        return Sentence(f"No outlook on India's rare-earth magnets can be set beside a forecast of FY30 on {india.day}.")
    said = ", ".join(f"{row.publisher} {tonnes(row.value)}" for row in theirs.itertuples())
    place = "all above" if theirs["value"].min() > ours[0]["high80"] else "not all above"
    return Sentence(
        f"For 2030 others expect of India's rare-earth magnets: {said}. The mixture for FY30 is {_with_interval(ours[0])}; they lie {place} its "
        "80 % interval. It knows one year only and grows as yearly series do in general; theirs are plans and promises. None is about HS 850511.",
        sources=_sources(theirs),
    )


def _sources(*tables: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(set().union(*(table.attrs.get("sources", ()) for table in tables))))


def _path(rows: pd.DataFrame, scenario: str) -> pd.DataFrame:
    return rows[rows["scenario"] == scenario].sort_values("horizon")


def _years(path: pd.DataFrame, steps: list, what: str = "") -> str:
    rows = path[path["horizon"].isin(steps)]
    said = [
        f"{_with_interval(row, f' of {what}' if what and first else '', first)} in {row['period']}"
        for first, (_, row) in zip([True] + [False] * len(rows), rows.iterrows(), strict=False)
    ]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _with_interval(row: pd.Series, what: str = "", named: bool = True) -> str:
    name = "80 % interval " if named else ""
    return f"{_thousands(row['median'])} t{what} ({name}{_thousands(row['low80'])} to {_thousands(row['high80'])})"


def _thousands(value: float) -> str:
    return number(round(value, -2 if value >= 10_000 else -1))
