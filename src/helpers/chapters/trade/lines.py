"""What the tariff lines hold: the identity of the press series, and volume against value.

Rounding is carried through by interval arithmetic: a published figure stands for the range that would
print alike, and each step gives the least and the greatest result.
"""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids, sources_of
from helpers.methods import decomposition
from helpers.outlook import customs
from helpers.outlook.blend import paid_to_china

SPLITS = 200  # into how many steps the tonnes of the earlier year are cut to split them between its two lines
TERMS = ["volume", "mix", "price"]
_SPLIT = ["metal", "ferrite", "metal_from", "ferrite_from", *TERMS, "change", "plausible", "source", "source_before"]
BOTH = "850511+850519"  # HS 850511 and 850519 together, as one publisher counts them


def identity(india: Vintage, year: str) -> pd.DataFrame:
    """How the press total becomes tariff lines, step by step, each with the range that rounding leaves.

    By ``step``: ``value, low, high, unit, how, source``. Steps whose figures are not known are left out.
    """
    total, from_total = _figure(india, year)
    rupees, from_rupees = _figure(india, year, "value_inr", half=0.5)
    mean = india.figure("prices", year, item="INR per USD", basis="fiscal-year mean")
    rate, from_rate = np.full(3, mean.value if mean else np.nan), sources_of(mean)
    dollars, from_dollars = _divide(rupees * 10, rate), from_rupees | from_rate  # a crore is ten million
    other, from_other = _figure(india, year, "value_usd", hs=customs.OTHER, half=0.005)
    both, from_both = _figure(india, year, "value_usd", hs=BOTH, half=0.5)
    china, from_china = _figure(india, year, hs=customs.OTHER_METAL, partner="CHN", half=0.5)
    share, from_share = _figure(india, year, "weight_share", hs=customs.OTHER_METAL, partner="CHN")
    line, from_line = _divide(china, share / 100), from_china | from_share
    line_usd, from_usd = _figure(india, year, "value_usd", hs=customs.OTHER_METAL, half=0.005)
    rest, rest_usd = _subtract(total, line), _subtract(dollars, line_usd)
    from_rest, over = from_total | from_line, "value over tonnes"
    steps = [
        ("850511, tonnes", total, "t", "published", from_total),
        ("850511, value", dollars, "USD m", "rupees at the year's mean rate", from_dollars),
        ("850511 and 85051900, value", dollars + other, "USD m", "the sum of the two", from_dollars | from_other),
        ("850511 and 850519, value as printed", both, "USD m", "published", from_both),
        ("85051190, tonnes", line, "t", "China's tonnes over China's share", from_line),
        ("85051110, tonnes", rest, "t", "850511 less 85051190", from_rest),
        ("85051110, share of weight", _divide(rest, total) * 100, "%", "of 850511", from_rest),
        ("85051190, unit value", _divide(line_usd, line) * 1000, "USD/kg", over, from_line | from_usd),
        ("85051110, unit value", _divide(rest_usd, rest) * 1000, "USD/kg", over, from_rest | from_usd | from_dollars),
        ("850511, unit value", _divide(dollars, total) * 1000, "USD/kg", over, from_total | from_dollars),
    ]
    rows = [(step, *bounds, unit, how, ids(of)) for step, bounds, unit, how, of in steps]
    table = pd.DataFrame(rows, columns=["step", "value", "low", "high", "unit", "how", "source"])
    return table[np.isfinite(table["value"]) & (table["value"] > 0)].set_index("step")


