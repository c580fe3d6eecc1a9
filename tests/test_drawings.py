"""Every figure of every chapter, wide and narrow: no text on another, none cut, and marks that say what they are."""

import re
from xml.etree import ElementTree

import pandas as pd
import pytest
from played import DRAWN, chapters, faults, played, watch

from conftest import AS_OF
from helpers.chapters import canvas, outputs, svg, tips
from helpers.chapters.outputs import Figure, Sentence


@pytest.fixture
def drawn(monkeypatch):
    """The drawings that are laid out, as text, and what is wrong with them."""
    made, found = [], []
    watch(monkeypatch, made, found)
    return found


@pytest.mark.parametrize("chapter", chapters())
@pytest.mark.parametrize("state", DRAWN)
def test_no_text_lies_on_another_or_is_cut_and_marks_say_their_figure(state, chapter):
    of = played(state, chapter)
    assert of.faults == [] and (of.drawings or state != AS_OF), "where nothing is known there is nothing to draw"
    assert (of.marks or not of.drawings) and not [
        title for title in of.marks if not re.search(r"\d", title) or re.search(r"\b(nan|inf|None)\b", title)
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
    assert drawn == [] and "a third" in first.narrow
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
