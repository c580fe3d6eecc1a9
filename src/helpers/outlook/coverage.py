"""How far India's own neodymium goes against the use of rare-earth magnets that is expected."""

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.data import UNUSED, Vintage, ids, sources_of
from helpers.outlook import supply, targets

_REACH = 0.5
"""Years before its first and after its last figure for which a path still stands."""


def expected_use(india: Vintage) -> pd.DataFrame:
    """Use of rare-earth magnets that is expected, by fiscal year and publisher: between two figures growth is even.

    The years run from the newest known use to the last year that an outlook reaches. An outlook that names no
    figure of its own for that start takes the mean of those that others name for it, or else the known use.

    Returns
    -------
    pd.DataFrame
        ``fiscal_year`` (int), ``publisher, tonnes, source``; empty until an outlook with a growth is public.
    """
    rows = india.table("outlooks", scope="repm", unit="t")
    rows = rows[~rows["status"].isin(UNUSED) & (rows["value"] > 0)]
    rows = rows.assign(at=rows["period"].map(fiscal.centre)).sort_values("at", kind="stable")
    known = targets.sums(india, "repm")
    frames = [pd.DataFrame(columns=["fiscal_year", "publisher", "tonnes", "source"])]
    if len(rows):
        start = known.index[-1] if len(known) else rows["period"].iloc[0]
        named = rows[rows["period"] == start]
        base = (named if len(named) else known.loc[[start]]).assign(at=fiscal.centre(start))
        years = np.arange(_nearest(base["at"].iloc[0]), _nearest(rows["at"].max()) + 1)
        for (who, _, case), own in rows.groupby(["publisher", "quantity", "scenario"]):
            frames.append(_path(who if case == "central" else f"{who}, {case}", own, base, years))
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)


def use_range(expected: pd.DataFrame) -> pd.DataFrame:
    """The outlooks of :func:`expected_use` together, by ``fiscal_year``.

    Returns
    -------
    pd.DataFrame
        ``use`` (geometric mean of the ends), ``use_low, use_high`` (tonnes), ``source``.
    """
    years = expected.groupby("fiscal_year")
    table = years["tonnes"].agg(use_low="min", use_high="max").astype(float)
    table["source"] = years["source"].agg(lambda of: ids(*of))
    return table.assign(use=np.sqrt(table["use_low"] * table["use_high"]))[["use", "use_low", "use_high", "source"]]


def cover(expected: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    """Share of the expected use of rare-earth magnets that India's own neodymium could make, over all its meanings.

    One path follows the producer's plan, one the target; where a year's output is known, it stands for both. Between
    two figures of a path tonnes move evenly; after the last they stay.

    Returns
    -------
    pd.DataFrame
        ``path`` (planned, target), ``period, neodymium``, ``low, high`` (magnets, see ``supply.meanings``), ``use,
        use_low, use_high``, all in tonnes; ``share_low`` (the fewest magnets over the highest use) and ``share_high``
        in per cent, which may exceed 100; ``held`` (after the path's last figure), ``made`` (of an output), ``source``.
        Empty until outlooks, yields, and a plan or a target are in the sources.
    """
    points, meanings = supply.aims(india), supply.meanings(india)
    if expected.empty or meanings.empty:
        return pd.DataFrame()
    use = use_range(expected)
    paths = [(path, points[points["kind"] == path]) for path in supply.KINDS]
    frames = [_against(use, path, known, meanings) for path, known in paths if len(known)]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _path(name: str, own: pd.DataFrame, base: pd.DataFrame, years: np.ndarray) -> pd.DataFrame:
    """One outlook with even growth between its figures, continued to the nearest fiscal year at both ends."""
    uses = sources_of(own)
    at, tonnes = own["at"].to_numpy(), own["value"].to_numpy()
    if at[0] > base["at"].iloc[0]:
        at, tonnes = np.append(base["at"].iloc[0], at), np.append(base["value"].mean(), tonnes)
        uses |= sources_of(base)
    years = years[(years >= at[0] - _REACH) & (years <= at[-1] + _REACH)] if len(at) > 1 else years[:0]
    place = np.clip(np.searchsorted(at, years), 1, len(at) - 1)
    growth = np.diff(np.log(tonnes)) / np.diff(at)
    grown = tonnes[place - 1] * np.exp(growth[place - 1] * (years - at[place - 1])) if len(years) else years
    return pd.DataFrame({"fiscal_year": years, "publisher": name, "tonnes": grown, "source": ids(uses)})


def _against(use: pd.DataFrame, path: str, known: pd.DataFrame, meanings: pd.DataFrame) -> pd.DataFrame:
    at = known["period"].map(fiscal.centre).to_numpy()
    use = use[use.index >= at[0] - _REACH]
    table = use.reset_index().assign(path=path, neodymium=np.interp(use.index, at, known["stands"]))
    table["period"] = [fiscal.year_name(year) for year in use.index]
    table["made"] = table["period"].isin(known.loc[known["made"].notna(), "period"])
    table["low"] = table["neodymium"] * meanings["low"].min()
    table["high"] = table["neodymium"] * meanings["high"].max()
    table["share_low"] = 100 * table["low"] / table["use_high"]
    table["share_high"] = 100 * table["high"] / table["use_low"]
    table["held"] = use.index > at[-1] + _REACH
    used = sources_of(known, meanings)
    table["source"] = [ids(used, of) for of in use["source"]]
    first = ["path", "period", "neodymium", "low", "high"]
    return table[[*first, *(name for name in table if name not in [*first, "fiscal_year"])]]


def _nearest(at: float) -> int:
    """The fiscal year in which a moment, in fiscal years, lies."""
    return int(np.floor(at + 0.5))
