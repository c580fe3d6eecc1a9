"""TradeStat on a local port: the form with its token, and pages of a line, a month of two years and a kind of value.

The months are those of the stand-in of UN Comtrade, HS 850511 cut into its two Indian lines, so that both say the same;
lines of ``data/trade.csv`` (weight of FY25, values of FY23 to FY25, China's part) come out where it has them.
"""

import re
from datetime import date
from functools import cache
from html import escape

import numpy as np
import pandas as pd
from werkzeug import Request, Response

from helpers import fiscal, paths
from helpers.data.sources import spellings
from helpers.data.sources.spellings import partners
from standin import comtrade

FERRITE, METAL = "85051110", "85051190"
NAMES = {FERRITE: "FERRITE CORES", METAL: "OTHERS", "85051900": "PRMNT MAGNTS OF OTHR MTRL", "85059000": "OTHER"}
OPTIONS = {"value_usd": ("1", "US $ Million"), "weight": ("2", "Quantity"), "value_inr": ("3", "₹ Crore")}
PREFIX, COOKIE, TOKEN = "cwacim", "laravel_session", "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY"
PATH = "/meidb/commodity_wise_all_countries_import"
UPDATED, DATED = "13/10/2026", "22 Nov 2026"
MONTHS = [name.capitalize() for name in spellings.MONTHS]

FAULTS = {
    "export": lambda page: page.replace("Import", "Export").replace("cwacim", "cwacex"),
    "export by its title": lambda page: page.replace("countries Import<", "countries Export<"),
    "other line": lambda page: page.replace("Commodity: 8505", "Commodity: 8506"),
    "years": lambda page: re.sub(r"-(20\d\d) \(", lambda year: f"-{int(year[1]) - 1} (", page),
    "unit": lambda page: page.replace("Unit: KGS", "Unit: NOS"),
    "country": lambda page: page.replace("<td>CHINA P RP</td>", "<td>CHINA PEOPLES REP</td>"),
    "no total": lambda page: page.replace(">Total<", ">OMAN<"),
    "two totals": lambda page: re.sub(r"(<tr><td[^>]*>Total</td>.*?</tr>)", r"\1\1", page),
    "no table": lambda page: page[: page.index("<table")] + "</body></html>",
    "text": lambda page: page.replace(".00</td>", ".00*</td>"),
    "long row": lambda page: page.replace("<td>CHINA P RP</td>", "<td>CHINA P RP</td><td>5.00</td>"),
}
"""What becomes of a page."""

SEEN = {"unpublished": [1.0, 0.0], "revised": [1.07, 1.0]}
"""What becomes of the numbers of its two months."""


def install(server, folder=paths.DATA, fault="", slip="", today=None, unit="KGS", digits="lakh"):
    """Answer on a running server as TradeStat does, on a day, this one unless given.

    ``fault`` is one of :data:`FAULTS` and :data:`SEEN`; ``shifted`` (the total's numbers one column to the left),
    ``short`` (a total row of fewer cells), ``cut`` (countries missing), ``renumbered`` (options with other numbers),
    ``kinds`` (another kind than asked, and the page says so), ``silent kinds`` (and does not), ``no token``,
    ``expired``. ``slip`` is as in `standin.comtrade`, in the line of ferrite, for metal is as usual. Weights are in a
    ``unit``, with commas as in ``lakh`` or as in ``million``.
    """
    numbered, held = _numbered(fault), _wide(folder, slip, today or date.today())

    def form(request: Request) -> Response:
        page = _form(numbered, "").replace(f'value="{TOKEN}"', "") if fault == "no token" else _form(numbered, "")
        return Response(page, headers={"Set-Cookie": f"{COOKIE}=eyJpdiI6; path=/; httponly"}, content_type=HTML)

    def answer(request: Request) -> Response:
        said = {name.removeprefix(PREFIX): text for name, text in request.form.items()}
        if fault == "expired" or said.get("_token") != TOKEN or COOKIE not in request.cookies:
            return Response("<html><title>Page Expired</title><body>419 Page Expired</body></html>", 419,
                            content_type=HTML)  # fmt: skip
        (kind,) = [name for name, (number, _) in numbered.items() if number == said["ReportVal"]]
        shown = {"weight": "value_usd", "value_usd": "weight"}.get(kind, kind) if "kinds" in fault else kind
        month = pd.Period(year=int(said["Year"]), month=int(said["Month"]), freq="M")
        cells = _cells(held[said["HSCODE"], shown], month, 1000 if (shown, unit) == ("weight", "KGS") else 1)
        chosen = "" if fault == "silent kinds" else OPTIONS[shown][1]
        if fault in SEEN:
            cells = cells.mul(SEEN[fault])
        page = _form(numbered, chosen) + _result(cells, said["HSCODE"], month, unit, fault, digits)
        return Response(FAULTS.get(fault, str)(page) + "</body></html>", content_type=HTML)

    server.expect_request(PATH, method="GET").respond_with_handler(form)
    server.expect_request(PATH, method="POST").respond_with_handler(answer)


