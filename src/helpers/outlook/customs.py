"""What the baseline is: 53,748 t under HS 850511, taken apart into halves, tariff lines and scopes.

Every function reads through ``load`` and returns what can be computed from figures public by ``as_of``;
a row that was not yet known then is not there.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage

METAL, FERRITE, OTHER_METAL, OTHER = "850511", "85051110", "85051190", "85051900"
LINES = {
    FERRITE: "85051110 ferrite cores",
    OTHER_METAL: "85051190 other metal magnets",
}


def imports(india: Vintage, measure: str = "weight", hs: str = METAL, partner: str = "world") -> pd.DataFrame:
    """India's imports as published, one row a period (``load.series``)."""
    keys = {"flow": "import", "reporter": "IND", "partner": partner, "hs": hs, "measure": measure}
    return india.series("trade", **keys)


def baseline(india: Vintage) -> pd.DataFrame:
    """Every published version of FY25's tonnes under HS 850511, oldest first.

    Returns
    -------
    pd.DataFrame
        ``published, value, low, high`` (tonnes), ``status, source, note``.
    """
    rows = india.table("trade", vintages=True)
    keys = {"flow": "import", "partner": "world", "hs": METAL, "measure": "weight", "period": "FY25"}
    for column, wanted in keys.items():
        rows = rows[rows[column] == wanted]
    rows = rows.sort_values(["published", "source"])
    return rows[["published", "value", "low", "high", "status", "source", "note"]].reset_index(drop=True)


def halves(india: Vintage) -> pd.DataFrame:
    """Half-years FY25-H1 to FY26-H1, the first from the published fall, the second as the rest of its year.

    ``FY25-H1 = FY26-H1 / (1 + fall)``, ``FY25-H2 = FY25 - FY25-H1``. The range is that of the rounding of
    the fall, printed to a whole per cent.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``: ``tonnes, low, high, t_per_month``; empty until FY26-H1 and its fall are public.
    """
    weight, change = imports(india), imports(india, "weight_yoy")
    if "FY26-H1" not in weight.index or "FY26-H1" not in change.index or "FY25" not in weight.index:
        return pd.DataFrame(
            columns=["tonnes", "low", "high", "t_per_month"], index=pd.Index([], name="period"), dtype=float
        )
    now, year = weight.loc["FY26-H1", "value"], weight.loc["FY25", "value"]
    fall = change.loc["FY26-H1", ["value", "high", "low"]].to_numpy(dtype=float)
    before = now / (1 + fall / 100)
    rest = year - before[[0, 2, 1]]
    table = pd.DataFrame(
        [before, rest, [now, now, now]],
        columns=["tonnes", "low", "high"],
        index=pd.Index(["FY25-H1", "FY25-H2", "FY26-H1"], name="period"),
    )
    return table.assign(t_per_month=table["tonnes"] / 6)


def run_rates(india: Vintage) -> pd.DataFrame:
    """What a year holds at the rate since the spike, by three reckonings, with the range of the rounding.

    Twice the last half; the twelve months to its end; the same twelve months if FY25 is the total that was
    printed later (as "nearly 53,000").

    Returns
    -------
    pd.DataFrame
        Indexed by ``reckoning``: ``tonnes, low, high``; empty until the halves are public.
    """
    parts = halves(india)
    if parts.empty:
        return pd.DataFrame(columns=["tonnes", "low", "high"], index=pd.Index([], name="reckoning"), dtype=float)
    now, before = parts.loc["FY26-H1", ["tonnes", "low", "high"]], parts.loc["FY25-H2", ["tonnes", "low", "high"]]
    rows = {"twice FY26-H1": 2 * now, "FY25-H2 and FY26-H1": before + now}
    versions = baseline(india)
    later = versions[versions["published"] > versions.loc[versions["status"] == "reported", "published"].max()]
    if len(later):
        restated = later.iloc[-1]
        gap = restated[["value", "low", "high"]].to_numpy(dtype=float) - imports(india).loc["FY25", "value"]
        rows["the same, FY25 as printed later"] = before + now + gap
    return pd.DataFrame(rows).T.astype(float).rename_axis("reckoning")


def base_effect(india: Vintage) -> float:
    """Share of the published fall (in logs) that had happened before the half began; NaN until it is public.

    ``ln(FY25-H2 / FY25-H1) / ln(FY26-H1 / FY25-H1)``.
    """
    parts = halves(india)["tonnes"]
    if parts.empty:
        return np.nan
    return np.log(parts["FY25-H2"] / parts["FY25-H1"]) / np.log(parts["FY26-H1"] / parts["FY25-H1"])


