"""What was public on a day: nothing later, the best of rivals, and copies that leave the original as it was."""

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import sleep
from unittest.mock import Mock

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import AS_OF, FROZEN, replace_once
from helpers import paths
from helpers.data import ASSUMED, DataError, Vintage, derive, public, shared, vintage
from helpers.data.history import history
from helpers.data.tables import Table

WEIGHT = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}
WORLD_MINES = {"area": "world", "stage": "mine", "commodity": "REO", "measure": "output"}
YEAR = WEIGHT | {"period": "FY26", "value": 36_000.0}
INDIA = vintage(AS_OF, FROZEN)


@pytest.fixture
def edited(tmp_path):
    """A folder of the frozen tables of which a test may change one text: ``edited(table, old, new)``."""
    shutil.copytree(FROZEN, tmp_path / "data")

    def edit(table, old, new):
        replace_once(tmp_path / f"data/{table}.csv", old, new)
        return tmp_path / "data"

    return edit


def test_a_row_names_all_its_sources():
    line = INDIA.figure("trade", "FY25", **WEIGHT | {"partner": "CHN", "hs": "85051190"})
    assert line.sources == {"S05", "S05b"}


def test_nothing_published_later_is_seen():
    early = INDIA.on("2025-06-30")
    for name in ("trade", "production", "drivers", "prices", "assumptions", "outlooks", "events", "contradictions"):
        assert (early.table(name, vintages=True)["published"] <= "2025-06-30").all(), name


def test_no_row_rests_on_a_source_that_was_not_public():
    since = INDIA.sources["public_since"]
    for name in ("trade", "production", "drivers", "prices", "assumptions", "outlooks"):
        rows = INDIA.table(name, vintages=True)
        youngest = rows["source"].map(lambda ids: since.reindex(ids.split()).max())
        assert rows[youngest > rows["published"]].empty, name


def test_the_half_year_appears_on_the_day_it_was_printed():
    assert INDIA.on("2025-11-23").figure("trade", "FY26-H1", **WEIGHT) is None
    assert INDIA.on("2025-11-24").figure("trade", "FY26-H1", **WEIGHT).value == 16281


def test_the_day_of_a_vintage_may_not_be_later_than_its_own():
    with pytest.raises(ValueError, match="what became public since is not in this vintage"):
        INDIA.on("2026-11-23")


def test_a_later_edition_replaces_an_earlier_one_from_its_day_on():
    values = [INDIA.on(day).figure("production", "2024", **WORLD_MINES).value for day in ("2026-02-05", "2026-02-06")]
    assert values == [390_000, 380_000]


def test_reported_beats_a_newer_estimate():
    rows = INDIA.table("trade", vintages=True)
    rows = rows[(rows[[*WEIGHT]] == pd.Series(WEIGHT)).all(axis=1) & (rows["period"] == "FY25")]
    assert rows.sort_values("published").iloc[-1][["value", "status"]].tolist() == [53_000, "estimate"]
    assert INDIA.figure("trade", "FY25", **WEIGHT).value == 53_748


def test_statuses_are_trusted_in_the_order_of_the_codebook():
    order = ["reported", "derived", "inference", "estimate", "weak", "unverified", "missing"]
    columns = ("item", "period", "unit", "value", "low", "high", "status", "published", "source", "note")
    for better, worse in itertools.pairwise(order):
        rows = [("x", "2024", "t", 1.0, 1.0, 1.0, status, INDIA.day, "S01", "") for status in (worse, better)]
        chosen = public.choose(Table("prices", columns, ("",) * 10, ("item",), tuple(rows)))
        assert chosen.column("status") == [better]
    words = [("x", "2024", "t", 1.0, 1.0, 1.0, status, INDIA.day, "S01", "") for status in ("reported", "missing")]
    told = Table("prices", columns, ("",) * 10, ("item",), tuple(words), live=("S01",))
    for of in (public.choose(told), public.standing(told)):
        assert of.column("status") == ["missing"], "of two words of a day a live source has the last"
    said = [("reported", 1, "S01 S08"), ("estimate", 0, "S01 S09"), ("estimate", 0, "S02 S09")]
    said = [(*words[0][:6], status, INDIA.day - timedelta(days=age), of, "") for status, age, of in said]
    of_two = replace(told, rows=tuple(said), live=("S01", "S02"))
    assert public.choose(of_two).column("source") == ["S01 S09"], "a figure is of the first of its sources"
    gaps = [(*words[1][:8], source, "") for source in ("S01", "S02")]
    assert len(public.choose(replace(told, rows=tuple(gaps), live=())).rows) == 1, "two that withdraw on a day agree"


