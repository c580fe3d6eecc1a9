"""Frankfurter: the reference rates of the European Central Bank by another road, a check of the first.

Asked in its first version, whose answer is ``{amount, base, start_date, end_date, rates}``; the flat list
``[{date, base, quote, rate}]`` of its second version is read too if it comes.
"""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from helpers.data.sources import bodies, ecb
from helpers.data.sources.protocol import Answer, Feed, Request, UnfitError

TITLE = "Frankfurter exchange rates"

BASIS = "Frankfurter, monthly mean"
_FLAT = ["date", "base", "quote", "rate"]


def requests(feed: Feed, since: str, today: date, keyed: bool) -> Iterator[Request]:
    """One question a year, for every year of which a month is over, as of the bank."""
    quote, base = feed.asked("currencies")
    for year, months in ecb.whole_years(since, today).items():
        last = min(today, date(year, 12, 31))
        yield Request(
            question=f"{quote} per {base}, {months[0]} to {months[-1]}",
            path=f"/v1/{year}-01-01..{last}",
            params={"base": base, "symbols": quote},
            keys=(f"{quote} per {base}/{BASIS}",),
            periods=months,
            context={"quote": quote, "base": base},
        )


def rows(answer: Answer) -> pd.DataFrame:
    """Rupees per dollar of each whole month: the mean over its days with a rate, of whichever version answered."""
    came, said = answer.body[:80], bodies.said(answer)
    if isinstance(said, dict) and isinstance(said.get("rates"), dict) and {"amount", "base"} <= set(said):
        if said["amount"] != 1:
            raise UnfitError(f"the rates are for {said['amount']} {said['base']}, not for one")
        days = said["rates"].items()
        if not all(isinstance(rates, dict) for _, rates in days):
            raise UnfitError(f"rates of one day came, not of many: {came!r}")
        found = [(day, said["base"], quote, rate) for day, rates in days for quote, rate in rates.items()]
    elif isinstance(said, list) and all(isinstance(row, dict) and set(row) >= set(_FLAT) for row in said):
        found = [tuple(row[name] for name in _FLAT) for row in said]
    else:
        raise UnfitError(f"neither version's answer came but {came!r}; look what the source says of its versions")
    table = pd.DataFrame(found, columns=_FLAT)
    for column in ("base", "quote"):
        if other := sorted(set(table[column]) - {answer.request.context[column]}):
            raise UnfitError(f"{column} is {other[:3]}, not {answer.request.context[column]}")
    rates = table.dropna(subset=["rate"])
    wrong = [rate for rate in rates["rate"] if isinstance(rate, bool | str) or rate <= 0]
    if wrong or rates["date"].duplicated().any():
        raise UnfitError(f"{wrong[0]!r} is no rate" if wrong else "a day has two rates")
    return ecb.monthly(rates.set_index("date")["rate"].astype(float), BASIS, answer)
