"""The parameters of a report: one typed schema, checked before a kernel starts and again in the notebook itself.

A notebook's parameter cell is its signature: it gets those of the values below that it names. The defaults
here are the ones of the cells; a test keeps the two in step. Cheap to import: every notebook does.
"""

import ast
import json
import re
import shlex
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

PUBLISHED = "as published"
"""How no value is said: the figure stays the published one."""

RUN_RATE = "run-rate"
"""The scenario in which no lever is moved."""

_IN_INDIA = timedelta(hours=5, minutes=30)
_ARTICLES = {"integer": "an ", "number": "a "}
_NOT_GIVEN = ("", "~", "null", "none", "published", PUBLISHED)


class ParameterError(ValueError):
    """A parameter is unknown, ill-typed or out of range; nothing has been run or written."""


def today() -> date:
    """The day it is in India, wherever this runs."""
    return (datetime.now(UTC) + _IN_INDIA).date()


def _written_out(value: object) -> object:
    """pydantic would read a number as seconds since 1970."""
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value.strip()):
        return date.fromisoformat(value.strip())
    raise ValueError("write the day as YYYY-MM-DD")


def _begun(day: date) -> date:
    if day > today():
        raise ValueError(f"this day is yet to come; today is {today()}")
    return day


def _given(value: object) -> object:
    return None if isinstance(value, str) and value.strip().lower() in _NOT_GIVEN else value


def _meant(value: object) -> object:
    """What a scenario says; nothing heavy is imported where none is asked for."""
    if value == RUN_RATE or not isinstance(value, str):
        return value
    from helpers.report.scenario import files

    return files.meant(value)


class Parameters(BaseModel):
    """What a report can be asked for; every field is a literal in at least one parameter cell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Annotated[date, BeforeValidator(_written_out), AfterValidator(_begun)] = Field(
        description="day as of which the data are read; nothing published later is used"
    )
    target: Literal["customs", "repm"] = Field(
        default="customs", description="customs (HS 850511) or repm (rare-earth permanent magnets)"
    )
    baseline_t: Annotated[float | None, BeforeValidator(_given)] = Field(
        default=None,
        ge=1e3,
        le=1e6,
        description="tonnes to start from in the place of the figure published for the suspect year, target customs",
    )
    horizon: int = Field(default=10, ge=1, le=30, description="fiscal years ahead")
    scenario: Annotated[str, BeforeValidator(_meant)] = Field(
        default=RUN_RATE,
        description="of chapter 5: a scenario by name, the path of a scenario file, or levers such as `scheme=1; "
        "japan_exports=off`; see magnets scenario",
    )

    @model_validator(mode="after")
    def _said_and_used(self) -> Self:
        if self.baseline_t is not None and self.target != "customs":
            raise ValueError("baseline_t replaces a figure of target customs, and no other: leave one of the two out")
        return self


def check(names: Mapping[str, Any], schema: type[Parameters] = Parameters) -> None:
    """Stop a notebook whose parameters the schema does not allow, and say above all that it shows if that is made up.

    ``parameters.check(globals())`` stands in the third cell.

    papermill writes what it is given into a cell that begins with ``# Parameters``, whatever it is. What that cell
    assigns must be in the schema, ``as_of`` among it; and what the notebook then holds must be as the schema says:
    else a ParameterError, in the words of the command ``magnets report``, names each offending parameter.
    """
    injected = [cell for cell in names.get("In", []) if cell.startswith("# Parameters")]
    given = {name for cell in injected for name in _assigned(cell)}
    said = [_unknown(name) for name in sorted(given - schema.model_fields.keys())]
    if injected and "as_of" not in given:
        said.append(f"as_of is not given beside {', '.join(sorted(given))}: say the day as of which the data are read")
    values = {name: names[name] for name in schema.model_fields if name in names}
    try:
        meant = schema(**values).model_dump(mode="json")
        said += [
            f"parameter {name}={value!r}: write {meant[name]!r}"
            for name, value in values.items()
            if meant[name] != value or isinstance(value, bool)
        ]
    except ValidationError as error:
        said += [text for _, text in explain(error)]
    if said:
        raise ParameterError("\n".join(said))
    from helpers.report.shelf import inputs

    if inputs.made_up(meant["as_of"]):
        from helpers.chapters.canvas import SYNTHETIC

        print(SYNTHETIC)


def parse(given: list[str], as_of: str) -> Parameters:
    """Parameters from ``name=value`` texts of the command line; ParameterError names each that is wrong, and why."""
    try:
        return Parameters(**named(given, as_of))
    except ValidationError as error:
        raise ParameterError("\n".join(text for _, text in explain(error))) from None


def named(given: list[str], as_of: str) -> dict[str, str]:
    """Values by name from ``name=value`` texts, not yet checked; as of today unless a day is given."""
    values = {"as_of": as_of} if as_of else {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError(f"-p {text!r} is not of the form name=value")
        if (name := name.strip()) in values:
            raise ParameterError(f"parameter {name} is given twice")
        values[name] = value.strip()
    return {"as_of": str(today())} | values


def explain(error: ValidationError) -> list[tuple[str, str]]:
    """Each problem as the parameter's name and a sentence that says what is allowed."""
    found = [(".".join(map(str, problem["loc"])), problem) for problem in error.errors()]
    return [(name, _explain(name, problem)) for name, problem in found]


