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


def parse(answer: Answer) -> pd.DataFrame:
    """The rows with ``country`` (three letters), ``indicator``, ``year``, ``value``, ``lastupdated``."""
    context = answer.request.context
    about, given = _said(answer)
    if int(about.get("pages") or 0) > 1:
        raise UnfitError(f"{about['pages']} pages came, not one; ask for fewer countries in data/feeds.csv")
    if lacking := sorted({name for row in given for name in _KEYS - set(row)}):
        raise UnfitError(f"rows without {lacking}, such as {str(given[0])[:200]}; adapt worldbank.py")
    found = [
        (row["countryiso3code"] or row["country"]["id"], row["indicator"]["id"], row["date"], row["value"])
        for row in given
    ]
    table = pd.DataFrame(found, columns=["country", "indicator", "year", "value"])
    for column, asked in (("country", context["countries"].split()), ("indicator", context["indicators"].split())):
        if len(table) and set(table[column]) != set(asked):
            odd = sorted(set(table[column]) ^ set(asked))
            raise UnfitError(f"not every {column} that was asked for came, or others did: {odd[:5]}")
    if table.duplicated(["country", "indicator", "year"]).any():
        raise UnfitError("a country has two values of one indicator and year")
    return table.assign(lastupdated=about.get("lastupdated"))


def rows(parsed: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """The mean of the estimates of each country and year of which all are known."""
    asked = len(answer.request.context["indicators"].split())
    known = parsed.dropna(subset=["value"])
    values = pd.to_numeric(known["value"], errors="coerce")
    if (wrong := known["value"][~values.between(-4, 4)]).size:
        raise UnfitError(f"{wrong.iloc[0]!r} is no estimate of {UNIT}; perhaps a rank")
    made, day = [], _day(parsed)
    for (country, year), of in known.assign(value=values).groupby(["country", "year"]):
        if len(of) == asked:
            mean = round(float(of["value"].mean()), 3)
            key = f"governance/{country}/{_MATERIAL.format(year)}"
            made.append({"key": key, "unit": UNIT, "value": mean, "status": "derived", "published": day})
    return figures("assumptions", made)


def _day(parsed: pd.DataFrame) -> date | None:
    """The publisher's own day, if it names one."""
    said = "".join(str(text) for text in parsed["lastupdated"].head(1))
    return date.fromisoformat(said) if re.fullmatch(r"\d{4}-\d\d-\d\d", said) else None


def _said(answer: Answer) -> tuple[dict, list]:
    said = bodies.said(answer)
    if isinstance(said, list) and len(said) == 1 and isinstance(said[0], dict) and "message" in said[0]:
        told = "; ".join(f"{part.get('key')}: {part.get('value')}" for part in said[0]["message"])
        raise UnfitError(f"the source refuses the question: {told}")
    if not (isinstance(said, list) and [type(part) for part in said[:1]] == [dict] and len(said) == 2):
        raise UnfitError(f"not a list of two came but {answer.body[:80]!r}")
    return said[0], said[1] or []
