"""A partner out: limits, monotone in all that makes it worse, and the stop of licences recomputed by hand."""

import csv

import numpy as np
import pytest

from conftest import FROZEN
from helpers.data import DataError, vintage
from helpers.outlook import levers, outage, scenario

FEW = 500
BUILT = ["lost", "rupees", "vehicles", "engines", "turbines"]


@pytest.fixture(scope="module")
def india():
    return vintage("2026-11-26", FROZEN)


def out(india, *args, text="", **more):
    return outage.outage(india, *args, levers=levers.made(text), count=FEW, **more)


def without(india):
    """Nobody takes the place of what does not come, and nothing is in stock."""
    names = india.assumption("outage_replaced").index
    bare = india.assuming("outage_replaced", dict.fromkeys(names, 0.0))
    none = {segment: {"value": 0.0, "low": 0.0, "high": 1e-9} for segment in india.assumption("outage_cover").index}
    return bare.assuming("outage_cover", none).assuming("outage_seen", {outage.FIRST: 0.0})


def test_all_that_does_not_come_is_lost_without_stock_or_substitutes(india):
    bare = without(india)
    sole = bare.assuming("licensed_share", {"all origins": 1.0})
    found = out(sole, "CHN", 1.0, 4)
    ends = ["low", "middle", "high"]
    np.testing.assert_allclose(*(found.loc[name, ends].to_numpy(float) for name in ("lost", "missing")), rtol=1e-6)
    assert found.loc["lasts", "high"] < 1e-6 and found.loc["covered", "middle"] == 0
    need = np.median(scenario.run(sole, count=FEW).of("bare", 2027))
    assert out(sole, months=6).loc["missing", "middle"] == pytest.approx(need / 2)
    names = india.assumption("outage_replaced").index
    half = out(sole.assuming("outage_replaced", dict(zip(names, (4.0, 2.0, 0.5), strict=True))), months=6)["middle"]
    assert half["lost"] / half["missing"] == pytest.approx(5 / 6), "begun after two months, in four months half of it"


@pytest.mark.parametrize(
    "steps",
    [[{"part": part} for part in (0.0, 0.3, 0.7, 1.0)], [{"months": months} for months in (0, 1, 2.5, 6, 12, 36)],
     [{"text": f"stock_months={months}"} for months in (6, 3, 1, 0)],
     [{"text": f"ev_pace={pace}"} for pace in (-1, 0, 1)]],
)  # fmt: skip
def test_more_of_it_never_loses_less(india, steps):
    rest = {"partner": "CHN", "part": 1.0, "months": 5.0, "text": ""}
    found = [out(india, **{**rest, **step})[["low", "middle", "high"]] for step in steps]
    assert all((table.loc["lost"] <= table.loc["missing"]).all() for table in found)
    for quantity in ("lost", "missing"):
        values = np.array([table.loc[quantity].to_numpy(float) for table in found])
        assert (np.diff(values, axis=0) >= -1e-9).all()
    assert all((table.drop(index="rupees") >= 0).all(axis=None) for table in found)
    assert found[-1].loc["lost", "middle"] > found[0].loc["lost", "middle"]


def test_no_outage_costs_nothing_and_stocks_outlast_it(india):
    found = out(india, "CHN", 1.0, 0)
    assert not found.loc[[*BUILT, "missing", "lasts"], "high"].any() and found.loc["covered", "middle"] == 100


def test_dearer_neodymium_makes_what_is_lost_dearer(india):
    plain, dear = (out(india, text=text).loc[["rupees", "lost"], "middle"] for text in ("", "nd_price=3"))
    assert dear["rupees"] / dear["lost"] > 1.2 * plain["rupees"] / plain["lost"]


def test_a_longer_stop_does_not_change_how_long_stocks_last(india):
    short, long = (out(india, "CHN", 1.0, months).loc["lasts"] for months in (4, 24))
    assert short["middle"] == pytest.approx(long["middle"], rel=1e-6) and 0 < short["middle"] < 4


