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


def parse(answer: Answer) -> pd.DataFrame:
    """Registrations by label (category or maker) and fuel: ``axis, month, label, fuel, printed``.

    UnfitError if the title is of another table, a state, a year or a month that is not over, a heading is not known, or
    the fuels of a row do not sum to its total.
    """
    cells = [[" ".join(str(cell).split()) for cell in row] for row in bodies.sheet(answer)]
    title = next((cell for row in cells[:3] for cell in row if cell), "")
    match = _TITLE.fullmatch(title)
    if match is None or not spellings.month(match[3], match[4]):
        raise UnfitError(f"its title is {title!r}, not Vehicle Category Wise Fuel Data of all states and a month")
    axis, area, month = match[1].lower(), match[2], spellings.month(match[3], match[4])
    if not re.match(r"all\b", area, re.I):
        raise UnfitError(f"it is of {area}; save the table of all states")
    if _saved(answer) <= month:
        raise UnfitError(f"{match[3]} {match[4]} was not over when it was saved; save it again later")
    last = next((place for place, row in enumerate(cells) if any(_fuel(cell) in FUELS for cell in row)), 0)
    head = [next((cell for cell in reversed(column) if cell), "") for column in zip(*cells[1 : last + 1], strict=True)]
    fuels = {place: name for place, name in enumerate(head) if _fuel(name) in FUELS}
    known, upper = (*_ORDER, axis.upper(), _TOTAL, ""), [name.upper() for name in head]
    if strange := [name for place, name in enumerate(head) if place not in fuels and upper[place] not in known]:
        raise UnfitError(f"headings {strange} are not known; known are {', '.join((*known[:-1], *FUELS))}")
    if axis.upper() not in upper or not {_fuel(name) for name in fuels.values()} & set(ELECTRIC):
        raise UnfitError(f"no column of {axis}, or of {' or '.join(ELECTRIC)}, among {head}")
    found, counted = [], [*fuels, *([upper.index(_TOTAL)] if _TOTAL in upper else [])]
    for row in cells[last + 1 :]:
        if label := row[upper.index(axis.upper())].upper():
            counts = spellings.each(pd.Series(row, [f"of {label}, {name}" for name in head]).iloc[counted], _count)
            whole, parts = counts.iloc[-1] if _TOTAL in upper else None, counts.iloc[: len(fuels)]
            if whole not in (None, parts.sum()):
                raise UnfitError(f"the fuels of {label} sum to {parts.sum()}, its total is {whole}")
            found += [(axis, month, label, *fuel) for fuel in zip(fuels.values(), parts, strict=True)]
    return pd.DataFrame(found, columns=["axis", "month", "label", "fuel", "printed"])


def rows(parsed: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """Electric vehicles of the month: of each segment and in all, or of the one that the file's name says."""
    electric = parsed[parsed["fuel"].map(_fuel).isin(ELECTRIC) & (parsed["label"] != _TOTAL)]
    by_segment = electric.groupby(_segments(electric, answer))["printed"].sum()
    if (parsed["axis"] == "vehicle category").any():
        by_segment["total"] = by_segment.sum()
    shared = {"period": parsed["month"].iloc[0], "unit": "vehicles", "note": "battery only"}
    found = by_segment.items()
    return figures("drivers", [shared | {"key": f"ev_registrations/{name}", "value": count} for name, count in found])


def _saved(answer: Answer) -> str:
    """The month in which the workbook was made, as it says, or came here."""
    with zipfile.ZipFile(io.BytesIO(answer.body)) as parts:
        about = parts.read("docProps/core.xml") if "docProps/core.xml" in parts.namelist() else b""
    made = re.search(rb"<dcterms:created[^>]*>(\d{4}-\d\d)", about)
    return made[1].decode() if made else f"{answer.fetched:%Y-%m}"


def _segments(electric: pd.DataFrame, answer: Answer) -> pd.Series:
    """The segment of every row."""
    named = answer.request.context["segment"]
    if (electric["axis"] == "maker").any():
        if not named:
            raise UnfitError("a table of makers does not say which vehicles it has, so its name has to: begin it "
                             f"with one of {', '.join(SEGMENTS)}, total")  # fmt: skip
        return pd.Series(named, index=electric.index)
    known = {category: segment for segment, categories in SEGMENTS.items() for category in categories}
    if strange := sorted(set(electric["label"]) - set(known)):
        raise UnfitError(f"categories {strange} are not known; known are {', '.join(known)}")
    segments = electric["label"].map(known)
    if missing := ALWAYS - set(segments):
        raise UnfitError(f"it has no {', '.join(sorted(missing))}; save it without narrowing it down")
    return segments


def _fuel(heading: str) -> str:
    return re.sub(r"\([^)]*\)", "", heading.upper())


def _count(printed: str) -> int:
    return int(spellings.number(printed if printed.strip("-") else "0"))
