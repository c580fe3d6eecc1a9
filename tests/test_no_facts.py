"""Facts are rows of ``data/``: no year, day, source or figure stands in code; nor a seed that nobody is told."""

import ast
import csv
import re

import pytest

from helpers import paths
from helpers.report.shelf import inputs

MODULES = [path for path in sorted(paths.CODE.rglob("*.py")) if "carried" not in path.parts]
FACTS = {"a fiscal year": re.compile(r"\bFY\d\d"), "a day or month": re.compile(r"\b(?:19|20)\d\d-[01]\d\b"),
         "a year": re.compile(r"(?<![\w#.])(?:19[5-9]\d|20[0-4]\d)(?![\w.])"),
         "a source": re.compile(r"\b[SBM]\d{1,3}[a-z]?\b")}  # fmt: skip
CODES = re.compile(r"\bHS \d{4,8}\b|\b(?:26|28|38|72|74|76|84|85|87|90)\d{2,6}\b|\b(?:80|90|95) ?%|\bCO2\b|"
                   r"http[^ ]*|\b[68]-digit\b|utf-?8|\{[^{}]*\}|%[a-zA-Z]|\bISO8601\b|#[0-9a-f]{6}\b")  # fmt: skip
EXAMPLES = {"data/rules.py", "data/descriptor.py", "fiscal.py", "report/parameters.py", "cli.py", "report/desk.py",
            "report/explain.py", "kernel/parent.py", "kernel/provisioner.py"}  # fmt: skip
"""Modules whose errors show how a period or a day is written, or that talk to the system by numbers."""

NATURE = {"methods/oxide.py", "fiscal.py"}
"""Modules that hold constants of nature or of the calendar."""

FROM_SEEDS = ("default_rng", "SeedSequence", "Generator")


def names(path):
    return path.relative_to(paths.CODE).as_posix()


def literals(path):
    """Strings and numbers of a module with their lines, without docstrings and what f-strings compute."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in said:
            yield node.lineno, node.value


def facts(path):
    for line, value in literals(path):
        if isinstance(value, str):
            for what, form in FACTS.items():
                if names(path) not in EXAMPLES and (hit := form.search(CODES.sub("", value))):
                    yield f"{names(path)}:{line} names {what}: {hit[0]!r}"
        elif isinstance(value, int | float) and not isinstance(value, bool) and names(path) not in NATURE | EXAMPLES:
            digits = f"{abs(value):.15g}".partition("e")[0].replace(".", "").strip("0")
            power = isinstance(value, int) and value & (value - 1) == 0
            if abs(value) >= 1000 and len(digits) > 3 and not power and not CODES.search(str(value)):
                yield f"{names(path)}:{line} holds a figure: {value!r}"


def test_no_module_names_a_year_a_day_a_source_or_a_figure():
    assert [line for path in MODULES for line in facts(path)] == []


def test_no_module_names_a_publisher():
    with (paths.DATA / "sources.csv").open(encoding="utf-8") as file:
        shorts = {row["short"] for row in csv.DictReader(file) if len(row.get("short", "").split()) > 1}
    named = [
        f"{names(path)}:{line} names {short}"
        for path in MODULES
        for line, value in literals(path)
        if isinstance(value, str)
        for short in shorts
        if short in value
    ]
    assert named == []


def templates():
    """What is handed to ``sentence`` as text, module by module."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "sentence":
                for part in (part for argument in node.args for part in ast.walk(argument)):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{names(path)}:{part.lineno}", part.value


def test_templates_of_sentences_hold_no_digit_but_codes():
    found = list(templates())
    assert len(found) > 10
    assert [(place, text) for place, text in found if re.search(r"\d", CODES.sub("", text))] == []


@pytest.mark.parametrize(
    ("text", "caught"),
    [('x = "FY25"', True), ('x = "as of 2026-11"', True), ("x = 53748", True), ('x = "S04"', True),
     ('"""FY25 is an example."""', False), ('def f():\n    """53,748 t in FY25 (S04)."""', False),
     ('x = "HS 850511 at 80 %"', False), ("x = 20_000", False), ('x = f"{year:04d}"', False)],
)  # fmt: skip
def test_a_fact_is_told_from_a_code(tmp_path, monkeypatch, text, caught):
    monkeypatch.setattr(paths, "CODE", tmp_path)
    path = tmp_path / "module.py"
    path.write_text(text)
    assert bool(list(facts(path))) is caught


def seedless(path):
    """Where something is drawn from a seed that nobody is told."""
    module, tree = names(path), ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} - {"np", "numpy"}
            if named in FROM_SEEDS and not given:
                yield f"{module}:{node.lineno} draws from a seed that is nowhere told"
        elif isinstance(node, ast.FunctionDef):
            last = node.args.args[len(node.args.args) - len(node.args.defaults) :]
            pairs = [
                *zip(last, node.args.defaults, strict=True),
                *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
            ]
            if any(name.arg == "seed" and isinstance(value, ast.Constant) for name, value in pairs):
                yield f"{module}:{node.lineno} {node.name} has a seed of its own"
        elif _sets_a_seed(node) and module not in inputs.seeds():
            yield f"{module}:{node.lineno} has a seed that is not `SEED = n` on a line of its own"
        elif (
            isinstance(node, ast.Attribute)
            and getattr(node.value, "attr", "") == "random"
            and node.attr not in FROM_SEEDS
        ):
            yield f"{module}:{node.lineno} draws from numpy's shared state"


def _sets_a_seed(node):
    return isinstance(node, ast.Name) and node.id.endswith("SEED") and isinstance(node.ctx, ast.Store)


def test_whatever_is_drawn_at_random_is_drawn_from_a_seed_that_the_record_tells():
    """Seeds are ``SEED = n`` in the module that fixes them; functions are given them."""
    drawing = [path for path in MODULES if names(path).split("/")[0] not in ("kernel", "report")]
    assert [line for path in drawing for line in seedless(path)] == [] and inputs.seeds()
