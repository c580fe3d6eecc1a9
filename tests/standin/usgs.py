"""Stands in for ScienceBase: items of the Mineral Commodity Summaries and their data files.

The world's rare earths are those of ``production.csv``, edition by edition; what surrounds them is made up.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from werkzeug import Request, Response

from helpers import paths
from helpers.data.sources.spellings import partners

LONG = ["MCS chapter", "Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value",
        "Notes", "Is critical mineral 2025", "Other notes"]  # fmt: skip
WIDE = ["SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS", "PROD_{0}", "PROD_EST_ {1}", "PROD_NOTES", "CAP_{0}",
        "CAP_EST_ {1}", "CAP_NOTES", "RESERVES_{1}", "RESERVE_NOTES"]  # fmt: skip
ITEMS = {"696a75d5d4be0228872d3bf8": 2026, "677eaf95d34e760b392c4970": 2025}
NAMES = {iso: name for name, iso in reversed(partners("usgs").items())} | {"world": "World total"}
FILLING = 3000


@cache
def figures(edition: int, folder: Path = paths.DATA) -> pd.DataFrame:
    """What an edition says of rare earths: the rows of ``production.csv`` of the source whose notes name it."""
    rows = pd.read_csv(folder / "production.csv", dtype=str, keep_default_na=False)
    rows = rows[(rows["commodity"] == "REO") & rows["measure"].isin(["output", "reserves"])]
    said = rows["note"].str.match(f"(the )?{edition} edition") & rows["published"].str.startswith(str(edition))
    rows = rows[rows["source"].isin(set(rows[said]["source"]))]
    return rows.drop_duplicates(["area", "measure", "period"], keep="last")


def install(server, folder: Path = paths.DATA, items: dict[str, int] = ITEMS, version: str = "", revised: bool = False,
            fault: str = "") -> None:  # fmt: skip
    """Answer as ScienceBase does; ``revised`` halves Brazil's reserves, as a later version of an edition does.

    ``fault``: ``altered`` (one byte of the file), ``columns`` (one renamed), ``unit``, ``country`` (one that is not
    known), ``value`` (a word in place of a figure), ``files`` (no data file), ``title``, ``metadata`` (fields of the
    item that are no figures), ``elsewhere`` (the file on another host), ``checksum``.
    """
    for item, edition in items.items():
        long = edition >= 2026
        name = f"MCS{edition}_Commodities_Data.csv" if long else f"World_Data_Release_MCS_{edition}.zip"
        body = _long(edition, folder, revised, fault) if long else _packed(edition, folder)
        disk = hashlib.sha1(f"{edition}{version}".encode()).hexdigest()
        link = f"{server.url_for(f'/catalog/file/get/{item}')}?f=__disk__{disk[:2]}%2F{disk[2:4]}%2F{disk}"
        link = link.replace(server.url_for("/"), "https://elsewhere.example/") if fault == "elsewhere" else link
        checksum = {"type": "SHA-512/x" if fault == "checksum" else "MD5", "value": hashlib.md5(body).hexdigest()}
        file = {"name": "figures.pdf" if fault == "files" else name, "title": "", "contentType": "text/csv",
                "size": len(body), "dateUploaded": f"{edition}-02-05T21:10:31Z", "checksum": checksum,
                "url": link, "downloadUri": link}  # fmt: skip
        title = f"U.S. Geological Survey Mineral Commodity Summaries {edition} Data Release"
        title = "Landslides of the Western States" if fault == "title" else title
        said = {"title": f"{title} (ver. {version}, May {edition})" if version else title, "id": item,
                "files": [{"name": "metadata.xml", "size": 11, "downloadUri": link}, file]}  # fmt: skip
        if fault == "metadata":
            said |= {"body": "A corrected abstract.", "provenance": {"lastUpdated": "2026-11-20T10:00:00Z"}}
        sent = bytes([body[0] ^ 1]) + body[1:] if fault == "altered" else body
        _serve(server, item, json.dumps(said), sent)


def _serve(server, item: str, said: str, body: bytes) -> None:
    def file(request: Request) -> Response:
        return Response(body if request.args.get("f", "").startswith("__disk__") else b"", content_type="text/csv")

    server.expect_request(f"/catalog/item/{item}").respond_with_data(said, content_type="application/json")
    server.expect_request(re.compile(f"/catalog/file/get/{item}")).respond_with_handler(file)


@cache
def _long(edition: int, folder: Path, revised: bool, fault: str) -> bytes:
    chapter = ["RARE EARTHS", "World Mine Production and Reserves", "Rare Earths"]
    other = ["Yes", "(Data in metric tons, rare-earth-oxide (REO) equivalent, unless otherwise specified)"]
    us = ["RARE EARTHS", "Salient Statistics—United States", "Rare Earths", "United States"]
    rows = [
        [*us, "Production", "Production: Mineral concentrates", "metric tons", "2021", "42,400", "Estimated.", *other],
        [*us, "Net import reliance", "Net import reliance: Compounds and metals", "percent", "2021", ">95", "", *other],
        [*us, "Net import reliance", "Net import reliance: Mineral concentrates", "percent", "2021", "E", "", *other],
        [*us, "Employment", "Employment, mine and mill", "number", "2022", "W", "Withheld.", *other],
        [*us, "Import", "Import sources", "percent", "2021–24", "71", "", *other],
    ]
    for row in figures(edition, folder).itertuples():
        mined = row.measure == "output"
        value = _printed(row, 0.5 if revised and row.area == "BRA" and not mined else 1.0)
        detail = "Mine production" + (": rounded" if row.area == "world" else "") if mined else "Reserves"
        said = "Estimated." if row.status == "estimate" else "See Appendix C for definitions."
        rows.append([*chapter, NAMES[row.area], "Production" if mined else "Reserves", detail,
                     "kilograms" if fault == "unit" else "metric tons", row.period,
                     "some" if fault == "value" else value, said, *other])  # fmt: skip
    for name in ["Canada", "Greenland", "Atlantis"] if fault == "country" else ["Canada", "Greenland"]:
        rows.append([*chapter, name, "Production", "Mine production", "metric tons", str(edition - 1), "—", "", *other])
    rows += [rows[6], rows[6]]
    rows += _filling(edition)
    head = [name.replace("Value", "Amount") for name in LONG] if fault == "columns" else LONG
    return _csv(head, rows).encode("cp1252")


@cache
def _filling(edition: int) -> list[list[str]]:
    """Rows of other minerals, of which the file is full."""
    random, countries = np.random.default_rng(edition), list(partners("usgs"))
    words, numbers = ["W", "NA", "—", "<50", "E", "10–20"], random.integers(1, 10**6, FILLING)
    kinds, places = random.integers(0, 12, FILLING), random.integers(0, len(countries), FILLING)
    rows = []
    for number, (kind, place, value) in enumerate(zip(kinds, places, numbers, strict=True)):
        name, year = f"MINERAL {number // 40}", str(edition - 1 - number % 2)
        said = [name, "World Mine Production and Reserves", name.title(), countries[place], "Production"]
        text = words[kind] if kind < len(words) else f"{value:,}"
        rows.append([*said, "Mine production", "metric tons", year, text, "", "No", "-- Data – made up"])
    return rows


@cache
def _packed(edition: int, folder: Path) -> bytes:
    rows = []
    for area, of in figures(edition, folder).groupby("area"):
        cells = {(row.measure, row.period): _printed(row, 1.0) for row in of.itertuples()}
        before, last = str(edition - 2), str(edition - 1)
        mined = [cells.get(("output", before), ""), cells.get(("output", last), ""), ""]
        rows.append([f"MCS{edition}", "Rare earths", NAMES[area] + (" (rounded)" if area == "world" else " "),
                     "Mine production, rare-earth-oxide equivalent", "metric tons", *mined, "", "", "",
                     cells.get(("reserves", last), "NA"), ""])  # fmt: skip
    rows.append([f"MCS{edition}", "Lithium", "Chile", "Mine production", "metric tons", "41,400", "49,000", *[""] * 6])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        head = [name.format(edition - 2, edition - 1) for name in WIDE]
        name = zipfile.ZipInfo(f"MCS{edition}_World_Data.csv")
        file.writestr(name, _csv(head, rows).encode("utf-8-sig"), zipfile.ZIP_DEFLATED)
        file.writestr(zipfile.ZipInfo(f"MCS{edition}_World_Data.xml"), "<metadata/>")
    return packed.getvalue()


def _printed(row, times: float) -> str:
    """A figure as the publisher prints it: thousands with commas, a bound with its sign, in tonnes."""
    if row.status == "missing":
        return "NA"
    scale = (1e6 if row.unit.startswith("Mt") else 1.0) * times
    return f"{float(row.value) * scale:,.0f}" if row.value else f">{float(row.low) * scale:,.0f}"


def _csv(head: list[str], rows: list[list]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
