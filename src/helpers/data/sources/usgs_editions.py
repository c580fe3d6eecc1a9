"""Files of the Mineral Commodity Summaries: whole or not, an adapter for each shape of table that is known, and how
figures are printed.
"""

import hashlib
import io
import re
import zipfile

import pandas as pd

from helpers.data.sources import bodies
from helpers.data.sources.protocol import Answer, UnfitError

OUTPUT, RESERVES = "mine/REO/output", "ground/REO/reserves"
"""Keys of what is read, after the area."""

_NUMBER = r"\d[\d,]*(?:\.\d+)?|\.\d+"
_LONG = {"MCS chapter", "Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value",
         "Notes", "Is critical mineral#", "Other notes"}  # fmt: skip
_WIDE = {"SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS", "PROD_#", "PROD_EST_#", "PROD_NOTES", "CAP_#",
         "CAP_EST_#", "CAP_NOTES", "RESERVES_#", "RESERVE_NOTES"}  # fmt: skip


def table(answer: Answer) -> pd.DataFrame:
    """The data file of an edition, all cells as text; UnfitError if it is not what its item tells of, or no table."""
    _whole(answer)
    text = bodies.text(answer, "cp1252", _unpacked(answer) if answer.request.kind == "zip" else None)
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def world(found: pd.DataFrame, chapter: str) -> pd.DataFrame:
    """Mine production and reserves: ``country, what, unit, year, text, estimate``, as printed, each row once."""
    shape = {re.sub(r"(?<=\D)\s*\d{4}$", "#", name.strip()) for name in found.columns}
    adapter = _long if shape == _LONG else _wide if shape == _WIDE else None
    if adapter is None:
        raise UnfitError(f"no adapter knows these columns, write one: {list(found.columns)[:30]}")
    return adapter(found, chapter).drop_duplicates(ignore_index=True)


def quantity(text: str) -> tuple[float, float, float, str]:
    """A printed figure as value, low, high, and what is special about it.

    >>> quantity("42,400")[0], quantity(">95")[1], quantity("W")[3]
    (42400.0, 95.0, 'withheld')
    """
    nothing, plain = float("nan"), text.strip()
    words = {"W": "withheld", "NA": "not available", "XX": "not available", "E": "net exporter"}
    if plain in words:
        return nothing, nothing, nothing, words[plain]
    if plain in ("", "—", "–", "--", "-", "0"):
        return 0.0, nothing, nothing, "none"
    if found := re.fullmatch(rf"([<>])\s*({_NUMBER})", plain):
        bound = float(found[2].replace(",", ""))
        return (nothing, bound, nothing, "above") if found[1] == ">" else (nothing, nothing, bound, "below")
    if found := re.fullmatch(rf"({_NUMBER})\s*(?:–|-|to)\s*({_NUMBER})", plain):
        return nothing, float(found[1].replace(",", "")), float(found[2].replace(",", "")), "range"
    if found := re.fullmatch(rf"[eE]?\s*({_NUMBER})\s*([eE]?)", plain):
        return float(found[1].replace(",", "")), nothing, nothing, "estimated" if plain.lower().count("e") else ""
    return nothing, nothing, nothing, "unreadable"


def period(text: str) -> str:
    """A printed year as a period: a span of years with its last two digits only is written out."""
    found = re.fullmatch(r"(\d\d)(\d\d)\s*[–—-]\s*(?:\d\d)?(\d\d)", text.strip())
    return f"{found[1]}{found[2]}/{found[1]}{found[3]}" if found else text.strip()


def _long(table: pd.DataFrame, chapter: str) -> pd.DataFrame:
    """One row a figure: the shape in which one file holds all commodities."""
    world = table[(table["MCS chapter"].str.strip() == chapter) & table["Section"].str.startswith("World")]
    mined = (world["Statistics"] == "Production") & world["Statistics_detail"].str.startswith("Mine production")
    world = world.assign(what=mined.map({True: OUTPUT, False: RESERVES}))[mined | (world["Statistics"] == "Reserves")]
    return pd.DataFrame({
        "country": world["Country"].str.strip(), "what": world["what"], "unit": world["Unit"].str.strip(),
        "year": world["Year"].map(period), "text": world["Value"].str.strip(),
        "estimate": world["Notes"].str.startswith("Estimated") & (world["what"] == OUTPUT),
    })  # fmt: skip


def _wide(table: pd.DataFrame, chapter: str) -> pd.DataFrame:
    """One row a country, one column a year: the shape of the packed world data."""
    table = table.rename(columns=str.strip)
    same = table["COMMODITY"].str.strip().str.upper() == chapter
    table = table[same & table["TYPE"].str.startswith("Mine production")]
    found = []
    for column in table.columns:
        if match := re.fullmatch(r"(PROD|PROD_EST|RESERVES)_\s*(\d{4})", column):
            what = RESERVES if match[1] == "RESERVES" else OUTPUT
            found.append(pd.DataFrame({
                "country": table["COUNTRY"].str.strip(), "what": what, "unit": table["UNIT_MEAS"].str.strip(),
                "year": match[2], "text": table[column].str.strip(), "estimate": match[1] == "PROD_EST",
            }))  # fmt: skip
    return pd.concat(found, ignore_index=True)


def _whole(answer: Answer) -> None:
    """The file is the one that the item tells of, byte for byte."""
    kind, _, told = answer.request.context["checksum"].partition(":")
    size, kind = answer.request.context["size"], kind.lower().replace("-", "")
    if size and int(size) != len(answer.body):
        raise UnfitError(f"{len(answer.body):,} bytes came of {int(size):,}; fetch again")
    if told and kind not in hashlib.algorithms_available:
        raise UnfitError(f"a checksum of the kind {kind!r} cannot be held against the file")
    if told and hashlib.new(kind, answer.body, usedforsecurity=False).hexdigest() != told.lower():
        raise UnfitError(f"the file has another {kind} checksum than {told}; fetch again")


def _unpacked(answer: Answer) -> bytes:
    with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
        found = [part for part in packed.infolist() if part.filename.endswith("_World_Data.csv")]
        if len(found) != 1:
            raise UnfitError(f"not one table is packed but {packed.namelist()[:10]}")
        return packed.read(found[0])
