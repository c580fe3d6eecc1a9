"""Governance of countries: the six estimates of the Worldwide Governance Indicators, as their mean.

Errors of the interface come with status 200, as a list of one element with a ``message``; figures as a list of two:
what they are (pages, ``lastupdated``: the publisher's own date) and the rows. A value of null is not known yet.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd

from helpers.data.sources import bodies
from helpers.data.sources.protocol import Answer, Ask, Feed, Request, UnfitError, figures

TITLE = "Worldwide Governance Indicators"
VOLATILE = rb'"lastupdated":\s*"[^"]*"'

UNIT = "-2.5 to 2.5"
_MATERIAL = "mean of six estimates, {}"
_DATABASE = "3"
"""Number of the indicators' own database: several indicators can be asked for at once only with it."""
_KEYS = {"indicator", "country", "countryiso3code", "date", "value"}


def requests(feed: Feed, since: str, today: date, keyed: bool) -> Iterator[Request]:
    """All indicators of all countries from a year on, in one question."""
    countries, indicators = feed.asked("countries"), feed.asked("indicators")
    years = range(int(since[:4]), today.year + 1)
    yield Request(
        question=f"governance estimates since {years[0]}",
        path=f"/v2/country/{';'.join(countries)}/indicator/{';'.join(indicators)}",
        params={"source": _DATABASE, "format": "json", "date": f"{years[0]}:{years[-1]}", "per_page": "1000"},
        keys=tuple(f"governance/*/{_MATERIAL.format(year)}" for year in years),
        context={"countries": " ".join(countries), "indicators": " ".join(indicators)},
    )


def prepare(request: Request, ask: Ask) -> Request:
    """The same question with pages so long that one holds all rows; how many there are is asked first."""
    first = replace(request, question=f"{request.question}: how many", params={**request.params, "per_page": "1"})
    about, _ = _said(ask(first))
    most = max(int(request.params["per_page"]), int(about.get("total") or 0))
    return replace(request, params={**request.params, "per_page": str(most)})


def rows(answer: Answer) -> pd.DataFrame:
    """The mean of the estimates of each country and year of which all are known."""
    about, given = _said(answer)
    countries, indicators = (answer.request.context[name].split() for name in ("countries", "indicators"))
    if int(about.get("pages") or 0) > 1:
        raise UnfitError(f"{about['pages']} pages came, not one; ask for fewer countries in data/feeds.csv")
    if lacking := sorted({name for row in given for name in _KEYS - set(row)}):
        raise UnfitError(f"rows without {lacking}, such as {str(given[0])[:200]}; adapt worldbank.py")
    codes = [row["countryiso3code"] or row["country"]["id"] for row in given]
    found = [(code, row["indicator"]["id"], row["date"], row["value"]) for code, row in zip(codes, given, strict=True)]
    table = pd.DataFrame(found, columns=["country", "indicator", "year", "value"])
    for column, asked in (("country", countries), ("indicator", indicators)):
        if len(table) and set(table[column]) != set(asked):
            odd = sorted(set(table[column]) ^ set(asked))
            raise UnfitError(f"not every {column} that was asked for came, or others did: {odd[:5]}")
    if table.duplicated(["country", "indicator", "year"]).any():
        raise UnfitError("a country has two values of one indicator and year")
    known = table.dropna(subset=["value"])
    values = pd.to_numeric(known["value"], errors="coerce")
    if (wrong := known["value"][~values.between(-4, 4)]).size:
        raise UnfitError(f"{wrong.iloc[0]!r} is no estimate of {UNIT}; perhaps a rank")
    made, said = [], str(about.get("lastupdated"))
    day = date.fromisoformat(said) if re.fullmatch(r"\d{4}-\d\d-\d\d", said) else None
    for (country, year), of in known.assign(value=values).groupby(["country", "year"]):
        if len(of) == len(indicators):
            mean = round(float(of["value"].mean()), 3)
            key = f"governance/{country}/{_MATERIAL.format(year)}"
            made.append({"key": key, "unit": UNIT, "value": mean, "status": "derived", "published": day})
    return figures("assumptions", made)


def _said(answer: Answer) -> tuple[dict, list]:
    said = bodies.said(answer)
    if isinstance(said, list) and len(said) == 1 and isinstance(said[0], dict) and "message" in said[0]:
        told = "; ".join(f"{part.get('key')}: {part.get('value')}" for part in said[0]["message"])
        raise UnfitError(f"the source refuses the question: {told}")
    if not (isinstance(said, list) and [type(part) for part in said[:1]] == [dict] and len(said) == 2):
        raise UnfitError(f"not a list of two came but {answer.body[:80]!r}")
    return said[0], said[1] or []
