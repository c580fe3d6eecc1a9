"""Sentences on how good forecasts were."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.forecast.tables import rounded
from helpers.chapters.outputs import Sentence, joined, number, sentence
from helpers.chapters.track_record import verdicts
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import targets, track

HELD = {
    "narrow": "too narrow: so few are hardly luck",
    "wide": "too wide: so many are hardly luck",
    "fits": "as it should, as far as {count} can tell",
}
BETTER = {"better": "better than", "worse": "worse than", "equal": "no better than"}
NONE = "none"
NEAR = 0.1  # how far from 1 the error over that of naive is no difference, of so few years of the value


def answer(scores: pd.DataFrame, made: pd.DataFrame, tried: pd.DataFrame, india: Vintage) -> Sentence:
    """The newest outturn of a published forecast, or that there is none; then what back-casts say.

    ``scores`` are those of ``track.scored``, ``made`` what it was given, ``tried`` is ``track.trial``.
    """
    ours = scores[(scores["by"] == track.OURS) & (scores["target"] == targets.CUSTOMS.name)]
    published, tries = (ours[ours["kind"] == kind] for kind in (track.PUBLISHED, track.BACKCAST))
    said = [_last(published)] if len(published) else [_none(made, india), _last(tries) if len(tries) else None]
    return joined(*said, revised(ours), intervals(tried), answer=True)


def overall(compared: pd.DataFrame, made: pd.DataFrame, india: Vintage) -> Sentence:
    """How good we were, in one sentence: published forecasts if any met its outturn, else back-casts, marked."""
    first = compared[(compared["release"] == track.FIRST) & (compared["target"] == targets.CUSTOMS.name)]
    runs = made.loc[made["kind"] == track.PUBLISHED]
    for kind in (track.PUBLISHED, track.BACKCAST):
        rows = track.once_each(first[first["kind"] == kind])
        rows = rows.drop_duplicates(["target", "period"], keep="last")
        if len(rows):
            return _summed(rows, kind, runs)
    return _none(made, india)


def intervals(tried: pd.DataFrame) -> Sentence | None:
    """How often the interval of the next year's value held, whether that is as it should be, and the skill."""
    compared = track.once_each(track.relative(tried))
    table = track.by_horizon(compared)
    if table.empty:
        return None
    row = table.iloc[0]
    verdict, skill = verdicts.width(row["low"], row["high"]), verdicts.skilled(row["skill_error"], NEAR)
    count = words.count(row["outturns"])
    parts = {"held": words.count(row["held"]) if row["held"] else NONE, "count": count}
    text = "Of the value, on its history as it stands, the 80 % interval of the next year held {held} of {count} times,"
    held = sentence(text, "{verdict}.", verdict=HELD[verdict].format(count=count), uses=[table], **parts)
    if skill == "unknown":
        return held
    own, naive = (derived(compared[name].abs().mean(), "%", table) for name in ("error", "error_naive"))
    text = "Its median was {own:.1} off on average and naive {naive:.1}: {better} naive."
    return joined(held, sentence(text, own=own, naive=naive, better=BETTER[skill]))


def revised(ours: pd.DataFrame) -> Sentence | None:
    """Outturns that were revised after they were first scored, the newest of them; None if none was."""
    again = ours[ours["release"] == track.LATEST]
    if again.empty:
        return None
    row = again.sort_values("as_of", kind="stable").iloc[-1]
    same = ["kind", "run", "as_of", "period"]
    before = ours[(ours["release"] == track.FIRST) & (ours[same] == row[same]).all(axis=1)].iloc[-1]
    where = {
        (True, True): "as before inside",
        (True, False): "and no longer inside",
        (False, True): "and now inside",
        (False, False): "still outside",
    }[bool(before["within"]), bool(row["within"])]
    parts = {"period": row["period"], "first": _came(before), "now": _came(row), "where": where}
    kind = "published forecast" if row["kind"] == track.PUBLISHED else verdicts.KIND[row["kind"]]
    parts |= {"kind": kind, "day": words.day(row["as_of"])}
    text = "{period} was revised since, from {first} to {now}: its last {kind}, of {day}, is then {error:.1} off,"
    return sentence(text, "{where} its interval.", error=derived(abs(row["error"]), "%", again), **parts)


