"""How long the way of live figures takes: an answer of UN Comtrade to figures.

Run ``python benchmarks/archive.py``.
"""

import json
import time

from helpers.data.sources import comtrade, comtrade_figures
from helpers.data.sources.protocol import Answer, Request


def answer(count):
    """An answer of UN Comtrade of so many rows, each of all its fields: lines by partner in the months of a year."""
    partners = [code for code in comtrade_figures.codes().values() if code][:60]
    months = [f"2024{month:02d}" for month in range(1, 13)]
    lines = [f"85{number:04d}" for number in range(count // (len(partners) * len(months)) + 1)]
    keys = [(line, month, partner) for line in lines for month in months for partner in partners][:count]
    rows = [row(*key, weight) for weight, key in enumerate(keys, 1)]
    params = {"reporterCode": "699", "flowCode": "M", "period": ",".join(months), "cmdCode": ",".join(lines)}
    body = json.dumps({"elapsedTime": "9.1 secs", "count": count, "data": rows, "error": ""}).encode()
    return Answer(Request("months of a year", "/data/v1/get/C/M/HS", params=params), body)


def row(line, month, partner, weight):
    """A row with all the fields that UN Comtrade sends."""
    return {
        "typeCode": "C", "freqCode": "M", "refPeriodId": int(month + "01"), "refYear": 2024, "refMonth": int(month[4:]),
        "period": month, "reporterCode": 699, "reporterISO": "IND", "reporterDesc": "India", "flowCode": "M",
        "flowDesc": "Import", "partnerCode": partner, "partnerISO": None, "partnerDesc": "Country", "partner2Code": 0,
        "partner2ISO": "W00", "partner2Desc": "World", "classificationCode": "H6", "classificationSearchCode": "HS",
        "isOriginalClassification": True, "cmdCode": line, "cmdDesc": "Magnets; permanent magnets, of metal",
        "aggrLevel": 6, "isLeaf": True, "customsCode": "C00", "customsDesc": "TOTAL CPC", "mosCode": "0", "motCode": 0,
        "motDesc": "TOTAL MOT", "qtyUnitCode": 8, "qtyUnitAbbr": "kg", "qty": float(weight), "isQtyEstimated": False,
        "altQtyUnitCode": -1, "altQtyUnitAbbr": "N/A", "altQty": 0, "isAltQtyEstimated": False, "netWgt": float(weight),
        "isNetWgtEstimated": False, "grossWgt": 0, "isGrossWgtEstimated": False, "cifvalue": weight * 4.5,
        "fobvalue": None, "primaryValue": weight * 4.5, "legacyEstimationFlag": 0, "isReported": False,
        "isAggregate": True,
    }  # fmt: skip


def parsing(count=99_999):
    """Seconds from the body of an answer to its rows, and from those to figures."""
    told, start = answer(count), time.perf_counter()
    parsed = comtrade.parse(told)
    middle = time.perf_counter()
    figures = comtrade.rows(parsed, told)
    return {"rows": len(parsed), "figures": len(figures), "MB": len(told.body) / 1e6, "parse": middle - start,
            "figures_s": time.perf_counter() - middle}  # fmt: skip


if __name__ == "__main__":
    print(parsing())