def test_partners_have_their_part_of_what_is_not_chinas(india):
    every = {name: out(india, name, 1.0, 12).loc["missing", "middle"] for name in ("CHN", "JPN", "KOR")}
    assert every["CHN"] > 5 * (every["JPN"] + every["KOR"]) > 0
    even, keys = india.assuming("licensed_share", {"all origins": 0.5}), {"flow": "import", "hs": "850511"}
    at = {name: india.series("trade", reporter="IND", partner=name, measure="weight", **keys)["value"]
          for name in ("world", "CHN", "JPN")}  # fmt: skip
    year = at["world"].index.intersection(at["CHN"].index)
    year = year[year.str.fullmatch(r"\d{4}")][-1]
    half, rest = out(even, "JPN", months=12).loc["missing", "middle"], at["world"][year] - at["CHN"][year]
    assert half / out(even, months=12).loc["missing", "middle"] == pytest.approx(at["JPN"].get(year, 0) / rest)


@pytest.mark.parametrize(("partner", "part", "months"), [("CHN", 1.1, 3), ("CHN", 1.0, -1), ("XYZ", 1.0, 3)])
def test_what_cannot_be_out_is_refused(india, partner, part, months):
    said = "no partner 'XYZ'" if partner == "XYZ" else "write a share from 0 to 1, and months from 0 on"
    with pytest.raises((ValueError, DataError), match=said):
        out(india, partner, part, months)


def rows(table, **keys):
    with (FROZEN / f"{table}.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if all(row[name] == value for name, value in keys.items())]


def test_the_stop_of_licences_is_recomputed_by_hand(india):
    """April and May by what China sent to all, June by what it sent to India; July all came again."""
    sent = {"flow": "export", "reporter": "CHN", "hs": "85051110"}
    (may,) = rows("trade", **sent, partner="world", measure="weight", period="2025-05")
    (june,) = rows("trade", **sent, partner="IND", measure="weight_change", period="2025-01/2025-06")
    came = outage.arrivals(india)
    assert [str(month) for month in came.index] == ["2025-04", "2025-05", "2025-06", "2025-07"]
    april = india.series("trade", **sent, partner="world", measure="weight")["value"]
    assert came["share"].iloc[1] == pytest.approx(float(may["value"]) / april["2025-03"])
    assert came["share"].iloc[2] == pytest.approx(1 + float(june["value"]) / 100) and came["share"].iloc[3] == 1
    lack = 0.9 * np.cumsum([0, *(1 - came["share"])])
    found = outage.trial(india)
    weeks = 12 / 52
    told = (2 * weeks, 5 * weeks, 8 * weeks)
    onset = np.interp(told[1], lack, range(5))
    assert found.loc["first loss", "middle"] == pytest.approx(onset)
    assert found.loc["first loss", "miss"] == pytest.approx(12 * weeks - onset)
    fits = found.loc["stock that fits"]
    assert fits["seen"] == pytest.approx(np.interp(12 * weeks, range(5), lack))
    assert fits["least"] < fits["seen"] < fits["most"]
    lost = found.loc["need lost by the maker hit hardest"]
    assert lost["middle"] == pytest.approx(lack[-1] - told[1]) and lost["seen"] == pytest.approx(0.5 * 8 * weeks)
    half = found.loc["output of the half-year"]
    (now,), (before,) = (
        rows("drivers", indicator="ev_registrations", segment="2w", period=p) for p in ("FY26-H1", "FY25-H1")
    )
    assert half["seen"] == pytest.approx(100 * (float(now["value"]) / float(before["value"]) - 1))
    assert half["middle"] == pytest.approx(-100 / 6 * lost["middle"]) and half["miss"] > 0


def test_stocks_are_likeliest_as_they_fit_the_stop_once_that_is_public(india):
    fits = outage.trial(india).loc["stock that fits", "seen"]
    drawn, source = outage.cover(india, 20_000)
    counts, edges = np.histogram(drawn, 12)
    assert edges[counts.argmax()] <= fits <= edges[counts.argmax() + 1] and "S292" in source.split()
    early = vintage("2025-06-30", FROZEN)
    assert outage.trial(early).empty and "S292" not in outage.cover(early, FEW)[1].split()
    assert np.median(outage.cover(early, 20_000)[0]) == pytest.approx(5 * 12 / 52, rel=0.02)


@pytest.mark.parametrize("day", ["2025-06-30", "2025-10-31", "2026-01-31", "2027-07-15"])
def test_an_outage_can_be_told_on_other_days(day):
    found = out(vintage(day, FROZEN), "CHN", 1.0, 6)
    assert found.loc["lost", "middle"] > 0
    assert found.drop(index="rupees")[["low", "middle", "high"]].notna().all(axis=None)
