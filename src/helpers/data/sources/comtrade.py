"""UN Comtrade: what customs offices report to the United Nations, by six-digit line, partner, and month or year.

Weights are net and in tonnes; values in million dollars, with freight and insurance for imports, without for exports.
Partners have the codes of the UN, which ``spellings.csv`` turns into those of ISO. What belongs to no country (areas
not elsewhere specified, bunkers, free zones, states that are no more) is one partner, ``nes``, so that partners add up
to the world at most; groups of countries, whose members are partners too, are left out. Net weight is always in
kilograms; nothing, beside a value, is a weight that is not known: there is no figure of it, and the note of the value
says so. That a row is not ``isReported`` means that it is a sum of finer lines, and nothing else.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from math import nan

import pandas as pd

from helpers import fiscal
from helpers.data.sources import bodies
from helpers.data.sources.protocol import COLUMNS, Answer, Feed, Request, SourceError, UnfitError
from helpers.data.sources.spellings import partners

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

FLOWS = {"M": "import", "X": "export"}
TOTALS = {"partner2Code": 0, "customsCode": "C00", "motCode": 0}
"""What marks the rows that are no part of another: second partners, procedures and transports all together."""

KILOGRAMS = {8: 1, 21: 1000}
"""What one of a unit of quantity weighs, by the code of the unit; other units count pieces, and say nothing."""

APART = 0.02
"""Share by which a quantity may differ from the net weight, or the sum of partners exceed the world."""

KEY = ["period", "partnerCode", "cmdCode"]
NOTES = {
    "returned": ", its own goods returned", "unweighed": ", not all weighed", "by_quantity": ", from the quantity",
    "guessed": ", estimated by the publisher", "apart": ", quantity and net weight differ",
}  # fmt: skip
"""What a note says of a figure, beside the edition of the HS in which it was reported."""


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


def rows(answer: Answer) -> pd.DataFrame:
    """Weights and values of the asked lines, by partner and period.

    Where a period has a world, partners that it does not name did not trade; where it has none, nothing is public yet.
    Neither becomes a figure of nought. UnfitError if a row is of something else than was asked, comes twice or only in
    parts, or partners exceed the world.
    """
    parsed = parse(answer)
    if parsed.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    _as_asked(parsed, answer.request)
    total = (parsed[list(TOTALS)] == list(TOTALS.values())).all(axis=1)
    told = parsed[total]
    parts = parsed.loc[~total, KEY].drop_duplicates().merge(told[KEY], how="left", indicator=True)
    if len(alone := parts[parts["_merge"] == "left_only"]):
        raise UnfitError(f"parts came without their total, such as {_some(alone[KEY].to_numpy())}")
    if (twice := told.duplicated(KEY)).any():
        raise UnfitError(f"a row came twice, such as {_some(told[twice][KEY].to_numpy())}")
    told = told.assign(partner=_named(told), **_weighed(told))
    told = _together(told[told["partner"] != "group"])
    _within(told)
    asked = answer.request.params
    return _long(told, partners("comtrade")[asked["reporterCode"]], asked["flowCode"])


def codes() -> dict[str, int]:
    """The UN's code of each country, the first of several, and of the world, by its ISO code."""
    known = reversed(partners("comtrade").items())
    return {iso: int(code) for code, iso in known if iso not in ("nes", "group")}


