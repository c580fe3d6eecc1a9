"""Tables of China's customs as its site gives them, to be dropped into a folder: rare-earth magnets by partner, month.

The months of ``data/trade.csv`` come out where it has them, for all partners and for those that it names; the rest is
seeded. January and February of a year may be one, as they are in the first months of a year.
"""

import csv
import io
from functools import cache

import numpy as np
import pandas as pd

from helpers import paths
from helpers.data.sources import gacc
from helpers.data.sources.spellings import partners
from standin import comtrade

LINE, NAME, SEED = "85051110", "稀土永磁铁及\n磁化后准备制成永磁铁的物品", 20180108
SHARES = {"DEU": 0.22, "USA": 0.11, "KOR": 0.10, "VNM": 0.08, "IND": 0.06, "THA": 0.05, "JPN": 0.05, "POL": 0.04}


def table(
    start="2024-01", end="2025-12", language="zh", encoding="gb18030", together=True, fault="", folder=paths.DATA
):
    """The bytes of a table in a language, zh or en; whether January and February are one row ``together``.

    ``fault``: ``heading`` (one that is not known), ``unit``, ``partner`` (not known), ``codes`` (a number that is
    another partner's), ``cut`` (a total that its partners do not sum to), ``rupees`` (no dollars).
    """
    place, held = {"zh": 0, "en": 1}[language], months(start, end, folder)
    if together:
        first = held["month"].str[5:].isin(["01", "02"])
        both = held["month"].str[:4] + "01-" + held["month"].str[:4] + "02"
        held = held.assign(said=held["month"].str.replace("-", "").mask(first, both))
        held = held.groupby(["said", "partner"], as_index=False)[["weight", "value"]].sum()
    else:
        held = held.assign(said=held["month"].str.replace("-", ""))
    names = ["period", "line", "name", "partner_code", "partner", "quantity", "unit", "quantity_2", "unit_2", "usd"]
    heads = [gacc.HEADINGS[name][place] for name in names]
    spelt, unit = _spelt(place), {"zh": "千克", "en": "Kilogram"}[language]
    rows = [
        [row.said, LINE, NAME if place == 0 else "Permanent magnets, of rare-earth metals", *spelt[row.partner],
         f"{row.weight * 1000:,.0f}", "个" if fault == "unit" else unit, "-", "-", f"{row.value * 1e6:,.0f}"]
        for row in held.itertuples()
    ]  # fmt: skip
    if fault == "heading":
        heads[5] = "净重"
    if fault == "rupees":
        heads[-1] = gacc.HEADINGS["cny"][place]
    if fault == "partner":
        rows[0][4] = "亚特兰蒂斯"
    if fault == "codes":
        rows[0][3] = "116" if rows[0][3] != "116" else "133"
    if fault == "cut":
        whole = sum(int(row[5].replace(",", "")) for row in rows if row[0] == rows[0][0])
        rows = [[*rows[0][:3], "", "合计", f"{whole:,}", *rows[0][6:9], "1"], *rows[1:]]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [[*heads, ""], *([*row, ""] for row in rows)]
    )
    return text.getvalue().encode(encoding)


def drop(where, folder=paths.DATA):
    """Put into a folder what a person would: a table a year, with all partners."""
    where.mkdir(parents=True, exist_ok=True)
    for year in ("2024", "2025"):
        body = table(f"{year}-01", f"{year}-12", folder=folder)
        (where / f"synthetic-export-all-{year}.csv").write_bytes(body)


@cache
def months(start, end, folder):
    """Tonnes and value (USD m) by partner and month."""
    held = comtrade.curated(folder)
    held = held[(held["flow"] == "export") & (held["reporter"] == "CHN") & (held["hs"] == LINE)]
    held = held[held["measure"] == "weight"].drop_duplicates(["partner", "period"], keep="last")
    every = pd.period_range(start, end, freq="M")
    known = {name: rows.set_index("period")["value"].to_dict() for name, rows in held.groupby("partner")}
    world, luck = _fitted(np.full(len(every), 4800.0), every, known["world"]), np.random.default_rng(SEED)
    spread = np.array(list(SHARES.values()))[:, None] * np.exp(luck.normal(0, 0.1, (len(SHARES), len(every))))
    found = {name: row * world for name, row in zip(SHARES, spread, strict=True)}
    for name in found.keys() & known.keys():
        found[name] = _fitted(found[name], every, known[name])
    others = sorted(set(partners("gacc").values()) - set(found) - {"CHN", "world"})
    rest = luck.pareto(1.1, len(others)) + 0.05
    left = world - sum(found.values())
    found |= {name: left * share / rest.sum() for name, share in zip(others, rest, strict=True)}
    rows = (
        pd.DataFrame(found, index=every.astype(str)).rename_axis("month").melt(ignore_index=False, var_name="partner")
    )
    rows = rows.rename(columns={"value": "weight"}).reset_index()
    return rows.assign(value=rows["weight"] * 0.05 * np.exp(luck.normal(0, 0.1, len(rows)))).query("weight > 0.001")


def _fitted(start, every, totals):
    """Months in proportion to a start, so that the totals of periods among them come out."""
    return comtrade.fitted(start[None, :], every, totals, {})[0]


def _spelt(place):
    """Number and name of each partner, in Chinese or in English."""
    found = {}
    for said, iso in partners("gacc").items():
        at = 0 if said.isdigit() else 1 if said.isascii() == bool(place) else None
        if at is not None:
            found.setdefault(iso, ["", ""])[at] = said
    return found
