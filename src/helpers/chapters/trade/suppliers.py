"""Who supplies: shares and concentration, China's exports month by month, figures out of line."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters.rows import chosen
from helpers.chapters.words import LEAST_SHAPE
from helpers.data import UNUSED, Vintage, ids
from helpers.methods import concentration
from helpers.outlook import customs, mirror

CHINA = {"flow": "export", "reporter": "CHN", "hs": customs.FERRITE, "measure": "weight"}
"""China's exports of rare-earth magnets: its own line of that number, not India's."""

WINDOW = 36  # months of China's exports that are shown, to the newest
LEAST_YEARS = 5  # yearly unit values of a line from which one can be out of line with the others


@dataclass(frozen=True)
class Trough:
    """The lowest month of those shown, against the twelve before it, or before the rules that it lies under.

    ``before`` is the mean of those known among the twelve (NaN where none is), ``when`` says before what they lie,
    ``highest`` is the highest of them, ``back`` the first later month at ``before`` again (both may be empty).
    """

    month: str
    tonnes: float
    before: float
    when: str
    highest: str
    back: str
    last: bool

    @property
    def fell(self) -> bool:
        """Whether it stands well below them."""
        return bool(self.before >= LEAST_SHAPE * self.tonnes)


def shares(india: Vintage) -> pd.DataFrame:
    """China's share of a calendar year's HS 850511 and the Herfindahl index, by both counts.

    What a count leaves without a partner is spread thin for the least index and is one partner for the greatest. Of a
    year of which the tables name one partner alone, the others are the sums of their months, where those were fetched.
    By ``period, count, basis``: ``partners`` (number), ``china`` (share), ``low, high`` (index), all 0-1, ``source``.
    """
    every, rows = mirror.counted(india), []
    every = every[every["hs"] == customs.METAL]
    named = every.groupby("period")["partner"].transform("nunique")
    thin = every[named <= len(["CHN", "world"])]
    months = _by_months(india) if len(thin) else thin
    more = months[months["period"].isin(thin["period"]) & ~months["partner"].isin(thin["partner"])]
    every = pd.concat([every, more]) if len(more) else every
    for period, of_year in every.groupby("period"):
        of_year = of_year.set_index("partner")
        for column in mirror.SIDES:
            parts = of_year[column].dropna().drop("world", errors="ignore")
            whole = max(of_year[column].get("world", np.nan), parts.sum())
            if "CHN" in parts and whole > 0:
                rest = whole - parts.sum()
                high = concentration.herfindahl(pd.concat([parts, pd.Series({"rest": rest})]))
                side, basis = column.split("_", 1)
                used = ids(*of_year.loc[of_year[column].notna(), "source"])
                index = (high - (rest / whole) ** 2, high)
                rows.append((period, side, basis, (parts > 0).sum(), parts["CHN"] / whole, *index, used))
    keys = ["period", "count", "basis"]
    return pd.DataFrame(rows, columns=[*keys, "partners", "china", "low", "high", "source"]).set_index(keys)


def _by_months(india: Vintage) -> pd.DataFrame:
    """India's own count by partner and calendar year, of years whose months are all known: as ``mirror.counted``."""
    of = {"weight": "own_t", "value_usd": "own_usd_m"}
    rows = india.detail("trade", flow="import", reporter="IND", partner="*", hs=customs.METAL, measure="*")
    rows = rows[rows["period"].str.fullmatch(r"\d{4}-\d\d") & rows["measure"].isin(of) & rows["value"].notna()]
    rows = rows[~rows["status"].isin(UNUSED)].assign(year=rows["period"].str[:4])
    known = rows[rows["partner"] == "world"].groupby(["measure", "year"])["period"].nunique()
    keys = pd.MultiIndex.from_frame(rows[["measure", "year"]])
    rows = rows[keys.isin(known.index[known == 12])]
    sums = rows.pivot_table("value", ["partner", "year"], "measure", "sum").rename(columns=of)
    source = rows.groupby(["partner", "year"])["source"].agg(lambda each: ids(*set(each)))
    table = sums.reindex(columns=mirror.SIDES).assign(source=source).reset_index()
    return table.rename(columns={"year": "period"}).rename_axis(columns=None)


