import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from helpers import chart
from helpers.chapters import outputs
from helpers.chapters.trade import lines, prices, suppliers
from helpers.outlook import customs, forecast, supply

TODAY = "2026-11-22"
FIGURES = {
    "monthly_rates": lambda day: chart.monthly_rates(customs.rates(day), as_of=day),
    "line_split": lambda day: chart.line_split(customs.lines(day), as_of=day),
    "scope_ladder": lambda day: chart.scope_ladder(customs.scopes(day), as_of=day),
    "mine_output": lambda day: chart.mine_output(supply.mine_output(day), as_of=day),
    "oxide_need": lambda day: chart.oxide_need(supply.scheme_need(day), as_of=day),
    "volume_mix_price": lambda day: chart.volume_mix_price(lines.volume_mix_price(day), as_of=day),
    "china_exports": lambda day: chart.china_exports(suppliers.china_by_month(day), suppliers.controls(day), as_of=day),
    "neodymium_price": lambda day: chart.neodymium_price(prices.neodymium(day), as_of=day),
    "funnel": lambda day: chart.funnel(supply.funnel(day), as_of=day),
    "cover": lambda day: chart.cover(supply.cover(day), as_of=day),
    "fan": lambda day: chart.fan(forecast.intervals(forecast.forecast(day)), forecast.totals(day), as_of=day),
}


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_has_a_finding_an_alternative_text_its_date_and_its_data(name):
    figure = FIGURES[name](TODAY)
    assert re.search(r"\d", figure.title), "the title is the finding, and a finding has a number"
    assert len(figure.alt.split()) >= 12 and figure.alt != figure.title
    assert TODAY in figure.svg and "Source:" in figure.svg and len(figure.data)
    shown = "".join(ElementTree.fromstring(figure._repr_mimebundle_()["image/svg+xml"]).itertext())
    assert figure.title.split()[0] in shown and figure.title.split()[-1] in shown, "in a notebook the title is drawn"


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_is_drawn_alike_twice(name):
    assert FIGURES[name](TODAY).svg == FIGURES[name](TODAY).svg


@pytest.mark.parametrize("name", ["line_split", "oxide_need", "volume_mix_price", "neodymium_price", "funnel", "cover"])
def test_a_figure_without_public_data_says_so(name):
    shown = FIGURES[name]("2025-06-30")
    assert isinstance(shown, outputs.Sentence) and "not yet public on 2025-06-30" in shown.text


@pytest.mark.parametrize("name", ["monthly_rates", "scope_ladder", "mine_output", "china_exports", "fan"])
def test_other_figures_are_drawn_as_of_an_earlier_day(name):
    assert "2025-06-30" in FIGURES[name]("2025-06-30").svg


def test_a_figure_needs_a_finding_and_an_alternative_text():
    for title, alt in (
        ("", "a line that goes up and down"),
        ("Title", "Title"),
        ("Title", "figure"),
        ("a b c d e", "a b c d e"),
    ):
        with pytest.raises(ValueError, match="alternative text"):
            outputs.Figure("<svg/>", title, alt, pd.DataFrame())


def test_a_table_has_caption_scopes_and_aligned_numbers():
    table = outputs.Table(pd.DataFrame({"name": ["a < b"], "tonnes": [1234.5]}), "Tonnes by name")
    text = table._repr_mimebundle_()["text/html"]
    assert "<caption>Tonnes by name</caption>" in text and '<th scope="col" class="number">tonnes</th>' in text
    assert '<th scope="row">a &lt; b</th>' in text and '<td class="number">1,234</td>' in text


def test_the_csv_of_a_table_keeps_every_digit():
    table = outputs.Table(pd.DataFrame({"tonnes": [1234.5678]}), "Tonnes")
    assert table._repr_mimebundle_()[outputs.MIME]["csv"] == "tonnes\n1234.5678\n"


def test_numbers_are_written_for_readers():
    assert [outputs.number(v, d) for v, d in ((53748.4, 0), (-2.76, 1), (float("nan"), 0))] == ["53,748", "−2.8", "–"]


def test_a_table_without_rows_says_that_nothing_was_public_yet():
    shown = outputs.Table(pd.DataFrame({"tonnes": []}), "Halves")._repr_mimebundle_()
    assert shown["text/plain"] == "Halves: none of it was public yet." and shown[outputs.MIME]["kind"] == "sentence"
