"""Chapter 2 computed a second time, from the tables as files and by arithmetic alone, at the digits that it prints."""

import pandas as pd
import pytest

from conftest import FROZEN
from helpers.chapters.production import ore, sentences
from helpers.data import vintage
from helpers.outlook import coverage, supply


def read(table, **wanted):
    """The rows of a file with some values, the newest first."""
    rows = pd.read_csv(FROZEN / f"{table}.csv", dtype=str, keep_default_na=False)
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return rows.sort_values("published", ascending=False).astype({"value": "string"})


def number(table, column="value", **wanted):
    return float(read(table, **wanted)[column].iloc[0])


@pytest.fixture(scope="module")
def india():
    return vintage("2026-11-25", FROZEN)


@pytest.fixture(scope="module")
def by_hand():
    content = number("assumptions", assumption="rare_earth_content", segment="NdFeB magnet") / 100
    loss = number("assumptions", assumption="loss", segment="oxide to metal") / 100
    lowest, highest = (number("assumptions", end, segment="machining") / 100 for end in ("low", "high"))
    factor = (2 * 144.242 + 3 * 15.999) / (2 * 144.242)
    neodymium, praseodymium = (
        number("assumptions", segment=f"{name} in oxide mined in India") for name in ("neodymium", "praseodymium")
    )
    both = number("assumptions", segment="oxide mined in India")
    contained = content * factor
    most = factor / (1 - loss) * (neodymium + praseodymium) / neodymium
    return {
        "oxide of a tonne": (1.0, most),
        "magnets of a tonne": ((1 - loss) / contained * lowest, most * (1 - loss) / contained),
        "oxide of a magnet": (contained / (1 - loss) / highest, contained / (1 - loss) / lowest),
        "share of the ore": (min(both, neodymium + praseodymium) / 100, max(both, neodymium + praseodymium) / 100),
        "oxide to magnets": ((1 - loss) / contained * lowest, (1 - loss) / contained),
    }


def printed(tonnes, pair, decimals=0):
    return " to ".join(f"{tonnes * end:,.{decimals}f}" for end in pair)


def test_the_answer_prints_what_the_files_give(india, by_hand):
    target = number("outlooks", publisher="IREL", quantity="neodymium output target", period="FY26")
    text = sentences.answer(supply.aims(india), india).text
    assert f"{target:.0f} t would make {printed(target, by_hand['magnets of a tonne'])} t of magnets" in text
    assert f"makes {printed(2 * target, by_hand['magnets of a tonne'])} t of magnets" in text
    assert f"come to {printed(2 * target, by_hand['oxide of a tonne'])} t of oxide" in text
    for measure, period in (("output", "2025"), ("output_bgs", "2024")):
        rows = read("production", area="IND", stage="mine", measure=measure, period=period)
        mined = float(rows[rows["value"] != ""]["value"].iloc[0])
        assert f"{mined:,.0f} t of oxide by" in text
        assert f"holds {printed(mined, by_hand['share of the ore'])} t of it" in text


def test_the_need_of_the_scheme_prints_what_the_files_give(india, by_hand):
    capacity = number("assumptions", assumption="scheme_capacity")
    some, every = (number("assumptions", assumption="scheme_bidders", segment=s) for s in ("promised oxide", "chosen"))
    text = sentences.scheme(supply.aims(india), india).text
    assert f"take {printed(capacity, by_hand['oxide of a magnet'])} t of oxide" in text
    assert f"take {printed(capacity * some / every, by_hand['oxide of a magnet'])} t;" in text


def test_what_japan_buys_prints_what_the_files_give(india, by_hand):
    sold = number("trade", "low", reporter="IND", partner="JPN", hs="RE all")
    low, high = (
        sold * share * made
        for share, made in zip(by_hand["share of the ore"], by_hand["oxide to magnets"], strict=True)
    )
    motors = read("assumptions", assumption="magnet_intensity", segment="ev_car")
    kilograms = pd.to_numeric(motors[["value", "low", "high"]].stack(), errors="coerce").dropna()
    cars = low / kilograms.max(), high / kilograms.min()
    year = number("drivers", indicator="ev_registrations", segment="4w", period="2025") / 1000
    text = ore.japan(india).text
    assert f"makes {low:,.0f} to {high:,.0f} t of magnets" in text
    assert f"{cars[0]:,.0f} to {cars[1]:,.0f} thousand electric cars" in text
    assert f"{cars[0] / year:.1f} to {cars[1] / year:.1f} times the {year:.0f} thousand registered in 2025" in text


def test_the_cover_of_the_first_year_prints_what_the_files_give(india, by_hand):
    ends = []
    for publisher, start, end in (
        ("Financial Express", 4000, 8000), ("Primus Partners", (4000 + 4010) / 2, 7150), ("Scheme", 4010, 8220),
    ):  # fmt: skip
        rows = read("outlooks", scope="repm", unit="t")
        stored = rows[rows["publisher"].str.startswith(publisher)].set_index("period")["value"].astype(float)
        assert stored["2030"] == end
        ends.append(start * (end / start) ** (0.25 / 5))
    plan = number("outlooks", publisher="IREL", quantity="neodymium output plan", period="FY26")
    low, high = (plan * made for made in by_hand["magnets of a tonne"])
    text = sentences.cover(coverage.cover(coverage.expected_use(india), india), india).text
    assert f"for {100 * low / max(ends):.0f} to {100 * high / min(ends):.0f} % of the use expected for FY26" in text
