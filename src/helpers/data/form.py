"""The form of ``datapackage.json`` that tables are reckoned with."""

import json
from collections.abc import Collection, Iterator
from types import UnionType

_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", str | list: "a text or a list"}
_NUMBER = int | float
_KEY = {"fields": str | list, "reference": {"resource": str, "fields": str | list}}
_FIELD = {
    "name": str, "type": str, "constraints?": {"enum?": [str], "minimum?": _NUMBER, "maximum?": _NUMBER},
    "names?": [str], "signed?": [str], "zero?": bool, "sum_to_one?": [str],
    "needed?": {"*": {"segments": [str], "least?": _NUMBER, "most?": _NUMBER, "above?": {"*": _NUMBER}}},
}  # fmt: skip
_TYPES = {
    "number": "value low high horizon quantile published published_value corrected_value months lag pause calls every "
              "settled allowed derivations/factor identities/factor",
    "date": "published written public_since as_of", "string": "",
}  # fmt: skip
"""Columns that are reckoned with, by their type; any other may have any of these."""
_WHOLE = {"resources": [{"name": str, "path": str, "schema": {"fields": [_FIELD], "foreignKeys?": [_KEY]}}]}


def misfit(package: dict, reckoned: Collection[str]) -> str:
    """Where a description is not of that form, and what stands there; nothing where it is.

    The types of columns matter in those tables that are ``reckoned`` with; another may have any.
    """
    if found := next(_misfits(package, _WHOLE, "it"), ""):
        return found
    for one in package["resources"]:
        if one["path"] != f"{one['name']}.csv":
            return f"the path of {one['name']} is not {one['name']}.csv"
        for name, kind in ((of["name"], of["type"]) for of in one["schema"]["fields"] if one["name"] in reckoned):
            names = {name, f"{one['name']}/{name}"}
            wanted = [of for of, columns in _TYPES.items() if names & {*columns.split()}] or [*_TYPES]
            if kind not in wanted:
                return f"the type of {name} of {one['name']} is {kind}, not {' or '.join(wanted)}"
    return ""


def _misfits(of: object, form: object, at: str) -> Iterator[str]:
    """Where a description has another form: each ``name?`` may be left out, ``*`` is any name."""
    kind = form if isinstance(form, type | UnionType) else type(form)
    if not isinstance(of, kind):
        yield f"{at} is {json.dumps(of)[:40]}, not {_KINDS.get(kind, 'a number')}"
    elif isinstance(form, list) and isinstance(of, list):
        for place, one in enumerate(of, start=1):
            name = one.get("name", place) if isinstance(one, dict) else place
            yield from _misfits(one, form[0], f"{at} {name}")
    elif isinstance(form, dict) and isinstance(of, dict):
        for name, inner in form.items():
            optional = name.removesuffix("?")
            for one in of if name == "*" else {optional} & {*of}:
                yield from _misfits(of[one], inner, f"{at}, {one}")
            if name not in {optional + "?", "*", *of}:
                yield f"{at} has no {name}"
