"""UN Comtrade: what customs offices report to the United Nations, by six-digit line, partner, and month or year.

Weights are net and in tonnes; values in million dollars, with freight and insurance for imports, without for exports.
How rows become figures is in `comtrade_figures`.
"""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from helpers import fiscal
from helpers.data.sources import bodies, comtrade_figures
from helpers.data.sources.comtrade_figures import FLOWS, TOTALS
from helpers.data.sources.protocol import Answer, Feed, Request, SourceError, UnfitError

TITLE = "Comtrade (UN)"
VOLATILE = rb'"elapsedTime"\s*:\s*"[^"]*"'
KEY_HEADER = "Ocp-Apim-Subscription-Key"

HOME = "IND"
"""Imports are asked of this reporter; of all others their exports to it and to the world, the mirror."""

ROADS = {True: "/data/v1/get", False: "/public/v1/preview"}
"""Where to ask with a key, and without."""

CUTS = {"/data/": 100_000, "/public/": 500}
"""Rows at which an answer is cut without a word, by how the path begins."""

PARTNERS = 160
"""More partners than a line has in a month or a year."""

LINES = 300
"""Most lines in a question: an address may have 4,096 characters."""

_TEXT, _WHOLE, _FLAG, _NUMBER = {str}, {int}, {bool}, {int, float, type(None)}
FIELDS: dict[str, set] = {
    "freqCode": _TEXT, "period": _TEXT, "reporterCode": _WHOLE, "flowCode": _TEXT, "partnerCode": _WHOLE,
    "partnerISO": {str, type(None)}, "partner2Code": _WHOLE, "classificationCode": _TEXT, "cmdCode": _TEXT,
    "customsCode": _TEXT, "motCode": _WHOLE, "qtyUnitCode": _WHOLE, "qty": _NUMBER, "isQtyEstimated": _FLAG,
    "netWgt": _NUMBER, "isNetWgtEstimated": _FLAG, "cifvalue": _NUMBER, "fobvalue": _NUMBER, "primaryValue": _NUMBER,
}  # fmt: skip
"""The fields that figures follow from, and the types of their values; a row has about thirty more."""


def requests(feed: Feed, since: str, today: date, keyed: bool) -> Iterator[Request]:
    """Every question there is, about periods that have ended.

    Whole calendar years, from that of ``since``, so that a question is the same whenever it is asked. With a key it
    is about the months of a year; without one, about a month and no more lines than fit into 500 rows. The lines
    named ``yearly`` are asked by years only, between the reporters and of the world.
    """
    for reporter in feed.asked("reporters"):
        for year in range(int(since[:4]), today.year + 1):
            months = [f"{year}-{month:02d}" for month in range(1, 13)]
            months = [month for month in months if fiscal.span(month)[1] < today]
            asked = {f"months of {year}": months} if keyed else {f"month {month}": [month] for month in months}
            if len(months) == 12:
                asked[f"year {year}"] = [str(year)]
            for when, periods in asked.items():
                if periods:
                    yield from _questions(feed, reporter, when, periods, keyed)
                if periods == [str(year)]:
                    yield from _questions(feed, reporter, when, periods, keyed, yearly=True)


def parse(answer: Answer) -> pd.DataFrame:
    """The rows of an answer with :data:`FIELDS`, as they came; none where nothing is public or nothing crossed."""
    told = _told(answer)
    data, said = told["data"], told.get("count")
    if len(data) >= _cut(answer.request.path):
        raise UnfitError(f"{len(data)} rows came, at which answers are cut silently; "
                         "ask for fewer lines at once (`lines` in data/feeds.csv), or with a key")  # fmt: skip
    if said != len(data):
        raise UnfitError(f"it says that it has {said} rows and has {len(data)}; ask again")
    try:
        columns = {name: [row[name] for row in data] for name in FIELDS}
    except KeyError:
        lacking = {name for row in data for name in FIELDS if name not in row}
        others = {name for row in data for name in row if name not in FIELDS}
        raise UnfitError(f"rows lack {sorted(lacking)}; others are {sorted(others)}") from None
    for name, types in FIELDS.items():
        if odd := set(map(type, columns[name])) - types:
            found = next(value for value in columns[name] if type(value) in odd)
            raise UnfitError(f"{name} is {found!r}, which is of another type than before")
    return pd.DataFrame(columns).astype({name: float for name, types in FIELDS.items() if types is _NUMBER})


def rows(parsed: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """Weights and values by line, partner and period; see `comtrade_figures`."""
    return comtrade_figures.figures(parsed, answer.request)


def _questions(
    feed: Feed, reporter: str, when: str, periods: list[str], keyed: bool, yearly: bool = False
) -> Iterator[Request]:
    flow, partners = ("M", feed.asked("partners")) if reporter == HOME else ("X", [HOME])
    if yearly and reporter == HOME:
        partners = [other for other in feed.asked("reporters") if other != HOME]
    partners = [] if partners == ["all"] else ["world", *partners]
    codes, lines = comtrade_figures.codes(), feed.asked("yearly" if yearly else "lines")
    if unknown := {reporter, *partners} - set(codes):
        raise SourceError(f"data/feeds.csv asks Comtrade for {' '.join(unknown)}, not in spellings.csv")
    path = f"{ROADS[keyed]}/C/{'M' if '-' in periods[0] else 'A'}/HS"
    most = min(LINES, (_cut(path) - 1) // (len(periods) * (len(partners) or PARTNERS)))
    for some in (lines[first : first + most] for first in range(0, len(lines), most)):
        params = {
            "reporterCode": str(codes[reporter]),
            "flowCode": flow,
            "period": ",".join(period.replace("-", "") for period in periods),
            "cmdCode": ",".join(some),
            "partnerCode": ",".join(str(codes[partner]) for partner in partners),
            **{name: str(value) for name, value in TOTALS.items()},
            "maxRecords": str(_cut(path)),
            "includeDesc": "true",
        }
        yield Request(
            question=f"{when}, {FLOWS[flow]}s of {reporter}, {' '.join(some)}",
            path=path,
            params={name: value for name, value in params.items() if value},
            keys=tuple(f"{FLOWS[flow]}/{reporter}/{other}/{line}/*" for line in some for other in partners or ["*"]),
            periods=tuple(periods),
        )


def _told(answer: Answer) -> dict:
    """The envelope of an answer, if it is one and holds no error."""
    told = bodies.said(answer)
    wrong = told.get("error") or told.get("errorObject") if isinstance(told, dict) else "no envelope"
    if wrong or not isinstance(told.get("data"), list) or not all(isinstance(row, dict) for row in told["data"]):
        raise bodies.unfit(answer, f"instead of rows came {str(wrong or 'other things')[:200]!r}")
    return told


def _cut(path: str) -> int:
    return next(rows for start, rows in CUTS.items() if path.startswith(start))
