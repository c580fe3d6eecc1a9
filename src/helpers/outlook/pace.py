"""What a year of HS 850511 holds at the newest pace."""

import pandas as pd

from helpers import fiscal
from helpers.data import Vintage, ids
from helpers.outlook import customs, targets

NUMBERS = ["value", "low", "high"]
YEAR = pd.DateOffset(years=1)


@targets.remembered
def run_rates(india: Vintage) -> pd.DataFrame:
    """What a year holds at the newest rate, by some reckonings, with the range of the rounding.

    Twice the newest half; the two newest halves; the same if the year of the first of them is the total that was
    printed later; what months after that half come to in a year, and the newest twelve months. A half that ended more
    than these before is the newest rate no more.

    Returns
    -------
    pd.DataFrame
        Indexed by ``reckoning``: ``value, low, high`` (tonnes), ``source``; empty while no half is known.
    """
    parts, rows = customs.halves(india), {}
    if len(parts):
        now, name = parts.iloc[-1], parts.index[-1]
        rows[f"twice {name}"] = [*(2 * now[NUMBERS]), now["source"]]
        before = customs.half_before(name)
        if before in parts.index:
            both = now[NUMBERS] + parts.loc[before, NUMBERS]
            used = ids(now, parts.loc[before])
            rows[f"{before} and {name}"] = [*both, used]
            if (later := _restated(india, before[:4])) is not None and before[-1] == "2":
                gap = later[NUMBERS] - customs.imports(india).loc[before[:4], "value"]
                rows[f"the same, {before[:4]} as printed later"] = [*(both + gap), ids(used, later)]
        tiles, end = customs.periods(india), pd.Timestamp(fiscal.span(name)[1])
        later, old = _later(tiles, end), tiles["end"].iloc[-1] - YEAR >= end
        rows = later if later and old else rows | later
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*NUMBERS, "source"]).rename_axis("reckoning")
    return table.astype(dict.fromkeys(NUMBERS, float))


def _later(tiles: pd.DataFrame, end: pd.Timestamp) -> dict[str, list]:
    """Months after a half-year at their yearly rate, and the newest twelve months, where they are known."""
    later = customs.newest_run(tiles[tiles["start"] > end])
    if later.empty:
        return {}
    parts = {"the months since, at a yearly rate": later}
    year = tiles[tiles["start"] > tiles["end"].iloc[-1] - YEAR]
    if year["months"].sum() == 12:
        parts["the newest twelve months"] = year
    return {name: [*[part["tonnes"].sum() * 12 / part["months"].sum()] * 3, ids(part)] for name, part in parts.items()}


def _restated(india: Vintage, year: str) -> pd.Series | None:
    known = customs.versions(india, year)
    chosen = known[known["status"] == "reported"]["published"].max()
    later = known[(known["published"] > chosen) & (known["status"] == "estimate")]
    return later.iloc[-1] if len(later) else None
