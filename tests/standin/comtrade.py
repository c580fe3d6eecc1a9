"""UN Comtrade on a local port: seeded months of India's imports and China's exports, its limits and its faults.

The totals of HS 850511, its partners of calendar 2024 and the mirror are those of ``data/trade.csv`` wherever that has
them; the months between are made up. Routes and fields: the preview without a key, which is cut at 500 rows and takes
one period, and the full road, which wants a key.
"""

import json
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from werkzeug import Request, Response

from helpers import fiscal, paths
from helpers.data.sources import comtrade

START, LAG, SEED = "2018-01", 75, 20180101
BREAKDOWN = [(0, "C00", 1000), (0, "C00", 2100), (0, "C04", 0), (0, "C05", 0),
             (702, "C00", 0), (344, "C00", 0), (784, "C00", 0)]  # fmt: skip
"""Second partner, procedure and transport of rows that are parts of another."""

REFUSALS = {
    "no key": (401, {"statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to "
                     "include subscription key when making requests to an API."}),
    "wrong key": (401, {"statusCode": 401, "message": "Access denied due to invalid subscription key. Make sure to "
                        "provide a valid key for an active subscription."}),
    "periods": (400, {"errorObject": {"errorMessage": "Maximum number of periods for preview is 1"}}),
    "error in 200": (200, {"elapsedTime": "0.01 secs", "count": 0, "data": [], "error": "Invalid parameter"}),
    "count 0": (200, {"elapsedTime": "0.01 secs", "count": 0, "data": [], "error": ""}),
}  # fmt: skip
"""What it answers instead of figures: status and body; what any source may answer is in `faults`."""


FAULTS = {
    "cut": lambda rows: (rows * 500)[:500],
    "breakdown": lambda rows: [part for row in rows for part in (row, *_parts(row))],
    "parts only": lambda rows: [part for row in rows for part in _parts(row)],
    "twice": lambda rows: [*rows, rows[0]],
    "reporter": lambda rows: [row | {"reporterCode": 842, "reporterISO": "USA"} for row in rows],
    "flow": lambda rows: [row | {"flowCode": "X" if row["flowCode"] == "M" else "M"} for row in rows],
    "swapped": lambda rows: [row | {"cifvalue": row["fobvalue"], "fobvalue": row["cifvalue"]} for row in rows],
    "columns": lambda rows: [{{"netWgt": "netWeight"}.get(name, name): row[name] for name in row} for row in rows],
    "types": lambda rows: [row | {"netWgt": f"{row['netWgt']:,}"} for row in rows],
    "revised": lambda rows: [
        row | {"netWgt": round(row["netWgt"] * 1.07), "qty": round(row["qty"] * 1.07)} if _last(row, rows) else row
        for row in rows
    ],
    "withdrawn": lambda rows: [row for row in rows if not _last(row, rows)],
}
"""What it does to its rows."""


def install(
    server, folder: Path = paths.DATA, fault: str = "", slip: str = "", today: date | None = None, key: str = "demo"
) -> None:
    """Answer on a running server as UN Comtrade does, on a day, this one unless given: newer months are not public yet.

    ``fault`` is one of :data:`REFUSALS` or :data:`FAULTS`; ``slip`` says where the excess of the surge lies: ``few``
    (five cells, far too cheap), ``spread`` (fifty cells, at the price of ferrite), or nothing (over all cells).
    """

    def answer(request: Request) -> Response:
        keyed = request.path.startswith("/data/")
        if fault in REFUSALS:
            return _response(*REFUSALS[fault])
        said = request.headers.get("Ocp-Apim-Subscription-Key", "")
        if keyed and said != key:
            return _response(*REFUSALS["wrong key" if said else "no key"])
        if len(request.args["period"].split(",")) > (12 if keyed else 1):
            return _response(*REFUSALS["periods"])
        rows = _rows(request.args, request.path.split("/")[-2], months(folder, slip, today or date.today()))
        rows = FAULTS.get(fault, list)(rows)[: 100_000 if keyed else 500]
        return _response(200, {"elapsedTime": "0.21 secs", "count": len(rows), "data": rows, "error": ""})

    for road in ("/public/v1/preview", "/data/v1/get"):
        for often in "MA":
            server.expect_request(f"{road}/C/{often}/HS").respond_with_handler(answer)


