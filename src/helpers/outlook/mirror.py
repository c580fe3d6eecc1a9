"""The two sides of India's imports: what India records from a country, and what that country records to India."""

import pandas as pd

from helpers import fiscal
from helpers.data import UNUSED, Quantity, Vintage, derived, ids
from helpers.methods import mirror
from helpers.outlook import customs, episodes, targets

SIDES = ["own_t", "their_t", "own_usd_m", "their_usd_m"]
RULE = "mirror_rule"
APART, TOGETHER, FERRITE = "weights apart from", "values together up to", "price of ferrite"
_COLUMNS = [*SIDES, "weight_ratio", "value_ratio", "excess_t", "excess_usd_m", "gap_usd_m", "verdict", "source"]


@targets.remembered
def sides(india: Vintage) -> pd.DataFrame:
    """Calendar years in which both sides of the trade with China in HS 850511 are known, by weight and by value.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``, oldest first: ``own_t, their_t, own_usd_m, their_usd_m``; ``weight_ratio, value_ratio``
        (India's over theirs); ``excess_t``, ``excess_usd_m`` (what that weight is worth as ferrite), ``gap_usd_m`` (by
        how much the values differ); ``verdict`` (:func:`helpers.methods.mirror.verdict`); ``source``.
    """
    both = counted(india)
    both = both[(both["hs"] == customs.METAL) & (both["partner"] == "CHN")].set_index("period")
    return _judged(india, both)


def subject(india: Vintage) -> str | None:
    """The calendar year of :func:`sides` that holds most of the suspect year's surge, else the newest; None without."""
    years, suspect = list(sides(india).index), episodes.suspect(india)
    if suspect is None or not years:
        return years[-1] if years else None
    surge = fiscal.months(suspect.surge)
    held = {year: surge.isin(fiscal.months(year)).sum() for year in years}
    return max(years, key=lambda year: (held[year], year))


def usual(table: pd.DataFrame, year: str) -> pd.DataFrame:
    """The other years of :func:`sides` by which one is measured: those whose weights are not apart, else all."""
    others = table.drop(index=year)
    return others if standing(others) else others[_sound(others)]


def reference(others: pd.DataFrame, year: str) -> pd.Series:
    """The year that a change is measured from, of the :func:`usual` ones: the newest before, else the first after."""
    before = others[others.index < year]
    return before.iloc[-1] if len(before) else others.iloc[0]


def standing(others: pd.DataFrame) -> bool:
    """Whether there are other years, and weights are apart in all of them."""
    return len(others) > 0 and not _sound(others).any()


def fault(table: pd.DataFrame, year: str) -> str:
    """Whose weight is in error in a year of :func:`sides` (:func:`helpers.methods.mirror.fault`); empty if nobody's.

    No year is in error where weights are apart in every year: then the two sides count differently.
    """
    others, row = table.drop(index=year), table.loc[year]
    if row["verdict"] != mirror.QUANTITY or standing(others):
        return ""
    if others.empty:
        return mirror.OPEN
    now, before = unit_values(row), unit_values(reference(usual(table, year), year))
    return mirror.fault(now["own"] / before["own"], now["their"] / before["their"])


def errs(table: pd.DataFrame, year: str) -> bool:
    """Whether India's weight of a year of :func:`sides` is in error: see :func:`fault`."""
    return fault(table, year) == mirror.OWN


def unit_values(row: pd.Series) -> dict[str, float]:
    """USD per kg by both counts of a year of :func:`sides`."""
    return {side: row[f"{side}_usd_m"] / row[f"{side}_t"] * 1000 for side in (mirror.OWN, mirror.THEIR)}


@targets.remembered
def level(india: Vintage) -> pd.DataFrame:
    """What India imported of HS 850511 in the year of :func:`subject`, without its own weight from China.

    Returns
    -------
    pd.DataFrame
        Indexed by ``reckoning``: ``value, low, high`` (tonnes), ``source``. What all that export there report; both
        sides as somebody else reconciled them; China's weight times the ratio of each of the :func:`usual` years, with
        what India records from all others.
    """
    rows, year = {}, subject(india)
    recorded = world(india).dropna(subset="own_t")
    if year in recorded.index:
        table, whole = sides(india), recorded.loc[year]
        if not whole["their_t"] < table.loc[year, "their_t"]:
            rows["what all exporters report"] = (whole["their_t"], whole["source"])
        reconciled = india.series("trade", **(targets.CUSTOMS.keys | {"measure": "weight_reconciled"}))
        if year in reconciled.index:
            rows["both sides, reconciled by others"] = tuple(reconciled.loc[year, ["value", "source"]])
        for other, row in usual(table, year).iterrows():
            rest = max(whole["own_t"] - table.loc[year, "own_t"], 0)
            tonnes = table.loc[year, "their_t"] * row["weight_ratio"] + rest
            rows[f"China's figure at the ratio of {other}"] = (tonnes, ids(row, table.loc[year], whole))
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "source"]).rename_axis("reckoning")
    found = found.astype({"value": float}).dropna(subset="value")
    return found.assign(low=found["value"], high=found["value"])[["value", "low", "high", "source"]]