@pytest.mark.parametrize(
    ("source", "day", "used"),
    [("S04", "2026-01-10", None), ("S28", "2026-01-10", 16281), ("S04", "2025-11-24", 16281)],
    ids=["its own source, later", "another source", "the same day"],
)
def test_a_gap_withdraws_what_its_source_had_said_before(edited, source, day, used):
    old = "import,IND,world,850511,weight,FY26-H1,t,16281,"
    folder = edited("trade", old, f"{old.replace('16281', '')},,missing,{day},{source},\n{old}")
    india = vintage(AS_OF, folder)
    found, before = (of.figure("trade", "FY26-H1", **WEIGHT) for of in (india, india.on("2025-12-01")))
    assert (found and found.value, before.value) == (used, 16281)
    told = history("trade", "import/IND/world/850511/weight/FY26-H1", folder)
    assert [*told["status"]].count("missing") == 1 and 16281 in set(told["value"]), "it stood, and was withdrawn"


@pytest.mark.parametrize(("source", "used"), [("S05", 1897), ("S05b", None)])
def test_a_figure_is_withdrawn_by_the_source_that_it_stands_under_and_by_no_other_behind_it(edited, source, used):
    key, said = "import,IND,CHN,85051900,weight,FY24,t,", ",,,reported,2025-12-31,S05b,with S05\n"
    head = "import,IND,CHN,85051190,value_usd,FY23,USD m,88.42,"
    india = vintage(AS_OF, edited("trade", head, f"{key}1897{said}{key},,,missing,2026-01-10,{source},\n{head}"))
    figure = india.figure("trade", "FY24", **WEIGHT | {"partner": "CHN", "hs": "85051900"})
    assert (figure and figure.value) == used


def test_gaps_and_unverified_figures_are_no_default_input():
    weight = INDIA.series("trade", **WEIGHT)
    assert "FY22" not in weight.index and weight["value"].notna().all()
    quoted = {"item": "NdFeB blank N52(Ce)", "basis": "China works"}
    assert INDIA.series("prices", **quoted).empty
    assert INDIA.series("prices", unverified=True, **quoted).loc["2025-12-08", "high"] == 31.60
    assert INDIA.assumption("yield").empty and len(INDIA.assumption("yield", unverified=True)) == 1


def test_equally_good_rivals_are_an_error_that_shows_both_with_their_lines(edited):
    old = "import,IND,world,850511,weight,FY26-H1,t,16281,"
    folder = edited("trade", old, f"{old.replace('16281', '17000')},,reported,2025-11-24,S03,\n{old}")
    with pytest.raises(DataError, match=r"data/trade.csv.*equally good") as error:
        vintage(AS_OF, folder)
    line = 1 + (folder / "trade.csv").read_text().splitlines().index(
        f"{old},,reported,2025-11-24,S04,April to September 2025; called the steepest half-year fall in seven years"
    )
    assert all(text in str(error.value) for text in ("16281", "17000", "Give one of them", str(line)))


def test_a_correction_is_made_when_read_and_says_so():
    rows = INDIA.table("trade")
    row = rows[(rows["hs"] == "85059000") & (rows["partner"] == "CHN") & (rows["measure"] == "weight")].iloc[0]
    assert row["value"] == 4020 and row["note"].startswith("corrected from 40,200")


@pytest.mark.parametrize(
    ("table", "old", "new", "told"),
    [
        ("trade", ",85059000,weight,FY25,t,40200,", ",85059000,weight,FY25,t,4020,", "4020"),
        (
            "corrections",
            "import/IND/CHN/85059000/weight,FY25",
            "import/IND/CHN/85059000/weight,FY24",
            "there is no such row",
        ),
    ],
)
def test_a_correction_stops_when_its_published_figure_has_changed_or_is_gone(edited, table, old, new, told):
    with pytest.raises(DataError, match=r"data/corrections.csv line 4 corrects 40,200") as error:
        vintage(AS_OF, edited(table, old, new))
    assert told in str(error.value) and "update the correction" in str(error.value)


def test_mixed_units_are_an_error_that_names_the_keys():
    mixed = INDIA.adding("trade", YEAR | {"unit": "kt"})
    with pytest.raises(DataError, match=r"mixes units.*\n.*(.*\n)*.*kt"):
        mixed.series("trade", **WEIGHT)


