"""What the stored notebooks print, computed a second time from ``data/*.csv`` by pandas and numpy alone.

Nothing of the package is imported: rules are written anew, and each figure is asserted at the digits that it is
printed with, in the stored text of its chapter, as of the day that the notebooks carry. Simulated quantiles are not here.
"""

# fmt: off
# ruff: noqa: E501
import json
import re
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
STORED = {path.name[0]: json.loads(path.read_text(encoding="utf-8")) for path in ROOT.glob("notebooks/*.ipynb")}
DAY = re.search(r'as_of: str = "([\d-]+)"', json.dumps(STORED["1"]).replace('\\"', '"'))[1]
KEYS = ("period", "measure", "hs", "partner", "flow", "reporter")

@cache
def printed(chapter):
    """All that a chapter's cells print, blanks made one and the minus sign a hyphen."""
    outputs = [output for cell in STORED[chapter]["cells"] for output in cell.get("outputs", [])]
    text = " ".join("".join(output.get("data", {}).get("text/plain", "")) for output in outputs)
    return " ".join(text.replace("\N{MINUS SIGN}", "-").split())

@cache
def file(table):
    return pd.read_csv(ROOT / "data" / f"{table}.csv", dtype=dict.fromkeys(("hs", "period", "written"), str))

def read(table, **wanted):
    """Rows that were public on the day, the newest last, those without a value or at second hand left out."""
    rows = file(table)
    rows = rows[(rows["published"] <= DAY) & ~rows["status"].isin(["missing"])]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return rows.sort_values("published", kind="stable")

TRADE = read("trade")
TRADE = TRADE[~TRADE["status"].isin(["unverified", "weak"])]

