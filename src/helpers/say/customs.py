"""Sentences of chapter 1: what customs recorded."""

from datetime import date

from helpers import load, trade
from helpers.say.words import between, signed, tonnes
from helpers.show import Sentence, number


def baseline(as_of: str | date) -> Sentence:
    """What the headline tonnage is, and what it is not: the answer of chapter 1."""
    year, halves, lines = trade.imports(as_of).loc["FY25"], trade.halves(as_of), trade.lines(as_of)
    text = (
        f"India recorded {tonnes(year['value'])} of permanent magnets in FY25 under HS 850511 (source {year['source']})"
    )
    if halves.empty:
        return Sentence(f"{text}; how they were spread over the year was not yet public on {as_of}.", answer=True)
    first, second, now = (halves.loc[half] for half in ("FY25-H1", "FY25-H2", "FY26-H1"))
    text += (
        f", a spike and not a level: {tonnes(first['tonnes'])} in the first half ({between(first)}), {tonnes(second['tonnes'])} in the "
        f"second. FY26 began at {tonnes(now['tonnes'])} in six months, a run-rate of {tonnes(2 * now['tonnes'])} a year"
    )
    if not lines.empty:
        text += (
            f". {number(lines['weight_share'].iloc[0] * 100)} % of the weight was ferrite cores, not rare-earth magnets"
        )
    return Sentence(text + ".", answer=True)


def base_effect(as_of: str | date) -> Sentence:
    """How much of the published fall is left when the half before is the yardstick."""
    halves = trade.halves(as_of)
    if halves.empty:
        return Sentence(f"The first half of FY26 was not yet public on {as_of}.")
    fall = trade.imports(as_of, "weight_yoy").loc["FY26-H1", "value"]
    step = (halves.loc["FY26-H1", "tonnes"] / halves.loc["FY25-H2", "tonnes"] - 1) * 100
    return Sentence(
        f"The published change of {number(fall)} % on the year is almost all base effect: against the half before it, the "
        f"first half of FY26 changed by {number(step, 1)} %."
    )


def growth(as_of: str | date) -> Sentence:
    """Volume against value, FY24 to FY25."""
    table = trade.growth(as_of)
    if "USD per kg" not in table.index:
        return Sentence(f"The dollar value of FY25 was not yet public on {as_of}.")
    price = table.loc["USD per kg"]
    return Sentence(
        f"From FY24 to FY25 the tonnes changed by {signed(table.loc['tonnes', 'change'])} and the dollars by "
        f"{signed(table.loc['million USD', 'change'])}, so a kilogram went from {number(price['FY24'], 2)} to "
        f"{number(price['FY25'], 2)} USD: no market for magnets did that in a year."
    )


def not_rare_earth(as_of: str | date) -> Sentence:
    """Why the headline cannot be rare-earth magnets: China's whole-world exports against it."""
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110"}
    weight = load.series("trade", as_of, measure="weight", **keys)
    price = load.series("trade", as_of, measure="unit_value", **keys)["value"].dropna()
    scopes = trade.scopes(as_of)
    years = weight[weight.index.str.fullmatch(r"20\d\d")]["value"].dropna()
    if years.empty or len(scopes) < 2:
        return Sentence(f"China's yearly exports of rare-earth magnets were not yet public on {as_of}.")
    period = "2024" if "2024" in years and "2024" in price else years.index[-1]
    unit = f" at about {number(price[period])} USD/kg" if period in price else ""
    india = trade.growth(as_of)["FY25"].get("USD per kg")
    ours = f"; India's headline was worth {number(india, 2)}" if india is not None else ""
    return Sentence(
        f"China sold {tonnes(years[period])} of rare-earth magnets to the whole world in {period}{unit}{ours}. The narrowest "
        f"count of India's, {scopes.index[-1][0].lower()}{scopes.index[-1][1:]}, is {tonnes(scopes['tonnes'].iloc[-1])}."
    )