def shown(parameters: Parameters) -> dict:
    """All parameters in JSON types."""
    return parameters.model_dump(mode="json")


def given(values: Mapping[str, Any]) -> dict:
    """Those of some :func:`shown` parameters that differ from their default; ``as_of`` always."""
    usual = defaults()
    return {name: value for name, value in values.items() if name not in usual or value != usual[name]}


def defaults() -> dict[str, Any]:
    """The values of the parameters that are not given."""
    return {name: field.default for name, field in Parameters.model_fields.items() if not field.is_required()}


def for_notebook(path: Path, parameters: Parameters) -> dict:
    """The values that a notebook's parameter cell names, in JSON types; ParameterError if the schema lacks one."""
    values = shown(parameters)
    names = signature(path)
    if unknown := sorted(names.keys() - values):
        raise ParameterError(f"notebooks/{path.name} has parameters that no schema checks: {', '.join(unknown)}")
    return {name: values[name] for name in names}


def signature(path: Path) -> dict[str, object]:
    """Names and default values in a notebook's cell tagged ``parameters``.

    ParameterError if the notebook has no such cell, or a line of it is not a literal assignment.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError) as error:
        raise ParameterError(f"notebooks/{path.name} is not a notebook: {error}") from None
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ParameterError(f"notebooks/{path.name} needs exactly one cell tagged parameters; it has {len(tagged)}")
    source = "".join(tagged[0]["source"])
    try:
        lines: list[Any] = ast.parse(source).body
        return {line.target.id: ast.literal_eval(line.value) for line in lines}
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


def command(asked: Mapping[str, Any]) -> str:
    """The command line that makes a report again, of what was :func:`given`."""
    chosen = [f"-p {shlex.quote(f'{name}={plain(value)}')}" for name, value in asked.items() if name != "as_of"]
    return " ".join(["magnets report", f"--as-of {asked['as_of']}", *chosen])


def plain(value: object) -> str:
    """A value as one would type it: 33000, not 33000.0."""
    return f"{value:.15g}" if isinstance(value, float) else PUBLISHED if value is None else str(value)


def _kind(field: dict) -> str:
    field = next((one for one in field.get("anyOf", []) if one["type"] != "null"), field)
    if "enum" in field:
        return " or ".join(field["enum"])
    bounds = {"minimum": "from", "maximum": "to"}
    limits = [f"{word} {plain(field[key])}" for key, word in bounds.items() if key in field]
    return " ".join([field.get("format", field["type"]), *limits])


def _explain(name: str, problem: Mapping[str, Any]) -> str:
    said = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        return _unknown(name)
    if name not in Parameters.model_fields:
        return f"parameters: {said}"
    meaning = Parameters.model_fields[name].description
    if problem["type"] == "missing":
        return f"parameter {name} is not given ({meaning})"
    if problem["type"] != "value_error":
        kind = _kind(Parameters.model_json_schema()["properties"][name])
        said = f"it must be {_ARTICLES.get(kind.split()[0], '')}{kind}"
    return f"parameter {name}={problem['input']}: {said} ({meaning})"


def _unknown(name: str) -> str:
    return f"unknown parameter {name!r}; there are {', '.join(Parameters.model_fields)}"


def _assigned(cell: str) -> set[str]:
    """The names that a cell assigns; none if it is no Python."""
    try:
        nodes = list(ast.walk(ast.parse(cell)))
    except SyntaxError:
        return set()
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
