"""Who was nearest: ours, naive and outlooks of others for the same series and period, beside what came."""

import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.outlook import limits, others, realtime, targets, track

COLUMNS = ["series", "period", "by", "kind", "said_on", "value", "outturn", "error", "nearest", "source"]
OUTLOOK = "outlook"
"""The kind of what others said."""


def found(india: Vintage, scores: pd.DataFrame) -> pd.DataFrame:
    """Each outturn beside the last that each forecaster said of it before its first release, nearest first.

    Outlooks of others are compared where they are of a target's own scope, or name the series that tells
    (``outturn``). Of China's exports of magnets ours is a back-cast of the same nowcast. Naive is the year before, as
    known on the day of the outlook.

    Parameters
    ----------
    india : Vintage
    scores : pd.DataFrame
        ``track.scored``; a published forecast goes before a back-cast.

    Returns
    -------
    pd.DataFrame
        ``series`` (a target, or what an outlook is of), ``period, by, kind, said_on, value, outturn, error`` (per
        cent), ``nearest`` (whether nobody was nearer), ``source``.
    """
    rows = [*_ours(scores), *_theirs(india, scores)]
    table = pd.DataFrame(rows, columns=[c for c in COLUMNS if c not in ("error", "nearest")])
    table = table.drop_duplicates(["series", "period", "by"], keep="first")
    table["error"] = 100 * (table["value"].astype(float) / table["outturn"].astype(float) - 1)
    table["size"] = table["error"].abs()
    table["nearest"] = table["size"] <= table.groupby(["series", "period"])["size"].transform("min")
    return table.sort_values(["series", "period", "size"], ignore_index=True)[COLUMNS]


def waiting(india: Vintage) -> pd.DataFrame:
    """Outlooks of others whose period is over or runs, and whose series has not told: as ``india.table`` has them."""
    rows = _usable(india)
    begun = [fiscal.span(period)[0] <= india.day for period in rows["period"]]
    rows = rows[pd.Series(begun, rows.index, dtype=bool)]
    told = [_told(india, row) is not None for _, row in rows.iterrows()]
    return rows[~pd.Series(told, rows.index, dtype=bool)]


def _ours(scores: pd.DataFrame) -> list[tuple]:
    """The last of each forecaster, published ones first."""
    rows = scores[scores["release"] == track.FIRST].sort_values("as_of", kind="stable")
    rows = rows.drop_duplicates(["target", "period", "by", "kind"], keep="last")
    rows = rows.loc[rows["kind"].ne(track.PUBLISHED).sort_values(kind="stable").index]
    return [(r["target"], r["period"], r["by"], r["kind"], r["as_of"], r[0.5], r["outturn"], r["source"])
            for _, r in rows.iterrows()]  # fmt: skip


def _usable(india: Vintage) -> pd.DataFrame:
    rows = india.table("outlooks").dropna(subset="value")
    rows = rows[~rows["status"].isin(others.LEFT_OUT)]
    return rows[rows["scope"].isin(targets.TARGETS) | rows["outturn"].ne("")]


def _name(outlook: pd.Series) -> str:
    return outlook["quantity"] if outlook["outturn"] else outlook["scope"]


def _told(india: Vintage, outlook: pd.Series) -> pd.Series | None:
    """The reported figure that tells whether an outlook came true; None while there is none."""
    known = _series(india, outlook)
    if outlook["period"] not in known.index or known.loc[outlook["period"], "status"] != "reported":
        return None
    return known.loc[outlook["period"]]


def _series(india: Vintage, outlook: pd.Series) -> pd.DataFrame:
    """The series that tells of an outlook: that of its target, or the one that it names."""
    if not outlook["outturn"]:
        return targets.sums(india, outlook["scope"])
    table, *key = outlook["outturn"].split("/")
    return india.series(table, **dict(zip(india.written[table].keys, key, strict=True))).dropna(subset="value")


def _theirs(india: Vintage, scores: pd.DataFrame) -> list[tuple]:
    """What others said before the outturn, and beside it naive and ours where the series is no target."""
    rows = []
    for _, outlook in _usable(india).iterrows():
        came = _told(india, outlook)
        if came is None or not outlook["published"] < came["published"] or outlook["unit"] != came["unit"]:
            continue
        series, period = _name(outlook), outlook["period"]
        day = outlook["published"].date()
        said = (series, period, outlook["publisher"], OUTLOOK, str(day), outlook["value"], came["value"])
        rows.append((*said, ids(outlook, came)))
        if outlook["outturn"]:
            rows += _beside(india, outlook, came)
    return rows


def _beside(india: Vintage, outlook: pd.Series, came: pd.Series) -> list[tuple]:
    """Naive, and the nowcast where there is one, for a series that is no target."""
    series, period, day = _name(outlook), outlook["period"], outlook["published"].date()
    known, before, rows = _series(india.on(day), outlook), fiscal.year_before(period), []
    if before in known.index:
        last, naive = known.loc[before], (track.NAIVE, track.BACKCAST, str(day))
        rows.append((series, period, *naive, last["value"], came["value"], ids(last, came)))
    if outlook["outturn"] == "/".join(("trade", *limits.CHINA.values())):
        made = realtime.elsewhere(india, period, came["published"].date())
        rows += [(series, period, track.OURS, track.BACKCAST, r["as_of"], r["median"], came["value"], r["source"])
                 for _, r in made.iterrows()]  # fmt: skip
    return rows
