"""A made-up source: a question a year, answered with a figure a month; some figures may be missing."""

import json

import pandas as pd

from helpers.data.sources.protocol import Request, UnfitError, figures

TITLE = "a made-up source"
VOLATILE = rb'"made": "[^"]*"'
KEY_HEADER = "X-Key"
KEY = "import/IND/world/850511/weight"


def requests(feed, since, today, keyed):
    for year in range(int(since[:4]), today.year + 1):
        months = tuple(f"{year}-{month:02d}" for month in range(1, 13))
        yield Request(f"months of {year}", f"/months/{year}", keys=(KEY,), periods=months)


def dropped(name):
    return Request(f"file {name}", name, keys=(KEY,))


def rows(answer):
    said = json.loads(answer.body)
    if "error" in said:
        raise UnfitError(f"{answer.request.question}: the source says {said['error']!r}; ask for something else")
    found = pd.DataFrame(said["months"].items(), columns=["period", "value"])
    return figures("trade", found.assign(key=KEY, unit="t"))
