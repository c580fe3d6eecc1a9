"""Figures of UN Comtrade's rows: countries by their ISO codes, tonnes, million dollars.

Partners have the codes of the UN, which ``spellings.csv`` turns into those of ISO. What belongs to no country (areas
not elsewhere specified, bunkers, free zones, states that are no more) is one partner, ``nes``, so that partners add up
to the world at most; groups of countries, whose members are partners too, are left out. Net weight is always in
kilograms; nothing, beside a value, is a weight that is not known: there is no figure of it, and the note of the value
says so. That a row is not ``isReported`` means that it is a sum of finer lines, and nothing else.
"""

from collections.abc import Iterable

import pandas as pd

from helpers.data.sources.protocol import COLUMNS, Request, UnfitError
from helpers.data.sources.spellings import partners

FLOWS = {"M": "import", "X": "export"}
TOTALS = {"partner2Code": 0, "customsCode": "C00", "motCode": 0}
"""What marks the rows that are no part of another: second partners, procedures and transports all together."""

KILOGRAMS = {8: 1, 21: 1000}
"""What one of a unit of quantity weighs, by the code of the unit; other units count pieces, and say nothing."""

APART = 0.02
"""Share by which a quantity may differ from the net weight, or the sum of partners exceed the world."""

KEY = ["period", "partnerCode", "cmdCode"]
NOTES = {
    "unweighed": ", not all weighed",
    "by_quantity": ", from the quantity",
    "guessed": ", estimated by the publisher",
    "apart": ", quantity and net weight differ",
    "returned": ", its own goods returned",
}
"""What a note says of a figure, beside the edition of the HS in which it was reported."""


def figures(parsed: pd.DataFrame, request: Request) -> pd.DataFrame:
    """Weights and values of the asked lines, by partner and period.

    Where a period has a world, partners that it does not name did not trade; where it has none, nothing is public yet.
    Neither becomes a figure of nought. UnfitError if a row is of something else than was asked, comes twice or only in
    parts, or partners exceed the world.
    """
    if parsed.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    _as_asked(parsed, request)
    total = (parsed[list(TOTALS)] == list(TOTALS.values())).all(axis=1)
    told = parsed[total]
    parts = parsed.loc[~total, KEY].drop_duplicates().merge(told[KEY], how="left", indicator=True)
    if len(alone := parts[parts["_merge"] == "left_only"]):
        raise UnfitError(f"parts came without their total, such as {_some(alone[KEY].to_numpy())}")
    if (twice := told.duplicated(KEY)).any():
        raise UnfitError(f"a row came twice, such as {_some(told[twice][KEY].to_numpy())}")
    told = told.assign(partner=_named(told), **_weighed(told))
    told = _together(told[told["partner"] != "group"])
    _within(told)
    return _long(told, partners("comtrade")[request.params["reporterCode"]], request.params["flowCode"])


def codes() -> dict[str, int]:
    """The UN's code of each country, the first of several, and of the world, by its ISO code."""
    known = reversed(partners("comtrade").items())
    return {iso: int(code) for code, iso in known if iso not in ("nes", "group")}


def _as_asked(parsed: pd.DataFrame, request: Request) -> None:
    asked = {name: words.split(",") for name, words in request.params.items()}
    asked["freqCode"] = [request.path.split("/")[-2]]
    for name in ("freqCode", "reporterCode", "flowCode", "period", "cmdCode", "partnerCode"):
        if name in asked and len(others := parsed.loc[~parsed[name].astype(str).isin(asked[name]), name]):
            raise UnfitError(f"asked for {name} {' '.join(asked[name])}, but {_some(others.unique())} came")
    kind, other = ("cifvalue", "fobvalue") if request.params["flowCode"] == "M" else ("fobvalue", "cifvalue")
    swapped = parsed[parsed[kind].isna() & parsed[other].notna()]
    if len(swapped):
        raise UnfitError(f"{len(swapped)} rows have {other} and no {kind}: values of the other flow came")
    amounts = parsed[["netWgt", "primaryValue"]]
    if (amounts < 0).any(axis=None):
        raise UnfitError(f"a weight or a value is below nothing: {amounts.min().to_dict()}")