def rates(india: Vintage) -> pd.DataFrame:
    """Tonnes a month in every known period, the finest that do not overlap.

    A half whose first or last month is known is shown as that month and the rest.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``, oldest first: ``start, end`` (dates), ``months, tonnes, t_per_month``.
    """
    weight = imports(india)
    published = weight[weight["status"].isin(["reported", "derived"])]["value"]
    parts = halves(india)["tonnes"].to_dict()
    years = {p: v for p, v in published.items() if fiscal.is_fiscal_year(p)}
    if parts:  # FY25 is there as its halves
        years.pop("FY25")
    shown = {fiscal.fiscal_year(p) for p in years}
    months = {p: v for p, v in published.items() if len(fiscal.months(p)) == 1 and fiscal.fiscal_year(p) not in shown}
    for half in list(parts):
        inside = fiscal.months(half)
        for edge, rest in ((inside[0], inside[1:]), (inside[-1], inside[:-1])):
            if str(edge) in months and half in parts:
                parts[fiscal.name(rest)] = parts.pop(half) - months[str(edge)]
    table = pd.DataFrame({"tonnes": years | parts | months}).rename_axis("period")
    spans = [fiscal.span(p) for p in table.index]
    table["start"], table["end"] = pd.to_datetime([s[0] for s in spans]), pd.to_datetime([s[1] for s in spans])
    table["months"] = [len(fiscal.months(p)) for p in table.index]
    table["t_per_month"] = table["tonnes"] / table["months"]
    return table.sort_values(["start", "end"])[["start", "end", "months", "tonnes", "t_per_month"]]


def lines(india: Vintage) -> pd.DataFrame:
    """FY25's HS 850511 by Indian tariff line: the one computed from China's share, the other as the rest.

    ``85051190 = China's tonnes / China's share``; ``85051110 = 850511 - 85051190``, in tonnes and in
    dollars (rupees at the year's mean rate).

    Returns
    -------
    pd.DataFrame
        Indexed by the line's code and text: ``tonnes, usd_m, usd_per_kg, weight_share, value_share``; empty
        until the lines were public.
    """
    china = _value(imports(india, hs=OTHER_METAL, partner="CHN"), "FY25")
    share = _value(imports(india, "weight_share", hs=OTHER_METAL, partner="CHN"), "FY25")
    total, dollars = _value(imports(india), "FY25"), value_usd(india)
    line_dollars = _value(imports(india, "value_usd", hs=OTHER_METAL), "FY25")
    tonnes = china / (share / 100)
    table = pd.DataFrame(
        {"tonnes": [total - tonnes, tonnes], "usd_m": [dollars - line_dollars, line_dollars]},
        index=pd.Index([LINES[FERRITE], LINES[OTHER_METAL]], name="line"),
    ).dropna()
    table["usd_per_kg"] = table["usd_m"] / table["tonnes"] * 1000
    return table.assign(
        weight_share=table["tonnes"] / table["tonnes"].sum(), value_share=table["usd_m"] / table["usd_m"].sum()
    )


def value_usd(india: Vintage, period: str = "FY25") -> float:
    """Million dollars of HS 850511: the rupee value at the fiscal year's mean rate, else as published in dollars."""
    rupees = _value(imports(india, "value_inr"), period)
    rate = _value(india.series("prices", item="INR per USD", basis="fiscal-year mean"), period)
    exact = rupees * 10 / rate  # a crore is ten million
    return exact if np.isfinite(exact) else _value(imports(india, "value_usd"), period)


def growth(india: Vintage) -> pd.DataFrame:
    """FY24 to FY25 in tonnes, dollars and dollars a kilogram.

    Returns
    -------
    pd.DataFrame
        Indexed by quantity: ``FY24, FY25, change`` (a fraction).
    """
    weight = imports(india)["value"]
    value = imports(india, "value_usd")["value"]
    table = pd.DataFrame(
        {
            year: {"tonnes": weight.get(year, np.nan), "million USD": value.get(year, np.nan)}
            for year in ("FY24", "FY25")
        }
    )
    table.loc["USD per kg"] = table.loc["million USD"] / table.loc["tonnes"] * 1000
    return table.assign(change=table["FY25"] / table["FY24"] - 1).dropna()


def scopes(india: Vintage) -> pd.DataFrame:
    """What is called India's magnet imports, from the widest scope to the narrowest, tonnes a year.

    Returns
    -------
    pd.DataFrame
        Indexed by ``scope``: ``period, tonnes, low, high, status, source``; scopes not public yet are left out.
    """
    wanted = [
        ("All metal magnets, HS 850511", imports(india), "FY25"),
        ("Line 85051190, metal magnets other than ferrite cores", imports(india, hs=OTHER_METAL), "FY25"),
        (
            "Rare-earth magnets used in India",
            india.series("production", area="IND", stage="use", commodity="REPM", measure="consumption"),
            "2025",
        ),
        (
            "Rare-earth magnets shipped by China to India",
            india.series("trade", flow="export", reporter="CHN", partner="IND", hs=FERRITE, measure="weight"),
            "2025",
        ),
        ("Rare-earth magnets imported by car makers", imports(india, "weight_auto", hs="REPM"), "FY25"),
    ]
    rows = [
        {"scope": scope, "period": period, **found.loc[period, ["value", "low", "high", "status", "source"]]}
        for scope, found, period in wanted
        if period in found.index
    ]
    table = pd.DataFrame(rows, columns=["scope", "period", "value", "low", "high", "status", "source"]).set_index(
        "scope"
    )
    return table.rename(columns={"value": "tonnes"})


def _value(rows: pd.DataFrame, period: str) -> float:
    return rows["value"].get(period, np.nan)
