"""What all figures share: colours, paper, the line of sources, and what to say when there is nothing to draw.

Direct labels instead of legends, grey for context, one colour for the finding. The page replaces :data:`INK`,
:data:`MUTED`, :data:`RULE` and :data:`PAPER` by its own colours, for the reader's light or dark setting.
"""

import io
import logging
import textwrap
from collections.abc import Iterable, Mapping
from functools import lru_cache, wraps
from itertools import combinations, pairwise
from statistics import mean

import numpy as np
import pandas as pd

from helpers.chapters import svg, tips, words
from helpers.chapters.outputs import Figure, Sentence, together
from helpers.data import Vintage, sources_of

INK, MUTED, RULE, PAPER = "#1d1d1f", "#6b6b70", "#d9d9de", "#fffffe"
BLUE, RED, GOLD = "#2b6cb0", "#c2410c", "#a16207"

SYNTHETIC = "SYNTHETIC: made-up figures for a demonstration; nothing here is a finding"
WIDE, NARROW = 7.4, 4.4  # inches of a drawing: across a page, and on a phone

LEAST = 9  # points of the smallest text on a phone

DPI, PAD = 72, 3  # points of an inch, and of the rim around what is drawn

_ROUNDS = 8  # how often panels are made narrower for texts that reach further out each time; mostly once is enough

_FONT = {"font.sans-serif": ["DejaVu Sans"]}  # comes with matplotlib: the same drawing on every machine

_STYLE = _FONT | {
    "axes.edgecolor": RULE,
    "axes.facecolor": PAPER,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 10,
    "figure.facecolor": PAPER,
    "font.size": 10,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.bottom": True,
    "xtick.color": MUTED,
    "ytick.color": INK,
}


def canvas(unit: str, *, panels: int = 1, height: float = 3.6, horizontal: bool = False):
    """An empty drawing and its panels; ``unit`` labels the measuring axis, the lower one if ``horizontal``."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where it keeps its list of fonts is not for readers
    import seaborn as sns
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Canvas

    with rc_context(sns.axes_style("whitegrid") | _STYLE):
        drawing = Canvas(figsize=(WIDE, height), dpi=DPI)
        axes = np.atleast_1d(drawing.subplots(1, panels, sharey=True))
    sns.despine(drawing, left=True)
    for ax in axes:
        ax.grid(visible=False, axis="y" if horizontal else "x")
        (ax.xaxis if horizontal else ax.yaxis).set_major_formatter("{x:,g}")
    (axes[0].set_xlabel if horizontal else axes[0].set_ylabel)(unit)
    return drawing, axes


def finish(
    drawing,
    title: Sentence,
    alt: Sentence,
    data: pd.DataFrame,
    *,
    india: Vintage,
    note: str = "",
    uses: Iterable = (),
    first: int = 0,
    digits: int | Mapping[str, int] | None = None,
) -> Figure:
    """The drawing as SVG; its last line says how to read it, who published what it shows, and the day.

    ``title`` is the finding, ``alt`` what the drawing shows, ``data`` what is drawn, with a column ``source``; ``uses``
    tells sources of what else was decided on. On a phone panels stand below each other, the ``first`` on top. So many
    ``digits`` does what is drawn support: all numbers, or by column of ``data``; all of them unless given.
    """
    sources = sources_of(data, title, alt, *uses)
    line = f"{note} Source: {india.publishers(sources)}. As of {india.day}.".strip()
    line = f"{SYNTHETIC}. {line}" if india.synthetic else line
    panels = drawing.axes
    for ax in panels:
        sure = digits if isinstance(digits, int) else min(digits.values()) if digits else None
        tips.name_marks(ax, panels[0].get_ylabel() or panels[0].get_xlabel(), sure)
    placed = {text: text.xyann for ax in panels for text in ax.texts}
    wide = _laid_out(drawing, panels, line, title.text)
    for text, place in placed.items():  # what was moved in one layout begins anew in the next
        text.xyann = place
    panels = [panels[first], *(ax for ax in panels if ax is not panels[first])]
    _for_phone(drawing, panels)
    narrow = _laid_out(drawing, panels, line, title.text, stacked=True)
    return Figure(wide, title.text, alt.text, data, tuple(sorted(sources)), narrow, digits)


def once_public(draw):
    """Make a drawing function say so where there is nothing to draw: where what it draws first is empty."""

    @wraps(draw)
    def drawn(first, *args, india: Vintage, **options):
        if first.empty if isinstance(first, pd.DataFrame) else not first:
            return words.not_yet(india, "What this figure shows")
        return draw(first, *args, india=india, **options)

    return drawn


def label(ax, text: str, at: tuple, *, dx: float = 6, dy: float = 0, behind: bool = False, **style) -> None:
    """A text beside a point, some points away, legible on any line; on a patch of paper if rules run ``behind`` it."""
    style |= {"bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 1.5}} if behind else {}
    style = {"va": "center", "color": INK, "gid": svg.HALO, "zorder": 5} | style
    ax.annotate(text, at, xytext=(dx, dy), textcoords="offset points", **style)


def by_tens(*axes) -> None:
    """Scales on which each step is so many times the one before, with their numbers in full."""
    for axis in axes:
        axis.axes.set(**{f"{axis.axis_name}scale": "log"})
        axis.set_major_formatter("{x:,g}")
        axis.set_minor_formatter("")


def name_dates(ax) -> None:
    """Dates along the lower axis: months by name where they fit, the year where it begins, English in any locale."""
    from matplotlib.dates import AutoDateLocator, num2date

    locator = AutoDateLocator(minticks=3, maxticks=8)
    ax.xaxis.set_major_locator(locator)

    def name(value: float, _: int | None) -> str:
        day = num2date(value)
        if day.month == 1 and day.day == 1:
            return str(day.year)
        short, first = words.month(day.replace(tzinfo=None))[:3], min(ax.get_xlim())
        before = [num2date(tick).year for tick in locator() if first <= tick < value]
        return short if day.year in before else f"{short} {day.year}"

    ax.xaxis.set_major_formatter(name)


def wrap(text: str, width: int = 34) -> str:
    """A text in lines of at most ``width`` characters, numbers and their units together."""
    return "\n".join(textwrap.wrap(together(text), width, break_long_words=False))


def _laid_out(drawing, panels: list, line: str, salt: str, *, stacked: bool = False) -> str:
    """The drawing as SVG with its last line; measured once and drawn once, where ``savefig`` would do each twice."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import RendererSVG

    across, up = drawing.get_size_inches()
    buffer = io.StringIO()
    with rc_context(_FONT | {"svg.fonttype": "none", "svg.hashsalt": f"{salt}{across}"}):
        renderer = RendererSVG(across * DPI, up * DPI, buffer, image_dpi=DPI, metadata={"Date": None})
        heights = {"_get_font_height_metrics": lambda font: _heights(font.get_size_in_points())}
        vars(renderer).update(heights, get_text_width_height_descent=_measured)
        foot = drawing.supxlabel(wrap(line, int(14.2 * across)), x=0.0, y=PAD / DPI / up, ha="left", va="bottom")
        foot.set(fontsize=LEAST if stacked else 8, color=MUTED)
        _fit(panels, renderer, foot.get_window_extent(renderer).y1, stacked)
        for ax in panels:
            _thin(ax, renderer)
            _part(ax, renderer)
        drawing.draw(renderer)
        renderer.finalize()
    text = buffer.getvalue()
    return svg.plain(text[text.index("<svg") :], PAPER)


