"""All tables of a report in one spreadsheet, a sheet each, numbers as numbers; the same bytes for the same tables."""

import csv
import io
import math
from dataclasses import dataclass
from datetime import date, datetime

TEXT_COLUMNS = {"hs", "period", "id", "source"}


@dataclass(frozen=True)
class Sheet:
    """A table with its caption and where it stands; ``text`` is CSV with a header."""

    chapter: str
    caption: str
    text: str


def workbook(sheets: list[Sheet], as_of: date) -> bytes:
    """The content of an xlsx file: a list of the tables, then the tables."""
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": f"India magnet outlook as of {as_of}", "created": datetime(as_of.year, as_of.month, as_of.day)}
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    contents = book.add_worksheet("Contents")
    contents.set_column(0, 0, 10)
    contents.set_column(1, 1, 16)
    contents.set_column(2, 2, 100)
    contents.write_row(0, 0, ["Sheet", "Chapter", "Table"], bold)
    for line, sheet in enumerate(sheets, start=1):
        contents.write_url(line, 0, f"internal:'T{line}'!A1", string=f"T{line}")
        contents.write_row(line, 1, [sheet.chapter, sheet.caption])
        _sheet(book.add_worksheet(f"T{line}"), sheet, bold)
    book.close()
    return content.getvalue()


def _sheet(place, sheet: Sheet, bold) -> None:
    head, *rows = csv.reader(io.StringIO(sheet.text))
    place.write_string(0, 0, f"{sheet.caption} ({sheet.chapter})")
    place.write_row(1, 0, head, bold)
    place.freeze_panes(2, 0)
    for column, name in enumerate(head):
        cells = [row[column] for row in rows]
        values = cells if name in TEXT_COLUMNS else _numbers(cells) or cells
        for line, value in enumerate(values, start=2):
            if value != "":
                place.write(line, column, value)
        place.set_column(column, column, min(60, max(8, *(len(text) + 2 for text in [name, *cells]))))


def _numbers(cells: list[str]) -> list | None:
    """The cells as numbers, gaps kept; None if one of them is a word, or a number that no spreadsheet has."""
    try:
        numbers = [float(cell) if cell else "" for cell in cells]
    except ValueError:
        return None
    return numbers if all(number == "" or math.isfinite(number) for number in numbers) else None
