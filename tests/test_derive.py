"""Figures that follow from others: computed by a rule, as young as their inputs, and gone where they no longer fit."""

import pandas as pd
import pytest

from conftest import AS_OF, FROZEN
from helpers.data import ASSUMED, STATUSES, DataError, derive, public, relations, vintage
from helpers.data.relations import Figure
from helpers.methods.intervals import between

INDIA = vintage(AS_OF, FROZEN)
IMPORTS = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511"}
EXPORTS = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110"}
FY24 = {"measure": "weight", "period": "FY24"}


def imports(period, measure="weight", india=INDIA, **keys):
    return india.figure("trade", period, **IMPORTS | {"measure": measure} | keys)


def exports(period, india=INDIA, **keys):
    return india.figure("trade", period, **EXPORTS | {"measure": "weight"} | keys)


def with_figure(period, value, measure="weight", india=INDIA, **more):
    return india.adding("trade", IMPORTS | {"measure": measure, "period": period, "value": value} | more)


def published(period, value, measure="weight", india=INDIA, **more):
    return with_figure(period, value, measure, india, **{"status": "reported", "source": "S66"} | more)


@pytest.mark.parametrize(
    ("measure", "period", "keys", "value", "low", "high", "status", "sources"),
    [
        ("weight", "FY25-H1", {}, 37002.27, 36586.52, 37427.59, "derived", "S04"),
        ("weight", "FY25-H2", {}, 16745.73, 16320.41, 17161.48, "derived", "S02 S04"),
        ("weight", "2024-05/2024-09", {}, 35363.77, 34943.62, 35793.45, "derived", "S03 S04"),
        ("weight", "2024-10/2025-02", {}, 14071.73, 13646.41, 14487.48, "derived", "S02 S03 S04"),
        ("weight", "2025-05/2025-09", {}, 13217, None, None, "derived", "S03 S04"),
        ("weight", "2024-04", {}, 1638.5, 1634.13, 1642.9, "derived", "S03"),
        ("weight", "2024-03", {}, 2209.92, 2200.82, 2219.09, "derived", "S03"),
        ("weight", "FY26-H1", {"partner": "CHN"}, 14327.28, 14245.88, 14408.69, "derived", "S04"),
        ("weight_share", "FY24", {"partner": "CHN"}, 89.34, 86.21, 90.82, "derived", "S01"),
        ("weight", "FY25", {"hs": "85051190"}, 19563.05, 19552.24, 19573.88, "derived", "S05 S05b"),
        ("weight", "FY25", {"hs": "85051900"}, 25821.93, 25806.72, 25837.17, "derived", "S05 S05b"),
        ("weight", "FY25", {"hs": "85051110"}, 34184.95, 34126.12, 34195.76, "inference", "S02 S05 S05b"),
        ("value_usd", "FY25", {"hs": "85051110"}, 70.115, None, None, "inference", "S01 S05b S60"),
        ("unit_value", "FY25", {"hs": "85051110"}, 2.0511, 2.0504, 2.0546, "inference", "S01 S02 S05 S05b S60"),
        ("unit_value", "FY25", {"hs": "85051190"}, 6.959, 6.9552, 6.9629, "derived", "S05 S05b"),
        ("unit_value", "FY25", {}, 3.8374, 3.8374, 3.8409, "derived", "S01 S02 S60"),
        ("unit_value", "2025-04", {}, 5.7572, None, None, "derived", "S03"),
        ("value_usd_at_rate", "FY25", {}, 206.2551, None, None, "derived", "S01 S60"),
        ("value_inr", "FY24", {}, 1660.95, 1653.08, 1668.9, "derived", "S01"),
        ("value_usd", "FY24", {}, 200.3245, 199.37, 201.29, "derived", "S01 S02 S03 S60"),
        ("value_usd", "2024-04", {}, 14.8235, 14.8235, 15.0769, "derived", "S03"),
        ("weight", "FY25", {"hs": "RE metals and compounds"}, 1850, None, None, "derived", "S17"),
    ],
)  # fmt: skip
def test_a_figure_follows_with_range_status_and_the_sources_of_its_inputs(
    measure, period, keys, value, low, high, status, sources
):
    found = imports(period, measure, **keys)
    assert found.value == pytest.approx(value, rel=1e-4)
    assert (found.status, found.sources) == (status, set(sources.split()))
    assert pd.isna(found.low) if low is None else (found.low, found.high) == pytest.approx((low, high), rel=1e-4)


