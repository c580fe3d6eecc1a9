"""All tables of a report in one spreadsheet, a sheet each: numbers as numbers, dates as dates, the same bytes again."""

import csv
import io
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

TEXT_COLUMNS = {"hs", "period", "id", "source"}


@dataclass(frozen=True)
class Sheet:
    """A table with its caption and where it stands; ``text`` is CSV with a header; ``withheld`` why rows are gone."""

    chapter: str
    caption: str
    text: str
    withheld: str = ""


def workbook(sheets: list[Sheet], as_of: date, synthetic: str = "") -> bytes:
    """The content of an xlsx file: a list of the tables, then the tables; all say what is ``synthetic``, if it is."""
    import xlsxwriter

    content = io.BytesIO()
    as_it_is = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    book = xlsxwriter.Workbook(content, {"in_memory": True} | as_it_is)
    title = _said(f"India magnet outlook as of {as_of}", synthetic)
    book.set_properties({"title": title, "created": datetime(as_of.year, as_of.month, as_of.day)})
    bold = book.add_format({"bold": True, "bottom": 1})
    contents = book.add_worksheet("Contents")
    for column, width in enumerate((10, 16, 100)):
        contents.set_column(column, column, width)
    above = 2 if synthetic else 0
    if synthetic:
        contents.write_string(0, 0, synthetic, bold)
    contents.write_row(above, 0, ["Sheet", "Chapter", "Table"], bold)
    for line, sheet in enumerate(sheets, start=1):
        contents.write_row(above + line, 1, [sheet.chapter, f"{sheet.caption} {sheet.withheld}".strip()])
        if sheet.text:
            contents.write_url(above + line, 0, f"internal:'T{line}'!A1", string=f"T{line}")
            _sheet(book.add_worksheet(f"T{line}"), sheet, bold, synthetic)
    book.close()
    return content.getvalue()


def _sheet(place, sheet: Sheet, bold, synthetic: str) -> None:
    head, *rows = csv.reader(io.StringIO(sheet.text))
    place.write_string(0, 0, _said(synthetic, f"{sheet.caption} ({sheet.chapter})"))
    place.write_row(1, 0, head, bold)
    place.freeze_panes(2, 0)
    for column, name in enumerate(head):
        cells = [row[column] for row in rows]
        place.write_column(2, column, _typed(name, cells))
        place.set_column(column, column, min(60, max(8, *(len(text) + 2 for text in [name, *cells]))))


def _said(*texts: str) -> str:
    return ". ".join(filter(None, texts))


def _typed(name: str, cells: list[str]) -> list:
    """The cells of a column as numbers or as dates where all of them are, gaps kept; else as text."""
    if name in TEXT_COLUMNS:
        return cells
    numbers, days = _all(cells, float, math.isfinite), _all(cells, date.fromisoformat, lambda day: day.year >= 1900)
    return numbers or days or [re.sub(r"^'(?=[=+@\t\r-])", "", cell) for cell in cells]


def _all(cells: list[str], read: Callable[[str], Any], holds: Callable[[Any], bool]) -> list | None:
    """The cells as they are read, gaps kept; None if one cannot be, or is nothing that a spreadsheet ``holds``."""
    try:
        values = [read(cell) if cell else "" for cell in cells]
    except ValueError:
        return None
    return values if all(value == "" or holds(value) for value in values) else None
