"""Parts of sentences about a forecast."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.forecast.tables import READING, SHORT, rounded
from helpers.chapters.outputs import Sentence
from helpers.data import Quantity, Vintage, derived, sources_of
from helpers.outlook import demand, evidence, forecast, readings, targets
from helpers.outlook.episodes import suspect


def ends(table: pd.DataFrame, india: Vintage) -> list[str]:
    """The year that runs and the last year of a forecast; one if they are the same."""
    return list(dict.fromkeys([forecast.running(table, india), table["period"].iloc[-1]]))


def expected(table: pd.DataFrame, periods: list[str], india: Vintage) -> list[Quantity]:
    """The forecast of each year that it has, rounded as it is said."""
    uses = forecast.used(india, table["target"].iloc[0])
    found = [forecast.at(table, period, uses=uses) for period in periods]
    return [rounded(of) for of in found if of is not None]


def listed(found: list[Quantity], what: str) -> Sentence:
    """``34,600 t of magnets in FY27 (April 2026 to March 2027; 80 % interval 22,700 to 54,400) and ...``."""
    first, *later = found
    said = [f"{first} of {what} in {first.period} ({months(first.period)}; 80 % interval {first:range})"]
    said += [f"{of}{interval(of, '')} in {of.period}" for of in later]
    return Sentence(words.listed(said), tuple(sorted(sources_of(*found))))


def interval(of: Quantity, name: str = "80 % interval ") -> str:
    """The interval of a forecast in brackets; nothing where none is published."""
    return "" if pd.isna(of.low) else f" ({name}{of:range})"


def weighed(india: Vintage, target: str) -> Sentence:
    """What the mixture weighs, the likeliest reading of a suspect year first."""
    licences, episode = "what China's licences may let through", suspect(india, target)
    if episode is None:
        turns = target == targets.REPM.name and demand.demand(india)
        both = "goes from use that was counted to what sectors need, and " if turns else ""
        return Sentence(f"{both}weighs {licences}")
    rows, shares = evidence.table(india), readings.weights(india).sort_values(ascending=False, kind="stable")
    said = {name: words.chance(derived(100 * share, "%", rows)) for name, share in shares[shares > 0].items()}
    each = ", ".join(f"{SHORT[name]} {share}" for name, share in said.items())
    text = f"weighs {words.count(len(said))} readings of {episode.year} ({each}) and {licences}"
    if len(said) == 1:
        ((name, share),) = said.items()
        text = f"reads {episode.year} as {READING[name]} with {share} and weighs {licences}"
    return Sentence(text, tuple(sorted(sources_of(rows))))


def months(period: str) -> str:
    first, *_, last = fiscal.months(period)
    return f"{words.month(first)} to {words.month(last)}"
