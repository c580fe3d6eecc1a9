"""Stands in for the European Central Bank: daily reference rates of rupees and dollars per euro, as csvdata.

The rates are made up between the means that ``prices.csv`` has for fiscal years and quarters, and give these means.
"""

import csv
import io
import re
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.tseries.holiday import EasterMonday, GoodFriday
from werkzeug import Request, Response

from helpers import fiscal, paths

COLUMNS = re.findall(r"\w+", (
    "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,OBS_CONF,OBS_PRE_BREAK,"
    "OBS_COM,TIME_FORMAT,BREAKS,COLLECTION,COMPILING_ORG,DISS_ORG,DOM_SER_IDS,PUBL_ECB,PUBL_MU,PUBL_PUBLIC,"
    "UNIT_INDEX_BASE,COMPILATION,COVERAGE,DECIMALS,NAT_TITLE,SOURCE_AGENCY,SOURCE_PUB,TITLE,TITLE_COMPL,UNIT,UNIT_MULT"
))  # fmt: skip
NAMES = {"INR": "Indian rupee", "USD": "US dollar"}
FIRST, LAST = "2017-04", "2040-12"


@cache
def rates(folder: Path = paths.DATA, until: date | None = None) -> pd.DataFrame:
    """Rupees and dollars per euro by business day up to a day, today unless given; the same whatever that day is."""
    prices = pd.read_csv(folder / "prices.csv", dtype=str, keep_default_na=False)
    means = prices[(prices["item"] == "INR per USD") & prices["basis"].isin(["fiscal-year mean", "quarter mean"])]
    random, months = np.random.default_rng(11), pd.period_range(FIRST, LAST, freq="M")
    known = {fiscal.centre(row.period): float(row.value) for row in means.itertuples()}
    level = pd.Series(
        np.interp([fiscal.centre(str(m)) for m in months], *zip(*sorted(known.items()), strict=True)), months
    )
    level *= 1 + random.normal(0, 0.004, len(months))
    for row in means.itertuples():
        inside = fiscal.months(row.period).intersection(months)
        if len(inside) == len(fiscal.months(row.period)):
            level[inside] *= float(row.value) / level[inside].mean()
    days = pd.bdate_range(months[0].start_time, months[-1].end_time)
    easter = [*GoodFriday.dates(days[0], days[-1]), *EasterMonday.dates(days[0], days[-1])]
    days = days[~days.isin(easter) & ~days.strftime("%m-%d").isin(["01-01", "05-01", "12-25", "12-26"])]
    daily = pd.Series(random.normal(1, 0.002, len(days)), days)
    daily *= (level / daily.groupby(days.to_period("M")).mean()).reindex(days.to_period("M")).to_numpy()
    dollars = 1.12 * np.exp(np.cumsum(random.normal(0, 0.002, len(days))))
    table = pd.DataFrame({"INR": (daily * dollars).round(4), "USD": dollars.round(4)})
    return table.set_axis(days.strftime("%Y-%m-%d")).loc[: str(until or date.today())]


def install(server, folder: Path = paths.DATA, until: date | None = None, fault: str = "") -> None:
    """Answer as the bank's interface does.

    ``fault``: ``renamed`` (a column), ``reordered`` (columns), ``gap`` (a week of February lacks), ``empty`` (values
    without a figure, some NaN), ``swapped`` (rates of a month's average), ``thousands``.
    """
    table = rates(folder, until)

    def answer(request: Request) -> Response:
        currencies = request.path.split("/")[-1].split(".")[1].split("+")
        asked = table.loc[request.args["startPeriod"] : request.args["endPeriod"]]
        if fault == "gap":
            asked = asked[~asked.index.str.contains(r"-02-1\d")]
        if asked.empty:
            return Response("No results found.", status=404)
        found = [
            _row(currency, day, value) for currency in sorted(currencies) for day, value in asked[currency].items()
        ]
        if fault == "empty":
            found = [
                row | {"OBS_VALUE": ["", "NaN"][n // 10 % 2]} if n % 10 == 3 else row for n, row in enumerate(found)
            ]
        if fault == "swapped":
            found = [row | {"EXR_SUFFIX": "A", "FREQ": "M", "TIME_FORMAT": "P1M"} for row in found]
        if fault == "thousands":
            found = [row | {"UNIT_MULT": "3"} for row in found]
        columns = sorted(COLUMNS) if fault == "reordered" else COLUMNS
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(found)
        said = text.getvalue().replace("OBS_VALUE", "OBSERVATION", 1) if fault == "renamed" else text.getvalue()
        return Response(said, content_type="application/vnd.sdmx.data+csv;version=1.0.0")

    server.expect_request(re.compile(r"/service/data/EXR/D\.[A-Z+]+\.EUR\.SP00\.A")).respond_with_handler(answer)


def _row(currency: str, day: str, value: float) -> dict[str, str]:
    said = {
        "KEY": f"EXR.D.{currency}.EUR.SP00.A", "FREQ": "D", "CURRENCY": currency, "CURRENCY_DENOM": "EUR",
        "EXR_TYPE": "SP00", "EXR_SUFFIX": "A", "TIME_PERIOD": day, "OBS_VALUE": f"{value:.4f}".rstrip("0"),
        "OBS_STATUS": "A", "OBS_CONF": "F", "TIME_FORMAT": "P1D", "COLLECTION": "A", "UNIT_INDEX_BASE": "99Q1=100",
        "DECIMALS": "4", "SOURCE_AGENCY": "4F0", "TITLE": f"{NAMES[currency]}/Euro ECB reference exchange rate",
        "TITLE_COMPL": f"ECB reference exchange rate, {NAMES[currency]}/Euro, 2.15 pm (C.E.T.)", "UNIT": currency,
        "UNIT_MULT": "0",
    }  # fmt: skip
    return dict.fromkeys(COLUMNS, "") | said
