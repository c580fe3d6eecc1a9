import re
from xml.etree import ElementTree

import pandas as pd
import pytest
from handmade import panels

from helpers import data
from helpers.chapters import canvas, outputs, svg


@pytest.fixture(scope="module")
def figure(india):
    return panels(india)


def test_a_figure_ends_with_how_to_read_it_its_publishers_and_its_day(figure, india):
    text = " ".join("".join(ElementTree.fromstring(figure.svg).itertext()).split())
    assert "Shading: 80 % intervals. Source:" in text and f"As of {india.day}." in text
    assert all(name in text for name in india.publishers(figure.sources).split(", ")[:1])


def test_in_a_notebook_the_finding_is_drawn_above_the_figure(figure):
    shown = "".join(ElementTree.fromstring(figure._repr_mimebundle_()["image/svg+xml"]).itertext())
    assert figure.title in shown


def test_a_figure_is_drawn_alike_twice(figure, india):
    again = panels(india)
    assert (again.svg, again.narrow) == (figure.svg, figure.narrow)


@pytest.mark.parametrize("variant", ["svg", "narrow"])
def test_a_drawing_has_attributes_and_no_styles_or_unused_ids(figure, variant):
    drawn = getattr(figure, variant)
    root = ElementTree.fromstring(drawn)
    assert not [e for e in root.iter() if "style" in e.attrib or e.tag.endswith(("style", "metadata"))]
    ids = {e.attrib["id"] for e in root.iter() if "id" in e.attrib}
    assert ids == set(re.findall(r"(?:url\(|href=\")#([\w.-]+)", drawn)) and ids
    assert any(e.get("font-size") for e in root.iter()) and any(e.get("stroke-width") for e in root.iter())


def test_a_label_has_a_rim_of_paper_so_that_no_line_strikes_it(figure):
    labels = [e for e in ElementTree.fromstring(figure.svg).iter() if e.text == "2.0" and e.get("paint-order")]
    assert len(labels) == 3 and all(e.get("stroke") == canvas.PAPER for e in labels)


def test_on_a_phone_panels_stand_below_each_other_the_answer_on_top(figure):
    def places(drawn):
        texts = [e for e in ElementTree.fromstring(drawn).iter() if e.text in ("recorded", "run-rate", "mixture")]
        return {e.text: (float(e.get("x")), float(e.get("y"))) for e in texts}

    wide, narrow = places(figure.svg), places(figure.narrow)
    assert len({y for _, y in wide.values()}) == 1 and len({x for x, _ in wide.values()}) == 3
    assert len({x for x, _ in narrow.values()}) == 1
    assert sorted(narrow, key=lambda name: narrow[name][1]) == ["mixture", "recorded", "run-rate"]


def test_names_of_months_do_not_depend_on_the_locale(monkeypatch):
    drawing, (ax,) = canvas.canvas("t")
    ax.plot(pd.date_range("2024-04-01", periods=24, freq="MS"), range(24))
    canvas.name_dates(ax)
    monkeypatch.setattr("time.strftime", lambda *_: pytest.fail("asked the locale"))
    drawing.draw_without_rendering()
    names = [text.get_text() for text in ax.get_xticklabels()]
    assert "2025" in names and any(name.startswith(("Apr", "May", "Jul")) for name in names)


def test_dates_name_each_year_though_the_first_tick_is_out_of_sight_and_none_is_in_january(monkeypatch):
    _, (ax,) = canvas.canvas("t")
    ax.plot(pd.to_datetime(["2025-06-30", "2026-11-25"]), [0, 1])
    canvas.name_dates(ax)
    named = ax.xaxis.get_major_formatter()
    days = ax.convert_xunits(pd.to_datetime(["2025-04-01", "2025-10-01", "2026-04-01", "2026-10-01"]))
    monkeypatch.setattr("matplotlib.dates.AutoDateLocator.__call__", lambda _: days)
    assert [named(day, place) for place, day in enumerate(days)][1:] == ["Oct 2025", "Apr 2026", "Oct"]


