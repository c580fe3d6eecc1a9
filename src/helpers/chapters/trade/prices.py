"""What magnets and their metal cost: unit values, neodymium, the rupee."""

import numpy as np
import pandas as pd

from helpers.data import Vintage
from helpers.methods import decomposition
from helpers.outlook import customs


def neodymium(india: Vintage) -> pd.DataFrame:
    """Neodymium, 99.5 %, FOB China: monthly means of daily quotes, ``usd_per_kg`` indexed by ``month``."""
    rows = india.series("prices", item="Nd 99.5 %", basis="FOB China, mean of daily quotes")["value"]
    rows = rows[rows.index.str.len() == 7]
    return rows.set_axis(pd.to_datetime(rows.index)).rename("usd_per_kg").rename_axis("month").to_frame()


def unit_values(india: Vintage) -> pd.DataFrame:
    """Unit values side by side: India's imports under HS 850511, and China's exports of rare-earth magnets.

    Returns
    -------
    pd.DataFrame
        ``period, what, usd_per_kg, status``, by what and period.
    """
    ours = customs.imports(india, "unit_value").assign(what="India's imports, HS 850511")
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110", "measure": "unit_value"}
    china = india.series("trade", **keys).assign(what="China's exports, rare-earth magnets")
    both = pd.concat([ours, china]).dropna(subset="value").reset_index().rename(columns={"value": "usd_per_kg"})
    return both[["what", "period", "usd_per_kg", "status"]]


def growth_bridge(india: Vintage) -> pd.DataFrame:
    """Growth from FY24 to FY25 in rupees, dollars and tonnes, which add up in logs.

    Returns
    -------
    pd.DataFrame
        Indexed by quantity: ``log_change`` and ``per_cent``; empty until the rupee value and rate are public.
    """
    rate = india.series("prices", item="INR per USD", basis="fiscal-year mean")["value"]
    years = ["FY24", "FY25"]
    table = pd.DataFrame(
        {
            "tonnes": customs.imports(india)["value"].reindex(years),
            "value_inr": customs.imports(india, "value_inr")["value"].reindex(years) * 1e7,
            "inr_per_usd": rate.reindex(years),
        }
    )
    if table.isna().any(axis=None):
        return pd.DataFrame(columns=["log_change", "per_cent"], index=pd.Index([], name="quantity"), dtype=float)
    change = decomposition.log_growth_bridge(table).iloc[0].drop("since").astype(float)
    return pd.DataFrame({"log_change": change, "per_cent": np.expm1(change) * 100}).rename_axis("quantity")
