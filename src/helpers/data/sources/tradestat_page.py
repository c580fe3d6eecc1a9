"""Read a page of TradeStat, and refuse it if it is not of the flow, line, months and kind that were asked for."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from helpers.data.sources import bodies, spellings
from helpers.data.sources.protocol import Answer, Request, UnfitError

FIELDS = {"import": "cwacim", "export": "cwacex"}
"""How the fields of the form of each flow begin."""

KINDS = {
    "weight": ("t", r"quantity"),
    "value_usd": ("USD m", r"us\s*\$.*million"),
    "value_inr": ("INR crore", r"(₹|rs|rupee|inr).*crore"),
}
"""By measure: its unit here, and how the form's option for it reads."""

KILOGRAMS = {"KGS": 1, "TON": 1000}
"""Kilograms in a unit in which weights are printed."""

TOTAL = "Total"
_POSSIBLE = {"weight": (1e3, 1e9), "value_usd": (0, 500), "value_inr": (0, 5000)}
_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*[\s-]+(\d{4})\s*(?:\((\w+)\))?")
_FRAME = ["country", "month", "printed", "value", "flag", "unit", "updated"]


def page(answer: Answer) -> Any:
    """An answer as a tree of tags."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(bodies.text(answer), "html.parser")


def start(tree: Any) -> str:
    """How the text of a page begins."""
    return repr(tree.get_text(" ", strip=True)[:120])


def options(tree: Any, name: str) -> Iterable[Any]:
    """The options of a list of the form."""
    return (option for found in tree.find_all("select", attrs={"name": name}) for option in found.find_all("option"))


def table(answer: Answer) -> pd.DataFrame:
    """The two months by country, and their total; empty if the page says that there is no record.

    Columns: ``country`` (or :data:`TOTAL`), ``month``, ``printed`` and as a number ``value``, ``flag``, ``unit``,
    ``updated``. UnfitError if the page is of another flow, line, month or kind than asked, its countries do not sum to
    its total within rounding, or its unit is not known.
    """
    tree, request = page(answer), answer.request
    _same_flow(tree, request)
    _same_kind(tree, request)
    text = tree.get_text(" ", strip=True)
    if re.search(r"no (record|data|result)s? found", text, re.I):
        return pd.DataFrame(columns=_FRAME)
    found = next((found for found in tree.find_all("table") if found.find(string=re.compile("Country"))), None)
    commodity = re.search(r"Commodity:\s*\*?\s*(\d+).*?Unit:\s*(\w+)", text)
    if found is None or commodity is None:
        raise UnfitError(f"no table of countries came, but {start(tree)}; look at the page itself")
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
        raise UnfitError(f"a page of the other flow, {other}, came: {start(tree)}")


def _same_kind(tree: Any, request: Request) -> None:
    wanted, about = KINDS[request.context["kind"]][1], request.context
    chosen = [found for found in options(tree, f"{FIELDS[about['flow']]}ReportVal") if found.has_attr("selected")]
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
