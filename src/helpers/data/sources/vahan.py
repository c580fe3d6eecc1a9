"""Vahan: electric vehicles registered in a month, from spreadsheets that a person saves from the dashboard.

The table wanted is vehicle categories by fuel for all states and one month. One of makers by fuel does not say to which
kinds of vehicles it was narrowed down: then the name of the file does, such as ``2w-2026-07.xlsx`` or ``total.xlsx``.
"""

import io
import re
import zipfile

import pandas as pd

from helpers.data.sources import bodies, spellings
from helpers.data.sources.protocol import Answer, Request, UnfitError, figures

TITLE = "Vahan: electric vehicles registered by month, from files that a person downloads"

ELECTRIC = ("ELECTRIC", "PURE EV")
"""Fuels of vehicles that run on a battery alone; hybrids burn something too."""

FUELS = (
    *ELECTRIC, "BIO-CNG/BIO-GAS", "BIO-DIESEL", "BIO-METHANE", "CNG ONLY", "DIESEL", "DIESEL/HYBRID", "DI-METHYL ETHER",
    "DUAL DIESEL/BIO CNG", "DUAL DIESEL/CNG", "DUAL DIESEL/LNG", "ETHANOL", "FLEX-FUEL", "FUEL CELL HYDROGEN", "HCNG",
    "HYDROGEN", "LNG", "LPG ONLY", "METHANOL", "NOT APPLICABLE", "PETROL", "PETROL/CNG", "PETROL/ETHANOL",
    "PETROL/HYBRID", "PETROL/HYBRID/CNG", "PETROL/LPG", "PETROL/METHANOL", "PLUG-IN HYBRID EV", "SOLAR",
    "STRONG HYBRID EV",
)  # fmt: skip
"""Headings of the dashboard, without what stands in brackets, which changes: PETROL(E20)/CNG is PETROL/CNG."""

SEGMENTS = {
    "2w": ("TWO WHEELER(NT)", "TWO WHEELER(T)", "TWO WHEELER (INVALID CARRIAGE)"),
    "3w": ("THREE WHEELER(NT)", "THREE WHEELER(T)", "THREE WHEELER (INVALID CARRIAGE)"),
    "4w": ("LIGHT MOTOR VEHICLE", "LIGHT PASSENGER VEHICLE", "FOUR WHEELER (INVALID CARRIAGE)"),
    "bus": ("MEDIUM PASSENGER VEHICLE", "HEAVY PASSENGER VEHICLE"),
    "goods": ("LIGHT GOODS VEHICLE", "MEDIUM GOODS VEHICLE", "HEAVY GOODS VEHICLE"),
    "other": ("MEDIUM MOTOR VEHICLE", "HEAVY MOTOR VEHICLE", "OTHER THAN MENTIONED ABOVE"),
}
"""Vehicle categories of the dashboard in each segment of the table of drivers."""

ALWAYS = {"2w", "3w", "4w"}
"""Segments without which a table of categories has been narrowed down."""

_TITLE = re.compile(
    r"(Maker|Vehicle Category) Wise Fuel Data\s+of\s+(.+?)\s*\(\s*([A-Z]{3})\w*[\s,]+(\d{4})\s*\)", re.I
)
_ORDER, _TOTAL = ("S NO", "S.NO", "S NO."), "TOTAL"


