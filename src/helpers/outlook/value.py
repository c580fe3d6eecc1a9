"""What India's imports of HS 850511 are worth: one series in dollars, its forecast, and how forecasts of it fared.

The history counts the largest exporters only, free on board. The newest year that India's own record has too gives
the ratio by which all years are raised to that record; a year that only India's record has stands as recorded.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Quantity, Vintage, derived, ids, sources_of
from helpers.ensemble import calibrated
from helpers.ensemble.quantiles import QUANTILES
from helpers.outlook import customs, limits, targets, value_models
from helpers.outlook.forecast import COLUMNS, NAMED, by_quantile

NAME, SCENARIO, MODEL = "value", "history", "ensemble"
KIND = "trade"
"""The kind of series that its calibration comes from."""
NAIVE, DRIFT = "naive", "drift"
LISTED, OWN, OF_FISCAL = "listed, raised", "recorded", "of fiscal years"
LEAST_YEARS = 9
"""Years known at the first origin of the trial."""
WIDE_YEARS, FISCAL_YEARS = limits.REACH[0.025], limits.REACH[0.1]
"""How far ahead there are 95 % and 80 % intervals: it is forecast no farther."""


@targets.remembered
def levels(india: Vintage) -> pd.DataFrame:
    """By how much what India records of a calendar year exceeds what is listed of it, oldest year first.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``: ``listed_usd_m`` (largest exporters, free on board), ``all_usd_m`` (all exporters, free
        on board, where known), ``recorded_usd_m`` (India's own record), ``ratio`` (of that to what is listed),
        ``source``; the last row is the one that counts.
    """
    listed, every, own = (_calendar(india, name) for name in ("value_fob_listed", "value_fob", "value_usd"))
    table = pd.DataFrame({"listed_usd_m": listed["value"], "recorded_usd_m": own["value"]}).dropna()
    table.insert(1, "all_usd_m", every["value"].reindex(table.index))
    source = [ids(*(rows.loc[[year]] for rows in (listed, every, own) if year in rows.index)) for year in table.index]
    return table.assign(ratio=table["recorded_usd_m"] / table["listed_usd_m"], source=source).rename_axis("period")


@targets.remembered
def history(india: Vintage) -> pd.DataFrame:
    """Million dollars of every known calendar year, all on the level of India's own record; oldest first.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``: ``listed_usd_m``, ``usd_m``, ``made`` (:data:`LISTED`; after that :data:`OWN`, or
        :data:`OF_FISCAL`: a quarter of the fiscal year that ends in it and three of the one that begins), ``source``;
        empty while no year ties both counts.
    """
    listed, tie = _calendar(india, "value_fob_listed"), levels(india).tail(1)
    if tie.empty:
        return pd.DataFrame(columns=["listed_usd_m", "usd_m", "made", "source"], index=pd.Index([], name="period"))
    known = listed[["value", "source"]].rename(columns={"value": "listed_usd_m"})
    known["usd_m"] = known["listed_usd_m"] * tie["ratio"].iloc[0]
    known["source"] = [ids(source, tie) for source in known["source"]]
    own = _calendar(india, "value_usd").rename(columns={"value": "usd_m"})
    halves = value_models.on_calendar_years(recorded(india).rename(columns={"usd_m": "value"}))
    made = halves.rename(columns={"value": "usd_m"}).assign(made=OF_FISCAL)
    later = pd.concat([own.assign(made=OWN), made[~made.index.isin(own.index)]]).sort_index()
    table = pd.concat([known.assign(made=LISTED), later[later.index > known.index[-1]]])
    return table[["listed_usd_m", "usd_m", "made", "source"]].rename_axis("period")


def unbroken(table: pd.DataFrame) -> pd.DataFrame:
    """The last years of a table by calendar year that follow each other without a gap."""
    years = table.index.astype(int).to_numpy()
    gaps = np.flatnonzero(np.diff(years) > 1)
    return table.iloc[gaps[-1] + 1 :] if len(gaps) else table


@targets.remembered
def expected(india: Vintage) -> pd.DataFrame:
    """Quantiles of million dollars a fiscal year, by the whole ensemble on India's own history.

    A fiscal year is three quarters of the calendar year in which it begins and a quarter of the next, quantile by
    quantile: as wide as if both years erred together. Years that India's record has are left out.

    Returns
    -------
    pd.DataFrame
        ``forecast.COLUMNS``, of ``QUANTILES`` those that are published; horizon 1 is the first fiscal year that begins
        after the last calendar year known; empty with fewer than :data:`LEAST_YEARS` years without a gap.
    """
    table = limits.published(_fiscal(india))
    return table[~table["period"].isin(recorded(india).index)].reset_index(drop=True)


def intervals(table: pd.DataFrame) -> pd.DataFrame:
    """One row a fiscal year: ``period, horizon, median`` and both intervals, with gaps where none is published."""
    wide = table.pivot(index=["period", "horizon"], columns="quantile", values="value").reindex(columns=list(NAMED))
    wide = wide.rename(columns=NAMED).rename_axis(columns=None).reset_index()
    return wide.sort_values("horizon", ignore_index=True)


def at(table: pd.DataFrame, period: str, india: Vintage) -> Quantity | None:
    """Median and 80 % interval of a fiscal year; None if the forecast has it not."""
    row = table[table["period"] == period].set_index("quantile")["value"]
    if row.empty:
        return None
    return derived(row[0.5], "USD m", history(india), period=period, low=row[0.1], high=row[0.9])


def recorded(india: Vintage) -> pd.DataFrame:
    """What India's record has of whole fiscal years, ``usd_m, source``, by the routes of :func:`customs.values`."""
    measures = (customs.imports(india, measure) for measure in ("value_inr", "value_usd"))
    years = sorted({year for rows in measures for year in rows.index if fiscal.is_fiscal_year(year)})
    found = [customs.values(india, [year]) for year in years]
    known = pd.concat(found) if found else pd.DataFrame(columns=["usd_m", "source"])
    return known[["usd_m", "source"]].rename_axis("period")