@cache
def months(folder: Path, slip: str, today: date) -> pd.DataFrame:
    """Every month that is public on a day: flow, reporter, partner, hs, month, weight (t), value (USD m).

    Partners are ISO codes and ``nes``; the world is their sum, and China's world a partner of its own.
    """
    held = curated(folder)
    last = (pd.Timestamp(today) - pd.Timedelta(days=LAG)).to_period("M") - 1
    every = pd.period_range(START, last, freq="M")
    luck = np.random.default_rng(SEED)
    metal = _metal(held, every, luck, slip, folder)
    others = [_plain(held, every, luck, line) for line in ("850519", "850590")]
    return pd.concat([metal, *others, *(_china(held, every, luck, line) for line in (metal, *others))])


def curated(folder: Path) -> pd.DataFrame:
    """The reported figures of trade, in the order in which they were published."""
    held = pd.read_csv(folder / "trade.csv", dtype={"hs": "string"}, keep_default_na=False, na_values=[""])
    return held[held["value"].notna() & (held["status"] == "reported")].sort_values("published")


def total(held, period, measure="weight", hs="850511", partner="world", reporter="IND", flow="import"):
    """A figure of the curated table, the last published; nan where it has none."""
    wanted = {"flow": flow, "reporter": reporter, "partner": partner, "hs": hs, "measure": measure, "period": period}
    rows = held[(held[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    return float(rows["value"].iloc[-1]) if len(rows) else float("nan")


def before(held, period, measure, growth=""):
    """What a figure was a year earlier, by its growth."""
    return total(held, period, measure) / (1 + total(held, period, growth or f"{measure}_yoy") / 100)


def rate(folder, year):
    """Rupees per dollar in a fiscal year."""
    prices = pd.read_csv(folder / "prices.csv")
    rows = prices[(prices["item"] == "INR per USD") & (prices["period"] == year)]
    return float(rows["value"].iloc[-1])


def first_half(held):
    """Tonnes of the half-year of the surge, from the next first half and its fall."""
    return total(held, "FY26-H1") / (1 + total(held, "FY26-H1", "weight_yoy") / 100)


def _metal(held, every, luck, slip, folder):
    """India's imports of HS 850511 by partner."""
    year = held[(held["flow"] == "import") & (held["reporter"] == "IND") & (held["hs"] == "850511")]
    year = year[year["period"].isin(["2022", "2024"]) & year["measure"].isin(["weight", "value_usd"])]
    known = year.pivot_table(index="partner", columns=["measure", "period"], values="value")
    world, known = known.loc["world"], known.drop(index="world").fillna(1e-6)
    known.loc["nes"] = (world - known.sum()).clip(lower=1e-6)
    tonnes, surge = known["weight"], first_half(held)
    half, rest = _in(every, "FY25-H1"), total(held, "FY25") - surge
    shares = (tonnes / tonnes.sum()).mean(axis=1)
    levels = {name: total(held, name) for name in ("FY21", "2022", "FY24", "FY26-H1")} | {"FY25-H2": rest}
    base = np.outer(shares, _level(levels, every)) * _noise(luck, (len(shares), len(every)))
    base *= _active(luck, tonnes["2024"].to_numpy(), every)
    excess, place = surge - base[:, half].sum(), {name: number for number, name in enumerate(shares.index)}
    fixed = np.zeros(base.shape, bool)
    first = int(half.argmax()) + 1  # the half's first month is known by its growth
    later = half & (np.arange(len(every)) >= first)
    if slip == "few":
        others = [(name, float(tonnes.loc[name, "2024"]) * 0.7) for name in ("SGP", "HKG", "USA", "IDN")]
        for month, (name, more) in enumerate([("CHN", excess - sum(more for _, more in others)), *others]):
            base[place[name], first + month] += more
    elif slip == "spread":
        largest = [place[name] for name in shares.drop(["CHN", "nes"]).nlargest(10).index]
        fixed[np.ix_(largest, np.flatnonzero(later))] = True
        base[fixed] += excess / fixed.sum()
    else:
        base[:, later] *= surge / base[:, half].sum()
    sets = {
        name: total(held, name) for name in ("FY21", "2022", "FY24", "2024", "FY25", "2025-03", "2025-04", "FY26-H1")
    }
    sets |= {f"2024-{month}": before(held, f"2025-{month}", "weight") for month in ("03", "04")}
    by_partner = {"2022": tonnes["2022"]} | ({} if slip == "spread" else {"2024": tonnes["2024"]})
    weight = fitted(base, every, sets | {"FY25-H1": surge}, by_partner)
    values = {name: total(held, name, "value_usd") for name in ("2022", "2024", "FY25", "2025-03", "2025-04")}
    values |= {f"2024-{month}": before(held, f"2025-{month}", "value_usd") for month in ("03", "04")}
    values["FY24"] = (
        before(held, "FY25", "value_inr", "value_yoy") * 10 / rate(folder, "FY24")
    )  # a crore is ten million
    usd = known["value_usd"]
    worth = np.outer((usd / usd.sum()).mean(axis=1), _level(values, every)) * _noise(luck, base.shape) * (weight > 0)
    worth[fixed] = (weight * luck.uniform(1.85, 2.35, base.shape) / 1000)[fixed]
    partners = {"2022": usd["2022"]} | ({} if slip == "spread" else {"2024": usd["2024"]})
    return _long("import", "IND", "850511", shares.index, every, weight, fitted(worth, every, values, partners, fixed))


def _plain(held, every, luck, hs):
    """India's imports of another line, by China and thirty-nine others, level but for noise."""
    line = f"{hs}00"
    others = [name for name in sorted(held.loc[held["reporter"] == "IND", "partner"].unique()) if name not in _SELVES]
    partners = pd.Index(["CHN", *others[:38], "nes"])
    usd = {name: total(held, name, "value_usd", line) for name in ("FY23", "FY24", "FY25")}
    china = {name: total(held, name, "value_usd", line, "CHN") for name in usd}
    shares = np.array([sum(china.values()), *(luck.pareto(1.2, 39) + 0.1)])
    shares[1:] *= (sum(usd.values()) - shares[0]) / shares[1:].sum()
    worth = np.outer(shares / shares.sum(), _level(usd, every)) * _noise(luck, (len(shares), len(every)))
    worth *= _active(luck, shares, every)
    for name in usd:
        inside = _place(every, name)
        worth[0, inside] *= china[name] / worth[0, inside].sum()
        worth[1:, inside] *= (usd[name] - china[name]) / worth[1:, inside].sum()
    tonnes = total(held, "FY25", "weight", line, "CHN")
    price = china["FY25"] / tonnes if hs == "850519" else 1 / 90
    price = price * np.r_[1.0, luck.uniform(1.5, 6, 39)][:, None] * _noise(luck, worth.shape)
    if hs == "850519":
        price[0] *= (worth[0] / price[0])[_in(every, "FY25")].sum() / tonnes
    return _long("import", "IND", hs, partners, every, worth / price, worth)


def _china(held, every, luck, imports):
    """China's exports of a line to India and to the world: the mirror."""
    line = imports["hs"].iloc[0]
    mirror = imports[imports["partner"] == "CHN"].set_index("month").reindex(every)[["weight", "value"]].to_numpy().T
    if line == "850511":
        sets = ("2022", "2024", "2024-12")
        found = []
        for measure in ("weight", "value_usd"):
            known = {name: total(held, name, measure, line, "IND", "CHN", "export") for name in sets}
            start = _level({name: known[name] for name in sets[:2]}, every) * _noise(luck, len(every))
            found.append(fitted(start[None, :], every, known, {})[0])
        mirror = np.array(found)
    else:
        mirror = mirror * 0.93 * _noise(luck, mirror.shape)
    world = mirror * luck.uniform(8, 10, mirror.shape)
    return _long("export", "CHN", line, pd.Index(["IND", "world"]), every, *np.stack([mirror, world], axis=1))


_SELVES = {"CHN", "world", "IND"}


def _level(known, every):
    """Mean of a month, between the middles of periods whose totals are known."""
    known = {name: amount for name, amount in known.items() if amount == amount}
    points = sorted((np.mean([m.ordinal for m in fiscal.months(name)]), name) for name in known)
    means = [np.log(known[name] / len(fiscal.months(name))) for _, name in points]
    return np.exp(np.interp([month.ordinal for month in every], [place for place, _ in points], means))


def _noise(luck, shape):
    return np.exp(luck.normal(0, 0.08, shape))


def _active(luck, size, every):
    """In which months a partner sells anything: large ones in all, small ones in some, one of 2024 at least."""
    on = luck.random((len(size), len(every)))
    often = np.clip(np.sqrt(size), 1 / 12, 1)[:, None]
    chosen = on < often
    for year in ("2022", "2024"):
        months = np.flatnonzero(_in(every, year))
        chosen[np.arange(len(size)), months[on[:, months].argmin(axis=1)]] = True
    return chosen


def _in(every, period):
    return every.isin(fiscal.months(period))


def fitted(start, every, totals, by_partner, fixed=None):
    """Cells in proportion to a start, so that totals of periods, and partners of some years, come out."""
    fixed = np.zeros(start.shape, bool) if fixed is None else fixed
    given = np.where(fixed, start, 0)
    sums = [(slice(None), name, amounts.to_numpy()[:, None]) for name, amounts in by_partner.items()]
    sums += [(slice(None), name, amount) for name, amount in totals.items() if amount == amount]
    return given + raked(np.where(fixed, 0, start), every, sums, given)


def raked(start, every, sums, given):
    """Cells in proportion to a start that with what is given make sums of some rows and of a period among the months.

    A sum is a number, or a column with one of each row: iterative proportional fitting.
    """
    cells, parts = start.copy(), []
    for rows, period, wanted in sums:
        if fiscal.months(period).isin(every).all():
            place, axis = (rows, _place(every, period)), 1 if np.ndim(wanted) else None
            left = wanted - given[place].sum(axis=axis, keepdims=bool(axis))
            parts.append((cells[place], np.maximum(left, 1e-6), axis))
    for _ in range(400):
        before = cells.copy()
        for part, left, axis in parts:
            part *= left / part.sum(axis=axis, keepdims=bool(axis))
        if np.allclose(before, cells, rtol=1e-12):
            break
    return cells


def _place(every, period):
    """Where the months of a period are, as a slice."""
    (inside,) = np.nonzero(_in(every, period))
    return slice(inside[0], inside[-1] + 1)


def _long(flow, reporter, hs, partners, every, weight, value):
    rows = pd.DataFrame({
        "flow": flow, "reporter": reporter, "hs": hs, "partner": np.repeat(partners, len(every)),
        "month": np.tile(every, len(partners)), "weight": weight.ravel(), "value": value.ravel(),
    })  # fmt: skip
    rows = rows[rows["weight"] > 0]
    return rows.assign(weight=rows["weight"].mul(1000).round().clip(lower=1) / 1000, value=rows["value"].round(8))


def _rows(asked, often, held):
    """The rows of an answer; without the names of totals in the question, with their parts."""
    codes = comtrade.codes() | {"nes": 899}
    names = {code: iso for iso, code in codes.items()} | {0: "W00", 490: "S19", 899: "_X "}
    held = held[(held["reporter"] == names[int(asked["reporterCode"])]) & held["hs"].isin(asked["cmdCode"].split(","))]
    held = held[held["flow"] == comtrade.FLOWS[asked["flowCode"]]]
    held = held.assign(partner=held["partner"].map(codes))
    period = held["month"].dt.strftime("%Y%m" if often == "M" else "%Y")
    if often == "A":
        whole = held["month"].dt.year.map(held.groupby(held["month"].dt.year)["month"].nunique()) == 12
        held, period = held[whole], period[whole]
    held = held.assign(period=period)[period.isin(asked["period"].split(","))]
    key = ["period", "hs", "partner"]
    rows = held.groupby(key, as_index=False)[["weight", "value"]].sum()
    if asked["flowCode"] == "M":
        world = rows.groupby(["period", "hs"], as_index=False)[["weight", "value"]].sum().assign(partner=0)
        rows = pd.concat([world, rows])
    if "partnerCode" in asked:
        rows = rows[rows["partner"].astype(str).isin(asked["partnerCode"].split(","))]
    found = [_row(row, asked, often, names) for row in rows.sort_values(key).to_dict("records")]
    if all(name in asked for name in comtrade.TOTALS):
        return found
    return FAULTS["breakdown"](found)


def _row(row, asked, often, names):
    year, month = int(row["period"][:4]), int(row["period"][4:] or 52)
    kilograms, dollars = round(row["weight"] * 1000, 3), round(row["value"] * 1e6, 3)
    imports, said = asked["flowCode"] == "M", asked.get("includeDesc") == "true"
    return {
        "typeCode": "C", "freqCode": often, "refPeriodId": year * 10000 + (month if month < 13 else 1) * 100 + 1,
        "refYear": year, "refMonth": month, "period": row["period"], "reporterCode": int(asked["reporterCode"]),
        "reporterISO": names[int(asked["reporterCode"])] if said else None, "reporterDesc": None,
        "flowCode": asked["flowCode"], "flowDesc": ("Import" if imports else "Export") if said else None,
        "partnerCode": row["partner"], "partnerISO": names[row["partner"]] if said else None, "partnerDesc": None,
        "partner2Code": 0, "partner2ISO": "W00" if said else None, "partner2Desc": None,
        "classificationCode": "H6" if year > 2021 else "H5", "classificationSearchCode": "HS",
        "isOriginalClassification": True, "cmdCode": row["hs"], "cmdDesc": None, "aggrLevel": 6, "isLeaf": True,
        "customsCode": "C00", "customsDesc": None, "mosCode": "0", "motCode": 0, "motDesc": None,
        "qtyUnitCode": 8, "qtyUnitAbbr": "kg" if said else None, "qty": kilograms, "isQtyEstimated": False,
        "altQtyUnitCode": -1, "altQtyUnitAbbr": "N/A" if said else None, "altQty": 0, "isAltQtyEstimated": False,
        "netWgt": kilograms, "isNetWgtEstimated": False, "grossWgt": 0, "isGrossWgtEstimated": False,
        "cifvalue": dollars if imports else None, "fobvalue": None if imports else dollars, "primaryValue": dollars,
        "legacyEstimationFlag": 0, "isReported": False, "isAggregate": True,
    }  # fmt: skip


def _parts(row):
    """Seven rows that are parts of a row."""
    for number, (partner2, procedure, transport) in enumerate(BREAKDOWN):
        share = (number + 1) / 28
        yield row | {"partner2Code": partner2, "customsCode": procedure, "motCode": transport,
                     "netWgt": row["netWgt"] * share, "qty": row["qty"] * share,
                     "primaryValue": row["primaryValue"] * share}  # fmt: skip


def _last(row, rows):
    return row["period"] == max(one["period"] for one in rows)


def _response(status, body):
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")