def test_an_unknown_table_and_an_unknown_key_name_what_there_is():
    with pytest.raises(DataError, match="no dated table 'trades'; it has"):
        INDIA.table("trades")
    with pytest.raises(DataError, match=r"no column \['country'\]; it has"):
        INDIA.table("trade", country="CHN")
    with pytest.raises(DataError, match=r"no key column \['code'\]; its keys are"):
        INDIA.series("trade", code="850511")


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda india: india.series("trade", **WEIGHT | {"flow": "imports"}), "'import'"),
        (lambda india: india.series("trade", **WEIGHT | {"hs": 850511}), "'850511'"),
        (lambda india: india.series("trade"), "needs its keys: flow, reporter, partner, hs, measure"),
        (lambda india: india.figure("trade", "FY2025", **WEIGHT), "write FY25"),
        (lambda india: india.assumption("reading"), "reading_prior"),
        (lambda india: india.disagreements("C99"), "C9"),
        (lambda india: india.assuming("reading", {"quantity error": 0.3}), "near it are ['reading_prior'"),
        (lambda india: india.assuming("reading_prior", {"quantity error": {"val": 3}}), "no field"),
        (lambda india: india.assuming("reading_prior", {"quantity error": "0.3"}), "give a number"),
        (lambda india: india.adding("trade", WEIGHT | {"period": "FY26", "value": "36000"}), "give a number"),
        *((lambda _, day=day: vintage(day, FROZEN), "YYYY-MM-DD") for day in ("05-06-2026", 20261122, "hello")),
    ],
)
def test_what_is_misspelt_is_told_with_what_is_meant(ask, told):
    with pytest.raises(DataError) as error:
        ask(INDIA)
    assert told in str(error.value)


def test_what_is_known_but_not_public_yet_is_silent():
    early = INDIA.on("2025-01-01")
    assert early.series("trade", **WEIGHT).empty and early.assumption("reading_prior").empty
    assert early.figure("trade", "FY25", **WEIGHT) is None and early.disagreements("C1").empty


def test_a_table_that_was_returned_can_be_changed_without_harm():
    for mine in (INDIA.table("trade"), INDIA.series("trade", **WEIGHT), INDIA.sources):
        mine.iloc[:, mine.columns.get_loc("source" if "source" in mine else "date")] = "mine"
    for again, column in (
        (INDIA.table("trade"), "source"),
        (INDIA.series("trade", **WEIGHT), "source"),
        (INDIA.sources, "date"),
    ):
        assert not again[column].eq("mine").any()


def test_the_places_of_rows_that_were_told_can_be_changed_without_harm():
    table = INDIA.written["assumptions"]
    for _ in range(2):
        told = table.places({"assumption": "recovery"})
        assert told
        told.clear()


def test_importing_data_brings_pandas_and_no_heavy_package():
    heavy = "statsmodels seaborn papermill matplotlib nbconvert frictionless scipy"
    code = f"import sys, helpers.data; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=paths.CODE.parent
    )
    assert done.stdout.strip() == "[]"


def test_publishers_are_named_in_a_few_words_and_once():
    assert INDIA.publishers(["S02", "S27", "S76", "S04", "S82"]) == "Reuters, Mint, Gazette"
    assert INDIA.publishers(["S02", "S04", "S82"], most=2) == "Reuters, Mint and 1 more" and INDIA.publishers([]) == ""


def test_an_added_figure_is_assumed_and_stands_before_every_published_one():
    more = INDIA.adding("trade", YEAR)
    found = more.figure("trade", "FY26", **WEIGHT)
    assert (found.value, found.unit, found.status, found.sources) == (36_000, "t", ASSUMED, {ASSUMED})
    assert INDIA.figure("trade", "FY26", **WEIGHT) is None, "the original is as it was"


PRICE = {"item": "INR per USD", "basis": "fiscal-year mean", "period": "FY25", "value": 100.0}
REGIME = {"period": "2027-01/2027-12", "term": "set", "status": "reported", "regime": "open"}
CARS = {"indicator": "auto_production", "segment": "pv", "period": "FY26", "value": 9e6}
ADDED = [("trade", YEAR), ("prices", PRICE), ("regimes", REGIME), ("drivers", CARS)]


