"""The explorer: a page of levers that reckons anew what they come to, from draws that it carries.

``template/explorer.js`` does in a browser what :mod:`helpers.outlook.scenario_balance` does here, by the same names and
from the same numbers: :func:`unpacked` gives back exactly what the script reads.
"""

import base64
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.scenarios import tables
from helpers.data import Quantity, Vintage, derived, number
from helpers.outlook import demand_draws, levers, scenario, targets
from helpers.outlook.levers import Levers
from helpers.outlook.scenario import Draws
from helpers.outlook.scenario_parts import Part

COUNT = 1000
"""Draws that a page carries: of those of a chapter, in the order of the last year's imports, one of every few."""

_SHOWN = {"demand": "Need of all sectors, t", "scheme": "Made in India's plants for it, t",
          "recycled": "Won from old magnets, t", "stock": "Drawn from stocks, t"} | tables.STEPS  # fmt: skip
_PER = {"fitted": "units", "whole": "units", "tonnes": "fitted"}
"""What a page carries of a sector per unit of something else, because that is the same in most years."""

_SAME, _STEPS = 1e-9, 50
"""What differs by a smaller part is the same; a lever has at least so many steps."""


@targets.remembered
def content(india: Vintage, count: int = COUNT) -> dict[str, Any]:
    """What the template ``explorer`` fills in; of a day without any demand, only why there is ``nothing``."""
    every = scenario.draws(india)
    if not any(part.tonnes.any() for part in every.parts):
        return {"nothing": words.not_yet(india, "What levers would move").text}
    held, named, years = packed(every, count), scenario.named(india), tables.years(india)
    draws, year = unpacked(held), years[min(1, len(years) - 1)]
    names = [fiscal.year_name(int(one)) for one in draws.years]
    rows = [_row(name, row, draws, years, year) for name, row in named.iterrows()]
    carried = {
        "draws": held, "defaults": Levers().model_dump(mode="json"), "shown": _SHOWN,
        "names": names, "at": names.index(fiscal.year_name(year)), "day": str(india.day),
        "stories": {row["text"]: row["name"] for row in rows if not row["lacking"]},
    }  # fmt: skip
    heads = [f"{tables.STEPS['imports']}, {fiscal.year_name(one)}" for one in years]
    return {
        "carried": carried, "levers": _inputs(every.lacking), "rows": rows, "drawn": number(len(draws)),
        "heads": [*heads, f"{tables.STEPS['shortage']}, {fiscal.year_name(year)}"],
        "priced": bool(np.isfinite(draws.price).all()),
        "sectors": [part.sector or ("uses that no source gives" if part.bound else "all other uses")
                    for part in draws.parts],
        "of": scenario.sources(india, Levers(), "rupees").split(),
    }  # fmt: skip


def packed(draws: Draws, count: int) -> dict[str, Any]:
    """Some of the draws as JSON carries them: arrays over years as 16-bit floats times a power of two, else 32-bit.

    They lie evenly in the order of the last year's imports, and there of its shortage, so that they are as spread as
    all.
    """
    made = scenario.balance(draws, Levers())
    layers = np.argsort(np.argsort(made.imports[:, -1], kind="stable")) * round(count**0.5) // len(draws)
    order = np.lexsort((made.shortage[:, -1], layers))
    places = order[((np.arange(count) + 0.5) * len(draws) / count).astype(int)]

    def small(value: Any) -> Any:
        match value:
            case np.ndarray() if value.ndim > 1:
                value = value[places] if len(value) == len(draws) else value
                wide = value.shape[1] > 1 and bool((np.ptp(value, axis=1) > _SAME * np.abs(value).max()).any())
                scale = 2.0 ** np.ceil(np.log2(np.abs(value).max() / np.finfo("f2").max)) if wide else 1.0
                bits = (value / scale).astype("<f2") if wide else value[:, :1].astype("<f4")
                shape = {"rows": bits.shape[0], "columns": bits.shape[1], "scale": float(scale)}
                return shape | {"bits": base64.b64encode(bits.tobytes()).decode()}
            case np.ndarray() | np.generic():
                return value.tolist()
            case dict():
                return {name: small(one) for name, one in value.items()}
            case list():
                return [small(one) for one in value]
        return value

    parts = [asdict(part) | _per_unit(part) for part in draws.parts]
    return small({name: one for name, one in asdict(draws).items() if name != "sources"} | {"parts": parts})


