"""What China's licences let through: regimes, their probabilities, and the dose of each.

Only the rare-earth part of the imports needs a licence. The months whose rules are known are rows of ``regimes.csv``;
after them the regime is drawn from stated probabilities. What is only reported at second hand is told, and not used.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage
from helpers.outlook import targets
from helpers.outlook.others import LEFT_OUT

REGIMES = ("open", "partial", "closed")
DRAWN, CURRENT = "drawn", "current"
LICENSED = "licensed_share"
SEED = 1


def regimes(india: Vintage) -> pd.Series:
    """Probability of each licence regime after the last month whose rules are known, summing to one."""
    return shares(india, "regime_probability", REGIMES)


@targets.remembered
def known(india: Vintage) -> pd.DataFrame:
    """The rows of rules that may be used: ``period, regime, term, status, published, written, source, note``."""
    rows = india.table("regimes").sort_values("published", kind="stable")
    return rows[~rows["status"].isin(LEFT_OUT)].drop_duplicates("period", keep="last")


@targets.remembered
def rules(india: Vintage) -> pd.Series:
    """The regime of each month whose rules are known, oldest first; a newer row overrides an older one.

    Rules of ``term`` open are known up to the month of the day, those of term set as far ahead as they were announced,
    unless a gap lies between.
    """
    now, found = pd.Timestamp(india.day).to_period("M"), {}
    for row in known(india).itertuples():
        found |= {month: row.regime for month in fiscal.months(row.period) if row.term == "set" or month <= now}
    begun = [month for month in found if month <= now]
    if not begun:
        raise ValueError(f"data/regimes.csv has no month up to {now}: add the rules that held then")
    last = max(begun)
    while last + 1 in found:
        last += 1
    return pd.Series(found).sort_index()[:last]


def known_until(india: Vintage) -> pd.Period:
    """The last month whose rules are known from ``regimes.csv``."""
    return rules(india).index[-1]


def hearsay(india: Vintage) -> pd.Series | None:
    """The newest row of rules that is only reported at second hand and reaches beyond those known; None without one.

    No forecast reckons with it: until an act is seen, what comes is drawn as if it were not reported.
    """
    rows = india.table("regimes").sort_values("published", kind="stable")
    known_to, rows = known_until(india), rows[rows["status"] == "weak"]
    rows = rows.loc[[fiscal.months(period)[-1] > known_to for period in rows["period"]]]
    return rows.iloc[-1] if len(rows) else None


def current(india: Vintage) -> str:
    """The regime of the month of the day, or of the last month before it whose rules are known."""
    return rules(india)[: pd.Timestamp(india.day).to_period("M")].iloc[-1]


def doses(
    india: Vintage, months: pd.PeriodIndex, paths: int, wanted: tuple[str, ...] = REGIMES, seed: int = SEED
) -> dict[str, np.ndarray]:
    """Share of the wanted rare-earth magnets of all origins that licences let through, months x paths.

    Of China's part :math:`c` (row ``licensed_share``) a regime lets :math:`d` through; others need no Chinese licence:
    :math:`1 - c (1 - d)`. What is ``wanted``: a regime held for ever; :data:`DRAWN`, where it is drawn after the last
    month whose rules are known and may change every April; :data:`CURRENT`, that of the day in all months. Until that
    last month each has its own regime.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, *b"licences"]))
    rows, ruled = assumed(india, "regime_dose"), rules(india)
    table = np.stack([triangular(rows.loc[name], paths, rng) for name in REGIMES])
    china = triangular(assumed(india, LICENSED).iloc[0], paths, rng)
    unknown = months > ruled.index[-1]
    ruled = ruled.reindex(months, method="ffill").fillna(ruled.iloc[0]).map(REGIMES.index).to_numpy()
    every = {name: np.where(unknown[:, None], table[REGIMES.index(name)], table[ruled])
             for name in wanted if name in REGIMES}  # fmt: skip
    if DRAWN in wanted:
        place = np.where(unknown[:, None], _regime_path(india, months, unknown, paths, rng), ruled[:, None])
        every[DRAWN] = table[place, np.arange(paths)]
    if CURRENT in wanted:
        every[CURRENT] = table[REGIMES.index(current(india))]
    return {name: 1 - china * (1 - dose) for name, dose in every.items()}


def since(india: Vintage, base: str, months: pd.PeriodIndex, paths: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The doses of months, months x paths, and the mean dose of a base period, by regime.

    What came in the base period is what its licences had let through: counted from it, they act once.
    """
    observed = fiscal.months(base)
    dose = doses(india, observed.union(months), paths)
    places = {month: place for place, month in enumerate(observed.union(months))}
    then, ahead = ([places[month] for month in some] for some in (observed, months))
    return {name: (dose[name][ahead], dose[name][then].mean(axis=0)) for name in REGIMES}


def triangular(row: pd.Series, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draws between a row's low and high around its value; the value alone where there is no range."""
    if np.isnan(row["low"]) or row["low"] == row["high"]:
        return np.full(count, row["value"])
    return rng.triangular(row["low"], row["value"], row["high"], count)


def shares(india: Vintage, assumption: str, names: tuple[str, ...]) -> pd.Series:
    """One share for each name, summing to one, from the rows of an assumption; a ValueError if they do not."""
    found = assumed(india, assumption)["value"].reindex(names)
    if found.isna().any() or (found < 0).any() or abs(found.sum() - 1) > 1e-9:
        must = f"must be one share for each of {', '.join(names)}, summing to one on {india.day}"
        raise ValueError(f"data/assumptions.csv: {assumption} {must}; there is {found.to_dict()}")
    return found


def assumed(india: Vintage, name: str) -> pd.DataFrame:
    """The rows of an assumption by segment; an error if none was public yet."""
    rows = india.assumption(name)
    if rows.empty:
        raise ValueError(f"data/assumptions.csv has no row {name} public on {india.day}; ask for a later day")
    return rows


def _regime_path(india, months, unknown, paths, rng) -> np.ndarray:
    """Regime of each month and path as a place in ``REGIMES``, drawn from the first month without known rules on."""
    chance = shares(india, "regime_probability", REGIMES).to_numpy()
    stays = assumed(india, "regime_persistence")["value"].iloc[0]
    drawn = np.zeros((len(months), paths), dtype=int)
    state = rng.choice(len(REGIMES), paths, p=chance)
    for place in np.flatnonzero(unknown):
        if months[place].month == 4:
            state = np.where(rng.uniform(size=paths) < stays, state, rng.choice(len(REGIMES), paths, p=chance))
        drawn[place] = state
    return drawn
