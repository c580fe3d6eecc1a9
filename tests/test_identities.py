"""Figures agree with each other: every series, every year, within the rounding of what is compared."""

import shutil

import pandas as pd
import pytest

from conftest import AS_OF, FROZEN, replace_once, slips
from helpers.data import DataError, rules, vintage
from helpers.data.identities import identities

INDIA = vintage(AS_OF, FROZEN)
IMPORTS = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511"}
CHINA = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110", "measure": "weight"}
ROUTE, SBI = (
    "the value in rupees, at the year's exchange rate, is the value in dollars",
    "850511 + 85051900 is what SBI reports: the press series is HS 850511",
)
TYPED = {
    f"{ROUTE}: import/IND/world/850511/value_usd, FY25": 0.5,
    f"{SBI}: import/IND/world/850511+850519/value_usd, FY25": 0.6,
    "85051190 is China's tonnes over China's share: import/IND/world/85051190/weight, FY25": 23,
    "85051110 is the rest of 850511 by weight: import/IND/world/85051110/weight, FY25": 72,
    "85051110 is the rest of 850511 by value: import/IND/world/85051110/value_usd, FY25": 0.03,
    "a level is that of a year later before the published growth: import/IND/world/850511/weight, FY25-H1": 843,
    "the parts of a period make the whole: import/IND/world/850511/weight, FY25": 843,
    "the parts of a period make the whole: import/IND/world/850511/weight, FY25-H1": 852,
    "FY26-H1 is 2.8 % below the half before it": 2.5,
    "twice FY26-H1, the run-rate, is 31 to 34 thousand tonnes": 1502,
    "the parts of a period make the whole: export/CHN/world/85051110/weight, 2025": 4,
}


def with_figure(india=INDIA, status="reported", source="S66", **row):
    return india.adding("trade", {"status": status, "source": source} | row)


def broken(india):
    found = identities(india)
    return [name.split(": ")[0] for name in found.loc[~found["holds"].astype(bool), "identity"]]


def test_all_identities_hold_on_every_day_that_a_report_was_made_of():
    for day in ("2025-06-30", "2025-10-31", "2026-01-31", AS_OF):
        found = identities(INDIA.on(day))
        assert found["holds"].all(), found[~found["holds"]].to_string()
    assert len(found) > 100


def test_those_that_a_person_wrote_are_among_them_within_a_small_allowance():
    rows = identities(INDIA).drop_duplicates("identity").set_index("identity").loc[list(TYPED)]
    assert rows["holds"].all() and (rows["allowed"] <= pd.Series(TYPED)).all() and rows["source"].all()


def test_only_what_was_public_on_the_day_is_compared():
    early = identities(INDIA.on("2025-11-23"))
    assert not early["identity"].str.contains("FY26-H1").any() and "S60" not in " ".join(early["source"])


WEIGHT, LINE = IMPORTS | {"measure": "weight"}, IMPORTS | {"hs": "85051110", "flow": "export", "unit": "USD/kg"}
MISFITS = [  # series with figures by period that do not fit, and the identity that says so
    ("the parts of a period make the whole", (WEIGHT, {"FY26": 33_100.0, "FY26-H2": 16_946.0})),
    ("a level is that of a year later before the", (WEIGHT, {"FY25-H1": 30_000.0, "FY25-H2": 23_748.0})),
    ("the known parts of a period are at most the whole", (WEIGHT, {"FY26": 15_000.0})),
    ("the known parts of a period are at most the whole", (CHINA, {"2026-01": 9_000.0, "2026-02": 9_000.0})),
    ("a partner is at most the world", (CHINA | {"partner": "DEU"}, {"2025-12": 6_000.0})),
    ("a line is at most its heading", (WEIGHT | {"hs": "85051190"}, {"FY24": 30_000.0})),
    ("a share is at most all", (WEIGHT | {"partner": "CHN", "measure": "weight_share"}, {"FY24": 101.0})),
    ("a unit value is value over weight", (LINE | {"measure": "unit_value"}, {"FY24": 9.9})),
    (
        "growth is that of the two levels",
        (WEIGHT, {"FY27-H1": 20_000.0}),
        (WEIGHT | {"measure": "weight_yoy"}, {"FY27-H1": 12.0}),
    ),
    ("a change is that of the two months", (CHINA | {"measure": "weight_change"}, {"2025-09/2025-10": 5.2})),
]


