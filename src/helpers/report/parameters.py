"""The parameters of a report: one typed schema, checked before a kernel starts.

A notebook's parameter cell is its signature: it gets those of the values below that it names. The defaults
here are the ones of the cells; a test keeps the two in step.
"""

import ast
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class ParameterError(ValueError):
    """A parameter is unknown, ill-typed or out of range; nothing has been run or written."""


class Parameters(BaseModel):
    """What a report can be asked for; every field is a literal in at least one parameter cell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: date = Field(description="day as of which the data are read; nothing published later is used")
    target: Literal["customs", "repm"] = Field(
        "customs", description="customs (HS 850511) or repm (rare-earth permanent magnets)"
    )
    baseline_t: float = Field(53748, gt=0, le=1e6, description="tonnes of FY25 to start from, target customs")
    horizon: int = Field(10, ge=1, le=30, description="fiscal years ahead")


def parse(given: list[str], as_of: str) -> Parameters:
    """Parameters from ``name=value`` texts, as they come from the command line.

    Raises
    ------
    ParameterError
        Naming each offending parameter, what was given, what is allowed and the names there are.
    """
    values = {"as_of": as_of}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError(f"-p {text!r} is not of the form name=value")
        values[name.strip()] = value.strip()
    try:
        return Parameters(**values)
    except ValidationError as error:
        raise ParameterError("\n".join(_explain(problem) for problem in error.errors())) from None


def given(parameters: Parameters) -> dict:
    """The parameters that differ from their default, in JSON types; ``as_of`` always."""
    values = parameters.model_dump(mode="json")
    return {
        name: value
        for name, value in values.items()
        if name == "as_of" or value != Parameters.model_fields[name].default
    }


def for_notebook(path: Path, parameters: Parameters) -> dict:
    """The values that a notebook's parameter cell names, in JSON types."""
    values = parameters.model_dump(mode="json")
    return {name: values[name] for name in signature(path)}


def signature(path: Path) -> dict[str, object]:
    """Names and default values in a notebook's cell tagged ``parameters``.

    Raises
    ------
    ParameterError
        If the notebook has no such cell, or a line of it is not a literal assignment.
    """
    import json

    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ParameterError(f"notebooks/{path.name} needs exactly one cell tagged parameters; it has {len(tagged)}")
    source = "".join(tagged[0]["source"])
    try:
        return {line.target.id: ast.literal_eval(line.value) for line in ast.parse(source).body}
    except (AttributeError, ValueError):
        raise ParameterError(
            f"notebooks/{path.name}: each line of the parameter cell is `name: type = literal  # help`"
        ) from None


def _explain(problem: dict) -> str:
    name = ".".join(map(str, problem["loc"]))
    known = ", ".join(Parameters.model_fields)
    if problem["type"] == "extra_forbidden":
        return f"unknown parameter {name!r}; there are {known}"
    field = Parameters.model_fields[name]
    return f"parameter {name}={problem['input']}: {problem['msg']} ({field.description})"
