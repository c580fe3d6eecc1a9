"""TradeStat: India's trade by eight-digit line, country and month, from the pages that a form of the ministry gives.

A page has one line, one month of two years and one kind of value. The number of an option of the form means one thing
on one page and another on the next, so that the kind is chosen by the option's text and the text kept with the answer.
A page is refused if it is not of the flow, line, months and kind that were asked for.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from helpers.data.sources import bodies, spellings
from helpers.data.sources.protocol import Answer, Ask, Feed, Request, UnfitError, figures

TITLE = "TradeStat: India's trade by tariff line, country and month"
VOLATILE = rb"<(?:input|meta)[^>]*(?:_token|csrf-token)[^>]*>|Report Dated:[^<]*"
EARLY = 30
"""Days before the figures of a month are expected from which on they are asked for."""

FLAGS = {"R": "revised", "F": "final", "P": "provisional", "": ""}

FIELDS = {"import": "cwacim", "export": "cwacex"}
"""How the fields of the form of each flow begin."""

KINDS = {"weight": ("t", r"quantity"), "value_usd": ("USD m", r"us\s*\$.*million"),
         "value_inr": ("INR crore", r"(₹|rs|rupee|inr).*crore")}  # fmt: skip
"""By measure: its unit here, and how the form's option for it reads."""

KILOGRAMS = {"KGS": 1, "TON": 1000}
"""Kilograms in a unit in which weights are printed."""

TOTAL = "Total"
"""What stands for a country where all of them are summed, here and in ``spellings.csv``."""
_POSSIBLE = {"weight": (1e3, 1e9), "value_usd": (0, 500), "value_inr": (0, 5000)}
_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*[\s-]+(\d{4})\s*(?:\((\w+)\))?")
_FRAME = ["country", "month", "printed", "value", "flag", "unit", "updated"]


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
    form_page, about = _page(ask(form)), request.context
    token, prefix = form_page.find("input", attrs={"name": "_token"}), FIELDS[about["flow"]]
    if token is None or not token.get("value"):
        raise UnfitError(f"it has no hidden field _token; came: {_start(form_page)}")
    kind, text = _option(form_page, f"{prefix}ReportVal", KINDS[about["kind"]][1])
    year, _ = _option(form_page, f"{prefix}ReportYear", "financial|fiscal")
    asked = pd.Period(about["month"], "M")
    filled = {"HSCODE": about["line"], "Month": str(asked.month), "Year": str(asked.year)}
    filled = {f"{prefix}{name}": said for name, said in (filled | {"ReportVal": kind, "ReportYear": year}).items()}
    return replace(request, form={"_token": token["value"], **filled}, context={**about, "option": text})


def rows(answer: Answer) -> pd.DataFrame:
    """Figures by country and for ``world``; nought is no figure."""
    about, told = answer.request.context, parse(answer)
    told = told.assign(partner=spellings.countries("tradestat", told["country"]), note="", published=None)
    told = told[told["value"] > 0]
    if told.empty:
        return figures("trade", [])
    told["key"] = [f"{about['flow']}/IND/{name}/{about['line']}/{about['kind']}" for name in told["partner"]]
    if about["kind"] == "weight":
        told["value"] *= told["unit"].map(KILOGRAMS) / 1000
        told["note"] = "printed in " + told["unit"]
    said = told["flag"].map(lambda flag: FLAGS.get(flag, f"flagged {flag}"))
    told["note"] = [", ".join(filter(None, both)) for both in zip(told["note"], said, strict=True)]
    if told["updated"].iloc[0]:
        told["published"] = pd.to_datetime(told["updated"], format="%d/%m/%Y").dt.date
    told = told.groupby(["key", "month"], as_index=False).agg({"value": "sum", "note": "first", "published": "first"})
    return figures("trade", told.rename(columns={"month": "period"}).assign(unit=KINDS[about["kind"]][0]))


def _page(answer: Answer) -> Any:
    from bs4 import BeautifulSoup

    return BeautifulSoup(bodies.text(answer), "html.parser")


def _start(tree: Any) -> str:
    return repr(tree.get_text(" ", strip=True)[:120])


def _options(tree: Any, name: str) -> Iterable[Any]:
    return (option for found in tree.find_all("select", attrs={"name": name}) for option in found.find_all("option"))


