"""The notebooks' own cells on figures that are not public yet, and on earlier days: each run once for all who read it.

The cells are run here and not in a kernel, on a vintage that is made here.
"""

import ast
import io
import re
import warnings
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from typing import NamedTuple

import nbformat
import pandas as pd
import pytest
from matplotlib.backends.backend_svg import RendererSVG

from conftest import AS_OF, FROZEN, KEYS, few_chains, flat
from helpers import data, paths
from helpers.chapters import canvas
from helpers.chapters.outputs import MIME
from helpers.data import vintage
from helpers.outlook import value
from helpers.outlook.agreement import MAGNETS, SHIPPED

TRIAL = value.trial
MINE = {"area": "IND", "stage": "mine", "commodity": "REO", "measure": "output", "unit": "t REO"}
SOUND = {"status": "reported", "source": "S66"}

ARRIVES = {"2026-12-01": {"FY26": 33_100}, "2026-12-02": {"FY26-H2": 16_819},
           "2026-12-10": {"2026-04": 2_900, "2026-05": 2_950, "2026-06": 2_800}, "2027-01-10": {"FY27-H1": 17_500},
           "2027-06-20": {"FY27": 35_900}, "2028-06-20": {"FY28": 38_500}}  # fmt: skip
"""Tonnes under HS 850511 that become public one after the other."""
AFTER = ["2026-12-01", "2027-01-10", "2028-06-20"]
"""Days to come on which all chapters are read."""


def customs(period: str, value: float, **more) -> tuple:
    return "trade", {**KEYS, **SOUND, "period": period, "value": float(value), **more}


ALSO = {"period": "2026", "value": 4200.0, "unit": "t"}, {"measure": "weight_yoy", "period": "FY27-H1", "value": 7.5}
LATER = [customs(period, value, published=day) for day, found in ARRIVES.items() for period, value in found.items()]
LATER += [
    ("trade", {**k, **SOUND, **more, "published": "2027-01-10"}) for k, more in zip((SHIPPED, KEYS), ALSO, strict=True)
]
TRUCE = {"period": "2026-12/2027-01", "regime": "partial", "term": "set", **SOUND}
STATES = {
    "a figure assumed": [("trade", {**KEYS, "period": "FY25", "value": 33_000.0})],
    "a revision, ore, a truce and the press": [
        customs("FY25", 35_000, published="2026-11-01"),
        ("production", {**MINE, **SOUND, "period": "FY26", "value": 3_100.0}),
        ("regimes", TRUCE),
        ("trade", MAGNETS | {"measure": "weight", "period": "FY25", "value": 1700.0}),
    ],
}
"""Figures that are not public yet: rows to add."""
EARLIER = ["2025-06-30", "2025-10-31", "2026-01-31"]
DRAWN = [AS_OF, "2025-06-30", AFTER[-1]]
"""The states whose figures are laid out too."""
LEAST = 1
"""Points by which two boxes must share ground in both directions to be on each other."""


class Shown(NamedTuple):
    """What a cell showed: its kind, the call that made it, its text, and the heads of a table."""

    kind: str
    call: str
    text: str
    heads: list[str]


class Played(NamedTuple):
    """What cells showed, in their order; of laid out figures the faults and what marks say; what was named."""

    shown: list[Shown]
    drawings: int
    faults: list[str]
    marks: list[str]
    names: dict[str, object]

    def text(self, *kinds: str) -> str:
        return "\n".join(one.text for one in self.shown if one.kind in (kinds or ("answer", "sentence", "figure")))


@cache
def known(state: str):
    """The vintage of a state, or of a day, which may be one to come."""
    day = AS_OF if state in STATES else state
    india = vintage(max(day, AS_OF), FROZEN)
    for table, row in STATES.get(state, LATER if day > AS_OF else []):
        india = india.adding(table, row)
    return india.on(day)


