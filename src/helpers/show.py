"""What a notebook shows, and what the report takes from it.

Each object carries plain text, which is stored in the notebook and tested, and under :data:`MIME` the
payload from which the page is made. Neither side knows more of the other than this.
"""

import html
import re
import textwrap
from dataclasses import dataclass, field

import pandas as pd

MIME = "application/vnd.magnets+json"


@dataclass(frozen=True)
class Sentence:
    """A computed sentence in Markdown, with the ids of its sources; ``answer`` marks the one that opens a chapter."""

    text: str
    answer: bool = False
    sources: tuple[str, ...] = ()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        kind = "answer" if self.answer else "sentence"
        return {
            "text/plain": self.text,
            "text/markdown": f"**{self.text}**" if self.answer else self.text,
            MIME: {"kind": kind, "text": self.text, "sources": list(self.sources)},
        }


@dataclass(frozen=True)
class Figure:
    """A drawing with the finding as its title, a text for those who do not see it, and its data.

    Raises
    ------
    ValueError
        If title or alternative text is empty, or the two are the same.
    """

    svg: str
    title: str
    alt: str
    data: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.alt.split()) < 5 or self.alt == self.title:
            raise ValueError(f"figure {self.title!r} needs a finding as its title and an alternative text of its own")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        payload = {
            "kind": "figure",
            "title": self.title,
            "alt": self.alt,
            "svg": self.svg,
            "sources": self.data.attrs.get("sources", []),
            "csv": _csv(self.data),
            "table": _html(self.data, f"Data of the figure: {self.title}"),
        }
        return {
            "text/plain": f"Figure: {self.title}\n{self.alt}",
            "image/svg+xml": _with_title(self.svg, self.title),
            MIME: payload,
        }


@dataclass(frozen=True)
class Table:
    """A table with a caption that names its unit; numbers are rounded to ``decimals`` where they are shown."""

    data: pd.DataFrame
    caption: str
    decimals: int = 0

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        if self.data.empty:
            return Sentence(f"{self.caption}: none of it was public yet.")._repr_mimebundle_()
        shown = _html(self.data, self.caption, self.decimals)
        payload = {
            "kind": "table",
            "caption": self.caption,
            "html": shown,
            "sources": self.data.attrs.get("sources", []),
            "csv": _csv(self.data),
        }
        text = f"{self.caption}\n{_format(self.data, self.decimals).to_string()}"
        return {"text/plain": text, "text/html": shown, MIME: payload}


@dataclass(frozen=True)
class Download:
    """A table that the report offers as a file."""

    name: str
    data: pd.DataFrame

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        text = f"{self.name}: {len(self.data):,} rows, columns {', '.join(self.data.columns)}"
        return {
            "text/plain": text,
            MIME: {"kind": "file", "name": self.name, "text": self.data.to_csv(index=False, lineterminator="\n")},
        }


def number(value: float, decimals: int = 0) -> str:
    """A number as text, with thousands commas and a real minus; a gap is a dash."""
    return "–" if pd.isna(value) else f"{value:,.{decimals}f}".replace("-", "−")


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


def _csv(data: pd.DataFrame) -> str:
    named = any(name is not None for name in data.index.names)
    return data.to_csv(index=named, lineterminator="\n")


def _format(data: pd.DataFrame, decimals: int) -> pd.DataFrame:
    shown = data.copy()
    for column in shown.columns:
        if pd.api.types.is_bool_dtype(shown[column]):
            shown[column] = shown[column].map({True: "yes", False: "no"})
        elif pd.api.types.is_float_dtype(shown[column]):
            shown[column] = shown[column].map(lambda v: number(v, decimals))
        elif pd.api.types.is_datetime64_any_dtype(shown[column]):
            shown[column] = shown[column].dt.strftime("%Y-%m-%d")
    return shown


def _html(data: pd.DataFrame, caption: str, decimals: int = 0) -> str:
    decimals = decimals if decimals or _whole(data) else 2
    named = any(name is not None for name in data.index.names)
    rows = data.reset_index() if named else data
    shown = _format(rows, decimals)
    classes = [_class(rows[column]) for column in rows.columns]
    names = zip(shown.columns, classes, strict=True)
    head = "".join(f'<th scope="col"{kind}>{html.escape(str(name))}</th>' for name, kind in names)
    heads = [place < (len(data.index.names) if named else 1) for place in range(len(classes))]
    body = "".join(
        "<tr>" + "".join(map(_cell, row, classes, heads)) + "</tr>" for row in shown.itertuples(index=False, name=None)
    )
    return (
        f"<table><caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(value, classes: str, heads: bool) -> str:
    text = html.escape("" if pd.isna(value) else str(value))
    return f'<th scope="row"{classes}>{text}</th>' if heads else f"<td{classes}>{text}</td>"


def _class(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return ""
    if pd.api.types.is_numeric_dtype(column):
        return ' class="number"'
    return ' class="date"' if pd.api.types.is_datetime64_any_dtype(column) else ""


def _whole(data: pd.DataFrame) -> bool:
    floats = data.select_dtypes("float").stack()
    return bool(floats.empty or floats.abs().median() >= 100)
