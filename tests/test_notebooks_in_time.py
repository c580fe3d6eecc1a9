"""What the chapters say once figures arrive that are not public yet, and on earlier days: all of it true and whole."""

import re

import pytest
from played import AFTER, EARLIER, STATES, chapters, played
from test_trade_chapter import check

BROKEN = re.compile(
    r"(?<![\w.])(nan|inf|None|NaT)\b|\bt t\b|% %|USD/kg USD|[{}]|(?<![\d,.])(\d[\d,.]*) to \2\b(?![,.]\d| )"
    r"|at most (\S+) to \3|(?<![\d,.])\d{4,} ?%|[−+]0 %|\(\s*\)| ,|\.\.(?!\.)"
)
REVISED = "a revision, ore, a truce and the press"
SAYS = {
    "2026-12-01": {"1-trade": ["FY26 came to 33,100 t"], "4-forecast": ["33,100 t came"]},
    "2027-01-10": {"1-trade": ["17,500 t"], "4-forecast": ["in FY27", "FY27-H1"]},
    "2028-06-20": {"1-trade": ["FY28 came to 38,500 t"], "4-forecast": ["in FY29"]},
    "a figure assumed": {"1-trade": ["33,000 t (assumed)"], "4-forecast": ["(assumed)"]},
    REVISED: {"1-trade": ["35,000 t"], "2-production": ["3,100 t"], "4-forecast": ["35,000 t", "until January 2027"]},
}
STALE = {"2026-12-01": ["a run-rate of 32,562 t", "FY26 is over", "no total of FY22, FY23 or FY26"],
         "2027-01-10": ["a run-rate of 32,562 t", "FY26 is over"], "2028-06-20": ["a run-rate", "in FY27 (April"],
         "a figure assumed": ["a spike and not a level", "an error in the recorded quantity with"]}  # fmt: skip
STALE[REVISED] = [*STALE["a figure assumed"], "until November 2026", "after November 2026"]


CHANGED = dict.fromkeys(["a figure assumed", "2026-12-01", "2026-01-31"], "146") | {REVISED: "1246"}
"""The chapters that a state changes, where those that it leaves alone are read in another."""


def read_here(state=""):
    """All but that of scenarios, which test_scenarios_chapter reads in each state and on each day."""
    return [name for name in chapters() if name[0] in CHANGED.get(state, "12346")]


@pytest.mark.parametrize("state", [*STATES, *AFTER])
def test_every_chapter_says_what_is_true_then_and_nothing_that_was(state):
    said = {name: played(state, name).text() for name in read_here(state)}
    for text in said.values():
        assert not (wrong := BROKEN.search(text)), text[max(wrong.start() - 200, 0) : wrong.end() + 50]
    for name, wanted in SAYS[state].items():
        assert all(words in said[name] for words in wanted), said[name]
    everything = "\n".join(said.values())
    assert [words for words in STALE[state] if words in everything] == []


@pytest.mark.parametrize("day", EARLIER)
def test_every_chapter_can_be_read_as_of_an_earlier_day(day):
    for name in read_here(day):
        text = played(day, name).text()
        check(name, text)
        assert text and not (wrong := BROKEN.search(text)), text[max(wrong.start() - 200, 0) : wrong.end() + 50]
        assert later_halves(text, day) == []


def test_of_a_day_before_a_figure_was_public_no_chapter_has_it():
    """Neither said nor in a table: the halves of the suspect year and after it, the line of ferrite, a later source."""
    text = "\n".join(played("2025-06-30", name).text("answer", "sentence", "figure", "table") for name in chapters())
    assert "sources dated up to 30 June 2025" in text and "53,748" in text
    assert not any(later in text for later in ("16,281", "37,002", "85051110 ferrite cores", "MCS2026"))


def later_halves(text, day):
    """Halves of years that had not begun on a day."""
    halves = re.findall(r"\b(?:FY|20)(\d\d)-H\d", text)
    return [year for year in halves if f"20{year}" > str(int(day[:4]) + 1)]
