"""What verbs of the command share: the day they are asked about, a list below their help, and how they end."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, NoReturn

import typer
from typer.core import TyperCommand

AsOf = Annotated[
    str, typer.Option(help="Use only what was public on this day, YYYY-MM-DD.", show_default="today in India")
]


def day(as_of: str) -> date:
    """The day that a verb is asked about; ParameterError if it is none, or yet to come."""
    from helpers.report import parameters

    return parameters.parse([], as_of).as_of


def with_list(title: str, rows: Callable[[], Iterable[tuple[str, str]]]) -> type[TyperCommand]:
    """A command whose help ends with a list of names and what they mean."""

    class WithList(TyperCommand):
        def format_epilog(self, ctx, formatter) -> None:
            with formatter.section(title):
                formatter.write_dl(list(rows()))

    return WithList


def stop(text: object, code: int) -> NoReturn:
    """Say why, and end with a code; an error is said by its text."""
    print(text, file=sys.stderr)
    raise typer.Exit(code) from None


@contextmanager
def told() -> Iterator[None]:
    """End with 3 where the data are not valid, with 2 where what was asked is wrong, with 1 where the disk refuses."""
    try:
        yield
    except ValueError as error:
        from helpers.data import DataError

        stop(error, 3 if isinstance(error, DataError) else 2)
    except BrokenPipeError:  # who closes the pipe has read enough
        raise
    except OSError as error:
        stop(f"{error.filename} cannot be written or read: {error.strerror}" if error.filename else error, 1)
