"""Models of the field beside the ensemble, and a regression on activity, the rupee and a price: statsmodels."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.ensemble.draws import normal
from helpers.ensemble.quantiles import QUANTILES

QUARTER = 0.25
"""The part of a fiscal year that lies in the later of its two calendar years."""
FLAT = 1e-3
"""Slope of the mean log likelihood of a year below which a fit is at its maximum."""
LEAST_EACH = 5
"""Years a regression needs for each of its coefficients, the constant included."""


def exponential_smoothing(past: np.ndarray, horizon: int) -> tuple[np.ndarray, bool]:
    """ETS on logs, errors additive: with or without a trend, by the corrected criterion of Akaike.

    Returns
    -------
    np.ndarray, shape (horizon, levels)
        At ``QUANTILES``.
    bool
        Whether the optimiser ended at a maximum, and nothing else was warned of.
    """
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    logs = pd.Series(np.log(past))
    with _recorded() as said:
        fits = [ETSModel(logs, error="add", trend=trend).fit(disp=False) for trend in (None, "add")]
        best = min(fits, key=lambda fit: fit.aicc)
        made = best.get_prediction(start=len(logs), end=len(logs) + horizon - 1).summary_frame(alpha=0.2)
    spread = (made["pi_upper"] - made["mean"]) / normal(0.9)
    return _quantiles(made["mean"], spread), _at_maximum(best.mle_retvals) and not said


def unobserved_components(past: np.ndarray, horizon: int) -> tuple[np.ndarray, bool]:
    """A local linear trend on logs: level and slope both wander (Harvey 1989). Returned as the other."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    with _recorded() as said:
        best = UnobservedComponents(np.log(past), "local linear trend").fit(disp=False, cov_type="none")
        made = best.get_forecast(horizon)
    return _quantiles(made.predicted_mean, made.se_mean), _at_maximum(best.mle_retvals) and not said


MODELS: dict[str, Callable[[np.ndarray, int], tuple[np.ndarray, bool]]] = {
    "ETS": exponential_smoothing,
    "local linear trend": unobserved_components,
}
"""Models of the trial: functions of yearly values and a horizon."""


@dataclass(frozen=True)
class Regressor:
    """A series that may move the value: its words, its table and keys, and whether its years are fiscal."""

    name: str
    table: str
    keys: tuple[tuple[str, str], ...]
    fiscal: bool = True


_VEHICLES = Regressor("vehicles made", "drivers", (("indicator", "auto_production"), ("segment", "total")))
_TRADE = (("flow", "import"), ("reporter", "IND"), ("partner", "world"), ("hs", "85"), ("measure", "value_usd"))
_ELECTRIC = Regressor("imports of chapter 85", "trade", _TRADE)
_RUPEE = Regressor("rupees a dollar", "prices", (("item", "INR per USD"), ("basis", "fiscal-year mean")))
_NEODYMIUM = Regressor("neodymium oxide", "prices", (("item", "Nd oxide"), ("basis", "annual average")), fiscal=False)
EQUATIONS = ((_VEHICLES, _RUPEE, _NEODYMIUM), (_VEHICLES, _RUPEE), (_ELECTRIC, _RUPEE), (_NEODYMIUM,))
"""The whole equation first, then parts of it for which there may be years enough."""


def regressions(india: Vintage, usd_m: pd.DataFrame) -> pd.DataFrame:
    """Growth of the value on growth of activity, of dollars in rupees and of neodymium's price, all in logs.

    Ordinary least squares with a constant, errors robust to heteroskedasticity and autocorrelation (Newey and West
    1987). Fiscal years are put on calendar years, a quarter of the one that ends and three of the one that begins.

    Parameters
    ----------
    usd_m : pd.DataFrame
        ``value.history``: million dollars by calendar year.

    Returns
    -------
    pd.DataFrame
        A row an equation and regressor: ``equation, regressor, years, needed, since, until, elasticity, error,
        p_value, r2, durbin_watson, jarque_bera`` (its p-value), ``condition, source``. Where there are fewer years
        than :data:`LEAST_EACH` for each coefficient, what would be estimated is missing.
    """
    return pd.concat([_estimated(india, usd_m, equation) for equation in EQUATIONS], ignore_index=True)


