"""Mineral Commodity Summaries of the U.S. Geological Survey: rare earths mined by country, and reserves.

An edition is a data release, an item with files; it can be revised within its year ("ver. 2.0"). Years are
calendar years. Each shape of table that is known has an adapter.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd

from helpers.data.sources import bodies
from helpers.data.sources.protocol import Answer, Ask, Feed, Request, UnfitError, addressed, figures
from helpers.data.sources.spellings import countries

TITLE = "Mineral Commodity Summaries"

TONNES = {"metric tons": 1.0, "thousand metric tons": 1e3, "million metric tons": 1e6}
_FILES = (r"MCS\d{4}_Commodities_Data\.csv", r"World_Data_Release_MCS_\d{4}\.zip")

OUTPUT, RESERVES = "mine/REO/output", "ground/REO/reserves"
"""Keys of what is read, after the area."""

LISTING = "/catalog/item/"
_NUMBER = r"\d[\d,]*(?:\.\d+)?|\.\d+"
_LONG = {"MCS chapter", "Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value",
         "Notes", "Is critical mineral#", "Other notes"}  # fmt: skip
_WIDE = {"SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS", "PROD_#", "PROD_EST_#", "PROD_NOTES", "CAP_#",
         "CAP_EST_#", "CAP_NOTES", "RESERVES_#", "RESERVE_NOTES"}  # fmt: skip


def requests(feed: Feed, since: str, today: date, keyed: bool) -> Iterator[Request]:
    """Each edition that is listed, newest first; an edition leaves to the next one the years that both have."""
    (commodity,), items = feed.asked("commodities"), feed.asked("items")
    for item, newer in zip(items, ["", *items], strict=False):
        yield Request(
            question=f"edition {item}",
            path=LISTING + item,
            kind="csv",
            params={"format": "json", "fields": "title,files"},
            context={"chapter": commodity.replace("-", " "), "newer": newer},
        )


def prepare(request: Request, ask: Ask) -> Request:
    """The question for the edition's data file, with what the item says of it: edition, version, size, checksum.

    Its address is the one that the item gives; whether that host may be asked is for the transport to say.
    """
    edition, version, files = _item(request, request.path, ask)
    named = [file for file in files for form in _FILES if re.fullmatch(form, str(file.get("name")))]
    if len(named) != 1:
        names = [file.get("name") for file in files]
        raise UnfitError(f"{len(named)} of its files are a data file that is known; it has {names}")
    (file,) = named
    found = addressed(str(file.get("downloadUri") or file.get("url")), request)
    newer = request.context["newer"]
    later = _item(request, LISTING + newer, ask)[0] if newer else edition + 2
    output = tuple(str(year) for year in (edition - 2, edition - 1) if year < later - 2)
    checksum = file.get("checksum") or {}
    known = {"edition": str(edition), "version": version, "output": " ".join(output)}
    known["checksum"] = f"{checksum.get('type', '')}:{checksum.get('value', '')}"
    known["size"] = str(file.get("size") or "")
    known["uploaded"] = "".join(re.findall(r"^\d{4}-\d\d-\d\d", str(file.get("dateUploaded"))))
    kind = "zip" if file["name"].endswith(".zip") else "csv"
    return replace(found, kind=kind, keys=(f"*/{OUTPUT}",), periods=output, context={**request.context, **known})


def rows(answer: Answer) -> pd.DataFrame:
    """Output in t and reserves in Mt of rare-earth oxide; none where the publisher prints a dash.

    UnfitError if the file is not what its item tells of, no table that is known, or has a figure that is not.
    """
    _whole(answer)
    text = bodies.text(answer, "cp1252", _unpacked(answer) if answer.request.kind == "zip" else None)
    context = answer.request.context
    found = world(pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False), context["chapter"])
    if found.empty:
        raise UnfitError(f"no row is of the world's production in the chapter {context['chapter']!r}")
    note = f"{context['edition']} edition" + (f", version {context['version']}" if context["version"] else "")
    day = date.fromisoformat(context["uploaded"]) if context["uploaded"] else None
    made = []
    if strange := sorted(set(found["unit"]) - set(TONNES)):
        raise UnfitError(f"the unit is {strange[0]!r}, known are {', '.join(TONNES)}")
    for row in found.assign(area=countries("usgs", found["country"])).itertuples():
        *ends, says = quantity(row.text)
        if says == "unreadable":
            raise UnfitError(f"{row.country}, {row.what}, {row.year}: {row.text!r} is no figure that is known")
        if says == "none" or (row.what == OUTPUT and row.year not in context["output"].split()):
            continue
        factor, unit = TONNES[row.unit], "t REO" if row.what == OUTPUT else "Mt REO"
        factor /= 1 if row.what == OUTPUT else 1e6
        value, low, high = (round(end * factor, 6) for end in ends)
        missing = says in ("not available", "withheld", "net exporter")
        status = "missing" if missing else "estimate" if row.estimate or says == "estimated" else "reported"
        said = f"{note}; printed as {row.text}" if says not in ("", "estimated") else note
        made.append({"key": f"{row.area}/{row.what}", "period": row.year, "unit": unit, "value": value, "low": low,
                     "high": high, "status": status, "published": day, "note": said})  # fmt: skip
    return figures("production", made)


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


def _item(request: Request, path: str, ask: Ask) -> tuple[int, str, list[dict]]:
    """Edition, version and files that an item tells of."""
    answer = ask(replace(request, question=f"{request.question}: {path}", path=path, kind="json"))
    try:
        said = bodies.said(answer)
        title, files = str(said["title"]), list(said["files"])
    except (KeyError, TypeError):
        raise bodies.unfit(answer, "it is no item with title and files") from None
    if not (edition := re.search(r"Summaries (\d{4})", title)):
        raise UnfitError(f"{path} is {title!r}, no edition of the summaries; correct the items in data/feeds.csv")
    version = re.search(r"ver(?:sion|\.)\s*(\d[\d.]*\d|\d)", title)
    return int(edition[1]), version[1] if version else "", files


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
