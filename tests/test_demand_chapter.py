"""What chapter 3 says: each verdict made to happen, and every sentence against the numbers it was made from."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from conftest import FROZEN
from helpers.chapters.demand import figures, past, sentences, tables
from helpers.chapters.outputs import Figure, Sentence, Table
from helpers.data import derived, vintage
from helpers.outlook import demand, demand_activity, demand_draws, demand_past, demand_rows

pytestmark = pytest.mark.usefixtures("undrawn")

CARS = {"indicator": "auto_production", "segment": "pv", "status": "reported", "source": "S66"}
SCOOTERS = {"indicator": "ev_sales_fada", "segment": "2w", "status": "reported", "source": "S66"}
USE = {"area": "IND", "stage": "use", "commodity": "REPM", "measure": "consumption", "status": "reported",
       "source": "S66"}  # fmt: skip
KILO = {"sector": "cars with an engine", "role": "intensity", "factor": "magnet in a unit", "material": "NdFeB",
        "at": "FY25"}  # fmt: skip
BROKEN = re.compile(r"\b(nan|inf|None|NaN)\b|% %|\bt t\b|[{}]|\b([\d,.]+) to \2\b|\.\.|  | ,|\(\s*\)")


@pytest.fixture(scope="module")
def india():
    """What was public on the day on which the sectors were entered, of the frozen tables."""
    return vintage("2026-11-26", FROZEN)


@pytest.fixture
def fewer(monkeypatch):
    """A fifth of the draws, where words are read and not figures."""
    monkeypatch.setattr(demand, "draw", lambda of, draws=2_000, held=None: demand_draws.draw(of, draws, held))


def said(india) -> dict[str, str]:
    """Everything the chapter says on a vintage: sentences, titles, alternative texts, and its tables as one text."""
    made, met = demand.demand(india), demand.demand(india, "target")
    year, later, last = demand.steps(india)
    trial = demand_activity.trial(india, demand_rows.series(india))
    recorded, paid, past_years = demand_past.backtest(india), demand_past.ceilings(india), demand_past.of_years(india)
    shown = {"answer": sentences.answer(made, met, india), "bounds": sentences.bounds(made, india),
             "tonnes": sentences.tonnes(made, later, india), "coverage": past.coverage(recorded, india),
             "recorded": past.recorded(recorded), "tension": past.tension(recorded, past_years, india),
             "then": past.then(recorded), "untested": past.untested(recorded, past_years),
             "paid": past.paid(paid, india), "held": sentences.held(trial, india),
             "years": figures.years(made, met, india=india), "each": figures.each(made, india=india),
             "tornado": figures.tornado(demand.tornado(india, later), made, later, india=india),
             "reconciled": figures.reconciled(recorded, india=india),
             "limit": figures.paid(paid, past_years, india=india)}  # fmt: skip
    of, goal = demand.model(india), demand.model(india, "target")
    listed = [tables.sectors(made, year), tables.sectors(made, year, "ferrite"), tables.factors(of, year)]
    listed += [tables.units(of, goal, [year, later, last]), tables.gaps(india), tables.records(recorded)]
    listed += [tables.paid(paid)]
    texts = {"tables": " ".join(Table(table, "T")._repr_mimebundle_()["text/plain"] for table in listed)}
    for name, one in shown.items():
        if one is None:
            one = Sentence("")
        texts |= {f"{name} title": one.title, f"{name} alt": one.alt} if isinstance(one, Figure) else {name: one.text}
    return texts


def scaled(made, factor, since=5):
    """Draws with the years from a place on times a factor."""
    tonnes = made.tonnes.copy()
    tonnes[..., since:] *= factor
    return replace(made, tonnes=tonnes)


@pytest.fixture(scope="module")
def texts(india):
    return said(india)


def test_figures_are_those_that_the_tables_give(texts, india):
    now, then = (demand.demand(india).at(year) for year in (2025, 2031))
    goal = demand.demand(india, "target").at(2031)
    more = f"{goal.value / then.value:.1f}"
    printed = {
        "answer": ["2,900 t", "2,300 to 4,300 t", "cars with an engine 45 %", "electric two-wheelers 22 %",
                   "room air conditioners 21 %", f"{then:~2} ({then:range~2} t) in FY31",
                   "22,000 t (21,000 to 27,000 t)", f"{goal:~2} ({goal:range~2} t)", f"{more} times"],
        "bounds": ["wind turbines", "850 t in nine", "lifts", "10 t", "under 1 %"],
        "recorded": ["4,010 t", "inside", "2,600 to 4,700 t", "21 % below", "870 t by the press",
                     "3,100 to 5,000 t by China's line in 2025 (above)"],
        "held": [" of 55 counted years", "less than it should"],
        "years title": [f"{now:~2} of", f"FY25, {then:~2} in FY31, and {goal:~2} if targets are met"],
        "years alt": ["Diamonds, outlooks of others, at 4,000 to 8,220 t"],
        "each title": ["Cars with an engine", "45 %"],
        "tornado title": ["FY31", "electric two-wheelers, units a year, 3,"],
        "reconciled title": ["5 of 7"], "limit title": ["8 of 9 years"],
    }  # fmt: skip
    assert [(name, figure) for name, of in printed.items() for figure in of if figure not in texts[name]] == []
    assert [(name, text) for name, text in texts.items() if name != "tables" and BROKEN.search(text)] == []


def test_a_sector_that_is_small_is_not_named(india):
    made = demand.demand(india.adding("demand", KILO | {"sector": "electric two-wheelers", "value": 1.0}))
    assert "electric cars" in list(tables.named(demand.demand(india), 2025)["sector"])
    assert "electric cars" not in list(tables.named(made, 2025)["sector"]), "under a twentieth"


def test_tonnes_of_large_sectors_are_those_of_the_table(india):
    made = demand.demand(india)
    rows, text = demand.sectors(made, 2031), sentences.tonnes(made, 2031, india).text
    first, middle = rows["middle"].idxmax(), derived(rows["middle"].max(), "t")
    assert text.startswith(f"Of the {made.at(2031):~2} of rare-earth magnets that India needs in FY31 (80 % interval ")
    assert f"the most go into {first} ({middle:~2}; " in text
    said = [float(tonnes.replace(",", "")) for tonnes in re.findall(r"\(([\d,]+) t; ", text)]
    assert len(said) == 4 and said == sorted(said, reverse=True) and "healthcare" not in text


def test_units_are_shown_to_three_digits(india):
    table = tables.units(demand.model(india), demand.model(india, "target"), [2025, 2031])
    assert table.loc["electric cars", ["FY25", "FY31, targets met"]].tolist() == [111_000, 1_660_000]
    assert np.isnan(table.loc["hybrid cars", "FY31, targets met"]), "it has no target"


@pytest.mark.parametrize(
    ("factor", "way"), [(1.0, "rises to about"), (0.0, "hardly moves, to"), (0.3, "falls to about")]
)
def test_need_goes_the_way_of_the_draws(india, factor, way):
    made = demand.demand(india)
    made = scaled(made, factor or made.at(2025).value / made.at(2031).value)
    assert f"As units have moved that {way}" in sentences.answer(made, made, india).text


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(2.0, "2.0 times as much."), (1.02, "about as much."), (0.5, "0.5 times as much, which is less."), (1.0, None)],
)
def test_targets_take_more_as_much_or_less_or_are_not_there(india, factor, verdict):
    made = demand.demand(india)
    text = sentences.targets_met(made, scaled(made, factor), 2031, india)
    assert text is None if verdict is None else text.text.endswith(verdict)
    assert text is None or text.text.startswith("If the targets for electric two-wheelers, electric three-wheelers,")


@pytest.mark.parametrize(
    ("hits", "verdict"), [(10, "more than it should"), (8, "about as it should"), (5, "less than it should")]
)
def test_a_trial_holds_more_less_or_what_it_should(india, hits, verdict):
    rows = {"counted": 10 * [1.0], "forecast": 10 * [1.1], "inside": [n < hits for n in range(10)],
            "source": 10 * ["S44"]}  # fmt: skip
    text = sentences.held(pd.DataFrame(rows), india).text
    assert f"{hits} of 10 counted years, {verdict}" in text and "off by 10 %" in text


def test_without_bounds_nothing_is_said_of_them(india):
    made = demand.demand(india)
    solid = [n for n, line in enumerate(made.lines) if not line.bound]
    only = replace(made, lines=tuple(made.lines[n] for n in solid), known=tuple(made.known[n] for n in solid),
                   tonnes=made.tonnes[:, solid])  # fmt: skip
    assert "no source gives" not in sentences.bounds(only, india).text
    assert "no source gives" in sentences.bounds(made, india).text


def test_a_stated_use_of_another_size_is_judged_anew(india):
    more = india.adding("production", USE | {"period": "2025", "value": 9000.0})
    text = past.recorded(demand_past.backtest(more)).text
    assert "The use stated for 2025, 9,000 t, lies above the range" in text


def test_what_is_assumed_says_so(india):
    text = sentences.answer(*[demand.demand(india.adding("demand", KILO | {"value": 0.1}))] * 2, india).text
    assert "(assumed)" in text


def test_sources_are_those_of_the_factors(india):
    made = demand.demand(india)
    assert {"S44", "S90", "S312", "B1", "B2"} < set(sentences.answer(made, made, india).sources) | {"S312", "S90"}
    assert "S97" in figures.each(made, india=india).sources


NEXT_YEAR = [
    ("drivers", CARS | {"period": "FY26", "value": 5_300_000.0}),
    ("drivers", SCOOTERS | {"period": "FY27", "value": 2_300_000.0}),
    ("production", USE | {"period": "2026", "value": 4600.0}),
    ("drivers", CARS | {"period": "FY27", "value": 5_500_000.0}),
]


@pytest.mark.usefixtures("fewer")
@pytest.mark.parametrize("count", [1, 4])
def test_next_years_figures_leave_nothing_stale(india, count):
    for table, row in NEXT_YEAR[:count]:
        india = india.adding(table, row)
    found = said(india)
    assert [(name, text) for name, text in found.items() if name != "tables" and BROKEN.search(text)] == []
    assert "in FY26 (" in found["answer"] and "FY25" not in found["answer"]
    assert ("The use stated for 2026, 4,600 t" in found["recorded"]) is (count > 2)


@pytest.mark.usefixtures("fewer")
def test_an_early_day_says_what_is_not_in_its_sources():
    found = said(vintage("2024-06-30", FROZEN))
    assert [(name, text) for name, text in found.items() if name != "tables" and BROKEN.search(text)] == []
    assert "cannot be said from the sources dated up to 30 June 2024" in found["answer"]
    later = vintage("2025-10-31", FROZEN)
    bounds = sentences.bounds(demand.demand(later), later).text
    assert "ceiling fans" in bounds and "nothing can be reckoned" in bounds


@pytest.mark.usefixtures("fewer")
@pytest.mark.parametrize("factor", [0.05, 20.0])
def test_sentences_agree_with_their_numbers_whatever_the_counts(india, factor):
    for row in (
        CARS | {"period": "FY25", "value": 5_061_000 * factor},
        SCOOTERS | {"period": "FY26", "value": 1_400_893 / factor},
    ):
        india = india.adding("drivers", row | {"published": "2026-11-26"})
    found, made = said(india), demand.demand(india)
    assert [(name, text) for name, text in found.items() if name != "tables" and BROKEN.search(text)] == []
    shares = [float(share) for share in re.findall(r" (\d+) %", found["answer"])]
    assert sum(shares) == pytest.approx(100, abs=3) and max(shares) <= 100
    first = demand.steps(india)[0]
    largest = demand.sectors(made, first).index[0]
    assert found["each title"].startswith(largest[:1].upper() + largest[1:])
    assert f"in FY{first % 100}" in found["answer"]
    assert np.isclose(made.at(first).value, np.median(made.total(bounds=False)[:, list(made.years).index(first)]))
