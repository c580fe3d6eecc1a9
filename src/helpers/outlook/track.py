"""How good forecasts were: published ones, back-casts and others' outlooks beside what came.

Fixed beforehand, for every score:

- The *outturn* of a target and period is the figure of its own series for exactly that period that a source reported;
  what we or anybody derived, estimated or assumed is none, nor what its source has withdrawn. The *first release* is
  the earliest of them, the *latest* the one in use on the day. A forecast is scored when its outturn arrives, and again
  when that is revised.
- Scored are forecasts made before the day of the first release, and of whatever was reported first and withdrawn since:
  who forecasts later has seen it. A published one counts from the day on which it was made; a back-cast, marked as
  such, from the day as of which it is reckoned. Runs with a parameter moved do not count.
- *Error*: median over outturn, per cent. *WIS*: the weighted interval score over all published quantiles
  (:mod:`helpers.ensemble.score`). *Skill*: the score over that of naive, made from what was public on the same day.
- *Coverage* and calibration: each outturn counts once at each distance, by the last forecast made there, as forecasts
  of one outturn are not independent; with the exact binomial interval (Clopper and Pearson 1934).
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.ensemble import calibrated
from helpers.ensemble.quantiles import MIDDLE, QUANTILES
from helpers.outlook import customs, forecast, realtime, targets, value

PUBLISHED, BACKCAST, NEWEST, TRIAL = "published", "back-cast", "today", "trial"
"""Kinds of forecasts: of a report; as of an earlier day; of the day itself; of the value, on its history."""
OURS, NAIVE = "ours", forecast.NAIVE
FIRST, LATEST = "first", "latest"
LEVEL = 0.95
"""Of binomial intervals."""
CLOSE, FAR = 0.1, 0.9
"""Chances, by a forecast itself, of being as near as it was: up to which it was lucky, from which unlucky."""
MADE = ["kind", "by", "run", "as_of", "target", "period", *QUANTILES, "late", "source"]


def outturns(india: Vintage) -> pd.DataFrame:
    """What came, by the definition above, oldest first.

    Returns
    -------
    pd.DataFrame
        ``target, period, release`` (two rows of each: :data:`FIRST` and :data:`LATEST`), ``value, published, source,
        revised`` (whether the two differ).
    """
    rows = [row for name in targets.TARGETS for row in _reported(india, name)] + _worth(india)
    found = pd.DataFrame(rows, columns=["target", "period", "release", "value", "published", "source"])
    found["revised"] = found.groupby(["target", "period"])["value"].transform("nunique") > 1
    return found.sort_values(["published", "target", "period", "release"], ignore_index=True)


def published(india: Vintage) -> pd.DataFrame:
    """Our published forecasts (the ledger), without those with a parameter moved: ``MADE``, oldest first."""
    rows = india.table("forecasts")
    rows = rows[rows["given"] == ""].assign(as_of=rows["published"].dt.strftime("%Y-%m-%d"))
    keys = ["run", "as_of", "target", "period", "source"]
    wide = rows.pivot(index=keys, columns="quantile", values="value").reindex(columns=list(QUANTILES))
    wide = wide.loc[pd.MultiIndex.from_frame(rows[keys].drop_duplicates())].rename_axis(columns=None).reset_index()
    return wide.assign(kind=PUBLISHED, by=OURS, late=False)[MADE]


def backcasts(india: Vintage) -> pd.DataFrame:
    """Forecasts of tonnes, ours and naive: of outturns as of earlier days, of the running year today too: ``MADE``."""
    made = realtime.backcasts(india)
    names = {forecast.MIXTURE: OURS, NAIVE: NAIVE}
    made = made[made["scenario"].isin(names)].rename(columns={"backcast": "late"})
    kinds = np.where(made["as_of"] == str(india.day), NEWEST, BACKCAST)
    labels = {"kind": kinds, "run": "", "target": targets.CUSTOMS.name}
    return made.assign(by=made["scenario"].map(names), **labels)[MADE].reset_index(drop=True)


def trial(india: Vintage) -> pd.DataFrame:
    """The next calendar year's value from each year on, ours and naive, with what came: as :func:`scored` gives them.

    Its history counts as it stands today, so that no revision enters.
    """
    known = value.unbroken(value.history(india))
    rows = []
    for place in range(value.LEAST_YEARS, len(known)):
        past, came = known["usd_m"].iloc[:place].to_numpy(float), known.iloc[place]
        said = calibrated.forecast_quantiles(past[None], 1, kind=value.KIND)[0][0, 0]
        last = np.where(np.array(QUANTILES) == MIDDLE["median"], past[-1], np.nan)
        for by, values in ((OURS, said), (NAIVE, last)):
            labels = (TRIAL, by, "", fiscal.span(known.index[place - 1])[1].isoformat(), value.NAME, came.name)
            rows.append((*labels, *values, False, ids(known.iloc[: place + 1]), came["usd_m"]))
    return realtime.measured(pd.DataFrame(rows, columns=[*MADE, "outturn"]).assign(release=FIRST))


def scored(india: Vintage, made: pd.DataFrame, came: pd.DataFrame) -> pd.DataFrame:
    """Forecasts beside what came of them, and again where that was revised.

    Parameters
    ----------
    india : Vintage
    made : pd.DataFrame
        :data:`MADE`. Beside a published forecast naive is reckoned from what was public on its day.
    came : pd.DataFrame
        :func:`outturns`.

    Returns
    -------
    pd.DataFrame
        :data:`MADE`, ``release, outturn, ahead`` (years to the end of the period, begun ones whole; 0 once it is
        over), ``error`` (per cent), ``within`` (the 80 % interval), ``score`` (WIS), ``closeness`` (the chance, by the
        forecast itself, of being at least as near); those made before the first release only.
    """
    told = [came.loc[came["release"] == FIRST, ["target", "period", "published"]], *_taken_back(india)]
    first = pd.concat(told).groupby(["target", "period"])["published"].min()
    due = [first.get(key, pd.Timestamp.min) for key in zip(made["target"], made["period"], strict=True)]
    due = made[pd.to_datetime(made["as_of"]) < pd.Series(due, made.index, dtype="datetime64[us]")]
    rows = due[due["kind"] == PUBLISHED]
    due = pd.concat([due, _naive(india, rows)]) if len(rows) else due
    came = came[(came["release"] == FIRST) | came["revised"]]
    both = due.merge(came.rename(columns={"value": "outturn"}), on=["target", "period"], suffixes=("", "_came"))
    both["source"] = [ids(*pair) for pair in zip(both["source"], both["source_came"], strict=True)]
    return realtime.measured(both[[*MADE, "release", "outturn"]])


def relative(scores: pd.DataFrame) -> pd.DataFrame:
    """Our scores with those of naive on the same day beside them: ``score_naive`` and ``error_naive``."""
    keys = ["kind", "run", "as_of", "target", "period", "release"]
    naive = scores[scores["by"] == NAIVE].set_index(keys)[["score", "error"]].add_suffix("_naive")
    ours = scores[scores["by"] == OURS]
    return ours.join(naive[~naive.index.duplicated()], on=keys).reset_index(drop=True)


def once_each(scores: pd.DataFrame) -> pd.DataFrame:
    """Of each outturn and distance the last forecast made there."""
    keys = ["kind", "by", "target", "period", "ahead", "release"]
    return scores.sort_values("as_of", kind="stable").drop_duplicates(keys, keep="last")


def by_horizon(compared: pd.DataFrame) -> pd.DataFrame:
    """What :func:`relative` gives, by kind, target, distance and release.

    Returns
    -------
    pd.DataFrame
        ``kind, target, ahead, release, outturns, error`` (mean absolute, per cent), ``held`` (how many of the outturns
        lay in the 80 % interval), ``low, high`` (of its share, by the binomial, per cent), ``skill`` (WIS over that of
        naive) and ``skill_error`` (the same of absolute errors; below 1 is better, a gap without naive), ``source``.
    """
    rows = []
    for key, one in once_each(compared).groupby(["kind", "target", "ahead", "release"], sort=False):
        held, count, size = int(one["within"].sum()), len(one), one["error"].abs()
        skill = _ratio(one["score"], one["score_naive"]), _ratio(size, one["error_naive"].abs())
        rows.append((*key, count, size.mean(), held, *chance(held, count), *skill, ids(one)))
    columns = ["kind", "target", "ahead", "release", "outturns", "error", "held", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "skill", "skill_error", "source"])


def chance(held: int, count: int) -> tuple[float, float]:
    """The exact 95 % binomial interval of a share, in per cent (Clopper and Pearson 1934)."""
    from scipy.stats import beta

    tail = (1 - LEVEL) / 2
    low = beta.ppf(tail, held, count - held + 1) if held else 0.0
    high = beta.ppf(1 - tail, held + 1, count - held) if held < count else 1.0
    return 100 * float(low), 100 * float(high)


def calibration(scores: pd.DataFrame) -> pd.DataFrame:
    """The share of outturns at or under each quantile of our forecasts, with the band that chance alone allows.

    Returns
    -------
    pd.DataFrame
        ``kind, target, ahead, outturns, quantile, under, low, high`` (shares, 0-1; ``low`` and ``high`` of the
        binomial of that quantile), ``source``.
    """
    from scipy.stats import binom

    rows = []
    ours = once_each(scores[(scores["by"] == OURS) & (scores["release"] == FIRST)])
    for (kind, target, ahead), one in ours.groupby(["kind", "target", "ahead"], sort=False):
        for level in QUANTILES:
            said = one.dropna(subset=[level])
            if count := len(said):
                ends = binom.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2], count, level) / count
                under = (said["outturn"] <= said[level]).mean()
                rows.append((kind, target, ahead, count, level, under, *ends, ids(said)))
    columns = ["kind", "target", "ahead", "outturns", "quantile", "under", "low", "high", "source"]
    return pd.DataFrame(rows, columns=columns)


def of_period(made: pd.DataFrame, period: str, target: str = targets.CUSTOMS.name) -> pd.DataFrame:
    """What each vintage said of one period, oldest first: :data:`MADE` with ``median, low80, high80``."""
    rows = made[(made["period"] == period) & (made["target"] == target) & (made["by"] == OURS)]
    rows = rows.assign(**{name: rows[level] for name, level in MIDDLE.items()})
    return rows.sort_values(["as_of", "kind"], kind="stable", ignore_index=True)


def due(made: pd.DataFrame, came: pd.DataFrame, target: str = targets.CUSTOMS.name) -> list[str]:
    """The periods of published forecasts of a target that have no outturn, the oldest first."""
    told = set(came.loc[came["target"] == target, "period"])
    rows = made[(made["kind"] == PUBLISHED) & (made["target"] == target)]
    return sorted(set(rows["period"]) - told, key=fiscal.centre)


def supposing(india: Vintage, made: pd.DataFrame, came: pd.DataFrame, share: float) -> Vintage:
    """A copy in which the oldest of :func:`due` came out, on the day, at a share of its last published median."""
    if not (periods := due(made, came)):
        return india
    last = of_period(made[made["kind"] == PUBLISHED], periods[0]).iloc[-1]
    row = {**targets.CUSTOMS.keys, "period": periods[0], "value": share * last["median"], "status": "reported"}
    return india.adding(targets.CUSTOMS.table, row)


def _reported(india: Vintage, name: str) -> list[tuple]:
    """First and latest reported figure of each period of a target, where the one in use is reported."""
    wanted = targets.target(name)
    used = targets.sums(india, name)
    used = used[used["status"] == "reported"]
    every = india.table(wanted.table, vintages=True, **wanted.keys, status="reported")
    every = every.sort_values("published", kind="stable").drop_duplicates("period").set_index("period")
    found = []
    for period, row in used.iterrows():
        for release, one in ((FIRST, every.loc[period]), (LATEST, row)):
            found.append((name, period, release, one["value"], one["published"], one["source"]))
    return found


def _taken_back(india: Vintage) -> Iterator[pd.DataFrame]:
    """What was reported of each target and withdrawn since."""
    every = [(name, of.table, of.keys) for name, of in targets.TARGETS.items()]
    every += [(value.NAME, "trade", targets.CUSTOMS.keys | {"measure": f"value_{unit}"}) for unit in ("inr", "usd")]
    for name, table, keys in every:
        rows = india.withdrawn(table, **keys, status="reported")
        yield rows.assign(target=name)[["target", "period", "published"]]


def _worth(india: Vintage) -> list[tuple]:
    """The same of the value: fiscal years as India's record has them, from the day on which dollars could be told."""
    every = [customs.imports(india, measure) for measure in ("value_inr", "value_usd")]
    rates = set(india.table("prices", vintages=True)["published"])
    found = []
    for period, row in value.recorded(india).iterrows():
        days = [rows.loc[period, "published"] for rows in every if period in rows.index]
        days = sorted(day for day in rates | set(days) if day >= min(days))
        then = ((day, value.recorded(india.on(day.date()))) for day in days)
        day, known = next((day, known) for day, known in then if period in known.index)
        for release, one in ((FIRST, known.loc[period]), (LATEST, row)):
            found.append((value.NAME, period, release, one["usd_m"], day, one["source"]))
    return found


