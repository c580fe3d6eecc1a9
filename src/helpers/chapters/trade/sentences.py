"""Sentences of chapter 1: what customs recorded."""

import inspect

from helpers.chapters.outputs import Sentence, number
from helpers.chapters.trade import lines, prices, suppliers
from helpers.chapters.words import between, signed
from helpers.chapters.words import tonnes as as_tonnes
from helpers.data import Vintage
from helpers.methods import composition
from helpers.outlook import customs


def baseline(india: Vintage) -> Sentence:
    """What the headline tonnage is, and what it is not: the answer of chapter 1."""
    year, halves, lines = customs.imports(india).loc["FY25"], customs.halves(india), customs.lines(india)
    text = f"India recorded {as_tonnes(year['value'])} of permanent magnets in FY25 under HS 850511 (source {year['source']})"
    if halves.empty:
        return Sentence(f"{text}; how they were spread over the year was not yet public on {india.day}.", answer=True)
    first, second, now = (halves.loc[half] for half in ("FY25-H1", "FY25-H2", "FY26-H1"))
    text += (
        f", a spike and not a level: {as_tonnes(first['tonnes'])} in the first half ({between(first)}), {as_tonnes(second['tonnes'])} in the "
        f"second. FY26 began at {as_tonnes(now['tonnes'])} in six months, a run-rate of {as_tonnes(2 * now['tonnes'])} a year"
    )
    if not lines.empty:
        text += (
            f". {number(lines['weight_share'].iloc[0] * 100)} % of the weight was ferrite cores, not rare-earth magnets"
        )
    return Sentence(text + ".", answer=True)


def base_effect(india: Vintage) -> Sentence:
    """How much of the published fall is left when the half before is the yardstick."""
    halves = customs.halves(india)
    if halves.empty:
        return Sentence(f"The first half of FY26 was not yet public on {india.day}.")
    fall = customs.imports(india, "weight_yoy").loc["FY26-H1", "value"]
    step = (halves.loc["FY26-H1", "tonnes"] / halves.loc["FY25-H2", "tonnes"] - 1) * 100
    share = customs.base_effect(india) * 100
    return Sentence(
        f"Of the published change of {number(fall)} % on the year, {number(share)} % (in logs) had happened before the half began: against the half before it, the first half of FY26 changed by {number(step, 1)} %."
    )


def growth(india: Vintage) -> Sentence:
    """Volume against value, FY24 to FY25."""
    table = customs.growth(india)
    if "USD per kg" not in table.index:
        return Sentence(f"The dollar value of FY25 was not yet public on {india.day}.")
    price = table.loc["USD per kg"]
    return Sentence(
        f"From FY24 to FY25 the tonnes changed by {signed(table.loc['tonnes', 'change'])} and the dollars by "
        f"{signed(table.loc['million USD', 'change'])}, so a kilogram went from {number(price['FY24'], 2)} to "
        f"{number(price['FY25'], 2)} USD: no market for magnets did that in a year."
    )


def not_rare_earth(india: Vintage) -> Sentence:
    """Why the headline cannot be rare-earth magnets: China's whole-world exports against it."""
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110"}
    weight = india.series("trade", measure="weight", **keys)
    price = india.series("trade", measure="unit_value", **keys)["value"].dropna()
    scopes = customs.scopes(india)
    years = weight[weight.index.str.fullmatch(r"20\d\d")]["value"].dropna()
    if years.empty or len(scopes) < 2:
        return Sentence(f"China's yearly exports of rare-earth magnets were not yet public on {india.day}.")
    period = "2024" if "2024" in years and "2024" in price else years.index[-1]
    unit = f" at about {number(price[period])} USD/kg" if period in price else ""
    india = customs.growth(india)["FY25"].get("USD per kg")
    ours = f"; India's headline was worth {number(india, 2)}" if india is not None else ""
    return Sentence(
        f"China sold {as_tonnes(years[period])} of rare-earth magnets to the whole world in {period}{unit}{ours}. The narrowest "
        f"count of India's, {scopes.index[-1][0].lower()}{scopes.index[-1][1:]}, is {as_tonnes(scopes['tonnes'].iloc[-1])}."
    )


def identity(india: Vintage) -> Sentence:
    """Why the press series is HS 850511: two values that meet."""
    steps = lines.identity(india)
    wanted = ["850511 + 850519, value", "the same, as SBI has it"]
    if not set(wanted) <= set(steps.index):
        return Sentence(f"The values by tariff line were not yet public on {india.day}.")
    ours, bank = (steps.loc[step] for step in wanted)
    return Sentence(
        f"No publisher names the code behind the headline. The rupee value and line 85051900 together make {number(ours['value'], 1)} million USD "
        f"({number(ours['low'], 1)} to {number(ours['high'], 1)}), which is the {number(bank['value'])} that a bank calls rare-earth magnets: "
        "so the headline is all of HS 850511, and the bank's figure is 850511 and 850519 together."
    )