def test_chinas_months_follow_from_growth_and_sums_and_make_their_year():
    values = {"2025-02": 3588, "2025-03": 5323, "2025-04": 2626, "2024-11": 4712, "2023": 52865, "FY26": 58125,
              "2024-05": 4762}  # fmt: skip
    assert {period: round(exports(period).value) for period in values} == values
    assert sum(exports(f"2025-{month:02}").value for month in range(1, 13)) == pytest.approx(57_392)
    assert [round(exports(p, partner="IND").value) for p in ("2024-07", "2025-01", "2025-06")] == [261, 415, 174]


def test_a_month_is_computed_from_what_was_public_and_again_when_more_is():
    early, late = (exports("2025-04", INDIA.on(day)) for day in ("2025-06-30", "2026-04-20"))
    assert (round(early.value), early.sources) == (2628, {"S27"})
    assert (round(late.value), late.sources) == (2626, {"S27", "S29"})


def test_a_computed_figure_is_as_young_as_the_youngest_of_its_inputs():
    assert imports("FY25-H2", india=INDIA.on("2025-11-23")) is None
    rows = INDIA.series("trade", **IMPORTS, measure="weight")
    assert str(rows.loc["FY25-H2", "published"].date()) == "2025-11-24"
    for day in ("2025-06-30", "2025-10-31", "2026-01-31"):
        assert (INDIA.on(day).table("trade")["published"] <= day).all()


def test_its_note_says_how_it_was_made():
    notes = INDIA.series("trade", **IMPORTS, measure="weight")["note"]
    assert notes["FY25-H2"] == "FY25 less FY25-H1" and "before a change of -56 %" in notes["FY25-H1"]


def test_a_published_figure_wins_and_is_never_doubled():
    there = published("FY25-H2", 17_000.0)
    assert imports("FY25-H2", india=there).value == 17_000
    assert there.series("trade", **IMPORTS, measure="weight").index.is_unique
    assert imports("FY25-H2", india=published("FY25-H2", 17_000.0, status="estimate")).value == pytest.approx(16_745.73)


def test_a_change_upstream_changes_what_follows():
    assert imports("FY25-H2", india=published("FY25", 54_000.0)).value == pytest.approx(16_997.73)
    growth = published("FY26-H1", -55.0, "weight_yoy")
    assert imports("FY25-H1", india=growth).value == pytest.approx(36_180)
    assert imports("FY25-H2", india=growth).value == pytest.approx(17_568)


def test_growth_is_that_of_the_level_it_was_published_with_and_not_of_a_revision():
    assert imports("FY25-H1", india=published("FY26-H1", 17_600.0)).value == pytest.approx(37_002.27)
    assert exports(
        "2026-02", INDIA.adding("trade", EXPORTS | {"measure": "weight", "period": "2026-03", "value": 900.0})
    ).value == (pytest.approx(5238 / 1.105))


@pytest.mark.parametrize("add", [published, with_figure])
@pytest.mark.parametrize("total", [35_000.0, 33_000.0])
def test_a_part_greater_than_its_whole_is_not_derived(add, total):
    revised = add("FY25", total)
    for period in ("FY25-H1", "FY25-H2", "2024-05/2024-09", "2024-10/2025-02"):
        assert imports(period, india=revised) is None, period
    assert imports("2024-04", india=revised) is not None


def test_a_negative_rest_and_a_share_of_more_than_all_are_not_derived():
    assert imports("FY25", india=published("FY25", 15_000.0), hs="85051110") is None
    small = with_figure("FY24", 20_000.0)
    assert imports("FY24", "weight_share", india=small, partner="CHN") is None


def test_what_follows_from_an_assumption_is_assumed_and_goes_with_its_day():
    assumed = with_figure("FY25", 45_000.0)
    rest = imports("FY25-H2", india=assumed)
    assert rest.assumed and rest.value == pytest.approx(7_997.73) and ASSUMED in rest.sources
    assert imports("FY25-H1", india=assumed).status == "derived"
    assert imports("FY25", "weight_share", india=assumed, partner="CHN").value == 93, "a published share stays"


def test_what_rests_on_a_weak_figure_is_no_better_than_it():
    weak = with_figure("FY26", 36_000.0, status="weak", source="S66")
    assert imports("FY26-H2", india=weak).status == "weak"


def test_next_years_halves_months_and_sums_come_without_a_new_rule():
    year = published("FY26", 33_100.0)
    assert imports("FY26-H2", india=year).value == 16_819
    halves = published("FY26-H2", 16_500.0)
    assert imports("FY26", india=halves).value == 32_781
    later = published("FY27-H1", -3.0, "weight_yoy", published("FY27-H1", 15_800.0))
    assert imports("FY26-H1", india=later).value == 16_281, "the published level stays"
    months = INDIA
    for month in ("2026-04", "2026-05", "2026-06"):
        months = published(month, 2_800.0, india=months)
    assert imports("FY27-Q1", india=months).value == 8_400
    first = published("2026-04", 2_800.0, india=published("FY27-H1", 16_000.0))
    assert imports("2026-05/2026-09", india=first).value == 13_200
    money = published("FY26", 1_900.0, "value_inr", year)
    assert imports("FY26", "value_usd_at_rate", money).value == pytest.approx(19_000 / 88.3731)
    assert imports("FY26", "unit_value", money).value == pytest.approx(19_000 / 88.3731 / 33.1)