@pytest.mark.parametrize(("name", "row"), ADDED, ids=[name for name, _ in ADDED])
def test_a_copy_is_what_it_would_be_if_all_that_follows_were_computed_anew(name, row):
    india = vintage(AS_OF, FROZEN)
    for table in india.stored:
        india.table(table), india.table(table, vintages=True)
    more = india.adding(name, row)
    fresh = {name: table.having(table.rows) for name, table in more.stored.items()}
    families = [derive.Family(one.firsts, one.steps) for one in india._fixed["families"]]  # of which nothing is known
    anew = dict(zip(("all", "used"), public.followed(fresh, families), strict=True))
    for table in india.stored:
        pd.testing.assert_frame_equal(more.table(table, vintages=True), anew["all"][table].frame())
        pd.testing.assert_frame_equal(more.table(table), anew["used"][table].frame())
    changed = {table for table in india.stored if not more.table(table).equals(india.table(table))}
    assert name in changed and (len(changed) == 1) is (name != "prices"), "what is in rupees follows from the rate"


def test_copies_leave_nothing_behind_in_the_tables_that_they_share():
    india = vintage(AS_OF, FROZEN)
    kept = {name: len(table._seen) for name, table in india.stored.items()}
    for value in (81.0, 82.0, 83.0):
        assert india.adding("prices", PRICE | {"value": value}).stored["trade"] is india.stored["trade"]
    assert {name: len(table._seen) for name, table in india.stored.items()} == kept


def test_the_same_rows_read_twice_are_reckoned_once_and_none_of_them_passes_for_computed(monkeypatch):
    first = vintage(AS_OF, FROZEN)
    monkeypatch.setattr(derive, "computed", None)
    again = vintage(AS_OF, FROZEN)
    assert again.stored["trade"].rows[0] is not first.stored["trade"].rows[0]
    assert again.figures() == first.figures() and not again.figures()["trade"][tuple(WEIGHT.values())]["FY25"].computed


def test_rows_of_a_source_that_is_asked_again_and_again_are_no_equal_of_others(india):
    trade = india.stored["trade"]
    assert replace(trade) == trade != replace(trade, live=("S250",))


def test_a_copy_with_another_archive_remembers_nothing_of_the_first(india):
    india.table("trade"), india.on("2026-01-31")
    assert not replace(india, live=None)._seen


def test_a_figure_assumed_anew_replaces_the_one_assumed_before():
    assert (
        INDIA.adding("trade", YEAR).adding("trade", YEAR | {"value": 30_000.0}).figure("trade", "FY26", **WEIGHT).value
        == 30_000
    )


def test_an_added_figure_must_be_whole():
    for row, told in (
        ({"flow": "import"}, "needs"),
        (YEAR | {"hs": "8504"}, "say the unit"),
        (YEAR | {"colour": 1}, "no column"),
        (YEAR | {"period": "next year"}, "unknown period"),
    ):
        with pytest.raises(DataError, match=told):
            INDIA.adding("trade", row)
    for name in ("forecasts", "contradictions"):
        with pytest.raises(DataError, match=f"data/{name}.csv has no figures"):
            INDIA.adding(name, {"period": "FY27", "value": 1.0})


def test_another_judgement_is_a_copy_and_leaves_the_others():
    turned = INDIA.assuming("reading_prior", {"quantity error": 0.5})
    weights = turned.assumption("reading_prior")
    assert weights.loc["quantity error", ["value", "source"]].tolist() == [0.5, ASSUMED]
    assert weights.drop("quantity error").equals(INDIA.assumption("reading_prior").drop("quantity error"))
    with pytest.raises(DataError, match="no 'reading_prior' of"):
        INDIA.assuming("reading_prior", {"error": 1})


def test_judgements_written_after_the_day_are_told_as_back_cast():
    late = INDIA.on("2025-06-30").backcast
    assert set(late["table"]) == {"assumptions", "calendar", "demand", "episodes", "regimes"}
    assert (late["written"] > "2025-06-30").all()
    assert "reading_prior/quantity error/any suspect year" in set(late["key"])
    assert vintage("2026-11-26", FROZEN).backcast.empty


def test_the_hash_is_that_of_what_is_in_it_and_not_of_the_order_of_rows(tmp_path):
    shutil.copytree(FROZEN, tmp_path / "data")
    head, *lines = (tmp_path / "data/trade.csv").read_text().splitlines(keepends=True)
    random.Random(1).shuffle(lines)
    (tmp_path / "data/trade.csv").write_text("".join([head, *lines]))
    again = vintage(AS_OF, tmp_path / "data")
    assert again == INDIA and hash(again) == hash(INDIA)
    assert INDIA.adding("trade", YEAR) != INDIA
    table, rows = INDIA.stored["events"], INDIA.stored["events"].rows
    assert table.having(reversed(rows)).content() == table.content() != table.having([*rows, rows[0]]).content()