HTML = "text/html; charset=UTF-8"


@cache
def lines(folder, slip, today):
    """India's imports of four lines by partner and month: ``line, partner, month, weight`` (t), ``value`` (USD m)."""
    months = comtrade.months(folder, slip, today)
    months = months[(months["flow"] == "import") & (months["reporter"] == "IND")]
    whole = months[months["hs"] == "850511"].pivot(index="partner", columns="month", values=["weight", "value"])
    weight, value = (whole[name].fillna(0.0) for name in ("weight", "value"))
    metal, worth = _metal(weight, value, comtrade.curated(folder))
    parts = [
        _long(FERRITE, weight - metal, value - worth),
        _long(METAL, metal, worth),
        *(months[months["hs"] == hs].assign(line=f"{hs}00") for hs in ("850519", "850590")),
    ]
    return pd.concat(parts, ignore_index=True)[["line", "partner", "month", "weight", "value"]]


def _metal(weight, value, held):
    """The line of metal magnets: a share of what is usual, and never all that is there; the excess is ferrite."""
    china = comtrade.total(held, "FY25", "weight", METAL, "CHN")
    whole = china / comtrade.total(held, "FY25", "weight_share", METAL, "CHN") * 100
    usd = {
        year: [comtrade.total(held, year, "value_usd", METAL, partner) for partner in ("CHN", "world")]
        for year in ("FY23", "FY24", "FY25")
    }
    of_china = np.array(weight.index == "CHN")
    usual = weight.where(weight > 0).median(axis=1).to_numpy()[:, None]
    tonnes = np.minimum(weight.to_numpy(), 1.5 * usual) * 0.55
    tonnes[(weight.to_numpy() > 3 * usual) & ~of_china[:, None]] = 0
    metal = _fitted(tonnes, weight, {"FY25": [china, whole]}, of_china, 0.9)
    worth = metal * np.where(of_china, 6.3, 13.0)[:, None] / 1000
    worth = _fitted(worth, value, usd, of_china, 0.96)
    return [pd.DataFrame(part, index=weight.index, columns=weight.columns) for part in (metal, worth)]


def _fitted(start, most, totals, of_china, share):
    """Cells in proportion to a start, no more than a share of what is there, that give China's and all totals."""
    found, inside = start.copy(), {year: most.columns.isin(fiscal.months(year)) for year in totals}
    for _ in range(200):
        for year, (china, whole) in totals.items():
            for rows, amount in ((of_china, china), (~of_china, whole - china)):
                cells = np.ix_(rows, inside[year])
                found[cells] *= amount / found[cells].sum()
        found = np.minimum(found, share * most.to_numpy())
    return found


def _long(line, weight, value):
    rows = pd.DataFrame({"weight": weight.stack(), "value": value.stack()})
    return rows[rows["weight"] > 5e-6].reset_index().assign(line=line)


@cache
def _wide(folder, slip, today):
    """Tonnes, million dollars and crores of rupees by line and kind: partners down, months across."""
    held = lines(folder, slip, today)
    held = held.assign(value_usd=held["value"], value_inr=held["value"] * _rupees(held["month"], folder) / 10)
    return {
        (line, kind): rows.pivot(index="partner", columns="month", values=kind)
        for line, rows in held.groupby("line")
        for kind in OPTIONS
    }


def _cells(wide, month, times):
    """Printed numbers by country in the month of the year before and of the year."""
    return wide.reindex(columns=[month - 12, month]).dropna(how="all").fillna(0.0) * times