def test_others_follow_too():
    assert INDIA.figure("outlooks", "2030", publisher="IREL", quantity="neodymium output target").value == 900
    assert INDIA.assumption("magnet_intensity").loc["wind_geared_pm"].query("material == 'NdFeB'")[
        "value"
    ].tolist() == [130]
    assert INDIA.figure("drivers", "FY25", indicator="auto_production", segment="total").value == 31_028_000
    nd = INDIA.figure("prices", "2026-01/2026-03", item="Nd 99.5 %")
    assert nd.value == pytest.approx(116.63, abs=0.01)


def figure(value, low=float("nan"), high=float("nan"), rank=1):
    return Figure(between(value, low, high), "t", rank, 1, "S01")


def test_a_figure_stands_from_its_own_day_on():
    revised = figure(12)._replace(published=5, before=figure(11))
    assert [revised.known_by(day).range.value for day in (4, 5)] == [11, 12]


@pytest.mark.parametrize("unit", ["t", "%"])
def test_all_of_a_whole_is_a_part_of_it_and_more_is_not(unit):
    step = derive.Step("trade", ("*", "*"), "*", unit, 1, "sum", 1.0, (), "", (("*", "*"),), 1, None)
    known = {("import", "world"): {"2024": figure(100)}, ("export", "CHN"): {"FY25": figure(100)}}
    for key, period in ((("import", "CHN"), "2024"), (("export", "CHN"), "FY25-H1")):
        assert [derive._fits(known, key, period, between(of), step) for of in (100, 101)] == [True, False]


@pytest.mark.parametrize(
    ("rule", "inputs", "period", "value"),
    [
        ("remainder", [{"2024": figure(12), "2024-01/2024-10": figure(9), "2024-12": figure(1)}], "2024-11", 2),
        ("remainder", [{"2024-05/2024-06": figure(12), "2024-05": figure(5, rank=relations.SURE)}], "2024-06", 7),
        ("sum of parts", [{"FY25-H1": figure(7), "FY25-Q3": figure(2), "FY25-Q4": figure(3)}], "FY25", 12),
        ("mean of parts", [{"2024-01": figure(7), "2024-02": figure(2), "2024-03": figure(3)}], "FY24-Q4", 4),
        ("before growth", [{"FY25": figure(12)}, {"FY25": figure(20)}], "FY24", 10),
        ("before growth", [{"FY25": figure(12)}, {"FY25": figure(20)}, {"FY24": figure(11)}], "FY24", 10.5),
        ("before change", [{"2025-06": figure(12)}, {"2025-01/2025-06": figure(20)}], "2025-01", 10),
        ("growth", [{"2025-06": figure(12), "2024-06": figure(10)}], "2025-06", 20),
        ("change", [{"2025-06": figure(12), "2025-05": figure(10)}, {"2025-05/2025-06": figure(9)}],
         "2025-05/2025-06", 20),
        ("known parts", [{"2024": figure(12), "2024-02": figure(3), "2024-05": figure(4)}], "2024", 7),
        ("quotient", [{"2024": figure(12)}, {"2024": figure(3)}], "2024", 4),
        ("product", [{"2024": figure(12)}, {"2024": figure(3)}], "2024", 36),
        ("sum", [{"2024": figure(12)}, {"2024": figure(3)}], "2024", 15),
        ("difference", [{"2024": figure(12)}, {"2024": figure(3)}], "2024", 9),
    ],
)  # fmt: skip
def test_each_rule_gives_what_it_says(rule, inputs, period, value):
    found = {name: one.value for name, one, *_ in relations.RULES[rule]("*", *inputs)}
    assert found.pop(period) == pytest.approx(value)
    others = {name: one.value for name, one, *_ in relations.RULES[rule]("*", *inputs, done={period})}
    assert others == found, "what is there already is not reckoned again"


def test_a_rule_without_an_answer_gives_none():
    gone, none = {"FY25": figure(12)}, {"FY25": figure(-100)}
    assert list(relations.before_growth("*", gone, none)) == []
    assert list(relations.RULES["quotient"]("*", gone, {"FY25": figure(0)})) == []
    assert list(relations.remainder("*", {"FY25": figure(12), "2024-05": figure(1)})) == [], (
        "two runs of months are left"
    )
    assert list(relations.sum_of_parts("*", {"FY25-H1": figure(12)})) == []


