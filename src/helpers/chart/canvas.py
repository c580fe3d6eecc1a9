"""What all figures share: colours, paper, the line of sources, and what to say when there is nothing to draw.

Drawn for paper and screen alike: direct labels instead of legends, grey for context, one colour for the
finding. The page replaces :data:`INK`, :data:`MUTED`, :data:`RULE` and :data:`PAPER` by its own colours,
so that a figure follows the reader's light or dark setting.
"""

import io
import textwrap
from functools import wraps

import numpy as np
import pandas as pd

from helpers import load
from helpers.show import Figure, Sentence

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


def finish(drawing, title: str, alt: str, data: pd.DataFrame, *, as_of: str, note: str = "") -> Figure:
    """The drawing as SVG; its last line says how to read it, who published what it shows, and the day."""
    from matplotlib import rc_context

    publishers = load.publishers(data.attrs.get("sources", []))
    line = wrap(f"{note} Source: {publishers}. As of {as_of}.".strip(), 105)
    drawing.supxlabel(line, x=0.0, ha="left", fontsize=8, color=MUTED)
    drawing.get_layout_engine().execute(drawing)
    drawing.set_layout_engine(None)  # laid out once: `savefig` would draw everything twice to do it
    buffer = io.StringIO()
    with rc_context(_FONT | {"svg.fonttype": "none", "svg.hashsalt": title}):
        drawing.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    return Figure(svg[svg.index("<svg") :], title, alt, data)


def once_public(draw):
    """Make a drawing function say that its figures were not yet public, where there is nothing to draw."""

    @wraps(draw)
    def drawn(table: pd.DataFrame, *args, as_of: str, **options):
        if table.empty:
            return Sentence(f"What this figure shows was not yet public on {as_of}.")
        return draw(table, *args, as_of=as_of, **options)

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


def period_text(period: str) -> str:
    """A period as readers say it: ``2024-05/2024-09`` is May–September 2024."""
    first, _, last = period.partition("/")
    if len(first) != 7 or first.startswith("FY"):
        return period
    start, end = pd.Period(first, "M"), pd.Period(last or first, "M")
    if start == end:
        return start.strftime("%B %Y")
    return start.strftime("%B" if start.year == end.year else "%B %Y") + end.strftime("–%B %Y")
