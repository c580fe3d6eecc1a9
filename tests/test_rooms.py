"""The order of the house: arrows run one way, nobody reaches into another's private things, nothing grows too long."""

import ast
import re
from functools import cache

from helpers import paths

FLOORS = [{"fiscal", "paths", "patience"}, {"methods", "ensemble", "kernel"}, {"data"}, {"outlook", "screen"},
          {"chapters"}, {"report"}, {"cli"}, {"__main__"}]  # fmt: skip
"""From the ground up. A module imports from its own room and from lower floors; rooms of a floor know nothing of
each other."""

MODULES = {
    ".".join(["helpers", *path.relative_to(paths.CODE).with_suffix("").parts]).removesuffix(".__init__"): path
    for path in sorted(paths.CODE.rglob("*.py"))
    if "carried" not in path.parts
}


def room(module):
    return [*module.split("."), ""][1]


def floor(module):
    (number,) = [number for number, rooms in enumerate(FLOORS) if room(module) in rooms]
    return number


@cache
def tree(module):
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@cache
def imports(module):
    """Modules of the house that one imports, also inside functions and for its types."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names if name.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "helpers":
            inside = {f"{node.module}.{name.name}" for name in node.names}
            found |= {name if name in MODULES else node.module for name in inside}
    return found - {module, "helpers"}


def circles(arrows):
    """Modules from which the arrows lead back to themselves."""
    left = dict(arrows)
    while leaves := [module for module, to in left.items() if not to & left.keys()]:
        for module in leaves:
            del left[module]
    return sorted(left)


def private(module):
    """Names of another module that begin with one underscore."""
    names = {alias.asname or alias.name.split(".")[-1] for node in ast.walk(tree(module)) for alias in _house(node)}
    for node in ast.walk(tree(module)):
        for alias in _house(node):
            if re.match("_[^_]", alias.name):
                yield f"{module}:{node.lineno} imports {alias.name}"
        if isinstance(node, ast.Attribute) and re.match("_[^_]", node.attr) and getattr(node.value, "id", "") in names:
            yield f"{module}:{node.lineno} uses {node.value.id}.{node.attr}"


def _house(node):
    return node.names if isinstance(node, ast.ImportFrom) and str(node.module).startswith("helpers") else []


def test_every_room_has_a_floor_and_the_map_names_it():
    rooms = {room(module) for module in MODULES} - {""}
    assert rooms == set().union(*FLOORS)
    said = (paths.CODE / "__init__.py").read_text(encoding="utf-8")
    assert [name for name in sorted(rooms) if f"`{name}`" not in said] == []


def test_arrows_run_one_way():
    arrows = [(module, other) for module in MODULES if room(module) for other in imports(module)]
    upwards = [(one, other) for one, other in arrows if room(other) != room(one) and floor(other) >= floor(one)]
    assert upwards == [], "a module may import from its own room and from lower floors"


def test_the_kernel_imports_no_other_room():
    assert {other for module in MODULES if room(module) == "kernel" for other in imports(module)} <= {
        module for module in MODULES if room(module) == "kernel"
    }


def test_there_is_no_circle():
    assert circles({module: imports(module) for module in MODULES}) == []


def test_a_circle_would_be_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c", "d"]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_nobody_imports_anothers_private_name():
    assert [line for module in MODULES for line in private(module)] == []


def test_modules_and_functions_are_short():
    long = [
        f"{module} has {lines} lines"
        for module, path in MODULES.items()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    ]
    long += [
        f"{module}.{node.name} has {lines} lines"
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := node.end_lineno - node.lineno + 1) > 50
    ]
    assert long == []


def test_no_room_is_empty_and_each_has_its_map():
    maps = [path for path in paths.CODE.rglob("__init__.py") if "carried" not in path.parts]
    assert [path for path in maps if len(list(path.parent.rglob("*.py"))) < 2] == []
    assert [path for path in maps if not path.read_text(encoding="utf-8").strip()] == []
