"""What tells the readings of a suspect year apart, and what they weigh once it is known: Bayes' rule on dated rows.

Each evidence is one number, a share of the rise of the suspect year, so that 0 and 1 mean the same for every episode.
How likely it is under each reading is a normal of two halves, in levels of that ratio, through the 10, 50 and 90 %
points of a row of ``data/assumptions.csv``, written from what the reading says and not from what was seen. The prior,
the densities and the rule are judgement; the numbers are data.
"""

from statistics import NormalDist

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import UNUSED, Vintage, ids
from helpers.ensemble.period_sums import count
from helpers.methods.mirror import QUANTITY, REAL
from helpers.outlook import cells, mirror, targets
from helpers.outlook.episodes import LEAST_SURGE, Episode, suspect
from helpers.outlook.licences import assumed, shares

PERSISTENT, STOCKS, ERROR = "real and persistent", "stock-building, paid back", "quantity error"
READINGS = (PERSISTENT, STOCKS, ERROR)
FITS = {name: f"fit: {name}" for name in READINGS}
WEIGHTS = {name: f"weight: {name}" for name in READINGS}
PRIOR, RULE = "reading_prior", "evidence_rule"
HALF = 6
"""Months of a full evidence of tonnes; fewer count in proportion."""


@targets.remembered
def table(india: Vintage) -> pd.DataFrame:
    """The prior, then each evidence in the order in which it became public: what it is and what it does.

    With the density :math:`f_r` of an evidence under reading :math:`r`, relative to the greatest, the chance
    :math:`\\epsilon` that it says nothing (``floor``), an exponent :math:`\\tau` since evidences share inputs
    (``tempering``) and the share :math:`m` of a half-year that it covers, weights are multiplied by
    :math:`((1 - \\epsilon) f_r + \\epsilon \\bar f)^{\\tau m}` and made to sum to one: the order makes no difference.

    Returns
    -------
    pd.DataFrame
        ``evidence`` (the prior, or the assumption with its densities), ``period, observed``; :data:`FITS`, the factor
        of each reading over the greatest; ``Bayes factor`` of an error over the better of the other two;
        :data:`WEIGHTS` after it; ``published``, ``source``. No row where no year is suspect.
    """
    columns = ["evidence", "period", "observed", *FITS.values(), "Bayes factor", *WEIGHTS.values()]
    if suspect(india) is None:
        return pd.DataFrame(columns=[*columns, "published", "source"])
    prior, rule, weight = assumed(india, PRIOR), assumed(india, RULE), shares(india, PRIOR, READINGS)
    rows = [("prior", "", np.nan, *np.ones(len(READINGS)), np.nan, *weight, prior["published"].max(), ids(prior))]
    for row in observed(india).itertuples():
        density = india.assumption(row.Index).loc[list(READINGS)]
        factor = likelihood(row.observed, density, rule["value"]) ** row.part
        weight = weight * factor / (weight * factor).sum()
        error, used = factor[ERROR] / factor.drop(ERROR).max(), ids(row.source, density, rule)
        rows.append((row.Index, row.period, row.observed, *factor / factor.max(), error, *weight, row.published, used))
    return pd.DataFrame(rows, columns=[*columns, "published", "source"])


@targets.remembered
def history(india: Vintage, target: str = "customs") -> pd.DataFrame:
    """The weights on each day on which they changed, from what was public on it; empty for a target without them.

    Of single months, the days count on which a quarter is whole: months come one by one, and each day costs a while.

    Returns
    -------
    pd.DataFrame
        Indexed by ``published``, oldest first: a column each reading, and ``source``.
    """
    rows = pd.concat([india.table("trade", vintages=True), india.withdrawn("trade")])
    rows = rows[(rows["hs"] == targets.CUSTOMS.keys["hs"]) & rows["measure"].isin(["weight", "value_inr", "value_usd"])]
    rows = rows[rows["reporter"].isin(["IND", "CHN"]) & rows["partner"].isin(["IND", "CHN", "world"])]
    rows = rows[~rows["status"].isin(UNUSED)]
    days = {*_completed(rows), *rows["withdrawn"].dropna(), *cells.surge(india)["published"], pd.Timestamp(india.day)}
    days = days if suspect(india, target) else set()
    found = {day: then for day in sorted(days) if len(then := table(india.on(day.date())))}
    made = {day: [*then[list(WEIGHTS.values())].iloc[-1], ids(then)] for day, then in found.items()}
    frame = pd.DataFrame.from_dict(made, orient="index", columns=[*READINGS, "source"]).rename_axis("published")
    moved = frame[list(READINGS)].diff().abs().sum(axis=1) > 0
    return frame[moved | (frame.index == frame.index.min())]


