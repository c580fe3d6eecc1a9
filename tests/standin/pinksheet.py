"""Stands in for the Pink Sheet: a page with a link to a workbook, and the workbook, of made-up prices."""

import io
from datetime import date, datetime
from functools import cache

import numpy as np
import pandas as pd
from werkzeug import Request, Response

PAGE = "/en/research/commodity-markets"
NAMES = {
    "Crude oil, average": "($/bbl)", "Coal, Australian": "($/mt)", "Natural gas, US": "($/mmbtu)", "Cocoa": "($/kg)",
    "Rubber, TSR20 **": "($/kg)", "Phosphate rock": "($/mt)", "Aluminum": "($/mt)", "Iron ore, cfr spot": "($/dmtu)",
    "Copper": "($/mt)", "Lead": "($/mt)", "Tin": "($/mt)", "Nickel": "($/mt)", "Zinc": "($/mt)", "Gold": "($/troy oz)",
}  # fmt: skip
LEVELS = {"Copper": 9000.0, "Nickel": 17000.0}


def prices(last: str) -> pd.DataFrame:
    """Prices by month and name up to a month, in the units of the workbook; the same whatever the last month is."""
    months, random = pd.period_range("1960-01", "2040-12", freq="M"), np.random.default_rng(13)
    walk = {name: LEVELS.get(name, 100.0) * np.exp(np.cumsum(random.normal(0, 0.02, len(months)))) for name in NAMES}
    return pd.DataFrame(walk, index=months).round(2).loc[:last]


def install(server, last: str = "", edition: str = "0050012026", fault: str = "") -> None:
    """Answer as the page and the file's place do; ``last`` is the newest month, the one before this unless given.

    ``fault``: ``unlinked``, ``elsewhere`` (a link to another host), ``moved`` (a row more above the names), ``renamed``
    (a column), ``unit``, ``gaps`` (ellipses), ``sheet`` (its name).
    """
    last = last or str(pd.Period(date.today(), "M") - 1)
    place = f"/en/doc/74e8be41ceb20fa0da750cda2f6b9e4e-{edition}/related/CMO-Historical-Data-Monthly.xlsx"
    link = f"https://elsewhere.example{place}" if fault == "elsewhere" else server.url_for(place)
    links = "" if fault == "unlinked" else f'<a class="dl" href="{link}" target="_blank">Monthly prices</a>'
    links += f'<a href="{link[:-12]}Annual.xlsx">Annual prices</a>'
    page = f'<html><body><a href="/en/home">Home</a><p>{links}</p></body></html>'
    book = workbook(last, fault)

    def file(request: Request) -> Response:
        return Response(book, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

    server.expect_request(PAGE).respond_with_data(page, content_type="text/html; charset=utf-8")
    server.expect_request(place).respond_with_handler(file)


@cache
def workbook(last: str, fault: str = "") -> bytes:
    """The workbook as it is published: names in row 5, units in row 6, months from row 7."""
    names = {"Copper": "Copper, grade A"} if fault == "renamed" else {}
    units = [("($/troy oz)" if fault == "unit" and name == "Copper" else unit) for name, unit in NAMES.items()]
    rows = [["World Bank Commodity Price Data (The Pink Sheet)"], ["monthly prices in nominal US dollars"],
            ["(monthly series are available only in nominal US dollars)"], ["Updated on November 04, 2026"],
            ["", *(names.get(name, f"{name} ") for name in NAMES)], ["", *units]]  # fmt: skip
    rows = [["Notice"], *rows] if fault == "moved" else rows
    for number, (month, values) in enumerate(prices(last).iterrows()):
        gone = fault == "gaps" and number % 7 == 0
        rows.append([str(month).replace("-", "M"), *(["…"] * len(values) if gone else map(float, values))])
    import xlsxwriter

    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 11, 4)})
        sheet = book.add_worksheet("Prices" if fault == "sheet" else "Monthly Prices")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        book.add_worksheet("Monthly Indices")
    return packed.getvalue()
