"""What tells the readings of a suspect year apart: each number from figures typed here, each factor by hand."""

from math import exp, log, pi, sqrt

import pytest

from conftest import FROZEN
from helpers.data import vintage
from helpers.outlook import episodes, evidence, readings, targets
from helpers.outlook.evidence import ERROR, PERSISTENT, READINGS, STOCKS

OWN = {**targets.CUSTOMS.keys, "status": "reported", "source": "S66", "published": "2026-11-20"}
CHINA = OWN | {"flow": "export", "reporter": "CHN", "partner": "IND"}
FROM_CHINA = OWN | {"partner": "CHN"}
SHARES = {  # what the sources print, and the share of the rise that follows from it
    "evidence_unit_value": 1 - log(1.05) / log(53_748 / 28_700),
    "evidence_rest_of_year": log((53_748 - 16_281 / 0.44) / 14_350) / log(16_281 / 0.44 / 14_350),
    "evidence_year_after": log(16_281 / 14_350) / log(53_748 / 28_700),
    "evidence_mirror_weight": log((51_356.371 / 19_259.294) / (19_574.394 / 15_364.267)) / log(51_356.371 / 19_574.394),
    "evidence_mirror_value": (164.56235 - 150.2431) / ((51_356.371 - 19_259.294) * 2 / 1000),
}
DENSITIES = {  # low, middle and high under persistent demand, stock-building and an error
    "evidence_unit_value": ((0, 0.45, 0.85), (0, 0.45, 0.85), (0.65, 0.9, 1.15)),
    "evidence_rest_of_year": ((0.4, 0.9, 1.2), (-0.75, -0.25, 0.2), (-0.2, 0.1, 0.5)),
    "evidence_year_after": ((0.35, 0.9, 1.3), (-0.95, -0.2, 0.4), (-0.25, 0.1, 0.6)),
    "evidence_mirror_weight": ((-0.45, 0.05, 0.55), (-0.45, 0.05, 0.55), (0.4, 0.85, 1.35)),
    "evidence_mirror_value": ((0.5, 1.1, 1.8), (0.5, 1.1, 1.8), (-0.4, 0.15, 0.75)),
}


def by_hand(number, densities, floor=0.1, tempering=0.6):
    """The three factors of one evidence, from the equation of the normal density."""
    heights = []
    for low, middle, high in densities:
        spread = (middle - low if number < middle else high - middle) / 1.2815515655446004
        heights.append(exp(-(((number - middle) / spread) ** 2) / 2) / (spread * sqrt(2 * pi)))
    most = max(heights)
    heights = [height / most for height in heights]
    return [((1 - floor) * height + floor * sum(heights) / 3) ** tempering for height in heights]


def weights(india):
    return readings.weights(india)


def test_each_share_is_that_of_the_printed_figures(india):
    observed = evidence.observed(india)["observed"]
    assert observed.to_dict() == pytest.approx(SHARES, rel=2e-4)
    assert list(observed.index) == list(SHARES)


def test_factors_bayes_factors_and_weights_are_those_computed_by_hand(india):
    table, weight = evidence.table(india).set_index("evidence"), [0.4, 0.3, 0.3]
    assert table.loc["prior", list(evidence.WEIGHTS.values())].tolist() == weight
    for name, densities in DENSITIES.items():
        factors = by_hand(SHARES[name], densities)
        weight = [w * f for w, f in zip(weight, factors, strict=True)]
        weight = [w / sum(weight) for w in weight]
        row = table.loc[name]
        assert row[list(evidence.FITS.values())].tolist() == pytest.approx(
            [f / max(factors) for f in factors], rel=1e-3
        )
        assert row["Bayes factor"] == pytest.approx(factors[2] / max(factors[:2]), rel=1e-3)
        assert row[list(evidence.WEIGHTS.values())].tolist() == pytest.approx(weight, rel=1e-3)
    assert weights(india)[list(READINGS)].tolist() == pytest.approx(weight, rel=1e-3)
    assert table["Bayes factor"].iloc[1:].round(1).tolist() == [2.4, 1.5, 1.3, 2.5, 2.5]


