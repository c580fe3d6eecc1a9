"""The notebooks' own cells on figures that are not public yet, and on earlier days: nothing raises, nothing is stale.

The cells are run here and not in a kernel, on a vintage that the test makes; figures are not laid out.
"""

import ast
import re
import warnings

import nbformat
import pytest

from conftest import AS_OF, FROZEN
from helpers import data, paths
from helpers.chapters.outputs import MIME
from helpers.data import vintage
from helpers.ensemble import nowcast

BROKEN = re.compile(
    r"(?<![\w.])(nan|inf|None|NaT)\b|\bt t\b|% %|USD/kg USD|[{}]|(?<![\d,.])(\d[\d,.]*) to \2\b(?![,.]\d| )"
    r"|at most (\S+) to \3|(?<![\d,.])\d{4,} ?%|[−+]0 %|\(\s*\)| ,|\.\.(?!\.)"
)
CUSTOMS = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}
MINE = {"area": "IND", "stage": "mine", "commodity": "REO", "measure": "output", "unit": "t REO"}
SOUND = {"status": "reported", "source": "S66"}


def customs(period: str, value: float, **more) -> tuple:
    return "trade", {**CUSTOMS, **SOUND, "period": period, "value": value, **more}


TOTAL = [customs("FY26", 36_000.0)]
HALVES = [*TOTAL, customs("FY26-H2", 19_719.0), customs("FY27-H1", 17_000.0)]
HALVES += [customs("FY27-H1", 4.4, measure="weight_yoy")]
LATER = [*HALVES, customs("FY27", 34_500.0), customs("FY28", 36_000.0)]
OTHERS = [
    ("production", {**MINE, **SOUND, "period": "FY26", "value": 3_100.0}),
    (
        "regimes",
        {"period": "2026-12/2027-01", "regime": "partial", "term": "set", "status": "reported", "source": "S66"},
    ),
]
STATES = {
    "a total": TOTAL,
    "halves of the next year": HALVES,
    "two more years": LATER,
    "a revision": [customs("FY25", 35_000.0, published="2026-11-01")],
    "a figure assumed": [("trade", {**CUSTOMS, "period": "FY25", "value": 33_000.0})],
    "ore and a truce": OTHERS,
}
EARLIER = ["2025-06-30", "2025-10-31", "2026-01-31"]
SAYS = {
    "a total": {"1-trade": ["FY26 came to 36,000 t"], "4-forecast": ["36,000 t came"]},
    "halves of the next year": {"1-trade": ["17,000 t"], "4-forecast": ["in FY27", "FY27-H1"]},
    "two more years": {"1-trade": ["FY28 came to 36,000 t"], "4-forecast": ["in FY29"]},
    "a revision": {"1-trade": ["35,000 t"], "4-forecast": ["35,000 t"]},
    "a figure assumed": {"1-trade": ["33,000 t (assumed)"], "4-forecast": ["(assumed)"]},
    "ore and a truce": {"2-production": ["3,100 t"], "4-forecast": ["until January 2027"]},
}
STALE = {
    "a total": ["a run-rate of 32,562 t", "FY26 is over", "no total of FY22, FY23 or FY26"],
    "halves of the next year": ["a run-rate of 32,562 t", "FY26 is over"],
    "two more years": ["a run-rate", "in FY27 (April"],
    "a revision": ["a spike and not a level", "an error in the recorded quantity with"],
    "a figure assumed": ["a spike and not a level", "an error in the recorded quantity with"],
    "ore and a truce": ["until November 2026", "after November 2026"],
}


@pytest.fixture(scope="module", autouse=True)
def _quick(undrawn):
    """A fifth of the chains, and no layout: the words are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nowcast, "CHAINS", 12)
        yield


def run(path, india, monkeypatch, kinds=("answer", "sentence", "figure")) -> str:
    """What a notebook says and shows on a vintage; a warning is an error."""
    monkeypatch.setattr(data, "vintage", lambda as_of: india)
    said, names = [], {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse("\n".join(line for line in cell.source.splitlines() if "parameters" not in line))
        last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(tree, str(path), "exec"), names)
            made = eval(compile(last, str(path), "eval"), names) if last else None
            shown = {} if made is None else made._repr_mimebundle_()  # a notebook shows nothing of it
        if shown.get(MIME, {}).get("kind") in kinds:
            said.append(shown["text/plain"])
    return "\n".join(said)


def notebooks():
    return sorted(paths.NOTEBOOKS.glob("[0-9]-*.ipynb"))


def read_here():
    """All but that of scenarios, which test_scenarios_chapter reads in each state and on each day."""
    return [path for path in notebooks() if not path.stem.endswith("-scenarios")]


@pytest.mark.parametrize("state", STATES)
def test_every_chapter_says_what_is_true_then_and_nothing_that_was(state, monkeypatch):
    india = vintage(AS_OF, FROZEN)
    for table, row in STATES[state]:
        india = india.adding(table, row)
    said = {path.stem: run(path, india, monkeypatch) for path in read_here()}
    for text in said.values():
        assert not (wrong := BROKEN.search(text)), text[max(wrong.start() - 200, 0) : wrong.end() + 50]
    for name, wanted in SAYS[state].items():
        assert all(words in said[name] for words in wanted), said[name]
    everything = "\n".join(said.values())
    assert [words for words in STALE[state] if words in everything] == []


@pytest.mark.parametrize("day", EARLIER)
def test_every_chapter_can_be_read_as_of_an_earlier_day(day, monkeypatch):
    india = vintage(day, FROZEN)
    for path in read_here():
        text = run(path, india, monkeypatch)
        assert text and not (wrong := BROKEN.search(text)), text[max(wrong.start() - 200, 0) : wrong.end() + 50]
        assert later_halves(text, day) == []


def later_halves(text, day):
    """Halves of years that had not begun on a day."""
    halves = re.findall(r"\b(?:FY|20)(\d\d)-H\d", text)
    return [year for year in halves if f"20{year}" > str(int(day[:4]) + 1)]
