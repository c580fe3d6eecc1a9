"""Who supplies: shares and concentration, China's exports month by month, figures out of line."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage
from helpers.methods import concentration
from helpers.outlook import customs

CHINA = {"flow": "export", "reporter": "CHN", "hs": "85051110", "measure": "weight"}
"""China's exports of rare-earth magnets: its own line 85051110, not India's."""


def dependence_on_china(india: Vintage) -> pd.DataFrame:
    """China's share of FY25's imports by line, in weight and value, and what it says of concentration.

    Only the largest share is public, so the Herfindahl index has bounds: the rest with one partner, or with
    very many.

    Returns
    -------
    pd.DataFrame
        Indexed by ``scope`` and ``basis``: ``cr1`` (China), ``hhi_low, hhi_high``, all 0-1.
    """
    rows = []
    for hs, scope in ((customs.METAL, "850511"), (customs.OTHER_METAL, "85051190"), (customs.OTHER, "85051900")):
        share = customs.imports(india, "weight_share", hs=hs, partner="CHN")["value"].get("FY25", np.nan) / 100
        values = [
            customs.imports(india, "value_usd", hs=hs, partner=p)["value"].get("FY25", np.nan) for p in ("CHN", "world")
        ]
        rows += [(scope, "weight", share), (scope, "value", values[0] / values[1])]
    table = pd.DataFrame(rows, columns=["scope", "basis", "cr1"]).dropna().set_index(["scope", "basis"])
    bounds = [concentration.herfindahl_bounds([share]) for share in table["cr1"]]
    return table.assign(hhi_low=[low for low, _ in bounds], hhi_high=[high for _, high in bounds])


def china_by_month(india: Vintage) -> pd.DataFrame:
    """China's exports of rare-earth magnets to the world, every month that is known.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``: ``month`` (Timestamp), ``tonnes``, ``status``.
    """
    rows = india.series("trade", partner="world", **CHINA)
    rows = rows[rows.index.str.fullmatch(r"\d{4}-\d\d")].dropna(subset="value")
    return pd.DataFrame({"month": pd.to_datetime(rows.index), "tonnes": rows["value"], "status": rows["status"]})


def destinations(india: Vintage) -> pd.DataFrame:
    """Where China's rare-earth magnets went in the months for which buyers are known, tonnes.

    Returns
    -------
    pd.DataFrame
        Months as rows, ISO codes of buyers as columns, gaps where a buyer's figure was not published.
    """
    rows = india.table("trade")
    keys = dict(CHINA.items())
    for column, wanted in keys.items():
        rows = rows[rows[column] == wanted]
    rows = rows[(rows["partner"] != "world") & rows["period"].str.fullmatch(r"\d{4}-\d\d") & rows["value"].notna()]
    rows = rows[rows["status"].isin(["reported", "derived"])]
    return rows.pivot(index="period", columns="partner", values="value").rename_axis(columns=None)


def out_of_line(india: Vintage) -> pd.DataFrame:
    """India's yearly exports by line, tested for unit values out of line with their own history.

    The robust test of ``concentration.flag_unit_values``, on the only line with enough years of both
    quantity and value.

    Returns
    -------
    pd.DataFrame
        ``line, period, tonnes, usd_per_kg, usual_usd_per_kg, flagged, quantity_factor``.
    """
    keys = {"flow": "export", "reporter": "IND", "partner": "world"}
    cells = []
    for line in (customs.FERRITE, customs.OTHER_METAL, customs.OTHER):
        tonnes, value = (
            india.series("trade", hs=line, measure=m, **keys)["value"] for m in ("weight", "value_usd")
        )
        both = pd.DataFrame({"tonnes": tonnes, "value_usd": value * 1e6}).dropna()
        cells.append(both.assign(line=line).rename_axis("period").reset_index())
    tested = concentration.flag_unit_values(pd.concat(cells, ignore_index=True), by=["line"])
    usual = tested["unit_value_usd_per_kg"] / np.exp(tested["log_deviation"])
    table = tested.assign(usual_usd_per_kg=usual).rename(columns={"unit_value_usd_per_kg": "usd_per_kg"})
    return table[["line", "period", "tonnes", "usd_per_kg", "usual_usd_per_kg", "flagged", "quantity_factor"]]


def controls(india: Vintage) -> pd.DataFrame:
    """The events that changed what China may ship, with their days: ``period, event, start``."""
    events = india.table("events")
    chinese = events[events["event"].str.startswith(("China, ", "China and ", "China widens", "Scheduled end"))]
    starts = pd.to_datetime([fiscal.span(period)[0] for period in chinese["period"]])
    return chinese.assign(start=starts)[["period", "event", "start"]].reset_index(drop=True)