def path(rows: pd.DataFrame, came: pd.DataFrame) -> Sentence:
    """How what we expected of one period has moved from vintage to vintage, and what came."""
    first, last, period = said(rows.iloc[0]), said(rows.iloc[-1]), rows["period"].iloc[0]
    now = came[(came["period"] == period) & (came["target"] == rows["target"].iloc[0])]
    parts = {"period": period, "last": last, "day": words.day(rows["as_of"].iloc[-1])}
    text = "Of {period} one vintage is there, of {day}: {last}"
    if len(rows) > 1:
        moved = words.direction(last.value / first.value - 1, 0.02)
        parts["moved"] = {"up": "was raised", "down": "was lowered", "unchanged": "hardly moved,"}[moved]
        parts |= {"first": first, "count": words.count(len(rows))}
        text = "What was expected of {period} {moved} from {first} to {last} in {count} vintages, the last of {day}"
    if len(now):
        text += "; {came} came"
        parts["came"] = _came(now.iloc[-1].rename({"value": "outturn"}))
    return sentence(text, uses=[rows], **parts)


def calibrated(table: pd.DataFrame, india: Vintage) -> Sentence:
    """Whether outturns fell under the quantiles as often as they should: the group with most outturns."""
    if table.empty:
        return words.not_yet(india, "How often outturns fall under each quantile")
    most = groups(table)[0]
    row, outside = most.iloc[0], most[(most["under"] < most["low"]) | (most["under"] > most["high"])]
    parts = {"count": words.count(row["outturns"]), "what": verdicts.WHAT[row["target"]]}
    parts["kind"] = verdicts.KIND[row["kind"]]
    if row["outturns"] <= 1:
        return sentence("Of {count} outturn of {what}, {kind}, nothing can be told yet", uses=[most], **parts)
    text = "Of {count} outturns of {what}, {kind}, the share under"
    if outside.empty:
        return sentence(text, "each quantile is within what chance allows", uses=[most], **parts)
    parts |= {"outside": words.count(len(outside)), "every": words.count(len(most))}
    return sentence(text, "{outside} of {every} quantiles is not what chance allows", uses=[most], **parts)


def groups(table: pd.DataFrame) -> list[pd.DataFrame]:
    """``track.calibration`` of each target at the distance with most outturns, that with most first."""
    best = table.sort_values(["outturns", "ahead"], ascending=[False, True], kind="stable")
    return [
        one[(one["kind"] == one["kind"].iloc[0]) & (one["ahead"] == one["ahead"].iloc[0])].sort_values("quantile")
        for _, one in best.groupby("target", sort=False)
    ]


def nearest(table: pd.DataFrame, india: Vintage) -> Sentence:
    if table.empty:
        return words.not_yet(india, "Who was nearest")
    best = table[table["nearest"]]
    wins = best["by"].replace(verdicts.BY).value_counts()
    said = words.listed(f"{name} was nearest to {words.count(times)}" for name, times in wins.items())
    ours = "" if track.OURS in set(best["by"]) else "; ours to none"
    figures = words.several(len(table[["series", "period"]].drop_duplicates()), "figure")
    return sentence("Of {figures} that came, {said}{ours}", figures=figures, said=said, ours=ours, uses=[table])


def waiting(rows: pd.DataFrame, india: Vintage) -> Sentence | None:
    """Whose outlooks of years begun wait for a figure."""
    if rows.empty:
        return None
    said = [f"{row.publisher} ({row.quantity}, {words.period(row.period)})" for row in rows.itertuples()]
    text = "No figure that would tell is in the sources dated up to {day} of the outlooks of {said}."
    return sentence(text, day=words.day(india.day), said=words.listed(dict.fromkeys(said)), uses=[rows])


def due(made: pd.DataFrame, came: pd.DataFrame, india: Vintage) -> Sentence:
    """Which published forecasts will be scored next: of years that are over, and of the one that runs."""
    periods = track.due(made, came)
    over = [period for period in periods if fiscal.span(period)[1] < india.day]
    begun = [period for period in periods if fiscal.span(period)[0] <= india.day <= fiscal.span(period)[1]]
    rows = made[(made["kind"] == track.PUBLISHED) & made["period"].isin(periods)]
    if not over and not begun:
        return words.not_yet(india, "Which published forecast is scored next")
    summed, said = set(targets.totals(india, targets.CUSTOMS.name).index), []
    groups = [[period for period in over if (period in summed) == known] for known in (True, False)]
    for group, until in zip(groups, ("known as a sum and scored once reported", "awaited"), strict=True):
        awaited = "is over: its total is" if len(group) == 1 else "are over: their totals are"
        said += [f"{words.listed(group)}, which {awaited} {until}"] if group else []
    if begun:
        said.append(f"{words.listed(begun)}, which runs")
    verb = "are" if len(next(filter(None, groups), [])) > 1 else "is"
    return sentence("Next to be scored {verb} {said}.", verb=verb, said="; after that ".join(said), uses=[rows])