def volume_mix_price(india: Vintage, year: str) -> pd.DataFrame:
    """Where the change in value from the year before came from, for every split of that year that fits its totals.

    Bennet's decomposition (:mod:`helpers.methods.decomposition`). While the earlier year is not known by line, its
    tonnes are split in every way between two lines of known value. The term ``price`` is concave in the share of one
    of them and falls without limit as the other is left without tonnes: it has a greatest value and no least.

    One row a split, or one in all once the lines are known: ``metal, ferrite`` (unit values in the earlier year,
    USD/kg), ``metal_from, ferrite_from`` (what they exceed, their value over all tonnes; by rounding, the least),
    ``volume, mix, price, change`` in million USD, ``volume_low, volume_high`` and so on (by rounding), ``plausible``
    (neither line dearer than rare-earth magnets were), ``source``, ``source_before`` (of the unit values); empty until
    both years are known, or if no split is plausible.
    """
    earlier = fiscal.year_before(year)
    dollars = customs.values(india, [earlier, year])
    after = customs.lines(india, year, dollars)
    total, metal = customs.imports(india), customs.imports(india, "value_usd", hs=customs.OTHER_METAL)
    if dollars.empty or after.empty or earlier not in total.index or earlier not in metal.index:
        return pd.DataFrame(columns=_SPLIT)
    after = after.rename(columns={"usd_m": "value_usd"})[["tonnes", "value_usd", "source"]]
    used = [dollars.loc[earlier], total.loc[earlier], metal.loc[earlier]]
    before = customs.lines(india, earlier, dollars)
    if len(before):
        return _sourced(_only_split(before, after), [before], [after, dollars])
    tonnes, worth = _possible(total.loc[earlier]), _possible(dollars.loc[earlier].rename({"usd_m": "value"}))
    other, paid = metal.loc[earlier, "value"], paid_to_china(india, earlier)
    if not 0 < other < min(worth):
        return pd.DataFrame(columns=_SPLIT)
    dearest, ferrite = paid["value"].mean(), worth[0] - other
    metal_t = _splits(tonnes, other * 1000 / dearest, ferrite * 1000 / dearest)
    cores, others = after.index
    splits = [pd.DataFrame({cores: t - metal_t, others: metal_t}) for t in tonnes]
    values = [pd.Series({cores: usd - other, others: other}) for usd in worth]
    swept = [decomposition.bennet(split, value, after) for split in splits for value in values]
    table = swept[0].assign(
        metal=other * 1000 / metal_t,
        ferrite=ferrite * 1000 / (tonnes[0] - metal_t),
        metal_from=other * 1000 / tonnes[0],
        ferrite_from=(min(worth) - other) * 1000 / max(tonnes),
        change=swept[0].sum(axis=1),
    )
    table["plausible"] = table[["metal", "ferrite"]].max(axis=1) <= dearest * (1 + 1e-9)
    table = _sourced(_ranged(table, swept), used, [after, dollars, paid])
    return table if table["plausible"].any() else table.iloc[:0]


def _sourced(table: pd.DataFrame, before: list, after: list) -> pd.DataFrame:
    return table.assign(source=ids(*before, *after), source_before=ids(*before))


def _only_split(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    terms = decomposition.bennet(before["tonnes"].to_frame().T, before["usd_m"], after).iloc[0]
    known = dict(zip(["ferrite", "metal"], before["usd_per_kg"], strict=True))
    table = pd.DataFrame([{**known, **terms, "change": terms.sum(), "plausible": True}])
    return _ranged(table, [table])


def _splits(tonnes: list[float], least: float, least_other: float) -> np.ndarray:
    """Tonnes of the metal line: every step of the least total, and where this or the other line has its least."""
    steps = np.arange(1, SPLITS) / SPLITS * min(tonnes)
    ends = (end for end in (least, tonnes[0] - least_other) if 0 < end < min(tonnes))
    return np.sort([*steps, *ends])[::-1]


def _ranged(table: pd.DataFrame, swept: list[pd.DataFrame]) -> pd.DataFrame:
    every = {term: np.array([one[term] for one in swept]) for term in TERMS}
    low = {f"{term}_low": found.min(axis=0) for term, found in every.items()}
    return table.assign(**low, **{f"{term}_high": found.max(axis=0) for term, found in every.items()})


def _possible(row: pd.Series) -> list[float]:
    return [row["value"], *row[["low", "high"]].fillna(row["value"])]


def _figure(
    india: Vintage, year: str, measure: str = "weight", *, hs: str = customs.METAL, half: float = 0.0, **keys: str
) -> tuple[np.ndarray, frozenset[str]]:
    """Value, least and greatest of a year's figure: its stored range, else half a unit of its last digit."""
    rows = customs.imports(india, measure, hs=hs, **keys)
    if year not in rows.index:
        return np.full(3, np.nan), frozenset()
    value, low, high = rows.loc[year, ["value", "low", "high"]].astype(float)
    bounds = [value, value - half if np.isnan(low) else low, value + half if np.isnan(high) else high]
    return np.array(bounds), sources_of(rows.loc[year])


def _divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient of positive ranges ``[value, low, high]``."""
    return numerator / denominator[[0, 2, 1]]


def _subtract(whole: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Difference of ranges ``[value, low, high]``."""
    return whole - part[[0, 2, 1]]
