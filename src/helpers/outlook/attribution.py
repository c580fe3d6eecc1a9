"""What a difference between scenarios is due to: exact Shapley values of their levers, and each lever moved alone."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from helpers.data import Vintage
from helpers.outlook import levers as schema
from helpers.outlook import scenario
from helpers.outlook.demand_draws import DRAWS
from helpers.outlook.levers import Levers
from helpers.outlook.scenario_draws import Draws


def shapley(worth: Callable[[frozenset], float], factors: Iterable[Hashable]) -> dict:
    """What each factor adds to a worth, averaged over all orders in which the factors can come.

    The values sum to ``worth(all) - worth(none)``. Every set of factors is valued once: two to the power of their
    number.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II.
    """
    names = list(factors)
    sets = [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]
    value = {chosen: worth(chosen) for chosen in sets}
    added = dict.fromkeys(names, 0.0)
    for chosen in sets:
        for name in chosen:
            weight = 1 / (len(names) * comb(len(names) - 1, len(chosen) - 1))
            added[name] += weight * (value[chosen] - value[chosen - {name}])
    return added


def owen(worth: Callable[[frozenset], np.ndarray], groups: Mapping[str, Sequence[Hashable]]) -> dict:
    """What each member of each group adds to a worth: the group's Shapley value, shared within by how it would be if
    only some of the group came.

    The values sum to ``worth(all) - worth(none)``; worths may be arrays.

    References
    ----------
    Owen, G. (1977). Values of games with a priori unions. Essays in Mathematical Economics and Game Theory.
    """
    worth, every = cache(worth), {name: frozenset(members) for name, members in groups.items()}
    found: dict = {}
    for name, members in groups.items():

        def share(some: frozenset, name: str = name) -> np.ndarray:
            of = every | {name: some}
            return shapley(lambda chosen: worth(frozenset().union(*(of[one] for one in chosen))), of)[name]

        found |= shapley(share, members)
    return found


def cost(sizes: Mapping[str, int]) -> int:
    """The sets of clusters that :func:`owen` asks of, by how many of them each part has."""
    others = 2 ** (len(sizes) - 1)
    return others * sum(2**size - 2 for size in sizes.values()) + 2 ** len(sizes)


def difference(
    india: Vintage, one: Levers, other: Levers, year: int, quantity: str = "imports", count: int = DRAWS
) -> pd.DataFrame:
    """What of the difference between the middles of two scenarios each lever that differs is due to.

    Returns
    -------
    pd.DataFrame
        ``lever, before, after`` (its settings), ``change`` (of the middle, in the unit of the quantity), ``source``;
        largest change first. They sum to the middle under ``other`` less that under ``one``.
    """
    before, after = one.model_dump(), other.model_dump()
    names = [name for name in before if before[name] != after[name]]
    of = scenario.in_year(india, year, count, bool(one.stock_months or other.stock_months))

    def worth(chosen: frozenset) -> float:
        return _middle(of, schema.made(before | {name: after[name] for name in chosen}), quantity, year)

    added = shapley(worth, names)
    names.sort(key=lambda name: -abs(added[name]))
    ends = {end: pd.Series([of[name] for name in names], dtype=object)  # a setting may be None, which is no gap
            for end, of in (("before", before), ("after", after))}  # fmt: skip
    source = [scenario.sources(india, other, quantity, name, count) for name in names]
    return pd.DataFrame({"lever": names, **ends, "change": [added[name] for name in names], "source": source})


def tornado(
    india: Vintage, year: int, quantity: str = "imports", base: Levers = scenario.RUN_RATE, count: int = DRAWS
) -> pd.DataFrame:
    """The middle of a quantity with one lever at each end or choice and the others at a base; the draws are the same.

    Days, and what rests on something that is not public on the day, are left out.

    Returns
    -------
    pd.DataFrame
        ``lever, low, high`` (the least and the greatest middle), ``at_low, at_high`` (the settings that give them),
        ``base`` (the middle under the base), ``source``; widest first.
    """
    lacking = scenario.draws(india, count).lacking
    rows, setting = [], base.model_dump()
    middle = _middle(scenario.in_year(india, year, count, bool(base.stock_months)), base, quantity, year)
    for name in Levers.model_fields:
        if name in lacking or not (ends := schema.ends(name)):
            continue
        of = scenario.in_year(india, year, count, name == "stock_months" or bool(base.stock_months))
        found = {end: _middle(of, schema.made({**setting, name: end}), quantity, year) for end in ends}
        found[setting[name]] = middle
        low, high = (pick(found, key=found.__getitem__) for pick in (min, max))
        source = scenario.sources(india, base, quantity, name, count)
        rows.append((name, found[low], found[high], low, high, middle, source))
    rows.sort(key=lambda row: row[1] - row[2])
    return pd.DataFrame(rows, columns=["lever", "low", "high", "at_low", "at_high", "base", "source"])


def _middle(of: Draws, levers: Levers, quantity: str, year: int) -> float:
    return float(np.median(scenario.balance(of, levers).of(quantity, year)))
