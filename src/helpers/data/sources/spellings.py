"""How publishers write the names of countries: ``spellings.csv``, by feed, and the code that each name stands for."""

import csv
from pathlib import Path

from helpers.data.sources.protocol import UnfitError

FILE = Path(__file__).with_name("spellings.csv")


def partners(feed: str) -> dict[str, str]:
    """The partner (ISO 3166 alpha-3) by the name or the code that a feed prints."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["printed"]: row["partner"] for row in csv.DictReader(file) if row["feed"] == feed}


def unknown(names: list[str], question: str) -> UnfitError:
    """The error for names that the list does not have."""
    return UnfitError(
        f"{question}: no country is known as {', '.join(map(repr, names))}; add the spelling to {FILE.name} beside "
        f"{Path(__file__).name}, with the ISO 3166 alpha-3 code it stands for"
    )
