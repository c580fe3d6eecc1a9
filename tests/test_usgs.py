"""Mineral Commodity Summaries: editions, versions, and figures as they are printed."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from asked import NOON, answers, asking, feed, figures, taken, told, way
from standin import usgs as survey

from conftest import FROZEN
from helpers.data.sources import usgs
from helpers.data.sources.protocol import UnfitError
from helpers.data.sources.usgs import period, quantity

NEWEST, OLDER = survey.ITEMS
BOTH = replace(feed("usgs"), asks=f"items={NEWEST} {OLDER}; commodities=RARE-EARTHS")


@pytest.fixture
def editions(httpserver):
    return asking(httpserver, usgs, survey, FROZEN, of=BOTH)


@pytest.mark.parametrize(
    ("text", "value", "low", "high", "says"),
    [("42,400", 42400, None, None, ""), ("1.51", 1.51, None, None, ""), (">95", None, 95, None, "above"),
     (">85,000,000", None, 85e6, None, "above"), ("<50", None, None, 50, "below"),
     ("14,000–15,000", None, 14000, 15000, "range"), ("10 to 20", None, 10, 20, "range"),
     ("270,000e", 270000, None, None, "estimated"), ("e 45", 45, None, None, "estimated"),
     ("W", None, None, None, "withheld"), ("NA", None, None, None, "not available"),
     ("E", None, None, None, "net exporter"), ("—", 0, None, None, "none"), ("", 0, None, None, "none"),
     ("Variable", None, None, None, "unreadable")],
)  # fmt: skip
def test_a_printed_figure_is_a_value_a_bound_a_range_or_a_word(text, value, low, high, says):
    *numbers, said = quantity(text)
    assert [None if math.isnan(number) else number for number in numbers] == [value, low, high] and said == says


def test_a_span_of_years_is_written_out():
    assert [period(text) for text in ("2025", "2021–24", "2021-2024")] == ["2025", "2021/2024", "2021/2024"]


def test_output_and_reserves_are_those_that_are_curated(editions):
    curated = pd.read_csv(FROZEN / "production.csv", keep_default_na=False, na_values=[""])
    curated = curated[curated["measure"].isin(["output", "reserves"]) & (curated["commodity"] == "REO")]
    newest, older = (figures(answer, usgs) for answer in editions())
    for found, source in ((newest, "S216"), (older, "S70")):
        for row in curated[curated["source"] == source].itertuples():
            place = (f"{row.area}/{row.stage}/{row.commodity}/{row.measure}", row.period)
            if found is older and row.measure == "output" and row.period == "2024":
                assert place not in found.index  # the next edition revises it
            else:
                said, wanted = found.loc[place], row._asdict()
                for column in ("value", "low", "high", "unit", "status"):
                    assert said[column] == wanted[column] or (pd.isna(said[column]) and pd.isna(wanted[column]))


def test_the_edition_its_version_and_the_day_of_its_file_stand_with_each_figure(editions):
    newest, older = (figures(answer, usgs) for answer in editions(version="2.0"))
    assert newest.loc[("CHN/mine/REO/output", "2025"), "note"] == "2026 edition, version 2.0"
    assert older.loc[("AUS/mine/REO/output", "2023"), "note"] == "2025 edition, version 2.0"
    assert newest.loc[("world/ground/REO/reserves", "2025"), "note"].endswith("printed as >75,000,000")
    assert str(newest["published"].iloc[0]) == "2026-02-05"


def test_a_year_belongs_to_the_newest_edition_that_has_it(editions):
    newest, older = editions()
    assert (newest.request.periods, older.request.periods) == (("2024", "2025"), ("2023",))
    assert "2024" not in set(figures(older, usgs).loc["CHN/mine/REO/output"].index)


def test_an_edition_alone_has_both_its_years(httpserver):
    survey.install(httpserver, FROZEN)
    (answer,) = answers(httpserver, usgs, of=replace(feed("usgs"), asks=f"items={OLDER}; commodities=RARE-EARTHS"))
    assert answer.request.periods == ("2023", "2024") and answer.request.kind == "zip"
    assert figures(answer, usgs).loc[("CHN/mine/REO/output", "2024"), "status"] == "estimate"
    assert figures(answer, usgs).loc[("CHN/mine/REO/output", "2023"), "status"] == "reported"


def test_a_dash_gives_no_figure_and_rows_that_come_twice_count_once(editions):
    newest, _ = editions()
    lines = newest.body.decode("cp1252").splitlines()
    assert len(lines) - len(set(lines)) >= 2
    found = figures(newest, usgs)
    assert found.index.is_unique and not any(key.startswith(("CAN", "GRL")) for key, _ in found.index)


def test_what_is_not_available_is_missing(editions):
    newest, _ = editions()
    assert figures(newest, usgs).loc[("IND/ground/REO/reserves", "2025"), "status"] == "missing"


def test_a_file_cut_short_is_unfit(editions):
    newest, _ = editions()
    with pytest.raises(UnfitError, match="bytes came of"):
        figures(replace(newest, body=newest.body[:-100]), usgs)


def test_a_later_version_of_an_edition_revises_and_says_so(editions, tmp_path):
    first = taken(tmp_path, usgs, editions())
    assert first.new > 50
    assert not taken(tmp_path, usgs, editions(fault="metadata"), day=30).any
    later = taken(tmp_path, usgs, editions(version="2.0", revised=True), day=60)
    assert (later.new, later.revised, later.withdrawn) == (0, 1, 0)
    every = told(tmp_path, "production", "BRA", "reserves", "2025")
    assert list(every["value"]) == [11.0, 5.5]
    assert list(every["note"]) == ["SYNTHETIC 2026 edition", "SYNTHETIC 2026 edition, version 2.0"]


def test_the_file_on_another_host_is_handed_on_whole_for_the_transport_to_judge(httpserver):
    survey.install(httpserver, FROZEN, fault="elsewhere")
    (request,) = usgs.requests(feed("usgs"), "2018-01", NOON.date(), False)
    assert usgs.prepare(request, way(httpserver)).path == f"https://elsewhere.example/catalog/file/get/{NEWEST}"