def likelihood(number: float, density: pd.DataFrame, rule: pd.Series) -> pd.Series:
    """How likely a number is under each reading, with floor and tempering; only ratios mean something.

    ``density`` has ``low, value, high`` by reading: where the number lies with 10, 50 and 90 %.
    """
    middle = density["value"]
    side = np.where(number < middle, middle - density["low"], density["high"] - middle)
    spread = side / NormalDist().inv_cdf(0.9)
    logs = -(((number - middle) / spread) ** 2) / 2 - np.log(spread)
    relative = np.exp(logs - logs.max())
    return ((1 - rule["floor"]) * relative + rule["floor"] * relative.mean()) ** rule["tempering"]


@targets.remembered
def observed(india: Vintage) -> pd.DataFrame:
    """The evidences that are public, in the order in which they became so.

    Returns
    -------
    pd.DataFrame
        Indexed by the assumption that holds their densities: ``period`` (the newest), ``observed``, ``part`` (of a full
        evidence, up to 1), ``published`` (of the youngest input, densities among them), ``source``.
    """
    episode, rows = suspect(india), {}
    for name, rule in _EVIDENCES.items() if episode else ():
        density, found = india.assumption(name), rule(india, episode)
        if found is not None and set(READINGS) <= set(density.index):
            value, part, inputs = found
            day = max(inputs["published"].max(), density["published"].max())
            rows[name] = (inputs.index[-1], value, part, day, ids(inputs))
    made = pd.DataFrame.from_dict(rows, orient="index", columns=["period", "observed", "part", "published", "source"])
    return made.sort_values("published", kind="stable")


def _year_after(india: Vintage, episode: Episode) -> tuple | None:
    """The rise over the typical year, in logs, that is left in the newest half-year or longer, over that of the year.

    Of what is known since, the period that counts is the one that ends last, of those the longest; while there is no
    half-year, the same of shorter ones. It counts once, in the place of all before it.
    """
    sums = targets.known_sums(india)
    later = [p for p in sums.index if fiscal.span(p)[0] > fiscal.span(episode.year)[1]]
    if not later:
        return None
    newest = max(later, key=lambda p: (min(count(p), HALF), fiscal.span(p)[1], count(p)))
    return _kept(india, episode, episode.year, sums.loc[newest])


def _rest_of_year(india: Vintage, episode: Episode) -> tuple | None:
    """The rise, in logs, that is left in what follows the surge within the suspect year, over that of the surge."""
    sums, end = targets.known_sums(india), fiscal.months(episode.year)[-1]
    inside = [p for p in sums.index if fiscal.months(p)[0] == episode.since and fiscal.months(p)[-1] <= end]
    if not episode.located or episode.surge not in sums.index or not inside:
        return None
    return _kept(india, episode, episode.surge, sums.loc[max(inside, key=count)])


def _kept(india: Vintage, episode: Episode, top: str, after: pd.Series) -> tuple | None:
    known = targets.sums(india, targets.CUSTOMS.name)
    rates = [row["value"] / count(row.name) for row in (known.loc[episode.before], known.loc[top], after)]
    if rates[1] < LEAST_SURGE * rates[0]:
        return None
    share = np.log(rates[2] / rates[0]) / np.log(rates[1] / rates[0])
    return share, min(count(after.name) / HALF, 1), pd.concat([known.loc[[episode.before, top]], after.to_frame().T])


