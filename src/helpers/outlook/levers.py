"""What can be moved in a scenario: one typed schema for the notebook, the command, the grid and the page.

A lever left alone is what goes on as it does: the run-rate. Its meaning, unit, bounds and choices are read from the
schema by whoever shows it (:func:`described`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from helpers.data import tables

SEPARATOR = ";"


class LeverError(ValueError):
    """A lever is unknown, ill-typed or out of its bounds; the text names it and says what may stand there."""


def _switch(value: object) -> object:
    """YAML reads on and off as true and false."""
    return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("write a number")
    return None if _none(value) else value


def _day(value: object) -> object:
    return None if _none(value) else tables.day(value if isinstance(value, date) else str(value).strip())


def _none(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in ("", "none"))


Number = Annotated[float, BeforeValidator(_number)]
NumberOrNone = Annotated[float | None, BeforeValidator(_number)]
Day = Annotated[date | None, BeforeValidator(_day)]


def _lever(default: Any, unit: str, description: str, **bounds: Any) -> Any:
    return Field(default, description=description, json_schema_extra={"unit": unit}, **bounds)


class Levers(BaseModel):
    """One setting of every lever; what is not given stays at the run-rate."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    ev_pace: Number = _lever(0.0, "of the way", "electric vehicles from their trend (0) to the targets set for them "
                             "(1); -1 is as far behind the trend", ge=-1, le=1)  # fmt: skip
    intensity: Number = _lever(1.0, "times", "magnet in a vehicle, turbine or other unit, over what it holds now; "
                               "reached evenly over some years", ge=0, le=2)  # fmt: skip
    rare_earth_free_share: Number = _lever(0.0, "share", "electric vehicles that get a motor without rare earths, of "
                                           "those that would have had one; reached evenly", ge=0, le=1)  # fmt: skip
    wind_pm_share: NumberOrNone = _lever(None, "share", "new wind turbines with permanent magnets; none given: "
                                         "unknown, as a bound", ge=0, le=1)  # fmt: skip
    nd_price: Number = _lever(1.0, "times", "price of neodymium over that of the day", ge=0.1, le=10)
    recycling: Number = _lever(0.0, "of the way", "neodymium won from old magnets, from what is made now (0) to what "
                               "recyclers plan (1); reached evenly", ge=0, le=1)  # fmt: skip
    scheme: Number = _lever(0.0, "share", "plants of the magnet scheme that are built: 0 none, 1 all", ge=0, le=1)
    scheme_award: Day = _lever(None, "day", "day on which the plants are awarded; none given: the day of the data")
    scheme_delay: Number = _lever(0.0, "months", "how much later than foreseen the plants start", ge=0, le=120)
    irel_path: Literal["made", "planned", "target"] = _lever(
        "made", "", "neodymium that India's own producer separates: as made last, as it plans, or as its target says"
    )
    japan_exports: Annotated[Literal["on", "phased", "off"], BeforeValidator(_switch)] = _lever(
        "on", "", "rare earths sold to Japan: as last recorded, ended in steps, or ended on the day of the data"
    )
    oxide_source: Literal["any", "own", "under licence"] = _lever(
        "any", "", "oxide for the plants: bought wherever it is to be had, from India's own ore only, or bought abroad "
        "under the same licences as magnets"
    )  # fmt: skip
    licences: Literal["current", "open", "partial", "closed", "heavy closed"] = _lever(
        "current", "", "what China's licences let through after the last month whose rules are known: as on the day, "
        "all, part, hardly any, or hardly any magnets with heavy rare earths"
    )  # fmt: skip
    licences_from: Day = _lever(None, "day", "first day of that; none given: as soon as no rules are known")
    licences_months: NumberOrNone = _lever(None, "months", "how long that lasts before the licences of the day return; "
                                           "none given: for good", ge=1, le=240)  # fmt: skip
    stock_months: Number = _lever(0.0, "months", "need for magnets held in stock beyond what firms hold, before the "
                                  "first year ahead", ge=0, le=24)  # fmt: skip

    @property
    def moved(self) -> dict[str, object]:
        """The levers that differ from the run-rate."""
        return self.model_dump(exclude_defaults=True)

    def __str__(self) -> str:
        return f"{SEPARATOR} ".join(f"{name}={plain(value)}" for name, value in self.moved.items())


def made(values: Mapping[str, object] | str) -> Levers:
    """Levers from values by name, or from a text such as ``scheme=1; japan_exports=off``.

    Raises
    ------
    LeverError
        For every lever that is unknown or cannot be so, and what may stand there.
    """
    try:
        return Levers(**(_pairs(values) if isinstance(values, str) else values))
    except ValidationError as error:
        said = [f"{one['loc'][0]}={one['input']!r}: {_remedy(str(one['loc'][0]), one)}" for one in error.errors()]
        raise LeverError("\n".join(said)) from None


def plain(value: object) -> str:
    """A setting as one would type it: 1, not 1.0."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def described() -> pd.DataFrame:
    """Every lever: ``meaning, unit, default, low, high`` (bounds of numbers), ``choices``; indexed by ``lever``."""
    rows = {}
    for name, field in Levers.model_fields.items():
        unit = dict(field.json_schema_extra or {})["unit"]
        rows[name] = (field.description, unit, field.default, *_bounds(field), _choices(field))
    columns = ["meaning", "unit", "default", "low", "high", "choices"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("lever")


def ends(name: str) -> list[object]:
    """The settings between which a lever can be moved: its two bounds, or all its choices; none for a day."""
    field = Levers.model_fields[name]
    low, high = _bounds(field)
    return list(_choices(field)) or ([] if high is None else [low, high])


def _pairs(text: str) -> dict[str, str]:
    pairs = [part.strip() for part in text.split(SEPARATOR) if part.strip()]
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not name or name in found:
            raise LeverError(f"{pair!r}: write each lever once, as lever=value; separate them by {SEPARATOR!r}")
        found[name] = value
    return found


def _remedy(name: str, error: Mapping) -> str:
    if name not in Levers.model_fields:
        from difflib import get_close_matches

        near = get_close_matches(name, Levers.model_fields, 3, 0.4) or list(Levers.model_fields)
        return f"there is no such lever; near it are {', '.join(near)}"
    field = Levers.model_fields[name]
    if choices := _choices(field):
        return f"choose one of {', '.join(choices)}"
    low, high = _bounds(field)
    if high is None:
        return str(error["msg"]).removeprefix("Value error, ")
    return f"write a number from {low:g} to {high:g}"


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    found = {end: float(getattr(of, end)) for of in field.metadata for end in ("ge", "le") if hasattr(of, end)}
    return found.get("ge"), found.get("le")


def _choices(field: FieldInfo) -> tuple[str, ...]:
    of = get_args(field.annotation)
    return of if of and all(isinstance(one, str) for one in of) else ()
