"""Which functions made what a notebook shows, read from its code; nothing is run or imported for it."""

import ast
from collections.abc import Iterator

from nbformat import NotebookNode

SHOWN_BY = "helpers.chapters.outputs."
"""What only shows: it is left out."""


def origins(notebook: NotebookNode) -> dict[str, list[str]]:
    """By the id of each code cell, the functions of ours that it calls, by their full names, outermost first."""
    known: dict[str, str] = {}
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and (tree := _tree(cell.source)):
            known |= dict(_imported(tree))
            found[cell.get("id", "")] = list(dict.fromkeys(_called(tree, known)))
    return found


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "helpers":
            yield from ((one.asname or one.name, f"{node.module}.{one.name}") for one in node.names)


def _called(tree: ast.Module, known: dict[str, str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            head, dot, rest = ast.unparse(node.func).partition(".")
            if head in known and "(" not in rest and not f"{known[head]}.".startswith(SHOWN_BY):
                yield known[head] + dot + rest