def test_the_order_of_evidence_makes_no_difference(india):
    table = evidence.table(india)
    product = table[list(evidence.FITS.values())].prod().to_numpy() * table[list(evidence.WEIGHTS.values())].iloc[0]
    assert weights(india).to_numpy() == pytest.approx((product / product.sum()).to_numpy(dtype=float))


VALUE = {"measure": "value_usd", "unit": "USD m"}
MOVED = [  # a series, its period and new value; the evidence; the readings for which it then speaks more, and less
    (OWN, "FY26-H1", 30_000.0, "year_after", PERSISTENT, ERROR),
    (OWN, "FY26-H1", 9_000.0, "year_after", STOCKS, PERSISTENT),
    (OWN | {"measure": "weight_yoy", "unit": "%"}, "FY26-H1", -35.0, "rest_of_year", PERSISTENT, ERROR),
    (OWN | {"measure": "value_inr", "unit": "INR crore"}, "FY25", 2_600.0, "unit_value", PERSISTENT, ERROR),
    (CHINA, "2024", 2 * 19_259.294, "mirror_weight", PERSISTENT, ERROR),
    (CHINA, "2022", 19_574.394 / 2, "mirror_weight", STOCKS, ERROR),
    (CHINA | VALUE, "2024", 82.0, "mirror_value", PERSISTENT, ERROR),
]


@pytest.mark.parametrize(("series", "period", "value", "name", "more", "less"), MOVED)
def test_each_evidence_moves_the_weights_as_it_should(india, series, period, value, name, more, less):
    changed, name = india.adding("trade", series | {"period": period, "value": value}), f"evidence_{name}"
    before, after = (evidence.table(one).set_index("evidence").loc[name] for one in (india, changed))
    odds = [row[evidence.FITS[more]] / row[evidence.FITS[less]] for row in (before, after)]
    assert odds[1] > 1.3 * odds[0]
    assert weights(changed)[more] / weights(changed)[less] > 1.3 * weights(india)[more] / weights(india)[less]


def test_a_mirror_that_agrees_says_nothing_of_value_and_speaks_against_an_error(india):
    doubled = india.adding("trade", CHINA | {"period": "2024", "value": 2 * 19_259.294})
    table = evidence.table(doubled).set_index("evidence")
    assert "evidence_mirror_value" not in table.index and table.loc["evidence_mirror_weight", "Bayes factor"] < 1
    assert weights(doubled)[ERROR] < weights(india.on("2026-08-15"))[ERROR] < weights(india)[ERROR]


def test_a_later_year_of_both_sides_neither_names_nor_dates_the_evidence_of_the_suspect_one(india):
    rows = [side | {"period": "2025", "value": tonnes} for side, tonnes in ((FROM_CHINA, 30_000.0), (CHINA, 20_500.0))]
    rows += [row | {"measure": "value_usd", "unit": "USD m", "value": 150.0} for row in rows]
    before, after = (
        evidence.observed(one).loc["evidence_mirror_value"] for one in (india, india.adding("trade", *rows))
    )
    assert after["period"] == before["period"] == "2024" and after["published"] == before["published"]


def test_sides_that_are_apart_in_every_year_say_less(india):
    always = india.adding("trade", CHINA | {"period": "2022", "value": 19_574.394 / 2.05})
    table = evidence.table(always).set_index("evidence")
    assert "evidence_mirror_value" not in table.index and 0.5 < table.loc["evidence_mirror_weight", "Bayes factor"] < 1
    assert weights(always)[ERROR] < weights(india.on("2026-08-15"))[ERROR]


def test_both_sides_apart_speak_for_goods_that_were_there(india):
    apart = india.adding("trade", CHINA | {"measure": "value_usd", "period": "2024", "value": 82.0, "unit": "USD m"})
    assert evidence.table(apart).set_index("evidence").loc["evidence_mirror_value", "Bayes factor"] < 0.5
    assert weights(apart)[ERROR] < weights(india)[ERROR]


