"""All tables of a report in one spreadsheet, a sheet each: numbers as numbers, dates as dates, the same bytes again."""

import csv
import io
import math
import re
from dataclasses import dataclass
from datetime import date, datetime

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
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    book = xlsxwriter.Workbook(content, options)
    title = _said(f"India magnet outlook as of {as_of}", synthetic)
    book.set_properties({"title": title, "created": datetime(as_of.year, as_of.month, as_of.day)})
    bold = book.add_format({"bold": True, "bottom": 1})
    contents = book.add_worksheet("Contents")
    contents.set_column(0, 0, 10)
    contents.set_column(1, 1, 16)
    contents.set_column(2, 2, 100)
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
    return _numbers(cells) or _dates(cells) or [re.sub(r"^'(?=[=+@\t\r-])", "", cell) for cell in cells]


def _numbers(cells: list[str]) -> list | None:
    """The cells as numbers; None if one of them is a word, or a number that no spreadsheet has."""
    try:
        numbers = [float(cell) if cell else "" for cell in cells]
    except ValueError:
        return None
    return numbers if all(number == "" or math.isfinite(number) for number in numbers) else None


def _dates(cells: list[str]) -> list | None:
    """The cells as days; None if one of them is none, or lies before the days that a spreadsheet has."""
    try:
        days = [date.fromisoformat(cell) if cell else "" for cell in cells]
    except ValueError:
        return None
    return days if all(day == "" or day.year >= 1900 for day in days) else None
