"""Two roads to tonnes side by side: weights as recorded, and value over unit value."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.forecast.phrases import ends
from helpers.chapters.forecast.tables import rounded, spelt_by_year
from helpers.chapters.outputs import Sentence, joined, number, sentence
from helpers.data import Quantity, Vintage, derived, ids, sources_of
from helpers.outlook import episodes, forecast, roads, targets

SAID = {
    forecast.MIXTURE: "weights as recorded, the forecast above",
    roads.ROAD: "value over unit value, both counts weighed",
    roads.OWN: "over the unit value as India records",
    roads.PARTNERS: "over the unit value as partners record",
    roads.BOTH: "both roads averaged, quantile by quantile",
}


def unit_values(india: Vintage) -> pd.DataFrame:
    """``roads.unit_values`` with heads in words, newest sound years marked."""
    rows, taken = roads.unit_values(india), roads.levels(india)["period"].to_dict()
    use = [
        "left out" if not sound else "taken" if taken.get(count) == period else ""
        for count, period, sound in zip(rows["count"], rows["period"], rows["sound"], strict=True)
    ]
    shown = rows.assign(period=[words.period(period) for period in rows["period"]], use=use)
    heads = {"count": "counted", "value": "USD per kg", "low": "from", "high": "to"}
    return shown.drop(columns="sound").rename(columns=heads)[
        ["counted", "period", *list(heads.values())[1:], "use", "source"]
    ]


def side_by_side(table: pd.DataFrame, second: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    """Tonnes of the years that are read out by each road, by each unit value, and by both; and what they share.

    ``table`` is ``forecast.expected`` of tonnes, ``second`` is ``roads.expected``.

    Returns
    -------
    pd.DataFrame
        ``road``, a column of text a year (median and 80 % interval, t), ``source``; no average of roads that
        disagree; empty while there is no second.
    """
    common, average = roads.compared(india, table, second), roads.together(india, table, second)
    if common.empty:
        return pd.DataFrame(columns=["road", "source"])
    periods = [period for period in forecast.steps(table, india) if period in common.index]
    whole = pd.concat([table[table["scenario"] == forecast.MIXTURE], second, average])
    used = {name: ids(roads.used(india)) for name in SAID}
    used[forecast.MIXTURE] = ids(forecast.used(india, targets.CUSTOMS.name))
    used[roads.BOTH] = ids(*used.values())
    rows = [
        {"road": said, **spelt_by_year(whole[whole["scenario"] == name], periods), "source": used[name]}
        for name, said in SAID.items()
        if (whole["scenario"] == name).any()
    ]
    for period in periods:
        if _apart(common.loc[period]):
            rows[-1][f"{period}, t"] = "–"
    shared = {f"{period}, t": f"{number(100 * common.loc[period, 'overlap'])} %" for period in periods}
    return pd.DataFrame([*rows, {"road": "what the two roads share", **shared, "source": used[roads.BOTH]}])


def verdict(table: pd.DataFrame, second: pd.DataFrame, india: Vintage) -> Sentence:
    """Whether two methods agree on the year that runs, the last, and where not; and what both say together."""
    common = roads.compared(india, table, second)
    if common.empty:
        return words.not_yet(india, "What a second road to tonnes, value over unit value, would give")
    running, last = forecast.running(table, india), common.index[-1]
    apart = [year for year in forecast.steps(table, india) if year in common.index and _apart(common.loc[year])]
    told = {running if running in common.index else common.index[0], last, *apart}
    years = [year for year in common.index if year in told]
    return joined(*(_of_year(common.loc[year]) for year in years), _together(common.loc[last], apart, years))


def per_kg(india: Vintage) -> Sentence:
    """Which unit value each count gives, what came after it, and what is left out."""
    rows, taken = roads.unit_values(india), roads.levels(india)
    if taken.empty:
        return words.not_yet(india, "What a kilogram was worth in a year without a surge")
    parts, said = {}, []
    for n, (count, row) in enumerate(taken.iterrows()):
        parts |= {f"v{n}": derived(row["value"], "USD/kg", row), f"p{n}": row["period"]}
        newest = rows[(rows["count"] == count) & rows["sound"].astype(bool)].iloc[-1]
        later = ""
        if newest["period"] != row["period"]:
            later = f" (the newest figure is {{n{n}:.2}}, of {{q{n}}})"
            parts |= {f"n{n}": derived(newest["value"], "USD/kg", newest), f"q{n}": words.period(newest["period"])}
        said.append(f"{{v{n}:.2}} in {{p{n}}} {count}{later}")
    first = sentence(f"The unit value was {words.listed(said)}.", **parts)
    out = rows[~rows["sound"].astype(bool) & rows["period"].map(fiscal.is_year)]
    if out.empty:
        return first
    shown = {f"v{n}": derived(row["value"], "USD/kg", row) for n, (_, row) in enumerate(out.iterrows())}
    listed = words.listed(f"{{v{n}:.2}} in {period}" for n, period in enumerate(out["period"]))
    left = Sentence(listed.format(**shown), tuple(sorted(sources_of(out))))
    return joined(first, sentence("Left out, as their weights are the ones in question: {left}.", left=left))


def disagreement(table: pd.DataFrame, second: pd.DataFrame, india: Vintage) -> Sentence | None:
    """For the answer: the one or the other, of the years that it reads out; None where both roads agree."""
    common = roads.compared(india, table, second)
    years = [year for year in ends(table, india) if year in common.index and _apart(common.loc[year])]
    return joined(*(_of_year(common.loc[year]) for year in years)) if years else None


def implied(india: Vintage) -> Sentence | None:
    """What the suspect year comes to by its recorded value; None while no year is suspect or its value unknown."""
    episode, found = episodes.suspect(india), roads.by_value(india)
    if episode is None or not found:
        return None
    whole = targets.totals(india, targets.CUSTOMS.name).loc[episode.year]
    recorded = derived(whole["value"], "t", whole)
    parts = {f"v{n}": rounded(tonnes) for n, tonnes in enumerate(found.values())}
    said = words.listed(f"{{v{n}}} at the unit value {count}" for n, count in enumerate(found))
    place = {
        "above": "more than that",
        "below": "less than that",
        "inside": "as by value",
        "across": "between the two",
    }[_against(recorded.value, [tonnes.value for tonnes in found.values()])]
    return sentence(
        f"By its value alone {{year}} would have held {said}; recorded were {{recorded}}, {place}.",
        year=episode.year,
        recorded=recorded,
        **parts,
    )


def _apart(row: pd.Series) -> bool:
    return not roads.agree(row["overlap"])


def _of_year(row: pd.Series) -> Sentence:
    first, second = (_tonnes(row, name) for name in ("", "value_"))
    shared = derived(100 * row["overlap"], "%", row)
    end = "two methods disagree, {first} or {second}" if _apart(row) else "the two do not contradict each other"
    return sentence(
        "{year} by weights as recorded: {first} (80 % interval {first:range}); by value over unit value: {second}",
        f"({{second:range}}). The distributions share {{shared}}: {end}.",
        year=row.name,
        first=first,
        second=second,
        shared=words.chance(shared),
    )


def _together(row: pd.Series, apart: list[str], years: list[str]) -> Sentence:
    if len(apart) == len(years):
        return sentence("An average of two that disagree would be a third that neither supports: none is given here.")
    both = sentence(
        "At fixed weights, quantile by quantile, both together give {both} in {year} (80 % interval {both:range}).",
        both=_tonnes(row, "both_"),
        year=row.name,
    )
    return both if row.name not in apart else sentence("For {year} no average is given.", year=row.name, uses=[row])


def _tonnes(row: pd.Series, which: str) -> Quantity:
    value, low, high = (row[f"{which}{head}"] for head in ("median", "low80", "high80"))
    return rounded(derived(value, "t", sources_of(row), low=low, high=high))


def _against(recorded: float, found: list[float], near: float = 0.1) -> str:
    if recorded > max(found) * (1 + near):
        return "above"
    if recorded < min(found) * (1 - near):
        return "below"
    return "inside" if any(abs(recorded / one - 1) <= near for one in found) else "across"
