"""Spreadsheets as the dashboard of Vahan saves them: registrations of a month by vehicle category or maker, and fuel.

Electric vehicles of a segment are those of ``data/drivers.csv`` in a month, or their mean in the fiscal year; what runs
on something else is seeded.
"""

import io
from datetime import timedelta

import numpy as np
import pandas as pd

from helpers import fiscal, paths
from helpers.data.sources import spellings, vahan
from standin.tradestat import grouped

FUELS = ["CNG ONLY", "DIESEL", "ELECTRIC(BOV)", "FLEX-FUEL(BIO-DIESEL)", "FLEX-FUEL(ETHANOL)", "PETROL", "PETROL(E20)",
         "PETROL/HYBRID", "PURE EV", "STRONG HYBRID EV"]  # fmt: skip
MAKERS = ["HERO MOTOCORP LTD", "OLA ELECTRIC TECHNOLOGIES PVT LTD", "TATA MOTORS PASSENGER VEHICLES LTD",
          "TVS MOTOR COMPANY LTD", "YC ELECTRIC VEHICLE"]  # fmt: skip
TITLE = {"Vehicle Category": "Vehicle Category Wise Fuel Data  of {} ({},{})",
         "Maker": "Maker Wise Fuel Data  of {} ({},{})"}  # fmt: skip

ALL = "All Vahan4 Running States (36/36)"


def book(month="2026-07", axis="Vehicle Category", area=ALL, fault="", saved=None, folder=paths.DATA):
    """The bytes of a workbook by vehicle category or maker, saved five days after the month unless said.

    ``fault``: ``heading`` (a fuel that is not known), ``category`` (not known), ``sum`` (a row that does not make its
    total), ``year`` (of no month), ``narrowed`` (categories left out), ``text`` (no number),
    ``empty`` (no rows).
    """
    import xlsxwriter

    when = pd.Period(month, "M")
    rows = _categories(month, folder) if axis == "Vehicle Category" else _makers()
    if fault == "narrowed":
        rows = {label: counts for label, counts in rows.items() if "TWO" in label}
    rows = {} if fault == "empty" else rows
    heads = [*FUELS[:-1], "MUON" if fault == "heading" else FUELS[-1]]
    name = spellings.MONTHS[when.month - 1].upper()
    title = TITLE[axis].format(area, name, when.year)
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as written:
        written.set_properties({"created": saved or when.to_timestamp(how="end").to_pydatetime() + timedelta(days=5)})
        sheet = written.add_worksheet("reportTable")
        end = len(heads) + 2
        sheet.merge_range(
            0, 0, 0, end, title.replace(f"{when.strftime('%b').upper()},", "") if fault == "year" else title
        )
        sheet.write_row(1, 0, ["S No", axis, "Fuel"])
        sheet.write(1, end, "TOTAL")
        sheet.write_row(3, 2, [f" {head}\xa0" for head in heads])
        for number, (label, counts) in enumerate(rows.items(), 1):
            label = "FIVE WHEELER" if fault == "category" and number == 1 else label
            total = counts.sum() + (fault == "sum" and number == 2)
            said = ["n.a." if fault == "text" and number == 1 else grouped(counts[0]), *map(grouped, counts[1:])]
            sheet.write_row(number + 3, 0, [str(number), label, *said, grouped(total)])
    return held.getvalue()


def drop(where, folder=paths.DATA):
    """Put into a folder what a person would: a workbook a month."""
    where.mkdir(parents=True, exist_ok=True)
    for month in pd.period_range("2025-08", "2026-08", freq="M").astype(str):
        (where / f"synthetic-vahan-{month}.xlsx").write_bytes(book(month, folder=folder))


def electric(month, folder):
    """Electric vehicles of each segment in a month."""
    held = pd.read_csv(folder / "drivers.csv")
    held = held[held["indicator"] == "ev_registrations"].sort_values("published")
    known = held.drop_duplicates(["segment", "period"], keep="last").set_index(["segment", "period"])["value"]
    year = f"FY{fiscal.fiscal_year(pd.Period(month, 'M')) % 100:02d}"
    found = {}
    for segment in vahan.SEGMENTS:
        years = [period for period in known[segment].index if period.startswith("FY") and len(period) == 4]
        mean = known[segment].get(year, known[segment][max(years)]) / 12
        found[segment] = round(known[segment].get(month, mean))
    return found


def _categories(month, folder):
    luck, rows = np.random.default_rng(20180108), {}
    for segment, categories in vahan.SEGMENTS.items():
        counts = luck.integers(0, 400_000 if segment == "2w" else 60_000, (len(categories), len(FUELS)))
        battery = [FUELS.index(fuel) for fuel in ("ELECTRIC(BOV)", "PURE EV")]
        counts[:, battery] = 0
        whole = electric(month, folder)[segment]
        counts[0, battery] = [whole - whole // 3, whole // 3]
        rows |= dict(zip(categories, counts, strict=True))
    return dict(sorted(rows.items()))


def _makers():
    luck = np.random.default_rng(20180109)
    return {maker: luck.integers(0, 90_000, len(FUELS)) for maker in MAKERS}