def test_the_same_figures_on_another_day_are_another_vintage():
    assert replace(INDIA) == INDIA != replace(INDIA, day=INDIA.day + timedelta(days=1))


def test_other_rules_are_another_vintage_even_where_they_give_the_same_today(edited):
    rule = "850511/weight,{},t,derived,sum"
    others = vintage(AS_OF, edited("derivations", rule.format("FY??*"), rule.format("FY2?*")))
    halves = [YEAR | {"period": period} for period in ("FY30-H1", "FY30-H2")]
    years = [of.adding("trade", *halves).figure("trade", "FY30", **WEIGHT) for of in (INDIA, others)]
    assert years[0].value == 72_000 and years[1] is None and others != INDIA


@settings(max_examples=6)
@given(st.dates(pd.Timestamp("2024-06-01").date(), INDIA.day))
def test_an_earlier_day_is_the_vintage_read_as_of_that_day(day):
    assert INDIA.on(day) == vintage(day, FROZEN)


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from([0.5, 0.98, 1.02, 3.0]))
def test_one_more_figure_changes_no_other_key_but_through_derivations(which, times):
    rows = INDIA.table("trade").query("value.notna()").reset_index(drop=True)
    row = rows.iloc[which % len(rows)]
    keys = ["flow", "reporter", "partner", "hs", "measure", "period"]
    more = INDIA.adding("trade", row[keys].to_dict() | {"value": row["value"] * times})
    added = (tuple(row[keys[:-1]]), row["period"])
    assert {key for key, _ in _figures(INDIA, False) ^ _figures(more, False)} <= {added}
    changed = dict(_figures(INDIA) ^ _figures(more))
    assert [key for key, figure in changed.items() if key != added and not figure.computed] == []
    assert more.figures()["trade"][added[0]][added[1]].range.value == row["value"] * times
    assert not more.table("trade").duplicated(keys).any()


def _figures(india, computed=True):
    return {
        ((key, period), one)
        for key, series in india.figures(computed)["trade"].items()
        for period, one in series.items()
    }


def test_what_notebooks_of_a_run_have_in_common_is_told_by_the_first_to_those_who_ask_the_same(tmp_path, monkeypatch):
    first = f"""
from pathlib import Path
from helpers.data import Vintage, shared, vintage
shared.shared(Vintage.publishers)(vintage("{AS_OF}", Path("{FROZEN}")), ["S05"])"""
    monkeypatch.setenv("MAGNETS_SHARED", str(tmp_path))
    subprocess.run([sys.executable, "-c", first], check=True, timeout=60, env=os.environ | {"PYTHONHASHSEED": "7"})
    (kept,) = (path for path in tmp_path.iterdir() if path.suffix != ".lock")
    kept.write_text('"as the first said"')
    had = shared.shared(Vintage.publishers)
    assert had(INDIA, ["S05"]) == had(vintage("2026-11-25", FROZEN).on(AS_OF), ["S05"]) == "as the first said"
    for of, source in ((INDIA, "S04"), (INDIA.adding("trade", YEAR), "S05"), (INDIA.on("2026-11-21"), "S05")):
        assert had(of, [source]) == of.publishers([source]) != "as the first said"
    kept.write_text('"as the fi')
    assert had(INDIA, ["S05"]) == INDIA.publishers(["S05"]) == json.loads(kept.read_text()), "broken, so made anew"
    monkeypatch.setattr(Path, "replace", Mock(side_effect=OSError("no room")))
    for folder in (kept, tmp_path):  # where no folder is, and where nothing can be kept
        monkeypatch.setenv("MAGNETS_SHARED", str(folder))
        reckoned = Mock(__module__="", __qualname__="", return_value=0.1)
        assert shared.shared(reckoned)(INDIA) == 0.1 and reckoned.call_count == 1, folder


def test_who_asks_for_what_another_notebook_is_reckoning_waits_for_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MAGNETS_SHARED", str(tmp_path))
    asked = []
    slow = shared.shared(lambda of, text: (asked.append(text), sleep(0.2), text)[-1])
    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(slow, [INDIA] * 2, ["said"] * 2)] == ["said"] * 2 and asked == ["said"]
