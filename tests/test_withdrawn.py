"""A figure that its source has withdrawn is used by no reader, and those who tell a history still have it."""

import pandas as pd
import pytest

from conftest import KEYS
from helpers.chapters.production import dependence
from helpers.data.explained import explained
from helpers.outlook import customs, demand_activity, demand_past, rivals, supply, targets
from helpers.report import gate

SAID = {"status": "reported", "source": "S66", "published": "2026-10-01"}
GAP = {"status": "missing", "published": "2026-10-20", "value": float("nan")}
FY26 = {**KEYS, "period": "FY26", "value": 36_000.0}
CHINA = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110", "measure": "weight"}
MONTH = {**KEYS, "period": "2025-04", "value": 9_000.0}
MINED = {"area": "IND", "stage": "mine", "commodity": "REO", "measure": "output", "unit": "t REO", "period": "2026"}
TOLD = {**KEYS, "hs": "REPM", "measure": "weight_auto", "unit": "t", "period": "FY24", "value": 9_000.0}
CARS = {"indicator": "auto_production", "segment": "pv", "period": "FY25", "value": 9e6}
COUNTRIES = [MINED | {"area": area, "value": 1_000.0} for area in ("AUS", "BRA", "CHN", "IND", "USA")]
READERS = {
    "mine_output": ("production", [MINED | {"value": 9_000.0}], supply.mine_output),
    "held": ("production", [MINED | {"value": 9_000.0}], supply.held),
    "world_mining": ("production", COUNTRIES, lambda india: dependence.world_mining(india).table),
    "told of vehicles": ("trade", [TOLD], demand_past._records),
    "rivals": ("trade", [MONTH], lambda india: rivals.contradictions(india, frozenset({"S66"}))),
    "activity": ("drivers", [CARS], lambda india: pd.DataFrame(demand_activity._every(india)["auto_production/pv"])),
    "versions": ("trade", [FY26 | {"period": "FY25"}], lambda india: customs.versions(india, "FY25")),
    "reported": ("trade", [FY26], gate.reported),
}


def added(india, table, rows, *ways):
    return india.adding(table, *(row | way for way in ways for row in rows))


@pytest.mark.parametrize(("table", "rows", "reader"), READERS.values(), ids=READERS)
def test_no_reader_uses_what_its_source_has_withdrawn(india, table, rows, reader):
    stands, gone, never = (
        reader(added(india, table, rows, *ways)) for ways in ((SAID,), (SAID, SAID | GAP), (SAID | GAP,))
    )
    pd.testing.assert_frame_equal(gone, never)
    assert not stands.equals(gone), "until it was withdrawn it was used"


def test_versions_leave_out_what_was_withdrawn_and_it_is_told_apart(india):
    never, gone = (added(india, "trade", [FY26], *ways) for ways in ([SAID | GAP], [SAID, SAID | GAP]))
    assert gone.table("trade", vintages=True, **KEYS, period="FY26", status="reported").empty
    row = gone.withdrawn("trade", **KEYS).iloc[0]
    assert (row["value"], str(row["withdrawn"].date())) == (36_000, "2026-10-20")
    before = gone.on("2026-10-19")
    assert before.withdrawn("trade").empty and before.figure("trade", "FY26", **KEYS).value == 36_000
    assert gone != never and gone.on("2026-10-19") != never.on("2026-10-19"), "though the same is used today"
    again = added(gone, "trade", [FY26 | {"value": 30_000.0}], SAID | {"published": "2026-11-01"})
    assert again.figure("trade", "FY26", **KEYS).value == 30_000 and len(again.withdrawn("trade")) == 1


def test_an_explanation_tells_that_the_figure_stood_and_when_it_was_withdrawn(india):
    gone = added(india, "trade", [FY26], SAID, SAID | GAP, SAID | GAP | {"published": "2026-11-10"})
    told = explained(gone, "trade", "import/IND/world/850511/weight/FY26")
    assert "  before: 36,000 t, reported, public since 2026-10-01, withdrawn by S66 on 2026-10-20" in told


def test_what_was_derived_of_a_withdrawn_total_does_not_fit_the_one_that_came_after(india):
    half = {**KEYS, "period": "FY23-H1", "value": 9_000.0, "status": "derived", "published": "2026-10-10"}
    india = added(india, "trade", [FY26 | {"period": "FY23"}], SAID, SAID | GAP).adding("trade", half)
    anew = india.adding("trade", FY26 | SAID | {"period": "FY23", "value": 24_000.0, "published": "2026-11-01"})
    assert [("FY23-H1" in targets.known_sums(one).index) for one in (india, anew)] == [True, False]


@pytest.mark.parametrize(
    ("keys", "measure", "period", "before"),
    [(KEYS, "weight_yoy", "FY31", "FY30"), (CHINA, "weight_change", "2030-01/2030-05", "2030-01")],
)
def test_of_a_withdrawn_figure_and_its_growth_nothing_follows(india, keys, measure, period, before):
    last = {**keys, "period": period.partition("/")[2] or period}
    told = india.adding("trade", last | SAID | {"value": 40_000.0, "published": "2026-09-01", "unit": "t"})
    told = told.adding("trade", last | SAID | {"measure": measure, "period": period, "value": 25.0, "unit": "%"})
    again = last | SAID | {"value": 20_000.0, "published": "2026-11-01"}
    revised, withdrawn = told.adding("trade", again), told.adding("trade", last | SAID | GAP, again)
    assert revised.figure("trade", before, **keys).value == 32_000
    assert withdrawn.figure("trade", before, **keys) is None


def test_without_any_figure_the_newest_is_an_error_that_says_what_to_do(india):
    with pytest.raises(
        ValueError, match=r"data/trade.csv has none of trade/import/IND/world/850511/weight.* later day"
    ):
        targets.newest(india.on("2015-01-01"), "customs")