def _rupees(months, folder):
    """Rupees per dollar: the mean of the fiscal year, or the last known one."""
    held = pd.read_csv(folder / "prices.csv")
    held = held[(held["item"] == "INR per USD") & (held["basis"] == "fiscal-year mean")].set_index("period")["value"]
    years = months.map({month: f"FY{fiscal.fiscal_year(month) % 100:02d}" for month in months.unique()})
    return years.map(held[~held.index.duplicated(keep="last")]).fillna(held.iloc[-1]).astype(float)


def _numbered(fault):
    numbers = {"value_usd": "1", "weight": "3", "value_inr": "2"} if fault == "renumbered" else {}
    return {kind: (numbers.get(kind, number), text) for kind, (number, text) in OPTIONS.items()}


def _form(numbered, chosen):
    """The head of the page, with the form: its lists as they were left."""
    offered = "".join(
        f'<option value="{number}"{" selected" if text == chosen else ""}>{text}</option>'
        for number, text in numbered.values()
    )
    months = "".join(f'<option value="{number}">{name}</option>' for number, name in enumerate(MONTHS, 1))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="csrf-token" content="{TOKEN}">
<title>Monthly Export Import Data Bank | Commodity-wise all countries Import</title></head><body>
<nav><a href="/meidb/commoditywise_export">Export</a> <a href="/meidb/commoditywise_import">Import</a></nav>
<h4>Commodity-wise all countries Import</h4>
<form method="POST" action="{PATH}"><input type="hidden" name="_token" value="{TOKEN}" autocomplete="off">
<input name="{PREFIX}HSCODE" id="{PREFIX}HSCODE"><select name="{PREFIX}Month">{months}</select>
<select name="{PREFIX}Year"><option>2026</option></select><select name="{PREFIX}ReportVal">{offered}</select>
<select name="{PREFIX}ReportYear"><option value="1">Financial Year</option><option value="2">Calendar Year</option>
</select></form>"""


def _result(cells, line, month, unit, fault, digits):
    """The table of a page, with the columns of the year so far left blank but for their heads."""
    if cells.to_numpy().sum() == 0:
        return '<div class="alert">No record found</div>'
    name, years = MONTHS[month.month - 1], (month.year - 1, month.year)
    heads = ["S.No.", "Country", f"{name}-{years[0]} (R)", f"{name}-{years[1]} (F)", "%Growth",
             f"Apr-{name} {years[0]} (R)", f"Apr-{name} {years[1]} (F)", "%Growth"]  # fmt: skip
    total = cells.sum()
    if fault == "cut":
        cells = cells.iloc[:-3]
    spelt = {iso: name for name, iso in partners("tradestat").items()}
    rows = "".join(
        f"<tr><td>{number}</td><td>{escape(spelt[partner])}</td>{_numbers(amounts, digits)}</tr>"
        for number, (partner, amounts) in enumerate(zip(cells.index, cells.to_numpy(), strict=True), 1)
    )
    label = "<td>Total</td>" if fault == "short" else '<td colspan="2">Total</td>'
    numbers = _numbers(total, digits)
    if fault == "shifted":
        numbers = numbers[numbers.index("</td>") + 5 :] + "<td>-12.56</td>"
    head = "".join(f"<th>{head}</th>" for head in heads)
    return f"""<p>Data last updated on: {UPDATED}</p><p>Report Dated: {DATED}</p>
<p>Commodity: {line} {NAMES[line]}  Unit: {unit}</p><table id="example1"><thead>
<tr>{head}</tr></thead><tbody>{rows}<tr>{label}{numbers}</tr></tbody></table>"""


def _numbers(amounts, digits):
    before, now = amounts
    growth = f"{(now / before - 1) * 100:.2f}" if before else "-"
    printed = [_printed(before, digits), _printed(now, digits), growth, "", "", ""]
    return "".join(f"<td>{text}</td>" for text in printed)


def _printed(amount, digits):
    return grouped(amount, 2) if digits == "lakh" else f"{amount:,.2f}"


def grouped(amount, decimals=0):
    """A number with commas as in lakhs: 3,09,191."""
    whole, dot, part = f"{amount:.{decimals}f}".partition(".")
    return re.sub(r"(?<=\d)(?=(\d\d)*\d{3}$)", ",", whole) + dot + part
