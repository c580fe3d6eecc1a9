"""What China's licences let through: regimes, their probabilities, and the dose of each.

Only the rare-earth part of the imports needs a licence. The months whose rules are known are rows of ``regimes.csv``;
after them, and after the day of a vintage, the regime is drawn from stated probabilities.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage

REGIMES = ("open", "partial", "closed")
SEED = 1


def regimes(india: Vintage) -> pd.Series:
    """Probability of each licence regime after the last month whose rules are known, summing to one."""
    return shares(india, "regime_probability", REGIMES)


def known(india: Vintage) -> pd.DataFrame:
    """The regimes whose months are known: ``period, regime, status, published, written, source, note``."""
    rows = india.table("regimes").sort_values("published")
    return rows.drop_duplicates("period", keep="last")


def known_until(india: Vintage) -> pd.Period:
    """The last month, up to that of the day, whose rules are known from ``regimes.csv``."""
    now = pd.Timestamp(india.day).to_period("M")
    spans = [fiscal.months(period) for period in known(india)["period"]]
    begun = [min(span[-1], now) for span in spans if span[0] <= now]
    if not begun:
        raise ValueError(f"data/regimes.csv has no month up to {now}: add the rules that held then")
    return max(begun)


def current(india: Vintage) -> str:
    """The regime of the last month whose rules are known."""
    last = known_until(india)
    return next(row.regime for row in known(india).iloc[::-1].itertuples() if last in fiscal.months(row.period))


def doses(india: Vintage, months: pd.PeriodIndex, paths: int, seed: int = SEED) -> dict[str, np.ndarray]:
    """Share of the wanted rare-earth magnets that licences let through, months x paths.

    One entry for each regime held for ever, and ``mixture``, in which the regime is drawn after the last month whose
    rules are known and may change every April. Until then the regime is the current one.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, *b"licences"]))
    rows = assumed(india, "regime_dose")
    let_through = {name: triangular(rows.loc[name], paths, rng) for name in REGIMES}
    unknown, now = months > known_until(india), current(india)
    held = {name: np.where(unknown[:, None], let_through[name], let_through[now]) for name in REGIMES}
    drawn = _regime_path(india, months, unknown, now, paths, rng)
    table = np.stack([let_through[name] for name in REGIMES])
    return held | {"mixture": table[drawn, np.arange(paths)], "current": let_through[now]}


def triangular(row: pd.Series, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draws between a row's low and high around its value; the value alone where no range is given."""
    if np.isnan(row["low"]):
        return np.full(count, row["value"])
    return rng.triangular(row["low"], row["value"], row["high"], count)


def shares(india: Vintage, assumption: str, names: tuple[str, ...]) -> pd.Series:
    """One share for each name, summing to one, from the rows of an assumption; a ValueError if they do not."""
    found = assumed(india, assumption)["value"].reindex(names)
    if found.isna().any() or (found < 0).any() or abs(found.sum() - 1) > 1e-9:
        raise ValueError(
            f"data/assumptions.csv: {assumption} must be one share for each of {', '.join(names)}, summing to one on "
            f"{india.day}; there is {found.to_dict()}"
        )
    return found


def assumed(india: Vintage, name: str) -> pd.DataFrame:
    """The rows of an assumption by segment; an error if none was public yet."""
    rows = india.assumption(name)
    if rows.empty:
        raise ValueError(f"data/assumptions.csv has no row {name} public on {india.day}; ask for a later day")
    return rows


def _regime_path(india, months, unknown, now, paths, rng) -> np.ndarray:
    """Regime of each month and path as a place in ``REGIMES``."""
    chance = shares(india, "regime_probability", REGIMES).to_numpy()
    stays = assumed(india, "regime_persistence")["value"].iloc[0]
    drawn = np.full((len(months), paths), REGIMES.index(now))
    state = rng.choice(len(REGIMES), paths, p=chance)
    for place in np.flatnonzero(unknown):
        if months[place].month == 4:
            state = np.where(rng.uniform(size=paths) < stays, state, rng.choice(len(REGIMES), paths, p=chance))
        drawn[place] = state
    return drawn
