"""Is an archive what it was when it was written: every hash again, and nothing beside it that does not belong."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from helpers.data import tables
from helpers.data.archive import store, versions
from helpers.data.tables import DataError


def problems(folder: Path) -> list[str]:
    """What is wrong with an archive, a line each; nothing if all is well or there is none."""
    places = {place.parent for name in ("answers", "parts") for place in folder.glob(f"*/{name}")}
    return [line for place in sorted(places) for line in _of_source(place)]


def _of_source(folder: Path) -> Iterator[str]:
    answers = {path.stem: path for path in sorted((folder / "answers").glob("*.json"))}
    for path in answers.values():
        try:
            body = gzip.decompress(path.with_suffix(".gz").read_bytes())
            if hashlib.sha256(body).hexdigest() != versions.side(path, store.Kept).sha256:
                yield f"{path.with_suffix('.gz')}: is not the answer that came"
        except (OSError, EOFError, zlib.error) as error:
            yield f"{path}: cannot be read ({error})"
        except DataError as error:
            yield tables.remedied(str(error))[0]
    try:
        parts = versions.parts(folder)
        versions.repeats(folder)
    except DataError as error:
        yield tables.remedied(str(error))[0]
        return
    taken: dict[str, Path] = {}
    for part in parts:
        if part.sha256 and _sha(part.path) != part.sha256:
            yield f"{part.path}: is not what was written"
        yield from (f"{part.path}: the answer {name} is gone" for name in part.answers if name not in answers)
        if part.source != folder.name:
            yield f"{part.path}: is of {part.source}, and stands in another folder; delete it there"
        if twice := [name for name in part.answers if name in taken]:
            yield f"{part.path}: has the figures of {taken[twice[0]].name} again; delete the copy"
        taken |= dict.fromkeys(part.answers, part.path)
        if part.sha256 and any(synthetic != part.synthetic for synthetic in _marks(part)):
            yield f"{part.path}: its figures and its record do not agree whether they are made up"
    yield from (f"{path}: half written, goes at the next fetch" for path in sorted(folder.glob("*/*.tmp")))


def _marks(part: versions.Part) -> set[bool]:
    try:
        return versions.marks(part)
    except DataError:
        return set()  # told by its hash


def _sha(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return str(error)
