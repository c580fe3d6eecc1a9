"""What India's plants and ore bring in a year, in sentences, and beside closed licences in the table of the brief."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.scenarios import phrases, tables
from helpers.data import Quantity, Vintage, derived, ids
from helpers.outlook import scenario, supply
from helpers.outlook.levers import made
from helpers.outlook.scenario import Balance


class Plants(NamedTuple):
    """The scenario whose plants make most: what they take from the imports, since when, the oxide they need and import;
    what they make beyond what India buys as magnets, of the whole.
    """

    name: str
    first: int | None
    less: Quantity
    needed: Quantity
    oxide: Quantity
    more: Quantity
    whole: Quantity


class Unsold(NamedTuple):
    """Oxide that stays for the plants if nothing is sold to Japan, of what they need; and the magnets it makes where
    they use Indian oxide only.
    """

    freed: Quantity
    needed: Quantity
    more: Quantity


def plants(of: Mapping[str, Balance], year: int, india: Vintage) -> Plants:
    """All else is as in that scenario, so that what plants take is not what other levers do."""
    name = max(of, key=lambda one: of[one].scheme.sum())
    best = scenario.run(india, of[name].levers)
    base = scenario.run(india, of[name].levers.model_copy(update={"scheme": 0.0}))
    yearly = {int(one): tables.change(best, base, "imports", int(one), india) for one in best.years}
    first = next((one for one, less in yearly.items()
                  if less.value < -phrases.LEAST * scenario.at(india, base, "imports", one).value), None)  # fmt: skip
    needed, oxide, more = (scenario.at(india, best, one, year) for one in ("oxide_needed", "oxide_imported", "surplus"))
    whole = derived(np.median(best.of("scheme", year) + best.of("surplus", year)), "t", more)
    return Plants(name, first, phrases.taken(yearly[year]), needed, oxide, more, whole)


def unsold(year: int, india: Vintage) -> Unsold | None:
    """With all plants on time; None where it cannot be reckoned."""
    levers = [made(f"scheme=1; irel_path=planned; oxide_source={source}; japan_exports={sold}")
              for source in ("any", "own") for sold in ("on", "off")]  # fmt: skip
    if tables.lacking(levers[-1], india):
        return None
    on, off, own_on, own_off = (tables.alone_in(year, one, india) for one in levers)
    freed, more = (tables.change(new, old, quantity, year, india)
                   for new, old, quantity in ((off, on, "oxide_japan"), (own_off, own_on, "scheme")))  # fmt: skip
    return Unsold(freed, scenario.at(india, on, "oxide_needed", year), more)


def scheme(of: Plants) -> Sentence:
    """When plants take from the imports, how much, and what oxide they need."""
    if of.first is None:
        return Sentence("In no scenario that can be reckoned do plants in India take much from the imports.")
    parts: dict[str, Quantity | str] = {"name": of.name, "first": fiscal.year_name(of.first), "year": of.needed.period}
    text = "In the scenario “{name}” plants in India cut the imports from {first} on"
    if of.needed.value < 1:
        return sentence(text + ". Before the end of {year} they need no oxide.", uses=[of.needed], **parts)
    parts |= {"less": of.less, "needed": of.needed}
    text += ", by {less:~2} in {year}, and"
    if of.oxide.value < phrases.LEAST * of.needed.value:
        tail = "need {needed:~2} of oxide of neodymium and praseodymium, all of it Indian."
    else:
        tail = "import {oxide:~2} of oxide for it. They need {needed:~2} of oxide of neodymium and praseodymium, of"
        tail += " which {oxide:range~2} t are imported: magnets are replaced by their oxide."
        parts["oxide"] = of.oxide
    beyond = None
    if of.more.value >= phrases.LEAST * of.whole.value:
        beyond = "Of the {whole:~2} that they make {more:~2} are more than India would buy as magnets,"
        beyond = sentence(beyond, "and replace no imports.", whole=of.whole, more=of.more)
    return joined(sentence(text, tail, uses=[of.oxide], **parts), beyond)


def japan(of: Unsold | None, india: Vintage) -> Sentence:
    """What it brings to sell nothing more to Japan: oxide, and magnets where no other oxide may be used."""
    if of is None:
        lacking = tables.lacking(made("scheme=1; oxide_source=own; japan_exports=off"), india)
        why = words.listed(lacking.split(", "))
        return words.not_yet(india, f"What an end of sales to Japan would bring, for want of {why},")
    if not scenario.draws(india).sold.any():
        text = "Nothing is sold to Japan by the newest figure, so that an end of it frees nothing."
        return sentence(text, uses=[of.freed])
    if of.freed.value < 1:
        text = "What was sold to Japan would make no magnets in {year}: no plant would use it."
        return sentence(text, year=of.freed.period, uses=[of.freed])
    text = "Nothing more sold to Japan would give the plants of the scheme {freed:~2} of oxide in {year}, {share}"
    text += " of what they need. That is if all of them are built on time ({freed:range~2} t{more_sold})."
    published = supply.freed_by_stopping_exports(india)
    floor = published is not None and published["sold"].value == published["sold"].low
    more_sold = "; more if more is sold than the lower bound that is published" if floor else ""
    parts = {"freed": of.freed, "share": _share(of), "year": of.freed.period, "more_sold": more_sold}
    if of.more.value < 1:
        return sentence(text, "It makes no magnet more.", uses=[of.more], **parts)
    text += " Where oxide can be bought elsewhere that makes no magnet more; where plants use Indian oxide only, it"
    return sentence(text, "makes {more:~2} more of them ({more:range~2} t).", more=of.more, **parts)


def means(shut: Balance, own: Plants, sold: Unsold | None, year: int, india: Vintage) -> pd.DataFrame:
    """What closed licences, plants and an end of sales to Japan come to in a year, as the first page has them."""
    cars = phrases.counted_within(*(scenario.at(india, shut, kind, year) for kind in ("vehicles", "engines")))
    closed = "China's licences closed" + (", and the levers asked for" if len(shut.levers.moved) > 1 else "")
    gone = scenario.at(india, shut, "shortage", year)
    rows = [(closed, "Magnets missing", gone, sentence("{cars} lack theirs", cars=cars))]
    if own.first is not None:
        oxide = sentence("Oxide for it to import: {oxide}", oxide=phrases.left(own.oxide))
        first = f"“{own.name}”, from {fiscal.year_name(own.first)} on"
        rows.append((first, "Fewer magnets to import", own.less, oxide))
    if sold is not None:
        share = sentence("{share} of what they need", share=_share(sold))
        rows.append(("All plants on time, nothing sold to Japan", "Oxide for India's plants", sold.freed, share))
    said = [(head, f"{what}: {phrases.left(of)}", str(then), ids(of, then)) for head, what, of, then in rows]
    return pd.DataFrame(said, columns=["If", f"In {fiscal.year_name(year)} (80 %)", "And", "source"])


def _share(of: Unsold) -> Sentence:
    share = min(100.0, 100 * of.freed.value / of.needed.value) if of.needed.value else 0.0
    return words.chance(derived(share, "%", of.freed, of.needed))
