"""Parts of sentences about a forecast: templates with what fills them."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.forecast.tables import READING, SHORT, rounded
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import demand, evidence, forecast, readings, targets
from helpers.outlook.episodes import suspect


def ends(table: pd.DataFrame, india: Vintage) -> list[str]:
    """The year that runs and the last year of a forecast; one if they are the same."""
    return list(dict.fromkeys([forecast.running(table, india), table["period"].iloc[-1]]))


def expected(
    table: pd.DataFrame, periods: list[str], india: Vintage, scenario: str = forecast.MIXTURE
) -> dict[str, Quantity]:
    """The forecast of each year it has, rounded as it is said."""
    uses = forecast.used(india, table["target"].iloc[0], scenario)
    found = {period: forecast.at(table, period, scenario, uses) for period in periods}
    return {period: rounded(quantity) for period, quantity in found.items() if quantity is not None}


def listed(
    found: dict[str, Quantity], what: str = "", *, interval: bool = True, explained: bool = False, key: str = "q"
) -> tuple[str, dict]:
    """``34,600 t of magnets (80 % interval 22,700 to 54,400) in FY27 and ...`` as a template and its parts."""
    texts: list[str] = []
    parts: dict[str, Quantity | str] = {}
    for place, (period, quantity) in enumerate(found.items()):
        name, year = f"{key}{place}", f"{key}{place}_year"
        of = f" of {what}" if what and not place else ""
        span = f"{'' if place else '80 % interval '}{{{name}:range}}"
        if explained and not place:
            texts.append(f"{{{name}}}{of} in {{{year}}} ({{{name}_months}}; {span})")
            parts |= {f"{name}_months": months(period)}
        else:
            told = interval and not pd.isna(quantity.low)
            texts.append(f"{{{name}}}{of}{f' ({span})' if told else ''} in {{{year}}}")
        parts |= {name: quantity, year: period}
    return words.listed(texts) if texts else "", parts


def weighed(india: Vintage, target: str) -> tuple[str, dict]:
    """What the mixture weighs, as a template and its parts."""
    licences, episode = "what China's licences may let through", suspect(india, target)
    if episode is None:
        both = "goes from use that was counted to what sectors need, and " if demand.demand(india) else ""
        return f"{both if target == targets.REPM.name else ''}weighs {licences}", {}
    text, parts = read_as(india, SHORT, "{} {}")
    if len(parts) == 1:
        return f"reads {{suspect}} as {read_as(india)[0]} and weighs {licences}", parts | {"suspect": episode.year}
    over = f"weighs {words.count(len(parts))} readings of {{suspect}} ({text}) and {licences}"
    return over, parts | {"suspect": episode.year}


def read_as(india: Vintage, names: dict[str, str] = READING, form: str = "{} with {}") -> tuple[str, dict]:
    """The readings of the suspect year with their weights, the likeliest first, as a template and its parts."""
    rows = evidence.table(india)
    shares = readings.weights(india).sort_values(ascending=False, kind="stable")
    shares = shares[shares > 0]
    parts = {f"w{place}": words.chance(derived(100 * share, "%", rows)) for place, share in enumerate(shares)}
    said = [f"{{w{place}}}" for place in range(len(shares))]
    return ", ".join(form.format(names[name], share) for name, share in zip(shares.index, said, strict=True)), parts


def spanned(rows: pd.DataFrame, unit: str) -> Quantity:
    """The range of the values of some rows."""
    return derived(rows["value"].median(), unit, rows, low=rows["value"].min(), high=rows["value"].max())


def months(period: str) -> str:
    first, *_, last = fiscal.months(period)
    return f"{words.month(first)} to {words.month(last)}"