def _named(told: pd.DataFrame) -> pd.Series:
    """The partner of each row: a country, ``world``, ``nes``, or ``group``."""
    partner = told["partnerCode"].astype(str).map(partners("comtrade"))
    new = told.loc[partner.isna(), "partnerISO"].astype("string").str.fullmatch("[A-Z]{3}").fillna(False)
    if not new.all():
        odd = told.loc[new[~new].index, ["partnerCode", "partnerISO"]].to_numpy()
        raise UnfitError(f"partner {_some(odd)} is not known; add its code to spellings.csv")
    return partner.fillna(told["partnerISO"])


def _weighed(told: pd.DataFrame) -> dict[str, pd.Series]:
    """Tonnes and million dollars, and what :data:`NOTES` says of them."""
    net = told["netWgt"].where(told["netWgt"] > 0)
    quantity = told["qty"].where(told["qty"] > 0) * told["qtyUnitCode"].map(KILOGRAMS)
    by_quantity = net.isna() & quantity.notna()
    apart = (net / quantity - 1).abs() > APART
    value = told["primaryValue"].where(told["primaryValue"] > 0)
    return {
        "weight": net.fillna(quantity) / 1000,
        "low": net.fillna(quantity).where(~(quantity < net), quantity) / 1000,
        "high": net.fillna(quantity).where(~(quantity > net), quantity) / 1000,
        "value_usd": value / 1e6,
        "unweighed": net.isna() & quantity.isna() & value.notna(),
        "by_quantity": by_quantity,
        "guessed": told["isNetWgtEstimated"].where(~by_quantity, told["isQtyEstimated"]) & (net.notna() | by_quantity),
        "apart": apart,
        "returned": told["partnerCode"] == told["reporterCode"],
    }


def _together(told: pd.DataFrame) -> pd.DataFrame:
    """One row a line, partner and period: of countries their own, of ``nes`` and former codes the sum."""
    groups = told.groupby(["period", "cmdCode", "partner"], sort=False)
    sums = groups[["weight", "low", "high", "value_usd"]].sum(min_count=1)
    return sums.join(groups[list(NOTES)].any()).join(groups["classificationCode"].first()).reset_index()


def _within(told: pd.DataFrame) -> None:
    """Partners add up to the world at most."""
    worth = told.set_index(["period", "cmdCode"])
    world = worth["partner"] == "world"
    parts, whole = worth.loc[~world, "value_usd"].groupby(level=[0, 1]).sum(), worth.loc[world, "value_usd"]
    if len(more := parts[parts > whole.reindex(parts.index) * (1 + APART)]):
        raise UnfitError(f"partners exceed the world in the value of {_some(more.index)}")


def _long(told: pd.DataFrame, reporter: str, flow: str) -> pd.DataFrame:
    """A row a figure, with the columns of the archive; a weight that two fields give differently has both as range."""
    place = FLOWS[flow] + "/" + reporter + "/" + told["partner"] + "/" + told["cmdCode"] + "/"
    period = told["period"].map(
        {text: "-".join(filter(None, (text[:4], text[4:]))) for text in told["period"].unique()}
    )
    shared = pd.DataFrame({"table": "trade", "key": place, "period": period, "status": "reported", "published": None})
    shared["note"] = told["classificationCode"].mask(told["returned"], told["classificationCode"] + NOTES["returned"])
    weight = shared.assign(unit="t", value=told["weight"])
    weight = weight.assign(**told[["low", "high"]].where(told["apart"]))
    weight["status"] = weight["status"].mask(told["guessed"] | told["apart"], "estimate")
    value = shared.assign(unit="USD m", value=told["value_usd"], low=float("nan"), high=float("nan"))
    for rows, measure, said in (
        (weight, "weight", ("unweighed", "by_quantity", "guessed", "apart")),
        (value, "value_usd", ("unweighed",)),
    ):
        rows["key"] += measure
        for name in said:
            rows["note"] = rows["note"].mask(told[name], rows["note"] + NOTES[name])
    found = pd.concat([weight, value], ignore_index=True)
    return found.loc[found["value"].notna(), list(COLUMNS)].reset_index(drop=True)


def _some(found: Iterable) -> str:
    """The first few of what was found, in words."""
    return ", ".join(" ".join(map(str, one)) if not isinstance(one, str) and hasattr(one, "__iter__") else str(one)
                     for one in list(found)[:3])  # fmt: skip
