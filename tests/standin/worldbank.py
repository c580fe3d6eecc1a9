"""Stands in for the World Bank's interface: governance estimates, whose means are those of ``assumptions.csv``."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
from werkzeug import Request, Response

from helpers import paths

ISO2 = {"AUS": "AU", "BRA": "BR", "CHN": "CN", "DEU": "DE", "HKG": "HK", "IND": "IN", "JPN": "JP", "KOR": "KR",
        "MDG": "MG", "MMR": "MM", "MNG": "MN", "MYS": "MY", "NAM": "NA", "NGA": "NG", "RUS": "RU", "THA": "TH",
        "USA": "US", "VNM": "VN"}  # fmt: skip
YEARS = range(2015, 2025)


def estimates(folder: Path = paths.DATA) -> dict[tuple[str, str], float]:
    """The mean of the six estimates by country and year; those that are curated as they are there."""
    rows = pd.read_csv(folder / "assumptions.csv", dtype=str, keep_default_na=False)
    rows, random = rows[rows["assumption"] == "governance"], np.random.default_rng(12)
    found = {}
    for row in rows.itertuples():
        known = int(row.material[-4:])
        drift = random.normal(0, 0.03, len(YEARS))
        found |= {
            (row.segment, str(year)): float(row.value) + (0 if year == known else round(float(step), 3))
            for year, step in zip(YEARS, drift, strict=True)
        }
    return found


def install(
    server, folder: Path = paths.DATA, lastupdated: str = "2025-10-15", fault: str = "", most: int = 32500
) -> None:
    """Answer as the interface does; ``most`` is the longest page that it gives.

    ``fault``: ``error`` (a message with status 200), ``null`` (one estimate of the last year is not known yet),
    ``ranks`` (from 0 to 100 in place of estimates), ``fewer`` (an indicator lacks), ``other`` (a country that was not
    asked for), ``renamed`` (a field).
    """
    known = estimates(folder)
    message = {"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}

    def answer(request: Request) -> Response:
        if fault == "error" or request.args.get("source") != "3":
            return _json([{"message": [message]}])
        _, _, _, countries, _, indicators = request.path.split("/")
        first, last = request.args["date"].split(":")
        names = indicators.split(";")[1:] if fault == "fewer" else indicators.split(";")
        found = []
        for place, name in enumerate(names):
            for country in countries.split(";"):
                for year in range(int(last), int(first) - 1, -1):
                    if (country, str(year)) in known:
                        off = (place - (len(names) - 1) / 2) * 0.11
                        found.append(_row(name, country, str(year), known[country, str(year)] + off))
        if fault == "null":
            newest = max(row["date"] for row in found)
            found = [
                row | {"value": None} if row["date"] == newest and "CC.EST" in row["indicator"]["id"] else row
                for row in found
            ]
        if fault == "ranks":
            found = [row | {"value": 20 * (row["value"] + 2.5)} for row in found]
        if fault == "other":
            found.append(_row(names[0], "NAM", last, 0.5))
        if fault == "renamed":
            found = [{("val" if name == "value" else name): said for name, said in row.items()} for row in found]
        size, page = min(int(request.args.get("per_page", 50)), most), int(request.args.get("page", 1))
        about = {"page": page, "pages": -(-len(found) // size), "per_page": size, "total": len(found), "sourceid": "3",
                 "lastupdated": lastupdated}  # fmt: skip
        return _json([about, found[(page - 1) * size : page * size] or None])

    server.expect_request(re.compile(r"/v2/country/[^/]+/indicator/[^/]+")).respond_with_handler(answer)


def _row(indicator: str, country: str, year: str, value: float) -> dict:
    return {
        "indicator": {"id": indicator, "value": f"{indicator}: Estimate"},
        "country": {"id": ISO2[country], "value": country},
        "countryiso3code": country,
        "date": year,
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 2,
    }


def _json(said: object) -> Response:
    return Response(json.dumps(said), content_type="application/json")
