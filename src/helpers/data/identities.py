"""Do figures agree with each other: parts with their totals, levels with their growth, each within its rounding.

Every identity is a row of ``identities.csv``: what a rule makes of some figures must equal another, or be at most
another. A key or a period with ``*`` covers every series and every year, and compares published figures only; a row
without also compares what is computed from others.
"""

from decimal import Decimal

import pandas as pd

from helpers.data import derive
from helpers.data.relations import Figure
from helpers.data.vintage import Vintage
from helpers.methods.intervals import Interval, between

COLUMNS = ["identity", "computed", "published", "allowed", "unit", "holds", "source"]
_SLACK = 1e-9


def identities(india: Vintage) -> pd.DataFrame:
    """Parts against published totals, each within its rounding; only what was public on the day of the vintage.

    Returns
    -------
    pd.DataFrame
        ``identity`` (what must hold), ``computed``, ``published``, ``allowed`` (what rounding allows between
        the two), ``unit``, ``holds``, ``source``. An identity whose figures were not all public yet is left out, and
        one with a figure that was assumed, or that is older than a revision of another.
    """
    known = {of: _rounded(india.figures(computed=of == "all")) for of in ("published", "all")}
    rows = [row for check, step in india.checks for row in _compared(known[check["figures"]], check, step)]
    return pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(ignore_index=True)


def _compared(known: derive.Known, check: dict, step: derive.Step) -> list[tuple]:
    """The rows of one check: what its rule makes of the figures beside what it is compared with."""
    rows = []
    for key, period, computed, used, _ in derive.results(known, step):
        table, against = derive.at(step.against, key)
        other = known[table].get(against, {}).get(period)
        if not pd.isna(check["published"]):
            other = Figure(between(check["published"]), step.unit, 1, 0, "")
        if other is None or any(one is other for one in used) or not _comparable(other, *used):
            continue
        slack = 0.0 if pd.isna(check["allowed"]) else check["allowed"]
        allowed = _allowed(computed, other.range) + slack
        gap = computed.value - other.range.value
        holds = (gap if check["relation"] == "at most" else abs(gap)) <= allowed + _SLACK * abs(other.range.value)
        many = set("*?") & set(check["key"] + check["period"])
        name = check["identity"] if not many else f"{check['identity']}: {'/'.join(key)}, {period}"
        sources = {one for figure in (other, *used) for one in figure.source.split()}
        rows.append((name, computed.value, other.range.value, allowed, step.unit, holds, " ".join(sorted(sources))))
    return rows


def _comparable(*figures: Figure) -> bool:
    """Whether figures are of one state of knowledge: none assumed, none older than a revision of another."""
    since = max((one.published for one in figures if one.revised), default=0)
    return all(one.rank > 0 and (one.published >= since or not one.published) for one in figures)


def _allowed(computed: Interval, published: Interval) -> float:
    """What the ranges of two figures allow between them."""
    if computed.value >= published.value:
        return computed.value - computed.low + published.high - published.value
    return computed.high - computed.value + published.value - published.low


def _rounded(known: derive.Known) -> derive.Known:
    """Figures that were printed without a range with that of their last digit; what was computed has its own."""
    return {
        table: {key: {period: _printed(figure) for period, figure in series.items()} for key, series in keyed.items()}
        for table, keyed in known.items()
    }


def _printed(figure: Figure) -> Figure:
    if not figure.range.exact or figure.computed:
        return figure
    value = figure.range.value
    half = 0.5 * 10.0 ** min(0, int(Decimal(repr(value)).normalize().as_tuple().exponent))
    return figure._replace(range=Interval(value - half, value, value + half))
