"""Tables of chapter 1, with column heads in words and units."""

import pandas as pd

from helpers import fiscal
from helpers.chapters.outputs import Sentence, Table
from helpers.chapters.rows import headed
from helpers.data import number

RANGE = {"low": "from, t", "high": "to, t"}
MANY, HALF, YEAR = 24, 6, 12
"""From so many single months on, the table of totals holds halves and longer periods, and the months of a year."""
_DECIMALS = {"t": 0, "USD m": 2, "USD/kg": 2, "%": 1}
_DECIMALS_OF = {"million USD": 1, "USD per kg": 2, "rupees a dollar": 2}


def totals(imports: pd.DataFrame) -> Table:
    """Everything that is known of the tonnes under HS 850511, as published or derived; of many months the newest."""
    heads = {"value": "tonnes", **RANGE, "status": "status", "published": "known since"}
    caption = "India's imports under HS 850511 by period, tonnes"
    months = [len(fiscal.months(period)) for period in imports.index]
    single = imports.index[[count == 1 for count in months]]
    if len(single) >= MANY:
        long = [count >= HALF or period in single[-YEAR:] for count, period in zip(months, imports.index, strict=True)]
        imports, caption = imports[long], f"{caption}: of single months the newest, all others are drawn below"
    return Table(headed(imports, heads).rename_axis("period"), caption)


def run_rates(rates: pd.DataFrame) -> Table:
    shown = headed(rates, {"value": "tonnes a year"} | RANGE).rename_axis("reckoning")
    return Table(shown, "What a year holds at the newest rate, tonnes, with the range of the rounding")


def halves(table: pd.DataFrame) -> Table:
    heads = {"value": "tonnes", **RANGE, "t_per_month": "tonnes a month", "status": "status"}
    caption = "Half-years under HS 850511, tonnes: as published, from a published change, or as the rest of their year"
    return Table(headed(table, heads).rename_axis("half-year"), caption)


def versions(table: pd.DataFrame, year: str) -> Table:
    heads = {"published": "known since", "value": "tonnes", **RANGE, "status": "status", "note": "note"}
    return Table(headed(table, heads), f"Published versions of {year} under HS 850511, tonnes")


def steps(table: pd.DataFrame, year: str) -> Table:
    """From the press total to the tariff lines; each row with the decimals of its unit."""
    shown = table.copy()
    for column in ("value", "low", "high"):
        shown[column] = [number(v, _DECIMALS[unit]) for v, unit in zip(table[column], table["unit"], strict=True)]
    shown["unit"] = shown["unit"].replace("USD m", "million USD")
    shown = headed(shown, {"value": "value", "low": "from", "high": "to", "unit": "unit", "how": "how"})
    caption = f"From the press total to the tariff lines of {year}, with the range of the rounding"
    return Table(shown.rename_axis("step"), caption)


def concentration(table: pd.DataFrame) -> Table:
    shown = table.rename({"own": "India", "their": "the exporters", "t": "weight", "usd_m": "value"})
    shown = shown.rename_axis(["year", "counted by", "by"])
    heads = {"partners": "partners named", "china": "China's share"}
    heads |= {"low": "Herfindahl index from", "high": "Herfindahl index to"}
    caption = "Suppliers of HS 850511 by both counts: China's share and the Herfindahl index, 0 to 1"
    return Table(shown.rename(columns=heads), caption, decimals=3)


def destinations(table: pd.DataFrame) -> Table:
    caption = "China's exports of rare-earth magnets to the buyers that are known, tonnes a month, by ISO code"
    return Table(table.rename_axis("month"), caption, decimals=0)


def growth(table: pd.DataFrame, year: str) -> Table:
    shown = table.assign(change=[number(change * 100, 1) for change in table["change"]])
    for column in ("before", "after"):
        shown[column] = [number(v, _DECIMALS_OF.get(name, 0)) for name, v in table[column].items()]
    shown = headed(shown, {"before": "year before", "after": year, "change": "change, %"})
    return Table(shown.rename_axis("quantity"), f"From the year before to {year}, by the two totals")


def decades(table: pd.DataFrame) -> Table:
    heads = {"until": "until", "before": "from, million USD", "after": "to, million USD", "growth": "growth, % a year"}
    shown = headed(table, heads | {"share": "China's share at the end, %"}).rename_axis("since")
    return Table(shown, "India's imports of HS 850511 by decade, calendar years, dollars of the day", 1)


def disagreements(table: pd.DataFrame) -> Table:
    heads = {"topic": "topic", "one": "one says", "other": "the other says", "treatment": "what is done here"}
    return Table(headed(table, heads).rename_axis("number"), "Where sources disagree, and the treatment here")


def rivals(table: pd.DataFrame) -> Table | Sentence:
    """Figures of live sources that others contradict, as computed; a sentence where there is none."""
    if table.empty:
        return Sentence("So there is no pair of them to list.")
    heads = {"period": "period", "one": "one says", "other": "the other says", "difference": "difference"}
    heads |= {"unit": "unit", "percent": "difference, %"}
    shown = table.assign(difference=[number(gap, 1) for gap in table["difference"]]).set_index("topic")
    caption = "Figures fetched that others contradict beyond their rounding, and both sides of the border"
    return Table(headed(shown, heads), caption, {"difference, %": 1})