@cache
def played(state: str, chapter: str) -> Played:
    """What a chapter says and shows in a state, with a tenth of the chains; a warning is an error."""
    drawings, found = [], []
    with pytest.MonkeyPatch.context() as patch:
        if state in DRAWN:
            watch(patch, drawings, found)
        else:
            flat(patch)
        few_chains(patch, 12)
        patch.setattr(value, "trial", lambda usd_m: tried(tuple(usd_m.items())).copy())
        shown, names = run(paths.NOTEBOOKS / f"{chapter}.ipynb", known(state), patch)
    marks = [title for text in drawings for title in re.findall("<title>(.*?)</title>", text)]
    return Played(shown, len(drawings), found, marks, names)


@cache
def tried(usd_m: tuple):
    """What was forecast of a history of values, which is the same in most states."""
    return TRIAL(pd.Series(dict(usd_m)))


def run(path, india, patch, **parameters) -> tuple[list[Shown], dict[str, object]]:
    """What the cells of a notebook show on a vintage, and what they leave behind."""
    patch.setattr(data, "vintage", lambda as_of: india)
    said, names = [], {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse("\n".join(line for line in cell.source.splitlines() if "parameters" not in line))
        last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(tree, str(path), "exec"), names)
            names |= parameters
            made = eval(compile(last, str(path), "eval"), names) if last else None
            shown = {} if made is None else made._repr_mimebundle_()  # a notebook shows nothing of it
        if MIME in shown:
            heads = [column["name"] for column in shown[MIME].get("table", {}).get("columns", [])]
            call = cell.source.splitlines()[-1].partition("(")[0]
            said.append(Shown(shown[MIME]["kind"], call, shown["text/plain"], heads))
    return said, names


def chapters() -> list[str]:
    return sorted(path.stem for path in paths.NOTEBOOKS.glob("[0-9]-*.ipynb"))


def watch(patch, drawings: list[str], found: list[str]) -> None:
    """Fill these with each drawing that is laid out, as text, and with what is wrong with it."""
    lay_out = canvas._laid_out

    def watched(drawing, panels, line, salt, **options):
        drawings.append(lay_out(drawing, panels, line, salt, **options))
        kind = "narrow" if options.get("stacked") else "wide"
        found.extend(f"{kind}, {salt}: {fault}" for fault in faults(drawing))
        axes = [
            any(ax.get_ylabel() + ax.get_xlabel() for ax in panels),
            all(", " in ax.get_title("left") for ax in panels),
        ]
        found.extend([] if any(axes) else [f"{kind}, {salt}: no unit"])
        return drawings[-1]

    patch.setattr(canvas, "_laid_out", watched)


def faults(drawing) -> Iterable[str]:
    """Texts that are cut at the edge or lie on another one."""
    across, up = drawing.get_size_inches() * canvas.DPI
    renderer = RendererSVG(across, up, io.StringIO(), image_dpi=canvas.DPI)
    shown = [text for text in texts(drawing) if text.get_visible() and text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown]
    for text, box in boxes:
        if min(box.x0, box.y0, across - box.x1, up - box.y1) < -LEAST / 2:
            yield f"cut: {text!r}"
    for (one, first), (other, second) in combinations(boxes, 2):
        shared = [
            min(first.x1, second.x1) - max(first.x0, second.x0),
            min(first.y1, second.y1) - max(first.y0, second.y0),
        ]
        if min(shared) > LEAST:
            yield f"{one!r} on {other!r}"


def texts(drawing):
    """The texts of a drawing as they are shown: ticks in sight, names of axes and panels, labels, the last line."""
    for ax in drawing.axes:
        for axis in (ax.xaxis, ax.yaxis):
            first, last = sorted(axis.get_view_interval())
            ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
            yield from (text for at, text in ticks if first <= at <= last)
            yield axis.label
        yield from (*ax.texts, *(getattr(ax, f"{side}title") for side in ("", "_left_", "_right_")))
    yield from drawing.texts
