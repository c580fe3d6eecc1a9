"""These lines mislead, and how: a row a line, the worst first, with the evidence in words."""

from typing import Any

import pandas as pd

from helpers.screen.findings import BASE, HOWS, QUANTITY, SURGE, UNIT

HOW = {
    QUANTITY: "weight off by a factor",
    UNIT: "another unit of weight",
    BASE: "growth of its base",
    SURGE: "a surge that is real",
}


def ranked(found: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Lines with findings: faults first, then growth that misleads, then surges; in each by what is at stake.

    Returns
    -------
    pd.DataFrame
        Indexed by ``rank`` from 1: ``hs, how, usd_m`` (what the faulty weight would be worth), ``evidence``,
        ``own_t, own_usd_m, growth_t, by_value, first, share``.
    """
    findings = found["findings"]
    told = [evidence(row) for row in findings.itertuples()]
    order = findings.assign(place=findings["how"].map(HOWS.index), evidence=told)
    order = order.sort_values(["place", "usd_m", "hs", "start"], ascending=[True, False, True, True])
    lines = order.groupby("hs", sort=False).agg(
        how=("how", lambda of: "; ".join(HOW[how] for how in dict.fromkeys(of))),
        usd_m=("usd_m", "first"),
        evidence=("evidence", lambda of: " ".join(of)),
    )
    known = found["lines"].set_index("hs")[["own_t", "own_usd_m", "growth_t", "by_value", "first", "share"]]
    table = lines.join(known).reset_index()
    return table.set_axis(pd.RangeIndex(1, len(table) + 1, name="rank"))


def evidence(row: Any) -> str:
    """What is known of one finding, a row of them, in a sentence."""
    high, apart = row.factor >= 1, max(row.factor, 1 / row.factor)
    times = f"{apart:,.0f} times" if apart >= 100 else f"{apart:.3g} times"
    if row.how == QUANTITY:
        when = row.start if row.start == row.end else f"{row.start} to {row.end}"
        whose = {"their": " The other side's weight is the one that moved."}.get(row.side, "")
        seen = {
            "confirms": " The other side's count confirms it.",
            "contradicts": " The other side's count speaks against it.",
        }.get(row.mirror, " No other count tells.")
        return (
            f"{row.partner}, {when}: the weight is {times} too {'high' if high else 'low'} for its value.{seen}{whose}"
        )
    if row.how == UNIT:
        return f"From {row.start} on, the same value weighs {times} {'more' if high else 'less'}, whatever the country."
    if row.how == SURGE:
        too = {"confirms": ", and so do the exporters' own counts", "contradicts": ", the exporters' own counts do not"}
        return f"{row.start}: weight and value are {times} the usual{too.get(row.mirror, '')}."
    return f"{row.start}: the year before lay {times} {'above' if high else 'below'} the usual, and the newest is back."
