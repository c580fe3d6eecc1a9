"""Mineral Commodity Summaries of the U.S. Geological Survey: rare earths mined by country, and reserves.

An edition is a data release, an item with files; it can be revised within its year ("ver. 2.0"). Years are
calendar years. What its tables look like is in `usgs_editions`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pandas as pd

from helpers.data.sources import bodies
from helpers.data.sources import usgs_editions as editions
from helpers.data.sources.protocol import Answer, Ask, Feed, Request, UnfitError, figures
from helpers.data.sources.spellings import partners, unknown

TITLE = "Mineral Commodity Summaries"

TONNES = {"metric tons": 1.0, "thousand metric tons": 1e3, "million metric tons": 1e6}
_FILES = (r"MCS\d{4}_Commodities_Data\.csv", r"World_Data_Release_MCS_\d{4}\.zip")


def requests(feed: Feed, since: str, today: date, keyed: bool) -> Iterator[Request]:
    """Each edition that is listed, newest first; an edition leaves to the next one the years that both have."""
    (commodity,), items = feed.asked("commodities"), feed.asked("items")
    for item, newer in zip(items, ["", *items], strict=False):
        yield Request(
            question=f"edition {item}",
            path=_listing(item),
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
    link = urlsplit(str(file.get("downloadUri") or file.get("url")))
    newer = request.context["newer"]
    later = _item(request, _listing(newer), ask)[0] if newer else edition + 2
    output = tuple(str(year) for year in (edition - 2, edition - 1) if year < later - 2)
    checksum = file.get("checksum") or {}
    known = {
        "edition": str(edition),
        "version": version,
        "checksum": f"{checksum.get('type', '')}:{checksum.get('value', '')}",
        "size": str(file.get("size") or ""),
        "uploaded": "".join(re.findall(r"^\d{4}-\d\d-\d\d", str(file.get("dateUploaded")))),
        "output": " ".join(output),
    }
    return replace(
        request,
        path=link._replace(query="", fragment="").geturl(),
        params=dict(parse_qsl(link.query)),
        kind="zip" if file["name"].endswith(".zip") else "csv",
        keys=(f"*/{editions.OUTPUT}",),
        periods=output,
        context={**request.context, **known},
    )


def parse(answer: Answer) -> pd.DataFrame:
    """Mine production and reserves: ``country, what, unit, year, text, estimate``, then the text as `quantity`."""
    context = answer.request.context
    found = editions.world(editions.table(answer), context["chapter"])
    if found.empty:
        raise UnfitError(f"no row is of the world's production in the chapter {context['chapter']!r}")
    numbers = [editions.quantity(text) for text in found["text"]]
    return found.join(pd.DataFrame(numbers, columns=["value", "low", "high", "says"]))


def rows(parsed: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """Output in t and reserves in Mt of rare-earth oxide; none where the publisher prints a dash."""
    context = answer.request.context
    note = f"{context['edition']} edition" + (f", version {context['version']}" if context["version"] else "")
    day = date.fromisoformat(context["uploaded"]) if context["uploaded"] else None
    made, areas = [], partners("usgs")
    if strange := sorted(set(parsed["country"]) - set(areas)):
        raise unknown(strange[:5])
    if strange := sorted(set(parsed["unit"]) - set(TONNES)):
        raise UnfitError(f"the unit is {strange[0]!r}, known are {', '.join(TONNES)}")
    for row in parsed.itertuples():
        if row.says == "unreadable":
            raise UnfitError(f"{row.country}, {row.what}, {row.year}: {row.text!r} is no figure that is known")
        if row.says == "none" or (row.what == editions.OUTPUT and row.year not in context["output"].split()):
            continue
        factor, unit = TONNES[row.unit], "t REO" if row.what == editions.OUTPUT else "Mt REO"
        factor /= 1 if row.what == editions.OUTPUT else 1e6
        numbers = {name: round(getattr(row, name) * factor, 6) for name in ("value", "low", "high")}
        missing = row.says in ("not available", "withheld", "net exporter")
        status = "missing" if missing else "estimate" if row.estimate or row.says == "estimated" else "reported"
        said = f"{note}; printed as {row.text}" if row.says not in ("", "estimated") else note
        made.append({"key": f"{areas[row.country]}/{row.what}", "period": row.year, "unit": unit, **numbers,
                     "status": status, "published": day, "note": said})  # fmt: skip
    return figures("production", made)


def _listing(item: str) -> str:
    return f"/catalog/item/{item}"


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
