"""A hundred months of India's imports under HS 850511, made up: by line and partner, fitting what is published.

The months agree with every published total of weight and value, and the suspect half holds one of three stories: a slip
of quantity in five entries, a real surge of ferrite spread over fifty, or neither.
"""

import numpy as np
import pandas as pd
from standin.comtrade import raked

from helpers import fiscal
from helpers.outlook import customs, targets

PARTNERS = ("CHN", "JPN", "KOR", "VNM", "DEU", "USA", "MYS", "THA", "ITA", "GBR")
SHARES = np.array([0.84, 0.05, 0.03, 0.02, 0.015, 0.015, 0.01, 0.01, 0.005, 0.005])
LAST = "2026-07"
STORIES = {  # how many partners take part, at what price in USD per kg
    "slip": (1, 0.05),
    "surge": (10, 2.1),
    "neither": (4, 1.5),
}
SEASON = np.exp([0.10, -0.16, 0.05, 0.0, 0.06, -0.04, 0.08, 0.12, 0.0, -0.08, 0.04, -0.17])
OPEN = 0.55, 7.0, 3.0
"""Share of the metal line in weight, and USD per kg of both lines, before anything is fitted."""


def months_of(count: int, last: str) -> pd.PeriodIndex:
    return pd.period_range(end=pd.Period(last, "M"), periods=count, freq="M")


def rows(
    india,
    story: str = "slip",
    *,
    seed: int = 1,
    count: int = 100,
    last: str = LAST,
    published: str = "",
    cells: bool = True,
) -> list[dict]:
    """Rows to add to ``trade``; without ``cells``, only those of HS 850511 from the whole world."""
    index, rng = months_of(count, last), np.random.default_rng(seed)
    excess_t, excess_usd = _excess(india, story, index)
    weight = _weights(india, index, excess_t.sum(axis=0), rng)
    value = _values(india, index, weight, excess_usd.sum(axis=0), rng)
    day = {"published": published or str(india.day)}
    found = _written(index, "world", customs.METAL, weight.sum(axis=0) + excess_t.sum(axis=0),
                     value.sum(axis=0) + excess_usd.sum(axis=0), day)  # fmt: skip
    if not cells:
        return found
    for place, line in enumerate((customs.FERRITE, customs.OTHER_METAL)):
        share = SHARES[:, None] * np.exp(rng.normal(0, 0.15, (len(PARTNERS), count)))
        share /= share.sum(axis=0)
        price = share * np.exp(rng.normal(0, 0.1, share.shape))
        price /= price.sum(axis=0)
        tonnes, dollars = weight[place] * share, value[place] * price
        if line == customs.FERRITE:
            tonnes, dollars = tonnes + excess_t, dollars + excess_usd
        found += _written(index, "world", line, tonnes.sum(axis=0), dollars.sum(axis=0), day)
        for who, t, usd in zip(PARTNERS, tonnes, dollars, strict=True):
            found += _written(index, who, line, t, usd, day)
    return found


def adding(india, story: str = "slip", **how):
    """The vintage with the months."""
    return india.adding("trade", *rows(india, story, **how))


def _excess(india, story, index):
    """Tonnes and million USD above what is usual, partners x months: in May to September of the surge."""
    taking, price = STORIES[story]
    sums = targets.known_sums(india)["value"]
    halves = customs.halves(india)["value"]
    surge = max(halves.index, key=lambda name: halves[name])
    held = [m for m in fiscal.months(surge) if str(m) not in sums.index]
    total = halves[surge] - halves.drop(surge).iloc[-1]
    tonnes = np.zeros((len(PARTNERS), len(index)))
    tonnes[:taking, index.isin(held)] = total / taking / len(held)
    return tonnes, tonnes * price / 1000


def _weights(india, index, excess, rng):
    """Tonnes by line and month without the excess."""
    known = customs.imports(india)
    known = known[known["status"].isin(["reported", "derived"])]["value"]
    years = india.series("trade", **targets.CUSTOMS.keys).dropna(subset="value")["value"]
    known = pd.concat([known, years[[fiscal.is_calendar_year(p) for p in years.index]]])
    start = 900 * np.exp(0.12 * np.arange(len(index)) / 12)
    level = np.minimum(start, 2800) * np.exp(np.cumsum(rng.normal(0, 0.019, len(index))))
    drawn = level * SEASON[index.month - 1] * np.exp(rng.normal(0, 0.07, len(index)))
    total = raked(drawn[None], index, [(slice(None), p, v) for p, v in known.items()], excess[None])
    end = max(fiscal.months(p)[-1] for p in known.index)
    held = (index > end - 12) & (index <= end)
    total[:, index > end] *= total[0, held].sum() / drawn[held].sum()  # what is not known yet goes on from what is
    metal = np.clip(OPEN[0] + rng.normal(0, 0.03, len(index)), 0.3, 0.8)
    lines = total * np.array([1 - metal, metal])
    split = customs.lines(india, customs.subject(india))
    fits = [(slice(1, 2), customs.subject(india), split["tonnes"].iloc[1])] if len(split) else []
    months = [(slice(None), str(month), v) for month, v in zip(index, total[0] + excess, strict=True)]
    return raked(lines, index, fits + months, np.array([excess, 0 * excess]))


def _values(india, index, weight, excess, rng):
    """Million USD by line and month without the excess."""
    price = np.array([OPEN[2], OPEN[1]])[:, None] * np.exp(rng.normal(0, 0.05, weight.shape))
    whole = customs.imports(india, "value_usd")["value"]
    both = india.series("trade", **targets.CUSTOMS.keys | {"measure": "value_usd"}).dropna(subset="value")["value"]
    metal = customs.imports(india, "value_usd", hs=customs.OTHER_METAL)["value"]
    fits = [(slice(None), p, v) for p, v in pd.concat([both, whole[~whole.index.isin(both.index)]]).items()]
    fits += [(slice(1, 2), p, v) for p, v in metal.items()]
    return raked(weight * price / 1000, index, fits, np.array([excess, 0 * excess]))


def _written(index, partner, hs, tonnes, dollars, day):
    keys = {"flow": "import", "reporter": "IND", "partner": partner, "hs": hs, "status": "reported", "source": "S66"}
    return [
        {**keys, **day, "measure": measure, "period": str(month), "value": round(float(value), 3), "unit": unit}
        for measure, values, unit in (("weight", tonnes, "t"), ("value_usd", dollars, "USD m"))
        for month, value in zip(index, values, strict=True)
    ]