def checked(india: Vintage) -> pd.DataFrame:
    """Recorded fiscal years that are partly or wholly after the calendar years known, beside what was to be expected.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``: ``usd_m`` (recorded), ``horizon``, ``median, low80, high80, source``; empty where the
        last calendar year is itself made of recorded fiscal years.
    """
    wide = intervals(_fiscal(india)).set_index("period")[["horizon", "median", "low80", "high80"]]
    if history(india)["made"].tail(1).eq(OF_FISCAL).any():
        wide = wide.iloc[:0]
    return recorded(india).join(wide, how="inner")[["usd_m", *wide.columns, "source"]]


def rebuilt(india: Vintage) -> pd.DataFrame:
    """Recorded fiscal years beside what the calendar years make of them, where both of these are known.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``: ``usd_m`` (recorded), ``made_usd_m``, ``source``.
    """
    table, known = history(india), recorded(india)
    table = table[table["made"] != OF_FISCAL]
    pairs = {period: [str(fiscal.fiscal_year(period) - back) for back in (1, 0)] for period in known.index}
    pairs = {period: years for period, years in pairs.items() if set(years) <= set(table.index)}
    weights = np.array([1 - value_models.QUARTER, value_models.QUARTER])
    made = [weights @ table.loc[years, "usd_m"].to_numpy(float) for years in pairs.values()]
    source = [ids(known.loc[period], table.loc[years]) for period, years in pairs.items()]
    return known.loc[list(pairs), ["usd_m"]].assign(made_usd_m=np.array(made, float), source=source)


@targets.remembered
def backtest(india: Vintage) -> pd.DataFrame:
    """:func:`trial` of India's history."""
    return trial(unbroken(history(india))["usd_m"])


def trial(usd_m: pd.Series) -> pd.DataFrame:
    """Every forecast that would have been made of a series at each year from the :data:`LEAST_YEARS`-th on.

    Parameters
    ----------
    usd_m : pd.Series
        Yearly values without a gap, indexed by calendar year as text.

    Returns
    -------
    pd.DataFrame
        ``origin, horizon, period, model, outturn, median, low80, high80, low95, high95, converged, error`` (log of
        median over outturn); horizons up to :data:`FISCAL_YEARS`, those without an outturn left out. Models:
        the ensemble, :data:`value_models.MODELS`, naive (the last value) and drift (the straight line through the
        first and the last). Naive and drift have no intervals.
    """
    rows = []
    for known in range(LEAST_YEARS, len(usd_m)):
        past, came = usd_m.iloc[:known], usd_m.iloc[known : known + FISCAL_YEARS]
        for model, (levels_, converged) in _models(past.to_numpy(float), len(came)).items():
            made = pd.DataFrame(levels_, columns=QUANTILES)[list(NAMED)].rename(columns=NAMED)
            labels = {"origin": past.index[-1], "model": model, "converged": converged}
            rows.append(made.assign(horizon=range(1, len(came) + 1), period=came.index, outturn=came.array, **labels))
    columns = ["origin", "horizon", "period", "model", "outturn", *NAMED.values(), "converged"]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
    return table[columns].assign(error=np.log(table["median"].astype(float) / table["outturn"].astype(float)))


