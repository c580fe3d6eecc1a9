"""China's customs: tables of exports by partner and month that a person downloads and drops into a folder.

The site answers no program. Its table does not say whether it is of exports or imports, nor whether it is of all
partners: the name of the file does, such as ``export-all-85051110.csv`` or ``export-India.csv``.
"""

import csv
import io
import re

import pandas as pd

from helpers.data.sources import bodies
from helpers.data.sources.protocol import Answer, Request, UnfitError, figures
from helpers.data.sources.spellings import countries, each, number, partners

TITLE = "Customs of China: exports by partner and month, from files that a person downloads"

HEADINGS = {
    "period": ("数据年月", "Date of data"),
    "line": ("商品编码", "Commodity code"),
    "name": ("商品名称", "Commodity"),
    "partner_code": ("贸易伙伴编码", "Trading partner code"),
    "partner": ("贸易伙伴名称", "Trading partner"),
    "regime_code": ("贸易方式编码", "Customs Regime code"),
    "regime": ("贸易方式名称", "Customs Regime"),
    "place_code": ("注册地编码", "Locations of importers and exporters code"),
    "place": ("注册地名称", "Locations of importers and exporters"),
    "quantity": ("第一数量", "Quantity"),
    "unit": ("第一计量单位", "Unit"),
    "quantity_2": ("第二数量", "Supplimentary Quantity", "Supplementary Quantity"),
    "unit_2": ("第二计量单位", "Supplimentary Unit", "Supplementary Unit"),
    "usd": ("美元", "US dollar"),
    "cny": ("人民币", "Renminbi Yuan"),
}
"""By our name: the headings that the site gives a column, in Chinese and in English."""

KILOGRAMS = {"千克": 1, "Kilogram": 1, "Kilograms": 1, "kg": 1, "吨": 1000, "Ton": 1000}


def dropped(name: str) -> Request:
    """The question that a dropped file answers; its name says which flow it is of, and whether it has all partners."""
    words = set(re.split(r"[^a-z]+", name.lower()))
    flows = [flow for flow, said in {"export": "出口", "import": "进口"}.items() if flow in words or said in name]
    about = {"flow": flows[0] if len(flows) == 1 else "", "all": "yes" if "all" in words or "全部" in name else ""}
    return Request(f"file {name}", name, kind="csv", context=about)


def parse(answer: Answer) -> pd.DataFrame:
    """The rows of the file as text, under our names of its columns; UnfitError if one is not known or lacking."""
    if not answer.request.context["flow"]:
        raise UnfitError("the table does not say whether it is of exports or imports, so its name has to: "
                         "call it export-... or import-... (and -all if it has every partner)")  # fmt: skip
    lines = list(csv.reader(io.StringIO(bodies.text(answer, "gb18030"), newline="")))
    known = {printed: ours for ours, headings in HEADINGS.items() for printed in headings}
    head = [name.strip() for name in lines[0]] if lines else []
    while head and not head[-1]:
        head.pop()
    if strange := [name for name in head if name not in known]:
        raise UnfitError(f"headings {strange} are not known; known are {', '.join(known)}")
    ours = [known[name] for name in head]
    if missing := {"period", "line", "usd"} - set(ours) | ({"unit"} if "quantity" in ours else set()) - set(ours):
        wanted = ", ".join(" or ".join(HEADINGS[name]) for name in sorted(missing))
        raise UnfitError(f"it has no column {wanted}, but {', '.join(head) or 'nothing'}")
    cells = {number: [cell.strip() for cell in row[: len(head)]] for number, row in enumerate(lines[1:], start=2)}
    cells = {number: row for number, row in cells.items() if any(row)}
    if short := [(number, row) for number, row in cells.items() if len(row) < len(head)]:
        number, row = short[0]
        raise UnfitError(f"row {number} has {len(row)} cells under {len(head)} columns: {row}; save the file again")
    found = pd.DataFrame([*cells.values()], [*cells], ours, dtype="str")
    if strange := sorted(set(found["line"][~found["line"].str.fullmatch(r"\d{8}")])):
        raise UnfitError(f"{strange[0]!r} is no code of eight digits; save the file as the site gives it")
    return found


def rows(answer: Answer) -> pd.DataFrame:
    """Figures by partner, line and month, and for ``world`` if the file has all partners."""
    parsed, about = parse(answer), answer.request.context
    told = parsed.assign(month=each(parsed["period"], _period), partner=_partners(parsed))
    told["value_usd"] = each(told["usd"], number) / 1e6
    measures = {"value_usd": "USD m"}
    if "quantity" in told:
        if strange := sorted(set(told["unit"]) - set(KILOGRAMS)):
            raise UnfitError(f"the unit is {strange[0]!r}, known are {', '.join(KILOGRAMS)}")
        told["weight"] = each(told["quantity"], number) * told["unit"].map(KILOGRAMS) / 1000
        measures["weight"] = "t"
    keys = ["partner", "line", "month"]
    sums = told.groupby(keys)[list(measures)].sum().reset_index()
    _same_sums(sums, measures)
    if about["all"] and "world" not in set(sums["partner"]):
        sums = pd.concat([sums, sums.groupby(keys[1:])[list(measures)].sum().reset_index().assign(partner="world")])
    long = sums.melt(keys, var_name="measure").query("value > 0").sort_values([*keys, "measure"], ignore_index=True)
    place = about["flow"] + "/CHN/" + long["partner"] + "/" + long["line"] + "/" + long["measure"]
    return figures("trade", long.assign(key=place, period=long["month"], unit=long["measure"].map(measures)))


def _period(said: str) -> str:
    """A month, or the two that are published as one."""
    digits = r"(\d{4})[-/.年]?(\d{1,2})月?"
    if match := re.fullmatch(digits, said):
        months = [f"{match[1]}-{int(match[2]):02d}"]
    elif match := re.fullmatch(rf"{digits}\s*[-/至~]\s*(?:(\d{{4}})[-/.年]?)?(\d{{1,2}})月?", said):
        months = [f"{match[1]}-{int(match[2]):02d}", f"{match[3] or match[1]}-{int(match[4]):02d}"]
    else:
        months = [""]
    if any(not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month) for month in months):
        raise UnfitError(f"{said!r} is no month, nor two that are published as one")
    return "/".join(months)


def _partners(parsed: pd.DataFrame) -> list[str]:
    """Codes of the partners; ``world`` in a table without partners. A name and a number must mean the same one."""
    columns = [name for name in ("partner", "partner_code") if name in parsed]
    if not columns:
        return ["world"] * len(parsed)
    found, known = countries("gacc", parsed[columns[0]]), partners("gacc")
    for pair in parsed[columns].drop_duplicates().itertuples(index=False):
        if len({known[said] for said in pair if said in known}) > 1:
            raise UnfitError(f"{' and '.join(pair)} are two partners; see spellings.csv")
    return found


def _same_sums(sums: pd.DataFrame, measures: dict[str, str]) -> None:
    """Stop if the file has a total beside partners, and they do not sum to it."""
    of_all = sums["partner"] == "world"
    whole, parts = (half.groupby(["line", "month"])[list(measures)].sum() for half in (sums[of_all], sums[~of_all]))
    both = whole.index.intersection(parts.index)
    if ((whole.loc[both] - parts.loc[both]).abs() > 1e-6 * whole.loc[both] + 2e-3).any(axis=None):
        raise UnfitError("its partners do not sum to its total; is it cut?")
