"""Sentences of what a forecast is set beside: what came, another series, other series in general, other people."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.forecast.phrases import spanned
from helpers.chapters.forecast.tables import rounded
from helpers.chapters.forecast.value import often
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.data import Vintage, derived, from_row, sources_of
from helpers.ensemble import calibrated
from helpers.outlook import forecast, others, readings, targets, value


def coverage(india: Vintage) -> Sentence:
    """How often intervals of the methods that answer held on other series, of which kind these are."""
    held = india.assumption("interval_coverage")
    if held.empty:
        return words.not_yet(india, "How often such intervals hold")
    drawn = sentence(
        "Growth after the next year, drawn from a handful of totals, was tried on yearly series of forecasting",
        "competitions with only three points known: its 80 % intervals held {eighty:range} % of the outturns and its",
        "95 % intervals {wide:range} %, by collection.",
        **{name: spanned(held[held.index.str.endswith(f"nominal {n} %")], "%") for name, n in _LEVELS.items()},
    )
    none = sentence(
        "The weights of the readings and of the two ways to rare-earth magnets, and the chances of licences and of",
        "what India makes are judgements and were not tried; nor was growth by drivers.",
    )
    return joined(drawn, _of_value(india, held), none)


_LEVELS = {"eighty": 80, "wide": 95}


def _of_value(india: Vintage, uses: pd.DataFrame) -> Sentence | None:
    """How often the intervals of the ensemble held that forecasts the value; None where it does not yet."""
    points = len(value.unbroken(value.history(india)))
    found = calibrated.measured_coverage(value.KIND)
    found = found.assign(points=pd.to_numeric(found["length"], errors="coerce")).dropna(subset="points")
    found = found[found["points"] <= points].sort_values("points")
    if found.empty or points < value.LEAST_YEARS:
        return None
    row, of = found.iloc[-1], sum(calibrated.calibration(value.KIND)["trained_on"]["1"].values())
    return sentence(
        "How wide intervals of the value are was learned from {of:number} yearly series of {kind}. With",
        "{points:number} points known (India's series has {whole:number}), 80 % intervals held {eighty} of later",
        "years, which they had not seen, {often} they should, and 95 % intervals {wide}.",
        often=often(100 * row["coverage_80"], 80),
        of=derived(of, "", uses),
        kind=value.KIND,
        points=derived(row["points"], "", uses),
        whole=derived(points, "", uses),
        **{name: derived(100 * row[f"coverage_{n}"], "%", uses) for name, n in _LEVELS.items()},
    )


def real_time(tried: pd.DataFrame, india: Vintage) -> Sentence:
    """How forecasts of earlier days fared (``realtime.real_time``)."""
    if tried.empty:
        return words.not_yet(india, "How earlier forecasts fared")
    mixed = tried[tried["scenario"] == forecast.MIXTURE]
    relative = derived(mixed["score"].mean(), "", mixed)
    verdict = {"up": "worse than naive", "down": "better than naive", "unchanged": "no better than naive"}
    held = sentence(
        "The 80 % interval of the forecast held {held:number} of {count:number} times, and its interval score was",
        "{score:.2} times that of naive, {verdict}; {proof}.",
        held=derived(mixed["within"].sum(), "", mixed),
        count=derived(len(mixed), "", mixed),
        score=relative,
        verdict=verdict[words.direction(relative.value - 1)],
        proof="one outturn proves little" if len(set(tried["period"])) == 1 else "so few outturns prove little",
    )
    return joined(held, _honest(tried, india))


def elsewhere(found: pd.DataFrame, india: Vintage) -> Sentence:
    """How the nowcast fared where the outturn is known (``realtime.elsewhere``)."""
    if found.empty:
        return words.not_yet(india, "How the nowcast fared on China's exports of rare-earth magnets")
    parts, texts = {}, []
    for place, row in enumerate(found.itertuples()):
        parts[f"q{place}"] = rounded(derived(row.median, "t", found, low=row.low80, high=row.high80))
        parts[f"d{place}"] = words.day(row.as_of)
        texts.append(f"{{q{place}}} on {{d{place}}} ({'80 % interval ' if place == 0 else ''}{{q{place}:range}})")
    inside = "inside" if found["within"].all() else "outside" if not found["within"].any() else "only partly inside"
    verdict, missed = f"{inside} what the intervals allowed", found["error"].abs()
    if len(found) > 1:
        verdict += f", and the later day was {'closer' if missed.iloc[-1] < missed.iloc[0] else 'no closer'}"
    return sentence(
        f"The same nowcast put China's exports of rare-earth magnets in {{period}} at {words.listed(texts)};",
        f"{{came}} came, {verdict}.",
        period=found["period"].iloc[0],
        came=rounded(derived(found["outturn"].iloc[0], "t", found)),
        **parts,
    )


def outlooks(table: pd.DataFrame, other: pd.DataFrame, theirs: pd.DataFrame, india: Vintage) -> Sentence:
    """Others' figures beside ours, on one calendar, for each target of which there are any."""
    parts = [part for part in (table, other) if len(part)]
    told = [_on_scope(part, theirs, india) for part in parts]
    if not any(told) and any(len(others.on_scope(theirs, part["target"].iloc[0])) for part in parts):
        return sentence("No year of others' outlooks is one that this forecast reaches.", uses=[sources_of(theirs)])
    return joined(*told) if any(told) else words.not_yet(india, "How others' outlooks compare")


