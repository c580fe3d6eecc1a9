import subprocess
import sys

import pytest

from helpers import paths
from helpers.chapters import outputs
from helpers.chapters.production import dependence
from helpers.chapters.trade import lines
from helpers.data import load
from helpers.outlook import customs, supply

WEIGHT = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}
TODAY = "2026-11-22"


def test_nothing_published_later_is_seen():
    for name in ("trade", "production", "drivers", "prices", "assumptions", "outlooks", "events"):
        assert (load.table(name, "2025-06-30", vintages=True)["published"] <= "2025-06-30").all()


def test_the_half_year_appears_on_the_day_it_was_printed():
    assert "FY26-H1" not in load.series("trade", "2025-11-23", **WEIGHT).index
    assert load.series("trade", "2025-11-24", **WEIGHT).loc["FY26-H1", "value"] == 16281


def test_a_later_edition_replaces_an_earlier_one_from_its_day_on():
    world = {"area": "world", "stage": "mine", "commodity": "REO", "measure": "output"}
    assert load.figure("production", "2026-02-05", "2024", **world)["value"] == 390_000
    assert load.figure("production", "2026-02-06", "2024", **world)["value"] == 380_000


def test_reported_beats_a_newer_estimate():
    versions = load.table("trade", TODAY, vintages=True).query(
        "hs == '850511' and period == 'FY25' and measure == 'weight' and partner == 'world'"
    )
    newest = versions.sort_values("published").iloc[-1]
    assert (newest["value"], newest["status"]) == (53_000, "estimate")
    assert load.series("trade", TODAY, **WEIGHT).loc["FY25", "value"] == 53_748


def test_gaps_and_unverified_figures_are_no_default_input():
    weight = load.series("trade", TODAY, **WEIGHT)
    assert "FY22" not in weight.index and weight["value"].notna().all()
    assert load.series("trade", TODAY, **WEIGHT | {"hs": "REPM"}).empty
    assert load.series("trade", TODAY, unverified=True, **WEIGHT | {"hs": "REPM"}).loc["FY25", "value"] == 870


def test_equally_good_rivals_are_an_error_that_shows_both(data):
    data(
        "trade",
        "import,IND,world,850511,weight,FY26-H1,t,16281,",
        "import,IND,world,850511,weight,FY26-H1,t,17000,,,reported,2025-11-24,S03,\nimport,IND,world,850511,weight,FY26-H1,t,16281,",
    )
    with pytest.raises(load.DataError, match=r"data/trade.csv.*equally good") as error:
        load.table("trade", TODAY)
    assert "16281" in str(error.value) and "17000" in str(error.value) and "Give one of them" in str(error.value)


def test_a_correction_is_made_when_read_and_says_so():
    rows = load.table("trade", TODAY, vintages=True)
    row = rows[(rows["hs"] == "85059000") & (rows["partner"] == "CHN") & (rows["measure"] == "weight")].iloc[0]
    assert row["value"] == 4020 and row["note"].startswith("corrected from 40,200")


def test_a_correction_stops_when_the_published_figure_has_changed(data):
    data("trade", ",85059000,weight,FY25,t,40200,", ",85059000,weight,FY25,t,4020,")
    with pytest.raises(load.DataError, match=r"data/corrections.csv line 4 corrects 40,200") as error:
        load.table("trade", TODAY)
    assert "4020" in str(error.value) and "update the correction" in str(error.value)


def test_an_unknown_table_and_an_unknown_key_name_what_there_is():
    with pytest.raises(load.DataError, match="no table 'trades'; it has"):
        load.table("trades", TODAY)
    with pytest.raises(load.DataError, match=r"no key column \['code'\]; its keys are"):
        load.series("trade", TODAY, code="850511")


def test_a_table_that_was_returned_can_be_changed_without_harm():
    mine = load.raw("trade")
    mine["value"] = 0
    assert load.raw("trade")["value"].abs().sum() > 0


def test_importing_load_brings_pandas_and_no_heavy_package():
    heavy = "statsmodels seaborn papermill matplotlib nbconvert frictionless scipy"
    code = f"import sys, helpers.data.load; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=paths.ROOT)
    assert done.stdout.strip() == "[]"


def test_a_function_says_which_sources_it_drew_from():
    @load.sourced
    def inner():
        load.figure("trade", TODAY, "FY26-H1", **WEIGHT)
        return load.table("events", TODAY).head(0)

    @load.sourced
    def outer():
        load.assumption(TODAY, "scheme_capacity")
        inner()
        return outputs.Sentence("Said.")

    assert inner().attrs["sources"] == ["S04"]
    assert outer().sources == ("S04", "S82")
    load.figure("trade", TODAY, "FY25", **WEIGHT)
    assert outer().sources == ("S04", "S82"), "what is read outside is not counted"


def test_no_chapter_draws_on_a_source_that_was_not_public():
    since = load.sources()["public_since"]
    for day in ("2025-06-30", "2025-10-31", TODAY):
        for compute in (customs.rates, customs.scopes, lines.identity, lines.scopes, supply.cover, dependence.indices):
            used = compute(day).attrs["sources"]
            assert (since[used] <= day).all(), (compute.__name__, day, used)


def test_publishers_are_named_in_a_few_words_and_once():
    assert load.publishers(["S02", "S27", "S76", "S04", "S82"]) == "Reuters, Mint, Gazette"
    assert load.publishers(["S02", "S04", "S82"], most=2) == "Reuters, Mint and 1 more" and load.publishers([]) == ""