@pytest.mark.parametrize("misfit", MISFITS, ids=lambda misfit: misfit[0])
def test_each_identity_breaks_when_a_figure_does_not_fit(misfit):
    told, *series = misfit
    added = INDIA
    for keys, figures in series:
        for period, value in figures.items():
            added = with_figure(added, **keys, period=period, value=value)
    with pytest.raises(DataError, match="figures contradict each other") as error:
        rules.require_valid(added)
    assert told in str(error.value) and "against" in str(error.value)


SLIPS = slips("""
the sum | trade | value_usd,FY25,USD m,[291,290.5,291.5 -> 350,349,351] | 850511 + 85051900 is what SBI reports
a part | trade | 85051900,value_usd,FY25,USD m,[84.65 -> 94.65], | 850511 + 85051900 is what SBI reports
a share | trade | 850511,weight_share,FY25,%,[93.0,92.5,93.5 -> 80,79.5,80.5] | a share is that of the weights
a year | trade | world,850511,weight,FY25,t,[53748,53700,53748 -> 35748,35700,35748] | growth is that of the two levels
growth | trade | weight_yoy,FY26-H1,%,[-56,-56.5,-55.5 -> -46,-46.5,-45.5] | FY26-H1 is 2.8 % below the half before it
a month | trade | 85051110,weight,2025-09,t,[5774 -> 5747], | the parts of a period make the whole
vehicles | drivers | auto_production,pv,FY10,vehicles,[2357411 -> 2537411], | vehicles are the sum of their segments
metals | trade | RE metals,weight,FY20,t,[474 -> 747], | rare-earth metals and compounds are the sum of the two
""")


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip[0])
def test_a_slip_in_a_published_figure_is_found(tmp_path, slip):
    _, table, old, new, told = slip
    shutil.copytree(FROZEN, tmp_path / "data")
    replace_once(tmp_path / f"data/{table}.csv", old, new)
    assert told in broken(vintage(AS_OF, tmp_path / "data"))


def test_halves_may_differ_from_their_year_by_their_rounding_and_no_more():
    whole = with_figure(**IMPORTS, measure="weight", period="FY26", value=33_100.0)
    for half, holds in ((16_821.0, True), (16_822.0, False)):
        both = with_figure(whole, **IMPORTS, measure="weight", period="FY26-H2", value=half)
        assert ("the parts of a period make the whole" not in broken(both)) == holds


@pytest.mark.parametrize("total", [35_000.0, 50_000.0, 56_000.0])
def test_what_is_older_than_a_revision_does_not_contradict_it(total):
    revised = with_figure(**IMPORTS, measure="weight", period="FY25", value=total)
    assert broken(revised) == []


def test_what_came_with_a_revision_is_held_against_it():
    revised = INDIA
    for period, value in (("FY25", 56_000.0), ("FY25-H1", 10_000.0), ("FY25-H2", 10_000.0)):
        revised = with_figure(revised, **IMPORTS, measure="weight", period=period, value=value)
    assert "the parts of a period make the whole" in broken(revised)


def test_what_is_assumed_contradicts_nothing():
    assumed = INDIA.adding("trade", IMPORTS | {"measure": "weight", "period": "FY25", "value": 33_000.0})
    assert broken(assumed) == []
    rules.require_valid(assumed)


MIRROR = {"flow": "import", "reporter": "IND", "hs": "850511", "measure": "weight", "period": "2024"}


def test_all_partners_make_the_world_and_none_may_be_larger_than_it_says():
    assert broken(INDIA) == []
    more = with_figure(**MIRROR, partner="DEU", value=400.0)
    assert "all partners make the world, but for the 31 t that stand under none" in broken(more)
    more = with_figure(**MIRROR | {"period": "FY26-H1"}, partner="DEU", value=3_000.0)
    assert broken(more) == ["all partners are at most the world"]


def test_exporters_are_at_most_what_all_of_them_report():
    theirs = MIRROR | {"flow": "export", "reporter": "VNM", "partner": "IND"}
    assert broken(with_figure(**theirs, value=500.0)) == []
    assert broken(with_figure(**theirs, value=600.0)) == ["exporters are at most all of them"]


def test_calendar_2024_and_fy25_are_tied():
    row = identities(INDIA).set_index("identity").filter(like="704 t above FY25", axis=0).iloc[0]
    assert row["computed"] == pytest.approx(704, abs=0.5) and row["holds"]