def _questions(
    feed: Feed, reporter: str, when: str, periods: list[str], keyed: bool, yearly: bool = False
) -> Iterator[Request]:
    flow, partners = ("M", feed.asked("partners")) if reporter == HOME else ("X", [HOME])
    if yearly and reporter == HOME:
        partners = [other for other in feed.asked("reporters") if other != HOME]
    partners = [] if partners == ["all"] else ["world", *partners]
    known, lines = codes(), feed.asked("yearly" if yearly else "lines")
    if unknown := {reporter, *partners} - set(known):
        raise SourceError(f"data/feeds.csv asks Comtrade for {' '.join(unknown)}, not in spellings.csv")
    path = f"{ROADS[keyed]}/C/{'M' if '-' in periods[0] else 'A'}/HS"
    most = min(LINES, (_cut(path) - 1) // (len(periods) * (len(partners) or PARTNERS)))
    for some in (lines[first : first + most] for first in range(0, len(lines), most)):
        params = {
            "reporterCode": str(known[reporter]),
            "flowCode": flow,
            "period": ",".join(period.replace("-", "") for period in periods),
            "cmdCode": ",".join(some),
            "partnerCode": ",".join(str(known[partner]) for partner in partners),
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


def _as_asked(parsed: pd.DataFrame, request: Request) -> None:
    asked = {name: words.split(",") for name, words in request.params.items()}
    asked["freqCode"] = [request.path.split("/")[-2]]
    for name in ("freqCode", "reporterCode", "flowCode", "period", "cmdCode", "partnerCode"):
        if name in asked and len(others := parsed.loc[~parsed[name].astype(str).isin(asked[name]), name]):
            raise UnfitError(f"asked for {name} {' '.join(asked[name])}, but {_some(others.unique())} came")
    kind, other = ("cifvalue", "fobvalue") if request.params["flowCode"] == "M" else ("fobvalue", "cifvalue")
    swapped = parsed[parsed[kind].isna() & parsed[other].notna()]
    if len(swapped):
        raise UnfitError(f"{len(swapped)} rows have {other} and no {kind}: values of the other flow came")
    amounts = parsed[["netWgt", "primaryValue"]]
    if (amounts < 0).any(axis=None):
        raise UnfitError(f"a weight or a value is below nothing: {amounts.min().to_dict()}")


def _named(told: pd.DataFrame) -> pd.Series:
    """The partner of each row: a country, ``world``, ``nes``, or ``group``."""
    partner = told["partnerCode"].astype(str).map(partners("comtrade"))
    new = told.loc[partner.isna(), "partnerISO"].astype("string").str.fullmatch("[A-Z]{3}").fillna(False)
    if not new.all():
        odd = told.loc[new[~new].index, ["partnerCode", "partnerISO"]].to_numpy()
        raise UnfitError(f"partner {_some(odd)} is not known; add its code to spellings.csv")
    return partner.fillna(told["partnerISO"])


def _weighed(told: pd.DataFrame) -> dict[str, pd.Series]:
    """Tonnes and million dollars, and what :data:`NOTES` says of them."""
    net = told["netWgt"].where(told["netWgt"] > 0)
    quantity = told["qty"].where(told["qty"] > 0) * told["qtyUnitCode"].map(KILOGRAMS)
    by_quantity = net.isna() & quantity.notna()
    apart = (net / quantity - 1).abs() > APART
    value = told["primaryValue"].where(told["primaryValue"] > 0)
    return {
        "weight": net.fillna(quantity) / 1000,
        "low": net.fillna(quantity).where(~(quantity < net), quantity) / 1000,
        "high": net.fillna(quantity).where(~(quantity > net), quantity) / 1000,
        "value_usd": value / 1e6,
        "unweighed": net.isna() & quantity.isna() & value.notna(),
        "by_quantity": by_quantity,
        "guessed": told["isNetWgtEstimated"].where(~by_quantity, told["isQtyEstimated"]) & (net.notna() | by_quantity),
        "apart": apart,
        "returned": told["partnerCode"] == told["reporterCode"],
    }


def _together(told: pd.DataFrame) -> pd.DataFrame:
    """One row a line, partner and period: of countries their own, of ``nes`` and former codes the sum."""
    groups = told.groupby(["period", "cmdCode", "partner"], sort=False)
    sums = groups[["weight", "low", "high", "value_usd"]].sum(min_count=1)
    return sums.join(groups[list(NOTES)].any()).join(groups["classificationCode"].first()).reset_index()


def _within(told: pd.DataFrame) -> None:
    """Partners add up to the world at most."""
    worth = told.set_index(["period", "cmdCode"])
    world = worth["partner"] == "world"
    parts, whole = worth.loc[~world, "value_usd"].groupby(level=[0, 1]).sum(), worth.loc[world, "value_usd"]
    if len(more := parts[parts > whole.reindex(parts.index) * (1 + APART)]):
        raise UnfitError(f"partners exceed the world in the value of {_some(more.index)}")


def _long(told: pd.DataFrame, reporter: str, flow: str) -> pd.DataFrame:
    """A row a figure, with the columns of the archive; a weight that two fields give differently has both as range."""
    place = FLOWS[flow] + "/" + reporter + "/" + told["partner"] + "/" + told["cmdCode"] + "/"
    written = {text: "-".join(filter(None, (text[:4], text[4:]))) for text in told["period"].unique()}
    shared = pd.DataFrame({"table": "trade", "key": place, "period": told["period"].map(written)})
    shared = shared.assign(status="reported", published=None, note=told["classificationCode"])
    weight = shared.assign(key=place + "weight", unit="t", value=told["weight"])
    weight = weight.assign(**told[["low", "high"]].where(told["apart"]))
    weight["status"] = weight["status"].mask(told["guessed"] | told["apart"], "estimate")
    value = shared.assign(key=place + "value_usd", unit="USD m", value=told["value_usd"], low=nan, high=nan)
    for rows, names in ((weight, NOTES), (value, ("returned", "unweighed"))):
        for name in names:
            rows["note"] = rows["note"].mask(told[name], rows["note"] + NOTES[name])
    found = pd.concat([weight, value], ignore_index=True)
    return found.loc[found["value"].notna(), list(COLUMNS)].reset_index(drop=True)


def _some(found: Iterable) -> str:
    return ", ".join(" ".join(map(str, one)) if not isinstance(one, str) and hasattr(one, "__iter__") else str(one)
                     for one in list(found)[:3])  # fmt: skip
