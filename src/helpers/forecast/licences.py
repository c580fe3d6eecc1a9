"""What China's licences let through: regimes, their probabilities, and the dose of each.

Only the rare-earth part of the imports needs a licence. What followed the end of the suspension on 10 November 2026
is not known here: the regime after it is drawn from stated probabilities.
"""

from datetime import date

import numpy as np
import pandas as pd

from helpers import load

REGIMES = ("open", "partial", "closed")
KNOWN_UNTIL = pd.Period("2026-11", "M")  # the suspension of China's controls ended on 10 November 2026


def regimes(as_of: str | date) -> pd.Series:
    """Probability of each licence regime after the last month whose rules are known, summing to one."""
    return shares(as_of, "regime_probability", REGIMES)


def doses(as_of: str | date, months: pd.PeriodIndex, paths: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Share of the wanted rare-earth magnets that licences let through, months x paths.

    One entry for each regime held for ever, and ``mixture``, in which the regime is drawn after the last month whose
    rules are known and may change every April.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, *b"licences"]))
    rows = assumed(as_of, "regime_dose")
    let_through = {name: triangular(rows.loc[name], paths, rng) for name in REGIMES}
    unknown = _unknown(months, as_of)
    held = {name: np.where(unknown[:, None], let_through[name], let_through["partial"]) for name in REGIMES}
    drawn = _regime_path(as_of, months, unknown, paths, rng)
    table = np.stack([let_through[name] for name in REGIMES])
    return held | {"mixture": table[drawn, np.arange(paths)]}


def triangular(row: pd.Series, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draws between a row's low and high around its value; the value alone where no range is given."""
    if np.isnan(row["low"]):
        return np.full(count, row["value"])
    return rng.triangular(row["low"], row["value"], row["high"], count)


def shares(as_of: str | date, assumption: str, names: tuple[str, ...]) -> pd.Series:
    """One share for each name, summing to one, from the rows of an assumption; a ValueError if they do not."""
    found = assumed(as_of, assumption)["value"].reindex(names)
    if found.isna().any() or (found < 0).any() or abs(found.sum() - 1) > 1e-9:
        raise ValueError(
            f"data/assumptions.csv: {assumption} must be one share for each of {', '.join(names)}, summing to one on "
            f"{as_of}; there is {found.to_dict()}"
        )
    return found


def assumed(as_of: str | date, name: str) -> pd.DataFrame:
    """The rows of an assumption by segment; an error if none was public yet."""
    rows = load.assumption(as_of, name)
    if rows.empty:
        raise ValueError(f"data/assumptions.csv has no row {name} public on {as_of}; ask for a later day")
    return rows


def _unknown(months, as_of) -> np.ndarray:
    return months > min(pd.Timestamp(as_of).to_period("M"), KNOWN_UNTIL)


def _regime_path(as_of, months, unknown, paths, rng) -> np.ndarray:
    """Regime of each month and path as a place in ``REGIMES``."""
    chance = shares(as_of, "regime_probability", REGIMES).to_numpy()
    stays = assumed(as_of, "regime_persistence")["value"].iloc[0]
    drawn = np.full((len(months), paths), REGIMES.index("partial"))
    state = rng.choice(len(REGIMES), paths, p=chance)
    for place in np.flatnonzero(unknown):
        if months[place].month == 4:
            state = np.where(rng.uniform(size=paths) < stays, state, rng.choice(len(REGIMES), paths, p=chance))
        drawn[place] = state
    return drawn
