"""A year of which some months are known: the simple rule that no model has beaten.

The mean of two routes: the year to date over its usual share of the year, and the year to date plus a forecast of
the missing months.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.ensemble.combine import combined
from helpers.ensemble.quantiles import QUANTILES

FEWEST_MONTHS = 24
UNKNOWN_SPREAD = 0.1  # of a share or of growth of which a single year is known, log points


def year_to_date(months: pd.Series) -> pd.Series:
    """The year of which some months are known: usual share and monthly forecast, averaged.

    :math:`(Y / \\bar s + Y + \\hat R) / 2` with the year to date :math:`Y`, its mean share :math:`\\bar s` in up
    to three complete years before, and the forecast :math:`\\hat R` of the missing months by
    :func:`combine.combined`. Log errors are Student's t; their scale was learned on other series
    (:func:`learned`).

    Parameters
    ----------
    months : pd.Series
        At least 24 consecutive positive months on a monthly PeriodIndex; the last fiscal year is incomplete.

    Returns
    -------
    pd.Series
        The fiscal year's total, indexed by ``QUANTILES``; never below the year to date.

    Raises
    ------
    ValueError
        Fewer months, a gap, or no part of the year missing.
    """
    from scipy.special import stdtrit

    known = (months.index[-1].month - 4) % 12 + 1
    gapless = (np.diff(months.index.asi8) == 1).all()
    if len(months) < FEWEST_MONTHS or not gapless or known == 12:
        raise ValueError(
            f"year-to-date needs {FEWEST_MONTHS} consecutive months and an incomplete year; "
            f"there are {len(months)} from {months.index[0]} to {months.index[-1]}"
        )
    done, by_share, by_forecast, features = year_routes(months.to_numpy(dtype=float), known)
    scale = np.exp(features @ learned()["coefficients"])
    year = (by_share + by_forecast) / 2 * np.exp(scale * stdtrit(learned()["freedom"], np.array(QUANTILES)))
    return pd.Series(np.maximum(year, done), index=QUANTILES)


def year_routes(values: np.ndarray, known: int) -> tuple[float, float, float, np.ndarray]:
    """Two routes to the total of a year of which ``known`` months end the series, and what tells their error.

    Returns
    -------
    done, by_share, by_forecast : float
        The year to date, the year by its usual share, the year by a forecast of the missing months.
    features : np.ndarray
        One, and the logs of: the part still missing, how much the share has moved over the years, how far the two
        routes disagree, how much yearly growth has moved.
    """
    done, before = values[-known:].sum(), values[:-known]
    years = before[len(before) % 12 :].reshape(-1, 12)
    shares = years[:, :known].sum(axis=1) / years.sum(axis=1)
    by_share = done / shares[-3:].mean()
    by_forecast = done + combined(values, 12 - known, learned()["growth"], 12).point.sum()
    changes = np.diff(np.log(values[-(len(values) // 12) * 12 :].reshape(-1, 12).sum(axis=1)))
    moved = np.log(shares).std() if len(shares) > 1 else UNKNOWN_SPREAD / 2
    features = np.log(
        [
            np.e,
            1 - known / 12,
            0.005 + moved,
            0.005 + abs(np.log(by_forecast / by_share)),
            0.01 + (changes.std() if len(changes) > 1 else UNKNOWN_SPREAD),
        ]
    )
    return done, by_share, by_forecast, features


@cache
def learned() -> dict:
    """What other series taught, from ``part_year.json``: growth, and the error of a year known in part.

    ``coefficients`` are those of the log error scale on the features of :func:`year_routes`, ``freedom`` the degrees of
    freedom of the error; ``benchmarks/nowcast.py`` learns both, ``benchmarks/calibrate.py`` the growth.
    """
    return json.loads(Path(__file__).with_name("part_year.json").read_text(encoding="utf-8"))


def plain_months(sums: pd.Series) -> pd.Series | None:
    """The consecutive single months that end what is known, if there are at least 24; else None."""
    single = {fiscal.months(period)[0]: value for period, value in sums.items() if len(fiscal.months(period)) == 1}
    last = max(fiscal.months(period)[-1] for period in sums.index)
    run = [last]
    while run[-1] - 1 in single:
        run.append(run[-1] - 1)
    if last not in single or len(run) < FEWEST_MONTHS:
        return None
    return pd.Series({month: float(single[month]) for month in reversed(run)})
