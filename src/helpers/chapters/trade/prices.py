"""What magnets and their metal cost: growth in tonnes and money, the value of all years, neodymium."""

from itertools import pairwise

import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids, sources_of
from helpers.outlook import customs


def neodymium(india: Vintage) -> pd.DataFrame:
    """Neodymium, 99.5 %, FOB China: monthly means of daily quotes, ``usd_per_kg, source`` indexed by ``month``."""
    rows = india.series("prices", item="Nd 99.5 %", basis="FOB China, mean of daily quotes").dropna(subset="value")
    rows = rows[rows.index.str.fullmatch(r"\d{4}-\d\d")]
    table = rows[["value", "source"]].rename(columns={"value": "usd_per_kg"})
    return table.set_axis(pd.DatetimeIndex(pd.to_datetime(rows.index))).rename_axis("month")


def months_of(prices: pd.DataFrame, year: str) -> pd.DataFrame:
    """The rows of a table by month that lie in a fiscal year."""
    start, end = fiscal.span(year)
    return prices[(prices.index >= pd.Timestamp(start)) & (prices.index <= pd.Timestamp(end))]


def growth(india: Vintage, year: str) -> pd.DataFrame:
    """From the year before to a year, in tonnes, rupees, dollars and dollars a kilogram, of what is known of both.

    By quantity: ``before, after, change`` (a fraction), ``low, high`` (of the change of tonnes, from the rounding of
    both years), ``source``; empty until both years' tonnes are known.
    """
    weight, pair = customs.imports(india), [fiscal.year_before(year), year]
    columns = ["before", "after", "change", "low", "high", "source"]
    if not set(pair) <= set(weight.index):
        return pd.DataFrame(columns=columns, index=pd.Index([], name="quantity"))
    found = {
        "tonnes": weight,
        "crore rupees": customs.imports(india, "value_inr"),
        "rupees a dollar": india.series("prices", item="INR per USD", basis="fiscal-year mean"),
        "million USD": customs.values(india, pair).rename(columns={"usd_m": "value"}),
    }
    rows = {name: rows.loc[pair] for name, rows in found.items() if set(pair) <= set(rows.index)}
    values = {name: [*both["value"], sources_of(both)] for name, both in rows.items()}
    table = pd.DataFrame.from_dict(values, orient="index", columns=["before", "after", "source"])
    if "million USD" in table.index:
        usd, tonnes = table.loc["million USD"], table.loc["tonnes"]
        per_kg = [usd[at] / tonnes[at] * 1000 for at in ("before", "after")]
        table.loc["USD per kg"] = [*per_kg, usd["source"] | tonnes["source"]]
    table["source"] = table["source"].map(ids)
    low, high = (rows["tonnes"][bound].fillna(rows["tonnes"]["value"]).to_numpy(float) for bound in ("low", "high"))
    table.loc["tonnes", ["low", "high"]] = low[1] / high[0] - 1, high[1] / low[0] - 1
    return table.assign(change=table["after"] / table["before"] - 1)[columns].rename_axis("quantity")


def history(india: Vintage) -> pd.DataFrame:
    """What India's imports of HS 850511 were worth in calendar years, from the largest exporters, and China's part.

    Both sides of each flow made one, free on board; dollars of the day. By ``period``, oldest first, of years that are
    known: ``usd_m``, ``china_usd_m, china_share`` (per cent; missing where China's part is not known or exceeds the
    whole), ``listed`` (how much of the imports from all is counted, 0-1, where that is known), ``source``.
    """
    keys = {"flow": "import", "reporter": "IND", "hs": customs.METAL}
    asked = (("world", "value_fob_listed"), ("CHN", "value_fob"), ("world", "value_fob"))
    found = (india.series("trade", partner=p, measure=m, **keys).dropna(subset="value") for p, m in asked)
    every, china, whole = (rows.loc[[fiscal.is_calendar_year(period) for period in rows.index]] for rows in found)
    table = every[every["value"] > 0][["value"]].rename(columns={"value": "usd_m"})
    table["china_usd_m"] = china["value"].reindex(table.index).where(lambda usd: usd <= table["usd_m"])
    used = [sources_of(*(rows.loc[year] for rows in (every, china) if year in rows.index)) for year in table.index]
    return table.assign(
        china_share=table["china_usd_m"] / table["usd_m"] * 100,
        listed=(table["usd_m"] / whole["value"].reindex(table.index)).where(lambda part: part <= 1),
        source=[ids(of) for of in used],
    )


def decades(history: pd.DataFrame) -> pd.DataFrame:
    """Growth from the first known year to the last, cut at the known years nearest to those that end in nought.

    By ``since``: ``until``, ``before, after`` (million USD), ``growth`` (per cent a year, compound), ``share`` (China's
    at the end, per cent), ``source``; empty with fewer than two years.
    """
    years = [int(year) for year in history.index]
    tens = range(min(years, default=0), max(years, default=-1) + 1)
    cuts = [min(years, key=lambda year: abs(year - ten)) for ten in tens if ten % 10 == 0]
    cuts = [str(year) for year in sorted({*years[:1], *cuts, *years[-1:]})]
    rows = []
    for since, until in pairwise(cuts):
        before, after = history.loc[since], history.loc[until]
        rate = (after["usd_m"] / before["usd_m"]) ** (1 / (int(until) - int(since))) - 1
        used = ids(before, after)
        rows.append((since, until, before["usd_m"], after["usd_m"], rate * 100, after["china_share"], used))
    columns = ["since", "until", "before", "after", "growth", "share", "source"]
    return pd.DataFrame(rows, columns=columns).set_index("since")
