"""Sentences of chapter 4: the forecast."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.forecast.phrases import ends, expected, interval, listed, weighed
from helpers.chapters.forecast.tables import caveat, rounded
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.data import Quantity, Vintage, derived, from_row
from helpers.outlook import demand, episodes, forecast, licences, rare_earths, readings, seasons, structure, targets

FAR = 1.5  # a forecast that is this many times the newest level, or its inverse, is explained
SURE = 0.5  # per cent that a figure may move by if the third of its digits is to be sure


def answer(
    table: pd.DataFrame, india: Vintage, other: pd.DataFrame | None = None, *disagreements: Sentence | None
) -> Sentence:
    """The year that runs and the last year from the mixture, what it weighs, and the other target beside it.

    ``other`` is the forecast of the other target (``forecast.beside``), ``disagreements`` are what another road says
    against one of them (``roads.disagreement``).
    """
    target, said = table["target"].iloc[0], ends(table, india)
    what = targets.TARGETS[target].what + (", as such or inside motors," if target == targets.REPM.name else "")
    magnets, weighs = listed(expected(table, said, india), what), weighed(india, target)
    text = "India is expected to import {magnets}. The forecast {weighs}."
    parts = [sentence(text, magnets=magnets, weighs=weighs)]
    if other is not None and len(other):
        parts += [_of_other(of, india, target) for of in expected(other, said[:1], india)]
    more = [unranged(table), overdue(table, india), far_from_level(table, india), given(india, target)]
    return joined(*parts, *disagreements, *more, answer=True)


def _of_other(of: Quantity, india: Vintage, target: str) -> Sentence:
    """The other target; of the rare-earth magnets that are used, that they are not those that come in as magnets."""
    text, parts = "{of}{span} in {year}", {"of": of, "span": interval(of), "year": of.period}
    if target == targets.REPM.name:
        return sentence(f"All magnets under HS 850511: {text}.", **parts)
    text = f"Rare-earth magnets, those inside motors among them: {text}"
    come = rare_earths.imported(india)
    if come is None:
        return sentence(f"{text}.", **parts)
    return sentence(f"{text}; as bare magnets {{come:~3}} a year come in.", come=come, **parts)


def unranged(table: pd.DataFrame) -> Sentence | None:
    """Up to which year an interval is given, and why no further; None where all years have one."""
    mixed = forecast.intervals(table[table["scenario"] == forecast.MIXTURE]).set_index("period")["low80"]
    if mixed.notna().all():
        return None
    text = "An 80 % interval is given up to {last} and no further: none was tried so many years ahead."
    return sentence(text, last=mixed.dropna().index[-1])


def overdue(table: pd.DataFrame, india: Vintage) -> Sentence | None:
    """That years which are over stand in the forecast, as their totals are not in the sources; None if none does."""
    over = [p for p in table["period"].unique() if fiscal.span(p)[1] < india.day]
    if not over:
        return None
    text = "{years} are over, but their totals are not in the sources dated up to {day}: they are still forecasts."
    if len(over) == 1:
        of = targets.target(table["target"].iloc[0])
        gone = ", withdrawn since," if over[0] in set(india.withdrawn(of.table, **of.keys)["period"]) else ""
        text = (
            f"{{years}} is over, but its total{gone} is not in the sources dated up to {{day}}: it is still a forecast."
        )
    return sentence(text, years=words.listed(over), day=words.day(india.day))


def far_from_level(table: pd.DataFrame, india: Vintage) -> Sentence | None:
    """Says so where the forecast of the year that runs is far from the newest level; None where it is not."""
    target, year = table["target"].iloc[0], forecast.running(table, india)
    mixed, level = forecast.at(table, year, uses=forecast.used(india, target)), episodes.level(india, target)
    times = derived(mixed.value / level.value, "", mixed, level)
    if 1 / FAR <= times.value <= FAR:
        return None
    text = "The forecast of {year} is {times:.1} times the newest level, {level} a year: it goes by the pace of the"
    tail = "latest months and by the judgements below, not by that level alone."
    return sentence(text, tail, year=year, times=times, level=level)


def given(india: Vintage, target: str) -> Sentence | None:
    """What tonnes given in the place of published ones do; None if none are given."""
    total = episodes.given(india)
    if total is None:
        return None
    if target == targets.CUSTOMS.name:
        text = "{total} for {year} stands in the place of the published figure."
        return sentence(text, total=total, year=total.period)
    text = "The {total} given for {year} is of {what}: it has no effect on this forecast."
    return sentence(text, total=total, year=total.period, what=targets.CUSTOMS.what)


def rest_of_year(table: pd.DataFrame, india: Vintage) -> Sentence:
    """What the rest of a year would have to bring for growth from the totals as recorded to come true."""
    target, first = table["target"].iloc[0], table["period"].iloc[0]
    part = targets.part_year(india, target)
    if part is None:
        return words.not_yet(india, f"Whether {first} agrees with the totals before it")
    done, months = from_row(part), len(fiscal.months(part.name))
    rate = derived(12 / months * done.value, "t", part)
    implied = forecast.at(table, first, forecast.RECORDED, forecast.used(india, target, forecast.RECORDED))
    rest = derived(implied.value - done.value, "t", implied, done)
    parts = {"part": words.period(part.name), "done": done, "implied": rounded(implied), "year": first}
    if rest.value <= 0:
        text = "{part} alone brought {done}, more than the {implied} that the totals as recorded imply for {year}."
        return sentence(text, **parts)
    times = derived(rest.value / (12 - months) / (done.value / months), "", rest)
    parts |= {"rest": rounded(rest), "rate": rate, "as_much": "as much"}
    if f"{times:.1}" != f"{1:.1f}":
        parts["as_much"] = sentence("{times:.1} times as much", times=times)
    place = words.place([rate.value], implied.low, implied.high)
    verdict = {
        "below": "below the 80 % interval of that growth: what has come since speaks against it",
        "above": "above the 80 % interval of that growth: what has come since runs ahead of it",
        "inside": "inside the 80 % interval of that growth: it does not contradict it",
    }[place]
    text = "{part} brought {done}. For the {implied} that the totals as recorded imply, the rest of {year} would have"
    text += " had to bring" if fiscal.span(first)[1] < india.day else " to bring"
    tail = "{rest}, {as_much} a month as so far. At the pace so far, {rate} a year, it ends {verdict}."
    said = sentence(text, tail, verdict=verdict + caveat(india, target, forecast.RECORDED), **parts)
    recorded = table[table["scenario"] == forecast.RECORDED]
    if not recorded.get("counterfactual", pd.Series(dtype=bool)).any():
        return said
    why = "Yet its median is outside the 95 % interval of the forecast:" if place == "inside" else "So"
    return joined(said, Sentence(f"{why} growth from those totals is a counterfactual by now."))


def calendar_years(india: Vintage, target: str) -> Sentence | None:
    """Which calendar years the simulated months hold beside the sums that are drawn; None where none is known."""
    rows = targets.known_sums(india) if target == targets.CUSTOMS.name else pd.DataFrame()
    rows = rows[[fiscal.is_calendar_year(period) for period in rows.index]]
    if rows.empty:
        return None
    told = words.listed(f"{from_row(row)} in {period}" for period, row in rows.iterrows())
    gone = " (where a reading leaves the surge out, not those that hold it)" if episodes.suspect(india) else ""
    text = "The simulated months hold sums of calendar years too, which no figure here draws: {told}{gone}."
    return sentence(text, told=told, gone=gone, uses=[rows])


def drawn_anew(table: pd.DataFrame, india: Vintage) -> Sentence:
    """By how much what is published would move if it were simulated again (``readings.precision``).

    The largest of many noisy errors is larger than any: variances are averaged over three years by three quantiles
    first. Batches still differ by more than whole runs do, as draws of licences are spread evenly over all of them.
    """
    if table["target"].iloc[0] != targets.CUSTOMS.name:
        return sentence("How far other chance numbers would move this target was not measured.")
    told = table.loc[table["scenario"] == forecast.MIXTURE, ["period", "quantile"]]
    rows = readings.precision(india, forecast.prior(india), told["period"].nunique())
    square = told.merge(rows, on=["period", "quantile"]).pivot(index="period", columns="quantile", values="error") ** 2
    near = square.rolling(3, center=True, min_periods=1).mean().T.rolling(3, center=True, min_periods=1).mean().T
    year, pooled = forecast.running(table, india), near.where(square.notna()).stack() ** 0.5
    (far, quantile), most = pooled.idxmax(), pooled.max()
    found = {"middle": square.loc[year, 0.5] ** 0.5, "usual": square.stack().mean() ** 0.5, "most": most}
    parts = {name: derived(of, "%", forecast.used(india, targets.CUSTOMS.name)) for name, of in found.items()}
    text = "Simulated again with other chance numbers, the median of {year} would move by some {middle:.2}, and what is"
    text += " published by some {usual:.2} of its year's median (one standard error, root mean square). The {quantile}"
    text += " quantile of {far} would move most, by some {most:.1} (pooled with its neighbours, and rather too high"
    tail = f"than too low): of the three digits that are told {'all are' if most < SURE else 'the last is not'} sure."
    return sentence(text, tail, year=year, far=far, quantile=f"{100 * quantile:g} %", **parts)


def rules(india: Vintage) -> Sentence:
    """Until when the last licence rules reach, and what is taken after that."""
    stated = licences.rules(india)
    taken = (f"{name} with {Quantity(100 * chance, '%')}" for name, chance in licences.regimes(india).items())
    text = "The last rules of China's licences in the sources are {last} and reach until {month};"
    tail = "after that they are taken to be {taken}."
    parts = {"last": stated.iloc[-1], "month": words.month(stated.index[-1]), "taken": words.listed(taken)}
    uses = [licences.known(india), india.assumption("regime_probability")]
    ours = Sentence("These chances are our judgement.")
    return joined(sentence(text, tail, uses=uses, **parts), _hearsay(india), ours)


def own_make(india: Vintage) -> Sentence:
    """What India may make itself, by scenario, with the chance of each in the forecast of rare-earth magnets."""
    rows, chances = india.assumption(structure.SUPPLY), structure.supplies(india)["chance"]
    if not demand.demand(india) or rows.empty:
        return words.not_yet(india, "What plants in India may take from the imports")
    chances = chances[chances.round(6) > 0].sort_values(ascending=False, kind="stable")
    cases = words.listed(f"“{name}” with {derived(100 * chance, '%', rows)}" for name, chance in chances.items())
    text = "Of what India makes itself the forecast takes off, by the names of the scenarios: {cases}."
    return sentence(text, "These chances are our judgement.", cases=cases, uses=[rows])


def _hearsay(india: Vintage) -> Sentence | None:
    """What is told of later rules at second hand; None where nothing is."""
    told = licences.hearsay(india)
    if told is None:
        return None
    text = "That they are {regime} until {until} is reported at second hand and changes no odds here: {note}."
    until = words.month(fiscal.months(told["period"])[-1])
    return sentence(text, until=until, uses=[told], **told[["regime", "note"]])


def season(india: Vintage, target: str) -> Sentence:
    """Which months of a year are usually above and below the mean, or that nothing tells."""
    table = seasons.pattern(india, target)
    if table.empty:
        months = seasons.months(india, target)
        text, parts = "The months in the sources dated up to {day} are too few to tell a season,", {}
        if len(months) >= 12 * (seasons.LEAST_YEARS + 1):
            text = "No season is found in the {count} months in the sources dated up to {day},"
            parts["count"] = derived(len(months), "", months)
        tail = "so a part of a year stands for its share of it, give or take what seasons usually do."
        return sentence(text, tail, day=words.day(india.day), **parts)
    times = table["times"].astype(float)
    up, down = (derived(100 * (end - 1), "%", table) for end in (times.max(), times.min()))
    high, low = (_month(at) for at in (times.idxmax(), times.idxmin()))
    text = "The months tell a season, which the forecast of the months to come follows: {high} is usually {up:signed}"
    tail = "against the mean of the months around it, {low} {down:signed}."
    return sentence(text, tail, high=high, up=up, low=low, down=down)


def _month(number: int) -> str:
    return pd.Period(ordinal=number - 1, freq="M").to_timestamp().month_name()
