"""Chapters that name the same number name one number: their notebooks' own cells, on several days and what-ifs."""

import re

import pytest
from played import chapters, known, played
from test_notebooks_in_time import read_here

from conftest import AS_OF
from helpers.outlook import episodes, mirror, rare_earths, supply

KINDS = ("answer", "sentence", "figure", "table")
TONNES, SHARE = r"([\d,]+) t", r"([\d.]+ %(?: \(assumed\))? \([\d.]+ to [\d.]+\))"
NUMBERS = {
    "rare-earth share": [rf"{SHARE} of the [\d,]+ t", rf"{SHARE}, pooled"],
    "rare-earth imports": [rf"imports {TONNES} of rare-earth magnets", rf"together they make {TONNES}",
                           rf"where {TONNES} a year come in"],
    "suspect year": [rf"India recorded {TONNES} of permanent", rf"Known: .*; {TONNES} in FY25[;.]"],
    "newest half": [rf"brought {TONNES} in six months", rf"FY26-H1 brought {TONNES}\."],
    "sound level": [rf"of the {TONNES}(?: \([^)]*\))? in a year of HS 850511", rf"yearly rate alone, {TONNES}"],
    "stated use": [rf"said to use, 2025: {TONNES}", rf"use stated for 2025, {TONNES}",
                   r"jewelsofodisha +India REPM consumption.* 2025 +t +([\d,]+)\.0"],
}  # fmt: skip
"""What stands in several places, and how it is said there."""


@pytest.mark.parametrize("state", [AS_OF, "2025-10-31", "2027-01-10"])
def test_a_number_that_chapters_share_is_the_same_in_each(state):
    india, said = known(state), {name: played(state, name).text(*KINDS) for name in read_here()}
    found = {name: told(said, patterns) for name, patterns in NUMBERS.items()}
    assert {name: values for name, values in found.items() if len(set(values.values())) > 1} == {}
    share, imports = rare_earths.share(india), rare_earths.imported(india)
    wanted = f"{share:.1} ({share:range.1})"
    assert {place[0] for place, value in found["rare-earth share"].items() if value == wanted} == {"1", "4"}
    assert set(found["rare-earth imports"].values()) == {f"{imports:~3}".split(" t")[0]}
    oxide = supply.oxide_for(imports, india)
    assert f"For the magnets imported {oxide:range}" in said["2-production"]
    assert set(found["sound level"].values()) == {f"{episodes.level(india, 'customs'):number}"}
    assert set(found["suspect year"].values()) == {"53,748"}
    assert {place[0] for place in found["suspect year"]} == {"1", "4"}
    assert {place[0] for place in found["stated use"]} >= ({"1", "3"} if state != "2025-10-31" else set())


@pytest.mark.parametrize("chapter", [name for name in chapters() if name[0] in "1235"])
def test_heads_of_tables_are_words(chapter):
    kinds = ("table", "figure") if chapter[0] in "25" else ("table",)
    heads = [head for shown in played(AS_OF, chapter).shown if shown.kind in kinds for head in shown.heads]
    assert len(heads) > 10 and [head for head in heads if "_" in head] == []
    small = [head for head in heads if head[0].islower() and not head.endswith(" summed")]  # made in a cell
    assert chapter[0] == "1" or small == []


def test_an_early_level_is_wider_by_what_both_sides_counted_later(india):
    level = rare_earths.sound(india)
    assert (level.low, level.value) == (mirror.underlying(india).low, episodes.level(india, "customs").value)
    assert not rare_earths.sound(india.on("2026-06-30")).low <= level.low, "no range, or a narrower one"


def test_a_chapter_that_says_another_number_would_be_found():
    said = {"1-a": "Known: 1 t in FY24; 53,748 t in FY25;", "4-b": "India recorded 53,000 t of permanent magnets"}
    assert len(set(told(said, NUMBERS["suspect year"]).values())) == 2


def told(said, patterns) -> dict[tuple[str, str, int], str]:
    """What each chapter says of one number: by its digit, the pattern and the place."""
    return {
        (name[0], pattern, found.start()): next(group for group in found.groups() if group)
        for name, text in said.items()
        for pattern in patterns
        for found in re.finditer(pattern, text)
    }
