"""Which functions made what a notebook shows, read from its code; nothing is run or imported for it."""

import ast
from collections.abc import Iterator
from contextlib import suppress

from nbformat import NotebookNode

SHOWN_BY = "helpers.chapters.outputs."
"""What only shows: it is left out."""


def origins(notebook: NotebookNode) -> dict[str, list[str]]:
    """By the id of each code cell, the functions of ours that it calls, by their full names, outermost first."""
    known: dict[str, str] = {}
    found = {}
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        with suppress(SyntaxError):
            nodes = list(ast.walk(ast.parse(cell.source)))
            for node in nodes:
                if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "helpers":
                    known |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
            found[cell.get("id", "")] = list(dict.fromkeys(_called(nodes, known)))
    return found


def _called(nodes: list[ast.AST], known: dict[str, str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call):
            head, dot, rest = ast.unparse(node.func).partition(".")
            if head in known and "(" not in rest and not f"{known[head]}.".startswith(SHOWN_BY):
                yield known[head] + dot + rest