def underlying(india: Vintage) -> Quantity | None:
    """The reckonings of :func:`level` as one figure, from the least to the greatest; None while there is none."""
    table = level(india)
    if table.empty:
        return None
    low, high = table["value"].min(), table["value"].max()
    return derived((low + high) / 2, "t", table, period=subject(india), low=low, high=high)


@targets.remembered
def months(india: Vintage) -> pd.DataFrame:
    """Months in which all exporters' tonnes are known, beside India's rate in the shortest known period around each.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period``, oldest first: ``their_t, own_t`` (tonnes a month), ``around`` (India's period),
        ``weight_ratio, source``.
    """
    keys = {"flow": "export", "reporter": "world", "partner": "IND"}
    shipped = india.series("trade", **(targets.CUSTOMS.keys | keys)).dropna(subset="value")
    tiles, found = customs.periods(india), []
    for period, row in shipped.iterrows():
        month = fiscal.months(period)
        held = tiles[(tiles["start"] <= month[0].start_time) & (tiles["end"] >= month[-1].start_time)]
        if len(month) == 1 and len(held):
            around = held.iloc[0]
            found.append((period, row["value"], around["t_per_month"], held.index[0], ids(row, around)))
    table = pd.DataFrame(found, columns=["period", "their_t", "own_t", "around", "source"]).set_index("period")
    return table.assign(weight_ratio=table["own_t"] / table["their_t"])


def lines(india: Vintage) -> pd.DataFrame:
    """Every six-digit line and year in which both sides of the trade with China are known.

    Returns
    -------
    pd.DataFrame
        Indexed by ``period`` and ``hs``: as :func:`sides`, and the robust test of the lines of a year
        (:func:`helpers.methods.mirror.outliers`).
    """
    both = counted(india)
    both = both[(both["partner"] == "CHN") & both["hs"].str.fullmatch(r"\d{6}")].set_index(["period", "hs"])
    table = _judged(india, both)
    if table.empty:
        return table
    near = rule(india, TOGETHER)
    years = (of for _, of in table.groupby(level="period"))
    return table.join(pd.concat(mirror.outliers(of["weight_ratio"], of["value_ratio"], near) for of in years))


def rule(india: Vintage, segment: str) -> float:
    """A threshold of the comparison, or the price of ferrite in USD per kg: our judgement."""
    return float(india.assumption(RULE).loc[segment, "value"])


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
    rows = rows[rows["measure"].isin(["weight", "value_usd"]) & rows["value"].notna() & ~rows["status"].isin(UNUSED)]
    rows = rows.loc[[fiscal.is_calendar_year(period) for period in rows["period"]]]
    own = rows[(rows["flow"] == "import") & (rows["reporter"] == "IND")]
    their = rows[(rows["flow"] == "export") & (rows["partner"] == "IND")].assign(partner=lambda t: t["reporter"])
    both = pd.concat([own.assign(side="own_"), their.assign(side="their_")])
    both["side"] += both["measure"].map({"weight": "t", "value_usd": "usd_m"})
    keys = ["hs", "partner", "period"]
    table = both.pivot(index=keys, columns="side", values="value").reindex(columns=SIDES).rename_axis(columns=None)
    sources = both.groupby(keys)["source"].agg(lambda of: ids(*of))
    return table.assign(source=sources).reset_index()


def world(india: Vintage) -> pd.DataFrame:
    """HS 850511 from all partners, as :func:`counted`, with ``weight_ratio``; indexed by ``period``."""
    table = counted(india).query("hs == @customs.METAL and partner == 'world'").set_index("period")
    return table.assign(weight_ratio=table["own_t"] / table["their_t"])


def _sound(table: pd.DataFrame) -> pd.Series:
    return table["verdict"].isin([mirror.VALUE, mirror.AGREE])


def _judged(india: Vintage, both: pd.DataFrame) -> pd.DataFrame:
    """Ratios, excess and verdict of the rows whose two sides are known and positive."""
    both = both[(both[SIDES] > 0).all(axis=1)].sort_index()
    if both.empty:
        return both.reindex(columns=_COLUMNS)
    known, rules = india.assumption(RULE), [rule(india, segment) for segment in (APART, TOGETHER)]
    table, (own_t, their_t, own_usd_m, their_usd_m) = both[SIDES], (both[side] for side in SIDES)
    table = table.assign(weight_ratio=own_t / their_t, value_ratio=own_usd_m / their_usd_m)
    table = table.assign(excess_t=own_t - their_t, gap_usd_m=own_usd_m - their_usd_m)
    table["excess_usd_m"] = table["excess_t"] * rule(india, FERRITE) / 1000
    ratios = zip(table["weight_ratio"], table["value_ratio"], strict=True)
    table["verdict"] = [mirror.verdict(weight, value, *rules) for weight, value in ratios]
    return table.assign(source=[ids(of, known) for of in both["source"]])[_COLUMNS]