def test_numbers_are_not_parted_from_their_units():
    space = "\N{NO-BREAK SPACE}"
    assert outputs.together("from 24 to 28 % of 53,748 t under HS 850511") == (
        f"from 24{space}to{space}28{space}% of 53,748{space}t under HS{space}850511"
    )
    assert outputs.together("in 2025 to see 3 ways") == "in 2025 to see 3 ways"
    assert canvas.wrap("about 24 to 28 %", 9).splitlines() == ["about", f"24{space}to{space}28{space}%"]


def test_a_style_becomes_attributes_and_a_broken_drawing_is_named():
    drawn = svg.plain(
        '<svg viewBox="0 0 1 1"><g id="x"><path d="M 0.123456 1" style="fill: #fff; stroke-width: 2"/></g></svg>',
        "#fff",
    )
    assert '<path d="M 0.12 1" fill="#fff" stroke-width="2" />' in drawn and "id=" not in drawn
    with pytest.raises(ValueError, match="no well-formed SVG"):
        svg.plain("<svg><g></svg>", "#fff")


def test_a_figure_needs_a_finding_and_an_alternative_text():
    for title, alt in (
        ("", "a line that goes up and down"),
        ("Title", "Title"),
        ("Title", "figure"),
        ("Title", "a line of ten words is too short for it"),
        ("a b c d e f g h i j k", "a b c d e f g h i j k"),
    ):
        with pytest.raises(ValueError, match="alternative text"):
            outputs.Figure("<svg/>", title, alt, pd.DataFrame())


def test_a_table_names_its_rows_its_numbers_and_the_sources_of_each_row():
    rows = pd.DataFrame({"name": ["a < b", "c"], "tonnes": [1234.5, None], "source": ["S2 S1", None]})
    cells = outputs.cells(rows, "Tonnes by name")
    assert cells["columns"] == [
        {"name": "name", "kind": "text", "head": True},
        {"name": "tonnes", "kind": "number", "head": False},
    ]
    assert cells["rows"] == [["a < b", "1,234"], ["c", "–"]] and cells["sources"] == [["S1", "S2"], []]


def test_a_notebook_shows_captions_and_sources_and_the_stored_text_has_neither_more_nor_less():
    rows = pd.DataFrame({"tonnes": [1.0], "source": ["S2 S1"]})
    shown = outputs.Table(rows, "Tonnes < all")._repr_mimebundle_()
    assert "<caption>Tonnes &lt; all</caption>" in shown["text/html"]
    assert shown["text/html"].endswith("<p><small>Sources: S1, S2</small></p>")
    assert shown["text/plain"] == "Tonnes < all\n  tonnes\n0   1.00"
    said = outputs.Sentence("It rose.", ("S1", "S2"), answer=True)._repr_mimebundle_()
    assert said["text/markdown"] == "**It rose.** <small>[S1, S2]</small>" and said["text/plain"] == "It rose."


def test_a_table_without_rows_says_so():
    shown = outputs.Table(pd.DataFrame({"tonnes": []}), "Halves")._repr_mimebundle_()
    assert shown["text/plain"].startswith("Halves: nothing of it") and shown[outputs.MIME]["kind"] == "sentence"


def test_published_numbers_are_rounded_to_what_every_machine_computes_alike():
    one, other = (outputs.csv(pd.DataFrame({"tonnes": [value]})) for value in (53748 / 3, 53748 / 3 * (1 + 4e-16)))
    assert one == other == "tonnes\n17916.0\n"
    assert outputs.csv(pd.DataFrame({"tonnes": [1234.5678]})) == "tonnes\n1234.5678\n", (
        "digits that mean something stay"
    )


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "@SUM(A1)", "+cmd", "-cmd", "\tx"])
def test_no_spreadsheet_takes_a_text_of_a_download_for_a_formula(text):
    assert outputs.csv(pd.DataFrame({"note": [text]})).splitlines()[1].strip('"').startswith("'")


def test_a_download_has_the_name_of_a_file():
    for name in ("../x.csv", "run.json", "A.csv", "x/y.csv", ".x.csv"):
        with pytest.raises(ValueError, match="a download is named"):
            outputs.Download(name, pd.DataFrame())


def test_numbers_are_written_for_readers():
    assert [data.number(v, d) for v, d in ((53748.4, 0), (-2.76, 1), (float("nan"), 0))] == ["53,748", "−2.8", "–"]
