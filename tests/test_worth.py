"""What imports were worth in all known years, and what a tonne cost by whose count."""

import re

import pytest

from helpers.chapters.outputs import Sentence
from helpers.chapters.trade import prices, worth
from helpers.outlook import customs, mirror

YEAR = "FY25"
KEYS = {"flow": "import", "reporter": "IND", "hs": customs.METAL}
ALL, CHINA = (
    {**KEYS, "partner": "world", "measure": "value_fob_listed"},
    {**KEYS, "partner": "CHN", "measure": "value_fob"},
)


def adding(india, *rows):
    """Rows as published: keys, period and value."""
    return india.adding(
        "trade", *({**k, "period": p, "value": v, "status": "reported", "source": "S66"} for k, p, v in rows)
    )


def went(india) -> str:
    history = prices.history(india)
    return worth.went(history, prices.decades(history), india=india).text


def drawn(india):
    return worth.history(prices.history(india), prices.growth(india, YEAR), india=india, year=YEAR)


def cost(india) -> str:
    return worth.cost(mirror.sides(india), india=india).text


def test_the_years_are_told_by_decade_with_chinas_part(india):
    text = went(india)
    assert "From 2002 to 2024 their value rose from 5.7 to 186.8 million USD: +27 % a year to 2010, +5 % a year" in text
    assert "China's part rose from 36 % to 87 %, the largest of all years" in text and "97 % of all in 2024" in text
    known = prices.history(adding(india, (CHINA, "2020", 1.0))).dropna(subset="china_share")
    assert "S66" in worth._chinas_part(known).sources, "all years tell which is the largest"


def test_the_next_year_extends_the_history_whichever_way_it_goes(india):
    up = adding(india, (ALL, "2025", 240.0), (CHINA, "2025", 216.0))
    assert "to 2025 their value rose from 5.7 to 240.0" in went(up) and "36 % to 90 %, the largest" in went(up)
    down = adding(india, (ALL, "2025", 4.0), (CHINA, "2025", 1.0))
    assert "their value fell from 5.7 to 4.0" in went(down) and "China's part fell from 36 % to 25 %." in went(down)
    assert "worth 0.7 times as much in 2025 as in 2002, 25 % of it China's" in drawn(down).title
    alone = adding(india, (ALL, "2025", 240.0))
    assert drawn(alone).title.endswith("in 2025 as in 2002") and "87 %" in went(alone)
    later = prices.decades(prices.history(adding(india, *((ALL, str(year), 200.0) for year in range(2025, 2033)))))
    assert later.index.tolist() == ["2002", "2010", "2020", "2030"] and later["until"].iloc[-1] == "2032"


def test_a_missing_year_is_a_gap_and_not_a_line(india):
    history = prices.history(india)
    gap = history.drop(index=["2010", "2015"])
    assert prices.decades(gap).index.tolist() == ["2002", "2009", "2020"], "the nearest known year stands in"
    said = worth.went(gap, prices.decades(gap), india=india).text
    assert "No value of 2010 or 2015 is in the sources" in said
    figure = worth.history(gap, prices.growth(india, YEAR), india=india, year=YEAR)
    assert "2015" not in figure.data.index and len(figure.data) == 21
    one = history.tail(1)
    assert "In 2024 the imports were worth 186.8" in worth.went(one, prices.decades(one), india=india).text
    assert "Only 2024 is known" in worth.history(one, prices.growth(india, YEAR), india=india, year=YEAR).title


def test_fiscal_years_stand_between_calendar_years_a_quarter_later(india):
    assert [worth._place(period) for period in ("2024", "FY25", "2025")] == pytest.approx([2024, 2024.25, 2025])
    figure = drawn(india)
    assert re.search(r"FY25, 206", figure.svg) and "S60" in figure.sources


def test_a_part_that_is_more_than_the_whole_is_not_said(india):
    wrong = adding(india, (ALL, "2024", 100.0))
    assert prices.history(wrong).loc["2024", ["china_usd_m", "china_share"]].isna().all()


def test_before_the_sources_were_public_the_section_says_so(india):
    early = india.on("2026-08-15")
    assert isinstance(drawn(early), Sentence)
    for text in (went(early), cost(early)):
        assert "cannot be said from the sources dated up to 15 August 2026" in text
    assert len(prices.history(india.on("2026-08-16"))) == 23


def test_a_kilogram_is_told_by_the_count_that_is_not_in_error(india):
    text = "By China's count, the one without the error, a kilogram from China was worth 7.80 USD/kg in 2024 and 8.37"
    assert cost(india).startswith(text) and cost(india).endswith("in 2022, so a tonne cost about the same.")
    own = {**KEYS, "partner": "CHN", "measure": "weight"}
    theirs = cost(adding(india, (own, "2024", 20800.0), (SHIPPED, "2024", 9000.0)))
    assert theirs.startswith("By India's count, the one without the error,") and "became dearer" in theirs
    alike = cost(adding(india, (own, "2024", 40000.0), (SHIPPED, "2024", 40000.0)))
    assert alike.startswith("By China's count a kilogram") and "a tonne became cheaper" in alike


SHIPPED = {"flow": "export", "reporter": "CHN", "partner": "IND", "hs": customs.METAL, "measure": "weight"}
