"""What part of line 85051190, by its price, is rare-earth magnet: a blend of dear and cheap goods taken apart."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.methods import composition
from helpers.outlook import customs

DRAWS = 20_000
SEED = 850511


def rare_earth_part(india: Vintage, year: str) -> pd.DataFrame:
    """Rare-earth magnets among a year's tonnes under HS 850511, as a distribution.

    The line of other metal magnets, by China and the others, is a blend of rare-earth and other magnets whose shares
    its unit value gives (:mod:`helpers.methods.composition`). The price of rare-earth magnets is what China was paid
    for them; the other priors are rows of ``data/assumptions.csv``. Ferrite cores hold none.

    Returns
    -------
    pd.DataFrame
        Indexed by ``probability``: ``tonnes``, ``source``; empty while the line is not known by origin, or the prices
        do not tell the two kinds apart.
    """
    cells, paid, other = metal_by_origin(india, year), paid_to_china(india, year), others_cost(india)
    empty = pd.DataFrame(columns=["tonnes", "source"], index=pd.Index([], name="probability"))
    if cells.empty or paid.empty or other is None:
        return empty
    spread = india.assumption("composition_prior").loc["price of rare-earth magnets, spread"]
    if paid["value"].mean() * np.exp(-5 * spread["value"]) <= other["high"]:
        return empty
    priced, price = cells.assign(other_low=other["low"], other_high=other["high"]), paid["value"].mean()
    drawn = composition.simulate_repm_tonnes(
        priced, repm_median=price, repm_log_sd=spread["value"], draws=DRAWS, seed=SEED
    )
    tonnes = drawn.sum(axis=1).quantile([0.05, 0.1, 0.5, 0.9, 0.95]).rename_axis("probability")
    return tonnes.to_frame("tonnes").assign(source=ids(paid, other, spread, cells))


def metal_by_origin(india: Vintage, year: str) -> pd.DataFrame:
    """The line of other metal magnets from China and from the others: ``tonnes, unit_value_usd_per_kg, source``."""
    keys = [("weight", "world"), ("weight", "CHN"), ("value_usd", "world"), ("value_usd", "CHN")]
    rows = [customs.imports(india, measure, customs.OTHER_METAL, partner) for measure, partner in keys]
    empty = pd.DataFrame(columns=["tonnes", "unit_value_usd_per_kg", "source"])
    if not all(year in table.index for table in rows):
        return empty
    tonnes, china, usd_m, china_usd = (table.loc[year, "value"] for table in rows)
    cells = pd.DataFrame({"tonnes": [china, tonnes - china], "usd_m": [china_usd, usd_m - china_usd]})
    if (cells <= 0).any(axis=None):
        return empty
    cells["unit_value_usd_per_kg"] = cells["usd_m"] / cells["tonnes"] * 1000
    used = ids(*(table.loc[year] for table in rows))
    return cells.drop(columns="usd_m").assign(source=used).set_axis(["China", "others"])


def paid_to_china(india: Vintage, year: str) -> pd.DataFrame:
    """Unit values of China's exports of rare-earth magnets, USD per kg: months of a year, else the newest before."""
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": customs.FERRITE, "measure": "unit_value"}
    paid = india.series("trade", **keys).dropna(subset="value")
    paid = paid[paid.index.str.fullmatch(r"\d{4}-\d\d")]
    inside = paid[paid.index.isin([str(month) for month in fiscal.months(year)])]
    return inside if len(inside) else paid[paid.index < str(fiscal.months(year)[0])].tail(1)


def others_cost(india: Vintage) -> pd.Series | None:
    """What other metal magnets cost, USD per kg: ``low, high, source``, our judgement; None while there is none."""
    priors, name = india.assumption("composition_prior"), "unit value of other magnets"
    return priors.loc[name] if name in priors.index else None