@cache
def row(period, measure="weight", hs="850511", partner="world", flow="import", reporter="IND"):
    wanted = dict(zip(KEYS, (period, measure, hs, partner, flow, reporter), strict=True))
    rows = TRADE[(TRADE[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    firm = rows[rows["status"].isin(["reported", "derived"])]
    return (firm if len(firm) else rows).iloc[-1]

def v(*keys, column="value"):
    return float(row(*keys)[column])

@cache
def judged(assumption, segment=None, column="value"):
    rows = read("assumptions", assumption=assumption, **({"segment": segment} if segment else {}))
    return float(rows[column].iloc[-1])

def other(table, column="value", **wanted):
    return float(read(table, **wanted)[column].iloc[-1])

def customs():  # Totals, halves, run-rates, the base effect, lines and the identity.
    year = v("FY25")
    fall = np.array([v("FY26-H1", "weight_yoy", column=c) for c in ("value", "high", "low")])
    now = v("FY26-H1")
    first = now / (1 + fall / 100)
    second = year - first[[0, 2, 1]]
    april = v("2025-04") / (1 + np.array([v("2025-04", "weight_yoy", column=c) for c in ("value", "high", "low")]) / 100)
    surge, winter = first - april[[0, 2, 1]], second - v("2025-03")
    yield "first and second half", f"{year:,.0f} t of permanent magnets in FY25 under HS 850511, the international tariff code of metal magnets, a spike and not a level: {first[0]:,.0f} t in the first half ({first[1]:,.0f} to {first[2]:,.0f}), {second[0]:,.0f} t in the second"
    for name, period, ends in (("2024-04", "2024-04", april), ("FY25-H1", "FY25-H1", first), ("FY25-H2", "FY25-H2", second), ("surge", "2024-05/2024-09", surge), ("winter", "2024-10/2025-02", winter)):
        yield f"total of {name}", f"{period} " + " ".join(f"{end:,.0f}" for end in ends) + " derived"
    yield "total of the rest of the newest half", f"2025-05/2025-09 {now - v('2025-04'):,.0f} "
    yield "rate of the surge", f"May–September 2024 at {surge[0] / 5:,.0f} t a month; the others lie at {v('FY21') / 12:,.0f} to {v('2025-04'):,.0f}"
    yield "surge over the next busiest", f"ran at {surge[0] / 5 / v('2025-04'):.1f} times the next busiest"
    yield "base effect", f"of {fall[0]:.0f} % on the year in the first half of FY26, {100 * np.log(second[0] / first[0]) / np.log(now / first[0]):.0f} % (in logarithms, in which successive changes add up) had happened before it began: against the half before it, it changed by {100 * (now / second[0] - 1):.1f} %"
    later = TRADE[(TRADE["period"] == "FY25") & (TRADE["hs"] == "850511") & (TRADE["status"] == "estimate")]
    later = later[(later["measure"] == "weight") & (later["partner"] == "world")].iloc[-1]
    restated = np.array([later[c] - year for c in ("value", "low", "high")])
    for name, rates in (("twice FY26-H1", np.full(3, 2 * now)), ("FY25-H2 and FY26-H1", now + second), ("the same, FY25 as printed later", now + second + restated)):
        yield f"run-rate, {name}", f"{name} " + " ".join(f"{rate:,.0f}" for rate in rates)
    yield "least and greatest run-rate", f"{min(now + second + restated):,.0f} to {max(now + second):,.0f} t a year"
    usd = USD["FY25"]
    yield "identity", f"make {usd + v('FY25', 'value_usd', '85051900'):.1f} million USD (290.8 to 291.0), which is, within rounding, the {v('FY25', 'value_usd', '850511+850519'):.0f}"
    metal, metal_usd = LINES["metal"]
    rest, rest_usd = LINES["ferrite"]
    yield "tonnes by line", f"85051190 85051110 period FY25 {metal:,.0f} {rest:,.0f}"
    yield "line shares and unit value", f"{100 * rest / year:.0f} % of the weight is a line that India calls ferrite cores, at {1000 * rest_usd / rest:.2f} USD/kg"
    yield "line shares by weight and value", f"{100 * rest / year:.0f} % and line 85051190 other metal magnets {100 * metal / year:.0f} %; of the value, {100 * rest_usd / usd:.0f} % and {100 * metal_usd / usd:.0f} %"
    for name, worth, tonnes in (("85051190", metal_usd, metal), ("85051110", rest_usd, rest), ("850511", usd, year)):
        yield f"unit value of {name}", f"{name}, unit value {1000 * worth / tonnes:.2f} "
    before, per = v("FY24"), [1000 * USD["FY24"] / v("FY24"), 1000 * usd / year]
    yield "growth by two totals", f"tonnes {before:,.0f} {year:,.0f} {100 * (year / before - 1):.1f}"
    yield "growth of dollars", f"million USD {USD['FY24']:.1f} {usd:.1f} {100 * (usd / USD['FY24'] - 1):.1f}"
    yield "fall of the unit value", f"from {per[0]:.2f} USD/kg to {per[1]:.2f} USD/kg, a change of {100 * (per[1] / per[0] - 1):.0f} %"

INR = {"FY25": v("FY25", "value_inr"), "FY24": v("FY25", "value_inr") / (1 + v("FY25", "value_yoy") / 100)}
RATE = {year: other("prices", item="INR per USD", basis="fiscal-year mean", period=year) for year in INR}
USD = {year: INR[year] * 10 / RATE[year] for year in INR}
METAL = v("FY25", "weight", "85051190", "CHN") / v("FY25", "weight_share", "85051190", "CHN") * 100, v("FY25", "value_usd", "85051190")
LINES = {"metal": METAL, "ferrite": (v("FY25") - METAL[0], USD["FY25"] - METAL[1])}

def bennet():  # Volume, mix and unit value over every split of the year before that fits its totals.
    months = [f"2023-{m:02}" for m in range(4, 13)] + [f"2024-{m:02}" for m in range(1, 4)]
    paid = TRADE[(TRADE["measure"] == "unit_value") & (TRADE["reporter"] == "CHN") & TRADE["period"].isin(months)]
    dearest, metal_usd = paid["value"].mean(), v("FY24", "value_usd", "85051190")
    q1 = np.array([LINES["ferrite"][0], LINES["metal"][0]])
    u1 = np.array([LINES["ferrite"][1], LINES["metal"][1]]) / q1 * 1000
    def terms(total, usd, metal):
        q0 = np.array([total - metal, metal])
        u0, s0, s1 = 1000 * np.array([usd - metal_usd, metal_usd]) / q0, q0 / total, q1 / q1.sum()
        mean = (total + q1.sum()) / 2 / 1000
        return ((q1.sum() - total) / 1000 * (s0 * u0 + s1 * u1).sum() / 2, mean * ((u0 + u1) / 2 * (s1 - s0)).sum(), mean * ((s0 + s1) / 2 * (u1 - u0)).sum(), u0[::-1])
    inr_low, inr_high = (INR["FY25"] / (1 + v("FY25", "value_yoy", column=c) / 100) for c in ("high", "low"))
    totals = [v("FY24", column=c) for c in ("value", "low", "high")]
    worth = [USD["FY24"], inr_low * 10 / RATE["FY24"], inr_high * 10 / RATE["FY24"]]
    grid = np.linspace(metal_usd * 1000 / dearest, totals[0] - (USD["FY24"] - metal_usd) * 1000 / dearest, 2_001)
    table = [terms(totals[0], USD["FY24"], metal) for metal in grid]
    mild, wild = (int(pick([of[2] for of in table])) for pick in (np.argmax, np.argmin))
    ends = [terms(total, usd, grid[mild])[2] for total, usd in product(totals, worth)]
    yield "mildest split", (r"In the mildest case line 85051190 stood at ([\d.]+) and ferrite cores at ([\d.]+) USD/kg", table[mild][3], 0.06)
    yield "mildest effect of unit values", f"unit values did {table[mild][2]:.0f} million USD ({min(ends):.0f} to {max(ends):.0f} by the rounding)"
    yield "most extreme split", f"at {table[wild][3][0]:.2f} and {table[wild][3][1]:.2f} USD/kg, {table[wild][2]:.0f} million USD"
    cheapest = 1000 * (USD["FY24"] - metal_usd) / totals[0]
    yield "ferrite at its least", f"they would have cost {min(1000 * (worth[1] - metal_usd) / totals[2], cheapest):.2f} USD/kg; in FY25 they cost {u1[0]:.2f} USD/kg"

def mirror():  # Both sides of the border, the excess, the level, and the screen of all lines.
    rows = TRADE[TRADE["period"].isin(["2022", "2024"]) & TRADE["measure"].isin(["weight", "value_usd"])]
    china = rows[((rows["reporter"] == "IND") & (rows["partner"] == "CHN") & (rows["flow"] == "import")) | ((rows["reporter"] == "CHN") & (rows["partner"] == "IND"))]
    wide = china.assign(row=china["flow"] + china["measure"])
    wide = wide.pivot_table("value", ["period", "hs"], "row", "last").dropna()
    wide = wide[(wide > 0).all(axis=1) & wide.index.get_level_values("hs").str.fullmatch(r"\d{6}")]
    w, u = wide["importweight"] / wide["exportweight"], wide["importvalue_usd"] / wide["exportvalue_usd"]
    apart, near = judged("mirror_rule", "weights apart from"), judged("mirror_rule", "values together up to")
    for year in ("2022", "2024"):
        at = wide.loc[(year, "850511")]
        yield f"ratios of {year}", f"{year} {w[year, '850511']:.2f} {u[year, '850511']:.2f} "
        yield f"unit values of {year}", f"{year} {1000 * at['importvalue_usd'] / at['importweight']:.2f} {1000 * at['exportvalue_usd'] / at['exportweight']:.2f}"
    yield "both counts of 2024", (f"For 2024 India records {at['importweight']:,.0f} t from China, worth {at['importvalue_usd']:.1f} million USD; " f"China counts {at['exportweight']:,.0f} t for India, worth {at['exportvalue_usd']:.1f} million USD")
    yield "both counts of 2022", f"In 2022 the weights were {w['2022', '850511']:.1f} times apart and the values {u['2022', '850511']:.1f} times"
    excess, gap = at["importweight"] - at["exportweight"], at["importvalue_usd"] - at["exportvalue_usd"]
    low, high = (judged("mirror_rule", "price of ferrite", end) * excess / 1000 for end in ("low", "high"))
    yield "excess and its value", f"the excess of {excess:,.0f} t would be worth {low:.0f} to {high:.0f} million USD; the values differ by {gap:.0f} million USD, so at most {100 * gap / low:.0f} %"
    own, least = v("2024"), v("2024", "weight", "850511", "IND", "export", "world")
    most = at["exportweight"] * w["2022", "850511"] + own - at["importweight"]
    both = v("2024", "weight_reconciled")
    for name, tonnes in (("what all exporters report", least), ("both sides, reconciled by others", both), ("China's figure at the ratio of 2022", most)):
        yield f"level: {name}", f"{name} {tonnes:,.0f}"
    yield "level", f"{round(least, -2):,.0f} to {round(most, -2):,.0f} t in 2024, where it records {own:,.0f} t"
    yield "share that never came", f"{100 * (1 - most / own):.0f} to {100 * (1 - least / own):.0f} % of that weight, by our reading, never came"
    yield "year against calendar year", f"records {v('FY25'):,.0f} t ({v('FY25') - own:,.0f} t against it)"
    month, rate = v("2024-12", "weight", "850511", "IND", "export", "world"), (v("FY25") - v("FY26-H1") / 0.44 - v("2025-03")) / 5
    usual = v("2022") / v("2022", "weight", "850511", "IND", "export", "world")
    yield "a month of all exporters", f"report {month:,.0f} t, while India's count runs at {rate:,.0f} t a month"
    yield "that month's ratio", f"{rate / month:.1f} times as much, where in 2022 it was {usual:.1f} times"
    marked = (np.maximum(w, 1 / w) >= apart) & (np.maximum(u, 1 / u) <= near)
    now, gaps = marked["2024"], np.log(w / u)["2024"]
    assert now.index[now].tolist() == ["850511"]
    yield "the only one", f"HS 850511 is the only one of {len(now)} lines in 2024"
    for words, some in ((" whose values agree", np.maximum(u, 1 / u)["2024"] <= near), ("", now | True)):
        away = (gaps[some] - gaps[some].median()).abs()
        scores = away / 1.4826 / away.median()
        yield f"score among {'all' if not words else 'those together'}", f"{some.sum()}{words} its weights stand {scores['850511']:.1f} robust"
    further = sorted(scores.index[scores > 3.5])
    yield "lines further out", f"Further out lie {', '.join(further[:-1])} and {further[-1]}, of each of which India records {wide.loc['2024'].loc[further, 'importweight'].max():.0f} t or less"
    then = marked["2022"]
    yield "marked in the other year", f"Of {len(then)} in 2022 the rule marks HS {', '.join(then.index[then])}"

def suppliers():  # China's share and Herfindahl's index by both counts, weight and value.
    for year, (count, flow), (word, measure) in product(("2022", "2024"), (("India", "import"), ("the exporters", "export")), (("weight", "weight"), ("value", "value_usd"))):
        own, them = ("reporter", "partner") if flow == "import" else ("partner", "reporter")
        rows = TRADE[(TRADE["flow"] == flow) & (TRADE[own] == "IND") & (TRADE["hs"] == "850511")]
        rows = rows[(rows["period"] == year) & (rows["measure"] == measure)].dropna(subset="value")
        tonnes = rows.groupby(them)["value"].last()
        whole, parts = tonnes["world"], tonnes.drop("world")
        low, rest = ((parts / whole) ** 2).sum(), 1 - parts.sum() / whole
        line = f"{word} {(parts > 0).sum()} {parts['CHN'] / whole:.3f} {low:.3f} {low + rest**2:.3f}"
        yield f"{count} by {word} in {year}", line

def history():  # 23 years of value.
    rows = TRADE[(TRADE["reporter"] == "IND") & (TRADE["hs"] == "850511") & (TRADE["flow"] == "import")]
    every = rows[rows["measure"] == "value_fob_listed"].groupby("period")["value"].last()
    china = rows[(rows["measure"] == "value_fob") & (rows["partner"] == "CHN")].groupby("period")["value"].last()
    cuts = [every.index[0], "2010", "2020", every.index[-1]]
    for since, until in pairwise(cuts):
        rate = 100 * ((every[until] / every[since]) ** (1 / (int(until) - int(since))) - 1)
        yield f"growth from {since}", f"{since} {until} {every[since]:.1f} {every[until]:.1f} {rate:.1f} {100 * china[until] / every[until]:.1f}"
    yield "value in 23 years", f"worth {every.iloc[-1] / every.iloc[0]:.1f} times as much in 2024 as in 2002, {100 * china.iloc[-1] / every.iloc[-1]:.0f} %"
    yield "China's part", f"China's part rose from {100 * china.iloc[0] / every.iloc[0]:.0f} % to {100 * china.iloc[-1] / every.iloc[-1]:.0f} %"

def reconciliation():  # Estimates of rare-earth magnets and what pairs of them need, but for the simulated one.
    press = v("FY25", "weight", "REPM")
    low, high = (v("2025", "weight", "85051110", "IND", "export", "CHN", column=c) for c in ("low", "high"))
    use, at, usd = other("production", area="IND", stage="use"), (low * high) ** 0.5, v("FY25", "value_inr", "REPM") * 1e4 / RATE["FY25"]
    yield "estimates", f"What the press quotes, FY25: {press:,.0f} t. What India is said to use, 2025: {use:,.0f} t. What China ships on its own line, 2025: {low:,.0f} to {high:,.0f} t."
    months = TRADE[(TRADE["measure"] == "unit_value") & (TRADE["reporter"] == "CHN") & TRADE["period"].str.fullmatch(r"2024-(0[4-9]|1\d)")]
    side = np.exp(1.645 * judged("composition_prior", "price of rare-earth magnets, spread"))
    paid = f"{months['value'].mean() / side:.1f} to {months['value'].mean() * side:.1f} no"
    cost = [judged("composition_prior", "unit value of other magnets", end) for end in ("low", "high")]
    def left(value, tonnes, of, other):
        return (value - (tonnes - of) * other) / of
    def band(value, tonnes, spec):
        ends = [left(value, tonnes, of, other) for of in (low, high) for other in cost]
        return f"{left(value, tonnes, at, sum(cost) / 2):{spec}} USD/kg ({min(ends):{spec}} to {max(ends):{spec}}) {paid}"
    yield "press and China, price", f"{usd / at:.2f} USD/kg ({usd / high:.2f} to {usd / low:.1f}) {paid}"
    yield "press and use, price", f"{usd / use:.2f} USD/kg {paid}"
    yield "press and China, part", f"{100 * press / at:.1f} % ({100 * press / high:.1f} to {100 * press / low:.1f})"
    yield "press and use, inside goods", f"{100 * (1 - press / use):.1f} % 0 to 60.0 no"
    growth = [100 * ((tonnes / press) ** (4 / 3) - 1) for tonnes in (at, low, high, use)]
    yield "press and China, growth", f"{growth[0]:.0f} % a year ({growth[1]:.0f} to {growth[2]:.0f})"
    yield "press and use, growth", f"{growth[3]:.0f} % a year"
    own = [v("FY25", of, "85051190", "CHN") for of in ("value_usd", "weight")]
    yield "price and China, price", band(1000 * own[0], own[1], ".1f")
    theirs = [v("2024", of, "850511", "IND", "export", "CHN") for of in ("value_usd", "weight")]
    yield "price and China, China's own value", band(1000 * theirs[0], theirs[1], ".1f")
    ends = [left(1000 * LINES["metal"][1], LINES["metal"][0], use, of) for of in (sum(cost) / 2, *reversed(cost))]
    yield "price and use, price", f"{ends[0]:.1f} USD/kg ({ends[1]:.1f} to {ends[2]:.1f}) {paid}"
    rest = sum(v("FY25", "value_usd", hs, "CHN") for hs in ("85051900", "85059000"))
    most = 1000 * rest * side / months["value"].mean()
    yield "other codes", f"0 to {round(most, -1):,.0f} yes"
    yield "China and use, inside goods", f"{100 * (1 - at / use):.2f} % (0 to {100 * (1 - low / use):.1f}) 0 to 60.0 yes"

def posterior():  # Prior, observed ratios, densities, Bayes factors and the weights after each evidence.
    names = ["quantity error", "stock-building, paid back", "real and persistent"]
    own, their = ([v(y, "weight", "850511", *side) for y in ("2022", "2024")] for side in (("CHN",), ("IND", "export", "CHN")))
    values = v("2024", "value_usd", "850511", "CHN"), v("2024", "value_usd", "850511", "IND", "export", "CHN")
    year, before = v("FY25"), v("FY24")
    first = v("FY26-H1") / (1 + v("FY26-H1", "weight_yoy") / 100)
    observed = {"unit_value": 1 - np.log(INR["FY25"] / INR["FY24"]) / np.log(year / before), "rest_of_year": np.log(2 * (year - first) / before) / np.log(2 * first / before), "year_after": np.log(2 * v("FY26-H1") / before) / np.log(year / before), "mirror_weight": np.log(own[1] / their[1] / (own[0] / their[0])) / np.log(own[1] / own[0]), "mirror_value": (values[0] - values[1]) * 1000 / (own[1] - their[1]) / judged("mirror_rule", "price of ferrite")}
    weight = np.array([judged("reading_prior", name) for name in names])
    yield "prior", "before any evidence – – – – – " + " ".join(f"{100 * w:.0f}" for w in weight)
    floor, tempering = (judged("evidence_rule", name) for name in ("floor", "tempering"))
    for name, number in observed.items():
        low, middle, high = (np.array([judged(f"evidence_{name}", n, c) for n in names]) for c in ("low", "value", "high"))
        spread = np.where(number < middle, middle - low, high - middle) / 1.2815515655446004
        dense = np.exp(-(((number - middle) / spread) ** 2) / 2) / spread
        dense /= dense.max()
        fit = ((1 - floor) * dense + floor * dense.mean()) ** tempering
        weight = weight * fit / (weight * fit).sum()
        fits = " ".join(f"{f:.2f}" for f in fit / fit.max())
        yield f"evidence {name}", f"{number:.2f} {fits} {fit[0] / fit[1:].max():.1f} " + " ".join(f"{100 * w:.0f}" for w in weight)
    error, stocks, lasting = (f"{100 * w:.0f} %" for w in weight)
    yield "weights", f"three readings of FY25 (error {error}, stock-building {stocks}, persistent demand {lasting})"
    rate = [100 * ((b / a) ** (1 / n) - 1) for a, b, n in ((v("FY21"), before, 3), (before, year, 1), (v("FY21"), year, 4))]
    yield "yearly growth", f"FY24 {before:,.0f} {rate[0]:.1f} FY25 {year:,.0f} {rate[1]:.1f}"
    yield "newest half at its yearly rate", f"At the pace so far, {2 * v('FY26-H1'):,.0f} t a year"

def chain():  # Ore, oxide, neodymium and magnets, by what neodymium may mean.
    content, loss = judged("rare_earth_content", "NdFeB magnet") / 100, judged("loss", "oxide to metal") / 100
    worst, best = (judged("yield", "machining", end) / 100 for end in ("low", "high"))
    factor = (2 * 144.242 + 3 * 15.999) / (2 * 144.242)
    nd, pr = (judged("rare_earth_content", f"{name} in oxide mined in India") for name in ("neodymium", "praseodymium"))
    fifth = judged("rare_earth_content", "oxide mined in India")
    share, most = np.array([min(fifth, nd + pr), max(fifth, nd + pr)]) / 100, factor / (1 - loss) * (nd + pr) / nd
    made = (1 - loss) / content / factor * np.array([worst, 1])
    magnets, oxide = made * [1, most], np.array([1, most])
    need = content * factor / (1 - loss) / np.array([best, worst])
    def ends(pair, decimals=0):
        return " to ".join(f"{round(end, 6):,.{decimals}f}" for end in pair)

    target = other("outlooks", publisher="IREL", quantity="neodymium output target", period="FY26")
    yield "magnets of the target", f"{target:.0f} t would make {ends(target * magnets)} t of magnets"
    yield "magnets of the furthest target", f"{2 * target:.0f} t in 2030, makes {ends(2 * target * magnets)} t of magnets"
    yield "oxide of the furthest target", f"{2 * target:.0f} t of neodymium come to {ends(2 * target * oxide)} t of oxide"
    for publisher, measure in (("USGS", "output"), ("BGS", "output_bgs")):
        rows = read("production", area="IND", stage="mine", measure=measure).dropna(subset="value")
        mined = rows[rows["status"] != "unverified"].sort_values("period", kind="stable").iloc[-1]
        text = f"The ore mined in {mined['period']}, {mined['value']:,.0f} t of oxide by the count of {publisher}, holds "
        yield f"ore by {publisher}", text + f"{ends(mined['value'] * share)} t of it"
    for tonne, words in ((1, "oxide of both"), (most / ((nd + pr) / nd), "metal of both"), ((nd + pr) / nd, "oxide of neodymium alone"), (most, "metal of neodymium alone")):
        yield f"a tonne as {words}", f"{words} {tonne:.2f} {tonne * made[0]:.2f} {tonne * made[1]:.2f}"
    for period in ("FY26", "FY27"):
        plan = other("outlooks", publisher="IREL", quantity="neodymium output plan", period=period)
        low, high = plan * magnets
        yield f"magnets of the plan of {period}", (rf"{period} planned {plan:.0f} – .*? ([\d,]+) ([\d,]+) FY", (low, high), 0.51)
    capacity = judged("scheme_capacity")
    some, all_of = (judged("scheme_bidders", name) for name in ("promised oxide", "chosen"))
    yield "need of the scheme", f"{capacity:,.0f} t a year, take {ends(capacity * need)} t of oxide"
    yield "need of three of five", f"Equal plants of these take {ends(capacity * some / all_of * need)} t"
    yield "need over target", f"take {capacity * need[0] / (2 * target * most):.1f} to {capacity * need[1] / (2 * target):.1f} times the oxide"
    sold = v("2024", "weight", "RE all", "JPN", "export", column="low")
    low, high = sold * share * made
    kilos = read("assumptions", assumption="magnet_intensity", segment="ev_car")[["value", "low", "high"]].stack().dropna()
    cars = np.array([low / kilos.max(), high / kilos.min()])
    cars_now = other("drivers", indicator="ev_registrations", segment="4w", period="2025") / 1000
    yield "magnets of what Japan buys", f"makes {low:,.0f} to {high:,.0f} t of magnets a year"
    yield "cars of what Japan buys", f"{ends(cars)} thousand electric cars"
    yield "cars over those registered", f"{ends(cars / cars_now, 1)} times the {cars_now:.0f} thousand registered in 2025"
    bases, uses = [4000, (4000 + 4010) / 2, 4010], []
    for start, publisher in zip(bases, ("Financial Express", "Primus Partners", "Scheme document, as quoted by jewelsofodisha"), strict=True):
        uses.append(start * (other("outlooks", publisher=publisher, scope="repm", period="2030") / start) ** (0.25 / 5))
    plan = other("outlooks", publisher="IREL", quantity="neodymium output plan", period="FY26")
    yield "cover of the first year", f"{100 * plan * magnets[0] / max(uses):.0f} to {100 * plan * magnets[1] / min(uses):.0f} % of the use expected for FY26"

CHAPTERS = {customs: "1", bennet: "1", mirror: "1", suppliers: "1", history: "1", reconciliation: "1", posterior: "4", chain: "2"}

@pytest.mark.parametrize("of", CHAPTERS, ids=lambda of: of.__name__)
def test_the_notebook_prints_what_the_files_give(of):
    text, missed = printed(CHAPTERS[of]), {}
    for name, said in of():
        if isinstance(said, str):
            missed |= {} if " ".join(said.split()) in text else {name: said}
            continue
        pattern, wanted, within = said
        found = re.search(pattern, text)
        told = [float(g.replace(",", "")) for g in found.groups()] if found else None
        missed |= {} if found and told == pytest.approx(list(wanted), abs=within) else {name: (pattern, wanted, told)}
    assert missed == {}
