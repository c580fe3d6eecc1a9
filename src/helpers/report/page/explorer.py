"""The explorer: a page of levers that reckons anew what they come to, from draws that it carries.

``template/explorer.js`` does in a browser what :mod:`helpers.outlook.scenario_balance` does here, by the same names and
from the same numbers: :func:`unpacked` gives back exactly what the script reads.
"""

import base64
from dataclasses import asdict, fields
from typing import Any
from urllib.parse import quote

import numpy as np

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import sentence
from helpers.chapters.scenarios import tables
from helpers.data import Quantity, Vintage, derived
from helpers.outlook import levers, scenario
from helpers.outlook.demand_draws import ENDS
from helpers.outlook.levers import Levers
from helpers.outlook.scenario import Draws
from helpers.outlook.scenario_parts import Part

COUNT = 1000
"""Draws that a page carries: a tenth of those of a chapter, as they stand in the order of the last year's imports."""

SHOWN = {"demand": "Need of all sectors, t", "scheme": "Made in India's plants for it, t",
         "recycled": "Won from old magnets, t", "stock": "Drawn from stocks, t"} | tables.STEPS  # fmt: skip

_PER = {"fitted": "units", "whole": "units", "tonnes": "fitted"}
"""What a page carries of a sector, by what it is told of."""

_MOST, _SAME, _STEPS = 65504.0, 1e-9, 50
"""The greatest of the small floats; what differs by less is the same in every year; a lever moves in at least so many steps."""


def content(india: Vintage, count: int = COUNT) -> dict[str, Any]:
    """What the template ``explorer`` fills in; of a day without any demand, only why there is ``nothing``."""
    every = scenario.draws(india)
    if not any(part.tonnes.any() for part in every.parts):
        return {"nothing": words.not_yet(india, "What levers would move").text}
    held = packed(thinned(every, min(count, len(every))))
    draws, defaults, named = unpacked(held), Levers().model_dump(mode="json"), scenario.named(india)
    years, of = tables.years(india), scenario.sources(india, Levers(), "rupees").split()
    names = [fiscal.year_name(int(year)) for year in draws.years]
    year = years[min(1, len(years) - 1)]
    rows = [_row(name, row, draws, years, year) for name, row in named.iterrows()]
    stories = {_text(row["levers"]): name for name, row in named.iterrows() if not row["lacking"]}
    carried = {"draws": held, "defaults": defaults, "names": names, "at": names.index(fiscal.year_name(year)),
               "day": str(india.day), "stories": stories}  # fmt: skip
    return {
        "carried": carried, "levers": _inputs(draws.lacking), "stories": stories, "rows": rows,
        "heads": [f"{tables.STEPS['imports']}, {fiscal.year_name(one)}" for one in years]
        + [f"{tables.STEPS['shortage']}, {fiscal.year_name(year)}"],
        "shown": {name: head for name, head in SHOWN.items() if name != "rupees" or np.isfinite(draws.price).all()},
        "sectors": [(place, _sector(part)) for place, part in enumerate(draws.parts)],
        "draws": sentence("{count} draws", count=derived(len(draws), "")).text, "of": of,
    }  # fmt: skip


def thinned(draws: Draws, count: int) -> Draws:
    """Fewer draws that are as spread as all: evenly along the order of the imports of the last year."""
    order = np.argsort(scenario.balance(draws, Levers(), bounds=True).imports[:, -1], kind="stable")
    places = order[((np.arange(count) + 0.5) * len(draws) / count).astype(int)]

    def fewer(value: Any) -> Any:
        match value:
            case np.ndarray() if value.ndim == 2 and len(value) == len(draws):
                return value[places]
            case Part():
                return Part(**{one.name: fewer(getattr(value, one.name)) for one in fields(value)})
            case tuple():
                return tuple(map(fewer, value))
            case dict():
                return {name: fewer(one) for name, one in value.items()}
        return value

    return Draws(**{one.name: fewer(getattr(draws, one.name)) for one in fields(draws)})


