"""What the tariff lines hold: the identity of the press series, volume against value, and the rare-earth part.

Rounding is carried through by interval arithmetic: a published figure stands for the range that would
print alike, and each step gives the least and the greatest result.
"""

import numpy as np
import pandas as pd

from helpers.data import Vintage
from helpers.methods import composition, decomposition
from helpers.outlook import customs

DRAWS, SEED = 20_000, 850511
SPLITS_USD_PER_KG = (6.0, 7.0, 8.5, 10.0)
"""Unit values of line 85051190 in FY24 to be tried: its tonnes of that year were not published."""


def identity(india: Vintage) -> pd.DataFrame:
    """How the press total becomes tariff lines, step by step, each with the range that rounding leaves.

    Returns
    -------
    pd.DataFrame
        Indexed by ``step``: ``value, low, high, unit, how``. Steps whose figures were not public are left out.
    """
    total = _figure(india, customs.METAL, "weight")
    rupees = _figure(india, customs.METAL, "value_inr", half=0.5)
    rate = india.figure("prices", "FY25", item="INR per USD", basis="fiscal-year mean")
    rate = np.full(3, np.nan if rate is None else rate["value"])
    dollars = _divide(rupees * 10, rate)  # a crore is ten million
    other = _figure(india, customs.OTHER, "value_usd", half=0.005)
    china = _figure(india, customs.OTHER_METAL, "weight", partner="CHN", half=0.5)
    share = _figure(india, customs.OTHER_METAL, "weight_share", partner="CHN") / 100
    line, line_usd = _divide(china, share), _figure(india, customs.OTHER_METAL, "value_usd", half=0.005)
    rest, rest_usd = _subtract(total, line), _subtract(dollars, line_usd)
    steps = {
        "850511, tonnes": (total, "t", "published"),
        "850511, value": (dollars, "m USD", "rupees at the year's mean rate"),
        "850511 + 850519, value": (dollars + other, "m USD", "plus 85051900"),
        "the same, as SBI has it": (_figure(india, "850511+850519", "value_usd", half=0.5), "m USD", "published"),
        "85051190, tonnes": (line, "t", "China's tonnes over China's share"),
        "85051110, tonnes": (rest, "t", "850511 less 85051190"),
        "85051110, share of weight": (_divide(rest, total) * 100, "%", "of 850511"),
        "85051190, unit value": (_divide(line_usd, line) * 1000, "USD/kg", "value over tonnes"),
        "85051110, unit value": (_divide(rest_usd, rest) * 1000, "USD/kg", "value over tonnes"),
        "850511, unit value": (_divide(dollars, total) * 1000, "USD/kg", "value over tonnes"),
    }
    rows = {step: (*bounds, unit, how) for step, (bounds, unit, how) in steps.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high", "unit", "how"])
    return table.dropna(subset="value").rename_axis("step")


def volume_mix_price(india: Vintage) -> pd.DataFrame:
    """Where the change in value from FY24 to FY25 came from, for every split of FY24 that respects its totals.

    Bennet's decomposition (``helpers.methods.decomposition``) for each of :data:`SPLITS_USD_PER_KG` that leaves the other
    line tonnes at all.

    Returns
    -------
    pd.DataFrame
        One row a split: the unit values of both lines in FY24 (USD/kg), ``volume, mix, price, change`` in
        million USD; empty until both years' lines are public.
    """
    after = customs.lines(india)
    value = customs.imports(india, "value_usd", hs=customs.OTHER_METAL)["value"].get("FY24", np.nan)
    total, tonnes = (customs.imports(india, measure)["value"].get("FY24", np.nan) for measure in ("value_usd", "weight"))
    if after.empty or not np.isfinite([value, total, tonnes]).all():
        return pd.DataFrame(columns=["volume", "mix", "price", "change"], dtype=float)
    ferrite, metal = after.index
    before = pd.Series({ferrite: total - value, metal: value})
    feasible = [price for price in SPLITS_USD_PER_KG if value / price * 1000 < tonnes]
    splits = pd.DataFrame({metal: feasible})
    later = after.rename(columns={"usd_m": "value_usd"})[["tonnes", "value_usd"]]
    later["value_usd"] *= 1e6
    table = decomposition.bennet_over_splits(before * 1e6, tonnes, later, splits)
    terms = ["volume", "mix", "price", "change"]
    return table.assign(**{term: table[term] / 1e6 for term in terms})


def rare_earth_part(india: Vintage) -> pd.DataFrame:
    """Rare-earth magnets among the FY25 tonnes under HS 850511, as a distribution.

    Each line, by China and the others, is a blend of rare-earth and other magnets whose shares its unit
    value gives (``helpers.methods.composition``). The price of rare-earth magnets is what China was paid for them in
    the months of FY25; the other priors are rows of ``data/assumptions.csv``. Ferrite cores hold none.

    Returns
    -------
    pd.DataFrame
        Indexed by ``probability``: ``tonnes`` and ``share`` of the weight; empty until the lines are public.
    """
    lines = customs.lines(india)
    priors = india.assumption("composition_prior")
    paid = _paid_to_china(india)
    if lines.empty or paid.empty or priors.empty:
        return pd.DataFrame(columns=["tonnes", "share"], index=pd.Index([], name="probability"), dtype=float)
    other = priors.loc["unit value of other magnets"]
    cells = _metal_line_by_origin(india, lines.iloc[1])
    drawn = composition.simulate_repm_tonnes(
        cells.assign(other_low=other["low"], other_high=other["high"]),
        repm_median=paid.mean(),
        repm_log_sd=priors.loc["price of rare-earth magnets, spread", "value"],
        draws=DRAWS,
        seed=SEED,
    )
    return composition.repm_quantiles(drawn, lines["tonnes"].sum())


def scopes(india: Vintage) -> pd.DataFrame:
    """``customs.scopes`` with the rare-earth part of HS 850511 as estimated here: its median and 90 % interval."""
    ladder, part = customs.scopes(india), rare_earth_part(india)["tonnes"]
    if part.empty:
        return ladder
    estimate = pd.Series(
        {
            "period": "FY25",
            "tonnes": part[0.5],
            "low": part[0.05],
            "high": part[0.95],
            "status": "inference",
            "source": "B2",
        },
        name="Rare-earth magnets within HS 850511, our estimate",
    )
    table = pd.concat([ladder, estimate.to_frame().T]).rename_axis("scope")
    for column in ("tonnes", "low", "high"):
        table[column] = table[column].astype(float)
    middle = table["tonnes"].fillna((table["low"] * table["high"]) ** 0.5)
    return table.loc[middle.sort_values(ascending=False).index]


def _metal_line_by_origin(india, line: pd.Series) -> pd.DataFrame:
    china = customs.imports(india, hs=customs.OTHER_METAL, partner="CHN")["value"]["FY25"]
    china_usd = customs.imports(india, "value_usd", hs=customs.OTHER_METAL, partner="CHN")["value"]["FY25"]
    tonnes = pd.Series({"China": china, "others": line["tonnes"] - china})
    usd_m = pd.Series({"China": china_usd, "others": line["usd_m"] - china_usd})
    return pd.DataFrame({"tonnes": tonnes, "unit_value_usd_per_kg": usd_m / tonnes * 1000})


def _paid_to_china(india) -> pd.Series:
    """Reported unit values of China's rare-earth magnet exports in the months of FY25, USD per kg."""
    keys = {"flow": "export", "reporter": "CHN", "partner": "world", "hs": "85051110", "measure": "unit_value"}
    paid = india.series("trade", **keys)["value"].dropna()
    return paid[(paid.index >= "2024-04") & (paid.index <= "2025-03") & (paid.index.str.len() == 7)]


def _figure(india, hs: str, measure: str, half: float = 0.0, **keys: str) -> np.ndarray:
    """Value, least and greatest of FY25's figure: its stored range, else half a unit of its last digit."""
    rows = customs.imports(india, measure, hs=hs, **keys)
    if "FY25" not in rows.index:
        return np.full(3, np.nan)
    value, low, high = rows.loc["FY25", ["value", "low", "high"]].astype(float)
    return np.array([value, value - half if np.isnan(low) else low, value + half if np.isnan(high) else high])


def _divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient of positive ranges ``[value, low, high]``."""
    return numerator / denominator[[0, 2, 1]]


def _subtract(whole: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Difference of ranges ``[value, low, high]``."""
    return whole - part[[0, 2, 1]]
