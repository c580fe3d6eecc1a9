"""What a reader is told who points at a mark: whose figure it is, and its value with its unit; drawn into the SVG.

No script is needed: browsers show the ``title`` of a mark. Marks that say nothing by themselves are named by the axes
that they stand on; :func:`tell` says it of others.
"""

import re
from collections.abc import Iterable

import numpy as np

from helpers import fiscal
from helpers.chapters import svg, words
from helpers.data import number

MOST = 40  # marks of one series that are named: of more, nobody looks for one
_FAR = 0.02  # how far a mark may be from a named place of an axis, in its units, and be at it


def tell(drawn, said: Iterable[str]) -> None:
    """Say of each mark, or of all of them by one text, what it is; ``drawn`` is what a method of axes gave back."""
    texts = list(said)
    marks = list(drawn) if isinstance(drawn, Iterable) else [drawn]
    if len(marks) == 1:
        marks[0].set_gid(svg.TIP + svg.PART.join(texts))
        return
    for mark, text in zip(marks, texts, strict=True):
        mark.set_gid(svg.TIP + text)


def name_marks(ax, unit: str, digits: int | None = None) -> None:
    """Give dots and bars that say nothing yet their place and value by the axes; ``digits`` are those that are sure.

    Panels that share an axis share its names, which stand at the first.
    """
    from matplotlib.dates import AutoDateLocator

    across = _names(ax.figure.axes[0].yaxis)  # names beside the bars: values are across
    names = across or _names(ax.xaxis)
    dated = not across and isinstance(ax.xaxis.get_major_locator(), AutoDateLocator)
    unit = unit or ax.get_title(loc="left").partition(", ")[2]
    unit = re.sub(r", (?:log scale|each step.*)$|\s+", " ", unit).strip()

    def said(place: float, *ends: float) -> str:
        known = [name for at, name in names.items() if abs(at - place) < (0.5 if across else _FAR)]
        name = _month(place) if dated else known[0] if known else _year(place, names)
        value = " to ".join(_told(end, digits) for end in ends)
        return f"{name}: {value} {unit}" if name else f"{value} {unit}"

    for line in ax.lines:
        x, y = (np.asarray(of, dtype=float) for of in line.get_data(orig=False))
        marked = line.get_marker() not in ("", " ", "None", None) and not (line.get_gid() or "").startswith(svg.TIP)
        if marked and len(x) <= MOST:
            tell(line, (said(*((b, a) if across else (a, b))) for a, b in zip(x, y, strict=True)))
    for bar in [bar for bar in ax.patches if hasattr(bar, "get_bbox") and not bar.get_gid()]:
        (begins, ends), beside = np.array(bar.get_bbox())[:, :: 1 if across else -1].T
        if begins != ends and bar.get_data_transform() == ax.transData:
            tell(bar, [said(beside.mean(), *([begins] if begins else []), ends)])


def _names(axis) -> dict[float, str]:
    """The places of an axis that have names, not numbers."""
    named = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    found = {at: " ".join(text.get_text().split()) for at, text in named}
    return found if any(name[:1].isalpha() for name in found.values()) else {}


def _year(place: float, names: dict[float, str]) -> str:
    """The fiscal or calendar year in whose middle a place is, if years are named."""
    if abs(place - round(place)) > _FAR:
        return ""
    if any(re.fullmatch(r"FY\d\d", name) for name in names.values()):
        return fiscal.year_name(round(place))
    return "" if names or not fiscal.is_calendar_year(f"{place:.0f}") else f"{place:.0f}"


def _month(place: float) -> str:
    from matplotlib.dates import num2date

    return words.month(num2date(place).replace(tzinfo=None))


def _told(value: float, digits: int | None) -> str:
    if digits and value:
        value = round(value, digits - 1 - int(np.floor(np.log10(abs(value)))))
    return number(value, 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2)