def test_the_whole_is_taken_as_printed_and_a_computed_one_with_its_range():
    for computed, expected in ((False, (6, 7, 8)), (True, (5, 7, 9))):
        whole = figure(12, 11, 13)._replace(computed=computed)
        rests = list(relations.remainder("*", {"FY25": whole, "FY25-H1": figure(5, 4, 6)}))
        assert {(period, *value) for period, value, *_ in rests} == {("FY25-H2", *expected)}


@pytest.mark.parametrize(
    ("column", "text"),
    [("rule", "guess"), ("rule", "quotient"), ("rule", "difference"), ("inputs", "hs=8505; hs=85"),
     ("inputs", "colour=red"), ("against", "colour=red"), ("key", "import/IND"), ("table", "tade"),
     ("period", "FY2025"), ("inputs", "period=FY2025"), ("inputs", "hs=850511"), ("inputs", ""), ("factor", 0.0),
     ("factor", float("inf"))],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_named_with_its_line(column, text):
    good = {"table": "trade", "key": "import/IND/world/850511/weight", "period": "*", "unit": "t", "status": "derived",
            "rule": "growth", "factor": float("nan"), "inputs": "hs=8505", "note": "", "against": ""}  # fmt: skip
    keys = {"trade": ("flow", "reporter", "partner", "hs", "measure")}
    assert STATUSES[relations.SURE] == "inference"
    assert len(derive.steps(pd.DataFrame([good]), "derivations", keys, {"derived": 2})) == 1
    with pytest.raises(DataError, match=r"data/derivations.csv line 3 cannot be read"):
        derive.steps(pd.DataFrame([good, good | {column: text}]), "derivations", keys, {"derived": 2})


def test_a_star_in_an_input_is_the_sum_of_all_but_the_whole():
    rows = [
        EXPORTS | {"measure": "weight", "partner": p, "period": "2031", "value": v} for p, v in (("DEU", 3), ("USA", 4))
    ]
    whole = EXPORTS | {"measure": "weight", "period": "2031", "value": 9.0}
    table = pd.DataFrame(
        [
            ["trade", "export/CHN/world/85051110/weight_yoy", "2031", "t", "derived", "sum", None,
             "measure=weight & partner=*", ""]
        ],
        columns=["table", "key", "period", "unit", "status", "rule", "factor", "inputs", "note"],
    )  # fmt: skip
    (step,) = derive.steps(table, "derivations", {"trade": (*EXPORTS, "measure")}, {"derived": 2})
    known = INDIA.adding("trade", *rows, whole).figures()
    ((key, period, value, used, _),) = derive.results(known, step)
    assert (key[-1], period, value.value, used[0].rank) == ("weight_yoy", "2031", 7, 0)


def test_families_of_rules_share_no_figure_and_give_what_all_rules_give_together():
    keys = {name: table.keys for name, table in INDIA.stored.items()}
    steps = derive.steps(INDIA.written["derivations"].frame(), "derivations", keys, public.RANK)
    families = derive.families(tuple(steps))
    assert sorted(map(repr, steps)) == sorted(repr(step) for family in families for step in family.steps)
    names = [(table, first) for family in families for table, firsts in family.firsts.items() for first in firsts]
    assert len(names) == len(set(names)) and len(families) > 5
    made = derive.computed(INDIA.figures(computed=False), steps)
    together = {(name, *key, period): one.range for name, of in made.items() for key, period, one in of}
    apart = {(name, *key, period): one.range for name, of in INDIA.figures().items() for key, series in of.items()
             for period, one in series.items() if one.computed}  # fmt: skip
    assert apart == together


def test_a_rule_for_any_first_column_is_of_the_family_of_all():
    def step(first, other):
        return derive.Step("trade", (first, "a"), "*", "t", 1, "sum", 1.0, (derive.Input("trade", (other, "b"), None),),
                           "", (), None, None)  # fmt: skip

    one, two, of_any = step("import", "import"), step("export", "export"), step("*", None)
    assert [family.steps for family in derive.families((one, two))] == [(one,), (two,)]
    assert [family.steps for family in derive.families((one, of_any, two))] == [(one, of_any, two)]


def test_only_the_family_of_what_was_added_is_reckoned_anew(monkeypatch):
    asked, real = [], derive.computed
    monkeypatch.setattr(derive, "computed", lambda known, steps: asked.append({*known}) or real(known, steps))
    INDIA.assuming("reading_prior", {"quantity error": 0.7321})
    assert asked == [], "nothing follows from it"
    INDIA.assuming("magnet_intensity", {INDIA.assumption("magnet_intensity").index[0]: 1.2345})
    assert asked == [{"assumptions"}]
