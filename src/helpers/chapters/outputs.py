"""What a notebook shows, and what the report takes from it.

Each object carries plain text, which is stored in the notebook and tested, and under :data:`MIME` the
payload from which the page is made. Neither side knows more of the other than this.
"""

import html
import re
import string
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from helpers.data import ASSUMED, Quantity, number, sources_of

MIME = "application/vnd.magnets+json"

DIGITS = 10  # significant digits of published numbers: beyond them machines differ

_CODES = re.compile(r"\bHS \d{4,8}\b|\b8505\d{0,4}\b|\b(?:80|90|95) %|\b[68]-digit\b|\bCO2\b")
"""The only digits that a template may hold: codes of the tariff, and levels of intervals."""


_PARTED = re.compile(
    r"(?<=\d) (?=(?:t|kt|kg|g|GW|MW|USD|INR|EUR|million|billion|crore|lakh|times|per cent)\b|%|to [−\d])"
    r"|(?<=\d to) (?=[−\d])|(?<=\bHS) (?=\d)"
)


@dataclass(frozen=True)
class Sentence:
    """A computed sentence in Markdown, with the ids of its sources; ``answer`` marks the one that opens a chapter."""

    text: str
    sources: tuple[str, ...] = ()
    answer: bool = False

    def __str__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        payload = {
            "kind": "answer" if self.answer else "sentence",
            "text": self.text,
            "sources": list(self.sources),
            "assumed": ASSUMED in self.sources,
        }
        shown = f"**{self.text}**" if self.answer else self.text
        shown += f" <small>[{', '.join(self.sources)}]</small>" if self.sources else ""
        return {"text/plain": self.text, "text/markdown": shown, MIME: payload}


def sentence(
    *templates: str, answer: bool = False, uses: Iterable = (), **parts: Quantity | str | Sentence
) -> Sentence:
    """Templates filled with quantities: its numbers cannot be typed, its sources are those of its quantities.

    Templates are joined by a space; ``{name}`` is filled by the part of that name, in the formats of
    :class:`helpers.data.Quantity`. Digits are allowed in codes of the tariff and in levels of intervals only. ``uses``
    are quantities, rows or ids that decided what is said without being said themselves.

    A ``ValueError`` if a number is typed into a template, a part is not said, or a number is nan or infinite.
    """
    text = " ".join(templates)
    fields = list(string.Formatter().parse(text))
    if re.search(r"\d", _CODES.sub("", " ".join(literal for literal, *_ in fields))):
        raise ValueError(f"a number is typed into {text!r}: pass it as a quantity")
    if unused := parts.keys() - {re.split(r"[.\[]", name)[0] for _, name, *_ in fields if name}:
        raise ValueError(f"{sorted(unused)} are given and not said in {text!r}")
    filled = text.format(**parts)
    if wrong := re.search(r"\b(nan|inf|None|NaT|NaN)\b|–(?= [a-zA-Z%/]+)", filled):
        raise ValueError(f"{wrong[0]!r} in {filled!r}: choose the sentence that says what is not known")
    said = sources_of(*(part for part in parts.values() if not isinstance(part, str)), *uses)
    return Sentence(filled[:1].upper() + filled[1:], tuple(sorted(said)), answer)


def joined(*sentences: Sentence | None, by: str = " ", answer: bool = False) -> Sentence:
    """Sentences as one paragraph, or as parts of a sentence, with the sources of all; what is None is left out."""
    said = [one for one in sentences if one is not None]
    return Sentence(by.join(one.text for one in said), tuple(sorted(sources_of(*said))), answer)


@dataclass(frozen=True)
class Figure:
    """A drawing with the finding as its title, a text for those who do not see it, its data and their sources.

    ``narrow`` is the same drawing laid out for a phone, if any; of ``digits`` numbers are sure, all or by column. A
    ``ValueError`` without a title, or if the alternative text is the same or not longer than ten words.
    """

    svg: str
    title: str
    alt: str
    data: pd.DataFrame = field(repr=False)
    sources: tuple[str, ...] = ()
    narrow: str = field(default="", repr=False)
    digits: int | Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.alt.split()) <= 10 or self.alt == self.title:
            raise ValueError(
                f"figure {self.title!r} needs a finding as its title and its own alternative text, of over ten words"
            )

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        payload = {
            "kind": "figure",
            "title": self.title,
            "alt": self.alt,
            "svg": self.svg,
            "narrow": self.narrow,
            "sources": list(self.sources),
            "csv": csv(self.data),
            "table": cells(sure(self.data, self.digits), f"Data of the figure: {self.title}"),
        }
        return {
            "text/plain": f"Figure: {self.title}\n{self.alt}",
            "image/svg+xml": _with_title(self.svg, self.title),
            MIME: payload,
        }


@dataclass(frozen=True)
class Table:
    """A table with a caption that names its unit; a column ``source`` becomes notes, not a column.

    ``decimals`` are those of all numbers or by column; by the size of a column's numbers unless given. ``uses`` is what
    it was computed from, where its rows do not say so: see :func:`helpers.data.sources_of`.
    """

    data: pd.DataFrame
    caption: str
    decimals: int | Mapping[str, int] | None = None
    uses: Iterable = ()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        if self.data.empty:
            return Sentence(f"{self.caption}: nothing of it is in the sources of that day.")._repr_mimebundle_()
        payload = {
            "kind": "table",
            "caption": self.caption,
            "table": cells(self.data, self.caption, self.decimals),
            "sources": sorted(sources_of(self.data, *self.uses)),
            "csv": csv(self.data),
        }
        shown = written(self.data.drop(columns="source", errors="ignore"), self.decimals)
        return {
            "text/plain": f"{self.caption}\n{shown.to_string()}",
            "text/html": _captioned(shown.to_html(border=0), self.caption, payload["sources"]),
            MIME: payload,
        }


