"""What all figures share: colours, paper, the line of sources, and what to say when there is nothing to draw.

Drawn for paper and screen alike: direct labels instead of legends, grey for context, one colour for the
finding. The page replaces :data:`INK`, :data:`MUTED`, :data:`RULE` and :data:`PAPER` by its own colours,
so that a figure follows the reader's light or dark setting.
"""

import io
import textwrap
from collections.abc import Iterable
from functools import wraps

import numpy as np
import pandas as pd

from helpers.chapters import words
from helpers.chapters.outputs import Figure, Sentence
from helpers.data import Vintage, sources_of

INK, MUTED, RULE, PAPER = "#1d1d1f", "#6b6b70", "#d9d9de", "#fffffe"
BLUE, RED, GOLD = "#2b6cb0", "#c2410c", "#a16207"

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
    import seaborn as sns
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Canvas

    with rc_context(sns.axes_style("whitegrid") | _STYLE):
        drawing = Canvas(figsize=(7.4, height), layout="constrained")
        axes = np.atleast_1d(drawing.subplots(1, panels, sharey=True))
    sns.despine(drawing, left=True)
    for ax in axes:
        ax.grid(visible=False, axis="y" if horizontal else "x")
        (ax.xaxis if horizontal else ax.yaxis).set_major_formatter("{x:,g}")
    (axes[0].set_xlabel if horizontal else axes[0].set_ylabel)(unit)
    return drawing, axes


def finish(
    drawing, title: Sentence, alt: Sentence, data: pd.DataFrame, *, india: Vintage, note: str = "", uses: Iterable = ()
) -> Figure:
    """The drawing as SVG; its last line says how to read it, who published what it shows, and the day.

    Parameters
    ----------
    title, alt : Sentence
        The finding, and what the drawing shows.
    data : pd.DataFrame
        What is drawn, with a column ``source``.
    uses : iterable
        Everything else that is drawn or decided on: see :func:`helpers.data.sources_of`.
    """
    from matplotlib import rc_context

    sources = sources_of(data, title, alt, *uses)
    line = wrap(f"{note} Source: {india.publishers(sources)}. As of {india.day}.".strip(), 105)
    drawing.supxlabel(line, x=0.0, ha="left", fontsize=8, color=MUTED)
    drawing.get_layout_engine().execute(drawing)
    drawing.set_layout_engine(None)  # laid out once: `savefig` would draw everything twice to do it
    buffer = io.StringIO()
    with rc_context(_FONT | {"svg.fonttype": "none", "svg.hashsalt": title.text}):
        drawing.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    return Figure(svg[svg.index("<svg") :], title.text, alt.text, data, tuple(sorted(sources)))


def once_public(draw):
    """Make a drawing function say so where there is nothing to draw: where its first table is empty."""

    @wraps(draw)
    def drawn(table: pd.DataFrame, *args, india: Vintage, **options):
        if table.empty:
            return words.not_yet(india, "What this figure shows")
        return draw(table, *args, india=india, **options)

    return drawn


def label(ax, text: str, at: tuple, *, dx: float = 6, dy: float = 0, **style) -> None:
    """A text beside a point, some points away from it."""
    style = {"va": "center", "color": INK} | style
    ax.annotate(text, at, xytext=(dx, dy), textcoords="offset points", **style)


def name_dates(ax) -> None:
    """Dates along the lower axis, each part of them written once."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    ax.xaxis.set_major_formatter(ConciseDateFormatter(AutoDateLocator()))


def wrap(text: str, width: int = 34) -> str:
    """A text in lines of at most ``width`` characters."""
    return "\n".join(textwrap.wrap(text, width))