@lru_cache(maxsize=4096)
def _measured(text: str, font, ismath: bool) -> tuple[float, float, float]:
    """Width, height and descent of a text, which most drawings have several times."""
    from matplotlib.textpath import text_to_path

    return text_to_path.get_text_width_height_descent(text, font, ismath)


@lru_cache
def _heights(size: float) -> tuple[float, float, float]:
    """Ascent, descent and gap of lines of a size, which matplotlib reads from the file of the font for each text."""
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont("DejaVu Sans"))
    table, scale = font.get_sfnt_table("OS/2"), 1 / font.get_sfnt_table("head")["unitsPerEm"] * size
    return table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale, table["sTypoLineGap"] * scale


def _fit(panels: list, renderer, floor: float, stacked: bool) -> None:
    """Give the panels what room they can have; again where texts, now that panels are narrower, reach further out."""
    _place(panels, np.tile([14 * PAD, 3 * PAD, 8 * PAD, 3 * PAD], (len(panels), 1)), floor, stacked)
    edge = panels[0].figure.bbox.x1
    for _ in range(_ROUNDS):
        _place(panels, np.array([_around(ax, renderer) for ax in panels]), floor, stacked)
        if all(text.get_window_extent(renderer).x1 <= edge for ax in panels for text in ax.texts):
            return


def _part(ax, renderer) -> None:
    """Move labels of a panel that meet up and down, until none lies on another."""
    for _ in range(_ROUNDS):
        boxes = [(text, text.get_window_extent(renderer)) for text in ax.texts]
        met = [pair for pair in combinations(boxes, 2) if _shared(*(box for _, box in pair)) > 1]
        for (low, below), (high, above) in (sorted(pair, key=lambda of: of[1].y0 + of[1].y1) for pair in met):
            step = (min(below.y1, above.y1) - max(below.y0, above.y0)) / 2 + 1
            low.xyann, high.xyann = (low.xyann[0], low.xyann[1] - step), (high.xyann[0], high.xyann[1] + step)
        if not met:
            return