def _honest(tried: pd.DataFrame, india: Vintage) -> Sentence | None:
    """Which of the trials are back-casts, their judgements having been written later; None if none is."""
    late = tried.loc[tried["backcast"], "as_of"]
    if late.empty:
        return None
    written = words.day(readings.stated(india)["written"].max())
    text = "Those up to {last} are back-casts: of what was public on the day only, by judgements written on {day}."
    return sentence(text, last=words.day(late.max()), day=written)


def _on_scope(table: pd.DataFrame, theirs: pd.DataFrame, india: Vintage) -> Sentence | None:
    """Others' figures on the scope of one forecast for the farthest period both reach; None if there is none."""
    target = table["target"].iloc[0]
    mixed = table[table["scenario"] == forecast.MIXTURE]
    ours = forecast.intervals(mixed).set_index("period")[["median", "low80", "high80"]].dropna()
    theirs = others.on_scope(theirs, target)
    period = others.farthest(theirs, ours)
    if period is None:
        return None
    theirs = theirs[theirs["period"] == period]
    own = others.on_calendar(ours, period)
    mine = rounded(derived(own["median"], "t", *forecast.used(india, target), low=own["low80"], high=own["high80"]))
    years = list(dict.fromkeys(fiscal.year_name(fiscal.fiscal_year(month)) for month in fiscal.months(period)))
    found = {words.place([value], own["low80"], own["high80"]) for value in theirs["value"]}
    places = [place for place in ("below", "inside", "above") if place in found]
    all_or_some = "they all lie" if len(places) == 1 else "some lie"
    lie = f"{all_or_some} {words.listed(places, 'and some')} its 80 % interval"
    parts = {f"v{n}": from_row(row) for n, (_, row) in enumerate(theirs.iterrows())}
    said = words.listed(f"{row.publisher} {{v{n}}}" for n, row in enumerate(theirs.itertuples()))
    same = "" if len(years) == 1 else ", the months of {years} that lie in it,"
    return sentence(
        f"For {{period}} others expect of India's {{what}}: {said}. Our forecast for {{when}}{same} is {{mine}}",
        f"(80 % interval {{mine:range}}); {lie}.",
        period=period,
        when=period if fiscal.is_fiscal_year(period) else f"the calendar year {period}",
        what=targets.TARGETS[target].what,
        mine=mine,
        uses=[sources_of(theirs)],
        **({} if len(years) == 1 else {"years": words.listed(years)}),
        **parts,
    )