def test_no_single_evidence_counts_without_bound(india):
    absurd = india.adding("trade", CHINA | {"measure": "value_usd", "period": "2024", "value": 0.1, "unit": "USD m"})
    row = evidence.table(absurd).set_index("evidence").loc["evidence_mirror_value"]
    assert 1 / row["Bayes factor"] == pytest.approx(((0.9 + 0.2 / 3) / (0.2 / 3)) ** 0.6, rel=1e-3)
    assert weights(absurd).sum() == pytest.approx(1) and weights(absurd).between(0, 1).all()


def test_four_days_tell_four_weights_that_sum_to_one(india):
    days = ["2025-06-30", "2025-10-31", "2026-03-31", "2026-11-22"]
    found = [weights(india.on(day)) for day in days]
    assert all(one.sum() == pytest.approx(1) for one in found)
    assert [round(100 * one[ERROR]) for one in found] == [50, 52, 77, 95]
    assert [list(evidence.observed(india.on(day)).index) for day in days[:2]] == [
        ["evidence_unit_value"],
        ["evidence_unit_value", "evidence_year_after"],
    ]


def test_an_evidence_is_public_when_its_youngest_input_is(india):
    days = evidence.observed(india)["published"].dt.strftime("%Y-%m-%d")
    assert days.tolist() == ["2025-06-30", "2025-11-24", "2025-11-24", "2026-08-16", "2026-08-16"]
    later = india.adding("trade", CHINA | {"period": "2022", "value": 15_364.267})
    assert str(evidence.observed(later).loc["evidence_mirror_weight", "published"].date()) == "2026-11-20"
    assert weights(later.on("2026-11-19"))[ERROR] == pytest.approx(weights(india)[ERROR])
    assert "S66" in evidence.observed(later).loc["evidence_mirror_weight", "source"]


def test_the_weights_of_the_past_are_those_of_its_vintages(india):
    past = evidence.history(india)
    assert [str(day.date()) for day in past.index] == ["2025-06-30", "2025-07-08", "2025-11-24", "2026-08-16"]
    for day, row in past.iterrows():
        assert row[list(READINGS)].to_dict() == pytest.approx(weights(india.on(day.date())).to_dict())
    other = india.assuming("reading_prior", {PERSISTENT: 0.98, STOCKS: 0.01, ERROR: 0.01})
    assert evidence.history(other).iloc[-1][list(READINGS)].to_dict() == pytest.approx(weights(other).to_dict())
    assert evidence.history(india, "repm").empty and evidence.history(india.on("2025-01-01")).empty


def test_the_weights_of_the_past_tell_what_was_withdrawn_when_it_came_and_when_it_went(india):
    gap = {"published": "2026-10-20", "status": "missing", "value": float("nan")}
    row = OWN | {"period": "FY26", "value": 33_100.0, "published": "2026-10-01"}
    past = evidence.history(india.adding("trade", row, row | gap))
    assert [str(day.date()) for day in past.index[-3:]] == ["2026-08-16", "2026-10-01", "2026-10-20"]
    assert past.iloc[-1][list(READINGS)].equals(past.iloc[-3][list(READINGS)])


@pytest.mark.parametrize("name", DENSITIES)
def test_a_mutated_density_is_noticed(india, name):
    density, rule = india.assumption(name).loc[list(READINGS)], india.assumption(evidence.RULE)["value"]
    assert density[["low", "value", "high"]].to_numpy().tolist() == [list(map(float, row)) for row in DENSITIES[name]]
    before = evidence.likelihood(SHARES[name], density, rule)
    for reading in READINGS:
        moved = density.assign(**{c: density[c] + 0.1 * (density.index == reading) for c in ("low", "value", "high")})
        after = evidence.likelihood(SHARES[name], moved, rule)
        assert abs((after / after.sum() - before / before.sum())[reading]) > 0.001, reading
    row = density.loc[ERROR, ["low", "value", "high"]] + 0.5
    assert (weights(india.assuming(name, {ERROR: row.to_dict()})) - weights(india)).abs().max() > 0.002