def _shared(one, other) -> float:
    """How far two boxes reach into each other, by the direction in which they do so less."""
    return min(min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0))


def _around(ax, renderer) -> list[float]:
    """How far what belongs to a panel reaches beyond it: left, right, below, above; marks stay inside.

    Its axes get their labels beside the names of their ticks, as matplotlib would place them, which measures twice.
    """
    from matplotlib.text import Text
    from matplotlib.transforms import Affine2D, Bbox

    inner = ax.get_window_extent()
    across, up = (Bbox.union([inner, _names_of(axis, renderer) or inner]) for axis in (ax.xaxis, ax.yaxis))
    beside = across.y0 - inner.y0 - ax.xaxis.labelpad, up.x0 - inner.x0 - ax.yaxis.labelpad
    ax.xaxis.set_label_coords(0.5, 0, ax.transAxes + Affine2D().translate(0, beside[0]))
    ax.yaxis.set_label_coords(0, 0.5, ax.transAxes + Affine2D().translate(beside[1], 0))
    texts = [one for one in ax.get_children() if isinstance(one, Text) and one.get_text()]
    outer = Bbox.union([across, up, *(one.get_window_extent(renderer) for one in texts)])
    left = ax.yaxis.label.get_window_extent(renderer).x0 if ax.get_ylabel() else outer.x0
    below = ax.xaxis.label.get_window_extent(renderer).y0 if ax.get_xlabel() else outer.y0
    return [inner.x0 - min(left, outer.x0), outer.x1 - inner.x1, inner.y0 - min(below, outer.y0), outer.y1 - inner.y1]


def _names_of(axis, renderer):
    """The box around the names of the ticks of an axis, without its label; None where there are none."""
    axis.set_label_coords(0, 0)
    axis.label.set_visible(False)
    box = axis.get_tightbbox(renderer, for_layout_only=True)
    axis.label.set_visible(True)
    return box


def _place(panels: list, around: np.ndarray, floor: float, stacked: bool) -> None:
    """Panels of one size above ``floor``, beside each other or ``stacked``, with room for what reaches beyond each."""
    whole = panels[0].figure.bbox
    left, right, below, above = around.T + PAD
    if stacked:
        left[:], right[:] = left.max(), right.max()
        x, width = left, whole.width - left[0] - right[0]
        height = (whole.height - floor - (below + above).sum()) / len(panels)
        y = whole.height - np.cumsum(above + height + below) + below
    else:
        below[:], above[:] = below.max(), above.max()
        y, height = floor + below, whole.height - floor - below[0] - above[0]
        width = (whole.width - (left + right).sum()) / len(panels)
        x = np.cumsum(left + width + right) - width - right
    for ax, *corner in zip(panels, x / whole.width, y / whole.height, strict=True):
        ax.set_position([*corner, width / whole.width, height / whole.height])


def _for_phone(drawing, panels: list) -> None:
    """The same drawing, narrow: its panels below each other in this order."""
    shared = drawing.axes[0]
    across, up = wrap(shared.get_xlabel(), 44), wrap(shared.get_ylabel(), 30)
    for place, ax in enumerate(panels):
        ax.tick_params(axis="y", labelleft=True, labelsize=shared.get_yticklabels()[0].get_fontsize())
        ax.set(xlabel=across if ax is panels[-1] else "", ylabel=up if place == 0 else "")
    for text in drawing.findobj(lambda one: hasattr(one, "set_fontsize")):
        text.set_fontsize(max(text.get_fontsize(), LEAST))
    names = [wrap(" ".join(tick.get_text().split()), 20) for tick in shared.get_yticklabels()]
    names = names if any(name[:1].isalpha() for name in names) else []
    if names:
        shared.set_yticks(shared.get_yticks(), names)  # all panels share this axis
    height = drawing.get_size_inches()[1] * (1 if len(panels) == 1 else 0.7)
    lines = [name.count("\n") + 1 for name in names]
    most = max((mean([*pair]) for pair in pairwise([*lines, 1])), default=0)  # that two neighbours need between them
    drawing.set_size_inches(NARROW, len(panels) * max(height, 0.17 * most * (len(names) + 2) + 0.5))


def _thin(ax, renderer) -> None:
    """Every second name along the lower axis, and again, until none touches the next; the last one stays."""
    while len(shown := [text for text in ax.get_xticklabels() if text.get_text() and text.get_visible()]) > 2:
        boxes = [text.get_window_extent(renderer) for text in shown]
        if all(left.x1 + 2 < right.x0 for left, right in pairwise(boxes)):
            return
        for text in shown[-2::-2]:
            text.set_visible(False)