@dataclass(frozen=True)
class Download:
    """A table that the report offers as a file."""

    name: str
    data: pd.DataFrame

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*\.csv", self.name):
            raise ValueError(f"a download is named in small letters and ends in .csv, not {self.name!r}")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        text = f"{self.name}: {len(self.data):,} rows, columns {', '.join(self.data.columns)}"
        return {"text/plain": text, MIME: {"kind": "file", "name": self.name, "text": csv(self.data)}}


def cells(data: pd.DataFrame, caption: str, decimals: int | Mapping[str, int] | None = None) -> dict[str, Any]:
    """A table as the page needs it.

    ``caption``; ``columns``, each with ``name``, ``kind`` (text, number or date) and ``head`` (names the row);
    ``rows``, lists of text; ``sources``, the ids of each row.
    """
    rows, heads = _with_index(data), max(1, sum(name is not None for name in data.index.names))
    sources = [sorted(sources_of(ids)) if isinstance(ids, str) else [] for ids in rows.get("source", [""] * len(rows))]
    rows = rows.drop(columns="source", errors="ignore")
    columns = [
        {"name": str(name), "kind": _kind(rows[name]), "head": place < heads} for place, name in enumerate(rows.columns)
    ]
    shown = written(rows, decimals)
    body = [["" if pd.isna(value) else str(value) for value in row] for row in shown.itertuples(index=False, name=None)]
    return {"caption": caption, "columns": columns, "rows": body, "sources": sources}


def csv(data: pd.DataFrame) -> str:
    """A table as CSV that no spreadsheet takes for formulas, to the digits that every machine computes alike."""
    rows = _with_index(data)
    for name in rows.columns:
        if _kind(rows[name]) == "text":
            rows[name] = rows[name].map(_harmless)
        elif pd.api.types.is_float_dtype(rows[name]):
            rows[name] = [float(f"{value:.{DIGITS}g}") for value in rows[name].astype(float)]
    return rows.to_csv(index=False, lineterminator="\n")


def written(data: pd.DataFrame, decimals: int | Mapping[str, int] | None = None) -> pd.DataFrame:
    """A table with its numbers, dates and truth values as people write them."""
    shown = data.copy()
    for name in shown.columns:
        column = shown[name]
        if pd.api.types.is_bool_dtype(column):
            shown[name] = column.map({True: "yes", False: "no"})
        elif pd.api.types.is_float_dtype(column):
            places = decimals.get(name) if isinstance(decimals, Mapping) else decimals
            places = _places(column) if places is None else places
            shown[name] = [number(value, places) for value in column]
        elif pd.api.types.is_datetime64_any_dtype(column):
            shown[name] = column.dt.strftime("%Y-%m-%d")
    return shown


def sure(data: pd.DataFrame, digits: int | Mapping[str, int] | None) -> pd.DataFrame:
    """A table with its numbers to so many significant digits, all of them or by column."""
    rows = data.copy()
    for name in rows.select_dtypes("float").columns if digits else ():
        if places := digits if isinstance(digits, int) else (digits or {}).get(name):
            rows[name] = [float(f"{value:.{places}g}") for value in rows[name]]
    return rows


def together(text: str) -> str:
    """A text whose numbers are not parted from their units, nor the two ends of a range, at the end of a line."""
    return _PARTED.sub("\N{NO-BREAK SPACE}", text)


def _with_index(data: pd.DataFrame) -> pd.DataFrame:
    """A table with the names of its rows as columns, where they have any."""
    return data.reset_index() if any(name is not None for name in data.index.names) else data.copy()


def _places(column: pd.Series) -> int:
    size = column.abs().median()
    return 0 if pd.isna(size) or size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "text"
    if pd.api.types.is_numeric_dtype(column):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(column) else "text"


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
    return f"'{value}" if value[:1] in tuple("=+-@\t\r") and not re.fullmatch(r"[+-]?[\d.,]+%?", value) else value


def _captioned(table: str, caption: str, sources: list[str]) -> str:
    """A table for a notebook with its caption above it and its sources below."""
    below = f"<p><small>Sources: {html.escape(', '.join(sources))}</small></p>" if sources else ""
    return table.replace("\n", f"\n  <caption>{html.escape(caption)}</caption>\n", 1) + below


def _with_title(svg: str, title: str) -> str:
    """The drawing with its finding above it, for a notebook; a page sets the finding as its caption."""
    lines = textwrap.wrap(title, 62)
    width, height = (float(n) for n in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    extra = 19 * len(lines) + 9
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}pt" '
        f'height="{height + extra}pt" viewBox="0 {-extra} {width} {height + extra}">'
        f'<rect y="{-extra}" width="{width}" height="{extra + 1}" fill="#ffffff"/>'
    )
    words = "".join(
        f'<text x="2" y="{19 * (place + 1) - extra - 3}" font-family="sans-serif" font-size="14" font-weight="bold" '
        f'fill="#1d1d1f">{html.escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    return re.sub(r"^<svg[^>]*>", lambda _: opening + words, svg, count=1)
