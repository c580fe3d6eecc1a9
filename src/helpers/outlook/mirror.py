"""The two sides of India's imports: what India records from a country, and what that country records to India."""

import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, sources_of
from helpers.methods import mirror
from helpers.outlook import customs, episodes, targets

SIDES = ["own_t", "their_t", "own_usd_m", "their_usd_m"]
_RULE = "mirror_rule"
_COLUMNS = [*SIDES, "weight_ratio", "value_ratio", "excess_t", "excess_usd_m", "gap_usd_m", "verdict", "source"]


def sides(india: Vintage, partner: str = "CHN") -> pd.DataFrame:
    """Calendar years in which both sides of the trade in HS 850511 are known, by weight and by value.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``, oldest first: ``own_t, their_t, own_usd_m, their_usd_m``; ``weight_ratio, value_ratio``
        (India's over theirs); ``excess_t``, ``excess_usd_m`` (what that weight is worth as ferrite), ``gap_usd_m`` (by
        how much the values differ); ``verdict`` (:func:`helpers.methods.mirror.verdict`); ``source``.
    """
    both = counted(india)
    both = both[(both["hs"] == customs.METAL) & (both["partner"] == partner)].set_index("period")
    return _judged(india, both)


def lines(india: Vintage, partner: str = "CHN") -> pd.DataFrame:
    """Every six-digit line and year whose two sides are known.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period`` and ``hs``: as :func:`sides`, and the robust test of the lines of a year
        (:func:`helpers.methods.mirror.outliers`).
    """
    both = counted(india)
    both = both[(both["partner"] == partner) & both["hs"].str.fullmatch(r"\d{6}")].set_index(["period", "hs"])
    table = _judged(india, both)
    if table.empty:
        return table
    near = rule(india, "values together up to")
    tested = [
        mirror.outliers(of_year["weight_ratio"], of_year["value_ratio"], near)
        for _, of_year in table.groupby(level="period")
    ]
    return table.join(pd.concat(tested))


def rule(india: Vintage, segment: str) -> float:
    """A threshold of the comparison, or the price of ferrite in USD per kg: our judgement."""
    return float(india.assumption(_RULE).loc[segment, "value"])


@targets.remembered
def counted(india: Vintage) -> pd.DataFrame:
    """What both sides record of a calendar year, by line and partner.

    Returns
    -------
    pd.DataFrame
        ``hs, partner, period``; ``own_t, their_t`` (tonnes), ``own_usd_m, their_usd_m``, missing where a side has
        no figure; ``source``.
    """
    rows = india.table("trade")
    rows = rows[rows["period"].map(fiscal.is_calendar_year) & rows["measure"].isin(["weight", "value_usd"])]
    rows = rows[rows["value"].notna() & ~rows["status"].isin(["missing", "unverified"])]
    own = rows[(rows["flow"] == "import") & (rows["reporter"] == "IND")]
    their = rows[(rows["flow"] == "export") & (rows["partner"] == "IND")].assign(partner=lambda t: t["reporter"])
    both = pd.concat([own.assign(side="own_"), their.assign(side="their_")])
    both["side"] += both["measure"].map({"weight": "t", "value_usd": "usd_m"})
    keys = ["hs", "partner", "period"]
    table = both.pivot(index=keys, columns="side", values="value").reindex(columns=SIDES).rename_axis(columns=None)
    return table.assign(source=both.groupby(keys)["source"].agg(lambda ids: _ids(*ids))).reset_index()


def _judged(india: Vintage, both: pd.DataFrame) -> pd.DataFrame:
    """Ratios, excess and verdict of the rows whose two sides are known and positive."""
    both = both[(both[SIDES] > 0).all(axis=1)].sort_index()
    if both.empty:
        return both.reindex(columns=_COLUMNS)
    known = india.assumption(_RULE)
    apart, near = (rule(india, segment) for segment in ("weights apart from", "values together up to"))
    table = both[SIDES].assign(
        weight_ratio=both["own_t"] / both["their_t"],
        value_ratio=both["own_usd_m"] / both["their_usd_m"],
        excess_t=both["own_t"] - both["their_t"],
        gap_usd_m=both["own_usd_m"] - both["their_usd_m"],
        source=[_ids(ids, known) for ids in both["source"]],
    )
    table["excess_usd_m"] = table["excess_t"] * rule(india, "price of ferrite") / 1000
    ratios = zip(table["weight_ratio"], table["value_ratio"], strict=True)
    table["verdict"] = [mirror.verdict(weight, value, apart, near) for weight, value in ratios]
    return table[_COLUMNS]


def _ids(*things) -> str:
    return " ".join(sorted(sources_of(*things)))
