"""How a verb of the command ends that cannot do what it was asked: a text for people, and an exit code."""

import sys
from typing import NoReturn

import typer


def stop(text: object, code: int) -> NoReturn:
    """Say why, and end with a code; an error is said by its text."""
    print(text, file=sys.stderr)
    raise typer.Exit(code) from None
