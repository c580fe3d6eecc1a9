"""What moves a forecast: one small table, made without another simulation."""

import numpy as np
import pandas as pd
import pytest

from helpers import fiscal
from helpers.ensemble import drift
from helpers.ensemble.quantiles import MIDDLE
from helpers.outlook import forecast, growth, moved, readings, structure, targets

HEADS = list(MIDDLE)
UNDRIVEN = {"rare-earth part": 0.0}

pytestmark = pytest.mark.usefixtures("sparse")


@pytest.fixture(scope="module")
def table(india):
    return forecast.expected(india)


@pytest.fixture(scope="module")
def shown(india, table):
    return moved.moved(india, table)


def test_the_answer_comes_first_and_each_judgement_is_another_once(india, table, shown):
    assert not shown.duplicated(["what", "case", "period"]).any() and shown.notna().all(axis=None)
    assert list(shown["period"].unique()) == ["FY27", "FY30"]
    cases = shown.groupby("what", sort=False)["case"].unique().map(list).to_dict()
    assert cases == {"answer": ["mixture"], "growth": ["general", "trade", "own", "none"],
                     "weights": ["the prior alone", "equal weights", "the likeliest for the least likely"],
                     "start": ["as recorded", "newest level"]}  # fmt: skip
    for row in shown[shown["what"].isin(["answer", "start"])].itertuples():
        one = forecast.at(table, row.period, row.case)
        assert (row.median, row.low80, row.high80) == (one.value, one.low, one.high)
    first = shown[shown["what"] == "answer"].set_index("period")["median"]
    assert shown["times"].to_numpy() == pytest.approx(shown["median"] / shown["period"].map(first))


def test_licences_stand_in_the_table_of_the_narrow_target_and_own_growth_does_not(india):
    rows = moved.moved(india, forecast.expected(india, "repm", 5))
    cases = rows.groupby("what")["case"].unique().map(list).to_dict()
    assert cases["growth"] == ["general", "trade", "none"] and "weights" not in cases
    assert cases["licences"] == [f"licences {name}" for name in ("open", "partial", "closed")]
    assert cases["road"] == [structure.COUNTED, structure.SECTORS]
    made = rows[rows["what"] == "supply"].set_index(["case", "period"])["median"]
    assert made["scheme on time", "FY30"] < made["run-rate", "FY30"]
    assert made["scheme half", "FY27"] == made["run-rate", "FY27"]
    assert "B3" in rows.loc[rows["case"] == "trade", "source"].iloc[0]


@pytest.mark.parametrize("target", targets.TARGETS)
def test_other_growth_is_what_a_new_simulation_makes_of_it(india, table, target):
    still = india.assuming("growth_prior", {"mean": 0.0, "spread": 1e-9}).assuming("driver_weight", UNDRIVEN)
    again = forecast.intervals(forecast.expected(still, target, 5)).set_index(["scenario", "period"])
    before = table if target == "customs" else forecast.expected(india, target, 5)
    rows = moved.moved(india, before).set_index(["case", "period"]).loc["none"]
    for year in ("FY27", "FY30") if target == "customs" else ("FY27",):  # that prior carries units of sectors on too
        assert rows.loc[year, HEADS].to_numpy(float) == pytest.approx(
            again.loc[("mixture", year), HEADS].to_numpy(float), rel=0.1
        )


def test_the_growth_taken_put_in_its_own_place_moves_nothing(india, table, monkeypatch):
    taken = growth.taken(india, "customs")
    same = growth.Growth("again", taken.prior, taken.sources)
    monkeypatch.setattr(growth, "kinds", lambda india: {"again": same})
    rows = moved.moved(india, table).set_index("case")
    assert rows.loc["again", HEADS].to_numpy() == pytest.approx(rows.loc["mixture", HEADS].to_numpy())


def test_another_road_is_a_case_of_its_own(india, table, shown):
    road = table[table["scenario"] == "newest level"].assign(scenario="value over unit value", value=30_000.0)
    road = road[road["period"] != "FY30"]
    rows = moved.moved(india, table, road)
    added = rows[rows["what"] == "road"]
    assert added["case"].tolist() == ["value over unit value"] and added["period"].tolist() == ["FY27"]
    pd.testing.assert_frame_equal(rows[rows["what"] != "road"].reset_index(drop=True), shown)


def test_the_weight_of_own_growth_is_a_number(india):
    def own(known, target):
        return growth.own_weight(forecast.levels(known, target), growth.taken(known, target))

    assert own(india, "repm").value == 0
    weight = own(india, "customs")
    assert 0 < weight.value < 100 and {"B1", "S01", "S04"} <= weight.sources and "S02" not in weight.sources
    loose = india.assuming("growth_prior", {"spread": 1.0})
    assert own(loose, "customs").value > 99


def test_without_a_suspect_year_there_are_no_weights_to_change(india):
    sound = india.adding("trade", targets.CUSTOMS.keys | {"period": "FY25", "value": 33_000.0})
    rows = moved.moved(sound, forecast.expected(sound, horizon=2))
    assert readings.weights(sound).size == 1 and "weights" not in set(rows["what"])
    assert (rows["low80"] < rows["median"]).all() and np.isfinite(rows["high80"]).all()


def test_own_growth_alone_goes_on_as_the_levels_have_grown(india, shown):
    rows = forecast.levels(india, "customs")
    own, at = growth.own(rows["value"]), rows.index.map(fiscal.centre)
    fitted = drift.shrunken_log_drift(rows["value"].set_axis(at).astype(float), forecast.prior(india))
    ahead = 2027 - at[-1]
    moves = shown.set_index(["case", "period"])["times"]
    assert moves["own", "FY27"] == pytest.approx(np.exp(ahead * (own - fitted.growth)))
    assert moves["none", "FY27"] == pytest.approx(np.exp(-ahead * fitted.growth))