def price_fall(india: Vintage) -> Sentence:
    """What the decomposition says, and what is left to explain it."""
    splits = lines.volume_mix_price(india)
    if splits.empty:
        return Sentence(f"The tariff lines of FY24 were not yet public on {india.day}.")
    ferrite = splits.columns[1]
    now = customs.lines(india)["usd_per_kg"].iloc[0]
    mildest = splits[ferrite].min()
    mix = (splits["mix"] / (splits["mix"] + splits["price"])).agg(["min", "max"]) * 100
    return Sentence(
        f"Mix explains {number(mix['min'])} to {number(mix['max'])} % of the fall in unit value; the rest happened within the lines. Even the mildest "
        f"split has ferrite cores go from {number(mildest, 2)} to {number(now, 2)} USD/kg in a year ({signed(now / mildest - 1)}). Three explanations are alive: "
        "cheap goods moved into the line ahead of an anti-dumping duty, cheap ferrite really surged, or a few entries carry a wrong quantity."
    )


def decision_rule() -> Sentence:
    """How monthly figures by line would settle it: the rule of ``composition.explain_excess`` in words."""
    rule = {name: p.default for name, p in inspect.signature(composition.explain_excess).parameters.items()}
    share = number(rule["excess_share"] * 100)
    return Sentence(
        f"The rule, set before any monthly figure was seen: if {share} % of the excess sits in {rule['few_cells']} entries or fewer below "
        f"{number(rule['cheap_below'], 1)} USD/kg, it is an error or a reclassification; if {share} % is spread over more than {rule['many_cells']} entries at "
        f"{number(rule['ferrite_low'], 1)} to {number(rule['ferrite_high'], 1)} USD/kg, it is a real surge of ferrite; otherwise it stays open."
    )


def rare_earth_part(india: Vintage) -> Sentence:
    """How much of the headline is rare-earth magnet, by its price."""
    part = lines.rare_earth_part(india)
    if part.empty:
        return Sentence(f"The figures for a composition estimate were not all public yet on {india.day}.")
    tonnes, share = part["tonnes"], part["share"] * 100
    return Sentence(
        f"By its price, {as_tonnes(tonnes[0.5])} of the weight are rare-earth magnets (90 % interval {number(round(tonnes[0.05], -1))} to "
        f"{number(round(tonnes[0.95], -1))}), {number(share[0.5])} % of the headline ({number(share[0.05], 1)} to {number(share[0.95], 1)} %). "
        "More enter inside motors, speakers and compressors, which customs count elsewhere."
    )


def concentration(india: Vintage) -> Sentence:
    """China's share by weight and value, and the bounds of the concentration it implies."""
    table = suppliers.dependence_on_china(india)
    weight = table.xs("weight", level="basis").loc["850511"]
    text = (
        f"China sold India {number(weight['cr1'] * 100)} % of the weight in FY25, so the Herfindahl index of suppliers lies between "
        f"{number(weight['hhi_low'], 3)} and {number(weight['hhi_high'], 3)} whoever sold the rest"
    )
    if ("85051190", "value") in table.index:
        line = table.loc["85051190"]["cr1"] * 100
        text += f". By value it is less one-sided: of line 85051190 China has {number(line['weight'])} % of the weight and {number(line['value'])} % of the value"
    return Sentence(text + ".")


def out_of_line(india: Vintage) -> Sentence:
    """Quantities in India's own statistics that do not fit their neighbours."""
    tested = suppliers.out_of_line(india)
    flagged = tested[tested["flagged"]]
    if flagged.empty:
        return Sentence(f"No yearly figure public on {india.day} could be shown to be out of line.")
    rows = "; ".join(
        f"exports of {row.line} in {row.period}, {as_tonnes(row.tonnes)} at {number(row.usd_per_kg, 2)} USD/kg where {number(row.usual_usd_per_kg, 2)} is usual"
        for row in flagged.itertuples()
    )
    return Sentence(
        f"Such slips exist in these statistics. A robust test of {len(tested)} yearly unit values flags {len(flagged)}: {rows}."
    )


def three_growths(india: Vintage) -> Sentence:
    """Rupees, dollars and tonnes reconciled."""
    bridge = prices.growth_bridge(india)["per_cent"] / 100
    if bridge.empty:
        return Sentence(f"Rupee value and exchange rate of FY25 were not both public on {india.day}.")
    part = bridge.map(signed)
    return Sentence(
        f"Three growth rates of FY25 are quoted, and all hold: {part['value_inr']} in rupees and {part['value_usd']} in dollars, because the price of a dollar changed by "
        f"{part['inr_per_usd']}; and {part['tonnes']} in tonnes, because that of a kilogram changed by {part['unit_value_usd']} in dollars."
    )
