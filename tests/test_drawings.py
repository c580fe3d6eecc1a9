"""Every figure of every chapter, wide and narrow: no text on another, none cut, and marks that say what they are."""

import io
import re
from itertools import combinations
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.backends.backend_svg import RendererSVG
from test_notebooks_in_time import LATER, notebooks, run

from conftest import AS_OF, FROZEN
from helpers.chapters import canvas, outputs, svg, tips
from helpers.chapters.outputs import Figure, Sentence
from helpers.data import vintage
from helpers.ensemble import nowcast

LEAST = 1
"""Points by which two boxes must share ground in both directions to be on each other."""


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


def faults(drawing):
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


@pytest.fixture
def drawn(monkeypatch):
    """What is wrong with each drawing that is laid out, and the drawings as text."""
    found, made, lay_out = [], [], canvas._laid_out

    def watched(drawing, panels, line, salt, **options):
        made.append(lay_out(drawing, panels, line, salt, **options))
        kind = "narrow" if options.get("stacked") else "wide"
        found.extend(f"{kind}, {salt}: {fault}" for fault in faults(drawing))
        axes = [
            any(ax.get_ylabel() + ax.get_xlabel() for ax in panels),
            all(", " in ax.get_title("left") for ax in panels),
        ]
        found.extend([] if any(axes) else [f"{kind}, {salt}: no unit"])
        return made[-1]

    monkeypatch.setattr(canvas, "_laid_out", watched)
    monkeypatch.setattr(nowcast, "CHAINS", 12)
    return found, made


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
@pytest.mark.parametrize("day", [AS_OF, "2025-06-30", "two years later"])
def test_no_text_lies_on_another_or_is_cut_and_marks_say_their_figure(day, path, drawn, monkeypatch):
    india = vintage(AS_OF if "later" in day else day, FROZEN)
    for table, row in LATER if "later" in day else ():
        india = india.adding(table, row)
    run(path, india, monkeypatch, kinds=("figure",))
    found, made = drawn
    assert found == [] and (made or day != AS_OF), "where nothing is known there is nothing to draw"
    said = [title for text in made for title in re.findall("<title>(.*?)</title>", text)]
    assert (said or not made) and not [
        title for title in said if not re.search(r"\d", title) or re.search(r"\b(nan|inf|None)\b", title)
    ]


def test_a_text_on_another_and_one_over_the_edge_are_found():
    drawing, (ax,) = canvas.canvas("")
    canvas.label(ax, "one", (0.5, 0.5))
    canvas.label(ax, "another", (0.51, 0.5))
    assert list(faults(drawing)) == ["'one' on 'another'"]
    canvas.label(ax, "far out to the right of all", (1, 0.2))
    assert "cut: 'far out to the right of all'" in list(faults(drawing))


def test_labels_that_meet_are_moved_apart_and_begin_anew_in_the_next_layout(india, drawn):
    drawing, (ax,) = canvas.canvas("t")
    for text in ("one", "another", "a third"):
        canvas.label(ax, text, (0.3, 0.5))
    alt = Sentence("Three names that stand at the very same place of one panel.")
    first = canvas.finish(drawing, Sentence("They part"), alt, pd.DataFrame({"t": [1.0]}), india=india)
    assert drawn[0] == [] and "a third" in first.narrow
    assert sum(text.xyann[1] for text in ax.texts) == pytest.approx(0, abs=0.5), (
        "from where they stood, not from before"
    )


def named(ax, unit="t", digits=None):
    tips.name_marks(ax, unit, digits)
    return [mark.get_gid().removeprefix(svg.TIP) for mark in (*ax.lines, *ax.patches) if mark.get_gid()]


def test_marks_are_named_by_their_axes_and_told_as_far_as_they_are_sure():
    _, (ax,) = canvas.canvas("t")
    ax.plot([2025, 2026, 2026.25], [53748, 12.345, 7], "o")
    ax.set_xticks([2025, 2026], ["FY25", "FY26"])
    assert named(ax, digits=2) == ["FY25: 54,000 t ¦ FY26: 12.0 t ¦ 7.00 t"]
    _, (ax,) = canvas.canvas("t")
    ax.plot(pd.to_datetime(["2025-04-01", "2025-05-01"]), [1, 2], "o")
    canvas.name_dates(ax)
    assert named(ax) == ["April 2025: 1.00 t ¦ May 2025: 2.00 t"]


def test_bars_are_told_by_their_length_and_floating_ones_by_both_ends():
    _, (ax,) = canvas.canvas("t", horizontal=True)
    ax.barh([0, 1], [10, 20], left=[0, 5])
    ax.set_yticks([0, 1], ["cars", "fans"])
    ax.axvspan(3, 4)
    assert named(ax) == ["cars: 10.0 t", "fans: 5.00 to 25.0 t"]


def test_lines_say_only_what_they_are_told_and_many_dots_nothing():
    _, (ax,) = canvas.canvas("t")
    tips.tell(ax.plot([1, 2], [3, 4]), ["the end: 4 t"])
    ax.plot([1, 2], [3, 4])
    ax.plot(range(tips.MOST + 1), range(tips.MOST + 1), "o")
    assert named(ax) == ["the end: 4 t"]
    with pytest.raises(ValueError, match="zip"):
        tips.tell(ax.bar([1, 2], [3, 4]), ["one"])


def test_what_is_said_becomes_a_title_of_each_mark_and_no_id(india):
    drawing, (ax,) = canvas.canvas("t")
    tips.tell(ax.plot([1, 2], [3, 4], "o"), ["a < b", "c"])
    tips.tell(ax.plot([1, 2], [5, 6]), ["the line"])
    alt = Sentence("Two dots and a line that goes up from one to the other.")
    made = canvas.finish(drawing, Sentence("It rises"), alt, pd.DataFrame({"t": [1.0]}), india=india)
    for text in (made.svg, made.narrow):
        root = ElementTree.fromstring(text)
        parents = {title.text: parent.tag.rpartition("}")[2] for parent in root.iter() for title in parent
                   if title.tag.endswith("title")}  # fmt: skip
        assert parents == {"a < b": "use", "c": "use", "the line": "g"} and "tip:" not in text


def test_the_table_beneath_a_figure_has_the_digits_that_are_sure_and_its_file_all():
    rows = pd.DataFrame({"year": ["FY25"], "drawn, t": [34_311.7], "known, t": [53_748.0]})
    payload = Figure("<svg viewBox='0 0 1 1'/>", "It rises", "a line that goes up and up " * 2, rows,
                     digits={"drawn, t": 3}).__dict__  # fmt: skip
    assert outputs.sure(payload["data"], payload["digits"]).iloc[0].tolist() == ["FY25", 34_300.0, 53_748.0]
    assert outputs.sure(rows, 2)["known, t"].item() == 54_000 and outputs.sure(rows, None).equals(rows)
    assert "34311.7" in outputs.csv(rows)