@pytest.mark.parametrize(("segment", "value"), [("floor", 0.05), ("tempering", 0.3)])
def test_a_mutated_rule_is_noticed(india, segment, value):
    changed = india.assuming(evidence.RULE, {segment: value})
    assert (weights(changed) - weights(india)).abs().max() > 0.002


def test_without_tempering_the_prior_stands_and_any_weights_can_be_taken(india):
    wanted = {PERSISTENT: 0.2, STOCKS: 0.7, ERROR: 0.1}
    assert weights(readings.taking(india, wanted)).to_dict() == pytest.approx(wanted)
    sure = india.assuming(evidence.PRIOR, {name: float(name == STOCKS) for name in READINGS})
    assert weights(sure)[STOCKS] == 1


def test_of_what_has_come_since_the_newest_half_year_or_longer_counts_once(india):
    day, known = vintage("2027-12-31", FROZEN), {"2025-10": 2_800.0}
    for period, tonnes, counted, rate in (
        ("2025-10", 2_800.0, "FY26-H1", 16_281 / 6),  # a month says less than the half-year before it
        ("FY26", 33_100.0, "FY26", 33_100 / 12),
        ("FY27-H1", 17_500.0, "FY27-H1", 17_500 / 6),
        ("2026-10", 3_000.0, "FY27-H1", 17_500 / 6),
        ("FY27", 35_900.0, "FY27", 35_900 / 12),
    ):
        known |= {period: tonnes}
        more = day.adding(
            "trade", *(OWN | {"period": p, "value": v, "published": "2027-12-01"} for p, v in known.items())
        )
        row = evidence.observed(more).loc["evidence_year_after"]
        assert row["period"] == counted and row["part"] == 1
        assert row["observed"] == pytest.approx(log(rate / (28_700 / 12)) / log(53_748 / 28_700))
        assert len(evidence.table(more)) == 6 and weights(more).sum() == pytest.approx(1)


def test_a_month_counts_for_a_sixth_of_a_half_year(india):
    row = evidence.observed(india.on("2025-07-08")).loc["evidence_year_after"]
    assert row["period"] == "2025-04" and row["part"] == pytest.approx(1 / 6)
    factors = by_hand(row["observed"], DENSITIES["evidence_year_after"], tempering=0.1)
    fits = evidence.table(india.on("2025-07-08")).iloc[-1][list(evidence.FITS.values())]
    assert fits.tolist() == pytest.approx([f / max(factors) for f in factors], rel=1e-6)


@pytest.mark.parametrize(
    "row",
    [OWN | {"period": "FY25", "value": 45_000.0}, FROM_CHINA | {"period": "2024", "value": 15_000.0},
     OWN | {"period": "FY26-H1", "value": 40_000.0}],
)  # fmt: skip
def test_what_is_revised_leaves_weights_that_sum_to_one(india, row):
    changed = india.adding("trade", row)
    assert weights(changed).sum() == pytest.approx(1) and (weights(changed) != weights(india)).any()


def test_where_no_year_is_suspect_there_is_nothing_to_weigh(india):
    sound = episodes.starting_from(india, 33_000)
    assert evidence.table(sound).empty and evidence.observed(sound).empty and evidence.history(sound).empty


def test_a_weight_below_the_partners_has_no_excess_whose_worth_could_be_told(india):
    more = india.adding("trade", CHINA | {"period": "2024", "value": 150_000.0})
    assert "evidence_mirror_value" in evidence.observed(india).index
    assert "evidence_mirror_value" not in evidence.observed(more).index


def test_a_surge_that_is_none_by_its_own_rate_leaves_no_rest_to_compare(india):
    flat = india.adding(
        "trade", *(OWN | {"period": f"FY25-H{n}", "value": 26_874.0 + at} for n, at in ((1, -6_874), (2, 6_874)))
    )
    assert "evidence_rest_of_year" in evidence.observed(india).index
    assert "evidence_rest_of_year" not in evidence.observed(flat).index