def unpacked(held: dict[str, Any]) -> Draws:
    """The draws that a page carries, to the last bit as its script reads them."""

    def whole(value: Any) -> Any:
        match value:
            case {"bits": bits, "rows": rows, "columns": columns, "scale": scale}:
                found = np.frombuffer(base64.b64decode(bits), "<f2" if columns > 1 else "<f4").astype(float)
                return found.reshape(rows, columns) * scale
            case dict():
                return {name: whole(one) for name, one in value.items()}
            case [int() | float(), *_]:
                return np.array(value)
            case list():
                return [whole(one) for one in value]
        return value

    found = whole(held)
    for part in found["parts"]:
        for name, value in part.items():
            if isinstance(value, np.ndarray) and len(value) > 1:
                part[name] = np.broadcast_to(value, (len(value), len(found["years"])))
        for name, of in _PER.items() if len(part["units"]) > 1 else ():
            part[name] = part[name] * part[of]
    return Draws(**found | {"parts": tuple(Part(**part) for part in found["parts"]), "sources": {}})


def ends(made: np.ndarray, every: np.ndarray, year: int) -> Quantity:
    """The 80 % of draws without and with bounds, as :func:`.scenario.at` tells them."""
    low, middle, high = demand_draws.ends(made, every)
    return derived(middle, "", period=fiscal.year_name(year), low=low, high=high)


def _per_unit(part: Part) -> dict[str, np.ndarray]:
    if len(part.units) == 1:
        return {}

    def over(of: np.ndarray, whole: np.ndarray) -> np.ndarray:
        found = np.divide(of, whole, out=np.zeros_like(whole), where=whole > 0)
        return np.where(whole > 0, found, found.max(axis=1, keepdims=True))

    found = {name: over(getattr(part, name), getattr(part, of)) for name, of in _PER.items()}
    return found | {"outside": over(part.tonnes * part.outside, part.tonnes)}


def _row(name: str, row: pd.Series, draws: Draws, years: list[int], year: int) -> dict[str, Any]:
    """A named scenario with what comes of it, and its levers as the script writes them."""
    moved = row["levers"].model_dump(mode="json", exclude_defaults=True).items()
    text = ";".join(f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}" for name, value in moved)
    cells = []
    if not row["lacking"]:
        made, every = (scenario.balance(draws, row["levers"], bounds) for bounds in (False, True))
        wanted = [*(("imports", one) for one in years), ("shortage", year)]
        cells = [ends(made.of(*of), every.of(*of), of[1]) for of in wanted]
    found = {"name": name, "story": row["story"], "lacking": row["lacking"], "cells": cells}
    return found | {"text": text, "link": quote(text, safe="=;")}


def _inputs(lacking: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The levers as inputs, by who holds them; ``open`` ones may be given or not."""
    table = levers.described()
    table["short"] = [tables.SHORT[name] for name in table.index]
    table["kind"] = [
        "select" if row.choices else "range" if pd.notna(row.high) else "date" for row in table.itertuples()
    ]
    table["open"] = table["default"].isna() & (table["kind"] == "range")
    table["step"] = 10 ** np.floor(np.log10((table["high"] - table["low"]) / _STEPS))
    table["lacking"] = [lacking.get(name, "") for name in table.index]
    own = table.index.isin(tables.OWN)
    groups = {"What India can move": table[own], "What markets and other states move": table[~own]}
    return {head: rows.reset_index().to_dict("records") for head, rows in groups.items()}
