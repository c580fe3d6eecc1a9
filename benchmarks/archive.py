"""How long the way of live figures takes: answer to figures, figures to Parquet, Parquet to a vintage and a figure;
and how long the list of many reports takes, and how large it is.

    python benchmarks/archive.py

An archive of eight years of 60 lines by 40 partners is made in a folder of its own; each step is printed in seconds,
and as a ratio to a vintage without an archive, which the same machine makes at the same time.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from helpers import data, paths
from helpers.data.archive.store import Shelf
from helpers.data.sources import comtrade
from helpers.data.sources.protocol import COLUMNS, Answer, Request
from helpers.report.shelf import archive as reports
from helpers.report.shelf import record


def answer(count):
    """An answer of UN Comtrade of so many rows, each of all its fields: lines by partner in the months of a year."""
    partners = [code for code in comtrade.codes().values() if code][:60]
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


def half_a_million():
    """Figures of 60 lines, 40 partners and 96 months, weight and value."""
    partners = ["world", *(partner for partner in comtrade.codes() if len(partner) == 3)][:40]
    lines = ["850511", "850519", "850590", *(str(number) for number in range(850600, 850657))]
    months = [f"{year}-{month:02d}" for year in range(2018, 2026) for month in range(1, 13)]
    kinds = {"weight": "t", "value_usd": "USD m"}
    rows = [
        ("trade", f"import/IND/{partner}/{line}/{kind}", month, unit, 1000.0 if partner == "world" else 10.0,
         None, None, "reported", None, "")
        for partner in partners for line in lines for kind, unit in kinds.items() for month in months
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"low": float, "high": float})


def shelf_of(root, count=400):
    """A folder of so many reports, of which only the records are there: that of the example, each with a day."""
    example = json.loads(next((paths.ROOT / "reports/example").glob("*/run.json")).read_text(encoding="utf-8"))
    for number in range(count):
        day = str(date(2026, 11, 22) - timedelta(days=3 * number))
        given = {"as_of": day} | ({"horizon": 5} if number % 9 == 4 else {})
        known = example | {
            "folder": day, "given": given, "parameters": example["parameters"] | given, "made": f"{day}T06:00:00+00:00",
            "inputs": hashlib.sha256(day.encode()).hexdigest(), "changed": "The middle of FY27 fell by 1,200 t. " * 3,
        }  # fmt: skip
        (root / day).mkdir()
        (root / day / record.NAME).write_text(record.written(known), encoding="utf-8")


def timed(what):
    """Seconds that a call takes, and what it gives."""
    start = time.perf_counter()
    return what(), time.perf_counter() - start


def main():
    told = parsing()
    seconds = {f"{told['rows']:,} rows of an answer to figures": told["parse"] + told["figures_s"]}
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MAGNETS_ARCHIVE"] = folder
        data.vintage("2026-11-25")
        _, plain = timed(lambda: data.vintage("2026-11-25"))
        figures = half_a_million()
        shelf = Shelf(Path(folder) / "comtrade", "comtrade", synthetic=True)
        _, seconds[f"{len(figures):,} figures to Parquet"] = timed(
            lambda: shelf.take({"a": (Request("", ""), figures)}, now)
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        india, seconds["a vintage with them"] = timed(lambda: data.vintage(str(now.date() + pd.Timedelta(days=1))))
        keys = {"flow": "import", "reporter": "IND", "hs": "850630", "measure": "weight"}
        partner = figures["key"].iloc[-1].split("/")[2]
        _, seconds["one figure"] = timed(lambda: india.figure("trade", "2020-05", partner=partner, **keys))
        nothing = [sys.executable, "-m", "helpers", "sources"]
        _, seconds["`magnets sources`"] = timed(lambda: subprocess.run(nothing, check=True, capture_output=True))
    with tempfile.TemporaryDirectory() as folder:
        shelf_of(Path(folder))
        page, seconds["the list of 400 reports and its feed"] = timed(lambda: reports.write(Path(folder)))
        _, seconds["is that list whole"] = timed(lambda: reports.is_current(Path(folder)))
        size = page.stat().st_size / 1e3
    limits = [3.0, 20.0, 1.5, 0.05, 1.0, 1.0, 1.0]
    print(f"{'':<44}{'seconds':>9}{'at most':>9}{'of a plain vintage':>20}")
    for (name, took), most in zip(seconds.items(), limits, strict=True):
        print(f"{name:<44}{took:>9.3f}{most:>9.2f}{took / plain:>19.1f}x")
    print(f"memory at most {peak:.2f} GB of 1; a vintage without an archive takes {plain:.3f} s")
    print(f"the list of 400 reports has {size:.0f} kB of 300")


if __name__ == "__main__":
    main()