def skill(tried: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute log error of each model over that of naive, by horizon.

    Returns
    -------
    pd.DataFrame
        Indexed by ``horizon``: ``origins``, a column a model.
    """
    size = tried.assign(size=tried["error"].abs()).pivot_table(index="horizon", columns="model", values="size")
    size = size.reindex(columns=[MODEL, DRIFT, *value_models.MODELS, NAIVE])
    table = size.drop(columns=NAIVE).div(size[NAIVE], axis=0).rename_axis(columns=None)
    table.insert(0, "origins", tried.groupby("horizon")["origin"].nunique())
    return table


def coverage(tried: pd.DataFrame) -> pd.DataFrame:
    """How often the intervals held, in per cent, over all origins, for horizons up to :data:`WIDE_YEARS` and all.

    Returns
    -------
    pd.DataFrame
        ``model``, ``ahead`` (the farthest horizon), ``forecasts``, ``within80``, ``within95``, ``score`` (mean interval
        score of 80 % in log points: width, and ten times each miss), ``unconverged`` (fits).
    """
    rows = []
    for model in (MODEL, *value_models.MODELS) if len(tried) else ():
        for ahead in (WIDE_YEARS, FISCAL_YEARS):
            one = tried[(tried["model"] == model) & (tried["horizon"] <= ahead)]
            held = [100 * one["outturn"].between(one[f"low{n}"], one[f"high{n}"]).mean() for n in (80, 95)]
            low, high, came = (np.log(one[name].to_numpy(float)) for name in ("low80", "high80", "outturn"))
            missed = np.maximum(low - came, 0) + np.maximum(came - high, 0)
            failed = int((~one.drop_duplicates("origin")["converged"].astype(bool)).sum())
            rows.append((model, ahead, len(one), *held, np.mean(high - low + 10 * missed), failed))
    return pd.DataFrame(rows, columns=["model", "ahead", "forecasts", "within80", "within95", "score", "unconverged"])


def used(india: Vintage) -> frozenset[str]:
    """The sources of everything that the forecast is made from."""
    return sources_of(history(india))


@targets.remembered
def _fiscal(india: Vintage) -> pd.DataFrame:
    known = unbroken(history(india))
    if len(known) < LEAST_YEARS:
        return pd.DataFrame(columns=COLUMNS)
    last = int(known.index[-1])
    ahead = _ensemble(known["usd_m"].to_numpy(float), FISCAL_YEARS + 1)
    calendar = np.vstack([np.full(len(QUANTILES), known["usd_m"].iloc[-1]), ahead])
    values = (1 - value_models.QUARTER) * calendar[:-1] + value_models.QUARTER * calendar[1:]
    rows = by_quantile(values, last + 1 + np.arange(len(values)))
    labels = {"as_of": str(india.day), "target": NAME, "origin": known.index[-1], "scenario": SCENARIO, "model": MODEL}
    labels |= {"growth": KIND, "counterfactual": False}
    return rows.assign(horizon=rows["horizon"] - 1, **labels)[COLUMNS]


def _ensemble(past: np.ndarray, horizon: int) -> np.ndarray:
    return calibrated.forecast_quantiles(past[None], horizon, kind=KIND)[0][0]


def _models(past: np.ndarray, horizon: int) -> dict[str, tuple[np.ndarray, bool]]:
    """Quantiles by horizon of every model, and whether its fit converged."""
    steps = np.arange(1, horizon + 1)
    straight = past[-1] + steps * (past[-1] - past[0]) / (len(past) - 1)
    points = {NAIVE: np.full(horizon, past[-1]), DRIFT: np.maximum(straight, np.finfo(float).tiny)}
    middle = np.array(QUANTILES) == 0.5
    only = {name: (np.where(middle, point[:, None], np.nan), True) for name, point in points.items()}
    fitted = {name: fit(past, horizon) for name, fit in value_models.MODELS.items()}
    return {MODEL: (_ensemble(past, horizon), True)} | fitted | only


def _calendar(india: Vintage, measure: str) -> pd.DataFrame:
    """The positive figures of calendar years of one measure."""
    rows = india.series("trade", **targets.CUSTOMS.keys | {"measure": measure}).dropna(subset="value")
    rows = rows.loc[[fiscal.is_calendar_year(period) for period in rows.index]]
    return rows[rows["value"] > 0]