def packed(draws: Draws) -> dict[str, Any]:
    """Draws as JSON may carry them: an array with a column a year as 16-bit floats over a power of two, else 32-bit."""

    def small(value: Any) -> Any:
        match value:
            case np.ndarray() if value.ndim == 2:
                wide = value.shape[1] > 1 and bool((np.ptp(value, axis=1) > _SAME * np.abs(value).max()).any())
                value = value if wide else value[:, :1]
                scale = 2.0 ** np.ceil(np.log2(np.abs(value).max() / _MOST)) if wide else 1.0
                bits = (value / scale).astype("<f2" if wide else "<f4")
                text = base64.b64encode(bits.tobytes()).decode()
                return {"rows": len(value), "columns": value.shape[1], "scale": float(scale), "bits": text}
            case np.ndarray() | np.generic():
                return value.tolist()
            case dict():
                return {name: small(one) for name, one in value.items()}
            case tuple() | list():
                return [small(one) for one in value]
        return value

    parts = [asdict(part) | _per_unit(part) for part in draws.parts]
    return small({name: one for name, one in asdict(draws).items() if name != "sources"} | {"parts": parts})


def unpacked(held: dict[str, Any]) -> Draws:
    """The draws that a page carries."""
    years = len(held["years"])

    def whole(value: Any) -> Any:
        match value:
            case {"bits": bits, "rows": rows, "columns": columns, "scale": scale}:
                kind = "<f2" if columns > 1 else "<f4"
                found = np.frombuffer(base64.b64decode(bits), kind).astype(float).reshape(rows, columns)
                return found * scale
            case dict():
                return {name: whole(one) for name, one in value.items()}
            case [int() | float(), *_]:
                return np.array(value)
            case list():
                return tuple(map(whole, value))
        return value

    found = whole(held)
    for part in found["parts"]:
        for name, value in part.items():
            if isinstance(value, np.ndarray) and len(value) > 1:
                part[name] = np.broadcast_to(value, (len(value), years))
        for name, of in _PER.items() if len(part["units"]) > 1 else ():
            part[name] = part[name] * part[of]
    parts = tuple(Part(**part) for part in found["parts"])
    return Draws(**found | {"parts": parts, "sources": {}})


def ends(made: np.ndarray, every: np.ndarray, year: int) -> Quantity:
    """The 80 % of draws without and with bounds, as :func:`.scenario.at` tells them."""
    low, middle, _ = np.quantile(made, ENDS)
    high = max(np.quantile(every, ENDS[-1]), middle)
    return derived(middle, "", period=fiscal.year_name(year), low=min(low, middle), high=high)


def _per_unit(part: Part) -> dict[str, np.ndarray]:
    """What of a part is the same for a unit, or for a tonne, in most years."""
    if len(part.units) == 1:
        return {}

    def over(of: np.ndarray, whole: np.ndarray) -> np.ndarray:
        found = np.divide(of, whole, out=np.zeros_like(whole), where=whole > 0)
        return np.where(whole > 0, found, found.max(axis=1, keepdims=True))

    found = {name: over(getattr(part, name), getattr(part, of)) for name, of in _PER.items()}
    return found | {"outside": over(part.tonnes * part.outside, part.tonnes)}


def _text(moved: Levers) -> str:
    """Levers as the script writes them."""
    return "; ".join(f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
                     for name, value in moved.moved.items())  # fmt: skip


def _row(name: str, row: Any, draws: Draws, years: list[int], year: int) -> dict[str, Any]:
    cells = []
    if not row["lacking"]:
        both = [scenario.balance(draws, row["levers"], bounds) for bounds in (False, True)]
        wanted = [("imports", one) for one in years] + [("shortage", year)]
        cells = [ends(*(made.of(*of) for made in both), of[1]) for of in wanted]
    link = quote(_text(row["levers"]).replace("; ", ";"), safe="=;")
    return {"name": name, "story": row["story"], "link": link, "lacking": row["lacking"], "cells": cells}


def _inputs(lacking: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The levers for the page, by who holds them."""
    table = levers.described()
    table["short"] = [tables.SHORT[name] for name in table.index]
    table["open"] = table["default"].isna() & table["high"].notna()
    table["step"] = 10 ** np.floor(np.log10((table["high"] - table["low"]) / _STEPS))
    table["lacking"] = [lacking.get(name, "") for name in table.index]
    own = table.index.isin(tables.OWN)
    groups = {"What India can move": table[own], "What markets and other states move": table[~own]}
    return {head: rows.reset_index().to_dict("records") for head, rows in groups.items()}


def _sector(part: Part) -> str:
    return part.sector or ("uses that no source counts" if part.bound else "all other uses")