def dropped(name: str) -> Request:
    """The question that a dropped file answers; its name may say to which segment a table of makers belongs."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    said = [word for word in words if word in (*SEGMENTS, "total")]
    return Request(f"file {name}", name, kind="xlsx", context={"segment": said[0] if len(said) == 1 else ""})


def rows(answer: Answer) -> pd.DataFrame:
    """Electric vehicles of the month: of each segment and in all, or of the one that the file's name says.

    UnfitError if the title is of another table, a state, a year or a month that is not over, a heading or a category is
    not known, or the fuels of a row do not sum to its total.
    """
    cells = [[" ".join(str(cell).split()) for cell in row] for row in bodies.sheet(answer)]
    axis, month = _titled(cells, answer)
    electric = _electric(cells, axis)
    by_segment = electric.groupby(_segments(electric, axis, answer)).sum()
    if axis != "maker":
        by_segment["total"] = by_segment.sum()
    shared, found = {"period": month, "unit": "vehicles", "note": "battery only"}, by_segment.items()
    return figures("drivers", [shared | {"key": f"ev_registrations/{name}", "value": count} for name, count in found])


def _titled(cells: list[list[str]], answer: Answer) -> tuple[str, str]:
    """What a row of the table is of, a vehicle category or a maker, and the month."""
    title = next((cell for row in cells[:3] for cell in row if cell), "")
    match = _TITLE.fullmatch(title)
    month = spellings.month(match[3], match[4]) if match else ""
    if not month:
        raise UnfitError(f"its title is {title!r}, not Vehicle Category Wise Fuel Data of all states and a month")
    if not re.match(r"all\b", match[2], re.I):
        raise UnfitError(f"it is of {match[2]}; save the table of all states")
    if _saved(answer) <= month:
        raise UnfitError(f"{match[3]} {match[4]} was not over when it was saved; save it again later")
    return match[1].lower(), month


def _saved(answer: Answer) -> str:
    """The month in which the workbook was made, as it says, or came here."""
    with zipfile.ZipFile(io.BytesIO(answer.body)) as parts:
        about = parts.read("docProps/core.xml") if "docProps/core.xml" in parts.namelist() else b""
    made = re.search(rb"<dcterms:created[^>]*>(\d{4}-\d\d)", about)
    return made[1].decode() if made else f"{answer.fetched:%Y-%m}"


def _electric(cells: list[list[str]], axis: str) -> pd.Series:
    last = next((place for place, row in enumerate(cells) if any(_fuel(cell) in FUELS for cell in row)), 0)
    head = [next((cell for cell in reversed(column) if cell), "") for column in zip(*cells[1 : last + 1], strict=True)]
    fuels, upper = [place for place, name in enumerate(head) if _fuel(name) in FUELS], [name.upper() for name in head]
    known = (*_ORDER, axis.upper(), _TOTAL, "")
    if strange := [name for place, name in enumerate(head) if place not in fuels and upper[place] not in known]:
        raise UnfitError(f"headings {strange} are not known; known are {', '.join((*known[:-1], *FUELS))}")
    electric = [place for place in fuels if _fuel(head[place]) in ELECTRIC]
    if axis.upper() not in upper or not electric:
        raise UnfitError(f"no column of {axis}, or of {' or '.join(ELECTRIC)}, among {head}")
    found: dict[str, int] = {}
    counted = [*fuels, *([upper.index(_TOTAL)] if _TOTAL in upper else [])]
    for row in cells[last + 1 :]:
        if label := row[upper.index(axis.upper())].upper():
            counts = spellings.each(pd.Series(row, [f"of {label}, {name}" for name in head]).iloc[counted], _count)
            counts = counts.set_axis(counted)
            if _TOTAL in upper and counts.iloc[-1] != (parts := counts[fuels].sum()):
                raise UnfitError(f"the fuels of {label} sum to {parts}, its total is {counts.iloc[-1]}")
            found[label] = found.get(label, 0) + counts[electric].sum()
    found.pop(_TOTAL, None)
    if not found:
        raise UnfitError(f"it has no row of a {axis}; save it again, with its rows")
    return pd.Series(found, dtype=int)


def _segments(electric: pd.Series, axis: str, answer: Answer) -> pd.Series:
    named = answer.request.context["segment"]
    if axis == "maker":
        if not named:
            raise UnfitError("a table of makers does not say which vehicles it has, so its name has to: begin it "
                             f"with one of {', '.join(SEGMENTS)}, total")  # fmt: skip
        return pd.Series(named, index=electric.index)
    known = {category: segment for segment, categories in SEGMENTS.items() for category in categories}
    if strange := sorted(set(electric.index) - set(known)):
        raise UnfitError(f"categories {strange} are not known; known are {', '.join(known)}")
    if missing := ALWAYS - {known[category] for category in electric.index}:
        raise UnfitError(f"it has no {', '.join(sorted(missing))}; save it without narrowing it down")
    return electric.index.to_series().map(known)


def _fuel(heading: str) -> str:
    return re.sub(r"\([^)]*\)", "", heading.upper())


def _count(printed: str) -> int:
    return int(spellings.number(printed if printed.strip("-") else "0"))
