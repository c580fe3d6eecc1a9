"""TradeStat: India's trade by eight-digit line, country and month, from the pages that a form of the ministry gives.

A page has one line, one month of two years and one kind of value. The number of an option of the form means one thing
on one page and another on the next, so that the kind is chosen by the option's text and the text kept with the answer.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from helpers.data.sources.protocol import Answer, Ask, Feed, Request, UnfitError, figures
from helpers.data.sources.spellings import partners, unknown
from helpers.data.sources.tradestat_page import FIELDS, KILOGRAMS, KINDS, TOTAL, options, page, start, table

TITLE = "TradeStat: India's trade by tariff line, country and month"
VOLATILE = rb"<(?:input|meta)[^>]*(?:_token|csrf-token)[^>]*>|Report Dated:[^<]*"
EARLY = 30
"""Days before the figures of a month are expected from which on they are asked for."""

FLAGS = {"R": "revised", "F": "final", "P": "provisional", "": ""}


def requests(feed: Feed, since: str, today: date, keyed: bool) -> Iterator[Request]:
    """A question for a line, a kind and a month of two years: the even years, and the newest, with the year before."""
    public = today - timedelta(days=max(0, feed.lag - EARLY))
    first, last = pd.Period(since, "M"), pd.Period(public, "M") - 1
    for flow in feed.asked("flows"):
        for line in feed.asked("lines"):
            for month in pd.period_range(first, last, freq="M"):
                if month.year % 2 and month + 12 <= last:
                    continue
                for kind in feed.asked("kinds") or KINDS:
                    yield _request(flow, line, month, kind)


def prepare(request: Request, ask: Ask) -> Request:
    """The question with the form filled in: its token, and the number that the wanted option has today."""
    form = replace(request, question=f"form of {request.path}", keys=(), periods=(), context={})
    form_page, about = page(ask(form)), request.context
    token, prefix = form_page.find("input", attrs={"name": "_token"}), FIELDS[about["flow"]]
    if token is None or not token.get("value"):
        raise UnfitError(f"it has no hidden field _token; came: {start(form_page)}")
    kind, text = _option(form_page, f"{prefix}ReportVal", KINDS[about["kind"]][1])
    year, _ = _option(form_page, f"{prefix}ReportYear", "financial|fiscal")
    asked = pd.Period(about["month"], "M")
    filled = {"HSCODE": about["line"], "Month": str(asked.month), "Year": str(asked.year)}
    filled = {f"{prefix}{name}": said for name, said in (filled | {"ReportVal": kind, "ReportYear": year}).items()}
    return replace(request, form={"_token": token["value"], **filled}, context={**about, "option": text})


def parse(answer: Answer) -> pd.DataFrame:
    """The two months by country, and their total; empty if the page says that there is no record."""
    return table(answer)


def rows(parsed: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """Figures by country and for ``world``; nought is no figure."""
    about, known = answer.request.context, {TOTAL: "world", **partners("tradestat")}
    if strange := sorted(set(parsed["country"]) - set(known)):
        raise unknown(strange)
    told = parsed[parsed["value"] > 0].assign(note="", published=None)
    if told.empty:
        return figures("trade", [])
    told["key"] = [f"{about['flow']}/IND/{known[name]}/{about['line']}/{about['kind']}" for name in told["country"]]
    if about["kind"] == "weight":
        told["value"] *= told["unit"].map(KILOGRAMS) / 1000
        told["note"] = "printed in " + told["unit"]
    said = told["flag"].map(lambda flag: FLAGS.get(flag, f"flagged {flag}"))
    told["note"] = [", ".join(filter(None, both)) for both in zip(told["note"], said, strict=True)]
    if told["updated"].iloc[0]:
        told["published"] = pd.to_datetime(told["updated"], format="%d/%m/%Y").dt.date
    told = told.groupby(["key", "month"], as_index=False).agg({"value": "sum", "note": "first", "published": "first"})
    return figures("trade", told.rename(columns={"month": "period"}).assign(unit=KINDS[about["kind"]][0]))


def _request(flow: str, line: str, month: pd.Period, kind: str) -> Request:
    periods = (str(month - 12), str(month))
    return Request(
        question=f"{flow} of {line}, {kind}, {' and '.join(periods)}",
        path=f"/meidb/commodity_wise_all_countries_{flow}",
        kind="html",
        keys=(f"{flow}/IND/*/{line}/{kind}",),
        periods=periods,
        context={"flow": flow, "line": line, "month": str(month), "kind": kind},
    )


def _option(tree: Any, name: str, wanted: str) -> tuple[str, str]:
    """The value and the text of the only option of a list whose text fits."""
    offered = [(option.get("value"), option.get_text(" ", strip=True)) for option in options(tree, name)]
    fit = [(value, text) for value, text in offered if re.search(wanted, text, re.I)]
    if len(fit) != 1:
        raise UnfitError(f"its list {name} offers {[text for _, text in offered]}, not one {wanted!r}")
    return fit[0]