def _mirror_weight(india: Vintage, episode: Episode) -> tuple | None:
    """The rise of India's weight over the other side's, in logs, over the rise of its weight.

    From the newest calendar year before the suspect one to the calendar year with most of the surge.
    """
    both = mirror.sides(india)
    before, during = [p for p in both.index if fiscal.span(p)[1] < fiscal.span(episode.year)[0]], _during(both, episode)
    if not before or during is None or (own := both["own_t"])[during] < LEAST_SURGE * own[before[-1]]:
        return None
    ratio = both["weight_ratio"]
    share = np.log(ratio[during] / ratio[before[-1]]) / np.log(own[during] / own[before[-1]])
    return share, 1, _dated(india, both.loc[[before[-1], during]])


def _mirror_value(india: Vintage, episode: Episode) -> tuple | None:
    """By how much India's value is above the other side's, over what the weight in excess is worth as ferrite.

    It says something only where India's weight is apart from the other side's, and was not so in other years too.
    """
    both = mirror.sides(india)
    if (during := _during(both, episode)) is None or mirror.standing(both.drop(index=during)):
        return None
    row = both.loc[during]
    if row["verdict"] not in (QUANTITY, REAL) or row["excess_t"] <= 0:
        return None
    return row["gap_usd_m"] / row["excess_usd_m"], 1, _dated(india, both.loc[:during])


def _unit_value(india: Vintage, episode: Episode) -> tuple | None:
    """The fall of the year's unit value, in logs, over the rise in weight."""
    years, weight, of = [episode.before, episode.year], targets.sums(india, targets.CUSTOMS.name), targets.CUSTOMS
    for measure in ("value_inr", "value_usd"):
        value = india.series(of.table, **of.keys | {"measure": measure}).dropna(subset="value")
        if set(years) <= set(value.index):
            rises = [np.log(rows.loc[years[1], "value"] / rows.loc[years[0], "value"]) for rows in (value, weight)]
            return 1 - rises[0] / rises[1], 1, pd.concat([value.loc[years], weight.loc[years]])
    return None


def _cells(india: Vintage, episode: Episode) -> tuple | None:
    """The share of the excess in the few cheapest entries by line, partner and month: as the rule for them has it."""
    entries, found = cells.surge(india), cells.verdict(india)
    if found is None or found.evidence.empty or not entries["baseline_tonnes"].any():
        return None  # while nothing usual is known, all that came would be in excess
    part = entries["period"].nunique() / count(episode.surge)
    return found.cheap_share, part, found.evidence.assign(surge=episode.surge).set_index("surge")


_EVIDENCES = {
    "evidence_unit_value": _unit_value, "evidence_rest_of_year": _rest_of_year, "evidence_year_after": _year_after,
    "evidence_mirror_weight": _mirror_weight, "evidence_mirror_value": _mirror_value, "evidence_cells": _cells,
}  # fmt: skip


def _completed(rows: pd.DataFrame) -> set[pd.Timestamp]:
    """The days on which figures became public; of single months, those on which the last of a quarter did."""
    single = rows["period"].str.fullmatch(r"\d{4}-\d\d")
    keys = ["flow", "reporter", "partner", "measure"]
    first = rows[single].groupby([*keys, "period"])["published"].min().reset_index()
    quarters = first.groupby([*keys, pd.PeriodIndex(first["period"], freq="M").asfreq("Q").rename("quarter")])
    whole = quarters["published"].agg(["size", "max"])
    return {*rows.loc[~single, "published"], *whole.loc[whole["size"] == 3, "max"]}


def _during(both: pd.DataFrame, episode: Episode) -> str | None:
    """The calendar year with most months of the surge, if both its sides are known."""
    years = fiscal.months(episode.surge).year.value_counts()
    return year if (year := str(years.idxmax())) in both.index else None


def _dated(india: Vintage, both: pd.DataFrame) -> pd.DataFrame:
    """Rows of the mirror with the day on which the youngest of their figures became public."""
    rows = india.table("trade")
    rows = rows[rows["period"].isin(both.index) & (rows["hs"] == targets.CUSTOMS.keys["hs"])]
    return both.assign(published=rows["published"].max())
