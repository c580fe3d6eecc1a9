"""Both sides of the border: the rule, what follows from it, and what would turn it."""

import numpy as np
import pandas as pd
import pytest

from helpers.chapters.outputs import Figure
from helpers.chapters.trade import mirror as told
from helpers.chapters.trade import screen
from helpers.methods import mirror
from helpers.outlook import customs
from helpers.outlook import mirror as counts

DAYS = ["2025-06-30", "2025-10-31", "2026-03-31"]
PUBLIC = "2026-08-16"
SIDES = {"own": ("import", "IND", "CHN"), "their": ("export", "CHN", "IND")}


def adding(india, **figures):
    """Other figures of both counts: ``own_t_2024=38000``; ``_world`` for all partners, ``hs`` for another line."""
    hs, rows = figures.pop("hs", customs.METAL), []
    for name, value in figures.items():
        side, unit, period, *whole = name.split("_")
        key = dict(zip(("flow", "reporter", "partner"), SIDES[side], strict=True))
        key |= {"partner" if side == "own" else "reporter": "world"} if whole else {}
        key |= {"hs": hs, "measure": "weight" if unit == "t" else "value_usd", "period": period}
        rows.append({**key, "value": float(value), "status": "reported", "source": "S66"})
    return india.adding("trade", *rows)


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Figures with title and text, but without the seconds that it takes to write them."""
    for module in (told, screen):
        monkeypatch.setattr(module, "finish", lambda _, title, alt, *__, **___: Figure("", title.text, alt.text, None))


def finding(india):
    return told.finding(counts.sides(india), india=india).text


def level(india):
    return told.level(counts.level(india), india=india).text


def only(india):
    return screen.only(counts.lines(india), india=india).text


def says(india):
    """All that is said of the mirror, titles and alternative texts too; none of it broken."""
    both, lines = counts.sides(india), counts.lines(india)
    said = [finding(india), level(india), only(india), str(told.short(india) or "")]
    for made in (told.both_sides(both, india=india), screen.figure(lines, india=india)):
        said += [made.title, made.alt] if hasattr(made, "title") else [made.text]
    assert not any(broken in text for text in said for broken in ("nan", "inf ", "None", "{", "  "))
    return said


def test_weights_and_values_apart_or_together_make_four_verdicts_whoever_is_on_top():
    for turn in (1, -1):
        assert mirror.verdict(2.7**turn, 1.1, 2, 1.3) == mirror.QUANTITY
        assert mirror.verdict(2.7**turn, 1.1 / 2, 2, 1.3) == mirror.REAL
        assert mirror.verdict(1.3**turn, 1.6**turn, 2, 1.3) == mirror.VALUE
        assert mirror.verdict(1.9**turn, 1.29**turn, 2, 1.3) == mirror.AGREE
    assert mirror.verdict(2.0, 1.0, 2, 1.3) == mirror.QUANTITY, "from the threshold on"


def test_a_planted_slip_is_found_among_lines_whose_values_agree_and_not_a_badly_matched_one():
    lines = [f"l{n}" for n in range(12)]
    value = pd.Series([1.0] * 11 + [40.0], lines)
    weight = value * np.exp(np.linspace(-0.1, 0.1, 12))
    weight["l3"] *= 3
    table = mirror.outliers(weight, value, 1.3)
    assert table.index[table["flagged"]].tolist() == ["l3"]
    assert pd.isna(table.loc["l11", "among_together"]) and abs(table.loc["l11", "among_all"]) < mirror.LIMIT
    gap = np.log(weight / value)[:-1]
    away = gap["l3"] - gap.median()
    assert table.loc["l3", "among_together"] == pytest.approx(away / (1.4826 * (gap - gap.median()).abs().median()))


def test_both_sides_are_those_of_the_copy_and_only_the_spike_is_an_error_of_quantity(india):
    both = counts.sides(india)
    assert both["verdict"].to_dict() == {"2022": mirror.AGREE, "2024": mirror.QUANTITY}
    row = both.loc["2024"]
    assert row["weight_ratio"] == pytest.approx(51356.371 / 19259.294) and round(row["weight_ratio"], 2) == 2.67
    assert row["value_ratio"] == pytest.approx(164.56235 / 150.24310) and round(row["value_ratio"], 2) == 1.10
    assert round(row["excess_t"], 3) == 32097.077 and round(row["gap_usd_m"], 2) == 14.32
    assert round(row["excess_usd_m"], 1) == 64.2, "at two dollars a kilogram"
    text = finding(india)
    for part in ("2.7 times apart, the values 1.1", "it was 1.3 and 1.0 times", "an error of quantity",
                 "the error is India's", "at most 25 % of it can have been goods", "58 to 77 million USD"):  # fmt: skip
        assert part in text


TURNED = {
    "China's weight doubled": ({"their_t_2024": 2 * 19259.294}, mirror.AGREE, "China's count confirms India's"),
    "values apart": ({"their_usd_2024": 80.0}, mirror.REAL, "which no slip of a weight explains"),
    "only values apart": ({"own_t_2024": 24000.0, "own_usd_2024": 240.0}, mirror.VALUE, "a matter of prices"),
    "as it is": ({}, mirror.QUANTITY, "an error of quantity"),
}


@pytest.mark.parametrize("case", TURNED)
def test_other_figures_turn_the_verdict_and_what_is_said(india, case):
    figures, verdict, words = TURNED[case]
    turned = adding(india, **figures)
    assert counts.sides(turned).loc["2024", "verdict"] == verdict
    assert words in finding(turned)
    others = [words for _, other, words in TURNED.values() if other != verdict]
    said = " ".join(says(turned))
    assert not any(other in finding(turned) for other in others) and f"times by value: {verdict}" in said
    erring = verdict == mirror.QUANTITY
    assert (told.short(turned) is not None) == erring
    assert ("never came" in level(turned)) == ("carries part of the error" in level(turned)) == erring


def test_weights_that_were_apart_before_mark_no_year_and_raise_the_level(india):
    turned = adding(india, their_t_2022=19574.394 / 2)
    both = counts.sides(turned)
    assert both.loc["2022", "weight_ratio"] == 2 and both.loc["2022", "verdict"] == mirror.QUANTITY
    assert not counts.fault(both, "2024") and counts.fault(counts.sides(india), "2024") == mirror.OWN
    assert "nothing marks the year" in finding(turned) and "an error of quantity" not in finding(turned)
    assert told.short(turned) is None and "the error is" not in finding(turned)
    assert counts.underlying(turned).high == pytest.approx(2 * 19259.294 + 54452.444 - 51356.371)


def test_the_side_whose_unit_value_alone_left_its_place_is_the_one_that_errs(india):
    assert mirror.fault(0.5, 1.1) == mirror.OWN and mirror.fault(1.1, 2) == mirror.THEIR
    assert mirror.fault(0.5, 2) == mirror.fault(1.1, 1.2) == mirror.OPEN
    assert "so the error is India's" in finding(india)
    for figures, words in (
        ({"own_t_2024": 26000, "their_t_2024": 9000}, "the error is China's"),
        ({"own_t_2024": 60000, "their_t_2024": 9000}, "which of them errs is open"),
        ({"their_t_2024": 400000}, "which of them errs is open"),
    ):
        turned = adding(india, **figures)
        assert words in finding(turned)
        assert told.short(turned) is None and "never came" not in level(turned), "of India's weight nothing is taken"
        assert not counts.errs(counts.sides(turned), "2024")
    assert counts.errs(counts.sides(india), "2024") and not counts.errs(counts.sides(india), "2022")


@pytest.mark.parametrize(
    ("gap", "excess", "words"),
    [(-10, 32000, "none of it was paid for"), (14, 32000, "at most 24 % of it"), (65, 32000, "may be real"),
     (60, 20000, "dearer goods")],
)  # fmt: skip
def test_the_gap_in_value_tells_what_the_excess_can_have_been(india, gap, excess, words):
    turned = adding(india, own_usd_2024=150.2431 + gap, own_t_2024=19259.294 + excess)
    assert words in finding(turned)


def test_what_china_sold_by_indias_count_is_never_more_than_all_that_came(india):
    both = adding(india, own_t_2024=2 * 51356.371)
    assert counts.level(both)["value"].min() > 0 and "−" not in level(both).partition("FY25")[0]


@pytest.mark.parametrize("figures", [{"own_t_2024": 9000}, {"their_t_2024": 2 * 19259.294}])
def test_no_excess_is_priced_where_india_has_less_or_both_counts_agree(india, figures):
    assert "Even as ferrite" in finding(india) and "Even as ferrite" not in finding(adding(india, **figures))


def test_all_exporters_that_report_less_than_china_alone_make_no_level(india):
    alone = adding(india, their_t_2024=21000)
    assert "what all exporters report" not in counts.level(alone).index and "20,631" not in level(alone)


def test_the_level_is_what_other_counts_make_of_the_year(india):
    table = counts.level(india)["value"]
    assert table["what all exporters report"] == 20631.36
    scaled = 19259.294 * 19574.394 / 15364.267 + 54452.444 - 51356.371
    assert table["China's figure at the ratio of 2022"] == pytest.approx(scaled) and round(scaled, -2) == 27600
    one = counts.underlying(india)
    assert (one.low, one.high) == (table.min(), table.max()) and one.sources == {"B2", "S213", "S214"}
    stored = india.table("trade").query("measure == 'weight_underlying'").iloc[0]
    assert one.low == pytest.approx(stored["low"], rel=0.002) and one.high == pytest.approx(stored["high"], rel=0.002)
    assert "20,600 to 27,600 t in 2024, where it records 54,452 t" in level(india)
    assert "49 to 62 % of that weight, by our reading, never came" in level(india)
    assert "FY25, which has nine months in common with it, records 53,748 t (−704 t against it)" in level(india)


@pytest.mark.parametrize(
    ("half", "words"),
    [(16281, "lies above what"), (5000, "lies below what"), (12000, "overlaps what"), (None, "holds all that")],
)
def test_the_run_rate_is_held_against_the_level(india, half, words):
    if half is None:
        narrow = adding(india, own_t_2022=17000, their_t_2024_world=21500)
        turned = narrow.adding("trade", import_row("FY26-H1", 9500), import_row("FY25-H2", 15000))
    else:
        turned = india.adding("trade", import_row("FY26-H1", half), import_row("FY25-H2", half))
    assert f"{words} other counts have" in level(turned), "the year named before it is no count of others"


def import_row(period, value):
    keys = {"flow": "import", "reporter": "IND", "partner": "world", "hs": customs.METAL, "measure": "weight"}
    return {**keys, "period": period, "value": float(value), "status": "reported", "source": "S66"}


def test_a_month_of_all_exporters_shows_whether_the_rate_since_still_carries_the_error(india):
    row = counts.months(india).loc["2024-12"]
    assert row["their_t"] == 1401 and row["around"] == "2024-10/2025-02"
    assert row["own_t"] == pytest.approx((53748 - 37002.27 - 2674) / 5, abs=1)
    assert "seems to carry part of the error" in level(india) and " a month in October 2024–" in level(india)
    assert "while India's count has 3,000 t: " in level(india.adding("trade", import_row("2024-12", 3000)))
    for tonnes in (2100.0, 6000.0):
        month = {"flow": "export", "reporter": "world", "partner": "IND", "period": "2024-12", "value": tonnes}
        assert "carries no more than is usual" in level(india.adding("trade", import_row("2024-12", 1) | month))


def test_it_is_the_only_line_by_rule_and_by_the_robust_test_of_lines_whose_values_agree(india):
    lines = counts.lines(india)
    now = lines.loc["2024"]
    assert len(now) == 21 and now.index[now["verdict"] == mirror.QUANTITY].tolist() == [customs.METAL]
    assert now.index[now["flagged"]].tolist() == [customs.METAL]
    assert round(now.loc[customs.METAL, "among_together"], 1) == 6.7
    assert 3 < now.loc[customs.METAL, "among_all"] < mirror.LIMIT, "small trades scatter more: it is said so"
    text = only(india)
    assert "the only one of 21 lines in 2024" in text and "Further out lie 250490, 280429, 720293 and 810320" in text
    assert "Of 20 in 2022 the rule marks HS 250490" in text


def test_one_of_several_lines_or_not_among_them_is_said_so(india):
    two = adding(india, hs="282200", own_t_2024=400)
    assert "HS 850511 is one of 2 of 21 lines" in only(two)
    doubled = {"their_t_2024": 2 * 19259.294}
    assert "HS 850511 is not among those, 1 of 21 lines in 2024, whose" in only(adding(two, **doubled))
    assert "No line of 21 in 2024 has weights apart while" in only(adding(india, **doubled))


def test_of_a_few_lines_none_is_said_to_stand_alone(india):
    table = counts.lines(india)
    few = table[[hs in ("250490", "280429", customs.METAL) for _, hs in table.index]]
    text = str(screen.only(few, india=india))
    assert "The lines of 2024 known from both sides number 3, too few" in text and "only one" not in text
    four = few.iloc[:4]
    assert mirror.outliers(four["weight_ratio"], four["value_ratio"], 1.3)["among_all"].isna().all()


def test_figures_mark_the_line_and_name_what_they_draw(india, monkeypatch):
    monkeypatch.undo()
    drawn = told.both_sides(counts.sides(india), india=india)
    for shown in ("51,356", "19,259", "164.6", "150.2", "India, 2024", "China, 2022", "Value, million USD"):
        assert shown in drawn.svg and shown in drawn.narrow
    screened = screen.figure(counts.lines(india), india=india)
    assert "HS 850511" in screened.svg and "values together" in screened.svg and len(screened.data) == 21
    assert drawn.sources == screened.sources == ("B2", "S213")


def test_many_other_years_are_one_span_and_not_a_list(india):
    own, their = {"t": 20_000, "usd": 140}, {"t": 15_000, "usd": 130}
    more = india
    for year in ("2019", "2020", "2021", "2025", "2026"):
        of = {f"own_{name}_{year}": value * (1 + int(year == "2026")) for name, value in own.items()}
        more = adding(more, **of, **{f"their_{name}_{year}": value for name, value in their.items()})
    text = finding(more)
    assert "In 2019 to 2022 and 2025 it was 1.3 and 1.0 to 1.1 times." in text
    assert "where it was 6.43 USD/kg in 2022" in text, "and not in a year after it"
    assert "In 2025 both bear each other out" in text and "In 2026 weights and values are both apart" in text
    assert "Of 1 to 20 in 2019 to 2022" not in only(more)
    assert "Of 1 in 2019 to 2021, 2025 and 2026 the rule" in only(more)
    alt = told.both_sides(counts.sides(more), india=more).alt
    assert alt.count("India records") == 1 and "In 2019 to 2022, 2025 and 2026 the weights were" in alt


@pytest.mark.parametrize("day", DAYS)
def test_before_it_was_public_nothing_is_said_of_the_mirror(india, day):
    early = india.on(day)
    none = india.having({"trade": (trade := india.stored["trade"]).having(trade.rows[:0])}, None)
    for before in (early, none):
        assert counts.sides(before).empty and counts.lines(before).empty and counts.level(before).empty
    assert counts.subject(early) is None and counts.underlying(early) is None and told.short(early) is None
    assert all(not text or "cannot be said from the sources dated up to" in text for text in says(early))


def test_from_the_day_of_the_copy_on_it_is_said(india):
    assert counts.sides(india.on("2026-08-15")).empty and len(counts.sides(india.on(PUBLIC))) == 2
    assert "an error of quantity" in finding(india.on(PUBLIC))


@pytest.mark.parametrize(("own", "words"), [(26000, "China's count confirms India's"), (56000, "an error of quantity")])
def test_a_new_year_is_told_beside_the_spike_which_it_does_not_replace(india, own, words):
    new = {"own_t_2025": own, "their_t_2025": 21000, "own_usd_2025": 170, "their_usd_2025": 165}
    later = adding(india, **new)
    assert counts.subject(later) == "2024" and counts.fault(counts.sides(later), "2024") == mirror.OWN
    assert f"In 2025 {'both' if own < 30000 else 'the values'} bear each other out" in finding(later)
    assert words in finding(later)
    ratios = [name for name in counts.level(later).index if "ratio" in name]
    assert [name[-4:] for name in ratios] == (["2022", "2025"] if own < 30000 else ["2022"])
    assert len(counts.lines(later).loc["2025"]) == 1 and "For 2025 India records" in " ".join(says(later))


def test_without_a_suspect_year_the_newest_one_is_told(india):
    plain = india.adding("trade", import_row("FY25", 33000))
    assert counts.subject(plain) == "2024" and "an error of quantity" in finding(plain)
    new = adding(plain, own_t_2025=26000, their_t_2025=21000, own_usd_2025=170, their_usd_2025=165)
    assert counts.subject(new) == "2025" and "China's count confirms India's" in finding(new)
    assert says(new)


@pytest.mark.parametrize("gone", ["own_t_2024", "their_usd_2022", "their_t_2024_world", "own_t_2024_world"])
def test_a_figure_that_is_withdrawn_is_missing_and_nothing_breaks(india, gone):
    assert says(adding(india, **{gone: np.nan}))


@pytest.mark.parametrize(("status", "count"), [("reported", 1), ("unverified", 0), ("missing", 0)])
def test_what_is_not_verified_is_counted_on_neither_side(india, status, count):
    key = dict(zip(("flow", "reporter", "partner"), SIDES["their"], strict=True))
    row = key | {"hs": customs.METAL, "measure": "weight", "period": "1999", "value": 1.0, "source": "S66"}
    assert (counts.counted(india.adding("trade", row | {"status": status}))["period"] == "1999").sum() == count


def test_a_count_names_the_sources_of_all_its_figures(india):
    key = dict(zip(("flow", "reporter", "partner"), SIDES["their"], strict=True)) | {"hs": customs.METAL}
    rows = [key | {"measure": m, "period": "1999", "value": 1.0, "source": s}
            for m, s in (("weight", "S66"), ("value_usd", "S213"))]  # fmt: skip
    table = counts.counted(india.adding("trade", *rows)).set_index("period")
    assert table.loc["1999", "source"] == "S213 S66"