def _none(made: pd.DataFrame, india: Vintage) -> Sentence:
    """That no published forecast has met its outturn, or that there is none."""
    runs = made[made["kind"] == track.PUBLISHED]
    if runs.empty:
        return sentence("No forecast of ours had been published by {day}.", day=words.day(india.day))
    count, first, known = runs["run"].nunique(), runs["as_of"].min(), targets.totals(india, targets.CUSTOMS.name)
    summed = known.index[known["published"] > first].intersection(runs["period"])
    text = "{forecasts} of ours were published from {first} on, and nothing of what they forecast has {come},"
    if count == 1:
        text = "{forecasts} of ours was published on {first}, and nothing of what it forecast has {come},"
    come = f"been reported since ({words.listed(summed)} is known as a sum alone)" if len(summed) else "come since"
    gone = india.withdrawn(targets.CUSTOMS.table, **targets.CUSTOMS.keys)
    gone = sorted(set(gone.loc[gone["published"] > first, "period"]) & set(runs["period"]))
    come = f"come to stay ({words.listed(gone)} was withdrawn)" if gone and not len(summed) else come
    parts = {"forecasts": words.several(count, "forecast"), "first": words.day(first), "come": come}
    tail = "in the sources dated up to {day}: there is nothing to score."
    return sentence(text, tail, day=words.day(india.day), uses=[runs], **parts)


def _last(rows: pd.DataFrame) -> Sentence:
    """The newest outturn beside the last forecast made before it, with the verdict."""
    first = rows[rows["release"] == track.FIRST]
    period = first["period"].iloc[-1]
    row = first[first["period"] == period].sort_values("as_of", kind="stable").iloc[-1]
    text = "Our last published forecast of {period}, of {day}, was {said}"
    parts = {"period": row["period"], "day": words.day(row["as_of"]), "said": said(row)}
    if row["kind"] == track.BACKCAST:
        text = "As of {day} the programme of today{late} would have said {said} of {period}"
        parts["late"] = ", whose judgements were written later," if row["late"] else ""
    tail = "(80 % interval {said:range}); {came} came, {verdict}."
    return sentence(text, tail, came=_came(row), verdict=_verdict(row), **parts)


def _verdict(row: pd.Series) -> str:
    """A miss is called a miss, and luck luck."""
    place = words.place([row["outturn"]], row[0.1], row[0.9])
    off = f"its median {number(abs(row['error']), 1)} % too {'high' if row['error'] > 0 else 'low'}"
    lucky = verdicts.luck(row["closeness"])
    if place != "inside":
        rare = "; so far off is rarer than one in ten, bad luck or too narrow an interval"
        return f"a miss, {place} the interval, {off}{rare if lucky == 'unlucky' else ''}"
    if abs(row["error"]) < words.LEAST_CHANGE:
        off = "at its median"
    near = "; nine in ten such forecasts would be farther off: luck, too"
    return f"inside the interval, {off}{near if lucky == 'lucky' else ''}"


def _summed(rows: pd.DataFrame, kind: str, runs: pd.DataFrame) -> Sentence:
    """One sentence over outturns, each by its last forecast."""
    held, many = int(rows["within"].sum()), len(rows) > 1
    skill = verdicts.skilled(rows["score"].sum() / rows["score_naive"].sum(skipna=False))
    parts = {"size": derived(rows["error"].abs().mean(), "%", rows)}
    text = "Our published forecasts were" if many else "Our published forecast of the one figure that came was"
    if kind == track.BACKCAST:
        none = "No published forecast has met its outturn yet" if len(runs) else "No forecast was published yet"
        some = "" if rows["late"].all() else "some "
        parts["late"] = f" ({some}with judgements written later)" if rows["late"].any() else ""
        text = f"{none}; " + ("back-casts{late} were" if many else "a back-cast of the one figure that came{late} was")
    text += " {size:.1} off on average" if many else " {size:.1} off"
    where, few = "what came inside" if held else "what came outside", "one outturn proves little"
    if many:
        where = f"{words.count(held) if held else NONE} of {words.count(len(rows))} inside"
        few = "each counts once, by the last forecast before it"
    parts["where"], parts["few"] = where, few
    if skill == "unknown":
        return sentence(f"{text}, with {{where}} the 80 % interval; {{few}}.", **parts)
    text += " (naive {naive:.1}), with {where} the 80 % interval, {better} naive by the interval score; {few}."
    naive = derived(rows["error_naive"].abs().mean(), "%", rows)
    return sentence(text, naive=naive, better=BETTER[skill], uses=[runs], **parts)


def said(row: pd.Series) -> Quantity:
    unit = verdicts.UNITS[row["target"]]
    return rounded(derived(row[0.5], unit, row["source"].split(), low=row[0.1], high=row[0.9], period=row["period"]))


def _came(row: pd.Series) -> Quantity:
    return derived(row["outturn"], verdicts.UNITS[row["target"]], row["source"].split(), period=row["period"])