def _naive(india: Vintage, rows: pd.DataFrame) -> pd.DataFrame:
    """The naive forecast beside each published one, from what was public on its day."""
    made: dict[str, Callable] = dict.fromkeys(targets.TARGETS, _naive_tonnes) | {value.NAME: _naive_worth}
    found = [made[row["target"]](india.on(row["as_of"]), row) for _, row in rows.iterrows()]
    values = pd.DataFrame(found, columns=list(QUANTILES), index=rows.index)
    return pd.concat([rows.drop(columns=list(QUANTILES)).assign(by=NAIVE), values], axis=1)[MADE]


def _naive_tonnes(then: Vintage, row: pd.Series) -> np.ndarray:
    last = fiscal.fiscal_year(targets.totals(then, row["target"]).index[-1])
    table = forecast.starting_points(then, row["target"], max(1, fiscal.fiscal_year(row["period"]) - last))
    kept = table[(table["model"] == NAIVE) & (table["scenario"] == forecast.RECORDED)]
    return kept[kept["period"] == row["period"]].set_index("quantile")["value"].reindex(QUANTILES).to_numpy()


def _naive_worth(then: Vintage, _: pd.Series) -> np.ndarray:
    known = value.recorded(then)["usd_m"]
    last = known.iloc[-1] if len(known) else np.nan
    return np.where(np.array(QUANTILES) == MIDDLE["median"], last, np.nan)


def _ratio(ours: pd.Series, naive: pd.Series) -> float:
    both = ours.notna() & naive.notna()
    return ours[both].sum() / naive[both].sum() if naive[both].sum() > 0 else np.nan
