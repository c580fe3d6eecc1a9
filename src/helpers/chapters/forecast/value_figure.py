"""The value of all known years, what would have been forecast of it from each, and the fan that follows."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import tips, words
from helpers.chapters.canvas import BLUE, GOLD, INK, MUTED, canvas, finish, label, once_public
from helpers.chapters.forecast import value as value_words
from helpers.chapters.outputs import Figure, Sentence, number, sentence
from helpers.data import Vintage, derived, ids
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
    title, alt = _captions(table, known, mine, india)
    note = (
        "Black: calendar years on the level of India's record; grey: what was to be expected from each year on, median "
        "and 80 % interval; blue: fiscal years ahead, 80 % and 95 % intervals, cut at the top."
    )
    note += " Diamonds: fiscal years already recorded." if len(seen) else ""
    return finish(drawing, title, alt, _drawn(known, fan, mine, india), india=india, note=note, uses=[seen], digits=3)


def _origins(ax, known: pd.DataFrame, mine: pd.DataFrame, top: float) -> None:
    """A thin line and a pale band from each origin."""
    for origin, path in mine.groupby("origin"):
        at = [fiscal.centre(period) for period in (origin, *path["period"])]
        median, low, high = ([known.loc[origin, "usd_m"], *path[name]] for name in ("median", "low80", "high80"))
        ax.fill_between(at, low, [min(value_, top) for value_ in high], color=MUTED, alpha=0.08, linewidth=0)
        ax.plot(at, median, color=MUTED, linewidth=0.9)


def _line(ax, known: pd.DataFrame, seen: pd.DataFrame) -> None:
    """The years known, the last with its number, and fiscal years that are recorded already."""
    at = [fiscal.centre(period) for period in known.index]
    line = ax.plot(at, known["usd_m"], "o-", color=INK, markersize=3.5, linewidth=1.6)
    tips.tell(line, _said(known))
    places = [fiscal.centre(period) for period in seen.index]
    dots = ax.plot(places, seen["usd_m"], "D", color=GOLD, markersize=4, zorder=5)
    tips.tell(dots, _said(seen))
    end = known["usd_m"].iloc[-1]
    label(ax, number(end), (at[-1], end), dx=0, dy=12, ha="center")


def _fan(ax, start: pd.Series, fan: pd.DataFrame, top: float) -> None:
    """Median and both intervals, from the last year known on."""
    at, begins = [fiscal.centre(start.name), *fan["period"].map(fiscal.centre)], start["usd_m"]
    for low, high, alpha in (("low95", "high95", 0.13), ("low80", "high80", 0.25)):
        ends = [begins, *fan[high].clip(upper=top)]
        ax.fill_between(at, [begins, *fan[low]], ends, color=BLUE, alpha=alpha, linewidth=0)
    line = ax.plot(at, [begins, *fan["median"]], color=BLUE, linewidth=2)
    tips.tell(line, [f"the forecast, {fan['period'].iloc[-1]}: {number(fan['median'].iloc[-1])} million USD"])
    label(ax, number(fan["median"].iloc[-1]), (at[-1], fan["median"].iloc[-1]), color=BLUE)


def _said(rows: pd.DataFrame) -> list[str]:
    return [f"{period}: {number(usd, 1)} million USD" for period, usd in rows["usd_m"].items()]


def _captions(
    table: pd.DataFrame, known: pd.DataFrame, mine: pd.DataFrame, india: Vintage
) -> tuple[Sentence, Sentence]:
    last = value.at(table, table["period"].iloc[-1], india)
    title = sentence("By {year} the imports may be worth {value}, or {value:range}", year=last.period, value=last)
    count = mine["origin"].nunique()
    tried = f", with the forecasts of {words.count(count)} earlier years" if count else ""
    alt = sentence(
        "A line of the value from {since}, {from_:.1}, to {until}, {to:.1}{tried}. A fan follows: {value} in {year},",
        "80 % interval {value:range}.",
        since=known.index[0],
        from_=derived(known["usd_m"].iloc[0], "USD m", known),
        until=known.index[-1],
        to=derived(known["usd_m"].iloc[-1], "USD m", known),
        tried=tried,
        value=last,
        year=last.period,
    )
    return title, alt


def _drawn(known: pd.DataFrame, fan: pd.DataFrame, mine: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    used = ids(value.used(india))
    line = pd.DataFrame({"what": "known", "period": known.index, "median": known["usd_m"], "source": known["source"]})
    paths = mine.assign(what="forecast of " + mine["origin"].astype(str), source=used) if len(mine) else mine
    rows = pd.concat([line, paths, fan.assign(what="forecast", source=used)], ignore_index=True)
    return rows[["what", "period", *value_words.HEADS, "source"]].rename(columns=value_words.HEADS)
