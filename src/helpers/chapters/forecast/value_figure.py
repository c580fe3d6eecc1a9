"""The value of all known years, what would have been forecast of it from each, and the fan that follows."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import tips, words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, canvas, finish, label, once_public
from helpers.chapters.forecast import value as value_words
from helpers.chapters.outputs import Figure, Sentence, sentence
from helpers.chapters.rows import headed
from helpers.data import Quantity, Vintage, derived, ids, number
from helpers.outlook import value


@once_public
def history(table: pd.DataFrame, tried: pd.DataFrame, *, india: Vintage) -> Figure:
    """The value by calendar year, what would have been forecast of it from each origin, and the fan that follows.

    ``table`` is ``value.expected``, ``tried`` is ``value.backtest``.
    """
    known, fan, seen = value.history(india), value.intervals(table), value.checked(india)
    wide = fan.loc[fan["horizon"] <= value.WIDE_YEARS, "high80"].max()
    top = 1.05 * max(known["usd_m"].max(), fan["median"].max(), wide)
    mine = tried[(tried["model"] == value.MODEL) & (tried["horizon"] <= value.WIDE_YEARS)]
    drawing, (ax,) = canvas("million USD a year", height=3.9)
    _origins(ax, known, mine, top)
    _line(ax, known, seen)
    _fan(ax, known.iloc[-1], fan, top)
    ax.set_ylim(0, top)
    ticks = sorted(range(fiscal.fiscal_year(fan["period"].iloc[-1]), int(fiscal.centre(known.index[0])), -5))
    ax.set_xticks(ticks, [fiscal.year_name(year) for year in ticks])
    note = "Black: calendar years on the level of India's record; grey: what was to be expected from each year on,"
    note += " median and 80 % interval; blue: fiscal years ahead, 80 % and 95 % intervals, cut at the top."
    note += " Diamonds: fiscal years already recorded." if len(seen) else ""
    last, drawn = value.at(table, table["period"].iloc[-1], india), _drawn(known, fan, mine, india)
    title = sentence("By {year} the imports may be worth {value}, or {value:range}", year=last.period, value=last)
    alt = _alt(known, mine, last)
    return finish(drawing, title, alt, drawn, india=india, note=note, uses=[seen], digits=3)


def _origins(ax, known: pd.DataFrame, mine: pd.DataFrame, top: float) -> None:
    for origin, path in mine.groupby("origin"):
        at = [fiscal.centre(period) for period in (origin, *path["period"])]
        median, low, high = ([known.loc[origin, "usd_m"], *path[name]] for name in ("median", "low80", "high80"))
        ax.fill_between(at, low, [min(end, top) for end in high], color=MUTED, alpha=0.08, linewidth=0)
        ax.plot(at, median, color=MUTED, linewidth=0.9)


def _line(ax, known: pd.DataFrame, seen: pd.DataFrame) -> None:
    """The years known, the last with its number, and fiscal years that are recorded already."""
    style = {"color": INK, "markersize": 3.5, "linewidth": 1.6}, {"color": GOLD, "markersize": 4, "zorder": 5}
    for rows, mark, look in zip((known, seen), ("o-", "D"), style, strict=True):
        drawn = ax.plot([fiscal.centre(period) for period in rows.index], rows["usd_m"], mark, **look)
        tips.tell(drawn, [f"{period}: {number(usd, 1)} million USD" for period, usd in rows["usd_m"].items()])
    end = known["usd_m"].iloc[-1]
    label(ax, number(end), (fiscal.centre(known.index[-1]), end), dx=0, dy=12, ha="center")


def _fan(ax, start: pd.Series, fan: pd.DataFrame, top: float) -> None:
    """Median and both intervals, from the last year known on."""
    at, begins = [fiscal.centre(start.name), *fan["period"].map(fiscal.centre)], start["usd_m"]
    for low, high, alpha in (("low95", "high95", 0.13), ("low80", "high80", 0.25)):
        ends = [begins, *fan[high].clip(upper=top)]
        ax.fill_between(at, [begins, *fan[low]], ends, color=BLUE, alpha=alpha, linewidth=0)
    line, end = ax.plot(at, [begins, *fan["median"]], color=BLUE, linewidth=2), fan["median"].iloc[-1]
    tips.tell(line, [f"the forecast, {fan['period'].iloc[-1]}: {number(end)} million USD"])
    label(ax, number(end), (at[-1], end), color=BLUE)


def _alt(known: pd.DataFrame, mine: pd.DataFrame, last: Quantity) -> Sentence:
    since, until = (derived(known["usd_m"].iloc[at], "USD m", known, period=known.index[at]) for at in (0, -1))
    count = mine["origin"].nunique()
    tried = f", with the forecasts of {words.count(count)} earlier years" if count else ""
    text = "A line of the value from {since.period}, {since:.1}, to {until.period}, {until:.1}{tried}."
    tail = "A fan follows: {value} in {value.period}, 80 % interval {value:range}."
    return sentence(text, tail, since=since, until=until, tried=tried, value=last)


def _drawn(known: pd.DataFrame, fan: pd.DataFrame, mine: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    used = ids(value.used(india))
    line = pd.DataFrame({"what": "known", "period": known.index, "median": known["usd_m"], "source": known["source"]})
    paths = mine.assign(what="forecast of " + mine["origin"].astype(str), source=used) if len(mine) else mine
    rows = pd.concat([line, paths, fan.assign(what="forecast", source=used)], ignore_index=True)
    return headed(rows, {"what": "what", "period": "period"} | value_words.HEADS)
