"""Monthly prices of commodities, the "Pink Sheet": a workbook whose address changes with each edition.

Its link is read from the page that presents it, and never pinned; the file lies on a host of its own, which ``hosts``
names in what is asked of the feed: no other is asked.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

import pandas as pd

from helpers.data.sources import bodies
from helpers.data.sources.protocol import Answer, Ask, Feed, Request, UnfitError, addressed, figures
from helpers.data.sources.spellings import MONTHS

TITLE = "commodity prices, the Pink Sheet"

WORKBOOK, SHEET = "CMO-Historical-Data-Monthly.xlsx", "Monthly Prices"
_PER_KG = {"$/mt": 0.001, "$/kg": 1.0}
_NAMES, _UNITS, _DATA = 4, 5, 6
_UPDATED = re.compile(r"updated on\s+([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})", re.IGNORECASE)


def requests(feed: Feed, since: str, today: date, keyed: bool) -> Iterator[Request]:
    """The workbook; ``items`` are names of its columns, with ``_`` for a space; ``enters`` ends with the basis."""
    items, basis = [item.replace("_", " ") for item in feed.asked("items")], feed.enters.rpartition("/")[2]
    yield Request(
        question=f"monthly prices since {since}",
        path="/en/research/commodity-markets",
        kind="xlsx",
        keys=tuple(f"{item}/{basis}" for item in items),
        periods=tuple(str(month) for month in pd.period_range(since, today, freq="M")),
        context={"items": "; ".join(items), "basis": basis},
    )


def prepare(request: Request, ask: Ask) -> Request:
    """The question for the workbook to which the page links now."""
    from bs4 import BeautifulSoup

    page = ask(replace(request, question=f"{request.question}: its link", kind="html"))
    links = [str(link["href"]) for link in BeautifulSoup(page.body, "html.parser").find_all("a", href=True)]
    found = [link for link in dict.fromkeys(links) if urlsplit(link).path.endswith(f"/{WORKBOOK}")]
    if len(found) != 1:
        raise UnfitError(f"{request.path} has {len(found)} links to {WORKBOOK} among {len(links)}; look at the page")
    return addressed(found[0], request)


def rows(answer: Answer) -> pd.DataFrame:
    """Prices in USD per kg of the months asked for; what is empty or an ellipsis is not known."""
    cells, context, made = bodies.sheet(answer, SHEET), answer.request.context, []
    first = str(cells[_DATA][0]).strip() if len(cells) > _DATA and cells[_DATA] else ""
    if not re.fullmatch(r"\d{4}M\d\d", first):
        raise UnfitError(f"the months do not begin in row {_DATA + 1}, there is {first!r}; adapt pinksheet.py")
    names = [_plain(name) for name in cells[_NAMES]]
    said = _UPDATED.search(" ".join(str(cell) for row in cells[:_NAMES] for cell in row))
    day = date(int(said[3]), MONTHS.index(said[1].lower()) + 1, int(said[2])) if said else None
    for item in context["items"].split("; "):
        if names.count(_plain(item)) != 1:
            near = [str(name).strip() for name in cells[_NAMES] if _plain(name)[:4] == _plain(item)[:4]]
            raise UnfitError(f"there is not one column {item!r}; near it are {near or names[:10]}")
        at = names.index(_plain(item))
        unit, shared = str(cells[_UNITS][at]).strip(" ()"), {"key": f"{item}/{context['basis']}", "published": day}
        for month, value in ((str(row[0]).strip(), row[at]) for row in cells[_DATA:]):
            period = month.replace("M", "-")
            if period not in answer.request.periods or value in ("", "…", "..", "..."):
                continue
            if unit not in _PER_KG:
                raise UnfitError(f"{item} is in {unit!r}, not in one of {sorted(_PER_KG)}")
            if isinstance(value, bool | str) or not value > 0:
                raise UnfitError(f"{item} of {month} is {value!r}, no price")
            price = round(float(value) * _PER_KG[unit], 6)
            made.append(shared | {"period": period, "unit": "USD/kg", "value": price, "note": f"in {unit}"})
    return figures("prices", made)


def _plain(name: object) -> str:
    return " ".join(str(name).replace("*", " ").split()).casefold()
