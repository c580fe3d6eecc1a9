"""The parameters of a report: one typed schema, checked before a kernel starts.

A notebook's parameter cell is its signature: it gets those of the values below that it names. The defaults
here are the ones of the cells; a test keeps the two in step.
"""

import ast
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

MASK = "••••••"


class ParameterError(ValueError):
    """A parameter is unknown, ill-typed or out of range; nothing has been run or written."""


def _written_out(value: object) -> object:
    if isinstance(value, str) and value.strip().isdecimal():  # pydantic would read it as seconds since 1970
        raise ValueError("write the day as 2026-11-22")
    return value


class Parameters(BaseModel):
    """What a report can be asked for; every field is a literal in at least one parameter cell.

    A field of type ``SecretStr`` reaches its notebook and nothing else: pages and records show :data:`MASK`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Annotated[date, BeforeValidator(_written_out)] = Field(
        description="day as of which the data are read; nothing published later is used"
    )
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
    try:
        return Parameters(**named(given, as_of))
    except ValidationError as error:
        raise ParameterError("\n".join(text for _, text in explain(error))) from None


def named(given: list[str], as_of: str) -> dict[str, str]:
    """Values by name from ``name=value`` texts, not yet checked."""
    values = {"as_of": as_of}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError(f"-p {text!r} is not of the form name=value")
        values[name.strip()] = value.strip()
    return values


def explain(error: ValidationError) -> list[tuple[str, str]]:
    """Each problem as the parameter's name and a sentence that says what is allowed."""
    return [(".".join(map(str, problem["loc"])), _explain(problem)) for problem in error.errors()]


def shown(parameters: Parameters) -> dict:
    """All parameters in JSON types, secrets masked."""
    values = parameters.model_dump(mode="json")
    return {name: MASK if name in secrets(parameters) else value for name, value in values.items()}


def given(parameters: Parameters) -> dict:
    """The parameters that differ from their default, as :func:`shown`; ``as_of`` always."""
    fields = type(parameters).model_fields
    return {
        name: value
        for name, value in shown(parameters).items()
        if name == "as_of" or getattr(parameters, name) != fields[name].default
    }


def secrets(parameters: Parameters) -> dict[str, str]:
    """Names and values of the secret parameters."""
    return {name: value.get_secret_value() for name, value in parameters if isinstance(value, SecretStr)}


def for_notebook(path: Path, parameters: Parameters) -> dict:
    """The values that a notebook's parameter cell names, in JSON types.

    Raises
    ------
    ParameterError
        If the cell names a parameter that the schema does not have, or is no signature at all.
    """
    values = parameters.model_dump(mode="json") | secrets(parameters)
    names = signature(path)
    if unknown := sorted(names.keys() - values):
        raise ParameterError(f"notebooks/{path.name} has parameters that no schema checks: {', '.join(unknown)}")
    return {name: values[name] for name in names}


def signature(path: Path) -> dict[str, object]:
    """Names and default values in a notebook's cell tagged ``parameters``.

    Raises
    ------
    ParameterError
        If the notebook has no such cell, or a line of it is not a literal assignment.
    """
    import json

    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError) as error:
        raise ParameterError(f"notebooks/{path.name} is not a notebook: {error}") from None
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ParameterError(f"notebooks/{path.name} needs exactly one cell tagged parameters; it has {len(tagged)}")
    source = "".join(tagged[0]["source"])
    try:
        return {line.target.id: ast.literal_eval(line.value) for line in ast.parse(source).body}
    except (AttributeError, ValueError, SyntaxError):
        raise ParameterError(
            f"notebooks/{path.name}: each line of the parameter cell is `name: type = literal  # help`"
        ) from None


def described() -> list[tuple[str, str]]:
    """Each parameter with its type, range, default and meaning, for ``magnets report --help``."""
    schema = Parameters.model_json_schema()
    rows = []
    for name, field in schema["properties"].items():
        default = "set by --as-of" if name in schema["required"] else f"default {plain(field['default'])}"
        rows.append((name, f"{_kind(field)}; {default}: {field['description']}"))
    return rows


def plain(value) -> str:
    """A value as one would type it: 33000, not 33000.0."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _kind(field: dict) -> str:
    if "enum" in field:
        return " or ".join(field["enum"])
    bounds = {"exclusiveMinimum": "over", "minimum": "from", "exclusiveMaximum": "below", "maximum": "to"}
    limits = [f"{word} {plain(field[key])}" for key, word in bounds.items() if key in field]
    return " ".join([field.get("format", field["type"]), *limits])


def _explain(problem: dict) -> str:
    name = ".".join(map(str, problem["loc"]))
    known = ", ".join(Parameters.model_fields)
    if problem["type"] == "extra_forbidden":
        return f"unknown parameter {name!r}; there are {known}"
    field = Parameters.model_fields[name]
    return f"parameter {name}={problem['input']}: {problem['msg']} ({field.description})"