def on_calendar_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Fiscal years (``value, source``) as calendar ones: a quarter of the year that ends, three of that which begins.

    Only calendar years whose two fiscal years are both known.
    """
    rows = rows.loc[[fiscal.is_fiscal_year(period) for period in rows.index]]
    rows = rows.set_axis([fiscal.fiscal_year(period) for period in rows.index])
    both = [year for year in rows.index if year + 1 in rows.index]
    ends, begins = (rows["value"].reindex([year + step for year in both]).to_numpy(float) for step in (0, 1))
    source = [ids(rows.loc[[year, year + 1]]) for year in both]
    index = pd.Index([str(year) for year in both], name="period")
    return pd.DataFrame({"value": QUARTER * ends + (1 - QUARTER) * begins, "source": source}, index=index)


def _estimated(india: Vintage, usd_m: pd.DataFrame, equation: tuple[Regressor, ...]) -> pd.DataFrame:
    found = {one.name: _by_calendar_year(india, one) for one in equation}
    logs = pd.DataFrame({"value": usd_m["usd_m"]} | {name: rows["value"] for name, rows in found.items()})
    logs = np.log(logs.astype(float)).set_axis(logs.index.astype(int)).sort_index()
    logs = logs.reindex(range(logs.index.min(), logs.index.max() + 1)) if len(logs) else logs
    growth, names = logs.diff().dropna(), list(found)
    inside = growth.index.astype(str)
    needed = LEAST_EACH * (1 + len(names))
    base = {"equation": ", ".join(names), "regressor": names, "years": len(growth), "needed": needed}
    base |= dict(zip(("since", "until"), inside[[0, -1]] if len(inside) else ("", ""), strict=True))
    blank = dict.fromkeys(["elasticity", "error", "p_value", *_DIAGNOSTICS], np.nan)
    told = _fit(growth, names) if len(growth) >= needed else {}
    used = ids(usd_m, *(rows.loc[rows.index.isin(logs.index.astype(str))] for rows in found.values()))
    return pd.DataFrame(base | blank | told | {"source": used})


_DIAGNOSTICS = ("r2", "durbin_watson", "jarque_bera", "condition")


def _fit(growth: pd.DataFrame, names: list[str]) -> dict[str, object]:
    import statsmodels.api as sm
    from statsmodels.stats.stattools import durbin_watson, jarque_bera

    lags = int(4 * (len(growth) / 100) ** (2 / 9))
    known = sm.add_constant(growth[names])
    robust = {"maxlags": lags, "use_correction": True}
    fit = sm.OLS(growth["value"], known).fit(cov_type="HAC", cov_kwds=robust, use_t=True)
    each = {"elasticity": fit.params, "error": fit.bse, "p_value": fit.pvalues}
    tests = fit.rsquared, durbin_watson(fit.resid), jarque_bera(fit.resid)[1], np.linalg.cond(known)
    return {name: of[names].to_numpy() for name, of in each.items()} | dict(zip(_DIAGNOSTICS, tests, strict=True))


def _by_calendar_year(india: Vintage, one: Regressor) -> pd.DataFrame:
    rows = india.series(one.table, **dict(one.keys)).dropna(subset="value")[["value", "source"]]
    if one.fiscal:
        return on_calendar_years(rows)
    return rows.loc[[fiscal.is_calendar_year(period) for period in rows.index]]


@contextmanager
def _recorded() -> Iterator[list[warnings.WarningMessage]]:
    """What is warned of but the word of the optimiser, which :func:`_at_maximum` judges."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield said


def _at_maximum(ended: Mapping) -> bool:
    """Whether a search ended where the likelihood is flat, even where rounding stopped it there and it complains."""
    return bool(ended["converged"] or np.abs(ended["gopt"]).max() < FLAT)


def _quantiles(mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    z = normal(np.array(QUANTILES))
    return np.exp(np.asarray(mean)[:, None] + np.asarray(spread)[:, None] * z)