def parse(answer: Answer) -> pd.DataFrame:
    """The two months by country, and their total; empty if the page says that there is no record.

    Columns: ``country`` (or :data:`TOTAL`), ``month``, ``printed`` and as a number ``value``, ``flag``, ``unit``,
    ``updated``. UnfitError if the page is of another flow, line, month or kind than asked, its countries do not sum to
    its total within rounding, or its unit is not known.
    """
    tree, request = _page(answer), answer.request
    _same_flow(tree, request)
    _same_kind(tree, request)
    text = tree.get_text(" ", strip=True)
    if re.search(r"no (record|data|result)s? found", text, re.I):
        return pd.DataFrame(columns=_FRAME)
    found = next((found for found in tree.find_all("table") if found.find(string=re.compile("Country"))), None)
    commodity = re.search(r"Commodity:\s*\*?\s*(\d+).*?Unit:\s*(\w+)", text)
    if found is None or commodity is None:
        raise UnfitError(f"no table of countries came, but {_start(tree)}; look at the page itself")
    if commodity[1] != request.context["line"]:
        raise UnfitError(f"the page is of line {commodity[1]}")
    if commodity[2] not in KILOGRAMS and request.context["kind"] == "weight":
        raise UnfitError(f"the unit is {commodity[2]}, known are {', '.join(KILOGRAMS)}")
    updated = re.search(r"Data last updated on:\s*(\d\d/\d\d/\d{4})", text)
    cells = pd.DataFrame(_cells(found, request), columns=_FRAME[:-2])
    for month, column in cells.groupby("month"):
        _same_sums(column, str(month))
        _possible(column, commodity[2], request)
    return cells.assign(unit=commodity[2], updated=updated[1] if updated else "")


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
    offered = [(option.get("value"), option.get_text(" ", strip=True)) for option in _options(tree, name)]
    fit = [(value, text) for value, text in offered if re.search(wanted, text, re.I)]
    if len(fit) != 1:
        raise UnfitError(f"its list {name} offers {[text for _, text in offered]}, not one {wanted!r}")
    return fit[0]


def _same_flow(tree: Any, request: Request) -> None:
    flow = request.context["flow"]
    (other,) = set(FIELDS) - {flow}
    wrong = any(FIELDS[other] in str(field.attrs) for field in tree.find_all(["form", "input", "select"]))
    heads = [*(f"h{level}" for level in range(1, 7)), "legend", "caption"]
    for tags in (tree.find_all("title"), tree.find_all(heads)):
        said = " ".join(tag.get_text(" ", strip=True).lower() for tag in tags)
        said = re.sub(r"export[\s-]+import", "", said)
        wrong = wrong or (other in said and flow not in said)
    if wrong:
        raise UnfitError(f"a page of the other flow, {other}, came: {_start(tree)}")


def _same_kind(tree: Any, request: Request) -> None:
    wanted, about = KINDS[request.context["kind"]][1], request.context
    chosen = [found for found in _options(tree, f"{FIELDS[about['flow']]}ReportVal") if found.has_attr("selected")]
    said = [found.get_text(" ", strip=True) for found in chosen]
    said += [str(found).strip() for found in tree.find_all(string=re.compile(r"^\W*Values? in ", re.I))]
    if wrong := [text for text in said if not re.search(wanted, text, re.I)]:
        raise UnfitError(f"the page shows {wrong[0]!r}, asked was {about.get('option')!r}")


def _cells(found: Any, request: Request) -> Iterator[tuple]:
    """Every country, and the total, in both months; rows of fewer cells than the head are set from the right."""
    rows = [_row(row) for row in found.find_all("tr")]
    head = next(row for row in rows if "Country" in row)
    months = {place: match for place, name in enumerate(head) if (match := _MONTH.fullmatch(name))}
    named = {place: spellings.month(match[1], match[2]) for place, match in months.items()}
    if tuple(sorted(named.values())) != request.periods:
        raise UnfitError(f"the columns are {head}, not those two months")
    for row in rows[rows.index(head) + 1 :]:
        if len(row) > len(head):
            raise UnfitError(f"a row has {len(row)} cells under {len(head)} columns: {row}")
        row = [""] * (len(head) - len(row)) + row
        label = " ".join(row[: min(months)]).strip()
        country = TOTAL if "total" in label.lower() else row[head.index("Country")]
        for place, month in named.items() if label else ():
            yield country, month, row[place], spellings.number(row[place]), months[place][3] or ""


def _row(row: Any) -> list[str]:
    cells = [(cell.get_text(" ", strip=True), int(cell.get("colspan", 1))) for cell in row.find_all(["th", "td"])]
    return [text for said, width in cells for text in [said, *[""] * (width - 1)]]


def _same_sums(column: pd.DataFrame, month: str) -> None:
    """Stop unless the countries of a month sum to its one total within rounding."""
    of_all = column["country"] == TOTAL
    if of_all.sum() != 1:
        raise UnfitError(f"the page has {of_all.sum()} totals; with one it is whole, so ask again")
    total, parts = column.loc[of_all, "value"].fillna(0).item(), column.loc[~of_all, "value"].sum()
    decimals = max(len(printed.partition(".")[2]) for printed in column["printed"])
    if abs(total - parts) > 0.5 * 10.0**-decimals * len(column) + 1e-9 * total:
        raise UnfitError(f"its countries sum to {parts:,.2f}, its total is {total:,.2f}")


def _possible(column: pd.DataFrame, unit: str, request: Request) -> None:
    """Stop if a month comes to what no month of a line does: the page then shows another kind than it says."""
    kind = request.context["kind"]
    least, most = _POSSIBLE[kind]
    total = column.loc[column["country"] == TOTAL, "value"].item()
    said = total * (KILOGRAMS[unit] if kind == "weight" else 1)
    if said and not least <= said <= most and total == total:
        raise UnfitError(f"a month comes to {total:,.2f}, which can hardly be {request.context.get('option')}")