def china_by_month(india: Vintage) -> pd.DataFrame:
    """China's exports of rare-earth magnets to the world, by ``period``: ``month, tonnes, status, source``."""
    rows = india.series("trade", partner="world", **CHINA)
    rows = rows[rows.index.str.fullmatch(r"\d{4}-\d\d")].dropna(subset="value")
    table = rows.rename(columns={"value": "tonnes"})[["tonnes", "status", "source"]]
    table.insert(0, "month", pd.to_datetime(rows.index))
    return table


def newest_months(months: pd.DataFrame) -> pd.DataFrame:
    """The months to show: those of the last three years to the newest."""
    if months.empty:
        return months
    return months[months["month"] > months["month"].iloc[-1] - pd.DateOffset(months=WINDOW)]


def trough(months: pd.DataFrame, controls: pd.DataFrame) -> Trough:
    """The lowest of some months, what came before it and the first of :func:`controls`, and when that came back."""
    low = months["tonnes"].idxmin()
    at = months.loc[low, "month"]
    since = min([at, *controls["start"].dt.to_period("M").dt.to_timestamp()])
    earlier = months[(months["month"] < since) & (months["month"] >= since - pd.DateOffset(months=12))]["tonnes"]
    before = earlier.mean() if len(earlier) else np.nan
    later = months[(months["month"] > at) & (months["tonnes"] >= before)]
    when = "before" if since == at else "before China's rules changed"
    highest, back = earlier.idxmax() if len(earlier) else "", later.index[0] if len(later) else ""
    return Trough(low, months.loc[low, "tonnes"], before, when, highest, back, low == months.index[-1])


def destinations(india: Vintage) -> pd.DataFrame:
    """China's rare-earth magnets in tonnes by month and buyer (ISO code), gaps where not known, and ``source``."""
    rows = chosen(india.table("trade"), **CHINA)
    rows = rows[(rows["partner"] != "world") & rows["period"].str.fullmatch(r"\d{4}-\d\d") & rows["value"].notna()]
    rows = rows[~rows["status"].isin([*UNUSED, "weak"])]
    table = rows.pivot(index="period", columns="partner", values="value").rename_axis(columns=None)
    return table.assign(source=rows.groupby("period")["source"].agg(lambda of: ids(*of)))


def out_of_line(india: Vintage) -> pd.DataFrame:
    """India's yearly exports by line, tested for unit values out of line with those of other years.

    Of the lines with enough years: ``line, period, tonnes, usd_per_kg, usual_usd_per_kg`` (the line's median),
    ``flagged`` (by :func:`helpers.methods.concentration.robust_scores`), ``source``.
    """
    keys, found = {"flow": "export", "reporter": "IND", "partner": "world"}, []
    for line in (customs.FERRITE, customs.OTHER_METAL, customs.OTHER):
        tonnes, value = (india.series("trade", hs=line, measure=m, **keys) for m in ("weight", "value_usd"))
        both = tonnes[tonnes["value"] > 0].merge(value[value["value"] > 0], on="period", suffixes=("", "_usd"))
        table = both.reset_index().rename(columns={"value": "tonnes"}).assign(line=line)
        logs = np.log(table["value_usd"] / table["tonnes"] * 1000)
        table["usd_per_kg"], table["usual_usd_per_kg"] = np.exp(logs), np.exp(logs.median())
        table["flagged"] = concentration.robust_scores(logs).abs() > concentration.LIMIT
        table["source"] = table["source"].str.cat(table["source_usd"], sep=" ").map(ids)
        found.append(table if len(table) >= LEAST_YEARS else table.head(0))
    columns = ["line", "period", "tonnes", "usd_per_kg", "usual_usd_per_kg", "flagged", "source"]
    return pd.concat(found, ignore_index=True)[columns].astype({"flagged": bool})


def controls(india: Vintage) -> pd.DataFrame:
    """The events that changed what China may ship, in order, none at second hand: ``period, event, start, source``."""
    events = india.table("events")
    events = events[(events["kind"] == "control") & ~events["status"].isin([*UNUSED, "weak"])]
    events = events.assign(start=pd.to_datetime([fiscal.span(period)[0] for period in events["period"]]))
    return events.sort_values("start", ignore_index=True)[["period", "event", "start", "source"]]
